/*
 * aggregate.c - min, max, sum, spread, distinct, any and each over nodes, kept up to date value by
 * value.
 *
 * Assertions that look at one gauge of the same nodes share one struct aggregate.  Minimum and maximum stand in two trees with a leaf for each node, and a change climbs only as far
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

/* ---- whom it is kept for --------------------------------------------------------------------- */

static uint32_t needs_of(const struct rh_that *that)
{
	switch ((enum rh_aggregate)that->aggregate) {
	case RH_AGG_EACH:
	case RH_AGG_ANY:
		if (that->op == RH_OP_EQ || that->op == RH_OP_NE)
			return ASPECT_LOW | ASPECT_HIGH | ASPECT_EQUAL;
		return (that->aggregate == RH_AGG_EACH) ==
				       (that->op == RH_OP_LT || that->op == RH_OP_LE)
			       ? ASPECT_HIGH
			       : ASPECT_LOW;
	case RH_AGG_MIN:
		return ASPECT_LOW;
	case RH_AGG_MAX:
		return ASPECT_HIGH;
	case RH_AGG_SUM:
		return ASPECT_SUM;
	case RH_AGG_SPREAD:
		return ASPECT_LOW | ASPECT_HIGH;
	case RH_AGG_DISTINCT:
		return ASPECT_DISTINCT;
	}
	RH_ASSERT(false); /* not an aggregate */
	return 0;
}

static struct aggregate *aggregate_at(const struct rh_judge *judge, uint32_t position)
{
	return rh_at(&judge->space,
		     *(const rh_off *)rh_vec_at(&judge->space, &judge->core->aggregates,
						sizeof(rh_off), position));
}

static bool same_nodes(const struct rh_plan_assertion *a, const struct rh_plan_assertion *b)
{
	return a->node_count == b->node_count &&
	       (a->nodes == b->nodes || a->node_count == 0 ||
		memcmp(a->nodes, b->nodes, a->node_count * sizeof(*a->nodes)) == 0);
}

/* One that counts values equal to one number serves those that do not, but not another number. */
static bool serves(const struct rh_judge *judge, const struct aggregate *aggregate,
		   uint32_t assertion, uint32_t needs)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];

	return ((needs & aggregate->needs & ASPECT_EQUAL) == 0 ||
		aggregate->equal_to == judge_that(plan)->value) &&
	       same_nodes(&judge->plan->assertions[aggregate->assertion], plan);
}

/* Position of the aggregate that serves a reader: one of the gauge, from `first` on, or a new one. */
static uint32_t find_aggregate(struct rh_judge *judge, uint32_t first, uint32_t assertion,
			       uint32_t needs)
{
	struct rh_vec *all = &judge->core->aggregates;
	rh_off made;

	for (uint32_t i = first; i < all->count; i++) {
		if (serves(judge, aggregate_at(judge, i), assertion, needs))
			return i;
	}
	made = rh_space_alloc(&judge->space, sizeof(struct aggregate));
	((struct aggregate *)rh_at(&judge->space, made))->assertion = assertion;
	*(rh_off *)rh_vec_push(&judge->space, all, sizeof(rh_off)) = made;
	return all->count - 1;
}

static void join(struct rh_judge *judge, uint32_t number, uint32_t first)
{
	struct reader *reader = &judge->readers[number];
	struct seat *seat = &judge->seats[reader->assertion];
	const struct rh_that *that = judge_that(&judge->plan->assertions[reader->assertion]);
	struct aggregate *aggregate;

	reader->needs = needs_of(that);
	reader->is_open = true;
	reader->aggregate = find_aggregate(judge, first, reader->assertion, reader->needs);
	aggregate = aggregate_at(judge, reader->aggregate);
	aggregate->needs |= reader->needs;
	aggregate->open_count++;
	if ((reader->needs & ASPECT_EQUAL) != 0)
		aggregate->equal_to = that->value;
	seat->reader = number;
	seat->aggregate = *(rh_off *)rh_vec_at(&judge->space, &judge->core->aggregates,
					       sizeof(rh_off), reader->aggregate);
}

static void make_trees(struct rh_judge *judge, struct aggregate *aggregate)
{
	uint32_t nodes = judge->plan->assertions[aggregate->assertion].node_count;
	int64_t *lows, *highs;

	if ((aggregate->needs & (ASPECT_LOW | ASPECT_HIGH)) == 0)
		return;
	aggregate->width = 1;
	while (aggregate->width < nodes)
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

void judge_aggregates_open(struct rh_judge *judge)
{
	struct rh_vec *all = &judge->core->aggregates;

	judge->aggregates_at = rh_alloc((size_t)judge->gauge_count + 1, sizeof(uint32_t));
	for (uint32_t gauge = 0; gauge < judge->gauge_count; gauge++) {
		uint32_t first = all->count;

		judge->aggregates_at[gauge] = first;
		if (judge_derived(gauge) != DERIVED_NONE)
			continue;
		for (uint32_t i = judge->readers_at[gauge]; i < judge->readers_at[gauge + 1]; i++)
			join(judge, i, first);
	}
	judge->aggregates_at[judge->gauge_count] = all->count;
	for (uint32_t i = 0; i < all->count; i++)
		make_trees(judge, aggregate_at(judge, i));
}

void judge_aggregate_leave(struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];
	struct reader *reader = &judge->readers[seat->reader];
	struct aggregate *aggregate = aggregate_of(judge, assertion);

	RH_ASSERT(reader->assertion == assertion && reader->is_open && aggregate->open_count > 0);
	seat->cause = aggregate->cause;
	reader->is_open = false;
	aggregate->open_count--;
}

