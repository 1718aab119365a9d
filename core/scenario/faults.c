/*
 * faults.c - the faults that core brings itself: on links and on nodes.
 *
 * A fault on links says what it does to one edge (struct rh_link_state); the run layer merges all
 * that are in effect.  A fault on nodes is an operation at its start and one at its end.
 */
#include "core/scenario/faults.h"

#include <string.h>

#include "core/base/dist.h"
#include "core/plan.h"
#include "core/scenario/clock_faults.h"
#include "core/scenario/node_steps.h"

#define HOUR_NS INT64_C(3600000000000)

/* A row of a table of parameters. */
#define PARAM(owner, text, kind, member, standard, sentence, ...) \
	{ \
		.name = text, .type = RH_KEY_##kind, .offset = offsetof(struct owner, member), \
		.default_text = standard, .doc = sentence, .since = "0.1", __VA_ARGS__ \
	}
#define TO_AN_HOUR .min = 0, .max = HOUR_NS

static const struct rh_key partition_keys[] = {
	{.name = "dropInFlight",
	 .type = RH_KEY_BOOL,
	 .offset = offsetof(struct rh_partition, drops_in_flight),
	 .default_text = "false",
	 .doc = "Messages that are on the wire when the cut begins are lost too.",
	 .since = "0.1"},
	PARAM(rh_partition, "shape", ENUM, shape, "split",
	      "split: the target against the rest; groups: as `groups` says; halves: `parts` equal "
	      "parts of the target; minority: its largest minority against the others; isolate: "
	      "each node alone; ring: each sees a majority, no two the same one; bridge: two "
	      "halves "
	      "and one node that sees both; random: each node draws one of `parts`. Without a "
	      "target, of all nodes.",
	      .values = "split|groups|halves|minority|isolate|ring|bridge|random"),
	PARAM(rh_partition, "parts", INT, parts, "2", "How many parts of halves and random.",
	      .min = 2, .max = 1000),
	PARAM(rh_partition, "oneWay", BOOL, is_one_way, "false",
	      "Only what the first side sends to the others is lost."),
	PARAM(rh_partition, "groups", TEXT, groups, "",
	      "A list of sides, each a name or a list of names: [[eu, us-0], [us-1]]."),
	PARAM(rh_partition, "symmetric", BOOL, is_symmetric, "true",
	      "false is the same as oneWay: true."),
	PARAM(rh_partition, "scope", TEXT, scope, "",
	      "Which traffic is cut: all, p2p, or a list of consensus_p2p, execution_p2p, rpc, "
	      "engine. "
	      "Both kinds of p2p are all that simulated links carry; less needs nodes of two "
	      "layers."),
	RH_KEY_END,
};

static void partition_link(const void *params, struct rh_link_state *state)
{
	const struct rh_partition *partition = params;

	state->is_cut = true;
	state->drops_in_flight = partition->drops_in_flight != 0;
}

static bool has_word(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

/* Links carry all layers' traffic together: a cut of one alone needs a world that tells them apart. */
static const char *partition_lacks(const void *params)
{
	const char *scope = ((const struct rh_partition *)params)->scope;

	if (scope == NULL || scope[0] == 0 || has_word(scope, "all") ||
	    (has_word(scope, "consensus_p2p") && has_word(scope, "execution_p2p")) ||
	    strcmp(scope, "p2p") == 0 || strcmp(scope, "[p2p]") == 0)
		return NULL;
	return "links that tell layers apart (its scope names some of them)";
}

const struct rh_action_type rh_fault_partition = {
	.name = "partition",
	.doc = "Cuts every link between the target and the rest, or between the sides of a shape.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_LINKS,
	.edges = RH_EDGES_BETWEEN,
	.params_size = sizeof(struct rh_partition),
	.keys = partition_keys,
	.lacks = partition_lacks,
	.link = partition_link,
};

struct latency {
	uint64_t delay_ns;
	uint64_t jitter_ns;
	struct rh_ratio correlation; /* latency only */
};

static const struct rh_key latency_keys[] = {
	{.name = "delay",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct latency, delay_ns),
	 .min = 0,
	 .max = HOUR_NS,
	 .doc = "Added to each message, one way.",
	 .since = "0.1",
	 .alias = "latency"},
	{.name = "jitter",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct latency, jitter_ns),
	 .default_text = "0",
	 .min = 0,
	 .max = HOUR_NS,
	 .doc = "Up to so much more, drawn for each message.",
	 .since = "0.1"},
	PARAM(latency, "correlation", RATIO, correlation, "0%",
	      "How much a message's jitter is that of the one before it; more than 0% needs links "
	      "that remember.",
	      .min = 0, .max = 1000000),
	RH_KEY_END,
};

