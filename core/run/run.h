/*
 * run.h - the one loop: plays a plan on a world, feeds the judge and the store, and ends with a
 * result.
 *
 *   plan ──► [ steps at their times: merged fault state, node operations ] ──► world
 *                                                                               │ records
 *   result ◄── judge ◄── (mask) ◄─────────────── store, progress ◄──────────────┘
 *
 * The run goes on after `duration` while assertions are open, until `timeout`.  Faults are desired
 * state: the loop merges all active ones (core/run/merge.h), hands the world the difference, and
 * verifies it.  However the run ends, rollback clears the faults that still hold on links, and the
 * records say so; a node that is down then stays down.  A world that failed is closed instead.
 */
#ifndef CORE_RUN_RUN_H
#define CORE_RUN_RUN_H

#include "core/judge/judge.h"
#include "core/world.h"

enum rh_run_status {
	RH_STATUS_COMPLETED,
	RH_STATUS_FAILED, /* the harness: a world's error */
	RH_STATUS_TIMEOUT,
	RH_STATUS_CANCELLED
};

struct rh_run_options {
	struct rh_world_options world;
	const struct rh_sink *sinks[4]; /* get every record of the run: trace, events, report */
	uint32_t sink_count;
	bool has_until; /* --until: stop when every event <= until_ns has happened */
	uint64_t until_ns;
	uint64_t wall_limit_ns; /* 0: none */
	/* true: stop soon, roll back, mark the run cancelled.  Asked between stretches of work. */
	bool (*is_cancelled)(void *ctx);
	/* after each stretch, a fixed share of the plan's duration; may be NULL */
	void (*progress)(void *ctx, uint64_t now_ns, uint64_t end_ns);
	/* wall and CPU clock of the program: the loop itself reads no clock; may be NULL */
	uint64_t (*cpu_clock_ns)(void *ctx);
	uint64_t (*wall_clock_ns)(void *ctx);
	void *ctx;
	bool no_judge;
};

struct rh_run_result {
	enum rh_run_status status;
	enum rh_verdict verdict;
	uint64_t simulated_ns; /* where the run stopped */
	uint64_t loop_cpu_ns;  /* CPU between opening the world and finishing it */
	struct rh_world_stats
		stats;		/* its checkpoints are a copy on the heap: the caller's, free() */
	struct rh_judge *judge; /* the caller's: rh_judge_close; NULL with no_judge */
	uint32_t faults_unverified;
	uint32_t faults_untouched; /* in effect, but met no traffic */
};

const char *rh_run_status_name(enum rh_run_status status);

/* 0 when the run reached an end of its own (whatever the verdict); negative when the world or a
 * sink failed. */
int rh_run(struct rh_run_result *result, const struct rh_plan *plan,
	   const struct rh_world_ops *world, const struct rh_run_options *options,
	   struct rh_err *err) RH_MUST_USE;
/* What this plan needs that the world cannot do: RH_E_UNSUPPORTED naming the step, or 0. */
int rh_run_check(const struct rh_plan *plan, const struct rh_world_ops *world,
		 struct rh_err *err) RH_MUST_USE;
/* The same without what no world of this version has ... */
int rh_run_check_world(const struct rh_plan *plan, const struct rh_world_ops *world,
		       struct rh_err *err) RH_MUST_USE;
/* ... and that: a line for each missing thing, with the first place that asks for it.  How many. */
uint32_t rh_run_missing(const struct rh_plan *plan, struct rh_buf *out);

#endif
