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
	/* Which program each node is; "": not said. */
	const char *client_model; /* in a simulated world */
	const char *execution;	  /* in a live one */
	const char *consensus;
};

struct rh_plan_link {
	uint32_t a; /* a < b */
	uint32_t b;
	uint64_t delay_ns[2]; /* base one-way delay a -> b, b -> a; at least 1 */
};

/* Where a file says something, for messages; line 0: nowhere. Not part of the canonical bytes. */
struct rh_plan_place {
	uint32_t line;
	uint32_t column;
};

/* Worlds that a scenario is for: bits of plan->modes. */
enum rh_plan_mode { RH_PLAN_MODE_SIM = 1 << 0, RH_PLAN_MODE_LIVE = 1 << 1 };

/* What the file asks of its report: bits of plan->report.wishes. */
enum rh_report_wish {
	RH_REPORT_TIMELINE = 1 << 0,
	RH_REPORT_IMPACT = 1 << 1,
	RH_REPORT_AUDIT_LOGS = 1 << 2
};

struct rh_plan_report {
	uint32_t formats; /* bits, in the order of RH_REPORT_FORMATS */
	uint32_t wishes;
	uint32_t *plots; /* gauges, ascending */
	uint32_t plot_count;
};

#define RH_REPORT_FORMATS "html|json|junit|csv|perfetto|markdown|prometheus"

struct rh_plan_phase {
	const char *name;
	uint64_t start_ns;
	uint64_t duration_ns;
};

enum rh_verify { RH_VERIFY_REQUIRED, RH_VERIFY_NONE };

/* Which part of a run a step belongs to. */
enum rh_part {
	RH_PART_ACTIONS,  /* of a phase */
	RH_PART_ROLLBACK, /* played when the run ends in a way that `rollback.when` names */
	RH_PART_CLEANUP	  /* played at the end of every run */
};

/* What a step that could not be done means. */
enum rh_on_failure { RH_ON_FAILURE_FAIL, RH_ON_FAILURE_WARN, RH_ON_FAILURE_IGNORE };

/* A step that is taken only where the run stands so: `if: run.failed`. */
enum rh_only_if { RH_ONLY_ALWAYS, RH_ONLY_FAILED, RH_ONLY_PASSED };

/* What starts a rollback: bits of plan->rollback_when. */
enum rh_rollback_when {
	RH_ROLLBACK_ON_FAILURE = 1 << 0, /* a check failed, or a step that must not fail */
	RH_ROLLBACK_ON_TIMEOUT = 1 << 1,
	RH_ROLLBACK_ON_CANCEL = 1 << 2
};

enum rh_severity { RH_SEVERITY_LOW, RH_SEVERITY_MEDIUM, RH_SEVERITY_HIGH, RH_SEVERITY_EXTREME };

/*
 * One thing to do at one time, and to undo at another when it lasts.
 *
 * Most times are known when the plan is made.  Where a step waits for what only the run can tell,
 * `after` names the step to wait for and both times count from the moment at which that one was
 * done.  Times of rollback and cleanup count from the moment at which that part is begun.
 *
 * A wait ends at `until_ns` at the earliest, when `condition` is true and every one of `steps` is
 * done (or was left out).  Any other step with a condition is left out when it is not true at the
 * step's time.
 */
struct rh_plan_step {
	const char *name; /* its id: unique, and what draws are made from */
	uint64_t name64;
	const char *label; /* `name:` beside an `id:`, for people; "" when there is none */
	uint32_t line;	   /* in the scenario; 0: unknown.  Not part of the canonical bytes */
	uint32_t column;
	const struct rh_action_type
		*type;	/* of the registry: a fault, an action, a step of the run */
	void *params;	/* type->params_size bytes */
	uint32_t phase; /* RH_NONE: of rollback or cleanup */
	enum rh_part part;
	uint32_t after; /* a step, or RH_NONE: times are those of the run */
	uint64_t at_ns;
	uint64_t until_ns;   /* RH_TIME_NEVER: until the end of the run */
	uint64_t timeout_ns; /* of a step that waits; RH_TIME_NEVER: none */
	uint32_t condition;  /* assertion with role CONDITION that must be true, or RH_NONE */
	uint32_t unless;     /* one that must not be true, or RH_NONE */
	enum rh_only_if only_if;
	uint32_t series;   /* copies (`every`, signals): the first of them; else RH_NONE */
	uint32_t workload; /* of steps of type "workload", else RH_NONE */
	enum rh_on_failure on_failure;
	enum rh_verify verify;
	bool is_disabled; /* written in the plan, never begun */
	uint32_t *edges;  /* directed, ascending: for types that act on links */
	uint32_t edge_count;
	uint32_t *nodes; /* the target, ascending; types that act on nodes act on these */
	uint32_t node_count;
	uint32_t *steps; /* ascending: whom `clear` ends, whom a wait waits for */
	uint32_t step_count;
	uint32_t *gauges; /* ascending: what a capture keeps */
	uint32_t gauge_count;
};

