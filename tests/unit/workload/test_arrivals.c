/*
 * When arrivals come: evenly at exact times, in bursts, along a ramp whose integral is checked against
 * a naive sum, by chance with the right number in every stretch; a change of pace moves nothing that
 * came before it; and a keyed order has every item once.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/workload/arrivals.h"
#include "core/workload/order.h"
#include "tests/lib/frame.h"

#define SECOND RH_NS_PER_SEC

static const struct rh_pace none = {{0, 1}, RH_PACE_NONE};

static struct rh_pace per_second(uint64_t count)
{
	return (struct rh_pace){{count, SECOND}, RH_PACE_NS};
}

static struct rh_workload_view view_of(uint64_t length_ns)
{
	return (struct rh_workload_view){.rng = {RH_RNG_SPLITMIX, 7},
					 .name64 = 99,
					 .start_ns = SECOND,
					 .until_ns = SECOND + length_ns};
}

static uint64_t count_until(const struct rh_arrivals *arrivals, const struct rh_workload_view *view,
			    uint64_t until_ns)
{
	uint64_t number = 0;
	uint64_t at_ns;

	while (rh_arrival(arrivals, view, number, &at_ns) && at_ns < until_ns)
		number++;
	return number;
}

START_TEST(even_ones_are_exact)
{
	struct rh_arrivals arrivals = {per_second(3), none, 1, false};
	struct rh_workload_view view = view_of(10 * SECOND);
	uint64_t at_ns;

	for (uint64_t i = 0; i < 30; i++) {
		ck_assert(rh_arrival(&arrivals, &view, i, &at_ns));
		ck_assert_uint_eq(at_ns, SECOND + (i * SECOND + 2) / 3);
	}
	ck_assert(!rh_arrival(&arrivals, &view, 30, &at_ns));
	arrivals.burst = 10;
	for (uint64_t i = 0; i < 30; i++) {
		ck_assert(rh_arrival(&arrivals, &view, i, &at_ns));
		ck_assert_uint_eq(at_ns, SECOND + (i / 10 * 10 * SECOND + 2) / 3);
	}
}
END_TEST

START_TEST(blocks_and_nothing)
{
	struct rh_arrivals arrivals = {{{5, 2}, RH_PACE_BLOCK}, none, 1, false};
	struct rh_workload_view view = view_of(100 * SECOND);
	uint64_t at_ns;

	ck_assert(!rh_arrival(&arrivals, &view, 0, &at_ns)); /* no block is known */
	view.block_ns = 10 * SECOND;
	ck_assert(rh_arrival(&arrivals, &view, 5, &at_ns));
	ck_assert_uint_eq(at_ns, SECOND + 20 * SECOND);
	arrivals.rate = per_second(0);
	ck_assert(!rh_arrival(&arrivals, &view, 0, &at_ns));
}
END_TEST

/* The count at each second is what a sum over milliseconds says, to within one. */
START_TEST(ramps_are_straight)
{
	static const uint64_t ends[][2] = {{0, 40}, {40, 0}, {10, 30}, {30, 10}, {5, 5}};

	for (size_t i = 0; i < RH_ARRAY_LEN(ends); i++) {
		struct rh_arrivals arrivals = {per_second(ends[i][0]), per_second(ends[i][1]), 1,
					       false};
		struct rh_workload_view view = view_of(60 * SECOND);
		uint64_t sum = 0; /* of 1/120,000,000ths */
		uint64_t before_ns = 0;

		for (uint64_t ms = 0; ms < 60000; ms++) {
			/* in the middle of the millisecond, times 120,000 */
			sum += ends[i][0] * (120000 - 2 * ms - 1) + ends[i][1] * (2 * ms + 1);
			if ((ms + 1) % 1000 == 0) {
				uint64_t got = count_until(&arrivals, &view,
							   SECOND + (ms + 1) * RH_NS_PER_MS);
				uint64_t naive = sum / 120000000;

				ck_assert_msg(got >= naive && got <= naive + 1,
					      "%zu: %u ms: %u, not %u", i, (unsigned)ms,
					      (unsigned)got, (unsigned)naive);
			}
		}
		for (uint64_t n = 0; n < 1000; n++) {
			uint64_t at_ns;

			if (!rh_arrival(&arrivals, &view, n, &at_ns))
				break;
			ck_assert_uint_ge(at_ns, before_ns);
			before_ns = at_ns;
		}
	}
}
END_TEST

