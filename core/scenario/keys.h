/*
 * keys.h - the one table of the scenario language: sections, their keys, types, limits and words.
 *
 * The loader, `explain` and `schema` walk these rows; a key that has no row does not exist for any
 * of them.  A section's values are read into a plain structure (struct rh_in_...), each row naming
 * the place; what is more than a value (a map, a list, a target) stands there as its tree.
 *
 * The parameters of models, faults, assertion types and workloads (`with:`) come from the tables
 * of the registry and are read by the same code.
 */
#ifndef CORE_SCENARIO_KEYS_H
#define CORE_SCENARIO_KEYS_H

#include "core/plugin.h"
#include "core/scenario/compose.h"
#include "core/scenario/value.h"

enum rh_field_shape {
	RH_FIELD_VALUE,	  /* a scalar, as `key` says */
	RH_FIELD_SECTION, /* a map that `section` describes */
	RH_FIELD_EITHER,  /* a scalar or that map */
	RH_FIELD_LIST,	  /* a list of such maps */
	RH_FIELD_CHECKS,  /* the same, or lines of words (wording.h) */
	RH_FIELD_WORDS,	  /* a list of words */
	RH_FIELD_TARGET,  /* nodes: a name, a list of names, or that map */
	RH_FIELD_LINKS,	  /* a list of [a, b] or of such maps */
	RH_FIELD_SHARES,  /* a map of names to shares */
	RH_FIELD_MATRIX,  /* a list of lists of numbers */
	RH_FIELD_WITH,	  /* a map that the chosen model, fault or type describes */
	RH_FIELD_MAP,	  /* a map of names that the file chooses */
	RH_FIELD_ANY	  /* any value */
};

/*
 * `key.default_text` NULL: required.  "" in a row that is not TEXT: optional, and nothing is stored
 * when it is missing.  Every shape but VALUE stores a `const struct rh_tree *`.
 */
struct rh_field {
	struct rh_key key;
	enum rh_field_shape shape;
	const char *section;
	const char *alias; /* other spellings, with '|' between them, or NULL */
};

struct rh_section {
	const char *name; /* as `explain` takes it: "spec.network" */
	const char *doc;
	const struct rh_field *fields; /* ends with a row without a name */
};

struct rh_keyset {
	const struct rh_section *sections;
	uint32_t section_count;
};

extern const struct rh_keyset rh_keyset_default;

/* One table a section; each ends with a row without a name. */
extern const struct rh_field rh_file_fields[];
extern const struct rh_field rh_parameter_fields[];
extern const struct rh_field rh_suite_fields[];
extern const struct rh_field rh_suite_defaults_fields[];
extern const struct rh_field rh_suite_entry_fields[];
extern const struct rh_field rh_metadata_fields[];
extern const struct rh_field rh_spec_fields[];
extern const struct rh_field rh_clock_fields[];
extern const struct rh_field rh_limits_fields[];
extern const struct rh_field rh_topology_fields[];
extern const struct rh_field rh_topology_defaults_fields[];
extern const struct rh_field rh_client_fields[];
extern const struct rh_field rh_client_sim_fields[];
extern const struct rh_field rh_client_live_fields[];
extern const struct rh_field rh_peering_fields[];
extern const struct rh_field rh_wallets_fields[];
extern const struct rh_field rh_gossip_fields[];
extern const struct rh_field rh_links_fields[];
extern const struct rh_field rh_link_kind_fields[];
extern const struct rh_field rh_link_region_fields[];
extern const struct rh_field rh_reporting_fields[];
extern const struct rh_field rh_group_fields[];
extern const struct rh_field rh_bandwidth_fields[];
extern const struct rh_field rh_link_fields[];
extern const struct rh_field rh_network_fields[];
extern const struct rh_field rh_latency_fields[];
extern const struct rh_field rh_jitter_fields[];
extern const struct rh_field rh_model_fields[];
extern const struct rh_field rh_phase_fields[];
extern const struct rh_field rh_step_fields[];
extern const struct rh_field rh_wait_fields[];
extern const struct rh_field rh_repeat_fields[];
extern const struct rh_field rh_rollback_fields[];
extern const struct rh_field rh_signal_fields[];
extern const struct rh_field rh_target_fields[];
extern const struct rh_field rh_select_fields[];
extern const struct rh_field rh_assert_fields[];
extern const struct rh_field rh_monitors_fields[];
extern const struct rh_field rh_alert_fields[];
extern const struct rh_field rh_workload_fields[];
extern const struct rh_field rh_mix_fields[];

