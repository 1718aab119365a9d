/*
 * types.c - the assertion types that core brings: "gauge", the sentence of `that:`.
 */
#include "core/judge/state.h"

static enum rh_truth gauge_truth(void *state, const void *params, const struct rh_view *view,
				 int64_t *value)
{
	(void)state;
	return judge_that_truth(view->judge, view->assertion, params, value);
}

const struct rh_assertion_type judge_gauge_type = {
	.name = "gauge",
	.doc = "compares a gauge of nodes, or of the whole network, with a value",
	.params_size = sizeof(struct rh_that),
	.keys = rh_that_keys,
	.record_mask = UINT64_C(1) << RH_RECORD_GAUGE | UINT64_C(1) << RH_RECORD_HEAD |
		       UINT64_C(1) << RH_RECORD_REORG | UINT64_C(1) << RH_RECORD_FINALIZED |
		       UINT64_C(1) << RH_RECORD_BLOCK | UINT64_C(1) << RH_RECORD_NODE,
	.truth = gauge_truth,
};

static const struct rh_assertion_type *const types[] = {&judge_gauge_type, NULL};

const struct rh_plugin rh_builtin_assertions = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "assertions",
	.assertions = types,
};
