/*
 * settings.h - what a user says once instead of at every call: files, environment variables, defaults.
 *
 *   --option  >  REHEARSE_NAME  >  ./rehearse.yaml  >  ~/.config/rehearse/config.yaml  >  default
 *
 * One rule gives every setting its meaning: it is the value of the option that its row names, for each verb that has
 * this option and was called without it.  So a setting that reaches nothing cannot be written down, and a verb does not
 * know whether a value was typed or set.  `rehearse config`, the names of the variables and docs/CLI.md are made from
 * the rows.
 *
 * A file is YAML with `kind: Config` (or without a header) and the settings under `spec:` or at its top.  The
 * spellings of the systems whose files Rehearse reads (execution.max_concurrent_scenarios) stand in the rows as well.
 * A file named rehearse.yaml of another kind is not a file of settings and is left alone.
 */
#ifndef CMD_SETTINGS_H
#define CMD_SETTINGS_H

#include "cmd/verb.h"
#include "core/base/arena.h"
#include "core/key.h"

struct cmd_setting {
	struct rh_key
		key; /* name, type, limits, words, doc; default_text is printed, not applied */
	const char *option;    /* "out-dir" */
	bool is_list;	       /* lists grow within a file; the nearest file that names one wins */
	bool is_inverted;      /* `progress: false` is the switch --no-progress */
	const char *aliases;   /* "reporting.outputDir|...": dotted, either spelling of each word */
	const char *variables; /* of the environment, beside REHEARSE_OUT_DIR */
};

extern const struct cmd_setting cmd_settings_table[]; /* ends with a row without a name */

#define CMD_SETTINGS_MAX    32
#define CMD_SETTING_ITEMS   16
#define CMD_VARIABLE_LENGTH 80

struct cmd_setting_value {
	const char *items[CMD_SETTING_ITEMS];
	uint32_t count;
	const char *from; /* "REHEARSE_MODE", "rehearse.yaml:4"; NULL: the default */
};

struct cmd_settings {
	struct rh_arena arena;
	struct cmd_setting_value values[CMD_SETTINGS_MAX]; /* by row */
	const char *files[2];				   /* those that were read, nearest first */
	const char *names[2];				   /* metadata.name of each, or "" */
	uint32_t file_count;
	bool tells_warnings;
};

/*
 * Reads files and environment.  `file`: the option --config or NULL.  Warnings of a file are for `config`; other verbs
 * tell errors only.  0, or the exit code after messages; release in either case.
 */
int cmd_settings_load(struct cmd_settings *settings, const char *file, bool tells_warnings);
void cmd_settings_release(struct cmd_settings *settings);
/* Whether a verb has an option that a setting could fill. */
bool cmd_settings_matter(const struct cmd_verb *verb);
/* Gives the options that were not typed; `settings` must outlive the arguments. */
void cmd_settings_apply(struct cmd_args *args, const struct cmd_settings *settings);
/* "REHEARSE_OUT_DIR" */
char *cmd_setting_variable(char variable[CMD_VARIABLE_LENGTH], const struct cmd_setting *setting);

#endif
