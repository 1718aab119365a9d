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
says out '^  00:10:00    wait       wait-1: until heads == 1, at most 5 m 00 s$'
says out '^              when wait-1 is over:$'
says out '^              capture    mark: keeps head_height$'
says out '^              clear      clear-1: ends cut-1$'
says out '^  \+20 s       annotate   annotate-1: "the storm is over"$'
says out '^              check      heads >= 2, eventually, 00:10:00 to 00:20:00$'
says out '^              criterion  heads <= 1, always$'
says out '^              alert      forked: heads >= 2, for 30 s$'
says out '^              wait       wait-2: for 30 s$'
says out '^  \+30 s       node.restart node.restart-1: us-0, for 1 s$'
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
echo "ok: words"
