/*
 * world.h - what a run may ask of a world.
 *
 * A world is the only thing with nodes, links and clocks.  sim/ and live/ fill this table, and a
 * scripted third one in the tests; the run layer does not know which it drives.
 *
 * Time.  After open the world stands at time 0.  run_until(t) lets it act until every event with
 * time < t has happened and every record with time < t has been given to the sink; then it stands
 * at t.  It returns early, at a point of the reaction grid, when wake() was called, and says where
 * it stands.  A world of real time reaches t when the clock on the wall does; so that progress,
 * cancelling and limits are not kept waiting, it may also return early by itself.
 *
 * Nothing blocks.  An action, a submission or a verification is started at the time where the world
 * stands; its end is a record of kind ACTION (done, refused, failed; or TX) that names the ticket,
 * given by a later run_until().  Actions started at one time take effect in the order of the calls,
 * before any event of a node at that time.
 *
 * A world is used by one thread, apart from wake().
 */
#ifndef CORE_WORLD_H
#define CORE_WORLD_H

#include "core/host.h"
#include "core/plan.h"

struct rh_world;

enum rh_action_kind {
	RH_ACTION_LINKS, /* set the merged fault state of directed edges */
	RH_ACTION_NODES, /* node_op on each of `nodes` */
	RH_ACTION_MODEL, /* a model's action on each of `nodes` */
	/* step the clocks of `nodes` by `clock_step_ns`, and change their drift by `clock_drift_ppb`,
	 * which counts from time 0 */
	RH_ACTION_CLOCK,
};

struct rh_link_set {
	uint32_t edge;
	struct rh_link_state state;
};

/* Borrowed until start() returns. */
struct rh_action {
	enum rh_action_kind kind;
	uint32_t step;	 /* plan index of the step that asks, or RH_NONE (rollback) */
	uint64_t name64; /* of the step: what the trace hash calls it */
	const struct rh_link_set
		*links; /* LINKS: ascending by edge; states replace the earlier ones */
	size_t link_count;
	const uint32_t *nodes; /* ascending */
	size_t node_count;
	enum rh_node_op node_op;
	uint16_t model_action; /* number in the model's table */
	uint64_t key;
	uint64_t arg;
	int64_t clock_step_ns;
	int64_t clock_drift_ppb;
};

/* What should hold now, for verify(): the world compares it with the state that it holds (live:
 * measures). */
struct rh_expectation {
	uint32_t step;
	const struct rh_link_set *links;
	size_t link_count;
	const uint32_t *nodes;
	size_t node_count;
	bool nodes_are_up;	       /* what the nodes should be, unless clocks are asked for */
	const struct rh_clock *clocks; /* of each node, or NULL: not asked for */
};

enum rh_capability {
	RH_CAN_CUT = 1 << 0,
	RH_CAN_DELAY = 1 << 1,
	RH_CAN_LOSE = 1 << 2,
	RH_CAN_LIMIT_RATE = 1 << 3,
	RH_CAN_CRASH = 1 << 4,
	RH_CAN_PAUSE = 1 << 5,
	RH_CAN_STEP_CLOCK = 1 << 6,
	RH_CAN_SUBMIT = 1 << 7,
	RH_CAN_SNAPSHOT = 1 << 8,
	RH_CAN_MODEL_ACTION = 1 << 9,
	RH_CAN_REPEAT =
		1 << 10, /* equal plans give equal runs: trace hash and events mean something */
	RH_CAN_FAULT_CLOCK = 1 << 11 /* step and drift clocks, and tell how wrong they are */
};

struct rh_checkpoint {
	uint64_t time_ns;
	struct rh_hash128 hash;
};

struct rh_world_stats {
	uint64_t events; /* deliveries (dropped copies included), timers, work and global actions */
	uint64_t deliveries;
	uint64_t lookahead_clamps; /* delays that were raised to the plan's least delay */
	uint64_t messages_in_flight_max;
	uint64_t memory_bytes;
	struct rh_hash128
		trace_hash; /* of the last checkpoint; zero in worlds that cannot repeat */
	const struct rh_checkpoint *checkpoints; /* borrowed until close */
	size_t checkpoint_count;
};

struct rh_world_options {
	enum rh_engine engine; /* AUTO: the world chooses; a live world has none */
	uint32_t threads;      /* 0: the world chooses */
	uint64_t record_mask;  /* kinds that somebody reads */
	uint64_t base_hint;    /* address of simulation memory, 0: usual (tests) */
};

struct rh_world_ops {
	const char *name; /* "sim", "live" */
	/* Borrows the plan until close. */
	int (*open)(struct rh_world **world, const struct rh_plan *plan,
		    const struct rh_world_options *options, struct rh_err *err);
	/* bits of enum rh_capability; may be asked with world == NULL (what could be on this
	 * machine) */
	uint32_t (*capabilities)(const struct rh_world *world, const struct rh_plan *plan);
	/* What a plan needs beside capabilities, asked before anything starts: 0, or
	 * RH_E_UNSUPPORTED with the way out.  NULL: the world takes every plan. */
	int (*check)(const struct rh_plan *plan, struct rh_err *err);
	/* *now_ns: where it stands (== time_ns unless woken) */
	int (*run_until)(struct rh_world *world, uint64_t time_ns, const struct rh_sink *sink,
			 uint64_t *now_ns, struct rh_err *err);
	/* `cause_ns` is the time of the record that woke: the world stops at the next reaction
	 * point after it.  Callable from within the sink; with cause_ns 0 also from a signal
	 * handler: stop as soon as possible. */
	void (*wake)(struct rh_world *world, uint64_t cause_ns);
	int (*start)(struct rh_world *world, const struct rh_action *action, uint32_t ticket,
		     struct rh_err *err);
	int (*submit)(struct rh_world *world, uint32_t node, const struct rh_submission *submission,
		      uint32_t ticket, struct rh_err *err);
	int (*verify)(struct rh_world *world, const struct rh_expectation *expected,
		      uint32_t ticket, struct rh_err *err);
	int (*snapshot)(struct rh_world *world, struct rh_buf *out, struct rh_err *err);
	int (*restore)(struct rh_world *world, const uint8_t *bytes, size_t len,
		       struct rh_err *err);
	/* Ends the run where it stands: last checkpoint; what is still pending stays pending. */
	int (*finish)(struct rh_world *world, const struct rh_sink *sink, struct rh_err *err);
	void (*stats)(const struct rh_world *world, struct rh_world_stats *stats);
	void (*close)(struct rh_world *world);
};

struct rh_world {
	const struct rh_world_ops *ops; /* first member of each world's own structure */
};

#endif