static const char *latency_lacks(const void *params)
{
	const struct latency *latency = params;

	return latency->correlation.num != 0 ? "links that remember the last delay (correlation)"
					     : NULL;
}

static void latency_link(const void *params, struct rh_link_state *state)
{
	const struct latency *latency = params;

	state->delay_ns = latency->delay_ns;
	state->jitter_ns = latency->jitter_ns;
}

static const struct rh_action_type latency = {
	.name = "latency",
	.doc = "Makes the target's links slower.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_LINKS,
	.edges = RH_EDGES_AT,
	.params_size = sizeof(struct latency),
	.keys = latency_keys,
	.link = latency_link,
	.lacks = latency_lacks,
};

struct loss {
	struct rh_ratio share;
};

static const struct rh_key loss_keys[] = {
	{.name = "loss",
	 .type = RH_KEY_RATIO,
	 .offset = offsetof(struct loss, share),
	 .doc = "Share of messages that are lost.",
	 .since = "0.1"},
	RH_KEY_END,
};

static void loss_link(const void *params, struct rh_link_state *state)
{
	const struct loss *loss = params;

	state->loss_threshold = rh_threshold(loss->share.num, loss->share.den);
}

static const struct rh_action_type loss = {
	.name = "loss",
	.doc = "Loses messages on the target's links.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_LINKS,
	.edges = RH_EDGES_AT,
	.params_size = sizeof(struct loss),
	.keys = loss_keys,
	.link = loss_link,
};

struct bandwidth {
	uint64_t rate_bps;
};

static const struct rh_key bandwidth_keys[] = {
	{.name = "rate",
	 .type = RH_KEY_RATE,
	 .offset = offsetof(struct bandwidth, rate_bps),
	 .min = 1,
	 .max = INT64_MAX,
	 .doc = "What is left on each link, each way.",
	 .since = "0.1"},
	RH_KEY_END,
};

static void bandwidth_link(const void *params, struct rh_link_state *state)
{
	const struct bandwidth *bandwidth = params;

	state->rate_bps = bandwidth->rate_bps;
}

static const struct rh_action_type bandwidth = {
	.name = "bandwidth",
	.doc = "Caps the rate of the target's links.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_LINKS,
	.edges = RH_EDGES_AT,
	.params_size = sizeof(struct bandwidth),
	.keys = bandwidth_keys,
	.link = bandwidth_link,
};

struct crash {
	uint64_t is_amnesiac;
	uint64_t downtime_ns; /* restart only */
};

static enum rh_node_op crash_begin(const void *params)
{
	const struct crash *crash = params;

	return crash->is_amnesiac ? RH_NODE_OP_CRASH_AMNESIA : RH_NODE_OP_CRASH;
}

static enum rh_node_op crash_end(const void *params)
{
	(void)params;
	return RH_NODE_OP_RESTART;
}

static const struct rh_key crash_keys[] = {
	{.name = "amnesia",
	 .type = RH_KEY_BOOL,
	 .offset = offsetof(struct crash, is_amnesiac),
	 .default_text = "false",
	 .doc = "What the node had written to its disk is lost too.",
	 .since = "0.1"},
	RH_KEY_END,
};

static const struct rh_action_type crash = {
	.name = "crash",
	.doc = "Stops the target; with `for` it starts again afterwards, without it stays down.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_NODES,
	.params_size = sizeof(struct crash),
	.keys = crash_keys,
	.begin_op = crash_begin,
	.end_op = crash_end,
};

