/*
 * objects.h - the object table of one hosted node: immutable things of any size, counted.
 *
 * Plain memory: nothing of a process is copied or snapshotted.  An object never moves, so its
 * address holds as long as a reference does.
 */
#ifndef LIVE_NODE_OBJECTS_H
#define LIVE_NODE_OBJECTS_H

#include "core/base/pool.h"

struct live_object {
	void *bytes; /* NULL: the cell is free */
	uint32_t size_bytes;
	uint32_t count;
	uint32_t generation;
	uint32_t next_free;
};

struct live_objects {
	struct live_object *cells; /* index 1 is cells[0] */
	uint32_t count;
	uint32_t cap;
	uint32_t free_head;
	uint32_t live_count;
};

void live_objects_release(struct live_objects *objects);
/* Zeroed bytes and a handle with one reference. */
void *live_object_new(struct live_objects *objects, uint32_t size_bytes, struct rh_handle *ref);
/* NULL for the handle "none". */
const void *live_object_at(const struct live_objects *objects, struct rh_handle ref);
uint32_t live_object_size(const struct live_objects *objects, struct rh_handle ref);
/* Both do nothing for the handle "none". */
void live_object_keep(struct live_objects *objects, struct rh_handle ref);
void live_object_drop(struct live_objects *objects, struct rh_handle ref);

#endif
