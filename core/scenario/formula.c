/*
 * formula.c - binds the expression of a check to a plan.
 *
 * Two walks.  The first finds the leaves, from the outside in, and resolves their names.  The second
 * evaluates every part of the expression once with made-up values of the right types, so that units
 * that do not go together are found by the code that will meet them, with its words.  Both recurse no
 * deeper than the parser allows (RH_EXPR_DEPTH_MAX).
 */
#include "core/scenario/formula.h"

#include <stdio.h>
#include <string.h>

#include "core/scenario/diag.h"

struct binder {
	struct rh_formula *formula;
	struct rh_expr_fault *fault;
	struct rh_arena *arena;
	const struct rh_plan *plan;
	const struct rh_plan_assertion *assertion;
};

static const struct {
	const char *name;
	enum rh_statistic statistic;
} statistics[] = {
	{"min", RH_STAT_MIN}, {"max", RH_STAT_MAX},	{"sum", RH_STAT_SUM},
	{"avg", RH_STAT_AVG}, {"count", RH_STAT_COUNT}, {"spread", RH_STAT_SPREAD},
	{"any", RH_STAT_ANY}, {"each", RH_STAT_EACH},	{"distinct", RH_STAT_DISTINCT},
	{"p50", RH_STAT_P50}, {"p90", RH_STAT_P90},	{"p95", RH_STAT_P95},
	{"p99", RH_STAT_P99},
};

/* Those of the leaves and of the evaluator, for "did you mean". */
static const char *const functions[] = {
	"min",	      "max",
	"sum",	      "avg",
	"count",      "spread",
	"any",	      "each",
	"p50",	      "p90",
	"p95",	      "p99",
	"abs",	      "round",
	"distinct",   "captured",
	"floor",      "ceil",
	"base",	      "slots",
	"epochs",     "alert",
	"reachable",  "recovery_time",
	"was_raised", "unnoticed_faults",
};

bool rh_formula_is_function(const char *name, size_t len)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(functions); i++) {
		if (strlen(functions[i]) == len && memcmp(functions[i], name, len) == 0)
			return true;
	}
	return false;
}

/* ---- names of a plan ------------------------------------------------------------------------- */

static bool fail(const struct binder *binder, const struct rh_expr *at, const char *code,
		 const char *hint, const char *text, const char *name)
{
	rh_expr_fail(binder->fault, code, at, text, name);
	snprintf(binder->fault->hint, sizeof(binder->fault->hint), "%s", hint);
	return false;
}

static bool fail_gauge(const struct binder *binder, const struct rh_expr *at, const char *name)
{
	const char *names[RH_GAUGE_SHARED_COUNT + 256];
	const struct rh_model *model = binder->plan->model;
	char hint[120] = "`rehearse list gauges` shows them";
	const char *near;
	size_t count = 0;

	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT; i++)
		names[count++] = rh_gauge_info(i)->name;
	for (uint32_t i = 0; model != NULL && i < model->gauge_count && i < 256; i++)
		names[count++] = model->gauges[i].name;
	near = rh_suggest(name, names, count);
	if (near != NULL)
		snprintf(hint, sizeof(hint), "did you mean \"%.60s\"?", near);
	else if (strchr(name, '-') != NULL)
		snprintf(hint, sizeof(hint), "a minus between names needs a space: a - b");
	return fail(binder, at, "E100", hint, "no gauge is called \"%.80s\"", name);
}

/* The name that an argument is: a word or a text. */
static const char *argument_name(const struct rh_expr *expr)
{
	if (expr->op == RH_EXPR_NAME)
		return expr->name;
	return expr->op == RH_EXPR_LITERAL && expr->value.type == RH_EXPR_TEXT ? expr->value.text
									       : NULL;
}

static bool find_gauge(const struct binder *binder, uint32_t *gauge, const struct rh_expr *expr)
{
	const char *name = argument_name(expr);
	int32_t found = name == NULL ? -1 : rh_plan_gauge_find(binder->plan, name);

	if (name == NULL)
		return fail(binder, expr, "E101", "", "a gauge was expected here%s", "");
	if (found < 0)
		return fail_gauge(binder, expr, name);
	*gauge = (uint32_t)found;
	return true;
}

