/* Blocks of an arena are zeroed, aligned and apart from each other; reset keeps memory and gives it
 * out clean again. */
#include "core/base/arena.h"
#include "tests/lib/frame.h"

/* Check writes a line at each assertion, too slow for each byte. */
static bool is_all(const unsigned char *bytes, size_t size, size_t byte)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (bytes[i] != byte)
			return false;
	}
	return true;
}

START_TEST(blocks_are_clean_and_apart)
{
	enum { BLOCKS = 2000 };
	struct rh_arena arena;
	unsigned char *blocks[BLOCKS];
	size_t sizes[BLOCKS];
	uint64_t state = 0;
	size_t sum = 0;
	size_t i;
	int round;

	rh_arena_init(&arena);
	for (round = 0; round < 3; round++) {
		sum = 0;
		for (i = 0; i < BLOCKS; i++) {
			sizes[i] = any(&state, i % 100 == 0 ? 100000 : 200);
			blocks[i] = rh_arena_alloc(&arena, sizes[i], 1);
			sum += sizes[i];
			ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
			ck_assert(is_all(blocks[i], sizes[i], 0));
			memset(blocks[i], (int)(i & 255), sizes[i]);
		}
		for (i = 0; i < BLOCKS; i++)
			ck_assert(is_all(blocks[i], sizes[i], i & 255));
		ck_assert_uint_ge(arena.used_bytes, sum);
		rh_arena_reset(&arena);
		ck_assert_uint_eq(arena.used_bytes, 0);
		ck_assert_ptr_nonnull(arena.head);
	}
	rh_arena_release(&arena);
	ck_assert_ptr_null(arena.head);
}
END_TEST

START_TEST(texts)
{
	struct rh_arena arena;
	char *text;

	rh_arena_init(&arena);
	text = rh_arena_text(&arena, "abcdef", 3);
	ck_assert_str_eq(text, "abc");
	ck_assert_str_eq(rh_arena_text(&arena, NULL, 0), "");
	ck_assert_str_eq(rh_arena_printf(&arena, "%s-%d", text, 7), "abc-7");
	ck_assert_uint_eq(strlen(rh_arena_printf(&arena, "%05000d", 7)), 5000);
	ck_assert_ptr_ne(rh_arena_alloc(&arena, 0, 8), rh_arena_alloc(&arena, 0, 8));
	rh_arena_release(&arena);
}
END_TEST

START_TEST(huge_product)
{
	struct rh_arena arena;

	rh_arena_init(&arena);
	rh_arena_alloc(&arena, SIZE_MAX / 2, 3);
}
END_TEST

START_TEST(plain_memory)
{
	uint64_t *numbers = rh_alloc(100, sizeof(*numbers));

	ck_assert_uint_eq(numbers[99], 0);
	numbers[99] = 5;
	numbers = rh_realloc(numbers, 10000 * sizeof(*numbers));
	ck_assert_uint_eq(numbers[99], 5);
	free(numbers);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("arena");

	tcase_add_test(frame.tests, blocks_are_clean_and_apart);
	tcase_add_test(frame.tests, texts);
	tcase_add_test(frame.tests, plain_memory);
	frame_add_abort(frame, huge_product);
	return frame_run(frame);
}
