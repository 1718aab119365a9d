#!/bin/sh
# test_golden.sh - the trace hashes in hashes.txt are still the ones this build gives.
# usage: tests/golden/test_golden.sh [--write]
#
# A hash tells that something changed, never whether it is right; stories and invariants do that.
# --write makes the file again from scenarios/smoke (seeds 1 and 2) and scenarios/quickstart.yaml
# (seed 1): read the difference, and say in the commit why the new output is right.
set -eu
export LC_ALL=C
: "${BUILD:=build}"
here=tests/golden
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mode=${1:-check}

# Prints "scenario seed traceHash events".
digest() {
	status=0
	"$BUILD/rehearse" run "$1" --seed "$2" --quiet --no-progress --json --out "$out/run" >"$out/json" || status=$?
	rm -rf "$out/run"
	if [ "$status" -gt 1 ]; then
		echo "$1 seed $2: exit $status" >&2
		return 1
	fi
	tr ',{}' '[\n*]' <"$out/json" | sed -n 's/^ *"\(traceHash\|events\)" *: *"\{0,1\}\([0-9a-f]*\)"\{0,1\} *$/\1 \2/p' |
		awk -v file="$1" -v seed="$2" '{ v[$1] = $2 } END { if (v["traceHash"] == "") exit 1; print file, seed, v["traceHash"], v["events"] }'
}

if [ "$mode" = --write ]; then
	{
		echo "# scenario seed traceHash events; written by \`make golden\`"
		for file in scenarios/smoke/*.yaml; do
			digest "$file" 1
			digest "$file" 2
		done
		digest scenarios/quickstart.yaml 1
	} >"$out/hashes"
	mv "$out/hashes" "$here/hashes.txt"
	echo "wrote $here/hashes.txt"
	exit 0
fi
if [ ! -s "$here/hashes.txt" ]; then
	echo "$here/hashes.txt is not there: \`make golden\` writes it"
	exit 1
fi
grep -v '^#' "$here/hashes.txt" >"$out/expected"
while read -r file seed hash events; do
	got=$(digest "$file" "$seed")
	if [ "$got" != "$file $seed $hash $events" ]; then
		echo "FAIL expected $file $seed $hash $events"
		echo "          got $got"
		exit 1
	fi
	echo "ok $got"
done <"$out/expected"
