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
 * An *arc* is a directed edge by its place at its sender: arc first[a] + i leads from a to its i-th
 * neighbour, so that a fan-out reads its arrays from front to back.  The plan's edges (2 * link, + 1 for
 * the way back) name the same things for the run layer.
 *
 *   by arc   to        the neighbour                 base_ns   delay of the link
 *            to_name64 its name                      back      place of the sender at the neighbour
 *            sends     messages to it alone          fault     1 + place in `faults`, or 0; the array
 *                                                              is there from the first fault on
 *
 * Of `sends` the lowest byte is an array of its own.  Who sends to one of very many neighbours meets an
 * arc that is hardly ever in the cache: of a million arcs the bytes nearly are, and the upper parts are
 * only looked at once one of them is not 0.
 *
 * All state stands in the space: copy the pages and it goes on.
 */
#ifndef SIM_NET_NET_H
#define SIM_NET_NET_H

#include "core/base/space.h"
#include "core/plan.h"

#define SIM_BACK_PEERS_MAX UINT32_C(65536)

/* The upper 24 bits of a count, in just these bytes. */
struct sim_upper {
	uint8_t bytes[3];
};

struct sim_net {
	struct rh_space *space;
	const struct rh_plan *plan;
	rh_off state; /* struct sim_net_state */
	struct rh_rng rng;
	uint64_t delay_key;
	uint64_t flat_ns;	/* the delay that all links have, or 0: they differ */
	uint64_t flat_share_ns; /* of it, by the plan's amount of jitter */
	bool is_flat_alone;	/* no wire of the model's own has a say in it */
	uint32_t node_count;
	/* in the space, where nothing of this moves */
	const uint32_t *first;
	const uint32_t *to;
	const uint16_t *back; /* means nothing where somebody has more than SIM_BACK_PEERS_MAX */
	const uint64_t *base_ns;
	const uint64_t *to_name64;
	const uint64_t *names64; /* by node */
	uint8_t *sends_low;
	struct sim_upper *sends_high;
	uint32_t *has_high; /* an upper part is not 0 */
	uint32_t *fault;
	uint32_t *faulty; /* by node: arcs with a fault */
};

enum sim_fate { SIM_ARRIVES, SIM_LOST, SIM_CUT };

struct sim_copy {
	enum sim_fate fate;
	uint64_t arrival_ns;
	uint64_t sent_in_ns; /* time its bits take on the uplink: the receiver's queue needs it */
};

/* What is sent: one message to one peer or to many. */
struct sim_sending {
	uint64_t now_ns;
	uint64_t mid;
	uint64_t key;
	uint64_t size_bytes;
	uint64_t from64; /* name of the sender */
	uint32_t from;
	bool is_queued; /* the sender's uplink is limited */
};

void sim_net_init(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan);
/* Finds the state again in a space that was copied. */
void sim_net_attach(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan,
		    rh_off state);

static inline uint32_t sim_net_peer_count(const struct sim_net *net, uint32_t node)
{
	return net->first[node + 1] - net->first[node];
}

/* ascending node index */
static inline const uint32_t *sim_net_peers(const struct sim_net *net, uint32_t node)
{
	return net->to + net->first[node];
}

#define SIM_FETCHED_PEERS 64

/* The node may send to one of its neighbours soon.  Of very many none is likelier than the others.
 * (Always inline: gcc takes a function that only prefetches for one that does nothing.) */
static inline __attribute__((always_inline)) void sim_net_fetch_peers(const struct sim_net *net,
								      uint32_t node)
{
	uint32_t first = net->first[node];
	uint32_t count = net->first[node + 1] - first;

	if (count == 0 || count > SIM_FETCHED_PEERS)
		return;
	for (uint32_t i = 0; i < count - 1; i += 64 / sizeof(*net->to))
		__builtin_prefetch(net->to + first + i);
	__builtin_prefetch(net->to + first + count - 1);
	__builtin_prefetch(net->sends_low + first, 1);
	__builtin_prefetch(net->sends_low + first + count - 1, 1);
}

/* The position of a peer, or RH_NONE; for a node that does not know everybody. */
uint32_t sim_net_search(const struct sim_net *net, uint32_t node, uint32_t peer);

/*
 * The position of a peer, or RH_NONE.  Who may know it already says so, and is believed where the peer
 * is there; of a node that knows everybody no list is looked at.
 */
static inline uint32_t sim_net_find(const struct sim_net *net, uint32_t node, uint32_t peer,
				    uint64_t said)
{
	uint32_t count = sim_net_peer_count(net, node);

	if (count + 1 == net->node_count)
		return peer == node || peer >= net->node_count ? RH_NONE : peer - (peer > node);
	if (said < count && sim_net_peers(net, node)[said] == peer)
		return (uint32_t)said;
	return sim_net_search(net, node, peer);
}

