#!/bin/sh
# run.sh - runs test programs and test scripts and counts what they say.
# usage: BUILD=build tests/run.sh TEST...      (make test calls it)
#
# Each test writes to its own log under $BUILD/log and gives one line here.  A Check program is
# counted by its summary line, anything else by its exit status: 0 passed, 77 skipped (the last line of
# its log is the reason), other failed.  Ends with `N passed, N failed`; not 0 when one failed or
# when there was nothing to run.
#
# $BUILD/.ready lists what was built just now; a program that is not in it, and a script when the
# rehearse program is not, has failed.  JOBS says how many run side by side (2); WRAP is a command
# put before each program (valgrind).
set -eu
export LC_ALL=C
: "${BUILD:=build}"
JOBS=${JOBS:-2}

# How a person repeats one test: a program by itself, a script with what it needs.
repeat_line() {
	case $1 in
	*.sh) echo "BUILD=$BUILD REHEARSE=$BUILD/rehearse $1" ;;
	*) echo "${WRAP:+CK_FORK=no $WRAP }$1" ;;
	esac
}

# Runs one test; leaves "passed failed skipped" in its .count file.
run_one() {
	test=$1
	name=$(printf '%s' "${test#"$BUILD"/}" | tr '/' '-')
	log=$BUILD/log/$name.log
	scratch=$BUILD/log/$name.tmp
	rm -rf "$scratch"
	case $test in *.sh) needs=$BUILD/rehearse ;; *) needs=$test ;; esac
	if ! grep -qxF -e "$needs" "$BUILD/.ready"; then
		echo "0 1 0" >"$log.count"
		echo "FAIL  ${test#"$BUILD"/}: $needs was not built"
		return
	fi
	mkdir -p "$scratch"
	status=0
	case $test in *.sh) wrap='' ;; *) wrap=${WRAP:-} ;; esac
	# shellcheck disable=SC2086  # a command with its options
	TMPDIR=$(cd "$scratch" && pwd) $wrap "$test" </dev/null >"$log" 2>&1 || status=$?
	summary=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 \2 \3/p' "$log" |
		awk '{ c += $1; f += $2 + $3 } END { if (NR) print c, f }')
	if [ "$status" = 77 ]; then
		reason=$(tail -n 1 "$log")
		echo "0 0 1" >"$log.count"
		echo "skip  ${test#"$BUILD"/}: $reason"
		rm -rf "$scratch"
		return
	fi
	if [ -n "$summary" ]; then
		bad=${summary#* }
		good=$((${summary% *} - bad))
		# A program that says all is well and yet ends badly has failed once.
		if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
		if [ "$good" = 0 ] && [ "$bad" = 0 ]; then bad=1; echo "no check was run" >>"$log"; fi
	elif [ "$status" = 0 ]; then
		good=1 bad=0
	else
		good=0 bad=1
	fi
	echo "$good $bad 0" >"$log.count"
	if [ "$bad" = 0 ]; then
		echo "ok    ${test#"$BUILD"/} ($good)"
		rm -rf "$scratch"
		return
	fi
	{
		echo "FAIL  ${test#"$BUILD"/} ($good passed, $bad failed, exit $status)"
		grep -E ':[FE]:|^FAIL|error|Assert|ERROR:' "$log" | head -n 20 || true
		[ -n "$summary" ] || tail -n 15 "$log"
		echo "      log:    $log"
		echo "      repeat: $(repeat_line "$test")"
	} >"$log.say"
	cat "$log.say"
}

if [ "${1:-}" = --one ]; then
	run_one "$2"
	exit 0
fi

if [ $# = 0 ]; then
	echo "no test matches"
	echo "0 passed, 0 failed"
	exit 1
fi
mkdir -p "$BUILD/log"
rm -f "$BUILD"/log/*.count "$BUILD"/log/*.say
[ -e "$BUILD/.ready" ] || printf '%s\n' "$@" "$BUILD/rehearse" >"$BUILD/.ready"
REHEARSE=$BUILD/rehearse
export BUILD REHEARSE
printf '%s\n' "$@" | xargs -n 1 -P "$JOBS" "$0" --one || true
total=$(cat "$BUILD"/log/*.count 2>/dev/null |
	awk '{ p += $1; f += $2; s += $3 } END { print p + 0, f + 0, s + 0 }')
lost=$(($# - $(find "$BUILD/log" -name '*.count' | wc -l)))
# shellcheck disable=SC2086  # three numbers
set -- $total
passed=$1 failed=$(($2 + lost)) skipped=$3
[ "$lost" = 0 ] || echo "$lost tests left no result"
[ "$skipped" = 0 ] || echo "$skipped skipped, named above"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
