/*
 * loader.h - what the parts of the loader share; load.h is its door.
 *
 * The parts run in the order of the drawing; each reads its sections by the tables of keys.h, puts
 * what it found into the plan and goes on after an error, so that one run shows them all.
 *
 *   compose ── include ── override (--set) ── render (expressions, templates) ── load (header, clock) ── load_topology ── load_network
 *      ── load_model ── load_steps ── load_checks ── lookahead
 */
#ifndef CORE_SCENARIO_LOADER_H
#define CORE_SCENARIO_LOADER_H

#include "core/base/map.h"
#include "core/plan.h"
#include "core/scenario/keys.h"
#include "core/scenario/load.h"

#define RH_FILE_CHAIN_MAX 16

struct rh_loader {
	const struct rh_load_options *options;
	const struct rh_registry *registry;
	const struct rh_keyset *keys;
	struct rh_diagnostics *diagnostics;
	struct rh_arena scratch; /* the tree; gone when loading ends */
	struct rh_plan *plan;	 /* being made, in its own arena */
	struct rh_slots slots;
	struct rh_rng rng;
	struct rh_map node_names; /* to index */
	struct rh_map group_names;
	struct rh_in_spec spec;
	const struct rh_tree *spec_tree;
	const struct rh_tree **group_trees; /* by group */
	int64_t *group_peers;		    /* -1: not given */
	/* What follows from an earlier error is not told: a name that may belong to a group with a
	 * mistake, a target that may be empty because there are no links. */
	uint32_t errors_before;	    /* when the topology was begun */
	struct rh_written *written; /* by assertion (load_assert.h) */
	uint32_t written_cap;
	bool is_network_told; /* that topology or model is missing */
	/* No plan will come of it, so that units without a length have any (fragment.c). */
	bool has_any_units;
	bool has_stand_ins; /* parameters without a value have one of their type */
	bool has_nodes;	    /* every group was made */
	bool has_links;	    /* and every link */
	/* files that are being read because each names the next; the scenario is the first */
	const char *file_chain[RH_FILE_CHAIN_MAX];
	uint32_t file_chain_len;
	uint32_t file_count;	   /* read so far */
	uint64_t file_weight;	   /* nodes in all of them */
	struct rh_map use_names;   /* prefixes of used templates that are taken */
	struct rh_map input_names; /* what is in plan->inputs */
	/* Sentences of steps (`if`, `until`), which become assertions behind all others. */
	struct rh_load_condition *conditions;
	uint32_t condition_count;
	uint32_t condition_cap;
};

/* A step names it by its number here until rh_load_checks() has given it its place. */
struct rh_load_condition {
	const struct rh_tree *tree; /* a sentence, or a map as of a check */
	const char *name;
	const char *path;
	uint32_t phase;
};

/* ---- reading by tables (fields.c) ------------------------------------------------------------ */

void rh_load_complain(struct rh_loader *loader, const char *code, struct rh_place place,
		      const char *path, const char *hint, const char *fmt, ...) RH_PRINTF(6, 7);
/* "path.key" in the scratch arena, without "spec." in front. */
const char *rh_load_path(struct rh_loader *loader, const char *path, const char *key);
const char *rh_load_path_at(struct rh_loader *loader, const char *path, uint32_t index);

/* Fills `out` from a map by a section's table; false when something in it is wrong. */
bool rh_load_section(struct rh_loader *loader, void *out, const struct rh_tree *tree,
		     const char *section, const char *path);
/* The tree behind a key of a section's map, or NULL when it was not given. */
const struct rh_tree *rh_load_key(struct rh_loader *loader, const struct rh_tree *tree,
				  const char *section, const char *key);
/* Its place, or that of the map when it was not given. */
struct rh_place rh_load_place(struct rh_loader *loader, const struct rh_tree *tree,
			      const char *section, const char *key);
/*
 * Parameters by a table of the registry, in the plan's arena: defaults where `with` (may be NULL)
 * says nothing.  NULL when something is wrong.
 */
void *rh_load_params(struct rh_loader *loader, const struct rh_tree *with, struct rh_place place,
		     const char *path, const struct rh_key *keys, uint32_t size);
/* One scalar as a key describes it. */
bool rh_load_scalar(struct rh_loader *loader, struct rh_value *value, const struct rh_key *key,
		    const struct rh_tree *tree, const char *path);