/* Ascending, 64 in each stretch, and as uneven as chance is: over 20,000 gaps the square of the
 * deviation is near the square of the mean. */
START_TEST(chance_is_uneven)
{
	struct rh_arrivals arrivals = {per_second(1000), none, 1, true};
	struct rh_workload_view view = view_of(20 * SECOND);
	uint64_t before_ns = SECOND;
	uint64_t squares = 0; /* of microseconds */
	uint64_t at_ns;

	for (uint64_t n = 0; n < 20000 - 20000 % 64; n++) {
		uint64_t gap_us;

		ck_assert(rh_arrival(&arrivals, &view, n, &at_ns));
		ck_assert_uint_ge(at_ns, before_ns);
		ck_assert_uint_eq((at_ns - SECOND) / (64 * RH_NS_PER_MS), n / 64);
		gap_us = (at_ns - before_ns) / 1000;
		squares += gap_us * gap_us;
		before_ns = at_ns;
	}
	squares /= 20000 - 20000 % 64;
	/* For an exponential gap of 1000 us it is 2,000,000; evenly spaced ones have 1,000,000. */
	ck_assert_uint_gt(squares, 1850000);
	ck_assert_uint_lt(squares, 2150000);
}
END_TEST

/* Both laws, three changes: what came before a change is where it was, and afterwards the pace holds. */
START_TEST(changes_keep_the_past)
{
	struct rh_pace_change changes[3] = {{SECOND + 10 * SECOND, per_second(50)},
					    {SECOND + 20 * SECOND, per_second(0)},
					    {SECOND + 30 * SECOND, per_second(7)}};

	for (int law = 0; law < 4; law++) {
		struct rh_arrivals arrivals = {per_second(20), law & 2 ? per_second(90) : none, 1,
					       (law & 1) != 0};
		struct rh_workload_view view = view_of(60 * SECOND);
		uint64_t old[4000];
		uint64_t count;
		uint64_t at_ns;
		uint64_t seen[3];

		for (uint32_t i = 0; i < 3; i++) {
			count = count_until(&arrivals, &view, changes[i].from_ns);
			ck_assert_uint_lt(count, RH_ARRAY_LEN(old));
			for (uint64_t n = 0; n < count; n++)
				rh_arrival(&arrivals, &view, n, &old[n]);
			view.changes = changes;
			view.change_count = i + 1;
			ck_assert_uint_eq(count_until(&arrivals, &view, changes[i].from_ns), count);
			for (uint64_t n = 0; n < count; n++) {
				ck_assert(rh_arrival(&arrivals, &view, n, &at_ns));
				ck_assert_uint_eq(at_ns, old[n]);
			}
			seen[i] = count;
		}
		count = count_until(&arrivals, &view, RH_TIME_NEVER);
		/* 500 in the ten seconds at 50, none in the next ten, 210 in the last thirty. */
		ck_assert_uint_ge(seen[1] - seen[0], 485);
		ck_assert_uint_le(seen[1] - seen[0], 515);
		ck_assert_uint_eq(seen[2], seen[1]);
		ck_assert_uint_ge(count - seen[2], 195);
		ck_assert_uint_le(count - seen[2], 225);
	}
}
END_TEST

START_TEST(every_item_once)
{
	static const uint32_t counts[] = {1, 2, 3, 5, 16, 17, 100, 1000};
	bool has_moved = false;

	for (size_t i = 0; i < RH_ARRAY_LEN(counts); i++) {
		bool seen[1000] = {false};

		for (uint32_t place = 0; place < counts[i]; place++) {
			uint32_t item = rh_order_at(5, counts[i], place);

			ck_assert_uint_lt(item, counts[i]);
			ck_assert(!seen[item]);
			seen[item] = true;
			has_moved |= item != rh_order_at(6, counts[i], place);
		}
	}
	ck_assert(has_moved);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("arrivals");

	tcase_add_test(frame.tests, even_ones_are_exact);
	tcase_add_test(frame.tests, blocks_and_nothing);
	tcase_add_test(frame.tests, ramps_are_straight);
	tcase_add_test(frame.tests, chance_is_uneven);
	tcase_add_test(frame.tests, changes_keep_the_past);
	tcase_add_test(frame.tests, every_item_once);
	return frame_run(frame);
}
