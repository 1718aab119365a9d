/*
 * windows.h - the windowed engine: all events of a short stretch of time, node by node.
 *
 * No copy arrives sooner than the plan's lookahead after it was sent.  So cut time into windows of
 * W = 2^k ns, W <= lookahead: whatever a node does in a window cannot reach another node in the same
 * window.  All that will happen in it is known when it begins (apart from what nodes send
 * themselves), and the nodes may be played one after the other, each with its state hot in the cache:
 *
 *	                 ┌ bucket ┐
 *	put, push ──►    │ window │  ──► filter ──► sort by (node, time) ──► next, next, next ...
 *	                 │  k + 3 │      drops what a node has seen before       ▲
 *	                 └────────┘                                        its own events within the window
 *
 * What waits in a bucket is 8 bytes an event, appended to chunks and not ordered in any way:
 *
 *	| node | time within the window | place of a flooded message, position of its sender | 0 |
 *	| node | time within the window | cell of a whole struct sim_event                  | 1 |
 *
 * Sorting them as numbers sorts by node, then by time; equal times at one node are decided by the
 * whole key (order.h).  Events beyond the last bucket wait in coarser buckets and, further out, in a
 * heap, until the windows come near.
 *
 * A window may be played in parts, [a, t) and then [t, b): where an action changes the world at t,
 * or where the run may stop.  Events from t on stay in the bucket.
 *
 * Shares.  The nodes are divided into ranges, one a thread.  Thread p appends to lanes of its own, one
 * for each owner o; while a window is played nobody touches another's lanes, and in the next window o
 * takes what p has put into lane (p, o).  With one share all is one lane.  What nodes get, and in which
 * order, does not depend on the number of shares.
 *
 * All that waits stands in the space; struct sim_windows and struct sim_share are made anew in each
 * process.
 */
#ifndef SIM_KERNEL_WINDOWS_H
#define SIM_KERNEL_WINDOWS_H

#include "core/base/tiers.h"
#include "sim/kernel/engine.h"

#define SIM_BUCKETS_LOG2 8
#define SIM_BUCKETS	 (UINT64_C(1) << SIM_BUCKETS_LOG2)
#define SIM_SHARES_MAX	 16
#define SIM_FAR_SLOTS	 256
#define SIM_CHUNK_BYTES	 UINT64_C(1024)

#define SIM_IS_CELL UINT64_C(1) /* bit of an item: it is the place of a cell */

/* What lies where in the 8 bytes of a waiting event. */
struct sim_layout {
	uint32_t window_log2;
	uint32_t time_shift; /* node << node_shift | time << time_shift | rest */
	uint32_t node_shift;
	uint32_t position_bits; /* of a copy: place << (1 + position_bits) | position << 1 */
	uint32_t place_max;	/* larger places travel as cells */
};

/* Of one time at one node: their whole keys decide. */
static inline bool sim_item_is_tie(const struct sim_layout *layout, uint64_t a, uint64_t b)
{
	return (a ^ b) >> layout->time_shift == 0;
}

/* What the owner of flooded copies does with them. */
struct sim_copies {
	void *ctx;
	/* Copies the items (at least one) that must be handed out, in order; returns how many.
	 * `to` may be `items`. */
	uint32_t (*filter)(void *ctx, uint64_t *to, const uint64_t *items, uint32_t count);
	/* The whole event of a copy that arrives in the window that begins at `window_ns`. */
	void (*expand)(void *ctx, uint64_t item, uint64_t window_ns, struct sim_event *event);
	/* This item comes a few events later: what it needs may be fetched. */
	void (*announce)(void *ctx, uint64_t item);
};

/* What thread p has put away for owner o; stands in the space. */
struct sim_lane {
	rh_off heads[SIM_BUCKETS]; /* where the next item goes; 0: nothing in the bucket */
	uint64_t bits[SIM_BUCKETS / 64];
	uint32_t far[SIM_FAR_SLOTS]; /* chains of cells: SIM_BUCKETS windows each */
	uint64_t far_bits[SIM_FAR_SLOTS / 64];
	struct rh_vec beyond; /* struct sim_beyond, a heap by time */
	uint64_t count; /* events put, less events taken: only the sum over p means something */
};

/* The engine's state, in the space. */
struct sim_windows_state {
	uint32_t share_count;
	uint32_t unused;
	struct sim_layout layout;
	uint64_t window; /* number of the window that is next or played; all before are over */
	uint64_t end_ns; /* everything before has been handed out */
	struct rh_tiers cells;
	rh_off lanes; /* struct sim_lane [p * share_count + o] */
	rh_off free;  /* struct sim_free by thread */
	bool is_locked;
};

struct sim_free {
	uint32_t cell;	    /* 1 + place of a free cell, 0: none */
	uint32_t cell_next; /* fresh cells of this thread, up to cell_end */
	uint32_t cell_end;
	uint32_t unused;
	rh_off chunk;
};

struct sim_own { /* an event of the node that is played, to itself, within the window */
	uint64_t time_ns;
	uint32_t cell;
	uint32_t unused;
};

/* How far one owner has come in the window. */
struct sim_share {
	struct sim_windows *windows;
	uint32_t number;
	uint32_t first_node;
	uint32_t end_node;
	uint64_t *due; /* items of the window, sorted; behind the last: all bits set, and none */
	uint64_t *spare;
	uint32_t *counts;
	uint32_t due_count;
	uint32_t due_cap;
	uint32_t counts_cap;
	uint32_t at;	     /* the next one in `due` */
	uint32_t settled;    /* before this place ties are in order */
	uint32_t node;	     /* that is played; RH_NONE: none */
	struct sim_own *own; /* sorted from own_at on */
	uint32_t own_at;
	uint32_t own_count;
	uint32_t own_cap;
};

