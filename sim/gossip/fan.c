/*
 * fan.c - from one sending to the buckets, and from the bucket to the event.
 */
#include "sim/gossip/fan.h"

#include "core/base/bits.h"
#include "core/plan.h"

#define AHEAD 12 /* items whose bits are fetched before they are looked at */

/* ---- out ------------------------------------------------------------------------------------- */

/*
 * What all copies of a fan-out have in common, in one place that the compiler can keep in registers:
 * the loop below is what a simulation of gossip spends its time in.
 */
struct lot {
	const uint32_t *to; /* by position */
	const uint32_t *back;
	const uint64_t *to_name64;
	uint64_t now_ns;
	uint64_t reach_ns; /* from here on: not by bucket */
	uint64_t next_ns;  /* of the checkpoint */
	uint64_t from64;
	uint64_t rest;		      /* of the item, without the position */
	struct sim_trace_ahead *near; /* for arrivals before the checkpoint */
	struct sim_trace_ahead *next; /* and behind it */
};

static struct lot lot_of(const struct sim_fan *fan, const struct sim_sending *sending,
			 uint32_t place)
{
	const struct sim_layout *layout = &fan->windows->layout;
	const struct sim_trace *trace = fan->trace;
	struct sim_trace_ahead *ahead = sim_trace_ahead(fan->space, trace, fan->thread);
	uint64_t stretch = (trace->next_ns >> SIM_CHECKPOINT_LOG2) - 1;
	uint64_t near_ns = trace->next_ns + (UINT64_C(1) << SIM_CHECKPOINT_LOG2);
	uint64_t reach_ns = (fan->windows->state->window + SIM_BUCKETS) << layout->window_log2;
	uint32_t first = fan->net->first[sending->from];

	return (struct lot){
		.to = fan->net->to + first,
		.back = fan->net->back + first,
		.to_name64 = fan->net->to_name64 + first,
		.now_ns = sending->now_ns,
		.reach_ns = reach_ns < near_ns ? reach_ns : near_ns,
		.next_ns = trace->next_ns,
		.from64 = sending->from64,
		.rest = (uint64_t)place << (1 + layout->position_bits),
		.near = ahead + (stretch & 1) * trace->node_count,
		.next = ahead + (~stretch & 1) * trace->node_count,
	};
}

/* The few that arrive beyond the buckets or the next checkpoint. */
static void put_far(const struct sim_fan *fan, const struct sim_sending *sending,
		    const struct sim_event *like, uint32_t position, uint64_t arrival_ns)
{
	struct sim_event event = *like;

	event.time_ns = arrival_ns;
	event.node = fan->net->to[fan->net->first[sending->from] + position];
	sim_windows_push(fan->windows, fan->thread, &event);
}

static inline struct sim_trace_ahead *ahead_of(const struct lot *lot, uint32_t to,
					       uint64_t arrival_ns)
{
	return (arrival_ns < lot->next_ns ? lot->near : lot->next) + to;
}

/* Where a copy is counted is fetched first for all, so that the lines come side by side. */
static inline void fetch(const struct lot *lot, uint32_t position, uint64_t arrival_ns)
{
	__builtin_prefetch(ahead_of(lot, lot->to[position], arrival_ns), 1);
}

/* Returns the copy's part of the sum for the trace hash. */
static inline uint64_t put_copy(const struct lot *lot, struct sim_putter *putter, uint32_t position,
				uint64_t arrival_ns)
{
	uint32_t to = lot->to[position];
	struct sim_trace_ahead *ahead = ahead_of(lot, to, arrival_ns);

	ahead->sum += sim_trace_arrival_word(arrival_ns, lot->from64);
	ahead->count++;
	sim_windows_put(putter, to, arrival_ns, lot->rest | (uint64_t)lot->back[position] << 1);
	return sim_trace_copy(lot->now_ns, arrival_ns, lot->to_name64[position]);
}

/* To everybody but one, at once: what there is most of.  True when some are left for later. */
static bool put_all(const struct lot *shared, struct sim_putter *putter, uint32_t count,
		    uint32_t except, uint64_t *arrival_ns, uint64_t *sum)
{
	const struct lot lot = *shared;
	uint64_t latest_ns = 0;
	uint64_t total = 0;

	for (uint32_t i = 0; i < count; i++) {
		arrival_ns[i] += lot.now_ns;
		latest_ns = arrival_ns[i] > latest_ns ? arrival_ns[i] : latest_ns;
		fetch(&lot, i, arrival_ns[i]);
	}
	if (latest_ns >= lot.reach_ns)
		return true;
	for (uint32_t i = 0; i < count; i++) {
		if (i != except)
			total += put_copy(&lot, putter, i, arrival_ns[i]);
	}
	*sum = total;
	return false;
}

/* When they leave the uplink, which takes one after the other. */
static void wait_for_uplink(struct sim_fan *fan, const struct sim_sending *sending, uint32_t count)
{
	uint64_t takes_ns = sim_net_takes_ns(fan->net, sending);

	/* Only where copies queue up does it matter which leaves first. */
	sim_net_fanout_order(fan->net, fan->positions, count, sending->from, sending->mid);
	for (uint32_t i = 0; i < count; i++)
		fan->delays_ns[fan->positions[i]] +=
			sim_net_leaves_ns(fan->net, sending, takes_ns) - sending->now_ns;
}

