/*
 * params.h - a structure of parameters to bytes and back, by its table of keys (key.h).
 *
 * Each value is one or two varints, in the order of the table; the layout of the structure in
 * memory plays no part.  A fingerprint of the table stands in front, so that bytes written for
 * another table are refused rather than misread.
 */
#ifndef CORE_PARAMS_H
#define CORE_PARAMS_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/key.h"

uint64_t rh_params_fingerprint(const struct rh_key *keys);
void rh_params_encode(const void *params, const struct rh_key *keys, struct rh_buf *out);
/* In the arena, zeroed but for the keys; NULL when the bytes are not right. */
void *rh_params_decode(struct rh_arena *arena, struct rh_reader *reader, const struct rh_key *keys,
		       uint32_t size);

#endif
