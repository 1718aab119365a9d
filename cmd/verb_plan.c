/*
 * verb_plan.c - `rehearse plan FILE`: what a run would do, as a table, without running anything.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/host.h"
#include "cmd/load.h"
#include "cmd/plan_table.h"
#include "cmd/worlds.h"
#include "core/run/run.h"

bool cmd_plan_is_later(const struct rh_plan *plan)
{
	struct rh_buf notes = {0};
	bool is_later = rh_run_missing(plan, &notes) > 0;

	rh_buf_release(&notes);
	return is_later;
}

static void tell_notes(const struct rh_plan *plan)
{
	struct rh_buf notes = {0};
	const char *line;

	rh_run_missing(plan, &notes);
	line = rh_buf_str(&notes);
	fflush(stdout);
	while (*line != 0) {
		int len = (int)strcspn(line, "\n");

		fprintf(stderr, "note: %.*s\n", len, line);
		line += len + 1;
	}
	rh_buf_release(&notes);
}

int cmd_plan_check(const struct cmd_args *args, const struct rh_plan *plan,
		   const struct rh_world_ops *world)
{
	bool is_about_file = (args->verb == &cmd_verb_validate || args->verb == &cmd_verb_plan) &&
			     !cmd_option_given(args, "mode");
	struct rh_err err = {0};

	if (!is_about_file)
		return rh_run_check(plan, world, &err) != 0 ? cmd_fail(&err) : 0;
	if (rh_run_check_world(plan, world, &err) != 0)
		return cmd_fail(&err);
	tell_notes(plan);
	return 0;
}

int cmd_plan_tell(const struct cmd_args *args, const struct rh_plan *plan,
		  const struct rh_world_ops *world)
{
	struct cmd_terminal terminal = cmd_terminal(STDOUT_FILENO, NULL);
	struct rh_buf text = {0};

	if (cmd_option_given(args, "json"))
		cmd_plan_json(&text, plan);
	else
		cmd_plan_table(&text, plan, terminal.columns);
	fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	/* What this world cannot do comes last: the table is still worth reading. */
	return cmd_plan_check(args, plan, world);
}

static int plan_file(const struct cmd_args *args)
{
	const struct rh_world_ops *world = cmd_world(args);
	struct rh_registry registry;
	struct rh_arena arena = {0};
	struct rh_plan *plan;
	int code = world == NULL ? 2 : cmd_registry(&registry, args);

	if (code != 0)
		return code;
	plan = cmd_load(args, &registry, args->operands[0], &code);
	if (plan == NULL)
		return code;
	code = cmd_plan_tell(args, plan, world);
	if (code == 0 && !cmd_option_given(args, "json") && !cmd_plan_is_later(plan))
		printf("\n  run       %s\n", cmd_reproduce_line(&arena, args, plan, RH_TIME_NEVER));
	rh_arena_release(&arena);
	rh_plan_free(plan);
	return code;
}

static const struct cmd_option options[] = {
	CMD_LOAD_OPTIONS,
	CMD_MODE_OPTION,
	{"json", 0, NULL, "one JSON object: every node, value and window"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"plan scenarios/quickstart.yaml",
				       "plan quickstart --set phases.cut.duration=1h", NULL};

const struct cmd_verb cmd_verb_plan = {
	.name = "plan",
	.summary = "what a run would do: times, targets, values, checks",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = plan_file,
};
