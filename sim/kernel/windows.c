/*
 * windows.c - buckets of windows, and the order in which a window's events are handed out.
 *
 * An event is in one of four places, by the number of its window (time >> W):
 *
 *   this window, own node      share->own           handed out in this part
 *   window .. window + 255     a bucket of a lane   unsorted chunks of 8-byte items
 *   epochs after this one      lane->far            chains of cells, 256 windows an epoch
 *   beyond 255 epochs          lane->beyond         a heap
 *
 * What is far comes into the buckets when its epoch is entered, and an epoch is only entered when
 * the caller may go there: a run that stops in a pause can still be given events for now.
 */
#include "sim/kernel/windows_inside.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/units.h"

struct sim_beyond {
	uint64_t time_ns;
	uint32_t cell;
	uint32_t unused;
};

#define BEYOND	      ((uint32_t)sizeof(struct sim_beyond))
#define CELL_BATCH    64
#define CHUNK_BATCH   16
#define REST_BITS_MIN 26

/* ---- set up ---------------------------------------------------------------------------------- */

static uint32_t bits_for(uint32_t largest)
{
	return largest == 0 ? 0 : rh_high_bit(largest) + 1;
}

static struct sim_layout layout_of(const struct sim_windows_plan *plan)
{
	uint32_t node_bits = bits_for(plan->node_count - 1);
	struct sim_layout layout = {.window_log2 = plan->window_log2};
	uint32_t place_bits;

	node_bits = node_bits == 0 ? 1 : node_bits;
	if (layout.window_log2 > 64 - REST_BITS_MIN - node_bits)
		layout.window_log2 = 64 - REST_BITS_MIN - node_bits;
	layout.node_shift = 64 - node_bits;
	layout.time_shift = layout.node_shift - layout.window_log2;
	layout.position_bits = bits_for(plan->position_max);
	if (layout.position_bits > layout.time_shift - 1)
		return layout;
	place_bits = layout.time_shift - 1 - layout.position_bits;
	layout.place_max = place_bits > 31 ? UINT32_MAX / 2 : (UINT32_C(1) << place_bits) - 1;
	return layout;
}

bool sim_windows_fit(const struct sim_windows_plan *plan)
{
	return plan->node_count > 0 && bits_for(plan->node_count - 1) <= 24;
}

rh_off sim_windows_init(struct rh_space *space, const struct sim_windows_plan *plan)
{
	rh_off off = rh_space_alloc(space, sizeof(struct sim_windows_state));
	struct sim_windows_state *state = rh_at(space, off);
	uint32_t shares = plan->share_count;

	RH_ASSERT(sim_windows_fit(plan) && shares >= 1 && shares <= SIM_SHARES_MAX);
	state->share_count = shares;
	state->layout = layout_of(plan);
	state->lanes = rh_space_alloc(space, (uint64_t)shares * shares * sizeof(struct sim_lane));
	state->free = rh_space_alloc(space, shares * sizeof(struct sim_free));
	return off;
}

uint32_t sim_windows_share_count(const struct rh_space *space, rh_off state)
{
	return ((const struct sim_windows_state *)rh_at(space, state))->share_count;
}

void sim_windows_attach(struct sim_windows *windows, struct rh_space *space, rh_off off,
			const struct sim_windows_plan *plan, const struct sim_order *order,
			const struct sim_copies *copies)
{
	struct sim_windows_state *state = rh_at(space, off);

	RH_ASSERT(state->share_count == plan->share_count);
	memset(windows, 0, sizeof(*windows));
	windows->space = space;
	windows->state = state;
	windows->lanes = rh_at(space, state->lanes);
	windows->free = rh_at(space, state->free);
	windows->order = order;
	windows->copies = *copies;
	windows->layout = state->layout;
	windows->share_count = state->share_count;
	windows->end_ns = state->end_ns;
	windows->owner = rh_alloc(plan->node_count, 1);
	for (uint32_t i = 0; i < state->share_count; i++) {
		struct sim_share *share = &windows->shares[i];

		share->windows = windows;
		share->number = i;
		share->first_node = plan->share_first[i];
		share->end_node = plan->share_first[i + 1];
		share->node = RH_NODE_WORLD;
		for (uint32_t node = share->first_node; node < share->end_node; node++)
			windows->owner[node] = (uint8_t)i;
	}
}

void sim_windows_release(struct sim_windows *windows)
{
	for (uint32_t i = 0; i < windows->share_count; i++) {
		free(windows->shares[i].due);
		free(windows->shares[i].spare);
		free(windows->shares[i].counts);
		free(windows->shares[i].own);
	}
	free(windows->owner);
	memset(windows, 0, sizeof(*windows));
}

