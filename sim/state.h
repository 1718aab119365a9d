/*
 * state.h - what a simulated world is made of: the part that is copied and the part that is not.
 *
 * `struct sim_state` and all that it reaches stands in the space: integers, offsets and handles
 * only. `struct sim_world` holds what is made anew in each process: pointers into the space, the
 * plan, buffers, and the records that wait for the sink.
 *
 *   world.c    open and close, the loop, statistics     actions.c   start, submit, verify
 *   driver.c   one event: checks, hash, step            effects.c   what a step asked for
 */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include "core/world.h"
#include "sim/clock.h"
#include "sim/kernel/engine.h"
#include "sim/kernel/trace_hash.h"
#include "sim/messages.h"
#include "sim/net/net.h"
#include "sim/stream.h"

struct sim_timer {
	uint64_t at_clock_ns;
	uint32_t generation; /* of the event that will fire; others are stale */
	uint32_t is_armed;
};

struct sim_journal_entry {
	uint64_t key;
	struct rh_handle ref; /* counted */
};

struct sim_gauge {
	int64_t value;
	uint32_t gauge;
	uint32_t unused;
};

struct sim_node {
	rh_off state;	     /* the model's, 0 when it has none */
	rh_off timers;	     /* struct sim_timer, one for each of the model's */
	uint64_t up_from_ns; /* up when <= now; RH_TIME_NEVER: down */
	uint64_t worker_free_ns;
	struct sim_clock clock;
	struct rh_vec journal; /* struct sim_journal_entry */
	uint32_t journal_synced;
	uint32_t instant_count; /* actions and inputs given at instant_ns */
	uint64_t instant_ns;
	struct rh_vec gauges; /* struct sim_gauge: last values, in order of first use */
	struct rh_idmap seen; /* ids of flooded messages */
	uint64_t starts;
	uint64_t self_window; /* the window of self_count */
	uint64_t self_count;
	uint64_t violated; /* bit: the invariant was broken and told */
	uint32_t gauge_at; /* position in `gauges` of the last one told */
	uint32_t unused;
};

struct sim_state {
	uint64_t magic;
	uint64_t seed;
	uint32_t node_count;
	uint32_t engine_kind; /* enum rh_engine */
	uint64_t now_ns;
	struct sim_trace trace;
	struct sim_objects objects;
	struct sim_messages messages;
	rh_off nodes;	   /* struct sim_node */
	rh_off edge_sends; /* u32 for each directed edge: messages sent to that peer alone */
	rh_off net;
	rh_off engine;
	uint64_t deliveries; /* copies sent, whatever became of them */
	uint64_t handled;    /* timers, work, inputs, global actions */
	uint64_t in_flight;
	uint64_t in_flight_max;
	uint64_t stale_timers; /* events in the queue that will be dropped */
};

struct sim_peers {
	const uint32_t *nodes; /* in the space */
	uint32_t count;
};

struct sim_world {
	struct rh_world base;
	const struct rh_plan *plan;
	struct rh_world_options options;
	struct rh_space space;
	struct sim_state *state; /* in the space; neither moves */
	struct sim_node *nodes;
	struct sim_peers *peers; /* by node */
	uint64_t *names64;
	struct sim_net net;
	struct sim_order order;
	struct sim_engine engine;
	struct sim_stream stream;
	struct rh_effects fx;
	struct rh_env env;
	struct rh_handle *fresh; /* objects made in this step */
	uint32_t fresh_count;
	uint32_t fresh_cap;
	uint32_t *positions; /* a fan-out */
	uint32_t window_log2;
	struct sim_event last; /* handed out before: keys must grow */
	uint64_t wake_at_ns;
	volatile bool is_interrupted; /* set from a signal handler, read by the loop */
	bool checks_each_step;
	struct rh_err failure; /* code 0: none */
};

static inline bool sim_is_up(const struct sim_world *world, uint32_t node)
{
	return world->nodes[node].up_from_ns <= world->state->now_ns;
}

static inline bool sim_wants(const struct sim_world *world, enum rh_record_kind kind)
{
	return (world->options.record_mask >> kind) & 1;
}

static inline struct sim_timer *sim_timers(const struct sim_world *world, uint32_t node)
{
	return rh_at(&world->space, world->nodes[node].timers);
}

/* The first failure stays; the run ends with it. */
void sim_fail(struct sim_world *world, int code, const char *fmt, ...) RH_PRINTF(3, 4);

/* driver.c */
extern const struct rh_host sim_host;
void sim_handle(struct sim_world *world, const struct sim_event *event);
/* Points the world's env at a node, as of now. */
void sim_env_set(struct sim_world *world, uint32_t node);
void sim_check_invariants(struct sim_world *world, uint32_t node, bool is_in_event);
bool sim_is_stale(const struct sim_world *world, const struct sim_event *event);

/* effects.c */
void sim_drain_effects(struct sim_world *world, uint32_t node);
void sim_set_timer(struct sim_world *world, uint32_t node, uint32_t number, uint64_t at_clock_ns);
/* A gauge of a node: true when it is new or changed. */
bool sim_gauge_changed(struct sim_world *world, uint32_t node, uint32_t gauge, int64_t value);

/* actions.c */
int sim_start(struct rh_world *base, const struct rh_action *action, uint32_t ticket,
	      struct rh_err *err);
int sim_submit(struct rh_world *base, uint32_t node, const struct rh_submission *submission,
	       uint32_t ticket, struct rh_err *err);
int sim_verify(struct rh_world *base, const struct rh_expectation *expected, uint32_t ticket,
	       struct rh_err *err);
/* The event with which a node begins; `step` and its name as in struct rh_action. */
void sim_push_start(struct sim_world *world, uint32_t node, uint64_t at_ns, uint32_t step,
		    uint64_t name64);

#endif
