/*
 * recovery.c - alerts, what faults left behind, and who can reach whom.
 *
 * A fault is got over at the first instant, from its end on, at which no alert is raised, all nodes
 * that are up have one head (where heads are known), and as many nodes are up as before it began.
 * The recovery score of a run is the mean over its faults of lasted / (lasted + recovery): 1 for a
 * network that was well at once, 1/2 for one that took as long as the fault had lasted, 0 for one
 * that never was.
 */
#include "core/judge/state.h"

#define MILLION 1000000

/* ---- alerts ---------------------------------------------------------------------------------- */

void judge_alert_said(struct rh_judge *judge, uint32_t assertion, bool is_raised)
{
	struct core *core = judge->core;

	RH_ASSERT(is_raised || core->raised_count > 0);
	core->raised_count = is_raised ? core->raised_count + 1 : core->raised_count - 1;
	if (is_raised) {
		judge->seats[assertion].was_raised = true;
		for (uint32_t i = 0; i < judge->plan->step_count; i++)
			judge->recoveries[i].is_noticed |=
				judge->recoveries[i].state == RECOVERY_ENDURED ||
				judge->recoveries[i].state == RECOVERY_AHEAD;
	}
	judge_mark_leaves(judge, RH_LEAF_ALERT, NULL);
	judge_mark_leaves(judge, RH_LEAF_WAS_RAISED, NULL);
}

/* ---- faults ---------------------------------------------------------------------------------- */

void judge_recovery_fault(struct rh_judge *judge, uint32_t step, uint16_t stage)
{
	struct recovery *recovery = &judge->recoveries[step];
	uint64_t now_ns = judge->core->clock_ns;

	if (stage == RH_FAULT_REQUESTED && recovery->state == RECOVERY_NONE) {
		*recovery = (struct recovery){.requested_ns = now_ns,
					      .up_before = judge->core->up_count,
					      .is_noticed = judge->core->raised_count > 0,
					      .state = RECOVERY_ENDURED};
	} else if (stage == RH_FAULT_CLEARED && recovery->state == RECOVERY_ENDURED) {
		recovery->cleared_ns = now_ns;
		recovery->state = RECOVERY_AHEAD;
		judge->core->recovering++;
	}
	judge_mark_leaves(judge, RH_LEAF_REACHABLE, NULL);
}

static bool is_well(const struct rh_judge *judge, const struct recovery *recovery)
{
	const struct core *core = judge->core;
	bool has_heads = (core->derived_known >> DERIVED_HEADS) & 1;

	return core->raised_count == 0 && core->up_count >= recovery->up_before &&
	       (!has_heads || core->derived[DERIVED_HEADS] <= 1);
}

void judge_recovery_look(struct rh_judge *judge)
{
	bool has_any = false;

	for (uint32_t i = 0; i < judge->plan->step_count; i++) {
		struct recovery *recovery = &judge->recoveries[i];

		if (recovery->state != RECOVERY_AHEAD || !is_well(judge, recovery))
			continue;
		recovery->state = RECOVERY_DONE;
		recovery->recovered_ns = judge->core->clock_ns;
		RH_ASSERT(judge->core->recovering > 0);
		judge->core->recovering--;
		has_any = true;
	}
	if (has_any)
		judge_mark_leaves(judge, RH_LEAF_RECOVERY, NULL);
}

/* Of a fault that is over; what still goes on has lasted until now. */
static bool span_of(const struct rh_judge *judge, const struct recovery *recovery, bool is_end,
		    uint64_t *span_ns)
{
	if (recovery->state == RECOVERY_DONE)
		*span_ns = recovery->recovered_ns - recovery->cleared_ns;
	else if (recovery->state == RECOVERY_AHEAD && is_end)
		*span_ns = judge->core->clock_ns - recovery->cleared_ns;
	else
		return false;
	return true;
}

