/*
 * verb_man.c - `rehearse man [VERB]`: manual pages, and with --format markdown the page docs/CLI.md, both made from the
 * option tables and the settings.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/borrowed.h"
#include "cmd/settings.h"
#include "core/base/buf.h"
#include "core/scenario/value.h"
#include "core/version.h"

/* Codes of all verbs; main.c prints the same in few words. */
static const struct {
	const char *code;
	const char *meaning;
} exit_codes[] = {
	{"0", "everything passed, or the question was answered"},
	{"1", "a check failed"},
	{"2", "wrong use, or an invalid scenario: nothing was run"},
	{"3", "trouble of the tool or of the machine; a limit of real time was reached"},
	{"4", "the run reached its timeout with open checks"},
	{"5", "nothing was left to run (--shard)"},
	{"6", "not repeatable (verify), or not the stored verdict (judge --check)"},
	{"130, 143", "interrupted: the run was ended in order and its directory is complete"},
};

/* ---- groff ----------------------------------------------------------------------------------- */

/* Text for groff: no line of it is taken for a request, no sign for another. */
static void put_roff(struct rh_buf *out, const char *text)
{
	bool is_start = true;

	for (; *text != 0; text++) {
		if (is_start && (*text == '.' || *text == '\''))
			rh_buf_text(out, "\\&");
		is_start = *text == '\n';
		if (*text == '\\')
			rh_buf_text(out, "\\e");
		else if (*text == '-')
			rh_buf_text(out, "\\-");
		else if (*text == '\'')
			rh_buf_text(out, "\\(aq");
		else if (*text == '`')
			rh_buf_text(out, "\\(ga");
		else if (*text == '~')
			rh_buf_text(out, "\\(ti");
		else if (*text == '^')
			rh_buf_text(out, "\\(ha");
		else
			rh_buf_put(out, text, 1);
	}
}

static void put_title(struct rh_buf *out, const char *name, const char *summary)
{
	rh_buf_text(out, ".TH \"");
	for (const char *at = name; *at != 0; at++) {
		char c = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;

		rh_buf_put(out, &c, 1);
	}
	rh_buf_printf(out, "\" 1 \"\" \"rehearse %s\" \"User Commands\"\n.SH NAME\n", RH_VERSION);
	put_roff(out, name);
	rh_buf_text(out, " \\- ");
	put_roff(out, summary);
	rh_buf_text(out, "\n");
}

static void put_roff_option(struct rh_buf *out, const struct cmd_option *option)
{
	rh_buf_text(out, ".TP\n");
	if (option->letter != 0)
		rh_buf_printf(out, "\\fB\\-%c\\fR, ", option->letter);
	rh_buf_text(out, "\\fB\\-\\-");
	put_roff(out, option->name);
	rh_buf_text(out, "\\fR");
	if (option->argument != NULL) {
		rh_buf_text(out, " \\fI");
		put_roff(out, option->argument);
		rh_buf_text(out, "\\fR");
	}
	rh_buf_text(out, "\n");
	put_roff(out, option->doc);
	rh_buf_text(out, "\n");
}

static void put_roff_examples(struct rh_buf *out, const struct cmd_verb *verb)
{
	if (verb->examples == NULL || verb->examples[0] == NULL)
		return;
	rh_buf_text(out, ".SH EXAMPLES\n.nf\n");
	for (int i = 0; verb->examples[i] != NULL; i++) {
		rh_buf_text(out, "rehearse ");
		put_roff(out, verb->examples[i]);
		rh_buf_text(out, "\n");
	}
	rh_buf_text(out, ".fi\n");
}

static void put_roff_codes(struct rh_buf *out)
{
	rh_buf_text(out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < RH_ARRAY_LEN(exit_codes); i++) {
		rh_buf_printf(out, ".TP\n%s\n", exit_codes[i].code);
		put_roff(out, exit_codes[i].meaning);
		rh_buf_text(out, "\n");
	}
}

