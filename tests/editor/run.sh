#!/bin/sh
# run.sh - what an editor makes of `rehearse schema` (make test-editor).
# usage: BUILD=build tests/editor/run.sh
#
# Needs node and npm: the packages of package-lock.json are installed below $BUILD/editor, checked
# by their digests, and stay there.  Without npm, or without a way to a registry, it says so and skips.
set -eu
export LC_ALL=C
: "${BUILD:=build}"
place=$BUILD/editor
here=tests/editor

skip() {
	echo "skipped: $*"
	echo "0 passed, 0 failed"
	exit 0
}
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || skip "node and npm are not installed"
mkdir -p "$place"
if ! cmp -s "$here/package-lock.json" "$place/.installed"; then
	cp "$here/package.json" "$here/package-lock.json" "$place/"
	(cd "$place" && npm ci --ignore-scripts --no-audit --no-fund) >"$place/npm.log" 2>&1 ||
		skip "npm could not install its packages ($place/npm.log)"
	cp "$here/package-lock.json" "$place/.installed"
fi
"$BUILD/rehearse" schema >"$place/schema.json"
"$BUILD/rehearse" validate "$here/mistakes.yaml" --json >"$place/mistakes.json" 2>/dev/null || true

# What the loader reads without an error, the schema has to take too; but the names that other systems give
# faults and parameters are read and not proposed, and files with such say so.
set --
for file in $(find scenarios tests/source-examples tests/smoke -name '*.yaml' 2>/dev/null | sort); do
	case $file in scenarios/tour/typos.yaml | *.params.yaml) continue ;; esac
	! grep -qE '^# (State: not yet|Editor: marks)' "$file" || continue
	set -- "$@" "$file"
done
NODE_PATH=$(cd "$place" && pwd)/node_modules exec node "$here/test_editor.js" "$place/schema.json" "$place/mistakes.json" "$@"
