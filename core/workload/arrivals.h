/*
 * arrivals.h - when arrival number n comes.
 *
 * The pace is a function of time; its integral N(t) counts how many have come.  An arrival is a
 * point on the axis of N, and its time is the inverse of N there:
 *
 *	N(t) ^             . change of pace
 *	     |           ./
 *	   3 |--------.  /          number 3, evenly: where N is 3
 *	     |      ./|
 *	     |   ./   |             a ramp is a parabola here
 *	     +--------+--------> t
 *
 * Evenly, number n stands at n.  By chance, the axis is cut in stretches of 64, and the 64 arrivals
 * of each stand where 64 keyed uniform draws fall in it, in their order: a Poisson process of which
 * only the count in each stretch is fixed.  That is what makes number n cheap to find without the
 * numbers before it.  A burst of b lets b arrivals share one place.
 *
 * A change of pace keeps N up to its time, so what came before it does not move.  Everything is in
 * integers: places on the axis have 16 binary digits behind the point, and N is rounded down to
 * them, exactly the same way everywhere.
 */
#ifndef CORE_WORKLOAD_ARRIVALS_H
#define CORE_WORKLOAD_ARRIVALS_H

#include "core/plugin.h"

struct rh_arrivals {
	struct rh_pace rate;
	struct rh_pace ramp_to; /* at the end of the workload; RH_PACE_NONE: no ramp */
	uint64_t burst;		/* at least 1 */
	bool is_random;
};

/* False when it comes at until_ns or later, or never. */
bool rh_arrival(const struct rh_arrivals *arrivals, const struct rh_workload_view *view,
		uint64_t number, uint64_t *at_ns);

#endif
