/*
 * verb_validate.c - `rehearse validate FILE...`: everything that can be said before anything runs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/load.h"
#include "cmd/suite.h"
#include "cmd/worlds.h"
#include "core/scenario/load.h"
#include "core/scenario/services.h"

static void print_counts(const char *path, const struct rh_plan *plan)
{
	printf("%s is valid: ", path);
	if (rh_plan_is_without_network(plan))
		printf("no network, %" PRIu32 " services", plan->node_count);
	else
		printf("%" PRIu32 " nodes, %" PRIu32 " links", plan->node_count, plan->link_count);
	printf(", %" PRIu32 " phases, %" PRIu32 " steps, %" PRIu32 " checks\n", plan->phase_count,
	       plan->step_count, plan->assertion_count);
}

static int validate_one(const struct cmd_args *args, const struct rh_registry *registry,
			const struct rh_world_ops *world, const char *path)
{
	char hash[RH_HASH_TEXT];
	struct rh_arena arena = {0};
	struct rh_plan *plan;
	int code;

	if (cmd_check_fragment(args, registry, path, &code)) {
		if (code == 0 && !cmd_option_given(args, "json"))
			printf("%s is a template without nodes of its own, and valid as far as it "
			       "goes: "
			       "the scenario that uses it brings the rest\n",
			       path);
		return code;
	}
	plan = cmd_load(args, registry, path, &code);
	if (plan == NULL)
		return code;
	code = cmd_plan_check(args, plan, world);
	if (code != 0) {
		rh_plan_free(plan);
		return code;
	}
	if (cmd_option_given(args, "print")) {
		struct rh_buf text = {0};

		rh_plan_print(plan, &text);
		fputs(rh_buf_str(&text), stdout);
		rh_buf_release(&text);
	} else if (!cmd_option_given(args, "json")) { /* else the diagnostics were the answer */
		print_counts(path, plan);
		printf("  plan    %s\n", rh_hash128_text(hash, rh_plan_hash(plan)));
		if (args->operand_count == 1 && !cmd_plan_is_later(plan))
			printf("  run     %s\n",
			       cmd_reproduce_line(&arena, args, plan, RH_TIME_NEVER));
		rh_arena_release(&arena);
	}
	rh_plan_free(plan);
	return code;
}

/* A suite or a folder: each of its scenarios, and that it can be made. */
static int validate_many(const struct cmd_args *args, const char *operand)
{
	struct cmd_suite *suite = rh_alloc(1, sizeof(*suite));
	struct cmd_args *one = rh_alloc(1, sizeof(*one));
	char *operands[] = {(char *)(uintptr_t)operand};
	int code = 2;

	*one = *args;
	one->operands = operands;
	one->operand_count = 1;
	if (cmd_suite_open(suite, one) != CMD_MEANT_NOTHING)
		code = cmd_suite_check(suite);
	if (code == 0 && !cmd_option_given(args, "json"))
		printf("%s is valid: %" PRIu32 " runs\n", operand, suite->job_count);
	cmd_suite_release(suite);
	free(suite);
	free(one);
	return code;
}

static bool is_many(const struct cmd_args *args, const char *operand)
{
	struct stat info;

	return (stat(operand, &info) == 0 && S_ISDIR(info.st_mode)) || cmd_is_suite(args, operand);
}

static int validate(const struct cmd_args *args)
{
	struct rh_registry registry;
	const struct rh_world_ops *world = cmd_world(args);
	int worst = world == NULL ? 2 : cmd_registry(&registry, args);

	if (worst != 0)
		return worst;
	for (int i = 0; i < args->operand_count; i++) {
		const char *operand = args->operands[i];
		int code = is_many(args, operand) ? validate_many(args, operand)
						  : validate_one(args, &registry, world, operand);

		worst = code > worst ? code : worst;
	}
	return worst;
}

static const struct cmd_option options[] = {
	CMD_LOAD_OPTIONS,
	CMD_MODE_OPTION,
	{"json", 0, NULL, "diagnostics as a JSON array, one for each file"},
	{"print", 0, NULL, "print the plan with every default filled in"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"validate my.yaml",
				       "validate scenarios/quickstart.yaml --print", NULL};

const struct cmd_verb cmd_verb_validate = {
	.name = "validate",
	.summary = "check scenarios and suites without running them",
	.operands = "FILE...",
	.operands_min = 1,
	.operands_max = 10000,
	.options = options,
	.examples = examples,
	.run = validate,
};
