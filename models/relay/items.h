/*
 * items.h - what a relay remembers of each item: inside of models/relay, not for models.
 *
 *        heard of           asked for            came            valid
 *   (none) ──► QUEUED ──────────► ASKED ──────► RECEIVED ──────► HELD
 *      │          ▲                 │ timeout      │
 *      └► PATH ───┘ headers         └► (none)      └► REFUSED
 *
 * PATH, QUEUED and ASKED are "wanted": such items stand in relay->pending in the order in which
 * they should come.  Items live in one array of cells that are used again; pointers to them are
 * good until the next rh_relay_item_add().
 */
#ifndef MODELS_RELAY_ITEMS_H
#define MODELS_RELAY_ITEMS_H

#include "models/relay/relay.h"

enum rh_relay_state {
	RH_RELAY_FREE, /* the cell holds no item */
	RH_RELAY_PATH, /* the way there was asked for (getheaders) */
	RH_RELAY_QUEUED,
	RH_RELAY_ASKED,
	RH_RELAY_HERE, /* received: the model has it and has not said what it thinks */
	RH_RELAY_HELD,
	RH_RELAY_REFUSED
};

struct rh_relay_item {
	uint64_t id;
	uint64_t parent;
	struct rh_handle ref; /* HELD: kept */
	rh_off known;	      /* bits of positions in env->peers: who told us; 0: nobody */
	uint64_t deadline_ns; /* PATH, ASKED: on the node's clock */
	uint32_t asked;	      /* position of the peer asked last, or to be asked first */
	uint16_t attempts;
	uint16_t state;	    /* enum rh_relay_state */
	uint32_t next_free; /* FREE: place + 1 of the next one */
	uint32_t unused;
};

#define RH_RELAY_NOBODY UINT32_MAX

struct rh_relay_item *rh_relay_item_at(const struct rh_relay *relay, const struct rh_env *env,
				       uint32_t place);
/* NULL when there is none */
struct rh_relay_item *rh_relay_item_find(const struct rh_relay *relay, const struct rh_env *env,
					 uint64_t id);
/* A new one, in state FREE still: the caller sets it. */
struct rh_relay_item *rh_relay_item_add(struct rh_relay *relay, const struct rh_env *env,
					uint64_t id);
void rh_relay_item_remove(struct rh_relay *relay, const struct rh_env *env, uint64_t id);

static inline bool rh_relay_item_is_wanted(const struct rh_relay_item *item)
{
	return item->state == RH_RELAY_PATH || item->state == RH_RELAY_QUEUED ||
	       item->state == RH_RELAY_ASKED;
}

/* Sets the state and keeps relay->asked_count right. */
void rh_relay_item_turn(struct rh_relay *relay, struct rh_relay_item *item,
			enum rh_relay_state state);
/* To the end of the pending list; out of it. */
void rh_relay_pending_push(struct rh_relay *relay, const struct rh_env *env,
			   const struct rh_relay_item *item);
void rh_relay_pending_remove(struct rh_relay *relay, const struct rh_env *env,
			     const struct rh_relay_item *item);

/* The peer at this position told us about it. */
void rh_relay_item_know(const struct rh_env *env, struct rh_relay_item *item, uint32_t position);
/* The next peer after `position`, round and round, that told us; NOBODY when none did. */
uint32_t rh_relay_item_next(const struct rh_env *env, const struct rh_relay_item *item,
			    uint32_t position);
/* Position of a peer by node index; NOBODY when it is none. */
uint32_t rh_relay_position(const struct rh_env *env, uint32_t node);

#endif
