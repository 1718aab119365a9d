/*
 * wild_plan.h - what the plan of a wild game tells its model.
 */
#ifndef TESTS_LIB_WILD_PLAN_H
#define TESTS_LIB_WILD_PLAN_H

#include "core/base/bits.h"
#include "core/model.h"

#define WILD_NODES_MAX 300

struct wild_params {
	uint64_t tick_ns;	 /* times are multiples of it */
	uint64_t period_ns;	 /* from burst to burst; a multiple of ticks */
	uint64_t beats_a_burst;	 /* of each node */
	uint64_t publish_one_of; /* so many beats */
	uint64_t rearms;	 /* a far timer is armed so often at each event */
};

extern const struct rh_model wild_model;
/* The same with a wire of its own. */
extern const struct rh_model wild_wired_model;

#endif
