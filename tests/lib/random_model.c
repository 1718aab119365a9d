/*
 * random_model.c - the plans, the flood and the random model of random_model.h.
 */
#include "tests/lib/random_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/dist.h"
#include "core/base/sort.h"
#include "core/base/units.h"

#define LINKS_MAX 4096

/* ---- plans ----------------------------------------------------------------------------------- */

struct rh_plan *hand_plan_new(const struct rh_model *model, uint32_t node_count, uint64_t seed)
{
	struct rh_plan *plan = rh_alloc(1, sizeof(*plan));
	uint32_t i;

	rh_arena_init(&plan->arena);
	plan->name = "hand";
	plan->seed = seed;
	plan->model = model;
	plan->params = rh_arena_alloc(&plan->arena, 1, model->params_size + 1);
	plan->reaction_ns = UINT64_C(1) << 22;
	plan->lookahead_ns = 1;
	plan->limit_memory = UINT64_C(1) << 30;
	plan->node_count = node_count;
	plan->nodes = RH_ARENA_ARRAY(&plan->arena, node_count, struct rh_plan_node);
	plan->links = RH_ARENA_ARRAY(&plan->arena, LINKS_MAX, struct rh_plan_link);
	for (i = 0; i < node_count; i++) {
		struct rh_plan_node *node = &plan->nodes[i];

		node->name = rh_arena_printf(&plan->arena, "n%u", i);
		node->name64 = rh_name64(node->name);
		node->region = RH_NONE;
		node->weight = 1;
	}
	plan->weight_total = node_count;
	return plan;
}

void hand_plan_free(struct rh_plan *plan)
{
	rh_arena_release(&plan->arena);
	free(plan);
}

void hand_plan_link(struct rh_plan *plan, uint32_t a, uint32_t b, uint64_t delay_ns)
{
	struct rh_plan_link *link = &plan->links[plan->link_count++];

	RH_ASSERT(plan->link_count <= LINKS_MAX && a != b);
	link->a = a < b ? a : b;
	link->b = a < b ? b : a;
	link->delay_ns[0] = delay_ns;
	link->delay_ns[1] = delay_ns;
}

void hand_plan_ring(struct rh_plan *plan, uint64_t delay_ns)
{
	uint32_t i;

	for (i = 0; i < plan->node_count; i++)
		hand_plan_link(plan, i, (i + 1) % plan->node_count, delay_ns);
}

void hand_plan_full(struct rh_plan *plan, uint64_t delay_ns)
{
	uint32_t a;
	uint32_t b;

	for (a = 0; a < plan->node_count; a++) {
		for (b = a + 1; b < plan->node_count; b++)
			hand_plan_link(plan, a, b, delay_ns);
	}
}

static int by_ends(const void *a, const void *b, const void *ctx)
{
	const struct rh_plan_link *x = a;
	const struct rh_plan_link *y = b;

	(void)ctx;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

void hand_plan_end(struct rh_plan *plan)
{
	uint32_t i;

	rh_sort(plan->links, plan->link_count, sizeof(*plan->links), by_ends, NULL);
	for (i = 1; i < plan->link_count; i++)
		RH_ASSERT(by_ends(&plan->links[i - 1], &plan->links[i], NULL) < 0);
}

/* ---- flood ----------------------------------------------------------------------------------- */

struct flood_state {
	uint64_t published;
	uint64_t received;
};

static void flood_step(const struct rh_env *env, const struct rh_event *event,
		       struct rh_effects *fx)
{
	struct flood_state *state = env->state;
	const struct flood_params *params = env->params;
	struct rh_handle none = {0, 0};

	switch (event->class) {
	case RH_CLASS_ACTION:
		if (event->kind == RH_EVENT_START && env->node == 0)
			rh_fx_timer(fx, 0, env->clock_ns + 10 * RH_NS_PER_MS);
		break;
	case RH_CLASS_TIMER:
		rh_fx_publish(fx, 1, ++state->published, none, NULL);
		if (params->every_ns != 0)
			rh_fx_timer(fx, 0, env->clock_ns + params->every_ns);
		break;
	case RH_CLASS_MESSAGE:
		rh_fx_gauge(fx, RH_GAUGE_HEAD_HEIGHT, (int64_t)++state->received);
		rh_fx_forward(fx, event, NULL);
		break;
	case RH_CLASS_INPUT:
	case RH_CLASS_WORK:
		break;
	}
}

static uint32_t flood_size(const void *params, uint64_t key, const void *object)
{
	(void)params;
	(void)key;
	(void)object;
	return 100;
}

static const struct rh_topic flood_topics[] = {{"flood", 0, RH_TOPIC_FLOOD}};
static const struct rh_message_kind flood_messages[] = {{.name = "msg", .size = flood_size}};
static const char *const flood_timers[] = {"publish"};

const struct rh_model flood_model = {
	.name = "test-flood",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct flood_state),
	.params_size = sizeof(struct flood_params),
	.topics = flood_topics,
	.topic_count = 1,
	.messages = flood_messages,
	.message_count = 1,
	.timers = flood_timers,
	.timer_count = 1,
	.step = flood_step,
};

