/*
 * driver.c - one event: what the kernel itself does with it, then the model's step.
 *
 *   pop ──► downlink? ──► stale? ──► seen before? ──► hash ──► step ──► effects (effects.c)
 *
 * The node is up whenever an event comes for it: a crash deletes what was on its way, and nothing
 * is sent to a node that is down.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/state.h"

/* ---- the world as a step sees it ------------------------------------------------------------- */

static void *host_object_new(void *ctx, uint32_t size_bytes, struct rh_handle *ref)
{
	struct sim_world *world = ctx;
	void *bytes = sim_object_new(&world->space, &world->state->objects, size_bytes, ref);

	if (world->fresh_count == world->fresh_cap) {
		world->fresh_cap = world->fresh_cap == 0 ? 16 : world->fresh_cap * 2;
		world->fresh = rh_realloc(world->fresh, world->fresh_cap * sizeof(*world->fresh));
	}
	world->fresh[world->fresh_count++] = *ref;
	return bytes;
}

static const void *host_object_at(void *ctx, struct rh_handle ref)
{
	const struct sim_world *world = ctx;

	return sim_object_at(&world->space, &world->state->objects, ref);
}

static void host_object_keep(void *ctx, struct rh_handle ref)
{
	struct sim_world *world = ctx;

	sim_object_keep(&world->space, &world->state->objects, ref);
}

static void host_object_drop(void *ctx, struct rh_handle ref)
{
	struct sim_world *world = ctx;

	sim_object_drop(&world->space, &world->state->objects, ref);
}

static uint32_t host_journal_count(void *ctx, uint32_t node)
{
	const struct sim_world *world = ctx;

	return world->nodes[node].journal.count;
}

static void host_journal_at(void *ctx, uint32_t node, uint32_t index, uint64_t *key,
			    struct rh_handle *ref)
{
	const struct sim_world *world = ctx;
	const struct sim_journal_entry *entry =
		rh_vec_at(&world->space, &world->nodes[node].journal, sizeof(*entry), index);

	*key = entry->key;
	*ref = entry->ref;
}

const struct rh_host sim_host = {
	.object_new = host_object_new,
	.object_at = host_object_at,
	.object_keep = host_object_keep,
	.object_drop = host_object_drop,
	.journal_count = host_journal_count,
	.journal_at = host_journal_at,
};

void sim_env_set(struct sim_world *world, uint32_t node)
{
	const struct rh_plan_node *plan_node = &world->plan->nodes[node];
	const struct sim_node *self = &world->nodes[node];
	struct rh_env *env = &world->env;

	env->state = self->state != 0 ? rh_at(&world->space, self->state) : NULL;
	env->node_params = plan_node->params;
	env->clock_ns = sim_clock_local(&self->clock, world->state->now_ns);
	env->name64 = world->names64[node];
	env->node = node;
	env->peer_count = world->peers[node].count;
	env->peers = world->peers[node].nodes;
	env->weight = plan_node->weight;
}

static void record_violation(struct sim_world *world, uint32_t node, uint32_t number,
			     bool is_in_event)
{
	const char *name = world->plan->model->invariants[number].name;
	struct rh_record record = {
		.time_ns = world->state->now_ns,
		.node = node,
		.kind = RH_RECORD_INVARIANT,
		.index = number,
		.text = name,
		.text_len = (uint32_t)strlen(name),
	};

	if (!sim_wants(world, RH_RECORD_INVARIANT))
		return;
	if (is_in_event)
		sim_stream_add(&world->stream, &record);
	else
		sim_stream_add_pending(&world->stream, &record);
}

void sim_check_invariants(struct sim_world *world, uint32_t node, bool is_in_event)
{
	const struct rh_model *model = world->plan->model;
	struct sim_node *self = &world->nodes[node];
	uint32_t i;

	RH_ASSERT(model->invariant_count <= 64);
	if (is_in_event && model->is_unchanged != NULL && model->is_unchanged(&world->env))
		return;
	for (i = 0; i < model->invariant_count; i++) {
		if (((self->violated >> i) & 1) || model->invariants[i].holds(&world->env))
			continue;
		self->violated |= UINT64_C(1) << i;
		record_violation(world, node, i, is_in_event);
	}
}

/* ---- the event ------------------------------------------------------------------------------- */

