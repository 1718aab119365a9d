/*
 * plan_maker.c - see plan_maker.h.
 */
#include "tests/lib/plan_maker.h"

#include <string.h>

#define PARTS_MAX 64

static const struct rh_model_gauge gauges[] = {{"own", RH_UNIT_COUNT, "a gauge of its own"}};
static const struct rh_model_action actions[] = {{"poke", "does nothing", NULL}};

static bool holds(const struct rh_env *env)
{
	return env != NULL;
}

static const struct rh_invariant invariants[] = {{"sound", holds}};

static void link_of(const void *params, struct rh_link_state *state)
{
	*state = ((const struct made_fault *)params)->link;
}

static enum rh_node_op op_crash(const void *params)
{
	(void)params;
	return RH_NODE_OP_CRASH;
}

static enum rh_node_op op_restart(const void *params)
{
	(void)params;
	return RH_NODE_OP_RESTART;
}

static enum rh_node_op op_pause(const void *params)
{
	(void)params;
	return RH_NODE_OP_PAUSE;
}

static enum rh_node_op op_resume(const void *params)
{
	(void)params;
	return RH_NODE_OP_RESUME;
}

const struct rh_action_type made_link_fault = {
	.name = "link-fault",
	.is_fault = true,
	.effect = RH_EFFECT_ON_LINKS,
	.params_size = sizeof(struct made_fault),
	.link = link_of,
};

const struct rh_action_type made_crash = {
	.name = "crash",
	.is_fault = true,
	.effect = RH_EFFECT_ON_NODES,
	.begin_op = op_crash,
	.end_op = op_restart,
};

const struct rh_action_type made_pause = {
	.name = "pause",
	.is_fault = true,
	.effect = RH_EFFECT_ON_NODES,
	.begin_op = op_pause,
	.end_op = op_resume,
};

const struct rh_action_type made_model_poke = {
	.name = "poke",
	.effect = RH_EFFECT_ON_MODEL,
	.model_action = "poke",
};

static bool ten_a_second(const struct rh_workload_view *view, uint64_t number,
			 struct rh_submission *submission)
{
	*submission = (struct rh_submission){.at_ns = view->start_ns + number * MILLIS(100),
					     .target = (uint32_t)(number % view->target_count),
					     .key = number};
	return true;
}

const struct rh_workload_type made_ten_a_second = {.name = "ten", .next = ten_a_second};

static void name_nodes(struct rh_plan *plan, uint32_t node_count)
{
	plan->nodes = RH_ARENA_ARRAY(&plan->arena, (size_t)node_count + 1, struct rh_plan_node);
	plan->node_count = node_count;
	for (uint32_t i = 0; i < node_count; i++) {
		plan->nodes[i].name = rh_arena_printf(&plan->arena, "n-%u", i);
		plan->nodes[i].name64 = rh_name64(plan->nodes[i].name);
		plan->nodes[i].region = RH_NONE;
	}
}

struct rh_plan *plan_make(uint32_t node_count, uint64_t duration_ns)
{
	struct rh_plan *plan = rh_alloc(1, sizeof(*plan));
	struct fake_model *fake;

	rh_arena_init(&plan->arena);
	fake = RH_ARENA_NEW(&plan->arena, struct fake_model);
	fake->model = (struct rh_model){.name = "fake",
					.abi = RH_MODEL_ABI,
					.gauges = gauges,
					.gauge_count = 1,
					.actions = actions,
					.action_count = 1,
					.invariants = invariants,
					.invariant_count = 1,
					.input_count = 1};
	fake->script = "";
	plan->model = &fake->model;
	plan->name = "made";
	plan->path = "made.yaml";
	plan->description = "made by hand";
	plan->hypothesis = "";
	plan->seed = 7;
	plan->duration_ns = duration_ns;
	plan->timeout_ns = 2 * duration_ns;
	plan->reaction_ns = UINT64_C(1) << 22;
	name_nodes(plan, node_count);
	plan->links = RH_ARENA_ARRAY(&plan->arena, PARTS_MAX, struct rh_plan_link);
	plan->phases = RH_ARENA_ARRAY(&plan->arena, PARTS_MAX, struct rh_plan_phase);
	plan->steps = RH_ARENA_ARRAY(&plan->arena, PARTS_MAX, struct rh_plan_step);
	plan->assertions = RH_ARENA_ARRAY(&plan->arena, PARTS_MAX, struct rh_plan_assertion);
	plan->workloads = RH_ARENA_ARRAY(&plan->arena, PARTS_MAX, struct rh_plan_workload);
	return plan;
}

