#!/bin/sh
# model-names.sh - a model is named by its own folder and by models/registry.c, by no other source: core, the worlds
# and the commands know the table that it fills (comments are free to give examples).
set -eu
lint=$PWD/tests/lint
cd "$1"
found=$(mktemp)
trap 'rm -f "$found"' EXIT
checked=0
for folder in models/*/; do
	name=$(basename "$folder")
	case $name in chain | relay) continue ;; esac
	# shellcheck disable=SC2046  # a list of files
	set -- $(find core sim live cmd models -name '*.[ch]' -not -path "models/$name/*" -not -path 'models/registry.c' 2>/dev/null | sort)
	checked=$((checked + $#))
	awk -v keep_strings=1 -f "$lint/strip.awk" "$@" |
		grep -E "\"$name\"|\"$name\\.|rh_${name}([^A-Za-z0-9]|\$)|\"models/$name/" >>"$found" || true
done
cat "$found"
echo "checked $checked"
[ ! -s "$found" ]