struct sim_windows {
	struct rh_space *space;
	struct sim_windows_state *state;
	struct sim_lane *lanes;
	struct sim_free *free;
	const struct sim_order *order;
	struct sim_copies copies;
	struct sim_layout layout;
	uint32_t share_count;
	uint8_t *owner;	    /* by node */
	uint64_t window_ns; /* beginning of the window that is played */
	uint64_t start_ns;  /* of the part of it */
	uint64_t end_ns;
	struct sim_share shares[SIM_SHARES_MAX];
};

struct sim_windows_plan {
	uint32_t node_count;
	uint32_t position_max;
	uint32_t window_log2; /* 2^n <= lookahead */
	uint32_t share_count;
	const uint32_t *share_first; /* by share: its first node; share_count + 1 of them */
};

/* False: the plan does not fit 8 bytes (more than 2^24 nodes). */
bool sim_windows_fit(const struct sim_windows_plan *plan);
rh_off sim_windows_init(struct rh_space *space, const struct sim_windows_plan *plan);
/* Of a space that was copied. */
uint32_t sim_windows_share_count(const struct rh_space *space, rh_off state);
/* Borrows `order` and what `copies` names. */
void sim_windows_attach(struct sim_windows *windows, struct rh_space *space, rh_off state,
			const struct sim_windows_plan *plan, const struct sim_order *order,
			const struct sim_copies *copies);
void sim_windows_release(struct sim_windows *windows);

/* An event, from outside a window or from the step of an event that was handed out to `thread`. */
void sim_windows_push(struct sim_windows *windows, uint32_t thread, const struct sim_event *event);

/*
 * Finds the next window with something in it; false when there is nothing before the limit.  The
 * next event comes at *start_ns or later.
 */
bool sim_windows_seek(struct sim_windows *windows, uint64_t limit_ns, uint64_t *start_ns);
/* Begins the part [start_ns, limit_ns) of that window, or all that is left of it when that is less.
 * Returns a measure of what waits: exact for a few, too small for many. */
uint64_t sim_windows_begin(struct sim_windows *windows, uint64_t start_ns, uint64_t limit_ns);
/* The events of the part for one owner: gather, then next until false. */
void sim_windows_gather(struct sim_windows *windows, uint32_t share);
bool sim_windows_take(struct sim_windows *windows, uint32_t share, struct sim_event *event);
/* All shares have been played. */
void sim_windows_end(struct sim_windows *windows);

/* Between windows only. */
uint64_t sim_windows_sweep(struct sim_windows *windows, sim_engine_doom *is_doomed, void *ctx);
uint64_t sim_windows_count(const struct sim_windows *windows);

/* ---- appending, inline for the loop of a fan-out --------------------------------------------- */

/* Room for the next item of a bucket: called when there is no chunk or it is full. */
rh_off sim_windows_chunk(struct sim_windows *windows, struct sim_lane *lane, uint32_t thread,
			 uint64_t bucket);

/* What appending needs, in locals. */
struct sim_putter {
	struct sim_windows *windows;
	struct sim_lane *lanes; /* of this thread, by owner */
	const uint8_t *owner;	/* by node; NULL: there is one owner */
	uint8_t *base;
	uint32_t thread;
	uint32_t window_log2;
	uint32_t time_shift;
	uint32_t node_shift;
};

static inline struct sim_putter sim_putter(struct sim_windows *windows, uint32_t thread)
{
	return (struct sim_putter){
		.windows = windows,
		.lanes = windows->lanes + (size_t)thread * windows->share_count,
		.owner = windows->share_count > 1 ? windows->owner : NULL,
		.base = windows->space->base,
		.thread = thread,
		.window_log2 = windows->layout.window_log2,
		.time_shift = windows->layout.time_shift,
		.node_shift = windows->layout.node_shift,
	};
}

static inline struct sim_lane *sim_putter_lane(const struct sim_putter *putter, uint32_t node)
{
	return putter->lanes + (putter->owner != NULL ? putter->owner[node] : 0);
}

/* `rest` as in the layout; the time must be within reach, and not in what is over. */
static inline void sim_windows_put(const struct sim_putter *putter, struct sim_lane *lane,
				   uint32_t node, uint64_t time_ns, uint64_t rest)
{
	uint64_t bucket = (time_ns >> putter->window_log2) & (SIM_BUCKETS - 1);
	rh_off at = lane->heads[bucket];

	if ((at & (SIM_CHUNK_BYTES - 1)) == 0)
		at = sim_windows_chunk(putter->windows, lane, putter->thread, bucket);
	*(uint64_t *)(void *)(putter->base + at) =
		((uint64_t)node << putter->node_shift) +
		((time_ns & ((UINT64_C(1) << putter->window_log2) - 1)) << putter->time_shift) +
		rest;
	lane->heads[bucket] = at + sizeof(uint64_t);
}

/* So many were put. */
static inline void sim_putter_end(const struct sim_putter *putter, uint64_t count)
{
	putter->lanes[0].count += count;
}

static inline bool sim_windows_reach(const struct sim_windows *windows, uint64_t time_ns)
{
	return (time_ns >> windows->layout.window_log2) - windows->state->window < SIM_BUCKETS;
}

#endif
