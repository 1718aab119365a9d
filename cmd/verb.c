/*
 * verb.c - option tables turned into getopt_long, help texts and suggestions.
 */
#include "cmd/verb.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/scenario/diag.h"

const struct cmd_option cmd_common_options[] = {
	{"config", 0, "FILE", "settings from this file only; `none`: from no file"},
	{"log-level", 0, "error|warn|info|debug", "how much is said on stderr (info)"},
	{NULL, 0, NULL, NULL},
};

const struct cmd_option *cmd_option_at(const struct cmd_verb *verb, int position)
{
	const struct cmd_option *option = verb->options;

	RH_ASSERT(position >= 0 && position < CMD_OPTIONS_MAX);
	for (; option->name != NULL; option++) {
		if (position-- == 0)
			return option;
	}
	for (option = cmd_common_options; option->name != NULL; option++) {
		if (position-- == 0)
			return option;
	}
	return NULL;
}

int cmd_option_find(const struct cmd_verb *verb, const char *name)
{
	const struct cmd_option *option;

	for (int i = 0; (option = cmd_option_at(verb, i)) != NULL; i++) {
		if (strcmp(option->name, name) == 0)
			return i;
	}
	return -1;
}

static int position_of(const struct cmd_verb *verb, const char *name)
{
	int position = cmd_option_find(verb, name);

	if (position < 0)
		rh_fatal("the verb %s has no option --%s", verb->name, name);
	return position;
}

bool cmd_option_is(const struct cmd_args *args, const char *name)
{
	int position = cmd_option_find(args->verb, name);

	return position >= 0 && args->options[position].count > 0;
}

const char *cmd_option_value(const struct cmd_args *args, const char *name)
{
	int at = position_of(args->verb, name);
	uint32_t count = args->options[at].count;

	return count == 0 ? NULL : args->options[at].values[count - 1];
}

bool cmd_option_given(const struct cmd_args *args, const char *name)
{
	return cmd_option_count(args, name) > 0;
}

uint32_t cmd_option_count(const struct cmd_args *args, const char *name)
{
	return args->options[position_of(args->verb, name)].count;
}

const char *const *cmd_option_values(const struct cmd_args *args, const char *name)
{
	return args->options[position_of(args->verb, name)].values;
}

bool cmd_option_is_setting(const struct cmd_args *args, const char *name)
{
	return args->options[position_of(args->verb, name)].is_setting;
}

static const char *const log_levels[] = {"error", "warn", "info", "debug"};

enum cmd_log cmd_log_level(const struct cmd_args *args)
{
	const char *text = cmd_option_value(args, "log-level");

	for (size_t i = 0; text != NULL && i < RH_ARRAY_LEN(log_levels); i++) {
		if (strcmp(text, log_levels[i]) == 0)
			return (enum cmd_log)i;
	}
	return CMD_LOG_INFO;
}

static int refuse_word(const struct cmd_option *option, const char *value)
{
	struct rh_buf words = {0};
	int code;

	/* "a, b or c" */
	for (const char *at = option->argument; *at != 0; at++) {
		if (*at != '|')
			rh_buf_put(&words, at, 1);
		else
			rh_buf_text(&words, strchr(at + 1, '|') == NULL ? " or " : ", ");
	}
	code = cmd_usage("--%s is %s, not \"%s\"", option->name, rh_buf_str(&words), value);
	rh_buf_release(&words);
	return code;
}

/* Words of options whose argument is written "a|b|c". */
static int check_words(const struct cmd_args *args)
{
	const struct cmd_option *option;

	for (int i = 0; (option = cmd_option_at(args->verb, i)) != NULL; i++) {
		const char *at = option->argument;
		const char *value;
		bool is_known = false;

		if (at == NULL || strchr(at, '|') == NULL || args->options[i].count == 0)
			continue;
		value = args->options[i].values[args->options[i].count - 1];
		for (; *at != 0 && !is_known; at += strcspn(at, "|"), at += *at == '|')
			is_known = strlen(value) == strcspn(at, "|") &&
				   strncmp(at, value, strlen(value)) == 0;
		if (!is_known)
			return refuse_word(option, value);
	}
	return 0;
}

int cmd_fail(const struct rh_err *err)
{
	fprintf(stderr, "rehearse: error: %s\n", err->text);
	return rh_err_exit_code(err->code);
}

int cmd_usage(const char *fmt, ...)
{
	va_list args;

	fputs("rehearse: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return 2;
}

bool cmd_number(const char *option, const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && *end == 0 && errno == 0 && *value <= max)
		return true;
	cmd_usage("--%s wants a whole number from 0 to %" PRIu64 ", not \"%s\"", option, max, text);
	return false;
}

/* A sentence from column 30 on, in 80 columns. */
static void print_doc(const char *doc)
{
	size_t used = 0;

	while (*doc != 0) {
		size_t len = strcspn(doc, " ");

		if (used > 0 && used + 1 + len > 50) {
			printf("\n%30s", "");
			used = 0;
		}
		used += (size_t)printf("%s%.*s", used == 0 ? "" : " ", (int)len, doc);
		doc += len + strspn(doc + len, " ");
	}
	printf("\n");
}

