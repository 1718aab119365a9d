#!/bin/sh
# headers-alone.sh - each header compiles by itself, whatever was included before it.
set -eu
cd "$1"
cc=${CC:-gcc}
checked=0 bad=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for header in $(find core models sim live cmd tests -name '*.h' -not -path 'tests/lint/bad/*' 2>/dev/null | sort); do
	checked=$((checked + 1))
	if ! printf '#include "%s"\n' "$header" |
		$cc -std=gnu17 -I. -Wall -Wextra -Werror -fsyntax-only -x c - 2>"$out"; then
		echo "$header does not compile alone:"
		head -n 5 "$out"
		bad=1
	fi
done
echo "checked $checked"
exit $bad
