#!/bin/sh
# Shows that every whole scenario in docs/SCENARIO.md is planned as it stands (or refused for what it says), that together
# they use each kind of step and each mode of a target, and that those with all steps and all targets play.
set -eu
. tests/cmd/lib.sh

awk -v work="$work" '
	/^```yaml$/ { inside = 1; text = ""; next }
	/^```$/ { if (inside && text ~ /^apiVersion: .*\nkind: Scenario/) { file = work "/doc-" ++n ".yaml"; printf "%s", text >file; close(file) }
		inside = 0; next }
	inside { text = text $0 "\n" }' docs/SCENARIO.md
ls "$work"/doc-3.yaml >/dev/null || fail "fewer than three scenarios in docs/SCENARIO.md"
cat "$work"/doc-*.yaml >"$work/all"
for file in "$work"/doc-*.yaml; do
	if grep -q 'name: not-yet' "$file"; then
		expect 2 "$program" plan "$file"
		says err 'which the sim world does not have yet'
	else
		expect 0 "$program" plan "$file"
	fi
done

for form in fault action service node validator fork time snapshot restore peer topology chaos workload set run wait clear \
	capture annotate parallel sequence repeat; do
	grep -qE "(^|[-{ ])$form:" "$work/all" || fail "no example of a step $form"
	"$program" explain "step.$form" >/dev/null || fail "$form is no key of a step"
done
modes=$("$program" explain target.mode | tr ' |' '\n\n' | grep -xE 'all|one|fixed|percent|random-max-percent|weight|stake|hashrate')
[ "$(echo "$modes" | sort -u | wc -l)" -eq 8 ] || fail "not the modes that are known: $modes"
for mode in $modes; do
	grep -q "mode: $mode" "$work/all" || fail "no example of a target by $mode"
done

for name in all-steps all-targets; do
	file=$(grep -l "name: $name}" "$work"/doc-*.yaml)
	expect 0 "$program" run "$file" --out "$work/$name"
	! grep -q '"stage":"\(unverified\|refused\|failed\)"' "$work/$name/events.jsonl" || fail "a step of $name was not done"
done
echo "ok: examples of the documentation"