static void print_option(const struct cmd_option *option)
{
	char left[80];
	char letter[8] = "    ";

	if (option->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, option->name,
		 option->argument == NULL ? "" : " ",
		 option->argument == NULL ? "" : option->argument);
	printf("  %-27s", left);
	if (strlen(left) > 27)
		printf("\n%29s", "");
	printf(" ");
	print_doc(option->doc);
}

void cmd_verb_help(const struct cmd_verb *verb)
{
	const struct cmd_option *option;

	printf("rehearse %s - %s\n\nusage: rehearse %s [OPTION]...%s%s\n\noptions\n", verb->name,
	       verb->summary, verb->name, verb->operands[0] == 0 ? "" : " ", verb->operands);
	for (int i = 0; (option = cmd_option_at(verb, i)) != NULL; i++)
		print_option(option);
	printf("  %-27s %s\n", "-h, --help", "this text");
	if (verb->examples != NULL && verb->examples[0] != NULL)
		printf("\nexamples\n");
	for (int i = 0; verb->examples != NULL && verb->examples[i] != NULL; i++)
		printf("  rehearse %s\n", verb->examples[i]);
}

/* The long options of the tables and --help, which has value 'h'; the others have 256 + position. */
static void fill_getopt(const struct cmd_verb *verb, struct option *longs, char *shorts)
{
	const struct cmd_option *option;
	int count = 0;

	*shorts++ = ':';
	*shorts++ = 'h';
	for (; (option = cmd_option_at(verb, count)) != NULL; count++) {
		RH_ASSERT(count < CMD_OPTIONS_MAX - 1);
		longs[count].name = option->name;
		longs[count].has_arg = option->argument == NULL ? no_argument : required_argument;
		longs[count].flag = NULL;
		longs[count].val = 256 + count;
		if (option->letter != 0) {
			*shorts++ = option->letter;
			if (option->argument != NULL)
				*shorts++ = ':';
		}
	}
	longs[count].name = "help";
	longs[count].has_arg = no_argument;
	longs[count].flag = NULL;
	longs[count].val = 'h';
	memset(&longs[count + 1], 0, sizeof(longs[0]));
	*shorts = 0;
}

static int unknown_option(const struct cmd_verb *verb, const char *word)
{
	const char *names[CMD_OPTIONS_MAX + 1];
	const struct cmd_option *option;
	char bare[80];
	size_t count = 0;
	const char *near = NULL;

	for (; (option = cmd_option_at(verb, (int)count)) != NULL; count++)
		names[count] = option->name;
	names[count++] = "help";
	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(word, "="), word);
	if (bare[0] == '-' && bare[1] == '-')
		near = rh_suggest(bare + 2, names, count);
	if (near != NULL)
		return cmd_usage("%s has no option %s: did you mean --%s?", verb->name, bare, near);
	return cmd_usage("%s has no option %s: see rehearse %s --help", verb->name, bare,
			 verb->name);
}

static int letter_position(const struct cmd_verb *verb, int letter)
{
	for (int i = 0; verb->options[i].name != NULL; i++) {
		if (verb->options[i].letter == letter)
			return i;
	}
	return -1;
}

/* `--template NAME` stands for the operand. */
static int take_template(struct cmd_args *args)
{
	int at = cmd_option_find(args->verb, "template");

	if (at < 0 || args->options[at].count == 0)
		return 0;
	if (args->operand_count > 0 || args->options[at].count > 1)
		return cmd_usage("--template stands for the scenario: \"%s\" is one too many",
				 args->operand_count > 0 ? args->operands[0]
							 : args->options[at].values[1]);
	args->template_operand = (char *)(uintptr_t)args->options[at].values[0];
	args->operands = &args->template_operand;
	args->operand_count = 1;
	args->is_template = true;
	return 0;
}

static int check_operands(const struct cmd_verb *verb, int count)
{
	if (count < verb->operands_min)
		return cmd_usage("%s wants %s: see rehearse %s --help", verb->name, verb->operands,
				 verb->name);
	if (count > verb->operands_max)
		return cmd_usage("%s has too many operands (%d): see rehearse %s --help",
				 verb->name, count, verb->name);
	return 0;
}

int cmd_parse(struct cmd_args *args, const struct cmd_verb *verb, const char *program, int argc,
	      char **argv)
{
	struct option longs[CMD_OPTIONS_MAX + 2];
	char shorts[2 * CMD_OPTIONS_MAX + 4];
	int found;

	memset(args, 0, sizeof(*args));
	args->verb = verb;
	args->program = program;
	fill_getopt(verb, longs, shorts);
	opterr = 0;
	optind = 1;
	while ((found = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		int at = found >= 256 ? found - 256 : letter_position(verb, found);

		if (found == 'h') {
			cmd_verb_help(verb);
			return -1;
		}
		if (found == ':')
			return cmd_usage("%s wants a value behind %s", verb->name,
					 argv[optind - 1]);
		if (found == '?' || at < 0)
			return unknown_option(verb, argv[optind - 1]);
		if (args->options[at].count == CMD_REPEATS_MAX)
			return cmd_usage("--%s is given more than %d times",
					 cmd_option_at(verb, at)->name, CMD_REPEATS_MAX);
		args->options[at].values[args->options[at].count++] = optarg == NULL ? "" : optarg;
	}
	args->operands = argv + optind;
	args->operand_count = argc - optind;
	found = check_words(args);
	if (found == 0)
		found = take_template(args);
	return found != 0 ? found : check_operands(verb, args->operand_count);
}
