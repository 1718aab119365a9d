/*
 * wild_model.h - the family of models, plans and scripts on which all engines must agree.
 *
 * Two games of five are calm, so that the short ways through the kernel are gone too: those are
 * barred by any loss, any node that is down and any limit of a downlink.
 *
 * One number makes one game: a plan, what is done to it at which times, and how a reader of its
 * records reacts.  Where random_model.h is a small network at its ease, this is trouble on purpose:
 *
 *   nodes      1, 2, 3, 5, 9, 17, 64 or 300; some join late, some only by a restart
 *   links      1 ms to seconds, all alike, mixed, or of odd lengths; each jitter law; a model's own
 *              wire in some, which now and then takes less than it promised
 *   lookahead  1 ns, 65 us, an odd number, the least delay itself, up to seconds
 *   activity   bursts on the ticks of one clock, with long silence between them: two flooded
 *              topics and a neighbours' topic at once, so that messages, timers, work, inputs and
 *              actions of one instant at one node are the rule
 *   timers     chains 1 ns apart; distances on and beside 2^0 ... 2^44 ns and hours; armed again
 *              and again (in some games at each event), stopped, set to the past
 *   messages   passed on at once, after some work, at a timer, or never; keys published again
 *              after a crash; lost, capped, queued on both ends of a line
 *   script     faults on links set and cleared, crashes with and without amnesia, restarts, clock
 *              steps, model actions and inputs: at ticks, at arrivals, on the grid of checkpoints,
 *              on that of reactions, one nanosecond beside them, many at one instant
 *   reader     wakes the world at some records, and then acts where it stopped
 */
#ifndef TESTS_LIB_WILD_MODEL_H
#define TESTS_LIB_WILD_MODEL_H

#include "tests/lib/random_model.h"

struct wild {
	struct rh_plan *plan;
	struct random_act *acts; /* ascending */
	uint32_t act_count;
	uint32_t wake_one_of; /* one of so many head records wakes the world; 0: none does */
	bool is_calm;	      /* nothing lost, nobody late, and what breaks is soon mended */
	bool reacts;	      /* and something is done where it stops */
	uint64_t end_ns;
};

struct wild wild_new(uint64_t seed);
void wild_free(struct wild *wild);
/* What is done at a stop of this time; lists live in the plan's arena. */
void wild_react(const struct wild *wild, uint64_t at_ns, struct random_act *act);
/* One line for people. */
void wild_tell(const struct wild *wild, char *text, size_t size);

#endif
