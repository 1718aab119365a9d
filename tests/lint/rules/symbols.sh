#!/bin/sh
# symbols.sh - what the compiled pure layers ask of the world: no clock, randomness, environment, thread, socket,
# libm, unstable sort or locale, and no file.
set -eu
build=$2
checked=0
found=$(mktemp)
trap 'rm -f "$found"' EXIT

never='time|times|clock|clock_gettime|clock_nanosleep|gettimeofday|localtime(_r)?|gmtime(_r)?|mktime|strftime|rand|random|srand|srandom|rand_r|[dlm]rand48|arc4random.*|getrandom|getentropy|getenv|secure_getenv|setenv|environ|sleep|usleep|nanosleep|pthread_.*|thrd_.*|socket|connect|bind|fork|vfork|clone|execv.*|system|popen|getpid|gettid|qsort|qsort_r|setlocale|uselocale|strcoll|signal|sigaction|raise'
libm='(exp|exp2|exp10|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|sqrt|cbrt|hypot|fmod|remainder|fma|floor|ceil|round|trunc|rint|nearbyint|lround|llround|erf|erfc|tgamma|lgamma|ldexp|frexp|modf)[fl]?'
files='open|openat|creat|fopen|fopen64|open64|freopen|opendir|mkdir|unlink|remove|rename|read|write|pread|pwrite'

for area in base core workload judge run relay chain pow models kernel net gossip sim scenario; do
	archive=$build/lib$area.a
	[ -s "$archive" ] || continue
	checked=$((checked + 1))
	banned="$never|$libm|$files"
	# The loader reads a file; nothing else of this is its business.
	[ "$area" != scenario ] || banned="$never|$libm"
	nm -A -u "$archive" 2>/dev/null | awk '{ sub(/@.*/, "", $NF); print $NF, $1 }' |
		grep -E "^($banned) " |
		awk -v area="$area" '{ print "lib" area ".a uses " $1 ": " $2 }' >>"$found" || true
done
# Every build has this one; a lint of an empty build folder must not pass.
[ -s "$build/libbase.a" ] || echo "$build/libbase.a is not there: build first" >>"$found"
cat "$found"
echo "checked $checked"
[ ! -s "$found" ]
