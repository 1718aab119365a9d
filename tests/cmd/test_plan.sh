#!/bin/sh
# Shows that `plan` and `run --dry-run` tell times, targets, values and windows within 80 columns and run nothing, that
# scenarios are found by name, and that a wrong name gets the near one.
set -eu
. tests/cmd/lib.sh
here=$PWD
case $program in /*) ;; *) program=$here/$program ;; esac

expect 0 "$program" plan scenarios/quickstart.yaml
says out '^  01:40:00  cut, 20 m'
says out '^  01:40:00    partition  cut-1: east, [0-9]+ links, until 02:00:00$'
says out '^  01:46:00    mine       west-finds-two: west-0, count 2$'
says out 'criterion  nothing deep: max\(reorg_depth\) <= 6, always'
says out 'run .*run scenarios/quickstart.yaml --seed 1'
for file in scenarios/quickstart.yaml scenarios/smoke/four.yaml scenarios/live/quickstart.yaml; do
	expect 0 "$program" plan $file
	awk '!/^  run / && length($0) > 80 { print; bad = 1 } END { exit bad }' "$work/out" || fail "$file is wider than 80 columns"
	expect 0 "$program" plan $file --json
	[ "$(wc -l <"$work/out")" -eq 1 ] || fail "more than one line of JSON"
	if command -v python3 >/dev/null; then python3 -m json.tool "$work/out" >/dev/null || fail "no JSON for $file"; fi
done
expect 0 "$program" plan four -d 5m --set phases.cut.actions.cut-1.for=30s --json
says out '"durationNs":300000000000'
says out '"atNs":180000000000,"untilNs":210000000000'

cp scenarios/smoke/four.yaml "$work"
cd "$work"
expect 0 "$program" run four.yaml --dry-run
says out 'crash-1: n-3, until 00:06:00$'
[ ! -e runs ] || fail "a dry run left a directory"
expect 2 "$program" run four.yaml --dry-run --set phases.cut.actions.cut-1.target=nobody

# By name; near names for a wrong one; nothing is guessed when two files have the name.
mkdir -p scenarios/a scenarios/b lib/x
cp four.yaml scenarios/a/one.yaml
cp four.yaml scenarios/b/one.yaml
cp four.yaml lib/x/two.yaml
expect 0 "$program" plan two --library lib
expect 0 "$program" run two --library lib --json
says out 'run lib/x/two.yaml'
expect 2 "$program" plan one
expect 2 "$program" plan two
expect 2 "$program" run foru.yaml
says err 'did you mean four.yaml'
expect 2 "$program" run scenarios/a/oen.yaml
says err 'did you mean scenarios/a/one.yaml'
expect 2 "$program" validate foru.yaml --json
says out '"code":"E001"'
echo "ok: plan"
