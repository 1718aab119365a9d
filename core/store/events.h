/*
 * events.h - events.jsonl: one JSON object a record, keys in fixed order, equal runs give equal
 * bytes.
 */
#ifndef CORE_STORE_EVENTS_H
#define CORE_STORE_EVENTS_H

#include "core/plan.h"

struct rh_events_writer;

/* Borrows the plan until close. */
int rh_events_create(struct rh_events_writer **writer, const char *path, const struct rh_plan *plan,
		     struct rh_err *err) RH_MUST_USE;
const struct rh_sink *rh_events_sink(struct rh_events_writer *writer);
/* Frees the writer in any case; write errors are told here, and then there is no file. */
int rh_events_close(struct rh_events_writer *writer, struct rh_err *err) RH_MUST_USE;
void rh_events_abandon(struct rh_events_writer *writer); /* removes the unfinished file */

#endif
