/*
 * look.c - what a look at an assertion decides, and the evidence that is kept of it.
 *
 * Looks are taken when an instant is over, in the order in which what they look at was touched.
 */
#include <string.h>

#include "core/judge/state.h"

enum rh_truth judge_truth_of(const struct rh_judge *judge, uint32_t assertion, int64_t *value,
			     uint32_t *blamed)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct seat *seat = &judge->seats[assertion];
	struct rh_view view = {judge, assertion, blamed};

	*value = 0;
	if (judge_that(judge, assertion) != NULL)
		return judge_that_truth(judge, assertion, judge_that(judge, assertion), value);
	if (judge->formulas[assertion] != NULL)
		return judge_formula_truth(judge, assertion, value);
	return plan->type->truth(seat->type_state == 0 ? NULL
						       : rh_at(&judge->space, seat->type_state),
				 plan->params, &view, value);
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
static void gather_evidence(const struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];
	uint32_t nodes = judge->plan->node_count;

	seat->evidence_count = 0;
	if (!seat->cause.is_set)
		return;
	/* What did not go on has no record that says so. */
	if (seat->cause.node < nodes && !judge_has_rounds(judge, assertion)) {
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

/* What `expect: fail` makes of an outcome that was seen. */
static enum rh_result_state outcome(const struct rh_plan_assertion *plan,
				    enum rh_result_state state, enum ground ground)
{
	if (!plan->expects_failure || (ground != GROUND_TRUTH && ground != GROUND_OVERDUE))
		return state;
	return state == RH_RESULT_PASSED ? RH_RESULT_FAILED : RH_RESULT_PASSED;
}

void judge_decide(struct rh_judge *judge, uint32_t assertion, enum rh_result_state seen,
		  enum ground ground)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	struct core *core = judge->core;

	RH_ASSERT(rh_assertion_is_judged(plan));
	RH_ASSERT(seat->state == RH_RESULT_OPEN && seen != RH_RESULT_OPEN);
	seat->state = outcome(plan, seen, ground);
	seat->ground = ground;
	seat->decided_ns = core->clock_ns;
	seat->window = WINDOW_CLOSED;
	if (seat->state == RH_RESULT_FAILED && !plan->is_warning)
		core->has_failed = true;
	if (core->faults.count > 0)
		seat->fault_step = *(uint32_t *)rh_vec_at(&judge->space, &core->faults,
							  sizeof(uint32_t), core->faults.count - 1);
	if (judge_that(judge, assertion) != NULL && seen == RH_RESULT_FAILED &&
	    ground == GROUND_TRUTH)
		seat->node = judge_that_blame(judge, assertion, judge_that(judge, assertion));
	if (judge->formulas[assertion] != NULL && seen == RH_RESULT_FAILED &&
	    ground == GROUND_TRUTH)
		seat->node = judge_formula_blame(judge, assertion, &seat->value);
	if (seat->aggregate != 0)
		judge_aggregate_leave(judge, assertion);
	gather_evidence(judge, assertion);
	*(uint32_t *)rh_vec_push(&judge->space, &core->decisions, sizeof(uint32_t)) = assertion;
	if (seat->is_waited_for) {
		RH_ASSERT(core->waiting > 0);
		core->waiting--;
		seat->is_waited_for = false;
	}
}

/* ---- looks ----------------------------------------------------------------------------------- */

enum worse { WORSE_LAST, WORSE_HIGHER, WORSE_LOWER };

/* Which way a violation of the sentence lies. */
static enum worse worse_way(const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct formula *formula = judge->formulas[assertion];
	const struct rh_that *that = judge_that(judge, assertion);
	bool is_upper = false, is_lower = false;

	if (that != NULL) {
		is_upper = that->op == RH_OP_LT || that->op == RH_OP_LE;
		is_lower = that->op == RH_OP_GT || that->op == RH_OP_GE;
	} else if (formula != NULL && formula->truth != RH_NONE) {
		is_lower = true; /* the fewest nodes */
	} else if (formula != NULL) {
		enum rh_expr_op op = formula->bound.expr->op;

		is_upper = op == RH_EXPR_LT || op == RH_EXPR_LE;
		is_lower = op == RH_EXPR_GT || op == RH_EXPR_GE;
	}
	if (!is_upper && !is_lower)
		return WORSE_LAST;
	return is_upper != (plan->mode == RH_MODE_NEVER) ? WORSE_HIGHER : WORSE_LOWER;
}

/* Of what `always` and `never` saw, the value nearest to a violation. */
void judge_keep_worst(const struct rh_judge *judge, uint32_t assertion, int64_t value)
{
	struct seat *seat = &judge->seats[assertion];

	if (seat->has_value) {
		switch (worse_way(judge, assertion)) {
		case WORSE_HIGHER:
			if (value <= seat->worst)
				return;
			break;
		case WORSE_LOWER:
			if (value >= seat->worst)
				return;
			break;
		case WORSE_LAST:
			break;
		}
	}
	seat->worst = value;
}

