/*
 * net.c - the state behind the wire: neighbours in one array, queues by node, faults by edge.
 *
 *   state ─┬─ first[node]      where the neighbours of a node begin in `peers`
 *          ├─ peers[]          neighbour's index, ascending for each node
 *          ├─ edges[]          directed edge to that neighbour, at the same place
 *          ├─ queues[node]     until when uplink and downlink are taken
 *          └─ faults[edge]     what the run layer set, and the counter of copies that met it
 *
 * Every draw is named by the sender, the message and the receiver, so a copy's fate depends on
 * nothing else that happens on the wire.  Queues are the exception, and are meant to be: they are
 * how copies influence each other.
 *
 * LIMIT: copies on one link may overtake each other when the jitter is larger than the time between
 * them; there is no handshake, no slow start and no retransmission below the model.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/dist.h"
#include "core/base/sort.h"
#include "core/base/units.h"
#include "core/jitter.h"
#include "sim/net/delay.h"
#include "sim/net/net.h"

#define END_NS (UINT64_C(1) << 62) /* 146 years */

struct sim_net_state {
	uint32_t node_count;
	uint32_t edge_count;
	rh_off first;
	rh_off peers;
	rh_off edges;
	rh_off queues;
	rh_off faults;
	uint64_t clamps;
};

struct queue {
	uint64_t up_free_ns;
	uint64_t down_free_ns;
};

/* struct rh_link_state without holes, so that equal states are equal bytes. */
struct fault {
	uint64_t delay_ns;
	uint64_t jitter_ns;
	uint64_t loss_threshold;
	uint64_t rate_bps;
	uint64_t shaper_free_ns; /* until when the rate cap is busy */
	uint64_t touched;
	uint32_t is_cut;
	uint32_t drops_in_flight;
};

static struct sim_net_state *state_of(const struct sim_net *net)
{
	return rh_at(net->space, net->state);
}

static struct queue *queue_of(const struct sim_net *net, uint32_t node)
{
	RH_ASSERT(node < state_of(net)->node_count);
	return (struct queue *)rh_at(net->space, state_of(net)->queues) + node;
}

static struct fault *fault_of(const struct sim_net *net, uint32_t edge)
{
	RH_ASSERT(edge < state_of(net)->edge_count);
	return (struct fault *)rh_at(net->space, state_of(net)->faults) + edge;
}

static uint32_t *u32_at(const struct sim_net *net, rh_off array)
{
	return rh_at(net->space, array);
}

/* Room for at least one, so that an offset is never "none". */
static rh_off array_new(struct rh_space *space, uint64_t count, uint64_t size)
{
	return rh_space_alloc(space, (count + 1) * size);
}

/* ---- who is linked to whom ------------------------------------------------------------------- */

static void peer_put(const struct sim_net *net, uint32_t *fill, uint32_t node, uint32_t peer,
		     uint32_t edge)
{
	const struct sim_net_state *state = state_of(net);
	uint32_t at = fill[node]++;

	RH_ASSERT(at < u32_at(net, state->first)[node + 1]);
	u32_at(net, state->peers)[at] = peer;
	u32_at(net, state->edges)[at] = edge;
}

/*
 * Links come sorted by (a, b) with a < b: a first pass over them by their far end gives each node
 * its lower neighbours in order, a second one its higher neighbours.
 */
static void adjacency_build(struct sim_net *net)
{
	const struct rh_plan *plan = net->plan;
	struct sim_net_state *state = state_of(net);
	uint32_t *first = u32_at(net, state->first);
	uint32_t *fill = rh_alloc((size_t)plan->node_count + 1, sizeof(*fill));
	uint32_t i;

	for (i = 0; i < plan->link_count; i++) {
		const struct rh_plan_link *link = &plan->links[i];

		RH_ASSERT(link->a < link->b && link->b < plan->node_count);
		RH_ASSERT(i == 0 || link[-1].a < link->a ||
			  (link[-1].a == link->a && link[-1].b < link->b));
		RH_ASSERT(plan->lookahead_ns <=
			  rh_jitter_min_ns(plan->jitter, link->delay_ns[0], plan->jitter_ppm));
		RH_ASSERT(plan->lookahead_ns <=
			  rh_jitter_min_ns(plan->jitter, link->delay_ns[1], plan->jitter_ppm));
		first[link->a + 1]++;
		first[link->b + 1]++;
	}
	for (i = 0; i < plan->node_count; i++) {
		first[i + 1] += first[i];
		fill[i] = first[i];
	}
	for (i = 0; i < plan->link_count; i++)
		peer_put(net, fill, plan->links[i].b, plan->links[i].a, 2 * i + 1);
	for (i = 0; i < plan->link_count; i++)
		peer_put(net, fill, plan->links[i].a, plan->links[i].b, 2 * i);
	free(fill);
}

