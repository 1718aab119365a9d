/*
 * parts.c - rollback and cleanup.
 *
 * A rollback that answers a failure is begun at the next point of the reaction grid: from then on no
 * step of a phase begins, and the run goes on until all that is judged is decided.  A rollback that
 * answers the end of the run (its timeout, cancelling, a check that failed at the very end) comes
 * behind it, and cleanup behind that; what happens then is told and not judged.
 */
#include "core/base/units.h"
#include "core/run/state.h"

static bool has_part(const struct run *run, enum rh_part part)
{
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		if (run->plan->steps[i].part == part && !run->plan->steps[i].is_disabled)
			return true;
	}
	return false;
}

bool run_has_end_parts(const struct run *run)
{
	return has_part(run, RH_PART_ROLLBACK) || has_part(run, RH_PART_CLEANUP);
}

static void begin_part(struct run *run, enum rh_part part)
{
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		const struct rh_plan_step *step = &run->plan->steps[i];

		if (step->part == part && step->after == RH_NONE && !step->is_disabled)
			run_mark_add(run, rh_time_add(run->now_ns, step->at_ns), MARK_STEP_BEGIN,
				     i);
	}
	run_mark_add(run, rh_time_add(run->now_ns, run->plan->rollback_timeout_ns),
		     MARK_PART_TIMEOUT, part);
}

void run_has_failed(struct run *run, uint64_t time_ns)
{
	run->has_failed = true;
	if (run->rollback != ROLLBACK_NONE || run->is_closing ||
	    !(run->plan->rollback_when & RH_ROLLBACK_ON_FAILURE) ||
	    !has_part(run, RH_PART_ROLLBACK))
		return;
	run->rollback = ROLLBACK_DUE;
	run->rollback_ns = run_grid_after(run, time_ns);
	run->ops->wake(run->world, run->rollback_ns - 1);
}

void run_rollback_if_due(struct run *run)
{
	if (run->rollback != ROLLBACK_DUE || run->now_ns < run->rollback_ns)
		return;
	run->rollback = ROLLBACK_BEGUN;
	run_emit_note(run, run->now_ns, "something failed: rollback begins, no other step will");
	run_waits_close(run, false);
	begin_part(run, RH_PART_ROLLBACK);
}

/* What is not done by now is given up. */
void run_part_timeout(struct run *run, enum rh_part part)
{
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		if (run->plan->steps[i].part != part)
			continue;
		run_wait_give_up(run, i, "its part of the run took too long");
		if (!run->steps[i].is_done && !run->plan->steps[i].is_disabled) {
			run->steps[i].is_gone = true;
			run_emit_note(run, run->now_ns, "%s was given up: no time was left",
				      run->plan->steps[i].name);
		}
	}
}

/* ---- at the end ------------------------------------------------------------------------------ */

static bool is_of_part(const struct run *run, const struct mark *mark)
{
	if (mark->kind == MARK_PART_TIMEOUT)
		return true;
	return (mark->kind == MARK_STEP_BEGIN || mark->kind == MARK_STEP_END ||
		mark->kind == MARK_WAIT_END || mark->kind == MARK_WAIT_TIMEOUT) &&
	       run->plan->steps[mark->index].part != RH_PART_ACTIONS;
}

/* The phases are over. */
static void drop_marks(struct run *run)
{
	uint32_t kept = run->mark_next;

	for (uint32_t i = run->mark_next; i < run->mark_count; i++) {
		if (is_of_part(run, &run->marks[i]))
			run->marks[kept++] = run->marks[i];
	}
	run->mark_count = kept;
}

/* When something is to be done again; RH_TIME_NEVER: only the time limit is left. */
static uint64_t next_of_part(const struct run *run)
{
	bool is_left = false;

	for (uint32_t i = run->mark_next; i < run->mark_count; i++)
		is_left |= run->marks[i].kind != MARK_PART_TIMEOUT;
	if (run->wants_to_settle)
		return run->now_ns + 1;
	return is_left ? run->marks[run->mark_next].time_ns : RH_TIME_NEVER;
}

static int play_out(struct run *run)
{
	for (;;) {
		uint64_t next_ns;
		int rc;

		run_advance(run, run->now_ns);
		run_play_marks(run);
		next_ns = next_of_part(run);
		if (next_ns == RH_TIME_NEVER)
			break;
		run->is_settling = run->wants_to_settle;
		run->wants_to_settle = false;
		run->sink.calm_mask = ~(UINT64_C(1) << RH_RECORD_ACTION);
		rc = run->ops->run_until(run->world, next_ns, &run->sink, &run->now_ns, run->err);
		run->is_settling = false;
		if (rc != 0)
			return rc;
	}
	/* Its time limit is no matter any more. */
	run->mark_next = run->mark_count;
	return 0;
}

int run_play_end_parts(struct run *run, uint32_t rollback_bit)
{
	uint32_t when = run->plan->rollback_when;
	int rc;

	drop_marks(run);
	if (run->rollback != ROLLBACK_BEGUN &&
	    ((when & rollback_bit) || (run->has_failed && (when & RH_ROLLBACK_ON_FAILURE)))) {
		run->rollback = ROLLBACK_BEGUN;
		begin_part(run, RH_PART_ROLLBACK);
	}
	rc = play_out(run);
	if (rc != 0)
		return rc;
	begin_part(run, RH_PART_CLEANUP);
	return play_out(run);
}
