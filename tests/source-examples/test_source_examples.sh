#!/bin/sh
# Shows that files in the spelling of the systems that Rehearse brings together load unchanged.
#
# Each file says on its line `# State:` whether it loads, or why it does not yet; a file that loads
# although it says otherwise fails too, so that the list stays true.  `# Options:` are what it needs.
# What loads is printed by `plan`; where `validate` notes that something is missing, a run refuses the
# file and names the missing thing, and where it notes nothing, the simulator takes it.
set -eu
. tests/cmd/lib.sh
here=tests/source-examples
loaded=0 waiting=0 refused=0
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
		# a template without nodes is checked alone, and there is nothing to plan
		if grep -q 'is a template without nodes' "$work/out"; then
			loaded=$((loaded + 1))
			continue
		fi
		refusal=0
		if grep -q '^note: .*cannot be run by this version$' "$work/err"; then
			refusal=2
			! grep -q '^  run ' "$work/out" || fail "$file: a run is offered that is refused"
		fi
		# shellcheck disable=SC2086
		expect 0 "$program" plan "$file" $options
		# shellcheck disable=SC2086
		expect $refusal "$program" validate --mode sim "$file" $options
		if [ $refusal = 2 ]; then
			# shellcheck disable=SC2086
			expect 2 "$program" run "$file" $options --out "$work/run"
			says err 'needs'
			refused=$((refused + 1))
		fi
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
echo "$loaded load, $refused of them are not run yet; $waiting do not load yet"
[ $((loaded + waiting)) -ge 10 ] || fail "only $((loaded + waiting)) files"
