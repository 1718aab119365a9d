/*
 * sending.c - messages that a step sends: to one peer, or by topic to many.
 *
 * A copy becomes an event of the receiver when it is sent: its arrival is known then.  A fan-out of a
 * flooded topic goes the plain way (sim/gossip/fan.h) where the windowed engine plays and nothing
 * stands in the way; what follows here is the way that always works.
 */
#include <inttypes.h>

#include "core/base/bits.h"
#include "sim/state.h"

/* What it weighs is asked once a message: who forwards one knows it from the event. */
static uint64_t size_of(const struct sim_world *world, uint32_t kind,
			const struct rh_effect *effect)
{
	const struct rh_message_kind *info = &world->model->messages[kind & 0xFFFF];

	if (info->size == NULL)
		return 0;
	return info->size(world->plan->params, effect->key,
			  sim_object_at(&world->space, &world->state->objects, effect->ref));
}

/* Member by member, in place: a copy of what has just been written by parts would have to wait for it. */
static inline void begin_sending(struct sim_sending *sending, const struct sim_worker *worker,
				 uint32_t node, uint64_t mid, uint64_t key)
{
	const struct sim_world *world = worker->world;

	sending->now_ns = worker->now_ns;
	sending->mid = mid;
	sending->key = key;
	sending->size_bytes = 0;
	sending->from64 = world->nodes[node].name64;
	sending->from = node;
	sending->is_queued = world->has_uplinks && world->plan->nodes[node].up_bps != 0;
}

static void record_sending(struct sim_worker *worker, const struct sim_sending *sending,
			   uint32_t kind, uint32_t to, bool arrives)
{
	struct rh_record record = {
		.time_ns = worker->now_ns,
		.node = sending->from,
		.kind = RH_RECORD_MESSAGE,
		.stage = arrives ? RH_MESSAGE_SENT : RH_MESSAGE_LOST,
		.index = kind & 0xFFFF,
		.a = sending->mid,
		.b = to,
		.c = sending->size_bytes,
	};

	sim_tell(worker, &record);
}

/* Sends one copy; returns its arrival, or 0 when it will not arrive.  `like` is the event but for time
 * and node. */
static uint64_t send_copy(struct sim_worker *worker, const struct sim_sending *sending,
			  const struct sim_event *like, uint32_t arc)
{
	struct sim_world *world = worker->world;
	uint32_t to = world->net.to[arc];
	struct sim_copy copy = {.fate = SIM_CUT};
	struct sim_event event;

	worker->tally.deliveries++;
	/* Nobody answers at a node that is down. */
	if (sim_is_up(world, to, worker->now_ns))
		copy = sim_net_send(&world->net, sending, arc);
	if (sim_wants(world, RH_RECORD_MESSAGE))
		record_sending(worker, sending, like->kind, to, copy.fate == SIM_ARRIVES);
	if (copy.fate != SIM_ARRIVES)
		return 0;
	event = *like;
	event.time_ns = copy.arrival_ns;
	event.node = to;
	if (sim_net_has_downlink(&world->net, to)) {
		event.stage = SIM_STAGE_WIRE;
		event.arg = copy.sent_in_ns;
	}
	if (!event.is_flooded)
		sim_object_keep(&world->space, &world->state->objects, event.ref);
	sim_push(worker, &event);
	return copy.arrival_ns;
}

static struct sim_event event_like(const struct sim_sending *sending, uint32_t kind,
				   struct rh_handle ref)
{
	return (struct sim_event){
		.id = sending->mid,
		.source = sending->from,
		.kind = kind,
		.class = RH_CLASS_MESSAGE,
		.size_bytes = (uint32_t)sending->size_bytes,
		.key = sending->key,
		.tag = sending->from64,
		.ref = ref,
	};
}

/* The same as below, without the questions that have been answered for all copies: the arrival. */
static inline uint64_t send_plainly(struct sim_worker *worker, const struct sim_sending *sending,
				    const struct rh_effect *effect, uint32_t arc)
{
	struct sim_world *world = worker->world;
	uint32_t to = effect->to;
	uint64_t arrival_ns = sim_net_plain_ns(&world->net, sending, arc, world->names64[to]);
	struct sim_event here;
	struct sim_event *event = world->engine.room;

	worker->tally.deliveries++;
	if (effect->ref.index != 0)
		sim_object_keep(&world->space, &world->state->objects, effect->ref);
	/* Where a queue will keep it, member by member: nothing is written twice. */
	if (event == NULL)
		event = &here;
	event->time_ns = arrival_ns;
	event->id = sending->mid;
	event->node = to;
	event->source = sending->from;
	event->kind = effect->number;
	event->copy = 0;
	event->class = RH_CLASS_MESSAGE;
	event->stage = SIM_STAGE_DUE;
	event->is_counted = 0;
	event->is_flooded = 0;
	event->size_bytes = (uint32_t)sending->size_bytes;
	event->key = sending->key;
	event->arg = 0;
	event->tag = sending->from64;
	event->ref = effect->ref;
	if (world->is_windowed)
		sim_windows_push(&world->windows, worker->number, event);
	else
		world->engine.ops->push(&world->engine, event);
	return arrival_ns;
}

