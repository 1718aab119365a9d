/*
 * A space behaves as its oracle in plain memory does, its bytes depend on the calls alone, and a
 * copy of its used bytes at another address goes on as the original would have.
 */
#include "core/base/space.h"
#include "tests/lib/frame.h"

#define LIMIT	   (UINT64_C(1) << 26)
#define OTHER_BASE UINT64_C(0x567000000000)

/* Check writes a line at each assertion, too slow for each byte. */
static bool is_all(const struct rh_space *space, rh_off block, uint64_t size, uint64_t byte)
{
	const uint8_t *bytes = rh_at(space, block);
	uint64_t i;

	for (i = 0; i < size; i++) {
		if (bytes[i] != byte)
			return false;
	}
	return true;
}

START_TEST(blocks_against_an_oracle)
{
	enum { BLOCKS = 500 };
	struct rh_space space;
	rh_off blocks[BLOCKS] = {0};
	uint64_t sizes[BLOCKS];
	uint64_t state = 1;
	int i;

	rh_space_open(&space, LIMIT, 0);
	for (i = 0; i < 20000; i++) {
		uint64_t at = any(&state, BLOCKS);

		if (blocks[at] != 0) {
			ck_assert(is_all(&space, blocks[at], sizes[at], at & 255));
			rh_space_free(&space, blocks[at], sizes[at]);
			blocks[at] = 0;
			continue;
		}
		sizes[at] = any(&state, 8) == 0 ? any(&state, 20000) : any(&state, 300);
		blocks[at] = rh_space_alloc(&space, sizes[at]);
		ck_assert_uint_eq(blocks[at] % 16, 0);
		ck_assert(is_all(&space, blocks[at], sizes[at], 0));
		memset(rh_at(&space, blocks[at]), (int)(at & 255), sizes[at]);
	}
	/* Free lists work: 20,000 calls with at most 500 blocks alive stay small. */
	ck_assert_uint_lt(rh_space_used(&space), 8u << 20);
	rh_space_close(&space);
}
END_TEST

/* Every size comes back from its free list, and only from that of its own class. */
START_TEST(classes)
{
	struct rh_space space;
	uint64_t size;

	rh_space_open(&space, LIMIT, 0);
	for (size = 0; size < 5000; size++) {
		rh_off first = rh_space_alloc(&space, size);
		uint64_t used = rh_space_used(&space);

		rh_space_free(&space, first, size);
		ck_assert_uint_eq(rh_space_alloc(&space, size), first);
		ck_assert_uint_eq(rh_space_used(&space), used);
		rh_space_free(&space, first, size);
		ck_assert_uint_ge(used, first + size);
	}
	/* 2 a power of two: 16 .. 6144 are 18 classes, each with one block */
	ck_assert_uint_lt(rh_space_used(&space), 40000);
	rh_space_close(&space);
}
END_TEST

/* Before fresh memory is used a larger free block is cut up, to the last byte. */
START_TEST(large_blocks_are_cut)
{
	struct rh_space space;
	uint64_t used;
	rh_off block;
	int i;

	rh_space_open(&space, LIMIT, 0);
	block = rh_space_alloc(&space, 4096);
	memset(rh_at(&space, block), 255, 4096);
	used = rh_space_used(&space);
	rh_space_free(&space, block, 4096);
	for (i = 0; i < 128; i++) {
		ck_assert(is_all(&space, rh_space_alloc(&space, 16), 16, 0));
		ck_assert(is_all(&space, rh_space_alloc(&space, 10), 16, 0));
	}
	ck_assert_uint_eq(rh_space_used(&space), used);
	rh_space_alloc(&space, 16);
	ck_assert_uint_eq(rh_space_used(&space), used + 16);
	rh_space_close(&space);
}
END_TEST

START_TEST(reset_is_as_new)
{
	struct rh_space space;
	uint64_t empty;
	rh_off block;

	rh_space_open(&space, LIMIT, 0);
	empty = rh_space_used(&space);
	block = rh_space_alloc(&space, 100000);
	memset(rh_at(&space, block), 255, 100000);
	rh_space_root_set(&space, block);
	rh_space_free(&space, block, 100000);
	rh_space_reset(&space);
	ck_assert_uint_eq(rh_space_used(&space), empty);
	ck_assert_uint_eq(rh_space_root(&space), 0);
	ck_assert_uint_eq(rh_space_alloc(&space, 100000), block);
	ck_assert_uint_eq(*(uint8_t *)rh_at(&space, block + 99999), 0);
	rh_space_close(&space);
}
END_TEST

