/*
 * buf.c - growable bytes, and little-endian integers and varints written to and read from them.
 *
 * Integers are taken apart by shifts, never by a cast of the memory, so the bytes are the same on
 * every machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

#define VARINT_MAX 10 /* bytes of a 64-bit varint */

void rh_buf_init(struct rh_buf *buf)
{
	memset(buf, 0, sizeof(*buf));
}

void rh_buf_release(struct rh_buf *buf)
{
	free(buf->data);
	rh_buf_init(buf);
}

void rh_buf_reset(struct rh_buf *buf)
{
	buf->len = 0;
	if (buf->data != NULL)
		buf->data[0] = 0;
}

uint8_t *rh_buf_extend(struct rh_buf *buf, size_t len)
{
	uint8_t *start;

	RH_ASSERT(len < SIZE_MAX / 4 && buf->len < SIZE_MAX / 4);
	if (buf->len + len + 1 > buf->cap) {
		size_t cap = buf->cap + buf->cap / 2;

		if (cap < buf->len + len + 1)
			cap = buf->len + len + 1;
		if (cap < 64)
			cap = 64;
		buf->data = rh_realloc(buf->data, cap);
		buf->cap = cap;
	}
	start = buf->data + buf->len;
	buf->len += len;
	buf->data[buf->len] = 0;
	return start;
}

void rh_buf_put(struct rh_buf *buf, const void *bytes, size_t len)
{
	uint8_t *start = rh_buf_extend(buf, len);

	if (len != 0)
		memcpy(start, bytes, len);
}

void rh_buf_text(struct rh_buf *buf, const char *text)
{
	rh_buf_put(buf, text, strlen(text));
}

void rh_buf_printf(struct rh_buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	rh_buf_vprintf(buf, fmt, args);
	va_end(args);
}

void rh_buf_vprintf(struct rh_buf *buf, const char *fmt, va_list args)
{
	va_list again;
	uint8_t *start;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	RH_ASSERT(len >= 0);
	start = rh_buf_extend(buf, (size_t)len);
	vsnprintf((char *)start, (size_t)len + 1, fmt, again);
	va_end(again);
}

static void put_little(struct rh_buf *buf, uint64_t value, size_t len)
{
	uint8_t *start = rh_buf_extend(buf, len);
	size_t i;

	for (i = 0; i < len; i++)
		start[i] = (uint8_t)(value >> (8 * i));
}

void rh_buf_u8(struct rh_buf *buf, uint8_t value)
{
	put_little(buf, value, 1);
}

void rh_buf_u16(struct rh_buf *buf, uint16_t value)
{
	put_little(buf, value, 2);
}

void rh_buf_u32(struct rh_buf *buf, uint32_t value)
{
	put_little(buf, value, 4);
}

void rh_buf_u64(struct rh_buf *buf, uint64_t value)
{
	put_little(buf, value, 8);
}

void rh_buf_varint(struct rh_buf *buf, uint64_t value)
{
	uint8_t bytes[VARINT_MAX];
	size_t len = 0;

	while (value >= 0x80) {
		bytes[len++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	bytes[len++] = (uint8_t)value;
	RH_ASSERT(len <= VARINT_MAX);
	rh_buf_put(buf, bytes, len);
}

void rh_buf_svarint(struct rh_buf *buf, int64_t value)
{
	uint64_t sign = value < 0 ? UINT64_MAX : 0;

	rh_buf_varint(buf, ((uint64_t)value << 1) ^ sign);
}

void rh_buf_bytes(struct rh_buf *buf, const void *bytes, size_t len)
{
	rh_buf_varint(buf, len);
	rh_buf_put(buf, bytes, len);
}

const char *rh_buf_str(struct rh_buf *buf)
{
	return buf->data != NULL ? (const char *)buf->data : "";
}

void rh_reader_init(struct rh_reader *reader, const void *data, size_t len)
{
	RH_ASSERT(data != NULL || len == 0);
	reader->data = data;
	reader->len = len;
	reader->pos = 0;
	reader->is_bad = false;
}

const uint8_t *rh_read_raw(struct rh_reader *reader, size_t len)
{
	static const uint8_t nothing[1];
	const uint8_t *start;

	RH_ASSERT(reader->pos <= reader->len);
	if (reader->is_bad || len > reader->len - reader->pos) {
		reader->is_bad = true;
		return NULL;
	}
	if (len == 0)
		return nothing; /* not NULL, which means an error, even over no data */
	start = reader->data + reader->pos;
	reader->pos += len;
	return start;
}

static uint64_t read_little(struct rh_reader *reader, size_t len)
{
	const uint8_t *start = rh_read_raw(reader, len);
	uint64_t value = 0;
	size_t i;

	if (start == NULL)
		return 0;
	for (i = 0; i < len; i++)
		value |= (uint64_t)start[i] << (8 * i);
	return value;
}

uint8_t rh_read_u8(struct rh_reader *reader)
{
	return (uint8_t)read_little(reader, 1);
}

uint16_t rh_read_u16(struct rh_reader *reader)
{
	return (uint16_t)read_little(reader, 2);
}

uint32_t rh_read_u32(struct rh_reader *reader)
{
	return (uint32_t)read_little(reader, 4);
}

uint64_t rh_read_u64(struct rh_reader *reader)
{
	return read_little(reader, 8);
}

uint64_t rh_read_varint(struct rh_reader *reader)
{
	uint64_t value = 0;
	unsigned shift;

	for (shift = 0; shift < 7 * VARINT_MAX; shift += 7) {
		uint8_t byte = rh_read_u8(reader);

		/* The tenth byte holds one bit only; more is a number that does not fit. */
		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7F) << shift;
		if ((byte & 0x80) == 0)
			return reader->is_bad ? 0 : value;
	}
	reader->is_bad = true;
	return 0;
}

int64_t rh_read_svarint(struct rh_reader *reader)
{
	uint64_t value = rh_read_varint(reader);
	uint64_t sign = (value & 1) != 0 ? UINT64_MAX : 0;

	return (int64_t)((value >> 1) ^ sign);
}

const uint8_t *rh_read_bytes(struct rh_reader *reader, size_t *len)
{
	uint64_t size = rh_read_varint(reader);
	const uint8_t *start = rh_read_raw(reader, (size_t)size);

	*len = start != NULL ? (size_t)size : 0;
	return start;
}