/* A single text that is not empty, or NULL after complaining. */
const char *rh_load_word(struct rh_loader *loader, const struct rh_tree *tree, const char *path);
bool rh_load_is_list(struct rh_loader *loader, const struct rh_tree *tree, const char *path);
/* "did you mean ...?" in the scratch arena when one of the words is near, else `otherwise`. */
const char *rh_load_hint(struct rh_loader *loader, const char *word, const char *const *words,
			 size_t count, const char *otherwise);
/* Letters, digits, '-', '_', '.'; for groups and the scenario. */
bool rh_load_check_name(struct rh_loader *loader, const char *name, struct rh_place place,
			const char *path);
/* A copy that lives as long as the plan. */
const char *rh_load_keep(struct rh_loader *loader, const char *text);

/* ---- the frame (load.c) ---------------------------------------------------------------------- */

struct rh_loader rh_loader_new(const struct rh_load_options *options,
			       struct rh_diagnostics *diagnostics);
/* Composes the text, with an empty plan in the making; NULL after complaining. */
struct rh_tree *rh_loader_begin(struct rh_loader *loader, const char *name, const char *text,
				size_t len);
/* What comes before the tables: header, other files, options, expressions, templates; false after complaining. */
bool rh_loader_ready(struct rh_loader *loader, struct rh_tree **root);
/* It has no topology, nor files that could bring one. */
bool rh_load_is_fragment(const struct rh_tree *root);
#define RH_LOAD_ANY_UNITS \
	((struct rh_slots){.slot_ns = 12 * RH_NS_PER_SEC, \
			   .slots_per_epoch = 32, \
			   .block_ns = 12 * RH_NS_PER_SEC})
/* Everything but the plan. */
void rh_loader_end(struct rh_loader *loader);

/* ---- parts ----------------------------------------------------------------------------------- */

/* Notes something that was read from outside, once: kind "env" or "param". */
void rh_load_input(struct rh_loader *loader, const char *kind, const char *name, const char *value);
/* --set options change the tree (override.c). */
void rh_load_overrides(struct rh_loader *loader, struct rh_tree **root);
void rh_load_topology(struct rh_loader *loader); /* groups, nodes, regions */
void rh_load_network(struct rh_loader *loader);	 /* links, delays, bandwidth, jitter, loss */
void rh_load_model(struct rh_loader *loader);	 /* parameters, weights */
void rh_load_modes(struct rh_loader *loader);	 /* for which worlds */
void rh_load_clients(struct rh_loader *loader);	 /* which programs the nodes are */
void rh_load_reporting(struct rh_loader *loader);
/* By its name, or another one of it. */
bool rh_model_is_called(const struct rh_model *model, const char *name);
void rh_load_phases(struct rh_loader *loader); /* phases, duration */
void rh_load_steps(struct rh_loader *loader);  /* actions, rollback, cleanup */
void rh_load_checks(struct rh_loader *loader); /* assertions, criteria, workloads, timeout */

/*
 * The nodes of a target, ascending, in the plan's arena; false after complaining, or when an earlier
 * error is to blame.  `entity` keys the draws.  `linked_only`: nodes without links are no candidates.
 */
bool rh_load_target(struct rh_loader *loader, uint32_t **nodes, uint32_t *count,
		    const struct rh_tree *tree, const char *path, uint64_t entity,
		    bool linked_only);
/* Marks the nodes of a name or a list of names: all, groups, nodes, roles, regions. */
bool rh_load_names(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
		   const char *path);
/* Index of a node by name, or RH_NONE after complaining. */
uint32_t rh_load_node(struct rh_loader *loader, const struct rh_tree *tree, const char *path);

/* Another name of a type of checks, and whose (load_assert.c); NULL past the end. */
const char *rh_check_other_name(uint32_t index, const char **is);

/* ---- trees (load_forms.c) -------------------------------------------------------------------- */

/* A copy of the map (may be NULL) with `key: text`, unless it has the key. */
const struct rh_tree *rh_tree_with(struct rh_loader *loader, const struct rh_tree *map,
				   const char *key, const char *text, struct rh_place place);
/* A copy of the map, which may be NULL, with room for `more` pairs. */
struct rh_tree *rh_tree_copy(struct rh_loader *loader, const struct rh_tree *map,
			     struct rh_place place, uint32_t more);
/* A scalar at a place. */
const struct rh_tree *rh_tree_scalar(struct rh_loader *loader, const char *text,
				     struct rh_place place);
/* The value of a key of a map, or NULL. */
const struct rh_tree *rh_tree_get(const struct rh_tree *map, const char *key);

#endif
