/*
 * sparse.h - a quiet network: a heartbeat a second at each node, and ten messages a second, flooded.
 *
 * And the flood that is judged: `bench-judged` posts a hundred messages and tells after each first
 * delivery how many the node has heard, as the gauge head_height.
 */
#ifndef BENCH_MODELS_SPARSE_H
#define BENCH_MODELS_SPARSE_H

#include "core/plan.h"

extern const struct rh_model bench_sparse_model;
extern const struct rh_model bench_judged_model;

struct rh_plan *bench_sparse_plan(uint32_t nodes);

#endif
