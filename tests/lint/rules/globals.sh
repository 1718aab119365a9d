#!/bin/sh
# globals.sh - the pure layers have no variable that outlives a call: nothing in a writable section but what
# globals.txt names with its reason.
set -eu
list=$PWD/tests/lint/globals.txt
build=$2
cd "$1"
[ ! -e globals.txt ] || list=$PWD/globals.txt
checked=0
found=$(mktemp)
trap 'rm -f "$found"' EXIT
for area in base core workload scenario judge relay chain pow models kernel net sim; do
	archive=$build/lib$area.a
	[ -s "$archive" ] || continue
	checked=$((checked + 1))
	# Sanitizers add their own; so does a constant table of addresses (.data.rel.ro), which nobody can write.
	objdump -t "$archive" 2>/dev/null | awk -v area="$area" '
		/file format/ { object = $1; sub(/:$/, "", object); next }
		($4 ~ /^\.(data|bss|tdata|tbss)/ || $3 ~ /^\.(data|bss|tdata|tbss)/ || / \*COM\*/) && !/\.data\.rel\.ro/ && / O / {
			name = $NF; sub(/\.[0-9]+$/, "", name); print "lib" area ".a " object " " name
		}' |
		grep -vE ' (__gcov|__asan|__ubsan|__tsan|\.L|llvm_|__llvm|__prof)' >"$found.area" || true
	while read -r archive_name object name; do
		grep -qE "^$object $name [^ ]" "$list" || echo "$archive_name: $object: $name can be written" >>"$found"
	done <"$found.area"
	rm -f "$found.area"
done
cat "$found"
echo "checked $checked"
[ ! -s "$found" ]
