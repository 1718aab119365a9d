/*
 * topology.h - who is linked to whom, and how far apart: generators that turn a shape into the
 * plan's explicit list of links, and the tables of regions (latency, bandwidth, where nodes stand).
 *
 * Every choice is a keyed draw of the node's name, so that adding a node without links leaves every
 * other link where it was.
 */
#ifndef CORE_SCENARIO_TOPOLOGY_H
#define CORE_SCENARIO_TOPOLOGY_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/rng.h"

enum rh_shape {
	RH_SHAPE_RANDOM_REGULAR, /* every node `degree` links */
	RH_SHAPE_RANDOM_DEGREE,	 /* degrees drawn from `degree_cdf` (Bitcoin 2015 by default) */
	RH_SHAPE_STAR,		 /* the first node in the middle */
	RH_SHAPE_RING,
	RH_SHAPE_LINE,
	RH_SHAPE_GRID, /* as square as can be, row by row */
	RH_SHAPE_FULL,
	RH_SHAPE_EXPLICIT /* only the links that the file names */
};

struct rh_shape_node {
	uint64_t name64;
	uint32_t degree; /* wanted links; 0: the node stays without any (all shapes) */
	bool gives_way;	 /* nobody asked for this number: where no network has it, fewer will do */
};

struct rh_pair {
	uint32_t a; /* a < b */
	uint32_t b;
};

/*
 * Links of a shape among `count` nodes, sorted, in the arena.  random-regular and random-degree
 * give a simple graph (no loops, no doubles) that is connected whenever every degree is at least 2,
 * and each node's degree exactly, or one less where the sum is odd. RH_E_INPUT when it cannot be (a
 * degree above count - 1).
 */
int rh_topology_links(struct rh_pair **links, uint32_t *link_count, struct rh_arena *arena,
		      enum rh_shape shape, struct rh_rng rng, const struct rh_shape_node *nodes,
		      uint32_t count, struct rh_err *err) RH_MUST_USE;

/* A degree for a node, from the outbound distribution of Bitcoin in 2015. */
uint32_t rh_topology_degree(uint64_t draw);

/* ---- regions --------------------------------------------------------------------------------- */

#define RH_REGION_SET_MAX 6

struct rh_region_set {
	const char *name; /* "internet2019", "internet2015" */
	const char *doc;
	uint32_t count;
	const char *regions[RH_REGION_SET_MAX]; /* na eu sa ap jp au */
	uint32_t latency_ms[RH_REGION_SET_MAX]
			   [RH_REGION_SET_MAX]; /* one way, as the simulators use them */
	uint64_t up_bps[RH_REGION_SET_MAX];
	uint64_t down_bps[RH_REGION_SET_MAX];
};

struct rh_distribution {  /* where nodes stand: weights over the six regions, in 1/10000 */
	const char *name; /* "bitcoin2019" */
	const char *doc;
	uint64_t weights[RH_REGION_SET_MAX];
};

const struct rh_region_set *rh_region_set(const char *name);	 /* NULL when unknown */
const struct rh_distribution *rh_distribution(const char *name); /* NULL when unknown */
const struct rh_region_set *rh_region_set_at(uint32_t index);	 /* NULL past the end */
const struct rh_distribution *rh_distribution_at(uint32_t index);

#endif
