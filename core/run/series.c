/*
 * series.c - when a series of faults is over: the copies of one step, by `every`, by a signal, or because
 * the fault comes and goes.
 *
 * Each copy is requested, verified and cleared for itself.  What is said of the series (a check
 * `during` it) needs one more moment: the last copy has ended, or what is left of them was called off.
 * Only the run knows the second, so it tells both with a record of its own.
 */
#include "core/run/state.h"

void run_series_open(struct run *run)
{
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		const struct rh_plan_step *plan = &run->plan->steps[i];
		struct step_run *first;

		if (plan->series == RH_NONE || !plan->type->is_fault || plan->is_disabled)
			continue;
		first = &run->steps[plan->series];
		first->copies_open += first->copies_open == 0 ? 2 : 1;
	}
}

void run_copy_over(struct run *run, uint32_t step, uint64_t time_ns)
{
	uint32_t series = run->plan->steps[step].series;
	uint32_t first = series == RH_NONE ? step : series;
	struct rh_record record = {.time_ns = time_ns,
				   .node = RH_NODE_WORLD,
				   .kind = RH_RECORD_FAULT,
				   .stage = RH_FAULT_OVER,
				   .index = first};

	if (run->steps[first].copies_open == 0 || --run->steps[first].copies_open > 0)
		return;
	run_emit(run, &record);
}

void run_call_off(struct run *run, uint32_t step)
{
	if (run->steps[step].is_gone)
		return;
	run->steps[step].is_gone = true;
	run_copy_over(run, step, run->now_ns);
}
