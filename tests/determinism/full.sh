#!/bin/sh
# full.sh - one trace hash over engines, threads, compilers, levels, sanitizers, surroundings and machines.
# usage: BUILD=build tests/determinism/full.sh     (make determinism-full; minutes)
#
# Other machines run under qemu's user emulation through runner.c, which is linked statically from
# the parts that decide (no YAML, JSON or compression) and reads a plan's canonical bytes.
# What is not installed is named and skipped; REQUIRE_ALL=1 makes a skip a failure.
set -eu
: "${BUILD:=build}" "${MAKE:=make}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
. tests/determinism/digest.sh
. tests/determinism/engines.sh
full=$BUILD/full
mkdir -p "$full"

skip() {
	skipped=$((skipped + 1))
	echo "skip  $1"
	[ "${REQUIRE_ALL:-0}" != 1 ] || failed=$((failed + 1))
}

# build NAME CC CFLAGS: a program of its own under $full/NAME.
build() {
	if ! $MAKE --no-print-directory -j2 BUILD="$full/$1" CC="$2" CFLAGS="$3" "$full/$1/rehearse" >"$full/$1.log" 2>&1; then
		failed=$((failed + 1))
		echo "FAIL  $1 does not build:"
		tail -n 5 "$full/$1.log"
		return 1
	fi
}

reference=$BUILD/rehearse
find_ways "$reference"
variants=
for cc in gcc clang; do
	if ! command -v $cc >/dev/null 2>&1; then
		skip "$cc is not installed"
		continue
	fi
	for level in -O0 -O2 -O3; do
		if build "$cc$level" $cc "$level"; then variants="$variants $cc$level"; fi
	done
	if build "$cc-asan-ubsan" $cc "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"; then
		variants="$variants $cc-asan-ubsan"
	fi
done

for file in $(scenarios) "$PWD/scenarios/quickstart.yaml"; do
	begin "$(basename "$file")" "$reference" run "$file" --seed 7 --engine heap
	same_ways "" "$reference" run "$file" --seed 7
	for variant in $variants; do
		same "$variant, heap engine" "$full/$variant/rehearse" run "$file" --seed 7 --engine heap
		same_ways "$variant, " "$full/$variant/rehearse" run "$file" --seed 7
	done
	environments "$reference" run "$file" --seed 7
done

# ---- other machines

# The parts that decide: what includes a library's header stays out.
sources=$(for file in core/base/*.c core/*.c core/scenario/*.c core/judge/*.c core/run/*.c \
	core/workload/*.c \
	sim/*.c sim/*/*.c models/*.c models/*/*.c tests/determinism/runner.c; do
	[ ! -e "$file" ] || grep -qE '^#include <(yaml|jansson|zstd|sqlite3)\.h>' "$file" || echo "$file"
done)
# The one header from outside libc, in a folder without any other.
mkdir -p "$full/include"
for header in xxhash.h xxh3.h; do
	found=$(printf '#include <xxhash.h>\n' | gcc -E -M -x c - | tr ' ' '\n' | grep '/xxhash\.h$' | head -n 1)
	[ ! -e "$(dirname "$found")/$header" ] || cp "$(dirname "$found")/$header" "$full/include/"
done

# runner MACHINE CC: $full/runner-MACHINE.  An archive, so that the linker leaves out what nothing calls.
runner() {
	objects=$full/runner-$1.d
	rm -rf "$objects"
	mkdir -p "$objects"
	for file in $sources; do
		"$2" -std=gnu17 -O2 -pthread -ffp-contract=off -I. -I"$full/include" -c \
			-o "$objects/$(echo "$file" | tr / -).o" "$file" || return 1
	done
	main=$objects/tests-determinism-runner.c.o
	mv "$main" "$full/runner-$1.o"
	ar rcsD "$full/runner-$1.a" "$objects"/*.o
	"$2" -static -pthread -o "$full/runner-$1" "$full/runner-$1.o" "$full/runner-$1.a"
}

machine() {
	name=$1 compiler=$2 emulator=$3
	for tool in "$compiler" $emulator; do
		if ! command -v "$tool" >/dev/null 2>&1; then
			skip "$name: $tool is not installed"
			return
		fi
	done
	if ! runner "$name" "$compiler" >"$full/runner-$name.log" 2>&1; then
		failed=$((failed + 1))
		echo "FAIL  the runner does not build for $name:"
		tail -n 5 "$full/runner-$name.log"
		return
	fi
	for file in $(scenarios) "$PWD/scenarios/quickstart.yaml"; do
		plan=$full/$(basename "$file" .yaml).plan
		begin "$name: $(basename "$file")" "$reference" run "$file" --seed 7 --engine heap
		"$BUILD/tests/determinism/plan_bytes" "$file" 7 >"$plan"
		for way in heap,1 $ways; do
			for base in 0 0x7f0000000; do
				# shellcheck disable=SC2086  # no word, or one
				compare "${way%,*} engine, ${way#*,} threads, base $base" \
					"$($emulator "$full/runner-$name" "$plan" "${way%,*}" $base "${way#*,}" 2>&1 | tail -n 1)" \
					"$emulator" "$full/runner-$name" "$plan" "${way%,*}" $base "${way#*,}"
			done
		done
	done
}

machine "$(uname -m)" gcc ""
machine aarch64 aarch64-linux-gnu-gcc qemu-aarch64
machine s390x s390x-linux-gnu-gcc qemu-s390x
totals
