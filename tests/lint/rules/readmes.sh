#!/bin/sh
# readmes.sh - each folder of the product opens with a README.md of at most a page; for tests, scenarios and docs the
# page of the top folder tells what is under it.
set -eu
cd "$1"
checked=0 bad=0
folders=$(
	find core models sim live cmd bench -type d 2>/dev/null || true
	for top in scenarios tests tests/lint; do [ ! -d "$top" ] || echo "$top"; done
)
for folder in $folders; do
	# A folder without files is only a place for others.
	[ -n "$(find "$folder" -maxdepth 1 -type f -not -name '.*' | head -n 1)" ] || continue
	checked=$((checked + 1))
	if [ ! -s "$folder/README.md" ]; then
		echo "$folder has no README.md"
		bad=1
	elif [ "$(wc -l <"$folder/README.md")" -gt 80 ]; then
		echo "$folder/README.md is longer than a page (80 lines)"
		bad=1
	fi
done
echo "checked $checked"
exit $bad
