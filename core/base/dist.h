/*
 * dist.h - distributions from a 64-bit draw, in integers only: the same on every machine.
 *
 * Each takes the draw that rng.h made.  Where one draw may not be enough (rejection), the further
 * ones are absorb(draw, 1), absorb(draw, 2), ...
 */
#ifndef CORE_BASE_DIST_H
#define CORE_BASE_DIST_H

#include "core/base/rng.h"

/* 0 .. bound-1, without bias (Lemire, with rejection); bound > 0 */
uint64_t rh_uniform(uint64_t draw, uint64_t bound);
/* low .. high, both included */
uint64_t rh_uniform_range(uint64_t draw, uint64_t low, uint64_t high);

/*
 * A probability num/den as a threshold: the event happens when draw < threshold, or always at
 * RH_ALWAYS.  num <= den, den > 0.
 */
#define RH_ALWAYS UINT64_MAX
uint64_t rh_threshold(uint64_t num, uint64_t den);
static inline bool rh_happens(uint64_t draw, uint64_t threshold)
{
	return draw < threshold || threshold == RH_ALWAYS;
}

/*
 * -ln(u) in Q58 for u = (draw | 1) / 2^64, and from it the exponential distribution: committed
 * tables of 128 entries, degree-7 polynomial, error below 1e-16 (see the comment in dist.c).
 */
uint64_t rh_minus_log_q58(uint64_t draw);
uint64_t rh_exponential(uint64_t draw, uint64_t mean);

/* Standard normal quantile of the draw in Q32 (signed): committed table and interpolation. */
int64_t rh_normal_q32(uint64_t draw);
/* mean + sigma * z, never below 0 */
uint64_t rh_normal(uint64_t draw, uint64_t mean, uint64_t sigma);
/* median * exp(sigma * z): sigma in parts per million.  The factor ends at 2^32. */
uint64_t rh_lognormal(uint64_t draw, uint64_t median, uint64_t sigma_ppm);
/* exp(x) for x in Q32, |x| < 2^36, result in Q32 and saturating: used by the log-normal */
uint64_t rh_exp_q32(int64_t x);

/* index i with probability weights[i] / sum; the sum must be > 0 and fit 64 bits */
uint32_t rh_discrete(uint64_t draw, const uint64_t *weights, uint32_t count);

/*
 * Orders `count` items by their draws (ties by index): a shuffle in which taking one item away
 * leaves the order of the others.  `order` receives the indices.
 */
void rh_shuffle(uint32_t *order, const uint64_t *draws, uint32_t count);

#endif
