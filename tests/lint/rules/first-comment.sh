#!/bin/sh
# first-comment.sh - a source opens with `name.c - what it is.`, a test with a comment that says what it shows.
set -eu
cd "$1"
checked=0 bad=0
for file in $(find core models sim live cmd tests bench .ci -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.def' -o -path '.ci/*' \) \
	-not -path 'tests/lint/bad/*' -not -path 'tests/corpus/*' 2>/dev/null | sort); do
	checked=$((checked + 1))
	case $file in
	tests/unit/* | tests/story/* | tests/prop/* | tests/bugs/*)
		case $(head -n 1 "$file") in '/*'*) continue ;; esac
		;;
	tests/*/test_*.sh)
		case $(sed -n 2p "$file") in '# '*) continue ;; esac
		;;
	esac
	if ! head -n 4 "$file" | grep -qF -e "$(basename "$file") - "; then
		echo "$file: the first lines do not say \`$(basename "$file") - what it is\`"
		bad=1
	fi
done
echo "checked $checked"
exit $bad
