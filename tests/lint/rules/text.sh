#!/bin/sh
# text.sh - no blank at a line's end, no carriage return, a newline at the end of each file.
set -eu
cd "$1"
list=$(find . -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.md' -o -name '*.yaml' -o -name '*.yml' -o -name Makefile -o -name '*.def' \) \
	-not -path './.git/*' -not -path './build*' -not -path './tests/lint/bad/*' -not -path './runs/*' -not -path './tests/corpus/*' \
	-not -path './scenarios/tour/*' | sort)
# shellcheck disable=SC2086  # a list of files
set -- $list
bad=0
if grep -nE '[[:blank:]]$|'"$(printf '\r')" "$@" /dev/null | cut -c 1-120; grep -qE '[[:blank:]]$|'"$(printf '\r')" "$@" /dev/null; then bad=1; fi
for file in "$@"; do
	if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
		echo "$file: no newline at its end"
		bad=1
	fi
done
echo "checked $#"
exit $bad
