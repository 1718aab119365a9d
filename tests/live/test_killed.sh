#!/bin/sh
# Shows that nothing is left behind whatever is killed, in the middle of a live run, with SIGKILL: the program, the guardian,
# both at once (the next run sweeps), and that a killed node is told and the run goes on; and that Ctrl-C leaves a complete
# run directory.
set -eu
. tests/cmd/lib.sh
. tests/live/lib.sh

# The processes are where they should be, in a private folder, with none of the program's files.
begin first
[ "$(processes | wc -l)" = 6 ] || fail "not five nodes and a guardian: $(processes)"
[ "$(stat -c %a "$(folders)")" = 700 ] || fail "the folder is open to others: $(stat -c %a "$(folders)")"
for node in $(processes); do
	for link in "/proc/$node/fd"/*; do
		case $(readlink "$link") in
		"$work"/first/* | "$work"/out | "$work"/err) fail "process $node holds $(readlink "$link")" ;;
		esac
	done
done

kill -KILL $pid
wait $pid 2>/dev/null || true
until_true nothing_is_left

# A node: told with the reason, the run goes on.
begin second
for node in m-2 m-4; do
	victim=$(process_of $node)
	kill -KILL "$victim"
	until_true test ! -e "/proc/$victim" # reaped
done
kill -0 $pid || fail "the run has ended: $(cat "$work/err")"
# Ctrl-C, as a terminal gives it, to the program alone.
kill -INT $pid
code=0
wait $pid || code=$?
[ $code -eq 130 ] || fail "exit $code after SIGINT: $(cat "$work/err")"
nothing_is_left || fail "left after Ctrl-C: $(folders) $(processes)"
[ -s "$work/second/run.json" ] || fail "Ctrl-C left no run.json"
[ ! -e "$work/second/RUNNING" ] || fail "Ctrl-C left an incomplete run directory"
[ "$(field "$work/second/run.json" status)" = cancelled ] || fail "status: $(cat "$work/second/run.json")"
for node in m-2 m-4; do
	grep -q "\"stage\":\"vanished\",\"node\":\"$node\".*killed by signal 9" "$work/second/events.jsonl" ||
		fail "nobody said that $node has vanished"
done

# The guardian.
begin third
kill -KILL "$(process_of guardian)"
code=0
wait $pid || code=$?
[ $code -eq 3 ] || fail "exit $code when the guardian was killed: $(cat "$work/err")"
says err 'guardian .* was killed'
until_true nothing_is_left

# The program and its guardian, stopped first so that neither can see the other go.
begin fourth
guardian=$(process_of guardian)
kill -STOP $pid "$guardian"
kill -KILL "$guardian" $pid
wait $pid 2>/dev/null || true
until_true no_process_is_left
[ -n "$(folders)" ] || fail "nobody was there to remove the folder"
begin fifth
[ "$(folders | wc -l)" = 1 ] || fail "what was left was not swept: $(folders)"
kill -TERM "$(process_of guardian)"
wait $pid 2>/dev/null || true
until_true nothing_is_left
echo "ok: killed"
