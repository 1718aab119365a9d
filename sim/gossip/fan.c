/*
 * fan.c - from one sending to the buckets, and from the bucket to the event.
 */
#include "sim/gossip/fan.h"

#include "core/base/bits.h"
#include "core/base/variants.h"
#include "core/plan.h"

#define AHEAD 12 /* items whose bits are fetched before they are looked at */

/* ---- out ------------------------------------------------------------------------------------- */

void sim_fan_begin(struct sim_fan *fan)
{
	const struct sim_trace *trace = fan->trace;
	uint64_t stretch = (trace->next_ns >> SIM_CHECKPOINT_LOG2) - 1;
	uint64_t near_ns = sim_trace_near_ns(trace);
	uint64_t reach_ns = (fan->windows->state->window + SIM_BUCKETS)
			    << fan->windows->layout.window_log2;
	struct sim_trace_ahead *ahead = sim_trace_ahead(fan->space, trace, fan->thread);

	fan->putter = sim_putter(fan->windows, fan->thread);
	fan->reach_ns = reach_ns < near_ns ? reach_ns : near_ns;
	fan->next_ns = trace->next_ns;
	fan->near_ns = reach_ns < trace->next_ns ? reach_ns : trace->next_ns;
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
 * simulation of gossip spends its time in.  Two short loops over the neighbours, each with all that
 * it needs in registers, are quicker than a long one.
 *
 * First: arrivals, in place of the delays, and the sum for the trace hash.  False when a delay is below
 * the least or an arrival not before the checkpoint; then nothing is done.
 */
static inline __attribute__((always_inline)) bool are_near(const struct sim_fan *fan,
							   const struct sim_sending *sending,
							   uint32_t first, uint32_t count,
							   uint64_t *sum)
{
	const uint64_t *const to_name64 = fan->net->to_name64 + first;
	const uint64_t least_ns = fan->net->plan->lookahead_ns;
	const uint64_t now_ns = sending->now_ns;
	const uint64_t span_ns = fan->near_ns - 1 - now_ns;
	const uint64_t *const delay_ns = fan->delays_ns;
	uint64_t *const arrival_ns = fan->arrivals_ns;
	uint64_t outside = 0;
	uint64_t total = 0;

	for (uint32_t i = 0; i < count; i++) {
		const uint64_t delay = delay_ns[i];

		arrival_ns[i] = now_ns + delay;
		outside |= (span_ns - delay) | (delay - least_ns);
		total += (delay + 1) * (to_name64[i] | 1);
	}
	*sum = total;
	return outside >> 63 == 0;
}

/* Second: each copy is counted ahead and put into its bucket. */
static inline __attribute__((always_inline)) void put_near(const struct sim_fan *fan,
							   uint64_t from64, uint64_t rest,
							   uint32_t first, uint32_t count,
							   uint32_t except, bool is_shared)
{
	const uint64_t *const arrival_ns = fan->arrivals_ns;
	const uint32_t *const to = fan->net->to + first;
	const uint16_t *const back = fan->net->back + first;
	struct sim_trace_ahead *const ahead = fan->near;
	const struct sim_putter *const shared = &fan->putter;
	const uint32_t window_log2 = shared->window_log2;
	const uint32_t time_shift = shared->time_shift;
	const uint32_t node_shift = shared->node_shift;
	uint8_t *const base = shared->base;
	struct sim_lane *lane = shared->lanes;

	for (uint32_t i = 0; i < count; i++) {
		const uint64_t time_ns = arrival_ns[i];
		const uint64_t node = to[i];
		const uint64_t bucket = (uint8_t)(time_ns >> window_log2);
		rh_off at;

		if (i == except)
			continue;
		ahead[node].sum += sim_trace_arrival_word(time_ns, from64);
		ahead[node].count++;
		if (is_shared)
			lane = sim_putter_lane(shared, (uint32_t)node);
		at = lane->heads[bucket];
		if ((at & (SIM_CHUNK_BYTES - 1)) == 0)
			at = sim_windows_chunk(shared->windows, lane, shared->thread, bucket);
		*(uint64_t *)(void *)(base + at) =
			(node << node_shift) + 2 * (uint64_t)back[i] +
			((time_ns & ((UINT64_C(1) << window_log2) - 1)) << time_shift) + rest;
		lane->heads[bucket] = at + sizeof(uint64_t);
	}
	_Static_assert(SIM_BUCKETS_LOG2 == 8, "a byte is the number of a bucket");
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

RH_VARIANTS uint64_t sim_fan_out(struct sim_fan *fan, const struct sim_sending *sending,
				 const struct sim_event *like, uint32_t except,
				 const uint64_t *skip, uint32_t *count)
{
	struct sim_net *net = fan->net;
	uint32_t first = net->first[sending->from];
	uint32_t peer_count = net->first[sending->from + 1] - first;
	uint64_t rest = (like->tag & UINT32_MAX) << (1 + fan->windows->layout.position_bits);
	uint64_t sum;

	sim_net_delays(net, sending, first, peer_count, fan->delays_ns);
	if (!sending->is_queued && skip == NULL &&
	    are_near(fan, sending, first, peer_count, &sum)) {
		if (fan->putter.owner == NULL)
			put_near(fan, sending->from64, rest, first, peer_count, except, false);
		else
			put_near(fan, sending->from64, rest, first, peer_count, except, true);
		*count = peer_count;
		if (except < peer_count) {
			*count -= 1;
			sum -= sim_trace_copy(sending->now_ns, fan->arrivals_ns[except],
					      net->to_name64[first + except]);
		}
		sim_putter_end(&fan->putter, *count);
		return sum;
	}
	*count = choose(fan, peer_count, except, skip);
	for (uint32_t i = 0; i < *count; i++)
		fan->delays_ns[fan->positions[i]] =
			sim_net_bound_ns(net, fan->delays_ns[fan->positions[i]]);
	if (sending->is_queued)
		wait_for_uplink(fan, sending, *count);
	return put_each(fan, sending, like, rest, first, *count);
}

/* ---- in -------------------------------------------------------------------------------------- */

/* Bytes of the block, so that what is shifted by what stays short: bit b of a line is bit b % 8 of byte
 * b / 8 on every machine. */
static const uint8_t *seen_byte(const uint8_t *block, uint64_t line, uint64_t place)
{
	return block + line + (place >> 3 & (SIM_FLOOD_LINE_BYTES - 1));
}

/* Nearly all copies of one time are of messages of one block, and hardly anything is a cell. */
RH_VARIANTS uint32_t sim_fan_filter(void *ctx, uint64_t *items, uint32_t count)
{
	const struct sim_fan_in *in = ctx;
	const uint32_t place_shift = 1 + in->layout->position_bits;
	const uint32_t line_shift = in->layout->node_shift - SIM_FLOOD_LINE_LOG2;
	const uint64_t line_mask = ~(uint64_t)(SIM_FLOOD_LINE_BYTES - 1);
	const uint64_t rest_mask = (UINT64_C(1) << in->layout->time_shift) - 1;
	const uint64_t kind_mask =
		rest_mask & ~((UINT64_C(1) << (place_shift + SIM_FLOOD_BLOCK_LOG2)) - 2);
	uint64_t kind = UINT64_MAX; /* block of the place, and not a cell */
	const uint8_t *block = NULL;
	uint32_t kept = 0;

	if (in->keeps_all)
		return count;
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t item = items[i];
		const uint64_t place = item >> place_shift;

		items[kept] = item;
		if ((item & kind_mask) != kind) {
			if ((item & 1) != 0) {
				kept++;
				continue;
			}
			kind = item & kind_mask;
			block = sim_flood_block(
				in->space, in->flood,
				(uint32_t)(kind >> (place_shift + SIM_FLOOD_BLOCK_LOG2)));
		}
		__builtin_prefetch(
			seen_byte(block, items[i + AHEAD] >> line_shift & line_mask, place));
		kept += (*seen_byte(block, item >> line_shift & line_mask, place) &
			 1U << (place & 7)) == 0;
	}
	return kept;
}

/* Fetches the lines that the event will touch first. */
void sim_fan_announce(void *ctx, uint64_t item)
{
	const struct sim_fan_in *in = ctx;
	uint64_t node = item >> in->layout->node_shift;
	uint32_t arc = in->net->first[node];

	for (uint32_t i = 0; i < RH_ARRAY_LEN(in->lines) && in->lines[i].items != NULL; i++)
		__builtin_prefetch(in->lines[i].items + node * in->lines[i].stride, 1);
	if ((item & 1) != 0) {
		sim_net_fetch_peers(in->net, (uint32_t)node);
		return;
	}
	__builtin_prefetch(&in->net->to[arc]);
	__builtin_prefetch(&in->net->to_name64[arc]);
	__builtin_prefetch(&in->net->base_ns[arc]);
	__builtin_prefetch(&in->net->back[arc]);
}

void sim_fan_expand(void *ctx, uint64_t item, uint64_t window_ns, struct sim_event *event)
{
	const struct sim_fan_in *in = ctx;
	const struct sim_layout layout = *in->layout;
	uint64_t rest = item & ((UINT64_C(1) << layout.time_shift) - 1);
	uint32_t place = (uint32_t)(rest >> (1 + layout.position_bits));
	uint32_t position = (uint32_t)(rest >> 1) & ((UINT32_C(1) << layout.position_bits) - 1);
	uint64_t within = item >> layout.time_shift & ((UINT64_C(1) << layout.window_log2) - 1);
	const struct sim_flood_message *message = sim_flood_at(in->space, in->flood, place);
	uint32_t node = (uint32_t)(item >> layout.node_shift);
	uint32_t arc = in->net->first[node] + position;

	event->time_ns = window_ns + within;
	event->id = message->mid;
	event->node = node;
	event->source = in->net->to[arc];
	event->kind = message->kind;
	event->copy = 0;
	event->class = RH_CLASS_MESSAGE;
	event->stage = SIM_STAGE_DUE;
	event->is_counted = 1;
	event->is_flooded = 1;
	event->size_bytes = message->size_bytes;
	event->key = message->key;
	event->arg = in->net->to_name64[arc];
	event->tag = place | (position + UINT64_C(1)) << 32;
	event->ref = message->ref;
}
