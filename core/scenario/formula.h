/*
 * formula.h - the expression of a check, bound to a plan: what its names and functions mean.
 *
 *	max(head_height) - min(finalized_height) <= 20 && count(up == 1) >= 3
 *	avg(tps, phase=baseline) >= 15
 *	finalized_epoch - captured(healed, finalized_epoch) >= 1
 *
 * The parser and the arithmetic are those of expr.h.  What is added here are the leaves:
 *
 *	a gauge                    of the node that is asked about; of the network for those that the
 *	                           judge derives
 *	captured(step, gauge)      the same as it was when a capture step was done
 *	base(gauge), base.gauge    ... at the assertion's `since`, or when its window opened
 *	min max sum avg spread distinct p50 p90 p95 p99 (x)     over the assertion's nodes that have a value
 *	count(x)                   of them those for which x is true, or not 0
 *	any(x), each(x)            whether x is true for one, for all of them
 *	the same (gauge, phase=p)  over the values that held in a phase
 *	reachable(a, b)            there is a way of links that no fault cuts, over nodes that are up
 *	recovery_time(fault)       from its end until the network was well again; without a fault, the
 *	                           longest of all
 *	alert(name), was_raised(name)
 *	unnoticed_faults()         how many began and were over, or the run was, without an alert
 *
 * An expression with a gauge outside such functions is one of each node: it is asked for every node
 * of the assertion, and the quorum says how many must agree.  The loader binds it to find mistakes,
 * the judge binds it again to evaluate it; both see the same.
 */
#ifndef CORE_SCENARIO_FORMULA_H
#define CORE_SCENARIO_FORMULA_H

#include "core/plan.h"
#include "core/scenario/expr.h"

#define RH_FORMULA_LEAVES_MAX 64

enum rh_leaf_kind {
	RH_LEAF_GAUGE,
	RH_LEAF_CAPTURED,
	RH_LEAF_AGGREGATE,
	RH_LEAF_PHASE,
	RH_LEAF_REACHABLE,
	RH_LEAF_RECOVERY,
	RH_LEAF_ALERT,
	RH_LEAF_WAS_RAISED,
	RH_LEAF_UNNOTICED
};

enum rh_statistic {
	RH_STAT_MIN,
	RH_STAT_MAX,
	RH_STAT_SUM,
	RH_STAT_AVG,
	RH_STAT_COUNT,
	RH_STAT_SPREAD,
	RH_STAT_DISTINCT,
	RH_STAT_ANY,
	RH_STAT_EACH,
	RH_STAT_P50,
	RH_STAT_P90,
	RH_STAT_P95,
	RH_STAT_P99
};

/* What values an expression has. */
struct rh_formula_type {
	enum rh_expr_type type;
	bool is_whole;	  /* never a fraction */
	bool is_of_nodes; /* one for each node */
};

struct rh_leaf {
	const struct rh_expr *expr;
	enum rh_leaf_kind kind;
	enum rh_statistic statistic;	 /* AGGREGATE, PHASE */
	uint32_t gauge;			 /* or RH_NONE: an aggregate of `inner` */
	const struct rh_expr *inner;	 /* AGGREGATE over an expression */
	struct rh_formula_type of_inner; /* AGGREGATE, PHASE: of what goes in */
	uint32_t step;			 /* CAPTURED (RH_NONE: at the opening), RECOVERY (all) */
	uint32_t phase;
	uint32_t a; /* REACHABLE: nodes; ALERT: assertion */
	uint32_t b;
	struct rh_formula_type type;
};

struct rh_formula {
	const struct rh_expr *expr;
	struct rh_leaf *leaves;
	uint32_t leaf_count;
	struct rh_formula_type type;
	/* Of a comparison at the top: what is shown to people, and whether it is a share. */
	const struct rh_expr *left;
	struct rh_formula_type left_type;
	bool is_share;
};

/*
 * The text as a formula over the plan, in the arena; false with a fault.  `assertion` gives `since`;
 * its alerts must stand in the plan.  The result borrows neither text nor assertion.
 */
bool rh_formula_bind(struct rh_formula *formula, struct rh_expr_fault *fault,
		     struct rh_arena *arena, const struct rh_plan *plan,
		     const struct rh_plan_assertion *assertion, const char *text);
/* Whether a function of checks or of expressions is called so. */
bool rh_formula_is_function(const char *name, size_t len);
/* The leaf that an expression is, or NULL. */
const struct rh_leaf *rh_formula_leaf(const struct rh_formula *formula, const struct rh_expr *expr);
/* Whether some of the expression's leaves have a value for each node. */
struct rh_formula_type rh_formula_type_of(const struct rh_formula *formula,
					  const struct rh_expr *expr);
/* The type that values of a gauge have. */
struct rh_formula_type rh_formula_gauge_type(const struct rh_plan *plan, uint32_t gauge);
/* A gauge's number as a value; false when it has none (the least of all numbers). */
bool rh_formula_gauge_value(struct rh_expr_value *value, enum rh_unit unit, int64_t number);

/*
 * Prints the expression with base() around every gauge: of "max(tps)" "max(base(tps))".  What was
 * captured, or belongs to a phase, stays.
 */
void rh_formula_print_base(struct rh_arena *arena, const struct rh_plan *plan,
			   const struct rh_expr *expr, struct rh_buf *out);

#endif
