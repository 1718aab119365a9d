/*
 * wild_model.c - the model of wild_model.h: what a node does with each event.
 *
 * Everything is drawn from (node, event, how many events came before).  Times are rounded up to
 * ticks of the node's clock, so nodes with right clocks act at the same instants.
 */
#include "tests/lib/wild_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "tests/lib/wild_plan.h"

#define PURPOSE (RH_PURPOSE_PLUGIN + 9)
#define KEPT	3
#define HELD	4

enum { TIMER_BEAT, TIMER_CHAIN, TIMER_NEAR, TIMER_FAR, TIMER_HOLD, TIMERS };
enum { MESSAGE_RED, MESSAGE_BLUE, MESSAGE_NEAR, MESSAGE_PEER, MESSAGES };
enum { TOPIC_RED = 1, TOPIC_BLUE, TOPIC_NEAR };
enum { WORK_CHECK, WORK_PASS_ON };

/* A message that is passed on later.  Its object is kept until the place is used again. */
struct held {
	uint64_t id;
	uint64_t key;
	struct rh_handle ref;
	uint32_t from;
	uint16_t topic; /* 0: nothing to pass on */
	uint16_t unused;
};

struct wild_state {
	uint64_t count; /* events handled since the start */
	uint64_t sum;	/* of what came in */
	uint64_t beats;
	uint64_t chain_left;
	struct held held[HELD];
	struct rh_handle kept[KEPT];
	struct rh_vec log; /* u64 */
	struct rh_idmap heard;
	uint64_t skip[RH_BITS_WORDS(WILD_NODES_MAX)]; /* read by the world after the step */
};

/* The k-th tick from now on; 0 is the last one, which may be past. */
static uint64_t tick(const struct rh_env *env, uint64_t k)
{
	const struct wild_params *params = env->params;

	return (env->clock_ns / params->tick_ns + k) * params->tick_ns;
}

/* ---- objects --------------------------------------------------------------------------------- */

static struct rh_handle make_object(const struct rh_env *env, uint64_t r)
{
	uint32_t words = 1 + (uint32_t)(r % 30);
	struct rh_handle ref;
	uint64_t *content = rh_env_object_new(env, words * 8, &ref);
	uint32_t i;

	for (i = 0; i < words; i++)
		content[i] = i == 0 ? words : rh_absorb(r, i);
	return ref;
}

static void keep_object(const struct rh_env *env, struct rh_handle *place, struct rh_handle ref)
{
	rh_env_object_keep(env, ref);
	rh_env_object_drop(env, *place);
	*place = ref;
}

/* ---- what a node sends ----------------------------------------------------------------------- */

static void publish(const struct rh_env *env, struct rh_effects *fx, uint16_t topic, uint64_t r,
		    uint64_t serial, struct rh_handle ref)
{
	struct wild_state *state = env->state;
	bool skips = r % 4 == 0;
	uint32_t i;

	for (i = 0; skips && i < RH_ARRAY_LEN(state->skip); i++)
		state->skip[i] = rh_absorb(r, i) & rh_absorb(r, i + 100);
	rh_fx_publish(fx, topic, serial, ref, skips ? state->skip : NULL);
}

static void talk(const struct rh_env *env, struct rh_effects *fx, uint64_t r, uint64_t serial,
		 bool is_eager)
{
	const struct wild_params *params = env->params;
	struct wild_state *state = env->state;
	struct rh_handle none = {0, 0};
	struct rh_handle ref = (r & 1) != 0 ? make_object(env, r) : none;

	if ((r >> 1) % params->publish_one_of == 0 || is_eager)
		publish(env, fx, (r & 2) != 0 ? TOPIC_RED : TOPIC_BLUE, r >> 20, serial, ref);
	/* The same key in the other topic is another message. */
	if ((r >> 9) % (4 * params->publish_one_of) == 0)
		publish(env, fx, (r & 2) != 0 ? TOPIC_BLUE : TOPIC_RED, r >> 24, serial, none);
	if ((r >> 13) % (2 * params->publish_one_of) == 0)
		publish(env, fx, TOPIC_NEAR, r >> 28, serial, none);
	if (env->peer_count > 0 && (r >> 17) % 2 == 0) {
		rh_fx_send_at(fx, env, (r >> 18) % env->peer_count, MESSAGE_PEER, r % 4, ref);
		rh_fx_send(fx, env->peers[(r >> 28) % env->peer_count], MESSAGE_PEER, r % 3, none);
	}
	if (ref.index != 0 && (r >> 38) % 2 == 0)
		keep_object(env, &state->kept[(r >> 39) % KEPT], ref);
	if ((r >> 42) % 4 == 0)
		rh_fx_store(fx, serial, ref);
	if ((r >> 44) % 8 == 0)
		rh_fx_sync(fx);
}

