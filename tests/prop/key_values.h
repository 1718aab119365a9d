/*
 * key_values.h - for prop_every_key.c: where each section stands in a file, and two values of each key
 * whose type does not tell them.
 */
#ifndef TESTS_PROP_KEY_VALUES_H
#define TESTS_PROP_KEY_VALUES_H

#include <stdio.h>

#include "core/plugin.h"
#include "models/registry.h"
#include "tests/lib/test_model.h"

static const struct rh_plugin *const key_plugins[] = {&test_types_plugin, &rh_builtin_faults,
						      &rh_builtin_assertions, &rh_builtin_workloads,
						      &rh_builtin_models};

#define HEADER "{apiVersion: rehearse/v1, kind: Scenario, metadata: {name: t}, spec: "
#define GROUPS \
	"topology: {groups: [{name: n, count: 6, region: eu}, {name: m, count: 3, region: na}], " \
	"shape: full}"
#define FULL  HEADER "{duration: 1h, " GROUPS ", model: {name: pow}, "
#define TAKER HEADER "{duration: 1h, " GROUPS ", model: {name: taker}, "
#define PHASE FULL "phases: [{name: p, duration: 1h, "
#define STEP  PHASE "actions: [{"

#define MODEL_DOCUMENT HEADER "{duration: 1h, " GROUPS ", model: {name: %s, with: {@}}}}"
#define NODE_DOCUMENT \
	HEADER "{duration: 1h, topology: {groups: [{name: n, count: 6, with: {@}}]}, model: " \
	       "{name: %s}}}"
#define WORKLOAD_DOCUMENT  TAKER "workloads: [{name: w, type: %s, with: {@}}]}}"
#define ASSERTION_DOCUMENT FULL "successCriteria: [{type: %s, with: {@}}]}}"

/* A step of a type, whichever key its kind goes by. */
static void key_step_document(char *out, size_t size, const struct rh_action_type *type)
{
	snprintf(out, size, STEP "name: x, %s: %s, target: n-0, with: {@}}]}]}}",
		 type->is_fault ? "fault" : "action", type->name);
}

/* The '@' is where its keys go; `base` are those that it needs in any case. */
struct key_place {
	const char *section;
	const char *document;
	const char *base;
};

static const struct key_place key_places[] = {
	{"file", "{@}",
	 "apiVersion: rehearse/v1; kind: Scenario; metadata: {name: t}; "
	 "spec: {duration: 1h, " GROUPS ", model: {name: pow}}"},
	{"metadata",
	 "{apiVersion: rehearse/v1, kind: Scenario, metadata: {@}, spec: {duration: 1h, " GROUPS
	 ", model: {name: pow}}}",
	 "name: t"},
	{"spec", HEADER "{@}}", "duration: 1h; " GROUPS "; model: {name: pow}"},
	{"spec.clock", FULL "clock: {@}}}", "slot: 12s; slotsPerEpoch: 32"},
	{"spec.topology", HEADER "{duration: 1h, topology: {@}, model: {name: pow}}}",
	 "groups: [{name: n, count: 20}]"},
	{"group",
	 HEADER
	 "{duration: 1h, topology: {groups: [{@}, {name: z, count: 4}]}, model: {name: pow}}}",
	 "name: n; count: 20"},
	{"bandwidth", FULL "network: {bandwidth: {@}}}}", ""},
	{"link",
	 HEADER "{duration: 1h, topology: {groups: [{name: n, count: 4}], shape: explicit, links: "
		"[{@}]}, model: {name: pow}}}",
	 "between: [n-0, n-1]"},
	{"spec.network", FULL "network: {@}}}", ""},
	{"latency", FULL "network: {latency: {@}}}}", "law: constant; delay: 10ms"},
	{"jitter", FULL "network: {jitter: {@}}}}", "law: uniform; amount: 10%"},
	{"spec.model", HEADER "{duration: 1h, " GROUPS ", model: {@}}}", "name: pow"},
	{"phase",
	 FULL "phases: [{name: o, duration: 1h, actions: [{fault: loss, target: n-0, with: {loss: "
	      "1%}}]}, {@}]}}",
	 "name: p; duration: 1h"},
	{"step", STEP "@}]}]}}", "name: x; fault: loss; target: n-0; with: {loss: 10%}; for: 5m"},
	{"target", STEP "name: x, fault: loss, with: {loss: 10%}, target: {@}}]}]}}", ""},
	{"select", STEP "name: x, fault: loss, with: {loss: 10%}, target: {select: {@}}}]}]}}", ""},
	{"assert", PHASE "assert: [{@}]}]}}", "that: heads == 1"},
	{"workload", TAKER "workloads: [{@}]}}", "name: w; type: drip"},
	{"spec.limits", FULL "limits: {@}}}", ""},
};