const struct rh_section *rh_keyset_section(const struct rh_keyset *keys, const char *name);
/* "blockInterval" and "block_interval" are one key. */
bool rh_key_is(const char *canonical, const char *written);
bool rh_field_is(const struct rh_field *field, const char *written);
/* Other spellings by number from 0, in `name`; NULL past the last one. */
#define RH_ALIAS_MAX 64
const char *rh_field_alias(char name[RH_ALIAS_MAX], const struct rh_field *field, uint32_t index);

/* As in load.h, with another table. */
void rh_schema_print_keys(const struct rh_keyset *keys, const struct rh_registry *registry,
			  struct rh_buf *out);
int rh_explain_keys(const struct rh_keyset *keys, const struct rh_registry *registry,
		    const char *what, struct rh_buf *out, struct rh_err *err);

/* ---- what the sections are read into --------------------------------------------------------- */

struct rh_in_file {
	const char *api_version;
	const char *kind;
	const struct rh_tree *metadata;
	const struct rh_tree *spec;
	const struct rh_tree *include;
	const struct rh_tree *parameters;
};

struct rh_in_suite {
	const struct rh_tree *defaults;
	const struct rh_tree *scenarios;
	const struct rh_tree *matrix;
};

struct rh_in_suite_defaults {
	int64_t seed;
	uint64_t mode; /* 0 sim, 1 live */
	const char *timeout;
	const struct rh_tree *set;
	const struct rh_tree *params;
	const struct rh_tree *tags;
};

struct rh_in_suite_entry {
	const char *name;
	const char *file;
	const char *template_name;
	const struct rh_tree *params;
	const struct rh_tree *set;
	int64_t seed;
	uint64_t mode;
	const char *timeout;
	const struct rh_tree *tags;
	const struct rh_tree *needs;
	const struct rh_tree *matrix;
};

struct rh_in_parameter {
	const char *name;
	const char *type;
	uint64_t is_required;
	const struct rh_tree *fallback;
	const char *min;
	const char *max;
	const struct rh_tree *values;
	const char *pattern;
	const char *description;
};

struct rh_in_metadata {
	const char *name;
	const char *description;
	const char *version;
	const char *author;
	const char *category;
	const struct rh_tree *tags;
};

struct rh_in_spec {
	const char *hypothesis;
	const struct rh_tree *vars;
	const struct rh_tree *parameters;
	const struct rh_tree *matrix;
	int64_t seed;
	uint64_t rng;
	uint64_t ties;
	uint64_t duration_ns;
	uint64_t timeout_ns;
	const struct rh_tree *clock;
	const struct rh_tree *topology;
	const struct rh_tree *network;
	const struct rh_tree *model;
	const struct rh_tree *modes;
	const struct rh_tree *reporting;
	const struct rh_tree *phases;
	const struct rh_tree *criteria;
	const struct rh_tree *expectations;
	const struct rh_tree *monitors;
	const struct rh_tree *workloads;
	const struct rh_tree *limits;
	const struct rh_tree *signals;
	const struct rh_tree *rollback;
	const struct rh_tree *cleanup;
	uint64_t trace;
	uint64_t reaction_ns;
};

struct rh_in_clock {
	const char *genesis;
	uint64_t slot_ns;
	int64_t slots_per_epoch;
	uint64_t block_ns;
	uint64_t genesis_delay_ns;
};

struct rh_in_topology {
	const char *use;
	const struct rh_tree *groups;
	uint64_t shape;
	int64_t degree;
	const struct rh_tree *links;
	const struct rh_tree *chain;
	const struct rh_tree *defaults;
	const struct rh_tree *peering;
	const struct rh_tree *wallets;
};

/* Of all groups; a group's own keys win. */
struct rh_in_topology_defaults {
	const struct rh_tree *client;
	const char *validators;
};

