#!/bin/sh
# own-words.sh - the project speaks of itself alone: not of machines, tickets or papers
# that a reader does not have.  own-words.txt lists the expressions.
set -eu
words=$PWD/tests/lint/own-words.txt
cd "$1"
list=$(find . -type f -not -path './.git/*' -not -path './build*' -not -path './tests/lint/own-words.txt' \
	-not -path './tests/lint/bad/*' -not -path './runs/*' -not -path './tests/corpus/*' -not -name '*.o' | sort)
# shellcheck disable=SC2086  # a list of files
found=$(grep -v '^#' "$words" | grep -nIiE -f - $list /dev/null || true)
[ -z "$found" ] || echo "$found" | cut -c 1-160
echo "checked $(echo "$list" | grep -c .)"
[ -z "$found" ]
