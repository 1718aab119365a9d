/*
 * window.c - one window: what the buckets hold for it, in the order of nodes and keys, handed out.
 *
 * Gathering takes a node's copies from all lanes, drops what the filter knows to be over, and sorts what
 * is left as numbers.  Handing out goes through them once, and merges in what the node that is played
 * sends itself within the window.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "sim/kernel/windows_inside.h"

#define COUNTS_MAX     (UINT32_C(1) << 14)
#define FEW	       24
#define LINE_BYTES     64
#define COUNTED_CHUNKS 16
#define ENDS	       2 /* behind the last item */
#define AHEAD	       3 /* events between fetching what one needs and handing it out */

bool sim_own_is_before(const struct sim_windows *windows, const struct sim_event *event,
		       const struct sim_own *own)
{
	if (event->time_ns != own->time_ns)
		return event->time_ns < own->time_ns;
	return sim_order_tie(windows->order, event, &sim_cell_at(windows, own->cell)->event) < 0;
}

/* Mostly it is the last of a few. */
void sim_share_push(struct sim_share *share, const struct sim_event *event, uint32_t place)
{
	uint32_t at;

	if (share->own_count == share->own_cap) {
		share->own_cap = share->own_cap == 0 ? 16 : 2 * share->own_cap;
		share->own = rh_realloc(share->own, share->own_cap * sizeof(*share->own));
	}
	for (at = share->own_count++; at > share->own_at; at--) {
		if (!sim_own_is_before(share->windows, event, &share->own[at - 1]))
			break;
		share->own[at] = share->own[at - 1];
	}
	share->own[at] = (struct sim_own){.time_ns = event->time_ns, .cell = place};
}

/* ---- a window -------------------------------------------------------------------------------- */

/* As many chunks are counted as make a window worth sharing. */
static uint64_t bucket_items(const struct sim_windows *windows, rh_off head)
{
	uint64_t mask = SIM_CHUNK_BYTES - 1;
	uint64_t count = 0;

	for (uint32_t i = 0; i < COUNTED_CHUNKS && head != 0; i++) {
		rh_off chunk = (head - 1) & ~mask;
		rh_off before = *sim_word_at(windows, chunk);

		count += (head - chunk) / sizeof(uint64_t) - 1;
		head = before == 0 ? 0 : before + SIM_CHUNK_BYTES;
	}
	return count;
}

uint64_t sim_windows_begin(struct sim_windows *windows, uint64_t start_ns, uint64_t limit_ns)
{
	struct sim_windows_state *state = windows->state;
	uint64_t window_end;
	uint64_t about = 0;

	state->window = start_ns >> windows->layout.window_log2;
	window_end = (state->window + 1) << windows->layout.window_log2;
	windows->start_ns = start_ns;
	windows->window_ns = state->window << windows->layout.window_log2;
	windows->end_ns = limit_ns < window_end ? limit_ns : window_end;
	RH_ASSERT(windows->end_ns > start_ns && start_ns >= state->end_ns);
	for (uint32_t i = 0;
	     windows->share_count > 1 && i < windows->share_count * windows->share_count; i++)
		about +=
			bucket_items(windows, windows->lanes[i].heads[state->window % SIM_BUCKETS]);
	return about;
}

void sim_windows_end(struct sim_windows *windows)
{
	uint64_t bucket = windows->state->window % SIM_BUCKETS;

	for (uint32_t i = 0; i < windows->share_count * windows->share_count; i++) {
		if (windows->lanes[i].heads[bucket] == 0)
			rh_bit_clear(windows->lanes[i].bits, bucket);
	}
	windows->state->end_ns = windows->end_ns;
}

static void room_for(struct sim_share *share, uint64_t more)
{
	more += ENDS;
	if (share->due_count + more <= share->due_cap)
		return;
	while (share->due_count + more > share->due_cap)
		share->due_cap = share->due_cap == 0 ? 1024 : 2 * share->due_cap;
	share->due = rh_realloc(share->due, share->due_cap * sizeof(uint64_t));
	share->spare = rh_realloc(share->spare, share->due_cap * sizeof(uint64_t));
}

