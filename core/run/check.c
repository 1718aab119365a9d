/*
 * check.c - what a plan needs that a world cannot do, told before anything starts.
 */
#include <stdio.h>
#include <string.h>

#include "core/run/run.h"

struct need {
	uint32_t capability;
	const char *key; /* what in the step asks for it */
};

static struct need need_of_link(const struct rh_link_state *state, uint32_t can)
{
	const struct {
		bool is_needed;
		struct need need;
	} needs[] = {
		{state->is_cut, {RH_CAN_CUT, "a cut"}},
		{state->delay_ns != 0 || state->jitter_ns != 0, {RH_CAN_DELAY, "a delay"}},
		{state->loss_threshold != 0, {RH_CAN_LOSE, "loss"}},
		{state->rate_bps != 0, {RH_CAN_LIMIT_RATE, "a limited rate"}},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(needs); i++) {
		if (needs[i].is_needed && !(needs[i].need.capability & can))
			return needs[i].need;
	}
	return (struct need){0, NULL};
}

static struct need need_of_op(enum rh_node_op op)
{
	switch (op) {
	case RH_NODE_OP_NONE:
		break;
	case RH_NODE_OP_CRASH:
	case RH_NODE_OP_CRASH_AMNESIA:
	case RH_NODE_OP_RESTART:
		return (struct need){RH_CAN_CRASH, "crash and restart"};
	case RH_NODE_OP_PAUSE:
	case RH_NODE_OP_RESUME:
		return (struct need){RH_CAN_PAUSE, "a paused node"};
	}
	return (struct need){0, NULL};
}

static bool model_can(const struct rh_model *model, const char *action)
{
	for (uint32_t i = 0; model != NULL && i < model->action_count; i++) {
		if (strcmp(model->actions[i].name, action) == 0)
			return true;
	}
	return false;
}

/* "four.yaml:12:9: " where the plan came from a file. */
static const char *put_place(char text[300], const struct rh_plan *plan, uint32_t line,
			     uint32_t column)
{
	text[0] = 0;
	if (line != 0)
		snprintf(text, 300, "%.250s:%u:%u: ", plan->path, line, column);
	return text;
}

static const char *place_of(char text[300], const struct rh_plan *plan,
			    const struct rh_plan_step *step)
{
	return put_place(text, plan, step->line, step->column);
}

static int refuse_later(const struct rh_plan *plan, const struct rh_plan_step *step,
			const char *missing, const char *world, struct rh_err *err)
{
	char place[300];

	return rh_err_set(err, RH_E_UNSUPPORTED,
			  "%sstep %s: %s needs %s, which the %s world does not have yet",
			  place_of(place, plan, step), step->name, step->type->name, missing,
			  world);
}

static int check_step(const struct rh_plan *plan, const struct rh_plan_step *step, uint32_t can,
		      const char *world, struct rh_err *err)
{
	struct rh_link_state state = {0};
	struct need need = {0, NULL};
	char place[300];

	if (step->type->lacks != NULL && step->type->lacks(step->params) != NULL)
		return refuse_later(plan, step, step->type->lacks(step->params), world, err);
	switch (step->type->effect) {
	case RH_EFFECT_ON_LINKS:
		step->type->link(step->params, &state);
		need = need_of_link(&state, can);
		break;
	case RH_EFFECT_ON_NODES:
		need = need_of_op(step->type->begin_op(step->params));
		if ((need.capability & can) == need.capability && step->type->is_fault)
			need = need_of_op(step->type->end_op(step->params));
		break;
	case RH_EFFECT_ON_MODEL:
		need = (struct need){RH_CAN_MODEL_ACTION, "an action of the model"};
		if (!model_can(plan->model, step->type->model_action))
			return rh_err_set(err, RH_E_UNSUPPORTED,
					  "%sstep %s: model %s has no action \"%s\"",
					  place_of(place, plan, step), step->name,
					  plan->model == NULL ? "(none)" : plan->model->name,
					  step->type->model_action);
		break;
	case RH_EFFECT_ON_RUN:
		break;
	case RH_EFFECT_LATER:
		return refuse_later(plan, step, step->type->missing, world, err);
	}
	if ((need.capability & can) == need.capability)
		return 0;
	return rh_err_set(
		err, RH_E_UNSUPPORTED, "%sstep %s: %s needs %s, which the %s world cannot do",
		place_of(place, plan, step), step->name, step->type->name, need.key, world);
}

/* `modes: [sim]` names the worlds that a scenario is for. */
static int check_mode(const struct rh_plan *plan, const char *world, struct rh_err *err)
{
	uint32_t mode = strcmp(world, "live") == 0 ? RH_PLAN_MODE_LIVE : RH_PLAN_MODE_SIM;
	char place[300];

	if (plan->modes == 0 || (plan->modes & mode) != 0)
		return 0;
	return rh_err_set(err, RH_E_UNSUPPORTED,
			  "%sspec.modes names %s only: this scenario is not for --mode %s",
			  put_place(place, plan, plan->modes_place.line, plan->modes_place.column),
			  plan->modes == RH_PLAN_MODE_LIVE ? "live" : "sim", world);
}

static int check_model(const struct rh_plan *plan, struct rh_err *err)
{
	char place[300];

	if (plan->model == NULL || plan->model->missing == NULL)
		return 0;
	return rh_err_set(err, RH_E_UNSUPPORTED,
			  "%smodel %s needs %s, which this version does not have",
			  put_place(place, plan, plan->model_place.line, plan->model_place.column),
			  plan->model->name, plan->model->missing);
}

/* Links that are lossy, uneven or narrow from the start. */
static int check_bases(const struct rh_plan *plan, uint32_t can, const char *world,
		       struct rh_err *err)
{
	for (uint32_t i = 0; i < plan->base_count; i++) {
		struct need need = need_of_link(&plan->bases[i], can);

		if ((need.capability & can) != need.capability)
			return rh_err_set(
				err, RH_E_UNSUPPORTED,
				"network.links needs %s on links, which the %s world cannot do",
				need.key, world);
	}
	return 0;
}

int rh_run_check(const struct rh_plan *plan, const struct rh_world_ops *world, struct rh_err *err)
{
	uint32_t can = 0;
	int first = check_mode(plan, world->name, err);

	if (first == 0)
		first = check_model(plan, err);
	if (first == 0) {
		can = world->capabilities(NULL, plan);
		first = check_bases(plan, can, world->name, err);
	}
	if (first != 0)
		return first;
	for (uint32_t i = 0; i < plan->step_count; i++) {
		int rc;

		if (plan->steps[i].is_disabled)
			continue;
		rc = check_step(plan, &plan->steps[i], can, world->name, err);
		if (rc != 0)
			return rc;
	}
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_assertion_type *type = plan->assertions[i].type;

		if (type->missing != NULL)
			return rh_err_set(err, RH_E_UNSUPPORTED,
					  "check %s: %s needs %s, which this version does not have",
					  plan->assertions[i].name, type->name, type->missing);
	}
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		const struct rh_plan_workload *workload = &plan->workloads[i];
		const char *lack = workload->type->lacks != NULL
					   ? workload->type->lacks(workload->params)
					   : NULL;

		if (lack != NULL)
			return rh_err_set(err, RH_E_UNSUPPORTED,
					  "workload %s needs %s, which this version does not have",
					  workload->name, lack);
	}
	if (plan->workload_count > 0 && !(can & RH_CAN_SUBMIT))
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "workload %s: the %s world takes no submissions",
				  plan->workloads[0].name, world->name);
	return world->check != NULL ? world->check(plan, err) : 0;
}
