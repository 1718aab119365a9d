/*
 * heap_engine.c - the oracle: one binary heap of whole events, compared by whole keys.
 *
 * It is kept as simple as a queue can be, because the other engines are measured against it.  The
 * array grows in the space; a sweep filters it and builds the heap again from the bottom.
 */
#include "sim/kernel/engine.h"

#define ITEM ((uint32_t)sizeof(struct sim_event))

static struct rh_vec *vec_of(const struct sim_engine *engine)
{
	return rh_at(engine->space, engine->state);
}

static struct sim_event *items_of(const struct sim_engine *engine)
{
	const struct rh_vec *vec = vec_of(engine);

	return rh_at(engine->space, vec->items);
}

static rh_off heap_init(struct rh_space *space)
{
	return rh_space_alloc(space, sizeof(struct rh_vec));
}

static void sift_down(const struct sim_engine *engine, struct sim_event *items, uint32_t count,
		      uint32_t at)
{
	struct sim_event moving = items[at];
	uint32_t child;

	for (child = 2 * at + 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count &&
		    sim_order_compare(engine->order, &items[child + 1], &items[child]) < 0)
			child++;
		if (sim_order_compare(engine->order, &moving, &items[child]) < 0)
			break;
		items[at] = items[child];
		at = child;
	}
	items[at] = moving;
}

static void heap_push(struct sim_engine *engine, const struct sim_event *event)
{
	struct rh_vec *vec = vec_of(engine);
	struct sim_event *items;
	uint32_t at = vec->count;

	rh_vec_push(engine->space, vec, ITEM);
	items = items_of(engine);
	while (at > 0) {
		uint32_t parent = (at - 1) / 2;

		if (sim_order_compare(engine->order, &items[parent], event) < 0)
			break;
		items[at] = items[parent];
		at = parent;
	}
	items[at] = *event;
}

static bool heap_pop(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	struct rh_vec *vec = vec_of(engine);
	struct sim_event *items;

	if (vec->count == 0)
		return false;
	items = items_of(engine);
	if (items[0].time_ns >= limit_ns)
		return false;
	*event = items[0];
	vec->count--;
	if (vec->count > 0) {
		items[0] = items[vec->count];
		sift_down(engine, items, vec->count, 0);
	}
	return true;
}

static uint64_t heap_sweep(struct sim_engine *engine, sim_engine_doom *is_doomed, void *ctx)
{
	struct rh_vec *vec = vec_of(engine);
	struct sim_event *items;
	uint32_t kept = 0;
	uint32_t gone;
	uint32_t i;

	if (vec->count == 0)
		return 0;
	items = items_of(engine);
	for (i = 0; i < vec->count; i++) {
		if (!is_doomed(ctx, &items[i]))
			items[kept++] = items[i];
	}
	gone = vec->count - kept;
	vec->count = kept;
	for (i = kept / 2; i > 0; i--)
		sift_down(engine, items, kept, i - 1);
	return gone;
}

static uint64_t heap_count(const struct sim_engine *engine)
{
	return vec_of(engine)->count;
}

const struct sim_engine_ops sim_heap_engine = {
	.name = "heap",
	.init = heap_init,
	.push = heap_push,
	.pop = heap_pop,
	.sweep = heap_sweep,
	.count = heap_count,
};
