/*
 * node.h - the inside of a proof-of-work node: its state, and the steps it is made of.  Only files
 * of this folder and its tests include it.
 *
 *	model.c    the table; takes an event and calls one of these
 *	mine.c     finding blocks
 *	accept.c   from a block that was received to a block in the tree, and what follows from it
 *	money.c    transactions: the pool, the ledger, and what they have to do with blocks
 */
#ifndef MODELS_POW_NODE_H
#define MODELS_POW_NODE_H

#include "models/chain/mempool.h"
#include "models/chain/orphans.h"
#include "models/chain/spread.h"
#include "models/chain/tree.h"
#include "models/pow/block.h"
#include "models/pow/params.h"
#include "models/relay/relay.h"

enum {
	RH_POW_TIMER_MINE,
	RH_POW_TIMER_EARLY,
	RH_POW_TIMER_RELAY,
	RH_POW_TIMER_REFRESH,
	RH_POW_TIMER_SPREAD,
	RH_POW_TIMER_POOL
};

/* Messages and topics of transactions, behind those of the relay. */
enum {
	RH_POW_KIND_TXINV = RH_RELAY_KIND_COUNT,
	RH_POW_KIND_TXGET,
	RH_POW_KIND_TXS,
	RH_POW_KIND_COUNT
};
enum { RH_POW_WORK_VALIDATE };
enum { RH_POW_ACTION_MINE };

#define RH_POW_FIRST_TOPIC 1
#define RH_POW_TOPIC_TXINV (RH_POW_FIRST_TOPIC + RH_RELAY_TOPIC_COUNT)

/* Own gauges, in the order of the table in model.c. */
enum {
	RH_POW_GAUGE_ORPHANS,
	RH_POW_GAUGE_EARLY,
	RH_POW_GAUGE_REVENUE,
	RH_POW_GAUGE_OWN_BLOCKS,
	RH_POW_GAUGE_OWN_STALE,
	RH_POW_GAUGE_DIFFICULTY,
	RH_POW_GAUGE_REFUSED,
	RH_POW_GAUGE_TRANSACTIONS,
	RH_POW_GAUGE_MEMPOOL_BYTES,
	RH_POW_GAUGE_MEMPOOL,
	RH_POW_GAUGE_BALANCES,
	RH_POW_GAUGE_TX_REFUSED,
	RH_POW_GAUGE_TX_EVICTED,
	RH_POW_GAUGE_TX_REPLACED,
	RH_POW_GAUGE_TX_EXPIRED,
	RH_POW_GAUGE_TX_RETURNED,
	RH_POW_GAUGE_COUNT
};

/* Volatile: a crash zeroes it, and START builds it again from the journal. */
struct rh_pow_state {
	struct rh_pow_rules rules; /* from the parameters, once */
	struct rh_relay_cfg relay_cfg;
	struct rh_chain chain;
	struct rh_orphans orphans; /* their parent is missing */
	struct rh_orphans early;   /* their time is too far ahead */
	struct rh_relay relay;
	struct rh_orphans validating; /* in the node's worker */
	uint64_t starts;	      /* how often the node started before */
	uint64_t head_since_ns;	      /* own clock */
	uint64_t minted;	      /* subsidies on the main chain; kept block by block */
	uint64_t revenue;	      /* rewards of own blocks on the main chain */
	uint32_t own_blocks;	      /* own blocks in the tree */
	uint32_t own_main;	      /* ... and on the main chain */
	uint32_t final_height;
	uint64_t refused;
	/* What a target means costs a long division; it changes once a window. */
	uint32_t memo_bits;
	uint32_t last_move_is_sound; /* the last head move went to a better chain */
	struct rh_u256 memo_work;
	uint64_t memo_mean_ns; /* of this node */
	int64_t memo_difficulty;
	uint32_t moved_in_step; /* the head moved in the step that was just made */
	uint32_t added_in_step; /* the tree grew in it */
	uint32_t own_in_step;	/* what the node earned or found changed in it */
	uint32_t spare;
	int64_t told_difficulty;
	rh_off money; /* struct rh_pow_money, on a chain with wallets; else 0 */
};

#define RH_POW_RING_MAX 4096

/* The last ids of some kind. */
struct rh_pow_ring {
	struct rh_vec ids; /* uint64_t */
	struct rh_idmap has;
	uint32_t next; /* place of the oldest in a full ring */
	uint32_t spare;
};