/* ---- chunks and cells ------------------------------------------------------------------------ */

/* A few are carved at once from one block, aligned to their size. */
static void carve_chunks(struct sim_windows *windows, uint32_t thread)
{
	uint64_t bytes = SIM_CHUNK_BYTES;
	rh_off block = rh_space_alloc(windows->space, (CHUNK_BATCH + 1) * bytes);
	rh_off first = (block + bytes - 1) & ~(bytes - 1);

	for (uint32_t i = CHUNK_BATCH; i > 0; i--)
		sim_chunk_give(windows, thread, first + (i - 1) * bytes);
}

rh_off sim_windows_chunk(struct sim_windows *windows, struct sim_lane *lane, uint32_t thread,
			 uint64_t bucket)
{
	rh_off full = lane->heads[bucket];
	rh_off chunk;

	if (windows->free[thread].chunk == 0)
		carve_chunks(windows, thread);
	chunk = windows->free[thread].chunk;
	windows->free[thread].chunk = *sim_word_at(windows, chunk);
	*sim_word_at(windows, chunk) = full == 0 ? 0 : full - SIM_CHUNK_BYTES;
	rh_bit_set(lane->bits, bucket);
	return chunk + sizeof(uint64_t);
}

static void more_cells(struct sim_windows *windows, struct sim_free *free_of)
{
	struct sim_windows_state *state = windows->state;

	rh_space_lock(windows->space, &state->is_locked);
	free_of->cell_next = rh_tiers_add(windows->space, &state->cells, SIM_CELL);
	for (uint32_t i = 1; i < CELL_BATCH; i++)
		rh_tiers_add(windows->space, &state->cells, SIM_CELL);
	free_of->cell_end = free_of->cell_next + CELL_BATCH;
	rh_space_unlock(windows->space, &state->is_locked);
	if ((uint64_t)free_of->cell_end >> (windows->layout.time_shift - 1) != 0)
		rh_fatal("%" PRIu32 " events wait, which is more than the windowed engine holds in "
			 "a network of this size; use --engine general",
			 free_of->cell_end);
}

static uint32_t take_cell(struct sim_windows *windows, uint32_t thread,
			  const struct sim_event *event)
{
	struct sim_free *free_of = &windows->free[thread];
	uint32_t place;

	if (free_of->cell != 0) {
		place = free_of->cell - 1;
		free_of->cell = sim_cell_at(windows, place)->next;
	} else {
		if (free_of->cell_next == free_of->cell_end)
			more_cells(windows, free_of);
		place = free_of->cell_next++;
	}
	sim_cell_at(windows, place)->event = *event;
	return place;
}

/* ---- pushing --------------------------------------------------------------------------------- */

static struct sim_lane *lane_of(const struct sim_windows *windows, uint32_t thread, uint32_t node)
{
	return &windows->lanes[thread * windows->share_count + windows->owner[node]];
}

