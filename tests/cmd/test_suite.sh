#!/bin/sh
# Shows what `run` of several scenarios promises: everything is checked before anything runs, each run has a directory
# of its own, the worst result decides, a crash of one run ends that one alone, one SIGINT ends all in order and keeps
# what is complete, and suite.json and junit.xml hold it all.
set -eu
. tests/cmd/lib.sh
LC_ALL=C.UTF-8 # for the marks; in C they are ASCII
export LC_ALL
here=$PWD
case $program in /*) ;; *) program=$here/$program ;; esac
mkdir "$work/set"
cp scenarios/smoke/four.yaml "$work/set/a.yaml"
cp scenarios/tour/too-strict.yaml "$work/set/b.yaml"
cp scenarios/smoke/four.yaml "$work/set/c.yaml"
printf 'kind: Template\n' >"$work/set/t.template.yaml"
cp scenarios/tour/typos.yaml "$work"
cp scenarios/quickstart.yaml "$work"
cd "$work"

# A folder; the failure is told with its line, and the worst result is the exit code.
expect 1 "$program" run set
[ "$(grep -cE '^  (✓|✗) ' out)" -eq 3 ] || fail "rows: $(cat out)"
says out '^  ✓ a +passed +5 of 5'
says out '^  ✗ b +failed +1 of 2'
says out '^      again .* run set/b\.yaml --seed 4 --until '
says out '^  2 passed  1 failed '
for run in a b c; do
	for file in run.json trace.rht report.html; do
		[ -s "runs/set-1/$run/$file" ] || fail "no runs/set-1/$run/$file"
	done
	grep -q 'trace' "runs/set-1/$run.log" || fail "the log of $run has no summary"
done
[ ! -e runs/set-1/RUNNING ] || fail "the directory of the suite is not complete"
again=$(sed -n 's/^ *again *//p' out)
expect 1 sh -c "$again --out again"

# The same bytes as a run by itself.
expect 0 "$program" run set/a.yaml --out alone --quiet
cmp alone/trace.rht runs/set-1/a/trace.rht || fail "a run of a suite is another run"

# JSON and JUnit.
expect 1 "$program" run set/a.yaml set/b.yaml set/a.yaml -j 1 --json --out both --junit both.xml
[ "$(wc -l <out)" -eq 1 ] || fail "more than one line of JSON"
cmp out both/suite.json || fail "suite.json is not what was printed"
says out '"passed":2,"failed":1'
says out '"name":"a-2"'
cmp both.xml both/junit.xml || fail "--junit is not junit.xml"
if command -v xmllint >/dev/null; then xmllint --noout both.xml || fail "junit.xml is no XML"; fi
[ "$(grep -c '<testsuite ' both.xml)" -eq 3 ] || fail "three suites: $(grep '<testsuite' both.xml)"
grep -q '^<testsuites name="suite" tests="12" failures="1" errors="0" skipped="0"' both.xml || fail "$(head -n 2 both.xml)"
expect 2 "$program" run set --out both
says err 'already holds|is going on|cut short'

# Nothing runs when one of them is wrong.
expect 2 "$program" run set/a.yaml typos.yaml --out never
says err 'typos\.yaml:[0-9]+:[0-9]+: error'
[ ! -e never ] || fail "something was run"
mkdir empty
expect 2 "$program" run empty
expect 2 "$program" run set -j 0
expect 2 "$program" run set --shard 3/2

# Shards are disjoint and complete; an empty one is no success.
for shard in 1/2 2/2; do expect 0 "$program" run set/a.yaml set/c.yaml --shard $shard --json --out "shard-${shard%/2}"; done
cat shard-1/suite.json shard-2/suite.json >both.json
[ "$(grep -o '"path":"set/[ac].yaml"' both.json | sort -u | wc -l)" -eq 2 ] || fail "shards: $(cat both.json)"
expect 5 "$program" run set/a.yaml set/c.yaml --shard 3/3

# --fail-fast begins none after the failure.
expect 1 "$program" run set/b.yaml set/a.yaml set/c.yaml -j 1 --fail-fast
says out '^  - a +skipped'
says out 'an earlier one did not pass'

# A Suite: defaults, seeds, needs, a matrix; what needs a run that did not pass is skipped with the reason.
cat >nightly.yaml <<'END'
apiVersion: rehearse/v1
kind: Suite
metadata: {name: nightly, description: what has to pass}
spec:
  scenarios:
    - {name: strict, file: set/b.yaml}
    - {name: behind, file: set/a.yaml, needs: [strict]}
    - {name: far-behind, file: set/a.yaml, needs: [behind]}
    - {name: seeds, file: set/a.yaml, matrix: {seed: [3, 4]}, set: {network.latency: 30ms}}
