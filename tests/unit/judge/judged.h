/*
 * judged.h - what the tests of the judge share: a script of records (fake_world.h), judged.
 */
#ifndef TESTS_UNIT_JUDGE_JUDGED_H
#define TESTS_UNIT_JUDGE_JUDGED_H

#include "core/judge/judge.h"
#include "tests/lib/fake_world.h"
#include "tests/lib/frame.h"

/* Shorter to read in a table. */
#define THAT(agg, gauge, op, value) \
	((struct rh_that){RH_AGG_##agg, RH_GAUGE_##gauge, RH_OP_##op, value})

static inline void judged_take(void *judge, const struct rh_record *record)
{
	rh_judge_take(judge, record, 1);
}

/* A judge that has taken the script's records and was finished. */
static inline struct rh_judge *judged(const struct rh_plan *plan, const char *script,
				      uint64_t end_ns, enum rh_run_end end)
{
	struct rh_judge *judge = rh_judge_open(plan);

	plan_fake(plan)->script = script;
	fake_script_each(plan, judged_take, judge);
	rh_judge_finish(judge, end_ns, end);
	return judge;
}

#endif
