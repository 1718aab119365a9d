/*
 * steps.h - what the files that load steps share (load_steps, load_step, load_forms, load_waits,
 * edges, severity, signals); loader.h is theirs too.
 *
 * Steps are first made as drafts, in the order of the file, and name each other by the number of
 * their draft.  When all are there they are sorted into plan order and the numbers follow.
 *
 * A cursor says where a sequence stands: at a time of the run (`after` is RH_NONE), or so long after
 * a draft is done.
 *
 *	- {fault: loss, delay: 5s}        begins 5 s behind the cursor, which moves there
 *	- {wait: 10s}                     the cursor moves 10 s
 *	- {wait: {until: "heads == 1"}}   the cursor stands at the end of the wait: `after` names it
 */
#ifndef CORE_SCENARIO_STEPS_H
#define CORE_SCENARIO_STEPS_H

#include "core/scenario/loader.h"

#define RH_COPIES_MAX 10000 /* of one step, by `every`, a signal or rounds */
#define RH_STEPS_MAX  100000
#define RH_LOAD_TIME_MAX \
	(UINT64_C(100) * 366 * 24 * 3600 * RH_NS_PER_SEC) /* a century; sums stay below */

struct rh_cursor {
	uint32_t after;
	uint64_t at_ns;
};

struct rh_draft {
	struct rh_plan_step step;
	const struct rh_tree *clears; /* `clear:`, whose names are looked up when all are known */
	bool clears_all;
	bool heals; /* comes before all others of its time */
	const char *path;
};

/* The stretch that is being read: a phase, rollback, cleanup. */
struct rh_stretch {
	enum rh_part part;
	uint32_t phase;
	uint64_t start_ns;
	uint64_t end_ns;
	const char *rounds; /* of the repeats around it: "" or ".1", ".2.1" */
	const char *suffix; /* what names get from them: nothing while each is the first */
	uint32_t unless;    /* condition of a repeat, or RH_NONE */
};

struct rh_steps {
	struct rh_loader *loader;
	struct rh_draft *drafts;
	uint32_t count;
	uint32_t cap;
	struct rh_map names; /* of a draft, to its number */
	struct rh_stretch stretch;
	/* How many there were so far, for the names of those that are given none: blocks by form, steps by
	 * the number of their type in the registry (copies do not count). */
	uint32_t block_counts[RH_FORM_COUNT];
	uint32_t type_counts[RH_REGISTRY_MAX];
	uint32_t round_count; /* of all repeats; rounds of waits alone leave no steps to count */
};

/* A step as it was written, while it is made. */
struct rh_written {
	struct rh_in_step in;
	const struct rh_tree *tree;
	const char *path;
	enum rh_step_form form;
	const struct rh_action_type *type;
	const struct rh_tree *with;   /* in.with, completed */
	const struct rh_tree *target; /* in.target, or that of `service` */
};

/* ---- load_forms.c ---------------------------------------------------------------------------- */

/* Which of the kinds it is; false after complaining (none, or two). */
bool rh_step_form(struct rh_steps *steps, struct rh_written *written);
/* Its type in the registry, and `with` as that type wants it; false after complaining. */
bool rh_step_type(struct rh_steps *steps, struct rh_written *written);
/* The key of a form as one writes it: "fault". */
const char *rh_step_form_key(enum rh_step_form form);

/* ---- load_step.c ----------------------------------------------------------------------------- */

/* One item of a list of steps, which may be a block of them.  Moves the cursor. */
void rh_load_step(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_tree *tree,
		  const char *path);
/* A new draft of this type under a name of its own; NULL after complaining about the name.  Valid
 * until the next one is made. */
struct rh_draft *rh_new_draft(struct rh_steps *steps, const struct rh_action_type *type,
			      const char *name, struct rh_place place, const char *path);

/* ---- load_own.c ------------------------------------------------------------------------------ */

/* What a step of the run names: gauges, a workload, faults; false after complaining. */
bool rh_set_own(struct rh_steps *steps, struct rh_draft *draft, const struct rh_written *written);

/* ---- load_blocks.c --------------------------------------------------------------------------- */

void rh_load_block(struct rh_steps *steps, struct rh_cursor *cursor,
		   const struct rh_written *written);
/* A list of steps one behind the other, or each from where the cursor stands. */
void rh_load_sequence(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_tree *list,
		      const char *path);
void rh_load_parallel(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_tree *list,
		      const char *path);

/* ---- load_waits.c ---------------------------------------------------------------------------- */

/* Where the step begins, by `at` and `delay`; false after complaining. */
bool rh_step_begin(struct rh_steps *steps, struct rh_cursor *begin, const struct rh_cursor *cursor,
		   const struct rh_written *written, const char *name);
/* Are so many rounds from that time on over within a century?  False after complaining. */
bool rh_step_is_near(struct rh_steps *steps, uint64_t at_ns, uint64_t count, uint64_t every_ns,
		     const struct rh_tree *tree, const char *path);
/* The step `wait:`; moves the cursor from `begin`. */
void rh_load_wait(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_cursor *begin,
		  const struct rh_written *written, const char *name);
/* A wait that ends when all of the cursors have come; the cursor moves there. */
void rh_join(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_cursor *ends,
	     uint32_t count, const char *name, struct rh_place place, const char *path);
/* Number of a new condition. */
uint32_t rh_new_condition(struct rh_steps *steps, const struct rh_tree *tree, const char *name,
			  const char *path);

/* ---- edges.c --------------------------------------------------------------------------------- */

/* The edges of a step on links, from its nodes or the shape of a partition. */
bool rh_choose_edges(struct rh_steps *steps, struct rh_plan_step *step,
		     const struct rh_written *written);

/* ---- severity.c ------------------------------------------------------------------------------ */

/* `with` with the parameters of the severity where it says nothing. */
const struct rh_tree *rh_apply_severity(struct rh_steps *steps, const struct rh_written *written);

/* ---- signals.c ------------------------------------------------------------------------------- */

struct rh_followed; /* the parameters of a step that follow signals */

/* *followed: NULL when none does.  `with` gets the signals' first values.  False after complaining. */
bool rh_find_signals(struct rh_steps *steps, struct rh_followed **followed,
		     const struct rh_tree **with, const struct rh_written *written);
/* Length of the grid on which they are sampled. */
uint64_t rh_signal_every(const struct rh_followed *followed);
/* Puts the values so long after the step's beginning into the parameters. */
void rh_signal_sample(struct rh_followed *followed, struct rh_rng rng, void *params,
		      uint64_t since_ns);

/* ---- trees (load_forms.c) -------------------------------------------------------------------- */

/* A copy of the map (may be NULL) with `key: text`, unless it has the key. */
const struct rh_tree *rh_tree_with(struct rh_loader *loader, const struct rh_tree *map,
				   const char *key, const char *text, struct rh_place place);
/* A scalar at a place. */
const struct rh_tree *rh_tree_scalar(struct rh_loader *loader, const char *text,
				     struct rh_place place);
/* The value of a key of a map, or NULL. */
const struct rh_tree *rh_tree_get(const struct rh_tree *map, const char *key);

#endif
