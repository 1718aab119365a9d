/*
 * rng.c - the second generator and the table of purposes.  The first generator is inline in rng.h.
 *
 * Philox4x32-10: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel Random Numbers: As Easy as 1, 2,
 * 3", SC 2011.  Ten rounds of two 32x32 -> 64 multiplications over a 128-bit counter, with a 64-bit
 * key that grows by a Weyl step each round.
 */
#include <stddef.h>

#include "core/base/rng.h"

#define PHILOX_ROUNDS 10
#define PHILOX_M0     UINT64_C(0xD2511F53)
#define PHILOX_M1     UINT64_C(0xCD9E8D57)
#define PHILOX_W0     UINT32_C(0x9E3779B9)
#define PHILOX_W1     UINT32_C(0xBB67AE85)

void rh_philox4x32_10(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
	uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
	uint32_t k0 = key[0], k1 = key[1];
	int round;

	for (round = 0; round < PHILOX_ROUNDS; round++) {
		uint64_t p0 = PHILOX_M0 * c0;
		uint64_t p1 = PHILOX_M1 * c2;

		c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
		c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
		c1 = (uint32_t)p1;
		c3 = (uint32_t)p0;
		k0 += PHILOX_W0;
		k1 += PHILOX_W1;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

/* The chain so far is the key, the next value of it the counter; half of the block is the result.
 */
uint64_t rh_philox_absorb(uint64_t h, uint64_t x)
{
	uint32_t counter[4] = {(uint32_t)x, (uint32_t)(x >> 32), 0, 0};
	uint32_t key[2] = {(uint32_t)h, (uint32_t)(h >> 32)};
	uint32_t out[4];

	rh_philox4x32_10(out, counter, key);
	return (uint64_t)out[1] << 32 | out[0];
}

static const struct rh_purpose_info purposes[] = {
#define PURPOSE(name, number, levels, entity, index, destination) \
	{#name, number, levels, entity, index, destination},
#include "core/base/purposes.def"
#undef PURPOSE
};

const struct rh_purpose_info *rh_purpose_info(uint32_t number)
{
	uint32_t i;

	for (i = 0; i < RH_ARRAY_LEN(purposes); i++) {
		if (purposes[i].number == number)
			return &purposes[i];
	}
	return NULL;
}

uint32_t rh_purpose_count(void)
{
	return RH_ARRAY_LEN(purposes);
}

const struct rh_purpose_info *rh_purpose_at(uint32_t index)
{
	RH_ASSERT(index < RH_ARRAY_LEN(purposes));
	return &purposes[index];
}
