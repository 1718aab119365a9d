/*
 * formula.c - expressions in the judge: bound once, and asked again only where something moved.
 *
 * A part of an expression that has a value for each node is a column of its own, as if it were a
 * gauge: when a node's gauge changes, the columns that read it are evaluated for that node, and the
 * statistics over them are kept up to date like those over any gauge (aggregate.c).  An expression
 * that is asked of each node is such a column of 0 and 1.  What is left, the outside of the
 * expression, is evaluated when its assertion is looked at.
 *
 * A column that also looks at the whole network (height >= max(height) - 2) is made again for all
 * nodes at each look: right, and slow with very many nodes.
 */
#include <stdio.h>
#include <string.h>

#include "core/judge/state.h"

#define MILLION 1000000

/* ---- binding --------------------------------------------------------------------------------- */

static void *grown(void *list, uint32_t count, size_t size)
{
	/* Doubles at powers of two. */
	if ((count & (count - 1)) == 0)
		list = rh_realloc(list, (count == 0 ? 1 : (size_t)count * 2) * size);
	return list;
}

static uint32_t add_column(struct rh_judge *judge, uint32_t assertion, const struct rh_expr *expr,
			   struct rh_formula_type type)
{
	struct own_column *own;

	judge->own_columns = grown(judge->own_columns, judge->own_column_count, sizeof(*own));
	own = &judge->own_columns[judge->own_column_count];
	*own = (struct own_column){.expr = expr,
				   .assertion = assertion,
				   .is_truth = type.type == RH_EXPR_BOOL,
				   .is_scaled = !type.is_whole};
	return judge->own_column_count++;
}

/* The expression `part` contains `wanted`. */
static bool contains(const struct rh_expr *part, const struct rh_expr *wanted)
{
	if (part == wanted)
		return true;
	for (uint32_t i = 0; i < part->arg_count; i++) {
		if (contains(part->args[i], wanted))
			return true;
	}
	return false;
}

/* Whether some leaf inside of `expr` is one value of the whole network. */
static bool is_mixed(const struct rh_judge *judge, const struct rh_formula *bound,
		     const struct rh_expr *expr)
{
	for (uint32_t i = 0; i < bound->leaf_count; i++) {
		const struct rh_leaf *leaf = &bound->leaves[i];
		bool is_derived = leaf->gauge != RH_NONE &&
				  !rh_formula_gauge_type(judge->plan, leaf->gauge).is_of_nodes;

		if (((leaf->kind != RH_LEAF_GAUGE && leaf->kind != RH_LEAF_CAPTURED) ||
		     is_derived) &&
		    contains(expr, leaf->expr))
			return true;
	}
	return false;
}

static uint32_t add_capture(struct rh_judge *judge, struct capture wanted)
{
	for (uint32_t i = 0; i < judge->capture_count; i++) {
		if (memcmp(&judge->captures[i], &wanted, sizeof(wanted)) == 0)
			return i;
	}
	judge->captures = grown(judge->captures, judge->capture_count, sizeof(wanted));
	judge->captures[judge->capture_count] = wanted;
	return judge->capture_count++;
}

static uint32_t add_stretch(struct rh_judge *judge, struct stretch wanted)
{
	judge->stretches = grown(judge->stretches, judge->stretch_count, sizeof(wanted));
	judge->stretches[judge->stretch_count] = wanted;
	return judge->stretch_count++;
}

static void bind_leaf(struct rh_judge *judge, uint32_t assertion, uint32_t number)
{
	struct formula *formula = judge->formulas[assertion];
	const struct rh_leaf *leaf = &formula->bound.leaves[number];
	struct capture capture = {leaf->gauge, leaf->step,
				  leaf->step == RH_NONE ? assertion : RH_NONE};

	switch (leaf->kind) {
	case RH_LEAF_GAUGE:
		break;
	case RH_LEAF_CAPTURED:
		formula->leaf_things[number] = add_capture(judge, capture);
		break;
	case RH_LEAF_AGGREGATE:
		if (leaf->inner != NULL)
			formula->leaf_things[number] =
				add_column(judge, assertion, leaf->inner, leaf->of_inner);
		break;
	case RH_LEAF_PHASE:
		formula->leaf_things[number] =
			add_stretch(judge, (struct stretch){leaf->gauge, leaf->phase, assertion,
							    leaf->statistic});
		formula->is_timed = true;
		break;
	case RH_LEAF_RECOVERY:
	case RH_LEAF_UNNOTICED:
		formula->is_timed = true;
		judge->has_leaves_of_network = true;
		break;
	case RH_LEAF_REACHABLE:
	case RH_LEAF_ALERT:
	case RH_LEAF_WAS_RAISED:
		judge->has_leaves_of_network = true;
		break;
	}
}

