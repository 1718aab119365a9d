/*
 * verb_render.c - `rehearse render FILE`: the scenario as it is read, with templates, parts, variables, parameters and
 * expressions replaced by what they stand for.
 */
#include <stdio.h>

#include "cmd/load.h"

static int render(const struct cmd_args *args)
{
	struct rh_registry registry;
	struct rh_buf text = {0};
	int code = cmd_registry(&registry, args);

	if (code == 0)
		code = cmd_render(args, &registry, args->operands[0], &text);
	if (code == 0)
		fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	return code;
}

static const struct cmd_option options[] = {
	CMD_LOAD_OPTIONS,
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"render my.yaml --set vars.size=30",
				       "render --template outage -p length=10m", NULL};

const struct cmd_verb cmd_verb_render = {
	.name = "render",
	.summary = "a scenario with templates, variables and expressions filled in",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.about = "What is printed is a scenario by itself: it loads to the same plan.",
	.options = options,
	.examples = examples,
	.run = render,
};
