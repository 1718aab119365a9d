/*
 * objects.c - cells that each own one block of the space, and the list of free ones.
 */
#include "sim/kernel/objects.h"

struct object {
	rh_off block;
	uint32_t size_bytes;
	uint32_t count; /* 0: free */
	uint32_t generation;
	uint32_t next_free;
};

#define OBJECT ((uint32_t)sizeof(struct object))

static struct object *object_of(const struct rh_space *space, const struct sim_objects *objects,
				struct rh_handle ref)
{
	struct object *object = rh_tiers_at(space, &objects->cells, OBJECT, ref.index - 1);

	RH_ASSERT(object->generation == ref.generation);
	return object;
}

static struct object *take_cell(struct rh_space *space, struct sim_objects *objects,
				struct rh_handle *ref)
{
	struct object *object;

	rh_space_lock(space, &objects->is_locked);
	if (objects->free_head == 0) {
		ref->index = rh_tiers_add(space, &objects->cells, OBJECT) + 1;
		object = rh_tiers_at(space, &objects->cells, OBJECT, ref->index - 1);
	} else {
		ref->index = objects->free_head;
		object = rh_tiers_at(space, &objects->cells, OBJECT, ref->index - 1);
		objects->free_head = object->next_free;
	}
	rh_space_unlock(space, &objects->is_locked);
	return object;
}

void *sim_object_new(struct rh_space *space, struct sim_objects *objects, uint32_t size_bytes,
		     struct rh_handle *ref)
{
	rh_off block = rh_space_alloc(space, size_bytes);
	struct object *object = take_cell(space, objects, ref);

	RH_ASSERT(object->count == 0);
	object->block = block;
	object->size_bytes = size_bytes;
	object->count = 1;
	ref->generation = object->generation;
	return rh_at(space, block);
}

const void *sim_object_at(const struct rh_space *space, const struct sim_objects *objects,
			  struct rh_handle ref)
{
	if (ref.index == 0)
		return NULL;
	return rh_at(space, object_of(space, objects, ref)->block);
}

void sim_object_keep(const struct rh_space *space, const struct sim_objects *objects,
		     struct rh_handle ref)
{
	struct object *object;
	uint32_t before;

	if (ref.index == 0)
		return;
	object = object_of(space, objects, ref);
	if (space->is_shared)
		before = __atomic_fetch_add(&object->count, 1, __ATOMIC_RELAXED);
	else
		before = object->count++;
	RH_ASSERT(before > 0 && before < UINT32_MAX);
}

void sim_object_drop(struct rh_space *space, struct sim_objects *objects, struct rh_handle ref)
{
	struct object *object;
	uint32_t before;

	if (ref.index == 0)
		return;
	object = object_of(space, objects, ref);
	if (space->is_shared)
		before = __atomic_fetch_sub(&object->count, 1, __ATOMIC_ACQ_REL);
	else
		before = object->count--;
	RH_ASSERT(before > 0);
	if (before > 1)
		return;
	rh_space_free(space, object->block, object->size_bytes);
	rh_space_lock(space, &objects->is_locked);
	object->generation++;
	object->next_free = objects->free_head;
	objects->free_head = ref.index;
	rh_space_unlock(space, &objects->is_locked);
}
