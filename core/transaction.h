/*
 * transaction.h - a transaction as a workload submits it: what `kind`, `key` and `arg` of an input
 * mean to every model that takes transactions.
 *
 *	key   63        44 43           20 19         0      the transaction's id
 *	      | sender 20 | nonce 24      | salt 20   |
 *	arg   63        40 39          18 17        2 1 0
 *	      | price 24  | amount 22     | size 16   | flags 2 |
 *
 * The id tells the sender's wallet and which of its transactions this is, so a node can see without
 * remembering anything that it is out of date; the salt tells two transactions of one nonce apart.
 * Wallets and prices are those of the model: the recipient is its choice, made from the id.  Nonces
 * begin with RH_TX_NONCE_FIRST; nonce 0 is below it and never valid.
 */
#ifndef CORE_TRANSACTION_H
#define CORE_TRANSACTION_H

#include "core/base/assert.h"

/* Kinds of input. */
enum {
	RH_TX_SUBMIT, /* the node checks it, keeps it and tells its peers */
	RH_TX_PUSH,   /* the node is hostile: straight to all its peers, without a look */
	RH_TX_INPUT_COUNT
};

#define RH_TX_NONCE_FIRST 1
#define RH_TX_SENDER_MAX  ((UINT32_C(1) << 20) - 1)
#define RH_TX_NONCE_MAX	  ((UINT32_C(1) << 24) - 1)
#define RH_TX_PRICE_MAX	  ((UINT32_C(1) << 24) - 1)
#define RH_TX_AMOUNT_MAX  ((UINT32_C(1) << 22) - 1)
#define RH_TX_SIZE_MAX	  ((UINT32_C(1) << 16) - 1)

enum {
	RH_TX_FORGED = 1, /* the signature is not the sender's */
	RH_TX_HUGE = 2	  /* `amount` is in whole millions of millions: more than anybody has */
};

struct rh_tx_order {
	uint32_t sender;
	uint32_t nonce;
	uint32_t salt;
	uint32_t price; /* fee a byte */
	uint32_t amount;
	uint32_t size_bytes;
	uint32_t flags;
};

static inline uint64_t rh_tx_key(const struct rh_tx_order *order)
{
	RH_ASSERT(order->sender <= RH_TX_SENDER_MAX && order->nonce <= RH_TX_NONCE_MAX);
	return (uint64_t)order->sender << 44 | (uint64_t)order->nonce << 20 |
	       (order->salt & 0xfffff);
}

static inline uint64_t rh_tx_arg(const struct rh_tx_order *order)
{
	RH_ASSERT(order->price <= RH_TX_PRICE_MAX && order->amount <= RH_TX_AMOUNT_MAX);
	RH_ASSERT(order->size_bytes <= RH_TX_SIZE_MAX && order->flags <= 3);
	return (uint64_t)order->price << 40 | (uint64_t)order->amount << 18 |
	       (uint64_t)order->size_bytes << 2 | order->flags;
}

static inline uint32_t rh_tx_sender(uint64_t key)
{
	return (uint32_t)(key >> 44);
}

static inline uint32_t rh_tx_nonce(uint64_t key)
{
	return (uint32_t)(key >> 20) & RH_TX_NONCE_MAX;
}

static inline struct rh_tx_order rh_tx_order_of(uint64_t key, uint64_t arg)
{
	return (struct rh_tx_order){
		.sender = rh_tx_sender(key),
		.nonce = rh_tx_nonce(key),
		.salt = (uint32_t)key & 0xfffff,
		.price = (uint32_t)(arg >> 40),
		.amount = (uint32_t)(arg >> 18) & RH_TX_AMOUNT_MAX,
		.size_bytes = (uint32_t)(arg >> 2) & RH_TX_SIZE_MAX,
		.flags = (uint32_t)arg & 3,
	};
}

#endif
