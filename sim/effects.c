/*
 * effects.c - what a step asked for, made true in the order in which it asked.
 *
 * Nothing here acts at the present instant: a copy takes at least 1 ns on its way, a timer or a
 * piece of work ends at least 1 ns later.
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/bits.h"
#include "sim/state.h"

static void push(struct sim_world *world, const struct sim_event *event)
{
	RH_ASSERT(event->time_ns > world->state->now_ns);
	world->engine.ops->push(&world->engine, event);
}

/* ---- messages -------------------------------------------------------------------------------- */

/* One sending to one peer or to many. */
struct sending {
	uint32_t node;
	uint32_t kind; /* topic << 16 | message kind */
	uint64_t mid;
	uint64_t size_bytes;
	uint32_t payload; /* cell of the message table */
};

static struct sending begin_sending(struct sim_world *world, uint32_t node, uint32_t kind,
				    uint64_t mid, const struct rh_effect *effect)
{
	const struct rh_message_kind *info = &world->plan->model->messages[kind & 0xFFFF];
	struct sim_state *state = world->state;
	struct sending sending = {.node = node, .kind = kind, .mid = mid};
	const void *object = sim_object_at(&world->space, &state->objects, effect->ref);
	struct sim_message *message;

	if (info->size != NULL)
		sending.size_bytes = info->size(world->plan->params, effect->key, object);
	sending.payload = sim_message_new(&world->space, &state->messages);
	message = sim_message_at(&world->space, &state->messages, sending.payload);
	message->key = effect->key;
	message->ref = effect->ref;
	message->size_bytes = (uint32_t)sending.size_bytes;
	sim_object_keep(&world->space, &state->objects, effect->ref);
	return sending;
}

static void end_sending(struct sim_world *world, const struct sending *sending)
{
	struct sim_state *state = world->state;

	if (sim_message_at(&world->space, &state->messages, sending->payload)->count == 0)
		sim_message_drop(&world->space, &state->messages, &state->objects,
				 sending->payload);
}

/* The cell for one copy: copies differ at most in the time on the uplink (a capped edge). */
static uint32_t payload_for(struct sim_world *world, const struct sending *sending,
			    uint64_t sent_in_ns)
{
	struct sim_state *state = world->state;
	struct sim_message *message =
		sim_message_at(&world->space, &state->messages, sending->payload);
	struct sim_message copy;
	uint32_t payload;

	if (message->count == 0)
		message->sent_in_ns = sent_in_ns;
	if (message->sent_in_ns == sent_in_ns) {
		message->count++;
		return sending->payload;
	}
	copy = *message;
	copy.sent_in_ns = sent_in_ns;
	copy.count = 1;
	sim_object_keep(&world->space, &state->objects, copy.ref);
	payload = sim_message_new(&world->space, &state->messages);
	*sim_message_at(&world->space, &state->messages, payload) = copy;
	return payload;
}

static void record_sending(struct sim_world *world, const struct sending *sending, uint32_t to,
			   bool arrives)
{
	struct rh_record record = {
		.time_ns = world->state->now_ns,
		.node = sending->node,
		.kind = RH_RECORD_MESSAGE,
		.stage = arrives ? RH_MESSAGE_SENT : RH_MESSAGE_LOST,
		.index = sending->kind & 0xFFFF,
		.a = sending->mid,
		.b = to,
		.c = sending->size_bytes,
	};

	sim_stream_add(&world->stream, &record);
}

/* Sends one copy; returns its arrival, or 0 when it will not arrive. */
static uint64_t send_copy(struct sim_world *world, const struct sending *sending, uint32_t edge,
			  uint32_t to)
{
	struct sim_state *state = world->state;
	struct sim_copy copy = {.fate = SIM_CUT};
	struct sim_event event;

	state->deliveries++;
	/* Nobody answers at a node that is down. */
	if (sim_is_up(world, to))
		copy = sim_net_send(&world->net, state->now_ns, edge, sending->mid,
				    sending->size_bytes);
	if (sim_wants(world, RH_RECORD_MESSAGE))
		record_sending(world, sending, to, copy.fate == SIM_ARRIVES);
	if (copy.fate != SIM_ARRIVES)
		return 0;
	event = (struct sim_event){
		.time_ns = copy.arrival_ns,
		.id = sending->mid,
		.node = to,
		.source = sending->node,
		.kind = sending->kind,
		.class = RH_CLASS_MESSAGE,
		.stage = SIM_STAGE_DUE,
	};
	if (sim_net_has_downlink(&world->net, to))
		event.stage = SIM_STAGE_WIRE;
	else
		copy.sent_in_ns = 0; /* nobody will ask, so that copies share a cell */
	event.payload = payload_for(world, sending, copy.sent_in_ns);
	push(world, &event);
	state->in_flight++;
	if (state->in_flight > state->in_flight_max)
		state->in_flight_max = state->in_flight;
	return copy.arrival_ns;
}

