/*
 * fan.h - the plain way of a fan-out: one flooded message to a node's neighbours, all together.
 *
 * Where nothing stands in the way (no fault on the node's links, no losses, everybody up, nobody
 * behind a limited downlink, nobody who reads the records of single copies), the copies of a fan-out
 * differ only in neighbour and delay.  Then the delays are computed together, and a copy costs its draw,
 * 8 bytes in a bucket and two sums.  What comes out is what sending them one by one gives.
 */
#ifndef SIM_GOSSIP_FAN_H
#define SIM_GOSSIP_FAN_H

#include "sim/gossip/flood.h"
#include "sim/kernel/trace_hash.h"
#include "sim/kernel/windows.h"
#include "sim/net/net.h"

struct sim_fan {
	struct rh_space *space;
	struct sim_net *net;
	struct sim_windows *windows;
	const struct sim_flood *flood;
	const struct sim_trace *trace;
	uint32_t thread;
	uint32_t *positions; /* room for one node's neighbours, each */
	uint64_t *delays_ns;
	uint64_t *arrivals_ns;
	/* of this window: sim_fan_begin() */
	struct sim_putter putter;
	const struct rh_wire *wire; /* of the model, or NULL */
	uint32_t place_shift;
	uint64_t within_mask;
	uint64_t least_ns;
	uint64_t reach_ns;	      /* from here on: not by bucket */
	uint64_t next_ns;	      /* of the checkpoint */
	uint64_t near_ns;	      /* the earlier of the two */
	struct sim_trace_ahead *near; /* counts arrivals before the checkpoint */
	struct sim_trace_ahead *next; /* and those behind it */
	/* of this fan-out */
	uint64_t from64;
	uint64_t rest; /* of an item: the place of the message */
};

/* Before the first fan-out of a window. */
void sim_fan_begin(struct sim_fan *fan);

/*
 * The message at `place` of the flood table to all neighbours but the one at `except` (RH_NONE: nobody)
 * and those in `skip` (or NULL).  Returns the sum of the fan-out for the trace hash; *count receives the
 * number of copies.
 */
uint64_t sim_fan_out(struct sim_fan *fan, const struct sim_sending *sending, uint32_t place,
		     uint32_t except, const uint64_t *skip, uint32_t *count);

/* What the windowed engine does with the copies (struct sim_copies): `ctx` is a struct sim_fan_in. */
struct sim_fan_in {
	const struct rh_space *space;
	const struct sim_flood *flood;
	const struct sim_net *net;
	const struct sim_layout *layout;
	bool keeps_all; /* no early filter */
	/* arrays by node that the step of an event touches first, and how far apart nodes stand there;
	 * NULL ends them */
	struct {
		const uint8_t *items;
		uint64_t stride;
	} lines[3];
};

uint32_t sim_fan_filter(void *ctx, uint64_t *to, const uint64_t *items, uint32_t count);
void sim_fan_expand(void *ctx, uint64_t item, uint64_t window_ns, struct sim_event *event);
void sim_fan_announce(void *ctx, uint64_t item);

#endif
