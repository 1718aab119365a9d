/*
 * path.c - locators and lists of headers, from the parents that the relay's held items name.
 */
#include <string.h>

#include "models/relay/items.h"
#include "models/relay/path.h"

/* NULL when the id is not held: a path ends there. */
static const struct rh_relay_item *held(const struct rh_relay *relay, const struct rh_env *env,
					uint64_t id)
{
	const struct rh_relay_item *item;

	if (id == 0)
		return NULL;
	item = rh_relay_item_find(relay, env, id);
	return item != NULL && item->state == RH_RELAY_HELD ? item : NULL;
}

static struct rh_handle locator_from(const struct rh_env *env, const uint64_t *ids, uint32_t count)
{
	struct rh_handle ref;
	struct rh_relay_locator *locator = rh_env_object_new(
		env, (uint32_t)(sizeof(*locator) + count * sizeof(uint64_t)), &ref);

	locator->count = count;
	memcpy(locator->ids, ids, count * sizeof(uint64_t));
	return ref;
}

struct rh_handle rh_relay_locator_of(const struct rh_env *env, uint64_t id)
{
	return locator_from(env, &id, 1);
}

/* Ten single steps, then 2, 4, 8, ...: a path of 2^64 items would need 75 ids. */
struct rh_handle rh_relay_locator_new(const struct rh_relay *relay, const struct rh_env *env)
{
	uint64_t ids[RH_RELAY_LOCATOR_MAX];
	const struct rh_relay_item *item = held(relay, env, relay->head);
	uint32_t count = 0;
	uint64_t stride = 1;
	uint64_t steps = 0; /* since the last id that was taken */

	while (item != NULL) {
		const struct rh_relay_item *parent = held(relay, env, item->parent);

		if (count == 0 || steps == stride || parent == NULL) {
			RH_ASSERT(count < RH_RELAY_LOCATOR_MAX);
			ids[count++] = item->id;
			steps = 0;
			if (count > 10)
				stride *= 2;
		}
		steps++;
		item = parent;
	}
	return locator_from(env, ids, count);
}

static bool names(const struct rh_relay_locator *locator, uint64_t id)
{
	uint32_t i;

	for (i = 0; i < locator->count; i++)
		if (locator->ids[i] == id)
			return true;
	return false;
}

bool rh_relay_path_new(const struct rh_relay *relay, const struct rh_env *env, uint64_t to,
		       const struct rh_relay_locator *locator, uint64_t *last,
		       struct rh_handle *ref)
{
	const struct rh_relay_item *item = held(relay, env, to);
	struct rh_relay_headers *list;
	uint32_t length = 0;
	uint32_t count;
	uint32_t at;

	/* What has no body is the first item, which everybody has. */
	for (; item != NULL && item->ref.index != 0 && !names(locator, item->id); length++)
		item = held(relay, env, item->parent);
	if (length == 0)
		return false;
	count = length < RH_RELAY_HEADERS_MAX ? length : RH_RELAY_HEADERS_MAX;
	list = rh_env_object_new(
		env, (uint32_t)(sizeof(*list) + count * sizeof(struct rh_relay_header)), ref);
	list->count = count;
	item = held(relay, env, to);
	for (at = length; at-- > 0;) {
		RH_ASSERT(item != NULL);
		if (at < count)
			list->headers[at] = (struct rh_relay_header){item->id, item->parent};
		item = held(relay, env, item->parent);
	}
	*last = list->headers[count - 1].id;
	return true;
}
