/*
 * evidence.c - the last records of each node, from which evidence is taken when a decision falls.
 *
 * Decisions are few and records many, so writing must be cheap and reading need not be.  All nodes
 * share one log, written from front to back: nodes come in no order that a cache could foresee, and
 * a ring for each of ten thousand would be a miss for each record.  An entry knows the one before it
 * on its node and which of the node's records it is.  When the log is full, entries that are among
 * the last KEPT of their node move to its front, in their order; there are at most KEPT for each node,
 * and room for half as many again, so a record is moved a few times at most.
 */
#include <string.h>

#include "core/judge/state.h"

#define KEPT	 8    /* five before the deciding one, and those after it */
#define ROOM_MIN 4096 /* for those that are not among the last any more */

struct entry {
	struct kept kept;
	uint32_t turn;	 /* it is the node's so-many-th */
	uint32_t before; /* position + 1 of the one before; holds while that is among the last */
};

_Static_assert(sizeof(struct entry) == 64, "one line of a cache");

void judge_evidence_open(struct rh_judge *judge)
{
	uint32_t nodes = judge->plan->node_count;
	uint64_t room = (uint64_t)nodes * KEPT / 2;
	uint64_t cap = (uint64_t)nodes * KEPT + (room > ROOM_MIN ? room : ROOM_MIN);

	RH_ASSERT(cap < UINT32_MAX);
	judge->core->log_cap = (uint32_t)cap;
	judge->core->log = rh_space_alloc(&judge->space, cap * sizeof(struct entry));
	judge->log = rh_at(&judge->space, judge->core->log);
}

/* Entries that nobody will ask for any more make room. */
static void tidy(struct rh_judge *judge)
{
	struct core *core = judge->core;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < core->log_count; i++) {
		struct entry *entry = &judge->log[i];
		struct place *place = &judge->places[entry->kept.node];

		if (place->said - entry->turn >= KEPT)
			continue;
		/* The first of them that moves has nobody before it. */
		entry->before = place->is_tidied == core->tidied ? place->last : 0;
		place->is_tidied = core->tidied;
		judge->log[kept] = *entry;
		place->last = ++kept;
	}
	RH_ASSERT(kept < core->log_cap);
	core->log_count = kept;
}

struct kept *judge_evidence_next(struct rh_judge *judge, uint32_t node)
{
	struct core *core = judge->core;
	struct place *place = &judge->places[node];
	struct entry *entry;

	if (core->log_count == core->log_cap) {
		core->tidied++;
		tidy(judge);
	}
	entry = &judge->log[core->log_count++];
	entry->turn = ++place->said;
	entry->before = place->last;
	place->last = core->log_count;
	return &entry->kept;
}

/* The last records of a node, the newest first; how many. */
static uint32_t last_of(const struct rh_judge *judge, uint32_t node, const struct kept *last[KEPT])
{
	const struct place *place = &judge->places[node];
	uint32_t count = place->said < KEPT ? place->said : KEPT;
	uint32_t at = place->last;

	for (uint32_t i = 0; i < count; i++) {
		RH_ASSERT(at != 0 && judge->log[at - 1].kept.node == node);
		last[i] = &judge->log[at - 1].kept;
		at = judge->log[at - 1].before;
	}
	return count;
}

/* Of the last records, the newest first, those behind the newest `skip`; oldest first. */
static void take(struct seat *seat, const struct kept *const *last, uint32_t count, uint32_t skip)
{
	uint32_t end = skip + RH_EVIDENCE_RECORDS + 1;

	for (uint32_t back = end < count ? end : count; back > skip; back--)
		seat->evidence[seat->evidence_count++] = *last[back - 1];
}

/*
 * The record that decided and five before it on its node.  When a window ends that record may be
 * long past: then the last ones of the node to blame.
 */
void judge_evidence_gather(const struct rh_judge *judge, uint32_t assertion)
{
	struct seat *seat = &judge->seats[assertion];
	uint32_t nodes = judge->plan->node_count;
	const struct kept *last[KEPT];
	uint32_t count;

	seat->evidence_count = 0;
	if (!seat->cause.is_set)
		return;
	/* What did not go on has no record that says so. */
	if (seat->cause.node < nodes && !judge_has_rounds(judge, assertion)) {
		count = last_of(judge, seat->cause.node, last);
		for (uint32_t i = 0; i < count; i++) {
			if (memcmp(last[i], &seat->cause, sizeof(seat->cause)) != 0)
				continue;
			take(seat, last, count, i);
			return;
		}
	}
	if (seat->node < nodes)
		take(seat, last, last_of(judge, seat->node, last), 0);
	else
		seat->evidence[seat->evidence_count++] = seat->cause;
}
