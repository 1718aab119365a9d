/*
 * order.h - the one order of events, and the event itself.
 *
 * An event's key is (time, node, class, kind, source, id, copy), compared left to right, unsigned.
 * It is made of identities, never of counters of sends, slots or addresses, so every engine, every
 * way of cutting a run into stretches and every machine hands a node its events in the same order.
 *
 *   node    index of the destination; index order is plan order
 *   class   enum rh_class: action, input, timer, work, message
 *   kind    of a message: topic << 16 | message kind; else the kind of the event
 *   source  sending node; the node itself for timers and work; the plan's step for actions
 *   id      message id; timer number << 32 | generation; key of an action, an input or a work
 *   copy    0; further copies of one message count on
 *
 * Two events with equal keys are a failed assertion that prints both: whoever made them broke an
 * identity, and any order between them would be an accident.
 *
 * `ties: random` puts a keyed draw of (node, source, id, copy) before `class`, for studies of races.
 * Actions stay first even then, because a start must come before what it makes possible.
 *
 * Engines share this file and nothing below it, so that one can be the oracle of the other.
 */
#ifndef SIM_KERNEL_ORDER_H
#define SIM_KERNEL_ORDER_H

#include "core/model.h"

/* How far a copy has come: over the wire, or through the receiver's downlink too. */
enum sim_stage { SIM_STAGE_DUE, SIM_STAGE_WIRE };

struct sim_event {
	/* the key */
	uint64_t time_ns;
	uint64_t id;
	uint32_t node;
	uint32_t source;
	uint32_t kind;
	uint32_t copy;
	uint8_t class; /* enum rh_class */
	/* what it carries */
	uint8_t stage;	     /* enum sim_stage */
	uint8_t is_counted;  /* its arrival is in the trace's sums already (trace_hash.h) */
	uint8_t is_flooded;  /* a copy of a flooded topic (sim/gossip) */
	uint32_t size_bytes; /* INPUT: the ticket */
	uint64_t key;
	uint64_t arg; /* MESSAGE: time on the sender's uplink, which the receiver's queue needs;
			 counted: name64 of the source */
	uint64_t tag; /* ACTION: name64 of the step that asked; MESSAGE: of the source, but for
			 flooded: place in the flood table | (1 + position of the source among the
			 neighbours, or 0: look it up) << 32 */
	struct rh_handle ref; /* kept until the event is over; not for flooded copies */
};

struct sim_order {
	bool is_random;
	struct rh_rng rng;
	const uint64_t *names64; /* by node; borrowed */
	uint32_t node_count;
};

/* The rest of the key, for two events of one time at one node. */
int sim_order_tie(const struct sim_order *order, const struct sim_event *a,
		  const struct sim_event *b);

/* < 0, 0, > 0 */
static inline int sim_order_compare(const struct sim_order *order, const struct sim_event *a,
				    const struct sim_event *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return sim_order_tie(order, a, b);
}

/* Asserts that `next` comes after `last`; prints both keys when it does not. */
void sim_order_check(const struct sim_order *order, const struct sim_event *last,
		     const struct sim_event *next);

#endif
