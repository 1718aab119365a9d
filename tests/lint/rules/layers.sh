#!/bin/sh
# layers.sh - who may include whom.  A quoted include is spelled from the root and points down only; the pure layers
# name no header of clocks, threads, processes or floating point.
set -eu
lint=$PWD/tests/lint
cd "$1"
checked=0
found=$(mktemp)
trap 'rm -f "$found"' EXIT

contracts='core/[a-z_]+\.(h|def)'
for_models='core/(model|record|key|plugin|transaction)\.h'

# Patterns of what the sources of a folder may include.
may_include() {
	case $1 in
	core/base) echo 'core/base/.*' ;;
	core) echo "core/base/.*|$contracts" ;;
	core/scenario) echo "core/base/.*|$contracts|core/scenario/.*" ;;
	core/workload) echo "core/base/.*|$contracts|core/workload/.*" ;;
	core/judge) echo "core/base/.*|$contracts|core/(scenario|judge)/.*" ;;
	core/store) echo "core/base/.*|$contracts|core/(scenario|store)/.*" ;;
	core/run) echo "core/base/.*|$contracts|core/(scenario|judge|store|run)/.*" ;;
	core/report) echo "core/.*" ;;
	models/relay) echo "core/base/.*|$for_models|models/relay/.*" ;;
	models/chain) echo "core/base/.*|$for_models|models/(relay|chain)/.*" ;;
	models) echo "core/base/.*|$for_models|models/.*" ;;
	models/*) echo "core/base/.*|$for_models|models/(relay|chain)/.*|$1/.*" ;;
	sim/search) echo 'core/.*|sim/.*' ;;
	sim/kernel | sim/net) echo "core/base/.*|$contracts|sim/(kernel|net)/.*" ;;
	sim/team) echo "core/base/.*|sim/team/.*" ;;
	sim | sim/*) echo "core/base/.*|$contracts|sim/.*" ;;
	live/wire | live/process) echo "core/base/.*|$contracts|$1/.*" ;;
	live/node) echo "core/base/.*|$contracts|live/(wire|node)/.*" ;;
	live | live/*) echo "core/base/.*|$contracts|live/.*" ;;
	cmd | cmd/*) echo '(core|models|sim|live|cmd)/.*' ;;
	*) echo "" ;;
	esac
}
pure_bans='(time|sys/time|pthread|threads|stdatomic|signal|locale|wchar|math|tgmath|complex|fenv|float|sys/socket|sys/wait|sched|poll|dirent)\.h'

for folder in $(find core models sim live cmd -type d 2>/dev/null | sort); do
	files=$(find "$folder" -maxdepth 1 -name '*.[ch]' | sort)
	[ -n "$files" ] || continue
	# shellcheck disable=SC2086  # a list of files
	set -- $files
	checked=$((checked + $#))
	allowed=$(may_include "$folder")
	# -H, and the strings stay: an include is one.
	awk -v keep_strings=1 -f "$lint/strip.awk" "$@" |
		grep -E ':[[:space:]]*#[[:space:]]*include' >"$found.all" || true
	grep -E '#[[:space:]]*include[[:space:]]*"' "$found.all" |
		grep -vE "\"($allowed)\"" | sed "s|\$|   (not below $folder)|" >>"$found" || true
	case $folder in
	core/base | core | core/workload | core/judge | models | models/* | sim | sim/kernel | sim/net | sim/gossip)
		grep -E "<$pure_bans>" "$found.all" | sed 's|$|   (not in a pure layer)|' >>"$found" || true
		;;
	esac
	rm -f "$found.all"
done
cat "$found"
echo "checked $checked"
[ ! -s "$found" ]
