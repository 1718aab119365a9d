/*
 * stream.h - frames over a stream socket: what nodes, and the parent and its nodes, say to each
 * other.
 *
 *   | len u32 | type u32 | checksum u64 | payload, len bytes |        all little-endian
 *
 * The checksum is XXH3-64 of the payload, absorbed with type and length, so that a frame that was
 * cut, mixed up or damaged is noticed and never decoded.
 *
 * A stream never blocks: what the socket does not take waits in `out`, what came waits in `in` until
 * the frame is whole.  Whoever polls asks live_stream_wants_write().
 */
#ifndef LIVE_WIRE_STREAM_H
#define LIVE_WIRE_STREAM_H

#include "core/base/buf.h"
#include "core/base/err.h"

#define LIVE_FRAME_HEAD 16
#define LIVE_FRAME_MAX	(UINT32_C(64) << 20)

enum live_frame_type {
	/* between nodes */
	LIVE_HELLO = 1, /* who connects: node u32, life u32 */
	LIVE_MESSAGE,	/* live/wire/message.h */
	/* from the parent to a node */
	LIVE_START,  /* world time begins: ask u32, epoch u64, starts u64, clock offset u64 */
	LIVE_EVENT,  /* an action or an input: ask u32, class, kind, key, arg, ticket */
	LIVE_CLOCK,  /* ask u32, clock offset u64, by how much u64 */
	LIVE_PING,   /* ask u32 */
	LIVE_REPLAY, /* an event with its time, to be played without acting: live/node/seam.h */
	/* from a node to the parent */
	LIVE_READY,    /* all neighbours are connected */
	LIVE_RECORDS,  /* live/wire/records.h */
	LIVE_DONE,     /* ask u32, and the node's counters */
	LIVE_REPLAYED, /* what the step asked for */
	LIVE_FAILED    /* code, text: the node cannot go on */
};

struct live_frame {
	enum live_frame_type type;
	const uint8_t *bytes; /* borrowed until the stream is read again */
	size_t len;
};

struct live_stream {
	int fd; /* -1: closed */
	struct rh_buf in;
	size_t in_pos; /* up to here the frames were taken */
	struct rh_buf out;
	size_t out_pos; /* up to here it was written */
	bool is_ended;	/* the other side has closed, or the socket failed */
};

/* Takes the socket and makes it nonblocking. */
void live_stream_open(struct live_stream *stream, int fd);
void live_stream_close(struct live_stream *stream);
bool live_stream_is_open(const struct live_stream *stream);

/* A frame is written between begin and end: append the payload to `out` in between. */
size_t live_frame_begin(struct rh_buf *out, enum live_frame_type type);
void live_frame_end(struct rh_buf *out, size_t begin);

/* Reads what is there.  At the end of the stream `is_ended` is set; frames before it can still be
 * taken. */
void live_stream_read(struct live_stream *stream);
/* 1: a frame; 0: none is whole yet; RH_E_CORRUPT: what came is no frame. */
int live_stream_next(struct live_stream *stream, struct live_frame *frame,
		     struct rh_err *err) RH_MUST_USE;
/* Writes what the socket takes of `out`. */
void live_stream_write(struct live_stream *stream);
bool live_stream_wants_write(const struct live_stream *stream);

#endif
