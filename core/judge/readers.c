/*
 * readers.c - which assertion reads which column, and what must be kept for all of them.
 */
#include <stdlib.h>
#include <string.h>

#include "core/judge/state.h"

/* What an assertion reads of a column; the n-th of such. */
struct want {
	uint32_t column;
	uint32_t needs; /* 0: derived */
	int64_t equal_to;
	uint32_t *reader; /* whom to tell its number; or NULL */
};

static struct want want_of_leaf(const struct rh_judge *judge, const struct formula *formula,
				uint32_t number)
{
	const struct rh_leaf *leaf = &formula->bound.leaves[number];
	struct want want = {.column = RH_NONE};
	bool is_derived = leaf->gauge != RH_NONE && judge_derived(leaf->gauge) != DERIVED_NONE;

	if (is_derived && (leaf->kind == RH_LEAF_GAUGE || leaf->kind == RH_LEAF_AGGREGATE)) {
		want.column = leaf->gauge;
	} else if (leaf->kind == RH_LEAF_AGGREGATE) {
		want.column = leaf->inner == NULL
				      ? leaf->gauge
				      : judge->gauge_count + formula->leaf_things[number];
		want.needs =
			judge_statistic_needs(leaf->statistic, leaf->of_inner.type == RH_EXPR_BOOL);
		want.reader = &formula->leaf_readers[number];
	}
	return want;
}

/* Fills what the assertion reads: at most one for each leaf, and one for its own truth. */
static uint32_t wants_of(const struct rh_judge *judge, uint32_t assertion,
			 struct want wants[RH_FORMULA_LEAVES_MAX + 1])
{
	const struct rh_that *that = judge_that(judge, assertion);
	struct formula *formula = judge->formulas[assertion];
	uint32_t count = 0;

	if (that != NULL) {
		bool is_derived = judge_derived((uint32_t)that->gauge) != DERIVED_NONE;

		wants[count++] = (struct want){.column = (uint32_t)that->gauge,
					       .needs = is_derived ? 0 : judge_that_needs(that),
					       .equal_to = that->value};
	}
	for (uint32_t i = 0; formula != NULL && i < formula->bound.leaf_count; i++) {
		wants[count] = want_of_leaf(judge, formula, i);
		count += wants[count].column != RH_NONE;
	}
	if (formula != NULL && formula->truth != RH_NONE)
		wants[count++] = (struct want){.column = judge->gauge_count + formula->truth,
					       .needs = ASPECT_SUM,
					       .reader = &formula->truth_reader};
	return count;
}

/* Columns and readers: who reads what. */
void judge_readers_count(struct rh_judge *judge)
{
	const struct rh_plan *plan = judge->plan;
	struct want wants[RH_FORMULA_LEAVES_MAX + 1];
	uint32_t total = 0;

	judge->column_count = judge->gauge_count + judge->own_column_count;
	judge->readers_at = rh_alloc((size_t)judge->column_count + 2, sizeof(uint32_t));
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		uint32_t count = wants_of(judge, i, wants);

		for (uint32_t k = 0; k < count; k++)
			judge->readers_at[wants[k].column + 1]++;
	}
	for (uint32_t column = 0; column <= judge->column_count; column++) {
		total += judge->readers_at[column];
		judge->readers_at[column] = total;
	}
}

static void want_gauges(struct rh_judge *judge)
{
	const struct rh_plan *plan = judge->plan;

	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct formula *formula = judge->formulas[i];

		if (judge_that(judge, i) == NULL && formula == NULL) {
			judge->own_kinds |= plan->assertions[i].type->record_mask;
		}
		if (judge_that(judge, i) != NULL)
			judge->is_wanted[judge_that(judge, i)->gauge] = true;
		for (uint32_t k = 0; formula != NULL && k < formula->bound.leaf_count; k++) {
			if (formula->bound.leaves[k].gauge != RH_NONE)
				judge->is_wanted[formula->bound.leaves[k].gauge] = true;
		}
	}
	/* A type of a plugin may look at any. */
	judge->has_own_gauges = (judge->own_kinds >> RH_RECORD_GAUGE) & 1;
	for (uint32_t gauge = 0; judge->has_own_gauges && gauge < judge->gauge_count; gauge++)
		judge->is_wanted[gauge] = true;
}

/* What must be kept for all of them. */
void judge_needs_find(struct rh_judge *judge)
{
	const struct rh_plan *plan = judge->plan;
	const bool *is_wanted;

	judge->gauge_count = RH_GAUGE_MODEL + (plan->model != NULL ? plan->model->gauge_count : 0);
	judge->is_wanted = rh_alloc(judge->gauge_count, sizeof(bool));
	want_gauges(judge);
	is_wanted = judge->is_wanted;
	judge->is_derived = RH_ARENA_ARRAY(&judge->arena, judge->gauge_count, bool);
	for (uint32_t gauge = 0; gauge < judge->gauge_count; gauge++)
		judge->is_derived[gauge] = judge_derived(gauge) != DERIVED_NONE;
	judge->needs_heads = is_wanted[RH_GAUGE_HEADS];
	for (uint32_t i = 0; i < plan->step_count; i++)
		judge->needs_heads |= plan->steps[i].type->is_fault; /* how it was got over */
	judge->needs_blocks = is_wanted[RH_GAUGE_PROPAGATION_P50] ||
			      is_wanted[RH_GAUGE_PROPAGATION_P90] ||
			      is_wanted[RH_GAUGE_PROPAGATION_P95];
	judge->needs_finals = is_wanted[RH_GAUGE_FINALITY_CONFLICTS];
	for (uint32_t gauge = RH_GAUGE_TX_SUBMITTED; gauge <= RH_GAUGE_INCLUSION_RATIO; gauge++)
		judge->needs_transactions |= is_wanted[gauge];
}

void judge_readers_fill(struct rh_judge *judge)
{
	struct want wants[RH_FORMULA_LEAVES_MAX + 1];
	uint32_t *next = rh_alloc((size_t)judge->column_count + 1, sizeof(*next));

	memcpy(next, judge->readers_at, (size_t)judge->column_count * sizeof(*next));
	for (uint32_t i = 0; i < judge->plan->assertion_count; i++) {
		uint32_t count = wants_of(judge, i, wants);

		for (uint32_t k = 0; k < count; k++) {
			uint32_t number = next[wants[k].column]++;

			RH_ASSERT(number < judge->readers_at[wants[k].column + 1]);
			judge->readers[number] = (struct reader){.assertion = i,
								 .needs = wants[k].needs,
								 .equal_to = wants[k].equal_to};
			if (wants[k].reader != NULL)
				*wants[k].reader = number;
		}
	}
	free(next);
}