/* ---- at random ------------------------------------------------------------------------------- */

#define PURPOSE (RH_PURPOSE_PLUGIN + 7)
#define KEPT	4

enum { TIMER_BEAT, TIMER_FINE, TIMER_COARSE, TIMER_FAR, TIMERS };
enum { MESSAGE_FLOOD, MESSAGE_NEAR, MESSAGE_PEER, MESSAGES };

struct random_state {
	uint64_t count; /* events handled since the start */
	uint64_t sum;	/* of what came in */
	struct rh_handle kept[KEPT];
	struct rh_vec log; /* u64 */
	struct rh_idmap heard;
	uint64_t skip[2]; /* read by the world after the step */
};

static struct rh_handle make_object(const struct rh_env *env, uint64_t r)
{
	uint32_t words = 1 + (uint32_t)(r % 40);
	struct rh_handle ref;
	uint64_t *content = rh_env_object_new(env, words * 8, &ref);
	uint32_t i;

	for (i = 0; i < words; i++)
		content[i] = i == 0 ? words : rh_absorb(r, i);
	return ref;
}

static void keep_object(const struct rh_env *env, struct rh_handle ref, uint64_t r)
{
	struct random_state *state = env->state;
	struct rh_handle *place = &state->kept[r % KEPT];

	rh_env_object_keep(env, ref);
	rh_env_object_drop(env, *place);
	*place = ref;
}

/* Distances that lie on and beside the edges of the wheels of every size that is tested. */
static uint64_t odd_distance(uint64_t r)
{
	static const uint8_t shifts[] = {4, 6, 10, 12, 16, 18, 20, 24, 28, 34, 38};
	uint64_t edge = UINT64_C(1) << shifts[r % RH_ARRAY_LEN(shifts)];

	return edge - 1 + (r >> 8) % 3;
}

static void random_timers(const struct rh_env *env, struct rh_effects *fx, uint64_t r)
{
	uint64_t now_ns = env->clock_ns;

	switch (r % 8) {
	case 0:
		rh_fx_timer(fx, TIMER_FINE, now_ns + 1);
		break;
	case 1:
		rh_fx_timer(fx, TIMER_FINE, now_ns + odd_distance(r >> 8));
		break;
	case 2:
		rh_fx_timer(fx, TIMER_COARSE, now_ns + 2 * odd_distance(r >> 8));
		break;
	case 3:
		rh_fx_timer(fx, TIMER_FAR, now_ns + 300 * RH_NS_PER_SEC + (r >> 8) % RH_NS_PER_SEC);
		break;
	case 4:
		rh_fx_timer_stop(fx, TIMER_COARSE);
		break;
	case 5:
		rh_fx_timer(fx, TIMER_FINE, now_ns > 5 ? now_ns - 5 : 0);
		break;
	default:
		break;
	}
}

