/*
 * orphans.c - a short list, oldest first.
 */
#include "models/chain/orphans.h"

#include "core/base/units.h"

static struct rh_orphan *orphan_at(const struct rh_env *env, const struct rh_orphans *pool,
				   uint32_t index)
{
	return rh_vec_at(env->space, &pool->items, sizeof(struct rh_orphan), index);
}

static uint32_t find(const struct rh_env *env, const struct rh_orphans *pool, uint64_t id)
{
	for (uint32_t i = 0; i < pool->items.count; i++) {
		if (orphan_at(env, pool, i)->id == id)
			return i;
	}
	return pool->items.count;
}

static void take(const struct rh_env *env, struct rh_orphans *pool, uint32_t index,
		 struct rh_orphan *out)
{
	*out = *orphan_at(env, pool, index);
	rh_vec_remove(env->space, &pool->items, sizeof(struct rh_orphan), index);
}

uint64_t rh_orphans_add(const struct rh_env *env, struct rh_orphans *pool, uint32_t limit,
			const struct rh_orphan *orphan)
{
	struct rh_orphan evicted = {0};

	RH_ASSERT(limit > 0 && !rh_orphans_has(env, pool, orphan->id));
	if (pool->items.count >= limit) {
		take(env, pool, 0, &evicted);
		if (evicted.ref.index != 0)
			rh_env_object_drop(env, evicted.ref);
	}
	*(struct rh_orphan *)rh_vec_push(env->space, &pool->items, sizeof(struct rh_orphan)) =
		*orphan;
	if (orphan->ref.index != 0)
		rh_env_object_keep(env, orphan->ref);
	return evicted.id;
}

bool rh_orphans_has(const struct rh_env *env, const struct rh_orphans *pool, uint64_t id)
{
	return find(env, pool, id) < pool->items.count;
}

bool rh_orphans_take(const struct rh_env *env, struct rh_orphans *pool, uint64_t id,
		     struct rh_orphan *out)
{
	uint32_t index = find(env, pool, id);

	if (index == pool->items.count)
		return false;
	take(env, pool, index, out);
	return true;
}

bool rh_orphans_take_child(const struct rh_env *env, struct rh_orphans *pool, uint64_t parent,
			   struct rh_orphan *out)
{
	for (uint32_t i = 0; i < pool->items.count; i++) {
		if (orphan_at(env, pool, i)->parent == parent) {
			take(env, pool, i, out);
			return true;
		}
	}
	return false;
}

bool rh_orphans_take_due(const struct rh_env *env, struct rh_orphans *pool, uint64_t clock_ns,
			 struct rh_orphan *out)
{
	for (uint32_t i = 0; i < pool->items.count; i++) {
		if (orphan_at(env, pool, i)->due_ns <= clock_ns) {
			take(env, pool, i, out);
			return true;
		}
	}
	return false;
}

uint64_t rh_orphans_next_due(const struct rh_env *env, const struct rh_orphans *pool)
{
	uint64_t next_ns = RH_TIME_NEVER;

	for (uint32_t i = 0; i < pool->items.count; i++) {
		uint64_t due_ns = orphan_at(env, pool, i)->due_ns;

		if (due_ns < next_ns)
			next_ns = due_ns;
	}
	return next_ns;
}

uint64_t rh_orphans_missing(const struct rh_env *env, const struct rh_orphans *pool, uint64_t id)
{
	/* A cycle of parents cannot be made from real blocks, but decoded garbage is not real. */
	for (uint32_t steps = 0; steps <= pool->items.count; steps++) {
		uint32_t index = find(env, pool, id);

		if (index == pool->items.count)
			return id;
		id = orphan_at(env, pool, index)->parent;
	}
	return id;
}

void rh_orphans_release(const struct rh_env *env, struct rh_orphans *pool)
{
	for (uint32_t i = 0; i < pool->items.count; i++) {
		struct rh_handle ref = orphan_at(env, pool, i)->ref;

		if (ref.index != 0)
			rh_env_object_drop(env, ref);
	}
	rh_vec_release(env->space, &pool->items, sizeof(struct rh_orphan));
}
