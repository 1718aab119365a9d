/*
 * load.h - what every verb needs before it can work: the registry with its plugins, a plan from a file.
 */
#ifndef CMD_LOAD_H
#define CMD_LOAD_H

#include "cmd/library.h"
#include "core/judge/judge.h"
#include "core/plan.h"
#include "core/plugin.h"
#include "core/scenario/suite.h"
#include "core/world.h"

/* Built-in tables, then the plugins of --plugin in order.  0 or the exit code after a message. */
int cmd_registry(struct rh_registry *registry, const struct cmd_args *args);

/*
 * The plan of the scenario that an operand means: a file, or the name of one in the library (plan->path says which).
 * The verb's table has CMD_LOAD_OPTIONS; --trace, --mode, --quiet and --json count where it has them.  Prints
 * diagnostics to stderr, and with --json as an array to stdout too: those of `validate` always, elsewhere errors only.
 * NULL and *exit_code on failure.
 */
struct rh_plan *cmd_load(const struct cmd_args *args, const struct rh_registry *registry,
			 const char *operand, int *exit_code);

/*
 * The runs that an operand means: those of a Suite, or the variants of a scenario's matrix, which are one for most
 * scenarios.  The caller's to free; NULL after messages.
 */
/* Whether an operand is a Suite. */
bool cmd_is_suite(const struct cmd_args *args, const char *operand);
struct rh_suite *cmd_load_runs(const struct cmd_args *args, const struct rh_registry *registry,
			       const char *operand);

/*
 * The plan on stdout as a table, or with --json as an object; 0, or the exit code after saying what the world cannot do
 * (verb_plan.c).
 */
int cmd_plan_tell(const struct cmd_args *args, const struct rh_plan *plan,
		  const struct rh_world_ops *world);

/*
 * What the world cannot do of it, told on stderr: 0, or the exit code.  `validate` and `plan` without --mode are about
 * the file: there, what no world of this version can do is a note for each thing, and no error (verb_plan.c).
 */
int cmd_plan_check(const struct cmd_args *args, const struct rh_plan *plan,
		   const struct rh_world_ops *world);
/* Whether a run would refuse it whatever the world. */
bool cmd_plan_is_later(const struct rh_plan *plan);

/*
 * The line that repeats a run: the program as called, quoted, with all that changed the plan, what was read from the
 * environment included.  `until_ns` may be RH_TIME_NEVER.
 */
char *cmd_reproduce_line(struct rh_arena *arena, const struct cmd_args *args,
			 const struct rh_plan *plan, uint64_t until_ns);

/*
 * Checks a template that only others can use; false when the operand is something else, or cannot be
 * read, which cmd_load() tells.  Else *exit_code, after messages.
 */
bool cmd_check_fragment(const struct cmd_args *args, const struct rh_registry *registry,
			const char *operand, int *exit_code);

/* The scenario as text after templates, includes, variables and expressions; the exit code. */
int cmd_render(const struct cmd_args *args, const struct rh_registry *registry, const char *operand,
	       struct rh_buf *out);

/* When the first check failed; RH_TIME_NEVER when none did. */
uint64_t cmd_first_failure(const struct rh_judge *judge);
/* The line that prints the records of a stored run around its first failure; NULL when there is none. */
char *cmd_records_line(struct rh_arena *arena, const struct cmd_args *args,
		       const struct rh_judge *judge, const char *run_dir);

/* Rows that every verb with a scenario has. */
#define CMD_LOAD_OPTIONS \
	{"seed", 's', "N", "the seed, 0 to 2^53-1 (default: the file's)"}, \
		{"set", 0, "KEY=VALUE", "change a key: --set network.jitter.amount=20%"}, \
		{"template", 0, "FILE", "run a template: a file, or a name of --template-dir"}, \
		{"param", 'p', "NAME=VALUE", "a parameter: -p length=10m, or -p a=1,b=2"}, \
		{"params", 0, "FILE", "parameters from a YAML map of names to values"}, \
		{"env", 0, "NAME=VALUE", "what env(NAME) gives, before the environment"}, \
		{"allow-outside", 0, NULL, \
		 "included files may lie outside the scenario's folder"}, \
		CMD_TEMPLATE_OPTION, \
		{"duration", 'd', "TIME", "how long is simulated, whatever the file says"}, \
		{"timeout", 0, "TIME", "how long open checks are waited for, from the start"}, \
		{"default-timeout", 0, "TIME", "the same where the file says nothing"}, \
		{"assertion-timeout", 0, "TIME", "of checks without `mode` and `within` (5m)"}, \
		{"strict", 0, NULL, "warnings are errors"}, \
		{"check-timing", 0, NULL, "warnings about times are errors"}, CMD_LIBRARY_OPTION, \
	{ \
		"plugin", 0, "FILE", "load a shared object with models, faults, checks" \
	}

#endif
