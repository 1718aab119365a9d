/*
 * driver.c - one event: what the kernel itself does with it, then the model's step.
 *
 *   event ──► downlink? ──► stale? ──► seen before? ──► hash ──► step ──► effects (effects.c)
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
	struct sim_worker *worker = ctx;
	struct sim_world *world = worker->world;
	void *bytes = sim_object_new(&world->space, &world->state->objects, size_bytes, ref);

	if (worker->fresh_count == worker->fresh_cap) {
		worker->fresh_cap = worker->fresh_cap == 0 ? 16 : worker->fresh_cap * 2;
		worker->fresh =
			rh_realloc(worker->fresh, worker->fresh_cap * sizeof(*worker->fresh));
	}
	worker->fresh[worker->fresh_count++] = *ref;
	return bytes;
}

static const void *host_object_at(void *ctx, struct rh_handle ref)
{
	const struct sim_world *world = ((const struct sim_worker *)ctx)->world;

	return sim_object_at(&world->space, &world->state->objects, ref);
}

static void host_object_keep(void *ctx, struct rh_handle ref)
{
	const struct sim_world *world = ((const struct sim_worker *)ctx)->world;

	sim_object_keep(&world->space, &world->state->objects, ref);
}

static void host_object_drop(void *ctx, struct rh_handle ref)
{
	struct sim_world *world = ((const struct sim_worker *)ctx)->world;

	sim_object_drop(&world->space, &world->state->objects, ref);
}

static uint32_t host_journal_count(void *ctx, uint32_t node)
{
	const struct sim_world *world = ((const struct sim_worker *)ctx)->world;

	return world->more[node].journal.count;
}

static void host_journal_at(void *ctx, uint32_t node, uint32_t index, uint64_t *key,
			    struct rh_handle *ref)
{
	const struct sim_world *world = ((const struct sim_worker *)ctx)->world;
	const struct sim_journal_entry *entry =
		rh_vec_at(&world->space, &world->more[node].journal, sizeof(*entry), index);

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

static void record_violation(struct sim_worker *worker, uint32_t node, uint32_t number,
			     bool is_in_event)
{
	struct sim_world *world = worker->world;
	const char *name = world->plan->model->invariants[number].name;
	struct rh_record record = {
		.time_ns = worker->now_ns,
		.node = node,
		.kind = RH_RECORD_INVARIANT,
		.index = number,
		.text = name,
		.text_len = (uint32_t)strlen(name),
	};

	if (!sim_wants(world, RH_RECORD_INVARIANT))
		return;
	if (is_in_event)
		sim_tell(worker, &record);
	else
		sim_stream_add_pending(&world->stream, &record);
}

static bool is_unchanged(const struct sim_worker *worker)
{
	const struct rh_model *model = worker->world->plan->model;

	return model->is_unchanged != NULL && model->is_unchanged(&worker->env);
}

void sim_check_invariants(struct sim_worker *worker, uint32_t node, bool is_in_event)
{
	const struct rh_model *model = worker->world->plan->model;
	struct sim_node_more *self = &worker->world->more[node];
	uint32_t i;

	RH_ASSERT(model->invariant_count <= 64);
	if (is_in_event && is_unchanged(worker))
		return;
	for (i = 0; i < model->invariant_count; i++) {
		if (((self->violated >> i) & 1) || model->invariants[i].holds(&worker->env))
			continue;
		self->violated |= UINT64_C(1) << i;
		record_violation(worker, node, i, is_in_event);
	}
}

/* ---- the event ------------------------------------------------------------------------------- */

/* A node that sends itself events without end is stopped with an error. */
static void count_self_event(struct sim_worker *worker, uint32_t node, uint64_t time_ns)
{
	const struct sim_world *world = worker->world;
	struct sim_node *self = &world->nodes[node];
	uint64_t limit = world->plan->limit_self_events;
	uint64_t window = time_ns >> world->window_log2;

	if (self->self_window != window) {
		self->self_window = window;
		self->self_count = 0;
	}
	self->self_count++;
	if (limit != 0 && self->self_count > limit)
		sim_fail(worker, RH_E_LIMIT,
			 "node %s has sent itself %" PRIu64 " events within %" PRIu64
			 " ns; a loop, or raise limits.selfEvents",
			 world->plan->nodes[node].name, self->self_count,
			 UINT64_C(1) << world->window_log2);
}

static void record_copy(struct sim_worker *worker, const struct sim_event *event, bool is_duplicate)
{
	struct rh_record record = {
		.time_ns = event->time_ns,
		.node = event->node,
		.kind = RH_RECORD_MESSAGE,
		.stage = is_duplicate ? RH_MESSAGE_DUPLICATE : RH_MESSAGE_ARRIVED,
		.index = event->kind & 0xFFFF,
		.a = event->id,
		.b = event->source,
		.c = event->size_bytes,
	};

	sim_tell(worker, &record);
}