enum key_outcome {
	KEY_CHANGES, /* two values, two plans */
	KEY_REFUSED, /* the second is not accepted: there is but one value, or it must fit another key */
	KEY_REPORTS /* reaches reports only, and leaves the plan as it is; the row says why */
};

/* `base` NULL: that of the place; `a` NULL: values by type. */
struct key_value {
	const char *place;
	const char *key;
	const char *base;
	const char *a;
	const char *b;
	enum key_outcome outcome;
};

#define SPARED "rate: 20/s; badSignature: 0%"

static const struct key_value key_values[] = {
	{"file", "apiVersion", NULL, "rehearse/v1", "rehearse/v2", KEY_REFUSED},
	{"file", "kind", NULL, "Scenario", "Scenery", KEY_REFUSED},
	{"file", "metadata", NULL, "{name: t}", "{name: u}", KEY_CHANGES},
	{"file", "spec", NULL, "{duration: 1h, " GROUPS ", model: {name: pow}}",
	 "{duration: 2h, " GROUPS ", model: {name: pow}}", KEY_CHANGES},

	{"metadata", "name", NULL, "t", "u", KEY_CHANGES},
	{"metadata", "description", NULL, "one", "two", KEY_CHANGES},
	/* who wrote a file, and which edition it is, is for those who read the file and its listing */
	{"metadata", "version", NULL, "'1.0'", "'2.0'", KEY_REPORTS},
	{"metadata", "author", NULL, "me", "you", KEY_REPORTS},
	{"metadata", "tags", NULL, "[a]", "[b]", KEY_REPORTS},

	{"spec", "hypothesis", NULL, "one", "two", KEY_CHANGES},
	{"spec", "timeout", NULL, "2h", "3h", KEY_CHANGES},
	{"spec", "clock", NULL, "{slot: 1s}", "{slot: 2s}", KEY_CHANGES},
	{"spec", "topology", NULL, "{groups: [{name: n}]}", "{groups: [{name: m}]}", KEY_CHANGES},
	{"spec", "network", NULL, "{latency: 1ms}", "{latency: 2ms}", KEY_CHANGES},
	{"spec", "model", NULL, "{name: pow}", "{name: pow, with: {blockInterval: 1m}}",
	 KEY_CHANGES},
	{"spec", "workloads", NULL, "[]", "[{name: w, type: none}]", KEY_REFUSED},
	{"spec", "phases", NULL, "[]", "[{name: p, duration: 1h}]", KEY_CHANGES},
	{"spec", "successCriteria", NULL, "[]", "[{that: heads == 1}]", KEY_CHANGES},
	{"spec", "limits", NULL, "{memory: 1GB}", "{memory: 2GB}", KEY_CHANGES},

	{"spec.clock", "genesis", NULL, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z",
	 KEY_CHANGES},

	{"spec.topology", "groups", NULL, "[{name: n}]", "[{name: m}]", KEY_CHANGES},
	{"spec.topology", "degree", NULL, "4", "5", KEY_CHANGES},
	{"spec.topology", "links", "groups: [{name: n, count: 4}]; shape: ring", "[]",
	 "[[n-0, n-2]]", KEY_CHANGES},

	{"group", "name", NULL, "n", "m", KEY_CHANGES},
	{"group", "region", NULL, "eu", "na", KEY_CHANGES},
	{"group", "regions", NULL, "{eu: 50%, na: 50%}", "{eu: 10%, na: 90%}", KEY_CHANGES},
	{"group", "peers", NULL, "3", "4", KEY_CHANGES},
	{"group", "clockDrift", NULL, "10ppm", "20ppm", KEY_CHANGES},
	{"group", "bandwidth", NULL, "10mbit", "20mbit", KEY_CHANGES},
	{"group", "with", NULL, "{hashrate: 1}", "{hashrate: 2}", KEY_CHANGES},

	{"link", "between", NULL, "[n-0, n-1]", "[n-0, n-2]", KEY_CHANGES},

	{"spec.network", "latency", NULL, "10ms", "20ms", KEY_CHANGES},
	{"spec.network", "jitter", NULL, "10%", "20%", KEY_CHANGES},
	{"spec.network", "bandwidth", NULL, "10mbit", "20mbit", KEY_CHANGES},
	{"spec.network", "latencyIsRoundTrip",
	 "latency: {law: matrix, regions: [eu, na], ms: [[10, 9], [8, 7]]}", "false", "true",
	 KEY_CHANGES},

	{"latency", "law", "min: 1ms; mean: 10ms", "exponential", "normal", KEY_REFUSED},
	{"latency", "min", "law: uniform; max: 9s", NULL, NULL, KEY_CHANGES},
	{"latency", "max", "law: uniform; min: 1ms", NULL, NULL, KEY_CHANGES},
	{"latency", "mean", "law: exponential; min: 1ms", NULL, NULL, KEY_CHANGES},
	{"latency", "deviation", "law: normal; mean: 9s; min: 1ms", NULL, NULL, KEY_CHANGES},
	{"latency", "median", "law: lognormal; sigma: 50%; min: 1ms", NULL, NULL, KEY_CHANGES},
	{"latency", "sigma", "law: lognormal; median: 1s; min: 1ms", "20%", "70%", KEY_CHANGES},
	{"latency", "regions", "law: matrix; ms: [[1, 2], [3, 4]]", "[eu, na]", "[na, eu]",
	 KEY_CHANGES},
	{"latency", "ms", "law: matrix; regions: [eu, na]", "[[1, 2], [3, 4]]", "[[1, 2], [3, 5]]",
	 KEY_CHANGES},

	/* 2016 blocks are the default; one block is not a window */
	{"model.pow", "retargetBlocks", NULL, "2", "1", KEY_REFUSED},

	{"spec.model", "name", NULL, "pow", "wop", KEY_REFUSED},
	{"spec.model", "with", NULL, "{blockInterval: 1m}", "{blockInterval: 2m}", KEY_CHANGES},

	{"phase", "name", NULL, "p", "q", KEY_CHANGES},
	/* what a phase is for is said to who reads the file */
	{"phase", "description", NULL, "one", "two", KEY_REPORTS},
	{"phase", "actions", NULL, "[]", "[{fault: crash, target: n-0}]", KEY_CHANGES},
	{"phase", "assert", NULL, "[]", "[{that: heads == 1}]", KEY_CHANGES},

	{"step", "name", NULL, "x", "y", KEY_CHANGES},
	{"step", "fault", "name: x; target: n-0; for: 1m", "partition", "crash", KEY_CHANGES},
	{"step", "action", "name: x; target: n-0", "mine", "dig", KEY_REFUSED},
	{"step", "target", NULL, "n-0", "n-1", KEY_CHANGES},
	{"step", "with", NULL, "{loss: 10%}", "{loss: 20%}", KEY_CHANGES},

	{"target", "select", NULL, "{group: n}", "{group: m}", KEY_CHANGES},
	{"target", "mode", NULL, "all", "one", KEY_CHANGES},
	{"target", "value", "mode: fixed", "1", "2", KEY_CHANGES},
	{"target", "not", NULL, "n-0", "n-1", KEY_CHANGES},
	{"select", "group", NULL, "n", "m", KEY_CHANGES},
	{"select", "region", NULL, "eu", "na", KEY_CHANGES},

	{"assert", "name", NULL, "one", "two", KEY_CHANGES},
	{"assert", "that", "name: x", "heads == 1", "heads == 2", KEY_CHANGES},
	{"assert", "type", "name: x; with: {least: 1}", "expectation", "expectations", KEY_REFUSED},
	{"assert", "with", "type: expectation", "{least: 1}", "{least: 2}", KEY_CHANGES},
	{"assert", "target", "that: head_height > 1", "n", "m", KEY_CHANGES},

	{"model.taker", "label", NULL, "a", "b", KEY_CHANGES},
	/* all that it floods with has a bad signature, unless told otherwise */
	{"workload.gossip-flood", "nonceTooLow", SPARED, NULL, NULL, KEY_CHANGES},
	{"workload.gossip-flood", "nonceGap", SPARED, NULL, NULL, KEY_CHANGES},
	{"workload.gossip-flood", "balanceTooLow", SPARED, NULL, NULL, KEY_CHANGES},
	{"workload.gossip-flood", "feeTooLow", SPARED, NULL, NULL, KEY_CHANGES},
	{"workload.gossip-flood", "oversize", SPARED, NULL, NULL, KEY_CHANGES},

	{"workload", "name", NULL, "w", "v", KEY_CHANGES},
	{"workload", "type", NULL, "drip", "drop", KEY_REFUSED},
	{"workload", "with", NULL, "{every: 1s}", "{every: 2s}", KEY_CHANGES},
	{"workload", "target", NULL, "n", "m", KEY_CHANGES},
};

#endif
