#!/bin/sh
# file-names.sh - a file is named after the concept it holds, and says nothing when it is named utils.
set -eu
cd "$1"
all=$(find core models sim live cmd tests bench -type f -not -path 'tests/lint/bad/*' -not -path 'tests/corpus/*' 2>/dev/null | sort)
bad=$(echo "$all" | grep -E '(^|/|_|-)(utils?|helpers?|misc|common|managers?|stuff)(_|-|\.|/|$)' || true)
[ -z "$bad" ] || echo "$bad"
echo "checked $(echo "$all" | grep -c .)"
[ -z "$bad" ]
