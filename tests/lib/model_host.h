/*
 * model_host.h - runs a few nodes of a model in one process, without the simulator: for stories and
 * properties.
 *
 * Links have one fixed delay, events come in canonical order (time, node, class, kind, source, id),
 * invariants are asked after every step, references to objects are counted exactly, and on request
 * every message makes the trip through its bytes.  Records go to a callback.
 */
#ifndef TESTS_LIB_MODEL_HOST_H
#define TESTS_LIB_MODEL_HOST_H

#include "core/base/heap.h"
#include "core/model.h"

#define HOST_NODES_MAX	64
#define HOST_TIMERS_MAX 8

struct host_journal_entry {
	uint64_t key;
	struct rh_handle ref;
};

struct host_timer {
	uint64_t at_clock_ns;
	uint64_t generation;
	bool is_set;
};

struct host_node {
	struct rh_env env;
	char name[8];
	bool is_up;
	uint64_t starts;
	int64_t clock_offset_ns;
	uint64_t worker_free_ns;
	uint64_t life;	 /* grows with each crash: older events are void */
	uint64_t weight; /* hash rate, stake */
	uint8_t *node_params;
	uint32_t peers[HOST_NODES_MAX];
	uint64_t sent[HOST_NODES_MAX]; /* point-to-point messages, by destination */
	struct host_timer timers[HOST_TIMERS_MAX];
	struct host_journal_entry *journal;
	uint32_t journal_count;
	uint32_t journal_cap;
	uint32_t synced_count;
};

struct host_object {
	void *bytes;
	uint32_t generation;
	uint32_t refs;
};

struct model_host {
	const struct rh_model *model;
	struct rh_space space;
	uint8_t *params;
	uint32_t node_count;
	struct host_node nodes[HOST_NODES_MAX];
	uint64_t names64[HOST_NODES_MAX];
	bool is_cut[HOST_NODES_MAX][HOST_NODES_MAX];
	bool is_link[HOST_NODES_MAX][HOST_NODES_MAX];
	uint64_t delay_ns;
	uint64_t now_ns;
	uint64_t steps;
	uint64_t messages;
	bool uses_bytes; /* messages are encoded and decoded on their way */
	bool is_mining;	 /* nodes see their weight; otherwise 0 (the total stays) */
	bool is_started;
	struct rh_heap queue;
	struct rh_effects fx;
	struct host_object *objects;
	uint32_t object_count;
	uint32_t object_cap;
	struct rh_handle fresh[4096]; /* objects made in the step */
	uint32_t fresh_count;
	void (*on_record)(void *ctx, const struct rh_record *record);
	void *ctx;
};

/* All nodes linked with all; parameters are the defaults of the key tables. */
struct model_host *host_new(const struct rh_model *model, uint32_t node_count, uint64_t seed);
void host_free(struct model_host *host); /* asserts that every object was let go */
/* Sets a key of the model, or of a node (node >= 0), from text as in a scenario. */
void host_set(struct model_host *host, int node, const char *key, const char *text);
void host_unlink(struct model_host *host); /* no links, until host_link */
void host_link(struct model_host *host, uint32_t a, uint32_t b);
void host_start(struct model_host *host);
void host_run(struct model_host *host, uint64_t until_ns); /* all events with time <= until_ns */
void host_action(struct model_host *host, uint32_t node, uint16_t action, uint64_t key);
void host_crash(struct model_host *host, uint32_t node, bool is_amnesia);
void host_restart(struct model_host *host, uint32_t node);
void host_clock(struct model_host *host, uint32_t node, int64_t step_ns);
/* Hands an event to a node as it is. */
void host_step(struct model_host *host, uint32_t node, const struct rh_event *event);
uint32_t host_object_count(const struct model_host *host); /* alive */
/* A new object that belongs to the caller. */
void *host_object(struct model_host *host, uint32_t size_bytes, struct rh_handle *ref);
void host_object_drop(struct model_host *host, struct rh_handle ref);

#endif
