/* Bit sets against an array of bools, at every length around the edges of words. */
#include "core/base/bits.h"
#include "tests/lib/frame.h"

START_TEST(sets_against_bools)
{
	uint64_t state = 12;
	uint64_t len;

	for (len = 1; len < 260; len++) {
		uint64_t words[RH_BITS_WORDS(260)] = {0};
		bool oracle[260] = {false};
		uint64_t count = 0;
		uint64_t found = 0;
		uint64_t at;
		int i;

		for (i = 0; i < 60; i++) {
			at = any(&state, len);
			if (any(&state, 3) != 0)
				rh_bit_set(words, at);
			else
				rh_bit_clear(words, at);
			oracle[at] = rh_bit_get(words, at);
		}
		for (at = 0; at < len; at++) {
			ck_assert(rh_bit_get(words, at) == oracle[at]);
			count += oracle[at];
		}
		ck_assert_uint_eq(rh_bits_count(words, RH_BITS_WORDS(len)), count);
		rh_bits_each (at, words, len) {
			ck_assert(oracle[at]);
			found++;
		}
		ck_assert_uint_eq(found, count);
		ck_assert_uint_eq(rh_bits_next(words, len, len), len);
	}
}
END_TEST

START_TEST(next_stays_within)
{
	uint64_t words[2] = {0, UINT64_C(1) << 10};

	ck_assert_uint_eq(rh_bits_next(words, 128, 0), 74);
	ck_assert_uint_eq(rh_bits_next(words, 75, 0), 74);
	ck_assert_uint_eq(rh_bits_next(words, 74, 0), 74); /* bit 74 is no member of the first 74 */
	ck_assert_uint_eq(rh_bits_next(words, 70, 0), 70);
	ck_assert_uint_eq(rh_bits_next(words, 64, 0), 64);
	ck_assert_uint_eq(rh_bits_next(words, 128, 75), 128);
	ck_assert_uint_eq(rh_bits_next(words, 0, 0), 0);
}
END_TEST

START_TEST(arithmetic)
{
	uint32_t i;

	for (i = 0; i < 64; i++) {
		ck_assert_uint_eq(rh_low_bit(UINT64_MAX << i), i);
		ck_assert_uint_eq(rh_high_bit(UINT64_MAX >> i), 63 - i);
	}
	ck_assert_uint_eq(rh_round_up(0, 8), 0);
	ck_assert_uint_eq(rh_round_up(1, 8), 8);
	ck_assert_uint_eq(rh_round_up(8, 8), 8);
	ck_assert_uint_eq(rh_round_up(10, 3), 12);
}
END_TEST

START_TEST(no_bit_of_zero)
{
	rh_low_bit(0);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("bits");

	tcase_add_test(frame.tests, sets_against_bools);
	tcase_add_test(frame.tests, next_stays_within);
	tcase_add_test(frame.tests, arithmetic);
	frame_add_abort(frame, no_bit_of_zero);
	return frame_run(frame);
}
