#!/bin/sh
# lib.sh - what the tests of live runs share: runs in the background, their private folder and their processes.
# Sourced by tests/live/test_*.sh, which run from the root of the tree, behind tests/cmd/lib.sh.
#
# TMPDIR is a folder of this test alone, so every folder rehearse-live-* in it is ours; a process of a run has its
# private folder as its working folder, and that is how it is recognised.
# shellcheck disable=SC2154,SC2034  # work and program come from tests/cmd/lib.sh
TMPDIR=$work
export TMPDIR
live=scenarios/live/quickstart.yaml

# until_true COMMAND...: waits until it succeeds, twenty seconds at most
until_true() {
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || fail "waited in vain: $*"
		sleep 0.05
	done
}

# The processes of our runs: those that work in a private folder below $work, gone or not.
processes() {
	for link in /proc/[0-9]*/cwd; do
		case $(readlink "$link" 2>/dev/null || true) in
		"$work"/rehearse-live-*) echo "$link" | cut -d/ -f3 ;;
		esac
	done
}

# process_of NAME: the process whose name that is
process_of() {
	for one in $(processes); do
		if [ "$(cat "/proc/$one/comm")" = "$1" ]; then echo "$one"; fi
	done
}

folders() {
	find "$work" -maxdepth 1 -name 'rehearse-live-*'
}

nothing_is_left() {
	[ -z "$(processes)" ] && [ -z "$(folders)" ]
}

no_process_is_left() {
	[ -z "$(processes)" ]
}

has_heads() { # RUN-DIRECTORY: the trace has grown, so the nodes have started
	[ -n "$(process_of m-4)" ] && [ -e "$1/RUNNING" ]
}

# begin NAME: starts a live run into $work/NAME in the background; $pid is its process
begin() {
	"$program" run "$live" --mode live --out "$work/$1" --quiet >"$work/out" 2>"$work/err" &
	pid=$!
	until_true has_heads "$work/$1"
}
