/*
 * window.c - when windows open and close.
 *
 * Time goes on in judge_move_to(): the instant that was being filled is over and its changed
 * assertions are looked at, then every timer on the way fires in order.  A state that was there
 * before a window opened is looked at when it opens; values that belong to a moment (propagation)
 * are not.
 *
 * Most windows stand in the plan.  Some are opened by what the run does: `after` counts from the
 * moment at which a step was begun, `during` lasts from the moment at which a fault was verified to
 * the one at which it was cleared.
 */
#include "core/base/sort.h"
#include "core/judge/state.h"

/* ---- timers ---------------------------------------------------------------------------------- */

/* Soonest last.  At one time: what has held long enough, rounds, windows that end, windows that begin. */
static int compare_timers(const void *left, const void *right, const void *ctx)
{
	const struct timer *a = left;
	const struct timer *b = right;

	(void)ctx;
	if (a->time_ns != b->time_ns)
		return a->time_ns > b->time_ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind > b->kind ? -1 : 1;
	if (a->assertion != b->assertion)
		return a->assertion > b->assertion ? -1 : 1;
	return 0;
}

static struct timer *timer_at(const struct rh_judge *judge, uint32_t position)
{
	return rh_vec_at(&judge->space, &judge->core->timers, sizeof(struct timer), position);
}

void judge_timer_add(struct rh_judge *judge, uint64_t time_ns, enum timer_kind kind,
		     uint32_t assertion)
{
	struct timer timer = {.time_ns = time_ns, .kind = kind, .assertion = assertion};
	uint32_t low = 0;
	uint32_t high = judge->core->timers.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare_timers(timer_at(judge, middle), &timer, NULL) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*(struct timer *)rh_vec_insert(&judge->space, &judge->core->timers, sizeof(timer), low) =
		timer;
}

/* ---- rounds ---------------------------------------------------------------------------------- */

bool judge_has_rounds(const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];

	return plan->mode == RH_MODE_ALWAYS && plan->type->round_ns != NULL &&
	       judge->formulas[assertion] != NULL;
}

/* Progress counts from here, and is asked for when the round is over. */
static void begin_round(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	uint64_t round_ns = plan->type->round_ns(plan->params);

	judge_capture_at_opening(judge, assertion);
	if (round_ns > 0)
		judge_timer_add(judge, rh_time_add(judge->core->clock_ns, round_ns), TIMER_ROUND,
				assertion);
}

static void end_round(struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];

	if (seat->state != RH_RESULT_OPEN || seat->window != WINDOW_OPEN)
		return;
	judge_look(judge, assertion);
	if (seat->state == RH_RESULT_OPEN)
		begin_round(judge, assertion);
}

/* ---- openings -------------------------------------------------------------------------------- */

static bool begins_with_a_step(const struct rh_plan_assertion *plan)
{
	return plan->after != RH_NONE || plan->during != RH_NONE;
}

void judge_windows_open(struct rh_judge *judge)
{
	struct rh_vec *timers = &judge->core->timers;

	for (uint32_t i = 0; i < judge->plan->assertion_count; i++) {
		const struct rh_plan_assertion *plan = &judge->plan->assertions[i];
		struct seat *seat = &judge->seats[i];

		seat->from_ns = plan->from_ns;
		seat->until_ns = plan->until_ns;
		if (begins_with_a_step(plan)) {
			judge->has_step_windows = true;
			continue;
		}
		*(struct timer *)rh_vec_push(&judge->space, timers, sizeof(struct timer)) =
			(struct timer){plan->from_ns, TIMER_OPEN, i};
		if (plan->until_ns != RH_TIME_NEVER)
			*(struct timer *)rh_vec_push(&judge->space, timers, sizeof(struct timer)) =
				(struct timer){plan->until_ns, TIMER_CLOSE, i};
		/* A check of the whole run ends with it; only `eventually` is worth waiting for. */
		if (rh_assertion_is_judged(plan) &&
		    (plan->until_ns != RH_TIME_NEVER || plan->mode == RH_MODE_EVENTUALLY))
			judge_wait_for(judge, i);
	}
	if (timers->count > 1)
		rh_sort(rh_at(&judge->space, timers->items), timers->count, sizeof(struct timer),
			compare_timers, NULL);
}

void judge_wait_for(struct rh_judge *judge, uint32_t assertion)
{
	RH_ASSERT(!judge->seats[assertion].is_waited_for);
	judge->seats[assertion].is_waited_for = true;
	judge->core->waiting++;
}

uint64_t rh_judge_next_end(const struct rh_judge *judge)
{
	for (uint32_t i = judge->core->timers.count; i-- > 0;) {
		const struct timer *timer = timer_at(judge, i);

		if (timer->kind != TIMER_OPEN &&
		    rh_assertion_is_judged(&judge->plan->assertions[timer->assertion]) &&
		    judge->seats[timer->assertion].state == RH_RESULT_OPEN)
			return timer->time_ns;
	}
	return RH_TIME_NEVER;
}