struct rh_in_client {
	const struct rh_tree *sim;
	const struct rh_tree *live;
};

struct rh_in_client_sim {
	const char *model;
};

struct rh_in_client_live {
	const char *execution;
	const char *consensus;
};

struct rh_in_peering {
	uint64_t kind; /* enum rh_shape */
	int64_t degree;
	const struct rh_tree *bootstrap;
};

struct rh_in_wallets {
	const char *count;
	const char *balance;
};

struct rh_in_gossip {
	const char *mesh;
	const char *heartbeat;
};

struct rh_in_links {
	const struct rh_tree *standard;
	const struct rh_tree *regions;
};

struct rh_in_link_kind {
	uint64_t latency_ns;
	uint64_t jitter_ns;
	struct rh_ratio loss;
	uint64_t rate_bps;
};

struct rh_in_link_region {
	const struct rh_tree *between;
	struct rh_in_link_kind kind;
};

struct rh_in_reporting {
	const struct rh_tree *formats;
	uint64_t has_timeline;
	uint64_t has_impact;
	uint64_t has_audit_logs;
	const struct rh_tree *plots;
};

struct rh_in_group {
	const char *name;
	int64_t count;
	const char *region;
	const struct rh_tree *regions;
	const char *role;
	const struct rh_tree *labels;
	int64_t peers;
	uint64_t join_ns;
	uint64_t clock_offset_ns; /* signed */
	const char *clock_drift;
	const struct rh_tree *bandwidth;
	const struct rh_tree *with;
	const struct rh_tree *client;
	const char *validators;
};

struct rh_in_bandwidth {
	uint64_t up_bps;
	uint64_t down_bps;
};

struct rh_in_link {
	const struct rh_tree *between;
	uint64_t latency_ns;
};

struct rh_in_network {
	const char *use;
	const struct rh_tree *latency;
	const struct rh_tree *jitter;
	const struct rh_tree *bandwidth;
	struct rh_ratio loss;
	const struct rh_tree *gossip;
	const struct rh_tree *links;
	uint64_t is_round_trip;
};

struct rh_in_latency {
	uint64_t law;
	uint64_t delay_ns;
	uint64_t min_ns;
	uint64_t max_ns;
	uint64_t mean_ns;
	uint64_t deviation_ns;
	uint64_t median_ns;
	struct rh_ratio sigma;
	const struct rh_tree *regions;
	const struct rh_tree *ms;
};

/* Positions in the words of `law`. */
enum rh_latency_law {
	RH_LATENCY_CONSTANT,
	RH_LATENCY_UNIFORM,
	RH_LATENCY_NORMAL,
	RH_LATENCY_LOGNORMAL,
	RH_LATENCY_EXPONENTIAL,
	RH_LATENCY_MATRIX
};

struct rh_in_jitter {
	uint64_t law; /* enum rh_jitter_law */
	struct rh_ratio amount;
};

struct rh_in_model {
	const char *name;
	const struct rh_tree *with;
};

struct rh_in_phase {
	const char *use;
	const struct rh_tree *with;
	const char *name;
	const char *description;
	uint64_t duration_ns;
	uint64_t heal; /* 0 none, 1 all */
	const struct rh_tree *actions;
	const struct rh_tree *parallel;
	const struct rh_tree *rollback;
	const struct rh_tree *cleanup;
	const struct rh_tree *assertions;
};

/* What kind of step it is stands in the tree: exactly one of the form keys (load_forms.c). */
struct rh_in_step {
	const char *use;
	const char *id;
	const char *name;
	const struct rh_tree *form[22]; /* by enum rh_step_form; NULL: not written */
	const struct rh_tree *condition;
	const struct rh_tree *until;
	const struct rh_tree *target;
	uint64_t direction; /* enum rh_direction */
	uint64_t severity;  /* 1 + enum rh_severity; 0: none */
	const struct rh_tree *with;
	uint64_t for_ns;
	const char *at;
	uint64_t delay_ns;
	uint64_t every_ns;
	int64_t times;
	uint64_t timeout_ns;
	uint64_t on_failure; /* enum rh_on_failure */
	uint64_t verify;     /* enum rh_verify */
	uint64_t is_disabled;
};

