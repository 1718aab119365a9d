/*
 * buckets.c - setting up a ring, and blocks for it.
 */
#include "sim/kernel/buckets.h"

#define BLOCK_BATCH 15 /* with the alignment it makes 2 KiB */

void sim_ring_init(struct rh_space *space, struct sim_ring *ring, uint64_t slots)
{
	_Static_assert(SIM_BLOCK_BYTES % sizeof(struct sim_item) == 0, "blocks are full of items");
	ring->slots = slots;
	ring->heads = rh_space_alloc(space, slots * sizeof(rh_off));
	ring->bits = rh_space_alloc(space, RH_BITS_WORDS(slots) * sizeof(uint64_t));
}

static void grow(struct rh_space *space, struct sim_ring *ring)
{
	rh_off block = rh_round_up(rh_space_alloc(space, (BLOCK_BATCH + 1) * SIM_BLOCK_BYTES),
				   SIM_BLOCK_BYTES);

	for (uint32_t i = 0; i < BLOCK_BATCH; i++, block += SIM_BLOCK_BYTES) {
		*sim_ring_word(space, block) = ring->free;
		ring->free = block;
	}
}

rh_off sim_ring_block(struct rh_space *space, struct sim_ring *ring, uint64_t slot)
{
	rh_off block;

	if (ring->free == 0)
		grow(space, ring);
	block = ring->free;
	ring->free = *sim_ring_word(space, block);
	*sim_ring_word(space, block) = *sim_ring_head(space, ring, slot);
	rh_bit_set(sim_ring_word(space, ring->bits), slot);
	return block + sizeof(struct sim_item);
}
