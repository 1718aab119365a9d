/*
 * fan.c - from one sending to the buckets, and from the bucket to the event.
 */
#include "sim/gossip/fan.h"

#include "core/base/bits.h"
#include "core/base/variants.h"
#include "core/plan.h"
#include "sim/net/delay.h"

#define AHEAD	   12 /* items whose bits are fetched before they are looked at */
#define LINE_BYTES 64

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
	fan->place_shift = 1 + fan->windows->layout.position_bits;
	fan->wire = fan->net->plan->model->wire;
	fan->within_mask = (UINT64_C(1) << fan->windows->layout.window_log2) - 1;
	fan->least_ns = fan->net->plan->lookahead_ns;
	fan->reach_ns = reach_ns < near_ns ? reach_ns : near_ns;
	fan->next_ns = trace->next_ns;
	fan->near_ns = reach_ns < trace->next_ns ? reach_ns : trace->next_ns;
	fan->near = ahead + (stretch & 1) * trace->node_count;
	fan->next = ahead + (~stretch & 1) * trace->node_count;
}

/* The few that arrive beyond the buckets or the next checkpoint. */
static void put_far(const struct sim_fan *fan, const struct sim_sending *sending, uint32_t place,
		    uint32_t arc, uint64_t arrival_ns)
{
	const struct sim_flood_message *message = sim_flood_at(fan->space, fan->flood, place);
	struct sim_event event = sim_flood_event(message, place, sending->from);

	event.time_ns = arrival_ns;
	event.node = fan->net->to[arc];
	sim_windows_push(fan->windows, fan->thread, &event);
}

/* One copy that may arrive at any time; returns its part of the sum for the trace hash. */
static __attribute__((noinline)) uint64_t put_one(const struct sim_fan *fan,
						  const struct sim_sending *sending, uint32_t place,
						  uint32_t arc, uint64_t arrival_ns)
{
	const struct sim_net *net = fan->net;
	struct sim_trace_ahead *ahead = arrival_ns < fan->next_ns ? fan->near : fan->next;
	uint32_t to = net->to[arc];

	if (arrival_ns < fan->reach_ns) {
		ahead[to].sum += sim_trace_arrival_word(arrival_ns, sending->from64);
		ahead[to].count++;
		sim_windows_put(&fan->putter, sim_putter_lane(&fan->putter, to), to, arrival_ns,
				((uint64_t)place << fan->place_shift) +
					2 * (uint64_t)net->back[arc]);
		sim_putter_end(&fan->putter, 1);
	} else {
		put_far(fan, sending, place, arc, arrival_ns);
	}
	return sim_trace_copy(sending->now_ns, arrival_ns, net->to_name64[arc]);
}

/*
 * To everybody but one, all of them before the next checkpoint: what there is most of, and what a
 * simulation of gossip spends its time in.  Two short loops over the neighbours, each with all that
 * it needs in registers, are quicker than a long one.
 *
 * First: arrivals, and the sum for the trace hash over all neighbours.  False when a delay is below the
 * least or an arrival not before the checkpoint; then the sum means nothing.
 */
