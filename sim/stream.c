/*
 * stream.c - the batch and the few records that wait for their place in it.
 */
#include "sim/stream.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"

void sim_stream_init(struct sim_stream *stream)
{
	memset(stream, 0, sizeof(*stream));
	stream->urgent_ns = RH_TIME_NEVER;
}

void sim_stream_release(struct sim_stream *stream)
{
	free(stream->batch);
	free(stream->pending);
	rh_arena_release(&stream->texts);
	memset(stream, 0, sizeof(*stream));
}

static void note_urgent(struct sim_stream *stream, const struct rh_record *record)
{
	if (((stream->calm_mask >> record->kind) & 1) == 0 && record->time_ns < stream->urgent_ns)
		stream->urgent_ns = record->time_ns;
}

static void find_urgent(struct sim_stream *stream)
{
	stream->urgent_ns = RH_TIME_NEVER;
	for (size_t i = 0; i < stream->count; i++)
		note_urgent(stream, &stream->batch[i]);
	for (size_t i = 0; i < stream->pending_count; i++)
		note_urgent(stream, &stream->pending[i]);
}

void sim_stream_calm(struct sim_stream *stream, uint64_t calm_mask)
{
	stream->calm_mask = calm_mask;
	find_urgent(stream);
}

static struct rh_record *grow(struct rh_record *records, size_t count, size_t *cap)
{
	if (count < *cap)
		return records;
	*cap = *cap == 0 ? 64 : *cap * 2;
	return rh_realloc(records, *cap * sizeof(*records));
}

/* RH_NODE_WORLD becomes 0 and node i becomes i + 1. */
static uint32_t place_of(uint32_t node)
{
	return node + 1;
}

static void append(struct sim_stream *stream, const struct rh_record *record)
{
	const struct rh_record *last;

	stream->batch = grow(stream->batch, stream->count, &stream->cap);
	if (stream->count > 0) {
		last = &stream->batch[stream->count - 1];
		RH_ASSERT(last->time_ns <= record->time_ns);
		RH_ASSERT(last->time_ns < record->time_ns ||
			  place_of(last->node) <= place_of(record->node));
	}
	stream->batch[stream->count++] = *record;
}

static void keep_text(struct sim_stream *stream, struct rh_record *record)
{
	if (record->text != NULL)
		record->text = rh_arena_text(&stream->texts, record->text, record->text_len);
}

void sim_stream_settle(struct sim_stream *stream, uint64_t time_ns, uint32_t node)
{
	size_t taken = 0;

	while (taken < stream->pending_count) {
		const struct rh_record *next = &stream->pending[taken];

		if (next->time_ns > time_ns ||
		    (next->time_ns == time_ns && place_of(next->node) > place_of(node)))
			break;
		append(stream, next);
		taken++;
	}
	if (taken == 0)
		return;
	stream->pending_count -= taken;
	memmove(stream->pending, stream->pending + taken,
		stream->pending_count * sizeof(*stream->pending));
}

void sim_stream_add(struct sim_stream *stream, const struct rh_record *record)
{
	if (stream->pending_count > 0)
		sim_stream_settle(stream, record->time_ns, record->node);
	append(stream, record);
	note_urgent(stream, record);
	keep_text(stream, &stream->batch[stream->count - 1]);
}

void sim_stream_add_pending(struct sim_stream *stream, const struct rh_record *record)
{
	size_t at = stream->pending_count;

	RH_ASSERT(record->node != RH_NODE_WORLD);
	stream->pending = grow(stream->pending, stream->pending_count, &stream->pending_cap);
	while (at > 0 && (stream->pending[at - 1].time_ns > record->time_ns ||
			  (stream->pending[at - 1].time_ns == record->time_ns &&
			   stream->pending[at - 1].node > record->node))) {
		stream->pending[at] = stream->pending[at - 1];
		at--;
	}
	stream->pending[at] = *record;
	keep_text(stream, &stream->pending[at]);
	note_urgent(stream, record);
	stream->pending_count++;
}

void sim_stream_flush(struct sim_stream *stream, const struct rh_sink *sink)
{
	size_t count = stream->count;

	stream->count = 0;
	if (count > 0 && sink != NULL)
		sink->take(sink->ctx, stream->batch, count);
	RH_ASSERT(stream->count == 0); /* a sink makes no records */
	find_urgent(stream);
	if (stream->pending_count == 0 && stream->texts.used_bytes > 0)
		rh_arena_reset(&stream->texts);
}

bool sim_stream_is_empty(const struct sim_stream *stream)
{
	return stream->count == 0 && stream->pending_count == 0;
}
