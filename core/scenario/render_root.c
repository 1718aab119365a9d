/*
 * render_root.c - renders a whole file: what everything else needs first (clock, seed, parameters), then
 * the rest, then the templates that it uses.
 */
#include <string.h>

#include "core/scenario/matrix.h"
#include "core/scenario/render.h"
#include "core/scenario/template.h"

static bool read_key(uint64_t *number, enum rh_key_type type, const struct rh_tree *tree)
{
	struct rh_key key = {.name = "value", .type = type};
	struct rh_value_fault fault;
	struct rh_value value;

	if (tree == NULL || tree->kind != RH_TREE_SCALAR ||
	    !rh_value_read(&value, &fault, &key, tree->text, true, (struct rh_slots){0}))
		return false;
	*number = value.number;
	return true;
}

/* A unit of the clock.  One that cannot be read is some unit: the loader tells the mistake, once. */
static void read_unit(uint64_t *number, enum rh_key_type type, uint64_t most,
		      const struct rh_tree *tree)
{
	if (tree == NULL || rh_tree_is_null(tree))
		return;
	if (!read_key(number, type, tree) || *number == 0 || *number > most)
		*number = type == RH_KEY_DURATION ? RH_NS_PER_SEC : 1;
}

/* The clock first: durations anywhere else may be in slots.  What is wrong with it is told later. */
static bool take_clock(struct rh_render *render, struct rh_tree *spec)
{
	struct rh_tree *clock = rh_tree_child(spec, "clock");

	if (render->loader->has_any_units)
		render->slots = RH_LOAD_ANY_UNITS;
	if (clock == NULL)
		return true;
	if (!rh_render_tree(render, clock, "clock"))
		return false;
	read_unit(&render->slots.slot_ns, RH_KEY_DURATION, 86400 * RH_NS_PER_SEC,
		  rh_tree_child(clock, "slot"));
	read_unit(&render->slots.slots_per_epoch, RH_KEY_INT, 65536,
		  rh_tree_child(clock, "slotsPerEpoch"));
	read_unit(&render->slots.block_ns, RH_KEY_DURATION, 86400 * RH_NS_PER_SEC,
		  rh_tree_child(clock, "block"));
	return true;
}

static bool take_seed(struct rh_render *render, struct rh_tree *spec)
{
	const struct rh_load_options *options = render->loader->options;
	struct rh_tree *seed = rh_tree_child(spec, "seed");
	const struct rh_tree *rng = rh_tree_child(spec, "rng");

	render->rng = (struct rh_rng){.kind = RH_RNG_SPLITMIX, .seed = 1};
	if (rng != NULL && rng->kind == RH_TREE_SCALAR && strcmp(rng->text, "philox") == 0)
		render->rng.kind = RH_RNG_PHILOX;
	if (seed != NULL && !options->has_seed && !rh_render_tree(render, seed, "seed"))
		return false;
	if (options->has_seed)
		render->rng.seed = options->seed;
	else
		read_key(&render->rng.seed, RH_KEY_INT, seed);
	render->has_seed = true;
	return true;
}

static bool take_params(struct rh_render *render, const struct rh_tree *root)
{
	struct rh_loader *loader = render->loader;
	const struct rh_tree *declared = rh_params_declared(root);
	const struct rh_load_options *options = loader->options;
	const struct rh_tree *kind = rh_tree_child(root, "kind");
	uint32_t errors = loader->diagnostics->error_count;
	struct rh_tree *given;

	if (declared == NULL && options->param_count == 0 && options->params_file == NULL)
		return true;
	given = rh_params_given(loader, declared);
	if (loader->diagnostics->error_count != errors)
		return false;
	return rh_params_bind(render, declared, given, kind != NULL ? kind->place : root->place,
			      false) != NULL;
}

bool rh_render_root(struct rh_loader *loader, struct rh_tree *root)
{
	struct rh_tree *spec = rh_tree_child(root, "spec");
	struct rh_render *render = RH_ARENA_NEW(&loader->scratch, struct rh_render);
	uint32_t errors = loader->diagnostics->error_count;
	const struct rh_tree *matrix = rh_tree_child(spec, "matrix");
	uint32_t variant_count;

	if (root->kind != RH_TREE_MAP)
		return true; /* told by who reads it */
	*render = (struct rh_render){.loader = loader, .root = root, .spec = spec};
	render->vars = rh_tree_child(spec, "vars");
	if (render->vars == NULL)
		render->vars = rh_tree_child(spec, "variables");
	render->matrix = rh_tree_child(spec, "matrix");
	/* What is wrong with a matrix is told whichever variant is read. */
	if (render->matrix != NULL &&
	    rh_matrix_variants(loader, &variant_count, &matrix, 1) == NULL)
		return false;
	/* The clock may be a parameter, and parameters may be in slots: what is plain comes first. */
	if (!take_clock(render, spec) || !take_seed(render, spec) || !take_params(render, root))
		return false;
	rh_render_tree(render, root, NULL);
	if (loader->diagnostics->error_count == errors && spec != NULL)
		rh_use_expand(render, spec);
	if (loader->diagnostics->error_count != errors)
		return false;
	rh_render_unused(loader, render->vars, "W007", "variable");
	rh_render_unused(loader, render->params, "W009", "parameter");
	return true;
}
