/*
 * capture.c - what gauges were at one moment, and which values they had in a phase.
 *
 * A moment is that at which a capture step was done, or that at which a window opened.  A node that had
 * said nothing by then counts with its first value after it.  A phase has the values that were said
 * in it, and for a node that said none the one that stood: what changed nowhere still held.
 */
#include "core/base/sort.h"
#include "core/judge/state.h"

/* ---- moments --------------------------------------------------------------------------------- */

static uint64_t *known_bits(const struct rh_judge *judge, const struct captured *captured)
{
	return rh_at(&judge->space, captured->known);
}

static void take_network(struct rh_judge *judge, uint32_t number, enum derived derived)
{
	struct captured *captured = &judge->captured[number];

	captured->is_taken = true;
	captured->is_network_known = (judge->core->derived_known >> derived) & 1;
	captured->network = judge->core->derived[derived];
}

static void take(struct rh_judge *judge, uint32_t number)
{
	uint32_t gauge = judge->captures[number].gauge;
	enum derived derived = judge_derived(gauge);
	struct captured *captured = &judge->captured[number];
	uint32_t nodes = judge->plan->node_count;

	if (derived != DERIVED_NONE) {
		take_network(judge, number, derived);
		return;
	}
	if (captured->values == 0) {
		captured->values =
			rh_space_alloc(&judge->space, ((uint64_t)nodes + 1) * sizeof(int64_t));
		captured->known = rh_space_alloc(&judge->space,
						 (RH_BITS_WORDS(nodes) + 1) * sizeof(uint64_t));
	}
	captured->is_taken = true;
	for (uint32_t node = 0; node < nodes; node++) {
		int64_t *values = rh_at(&judge->space, captured->values);

		if (judge_column_get(judge, node, gauge, &values[node]))
			rh_bit_set(known_bits(judge, captured), node);
	}
}

static bool reads(const struct rh_judge *judge, uint32_t assertion, uint32_t capture)
{
	const struct formula *formula = judge->formulas[assertion];

	for (uint32_t i = 0; formula != NULL && i < formula->bound.leaf_count; i++) {
		if (formula->bound.leaves[i].kind == RH_LEAF_CAPTURED &&
		    formula->leaf_things[i] == capture)
			return true;
	}
	return false;
}

static void tell_readers(struct rh_judge *judge, uint32_t capture)
{
	for (uint32_t i = 0; i < judge->plan->assertion_count; i++) {
		if (!reads(judge, i, capture))
			continue;
		judge_formula_refresh(judge, i, true);
		judge_mark(judge, i, NULL);
	}
}

void judge_capture_at_step(struct rh_judge *judge, uint32_t step)
{
	for (uint32_t i = 0; i < judge->capture_count; i++) {
		if (judge->captures[i].step != step)
			continue;
		take(judge, i);
		tell_readers(judge, i);
	}
}

void judge_capture_at_opening(struct rh_judge *judge, uint32_t assertion)
{
	for (uint32_t i = 0; i < judge->capture_count; i++) {
		if (judge->captures[i].assertion != assertion)
			continue;
		take(judge, i);
		tell_readers(judge, i);
	}
}

void judge_capture_late(struct rh_judge *judge, uint32_t node, uint32_t gauge, int64_t value)
{
	for (uint32_t i = 0; i < judge->capture_count; i++) {
		struct captured *captured = &judge->captured[i];

		if (judge->captures[i].gauge != gauge || !captured->is_taken)
			continue;
		if (node == RH_NODE_WORLD) {
			if (!captured->is_network_known)
				captured->network = value;
			captured->is_network_known = true;
		} else if (!rh_bit_get(known_bits(judge, captured), node)) {
			((int64_t *)rh_at(&judge->space, captured->values))[node] = value;
			rh_bit_set(known_bits(judge, captured), node);
		}
	}
}

bool judge_captured(const struct rh_judge *judge, uint32_t capture, uint32_t node, int64_t *value)
{
	const struct captured *captured = &judge->captured[capture];

	if (!captured->is_taken)
		return false;
	if (captured->values == 0) {
		*value = captured->network;
		return captured->is_network_known != 0;
	}
	if (node >= judge->plan->node_count || !rh_bit_get(known_bits(judge, captured), node))
		return false;
	*value = ((const int64_t *)rh_at(&judge->space, captured->values))[node];
	return true;
}

/* ---- phases ---------------------------------------------------------------------------------- */

static bool wants_values(enum rh_statistic statistic)
{
	return statistic == RH_STAT_P50 || statistic == RH_STAT_P90 || statistic == RH_STAT_P95 ||
	       statistic == RH_STAT_P99 || statistic == RH_STAT_DISTINCT;
}

static void add_sample(struct rh_judge *judge, uint32_t stretch, int64_t value)
{
	struct stretched *stretched = &judge->stretched[stretch];

	if (stretched->count++ == 0) {
		stretched->low = value;
		stretched->high = value;
	}
	stretched->sum += value;
	stretched->low = value < stretched->low ? value : stretched->low;
	stretched->high = value > stretched->high ? value : stretched->high;
	if (wants_values(judge->stretches[stretch].statistic))
		*(int64_t *)rh_vec_push(&judge->space, &stretched->values, sizeof(int64_t)) = value;
}

