/*
 * bits.h - bit sets over words of 64, and the bit arithmetic used everywhere.
 * A set is a plain array of uint64_t that the caller places; RH_BITS_WORDS says how long.
 */
#ifndef CORE_BASE_BITS_H
#define CORE_BASE_BITS_H

#include <stddef.h>

#include "core/base/assert.h"

#define RH_BITS_WORDS(bit_count) (((size_t)(bit_count) + 63) / 64)

static inline bool rh_bit_get(const uint64_t *words, uint64_t index)
{
	return (words[index >> 6] >> (index & 63)) & 1;
}

static inline void rh_bit_set(uint64_t *words, uint64_t index)
{
	words[index >> 6] |= UINT64_C(1) << (index & 63);
}

static inline void rh_bit_clear(uint64_t *words, uint64_t index)
{
	words[index >> 6] &= ~(UINT64_C(1) << (index & 63));
}

/* position of the lowest and the highest set bit; value must not be 0 */
static inline uint32_t rh_low_bit(uint64_t value)
{
	RH_ASSERT(value != 0);
	return (uint32_t)__builtin_ctzll(value);
}

static inline uint32_t rh_high_bit(uint64_t value)
{
	RH_ASSERT(value != 0);
	return 63u - (uint32_t)__builtin_clzll(value);
}

static inline uint64_t rh_round_up(uint64_t value, uint64_t step)
{
	RH_ASSERT(step != 0);
	return (value + step - 1) / step * step;
}

uint64_t rh_bits_count(const uint64_t *words, size_t word_count);
/* index of the first set bit at or after `from`, or `bit_count` */
uint64_t rh_bits_next(const uint64_t *words, uint64_t bit_count, uint64_t from);

#define rh_bits_each(index, words, bit_count) \
	for ((index) = rh_bits_next((words), (bit_count), 0); (index) < (bit_count); \
	     (index) = rh_bits_next((words), (bit_count), (index) + 1))

#endif
