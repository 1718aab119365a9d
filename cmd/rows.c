/*
 * rows.c - prints the rows of a list.
 */
#include "cmd/rows.h"

#include <stdio.h>
#include <string.h>

#include "core/base/jsontext.h"

static void print(struct rh_buf *text)
{
	fputs(rh_buf_str(text), stdout);
	rh_buf_release(text);
}

static void put_words(struct rh_buf *out, const char *words)
{
	const char *comma = "";

	rh_buf_text(out, "[");
	while (*words != 0) {
		size_t len = strcspn(words, " ");

		rh_buf_text(out, comma);
		rh_json_string(out, words, len);
		comma = ",";
		words += len + strspn(words + len, " ");
	}
	rh_buf_text(out, "]");
}

void cmd_rows_begin(struct cmd_rows *rows, const char *what, bool is_json, int width)
{
	*rows = (struct cmd_rows){.what = what, .is_json = is_json, .width = width};
	if (is_json)
		printf("{\"schemaVersion\":1,\"%s\":[", what);
}

void cmd_rows_put(struct cmd_rows *rows, const char *name, const char *doc,
		  const char *const *pairs)
{
	struct rh_buf text = {0};

	if (!rows->is_json) {
		printf("%-*s %s\n", rows->width, name, doc);
		rows->count++;
		return;
	}
	rh_buf_text(&text, rows->count == 0 ? "{\"name\":" : ",{\"name\":");
	rh_json_text(&text, name);
	rh_buf_text(&text, ",\"description\":");
	rh_json_text(&text, doc);
	for (; pairs != NULL && pairs[0] != NULL; pairs += 2) {
		size_t len = strcspn(pairs[0], "[");

		rh_buf_printf(&text, ",\"%.*s\":", (int)len, pairs[0]);
		if (pairs[0][len] == 0)
			rh_json_text(&text, pairs[1]);
		else
			put_words(&text, pairs[1]);
	}
	rh_buf_text(&text, "}");
	rows->count++;
	print(&text);
}

void cmd_rows_end(struct cmd_rows *rows)
{
	if (rows->is_json)
		printf("]}\n");
}
