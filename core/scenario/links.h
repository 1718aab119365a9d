/*
 * links.h - links in the words of operators (load_links.c), for load_network.c and load_topology.c.
 */
#ifndef CORE_SCENARIO_LINKS_H
#define CORE_SCENARIO_LINKS_H

#include "core/scenario/loader.h"

struct rh_link_row {
	struct rh_in_link_kind in;
	uint32_t base; /* 1 + its place in plan->bases, or 0 */
};

/* Made in the scratch arena. */
struct rh_link_kinds {
	struct rh_link_row *rows; /* [0]: of links that no row names */
	uint32_t *row_of;	  /* by region * region_count + region */
};

/* `network.links`; the plan gets its bases.  False after complaining. */
bool rh_load_link_kinds(struct rh_loader *loader, struct rh_link_kinds *kinds,
			const struct rh_tree *tree);
/* What the link of two nodes is like. */
const struct rh_link_row *rh_link_row(const struct rh_plan *plan, const struct rh_link_kinds *kinds,
				      uint32_t a, uint32_t b);

/* `peering` into shape and degree; false after complaining. */
bool rh_load_peering(struct rh_loader *loader, struct rh_in_topology *in);
/* Was a degree asked for, in either words? */
bool rh_load_has_degree(struct rh_loader *loader, const struct rh_in_topology *in);
/* The nodes that `peering.bootstrap` names, into the plan. */
void rh_load_bootstrap(struct rh_loader *loader, const struct rh_in_topology *in);

#endif
