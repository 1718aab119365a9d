/*
 * gossip.c - the flood of gossip.h: its network, its two models, its reference hash.
 */
#include "bench/models/gossip.h"

#include "bench/bench.h"
#include "core/base/variants.h"

#define REGIONS	      6
#define CYCLES	      4 /* eight neighbours */
#define WORK_NS	      1000000
#define QUIET_NS      (100 * RH_NS_PER_MS)
#define FLOOD_ENDS_NS (5 * RH_NS_PER_SEC) /* after the last post; a flood takes under two */
#define SIZE_BYTES    1000
#define UP_BPS	      160000000 /* a copy in 50 us */
#define FULL_PPM      250000

static const uint8_t latency_ms[REGIONS][REGIONS] = {
	{12, 45, 80, 95, 70, 90},   {45, 8, 100, 120, 115, 140}, {80, 100, 15, 150, 140, 155},
	{95, 120, 150, 20, 35, 60}, {70, 115, 140, 35, 6, 65},	 {90, 140, 155, 60, 65, 9},
};

enum { TIMER_POST, TIMER_TELL, TIMER_QUIET, TIMERS };
enum { GAUGE_HASH = RH_GAUGE_MODEL, GAUGE_HEARD };

struct post {
	uint64_t at_ns;
	uint32_t next; /* of the same node, or RH_NONE */
};

struct gossip_params {
	const struct post *posts;   /* by message */
	const uint32_t *first_post; /* by node, or RH_NONE */
	uint64_t tell_ns;
};

struct gossip_state {
	uint64_t hash;
	uint32_t heard;
	uint32_t next_post;
};

/* ---- a node ---------------------------------------------------------------------------------- */

static void hear(const struct rh_env *env, uint64_t message)
{
	struct gossip_state *state = env->state;

	state->heard++;
	state->hash +=
		rh_mix64(env->clock_ns << 20 ^ (uint64_t)env->node << 40 ^ message ^ message << 50);
}

static void await_post(const struct rh_env *env, struct rh_effects *fx)
{
	const struct gossip_params *params = env->params;
	const struct gossip_state *state = env->state;

	if (state->next_post != RH_NONE)
		rh_fx_timer(fx, TIMER_POST, params->posts[state->next_post].at_ns);
}

static void on_start(const struct rh_env *env, struct rh_effects *fx)
{
	const struct gossip_params *params = env->params;
	struct gossip_state *state = env->state;

	state->next_post = params->first_post[env->node];
	await_post(env, fx);
	rh_fx_timer(fx, TIMER_TELL, params->tell_ns);
}

static void on_timer(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	const struct gossip_params *params = env->params;
	struct gossip_state *state = env->state;

	if (event->kind == TIMER_POST) {
		hear(env, state->next_post);
		rh_fx_publish(fx, 1, state->next_post, (struct rh_handle){0, 0}, NULL);
		state->next_post = params->posts[state->next_post].next;
		await_post(env, fx);
	} else if (event->kind == TIMER_TELL) {
		rh_fx_gauge(fx, GAUGE_HASH, (int64_t)state->hash);
		rh_fx_gauge(fx, GAUGE_HEARD, state->heard);
	}
}

static void gossip_step(const struct rh_env *env, const struct rh_event *event,
			struct rh_effects *fx)
{
	switch (event->class) {
	case RH_CLASS_MESSAGE:
		hear(env, event->key);
		rh_fx_forward(fx, event, NULL);
		break;
	case RH_CLASS_TIMER:
		on_timer(env, event, fx);
		break;
	case RH_CLASS_ACTION:
		on_start(env, fx);
		break;
	case RH_CLASS_INPUT:
	case RH_CLASS_WORK:
		break;
	}
}

static void full_step(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	if (event->class == RH_CLASS_MESSAGE) {
		const struct gossip_state *state = env->state;
		struct rh_record *record = rh_fx_record(fx, RH_RECORD_HEAD, 0);

		if (record != NULL) {
			record->a = event->id;
			record->c = state->heard + UINT64_C(1);
		}
		rh_fx_timer(fx, TIMER_QUIET, env->clock_ns + QUIET_NS);
	}
	gossip_step(env, event, fx);
}

/* ---- the wire -------------------------------------------------------------------------------- */

static uint64_t least_ns(const void *params, uint64_t base_ns)
{
	(void)params;
	return base_ns + WORK_NS;
}

/* A model may well be compiled twice: the machine chooses. */
RH_VARIANTS
static void delays(const void *params, const struct rh_fan *fan, uint64_t *delay_ns)
{
	uint32_t row = (uint32_t)fan->key * 0x9E3779B1U ^ fan->from * 0x85EBCA77U;

	(void)params;
	for (uint32_t i = 0; i < fan->count; i++) {
		uint32_t base_ns = (uint32_t)fan->base_ns[i];
		uint32_t hash = row + fan->to[i] * 0xC2B2AE3DU;

		hash = (hash ^ hash >> 16) * 0x7FEB352DU;
		hash = (hash ^ hash >> 15) * 0x846CA68BU;
		delay_ns[i] = base_ns + ((base_ns >> 12) * (hash >> 16) >> 6) + WORK_NS;
	}
}

