/*
 * sparse.c - two small floods: one that goes on quietly, one that is judged.
 */
#include "bench/models/sparse.h"

#include "bench/bench.h"

#define PER_SECOND 10
#define DELAY_NS   (50 * RH_NS_PER_MS)
#define CYCLES	   4
#define FULL_UP_TO 8 /* nodes: everybody knows everybody */

enum { TIMER_BEAT, TIMER_POST, TIMERS };

struct small_state {
	uint64_t beats;
	uint64_t posted;
	int64_t heard;
};

static void post(const struct rh_env *env, struct rh_effects *fx)
{
	struct small_state *state = env->state;

	rh_fx_publish(fx, 1, state->posted++, (struct rh_handle){0, 0}, NULL);
}

/* The nodes take turns: node i posts i tenths of a second after it began, and then at each turn. */
static void sparse_step(const struct rh_env *env, const struct rh_event *event,
			struct rh_effects *fx)
{
	struct small_state *state = env->state;
	uint64_t turn_ns = RH_NS_PER_SEC / PER_SECOND;

	switch (event->class) {
	case RH_CLASS_ACTION:
		rh_fx_timer(fx, TIMER_BEAT, env->clock_ns + RH_NS_PER_SEC);
		rh_fx_timer(fx, TIMER_POST, env->clock_ns + (env->node + 1) * turn_ns);
		break;
	case RH_CLASS_TIMER:
		if (event->kind == TIMER_BEAT) {
			state->beats++;
			rh_fx_timer(fx, TIMER_BEAT, env->clock_ns + RH_NS_PER_SEC);
		} else {
			post(env, fx);
			/* Every node has weight 1. */
			rh_fx_timer(fx, TIMER_POST, env->clock_ns + env->weight_total * turn_ns);
		}
		break;
	case RH_CLASS_MESSAGE:
		state->heard++;
		rh_fx_forward(fx, event, NULL);
		break;
	case RH_CLASS_INPUT:
	case RH_CLASS_WORK:
		break;
	}
}

#define JUDGED_POSTS 100

static void judged_step(const struct rh_env *env, const struct rh_event *event,
			struct rh_effects *fx)
{
	struct small_state *state = env->state;

	switch (event->class) {
	case RH_CLASS_ACTION:
		rh_fx_gauge(fx, RH_GAUGE_HEAD_HEIGHT, 0);
		if (env->node < JUDGED_POSTS)
			rh_fx_timer(fx, TIMER_POST,
				    env->clock_ns + (env->node + 1) * 100 * RH_NS_PER_MS);
		break;
	case RH_CLASS_TIMER:
		post(env, fx);
		rh_fx_gauge(fx, RH_GAUGE_HEAD_HEIGHT, ++state->heard);
		break;
	case RH_CLASS_MESSAGE:
		rh_fx_gauge(fx, RH_GAUGE_HEAD_HEIGHT, ++state->heard);
		rh_fx_forward(fx, event, NULL);
		break;
	case RH_CLASS_INPUT:
	case RH_CLASS_WORK:
		break;
	}
}

static const struct rh_topic topics[] = {{"posts", 0, RH_TOPIC_FLOOD}};
static const struct rh_message_kind messages[] = {{.name = "post"}};
static const char *const timers[] = {"beat", "post"};
static const struct rh_key no_keys[] = {RH_KEY_END};

const struct rh_model bench_sparse_model = {
	.name = "bench-sparse",
	.doc = "Heartbeats, and ten messages a second.",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct small_state),
	.topics = topics,
	.topic_count = 1,
	.messages = messages,
	.message_count = 1,
	.timers = timers,
	.timer_count = TIMERS,
	.step = sparse_step,
};

const struct rh_model bench_judged_model = {
	.name = "bench-judged",
	.doc = "A hundred messages, and a gauge that counts them at each node.",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct small_state),
	.keys = no_keys,
	.node_keys = no_keys,
	.topics = topics,
	.topic_count = 1,
	.messages = messages,
	.message_count = 1,
	.timers = timers,
	.timer_count = TIMERS,
	.step = judged_step,
};

struct rh_plan *bench_sparse_plan(uint32_t nodes)
{
	struct rh_plan *plan = bench_plan_new(&bench_sparse_model, nodes);

	if (nodes <= FULL_UP_TO)
		bench_plan_full(plan, DELAY_NS);
	else
		bench_plan_cycles(plan, CYCLES, DELAY_NS);
	plan->jitter = RH_JITTER_UNIFORM;
	plan->jitter_ppm = 250000;
	bench_plan_end(plan);
	return plan;
}
