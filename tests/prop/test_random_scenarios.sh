#!/bin/sh
# test_random_scenarios.sh - shows that what must hold of any scenario holds of random ones: three engines, all trace levels, judging
# again, a part of the run, disabled steps (random_check.sh has the list). SEEDS="from to" plays others.
set -eu
export LC_ALL=C
program=${REHEARSE:-build/rehearse}
maker=${BUILD:-build}/tests/prop/random_scenario
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
. tests/prop/random_check.sh

# shellcheck disable=SC2086  # two numbers
set -- ${SEEDS:-1 30}
failed=0
seed=$1
while [ "$seed" -le "$2" ]; do
	check_seed "$seed" || failed=$((failed + 1))
	seed=$((seed + 1))
done
echo "$(($2 - $1 + 1)) scenarios, $random_runs runs: $(random_answers)"
[ "$failed" = 0 ] || { echo "not ok: $failed scenarios"; exit 1; }
echo "ok: random scenarios"