static bool find_step(const struct binder *binder, uint32_t *step, const struct rh_expr *expr)
{
	const char *name = argument_name(expr);

	for (uint32_t i = 0; name != NULL && i < binder->plan->step_count; i++) {
		if (strcmp(binder->plan->steps[i].name, name) == 0) {
			*step = i;
			return true;
		}
	}
	return fail(binder, expr, "E102", "name it with `name:` (or `id:`)",
		    "no step is called \"%.80s\"", name != NULL ? name : "?");
}

static bool find_phase(const struct binder *binder, uint32_t *phase, const struct rh_expr *expr)
{
	const char *name = argument_name(expr);

	for (uint32_t i = 0; name != NULL && i < binder->plan->phase_count; i++) {
		if (strcmp(binder->plan->phases[i].name, name) == 0) {
			*phase = i;
			return true;
		}
	}
	return fail(binder, expr, "E102",
		    "a name with spaces is written in quotes: phase='late fork'",
		    "no phase is called \"%.80s\"", name != NULL ? name : "?");
}

static bool find_node(const struct binder *binder, uint32_t *node, const struct rh_expr *expr)
{
	const char *name = argument_name(expr);

	for (uint32_t i = 0; name != NULL && i < binder->plan->node_count; i++) {
		if (strcmp(binder->plan->nodes[i].name, name) == 0) {
			*node = i;
			return true;
		}
	}
	return fail(binder, expr, "E102", "", "no node is called \"%.80s\"",
		    name != NULL ? name : "?");
}

static bool find_alert(const struct binder *binder, uint32_t *alert, const struct rh_expr *expr)
{
	const char *name = argument_name(expr);

	for (uint32_t i = 0; name != NULL && i < binder->plan->assertion_count; i++) {
		if (binder->plan->assertions[i].role == RH_ROLE_ALERT &&
		    strcmp(binder->plan->assertions[i].name, name) == 0) {
			*alert = i;
			return true;
		}
	}
	return fail(binder, expr, "E102", "alerts stand in spec.monitors.alerts",
		    "no alert is called \"%.80s\"", name != NULL ? name : "?");
}

/* ---- types ----------------------------------------------------------------------------------- */

static bool is_derived(uint32_t gauge)
{
	const struct rh_gauge_info *info = rh_gauge_info(gauge);

	return info != NULL && info->is_derived;
}

struct rh_formula_type rh_formula_gauge_type(const struct rh_plan *plan, uint32_t gauge)
{
	struct rh_formula_type type = {.is_whole = true, .is_of_nodes = !is_derived(gauge)};

	switch (rh_plan_gauge_unit(plan, gauge)) {
	case RH_UNIT_COUNT:
		type.type = RH_EXPR_NUMBER;
		break;
	case RH_UNIT_NS:
		type.type = RH_EXPR_DURATION;
		break;
	case RH_UNIT_PPM:
		type.type = RH_EXPR_NUMBER;
		type.is_whole = false;
		break;
	case RH_UNIT_BYTES:
		type.type = RH_EXPR_SIZE;
		break;
	case RH_UNIT_ID:
		type.type = RH_EXPR_ID;
		break;
	}
	return type;
}

bool rh_formula_gauge_value(struct rh_expr_value *value, enum rh_unit unit, int64_t number)
{
	static const enum rh_expr_type types[] = {
		[RH_UNIT_COUNT] = RH_EXPR_NUMBER, [RH_UNIT_NS] = RH_EXPR_DURATION,
		[RH_UNIT_PPM] = RH_EXPR_NUMBER,	  [RH_UNIT_BYTES] = RH_EXPR_SIZE,
		[RH_UNIT_ID] = RH_EXPR_ID,
	};

	*value = (struct rh_expr_value){.type = types[unit], .number = {number, 1}};
	if (unit == RH_UNIT_ID)
		return true;
	if (number == INT64_MIN)
		return false;
	return unit != RH_UNIT_PPM || rh_rational_make(&value->number, number, 1000000);
}

