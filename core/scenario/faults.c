/*
 * faults.c - the faults that core brings itself: on links and on nodes.
 *
 * A fault on links says what it does to one edge (struct rh_link_state); the run layer merges all
 * that are in effect.  A fault on nodes is an operation at its start and one at its end.
 */
#include "core/base/dist.h"
#include "core/plan.h"

#define HOUR_NS INT64_C(3600000000000)

struct partition {
	uint64_t drops_in_flight;
};

static const struct rh_key partition_keys[] = {
	{.name = "dropInFlight",
	 .type = RH_KEY_BOOL,
	 .offset = offsetof(struct partition, drops_in_flight),
	 .default_text = "false",
	 .doc = "Messages that are on the wire when the cut begins are lost too.",
	 .since = "0.1"},
	RH_KEY_END,
};

static void partition_link(const void *params, struct rh_link_state *state)
{
	const struct partition *partition = params;

	state->is_cut = true;
	state->drops_in_flight = partition->drops_in_flight != 0;
}

static const struct rh_action_type partition = {
	.name = "partition",
	.doc = "Cuts every link between the target and the rest.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_LINKS,
	.edges = RH_EDGES_BETWEEN,
	.params_size = sizeof(struct partition),
	.keys = partition_keys,
	.link = partition_link,
};

struct latency {
	uint64_t delay_ns;
	uint64_t jitter_ns;
};

static const struct rh_key latency_keys[] = {
	{.name = "delay",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct latency, delay_ns),
	 .min = 0,
	 .max = HOUR_NS,
	 .doc = "Added to each message, one way.",
	 .since = "0.1"},
	{.name = "jitter",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct latency, jitter_ns),
	 .default_text = "0",
	 .min = 0,
	 .max = HOUR_NS,
	 .doc = "Up to so much more, drawn for each message.",
	 .since = "0.1"},
	RH_KEY_END,
};

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

static const struct rh_action_type *const actions[] = {
	&partition, &latency, &loss, &bandwidth, &crash, &restart, NULL,
};

const struct rh_plugin rh_builtin_faults = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "faults",
	.actions = actions,
};