static inline __attribute__((always_inline)) bool
are_near(const struct sim_fan *fan, uint64_t now_ns, const uint64_t *restrict to_name64,
	 const uint64_t *restrict delay_ns, uint64_t *restrict arrival_ns, uint32_t count,
	 uint64_t *sum)
{
	const uint64_t least_ns = fan->least_ns;
	const uint64_t span_ns = fan->near_ns - 1 - now_ns;
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

/*
 * Second: `count` copies are counted ahead and put into their buckets.  Who is left out is stepped over
 * without a branch, since nobody could foresee it.  What is used once a copy is read from `fan` each time:
 * the compiler cannot keep all of it in registers, and what it does instead takes longer.
 */
static inline __attribute__((always_inline)) void
put_near(const struct sim_fan *fan, const uint64_t *arrival_ns, const uint32_t *to,
	 const uint16_t *back, uint32_t count, uint32_t except, bool is_shared)
{
	const uint32_t window_log2 = fan->putter.window_log2;
	const uint32_t time_shift = fan->putter.time_shift;
	uint8_t *const base = fan->putter.base;
	struct sim_lane *lane = fan->putter.lanes;

	for (uint32_t i = 0; i < count; i++) {
		const uint32_t k = i + (i >= except);
		const uint64_t time_ns = arrival_ns[k];
		const uint64_t node = to[k];
		const uint64_t bucket = (uint8_t)(time_ns >> window_log2);
		struct sim_trace_ahead *const ahead = &fan->near[node];
		rh_off at;

		if (is_shared)
			lane = sim_putter_lane(&fan->putter, (uint32_t)node);
		at = lane->heads[bucket];
		if (__builtin_expect((at & (SIM_CHUNK_BYTES - 1)) == 0, 0))
			at = sim_windows_chunk(fan->windows, lane, fan->thread, bucket);
		/* The next line of the chunk: stores that wait for theirs hold up all others. */
		__builtin_prefetch(base + at + LINE_BYTES, 1);
		ahead->sum += sim_trace_arrival_word(time_ns, fan->from64);
		lane->heads[bucket] = at + sizeof(uint64_t);
		*(uint64_t *)(void *)(base + at) =
			(((node << window_log2) + (time_ns & fan->within_mask)) << time_shift) +
			fan->rest + 2 * (uint64_t)back[k];
		ahead->count++;
	}
	_Static_assert(SIM_BUCKETS_LOG2 == 8, "a byte is the number of a bucket");
}

/* One or the other; apart, so that each has the registers for itself. */
RH_VARIANTS static void put_alone(const struct sim_fan *fan, const uint64_t *arrival_ns,
				  const uint32_t *to, const uint16_t *back, uint32_t count,
				  uint32_t except)
{
	put_near(fan, arrival_ns, to, back, count, except, false);
}

RH_VARIANTS static void put_shared(const struct sim_fan *fan, const uint64_t *arrival_ns,
				   const uint32_t *to, const uint16_t *back, uint32_t count,
				   uint32_t except)
{
	put_near(fan, arrival_ns, to, back, count, except, true);
}

static uint32_t choose(struct sim_fan *fan, uint32_t count, uint32_t except, const uint64_t *skip)
{
	uint32_t chosen = 0;

	for (uint32_t i = 0; i < count; i++) {
		fan->positions[chosen] = i;
		chosen += i != except && (skip == NULL || !rh_bit_get(skip, i));
	}
	return chosen;
}

/* What the chosen copies take on their way: never less than the least, and first through the uplink, one
 * after the other. */
static void weigh(struct sim_fan *fan, const struct sim_sending *sending, uint32_t count)
{
	struct sim_net *net = fan->net;
	uint64_t *delays_ns = fan->delays_ns;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t *delay_ns = &delays_ns[fan->positions[i]];

		if (*delay_ns - fan->least_ns >= SIM_DELAY_MAX_NS - fan->least_ns)
			*delay_ns = sim_net_bound_ns(net, *delay_ns);
	}
	if (!sending->is_queued)
		return;
	/* Only where copies queue up does it matter which leaves first. */
	sim_net_fanout_order(net, fan->positions, count, sending->from, sending->mid);
	sim_net_leave_in_turn(net, sending, fan->positions, count, delays_ns);
}

/* Some of them, or far away: one by one. */
static uint64_t put_each(const struct sim_fan *fan, const struct sim_sending *sending,
			 uint32_t place, uint32_t first, uint32_t count)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t position = fan->positions[i];

		sum += put_one(fan, sending, place, first + position,
			       sending->now_ns + fan->delays_ns[position]);
	}
	return sum;
}

/* To all but one, if none of them is far: true when it is done. */
static inline __attribute__((always_inline)) bool
put_together(struct sim_fan *fan, const struct sim_sending *sending, uint32_t place,
	     uint32_t except, uint32_t first, uint32_t peer_count, uint64_t *sum)
{
	const struct sim_net *net = fan->net;
	bool is_one_out = except < peer_count;

	if (!are_near(fan, sending->now_ns, net->to_name64 + first, fan->delays_ns,
		      fan->arrivals_ns, peer_count, sum))
		return false;
	if (is_one_out)
		*sum -= sim_trace_copy(sending->now_ns, fan->arrivals_ns[except],
				       net->to_name64[first + except]);
	fan->from64 = sending->from64;
	fan->rest = (uint64_t)place << fan->place_shift;
	(fan->putter.owner == NULL ? put_alone : put_shared)(fan, fan->arrivals_ns, net->to + first,
							     net->back + first,
							     peer_count - is_one_out, except);
	sim_putter_end(&fan->putter, peer_count - is_one_out);
	return true;
}

/* A wire of the model's own is asked without a detour. */
static inline void find_delays(const struct sim_fan *fan, const struct sim_sending *sending,
			       uint32_t first, uint32_t count)
{
	struct rh_fan copies = {
		.from = sending->from,
		.count = count,
		.key = sending->key,
		.to = fan->net->to + first,
		.base_ns = fan->net->base_ns + first,
	};

	if (fan->wire != NULL)
		fan->wire->delays(fan->net->plan->params, &copies, fan->delays_ns);
	else
		sim_net_delays(fan->net, sending, first, count, fan->delays_ns);
}