static void put_roff_verb(struct rh_buf *out, const struct cmd_verb *verb)
{
	const struct cmd_option *option;
	char name[64];

	snprintf(name, sizeof(name), "rehearse-%s", verb->name);
	put_title(out, name, verb->summary);
	rh_buf_printf(out, ".SH SYNOPSIS\n\\fBrehearse %s\\fR [\\fIoption\\fR]... \\fI",
		      verb->name);
	put_roff(out, verb->operands);
	rh_buf_text(out, "\\fR\n.SH DESCRIPTION\n");
	put_roff(out, verb->about != NULL ? verb->about : verb->summary);
	rh_buf_text(out, "\n.SH OPTIONS\n");
	for (int i = 0; (option = cmd_option_at(verb, i)) != NULL; i++)
		put_roff_option(out, option);
	put_roff_examples(out, verb);
	rh_buf_text(out, ".SH SEE ALSO\n\\fBrehearse\\fR(1)\n");
}

static void put_roff_settings(struct rh_buf *out)
{
	char variable[CMD_VARIABLE_LENGTH];

	rh_buf_text(out, ".SH SETTINGS\n"
			 "A setting is the value of an option that was not given. The nearest "
			 "source wins: the\noption, the environment, ./rehearse.yaml, "
			 "\\(ti/.config/rehearse/config.yaml, the default.\n");
	for (const struct cmd_setting *row = cmd_settings_table; row->key.name != NULL; row++) {
		rh_buf_printf(out, ".TP\n\\fB%s\\fR (\\fB%s\\fR, \\fB\\-\\-", row->key.name,
			      cmd_setting_variable(variable, row));
		put_roff(out, row->option);
		rh_buf_text(out, "\\fR)\n");
		put_roff(out, row->key.doc);
		rh_buf_text(out, "\n");
	}
}

