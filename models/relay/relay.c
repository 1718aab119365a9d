/*
 * relay.c - the protocol of relay.h: what a node does with each message, and whom it asks for what.
 *
 * Everything wanted is asked for by pump(), oldest first, at most `window` bodies at one time.  A
 * peer's answer is never waited for in any other way: deadlines of all requests are looked at when
 * the one timer fires, which stands at the earliest of them (or earlier: it is not put off when
 * that request is answered).
 */
#include <string.h>

#include "core/base/bits.h"
#include "core/base/dist.h"
#include "models/relay/items.h"
#include "models/relay/path.h"
#include "models/relay/relay.h"

/* What every step needs, in one place. */
struct step {
	struct rh_relay *relay;
	const struct rh_relay_cfg *cfg;
	const struct rh_env *env;
	struct rh_effects *fx;
};

static const struct rh_handle no_object;

/* ---- asking ---------------------------------------------------------------------------------- */

static void send(const struct step *s, uint32_t position, enum rh_relay_kind kind, uint64_t key,
		 struct rh_handle ref)
{
	RH_ASSERT(position < s->env->peer_count);
	rh_fx_send_at(s->fx, s->env, position, (uint16_t)(s->cfg->first_kind + kind), key, ref);
}

static void deadline_set(const struct step *s, struct rh_relay_item *item)
{
	uint64_t at_ns = rh_time_add(s->env->clock_ns, s->cfg->request_timeout_ns);

	item->deadline_ns = at_ns;
	item->attempts++;
	if (s->relay->timer_at_ns == 0 || at_ns < s->relay->timer_at_ns) {
		s->relay->timer_at_ns = at_ns;
		rh_fx_timer(s->fx, s->cfg->timer, at_ns);
	}
}

/* Asks the peer at `item->asked` for the body, or what is missing of it. */
static void ask(const struct step *s, struct rh_relay_item *item, enum rh_relay_kind kind)
{
	RH_ASSERT(kind == RH_RELAY_KIND_GETDATA || kind == RH_RELAY_KIND_GETMISSING);
	rh_relay_item_turn(s->relay, item, RH_RELAY_ASKED);
	send(s, item->asked, kind, item->id, no_object);
	s->relay->asked++;
	deadline_set(s, item);
}

static void ask_path(const struct step *s, struct rh_relay_item *item)
{
	RH_ASSERT(item->state == RH_RELAY_PATH);
	send(s, item->asked, RH_RELAY_KIND_GETHEADERS, item->id,
	     rh_relay_locator_new(s->relay, s->env));
	deadline_set(s, item);
}

static struct rh_relay_item *pending_at(const struct step *s, uint32_t index)
{
	const uint32_t *place = rh_vec_at(s->env->space, &s->relay->pending, sizeof(*place), index);

	return rh_relay_item_at(s->relay, s->env, *place);
}

static void pump(const struct step *s)
{
	uint32_t i;

	for (i = 0; i < s->relay->pending.count && s->relay->asked_count < s->cfg->window; i++) {
		struct rh_relay_item *item = pending_at(s, i);

		if (item->state == RH_RELAY_QUEUED)
			ask(s, item, RH_RELAY_KIND_GETDATA);
	}
}

/* A new wanted item that the peer at `position` has; NULL when too many are wanted already. */
static struct rh_relay_item *want(const struct step *s, uint64_t id, uint32_t position,
				  enum rh_relay_state state)
{
	struct rh_relay_item *item;

	if (s->relay->pending.count >= s->cfg->pending_max)
		return NULL;
	item = rh_relay_item_add(s->relay, s->env, id);
	rh_relay_item_turn(s->relay, item, state);
	rh_relay_item_know(s->env, item, position);
	item->asked = position;
	rh_relay_pending_push(s->relay, s->env, item);
	return item;
}

static void want_path(const struct step *s, uint64_t id, uint32_t position)
{
	struct rh_relay_item *item = want(s, id, position, RH_RELAY_PATH);

	if (item != NULL)
		ask_path(s, item);
}