uint64_t rh_judge_next_timer(const struct rh_judge *judge)
{
	uint32_t count = judge->core->timers.count;

	return count == 0 ? RH_TIME_NEVER : timer_at(judge, count - 1)->time_ns;
}

/* ---- the end of a window --------------------------------------------------------------------- */

/* What the mode says at the end of a window in which everything was seen. */
static void close_by_mode(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	bool was_true = seat->last_truth == RH_TRUTH_TRUE;

	switch (plan->mode) {
	case RH_MODE_EVENTUALLY:
	case RH_MODE_SOMETIMES:
		/* It became true in time and still has to last. */
		if (seat->is_holding && was_true && seat->until_ns != RH_TIME_NEVER) {
			seat->window = WINDOW_HOLDING;
			return;
		}
		judge_decide(judge, assertion, RH_RESULT_FAILED, GROUND_TRUTH);
		return;
	case RH_MODE_ALWAYS:
	case RH_MODE_NEVER:
		seat->value = seat->worst;
		judge_decide(judge, assertion, RH_RESULT_PASSED, GROUND_TRUTH);
		return;
	case RH_MODE_AT_END:
	case RH_MODE_EDGE:
	case RH_MODE_FINAL:
		judge_decide(judge, assertion, was_true ? RH_RESULT_PASSED : RH_RESULT_FAILED,
			     GROUND_TRUTH);
		return;
	case RH_MODE_AT_START:
		break;
	}
	RH_ASSERT(false); /* its first value decided */
}

static bool looks_at_the_end(const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];

	return plan->mode == RH_MODE_AT_END || plan->mode == RH_MODE_EDGE ||
	       plan->mode == RH_MODE_FINAL || judge_is_timed(judge, assertion) ||
	       (judge_has_rounds(judge, assertion) && !judge->seats[assertion].has_value);
}

static void close_window(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	int64_t age_ns;
	uint32_t producer;

	if (seat->state != RH_RESULT_OPEN || seat->window == WINDOW_CLOSED)
		return;
	if (!rh_assertion_is_judged(plan)) {
		seat->window = WINDOW_CLOSED;
		return;
	}
	if (plan->mode == RH_MODE_ALWAYS && judge_is_momentary(judge, assertion) &&
	    judge_overdue(judge, assertion, &age_ns, &producer)) {
		seat->has_value = true;
		seat->value = age_ns;
		seat->node = producer;
		judge_decide(judge, assertion, RH_RESULT_FAILED, GROUND_OVERDUE);
		return;
	}
	judge_gang_leave(judge, assertion);
	/* What measures time may say something else now than at its last record. */
	seat->is_closing = true;
	judge_stretches_end(judge, assertion);
	if (seat->window == WINDOW_OPEN && !judge_is_momentary(judge, assertion) &&
	    looks_at_the_end(judge, assertion))
		judge_look(judge, assertion);
	if (seat->state != RH_RESULT_OPEN)
		return;
	if (!seat->has_value)
		judge_decide(judge, assertion, RH_RESULT_FAILED, GROUND_UNKNOWN);
	else
		close_by_mode(judge, assertion);
}

/* ---- its beginning --------------------------------------------------------------------------- */

static void open_window(struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];

	/* One that ends where it begins was closed first. */
	if (seat->state != RH_RESULT_OPEN || seat->window == WINDOW_CLOSED)
		return;
	RH_ASSERT(seat->window == WINDOW_AHEAD);
	seat->window = WINDOW_OPEN;
	if (judge_has_rounds(judge, assertion)) {
		begin_round(judge, assertion);
		return;
	}
	judge_capture_at_opening(judge, assertion);
	if (judge_is_momentary(judge, assertion))
		seat->cause.is_set = 0;
	else
		judge_mark(judge, assertion, NULL);
}

static void fire(struct rh_judge *judge, const struct timer *timer)
{
	struct seat *seat = &judge->seats[timer->assertion];

	switch ((enum timer_kind)timer->kind) {
	case TIMER_HELD:
		/* Unless it was interrupted. */
		if (seat->state == RH_RESULT_OPEN && seat->is_holding &&
		    (seat->window == WINDOW_OPEN || seat->window == WINDOW_HOLDING))
			judge_look(judge, timer->assertion);
		break;
	case TIMER_ROUND:
		end_round(judge, timer->assertion);
		break;
	case TIMER_CLOSE:
		close_window(judge, timer->assertion);
		break;
	case TIMER_OPEN:
		open_window(judge, timer->assertion);
		break;
	}
}

/* Fires what is due where the clock stands. */
static void fire_due(struct rh_judge *judge)
{
	struct core *core = judge->core;

	while (core->timers.count > 0 &&
	       timer_at(judge, core->timers.count - 1)->time_ns <= core->clock_ns) {
		struct timer timer = *timer_at(judge, core->timers.count - 1);

		core->timers.count--;
		fire(judge, &timer);
	}
}

void judge_open_first(struct rh_judge *judge)
{
	RH_ASSERT(judge->core->clock_ns == 0);
	fire_due(judge);
}

