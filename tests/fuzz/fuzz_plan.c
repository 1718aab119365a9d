/*
 * fuzz_plan.c - any bytes as a plan: refused, or a plan whose own bytes give it again, and whose
 * checks are refused or judged.
 */
#include <stdlib.h>
#include <string.h>

#include "core/judge/judge.h"
#include "core/scenario/load.h"
#include "tests/fuzz/fuzz_registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge_nothing(const struct rh_plan *plan)
{
	struct rh_err err = {0};
	struct rh_buf verdict = {0};
	struct rh_judge *judge;

	if (rh_judge_check(plan, &err) != 0) {
		if (err.text[0] == 0)
			abort();
		return;
	}
	judge = rh_judge_open(plan);
	rh_judge_finish(judge, plan->duration_ns, RH_END_COMPLETED);
	rh_verdict_print(judge, plan, &verdict);
	rh_judge_close(judge);
	rh_buf_release(&verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rh_registry registry;
	struct rh_err err = {0};
	struct rh_buf bytes = {0};
	struct rh_buf again = {0};
	struct rh_plan *plan;
	struct rh_plan *copy;

	fuzz_registry_fill(&registry);
	if (rh_plan_decode(&plan, data, size, &registry, &err) != 0) {
		if (plan != NULL || err.text[0] == 0)
			abort();
		return 0;
	}
	rh_plan_encode(plan, &bytes);
	if (rh_plan_decode(&copy, bytes.data, bytes.len, &registry, &err) != 0)
		abort();
	rh_plan_encode(copy, &again);
	if (again.len != bytes.len || memcmp(again.data, bytes.data, bytes.len) != 0)
		abort();
	rh_buf_reset(&again);
	rh_plan_print(plan, &again);
	judge_nothing(plan);
	rh_buf_release(&again);
	rh_buf_release(&bytes);
	rh_plan_free(copy);
	rh_plan_free(plan);
	return 0;
}
