/*
 * pool.h - fixed-size cells in a space, named by handles that notice a stale use.
 *
 * A handle is an index and a generation; a cell's generation grows when it is freed, so a handle
 * kept too long is caught by an assertion instead of reading a stranger.  Handle 0 is "none".  Free
 * cells are reused last in, first out.
 */
#ifndef CORE_BASE_POOL_H
#define CORE_BASE_POOL_H

#include "core/base/space.h"

struct rh_handle {
	uint32_t index; /* from 1 */
	uint32_t generation;
};

struct rh_pool { /* lives inside the space; made by rh_pool_init() */
	struct rh_vec cells;
	uint32_t stride; /* of cells: the payload, its head of 8 bytes, rounded up to 8 */
	uint32_t free_head;
	uint32_t live_count;
	uint32_t limit; /* most cells alive; 0 = no limit */
};

void rh_pool_init(struct rh_pool *pool, uint32_t cell_size, uint32_t limit);
/* A zeroed cell.  At the limit: a handle with index 0. */
struct rh_handle rh_pool_take(struct rh_space *space, struct rh_pool *pool);
void rh_pool_give(struct rh_space *space, struct rh_pool *pool, struct rh_handle handle);

/* What stands before the payload. */
struct rh_pool_cell {
	uint32_t generation;
	uint32_t next_free; /* index of the next free cell, 0 at the end; RH_POOL_LIVE in use */
};

#define RH_POOL_LIVE UINT32_MAX

static inline struct rh_pool_cell *rh_pool_cell(const struct rh_space *space,
						const struct rh_pool *pool, uint32_t index)
{
	RH_ASSERT(index != 0);
	return (struct rh_pool_cell *)rh_vec_at(space, &pool->cells, pool->stride, index - 1);
}

static inline bool rh_pool_is_live(const struct rh_space *space, const struct rh_pool *pool,
				   struct rh_handle handle)
{
	const struct rh_pool_cell *cell;

	if (handle.index == 0 || handle.index > pool->cells.count)
		return false;
	cell = rh_pool_cell(space, pool, handle.index);
	return cell->next_free == RH_POOL_LIVE && cell->generation == handle.generation;
}

/* The payload, aligned to 8 bytes.  Borrowed until the next take, which may move the cells. */
static inline void *rh_pool_at(const struct rh_space *space, const struct rh_pool *pool,
			       struct rh_handle handle)
{
	RH_ASSERT(rh_pool_is_live(space, pool, handle));
	return rh_pool_cell(space, pool, handle.index) + 1;
}

#endif
