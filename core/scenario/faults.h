/*
 * faults.h - what the loader must know of core's own faults beside their tables: the parameters of
 * those that become more than one thing.
 */
#ifndef CORE_SCENARIO_FAULTS_H
#define CORE_SCENARIO_FAULTS_H

#include "core/plugin.h"

/* In the order of the words of `shape`. */
enum rh_shape {
	RH_SHAPE_SPLIT,	   /* the target against the rest */
	RH_SHAPE_GROUPS,   /* as `groups` says */
	RH_SHAPE_HALVES,   /* `parts` equal parts, drawn */
	RH_SHAPE_MINORITY, /* the largest minority against the rest, drawn */
	RH_SHAPE_ISOLATE,  /* each node alone */
	RH_SHAPE_RING,	   /* each node sees a majority, no two the same one; the ring is drawn */
	RH_SHAPE_BRIDGE,   /* two halves and one node that sees both */
	RH_SHAPE_RANDOM	   /* each node draws one of `parts` */
};

struct rh_partition {
	uint64_t drops_in_flight;
	uint64_t shape; /* enum rh_shape */
	int64_t parts;
	uint64_t is_one_way;
	uint64_t is_symmetric; /* the same the other way round: false is oneWay */
	const char *scope;     /* as written: which layers' traffic is cut; "": all */
	const char *groups;    /* as written; the loader reads the list itself */
};

struct rh_flaky {
	uint64_t down_ns;
	uint64_t up_ns;
};

extern const struct rh_action_type rh_fault_partition;
extern const struct rh_action_type rh_fault_flaky; /* the loader makes a series of it */

#define LATER(id, ...) extern const struct rh_action_type rh_later_##id;
#include "core/scenario/later.def"
#undef LATER

/* Does the step say for itself who is on which side, so that it needs no target? */
bool rh_partition_has_shape(const struct rh_action_type *type, const void *params);

#endif
