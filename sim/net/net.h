/*
 * net.h - the simulated wire: who may send to whom, what a copy costs on its way, what faults do to
 * it.
 *
 * A copy of `size` bytes from a to b over directed edge e, sent at `now`:
 *
 *   uplink of a     leaves = max(now, up_free[a]) + size / up[a]; up_free[a] = leaves
 *   cap of e        a fault's rate cap stands behind the uplink, on this edge alone: the bits pass
 *                   it while they come, so the other edges of a are not held up
 *   wire            base delay of e by the plan's jitter law, fault delay and jitter; never less
 *                   than the plan's lookahead
 *   downlink of b   the bits come in while they are sent, so the last one is in at
 *                   max(arrival, max(down_free[b], arrival - sent_in) + size / down[b]);
 *                   down_free[b] = that
 *
 * All but the last are known when the copy is sent (sim_net_send); the last depends on what else
 * arrives at b and is asked when the copy arrives (sim_net_receive).
 *
 * Loss is one draw against the merged threshold 1 - (1 - p)(1 - q), so that taking a fault away
 * keeps a subset of the losses; a lost copy has used the uplink.  A cut drops a copy when it is
 * sent, and takes no time of the uplink; what is on the wire arrives, unless the fault says
 * drops_in_flight (then the kernel sweeps).  A fan-out leaves in the order of keyed draws
 * (RH_PURPOSE_UPLINK_ORDER), so that no peer is always first.
 *
 * All state stands in the space: copy the pages and it goes on.
 */
#ifndef SIM_NET_NET_H
#define SIM_NET_NET_H

#include "core/base/space.h"
#include "core/plan.h"

struct sim_net {
	struct rh_space *space;
	const struct rh_plan *plan;
	rh_off state; /* struct sim_net_state */
	struct rh_rng rng;
	/* The last row of delays: the copies of a fan-out draw from one. */
	uint64_t delay_key;
	uint64_t row_from64;
	uint64_t row_mid;
	uint64_t row;
};

enum sim_fate { SIM_ARRIVES, SIM_LOST, SIM_CUT };

struct sim_copy {
	enum sim_fate fate;
	uint64_t arrival_ns;
	uint64_t sent_in_ns; /* time its bits take on the uplink: the receiver's queue needs it */
};

void sim_net_init(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan);
/* Finds the state again in a space that was copied. */
void sim_net_attach(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan,
		    rh_off state);

uint32_t sim_net_peer_count(const struct sim_net *net, uint32_t node);
const uint32_t *sim_net_peers(const struct sim_net *net, uint32_t node); /* ascending node index */
/* the directed edge to the peer at a position; and the position of a peer, or RH_NONE */
uint32_t sim_net_edge(const struct sim_net *net, uint32_t node, uint32_t position);
uint32_t sim_net_position(const struct sim_net *net, uint32_t node, uint32_t peer);

/* One copy; counts it as touched by a fault where one met it. */
struct sim_copy sim_net_send(struct sim_net *net, uint64_t now_ns, uint32_t edge, uint64_t mid,
			     uint64_t size_bytes);
/* In which order a fan-out leaves: positions sorted by keyed draws of (mid, name of the peer). */
void sim_net_fanout_order(const struct sim_net *net, uint32_t *positions, uint32_t count,
			  uint32_t node, uint64_t mid);
bool sim_net_has_downlink(const struct sim_net *net, uint32_t node);
uint64_t sim_net_receive(struct sim_net *net, uint64_t arrival_ns, uint32_t node,
			 uint64_t size_bytes, uint64_t sent_in_ns);
/* A crash empties the node's queues. */
void sim_net_node_reset(struct sim_net *net, uint32_t node, uint64_t now_ns);

/* Desired fault state of an edge, and what stands there now. */
void sim_net_set(struct sim_net *net, uint32_t edge, const struct rh_link_state *state);
struct rh_link_state sim_net_get(const struct sim_net *net, uint32_t edge);
/* copies that met the fault state of the edge since it was last asked; asking sets it back to 0 */
uint64_t sim_net_touched(struct sim_net *net, uint32_t edge);
uint64_t sim_net_clamps(const struct sim_net *net);

/* What the loader writes into plan->lookahead_ns comes from core/scenario/lookahead.c;
 * sim_net_init() asserts that the plan's links keep it (core/jitter.h). */

#endif
