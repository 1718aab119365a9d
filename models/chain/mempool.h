/*
 * mempool.h - the transactions of one node that wait for a block.
 *
 *	by sender, in the order of nonces          by price, to find who must leave
 *
 *	alice   5 ── 6 ── 7                        heap: cheapest on top
 *	bob     2 ── . ── 4    (3 is missing:
 *	                        4 waits for it)
 *
 * What may enter: see the reasons below, each of which stands in a record.  One of a nonce that is
 * there already replaces the old one if it pays enough more.  A nonce ahead of the row waits for
 * those before it.  When the pool is full, the cheapest transaction's sender loses its last one, so
 * that no row gets a hole; this may be the one that just came.  After `expiry` one leaves by itself.
 *
 * Blocks are filled by price: of the first in each row the best, then the next of that row takes its
 * place.  A pool belongs to a node, so two nodes may disagree about everything here.
 *
 * The pool knows no chain: whoever calls says what the sender has and which nonce is next
 * (struct rh_wallet, from the ledger at the head).
 */
#ifndef MODELS_CHAIN_MEMPOOL_H
#define MODELS_CHAIN_MEMPOOL_H

#include "models/chain/ledger.h"

struct rh_mempool_cfg {
	uint32_t count_max;
	uint64_t bytes_max;
	uint64_t price_min; /* a byte */
	uint64_t bump_ppm;  /* how much more a replacement pays */
	uint32_t size_max;
	uint32_t gap_max;    /* nonces ahead of the chain */
	uint32_t sender_max; /* of one sender */
	uint64_t expiry_ns;
};

struct rh_mempool {
	struct rh_vec entries; /* struct entry of mempool.c; cells are used again */
	struct rh_vec heap;    /* uint32_t cells, cheapest first */
	struct rh_vec rows;    /* struct row of mempool.c, by wallet */
	struct rh_idmap by_id; /* id -> cell */
	uint32_t free_head;    /* cell + 1, or 0 */
	uint32_t oldest;       /* cell + 1 in the order of arrival, or 0 */
	uint32_t newest;
	uint32_t count;
	uint64_t bytes;
	uint64_t mark; /* equal for equal sets of transactions */
};

/* Told of each transaction that leaves without being asked for. */
struct rh_mempool_gone {
	void (*tell)(void *ctx, const struct rh_tx *tx, const char *why);
	void *ctx;
};

/* The reasons, as records give them. */
#define RH_TX_WHY_SIZE	   "it is too large"
#define RH_TX_WHY_SIGNED   "its signature is wrong"
#define RH_TX_WHY_WALLET   "there is no such wallet"
#define RH_TX_WHY_FEE	   "its fee is below the minimum"
#define RH_TX_WHY_OLD	   "its nonce is used"
#define RH_TX_WHY_GAP	   "its nonce is too far ahead"
#define RH_TX_WHY_BALANCE  "its sender has not enough"
#define RH_TX_WHY_BUMP	   "another one of its nonce is there and it does not pay enough more"
#define RH_TX_WHY_SENDER   "too many of its sender wait"
#define RH_TX_WHY_FULL	   "the pool is full of better ones"
#define RH_TX_WHY_EVICTED  "evicted: the pool is full of better ones"
#define RH_TX_WHY_REPLACED "replaced by one that pays more"
#define RH_TX_WHY_EXPIRED  "it has waited too long"
#define RH_TX_WHY_STALE	   "another one of its nonce is in a block"

void rh_mempool_release(const struct rh_env *env, struct rh_mempool *pool);

/* NULL when it is in the pool now, else why not.  It must not be there already.  `wallet` is the
 * sender's; wallet_count is the chain's. */
const char *rh_mempool_add(const struct rh_env *env, struct rh_mempool *pool,
			   const struct rh_mempool_cfg *cfg, const struct rh_tx *tx,
			   struct rh_wallet wallet, uint32_t wallet_count,
			   const struct rh_mempool_gone *gone);
bool rh_mempool_has(const struct rh_env *env, const struct rh_mempool *pool, uint64_t id);
/* Borrowed until the next add; NULL when it is not there. */
const struct rh_tx *rh_mempool_get(const struct rh_env *env, const struct rh_mempool *pool,
				   uint64_t id);
/* Takes one out: it is in a block.  *since_ns is when it came. */
bool rh_mempool_take(const struct rh_env *env, struct rh_mempool *pool, uint64_t id,
		     uint64_t *since_ns);
/* The sender's next nonce is `next`: those below it go. */
void rh_mempool_settle(const struct rh_env *env, struct rh_mempool *pool, uint32_t sender,
		       uint32_t next, const struct rh_mempool_gone *gone);
/* Those that came before clock - expiry go. */
void rh_mempool_expire(const struct rh_env *env, struct rh_mempool *pool,
		       const struct rh_mempool_cfg *cfg, const struct rh_mempool_gone *gone);
/* When the oldest came; RH_TIME_NEVER for an empty pool. */
uint64_t rh_mempool_oldest_ns(const struct rh_env *env, const struct rh_mempool *pool);

/* The best ones for a block on top of the ledger, in an order in which they are valid, pushed to
 * `txs` (struct rh_tx): at most count_max of them and bytes_max together. */
void rh_mempool_select(const struct rh_env *env, const struct rh_mempool *pool,
		       const struct rh_ledger *ledger, uint32_t count_max, uint64_t bytes_max,
		       struct rh_vec *txs);
/* Ids in the order of arrival of those that came at `until_ns` or before, pushed to `ids`. */
void rh_mempool_list(const struct rh_env *env, const struct rh_mempool *pool, uint64_t until_ns,
		     struct rh_vec *ids);

/* Recounts everything that is kept on the way; costs a walk. */
bool rh_mempool_is_consistent(const struct rh_env *env, const struct rh_mempool *pool);

#endif
