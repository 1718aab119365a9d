/*
 * map.h - a hash map from text to a pointer or number that iterates in the order of insertion.
 *
 * Keys are borrowed (keep them in an arena).  Lookups cost one hash and a probe; the entries stand
 * in one array in the order in which they came, and that is the only order in which they can be
 * seen.
 */
#ifndef CORE_BASE_MAP_H
#define CORE_BASE_MAP_H

#include <stddef.h>

#include "core/base/assert.h"

struct rh_map_entry {
	const char *key; /* NULL once removed */
	size_t key_len;
	uint64_t hash;
	union {
		void *ptr;
		uint64_t number;
	};
};

struct rh_map {
	struct rh_map_entry *entries;
	uint32_t *slots;
	uint32_t entry_count; /* with removed ones */
	uint32_t entry_cap;
	uint32_t slot_count; /* power of two or 0 */
	uint32_t live_count;
};

void rh_map_init(struct rh_map *map); /* same as zeroing it */
void rh_map_release(struct rh_map *map);
/* NULL when the key is not there */
struct rh_map_entry *rh_map_find(const struct rh_map *map, const char *key, size_t key_len);
/* The entry of the key, made with value 0 when missing; *is_new says which.  Moves the others. */
struct rh_map_entry *rh_map_add(struct rh_map *map, const char *key, size_t key_len, bool *is_new);
bool rh_map_remove(struct rh_map *map, const char *key, size_t key_len);

#define rh_map_each(entry, map) \
	for ((entry) = (map)->entries; \
	     (entry) != NULL && (entry) < (map)->entries + (map)->entry_count; (entry)++) \
		if ((entry)->key != NULL)

#endif