static void drain_send(struct sim_world *world, uint32_t node, const struct rh_effect *effect)
{
	struct sim_trace_node *trace = sim_trace_node(&world->space, &world->state->trace, node);
	uint32_t position = sim_net_position(&world->net, node, effect->to);
	struct sending sending;
	uint32_t *count;
	uint64_t arrival_ns;
	uint32_t edge;
	uint64_t mid;

	RH_ASSERT(effect->number < world->plan->model->message_count);
	if (position == RH_NONE)
		rh_fatal("node %s sends a %s to node %" PRIu32 ", which is no peer of it",
			 world->plan->nodes[node].name,
			 world->plan->model->messages[effect->number].name, effect->to);
	edge = sim_net_edge(&world->net, node, position);
	count = (uint32_t *)rh_at(&world->space, world->state->edge_sends) + edge;
	mid = sim_message_id(world->names64[node], effect->number, (*count)++);
	sending = begin_sending(world, node, effect->number, mid, effect);
	arrival_ns = send_copy(world, &sending, edge, effect->to);
	sim_trace_send(trace, arrival_ns, world->names64[effect->to], mid, 0);
	end_sending(world, &sending);
}

/* To all peers but `except` and those in `skip`. */
static void fan_out(struct sim_world *world, const struct sending *sending, uint32_t except,
		    const uint64_t *skip)
{
	uint32_t node = sending->node;
	uint64_t now_ns = world->state->now_ns;
	const uint32_t *peers = world->peers[node].nodes;
	uint32_t peer_count = world->peers[node].count;
	struct sim_trace_node *trace = sim_trace_node(&world->space, &world->state->trace, node);
	uint32_t *positions = world->positions;
	uint32_t count = 0;
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < peer_count; i++) {
		if (peers[i] != except && (skip == NULL || !rh_bit_get(skip, i)))
			positions[count++] = i;
	}
	/* Only where copies queue up does it matter which leaves first. */
	if (world->plan->nodes[node].up_bps != 0)
		sim_net_fanout_order(&world->net, positions, count, node, sending->mid);
	for (i = 0; i < count; i++) {
		uint32_t to = peers[positions[i]];
		uint32_t edge = sim_net_edge(&world->net, node, positions[i]);
		uint64_t arrival_ns = send_copy(world, sending, edge, to);

		sum += sim_trace_copy(now_ns, arrival_ns, world->names64[to]);
	}
	trace->chain = sim_fold(trace->chain, sum);
}

static void drain_fan_out(struct sim_world *world, uint32_t node, const struct rh_effect *effect)
{
	const struct rh_model *model = world->plan->model;
	bool is_forward = effect->kind == RH_EFFECT_FORWARD;
	const struct rh_topic *topic;
	struct sending sending;
	uint32_t kind;
	uint64_t mid;

	RH_ASSERT(effect->number >= 1 && effect->number <= model->topic_count);
	topic = &model->topics[effect->number - 1];
	kind = (uint32_t)effect->number << 16 | topic->message_kind;
	mid = is_forward ? effect->id
			 : sim_message_id(world->names64[node], (uint32_t)effect->number << 16,
					  effect->key);
	/* A copy of its own message that comes back is a duplicate. */
	if (topic->relay == RH_TOPIC_FLOOD && !is_forward)
		rh_idmap_put(&world->space, &world->nodes[node].seen, mid, 0);
	sending = begin_sending(world, node, kind, mid, effect);
	fan_out(world, &sending, is_forward ? effect->to : RH_NONE, effect->skip);
	end_sending(world, &sending);
}

/* ---- timers and work ------------------------------------------------------------------------- */

static bool doom_stale(void *ctx, const struct sim_event *event)
{
	const struct sim_world *world = ctx;

	return event->class == RH_CLASS_TIMER && sim_is_stale(world, event);
}

/* A model that re-arms far timers all the time would fill the queue with stale ones. */
static void limit_stale_timers(struct sim_world *world)
{
	struct sim_state *state = world->state;

	if (state->stale_timers < 1024 ||
	    state->stale_timers < world->engine.ops->count(&world->engine) / 2)
		return;
	world->engine.ops->sweep(&world->engine, doom_stale, world);
	state->stale_timers = 0;
}

static void disarm(struct sim_world *world, struct sim_timer *timer)
{
	if (timer->is_armed)
		world->state->stale_timers++;
	timer->is_armed = 0;
	timer->generation++;
}

