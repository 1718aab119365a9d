/*
 * key_values.h - for prop_every_key.c: where each section stands in a file, and two values of each key
 * whose type does not tell them.
 */
#ifndef TESTS_PROP_KEY_VALUES_H
#define TESTS_PROP_KEY_VALUES_H

#include <stdio.h>
#include <string.h>

#include "core/plugin.h"
#include "models/registry.h"
#include "tests/lib/test_model.h"

static const struct rh_plugin *const key_plugins[] = {&test_types_plugin, &rh_builtin_faults,
						      &rh_builtin_assertions, &rh_builtin_workloads,
						      &rh_builtin_models};

#define HEADER "{apiVersion: rehearse/v1, kind: Scenario, metadata: {name: t}, spec: "
#define GROUPS \
	"topology: {groups: [{name: n, count: 6, region: eu, role: miner, labels: {client: a}}, " \
	"{name: m, count: 3, region: na, role: boot, labels: {client: b}}], " \
	"shape: full}"
#define FULL  HEADER "{duration: 1h, " GROUPS ", model: {name: pow}, "
#define TAKER HEADER "{duration: 1h, " GROUPS ", model: {name: taker}, "
#define SUITE "{apiVersion: rehearse/v1, kind: Suite, metadata: {name: t}, spec: "
#define PHASE FULL "phases: [{name: p, duration: 1h, "
#define STEP  PHASE "actions: [{"

#define MODEL_DOCUMENT HEADER "{duration: 1h, " GROUPS ", model: {name: %s, with: {@}}}}"
#define NODE_DOCUMENT \
	HEADER "{duration: 1h, topology: {groups: [{name: n, count: 6, with: {@}}]}, model: " \
	       "{name: %s}}}"
#define WORKLOAD_DOCUMENT TAKER "workloads: [{name: w, type: %s, with: {@}}]}}"
#define ASSERTION_DOCUMENT \
	FULL "monitors: {alerts: [{name: A, that: heads > 1}, {name: B, that: heads > 2}]}, " \
	     "phases: " \
	     "[{name: p, duration: 1h, actions: [{id: f, fault: crash, target: n-0, for: 1m}, " \
	     "{id: g, fault: crash, target: n-1, for: 1m}]}], successCriteria: [{type: %s, with: " \
	     "{@}}]}}"

/* What stands behind a key that needs no word: `wait: 10s`. */
static const char *key_step_value(const char *key)
{
	static const char *const values[][2] = {
		{"wait", "10s"}, {"clear", "all"}, {"capture", "head_height"}, {"workload", "w"}};

	for (size_t i = 0; i < RH_ARRAY_LEN(values); i++) {
		if (strcmp(values[i][0], key) == 0)
			return values[i][1];
	}
	return "thing";
}

/* A step of a type, whichever key its kind goes by. */
static void key_step_document(char *out, size_t size, const struct rh_action_type *type)
{
	char buffer[32];
	const char *word;
	const char *key = rh_action_key(buffer, &word, type);

	snprintf(out, size,
		 TAKER
		 "workloads: [{name: w, type: drip}], phases: [{name: p, duration: 1h, actions: "
		 "[{id: x, %s: %s, %swith: {@}}]}]}}",
		 key, word != NULL ? word : key_step_value(key),
		 type->effect == RH_EFFECT_ON_RUN ? "" : "target: n-0, ");
}

