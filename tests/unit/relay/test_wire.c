/*
 * Relay messages as bytes: the sizes of Bitcoin's protocol, one message byte by byte, and decoders
 * that take exactly what was encoded and nothing else.
 */
#include "core/base/err.h"
#include "tests/lib/frame.h"
#include "tests/unit/relay/loop.h"

static const struct rh_message_kind rows[] = {RH_RELAY_MESSAGE_ROWS({0}, {0}, {0})};
static const struct rh_topic topics[] = {RH_RELAY_TOPIC_ROWS(FIRST_KIND)};

static struct loop *open_two(void)
{
	static const uint32_t links[1][2] = {{0, 1}};

	return loop_open(RH_RELAY_HEADERS, 2, links, 1, 1);
}

START_TEST(tables)
{
	ck_assert_uint_eq(RH_ARRAY_LEN(rows), RH_RELAY_KIND_COUNT);
	ck_assert_uint_eq(RH_ARRAY_LEN(topics), RH_RELAY_TOPIC_COUNT);
	ck_assert_str_eq(rows[RH_RELAY_KIND_HEADERS].name, "headers");
	ck_assert_str_eq(rows[RH_RELAY_KIND_GETMISSING].name, "getblocktxn");
	ck_assert_uint_eq(topics[RH_RELAY_TOPIC_INV].message_kind, FIRST_KIND + RH_RELAY_KIND_INV);
	ck_assert_uint_eq(topics[RH_RELAY_TOPIC_COMPACT].message_kind,
			  FIRST_KIND + RH_RELAY_KIND_COMPACT);
}
END_TEST

static struct rh_relay_headers *headers_new(struct loop *loop, uint32_t count)
{
	struct rh_handle ref;
	struct rh_relay_headers *list = host_object_new(
		loop, (uint32_t)(sizeof(*list) + count * sizeof(struct rh_relay_header)), &ref);
	uint32_t i;

	list->count = count;
	for (i = 0; i < count; i++)
		list->headers[i] = (struct rh_relay_header){100 + i, 99 + i};
	return list;
}

static struct rh_relay_locator *locator_new(struct loop *loop, uint32_t count)
{
	struct rh_handle ref;
	struct rh_relay_locator *locator = host_object_new(
		loop, (uint32_t)(sizeof(*locator) + count * sizeof(uint64_t)), &ref);
	uint32_t i;

	locator->count = count;
	for (i = 0; i < count; i++)
		locator->ids[i] = 1000 - i;
	return locator;
}

START_TEST(sizes)
{
	struct loop *loop = open_two();

	ck_assert_uint_eq(rh_relay_id_size(NULL, 5, NULL), 61);
	ck_assert_uint_eq(rh_relay_headers_size(NULL, 5, headers_new(loop, 1)), 24 + 1 + 81);
	ck_assert_uint_eq(rh_relay_headers_size(NULL, 5, headers_new(loop, 252)),
			  24 + 1 + 81 * 252);
	ck_assert_uint_eq(rh_relay_headers_size(NULL, 5, headers_new(loop, 2000)),
			  24 + 3 + 81 * 2000);
	ck_assert_uint_eq(rh_relay_getheaders_size(NULL, 5, locator_new(loop, 1)),
			  24 + 4 + 1 + 32 + 32);
	ck_assert_uint_eq(rh_relay_getheaders_size(NULL, 5, locator_new(loop, 31)),
			  24 + 4 + 1 + 31 * 32 + 32);
	ck_assert_uint_eq(rh_relay_getmissing_size(NULL, 5, NULL), 24 + 34);
	/* 2,500 transactions: about 15 kB, as in practice */
	ck_assert_uint_eq(rh_relay_compact_bytes(2500, 250),
			  24 + 80 + 8 + 3 + 6 * 2499 + 1 + 1 + 250);
	ck_assert_uint_eq(rh_relay_compact_bytes(1, 250), 24 + 80 + 8 + 1 + 2 + 250);
	ck_assert_uint_eq(rh_relay_missing_bytes(1000), 24 + 32 + 1 + 1000);
	loop_effects(loop, 0); /* lets the objects go */
	loop_close(loop);
}
END_TEST

/* An inv, byte by byte. */
START_TEST(inv_bytes)
{
	static const uint8_t expected[] = {
		0xFA, 0xBF, 0xB5, 0xDA,					    /* magic */
		'i',  'n',  'v',  0,	0,    0,    0,	  0,	0, 0, 0, 0, /* command */
		37,   0,    0,	  0,					    /* length */
		0,    0,    0,	  0,					    /* checksum: below */
		1,    2,    0,	  0,	0,				    /* one block */
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0, 0,	    /* hash */
		0,    0,    0,	  0,	0,    0,    0,	  0,	0, 0, 0, 0,
		0,    0,    0,	  0,	0,    0,    0,	  0,	0, 0};
	struct rh_buf bytes = {0};
	uint64_t sum;
	uint32_t i;

	rh_relay_inv_encode(NULL, UINT64_C(0x0102030405060708), NULL, &bytes);
	ck_assert_uint_eq(bytes.len, 61);
	ck_assert_uint_eq(sizeof(expected), 61);
	sum = rh_hash64(bytes.data + 24, 37);
	for (i = 0; i < 61; i++)
		ck_assert_uint_eq(bytes.data[i],
				  i >= 20 && i < 24 ? (sum >> 8 * (i - 20) & 255) : expected[i]);
	rh_buf_release(&bytes);
}
END_TEST

