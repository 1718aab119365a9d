/*
 * engine.h - a queue of events that gives them back in key order.
 *
 * Two engines stand behind this table: `sim_heap_engine`, a plain binary heap over full keys, kept
 * as the oracle, and `sim_general_engine`, a wheel of buckets that needs no least delay.  They must
 * hand out the same events in the same order, whatever the calls.
 *
 * What an engine keeps stands in the space, so a copy of the pages holds the pending events too.
 * An event is copied in and out; its payload is the caller's affair.
 */
#ifndef SIM_KERNEL_ENGINE_H
#define SIM_KERNEL_ENGINE_H

#include "core/base/space.h"
#include "sim/kernel/order.h"

/* An event of this node comes soon: what its handling reads may be asked for.  A hint: it may not come
 * for some events, or for one that is swept away. */
typedef void sim_engine_soon(void *ctx, uint32_t node);

struct sim_engine {
	const struct sim_engine_ops *ops;
	struct rh_space *space;
	const struct sim_order *order; /* borrowed until the engine is forgotten */
	rh_off state;
	/* Where the next event may be written, whole, before it is pushed from there: that spares a copy.
	 * Until the next push; NULL: nowhere, now. */
	struct sim_event *room;
	const uint64_t *live;  /* what `count` would return; NULL: ask it */
	sim_engine_soon *soon; /* NULL: nobody wants to know; an engine need not tell */
	void *soon_ctx;
};

/* True: take this event away.  The caller frees the payload in here. */
typedef bool sim_engine_doom(void *ctx, const struct sim_event *event);

struct sim_engine_ops {
	const char *name;
	rh_off (*init)(struct rh_space *space);
	void (*push)(struct sim_engine *engine, const struct sim_event *event);
	/* The first event, when its time is below the limit. */
	bool (*pop)(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns);
	/* Asks about every event once, in any order; returns how many went. */
	uint64_t (*sweep)(struct sim_engine *engine, sim_engine_doom *is_doomed, void *ctx);
	uint64_t (*count)(const struct sim_engine *engine);
};

extern const struct sim_engine_ops sim_heap_engine;
extern const struct sim_engine_ops sim_general_engine;

/*
 * The general engine with chosen sizes, for tests of its edges: buckets of 2^width ns, 2^fine
 * buckets in the first wheel, 2^coarse in the second.  At least 6 bits a wheel.
 */
rh_off sim_general_engine_init(struct rh_space *space, uint32_t width_log2, uint32_t fine_log2,
			       uint32_t coarse_log2);

#endif
