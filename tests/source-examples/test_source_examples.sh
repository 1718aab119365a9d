#!/bin/sh
# Shows that files in the spelling of the systems that Rehearse brings together load unchanged.
#
# Each file says on its line `# State:` whether it loads, or why it does not yet; a file that loads
# although it says otherwise fails too, so that the list stays true.  `# Options:` are what it needs.
set -eu
. tests/cmd/lib.sh
here=tests/source-examples
loaded=0 waiting=0
for file in "$here"/*.yaml; do
	state=$(sed -n 's/^# State: //p' "$file")
	options=$(sed -n 's/^# Options: //p' "$file")
	case $file in *.params.yaml) continue ;; esac
	code=0
	# shellcheck disable=SC2086  # a list of options
	"$program" validate "$file" $options >"$work/out" 2>"$work/err" </dev/null || code=$?
	case $state in
	loads)
		[ "$code" = 0 ] || fail "$file does not load: exit $code
$(cat "$work/err")"
		loaded=$((loaded + 1))
		;;
	'not yet, '*)
		[ "$code" = 2 ] || fail "$file is said not to load ($state), and ends with $code"
		echo "not yet  $file: ${state#not yet, }"
		waiting=$((waiting + 1))
		;;
	*) fail "$file has no line \`# State: loads\` or \`# State: not yet, why\`" ;;
	esac
done
echo "$loaded load, $waiting do not yet"
[ $((loaded + waiting)) -ge 10 ] || fail "only $((loaded + waiting)) files"
