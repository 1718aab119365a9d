/*
 * check.c - what a plan needs that a world cannot do, told before anything starts.
 *
 * Two kinds: what no world of this version has (steps of later work, checks of what no model models),
 * which is true of the file wherever it is run; and what one world has and another has not.
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
	case RH_EFFECT_ON_CLOCKS:
		need = (struct need){RH_CAN_FAULT_CLOCK, "clocks that a step can change"};
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
	case RH_EFFECT_LATER: /* check_missing */
		break;
	}
	if ((need.capability & can) == need.capability)
		return 0;
	return rh_err_set(
		err, RH_E_UNSUPPORTED, "%sstep %s: %s needs %s, which the %s world cannot do",
		place_of(place, plan, step), step->name, step->type->name, need.key, world);
}

/* ---- what no world has ----------------------------------------------------------------------- */

/* What a step asks for that no world has; NULL when there is nothing. */
static const char *step_needs(const struct rh_plan *plan, uint32_t step)
{
	const struct rh_plan_step *one = &plan->steps[step];

	if (one->is_disabled)
		return NULL;
	if (one->type->lacks != NULL && one->type->lacks(one->params) != NULL)
		return one->type->lacks(one->params);
	return one->type->effect == RH_EFFECT_LATER ? one->type->missing : NULL;
}

/* Adds what is not among them yet; false when it is, or there is no more room. */
static bool add_new(const char **seen, uint32_t *count, const char *word)
{
	for (uint32_t i = 0; i < *count; i++) {
		if (strcmp(seen[i], word) == 0)
			return false;
	}
	if (*count == RH_REGISTRY_MAX)
		return false;
	seen[(*count)++] = word;
	return true;
}

/* The types that need it, each once. */
static void put_types(struct rh_buf *out, const struct rh_plan *plan, const char *missing)
{
	const char *seen[2 * RH_REGISTRY_MAX];
	uint32_t count = 0;
	uint32_t steps;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		const char *needs = step_needs(plan, i);

		if (needs != NULL && strcmp(needs, missing) == 0 &&
		    add_new(seen, &count, plan->steps[i].type->name))
			rh_buf_printf(out, "%s%s", count == 1 ? " (" : ", ", seen[count - 1]);
	}
	steps = count;
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_assertion_type *type = plan->assertions[i].type;
		uint32_t checks = count - steps;

		if (type->missing == NULL || strcmp(type->missing, missing) != 0 ||
		    !add_new(seen + steps, &checks, type->name))
			continue;
		count++;
		rh_buf_printf(out, "%scheck %s", count == 1 ? " (" : ", ", type->name);
	}
	rh_buf_text(out, ")");
}

static const char *workload_needs(const struct rh_plan_workload *workload)
{
	return workload->type->lacks != NULL ? workload->type->lacks(workload->params) : NULL;
}

uint32_t rh_run_missing(const struct rh_plan *plan, struct rh_buf *out)
{
	uint32_t total = plan->step_count + plan->assertion_count;
	const char *seen[2 * RH_REGISTRY_MAX];
	uint32_t count = 0;
	char place[300];

	if (plan->model != NULL && plan->model->missing != NULL) {
		add_new(seen, &count, plan->model->missing);
		rh_buf_printf(
			out, "%smodel %s needs %s: cannot be run by this version\n",
			put_place(place, plan, plan->model_place.line, plan->model_place.column),
			plan->model->name, plan->model->missing);
	}
	for (uint32_t i = 0; i < total; i++) {
		bool is_step = i < plan->step_count;
		const char *missing =
			is_step ? step_needs(plan, i)
				: plan->assertions[i - plan->step_count].type->missing;

		if (missing == NULL || !add_new(seen, &count, missing))
			continue;
		if (is_step)
			rh_buf_text(out, place_of(place, plan, &plan->steps[i]));
		else
			rh_buf_printf(out, "%s: ", plan->path);
		rh_buf_printf(out, "needs %s", missing);
		put_types(out, plan, missing);
		rh_buf_text(out, ": cannot be run by this version\n");
	}
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		const char *missing = workload_needs(&plan->workloads[i]);

		if (missing != NULL && add_new(seen, &count, missing))
			rh_buf_printf(out,
				      "%s: workload %s needs %s: cannot be run by this version\n",
				      plan->path, plan->workloads[i].name, missing);
	}
	return count;
}

/* ---- all ------------------------------------------------------------------------------------- */

static int check_missing(const struct rh_plan *plan, const char *world, struct rh_err *err)
{
	char place[300];

	if (plan->model != NULL && plan->model->missing != NULL)
		return rh_err_set(
			err, RH_E_UNSUPPORTED,
			"%smodel %s needs %s, which this version does not have",
			put_place(place, plan, plan->model_place.line, plan->model_place.column),
			plan->model->name, plan->model->missing);
	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (step_needs(plan, i) != NULL)
			return refuse_later(plan, &plan->steps[i], step_needs(plan, i), world, err);
	}
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_assertion_type *type = plan->assertions[i].type;

		if (type->missing != NULL)
			return rh_err_set(err, RH_E_UNSUPPORTED,
					  "check %s: %s needs %s, which this version does not have",
					  plan->assertions[i].name, type->name, type->missing);
	}
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		const char *missing = workload_needs(&plan->workloads[i]);

		if (missing != NULL)
			return rh_err_set(err, RH_E_UNSUPPORTED,
					  "workload %s needs %s, which this version does not have",
					  plan->workloads[i].name, missing);
	}
	return 0;
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

int rh_run_check_world(const struct rh_plan *plan, const struct rh_world_ops *world,
		       struct rh_err *err)
{
	uint32_t can;

	/* A world is not asked about nodes that are none. */
	if (plan->model != NULL && plan->model->missing != NULL)
		return 0;
	can = world->capabilities(NULL, plan);
	if (check_bases(plan, can, world->name, err) != 0)
		return RH_E_UNSUPPORTED;
	for (uint32_t i = 0; i < plan->step_count; i++) {
		int rc;

		if (plan->steps[i].is_disabled)
			continue;
		rc = check_step(plan, &plan->steps[i], can, world->name, err);
		if (rc != 0)
			return rc;
	}
	if (plan->workload_count > 0 && !(can & RH_CAN_SUBMIT))
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "workload %s: the %s world takes no submissions",
				  plan->workloads[0].name, world->name);
	return world->check != NULL ? world->check(plan, err) : 0;
}

int rh_run_check(const struct rh_plan *plan, const struct rh_world_ops *world, struct rh_err *err)
{
	int rc = check_mode(plan, world->name, err);

	if (rc == 0)
		rc = check_missing(plan, world->name, err);
	return rc != 0 ? rc : rh_run_check_world(plan, world, err);
}
