/*
 * test_model.c - the smallest model with parameters.
 */
#include "tests/lib/test_model.h"

#include <stdio.h>
#include <string.h>

#include "core/scenario/that.h"

#define AT(m) .offset = offsetof(struct test_params, m), .since = "0.1"

static const struct rh_key keys[] = {
	{.name = "blockInterval",
	 .type = RH_KEY_DURATION,
	 AT(interval_ns),
	 .default_text = "10m",
	 .min = 1000000,
	 .max = INT64_C(86400000000000),
	 .doc = "Mean time between blocks."},
	{.name = "blockSize",
	 .type = RH_KEY_SIZE,
	 AT(size_bytes),
	 .default_text = "1MB",
	 .min = 80,
	 .max = 100000000,
	 .doc = "Bytes of a block."},
	{.name = "relay",
	 .type = RH_KEY_ENUM,
	 AT(policy),
	 .default_text = "flood",
	 .values = "flood|inventory",
	 .doc = "How blocks travel."},
	{.name = "limit",
	 .type = RH_KEY_INT,
	 AT(limit),
	 .default_text = "-3",
	 .min = -10,
	 .max = 10,
	 .doc = "A small number."},
	{.name = "share",
	 .type = RH_KEY_RATIO,
	 AT(share),
	 .default_text = "12.5%",
	 .doc = "A share of something."},
	{.name = "loud",
	 .type = RH_KEY_BOOL,
	 AT(is_loud),
	 .default_text = "false",
	 .doc = "Says more."},
	{.name = "rate",
	 .type = RH_KEY_RATE,
	 AT(rate_bps),
	 .default_text = "unlimited",
	 .doc = "A rate."},
	{.name = "label", .type = RH_KEY_TEXT, AT(label), .default_text = "none", .doc = "A text."},
	RH_KEY_END,
};

static const struct rh_key node_keys[] = {
	{.name = "hashrate",
	 .type = RH_KEY_INT,
	 .offset = offsetof(struct test_node_params, hashrate),
	 .default_text = "1",
	 .min = 0,
	 .max = 1000000000,
	 .doc = "Share of the work.",
	 .since = "0.1"},
	RH_KEY_END,
};

static const struct rh_model_gauge gauges[] = {
	{"orphans", RH_UNIT_COUNT, "blocks without a parent"},
	{"lag", RH_UNIT_NS, "how far behind"},
};

static int check(const void *params, char *why, size_t why_size)
{
	const struct test_params *test = params;

	if (test->limit != 7 || test->size_bytes != 777)
		return 0;
	snprintf(why, why_size, "limit 7 and size 777 do not go together");
	return -1;
}

static void step(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	(void)env;
	(void)event;
	(void)fx;
}

static void release(const struct rh_env *env)
{
	(void)env;
}

static uint64_t weight(const void *node_params)
{
	return (uint64_t)((const struct test_node_params *)node_params)->hashrate;
}

const struct rh_model test_model = {
	.name = "test",
	.doc = "A node that does nothing.",
	.abi = RH_MODEL_ABI,
	.params_size = sizeof(struct test_params),
	.node_params_size = sizeof(struct test_node_params),
	.keys = keys,
	.node_keys = node_keys,
	.gauges = gauges,
	.gauge_count = RH_ARRAY_LEN(gauges),
	.input_count = 1,
	.check = check,
	.step = step,
	.release = release,
	.weight = weight,
};

static enum rh_truth never_true(void *state, const void *params, const struct rh_view *view,
				int64_t *value)
{
	(void)state;
	(void)params;
	(void)view;
	*value = 0;
	return RH_TRUTH_FALSE;
}

static const struct rh_assertion_type gauge_type = {
	.name = "gauge",
	.doc = "A sentence; never true here.",
	.params_size = sizeof(struct rh_that),
	.keys = rh_that_keys,
	.truth = never_true,
};

struct expectation {
	int64_t least;
};

