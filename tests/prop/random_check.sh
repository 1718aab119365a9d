# shellcheck shell=sh
# random_check.sh - what must hold of any valid scenario, whatever it says; checked for one random scenario at a time.
#
# Sourced by test_random_scenarios.sh and tests/soak.sh, which set $program (rehearse), $maker
# (random_scenario) and $work (a scratch folder). `check_seed SEED` makes the scenario of that seed, plays it
# on three engines and two or three threads, at every trace level, watched, up to half of its time and without its disabled steps, and returns 1 after
# telling what did not hold. It counts runs in $random_runs and keeps nothing but the scenario of a seed that failed.

: "${program:?}" "${maker:?}" "${work:?}"
random_runs=0
random_codes=

random_fail() {
	echo "FAIL  seed $random_seed: $*"
	echo "      repeat: $maker $random_seed >random.yaml; $program run random.yaml"
	cp "$work/random.yaml" "$work/failed-$random_seed.yaml"
	random_good=0
}

acts_on_nothing() {
	"$program" validate "$work/random.yaml" 2>&1 </dev/null | grep -q W004
}

# play NAME OPTION...: a run into $work/NAME; its exit code in $code. Passed, failed and timeout are answers.
play() {
	name=$1
	shift
	code=0
	rm -rf "${work:?}/$name"
	random_runs=$((random_runs + 1))
	timeout "${RANDOM_SECONDS:-30}" "$program" run "$@" --quiet --no-progress --out "$work/$name" \
		>"$work/$name.out" 2>"$work/$name.err" </dev/null || code=$?
	case $code in
	0 | 1 | 4) return 0 ;;
	# What a part of a run leaves open is an error, and so is a fault on links where there is none (W004), one that
	# another step ends at once, or a wait that nobody ended.
	3) if [ "$name" = half ] || grep -q '^  vars:' "$work/random.yaml" || acts_on_nothing; then return 0; fi ;;
	esac
	random_fail "exit $code of: run $*
$(grep -v 'warning\|^ *[0-9]* *|\|^ *|' "$work/$name.err" | head -n 5)"
	return 1
}

# hash_of NAME: trace hash and number of events of a run
hash_of() {
	tr ',{}' '[\n*]' <"$work/$1/run.json" | grep -E '^"(traceHash|events)"' | head -n 2 | tr '\n' ' '
}

is_complete() { # NAME
	for file in scenario.yaml plan.yaml verdict.json run.json host.json events.jsonl trace.rht report.html; do
		[ -s "$work/$1/$file" ] || random_fail "$1 has no $file"
	done
	[ ! -e "$work/$1/RUNNING" ] || random_fail "$1 says that it still runs"
}

# like_first NAME WHAT FILE...: same exit code, hash, and bytes of the files as the first run
like_first() {
	other=$1 what=$2
	shift 2
	[ "$code" = "$first" ] || random_fail "exit $code, not $first, with $what"
	[ "$(hash_of "$other")" = "$(hash_of first)" ] ||
		random_fail "$what: $(hash_of "$other")instead of $(hash_of first)"
	for file in "$@"; do
		cmp -s "$work/first/$file" "$work/$other/$file" || random_fail "$what changes $file:
$(diff "$work/first/$file" "$work/$other/$file" | cut -c 1-300 | head -n 4)"
	done
}

judged_again() { # NAME
	code=0
	"$program" judge "$work/$1" --check >"$work/judge.out" 2>"$work/judge.err" </dev/null || code=$?
	# Of a run that timed out the judge tells the verdict: failed, or error.
	case $first-$code in
	0-0 | 1-1 | 3-3 | 4-1 | 4-3) return ;;
	esac
	random_fail "judge --check of $1: exit $code after $first
$(head -n 3 "$work/judge.err")"
}

# What the nodes and the faults did up to a moment, without numbers in the stream.
events_until() { # NAME NS
	sed 's/"seq":[0-9]*,//' "$work/$1/events.jsonl" | awk -F'"tNs":' -v until="$2" \
		'{ split($2, t, ","); if (t[1] + 0 <= until && $0 !~ /"kind":"(assertion|run)"/) print }'
}

read_again() { # NAME
	for verb in 'show' 'trace stats' 'trace cat'; do
		# shellcheck disable=SC2086  # a verb of one or two words
		"$program" $verb "$work/$1" >"$work/verb.out" 2>"$work/verb.err" </dev/null ||
			random_fail "$verb: exit $?: $(head -n 3 "$work/verb.err")"
	done
}

check_half() {
	half=$(sed -n 's/.*"simulatedNs":\([0-9]*\).*/\1/p' "$work/first/run.json")
	half=$((half / 2))
	play half "$work/random.yaml" --trace full --until "${half}ns" || return 0
	events_until first "$half" >"$work/first.half"
	events_until half "$half" >"$work/half.half"
	cmp -s "$work/first.half" "$work/half.half" || random_fail "--until ${half}ns changes what was before:
$(diff "$work/first.half" "$work/half.half" | cut -c 1-300 | head -n 4)"
	! grep -q '"kind":"invariant"' "$work/half/events.jsonl" || random_fail "an invariant is violated"
}

check_disabled() {
	grep -q 'disabled: true' "$work/random.yaml" || return 0
	sed '/disabled: true/d' "$work/random.yaml" >"$work/without.yaml"
	play without "$work/without.yaml" --trace full || return 0
	like_first without "taking out disabled steps" events.jsonl verdict.json
}

check_seed() { # SEED
	random_seed=$1
	random_good=1
	"$maker" "$random_seed" >"$work/random.yaml"
	if play first "$work/random.yaml" --engine heap --trace full; then
		first=$code
		random_codes="$random_codes $code"
		is_complete first
		judged_again first
		read_again first
		! grep -q '"kind":"invariant"' "$work/first/events.jsonl" || random_fail "an invariant is violated:
$(grep '"kind":"invariant"' "$work/first/events.jsonl" | head -n 2)"
		if play general "$work/random.yaml" --engine general --trace full; then
			like_first general "the general engine" events.jsonl verdict.json
		fi
		if play windowed "$work/random.yaml" --engine windowed --trace full; then
			like_first windowed "the windowed engine" events.jsonl verdict.json
		fi
		for count in 2 3; do
			if play threads "$work/random.yaml" --engine windowed --threads $count --trace node; then
				like_first threads "$count threads" verdict.json
			fi
		done
		# A clock to watch makes the run stop at other moments.
		if play watched "$work/random.yaml" --wall-limit 1h --trace full; then
			like_first watched "a limit of time on the wall" events.jsonl verdict.json
		fi
		for level in node verdict; do
			play $level "$work/random.yaml" --trace $level || continue
			like_first $level "trace level $level" verdict.json
			judged_again $level
		done
		check_half
		check_disabled
	fi
	[ "$random_good" = 1 ]
}

# How the runs ended: "12 passed, 40 failed, 5 errors, 3 timed out"
random_answers() {
	echo "$random_codes" | tr ' ' '\n' | awk '{ n[$1]++ }
		END { printf "%d passed, %d failed, %d errors, %d timed out\n", n["0"], n["1"], n["3"], n["4"] }'
}
