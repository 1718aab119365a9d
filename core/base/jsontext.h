/*
 * jsontext.h - pieces of JSON appended to a buffer, for documents that are written by hand because
 * there are many of them or because their bytes must not change.
 *
 * Numbers beyond 2^53 become strings: readers that know only floating point would change them.
 * Text that is not UTF-8 is mended with U+FFFD, so that the document is always valid.
 */
#ifndef CORE_BASE_JSONTEXT_H
#define CORE_BASE_JSONTEXT_H

#include "core/base/buf.h"

void rh_json_u64(struct rh_buf *out, uint64_t value);
void rh_json_i64(struct rh_buf *out, int64_t value);
void rh_json_id(struct rh_buf *out, uint64_t id); /* "0123456789abcdef", in quotes */
/* in quotes, escaped */
void rh_json_string(struct rh_buf *out, const char *text, size_t len);
void rh_json_text(struct rh_buf *out, const char *text);

/* Plain digits, as they stand in text for people. */
void rh_decimal(struct rh_buf *out, uint64_t value);
/* Bytes of the UTF-8 character at the start of `text`, or 0 when it is none. */
size_t rh_utf8_len(const char *text, size_t len);

#endif
