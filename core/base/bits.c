/*
 * bits.c - counting and walking bit sets.
 */
#include "core/base/bits.h"

uint64_t rh_bits_count(const uint64_t *words, size_t word_count)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < word_count; i++)
		count += (uint64_t)__builtin_popcountll(words[i]);
	return count;
}

uint64_t rh_bits_next(const uint64_t *words, uint64_t bit_count, uint64_t from)
{
	uint64_t word_count = RH_BITS_WORDS(bit_count);
	uint64_t index = from >> 6;
	uint64_t word;

	if (from >= bit_count)
		return bit_count;
	word = words[index] & (UINT64_MAX << (from & 63));
	while (word == 0) {
		if (++index == word_count)
			return bit_count;
		word = words[index];
	}
	index = index * 64 + rh_low_bit(word);
	return index < bit_count ? index : bit_count;
}
