# strip.awk - C sources as FILE:LINE:code, comments taken out and strings emptied, so that a rule reads code and
# not prose.  -v keep_strings=1 leaves the strings, -v only_comments=1 gives the comments instead.
function flush_line() {
	if (only_comments ? said != "" : code ~ /[^ \t]/)
		print FILENAME ":" FNR ":" (only_comments ? said : code)
}
FNR == 1 { inside = 0 }
{
	code = ""
	said = ""
	n = length($0)
	quote = ""
	for (i = 1; i <= n; i++) {
		c = substr($0, i, 1)
		two = substr($0, i, 2)
		if (inside) {
			if (two == "*/") { inside = 0; i++ } else said = said c
		} else if (quote != "") {
			if (c == "\\") { if (keep_strings) code = code two; i++ }
			else if (c == quote) { quote = ""; code = code c }
			else if (keep_strings) code = code c
		} else if (two == "/*") { inside = 1; i++; code = code " " }
		else if (two == "//") { said = said substr($0, i + 2); break }
		else {
			if (c == "\"" || c == "'") quote = c
			code = code c
		}
	}
	flush_line()
}