static void put_roff_program(struct rh_buf *out)
{
	put_title(out, "rehearse", "rehearse a blockchain network's bad days");
	rh_buf_text(out, ".SH SYNOPSIS\n\\fBrehearse\\fR \\fIverb\\fR [\\fIoption\\fR]... "
			 "[\\fIoperand\\fR]...\n.SH DESCRIPTION\n"
			 "One scenario file says what the network is, what goes wrong and what "
			 "must hold. Rehearse\nplays it in a seeded, deterministic simulator or "
			 "against real processes, and ends a failure\nwith the line that repeats "
			 "it.\n.SH VERBS\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++) {
		rh_buf_printf(out, ".TP\n\\fB%s\\fR ", cmd_verbs[i]->name);
		put_roff(out, cmd_verbs[i]->operands);
		rh_buf_text(out, "\n");
		put_roff(out, cmd_verbs[i]->summary);
		rh_buf_text(out, "\n");
	}
	put_roff_codes(out);
	put_roff_settings(out);
	rh_buf_text(out, ".SH SEE ALSO\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++)
		rh_buf_printf(out, "\\fBrehearse\\-%s\\fR(1)%s\n", cmd_verbs[i]->name,
			      cmd_verbs[i + 1] == NULL ? "" : ",");
}

/* ---- markdown -------------------------------------------------------------------------------- */

/* A cell of a table: a bar would end it. */
static void put_cell(struct rh_buf *out, const char *text)
{
	for (; *text != 0; text++) {
		if (*text == '|')
			rh_buf_text(out, "\\");
		rh_buf_put(out, text, 1);
	}
}

static void put_markdown_verb(struct rh_buf *out, const struct cmd_verb *verb)
{
	rh_buf_printf(out, "\n## %s\n\n`rehearse %s [OPTION]...%s%s`: %s.\n", verb->name,
		      verb->name, verb->operands[0] == 0 ? "" : " ", verb->operands, verb->summary);
	if (verb->about != NULL)
		rh_buf_printf(out, "\n%s\n", verb->about);
	if (verb->options[0].name != NULL)
		rh_buf_text(out, "\n| option | meaning |\n|---|---|\n");
	for (const struct cmd_option *option = verb->options; option->name != NULL; option++) {
		rh_buf_text(out, "| ");
		if (option->letter != 0)
			rh_buf_printf(out, "`-%c`, ", option->letter);
		rh_buf_printf(out, "`--%s", option->name);
		if (option->argument != NULL) {
			rh_buf_text(out, " ");
			put_cell(out, option->argument);
		}
		rh_buf_text(out, "` | ");
		put_cell(out, option->doc);
		rh_buf_text(out, " |\n");
	}
	if (verb->examples != NULL && verb->examples[0] != NULL) {
		rh_buf_text(out, "\n```\n");
		for (int i = 0; verb->examples[i] != NULL; i++)
			rh_buf_printf(out, "rehearse %s\n", verb->examples[i]);
		rh_buf_text(out, "```\n");
	}
}

static void put_markdown_settings(struct rh_buf *out)
{
	char variable[CMD_VARIABLE_LENGTH];

	rh_buf_text(out, "\n## Settings\n\n"
			 "A setting is the value of an option that was not given, for every verb "
			 "that has the option. The nearest\nsource wins: the option, the "
			 "environment, `./rehearse.yaml`, `~/.config/rehearse/config.yaml`, the "
			 "default.\n`--config FILE` or `REHEARSE_CONFIG` reads one file only, "
			 "`none` reads none. A file has `kind: Config` or no header:\n\n"
			 "```yaml\napiVersion: rehearse/v1\nkind: Config\nspec:\n  outDir: "
			 "/var/tmp/runs\n  keepRuns: 20\n```\n\n"
			 "| setting | variable | option | default | meaning | also read as |\n"
			 "|---|---|---|---|---|---|\n");
	for (const struct cmd_setting *row = cmd_settings_table; row->key.name != NULL; row++) {
		rh_buf_printf(out, "| `%s` | `%s` | `--%s` | %s | ", row->key.name,
			      cmd_setting_variable(variable, row), row->option,
			      row->key.default_text[0] == 0 ? "-" : row->key.default_text);
		put_cell(out, row->key.doc);
		rh_buf_text(out, " | ");
		put_cell(out, row->aliases == NULL ? "" : row->aliases);
		if (row->variables != NULL)
			rh_buf_printf(out, "%s%s", row->aliases == NULL ? "" : " ", row->variables);
		rh_buf_text(out, " |\n");
	}
}

static void put_markdown_borrowed(struct rh_buf *out)
{
	rh_buf_text(
		out,
		"\n## Verbs of other systems\n\n"
		"Hands and scripts that know other tools may go on: these words are carried out as "
		"ours, or answered with one\nsentence and exit code 2.\n\n"
		"| verb | here | options | otherwise |\n|---|---|---|---|\n");
	for (const struct cmd_borrowed *row = cmd_borrowed_table; row->verb != NULL; row++) {
		rh_buf_printf(out, "| `%s` | %s%s%s | ", row->verb, row->ours == NULL ? "" : "`",
			      row->ours == NULL ? "-" : row->ours, row->ours == NULL ? "" : "`");
		for (const char *at = row->options; at != NULL && *at != 0;) {
			size_t len = strcspn(at, ">");
			size_t to = strcspn(at + len + 1, " ");

			rh_buf_printf(out, "`--%.*s` is %s%.*s%s ", (int)len, at,
				      to == 0 ? "the operand" : "`--", (int)to, at + len + 1,
				      to == 0 ? "" : "`");
			at += len + 1 + to;
			at += *at == ' ';
		}
		rh_buf_text(out, "| ");
		put_cell(out, row->answer == NULL ? "" : row->answer);
		rh_buf_text(out, " |\n");
	}
}

static void put_markdown(struct rh_buf *out)
{
	rh_buf_text(out, "# The command line\n\n"
			 "Made by `rehearse man --format markdown` from the tables of the "
			 "program; a test compares the two.\n\n"
			 "Results go to stdout, everything else to stderr. `--config` may stand "
			 "in front of a verb. Options may be shortened\nas long as they are "
			 "clear, and stand before or behind operands.\n\n"
			 "| exit code | meaning |\n|---|---|\n");
	for (size_t i = 0; i < RH_ARRAY_LEN(exit_codes); i++)
		rh_buf_printf(out, "| %s | %s |\n", exit_codes[i].code, exit_codes[i].meaning);
	rh_buf_text(out, "\nEvery verb has these:\n\n| option | meaning |\n|---|---|\n");
	for (const struct cmd_option *option = cmd_common_options; option->name != NULL; option++) {
		rh_buf_printf(out, "| `--%s ", option->name);
		put_cell(out, option->argument);
		rh_buf_text(out, "` | ");
		put_cell(out, option->doc);
		rh_buf_text(out, " |\n");
	}
	rh_buf_text(out, "| `-h`, `--help` | the help of the verb |\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++)
		put_markdown_verb(out, cmd_verbs[i]);
	put_markdown_settings(out);
	put_markdown_borrowed(out);
}

/* One page as NAME.1 in a folder that is there. */
static int write_page(const char *dir, const char *name, const struct rh_buf *text)
{
	struct rh_err err = {0};
	char path[4200];
	FILE *file;
	bool is_written;

	snprintf(path, sizeof(path), "%.4000s/%.100s.1", dir, name);
	file = fopen(path, "w");
	is_written = file != NULL && fwrite(text->data, 1, text->len, file) == text->len;
	is_written = file != NULL && fclose(file) == 0 && is_written;
	if (is_written)
		return 0;
	rh_err_sys(&err, RH_E_IO, errno, "cannot write %.900s", path);
	return cmd_fail(&err);
}

static int write_all(const char *dir)
{
	struct rh_buf text = {0};
	int code;

	put_roff_program(&text);
	code = write_page(dir, "rehearse", &text);
	for (size_t i = 0; code == 0 && cmd_verbs[i] != NULL; i++) {
		char name[64];

		snprintf(name, sizeof(name), "rehearse-%s", cmd_verbs[i]->name);
		rh_buf_reset(&text);
		put_roff_verb(&text, cmd_verbs[i]);
		code = write_page(dir, name, &text);
	}
	rh_buf_release(&text);
	return code;
}

static int man(const struct cmd_args *args)
{
	const char *format = cmd_option_value(args, "format");
	const char *name = args->operand_count > 0 ? args->operands[0] : NULL;
	const struct cmd_verb *verb = name == NULL ? NULL : cmd_verb_find(name);
	bool is_markdown = format != NULL && strcmp(format, "markdown") == 0;
	struct rh_buf text = {0};

	if (name != NULL && verb == NULL)
		return cmd_unknown_verb(name);
	if (cmd_option_given(args, "all"))
		return write_all(cmd_option_value(args, "all"));
	if (is_markdown && verb != NULL)
		put_markdown_verb(&text, verb);
	else if (is_markdown)
		put_markdown(&text);
	else if (verb != NULL)
		put_roff_verb(&text, verb);
	else
		put_roff_program(&text);
	fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	return 0;
}

static const struct cmd_option options[] = {
	{"format", 0, "roff|markdown", "roff for man and groff (default); markdown is docs/CLI.md"},
	{"all", 0, "DIR", "write every page into this folder: rehearse.1, rehearse-run.1, ..."},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"man run | man -l -", "man --format markdown > docs/CLI.md",
				       NULL};

const struct cmd_verb cmd_verb_man = {
	.name = "man",
	.summary = "the manual page of the program or of a verb",
	.operands = "[VERB]",
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = man,
};
