/* Merging the faults of one edge: order does not matter, taking one away leaves the others, and
 * more causes never lose less. */
#include "core/base/dist.h"
#include "core/run/merge.h"
#include "tests/lib/frame.h"

static struct rh_link_state any_state_of(uint64_t *state)
{
	return (struct rh_link_state){
		.delay_ns = any(state, 5) == 0 ? UINT64_MAX - any(state, 9) : any(state, 1000),
		.jitter_ns = any(state, 1000),
		.loss_threshold = any(state, 4) == 0 ? (any(state, 3) == 0 ? RH_ALWAYS : 0)
						     : rh_absorb(7, (*state)++) >> any(state, 60),
		.rate_bps = any(state, 3) == 0 ? 0 : any(state, 1000) + 1,
		.is_cut = any(state, 5) == 0,
		.drops_in_flight = any(state, 7) == 0,
	};
}

START_TEST(known_values)
{
	uint64_t half = rh_threshold(1, 2);

	ck_assert_uint_eq(rh_loss_merge(half, half), rh_threshold(3, 4));
	ck_assert_uint_eq(rh_loss_merge(half, 0), half);
	ck_assert_uint_eq(rh_loss_merge(0, 12345), 12345);
	ck_assert_uint_eq(rh_loss_merge(half, RH_ALWAYS), RH_ALWAYS);
	/* 1 - 0.9 * 0.8 */
	ck_assert_uint_eq(rh_loss_merge(rh_threshold(1, 10), rh_threshold(1, 5)) >> 8,
			  rh_threshold(28, 100) >> 8);
	/* Nearly certain twice is still not certain. */
	ck_assert_uint_eq(rh_loss_merge(RH_ALWAYS - 1, RH_ALWAYS - 1), RH_ALWAYS - 1);
}
END_TEST

START_TEST(the_smallest_rate_and_any_cut)
{
	struct rh_link_state slow = {.rate_bps = 10, .delay_ns = 3, .jitter_ns = 4};
	struct rh_link_state fast = {.rate_bps = 20, .delay_ns = 5, .is_cut = true};
	struct rh_link_state free = {.drops_in_flight = true};
	struct rh_link_state all = rh_link_merge(&slow, &fast);

	ck_assert_uint_eq(all.rate_bps, 10);
	all = rh_link_merge(&free, &all);
	ck_assert_uint_eq(all.rate_bps, 10);
	ck_assert_uint_eq(all.delay_ns, 8);
	ck_assert_uint_eq(all.jitter_ns, 4);
	ck_assert(all.is_cut && all.drops_in_flight);
}
END_TEST

START_TEST(order_does_not_matter)
{
	uint64_t state = 1;

	for (int i = 0; i < 20000; i++) {
		struct rh_link_state a = any_state_of(&state);
		struct rh_link_state b = any_state_of(&state);
		struct rh_link_state ab = rh_link_merge(&a, &b);
		struct rh_link_state ba = rh_link_merge(&b, &a);
		struct rh_link_state none = {0};
		struct rh_link_state alone = rh_link_merge(&a, &none);

		ck_assert(rh_link_state_is_equal(&ab, &ba));
		ck_assert(rh_link_state_is_equal(&a, &alone));
	}
}
END_TEST

/* Among all faults in any order, the loss moves by rounding only, and the rest not at all. */
START_TEST(many_in_any_order)
{
	uint64_t state = 1;

	for (int i = 0; i < 5000; i++) {
		struct rh_link_state list[5], forward = {0}, backward = {0};

		for (int j = 0; j < 5; j++)
			list[j] = any_state_of(&state);
		for (int j = 0; j < 5; j++) {
			forward = rh_link_merge(&forward, &list[j]);
			backward = rh_link_merge(&backward, &list[4 - j]);
		}
		ck_assert_uint_le(forward.loss_threshold > backward.loss_threshold
					  ? forward.loss_threshold - backward.loss_threshold
					  : backward.loss_threshold - forward.loss_threshold,
				  5);
		forward.loss_threshold = backward.loss_threshold;
		ck_assert(rh_link_state_is_equal(&forward, &backward));
	}
}
END_TEST

START_TEST(more_causes_never_lose_less)
{
	uint64_t state = 1;

	for (int i = 0; i < 5000; i++) {
		uint64_t list[5], all = 0;

		for (int j = 0; j < 5; j++) {
			list[j] = any_state_of(&state).loss_threshold;
			all = rh_loss_merge(all, list[j]);
		}
		for (int gone = 0; gone < 5; gone++) {
			uint64_t rest = 0;

			for (int j = 0; j < 5; j++)
				rest = j == gone ? rest : rh_loss_merge(rest, list[j]);
			ck_assert_uint_le(rest, all);
		}
	}
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("run: merging faults");

	tcase_add_test(frame.tests, known_values);
	tcase_add_test(frame.tests, the_smallest_rate_and_any_cut);
	tcase_add_test(frame.tests, order_does_not_matter);
	tcase_add_test(frame.tests, many_in_any_order);
	tcase_add_test(frame.tests, more_causes_never_lose_less);
	return frame_run(frame);
}
