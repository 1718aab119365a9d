/*
 * buckets.h - a ring of buckets: unsorted lists of waiting events that grow by small blocks.
 *
 *	heads   | 0 | at | at | 0 | ...        at: where the next item goes; 0: nothing in the bucket
 *	              │
 *	block   | before, - | item | item | item |   |   |   |   |     128 bytes, aligned to them
 *	            │
 *	            └──► a full block, and so on
 *
 * An item is 16 bytes, so appending one touches the head and the line it goes to, and a bucket is read
 * from front to back.  Where a block ends follows from its address.  Blocks that are done with are used
 * again at once, last in, first out, while they are in the cache.
 */
#ifndef SIM_KERNEL_BUCKETS_H
#define SIM_KERNEL_BUCKETS_H

#include "core/base/bits.h"
#include "core/base/space.h"

#define SIM_BLOCK_BYTES UINT64_C(128)

/* What is known of an event without looking at it. */
struct sim_item {
	uint64_t time_ns;
	uint32_t node;
	uint32_t cell;
};

#define SIM_BLOCK_ITEMS ((uint32_t)(SIM_BLOCK_BYTES / sizeof(struct sim_item)) - 1)

/* Stands in the space. */
struct sim_ring {
	rh_off heads;
	rh_off bits; /* of the buckets that hold something */
	uint64_t slots;
	rh_off free; /* blocks */
};

/* What is left of a list, block by block, the last one first. */
struct sim_list {
	rh_off at; /* as a head; 0: nothing */
};

void sim_ring_init(struct rh_space *space, struct sim_ring *ring, uint64_t slots);
/* Room for the next item of a bucket: called when there is no block or it is full. */
rh_off sim_ring_block(struct rh_space *space, struct sim_ring *ring, uint64_t slot);

static inline rh_off *sim_ring_word(const struct rh_space *space, rh_off off)
{
	return (rh_off *)(void *)(space->base + off);
}

static inline rh_off *sim_ring_head(const struct rh_space *space, const struct sim_ring *ring,
				    uint64_t slot)
{
	RH_ASSERT(slot < ring->slots);
	return sim_ring_word(space, ring->heads) + slot;
}

static inline void sim_ring_put(struct rh_space *space, struct sim_ring *ring, uint64_t slot,
				struct sim_item item)
{
	rh_off *head = sim_ring_head(space, ring, slot);
	rh_off at = *head;

	if (at % SIM_BLOCK_BYTES == 0)
		at = sim_ring_block(space, ring, slot);
	*(struct sim_item *)(void *)(space->base + at) = item;
	*head = at + sizeof(item);
}

/* The first bucket with something in it, from this one on and before `end`; `end` when there is none. */
static inline uint64_t sim_ring_next(const struct rh_space *space, const struct sim_ring *ring,
				     uint64_t from, uint64_t end)
{
	const uint64_t *bits = sim_ring_word(space, ring->bits);

	/* In a busy ring it is near. */
	if (from < end && bits[from / 64] >> from % 64 != 0)
		from += rh_low_bit(bits[from / 64] >> from % 64);
	else
		from = rh_bits_next(bits, end, from);
	return from < end ? from : end;
}

/* Takes what a bucket holds out of the ring. */
static inline struct sim_list sim_ring_cut(const struct rh_space *space,
					   const struct sim_ring *ring, uint64_t slot)
{
	rh_off *head = sim_ring_head(space, ring, slot);
	struct sim_list list = {*head};

	*head = 0;
	rh_bit_clear(sim_ring_word(space, ring->bits), slot);
	return list;
}

/* The items of the last block, and how many. */
static inline const struct sim_item *sim_list_items(const struct rh_space *space,
						    struct sim_list list, uint32_t *count)
{
	rh_off block = (list.at - 1) & ~(SIM_BLOCK_BYTES - 1);

	RH_ASSERT(list.at != 0);
	*count = (uint32_t)((list.at - block) / sizeof(struct sim_item)) - 1;
	return (const struct sim_item *)(const void *)(space->base + block) + 1;
}

/* The list without its last block. */
static inline struct sim_list sim_list_before(const struct rh_space *space, struct sim_list list)
{
	return (struct sim_list){*sim_ring_word(space, (list.at - 1) & ~(SIM_BLOCK_BYTES - 1))};
}

/* The last block is done with. */
static inline void sim_list_drop(const struct rh_space *space, struct sim_ring *ring,
				 struct sim_list *list)
{
	rh_off block = (list->at - 1) & ~(SIM_BLOCK_BYTES - 1);
	rh_off *before = sim_ring_word(space, block);

	list->at = *before;
	*before = ring->free;
	ring->free = block;
}

#endif
