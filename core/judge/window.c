/*
 * window.c - when windows open and close, and what a look at an assertion decides.
 *
 * Time goes on in judge_move_to(): the instant that was being filled is over and its changed
 * assertions are looked at, then every boundary of a window on the way is passed in order.  A state
 * that was there before a window opened is looked at when it opens; values that belong to a moment
 * (propagation) are not.
 */
#include <string.h>

#include "core/judge/state.h"

static enum rh_truth truth_of(const struct rh_judge *judge, uint32_t assertion, int64_t *value,
			      uint32_t *blamed)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct seat *seat = &judge->seats[assertion];
	struct rh_view view = {judge, assertion, blamed};

	*value = 0;
	return plan->type->truth(seat->type_state == 0 ? NULL
						       : rh_at(&judge->space, seat->type_state),
				 plan->params, &view, value);
}

enum rh_truth rh_judge_truth(const struct rh_judge *judge, uint32_t assertion)
{
	int64_t value;
	uint32_t blamed = RH_NODE_WORLD;

	return truth_of(judge, assertion, &value, &blamed);
}

/* Every instant may have changed one. */
uint64_t rh_judge_condition_changes(const struct rh_judge *judge)
{
	return judge->core->clock_ns;
}

/* ---- evidence -------------------------------------------------------------------------------- */

/* The `count` records of a place behind the newest `skip`, oldest first. */
static void gather(struct seat *seat, const struct place *place, uint32_t skip, uint32_t count)
{
	uint32_t held = place->ring_count < RING_RECORDS ? place->ring_count : RING_RECORDS;

	for (uint32_t back = skip + count < held ? skip + count : held; back > skip; back--)
		seat->evidence[seat->evidence_count++] =
			place->ring[(place->ring_count - back) % RING_RECORDS];
}

/*
 * The record that decided and five before it on its node.  When a window ends that record may be
 * long past: then the last ones of the node to blame.
 */
static void gather_evidence(const struct rh_judge *judge, struct seat *seat)
{
	uint32_t nodes = judge->plan->node_count;

	seat->evidence_count = 0;
	if (!seat->cause.is_set)
		return;
	if (seat->cause.node < nodes) {
		const struct place *place = &judge->places[seat->cause.node];

		for (uint32_t back = 1; back <= RING_RECORDS && back <= place->ring_count; back++) {
			const struct kept *one =
				&place->ring[(place->ring_count - back) % RING_RECORDS];

			if (memcmp(one, &seat->cause, sizeof(*one)) != 0)
				continue;
			gather(seat, place, back - 1, RH_EVIDENCE_RECORDS + 1);
			return;
		}
	}
	if (seat->node < nodes)
		gather(seat, &judge->places[seat->node], 0, RH_EVIDENCE_RECORDS + 1);
	else
		seat->evidence[seat->evidence_count++] = seat->cause;
}

/* ---- decisions ------------------------------------------------------------------------------- */

static void decide(struct rh_judge *judge, uint32_t assertion, enum rh_result_state state,
		   enum ground ground)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	struct core *core = judge->core;

	RH_ASSERT(seat->state == RH_RESULT_OPEN && state != RH_RESULT_OPEN);
	seat->state = state;
	seat->ground = ground;
	seat->decided_ns = core->clock_ns;
	seat->window = WINDOW_CLOSED;
	if (state == RH_RESULT_FAILED)
		core->has_failed = true;
	if (core->faults.count > 0)
		seat->fault_step = *(uint32_t *)rh_vec_at(&judge->space, &core->faults,
							  sizeof(uint32_t), core->faults.count - 1);
	if (judge_that(plan) != NULL && state == RH_RESULT_FAILED && ground == GROUND_TRUTH)
		seat->node = judge_that_blame(judge, assertion, judge_that(plan));
	if (seat->aggregate != 0)
		judge_aggregate_leave(judge, assertion);
	gather_evidence(judge, seat);
	*(uint32_t *)rh_vec_push(&judge->space, &core->decisions, sizeof(uint32_t)) = assertion;
	if (plan->until_ns != RH_TIME_NEVER || plan->mode == RH_MODE_EVENTUALLY) {
		RH_ASSERT(core->waiting > 0);
		core->waiting--;
	}
}

