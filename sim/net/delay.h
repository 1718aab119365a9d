/*
 * delay.h - how long one copy is on the wire: the plan's jitter law around a base delay.
 */
#ifndef SIM_NET_DELAY_H
#define SIM_NET_DELAY_H

#include "core/base/dist.h"
#include "core/base/units.h"
#include "core/plan.h"

/* No single delay is longer than this (about nine years): heavy tails end here, and sums of times
 * cannot wrap. */
#define SIM_DELAY_MAX_NS (UINT64_C(1) << 58)

#define SIM_PPM UINT64_C(1000000)

/* So many millionths of a delay.  Few products need a wide division. */
static inline uint64_t sim_share_ns(uint64_t base_ns, uint64_t ppm)
{
	uint64_t product;

	if (!__builtin_mul_overflow(base_ns, ppm, &product))
		return product / SIM_PPM;
	return rh_mul_div(base_ns, ppm, SIM_PPM);
}

/* The delay of `law` for one draw: never below rh_jitter_min_ns() of the same arguments. */
uint64_t sim_delay_ns(enum rh_jitter_law law, uint64_t base_ns, uint64_t amount_ppm, uint64_t draw);

/* The same for the exponential law, whose mean is that share of the base. */
static inline uint64_t sim_delay_exponential_ns(uint64_t base_ns, uint64_t mean_ns, uint64_t draw)
{
	uint64_t delay = base_ns + rh_exponential(draw, mean_ns);

	delay = delay < SIM_DELAY_MAX_NS ? delay : SIM_DELAY_MAX_NS;
	return delay > base_ns ? delay : base_ns;
}

/* 1 - (1 - p)(1 - q) of two loss thresholds: grows with each of them. */
uint64_t sim_loss_merge(uint64_t p, uint64_t q);

#endif
