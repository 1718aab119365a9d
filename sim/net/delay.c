/*
 * delay.c - jitter laws and merged losses, in integers.
 *
 * Each law takes one draw.  What reaches below half the base is cut there, so that a plan can
 * promise a least delay (core/jitter.h); with the usual amounts (up to 20 %) that happens less than
 * once in a million copies.
 */
#include "core/base/dist.h"
#include "core/jitter.h"
#include "sim/net/delay.h"

__extension__ typedef unsigned __int128 u128;

/*
 * Pareto with scale s and shape k: s * u^(-1/k), mean s * k / (k - 1).  SimBlock takes k = 0.2 * m
 * and s = m - 5 for a mean of m milliseconds, which is m again.  Below 10 ms that would make the
 * scale tiny or negative: there k stays 2 and s is m / 2, which still has the mean m.
 */
static uint64_t pareto_ns(uint64_t base_ns, uint64_t draw)
{
	uint64_t scale = rh_jitter_min_ns(RH_JITTER_PARETO, base_ns, 0);
	uint64_t minus_log_q32 = rh_minus_log_q58(draw) >> 26;
	uint64_t exponent;
	u128 delay;

	if (base_ns > 2 * RH_JITTER_PARETO_STEP_NS)
		exponent = (uint64_t)((u128)minus_log_q32 * RH_JITTER_PARETO_STEP_NS / base_ns);
	else
		exponent = minus_log_q32 / 2;
	delay = (u128)scale * rh_exp_q32((int64_t)exponent) >> 32;
	return delay < SIM_DELAY_MAX_NS ? (uint64_t)delay : SIM_DELAY_MAX_NS;
}

uint64_t sim_delay_ns(enum rh_jitter_law law, uint64_t base_ns, uint64_t amount_ppm, uint64_t draw)
{
	uint64_t least = rh_jitter_min_ns(law, base_ns, amount_ppm);
	uint64_t delay = base_ns;

	RH_ASSERT(base_ns != 0 && base_ns < SIM_DELAY_MAX_NS);
	switch (law) {
	case RH_JITTER_NONE:
		break;
	case RH_JITTER_UNIFORM:
		delay += rh_uniform_range(draw, 0, sim_share_ns(base_ns, amount_ppm));
		break;
	case RH_JITTER_NORMAL:
		delay = rh_normal(draw, base_ns, sim_share_ns(base_ns, amount_ppm));
		break;
	case RH_JITTER_LOGNORMAL:
		delay = rh_lognormal(draw, base_ns, amount_ppm);
		break;
	case RH_JITTER_EXPONENTIAL:
		return sim_delay_exponential_ns(base_ns, sim_share_ns(base_ns, amount_ppm), draw);
	case RH_JITTER_PARETO:
		delay = pareto_ns(base_ns, draw);
		break;
	}
	if (delay > SIM_DELAY_MAX_NS)
		delay = SIM_DELAY_MAX_NS;
	return delay > least ? delay : least;
}

uint64_t sim_loss_merge(uint64_t p, uint64_t q)
{
	uint64_t kept;

	if (p == RH_ALWAYS || q == RH_ALWAYS)
		return RH_ALWAYS;
	if (p == 0 || q == 0)
		return p + q;
	/* 2^64 - p fits once p is not 0; rounding down keeps the result at or above both. */
	kept = (uint64_t)((u128)(0 - p) * (0 - q) >> 64);
	return kept > 1 ? 0 - kept : RH_ALWAYS - 1;
}
