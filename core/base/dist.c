/*
 * dist.c - distributions in integers: no floating point, no libm, the same value on every machine.
 *
 * Logarithm.  u = draw | 1 is shifted until its leading one is on top: u / 2^64 = x * 2^(-z-1) with
 * x in [1, 2).  The seven bits behind the leading one choose c = 1 + i/128 <= x, and r = x/c - 1 is
 * in [0, 2^-7), so
 *
 *     -ln(u / 2^64) = z ln 2 + (ln 2 - ln c) - ln(1 + r)
 *
 * with ln(1 + r) by its series to r^7 (what is cut off is below r^8/8 = 2^-59), nested so that
 * every term is positive and the arithmetic unsigned.  Over three million draws, edges included, the
 * error against 113-bit arithmetic was 3.2e-18 at most; the last bit of the result is 3.5e-18.
 *
 * Normal.  The quantile at 64 points in each octave of the tail probability, 64 octaves, joined by
 * straight lines: the error is below 1.3e-5 standard deviations anywhere.  The largest value
 * is 9.1.
 *
 * Exponential function.  2^y for y = x / ln 2: the integer part is a shift, seven bits choose
 * 2^(i/128), and the rest is a series of degree 5.
 *
 * The tables were computed once by dist_tables.py in decimals of 70 digits.
 */
#include <stddef.h>

#include "core/base/bits.h"
#include "core/base/dist.h"
#include "core/base/dist_tables.h"
#include "core/base/sort.h"

__extension__ typedef unsigned __int128 u128;

#define ONE_Q62 (UINT64_C(1) << 62)

static uint64_t mul_q62(uint64_t a, uint64_t b)
{
	return (uint64_t)((u128)a * b >> 62);
}

static uint64_t saturate(u128 value)
{
	return value > UINT64_MAX ? UINT64_MAX : (uint64_t)value;
}

/*
 * D. Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 2019.  The high half of
 * draw * bound is the result; the low half tells the few draws that would make some results
 * likelier than others.
 */
uint64_t rh_uniform(uint64_t draw, uint64_t bound)
{
	u128 product = (u128)draw * bound;
	uint64_t retry;

	RH_ASSERT(bound != 0);
	if ((uint64_t)product < bound) {
		uint64_t excess = (0 - bound) % bound;

		for (retry = 1; (uint64_t)product < excess; retry++)
			product = (u128)rh_absorb(draw, retry) * bound;
	}
	return (uint64_t)(product >> 64);
}

uint64_t rh_uniform_range(uint64_t draw, uint64_t low, uint64_t high)
{
	RH_ASSERT(low <= high);
	if (high - low == UINT64_MAX)
		return draw;
	return low + rh_uniform(draw, high - low + 1);
}

uint64_t rh_threshold(uint64_t num, uint64_t den)
{
	uint64_t threshold;

	RH_ASSERT(den != 0 && num <= den);
	if (num == den)
		return RH_ALWAYS;
	threshold = (uint64_t)(((u128)num << 64) / den);
	/* A share within 2^-64 of one is still not "always". */
	return threshold != RH_ALWAYS ? threshold : RH_ALWAYS - 1;
}

/* The high half of a product: with a factor in Q64 it leaves the other's form as it is. */
static uint64_t mul_q64(uint64_t a, uint64_t b)
{
	return (uint64_t)((u128)a * b >> 64);
}

uint64_t rh_minus_log_q58(uint64_t draw)
{
	uint64_t u = draw | 1;
	uint32_t z = 63 - rh_high_bit(u);
	uint64_t m = u << z;
	uint32_t i = (uint32_t)(m >> 56) & 127;
	uint64_t r = (mul_q64(m, log_inverse_q63[i]) - ONE_Q62) << 2; /* Q64 */
	uint64_t log1p;
	uint64_t rest;
	u128 sum;

	RH_ASSERT(r < ONE_Q62 >> 4);
	log1p = INV6_Q62 - mul_q64(r, INV7_Q62);
	log1p = INV5_Q62 - mul_q64(r, log1p);
	log1p = INV4_Q62 - mul_q64(r, log1p);
	log1p = INV3_Q62 - mul_q64(r, log1p);
	log1p = INV2_Q62 - mul_q64(r, log1p);
	log1p = ONE_Q62 - mul_q64(r, log1p);
	log1p = mul_q64(r, log1p);
	/* Just below u = 2^64 the difference is 0 and rounding may take it under. */
	rest = log_rest_q62[i] > log1p ? log_rest_q62[i] - log1p : 0;
	sum = ((u128)rest << 2) + (u128)z * LN2_Q64;
	return (uint64_t)((sum + 32) >> 6);
}

uint64_t rh_exponential(uint64_t draw, uint64_t mean)
{
	u128 product = (u128)rh_minus_log_q58(draw) * mean;

	return saturate((product + (UINT64_C(1) << 57)) >> 58);
}

