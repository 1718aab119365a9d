/*
 * state.h - what a run keeps while it goes on, for the files of this folder only.
 *
 *   run.c       the loop: where to stop next, and when to end
 *   timeline.c  what the plan says will happen, sorted
 *   steps.c     beginning, ending and verifying steps; which nodes and edges they hold
 *   clocks.c    what steps do to clocks
 *   order.c     which step comes when: what was left out, what waits for what
 *   own_steps.c what the run does itself: clear, capture, annotate, workload
 *   series.c    when all copies of a fault are over
 *   parts.c     rollback and cleanup
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
	MARK_WAIT_END,	   /* not before this */
	MARK_WAIT_TIMEOUT, /* nor after this */
	MARK_PART_TIMEOUT, /* of rollback, cleanup */
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
	struct rh_clock clock;	   /* what it has done to each of its clocks */
	bool is_done;		   /* begun (a wait: over) or left out: who waits for it need not */
	bool is_gone;		   /* left out, or called off before it began */
	bool is_waiting;	   /* a wait that goes on */
	uint32_t
		copies_open; /* of the series that it is the first of: neither ended nor called off */
	uint32_t ticket;     /* of a wait */
	uint64_t earliest_ns;
	struct rh_pace before; /* of the workload that it changes */
};

enum ticket_kind { TICKET_BEGIN, TICKET_END, TICKET_VERIFY, TICKET_OWN };

/* Where the run stands with its rollback. */
enum rollback { ROLLBACK_NONE, ROLLBACK_DUE, ROLLBACK_BEGUN };

struct ticket {
	enum ticket_kind kind;
	bool is_answered;
	uint32_t step;
	uint32_t first_owner; /* steps whose traffic the world counted: a range of run->owners */
	uint32_t owner_count;
};

/* Tickets of submissions count from here: their answers are not waited for. */
#define TICKET_SUBMISSION UINT32_C(0x80000000)
#define TICKET_BASE	  (TICKET_SUBMISSION - 1) /* of the links as they are from the start */

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
	uint32_t mark_cap;
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
	struct rh_pace *stopped_paces; /* of the workloads that a step stopped */
	uint32_t submission_count;
	uint32_t decision_count;    /* told so far */
	uint32_t alert_count;	    /* the same */
	uint32_t waiting_count;	    /* waits with a condition */
	uint64_t condition_changes; /* of the judge, seen so far */
	uint64_t last_ns;	    /* time of the last record */
	uint64_t said_ns;	    /* time of the last record of the run's own */
	uint64_t look_ns;	    /* when to look at conditions again; RH_TIME_NEVER */
	enum rollback rollback;
	uint64_t rollback_ns; /* when it is due */
	bool has_followers;   /* some step waits for another */
	bool has_failed;      /* a check did, or a step that must not */
	bool is_closing;      /* the end was told: what follows is not judged */
	bool is_overtime;     /* beyond the plan's duration: stops as soon as the judge is done */
	bool is_settling;     /* the next stop is 1 ns away */
	bool wants_to_settle; /* actions were started whose effect is to be verified */
	struct rh_arena scratch; /* of one change */
};

/* timeline.c */
void run_timeline_open(struct run *run);
/* One more thing that will happen, now or later. */
void run_mark_add(struct run *run, uint64_t time_ns, enum mark_kind kind, uint32_t index);
/* It is ended at a time of its own. */
bool run_step_lasts(const struct rh_plan_step *step);
/* The first point of the reaction grid behind a time. */
uint64_t run_grid_after(const struct run *run, uint64_t time_ns);

/* stream.c */
void run_emit(struct run *run, const struct rh_record *record);
void run_emit_note(struct run *run, uint64_t time_ns, const char *fmt, ...) RH_PRINTF(3, 4);
void run_tell_decisions(struct run *run);
void run_take(void *ctx, const struct rh_record *records, size_t count);
void run_advance(void *ctx, uint64_t time_ns);

