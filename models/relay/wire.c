/*
 * wire.c - relay messages as bytes, with the sizes of Bitcoin's protocol.
 *
 *   envelope    magic 4 | command 12, padded with zeros | length of the payload 4 | checksum 4
 *   inv         count 1 | type 4 | hash 32                                    (getdata: the same)
 *   headers     count | for each: version 4, parent 32, root 32, time 4, bits 4, nonce 4, 0
 *   getheaders  version 4 | count | hashes, newest first | last wanted 32, or zeros
 *   getblocktxn hash 32 | count 1 | index 1
 *
 * A count is one byte below 253, else 0xFD and two bytes.  The id of an item takes the place of the
 * root.  Decoding takes exactly what encoding gives, and calls everything else corrupt.
 */
#include <string.h>

#include "core/base/err.h"
#include "models/relay/relay.h"

#define MAGIC	       UINT32_C(0xDAB5BFFA) /* of Bitcoin's test networks for one machine */
#define VERSION	       70015u
#define TYPE_BLOCK     2u
#define HEADER_VERSION UINT32_C(0x20000000)

static uint32_t count_bytes(uint32_t count)
{
	return count < 253 ? 1 : 3;
}

static void put_count(struct rh_buf *out, uint32_t count)
{
	RH_ASSERT(count <= UINT16_MAX);
	if (count >= 253)
		rh_buf_u8(out, 0xFD);
	if (count >= 253)
		rh_buf_u16(out, (uint16_t)count);
	else
		rh_buf_u8(out, (uint8_t)count);
}

/* The shortest form only: one count has one encoding. */
static uint32_t read_count(struct rh_reader *reader)
{
	uint32_t count = rh_read_u8(reader);

	if (count == 0xFD) {
		count = rh_read_u16(reader);
		reader->is_bad |= count < 253;
	} else if (count > 0xFD) {
		reader->is_bad = true;
	}
	return count;
}

void rh_relay_put_hash(struct rh_buf *out, uint64_t id)
{
	rh_buf_u64(out, id);
	memset(rh_buf_extend(out, 24), 0, 24);
}

uint64_t rh_relay_read_hash(struct rh_reader *reader)
{
	uint64_t id = rh_read_u64(reader);
	const uint8_t *rest = rh_read_raw(reader, 24);
	uint32_t i;

	for (i = 0; rest != NULL && i < 24; i++)
		reader->is_bad |= rest[i] != 0;
	return id;
}

static uint32_t checksum(const uint8_t *payload, size_t len)
{
	return (uint32_t)rh_hash64(payload, len);
}

size_t rh_relay_envelope_begin(struct rh_buf *out, const char *command)
{
	size_t start = out->len;
	size_t len = strlen(command);
	uint8_t *text;

	RH_ASSERT(len <= 12);
	rh_buf_u32(out, MAGIC);
	text = rh_buf_extend(out, 12);
	memset(text, 0, 12);
	memcpy(text, command, len);
	rh_buf_u64(out, 0); /* length and checksum, filled in by end */
	return start;
}

