/*
 * lookahead.c - the least delay over all links of a plan; the loader writes it into the plan.
 */
#include "core/scenario/lookahead.h"

uint64_t rh_lookahead_ns(const struct rh_plan *plan)
{
	uint64_t least = RH_TIME_NEVER;
	uint32_t i;
	uint32_t way;

	for (i = 0; i < plan->link_count; i++) {
		for (way = 0; way < 2; way++) {
			uint64_t bound = rh_jitter_min_ns(
				plan->jitter, plan->links[i].delay_ns[way], plan->jitter_ppm);

			RH_ASSERT(bound != 0);
			if (bound < least)
				least = bound;
		}
	}
	return plan->link_count != 0 ? least : RH_LOOKAHEAD_NO_LINKS_NS;
}