/* True when the copy is in at another time than its bits began to come.  Apart from the rest, because
 * most copies do not come over such a line, and copying the event would make them wait. */
static __attribute__((noinline)) bool waits_for_downlink(struct sim_worker *worker,
							 const struct sim_event *event)
{
	struct sim_event due = *event;

	due.time_ns = sim_net_receive(&worker->world->net, event->time_ns, event->node,
				      event->size_bytes, event->arg);
	due.stage = SIM_STAGE_DUE;
	RH_ASSERT(due.time_ns >= event->time_ns);
	if (due.time_ns == event->time_ns)
		return false;
	sim_push(worker, &due);
	return true;
}

/* A copy has arrived: true when the model gets it. */
static bool take_copy(struct sim_worker *worker, const struct sim_event *event,
		      struct sim_trace_node *trace)
{
	struct sim_world *world = worker->world;
	bool is_duplicate = false;

	if (event->is_flooded)
		is_duplicate = sim_flood_see(&world->space, &world->state->flood, event->node,
					     (uint32_t)event->tag);
	sim_trace_arrival(trace, event->time_ns, world->names64[event->source]);
	trace->duplicates += is_duplicate;
	if (sim_wants(world, RH_RECORD_MESSAGE))
		record_copy(worker, event, is_duplicate);
	return !is_duplicate;
}

static void record_node(struct sim_worker *worker, uint32_t node, uint16_t kind, uint16_t stage,
			uint32_t index, uint64_t a)
{
	struct rh_record record = {.time_ns = worker->now_ns,
				   .node = node,
				   .kind = kind,
				   .stage = stage,
				   .index = index,
				   .a = a};

	if (sim_wants(worker->world, kind))
		sim_tell(worker, &record);
}

static void announce(struct sim_worker *worker, const struct sim_event *event)
{
	struct sim_world *world = worker->world;
	const struct rh_clock *clock = &world->nodes[event->node].clock;

	if (event->class == RH_CLASS_INPUT)
		record_node(worker, event->node, RH_RECORD_TX, RH_TX_SUBMITTED, event->size_bytes,
			    event->key);
	if (event->class != RH_CLASS_ACTION || event->kind >= RH_EVENT_MODEL)
		return;
	if (event->kind == RH_EVENT_START)
		record_node(worker, event->node, RH_RECORD_NODE, RH_NODE_UP, 0, 0);
	else
		record_node(worker, event->node, RH_RECORD_CLOCK, 0, 0,
			    (uint64_t)rh_clock_error(clock, event->time_ns));
	if (sim_wants(world, RH_RECORD_GAUGE) &&
	    (event->kind == RH_EVENT_CLOCK || rh_clock_error(clock, event->time_ns) != 0) &&
	    sim_gauge_changed(world, event->node, RH_GAUGE_CLOCK_OFFSET,
			      rh_clock_error(clock, event->time_ns)))
		record_node(worker, event->node, RH_RECORD_GAUGE, 0, RH_GAUGE_CLOCK_OFFSET,
			    (uint64_t)rh_clock_error(clock, event->time_ns));
}

void sim_objects_end(struct sim_worker *worker)
{
	struct sim_world *world = worker->world;

	for (uint32_t i = 0; i < worker->fresh_count; i++)
		sim_object_drop(&world->space, &world->state->objects, worker->fresh[i]);
	worker->fresh_count = 0;
}

void sim_ask_after(struct sim_worker *worker, uint32_t node)
{
	struct sim_world *world = worker->world;

	if (world->checks_each_step)
		sim_check_invariants(worker, node, true);
	else if (!is_unchanged(worker))
		world->to_ask[node] = 1;
}

static void run_step(struct sim_worker *worker, const struct sim_event *event)
{
	struct sim_world *world = worker->world;
	struct rh_event seen = {
		.class = event->class,
		.kind = (uint16_t)event->kind,
		.topic = (uint16_t)(event->class == RH_CLASS_MESSAGE ? event->kind >> 16 : 0),
		.from = event->class <= RH_CLASS_INPUT ? event->node : event->source,
		.id = event->id,
		.key = event->key,
		.arg = event->class <= RH_CLASS_INPUT ? event->arg : 0,
		.ref = event->ref,
	};

	if (event->ref.index != 0)
		seen.object = sim_object_at(&world->space, &world->state->objects, event->ref);
	sim_env_set(worker, event->node);
	world->model->step(&worker->env, &seen, &worker->fx);
	sim_drain_effects(worker, event->node);
	sim_after_step(worker, event->node);
}

