/*
 * tx.c - making, signing and writing transactions.
 *
 *	envelope | key 8 | count 2 | hashes 32 each            (txinv, txget)
 *	envelope | key 8 | count 2 | transactions, each of its own size
 */
#include "models/chain/tx.h"

#include <string.h>

#include "core/base/err.h"
#include "models/relay/relay.h"

#define SIGN_DOMAIN	 UINT64_C(0x7369676e) /* "sign" */
#define RECIPIENT_DOMAIN UINT64_C(0x746f)     /* "to" */
#define HUGE_UNIT	 UINT64_C(1000000000000)
#define CONTENT_BYTES	 40
#define HEAD_BYTES	 (RH_RELAY_ENVELOPE_BYTES + 8 + 2)

uint64_t rh_tx_signature(const struct rh_tx *tx)
{
	uint64_t sum = rh_absorb(rh_absorb(tx->id, SIGN_DOMAIN), tx->amount);

	sum = rh_absorb(rh_absorb(sum, tx->fee), tx->recipient);
	return rh_absorb(sum, tx->size_bytes);
}

void rh_tx_make(struct rh_tx *tx, uint64_t key, uint64_t arg, uint32_t wallet_count)
{
	struct rh_tx_order order = rh_tx_order_of(key, arg);

	RH_ASSERT(wallet_count > 0);
	*tx = (struct rh_tx){
		.id = key,
		.amount = order.amount,
		.fee = (uint64_t)order.price * order.size_bytes,
		.recipient = (uint32_t)(rh_absorb(key, RECIPIENT_DOMAIN) % wallet_count),
		.size_bytes = order.size_bytes,
	};
	if ((order.flags & RH_TX_HUGE) != 0)
		tx->amount = (tx->amount + 1) * HUGE_UNIT;
	tx->signature = rh_tx_signature(tx);
	if ((order.flags & RH_TX_FORGED) != 0)
		tx->signature = ~tx->signature;
}

uint64_t rh_tx_root(const struct rh_tx *txs, uint32_t count)
{
	uint64_t root = count;

	for (uint32_t i = 0; i < count; i++)
		root = rh_absorb(rh_absorb(root, txs[i].id), txs[i].signature);
	return count > 0 && root == 0 ? 1 : root;
}

void rh_tx_put(const struct rh_tx *tx, struct rh_buf *out)
{
	RH_ASSERT(tx->size_bytes >= CONTENT_BYTES);
	rh_buf_u64(out, tx->id);
	rh_buf_u64(out, tx->signature);
	rh_buf_u64(out, tx->amount);
	rh_buf_u64(out, tx->fee);
	rh_buf_u32(out, tx->recipient);
	rh_buf_u32(out, tx->size_bytes);
	memset(rh_buf_extend(out, tx->size_bytes - CONTENT_BYTES), 0,
	       tx->size_bytes - CONTENT_BYTES);
}

bool rh_tx_read(struct rh_reader *reader, struct rh_tx *tx)
{
	*tx = (struct rh_tx){.id = rh_read_u64(reader)};
	tx->signature = rh_read_u64(reader);
	tx->amount = rh_read_u64(reader);
	tx->fee = rh_read_u64(reader);
	tx->recipient = rh_read_u32(reader);
	tx->size_bytes = rh_read_u32(reader);
	if (reader->is_bad || tx->size_bytes < RH_TX_BYTES_MIN)
		return false;
	rh_read_raw(reader, tx->size_bytes - CONTENT_BYTES);
	return !reader->is_bad;
}

/* ---- lists ----------------------------------------------------------------------------------- */

uint32_t rh_tx_ids_size(const void *params, uint64_t key, const void *object)
{
	const struct rh_tx_ids *list = object;

	(void)params;
	(void)key;
	return HEAD_BYTES + (list != NULL ? list->count : 0) * 32;
}

static void encode_ids(const char *command, uint64_t key, const struct rh_tx_ids *list,
		       struct rh_buf *out)
{
	size_t start = rh_relay_envelope_begin(out, command);
	uint32_t count = list != NULL ? list->count : 0;

	RH_ASSERT(count <= RH_TX_LIST_MAX);
	rh_buf_u64(out, key);
	rh_buf_u16(out, (uint16_t)count);
	for (uint32_t i = 0; i < count; i++)
		rh_relay_put_hash(out, list->ids[i]);
	rh_relay_envelope_end(out, start, rh_tx_ids_size(NULL, key, list));
}

static int decode_ids(const char *command, const struct rh_env *env, const uint8_t *bytes,
		      size_t len, uint64_t *key, struct rh_handle *ref)
{
	struct rh_tx_ids *list;
	struct rh_reader reader;
	uint32_t count;
	int code = rh_relay_envelope_open(&reader, command, bytes, len);

	if (code != RH_OK)
		return code;
	*key = rh_read_u64(&reader);
	count = rh_read_u16(&reader);
	if (reader.is_bad || count > RH_TX_LIST_MAX || len != HEAD_BYTES + (size_t)count * 32)
		return RH_E_CORRUPT;
	list = rh_env_object_new(env, (uint32_t)(sizeof(*list) + count * sizeof(uint64_t)), ref);
	list->count = count;
	for (uint32_t i = 0; i < count; i++)
		list->ids[i] = rh_relay_read_hash(&reader);
	return reader.is_bad ? RH_E_CORRUPT : RH_OK;
}

void rh_tx_inv_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	(void)params;
	encode_ids("txinv", key, object, out);
}

int rh_tx_inv_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		     struct rh_handle *ref)
{
	return decode_ids("txinv", env, bytes, len, key, ref);
}

void rh_tx_ask_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	(void)params;
	encode_ids("txget", key, object, out);
}

int rh_tx_ask_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		     struct rh_handle *ref)
{
	return decode_ids("txget", env, bytes, len, key, ref);
}

uint32_t rh_tx_list_size(const void *params, uint64_t key, const void *object)
{
	const struct rh_tx_list *list = object;
	uint32_t size = HEAD_BYTES;

	(void)params;
	(void)key;
	for (uint32_t i = 0; list != NULL && i < list->count; i++)
		size += list->txs[i].size_bytes;
	return size;
}

void rh_tx_list_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	const struct rh_tx_list *list = object;
	size_t start = rh_relay_envelope_begin(out, "txs");
	uint32_t count = list != NULL ? list->count : 0;

	RH_ASSERT(count <= RH_TX_LIST_MAX);
	rh_buf_u64(out, key);
	rh_buf_u16(out, (uint16_t)count);
	for (uint32_t i = 0; i < count; i++)
		rh_tx_put(&list->txs[i], out);
	rh_relay_envelope_end(out, start, rh_tx_list_size(params, key, object));
}

int rh_tx_list_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		      struct rh_handle *ref)
{
	struct rh_tx_list *list;
	struct rh_reader reader;
	uint32_t count;
	int code = rh_relay_envelope_open(&reader, "txs", bytes, len);

	if (code != RH_OK)
		return code;
	*key = rh_read_u64(&reader);
	count = rh_read_u16(&reader);
	if (reader.is_bad || count > RH_TX_LIST_MAX ||
	    len < HEAD_BYTES + (size_t)count * RH_TX_BYTES_MIN)
		return RH_E_CORRUPT;
	list = rh_env_object_new(env, (uint32_t)(sizeof(*list) + count * sizeof(struct rh_tx)),
				 ref);
	for (uint32_t i = 0; i < count; i++)
		if (!rh_tx_read(&reader, &list->txs[i]))
			return RH_E_CORRUPT;
	list->count = count;
	return reader.pos == reader.len ? RH_OK : RH_E_CORRUPT;
}