/* ---- timers ---------------------------------------------------------------------------------- */

/* On and beside the edges between near, far and very far. */
static uint64_t edge_ns(uint64_t r)
{
	static const uint8_t shifts[] = {0, 1, 6, 10, 16, 20, 22, 23, 24, 29, 30, 31, 36, 38, 44};
	uint64_t edge = UINT64_C(1) << shifts[r % RH_ARRAY_LEN(shifts)];

	return edge - 1 + (r >> 8) % 3;
}

static void arm(const struct rh_env *env, struct rh_effects *fx, uint64_t r)
{
	struct wild_state *state = env->state;
	uint64_t now_ns = env->clock_ns;

	switch (r % 10) {
	case 0:
		state->chain_left = (r >> 8) % 9;
		rh_fx_timer(fx, TIMER_CHAIN, now_ns + 1);
		break;
	case 1:
	case 2:
		rh_fx_timer(fx, TIMER_NEAR, now_ns + edge_ns(r >> 8));
		break;
	case 3:
		/* Twice in one step: the first is stale at once. */
		rh_fx_timer(fx, TIMER_FAR, now_ns + edge_ns(r >> 8));
		rh_fx_timer(fx, TIMER_FAR, now_ns + edge_ns(r >> 16));
		break;
	case 4:
		rh_fx_timer(fx, TIMER_FAR, now_ns + (1 + (r >> 8) % 5) * RH_NS_PER_HOUR);
		break;
	case 5:
		rh_fx_timer_stop(fx, (r >> 8) % 2 == 0 ? TIMER_NEAR : TIMER_FAR);
		break;
	case 6:
		rh_fx_timer(fx, TIMER_NEAR, now_ns > 5 ? now_ns - 5 : 0);
		break;
	case 7:
		rh_fx_timer(fx, TIMER_NEAR, tick(env, (r >> 8) % 4));
		break;
	default:
		break;
	}
}

/* Nearly all of them are stale long before their time: the world takes those out by the thousand. */
static void arm_again(const struct rh_env *env, struct rh_effects *fx)
{
	const struct wild_params *params = env->params;
	uint64_t i;

	for (i = 0; i < params->rearms; i++)
		rh_fx_timer(fx, TIMER_FAR, env->clock_ns + (1 + i) * RH_NS_PER_HOUR);
}

static void beat(const struct rh_env *env, struct rh_effects *fx, uint64_t r)
{
	const struct wild_params *params = env->params;
	struct wild_state *state = env->state;
	uint64_t burst = env->clock_ns / params->period_ns + 1;

	if (++state->beats % params->beats_a_burst != 0)
		rh_fx_timer(fx, TIMER_BEAT, tick(env, 1 + r % 3));
	else
		rh_fx_timer(fx, TIMER_BEAT, burst * params->period_ns + r % 4 * params->tick_ns);
}

/* ---- messages -------------------------------------------------------------------------------- */

static void pass_on(const struct rh_env *env, struct rh_effects *fx, uint32_t place)
{
	struct held *held = &((struct wild_state *)env->state)->held[place];
	struct rh_event event = {
		.class = RH_CLASS_MESSAGE,
		.topic = held->topic,
		.from = held->from,
		.id = held->id,
		.key = held->key,
		.ref = held->ref,
	};

	if (held->topic == 0)
		return;
	rh_fx_forward(fx, &event, NULL);
	held->topic = 0;
}

/* Passed on when a piece of work ends, or at a timer together with whatever else waits. */
static void hold(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx,
		 uint64_t r)
{
	struct wild_state *state = env->state;
	uint32_t place = (uint32_t)(state->count % HELD);
	struct held *held = &state->held[place];
	struct rh_handle none = {0, 0};

	keep_object(env, &held->ref, event->ref);
	held->id = event->id;
	held->key = event->key;
	held->from = event->from;
	held->topic = event->topic;
	if (r % 2 == 0)
		rh_fx_work(fx, WORK_PASS_ON, state->count, none, (r >> 1) % 3 * RH_NS_PER_MS / 2);
	else
		rh_fx_timer(fx, TIMER_HOLD, tick(env, 1 + (r >> 1) % 3));
}

