#!/bin/sh
# Shows that a network in the words of operators is the network it says: links by region have their delays, lose and go on
# losing after `clear: all`; `modes` is kept; a model that comes later is refused with the place of its name; and one mistake
# in the clock is told once.
set -eu
. tests/cmd/lib.sh

# scenario NAME LINES...: two regions of miners, with further keys of the spec
scenario() {
	{
		echo 'apiVersion: rehearse/v1'
		echo 'kind: Scenario'
		echo 'metadata: {name: n}'
		echo 'spec:'
		echo '  duration: 2h'
		echo '  topology: {shape: full, groups: [{name: a, count: 3, region: eu}, {name: b, count: 3, region: us}]}'
		echo '  model: {name: pow, with: {blockInterval: 30s}}'
		shift
		printf '%s\n' "$@"
	} >"$work/$name.yaml"
}

# The delays of a row, of `default`, and a kind for what a row leaves out.
name=delays
scenario $name '  network:' '    links:' '      default: {latency: 5ms, jitter: 1ms}' '      regions:' \
	'        - {between: [us, eu], latency: 45ms, loss: 10%}'
expect 0 "$program" validate "$work/$name.yaml" --print
says out '\[a-0, a-1, 5ms, \{kind: 1\}\]'
says out '\[a-0, b-0, 45ms, \{kind: 2\}\]'
says out '2: \{jitter: 1ms, loss: (9\.999999|10\.000000)%'

# Regions that never hear of each other end with a head each, whatever was cleared in between.
name=apart
scenario $name '  network: {links: {regions: [{between: [eu, us], loss: 100%}]}}' \
	'  phases:' '    - name: p' '      duration: 2h' \
	'      actions: [{id: f, fault: latency, target: all, with: {latency: 1s}, for: 10m}, {at: 30m, clear: all}]' \
	'      assert: [{that: heads >= 2, mode: atEnd}]'
expect 0 "$program" run "$work/$name.yaml" --out "$work/apart"
sed 's/loss: 100%/loss: 0%/' "$work/apart.yaml" >"$work/together.yaml"
expect 1 "$program" run "$work/together.yaml" --out "$work/together" --no-progress

# Two words for one thing, and a word that the model has no use for.
name=both
scenario $name '  network: {latency: 1ms, links: {default: {latency: 2ms}}}'
expect 2 "$program" validate "$work/$name.yaml"
says err 'error\[E051\]: `links` says what `latency` says'
name=gossip
scenario $name '  network: {gossip: {mesh: 8}}'
expect 2 "$program" validate "$work/$name.yaml"
says err 'error\[E052\]: model pow has no parameter "gossipMesh"'

name=modes
scenario $name '  modes: [live]'
expect 2 "$program" run "$work/$name.yaml" --out "$work/modes"
says err 'modes.yaml:8:[0-9]+: spec.modes names live only'

# One mistake, one complaint: durations in slots are not told as well.
name=clock
scenario $name '  clock: {slot: 12s, slotsPerEpoch: many}' '  timeout: 400 epochs' '  reaction: 1 slots'
expect 2 "$program" validate "$work/$name.yaml"
says err '^1 error,'

example=tests/source-examples/whole-language.yaml
expect 0 "$program" validate $example
says err 'model ethereum-pos needs a proof-of-stake node.*cannot be run by this version'
expect 2 "$program" run $example --out "$work/later"
says err "error: $example:30:21: model ethereum-pos needs a proof-of-stake node"
sed 's/finalized_epoch_lag/finalised_epoch_lag/' $example >"$work/word.yaml"
expect 2 "$program" validate "$work/word.yaml"
says err 'error.*finalised_epoch_lag'

# A parameter without a default has none in a run, and a stand-in when the template is looked at alone.
template=tests/source-examples/region-outage.template.yaml
expect 0 "$program" validate $template
sed 's/fault: loss/fualt: loss/' $template >"$work/template.yaml"
expect 2 "$program" validate "$work/template.yaml"
says err 'unknown key "fualt".*phases\[1\].actions\[0\]'
expect 2 "$program" run $template -p region=us -p length=4epochs --out "$work/alone"
says err 'key "topology" is missing'
says_not err E035

# A comma between braces ends a text: what follows is read as its rest, with a warning.
sed 's/description: "\(.*\)"}/description: \1}/' $template >"$work/comma.yaml"
expect 0 "$program" validate "$work/comma.yaml"
says err 'warning\[W019\]: the comma before it ends the text of "description"'
