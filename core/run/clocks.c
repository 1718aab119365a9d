/*
 * clocks.c - what steps do to the clocks of nodes.
 *
 * A clock is a line: so far off at time 0, and so much too fast from there.  A fault that begins at T
 * with a drift therefore adds the drift and takes away what it would have gained until T, so that the
 * clock goes on from where it stood (to a nanosecond, where two roundings meet).  When it ends, both
 * are taken back: the clock is as if the fault had never been.  All that is in effect adds up, in any
 * order, and so what a clock should be is known at each moment.
 */
#include "core/base/units.h"
#include "core/run/state.h"

/* What a clock with this drift gains from time 0. */
static int64_t gained_ns(uint64_t time_ns, int64_t drift_ppb)
{
	uint64_t rate = (uint64_t)(drift_ppb < 0 ? -drift_ppb : drift_ppb);
	int64_t gained = (int64_t)rh_mul_div(time_ns, rate, RH_NS_PER_SEC);

	return drift_ppb < 0 ? -gained : gained;
}

void run_change_clocks(struct run *run, uint32_t step, bool is_begin)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct step_run *state = &run->steps[step];
	uint32_t ticket = run_action_begin(run, is_begin ? TICKET_BEGIN : TICKET_END, step);
	struct rh_action action = {
		.kind = RH_ACTION_CLOCK, .nodes = plan->nodes, .node_count = plan->node_count};

	if (is_begin) {
		state->clock = (struct rh_clock){0};
		plan->type->clock(plan->params, &state->clock);
		state->clock.offset_ns -= gained_ns(run->now_ns, state->clock.drift_ppb);
	}
	state->is_active = is_begin && plan->type->is_fault;
	action.clock_step_ns = is_begin ? state->clock.offset_ns : -state->clock.offset_ns;
	action.clock_drift_ppb = is_begin ? state->clock.drift_ppb : -state->clock.drift_ppb;
	/* What was not done is not to be undone. */
	if (!run_action_start(run, &action, ticket, false) && is_begin)
		state->clock = (struct rh_clock){0};
}

struct rh_clock *run_expected_clocks(struct run *run, uint32_t step)
{
	const struct rh_plan *plan = run->plan;
	const struct rh_plan_step *asked = &plan->steps[step];
	struct rh_clock *clocks =
		RH_ARENA_ARRAY(&run->scratch, (size_t)asked->node_count + 1, struct rh_clock);

	for (uint32_t i = 0; i < asked->node_count; i++) {
		const struct rh_plan_node *node = &plan->nodes[asked->nodes[i]];

		clocks[i] = (struct rh_clock){node->clock_offset_ns, node->clock_drift_ppb};
	}
	for (uint32_t other = 0; other < plan->step_count; other++) {
		const struct rh_plan_step *fault = &plan->steps[other];

		if (!run->steps[other].is_active || fault->type->effect != RH_EFFECT_ON_CLOCKS)
			continue;
		/* Both are ascending. */
		for (uint32_t i = 0, k = 0; i < asked->node_count && k < fault->node_count;) {
			if (asked->nodes[i] == fault->nodes[k]) {
				clocks[i].offset_ns += run->steps[other].clock.offset_ns;
				clocks[i].drift_ppb += run->steps[other].clock.drift_ppb;
			}
			if (asked->nodes[i] < fault->nodes[k])
				i++;
			else
				k++;
		}
	}
	return clocks;
}
