/*
 * objects.c - a pool of cells that each own one block of the space.
 */
#include "sim/objects.h"

struct object {
	rh_off block;
	uint32_t size_bytes;
	uint32_t count;
};

static struct object *object_of(const struct rh_space *space, const struct sim_objects *objects,
				struct rh_handle ref)
{
	struct object *object = rh_pool_at(space, &objects->cells, ref);

	RH_ASSERT(object->count > 0);
	return object;
}

void sim_objects_init(struct sim_objects *objects)
{
	rh_pool_init(&objects->cells, sizeof(struct object), 0);
}

void *sim_object_new(struct rh_space *space, struct sim_objects *objects, uint32_t size_bytes,
		     struct rh_handle *ref)
{
	rh_off block = rh_space_alloc(space, size_bytes);
	struct object *object;

	*ref = rh_pool_take(space, &objects->cells);
	object = rh_pool_at(space, &objects->cells, *ref);
	object->block = block;
	object->size_bytes = size_bytes;
	object->count = 1;
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

	if (ref.index == 0)
		return;
	object = object_of(space, objects, ref);
	RH_ASSERT(object->count < UINT32_MAX);
	object->count++;
}

void sim_object_drop(struct rh_space *space, struct sim_objects *objects, struct rh_handle ref)
{
	struct object *object;

	if (ref.index == 0)
		return;
	object = object_of(space, objects, ref);
	if (--object->count > 0)
		return;
	rh_space_free(space, object->block, object->size_bytes);
	rh_pool_give(space, &objects->cells, ref);
}
