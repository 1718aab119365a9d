/*
 * plans.c - plans made by hand, and one played on the simulated world with a clock beside it.
 *
 * A scenario file draws its links from the seed; these plans want exact ones (the graph that a
 * peer's driver makes too, a full mesh), so they are built as the loader would leave them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/bench.h"
#include "core/scenario/lookahead.h"
#include "sim/world.h"

#define MEMORY_MAX	(UINT64_C(12) << 30)
#define MESSAGES_MAX	100000000
#define SELF_EVENTS_MAX 1000000

struct rh_plan *bench_plan_new(const struct rh_model *model, uint32_t node_count)
{
	struct rh_plan *plan = rh_alloc(1, sizeof(*plan));

	rh_arena_init(&plan->arena);
	plan->path = "bench";
	plan->name = model->name;
	plan->description = "";
	plan->hypothesis = "";
	plan->seed = 1;
	plan->duration_ns = RH_NS_PER_HOUR;
	plan->model = model;
	plan->params = rh_arena_alloc(&plan->arena, 1, model->params_size + 1);
	plan->reaction_ns = UINT64_C(1) << 22;
	plan->limit_memory = MEMORY_MAX;
	plan->limit_messages = MESSAGES_MAX;
	plan->limit_self_events = SELF_EVENTS_MAX;
	plan->node_count = node_count;
	plan->weight_total = node_count;
	plan->nodes = RH_ARENA_ARRAY(&plan->arena, node_count, struct rh_plan_node);
	for (uint32_t i = 0; i < node_count; i++) {
		struct rh_plan_node *node = &plan->nodes[i];

		node->name = rh_arena_printf(&plan->arena, "n%u", i);
		node->name64 = rh_name64(node->name);
		node->region = RH_NONE;
		node->weight = 1;
	}
	return plan;
}

/* ---- links ----------------------------------------------------------------------------------- */

static void put_link(struct rh_plan *plan, uint32_t a, uint32_t b, uint64_t delay_ns)
{
	plan->links[plan->link_count++] =
		(struct rh_plan_link){.a = a, .b = b, .delay_ns = {delay_ns, delay_ns}};
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

/* Fisher and Yates, with the draws of the drivers in bench/peers. */
static void shuffle(uint32_t *order, uint32_t count, uint32_t cycle)
{
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	for (uint32_t i = count - 1; i > 0; i--) {
		uint64_t draw = rh_mix64(1 + cycle * UINT64_C(1000003) + i * UINT64_C(17));
		uint32_t j = (uint32_t)(draw % (i + 1));
		uint32_t held = order[i];

		order[i] = order[j];
		order[j] = held;
	}
}

void bench_plan_cycles(struct rh_plan *plan, uint32_t cycles, uint64_t delay_ns)
{
	uint32_t count = plan->node_count;
	uint32_t *order = rh_alloc(count, sizeof(*order));
	uint64_t *pairs = rh_alloc((size_t)count * cycles, sizeof(*pairs));
	size_t pair_count = 0;

	for (uint32_t cycle = 0; cycle < cycles; cycle++) {
		shuffle(order, count, cycle);
		for (uint32_t i = 0; i < count; i++) {
			uint64_t a = order[i];
			uint64_t b = order[i + 1 < count ? i + 1 : 0];

			pairs[pair_count++] = a < b ? a << 32 | b : b << 32 | a;
		}
	}
	qsort(pairs, pair_count, sizeof(*pairs), by_value);
	plan->links = RH_ARENA_ARRAY(&plan->arena, pair_count, struct rh_plan_link);
	plan->link_count = 0;
	for (size_t i = 0; i < pair_count; i++) {
		if (i == 0 || pairs[i] != pairs[i - 1])
			put_link(plan, (uint32_t)(pairs[i] >> 32), (uint32_t)pairs[i], delay_ns);
	}
	free(pairs);
	free(order);
}

void bench_plan_full(struct rh_plan *plan, uint64_t delay_ns)
{
	size_t count = plan->node_count;

	plan->links = RH_ARENA_ARRAY(&plan->arena, count * (count - 1) / 2, struct rh_plan_link);
	plan->link_count = 0;
	for (uint32_t a = 0; a < count; a++) {
		for (uint32_t b = a + 1; b < count; b++)
			put_link(plan, a, b, delay_ns);
	}
}

void bench_plan_end(struct rh_plan *plan)
{
	plan->lookahead_ns = rh_lookahead_ns(plan);
}

/* ---- playing --------------------------------------------------------------------------------- */

static void no_take(void *ctx, const struct rh_record *records, size_t count)
{
	(void)ctx;
	(void)records;
	(void)count;
}

static double rss_mb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

static int play_measured(struct rh_world *world, const struct bench_run *run,
			 const struct rh_sink *sink, struct bench_ran *ran, struct rh_err *err)
{
	const struct rh_world_ops *ops = world->ops;
	struct rh_world_stats before;
	uint64_t now_ns, cpu_ns, wall_ns;
	int rc;

	rc = ops->run_until(world, run->begin_ns, sink, &now_ns, err);
	if (rc != 0)
		return rc;
	ops->stats(world, &before);
	bench_ready();
	cpu_ns = bench_cpu_ns(NULL);
	wall_ns = bench_wall_ns(NULL);
	rc = ops->run_until(world, run->end_ns, sink, &now_ns, err);
	if (rc == 0)
		rc = ops->finish(world, sink, err);
	ran->cpu_s = (double)(bench_cpu_ns(NULL) - cpu_ns) * 1e-9;
	ran->wall_s = (double)(bench_wall_ns(NULL) - wall_ns) * 1e-9;
	bench_ready();
	ops->stats(world, &ran->stats);
	ran->deliveries = ran->stats.deliveries - before.deliveries;
	ran->events = ran->stats.events - before.events;
	ran->rss_mb = rss_mb();
	return rc;
}

bool bench_run(const struct rh_plan *plan, const struct bench_run *run, struct bench_ran *ran,
	       struct bench_turn *turn)
{
	const struct rh_sink nobody = {.take = no_take, .calm_mask = UINT64_MAX};
	struct rh_world *world;
	struct rh_err err = {0};
	int rc;

	rc = sim_world_ops.open(&world, plan, &run->options, &err);
	if (rc == RH_E_UNSUPPORTED) {
		bench_skip(turn, "%s", err.text);
		return false;
	}
	if (rc == 0) {
		rc = play_measured(world, run, run->sink != NULL ? run->sink : &nobody, ran, &err);
		sim_world_ops.close(world);
	}
	if (rc != 0) {
		bench_wrong(turn, "%s", err.text);
		return false;
	}
	ran->stats.checkpoints = NULL;
	turn->trace_hash = ran->stats.trace_hash;
	return true;
}
