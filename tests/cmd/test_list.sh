#!/bin/sh
# Shows that `list` reads scenarios as YAML, whatever their style, and that every list a message names is there.
set -eu
. tests/cmd/lib.sh
here=$PWD
case $program in /*) ;; *) program=$here/$program ;; esac

mkdir -p "$work/tree/scenarios/deep"
cd "$work/tree"
printf 'metadata: {name: x, description: "in one line"}\nspec: {description: another}\n' >scenarios/flow.yaml
printf 'spec:\n  description: not this\nmetadata:\n  description: >\n    folded over\n    two lines\n' >scenarios/deep/fold.yaml
printf 'a: [\n' >scenarios/broken.yaml
expect 0 "$program" list
says out '^scenarios/flow\.yaml +in one line$'
says out '^scenarios/deep/fold\.yaml +folded over two lines *$'
says out '^scenarios/broken\.yaml +\(no YAML'
cd "$here"

for what in models faults actions checks gauges workloads regions; do
	expect 0 "$program" list $what
	says_not err .
done
for named in $(grep -ohE 'rehearse list [a-z]+' core/scenario/*.c | sort -u | sed 's/.* //'); do
	expect 0 "$program" list "$named"
done

# A warning is a diagnostic too.
sed 's/for: 60s}/for: 600s}/' scenarios/smoke/four.yaml >"$work/warns.yaml"
expect 0 "$program" validate "$work/warns.yaml" --json
says out '"severity":"warning"'
expect 0 "$program" validate scenarios/smoke/four.yaml --json
says out '^\[\]$'
