/*
 * hash.h - XXH3: names to 64-bit identities, and a streaming 128-bit digest that is fed field by
 * field.
 *
 * Integers are absorbed as little-endian bytes whatever the machine, and structs never as memory,
 * so equal content gives equal digests everywhere.  The digest detects accidents, not forgers.
 */
#ifndef CORE_BASE_HASH_H
#define CORE_BASE_HASH_H

#include <stddef.h>

#include "core/base/assert.h"

struct rh_hash128 {
	uint64_t low;
	uint64_t high;
};

#define RH_HASH_TEXT 33 /* 32 hex digits, high word first, and a 0 */

uint64_t rh_hash64(const void *bytes, size_t len); /* XXH3-64, seed 0 */
uint64_t rh_name64(const char *name);		   /* of the text without its 0 */
struct rh_hash128 rh_hash128(const void *bytes, size_t len);
bool rh_hash128_eq(struct rh_hash128 a, struct rh_hash128 b);
char *rh_hash128_text(char text[RH_HASH_TEXT], struct rh_hash128 hash);
bool rh_hash128_parse(struct rh_hash128 *hash, const char *text);

struct rh_digest; /* streaming state; about 600 bytes */

struct rh_digest *rh_digest_new(void);
void rh_digest_free(struct rh_digest *digest);
void rh_digest_reset(struct rh_digest *digest);
void rh_digest_u32(struct rh_digest *digest, uint32_t value);
void rh_digest_u64(struct rh_digest *digest, uint64_t value);
void rh_digest_bytes(struct rh_digest *digest, const void *bytes, size_t len);
struct rh_hash128 rh_digest_value(const struct rh_digest *digest); /* may go on afterwards */

#endif
