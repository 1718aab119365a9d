/*
 * records.c - a record as varints and its text.
 */
#include "live/wire/records.h"

void live_counters_put(struct rh_buf *out, const struct live_counters *counters)
{
	rh_buf_varint(out, counters->steps);
	rh_buf_varint(out, counters->copies);
	rh_buf_varint(out, counters->refused);
	rh_buf_varint(out, counters->memory_bytes);
}

void live_counters_get(struct rh_reader *reader, struct live_counters *counters)
{
	counters->steps = rh_read_varint(reader);
	counters->copies = rh_read_varint(reader);
	counters->refused = rh_read_varint(reader);
	counters->memory_bytes = rh_read_varint(reader);
}

void live_record_put(struct rh_buf *out, const struct rh_record *record)
{
	rh_buf_varint(out, record->time_ns);
	rh_buf_varint(out, record->node);
	rh_buf_varint(out, record->kind);
	rh_buf_varint(out, record->stage);
	rh_buf_varint(out, record->index);
	rh_buf_varint(out, record->a);
	rh_buf_varint(out, record->b);
	rh_buf_varint(out, record->c);
	rh_buf_varint(out, record->d);
	rh_buf_u8(out, record->text != NULL);
	rh_buf_bytes(out, record->text, record->text != NULL ? record->text_len : 0);
}

void live_record_get(struct rh_reader *reader, struct rh_record *record)
{
	const uint8_t *text;
	size_t len;
	bool has_text;

	record->time_ns = rh_read_varint(reader);
	record->node = (uint32_t)rh_read_varint(reader);
	record->kind = (uint16_t)rh_read_varint(reader);
	record->stage = (uint16_t)rh_read_varint(reader);
	record->index = (uint32_t)rh_read_varint(reader);
	record->a = rh_read_varint(reader);
	record->b = rh_read_varint(reader);
	record->c = rh_read_varint(reader);
	record->d = rh_read_varint(reader);
	has_text = rh_read_u8(reader) != 0;
	text = rh_read_bytes(reader, &len);
	record->text = has_text ? (const char *)text : NULL;
	record->text_len = has_text ? (uint32_t)len : 0;
}
