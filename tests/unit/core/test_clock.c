/*
 * test_clock.c - local time and back: exact at the edges, never backwards, for fast and slow,
 * late and early clocks.
 */
#include "core/base/units.h"
#include "tests/lib/frame.h"

#include "core/host.h"

START_TEST(known_values)
{
	struct rh_clock right = {0, 0};
	struct rh_clock late = {-1000, 0};
	struct rh_clock fast = {0, 1000}; /* 1 us a second */
	struct rh_clock slow = {5, -1};

	ck_assert_uint_eq(rh_clock_local(&right, 12345), 12345);
	ck_assert_uint_eq(rh_clock_true(&right, 12345), 12345);
	ck_assert_uint_eq(rh_clock_local(&late, 999), 0);
	ck_assert_uint_eq(rh_clock_local(&late, 1001), 1);
	ck_assert_uint_eq(rh_clock_true(&late, 1), 1001);
	ck_assert_uint_eq(rh_clock_true(&late, 0), 0);
	ck_assert_uint_eq(rh_clock_local(&fast, RH_NS_PER_SEC), RH_NS_PER_SEC + 1000);
	ck_assert_uint_eq(rh_clock_true(&fast, RH_NS_PER_SEC + 1000), RH_NS_PER_SEC);
	ck_assert_uint_eq(rh_clock_local(&slow, RH_NS_PER_SEC), RH_NS_PER_SEC + 4);
	ck_assert_int_eq(rh_clock_error(&slow, RH_NS_PER_SEC), 4);
	ck_assert_uint_eq(rh_clock_true(&right, RH_TIME_NEVER), RH_TIME_NEVER);
	ck_assert_uint_eq(rh_clock_true(&slow, RH_TIME_NEVER), RH_TIME_NEVER);
}
END_TEST

START_TEST(inverse_is_exact)
{
	uint64_t state = 0;
	uint32_t i;

	for (i = 0; i < 20000; i++) {
		struct rh_clock clock = {
			.offset_ns = (int64_t)any(&state, 2000000000) - 1000000000,
			.drift_ppb = (int64_t)any(&state, 1999999998) - 999999999,
		};
		uint64_t range = UINT64_C(1) << any(&state, 60);
		uint64_t wanted = 1 + any(&state, range);
		uint64_t at = rh_clock_true(&clock, wanted);

		if (i % 3 == 0)
			clock.drift_ppb /= 100000;
		at = rh_clock_true(&clock, wanted);
		if (at > UINT64_C(1) << 62)
			continue;
		ck_assert_uint_ge(rh_clock_local(&clock, at), wanted);
		if (at > 0)
			ck_assert_uint_lt(rh_clock_local(&clock, at - 1), wanted);
		ck_assert_uint_le(rh_clock_local(&clock, at), rh_clock_local(&clock, at + 1));
	}
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("clock");

	tcase_add_test(frame.tests, known_values);
	tcase_add_test(frame.tests, inverse_is_exact);
	return frame_run(frame);
}
