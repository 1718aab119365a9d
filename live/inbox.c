/*
 * inbox.c - sorting by insertion: nearly all come in order.
 */
#include "live/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"

void live_inbox_init(struct live_inbox *inbox)
{
	memset(inbox, 0, sizeof(*inbox));
	rh_arena_init(&inbox->texts);
}

void live_inbox_release(struct live_inbox *inbox)
{
	free(inbox->records);
	rh_arena_release(&inbox->texts);
	memset(inbox, 0, sizeof(*inbox));
}

static bool is_before(const struct rh_record *a, const struct rh_record *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->node == RH_NODE_WORLD && b->node != RH_NODE_WORLD;
}

void live_inbox_add(struct live_inbox *inbox, const struct rh_record *record)
{
	size_t at = inbox->count;

	if (inbox->count == inbox->cap) {
		inbox->cap = inbox->cap == 0 ? 256 : 2 * inbox->cap;
		inbox->records = rh_realloc(inbox->records, inbox->cap * sizeof(*inbox->records));
	}
	while (at > 0 && is_before(record, &inbox->records[at - 1])) {
		inbox->records[at] = inbox->records[at - 1];
		at--;
	}
	inbox->records[at] = *record;
	if (record->text != NULL)
		inbox->records[at].text =
			rh_arena_text(&inbox->texts, record->text, record->text_len);
	inbox->count++;
}

/* The first `count` go; none of them is earlier than what was given before. */
static void give(struct live_inbox *inbox, size_t count, const struct rh_sink *sink)
{
	for (size_t i = 0; i < count; i++) {
		struct rh_record *record = &inbox->records[i];

		if (record->time_ns < inbox->floor_ns) {
			record->time_ns = inbox->floor_ns;
			inbox->late++;
		}
		inbox->floor_ns = record->time_ns;
	}
	if (count > 0 && sink != NULL)
		sink->take(sink->ctx, inbox->records, count);
	RH_ASSERT(count <= inbox->count);
	inbox->count -= count;
	if (inbox->count > 0)
		memmove(inbox->records, inbox->records + count,
			inbox->count * sizeof(*inbox->records));
	else
		rh_arena_reset(&inbox->texts);
}

void live_inbox_give(struct live_inbox *inbox, uint64_t limit_ns, const struct rh_sink *sink)
{
	size_t count = 0;

	while (count < inbox->count && inbox->records[count].time_ns < limit_ns)
		count++;
	give(inbox, count, sink);
}

void live_inbox_pass(struct live_inbox *inbox, uint64_t time_ns)
{
	if (inbox->floor_ns < time_ns)
		inbox->floor_ns = time_ns;
}

void live_inbox_end(struct live_inbox *inbox, uint64_t end_ns, const struct rh_sink *sink)
{
	size_t kept = 0;

	for (size_t i = 0; i < inbox->count; i++) {
		struct rh_record record = inbox->records[i];

		if (record.time_ns > end_ns && record.node != RH_NODE_WORLD)
			continue;
		if (record.time_ns > end_ns)
			record.time_ns = end_ns;
		inbox->records[kept++] = record;
	}
	inbox->count = kept;
	give(inbox, kept, sink);
}

uint64_t live_inbox_first(const struct live_inbox *inbox)
{
	return inbox->count > 0 ? inbox->records[0].time_ns : RH_TIME_NEVER;
}
