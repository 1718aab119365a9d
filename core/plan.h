/*
 * plan.h - a scenario after validation: everything resolved, nothing left to parse or guess.
 *
 * The loader (core/scenario) makes a plan from text, `rh_plan_decode` makes one from canonical
 * bytes; nobody changes it afterwards.  Targets are lists of nodes and links, durations are
 * nanoseconds, probabilities are thresholds, phases have start times, topology is a list of links.
 * The seed is part of the plan: random choices of the loader (links, targets) are keyed draws.
 *
 * Index order is plan order: nodes, links, phases, steps and assertions are named by their index in
 * these arrays. A directed edge is numbered 2 * link for a -> b and 2 * link + 1 for b -> a.
 *
 * Everything lives in the plan's arena; rh_plan_free() frees it all.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/model.h"
#include "core/plugin.h"

#define RH_PLAN_NODES_MAX   1000000
#define RH_PLAN_REGIONS_MAX 64

/* One cause's influence on a directed edge; the run layer merges several into one
 * (core/run/merge.h). */
struct rh_link_state {
	uint64_t delay_ns;	 /* added */
	uint64_t jitter_ns;	 /* added: uniform 0 .. jitter_ns, drawn for each message */
	uint64_t loss_threshold; /* see rh_threshold() */
	uint64_t rate_bps;	 /* 0: no cap */
	bool is_cut;
	bool drops_in_flight; /* a cut also deletes what is on the wire */
};

/* How the delay of one message varies around the link's base (sim/net). */
enum rh_jitter_law {
	RH_JITTER_NONE,
	RH_JITTER_UNIFORM,     /* base .. base * (1 + amount) */
	RH_JITTER_NORMAL,      /* base + normal(0, amount * base), not below base / 2 */
	RH_JITTER_LOGNORMAL,   /* base * lognormal(1, sigma = amount), not below base / 2 */
	RH_JITTER_EXPONENTIAL, /* base + exponential(amount * base) */
	RH_JITTER_PARETO /* SimBlock's law: mean base, shape 0.2 * base in ms, scale base - 5 ms */
};

struct rh_plan_node {
	const char *name;
	uint64_t name64;
	uint32_t group;
	uint32_t region; /* RH_NONE: no region */
	uint64_t up_bps; /* 0: unlimited */
	uint64_t down_bps;
	uint64_t weight;
	uint64_t start_ns;	 /* when it joins */
	int64_t clock_offset_ns; /* of its clock at genesis */
	int64_t clock_drift_ppb;
	void *params; /* model->node_params_size bytes */
};

#define RH_NONE UINT32_MAX

struct rh_plan_group {
	const char *name;
	uint32_t first_node;
	uint32_t node_count;
};

struct rh_plan_link {
	uint32_t a; /* a < b */
	uint32_t b;
	uint64_t delay_ns[2]; /* base one-way delay a -> b, b -> a; at least 1 */
};

struct rh_plan_phase {
	const char *name;
	uint64_t start_ns;
	uint64_t duration_ns;
};

enum rh_verify { RH_VERIFY_REQUIRED, RH_VERIFY_NONE };

/* One thing to do at one time, and to undo at another when it lasts. */
struct rh_plan_step {
	const char *name;
	uint64_t name64;
	const struct rh_action_type *type; /* of the registry: a fault or an action */
	void *params;			   /* type->params_size bytes */
	uint32_t phase;
	uint64_t at_ns;
	uint64_t until_ns; /* RH_TIME_NEVER: until the end of the run */
	enum rh_verify verify;
	bool is_disabled; /* written in the plan, never begun */
	uint32_t *edges;  /* directed, ascending: for types that act on links */
	uint32_t edge_count;
	uint32_t *nodes; /* the target, ascending; types that act on nodes act on these */
	uint32_t node_count;
};

enum rh_assert_mode {
	RH_MODE_EVENTUALLY, /* true at one moment of the window */
	RH_MODE_ALWAYS,	    /* true at each moment */
	RH_MODE_NEVER,	    /* true at no moment */
	RH_MODE_AT_END	    /* true at the end of the window */
};

/* As a scenario writes it: "atEnd". */
const char *rh_assert_mode_name(enum rh_assert_mode mode);