/* What is made anew in each process. */
static void bind(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan,
		 rh_off state)
{
	struct rh_rng rng = {plan->rng, plan->seed};

	*net = (struct sim_net){
		.space = space,
		.plan = plan,
		.state = state,
		.rng = rng,
		.delay_key = rh_rng_key(rng, RH_PURPOSE_LINK_DELAY),
		.row = rh_rng_row(rng, RH_PURPOSE_LINK_DELAY, 0, 0),
	};
}

void sim_net_init(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan)
{
	struct sim_net_state *state;
	uint64_t edge_count = 2 * (uint64_t)plan->link_count;

	RH_ASSERT(plan->lookahead_ns != 0 && edge_count < UINT32_MAX);
	bind(net, space, plan, rh_space_alloc(space, sizeof(*state)));
	state = state_of(net);
	state->node_count = plan->node_count;
	state->edge_count = (uint32_t)edge_count;
	state->first = array_new(space, (uint64_t)plan->node_count + 1, sizeof(uint32_t));
	state->peers = array_new(space, edge_count, sizeof(uint32_t));
	state->edges = array_new(space, edge_count, sizeof(uint32_t));
	state->queues = array_new(space, plan->node_count, sizeof(struct queue));
	state->faults = array_new(space, edge_count, sizeof(struct fault));
	adjacency_build(net);
}

void sim_net_attach(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan,
		    rh_off state)
{
	bind(net, space, plan, state);
	RH_ASSERT(state_of(net)->node_count == plan->node_count);
	RH_ASSERT(state_of(net)->edge_count == 2 * plan->link_count);
}

uint32_t sim_net_peer_count(const struct sim_net *net, uint32_t node)
{
	const struct sim_net_state *state = state_of(net);
	const uint32_t *first = u32_at(net, state->first);

	RH_ASSERT(node < state->node_count);
	return first[node + 1] - first[node];
}

const uint32_t *sim_net_peers(const struct sim_net *net, uint32_t node)
{
	const struct sim_net_state *state = state_of(net);

	RH_ASSERT(node < state->node_count);
	return u32_at(net, state->peers) + u32_at(net, state->first)[node];
}

uint32_t sim_net_edge(const struct sim_net *net, uint32_t node, uint32_t position)
{
	const struct sim_net_state *state = state_of(net);

	RH_ASSERT(position < sim_net_peer_count(net, node));
	return u32_at(net, state->edges)[u32_at(net, state->first)[node] + position];
}

uint32_t sim_net_position(const struct sim_net *net, uint32_t node, uint32_t peer)
{
	const uint32_t *peers = sim_net_peers(net, node);
	uint32_t low = 0;
	uint32_t count = sim_net_peer_count(net, node);
	uint32_t high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (peers[middle] < peer)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && peers[low] == peer ? low : RH_NONE;
}

/* ---- sending and receiving ------------------------------------------------------------------- */

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A queue behind a line of one bit a second may reach past the end of time: it stays there. */
static uint64_t after(uint64_t time_ns, uint64_t span_ns)
{
	return time_ns < END_NS && span_ns < END_NS - time_ns ? time_ns + span_ns : END_NS;
}

