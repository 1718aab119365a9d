/*
 * merge.h - several faults on one directed edge, as one state.
 *
 * Delays and jitters add, losses combine as 1 - (1 - p)(1 - q), the smallest rate wins, any cut
 * wins, and a cut that drops what is on the wire makes the whole drop it.  Nothing is stored: the
 * state of an edge is always merged again from the faults that are in effect, in plan order, so
 * taking one away leaves exactly the state of the others.
 */
#ifndef CORE_RUN_MERGE_H
#define CORE_RUN_MERGE_H

#include "core/plan.h"

/* The edge without a fault is the zero state.  Commutative; delays saturate. */
struct rh_link_state rh_link_merge(const struct rh_link_state *a, const struct rh_link_state *b);
bool rh_link_state_is_equal(const struct rh_link_state *a, const struct rh_link_state *b);

/*
 * The loss of two independent causes.  Exact in 128 bits, then rounded towards loss, so that more
 * causes never lose less: what was lost under some faults is lost under more of them too.
 */
uint64_t rh_loss_merge(uint64_t a, uint64_t b);

#endif
