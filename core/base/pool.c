/*
 * pool.c - cells of one size in a growable array, with the free ones chained through their heads.
 */
#include <string.h>

#include "core/base/bits.h"
#include "core/base/pool.h"

void rh_pool_init(struct rh_pool *pool, uint32_t cell_size, uint32_t limit)
{
	RH_ASSERT(cell_size != 0 && cell_size < UINT32_C(1) << 30);
	memset(pool, 0, sizeof(*pool));
	pool->stride = (uint32_t)rh_round_up(cell_size + sizeof(struct rh_pool_cell), 8);
	pool->limit = limit;
}

struct rh_handle rh_pool_take(struct rh_space *space, struct rh_pool *pool)
{
	struct rh_handle handle = {0, 0};
	struct rh_pool_cell *cell;

	RH_ASSERT(pool->stride != 0);
	if (pool->limit != 0 && pool->live_count >= pool->limit)
		return handle;
	handle.index = pool->free_head;
	if (handle.index != 0) {
		cell = rh_pool_cell(space, pool, handle.index);
		pool->free_head = cell->next_free;
		memset(cell + 1, 0, pool->stride - sizeof(*cell));
	} else {
		cell = rh_vec_push(space, &pool->cells, pool->stride);
		handle.index = pool->cells.count;
	}
	RH_ASSERT(cell->next_free != RH_POOL_LIVE);
	cell->next_free = RH_POOL_LIVE;
	pool->live_count++;
	handle.generation = cell->generation;
	return handle;
}

void rh_pool_give(struct rh_space *space, struct rh_pool *pool, struct rh_handle handle)
{
	struct rh_pool_cell *cell;

	RH_ASSERT(rh_pool_is_live(space, pool, handle));
	cell = rh_pool_cell(space, pool, handle.index);
	cell->generation++;
	cell->next_free = pool->free_head;
	pool->free_head = handle.index;
	pool->live_count--;
}
