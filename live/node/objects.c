/*
 * objects.c - cells that each own one block of memory.
 */
#include "live/node/objects.h"

#include <stdlib.h>

#include "core/base/arena.h"

static struct live_object *cell_of(const struct live_objects *objects, struct rh_handle ref)
{
	struct live_object *cell;

	RH_ASSERT(ref.index >= 1 && ref.index <= objects->count);
	cell = &objects->cells[ref.index - 1];
	RH_ASSERT(cell->count > 0 && cell->generation == ref.generation);
	return cell;
}

void live_objects_release(struct live_objects *objects)
{
	for (uint32_t i = 0; i < objects->count; i++)
		free(objects->cells[i].bytes);
	free(objects->cells);
	*objects = (struct live_objects){0};
}

static uint32_t take_cell(struct live_objects *objects)
{
	uint32_t index = objects->free_head;

	if (index != 0) {
		objects->free_head = objects->cells[index - 1].next_free;
		return index;
	}
	if (objects->count == objects->cap) {
		objects->cap = objects->cap == 0 ? 64 : 2 * objects->cap;
		objects->cells = rh_realloc(objects->cells, objects->cap * sizeof(*objects->cells));
	}
	objects->cells[objects->count] = (struct live_object){0};
	return ++objects->count;
}

void *live_object_new(struct live_objects *objects, uint32_t size_bytes, struct rh_handle *ref)
{
	uint32_t index = take_cell(objects);
	struct live_object *cell = &objects->cells[index - 1];

	cell->bytes = rh_alloc(1, size_bytes > 0 ? size_bytes : 1);
	cell->size_bytes = size_bytes;
	cell->count = 1;
	cell->generation++;
	objects->live_count++;
	*ref = (struct rh_handle){index, cell->generation};
	return cell->bytes;
}

const void *live_object_at(const struct live_objects *objects, struct rh_handle ref)
{
	return ref.index == 0 ? NULL : cell_of(objects, ref)->bytes;
}

uint32_t live_object_size(const struct live_objects *objects, struct rh_handle ref)
{
	return cell_of(objects, ref)->size_bytes;
}

void live_object_keep(struct live_objects *objects, struct rh_handle ref)
{
	struct live_object *cell;

	if (ref.index == 0)
		return;
	cell = cell_of(objects, ref);
	RH_ASSERT(cell->count < UINT32_MAX);
	cell->count++;
}

void live_object_drop(struct live_objects *objects, struct rh_handle ref)
{
	struct live_object *cell;

	if (ref.index == 0)
		return;
	cell = cell_of(objects, ref);
	if (--cell->count > 0)
		return;
	free(cell->bytes);
	cell->bytes = NULL;
	cell->next_free = objects->free_head;
	objects->free_head = ref.index;
	objects->live_count--;
}
