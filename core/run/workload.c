/*
 * workload.c - submissions: from the generators of the plan, in the order of time, to the world.
 *
 * A generator is a pure function of the number of the submission, so both worlds receive the same
 * ones.  The world stands at the time of a submission when it gets it.
 */
#include "core/base/units.h"
#include "core/run/state.h"

static void fetch(struct run *run, uint32_t workload)
{
	const struct rh_plan_workload *plan = &run->plan->workloads[workload];
	struct rh_rng rng = {run->plan->rng, run->plan->seed};
	struct feed *feed = &run->feeds[workload];
	uint64_t before_ns = feed->next.at_ns;

	feed->has_next = plan->node_count > 0 &&
			 plan->type->next(plan->params, rng, plan->name64, feed->number,
					  plan->start_ns, plan->node_count, &feed->next) &&
			 feed->next.at_ns < plan->until_ns;
	if (!feed->has_next)
		return;
	RH_ASSERT(feed->next.at_ns >= before_ns && feed->next.at_ns >= plan->start_ns);
	RH_ASSERT(feed->next.target < plan->node_count);
	feed->number++;
}

void run_workloads_open(struct run *run)
{
	run->feeds = rh_alloc((size_t)run->plan->workload_count + 1, sizeof(*run->feeds));
}

static void emit(struct run *run, uint32_t workload, uint16_t stage)
{
	struct rh_record record = {
		.time_ns = run->now_ns,
		.node = RH_NODE_WORLD,
		.kind = RH_RECORD_WORKLOAD,
		.stage = stage,
		.index = workload,
		.a = run->feeds[workload].sent,
	};

	run_emit(run, &record);
}

void run_workload_begin(struct run *run, uint32_t workload)
{
	run->feeds[workload].is_on = true;
	emit(run, workload, RH_WORKLOAD_BEGIN);
	fetch(run, workload);
}

void run_workload_end(struct run *run, uint32_t workload)
{
	if (!run->feeds[workload].is_on)
		return;
	run->feeds[workload].is_on = false;
	run->feeds[workload].has_next = false;
	emit(run, workload, RH_WORKLOAD_END);
}

uint64_t run_next_submission_ns(const struct run *run)
{
	uint64_t next_ns = RH_TIME_NEVER;

	for (uint32_t i = 0; i < run->plan->workload_count; i++) {
		if (run->feeds[i].has_next && run->feeds[i].next.at_ns < next_ns)
			next_ns = run->feeds[i].next.at_ns;
	}
	return next_ns;
}

int run_submit_due(struct run *run)
{
	for (uint32_t i = 0; i < run->plan->workload_count; i++) {
		const struct rh_plan_workload *workload = &run->plan->workloads[i];
		struct feed *feed = &run->feeds[i];

		while (feed->has_next && feed->next.at_ns <= run->now_ns) {
			int rc = run->ops->submit(
				run->world, workload->nodes[feed->next.target], &feed->next,
				TICKET_SUBMISSION + run->submission_count++, run->err);

			if (rc != 0) {
				rh_err_wrap(run->err, "workload %s", workload->name);
				return rc;
			}
			feed->sent++;
			fetch(run, i);
		}
	}
	return 0;
}
