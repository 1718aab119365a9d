/*
 * uint256.h - exact unsigned integers of 256 bits: targets, and the work that a chain stands for.
 *
 * Four words, the lowest first.  Values live in node state and in objects, so they are plain data.
 * Nothing wraps silently: what does not fit stays at the largest value (saturates), or is a
 * programmer's error where it says so.
 */
#ifndef MODELS_CHAIN_UINT256_H
#define MODELS_CHAIN_UINT256_H

#include "core/base/assert.h"

struct rh_u256 {
	uint64_t word[4]; /* word[0] is the lowest */
};

#define RH_U256_TEXT 65 /* 64 hex digits and a 0 */

static inline struct rh_u256 rh_u256_from(uint64_t value)
{
	return (struct rh_u256){{value, 0, 0, 0}};
}

static inline bool rh_u256_is_zero(struct rh_u256 value)
{
	return (value.word[0] | value.word[1] | value.word[2] | value.word[3]) == 0;
}

/* -1, 0 or 1 */
static inline int rh_u256_cmp(struct rh_u256 a, struct rh_u256 b)
{
	for (int i = 3; i >= 0; i--) {
		if (a.word[i] != b.word[i])
			return a.word[i] < b.word[i] ? -1 : 1;
	}
	return 0;
}

struct rh_u256 rh_u256_max(void);
struct rh_u256 rh_u256_not(struct rh_u256 value);
struct rh_u256 rh_u256_add(struct rh_u256 a, struct rh_u256 b); /* saturates */
struct rh_u256 rh_u256_sub(struct rh_u256 a, struct rh_u256 b); /* a >= b */
/* Shifts by 0 .. 255; bits pushed out are lost. */
struct rh_u256 rh_u256_shl(struct rh_u256 value, uint32_t shift);
struct rh_u256 rh_u256_shr(struct rh_u256 value, uint32_t shift);
/* position of the highest set bit plus one; 0 for zero */
uint32_t rh_u256_bits(struct rh_u256 value);
/* value * mul / div, rounded down, exact in between; saturates.  div > 0 */
struct rh_u256 rh_u256_mul_div(struct rh_u256 value, uint64_t mul, uint64_t div);
/* a / b, rounded down; `rest` may be NULL.  b > 0 */
struct rh_u256 rh_u256_div(struct rh_u256 a, struct rh_u256 b, struct rh_u256 *rest);
/* as a 64-bit integer; UINT64_MAX when it does not fit */
uint64_t rh_u256_u64(struct rh_u256 value);
/* 64 hex digits, highest first; returns `text` */
char *rh_u256_text(char text[RH_U256_TEXT], struct rh_u256 value);

#endif