static __attribute__((noinline, noreturn, cold)) void
fail_no_peer(const struct sim_world *world, uint32_t node, const struct rh_effect *effect)
{
	rh_fatal("node %s sends a %s to node %" PRIu32 ", which is no peer of it",
		 world->plan->nodes[node].name, world->plan->model->messages[effect->number].name,
		 effect->to);
}

static __attribute__((noinline)) uint64_t send_fully(struct sim_worker *worker,
						     const struct sim_sending *sending,
						     const struct rh_effect *effect, uint32_t arc)
{
	struct sim_event like = event_like(sending, effect->number, effect->ref);

	return send_copy(worker, sending, &like, arc);
}

void sim_drain_send(struct sim_worker *worker, uint32_t node, const struct rh_effect *effect)
{
	struct sim_world *world = worker->world;
	uint32_t position = sim_net_find(&world->net, node, effect->to, effect->id - 1);
	uint32_t arc = world->net.first[node] + position;
	struct sim_sending sending;
	uint64_t arrival_ns;

	RH_ASSERT(effect->number < world->model->message_count);
	if (position == RH_NONE)
		fail_no_peer(world, node, effect);
	begin_sending(&sending, worker, node,
		      rh_message_id(world->nodes[node].name64, effect->number,
				    sim_net_count_send(&world->net, arc)),
		      effect->key);
	sending.size_bytes = size_of(world, effect->number, effect);
	arrival_ns = worker->now_ns >= world->plain_from_ns && !sim_net_is_faulty(&world->net, node)
			     ? send_plainly(worker, &sending, effect, arc)
			     : send_fully(worker, &sending, effect, arc);
	sim_trace_send(&world->traces[node], arrival_ns, world->names64[effect->to], sending.mid,
		       0);
}

/* To all peers but `except` and those in `skip`, one by one.  Returns the sum for the hash. */
static uint64_t send_each(struct sim_worker *worker, const struct sim_sending *sending,
			  const struct sim_event *like, uint32_t except, const uint64_t *skip)
{
	struct sim_world *world = worker->world;
	const struct sim_net *net = &world->net;
	const uint32_t *peers = sim_net_peers(net, sending->from);
	uint32_t peer_count = sim_net_peer_count(net, sending->from);
	uint32_t *positions = worker->fan.positions;
	uint32_t count = 0;
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < peer_count; i++) {
		if (peers[i] != except && (skip == NULL || !rh_bit_get(skip, i)))
			positions[count++] = i;
	}
	/* Only where copies queue up does it matter which leaves first. */
	if (sending->is_queued)
		sim_net_fanout_order(net, positions, count, sending->from, sending->mid);
	for (i = 0; i < count; i++) {
		uint32_t arc = net->first[sending->from] + positions[i];
		uint64_t arrival_ns = send_copy(worker, sending, like, arc);

		sum += sim_trace_copy(worker->now_ns, arrival_ns, net->to_name64[arc]);
	}
	return sum;
}

/* May the copies of fan-outs go together, as far as it is not the sender's affair? */
bool sim_is_plain(const struct sim_world *world, uint64_t start_ns)
{
	return world->is_windowed && world->has_floods && !world->tuning.no_plain_fan &&
	       !world->has_downlinks && world->peers_max <= SIM_BACK_PEERS_MAX &&
	       start_ns >= world->late_ns && world->plan->loss_threshold == 0 &&
	       !sim_wants(world, RH_RECORD_MESSAGE);
}

static bool is_plain(const struct sim_worker *worker, uint32_t node, uint32_t place)
{
	const struct sim_world *world = worker->world;

	return worker->is_plain && world->net.faulty[node] == 0 &&
	       place <= world->windows.layout.place_max;
}

/* A message of a flooded topic has its place in the table from its publication on, and what was
 * published first under an id is what travels. */
static uint32_t publish(struct sim_worker *worker, const struct sim_sending *sending,
			const struct rh_effect *effect, uint32_t kind)
{
	struct sim_world *world = worker->world;
	struct sim_flood_message message = {
		.mid = sending->mid,
		.key = effect->key,
		.ref = effect->ref,
		.kind = kind,
		.size_bytes = (uint32_t)size_of(world, kind, effect),
	};
	uint32_t place = sim_flood_publish(&world->space, &world->state->flood,
					   &world->state->objects, &message);

	/* A copy of its own message that comes back is a duplicate. */
	sim_flood_see(&world->space, &world->state->flood, sending->from, place);
	return place;
}

