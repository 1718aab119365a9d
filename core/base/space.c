/*
 * space.c - the reserved range, its size classes, and the two containers that live in it.
 *
 * The header at offset 0 holds all that the allocator knows, so a copy of [base, base + used) is a
 * working space. A freed block keeps the offset of the next free one of its class in its first 8
 * bytes.  Fresh blocks need no zeroing: the pages come zeroed from the system and nothing below
 * `used` is ever given back except by reset.
 *
 * A growing array leaves smaller and smaller copies behind that no array of its kind will want
 * again, so before fresh memory is used a larger free block is cut up.  Parts are not joined again:
 * what a node that crashed gives back is mostly what it wants when it restarts.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS, MAP_FIXED_NOREPLACE, madvise */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/bits.h"
#include "core/base/rng.h"
#include "core/base/space.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MADV_HUGEPAGE
#define MADV_HUGEPAGE 14
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/*
 * Above the highest place of a position-independent program on x86-64 (0x5655...) and below what
 * the sanitizers take; free under valgrind and the user emulators too.
 */
#define USUAL_BASE UINT64_C(0x566000000000)
#define MAGIC	   UINT64_C(0x3145434150534852) /* "RHSPACE1" in little-endian memory */
#define CLASSES	   92				/* the last one: 2^50 bytes */
#define ALIGNMENT  16
#define HUGE_FROM  (UINT64_C(4) << 20)
#define BACK_MIN   (UINT64_C(16) << 10)
#define BACK_MAX   (UINT64_C(1) << 20)

struct header {
	uint64_t magic;
	uint64_t used_bytes;
	rh_off root;
	uint64_t free_bits; /* classes below 64 that have a free block */
	rh_off free_heads[CLASSES];
};

static struct header *header_of(const struct rh_space *space)
{
	RH_ASSERT(space->base != NULL);
	return (struct header *)(void *)space->base;
}

/* 16, 32, then two a power of two: 48, 64, 96, 128, ... */
static uint32_t class_of(uint64_t size_bytes)
{
	uint32_t top;

	if (size_bytes <= 32)
		return size_bytes <= 16 ? 0 : 1;
	top = rh_high_bit(size_bytes - 1); /* 5 for 33 .. 64 */
	return 2 * (top - 5) + 2 + (uint32_t)((size_bytes - 1) >> (top - 1) & 1);
}

static uint64_t class_bytes(uint32_t class)
{
	uint32_t top = 5 + (class - 2) / 2;

	if (class < 2)
		return class == 0 ? 16 : 32;
	return (class & 1) != 0 ? UINT64_C(2) << top : UINT64_C(3) << (top - 1);
}

static uint64_t page_bytes(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE);
}

