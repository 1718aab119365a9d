/*
 * actions.c - what the run layer starts: faults on links, crashes and restarts, clock steps, the
 * model's own actions, transactions; and reading back what holds.
 *
 * The world stands at `now` with every event before it done, so an action is applied at once and
 * stands before all events of that time.  Its end is a record that the next run_until() gives.  The
 * world chain of the trace hash takes in each action with its targets.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bits.h"
#include "sim/state.h"

/* ---- records and hash ------------------------------------------------------------------------ */

static void record_end(struct sim_world *world, uint16_t stage, uint32_t ticket, uint32_t step,
		       uint64_t touched, const char *text)
{
	struct rh_record record = {
		.time_ns = world->state->now_ns,
		.node = RH_NODE_WORLD,
		.kind = RH_RECORD_ACTION,
		.stage = stage,
		.index = ticket,
		.a = step,
		.b = touched,
		.text = text,
		.text_len = text != NULL ? (uint32_t)strlen(text) : 0,
	};

	if (sim_wants(world, RH_RECORD_ACTION))
		sim_stream_add(&world->stream, &record);
}

static uint64_t fold_link(const struct sim_world *world, uint64_t h, const struct rh_link_set *set)
{
	const struct rh_plan_link *link = &world->plan->links[set->edge / 2];
	const struct rh_link_state *state = &set->state;
	bool is_back = set->edge & 1;

	h = sim_fold(h, world->names64[is_back ? link->b : link->a]);
	h = sim_fold(h, world->names64[is_back ? link->a : link->b]);
	h = sim_fold(h, state->delay_ns);
	h = sim_fold(h, state->jitter_ns);
	h = sim_fold(h, state->loss_threshold);
	h = sim_fold(h, state->rate_bps);
	return sim_fold(h, (uint64_t)state->is_cut | (uint64_t)state->drops_in_flight << 1);
}

static void hash_action(struct sim_world *world, const struct rh_action *action)
{
	uint64_t *chain = sim_trace_world(&world->space, &world->state->trace);
	uint64_t h = sim_fold(*chain, world->state->now_ns);
	size_t i;

	h = sim_fold(h, (uint64_t)action->kind << 32 | (uint64_t)action->node_op << 16 |
				action->model_action);
	h = sim_fold(h, action->name64);
	for (i = 0; i < action->link_count; i++)
		h = fold_link(world, h, &action->links[i]);
	for (i = 0; i < action->node_count; i++)
		h = sim_fold(h, world->names64[action->nodes[i]]);
	*chain = h;
	world->state->handled++;
}

/* ---- links ----------------------------------------------------------------------------------- */

struct arc_sweep {
	struct sim_world *world;
	uint64_t *arcs; /* bits */
};

/* The copy or the event of its own ends here. */
static void bury(struct sim_world *world, const struct sim_event *event)
{
	struct sim_state *state = world->state;

	state->others -= event->class != RH_CLASS_MESSAGE;
	if (event->class == RH_CLASS_TIMER)
		sim_timer_lose(world, event);
	if (event->is_counted)
		sim_trace_recall(&world->space, &state->trace, event->node, event->time_ns,
				 world->names64[event->source]);
	if (!event->is_flooded)
		sim_object_drop(&world->space, &state->objects, event->ref);
}

static bool doom_on_arcs(void *ctx, const struct sim_event *event)
{
	struct arc_sweep *sweep = ctx;
	const struct sim_net *net = &sweep->world->net;

	if (event->class != RH_CLASS_MESSAGE ||
	    !rh_bit_get(sweep->arcs, net->first[event->source] +
					     sim_net_position(net, event->source, event->node)))
		return false;
	bury(sweep->world, event);
	return true;
}