static void random_messages(const struct rh_env *env, struct rh_effects *fx, uint64_t r,
			    uint64_t serial)
{
	struct rh_handle none = {0, 0};
	struct rh_handle ref = (r & 1) != 0 ? make_object(env, r) : none;
	struct random_state *state = env->state;

	if (env->peer_count == 0)
		return;
	state->skip[0] = r >> 40;
	if ((r >> 1) % 4 == 0)
		rh_fx_publish(fx, 1, serial, ref, NULL);
	if ((r >> 3) % 4 == 0)
		rh_fx_publish(fx, 2, serial, none, (r & 32) != 0 ? state->skip : NULL);
	if ((r >> 6) % 2 == 0) {
		rh_fx_send(fx, env->peers[(r >> 16) % env->peer_count], MESSAGE_PEER, r % 5, ref);
		rh_fx_send(fx, env->peers[(r >> 26) % env->peer_count], MESSAGE_PEER, r % 3, none);
	}
	if (ref.index != 0 && (r >> 7) % 2 == 0)
		keep_object(env, ref, r >> 9);
	if ((r >> 8) % 4 == 0)
		rh_fx_store(fx, serial, ref);
	if ((r >> 10) % 8 == 0)
		rh_fx_sync(fx);
}

static void on_start(const struct rh_env *env, struct rh_effects *fx, uint64_t r)
{
	struct random_state *state = env->state;
	uint32_t count = rh_env_journal_count(env);
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct rh_handle ref;
		uint64_t key;

		rh_env_journal(env, i, &key, &ref);
		state->sum = rh_absorb(state->sum, key);
		if (ref.index != 0)
			state->sum ^= *(const uint64_t *)rh_env_object(env, ref);
	}
	rh_fx_timer(fx, TIMER_BEAT, env->clock_ns + (1 + r % 50) * RH_NS_PER_MS);
}

static void on_message(const struct rh_env *env, const struct rh_event *event,
		       struct rh_effects *fx, uint64_t r)
{
	struct random_state *state = env->state;
	struct rh_handle none = {0, 0};

	if (event->object != NULL)
		state->sum += *(const uint64_t *)event->object;
	rh_idmap_put(env->space, &state->heard, event->id % 512, event->key);
	if (event->topic == 1)
		rh_fx_forward(fx, event, NULL);
	else if (event->topic == 2 && r % 4 == 0)
		rh_fx_work(fx, (uint16_t)(r % 2), state->count, event->ref, (r >> 8) % 3 * 500000);
	else if (event->topic == 0 && event->key > 0)
		rh_fx_send(fx, event->from, MESSAGE_PEER, event->key - 1,
			   r % 2 == 0 ? event->ref : none);
}

static void random_records(const struct rh_env *env, const struct rh_event *event,
			   struct rh_effects *fx)
{
	struct random_state *state = env->state;
	struct rh_record *record = rh_fx_record(fx, RH_RECORD_HEAD, 0);
	char text[32];

	rh_fx_gauge(fx, RH_GAUGE_HEAD_HEIGHT, (int64_t)(state->count / 3));
	rh_fx_gauge(fx, RH_GAUGE_PEERS, (int64_t)(state->sum % 2));
	if (record != NULL)
		record->a = state->sum;
	if (event->class != RH_CLASS_WORK)
		return;
	record = rh_fx_record(fx, RH_RECORD_NOTE, 0);
	if (record == NULL)
		return;
	snprintf(text, sizeof(text), "work %u", (unsigned)event->kind);
	record->text = event->kind == 0 ? "work 0" : "work 1";
	record->text_len = (uint32_t)strlen(text);
}

static void random_step(const struct rh_env *env, const struct rh_event *event,
			struct rh_effects *fx)
{
	struct random_state *state = env->state;
	uint64_t serial = ++state->count;
	uint64_t r = rh_env_draw(env, PURPOSE, rh_absorb(event->id, serial));

	state->sum = rh_absorb(state->sum, event->id ^ event->key ^ env->clock_ns);
	if (serial % 16 == 0)
		*(uint64_t *)rh_vec_push(env->space, &state->log, 8) = state->sum;
	switch (event->class) {
	case RH_CLASS_ACTION:
		if (event->kind == RH_EVENT_START)
			on_start(env, fx, r);
		else
			random_messages(env, fx, r, serial);
		break;
	case RH_CLASS_INPUT:
		random_messages(env, fx, r | 64, serial);
		break;
	case RH_CLASS_TIMER:
		if (event->kind == TIMER_BEAT) {
			random_messages(env, fx, r, serial);
			/* Busy for a moment, then quiet for long: idle stretches of every length. */
			rh_fx_timer(fx, TIMER_BEAT,
				    serial % 32 != 0 ? env->clock_ns + (1 + r % 20) * RH_NS_PER_MS
						     : env->clock_ns + (r % 90) * RH_NS_PER_SEC);
		}
		random_timers(env, fx, r >> 32);
		break;
	case RH_CLASS_WORK:
		random_timers(env, fx, r >> 32);
		break;
	case RH_CLASS_MESSAGE:
		on_message(env, event, fx, r);
		break;
	}
	random_records(env, event, fx);
}

