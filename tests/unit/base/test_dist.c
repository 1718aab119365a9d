/*
 * The distributions against closed forms.  Floating point is used here, in the test, and nowhere in
 * what is tested.  The draws are fixed, so a bound of four standard errors is passed or failed for
 * good.
 */
#include <math.h>

#include "core/base/dist.h"
#include "core/base/hash.h"
#include "tests/lib/frame.h"

enum { SAMPLES = 1 << 18 };

/* Every n-th draw is near an edge of a table or of the range. */
static uint64_t some_draw(uint64_t i)
{
	uint64_t draw = rh_absorb(16, i);

	switch (i % 8) {
	case 0:
		return draw >> (draw & 63);
	case 1:
		return ~(draw >> (draw & 63));
	case 2:
		return draw >> 56 << 56;
	case 3:
		return (draw >> 56 << 56) - 1;
	default:
		return draw;
	}
}

/* |mean - expected| within four standard errors */
static void check_mean(double sum, double expected, double sigma)
{
	ck_assert_double_le(fabs(sum / SAMPLES - expected), 4 * sigma / sqrt(SAMPLES));
}

/* Valgrind computes long double as double; what the tests can see is then coarser by as much. */
static bool is_long_double_long(void)
{
	volatile long double one = 1;

	return one + 1e-18L != one;
}

START_TEST(logarithm)
{
	long double worst = 0;
	uint64_t i;

	for (i = 0; i < 500000; i++) {
		uint64_t draw = some_draw(i);
		long double exact = 64 * logl(2) - logl((long double)(draw | 1));
		long double ours = ldexpl((long double)rh_minus_log_q58(draw), -58);

		/* Near one logl of a rounded quotient would be the worse of the two. */
		if ((draw | 1) > UINT64_MAX - (UINT64_C(1) << 62))
			exact = -log1pl(-ldexpl((long double)(0 - (draw | 1)), -64));
		worst = fmaxl(worst, fabsl(ours - exact));
	}
	ck_assert_msg(worst < (is_long_double_long() ? 2e-17L : 2e-14L), "worst error %Lg", worst);
	ck_assert_uint_eq(rh_minus_log_q58(UINT64_MAX), 0);
	ck_assert_uint_eq(rh_minus_log_q58(0), rh_minus_log_q58(1));
}
END_TEST

START_TEST(logarithm_falls)
{
	uint64_t last = rh_minus_log_q58(0);
	uint64_t rises = 0;
	uint64_t draw;

	for (draw = 0; draw < UINT64_MAX - (UINT64_C(1) << 48);
	     draw += (UINT64_C(1) << 47) + 12345) {
		uint64_t value = rh_minus_log_q58(draw);

		rises += value > last;
		last = value;
	}
	ck_assert_uint_eq(rises, 0);
}
END_TEST

