/*
 * hash.c - XXH3 behind the project's own names.
 *
 * The library's header is compiled in here and nowhere else: no other file depends on it, and a
 * build for another machine needs no library for that machine.
 */
#include <stdlib.h>
#include <string.h>

/* The state must be given the alignment that the vector code wants; rh_digest_new does. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/base/hash.h"

struct rh_digest {
	XXH3_state_t state;
};

uint64_t rh_hash64(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}

uint64_t rh_name64(const char *name)
{
	RH_ASSERT(name != NULL);
	return XXH3_64bits(name, strlen(name));
}

static struct rh_hash128 from_xxh(XXH128_hash_t value)
{
	return (struct rh_hash128){.low = value.low64, .high = value.high64};
}

struct rh_hash128 rh_hash128(const void *bytes, size_t len)
{
	return from_xxh(XXH3_128bits(bytes, len));
}

bool rh_hash128_eq(struct rh_hash128 a, struct rh_hash128 b)
{
	return a.low == b.low && a.high == b.high;
}

char *rh_hash128_text(char text[RH_HASH_TEXT], struct rh_hash128 hash)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < 16; i++) {
		text[i] = digits[hash.high >> (60 - 4 * i) & 15];
		text[16 + i] = digits[hash.low >> (60 - 4 * i) & 15];
	}
	text[32] = 0;
	return text;
}

/* -1 for what is no lower-case or upper-case hex digit */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool rh_hash128_parse(struct rh_hash128 *hash, const char *text)
{
	struct rh_hash128 value = {0, 0};
	size_t i;

	for (i = 0; i < 32; i++) {
		uint64_t *half = i < 16 ? &value.high : &value.low;
		int digit = hex_digit(text[i]);

		if (digit < 0)
			return false;
		*half = *half << 4 | (uint64_t)digit;
	}
	if (text[32] != 0)
		return false;
	*hash = value;
	return true;
}

struct rh_digest *rh_digest_new(void)
{
	size_t size = (sizeof(struct rh_digest) + 63) & ~(size_t)63;
	struct rh_digest *digest = aligned_alloc(64, size);

	if (digest == NULL)
		rh_fatal("out of memory (a digest)");
	memset(digest, 0, size);
	rh_digest_reset(digest);
	return digest;
}

void rh_digest_free(struct rh_digest *digest)
{
	free(digest);
}

void rh_digest_reset(struct rh_digest *digest)
{
	XXH_errorcode code = XXH3_128bits_reset(&digest->state);

	RH_ASSERT(code == XXH_OK);
}

void rh_digest_u32(struct rh_digest *digest, uint32_t value)
{
	uint8_t bytes[4];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	rh_digest_bytes(digest, bytes, sizeof(bytes));
}

void rh_digest_u64(struct rh_digest *digest, uint64_t value)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	rh_digest_bytes(digest, bytes, sizeof(bytes));
}

void rh_digest_bytes(struct rh_digest *digest, const void *bytes, size_t len)
{
	XXH_errorcode code;

	if (len == 0)
		return;
	code = XXH3_128bits_update(&digest->state, bytes, len);
	RH_ASSERT(code == XXH_OK);
}

struct rh_hash128 rh_digest_value(const struct rh_digest *digest)
{
	return from_xxh(XXH3_128bits_digest(&digest->state));
}
