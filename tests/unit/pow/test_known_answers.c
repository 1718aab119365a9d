/*
 * test_known_answers.c - the consensus arithmetic gives the published and the computed values: compact
 * targets, work, difficulty, the retargeting vectors of Bitcoin Core's own unit test, median time,
 * subsidy and supply.
 */
#include <string.h>

#include "models/pow/rules.h"
#include "tests/unit/pow/frame.h"

static const struct rh_pow_rules main_rules = {
	.limit_bits = RH_POW_BITS_MAIN,
	.window = 2016,
	.timespan_s = 1209600,
	.halving = 210000,
	.spacing_ns = UINT64_C(600000000000),
	.hashes_per_s = UINT64_C(1000000000000),
};

static const char *target_text(char text[RH_U256_TEXT], uint32_t bits)
{
	struct rh_u256 target;

	ck_assert(rh_pow_target_decode(bits, &target));
	return rh_u256_text(text, target);
}

START_TEST(compact_targets_decode)
{
	char text[RH_U256_TEXT];
	struct rh_u256 target;

	/* 0x404cb followed by 48 hex zeros */
	ck_assert_str_eq(target_text(text, 0x1b0404cb),
			 "00000000000404cb000000000000000000000000000000000000000000000000");
	ck_assert_str_eq(target_text(text, 0x1d00ffff),
			 "00000000ffff0000000000000000000000000000000000000000000000000000");
	ck_assert_str_eq(target_text(text, 0x207fffff),
			 "7fffff0000000000000000000000000000000000000000000000000000000000");
	ck_assert_str_eq(target_text(text, 0x01120000),
			 "0000000000000000000000000000000000000000000000000000000000000012");
	/* zero, negative, too large */
	ck_assert(!rh_pow_target_decode(0, &target));
	ck_assert(!rh_pow_target_decode(0x01003456, &target));
	ck_assert(!rh_pow_target_decode(0x04923456, &target));
	ck_assert(!rh_pow_target_decode(0xff123456, &target));
	ck_assert(!rh_pow_target_decode(0x21010000, &target));
	ck_assert(rh_u256_is_zero(target));
	ck_assert(rh_pow_target_decode(0x2100ffff, &target));
}
END_TEST

START_TEST(compact_targets_encode)
{
	static const uint32_t bits[] = {0x1b0404cb, 0x1d00ffff, 0x207fffff, 0x01120000, 0x1c05a3f4,
					0x1c387f6f, 0x170331db, 0x02008000, 0x03008000, 0x2100ffff};

	for (size_t i = 0; i < RH_ARRAY_LEN(bits); i++) {
		struct rh_u256 target;

		ck_assert(rh_pow_target_decode(bits[i], &target));
		ck_assert_uint_eq(rh_pow_target_encode(target), bits[i]);
	}
	/* 0x80 would set the sign: one more byte */
	ck_assert_uint_eq(rh_pow_target_encode(rh_u256_from(0x80)), 0x02008000);
	ck_assert_uint_eq(rh_pow_target_encode(rh_u256_from(0x12345678)), 0x04123456);
}
END_TEST

START_TEST(difficulty_is_exact)
{
	char text[RH_POW_DIFFICULTY_TEXT];

	ck_assert_str_eq(rh_pow_difficulty_text(text, 0x1b0404cb), "16307.420938523983");
	ck_assert_int_eq(rh_pow_difficulty(0x1b0404cb), 16307);
	ck_assert_str_eq(rh_pow_difficulty_text(text, 0x1d00ffff), "1.000000000000");
	ck_assert_str_eq(rh_pow_difficulty_text(text, 0x207fffff), "0.000000000466");
	ck_assert_str_eq(rh_pow_difficulty_text(text, 0), "none");
}
END_TEST

START_TEST(work_of_a_block)
{
	ck_assert_uint_eq(rh_u256_u64(rh_pow_work(0x1d00ffff)), 4295032833);
	ck_assert_uint_eq(rh_u256_u64(rh_pow_work(0x207fffff)), 2);
	ck_assert(rh_u256_is_zero(rh_pow_work(0)));
	/* target 1: half of all hashes times two */
	ck_assert_uint_eq(rh_u256_bits(rh_pow_work(0x01010000)), 256);
}
END_TEST