static const struct rh_wire wire = {.least_ns = least_ns, .delays = delays};

/* ---- the tables ------------------------------------------------------------------------------ */

static uint32_t size_bytes(const void *params, uint64_t key, const void *object)
{
	(void)params;
	(void)key;
	(void)object;
	return SIZE_BYTES;
}

static const struct rh_topic topics[] = {{"posts", 0, RH_TOPIC_FLOOD}};
static const struct rh_message_kind messages[] = {{.name = "post", .size = size_bytes}};
static const char *const timers[] = {"post", "tell", "quiet"};
static const struct rh_model_gauge gauges[] = {
	{"hash", RH_UNIT_COUNT, "sum of a hash over what the node heard first"},
	{"heard", RH_UNIT_COUNT, "messages that the node heard first"},
};

const struct rh_model bench_gossip_model = {
	.name = "bench-gossip",
	.doc = "A flood with a wire of its own.",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct gossip_state),
	.params_size = sizeof(struct gossip_params),
	.topics = topics,
	.topic_count = 1,
	.messages = messages,
	.message_count = 1,
	.timers = timers,
	.timer_count = TIMERS,
	.gauges = gauges,
	.gauge_count = 2,
	.step = gossip_step,
	.wire = &wire,
};

const struct rh_model bench_gossip_full_model = {
	.name = "bench-gossip-full",
	.doc = "A flood with all that a model may ask for.",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct gossip_state),
	.params_size = sizeof(struct gossip_params),
	.topics = topics,
	.topic_count = 1,
	.messages = messages,
	.message_count = 1,
	.timers = timers,
	.timer_count = TIMERS,
	.gauges = gauges,
	.gauge_count = 2,
	.step = full_step,
};

/* ---- the plan -------------------------------------------------------------------------------- */

static uint32_t region_of(uint32_t node)
{
	return (uint32_t)(rh_mix64(77 + node) % REGIONS);
}

static void set_posts(struct rh_plan *plan, const struct bench_gossip *gossip)
{
	struct gossip_params *params = plan->params;
	struct post *posts = RH_ARENA_ARRAY(&plan->arena, gossip->messages + 1, struct post);
	uint32_t *first = RH_ARENA_ARRAY(&plan->arena, gossip->nodes, uint32_t);

	for (uint32_t i = 0; i < gossip->nodes; i++)
		first[i] = RH_NONE;
	/* From the last to the first, so that each finds the next one of its node. */
	for (uint32_t m = gossip->messages; m-- > 0;) {
		uint32_t node = (uint32_t)(rh_mix64(m + 12345) % gossip->nodes);

		posts[m].at_ns = (uint64_t)(m * (1e9 / gossip->per_second)) + 1;
		posts[m].next = first[node];
		first[node] = m;
	}
	params->posts = posts;
	params->first_post = first;
	params->tell_ns = posts[gossip->messages - 1].at_ns + FLOOD_ENDS_NS;
}

struct rh_plan *bench_gossip_plan(const struct bench_gossip *gossip)
{
	struct rh_plan *plan = bench_plan_new(
		gossip->is_full ? &bench_gossip_full_model : &bench_gossip_model, gossip->nodes);

	plan->seed = gossip->seed;
	bench_plan_cycles(plan, CYCLES, 1);
	for (uint32_t i = 0; i < plan->link_count; i++) {
		struct rh_plan_link *link = &plan->links[i];
		uint64_t ms = latency_ms[region_of(link->a)][region_of(link->b)];

		link->delay_ns[0] = link->delay_ns[1] = ms * RH_NS_PER_MS;
	}
	if (gossip->is_full) {
		plan->jitter = RH_JITTER_UNIFORM;
		plan->jitter_ppm = FULL_PPM;
		for (uint32_t i = 0; i < plan->node_count; i++)
			plan->nodes[i].up_bps = UP_BPS;
	}
	set_posts(plan, gossip);
	bench_plan_end(plan);
	return plan;
}

uint64_t bench_gossip_end_ns(const struct rh_plan *plan)
{
	const struct gossip_params *params = plan->params;

	return params->tell_ns + 1;
}

void bench_gossip_take(void *ctx, const struct rh_record *records, size_t count)
{
	struct bench_gossip_told *told = ctx;

	told->records += count;
	for (size_t i = 0; i < count; i++) {
		if (records[i].kind != RH_RECORD_GAUGE)
			continue;
		if (records[i].index == GAUGE_HASH)
			told->hash += records[i].a;
		else if (records[i].index == GAUGE_HEARD)
			told->heard += records[i].a;
	}
}
