/*
 * events.c - one event: what the host itself does with it, then the model's step.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/units.h"
#include "live/node/node.h"
#include "live/node/seam.h"
#include "live/node/state.h"

/* ---- records --------------------------------------------------------------------------------- */

void live_record(struct live_node *node, const struct rh_record *record)
{
	if (node->is_replaying || !live_wants(node, (enum rh_record_kind)record->kind))
		return;
	live_record_put(&node->records, record);
	node->record_count++;
}

static void record(struct live_node *node, enum rh_record_kind kind, uint16_t stage, uint32_t index,
		   uint64_t a, const char *text)
{
	struct rh_record made = {
		.time_ns = node->now_ns,
		.node = node->index,
		.kind = (uint16_t)kind,
		.stage = stage,
		.index = index,
		.a = a,
		.text = text,
		.text_len = text != NULL ? (uint32_t)strlen(text) : 0,
	};

	live_record(node, &made);
}

static bool has_changed(struct live_node *node, uint32_t gauge, int64_t value)
{
	for (uint32_t i = 0; i < node->gauge_count; i++) {
		bool is_changed = node->gauges[i].value != value;

		if (node->gauges[i].gauge != gauge)
			continue;
		node->gauges[i].value = value;
		return is_changed;
	}
	node->gauges = rh_realloc(node->gauges, (node->gauge_count + 1U) * sizeof(*node->gauges));
	node->gauges[node->gauge_count++] = (struct live_gauge){gauge, value};
	return true;
}

void live_record_gauge(struct live_node *node, uint32_t gauge, int64_t value)
{
	if (has_changed(node, gauge, value))
		record(node, RH_RECORD_GAUGE, 0, gauge, (uint64_t)value, NULL);
}

void live_fail(struct live_node *node, int code, const char *fmt, ...)
{
	va_list args;

	if (node->failure.code != 0)
		return;
	va_start(args, fmt);
	vsnprintf(node->failure.text, sizeof(node->failure.text), fmt, args);
	va_end(args);
	node->failure.code = code;
}

/* What is told of an event besides what the model says. */
static void announce(struct live_node *node, const struct rh_event *event, uint64_t ticket)
{
	int64_t error_ns = rh_clock_error(&node->clock, node->now_ns);

	if (event->class == RH_CLASS_INPUT)
		record(node, RH_RECORD_TX, RH_TX_SUBMITTED, (uint32_t)ticket, event->key, NULL);
	if (event->class != RH_CLASS_ACTION || event->kind >= RH_EVENT_MODEL)
		return;
	if (event->kind == RH_EVENT_START)
		record(node, RH_RECORD_NODE, RH_NODE_UP, 0, 0, NULL);
	else
		record(node, RH_RECORD_CLOCK, 0, 0, (uint64_t)node->clock.offset_ns, NULL);
	if (event->kind == RH_EVENT_CLOCK || error_ns != 0)
		live_record_gauge(node, RH_GAUGE_CLOCK_OFFSET, error_ns);
}

/* ---- the step -------------------------------------------------------------------------------- */

static void check_invariants(struct live_node *node)
{
	const struct rh_model *model = node->model;

	RH_ASSERT(model->invariant_count <= 64);
	if (model->is_unchanged != NULL && model->is_unchanged(&node->env))
		return;
	for (uint32_t i = 0; i < model->invariant_count; i++) {
		if (((node->violated >> i) & 1) || model->invariants[i].holds(&node->env))
			continue;
		node->violated |= UINT64_C(1) << i;
		record(node, RH_RECORD_INVARIANT, 0, i, 0, model->invariants[i].name);
	}
}

static void step(struct live_node *node, const struct rh_event *event)
{
	node->model->step(&node->env, event, &node->fx);
	node->counters.steps++;
}

static void finish_step(struct live_node *node)
{
	live_drain(node);
	live_drop_fresh(node);
	check_invariants(node);
}

/* Time goes on with each event, even where the clock of the machine is coarse. */
static void take_time(struct live_node *node)
{
	struct timespec now;
	uint64_t real_ns;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		rh_fatal("this machine has no CLOCK_MONOTONIC");
	real_ns = (uint64_t)now.tv_sec * RH_NS_PER_SEC + (uint64_t)now.tv_nsec;
	real_ns = real_ns > node->origin_ns ? real_ns - node->origin_ns : 0;
	node->now_ns = real_ns > node->now_ns ? real_ns : node->now_ns + 1;
	node->env.clock_ns = rh_clock_local(&node->clock, node->now_ns);
}

