#!/bin/sh
# Shows that docs/TUTORIAL.md works as written: the pieces of YAML are put together as it says, each command
# is run in an empty folder, and ends with the exit code that stands behind it.
set -eu
. tests/cmd/lib.sh
root=$PWD
case $program in /*) ;; *) program=$root/$program ;; esac
mkdir -p "$work/try/build"
ln -s "$program" "$work/try/build/rehearse"
ln -s "$root/scenarios" "$work/try/scenarios"

# The page as a script: a block of YAML makes, lengthens or mends my.yaml, a line of a block of sh is a command.
awk '
	/^```/ {
		if (kind == "") kind = substr($0, 4) == "" ? "text" : substr($0, 4)
		else kind = ""
		first = 1
		next
	}
	kind == "yaml" {
		if (first && /^# my.yaml:/) print "piece make " ++pieces
		else if (first && /^# add to my.yaml/) print "piece add " ++pieces
		else if (first && /^# in my.yaml, in place of the criteria/) print "piece mend " ++pieces
		else if (first) { print "unknown piece: " $0; exit }
		first = 0
		print > (dir "/piece-" pieces)
	}
	kind == "sh" { print "command " $0 }
' dir="$work" docs/TUTORIAL.md >"$work/script"

cd "$work/try"
ran=0
while read -r what line; do
	case $what in
	piece)
		piece=$work/piece-${line#* }
		case $line in
		mend*) sed -i '/^  successCriteria:/,$d' my.yaml ;;
		make*) : >my.yaml ;;
		esac
		cat "$piece" >>my.yaml
		;;
	command)
		want=0
		case $line in *"# exit "*) want=${line##*# exit } ;; esac
		expect "$want" sh -ec "${line%%#*}"
		ran=$((ran + 1))
		;;
	*) fail "docs/TUTORIAL.md: $what $line" ;;
	esac
done <"$work/script"
[ "$ran" -ge 15 ] || fail "only $ran commands were found"