END
expect 0 "$program" validate nightly.yaml
says out 'nightly.yaml is valid: 5 runs'
expect 0 "$program" run nightly.yaml --dry-run
says out '^seeds.seed-4 +set/a.yaml --seed 4 --set network.latency=30ms$'
expect 1 "$program" run nightly.yaml --out nightly
says out '^nightly: what has to pass \(5 runs'
says out '^  - behind +skipped'
says out 'needs strict, which did not pass'
says out 'needs behind, which was skipped'
says out '^  ✓ seeds.seed-3 '
grep -q '"seed":4,' nightly/seeds.seed-4/run.json || fail "the seed of the matrix: $(cat nightly/seeds.seed-4/run.json)"
grep -q '"reproduce":"[^"]*run set/a.yaml --seed 4 --set network.latency=30ms"' nightly/seeds.seed-4/run.json || fail "no line to repeat it"
grep -q 'tests="14" failures="1" errors="0" skipped="2"' nightly/junit.xml || fail "$(head -n 2 nightly/junit.xml)"
expect 2 "$program" run nightly.yaml --seed 9
says err 'seed of its own'
expect 1 "$program" suite nightly.yaml --quiet
sed 's/needs: .behind./needs: [nobody]/' nightly.yaml >wrong.yaml
expect 2 "$program" run wrong.yaml
says err 'wrong.yaml:[0-9]+:[0-9]+: error'
sed 's/latency: 30ms/latencie: 30ms/' nightly.yaml >wrong.yaml
expect 2 "$program" validate wrong.yaml
says err 'latencie'

# A scenario with a matrix is a suite of its variants, each repeated by its line; --no-matrix is one run.
sed 's/^spec:/spec:\n  matrix: {network.latency: [20ms, 200ms], nodes: [4, 5]}/; s/count: 4/count: "${matrix.nodes}"/' set/a.yaml >matrix.yaml
code=0
"$program" run matrix.yaml --json --out matrix >out || code=$?
[ "$(grep -o '"name":"four\.' matrix/suite.json | wc -l)" -eq 4 ] || fail "variants: $(cat matrix/suite.json)"
for run in matrix/four.*/; do
	again=$(field "$run/run.json" reproduce)
	sh -c "$again --json" >again.json || true
	grep -q '"scenario":' again.json || fail "$again is not one run"
	[ "$(field again.json traceHash)" = "$(field "$run/run.json" traceHash)" ] || fail "$again is another run"
done
expect 0 "$program" run matrix.yaml --no-matrix --json
says out '"reproduce":"[^"]*run matrix.yaml --seed 1 --no-matrix"'
expect 2 "$program" run matrix.yaml --set network.latency=30ms
says err 'other values'
expect 0 "$program" run matrix.yaml --set network.latency=30ms --no-matrix --quiet

# A process that ends badly takes no other with it.
"$program" run quickstart.yaml set/a.yaml -j 2 --set duration=80000h --out crash >out 2>err &
pid=$!
tries=0
child=
while [ $tries -lt 200 ] && [ -z "$child" ]; do
	tries=$((tries + 1))
	sleep 0.05
	[ ! -e crash/quickstart/RUNNING ] || child=$(cut -d' ' -f1 "/proc/$pid/task/$pid/children" 2>/dev/null || true)
done
if [ -n "$child" ]; then
	kill -SEGV "$child"
	tries=0
	# The second run is longer than anybody waits: it is interrupted.
	while [ $tries -lt 200 ] && ! grep -q 'error' out; do
		tries=$((tries + 1))
		sleep 0.05
	done
	kill -INT $pid
	code=0
	wait $pid || code=$?
	[ "$code" -eq 130 ] || fail "exit $code after a crash and an interrupt: $(cat out err)"
	says out '^  ✗ quickstart +error'
	says out 'ended by signal 11'
	says out '^  - a +cancelled'
	[ -s crash/a/run.json ] || fail "the interrupted run is not complete"
	grep -q '"state":"error"' crash/suite.json || fail "$(cat crash/suite.json)"
	grep -q 'errors="1" skipped="0"' crash/junit.xml || fail "$(head -n 3 crash/junit.xml)"
else
	kill -INT $pid
	wait $pid || true
	echo "skipped: this kernel does not tell the children of a process"
fi

# What was not begun is told, and what is complete stays.
"$program" run set/a.yaml quickstart.yaml set/c.yaml -j 1 --out stopped >out 2>err &
pid=$!
kill -STOP $pid 2>/dev/null || true
kill -CONT $pid 2>/dev/null || true
wait $pid || fail "a suite that was stopped and went on: $(cat err)"
"$program" run quickstart.yaml set/c.yaml -j 1 --set duration=80000h --out int >out 2>err &
pid=$!
tries=0
while [ ! -e int/quickstart/RUNNING ] && [ $tries -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
kill -TERM $pid
code=0
wait $pid || code=$?
[ "$code" -eq 143 ] || fail "exit $code after SIGTERM"
says out '^  - quickstart +cancelled'
says out '^  - c +skipped'
says out 'interrupted before it began'
[ ! -e int/RUNNING ] || fail "the suite's directory is not complete"

# What made a run an error is told, and not the last line of its log.
cat >"$work/vain.yaml" <<'EOF'
apiVersion: rehearse/v1
kind: Scenario
metadata: {name: vain}
spec:
  matrix: {seed: [1, 2]}
  topology: {groups: [{name: n, count: 3}], shape: full}
  network: {latency: 50ms}
  model: {name: pow, with: {blockInterval: 20s}}
  phases: [{name: p, duration: 5m, actions: [{id: high, wait: {until: "max(head_height) >= 999"}, timeout: 1m}]}]
EOF
expect 3 "$program" run "$work/vain.yaml" --out "$work/vain"
says out '^      high waited in vain until max\(head_height\) >= 999$'
echo "ok: suite"