static const struct rh_key restart_keys[] = {
	{.name = "amnesia",
	 .type = RH_KEY_BOOL,
	 .offset = offsetof(struct crash, is_amnesiac),
	 .default_text = "false",
	 .doc = "What the node had written to its disk is lost too.",
	 .since = "0.1"},
	{.name = "downtime",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct crash, downtime_ns),
	 .default_text = "1s",
	 .min = 1,
	 .max = INT64_C(24) * 3650 * HOUR_NS,
	 .doc = "How long the node is down.",
	 .since = "0.1"},
	RH_KEY_END,
};

static const struct rh_action_type restart = {
	.name = "restart",
	.doc = "Stops the target and starts it again after `downtime`.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_NODES,
	.params_size = sizeof(struct crash),
	.keys = restart_keys,
	.begin_op = crash_begin,
	.end_op = crash_end,
};

/* ---- more faults on links -------------------------------------------------------------------- */

#define LINK_FAULT(id, text, sentence, owner, table, function) \
	const struct rh_action_type id = { \
		.name = text, \
		.doc = sentence, \
		.is_fault = true, \
		.effect = RH_EFFECT_ON_LINKS, \
		.edges = RH_EDGES_AT, \
		.params_size = sizeof(struct owner), \
		.keys = table, \
		.link = function, \
	}

static const struct rh_key jitter_keys[] = {
	PARAM(latency, "jitter", DURATION, jitter_ns, NULL,
	      "Up to so much is added, drawn for each message.", TO_AN_HOUR),
	RH_KEY_END,
};

static LINK_FAULT(jitter, "jitter", "Makes the delays of the target's links vary.", latency,
		  jitter_keys, latency_link);

static const struct rh_key slow_keys[] = {
	PARAM(latency, "delay", DURATION, delay_ns, "500ms", "Added to each message, one way.",
	      TO_AN_HOUR),
	PARAM(latency, "jitter", DURATION, jitter_ns, "100ms",
	      "Up to so much more, drawn for each message.", TO_AN_HOUR),
	RH_KEY_END,
};

static LINK_FAULT(slow, "slow", "Makes the target a slow peer.", latency, slow_keys, latency_link);

struct congestion {
	uint64_t delay_ns;
	uint64_t jitter_ns;
	uint64_t rate_bps;
	struct rh_ratio loss;
};

static const struct rh_key congestion_keys[] = {
	PARAM(congestion, "delay", DURATION, delay_ns, "100ms", "Added to each message, one way.",
	      TO_AN_HOUR),
	PARAM(congestion, "jitter", DURATION, jitter_ns, "50ms",
	      "Up to so much more, drawn for each message.", TO_AN_HOUR),
	PARAM(congestion, "rate", RATE, rate_bps, "2mbit", "What is left on each link, each way.",
	      .min = 1, .max = INT64_MAX),
	PARAM(congestion, "loss", RATIO, loss, "1%", "Share of messages that are lost.", .min = 0,
	      .max = 1000000),
	RH_KEY_END,
};

static void congestion_link(const void *params, struct rh_link_state *state)
{
	const struct congestion *congestion = params;

	state->delay_ns = congestion->delay_ns;
	state->jitter_ns = congestion->jitter_ns;
	state->rate_bps = congestion->rate_bps;
	state->loss_threshold = rh_threshold(congestion->loss.num, congestion->loss.den);
}

static LINK_FAULT(congestion, "congestion",
		  "Fills the target's links: they are slower, narrower and lose some.", congestion,
		  congestion_keys, congestion_link);

static const struct rh_key cut_keys[] = {
	{.name = "dropInFlight",
	 .type = RH_KEY_BOOL,
	 .offset = offsetof(struct rh_partition, drops_in_flight),
	 .default_text = "false",
	 .doc = "Messages that are on the wire when the cut begins are lost too.",
	 .since = "0.1"},
	RH_KEY_END,
};

