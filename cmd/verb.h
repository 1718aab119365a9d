/*
 * verb.h - one verb of the command line: its options as a table, its help made from it, its run function.
 *
 * A verb lives in one file cmd/verb_NAME.c and is listed once in main.c.  The option table is the only place that
 * knows an option: parsing (getopt_long), `--help` and suggestions for typing errors are made from it.
 */
#ifndef CMD_VERB_H
#define CMD_VERB_H

#include "core/base/err.h"

struct cmd_option {
	const char *name;
	char letter;	      /* 0: no short form */
	const char *argument; /* what stands behind it in the help; NULL: a switch */
	const char *doc;
};

#define CMD_OPTIONS_MAX 32
#define CMD_REPEATS_MAX 64

/* What the user gave. */
struct cmd_args {
	const struct cmd_verb *verb;
	const char *program; /* as it was called */
	struct {
		const char *values[CMD_REPEATS_MAX];
		uint32_t count;
	} options[CMD_OPTIONS_MAX]; /* by position in the table */
	char **operands;
	int operand_count;
};

struct cmd_verb {
	const char *name;
	const char *summary;  /* one line of `rehearse help` */
	const char *operands; /* "FILE", "RUN", "" */
	int operands_min;
	int operands_max;
	const struct cmd_option *options;	 /* ends with a row without a name */
	const char *const *examples;		 /* ends with NULL */
	int (*run)(const struct cmd_args *args); /* exit code */
};

/* The last value of an option ("" for a switch that was given), or NULL when it was not. */
const char *cmd_option_value(const struct cmd_args *args, const char *name);
bool cmd_option_given(const struct cmd_args *args, const char *name);
uint32_t cmd_option_count(const struct cmd_args *args, const char *name);
const char *const *cmd_option_values(const struct cmd_args *args, const char *name);

/* Parses argv[1..] of the verb.  0; -1 after --help was printed; or the exit code 2 after a message. */
int cmd_parse(struct cmd_args *args, const struct cmd_verb *verb, const char *program, int argc,
	      char **argv);
void cmd_verb_help(const struct cmd_verb *verb);

/* "rehearse: TEXT" on stderr, and the exit code of the error. */
int cmd_fail(const struct rh_err *err);
int cmd_usage(const char *fmt, ...) RH_PRINTF(1, 2);

/* Whole numbers and times of options; a message and false when they are wrong. */
bool cmd_number(const char *option, const char *text, uint64_t max, uint64_t *value);

extern const struct cmd_verb cmd_verb_run;
extern const struct cmd_verb cmd_verb_validate;
extern const struct cmd_verb cmd_verb_verify;
extern const struct cmd_verb cmd_verb_trace;
extern const struct cmd_verb cmd_verb_judge;
extern const struct cmd_verb cmd_verb_list;
extern const struct cmd_verb cmd_verb_show;
extern const struct cmd_verb cmd_verb_explain;
extern const struct cmd_verb cmd_verb_schema;
extern const struct cmd_verb cmd_verb_version;

#endif
