/*
 * windows_inside.h - what the two halves of the windowed engine share: cells, chunks and items.
 *
 * windows.c keeps the buckets, window.c plays one window; nobody else includes this.
 */
#ifndef SIM_KERNEL_WINDOWS_INSIDE_H
#define SIM_KERNEL_WINDOWS_INSIDE_H

#include "sim/kernel/windows.h"

struct sim_cell {
	struct sim_event event;
	uint32_t next; /* in a chain or the free list: 1 + place, 0: none */
	uint32_t unused;
};

#define SIM_CELL ((uint32_t)sizeof(struct sim_cell))

static inline uint64_t *sim_word_at(const struct sim_windows *windows, rh_off off)
{
	return (uint64_t *)(void *)(windows->space->base + off);
}

static inline void sim_chunk_give(struct sim_windows *windows, uint32_t thread, rh_off chunk)
{
	*sim_word_at(windows, chunk) = windows->free[thread].chunk;
	windows->free[thread].chunk = chunk;
}

static inline struct sim_cell *sim_cell_at(const struct sim_windows *windows, uint32_t place)
{
	return rh_tiers_at(windows->space, &windows->state->cells, SIM_CELL, place);
}

static inline void sim_cell_give(struct sim_windows *windows, uint32_t thread, uint32_t place)
{
	sim_cell_at(windows, place)->next = windows->free[thread].cell;
	windows->free[thread].cell = place + 1;
}

static inline uint32_t sim_item_node(const struct sim_windows *windows, uint64_t item)
{
	return (uint32_t)(item >> windows->layout.node_shift);
}

static inline uint64_t sim_item_within(const struct sim_layout *layout, uint64_t item)
{
	return item >> layout->time_shift & ((UINT64_C(1) << layout->window_log2) - 1);
}

static inline uint32_t sim_item_place(const struct sim_layout *layout, uint64_t item)
{
	return (uint32_t)((item & ((UINT64_C(1) << layout->time_shift) - 1)) >> 1);
}

/* The whole event, without taking it. */
static inline void sim_item_expand(const struct sim_windows *windows, uint64_t item,
				   uint64_t window_ns, struct sim_event *event)
{
	if ((item & SIM_IS_CELL) != 0)
		*event = sim_cell_at(windows, sim_item_place(&windows->layout, item))->event;
	else
		windows->copies.expand(windows->copies.ctx, item, window_ns, event);
}

static inline void sim_item_put(struct sim_windows *windows, uint32_t thread, uint32_t node,
				uint64_t time_ns, uint64_t rest)
{
	struct sim_putter putter = sim_putter(windows, thread);

	RH_ASSERT(time_ns >= windows->end_ns);
	sim_windows_put(&putter, sim_putter_lane(&putter, node), node, time_ns, rest);
	sim_putter_end(&putter, 1);
}

bool sim_own_is_before(const struct sim_windows *windows, const struct sim_event *event,
		       const struct sim_own *own);
/* Into the list of the node that is played. */
void sim_share_push(struct sim_share *share, const struct sim_event *event, uint32_t place);

#endif
