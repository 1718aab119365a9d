#!/bin/sh
# Shows that one file runs in both worlds: the same verdict, the same kinds of records, a complete run directory, and a
# line that repeats it; that the live run takes the time that it says and leaves nothing behind; and that what live
# cannot do is refused before anything starts.
set -eu
. tests/cmd/lib.sh
. tests/live/lib.sh

expect 0 "$program" validate "$live" --mode live
expect 0 "$program" run "$live" --out "$work/sim" --quiet
begun=$(date +%s)
expect 0 "$program" run "$live" --mode live --out "$work/live"
took=$(($(date +%s) - begun))
[ $took -le 30 ] || fail "a run of 15 seconds took $took"
[ $took -ge 14 ] || fail "a run of 15 seconds took only $took"
nothing_is_left || fail "left: $(folders) $(processes)"
says out '^  passed  4 of 4$'
says out '^  again .* --mode live'
says_not out 'trace [0-9a-f]{32}'

for run in sim live; do
	[ "$(field "$work/$run/run.json" verdict)" = passed ] || fail "$run: $(cat "$work/$run/run.json")"
	grep -q "\"mode\":\"$run\",\"status\"" "$work/$run/run.json" || fail "$run: another mode: $(cat "$work/$run/run.json")"
	for name in scenario.yaml plan.yaml verdict.json run.json host.json events.jsonl trace.rht report.html; do
		[ -s "$work/$run/$name" ] || fail "$run has no $name"
	done
	[ ! -e "$work/$run/RUNNING" ] || fail "$run is not complete"
	# Whether two blocks meet is a matter of milliseconds: a reorg may be there or not.
	sed -n 's/.*"kind":"\([a-z]*\)","stage":"\([a-z]*\)".*/\1 \2/p' "$work/$run/events.jsonl" |
		grep -v '^reorg ' | sort -u >"$work/$run.kinds"
done
cmp -s "$work/sim/plan.yaml" "$work/live/plan.yaml" || fail "the plans differ"
cmp -s "$work/sim.kinds" "$work/live.kinds" ||
	fail "other kinds of records: $(diff "$work/sim.kinds" "$work/live.kinds")"
grep -q '^node down$' "$work/live.kinds" || fail "no node was crashed: $(cat "$work/live.kinds")"

# The clock of the stream never runs backwards.
sed -n 's/.*"tNs":\([0-9]*\),.*/\1/p' "$work/live/events.jsonl" | sort -c -n || fail "time runs backwards"
# A verdict comes from the records alone.
expect 0 "$program" judge "$work/live"
expect 0 "$program" show "$work/live"
says out '^  ran '

expect 2 "$program" validate scenarios/smoke/four.yaml --mode live
says err 'step cut-1: partition needs a cut, which the live world cannot do'
expect 2 "$program" run scenarios/smoke/four.yaml --mode live --out "$work/never"
[ ! -e "$work/never" ] || fail "a run directory was made for what cannot be run"
sed 's/count: 5}/count: 501}/; s/shape: full/shape: ring/' "$live" >"$work/crowd.yaml"
expect 0 "$program" validate "$work/crowd.yaml"
expect 2 "$program" validate "$work/crowd.yaml" --mode live
says err '501 nodes are too many for one machine'
expect 2 "$program" run "$live" --mode lively
says err 'sim or live'
expect 2 "$program" run "$live" --mode live --engine heap
says err 'for the simulator'
echo "ok: quickstart"