/* Most are one gauge and one number: what is kept for those costs least. */
static bool is_simple(struct rh_judge *judge, uint32_t assertion, const char *text)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct rh_that *that = RH_ARENA_NEW(&judge->arena, struct rh_that);
	struct rh_err err = {0};
	size_t offset, len;

	if (judge->plan->model == NULL ||
	    rh_that_parse(that, &offset, &len, judge->plan, text, &err) != 0)
		return false;
	if (that->aggregate == RH_AGG_EACH && plan->quorum == RH_QUORUM_ANY)
		that->aggregate = RH_AGG_ANY;
	else if (that->aggregate == RH_AGG_EACH && plan->quorum != RH_QUORUM_ALL)
		return false;
	judge->thats[assertion] = that;
	return true;
}

static void bind_one(struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct formula *formula;
	struct rh_expr_fault fault;
	struct rh_buf text = {0};

	plan->type->formula(plan->params, judge->plan, plan, &text);
	if (is_simple(judge, assertion, rh_buf_str(&text))) {
		rh_buf_release(&text);
		return;
	}
	formula = RH_ARENA_NEW(&judge->arena, struct formula);
	judge->formulas[assertion] = formula;
	/* The loader bound it too, and a stored plan was asked by rh_judge_check(). */
	if (!rh_formula_bind(&formula->bound, &fault, &judge->arena, judge->plan, plan,
			     rh_buf_str(&text)))
		rh_fatal("check %s: %s: %s", plan->name, rh_buf_str(&text), fault.text);
	rh_buf_release(&text);
	formula->leaf_readers =
		RH_ARENA_ARRAY(&judge->arena, (size_t)formula->bound.leaf_count + 1, uint32_t);
	formula->leaf_things =
		RH_ARENA_ARRAY(&judge->arena, (size_t)formula->bound.leaf_count + 1, uint32_t);
	formula->first_column = judge->own_column_count;
	formula->truth = RH_NONE;
	for (uint32_t i = 0; i < formula->bound.leaf_count; i++)
		bind_leaf(judge, assertion, i);
	if (formula->bound.type.is_of_nodes)
		formula->truth =
			add_column(judge, assertion, formula->bound.expr, formula->bound.type);
	formula->column_count = judge->own_column_count - formula->first_column;
	formula->is_mixed = false;
	for (uint32_t i = 0; i < formula->column_count; i++) {
		struct own_column *own = &judge->own_columns[formula->first_column + i];

		own->is_mixed = is_mixed(judge, &formula->bound, own->expr);
		formula->is_mixed |= own->is_mixed;
	}
}

static bool is_readable(struct rh_arena *arena, struct rh_expr_fault *fault,
			const struct rh_plan *plan, const struct rh_plan_assertion *assertion)
{
	struct rh_formula formula;
	struct rh_buf text = {0};
	struct rh_err err = {0};
	struct rh_that that;
	size_t offset, len;
	bool is_good;

	assertion->type->formula(assertion->params, plan, assertion, &text);
	is_good = (plan->model != NULL &&
		   rh_that_parse(&that, &offset, &len, plan, rh_buf_str(&text), &err) == 0) ||
		  rh_formula_bind(&formula, fault, arena, plan, assertion, rh_buf_str(&text));
	rh_buf_release(&text);
	return is_good;
}

int rh_judge_check(const struct rh_plan *plan, struct rh_err *err)
{
	struct rh_expr_fault fault = {0};
	struct rh_arena arena;
	int rc = 0;

	rh_arena_init(&arena);
	for (uint32_t i = 0; i < plan->assertion_count && rc == 0; i++) {
		const struct rh_plan_assertion *assertion = &plan->assertions[i];

		if (assertion->type->formula != NULL &&
		    !is_readable(&arena, &fault, plan, assertion))
			rc = rh_err_set(err, RH_E_CORRUPT, "check \"%.80s\": %s", assertion->name,
					fault.text);
	}
	rh_arena_release(&arena);
	return rc;
}