static uint64_t minus_or_0(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static bool is_neutral(const struct fault *fault)
{
	return (fault->delay_ns | fault->jitter_ns | fault->loss_threshold | fault->rate_bps |
		fault->is_cut) == 0;
}

/*
 * The uplink is shared by all peers; the rate cap of a fault stands behind it, on this edge alone,
 * and passes bits on while they come in.  So one slow link does not hold up the others.
 */
static uint64_t leaves_ns(struct sim_net *net, struct fault *fault, uint64_t *sent_in_ns,
			  uint64_t now_ns, uint32_t from, uint64_t size_bytes)
{
	struct queue *queue = queue_of(net, from);
	struct rh_rate up = {net->plan->nodes[from].up_bps};
	uint64_t takes = rh_transfer_ns(size_bytes, up);
	uint64_t leaves = after(later(now_ns, queue->up_free_ns), takes);

	queue->up_free_ns = leaves;
	*sent_in_ns = takes;
	if (fault->rate_bps != 0) {
		uint64_t capped = rh_transfer_ns(size_bytes, (struct rh_rate){fault->rate_bps});
		uint64_t starts = later(minus_or_0(leaves, takes), fault->shaper_free_ns);

		leaves = later(leaves, after(starts, capped));
		fault->shaper_free_ns = leaves;
		*sent_in_ns = later(takes, capped);
	}
	return leaves;
}

/* Scenarios may name any time; what is longer than years is never seen to arrive anyway. */
static uint64_t capped_ns(uint64_t span_ns)
{
	return span_ns < SIM_DELAY_MAX_NS ? span_ns : SIM_DELAY_MAX_NS - 1;
}

/* rh_draw3() of a link's delay. */
static uint64_t delay_draw(struct sim_net *net, uint64_t from64, uint64_t mid, uint64_t to64)
{
	if (net->row_from64 != from64 || net->row_mid != mid) {
		net->row_from64 = from64;
		net->row_mid = mid;
		net->row = rh_rng_absorb(net->rng, rh_rng_absorb(net->rng, net->delay_key, from64),
					 mid);
	}
	return rh_rng_absorb(net->rng, net->row, to64);
}

static uint64_t wire_ns(struct sim_net *net, const struct fault *fault, uint64_t base_ns,
			uint64_t from64, uint64_t mid, uint64_t to64)
{
	const struct rh_plan *plan = net->plan;
	uint64_t delay = capped_ns(base_ns);

	if (plan->jitter != RH_JITTER_NONE)
		delay = sim_delay_ns(plan->jitter, delay, plan->jitter_ppm,
				     delay_draw(net, from64, mid, to64));
	delay += capped_ns(fault->delay_ns);
	if (fault->jitter_ns != 0)
		delay += rh_uniform_range(
			rh_draw3(net->rng, RH_PURPOSE_FAULT_DELAY, from64, mid, to64), 0,
			capped_ns(fault->jitter_ns));
	if (delay < plan->lookahead_ns) {
		delay = plan->lookahead_ns;
		state_of(net)->clamps++;
	}
	return delay;
}

struct sim_copy sim_net_send(struct sim_net *net, uint64_t now_ns, uint32_t edge, uint64_t mid,
			     uint64_t size_bytes)
{
	const struct rh_plan *plan = net->plan;
	const struct rh_plan_link *link = &plan->links[edge / 2];
	uint32_t from = edge % 2 == 0 ? link->a : link->b;
	uint64_t from64 = plan->nodes[from].name64;
	uint64_t to64 = plan->nodes[edge % 2 == 0 ? link->b : link->a].name64;
	struct fault *fault = fault_of(net, edge);
	struct sim_copy copy = {SIM_ARRIVES, 0, 0};
	uint64_t loss;

	if (!is_neutral(fault))
		fault->touched++;
	/* Nothing is sent through a cut: it takes no time of the uplink either. */
	if (fault->is_cut) {
		copy.fate = SIM_CUT;
		return copy;
	}
	copy.arrival_ns = leaves_ns(net, fault, &copy.sent_in_ns, now_ns, from, size_bytes);
	loss = sim_loss_merge(plan->loss_threshold, fault->loss_threshold);
	if (loss != 0 &&
	    rh_happens(rh_draw3(net->rng, RH_PURPOSE_LINK_LOSS, from64, mid, to64), loss)) {
		copy.fate = SIM_LOST;
		return copy;
	}
	copy.arrival_ns = after(copy.arrival_ns,
				wire_ns(net, fault, link->delay_ns[edge % 2], from64, mid, to64));
	RH_ASSERT(copy.arrival_ns >= after(now_ns, plan->lookahead_ns));
	return copy;
}

/* ---- the order of a fan-out ------------------------------------------------------------------ */

struct turn {
	uint64_t draw;
	uint32_t position;
};

static int compare_turns(const void *a, const void *b, const void *ctx)
{
	const struct turn *x = a;
	const struct turn *y = b;

	(void)ctx;
	return (x->draw > y->draw) - (x->draw < y->draw);
}

void sim_net_fanout_order(const struct sim_net *net, uint32_t *positions, uint32_t count,
			  uint32_t node, uint64_t mid)
{
	const struct rh_plan *plan = net->plan;
	struct rh_rng rng = {plan->rng, plan->seed};
	const uint32_t *peers = sim_net_peers(net, node);
	struct turn few[32];
	struct turn *turns = few;
	uint32_t i;

	if (count > RH_ARRAY_LEN(few))
		turns = rh_alloc(count, sizeof(*turns));
	for (i = 0; i < count; i++) {
		struct turn turn;
		uint32_t k = i;

		RH_ASSERT(positions[i] < sim_net_peer_count(net, node));
		turn.position = positions[i];
		turn.draw = rh_draw2(rng, RH_PURPOSE_UPLINK_ORDER, mid,
				     plan->nodes[peers[positions[i]]].name64);
		/* Few peers: insertion is faster than any sort.  Many: below. */
		for (; turns == few && k > 0 && few[k - 1].draw > turn.draw; k--)
			few[k] = few[k - 1];
		turns[k] = turn;
	}
	if (turns != few)
		rh_sort(turns, count, sizeof(*turns), compare_turns, NULL);
	for (i = 0; i < count; i++)
		positions[i] = turns[i].position;
	if (turns != few)
		free(turns);
}

bool sim_net_has_downlink(const struct sim_net *net, uint32_t node)
{
	RH_ASSERT(node < net->plan->node_count);
	return net->plan->nodes[node].down_bps != 0;
}

uint64_t sim_net_receive(struct sim_net *net, uint64_t arrival_ns, uint32_t node,
			 uint64_t size_bytes, uint64_t sent_in_ns)
{
	struct queue *queue = queue_of(net, node);
	struct rh_rate down = {net->plan->nodes[node].down_bps};
	uint64_t starts;
	uint64_t done;

	if (down.bits_per_sec == 0)
		return arrival_ns;
	starts = later(queue->down_free_ns, minus_or_0(arrival_ns, sent_in_ns));
	done = later(arrival_ns, after(starts, rh_transfer_ns(size_bytes, down)));
	queue->down_free_ns = done;
	return done;
}

void sim_net_node_reset(struct sim_net *net, uint32_t node, uint64_t now_ns)
{
	struct queue *queue = queue_of(net, node);
	uint32_t count = sim_net_peer_count(net, node);
	uint32_t i;

	queue->up_free_ns = now_ns;
	queue->down_free_ns = now_ns;
	for (i = 0; i < count; i++)
		fault_of(net, sim_net_edge(net, node, i))->shaper_free_ns = now_ns;
}

/* ---- faults ---------------------------------------------------------------------------------- */

void sim_net_set(struct sim_net *net, uint32_t edge, const struct rh_link_state *link)
{
	struct fault *fault = fault_of(net, edge);

	fault->delay_ns = link->delay_ns;
	fault->jitter_ns = link->jitter_ns;
	fault->loss_threshold = link->loss_threshold;
	fault->rate_bps = link->rate_bps;
	fault->is_cut = link->is_cut;
	fault->drops_in_flight = link->drops_in_flight;
	if (link->rate_bps == 0)
		fault->shaper_free_ns = 0;
}

struct rh_link_state sim_net_get(const struct sim_net *net, uint32_t edge)
{
	const struct fault *fault = fault_of(net, edge);
	struct rh_link_state link;

	memset(&link, 0, sizeof(link));
	link.delay_ns = fault->delay_ns;
	link.jitter_ns = fault->jitter_ns;
	link.loss_threshold = fault->loss_threshold;
	link.rate_bps = fault->rate_bps;
	link.is_cut = fault->is_cut != 0;
	link.drops_in_flight = fault->drops_in_flight != 0;
	return link;
}

uint64_t sim_net_touched(struct sim_net *net, uint32_t edge)
{
	struct fault *fault = fault_of(net, edge);
	uint64_t touched = fault->touched;

	fault->touched = 0;
	return touched;
}

uint64_t sim_net_clamps(const struct sim_net *net)
{
	return state_of(net)->clamps;
}