static void run_event(struct live_node *node, const struct rh_event *event, uint64_t ticket)
{
	struct rh_event seen = *event;

	seen.object = live_object_at(&node->objects, seen.ref);
	announce(node, &seen, ticket);
	step(node, &seen);
	finish_step(node);
}

void live_handle(struct live_node *node, const struct rh_event *event, uint64_t ticket)
{
	take_time(node);
	run_event(node, event, ticket);
	if (event->class == RH_CLASS_WORK)
		live_object_drop(&node->objects, event->ref);
}

/* ---- messages -------------------------------------------------------------------------------- */

/* What came is no message of this model: it is dropped, counted, and told once in a while. */
static void refuse(struct live_node *node, const struct live_message *message, const char *why)
{
	char text[200];

	if ((node->counters.refused++ & 1023) != 0)
		return;
	snprintf(text, sizeof(text), "dropped a %s from %s: %s",
		 message->kind < node->model->message_count
			 ? node->model->messages[message->kind].name
			 : "message",
		 node->plan->nodes[message->from].name, why);
	record(node, RH_RECORD_LOG, 0, 0, 0, text);
}

static bool decode(struct live_node *node, const struct live_message *message,
		   struct rh_handle *ref)
{
	uint64_t key = 0;

	if (message->kind >= node->model->message_count ||
	    message->topic > node->model->topic_count ||
	    (message->topic != 0 &&
	     node->model->topics[message->topic - 1].message_kind != message->kind)) {
		refuse(node, message, "there is no such kind");
		return false;
	}
	if (node->model->messages[message->kind].decode(&node->env, message->bytes, message->len,
							&key, ref) != 0) {
		refuse(node, message, "its content is not what the model writes");
		return false;
	}
	if (key != message->key) {
		refuse(node, message, "its content has another key than its head");
		return false;
	}
	return true;
}

static bool is_duplicate(struct live_node *node, const struct live_message *message)
{
	return message->topic != 0 && message->topic <= node->model->topic_count &&
	       node->model->topics[message->topic - 1].relay == RH_TOPIC_FLOOD &&
	       !rh_idmap_put(&node->space, &node->seen, message->id, 0);
}

static void record_copy(struct live_node *node, const struct live_message *message, bool is_second)
{
	struct rh_record made = {
		.time_ns = node->now_ns,
		.node = node->index,
		.kind = RH_RECORD_MESSAGE,
		.stage = is_second ? RH_MESSAGE_DUPLICATE : RH_MESSAGE_ARRIVED,
		.index = message->kind,
		.a = message->id,
		.b = message->from,
		.c = message->len,
	};

	live_record(node, &made);
}

void live_handle_message(struct live_node *node, const struct live_message *message)
{
	struct rh_event event = {
		.class = RH_CLASS_MESSAGE,
		.kind = message->kind,
		.topic = message->topic,
		.from = message->from,
		.id = message->id,
		.key = message->key,
	};
	bool is_second = is_duplicate(node, message);

	take_time(node);
	record_copy(node, message, is_second);
	if (is_second)
		return;
	if (decode(node, message, &event.ref))
		run_event(node, &event, 0);
	else
		live_drop_fresh(node);
}

/* ---- replay ---------------------------------------------------------------------------------- */

static void tell_answer(struct live_node *node)
{
	size_t begin = live_frame_begin(&node->control.out, LIVE_REPLAYED);

	live_answer_put(&node->control.out, node->model, &node->env, &node->fx, node->digest);
	live_frame_end(&node->control.out, begin);
}

void live_replay(struct live_node *node, const uint8_t *bytes, size_t len)
{
	struct live_given given;
	struct rh_event *event = &given.event;
	struct live_message message;
	bool is_whole = live_given_get(&given, bytes, len);

	node->is_replaying = true;
	if (is_whole) {
		node->now_ns = given.now_ns;
		node->env.clock_ns = given.clock_ns;
		message = (struct live_message){event->kind, event->topic, event->from, event->id,
						event->key,  given.bytes,  given.len};
		if (event->class == RH_CLASS_MESSAGE)
			is_whole = decode(node, &message, &event->ref);
		else if (event->class == RH_CLASS_WORK)
			is_whole = live_work_take(node, event->kind, event->key, &event->ref);
	}
	if (!is_whole) {
		live_fail(node, RH_E_CORRUPT, "an event to replay makes no sense to this node");
		return;
	}
	event->object = live_object_at(&node->objects, event->ref);
	step(node, event);
	tell_answer(node);
	finish_step(node);
	if (event->class == RH_CLASS_WORK)
		live_object_drop(&node->objects, event->ref);
}
