# shellcheck shell=sh
# digest.sh - shared by quick.sh and full.sh: what a run of a program hashes to, and the comparison.
#
# `expect NAME FILE SEED` sets what all others must equal, `same NAME COMMAND...` runs one more
# variant and compares. Both count into passed and failed.

passed=0
failed=0
skipped=0
expected=
subject=
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# digest COMMAND...: prints "traceHash events" of a `rehearse run --json`.
digest() {
	rm -rf "$scratch/run"
	status=0
	"$@" --quiet --no-progress --json --out "$scratch/run" >"$scratch/json" 2>"$scratch/err" || status=$?
	if [ "$status" -gt 1 ]; then
		echo "exit $status: $(head -n 1 "$scratch/err")"
		return
	fi
	tr ',{}' '[\n*]' <"$scratch/json" |
		sed -n 's/^ *"\(traceHash\|events\)" *: *"\{0,1\}\([0-9a-f]*\)"\{0,1\} *$/\1 \2/p' |
		awk '{ v[$1] = $2 } END { if (length(v["traceHash"]) != 32) print "no trace hash"; else print v["traceHash"], v["events"] }'
}

# begin WHAT COMMAND...: the run that the following ones are compared with.
begin() {
	subject=$1
	shift
	expected=$(digest "$@")
	case $expected in
	[0-9a-f]*' '[0-9]*) echo "      $subject: $expected" ;;
	*)
		failed=$((failed + 1))
		echo "FAIL  $subject: $expected"
		expected=
		;;
	esac
}

# compare VARIANT GOT COMMAND...
compare() {
	what=$1 got=$2
	shift 2
	if [ -n "$expected" ] && [ "$got" = "$expected" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAIL  $subject, $what: $got"
	echo "      repeat: $*"
}

# same VARIANT COMMAND...: one more run, which must hash to the same.
same() {
	what=$1
	shift
	compare "$what" "$(digest "$@")" "$@"
}

# A shell of its own gets the folder to work in and the command as arguments.
elsewhere() {
	# shellcheck disable=SC2016  # expanded by the inner shell
	same "working directory /" sh -c 'cd / && exec "$@"' sh "$@"
}

# environments COMMAND...: what surrounds a process must not matter.  Paths in COMMAND are absolute.
environments() {
	padding=$(head -c 60000 /dev/zero | tr '\0' x)
	same "once more" "$@"
	same "large environment" env REHEARSE_PADDING="$padding" "$@"
	same "empty environment" env -i "$@"
	same "locale tr_TR.UTF-8" env LC_ALL=tr_TR.UTF-8 "$@"
	same "time zone Kiritimati" env TZ=Pacific/Kiritimati "$@"
	same "dirty memory" env MALLOC_PERTURB_=165 "$@"
	elsewhere "$@"
	if command -v setarch >/dev/null 2>&1 && setarch -R true 2>/dev/null; then
		same "fixed addresses" setarch -R "$@"
	fi
}

# Smoke scenarios as absolute paths, small enough to be run dozens of times.
scenarios() {
	for file in "$PWD"/scenarios/smoke/*.yaml; do
		[ ! -e "$file" ] || echo "$file"
	done
}

totals() {
	[ "$skipped" = 0 ] || echo "$skipped skipped, named above"
	[ "$passed" -gt 0 ] || failed=$((failed + 1))
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
