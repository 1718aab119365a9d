/*
 * test_model.h - the smallest model with parameters, for tests of what is below the protocols: a
 * node that does nothing, a few keys of every type, a weight, two gauges of its own; and with it an
 * assertion type "gauge" that is never true, so that sentences load without the judge.
 */
#ifndef TESTS_LIB_TEST_MODEL_H
#define TESTS_LIB_TEST_MODEL_H

#include "core/plugin.h"

struct test_params {
	uint64_t interval_ns;
	uint64_t size_bytes;
	uint64_t policy;
	int64_t limit;
	struct rh_ratio share;
	uint64_t is_loud;
	uint64_t rate_bps;
	const char *label;
};

struct test_node_params {
	int64_t hashrate;
};

extern const struct rh_model test_model;
extern const struct rh_plugin test_model_plugin; /* the model "test" */
/* the types "gauge" and "expectation", and the workload "drip" */
extern const struct rh_plugin test_types_plugin;

/* Faults, the model and the types above. */
void test_registry_fill(struct rh_registry *registry);

#endif
