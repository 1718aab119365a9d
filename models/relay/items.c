/*
 * items.c - the table of items of a relay and the list of the wanted ones.
 */
#include "core/base/bits.h"
#include "models/relay/items.h"

static uint64_t known_bytes(const struct rh_env *env)
{
	return RH_BITS_WORDS(env->peer_count) * sizeof(uint64_t);
}

struct rh_relay_item *rh_relay_item_at(const struct rh_relay *relay, const struct rh_env *env,
				       uint32_t place)
{
	return rh_vec_at(env->space, &relay->items, sizeof(struct rh_relay_item), place);
}

struct rh_relay_item *rh_relay_item_find(const struct rh_relay *relay, const struct rh_env *env,
					 uint64_t id)
{
	struct rh_relay_item *item;
	uint64_t place;

	if (!rh_idmap_get(env->space, &relay->slots, id, &place))
		return NULL;
	item = rh_relay_item_at(relay, env, (uint32_t)place);
	RH_ASSERT(item->id == id && item->state != RH_RELAY_FREE);
	return item;
}

struct rh_relay_item *rh_relay_item_add(struct rh_relay *relay, const struct rh_env *env,
					uint64_t id)
{
	struct rh_relay_item *item;
	uint32_t place;
	bool is_new;

	RH_ASSERT(id != 0);
	if (relay->free_head != 0) {
		place = relay->free_head - 1;
		item = rh_relay_item_at(relay, env, place);
		relay->free_head = item->next_free;
		*item = (struct rh_relay_item){0};
	} else {
		place = relay->items.count;
		item = rh_vec_push(env->space, &relay->items, sizeof(*item));
	}
	item->id = id;
	item->asked = RH_RELAY_NOBODY;
	is_new = rh_idmap_put(env->space, &relay->slots, id, place);
	RH_ASSERT(is_new);
	return item;
}

void rh_relay_item_remove(struct rh_relay *relay, const struct rh_env *env, uint64_t id)
{
	struct rh_relay_item *item;
	uint64_t place = 0;
	bool is_there = rh_idmap_get(env->space, &relay->slots, id, &place);

	RH_ASSERT(is_there);
	item = rh_relay_item_at(relay, env, (uint32_t)place);
	RH_ASSERT(!rh_relay_item_is_wanted(item) && item->id == id);
	if (item->ref.index != 0)
		rh_env_object_drop(env, item->ref);
	if (item->known != 0)
		rh_space_free(env->space, item->known, known_bytes(env));
	is_there = rh_idmap_remove(env->space, &relay->slots, id);
	RH_ASSERT(is_there);
	*item = (struct rh_relay_item){.next_free = relay->free_head};
	relay->free_head = (uint32_t)place + 1;
}

void rh_relay_item_turn(struct rh_relay *relay, struct rh_relay_item *item,
			enum rh_relay_state state)
{
	if (item->state == RH_RELAY_ASKED) {
		RH_ASSERT(relay->asked_count > 0);
		relay->asked_count--;
	}
	if (state == RH_RELAY_ASKED)
		relay->asked_count++;
	item->state = (uint16_t)state;
}

/* Where an item stands in the array of all of them. */
static uint32_t place_of(const struct rh_relay *relay, const struct rh_env *env,
			 const struct rh_relay_item *item)
{
	const struct rh_relay_item *first = rh_relay_item_at(relay, env, 0);

	RH_ASSERT(item >= first && item < first + relay->items.count);
	return (uint32_t)(item - first);
}

void rh_relay_pending_push(struct rh_relay *relay, const struct rh_env *env,
			   const struct rh_relay_item *item)
{
	uint32_t place = place_of(relay, env, item);

	*(uint32_t *)rh_vec_push(env->space, &relay->pending, sizeof(place)) = place;
}

void rh_relay_pending_remove(struct rh_relay *relay, const struct rh_env *env,
			     const struct rh_relay_item *item)
{
	uint32_t place = place_of(relay, env, item);
	uint32_t i;

	for (i = 0; i < relay->pending.count; i++) {
		if (*(const uint32_t *)rh_vec_at(env->space, &relay->pending, sizeof(place), i) ==
		    place) {
			rh_vec_remove(env->space, &relay->pending, sizeof(place), i);
			return;
		}
	}
	RH_ASSERT(i < relay->pending.count); /* a wanted item is pending */
}

void rh_relay_item_know(const struct rh_env *env, struct rh_relay_item *item, uint32_t position)
{
	RH_ASSERT(position < env->peer_count);
	if (item->known == 0)
		item->known = rh_space_alloc(env->space, known_bytes(env));
	rh_bit_set(rh_at(env->space, item->known), position);
}

uint32_t rh_relay_item_next(const struct rh_env *env, const struct rh_relay_item *item,
			    uint32_t position)
{
	const uint64_t *words;
	uint64_t found;

	if (item->known == 0)
		return RH_RELAY_NOBODY;
	words = rh_at(env->space, item->known);
	found = env->peer_count;
	if (position < env->peer_count)
		found = rh_bits_next(words, env->peer_count, (uint64_t)position + 1);
	if (found >= env->peer_count)
		found = rh_bits_next(words, env->peer_count, 0);
	return found < env->peer_count ? (uint32_t)found : RH_RELAY_NOBODY;
}

uint32_t rh_relay_position(const struct rh_env *env, uint32_t node)
{
	uint32_t low = 0;
	uint32_t high = env->peer_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (env->peers[middle] < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low < env->peer_count && env->peers[low] == node ? low : RH_RELAY_NOBODY;
}
