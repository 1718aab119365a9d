/*
 * rows_blocks.c - a hundred blocks among 600 nodes, as SimBlock's setting has them.
 */
#include "bench/bench.h"
#include "bench/scenarios.h"

enum { FIGURE_LOOP, FIGURE_WHOLE, FIGURE_RATE, FIGURE_RSS, FIGURE_EVENTS };

static void play_blocks(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	struct bench_program_run ran;

	if (!bench_program_run(bench, ctx, &ran, turn))
		return;
	turn->figures[FIGURE_LOOP] = ran.loop_s;
	turn->figures[FIGURE_WHOLE] = ran.cpu_s;
	turn->figures[FIGURE_RATE] = ran.events * 1e-6 / ran.loop_s;
	turn->figures[FIGURE_RSS] = ran.rss_mb;
	turn->figures[FIGURE_EVENTS] = ran.events * 1e-6;
}

void bench_rows_blocks(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		{.name = "blocks600",
		 .play = play_blocks,
		 .ctx = "bench/blocks600.yaml",
		 .is_here = true},
	};
	static const struct bench_row rows[] = {
		{.name = "blocks600/cpu",
		 .unit = "s",
		 .against = BENCH_ALONE,
		 .figure = FIGURE_WHOLE,
		 .goal_is = BENCH_AT_MOST,
		 .goal = 0.15},
		{.name = "blocks600/loop-cpu",
		 .unit = "s",
		 .against = BENCH_ALONE,
		 .figure = FIGURE_LOOP},
		{.name = "blocks600/events-per-cpu-s",
		 .unit = "M/s",
		 .against = BENCH_ALONE,
		 .figure = FIGURE_RATE},
		{.name = "blocks600/events",
		 .unit = "M",
		 .against = BENCH_ALONE,
		 .figure = FIGURE_EVENTS},
		{.name = "blocks600/rss",
		 .unit = "MB",
		 .against = BENCH_ALONE,
		 .figure = FIGURE_RSS,
		 .goal_is = BENCH_AT_MOST,
		 .goal = 34},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 1,
						     .rows = rows,
						     .row_count = RH_ARRAY_LEN(rows),
						     .rounds = 5,
						     .patience_s = 20});
}
