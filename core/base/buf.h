/*
 * buf.h - growable bytes and text in plain heap memory; writers and readers of little-endian
 * integers and varints.  `data[len]` is always a zero byte once something was written, so text
 * needs no further care.
 */
#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "core/base/assert.h"

struct rh_buf {
	uint8_t *data;
	size_t len;
	size_t cap;
};

void rh_buf_init(struct rh_buf *buf); /* same as zeroing it */
void rh_buf_release(struct rh_buf *buf);
void rh_buf_reset(struct rh_buf *buf);			/* len = 0, memory kept */
uint8_t *rh_buf_extend(struct rh_buf *buf, size_t len); /* room for len more bytes, counted in */
void rh_buf_put(struct rh_buf *buf, const void *bytes, size_t len);
void rh_buf_text(struct rh_buf *buf, const char *text);
void rh_buf_printf(struct rh_buf *buf, const char *fmt, ...) RH_PRINTF(2, 3);
void rh_buf_vprintf(struct rh_buf *buf, const char *fmt, va_list args);
void rh_buf_u8(struct rh_buf *buf, uint8_t value);
void rh_buf_u16(struct rh_buf *buf, uint16_t value);
void rh_buf_u32(struct rh_buf *buf, uint32_t value);
void rh_buf_u64(struct rh_buf *buf, uint64_t value);
void rh_buf_varint(struct rh_buf *buf, uint64_t value); /* LEB128 */
void rh_buf_svarint(struct rh_buf *buf, int64_t value); /* zigzag */
void rh_buf_bytes(struct rh_buf *buf, const void *bytes,
		  size_t len);		    /* varint length, then bytes */
const char *rh_buf_str(struct rh_buf *buf); /* "" when empty; borrowed until the next write */

/* A reader over borrowed bytes.  Reading past the end sets `is_bad` and gives zeros; check once at
 * the end. */
struct rh_reader {
	const uint8_t *data;
	size_t len;
	size_t pos;
	bool is_bad;
};

void rh_reader_init(struct rh_reader *reader, const void *data, size_t len);
uint8_t rh_read_u8(struct rh_reader *reader);
uint16_t rh_read_u16(struct rh_reader *reader);
uint32_t rh_read_u32(struct rh_reader *reader);
uint64_t rh_read_u64(struct rh_reader *reader);
uint64_t rh_read_varint(struct rh_reader *reader);
int64_t rh_read_svarint(struct rh_reader *reader);
/* Borrowed bytes of the given length, or NULL and is_bad. */
const uint8_t *rh_read_raw(struct rh_reader *reader, size_t len);
/* varint length and bytes, borrowed; *len is 0 on error */
const uint8_t *rh_read_bytes(struct rh_reader *reader, size_t *len);

#endif