struct rh_plan_assertion {
	const char *name;
	const struct rh_assertion_type *type;
	void *params; /* type->params_size bytes */
	enum rh_assert_mode mode;
	uint32_t phase;	  /* RH_NONE: of the whole run */
	uint64_t from_ns; /* window: from_ns <= time < until_ns */
	uint64_t until_ns;
	uint32_t *nodes; /* whom it looks at, ascending; all nodes when the file names none */
	uint32_t node_count;
	const char *text;  /* the sentence as written, for people */
	bool is_criterion; /* from successCriteria */
};

struct rh_plan_workload {
	const char *name;
	uint64_t name64;
	const struct rh_workload_type *type;
	void *params;
	uint64_t start_ns;
	uint64_t until_ns;
	uint32_t *nodes;
	uint32_t node_count;
};

enum rh_engine { RH_ENGINE_AUTO, RH_ENGINE_GENERAL, RH_ENGINE_HEAP, RH_ENGINE_WINDOWED };
enum rh_ties { RH_TIES_FIXED, RH_TIES_RANDOM };

struct rh_plan {
	struct rh_arena arena;
	const char *path; /* of the scenario, for messages; not part of the canonical bytes */
	const char *name;
	const char *description;
	const char *hypothesis; /* "" when there is none */
	uint64_t seed;
	enum rh_rng_kind rng;
	enum rh_ties ties;
	uint64_t duration_ns;
	uint64_t timeout_ns; /* the run goes on after `duration` while assertions are open, until
				this */
	uint64_t genesis_unix_s;
	uint64_t slot_ns; /* divisions of chain time; 0: the plan has none */
	uint64_t slots_per_epoch;

	const struct rh_model *model;
	void *params; /* model->params_size bytes */
	uint64_t weight_total;

	uint32_t node_count;
	uint32_t group_count;
	uint32_t link_count;
	uint32_t region_count;
	uint32_t phase_count;
	uint32_t step_count;
	uint32_t assertion_count;
	uint32_t workload_count;
	struct rh_plan_node *nodes;
	struct rh_plan_group *groups;
	struct rh_plan_link *links; /* sorted by (a, b); no two alike */
	const char **regions;
	struct rh_plan_phase *phases;
	struct rh_plan_step *steps; /* sorted by (at_ns, order in the file) */
	struct rh_plan_assertion *assertions;
	struct rh_plan_workload *workloads;

	enum rh_jitter_law jitter;
	uint64_t jitter_ppm;
	uint64_t loss_threshold; /* of every link, from the start */
	uint64_t lookahead_ns;	 /* least delay that can ever hold */

	enum rh_trace_level trace_level;
	uint64_t reaction_ns;	    /* grid on which the run reacts to what was judged */
	uint64_t limit_memory;	    /* bytes of simulation memory: limits.memory */
	uint64_t limit_self_events; /* a node's events to itself in one window: limits.selfEvents */
	uint64_t limit_messages;    /* copies in flight: limits.messagesInFlight */
};

void rh_plan_free(struct rh_plan *plan);

/* What the generator of a workload sees, without changes of pace.  Borrows the plan. */
struct rh_workload_view rh_plan_workload_view(const struct rh_plan *plan,
					      const struct rh_plan_workload *workload);

/*
 * Canonical bytes: the same plan gives the same bytes on every machine, and decoding gives an equal
 * plan.  `registry` finds the model and types by name; it must outlive the plan.
 */
void rh_plan_encode(const struct rh_plan *plan, struct rh_buf *out);
int rh_plan_decode(struct rh_plan **plan, const uint8_t *bytes, size_t len,
		   const struct rh_registry *registry, struct rh_err *err) RH_MUST_USE;
struct rh_hash128 rh_plan_hash(const struct rh_plan *plan); /* of the canonical bytes */

/* "pow.orphans" for a model's gauge, "head_height" for a shared one; "?" when unknown. */
char *rh_plan_gauge_name(char name[64], const struct rh_plan *plan, uint32_t gauge);
enum rh_unit rh_plan_gauge_unit(const struct rh_plan *plan, uint32_t gauge);
/* -1 when there is no such gauge; an own gauge may be named with or without its prefix */
int32_t rh_plan_gauge_find(const struct rh_plan *plan, const char *name);

#endif
