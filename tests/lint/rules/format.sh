#!/bin/sh
# format.sh - clang-format would change nothing.  Versions differ in taste: only 14 is asked.
set -eu
tool=
for name in clang-format-14 clang-format; do
	if command -v "$name" >/dev/null 2>&1 && "$name" --version | grep -q 'version 14\.'; then
		tool=$name
		break
	fi
done
[ -n "$tool" ] || {
	echo "clang-format 14 is not installed"
	exit 77
}
style=file:$PWD/.clang-format
cd "$1"
# shellcheck disable=SC2046  # a list of files
set -- $(find core models sim live cmd tests bench -name '*.[ch]' -not -path 'tests/lint/bad/*' 2>/dev/null | sort)
status=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
"$tool" --style="$style" --dry-run -Werror "$@" >"$out" 2>&1 || status=1
grep -E 'error:' "$out" | sed 's/: error: code should be clang-formatted.*/: clang-format would change this/' | awk -F: '!seen[$1]++' || true
echo "checked $#"
exit $status
