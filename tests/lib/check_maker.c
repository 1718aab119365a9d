/*
 * check_maker.c - checks of type "gauge" for plans made by hand; apart from plan_maker.c because it
 * needs the judge to be linked.
 */
#include "tests/lib/plan_maker.h"

struct rh_plan_assertion *plan_add_check(struct rh_plan *plan, const char *name,
					 enum rh_assert_mode mode, uint64_t from_ns,
					 uint64_t until_ns, struct rh_that that)
{
	struct rh_plan_assertion *check = plan_add_own_check(plan, name, mode, from_ns, until_ns,
							     rh_builtin_assertions.assertions[0]);

	*(struct rh_that *)check->params = that;
	return check;
}

struct rh_plan_assertion *plan_add_expression(struct rh_plan *plan, const char *name,
					      enum rh_assert_mode mode, uint64_t from_ns,
					      uint64_t until_ns, const char *text)
{
	struct rh_plan_assertion *check = plan_add_own_check(plan, name, mode, from_ns, until_ns,
							     rh_builtin_assertions.assertions[1]);

	RH_ASSERT(check->type->formula != NULL);
	*(const char **)check->params = text;
	return check;
}
