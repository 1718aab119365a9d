/*
 * wording.h - checks that are one line of words, as some test tools write them:
 *
 *	- "eu-0: reports block height is greater than 100 within 4 epochs"
 *	- "alice: is up within 10s"
 *	- "all: finalized epoch is at least 4 within 6 epochs"
 *	- all_phases_completed
 *	- heads == 1
 *
 *	line     = [ who ":" ] ( state | [ "reports" ] gauge [ "is" ] operator value ) [ "within" time ]
 *	state    = "is up" | "is down"
 *	gauge    = its name with blanks for underscores; "block height" is head_height
 *	operator = at least, at most, greater than, more than, less than, lower than, equal to, equals,
 *	           exactly, or a sign
 *
 * A line becomes the map that says the same with keys, and is loaded like one.
 */
#ifndef CORE_SCENARIO_WORDING_H
#define CORE_SCENARIO_WORDING_H

#include "core/plan.h"
#include "core/scenario/compose.h"

struct rh_wording {
	const char *type; /* or NULL */
	const char *that;
	const char *target; /* or NULL: all */
	const char *within; /* or NULL */
};

/* False when the line says nothing that can be judged; `hint` then says why. */
bool rh_wording_read(struct rh_wording *wording, const char **hint, struct rh_arena *arena,
		     const struct rh_plan *plan, const char *text);
/* The same as a map at the place of the line. */
struct rh_tree *rh_wording_tree(const struct rh_wording *wording, struct rh_arena *arena,
				const struct rh_tree *line);

#endif
