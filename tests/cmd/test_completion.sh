#!/bin/sh
# Shows that bash completes verbs, options, their words and files, from a script that asks the program nothing; that the
# scripts for zsh and fish are well-formed where these shells are installed.
set -eu
. tests/cmd/lib.sh
command -v bash >/dev/null || { echo "skipped: bash is not installed"; exit 77; }

expect 0 "$program" completion bash
cp "$work/out" "$work/rehearse.bash"
mkdir -p "$work/here/folder"
: >"$work/here/folder.yaml"
: >"$work/here/other.yaml"

completed() { # WORD...: what bash offers for the last one, sorted, on one line
	(cd "$work/here" && bash --norc -c '. ../rehearse.bash
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_rehearse
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@") | sort | tr '\n' ' ' | sed 's/ $//'
}
offers() { # TEXT WORD...
	want=$1
	shift
	got=$(completed "$@")
	[ "$got" = "$want" ] || fail "\"$*\" is completed as \"$got\", not \"$want\""
}

offers 'validate verify version' rehearse v
offers 'sim' rehearse run --mode s
offers 'live sim' rehearse run --mode ''
offers 'live' rehearse run --mode = l
offers 'live sim' rehearse run --mode =
offers '--seed --set' rehearse run --se
offers '--json' rehearse validate x.yaml --j
offers 'folder folder.yaml' rehearse run f
offers 'folder folder.yaml' rehearse show f
offers 'folder' rehearse judge f
offers 'faults' rehearse list f
offers 'outDir' rehearse config outD
offers 'stats' rehearse trace st
offers 'bash' rehearse completion b
offers 'full' rehearse run --trace f
offers 'folder folder.yaml other.yaml' rehearse run --plugin ''
offers '' rehearse run --seed ''
offers 'run' rehearse man ru
offers '--mode' rehearse --config none run --mo
# Each verb has its options, and none of another.
for verb in $(bash --norc -c ". $work/rehearse.bash; echo \$_rehearse_verbs"); do
	[ "$verb" = help ] && continue
	expect 0 "$program" "$verb" --help
	offered=$(completed rehearse "$verb" -- | tr ' ' '\n' | sort)
	there=$(grep -oE '^ +(-[a-z], )?--[a-z-]+' "$work/out" | grep -oE '\-\-[a-z-]+' | sort -u)
	[ "$offered" = "$there" ] || fail "options of $verb: $offered, but its help has $there"
done

for shell in zsh fish; do
	expect 0 "$program" completion $shell
	cp "$work/out" "$work/rehearse.$shell"
	if command -v $shell >/dev/null; then
		$shell -n "$work/rehearse.$shell" || fail "$shell does not read its script"
	fi
done
expect 2 "$program" completion tcsh
echo "ok: completion"
