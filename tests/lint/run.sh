#!/bin/sh
# run.sh - the house rules: each first against its planted violation, then against the tree.
# usage: BUILD=build tests/lint/run.sh [RULE...]     (make lint calls it, after a build)
#
# A rule is rules/NAME.sh ROOT BUILD: it prints one line a violation, then `checked N`, and ends
# with 1 when there was one, 77 when the tool it needs is not installed. bad/NAME/ is a small tree
# with planted violations and EXPECT, the texts that the rule must print for it; plant.sh in
# it, when there, builds the objects that the rule reads. A rule that has no planted violation,
# does not name it, or checked nothing has failed.
set -eu
export LC_ALL=C
: "${BUILD:=build}" "${CC:=gcc}"
export CC
here=tests/lint
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

fail() {
	failed=$((failed + 1))
	echo "FAIL  $1: $2"
}

# Does rule $1 name what is planted for it?  The reason on stdout when it does not.
names_planted() {
	bad=$here/bad/$1
	if [ ! -s "$bad/EXPECT" ]; then
		echo "has no planted violation ($bad/EXPECT)"
		return 1
	fi
	mkdir -p "$work/$1"
	if [ -e "$bad/plant.sh" ] && ! sh "$bad/plant.sh" "$bad" "$work/$1" >"$work/plant" 2>&1; then
		echo "its planted violation does not build: $(tail -n 1 "$work/plant")"
		return 1
	fi
	if sh "$here/rules/$1.sh" "$bad" "$work/$1" >"$work/planted" 2>&1; then
		echo "does not see its planted violation"
		return 1
	fi
	while IFS= read -r text; do
		if ! grep -qF -e "$text" "$work/planted"; then
			echo "does not name its planted violation: $text"
			return 1
		fi
	done <"$bad/EXPECT"
}

run_rule() {
	status=0
	sh "$here/rules/$1.sh" . "$BUILD" >"$work/out" 2>&1 || status=$?
	if [ "$status" = 77 ]; then
		skipped=$((skipped + 1))
		echo "skip  $1: $(tail -n 1 "$work/out")"
		return
	fi
	if ! reason=$(names_planted "$1"); then
		fail "$1" "$reason"
		return
	fi
	checked=$(sed -n 's/^checked \([0-9][0-9]*\)$/\1/p' "$work/out" | tail -n 1)
	if [ "$status" != 0 ]; then
		fail "$1" "$(grep -vc '^checked ' "$work/out") lines"
		grep -v '^checked ' "$work/out" | head -n 40 | sed 's/^/      /'
		echo "      repeat: sh $here/rules/$1.sh . $BUILD"
	elif [ "${checked:-0}" = 0 ]; then
		fail "$1" "checked nothing"
	else
		passed=$((passed + 1))
		echo "ok    $1 ($checked)"
	fi
}

rules=$*
if [ -z "$rules" ]; then
	for file in "$here"/rules/*.sh; do
		rules="$rules $(basename "$file" .sh)"
	done
	for planted in "$here"/bad/*/; do
		name=$(basename "$planted")
		[ -e "$here/rules/$name.sh" ] || fail "$name" "planted, but there is no such rule"
	done
fi
for rule in $rules; do
	run_rule "$rule"
done
[ "$skipped" = 0 ] || echo "$skipped skipped for want of a tool, named above"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
