/*
 * test_orphans.c - the waiting pools: order of arrival, eviction of the oldest, what is due, the oldest
 * missing parent also in a cycle, and exact references.
 */
#include "core/base/units.h"
#include "models/chain/orphans.h"
#include "tests/unit/chain/frame.h"

static uint64_t add(struct frame *frame, struct rh_orphans *pool, uint64_t id, uint64_t parent,
		    uint64_t due_ns)
{
	struct rh_orphan orphan = {
		.id = id, .parent = parent, .due_ns = due_ns, .ref = {(uint32_t)id, 1}};

	return rh_orphans_add(&frame->env, pool, 3, &orphan);
}

START_TEST(the_oldest_leaves_a_full_pool)
{
	struct frame *frame = frame_new();
	struct rh_orphans pool = {0};

	ck_assert_uint_eq(add(frame, &pool, 1, 10, 0), 0);
	ck_assert_uint_eq(add(frame, &pool, 2, 10, 0), 0);
	ck_assert_uint_eq(add(frame, &pool, 3, 10, 0), 0);
	ck_assert_uint_eq(add(frame, &pool, 4, 10, 0), 1);
	ck_assert(!rh_orphans_has(&frame->env, &pool, 1));
	ck_assert_uint_eq(frame->refs[1], 0);
	ck_assert_uint_eq(frame->refs[4], 1);
	rh_orphans_release(&frame->env, &pool);
	frame_free(frame);
}
END_TEST

START_TEST(children_come_in_order_of_arrival)
{
	struct frame *frame = frame_new();
	struct rh_orphans pool = {0};
	struct rh_orphan out;

	add(frame, &pool, 3, 10, 0);
	add(frame, &pool, 1, 11, 0);
	add(frame, &pool, 2, 10, 0);
	ck_assert(rh_orphans_take_child(&frame->env, &pool, 10, &out));
	ck_assert_uint_eq(out.id, 3);
	rh_env_object_drop(&frame->env, out.ref);
	ck_assert(rh_orphans_take_child(&frame->env, &pool, 10, &out));
	ck_assert_uint_eq(out.id, 2);
	rh_env_object_drop(&frame->env, out.ref);
	ck_assert(!rh_orphans_take_child(&frame->env, &pool, 10, &out));
	ck_assert(rh_orphans_take(&frame->env, &pool, 1, &out));
	ck_assert(!rh_orphans_take(&frame->env, &pool, 1, &out));
	rh_env_object_drop(&frame->env, out.ref);
	rh_orphans_release(&frame->env, &pool);
	frame_free(frame);
}
END_TEST

START_TEST(what_is_due_comes_out)
{
	struct frame *frame = frame_new();
	struct rh_orphans pool = {0};
	struct rh_orphan out;

	ck_assert_uint_eq(rh_orphans_next_due(&frame->env, &pool), RH_TIME_NEVER);
	add(frame, &pool, 1, 10, 500);
	add(frame, &pool, 2, 10, 300);
	ck_assert_uint_eq(rh_orphans_next_due(&frame->env, &pool), 300);
	ck_assert(!rh_orphans_take_due(&frame->env, &pool, 299, &out));
	ck_assert(rh_orphans_take_due(&frame->env, &pool, 300, &out));
	ck_assert_uint_eq(out.id, 2);
	rh_env_object_drop(&frame->env, out.ref);
	rh_orphans_release(&frame->env, &pool);
	frame_free(frame);
}
END_TEST

START_TEST(the_oldest_missing_parent)
{
	struct frame *frame = frame_new();
	struct rh_orphans pool = {0};

	add(frame, &pool, 3, 2, 0);
	add(frame, &pool, 2, 1, 0);
	ck_assert_uint_eq(rh_orphans_missing(&frame->env, &pool, 3), 1);
	ck_assert_uint_eq(rh_orphans_missing(&frame->env, &pool, 77), 77);
	/* 1 -> 3: a circle, which no real blocks form; the walk ends all the same. */
	add(frame, &pool, 1, 3, 0);
	rh_orphans_missing(&frame->env, &pool, 3);
	rh_orphans_release(&frame->env, &pool);
	frame_free(frame);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_oldest_leaves_a_full_pool,
		children_come_in_order_of_arrival,
		what_is_due_comes_out,
		the_oldest_missing_parent,
	};

	return run_tests("orphans", tests, RH_ARRAY_LEN(tests));
}