static uint32_t place_of(struct sim_worker *worker, const struct sim_sending *sending,
			 const struct rh_effect *effect, uint32_t kind)
{
	struct sim_world *world = worker->world;
	uint32_t place;

	if (effect->kind != RH_EFFECT_FORWARD)
		return publish(worker, sending, effect, kind);
	/* Mostly it is the message that has just come. */
	if (worker->heard.message != NULL && worker->heard.message->mid == sending->mid)
		return worker->heard.place;
	place = sim_flood_find(&world->space, &world->state->flood, sending->mid);
	RH_ASSERT(place != RH_NONE); /* only what was received is forwarded */
	return place;
}

/* Where the peer that is left out stands; mostly it is the one that the message has just come from. */
static uint32_t except_position(const struct sim_worker *worker, uint32_t node,
				const struct rh_effect *effect)
{
	const struct sim_heard *heard = &worker->heard;

	if (effect->kind != RH_EFFECT_FORWARD)
		return RH_NONE;
	if (heard->message != NULL && heard->position != RH_NONE && heard->source == effect->to)
		return heard->position;
	return sim_net_position(&worker->world->net, node, effect->to);
}

static __attribute__((noinline)) uint64_t flood_each(struct sim_worker *worker,
						     const struct sim_sending *sending,
						     const struct sim_flood_message *message,
						     uint32_t place, const struct rh_effect *effect)
{
	struct sim_event like = sim_flood_event(message, place, sending->from);

	return send_each(worker, sending, &like,
			 effect->kind == RH_EFFECT_FORWARD ? effect->to : RH_NONE, effect->skip);
}

static uint64_t flood(struct sim_worker *worker, struct sim_sending *sending,
		      const struct rh_effect *effect, uint32_t kind)
{
	struct sim_world *world = worker->world;
	uint32_t place = place_of(worker, sending, effect, kind);
	const struct sim_flood_message *message =
		sim_flood_at(&world->space, &world->state->flood, place);
	uint32_t count;
	uint64_t sum;

	sending->size_bytes = message->size_bytes;
	sending->key = message->key;
	if (!is_plain(worker, sending->from, place))
		return flood_each(worker, sending, message, place, effect);
	sum = sim_fan_out(&worker->fan, sending, place,
			  except_position(worker, sending->from, effect), effect->skip, &count);
	worker->tally.deliveries += count;
	return sum;
}

bool sim_forward_heard(struct sim_worker *worker, uint32_t node, const struct rh_effect *effect)
{
	struct sim_world *world = worker->world;
	const struct sim_heard *heard = &worker->heard;
	const struct sim_flood_message *message = heard->message;
	struct sim_trace_node *trace = &world->traces[node];
	struct sim_sending sending;
	uint32_t count;
	uint64_t sum;

	if (message == NULL || message->mid != effect->id || heard->position == RH_NONE ||
	    effect->to != heard->source || effect->number != message->kind >> 16 ||
	    !is_plain(worker, node, heard->place))
		return false;
	begin_sending(&sending, worker, node, message->mid, message->key);
	sending.size_bytes = message->size_bytes;
	sum = sim_fan_out(&worker->fan, &sending, heard->place, heard->position, effect->skip,
			  &count);
	worker->tally.deliveries += count;
	trace->chain = sim_fold(trace->chain, sum);
	return true;
}

void sim_drain_fan_out(struct sim_worker *worker, uint32_t node, const struct rh_effect *effect)
{
	struct sim_world *world = worker->world;
	const struct rh_model *model = world->plan->model;
	bool is_forward = effect->kind == RH_EFFECT_FORWARD;
	struct sim_trace_node *trace = &world->traces[node];
	const struct rh_topic *topic;
	struct sim_sending sending;
	struct sim_event like;
	uint32_t kind;
	uint64_t sum;
	uint64_t mid;

	RH_ASSERT(effect->number >= 1 && effect->number <= model->topic_count);
	topic = &model->topics[effect->number - 1];
	kind = (uint32_t)effect->number << 16 | topic->message_kind;
	mid = is_forward ? effect->id
			 : rh_message_id(world->names64[node], (uint32_t)effect->number << 16,
					 effect->key);
	begin_sending(&sending, worker, node, mid, effect->key);
	if (topic->relay == RH_TOPIC_FLOOD) {
		sum = flood(worker, &sending, effect, kind);
	} else {
		sending.size_bytes = size_of(world, kind, effect);
		like = event_like(&sending, kind, effect->ref);
		sum = send_each(worker, &sending, &like, is_forward ? effect->to : RH_NONE,
				effect->skip);
	}
	trace->chain = sim_fold(trace->chain, sum);
}