void judge_stretch_sample(struct rh_judge *judge, uint32_t node, uint32_t gauge, int64_t value)
{
	for (uint32_t i = 0; i < judge->stretch_count; i++) {
		const struct stretch *plan = &judge->stretches[i];

		if (plan->gauge != gauge || !judge->stretched[i].is_open)
			continue;
		if (node != RH_NODE_WORLD) {
			if (judge_position(judge, plan->assertion, node) == RH_NONE)
				continue;
			rh_bit_set(rh_at(&judge->space, judge->stretched[i].said), node);
		}
		add_sample(judge, i, value);
	}
}

/* Who said nothing in the phase still had a value. */
static void add_standing(struct rh_judge *judge, uint32_t stretch)
{
	const struct stretch *plan = &judge->stretches[stretch];
	const struct rh_plan_assertion *assertion = &judge->plan->assertions[plan->assertion];
	enum derived derived = judge_derived(plan->gauge);
	int64_t value;

	if (derived != DERIVED_NONE) {
		if (judge->stretched[stretch].count == 0 && derived > DERIVED_P95 &&
		    ((judge->core->derived_known >> derived) & 1))
			add_sample(judge, stretch, judge->core->derived[derived]);
		return;
	}
	for (uint32_t i = 0; i < assertion->node_count; i++) {
		uint32_t node = assertion->nodes[i];

		if (!rh_bit_get(rh_at(&judge->space, judge->stretched[stretch].said), node) &&
		    judge_column_get(judge, node, plan->gauge, &value))
			add_sample(judge, stretch, value);
	}
}

static int compare_values(const void *left, const void *right, const void *ctx)
{
	int64_t a = *(const int64_t *)left;
	int64_t b = *(const int64_t *)right;

	(void)ctx;
	return a < b ? -1 : a > b;
}

static void end_stretch(struct rh_judge *judge, uint32_t stretch)
{
	struct stretched *stretched = &judge->stretched[stretch];
	struct rh_vec *values = &stretched->values;

	add_standing(judge, stretch);
	stretched->is_open = false;
	stretched->is_over = true;
	if (values->count > 1)
		rh_sort(rh_at(&judge->space, values->items), values->count, sizeof(int64_t),
			compare_values, NULL);
	judge_formula_refresh(judge, judge->stretches[stretch].assertion, false);
	judge_mark(judge, judge->stretches[stretch].assertion, NULL);
}

void judge_stretch_phase(struct rh_judge *judge, uint32_t phase, bool is_begin)
{
	for (uint32_t i = 0; i < judge->stretch_count; i++) {
		if (judge->stretches[i].phase != phase || judge->stretched[i].is_over)
			continue;
		if (is_begin)
			judge->stretched[i].is_open = true;
		else
			end_stretch(judge, i);
	}
}

/* A window may end with the phase, before the record that says so. */
void judge_stretches_end(struct rh_judge *judge, uint32_t assertion)
{
	for (uint32_t i = 0; i < judge->stretch_count; i++) {
		const struct rh_plan_phase *phase = &judge->plan->phases[judge->stretches[i].phase];

		if (judge->stretches[i].assertion == assertion && judge->stretched[i].is_open &&
		    phase->start_ns + phase->duration_ns <= judge->core->clock_ns)
			end_stretch(judge, i);
	}
}

static int64_t value_at(const struct rh_judge *judge, const struct stretched *stretched,
			uint32_t index)
{
	return *(const int64_t *)rh_vec_at(&judge->space, &stretched->values, sizeof(int64_t),
					   index);
}

static int64_t percentile(const struct rh_judge *judge, const struct stretched *stretched,
			  uint32_t percent)
{
	uint64_t rank = (stretched->count * percent + 99) / 100;

	return value_at(judge, stretched, (uint32_t)rank - 1);
}

static int64_t count_distinct(const struct rh_judge *judge, const struct stretched *stretched)
{
	int64_t count = 1;

	for (uint32_t i = 1; i < stretched->values.count; i++)
		count += value_at(judge, stretched, i) != value_at(judge, stretched, i - 1);
	return count;
}

bool judge_stretch_number(struct rh_rational *number, const struct rh_judge *judge,
			  uint32_t stretch)
{
	const struct stretched *stretched = &judge->stretched[stretch];
	__int128 value = 0;
	int64_t den = 1;

	if (!stretched->is_over || stretched->count == 0)
		return false;
	switch (judge->stretches[stretch].statistic) {
	case RH_STAT_MIN:
		value = stretched->low;
		break;
	case RH_STAT_MAX:
		value = stretched->high;
		break;
	case RH_STAT_AVG:
		value = stretched->sum;
		den = (int64_t)stretched->count;
		break;
	case RH_STAT_SUM:
		value = stretched->sum;
		break;
	case RH_STAT_COUNT:
		value = (__int128)stretched->count;
		break;
	case RH_STAT_SPREAD:
		value = (__int128)stretched->high - stretched->low;
		break;
	case RH_STAT_DISTINCT:
		value = count_distinct(judge, stretched);
		break;
	case RH_STAT_P50:
		value = percentile(judge, stretched, 50);
		break;
	case RH_STAT_P90:
		value = percentile(judge, stretched, 90);
		break;
	case RH_STAT_P95:
		value = percentile(judge, stretched, 95);
		break;
	case RH_STAT_P99:
		value = percentile(judge, stretched, 99);
		break;
	case RH_STAT_ANY:
	case RH_STAT_EACH:
		return false; /* take no phase */
	}
	return rh_rational_make(number, value, den);
}
