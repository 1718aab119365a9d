/* The sorts against insertion into an array, stability, and the heap against the sort. */
#include "core/base/heap.h"
#include "core/base/sort.h"
#include "tests/lib/frame.h"

struct item {
	uint32_t key;
	uint32_t place; /* before sorting */
	uint8_t tail[5];
};

static int by_key(const void *a, const void *b, const void *ctx)
{
	uint32_t x = ((const struct item *)a)->key;
	uint32_t y = ((const struct item *)b)->key;

	ck_assert_str_eq(ctx, "ctx");
	return (x > y) - (x < y);
}

START_TEST(sorted_and_stable)
{
	static struct item items[3000];
	uint64_t state = 7;
	uint32_t count;
	uint32_t i;

	for (count = 0; count < 3000; count += count < 70 ? 1 : 173) {
		uint64_t keys = 1 + any(&state, count + 2); /* few keys or many */
		uint64_t sum = 0;

		for (i = 0; i < count; i++) {
			items[i].key = (uint32_t)any(&state, keys);
			items[i].place = i;
			items[i].tail[4] = (uint8_t)i;
			sum += items[i].key;
		}
		rh_sort(items, count, sizeof(*items), by_key, "ctx");
		for (i = 0; i < count; i++) {
			ck_assert_uint_eq(items[i].tail[4], items[i].place & 255);
			sum -= items[i].key;
			if (i == 0)
				continue;
			ck_assert_uint_le(items[i - 1].key, items[i].key);
			if (items[i - 1].key == items[i].key)
				ck_assert_uint_lt(items[i - 1].place, items[i].place);
		}
		ck_assert_uint_eq(sum, 0);
	}
}
END_TEST

START_TEST(numbers)
{
	static uint64_t items[2000];
	static uint64_t oracle[2000];
	uint64_t state = 8;
	size_t count;
	size_t i;
	size_t k;

	for (count = 0; count < 2000; count += 1 + count / 3) {
		unsigned shift = (unsigned)any(&state, 64);

		for (i = 0; i < count; i++) {
			items[i] = any(&state, UINT64_MAX) >> shift;
			for (k = i; k > 0 && oracle[k - 1] > items[i]; k--)
				oracle[k] = oracle[k - 1];
			oracle[k] = items[i];
		}
		rh_sort_u64(items, count);
		ck_assert_int_eq(memcmp(items, oracle, count * sizeof(*items)), 0);
	}
}
END_TEST

static int by_number(const void *a, const void *b, const void *ctx)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	(void)ctx;
	return (x > y) - (x < y);
}

/* Pushes and pops in any order: each pop gives the least of what a plain array holds. */
START_TEST(heap_against_an_array)
{
	static uint64_t oracle[5000];
	struct rh_heap heap;
	uint64_t state = 9;
	size_t count = 0;
	uint64_t item;
	int step;

	rh_heap_init(&heap, sizeof(item), by_number, NULL);
	ck_assert_ptr_null(rh_heap_top(&heap));
	ck_assert(!rh_heap_pop(&heap, &item));
	for (step = 0; step < 9000; step++) {
		if (any(&state, 10) < (step < 5000 ? 7 : 3) && count < 5000) {
			item = any(&state, 1000);
			oracle[count++] = item;
			rh_heap_push(&heap, &item);
		} else if (count > 0) {
			size_t least = 0;
			size_t i;

			for (i = 1; i < count; i++)
				least = oracle[i] < oracle[least] ? i : least;
			ck_assert_uint_eq(*(const uint64_t *)rh_heap_top(&heap), oracle[least]);
			ck_assert(rh_heap_pop(&heap, &item));
			ck_assert_uint_eq(item, oracle[least]);
			oracle[least] = oracle[--count];
		}
		ck_assert_uint_eq(heap.count, count);
	}
	rh_heap_release(&heap);
}
END_TEST

START_TEST(heap_against_the_sort)
{
	enum { ITEMS = 20000 };
	static uint64_t items[ITEMS];
	struct rh_heap heap;
	uint64_t item;
	size_t i;

	rh_heap_init(&heap, sizeof(item), by_number, NULL);
	for (i = 0; i < ITEMS; i++) {
		items[i] = rh_absorb(10, i);
		rh_heap_push(&heap, &items[i]);
	}
	rh_sort_u64(items, ITEMS);
	for (i = 0; i < ITEMS; i++) {
		ck_assert(rh_heap_pop(&heap, &item));
		ck_assert_uint_eq(item, items[i]);
	}
	rh_heap_release(&heap);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("sort");

	tcase_add_test(frame.tests, sorted_and_stable);
	tcase_add_test(frame.tests, numbers);
	tcase_add_test(frame.tests, heap_against_an_array);
	tcase_add_test(frame.tests, heap_against_the_sort);
	return frame_run(frame);
}