/* Name of whoever the event comes from, as the hash calls it. */
static uint64_t source_name(const struct sim_world *world, const struct sim_event *event)
{
	if (event->class == RH_CLASS_ACTION)
		return event->tag;
	return event->class == RH_CLASS_INPUT ? 0 : world->names64[event->source];
}

/* False: the event is over before the model would see it. */
static bool is_for_model(struct sim_worker *worker, const struct sim_event *event,
			 struct sim_trace_node *trace)
{
	switch ((enum rh_class)event->class) {
	case RH_CLASS_MESSAGE:
		return take_copy(worker, event, trace);
	case RH_CLASS_TIMER:
		if (!sim_timer_fires(worker, event))
			return false;
		break;
	case RH_CLASS_WORK:
		break;
	case RH_CLASS_ACTION:
	case RH_CLASS_INPUT:
		announce(worker, event);
		return true;
	}
	worker->tally.handled++;
	count_self_event(worker, event->node, event->time_ns);
	return true;
}

/* What is left of a flooded copy that was counted when it was sent: was it seen, and if not, the
 * step.  The same as below, without the questions that have been answered. */
static void handle_copy(struct sim_worker *worker, const struct sim_event *event)
{
	struct sim_world *world = worker->world;
	struct sim_trace_node *trace = &world->traces[event->node];

	if (sim_flood_see(&world->space, &world->state->flood, event->node, (uint32_t)event->tag)) {
		if (sim_wants(world, RH_RECORD_MESSAGE))
			record_copy(worker, event, true);
		return;
	}
	trace->duplicates--;
	if (sim_wants(world, RH_RECORD_MESSAGE))
		record_copy(worker, event, false);
	sim_trace_event(trace, event->time_ns, (uint64_t)RH_CLASS_MESSAGE << 56 | event->kind,
			event->arg, event->id, event->copy);
	run_step(worker, event);
}

/* What a forward by the step will ask for. */
static void set_heard(struct sim_worker *worker, const struct sim_event *event)
{
	const struct sim_world *world = worker->world;
	uint32_t place = (uint32_t)event->tag;

	worker->heard = (struct sim_heard){
		.message = sim_flood_at(&world->space, &world->state->flood, place),
		.place = place,
		.source = event->source,
		.position = (uint32_t)(event->tag >> 32) - 1, /* 0 becomes RH_NONE */
	};
}

/* Whatever else it may be. */
static __attribute__((noinline)) void handle_any(struct sim_worker *worker,
						 const struct sim_event *event)
{
	struct sim_world *world = worker->world;
	struct sim_trace_node *trace = &world->traces[event->node];

	if (event->stage == SIM_STAGE_WIRE && waits_for_downlink(worker, event))
		return;
	if (is_for_model(worker, event, trace)) {
		sim_trace_event(trace, event->time_ns, (uint64_t)event->class << 56 | event->kind,
				source_name(world, event), event->id, event->copy);
		run_step(worker, event);
	}
	if (!event->is_flooded && event->ref.index != 0)
		sim_object_drop(&world->space, &world->state->objects, event->ref);
}

/* A message to one peer that is in.  The same, without the questions to others. */
static inline void handle_message(struct sim_worker *worker, const struct sim_event *event)
{
	struct sim_world *world = worker->world;
	struct sim_trace_node *trace = &world->traces[event->node];
	uint64_t source64 = event->tag;

	sim_trace_arrival(trace, event->time_ns, source64);
	if (sim_wants(world, RH_RECORD_MESSAGE))
		record_copy(worker, event, false);
	sim_trace_event(trace, event->time_ns, (uint64_t)RH_CLASS_MESSAGE << 56 | event->kind,
			source64, event->id, event->copy);
	run_step(worker, event);
	if (event->ref.index != 0)
		sim_object_drop(&world->space, &world->state->objects, event->ref);
}

void sim_handle(struct sim_worker *worker, const struct sim_event *event)
{
	worker->now_ns = event->time_ns;
	worker->heard.message = NULL;
	if (event->is_flooded)
		set_heard(worker, event);
	RH_ASSERT(sim_is_up(worker->world, event->node, event->time_ns));
	if (event->class != RH_CLASS_MESSAGE) {
		worker->tally.others--;
		handle_any(worker, event);
	} else if (event->is_counted) {
		handle_copy(worker, event);
	} else if (event->is_flooded || event->stage != SIM_STAGE_DUE) {
		handle_any(worker, event);
	} else {
		handle_message(worker, event);
	}
}