/* Sets the links; copies on the wire of a fresh dropping cut go.  Returns the copies touched. */
static uint64_t apply_links(struct sim_world *world, const struct rh_action *action)
{
	struct arc_sweep sweep = {.world = world};
	bool is_needed = false;
	uint64_t touched = 0;

	sweep.arcs = rh_alloc(RH_BITS_WORDS(2 * (uint64_t)world->plan->link_count) + 1,
			      sizeof(uint64_t));
	for (size_t i = 0; i < action->link_count; i++) {
		const struct rh_link_set *set = &action->links[i];
		struct rh_link_state before = sim_net_get(&world->net, set->edge);

		RH_ASSERT(i == 0 || action->links[i - 1].edge < set->edge);
		touched += sim_net_touched(&world->net, set->edge);
		sim_net_set(&world->net, set->edge, &set->state);
		if (set->state.is_cut && set->state.drops_in_flight &&
		    !(before.is_cut && before.drops_in_flight)) {
			rh_bit_set(sweep.arcs, sim_net_arc_of_edge(&world->net, set->edge));
			is_needed = true;
		}
	}
	if (is_needed)
		touched += sim_sweep(world, doom_on_arcs, &sweep);
	free(sweep.arcs);
	return touched;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* From when on everybody is up, if nothing more happens: then copies need not ask. */
void sim_find_late(struct sim_world *world)
{
	world->late_ns = 0;
	for (uint32_t i = 0; i < world->plan->node_count; i++) {
		if (world->nodes[i].up_from_ns > world->late_ns)
			world->late_ns = world->nodes[i].up_from_ns;
	}
	world->plain_from_ns = world->late_ns;
	if (world->has_uplinks || world->has_downlinks || world->plan->loss_threshold != 0 ||
	    sim_wants(world, RH_RECORD_MESSAGE))
		world->plain_from_ns = RH_TIME_NEVER;
}

struct node_sweep {
	struct sim_world *world;
	uint64_t *nodes; /* bits */
	uint64_t gone;	 /* without stale timers: how many of them wait is the engine's affair */
};

static bool doom_of_nodes(void *ctx, const struct sim_event *event)
{
	struct node_sweep *sweep = ctx;

	if (!rh_bit_get(sweep->nodes, event->node) &&
	    (event->class != RH_CLASS_MESSAGE || !rh_bit_get(sweep->nodes, event->source)))
		return false;
	sweep->gone += event->class != RH_CLASS_TIMER || sim_timer_counts(sweep->world, event);
	bury(sweep->world, event);
	return true;
}

/* Deletes every copy to and from the nodes and their own events, in one sweep. */
static uint64_t sweep_nodes(struct sim_world *world, const struct rh_action *action)
{
	struct node_sweep sweep = {.world = world};
	size_t i;

	sweep.nodes = rh_alloc(RH_BITS_WORDS(world->plan->node_count) + 1, sizeof(uint64_t));
	for (i = 0; i < action->node_count; i++)
		rh_bit_set(sweep.nodes, action->nodes[i]);
	sim_sweep(world, doom_of_nodes, &sweep);
	free(sweep.nodes);
	return sweep.gone;
}

static void cut_journal(struct sim_world *world, struct sim_node_more *self, uint32_t keep)
{
	while (self->journal.count > keep) {
		struct sim_journal_entry *entry = rh_vec_at(
			&world->space, &self->journal, sizeof(*entry), self->journal.count - 1);

		sim_object_drop(&world->space, &world->state->objects, entry->ref);
		self->journal.count--;
	}
	self->journal_synced = keep;
}

static void record_node_pending(struct sim_world *world, uint32_t node, uint16_t kind,
				uint16_t stage, uint32_t index, uint64_t a)
{
	struct rh_record record = {
		.time_ns = world->state->now_ns,
		.node = node,
		.kind = kind,
		.stage = stage,
		.index = index,
		.a = a,
	};

	if (sim_wants(world, kind))
		sim_stream_add_pending(&world->stream, &record);
}

/* The volatile part of a node is gone; its journal, clock and trace words stay. */
static void crash_node(struct sim_world *world, uint32_t node, const struct rh_action *action)
{
	const struct rh_model *model = world->plan->model;
	struct sim_node *self = &world->nodes[node];
	struct sim_node_more *more = &world->more[node];
	struct sim_trace_node *trace = &world->traces[node];
	uint32_t i;

	if (!sim_is_up(world, node, world->state->now_ns)) {
		self->up_from_ns = RH_TIME_NEVER;
		if (action->node_op == RH_NODE_OP_CRASH_AMNESIA)
			cut_journal(world, more, 0);
		return;
	}
	sim_env_set(&world->workers[0], node);
	if (model->release != NULL)
		model->release(&world->workers[0].env);
	if (self->state != 0)
		memset(rh_at(&world->space, self->state), 0, model->state_size);
	for (i = 0; i < model->timer_count; i++) {
		sim_timers(world, node)[i].is_armed = 0;
		sim_timers(world, node)[i].is_queued = 0;
		sim_timers(world, node)[i].generation++;
	}
	cut_journal(world, more,
		    action->node_op == RH_NODE_OP_CRASH_AMNESIA ? 0 : more->journal_synced);
	sim_flood_forget(&world->space, &world->state->flood, node);
	rh_vec_release(&world->space, &more->gauges, sizeof(struct sim_gauge));
	more->gauge_at = 0;
	more->worker_free_ns = 0;
	self->up_from_ns = RH_TIME_NEVER;
	sim_net_node_reset(&world->net, node, world->state->now_ns);
	trace->chain = sim_fold(trace->chain, world->state->now_ns);
	trace->chain = sim_fold(trace->chain, UINT64_C(0xFFFF) << 32 | (uint64_t)action->node_op);
	trace->chain = sim_fold(trace->chain, action->name64);
	record_node_pending(world, node, RH_RECORD_NODE, RH_NODE_DOWN, 0, 0);
}

/* Actions and inputs of one instant at one node count on as copies: that keeps their keys apart. */
static uint32_t next_copy(struct sim_world *world, uint32_t node, uint64_t at_ns)
{
	struct sim_node_more *self = &world->more[node];

	if (self->instant_ns != at_ns) {
		self->instant_ns = at_ns;
		self->instant_count = 0;
	}
	return self->instant_count++;
}

struct given {
	enum rh_class class;
	uint16_t kind;
	uint32_t step;
	uint64_t name64;
	uint64_t key;
	uint64_t arg;
	uint32_t ticket;
};

static void push_given(struct sim_world *world, uint32_t node, uint64_t at_ns,
		       const struct given *given)
{
	struct sim_event event = {
		.time_ns = at_ns,
		.id = given->key,
		.node = node,
		.source = given->step,
		.kind = given->kind,
		.copy = next_copy(world, node, at_ns),
		.class = (uint8_t)given->class,
		.size_bytes = given->ticket,
		.key = given->key,
		.arg = given->arg,
		.tag = given->name64,
	};

	RH_ASSERT(at_ns >= world->state->now_ns);
	sim_push(&world->workers[0], &event);
}

void sim_push_start(struct sim_world *world, uint32_t node, uint64_t at_ns, uint32_t step,
		    uint64_t name64)
{
	struct given given = {
		.class = RH_CLASS_ACTION,
		.kind = RH_EVENT_START,
		.step = step,
		.name64 = name64,
		.key = world->more[node].starts++,
	};

	world->nodes[node].up_from_ns = at_ns;
	push_given(world, node, at_ns, &given);
}

/* Those that are to begin later begin now: their own start is taken back first.  One whose start a
 * crash took back has it again: no fault makes a node join early. */
static void restart_nodes(struct sim_world *world, const struct rh_action *action)
{
	size_t i;

	for (i = 0; i < action->node_count; i++) {
		uint32_t node = action->nodes[i];
		uint64_t join_ns = world->plan->nodes[node].start_ns;
		uint64_t at_ns = world->state->now_ns;

		if (sim_is_up(world, node, world->state->now_ns))
			continue;
		if (world->nodes[node].up_from_ns != RH_TIME_NEVER) {
			struct rh_action alone = {.nodes = &node, .node_count = 1};

			sweep_nodes(world, &alone);
			world->more[node].starts--;
		} else if (join_ns > at_ns && join_ns != RH_TIME_NEVER) {
			at_ns = join_ns;
		}
		sim_push_start(world, node, at_ns, action->step, action->name64);
	}
}

static uint64_t apply_nodes(struct sim_world *world, const struct rh_action *action)
{
	uint64_t touched = 0;
	size_t i;

	switch (action->node_op) {
	case RH_NODE_OP_CRASH:
	case RH_NODE_OP_CRASH_AMNESIA:
		touched = sweep_nodes(world, action);
		for (i = 0; i < action->node_count; i++)
			crash_node(world, action->nodes[i], action);
		break;
	case RH_NODE_OP_RESTART:
		restart_nodes(world, action);
		break;
	case RH_NODE_OP_NONE:
	case RH_NODE_OP_PAUSE:
	case RH_NODE_OP_RESUME:
		break;
	}
	sim_find_late(world);
	return touched;
}

/* ---- clocks and the model's own -------------------------------------------------------------- */

static void step_clock(struct sim_world *world, uint32_t node, const struct rh_action *action)
{
	struct given given = {
		.class = RH_CLASS_ACTION,
		.kind = RH_EVENT_CLOCK,
		.step = action->step,
		.name64 = action->name64,
		.key = (uint64_t)action->clock_step_ns,
		.arg = (uint64_t)action->clock_drift_ppb,
	};
	struct rh_clock *clock = &world->nodes[node].clock;
	uint32_t i;

	clock->offset_ns = (int64_t)((uint64_t)clock->offset_ns + (uint64_t)action->clock_step_ns);
	clock->drift_ppb += action->clock_drift_ppb;
	if (!sim_is_up(world, node, world->state->now_ns)) {
		record_node_pending(world, node, RH_RECORD_CLOCK, 0, 0,
				    (uint64_t)rh_clock_error(clock, world->state->now_ns));
		return;
	}
	for (i = 0; i < world->plan->model->timer_count; i++) {
		const struct sim_timer *timer = &sim_timers(world, node)[i];

		if (timer->is_armed)
			sim_set_timer(&world->workers[0], node, i, timer->at_clock_ns);
	}
	push_given(world, node, world->state->now_ns, &given);
}

/* True when the node is there to be told. */
static bool act_on_model(struct sim_world *world, uint32_t node, const struct rh_action *action)
{
	struct given given = {
		.class = RH_CLASS_ACTION,
		.kind = (uint16_t)(RH_EVENT_MODEL + action->model_action),
		.step = action->step,
		.name64 = action->name64,
		.key = action->key,
		.arg = action->arg,
	};

	if (!sim_is_up(world, node, world->state->now_ns))
		return false;
	push_given(world, node, world->state->now_ns, &given);
	return true;
}

/* ---- the calls ------------------------------------------------------------------------------- */

/* Many changes may add up to what no clock can show. */
static bool is_clock_possible(const struct rh_clock *clock, const struct rh_action *action)
{
	const int64_t most_ns = INT64_MAX / 4;
	const int64_t most_ppb = 500000000;

	if (action->clock_step_ns < -most_ns || action->clock_step_ns > most_ns ||
	    action->clock_drift_ppb < -most_ppb || action->clock_drift_ppb > most_ppb)
		return false;
	return clock->offset_ns + action->clock_step_ns >= -most_ns &&
	       clock->offset_ns + action->clock_step_ns <= most_ns &&
	       clock->drift_ppb + action->clock_drift_ppb >= -most_ppb &&
	       clock->drift_ppb + action->clock_drift_ppb <= most_ppb;
}

static int check_action(const struct sim_world *world, const struct rh_action *action,
			struct rh_err *err)
{
	size_t i;

	for (i = 0; i < action->link_count; i++) {
		if (action->links[i].edge >= 2 * (uint64_t)world->plan->link_count)
			return rh_err_set(err, RH_E_INPUT, "there is no edge %" PRIu32,
					  action->links[i].edge);
	}
	for (i = 0; i < action->node_count; i++) {
		if (action->nodes[i] >= world->plan->node_count)
			return rh_err_set(err, RH_E_INPUT, "there is no node %" PRIu32,
					  action->nodes[i]);
		if (action->kind == RH_ACTION_CLOCK &&
		    !is_clock_possible(&world->nodes[action->nodes[i]].clock, action))
			return rh_err_set(err, RH_E_LIMIT,
					  "the clock of %s would be too far off to be a clock",
					  world->plan->nodes[action->nodes[i]].name);
	}
	if (action->kind == RH_ACTION_MODEL &&
	    action->model_action >= world->plan->model->action_count)
		return rh_err_set(err, RH_E_INPUT, "model %s has no action %u",
				  world->plan->model->name, (unsigned)action->model_action);
	if (action->kind == RH_ACTION_NODES &&
	    (action->node_op == RH_NODE_OP_PAUSE || action->node_op == RH_NODE_OP_RESUME))
		return rh_err_set(err, RH_E_UNSUPPORTED, "the simulator cannot pause a node yet");
	return 0;
}

int sim_start(struct rh_world *base, const struct rh_action *action, uint32_t ticket,
	      struct rh_err *err)
{
	struct sim_world *world = (struct sim_world *)(void *)base;
	int result = check_action(world, action, err);
	uint64_t touched = 0;
	size_t i;

	if (result != 0)
		return result;
	world->workers[0].now_ns = world->state->now_ns;
	hash_action(world, action);
	switch (action->kind) {
	case RH_ACTION_LINKS:
		touched = apply_links(world, action);
		break;
	case RH_ACTION_NODES:
		touched = apply_nodes(world, action);
		break;
	case RH_ACTION_MODEL:
		for (i = 0; i < action->node_count; i++)
			touched += act_on_model(world, action->nodes[i], action);
		break;
	case RH_ACTION_CLOCK:
		for (i = 0; i < action->node_count; i++)
			step_clock(world, action->nodes[i], action);
		break;
	}
	sim_take_tallies(world);
	record_end(world, RH_ACTION_DONE, ticket, action->step, touched, NULL);
	return 0;
}

int sim_submit(struct rh_world *base, uint32_t node, const struct rh_submission *submission,
	       uint32_t ticket, struct rh_err *err)
{
	struct sim_world *world = (struct sim_world *)(void *)base;
	struct given given = {
		.class = RH_CLASS_INPUT,
		.kind = submission->kind,
		.step = RH_NONE,
		.key = submission->key,
		.arg = submission->arg,
		.ticket = ticket,
	};

	world->workers[0].now_ns = world->state->now_ns;
	if (node >= world->plan->node_count)
		return rh_err_set(err, RH_E_INPUT, "there is no node %" PRIu32, node);
	if (submission->kind >= world->plan->model->input_count)
		return rh_err_set(err, RH_E_INPUT, "model %s takes no input of kind %u",
				  world->plan->model->name, (unsigned)submission->kind);
	world->state->handled++;
	if (sim_is_up(world, node, world->state->now_ns))
		push_given(world, node, world->state->now_ns, &given);
	else
		record_node_pending(world, node, RH_RECORD_TX, RH_TX_DROPPED, ticket,
				    submission->key);
	return 0;
}

static bool is_same_link(const struct rh_link_state *a, const struct rh_link_state *b)
{
	return a->delay_ns == b->delay_ns && a->jitter_ns == b->jitter_ns &&
	       a->loss_threshold == b->loss_threshold && a->rate_bps == b->rate_bps &&
	       a->is_cut == b->is_cut && a->drops_in_flight == b->drops_in_flight;
}

int sim_verify(struct rh_world *base, const struct rh_expectation *expected, uint32_t ticket,
	       struct rh_err *err)
{
	struct sim_world *world = (struct sim_world *)(void *)base;
	const char *reason = NULL;
	size_t i;

	(void)err;
	for (i = 0; i < expected->link_count && reason == NULL; i++) {
		struct rh_link_state state = sim_net_get(&world->net, expected->links[i].edge);

		if (!is_same_link(&state, &expected->links[i].state))
			reason = "a link is in another state";
	}
	for (i = 0; expected->clocks != NULL && i < expected->node_count; i++) {
		const struct rh_clock *clock = &world->nodes[expected->nodes[i]].clock;

		if (clock->offset_ns != expected->clocks[i].offset_ns ||
		    clock->drift_ppb != expected->clocks[i].drift_ppb)
			reason = "a clock shows another time";
	}
	for (i = 0; expected->clocks == NULL && i < expected->node_count && reason == NULL; i++) {
		if (sim_is_up(world, expected->nodes[i], world->state->now_ns) !=
		    expected->nodes_are_up)
			reason = expected->nodes_are_up ? "a node is down" : "a node is up";
	}
	record_end(world, reason == NULL ? RH_ACTION_DONE : RH_ACTION_FAILED, ticket,
		   expected->step, 0, reason);
	return 0;
}