/* In the order of the rows of the step's table. */
enum rh_step_form {
	RH_FORM_FAULT,
	RH_FORM_ACTION,
	RH_FORM_SERVICE,
	RH_FORM_NODE,
	RH_FORM_VALIDATOR,
	RH_FORM_FORK,
	RH_FORM_TIME,
	RH_FORM_SNAPSHOT,
	RH_FORM_RESTORE,
	RH_FORM_PEER,
	RH_FORM_TOPOLOGY,
	RH_FORM_CHAOS,
	RH_FORM_WORKLOAD,
	RH_FORM_SET,
	RH_FORM_RUN,
	RH_FORM_WAIT,
	RH_FORM_CLEAR,
	RH_FORM_CAPTURE,
	RH_FORM_ANNOTATE,
	RH_FORM_PARALLEL,
	RH_FORM_SEQUENCE,
	RH_FORM_REPEAT,
	RH_FORM_COUNT
};

struct rh_in_wait {
	uint64_t duration_ns;
	int64_t slot;
	int64_t epoch;
	int64_t block;
	const struct rh_tree *until;
};

struct rh_in_repeat {
	int64_t count;
	uint64_t every_ns;
	const struct rh_tree *until;
	const struct rh_tree *actions;
};

struct rh_in_rollback {
	const struct rh_tree *when;
	uint64_t on_failure;
	uint64_t timeout_ns;
	const struct rh_tree *actions;
};

struct rh_in_signal {
	const char *name;
	uint64_t shape; /* enum rh_signal_shape */
	const char *from;
	const char *to;
	uint64_t start_ns;
	uint64_t for_ns;
	uint64_t recover_ns;
	uint64_t period_ns;
	uint64_t every_ns;
	const char *change;
};

enum rh_direction { RH_DIRECTION_BOTH, RH_DIRECTION_IN, RH_DIRECTION_OUT };

struct rh_in_target {
	const struct rh_tree *select;
	uint64_t mode; /* enum rh_target_mode */
	const char *value;
	const struct rh_tree *not_these;
	uint64_t layer;
};

enum rh_target_mode {
	RH_TARGET_ALL,
	RH_TARGET_ONE,
	RH_TARGET_FIXED,
	RH_TARGET_PERCENT,
	RH_TARGET_RANDOM_MAX_PERCENT,
	RH_TARGET_WEIGHT, /* stake, hashrate, weight */
	RH_TARGET_STAKE,
	RH_TARGET_HASHRATE,
	RH_TARGET_LEADER
};

struct rh_in_select {
	const struct rh_tree *group;
	const struct rh_tree *node;
	const struct rh_tree *region;
	const struct rh_tree *role;
	const struct rh_tree *labels;
};

struct rh_in_assertion {
	const char *name;
	const char *that;
	const char *type;
	const struct rh_tree *with;
	const char *expect;
	uint64_t mode; /* enum rh_assert_mode */
	uint64_t within_ns;
	uint64_t for_ns;
	const char *until;
	const char *after;
	const char *during;
	const char *since;
	const char *increased_by;
	const char *tolerance;
	const char *quorum;
	int64_t weight;
	uint64_t severity; /* critical, warn, then enum rh_severity */
	const struct rh_tree *target;
};

struct rh_in_monitors {
	uint64_t sample_every_ns;
	const struct rh_tree *alerts;
};

struct rh_in_alert {
	const char *name;
	const char *that;
	uint64_t for_ns;
	uint64_t severity; /* enum rh_severity */
	const char *quorum;
	const struct rh_tree *target;
};

struct rh_in_workload {
	const char *name;
	const char *type;
	const struct rh_tree *with;
	const struct rh_tree *target;
	uint64_t start_ns;
	uint64_t for_ns;
};

/* `with: {mix}` of a workload of transactions. */
struct rh_in_mix {
	struct rh_ratio transfer;
	struct rh_ratio blob;
	struct rh_ratio invalid;
};

struct rh_in_limits {
	uint64_t memory_bytes;
	int64_t self_events;
	int64_t messages;
};

#endif