const struct rh_leaf *rh_formula_leaf(const struct rh_formula *formula, const struct rh_expr *expr)
{
	for (uint32_t i = 0; i < formula->leaf_count; i++) {
		if (formula->leaves[i].expr == expr)
			return &formula->leaves[i];
	}
	return NULL;
}

static bool is_whole_operator(const struct rh_expr *expr)
{
	if (expr->op != RH_EXPR_CALL)
		return expr->op != RH_EXPR_DIV;
	return strcmp(expr->name, "min") == 0 || strcmp(expr->name, "max") == 0 ||
	       strcmp(expr->name, "abs") == 0;
}

/* `type` is filled for leaves and literals only: who needs it asks for the whole expression's. */
struct rh_formula_type rh_formula_type_of(const struct rh_formula *formula,
					  const struct rh_expr *expr)
{
	struct rh_formula_type type = {.type = RH_EXPR_NUMBER, .is_whole = true};
	const struct rh_leaf *leaf = rh_formula_leaf(formula, expr);

	if (leaf != NULL)
		return leaf->type;
	if (expr->op == RH_EXPR_LITERAL) {
		type.type = expr->value.type;
		type.is_whole = expr->value.number.den == 1;
		return type;
	}
	type.is_whole = is_whole_operator(expr);
	for (uint32_t i = 0; i < expr->arg_count; i++) {
		struct rh_formula_type part = rh_formula_type_of(formula, expr->args[i]);

		type.is_whole &= part.is_whole;
		type.is_of_nodes |= part.is_of_nodes;
	}
	if (expr->op == RH_EXPR_CALL &&
	    (strcmp(expr->name, "round") == 0 || strcmp(expr->name, "floor") == 0 ||
	     strcmp(expr->name, "ceil") == 0) &&
	    expr->arg_count == 1)
		type.is_whole = true;
	return type;
}

/* ---- leaves ---------------------------------------------------------------------------------- */

static bool bind(struct binder *binder, const struct rh_expr *expr);

static struct rh_leaf *add_leaf(struct binder *binder, const struct rh_expr *expr,
				enum rh_leaf_kind kind)
{
	struct rh_formula *formula = binder->formula;
	struct rh_leaf *leaf;

	if (formula->leaf_count == RH_FORMULA_LEAVES_MAX) {
		fail(binder, expr, "E103", "", "a check looks at %s things at most", "64");
		return NULL;
	}
	leaf = &formula->leaves[formula->leaf_count++];
	*leaf = (struct rh_leaf){
		.expr = expr, .kind = kind, .gauge = RH_NONE, .step = RH_NONE, .phase = RH_NONE};
	return leaf;
}

/* "base.tps" is base(tps). */
static bool bind_name(struct binder *binder, const struct rh_expr *expr)
{
	bool is_base = strncmp(expr->name, "base.", 5) == 0;
	const char *name = expr->name + (is_base ? 5 : 0);
	int32_t gauge = rh_plan_gauge_find(binder->plan, name);
	struct rh_leaf *leaf;

	if (gauge < 0)
		return fail_gauge(binder, expr, name);
	leaf = add_leaf(binder, expr, is_base ? RH_LEAF_CAPTURED : RH_LEAF_GAUGE);
	if (leaf == NULL)
		return false;
	leaf->gauge = (uint32_t)gauge;
	leaf->type = rh_formula_gauge_type(binder->plan, leaf->gauge);
	leaf->step = binder->assertion->since;
	return true;
}

static bool wants(const struct binder *binder, const struct rh_expr *expr, uint32_t least,
		  uint32_t most, const char *how)
{
	if (expr->arg_count >= least && expr->arg_count <= most)
		return true;
	return fail(binder, expr, "E101", "", "write it as %s", how);
}

