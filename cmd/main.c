/*
 * main.c - the program: finds the verb, reads what was typed and what was set, and hands over.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/borrowed.h"
#include "cmd/settings.h"
#include "core/version.h"

static void print_help(FILE *out)
{
	fprintf(out, "rehearse " RH_VERSION " - rehearse a blockchain network's bad days\n\n"
		     "usage: rehearse VERB [OPTION]... [OPERAND]...\n\n");
	for (size_t i = 0; cmd_verbs[i] != NULL; i++)
		fprintf(out, "  %-10s %s\n", cmd_verbs[i]->name, cmd_verbs[i]->summary);
	fprintf(out, "  %-10s %s\n", "help", "this text, or help VERB");
	fprintf(out,
		"\nexit codes\n"
		"  0 passed   1 a check failed   2 wrong use or scenario   4 timeout of the run\n"
		"  3 trouble of the tool or the machine   5 nothing to run   6 not repeatable\n"
		"  130, 143 interrupted\n\n"
		"begin with\n"
		"  rehearse run scenarios/quickstart.yaml\n"
		"  rehearse list faults\n");
}

static int help(int argc, char **argv)
{
	const struct cmd_verb *verb;

	if (argc < 3) {
		print_help(stdout);
		return 0;
	}
	verb = cmd_verb_find(argv[2]);
	if (verb == NULL)
		return cmd_unknown_verb(argv[2]);
	cmd_verb_help(verb);
	return 0;
}

/* A result that could not be written is a failure, whatever the verb said. */
static int flush_output(int code)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("rehearse: error: standard output");
		return code == 0 ? 3 : code;
	}
	return code;
}

/* Words of a common option in front of the verb (`rehearse --config=x run`): 0 when it is none. */
static int common_words(const char *word)
{
	for (const struct cmd_option *option = cmd_common_options; option->name != NULL; option++) {
		size_t len = strlen(option->name);

		if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, option->name, len) != 0)
			continue;
		if (word[2 + len] == '=')
			return 1;
		if (word[2 + len] == 0)
			return 2;
	}
	return 0;
}

/* Puts the verb in front of common options that stand before it. */
static void verb_first(int argc, char **argv)
{
	int at = 1;

	while (at < argc && common_words(argv[at]) > 0)
		at += common_words(argv[at]);
	if (at >= argc)
		return;
	for (; at > 1; at--) {
		char *word = argv[at];

		argv[at] = argv[at - 1];
		argv[at - 1] = word;
	}
}

static void tell_settings(const struct cmd_args *args, const struct cmd_settings *settings)
{
	for (size_t i = 0; cmd_settings_table[i].key.name != NULL; i++) {
		const struct cmd_setting *row = &cmd_settings_table[i];
		int position = cmd_option_find(args->verb, row->option);

		if (position >= 0 && args->options[position].is_setting)
			fprintf(stderr, "rehearse: --%s %s (%s)\n", row->option,
				settings->values[i].items[0], settings->values[i].from);
	}
}

static int run_verb(const struct cmd_verb *verb, int argc, char **argv)
{
	static struct cmd_args args; /* large, and needed as long as the program runs */
	struct cmd_settings settings;
	int code = cmd_parse(&args, verb, argv[0], argc - 1, argv + 1);

	if (code != 0 || !cmd_settings_matter(verb))
		return code != 0 ? code : verb->run(&args);
	code = cmd_settings_load(&settings, cmd_option_value(&args, "config"),
				 verb == &cmd_verb_config);
	if (code == 0) {
		cmd_settings_apply(&args, &settings);
		args.settings = &settings;
		if (cmd_log_level(&args) == CMD_LOG_DEBUG)
			tell_settings(&args, &settings);
		code = verb->run(&args);
	}
	cmd_settings_release(&settings);
	return code;
}

static int run_words(int argc, char **argv)
{
	const struct cmd_verb *verb;

	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return help(argc, argv);
	verb = cmd_verb_find(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	if (verb == NULL)
		return cmd_unknown_verb(argv[1]);
	return run_verb(verb, argc, argv);
}

int main(int argc, char **argv)
{
	struct rh_arena arena;
	int code;

	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	rh_arena_init(&arena);
	verb_first(argc, argv);
	code = cmd_borrow(&argc, &argv, &arena);
	if (code == 0)
		code = run_words(argc, argv);
	rh_arena_release(&arena);
	return flush_output(code < 0 ? 0 : code);
}
