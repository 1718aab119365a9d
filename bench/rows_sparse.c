/*
 * rows_sparse.c - quiet networks: what an event costs when there are few.
 */
#include "bench/bench.h"
#include "bench/models/sparse.h"

struct quiet {
	uint32_t nodes;
	uint64_t end_ns;
};

static void play_quiet(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct quiet *quiet = ctx;
	struct rh_plan *plan = bench_sparse_plan(quiet->nodes);
	struct bench_run run = {.begin_ns = 1, .end_ns = quiet->end_ns};
	struct bench_ran ran;

	(void)bench;
	if (bench_run(plan, &run, &ran, turn))
		turn->figures[0] = (double)ran.events * 1e-6 / ran.cpu_s;
	rh_plan_free(plan);
}

void bench_rows_sparse(struct bench *bench)
{
	static const struct quiet four = {4, RH_NS_PER_HOUR};
	static const struct quiet hundred = {100, 5 * RH_NS_PER_MIN};
	static const struct bench_contender contenders[] = {
		{.name = "four nodes", .play = play_quiet, .ctx = &four},
		{.name = "a hundred nodes", .play = play_quiet, .ctx = &hundred},
	};
	static const struct bench_row rows[] = {
		{.name = "sparse4/ours",
		 .unit = "M/s",
		 .of = 0,
		 .against = BENCH_ALONE,
		 .goal_is = BENCH_AT_LEAST,
		 .goal = 10},
		{.name = "sparse100/ours",
		 .unit = "M/s",
		 .of = 1,
		 .against = BENCH_ALONE,
		 .goal_is = BENCH_AT_LEAST,
		 .goal = 10},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = rows,
						     .row_count = 2,
						     .rounds = 5,
						     .patience_s = 20});
}
