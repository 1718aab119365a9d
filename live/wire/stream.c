/*
 * stream.c - nonblocking reads and writes around the frames.
 */
#include "live/wire/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "core/base/rng.h"

#define READ_BYTES (UINT32_C(64) << 10)

void live_stream_open(struct live_stream *stream, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	memset(stream, 0, sizeof(*stream));
	RH_ASSERT(fd >= 0 && flags >= 0);
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		rh_fatal("a socket cannot be made nonblocking: %s", strerror(errno));
	stream->fd = fd;
}

void live_stream_close(struct live_stream *stream)
{
	if (stream->fd >= 0)
		close(stream->fd);
	rh_buf_release(&stream->in);
	rh_buf_release(&stream->out);
	memset(stream, 0, sizeof(*stream));
	stream->fd = -1;
}

bool live_stream_is_open(const struct live_stream *stream)
{
	return stream->fd >= 0 && !stream->is_ended;
}

/* ---- frames ---------------------------------------------------------------------------------- */

static uint64_t checksum(uint32_t type, const uint8_t *payload, size_t len)
{
	return rh_absorb(rh_absorb(rh_hash64(payload, len), type), len);
}

static void put_at(struct rh_buf *out, size_t at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out->data[at + i] = (uint8_t)(value >> (8 * i));
}

size_t live_frame_begin(struct rh_buf *out, enum live_frame_type type)
{
	size_t begin = out->len;

	rh_buf_u32(out, 0);
	rh_buf_u32(out, type);
	rh_buf_u64(out, 0);
	return begin;
}

void live_frame_end(struct rh_buf *out, size_t begin)
{
	size_t len = out->len - begin - LIVE_FRAME_HEAD;
	const uint8_t *payload = out->data + begin + LIVE_FRAME_HEAD;
	uint32_t type = out->data[begin + 4];

	RH_ASSERT(out->len >= begin + LIVE_FRAME_HEAD);
	if (len > LIVE_FRAME_MAX)
		rh_fatal("a message of %zu bytes is longer than a frame may be (%u)", len,
			 (unsigned)LIVE_FRAME_MAX);
	put_at(out, begin, len, 4);
	put_at(out, begin + 8, checksum(type, payload, len), 8);
}

int live_stream_next(struct live_stream *stream, struct live_frame *frame, struct rh_err *err)
{
	struct rh_reader reader;
	uint32_t len, type;
	uint64_t sum;

	if (stream->in.len - stream->in_pos < LIVE_FRAME_HEAD)
		return 0;
	rh_reader_init(&reader, stream->in.data + stream->in_pos, LIVE_FRAME_HEAD);
	len = rh_read_u32(&reader);
	type = rh_read_u32(&reader);
	sum = rh_read_u64(&reader);
	if (len > LIVE_FRAME_MAX || type < LIVE_HELLO || type > LIVE_FAILED)
		return rh_err_set(err, RH_E_CORRUPT, "what came over a socket is no frame");
	if (stream->in.len - stream->in_pos - LIVE_FRAME_HEAD < len)
		return 0;
	frame->type = (enum live_frame_type)type;
	frame->bytes = stream->in.data + stream->in_pos + LIVE_FRAME_HEAD;
	frame->len = len;
	if (checksum(type, frame->bytes, len) != sum)
		return rh_err_set(err, RH_E_CORRUPT, "a frame was damaged on its way");
	stream->in_pos += LIVE_FRAME_HEAD + len;
	return 1;
}

/* ---- the socket ------------------------------------------------------------------------------ */

/* What was taken makes room; the rest of a frame moves to the front. */
static void make_room(struct live_stream *stream)
{
	size_t rest = stream->in.len - stream->in_pos;

	if (stream->in_pos == 0)
		return;
	memmove(stream->in.data, stream->in.data + stream->in_pos, rest);
	stream->in.len = rest;
	stream->in_pos = 0;
}

void live_stream_read(struct live_stream *stream)
{
	while (live_stream_is_open(stream)) {
		ssize_t got;

		make_room(stream);
		rh_buf_extend(&stream->in, READ_BYTES);
		got = recv(stream->fd, stream->in.data + stream->in.len - READ_BYTES, READ_BYTES,
			   0);
		stream->in.len -= READ_BYTES - (got > 0 ? (size_t)got : 0);
		if (got > 0 && (size_t)got < READ_BYTES)
			return;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (got <= 0)
			stream->is_ended = true;
	}
}

void live_stream_write(struct live_stream *stream)
{
	while (live_stream_is_open(stream) && stream->out_pos < stream->out.len) {
		ssize_t put = send(stream->fd, stream->out.data + stream->out_pos,
				   stream->out.len - stream->out_pos, MSG_NOSIGNAL);

		if (put >= 0) {
			stream->out_pos += (size_t)put;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		/* What the other side has said before it went can still be read. */
		stream->out_pos = stream->out.len;
	}
	if (stream->out_pos == stream->out.len) {
		rh_buf_reset(&stream->out);
		stream->out_pos = 0;
	}
}

bool live_stream_wants_write(const struct live_stream *stream)
{
	return live_stream_is_open(stream) && stream->out_pos < stream->out.len;
}