static inline uint32_t sim_net_position(const struct sim_net *net, uint32_t node, uint32_t peer)
{
	return sim_net_find(net, node, peer, UINT64_MAX);
}

uint32_t sim_net_arc_of_edge(const struct sim_net *net, uint32_t edge);

static inline uint32_t sim_upper_get(const struct sim_upper *upper)
{
	return upper->bytes[0] | (uint32_t)upper->bytes[1] << 8 | (uint32_t)upper->bytes[2] << 16;
}

static inline void sim_upper_add_one(struct sim_upper *upper)
{
	uint32_t count = sim_upper_get(upper) + 1;

	for (uint32_t i = 0; i < 3; i++)
		upper->bytes[i] = (uint8_t)(count >> 8 * i);
}

/* How many messages went over the arc to this neighbour alone; this one counts from now on. */
static inline uint32_t sim_net_count_send(struct sim_net *net, uint32_t arc)
{
	uint32_t count = net->sends_low[arc]++;

	if (__atomic_load_n(net->has_high, __ATOMIC_RELAXED) != 0)
		count |= sim_upper_get(&net->sends_high[arc]) << 8;
	/* Nobody else sends over this arc: only the mark is shared. */
	if (net->sends_low[arc] == 0) {
		sim_upper_add_one(&net->sends_high[arc]);
		__atomic_store_n(net->has_high, 1, __ATOMIC_RELAXED);
	}
	return count;
}

/* When a copy arrives that only its link delays: the arc has no fault, the plan loses nothing, and
 * nothing queues at either end. */
uint64_t sim_net_plain_ns(struct sim_net *net, const struct sim_sending *sending, uint32_t arc,
			  uint64_t to64);

/* Has any arc of this node a fault? */
static inline bool sim_net_is_faulty(const struct sim_net *net, uint32_t node)
{
	return net->fault != NULL && net->faulty[node] != 0;
}

/* One copy over an arc of `sending->from`; counts it as touched by a fault where one met it. */
struct sim_copy sim_net_send(struct sim_net *net, const struct sim_sending *sending, uint32_t arc);
/* In which order a fan-out leaves: positions sorted by keyed draws of (mid, name of the peer). */
void sim_net_fanout_order(const struct sim_net *net, uint32_t *positions, uint32_t count,
			  uint32_t node, uint64_t mid);

/*
 * Delays on the wire of the arcs `arc` to `arc + count`, by link and law alone.  Each must go through the
 * next before it is used, unless it is known to be within bounds.
 */
void sim_net_delays(struct sim_net *net, const struct sim_sending *sending, uint32_t arc,
		    uint32_t count, uint64_t *delay_ns);
/* A delay raised to the least of the plan, which is counted, or cut at the most. */
uint64_t sim_net_bound_ns(struct sim_net *net, uint64_t delay_ns);
/* Soon a copy will leave the node's uplink, or come through its downlink. */
void sim_net_fetch_queue(const struct sim_net *net, uint32_t node);
/* When a copy leaves the uplink; it is taken until then.  Without a limit: now. */
uint64_t sim_net_leaves_ns(struct sim_net *net, const struct sim_sending *sending,
			   uint64_t takes_ns);
/* The same for some copies, one behind the other: a position's delay grows by what its copy waits. */
void sim_net_leave_in_turn(struct sim_net *net, const struct sim_sending *sending,
			   const uint32_t *positions, uint32_t count, uint64_t *delays_ns);
uint64_t sim_net_takes_ns(const struct sim_net *net, const struct sim_sending *sending);

static inline bool sim_net_has_downlink(const struct sim_net *net, uint32_t node)
{
	return net->plan->nodes[node].down_bps != 0;
}

uint64_t sim_net_receive(struct sim_net *net, uint64_t arrival_ns, uint32_t node,
			 uint64_t size_bytes, uint64_t sent_in_ns);
/* A crash empties the node's queues. */
void sim_net_node_reset(struct sim_net *net, uint32_t node, uint64_t now_ns);

/* Desired fault state of an edge, and what stands there now. */
void sim_net_set(struct sim_net *net, uint32_t edge, const struct rh_link_state *state);
struct rh_link_state sim_net_get(const struct sim_net *net, uint32_t edge);
/* copies that met the fault state of the edge since it was last asked; asking sets it back to 0, and
 * so does clearing the fault */
uint64_t sim_net_touched(struct sim_net *net, uint32_t edge);
uint64_t sim_net_clamps(const struct sim_net *net);

/* What the loader writes into plan->lookahead_ns comes from core/scenario/lookahead.c;
 * sim_net_init() asserts that the plan's links keep it (core/jitter.h). */

#endif