/* Other files that a value may name. */
static const struct {
	const char *name;
	const char *text;
} key_parts[] = {
	{"ring.yaml",
	 "{apiVersion: rehearse/v1, kind: Topology, metadata: {name: r}, spec: {shape: ring}}"},
	{"star.yaml",
	 "{apiVersion: rehearse/v1, kind: Topology, metadata: {name: r}, spec: {shape: star}}"},
	{"fast.yaml", "{apiVersion: rehearse/v1, kind: NetworkModel, metadata: {name: r}, spec: "
		      "{latency: 1ms}}"},
	{"slow.yaml",
	 "{apiVersion: rehearse/v1, kind: NetworkModel, metadata: {name: r}, spec: {latency: 1s}}"},
	{"dark.yaml",
	 "{kind: Template, metadata: {name: d}, spec: {phases: [{name: a, duration: 1h, actions: "
	 "[{fault: crash, target: n-0}]}]}}"},
	{"light.yaml",
	 "{kind: Template, metadata: {name: l}, parameters: [{name: x, default: a}], spec: "
	 "{phases: [{name: '${params.x}', duration: 1h, actions: [{fault: crash, target: "
	 "n-1}]}]}}"},
	{"once.yaml", "{spec: {hypothesis: once}}"},
	{"twice.yaml", "{spec: {hypothesis: twice}}"},
};

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
	{"parameter",
	 "{apiVersion: rehearse/v1, kind: Scenario, metadata: {name: t}, parameters: [{@}], "
	 "spec: {duration: 1h, " GROUPS ", model: {name: pow}, hypothesis: '${params.x}'}}",
	 "name: x; default: 1"},
	{"suite", SUITE "{@}}", "scenarios: [{file: a.yaml}]"},
	{"suite-defaults", SUITE "{scenarios: [{file: a.yaml}], defaults: {@}}}", ""},
	{"suite-entry", SUITE "{scenarios: [{file: a.yaml, name: a}, {@}]}}", "file: b.yaml"},
	{"metadata",
	 "{apiVersion: rehearse/v1, kind: Scenario, metadata: {@}, spec: {duration: 1h, " GROUPS
	 ", model: {name: pow}}}",
	 "name: t"},
	{"spec", HEADER "{@}}", "duration: 1h; " GROUPS "; model: {name: pow}"},
	{"spec.clock", FULL "clock: {@}}}", "slot: 12s; slotsPerEpoch: 32"},
	{"spec.topology", HEADER "{duration: 1h, topology: {@}, model: {name: pow}}}",
	 "groups: [{name: n, count: 20}]"},
	{"group",
	 HEADER "{duration: 1h, topology: {groups: [{@}, {name: z, count: 4, role: miner, labels: "
		"{client: a}}]}, "
		"model: {name: pow}, phases: [{name: p, duration: 1h, actions: ["
		"{id: r, fault: crash, target: {select: {role: miner}}}, "
		"{id: l, fault: crash, target: {select: {labels: {client: a}}}}]}]}}",
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
	{"step",
	 TAKER
	 "workloads: [{name: w, type: drip}], phases: [{name: p, duration: 1h, actions: [{@}]}]}}",
	 "name: x; fault: loss; target: n-0; with: {loss: 10%}; for: 5m"},
	{"wait",
	 FULL "clock: {slot: 12s, slotsPerEpoch: 32}, phases: [{name: p, duration: 1h, actions: "
	      "[{wait: {@}}]}]}}",
	 ""},
	{"repeat", STEP "repeat: {@}}]}]}}", "count: 2; actions: [{annotate: a}]"},
	{"rollback", FULL "rollback: {@}}}", "actions: [{clear: all}]"},
	{"signal",
	 FULL
	 "signals: [{@}], phases: [{name: p, duration: 1h, actions: [{fault: latency, target: n-0, "
	 "with: {delay: {signal: s}}, for: 10m}]}]}}",
	 "name: s; shape: linear; from: 10ms; to: 200ms; every: 10s; for: 5m"},
	{"target", STEP "name: x, fault: loss, with: {loss: 10%}, target: {@}}]}]}}", ""},
	{"select", STEP "name: x, fault: loss, with: {loss: 10%}, target: {select: {@}}}]}]}}", ""},
	{"assert",
	 PHASE
	 "actions: [{id: f, fault: crash, target: n-0, for: 1m}, {id: c, capture: [head_height]}, "
	 "{id: d, capture: [head_height]}], assert: [{@}]}]}}",
	 "that: heads == 1"},
	{"spec.monitors", FULL "monitors: {@}}}", "alerts: [{name: A, that: heads > 1}]"},
	{"alert", FULL "monitors: {alerts: [{@}]}}}", "name: A; that: head_height > 1"},
	{"workload", TAKER "workloads: [{@}]}}", "name: w; type: drip"},
	{"topology-defaults",
	 HEADER "{duration: 1h, topology: {groups: [{name: n, count: 6}], defaults: {@}}, model: "
		"{name: pos}}}",
	 ""},
	{"client",
	 HEADER
	 "{duration: 1h, topology: {groups: [{name: n, count: 6, client: {@}}]}, model: {name: "
	 "pos}}}",
	 ""},
	{"client-sim",
	 HEADER "{duration: 1h, topology: {groups: [{name: n, client: {sim: {@}}}]}, model: {name: "
		"pos}}}",
	 "model: pos"},
	{"client-live",
	 HEADER
	 "{duration: 1h, topology: {groups: [{name: n, client: {live: {@}}}]}, model: {name: "
	 "pos}}}",
	 ""},
	{"peering",
	 HEADER
	 "{duration: 1h, topology: {groups: [{name: n, count: 6}], peering: {@}}, model: {name: "
	 "pow}}}",
	 ""},
	{"wallets",
	 HEADER
	 "{duration: 1h, topology: {groups: [{name: n, count: 6}], wallets: {@}}, model: {name: "
	 "pow}}}",
	 "count: 4"},
	{"gossip",
	 HEADER "{duration: 1h, topology: {groups: [{name: n, count: 6}]}, network: {gossip: {@}}, "
		"model: {name: pos}}}",
	 ""},
	{"network-links", FULL "network: {links: {@}}}}", ""},
	{"link-kind", FULL "network: {links: {default: {@}}}}}", ""},
	{"link-region", FULL "network: {links: {regions: [{@}]}}}}", "between: [eu, na]"},
	{"spec.reporting", FULL "reporting: {@}}}", ""},
	{"mix", FULL "workloads: [{name: w, type: transactions, with: {mix: {@}}}]}}", ""},
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

	{"file", "include", NULL, "[once.yaml]", "[twice.yaml]", KEY_CHANGES},
	{"file", "parameters", NULL, "[{name: a, default: 1}]", "[{name: a}, {name: a}]",
	 KEY_REFUSED},

	{"parameter", "name", NULL, "x", "y", KEY_REFUSED},
	{"parameter", "type", NULL, "int", "duration", KEY_REFUSED},
	{"parameter", "required", "name: x", "false", "true", KEY_REFUSED},
	{"parameter", "default", "name: x", "1", "2", KEY_CHANGES},
	{"parameter", "min", "name: x; type: int; default: 1", "1", "2", KEY_REFUSED},
	{"parameter", "max", "name: x; type: int; default: 2", "2", "1", KEY_REFUSED},
	{"parameter", "values", "name: x; type: enum; default: a", "[a]", "[b]", KEY_REFUSED},
	{"parameter", "pattern", "name: x; default: a", "a", "b", KEY_REFUSED},
	/* said to who asks which parameters there are */
	{"parameter", "description", NULL, "one", "two", KEY_REPORTS},

	{"phase", "use", "description: x", "dark.yaml", "light.yaml", KEY_CHANGES},
	{"phase", "with", "use: light.yaml", "{x: a}", "{x: b}", KEY_CHANGES},
	{"step", "use", "id: x", "dark.yaml", "light.yaml", KEY_CHANGES},
	{"suite", "defaults", NULL, "{seed: 1}", "{seed: 2}", KEY_CHANGES},
	{"suite", "scenarios", NULL, "[{file: a.yaml}]", "[b.yaml]", KEY_CHANGES},
	{"suite", "matrix", NULL, "{seed: [1, 2]}", "{seed: [1, 3]}", KEY_CHANGES},
	{"suite-defaults", "timeout", NULL, "1m", "2m", KEY_CHANGES},
	{"suite-defaults", "set", NULL, "{seed: 1}", "{seed: 2}", KEY_CHANGES},
	{"suite-defaults", "params", NULL, "{a: 1}", "{a: 2}", KEY_CHANGES},
	{"suite-defaults", "tags", NULL, "[a]", "[b]", KEY_CHANGES},
	{"suite-entry", "name", NULL, "x", "y", KEY_CHANGES},
	{"suite-entry", "file", "name: x", "c.yaml", "d.yaml", KEY_CHANGES},
	{"suite-entry", "template", "name: x", "c", "d", KEY_CHANGES},
	{"suite-entry", "params", NULL, "{a: 1}", "{a: 2}", KEY_CHANGES},
	{"suite-entry", "set", NULL, "{seed: 1}", "{seed: 2}", KEY_CHANGES},
	{"suite-entry", "timeout", NULL, "1m", "2m", KEY_CHANGES},
	{"suite-entry", "tags", NULL, "[a]", "[b]", KEY_CHANGES},
	{"suite-entry", "needs", NULL, "[]", "[a]", KEY_CHANGES},
	{"suite-entry", "matrix", NULL, "{seed: [1, 2]}", "{seed: [1, 3]}", KEY_CHANGES},

	{"metadata", "name", NULL, "t", "u", KEY_CHANGES},
	{"metadata", "description", NULL, "one", "two", KEY_CHANGES},
	/* who wrote a file, and which edition it is, is for those who read the file and its listing */
	{"metadata", "version", NULL, "'1.0'", "'2.0'", KEY_REPORTS},
	{"metadata", "author", NULL, "me", "you", KEY_REPORTS},
	{"metadata", "tags", NULL, "[a]", "[b]", KEY_REPORTS},
	{"metadata", "category", NULL, "a", "b", KEY_REPORTS},

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

	{"spec", "modes", NULL, "[sim]", "[live]", KEY_CHANGES},
	{"spec", "reporting", NULL, "{formats: [html]}", "{formats: [csv]}", KEY_CHANGES},
	/* these files name their model by `model` already */
	{"spec.topology", "chain", NULL, "null", "{preset: pow}", KEY_REFUSED},
	{"spec.topology", "defaults", NULL, "{client: {live: {execution: a}}}",
	 "{client: {live: {execution: b}}}", KEY_CHANGES},
	{"spec.topology", "peering", NULL, "{degree: 3}", "{degree: 4}", KEY_CHANGES},
	{"spec.topology", "wallets", NULL, "{count: 3}", "{count: 4}", KEY_CHANGES},
	{"topology-defaults", "validatorsPerNode", NULL, "3", "4", KEY_CHANGES},
	{"topology-defaults", "client", NULL, "{live: {execution: a}}", "{live: {execution: b}}",
	 KEY_CHANGES},
	{"client", "sim", NULL, "{model: pos}", "{model: proof-of-stake}", KEY_CHANGES},
	{"client", "live", NULL, "{execution: a}", "{execution: b}", KEY_CHANGES},
	{"client-sim", "model", NULL, "pos", "pow", KEY_REFUSED},
	{"client-live", "execution", NULL, "a", "b", KEY_CHANGES},
	{"client-live", "consensus", NULL, "a", "b", KEY_CHANGES},
	{"peering", "kind", NULL, "random", "ring", KEY_CHANGES},
	{"peering", "degree", NULL, "3", "4", KEY_CHANGES},
	{"peering", "bootstrap", NULL, "[n-0]", "[n-1]", KEY_CHANGES},
	{"wallets", "count", NULL, "3", "4", KEY_CHANGES},
	{"wallets", "balance", NULL, "3", "4", KEY_CHANGES},
	{"gossip", "mesh", NULL, "3", "4", KEY_CHANGES},
	{"gossip", "heartbeat", NULL, "1s", "2s", KEY_CHANGES},
	{"network-links", "default", NULL, "{latency: 1ms}", "{latency: 2ms}", KEY_CHANGES},
	{"network-links", "regions", NULL, "[{between: [eu, na], latency: 1ms}]",
	 "[{between: [eu, eu], latency: 1ms}]", KEY_CHANGES},
	{"link-region", "between", "latency: 1ms", "[eu, na]", "[na, na]", KEY_CHANGES},
	{"spec.reporting", "formats", NULL, "[html]", "[csv]", KEY_CHANGES},
	{"spec.reporting", "plots", NULL, "[head_height]", "[tps]", KEY_CHANGES},
	/* it only says what is left */
	{"mix", "transfer", "invalid: 10%", "90%", "80%", KEY_REFUSED},
	{"spec.network", "gossip", NULL, "{}", "{mesh: 4}", KEY_REFUSED},
	{"spec.network", "links", NULL, "{default: {latency: 1ms}}", "{default: {latency: 2ms}}",
	 KEY_CHANGES},
	/* the model of these files has no validators */
	{"group", "validatorsPerNode", NULL, "null", "3", KEY_REFUSED},
	{"group", "client", NULL, "{live: {execution: a}}", "{live: {execution: b}}", KEY_CHANGES},
	{"fault.clock-drift", "drift", NULL, "10ppm", "20ppm", KEY_CHANGES},
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

	{"spec", "vars", "duration: 1h; " GROUPS "; model: {name: pow}; hypothesis: '${vars.x}'",
	 "{x: 1}", "{x: 2}", KEY_CHANGES},
	{"spec", "parameters", NULL, "[{name: a, default: 1}]", "[{name: a}, {name: a}]",
	 KEY_REFUSED},
	{"spec", "matrix", NULL, "{seed: [1, 2]}", "{seed: [1, 3]}", KEY_CHANGES},
	{"spec.topology", "use", NULL, "ring.yaml", "star.yaml", KEY_CHANGES},
	{"spec.network", "use", NULL, "fast.yaml", "slow.yaml", KEY_CHANGES},
	{"wait", "until", NULL, "heads == 1", "heads == 2", KEY_CHANGES},
	{"repeat", "until", NULL, "heads == 1", "heads == 2", KEY_CHANGES},
	{"repeat", "actions", NULL, "[{annotate: a}]", "[{annotate: b}]", KEY_CHANGES},
	{"rollback", "when", NULL, "[failure]", "[timeout]", KEY_CHANGES},
	{"rollback", "actions", NULL, "[{annotate: a}]", "[{annotate: b}]", KEY_CHANGES},
	{"signal", "name", NULL, "s", "t", KEY_REFUSED},
	{"signal", "from", NULL, "10ms", "20ms", KEY_CHANGES},
	{"signal", "to", NULL, "100ms", "200ms", KEY_CHANGES},
	{"signal", "for", NULL, "1m", "2m", KEY_CHANGES},
	{"signal", "recover", "name: s; shape: drop; from: 10ms; to: 200ms; every: 10s; for: 2m",
	 "1m", "2m", KEY_CHANGES},
	{"signal", "period", "name: s; shape: sine; from: 10ms; to: 200ms; every: 10s", "1m", "2m",
	 KEY_CHANGES},
	{"signal", "change", "name: s; shape: random-walk; from: 10ms; to: 200ms; every: 10s",
	 "1ms", "2ms", KEY_CHANGES},
	{"target", "layer", NULL, "all", "execution", KEY_REFUSED},
	{"select", "node", NULL, "n-0", "n-1", KEY_CHANGES},
	{"select", "role", NULL, "miner", "boot", KEY_CHANGES},
	{"select", "labels", NULL, "{client: a}", "{client: b}", KEY_CHANGES},
	{"spec", "signals", NULL, "[]", "[]", KEY_REPORTS},
	{"spec", "rollback", NULL, "{actions: [{clear: all}]}",
	 "{actions: [{clear: all}, {annotate: a}]}", KEY_CHANGES},
	{"spec", "cleanup", NULL, "[]", "[{annotate: a}]", KEY_CHANGES},
	{"spec.clock", "block", "slot: 12s", NULL, NULL, KEY_CHANGES},
	{"group", "role", NULL, "miner", "boot", KEY_CHANGES},
	{"group", "labels", NULL, "{client: a}", "{client: b}", KEY_CHANGES},
	{"phase", "parallelActions", NULL, "[]", "[{fault: crash, target: n-0}]", KEY_CHANGES},

	{"phase", "name", NULL, "p", "q", KEY_CHANGES},
	/* what a phase is for is said to who reads the file */
	{"phase", "description", NULL, "one", "two", KEY_REPORTS},
	{"phase", "actions", NULL, "[]", "[{fault: crash, target: n-0}]", KEY_CHANGES},
	{"phase", "assert", NULL, "[]", "[{that: heads == 1}]", KEY_CHANGES},

	/* what people call it; its draws follow from the id */
	{"step", "name", "fault: loss; target: n-0; with: {loss: 10%}", "x", "y", KEY_CHANGES},
	{"phase", "use", "description: x", "dark.yaml", "light.yaml", KEY_CHANGES},
	{"phase", "with", "use: light.yaml", "{x: a}", "{x: b}", KEY_CHANGES},
	{"step", "use", "id: x", "dark.yaml", "light.yaml", KEY_CHANGES},
	{"step", "id", NULL, "x", "y", KEY_CHANGES},
	{"step", "service", "name: x; action: clear_chaos", "n-0", "n-1", KEY_CHANGES},
	{"step", "node", "id: x; target: n-0", "start", "stop", KEY_CHANGES},
	{"step", "validator", "id: x; target: n-0", "exit", "activate", KEY_CHANGES},
	{"step", "fork", "id: x; target: n-0; with: {name: a}", "schedule", "schedules",
	 KEY_REFUSED},
	{"step", "time", "id: x", "freeze", "unfreeze", KEY_CHANGES},
	{"step", "snapshot", "id: x; with: {name: a}", "save", "remove", KEY_CHANGES},
	{"step", "restore", "id: x", "a", "b", KEY_CHANGES},
	{"step", "peer", "id: x; target: n-0; with: {to: n-1}", "connect", "connects", KEY_REFUSED},
	{"step", "topology", "id: x; target: n-0", "leave", "leaves", KEY_REFUSED},
	{"step", "chaos", "id: x; target: n-0; with: {for: 1m}", "random", "restart", KEY_CHANGES},
	{"step", "workload", "id: x; with: {rate: 5/s}", "w", "v", KEY_REFUSED},
	{"step", "set", "id: x; with: {value: 1}", "a", "b", KEY_CHANGES},
	{"step", "run", "id: x", "a", "b", KEY_CHANGES},
	{"step", "wait", "id: x", "10s", "20s", KEY_CHANGES},
	{"step", "clear", "id: x", "all", "x", KEY_REFUSED},
	{"step", "capture", "id: x", "head_height", "heads", KEY_CHANGES},
	{"step", "annotate", "id: x", "a", "b", KEY_CHANGES},
	{"step", "parallel", "id: x", "[{annotate: a}]", "[{annotate: b}]", KEY_CHANGES},
	{"step", "sequence", "id: x", "[{annotate: a}]", "[{annotate: b}]", KEY_CHANGES},
	{"step", "repeat", "id: x", "{count: 2, actions: [{annotate: a}]}",
	 "{count: 3, actions: [{annotate: a}]}", KEY_CHANGES},
	{"step", "if", NULL, "heads == 1", "heads == 2", KEY_CHANGES},
	{"step", "until", "id: x; annotate: a; every: 1m", "heads == 1", "heads == 2", KEY_CHANGES},
	{"step", "at", NULL, "1m", "end", KEY_CHANGES},
	{"step", "severity", "id: x; fault: loss; target: n-0; for: 5m", "low", "high",
	 KEY_CHANGES},
	{"step", "times", "id: x; annotate: a; every: 1m", NULL, NULL, KEY_CHANGES},
	{"step", "timeout", "id: x; wait: {until: heads == 1}", NULL, NULL, KEY_CHANGES},
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
	{"spec", "expectations", NULL, "[]", "[{type: liveness}]", KEY_CHANGES},
	{"spec", "monitors", NULL, "{alerts: []}", "{alerts: [{name: A, that: heads > 1}]}",
	 KEY_CHANGES},
	{"spec.monitors", "alerts", NULL, "[{name: A, that: heads > 1}]",
	 "[{name: B, that: heads > 1}]", KEY_CHANGES},
	{"alert", "name", NULL, "A", "B", KEY_CHANGES},
	{"alert", "that", NULL, "heads > 1", "heads > 2", KEY_CHANGES},
	{"alert", "quorum", NULL, "any", "all", KEY_CHANGES},
	{"alert", "target", NULL, "n", "m", KEY_CHANGES},
	{"assert", "expect", NULL, "pass", "fail", KEY_CHANGES},
	{"assert", "until", NULL, "10m", "20m", KEY_CHANGES},
	{"assert", "after", NULL, "10m", "c", KEY_CHANGES},
	{"assert", "during", "that: heads == 1; mode: always", "f", "x", KEY_REFUSED},
	{"assert", "since", "that: head_height; increasedBy: 1", "c", "d", KEY_CHANGES},
	{"assert", "increasedBy", "that: head_height", "1", "2", KEY_CHANGES},
	{"assert", "tolerance", "that: head_height == 5", "1", "2", KEY_CHANGES},
	{"assert", "quorum", "that: head_height > 5", "any", "majority", KEY_CHANGES},
	{"assertion.expression", "text", NULL, "heads == 1", "heads == 2", KEY_CHANGES},
	{"assertion.finality", "expect", NULL, "advancing", "other", KEY_REFUSED},
	{"assertion.finality_stalled", "expect", NULL, "stalled", "other", KEY_REFUSED},
	{"assertion.safety", "expect", NULL, "no_conflicting_finality", "other", KEY_REFUSED},
	{"assertion.block_interval", "expect", "max: 1m", "within", "other", KEY_REFUSED},
	{"assertion.samples", "gauge", NULL, "head_height", "reorg_depth", KEY_CHANGES},
	{"assertion.samples", "min", "gauge: head_height", NULL, NULL, KEY_CHANGES},
	{"assertion.reachability", "expect", "from: n-0; to: n-1", "reachable", "unreachable",
	 KEY_CHANGES},
	{"assertion.reachability", "from", "from: n-0; to: n-1", "n-0", "n-2", KEY_CHANGES},
	{"assertion.reachability", "to", "from: n-0; to: n-1", "n-1", "n-2", KEY_CHANGES},
	{"assertion.recovery", "fault", NULL, "f", "g", KEY_CHANGES},
	{"assertion.alert", "expect", NULL, "A", "B", KEY_CHANGES},
	{"assertion.alert", "alertType", NULL, "A", "B", KEY_CHANGES},
	{"assertion.alert", "severity", "expect: A", "low", "high", KEY_CHANGES},
	{"assertion.alert_cleared", "expect", NULL, "A", "B", KEY_CHANGES},
	{"assertion.alert_cleared", "alertType", NULL, "A", "B", KEY_CHANGES},
	{"assertion.alert_cleared", "severity", "expect: A", "low", "high", KEY_CHANGES},
	{"assert", "target", "that: head_height > 1", "n", "m", KEY_CHANGES},

	{"fault.partition", "shape", "groups: [[n-0], [n-1]]", "groups", "halves", KEY_CHANGES},
	{"fault.partition", "groups", "shape: groups", "[[n-0], [n-1]]", "[[n-0], [n-2]]",
	 KEY_CHANGES},
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
