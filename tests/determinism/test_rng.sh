#!/bin/sh
# test_rng.sh - the keyed tests of both generators with 2^24 draws, after a weak one has failed them.
#
# `make rng-battery` runs them with 2^32 draws.
set -eu
battery="${BUILD:-build}/tests/determinism/rng/battery"
if "$battery" 24 weak >/dev/null; then
	echo "a mixer that is known to be weak has passed"
	exit 1
fi
for kind in splitmix philox; do
	out=$("$battery" 24 "$kind") || {
		echo "$kind:"
		echo "$out" | grep FAILED
		exit 1
	}
done
