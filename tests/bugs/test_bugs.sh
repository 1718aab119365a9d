#!/bin/sh
# test_bugs.sh - plays each scenario of this folder, every one of which once showed a bug: on each engine, with one trace hash and
# the verdict that its first line names. `# says: PATTERN` is looked for in what was recorded or printed.
set -eu
. tests/cmd/lib.sh

verdict_code() {
	case $1 in
	passed) echo 0 ;;
	failed) echo 1 ;;
	refused) echo 2 ;;
	error) echo 3 ;;
	timeout) echo 4 ;;
	*) fail "no verdict is called \"$1\"" ;;
	esac
}

count=0
for file in tests/bugs/*.yaml; do
	verdict=$(verdict_code "$(sed -n '1s/^# expect: //p' "$file")")
	pattern=$(sed -n 's/^# says: //p' "$file")
	for engine in heap general windowed; do
		expect "$verdict" "$program" run "$file" --engine $engine --trace full --quiet --no-progress --out "$work/$engine"
		[ ! -e "$work/$engine/events.jsonl" ] || cat "$work/$engine/events.jsonl" >>"$work/err"
		[ -z "$pattern" ] || says err "$pattern"
	done
	if [ "$verdict" != 2 ]; then
		for engine in general windowed; do
			cmp -s "$work/heap/events.jsonl" "$work/$engine/events.jsonl" ||
				fail "$file: the engines tell different stories"
			[ "$(field "$work/heap/run.json" traceHash)" = "$(field "$work/$engine/run.json" traceHash)" ] ||
				fail "$file: the engines have different trace hashes"
		done
	fi
	rm -rf "$work/heap" "$work/general" "$work/windowed"
	count=$((count + 1))
done
[ "$count" -gt 0 ] || fail "there is no scenario"
echo "ok: $count scenarios that once showed a bug"
