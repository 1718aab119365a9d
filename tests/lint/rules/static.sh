#!/bin/sh
# static.sh - cppcheck finds no error and no warning.
set -eu
lint=$PWD/tests/lint
command -v cppcheck >/dev/null 2>&1 || {
	echo "cppcheck is not installed"
	exit 77
}
cd "$1"
folders=$(for folder in core models sim live cmd; do [ ! -d "$folder" ] || echo "$folder"; done)
count=$(find core models sim live cmd -name '*.c' 2>/dev/null | wc -l)
status=0
# shellcheck disable=SC2086  # a list of folders
cppcheck -q -j 2 --std=c11 -I . --enable=warning,portability --inline-suppr --error-exitcode=1 --template=gcc \
	--suppressions-list="$lint/static.txt" $folders 2>&1 || status=1
echo "checked $((count))"
exit $status