static void on_message(const struct rh_env *env, const struct rh_event *event,
		       struct rh_effects *fx, uint64_t r)
{
	struct wild_state *state = env->state;
	struct rh_handle none = {0, 0};

	if (event->object != NULL)
		state->sum += *(const uint64_t *)event->object;
	rh_idmap_put(env->space, &state->heard, event->id % 256, event->key);
	switch (event->topic) {
	case 0:
		if (event->key > 0)
			rh_fx_send(fx, event->from, MESSAGE_PEER, event->key - 1,
				   r % 2 == 0 ? event->ref : none);
		break;
	case TOPIC_NEAR:
		if (r % 2 == 0)
			rh_fx_work(fx, WORK_CHECK, state->count, event->ref,
				   (r >> 8) % 3 * RH_NS_PER_MS / 2);
		break;
	default:
		if (r % 8 < 5)
			rh_fx_forward(fx, event, NULL);
		else if (r % 8 < 7)
			hold(env, event, fx, r >> 8);
		break;
	}
	if ((r >> 16) % 8 == 0)
		arm(env, fx, r >> 24);
}

/* ---- the step -------------------------------------------------------------------------------- */

static void on_action(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx,
		      uint64_t r)
{
	struct wild_state *state = env->state;
	uint32_t count = rh_env_journal_count(env);
	uint32_t i;

	if (event->kind != RH_EVENT_START) {
		talk(env, fx, r, state->count, event->kind > RH_EVENT_MODEL);
		return;
	}
	for (i = 0; i < count; i++) {
		struct rh_handle ref;
		uint64_t key;

		rh_env_journal(env, i, &key, &ref);
		state->sum = rh_absorb(state->sum, key);
		if (ref.index != 0)
			state->sum ^= *(const uint64_t *)rh_env_object(env, ref);
	}
	rh_fx_timer(fx, TIMER_BEAT, tick(env, 1 + r % 5));
	arm(env, fx, r >> 8);
}

static void on_timer(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx,
		     uint64_t r)
{
	struct wild_state *state = env->state;
	struct rh_handle none = {0, 0};
	uint32_t i;

	switch (event->kind) {
	case TIMER_BEAT:
		talk(env, fx, r, state->count, false);
		beat(env, fx, r >> 8);
		arm(env, fx, r >> 16);
		break;
	case TIMER_CHAIN:
		if (state->chain_left == 0)
			break;
		state->chain_left--;
		rh_fx_timer(fx, TIMER_CHAIN, env->clock_ns + 1);
		/* Free work ends 1 ns from now too, unless the worker is busy. */
		if (r % 3 == 0)
			rh_fx_work(fx, WORK_CHECK, state->count, none, 0);
		break;
	case TIMER_HOLD:
		for (i = 0; i < HELD; i++)
			pass_on(env, fx, i);
		break;
	default:
		if (r % 4 == 0)
			talk(env, fx, r >> 2, state->count, false);
		arm(env, fx, r >> 16);
		break;
	}
}

static void tell(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	struct wild_state *state = env->state;
	struct rh_record *record;

	rh_fx_gauge(fx, RH_GAUGE_HEAD_HEIGHT, (int64_t)(state->count / 3));
	rh_fx_gauge(fx, RH_GAUGE_PEERS, (int64_t)(state->sum % 2));
	if (state->count % 3 == 0) {
		record = rh_fx_record(fx, RH_RECORD_HEAD, 0);
		if (record != NULL)
			record->a = state->sum;
	}
	if (event->class != RH_CLASS_WORK)
		return;
	record = rh_fx_record(fx, RH_RECORD_NOTE, 0);
	if (record == NULL)
		return;
	record->text = event->kind == WORK_CHECK ? "checked" : "passed on";
	record->text_len = (uint32_t)strlen(record->text);
}

