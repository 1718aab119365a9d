/*
 * verb_verify.c - `rehearse verify FILE`: plays a scenario twice as `run` would, then with two threads,
 * on the general engine and on the plain heap, and compares trace hashes, which cover every
 * checkpoint before them, and events.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/host.h"
#include "cmd/load.h"
#include "core/run/run.h"
#include "sim/world.h"

struct playing {
	const char *what;
	enum rh_engine engine;
	uint32_t threads; /* 0: one */
	struct rh_run_result result;
};

static int play(struct playing *one, const struct rh_plan *plan, struct rh_err *err)
{
	const struct rh_run_options options = {
		.world = {.engine = one->engine, .threads = one->threads},
		.is_cancelled = cmd_is_interrupted,
		.cpu_clock_ns = cmd_cpu_ns,
	};

	return rh_run(&one->result, plan, &sim_world_ops, &options, err);
}

/* Where two runs part: the first checkpoint that differs. */
static void tell_difference(const struct playing *a, const struct playing *b)
{
	const struct rh_world_stats *left = &a->result.stats;
	const struct rh_world_stats *right = &b->result.stats;
	char before[RH_TIME_TEXT];
	char text[RH_TIME_TEXT];
	size_t i = 0;

	while (i < left->checkpoint_count && i < right->checkpoint_count &&
	       rh_hash128_eq(left->checkpoints[i].hash, right->checkpoints[i].hash))
		i++;
	printf("not repeatable: %s and %s differ\n", a->what, b->what);
	if (i < left->checkpoint_count && i < right->checkpoint_count)
		printf("  first difference between %s and %s\n",
		       rh_clock_text(before, i == 0 ? 0 : left->checkpoints[i - 1].time_ns),
		       rh_clock_text(text, left->checkpoints[i].time_ns));
	printf("  events %" PRIu64 " and %" PRIu64 "\n", left->events, right->events);
}

static int compare(const struct playing *runs, size_t count)
{
	char hash[RH_HASH_TEXT];

	for (size_t i = 1; i < count; i++) {
		const struct rh_world_stats *a = &runs[0].result.stats;
		const struct rh_world_stats *b = &runs[i].result.stats;

		if (!rh_hash128_eq(a->trace_hash, b->trace_hash) || a->events != b->events) {
			tell_difference(&runs[0], &runs[i]);
			return 6;
		}
	}
	printf("identical: %zu runs on three engines, %" PRIu64 " events each, trace %s\n", count,
	       runs[0].result.stats.events, rh_hash128_text(hash, runs[0].result.stats.trace_hash));
	return 0;
}

static int verify_plan(const struct rh_plan *plan)
{
	struct playing runs[] = {
		{.what = "the first run", .engine = RH_ENGINE_AUTO},
		{.what = "the second run", .engine = RH_ENGINE_AUTO},
		{.what = "the run with two threads", .engine = RH_ENGINE_AUTO, .threads = 2},
		{.what = "the run on the general engine", .engine = RH_ENGINE_GENERAL},
		{.what = "the run on the plain heap", .engine = RH_ENGINE_HEAP},
	};
	struct rh_err err = {0};
	int code = 0;
	size_t done = 0;

	cmd_signals_catch();
	for (; code == 0 && done < RH_ARRAY_LEN(runs); done++) {
		if (play(&runs[done], plan, &err) != 0)
			code = cmd_fail(&err);
		else if (runs[done].result.status == RH_STATUS_CANCELLED)
			code = 128 + cmd_interrupt_signal();
	}
	if (code == 0)
		code = compare(runs, RH_ARRAY_LEN(runs));
	for (size_t i = 0; i < done; i++) {
		if (runs[i].result.judge != NULL)
			rh_judge_close(runs[i].result.judge);
		free((void *)runs[i].result.stats.checkpoints);
	}
	return code;
}

static int verify(const struct cmd_args *args)
{
	struct rh_registry registry;
	struct rh_err err = {0};
	struct rh_plan *plan;
	int code = cmd_registry(&registry, args);

	if (code != 0)
		return code;
	plan = cmd_load(args, &registry, args->operands[0], &code);
	if (plan == NULL)
		return code;
	code = rh_run_check(plan, &sim_world_ops, &err) != 0 ? cmd_fail(&err) : verify_plan(plan);
	rh_plan_free(plan);
	return code;
}

static const struct cmd_option options[] = {
	CMD_LOAD_OPTIONS,
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"verify scenarios/quickstart.yaml --seed 7", NULL};

const struct cmd_verb cmd_verb_verify = {
	.name = "verify",
	.summary = "play a scenario again and on each engine: is it repeatable?",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = verify,
};