static bool bind_captured(struct binder *binder, const struct rh_expr *expr)
{
	bool is_base = strcmp(expr->name, "base") == 0;
	struct rh_leaf *leaf = add_leaf(binder, expr, RH_LEAF_CAPTURED);
	uint32_t at = is_base ? 0 : 1;

	if (leaf == NULL ||
	    !wants(binder, expr, at + 1, at + 1, is_base ? "base(gauge)" : "captured(step, gauge)"))
		return false;
	leaf->step = binder->assertion->since;
	if (!is_base && !find_step(binder, &leaf->step, expr->args[0]))
		return false;
	if (!find_gauge(binder, &leaf->gauge, expr->args[at]))
		return false;
	leaf->type = rh_formula_gauge_type(binder->plan, leaf->gauge);
	return true;
}

/* What comes out of a statistic, by what goes in. */
static bool set_statistic_type(struct binder *binder, struct rh_leaf *leaf)
{
	bool is_truth = leaf->of_inner.type == RH_EXPR_BOOL;
	bool is_id = leaf->of_inner.type == RH_EXPR_ID;

	leaf->type = (struct rh_formula_type){.type = leaf->of_inner.type,
					      .is_whole = leaf->of_inner.is_whole};
	switch (leaf->statistic) {
	case RH_STAT_COUNT:
	case RH_STAT_DISTINCT:
		leaf->type.type = RH_EXPR_NUMBER;
		leaf->type.is_whole = true;
		return true;
	case RH_STAT_ANY:
	case RH_STAT_EACH:
		leaf->type.type = RH_EXPR_BOOL;
		leaf->type.is_whole = true;
		if (!is_truth)
			return fail(binder, leaf->expr, "E101", "write any(peers == 0)",
				    "%s() takes a comparison here", leaf->expr->name);
		return true;
	case RH_STAT_AVG:
		leaf->type.is_whole = false;
		break;
	case RH_STAT_MIN:
	case RH_STAT_MAX:
	case RH_STAT_SUM:
	case RH_STAT_SPREAD:
	case RH_STAT_P50:
	case RH_STAT_P90:
	case RH_STAT_P95:
	case RH_STAT_P99:
		break;
	}
	if (is_truth || is_id)
		return fail(binder, leaf->expr, "E101", "count, any and each do",
			    "%s() takes numbers", leaf->expr->name);
	return true;
}

static bool bind_phase(struct binder *binder, struct rh_leaf *leaf)
{
	const struct rh_expr *expr = leaf->expr;

	leaf->kind = RH_LEAF_PHASE;
	if (expr->arg_count != 2 || expr->arg_names[1] == NULL ||
	    strcmp(expr->arg_names[1], "phase") != 0)
		return fail(binder, expr, "E101", "", "write it as %s(gauge, phase=name)",
			    expr->name);
	if (!find_gauge(binder, &leaf->gauge, expr->args[0]) ||
	    !find_phase(binder, &leaf->phase, expr->args[1]))
		return false;
	leaf->of_inner = rh_formula_gauge_type(binder->plan, leaf->gauge);
	if (leaf->statistic == RH_STAT_ANY || leaf->statistic == RH_STAT_EACH)
		return fail(binder, expr, "E101", "", "%s() takes no phase", expr->name);
	return set_statistic_type(binder, leaf);
}

static enum rh_expr_answer type_of_value(struct binder *binder, enum rh_expr_type *type,
					 const struct rh_expr *expr);

static bool bind_aggregate(struct binder *binder, const struct rh_expr *expr,
			   enum rh_statistic statistic)
{
	struct rh_leaf *leaf = add_leaf(binder, expr, RH_LEAF_AGGREGATE);
	const struct rh_expr *inner = expr->args[0];
	bool is_gauge = inner->op == RH_EXPR_NAME && strncmp(inner->name, "base.", 5) != 0;

