#!/bin/sh
# run.sh - gives each fuzz target (built with clang's engine) a bounded time.
# usage: BUILD=build/fuzz SECONDS_EACH=60 tests/fuzz/run.sh TARGET...     (make fuzz calls it)
#
# Starts from tests/corpus/NAME; what the engine finds goes to $BUILD/corpus/NAME, never into the
# tree. A crashing input is kept in $BUILD/crash and the line that replays it is printed.
set -eu
: "${BUILD:=build/fuzz}" "${SECONDS_EACH:=60}"
passed=0 failed=0
[ $# -gt 0 ] || {
	echo "no fuzz target"
	exit 1
}
mkdir -p "$BUILD/crash"
for target in "$@"; do
	name=${target##*/}
	found=$BUILD/corpus/$name
	mkdir -p "$found"
	seeds=
	if [ -d "tests/corpus/$name" ]; then seeds=tests/corpus/$name; fi
	status=0
	# shellcheck disable=SC2086  # no folder, or one
	"$target" -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$BUILD/crash/$name-" "$found" $seeds >"$BUILD/$name.log" 2>&1 || status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$BUILD/$name.log")
	if [ "$status" = 0 ] && [ -n "$runs" ]; then
		passed=$((passed + 1))
		echo "ok    $name: $runs inputs in $SECONDS_EACH s"
		continue
	fi
	failed=$((failed + 1))
	echo "FAIL  $name: exit $status"
	grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$BUILD/$name.log" | head -n 6 || tail -n 5 "$BUILD/$name.log"
	crash=$(sed -n 's/.*Test unit written to //p' "$BUILD/$name.log" | tail -n 1)
	echo "      repeat: $target ${crash:-}"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
