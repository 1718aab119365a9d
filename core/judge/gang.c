/*
 * gang.c - assertions that need not be looked at while nothing could change for them.
 *
 * A sentence like `max(x) <= 6` under `always` or `never` is decided by a limit.  Those that look at
 * the same statistic of one aggregate stand in a gang, and the gang knows the nearest limit above and
 * below: as long as the value stays between, none of them is looked at, however many there are.  What
 * they would have kept of it, the value nearest to a violation, is in the gang's highest and lowest
 * value since the last of them joined.  When a limit is passed, all of them leave, are looked at in
 * their usual order, and those that are still open join again.
 */
#include "core/judge/state.h"

static enum gang_value value_kind(const struct rh_that *that)
{
	bool is_upper = that->op == RH_OP_LT || that->op == RH_OP_LE;

	switch ((enum rh_aggregate)that->aggregate) {
	case RH_AGG_EACH:
		return is_upper ? GANG_HIGH : GANG_LOW;
	case RH_AGG_ANY:
		return is_upper ? GANG_LOW : GANG_HIGH;
	case RH_AGG_MIN:
		return GANG_LOW;
	case RH_AGG_MAX:
		return GANG_HIGH;
	case RH_AGG_SUM:
		return GANG_SUM;
	case RH_AGG_SPREAD:
		return GANG_SPREAD;
	case RH_AGG_DISTINCT:
		return GANG_DISTINCT;
	}
	RH_ASSERT(false); /* not an aggregate */
	return GANG_SUM;
}

static struct gang *gang_of(const struct rh_judge *judge, uint32_t assertion)
{
	struct aggregate *aggregate = rh_at(&judge->space, judge->seats[assertion].aggregate);

	return &aggregate->gangs[value_kind(judge_that(judge, assertion))];
}

static bool may_join(const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct seat *seat = &judge->seats[assertion];
	const struct rh_that *that = judge_that(judge, assertion);

	return that != NULL && seat->aggregate != 0 && seat->state == RH_RESULT_OPEN &&
	       seat->window == WINDOW_OPEN && seat->has_value && !seat->is_closing &&
	       rh_assertion_is_judged(plan) &&
	       (plan->mode == RH_MODE_ALWAYS || plan->mode == RH_MODE_NEVER) &&
	       that->op != RH_OP_EQ && that->op != RH_OP_NE;
}

/* The values on the good side of its limit. */
static void tighten(struct gang *gang, const struct rh_that *that, bool is_never)
{
	int64_t limit = that->value;
	bool is_upper = that->op == RH_OP_LT || that->op == RH_OP_LE;
	bool is_sharp = that->op == RH_OP_LT || that->op == RH_OP_GT;

	/* x <= 6 is good up to 6, x < 6 up to 5; never x <= 6 is good from 7 on, never x < 6 from 6. */
	if (is_upper != is_never) {
		if (is_sharp != is_never && limit > INT64_MIN)
			limit--;
		gang->ceiling = limit < gang->ceiling ? limit : gang->ceiling;
	} else {
		if (is_sharp != is_never && limit < INT64_MAX)
			limit++;
		gang->floor = limit > gang->floor ? limit : gang->floor;
	}
}

static void catch_up(struct rh_judge *judge, uint32_t assertion, const struct gang *gang)
{
	judge_keep_worst(judge, assertion, gang->highest);
	judge_keep_worst(judge, assertion, gang->lowest);
	judge->seats[assertion].value = gang->value;
}

static bool is_member(const struct rh_judge *judge, uint32_t reader, const struct gang *gang)
{
	uint32_t assertion = judge->readers[reader].assertion;

	return judge->seats[assertion].is_ganged && gang_of(judge, assertion) == gang;
}

/* Those who are there have seen other values than one who comes. */
static void start_anew(struct rh_judge *judge, const struct aggregate *aggregate, struct gang *gang,
		       int64_t value)
{
	uint32_t column = aggregate->column;

	if (gang->count > 0 && (gang->highest != value || gang->lowest != value)) {
		for (uint32_t i = judge->readers_at[column]; i < judge->readers_at[column + 1];
		     i++) {
			if (is_member(judge, i, gang))
				catch_up(judge, judge->readers[i].assertion, gang);
		}
	}
	gang->highest = value;
	gang->lowest = value;
	gang->value = value;
}

