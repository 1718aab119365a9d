/*
 * plugin.h - what can be registered by name: models, actions and faults, workloads, assertion
 * types.
 *
 * Built-in types and those of a plugin stand in the same tables.  A plugin is a shared object that
 * exports
 *
 *	const struct rh_plugin *rh_plugin_v1(void);
 *
 * and is loaded with --plugin FILE.  A name that is already taken is replaced: the line that repeats
 * a run names its plugins.
 */
#ifndef CORE_PLUGIN_H
#define CORE_PLUGIN_H

#include "core/base/err.h"
#include "core/model.h"

#define RH_PLUGIN_ABI 1

struct rh_clock;
struct rh_link_state;
struct rh_buf;
struct rh_plan;
struct rh_plan_assertion;

/* ---- actions and faults ---------------------------------------------------------------------- */

/* Which of its targets a type wants, and what beginning and ending mean for a world. */
enum rh_action_effect {
	RH_EFFECT_ON_LINKS,  /* `link` says the state of each edge while it lasts */
	RH_EFFECT_ON_NODES,  /* `begin_op` at the start, `end_op` at the end */
	RH_EFFECT_ON_MODEL,  /* the model's action `model_action`, once */
	RH_EFFECT_ON_CLOCKS, /* `clock` says how wrong the target's clocks are while it lasts */
	RH_EFFECT_ON_RUN,    /* the run layer does `run_op`; no world is asked */
	RH_EFFECT_LATER	     /* a step that can be written and checked, and not yet be done */
};

/* What the run layer does itself. */
enum rh_run_op {
	RH_RUN_OP_WAIT,	    /* until a time, a condition, other steps */
	RH_RUN_OP_CLEAR,    /* ends faults: step->steps, or all whose targets lie in step->nodes */
	RH_RUN_OP_CAPTURE,  /* marks the moment from which `since` counts */
	RH_RUN_OP_ANNOTATE, /* a note in the stream */
	RH_RUN_OP_WORKLOAD  /* starts, stops or paces a workload */
};

enum rh_node_op {
	RH_NODE_OP_NONE,
	RH_NODE_OP_CRASH,
	RH_NODE_OP_CRASH_AMNESIA,
	RH_NODE_OP_RESTART,
	RH_NODE_OP_PAUSE,
	RH_NODE_OP_RESUME
};

/* How the loader turns `target:` into edges for a type that acts on links. */
enum rh_edge_choice {
	RH_EDGES_BETWEEN, /* those with exactly one end among the targets (a cut), both ways */
	RH_EDGES_AT /* those with at least one end among the targets; `direction:` in | out | both
		     */
};

struct rh_action_type {
	const char *name; /* "partition"; "node.restart" is written `node: restart` */
	const char *doc;  /* one sentence */
	bool is_fault;	  /* has a requested, verified and cleared moment, and `for:` */
	enum rh_action_effect effect;
	enum rh_edge_choice edges;
	uint32_t params_size;
	const struct rh_key *keys; /* of `with:` */
	void (*link)(const void *params, struct rh_link_state *state);
	enum rh_node_op (*begin_op)(const void *params);
	enum rh_node_op (*end_op)(const void *params);
	/* how far it puts clocks forward, and how much faster they run from then on */
	void (*clock)(const void *params, struct rh_clock *change);
	const char *model_action;
	/* MODEL: event key and argument from the parameters */
	void (*model_args)(const void *params, uint64_t *key, uint64_t *arg);
	enum rh_run_op run_op; /* RUN */
	const char *missing;   /* LATER: what it needs that is not there, "a model with ..." */
	/* Any effect: what it needs with these parameters that no world has yet; NULL when it can be
	 * done.  May be NULL. */
	const char *(*lacks)(const void *params);
};

/*
 * The key and the word with which a scenario writes a type: `fault: latency`, `action: mine`,
 * `node: restart`, `wait: 30s` (no word).  Returns the key, borrowed or in `key`.
 */
const char *rh_action_key(char key[32], const char **word, const struct rh_action_type *type);

/* ---- assertions and expectations ------------------------------------------------------------- */

enum rh_truth { RH_TRUTH_FALSE, RH_TRUTH_TRUE, RH_TRUTH_UNKNOWN };

/* What a type sees of the stream so far; the judge keeps it (core/judge/view.h). */
struct rh_view;

/*
 * A type answers one question: is it true now?  The judge asks at the end of every instant in which
 * one of the record kinds in `record_mask` came, and applies mode and window.
 */
struct rh_assertion_type {
	const char *name; /* "gauge" for `that:` sentences */
	const char *doc;
	bool is_expectation; /* judged once, at the end, against values captured at the start */
	uint32_t params_size;
	uint32_t state_size; /* zeroed bytes for each assertion */
	const struct rh_key *keys;
	uint64_t record_mask;
	/* each record of these kinds, in order; may be NULL when `truth` reads the view alone */
	void (*take)(void *state, const void *params, const struct rh_record *record);
	/* `value` is what a person would want to see ("2" of "depth <= 6") */
	enum rh_truth (*truth)(void *state, const void *params, const struct rh_view *view,
			       int64_t *value);
	/*
	 * Instead of both: the expression (core/scenario/formula.h) that the type stands for with
	 * these parameters.
	 */
	void (*formula)(const void *params, const struct rh_plan *plan,
			const struct rh_plan_assertion *assertion, struct rh_buf *out);
	/* Of a formula that asks for progress: with mode `always` it is asked once in every stretch of
	 * this length, counted from the stretch before; 0: once, when the window is over. */
	uint64_t (*round_ns)(const void *params);
	const char
		*missing; /* what this version lacks to judge it: loads, and is refused by a run */
	uint8_t mode;	  /* RH_MODE_... + 1 when none is written; 0: as for `that` */
};

