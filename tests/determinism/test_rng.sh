#!/bin/sh
# test_rng.sh - the keyed tests of both generators with 2^24 draws; `make rng-battery` runs 2^32.
set -eu
battery="${BUILD:-build}/tests/determinism/rng/battery"
"${MAKE:-make}" --no-print-directory BUILD="${BUILD:-build}" "$battery" >/dev/null
for kind in splitmix philox; do
	out=$("$battery" 24 "$kind") || { echo "$out" | grep FAILED; exit 1; }
done