static void wild_step(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	struct wild_state *state = env->state;
	uint64_t serial = ++state->count;
	uint64_t r = rh_env_draw(env, PURPOSE, rh_absorb(event->id, serial));

	state->sum = rh_absorb(state->sum, event->id ^ event->key ^ event->arg ^ env->clock_ns);
	if (serial % 16 == 0)
		*(uint64_t *)rh_vec_push(env->space, &state->log, 8) = state->sum;
	switch (event->class) {
	case RH_CLASS_ACTION:
		on_action(env, event, fx, r);
		break;
	case RH_CLASS_INPUT:
		talk(env, fx, r, serial, true);
		break;
	case RH_CLASS_TIMER:
		on_timer(env, event, fx, r);
		break;
	case RH_CLASS_WORK:
		if (event->kind == WORK_PASS_ON)
			pass_on(env, fx, (uint32_t)(event->key % HELD));
		else
			arm(env, fx, r);
		break;
	case RH_CLASS_MESSAGE:
		on_message(env, event, fx, r);
		break;
	}
	arm_again(env, fx);
	tell(env, event, fx);
}

static void wild_release(const struct rh_env *env)
{
	struct wild_state *state = env->state;
	uint32_t i;

	for (i = 0; i < KEPT; i++)
		rh_env_object_drop(env, state->kept[i]);
	for (i = 0; i < HELD; i++)
		rh_env_object_drop(env, state->held[i].ref);
	rh_vec_release(env->space, &state->log, 8);
	rh_idmap_release(env->space, &state->heard);
}

static uint32_t wild_size(const void *params, uint64_t key, const void *object)
{
	(void)params;
	return 40 + (uint32_t)(key % 7) +
	       (object != NULL ? 8 * (uint32_t) * (const uint64_t *)object : 0);
}

static bool wild_holds(const struct rh_env *env)
{
	const struct wild_state *state = env->state;

	return state->count < 60;
}

/* ---- its own wire ---------------------------------------------------------------------------- */

static uint64_t wild_least_ns(const void *params, uint64_t base_ns)
{
	(void)params;
	return base_ns - base_ns / 4;
}

/* Exactly the least, or ticks more; rarely less than was promised: then the world raises it. */
static void wild_delays(const void *params, const struct rh_fan *fan, uint64_t *delay_ns)
{
	const struct wild_params *own = params;
	uint32_t i;

	for (i = 0; i < fan->count; i++) {
		uint64_t draw = rh_absorb(rh_absorb(fan->from, fan->to[i]), fan->key);
		uint64_t base_ns = fan->base_ns[i];

		if (draw % 16 == 0)
			delay_ns[i] = base_ns / 2 + 1;
		else if (draw % 4 == 0)
			delay_ns[i] = wild_least_ns(params, base_ns);
		else
			delay_ns[i] = base_ns + (draw >> 8) % 4 * own->tick_ns;
	}
}

static const struct rh_wire wild_wire = {.least_ns = wild_least_ns, .delays = wild_delays};

/* ---- the tables ------------------------------------------------------------------------------ */

static const struct rh_topic wild_topics[] = {{"red", MESSAGE_RED, RH_TOPIC_FLOOD},
					      {"blue", MESSAGE_BLUE, RH_TOPIC_FLOOD},
					      {"near", MESSAGE_NEAR, RH_TOPIC_NEIGHBOURS}};
static const struct rh_message_kind wild_messages[MESSAGES] = {
	{.name = "red", .size = wild_size},
	{.name = "blue", .size = wild_size},
	{.name = "near", .size = wild_size},
	{.name = "peer", .size = wild_size},
};
static const char *const wild_timers[TIMERS] = {"beat", "chain", "near", "far", "hold"};
static const struct rh_model_action wild_actions[] = {{"nudge", "talks", NULL},
						      {"poke", "publishes", NULL}};
static const struct rh_invariant wild_invariants[] = {{"few_events", wild_holds}};

#define WILD_TABLE \
	.abi = RH_MODEL_ABI, .state_size = sizeof(struct wild_state), \
	.params_size = sizeof(struct wild_params), .topics = wild_topics, .topic_count = 3, \
	.messages = wild_messages, .message_count = MESSAGES, .timers = wild_timers, \
	.timer_count = TIMERS, .actions = wild_actions, .action_count = 2, \
	.invariants = wild_invariants, .invariant_count = 1, .input_count = 2, .step = wild_step, \
	.release = wild_release

const struct rh_model wild_model = {.name = "test-wild", WILD_TABLE};
const struct rh_model wild_wired_model = {.name = "test-wired", WILD_TABLE, .wire = &wild_wire};
