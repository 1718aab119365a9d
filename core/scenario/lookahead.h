/*
 * lookahead.h - the promise of a plan: no copy ever arrives sooner than so long after it was sent.
 *
 * Faults only add to a delay, so the bound is the least over all links of what the jitter law can
 * give (core/jitter.h).
 */
#ifndef CORE_SCENARIO_LOOKAHEAD_H
#define CORE_SCENARIO_LOOKAHEAD_H

#include "core/base/units.h"
#include "core/jitter.h"

#define RH_LOOKAHEAD_NO_LINKS_NS UINT64_C(1000000000) /* any value is true; one second is handy */

uint64_t rh_lookahead_ns(const struct rh_plan *plan);

#endif