/*
 * Steps stand in this order: actions with a time of the run, sorted by it; actions that wait for a
 * step, behind the one they wait for; rollback; cleanup.  Of equal ones the file's order decides.
 * What a step is that says no more than its name:
 */
#define RH_PLAN_STEP_INIT \
	.label = "", .after = RH_NONE, .timeout_ns = RH_TIME_NEVER, .condition = RH_NONE, \
	.unless = RH_NONE, .series = RH_NONE, .workload = RH_NONE

enum rh_assert_mode {
	RH_MODE_EVENTUALLY, /* true at one moment of the window (and for `hold_ns` from then on) */
	RH_MODE_ALWAYS,	    /* true at each moment */
	RH_MODE_NEVER,	    /* true at no moment */
	RH_MODE_AT_END,	    /* true at the end of the window */
	RH_MODE_AT_START,   /* true at the first moment of the window that is known */
	RH_MODE_EDGE,	    /* both */
	RH_MODE_SOMETIMES,  /* as EVENTUALLY, and nobody expects it soon */
	RH_MODE_FINAL	    /* as AT_END, when the run is over */
};

/* What an assertion is for. */
enum rh_assert_role {
	RH_ROLE_CHECK,	     /* of a phase */
	RH_ROLE_CRITERION,   /* of successCriteria */
	RH_ROLE_EXPECTATION, /* of expectations: judged once, at the end */
	RH_ROLE_ALERT,	     /* of monitors: raised and cleared, no part of the verdict */
	RH_ROLE_CONDITION    /* of a step's `if` or `wait`: never decided, no part of the verdict */
};

/* How many of the nodes must agree. */
enum rh_quorum_kind { RH_QUORUM_ALL, RH_QUORUM_ANY, RH_QUORUM_MAJORITY, RH_QUORUM_COUNT };

/* As a scenario writes it: "atEnd". */
const char *rh_assert_mode_name(enum rh_assert_mode mode);

struct rh_plan_assertion {
	const char *name;
	const struct rh_assertion_type *type;
	void *params; /* type->params_size bytes */
	enum rh_assert_mode mode;
	enum rh_assert_role role;
	uint32_t phase; /* RH_NONE: of the whole run */
	/* A step: the window counts from when it was begun, and RH_TIME_NEVER is the end of its phase;
	 * or RH_NONE. */
	uint32_t after;
	uint32_t during; /* a fault: the window is open only while it is in effect; or RH_NONE */
	uint32_t
		since; /* a capture step: what `increasedBy` and captured(...) refer to; or RH_NONE */
	uint64_t from_ns; /* window: from_ns <= time < until_ns */
	uint64_t until_ns;
	uint64_t hold_ns; /* EVENTUALLY, ALERT: must stay true for so long */
	enum rh_quorum_kind quorum;
	uint32_t quorum_count;
	uint32_t weight; /* in pass_score */
	enum rh_severity severity;
	bool is_warning;      /* severity: warn; does not fail the run */
	bool expects_failure; /* expect: fail */
	uint32_t *nodes;      /* whom it looks at, ascending; all nodes when the file names none */
	uint32_t node_count;
	const char *text; /* the sentence as written, for people */
};

struct rh_plan;

/* How many assertions have a part in the verdict. */
uint32_t rh_plan_judged_count(const struct rh_plan *plan);

/* Conditions and alerts are looked at, but have no part in the verdict. */
static inline bool rh_assertion_is_judged(const struct rh_plan_assertion *assertion)
{
	return assertion->role != RH_ROLE_ALERT && assertion->role != RH_ROLE_CONDITION;
}

#define RH_PLAN_ASSERTION_INIT .after = RH_NONE, .during = RH_NONE, .since = RH_NONE, .weight = 1

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
	const char *path;    /* of the scenario, for messages; not part of the canonical bytes */
	const char **inputs; /* what was read from outside the files: "env HOME=/root", "param
				length=4m"; not part of the canonical bytes either, for what
				follows from them is */
	uint32_t input_count;
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
	uint64_t genesis_delay_ns; /* the first slot begins so much later than the run */
	uint64_t block_ns; /* expected time between blocks: what `20 blocks` means; 0: unknown */
	uint32_t rollback_when;	      /* bits of enum rh_rollback_when */
	uint64_t rollback_timeout_ns; /* of rollback, and of cleanup */

	uint32_t modes;		  /* bits of enum rh_plan_mode; 0: all */
	uint64_t sample_every_ns; /* how often a live world looks; 0: as it likes */
	struct rh_plan_report report;
	struct rh_plan_place modes_place;
	struct rh_plan_place model_place;

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
	uint64_t loss_threshold;     /* of every link, from the start */
	struct rh_link_state *bases; /* kinds of links that are not plain from the start */
	uint32_t *link_bases; /* by link: 1 + its kind, 0: plain; NULL when there are no kinds */
	uint32_t base_count;
	uint32_t bootstrap_count;
	uint32_t *bootstrap;   /* nodes that a live node knows when it starts, ascending */
	uint64_t lookahead_ns; /* least delay that can ever hold */

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