void judge_formulas_bind(struct rh_judge *judge)
{
	const struct rh_plan *plan = judge->plan;

	rh_arena_init(&judge->arena);
	rh_arena_init(&judge->asking);
	judge->formulas =
		RH_ARENA_ARRAY(&judge->arena, (size_t)plan->assertion_count + 1, struct formula *);
	judge->thats = RH_ARENA_ARRAY(&judge->arena, (size_t)plan->assertion_count + 1,
				      const struct rh_that *);
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (plan->assertions[i].type == &judge_gauge_type)
			judge->thats[i] = plan->assertions[i].params;
		else if (plan->assertions[i].type->formula != NULL)
			bind_one(judge, i);
	}
}

/* ---- which columns follow which gauge -------------------------------------------------------- */

static bool own_reads(const struct rh_judge *judge, const struct own_column *own, uint32_t gauge)
{
	const struct rh_formula *bound = &judge->formulas[own->assertion]->bound;

	for (uint32_t i = 0; i < bound->leaf_count; i++) {
		const struct rh_leaf *leaf = &bound->leaves[i];

		if (leaf->gauge == gauge &&
		    (leaf->kind == RH_LEAF_GAUGE || leaf->kind == RH_LEAF_CAPTURED) &&
		    contains(own->expr, leaf->expr))
			return true;
	}
	return false;
}

