/*
 * own_steps.c - what the run does itself, without asking a world: clear, capture, annotate, workload.
 *
 * Each says that it was requested, what came of it, and that it is done, with a ticket of its own.
 */
#include "core/run/state.h"

#include "core/base/units.h"
#include "core/scenario/node_steps.h"

/* ---- clear ----------------------------------------------------------------------------------- */

static bool contains(const uint32_t *ascending, uint32_t count, uint32_t value)
{
	for (uint32_t i = 0; i < count && ascending[i] <= value; i++) {
		if (ascending[i] == value)
			return true;
	}
	return false;
}

/* Do all targets of the fault lie within those of the clear?  Without a target, everything does. */
static bool lies_within(const struct rh_plan_step *fault, const struct rh_plan_step *clear)
{
	for (uint32_t i = 0; clear->node_count > 0 && i < fault->node_count; i++) {
		if (!contains(clear->nodes, clear->node_count, fault->nodes[i]))
			return false;
	}
	return true;
}

/* The series that a copy belongs to has begun: then clearing it calls the copy off. */
static bool is_to_come(const struct run *run, uint32_t step)
{
	uint32_t series = run->plan->steps[step].series;

	return series != RH_NONE && run->steps[series].is_done && !run->steps[step].is_done;
}

static uint64_t clear(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	uint64_t ended = 0;

	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		const struct rh_plan_step *fault = &run->plan->steps[i];

		if (!fault->type->is_fault ||
		    (plan->step_count > 0 ? !contains(plan->steps, plan->step_count, i)
					  : !lies_within(fault, plan)))
			continue;
		if (is_to_come(run, i))
			run_call_off(run, i);
		if (!run->steps[i].is_active)
			continue;
		run_step_end(run, i, false);
		ended++;
	}
	return ended;
}

/* ---- workload -------------------------------------------------------------------------------- */

static bool change_load(struct run *run, uint32_t step)
{
	static const struct rh_pace none = {.events = {0, 1}, .unit = RH_PACE_NS};
	const struct rh_plan_step *plan = &run->plan->steps[step];
	const struct rh_workload_step *params = plan->params;
	struct step_run *state = &run->steps[step];
	struct rh_pace pace;

	if (!run_workload_pace_now(&state->before, run, plan->workload))
		return false;
	pace = state->before;
	if (params->rate.unit != RH_PACE_NONE)
		pace = params->rate;
	/* A stopped one goes on with what it had when it was stopped. */
	if (params->state == RH_WORKLOAD_RUNNING && params->rate.unit == RH_PACE_NONE) {
		if (pace.events.num == 0)
			pace = run->stopped_paces[plan->workload];
	} else if (params->state == RH_WORKLOAD_STOPPED) {
		if (pace.events.num != 0)
			run->stopped_paces[plan->workload] = pace;
		pace = none;
	}
	state->is_active = run_step_lasts(plan);
	run_workload_pace(run, plan->workload, pace);
	return true;
}

void run_own_step_end(struct run *run, uint32_t step)
{
	struct step_run *state = &run->steps[step];

	if (!state->is_active)
		return;
	state->is_active = false;
	run_workload_pace(run, run->plan->steps[step].workload, state->before);
}

/* ---- all ------------------------------------------------------------------------------------- */

void run_own_step(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	const struct rh_annotate *note = plan->params;
	uint64_t touched = 0;
	uint32_t ticket;

	if (plan->type->run_op == RH_RUN_OP_WAIT) {
		run_wait_begin(run, step);
		return;
	}
	ticket = run_own_begin(run, step);
	switch (plan->type->run_op) {
	case RH_RUN_OP_CLEAR:
		touched = clear(run, step);
		break;
	case RH_RUN_OP_ANNOTATE:
		run_emit_note(run, run->now_ns, "%.290s", note->text);
		break;
	case RH_RUN_OP_WORKLOAD:
		if (!change_load(run, step)) {
			run_own_failed(run, step, ticket, "this kind of load has no rate");
			return;
		}
		break;
	case RH_RUN_OP_CAPTURE: /* the judge sees that it is done */
	case RH_RUN_OP_WAIT:
		break;
	}
	run_own_done(run, step, ticket, touched);
	run_step_done(run, step);
}