/* No longer wanted, whatever comes next. */
static void settle(const struct step *s, struct rh_relay_item *item, enum rh_relay_state state)
{
	bool was_wanted = rh_relay_item_is_wanted(item);

	rh_relay_item_turn(s->relay, item, state);
	if (was_wanted)
		rh_relay_pending_remove(s->relay, s->env, item);
}

/* ---- messages -------------------------------------------------------------------------------- */

bool rh_relay_is_mine(const struct rh_relay_cfg *cfg, const struct rh_event *event)
{
	return event->class == RH_CLASS_MESSAGE && event->kind >= cfg->first_kind &&
	       event->kind - cfg->first_kind < RH_RELAY_KIND_COUNT;
}

static void on_inv(const struct step *s, uint64_t id, uint32_t position)
{
	struct rh_relay_item *item = rh_relay_item_find(s->relay, s->env, id);

	if (item != NULL)
		rh_relay_item_know(s->env, item, position);
	else if (want(s, id, position, RH_RELAY_QUEUED) != NULL)
		pump(s);
}

static void on_getdata(const struct step *s, uint64_t id, uint32_t position,
		       enum rh_relay_kind answer)
{
	const struct rh_relay_item *item = rh_relay_item_find(s->relay, s->env, id);

	if (item != NULL && item->state == RH_RELAY_HELD && item->ref.index != 0)
		send(s, position, answer, id, item->ref);
}

/* One header of a list; false when the rest of the list is of no use. */
static bool on_header(const struct step *s, const struct rh_relay_header *header, uint32_t position)
{
	struct rh_relay_item *item = rh_relay_item_find(s->relay, s->env, header->id);
	const struct rh_relay_item *parent;

	if (header->id == 0 || header->id == header->parent)
		return false;
	if (item != NULL && item->state == RH_RELAY_PATH) {
		rh_relay_item_know(s->env, item, position);
		/* Another peer's announcement of it is not the way that was asked for. */
		if (item->asked != position && header->parent != 0 &&
		    rh_relay_item_find(s->relay, s->env, header->parent) == NULL)
			return false;
		/* It is the way's end: what leads there stands before it in the list. */
		rh_relay_pending_remove(s->relay, s->env, item);
		rh_relay_pending_push(s->relay, s->env, item);
		rh_relay_item_turn(s->relay, item, RH_RELAY_QUEUED);
		item->parent = header->parent;
		item->asked = position;
		item->attempts = 0;
		return true;
	}
	if (item != NULL) {
		rh_relay_item_know(s->env, item, position);
		return item->state != RH_RELAY_REFUSED;
	}
	parent = header->parent != 0 ? rh_relay_item_find(s->relay, s->env, header->parent) : NULL;
	if (header->parent != 0 && parent == NULL) {
		want_path(s, header->id, position);
		return false;
	}
	if (parent != NULL && parent->state == RH_RELAY_REFUSED)
		return false;
	item = want(s, header->id, position, RH_RELAY_QUEUED);
	if (item == NULL)
		return false;
	item->parent = header->parent;
	return true;
}

static void on_headers(const struct step *s, const struct rh_relay_headers *list, uint32_t position)
{
	uint32_t i;

	if (list->count == 0 || list->count > RH_RELAY_HEADERS_MAX)
		return;
	for (i = 0; i < list->count; i++)
		if (!on_header(s, &list->headers[i], position))
			break;
	/* A full list is not the whole way. */
	if (i == RH_RELAY_HEADERS_MAX)
		send(s, position, RH_RELAY_KIND_GETHEADERS, 0,
		     rh_relay_locator_of(s->env, list->headers[i - 1].id));
	pump(s);
}

/* `stop` 0 asks for all we have, and comes from a peer that greets: its head may be news. */
static void on_getheaders(const struct step *s, uint64_t stop,
			  const struct rh_relay_locator *locator, uint32_t position)
{
	uint64_t last = stop != 0 ? stop : s->relay->head;
	struct rh_handle ref;

	if (locator->count > RH_RELAY_LOCATOR_MAX)
		return;
	if (stop == 0 && locator->count != 0 && locator->ids[0] != 0) {
		struct rh_relay_item *head = rh_relay_item_find(s->relay, s->env, locator->ids[0]);

		if (head != NULL)
			rh_relay_item_know(s->env, head, position);
		else
			want_path(s, locator->ids[0], position);
	}
	if (rh_relay_path_new(s->relay, s->env, last, locator, &last, &ref))
		send(s, position, RH_RELAY_KIND_HEADERS, last, ref);
}

