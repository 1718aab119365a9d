#!/bin/sh
# Shows that each scenario of the library ends as its comment says: `# Verdict: passes`, `fails, because ...`,
# or `refused, ...`; that it has a comment, a description and tags; that the page about them is up to date.
#
# Those that take longer than a second (`# Time:`) are run with LIBRARY=all only; `make check` leaves them out.
set -eu
. tests/cmd/lib.sh

# The last line that begins with it, without it.
said() {
	sed -n "s/^# $2: //p" "$1" | tail -n 1
}

ran=0
for file in $(find scenarios -name '*.yaml' ! -name '*.template.yaml' | sort); do
	head -n 1 "$file" | grep -q '^# [A-Z]' || fail "$file does not begin with a comment that says what it is"
	grep -q '^ *description: \|metadata: {.*description: ' "$file" || fail "$file has no description"
	verdict=$(said "$file" Verdict)
	time=$(said "$file" Time)
	case $verdict in
	'' | passes) want=0 ;;
	'fails, because '*) want=1 ;;
	'refused, '*) want=2 ;;
	*) fail "$file: a verdict is \`passes\`, \`fails, because ...\` or \`refused, ...\`, not \`$verdict\`" ;;
	esac
	case $time in '' | '< 1 s'*) ;; *) [ "${LIBRARY:-}" = all ] || continue ;; esac
	grep -q '^kind: Scenario' "$file" || {
		expect 0 "$program" validate "$file"
		continue
	}
	expect "$want" "$program" run "$file" --out "$work/run" --force --no-progress
	[ "$want" != 1 ] || says out '^  (FAIL|✗) '
	ran=$((ran + 1))
done
[ "$ran" -ge 15 ] || fail "only $ran scenarios were run"
scenarios/index.sh --check >"$work/out" || fail "scenarios/README.md is not what scenarios/index.sh makes of the files: run it
$(cat "$work/out")"