static const struct rh_key expectation_keys[] = {
	{.name = "least",
	 .type = RH_KEY_INT,
	 .offset = offsetof(struct expectation, least),
	 .min = 0,
	 .max = 100,
	 .doc = "At least so many.",
	 .since = "0.1"},
	RH_KEY_END,
};

static const struct rh_assertion_type expectation_type = {
	.name = "expectation",
	.doc = "Something else; never true here.",
	.params_size = sizeof(struct expectation),
	.keys = expectation_keys,
	.truth = never_true,
};

struct drip {
	uint64_t every_ns;
};

static const struct rh_key drip_keys[] = {
	{.name = "every",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct drip, every_ns),
	 .default_text = "1s",
	 .min = 1,
	 .max = INT64_C(3600000000000),
	 .doc = "Time between submissions.",
	 .since = "0.1"},
	RH_KEY_END,
};

static bool drip_next(const struct rh_workload_view *view, uint64_t number,
		      struct rh_submission *submission)
{
	const struct drip *drip = view->params;

	memset(submission, 0, sizeof(*submission));
	submission->at_ns = view->start_ns + number * drip->every_ns;
	submission->target = (uint32_t)(number % view->target_count);
	submission->key = view->name64 ^ number;
	return true;
}

static const struct rh_workload_type drip_type = {
	.name = "drip",
	.doc = "One submission after the other.",
	.params_size = sizeof(struct drip),
	.keys = drip_keys,
	.next = drip_next,
};

static const struct rh_model *const models[] = {&test_model, NULL};
/* As core/judge/registry.c has it, which the loader's tests are not linked with. */
static void expression(const void *params, const struct rh_plan *plan,
		       const struct rh_plan_assertion *assertion, struct rh_buf *out)
{
	(void)plan;
	(void)assertion;
	rh_buf_text(out, *(const char *const *)params);
}

static const struct rh_key expression_keys[] = {
	{"text", RH_KEY_TEXT, 0, .doc = "The expression.", .since = "0.1"}, RH_KEY_END};

static const struct rh_assertion_type expression_type = {
	.name = "expression",
	.doc = "is true when its text is",
	.params_size = sizeof(const char *),
	.keys = expression_keys,
	.formula = expression,
};

/* A named type: a sentence with a word for what is expected. */
static void convergence(const void *params, const struct rh_plan *plan,
			const struct rh_plan_assertion *assertion, struct rh_buf *out)
{
	(void)plan;
	(void)assertion;
	rh_buf_text(out, *(const uint64_t *)params == 0 ? "heads == 1" : "distinct(head) == 1");
}

static const struct rh_key convergence_keys[] = {{"expect", RH_KEY_ENUM, 0, "same_head",
						  .values = "same_head|same_state", .doc = "What.",
						  .since = "0.1"},
						 RH_KEY_END};

static const struct rh_assertion_type convergence_type = {
	.name = "convergence",
	.doc = "all nodes agree",
	.params_size = sizeof(uint64_t),
	.keys = convergence_keys,
	.formula = convergence,
};

static const struct rh_assertion_type *const assertions[] = {
	&gauge_type, &expectation_type, &expression_type, &convergence_type, NULL};
static const struct rh_workload_type *const workloads[] = {&drip_type, NULL};

const struct rh_plugin test_model_plugin = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "test model",
	.models = models,
};

const struct rh_plugin test_types_plugin = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "test types",
	.assertions = assertions,
	.workloads = workloads,
};

void test_registry_fill(struct rh_registry *registry)
{
	struct rh_err err = {0};

	memset(registry, 0, sizeof(*registry));
	if (rh_registry_add(registry, &rh_builtin_faults, &err) != 0 ||
	    rh_registry_add(registry, &test_model_plugin, &err) != 0 ||
	    rh_registry_add(registry, &test_types_plugin, &err) != 0)
		rh_fatal("test registry: %s", err.text);
}