/* Of what `always` and `never` saw, the value nearest to a violation. */
static void keep_worst(struct seat *seat, const struct rh_plan_assertion *plan, int64_t value)
{
	const struct rh_that *that = judge_that(plan);
	bool is_mirrored = plan->mode == RH_MODE_NEVER;
	bool wants_highest;

	if (that == NULL || !seat->has_value || that->op == RH_OP_EQ || that->op == RH_OP_NE) {
		seat->worst = value;
		return;
	}
	wants_highest = (that->op == RH_OP_LT || that->op == RH_OP_LE) != is_mirrored;
	if (wants_highest ? value > seat->worst : value < seat->worst)
		seat->worst = value;
}

static void look(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	uint32_t blamed = RH_NODE_WORLD;
	int64_t value;
	enum rh_truth truth;

	RH_ASSERT(seat->state == RH_RESULT_OPEN && seat->window == WINDOW_OPEN);
	truth = truth_of(judge, assertion, &value, &blamed);
	seat->last_truth = truth;
	if (truth == RH_TRUTH_UNKNOWN)
		return;
	keep_worst(seat, plan, value);
	seat->has_value = true;
	seat->value = value;
	seat->node = blamed;
	switch (plan->mode) {
	case RH_MODE_EVENTUALLY:
		if (truth == RH_TRUTH_TRUE)
			decide(judge, assertion, RH_RESULT_PASSED, GROUND_TRUTH);
		break;
	case RH_MODE_ALWAYS:
		if (truth == RH_TRUTH_FALSE)
			decide(judge, assertion, RH_RESULT_FAILED, GROUND_TRUTH);
		break;
	case RH_MODE_NEVER:
		if (truth == RH_TRUTH_TRUE)
			decide(judge, assertion, RH_RESULT_FAILED, GROUND_TRUTH);
		break;
	case RH_MODE_AT_END:
		break;
	}
}

static bool is_before(const struct dirty *a, const struct dirty *b)
{
	return a->turn != b->turn ? a->turn < b->turn : a->assertion < b->assertion;
}

/* Mostly they are in order: only who was touched early and had to be told late is not. */
static void order_dirty(struct dirty *dirty, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct dirty moving = dirty[i];
		uint32_t at = i;

		for (; at > 0 && is_before(&moving, &dirty[at - 1]); at--)
			dirty[at] = dirty[at - 1];
		dirty[at] = moving;
	}
}

void judge_look_at_dirty(struct rh_judge *judge)
{
	struct core *core = judge->core;

	core->looks++;
	if (core->dirty.count > 1)
		order_dirty(rh_at(&judge->space, core->dirty.items), core->dirty.count);
	for (uint32_t i = 0; i < core->dirty.count; i++) {
		const struct dirty *dirty =
			rh_vec_at(&judge->space, &core->dirty, sizeof(*dirty), i);
		uint32_t assertion = dirty->assertion;
		struct seat *seat = &judge->seats[assertion];

		seat->is_dirty = false;
		if (seat->state == RH_RESULT_OPEN)
			look(judge, assertion);
	}
	core->dirty.count = 0;
	core->derived_fresh = 0;
}

