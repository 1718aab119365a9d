#!/bin/sh
# test_load_scenarios.sh - the scenarios of scenarios/load keep their hypotheses: all checks pass with several seeds.
# LOAD_SEEDS=10 takes more of them.  And they can fail: each of three with one parameter that its hypothesis excludes.
set -eu
. tests/cmd/lib.sh
seeds=${LOAD_SEEDS:-2}
count=0
for file in scenarios/load/*.yaml; do
	seed=1
	while [ "$seed" -le "$seeds" ]; do
		expect 0 "$program" run "$file" --seed "$seed" --quiet --no-progress --out "$work/run"
		rm -rf "$work/run"
		seed=$((seed + 1))
		count=$((count + 1))
	done
done
[ "$count" -ge 18 ] || fail "only $count runs"

breaks() { # FILE KEY=VALUE CHECK: with this parameter the check fails
	expect 1 "$program" run "scenarios/load/$1.yaml" --set "$2" --no-progress --out "$work/broken"
	says out "(✗|FAIL) $3"
	rm -rf "$work/broken"
}
breaks inclusion model.with.minFee=11 'nobody refused one'
breaks mempools model.with.reannounce=0s 'the pools are one again'
breaks pressure model.with.blockTransactions=10 'the dear ones got through'
echo "ok: $count runs"
