#!/bin/sh
# Shows where settings come from and in which order, that each one reaches the option it names, that typing errors and
# keys without effect are refused with a place, and which earlier runs stay.
set -eu
. tests/cmd/lib.sh
here=$PWD
case $program in /*) ;; *) program=$here/$program ;; esac
cp scenarios/smoke/four.yaml "$work"
cd "$work"

value() { # NAME: its value and where from
	sed -n "s/^  $1  *//p" out | tr -s ' '
}
is() { # NAME TEXT
	[ "$(value "$1")" = "$2" ] || fail "$1 is \"$(value "$1")\", not \"$2\""
}

expect 0 "$program" config
is outDir 'runs default'
is assertionTimeout '5m default'

# The nearest source wins: the option, the environment, this folder, the user's file.
mkdir -p settings/rehearse
printf 'outDir: of-user\nkeepRuns: 7\n' >settings/rehearse/config.yaml
printf 'apiVersion: rehearse/v1\nkind: Config\nspec:\n  outDir: of-project\n  seed: 3\n' >rehearse.yaml
expect 0 "$program" config
is outDir 'of-project rehearse.yaml:4'
is keepRuns "7 $work/settings/rehearse/config.yaml:2"
is seed '3 rehearse.yaml:5'
expect 0 env REHEARSE_OUT_DIR=of-env "$program" config
is outDir 'of-env REHEARSE_OUT_DIR'
expect 0 env REHEARSE_SEED=9 "$program" run four.yaml --json
says out '"seed":9'
says out '"runDirectory":"of-project/four-1"'
expect 0 env REHEARSE_SEED=9 "$program" run four.yaml --json --seed 8 --out-dir typed
says out '"seed":8'
says out '"runDirectory":"typed/four-1"'
expect 0 "$program" config --config none
is outDir 'runs default'
expect 0 "$program" --config none config
is outDir 'runs default'
printf 'kind: Config\noutDir: of-option\n' >other.yaml
expect 0 "$program" --config=other.yaml config
is outDir 'of-option other.yaml:2'
is keepRuns '- default'
expect 0 env REHEARSE_CONFIG=other.yaml "$program" config
is outDir 'of-option other.yaml:2'
expect 2 "$program" config --config none.yaml
expect 2 "$program" config --config four.yaml
says err 'no file of settings'
expect 0 "$program" config --json
says out '"outDir":\{"value":"of-project","from":"rehearse.yaml:4","option":"out-dir"\}'

# A scenario that happens to be called rehearse.yaml is left alone.
cp four.yaml rehearse.yaml
expect 0 "$program" config
is outDir "of-user $work/settings/rehearse/config.yaml:1"
rm settings/rehearse/config.yaml

# Spellings of other systems' files; what asks for nothing new is a warning of `config` alone.
cat >rehearse.yaml <<'END'
test_coordinator: {name: old-one, version: 1.0.0}
execution:
  max_concurrent_scenarios: 3
  default_timeout: "2h"
  assertion_timeout: "90s"
  enable_parallel_actions: true
scenarios: {library_path: lib, custom_scenarios_path: mine, templates_path: tpl}
validation: {strict_mode: true}
reporting: {output_dir: out-here, retention_days: 30}
END
expect 0 "$program" config
is maxParallel '3 rehearse.yaml:3'
is defaultTimeout '2h rehearse.yaml:4'
is libraryDirs 'lib, mine rehearse.yaml:7'
is strict 'true rehearse.yaml:8'
is retentionDays '30 rehearse.yaml:9'
says out 'old-one'
says err 'warning\[W018\].*enable_parallel_actions'
expect 0 "$program" validate four.yaml
says_not err W018

# Each one reaches something: the plan, the directory, the words on stderr.
printf 'assertionTimeout: 90s\ndefaultTimeout: 2h\n' >rehearse.yaml
sed 's/, mode: eventually, within: 60s//' four.yaml >open.yaml
expect 0 "$program" plan open.yaml --json
says out '"timeoutNs":7200000000000'
says out '"fromNs":180000000000,"untilNs":270000000000'
expect 0 "$program" run open.yaml --json
says out '"reproduce":"[^"]*--default-timeout 2h --assertion-timeout 90s'
sed 's/for: 60s}/for: 600s}/' four.yaml >warns.yaml
printf 'strict: true\n' >rehearse.yaml
expect 2 "$program" validate warns.yaml
says err '--strict takes (it|them) for'
printf 'checkTiming: true\n' >rehearse.yaml
expect 2 "$program" validate warns.yaml
says err 'W001'
printf 'logLevel: error\n' >rehearse.yaml
expect 0 "$program" validate warns.yaml
[ ! -s err ] || fail "a warning at logLevel error"
expect 0 env REHEARSE_LOG_LEVEL=debug REHEARSE_SEED=5 "$program" validate warns.yaml
says err '--seed 5 \(REHEARSE_SEED\)'

# What is wrong is told with its place.
printf 'outdirs: x\nmode: simm\nservices: {a: {url: b}}\nkeepRuns: 0\noutDir: a\noutput_dir: b\n' >rehearse.yaml
expect 2 "$program" config
says err 'rehearse.yaml:1:1: error\[E130\]: unknown setting "outdirs"'
says err 'did you mean "outDir"'
says err 'rehearse.yaml:2:7: error'
says err 'rehearse.yaml:3:1: error\[E131\]'
says err 'rehearse.yaml:4:11: error'
says err 'rehearse.yaml:6:1: error\[E011\]'
expect 2 "$program" run four.yaml
rm rehearse.yaml
expect 2 env REHEARSE_MODE=simm "$program" config
says err 'REHEARSE_MODE=simm'
expect 2 env REHEARSE_SEDE=1 "$program" config
says err 'did you mean REHEARSE_SEED'
expect 0 env REHEARSE_PADDING=1 "$program" config
expect 2 "$program" config outdir
says err 'did you mean "outDir"'
expect 0 "$program" config outDir
says out 'REHEARSE_OUT_DIR'
expect 2 "$program" run four.yaml --log-level loud

# The last two runs stay, and nothing that is no run of this name goes.
mkdir -p keep/four-x keep/four-7 keep/other-1
for _ in 1 2 3 4; do
	expect 0 "$program" run four.yaml --out-dir keep --keep-runs 2 --quiet
done
[ "$(find keep -name run.json | wc -l)" -eq 2 ] || fail "runs kept: $(ls keep)"
for dir in four-x four-7 other-1; do [ -d "keep/$dir" ] || fail "$dir was removed"; done
for dir in keep/four-*; do [ ! -e "$dir/run.json" ] || touch -d '10 days ago' "$dir/run.json"; done
expect 0 "$program" run four.yaml --out-dir keep --retention-days 9 --quiet
[ "$(find keep -name run.json | wc -l)" -eq 1 ] || fail "old runs are still there: $(ls keep)"
expect 2 "$program" run four.yaml --out-dir never --keep-runs 0
expect 2 "$program" run four.yaml --out-dir never --retention-days x
[ ! -e never ] || fail "something was run"
echo "ok: config"