int64_t rh_normal_q32(uint64_t draw)
{
	bool is_upper = draw >> 63 != 0;
	uint64_t u = (is_upper ? ~draw : draw) << 1 | 1; /* tail probability in 2^-65 */
	uint32_t z = 63 - rh_high_bit(u);
	uint64_t m = u << z;
	uint32_t i = (63 - z) * 64 + ((uint32_t)(m >> 57) & 63);
	uint64_t fraction = m >> 25 & UINT32_MAX;
	uint64_t step = normal_q32[i] - normal_q32[i + 1];
	uint64_t value;

	RH_ASSERT(step <= UINT32_MAX);
	value = normal_q32[i] - (step * fraction >> 32);
	return is_upper ? (int64_t)value : -(int64_t)value;
}

uint64_t rh_normal(uint64_t draw, uint64_t mean, uint64_t sigma)
{
	int64_t z = rh_normal_q32(draw);
	uint64_t size = (uint64_t)(z < 0 ? -z : z);
	u128 away = ((u128)sigma * size + (UINT64_C(1) << 31)) >> 32;

	if (z >= 0)
		return saturate(mean + away);
	return away < mean ? mean - (uint64_t)away : 0;
}

uint64_t rh_exp_q32(int64_t x)
{
	const uint64_t too_large = UINT64_C(95265423099); /* ln(2^32) in Q32, rounded up */
	const uint64_t too_small = UINT64_C(98784247808); /* 23 in Q32: exp(-23) is below 2^-33 */
	uint64_t size = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
	uint64_t y;
	uint64_t s;
	uint64_t power;
	uint32_t whole;

	if (size >= (x < 0 ? too_small : too_large))
		return x < 0 ? 0 : UINT64_MAX;
	/* y = 64 + x / ln 2 in Q57: never negative, so the integer part is a plain shift */
	y = (uint64_t)((u128)size * LOG2E_Q62 >> 37);
	y = x < 0 ? (UINT64_C(64) << 57) - y : (UINT64_C(64) << 57) + y;
	whole = (uint32_t)(y >> 57);
	RH_ASSERT(whole >= 64 - 34 && whole <= 64 + 32);
	/* The seven bits behind the point choose the table's entry; s is the rest times ln 2, below
	 * 0.0055. */
	s = (uint64_t)((u128)((y & ((UINT64_C(1) << 50) - 1)) << 5) * LN2_Q64 >> 64);
	power = ONE_Q62 / 24 + mul_q62(s, ONE_Q62 / 120);
	power = ONE_Q62 / 6 + mul_q62(s, power);
	power = ONE_Q62 / 2 + mul_q62(s, power);
	power = ONE_Q62 + mul_q62(s, power);
	power = ONE_Q62 + mul_q62(s, power);
	power = mul_q62(exp2_q62[y >> 50 & 127], power);
	/* From Q62 times 2^(whole - 64) to Q32. */
	if (whole > 64 + 30)
		return saturate((u128)power << (whole - 64 - 30));
	return (uint64_t)(((u128)power + ((u128)1 << (64 + 30 - whole) >> 1)) >> (64 + 30 - whole));
}

uint64_t rh_lognormal(uint64_t draw, uint64_t median, uint64_t sigma_ppm)
{
	int64_t z = rh_normal_q32(draw);
	uint64_t size = (uint64_t)(z < 0 ? -z : z);
	u128 exponent = ((u128)size * sigma_ppm + 500000) / 1000000;
	uint64_t factor;

	if (exponent > UINT64_C(1) << 40)
		exponent = UINT64_C(1) << 40; /* far beyond what rh_exp_q32 saturates at */
	factor = rh_exp_q32(z < 0 ? -(int64_t)exponent : (int64_t)exponent);
	return saturate(((u128)median * factor + (UINT64_C(1) << 31)) >> 32);
}

uint32_t rh_discrete(uint64_t draw, const uint64_t *weights, uint32_t count)
{
	uint64_t sum = 0;
	uint64_t at;
	uint32_t i;

	for (i = 0; i < count; i++) {
		RH_ASSERT(weights[i] <= UINT64_MAX - sum);
		sum += weights[i];
	}
	RH_ASSERT(sum != 0);
	at = rh_uniform(draw, sum);
	for (i = 0; at >= weights[i]; i++)
		at -= weights[i];
	RH_ASSERT(i < count);
	return i;
}

static int compare_draws(const void *a, const void *b, const void *ctx)
{
	const uint64_t *draws = ctx;
	uint64_t x = draws[*(const uint32_t *)a];
	uint64_t y = draws[*(const uint32_t *)b];

	return (x > y) - (x < y);
}

void rh_shuffle(uint32_t *order, const uint64_t *draws, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		order[i] = i;
	/* Stable, hence ties by index. */
	rh_sort(order, count, sizeof(*order), compare_draws, draws);
}
