/*
 * order.h - a keyed order of 0 .. count-1 in which any place can be asked for alone.
 *
 * A Feistel network shuffles the next power of four; what falls outside goes round again until it
 * falls inside.  So no list of `count` items is made to know who comes at place 7.
 */
#ifndef CORE_WORKLOAD_ORDER_H
#define CORE_WORKLOAD_ORDER_H

#include "core/base/assert.h"

/* The item at `place` < count: every item has one place.  count <= 2^30. */
uint32_t rh_order_at(uint64_t key, uint32_t count, uint32_t place);

#endif
