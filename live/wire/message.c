/*
 * message.c - the head of a message, out and in.
 */
#include "live/wire/message.h"

void live_message_put_head(struct rh_buf *out, const struct live_message *message)
{
	rh_buf_u16(out, message->kind);
	rh_buf_u16(out, message->topic);
	rh_buf_u32(out, message->from);
	rh_buf_u64(out, message->id);
	rh_buf_u64(out, message->key);
}

bool live_message_get(struct live_message *message, const uint8_t *payload, size_t len)
{
	struct rh_reader reader;

	rh_reader_init(&reader, payload, len);
	message->kind = rh_read_u16(&reader);
	message->topic = rh_read_u16(&reader);
	message->from = rh_read_u32(&reader);
	message->id = rh_read_u64(&reader);
	message->key = rh_read_u64(&reader);
	message->bytes = payload + reader.pos;
	message->len = len - reader.pos;
	return !reader.is_bad;
}