START_TEST(retarget_vectors)
{
	static const struct {
		uint32_t bits;
		uint64_t first_s;
		uint64_t last_s;
		uint32_t next;
	} vectors[] = {
		{0x1d00ffff, 1261130161, 1262152739, 0x1d00d86a},
		{0x1d00ffff, 1231006505, 1233061996, 0x1d00ffff}, /* the limit */
		{0x1c05a3f4, 1279008237, 1279297671, 0x1c0168fd}, /* not below a quarter */
		{0x1c387f6f, 1263163443, 1269211443, 0x1d00e1fd}, /* not above four times */
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(vectors); i++)
		ck_assert_uint_eq(rh_pow_retarget(&main_rules, vectors[i].bits, vectors[i].first_s,
						  vectors[i].last_s),
				  vectors[i].next);
	/* Times that run backwards count as the least. */
	ck_assert_uint_eq(rh_pow_retarget(&main_rules, 0x1c05a3f4, 1279297671, 1279008237),
			  0x1c0168fd);
}
END_TEST

START_TEST(retarget_of_the_easiest_target_does_not_overflow)
{
	struct rh_pow_rules rules = main_rules;

	rules.limit_bits = RH_POW_BITS_REGTEST;
	ck_assert_uint_eq(rh_pow_retarget(&rules, 0x207fffff, 0, 4 * 1209600), 0x207fffff);
	ck_assert_uint_eq(rh_pow_retarget(&rules, 0x207fffff, 0, 1209600 / 2), 0x203fffff);
}
END_TEST

START_TEST(median_time_past)
{
	uint64_t times[] = {5, 1, 9, 2, 8, 3, 7, 4, 6, 11, 10};
	uint64_t two[] = {20, 10};
	uint64_t one[] = {7};

	ck_assert_uint_eq(rh_pow_median_time(times, 11), 6);
	ck_assert_uint_eq(rh_pow_median_time(two, 2), 20);
	ck_assert_uint_eq(rh_pow_median_time(one, 1), 7);
}
END_TEST

START_TEST(subsidy_and_supply)
{
	uint64_t sum = 0;

	ck_assert_uint_eq(rh_pow_subsidy(0, 210000), 5000000000);
	ck_assert_uint_eq(rh_pow_subsidy(209999, 210000), 5000000000);
	ck_assert_uint_eq(rh_pow_subsidy(210000, 210000), 2500000000);
	ck_assert_uint_eq(rh_pow_subsidy(UINT64_C(210000) * 32, 210000), 1);
	ck_assert_uint_eq(rh_pow_subsidy(UINT64_C(210000) * 33, 210000), 0);
	ck_assert_uint_eq(rh_pow_subsidy(UINT64_MAX, 210000), 0);
	ck_assert_uint_eq(rh_pow_supply(UINT64_C(210000) * 64, 210000), 2099999997690000);
	for (uint64_t height = 0; height < 1000; height++) {
		sum += rh_pow_subsidy(height, 30);
		ck_assert_uint_eq(rh_pow_supply(height, 30), sum);
	}
}
END_TEST

START_TEST(first_difficulty_meets_the_interval)
{
	static const uint64_t weights[] = {1, 4, 100, 1000000};
	static const uint64_t spacings[] = {2, 60, 600};

	for (size_t i = 0; i < RH_ARRAY_LEN(weights); i++) {
		for (size_t j = 0; j < RH_ARRAY_LEN(spacings); j++) {
			struct rh_pow_rules rules = main_rules;
			uint64_t want_ns = spacings[j] * UINT64_C(1000000000);
			uint64_t got_ns;
			uint32_t bits;

			rules.spacing_ns = want_ns;
			bits = rh_pow_initial_bits(&rules, weights[i]);
			got_ns = rh_pow_mean_ns(&rules, bits, weights[i]);
			/* The mantissa has at least 15 bits, and a target is rounded down. */
			ck_assert_uint_ge(got_ns + 1, want_ns);
			ck_assert_uint_le(got_ns - want_ns, want_ns >> 15);
			/* A tenth of the hash rate takes ten times as long. */
			if (weights[i] >= 10)
				ck_assert_uint_le(
					rh_pow_mean_ns(&rules, bits, weights[i] / 10) / 10 - got_ns,
					1);
		}
	}
	ck_assert_uint_eq(rh_pow_mean_ns(&main_rules, 0x01010000, 1), RH_POW_MEAN_MAX_NS);
	ck_assert_uint_eq(rh_pow_initial_bits(&main_rules, 0), RH_POW_BITS_MAIN);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		compact_targets_decode,
		compact_targets_encode,
		difficulty_is_exact,
		work_of_a_block,
		retarget_vectors,
		retarget_of_the_easiest_target_does_not_overflow,
		median_time_past,
		subsidy_and_supply,
		first_difficulty_meets_the_interval,
	};

	return run_tests("known answers", tests, RH_ARRAY_LEN(tests));
}
