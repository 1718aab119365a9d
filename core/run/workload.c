/*
 * workload.c - submissions: from the generators of the plan, in the order of time, to the world.
 *
 * A generator is a pure function of the number of the submission, so both worlds receive the same
 * ones.  It may give them somewhat out of order (copies that are spread over some seconds): what was
 * asked for waits in a heap, and one leaves it only when nothing that is still to be asked for can
 * come before it.  The world stands at the time of a submission when it gets it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "core/run/state.h"

static int compare_items(const void *a, const void *b, const void *ctx)
{
	const struct feed_item *x = a;
	const struct feed_item *y = b;

	(void)ctx;
	if (x->submission.at_ns != y->submission.at_ns)
		return x->submission.at_ns < y->submission.at_ns ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Asks until the first one that waits is the next one of all. */
static void fetch(struct run *run, uint32_t workload)
{
	const struct rh_plan_workload *plan = &run->plan->workloads[workload];
	struct feed *feed = &run->feeds[workload];

	while (!feed->is_dry) {
		const struct feed_item *top = rh_heap_top(&feed->waiting);
		struct feed_item item = {.number = feed->number};
		struct rh_submission *next = &item.submission;
		uint64_t place_ns;

		if (top != NULL && top->submission.at_ns <= feed->floor_ns)
			return;
		if (plan->node_count == 0 || !plan->type->next(&feed->view, feed->number, next)) {
			feed->is_dry = true;
			return;
		}
		RH_ASSERT(next->at_ns >= next->late_ns && next->target < plan->node_count);
		place_ns = next->at_ns - next->late_ns;
		RH_ASSERT(place_ns >= feed->floor_ns && place_ns >= plan->start_ns);
		/* Not counted: another pace may bring it in time. */
		if (place_ns >= plan->until_ns) {
			feed->is_dry = true;
			return;
		}
		/* A copy may come after the end, and then nobody takes it. */
		feed->floor_ns = place_ns;
		feed->number++;
		rh_heap_push(&feed->waiting, &item);
	}
}

void run_workloads_open(struct run *run)
{
	const struct rh_plan *plan = run->plan;

	run->feeds = rh_alloc((size_t)plan->workload_count + 1, sizeof(*run->feeds));
	run->stopped_paces =
		rh_alloc((size_t)plan->workload_count + 1, sizeof(*run->stopped_paces));
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		struct feed *feed = &run->feeds[i];

		feed->view = rh_plan_workload_view(plan, &plan->workloads[i]);
		rh_heap_init(&feed->waiting, sizeof(struct feed_item), compare_items, NULL);
	}
}

void run_workloads_close(struct run *run)
{
	for (uint32_t i = 0; run->feeds != NULL && i < run->plan->workload_count; i++) {
		rh_heap_release(&run->feeds[i].waiting);
		free(run->feeds[i].changes);
	}
	free(run->feeds);
	free(run->stopped_paces);
}

bool run_workload_pace_now(struct rh_pace *pace, const struct run *run, uint32_t workload)
{
	const struct rh_plan_workload *plan = &run->plan->workloads[workload];
	const struct rh_workload_view *view = &run->feeds[workload].view;
	const struct rh_key *key = plan->type->keys;

	while (key != NULL && key->name != NULL && key->type != RH_KEY_PACE)
		key++;
	if (key == NULL || key->name == NULL)
		return false;
	memcpy(pace, (const char *)plan->params + key->offset, sizeof(*pace));
	if (view->change_count > 0)
		*pace = view->changes[view->change_count - 1].pace;
	return true;
}

void run_workload_pace(struct run *run, uint32_t workload, struct rh_pace pace)
{
	struct feed *feed = &run->feeds[workload];
	uint64_t from_ns = run->now_ns > feed->view.start_ns ? run->now_ns : feed->view.start_ns;
	struct rh_heap kept;
	struct feed_item item;

	if (feed->view.change_count == feed->change_cap) {
		feed->change_cap = feed->change_cap * 2 + 4;
		feed->changes =
			rh_realloc(feed->changes, feed->change_cap * sizeof(*feed->changes));
	}
	feed->changes[feed->view.change_count++] = (struct rh_pace_change){from_ns, pace};
	feed->view.changes = feed->changes;
	if (!feed->is_on)
		return;
	/* What would have come from now on is asked for again. */
	rh_heap_init(&kept, sizeof(item), compare_items, NULL);
	while (rh_heap_pop(&feed->waiting, &item)) {
		if (item.submission.at_ns - item.submission.late_ns < from_ns)
			rh_heap_push(&kept, &item);
		else if (item.number < feed->number)
			feed->number = item.number;
	}
	rh_heap_release(&feed->waiting);
	feed->waiting = kept;
	feed->is_dry = false;
	feed->floor_ns = 0;
	fetch(run, workload);
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
	emit(run, workload, RH_WORKLOAD_END);
}

uint64_t run_next_submission_ns(const struct run *run)
{
	uint64_t next_ns = RH_TIME_NEVER;

	for (uint32_t i = 0; i < run->plan->workload_count; i++) {
		const struct feed *feed = &run->feeds[i];
		const struct feed_item *top = feed->is_on ? rh_heap_top(&feed->waiting) : NULL;

		if (top != NULL && top->submission.at_ns < next_ns)
			next_ns = top->submission.at_ns;
	}
	return next_ns;
}

int run_submit_due(struct run *run)
{
	for (uint32_t i = 0; i < run->plan->workload_count; i++) {
		const struct rh_plan_workload *workload = &run->plan->workloads[i];
		struct feed *feed = &run->feeds[i];
		const struct feed_item *top;

		while (feed->is_on && (top = rh_heap_top(&feed->waiting)) != NULL &&
		       top->submission.at_ns <= run->now_ns) {
			struct feed_item item;
			int rc;

			rh_heap_pop(&feed->waiting, &item);
			rc = run->ops->submit(run->world, workload->nodes[item.submission.target],
					      &item.submission,
					      TICKET_SUBMISSION + run->submission_count++,
					      run->err);
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
