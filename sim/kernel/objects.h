/*
 * objects.h - the world's object table: immutable things of any size, counted.
 *
 * Blocks, transactions and lists of headers live here once, however many messages, journals and
 * node states name them.  A handle says which; the last drop frees the bytes.  An object never
 * moves, so its address holds as long as a reference does.
 *
 * In a shared space (space.h) several threads may use the table at once: counts are atomic, the
 * list of free cells is used by one at a time.  Which cell an object gets may then differ from run to run,
 * and nothing may depend on it.
 */
#ifndef SIM_KERNEL_OBJECTS_H
#define SIM_KERNEL_OBJECTS_H

#include "core/base/pool.h"
#include "core/base/tiers.h"

/* Stands in the space. */
struct sim_objects {
	struct rh_tiers cells;
	uint32_t free_head; /* index of a handle, 0: none */
	bool is_locked;
};

/* Zeroed bytes and a handle with one reference. */
void *sim_object_new(struct rh_space *space, struct sim_objects *objects, uint32_t size_bytes,
		     struct rh_handle *ref);
/* NULL for the handle "none". */
const void *sim_object_at(const struct rh_space *space, const struct sim_objects *objects,
			  struct rh_handle ref);
/* Both do nothing for the handle "none". */
void sim_object_keep(const struct rh_space *space, const struct sim_objects *objects,
		     struct rh_handle ref);
void sim_object_drop(struct rh_space *space, struct sim_objects *objects, struct rh_handle ref);

#endif
