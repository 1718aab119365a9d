#!/bin/sh
# test_stale_rate.sh - in a simulated network of six regions the share of stale blocks is what its own propagation curve
# says.
#
# While a block is on its way, those who have not got it may still find one at its height.  With f(t) the share of the
# hash rate that has it t after it was found (the finder from the start), the mean of x = 1/T * integral of 1 - f(t)
# over all blocks gives the share of stale ones: 1 - exp(-x), which forks of forks lower to about x / (1 + x).  The run
# must be within 4 sigma of the second and within 10 % of the first.  Both come from the records of the run alone.
#
# STALE_RUNS says how many seeds (about 1,200 blocks each); 170 and more are the long form.
set -eu
export LC_ALL=C
: "${BUILD:=build}" "${STALE_RUNS:=3}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# found, stale, and the mean over blocks and nodes of the time to get there in ns
curve() {
	grep '"kind":"block"' "$1/events.jsonl" | awk -v nodes=60 '
	function field(name,    at, rest) {
		at = index($0, "\"" name "\":")
		rest = substr($0, at + length(name) + 3)
		sub(/^"/, "", rest)
		sub(/[",}].*/, "", rest)
		return rest
	}
	{ stage = field("stage"); id = field("block"); t = field("tNs") }
	stage == "produced" { begun[id] = t; found++; height = field("height") + 0; if (height > best) best = height }
	stage == "accepted" { sum[id] += t - begun[id]; count[id]++ }
	END {
		for (id in begun) if (count[id] == nodes) { total += sum[id] / nodes; whole++ }
		printf "%d %d %.0f\n", found, found - best, total / whole
	}'
}

# the share of stale blocks at an interval of $1 seconds
study() {
	seed=1
	: >"$scratch/runs"
	while [ "$seed" -le "$STALE_RUNS" ]; do
		rm -rf "$scratch/run"
		"$BUILD/rehearse" run scenarios/studies/stale-rate.yaml --seed "$seed" --quiet --no-progress \
			--set "spec.model.with.blockInterval=$1s" --set "spec.duration=$2" --out "$scratch/run" || [ $? = 1 ]
		curve "$scratch/run" >>"$scratch/runs"
		seed=$((seed + 1))
	done
	awk -v interval="$1" '
	{ found += $1; stale += $2; delay += $1 * $3 }
	END {
		x = delay / found / 1e9 / interval
		got = stale / found; first = 1 - exp(-x); renewal = x / (1 + x)
		sigma = sqrt(renewal * (1 - renewal) / found)
		printf "T = %d s: %d of %d blocks stale, %.5f; mean delay %.2f s gives %.5f, first order %.5f; %+.1f sigma\n",
			interval, stale, found, got, x * interval, renewal, first, (got - renewal) / sigma
		off = got - renewal; if (off < 0) off = -off
		if (off > 4 * sigma) { print "more than 4 sigma away"; exit 1 }
		off = got - first; if (off < 0) off = -off
		if (found >= 200000 && off > 0.1 * first) { print "more than 10 % from the first order"; exit 1 }
	}' "$scratch/runs"
}

study 60 20h
study 600 200h