/* ---- workloads ------------------------------------------------------------------------------- */

struct rh_submission {
	uint64_t at_ns;
	uint64_t late_ns; /* so much later than its place in the row */
	uint32_t target;  /* position among the workload's nodes */
	uint16_t kind;	  /* model's input kind */
	uint64_t key;
	uint64_t arg;
};

/* From `from_ns` on the workload has this pace, until the next change: steps and signals of a run
 * make them. */
struct rh_pace_change {
	uint64_t from_ns; /* of the run, not of the workload */
	struct rh_pace pace;
};

/* What a submission may depend on beside its number.  Borrowed. */
struct rh_workload_view {
	const void *params;
	struct rh_rng rng;
	uint64_t name64; /* of the workload */
	uint64_t start_ns;
	uint64_t until_ns;
	uint64_t block_ns; /* mean time between blocks, when the model has one; else 0 */
	uint32_t target_count;
	uint32_t change_count;
	const struct rh_pace_change *changes; /* ascending by from_ns, none before start_ns */
};

/*
 * A generator is a pure function of the view and the number, so that both worlds receive the same
 * submissions and nothing has to be stored.
 *
 * Order.  A submission's place in the row is at_ns - late_ns, and places must not decrease from
 * number to number: who spreads the copies of a submission over some seconds gives them in any order
 * within those, and the run puts them in order (equal times: by number).
 *
 * Changes of pace.  A change may be added at any time of a run for `from_ns` = now.  Submissions
 * whose place is before from_ns must come out as before, so those that were given stay given; the
 * run asks again for the first number whose place is not before from_ns.  A type without a pace
 * ignores changes.
 */
struct rh_workload_type {
	const char *name;
	const char *doc;
	uint32_t params_size;
	const struct rh_key *keys;
	/* Submission number `number`; false when there are no more. */
	bool (*next)(const struct rh_workload_view *view, uint64_t number,
		     struct rh_submission *submission);
	/* Checks parameters together, after the loader checked each alone; fills `why` and gives an
	 * error.  May be NULL. */
	int (*check)(const struct rh_workload_view *view, char *why, size_t why_size);
	/* What it needs with these parameters that no model has yet; NULL when it can be done.  May be
	 * NULL. */
	const char *(*lacks)(const void *params);
};

/* ---- tables ---------------------------------------------------------------------------------- */

struct rh_plugin {
	uint32_t abi;	      /* RH_PLUGIN_ABI */
	uint32_t struct_size; /* sizeof(struct rh_plugin) of the plugin's build */
	const char *name;
	const struct rh_model *const *models; /* each list ends with NULL; NULL: none */
	const struct rh_action_type *const *actions;
	const struct rh_assertion_type *const *assertions;
	const struct rh_workload_type *const *workloads;
};

#define RH_REGISTRY_MAX 256

/* Borrowed tables by name, in the order of registration.  Points into itself: it is not to be moved. */
struct rh_registry {
	const struct rh_model *models[RH_REGISTRY_MAX];
	const struct rh_action_type *actions[RH_REGISTRY_MAX];
	const struct rh_assertion_type *assertions[RH_REGISTRY_MAX];
	const struct rh_workload_type *workloads[RH_REGISTRY_MAX];
	/* Steps made from the models' own action tables: `action: NAME` for each. */
	struct rh_action_type model_actions[RH_REGISTRY_MAX];
	uint32_t model_action_count;
	uint32_t model_count;
	uint32_t action_count;
	uint32_t assertion_count;
	uint32_t workload_count;
};

/* Adds a plugin's tables; an equal name replaces.  RH_E_UNSUPPORTED for another ABI, RH_E_LIMIT
 * when full. */
int rh_registry_add(struct rh_registry *registry, const struct rh_plugin *plugin,
		    struct rh_err *err) RH_MUST_USE;
const struct rh_model *rh_registry_model(const struct rh_registry *registry, const char *name);
const struct rh_action_type *rh_registry_action(const struct rh_registry *registry,
						const char *name);
const struct rh_assertion_type *rh_registry_assertion(const struct rh_registry *registry,
						      const char *name);
const struct rh_workload_type *rh_registry_workload(const struct rh_registry *registry,
						    const char *name);

/* The types that core brings itself: faults (core/scenario/faults.c), assertion types
 * (core/judge/types.c) and workloads (core/workload). */
extern const struct rh_plugin rh_builtin_faults;
extern const struct rh_plugin rh_builtin_assertions;
extern const struct rh_plugin rh_builtin_workloads;

#endif