/* Items of a later part of the window go back to the bucket; the others are copied. */
static uint32_t put_back(struct sim_share *share, uint64_t *to, const uint64_t *items,
			 uint32_t count)
{
	struct sim_windows *windows = share->windows;
	const struct sim_layout *layout = &windows->layout;
	uint64_t window_ns = windows->state->window << layout->window_log2;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t time_ns = window_ns + sim_item_within(layout, items[i]);

		if (time_ns < windows->end_ns)
			to[kept++] = items[i];
		else
			sim_item_put(windows, share->number, sim_item_node(windows, items[i]),
				     time_ns, items[i] & ((UINT64_C(1) << layout->time_shift) - 1));
	}
	return kept;
}

/* What one chunk gives to the window. */
static void take_items(struct sim_share *share, const uint64_t *items, uint32_t count)
{
	struct sim_windows *windows = share->windows;
	uint64_t *to;

	room_for(share, count);
	to = share->due + share->due_count;
	windows->lanes[share->number * (windows->share_count + 1)].count -= count;
	if (windows->end_ns & ((UINT64_C(1) << windows->layout.window_log2) - 1)) {
		count = put_back(share, to, items, count);
		items = to;
	}
	if (count > 0)
		share->due_count += windows->copies.filter(windows->copies.ctx, to, items, count);
}

static void take_bucket(struct sim_share *share, struct sim_lane *lane)
{
	struct sim_windows *windows = share->windows;
	uint64_t bucket = windows->state->window % SIM_BUCKETS;
	uint64_t mask = SIM_CHUNK_BYTES - 1;
	rh_off at = lane->heads[bucket];

	if (at == 0)
		return;
	/* The bit is cleared when all are done: the owner of the lane sets others in the same word. */
	lane->heads[bucket] = 0;
	while (at != 0) {
		rh_off chunk = (at - 1) & ~mask;
		rh_off before = *sim_word_at(windows, chunk);

		/* Chunks lie anywhere: the next comes in while this one is looked through. */
		for (uint32_t i = 0; before != 0 && i < SIM_CHUNK_BYTES; i += LINE_BYTES)
			__builtin_prefetch(windows->space->base + before + i);
		take_items(share, sim_word_at(windows, chunk + sizeof(uint64_t)),
			   (uint32_t)((at - chunk) / sizeof(uint64_t)) - 1);
		sim_chunk_give(windows, share->number, chunk);
		at = before == 0 ? 0 : before + SIM_CHUNK_BYTES;
	}
}

/* ---- order ----------------------------------------------------------------------------------- */

static void insert_sorted(uint64_t *items, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		uint64_t moving = items[i];
		uint32_t at = i;

		for (; at > 0 && items[at - 1] > moving; at--)
			items[at] = items[at - 1];
		items[at] = moving;
	}
}

/*
 * Scattered by their upper bits (node, and of the time as much as there are events) into about as many
 * places as there are items, they are nearly in order; insertion does the rest.
 */
static void sort_due(struct sim_share *share)
{
	const struct sim_layout *layout = &share->windows->layout;
	uint64_t base = (uint64_t)share->first_node << layout->node_shift;
	uint64_t top = (uint64_t)(share->end_node - 1 - share->first_node) << layout->node_shift |
		       ((UINT64_C(1) << layout->node_shift) - 1);
	uint32_t count = share->due_count;
	uint32_t wanted = 2 * count < COUNTS_MAX ? 2 * count : COUNTS_MAX;
	uint32_t shift = rh_high_bit(top) - rh_high_bit(wanted);
	uint32_t places = (uint32_t)(top >> shift) + 1;
	uint64_t *swap = share->due;
	uint32_t sum = 0;

	if (count <= FEW) {
		insert_sorted(share->due, count);
		return;
	}
	if (share->counts_cap < places) {
		free(share->counts);
		share->counts = rh_alloc(places, sizeof(uint32_t));
		share->counts_cap = places;
	}
	memset(share->counts, 0, places * sizeof(uint32_t));
	for (uint32_t i = 0; i < count; i++)
		share->counts[(share->due[i] - base) >> shift]++;
	for (uint32_t i = 0; i < places; i++) {
		uint32_t here = share->counts[i];

		share->counts[i] = sum;
		sum += here;
	}
	for (uint32_t i = 0; i < count; i++)
		share->spare[share->counts[(share->due[i] - base) >> shift]++] = share->due[i];
	share->due = share->spare;
	share->spare = swap;
	insert_sorted(share->due, count);
}

