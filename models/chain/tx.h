/*
 * tx.h - a transaction: money from one wallet to another, for a fee, in the order of its sender.
 *
 * Wallets are numbers below the count that the chain was born with.  The id (core/transaction.h)
 * holds the sender and the nonce, its place in the row of the sender's transactions; the signature
 * is a function of everything in it that only its maker is supposed to know how to compute.  One
 * with another signature is *forged*.  Transactions travel and stand in blocks by value: they are
 * 40 bytes in memory and `size_bytes` on a wire.
 */
#ifndef MODELS_CHAIN_TX_H
#define MODELS_CHAIN_TX_H

#include "core/model.h"
#include "core/transaction.h"

#define RH_TX_BYTES_MIN 100
#define RH_TX_LIST_MAX	1000 /* of ids or transactions in one message */

struct rh_tx {
	uint64_t id;
	uint64_t signature;
	uint64_t amount;
	uint64_t fee;
	uint32_t recipient;
	uint32_t size_bytes;
};

/* From an input of a workload; wallet_count > 0. */
void rh_tx_make(struct rh_tx *tx, uint64_t key, uint64_t arg, uint32_t wallet_count);
uint64_t rh_tx_signature(const struct rh_tx *tx);
/* What a block commits to; 0 for none. */
uint64_t rh_tx_root(const struct rh_tx *txs, uint32_t count);

/* Exactly tx->size_bytes bytes: 40 of content, zeros. */
void rh_tx_put(const struct rh_tx *tx, struct rh_buf *out);
/* False when they are not that. */
bool rh_tx_read(struct rh_reader *reader, struct rh_tx *tx);

/* Objects that travel: names of transactions, and transactions. */
struct rh_tx_ids {
	uint32_t count;
	uint32_t unused;
	uint64_t ids[];
};

struct rh_tx_list {
	uint32_t count;
	uint32_t unused;
	struct rh_tx txs[];
};

/* Rows of messages: "inv" and "getdata" with any number of ids, and "txs".  The key is the
 * sender's business and travels along. */
uint32_t rh_tx_ids_size(const void *params, uint64_t key, const void *object);
void rh_tx_inv_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out);
int rh_tx_inv_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		     struct rh_handle *ref);
void rh_tx_ask_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out);
int rh_tx_ask_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		     struct rh_handle *ref);
uint32_t rh_tx_list_size(const void *params, uint64_t key, const void *object);
void rh_tx_list_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out);
int rh_tx_list_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		      struct rh_handle *ref);

#endif
