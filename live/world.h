/*
 * world.h - the real world: one process a node, real sockets, the clock on the wall.
 *
 * Any model that can turn its messages into bytes runs here with the same `step` as in the
 * simulator.  What is promised is the same plan, the same records and the same semantics of a step;
 * not the same run: equal plans give runs that differ (no RH_CAN_REPEAT, the trace hash is zero).
 */
#ifndef LIVE_WORLD_H
#define LIVE_WORLD_H

#include "core/world.h"

#define LIVE_NODES_MAX 500 /* processes on one machine */

extern const struct rh_world_ops live_world_ops;

#endif