/* A body is here. */
static struct rh_relay_got deliver(const struct step *s, const struct rh_event *event,
				   uint32_t position)
{
	struct rh_relay_item *item = rh_relay_item_find(s->relay, s->env, event->key);
	struct rh_relay_got got = {RH_RELAY_NOTHING, event->key, event->from, event->ref,
				   event->object};

	if (item != NULL && !rh_relay_item_is_wanted(item)) {
		rh_relay_item_know(s->env, item, position);
		s->relay->duplicates++;
		return got;
	}
	if (item == NULL)
		item = rh_relay_item_add(s->relay, s->env, event->key);
	rh_relay_item_know(s->env, item, position);
	settle(s, item, RH_RELAY_HERE);
	s->relay->received++;
	got.verdict = RH_RELAY_RECEIVED;
	pump(s);
	return got;
}

/*
 * The same draw for every copy of a block: what lacks in the mempool lacks whoever sends it.  Only
 * the first sender is asked for it.
 */
static struct rh_relay_got on_compact(const struct step *s, const struct rh_event *event,
				      uint32_t position)
{
	struct rh_relay_got nothing = {.id = event->key, .from = event->from};
	struct rh_relay_item *item = rh_relay_item_find(s->relay, s->env, event->key);

	if (item != NULL)
		rh_relay_item_know(s->env, item, position);
	if (item != NULL && (!rh_relay_item_is_wanted(item) || item->state == RH_RELAY_ASKED))
		return nothing;
	s->relay->compact_received++;
	if (!rh_happens(rh_env_draw(s->env, RH_PURPOSE_COMPACT_FAILURE, event->key),
			s->cfg->compact_failure))
		return deliver(s, event, position);
	s->relay->compact_failures++;
	if (item == NULL)
		item = want(s, event->key, position, RH_RELAY_QUEUED);
	if (item == NULL)
		return nothing;
	item->asked = position;
	ask(s, item, RH_RELAY_KIND_GETMISSING);
	return nothing;
}

struct rh_relay_got rh_relay_on_message(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
					const struct rh_env *env, struct rh_effects *fx,
					const struct rh_event *event)
{
	struct step s = {relay, cfg, env, fx};
	struct rh_relay_got nothing = {.id = event->key, .from = event->from};
	uint32_t position = rh_relay_position(env, event->from);
	enum rh_relay_kind kind = (enum rh_relay_kind)(event->kind - cfg->first_kind);

	RH_ASSERT(rh_relay_is_mine(cfg, event));
	if (position == RH_RELAY_NOBODY || (event->key == 0 && kind != RH_RELAY_KIND_GETHEADERS))
		return nothing;
	switch (kind) {
	case RH_RELAY_KIND_INV:
		on_inv(&s, event->key, position);
		return nothing;
	case RH_RELAY_KIND_GETDATA:
		on_getdata(&s, event->key, position, RH_RELAY_KIND_ITEM);
		return nothing;
	case RH_RELAY_KIND_GETMISSING:
		on_getdata(&s, event->key, position, RH_RELAY_KIND_MISSING);
		return nothing;
	case RH_RELAY_KIND_HEADERS:
		if (event->object != NULL)
			on_headers(&s, event->object, position);
		return nothing;
	case RH_RELAY_KIND_GETHEADERS:
		if (event->object != NULL)
			on_getheaders(&s, event->key, event->object, position);
		return nothing;
	case RH_RELAY_KIND_COMPACT:
		return event->object != NULL ? on_compact(&s, event, position) : nothing;
	case RH_RELAY_KIND_ITEM:
	case RH_RELAY_KIND_MISSING:
		return event->object != NULL ? deliver(&s, event, position) : nothing;
	case RH_RELAY_KIND_COUNT:
		break;
	}
	return nothing;
}

