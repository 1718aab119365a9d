/*
 * gossip.h - a flood over a measured network: the workload that bench/peers/ns3_gossip.cc plays too.
 *
 * Ten thousand nodes in six regions have about eight neighbours each.  Messages are posted at fixed
 * times by fixed nodes; who hears one for the first time passes it on to all its neighbours but the one
 * it came from.  A copy takes the latency between the two regions, up to a quarter more (a 32-bit hash
 * of message, sender and receiver), and a millisecond of work.
 *
 * Each node adds up a hash of (time, node, message) over what it heard first, and tells the sum at
 * the end.  The sum over all nodes does not depend on any order, and must be the peer's.
 */
#ifndef BENCH_MODELS_GOSSIP_H
#define BENCH_MODELS_GOSSIP_H

#include "core/plan.h"

/* The bare flood, with a wire of its own; and the flood with everything that a real model does: the
 * plan's jitter law, an uplink, a record and a timer for each message. */
extern const struct rh_model bench_gossip_model;
extern const struct rh_model bench_gossip_full_model;

struct bench_gossip {
	uint32_t nodes;
	uint32_t messages;
	uint32_t per_second; /* messages posted */
	uint64_t seed;
	bool is_full;
};

struct rh_plan *bench_gossip_plan(const struct bench_gossip *gossip);
/* When all has been told. */
uint64_t bench_gossip_end_ns(const struct rh_plan *plan);

/* What the nodes told, gathered from their gauges. */
struct bench_gossip_told {
	uint64_t hash;	/* sum over the nodes */
	uint64_t heard; /* first deliveries, the poster's own included */
	uint64_t records;
};
/* A sink's `take`, with a struct bench_gossip_told as ctx. */
void bench_gossip_take(void *ctx, const struct rh_record *records, size_t count);

#endif
