/*
 * net.c - the state behind the wire: neighbours and their links in arrays by arc, queues by node,
 * faults by arc where there is one.
 *
 * Most links have no fault most of the time, so an arc keeps 4 bytes for the place of one in a pool,
 * and a node the number of its arcs that have one: a node without any takes the plain way, on which
 * the delays of a whole fan-out are computed at once.
 *
 * Every draw is named by the sender, the message and the receiver, so a copy's fate depends on
 * nothing else that happens on the wire.  Queues are the exception, and are meant to be: they are
 * how copies influence each other.
 *
 * Several threads may send at once, each for its own nodes: all that a sending writes belongs to the
 * sender, apart from the count of clamps.
 *
 * LIMIT: copies on one link may overtake each other when the jitter is larger than the time between
 * them; there is no handshake, no slow start and no retransmission below the model.
 */
#include "sim/net/net.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/dist.h"
#include "core/base/sort.h"
#include "core/base/units.h"
#include "core/jitter.h"
#include "sim/net/delay.h"

#define FEW_TURNS 32
#define END_NS	  (UINT64_C(1) << 62) /* 146 years */

struct sim_net_state {
	uint32_t node_count;
	uint32_t arc_count;
	rh_off first;
	rh_off to;
	rh_off back;
	rh_off base_ns;
	rh_off to_name64;
	rh_off names64;
	rh_off sends_low;
	rh_off sends_high;
	rh_off fault;
	rh_off faulty;
	rh_off queues;
	struct rh_vec faults; /* struct fault; a free one is neutral */
	uint32_t free_head;   /* 1 + place of a free fault, whose `touched` is the next */
	uint32_t has_high;
	uint64_t clamps;
	uint64_t flat_ns;
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

/* NULL: the arc has none. */
static struct fault *fault_of(const struct sim_net *net, uint32_t arc)
{
	uint32_t place = net->fault != NULL ? net->fault[arc] : 0;

