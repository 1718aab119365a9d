/*
 * timeline.c - what the plan says will happen, in the order in which it happens.
 */
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

void run_timeline_open(struct run *run)
{
	const struct rh_plan *plan = run->plan;
	size_t most = (size_t)plan->phase_count + plan->step_count + plan->workload_count;

	run->marks = rh_alloc(2 * most + 1, sizeof(*run->marks));
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		const struct rh_plan_phase *phase = &plan->phases[i];

		add(run, phase->start_ns, MARK_PHASE_BEGIN, i);
		add(run, rh_time_add(phase->start_ns, phase->duration_ns), MARK_PHASE_END, i);
	}
	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_plan_step *step = &plan->steps[i];

		if (step->is_disabled)
			continue;
		add(run, step->at_ns, MARK_STEP_BEGIN, i);
		if (step->type->is_fault && step->until_ns > step->at_ns)
			add(run, step->until_ns, MARK_STEP_END, i);
	}
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		add(run, plan->workloads[i].start_ns, MARK_WORKLOAD_BEGIN, i);
		add(run, plan->workloads[i].until_ns, MARK_WORKLOAD_END, i);
	}
	RH_ASSERT(run->mark_count <= 2 * most);
	rh_sort(run->marks, run->mark_count, sizeof(*run->marks), compare_marks, NULL);
}
