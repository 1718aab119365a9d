/*
 * inbox.h - records on their way from many processes to one sink.
 *
 * Each process tells its records in order, but two processes may be scheduled in any order, so a
 * record waits here for a moment before it is given: what comes within that time is put in order.
 * What comes later is given at once, with the time at which the stream stands: time never runs
 * backwards in it.
 */
#ifndef LIVE_INBOX_H
#define LIVE_INBOX_H

#include "core/base/arena.h"
#include "core/record.h"

#define LIVE_HOLD_NS UINT64_C(2000000)

struct live_inbox {
	struct rh_record *records; /* by time; of one time the world before the nodes */
	size_t count;
	size_t cap;
	struct rh_arena texts;
	uint64_t floor_ns; /* time of the last one given */
	uint64_t late;	   /* records that were given a later time than their own */
};

void live_inbox_init(struct live_inbox *inbox);
void live_inbox_release(struct live_inbox *inbox);
/* Copies the text. */
void live_inbox_add(struct live_inbox *inbox, const struct rh_record *record);
/* Gives what has a time below `limit_ns`. */
void live_inbox_give(struct live_inbox *inbox, uint64_t limit_ns, const struct rh_sink *sink);
/* The run stands at `time_ns`: nothing is given with an earlier time from now on. */
void live_inbox_pass(struct live_inbox *inbox, uint64_t time_ns);
/* The end of the run at `end_ns`: what nodes did behind it is dropped, what the world says to
 * answer the run is given as of then. */
void live_inbox_end(struct live_inbox *inbox, uint64_t end_ns, const struct rh_sink *sink);
/* Time of the first one that waits; RH_TIME_NEVER: none does. */
uint64_t live_inbox_first(const struct live_inbox *inbox);

#endif