	if (place == 0)
		return NULL;
	return rh_vec_at(net->space, &state_of(net)->faults, sizeof(struct fault), place - 1);
}

/* Room for at least one, so that an offset is never "none". */
static rh_off array_new(struct rh_space *space, uint64_t count, uint64_t size)
{
	return rh_space_alloc(space, (count + 1) * size);
}

/* ---- who is linked to whom ------------------------------------------------------------------- */

/* Links come sorted by (a, b) with a < b: a first pass over them by their far end gives each node
 * its lower neighbours in order, a second one its higher neighbours. */
static void arcs_build(const struct sim_net *net)
{
	const struct rh_plan *plan = net->plan;
	uint32_t *first = rh_at(net->space, state_of(net)->first);
	uint32_t *to = rh_at(net->space, state_of(net)->to);
	uint16_t *back = rh_at(net->space, state_of(net)->back);
	uint64_t *base_ns = rh_at(net->space, state_of(net)->base_ns);
	uint32_t *fill = rh_alloc((size_t)plan->node_count + 1, sizeof(*fill));
	uint32_t *low = rh_alloc((size_t)plan->link_count + 1, sizeof(*low));
	uint32_t i;

	for (i = 0; i < plan->link_count; i++) {
		const struct rh_plan_link *link = &plan->links[i];

		RH_ASSERT(link->a < link->b && link->b < plan->node_count);
		RH_ASSERT(i == 0 || link[-1].a < link->a ||
			  (link[-1].a == link->a && link[-1].b < link->b));
		RH_ASSERT(plan->lookahead_ns <= rh_link_min_ns(plan, 2 * i));
		RH_ASSERT(plan->lookahead_ns <= rh_link_min_ns(plan, 2 * i + 1));
		first[link->a + 1]++;
		first[link->b + 1]++;
	}
	for (i = 0; i < plan->node_count; i++) {
		first[i + 1] += first[i];
		fill[i] = first[i];
	}
	for (i = 0; i < plan->link_count; i++) {
		low[i] = fill[plan->links[i].b]++;
		to[low[i]] = plan->links[i].a;
		base_ns[low[i]] = plan->links[i].delay_ns[1];
	}
	for (i = 0; i < plan->link_count; i++) {
		const struct rh_plan_link *link = &plan->links[i];
		uint32_t high = fill[link->a]++;

		to[high] = link->b;
		base_ns[high] = link->delay_ns[0];
		back[high] = (uint16_t)(low[i] - first[link->b]);
		back[low[i]] = (uint16_t)(high - first[link->a]);
	}
	free(low);
	free(fill);
}

/* What all links have in common. */
static void bind_flat(struct sim_net *net, uint64_t flat_ns)
{
	const struct rh_plan *plan = net->plan;

	net->flat_share_ns = sim_share_ns(flat_ns, plan->jitter_ppm);
	net->flat_ns = flat_ns;
	net->is_flat_alone = flat_ns != 0 && (plan->model == NULL || plan->model->wire == NULL);
}

/* What is made anew in each process. */
static void bind(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan,
		 rh_off state)
{
	struct sim_net_state *at = rh_at(space, state);
	struct rh_rng rng = {plan->rng, plan->seed};

	*net = (struct sim_net){
		.space = space,
		.plan = plan,
		.state = state,
		.rng = rng,
		.delay_key = rh_rng_key(rng, RH_PURPOSE_LINK_DELAY),
		.first = rh_at(space, at->first),
		.to = rh_at(space, at->to),
		.back = rh_at(space, at->back),
		.base_ns = rh_at(space, at->base_ns),
		.to_name64 = rh_at(space, at->to_name64),
		.names64 = rh_at(space, at->names64),
		.node_count = at->node_count,
		.sends_low = rh_at(space, at->sends_low),
		.sends_high = rh_at(space, at->sends_high),
		.has_high = &at->has_high,
		.fault = at->fault != 0 ? rh_at(space, at->fault) : NULL,
		.faulty = rh_at(space, at->faulty),
	};
	bind_flat(net, at->flat_ns);
}

/* The delay that all links have, or 0. */
static uint64_t flat_ns(const struct rh_plan *plan)
{
	for (uint32_t edge = 0; edge < 2 * plan->link_count; edge++) {
		if (plan->links[edge / 2].delay_ns[edge % 2] != plan->links[0].delay_ns[0])
			return 0;
	}
	return plan->link_count != 0 ? plan->links[0].delay_ns[0] : 0;
}

void sim_net_init(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan)
{
	uint64_t arc_count = 2 * (uint64_t)plan->link_count;
	rh_off off = rh_space_alloc(space, sizeof(struct sim_net_state));
	struct sim_net_state *state = rh_at(space, off);
	uint64_t *to_name64;
	uint64_t *names64;

	RH_ASSERT(plan->lookahead_ns != 0 && arc_count < UINT32_MAX);
	state->node_count = plan->node_count;
	state->arc_count = (uint32_t)arc_count;
	state->first = array_new(space, (uint64_t)plan->node_count + 1, sizeof(uint32_t));
	state->to = array_new(space, arc_count, sizeof(uint32_t));
	state->back = array_new(space, arc_count, sizeof(uint16_t));
	state->base_ns = array_new(space, arc_count, sizeof(uint64_t));
	state->to_name64 = array_new(space, arc_count, sizeof(uint64_t));
	state->names64 = array_new(space, plan->node_count, sizeof(uint64_t));
	state->sends_low = array_new(space, arc_count, sizeof(uint8_t));
	state->sends_high = array_new(space, arc_count, sizeof(struct sim_upper));
	state->faulty = array_new(space, plan->node_count, sizeof(uint32_t));
	state->queues = array_new(space, plan->node_count, sizeof(struct queue));
	bind(net, space, plan, off);
	arcs_build(net);
	to_name64 = rh_at(space, state->to_name64);
	names64 = rh_at(space, state->names64);
	for (uint32_t node = 0; node < plan->node_count; node++)
		names64[node] = plan->nodes[node].name64;
	state->flat_ns = flat_ns(plan);
	bind_flat(net, state->flat_ns);
	for (uint32_t arc = 0; arc < arc_count; arc++)
		to_name64[arc] = plan->nodes[net->to[arc]].name64;
}

void sim_net_attach(struct sim_net *net, struct rh_space *space, const struct rh_plan *plan,
		    rh_off state)
{
	bind(net, space, plan, state);
	RH_ASSERT(state_of(net)->node_count == plan->node_count);
	RH_ASSERT(state_of(net)->arc_count == 2 * plan->link_count);
}

/* Halves without asking which: where a draw chose the peer, nobody can foresee the answers. */
uint32_t sim_net_search(const struct sim_net *net, uint32_t node, uint32_t peer)
{
	const uint32_t *peers = sim_net_peers(net, node);
	uint32_t count = sim_net_peer_count(net, node);
	const uint32_t *at = peers;

	if (count == 0)
		return RH_NONE;
	for (; count > 1; count -= count / 2)
		at += at[count / 2 - 1] < peer ? count / 2 : 0;
	return *at == peer ? (uint32_t)(at - peers) : RH_NONE;
}

uint32_t sim_net_arc_of_edge(const struct sim_net *net, uint32_t edge)
{
	const struct rh_plan_link *link = &net->plan->links[edge / 2];
	uint32_t from = edge % 2 == 0 ? link->a : link->b;

	RH_ASSERT(edge < state_of(net)->arc_count);
	return net->first[from] + sim_net_position(net, from, edge % 2 == 0 ? link->b : link->a);
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

uint64_t sim_net_takes_ns(const struct sim_net *net, const struct sim_sending *sending)
{
	struct rh_rate up = {net->plan->nodes[sending->from].up_bps};

	return rh_transfer_ns(sending->size_bytes, up);
}

void sim_net_fetch_queue(const struct sim_net *net, uint32_t node)
{
	__builtin_prefetch(queue_of(net, node), 1);
}

uint64_t sim_net_leaves_ns(struct sim_net *net, const struct sim_sending *sending,
			   uint64_t takes_ns)
{
	struct queue *queue = queue_of(net, sending->from);

	queue->up_free_ns = after(later(sending->now_ns, queue->up_free_ns), takes_ns);
	return queue->up_free_ns;
}

void sim_net_leave_in_turn(struct sim_net *net, const struct sim_sending *sending,
			   const uint32_t *positions, uint32_t count, uint64_t *delays_ns)
{
	struct queue *queue = queue_of(net, sending->from);
	uint64_t takes_ns = sim_net_takes_ns(net, sending);
	uint64_t free_ns = later(sending->now_ns, queue->up_free_ns);

	for (uint32_t i = 0; i < count; i++) {
		free_ns = after(free_ns, takes_ns);
		delays_ns[positions[i]] += free_ns - sending->now_ns;
	}
	if (count > 0)
		queue->up_free_ns = free_ns;
}

/*
 * The uplink is shared by all peers; the rate cap of a fault stands behind it, on this arc alone,
 * and passes bits on while they come in.  So one slow link does not hold up the others.
 */
static uint64_t leaves_ns(struct sim_net *net, struct fault *fault, uint64_t *sent_in_ns,
			  const struct sim_sending *sending)
{
	uint64_t takes = sim_net_takes_ns(net, sending);
	uint64_t leaves = sim_net_leaves_ns(net, sending, takes);

	*sent_in_ns = takes;
	if (fault != NULL && fault->rate_bps != 0) {
		uint64_t capped =
			rh_transfer_ns(sending->size_bytes, (struct rh_rate){fault->rate_bps});
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

static uint64_t uniform_ns(uint64_t base_ns, uint64_t ppm, uint64_t draw)
{
	return base_ns + rh_uniform_range(draw, 0, sim_share_ns(base_ns, ppm));
}

static inline uint64_t law_row(const struct sim_net *net, const struct sim_sending *sending)
{
	return rh_rng_absorb(net->rng, rh_rng_absorb(net->rng, net->delay_key, sending->from64),
			     sending->mid);
}

/* By the plan's law: nothing below the lookahead comes out of it. */
static uint64_t law_ns(const struct sim_net *net, uint64_t base_ns, uint64_t draw)
{
	const struct rh_plan *plan = net->plan;
	uint64_t base = capped_ns(base_ns);

	return plan->jitter == RH_JITTER_UNIFORM
		       ? uniform_ns(base, plan->jitter_ppm, draw)
		       : sim_delay_ns(plan->jitter, base, plan->jitter_ppm, draw);
}

uint64_t sim_net_bound_ns(struct sim_net *net, uint64_t delay_ns)
{
	uint64_t bounded = capped_ns(delay_ns);

	if (bounded >= net->plan->lookahead_ns)
		return bounded;
	__atomic_fetch_add(&state_of(net)->clamps, 1, __ATOMIC_RELAXED);
	return net->plan->lookahead_ns;
}

void sim_net_delays(struct sim_net *net, const struct sim_sending *sending, uint32_t arc,
		    uint32_t count, uint64_t *delay_ns)
{
	const struct rh_plan *plan = net->plan;

	if (plan->model != NULL && plan->model->wire != NULL) {
		struct rh_fan fan = {
			.from = sending->from,
			.count = count,
			.key = sending->key,
			.to = net->to + arc,
			.base_ns = net->base_ns + arc,
		};

		plan->model->wire->delays(plan->params, &fan, delay_ns);
	} else if (plan->jitter != RH_JITTER_NONE) {
		uint64_t row = law_row(net, sending);

		for (uint32_t i = 0; i < count; i++)
			delay_ns[i] = law_ns(net, net->base_ns[arc + i],
					     rh_rng_absorb(net->rng, row, net->to_name64[arc + i]));
	} else {
		memcpy(delay_ns, net->base_ns + arc, count * sizeof(*delay_ns));
	}
}

static uint64_t fault_ns(const struct sim_net *net, const struct fault *fault,
			 const struct sim_sending *sending, uint64_t to64)
{
	uint64_t delay = capped_ns(fault->delay_ns);

	if (fault->jitter_ns != 0)
		delay += rh_uniform_range(rh_draw3(net->rng, RH_PURPOSE_FAULT_DELAY,
						   sending->from64, sending->mid, to64),
					  0, capped_ns(fault->jitter_ns));
	return delay;
}

/* Over a link like all others.  What is known of all of them is not asked of one of very many, which
 * is hardly ever in the cache. */
static inline uint64_t flat_wire_ns(const struct sim_net *net, const struct sim_sending *sending,
				    uint64_t to64)
{
	uint64_t draw;

	if (net->plan->jitter == RH_JITTER_NONE)
		return net->flat_ns;
	draw = rh_rng_absorb(net->rng, law_row(net, sending), to64);
	if (net->plan->jitter == RH_JITTER_EXPONENTIAL)
		return sim_delay_exponential_ns(capped_ns(net->flat_ns), net->flat_share_ns, draw);
	return law_ns(net, net->flat_ns, draw);
}

static inline uint64_t wire_ns(struct sim_net *net, const struct sim_sending *sending, uint32_t arc,
			       uint64_t to64)
{
	uint64_t delay;

	if (net->is_flat_alone)
		delay = flat_wire_ns(net, sending, to64);
	else
		sim_net_delays(net, sending, arc, 1, &delay);
	return sim_net_bound_ns(net, delay);
}

uint64_t sim_net_plain_ns(struct sim_net *net, const struct sim_sending *sending, uint32_t arc,
			  uint64_t to64)
{
	return after(sending->now_ns, wire_ns(net, sending, arc, to64));
}

struct sim_copy sim_net_send(struct sim_net *net, const struct sim_sending *sending, uint32_t arc)
{
	const struct rh_plan *plan = net->plan;
	uint64_t to64 = net->names64[net->to[arc]];
	struct fault *fault = fault_of(net, arc);
	struct sim_copy copy = {SIM_ARRIVES, 0, 0};
	uint64_t loss = plan->loss_threshold;
	uint64_t delay;

	RH_ASSERT(arc >= net->first[sending->from] && arc < net->first[sending->from + 1]);
	if (fault != NULL) {
		fault->touched++;
		loss = sim_loss_merge(loss, fault->loss_threshold);
	}
	/* Nothing is sent through a cut: it takes no time of the uplink either. */
	if (fault != NULL && fault->is_cut) {
		copy.fate = SIM_CUT;
		return copy;
	}
	copy.arrival_ns = leaves_ns(net, fault, &copy.sent_in_ns, sending);
	if (loss != 0 && rh_happens(rh_draw3(net->rng, RH_PURPOSE_LINK_LOSS, sending->from64,
					     sending->mid, to64),
				    loss)) {
		copy.fate = SIM_LOST;
		return copy;
	}
	delay = wire_ns(net, sending, arc, to64);
	if (fault != NULL)
		delay += fault_ns(net, fault, sending, to64);
	copy.arrival_ns = after(copy.arrival_ns, delay);
	RH_ASSERT(copy.arrival_ns >= after(sending->now_ns, plan->lookahead_ns));
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

/*
 * A few: each is compared with each, and its place is the number of those before it.  Without a branch,
 * since nobody could foresee them; equal draws stay as they stand.
 */
static void order_few(uint32_t *positions, const uint64_t *draws, uint32_t count)
{
	uint32_t places[FEW_TURNS];
	uint32_t before[FEW_TURNS];

	for (uint32_t i = 0; i < count; i++) {
		uint32_t place = 0;

		for (uint32_t k = 0; k < i; k++) {
			uint32_t is_later = draws[k] > draws[i];

			places[k] += is_later;
			place += 1 - is_later;
		}
		places[i] = place;
		before[i] = positions[i];
	}
	for (uint32_t i = 0; i < count; i++)
		positions[places[i]] = before[i];
}

void sim_net_fanout_order(const struct sim_net *net, uint32_t *positions, uint32_t count,
			  uint32_t node, uint64_t mid)
{
	uint64_t row = rh_rng_absorb(net->rng, rh_rng_key(net->rng, RH_PURPOSE_UPLINK_ORDER), mid);
	const uint64_t *names64 = net->to_name64 + net->first[node];
	uint64_t draws[FEW_TURNS];
	struct turn *turns;
	uint32_t i;

	if (count <= FEW_TURNS) {
		for (i = 0; i < count; i++)
			draws[i] = rh_rng_absorb(net->rng, row, names64[positions[i]]);
		order_few(positions, draws, count);
		return;
	}
	turns = rh_alloc(count, sizeof(*turns));
	for (i = 0; i < count; i++) {
		RH_ASSERT(positions[i] < sim_net_peer_count(net, node));
		turns[i] = (struct turn){
			.draw = rh_rng_absorb(net->rng, row, names64[positions[i]]),
			.position = positions[i],
		};
	}
	rh_sort(turns, count, sizeof(*turns), compare_turns, NULL);
	for (i = 0; i < count; i++)
		positions[i] = turns[i].position;
	free(turns);
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
	for (i = 0; i < count; i++) {
		struct fault *fault = fault_of(net, net->first[node] + i);

		if (fault != NULL)
			fault->shaper_free_ns = now_ns;
	}
}

/* ---- faults ---------------------------------------------------------------------------------- */

static bool is_neutral(const struct rh_link_state *link)
{
	return (link->delay_ns | link->jitter_ns | link->loss_threshold | link->rate_bps) == 0 &&
	       !link->is_cut && !link->drops_in_flight;
}

static struct fault *fault_new(struct sim_net *net, uint32_t arc, uint32_t from)
{
	struct sim_net_state *state = state_of(net);
	uint32_t place = state->free_head;
	struct fault *fault;

	/* A network without faults does not pay for their places. */
	if (net->fault == NULL) {
		state->fault = array_new(net->space, state->arc_count, sizeof(uint32_t));
		net->fault = rh_at(net->space, state->fault);
	}
	if (place == 0) {
		fault = rh_vec_push(net->space, &state->faults, sizeof(*fault));
		place = state->faults.count;
	} else {
		fault = rh_vec_at(net->space, &state->faults, sizeof(*fault), place - 1);
		state->free_head = (uint32_t)fault->touched;
		fault->touched = 0;
	}
	net->fault[arc] = place;
	net->faulty[from]++;
	return fault;
}

static void fault_free(struct sim_net *net, uint32_t arc, uint32_t from)
{
	struct sim_net_state *state = state_of(net);
	struct fault *fault = fault_of(net, arc);

	memset(fault, 0, sizeof(*fault));
	fault->touched = state->free_head;
	state->free_head = net->fault[arc];
	net->fault[arc] = 0;
	RH_ASSERT(net->faulty[from] > 0);
	net->faulty[from]--;
}

/* A fault that does nothing any more is forgotten, with what it had counted. */
void sim_net_set(struct sim_net *net, uint32_t edge, const struct rh_link_state *link)
{
	const struct rh_plan_link *ends = &net->plan->links[edge / 2];
	uint32_t from = edge % 2 == 0 ? ends->a : ends->b;
	uint32_t arc = sim_net_arc_of_edge(net, edge);
	struct fault *fault = fault_of(net, arc);

	if (is_neutral(link)) {
		if (fault != NULL)
			fault_free(net, arc, from);
		return;
	}
	if (fault == NULL)
		fault = fault_new(net, arc, from);
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
	const struct fault *fault = fault_of(net, sim_net_arc_of_edge(net, edge));
	struct rh_link_state link;

	memset(&link, 0, sizeof(link));
	if (fault == NULL)
		return link;
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
	struct fault *fault = fault_of(net, sim_net_arc_of_edge(net, edge));
	uint64_t touched;

	if (fault == NULL)
		return 0;
	touched = fault->touched;
	fault->touched = 0;
	return touched;
}

uint64_t sim_net_clamps(const struct sim_net *net)
{
	return state_of(net)->clamps;
}
