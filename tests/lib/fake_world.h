/*
 * fake_world.h - a third world, which simulates nothing: a script says what it answers and when.
 *
 * It fulfils core/world.h and keeps none of the habits of the simulator, so that nothing in core
 * comes to depend on them.  The plan carries the script (struct fake_model in plan_maker.h), a text
 * of lines in the order in which things become known:
 *
 *	1s n-0 head moved 7 0 3              a record: time, node or "world", kind, stage, a b c d
 *	1s n-0 gauge value #4 9              #: its index
 *	3s@5s n-1 head moved 7               it happened at 3 s and becomes known at 5 s
 *	ticket 2 done +2s 14                 how ticket 2 is answered, when, and `touched`
 *	ticket 3 failed +0s
 *	ticket 4 refused                     start() itself says no
 *	ticket 5 silent                      never answered
 *	fails 9s                             the world breaks down there
 *
 * A ticket that the script does not name is done at once.  Times are whole numbers of s or ms.  A
 * wake is honoured at the next multiple of the plan's reaction grid after its cause.
 */
#ifndef TESTS_LIB_FAKE_WORLD_H
#define TESTS_LIB_FAKE_WORLD_H

#include "core/world.h"
#include "tests/lib/plan_maker.h"

extern const struct rh_world_ops fake_world_ops;

/*
 * The records of a script without a world, in the order in which they become known: calls `take`
 * for each.
 */
void fake_script_each(const struct rh_plan *plan,
		      void (*take)(void *ctx, const struct rh_record *record), void *ctx);

/* A sink that writes each record as a line: "1s n-0 head moved 7 0 3", unused zeros left out. */
struct transcript {
	const struct rh_plan *plan;
	uint64_t hidden; /* kinds (bits) that are left out */
	struct rh_buf text;
	struct rh_sink sink;
};

const struct rh_sink *transcript_open(struct transcript *transcript, const struct rh_plan *plan);
void transcript_print(struct rh_buf *out, const struct rh_plan *plan,
		      const struct rh_record *record);

#endif