/* A run of items of one time at one node: by their whole keys. */
static void order_ties(const struct sim_share *share, uint32_t from, uint32_t to)
{
	const struct sim_windows *windows = share->windows;
	uint64_t window_ns = windows->state->window << windows->layout.window_log2;

	for (uint32_t i = from + 1; i < to; i++) {
		uint64_t moving = share->due[i];
		struct sim_event event;
		struct sim_event other;
		uint32_t at = i;

		sim_item_expand(windows, moving, window_ns, &event);
		for (; at > from; at--) {
			sim_item_expand(windows, share->due[at - 1], window_ns, &other);
			if (sim_order_tie(windows->order, &other, &event) <= 0)
				break;
			share->due[at] = share->due[at - 1];
		}
		share->due[at] = moving;
	}
}

/* Items of one time at one node are put in order when they come next: there are few of them. */
static void settle_ties(struct sim_share *share)
{
	const struct sim_layout *layout = &share->windows->layout;
	uint32_t end = share->at + 1;

	while (end < share->due_count &&
	       sim_item_is_tie(layout, share->due[share->at], share->due[end]))
		end++;
	order_ties(share, share->at, end);
	share->settled = end;
}

void sim_windows_gather(struct sim_windows *windows, uint32_t number)
{
	struct sim_share *share = &windows->shares[number];

	RH_ASSERT(share->node == RH_NODE_WORLD && share->at == share->due_count);
	share->due_count = 0;
	share->at = 0;
	for (uint32_t i = 0; i < windows->share_count; i++)
		take_bucket(share, &windows->lanes[i * windows->share_count + number]);
	room_for(share, 0);
	if (share->due_count > 1)
		sort_due(share);
	share->due[share->due_count] = UINT64_MAX;
	share->due[share->due_count + 1] = 0;
	share->settled = 0;
}

/* ---- handing out ----------------------------------------------------------------------------- */

static void take_own(struct sim_share *share, struct sim_event *event)
{
	const struct sim_own *own = &share->own[share->own_at++];

	*event = sim_cell_at(share->windows, own->cell)->event;
	sim_cell_give(share->windows, share->number, own->cell);
}

/* This item comes a few events later. */
static void announce(const struct sim_windows *windows, uint64_t item)
{
	windows->copies.announce(windows->copies.ctx, item);
	if ((item & SIM_IS_CELL) != 0) {
		const char *cell =
			(const char *)sim_cell_at(windows, sim_item_place(&windows->layout, item));

		__builtin_prefetch(cell);
		__builtin_prefetch(cell + LINE_BYTES);
	}
}

static void take_due(struct sim_share *share, struct sim_event *event)
{
	struct sim_windows *windows = share->windows;
	uint64_t item = share->due[share->at++];
	uint32_t place;

	if (share->at + AHEAD < share->due_count)
		announce(windows, share->due[share->at + AHEAD]);
	if ((item & SIM_IS_CELL) == 0) {
		windows->copies.expand(windows->copies.ctx, item, windows->window_ns, event);
		return;
	}
	place = sim_item_place(&windows->layout, item);
	*event = sim_cell_at(windows, place)->event;
	sim_cell_give(windows, share->number, place);
}

/* Is the node's own next event before the next that is due? */
static bool own_is_first(const struct sim_share *share)
{
	const struct sim_windows *windows = share->windows;
	const struct sim_own *own = &share->own[share->own_at];
	struct sim_event due;

	if (share->at == share->due_count ||
	    sim_item_node(windows, share->due[share->at]) != share->node)
		return true;
	sim_item_expand(windows, share->due[share->at],
			windows->state->window << windows->layout.window_log2, &due);
	return !sim_own_is_before(windows, &due, own);
}

static bool take_either(struct sim_share *share, struct sim_event *event)
{
	if (own_is_first(share))
		take_own(share, event);
	else
		take_due(share, event);
	return true;
}

bool sim_windows_take(struct sim_windows *windows, uint32_t number, struct sim_event *event)
{
	struct sim_share *share = &windows->shares[number];

	if (share->at >= share->settled &&
	    sim_item_is_tie(&windows->layout, share->due[share->at], share->due[share->at + 1]))
		settle_ties(share);
	if (share->own_at < share->own_count)
		return take_either(share, event);
	share->own_at = 0;
	share->own_count = 0;
	if (share->at == share->due_count) {
		share->node = RH_NODE_WORLD;
		return false;
	}
	take_due(share, event);
	share->node = event->node;
	return true;
}