void judge_formulas_open(struct rh_judge *judge)
{
	uint32_t count = 0;
	uint32_t room = judge->own_column_count * RH_FORMULA_LEAVES_MAX;

	judge->own_at = RH_ARENA_ARRAY(&judge->arena, (size_t)judge->gauge_count + 1, uint32_t);
	judge->own_of = RH_ARENA_ARRAY(&judge->arena, (size_t)room + 1, uint32_t);
	for (uint32_t gauge = 0; gauge < judge->gauge_count; gauge++) {
		judge->own_at[gauge] = count;
		for (uint32_t i = 0; i < judge->own_column_count; i++) {
			if (own_reads(judge, &judge->own_columns[i], gauge))
				judge->own_of[count++] = i;
		}
	}
	judge->own_at[judge->gauge_count] = count;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Of what an expression is asked. */
struct asked {
	const struct rh_judge *judge;
	uint32_t assertion;
	uint32_t node; /* RH_NODE_WORLD: nobody */
};

static enum rh_expr_answer gauge_value(const struct asked *asked, struct rh_expr_value *out,
				       uint32_t gauge)
{
	const struct rh_judge *judge = asked->judge;
	enum derived derived = judge_derived(gauge);
	int64_t number;

	if (derived != DERIVED_NONE) {
		if (!((judge->core->derived_known >> derived) & 1))
			return RH_EXPR_UNKNOWN;
		number = judge->core->derived[derived];
	} else if (asked->node == RH_NODE_WORLD ||
		   !judge_column_get(judge, asked->node, gauge, &number)) {
		return RH_EXPR_UNKNOWN;
	}
	return rh_formula_gauge_value(out, rh_plan_gauge_unit(judge->plan, gauge), number)
		       ? RH_EXPR_OK
		       : RH_EXPR_UNKNOWN;
}

static enum rh_expr_answer captured_value(const struct asked *asked, struct rh_expr_value *out,
					  const struct rh_leaf *leaf, uint32_t capture)
{
	int64_t number;

	if (!judge_captured(asked->judge, capture, asked->node, &number))
		return RH_EXPR_UNKNOWN;
	return rh_formula_gauge_value(out, rh_plan_gauge_unit(asked->judge->plan, leaf->gauge),
				      number)
		       ? RH_EXPR_OK
		       : RH_EXPR_UNKNOWN;
}

/* What comes out of a statistic has the unit of what went in, but for counts. */
static bool set_number(struct rh_expr_value *out, const struct rh_leaf *leaf,
		       struct rh_rational number, bool is_in_millionths)
{
	bool is_count = leaf->statistic == RH_STAT_COUNT || leaf->statistic == RH_STAT_DISTINCT;

	*out = (struct rh_expr_value){.type = leaf->type.type, .number = number};
	if (!is_in_millionths || is_count)
		return true;
	return rh_rational_div(&out->number, number, (struct rh_rational){MILLION, 1});
}

static enum rh_expr_answer aggregate_value(const struct asked *asked, struct rh_expr_value *out,
					   const struct rh_leaf *leaf, uint32_t number)
{
	const struct rh_judge *judge = asked->judge;
	const struct formula *formula = judge->formulas[asked->assertion];
	bool is_truth = leaf->of_inner.type == RH_EXPR_BOOL;
	struct rh_rational rational;
	bool is_scaled;

	/* One value of the whole network stays as it is. */
	if (leaf->inner == NULL && judge_derived(leaf->gauge) != DERIVED_NONE)
		return gauge_value(asked, out, leaf->gauge);
	if (!judge_aggregate_number(&rational, judge,
				    judge_aggregate_of_reader(judge, formula->leaf_readers[number]),
				    leaf->statistic, is_truth))
		return RH_EXPR_UNKNOWN;
	is_scaled = leaf->inner != NULL
			    ? judge->own_columns[formula->leaf_things[number]].is_scaled
			    : rh_plan_gauge_unit(judge->plan, leaf->gauge) == RH_UNIT_PPM;
	return set_number(out, leaf, rational, is_scaled) ? RH_EXPR_OK : RH_EXPR_UNKNOWN;
}

static enum rh_expr_answer phase_value(const struct asked *asked, struct rh_expr_value *out,
				       const struct rh_leaf *leaf, uint32_t stretch)
{
	struct rh_rational number;

	if (!judge_stretch_number(&number, asked->judge, stretch))
		return RH_EXPR_UNKNOWN;
	return set_number(out, leaf, number,
			  rh_plan_gauge_unit(asked->judge->plan, leaf->gauge) == RH_UNIT_PPM)
		       ? RH_EXPR_OK
		       : RH_EXPR_UNKNOWN;
}

static enum rh_expr_answer set_truth(struct rh_expr_value *out, bool is_true)
{
	*out = (struct rh_expr_value){.type = RH_EXPR_BOOL, .number = {is_true, 1}};
	return RH_EXPR_OK;
}

static enum rh_expr_answer recovery_value(const struct asked *asked, struct rh_expr_value *out,
					  const struct rh_leaf *leaf)
{
	int64_t span_ns;

	if (!judge_recovery_time(asked->judge, leaf->step,
				 asked->judge->seats[asked->assertion].is_closing != 0, &span_ns))
		return RH_EXPR_UNKNOWN;
	*out = (struct rh_expr_value){.type = RH_EXPR_DURATION, .number = {span_ns, 1}};
	return RH_EXPR_OK;
}

static enum rh_expr_answer leaf_value(void *ctx, struct rh_expr_value *out,
				      struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	const struct asked *asked = ctx;
	const struct formula *formula = asked->judge->formulas[asked->assertion];
	const struct rh_leaf *leaf = rh_formula_leaf(&formula->bound, expr);
	uint32_t number;

	(void)fault;
	if (leaf == NULL)
		return RH_EXPR_NOT_MINE;
	number = (uint32_t)(leaf - formula->bound.leaves);
	switch (leaf->kind) {
	case RH_LEAF_GAUGE:
		return gauge_value(asked, out, leaf->gauge);
	case RH_LEAF_CAPTURED:
		return captured_value(asked, out, leaf, formula->leaf_things[number]);
	case RH_LEAF_AGGREGATE:
		return aggregate_value(asked, out, leaf, number);
	case RH_LEAF_PHASE:
		return phase_value(asked, out, leaf, formula->leaf_things[number]);
	case RH_LEAF_REACHABLE:
		return set_truth(out, judge_is_reachable(asked->judge, leaf->a, leaf->b));
	case RH_LEAF_RECOVERY:
		return recovery_value(asked, out, leaf);
	case RH_LEAF_UNNOTICED:
		*out = (struct rh_expr_value){.type = RH_EXPR_NUMBER,
					      .number = {judge_unnoticed(asked->judge), 1}};
		return asked->judge->seats[asked->assertion].is_closing ? RH_EXPR_OK
									: RH_EXPR_UNKNOWN;
	case RH_LEAF_ALERT:
		return set_truth(out, asked->judge->seats[leaf->a].is_raised != 0);
	case RH_LEAF_WAS_RAISED:
		return asked->judge->seats[leaf->a].was_raised ? set_truth(out, true)
							       : RH_EXPR_UNKNOWN;
	}
	return RH_EXPR_UNKNOWN;
}

/* What divides by zero or does not fit has no value. */
static bool evaluate(const struct rh_judge *judge, uint32_t assertion, uint32_t node,
		     const struct rh_expr *expr, struct rh_expr_value *out)
{
	struct asked asked = {judge, assertion, node};
	/* Nothing that is evaluated outlives the call. */
	struct rh_arena *asking = (struct rh_arena *)(uintptr_t)&judge->asking;
	struct rh_expr_scope scope = {.arena = asking,
				      .slots = {.slot_ns = judge->plan->slot_ns,
						.slots_per_epoch = judge->plan->slots_per_epoch},
				      .name = leaf_value,
				      .call = leaf_value,
				      .ctx = &asked};
	struct rh_expr_fault fault;
	bool is_known = rh_expr_eval(out, &fault, expr, &scope) == RH_EXPR_OK;

	if (asking->used_bytes > 0)
		rh_arena_reset(asking);
	return is_known;
}

/* Rounded down; false when it does not fit. */
static bool whole(struct rh_rational number, bool is_scaled, int64_t *value)
{
	if (is_scaled && !rh_rational_mul(&number, number, (struct rh_rational){MILLION, 1}))
		return false;
	*value = number.num / number.den - (number.num % number.den < 0);
	return true;
}

/* ---- own columns ----------------------------------------------------------------------------- */

static void make_value(struct rh_judge *judge, uint32_t number, uint32_t node,
		       const struct kept *cause)
{
	const struct own_column *own = &judge->own_columns[number];
	struct rh_expr_value result;
	int64_t value;
	bool is_known = evaluate(judge, own->assertion, node, own->expr, &result) &&
			whole(result.number, own->is_scaled, &value);

	judge_column_set(judge, node, judge->gauge_count + number, is_known ? &value : NULL, cause);
}

void judge_own_columns_follow(struct rh_judge *judge, uint32_t node, uint32_t gauge,
			      const struct kept *cause)
{
	for (uint32_t i = judge->own_at[gauge]; i < judge->own_at[gauge + 1]; i++) {
		uint32_t assertion = judge->own_columns[judge->own_of[i]].assertion;

		if (judge->seats[assertion].state == RH_RESULT_OPEN &&
		    judge_position(judge, assertion, node) != RH_NONE)
			make_value(judge, judge->own_of[i], node, cause);
	}
}

void judge_formula_refresh(struct rh_judge *judge, uint32_t assertion, bool is_for_all)
{
	const struct formula *formula = judge->formulas[assertion];
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	struct seat *seat = &judge->seats[assertion];
	uint32_t was_dirty = seat->is_dirty;

	if (formula == NULL || seat->state != RH_RESULT_OPEN || (!formula->is_mixed && !is_for_all))
		return;
	/* It is being looked at already. */
	seat->is_dirty = true;
	for (uint32_t i = 0; i < formula->column_count; i++) {
		uint32_t number = formula->first_column + i;

		if (!is_for_all && !judge->own_columns[number].is_mixed)
			continue;
		for (uint32_t k = 0; k < plan->node_count; k++)
			make_value(judge, number, plan->nodes[k], NULL);
	}
	seat->is_dirty = was_dirty;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static bool is_quorum(const struct rh_plan_assertion *plan, const struct aggregate *aggregate)
{
	uint64_t count = (uint64_t)aggregate->sum;

	switch (plan->quorum) {
	case RH_QUORUM_ALL:
		return count == aggregate->known;
	case RH_QUORUM_ANY:
		return count > 0;
	case RH_QUORUM_MAJORITY:
		return 2 * count > plan->node_count;
	case RH_QUORUM_COUNT:
		return count >= plan->quorum_count;
	}
	return false;
}

/* The left side of the comparison, as a number for people. */
static void left_value(const struct rh_judge *judge, uint32_t assertion, uint32_t node,
		       int64_t *value)
{
	const struct rh_formula *bound = &judge->formulas[assertion]->bound;
	struct rh_expr_value left;

	if (bound->left != NULL && evaluate(judge, assertion, node, bound->left, &left))
		whole(left.number, left.type == RH_EXPR_NUMBER && !bound->left_type.is_whole,
		      value);
}

enum rh_truth judge_formula_truth(const struct rh_judge *judge, uint32_t assertion, int64_t *value)
{
	const struct formula *formula = judge->formulas[assertion];
	struct rh_expr_value result;

	if (formula->truth != RH_NONE) {
		const struct aggregate *aggregate =
			judge_aggregate_of_reader(judge, formula->truth_reader);

		*value = (int64_t)aggregate->sum;
		if (aggregate->known == 0)
			return RH_TRUTH_UNKNOWN;
		return is_quorum(&judge->plan->assertions[assertion], aggregate) ? RH_TRUTH_TRUE
										 : RH_TRUTH_FALSE;
	}
	if (!evaluate(judge, assertion, RH_NODE_WORLD, formula->bound.expr, &result))
		return RH_TRUTH_UNKNOWN;
	*value = result.number.num != 0;
	left_value(judge, assertion, RH_NODE_WORLD, value);
	return result.number.num != 0 ? RH_TRUTH_TRUE : RH_TRUTH_FALSE;
}

uint32_t judge_formula_blame(const struct rh_judge *judge, uint32_t assertion, int64_t *value)
{
	const struct formula *formula = judge->formulas[assertion];
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];

	if (formula->truth == RH_NONE)
		return RH_NODE_WORLD;
	for (uint32_t i = 0; i < plan->node_count; i++) {
		int64_t is_true;

		if (!judge_column_get(judge, plan->nodes[i], judge->gauge_count + formula->truth,
				      &is_true) ||
		    is_true)
			continue;
		*value = 0;
		left_value(judge, assertion, plan->nodes[i], value);
		return plan->nodes[i];
	}
	return RH_NODE_WORLD;
}

bool judge_is_timed(const struct rh_judge *judge, uint32_t assertion)
{
	return judge->formulas[assertion] != NULL && judge->formulas[assertion]->is_timed;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Whether anything in the network has a value for the leaf; for messages only. */
static bool is_anywhere(const struct rh_judge *judge, uint32_t assertion, uint32_t number)
{
	const struct rh_plan_assertion *plan = &judge->plan->assertions[assertion];
	const struct rh_leaf *leaf = &judge->formulas[assertion]->bound.leaves[number];
	struct rh_expr_value value;

	if (!leaf->type.is_of_nodes)
		return evaluate(judge, assertion, RH_NODE_WORLD, leaf->expr, &value);
	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (evaluate(judge, assertion, plan->nodes[i], leaf->expr, &value))
			return true;
	}
	return false;
}

static void say_missing(const struct rh_judge *judge, const struct rh_leaf *leaf, char *text,
			size_t size)
{
	char gauge[64] = "a value";

	if (leaf->gauge != RH_NONE)
		rh_plan_gauge_name(gauge, judge->plan, leaf->gauge);
	switch (leaf->kind) {
	case RH_LEAF_CAPTURED:
		snprintf(text, size, "nothing was captured of %s", gauge);
		return;
	case RH_LEAF_PHASE:
		snprintf(text, size, "no node said %s in phase %.80s", gauge,
			 judge->plan->phases[leaf->phase].name);
		return;
	case RH_LEAF_RECOVERY:
		snprintf(text, size, "the fault was never cleared");
		return;
	case RH_LEAF_WAS_RAISED:
		snprintf(text, size, "alert %.80s was never raised",
			 judge->plan->assertions[leaf->a].name);
		return;
	case RH_LEAF_GAUGE:
	case RH_LEAF_AGGREGATE:
	case RH_LEAF_REACHABLE:
	case RH_LEAF_ALERT:
	case RH_LEAF_UNNOTICED:
		break;
	}
	if (leaf->gauge != RH_NONE && judge_derived(leaf->gauge) != DERIVED_NONE)
		snprintf(text, size, "there was no %s to tell", gauge);
	else
		snprintf(text, size, "no node said %s", gauge);
}

const char *judge_what_is_missing(const struct rh_judge *judge, uint32_t assertion)
{
	char *text = judge->scratch->text;
	const struct formula *formula = judge->formulas[assertion];

	snprintf(text, sizeof(judge->scratch->text), "there was nothing to judge by");
	for (uint32_t i = 0; formula != NULL && i < formula->bound.leaf_count; i++) {
		const struct rh_leaf *leaf = &formula->bound.leaves[i];

		/* What stands inside says it better. */
		if (leaf->inner != NULL || is_anywhere(judge, assertion, i))
			continue;
		say_missing(judge, leaf, text, sizeof(judge->scratch->text));
		break;
	}
	return text;
}

void judge_mark_leaves(struct rh_judge *judge, enum rh_leaf_kind kind, const struct kept *cause)
{
	for (uint32_t i = 0; judge->has_leaves_of_network && i < judge->plan->assertion_count;
	     i++) {
		const struct formula *formula = judge->formulas[i];
		bool has_it = false;

		for (uint32_t k = 0; formula != NULL && k < formula->bound.leaf_count; k++)
			has_it |= formula->bound.leaves[k].kind == kind;
		if (has_it)
			judge_mark(judge, i, cause);
	}
}