START_TEST(vectors)
{
	enum { ITEM = 24, MOST = 3000 };
	static uint64_t oracle[MOST];
	struct rh_space space;
	struct rh_vec vec = {0, 0, 0};
	uint64_t state = 2;
	uint32_t count = 0;
	uint32_t i;
	int step;

	rh_space_open(&space, LIMIT, 0);
	for (step = 0; step < 20000; step++) {
		uint32_t at = (uint32_t)any(&state, count + 1);
		bool grows = any(&state, 5) < (step / 2500 % 2 == 0 ? 4 : 1);

		if (grows && count < MOST) {
			uint64_t *item = at == count ? rh_vec_push(&space, &vec, ITEM)
						     : rh_vec_insert(&space, &vec, ITEM, at);

			ck_assert_uint_eq(item[0] | item[1] | item[2], 0);
			item[0] = (uint64_t)step;
			item[2] = ~(uint64_t)step;
			memmove(oracle + at + 1, oracle + at, (count - at) * sizeof(*oracle));
			oracle[at] = (uint64_t)step;
			count++;
		} else if (!grows && at < count) {
			rh_vec_remove(&space, &vec, ITEM, at);
			count--;
			memmove(oracle + at, oracle + at + 1, (count - at) * sizeof(*oracle));
		}
		ck_assert_uint_eq(vec.count, count);
		for (i = 0; step % 200 == 0 && i < count; i++) {
			const uint64_t *item = rh_vec_at(&space, &vec, ITEM, i);

			ck_assert_uint_eq(item[0], oracle[i]);
			ck_assert_uint_eq(item[2], ~oracle[i]);
		}
	}
	rh_vec_reserve(&space, &vec, ITEM, 10000);
	ck_assert_uint_ge(vec.cap, 10000);
	ck_assert_uint_eq(vec.count, count);
	rh_vec_release(&space, &vec, ITEM);
	ck_assert_uint_eq(vec.items | vec.count | vec.cap, 0);
	rh_space_close(&space);
}
END_TEST

/* Keys from a small set, so that removals leave holes in long clusters; 0 and neighbours are among
 * them. */
START_TEST(id_maps)
{
	enum { KEYS = 700 };
	struct rh_space space;
	struct rh_idmap map = {0, 0, 0};
	uint64_t values[KEYS] = {0};
	bool is_there[KEYS] = {false};
	uint64_t state = 3;
	uint32_t count = 0;
	int step;

	rh_space_open(&space, LIMIT, 0);
	for (step = 0; step < 60000; step++) {
		uint64_t key = any(&state, step % 7 == 0 ? KEYS : KEYS / 2);
		uint64_t wide = key < 100 ? key : rh_mix64(key); /* both kinds of key */
		uint64_t value = 12345;

		ck_assert(rh_idmap_get(&space, &map, wide, &value) == is_there[key]);
		ck_assert_uint_eq(value, is_there[key] ? values[key] : 12345);
		if (any(&state, 2) == 0) {
			ck_assert(rh_idmap_put(&space, &map, wide, (uint64_t)step) !=
				  is_there[key]);
			count += !is_there[key];
			is_there[key] = true;
			values[key] = (uint64_t)step;
		} else {
			ck_assert(rh_idmap_remove(&space, &map, wide) == is_there[key]);
			count -= is_there[key];
			is_there[key] = false;
		}
		ck_assert_uint_eq(map.count, count);
	}
	rh_idmap_release(&space, &map);
	ck_assert(!rh_idmap_get(&space, &map, 1, &values[0]));
	rh_space_close(&space);
}
END_TEST

/* A small world in a space: its root, one vector, one map; steps are drawn from the count of steps.
 */
struct world {
	struct rh_vec vec;
	struct rh_idmap map;
	uint64_t steps;
};

static void world_start(struct rh_space *space)
{
	rh_space_root_set(space, rh_space_alloc(space, sizeof(struct world)));
}