	if (leaf == NULL)
		return false;
	leaf->statistic = statistic;
	if (expr->arg_count != 1)
		return bind_phase(binder, leaf);
	if (is_gauge) {
		if (!find_gauge(binder, &leaf->gauge, inner))
			return false;
		leaf->of_inner = rh_formula_gauge_type(binder->plan, leaf->gauge);
		return set_statistic_type(binder, leaf);
	}
	leaf->inner = inner;
	if (!bind(binder, inner) ||
	    type_of_value(binder, &leaf->of_inner.type, inner) == RH_EXPR_FAULT)
		return false;
	leaf->of_inner.is_whole = rh_formula_type_of(binder->formula, inner).is_whole;
	if (!rh_formula_type_of(binder->formula, inner).is_of_nodes)
		return fail(binder, expr, "E101", "", "%s() needs a gauge of nodes in it",
			    expr->name);
	return set_statistic_type(binder, leaf);
}

static bool bind_reachable(struct binder *binder, const struct rh_expr *expr)
{
	struct rh_leaf *leaf = add_leaf(binder, expr, RH_LEAF_REACHABLE);

	if (leaf == NULL || !wants(binder, expr, 2, 2, "reachable(node, node)"))
		return false;
	leaf->type = (struct rh_formula_type){.type = RH_EXPR_BOOL, .is_whole = true};
	return find_node(binder, &leaf->a, expr->args[0]) &&
	       find_node(binder, &leaf->b, expr->args[1]);
}

static bool bind_recovery(struct binder *binder, const struct rh_expr *expr)
{
	struct rh_leaf *leaf = add_leaf(binder, expr, RH_LEAF_RECOVERY);

	if (leaf == NULL || !wants(binder, expr, 0, 1, "recovery_time(fault)"))
		return false;
	leaf->type = (struct rh_formula_type){.type = RH_EXPR_DURATION, .is_whole = true};
	if (expr->arg_count == 0)
		return true;
	if (!find_step(binder, &leaf->step, expr->args[0]))
		return false;
	if (!binder->plan->steps[leaf->step].type->is_fault)
		return fail(binder, expr->args[0], "E102", "", "step \"%.80s\" is not a fault",
			    binder->plan->steps[leaf->step].name);
	return true;
}

static bool bind_unnoticed(struct binder *binder, const struct rh_expr *expr)
{
	struct rh_leaf *leaf = add_leaf(binder, expr, RH_LEAF_UNNOTICED);

	if (leaf == NULL || !wants(binder, expr, 0, 0, "unnoticed_faults()"))
		return false;
	leaf->type = (struct rh_formula_type){.type = RH_EXPR_NUMBER, .is_whole = true};
	return true;
}

static bool bind_alert(struct binder *binder, const struct rh_expr *expr)
{
	bool is_past = strcmp(expr->name, "was_raised") == 0;
	struct rh_leaf *leaf = add_leaf(binder, expr, is_past ? RH_LEAF_WAS_RAISED : RH_LEAF_ALERT);

	if (leaf == NULL || !wants(binder, expr, 1, 1, "alert(name)"))
		return false;
	leaf->type = (struct rh_formula_type){.type = RH_EXPR_BOOL, .is_whole = true};
	return find_alert(binder, &leaf->a, expr->args[0]);
}

static bool is_own(const char *name)
{
	static const char *const own[] = {"abs",   "round",  "floor", "ceil", "min",	 "max",
					  "slots", "epochs", "avg",   "len",  "duration"};

	for (size_t i = 0; i < RH_ARRAY_LEN(own); i++) {
		if (strcmp(own[i], name) == 0)
			return true;
	}
	return false;
}