static void store_u32(uint8_t *at, uint32_t value)
{
	uint32_t i;

	for (i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

void rh_relay_envelope_end(struct rh_buf *out, size_t start, uint32_t size_bytes)
{
	size_t used = out->len - start;
	uint8_t *envelope;

	RH_ASSERT(used >= RH_RELAY_ENVELOPE_BYTES && used <= size_bytes);
	if (used < size_bytes)
		memset(rh_buf_extend(out, size_bytes - used), 0, size_bytes - used);
	envelope = out->data + start;
	store_u32(envelope + 16, size_bytes - RH_RELAY_ENVELOPE_BYTES);
	store_u32(envelope + 20, checksum(envelope + RH_RELAY_ENVELOPE_BYTES,
					  size_bytes - RH_RELAY_ENVELOPE_BYTES));
}

int rh_relay_envelope_open(struct rh_reader *reader, const char *command, const uint8_t *bytes,
			   size_t len)
{
	char text[12] = {0};
	const uint8_t *seen;
	uint32_t payload;
	uint32_t sum;

	RH_ASSERT(strlen(command) <= sizeof(text));
	memcpy(text, command, strlen(command));
	rh_reader_init(reader, bytes, len);
	reader->is_bad |= rh_read_u32(reader) != MAGIC;
	seen = rh_read_raw(reader, sizeof(text));
	payload = rh_read_u32(reader);
	sum = rh_read_u32(reader);
	if (reader->is_bad || memcmp(seen, text, sizeof(text)) != 0)
		return RH_E_CORRUPT;
	if (payload != len - RH_RELAY_ENVELOPE_BYTES ||
	    sum != checksum(bytes + RH_RELAY_ENVELOPE_BYTES, payload))
		return RH_E_CORRUPT;
	return 0;
}

static int finish(const struct rh_reader *reader)
{
	return reader->is_bad || reader->pos != reader->len ? RH_E_CORRUPT : 0;
}

/* ---- inv, getdata ---------------------------------------------------------------------------- */

uint32_t rh_relay_id_size(const void *params, uint64_t key, const void *object)
{
	(void)params;
	(void)key;
	(void)object;
	return RH_RELAY_ENVELOPE_BYTES + 1 + 4 + 32;
}

static void encode_id(const char *command, uint64_t key, struct rh_buf *out)
{
	size_t start = rh_relay_envelope_begin(out, command);

	put_count(out, 1);
	rh_buf_u32(out, TYPE_BLOCK);
	rh_relay_put_hash(out, key);
	rh_relay_envelope_end(out, start, rh_relay_id_size(NULL, key, NULL));
}

static int decode_id(const char *command, const uint8_t *bytes, size_t len, uint64_t *key,
		     struct rh_handle *ref)
{
	struct rh_reader reader;
	int status = rh_relay_envelope_open(&reader, command, bytes, len);

	if (status != 0)
		return status;
	reader.is_bad |= read_count(&reader) != 1;
	reader.is_bad |= rh_read_u32(&reader) != TYPE_BLOCK;
	*key = rh_relay_read_hash(&reader);
	*ref = (struct rh_handle){0, 0};
	return finish(&reader);
}

void rh_relay_inv_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	(void)params;
	(void)object;
	encode_id("inv", key, out);
}

void rh_relay_getdata_encode(const void *params, uint64_t key, const void *object,
			     struct rh_buf *out)
{
	(void)params;
	(void)object;
	encode_id("getdata", key, out);
}

int rh_relay_inv_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			struct rh_handle *ref)
{
	(void)env;
	return decode_id("inv", bytes, len, key, ref);
}

int rh_relay_getdata_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			    uint64_t *key, struct rh_handle *ref)
{
	(void)env;
	return decode_id("getdata", bytes, len, key, ref);
}

/* ---- headers --------------------------------------------------------------------------------- */

uint32_t rh_relay_headers_size(const void *params, uint64_t key, const void *object)
{
	const struct rh_relay_headers *list = object;
	uint32_t count = list != NULL ? list->count : 0;

	(void)params;
	(void)key;
	return RH_RELAY_ENVELOPE_BYTES + count_bytes(count) + count * (RH_RELAY_HEADER_BYTES + 1);
}

void rh_relay_headers_encode(const void *params, uint64_t key, const void *object,
			     struct rh_buf *out)
{
	const struct rh_relay_headers *list = object;
	uint32_t count = list != NULL ? list->count : 0;
	size_t start = rh_relay_envelope_begin(out, "headers");
	uint32_t i;

	put_count(out, count);
	for (i = 0; i < count; i++) {
		rh_buf_u32(out, HEADER_VERSION);
		rh_relay_put_hash(out, list->headers[i].parent);
		rh_relay_put_hash(out, list->headers[i].id);
		memset(rh_buf_extend(out, 13), 0, 13);
	}
	rh_relay_envelope_end(out, start, rh_relay_headers_size(params, key, object));
}

static void read_header(struct rh_reader *reader, struct rh_relay_header *header)
{
	const uint8_t *rest;
	uint32_t i;

	reader->is_bad |= rh_read_u32(reader) != HEADER_VERSION;
	header->parent = rh_relay_read_hash(reader);
	header->id = rh_relay_read_hash(reader);
	rest = rh_read_raw(reader, 13);
	for (i = 0; rest != NULL && i < 13; i++)
		reader->is_bad |= rest[i] != 0;
}

/* The key is the id of the last header: the newest, which an announcement is about. */
int rh_relay_headers_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			    uint64_t *key, struct rh_handle *ref)
{
	struct rh_relay_headers *list;
	struct rh_reader reader;
	uint32_t count;
	uint32_t i;
	int status = rh_relay_envelope_open(&reader, "headers", bytes, len);

	if (status != 0)
		return status;
	count = read_count(&reader);
	if (reader.is_bad || count > RH_RELAY_HEADERS_MAX ||
	    reader.len - reader.pos != (size_t)count * (RH_RELAY_HEADER_BYTES + 1))
		return RH_E_CORRUPT;
	list = rh_env_object_new(
		env, (uint32_t)(sizeof(*list) + count * sizeof(struct rh_relay_header)), ref);
	list->count = count;
	for (i = 0; i < count; i++)
		read_header(&reader, &list->headers[i]);
	*key = count != 0 ? list->headers[count - 1].id : 0;
	return finish(&reader);
}

