#!/bin/sh
# index.sh - the table of scenarios in scenarios/README.md, from the files themselves.
# usage: scenarios/index.sh [--check]
#
# Name and description are those of `metadata`; the expected verdict is the line `# Verdict:` of the
# comment on top (no such line: passes), the time the line `# Time:` (no such line: under a second).
# With --check nothing is written, and the difference is shown.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."

# One row: file | what | verdict | time
row() {
	awk -v file="${1#scenarios/}" '
		/^# Verdict: / && verdict == "" { verdict = substr($0, 12) }
		/^# Time: / && time == "" { time = substr($0, 9) }
		/^ +description: / && what == "" { what = $0; sub(/^ +description: /, "", what) }
		/^metadata: / && what == "" && match($0, /description: [^,}]*/) {
			what = substr($0, RSTART + 13, RLENGTH - 13)
		}
		/^kind: / && $2 != "Scenario" { kind = tolower($2) }
		END {
			if (verdict == "") verdict = kind == "" ? "passes" : "a " kind
			if (time == "") time = kind == "" ? "< 1 s" : "-"
			printf "| `%s` | %s | %s | %s |\n", file, what, verdict, time
		}' "$1"
}

table() {
	echo "| file | what it shows | verdict | time |"
	echo "|---|---|---|---|"
	find scenarios -name '*.yaml' | sort | while read -r file; do row "$file"; done
}

page() {
	sed '/<!-- index -->/q' scenarios/README.md
	echo
	table
	echo
	sed -n '/<!-- end -->/,$p' scenarios/README.md
}

page >scenarios/README.md.part
if [ "${1:-}" = --check ]; then
	status=0
	diff -u scenarios/README.md scenarios/README.md.part || status=1
	rm scenarios/README.md.part
	exit $status
fi
mv scenarios/README.md.part scenarios/README.md
