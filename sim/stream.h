/*
 * stream.h - the world's records on their way to the sink, in the one order.
 *
 * Order: time, then the world before the nodes, then nodes by index, then as they were made.  The
 * engine handles events in (time, node) order, so what a step records is appended as it comes.
 * What is recorded of a node outside its events (a crash, a broken invariant found at a checkpoint)
 * waits in `pending` until the engine has come to that node of that instant.
 *
 * Records wait until somebody must see them: many at a time are cheaper to judge and to store than
 * a few after each step.  `urgent_ns` is the time of the first one that may not wait.
 *
 * Records wait in plain memory, never in the space: a copy of the space is taken when none wait.
 */
#ifndef SIM_STREAM_H
#define SIM_STREAM_H

#include "core/base/arena.h"
#include "core/record.h"

struct sim_stream {
	struct rh_record *batch; /* final order */
	size_t count;
	size_t cap;
	struct rh_record *pending; /* by time, node, order of coming */
	size_t pending_count;
	size_t pending_cap;
	struct rh_arena texts;
	uint64_t calm_mask; /* of the sink; bit: the kind may wait */
	uint64_t urgent_ns; /* RH_TIME_NEVER: none */
};

void sim_stream_init(struct sim_stream *stream);
/* What may wait from now on, and what waits already. */
void sim_stream_calm(struct sim_stream *stream, uint64_t calm_mask);

void sim_stream_release(struct sim_stream *stream);
/* A record at its place in the order; copies its text. */
void sim_stream_add(struct sim_stream *stream, const struct rh_record *record);
/* A record of a node, outside its events. */
void sim_stream_add_pending(struct sim_stream *stream, const struct rh_record *record);
/* Moves what belongs before the records of (time, node) and at its start. */
void sim_stream_settle(struct sim_stream *stream, uint64_t time_ns, uint32_t node);
/* Gives the batch away and empties it. */
void sim_stream_flush(struct sim_stream *stream, const struct rh_sink *sink);
bool sim_stream_is_empty(const struct sim_stream *stream);

#endif
