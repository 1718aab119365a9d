#!/bin/sh
# Shows that a plugin needs nothing but an installed copy of the headers: it is built in an empty folder with only
# `pkg-config --cflags rehearse`, brings one of everything, and its run passes.  And that the built-in proof-of-work
# model, built as a plugin, gives the trace hash of the built-in one.
set -eu
program=${REHEARSE:-build/rehearse}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
build=$(dirname "$program")
root=$(pwd)
cc=${CC:-cc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fail() {
	echo "not ok: $*"
	exit 1
}

make -s install BUILD="$build" PREFIX="$work/inst" DESTDIR= >"$work/install.log" 2>&1 ||
	{ cat "$work/install.log"; fail "make install"; }
mkdir "$work/empty"
cp tests/plugin/echo.c "$work/empty/"
cd "$work/empty"
flags=$(PKG_CONFIG_PATH=$work/inst/lib/pkgconfig pkg-config --cflags rehearse)
# shellcheck disable=SC2086  # flags are several words
$cc -std=c17 -Wall -Wextra -Werror -fPIC -shared $flags echo.c -o echo.so
cd "$root"

"$work/inst/bin/rehearse" run tests/plugin/echo.yaml --plugin "$work/empty/echo.so" \
	--out "$work/echo" --json >"$work/echo.json" || fail "the plugin's scenario did not pass: $(cat "$work/echo.json")"
grep -q '"verdict": *"passed"' "$work/echo.json" || fail "verdict: $(cat "$work/echo.json")"
"$program" judge "$work/echo" --plugin "$work/empty/echo.so" --check >/dev/null ||
	fail "the plugin's run is not judged alike from its records"
for what in models actions checks workloads; do
	"$program" list $what --plugin "$work/empty/echo.so" >"$work/list.txt"
	grep -qE '^(echo|shout|everybody_heard|beats) ' "$work/list.txt" ||
		fail "list $what does not name the plugin's"
done

# The same model, once built in and once brought along.
sources=$(ls models/pow/*.c)
# shellcheck disable=SC2086
$cc -std=c17 -O2 -fPIC -shared -Wl,-Bsymbolic -ffp-contract=off -I. \
	tests/plugin/pow_plugin.c $sources -o "$work/pow.so"
hash_of() { # NAME [OPTION VALUE]
	name=$1
	shift
	"$program" run scenarios/smoke/four.yaml --seed 3 --json --out "$work/$name" "$@" |
		sed -n 's/.*"traceHash": *"\([0-9a-f]*\)".*/\1/p'
}
built_in=$(hash_of a)
as_plugin=$(hash_of b --plugin "$work/pow.so")
[ -n "$built_in" ] || fail "no trace hash"
[ "$built_in" = "$as_plugin" ] || fail "built in $built_in, as a plugin $as_plugin"

# A wrong interface is refused in words.
sed 's/\.abi = RH_PLUGIN_ABI/.abi = 99/' tests/plugin/echo.c >"$work/old.c"
# shellcheck disable=SC2086
$cc -std=c17 -fPIC -shared $flags "$work/old.c" -o "$work/old.so"
if "$program" list models --plugin "$work/old.so" >/dev/null 2>"$work/err.txt"; then
	fail "a plugin of another interface was taken"
fi
grep -q 'interface 99' "$work/err.txt" || fail "the message is: $(cat "$work/err.txt")"
echo "ok: plugins"
