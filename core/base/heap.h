/*
 * heap.h - a binary heap of fixed-size items in plain memory, ordered by a total comparison.
 *
 * Equal items are the caller's affair: the heap promises no order among them, so where order
 * matters the comparison must be total.
 */
#ifndef CORE_BASE_HEAP_H
#define CORE_BASE_HEAP_H

#include "core/base/sort.h"

struct rh_heap {
	uint8_t *items;
	size_t count;
	size_t cap;
	size_t item_size;
	rh_compare *compare;
	const void *ctx;
};

void rh_heap_init(struct rh_heap *heap, size_t item_size, rh_compare *compare, const void *ctx);
void rh_heap_release(struct rh_heap *heap);
void rh_heap_push(struct rh_heap *heap, const void *item);
const void *rh_heap_top(const struct rh_heap *heap); /* NULL when empty; borrowed */
bool rh_heap_pop(struct rh_heap *heap, void *item);

#endif