static void push_beyond(struct sim_windows *windows, struct sim_lane *lane, struct sim_beyond item)
{
	struct sim_beyond *items;
	uint32_t at = lane->beyond.count;

	rh_vec_push(windows->space, &lane->beyond, BEYOND);
	items = rh_at(windows->space, lane->beyond.items);
	while (at > 0 && item.time_ns < items[(at - 1) / 2].time_ns) {
		items[at] = items[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	items[at] = item;
}

static struct sim_beyond pop_beyond(struct sim_windows *windows, struct sim_lane *lane)
{
	struct sim_beyond *items = rh_at(windows->space, lane->beyond.items);
	struct sim_beyond top = items[0];
	uint32_t count = --lane->beyond.count;
	struct sim_beyond moving = items[count];
	uint32_t at = 0;
	uint32_t child;

	for (child = 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count && items[child + 1].time_ns < items[child].time_ns)
			child++;
		if (items[child].time_ns >= moving.time_ns)
			break;
		items[at] = items[child];
		at = child;
	}
	items[at] = moving;
	return top;
}

/* Beyond the buckets; `place` is its cell. */
static void put_far(struct sim_windows *windows, struct sim_lane *lane, uint64_t time_ns,
		    uint32_t place)
{
	uint64_t epoch = time_ns >> windows->layout.window_log2 >> SIM_BUCKETS_LOG2;
	uint64_t ahead = epoch - (windows->state->window >> SIM_BUCKETS_LOG2);

	RH_ASSERT(ahead > 0);
	lane->count++;
	if (ahead < SIM_FAR_SLOTS) {
		uint32_t *head = &lane->far[epoch % SIM_FAR_SLOTS];

		sim_cell_at(windows, place)->next = *head;
		*head = place + 1;
		rh_bit_set(lane->far_bits, epoch % SIM_FAR_SLOTS);
	} else {
		push_beyond(windows, lane, (struct sim_beyond){.time_ns = time_ns, .cell = place});
	}
}

static void put_cell(struct sim_windows *windows, uint32_t thread, uint32_t node, uint64_t time_ns,
		     uint32_t place)
{
	if (sim_windows_reach(windows, time_ns))
		sim_item_put(windows, thread, node, time_ns, (uint64_t)place << 1 | SIM_IS_CELL);
	else
		put_far(windows, lane_of(windows, thread, node), time_ns, place);
}

void sim_windows_push(struct sim_windows *windows, uint32_t thread, const struct sim_event *event)
{
	struct sim_share *share = &windows->shares[windows->owner[event->node]];
	uint32_t place = take_cell(windows, thread, event);

	if (event->time_ns < windows->end_ns) {
		RH_ASSERT(share->node == event->node);
		sim_share_push(share, event, place);
		return;
	}
	put_cell(windows, thread, event->node, event->time_ns, place);
}

/* ---- finding the next window ----------------------------------------------------------------- */

/* The first set bit of a ring at or behind `from`, as a distance; `size` when there is none. */
static uint64_t ring_next(const uint64_t *bits, uint64_t size, uint64_t from)
{
	uint64_t at = rh_bits_next(bits, size, from);

	if (at < size)
		return at - from;
	at = rh_bits_next(bits, size, 0);
	return at < from ? at + size - from : size;
}

static uint64_t next_window(const struct sim_windows *windows)
{
	uint64_t window = windows->state->window;
	uint64_t least = SIM_BUCKETS;

	for (uint32_t i = 0; i < windows->share_count * windows->share_count; i++) {
		uint64_t at = ring_next(windows->lanes[i].bits, SIM_BUCKETS, window % SIM_BUCKETS);

		least = at < least ? at : least;
	}
	return least < SIM_BUCKETS ? window + least : UINT64_MAX;
}

static uint64_t next_epoch(const struct sim_windows *windows)
{
	uint64_t epoch = windows->state->window >> SIM_BUCKETS_LOG2;
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < windows->share_count * windows->share_count; i++) {
		const struct sim_lane *lane = &windows->lanes[i];
		uint64_t at = ring_next(lane->far_bits, SIM_FAR_SLOTS, epoch % SIM_FAR_SLOTS);

		if (at < SIM_FAR_SLOTS && epoch + at < least)
			least = epoch + at;
		if (lane->beyond.count > 0) {
			const struct sim_beyond *top = rh_at(windows->space, lane->beyond.items);

			at = top->time_ns >> windows->layout.window_log2 >> SIM_BUCKETS_LOG2;
			least = at < least ? at : least;
		}
	}
	return least;
}

static void enter_lane(struct sim_windows *windows, uint32_t number, uint64_t epoch)
{
	struct sim_lane *lane = &windows->lanes[number];
	uint32_t thread = number / windows->share_count;
	uint32_t next = lane->far[epoch % SIM_FAR_SLOTS];

	lane->far[epoch % SIM_FAR_SLOTS] = 0;
	rh_bit_clear(lane->far_bits, epoch % SIM_FAR_SLOTS);
	while (next != 0) {
		const struct sim_cell *cell = sim_cell_at(windows, next - 1);
		uint32_t place = next - 1;

		next = cell->next;
		lane->count--;
		put_cell(windows, thread, cell->event.node, cell->event.time_ns, place);
	}
	while (lane->beyond.count > 0) {
		const struct sim_beyond *top = rh_at(windows->space, lane->beyond.items);
		uint32_t place = top->cell;

		if (top->time_ns >> windows->layout.window_log2 >> SIM_BUCKETS_LOG2 != epoch)
			break;
		pop_beyond(windows, lane);
		lane->count--;
		put_cell(windows, thread, sim_cell_at(windows, place)->event.node,
			 sim_cell_at(windows, place)->event.time_ns, place);
	}
}

bool sim_windows_seek(struct sim_windows *windows, uint64_t limit_ns, uint64_t *start_ns)
{
	struct sim_windows_state *state = windows->state;
	uint32_t log2 = windows->layout.window_log2;

	for (;;) {
		uint64_t window = next_window(windows);
		uint64_t here = state->window >> SIM_BUCKETS_LOG2;
		/* What is far is beyond this epoch: nobody need look for it. */
		uint64_t epoch =
			window >> SIM_BUCKETS_LOG2 == here ? here + 1 : next_epoch(windows);

		if (window != UINT64_MAX && window >> SIM_BUCKETS_LOG2 < epoch) {
			*start_ns = window << log2 > state->end_ns ? window << log2 : state->end_ns;
			return *start_ns < limit_ns;
		}
		if (epoch == UINT64_MAX || epoch << SIM_BUCKETS_LOG2 << log2 >= limit_ns)
			return false;
		state->window = epoch << SIM_BUCKETS_LOG2;
		for (uint32_t i = 0; i < windows->share_count * windows->share_count; i++)
			enter_lane(windows, i, epoch);
	}
}

