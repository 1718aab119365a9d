/*
 * that.h - the sentence of a check: `that: "max(reorg_depth) <= 6"`.
 *
 *	sentence  = [ aggregate "(" ] gauge [ ")" ] operator value
 *	aggregate = min | max | sum | spread | distinct | any | each     (each when none is written)
 *	operator  = == | != | < | <= | > | >=
 *	value     = a whole number, or a number with the unit of the gauge (30s, 25%, 1MB)
 *
 * The judge (core/judge/types.c) evaluates it over the latest value of the gauge on each of the
 * assertion's nodes that has one.  A gauge that the judge derives for the whole network has one
 * value, which every aggregate leaves as it is.
 */
#ifndef CORE_SCENARIO_THAT_H
#define CORE_SCENARIO_THAT_H

#include "core/plan.h"

enum rh_aggregate {
	RH_AGG_EACH, /* holds for the value of every node */
	RH_AGG_ANY,  /* holds for the value of at least one */
	RH_AGG_MIN,
	RH_AGG_MAX,
	RH_AGG_SUM,
	RH_AGG_SPREAD,	/* max - min */
	RH_AGG_DISTINCT /* how many different values */
};

enum rh_operator { RH_OP_EQ, RH_OP_NE, RH_OP_LT, RH_OP_LE, RH_OP_GT, RH_OP_GE };

/* Parameters of the assertion type "gauge". */
struct rh_that {
	uint64_t aggregate; /* enum rh_aggregate */
	int64_t gauge;
	uint64_t op; /* enum rh_operator */
	int64_t value;
};

extern const struct rh_key rh_that_keys[];

/* Position of an error is an offset into `text`; the plan gives the model's gauges (its `model`
 * must be set). */
int rh_that_parse(struct rh_that *that, size_t *error_offset, size_t *error_len,
		  const struct rh_plan *plan, const char *text, struct rh_err *err) RH_MUST_USE;
bool rh_that_compare(int64_t left, enum rh_operator op, int64_t right);

#endif