static void encode_sample(struct loop *loop, uint32_t kind, uint32_t count, struct rh_buf *bytes)
{
	const void *object = NULL;

	if (kind == RH_RELAY_KIND_HEADERS)
		object = headers_new(loop, count);
	if (kind == RH_RELAY_KIND_GETHEADERS)
		object = locator_new(loop, count);
	rows[kind].encode(NULL, 99 + count, object, bytes);
	ck_assert_uint_eq(bytes->len, rows[kind].size(NULL, 99 + count, object));
}

/* One flipped bit, one byte less, one more: corrupt, all of them. */
START_TEST(damage_is_seen)
{
	struct loop *loop = open_two();
	struct rh_env *env = &loop->nodes[0].env;
	uint32_t kind;
	uint32_t bit;

	for (kind = 0; kind < RH_RELAY_KIND_COUNT; kind++) {
		struct rh_buf bytes = {0};
		struct rh_handle ref;
		uint64_t key;

		if (rows[kind].encode == NULL)
			continue;
		encode_sample(loop, kind, 3, &bytes);
		ck_assert_int_eq(rows[kind].decode(env, bytes.data, bytes.len, &key, &ref), 0);
		ck_assert_uint_eq(key, 102);
		for (bit = 0; bit < bytes.len * 8; bit++) {
			bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			RH_ASSERT(rows[kind].decode(env, bytes.data, bytes.len, &key, &ref) ==
				  RH_E_CORRUPT);
			bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		ck_assert_int_eq(rows[kind].decode(env, bytes.data, bytes.len - 1, &key, &ref),
				 RH_E_CORRUPT);
		rh_buf_u8(&bytes, 0);
		ck_assert_int_eq(rows[kind].decode(env, bytes.data, bytes.len, &key, &ref),
				 RH_E_CORRUPT);
		ck_assert_int_eq(rows[kind].decode(env, bytes.data, 0, &key, &ref), RH_E_CORRUPT);
		rh_buf_release(&bytes);
		loop_effects(loop, 0); /* lets the objects go */
	}
	loop_close(loop);
}
END_TEST

/* Right checksum, wrong content: too long a list, a count in the long form for a small number. */
START_TEST(lists_are_bounded)
{
	struct loop *loop = open_two();
	struct rh_env *env = &loop->nodes[0].env;
	struct rh_handle ref;
	uint64_t key;
	struct rh_buf bytes = {0};

	encode_sample(loop, RH_RELAY_KIND_HEADERS, RH_RELAY_HEADERS_MAX, &bytes);
	ck_assert_int_eq(rh_relay_headers_decode(env, bytes.data, bytes.len, &key, &ref), 0);
	rh_buf_reset(&bytes);
	encode_sample(loop, RH_RELAY_KIND_HEADERS, RH_RELAY_HEADERS_MAX + 1, &bytes);
	ck_assert_int_eq(rh_relay_headers_decode(env, bytes.data, bytes.len, &key, &ref),
			 RH_E_CORRUPT);
	rh_buf_reset(&bytes);
	encode_sample(loop, RH_RELAY_KIND_GETHEADERS, RH_RELAY_LOCATOR_MAX + 1, &bytes);
	ck_assert_int_eq(rh_relay_getheaders_decode(env, bytes.data, bytes.len, &key, &ref),
			 RH_E_CORRUPT);
	rh_buf_reset(&bytes);
	rh_relay_envelope_begin(&bytes, "headers");
	rh_buf_u8(&bytes, 0xFD);
	rh_buf_u16(&bytes, 0);
	rh_relay_envelope_end(&bytes, 0, 27);
	ck_assert_int_eq(rh_relay_headers_decode(env, bytes.data, bytes.len, &key, &ref),
			 RH_E_CORRUPT);
	rh_buf_release(&bytes);
	loop_effects(loop, 0);
	loop_close(loop);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("relay wire");

	tcase_add_test(frame.tests, tables);
	tcase_add_test(frame.tests, sizes);
	tcase_add_test(frame.tests, inv_bytes);
	tcase_add_test(frame.tests, damage_is_seen);
	tcase_add_test(frame.tests, lists_are_bounded);
	return frame_run(frame);
}