void sim_set_timer(struct sim_world *world, uint32_t node, uint32_t number, uint64_t at_clock_ns)
{
	struct sim_timer *timer = &sim_timers(world, node)[number];
	uint64_t true_ns = sim_clock_true(&world->nodes[node].clock, at_clock_ns);
	uint64_t now_ns = world->state->now_ns;
	struct sim_event event = {
		.time_ns = true_ns > now_ns ? true_ns : now_ns + 1,
		.node = node,
		.source = node,
		.kind = number,
		.class = RH_CLASS_TIMER,
	};

	RH_ASSERT(number < world->plan->model->timer_count);
	disarm(world, timer);
	timer->at_clock_ns = at_clock_ns;
	timer->is_armed = 1;
	event.id = (uint64_t)number << 32 | timer->generation;
	push(world, &event);
	limit_stale_timers(world);
}

static void drain_work(struct sim_world *world, uint32_t node, const struct rh_effect *effect)
{
	struct sim_state *state = world->state;
	struct sim_node *self = &world->nodes[node];
	uint64_t begin_ns =
		self->worker_free_ns > state->now_ns ? self->worker_free_ns : state->now_ns;
	uint64_t end_ns = rh_time_add(begin_ns, effect->amount_ns);
	struct sim_message *message;
	struct sim_event event;

	if (end_ns <= state->now_ns)
		end_ns = state->now_ns + 1;
	self->worker_free_ns = end_ns;
	event = (struct sim_event){
		.time_ns = end_ns,
		.id = effect->key,
		.node = node,
		.source = node,
		.kind = effect->number,
		.class = RH_CLASS_WORK,
		.payload = sim_message_new(&world->space, &state->messages),
	};
	message = sim_message_at(&world->space, &state->messages, event.payload);
	message->key = effect->key;
	message->ref = effect->ref;
	message->count = 1;
	sim_object_keep(&world->space, &state->objects, effect->ref);
	push(world, &event);
}

/* ---- journal and records --------------------------------------------------------------------- */

static void drain_store(struct sim_world *world, uint32_t node, const struct rh_effect *effect)
{
	struct sim_journal_entry *entry =
		rh_vec_push(&world->space, &world->nodes[node].journal, sizeof(*entry));

	entry->key = effect->key;
	entry->ref = effect->ref;
	sim_object_keep(&world->space, &world->state->objects, effect->ref);
}

bool sim_gauge_changed(struct sim_world *world, uint32_t node, uint32_t gauge, int64_t value)
{
	struct sim_node *self = &world->nodes[node];
	struct rh_vec *gauges = &self->gauges;
	struct sim_gauge *last;
	uint32_t i;

	/* Models say their gauges in one order: the next is mostly the one behind the last. */
	for (i = 0; i < gauges->count; i++) {
		self->gauge_at = self->gauge_at + 1 < gauges->count ? self->gauge_at + 1 : 0;
		last = rh_vec_at(&world->space, gauges, sizeof(*last), self->gauge_at);
		if (last->gauge == gauge) {
			bool is_changed = last->value != value;

			last->value = value;
			return is_changed;
		}
	}
	self->gauge_at = gauges->count;
	last = rh_vec_push(&world->space, gauges, sizeof(*last));
	last->gauge = gauge;
	last->value = value;
	return true;
}

static void drain_records(struct sim_world *world, uint32_t node)
{
	uint32_t i;

	for (i = 0; i < world->fx.record_count; i++) {
		struct rh_record *record = &world->fx.records[i];

		if (record->kind == RH_RECORD_GAUGE &&
		    !sim_gauge_changed(world, node, record->index, (int64_t)record->a))
			continue;
		record->time_ns = world->state->now_ns;
		record->node = node;
		sim_stream_add(&world->stream, record);
	}
}

static void drain_one(struct sim_world *world, uint32_t node, const struct rh_effect *effect)
{
	switch (effect->kind) {
	case RH_EFFECT_SEND:
		drain_send(world, node, effect);
		break;
	case RH_EFFECT_PUBLISH:
	case RH_EFFECT_FORWARD:
		drain_fan_out(world, node, effect);
		break;
	case RH_EFFECT_TIMER:
		sim_set_timer(world, node, effect->number, effect->amount_ns);
		break;
	case RH_EFFECT_TIMER_STOP:
		RH_ASSERT(effect->number < world->plan->model->timer_count);
		disarm(world, &sim_timers(world, node)[effect->number]);
		break;
	case RH_EFFECT_WORK:
		drain_work(world, node, effect);
		break;
	case RH_EFFECT_STORE:
		drain_store(world, node, effect);
		break;
	case RH_EFFECT_SYNC:
		world->nodes[node].journal_synced = world->nodes[node].journal.count;
		break;
	}
}

void sim_drain_effects(struct sim_world *world, uint32_t node)
{
	uint32_t i;

	drain_records(world, node);
	for (i = 0; i < world->fx.count; i++)
		drain_one(world, node, &world->fx.items[i]);
	rh_effects_reset(&world->fx);
}
