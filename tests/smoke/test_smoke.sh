#!/bin/sh
# test_smoke.sh - each smoke scenario runs to an orderly end under whatever watches this build.
#
# Which verdict a scenario reaches is for other tests to say; here a crash, a sanitizer's report or
# an error of the harness fails.  Each has to end with 0 (passed) or 1 (failed).  WRAP may hold valgrind.
set -eu
export LC_ALL=C
: "${BUILD:=build}"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
count=0
for file in scenarios/smoke/*.yaml; do
	[ -e "$file" ] || continue
	status=0
	# shellcheck disable=SC2086  # a command with its options
	${WRAP:-} "$BUILD/rehearse" run "$file" --seed 1 --quiet --no-progress --out "$out/$count" || status=$?
	if [ "$status" -gt 1 ]; then
		echo "FAIL $file: exit $status"
		echo "repeat: ${WRAP:-} $BUILD/rehearse run $file --seed 1"
		exit 1
	fi
	echo "ok $file"
	count=$((count + 1))
done
[ "$count" -gt 0 ] || {
	echo "no scenario in scenarios/smoke: nothing was run"
	exit 1
}
