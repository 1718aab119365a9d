#!/bin/sh
# Shows that the same payments reach the nodes of both worlds: as many submissions in the same order and at the same
# nodes; that hosted nodes pass them on, refuse the spoiled ones and put the rest into blocks; and that all of them
# agree on every balance in the end, also the one that was killed.
set -eu
. tests/cmd/lib.sh
. tests/live/lib.sh
file=scenarios/live/payments.yaml

expect 0 "$program" run "$file" --out "$work/sim" --quiet
expect 0 "$program" run "$file" --mode live --out "$work/live"
says out '^  passed  4 of 4$'
nothing_is_left || fail "left: $(folders) $(processes)"
# By ticket: the run numbers submissions in the order in which it makes them.  In the time around the crash a node
# may be up in one world and down in the other for a moment, so only those that both took are compared.
for run in sim live; do
	sed -n 's/.*"kind":"tx","stage":"submitted","node":"\([^"]*\)","ticket":\([0-9]*\),"tx":"\([0-9a-f]*\)".*/\2 \1 \3/p' \
		"$work/$run/events.jsonl" | sort >"$work/$run.tx"
	[ "$(wc -l <"$work/$run.tx")" -ge 280 ] || fail "$run: only $(wc -l <"$work/$run.tx") submissions"
	sed -n 's/.*"kind":"tx","stage":"\([a-z]*\)".*/\1/p' "$work/$run/events.jsonl" | sort -u >"$work/$run.stages"
done
join "$work/sim.tx" "$work/live.tx" >"$work/both"
[ "$(wc -l <"$work/both")" -ge 280 ] || fail "only $(wc -l <"$work/both") submissions in both worlds"
awk '$2 != $4 || $3 != $5 { print; bad = 1 } END { exit bad }' "$work/both" >"$work/differ" ||
	fail "submissions differ: $(head -n 3 "$work/differ")"
cmp -s "$work/sim.stages" "$work/live.stages" || fail "other stages: $(diff "$work/sim.stages" "$work/live.stages")"
[ "$(wc -l <"$work/live.stages")" -eq 4 ] || fail "stages: $(cat "$work/live.stages")"
echo "ok: payments"
