/*
 * pool.c - cells of one size in a growable array, with the free ones chained through their heads.
 */
#include <string.h>

#include "core/base/bits.h"
#include "core/base/pool.h"

#define LIVE UINT32_MAX /* `next_free` of a cell in use */

struct cell {
	uint32_t generation;
	uint32_t next_free; /* index of the next free cell, 0 at the end */
};

static uint32_t stride_of(const struct rh_pool *pool)
{
	return (uint32_t)rh_round_up(pool->cell_size + sizeof(struct cell), 8);
}

static struct cell *cell_at(const struct rh_space *space, const struct rh_pool *pool,
			    uint32_t index)
{
	RH_ASSERT(index != 0);
	return rh_vec_at(space, &pool->cells, stride_of(pool), index - 1);
}

void rh_pool_init(struct rh_pool *pool, uint32_t cell_size, uint32_t limit)
{
	RH_ASSERT(cell_size != 0 && cell_size < UINT32_C(1) << 30);
	memset(pool, 0, sizeof(*pool));
	pool->cell_size = cell_size;
	pool->limit = limit;
}

struct rh_handle rh_pool_take(struct rh_space *space, struct rh_pool *pool)
{
	struct rh_handle handle = {0, 0};
	struct cell *cell;

	RH_ASSERT(pool->cell_size != 0);
	if (pool->limit != 0 && pool->live_count >= pool->limit)
		return handle;
	handle.index = pool->free_head;
	if (handle.index != 0) {
		cell = cell_at(space, pool, handle.index);
		pool->free_head = cell->next_free;
		memset(cell + 1, 0, stride_of(pool) - sizeof(*cell));
	} else {
		cell = rh_vec_push(space, &pool->cells, stride_of(pool));
		handle.index = pool->cells.count;
	}
	RH_ASSERT(cell->next_free != LIVE);
	cell->next_free = LIVE;
	pool->live_count++;
	handle.generation = cell->generation;
	return handle;
}

void rh_pool_give(struct rh_space *space, struct rh_pool *pool, struct rh_handle handle)
{
	struct cell *cell;

	RH_ASSERT(rh_pool_is_live(space, pool, handle));
	cell = cell_at(space, pool, handle.index);
	cell->generation++;
	cell->next_free = pool->free_head;
	pool->free_head = handle.index;
	pool->live_count--;
}

void *rh_pool_at(const struct rh_space *space, const struct rh_pool *pool, struct rh_handle handle)
{
	RH_ASSERT(rh_pool_is_live(space, pool, handle));
	return cell_at(space, pool, handle.index) + 1;
}

bool rh_pool_is_live(const struct rh_space *space, const struct rh_pool *pool,
		     struct rh_handle handle)
{
	const struct cell *cell;

	if (handle.index == 0 || handle.index > pool->cells.count)
		return false;
	cell = cell_at(space, pool, handle.index);
	return cell->next_free == LIVE && cell->generation == handle.generation;
}
