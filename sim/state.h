/*
 * state.h - what a simulated world is made of: the part that is copied and the part that is not.
 *
 * `struct sim_state` and all that it reaches stands in the space: integers, offsets and handles
 * only. `struct sim_world` holds what is made anew in each process: pointers into the space, the
 * plan, buffers, and the records that wait for the sink.  A `struct sim_worker` is what one thread needs
 * to handle events: the queue engines have one, the windowed engine one for each share of the nodes.
 *
 *   world.c    open and close, stopping, statistics     actions.c   start, submit, verify
 *   play.c     the loops over events                    driver.c    one event: checks, hash, step
 *   hear.c     the short way of flooded copies
 *   effects.c  what a step asked for                    sending.c   messages among it
 *   timers.c   timers among it
 */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include "core/world.h"
#include "core/host.h"
#include "sim/gossip/fan.h"
#include "sim/kernel/engine.h"
#include "sim/team/team.h"
#include "sim/kernel/trace_hash.h"
#include "sim/kernel/windows.h"
#include "sim/net/net.h"
#include "sim/kernel/objects.h"
#include "sim/stream.h"
#include "sim/world.h"

/*
 * A timer of a node.  At most one event in the queue is its own; all others of its number were left behind
 * and are dropped when they come.  Set again for later, it keeps its event: when that comes and finds the
 * time not come, it is queued once more, for the time that holds then.  So a timer that is put off with
 * each message costs the queue one event for as long as it is put off.
 */
struct sim_timer {
	uint64_t at_clock_ns;
	uint64_t queued_ns; /* when its event comes */
	uint32_t
		generation; /* how often it was set or stopped: part of the identity of its firing */
	uint32_t queued_generation : 30; /* when its event was queued */
	uint32_t is_queued : 1;
	uint32_t is_armed : 1;
};

struct sim_journal_entry {
	uint64_t key;
	struct rh_handle ref; /* counted */
};

/*
 * The last values of one gauge on all nodes, side by side: mostly a run says a few gauges again and
 * again, and what stands beside other things of a node is a miss of the cache each time.
 */
struct sim_gauge {
	rh_off values; /* int64_t for each node; 0: nobody said it yet */
	rh_off known;  /* uint8_t for each node: nodes are played by several threads */
};

/* What every event of a node reads: one line of the cache. */
struct sim_node {
	uint64_t up_from_ns; /* up when <= now; RH_TIME_NEVER: down */
	rh_off state;	     /* the model's, 0 when it has none */
	uint64_t name64;
	uint64_t weight;
	struct rh_clock clock;
	uint64_t self_window; /* the window of self_count */
	uint64_t self_count;
};

/* The rest. */
struct sim_node_more {
	uint64_t worker_free_ns;
	uint64_t instant_ns;
	uint32_t instant_count; /* actions and inputs given at instant_ns */
	uint32_t journal_synced;
	struct rh_vec journal; /* struct sim_journal_entry */
	uint64_t starts;
	uint64_t violated; /* bit: the invariant was broken and told */
};

struct sim_state {
	uint64_t magic;
	uint64_t seed;
	uint32_t node_count;
	uint32_t engine_kind; /* enum rh_engine, never AUTO */
	uint64_t now_ns;
	struct sim_trace trace;
	struct sim_objects objects;
	struct sim_flood flood;
	rh_off nodes;  /* struct sim_node, aligned to lines */
	rh_off more;   /* struct sim_node_more */
	rh_off gauges; /* struct sim_gauge, by gauge */
	rh_off timers; /* struct sim_timer [node][timer of the model] */
	rh_off net;
	rh_off engine;
	uint64_t deliveries; /* copies sent, whatever became of them */
	uint64_t handled;    /* timers, work, inputs, global actions */
	uint64_t others;     /* pending events that are no copies of messages */
	uint64_t
		in_flight_max; /* where the engine looks: after an event, or at the end of a window */
	uint64_t stale_timers; /* events in the queue that will be dropped */
};

