/*
 * block.c - identity and wire form of a block.
 */
#include "models/pow/block.h"

#include <string.h>

#include "core/base/err.h"
#include "models/pow/params.h"
#include "models/relay/relay.h"

#define VERSION	       UINT32_C(0x20000000)
#define SEAL_DOMAIN    UINT64_C(0x7365616c) /* "seal" */
#define COINBASE_BYTES (RH_POW_BLOCK_MIN - RH_POW_HEADER_BYTES)

static uint64_t block_id(const struct rh_pow_block *block)
{
	uint64_t id = rh_absorb(block->parent, block->producer_name64);

	id = rh_absorb(id, block->time_s);
	id = rh_absorb(id, block->fees);
	id = rh_absorb(id, (uint64_t)block->height << 32 | block->bits);
	id = rh_absorb(id, (uint64_t)block->size_bytes << 32 | block->tx_count);
	id = rh_absorb(id, block->nonce);
	if (block->root != 0)
		id = rh_absorb(id, block->root);
	return id != 0 ? id : 1; /* 0 means "none" everywhere */
}

static uint32_t block_seal(const struct rh_pow_block *block)
{
	return (uint32_t)rh_absorb(rh_absorb(block->id, SEAL_DOMAIN), block->producer);
}

void rh_pow_block_seal(struct rh_pow_block *block)
{
	block->id = block_id(block);
	block->seal = block_seal(block);
}

