/*
 * effects.c - what a step asked for, made true in the order in which it asked: copies to
 * neighbours, timers, work, the journal; and which of the node's own things is due.
 *
 * A replaying node tells its effects and sends nothing, but its work and its journal are as real as
 * ever: later events name what they hold.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/bits.h"
#include "core/base/units.h"
#include "live/node/node.h"
#include "live/node/state.h"

/* ---- messages -------------------------------------------------------------------------------- */

static struct live_parcel *make_parcel(struct live_node *node, const struct rh_effect *effect,
				       const struct live_message *head)
{
	const struct rh_message_kind *kind = &node->model->messages[head->kind];
	const void *object = live_object_at(&node->objects, effect->ref);
	size_t begin;

	rh_buf_reset(&node->frame);
	begin = live_frame_begin(&node->frame, LIVE_MESSAGE);
	live_message_put_head(&node->frame, head);
	kind->encode(node->env.params, effect->key, object, &node->frame);
	live_frame_end(&node->frame, begin);
	return live_parcel_new(&node->frame);
}

static void send_copy(struct live_node *node, uint32_t position, const struct live_message *head,
		      struct live_parcel *parcel)
{
	bool is_sent = live_links_send(&node->links, position, node->now_ns, parcel);
	struct rh_record record = {
		.time_ns = node->now_ns,
		.node = node->index,
		.kind = RH_RECORD_MESSAGE,
		.stage = is_sent ? RH_MESSAGE_SENT : RH_MESSAGE_LOST,
		.index = head->kind,
		.a = head->id,
		.b = node->links.peers[position],
		.c = parcel->len - LIVE_FRAME_HEAD - LIVE_MESSAGE_HEAD,
	};

	node->counters.copies++;
	if (live_wants(node, RH_RECORD_MESSAGE))
		live_record(node, &record);
}

static void drain_send(struct live_node *node, const struct rh_effect *effect)
{
	uint32_t position = live_links_position(&node->links, effect->to);
	struct live_message head = {
		.kind = effect->number, .from = node->index, .key = effect->key};
	struct live_parcel *parcel;

	RH_ASSERT(effect->number < node->model->message_count);
	if (position == RH_NONE)
		rh_fatal("node %s sends a %s to node %u, which is no peer of it",
			 node->plan->nodes[node->index].name,
			 node->model->messages[effect->number].name, (unsigned)effect->to);
	head.id = rh_message_id(node->env.name64, effect->number,
				node->links.links[position].sends++);
	if (node->is_replaying)
		return;
	parcel = make_parcel(node, effect, &head);
	send_copy(node, position, &head, parcel);
	live_parcel_drop(parcel);
}

static void drain_fan_out(struct live_node *node, const struct rh_effect *effect)
{
	bool is_forward = effect->kind == RH_EFFECT_FORWARD;
	uint32_t except = is_forward ? effect->to : RH_NONE;
	const struct rh_topic *topic;
	struct live_message head = {
		.topic = effect->number, .from = node->index, .key = effect->key};
	struct live_parcel *parcel;

	RH_ASSERT(effect->number >= 1 && effect->number <= node->model->topic_count);
	topic = &node->model->topics[effect->number - 1];
	head.kind = topic->message_kind;
	head.id = is_forward ? effect->id
			     : rh_message_id(node->env.name64, (uint32_t)effect->number << 16,
					     effect->key);
	/* A copy of its own message that comes back is a duplicate. */
	if (topic->relay == RH_TOPIC_FLOOD && !is_forward)
		rh_idmap_put(&node->space, &node->seen, head.id, 0);
	if (node->is_replaying)
		return;
	parcel = make_parcel(node, effect, &head);
	for (uint32_t i = 0; i < node->links.count; i++) {
		if (node->links.peers[i] != except &&
		    (effect->skip == NULL || !rh_bit_get(effect->skip, i)))
			send_copy(node, i, &head, parcel);
	}
	live_parcel_drop(parcel);
}

/* ---- timers and work ------------------------------------------------------------------------- */

void live_set_timer(struct live_node *node, uint32_t number, uint64_t at_clock_ns)
{
	struct live_timer *timer = &node->timers[number];

	RH_ASSERT(number < node->model->timer_count);
	timer->generation++;
	timer->is_armed = true;
	timer->at_clock_ns = at_clock_ns;
}

static void stop_timer(struct live_node *node, uint32_t number)
{
	RH_ASSERT(number < node->model->timer_count);
	node->timers[number].generation++;
	node->timers[number].is_armed = false;
}