static void random_release(const struct rh_env *env)
{
	struct random_state *state = env->state;
	uint32_t i;

	for (i = 0; i < KEPT; i++)
		rh_env_object_drop(env, state->kept[i]);
	rh_vec_release(env->space, &state->log, 8);
	rh_idmap_release(env->space, &state->heard);
}

static uint32_t random_size(const void *params, uint64_t key, const void *object)
{
	(void)params;
	return 40 + (uint32_t)(key % 7) +
	       (object != NULL ? 8 * (uint32_t) * (const uint64_t *)object : 0);
}

static bool random_holds(const struct rh_env *env)
{
	const struct random_state *state = env->state;

	return state->count < 400;
}

static const struct rh_topic random_topics[] = {{"flood", MESSAGE_FLOOD, RH_TOPIC_FLOOD},
						{"near", MESSAGE_NEAR, RH_TOPIC_NEIGHBOURS}};
static const struct rh_message_kind random_messages_table[MESSAGES] = {
	{.name = "flood", .size = random_size},
	{.name = "near", .size = random_size},
	{.name = "peer", .size = random_size},
};
static const char *const random_timer_names[TIMERS] = {"beat", "fine", "coarse", "far"};
static const struct rh_model_action random_actions[] = {{"nudge", "sends", NULL},
							{"poke", "sends too", NULL}};
static const struct rh_invariant random_invariants[] = {{"few_events", random_holds}};

const struct rh_model random_model = {
	.name = "test-random",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct random_state),
	.topics = random_topics,
	.topic_count = 2,
	.messages = random_messages_table,
	.message_count = MESSAGES,
	.timers = random_timer_names,
	.timer_count = TIMERS,
	.actions = random_actions,
	.action_count = 2,
	.invariants = random_invariants,
	.invariant_count = 1,
	.input_count = 2,
	.step = random_step,
	.release = random_release,
};

/* ---- its plans and scripts ------------------------------------------------------------------- */

static uint64_t pick(uint64_t seed, uint64_t *at, uint64_t bound)
{
	return rh_absorb(rh_absorb(4711, seed), (*at)++) % bound;
}

struct rh_plan *random_plan(uint64_t seed)
{
	uint64_t at = 0;
	uint32_t nodes = 3 + (uint32_t)pick(seed, &at, 8);
	struct rh_plan *plan = hand_plan_new(&random_model, nodes, seed);
	uint32_t a;
	uint32_t b;

	plan->lookahead_ns = RH_NS_PER_MS / 2;
	plan->ties = seed % 5 == 4 ? RH_TIES_RANDOM : RH_TIES_FIXED;
	if (seed % 4 == 3) {
		plan->jitter = RH_JITTER_NORMAL;
		plan->jitter_ppm = 200000;
	}
	if (seed % 3 == 2)
		plan->loss_threshold = rh_threshold(1, 20);
	for (a = 0; a < nodes; a++) {
		struct rh_plan_node *node = &plan->nodes[a];

		for (b = a + 1; b < nodes; b++) {
			if (b == a + 1 || pick(seed, &at, 3) == 0)
				hand_plan_link(plan, a, b,
					       (1 + pick(seed, &at, 12)) * RH_NS_PER_MS);
		}
		if (pick(seed, &at, 5) == 0)
			node->start_ns = pick(seed, &at, 30) * RH_NS_PER_SEC;
		if (seed % 2 == 0 && pick(seed, &at, 2) == 0)
			node->up_bps = 400000 + pick(seed, &at, 1000000);
		if (seed % 2 == 0 && pick(seed, &at, 2) == 0)
			node->down_bps = 400000 + pick(seed, &at, 1000000);
		if (pick(seed, &at, 3) == 0)
			node->clock_offset_ns = (int64_t)pick(seed, &at, 20000000) - 10000000;
		if (pick(seed, &at, 3) == 0)
			node->clock_drift_ppb = (int64_t)pick(seed, &at, 200000) - 100000;
	}
	hand_plan_end(plan);
	return plan;
}