static uint32_t choose(struct sim_fan *fan, uint32_t count, uint32_t except, const uint64_t *skip)
{
	uint32_t chosen = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (i != except && (skip == NULL || !rh_bit_get(skip, i)))
			fan->positions[chosen++] = i;
	}
	return chosen;
}

uint64_t sim_fan_out(struct sim_fan *fan, const struct sim_sending *sending,
		     const struct sim_event *like, uint32_t except, const uint64_t *skip,
		     uint32_t *count)
{
	struct sim_net *net = fan->net;
	uint32_t first = net->first[sending->from];
	uint32_t peer_count = net->first[sending->from + 1] - first;
	struct lot lot = lot_of(fan, sending, (uint32_t)like->tag);
	struct sim_putter putter = sim_putter(fan->windows, fan->thread);
	bool is_outside = sim_net_delays(net, sending, first, peer_count, fan->delays_ns);
	uint64_t sum = 0;

	if (!is_outside && !sending->is_queued && skip == NULL) {
		*count = peer_count - (except != RH_NONE);
		if (!put_all(&lot, &putter, peer_count, except, fan->delays_ns, &sum)) {
			sim_putter_end(&putter, *count);
			return sum;
		}
		for (uint32_t i = 0; i < peer_count; i++)
			fan->delays_ns[i] -= sending->now_ns;
	}
	*count = choose(fan, peer_count, except, skip);
	for (uint32_t i = 0; is_outside && i < *count; i++)
		fan->delays_ns[fan->positions[i]] =
			sim_net_bound_ns(net, fan->delays_ns[fan->positions[i]]);
	if (sending->is_queued)
		wait_for_uplink(fan, sending, *count);
	for (uint32_t i = 0; i < *count; i++)
		fetch(&lot, fan->positions[i], sending->now_ns + fan->delays_ns[fan->positions[i]]);
	for (uint32_t i = 0; i < *count; i++) {
		uint32_t position = fan->positions[i];
		uint64_t arrival_ns = sending->now_ns + fan->delays_ns[position];

		if (arrival_ns < lot.reach_ns) {
			sum += put_copy(&lot, &putter, position, arrival_ns);
			sim_putter_end(&putter, 1);
			continue;
		}
		sum += sim_trace_copy(sending->now_ns, arrival_ns, lot.to_name64[position]);
		put_far(fan, sending, like, position, arrival_ns);
	}
	return sum;
}

/* ---- in -------------------------------------------------------------------------------------- */

/* Nearly all copies of one time are of messages of one block. */
uint32_t sim_fan_filter(const struct sim_fan_in *in, uint64_t *items, uint32_t count)
{
	const struct sim_layout layout = *in->layout;
	const uint64_t rest_mask = (UINT64_C(1) << layout.time_shift) - 1;
	const uint32_t place_shift = 1 + layout.position_bits;
	const uint32_t node_shift = layout.node_shift;
	uint64_t block_number = UINT64_MAX;
	uint8_t *block = NULL;
	uint32_t kept = 0;

	if (in->keeps_all)
		return count;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t item = items[i];
		uint64_t place = (item & rest_mask) >> place_shift;

		items[kept] = item;
		if ((item & 1) != 0) {
			kept++;
			continue;
		}
		if (place >> SIM_FLOOD_BLOCK_LOG2 != block_number) {
			block_number = place >> SIM_FLOOD_BLOCK_LOG2;
			block = sim_flood_block(in->space, in->flood, (uint32_t)block_number);
		}
		__builtin_prefetch(sim_flood_word(block, items[i + AHEAD] >> node_shift, place));
		kept += (uint32_t)(~*sim_flood_word(block, item >> node_shift, place) >>
					   (place & 63) &
				   1);
	}
	return kept;
}

static uint32_t place_of(const struct sim_layout *layout, uint64_t item)
{
	return (uint32_t)((item & ((UINT64_C(1) << layout->time_shift) - 1)) >>
			  (1 + layout->position_bits));
}

void sim_fan_announce(const struct sim_fan_in *in, uint64_t item)
{
	uint32_t node = (uint32_t)(item >> in->layout->node_shift);
	uint32_t place = place_of(in->layout, item);

	__builtin_prefetch(
		sim_flood_word(sim_flood_block(in->space, in->flood, place >> SIM_FLOOD_BLOCK_LOG2),
			       node, place),
		1);
}

void sim_fan_expand(const struct sim_fan_in *in, uint64_t item, uint64_t window_ns,
		    struct sim_event *event)
{
	const struct sim_layout *layout = in->layout;
	uint32_t place = place_of(layout, item);
	uint32_t position = (uint32_t)(item >> 1) & ((UINT32_C(1) << layout->position_bits) - 1);
	uint64_t within = item >> layout->time_shift & ((UINT64_C(1) << layout->window_log2) - 1);
	const struct sim_flood_message *message = sim_flood_at(in->space, in->flood, place);
	uint32_t node = (uint32_t)(item >> layout->node_shift);
	uint32_t arc = in->net->first[node] + position;

	*event = (struct sim_event){
		.time_ns = window_ns + within,
		.id = message->mid,
		.node = node,
		.source = in->net->to[arc],
		.kind = message->kind,
		.class = RH_CLASS_MESSAGE,
		.is_counted = 1,
		.is_flooded = 1,
		.size_bytes = message->size_bytes,
		.key = message->key,
		.arg = in->net->to_name64[arc],
		.tag = place | (position + UINT64_C(1)) << 32,
		.ref = message->ref,
	};
}
