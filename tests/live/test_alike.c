/*
 * test_alike.c - shows that what both worlds compute for their nodes is the same function: clocks
 * there and back, however wrong they are, and the identities of messages.
 */
#include "core/base/units.h"
#include "core/host.h"
#include "sim/clock.h"
#include "sim/kernel/order.h"
#include "tests/lib/frame.h"

START_TEST(test_clocks)
{
	uint64_t state = 7;

	for (uint32_t i = 0; i < 50000; i++) {
		struct rh_clock live = {
			.offset_ns = (int64_t)any(&state, 2000000000) - 1000000000,
			.drift_ppb = i % 3 == 0 ? 0 : (int64_t)any(&state, 1999999998) - 999999999,
		};
		const struct sim_clock sim = {live.offset_ns, live.drift_ppb};
		uint64_t time_ns = any(&state, UINT64_C(1) << (1 + any(&state, 61)));

		ck_assert_uint_eq(rh_clock_local(&live, time_ns), sim_clock_local(&sim, time_ns));
		ck_assert_uint_eq(rh_clock_true(&live, time_ns), sim_clock_true(&sim, time_ns));
		ck_assert_int_eq(rh_clock_error(&live, time_ns), sim_clock_error(&sim, time_ns));
	}
}
END_TEST

START_TEST(test_edges)
{
	const struct rh_clock slow = {5, -1};
	const struct rh_clock late = {-1000, 0};

	ck_assert_uint_eq(rh_clock_local(&slow, RH_NS_PER_SEC), RH_NS_PER_SEC + 4);
	ck_assert_uint_eq(rh_clock_true(&slow, RH_TIME_NEVER), RH_TIME_NEVER);
	ck_assert_uint_eq(rh_clock_local(&late, 999), 0);
	ck_assert_uint_eq(rh_clock_true(&late, 0), 0);
	ck_assert_uint_eq(rh_clock_true(&late, 1), 1001);
}
END_TEST

START_TEST(test_identities)
{
	uint64_t state = 8;

	for (uint32_t i = 0; i < 1000; i++) {
		uint64_t name64 = any(&state, UINT64_MAX);
		uint32_t kind = (uint32_t)any(&state, UINT32_MAX);

		ck_assert_uint_eq(rh_message_id(name64, kind, i), sim_message_id(name64, kind, i));
	}
	ck_assert_uint_eq(rh_timer_id(3, 5), UINT64_C(3) << 32 | 5);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("alike");

	tcase_add_test(frame.tests, test_clocks);
	tcase_add_test(frame.tests, test_edges);
	tcase_add_test(frame.tests, test_identities);
	return frame_run(frame);
}
