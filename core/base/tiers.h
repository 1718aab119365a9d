/*
 * tiers.h - an array in a space that grows without moving: tiers of 64, 128, 256, ... items.
 *
 *   index   0 .. 63 | 64 .. 191 | 192 .. 447 | ...
 *   tier       0         1           2
 *
 * Item i stands in tier log2(i / 64 + 1), so finding it is a shift, a subtraction and a load more than
 * in a flat array, and its address holds as long as the space does.  That is what several threads
 * need that read old items while one of them adds new ones (who adds, adds under a lock).  A tier is
 * allocated when its first item is asked for; what stands there is zeroed.
 */
#ifndef CORE_BASE_TIERS_H
#define CORE_BASE_TIERS_H

#include "core/base/bits.h"
#include "core/base/space.h"

#define RH_TIERS_FIRST_LOG2 6
#define RH_TIERS	    26

struct rh_tiers { /* stands in the space; zero is empty */
	rh_off tiers[RH_TIERS];
	uint32_t count;
	uint32_t unused;
};

static inline uint32_t rh_tier_of(uint32_t index, uint32_t *place)
{
	uint32_t tier = rh_high_bit((uint64_t)(index >> RH_TIERS_FIRST_LOG2) + 1);

	*place = index - (((UINT32_C(1) << tier) - 1) << RH_TIERS_FIRST_LOG2);
	return tier;
}

static inline void *rh_tiers_at(const struct rh_space *space, const struct rh_tiers *tiers,
				uint32_t item_size, uint32_t index)
{
	uint32_t place;
	uint32_t tier = rh_tier_of(index, &place);

	RH_ASSERT(tier < RH_TIERS && tiers->tiers[tier] != 0);
	return space->base + tiers->tiers[tier] + (uint64_t)place * item_size;
}

/* Adds one item; returns its index. */
static inline uint32_t rh_tiers_add(struct rh_space *space, struct rh_tiers *tiers,
				    uint32_t item_size)
{
	uint32_t index = tiers->count;
	uint32_t place;
	uint32_t tier = rh_tier_of(index, &place);

	RH_ASSERT(tier < RH_TIERS);
	if (tiers->tiers[tier] == 0)
		tiers->tiers[tier] = rh_space_alloc(
			space, (UINT64_C(1) << (RH_TIERS_FIRST_LOG2 + tier)) * item_size);
	tiers->count = index + 1;
	return index;
}

#endif
