/*
 * diag.h - diagnostics of a scenario file: codes, places, carets and suggestions.
 */
#ifndef CORE_SCENARIO_DIAG_H
#define CORE_SCENARIO_DIAG_H

#include "core/base/arena.h"
#include "core/base/buf.h"

/* A stretch of the source: lines and columns from 1, columns in characters (not bytes). */
struct rh_place {
	uint32_t line;
	uint32_t column;
	uint32_t end_column; /* exclusive, on the same line; 0: to the end of the word */
	size_t offset;	     /* in bytes; filled in when the place is reported */
	/* the text of an option in which the place is (then line is 0), or NULL: in a file */
	const char *option;
	const char *flag; /* of which option: "-p"; NULL: "--set" */
	uint32_t source;  /* which file, in the order of reading; 0: the scenario itself */
};

struct rh_diagnostic {
	bool is_warning;
	const char *code; /* "E012", "W003" */
	struct rh_place place;
	const char *path; /* "spec.network.jitter" */
	const char *text;
	const char *hint; /* behind the caret, or NULL */
};

/* A file that was read; its text is a copy in the arena, for the caret lines. */
struct rh_source {
	const char *file;
	const char *text;
	size_t len;
};

#define RH_DIAGNOSTICS_MAX 20

struct rh_diagnostics {
	struct rh_arena arena;
	struct rh_source *sources; /* 0: the scenario; then what it includes and uses */
	uint32_t source_count;
	struct rh_diagnostic items[RH_DIAGNOSTICS_MAX];
	uint32_t count;	      /* stored */
	uint32_t error_count; /* all, stored or not */
	uint32_t warning_count;
};

/* How a new diagnostic is described; texts are copied. */
struct rh_complaint {
	const char *code; /* one of codes.def; W...: a warning */
	struct rh_place place;
	const char *path; /* or NULL */
	const char *hint; /* or NULL */
};

void rh_diagnostics_init(struct rh_diagnostics *diagnostics);
void rh_diagnostics_release(struct rh_diagnostics *diagnostics);
/* Names the file and keeps a copy of its text for the caret lines; before the first complaint. */
void rh_diagnostics_source(struct rh_diagnostics *diagnostics, const char *file, const char *text,
			   size_t len);
/* One more file, read because the first one names it: its number for places. */
uint32_t rh_diagnostics_add_source(struct rh_diagnostics *diagnostics, const char *file,
				   const char *text, size_t len);
/*
 * The place of `len` bytes at `offset` in the value `text` of a scalar at `place`: what YAML does to a
 * text (quotes, escapes, folded lines) is followed in the source.  The scalar's own place where that
 * cannot be told.
 */
struct rh_place rh_place_within(const struct rh_diagnostics *diagnostics, struct rh_place place,
				const char *text, size_t offset, size_t len);
/* Stores the complaint in the order of places; after twenty only the earliest places are kept. */
void rh_complain(struct rh_diagnostics *diagnostics, const struct rh_complaint *complaint,
		 const char *fmt, ...) RH_PRINTF(3, 4);
/* All of them as text, in the form that load.h shows.  The last line ("2 errors, nothing was run")
 * is the caller's. */
void rh_diagnostics_print(const struct rh_diagnostics *diagnostics, struct rh_buf *out);
void rh_diagnostics_json(const struct rh_diagnostics *diagnostics, struct rh_buf *out); /* array */

/* `explain E012`: the documented text of a code, or NULL. */
const char *rh_diagnostic_doc(const char *code);
/* Every code in order: NULL past the end. */
const char *rh_diagnostic_code_at(uint32_t index, const char **title, const char **doc);
/* The nearest of `words` to `word` (edit distance), or NULL when none is near. */
const char *rh_suggest(const char *word, const char *const *words, size_t count);

#endif