static void drain_work(struct live_node *node, const struct rh_effect *effect)
{
	uint64_t begin_ns =
		node->worker_free_ns > node->now_ns ? node->worker_free_ns : node->now_ns;

	if (node->work_count == node->work_cap && node->work_head > 0) {
		node->work_count -= node->work_head;
		memmove(node->works, node->works + node->work_head,
			node->work_count * sizeof(*node->works));
		node->work_head = 0;
	}
	if (node->work_count == node->work_cap) {
		node->work_cap = node->work_cap == 0 ? 16 : 2 * node->work_cap;
		node->works = rh_realloc(node->works, node->work_cap * sizeof(*node->works));
	}
	node->worker_free_ns = rh_time_add(begin_ns, effect->amount_ns);
	live_object_keep(&node->objects, effect->ref);
	node->works[node->work_count++] = (struct live_work){
		.end_ns = node->worker_free_ns,
		.key = effect->key,
		.ref = effect->ref,
		.kind = effect->number,
	};
}

bool live_work_take(struct live_node *node, uint16_t kind, uint64_t key, struct rh_handle *ref)
{
	for (uint32_t i = node->work_head; i < node->work_count; i++) {
		if (node->works[i].kind != kind || node->works[i].key != key)
			continue;
		*ref = node->works[i].ref;
		memmove(&node->works[node->work_head + 1], &node->works[node->work_head],
			(i - node->work_head) * sizeof(*node->works));
		node->work_head++;
		return true;
	}
	return false;
}

/* The armed timer that fires first; its number, or RH_NONE. */
static uint32_t first_timer(const struct live_node *node, uint64_t *due_ns)
{
	uint32_t first = RH_NONE;

	*due_ns = RH_TIME_NEVER;
	for (uint32_t i = 0; i < node->model->timer_count; i++) {
		uint64_t true_ns;

		if (!node->timers[i].is_armed)
			continue;
		true_ns = rh_clock_true(&node->clock, node->timers[i].at_clock_ns);
		if (true_ns < *due_ns) {
			*due_ns = true_ns;
			first = i;
		}
	}
	return first;
}

uint64_t live_own_due(const struct live_node *node)
{
	uint64_t due_ns;

	first_timer(node, &due_ns);
	if (node->work_head < node->work_count && node->works[node->work_head].end_ns < due_ns)
		due_ns = node->works[node->work_head].end_ns;
	return due_ns;
}

bool live_own_next(struct live_node *node, uint64_t now_ns, struct rh_event *event)
{
	uint64_t timer_ns;
	uint32_t number = first_timer(node, &timer_ns);
	bool has_work = node->work_head < node->work_count;
	uint64_t work_ns = has_work ? node->works[node->work_head].end_ns : RH_TIME_NEVER;

	*event = (struct rh_event){.from = node->index};
	if (number != RH_NONE && timer_ns <= now_ns && timer_ns <= work_ns) {
		node->timers[number].is_armed = false;
		event->class = RH_CLASS_TIMER;
		event->kind = (uint16_t)number;
		event->id = rh_timer_id(number, node->timers[number].generation);
		return true;
	}
	if (!has_work || work_ns > now_ns)
		return false;
	event->class = RH_CLASS_WORK;
	event->kind = node->works[node->work_head].kind;
	event->key = node->works[node->work_head].key;
	event->id = event->key;
	event->ref = node->works[node->work_head].ref;
	node->work_head++;
	return true;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void sync_journal(struct live_node *node)
{
	struct rh_err err = {0};

	if (live_journal_sync(&node->journal, &node->objects, &err) != 0)
		live_fail(node, err.code, "%s", err.text);
}

static void drain_records(struct live_node *node)
{
	for (uint32_t i = 0; i < node->fx.record_count; i++) {
		struct rh_record *record = &node->fx.records[i];

		if (record->kind == RH_RECORD_GAUGE) {
			live_record_gauge(node, record->index, (int64_t)record->a);
			continue;
		}
		record->time_ns = node->now_ns;
		record->node = node->index;
		live_record(node, record);
	}
}

static void drain_one(struct live_node *node, const struct rh_effect *effect)
{
	switch (effect->kind) {
	case RH_EFFECT_SEND:
		drain_send(node, effect);
		break;
	case RH_EFFECT_PUBLISH:
	case RH_EFFECT_FORWARD:
		drain_fan_out(node, effect);
		break;
	case RH_EFFECT_TIMER:
		live_set_timer(node, effect->number, effect->amount_ns);
		break;
	case RH_EFFECT_TIMER_STOP:
		stop_timer(node, effect->number);
		break;
	case RH_EFFECT_WORK:
		drain_work(node, effect);
		break;
	case RH_EFFECT_STORE:
		live_journal_append(&node->journal, &node->objects, effect->key, effect->ref);
		break;
	case RH_EFFECT_SYNC:
		sync_journal(node);
		break;
	}
}

void live_drain(struct live_node *node)
{
	drain_records(node);
	for (uint32_t i = 0; i < node->fx.count; i++)
		drain_one(node, &node->fx.items[i]);
	rh_effects_reset(&node->fx);
}
