/*
 * block.h - a block as it travels: an immutable object in the world's table, its identity, its
 * bytes.
 *
 * Nobody hashes 2^80 times here.  What stands for the proof is a 32-bit seal in the place of the
 * header's nonce, a function of everything else in the header: a block whose bytes were damaged on
 * the wire, or that somebody made up without rh_pow_block_seal(), has a wrong one and is refused,
 * as a real block would be for its hash.
 *
 * The id is a chain over names and numbers of the protocol, never over node indices: another node
 * somewhere else changes no block's id.  The index of the producer travels along for the records
 * and is covered by the seal alone.
 *
 *	80 bytes of header, where Bitcoin's fields have their places:
 *	version 4 | previous 32: parent 8, height 4, time high 4, fees 8, root 8 |
 *	merkle 32: producer name64 8, producer index 4, transactions 4, size 4, nonce 4, 0 8 |
 *	time 4 | bits 4 | seal 4
 *	then 120 bytes of zeros for the transaction that pays the finder, and the body: zeros up to
 *	size, or, on a chain with wallets, its transactions.
 *
 * Those stand behind the block in the same object (rh_pow_block_txs), and the root commits to them;
 * root 0 stands for a body of zeros, or of nothing.
 */
#ifndef MODELS_POW_BLOCK_H
#define MODELS_POW_BLOCK_H

#include "models/chain/tx.h"

#define RH_POW_HEADER_BYTES 80
#define RH_POW_BLOCK_MIN    200 /* header, a coinbase transaction */
#define RH_POW_TX_MIN	    100
#define RH_POW_TX_COUNT_MAX UINT16_MAX /* a compact block numbers them in 16 bits */
#define RH_POW_BLOCK_MAX    UINT32_C(1000000000)

struct rh_pow_block {
	uint64_t id;
	uint64_t parent;
	uint64_t time_s; /* seconds since 1970 */
	uint64_t producer_name64;
	uint64_t fees;	   /* satoshi, of all its transactions */
	uint32_t producer; /* node index */
	uint32_t height;
	uint32_t bits;
	uint32_t size_bytes;
	uint32_t tx_count; /* coinbase included */
	uint32_t nonce;	   /* tells the runs of different seeds apart */
	uint32_t seal;
	uint32_t body_count; /* transactions behind it: 0, or tx_count - 1 */
	uint64_t root;	     /* rh_tx_root() of them, or 0 */
};

static inline const struct rh_tx *rh_pow_block_txs(const struct rh_pow_block *block)
{
	return (const struct rh_tx *)(const void *)(block + 1);
}

/* Sets id and seal from the rest. */
void rh_pow_block_seal(struct rh_pow_block *block);
/* Both are what rh_pow_block_seal() would set, and size and transactions are possible. */
bool rh_pow_block_is_sealed(const struct rh_pow_block *block);

/* Message rows: the block itself, a compact form of it, and a missing transaction of it. */
uint32_t rh_pow_block_size(const void *params, uint64_t key, const void *object);
void rh_pow_block_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out);
int rh_pow_block_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			struct rh_handle *ref);
uint32_t rh_pow_compact_size(const void *params, uint64_t key, const void *object);
void rh_pow_compact_encode(const void *params, uint64_t key, const void *object,
			   struct rh_buf *out);
int rh_pow_compact_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			  struct rh_handle *ref);
uint32_t rh_pow_missing_size(const void *params, uint64_t key, const void *object);
void rh_pow_missing_encode(const void *params, uint64_t key, const void *object,
			   struct rh_buf *out);
int rh_pow_missing_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			  struct rh_handle *ref);

#endif
