/*
 * render.h - the pass that replaces expressions by their values, between --set and the loading by tables.
 *
 *	duration: ${vars.length + 10m}       a whole scalar: the value with its type, or the list or
 *	                                     map that a name stands for
 *	name: n-${vars.i}                    within a text: the value as one would write it
 *	"{{ .Variables.length }}"            the same, as the source systems write it
 *	cost: $${5}                          the text ${5}
 *	that: "head_height >= vars.low"      keys that are expressions by themselves (that, if, until,
 *	                                     unless): names of the file are replaced in them, the rest
 *	                                     is left to the run and the judge
 *
 * After it no name of the file is left, and the loader sees plain values, each at the place of the
 * scalar that it stands for.  Variables are evaluated when they are first named; a chain that comes
 * back to itself is an error.
 */
#ifndef CORE_SCENARIO_RENDER_H
#define CORE_SCENARIO_RENDER_H

#include "core/scenario/expr.h"
#include "core/scenario/loader.h"

#define RH_RENDER_CHAIN_MAX 32 /* variables that need each other */

/* What names mean in one file; a template that is used has one of its own. */
struct rh_render {
	struct rh_loader *loader;
	const struct rh_tree *root; /* their keys for the renderer are not walked, or NULL */
	const struct rh_tree *spec;
	struct rh_tree *vars; /* maps, or NULL */
	struct rh_tree *params;
	struct rh_tree *matrix;
	struct rh_slots slots;
	struct rh_rng rng;
	bool has_seed;		      /* false while the seed itself is evaluated */
	const char *prefix;	      /* of a template that is used: part of the key of its draws */
	const struct rh_map *renames; /* its steps: names in deferred expressions, or NULL */
	/* the scalar at hand */
	bool is_deferred;
	const struct rh_tree *chain[RH_RENDER_CHAIN_MAX];
	const char *chain_names[RH_RENDER_CHAIN_MAX];
	uint32_t chain_len;
};

/*
 * A whole file: clock, seed, parameters and vars are taken from it, then everything is rendered and
 * every `use` put in its place; false after complaining.
 */
bool rh_render_root(struct rh_loader *loader, struct rh_tree *root);
/* Replaces in place; false after complaining. */
bool rh_render_tree(struct rh_render *render, struct rh_tree *tree, const char *key);
/* The child of a map by its key, in either spelling, or NULL. */
struct rh_tree *rh_tree_child(const struct rh_tree *map, const char *key);
/* As YAML text in block form (tree_print.c). */
void rh_tree_print(const struct rh_tree *tree, struct rh_buf *out);
/* Keys that the renderer itself uses up: vars, parameters, matrix, include. */
bool rh_render_is_own_key(const char *key);
/* Warns of names that nobody read. */
void rh_render_unused(struct rh_loader *loader, const struct rh_tree *map, const char *code,
		      const char *what);
/* The value of a scalar or list as it stands; false with a fault for a map or nothing at all. */
bool rh_render_value(struct rh_expr_value *value, struct rh_expr_fault *fault,
		     const struct rh_render *render, const struct rh_tree *tree);

#endif