/* ---- a change -------------------------------------------------------------------------------- */

/* Position of a node among the aggregate's, or RH_NONE. */
static uint32_t position_of(const struct rh_judge *judge, const struct aggregate *aggregate,
			    uint32_t node)
{
	const struct rh_plan_assertion *assertion = &judge->plan->assertions[aggregate->assertion];
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

/* Up to where nothing is new; says which of the two roots are. */
static uint32_t climb(int64_t *lows, int64_t *highs, uint32_t at, int64_t value)
{
	int64_t low_before = lows[ROOT];
	int64_t high_before = highs[ROOT];

	lows[at] = value;
	highs[at] = value;
	while (at > ROOT) {
		int64_t low, high;

		at /= 2;
		low = lows[2 * at] < lows[2 * at + 1] ? lows[2 * at] : lows[2 * at + 1];
		high = highs[2 * at] > highs[2 * at + 1] ? highs[2 * at] : highs[2 * at + 1];
		if (lows[at] == low && highs[at] == high)
			return 0;
		lows[at] = low;
		highs[at] = high;
	}
	return (lows[ROOT] != low_before ? ASPECT_LOW : 0u) |
	       (highs[ROOT] != high_before ? ASPECT_HIGH : 0u);
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

/* A node's value, by what was known before; says what else is new by it. */
static uint32_t change(struct rh_judge *judge, struct aggregate *aggregate, uint32_t position,
		       const int64_t *before, int64_t value)
{
	uint32_t equal_before = aggregate->equal;
	uint32_t distinct_before = aggregate->values.count;
	uint32_t changed = ASPECT_SUM;

	if (before != NULL) {
		aggregate->sum -= *before;
		aggregate->equal -= *before == aggregate->equal_to;
	} else if (aggregate->known++ == 0) {
		changed = ASPECT_ALL;
	}
	aggregate->sum += value;
	aggregate->equal += value == aggregate->equal_to;
	RH_ASSERT(aggregate->equal <= aggregate->known);
	if (aggregate->equal != equal_before)
		changed |= ASPECT_EQUAL;
	if ((aggregate->needs & ASPECT_DISTINCT) != 0) {
		if (before != NULL)
			count_value(judge, aggregate, *before, false);
		count_value(judge, aggregate, value, true);
		if (aggregate->values.count != distinct_before)
			changed |= ASPECT_DISTINCT;
	}
	if (aggregate->lows != 0)
		changed |= climb(rh_at(&judge->space, aggregate->lows),
				 rh_at(&judge->space, aggregate->highs),
				 aggregate->width + position, value);
	return changed;
}

/*
 * Only who needs what is new has to look again: the others would see what they saw.  Yet they keep
 * their turn, and this record as a cause: what is decided in one instant is decided in the order in
 * which it was touched, whether or not that was seen.
 */
void judge_aggregates_change(struct rh_judge *judge, uint32_t node, uint32_t gauge, bool was_known,
			     int64_t before, int64_t value, const struct kept *cause)
{
	struct core *core = judge->core;
	uint64_t turn = ++core->turns;
	uint32_t changed = 0;

	for (uint32_t i = judge->aggregates_at[gauge]; i < judge->aggregates_at[gauge + 1]; i++) {
		struct aggregate *aggregate = aggregate_at(judge, i);
		uint32_t position = position_of(judge, aggregate, node);

		aggregate->changed = 0;
		if (position == RH_NONE || aggregate->open_count == 0)
			continue;
		RH_ASSERT(position < judge->plan->assertions[aggregate->assertion].node_count);
		if (aggregate->touched_turn == 0 || aggregate->touched_look != core->looks) {
			aggregate->touched_look = core->looks;
			aggregate->touched_turn = turn;
		}
		if (cause != NULL)
			aggregate->cause = *cause;
		aggregate->changed =
			change(judge, aggregate, position, was_known ? &before : NULL, value) &
			aggregate->needs;
		changed |= aggregate->changed;
	}
	if (changed == 0)
		return;
	for (uint32_t i = judge->readers_at[gauge]; i < judge->readers_at[gauge + 1]; i++) {
		const struct reader *reader = &judge->readers[i];
		const struct aggregate *aggregate;

		if (!reader->is_open || (reader->needs & changed) == 0)
			continue;
		aggregate = aggregate_at(judge, reader->aggregate);
		if ((reader->needs & aggregate->changed) != 0)
			judge_mark_in_turn(judge, reader->assertion, aggregate->touched_turn);
	}
}

/* ---- the answer ------------------------------------------------------------------------------ */

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
