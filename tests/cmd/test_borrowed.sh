#!/bin/sh
# Shows that verbs and options of other systems are carried out where ours do the same, and that every other one is
# answered with one sentence and exit code 2, never with "no verb".
set -eu
. tests/cmd/lib.sh
here=$PWD
case $program in /*) ;; *) program=$here/$program ;; esac
cp scenarios/smoke/four.yaml "$work"
cd "$work"
mkdir scenarios
cp four.yaml scenarios/market.yaml

expect 0 "$program" execute --scenario market --dry-run
says out '^four: '
expect 0 "$program" execute --file four.yaml --duration 11m --out given --quiet
grep -q '"reproduce":"[^"]*run four.yaml --seed 1 --duration 11m"' given/run.json || fail "$(cat given/run.json)"
expect 0 "$program" execute --file=four.yaml --dry-run
expect 0 "$program" run --file four.yaml --dry-run
expect 0 "$program" validate --file four.yaml
expect 0 "$program" lint four.yaml --strict
expect 0 "$program" verify-determinism four.yaml
expect 0 "$program" timeline --execution-id given
says out 'passed  5 of 5'
expect 0 "$program" logs --execution-id given
says out 'run +begin'
expect 0 "$program" metrics given
expect 2 "$program" execute
expect 2 "$program" execute --file none.yaml

answered=0
sed -n '/^## Verbs of other systems/,$s/^| `\([a-z_-]*\)` | - |.*/\1/p' "$here/docs/CLI.md" >answers
while read -r verb; do
	expect 2 "$program" "$verb" --some --thing
	says err "^rehearse: $verb: .{20,}"
	[ "$(wc -l <err)" -eq 1 ] || fail "$verb: more than a sentence"
	answered=$((answered + 1))
done <answers
[ "$answered" -gt 20 ] || fail "only $answered verbs are answered"
for verb in status stop services health-check clear-chaos report start restart clean test serve; do
	expect 2 "$program" $verb
	says_not err 'no verb'
done
echo "ok: borrowed"
