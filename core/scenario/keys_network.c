/*
 * keys_network.c - the rows of nodes, links, and the model.
 */
#include "core/scenario/key_rows.h"

const struct rh_field rh_topology_fields[] = {
	{{"use", TEXTS, AT(topology, use), "",
	  .doc = "A file of kind Topology; what stands here wins over it.", SINCE},
	 VALUE},
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
	{{"chain", TEXTS, AT(topology, chain), "",
	  .doc = "The model in other words, in place of spec.model: {preset: NAME} and its "
		 "parameters.",
	  SINCE},
	 .shape = RH_FIELD_MAP},
	{{"defaults", TEXTS, AT(topology, defaults), "",
	  .doc = "What all groups share; a group's own keys win.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "topology-defaults"},
	{{"peering", TEXTS, AT(topology, peering), "",
	  .doc = "`shape` and `degree` in other words, and whom a node knows first.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "peering"},
	{{"wallets", TEXTS, AT(topology, wallets), "",
	  .doc = "Accounts of the first block, where the model has them.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "wallets"},
	END};

const struct rh_field rh_topology_defaults_fields[] = {
	{{"validatorsPerNode", TEXTS, AT(topology_defaults, validators), "",
	  .doc = "Validators on each node, where the model has them.", SINCE},
	 VALUE},
	{{"client", TEXTS, AT(topology_defaults, client), "", .doc = "Which program each node is.",
	  SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "client"},
	END};

const struct rh_field rh_client_fields[] = {
	{{"sim", TEXTS, AT(client, sim), "", .doc = "In a simulated world.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "client-sim"},
	{{"live", TEXTS, AT(client, live), "", .doc = "In a live world.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "client-live"},
	END};

const struct rh_field rh_client_sim_fields[] = {
	{{"model", TEXTS, AT(client_sim, model), NULL,
	  .doc = "A model that can stand for the chain: its own name, or another of its names.",
	  SINCE},
	 VALUE},
	END};

const struct rh_field rh_client_live_fields[] = {
	{{"execution", TEXTS, AT(client_live, execution), "",
	  .doc = "The program that executes blocks.", SINCE},
	 VALUE},
	{{"consensus", TEXTS, AT(client_live, consensus), "",
	  .doc = "The program that agrees on them.", SINCE},
	 VALUE},
	END};

const struct rh_field rh_peering_fields[] = {
	{{"kind", WORD("random|random-degree|star|ring|line|grid|full|explicit"), AT(peering, kind),
	  "random", .doc = "The shape; random is random-regular.", SINCE},
	 VALUE},
	{{"degree", RH_KEY_INT, AT(peering, degree), "8", 1, 100000,
	  .doc = "Links of each node (random).", SINCE},
	 VALUE},
	{{"bootstrap", TEXTS, AT(peering, bootstrap), "",
	  .doc = "Nodes that a live node knows when it starts; a simulated one has its links.",
	  SINCE},
	 .shape = RH_FIELD_WORDS},
	END};

const struct rh_field rh_wallets_fields[] = {
	{{"count", TEXTS, AT(wallets, count), NULL, .doc = "How many; the model's `wallets`.",
	  SINCE},
	 VALUE},
	{{"balance", TEXTS, AT(wallets, balance), "",
	  .doc = "What each begins with; the model's `balance`, in its unit.", SINCE},
	 VALUE},
	END};

const struct rh_field rh_group_fields[] = {
	{{"name", TEXTS, AT(group, name), NULL, .doc = "Name of the group.", SINCE}, VALUE},
	{{"count", RH_KEY_INT, AT(group, count), "1", 1, 1000000, .doc = "How many nodes.", SINCE},
	 VALUE},
	{{"region", TEXTS, AT(group, region), "", .doc = "Region of all its nodes.", SINCE}, VALUE},
	{{"regions", TEXTS, AT(group, regions), "",
	  .doc = "Where its nodes stand: the name of a distribution (bitcoin2019), or shares "
		 "{eu: 60%, na: 40%}; drawn for each node.",
	  SINCE},
	 .shape = RH_FIELD_SHARES},
	{{"role", TEXTS, AT(group, role), "",
	  .doc = "What its nodes are for (validator, bootnode, ...): targets select by it.", SINCE},
	 VALUE},
	{{"labels", TEXTS, AT(group, labels), "",
	  .doc = "Words by which targets select, under names of their own: {client: fast}.", SINCE},
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
	{{"validatorsPerNode", TEXTS, AT(group, validators), "",
	  .doc = "Validators on each of its nodes, where the model has them.", SINCE},
	 VALUE},
	{{"client", TEXTS, AT(group, client), "", .doc = "Which program its nodes are.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "client"},
	END};

const struct rh_field rh_bandwidth_fields[] = {
	{{"up", RH_KEY_RATE, AT(bandwidth, up_bps), "unlimited", .doc = "From the node.", SINCE},
	 VALUE},
	{{"down", RH_KEY_RATE, AT(bandwidth, down_bps), "unlimited", .doc = "To the node.", SINCE},
	 VALUE},
	END};

const struct rh_field rh_link_fields[] = {
	{{"between", TEXTS, AT(link, between), NULL, .doc = "The two nodes.", SINCE},
	 .shape = RH_FIELD_WORDS},
	{{"latency", LENGTH, AT(link, latency_ns), "", 1,
	  .doc = "One-way delay of this link; default: that of network.latency.", SINCE},
	 VALUE},
	END};

const struct rh_field rh_network_fields[] = {
	{{"use", TEXTS, AT(network, use), "",
	  .doc = "A file of kind NetworkModel; what stands here wins over it.", SINCE},
	 VALUE},
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
	{{"gossip", TEXTS, AT(network, gossip), "",
	  .doc = "The mesh of the model's gossip, where it has one.", SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "gossip"},
	{{"links", TEXTS, AT(network, links), "",
	  .doc = "Latency, jitter, loss and bandwidth by the regions of a link's ends; in place of "
		 "latency, jitter, bandwidth and loss.",
	  SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "network-links"},
	END};

const struct rh_field rh_gossip_fields[] = {
	{{"mesh", TEXTS, AT(gossip, mesh), "",
	  .doc = "Peers in a node's mesh; the model's `gossipMesh`.", SINCE},
	 VALUE},
	{{"heartbeat", TEXTS, AT(gossip, heartbeat), "",
	  .doc = "How often it is mended; the model's `gossipHeartbeat`.", SINCE},
	 VALUE},
	END};

const struct rh_field rh_links_fields[] = {
	{{"default", TEXTS, AT(links, standard), "", .doc = "Links that no row of `regions` names.",
	  SINCE},
	 .shape = RH_FIELD_SECTION,
	 .section = "link-kind"},
	{{"regions", TEXTS, AT(links, regions), "",
	  .doc = "Links between two regions, or within one: {between: [eu, us], latency: 45ms}.",
	  SINCE},
	 .shape = RH_FIELD_LIST,
	 .section = "link-region"},
	END};

/* The same keys in both tables. */
#define KIND_ROWS(t, m, standard) \
	{{"latency", LENGTH, AT(t, m latency_ns), standard, 1, .doc = "One-way base delay.", \
	  SINCE}, \
	 VALUE}, \
		{{"jitter", LENGTH, AT(t, m jitter_ns), "", \
		  .doc = "Up to so much more, drawn for each message.", SINCE}, \
		 VALUE}, \
		{{"loss", RH_KEY_RATIO, AT(t, m loss), "", .doc = "Share of messages lost.", \
		  SINCE}, \
		 VALUE}, \
	{ \
		{ \
			"bandwidth", \
			RH_KEY_RATE, \
			AT(t, m rate_bps), \
			"", \
			.doc = "Of each link, each way.", \
			SINCE}, \
			VALUE \
	}

const struct rh_field rh_link_kind_fields[] = {KIND_ROWS(link_kind, , "20ms"), END};

const struct rh_field rh_link_region_fields[] = {
	{{"between", TEXTS, AT(link_region, between), NULL,
	  .doc = "The two regions; what is not said here is as in `default`.", SINCE},
	 .shape = RH_FIELD_WORDS},
	KIND_ROWS(link_region, kind., ""),
	END};

const struct rh_field rh_latency_fields[] = {
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

const struct rh_field rh_jitter_fields[] = {
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

const struct rh_field rh_model_fields[] = {
	{{"name", TEXTS, AT(model, name), NULL,
	  .doc = "Name of the model (`rehearse list models`).", SINCE},
	 VALUE},
	{{"with", TEXTS, AT(model, with), "",
	  .doc = "Its parameters (`rehearse explain model.NAME`).", SINCE},
	 .shape = RH_FIELD_WITH,
	 .section = "model"},
	END};