void judge_gang_join(struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];
	struct aggregate *aggregate;
	struct gang *gang;

	if (seat->is_ganged || !may_join(judge, assertion))
		return;
	aggregate = rh_at(&judge->space, seat->aggregate);
	gang = gang_of(judge, assertion);
	start_anew(judge, aggregate, gang, seat->value);
	aggregate->gang_bits |= 1u << value_kind(judge_that(judge, assertion));
	if (gang->count++ == 0) {
		gang->ceiling = INT64_MAX;
		gang->floor = INT64_MIN;
	}
	tighten(gang, judge_that(judge, assertion),
		judge->plan->assertions[assertion].mode == RH_MODE_NEVER);
	seat->is_ganged = true;
	RH_ASSERT(aggregate->lone_count > 0);
	aggregate->lone_count--;
}

void judge_gang_leave(struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];
	struct aggregate *aggregate;
	struct gang *gang;

	if (!seat->is_ganged)
		return;
	gang = gang_of(judge, assertion);
	RH_ASSERT(gang->count > 0);
	catch_up(judge, assertion, gang);
	seat->is_ganged = false;
	aggregate = rh_at(&judge->space, seat->aggregate);
	aggregate->lone_count++;
	if (--gang->count == 0)
		aggregate->gang_bits &= ~(1u << value_kind(judge_that(judge, assertion)));
}

static int64_t clamp(__int128 value)
{
	if (value > INT64_MAX)
		return INT64_MAX;
	return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

static int64_t value_of(const struct aggregate *aggregate, enum gang_value kind)
{
	switch (kind) {
	case GANG_LOW:
		return aggregate->low;
	case GANG_HIGH:
		return aggregate->high;
	case GANG_SUM:
		return clamp(aggregate->sum);
	case GANG_SPREAD:
		return clamp((__int128)aggregate->high - aggregate->low);
	case GANG_DISTINCT:
		return aggregate->values.count;
	case GANG_COUNT:
		break;
	}
	return 0;
}

/* Everybody looks for himself, in the turn in which the aggregate was touched. */
static void call_all(struct rh_judge *judge, struct aggregate *aggregate, struct gang *gang)
{
	uint32_t column = aggregate->column;

	for (uint32_t i = judge->readers_at[column]; i < judge->readers_at[column + 1]; i++) {
		uint32_t assertion = judge->readers[i].assertion;

		if (!is_member(judge, i, gang))
			continue;
		judge_gang_leave(judge, assertion);
		judge_mark_in_turn(judge, assertion, aggregate->touched_turn);
	}
	RH_ASSERT(gang->count == 0);
}

/* What a value is made of. */
static const uint32_t aspects_of[GANG_COUNT] = {
	[GANG_LOW] = ASPECT_LOW,	   [GANG_HIGH] = ASPECT_HIGH,
	[GANG_SUM] = ASPECT_SUM,	   [GANG_SPREAD] = ASPECT_LOW | ASPECT_HIGH,
	[GANG_DISTINCT] = ASPECT_DISTINCT,
};

static void look_at_gangs(struct rh_judge *judge, struct aggregate *aggregate)
{
	for (uint32_t bits = aggregate->gang_bits; bits != 0; bits &= bits - 1) {
		enum gang_value kind = (enum gang_value)rh_low_bit(bits);
		struct gang *gang = &aggregate->gangs[kind];
		int64_t value;

		if ((aggregate->told & aspects_of[kind]) == 0)
			continue;
		value = value_of(aggregate, kind);
		if (value > gang->ceiling || value < gang->floor) {
			call_all(judge, aggregate, gang);
			continue;
		}
		gang->value = value;
		gang->highest = value > gang->highest ? value : gang->highest;
		gang->lowest = value < gang->lowest ? value : gang->lowest;
	}
}

void judge_gangs_look(struct rh_judge *judge)
{
	struct core *core = judge->core;
	const rh_off *touched;

	if (core->touched.count == 0)
		return;
	touched = rh_at(&judge->space, core->touched.items);
	for (uint32_t i = 0; i < core->touched.count; i++)
		look_at_gangs(judge, rh_at(&judge->space, touched[i]));
	core->touched.count = 0;
}
