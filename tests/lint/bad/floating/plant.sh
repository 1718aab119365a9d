# plant.sh - the planted source as an archive. usage: plant.sh HERE BUILD
set -eu
fused=
case $(uname -m) in x86_64) fused=-mfma ;; esac
# shellcheck disable=SC2086  # no flag, or one
${CC:-gcc} -O2 $fused -c -o "$2/rate.o" "$1/core/base/rate.c"
ar rcsD "$2/libbase.a" "$2/rate.o"