static void world_run(struct rh_space *space, int steps)
{
	int i;

	for (i = 0; i < steps; i++) {
		struct world *world = rh_at(space, rh_space_root(space));
		uint64_t draw = rh_absorb(5, world->steps++);

		if (draw % 3 == 0 && world->vec.count > 0)
			rh_vec_remove(space, &world->vec, 40,
				      (uint32_t)((draw >> 8) % world->vec.count));
		else
			*(uint64_t *)rh_vec_push(space, &world->vec, 40) = draw;
		if (draw % 5 == 0)
			rh_idmap_remove(space, &world->map, draw >> 8 & 511);
		else
			rh_idmap_put(space, &world->map, draw >> 8 & 511, draw);
		if (draw % 11 == 0)
			rh_space_free(space, rh_space_alloc(space, draw >> 20 & 4095),
				      draw >> 20 & 4095);
	}
}

START_TEST(a_copy_goes_on)
{
	struct rh_space first;
	struct rh_space copy;
	uint64_t used;

	rh_space_open(&first, LIMIT, 0);
	world_start(&first);
	world_run(&first, 5000);
	used = rh_space_used(&first);
	ck_assert(rh_space_adopt(&copy, first.base, used, 2 * LIMIT, OTHER_BASE));
	ck_assert_ptr_ne(copy.base, first.base);
	ck_assert_uint_eq((uintptr_t)copy.base, OTHER_BASE);
	world_run(&first, 5000);
	world_run(&copy, 5000);
	ck_assert_uint_eq(rh_space_used(&first), rh_space_used(&copy));
	ck_assert_uint_gt(rh_space_used(&first), used);
	ck_assert_int_eq(memcmp(first.base, copy.base, rh_space_used(&first)), 0);
	rh_space_close(&first);
	rh_space_close(&copy);
}
END_TEST

START_TEST(no_image_no_space)
{
	struct rh_space first;
	struct rh_space copy;
	uint64_t used;

	rh_space_open(&first, LIMIT, 0);
	world_start(&first);
	world_run(&first, 1000);
	used = rh_space_used(&first);
	ck_assert(!rh_space_adopt(&copy, first.base, used - 1, LIMIT, 0));
	ck_assert(!rh_space_adopt(&copy, first.base, 8, LIMIT, 0));
	ck_assert(!rh_space_adopt(&copy, first.base, 0, LIMIT, 0));
	ck_assert(!rh_space_adopt(&copy, first.base, used, 4096, 0));
	ck_assert(!rh_space_adopt(&copy, first.base + 16, used - 16, LIMIT, 0));
	ck_assert(rh_space_adopt(&copy, first.base, used, LIMIT, 0));
	rh_space_close(&first);
	rh_space_close(&copy);
}
END_TEST

START_TEST(two_spaces_at_once)
{
	struct rh_space a;
	struct rh_space b;

	rh_space_open(&a, LIMIT, 0);
	rh_space_open(&b, LIMIT, 0);
	ck_assert_ptr_ne(a.base, b.base);
	ck_assert_uint_eq(rh_space_alloc(&a, 100), rh_space_alloc(&b, 100));
	rh_space_close(&a);
	rh_space_close(&b);
}
END_TEST

START_TEST(limit_is_fatal)
{
	struct rh_space space;

	rh_space_open(&space, 1 << 20, 0);
	for (;;)
		rh_space_alloc(&space, 1000);
}
END_TEST

START_TEST(double_free)
{
	struct rh_space space;
	rh_off block;

	rh_space_open(&space, LIMIT, 0);
	block = rh_space_alloc(&space, 40);
	rh_space_free(&space, block, 40);
	rh_space_free(&space, block, 40);
}
END_TEST

START_TEST(outside)
{
	struct rh_space space;

	rh_space_open(&space, LIMIT, 0);
	rh_at(&space, space.reserved_bytes);
}
END_TEST

START_TEST(none_is_nowhere)
{
	struct rh_space space;

	rh_space_open(&space, LIMIT, 0);
	rh_at(&space, 0);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("space");

	tcase_add_test(frame.tests, blocks_against_an_oracle);
	tcase_add_test(frame.tests, classes);
	tcase_add_test(frame.tests, large_blocks_are_cut);
	tcase_add_test(frame.tests, reset_is_as_new);
	tcase_add_test(frame.tests, vectors);
	tcase_add_test(frame.tests, id_maps);
	tcase_add_test(frame.tests, a_copy_goes_on);
	tcase_add_test(frame.tests, no_image_no_space);
	tcase_add_test(frame.tests, two_spaces_at_once);
	frame_add_abort(frame, limit_is_fatal);
	frame_add_abort(frame, double_free);
	frame_add_abort(frame, outside);
	frame_add_abort(frame, none_is_nowhere);
	return frame_run(frame);
}