/* ---- the timer ------------------------------------------------------------------------------- */

/* Asks the next peer that has it; true when there were too many attempts. */
static bool is_given_up(const struct step *s, struct rh_relay_item *item)
{
	s->relay->timeouts++;
	if (item->attempts >= s->cfg->attempts_max)
		return true;
	item->asked = rh_relay_item_next(s->env, item, item->asked);
	RH_ASSERT(item->asked != RH_RELAY_NOBODY); /* who made it wanted has it */
	if (item->state == RH_RELAY_PATH)
		ask_path(s, item);
	else
		ask(s, item, RH_RELAY_KIND_GETDATA);
	return false;
}

void rh_relay_on_timer(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
		       const struct rh_env *env, struct rh_effects *fx)
{
	struct step s = {relay, cfg, env, fx};
	uint64_t next_ns = 0;
	uint32_t i = 0;

	/* Not 0 while requests are repeated: the timer is set once, at the end. */
	relay->timer_at_ns = 1;
	while (i < relay->pending.count) {
		struct rh_relay_item *item = pending_at(&s, i);

		if (item->state == RH_RELAY_QUEUED) {
			i++;
			continue;
		}
		if (item->deadline_ns <= env->clock_ns && is_given_up(&s, item)) {
			relay->given_up++;
			settle(&s, item, RH_RELAY_HERE);
			rh_relay_item_remove(relay, env, item->id);
			continue;
		}
		if (next_ns == 0 || item->deadline_ns < next_ns)
			next_ns = item->deadline_ns;
		i++;
	}
	relay->timer_at_ns = next_ns;
	if (next_ns != 0)
		rh_fx_timer(fx, cfg->timer, next_ns);
	pump(&s);
}

/* ---- what the model says --------------------------------------------------------------------- */

/* The item of a valid id, held from now on; NULL when it was held before. */
static struct rh_relay_item *hold(const struct step *s, uint64_t id, uint64_t parent,
				  struct rh_handle ref)
{
	struct rh_relay_item *item = rh_relay_item_find(s->relay, s->env, id);

	RH_ASSERT(id != 0 && id != parent);
	if (item == NULL)
		item = rh_relay_item_add(s->relay, s->env, id);
	if (item->state == RH_RELAY_HELD)
		return NULL;
	settle(s, item, RH_RELAY_HELD);
	item->parent = parent;
	item->ref = ref;
	if (ref.index != 0)
		rh_env_object_keep(s->env, ref);
	return item;
}

void rh_relay_hold(struct rh_relay *relay, const struct rh_env *env, uint64_t id, uint64_t parent,
		   struct rh_handle ref)
{
	struct step s = {.relay = relay, .env = env};

	hold(&s, id, parent, ref);
}

static struct rh_handle header_new(const struct rh_env *env, uint64_t id, uint64_t parent)
{
	struct rh_handle ref;
	struct rh_relay_headers *list = rh_env_object_new(
		env, (uint32_t)(sizeof(*list) + sizeof(struct rh_relay_header)), &ref);

	list->count = 1;
	list->headers[0] = (struct rh_relay_header){id, parent};
	return ref;
}

void rh_relay_announce(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
		       const struct rh_env *env, struct rh_effects *fx, uint64_t id,
		       uint64_t parent, struct rh_handle ref)
{
	struct step s = {.relay = relay, .env = env};
	const struct rh_relay_item *item = hold(&s, id, parent, ref);
	const uint64_t *skip = NULL;
	enum rh_relay_topic topic = RH_RELAY_TOPIC_ITEM;

	RH_ASSERT(ref.index != 0);
	if (item == NULL)
		return;
	if (item->known != 0) {
		skip = rh_at(env->space, item->known);
		if (rh_bits_count(skip, RH_BITS_WORDS(env->peer_count)) == env->peer_count)
			return;
	}
	switch (cfg->policy) {
	case RH_RELAY_FLOOD:
		break;
	case RH_RELAY_INVENTORY:
		topic = RH_RELAY_TOPIC_INV;
		ref = no_object;
		break;
	case RH_RELAY_HEADERS:
		topic = RH_RELAY_TOPIC_HEADERS;
		ref = header_new(env, id, parent);
		break;
	case RH_RELAY_COMPACT:
		topic = RH_RELAY_TOPIC_COMPACT;
		break;
	}
	/* The words stand in a block of their own, which stays where it is during the step. */
	rh_fx_publish(fx, (uint16_t)(cfg->first_topic + topic), id, ref, skip);
}

