#!/bin/sh
# limits.sh - each `LIMIT:` comment in the sources is listed in docs/LIMITS.md by its file.
set -eu
cd "$1"
checked=0 bad=0
if [ ! -s docs/LIMITS.md ]; then
	echo "docs/LIMITS.md is not there"
	exit 1
fi
checked=1
for file in $(grep -rlE 'LIMIT:' core models sim live cmd --include='*.[ch]' 2>/dev/null | sort); do
	said=$(grep -cE 'LIMIT:' "$file")
	listed=$(grep -cF -e "$file" docs/LIMITS.md || true)
	checked=$((checked + said))
	if [ "$listed" -lt "$said" ]; then
		echo "$file has $said LIMIT comments; docs/LIMITS.md has $listed lines that name the file"
		bad=1
	fi
done
echo "checked $checked"
exit $bad
