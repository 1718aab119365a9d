/*
 * random_model.h - plans made by hand, a flood model, and a model that does everything at random.
 *
 * The random model is drawn from the plan's seed: it sends, publishes in a flooded and in a
 * neighbours' topic, forwards, arms timers at every distance (1 ns, just before, on and behind each
 * edge of the wheels), works, stores, syncs, makes objects and keeps them, and records.  Its delays
 * are whole milliseconds, so that events of one instant at one node are the rule.  A random script
 * of crashes, restarts, cuts, clock steps, model actions and inputs goes with it.
 */
#ifndef TESTS_LIB_RANDOM_MODEL_H
#define TESTS_LIB_RANDOM_MODEL_H

#include "core/plan.h"
#include "core/world.h"

/* A plan of `node_count` nodes named "n0", "n1", ... without links; nothing is limited. */
struct rh_plan *hand_plan_new(const struct rh_model *model, uint32_t node_count, uint64_t seed);
void hand_plan_free(struct rh_plan *plan);
/* Links may be added in any order; hand_plan_end() sorts them. */
void hand_plan_link(struct rh_plan *plan, uint32_t a, uint32_t b, uint64_t delay_ns);
void hand_plan_ring(struct rh_plan *plan, uint64_t delay_ns);
void hand_plan_full(struct rh_plan *plan, uint64_t delay_ns);
void hand_plan_end(struct rh_plan *plan);

/* Node 0 publishes one message 10 ms after its start; everybody forwards it. */
extern const struct rh_model flood_model;
struct flood_params {
	uint64_t every_ns; /* 0: once; else again and again, each time from the next node */
};

extern const struct rh_model random_model;
struct rh_plan *random_plan(uint64_t seed);
/* Its script: what to do at which times, ascending. */
struct random_act {
	uint64_t at_ns;
	bool is_submission;
	uint32_t node; /* of the submission */
	struct rh_submission submission;
	struct rh_action action; /* its lists live in the plan's arena */
};
struct random_act *random_script(struct rh_plan *plan, uint32_t *count);
/* How long the run is. */
#define RANDOM_END_NS UINT64_C(700000000000)

#endif
