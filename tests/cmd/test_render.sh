#!/bin/sh
# Shows that templates are found by name and filled from -p, --params and a file, that what `render` prints is the same
# run, and that the line that repeats a run carries parameters and what came from the environment.
set -eu
. tests/cmd/lib.sh
here=$PWD
case $program in /*) ;; *) program=$here/$program ;; esac
cd "$work"
mkdir -p scenarios/templates other

expect 0 "$program" init outage --from template
says out 'run outage\.template\.yaml -p length=5m'
mv outage.template.yaml scenarios/templates
expect 0 "$program" run --template outage -p length=5m -p nodes=12 --out a --json
hash=$(field out traceHash)
says out '"reproduce":"[^"]*run scenarios/templates/outage\.template\.yaml --seed 1 --param length=5m --param nodes=12"'
expect 0 "$program" render --template outage -p length=5m,nodes=12
says out '^kind: Scenario'
says_not out '\$\{'
cp out plain.yaml
expect 0 "$program" run plain.yaml --json
[ "$(field out traceHash)" = "$hash" ] || fail "what is rendered is another run"

# A file of parameters; -p wins over it; the words of other systems.
printf 'length: 5m\nnodes: 30\n' >params.yaml
expect 0 "$program" run --template outage --params params.yaml -p nodes=12 --json
[ "$(field out traceHash)" = "$hash" ] || fail "parameters from a file"
expect 0 "$program" execute --template outage --parameters length=5m,nodes=12
expect 0 "$program" render-template --template outage --parameters params.yaml
says out 'count: 30'
expect 0 "$program" validate --template outage --strict
expect 0 "$program" plan --template outage --params params.yaml
says out 'network   30 nodes'

cp scenarios/templates/outage.template.yaml other/elsewhere.template.yaml
expect 0 "$program" plan --template elsewhere --template-dir other
expect 0 env REHEARSE_TEMPLATE_DIRS=nowhere:other "$program" plan --template elsewhere

# What is wrong is told, and nothing is run.
expect 2 "$program" run --template outage -p nodes=2
says err 'E071'
expect 2 "$program" run --template outage -p lenght=2m
says err 'did you mean'
expect 2 "$program" run --template outag
says err 'did you mean outage'
expect 2 "$program" run --template outage plain.yaml
says err 'one too many'
expect 2 "$program" run --template outage --params none.yaml
expect 2 "$program" render none.yaml
[ ! -s out ] || fail "something was rendered"

# The environment takes part only by name, and the line that repeats the run says so.
sed 's/latency: 80ms/latency: "${env(LINK_DELAY)}"/' plain.yaml >env.yaml
expect 2 "$program" run env.yaml
says err 'E068'
expect 0 env LINK_DELAY=33ms "$program" run env.yaml --json
hash=$(field out traceHash)
again=$(field out reproduce)
case $again in *"--env LINK_DELAY=33ms") ;; *) fail "the line does not name the environment: $again" ;; esac
expect 0 sh -c "$again --json"
[ "$(field out traceHash)" = "$hash" ] || fail "the line repeats another run"
expect 0 env LINK_DELAY=1ms "$program" run env.yaml --env LINK_DELAY=33ms --json
[ "$(field out traceHash)" = "$hash" ] || fail "--env does not win"
echo "ok: render"
