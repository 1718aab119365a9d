#!/bin/sh
# features.sh - docs/FEATURES.md names no file or test that is not there.  A name is what stands in backquotes and begins
# with a folder of the tree: a file, or `file:test` with a test of that file.
set -eu
cd "$1"
table=docs/FEATURES.md
if [ ! -s "$table" ]; then
	echo "$table is not there"
	exit 1
fi
checked=0 bad=0
for name in $(grep -oE '`(core|models|sim|live|cmd|tests|scenarios|bench|docs|\.ci|\.github)/[^` ]+`' "$table" | tr -d '`' | sort -u); do
	checked=$((checked + 1))
	file=${name%%:*}
	# A folder, or a pattern such as scenarios/smoke/*.yaml, holds at least one file.
	# shellcheck disable=SC2086  # a pattern
	if [ -z "$(ls -d $file 2>/dev/null)" ]; then
		echo "$table: $file does not exist"
		bad=1
	elif [ "$name" != "$file" ] && ! grep -qE "(^|[^A-Za-z0-9_])${name#*:}([^A-Za-z0-9_]|\$)" "$file"; then
		echo "$table: $file holds no ${name#*:}"
		bad=1
	fi
done
echo "checked $checked"
exit $bad