/* The flooded message whose copy is handled. */
struct sim_heard {
	const struct sim_flood_message *message; /* NULL: it is another kind of event */
	uint32_t place;				 /* in the table */
	uint32_t source;
	uint32_t position; /* of the source among the neighbours, or RH_NONE: look it up */
};

/* What a thread counts until the world takes it in. */
struct sim_tally {
	uint64_t deliveries;
	uint64_t handled;
	uint64_t others;       /* modulo 2^64: an event may end where it did not begin */
	uint64_t stale_timers; /* the same */
};

struct sim_worker {
	struct sim_world *world;
	uint32_t number;
	uint64_t now_ns; /* time of the event that is handled */
	struct rh_effects fx;
	struct rh_env env;
	struct rh_handle *fresh; /* objects made in this step */
	uint32_t fresh_count;
	uint32_t fresh_cap;
	struct sim_fan fan;
	struct sim_event
		events[2];	 /* the one that is handled, and the one before: keys must grow */
	struct sim_event *event; /* that is handled */
	struct sim_event *spare; /* where the next one goes */
	struct sim_heard heard;
	bool is_plain; /* in this window: fan-outs may go the plain way, but for faults and queues */
	struct sim_tally tally;
	struct rh_record *records; /* of this window, node by node */
	size_t record_count;
	size_t record_cap;
	struct rh_arena texts;
	struct rh_err failure; /* code 0: none */
};

struct sim_world {
	struct rh_world base;
	const struct rh_plan *plan;
	const struct rh_model *model; /* of the plan */
	struct rh_world_options options;
	struct sim_tuning tuning;
	struct rh_space space;
	struct sim_state *state; /* in the space; neither moves */
	struct sim_node *nodes;
	struct sim_node_more *more;
	struct sim_gauge *gauges;
	uint32_t gauge_count;
	bool are_gauges_locked; /* while one gets its room */
	struct sim_timer *timers;
	uint32_t timer_count; /* of the model */
	uint8_t *states;      /* of all nodes, side by side */
	uint64_t state_stride;
	struct sim_trace_node *traces;
	uint64_t *names64;
	struct sim_net net;
	struct sim_order order;
	bool is_windowed;
	struct sim_engine engine; /* a queue; or */
	struct sim_windows windows;
	struct sim_fan_in fan_in;
	struct sim_team *team; /* NULL: there is one worker, or no threads are wanted */
	struct sim_worker *workers;
	uint32_t worker_count;
	struct sim_stream stream;
	uint64_t *turns; /* of a window's records, while they are put in order */
	size_t turn_cap;
	uint32_t window_log2; /* of counting self events */
	uint32_t peers_max;   /* of any node */
	bool has_uplinks;
	bool has_downlinks;
	bool has_floods; /* the model has a topic of relay FLOOD */
	bool checks_each_step;
	/* By node: a step changed it since its invariants were asked.  NULL: nobody asks at a
	 * checkpoint.  Not in the space: all set, as in a world just opened, asks too often, never
	 * too little. */
	uint8_t *to_ask;
	bool cuts_at_reactions; /* somebody may react to a record of this run */
	uint64_t late_ns;	/* from here on everybody is up; RH_TIME_NEVER: not */
	uint64_t
		plain_from_ns; /* from here on no queue, no loss, no record and no node that is down meets
				   a copy: only its link decides, where it has no fault */
	uint64_t wake_at_ns;
	volatile bool is_interrupted; /* set from a signal handler, read by the loop */
	struct rh_err failure;	      /* code 0: none */
};

static inline bool sim_is_up(const struct sim_world *world, uint32_t node, uint64_t now_ns)
{
	return world->nodes[node].up_from_ns <= now_ns;
}

static inline bool sim_wants(const struct sim_world *world, enum rh_record_kind kind)
{
	return (world->options.record_mask >> kind) & 1;
}

static inline struct sim_timer *sim_timers(const struct sim_world *world, uint32_t node)
{
	return world->timers + (size_t)node * world->timer_count;
}

/* The first failure stays; the run ends with it. */
void sim_fail(struct sim_worker *worker, int code, const char *fmt, ...) RH_PRINTF(3, 4);

