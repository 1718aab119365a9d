/*
 * aggregate.c - min, max, sum, spread, distinct, any and each over nodes, kept up to date value by
 * value.
 *
 * Minimum and maximum stand in two trees with a leaf for each node, and a change climbs only as far
 * as it matters.  "Each" and "any" are answered by them too: every value is <= 6 exactly when the
 * greatest is.  Whom to blame is searched when a decision falls, once.
 */
#include <string.h>

#include "core/judge/state.h"

#define ROOT 1

static struct aggregate *aggregate_of(const struct rh_judge *judge, uint32_t assertion)
{
	return rh_at(&judge->space, judge->seats[assertion].aggregate);
}

/* Position of a node among the assertion's, or RH_NONE. */
static uint32_t position_of(const struct rh_judge *judge, const struct rh_plan_assertion *assertion,
			    uint32_t node)
{
	uint32_t low = 0;
	uint32_t high = assertion->node_count;

	if (assertion->node_count == judge->plan->node_count)
		return node;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (assertion->nodes[middle] < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low < assertion->node_count && assertion->nodes[low] == node ? low : RH_NONE;
}

void judge_aggregate_open(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct rh_that *that = judge_that(plan);
	struct aggregate *aggregate;
	int64_t *lows, *highs;

	judge->seats[assertion].aggregate = rh_space_alloc(&judge->space, sizeof(*aggregate));
	aggregate = aggregate_of(judge, assertion);
	if (that->aggregate == RH_AGG_SUM || that->aggregate == RH_AGG_DISTINCT)
		return;
	aggregate->width = 1;
	while (aggregate->width < plan->node_count)
		aggregate->width *= 2;
	aggregate->lows = rh_space_alloc(&judge->space, (uint64_t)aggregate->width * 2 * 8);
	aggregate->highs = rh_space_alloc(&judge->space, (uint64_t)aggregate->width * 2 * 8);
	lows = rh_at(&judge->space, aggregate->lows);
	highs = rh_at(&judge->space, aggregate->highs);
	for (uint32_t i = 0; i < aggregate->width * 2; i++) {
		lows[i] = INT64_MAX;
		highs[i] = INT64_MIN;
	}
}

static void climb(int64_t *lows, int64_t *highs, uint32_t at, int64_t value)
{
	lows[at] = value;
	highs[at] = value;
	while (at > ROOT) {
		int64_t low, high;

		at /= 2;
		low = lows[2 * at] < lows[2 * at + 1] ? lows[2 * at] : lows[2 * at + 1];
		high = highs[2 * at] > highs[2 * at + 1] ? highs[2 * at] : highs[2 * at + 1];
		if (lows[at] == low && highs[at] == high)
			return;
		lows[at] = low;
		highs[at] = high;
	}
}

static void count_value(struct rh_judge *judge, struct aggregate *aggregate, int64_t value,
			bool is_more)
{
	uint64_t count = 0;

	rh_idmap_get(&judge->space, &aggregate->values, (uint64_t)value, &count);
	RH_ASSERT(is_more || count > 0);
	count = is_more ? count + 1 : count - 1;
	if (count == 0)
		rh_idmap_remove(&judge->space, &aggregate->values, (uint64_t)value);
	else
		rh_idmap_put(&judge->space, &aggregate->values, (uint64_t)value, count);
}

bool judge_aggregate_change(struct rh_judge *judge, uint32_t assertion, uint32_t node,
			    bool was_known, int64_t before, int64_t value)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct rh_that *that = judge_that(plan);
	struct aggregate *aggregate = aggregate_of(judge, assertion);
	uint32_t position = position_of(judge, plan, node);

	if (position == RH_NONE)
		return false;
	RH_ASSERT(position < plan->node_count);
	if (was_known) {
		aggregate->sum -= before;
		aggregate->equal -= before == that->value;
	} else {
		aggregate->known++;
	}
	aggregate->sum += value;
	aggregate->equal += value == that->value;
	RH_ASSERT(aggregate->equal <= aggregate->known);
	if (that->aggregate == RH_AGG_DISTINCT) {
		if (was_known)
			count_value(judge, aggregate, before, false);
		count_value(judge, aggregate, value, true);
	} else if (that->aggregate != RH_AGG_SUM) {
		climb(rh_at(&judge->space, aggregate->lows), rh_at(&judge->space, aggregate->highs),
		      aggregate->width + position, value);
	}
	return true;
}