void rh_relay_refuse(struct rh_relay *relay, const struct rh_env *env, uint64_t id)
{
	struct step s = {.relay = relay, .env = env};
	struct rh_relay_item *item = rh_relay_item_find(relay, env, id);

	if (item == NULL)
		item = rh_relay_item_add(relay, env, id);
	settle(&s, item, RH_RELAY_REFUSED);
	if (item->ref.index != 0)
		rh_env_object_drop(env, item->ref);
	item->ref = no_object;
}

void rh_relay_forget(struct rh_relay *relay, const struct rh_env *env, uint64_t id)
{
	struct step s = {.relay = relay, .env = env};
	struct rh_relay_item *item = rh_relay_item_find(relay, env, id);

	if (item == NULL)
		return;
	settle(&s, item, RH_RELAY_HERE);
	rh_relay_item_remove(relay, env, id);
}

void rh_relay_request_missing(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
			      const struct rh_env *env, struct rh_effects *fx, uint64_t id,
			      uint32_t from)
{
	struct step s = {relay, cfg, env, fx};
	uint32_t position = rh_relay_position(env, from);
	struct rh_relay_item *item;

	if (position == RH_RELAY_NOBODY || id == 0)
		return;
	item = rh_relay_item_find(relay, env, id);
	if (item != NULL)
		rh_relay_item_know(env, item, position);
	else
		want_path(&s, id, position);
}

void rh_relay_greet(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
		    const struct rh_env *env, struct rh_effects *fx)
{
	struct step s = {relay, cfg, env, fx};
	struct rh_handle locator = rh_relay_locator_new(relay, env);
	uint32_t i;

	for (i = 0; i < env->peer_count; i++)
		send(&s, i, RH_RELAY_KIND_GETHEADERS, 0, locator);
}

/* ---- questions and the end ------------------------------------------------------------------- */

bool rh_relay_has(const struct rh_relay *relay, const struct rh_env *env, uint64_t id)
{
	const struct rh_relay_item *item = rh_relay_item_find(relay, env, id);

	return item != NULL && item->state == RH_RELAY_HELD;
}

bool rh_relay_wants(const struct rh_relay *relay, const struct rh_env *env, uint64_t id)
{
	const struct rh_relay_item *item = rh_relay_item_find(relay, env, id);

	return item != NULL && rh_relay_item_is_wanted(item);
}

void rh_relay_release(struct rh_relay *relay, const struct rh_env *env)
{
	uint32_t i;

	for (i = 0; i < relay->items.count; i++) {
		struct rh_relay_item *item = rh_relay_item_at(relay, env, i);

		if (item->state == RH_RELAY_FREE)
			continue;
		if (item->ref.index != 0)
			rh_env_object_drop(env, item->ref);
		if (item->known != 0)
			rh_space_free(env->space, item->known,
				      RH_BITS_WORDS(env->peer_count) * sizeof(uint64_t));
	}
	rh_vec_release(env->space, &relay->items, sizeof(struct rh_relay_item));
	rh_vec_release(env->space, &relay->pending, sizeof(uint32_t));
	rh_idmap_release(env->space, &relay->slots);
	memset(relay, 0, sizeof(*relay));
}

void rh_relay_digest(const struct rh_relay *relay, const struct rh_env *env,
		     struct rh_digest *digest)
{
	uint32_t i;

	rh_digest_u64(digest, relay->head);
	rh_digest_u32(digest, relay->pending.count);
	for (i = 0; i < relay->items.count; i++) {
		const struct rh_relay_item *item = rh_relay_item_at(relay, env, i);

		rh_digest_u64(digest, item->id);
		rh_digest_u32(digest, item->state);
		rh_digest_u64(digest, item->parent);
	}
}
