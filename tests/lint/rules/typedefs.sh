#!/bin/sh
# typedefs.sh - a struct, union or enum is called by its name, not by a typedef (a function's type may have one).
set -eu
lint=$PWD/tests/lint
cd "$1"
# shellcheck disable=SC2046  # a list of files
set -- $(find core models sim live cmd tests bench -name '*.[ch]' -not -path 'tests/lint/bad/*' 2>/dev/null | sort)
found=$(awk -f "$lint/strip.awk" "$@" | grep -E ':[[:space:]]*typedef[[:space:]]+(const[[:space:]]+)?(struct|union|enum)[^(]*$' || true)
[ -z "$found" ] || echo "$found"
echo "checked $#"
[ -z "$found" ]
