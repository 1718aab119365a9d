#!/bin/sh
# lib.sh - what the command-line tests share: the program, a scratch folder, checks that say what they saw.
# Sourced by tests/cmd/test_*.sh, which run from the root of the tree.
# shellcheck disable=SC2034  # used by the scripts that source this
program=${REHEARSE:-build/rehearse}
work=$(mktemp -d)
# Nobody's own settings take part.
XDG_CONFIG_HOME=$work/settings
export XDG_CONFIG_HOME
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fail() {
	echo "not ok: $*"
	exit 1
}

# expect CODE COMMAND...: runs it with its output in $work/out and $work/err
expect() {
	want=$1
	shift
	code=0
	"$@" >"$work/out" 2>"$work/err" </dev/null || code=$?
	[ "$code" -eq "$want" ] || fail "exit $code, not $want: $*
--- stdout
$(head -c 2000 "$work/out")
--- stderr
$(head -c 2000 "$work/err")"
}

# says FILE PATTERN: the file has a line that matches
says() {
	grep -qE -- "$2" "$work/$1" || fail "no /$2/ in $1:
$(head -c 2000 "$work/$1")"
}

says_not() {
	! grep -qE -- "$2" "$work/$1" || fail "/$2/ in $1:
$(head -c 2000 "$work/$1")"
}

# field FILE NAME: the value of a top-level member of one-line JSON (numbers and words without escapes)
field() {
	sed -n 's/.*"'"$2"'": *"\{0,1\}\([^",}]*\).*/\1/p' "$1" | head -n 1
}
