#!/bin/sh
# scripts.sh - shellcheck finds nothing in the scripts.
set -eu
command -v shellcheck >/dev/null 2>&1 || {
	echo "shellcheck is not installed"
	exit 77
}
cd "$1"
# shellcheck disable=SC2046  # a list of files
set -- $(find tests .ci bench cmd -type f \( -name '*.sh' -o -path '.ci/*' \) -not -path 'tests/lint/bad/*' 2>/dev/null | sort)
status=0
shellcheck -x --severity=warning -f gcc "$@" || status=1
echo "checked $#"
exit $status