static bool bind_call(struct binder *binder, const struct rh_expr *expr)
{
	bool has_phase = expr->arg_count == 2 && expr->arg_names[1] != NULL;
	const char *near;
	char hint[120] = "";

	for (size_t i = 0; i < RH_ARRAY_LEN(statistics); i++) {
		bool is_one = expr->arg_count == 1 || has_phase || !is_own(expr->name);

		if (strcmp(statistics[i].name, expr->name) != 0 || !is_one)
			continue;
		if (expr->arg_count == 0)
			return fail(binder, expr, "E101", "", "%s() of what?", expr->name);
		return bind_aggregate(binder, expr, statistics[i].statistic);
	}
	if (strcmp(expr->name, "captured") == 0 || strcmp(expr->name, "base") == 0)
		return bind_captured(binder, expr);
	if (strcmp(expr->name, "reachable") == 0)
		return bind_reachable(binder, expr);
	if (strcmp(expr->name, "unnoticed_faults") == 0)
		return bind_unnoticed(binder, expr);
	if (strcmp(expr->name, "recovery_time") == 0)
		return bind_recovery(binder, expr);
	if (strcmp(expr->name, "alert") == 0 || strcmp(expr->name, "was_raised") == 0)
		return bind_alert(binder, expr);
	if (!is_own(expr->name)) {
		near = rh_suggest(expr->name, functions, RH_ARRAY_LEN(functions));
		if (near != NULL)
			snprintf(hint, sizeof(hint), "did you mean \"%.60s\"?", near);
		return fail(binder, expr, "E063", hint, "no function is called \"%.80s\" here",
			    expr->name);
	}
	for (uint32_t i = 0; i < expr->arg_count; i++) {
		if (!bind(binder, expr->args[i]))
			return false;
	}
	return true;
}

static bool bind(struct binder *binder, const struct rh_expr *expr)
{
	if (expr->op == RH_EXPR_NAME)
		return bind_name(binder, expr);
	if (expr->op == RH_EXPR_CALL)
		return bind_call(binder, expr);
	for (uint32_t i = 0; i < expr->arg_count; i++) {
		if (!bind(binder, expr->args[i]))
			return false;
	}
	return true;
}

/* ---- units ----------------------------------------------------------------------------------- */

/* A value of the leaf's type; unlike those of its neighbours, so that few differences are 0. */
static enum rh_expr_answer made_up(void *ctx, struct rh_expr_value *out,
				   struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	const struct binder *binder = ctx;
	const struct rh_leaf *leaf = rh_formula_leaf(binder->formula, expr);

	(void)fault;
	if (leaf == NULL)
		return RH_EXPR_NOT_MINE;
	*out = (struct rh_expr_value){.type = leaf->type.type, .number = {1, 1}};
	if (leaf->type.type != RH_EXPR_BOOL)
		out->number.num = 7 + 4 * (leaf - binder->formula->leaves);
	return RH_EXPR_OK;
}

static enum rh_expr_answer type_of_value(struct binder *binder, enum rh_expr_type *type,
					 const struct rh_expr *expr)
{
	struct rh_expr_scope scope = {.arena = binder->arena,
				      .slots = {.slot_ns = binder->plan->slot_ns,
						.slots_per_epoch = binder->plan->slots_per_epoch},
				      .name = made_up,
				      .call = made_up,
				      .ctx = binder};
	struct rh_expr_value value;
	enum rh_expr_answer answer = rh_expr_eval(&value, binder->fault, expr, &scope);

	/* What these values divide or overflow by, others need not. */
	if (answer == RH_EXPR_FAULT && strcmp(binder->fault->code, "E065") == 0)
		answer = RH_EXPR_UNKNOWN;
	*type = answer == RH_EXPR_OK ? value.type : RH_EXPR_NUMBER;
	return answer;
}

