/*
 * rows.h - what `list` prints: rows of a name and what it is, as aligned text or as one JSON object.
 */
#ifndef CMD_ROWS_H
#define CMD_ROWS_H

#include "core/base/buf.h"

struct cmd_rows {
	const char *what; /* "faults": the member of the JSON object */
	bool is_json;
	int width; /* of the name, in text */
	uint32_t count;
};

void cmd_rows_begin(struct cmd_rows *rows, const char *what, bool is_json, int width);
/*
 * One row; `pairs` are further keys and values for JSON, ending with NULL, or NULL.  A key "tags[]" has words with
 * blanks between, which become a list.
 */
void cmd_rows_put(struct cmd_rows *rows, const char *name, const char *doc,
		  const char *const *pairs);
void cmd_rows_end(struct cmd_rows *rows);

#endif