bool sim_is_stale(const struct sim_world *world, const struct sim_event *event)
{
	const struct sim_timer *timer = &sim_timers(world, event->node)[event->kind];

	RH_ASSERT(event->class == RH_CLASS_TIMER && event->kind < world->plan->model->timer_count);
	return !timer->is_armed || timer->generation != (uint32_t)event->id;
}

/* A node that sends itself events without end is stopped with an error. */
static void count_self_event(struct sim_world *world, uint32_t node, uint64_t time_ns)
{
	struct sim_node *self = &world->nodes[node];
	uint64_t limit = world->plan->limit_self_events;
	uint64_t window = time_ns >> world->window_log2;

	if (self->self_window != window) {
		self->self_window = window;
		self->self_count = 0;
	}
	self->self_count++;
	if (limit != 0 && self->self_count > limit)
		sim_fail(world, RH_E_LIMIT,
			 "node %s has sent itself %" PRIu64 " events within %" PRIu64
			 " ns; a loop, or raise limits.selfEvents",
			 world->plan->nodes[node].name, self->self_count,
			 UINT64_C(1) << world->window_log2);
}

static void record_copy(struct sim_world *world, const struct sim_event *event,
			const struct sim_message *message, bool is_duplicate)
{
	struct rh_record record = {
		.time_ns = event->time_ns,
		.node = event->node,
		.kind = RH_RECORD_MESSAGE,
		.stage = is_duplicate ? RH_MESSAGE_DUPLICATE : RH_MESSAGE_ARRIVED,
		.index = event->kind & 0xFFFF,
		.a = event->id,
		.b = event->source,
		.c = message->size_bytes,
	};

	sim_stream_add(&world->stream, &record);
}

/* True when the copy is in at another time than its bits began to come. */
static bool waits_for_downlink(struct sim_world *world, const struct sim_event *event,
			       const struct sim_message *message)
{
	struct sim_event due = *event;

	if (event->stage != SIM_STAGE_WIRE)
		return false;
	due.time_ns = sim_net_receive(&world->net, event->time_ns, event->node, message->size_bytes,
				      message->sent_in_ns);
	due.stage = SIM_STAGE_DUE;
	RH_ASSERT(due.time_ns >= event->time_ns);
	if (due.time_ns == event->time_ns)
		return false;
	world->engine.ops->push(&world->engine, &due);
	return true;
}

/* A copy has arrived: true when the model gets it. */
static bool take_copy(struct sim_world *world, const struct sim_event *event,
		      const struct sim_message *message, struct sim_trace_node *trace)
{
	const struct rh_model *model = world->plan->model;
	uint32_t topic = event->kind >> 16;
	bool is_duplicate = false;

	RH_ASSERT(world->state->in_flight > 0);
	world->state->in_flight--;
	sim_trace_arrival(trace, event->time_ns, world->names64[event->source]);
	if (topic != 0 && model->topics[topic - 1].relay == RH_TOPIC_FLOOD)
		is_duplicate =
			!rh_idmap_put(&world->space, &world->nodes[event->node].seen, event->id, 0);
	if (is_duplicate)
		trace->duplicates++;
	if (sim_wants(world, RH_RECORD_MESSAGE))
		record_copy(world, event, message, is_duplicate);
	return !is_duplicate;
}

static void record_node(struct sim_world *world, uint32_t node, uint16_t kind, uint16_t stage,
			uint32_t index, uint64_t a)
{
	struct rh_record record = {.time_ns = world->state->now_ns,
				   .node = node,
				   .kind = kind,
				   .stage = stage,
				   .index = index,
				   .a = a};

	if (sim_wants(world, kind))
		sim_stream_add(&world->stream, &record);
}