void judge_move_to(struct rh_judge *judge, uint64_t time_ns)
{
	struct core *core = judge->core;

	RH_ASSERT(time_ns > core->clock_ns);
	judge_look_at_dirty(judge);
	while (core->timers.count > 0 &&
	       timer_at(judge, core->timers.count - 1)->time_ns < time_ns) {
		core->clock_ns = timer_at(judge, core->timers.count - 1)->time_ns;
		fire_due(judge);
		judge_look_at_dirty(judge);
	}
	core->clock_ns = time_ns;
	fire_due(judge);
}

/* ---- windows that the run opens -------------------------------------------------------------- */

static uint64_t end_of_phase(const struct rh_plan *plan, uint32_t phase)
{
	return phase < plan->phase_count
		       ? plan->phases[phase].start_ns + plan->phases[phase].duration_ns
		       : RH_TIME_NEVER;
}

static void begin_after(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	uint64_t now_ns = judge->core->clock_ns;

	seat->is_begun = true;
	seat->from_ns = rh_time_add(now_ns, plan->from_ns);
	seat->until_ns = plan->until_ns == RH_TIME_NEVER ? end_of_phase(judge->plan, plan->phase)
							 : rh_time_add(now_ns, plan->until_ns);
	if (seat->until_ns < seat->from_ns)
		seat->until_ns = seat->from_ns;
	judge_timer_add(judge, seat->from_ns, TIMER_OPEN, assertion);
	if (seat->until_ns != RH_TIME_NEVER)
		judge_timer_add(judge, seat->until_ns, TIMER_CLOSE, assertion);
	if (rh_assertion_is_judged(plan) &&
	    (seat->until_ns != RH_TIME_NEVER || plan->mode == RH_MODE_EVENTUALLY))
		judge_wait_for(judge, assertion);
}

void judge_step_begins(struct rh_judge *judge, uint32_t step)
{
	for (uint32_t i = 0; judge->has_step_windows && i < judge->plan->assertion_count; i++) {
		if (judge->plan->assertions[i].after == step &&
		    judge->plan->assertions[i].during == RH_NONE && !judge->seats[i].is_begun)
			begin_after(judge, i);
	}
	fire_due(judge);
}

void judge_fault_holds(struct rh_judge *judge, uint32_t step)
{
	for (uint32_t i = 0; judge->has_step_windows && i < judge->plan->assertion_count; i++) {
		struct seat *seat = &judge->seats[i];

		if (judge->plan->assertions[i].during != step || seat->is_begun)
			continue;
		seat->is_begun = true;
		seat->from_ns =
			rh_time_add(judge->core->clock_ns, judge->plan->assertions[i].from_ns);
		seat->until_ns = RH_TIME_NEVER;
		judge_timer_add(judge, seat->from_ns, TIMER_OPEN, i);
	}
	fire_due(judge);
}

void judge_fault_is_over(struct rh_judge *judge, uint32_t step)
{
	for (uint32_t i = 0; judge->has_step_windows && i < judge->plan->assertion_count; i++) {
		struct seat *seat = &judge->seats[i];

		if (judge->plan->assertions[i].during != step || !seat->is_begun ||
		    seat->state != RH_RESULT_OPEN)
			continue;
		seat->until_ns = judge->core->clock_ns;
		if (seat->until_ns < seat->from_ns)
			seat->from_ns = seat->until_ns;
		close_window(judge, i);
	}
}

/* ---- the end of the run ---------------------------------------------------------------------- */

static void close_at_end(struct rh_judge *judge, uint32_t assertion, enum rh_run_end end)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	bool is_of_the_run = seat->until_ns == RH_TIME_NEVER && seat->window == WINDOW_OPEN;

	judge_gang_leave(judge, assertion);
	if (is_of_the_run && end != RH_END_CANCELLED &&
	    (plan->mode != RH_MODE_EVENTUALLY || end == RH_END_COMPLETED)) {
		close_window(judge, assertion);
		return;
	}
	seat->end = end;
	if (begins_with_a_step(plan) && !seat->is_begun && end == RH_END_COMPLETED) {
		judge_decide(judge, assertion, RH_RESULT_FAILED, GROUND_UNOPENED);
		return;
	}
	judge_decide(judge, assertion, end == RH_END_TIMEOUT ? RH_RESULT_FAILED : RH_RESULT_ERROR,
		     GROUND_UNREACHED);
	if (end != RH_END_TIMEOUT && !plan->is_warning)
		judge->core->has_unreached = true;
}

void judge_close_all(struct rh_judge *judge, uint64_t time_ns, enum rh_run_end end)
{
	for (uint32_t i = 0; i < judge->plan->assertion_count; i++) {
		const struct seat *seat = &judge->seats[i];

		if (seat->state != RH_RESULT_OPEN ||
		    !rh_assertion_is_judged(&judge->plan->assertions[i]))
			continue;
		RH_ASSERT(seat->until_ns > time_ns || seat->window == WINDOW_HOLDING ||
			  begins_with_a_step(&judge->plan->assertions[i]));
		close_at_end(judge, i, end);
	}
}