/* ---- getheaders ------------------------------------------------------------------------------ */

uint32_t rh_relay_getheaders_size(const void *params, uint64_t key, const void *object)
{
	const struct rh_relay_locator *locator = object;
	uint32_t count = locator != NULL ? locator->count : 0;

	(void)params;
	(void)key;
	return RH_RELAY_ENVELOPE_BYTES + 4 + count_bytes(count) + 32 * count + 32;
}

void rh_relay_getheaders_encode(const void *params, uint64_t key, const void *object,
				struct rh_buf *out)
{
	const struct rh_relay_locator *locator = object;
	uint32_t count = locator != NULL ? locator->count : 0;
	size_t start = rh_relay_envelope_begin(out, "getheaders");
	uint32_t i;

	rh_buf_u32(out, VERSION);
	put_count(out, count);
	for (i = 0; i < count; i++)
		rh_relay_put_hash(out, locator->ids[i]);
	rh_relay_put_hash(out, key);
	rh_relay_envelope_end(out, start, rh_relay_getheaders_size(params, key, object));
}

int rh_relay_getheaders_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			       uint64_t *key, struct rh_handle *ref)
{
	struct rh_relay_locator *locator;
	struct rh_reader reader;
	uint32_t count;
	uint32_t i;
	int status = rh_relay_envelope_open(&reader, "getheaders", bytes, len);

	if (status != 0)
		return status;
	reader.is_bad |= rh_read_u32(&reader) != VERSION;
	count = read_count(&reader);
	if (reader.is_bad || count > RH_RELAY_LOCATOR_MAX ||
	    reader.len - reader.pos != (size_t)count * 32 + 32)
		return RH_E_CORRUPT;
	locator = rh_env_object_new(env, (uint32_t)(sizeof(*locator) + count * sizeof(uint64_t)),
				    ref);
	locator->count = count;
	for (i = 0; i < count; i++)
		locator->ids[i] = rh_relay_read_hash(&reader);
	*key = rh_relay_read_hash(&reader);
	return finish(&reader);
}

/* ---- getblocktxn, and sizes for the model's own rows ----------------------------------------- */

uint32_t rh_relay_getmissing_size(const void *params, uint64_t key, const void *object)
{
	(void)params;
	(void)key;
	(void)object;
	return RH_RELAY_ENVELOPE_BYTES + 32 + 1 + 1;
}

void rh_relay_getmissing_encode(const void *params, uint64_t key, const void *object,
				struct rh_buf *out)
{
	size_t start = rh_relay_envelope_begin(out, "getblocktxn");

	rh_relay_put_hash(out, key);
	put_count(out, 1);
	rh_buf_u8(out, 0);
	rh_relay_envelope_end(out, start, rh_relay_getmissing_size(params, key, object));
}

int rh_relay_getmissing_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			       uint64_t *key, struct rh_handle *ref)
{
	struct rh_reader reader;
	int status = rh_relay_envelope_open(&reader, "getblocktxn", bytes, len);

	(void)env;
	if (status != 0)
		return status;
	*key = rh_relay_read_hash(&reader);
	*ref = (struct rh_handle){0, 0};
	reader.is_bad |= read_count(&reader) != 1;
	reader.is_bad |= rh_read_u8(&reader) != 0;
	return finish(&reader);
}

uint32_t rh_relay_compact_bytes(uint32_t tx_count, uint32_t coinbase_bytes)
{
	uint32_t short_ids = tx_count != 0 ? tx_count - 1 : 0;

	RH_ASSERT(tx_count <= UINT16_MAX);
	/* header, nonce, short ids of all but the coinbase, one prefilled transaction: its index
	 * and the coinbase itself */
	return RH_RELAY_ENVELOPE_BYTES + RH_RELAY_HEADER_BYTES + 8 + count_bytes(short_ids) +
	       6 * short_ids + 1 + 1 + coinbase_bytes;
}

uint32_t rh_relay_missing_bytes(uint32_t part_bytes)
{
	return RH_RELAY_ENVELOPE_BYTES + 32 + 1 + part_bytes;
}
