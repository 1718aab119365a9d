/*
 * hear.c - copies of flooded messages on the short way: from 8 bytes to the step, and to the buckets again.
 *
 * What play.c, driver.c and effects.c do with an event of any kind is done here for the kind that there is
 * most of in a simulation of gossip: a copy that was counted when it was sent, at a node that has nothing
 * else to do at that instant.  No struct sim_event is made; what the step asks for is read where it stands,
 * and a forward of what has just come goes out without being looked up (sim_forward_heard()).
 *
 *   due ──► [not a cell, no tie, nothing of its own] ──► seen before? ──► hash ──► step ──► effects
 *                      │ otherwise
 *                      └──► the long way, one event; then here again
 *
 * Nothing here decides anything: the long way gives the same, bit for bit, and is taken where a plan asks
 * for the records of single copies, a loss or a downlink (sim_is_plain()).  tests/prop/prop_engines.c plays
 * both.
 */
#include "core/base/variants.h"
#include "sim/state.h"

#define AHEAD 4 /* copies between fetching what one needs and handling it */

/* What an item says, and where its message and the bits of its node stand; for one window and share. */
struct ear {
	struct sim_worker *worker;
	const struct sim_world *world;
	uint64_t window_ns;
	uint64_t within_mask;
	uint64_t rest_mask;
	uint64_t position_mask;
	uint32_t node_shift;
	uint32_t time_shift;
	uint32_t place_shift;
	uint32_t block_number; /* of the block that was last asked for */
	uint8_t *block;
	struct rh_event seen; /* by the step */
};

static struct ear ear_of(struct sim_worker *worker)
{
	const struct sim_windows *windows = &worker->world->windows;
	const struct sim_layout *layout = &windows->layout;

	return (struct ear){
		.worker = worker,
		.world = worker->world,
		.window_ns = windows->window_ns,
		.within_mask = (UINT64_C(1) << layout->window_log2) - 1,
		.rest_mask = (UINT64_C(1) << layout->time_shift) - 1,
		.position_mask = (UINT64_C(1) << layout->position_bits) - 1,
		.node_shift = layout->node_shift,
		.time_shift = layout->time_shift,
		.place_shift = 1 + layout->position_bits,
		.block_number = RH_NONE,
		.seen = {.class = RH_CLASS_MESSAGE},
	};
}

static inline uint32_t node_of(const struct ear *ear, uint64_t item)
{
	return (uint32_t)(item >> ear->node_shift);
}

static inline uint64_t time_of(const struct ear *ear, uint64_t item)
{
	return ear->window_ns + (item >> ear->time_shift & ear->within_mask);
}

/* An item is a copy that meets nothing else at its node and instant. */
static inline bool is_alone(const struct sim_share *share, uint32_t time_shift)
{
	const uint64_t *due = share->due + share->at;

	return share->own_at == share->own_count && (due[0] & SIM_IS_CELL) == 0 &&
	       (due[0] ^ due[1]) >> time_shift != 0;
}

static inline void fetch(const struct sim_world *world, uint32_t node)
{
	const struct sim_net *net = &world->net;
	uint32_t arc = net->first[node];

	__builtin_prefetch(&world->nodes[node]);
	__builtin_prefetch(&world->traces[node], 1);
	__builtin_prefetch(world->states + node * world->state_stride, 1);
	__builtin_prefetch(&net->to[arc]);
	__builtin_prefetch(&net->to_name64[arc]);
	__builtin_prefetch(&net->base_ns[arc]);
	__builtin_prefetch(sim_timers(world, node));
	if (world->has_uplinks) {
		__builtin_prefetch(&world->plan->nodes[node].up_bps);
		sim_net_fetch_queue(net, node);
	}
}

/* Marks the message as seen; true when it was before. */
static inline bool see(struct ear *ear, uint32_t node, uint32_t place)
{
	if (place >> SIM_FLOOD_BLOCK_LOG2 != ear->block_number) {
		ear->block_number = place >> SIM_FLOOD_BLOCK_LOG2;
		ear->block = sim_flood_block(&ear->world->space, &ear->world->state->flood,
					     ear->block_number);
	}
	return sim_flood_see_in(ear->block, node, place);
}

/* The step, and what it asks for: mostly to pass on what it was given. */
static inline void step(struct ear *ear, uint32_t node)
{
	struct sim_worker *worker = ear->worker;
	struct rh_effects *fx = &worker->fx;

	ear->world->plan->model->step(&worker->env, &ear->seen, fx);
	if (fx->record_count == 0 && fx->count == 1 && fx->items[0].kind == RH_EFFECT_FORWARD &&
	    sim_forward_heard(worker, node, &fx->items[0]))
		fx->count = 0;
	else
		sim_drain_effects(worker, node);
	sim_after_step(worker, node);
}

static inline void hear(struct ear *ear, uint64_t item)
{
	struct sim_worker *worker = ear->worker;
	const struct sim_world *world = ear->world;
	uint32_t node = node_of(ear, item);
	uint64_t time_ns = time_of(ear, item);
	uint32_t place = (uint32_t)((item & ear->rest_mask) >> ear->place_shift);
	uint32_t position = (uint32_t)(item >> 1 & ear->position_mask);
	uint32_t arc = world->net.first[node] + position;
	struct sim_trace_node *trace = &world->traces[node];
	const struct sim_flood_message *message;
	uint32_t source;

	if (see(ear, node, place))
		return;
	message = sim_flood_at(&world->space, &world->state->flood, place);
	source = world->net.to[arc];
	worker->heard = (struct sim_heard){message, place, source, position};
	worker->now_ns = time_ns;
	trace->duplicates--;
	sim_trace_event(trace, time_ns, (uint64_t)RH_CLASS_MESSAGE << 56 | message->kind,
			world->net.to_name64[arc], message->mid, 0);
	sim_env_set(worker, node);
	ear->seen.kind = (uint16_t)message->kind;
	ear->seen.topic = (uint16_t)(message->kind >> 16);
	ear->seen.from = source;
	ear->seen.id = message->mid;
	ear->seen.key = message->key;
	ear->seen.ref = message->ref;
	ear->seen.object = NULL;
	if (message->ref.index != 0)
		ear->seen.object =
			sim_object_at(&world->space, &world->state->objects, message->ref);
	step(ear, node);
}

static bool comes_after(const struct ear *ear, const struct sim_event *last, uint64_t item)
{
	return node_of(ear, item) != last->node || time_of(ear, item) > last->time_ns;
}

RH_VARIANTS void sim_hear(struct sim_worker *worker)
{
	struct sim_world *world = worker->world;
	struct sim_share *share = &world->windows.shares[worker->number];
	const uint32_t time_shift = world->windows.layout.time_shift;
	struct sim_event *event;
	struct ear ear;
	uint64_t item;

	if (!is_alone(share, time_shift))
		return;
	ear = ear_of(worker);
	if (!comes_after(&ear, worker->event, share->due[share->at]))
		return;
	share->own_at = 0;
	share->own_count = 0;
	do {
		item = share->due[share->at++];
		share->node = node_of(&ear, item);
		if (share->at + AHEAD < share->due_count)
			fetch(world, node_of(&ear, share->due[share->at + AHEAD]));
		hear(&ear, item);
	} while (is_alone(share, time_shift));
	/* Whoever is next is compared with the last one. */
	event = worker->spare;
	sim_fan_expand(&world->fan_in, item, ear.window_ns, event);
	worker->spare = worker->event;
	worker->event = event;
}
