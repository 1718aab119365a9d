#!/bin/sh
# Shows that the manual pages render without a warning and name every option, that docs/CLI.md is what the program
# prints, that help fits 80 columns, and that an installation brings pages and completions and takes them away again.
set -eu
. tests/cmd/lib.sh

expect 0 "$program" man --format markdown
cmp -s "$work/out" docs/CLI.md || fail "docs/CLI.md is old: $program man --format markdown > docs/CLI.md"

mkdir "$work/pages"
expect 0 "$program" man --all "$work/pages"
expect 3 "$program" man --all "$work/nowhere"
says err 'nowhere'
[ -s "$work/pages/rehearse.1" ] || fail "no rehearse.1"
for page in "$work/pages"/*.1; do
	verb=$(basename "$page" .1)
	verb=${verb#rehearse}
	verb=${verb#-}
	if command -v groff >/dev/null; then
		groff -man -Tascii -ww -z "$page" 2>"$work/err" || fail "groff cannot read $page"
		[ ! -s "$work/err" ] || fail "$page: $(head -n 3 "$work/err")"
	fi
	[ -n "$verb" ] || continue
	expect 0 "$program" man "$verb"
	cmp -s "$work/out" "$page" || fail "man $verb is not $page"
	expect 0 "$program" "$verb" --help
	awk 'length($0) > 80 && !/^usage: |^rehearse |^  rehearse / { print; bad = 1 } END { exit bad }' "$work/out" || fail "help of $verb is too wide"
	for option in $(grep -oE '\-\-[a-z-]+ ' "$work/out" | sort -u); do
		sed 's/\\-/-/g' "$page" | grep -qF -e "$option " -e "$option\\fR" || [ "$option" = --help ] ||
			fail "man $verb does not name $option"
	done
	"$program" help | grep -q "^  $verb " || fail "help does not name $verb"
done
expect 2 "$program" man rnu
says err 'did you mean "run"'

if [ -n "${MAKE:-}" ] && [ "$program" = "${BUILD:-build}/rehearse" ]; then
	expect 0 "$MAKE" --no-print-directory BUILD="$BUILD" DESTDIR="$work/root" PREFIX=/usr install
	for file in man/man1/rehearse.1 man/man1/rehearse-run.1 bash-completion/completions/rehearse \
		zsh/site-functions/_rehearse fish/vendor_completions.d/rehearse.fish; do
		[ -s "$work/root/usr/share/$file" ] || fail "install brought no $file"
	done
	expect 0 "$MAKE" --no-print-directory BUILD="$BUILD" DESTDIR="$work/root" PREFIX=/usr uninstall
	left=$(find "$work/root" -type f)
	[ -z "$left" ] || fail "uninstall left $left"
fi
echo "ok: man"
