#!/bin/sh
# links.sh - a link from one page of the tree to another file leads somewhere.
set -eu
cd "$1"
checked=0
found=$(mktemp)
trap 'rm -f "$found"' EXIT
for page in $(find . -name '*.md' -not -path './.git/*' -not -path './build*' -not -path './tests/lint/bad/*' -not -path './runs/*' | sort); do
	checked=$((checked + 1))
	grep -oE '\]\([^)#: ]+' "$page" | sed 's/^](//' | while IFS= read -r target; do
		[ -e "$(dirname "$page")/$target" ] || echo "$page: $target does not exist"
	done >>"$found"
done
cat "$found"
echo "checked $checked"
[ ! -s "$found" ]
