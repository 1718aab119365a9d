/*
 * order.c - a Feistel network over few bits, walked until it stays inside.
 */
#include "core/workload/order.h"

#include "core/base/rng.h"

#define ROUNDS 4

uint32_t rh_order_at(uint64_t key, uint32_t count, uint32_t place)
{
	uint32_t half = 1;

	RH_ASSERT(place < count && count <= UINT32_C(1) << 30);
	while (UINT64_C(1) << 2 * half < count)
		half++;
	do {
		uint32_t mask = (UINT32_C(1) << half) - 1;
		uint32_t left = place >> half;
		uint32_t right = place & mask;

		for (uint32_t round = 0; round < ROUNDS; round++) {
			uint32_t next =
				left ^
				((uint32_t)rh_absorb(key, (uint64_t)round << 32 | right) & mask);

			left = right;
			right = next;
		}
		place = left << half | right;
	} while (place >= count);
	return place;
}
