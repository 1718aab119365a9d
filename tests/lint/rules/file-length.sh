#!/bin/sh
# file-length.sh - no source is longer than 1,000 lines.
set -eu
cd "$1"
find core models sim live cmd tests bench -name '*.[ch]' -not -path 'tests/lint/bad/*' 2>/dev/null | sort |
	while IFS= read -r file; do wc -l "$file"; done |
	awk '{ n++ } $1 > 1000 { print $2 ": " $1 " lines"; bad = 1 } END { print "checked " n + 0; exit bad }'
