/*
 * jitter.h - the least delay that a jitter law can give: the promise on which the lookahead of a
 * plan stands (core/scenario/lookahead.h), and below which no sampled delay goes (sim/net/delay.c).
 */
#ifndef CORE_JITTER_H
#define CORE_JITTER_H

#include "core/plan.h"

#define RH_JITTER_PARETO_STEP_NS UINT64_C(5000000) /* SimBlock: scale = base - 5 ms */

/* `amount_ppm` of the plan takes no part in a bound today: laws that reach below the base are cut
 * at half of it. */
static inline uint64_t rh_jitter_min_ns(enum rh_jitter_law law, uint64_t base_ns,
					uint64_t amount_ppm)
{
	uint64_t half = base_ns / 2 != 0 ? base_ns / 2 : base_ns;

	(void)amount_ppm;
	switch (law) {
	case RH_JITTER_NONE:
	case RH_JITTER_UNIFORM:
	case RH_JITTER_EXPONENTIAL:
		return base_ns;
	case RH_JITTER_NORMAL:
	case RH_JITTER_LOGNORMAL:
		return half;
	case RH_JITTER_PARETO:
		return base_ns > 2 * RH_JITTER_PARETO_STEP_NS ? base_ns - RH_JITTER_PARETO_STEP_NS
							      : half;
	}
	rh_fatal("jitter law %d is none of enum rh_jitter_law", (int)law);
}

/* The least delay of directed edge `edge` (2 * link, + 1 for the way back). */
static inline uint64_t rh_link_min_ns(const struct rh_plan *plan, uint32_t edge)
{
	uint64_t base_ns = plan->links[edge / 2].delay_ns[edge % 2];

	if (plan->model != NULL && plan->model->wire != NULL)
		return plan->model->wire->least_ns(plan->params, base_ns);
	return rh_jitter_min_ns(plan->jitter, base_ns, plan->jitter_ppm);
}

#endif
