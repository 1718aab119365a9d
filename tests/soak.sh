#!/bin/sh
# soak.sh - random seeds over the smoke scenarios and the quickstart, and random scenarios, until stopped or for a time.
#
# One line to paste for each seed that does not pass. A verdict of failed is the scenario's answer for that seed (a cut in which
# one side finds no block, say) and is only listed; an error, a crash or a hash that differs on the other
# engine, tried at each tenth run, is a failure of ours.  Four of five are random scenarios (tests/prop/random_check.sh).
# After each round of those, 100 wild games are played in twelve ways each (tests/prop/prop_engines.c): 1,000 in ten rounds.
# usage: BUILD=build [SECONDS_ALL=600] [GAMES=100] tests/soak.sh     (make soak)
set -eu
export LC_ALL=C
: "${BUILD:=build}" "${SECONDS_ALL:=0}" "${MAKE:=make}" "${GAMES:=100}"
. tests/determinism/digest.sh
. tests/determinism/engines.sh
program=$BUILD/rehearse
maker=$BUILD/tests/prop/random_scenario
work=${scratch:?}
. tests/prop/random_check.sh
begun=$(date +%s)
count=0
games=$BUILD/tests/prop/prop_engines
played=0
$MAKE --no-print-directory BUILD="$BUILD" "$games"
find_ways "$program"
finish() {
	echo "$count runs; $((random_runs)) of random scenarios: $(random_answers)"
	echo "$played wild games in twelve ways each"
	echo "$passed passed, $failed failed"
	rm -rf "$scratch"
	[ "$failed" = 0 ] || exit 1
	exit 0
}
trap finish INT TERM
is_over() {
	[ "$SECONDS_ALL" != 0 ] && [ $(($(date +%s) - begun)) -ge "$SECONDS_ALL" ]
}

# Wild games from a random seed on; what differs says how to repeat it.
play_games() {
	from=$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')
	played=$((played + GAMES))
	if ENGINES_SEEDS="$from $((from + GAMES - 1))" "$games" >"$scratch/games" 2>&1; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	grep -E -A 30 '^DIFFERENT|^fatal|:[FE]:' "$scratch/games" | head -n 100
	echo "      repeat: ENGINES_SEEDS=\"$from $((from + GAMES - 1))\" $games"
}

while :; do
	round=0
	while [ "$round" -lt 12 ]; do
		round=$((round + 1))
		if check_seed "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')"; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
		fi
		if is_over; then finish; fi
	done
	play_games
	if is_over; then finish; fi
	for file in $(scenarios) "$PWD/scenarios/quickstart.yaml"; do
		seed=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
		count=$((count + 1))
		status=0
		rm -rf "$scratch/run"
		"$BUILD/rehearse" run "$file" --seed "$seed" --quiet --no-progress --out "$scratch/run" \
			>"$scratch/out" 2>"$scratch/err" || status=$?
		if [ "$status" = 0 ]; then
			passed=$((passed + 1))
		elif [ "$status" = 1 ]; then
			passed=$((passed + 1))
			echo "verdict failed: $BUILD/rehearse run $file --seed $seed"
		else
			failed=$((failed + 1))
			echo "exit $status: $BUILD/rehearse run $file --seed $seed"
		fi
		if [ $((count % 10)) = 0 ]; then
			begin "$(basename "$file") seed $seed" "$BUILD/rehearse" run "$file" --seed "$seed" --engine heap
			same_ways "" "$BUILD/rehearse" run "$file" --seed "$seed"
		fi
		if is_over; then finish; fi
	done
done
