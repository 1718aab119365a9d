/*
 * params.h - what a scenario may set of the proof-of-work model (`model.with`, and for a group or
 * node), as the key tables in params.c fill it in.
 */
#ifndef MODELS_POW_PARAMS_H
#define MODELS_POW_PARAMS_H

#include "core/key.h"
#include "models/pow/rules.h"
#include "models/relay/relay.h"

enum rh_pow_size_law {
	RH_POW_SIZE_CONSTANT,
	RH_POW_SIZE_UNIFORM,	/* size - spread * size .. size + spread * size */
	RH_POW_SIZE_NORMAL,	/* mean size, standard deviation spread * size */
	RH_POW_SIZE_EXPONENTIAL /* mean size */
};

/* Who tells that a transaction was seen, included or dropped. */
enum rh_pow_tx_records {
	RH_POW_TX_RECORDS_ALL,	/* every node, for itself */
	RH_POW_TX_RECORDS_FIRST /* the node that got it, and the finder of the block */
};

enum rh_pow_tie { RH_POW_TIE_FIRST, RH_POW_TIE_RANDOM };

/* Members have the C types of their key types (core/key.h). */
struct rh_pow_params {
	uint64_t block_interval_ns;
	uint64_t block_bytes;
	uint64_t size_law; /* enum rh_pow_size_law */
	struct rh_ratio size_spread;
	uint64_t transaction_bytes;
	int64_t fees;
	int64_t retarget_blocks;
	uint64_t target_limit; /* 0 main, 1 regtest */
	int64_t hash_unit;
	uint64_t relay; /* enum rh_relay_policy */
	struct rh_ratio compact_failure;
	uint64_t request_timeout_ns;
	uint64_t head_refresh_ns;
	uint64_t validation_ns;
	struct rh_ratio validation_sigma;
	int64_t orphans_max;
	int64_t blocks_max;
	int64_t halving_blocks;
	int64_t confirmations;
	uint64_t future_limit_ns;
	uint64_t tie_rule; /* enum rh_pow_tie */
	/* Transactions with content; all of it unused when there are no wallets. */
	int64_t wallets;
	int64_t balance;
	int64_t block_transactions;
	int64_t price_min;
	uint64_t mempool_bytes;
	int64_t mempool_count;
	uint64_t mempool_expiry_ns;
	struct rh_ratio replace_bump;
	int64_t nonce_gap;
	int64_t sender_limit;
	uint64_t transaction_max_bytes;
	uint64_t spread_interval_ns;
	uint64_t spread_timeout_ns;
	uint64_t reannounce_ns;
	uint64_t tx_records; /* enum rh_pow_tx_records */
};

struct rh_pow_node_params {
	int64_t hashrate;
};

extern const struct rh_key rh_pow_keys[];
extern const struct rh_key rh_pow_node_keys[];

int rh_pow_check(const void *params, char *why, size_t why_size);
void rh_pow_rules_init(struct rh_pow_rules *rules, const struct rh_pow_params *params);

#endif
