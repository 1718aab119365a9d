/*
 * registry.c - every assertion type that core brings: sentences of `that:`, criteria that read
 * records, the named types of types.c, and those for which this version has no model.
 */
#include "core/base/buf.h"
#include "core/judge/state.h"
#include "core/judge/types.h"
#include "core/judge/view.h"

/* ---- sentences ------------------------------------------------------------------------------- */

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

static void expression(const void *params, const struct rh_plan *plan,
		       const struct rh_plan_assertion *assertion, struct rh_buf *out)
{
	(void)plan;
	(void)assertion;
	rh_buf_text(out, *(const char *const *)params);
}

static const struct rh_key expression_keys[] = {{"text", .type = RH_KEY_TEXT, .offset = 0, NULL,
						 .doc = "The expression, as `that:` takes it.",
						 .since = "0.2"},
						RH_KEY_END};

static const struct rh_assertion_type expression_type = {
	.name = "expression",
	.doc = "is true when the expression is: any sentence of `that:`",
	.params_size = sizeof(const char *),
	.keys = expression_keys,
	.record_mask = RH_FORMULA_RECORDS,
	.formula = expression,
};

/* ---- criteria -------------------------------------------------------------------------------- */

/* At the end of the run; what ended early did not complete them. */
static enum rh_truth phases_truth(void *state, const void *params, const struct rh_view *view,
				  int64_t *value)
{
	const struct rh_plan *plan = rh_view_plan(view);

	(void)state;
	(void)params;
	*value = 0;
	for (uint32_t i = 0; i < plan->phase_count; i++)
		*value += rh_view_time(view) >=
			  plan->phases[i].start_ns + plan->phases[i].duration_ns;
	return *value == (int64_t)plan->phase_count ? RH_TRUTH_TRUE : RH_TRUTH_FALSE;
}

static const struct rh_assertion_type phases_type = {
	.name = "all_phases_completed",
	.doc = "the run reached the end of its last phase",
	.record_mask = UINT64_C(1) << RH_RECORD_PHASE,
	.truth = phases_truth,
	.mode = RH_MODE_FINAL + 1,
};

struct failures {
	uint64_t count;
	uint32_t node;
};

static void count_failure(void *state, const void *params, const struct rh_record *record)
{
	struct failures *failures = state;
	bool is_failure = record->kind == RH_RECORD_INVARIANT ||
			  (record->kind == RH_RECORD_NODE && record->stage == RH_NODE_VANISHED);

	(void)params;
	if (is_failure && failures->count++ == 0)
		failures->node = record->node;
}

static enum rh_truth failures_truth(void *state, const void *params, const struct rh_view *view,
				    int64_t *value)
{
	const struct failures *failures = state;

	(void)params;
	*value = (int64_t)failures->count;
	if (failures->count > 0 && failures->node < rh_view_plan(view)->node_count)
		rh_view_blame(view, failures->node);
	return failures->count == 0 ? RH_TRUTH_TRUE : RH_TRUTH_FALSE;
}

static const struct rh_assertion_type failures_type = {
	.name = "no_critical_system_failures",
	.doc = "no invariant of the model was violated and no node vanished",
	.state_size = sizeof(struct failures),
	.record_mask = UINT64_C(1) << RH_RECORD_INVARIANT | UINT64_C(1) << RH_RECORD_NODE,
	.take = count_failure,
	.truth = failures_truth,
	.mode = RH_MODE_ALWAYS + 1,
};

/* ---- what no model of this version has ------------------------------------------------------- */

struct unmodelled {
	const char *texts[6];
};

static enum rh_truth unmodelled_truth(void *state, const void *params, const struct rh_view *view,
				      int64_t *value)
{
	(void)state;
	(void)params;
	(void)view;
	*value = 0;
	return RH_TRUTH_UNKNOWN;
}

#define TEXT_AT(position) \
	.type = RH_KEY_TEXT, .offset = (uint32_t)((position) * sizeof(const char *)), ""
#define EXPECTED \
	{ \
		"expect", TEXT_AT(0), .doc = "What is expected.", .since = "0.2" \
	}
#define MORE(key_name, position, key_doc) \
	{ \
		(key_name), TEXT_AT(position), .doc = (key_doc), .since = "0.2" \
	}

static const struct rh_key validator_keys[] = {EXPECTED, MORE("validator", 1, "The validator."),
					       MORE("node", 2, "Where it is, or is not."),
					       RH_KEY_END};
static const struct rh_key fork_keys[] = {EXPECTED, MORE("name", 1, "The fork."),
					  MORE("fork", 2, "The same."), RH_KEY_END};
