/*
 * state.h - what a hosted node is made of, for the files of this folder only.
 *
 *   node.c     the process: control socket, the loop     effects.c  what a step asked for
 *   events.c   one event: records of its own, step       links.h    sockets to neighbours
 *   hosting.c  objects and journal as a step sees them   seam.h     events and effects as bytes
 */
#ifndef LIVE_NODE_STATE_H
#define LIVE_NODE_STATE_H

#include "core/host.h"
#include "core/plan.h"
#include "live/node/journal.h"
#include "live/node/links.h"
#include "live/node/objects.h"
#include "live/wire/records.h"

struct live_timer {
	uint64_t at_clock_ns;
	uint32_t generation;
	bool is_armed;
};

struct live_work { /* done when its time has come; in order, since there is one worker */
	uint64_t end_ns;
	uint64_t key;
	struct rh_handle ref; /* counted */
	uint16_t kind;
};

struct live_gauge {
	uint32_t gauge;
	int64_t value;
};

struct live_node {
	const struct rh_plan *plan;
	const struct rh_model *model;
	uint32_t index;
	uint64_t record_mask;
	struct live_stream control;
	struct live_links links;
	uint32_t expected_count;
	bool is_ready; /* the parent was told */
	bool is_started;
	bool is_replaying;  /* effects are told, not acted on */
	uint64_t origin_ns; /* of world time, on CLOCK_MONOTONIC */
	uint64_t now_ns;    /* of the event that is handled; grows */

	struct rh_space space;
	struct live_objects objects;
	struct rh_handle *fresh; /* made in this step */
	uint32_t fresh_count;
	uint32_t fresh_cap;
	struct live_journal journal;
	struct rh_env env;
	struct rh_effects fx;
	uint64_t *names64;

	struct rh_clock clock;
	struct live_timer *timers;
	struct live_work *works; /* works[work_head .. work_count) wait */
	uint32_t work_head;
	uint32_t work_count;
	uint32_t work_cap;
	uint64_t worker_free_ns;
	struct rh_idmap seen; /* ids of flooded messages */
	struct live_gauge *gauges;
	uint32_t gauge_count;
	uint64_t violated; /* bit: the invariant was broken and told */

	struct rh_buf records; /* encoded, not yet in a frame */
	uint32_t record_count;
	struct live_counters counters;
	struct rh_digest *digest;
	struct rh_buf frame;   /* scratch */
	struct rh_err failure; /* code 0: none */
};

static inline bool live_wants(const struct live_node *node, enum rh_record_kind kind)
{
	return (node->record_mask >> kind) & 1;
}

/* hosting.c */
extern const struct rh_host live_host;
void live_hosting_open(struct live_node *node);
void live_hosting_close(struct live_node *node);
void live_drop_fresh(struct live_node *node);

/* events.c: an event now, and one with everything given (replay). */
void live_handle(struct live_node *node, const struct rh_event *event, uint64_t ticket);
void live_replay(struct live_node *node, const uint8_t *bytes, size_t len);
void live_handle_message(struct live_node *node, const struct live_message *message);
void live_record(struct live_node *node, const struct rh_record *record);
void live_record_gauge(struct live_node *node, uint32_t gauge, int64_t value);

/* effects.c */
void live_drain(struct live_node *node);
void live_set_timer(struct live_node *node, uint32_t number, uint64_t at_clock_ns);
/* What of the node's own is due first; RH_TIME_NEVER: nothing. */
uint64_t live_own_due(const struct live_node *node);
/* Hands out one timer or piece of work that is due at `now_ns`; false when none is. */
bool live_own_next(struct live_node *node, uint64_t now_ns, struct rh_event *event);
/* The waiting piece of work of this kind and key: its object, with the reference. */
bool live_work_take(struct live_node *node, uint16_t kind, uint64_t key, struct rh_handle *ref);

/* The first failure stays; the process ends with it. */
void live_fail(struct live_node *node, int code, const char *fmt, ...) RH_PRINTF(3, 4);

#endif
