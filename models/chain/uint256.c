/*
 * uint256.c - arithmetic on four words.
 *
 * Division by a 256-bit number goes bit by bit: it is needed when a difficulty changes, every two
 * thousand blocks or so, and a short loop is easy to believe.
 */
#include "models/chain/uint256.h"

#include <stdio.h>

#include "core/base/bits.h"

__extension__ typedef unsigned __int128 u128;

struct rh_u256 rh_u256_max(void)
{
	return (struct rh_u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
}

struct rh_u256 rh_u256_not(struct rh_u256 value)
{
	for (int i = 0; i < 4; i++)
		value.word[i] = ~value.word[i];
	return value;
}

struct rh_u256 rh_u256_add(struct rh_u256 a, struct rh_u256 b)
{
	uint64_t carry = 0;

	for (int i = 0; i < 4; i++) {
		u128 sum = (u128)a.word[i] + b.word[i] + carry;

		a.word[i] = (uint64_t)sum;
		carry = (uint64_t)(sum >> 64);
	}
	return carry == 0 ? a : rh_u256_max();
}

struct rh_u256 rh_u256_sub(struct rh_u256 a, struct rh_u256 b)
{
	uint64_t borrow = 0;

	for (int i = 0; i < 4; i++) {
		u128 rest = (u128)a.word[i] - b.word[i] - borrow;

		a.word[i] = (uint64_t)rest;
		borrow = (uint64_t)(rest >> 64) & 1;
	}
	RH_ASSERT(borrow == 0);
	return a;
}

struct rh_u256 rh_u256_shl(struct rh_u256 value, uint32_t shift)
{
	struct rh_u256 result = {{0}};
	uint32_t words = shift / 64;
	uint32_t bits = shift % 64;

	RH_ASSERT(shift < 256);
	for (uint32_t i = words; i < 4; i++) {
		result.word[i] = value.word[i - words] << bits;
		if (bits != 0 && i > words)
			result.word[i] |= value.word[i - words - 1] >> (64 - bits);
	}
	return result;
}

struct rh_u256 rh_u256_shr(struct rh_u256 value, uint32_t shift)
{
	struct rh_u256 result = {{0}};
	uint32_t words = shift / 64;
	uint32_t bits = shift % 64;

	RH_ASSERT(shift < 256);
	for (uint32_t i = 0; i + words < 4; i++) {
		result.word[i] = value.word[i + words] >> bits;
		if (bits != 0 && i + words + 1 < 4)
			result.word[i] |= value.word[i + words + 1] << (64 - bits);
	}
	return result;
}

uint32_t rh_u256_bits(struct rh_u256 value)
{
	for (uint32_t i = 4; i-- > 0;) {
		if (value.word[i] != 0)
			return i * 64 + rh_high_bit(value.word[i]) + 1;
	}
	return 0;
}

struct rh_u256 rh_u256_mul_div(struct rh_u256 value, uint64_t mul, uint64_t div)
{
	uint64_t product[5];
	uint64_t carry = 0;
	uint64_t rest = 0;

	RH_ASSERT(div != 0);
	for (int i = 0; i < 4; i++) {
		u128 part = (u128)value.word[i] * mul + carry;

		product[i] = (uint64_t)part;
		carry = (uint64_t)(part >> 64);
	}
	product[4] = carry;
	for (int i = 4; i >= 0; i--) {
		u128 part = (u128)rest << 64 | product[i];

		product[i] = (uint64_t)(part / div);
		rest = (uint64_t)(part % div);
	}
	if (product[4] != 0)
		return rh_u256_max();
	return (struct rh_u256){{product[0], product[1], product[2], product[3]}};
}

struct rh_u256 rh_u256_div(struct rh_u256 a, struct rh_u256 b, struct rh_u256 *rest)
{
	struct rh_u256 quotient = {{0}};
	struct rh_u256 left = {{0}};

	uint32_t a_bits = rh_u256_bits(a);
	uint32_t b_bits = rh_u256_bits(b);
	uint32_t count = a_bits >= b_bits ? a_bits - b_bits + 1 : 0;

	RH_ASSERT(b_bits > 0);
	/* The upper bits of a, one fewer than b has, are the first rest: nothing above is a 1. */
	if (count < 256)
		left = rh_u256_shr(a, count);
	for (uint32_t i = count; i-- > 0;) {
		/* The bit shifted out stands for 2^256, which is above any b. */
		bool is_over = left.word[3] >> 63;

		left = rh_u256_shl(left, 1);
		left.word[0] |= (a.word[i / 64] >> (i % 64)) & 1;
		if (is_over) {
			left = rh_u256_add(left, rh_u256_add(rh_u256_not(b), rh_u256_from(1)));
		} else if (rh_u256_cmp(left, b) >= 0) {
			left = rh_u256_sub(left, b);
		} else {
			continue;
		}
		rh_bit_set(quotient.word, i);
	}
	if (rest != NULL)
		*rest = left;
	return quotient;
}

uint64_t rh_u256_u64(struct rh_u256 value)
{
	if ((value.word[1] | value.word[2] | value.word[3]) != 0)
		return UINT64_MAX;
	return value.word[0];
}

char *rh_u256_text(char text[RH_U256_TEXT], struct rh_u256 value)
{
	for (int i = 0; i < 4; i++)
		snprintf(text + 16 * i, 17, "%016llx", (unsigned long long)value.word[3 - i]);
	return text;
}
