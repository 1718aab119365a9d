/*
 * load.h - what every verb needs before it can work: the registry with its plugins, a plan from a file.
 */
#ifndef CMD_LOAD_H
#define CMD_LOAD_H

#include "cmd/verb.h"
#include "core/plan.h"
#include "core/plugin.h"

/* Built-in tables, then the plugins of --plugin in order.  0 or the exit code after a message. */
int cmd_registry(struct rh_registry *registry, const struct cmd_args *args);

/*
 * The plan of a scenario file under the options --seed, --set and --trace, which the verb's table must have.  Prints diagnostics to
 * stderr (or JSON to stdout when `as_json`).  NULL and *exit_code on failure.
 */
struct rh_plan *cmd_load(const struct cmd_args *args, const struct rh_registry *registry,
			 const char *path, int *exit_code);

/* The line that repeats a run: the program as called, quoted, with every --set and --plugin.  `until_ns` may be RH_TIME_NEVER. */
char *cmd_reproduce_line(struct rh_arena *arena, const struct cmd_args *args, const char *path,
			 uint64_t seed, uint64_t until_ns);

/* Rows that every verb with a scenario has. */
#define CMD_LOAD_OPTIONS \
	{"seed", 's', "N", "the seed, 0 to 2^53-1 (default: the file's)"}, \
		{"set", 0, "KEY=VALUE", "change a key: --set network.jitter.amount=20%"}, \
	{ \
		"plugin", 0, "FILE", "load a shared object with models, faults, checks" \
	}

#endif
