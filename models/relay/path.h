/*
 * path.h - where a node stands in its tree of items, and the way from there to another item: inside
 * of models/relay, not for models.
 */
#ifndef MODELS_RELAY_PATH_H
#define MODELS_RELAY_PATH_H

#include "models/relay/relay.h"

/* A new locator object: the head, its parents, ever larger steps, and the first item. */
struct rh_handle rh_relay_locator_new(const struct rh_relay *relay, const struct rh_env *env);
/* A locator of one id. */
struct rh_handle rh_relay_locator_of(const struct rh_env *env, uint64_t id);

/*
 * A new list of the headers on the way to `to`, oldest first, from behind the newest item that the
 * locator names; at most RH_RELAY_HEADERS_MAX, the oldest ones.  `last` receives the id of the
 * newest in the list.  False when there is nothing to tell: `to` is not held, or the locator names
 * it.
 */
bool rh_relay_path_new(const struct rh_relay *relay, const struct rh_env *env, uint64_t to,
		       const struct rh_relay_locator *locator, uint64_t *last,
		       struct rh_handle *ref);

#endif
