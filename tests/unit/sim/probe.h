/*
 * probe.h - a model whose step is a function of the test, and a world that plays it.
 */
#ifndef TESTS_UNIT_SIM_PROBE_H
#define TESTS_UNIT_SIM_PROBE_H

#include "tests/unit/sim/play.h"

typedef void probe_step(const struct rh_env *env, const struct rh_event *event,
			struct rh_effects *fx);

struct probe_params {
	probe_step *step;
	bool (*holds)(const struct rh_env *env);
	uint32_t *asked; /* counts how often, when there is one */
};

struct probe_state {
	uint64_t count;
	uint64_t value;
	struct rh_handle kept;
};

static inline void probe_any_step(const struct rh_env *env, const struct rh_event *event,
				  struct rh_effects *fx)
{
	const struct probe_params *params = env->params;

	((struct probe_state *)env->state)->count++;
	params->step(env, event, fx);
}

static inline bool probe_holds(const struct rh_env *env)
{
	const struct probe_params *params = env->params;

	if (params->asked != NULL)
		++*params->asked;
	return params->holds == NULL || params->holds(env);
}

static inline void probe_release(const struct rh_env *env)
{
	rh_env_object_drop(env, ((struct probe_state *)env->state)->kept);
}

static const struct rh_topic probe_topics[] = {{"near", 0, RH_TOPIC_NEIGHBOURS}};
static const struct rh_message_kind probe_messages[] = {{.name = "a"}, {.name = "b"}};
static const char *const probe_timers[] = {"one", "two"};
static const struct rh_model_action probe_actions[] = {{"poke", "is seen", NULL}};
static const struct rh_invariant probe_invariants[] = {{"holds", probe_holds}};

static const struct rh_model probe_model = {
	.name = "test-probe",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct probe_state),
	.params_size = sizeof(struct probe_params),
	.topics = probe_topics,
	.topic_count = 1,
	.messages = probe_messages,
	.message_count = 2,
	.timers = probe_timers,
	.timer_count = 2,
	.actions = probe_actions,
	.action_count = 1,
	.invariants = probe_invariants,
	.invariant_count = 1,
	.input_count = 1,
	.step = probe_any_step,
	.release = probe_release,
};

/* Says what the node has handled: a record of kind NOTE. */
static inline void probe_note(struct rh_effects *fx, uint64_t a, uint64_t b)
{
	struct rh_record *record = rh_fx_record(fx, RH_RECORD_NOTE, 0);

	record->a = a;
	record->b = b;
}

#define PROBE_RECORDS 2048

struct probe {
	struct rh_plan *plan;
	struct rh_world *world;
	struct rh_sink sink;
	struct rh_record records[PROBE_RECORDS];
	uint32_t count;
	uint64_t advanced_ns;
	uint64_t wake_at_note; /* wakes at the first note with this `a` */
	uint64_t woken_for_ns;
	struct rh_err err;
};

static inline void probe_take(void *ctx, const struct rh_record *records, size_t count)
{
	struct probe *probe = ctx;
	size_t i;

	for (i = 0; i < count; i++) {
		ck_assert_uint_lt(probe->count, PROBE_RECORDS);
		probe->records[probe->count++] = records[i];
		if (records[i].kind == RH_RECORD_NOTE && probe->wake_at_note != 0 &&
		    records[i].a == probe->wake_at_note) {
			probe->wake_at_note = 0;
			probe->woken_for_ns = records[i].time_ns;
			sim_world_ops.wake(probe->world, records[i].time_ns);
		}
	}
}

static inline void probe_advance(void *ctx, uint64_t time_ns)
{
	((struct probe *)ctx)->advanced_ns = time_ns;
}

static inline void probe_init(struct probe *probe, uint32_t node_count, probe_step *step)
{
	memset(probe, 0, sizeof(*probe));
	probe->plan = hand_plan_new(&probe_model, node_count, 1);
	((struct probe_params *)probe->plan->params)->step = step;
	probe->sink = (struct rh_sink){.take = probe_take, .advance = probe_advance, .ctx = probe};
}

static inline void probe_open(struct probe *probe, enum rh_engine engine)
{
	struct rh_world_options options = {
		.engine = engine, .record_mask = UINT64_MAX & ~(UINT64_C(1) << RH_RECORD_MESSAGE)};

	hand_plan_end(probe->plan);
	ck_assert_int_eq(sim_world_ops.open(&probe->world, probe->plan, &options, &probe->err), 0);
}

static inline int probe_until(struct probe *probe, uint64_t time_ns, uint64_t *now_ns)
{
	return sim_world_ops.run_until(probe->world, time_ns, &probe->sink, now_ns, &probe->err);
}

static inline void probe_go(struct probe *probe, uint64_t time_ns)
{
	uint64_t now_ns;

	ck_assert_msg(probe_until(probe, time_ns, &now_ns) == 0, "%s", probe->err.text);
	ck_assert_uint_eq(now_ns, time_ns);
	ck_assert_uint_eq(probe->advanced_ns, time_ns);
}

static inline void probe_nodes(struct probe *probe, enum rh_node_op op, uint32_t node,
			       uint32_t ticket)
{
	struct rh_action action = {.kind = RH_ACTION_NODES,
				   .step = 1,
				   .name64 = 11,
				   .nodes = &node,
				   .node_count = 1,
				   .node_op = op};

	ck_assert_int_eq(sim_world_ops.start(probe->world, &action, ticket, &probe->err), 0);
}

/* How many records of a kind and stage there are, and the last of them. */
static inline uint32_t probe_find(const struct probe *probe, uint32_t kind, uint32_t stage,
				  const struct rh_record **last)
{
	uint32_t found = 0;
	uint32_t i;

	for (i = 0; i < probe->count; i++) {
		if (probe->records[i].kind == kind && probe->records[i].stage == stage) {
			found++;
			if (last != NULL)
				*last = &probe->records[i];
		}
	}
	return found;
}

static inline void probe_close(struct probe *probe)
{
	sim_world_ops.close(probe->world);
	hand_plan_free(probe->plan);
}

#endif
