# shellcheck shell=sh
# engines.sh - the ways to play one scenario that must hash alike: "ENGINE THREADS", a line each.
#
# Sourced behind digest.sh.  `find_ways PROGRAM` fills $ways with all of the list below that the program can do; what it
# refuses is a failure.

all_ways='general 1
windowed 1
windowed 2
windowed 3'
ways=

find_ways() { # PROGRAM
	ways=
	for way in $(echo "$all_ways" | tr ' ' ','); do
		engine=${way%,*} threads=${way#*,}
		code=0
		rm -rf "${scratch:?}/probe"
		"$1" run "$PWD/scenarios/smoke/four.yaml" --until 1s --engine "$engine" --threads "$threads" --quiet \
			--no-progress --no-judge --out "$scratch/probe" >/dev/null 2>"$scratch/probe.err" || code=$?
		if [ "$code" -le 1 ]; then
			ways="$ways $way"
		else
			failed=$((${failed:-0} + 1))
			echo "FAIL  $engine engine, $threads threads: exit $code: $(head -n 1 "$scratch/probe.err")"
		fi
	done
}

# same_ways WHAT PROGRAM ARGUMENT...: the run of `begin` again in each of the ways.
same_ways() {
	what_ways=$1
	shift
	for way in $ways; do
		same "$what_ways${way%,*} engine, ${way#*,} threads" "$@" --engine "${way%,*}" --threads "${way#*,}"
	done
}