/* `for:`: true long enough?  The answer may be there at once, or a timer asks again. */
static bool has_held(struct rh_judge *judge, uint32_t assertion, bool is_true)
{
	struct seat *seat = &judge->seats[assertion];
	uint64_t hold_ns = judge->plan->assertions[assertion].hold_ns;
	uint64_t now_ns = judge->core->clock_ns;

	if (!is_true) {
		seat->is_holding = false;
		return false;
	}
	if (!seat->is_holding) {
		seat->is_holding = true;
		seat->true_since_ns = now_ns;
		if (hold_ns > 0)
			judge_timer_add(judge, rh_time_add(now_ns, hold_ns), TIMER_HELD, assertion);
	}
	return now_ns - seat->true_since_ns >= hold_ns;
}

static void say_alert(struct rh_judge *judge, uint32_t assertion, bool is_raised)
{
	struct seat *seat = &judge->seats[assertion];
	struct core *core = judge->core;

	seat->is_raised = is_raised;
	*(struct rh_alert *)rh_vec_push(&judge->space, &core->alerts, sizeof(struct rh_alert)) =
		(struct rh_alert){.time_ns = core->clock_ns,
				  .assertion = assertion,
				  .is_raised = is_raised,
				  .value = seat->value};
	judge_alert_said(judge, assertion, is_raised);
}

static void look_at_alert(struct rh_judge *judge, uint32_t assertion, enum rh_truth truth)
{
	bool has_lasted = has_held(judge, assertion, truth == RH_TRUTH_TRUE);

	if (has_lasted != (judge->seats[assertion].is_raised != 0))
		say_alert(judge, assertion, has_lasted);
}

/* Which outcome a known truth means for the mode, or none yet. */
static enum rh_result_state outcome_of_look(struct rh_judge *judge, uint32_t assertion,
					    bool is_true, bool is_first)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];

	switch (plan->mode) {
	case RH_MODE_EVENTUALLY:
	case RH_MODE_SOMETIMES:
		if (has_held(judge, assertion, is_true))
			return RH_RESULT_PASSED;
		/* The deadline is over, and it did not last. */
		return judge->seats[assertion].window == WINDOW_HOLDING && !is_true
			       ? RH_RESULT_FAILED
			       : RH_RESULT_OPEN;
	case RH_MODE_ALWAYS:
		return is_true ? RH_RESULT_OPEN : RH_RESULT_FAILED;
	case RH_MODE_NEVER:
		return is_true ? RH_RESULT_FAILED : RH_RESULT_OPEN;
	case RH_MODE_AT_START:
		return is_true ? RH_RESULT_PASSED : RH_RESULT_FAILED;
	case RH_MODE_EDGE:
		return is_first && !is_true ? RH_RESULT_FAILED : RH_RESULT_OPEN;
	case RH_MODE_AT_END:
	case RH_MODE_FINAL:
		break;
	}
	return RH_RESULT_OPEN;
}

void judge_look(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	uint32_t blamed = RH_NODE_WORLD;
	enum rh_result_state state;
	bool is_first = !seat->has_value;
	enum rh_truth truth;
	int64_t value;

	RH_ASSERT(seat->state == RH_RESULT_OPEN && seat->window != WINDOW_AHEAD);
	judge_formula_refresh(judge, assertion, false);
	truth = judge_truth_of(judge, assertion, &value, &blamed);
	judge_gang_leave(judge, assertion);
	if (truth != seat->last_truth && plan->role == RH_ROLE_CONDITION) {
		judge->core->condition_changes++;
		judge->core->condition_changed_ns = judge->core->clock_ns;
	}
	seat->last_truth = truth;
	if (truth != RH_TRUTH_UNKNOWN) {
		judge_keep_worst(judge, assertion, value);
		seat->has_value = true;
		seat->value = value;
		seat->node = blamed;
	}
	if (plan->role == RH_ROLE_ALERT)
		look_at_alert(judge, assertion, truth);
	if (!rh_assertion_is_judged(plan))
		return;
	if (truth == RH_TRUTH_UNKNOWN) {
		seat->is_holding = false;
		if (seat->window == WINDOW_HOLDING)
			judge_decide(judge, assertion, RH_RESULT_FAILED, GROUND_TRUTH);
		return;
	}
	state = outcome_of_look(judge, assertion, truth == RH_TRUTH_TRUE, is_first);
	if (state != RH_RESULT_OPEN)
		judge_decide(judge, assertion, state, GROUND_TRUTH);
	else
		judge_gang_join(judge, assertion);
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

static void look_at_all(struct rh_judge *judge)
{
	struct core *core = judge->core;

	if (core->dirty.count > 1)
		order_dirty(rh_at(&judge->space, core->dirty.items), core->dirty.count);
	for (uint32_t i = 0; i < core->dirty.count; i++) {
		const struct dirty *dirty =
			rh_vec_at(&judge->space, &core->dirty, sizeof(*dirty), i);
		uint32_t assertion = dirty->assertion;
		struct seat *seat = &judge->seats[assertion];

		seat->is_dirty = false;
		if (seat->state == RH_RESULT_OPEN && seat->window != WINDOW_CLOSED)
			judge_look(judge, assertion);
	}
	core->dirty.count = 0;
}

void judge_look_at_dirty(struct rh_judge *judge)
{
	struct core *core = judge->core;

	judge_gangs_look(judge);
	core->looks++;
	look_at_all(judge);
	core->derived_fresh = 0;
	if (core->recovering == 0)
		return;
	/* A network that is well again is news of this instant. */
	judge_recovery_look(judge);
	look_at_all(judge);
}