static void announce(struct sim_world *world, const struct sim_event *event,
		     const struct sim_message *message)
{
	const struct sim_clock *clock = &world->nodes[event->node].clock;

	if (event->class == RH_CLASS_INPUT)
		record_node(world, event->node, RH_RECORD_TX, RH_TX_SUBMITTED, message->size_bytes,
			    message->key);
	if (event->class != RH_CLASS_ACTION || event->kind >= RH_EVENT_MODEL)
		return;
	if (event->kind == RH_EVENT_START)
		record_node(world, event->node, RH_RECORD_NODE, RH_NODE_UP, 0, 0);
	else
		record_node(world, event->node, RH_RECORD_CLOCK, 0, 0, (uint64_t)clock->offset_ns);
	if (sim_wants(world, RH_RECORD_GAUGE) &&
	    (event->kind == RH_EVENT_CLOCK || sim_clock_error(clock, event->time_ns) != 0) &&
	    sim_gauge_changed(world, event->node, RH_GAUGE_CLOCK_OFFSET,
			      sim_clock_error(clock, event->time_ns)))
		record_node(world, event->node, RH_RECORD_GAUGE, 0, RH_GAUGE_CLOCK_OFFSET,
			    (uint64_t)sim_clock_error(clock, event->time_ns));
}

static void run_step(struct sim_world *world, const struct rh_event *event, uint32_t node)
{
	uint32_t i;

	sim_env_set(world, node);
	world->plan->model->step(&world->env, event, &world->fx);
	sim_drain_effects(world, node);
	for (i = 0; i < world->fresh_count; i++)
		sim_object_drop(&world->space, &world->state->objects, world->fresh[i]);
	world->fresh_count = 0;
	if (world->checks_each_step)
		sim_check_invariants(world, node, true);
}

static void check_limits(struct sim_world *world)
{
	const struct rh_plan *plan = world->plan;
	uint64_t used = rh_space_used(&world->space);

	if (plan->limit_messages != 0 && world->state->in_flight > plan->limit_messages)
		sim_fail(world, RH_E_LIMIT,
			 "%" PRIu64 " copies are in flight; raise limits.messagesInFlight",
			 world->state->in_flight);
	if (plan->limit_memory != 0 && used > plan->limit_memory)
		sim_fail(world, RH_E_LIMIT,
			 "the simulation uses %" PRIu64 " bytes of memory; raise limits.memory",
			 used);
}

/* Name of whoever the event comes from, as the hash calls it. */
static uint64_t source_name(const struct sim_world *world, const struct sim_event *event,
			    const struct sim_message *message)
{
	if (event->class == RH_CLASS_ACTION || event->class == RH_CLASS_INPUT)
		return message->name64;
	return world->names64[event->source];
}

void sim_handle(struct sim_world *world, const struct sim_event *event)
{
	static const struct sim_message nothing;
	struct sim_state *state = world->state;
	struct sim_trace_node *trace = sim_trace_node(&world->space, &state->trace, event->node);
	const struct sim_message *message = &nothing;
	struct rh_event seen;

	state->now_ns = event->time_ns;
	RH_ASSERT(sim_is_up(world, event->node));
	if (world->stream.pending_count > 0)
		sim_stream_settle(&world->stream, event->time_ns, event->node);
	if (event->payload != 0)
		message = sim_message_at(&world->space, &state->messages, event->payload);
	if (event->class == RH_CLASS_MESSAGE) {
		if (waits_for_downlink(world, event, message))
			return;
		if (!take_copy(world, event, message, trace))
			goto out;
	}
	if (event->class == RH_CLASS_TIMER) {
		if (sim_is_stale(world, event)) {
			state->stale_timers -= state->stale_timers > 0;
			return;
		}
		sim_timers(world, event->node)[event->kind].is_armed = 0;
	}
	if (event->class == RH_CLASS_TIMER || event->class == RH_CLASS_WORK) {
		state->handled++;
		count_self_event(world, event->node, event->time_ns);
	}
	sim_trace_event(trace, event->time_ns, (uint64_t)event->class << 56 | event->kind,
			source_name(world, event, message), event->id, event->copy);
	seen = (struct rh_event){
		.class = event->class,
		.kind = (uint16_t)event->kind,
		.topic = (uint16_t)(event->class == RH_CLASS_MESSAGE ? event->kind >> 16 : 0),
		.from = event->class <= RH_CLASS_INPUT ? event->node : event->source,
		.id = event->id,
		.key = message->key,
		.arg = message->arg,
		.ref = message->ref,
		.object = sim_object_at(&world->space, &state->objects, message->ref),
	};
	announce(world, event, message);
	run_step(world, &seen, event->node);
	check_limits(world);
out:
	if (event->payload != 0)
		sim_message_drop(&world->space, &state->messages, &state->objects, event->payload);
}