static LINK_FAULT(isolate, "isolate", "Cuts every link of the target, also those within it.",
		  rh_partition, cut_keys, partition_link);

static const struct rh_key no_keys[] = {RH_KEY_END};

static void disconnect_link(const void *params, struct rh_link_state *state)
{
	(void)params;
	state->is_cut = true;
	state->drops_in_flight = true;
}

static LINK_FAULT(disconnect, "disconnect",
		  "Breaks the target's connections: its links are cut and what is on the wire is "
		  "lost.",
		  latency, no_keys, disconnect_link);

static const struct rh_key flaky_keys[] = {
	PARAM(rh_flaky, "down", DURATION, down_ns, "2s", "How long the links are cut each time.",
	      .min = 1, .max = HOUR_NS),
	PARAM(rh_flaky, "up", DURATION, up_ns, "8s", "How long they are there in between.",
	      .min = 1, .max = HOUR_NS),
	RH_KEY_END,
};

LINK_FAULT(
	rh_fault_flaky, "flaky",
	"Cuts the target's links again and again; begins with a cut, lasts `for` or to the end of "
	"its phase.",
	rh_flaky, flaky_keys, disconnect_link);

/* What people call their connections; the least of what is usual, one way. */
static const struct {
	struct rh_link_state state;
	uint32_t loss_ppm;
} profiles[] = {
	{{.is_cut = true}, 0},
	{{.delay_ns = 300000000, .jitter_ns = 200000000, .rate_bps = 50000}, 20000},
	{{.delay_ns = 100000000, .jitter_ns = 50000000, .rate_bps = 1000000}, 10000},
	{{.delay_ns = 12000000, .jitter_ns = 5000000, .rate_bps = 2000000}, 1000},
	{{.delay_ns = 35000000, .jitter_ns = 15000000, .rate_bps = 10000000}, 2000},
	{{.delay_ns = 3000000, .jitter_ns = 5000000, .rate_bps = 30000000}, 5000},
	{{.delay_ns = 300000000, .jitter_ns = 20000000, .rate_bps = 5000000}, 5000},
	{{.delay_ns = 500000000, .jitter_ns = 500000000, .rate_bps = 200000}, 150000},
};

struct profile {
	uint64_t name;
};

static const struct rh_key profile_keys[] = {
	PARAM(profile, "name", ENUM, name, NULL, "Which kind of connection it is.",
	      .values = "offline|2g|3g|dsl|lte|wifi|satellite|very-bad"),
	RH_KEY_END,
};

static void profile_link(const void *params, struct rh_link_state *state)
{
	const struct profile *profile = params;

	RH_ASSERT(profile->name < RH_ARRAY_LEN(profiles));
	*state = profiles[profile->name].state;
	state->loss_threshold = rh_threshold(profiles[profile->name].loss_ppm, 1000000);
}

static LINK_FAULT(profile, "profile",
		  "Adds a bad connection of a known kind to the target's links.", profile,
		  profile_keys, profile_link);

/* ---- all ------------------------------------------------------------------------------------- */

static const struct rh_action_type *const actions[] = {
	&rh_fault_partition,
	&latency,
	&loss,
	&bandwidth,
	&crash,
	&restart,
	&jitter,
	&slow,
	&congestion,
	&isolate,
	&disconnect,
	&rh_fault_flaky,
	&profile,
	&rh_fault_clock_skew,
	&rh_fault_clock_drift,
	&rh_fault_kill,
	&rh_fault_pause,
	&rh_node_start,
	&rh_node_stop,
	&rh_node_kill,
	&rh_node_restart,
	&rh_node_pause,
	&rh_node_resume,
	&rh_step_wait,
	&rh_step_clear,
	&rh_step_capture,
	&rh_step_annotate,
	&rh_step_workload,
/* clang-format off */
#define LATER(id, ...) &rh_later_##id,
#include "core/scenario/later.def"
#undef LATER
	/* clang-format on */
	NULL,
};

const struct rh_plugin rh_builtin_faults = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "faults",
	.actions = actions,
};
