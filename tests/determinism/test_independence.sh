#!/bin/sh
# Shows that randomness belongs to names: a node more without links and without hash rate, or a fault that is written
# but disabled, leaves every other node's records byte for byte as they were.
set -eu
. tests/cmd/lib.sh
four=scenarios/smoke/four.yaml

# Records of the nodes n-0 to n-3, without their number in the stream.
records() { # SCENARIO NAME
	expect 0 "$program" run "$1" --seed 11 --out "$work/$2" --trace full --quiet --no-judge
	sed -n 's/"seq":[0-9]*,//; /"node":"n-[0-3]"/p' "$work/$2/events.jsonl" >"$work/$2.nodes"
	[ "$(wc -l <"$work/$2.nodes")" -gt 1000 ] || fail "$2 has hardly any records"
}
same() { # NAME WHAT
	cmp -s "$work/plain.nodes" "$work/$1.nodes" || fail "$2 changes the records of other nodes:
$(diff "$work/plain.nodes" "$work/$1.nodes" | head -n 6)"
}

records $four plain

# First in the list, so that every other node gets another index.
sed 's/^    groups:$/    groups:\n      - {name: a, count: 1, peers: 0, with: {hashrate: 0}}/' $four >"$work/silent.yaml"
! cmp -s $four "$work/silent.yaml" || fail "no silent node was added"
records "$work/silent.yaml" silent
same silent "a silent node"

sed '0,/^      actions:$/s//      actions:\n        - {name: never, fault: loss, target: all, with: {loss: 90%}, for: 30s, disabled: true}/' \
	$four >"$work/disabled.yaml"
! cmp -s $four "$work/disabled.yaml" || fail "no fault was added"
records "$work/disabled.yaml" disabled
same disabled "a disabled fault"

# The check can fail: the same fault, enabled, does change them.
sed 's/, disabled: true//' "$work/disabled.yaml" >"$work/enabled.yaml"
records "$work/enabled.yaml" enabled
! cmp -s "$work/plain.nodes" "$work/enabled.nodes" || fail "90 % loss changes nothing: the comparison is blind"
echo "ok: independence"
