/*
 * fuzz_relay.c - a node's relay under a hostile peer: any message bytes, any message with any
 * object, in any order with timers and with anything that the model may say.  Nothing a peer sends
 * may trip an assertion, leak an object or make the node remember more than its limits.
 *
 * Each operation is 4 bytes (what, who, id, more) and what it takes from behind them.
 */
#include "tests/unit/relay/loop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PEERS	    4u
#define PENDING_MAX 20u

static const struct rh_message_kind rows[] = {RH_RELAY_MESSAGE_ROWS({0}, {0}, {0})};

static void let_go(struct loop *loop)
{
	uint32_t i;

	for (i = 0; i < loop->fx.count; i++)
		RH_ASSERT(loop->fx.items[i].ref.index == 0 ||
			  loop_object(loop, loop->fx.items[i].ref)->refs > 0);
	rh_effects_reset(&loop->fx);
	for (i = 0; i < loop->fresh_count; i++)
		host_object_drop(loop, loop->fresh[i]);
	loop->fresh_count = 0;
}

/* An object that fits the kind, filled with small ids from the input. */
static void object_make(struct loop *loop, struct rh_event *event, uint32_t kind, uint8_t count,
			struct rh_reader *reader)
{
	uint32_t i;

	if (kind == RH_RELAY_KIND_HEADERS) {
		struct rh_relay_headers *list = host_object_new(
			loop, (uint32_t)(sizeof(*list) + count * sizeof(list->headers[0])),
			&event->ref);

		for (i = 0; i < count; i++) {
			list->headers[i].id = rh_read_u8(reader);
			list->headers[i].parent = rh_read_u8(reader);
		}
		list->count = count;
		event->object = list;
	} else if (kind == RH_RELAY_KIND_GETHEADERS) {
		struct rh_relay_locator *locator = host_object_new(
			loop, (uint32_t)(sizeof(*locator) + count * sizeof(uint64_t)), &event->ref);

		for (i = 0; i < count; i++)
			locator->ids[i] = rh_read_u8(reader);
		locator->count = count;
		event->object = locator;
	} else if (count % 8 != 0) {
		event->object = host_object_new(loop, sizeof(struct item_object), &event->ref);
	}
}

/* What a model may say of an item that came; parents are below, so that items are a tree. */
static void model_says(struct loop *loop, const struct rh_env *env, uint64_t id, uint8_t what)
{
	struct rh_relay *relay = &((struct node_state *)env->state)->relay;
	struct rh_handle ref;

	if (id == 0)
		return;
	switch (what % 6) {
	case 0:
	case 1:
		host_object_new(loop, sizeof(struct item_object), &ref);
		rh_relay_announce(relay, &loop->cfg, env, &loop->fx, id,
				  id > LOOP_FIRST ? id - 1 - what / 6 % 8 % id : 0, ref);
		rh_relay_head_set(relay, id);
		return;
	case 2:
		rh_relay_refuse(relay, env, id);
		return;
	case 3:
		rh_relay_forget(relay, env, id);
		return;
	case 4:
		rh_relay_request_missing(relay, &loop->cfg, env, &loop->fx, id, what / 6 % 6);
		return;
	default:
		return;
	}
}

static void deliver(struct loop *loop, const struct rh_env *env, const struct rh_event *event,
		    uint8_t says)
{
	struct rh_relay_got got;

	if (!rh_relay_is_mine(&loop->cfg, event))
		return;
	got = rh_relay_on_message(&((struct node_state *)env->state)->relay, &loop->cfg, env,
				  &loop->fx, event);
	if (got.verdict == RH_RELAY_RECEIVED)
		model_says(loop, env, got.id, says);
}

static void raw_message(struct loop *loop, const struct rh_env *env, struct rh_event *event,
			uint32_t kind, struct rh_reader *reader)
{
	size_t len = rh_read_u8(reader);
	const uint8_t *bytes = rh_read_raw(reader, len);

	if (bytes == NULL || rows[kind].decode == NULL ||
	    rows[kind].decode(env, bytes, len, &event->key, &event->ref) != 0)
		return;
	if (event->ref.index != 0)
		event->object = host_object_at(loop, event->ref);
	deliver(loop, env, event, 0);
}

static void operation(struct loop *loop, struct rh_reader *reader)
{
	struct rh_env *env = &loop->nodes[0].env;
	struct rh_relay *relay = &loop_state(loop, 0)->relay;
	uint8_t what = rh_read_u8(reader);
	uint8_t who = rh_read_u8(reader);
	uint8_t id = rh_read_u8(reader);
	uint8_t more = rh_read_u8(reader);
	uint32_t kind = what / 8 % RH_RELAY_KIND_COUNT;
	struct rh_event event = {.class = RH_CLASS_MESSAGE,
				 .kind = (uint16_t)(FIRST_KIND + kind),
				 .from = who % 8,
				 .key = id};

	switch (what % 8) {
	case 0:
		raw_message(loop, env, &event, kind, reader);
		break;
	case 1:
		env->clock_ns += (uint64_t)id * RH_NS_PER_SEC / 8;
		rh_relay_on_timer(relay, &loop->cfg, env, &loop->fx);
		break;
	case 2:
		model_says(loop, env, id, more);
		break;
	case 3:
		rh_relay_greet(relay, &loop->cfg, env, &loop->fx);
		loop->cfg.policy = (enum rh_relay_policy)(more % 4);
		break;
	default:
		object_make(loop, &event, kind, more, reader);
		deliver(loop, env, &event, who / 8);
		break;
	}
	let_go(loop);
	RH_ASSERT(relay->pending.count <= PENDING_MAX);
	RH_ASSERT(relay->asked_count <= relay->pending.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t links[PEERS][2] = {{0, 1}, {0, 2}, {0, 3}, {0, 4}};
	struct loop *loop = loop_open(RH_RELAY_COMPACT, PEERS + 1, links, PEERS, 1);
	struct rh_reader reader;

	loop->cfg.pending_max = PENDING_MAX;
	loop->cfg.window = 4;
	loop->cfg.attempts_max = 3;
	loop->cfg.compact_failure = rh_threshold(1, 2);
	rh_reader_init(&reader, data, size);
	while (reader.pos < reader.len && !reader.is_bad)
		operation(loop, &reader);
	loop_close(loop);
	return 0;
}
