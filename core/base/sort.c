/*
 * sort.c - merge sort, bottom up: runs of a few items by insertion, then merges that double the
 * run.
 *
 * Stable, so that what compares equal keeps its order; the order of comparisons depends on the
 * items only.  The numbers of the hot paths have a radix sort: eight passes of a byte, those in
 * which all items agree are skipped.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/sort.h"

#define RUN_ITEMS 8

static void sort_run(uint8_t *items, size_t count, size_t item_size, rh_compare *compare,
		     const void *ctx, uint8_t *spare)
{
	size_t i;

	for (i = 1; i < count; i++) {
		size_t at = i;

		while (at > 0 &&
		       compare(items + (at - 1) * item_size, items + i * item_size, ctx) > 0)
			at--;
		if (at == i)
			continue;
		memcpy(spare, items + i * item_size, item_size);
		memmove(items + (at + 1) * item_size, items + at * item_size, (i - at) * item_size);
		memcpy(items + at * item_size, spare, item_size);
	}
}

/* Merges the two sorted halves from[0 .. left) and from[left .. count) into `to`. */
static void merge(uint8_t *to, const uint8_t *from, size_t left, size_t count, size_t item_size,
		  rh_compare *compare, const void *ctx)
{
	const uint8_t *a = from;
	const uint8_t *a_end = from + left * item_size;
	const uint8_t *b = a_end;
	const uint8_t *b_end = from + count * item_size;

	while (a < a_end && b < b_end) {
		if (compare(a, b, ctx) <= 0) {
			memcpy(to, a, item_size);
			a += item_size;
		} else {
			memcpy(to, b, item_size);
			b += item_size;
		}
		to += item_size;
	}
	memcpy(to, a, (size_t)(a_end - a));
	to += a_end - a;
	memcpy(to, b, (size_t)(b_end - b));
}

void rh_sort(void *items, size_t count, size_t item_size, rh_compare *compare, const void *ctx)
{
	uint8_t *from = items;
	uint8_t *to;
	uint8_t *spare;
	size_t width;
	size_t i;

	RH_ASSERT(item_size != 0 && count <= SIZE_MAX / 2 / item_size);
	if (count < 2)
		return;
	spare = rh_realloc(NULL, count * item_size);
	for (i = 0; i < count; i += RUN_ITEMS)
		sort_run(from + i * item_size, count - i < RUN_ITEMS ? count - i : RUN_ITEMS,
			 item_size, compare, ctx, spare);
	to = spare;
	for (width = RUN_ITEMS; width < count; width *= 2) {
		uint8_t *swap = from;

		for (i = 0; i < count; i += 2 * width) {
			size_t both = count - i < 2 * width ? count - i : 2 * width;
			size_t left = both < width ? both : width;

			merge(to + i * item_size, from + i * item_size, left, both, item_size,
			      compare, ctx);
		}
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * item_size);
	free(spare);
}

void rh_sort_u64(uint64_t *items, size_t count)
{
	uint64_t *from = items;
	uint64_t *to;
	uint64_t *spare;
	unsigned shift;
	size_t i;

	RH_ASSERT(count <= SIZE_MAX / 16);
	if (count < 2)
		return;
	spare = rh_realloc(NULL, count * sizeof(*items));
	to = spare;
	for (shift = 0; shift < 64; shift += 8) {
		size_t starts[256] = {0};
		size_t sum = 0;
		uint64_t *swap = from;

		for (i = 0; i < count; i++)
			starts[from[i] >> shift & 255]++;
		if (starts[from[0] >> shift & 255] == count)
			continue;
		for (i = 0; i < 256; i++) {
			size_t here = starts[i];

			starts[i] = sum;
			sum += here;
		}
		for (i = 0; i < count; i++)
			to[starts[from[i] >> shift & 255]++] = from[i];
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
	free(spare);
}
