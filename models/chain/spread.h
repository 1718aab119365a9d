/*
 * spread.h - how transactions travel from node to node: announced, asked for and delivered many at
 * a time.
 *
 *	A                                     B
 *	|  (gathers for `interval`)           |
 *	|--- txinv: 17 ids ------------------>|   which of them do I lack?
 *	|<-- txget: 12 ids -------------------|
 *	|--- txs: 12 transactions ----------->|   checks them, and tells its own peers
 *
 * Blocks travel by models/relay, one by one, each with its way back to the first.  Transactions are
 * many, small and without order, and a message for each of them and each peer would be most of what
 * a network does: so what a node has new is told to all its peers at once, in one list.  Ids that a
 * peer announced are asked of that peer, and of the next that announced them when they did not come
 * in time; three others are remembered.  What nobody brings is forgotten, until it is announced again.
 *
 * Whoever uses it says which ids it wants, keeps the transactions, and answers txget itself.
 *
 * LIMIT: a list goes to all peers, also to the one that a transaction came from.
 */
#ifndef MODELS_CHAIN_SPREAD_H
#define MODELS_CHAIN_SPREAD_H

#include "models/chain/tx.h"

struct rh_spread_cfg {
	uint16_t ask_kind; /* message of ids that are asked for */
	uint16_t topic;	   /* of the announcements */
	uint16_t timer;	   /* its own */
	uint64_t interval_ns;
	uint64_t timeout_ns;
	uint32_t asked_max; /* ids asked for at one time; further ones are ignored */
};

struct rh_spread {
	struct rh_vec fresh; /* uint64_t ids to be told */
	struct rh_vec asked; /* struct ask of spread.c, by deadline; those that came are id 0 */
	struct rh_idmap asked_at; /* id -> number of the asking */
	uint64_t first;		  /* number of asked[0] */
	uint64_t flush_ns;	  /* when `fresh` is told; 0: nothing is */
	uint64_t timer_ns;	  /* 0: not set */
	uint64_t told;		  /* lists told: the key of the next one */
	uint64_t timeouts;
};

/* `starts` is how often the node started before: no list may bear the name of an earlier one. */
void rh_spread_init(struct rh_spread *spread, uint64_t starts);
void rh_spread_release(const struct rh_env *env, struct rh_spread *spread);

/* All peers are to know of it. */
void rh_spread_tell(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
		    const struct rh_env *env, struct rh_effects *fx, uint64_t id);
/* An announcement came: asks for what `wants` says and nobody was asked for yet. */
void rh_spread_heard(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
		     const struct rh_env *env, struct rh_effects *fx, uint32_t from,
		     const struct rh_tx_ids *ids, bool (*wants)(void *ctx, uint64_t id), void *ctx);
/* It is here, from whomever: no longer asked for. */
void rh_spread_came(struct rh_spread *spread, const struct rh_env *env, uint64_t id);
void rh_spread_on_timer(struct rh_spread *spread, const struct rh_spread_cfg *cfg,
			const struct rh_env *env, struct rh_effects *fx);

#endif
