/*
 * host.h - what everybody who hosts a model computes alike: the identities of messages and timers,
 * and a node's own clock.
 *
 * A model cannot tell a simulated host from a live one by anything that stands here: the same
 * message has the same id in both, and a clock with the same offset and drift shows the same time.
 *
 *   local(t) = t + offset + floor(t * drift / 10^9),   0 where that would be negative
 *
 * Drift is in parts per 10^9 and above -10^9, so local time never runs backwards between steps of
 * the offset.  All in integers: rh_clock_true() gives the first instant at which the clock shows a
 * time, and local(true(c)) >= c > local(true(c) - 1) holds exactly.
 */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "core/base/rng.h"

/* The identity of a message: a chain over who made it, what it is (message kind, or topic << 16)
 * and its key in a topic or the count of messages to that peer. */
static inline uint64_t rh_message_id(uint64_t origin_name64, uint32_t kind, uint64_t key)
{
	return rh_absorb(rh_absorb(rh_absorb(0, origin_name64), kind), key);
}

/* The id of a TIMER event: `generation` counts how often the timer was set or stopped. */
static inline uint64_t rh_timer_id(uint32_t number, uint32_t generation)
{
	return (uint64_t)number << 32 | generation;
}

struct rh_clock {
	int64_t offset_ns;
	int64_t drift_ppb;
};

uint64_t rh_clock_shows(const struct rh_clock *clock, uint64_t true_ns);

/* Most clocks are right. */
static inline uint64_t rh_clock_local(const struct rh_clock *clock, uint64_t true_ns)
{
	return ((uint64_t)clock->offset_ns | (uint64_t)clock->drift_ppb) == 0
		       ? true_ns
		       : rh_clock_shows(clock, true_ns);
}

/* The first instant at which the clock shows a time; RH_TIME_NEVER when it never does. */
uint64_t rh_clock_true(const struct rh_clock *clock, uint64_t local_ns);
/* How wrong the clock is: local(t) - t, also where local time is cut off at 0. */
int64_t rh_clock_error(const struct rh_clock *clock, uint64_t true_ns);

#endif