bool rh_pow_block_is_sealed(const struct rh_pow_block *block)
{
	return block->id == block_id(block) && block->seal == block_seal(block) &&
	       block->size_bytes >= RH_POW_BLOCK_MIN && block->size_bytes <= RH_POW_BLOCK_MAX &&
	       block->tx_count >= 1 && block->tx_count <= RH_POW_TX_COUNT_MAX &&
	       block->tx_count <= 1 + block->size_bytes / RH_POW_TX_MIN &&
	       ((block->root | block->body_count) == 0 ||
		(block->root != 0 && block->body_count != 0 &&
		 block->body_count == block->tx_count - 1));
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void put_header(const struct rh_pow_block *block, struct rh_buf *out)
{
	rh_buf_u32(out, VERSION);
	rh_buf_u64(out, block->parent);
	rh_buf_u32(out, block->height);
	rh_buf_u32(out, (uint32_t)(block->time_s >> 32));
	rh_buf_u64(out, block->fees);
	rh_buf_u64(out, block->root);
	rh_buf_u64(out, block->producer_name64);
	rh_buf_u32(out, block->producer);
	rh_buf_u32(out, block->tx_count);
	rh_buf_u32(out, block->size_bytes);
	rh_buf_u32(out, block->nonce);
	rh_buf_u64(out, 0);
	rh_buf_u32(out, (uint32_t)block->time_s);
	rh_buf_u32(out, block->bits);
	rh_buf_u32(out, block->seal);
}

static int read_header(struct rh_reader *reader, struct rh_pow_block *block)
{
	uint64_t zeros;

	memset(block, 0, sizeof(*block));
	zeros = rh_read_u32(reader) ^ VERSION;
	block->parent = rh_read_u64(reader);
	block->height = rh_read_u32(reader);
	block->time_s = (uint64_t)rh_read_u32(reader) << 32;
	block->fees = rh_read_u64(reader);
	block->root = rh_read_u64(reader);
	block->producer_name64 = rh_read_u64(reader);
	block->producer = rh_read_u32(reader);
	block->tx_count = rh_read_u32(reader);
	block->size_bytes = rh_read_u32(reader);
	block->nonce = rh_read_u32(reader);
	zeros |= rh_read_u64(reader);
	block->time_s |= rh_read_u32(reader);
	block->bits = rh_read_u32(reader);
	block->seal = rh_read_u32(reader);
	block->body_count = block->root != 0 ? block->tx_count - 1 : 0;
	block->id = block_id(block);
	if (reader->is_bad || zeros != 0 || !rh_pow_block_is_sealed(block))
		return RH_E_CORRUPT;
	return RH_OK;
}

/* Behind the header: exactly the transactions that the root commits to. */
static int read_body(struct rh_reader *reader, struct rh_pow_block *block)
{
	struct rh_tx *txs = (struct rh_tx *)(void *)(block + 1);

	rh_read_raw(reader, COINBASE_BYTES);
	for (uint32_t i = 0; i < block->body_count; i++) {
		if (!rh_tx_read(reader, &txs[i]))
			return RH_E_CORRUPT;
	}
	if (reader->is_bad || reader->pos != reader->len)
		return RH_E_CORRUPT;
	return rh_tx_root(txs, block->body_count) == block->root ? RH_OK : RH_E_CORRUPT;
}

/* One message is a header, a body that holds something, and zeros up to its size; `size` is the message kind's own function. */
static void encode(const char *command, uint32_t size_bytes, const struct rh_pow_block *block,
		   struct rh_buf *out)
{
	size_t start = rh_relay_envelope_begin(out, command);

	put_header(block, out);
	if (block->body_count > 0)
		memset(rh_buf_extend(out, COINBASE_BYTES), 0, COINBASE_BYTES);
	for (uint32_t i = 0; i < block->body_count; i++)
		rh_tx_put(&rh_pow_block_txs(block)[i], out);
	rh_relay_envelope_end(out, start, size_bytes);
}

static int decode(const char *command,
		  uint32_t (*size)(const void *params, uint64_t key, const void *object),
		  const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		  struct rh_handle *ref)
{
	struct rh_reader reader;
	struct rh_pow_block *made;
	struct rh_pow_block block;
	int code = rh_relay_envelope_open(&reader, command, bytes, len);

	if (code != RH_OK)
		return code;
	code = read_header(&reader, &block);
	if (code != RH_OK || size(env->params, block.id, &block) != len)
		return RH_E_CORRUPT;
	if ((uint64_t)block.body_count * RH_TX_BYTES_MIN > len)
		return RH_E_CORRUPT;
	made = rh_env_object_new(
		env, (uint32_t)(sizeof(block) + block.body_count * sizeof(struct rh_tx)), ref);
	*made = block;
	*key = block.id;
	return block.body_count == 0 ? RH_OK : read_body(&reader, made);
}

uint32_t rh_pow_block_size(const void *params, uint64_t key, const void *object)
{
	const struct rh_pow_block *block = object;

	(void)params;
	(void)key;
	return RH_RELAY_ENVELOPE_BYTES + block->size_bytes;
}

void rh_pow_block_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	encode("block", rh_pow_block_size(params, key, object), object, out);
}

int rh_pow_block_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			struct rh_handle *ref)
{
	return decode("block", rh_pow_block_size, env, bytes, len, key, ref);
}

uint32_t rh_pow_compact_size(const void *params, uint64_t key, const void *object)
{
	const struct rh_pow_block *block = object;
	const struct rh_pow_params *own = params;

	(void)key;
	return rh_relay_compact_bytes(block->tx_count, (uint32_t)own->transaction_bytes);
}

void rh_pow_compact_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	encode("cmpctblock", rh_pow_compact_size(params, key, object), object, out);
}

int rh_pow_compact_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			  struct rh_handle *ref)
{
	return decode("cmpctblock", rh_pow_compact_size, env, bytes, len, key, ref);
}

uint32_t rh_pow_missing_size(const void *params, uint64_t key, const void *object)
{
	const struct rh_pow_params *own = params;

	(void)key;
	(void)object;
	return rh_relay_missing_bytes((uint32_t)own->transaction_bytes);
}

void rh_pow_missing_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	encode("blocktxn", rh_pow_missing_size(params, key, object), object, out);
}

int rh_pow_missing_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			  struct rh_handle *ref)
{
	return decode("blocktxn", rh_pow_missing_size, env, bytes, len, key, ref);
}
