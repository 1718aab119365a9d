/*
 * heap.c - the binary heap: the parent of item i stands at (i - 1) / 2.
 *
 * A sift moves a hole instead of swapping, so that each of its steps is one copy.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/heap.h"

void rh_heap_init(struct rh_heap *heap, size_t item_size, rh_compare *compare, const void *ctx)
{
	RH_ASSERT(item_size != 0 && compare != NULL);
	memset(heap, 0, sizeof(*heap));
	heap->item_size = item_size;
	heap->compare = compare;
	heap->ctx = ctx;
}

void rh_heap_release(struct rh_heap *heap)
{
	free(heap->items);
	heap->items = NULL;
	heap->count = 0;
	heap->cap = 0;
}

static uint8_t *item_at(const struct rh_heap *heap, size_t index)
{
	return heap->items + index * heap->item_size;
}

void rh_heap_push(struct rh_heap *heap, const void *item)
{
	size_t at = heap->count;

	if (heap->count == heap->cap) {
		heap->cap = heap->cap != 0 ? heap->cap * 2 : 16;
		RH_ASSERT(heap->cap < SIZE_MAX / 2 / heap->item_size);
		heap->items = rh_realloc(heap->items, heap->cap * heap->item_size);
	}
	heap->count++;
	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (heap->compare(item, item_at(heap, parent), heap->ctx) >= 0)
			break;
		memcpy(item_at(heap, at), item_at(heap, parent), heap->item_size);
		at = parent;
	}
	memcpy(item_at(heap, at), item, heap->item_size);
}

const void *rh_heap_top(const struct rh_heap *heap)
{
	return heap->count != 0 ? heap->items : NULL;
}

bool rh_heap_pop(struct rh_heap *heap, void *item)
{
	const uint8_t *moved;
	size_t at = 0;

	if (heap->count == 0)
		return false;
	memcpy(item, heap->items, heap->item_size);
	heap->count--;
	if (heap->count == 0)
		return true;
	/* The last item goes to the first place and sinks;. */
	moved = item_at(heap, heap->count);
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= heap->count)
			break;
		if (child + 1 < heap->count &&
		    heap->compare(item_at(heap, child + 1), item_at(heap, child), heap->ctx) < 0)
			child++;
		if (heap->compare(moved, item_at(heap, child), heap->ctx) <= 0)
			break;
		memcpy(item_at(heap, at), item_at(heap, child), heap->item_size);
		at = child;
	}
	memcpy(item_at(heap, at), moved, heap->item_size);
	return true;
}