static const struct rh_key attack_keys[] = {EXPECTED, MORE("attack", 1, "Which attack."),
					    RH_KEY_END};
static const struct rh_key latency_keys[] = {EXPECTED,
					     MORE("from", 1, "A node."),
					     MORE("to", 2, "Another."),
					     MORE("delay", 3, "The delay that was asked for."),
					     MORE("delta", 4, "How far off it may be."),
					     RH_KEY_END};
static const struct rh_key order_keys[] = {EXPECTED, MORE("sender", 1, "Whose messages."),
					   RH_KEY_END};
static const struct rh_key price_keys[] = {EXPECTED, MORE("symbol", 1, "Which price."),
					   MORE("minDeviation", 2, "At least."),
					   MORE("maxDeviation", 3, "At most."), RH_KEY_END};
static const struct rh_key trading_keys[] = {EXPECTED, MORE("maxLatencyMs", 1, "In milliseconds."),
					     MORE("minSuccessRate", 2, "As a share."),
					     MORE("strategy", 3, "Which strategy."), RH_KEY_END};
static const struct rh_key audit_keys[] = {EXPECTED, MORE("correlationThreshold", 1, "As a share."),
					   MORE("expectedEventCount", 2, "How many."), RH_KEY_END};

#define UNMODELLED(type_name, type_doc, type_keys, what) \
	{ \
		.name = (type_name), .doc = (type_doc), .params_size = sizeof(struct unmodelled), \
		.keys = (type_keys), .truth = unmodelled_truth, .missing = (what) \
	}

static const struct rh_assertion_type unmodelled[] = {
	UNMODELLED("validator", "where a validator is", validator_keys, "a model with validators"),
	UNMODELLED("fork", "a protocol upgrade is active", fork_keys, "a model with upgrades"),
	UNMODELLED("byzantine", "an attack was noticed and refused", attack_keys,
		   "detection of attacks"),
	UNMODELLED("latency", "the delay measured between two nodes", latency_keys,
		   "measured delays between nodes"),
	UNMODELLED("message_order", "messages arrive in order", order_keys,
		   "records of the order of messages"),
	UNMODELLED("state_transitions", "states follow each other as listed", attack_keys,
		   "records of states"),
	UNMODELLED("checkpoints", "checkpoints are consistent", attack_keys,
		   "a model with checkpoints"),
	UNMODELLED("batches", "batches get final", attack_keys, "a model with batches"),
	UNMODELLED("audit_correlation", "events are found in the audit log", audit_keys,
		   "an audit log"),
	UNMODELLED("price_divergence", "a price leaves its peg", price_keys, "a model with prices"),
	UNMODELLED("price_recovery", "a price returns to its peg", price_keys,
		   "a model with prices"),
	UNMODELLED("trading_adaptation", "a strategy adjusts", trading_keys,
		   "a model with strategies"),
	UNMODELLED("strategy_active", "a strategy runs", trading_keys, "a model with strategies"),
	UNMODELLED("arbitrage_opportunity", "there is more arbitrage", trading_keys,
		   "a model with prices"),
	UNMODELLED("liquidity_crisis", "spreads are wider", trading_keys, "a model with prices"),
	UNMODELLED("trading_impact", "trading suffers", trading_keys, "a model with strategies"),
	UNMODELLED("trading_performance", "execution is worse", trading_keys,
		   "a model with strategies"),
	UNMODELLED("performance_recovery", "strategies are back to normal", trading_keys,
		   "a model with strategies"),
};

/* ---- the registry ---------------------------------------------------------------------------- */

#define N(i) &judge_named_types[i]
#define U(i) &unmodelled[i]

static const struct rh_assertion_type *const types[] = {&judge_gauge_type,
							&expression_type,
							&phases_type,
							&failures_type,
							N(0),
							N(1),
							N(2),
							N(3),
							N(4),
							N(5),
							N(6),
							N(7),
							N(8),
							N(9),
							N(10),
							N(11),
							N(12),
							N(13),
							N(14),
							N(15),
							N(16),
							N(17),
							N(18),
							N(19),
							N(20),
							N(21),
							N(22),
							N(23),
							N(24),
							U(0),
							U(1),
							U(2),
							U(3),
							U(4),
							U(5),
							U(6),
							U(7),
							U(8),
							U(9),
							U(10),
							U(11),
							U(12),
							U(13),
							U(14),
							U(15),
							U(16),
							U(17),
							NULL};

_Static_assert(RH_ARRAY_LEN(unmodelled) == 18, "all of them are in the list above");

const struct rh_plugin rh_builtin_assertions = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "assertions",
	.assertions = types,
};
