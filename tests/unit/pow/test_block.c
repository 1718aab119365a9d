/*
 * test_block.c - a block's bytes: each kind of message weighs what it says, comes back as it was, has
 * its header where Bitcoin has its fields, and is refused when any single bit was flipped.
 */
#include <string.h>

#include "models/pow/model.h"
#include "models/pow/node.h"
#include "tests/lib/model_host.h"
#include "tests/unit/pow/frame.h"

static struct rh_pow_block sample(uint32_t size_bytes)
{
	struct rh_pow_block block = {
		.parent = UINT64_C(0x1122334455667788),
		.time_s = 1700000000,
		.producer_name64 = rh_name64("n-7"),
		.fees = 12345,
		.producer = 7,
		.height = 99,
		.bits = 0x1b0404cb,
		.size_bytes = size_bytes,
		.tx_count = 1 + size_bytes / 500,
		.nonce = 0xdeadbeef,
	};

	rh_pow_block_seal(&block);
	return block;
}

static const uint16_t kinds[] = {RH_RELAY_KIND_ITEM, RH_RELAY_KIND_COMPACT, RH_RELAY_KIND_MISSING};

START_TEST(bytes_make_the_trip)
{
	struct model_host *host = host_new(&rh_pow_model, 2, 1);
	struct rh_pow_block block = sample(10000);

	for (size_t i = 0; i < RH_ARRAY_LEN(kinds); i++) {
		const struct rh_message_kind *kind = &rh_pow_model.messages[kinds[i]];
		const struct rh_env *env = &host->nodes[0].env;
		struct rh_buf bytes = {0};
		struct rh_handle ref;
		uint64_t key;

		kind->encode(host->params, block.id, &block, &bytes);
		ck_assert_uint_eq(bytes.len, kind->size(host->params, block.id, &block));
		ck_assert_int_eq(kind->decode(env, bytes.data, bytes.len, &key, &ref), 0);
		ck_assert_uint_eq(key, block.id);
		ck_assert_mem_eq(rh_env_object(env, ref), &block, sizeof(block));
		/* One byte less, one more. */
		ck_assert_int_ne(kind->decode(env, bytes.data, bytes.len - 1, &key, &ref), 0);
		rh_buf_u8(&bytes, 0);
		ck_assert_int_ne(kind->decode(env, bytes.data, bytes.len, &key, &ref), 0);
		rh_buf_release(&bytes);
	}
	while (host->fresh_count > 0)
		host_object_drop(host, host->fresh[--host->fresh_count]);
	host_free(host);
}
END_TEST

START_TEST(sizes_are_those_of_the_protocol)
{
	struct model_host *host = host_new(&rh_pow_model, 2, 1);
	struct rh_pow_block block = sample(1000000);

	ck_assert_uint_eq(rh_pow_block_size(host->params, 0, &block), 24 + 1000000);
	/* 2001 transactions of 6 bytes each, header, nonce, and the coinbase as it is */
	ck_assert_uint_gt(rh_pow_compact_size(host->params, 0, &block), 12000);
	ck_assert_uint_lt(rh_pow_compact_size(host->params, 0, &block), 14000);
	ck_assert_uint_gt(rh_pow_missing_size(host->params, 0, &block), 500);
	ck_assert_uint_lt(rh_pow_missing_size(host->params, 0, &block), 700);
	host_free(host);
}
END_TEST

START_TEST(header_fields_have_their_places)
{
	struct model_host *host = host_new(&rh_pow_model, 2, 1);
	struct rh_pow_block block = sample(300);
	struct rh_buf bytes = {0};
	const uint8_t *header;

	rh_pow_block_encode(host->params, block.id, &block, &bytes);
	header = bytes.data + RH_RELAY_ENVELOPE_BYTES;
	ck_assert_mem_eq(header, "\x00\x00\x00\x20", 4);		     /* version */
	ck_assert_mem_eq(header + 4, "\x88\x77\x66\x55\x44\x33\x22\x11", 8); /* parent */
	ck_assert_mem_eq(header + 68, "\x00\xf1\x53\x65", 4);		     /* time */
	ck_assert_mem_eq(header + 72, "\xcb\x04\x04\x1b", 4);		     /* bits */
	rh_buf_release(&bytes);
	host_free(host);
}
END_TEST

START_TEST(every_flipped_bit_is_noticed)
{
	struct model_host *host = host_new(&rh_pow_model, 2, 1);
	struct rh_pow_block block = sample(300);

	for (size_t i = 0; i < RH_ARRAY_LEN(kinds); i++) {
		const struct rh_message_kind *kind = &rh_pow_model.messages[kinds[i]];
		struct rh_buf bytes = {0};

		kind->encode(host->params, block.id, &block, &bytes);
		for (size_t bit = 0; bit < bytes.len * 8; bit++) {
			struct rh_handle ref;
			uint64_t key;

			bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			ck_assert_int_ne(kind->decode(&host->nodes[0].env, bytes.data, bytes.len,
						      &key, &ref),
					 0);
			bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		rh_buf_release(&bytes);
	}
	ck_assert_uint_eq(host->fresh_count, 0);
	host_free(host);
}
END_TEST

START_TEST(the_seal_covers_every_field)
{
	struct rh_pow_block block = sample(300);
	uint8_t *raw = (uint8_t *)&block;

	ck_assert(rh_pow_block_is_sealed(&block));
	for (size_t i = 0; i < sizeof(block); i++) {
		raw[i] ^= 1;
		ck_assert_msg(!rh_pow_block_is_sealed(&block), "byte %zu is not covered", i);
		raw[i] ^= 1;
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		bytes_make_the_trip,
		sizes_are_those_of_the_protocol,
		header_fields_have_their_places,
		every_flipped_bit_is_noticed,
		the_seal_covers_every_field,
	};

	return run_tests("block", tests, RH_ARRAY_LEN(tests));
}
