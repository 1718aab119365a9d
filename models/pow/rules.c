/*
 * rules.c - targets, work, retargeting, median time, subsidy.
 */
#include "models/pow/rules.h"

#include <stdio.h>
#include <string.h>

#include "core/base/units.h"

#define MANTISSA_MASK UINT32_C(0x007fffff)
#define SIGN_BIT      UINT32_C(0x00800000)

bool rh_pow_target_decode(uint32_t bits, struct rh_u256 *target)
{
	uint32_t exponent = bits >> 24;
	uint32_t mantissa = bits & MANTISSA_MASK;
	struct rh_u256 value = rh_u256_from(mantissa);

	*target = rh_u256_from(0);
	if (exponent <= 3) {
		value = rh_u256_shr(value, 8 * (3 - exponent));
	} else {
		if (mantissa != 0 && rh_u256_bits(value) + 8 * (exponent - 3) > 256)
			return false;
		if (mantissa != 0)
			value = rh_u256_shl(value, 8 * (exponent - 3));
	}
	if (rh_u256_is_zero(value) || (bits & SIGN_BIT) != 0)
		return false;
	*target = value;
	return true;
}

uint32_t rh_pow_target_encode(struct rh_u256 target)
{
	uint32_t size = (rh_u256_bits(target) + 7) / 8;
	uint32_t mantissa;

	if (size <= 3)
		mantissa = (uint32_t)(target.word[0] << 8 * (3 - size));
	else
		mantissa = (uint32_t)rh_u256_shr(target, 8 * (size - 3)).word[0];
	/* The highest bit of the mantissa is the sign: keep it free. */
	if ((mantissa & SIGN_BIT) != 0) {
		mantissa >>= 8;
		size++;
	}
	RH_ASSERT((mantissa & ~MANTISSA_MASK) == 0 && size <= 33);
	return size << 24 | mantissa;
}

struct rh_u256 rh_pow_work(uint32_t bits)
{
	struct rh_u256 target;
	struct rh_u256 above;

	if (!rh_pow_target_decode(bits, &target))
		return rh_u256_from(0);
	/* 2^256 does not fit, but 2^256 / (t + 1) = (2^256 - (t + 1)) / (t + 1) + 1, and the
	 * dividend of that is ~t. */
	above = rh_u256_add(target, rh_u256_from(1));
	return rh_u256_add(rh_u256_div(rh_u256_not(target), above, NULL), rh_u256_from(1));
}

uint32_t rh_pow_bits_for_work(struct rh_u256 work, uint32_t limit_bits)
{
	struct rh_u256 limit;
	struct rh_u256 target;
	bool is_valid = rh_pow_target_decode(limit_bits, &limit);

	RH_ASSERT(is_valid);
	if (rh_u256_cmp(work, rh_pow_work(limit_bits)) <= 0)
		return limit_bits;
	/* 2^256 / work - 1 = (2^256 - work) / work, and 2^256 - work = ~work + 1. */
	target = rh_u256_div(rh_u256_add(rh_u256_not(work), rh_u256_from(1)), work, NULL);
	if (rh_u256_is_zero(target))
		target = rh_u256_from(1);
	if (rh_u256_cmp(target, limit) > 0)
		target = limit;
	return rh_pow_target_encode(target);
}

uint32_t rh_pow_retarget(const struct rh_pow_rules *rules, uint32_t bits, uint64_t first_s,
			 uint64_t last_s)
{
	uint64_t least_s = rules->timespan_s / 4;
	uint64_t most_s = rules->timespan_s * 4;
	uint64_t actual_s = last_s > first_s ? last_s - first_s : 0;
	struct rh_u256 limit;
	struct rh_u256 target;
	bool is_valid = rh_pow_target_decode(bits, &target) &&
			rh_pow_target_decode(rules->limit_bits, &limit);

	RH_ASSERT(is_valid && least_s > 0);
	if (actual_s < least_s)
		actual_s = least_s;
	if (actual_s > most_s)
		actual_s = most_s;
	target = rh_u256_mul_div(target, actual_s, rules->timespan_s);
	if (rh_u256_is_zero(target))
		target = rh_u256_from(1);
	if (rh_u256_cmp(target, limit) > 0)
		target = limit;
	return rh_pow_target_encode(target);
}

uint32_t rh_pow_initial_bits(const struct rh_pow_rules *rules, uint64_t weight_total)
{
	struct rh_u256 work = rh_u256_from(weight_total);

	work = rh_u256_mul_div(work, rules->hashes_per_s, 1);
	work = rh_u256_mul_div(work, rules->spacing_ns, RH_NS_PER_SEC);
	return rh_pow_bits_for_work(work, rules->limit_bits);
}