struct fake_model *plan_fake(const struct rh_plan *plan)
{
	return (struct fake_model *)(uintptr_t)plan->model;
}

void plan_add_phase(struct rh_plan *plan, const char *name, uint64_t start_ns, uint64_t duration_ns)
{
	RH_ASSERT(plan->phase_count < PARTS_MAX);
	plan->phases[plan->phase_count++] = (struct rh_plan_phase){name, start_ns, duration_ns};
}

void plan_add_link(struct rh_plan *plan, uint32_t a, uint32_t b)
{
	RH_ASSERT(plan->link_count < PARTS_MAX && a < b && b < plan->node_count);
	plan->links[plan->link_count++] = (struct rh_plan_link){a, b, {RH_NS_PER_MS, RH_NS_PER_MS}};
}

struct rh_plan_step *plan_add_step(struct rh_plan *plan, const char *name,
				   const struct rh_action_type *type, uint64_t at_ns,
				   uint64_t until_ns, const uint32_t *targets)
{
	struct rh_plan_step *step = &plan->steps[plan->step_count++];
	uint32_t count = 0;
	uint32_t *list;

	RH_ASSERT(plan->step_count <= PARTS_MAX);
	while (targets[count] != UINT32_MAX)
		count++;
	list = RH_ARENA_ARRAY(&plan->arena, (size_t)count + 1, uint32_t);
	memcpy(list, targets, count * sizeof(*list));
	*step = (struct rh_plan_step){RH_PLAN_STEP_INIT, .name = name,	 .name64 = rh_name64(name),
				      .type = type,	 .at_ns = at_ns, .until_ns = until_ns,
				      .phase = RH_NONE};
	if (type->params_size > 0)
		step->params = rh_arena_alloc(&plan->arena, 1, type->params_size);
	if (type->effect == RH_EFFECT_ON_LINKS) {
		step->edges = list;
		step->edge_count = count;
	} else {
		step->nodes = list;
		step->node_count = count;
	}
	return step;
}

struct rh_link_state *plan_link_of(struct rh_plan_step *step)
{
	RH_ASSERT(step->type == &made_link_fault);
	return &((struct made_fault *)step->params)->link;
}

static uint32_t *all_nodes(struct rh_plan *plan)
{
	uint32_t *nodes = RH_ARENA_ARRAY(&plan->arena, (size_t)plan->node_count + 1, uint32_t);

	for (uint32_t i = 0; i < plan->node_count; i++)
		nodes[i] = i;
	return nodes;
}

struct rh_plan_assertion *plan_add_own_check(struct rh_plan *plan, const char *name,
					     enum rh_assert_mode mode, uint64_t from_ns,
					     uint64_t until_ns,
					     const struct rh_assertion_type *type)
{
	struct rh_plan_assertion *check = &plan->assertions[plan->assertion_count++];

	RH_ASSERT(plan->assertion_count <= PARTS_MAX);
	*check = (struct rh_plan_assertion){RH_PLAN_ASSERTION_INIT,
					    .name = name,
					    .type = type,
					    .mode = mode,
					    .phase = RH_NONE,
					    .from_ns = from_ns,
					    .until_ns = until_ns,
					    .nodes = all_nodes(plan),
					    .node_count = plan->node_count,
					    .text = name};
	if (type->params_size > 0)
		check->params = rh_arena_alloc(&plan->arena, 1, type->params_size);
	return check;
}

void plan_add_workload(struct rh_plan *plan, const char *name, uint64_t start_ns, uint64_t until_ns)
{
	struct rh_plan_workload *workload = &plan->workloads[plan->workload_count++];

	RH_ASSERT(plan->workload_count <= PARTS_MAX);
	*workload = (struct rh_plan_workload){.name = name,
					      .name64 = rh_name64(name),
					      .type = &made_ten_a_second,
					      .start_ns = start_ns,
					      .until_ns = until_ns,
					      .nodes = all_nodes(plan),
					      .node_count = plan->node_count};
}
