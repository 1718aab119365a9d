/*
 * rows_load.c - from text to a plan: a long scenario, and short ones that mean many nodes.
 */
#include "bench/bench.h"
#include "bench/scenarios.h"

#define MANY_CHECKS 9000 /* about a megabyte */

static void write_head(struct rh_buf *out, uint32_t nodes)
{
	rh_buf_printf(out,
		      "apiVersion: rehearse/v1\n"
		      "kind: Scenario\n"
		      "metadata: {name: load}\n"
		      "spec:\n"
		      "  seed: 1\n"
		      "  duration: 10m\n"
		      "  topology:\n"
		      "    groups: [{name: n, count: %u, peers: 8}]\n"
		      "    shape: random-regular\n"
		      "  network: {latency: 50ms, jitter: 25%%}\n"
		      "  model: {name: pow}\n",
		      nodes);
}

static void write_checks(struct rh_buf *out)
{
	rh_buf_text(out, "  successCriteria:\n");
	for (uint32_t i = 0; i < MANY_CHECKS; i++)
		rh_buf_printf(out,
			      "    - {name: the head of nobody is above the limit %u, that: "
			      "\"max(head_height) <= %u\", mode: always, target: n-%u}\n",
			      i, i, i % 100);
}

/* ctx: the number of nodes; 100 of them with a long list of checks. */
static void play_load(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const uint32_t *nodes = ctx;
	struct rh_buf text = {0};
	struct rh_plan *plan;
	uint64_t begin_ns;

	(void)bench;
	write_head(&text, *nodes);
	if (*nodes == 100)
		write_checks(&text);
	begin_ns = bench_cpu_ns(NULL);
	plan = bench_load(NULL, rh_buf_str(&text));
	turn->figures[0] = (double)(bench_cpu_ns(NULL) - begin_ns) * 1e-6;
	turn->figures[1] = (double)text.len * 1e-6 / (turn->figures[0] * 1e-3);
	if (plan->node_count != *nodes)
		bench_wrong(turn, "the plan has %u nodes", plan->node_count);
	rh_plan_free(plan);
	rh_buf_release(&text);
}

void bench_rows_load(struct bench *bench)
{
	static const uint32_t sizes[] = {100, 10000, 100000};
	static const struct bench_contender contenders[] = {
		{.name = "a megabyte", .play = play_load, .ctx = &sizes[0]},
		{.name = "10,000 nodes", .play = play_load, .ctx = &sizes[1]},
		{.name = "100,000 nodes", .play = play_load, .ctx = &sizes[2]},
	};
	static const struct bench_row rows[] = {
		{.name = "load/1mb", .unit = "ms", .of = 0, .against = BENCH_ALONE},
		{.name = "load/1mb-rate",
		 .unit = "MB/s",
		 .of = 0,
		 .against = BENCH_ALONE,
		 .figure = 1},
		{.name = "load/10k-nodes", .unit = "ms", .of = 1, .against = BENCH_ALONE},
		{.name = "load/100k-nodes", .unit = "ms", .of = 2, .against = BENCH_ALONE},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 3,
						     .rows = rows,
						     .row_count = RH_ARRAY_LEN(rows),
						     .rounds = 5,
						     .patience_s = 30});
}
