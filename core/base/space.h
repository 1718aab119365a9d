/*
 * space.h - simulation memory: one reserved range of addresses in which everything is named by its
 * offset from the start, so that the used pages can be copied to another base, another process or a
 * file and go on from there.
 *
 *   base                                        base + used_bytes                 base + reserved
 *   | header | free lists | blocks ...          | never touched                   |
 *
 * Rules: what is stored inside a space are integers, offsets (`rh_off`), handles and indices; never
 * a pointer, a function address or a file descriptor.  A pointer from rh_at() stays valid while the
 * space is open (the range never moves within one process), but is not stored in the space.  Fresh
 * blocks are zeroed, and freed ones are zeroed when they are given out again, so the bytes of a
 * space depend only on the sequence of calls.  Layout depends on nothing else: two processes that
 * make the same calls have the same bytes.
 *
 * Sizes are rounded up to classes (16, 32, 48, 64, 96, 128, 192, 256, 384, ... : two a power of
 * two); each class has a free list, and larger free blocks are cut up before fresh memory is used.
 * Limit: `limit_bytes` from the plan; reaching it is rh_fatal
 * with the key.
 */
#ifndef CORE_BASE_SPACE_H
#define CORE_BASE_SPACE_H

#include <stddef.h>
#include <string.h>

#include "core/base/assert.h"

typedef uint64_t rh_off; /* offset in a space; 0 is "none" */

struct rh_space {
	uint8_t *base;
	uint64_t reserved_bytes;
	uint64_t backed_bytes; /* of this process: up to here the pages were asked for */
	bool is_shared;	       /* several threads allocate: one at a time then */
	bool is_locked;
};

/*
 * Reserves `limit_bytes` (rounded up to pages) without using memory.  `base_hint` 0 asks for the
 * usual address 0x566000000000 and falls back to any; another value asks for that address (tests).
 */
void rh_space_open(struct rh_space *space, uint64_t limit_bytes, uint64_t base_hint);
/*
 * Opens a space whose content is a copy of the bytes [base, base + used) of another one; borrows
 * `image`.  False when they are not that, or more than the limit.  A damaged inside is not noticed
 * here: who stores images also stores a digest of them.
 */
RH_MUST_USE bool rh_space_adopt(struct rh_space *space, const void *image, uint64_t len,
				uint64_t limit_bytes, uint64_t base_hint);
void rh_space_close(struct rh_space *space);
void rh_space_reset(struct rh_space *space); /* as after open; gives the pages back */

rh_off rh_space_alloc(struct rh_space *space, uint64_t size_bytes);
void rh_space_free(struct rh_space *space, rh_off block,
		   uint64_t size_bytes);	      /* same size as at alloc */
uint64_t rh_space_used(const struct rh_space *space); /* bytes from base that a copy must hold */

/* One offset that the owner of the space can find again after a copy. */
void rh_space_root_set(struct rh_space *space, rh_off root);
rh_off rh_space_root(const struct rh_space *space);

/*
 * One thread at a time, where the space is shared; nothing otherwise.  For a few instructions on what
 * stands in a space: waiting is spinning.
 */
static inline void rh_space_lock(const struct rh_space *space, bool *is_locked)
{
	while (space->is_shared && __atomic_test_and_set(is_locked, __ATOMIC_ACQUIRE))
		;
}

static inline void rh_space_unlock(const struct rh_space *space, bool *is_locked)
{
	if (space->is_shared)
		__atomic_clear(is_locked, __ATOMIC_RELEASE);
}

static inline void *rh_at(const struct rh_space *space, rh_off off)
{
	RH_ASSERT(off != 0 && off < space->reserved_bytes);
	return space->base + off;
}

/* A growable array in a space.  Zero is an empty array.  Offsets of items move when it grows. */
struct rh_vec {
	rh_off items;
	uint32_t count;
	uint32_t cap;
};

/* Room for twice as many items as there are. */
void rh_vec_grow(struct rh_space *space, struct rh_vec *vec, uint32_t item_size);
void *rh_vec_insert(struct rh_space *space, struct rh_vec *vec, uint32_t item_size, uint32_t index);
void rh_vec_remove(struct rh_space *space, struct rh_vec *vec, uint32_t item_size, uint32_t index);
void rh_vec_release(struct rh_space *space, struct rh_vec *vec, uint32_t item_size);
void rh_vec_reserve(struct rh_space *space, struct rh_vec *vec, uint32_t item_size, uint32_t cap);

static inline void *rh_vec_at(const struct rh_space *space, const struct rh_vec *vec,
			      uint32_t item_size, uint32_t index)
{
	RH_ASSERT(index < vec->count);
	return space->base + vec->items + (uint64_t)index * item_size;
}

/* New and zeroed.  Inline, since nearly every caller knows the size. */
static inline void *rh_vec_push(struct rh_space *space, struct rh_vec *vec, uint32_t item_size)
{
	void *item;

	if (vec->count == vec->cap)
		rh_vec_grow(space, vec, item_size);
	RH_ASSERT(vec->count < vec->cap);
	item = space->base + vec->items + (uint64_t)vec->count * item_size;
	memset(item, 0, item_size);
	vec->count++;
	return item;
}

/*
 * A map from 64-bit keys to 64-bit values in a space: open addressing by mix64(key), linear
 * probing, deletion by shifting back, so that the layout depends only on the keys present and their
 * order of insertion.  Never iterated.
 */
struct rh_idmap {
	rh_off slots;
	uint32_t count;
	uint32_t cap; /* 0 or a power of two */
};

bool rh_idmap_get(const struct rh_space *space, const struct rh_idmap *map, uint64_t key,
		  uint64_t *value);
/* true when the key was new; an existing value is replaced */
bool rh_idmap_put(struct rh_space *space, struct rh_idmap *map, uint64_t key, uint64_t value);
bool rh_idmap_remove(struct rh_space *space, struct rh_idmap *map, uint64_t key);
void rh_idmap_release(struct rh_space *space, struct rh_idmap *map);

#endif