/* Each part by itself: logic and choices do not evaluate all of theirs. */
static bool units_fit(struct binder *binder, const struct rh_expr *expr)
{
	enum rh_expr_type type;

	if (rh_formula_leaf(binder->formula, expr) != NULL || expr->op == RH_EXPR_LITERAL)
		return true;
	for (uint32_t i = 0; i < expr->arg_count; i++) {
		if (!units_fit(binder, expr->args[i]))
			return false;
	}
	if (type_of_value(binder, &type, expr) == RH_EXPR_FAULT)
		return false;
	return true;
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool is_comparison(enum rh_expr_op op)
{
	return op == RH_EXPR_EQ || op == RH_EXPR_NE || op == RH_EXPR_LT || op == RH_EXPR_LE ||
	       op == RH_EXPR_GT || op == RH_EXPR_GE;
}

static bool is_percent(const struct rh_formula *formula, const struct rh_plan *plan,
		       const struct rh_expr *right)
{
	for (uint32_t i = 0; i < formula->leaf_count; i++) {
		if (formula->leaves[i].gauge != RH_NONE &&
		    rh_plan_gauge_unit(plan, formula->leaves[i].gauge) == RH_UNIT_PPM)
			return true;
	}
	return right->op == RH_EXPR_LITERAL && right->value.type == RH_EXPR_NUMBER &&
	       right->value.number.num > 0 && right->value.number.num < right->value.number.den;
}

static bool find_left(struct binder *binder)
{
	struct rh_formula *formula = binder->formula;
	const struct rh_expr *expr = formula->expr;

	if (!is_comparison(expr->op))
		return true;
	formula->left = expr->args[0];
	formula->left_type = rh_formula_type_of(formula, formula->left);
	formula->is_share = is_percent(formula, binder->plan, expr->args[1]);
	return type_of_value(binder, &formula->left_type.type, formula->left) != RH_EXPR_FAULT;
}

bool rh_formula_bind(struct rh_formula *formula, struct rh_expr_fault *fault,
		     struct rh_arena *arena, const struct rh_plan *plan,
		     const struct rh_plan_assertion *assertion, const char *text)
{
	struct binder binder = {formula, fault, arena, plan, assertion};
	struct rh_slots slots = {.slot_ns = plan->slot_ns,
				 .slots_per_epoch = plan->slots_per_epoch};
	enum rh_expr_answer answer;

	*formula = (struct rh_formula){0};
	formula->expr = rh_expr_parse(arena, fault, text, strlen(text), slots);
	if (formula->expr == NULL)
		return false;
	formula->leaves = RH_ARENA_ARRAY(arena, RH_FORMULA_LEAVES_MAX, struct rh_leaf);
	if (!bind(&binder, formula->expr) || !units_fit(&binder, formula->expr))
		return false;
	formula->type = rh_formula_type_of(formula, formula->expr);
	answer = type_of_value(&binder, &formula->type.type, formula->expr);
	if (answer == RH_EXPR_FAULT)
		return false;
	if (answer == RH_EXPR_UNKNOWN)
		formula->type.type = RH_EXPR_BOOL;
	return find_left(&binder);
}

/* ---- what it was before ---------------------------------------------------------------------- */

static const struct rh_expr *with_base(struct rh_arena *arena, const struct rh_plan *plan,
				       const struct rh_expr *expr)
{
	struct rh_expr *copy;
	bool is_gauge = expr->op == RH_EXPR_NAME && rh_plan_gauge_find(plan, expr->name) >= 0;
	bool is_past = expr->op == RH_EXPR_CALL &&
		       (strcmp(expr->name, "captured") == 0 || strcmp(expr->name, "base") == 0 ||
			(expr->arg_count == 2 && expr->arg_names[1] != NULL));

	if (is_past || (!is_gauge && expr->arg_count == 0))
		return expr;
	copy = RH_ARENA_NEW(arena, struct rh_expr);
	*copy = *expr;
	copy->args = RH_ARENA_ARRAY(arena, (size_t)expr->arg_count + 1, const struct rh_expr *);
	if (is_gauge) {
		copy->op = RH_EXPR_CALL;
		copy->name = "base";
		copy->args[0] = expr;
		copy->arg_names = RH_ARENA_ARRAY(arena, 1, const char *);
		copy->arg_count = 1;
		return copy;
	}
	for (uint32_t i = 0; i < expr->arg_count; i++)
		copy->args[i] = with_base(arena, plan, expr->args[i]);
	return copy;
}

void rh_formula_print_base(struct rh_arena *arena, const struct rh_plan *plan,
			   const struct rh_expr *expr, struct rh_buf *out)
{
	rh_expr_print(with_base(arena, plan, expr), out);
}
