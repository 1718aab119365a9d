#!/bin/sh
# Shows that what people read says each thing once and in words: the plan of a file with every kind of step of the run,
# and the summary of a run that fails, rolls back, and has checks without names and with long ones.
set -eu
. tests/cmd/lib.sh
LC_ALL=C.UTF-8
export LC_ALL

cat >"$work/words.yaml" <<'EOF'
apiVersion: rehearse/v1
kind: Scenario
metadata: {name: words}
spec:
  seed: 3
  topology:
    groups: [{name: eu, count: 4}, {name: us, count: 3}]
    shape: full
  network: {latency: 100ms, jitter: 10%}
  model: {name: pow, with: {blockInterval: 30s, blockSize: 100KB}}
  workloads: [{name: pay, type: transactions, with: {rate: 1/s}}]
  phases:
    - {name: before, duration: 10m}
    - name: cut
      duration: 20m
      actions:
        - {id: cut-1, name: Europe alone, fault: partition, target: eu, for: 10m}
        - {wait: {until: "heads == 1"}, timeout: 5m}
        - {id: mark, capture: [head_height]}
        - {clear: cut-1}
        - {delay: 20s, annotate: the storm is over}
      assert:
        - {that: "heads >= 2", within: 10m}
        - {name: caught up, that: "min(head_height) >= 3", after: mark, within: 10m}
  monitors:
    alerts: [{name: forked, that: "heads >= 2", for: 30s, severity: high}]
  rollback:
    when: [failure]
    actions:
      - {clear: all}
      - {wait: 30s}
      - {node: restart, target: us-0}
  successCriteria:
    - {that: "heads <= 1", mode: always}
    - {type: reorg, with: {maxDepth: 12}}
    - {name: a name that is so long that no column of names could hold it and the line neither, that: "heads <= 9"}
EOF

expect 0 "$program" plan "$work/words.yaml"
says out '^  00:10:00    partition  cut-1: "Europe alone", eu, 12 links, until 00:20:00$'
says out '^  00:10:00    wait       wait-1: until heads == 1, at most 5m$'
says out '^              when wait-1 is over:$'
says out '^              capture    mark: keeps head_height$'
says out '^              clear      clear-1: ends cut-1$'
says out '^  \+20s        annotate   annotate-1: "the storm is over"$'
says out '^              check      heads >= 2, eventually, 00:10:00 to 00:20:00$'
says out '^              criterion  heads <= 1, always$'
says out '^              alert      forked: heads >= 2, for 30s$'
says out '^              wait       wait-2: for 30s$'
says out '^  \+30s        node.restart node.restart-1: us-0, for 1s$'
says_not out 'the run,|: the run$'
# What nobody wrote is not told.
says out '^  00:00:00    load       pay: transactions on all nodes, until 00:30:00, rate$'
says_not out 'rampTo|dropInFlight'

expect 1 "$program" run "$work/words.yaml" --out "$work/run"
says out '^  ✗ expected heads <= 1, saw 2$'
says out 'transaction t[0-9a-f]{8}$'
says out '^  ✗ caught up  expected min\(head_height\) >= 3, but step mark was never begun$'
says out 'judged  step mark was never begun$'
says out '^  ✓ a name that is so long that no column of names could hold it and the line$'
says out '^    neither$'
says out '^      heads <= 9 throughout, at worst [0-9]$'
says out '^  rollback began at 00:00:1[0-9.]+; no other step was begun after it$'
# The number that fails, where it fails.
says out "^  failed  $(grep -c '^  ✗' "$work/out") of 5 "
says out '^  ✓ reorg +max\(reorg_depth\) <= 12 throughout'
says_not out ' $'
says_not out 'judged  failed'
LC_ALL=C sed 's/[^ -~]//g' "$work/out" |
	awk '!/^  (run|again|records|report) / && length($0) > 80 { print; bad = 1 } END { exit bad }' || fail "wider than 80 columns"
# The page says of steps of the run what they do, and no moment finer than a person reads.
for words in 'wait until heads == 1' 'capture keeps head_height' 'clear ends cut-1'; do
	grep -q "<td>$words</td>" "$work/run/report.html" || fail "the page does not say '$words'"
done
! grep -qE '[0-9]{2}:[0-9]{2}\.[0-9]{6}' "$work/run/report.html" || fail "a moment with more than milliseconds"
expect 1 "$program" judge "$work/run"
says out '^  passed heads >= 2 after '
says out '^  FAILED caught up: expected '

# A chain that must always go on is asked in rounds, and not at its first instant.
cat >"$work/alive.yaml" <<'EOF'
apiVersion: rehearse/v1
kind: Scenario
metadata: {name: alive}
spec:
  topology: {groups: [{name: n, count: 4}], shape: full}
  network: {latency: 100ms}
  model: {name: pow, with: {blockInterval: 10s}}
  phases:
    - {name: on, duration: 20m, assert: [{type: liveness, mode: always, with: {within: 5m}}]}
    - name: alone
      duration: 20m
      actions: [{fault: crash, target: n-2, for: 15m}]
      assert: [{name: nobody stands, type: liveness, mode: always, with: {within: 5m}}]
EOF
expect 0 "$program" plan "$work/alive.yaml"
says out '^ +check +liveness \(head_height - base\(head_height\) >= 1 in every$'
expect 1 "$program" run "$work/alive.yaml" --out "$work/alive"
says out '^  ✓ liveness \(head_height - base\(head_height\) >= 1 in every 5m\) throughout, at$'
says out '^  ✗ nobody stands  expected liveness'
says out '^    00:25:00.000  judged  saw 0 at n-2, with crash-1 in effect'
# A key in the wrong place and a word that nothing is called lead on; a bare name is found under each kind.
sed 's/^  monitors:$//; s/^    alerts:/  alerts:/; s/type: transactions/type: payments/' "$work/words.yaml" >"$work/lost.yaml"
expect 2 "$program" validate "$work/lost.yaml"
says err 'it is a key of spec.monitors: rehearse explain spec.monitors$'
says err 'rehearse list workloads. shows them$'
expect 0 "$program" explain spec.monitors
expect 0 "$program" explain liveness
says out '^assertion liveness$'
expect 0 "$program" explain latency
says out '^See also: fault.latency, assertion.latency$'
expect 0 "$program" explain pow
says_not out 'See also'
echo "ok: words"
