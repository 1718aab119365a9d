/* A pool gives zeroed cells, reuses the last one given back, and catches handles that outlived
 * their cell. */
#include "core/base/pool.h"
#include "tests/lib/frame.h"

#define LIMIT (UINT64_C(1) << 24)

START_TEST(against_an_oracle)
{
	enum { CELLS = 300 };
	struct rh_space space;
	struct rh_pool pool;
	struct rh_handle handles[CELLS] = {{0, 0}};
	struct rh_handle stale[CELLS] = {{0, 0}};
	uint64_t state = 4;
	uint32_t live = 0;
	int step;

	rh_space_open(&space, LIMIT, 0);
	rh_pool_init(&pool, 12, 0);
	for (step = 0; step < 20000; step++) {
		uint64_t at = any(&state, CELLS);
		uint32_t *cell;

		if (handles[at].index == 0) {
			handles[at] = rh_pool_take(&space, &pool);
			cell = rh_pool_at(&space, &pool, handles[at]);
			ck_assert_uint_eq(cell[0] | cell[1] | cell[2], 0);
			cell[0] = (uint32_t)at;
			cell[2] = ~(uint32_t)at;
			live++;
		} else {
			cell = rh_pool_at(&space, &pool, handles[at]);
			ck_assert_uint_eq(cell[0], at);
			ck_assert_uint_eq(cell[2], (uint32_t)~at);
			rh_pool_give(&space, &pool, handles[at]);
			stale[at] = handles[at];
			handles[at].index = 0;
			live--;
		}
		ck_assert_uint_eq(pool.live_count, live);
		ck_assert(!rh_pool_is_live(&space, &pool, stale[at]));
	}
	ck_assert_uint_le(pool.cells.count, CELLS);
	rh_space_close(&space);
}
END_TEST

START_TEST(last_in_first_out)
{
	struct rh_space space;
	struct rh_pool pool;
	struct rh_handle a;
	struct rh_handle b;
	struct rh_handle c;

	rh_space_open(&space, LIMIT, 0);
	rh_pool_init(&pool, 8, 2);
	a = rh_pool_take(&space, &pool);
	b = rh_pool_take(&space, &pool);
	ck_assert_uint_eq(a.index, 1);
	ck_assert_uint_eq(b.index, 2);
	ck_assert_uint_eq(rh_pool_take(&space, &pool).index, 0); /* the limit */
	rh_pool_give(&space, &pool, a);
	rh_pool_give(&space, &pool, b);
	c = rh_pool_take(&space, &pool);
	ck_assert_uint_eq(c.index, b.index);
	ck_assert_uint_ne(c.generation, b.generation);
	ck_assert(rh_pool_is_live(&space, &pool, c));
	ck_assert(!rh_pool_is_live(&space, &pool, b));
	ck_assert(!rh_pool_is_live(&space, &pool, (struct rh_handle){0, 0}));
	ck_assert(!rh_pool_is_live(&space, &pool, (struct rh_handle){9, 0}));
	rh_space_close(&space);
}
END_TEST

static struct rh_handle taken_and_given(struct rh_space *space, struct rh_pool *pool)
{
	struct rh_handle handle;

	rh_space_open(space, LIMIT, 0);
	rh_pool_init(pool, 8, 0);
	handle = rh_pool_take(space, pool);
	rh_pool_give(space, pool, handle);
	return handle;
}

START_TEST(stale_read)
{
	struct rh_space space;
	struct rh_pool pool;
	struct rh_handle handle = taken_and_given(&space, &pool);

	rh_pool_take(&space, &pool); /* the same cell, for another */
	rh_pool_at(&space, &pool, handle);
}
END_TEST

START_TEST(stale_give)
{
	struct rh_space space;
	struct rh_pool pool;
	struct rh_handle handle = taken_and_given(&space, &pool);

	rh_pool_give(&space, &pool, handle);
}
END_TEST

START_TEST(none_is_no_cell)
{
	struct rh_space space;
	struct rh_pool pool;

	taken_and_given(&space, &pool);
	rh_pool_at(&space, &pool, (struct rh_handle){0, 0});
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("pool");

	tcase_add_test(frame.tests, against_an_oracle);
	tcase_add_test(frame.tests, last_in_first_out);
	frame_add_abort(frame, stale_read);
	frame_add_abort(frame, stale_give);
	frame_add_abort(frame, none_is_no_cell);
	return frame_run(frame);
}
