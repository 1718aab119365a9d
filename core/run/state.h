/*
 * state.h - what a run keeps while it goes on, for the files of this folder only.
 *
 *   run.c       the loop: where to stop next, and when to end
 *   timeline.c  what the plan says will happen, sorted
 *   steps.c     beginning, ending and verifying steps; which nodes and edges they hold
 *   stream.c    records: from the world and from the run itself, in one order, to judge and sinks
 *   workload.c  submissions, from the generators of the plan to the world
 */
#ifndef CORE_RUN_STATE_H
#define CORE_RUN_STATE_H

#include "core/base/heap.h"
#include "core/run/merge.h"
#include "core/run/run.h"

/* At one instant things happen in this order. */
enum mark_kind {
	MARK_PHASE_END,
	MARK_STEP_END,
	MARK_WORKLOAD_END,
	MARK_PHASE_BEGIN,
	MARK_STEP_BEGIN,
	MARK_WORKLOAD_BEGIN
};

struct mark {
	uint64_t time_ns;
	enum mark_kind kind;
	uint32_t index;
};

/* Where a step stands. */
struct step_run {
	bool is_active;	   /* begun and not ended */
	bool wants_verify; /* its action is done: ask at the next stop */
	bool is_settled;   /* verified or unverified was said */
	bool is_ending;
	bool is_stuck; /* the world failed to undo some of it */
	uint64_t requested_ns;
	uint64_t ended_ns;
	uint64_t touched;
	uint32_t begins_open; /* tickets without an answer */
	uint32_t ends_open;
	struct rh_link_state link; /* what it does to each of its edges */
};

enum ticket_kind { TICKET_BEGIN, TICKET_END, TICKET_VERIFY };

struct ticket {
	enum ticket_kind kind;
	bool is_answered;
	uint32_t step;
	uint32_t first_owner; /* steps whose traffic the world counted: a range of run->owners */
	uint32_t owner_count;
};

/* Tickets of submissions count from here: their answers are not waited for. */
#define TICKET_SUBMISSION UINT32_C(0x80000000)

/* A submission that was asked for and is not due yet. */
struct feed_item {
	struct rh_submission submission;
	uint64_t number;
};

struct feed { /* of one workload */
	bool is_on;
	bool is_dry;	   /* the generator has no more */
	uint64_t number;   /* of the next one to ask for */
	uint64_t floor_ns; /* what is asked for next comes at this time or later */
	uint64_t sent;
	struct rh_heap waiting; /* struct feed_item by time and number */
	struct rh_workload_view view;
	struct rh_pace_change *changes;
	uint32_t change_cap;
};

struct run {
	const struct rh_plan *plan;
	const struct rh_world_ops *ops;
	const struct rh_run_options *options;
	struct rh_world *world;
	struct rh_judge *judge;
	struct rh_run_result *result;
	struct rh_err *err;
	struct rh_sink sink; /* what the world is given */
	uint64_t now_ns;
	struct mark *marks;
	uint32_t mark_count;
	uint32_t mark_next;
	struct step_run *steps;
	bool *is_in_phase;
	struct ticket *tickets;
	uint32_t ticket_count;
	uint32_t ticket_cap;
	uint32_t *owners;
	uint32_t owner_count;
	uint32_t owner_cap;
	struct feed *feeds;
	uint32_t submission_count;
	uint32_t decision_count; /* told so far */
	uint32_t alert_count;	 /* the same */
	bool is_overtime;     /* beyond the plan's duration: stops as soon as the judge is done */
	bool is_settling;     /* the next stop is 1 ns away */
	bool wants_to_settle; /* actions were started whose effect is to be verified */
	struct rh_arena scratch; /* of one change */
};

/* timeline.c */
void run_timeline_open(struct run *run);

/* stream.c */
void run_emit(struct run *run, const struct rh_record *record);
void run_emit_note(struct run *run, uint64_t time_ns, const char *fmt, ...) RH_PRINTF(3, 4);
void run_tell_decisions(struct run *run);
void run_take(void *ctx, const struct rh_record *records, size_t count);
void run_advance(void *ctx, uint64_t time_ns);

/* steps.c */
void run_steps_open(struct run *run);
void run_step_begin(struct run *run, uint32_t step);
void run_step_end(struct run *run, uint32_t step, bool is_rollback);
void run_verify_due(struct run *run);
/* An ACTION record that names one of the run's tickets. */
void run_answer(struct run *run, const struct rh_record *record);
void run_rollback(struct run *run);
/* What is still without an answer when the world has ended. */
void run_steps_close(struct run *run);

/* workload.c */
void run_workloads_open(struct run *run);
void run_workloads_close(struct run *run);
/* From now on the workload has another pace (core/plugin.h says what that means). */
void run_workload_pace(struct run *run, uint32_t workload, struct rh_pace pace);
void run_workload_begin(struct run *run, uint32_t workload);
void run_workload_end(struct run *run, uint32_t workload);
uint64_t run_next_submission_ns(const struct run *run);
int run_submit_due(struct run *run) RH_MUST_USE;

#endif
