/*
 * message.h - a protocol message between two nodes, as the payload of a LIVE_MESSAGE frame.
 *
 *   | kind u16 | topic u16 | from u32 | id u64 | key u64 | what the model's `encode` wrote |
 *
 * The receiver calls the model's `decode`; what it gives as the key must be the key of the head.
 */
#ifndef LIVE_WIRE_MESSAGE_H
#define LIVE_WIRE_MESSAGE_H

#include "core/base/buf.h"

#define LIVE_MESSAGE_HEAD 24

struct live_message {
	uint16_t kind;
	uint16_t topic; /* 0: point to point */
	uint32_t from;	/* the neighbour that sent this copy */
	uint64_t id;
	uint64_t key;
	const uint8_t *bytes; /* borrowed */
	size_t len;
};

void live_message_put_head(struct rh_buf *out, const struct live_message *message);
/* False when the payload is too short for a head. */
RH_MUST_USE bool live_message_get(struct live_message *message, const uint8_t *payload, size_t len);

#endif
