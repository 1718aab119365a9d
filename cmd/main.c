/*
 * main.c - the program: finds the verb and hands over.
 *
 * The only place that links everything.  Each verb is one file (verb_NAME.c) with one row here.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/verb.h"
#include "core/base/assert.h"
#include "core/scenario/diag.h"
#include "core/version.h"

static const struct cmd_verb *const verbs[] = {
	&cmd_verb_run,	&cmd_verb_validate, &cmd_verb_verify,  &cmd_verb_judge,	 &cmd_verb_trace,
	&cmd_verb_list, &cmd_verb_show,	    &cmd_verb_explain, &cmd_verb_schema, &cmd_verb_version,
};

static void print_help(FILE *out)
{
	fprintf(out, "rehearse " RH_VERSION " - rehearse a blockchain network's bad days\n\n"
		     "usage: rehearse VERB [OPTION]... [OPERAND]...\n\n");
	for (size_t i = 0; i < RH_ARRAY_LEN(verbs); i++)
		fprintf(out, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
	fprintf(out, "  %-10s %s\n", "help", "this text, or help VERB");
	fprintf(out, "\nexit codes\n"
		     "  0 passed   1 a check failed   2 wrong use or scenario   3 trouble of the "
		     "tool or machine\n"
		     "  4 timeout of the run   6 not repeatable (verify)   130, 143 interrupted\n\n"
		     "begin with\n"
		     "  rehearse run scenarios/quickstart.yaml\n"
		     "  rehearse list faults\n");
}

static const struct cmd_verb *find_verb(const char *name)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(verbs); i++) {
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	}
	return NULL;
}

static int unknown_verb(const char *name)
{
	const char *names[RH_ARRAY_LEN(verbs) + 1];
	const char *near;

	for (size_t i = 0; i < RH_ARRAY_LEN(verbs); i++)
		names[i] = verbs[i]->name;
	names[RH_ARRAY_LEN(verbs)] = "help";
	near = rh_suggest(name, names, RH_ARRAY_LEN(names));
	if (near != NULL)
		return cmd_usage("no verb \"%s\": did you mean \"%s\"?", name, near);
	return cmd_usage("no verb \"%s\": see rehearse help", name);
}

static int help(int argc, char **argv)
{
	const struct cmd_verb *verb;

	if (argc < 3) {
		print_help(stdout);
		return 0;
	}
	verb = find_verb(argv[2]);
	if (verb == NULL)
		return unknown_verb(argv[2]);
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

int main(int argc, char **argv)
{
	struct cmd_args args;
	const struct cmd_verb *verb;
	int code;

	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return flush_output(help(argc, argv));
	verb = find_verb(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
	if (verb == NULL)
		return unknown_verb(argv[1]);
	code = cmd_parse(&args, verb, argv[0], argc - 1, argv + 1);
	if (code == 0)
		code = verb->run(&args);
	return flush_output(code < 0 ? 0 : code);
}
