#!/bin/sh
# function-length.sh - no function is longer than 70 lines from its opening to its closing brace, but those that
# long-functions.txt names with a reason; an entry there that is no longer needed is a violation too.
set -eu
list=$PWD/tests/lint/long-functions.txt
cd "$1"
[ ! -e long-functions.txt ] || list=$PWD/long-functions.txt
found=$(mktemp)
trap 'rm -f "$found"' EXIT
# shellcheck disable=SC2046  # a list of files
set -- $(find core models sim live cmd tests bench -name '*.[ch]' -not -path 'tests/lint/bad/*' 2>/dev/null | sort)
awk -v list="$list" '
	BEGIN {
		while ((getline line < list) > 0) {
			if (line ~ /^#/ || line ~ /^[ \t]*$/) continue
			split(line, word, " ")
			if (word[3] == "") print list ": " word[1] " " word[2] " has no reason"
			excused[word[1] " " word[2]] = 1
		}
	}
	FNR == 1 { open = 0; signature = "" }
	/^[A-Za-z_].*\(/ && !open { signature = $0; file = FILENAME }
	/^START_TEST\(/ && !open { signature = $0 }
	/^\{/ { open = FNR }
	/^\}/ {
		if (open && signature != "") {
			name = signature
			if (name ~ /^START_TEST/) sub(/^START_TEST\(/, "(", name)
			sub(/[ \t]*\(.*/, "", name)
			if (signature ~ /^START_TEST/) { name = signature; gsub(/^START_TEST\(|\).*/, "", name) }
			sub(/.*[ \t*]/, "", name)
			lines = FNR - open + 1
			key = FILENAME " " name
			if (lines > 70 && !(key in excused))
				print FILENAME ":" open ": " name " has " lines " lines"
			if (lines > 70) used[key] = 1
		}
		open = 0
		signature = ""
	}
	END { for (key in excused) if (!(key in used)) print list ": " key " is not a long function any more" }
' "$@" >"$found"
cat "$found"
echo "checked $#"
[ ! -s "$found" ]
