/*
 * verb.h - one verb of the command line: its options as a table, its help made from it, its run function.
 *
 * A verb lives in one file cmd/verb_NAME.c and is listed once in verbs.c.  The option table is the only place that
 * knows an option: parsing (getopt_long), `--help`, suggestions for typing errors, completion, the manual pages and
 * docs/CLI.md are made from it.
 *
 * What an option is when it is not given may come from a setting (settings.h); the verb sees no difference.
 */
#ifndef CMD_VERB_H
#define CMD_VERB_H

#include "core/base/err.h"

struct cmd_settings; /* settings.h */

struct cmd_option {
	const char *name;
	char letter; /* 0: no short form */
	/* what stands behind it in the help: FILE and DIR are paths, "a|b" the words it takes; NULL: a switch */
	const char *argument;
	const char *doc;
};

#define CMD_OPTIONS_MAX 56 /* of a verb, those of every verb included */
#define CMD_REPEATS_MAX 64

/* What the user gave. */
struct cmd_args {
	const struct cmd_verb *verb;
	const char *program; /* as it was called */
	struct {
		const char *values[CMD_REPEATS_MAX];
		uint32_t count;
		bool is_setting;    /* not typed: from a file or the environment */
	} options[CMD_OPTIONS_MAX]; /* by position in the table, then those of every verb */
	char **operands;
	int operand_count;
	char *template_operand;
	bool is_template;		     /* the operand is that of --template */
	const struct cmd_settings *settings; /* NULL for a verb that has none */
};

struct cmd_verb {
	const char *name;
	const char *summary;  /* one line of `rehearse help` */
	const char *operands; /* "FILE", "RUN", "" */
	const char *words;    /* operands that are words, for completion: "bash|zsh"; or NULL */
	const char *about;    /* paragraphs of the manual page; or NULL */
	int operands_min;
	int operands_max;
	const struct cmd_option *options;	 /* ends with a row without a name */
	const char *const *examples;		 /* ends with NULL */
	int (*run)(const struct cmd_args *args); /* exit code */
};

/* Options that every verb has: --config, --log-level. */
extern const struct cmd_option cmd_common_options[];
/* Option number `position` of a verb, its own before the common ones; NULL past the end. */
const struct cmd_option *cmd_option_at(const struct cmd_verb *verb, int position);
/* Position of an option, or -1. */
int cmd_option_find(const struct cmd_verb *verb, const char *name);
/* Whether this verb has the option and the user gave it or set it. */
bool cmd_option_is(const struct cmd_args *args, const char *name);
/* Whether its value was set, not typed. */
bool cmd_option_is_setting(const struct cmd_args *args, const char *name);

/* The last value of an option ("" for a switch that was given), or NULL when it was not. */
const char *cmd_option_value(const struct cmd_args *args, const char *name);
bool cmd_option_given(const struct cmd_args *args, const char *name);
uint32_t cmd_option_count(const struct cmd_args *args, const char *name);
const char *const *cmd_option_values(const struct cmd_args *args, const char *name);

/* Parses argv[1..] of the verb.  0; -1 after --help was printed; or the exit code 2 after a message. */
int cmd_parse(struct cmd_args *args, const struct cmd_verb *verb, const char *program, int argc,
	      char **argv);
void cmd_verb_help(const struct cmd_verb *verb);

/* All verbs in the order of the help; ends with NULL. */
extern const struct cmd_verb *const cmd_verbs[];
const struct cmd_verb *cmd_verb_find(const char *name);
/* Says that there is none, and which is near; the exit code. */
int cmd_unknown_verb(const char *name);

/* How much is said on stderr beside errors. */
enum cmd_log { CMD_LOG_ERROR, CMD_LOG_WARN, CMD_LOG_INFO, CMD_LOG_DEBUG };
enum cmd_log cmd_log_level(const struct cmd_args *args);

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
extern const struct cmd_verb cmd_verb_plan;
extern const struct cmd_verb cmd_verb_init;
extern const struct cmd_verb cmd_verb_render;
extern const struct cmd_verb cmd_verb_config;
extern const struct cmd_verb cmd_verb_completion;
extern const struct cmd_verb cmd_verb_man;
extern const struct cmd_verb cmd_verb_version;

#endif
