#!/bin/sh
# Shows that bad input ends in a clear message with a position or path, the documented exit code, and nothing half-written.
set -eu
. tests/cmd/lib.sh
four=scenarios/smoke/four.yaml

refuse() { # FILE PATTERN
	expect 2 "$program" run "$1" --out "$work/never"
	says err "$2"
	[ ! -e "$work/never" ] || fail "a run directory was made for $1"
}

refuse "$work/none.yaml" 'none\.yaml'
refuse "$work" 'directory'
head -c 4096 /dev/urandom >"$work/binary.yaml"
refuse "$work/binary.yaml" 'binary\.yaml'
: >"$work/empty.yaml"
refuse "$work/empty.yaml" 'empty'
head -c 100000000 /dev/zero | tr '\0' 'a' >"$work/huge.yaml"
refuse "$work/huge.yaml" 'huge\.yaml'
{
	echo 'a: &a [x,x,x,x,x,x,x,x,x]'
	for pair in b:a c:b d:c e:d f:e g:f h:g i:h; do
		from=${pair#*:}
		echo "${pair%:*}: &${pair%:*} [*$from,*$from,*$from,*$from,*$from,*$from,*$from,*$from,*$from]"
	done
} >"$work/bomb.yaml"
refuse "$work/bomb.yaml" 'bomb\.yaml:[0-9]+:[0-9]+: error\[E[0-9]+\]'

change() { # SED-SCRIPT: a copy of the smoke scenario with one thing wrong
	sed "$1" $four >"$work/changed.yaml"
	! cmp -s $four "$work/changed.yaml" || fail "nothing was changed by $1"
}

change 's/  duration: 10m/  duraton: 10m/'
refuse "$work/changed.yaml" 'changed\.yaml:[0-9]+:[0-9]+: error\[E012\]: unknown key "duraton"'
says err 'did you mean "duration"'
# --check-timing: a warning about times is an error, another one is not.
timing() { # CODE SED-SCRIPT: what --check-timing makes of a file that is valid without it
	sed "$2" $four >"$work/changed.yaml"
	expect 0 "$program" validate "$work/changed.yaml"
	says err 'warning\[W0'
	expect "$1" "$program" validate --check-timing "$work/changed.yaml"
	expect "$1" "$program" run --check-timing "$work/changed.yaml" --dry-run
	expect 2 "$program" validate --strict "$work/changed.yaml"
}

expect 0 "$program" validate --check-timing $four
timing 2 's/n-3, for: 60s/n-3, for: 180s/'
timing 2 's/n-3, for: 60s/n-3, for: 60s, at: 150s/'
timing 2 's/  duration: 10m/  duration: 11m/'
timing 0 's/n-3, for: 60s/n-3, for: 60s, severity: high/'

change 's/latency: 20ms/latency: 20parsec/'
refuse "$work/changed.yaml" 'error\[E[0-9]+\]'
change 's/for: 60s}/for: -60s}/'
refuse "$work/changed.yaml" 'error\[E[0-9]+\]'
change 's/target: n-3/target: nobody/'
refuse "$work/changed.yaml" 'nobody'
expect 2 "$program" validate scenarios/tour/typos.yaml
says err 'E012'
says err 'E031'
says err '2 errors, nothing was run \(exit 2\)'

# A damaged trace.
expect 0 "$program" run $four --out "$work/run" --quiet
size=$(wc -c <"$work/run/trace.rht")
mkdir "$work/cut"
head -c $((size * 2 / 3)) "$work/run/trace.rht" >"$work/cut/trace.rht"
expect 3 "$program" trace cat "$work/cut"
says err 'damaged at byte [0-9]+'
expect 3 "$program" judge "$work/cut"
printf 'RHTRACE1garbage' >"$work/cut/trace.rht"
expect 3 "$program" trace cat "$work/cut"
says err 'trace\.rht'
expect 2 "$program" trace cat "$work/nothing-here"

# Where nothing can be written.
if [ "$(id -u)" -eq 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=24k tmpfs "$work/small" 2>/dev/null; then
	code=0
	"$program" run $four --out "$work/small/run" --trace full >"$work/out" 2>"$work/err" || code=$?
	left=$(find "$work/small" -name run.json | wc -l)
	umount "$work/small"
	[ "$code" -eq 3 ] || fail "a full disk: exit $code: $(cat "$work/err")"
	[ "$left" -eq 0 ] || fail "a full disk left a run.json: it looks whole"
	says err 'small/run'
else
	echo "skipped: a full disk needs the right to mount a small tmpfs"
fi
: >"$work/file"
expect 3 "$program" run $four --out "$work/file/run"
says err 'file/run'

# Wrong use.
expect 2 "$program"
expect 2 "$program" rum
says err 'did you mean "run"'
expect 2 "$program" run
expect 2 "$program" run $four --sede 3
says err 'did you mean --seed'
expect 2 "$program" run $four --seed abc
expect 2 "$program" run $four --seed 9007199254740992
expect 2 "$program" run $four --engine windowed-ish
expect 2 "$program" run $four --until 5
expect 2 "$program" run $four --set nothing.like.this=1
expect 2 "$program" explain E999
expect 2 "$program" list faulst
says err 'did you mean "faults"'
expect 2 "$program" run $four --color allways
expect 2 "$program" run - --out "$work/never"
expect 2 "$program" run $four --out "$work/run"
says_not err 'not complete'
expect 3 "$program" run $four --out "$work/never" --junit "$work/no/such/place.xml"
[ ! -e "$work/never" ] || fail "a run was made whose JUnit file cannot be written"
expect 2 "$program" trace cat "$work/run" --node n-99
says err 'no node "n-99": did you mean'
expect 2 "$program" trace cat "$work/run" --from 9
mkdir "$work/bare"
for verb in "show" "judge" "trace cat"; do
	# shellcheck disable=SC2086  # two words
	expect 2 "$program" $verb "$work/bare"
	says err 'a directory without a run in it'
done
for verb in run validate verify judge trace list show explain schema version; do
	expect 0 "$program" $verb --help
	says out "usage: rehearse $verb"
	awk 'length($0) > 100 { print; bad = 1 } END { exit bad }' "$work/out" || fail "help of $verb is too wide"
done
echo "ok: bad input"
