/*
 * order.c - what decides between two events of one time at one node, and the end for equal ones.
 */
#include "sim/kernel/order.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t name_of(const struct sim_order *order, uint32_t node)
{
	return node < order->node_count ? order->names64[node] : 0;
}

static uint64_t priority(const struct sim_order *order, const struct sim_event *event)
{
	uint64_t source = name_of(order, event->source);

	if (event->class == RH_CLASS_ACTION)
		return 0;
	/* Never 0: an action stays first. */
	return rh_draw3(order->rng, RH_PURPOSE_TIE, name_of(order, event->node), source,
			rh_absorb(event->id, event->copy)) |
	       1;
}

int sim_order_tie(const struct sim_order *order, const struct sim_event *a,
		  const struct sim_event *b)
{
	if (order->is_random) {
		uint64_t first = priority(order, a);
		uint64_t second = priority(order, b);

		if (first != second)
			return first < second ? -1 : 1;
	}
	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->copy != b->copy)
		return a->copy < b->copy ? -1 : 1;
	return 0;
}

static void key_text(char *text, size_t size, const struct sim_event *event)
{
	snprintf(text, size,
		 "time %" PRIu64 ", node %" PRIu32 ", class %u, kind %" PRIu32 ", source %" PRIu32
		 ", id %016" PRIx64 ", copy %" PRIu32,
		 event->time_ns, event->node, (unsigned)event->class, event->kind, event->source,
		 event->id, event->copy);
}

void sim_order_check(const struct sim_order *order, const struct sim_event *last,
		     const struct sim_event *next)
{
	int result = sim_order_compare(order, last, next);
	char first[160];
	char second[160];

	if (result < 0)
		return;
	key_text(first, sizeof(first), last);
	key_text(second, sizeof(second), next);
	rh_fatal("%s:\n  (%s)\n  (%s)",
		 result == 0 ? "assertion failed: two events with one key"
			     : "assertion failed: an event came before an earlier one",
		 first, second);
}
