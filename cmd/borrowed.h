/*
 * borrowed.h - verbs and options of other systems, for hands and scripts that are used to them.
 *
 * One table.  A row is either carried out (the words are put as we would write them, before anything is parsed) or
 * answered with one sentence that names what does this here; the exit code is then 2.
 */
#ifndef CMD_BORROWED_H
#define CMD_BORROWED_H

#include "core/base/arena.h"

#define CMD_WORDS_MAX 512

struct cmd_borrowed {
	const char *verb;    /* as typed */
	const char *ours;    /* "run", "trace cat"; NULL: answered */
	const char *operand; /* when none is given, or NULL */
	/* "file> parameters>params": --file X is the operand X, --parameters X is --params X; or NULL */
	const char *options;
	const char *answer; /* a sentence; with `ours`: for a call without an operand, or NULL */
};

extern const struct cmd_borrowed cmd_borrowed_table[]; /* ends with a row without a verb */

/*
 * Rewrites argv where its verb or an option is borrowed; the new vector and its words live in the arena.  0 to go on,
 * or 2 when the verb was answered.
 */
int cmd_borrow(int *argc, char ***argv, struct rh_arena *arena);

#endif
