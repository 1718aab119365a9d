#!/bin/sh
# Shows that docs/COMING_FROM.md speaks of words that are there: whatever stands in the column "look up" can be explained.
set -eu
. tests/cmd/lib.sh
asked=0
for word in $(awk -F'|' '/^\|/ && NF == 5 { print $4 }' docs/COMING_FROM.md | tr -d '` ' | grep -v '^lookup$\|^-*$' | sort -u); do
	"$program" explain "$word" >"$work/out" 2>&1 || fail "docs/COMING_FROM.md: $(cat "$work/out")"
	asked=$((asked + 1))
done
[ "$asked" -ge 30 ] || fail "only $asked words were found"
