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

/* Lets the hole at `at` rise until `item` may stand in it, and puts it there. */
static void rise(struct rh_heap *heap, size_t at, const void *item)
{
	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (heap->compare(item, item_at(heap, parent), heap->ctx) >= 0)
			break;
		memcpy(item_at(heap, at), item_at(heap, parent), heap->item_size);
		at = parent;
	}
	memcpy(item_at(heap, at), item, heap->item_size);
}

void rh_heap_push(struct rh_heap *heap, const void *item)
{
	if (heap->count == heap->cap) {
		heap->cap = heap->cap != 0 ? heap->cap * 2 : 16;
		RH_ASSERT(heap->cap < SIZE_MAX / 2 / heap->item_size);
		heap->items = rh_realloc(heap->items, heap->cap * heap->item_size);
	}
	heap->count++;
	rise(heap, heap->count - 1, item);
}

const void *rh_heap_top(const struct rh_heap *heap)
{
	return heap->count != 0 ? heap->items : NULL;
}

bool rh_heap_pop(struct rh_heap *heap, void *item)
{
	size_t at = 0;
	size_t child;

	if (heap->count == 0)
		return false;
	memcpy(item, heap->items, heap->item_size);
	heap->count--;
	if (heap->count == 0)
		return true;
	/*
	 * The hole sinks to a leaf along the lesser children, and the last item rises from there: it came from a leaf
	 * and mostly stays near one, so comparing it on the way down would be in vain.
	 */
	while ((child = 2 * at + 1) < heap->count) {
		if (child + 1 < heap->count &&
		    heap->compare(item_at(heap, child + 1), item_at(heap, child), heap->ctx) < 0)
			child++;
		memcpy(item_at(heap, at), item_at(heap, child), heap->item_size);
		at = child;
	}
	rise(heap, at, item_at(heap, heap->count));
	return true;
}
