/*
 * keys.c - every key of the scenario language, one row each.
 */
#include "core/scenario/keys.h"

#include <string.h>

#define NS_MAX	  (INT64_C(3650) * 24 * 3600 * 1000000000) /* ten years */
#define AT(t, m)  .offset = (uint32_t)offsetof(struct rh_in_##t, m)
#define SINCE	  .since = "0.1"
#define TEXTS	  .type = RH_KEY_TEXT
#define LENGTH	  .type = RH_KEY_DURATION, .max = NS_MAX
#define WORD(...) .type = RH_KEY_ENUM, .values = __VA_ARGS__
#define VALUE	  .shape = RH_FIELD_VALUE
#define END \
	{ \
		.key = {.name = NULL } \
	}

static const struct rh_field file_fields[] = {
	{{"apiVersion", TEXTS, AT(file, api_version), NULL,
	  .doc = "The language of the file: rehearse/v1 (chaos.trading/v1 is read as the same).",
	  SINCE},
	 VALUE},
	{{"kind", TEXTS, AT(file, kind), NULL, .doc = "What the file is: Scenario.", SINCE}, VALUE},
	{{"metadata", TEXTS, AT(file, metadata), NULL, .doc = "Who the scenario is.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "metadata"},
	{{"spec", TEXTS, AT(file, spec), NULL, .doc = "What is rehearsed.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "spec"},
	END};

static const struct rh_field metadata_fields[] = {
	{{"name", TEXTS, AT(metadata, name), NULL,
	  .doc = "Short name: letters, digits, '-', '_' and '.'; run directories are called after "
		 "it.",
	  SINCE},
	 VALUE},
	{{"description", TEXTS, AT(metadata, description), "",
	  .doc = "One sentence that says what is rehearsed; the first line of a run.", SINCE},
	 VALUE},
	{{"version", TEXTS, AT(metadata, version), "", .doc = "Version of the scenario.", SINCE},
	 VALUE},
	{{"author", TEXTS, AT(metadata, author), "", .doc = "Who wrote it.", SINCE}, VALUE},
	{{"tags", TEXTS, AT(metadata, tags), "", .doc = "Words to find the scenario by.", SINCE},
	 .shape = RH_FIELD_WORDS},
	END};

static const struct rh_field spec_fields[] = {
	{{"hypothesis", TEXTS, AT(spec, hypothesis), "",
	  .doc = "What you expect to see, in words; printed in the report.", SINCE},
	 VALUE},
	{{"seed", RH_KEY_INT, AT(spec, seed), "1", 0, (INT64_C(1) << 53) - 1,
	  .doc = "All randomness follows from it: same file, same seed, same run.", SINCE},
	 VALUE},
	{{"rng", WORD("splitmix|philox"), AT(spec, rng), "splitmix",
	  .doc = "The generator; a conclusion should survive the other one.", SINCE},
	 VALUE},
	{{"ties", WORD("fixed|random"), AT(spec, ties), "fixed",
	  .doc = "Order of events at one node at one nanosecond: by identity, or drawn.", SINCE},
	 VALUE},
	{{"duration", LENGTH, AT(spec, duration_ns), "", 1,
	  .doc = "How long is simulated; default: the sum of the phases.", SINCE},
	 VALUE},
	{{"timeout", LENGTH, AT(spec, timeout_ns), "", 1,
	  .doc = "The run waits for open checks until then; default: 5m after `duration`, or the "
		 "last deadline.",
	  SINCE},
	 VALUE},
	{{"clock", TEXTS, AT(spec, clock), "", .doc = "Calendar and slots.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "spec.clock"},
	{{"topology", TEXTS, AT(spec, topology), NULL,
	  .doc = "Which nodes there are, and their links.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "spec.topology"},
	{{"network", TEXTS, AT(spec, network), "", .doc = "What the links are like.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "spec.network"},
	{{"model", TEXTS, AT(spec, model), NULL, .doc = "Which protocol the nodes speak.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "spec.model"},
	{{"workloads", TEXTS, AT(spec, workloads), "", .doc = "Load that is put on the nodes.",
	  SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "workload"},
	{{"phases", TEXTS, AT(spec, phases), "",
	  .doc = "What happens, one stretch after the other.", SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "phase"},
	{{"successCriteria", TEXTS, AT(spec, criteria), "",
	  .doc = "Checks over the whole run (mode `always` unless they say otherwise).", SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "assert"},
	{{"limits", TEXTS, AT(spec, limits), "", .doc = "Where a run stops with an orderly error.",
	  SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "spec.limits"},
	{{"trace", WORD("verdict|node|full"), AT(spec, trace), "verdict",
	  .doc = "What is stored: what the checks need, every record, or every message.", SINCE},
	 VALUE},
	{{"reaction", LENGTH, AT(spec, reaction_ns), "4194304ns", 1000,
	  .doc = "Grid of times at which the run reacts to what it saw.", SINCE},
	 VALUE},
	END};

static const struct rh_field clock_fields[] = {
	{{"genesis", TEXTS, AT(clock, genesis), "2026-01-01T00:00:00Z",
	  .doc = "What time 0 is on the calendar, in UTC.", SINCE},
	 VALUE},
	{{"slot", .type = RH_KEY_DURATION, AT(clock, slot_ns), "", 1,
	  .max = INT64_C(86400) * 1000000000,
	  .doc = "Length of a slot; then durations may be written in slots.", SINCE},
	 VALUE},
	{{"slotsPerEpoch", RH_KEY_INT, AT(clock, slots_per_epoch), "", 1, 65536,
	  .doc = "Slots in an epoch; then durations may be written in epochs.", SINCE},
	 VALUE},
	END};

static const struct rh_field topology_fields[] = {
	{{"groups", TEXTS, AT(topology, groups), NULL,
	  .doc = "Nodes of one kind, named <group>-0, "
		 "<group>-1, ...",
	  SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "group"},
	{{"shape", WORD("random-regular|random-degree|star|ring|line|grid|full|explicit"),
	  AT(topology, shape), "random-regular", .doc = "Who is linked to whom.", SINCE},
	 VALUE},
	{{"degree", RH_KEY_INT, AT(topology, degree), "8", 1, 100000,
	  .doc = "Links of each node in the shape random-regular (fewer in small networks).",
	  SINCE},
	 VALUE},
	{{"links", TEXTS, AT(topology, links), "",
	  .doc = "Links by name, in addition to those of the shape: [a, b] or {between: [a, b], "
		 "latency: 5ms}.",
	  SINCE},
	 .shape = RH_FIELD_LINKS,
	 .section = "link"},
	END};

static const struct rh_field group_fields[] = {
	{{"name", TEXTS, AT(group, name), NULL, .doc = "Name of the group.", SINCE}, VALUE},
	{{"count", RH_KEY_INT, AT(group, count), "1", 1, 1000000, .doc = "How many nodes.", SINCE},
	 VALUE},
	{{"region", TEXTS, AT(group, region), "", .doc = "Region of all its nodes.", SINCE}, VALUE},
	{{"regions", TEXTS, AT(group, regions), "",
	  .doc = "Where its nodes stand: the name of a distribution (bitcoin2019), or shares "
		 "{eu: 60%, na: 40%}; drawn for each node.",
	  SINCE},
	 .shape = RH_FIELD_SHARES},
	{{"peers", RH_KEY_INT, AT(group, peers), "", 0, 100000,
	  .doc = "Links of each node (random shapes); 0: none at all, in every shape.", SINCE},
	 VALUE},
	{{"join", LENGTH, AT(group, join_ns), "0", .doc = "When its nodes start.", SINCE}, VALUE},
	{{"clockOffset", .type = RH_KEY_DURATION, AT(group, clock_offset_ns), "0",
	  -INT64_C(86400000000000), INT64_C(86400000000000),
	  .doc = "How far the nodes' clocks are ahead (negative: behind) at the start.", SINCE},
	 VALUE},
	{{"clockDrift", TEXTS, AT(group, clock_drift), "0ppm",
	  .doc = "How much too fast (negative: slow) the clocks run: 20ppm, -150ppb; at most "
		 "1000ppm.",
	  SINCE},
	 VALUE},
	{{"bandwidth", RH_KEY_RATE, AT(group, bandwidth), "",
	  .doc = "A node's access: one rate for both ways, or {up, down}; wins over "
		 "network.bandwidth.",
	  SINCE},
	 .shape = RH_FIELD_EITHER,
	 .section = "bandwidth"},
	{{"with", TEXTS, AT(group, with), "", .doc = "The model's parameters of these nodes.",
	  SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "model.node"},
	END};

static const struct rh_field bandwidth_fields[] = {
	{{"up", RH_KEY_RATE, AT(bandwidth, up_bps), "unlimited", .doc = "From the node.", SINCE},
	 VALUE},
	{{"down", RH_KEY_RATE, AT(bandwidth, down_bps), "unlimited", .doc = "To the node.", SINCE},
	 VALUE},
	END};

static const struct rh_field link_fields[] = {
	{{"between", TEXTS, AT(link, between), NULL, .doc = "The two nodes.", SINCE},
	 .shape = RH_FIELD_WORDS},
	{{"latency", LENGTH, AT(link, latency_ns), "", 1,
	  .doc = "One-way delay of this link; default: that of network.latency.", SINCE},
	 VALUE},
	END};

static const struct rh_field network_fields[] = {
	{{"latency", .type = RH_KEY_TEXT, AT(network, latency), "",
	  .doc = "One-way base delay of each link: a duration, a table of regions (internet2019, "
		 "internet2015), or a law that is drawn once for each link. Default 20ms.",
	  SINCE},
	 .shape = RH_FIELD_EITHER,
	 .section = "latency"},
	{{"jitter", RH_KEY_RATIO, AT(network, jitter), "",
	  .doc = "How each message's delay varies: {law, amount}, or an amount alone (uniform).",
	  SINCE},
	 .shape = RH_FIELD_EITHER,
	 .section = "jitter"},
	{{"bandwidth", .type = RH_KEY_TEXT, AT(network, bandwidth), "",
	  .doc = "Access of the nodes: a table of regions, one rate, {up, down} or unlimited.",
	  SINCE},
	 .shape = RH_FIELD_EITHER,
	 .section = "bandwidth"},
	{{"loss", RH_KEY_RATIO, AT(network, loss), "0%",
	  .doc = "Share of messages lost on every link.", SINCE},
	 VALUE},
	{{"latencyIsRoundTrip", RH_KEY_BOOL, AT(network, is_round_trip), "false",
	  .doc = "The delays of a table are round trips: half of them is used. (Published tables "
		 "are; the simulators that use them take them as one way.)",
	  SINCE},
	 VALUE},
	END};

static const struct rh_field latency_fields[] = {
	{{"law", WORD("constant|uniform|normal|lognormal|exponential|matrix"), AT(latency, law),
	  NULL, .doc = "How the base delay of a link is found.", SINCE},
	 VALUE},
	{{"delay", LENGTH, AT(latency, delay_ns), "", 1, .doc = "constant: the delay.", SINCE},
	 VALUE},
	{{"min", LENGTH, AT(latency, min_ns), "",
	  .doc = "uniform: the least; normal, lognormal, exponential: no link is faster.", SINCE},
	 VALUE},
	{{"max", LENGTH, AT(latency, max_ns), "", .doc = "uniform: the largest.", SINCE}, VALUE},
	{{"mean", LENGTH, AT(latency, mean_ns), "", 1, .doc = "normal, exponential: the mean.",
	  SINCE},
	 VALUE},
	{{"deviation", LENGTH, AT(latency, deviation_ns), "",
	  .doc = "normal: the standard deviation.", SINCE},
	 VALUE},
	{{"median", LENGTH, AT(latency, median_ns), "", 1, .doc = "lognormal: the median.", SINCE},
	 VALUE},
	{{"sigma", RH_KEY_RATIO, AT(latency, sigma), "", 0, 5000000,
	  .doc = "lognormal: standard deviation of the logarithm.", SINCE},
	 VALUE},
	{{"regions", TEXTS, AT(latency, regions), "", .doc = "matrix: the regions in order.",
	  SINCE},
	 .shape = RH_FIELD_WORDS},
	{{"ms", TEXTS, AT(latency, ms), "",
	  .doc = "matrix: a row for each region, in milliseconds (fractions allowed).", SINCE},
	 .shape = RH_FIELD_MATRIX},
	END};

static const struct rh_field jitter_fields[] = {
	{{"law", WORD("none|uniform|normal|lognormal|exponential|pareto"), AT(jitter, law),
	  "uniform",
	  .doc = "uniform: up to `amount` more; normal, lognormal: around the base, never below "
		 "half "
		 "of it; exponential: added, with mean `amount`; pareto: SimBlock's law, which "
		 "needs no "
		 "amount.",
	  SINCE},
	 VALUE},
	{{"amount", RH_KEY_RATIO, AT(jitter, amount), "0%", 0, 10000000,
	  .doc = "Size of the variation as a share of the base delay.", SINCE},
	 VALUE},
	END};

static const struct rh_field model_fields[] = {
	{{"name", TEXTS, AT(model, name), NULL,
	  .doc = "Name of the model (`rehearse list models`).", SINCE},
	 VALUE},
	{{"with", TEXTS, AT(model, with), "",
	  .doc = "Its parameters (`rehearse explain model.NAME`).", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "model"},
	END};

static const struct rh_field phase_fields[] = {
	{{"name", TEXTS, AT(phase, name), NULL, .doc = "Name of the phase.", SINCE}, VALUE},
	{{"description", TEXTS, AT(phase, description), "", .doc = "What it is for.", SINCE},
	 VALUE},
	{{"duration", LENGTH, AT(phase, duration_ns), NULL, 1, .doc = "How long it lasts.", SINCE},
	 VALUE},
	{{"heal", WORD("none|all"), AT(phase, heal), "none",
	  .doc = "all: every fault that is still in effect ends when the phase begins.", SINCE},
	 VALUE},
	{{"actions", TEXTS, AT(phase, actions), "", .doc = "What is done in it.", SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "step"},
	{{"assert", TEXTS, AT(phase, assertions), "", .doc = "What is checked; all side by side.",
	  SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "assert",
	 .alias = "assertions"},
	END};

static const struct rh_field step_fields[] = {
	{{"name", TEXTS, AT(step, name), "",
	  .doc = "Name of the step, unique; its random choices follow from it. Default: the fault "
		 "and "
		 "a number.",
	  SINCE},
	 VALUE,
	 .alias = "id"},
	{{"fault", TEXTS, AT(step, fault), "",
	  .doc = "What goes wrong (`rehearse list faults`, `rehearse explain fault.NAME`). A step "
		 "has "
		 "this or `action`.",
	  SINCE},
	 VALUE},
	{{"action", TEXTS, AT(step, action), "",
	  .doc = "What is done, once: an action of the model or of a plugin (`rehearse list "
		 "actions`).",
	  SINCE},
	 VALUE},
	{{"target", TEXTS, AT(step, target), "", .doc = "To whom.", SINCE},
	 .shape = RH_FIELD_TARGET,
	 .section = "target"},
	{{"direction", WORD("both|in|out"), AT(step, direction), "both",
	  .doc = "For faults on links: which way, seen from the target.", SINCE},
	 VALUE},
	{{"with", TEXTS, AT(step, with), "", .doc = "Parameters of the fault or action.", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "fault"},
	{{"for", LENGTH, AT(step, for_ns), "", 1,
	  .doc = "How long it lasts; default: to the end of the run or a phase with `heal: all`.",
	  SINCE},
	 VALUE},
	{{"at", LENGTH, AT(step, at_ns), "0", .doc = "When it begins, from the start of the phase.",
	  SINCE},
	 VALUE,
	 .alias = "delay"},
	{{"verify", WORD("required|none"), AT(step, verify), "required",
	  .doc = "none: the verdict stands even if the fault could not be verified in effect.",
	  SINCE},
	 VALUE},
	{{"disabled", RH_KEY_BOOL, AT(step, is_disabled), "false",
	  .doc = "true: kept in the plan and never begun.", SINCE},
	 VALUE},
	END};

static const struct rh_field target_fields[] = {
	{{"select", TEXTS, AT(target, select), "", .doc = "Among whom; default: all nodes.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "select"},
	{{"mode", WORD("all|one|fixed|percent"), AT(target, mode), "all",
	  .doc = "How many of them; which ones is drawn.", SINCE},
	 VALUE},
	{{"value", TEXTS, AT(target, value), "",
	  .doc = "fixed: how many nodes; percent: which share of them, rounded to the nearest.",
	  SINCE},
	 VALUE},
	{{"not", TEXTS, AT(target, not_these), "", .doc = "Names of nodes or groups to leave out.",
	  SINCE},
	 .shape = RH_FIELD_TARGET},
	END};

static const struct rh_field select_fields[] = {
	{{"group", TEXTS, AT(select, group), "", .doc = "A group, or a list of them.", SINCE},
	 .shape = RH_FIELD_TARGET},
	{{"region", TEXTS, AT(select, region), "", .doc = "A region, or a list of them.", SINCE},
	 .shape = RH_FIELD_TARGET},
	END};

static const struct rh_field assert_fields[] = {
	{{"name", TEXTS, AT(assertion, name), "",
	  .doc = "What it is called; default: its sentence.", SINCE},
	 VALUE},
	{{"that", TEXTS, AT(assertion, that), "",
	  .doc = "A sentence over gauges: \"max(reorg_depth) <= 6\" (`rehearse list gauges`).",
	  SINCE},
	 VALUE},
	{{"type", TEXTS, AT(assertion, type), "", .doc = "Instead of `that`: a registered type.",
	  SINCE},
	 VALUE},
	{{"with", TEXTS, AT(assertion, with), "", .doc = "Parameters of the type.", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "assertion"},
	{{"mode", WORD("eventually|always|never|atEnd"), AT(assertion, mode), "",
	  .doc = "When it must be true. Default: eventually; `always` in successCriteria.", SINCE},
	 VALUE},
	{{"within", LENGTH, AT(assertion, within_ns), "", 1,
	  .doc = "Its own deadline from the start of the phase (5m when neither it nor mode is "
		 "given); it may outlive the phase.",
	  SINCE},
	 VALUE},
	{{"target", TEXTS, AT(assertion, target), "", .doc = "Nodes it looks at; default: all.",
	  SINCE},
	 .shape = RH_FIELD_TARGET,
	 .section = "target"},
	END};

static const struct rh_field workload_fields[] = {
	{{"name", TEXTS, AT(workload, name), NULL, .doc = "Name of the workload.", SINCE}, VALUE},
	{{"type", TEXTS, AT(workload, type), NULL, .doc = "A registered kind of load.", SINCE},
	 VALUE},
	{{"with", TEXTS, AT(workload, with), "", .doc = "Its parameters.", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "workload"},
	{{"target", TEXTS, AT(workload, target), "", .doc = "Nodes that get it; default: all.",
	  SINCE},
	 .shape = RH_FIELD_TARGET,
	 .section = "target"},
	{{"start", LENGTH, AT(workload, start_ns), "0", .doc = "When it begins.", SINCE}, VALUE},
	{{"for", LENGTH, AT(workload, for_ns), "", 1,
	  .doc = "How long; default: to the end of the run.", SINCE},
	 VALUE},
	END};

static const struct rh_field limits_fields[] = {
	{{"memory", RH_KEY_SIZE, AT(limits, memory_bytes), "8GB", 1000000, INT64_C(60000000000),
	  .doc = "Simulation memory.", SINCE},
	 VALUE},
	{{"selfEvents", RH_KEY_INT, AT(limits, self_events), "1000000", 1, 4000000000,
	  .doc = "Events of one node to itself in one window of the kernel.", SINCE},
	 VALUE},
	{{"messagesInFlight", RH_KEY_INT, AT(limits, messages), "100000000", 1, 4000000000,
	  .doc = "Messages on their way at one time.", SINCE},
	 VALUE},
	END};

static const struct rh_section sections[] = {
	{"file", "The file itself.", file_fields},
	{"metadata", "Who the scenario is.", metadata_fields},
	{"spec", "What is rehearsed.", spec_fields},
	{"spec.clock", "Calendar and slots.", clock_fields},
	{"spec.topology", "Nodes and links.", topology_fields},
	{"group", "A group of nodes (spec.topology.groups).", group_fields},
	{"bandwidth", "Access of a node, each way.", bandwidth_fields},
	{"link", "A link by name (spec.topology.links).", link_fields},
	{"spec.network", "What the links are like.", network_fields},
	{"latency", "A law of base delays (spec.network.latency).", latency_fields},
	{"jitter", "How delays vary (spec.network.jitter).", jitter_fields},
	{"spec.model", "The protocol.", model_fields},
	{"phase", "A stretch of the run (spec.phases).", phase_fields},
	{"step", "Something that is done (phase.actions).", step_fields},
	{"target", "A choice of nodes.", target_fields},
	{"select", "Among whom a target chooses.", select_fields},
	{"assert", "A check (phase.assert, spec.successCriteria).", assert_fields},
	{"workload", "Load on the nodes (spec.workloads).", workload_fields},
	{"spec.limits", "Where a run stops with an orderly error.", limits_fields},
};

const struct rh_keyset rh_keyset_default = {sections, RH_ARRAY_LEN(sections)};

const struct rh_section *rh_keyset_section(const struct rh_keyset *keys, const char *name)
{
	for (uint32_t i = 0; i < keys->section_count; i++) {
		if (strcmp(keys->sections[i].name, name) == 0)
			return &keys->sections[i];
	}
	return NULL;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Walks both: an upper-case letter of the canonical name may be written as '_' and lower case. */
bool rh_key_is(const char *canonical, const char *written)
{
	if (strcmp(canonical, written) == 0)
		return true;
	for (; *canonical != 0; canonical++, written++) {
		if (is_upper(*canonical)) {
			if (*written != '_' || *++written != *canonical - 'A' + 'a')
				return false;
		} else if (*canonical != *written) {
			return false;
		}
	}
	return *written == 0;
}

bool rh_field_is(const struct rh_field *field, const char *written)
{
	return rh_key_is(field->key.name, written) ||
	       (field->alias != NULL && rh_key_is(field->alias, written));
}
