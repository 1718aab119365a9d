#!/bin/sh
# floating.sh - no floating point where a run is decided (base, contracts, loader, judge, loop, models, sim): no type of
# it in the text, and no arithmetic of it in the objects (which also finds a fused multiply-add).
set -eu
lint=$PWD/tests/lint
build=$2
cd "$1"
found=$(mktemp)
trap 'rm -f "$found"' EXIT
files=$(find core models sim -not -path 'core/store/*' -not -path 'core/report/*' -name '*.[ch]' -not -path 'sim/search/*' 2>/dev/null | sort)
# shellcheck disable=SC2086  # a list of files
set -- $files
awk -f "$lint/strip.awk" "$@" | grep -E '[^A-Za-z0-9_](double|float|_Float[0-9]+)[^A-Za-z0-9_]' >>"$found" || true
checked=$#
for area in base core workload scenario judge run relay chain pow models kernel net sim; do
	archive=$build/lib$area.a
	[ -s "$archive" ] || continue
	checked=$((checked + 1))
	objdump -d "$archive" 2>/dev/null | awk -v area="$area" '
		/file format/ { object = $1 }
		/^[0-9a-f]+ <.*>:$/ { place = $2 }
		/[ \t]v?(fn?m(add|sub)[0-9]*[sp][sd]|(add|sub|mul|div|sqrt|min|max|ucomi|comi)[sp][sd]|cvt[a-z0-9]*2s[sd]|cvtt?s[sd]2[a-z0-9]*)[ \t]/ {
			print "lib" area ".a: " object " " place " " $0
		}
		/[ \t](fmadd|fmsub|fadd|fmul|fdiv|scvtf|ucvtf|fcvt[a-z]*)[ \t]/ { print "lib" area ".a: " object " " place " " $0 }
	' >>"$found"
done
cat "$found"
echo "checked $checked"
[ ! -s "$found" ]
