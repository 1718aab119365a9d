/*
 * orphans.h - blocks that wait for something: for their parent, for their own time, for validation.
 *
 *	block arrives ──► parent known? ──no──► orphans ──(parent joins the tree)──┐
 *	                      │ yes                                                │
 *	                      ▼                                                    │
 *	                  own clock has reached it? ──no──► early ──(timer)────────┤
 *	                      │ yes                                                │
 *	                      ▼                                                    ▼
 *	                  validation ◄─────────────────────────────────────── tried again
 *
 * A pool holds at most `limit` blocks and gives them back in the order of their arrival.  When it
 * is full the oldest one leaves: a flood of unconnected blocks costs bounded memory, and what is
 * lost can be asked for again.  A pool is searched from end to end, since it holds a hundred blocks
 * or so.
 */
#ifndef MODELS_CHAIN_ORPHANS_H
#define MODELS_CHAIN_ORPHANS_H

#include "core/model.h"

struct rh_orphan {
	uint64_t id;
	uint64_t parent;
	uint64_t due_ns; /* on the node's clock: when to try again; 0 for those without a parent */
	struct rh_handle ref;
	uint32_t from; /* who sent it */
	uint32_t spare;
};

struct rh_orphans {
	struct rh_vec items; /* struct rh_orphan, oldest first */
};

/* Keeps orphan->ref.  The id of the block that had to leave, or 0.  limit > 0; the id is new. */
uint64_t rh_orphans_add(const struct rh_env *env, struct rh_orphans *pool, uint32_t limit,
			const struct rh_orphan *orphan);
bool rh_orphans_has(const struct rh_env *env, const struct rh_orphans *pool, uint64_t id);
/* Takes one out by its id; its reference is the caller's to drop. */
bool rh_orphans_take(const struct rh_env *env, struct rh_orphans *pool, uint64_t id,
		     struct rh_orphan *out);
/* Takes the oldest one whose parent is `parent` out; its reference is the caller's to drop. */
bool rh_orphans_take_child(const struct rh_env *env, struct rh_orphans *pool, uint64_t parent,
			   struct rh_orphan *out);
/* Takes the oldest one that is due out; its reference is the caller's to drop. */
bool rh_orphans_take_due(const struct rh_env *env, struct rh_orphans *pool, uint64_t clock_ns,
			 struct rh_orphan *out);
/* When the next one is due; RH_TIME_NEVER for an empty pool. */
uint64_t rh_orphans_next_due(const struct rh_env *env, const struct rh_orphans *pool);
/* Follows parents inside the pool: the oldest missing ancestor's id for a block. */
uint64_t rh_orphans_missing(const struct rh_env *env, const struct rh_orphans *pool, uint64_t id);
void rh_orphans_release(const struct rh_env *env, struct rh_orphans *pool);

#endif