/* The window is over and everything in it was seen. */
static void close_window(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	int64_t age_ns;
	uint32_t producer;

	if (seat->state != RH_RESULT_OPEN)
		return;
	if (plan->mode == RH_MODE_ALWAYS && judge_is_momentary(plan) &&
	    judge_overdue(judge, plan, &age_ns, &producer)) {
		seat->has_value = true;
		seat->value = age_ns;
		seat->node = producer;
		decide(judge, assertion, RH_RESULT_FAILED, GROUND_OVERDUE);
		return;
	}
	/* A type that measures time may say something else now than at its last record. */
	if (plan->mode == RH_MODE_AT_END && seat->window == WINDOW_OPEN &&
	    !judge_is_momentary(plan))
		look(judge, assertion);
	if (!seat->has_value) {
		decide(judge, assertion, RH_RESULT_FAILED, GROUND_UNKNOWN);
		return;
	}
	switch (plan->mode) {
	case RH_MODE_EVENTUALLY:
		decide(judge, assertion, RH_RESULT_FAILED, GROUND_TRUTH);
		break;
	case RH_MODE_ALWAYS:
	case RH_MODE_NEVER:
		seat->value = seat->worst;
		decide(judge, assertion, RH_RESULT_PASSED, GROUND_TRUTH);
		break;
	case RH_MODE_AT_END:
		decide(judge, assertion,
		       seat->last_truth == RH_TRUTH_TRUE ? RH_RESULT_PASSED : RH_RESULT_FAILED,
		       GROUND_TRUTH);
		break;
	}
}

static void open_window(struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];

	/* One that ends where it begins was closed first. */
	if (seat->state != RH_RESULT_OPEN)
		return;
	RH_ASSERT(seat->window == WINDOW_AHEAD);
	seat->window = WINDOW_OPEN;
	if (judge_is_momentary(&judge->plan->assertions[assertion]))
		seat->cause.is_set = 0;
	else
		judge_mark(judge, assertion, NULL);
}

/* Passes the boundaries at the time where the clock stands. */
static void pass_boundaries(struct rh_judge *judge)
{
	struct core *core = judge->core;

	while (core->boundary < judge->boundary_count &&
	       judge->boundaries[core->boundary].time_ns <= core->clock_ns) {
		const struct boundary *boundary = &judge->boundaries[core->boundary++];

		if (boundary->is_opening)
			open_window(judge, boundary->assertion);
		else
			close_window(judge, boundary->assertion);
	}
}

void judge_open_first(struct rh_judge *judge)
{
	RH_ASSERT(judge->core->clock_ns == 0);
	pass_boundaries(judge);
}

void judge_move_to(struct rh_judge *judge, uint64_t time_ns)
{
	struct core *core = judge->core;

	RH_ASSERT(time_ns > core->clock_ns);
	judge_look_at_dirty(judge);
	while (core->boundary < judge->boundary_count &&
	       judge->boundaries[core->boundary].time_ns < time_ns) {
		core->clock_ns = judge->boundaries[core->boundary].time_ns;
		pass_boundaries(judge);
		judge_look_at_dirty(judge);
	}
	core->clock_ns = time_ns;
	pass_boundaries(judge);
}

void judge_close_all(struct rh_judge *judge, uint64_t time_ns, enum rh_run_end end)
{
	for (uint32_t i = 0; i < judge->plan->assertion_count; i++) {
		const struct rh_plan_assertion *plan = &judge->plan->assertions[i];
		struct seat *seat = &judge->seats[i];

		if (seat->state != RH_RESULT_OPEN || plan->role == RH_ROLE_CONDITION)
			continue;
		RH_ASSERT(plan->until_ns > time_ns);
		if (plan->until_ns == RH_TIME_NEVER && seat->window == WINDOW_OPEN &&
		    end != RH_END_CANCELLED &&
		    (plan->mode != RH_MODE_EVENTUALLY || end == RH_END_COMPLETED)) {
			close_window(judge, i);
			continue;
		}
		seat->end = end;
		decide(judge, i, end == RH_END_TIMEOUT ? RH_RESULT_FAILED : RH_RESULT_ERROR,
		       GROUND_UNREACHED);
		if (end != RH_END_TIMEOUT)
			judge->core->has_unreached = true;
	}
}