bool judge_recovery_time(const struct rh_judge *judge, uint32_t step, bool is_end, int64_t *span_ns)
{
	uint64_t longest_ns = 0;
	uint64_t one_ns;

	if (step != RH_NONE) {
		if (!span_of(judge, &judge->recoveries[step], is_end, &one_ns))
			return false;
		*span_ns = (int64_t)one_ns;
		return true;
	}
	/* Later ones may take longer. */
	if (!is_end)
		return false;
	for (uint32_t i = 0; i < judge->plan->step_count; i++) {
		if (span_of(judge, &judge->recoveries[i], true, &one_ns) && one_ns > longest_ns)
			longest_ns = one_ns;
	}
	*span_ns = (int64_t)longest_ns;
	return true;
}

int64_t judge_unnoticed(const struct rh_judge *judge)
{
	int64_t count = 0;

	for (uint32_t i = 0; i < judge->plan->step_count; i++)
		count += judge->recoveries[i].state != RECOVERY_NONE &&
			 !judge->recoveries[i].is_noticed;
	return count;
}

bool judge_recovery_score(const struct rh_judge *judge, uint64_t *ppm)
{
	uint64_t sum = 0;
	uint64_t count = 0;

	for (uint32_t i = 0; i < judge->plan->step_count; i++) {
		const struct recovery *recovery = &judge->recoveries[i];
		uint64_t lasted_ns = recovery->cleared_ns - recovery->requested_ns;
		uint64_t span_ns;

		if (recovery->state != RECOVERY_AHEAD && recovery->state != RECOVERY_DONE)
			continue;
		count++;
		if (!span_of(judge, recovery, false, &span_ns))
			continue;
		sum += span_ns == 0 ? MILLION
				    : (uint64_t)((unsigned __int128)lasted_ns * MILLION /
						 ((unsigned __int128)lasted_ns + span_ns));
	}
	*ppm = count > 0 ? sum / count : 0;
	return count > 0;
}

/* ---- who can reach whom ---------------------------------------------------------------------- */

static bool cuts(const struct rh_plan_step *step, uint32_t edge)
{
	struct rh_link_state state = {0};
	uint32_t low = 0;
	uint32_t high = step->edge_count;

	if (step->type->effect != RH_EFFECT_ON_LINKS || step->type->link == NULL)
		return false;
	step->type->link(step->params, &state);
	if (!state.is_cut)
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (step->edges[middle] < edge)
			low = middle + 1;
		else
			high = middle;
	}
	return low < step->edge_count && step->edges[low] == edge;
}

static bool is_open(const struct rh_judge *judge, uint32_t edge)
{
	const struct rh_vec *faults = &judge->core->faults;

	for (uint32_t i = 0; i < faults->count; i++) {
		uint32_t step =
			*(const uint32_t *)rh_vec_at(&judge->space, faults, sizeof(uint32_t), i);

		if (cuts(&judge->plan->steps[step], edge))
			return false;
	}
	return true;
}

bool judge_is_reachable(const struct rh_judge *judge, uint32_t a, uint32_t b)
{
	const struct rh_plan *plan = judge->plan;
	struct rh_arena arena;
	bool *is_reached;
	bool is_new = judge->places[a].is_up;
	bool is_there;

	rh_arena_init(&arena);
	is_reached = RH_ARENA_ARRAY(&arena, (size_t)plan->node_count + 1, bool);
	is_reached[a] = is_new;
	/* A round for each step of the way: networks are a few steps wide. */
	while (is_new && !is_reached[b]) {
		is_new = false;
		for (uint32_t i = 0; i < 2 * plan->link_count; i++) {
			const struct rh_plan_link *link = &plan->links[i / 2];
			uint32_t from = i % 2 == 0 ? link->a : link->b;
			uint32_t to = i % 2 == 0 ? link->b : link->a;

			if (!is_reached[from] || is_reached[to] || !judge->places[to].is_up ||
			    !is_open(judge, i))
				continue;
			is_reached[to] = true;
			is_new = true;
		}
	}
	is_there = is_reached[b];
	rh_arena_release(&arena);
	return is_there;
}