START_TEST(exponential)
{
	const uint64_t mean = 1000000;
	double sum = 0;
	double squares = 0;
	uint64_t above = 0;
	uint64_t i;

	for (i = 0; i < SAMPLES; i++) {
		double value = (double)rh_exponential(rh_absorb(17, i), mean);

		sum += value;
		squares += (value - 1e6) * (value - 1e6);
		above += value > 3e6;
	}
	check_mean(sum, 1e6, 1e6);
	check_mean(squares, 1e12, sqrt(8) * 1e12); /* fourth central moment 9 */
	check_mean((double)above, exp(-3), sqrt(exp(-3)));
	ck_assert_uint_eq(rh_exponential(123, 0), 0);
	ck_assert_uint_eq(rh_exponential(1, UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(rh_exponential(UINT64_C(1) << 63, 1000000000), 693147181);
}
END_TEST

/* The error in probability divided by the density is the error in z. */
START_TEST(normal_quantile)
{
	double worst = 0;
	uint64_t strange = 0;
	uint64_t i;

	for (i = 0; i < 300000; i++) {
		uint64_t draw = some_draw(i);
		uint64_t tail = draw >> 63 != 0 ? ~draw : draw;
		double p = ldexp((double)tail + 0.5, -64);
		int64_t z = rh_normal_q32(draw);
		double size = ldexp(fabs((double)z), -32);
		double density = exp(-size * size / 2) / sqrt(2 * M_PI);

		strange += rh_normal_q32(~draw) != -z || (draw >> 63 != 0 ? z < 0 : z > 0);
		worst = fmax(worst, fabs(erfc(size / sqrt(2)) / 2 - p) / density);
	}
	ck_assert_uint_eq(strange, 0);
	ck_assert_msg(worst < 1.3e-5, "worst error %g", worst);
	ck_assert_int_gt(rh_normal_q32(UINT64_MAX), INT64_C(9) << 32);
	ck_assert_int_lt(rh_normal_q32(UINT64_MAX), INT64_C(10) << 32);
}
END_TEST

START_TEST(normal_grows)
{
	int64_t last = rh_normal_q32(0);
	uint64_t draw;
	int i;

	for (draw = 1; draw < UINT64_MAX / 3 * 2; draw += draw / 1000 + 1) {
		ck_assert_int_ge(rh_normal_q32(draw), last);
		last = rh_normal_q32(draw);
	}
	for (i = 63; i > 0; i--) {
		ck_assert_int_ge(rh_normal_q32(~(UINT64_C(1) << (i - 1))),
				 rh_normal_q32(~(UINT64_C(1) << i)));
	}
}
END_TEST

START_TEST(normal)
{
	double sum = 0;
	double squares = 0;
	uint64_t i;

	for (i = 0; i < SAMPLES; i++) {
		double value = (double)rh_normal(rh_absorb(18, i), 100000000, 1000000) - 1e8;

		sum += value;
		squares += value * value;
	}
	check_mean(sum, 0, 1e6);
	check_mean(squares, 1e12, sqrt(2) * 1e12);
	ck_assert_uint_eq(rh_normal(0, 5, 1), 0); /* nine sigmas below */
	ck_assert_uint_eq(rh_normal(0, 500, 1), 491);
	ck_assert_uint_eq(rh_normal(UINT64_MAX, UINT64_MAX, 1), UINT64_MAX);
	ck_assert_uint_eq(rh_normal(12345, 777, 0), 777);
}
END_TEST

START_TEST(exponential_function)
{
	const long double share = is_long_double_long() ? 1e-16L : 1e-15L;
	int64_t x;

	ck_assert_uint_eq(rh_exp_q32(0), UINT64_C(1) << 32);
	ck_assert_uint_eq(rh_exp_q32(INT64_C(1) << 32), UINT64_C(11674931555)); /* e in Q32 */
	ck_assert_uint_eq(rh_exp_q32(INT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(rh_exp_q32(INT64_MIN), 0);
	for (x = -(INT64_C(24) << 32); x < INT64_C(95265423098); x += 123456789) {
		long double exact = ldexpl(expl(ldexpl((long double)x, -32)), 32);
		long double ours = (long double)rh_exp_q32(x);

		if (fabsl(ours - exact) > 0.501L + exact * share)
			ck_abort_msg("x = %lld: %Lf, exactly %Lf", (long long)x, ours, exact);
	}
}
END_TEST

START_TEST(lognormal)
{
	const double sigma = 0.5;
	double sum = 0;
	double below = 0;
	double mean = 1e6 * exp(sigma * sigma / 2);
	uint64_t i;

	for (i = 0; i < SAMPLES; i++) {
		double value = (double)rh_lognormal(rh_absorb(19, i), 1000000, 500000);

		sum += value;
		below += value < 1e6 * exp(-sigma);
	}
	check_mean(sum, mean, mean * sqrt(exp(sigma * sigma) - 1));
	check_mean(below, 0.158655, sqrt(0.158655 * 0.841345));
	ck_assert_uint_eq(rh_lognormal(UINT64_C(1) << 63, 1000000, 500000), 1000000);
	ck_assert_uint_eq(rh_lognormal(77, 1000000, 0), 1000000);
	/* the factor ends at 2^32 */
	ck_assert_uint_eq(rh_lognormal(UINT64_MAX, 1000, UINT64_MAX), UINT64_C(4294967296000));
	ck_assert_uint_eq(rh_lognormal(UINT64_MAX, UINT64_MAX, UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(rh_lognormal(0, 1000, UINT64_MAX), 0);
}
END_TEST

START_TEST(uniform)
{
	static const uint64_t bounds[] = {1, 2, 3, 7, 10, 100};
	size_t b;
	uint64_t i;

	for (b = 0; b < RH_ARRAY_LEN(bounds); b++) {
		uint64_t counts[100] = {0};
		double share = 1.0 / (double)bounds[b];

		for (i = 0; i < SAMPLES; i++) {
			uint64_t value = rh_uniform(rh_absorb(20, i), bounds[b]);

			if (value >= bounds[b])
				ck_abort_msg("%llu", (unsigned long long)value);
			counts[value]++;
		}
		for (i = 0; i < bounds[b]; i++)
			check_mean((double)counts[i], share, sqrt(share));
	}
}
END_TEST

/* Three quarters of the range: a quarter of the draws is rejected, and the rest is even to the last
 * bit. */
START_TEST(uniform_with_rejection)
{
	const uint64_t bound = UINT64_C(3) << 62;
	uint64_t thirds[3] = {0, 0, 0};
	uint64_t odd = 0;
	uint64_t rejected = 0;
	uint64_t wrong = 0;
	uint64_t i;

	for (i = 0; i < SAMPLES; i++) {
		uint64_t draw = rh_absorb(21, i);
		uint64_t value = rh_uniform(draw, bound);

		if (value >= bound)
			ck_abort_msg("%llu", (unsigned long long)value);
		thirds[value >> 62]++;
		odd += value & 1;
		/* draw * 3/4 is what an accepted draw gives; the low half is (draw mod 4) * bound
		 */
		if (draw % 4 == 0)
			rejected++;
		else
			wrong += value != draw / 4 * 3 + draw % 4 * 3 / 4;
	}
	ck_assert_uint_eq(wrong, 0);
	for (i = 0; i < 3; i++)
		check_mean((double)thirds[i], 1 / 3.0, sqrt(2) / 3);
	check_mean((double)odd, 0.5, 0.5);
	check_mean((double)rejected, 0.25, sqrt(3) / 4);
}
END_TEST

START_TEST(uniform_range)
{
	uint64_t i;

	ck_assert_uint_eq(rh_uniform_range(123, 0, UINT64_MAX), 123);
	ck_assert_uint_eq(rh_uniform_range(123, 5, 5), 5);
	ck_assert_uint_eq(rh_uniform_range(123, UINT64_MAX, UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(rh_uniform_range(UINT64_MAX, 10, 19), 19);
	for (i = 0; i < 10000; i++) {
		uint64_t value = rh_uniform_range(rh_absorb(22, i), 10, 19);

		ck_assert(value >= 10 && value <= 19);
		ck_assert_uint_eq(value, 10 + rh_uniform(rh_absorb(22, i), 10));
	}
}
END_TEST

START_TEST(thresholds)
{
	uint64_t happened = 0;
	uint64_t i;

	ck_assert_uint_eq(rh_threshold(0, 1), 0);
	ck_assert_uint_eq(rh_threshold(1, 1), RH_ALWAYS);
	ck_assert_uint_eq(rh_threshold(100, 100), RH_ALWAYS);
	ck_assert_uint_eq(rh_threshold(1, 2), UINT64_C(1) << 63);
	ck_assert_uint_eq(rh_threshold(3, 10), UINT64_C(5534023222112865484));
	ck_assert_uint_eq(rh_threshold(UINT64_MAX - 1, UINT64_MAX), RH_ALWAYS - 1);
	ck_assert(rh_happens(UINT64_MAX, RH_ALWAYS));
	ck_assert(!rh_happens(UINT64_MAX, RH_ALWAYS - 1));
	ck_assert(!rh_happens(0, 0));
	ck_assert(rh_happens(0, 1));
	for (i = 0; i < SAMPLES; i++)
		happened += rh_happens(rh_absorb(23, i), rh_threshold(3, 10));
	check_mean((double)happened, 0.3, sqrt(0.21));
}
END_TEST

START_TEST(discrete)
{
	static const uint64_t weights[] = {0, 1, 0, 5, 10, 0, 4, 0};
	static const uint64_t last[] = {0, 0, 1};
	static const uint64_t large[] = {UINT64_MAX - 1, 1};
	uint64_t counts[8] = {0};
	uint64_t i;

	for (i = 0; i < SAMPLES; i++)
		counts[rh_discrete(rh_absorb(24, i), weights, 8)]++;
	for (i = 0; i < 8; i++) {
		double share = (double)weights[i] / 20;

		check_mean((double)counts[i], share, sqrt(share));
	}
	ck_assert_uint_eq(rh_discrete(0, last, 3), 2);
	ck_assert_uint_eq(rh_discrete(UINT64_MAX, last, 3), 2);
	ck_assert_uint_eq(rh_discrete(5, large, 2), 0);
}
END_TEST

START_TEST(shuffle)
{
	enum { ITEMS = 50 };
	uint64_t draws[ITEMS];
	uint32_t whole[ITEMS];
	uint32_t part[ITEMS];
	uint32_t i;
	uint32_t k = 0;

	for (i = 0; i < ITEMS; i++)
		draws[i] = i % 10 == 3 ? 1000 : rh_absorb(25, i); /* with ties */
	rh_shuffle(whole, draws, ITEMS);
	for (i = 1; i < ITEMS; i++) {
		ck_assert(draws[whole[i - 1]] < draws[whole[i]] ||
			  (draws[whole[i - 1]] == draws[whole[i]] && whole[i - 1] < whole[i]));
	}
	/* Without the last item the others keep their order. */
	rh_shuffle(part, draws, ITEMS - 1);
	for (i = 0; i < ITEMS; i++) {
		if (whole[i] != ITEMS - 1)
			ck_assert_uint_eq(part[k++], whole[i]);
	}
	ck_assert_uint_eq(k, ITEMS - 1);
	rh_shuffle(part, draws, 0);
}
END_TEST

/* Every value is part of a trace hash somewhere: the same on every machine, with every compiler, for ever. */
START_TEST(frozen_values)
{
	static const uint64_t weights[] = {3, 0, 1, 5};
	struct rh_digest *digest = rh_digest_new();
	char text[RH_HASH_TEXT];
	uint64_t i;

	for (i = 0; i < 100000; i++) {
		uint64_t draw = rh_absorb(26, i) >> (i % 5 == 0 ? i % 64 : 0);

		rh_digest_u64(digest, draw);
		rh_digest_u64(digest, rh_uniform(draw, 1 + (i << i % 40)));
		rh_digest_u64(digest, rh_minus_log_q58(draw));
		rh_digest_u64(digest, rh_exponential(draw, 600000000000));
		rh_digest_u64(digest, (uint64_t)rh_normal_q32(draw));
		rh_digest_u64(digest, rh_normal(draw, 50000000, 10000000));
		rh_digest_u64(digest, rh_lognormal(draw, 50000000, 700000));
		rh_digest_u64(digest, rh_exp_q32((int64_t)(draw >> 27) - (INT64_C(1) << 36)));
		rh_digest_u32(digest, rh_discrete(draw, weights, 4));
		rh_digest_u64(digest, rh_philox_absorb(draw, i));
	}
	rh_hash128_text(text, rh_digest_value(digest));
	ck_assert_str_eq(text, "95f9a587522c32aa80fa2ae2c1f89526");
	rh_digest_free(digest);
}
END_TEST

START_TEST(share_above_one)
{
	rh_threshold(2, 1);
}
END_TEST

START_TEST(no_weight_at_all)
{
	static const uint64_t weights[] = {0, 0};

	rh_discrete(1, weights, 2);
}
END_TEST

START_TEST(range_upside_down)
{
	rh_uniform_range(1, 2, 1);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("dist");

	tcase_add_test(frame.tests, logarithm);
	tcase_add_test(frame.tests, logarithm_falls);
	tcase_add_test(frame.tests, exponential);
	tcase_add_test(frame.tests, normal_quantile);
	tcase_add_test(frame.tests, normal_grows);
	tcase_add_test(frame.tests, normal);
	tcase_add_test(frame.tests, exponential_function);
	tcase_add_test(frame.tests, lognormal);
	tcase_add_test(frame.tests, uniform);
	tcase_add_test(frame.tests, uniform_with_rejection);
	tcase_add_test(frame.tests, uniform_range);
	tcase_add_test(frame.tests, thresholds);
	tcase_add_test(frame.tests, discrete);
	tcase_add_test(frame.tests, shuffle);
	tcase_add_test(frame.tests, frozen_values);
	frame_add_abort(frame, share_above_one);
	frame_add_abort(frame, no_weight_at_all);
	frame_add_abort(frame, range_upside_down);
	return frame_run(frame);
}
