/*
 * starters.h - the texts that `rehearse init` writes.
 */
#ifndef CMD_STARTERS_H
#define CMD_STARTERS_H

struct cmd_starter {
	const char *name;
	const char *doc;
	const char *text;   /* @NAME@ stands for the scenario's name */
	const char *ending; /* of the file, when the name has none */
	const char *next;   /* what to do with it: words behind the file; NULL: a suite */
};

#define CMD_STARTER_WORDS "quickstart, template or suite"

const struct cmd_starter *cmd_starter_find(const char *name);

#endif
