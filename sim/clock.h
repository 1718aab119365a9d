/*
 * clock.h - a node's own clock: an offset, a drift, and exact conversions both ways.
 *
 *   local(t) = t + offset + floor(t * drift / 10^9),   0 where that would be negative
 *
 * Drift is in parts per 10^9 and above -10^9, so local time never runs backwards between steps of
 * the offset.  All in integers: sim_clock_true() gives the first instant at which the clock shows a
 * time, and local(true(c)) >= c > local(true(c) - 1) holds exactly.
 */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include "core/base/assert.h"

struct sim_clock {
	int64_t offset_ns;
	int64_t drift_ppb;
};

uint64_t sim_clock_shows(const struct sim_clock *clock, uint64_t true_ns);

/* Most clocks are right. */
static inline uint64_t sim_clock_local(const struct sim_clock *clock, uint64_t true_ns)
{
	return ((uint64_t)clock->offset_ns | (uint64_t)clock->drift_ppb) == 0
		       ? true_ns
		       : sim_clock_shows(clock, true_ns);
}

/* RH_TIME_NEVER when the clock never shows it. */
uint64_t sim_clock_true(const struct sim_clock *clock, uint64_t local_ns);
/* How wrong the clock is: local(t) - t, also where local time is cut off at 0. */
int64_t sim_clock_error(const struct sim_clock *clock, uint64_t true_ns);

#endif
