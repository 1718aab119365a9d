#!/bin/sh
# Shows that one SIGINT ends a run in order: rolled back, a complete directory marked cancelled, exit 130, and the line
# that repeats the run up to that time.
set -eu
. tests/cmd/lib.sh

"$program" run scenarios/quickstart.yaml --set duration=80000h --out "$work/long" >"$work/out" 2>"$work/err" &
pid=$!
tries=0
while [ ! -e "$work/long/RUNNING" ] && [ $tries -lt 100 ]; do
	tries=$((tries + 1))
	sleep 0.05
done
sleep 0.3
kill -INT $pid
code=0
wait $pid || code=$?
[ "$code" -eq 130 ] || fail "exit $code: $(cat "$work/err")"
[ -s "$work/long/run.json" ] || fail "there is no run.json"
[ ! -e "$work/long/RUNNING" ] || fail "the directory is not complete"
[ "$(field "$work/long/run.json" status)" = cancelled ] || fail "status: $(cat "$work/long/run.json")"
says out '--until'
echo "ok: interrupt"