static void *reserve(uint64_t address, uint64_t bytes, int flags)
{
	return mmap((void *)(uintptr_t)address, bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
}

/*
 * Asks for the pages of the next blocks at once: one at a time, by a fault at the first touch of
 * each, they cost a tenth of a short run.  A quarter of what is in use comes on top, so a small
 * space stays small.  A kernel that does not know the request is not asked again; nor is one where huge
 * pages begin.
 */
static void back(struct rh_space *space, uint64_t used_bytes)
{
	uint64_t ahead = used_bytes / 4;
	uint64_t until;

	ahead = ahead < BACK_MIN ? BACK_MIN : ahead > BACK_MAX ? BACK_MAX : ahead;
	until = rh_round_up(used_bytes + ahead, page_bytes());
	if (until > space->reserved_bytes)
		until = space->reserved_bytes;
	if (until > HUGE_FROM || madvise(space->base + space->backed_bytes,
					 until - space->backed_bytes, MADV_POPULATE_WRITE) != 0)
		until = UINT64_MAX;
	space->backed_bytes = until;
}

static void start(struct rh_space *space)
{
	struct header *header;

	space->backed_bytes = 0;
	back(space, 0);
	header = header_of(space);
	header->magic = MAGIC;
	header->used_bytes = rh_round_up(sizeof(*header), ALIGNMENT);
}

void rh_space_open(struct rh_space *space, uint64_t limit_bytes, uint64_t base_hint)
{
	uint64_t hint = base_hint != 0 ? base_hint : USUAL_BASE;
	uint64_t bytes;
	void *base;

	RH_ASSERT(limit_bytes < UINT64_C(1) << 46);
	bytes = rh_round_up(limit_bytes + sizeof(struct header), page_bytes());
	base = reserve(hint, bytes, MAP_FIXED_NOREPLACE);
	/* Where it lies is no matter for the result, only for the convenience of a debugger. */
	if (base == MAP_FAILED && base_hint == 0)
		base = reserve(0, bytes, 0);
	if (base == MAP_FAILED)
		rh_fatal("cannot reserve %" PRIu64 " bytes of address space: %s", bytes,
			 strerror(errno));
	RH_ASSERT(base_hint == 0 || (uint64_t)(uintptr_t)base == base_hint);
	space->base = base;
	space->reserved_bytes = bytes;
	space->is_shared = false;
	space->is_locked = false;
	/* A long run touches and copies its pages often; a short one is better off with small ones. */
	if (bytes > HUGE_FROM)
		madvise(space->base + HUGE_FROM, bytes - HUGE_FROM, MADV_HUGEPAGE);
	start(space);
}

bool rh_space_adopt(struct rh_space *space, const void *image, uint64_t len, uint64_t limit_bytes,
		    uint64_t base_hint)
{
	struct header header;

	if (len < sizeof(header))
		return false;
	memcpy(&header, image, sizeof(header));
	if (header.magic != MAGIC || header.used_bytes < sizeof(header) ||
	    header.used_bytes > len || header.root >= header.used_bytes ||
	    header.used_bytes - sizeof(header) > limit_bytes)
		return false;
	rh_space_open(space, limit_bytes, base_hint);
	memcpy(space->base, image, header.used_bytes);
	return true;
}

void rh_space_close(struct rh_space *space)
{
	int result;

	if (space->base == NULL)
		return;
	result = munmap(space->base, space->reserved_bytes);
	RH_ASSERT(result == 0);
	space->base = NULL;
	space->reserved_bytes = 0;
}

void rh_space_reset(struct rh_space *space)
{
	uint64_t used = rh_round_up(header_of(space)->used_bytes, page_bytes());
	int result = madvise(space->base, used, MADV_DONTNEED);

	/* An emulator may take the advice without dropping the pages: then they are cleared by
	 * hand. */
	if (result != 0 || header_of(space)->magic != 0)
		memset(space->base, 0, used);
	start(space);
}

static void push_free(const struct rh_space *space, uint32_t class, rh_off block)
{
	struct header *header = header_of(space);

	memcpy(space->base + block, &header->free_heads[class], sizeof(rh_off));
	header->free_heads[class] = block;
	if (class < 64)
		header->free_bits |= UINT64_C(1) << class;
}

static rh_off pop_free(const struct rh_space *space, uint32_t class)
{
	struct header *header = header_of(space);
	rh_off block = header->free_heads[class];

	RH_ASSERT(block != 0 && block < header->used_bytes);
	memcpy(&header->free_heads[class], space->base + block, sizeof(rh_off));
	if (class < 64 && header->free_heads[class] == 0)
		header->free_bits &= ~(UINT64_C(1) << class);
	return block;
}

/* The front of the smallest free block above the class; 0 when there is none. */
static rh_off cut_free(const struct rh_space *space, uint32_t class)
{
	uint64_t above = class < 64 ? header_of(space)->free_bits & UINT64_MAX << class : 0;
	uint64_t rest;
	uint32_t from;
	rh_off block;
	rh_off at;

	if (above == 0)
		return 0;
	from = rh_low_bit(above);
	block = pop_free(space, from);
	at = block + class_bytes(class);
	rest = class_bytes(from) - class_bytes(class);
	while (rest != 0) {
		uint32_t part = class_of(rest);

		if (class_bytes(part) > rest)
			part--;
		push_free(space, part, at);
		at += class_bytes(part);
		rest -= class_bytes(part);
	}
	return block;
}

/* Behind the last block; the pages there have never been touched. */
static rh_off take_fresh(struct rh_space *space, uint64_t bytes)
{
	struct header *header = header_of(space);
	rh_off block = header->used_bytes;

	if (bytes > space->reserved_bytes - header->used_bytes)
		rh_fatal("the memory limit of the run is reached: %" PRIu64 " of %" PRIu64
			 " bytes are in use and %" PRIu64 " more are wanted; raise limits.memory",
			 header->used_bytes, space->reserved_bytes, bytes);
	header->used_bytes += bytes;
	if (header->used_bytes > space->backed_bytes)
		back(space, header->used_bytes);
	return block;
}

rh_off rh_space_alloc(struct rh_space *space, uint64_t size_bytes)
{
	struct header *header = header_of(space);
	uint32_t class = class_of(size_bytes);
	uint64_t bytes;
	rh_off block;

	RH_ASSERT(class < CLASSES);
	bytes = class_bytes(class);
	RH_ASSERT(bytes >= size_bytes);
	rh_space_lock(space, &space->is_locked);
	block = header->free_heads[class] != 0 ? pop_free(space, class) : cut_free(space, class);
	if (block == 0) {
		block = take_fresh(space, bytes);
		rh_space_unlock(space, &space->is_locked);
		return block;
	}
	rh_space_unlock(space, &space->is_locked);
	memset(space->base + block, 0, bytes);
	return block;
}

void rh_space_free(struct rh_space *space, rh_off block, uint64_t size_bytes)
{
	struct header *header = header_of(space);
	uint32_t class = class_of(size_bytes);

	if (block == 0)
		return;
	RH_ASSERT(class < CLASSES && block % ALIGNMENT == 0 && block >= sizeof(*header));
	rh_space_lock(space, &space->is_locked);
	RH_ASSERT(block < header->used_bytes && class_bytes(class) <= header->used_bytes - block);
	RH_ASSERT(block != header->free_heads[class]); /* the commonest double free */
	push_free(space, class, block);
	rh_space_unlock(space, &space->is_locked);
}

uint64_t rh_space_used(const struct rh_space *space)
{
	return header_of(space)->used_bytes;
}

void rh_space_root_set(struct rh_space *space, rh_off root)
{
	RH_ASSERT(root < header_of(space)->used_bytes);
	header_of(space)->root = root;
}

rh_off rh_space_root(const struct rh_space *space)
{
	return header_of(space)->root;
}

/* Gives the array room for at least `cap` items, and for all that the block's class holds. */
void rh_vec_reserve(struct rh_space *space, struct rh_vec *vec, uint32_t item_size, uint32_t cap)
{
	uint64_t fits;
	rh_off items;

	RH_ASSERT(item_size != 0 && vec->count <= vec->cap);
	if (cap <= vec->cap)
		return;
	fits = class_bytes(class_of((uint64_t)cap * item_size)) / item_size;
	if (fits > UINT32_MAX)
		fits = UINT32_MAX;
	items = rh_space_alloc(space, fits * item_size);
	if (vec->count != 0)
		memcpy(space->base + items, space->base + vec->items,
		       (uint64_t)vec->count * item_size);
	rh_space_free(space, vec->items, (uint64_t)vec->cap * item_size);
	vec->items = items;
	vec->cap = (uint32_t)fits;
}

void rh_vec_grow(struct rh_space *space, struct rh_vec *vec, uint32_t item_size)
{
	uint32_t cap = vec->cap != 0 ? 2 * vec->cap : 1;

	RH_ASSERT(vec->cap < UINT32_MAX);
	rh_vec_reserve(space, vec, item_size, vec->cap <= UINT32_MAX / 2 ? cap : UINT32_MAX);
}

void *rh_vec_insert(struct rh_space *space, struct rh_vec *vec, uint32_t item_size, uint32_t index)
{
	uint8_t *item;

	RH_ASSERT(index <= vec->count && vec->count < UINT32_MAX);
	if (vec->count == vec->cap)
		rh_vec_grow(space, vec, item_size);
	item = space->base + vec->items + (uint64_t)index * item_size;
	memmove(item + item_size, item, (uint64_t)(vec->count - index) * item_size);
	memset(item, 0, item_size);
	vec->count++;
	return item;
}

void rh_vec_remove(struct rh_space *space, struct rh_vec *vec, uint32_t item_size, uint32_t index)
{
	uint8_t *item = rh_vec_at(space, vec, item_size, index);

	memmove(item, item + item_size, (uint64_t)(vec->count - index - 1) * item_size);
	vec->count--;
}

void rh_vec_release(struct rh_space *space, struct rh_vec *vec, uint32_t item_size)
{
	rh_space_free(space, vec->items, (uint64_t)vec->cap * item_size);
	vec->items = 0;
	vec->count = 0;
	vec->cap = 0;
}

/*
 * Slots of the map.  A slot whose key is 0 is free; the key 0 itself lives in slot 0, which no
 * other key uses, with `key` 1 when it is there.  The other slots form a ring of cap - 1.
 */
struct slot {
	uint64_t key;
	uint64_t value;
};

#define IDMAP_MIN 8

static struct slot *slots_of(const struct rh_space *space, const struct rh_idmap *map)
{
	return rh_at(space, map->slots);
}

static uint32_t next_slot(uint32_t index, uint32_t cap)
{
	return index + 1 < cap ? index + 1 : 1;
}

static uint32_t home_slot(uint64_t key, uint32_t cap)
{
	uint32_t index = (uint32_t)rh_mix64(key) & (cap - 1);

	return index != 0 ? index : 1;
}

/* The slot that holds the key, or the free one where it would go. */
static struct slot *find_slot(struct slot *slots, uint32_t cap, uint64_t key)
{
	uint32_t index = home_slot(key, cap);

	RH_ASSERT(key != 0);
	while (slots[index].key != 0 && slots[index].key != key)
		index = next_slot(index, cap);
	return &slots[index];
}

bool rh_idmap_get(const struct rh_space *space, const struct rh_idmap *map, uint64_t key,
		  uint64_t *value)
{
	const struct slot *slot;

	if (map->count == 0)
		return false;
	slot = slots_of(space, map);
	if (key != 0)
		slot = find_slot(slots_of(space, map), map->cap, key);
	if (slot->key == 0)
		return false;
	*value = slot->value;
	return true;
}

static void grow_idmap(struct rh_space *space, struct rh_idmap *map)
{
	struct rh_idmap old = *map;
	const struct slot *from;
	struct slot *to;
	uint32_t i;

	RH_ASSERT(old.cap <= UINT32_C(1) << 30);
	map->cap = old.cap != 0 ? old.cap * 2 : IDMAP_MIN;
	map->slots = rh_space_alloc(space, map->cap * sizeof(struct slot));
	if (old.cap == 0)
		return;
	from = slots_of(space, &old);
	to = slots_of(space, map);
	to[0] = from[0];
	for (i = 1; i < old.cap; i++) {
		if (from[i].key != 0)
			*find_slot(to, map->cap, from[i].key) = from[i];
	}
	rh_space_free(space, old.slots, old.cap * sizeof(struct slot));
}

bool rh_idmap_put(struct rh_space *space, struct rh_idmap *map, uint64_t key, uint64_t value)
{
	struct slot *slot;
	bool is_new;

	/* At most 3/4 full, so that a free slot always ends the probe. */
	if (map->count >= map->cap / 4 * 3)
		grow_idmap(space, map);
	slot = slots_of(space, map);
	if (key != 0)
		slot = find_slot(slot, map->cap, key);
	is_new = slot->key == 0;
	slot->key = key != 0 ? key : 1;
	slot->value = value;
	map->count += is_new;
	return is_new;
}

bool rh_idmap_remove(struct rh_space *space, struct rh_idmap *map, uint64_t key)
{
	struct slot *slots;
	struct slot *slot;
	uint32_t hole;
	uint32_t at;

	if (map->count == 0)
		return false;
	slots = slots_of(space, map);
	slot = key != 0 ? find_slot(slots, map->cap, key) : slots;
	if (slot->key == 0)
		return false;
	map->count--;
	hole = (uint32_t)(slot - slots);
	slots[hole] = (struct slot){0, 0};
	if (key == 0)
		return true;
	/* Every later one of the cluster whose home is not behind the hole moves into it. */
	for (at = next_slot(hole, map->cap); slots[at].key != 0; at = next_slot(at, map->cap)) {
		uint32_t ring = map->cap - 1;
		uint32_t home = home_slot(slots[at].key, map->cap);

		if ((at + ring - home) % ring < (at + ring - hole) % ring)
			continue;
		slots[hole] = slots[at];
		slots[at] = (struct slot){0, 0};
		hole = at;
	}
	return true;
}

void rh_idmap_release(struct rh_space *space, struct rh_idmap *map)
{
	rh_space_free(space, map->slots, map->cap * sizeof(struct slot));
	map->slots = 0;
	map->count = 0;
	map->cap = 0;
}
