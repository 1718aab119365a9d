/*
 * aggregate.c - statistics over nodes, kept up to date value by value.
 *
 * Assertions that look at one column of the same nodes share one struct aggregate.  Least and
 * greatest are kept in extremes.c; "each" and "any" are answered by them too: every value is <= 6
 * exactly when the greatest is.  Percentiles come from a sorted list.  Whom to blame is searched when
 * a decision falls, once.
 */
#include <string.h>

#include "core/judge/state.h"

static struct aggregate *aggregate_of(const struct rh_judge *judge, uint32_t assertion)
{
	return rh_at(&judge->space, judge->seats[assertion].aggregate);
}

/* ---- whom it is kept for --------------------------------------------------------------------- */

uint32_t judge_that_needs(const struct rh_that *that)
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

struct aggregate *judge_aggregate_of_reader(const struct rh_judge *judge, uint32_t reader)
{
	RH_ASSERT(judge->readers[reader].needs != 0);
	return rh_at(&judge->space,
		     *(const rh_off *)rh_vec_at(&judge->space, &judge->core->aggregates,
						sizeof(rh_off), judge->readers[reader].aggregate));
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
		   const struct reader *reader)
{
	return ((reader->needs & aggregate->needs & ASPECT_EQUAL) == 0 ||
		aggregate->equal_to == reader->equal_to) &&
	       same_nodes(&judge->plan->assertions[aggregate->assertion],
			  &judge->plan->assertions[reader->assertion]);
}

/* Position of the aggregate that serves a reader: one of the column, from `first` on, or a new one. */
static uint32_t find_aggregate(struct rh_judge *judge, uint32_t column, uint32_t first,
			       const struct reader *reader)
{
	struct rh_vec *all = &judge->core->aggregates;
	struct aggregate *aggregate;
	rh_off made;

	for (uint32_t i = first; i < all->count; i++) {
		if (serves(judge, aggregate_at(judge, i), reader))
			return i;
	}
	made = rh_space_alloc(&judge->space, sizeof(struct aggregate));
	aggregate = rh_at(&judge->space, made);
	aggregate->assertion = reader->assertion;
	aggregate->column = column;
	*(rh_off *)rh_vec_push(&judge->space, all, sizeof(rh_off)) = made;
	return all->count - 1;
}

static void join(struct rh_judge *judge, uint32_t number, uint32_t column, uint32_t first)
{
	struct reader *reader = &judge->readers[number];
	struct seat *seat = &judge->seats[reader->assertion];
	struct aggregate *aggregate;

	reader->is_open = true;
	reader->aggregate = find_aggregate(judge, column, first, reader);
	aggregate = aggregate_at(judge, reader->aggregate);
	aggregate->needs |= reader->needs;
	aggregate->open_count++;
	aggregate->lone_count++;
	if ((reader->needs & ASPECT_EQUAL) != 0)
		aggregate->equal_to = reader->equal_to;
	if (seat->aggregate == 0)
		seat->aggregate = *(rh_off *)rh_vec_at(&judge->space, &judge->core->aggregates,
						       sizeof(rh_off), reader->aggregate);
	reader->next = seat->readers;
	seat->readers = number + 1;
}

static void make_room(struct rh_judge *judge, struct aggregate *aggregate)
{
	uint32_t nodes = judge->plan->assertions[aggregate->assertion].node_count;

	aggregate->low = INT64_MAX;
	aggregate->high = INT64_MIN;
	if ((aggregate->needs & ASPECT_ORDER) != 0)
		aggregate->order =
			rh_space_alloc(&judge->space, ((uint64_t)nodes + 1) * sizeof(int64_t));
	if ((aggregate->needs & (ASPECT_LOW | ASPECT_HIGH)) != 0)
		judge_extremes_open(judge, aggregate);
}

void judge_aggregates_open(struct rh_judge *judge)
{
	struct rh_vec *all = &judge->core->aggregates;

	judge->aggregates_at = rh_alloc((size_t)judge->column_count + 1, sizeof(uint32_t));
	for (uint32_t column = 0; column < judge->column_count; column++) {
		uint32_t first = all->count;

		judge->aggregates_at[column] = first;
		for (uint32_t i = judge->readers_at[column]; i < judge->readers_at[column + 1];
		     i++) {
			if (judge->readers[i].needs != 0)
				join(judge, i, column, first);
		}
	}
	judge->aggregates_at[judge->column_count] = all->count;
	judge->aggregates =
		RH_ARENA_ARRAY(&judge->arena, (size_t)all->count + 1, struct aggregate *);
	for (uint32_t i = 0; i < all->count; i++) {
		judge->aggregates[i] = aggregate_at(judge, i);
		make_room(judge, judge->aggregates[i]);
	}
}

