#!/bin/sh
# Shows what `run` promises: one JSON object with the documented members, a complete run directory, equal bytes for
# equal runs on each engine, the right exit codes, and a line that repeats a failure.
set -eu
. tests/cmd/lib.sh
four=scenarios/smoke/four.yaml

# One JSON object, one line, the documented members.
expect 0 "$program" run $four --seed 3 --json --out "$work/a"
[ "$(wc -l <"$work/out")" -eq 1 ] || fail "more than one line of JSON"
for member in schemaVersion scenario seed mode status verdict traceHash events simulatedNs wallNs cpuNs loopCpuNs \
	assertions runDirectory reproduce; do
	says out "\"$member\":"
done
[ "$(field "$work/out" traceHash | wc -c)" -eq 33 ] || fail "traceHash is not 32 hex digits"
[ "$(field "$work/out" seed)" = 3 ] || fail "seed"
[ "$(field "$work/out" status)" = completed ] || fail "status"
cp "$work/out" "$work/a.json"

# The run directory.
for file in scenario.yaml plan.yaml verdict.json run.json host.json events.jsonl trace.rht report.html; do
	[ -s "$work/a/$file" ] || fail "the run directory has no $file"
done
[ ! -e "$work/a/RUNNING" ] || fail "RUNNING is left in a complete run"
cmp -s $four "$work/a/scenario.yaml" || fail "scenario.yaml is not the scenario"

# The same run again, on another engine: equal bytes.
expect 0 "$program" run $four --seed 3 --json --out "$work/b" --engine heap
for file in plan.yaml verdict.json events.jsonl trace.rht; do
	cmp "$work/a/$file" "$work/b/$file" || fail "$file differs between engines"
done
[ "$(field "$work/out" traceHash)" = "$(field "$work/a.json" traceHash)" ] || fail "trace hash"
[ "$(field "$work/out" events)" = "$(field "$work/a.json" events)" ] || fail "events"

# Another seed is another run.
expect 0 "$program" run $four --seed 4 --json --out "$work/c"
[ "$(field "$work/out" traceHash)" != "$(field "$work/a.json" traceHash)" ] || fail "seed 4 equals seed 3"

# "identical" is said the second time, in the default place.
here=$(pwd)
case $program in /*) run_program=$program ;; *) run_program=$here/$program ;; esac
(cd "$work" && cp "$here/$four" . && "$run_program" run four.yaml >first.txt && "$run_program" run four.yaml >second.txt)
! grep -q identical "$work/first.txt" || fail "the first run is identical to what?"
grep -q 'identical to the last run of this file and seed' "$work/second.txt" || fail "no word of being identical:
$(cat "$work/second.txt")"

# A failing check: exit 1, and a line that repeats it.
expect 1 "$program" run scenarios/tour/too-strict.yaml --out "$work/strict"
says out 'nobody drifts apart'
says out '--seed 4 --until'
again=$(sed -n 's/^ *again *//p' "$work/out" | head -n 1)
expect 1 sh -c "$again --out $work/strict2"
says out 'nobody drifts apart'
expect 1 "$program" run scenarios/tour/too-strict.yaml --out "$work/strict" --force
says out '^    [0-9:.]+  judged  seen [0-9]+, limit 1, with cut-1 in effect \(cut 3\|2\)$'
records=$(sed -n 's/^ *records *//p' "$work/out")
expect 0 sh -c "$records"
says out 'assertion failed nobody drifts apart'
says_not out '^00:'

# Judged again from the records alone: the same bytes.
expect 1 "$program" judge "$work/strict" --check
expect 0 "$program" judge "$work/a" --check
expect 0 "$program" show "$work/a"
expect 0 "$program" show "$work/a/trace.rht"
for word in partition fault.partition mine pow heads; do
	expect 0 "$program" explain $word
done

# A line to paste for a file with blanks and quotes in its name.
odd="$work/it's a \"test\" of \$HOME.yaml"
cp $four "$odd"
expect 0 "$program" run "$odd" --out "$work/odd" --set 'network.latency=30ms'
hash=$(field "$work/odd/run.json" traceHash)
again=$(sed -n 's/^ *again *//p' "$work/out" | head -n 1)
expect 0 sh -c "$again --out $work/odd2 --json"
[ "$(field "$work/out" traceHash)" = "$hash" ] || fail "the line did not repeat the run: $again"

# Colour marks passing and failing, and nothing else; none in a pipe; ASCII where the locale says so.
expect 1 "$program" run scenarios/tour/too-strict.yaml --out "$work/color" --color always
[ "$(grep -c "$(printf '\033')" "$work/out")" -eq 3 ] || fail "colour: $(cat "$work/out")"
expect 1 "$program" run scenarios/tour/too-strict.yaml --out "$work/nocolor"
! grep -q "$(printf '\033')" "$work/out" || fail "colour in a pipe"
expect 1 env LC_ALL=C "$program" run scenarios/tour/too-strict.yaml --out "$work/ascii"
! LC_ALL=C grep -q '[^ -~]' "$work/out" || fail "not ASCII: $(cat "$work/out")"
awk '!/^  (report|records|again) / && length($0) > 80 { print; bad = 1 } END { exit bad }' "$work/out" ||
	fail "wider than 80 columns"

# An occupied directory is refused, unless forced.
expect 2 "$program" run $four --out "$work/a"
says err 'already holds a run'
expect 0 "$program" run $four --out "$work/a" --force --quiet
[ ! -s "$work/out" ] || fail "--quiet printed something"

# JUnit, until, trace levels.
expect 0 "$program" run $four --out "$work/j" --junit "$work/j.xml" --until 30s --quiet --no-judge
[ -s "$work/j.xml" ] || fail "no JUnit file"
expect 0 "$program" run $four --out "$work/f" --trace full --quiet
expect 0 "$program" trace stats "$work/f"
says out 'message'
expect 0 "$program" trace cat "$work/f" --kind reorg --head 1
expect 0 "$program" verify $four
says out 'identical'

# --set changes the plan, and stands in the line that repeats it.
expect 0 "$program" run $four --out "$work/s" --set 'network.latency=30ms'
says out "network.latency=30ms"
echo "ok: run"
