/*
 * timeline.c - what the plan says will happen, in the order in which it happens.
 */
#include <string.h>

#include "core/base/sort.h"
#include "core/base/units.h"
#include "core/run/state.h"

static int compare_marks(const void *left, const void *right, const void *ctx)
{
	const struct mark *a = left;
	const struct mark *b = right;

	(void)ctx;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	/* Equal kinds stay in plan order: the sort is stable. */
	return (int)a->kind - (int)b->kind;
}

static void add(struct run *run, uint64_t time_ns, enum mark_kind kind, uint32_t index)
{
	if (time_ns != RH_TIME_NEVER)
		run->marks[run->mark_count++] = (struct mark){time_ns, kind, index};
}

uint64_t run_grid_after(const struct run *run, uint64_t time_ns)
{
	uint64_t grid_ns = run->plan->reaction_ns;

	return rh_time_add(time_ns / grid_ns * grid_ns, grid_ns);
}

/* Behind equal ones of a smaller index, as if all had been known from the start. */
void run_mark_add(struct run *run, uint64_t time_ns, enum mark_kind kind, uint32_t index)
{
	struct mark mark = {time_ns, kind, index};
	uint32_t low = run->mark_next;
	uint32_t high = run->mark_count;

	if (time_ns == RH_TIME_NEVER)
		return;
	RH_ASSERT(time_ns >= run->now_ns && run->mark_count < run->mark_cap);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = compare_marks(&run->marks[middle], &mark, NULL);

		if (order < 0 || (order == 0 && run->marks[middle].index < index))
			low = middle + 1;
		else
			high = middle;
	}
	memmove(&run->marks[low + 1], &run->marks[low],
		(run->mark_count - low) * sizeof(*run->marks));
	run->marks[low] = mark;
	run->mark_count++;
}

bool run_step_lasts(const struct rh_plan_step *step)
{
	bool is_load =
		step->type->effect == RH_EFFECT_ON_RUN && step->type->run_op == RH_RUN_OP_WORKLOAD;

	return (step->type->is_fault || is_load) && step->until_ns > step->at_ns &&
	       step->until_ns != RH_TIME_NEVER;
}

void run_timeline_open(struct run *run)
{
	const struct rh_plan *plan = run->plan;
	size_t most = 2 * ((size_t)plan->phase_count + plan->workload_count) +
		      4 * (size_t)plan->step_count + 2;

	for (uint32_t i = 0; i < plan->step_count; i++)
		most += plan->steps[i].step_count; /* a wait is looked at for each */
	run->marks = rh_alloc(most + 1, sizeof(*run->marks));
	run->mark_cap = (uint32_t)most;
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		const struct rh_plan_phase *phase = &plan->phases[i];

		add(run, phase->start_ns, MARK_PHASE_BEGIN, i);
		add(run, rh_time_add(phase->start_ns, phase->duration_ns), MARK_PHASE_END, i);
	}
	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_plan_step *step = &plan->steps[i];

		/* Of the others it is not yet known when. */
		if (step->is_disabled || step->part != RH_PART_ACTIONS || step->after != RH_NONE)
			continue;
		add(run, step->at_ns, MARK_STEP_BEGIN, i);
		if (run_step_lasts(step))
			add(run, step->until_ns, MARK_STEP_END, i);
	}
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		add(run, plan->workloads[i].start_ns, MARK_WORKLOAD_BEGIN, i);
		add(run, plan->workloads[i].until_ns, MARK_WORKLOAD_END, i);
	}
	RH_ASSERT(run->mark_count <= most);
	rh_sort(run->marks, run->mark_count, sizeof(*run->marks), compare_marks, NULL);
}
