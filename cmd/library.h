/*
 * library.h - scenarios on disk: which there are, which one a word means, and which name is near a wrong one.
 *
 * A library is a list of folders (--library, default scenarios/); three levels are looked at.  `*.template.yaml` are
 * templates and stand in a library like everything else.
 */
#ifndef CMD_LIBRARY_H
#define CMD_LIBRARY_H

#include "cmd/verb.h"
#include "core/base/arena.h"

#define CMD_LIBRARY_MAX 4096

struct cmd_library {
	struct rh_arena arena;
	const char *paths[CMD_LIBRARY_MAX]; /* sorted, each once */
	size_t count;
	size_t left_out;
};

/* Every *.yaml below the folders that `option` of the verb names, or below `otherwise`. */
void cmd_library_open(struct cmd_library *library, const struct cmd_args *args, const char *option,
		      const char *otherwise);
/* Every *.yaml below one folder. */
void cmd_library_open_folder(struct cmd_library *library, const char *folder);
void cmd_library_close(struct cmd_library *library);
/* "scenarios/name.yaml" for "name": the one nearest to the top; NULL when there is none, or two are equally near. */
const char *cmd_library_find(const struct cmd_library *library, const char *name);

/*
 * The file that an operand of the command line means: a path that is there, or the name of a scenario of the library.
 * NULL when there is none; then `hint` says what was near, or is empty.  The path lives in the arena.
 */
const char *cmd_scenario_path(const struct cmd_args *args, struct rh_arena *arena,
			      const char *operand, char hint[600]);
/* The same for --template: "name" is name.template.yaml or name.yaml of the template folders. */
const char *cmd_template_path(const struct cmd_args *args, struct rh_arena *arena, const char *name,
			      char hint[600]);

/* Rows of option tables. */
#define CMD_LIBRARY_OPTION \
	{ \
		"library", 0, "DIR", "where scenarios are found by name (scenarios)" \
	}
#define CMD_TEMPLATE_OPTION \
	{ \
		"template-dir", 0, "DIR", \
			"where templates are found by name (scenarios/templates)" \
	}

#endif
