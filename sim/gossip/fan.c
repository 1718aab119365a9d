/*
 * fan.c - from one sending to the buckets, and from the bucket to the event.
 */
#include "sim/gossip/fan.h"

#include "core/base/bits.h"
#include "core/plan.h"

#define AHEAD 12 /* items whose bits are fetched before they are looked at */

/* ---- out ------------------------------------------------------------------------------------- */

void sim_fan_begin(struct sim_fan *fan)
{
	const struct sim_trace *trace = fan->trace;
	uint64_t stretch = (trace->next_ns >> SIM_CHECKPOINT_LOG2) - 1;
	uint64_t near_ns = trace->next_ns + (UINT64_C(1) << SIM_CHECKPOINT_LOG2);
	uint64_t reach_ns = (fan->windows->state->window + SIM_BUCKETS)
			    << fan->windows->layout.window_log2;
	struct sim_trace_ahead *ahead = sim_trace_ahead(fan->space, trace, fan->thread);

	fan->putter = sim_putter(fan->windows, fan->thread);
	fan->reach_ns = reach_ns < near_ns ? reach_ns : near_ns;
	fan->next_ns = trace->next_ns;
	fan->near = ahead + (stretch & 1) * trace->node_count;
	fan->next = ahead + (~stretch & 1) * trace->node_count;
}

/* The few that arrive beyond the buckets or the next checkpoint. */
static void put_far(const struct sim_fan *fan, const struct sim_sending *sending,
		    const struct sim_event *like, uint32_t position, uint64_t arrival_ns)
{
	struct sim_event event = *like;

	event.time_ns = arrival_ns;
	event.node = fan->net->to[fan->net->first[sending->from] + position];
	event.source = sending->from;
	event.stage = SIM_STAGE_DUE;
	event.is_counted = 0;
	event.arg = 0;
	event.tag = (uint32_t)like->tag;
	sim_windows_push(fan->windows, fan->thread, &event);
}

/* Counts and puts one copy; returns its part of the sum for the trace hash. */
static inline uint64_t put_copy(const struct sim_fan *fan, const struct sim_sending *sending,
				struct sim_trace_ahead *ahead, uint64_t rest, uint32_t arc,
				uint64_t arrival_ns)
{
	const struct sim_net *net = fan->net;
	uint32_t to = net->to[arc];

	ahead[to].sum += sim_trace_arrival_word(arrival_ns, sending->from64);
	ahead[to].count++;
	sim_windows_put(&fan->putter, sim_putter_lane(&fan->putter, to), to, arrival_ns,
			rest + 2 * (uint64_t)net->back[arc]);
	return sim_trace_copy(sending->now_ns, arrival_ns, net->to_name64[arc]);
}

/*
 * To everybody but one, all of them before the next checkpoint: what there is most of, and what a
 * simulation of gossip spends its time in.  All that does not change is in locals, since any of the
 * stores might mean any of the loads.
 */
static uint64_t put_near(const struct sim_fan *fan, const struct sim_sending *sending,
			 uint64_t rest, uint32_t first, uint32_t count, uint32_t except)
{
	const uint64_t *const arrival_ns = fan->delays_ns;
	const uint32_t *const to = fan->net->to + first;
	const uint32_t *const back = fan->net->back + first;
	const uint64_t *const to_name64 = fan->net->to_name64 + first;
	struct sim_trace_ahead *const ahead = fan->near;
	const struct sim_putter putter = fan->putter;
	struct sim_lane *lane = putter.lanes;
	const uint64_t now_ns = sending->now_ns;
	const uint64_t from64 = sending->from64;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (i == except)
			continue;
		if (putter.owner != NULL)
			lane = sim_putter_lane(&putter, to[i]);
		ahead[to[i]].sum += sim_trace_arrival_word(arrival_ns[i], from64);
		ahead[to[i]].count++;
		sim_windows_put(&putter, lane, to[i], arrival_ns[i], rest + 2 * (uint64_t)back[i]);
		sum += sim_trace_copy(now_ns, arrival_ns[i], to_name64[i]);
	}
	return sum;
}

/* Makes arrivals of the delays; false when some are not before the next checkpoint.  Where copies are
 * counted is fetched first for all, so that the lines come side by side. */
static bool are_near(const struct sim_fan *fan, uint64_t now_ns, uint32_t first, uint32_t count)
{
	const uint64_t end_ns = fan->reach_ns < fan->next_ns ? fan->reach_ns : fan->next_ns;
	const uint32_t *const to = fan->net->to + first;
	uint64_t *const arrival_ns = fan->delays_ns;
	uint64_t behind = 0;

	for (uint32_t i = 0; i < count; i++) {
		arrival_ns[i] += now_ns;
		behind |= end_ns - 1 - arrival_ns[i];
		__builtin_prefetch(&fan->near[to[i]], 1);
	}
	return behind >> 63 == 0;
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

/* Some of them, or in turn, or far away: one by one. */
static uint64_t put_each(struct sim_fan *fan, const struct sim_sending *sending,
			 const struct sim_event *like, uint64_t rest, uint32_t first,
			 uint32_t count)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t position = fan->positions[i];
		uint64_t arrival_ns = sending->now_ns + fan->delays_ns[position];

		if (arrival_ns < fan->reach_ns) {
			sum += put_copy(fan, sending,
					arrival_ns < fan->next_ns ? fan->near : fan->next, rest,
					first + position, arrival_ns);
			sim_putter_end(&fan->putter, 1);
			continue;
		}
		sum += sim_trace_copy(sending->now_ns, arrival_ns,
				      fan->net->to_name64[first + position]);
		put_far(fan, sending, like, position, arrival_ns);
	}
	return sum;
}

uint64_t sim_fan_out(struct sim_fan *fan, const struct sim_sending *sending,
		     const struct sim_event *like, uint32_t except, const uint64_t *skip,
		     uint32_t *count)
{
	struct sim_net *net = fan->net;
	uint32_t first = net->first[sending->from];
	uint32_t peer_count = net->first[sending->from + 1] - first;
	uint64_t rest = (like->tag & UINT32_MAX) << (1 + fan->windows->layout.position_bits);
	bool is_outside = sim_net_delays(net, sending, first, peer_count, fan->delays_ns);

	if (!is_outside && !sending->is_queued && skip == NULL) {
		*count = peer_count - (except < peer_count);
		if (are_near(fan, sending->now_ns, first, peer_count)) {
			sim_putter_end(&fan->putter, *count);
			return put_near(fan, sending, rest, first, peer_count, except);
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
	return put_each(fan, sending, like, rest, first, *count);
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
	uint32_t arc = in->net->first[node];

	__builtin_prefetch(&in->net->to[arc]);
	__builtin_prefetch(&in->net->to_name64[arc]);
	__builtin_prefetch(&in->net->base_ns[arc]);
	__builtin_prefetch(&in->net->back[arc]);
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