RH_VARIANTS uint64_t sim_fan_out(struct sim_fan *fan, const struct sim_sending *sending,
				 uint32_t place, uint32_t except, const uint64_t *skip,
				 uint32_t *count)
{
	const struct sim_net *net = fan->net;
	uint32_t first = net->first[sending->from];
	uint32_t peer_count = net->first[sending->from + 1] - first;
	uint64_t sum;

	find_delays(fan, sending, first, peer_count);
	*count = peer_count - (except < peer_count);
	if (!sending->is_queued && skip == NULL &&
	    put_together(fan, sending, place, except, first, peer_count, &sum))
		return sum;
	*count = choose(fan, peer_count, except, skip);
	weigh(fan, sending, *count);
	if (sending->is_queued && skip == NULL &&
	    put_together(fan, sending, place, except, first, peer_count, &sum))
		return sum;
	return put_each(fan, sending, place, first, *count);
}

/* ---- in -------------------------------------------------------------------------------------- */

/* The word of a node's line that holds the bit of a place. */
static inline const uint64_t *seen_word(const uint8_t *block, uint64_t line, uint64_t place)
{
	return (const uint64_t *)(const void *)(block + line) +
	       (place >> 6 & (SIM_FLOOD_LINE_BYTES / 8 - 1));
}

/*
 * Items of one block, none of them a cell: no branch but the loop's.  The lines of the next items are
 * fetched while these are looked at; `ahead` is 0 for the last few, which have no next ones.
 */
static inline __attribute__((always_inline)) uint32_t
keep_unseen(const uint8_t *block, uint32_t line_shift, uint32_t place_shift, uint64_t *to,
	    const uint64_t *items, uint32_t count, uint32_t ahead)
{
	const uint64_t line_mask = ~(uint64_t)(SIM_FLOOD_LINE_BYTES - 1);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		const uint64_t item = items[i];
		const uint64_t place = item >> place_shift;

		if (ahead != 0)
			__builtin_prefetch(block + (items[i + ahead] >> line_shift & line_mask));
		to[kept] = item;
		kept += !(*seen_word(block, item >> line_shift & line_mask, place) >> (place & 63) &
			  1);
	}
	return kept;
}

/* Do all items agree in these bits? */
static inline __attribute__((always_inline)) bool agree(const uint64_t *items, uint32_t count,
							uint64_t mask)
{
	uint64_t differ = 0;

	for (uint32_t i = 0; i < count; i++)
		differ |= items[i] ^ items[0];
	return (differ & mask) == 0;
}

/* Nearly all copies of one time are of messages of one block, and hardly anything is a cell. */
RH_VARIANTS uint32_t sim_fan_filter(void *ctx, uint64_t *to, const uint64_t *items, uint32_t count)
{
	const struct sim_fan_in *in = ctx;
	const uint32_t place_shift = 1 + in->layout->position_bits;
	const uint32_t block_shift = place_shift + SIM_FLOOD_BLOCK_LOG2;
	const uint32_t line_shift = in->layout->node_shift - SIM_FLOOD_LINE_LOG2;
	const uint64_t rest_mask = (UINT64_C(1) << in->layout->time_shift) - 1;
	/* The block of the place, and whether it is a cell. */
	const uint64_t kind_mask = (rest_mask & ~((UINT64_C(1) << block_shift) - 1)) | SIM_IS_CELL;
	uint32_t many = count > AHEAD ? count - AHEAD : 0;
	uint32_t kept = 0;

	if (!in->keeps_all && (items[0] & SIM_IS_CELL) == 0 && agree(items, count, kind_mask)) {
		const uint8_t *block = sim_flood_block(
			in->space, in->flood, (uint32_t)((items[0] & rest_mask) >> block_shift));

		kept = keep_unseen(block, line_shift, place_shift, to, items, many, AHEAD);
		return kept + keep_unseen(block, line_shift, place_shift, to + kept, items + many,
					  count - many, 0);
	}
	for (uint32_t i = 0; i < count; i++) {
		uint64_t item = items[i];

		to[kept] = item;
		if (in->keeps_all || (item & SIM_IS_CELL) != 0)
			kept++;
		else
			kept += keep_unseen(
				sim_flood_block(in->space, in->flood,
						(uint32_t)((item & rest_mask) >> block_shift)),
				line_shift, place_shift, to + kept, &item, 1, 0);
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