void judge_aggregate_leave(struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];
	uint64_t last_turn = 0;

	for (uint32_t at = seat->readers; at != 0; at = judge->readers[at - 1].next) {
		struct reader *reader = &judge->readers[at - 1];
		struct aggregate *aggregate = aggregate_at(judge, reader->aggregate);

		RH_ASSERT(reader->assertion == assertion && reader->is_open &&
			  aggregate->open_count > 0);
		if (aggregate->cause_turn > last_turn) {
			last_turn = aggregate->cause_turn;
			seat->cause = aggregate->cause;
		}
		RH_ASSERT(aggregate->lone_count > 0);
		reader->is_open = false;
		aggregate->open_count--;
		aggregate->lone_count--;
	}
}

/* ---- a change -------------------------------------------------------------------------------- */

uint32_t judge_position(const struct rh_judge *judge, uint32_t number, uint32_t node)
{
	const struct rh_plan_assertion *assertion = &judge->plan->assertions[number];
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

/* Where a value stands or belongs in the sorted list. */
static uint32_t place_in(const int64_t *order, uint32_t count, int64_t value)
{
	uint32_t low = 0;
	uint32_t high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (order[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void move_in_order(const struct rh_judge *judge, const struct aggregate *aggregate,
			  uint32_t count, const int64_t *before, const int64_t *value)
{
	int64_t *order = rh_at(&judge->space, aggregate->order);

	if (before != NULL) {
		uint32_t at = place_in(order, count, *before);

		RH_ASSERT(at < count && order[at] == *before);
		count--;
		memmove(order + at, order + at + 1, (count - at) * sizeof(*order));
	}
	if (value != NULL) {
		uint32_t at = place_in(order, count, *value);

		memmove(order + at + 1, order + at, (count - at) * sizeof(*order));
		order[at] = *value;
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

/* A node's value, by what was known before and is known now; says what else is new by it. */
static uint32_t change(struct rh_judge *judge, struct aggregate *aggregate, uint32_t position,
		       const int64_t *before, const int64_t *value)
{
	uint32_t equal_before = aggregate->equal;
	uint32_t distinct_before = aggregate->values.count;
	uint32_t known_before = aggregate->known;
	uint32_t changed = ASPECT_SUM | ASPECT_ORDER;

	if (before != NULL) {
		aggregate->sum -= *before;
		aggregate->equal -= *before == aggregate->equal_to;
		aggregate->known--;
	}
	if (value != NULL) {
		aggregate->sum += *value;
		aggregate->equal += *value == aggregate->equal_to;
		aggregate->known++;
	}
	RH_ASSERT(aggregate->equal <= aggregate->known);
	if (known_before == 0 || aggregate->known == 0)
		changed = ASPECT_ALL;
	if (aggregate->equal != equal_before || aggregate->known != known_before)
		changed |= ASPECT_EQUAL;
	if ((aggregate->needs & ASPECT_DISTINCT) != 0) {
		if (before != NULL)
			count_value(judge, aggregate, *before, false);
		if (value != NULL)
			count_value(judge, aggregate, *value, true);
		if (aggregate->values.count != distinct_before)
			changed |= ASPECT_DISTINCT;
	}
	if (aggregate->tally != 0)
		changed |= judge_extremes_move(judge, aggregate, position, before, value);
	if (aggregate->order != 0)
		move_in_order(judge, aggregate, known_before, before, value);
	return changed;
}

static void mark_readers(struct rh_judge *judge, uint32_t column, uint32_t changed)
{
	for (uint32_t i = judge->readers_at[column]; i < judge->readers_at[column + 1]; i++) {
		const struct reader *reader = &judge->readers[i];
		const struct aggregate *aggregate;

		if (!reader->is_open || (reader->needs & changed) == 0 ||
		    judge->seats[reader->assertion].is_ganged)
			continue;
		aggregate = judge->aggregates[reader->aggregate];
		if ((reader->needs & aggregate->changed) != 0)
			judge_mark_in_turn(judge, reader->assertion, aggregate->touched_turn);
	}
}

/* The first change of an instant. */
static void touch(struct rh_judge *judge, uint32_t position, uint64_t turn)
{
	struct aggregate *aggregate = judge->aggregates[position];
	struct core *core = judge->core;

	aggregate->touched_look = core->looks;
	aggregate->touched_turn = turn;
	aggregate->told = 0;
	*(rh_off *)rh_vec_push(&judge->space, &core->touched, sizeof(rh_off)) =
		*(const rh_off *)rh_vec_at(&judge->space, &core->aggregates, sizeof(rh_off),
					   position);
}

/*
 * Only who needs what is new has to look again: the others would see what they saw.  Yet they keep
 * their turn, and this record as a cause: what is decided in one instant is decided in the order in
 * which it was touched, whether or not that was seen.
 */
void judge_aggregates_change(struct rh_judge *judge, uint32_t node, uint32_t column,
			     const int64_t *before, const int64_t *value, const struct kept *cause)
{
	struct core *core = judge->core;
	uint64_t turn = ++core->turns;
	uint32_t changed = 0; /* where somebody has to be told */

	for (uint32_t i = judge->aggregates_at[column]; i < judge->aggregates_at[column + 1]; i++) {
		struct aggregate *aggregate = judge->aggregates[i];
		uint32_t position = judge_position(judge, aggregate->assertion, node);
		uint32_t news;

		aggregate->changed = 0;
		if (position == RH_NONE || aggregate->open_count == 0)
			continue;
		if (aggregate->touched_turn == 0 || aggregate->touched_look != core->looks)
			touch(judge, i, turn);
		if (cause != NULL) {
			aggregate->cause = *cause;
			aggregate->cause_turn = turn;
		}
		news = change(judge, aggregate, position, before, value) & aggregate->needs;
		aggregate->changed = news & ~aggregate->told;
		aggregate->told |= news;
		if (aggregate->lone_count > 0)
			changed |= aggregate->changed;
	}
	if (changed != 0)
		mark_readers(judge, column, changed);
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
	if (aggregate->tally != 0) {
		low = aggregate->low;
		high = aggregate->high;
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

/* Nearest rank: the least value that at least so many percent of them do not exceed. */
static int64_t percentile(const struct rh_judge *judge, const struct aggregate *aggregate,
			  uint32_t percent)
{
	const int64_t *order = rh_at(&judge->space, aggregate->order);
	uint64_t rank = ((uint64_t)aggregate->known * percent + 99) / 100;

	return order[rank - 1];
}

bool judge_aggregate_number(struct rh_rational *number, const struct rh_judge *judge,
			    const struct aggregate *aggregate, enum rh_statistic statistic,
			    bool is_truth)
{
	__int128 value = 0;
	int64_t den = 1;

	if (aggregate->known == 0)
		return false;
	switch (statistic) {
	case RH_STAT_MIN:
		value = aggregate->low;
		break;
	case RH_STAT_MAX:
		value = aggregate->high;
		break;
	case RH_STAT_SUM:
		value = aggregate->sum;
		break;
	case RH_STAT_AVG:
		value = aggregate->sum;
		den = aggregate->known;
		break;
	case RH_STAT_COUNT:
		value = is_truth ? aggregate->sum : aggregate->known - aggregate->equal;
		break;
	case RH_STAT_SPREAD:
		value = (__int128)aggregate->high - aggregate->low;
		break;
	case RH_STAT_DISTINCT:
		value = aggregate->values.count;
		break;
	case RH_STAT_ANY:
		value = aggregate->sum > 0;
		break;
	case RH_STAT_EACH:
		value = aggregate->sum == aggregate->known;
		break;
	case RH_STAT_P50:
		value = percentile(judge, aggregate, 50);
		break;
	case RH_STAT_P90:
		value = percentile(judge, aggregate, 90);
		break;
	case RH_STAT_P95:
		value = percentile(judge, aggregate, 95);
		break;
	case RH_STAT_P99:
		value = percentile(judge, aggregate, 99);
		break;
	}
	return rh_rational_make(number, value, den);
}

uint32_t judge_statistic_needs(enum rh_statistic statistic, bool is_truth)
{
	switch (statistic) {
	case RH_STAT_MIN:
		return ASPECT_LOW;
	case RH_STAT_MAX:
		return ASPECT_HIGH;
	case RH_STAT_SPREAD:
		return ASPECT_LOW | ASPECT_HIGH;
	case RH_STAT_SUM:
	case RH_STAT_AVG:
	case RH_STAT_ANY:
	case RH_STAT_EACH:
		return ASPECT_SUM;
	case RH_STAT_COUNT:
		return is_truth ? ASPECT_SUM : ASPECT_EQUAL;
	case RH_STAT_DISTINCT:
		return ASPECT_DISTINCT;
	case RH_STAT_P50:
	case RH_STAT_P90:
	case RH_STAT_P95:
	case RH_STAT_P99:
		return ASPECT_ORDER;
	}
	RH_ASSERT(false); /* not a statistic */
	return 0;
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
	const struct column *column = &judge->columns[judge_that(judge, assertion)->gauge];
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
		return holder(judge, assertion, aggregate->low);
	case RH_AGG_SUM:
	case RH_AGG_DISTINCT:
		break;
	}
	return RH_NODE_WORLD;
}
