/*
 * ledger.h - who has how much: the sum of all blocks up to one of them.
 *
 * The chain is born with wallets that hold the same balance each.  A transaction moves `amount` to
 * its recipient and `fee` to whoever found the block, takes the sender's next nonce, and is only
 * valid where the sender has both.  A block adds a subsidy for its finder, which is new money:
 *
 *	genesis: wallets * balance  +  subsidies of the chain  =  wallets  +  finders
 *
 * The ledger always stands at one block.  It goes along its chain by rh_ledger_apply() and back by
 * rh_ledger_undo(), so its owner can take it to any block of a tree: down to the common ancestor,
 * then up.  A transaction holds all that is needed to take it back.  What the law above says is
 * checked by adding everything up, not by looking at what was kept on the way.
 *
 * Memory: 16 bytes a wallet up to the highest one that was ever touched.
 *
 * LIMIT: finders do not spend; their rewards stay with them.
 */
#ifndef MODELS_CHAIN_LEDGER_H
#define MODELS_CHAIN_LEDGER_H

#include "models/chain/tx.h"

struct rh_wallet {
	uint64_t balance;
	uint32_t next; /* nonce of its next transaction */
	uint32_t spare;
};

struct rh_ledger {
	struct rh_vec wallets;	   /* struct rh_wallet; those above are as they were born */
	struct rh_vec finders;	   /* struct of ledger.c, in the order of their first block */
	struct rh_idmap finder_at; /* name64 -> place */
	uint32_t wallet_count;
	uint32_t spare;
	uint64_t birth_balance;
	uint64_t minted; /* subsidies so far */
	uint64_t tx_count;
};

/* What a block does to it. */
struct rh_ledger_block {
	const struct rh_tx *txs;
	uint32_t count;
	uint64_t finder64; /* name64 */
	uint64_t subsidy;
};

/* wallet_count * birth_balance must leave room for all subsidies in 63 bits. */
void rh_ledger_init(struct rh_ledger *ledger, uint32_t wallet_count, uint64_t birth_balance);
void rh_ledger_release(const struct rh_env *env, struct rh_ledger *ledger);

/* A wallet >= wallet_count has nothing. */
struct rh_wallet rh_ledger_wallet(const struct rh_env *env, const struct rh_ledger *ledger,
				  uint32_t wallet);
/* NULL, or why the block is not valid here; nothing has changed then. */
const char *rh_ledger_apply(const struct rh_env *env, struct rh_ledger *ledger,
			    const struct rh_ledger_block *block);
/* Takes the block back that was applied last. */
void rh_ledger_undo(const struct rh_env *env, struct rh_ledger *ledger,
		    const struct rh_ledger_block *block);

uint64_t rh_ledger_supply(const struct rh_ledger *ledger); /* what should be there */
/* Adds up all that is there; *root becomes a digest of all balances and nonces. */
uint64_t rh_ledger_sum(const struct rh_env *env, const struct rh_ledger *ledger, uint64_t *root);

#endif
