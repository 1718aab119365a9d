/*
 * map.c - the text map: entries in the order of insertion, and a table of slots that point at them.
 *
 * A slot holds the entry's position plus one, or 0.  A removed entry stays in place with key NULL,
 * and so does its slot, which lets the probes that passed over it go on; both vanish when the table
 * is rebuilt.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/hash.h"
#include "core/base/map.h"

#define SLOTS_MIN 16

void rh_map_init(struct rh_map *map)
{
	memset(map, 0, sizeof(*map));
}

void rh_map_release(struct rh_map *map)
{
	free(map->entries);
	free(map->slots);
	rh_map_init(map);
}

/* The slot where the key is, or the empty one where the probe ended. */
static uint32_t probe(const struct rh_map *map, const char *key, size_t key_len, uint64_t hash)
{
	uint32_t mask = map->slot_count - 1;
	uint32_t index = (uint32_t)hash & mask;

	while (map->slots[index] != 0) {
		const struct rh_map_entry *entry = &map->entries[map->slots[index] - 1];

		if (entry->hash == hash && entry->key != NULL && entry->key_len == key_len &&
		    memcmp(entry->key, key, key_len) == 0)
			break;
		index = (index + 1) & mask;
	}
	return index;
}

struct rh_map_entry *rh_map_find(const struct rh_map *map, const char *key, size_t key_len)
{
	uint32_t slot;

	RH_ASSERT(key != NULL);
	if (map->live_count == 0)
		return NULL;
	slot = probe(map, key, key_len, rh_hash64(key, key_len));
	return map->slots[slot] != 0 ? &map->entries[map->slots[slot] - 1] : NULL;
}

/* Closes the gaps of removed entries and makes a table with room for as many again. */
static void rebuild(struct rh_map *map)
{
	uint32_t live = 0;
	uint32_t slot_count = SLOTS_MIN;
	uint32_t i;

	for (i = 0; i < map->entry_count; i++) {
		if (map->entries[i].key != NULL)
			map->entries[live++] = map->entries[i];
	}
	RH_ASSERT(live == map->live_count && live < UINT32_C(1) << 29);
	map->entry_count = live;
	while (slot_count < 4 * (live + 1))
		slot_count *= 2;
	map->entry_cap = slot_count / 2;
	map->entries = rh_realloc(map->entries, map->entry_cap * sizeof(*map->entries));
	free(map->slots);
	map->slots = rh_alloc(slot_count, sizeof(*map->slots));
	map->slot_count = slot_count;
	for (i = 0; i < live; i++) {
		uint32_t slot = (uint32_t)map->entries[i].hash & (slot_count - 1);

		while (map->slots[slot] != 0)
			slot = (slot + 1) & (slot_count - 1);
		map->slots[slot] = i + 1;
	}
}

struct rh_map_entry *rh_map_add(struct rh_map *map, const char *key, size_t key_len, bool *is_new)
{
	uint64_t hash = rh_hash64(key, key_len);
	struct rh_map_entry *entry;
	uint32_t slot = 0;
	bool is_there = false;

	RH_ASSERT(key != NULL);
	if (map->slot_count != 0) {
		slot = probe(map, key, key_len, hash);
		is_there = map->slots[slot] != 0;
	}
	if (is_new != NULL)
		*is_new = !is_there;
	if (is_there)
		return &map->entries[map->slots[slot] - 1];
	if (map->entry_count == map->entry_cap) {
		rebuild(map);
		slot = probe(map, key, key_len, hash);
	}
	entry = &map->entries[map->entry_count++];
	memset(entry, 0, sizeof(*entry));
	entry->key = key;
	entry->key_len = key_len;
	entry->hash = hash;
	map->slots[slot] = map->entry_count;
	map->live_count++;
	return entry;
}

bool rh_map_remove(struct rh_map *map, const char *key, size_t key_len)
{
	struct rh_map_entry *entry = rh_map_find(map, key, key_len);

	if (entry == NULL)
		return false;
	entry->key = NULL;
	RH_ASSERT(map->live_count != 0);
	map->live_count--;
	return true;
}