static int64_t clamp(__int128 value)
{
	if (value > INT64_MAX)
		return INT64_MAX;
	return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

/* The value of "each" and "any" that settles the question. */
static int64_t settling_value(const struct aggregate *aggregate, const struct rh_that *that,
			      int64_t low, int64_t high)
{
	bool is_each = that->aggregate == RH_AGG_EACH;
	bool is_equal_somewhere = aggregate->equal > 0;

	switch ((enum rh_operator)that->op) {
	case RH_OP_LT:
	case RH_OP_LE:
		return is_each ? high : low;
	case RH_OP_GT:
	case RH_OP_GE:
		return is_each ? low : high;
	case RH_OP_EQ:
	case RH_OP_NE:
		/* each ==, any !=: is there a different one?  any ==, each !=: is there one? */
		if (is_each == (that->op == RH_OP_EQ))
			return low != that->value ? low : high;
		return is_equal_somewhere ? that->value : low;
	}
	RH_ASSERT(false); /* not an operator */
	return 0;
}

static bool aggregate_value(const struct rh_judge *judge, uint32_t assertion,
			    const struct rh_that *that, int64_t *value)
{
	const struct aggregate *aggregate = aggregate_of(judge, assertion);
	int64_t low = 0;
	int64_t high = 0;

	if (aggregate->known == 0)
		return false;
	if (aggregate->lows != 0) {
		low = ((const int64_t *)rh_at(&judge->space, aggregate->lows))[ROOT];
		high = ((const int64_t *)rh_at(&judge->space, aggregate->highs))[ROOT];
	}
	switch ((enum rh_aggregate)that->aggregate) {
	case RH_AGG_EACH:
	case RH_AGG_ANY:
		*value = settling_value(aggregate, that, low, high);
		break;
	case RH_AGG_MIN:
		*value = low;
		break;
	case RH_AGG_MAX:
		*value = high;
		break;
	case RH_AGG_SUM:
		*value = clamp(aggregate->sum);
		break;
	case RH_AGG_SPREAD:
		*value = clamp((__int128)high - low);
		break;
	case RH_AGG_DISTINCT:
		*value = aggregate->values.count;
		break;
	}
	return true;
}

enum rh_truth judge_that_truth(const struct rh_judge *judge, uint32_t assertion,
			       const struct rh_that *that, int64_t *value)
{
	enum derived derived = judge_derived((uint32_t)that->gauge);

	if (derived != DERIVED_NONE) {
		if (!((judge->core->derived_known >> derived) & 1))
			return RH_TRUTH_UNKNOWN;
		*value = judge->core->derived[derived];
	} else if (!aggregate_value(judge, assertion, that, value)) {
		return RH_TRUTH_UNKNOWN;
	}
	return rh_that_compare(*value, (enum rh_operator)that->op, that->value) ? RH_TRUTH_TRUE
										: RH_TRUTH_FALSE;
}

/* The first of the assertion's nodes that holds the value. */
static uint32_t holder(const struct rh_judge *judge, uint32_t assertion, int64_t value)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct column *column = &judge->columns[judge_that(plan)->gauge];
	const int64_t *values;
	const uint64_t *known;

	if (column->values == 0)
		return RH_NODE_WORLD;
	values = rh_at(&judge->space, column->values);
	known = rh_at(&judge->space, column->known);
	for (uint32_t i = 0; i < plan->node_count; i++) {
		uint32_t node = plan->nodes[i];

		if (rh_bit_get(known, node) && values[node] == value)
			return node;
	}
	return RH_NODE_WORLD;
}

uint32_t judge_that_blame(const struct rh_judge *judge, uint32_t assertion,
			  const struct rh_that *that)
{
	const struct aggregate *aggregate;

	if (judge_derived((uint32_t)that->gauge) != DERIVED_NONE)
		return RH_NODE_WORLD;
	switch ((enum rh_aggregate)that->aggregate) {
	case RH_AGG_EACH:
	case RH_AGG_ANY:
	case RH_AGG_MIN:
	case RH_AGG_MAX:
		return holder(judge, assertion, judge->seats[assertion].value);
	case RH_AGG_SPREAD:
		/* Who stayed behind. */
		aggregate = aggregate_of(judge, assertion);
		return holder(judge, assertion,
			      ((const int64_t *)rh_at(&judge->space, aggregate->lows))[ROOT]);
	case RH_AGG_SUM:
	case RH_AGG_DISTINCT:
		break;
	}
	return RH_NODE_WORLD;
}
