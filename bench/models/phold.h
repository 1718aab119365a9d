/*
 * phold.h - the classic workload of event queues: one message a node is on its way, always.
 *
 * Who gets a message sends one to a neighbour drawn at random; the delay is exponential with a mean
 * of a millisecond, upon the link's own delay.  With links of 1 ns there is no lookahead; with
 * links of 1 ms it is as long as the mean.
 */
#ifndef BENCH_MODELS_PHOLD_H
#define BENCH_MODELS_PHOLD_H

#include "core/plan.h"

extern const struct rh_model bench_phold_model;

struct bench_phold {
	uint32_t nodes;
	uint32_t cycles; /* two neighbours each; 0: a full mesh */
	bool has_lookahead;
	uint64_t events; /* about so many are played */
};

struct rh_plan *bench_phold_plan(const struct bench_phold *phold);
uint64_t bench_phold_end_ns(const struct bench_phold *phold);

#endif