/* What a node of a chain with wallets has beside its blocks. */
struct rh_pow_money {
	struct rh_ledger ledger;
	struct rh_mempool pool;
	struct rh_mempool_cfg pool_cfg;
	struct rh_spread spread;
	struct rh_spread_cfg spread_cfg;
	struct rh_pow_ring refused; /* since the last block: not asked for again */
	struct rh_pow_ring expired; /* not taken again, or it would go round for ever */
	uint32_t position;	    /* block in the tree at which the ledger stands */
	uint64_t reannounce_ns;	    /* next time; 0: never */
	uint64_t pool_timer_ns;
	uint64_t refused_count;
	uint64_t evicted_count;
	uint64_t replaced_count;
	uint64_t expired_count;
	uint64_t returned_count;
	int64_t delay_ns;	  /* of the last block that held something the node had: mean */
	uint32_t touched_in_step; /* the pool changed */
};

/* One step's surroundings. */
struct rh_pow {
	const struct rh_env *env;
	struct rh_effects *fx;
	struct rh_pow_state *state;
	const struct rh_pow_params *params;
};

void rh_pow_relay_cfg(struct rh_relay_cfg *cfg, const struct rh_pow_params *params);

/* Seconds since 1970 on the node's own clock. */
uint64_t rh_pow_now_s(const struct rh_env *env);
uint64_t rh_pow_genesis_id(void);
/* Median time past of the chain that ends in `position`: a child must be later. */
uint64_t rh_pow_median_past(const struct rh_env *env, const struct rh_chain *chain,
			    uint32_t position);
/* time_s > rh_pow_median_past(), which mostly takes a look at half of the blocks. */
bool rh_pow_is_after_median(const struct rh_env *env, const struct rh_chain *chain,
			    uint32_t position, uint64_t time_s);
/* The bits that a child of `position` must have. */
uint32_t rh_pow_required_bits(const struct rh_env *env, const struct rh_chain *chain,
			      const struct rh_pow_rules *rules, uint32_t position);

/* mine.c */
void rh_pow_mine_start(struct rh_pow *pow); /* (again) on the head */
void rh_pow_mine_block(struct rh_pow *pow);

/* accept.c */
/* `id` is what the message called it. */
void rh_pow_receive(struct rh_pow *pow, uint64_t id, struct rh_handle ref,
		    const struct rh_pow_block *block, uint32_t from);
void rh_pow_validated(struct rh_pow *pow, uint64_t id, struct rh_handle ref,
		      const struct rh_pow_block *block);
void rh_pow_retry_early(struct rh_pow *pow);
/* Into the tree, with all that follows.  The parent is in the tree and the block is valid. */
void rh_pow_accept(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block);
/* The same for a block of the journal: no records, no effects. */
void rh_pow_reload(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block);
void rh_pow_gauges(struct rh_pow *pow);
void rh_pow_gauge_pools(struct rh_pow *pow);
/* At the end of each step: what follows once from all that it accepted. */
void rh_pow_settle(struct rh_pow *pow);
void rh_pow_memo(struct rh_pow *pow, uint32_t bits);

/* money.c: nothing but the first two may be called on a chain without wallets. */
void rh_pow_money_start(struct rh_pow *pow, uint64_t starts);
void rh_pow_money_release(const struct rh_env *env, struct rh_pow_state *state);
/* NULL, or why these transactions cannot be in a block on top of `parent`. */
const char *rh_pow_money_broken_rule(struct rh_pow *pow, const struct rh_pow_block *block,
				     uint32_t parent);
/* The body of a block on the head, pushed to `txs` (struct rh_tx). */
void rh_pow_money_fill(struct rh_pow *pow, struct rh_vec *txs);
/* The head moved: the ledger follows, and the pool.  Without `is_told` no records are made. */
void rh_pow_money_follow(struct rh_pow *pow, const struct rh_chain_move *move, bool is_told);
void rh_pow_money_input(struct rh_pow *pow, const struct rh_event *event);
void rh_pow_money_message(struct rh_pow *pow, const struct rh_event *event);
void rh_pow_money_timer(struct rh_pow *pow, const struct rh_event *event);
void rh_pow_money_gauges(struct rh_pow *pow);
void rh_pow_money_digest(const struct rh_env *env, const struct rh_pow_state *state,
			 struct rh_digest *digest);
/* All there is against all there should be, by adding up. */
bool rh_pow_money_is_conserved(const struct rh_env *env, const struct rh_pow_state *state);

#endif
