/*
 * plan_maker.h - plans for tests, by hand: nodes, links, faults and checks without the loader.
 *
 * A plan has nodes n-0, n-1, ... in one group, and a model without behaviour that has one gauge
 * ("fake.own"), one action ("poke") and one invariant ("sound").  What is added must be added in
 * plan order.  The script and the log of the scripted world (fake_world.h) hang on the model.
 */
#ifndef TESTS_LIB_PLAN_MAKER_H
#define TESTS_LIB_PLAN_MAKER_H

#include "core/base/units.h"
#include "core/plan.h"
#include "core/scenario/that.h"

#define SECONDS(n) ((uint64_t)(n)*RH_NS_PER_SEC)
#define MILLIS(n)  ((uint64_t)(n)*RH_NS_PER_MS)

struct fake_model {
	struct rh_model model; /* first: plan->model points here */
	const char *script;    /* of the scripted world */
	struct rh_buf *log;    /* what the scripted world was asked, one line each; may be NULL */
	uint32_t cannot;       /* capabilities that it lacks */
};

/* What a test fault does to each of its edges. */
struct made_fault {
	struct rh_link_state link;
};

extern const struct rh_action_type made_link_fault; /* parameters: struct made_fault */
extern const struct rh_action_type made_crash;	    /* crash and restart */
extern const struct rh_action_type made_pause;	    /* pause and resume */
extern const struct rh_action_type made_model_poke; /* the model's action "poke" */
extern const struct rh_workload_type made_ten_a_second;

/* The caller's: rh_plan_free. */
struct rh_plan *plan_make(uint32_t node_count, uint64_t duration_ns);
struct fake_model *plan_fake(const struct rh_plan *plan);

void plan_add_phase(struct rh_plan *plan, const char *name, uint64_t start_ns,
		    uint64_t duration_ns);
/* Link number i gives the edges 2 * i and 2 * i + 1. */
void plan_add_link(struct rh_plan *plan, uint32_t a, uint32_t b);
/* Ends with UINT32_MAX: edges of a link fault, nodes of others. */
struct rh_plan_step *plan_add_step(struct rh_plan *plan, const char *name,
				   const struct rh_action_type *type, uint64_t at_ns,
				   uint64_t until_ns, const uint32_t *targets);
struct rh_link_state *plan_link_of(struct rh_plan_step *step);

/* A window from .. until over all nodes. */
struct rh_plan_assertion *plan_add_check(struct rh_plan *plan, const char *name,
					 enum rh_assert_mode mode, uint64_t from_ns,
					 uint64_t until_ns, struct rh_that that);
struct rh_plan_assertion *plan_add_own_check(struct rh_plan *plan, const char *name,
					     enum rh_assert_mode mode, uint64_t from_ns,
					     uint64_t until_ns,
					     const struct rh_assertion_type *type);
/* The same with an expression (core/scenario/formula.h). */
struct rh_plan_assertion *plan_add_expression(struct rh_plan *plan, const char *name,
					      enum rh_assert_mode mode, uint64_t from_ns,
					      uint64_t until_ns, const char *text);
void plan_add_workload(struct rh_plan *plan, const char *name, uint64_t start_ns,
		       uint64_t until_ns);

#endif
