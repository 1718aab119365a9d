/*
 * lookahead.c - the least delay over all links of a plan; the loader writes it into the plan.
 */
#include "core/scenario/lookahead.h"

uint64_t rh_lookahead_ns(const struct rh_plan *plan)
{
	uint64_t least = RH_TIME_NEVER;

	for (uint32_t edge = 0; edge < 2 * plan->link_count; edge++) {
		uint64_t bound = rh_link_min_ns(plan, edge);

		RH_ASSERT(bound != 0);
		if (bound < least)
			least = bound;
	}
	return plan->link_count != 0 ? least : RH_LOOKAHEAD_NO_LINKS_NS;
}