static uint32_t *random_nodes(struct rh_plan *plan, uint64_t *at, size_t *count)
{
	uint32_t *nodes = RH_ARENA_ARRAY(&plan->arena, plan->node_count, uint32_t);
	uint64_t bits = 1 + pick(plan->seed, at, (UINT64_C(1) << plan->node_count) - 1);
	uint32_t i;

	*count = 0;
	for (i = 0; i < plan->node_count; i++) {
		if (((bits >> i) & 1) && (pick(plan->seed, at, 2) == 0 || *count == 0))
			nodes[(*count)++] = i;
	}
	return nodes;
}

static void random_links(struct rh_plan *plan, uint64_t *at, struct rh_action *action)
{
	struct rh_link_set *links =
		RH_ARENA_ARRAY(&plan->arena, 2 * (size_t)plan->link_count, struct rh_link_set);
	struct rh_link_state state = {0};
	uint32_t i;

	switch (pick(plan->seed, at, 5)) {
	case 0:
		state.is_cut = true;
		state.drops_in_flight = true;
		break;
	case 1:
		state.is_cut = true;
		break;
	case 2:
		state.delay_ns = pick(plan->seed, at, 9) * RH_NS_PER_MS;
		state.jitter_ns = pick(plan->seed, at, 3) * RH_NS_PER_MS;
		break;
	case 3:
		state.loss_threshold = rh_threshold(1, 3);
		state.rate_bps = 300000;
		break;
	default:
		break;
	}
	for (i = 0; i < 2 * plan->link_count; i++) {
		if (pick(plan->seed, at, 2) == 0)
			links[action->link_count++] = (struct rh_link_set){i, state};
	}
	action->kind = RH_ACTION_LINKS;
	action->links = links;
}

static void random_one(struct rh_plan *plan, uint64_t *at, struct random_act *act)
{
	static const enum rh_node_op ops[] = {RH_NODE_OP_CRASH, RH_NODE_OP_RESTART,
					      RH_NODE_OP_RESTART, RH_NODE_OP_CRASH_AMNESIA};
	struct rh_action *action = &act->action;

	action->step = (uint32_t)pick(plan->seed, at, 4);
	action->name64 = rh_absorb(77, action->step);
	switch (pick(plan->seed, at, 8)) {
	case 0:
	case 1:
	case 2:
		action->kind = RH_ACTION_NODES;
		action->node_op = ops[pick(plan->seed, at, 4)];
		action->nodes = random_nodes(plan, at, &action->node_count);
		break;
	case 3:
	case 4:
		random_links(plan, at, action);
		break;
	case 5:
		action->kind = RH_ACTION_CLOCK;
		action->nodes = random_nodes(plan, at, &action->node_count);
		action->clock_step_ns = (int64_t)pick(plan->seed, at, 4000000) - 2000000;
		action->clock_drift_ppb = (int64_t)pick(plan->seed, at, 200000) - 100000;
		break;
	case 6:
		action->kind = RH_ACTION_MODEL;
		action->nodes = random_nodes(plan, at, &action->node_count);
		action->model_action = (uint16_t)pick(plan->seed, at, 2);
		action->key = pick(plan->seed, at, 3);
		break;
	default:
		act->is_submission = true;
		act->node = (uint32_t)pick(plan->seed, at, plan->node_count);
		act->submission.at_ns = act->at_ns;
		act->submission.kind = (uint16_t)pick(plan->seed, at, 2);
		act->submission.key = pick(plan->seed, at, 3);
		break;
	}
}

struct random_act *random_script(struct rh_plan *plan, uint32_t *count)
{
	uint64_t at = 1000;
	uint32_t wanted = 60;
	struct random_act *acts = RH_ARENA_ARRAY(&plan->arena, wanted, struct random_act);
	uint64_t time_ns = 0;
	uint32_t i;

	/* Whole milliseconds: just when things arrive.  Some at one instant. */
	for (i = 0; i < wanted; i++) {
		if (pick(plan->seed, &at, 3) != 0)
			time_ns += pick(plan->seed, &at, i % 2 == 0 ? 30000 : 100) * RH_NS_PER_MS;
		acts[i].at_ns = time_ns;
		random_one(plan, &at, &acts[i]);
	}
	*count = wanted;
	return acts;
}
