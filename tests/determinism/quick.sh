#!/bin/sh
# quick.sh - one trace hash for this build at two levels, both engines and other surroundings.
# usage: BUILD=build tests/determinism/quick.sh     (make determinism; under a minute)
set -eu
: "${BUILD:=build}" "${MAKE:=make}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
. tests/determinism/digest.sh

$MAKE --no-print-directory BUILD="$BUILD/O0" CFLAGS=-O0 all >"$scratch/build" 2>&1 || {
	cat "$scratch/build"
	exit 1
}
program=$BUILD/rehearse
plain=$BUILD/O0/rehearse
first=yes

for file in $(scenarios); do
	for seed in 1 2; do
		begin "$(basename "$file") seed $seed" "$program" run "$file" --seed $seed --engine heap
		same "general engine" "$program" run "$file" --seed $seed --engine general
		same "-O0" "$plain" run "$file" --seed $seed --engine heap
		same "-O0, general engine" "$plain" run "$file" --seed $seed --engine general
		same "trace level full" "$program" run "$file" --seed $seed --engine general --trace full
	done
	if [ $first = yes ]; then
		begin "$(basename "$file")" "$program" run "$file" --seed 1
		environments "$program" run "$file" --seed 1
		first=no
	fi
done
file=$PWD/scenarios/quickstart.yaml
begin "quickstart.yaml" "$program" run "$file" --seed 1 --engine heap
same "general engine" "$program" run "$file" --seed 1 --engine general
same "-O0" "$plain" run "$file" --seed 1 --engine general

# Another seed is another run: a hash that never changes would pass all of the above.
other=$(digest "$program" run "$file" --seed 3)
if [ "$other" = "$expected" ]; then
	failed=$((failed + 1))
	echo "FAIL  quickstart.yaml: seed 3 hashes like seed 1"
else
	passed=$((passed + 1))
fi
totals
