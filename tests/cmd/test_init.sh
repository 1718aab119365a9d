#!/bin/sh
# Shows that `init` writes scenarios that validate without a warning and pass, under the name that was given, and never
# over a file that is there; and that `list` chooses by category and tag.
set -eu
. tests/cmd/lib.sh
here=$PWD
case $program in /*) ;; *) program=$here/$program ;; esac
cd "$work"

expect 0 "$program" init my-net
says out '^run .* run my-net\.yaml'
grep -q 'name: my-net' my-net.yaml || fail "the scenario has another name"
grep -q '@' my-net.yaml && fail "something was not filled in"
expect 0 "$program" validate my-net.yaml --strict
for seed in 1 2 3; do expect 0 "$program" run my-net.yaml --seed $seed --quiet; done
expect 0 "$program" run my-net --quiet
cp my-net.yaml before.yaml
expect 2 "$program" init my-net
says err 'is there already'
expect 2 "$program" init my-net.yaml
cmp -s my-net.yaml before.yaml || fail "the file was written over"
expect 0 "$program" init
cp out piped.yaml
expect 0 "$program" validate piped.yaml --strict
expect 0 "$program" init my-outage --from template
expect 0 "$program" validate my-outage.template.yaml --strict
for seed in 1 2 3; do expect 0 "$program" run my-outage.template.yaml --seed $seed --quiet; done
expect 0 "$program" init my-scenario
expect 0 "$program" init nightly --from suite
expect 0 "$program" validate nightly.yaml --strict
expect 0 "$program" run nightly.yaml --quiet
mkdir folder
expect 0 "$program" init folder/other.yaml
[ -s folder/other.yaml ] || fail "no folder/other.yaml"
expect 3 "$program" init nowhere/x
says err 'nowhere/x\.yaml'
expect 2 "$program" init 'a b'
expect 2 "$program" init ..
expect 2 "$program" init x --from nothing
says err 'quickstart'

mkdir -p scenarios/deep
head='apiVersion: rehearse/v1\nkind: Scenario\n'
printf "$head"'metadata: {name: a, description: one, category: network, tags: [pow, cut]}\n' >scenarios/a.yaml
printf "$head"'metadata: {name: b, description: two, category: clock, tags: [pow]}\n' >scenarios/deep/b.yaml
printf 'kind: Template\nmetadata: {name: c, description: three}\n' >scenarios/c.template.yaml
expect 0 "$program" list
[ "$(wc -l <out)" -eq 3 ] || fail "list: $(cat out)"
says out '^scenarios/c\.template\.yaml +Template: three$'
expect 0 "$program" list --category clock
[ "$(cat out)" = "$(printf '%-36s two' scenarios/deep/b.yaml)" ] || fail "category: $(cat out)"
expect 0 "$program" list --tag pow --tag cut
[ "$(wc -l <out)" -eq 1 ] || fail "tags: $(cat out)"
expect 0 "$program" list templates
[ "$(wc -l <out)" -eq 1 ] || fail "templates: $(cat out)"
expect 2 "$program" list --category clok
says err 'did you mean "clock"'
expect 2 "$program" list faults --tag pow
expect 0 "$program" list --json
says out '^\{"schemaVersion":1,"scenarios":\[\{"name":"a","description":"one","path":"scenarios/a.yaml","kind":"Scenario","category":"network","tags":\["pow","cut"\]\},'
if command -v python3 >/dev/null; then
	for what in scenarios templates models faults actions checks gauges workloads regions; do
		expect 0 "$program" list $what --json
		python3 -m json.tool out >/dev/null || fail "list $what --json is no JSON"
	done
fi
expect 0 "$program" list --library nowhere
says out 'no scenarios here'
echo "ok: init"
