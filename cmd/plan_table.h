/*
 * plan_table.h - a plan as a person reads it before a run: what happens when, to whom, with which values, and what is
 * checked.  `rehearse plan`, `run --dry-run` and `show FILE` print it.
 */
#ifndef CMD_PLAN_TABLE_H
#define CMD_PLAN_TABLE_H

#include "core/base/buf.h"
#include "core/plan.h"

/* At most `columns` wide but for words that are longer. */
void cmd_plan_table(struct rh_buf *out, const struct rh_plan *plan, uint32_t columns);
/* The same and more as one JSON object on one line. */
void cmd_plan_json(struct rh_buf *out, const struct rh_plan *plan);

/* Words from column `indent` on, wrapped before column `columns`; the first line is begun, the last one ended. */
void cmd_put_wrapped(struct rh_buf *out, const char *text, size_t indent, size_t columns);

#endif