/* ---- sweeps ---------------------------------------------------------------------------------- */

struct broom {
	struct sim_windows *windows;
	sim_engine_doom *is_doomed;
	void *ctx;
	uint64_t gone;
};

static bool is_gone(struct broom *broom, const struct sim_event *event)
{
	if (!broom->is_doomed(broom->ctx, event))
		return false;
	broom->gone++;
	return true;
}

static void sweep_bucket(struct broom *broom, struct sim_lane *lane, uint32_t thread,
			 uint64_t window)
{
	struct sim_windows *windows = broom->windows;
	uint64_t mask = SIM_CHUNK_BYTES - 1;
	uint64_t rest_mask = (UINT64_C(1) << windows->layout.time_shift) - 1;
	rh_off at = lane->heads[window % SIM_BUCKETS];

	lane->heads[window % SIM_BUCKETS] = 0;
	rh_bit_clear(lane->bits, window % SIM_BUCKETS);
	while (at != 0) {
		rh_off chunk = (at - 1) & ~mask;
		rh_off before = *sim_word_at(windows, chunk);

		for (rh_off item_at = chunk + 8; item_at < at; item_at += 8) {
			uint64_t item = *sim_word_at(windows, item_at);
			struct sim_event event;

			sim_item_expand(windows, item, window << windows->layout.window_log2,
					&event);
			lane->count--;
			if (!is_gone(broom, &event))
				sim_item_put(windows, thread, event.node, event.time_ns,
					     item & rest_mask);
			else if ((item & SIM_IS_CELL) != 0)
				sim_cell_give(windows, thread,
					      sim_item_place(&windows->layout, item));
		}
		sim_chunk_give(windows, thread, chunk);
		at = before == 0 ? 0 : before + SIM_CHUNK_BYTES;
	}
}

static void sweep_far(struct broom *broom, struct sim_lane *lane, uint32_t thread)
{
	struct sim_windows *windows = broom->windows;

	for (uint32_t slot = 0; slot < SIM_FAR_SLOTS; slot++) {
		uint32_t next = lane->far[slot];
		uint32_t *link = &lane->far[slot];

		for (; next != 0; next = *link) {
			struct sim_cell *cell = sim_cell_at(windows, next - 1);

			if (!is_gone(broom, &cell->event)) {
				link = &cell->next;
				continue;
			}
			*link = cell->next;
			lane->count--;
			sim_cell_give(windows, thread, next - 1);
		}
		if (lane->far[slot] == 0)
			rh_bit_clear(lane->far_bits, slot);
	}
}

/* The heap is emptied and filled again. */
static void sweep_beyond(struct broom *broom, struct sim_lane *lane, uint32_t thread)
{
	struct sim_windows *windows = broom->windows;
	struct rh_vec before = lane->beyond;

	if (before.count == 0)
		return;
	lane->beyond = (struct rh_vec){0};
	for (uint32_t i = 0; i < before.count; i++) {
		struct sim_beyond item =
			*(struct sim_beyond *)rh_vec_at(windows->space, &before, BEYOND, i);

		if (!is_gone(broom, &sim_cell_at(windows, item.cell)->event)) {
			push_beyond(windows, lane, item);
			continue;
		}
		lane->count--;
		sim_cell_give(windows, thread, item.cell);
	}
	rh_vec_release(windows->space, &before, BEYOND);
}

uint64_t sim_windows_sweep(struct sim_windows *windows, sim_engine_doom *is_doomed, void *ctx)
{
	struct broom broom = {.windows = windows, .is_doomed = is_doomed, .ctx = ctx};
	uint64_t window = windows->state->window;

	for (uint32_t i = 0; i < windows->share_count * windows->share_count; i++) {
		struct sim_lane *lane = &windows->lanes[i];
		uint32_t thread = i / windows->share_count;

		for (uint64_t k = 0; k < SIM_BUCKETS; k++)
			sweep_bucket(&broom, lane, thread, window + k);
		sweep_far(&broom, lane, thread);
		sweep_beyond(&broom, lane, thread);
	}
	return broom.gone;
}

uint64_t sim_windows_count(const struct sim_windows *windows)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < windows->share_count * windows->share_count; i++)
		count += windows->lanes[i].count;
	return count;
}