/* play.c */
/* Handles events below the limit; false when what the caller must look at first has come. */
bool sim_play(struct sim_world *world, uint64_t limit_ns);
/* The part of a window that one worker plays; the world is `ctx`. */
sim_team_job sim_play_share;
void sim_push(struct sim_worker *worker, const struct sim_event *event);
uint64_t sim_sweep(struct sim_world *world, sim_engine_doom *is_doomed, void *ctx);
uint64_t sim_pending(const struct sim_world *world);
/* A record of the event that is handled, at its place in the order. */
void sim_tell(struct sim_worker *worker, const struct rh_record *record);
uint64_t sim_reaction_after(const struct sim_world *world, uint64_t cause_ns);
/* What is counted so far, taken into the state; the copies in flight. */
uint64_t sim_take_tallies(struct sim_world *world);

/* hear.c */
/* Handles copies of flooded messages as long as nothing else comes next. */
void sim_hear(struct sim_worker *worker);

/* driver.c */
extern const struct rh_host sim_host;
void sim_handle(struct sim_worker *worker, const struct sim_event *event);
/* Points the worker's env at a node, as of now. */
static inline void sim_env_set(struct sim_worker *worker, uint32_t node)
{
	const struct sim_world *world = worker->world;
	const struct sim_node *self = &world->nodes[node];
	struct rh_env *env = &worker->env;

	env->state = world->states != NULL ? world->states + node * world->state_stride : NULL;
	env->clock_ns = rh_clock_local(&self->clock, worker->now_ns);
	env->name64 = self->name64;
	env->weight = self->weight;
	env->node = node;
	env->peer_count = sim_net_peer_count(&world->net, node);
	env->peers = sim_net_peers(&world->net, node);
	if (world->plan->model->node_params_size != 0)
		env->node_params = world->plan->nodes[node].params;
}
void sim_objects_end(struct sim_worker *worker);
void sim_ask_after(struct sim_worker *worker, uint32_t node);
/* Objects that nobody kept go, and the invariants of the node are asked, now or at a checkpoint. */
static inline void sim_after_step(struct sim_worker *worker, uint32_t node)
{
	if (worker->fresh_count != 0)
		sim_objects_end(worker);
	if (worker->world->checks_each_step || worker->world->to_ask != NULL)
		sim_ask_after(worker, node);
}
void sim_check_invariants(struct sim_worker *worker, uint32_t node, bool is_in_event);

/* effects.c */
void sim_drain_effects(struct sim_worker *worker, uint32_t node);
/* A gauge of a node: true when it is new or changed. */
bool sim_gauge_changed(struct sim_world *world, uint32_t node, uint32_t gauge, int64_t value);
/* The node forgets what it said. */
void sim_gauges_forget(struct sim_world *world, uint32_t node);

/* timers.c */
void sim_set_timer(struct sim_worker *worker, uint32_t node, uint32_t number, uint64_t at_clock_ns);
void sim_stop_timer(struct sim_worker *worker, uint32_t node, uint32_t number);
/* An event of a timer has come: true when the timer fires. */
bool sim_timer_fires(struct sim_worker *worker, const struct sim_event *event);
/* Is this the event of a timer that is armed?  Others do nothing any more. */
bool sim_timer_counts(const struct sim_world *world, const struct sim_event *event);
/* An event of a timer is taken out of the queue. */
void sim_timer_lose(struct sim_world *world, const struct sim_event *event);
/* Takes events that timers left behind out of the queue when there are too many of them. */
void sim_limit_stale_timers(struct sim_world *world);

/* sending.c */
void sim_drain_send(struct sim_worker *worker, uint32_t node, const struct rh_effect *effect);
void sim_drain_fan_out(struct sim_worker *worker, uint32_t node, const struct rh_effect *effect);
/* The same for a forward of what has just come, the plain way: true when it was done. */
bool sim_forward_heard(struct sim_worker *worker, uint32_t node, const struct rh_effect *effect);
/* Can fan-outs from `start_ns` on go the plain way, as far as the world is concerned? */
bool sim_is_plain(const struct sim_world *world, uint64_t start_ns);

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
/* After nodes went up or down. */
void sim_find_late(struct sim_world *world);

#endif
