/*
 * rows_judge.c - what judging costs: a flood over 10,000 nodes with a hundred assertions, and without
 * a judge.  Each first delivery changes a gauge, which is what most of the sentences look at.
 */
#include "bench/bench.h"
#include "bench/scenarios.h"

#define ASSERTIONS 100

static void write_scenario(struct rh_buf *out)
{
	static const char *const sentences[] = {
		"max(head_height) <= 1%02u",
		"min(head_height) >= -%u",
		"sum(head_height) <= 10000%02u",
		"spread(head_height) <= 2%02u",
	};

	rh_buf_text(out, "apiVersion: rehearse/v1\n"
			 "kind: Scenario\n"
			 "metadata: {name: judged}\n"
			 "spec:\n"
			 "  seed: 1\n"
			 "  duration: 11s\n"
			 "  topology:\n"
			 "    groups: [{name: n, count: 10000, peers: 8}]\n"
			 "    shape: random-regular\n"
			 "  network: {latency: 50ms, jitter: 25%}\n"
			 "  model: {name: bench-judged}\n"
			 "  successCriteria:\n");
	for (uint32_t i = 0; i < ASSERTIONS; i++) {
		rh_buf_printf(out, "    - {name: check %u, mode: always, that: \"", i);
		rh_buf_printf(out, sentences[i % RH_ARRAY_LEN(sentences)], i);
		rh_buf_text(out, "\"}\n");
	}
}

static void play_judged(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct bench_loop *loop = ctx;
	struct rh_buf text = {0};
	struct rh_plan *plan;

	(void)bench;
	write_scenario(&text);
	plan = bench_load(NULL, rh_buf_str(&text));
	turn->figures[0] = 1 / bench_loop_s(plan, loop, turn);
	turn->figures[1] = 1e3 / turn->figures[0];
	rh_plan_free(plan);
	rh_buf_release(&text);
}

void bench_rows_judge(struct bench *bench)
{
	static const struct bench_loop with = {RH_ENGINE_AUTO, true};
	static const struct bench_loop without = {RH_ENGINE_AUTO, false};
	static const struct bench_contender contenders[] = {
		{.name = "judged", .play = play_judged, .ctx = &with},
		{.name = "not judged", .play = play_judged, .ctx = &without},
	};
	static const struct bench_row rows[] = {
		{.name = "judge/none", .unit = "x", .of = 0, .against = 1},
		{.name = "judge/cpu", .unit = "ms", .of = 0, .against = BENCH_ALONE, .figure = 1},
		{.name = "judge/cpu-none",
		 .unit = "ms",
		 .of = 1,
		 .against = BENCH_ALONE,
		 .figure = 1},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = rows,
						     .row_count = 3,
						     .rounds = 5,
						     .patience_s = 25,
						     .hashes_agree = true});
}