/* steps.c */
void run_steps_open(struct run *run);
/* Tells the world what its links are like from the start; 0 or the world's error. */
int run_links_open(struct run *run) RH_MUST_USE;
void run_step_begin(struct run *run, uint32_t step);
void run_step_end(struct run *run, uint32_t step, bool is_rollback);
void run_verify_due(struct run *run);
/* A step of the run itself: its ticket, and what became of it. */
uint32_t run_own_begin(struct run *run, uint32_t step);
/* The ticket alone, of what is not even tried. */
uint32_t run_own_ticket(struct run *run, uint32_t step);
void run_own_done(struct run *run, uint32_t step, uint32_t ticket, uint64_t touched);
void run_own_failed(struct run *run, uint32_t step, uint32_t ticket, const char *text);
/* An ACTION record that names one of the run's tickets. */
void run_answer(struct run *run, const struct rh_record *record);
void run_rollback(struct run *run);
/* What is still without an answer when the world has ended. */
void run_steps_close(struct run *run);

/* A ticket for an action of a step, and its start: false when the world refused at once, which is
 * an answer as well. */
uint32_t run_action_begin(struct run *run, enum ticket_kind kind, uint32_t step);
bool run_action_start(struct run *run, struct rh_action *action, uint32_t ticket, bool is_rollback);

/* clocks.c */
void run_change_clocks(struct run *run, uint32_t step, bool is_begin);
/* What the clocks of the step's nodes should be now; in run->scratch. */
struct rh_clock *run_expected_clocks(struct run *run, uint32_t step);

/* order.c */
/* False when the step is not to be begun: called off, or its condition does not hold. */
bool run_step_is_wanted(struct run *run, uint32_t step);
void run_step_done(struct run *run, uint32_t step);
void run_wait_begin(struct run *run, uint32_t step);
void run_wait_look(struct run *run, uint32_t step);
void run_wait_timeout(struct run *run, uint32_t step);
void run_wait_give_up(struct run *run, uint32_t step, const char *text);
/* The judge may have changed its mind: wakes the world when somebody waited for that. */
void run_watch(struct run *run);
/* At a stop: looks at conditions if it is time. */
void run_look(struct run *run);
/* Waits of the phases that go on at the end of the run: they have failed, or nobody asks. */
void run_waits_close(struct run *run, bool have_failed);

/* series.c */
void run_series_open(struct run *run);
/* It will not begin. */
void run_call_off(struct run *run, uint32_t step);
/* A fault has ended. */
void run_copy_over(struct run *run, uint32_t step, uint64_t time_ns);

/* own_steps.c */
void run_own_step(struct run *run, uint32_t step);
void run_own_step_end(struct run *run, uint32_t step);

/* parts.c */
/* Something failed at that time: a rollback may be due for it. */
void run_has_failed(struct run *run, uint64_t time_ns);
void run_rollback_if_due(struct run *run);
void run_part_timeout(struct run *run, enum rh_part part);
bool run_has_end_parts(const struct run *run);
/* Rollback where the run's end asks for it, then cleanup; 0 or the world's error. */
int run_play_end_parts(struct run *run, uint32_t rollback_bit) RH_MUST_USE;

/* run.c */
void run_play_marks(struct run *run);

/* workload.c */
/* The pace it has now; false when its kind has none that could change. */
bool run_workload_pace_now(struct rh_pace *pace, const struct run *run, uint32_t workload);
void run_workloads_open(struct run *run);
void run_workloads_close(struct run *run);
/* From now on the workload has another pace (core/plugin.h says what that means). */
void run_workload_pace(struct run *run, uint32_t workload, struct rh_pace pace);
void run_workload_begin(struct run *run, uint32_t workload);
void run_workload_end(struct run *run, uint32_t workload);
uint64_t run_next_submission_ns(const struct run *run);
int run_submit_due(struct run *run) RH_MUST_USE;

#endif