uint64_t rh_pow_mean_ns(const struct rh_pow_rules *rules, uint32_t bits, uint64_t weight)
{
	struct rh_u256 mean =
		rh_u256_mul_div(rh_pow_work(bits), RH_NS_PER_SEC, rules->hashes_per_s);
	uint64_t mean_ns;

	RH_ASSERT(weight > 0);
	mean_ns = rh_u256_u64(rh_u256_mul_div(mean, 1, weight));
	return mean_ns < RH_POW_MEAN_MAX_NS ? mean_ns : RH_POW_MEAN_MAX_NS;
}

uint64_t rh_pow_median_time(uint64_t *times, uint32_t count)
{
	RH_ASSERT(count > 0 && count <= RH_POW_MTP_BLOCKS);
	for (uint32_t i = 1; i < count; i++) {
		uint64_t time_s = times[i];
		uint32_t at = i;

		for (; at > 0 && times[at - 1] > time_s; at--)
			times[at] = times[at - 1];
		times[at] = time_s;
	}
	return times[count / 2];
}

uint64_t rh_pow_subsidy(uint64_t height, uint64_t halving)
{
	uint64_t era;

	RH_ASSERT(halving > 0);
	era = height / halving;
	return era < RH_POW_HALVINGS_MAX ? 50 * RH_POW_COIN >> era : 0;
}

uint64_t rh_pow_supply(uint64_t height, uint64_t halving)
{
	uint64_t supply = 0;
	uint64_t blocks = height + 1;

	for (uint64_t era = 0; era < RH_POW_HALVINGS_MAX && blocks > 0; era++) {
		uint64_t in_era = blocks < halving ? blocks : halving;

		supply += in_era * rh_pow_subsidy(era * halving, halving);
		blocks -= in_era;
	}
	return supply;
}

/* Whole part and rest of difficulty 1's target divided by this one; false for no target. */
static bool difficulty_parts(uint32_t bits, struct rh_u256 *whole, struct rh_u256 *rest,
			     struct rh_u256 *target)
{
	struct rh_u256 easiest;

	if (!rh_pow_target_decode(bits, target))
		return false;
	rh_pow_target_decode(RH_POW_BITS_MAIN, &easiest);
	/* Both end in zeros then; without them ten times a rest always fits. */
	if (bits >> 24 > RH_POW_BITS_MAIN >> 24) {
		easiest = rh_u256_shr(easiest, 208);
		*target = rh_u256_shr(*target, 208);
	}
	*whole = rh_u256_div(easiest, *target, rest);
	return true;
}

/* Decimal digits of a whole number, in front of `digits`; returns where they begin. */
static char *whole_text(char *end, struct rh_u256 whole)
{
	do {
		struct rh_u256 tenth = rh_u256_mul_div(whole, 1, 10);

		*--end = (char)('0' + (whole.word[0] - tenth.word[0] * 10));
		whole = tenth;
	} while (!rh_u256_is_zero(whole));
	return end;
}

char *rh_pow_difficulty_text(char text[RH_POW_DIFFICULTY_TEXT], uint32_t bits)
{
	char digits[RH_POW_DIFFICULTY_TEXT];
	char *whole_end = digits + sizeof(digits) - 1;
	struct rh_u256 whole;
	struct rh_u256 rest;
	struct rh_u256 target;
	uint64_t places = 0;

	if (!difficulty_parts(bits, &whole, &rest, &target)) {
		snprintf(text, RH_POW_DIFFICULTY_TEXT, "none");
		return text;
	}
	/* One digit more, to round. */
	for (int i = 0; i < 13; i++) {
		struct rh_u256 digit;

		digit = rh_u256_div(rh_u256_mul_div(rest, 10, 1), target, &rest);
		places = places * 10 + rh_u256_u64(digit);
	}
	places = (places + 5) / 10;
	if (places == UINT64_C(1000000000000)) {
		places = 0;
		whole = rh_u256_add(whole, rh_u256_from(1));
	}
	*whole_end = 0;
	snprintf(text, RH_POW_DIFFICULTY_TEXT, "%s.%012llu", whole_text(whole_end, whole),
		 (unsigned long long)places);
	return text;
}

int64_t rh_pow_difficulty(uint32_t bits)
{
	struct rh_u256 whole;
	struct rh_u256 rest;
	struct rh_u256 target;
	uint64_t value;

	if (!difficulty_parts(bits, &whole, &rest, &target))
		return 0;
	value = rh_u256_u64(whole);
	return value < INT64_MAX ? (int64_t)value : INT64_MAX;
}
