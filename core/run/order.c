/*
 * order.c - which step comes when, where only the run can tell: conditions, waits, and the steps that
 * come behind them.
 *
 * A wait is over when its time has come, its condition is true and the steps that it names are done.
 * A condition is looked at when the step begins and at points of the reaction grid: the judge says
 * that an instant changed something, the world is woken, and what was true then is acted on at the
 * next point of the grid.  Between two such points nobody looks, wherever the run happens to stop, so
 * every engine and every observer sees the same run.
 */
#include "core/run/state.h"

#include "core/base/units.h"

static bool is_true(const struct run *run, uint32_t condition)
{
	return run->judge != NULL && rh_judge_truth(run->judge, condition) == RH_TRUTH_TRUE;
}

static bool is_over(const struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];

	if (run->now_ns < run->steps[step].earliest_ns)
		return false;
	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (!run->steps[plan->steps[i]].is_done)
			return false;
	}
	return plan->condition == RH_NONE || is_true(run, plan->condition);
}

/* ---- who is begun ---------------------------------------------------------------------------- */

/* Why a step is left out, or NULL. */
static const char *why_not(const struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	bool is_wait =
		plan->type->effect == RH_EFFECT_ON_RUN && plan->type->run_op == RH_RUN_OP_WAIT;

	if (plan->only_if == RH_ONLY_FAILED && !run->has_failed)
		return "nothing has failed";
	if (plan->only_if == RH_ONLY_PASSED && run->has_failed)
		return "something has failed";
	if (!is_wait && plan->condition != RH_NONE && !is_true(run, plan->condition))
		return "its condition is not true";
	if (plan->unless != RH_NONE && is_true(run, plan->unless))
		return "its `until` is true";
	return NULL;
}

bool run_step_is_wanted(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct step_run *state = &run->steps[step];
	const char *why;

	/* Called off, with all that would have come behind it. */
	if (state->is_gone || (run->rollback == ROLLBACK_BEGUN && plan->part == RH_PART_ACTIONS)) {
		state->is_gone = true;
		return false;
	}
	why = why_not(run, step);
	if (why == NULL)
		return true;
	state->is_gone = true;
	run_emit_note(run, run->now_ns, "%s was left out: %s", plan->name, why);
	run_step_done(run, step);
	return false;
}

static bool names(const struct rh_plan_step *wait, uint32_t step)
{
	for (uint32_t i = 0; i < wait->step_count; i++) {
		if (wait->steps[i] == step)
			return true;
	}
	return false;
}

void run_step_done(struct run *run, uint32_t step)
{
	if (run->steps[step].is_done)
		return;
	run->steps[step].is_done = true;
	if (!run->has_followers)
		return;
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		const struct rh_plan_step *other = &run->plan->steps[i];

		if (other->after == step && !other->is_disabled)
			run_mark_add(run, rh_time_add(run->now_ns, other->at_ns), MARK_STEP_BEGIN,
				     i);
		/* Who waits for this one among others is looked at behind it. */
		if (run->steps[i].is_waiting && names(other, step))
			run_mark_add(run, run->now_ns, MARK_WAIT_END, i);
	}
}

/* ---- waits ----------------------------------------------------------------------------------- */

static void stop_waiting(struct run *run, uint32_t step)
{
	run->steps[step].is_waiting = false;
	run->waiting_count -= run->plan->steps[step].condition != RH_NONE;
}

void run_wait_begin(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct step_run *state = &run->steps[step];

	state->ticket = run_own_begin(run, step);
	state->is_waiting = true;
	state->earliest_ns = rh_time_add(run->now_ns, plan->until_ns - plan->at_ns);
	run->waiting_count += plan->condition != RH_NONE;
	if (state->earliest_ns > run->now_ns)
		run_mark_add(run, state->earliest_ns, MARK_WAIT_END, step);
	if (plan->timeout_ns != RH_TIME_NEVER)
		run_mark_add(run, rh_time_add(run->now_ns, plan->timeout_ns), MARK_WAIT_TIMEOUT,
			     step);
	run_wait_look(run, step);
}

void run_wait_look(struct run *run, uint32_t step)
{
	if (!run->steps[step].is_waiting || !is_over(run, step))
		return;
	stop_waiting(run, step);
	run_own_done(run, step, run->steps[step].ticket, 0);
	run_step_done(run, step);
}

void run_wait_give_up(struct run *run, uint32_t step, const char *text)
{
	if (!run->steps[step].is_waiting)
		return;
	stop_waiting(run, step);
	run_own_failed(run, step, run->steps[step].ticket, text);
	if (run->plan->steps[step].on_failure != RH_ON_FAILURE_FAIL)
		run_step_done(run, step);
}

void run_wait_timeout(struct run *run, uint32_t step)
{
	run_wait_look(run, step);
	run_wait_give_up(run, step, "what it waited for did not come in time");
}

void run_waits_close(struct run *run, bool have_failed)
{
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		if (!run->steps[i].is_waiting || run->plan->steps[i].part != RH_PART_ACTIONS)
			continue;
		if (have_failed)
			run_wait_give_up(run, i, "the run ended first");
		else
			stop_waiting(run, i);
	}
}

/* ---- conditions ------------------------------------------------------------------------------ */

void run_watch(struct run *run)
{
	uint64_t changes;

	if (run->waiting_count == 0)
		return;
	changes = rh_judge_condition_changes(run->judge);
	if (changes == run->condition_changes)
		return;
	run->condition_changes = changes;
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		uint32_t condition = run->plan->steps[i].condition;
		uint64_t look_ns = run_grid_after(run, rh_judge_condition_changed_ns(run->judge));

		if (!run->steps[i].is_waiting || condition == RH_NONE || !is_true(run, condition))
			continue;
		/* What is known late is acted on late. */
		if (look_ns < run->now_ns)
			look_ns = run_grid_after(run, run->now_ns);
		if (look_ns < run->look_ns)
			run->look_ns = look_ns;
		run->ops->wake(run->world, look_ns - 1);
		return;
	}
}

void run_look(struct run *run)
{
	if (run->now_ns < run->look_ns)
		return;
	run->look_ns = RH_TIME_NEVER;
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		if (run->steps[i].is_waiting && run->plan->steps[i].condition != RH_NONE)
			run_wait_look(run, i);
	}
}
