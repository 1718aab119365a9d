/*
 * state.h - what the live world is made of, for the files of this folder only.
 *
 *   world.c    open and close, the loop, statistics
 *   seats.c    one seat a node: its process, its socket, what comes from it
 *   asks.c     questions that wait for nodes, and the records that end them
 *   actions.c  start, submit, verify
 *   inbox.h    records on their way to the sink
 */
#ifndef LIVE_STATE_H
#define LIVE_STATE_H

#include "core/world.h"
#include "live/inbox.h"
#include "live/process/guardian.h"
#include "live/wire/records.h"
#include "live/wire/stream.h"

#define LIVE_PATIENCE_NS UINT64_C(10000000000) /* for an answer, in real time */

enum live_seat_state {
	LIVE_SEAT_EMPTY,
	LIVE_SEAT_COMING, /* its process runs, or is asked for, and has not started the model */
	LIVE_SEAT_STARTED
};

struct live_seat {
	enum live_seat_state state;
	bool is_leaving; /* we killed it; it is not reaped yet */
	bool is_ready;
	struct live_stream control;
	pid_t pid;
	uint64_t up_from_ns; /* when it is to run; RH_TIME_NEVER: it is not */
	uint64_t starts;     /* of the model, so far */
	int64_t offset_ns;   /* of its clock */
	struct rh_buf held;  /* frames that wait for the start */
	uint32_t start_ask;  /* 0: nobody waits for it */
	struct live_counters counters;
	struct live_counters before; /* of earlier processes */
};

/* What is asked of nodes, and when a node has answered. */
enum live_ask_kind {
	LIVE_ASK_START, /* it has started */
	LIVE_ASK_CRASH, /* it is reaped */
	LIVE_ASK_EVENT, /* it has handled an action */
	LIVE_ASK_CLOCK, /* the same, of a clock step */
	LIVE_ASK_PING,	/* it runs and answers */
	LIVE_ASK_GONE,	/* it does not run */
	LIVE_ASK_COUNTS /* it has told its counters; nobody else hears of it */
};

struct live_ask {
	enum live_ask_kind kind;
	uint32_t ticket;
	uint32_t step;
	uint64_t touched;
	uint64_t deadline_ns; /* real time of the world */
	uint64_t *nodes;      /* bits of those without an answer; NULL: it is over */
	uint32_t waiting;
	char reason[200]; /* "": it went well */
};

struct live_world {
	struct rh_world base;
	const struct rh_plan *plan;
	struct rh_world_options options;
	struct live_trade trade;
	struct live_guardian guardian;
	struct live_seat *seats;
	struct pollfd *entries;
	struct live_inbox inbox;
	struct live_ask *asks; /* number n is asks[n - 1] */
	uint32_t ask_count;
	uint32_t ask_cap;
	uint32_t ask_first; /* those before are over */
	uint64_t origin_ns; /* of world time, on CLOCK_MONOTONIC */
	bool has_begun;
	uint64_t now_ns; /* where the run stands */
	uint64_t wake_at_ns;
	volatile bool is_interrupted; /* set from a signal handler, read by the loop */
	struct rh_err failure;	      /* code 0: none */
};

static inline bool live_is_up(const struct live_seat *seat)
{
	return seat->state != LIVE_SEAT_EMPTY && !seat->is_leaving;
}

/* world.c */
uint64_t live_machine_ns(void);
uint64_t live_now(const struct live_world *world); /* real time of the world; 0 before it begins */
void live_world_fail(struct live_world *world, int code, const char *fmt, ...) RH_PRINTF(3, 4);
/* A record of the world or of a node, as of now. */
void live_tell(struct live_world *world, uint32_t node, enum rh_record_kind kind, uint16_t stage,
	       uint32_t index, uint64_t a, uint64_t b, const char *text);

/* seats.c */
void live_seats_open(struct live_world *world);
void live_seats_close(struct live_world *world);
/* Asks the guardian for the process of an empty seat. */
void live_seat_fill(struct live_world *world, uint32_t node, uint32_t expected_count);
void live_seat_kill(struct live_world *world, uint32_t node, bool is_wipe);
/* Starts the model in a process that is ready. */
void live_seat_start(struct live_world *world, uint32_t node);
/* Where a frame for the node is to be written: it goes out now, or behind the start. */
struct rh_buf *live_seat_out(struct live_world *world, uint32_t node);
/* Takes in what the guardian and the nodes have said, writes what waits; blocks for no one. */
void live_seats_turn(struct live_world *world);
/* Sleeps until something is said, at most `wait_ns`; false when a signal came. */
bool live_seats_sleep(struct live_world *world, uint64_t wait_ns);
bool live_seats_are_ready(const struct live_world *world);

/* asks.c */
uint32_t live_ask_new(struct live_world *world, enum live_ask_kind kind, uint32_t ticket,
		      uint32_t step);
void live_ask_add(struct live_world *world, uint32_t ask, uint32_t node);
/* All nodes are added: without any it is over at once. */
void live_ask_seal(struct live_world *world, uint32_t ask);
/* The ask has failed, whatever its nodes say; the first reason stays. */
void live_ask_fail(struct live_world *world, uint32_t ask, const char *fmt, ...) RH_PRINTF(3, 4);
void live_ask_answer(struct live_world *world, uint32_t ask, uint32_t node);
/* The node's process is gone: an answer to some, the end of the others. */
void live_asks_gone(struct live_world *world, uint32_t node, bool was_killed);
void live_asks_expire(struct live_world *world, uint64_t real_ns);
uint64_t live_asks_deadline(const struct live_world *world);
bool live_asks_are_over(const struct live_world *world);
void live_asks_close(struct live_world *world);

/* actions.c */
int live_world_start(struct rh_world *base, const struct rh_action *action, uint32_t ticket,
		     struct rh_err *err);
int live_world_submit(struct rh_world *base, uint32_t node, const struct rh_submission *submission,
		      uint32_t ticket, struct rh_err *err);
int live_world_verify(struct rh_world *base, const struct rh_expectation *expected, uint32_t ticket,
		      struct rh_err *err);

#endif
