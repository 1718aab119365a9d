/*
 * fragment.c - what can be said of a template that is no scenario by itself: one without a topology,
 * which others put into their phases with `use`.
 *
 * Its nodes, its model and often its clock stand elsewhere, so no plan can be made of it.  Parameters that
 * have no value get one of their type, units get a length, everything is rendered, and the keys of its
 * phases, steps and checks are read.  Names of nodes, kinds of faults and sentences of checks are looked at
 * where it is used.
 */
#include <string.h>

#include "core/scenario/files.h"
#include "core/scenario/loader.h"
#include "core/scenario/render.h"

bool rh_load_is_fragment(const struct rh_tree *root)
{
	const struct rh_tree *spec = rh_tree_child(root, "spec");

	return spec != NULL && spec->kind == RH_TREE_MAP &&
	       rh_tree_child(spec, "topology") == NULL && rh_tree_child(root, "include") == NULL;
}

/* The keys of each map of a list; what is no map has words of its own. */
static void read_maps(struct rh_loader *loader, const struct rh_tree *list, const char *section,
		      const char *path)
{
	union {
		struct rh_in_step step;
		struct rh_in_assertion assertion;
		struct rh_in_workload workload;
	} in;

	for (uint32_t i = 0; list != NULL && list->kind == RH_TREE_LIST && i < list->count; i++) {
		memset(&in, 0, sizeof(in));
		if (list->items[i]->kind == RH_TREE_MAP)
			rh_load_section(loader, &in, list->items[i], section,
					rh_load_path_at(loader, path, i));
	}
}

static void read_phase(struct rh_loader *loader, const struct rh_tree *tree, const char *path)
{
	struct rh_in_phase in = {0};

	if (!rh_load_section(loader, &in, tree, "phase", path))
		return;
	read_maps(loader, in.actions, "step", rh_load_path(loader, path, "actions"));
	read_maps(loader, in.parallel, "step", rh_load_path(loader, path, "parallelActions"));
	read_maps(loader, in.rollback, "step", rh_load_path(loader, path, "rollback"));
	read_maps(loader, in.cleanup, "step", rh_load_path(loader, path, "cleanup"));
	read_maps(loader, in.assertions, "assert", rh_load_path(loader, path, "assert"));
}

/* The keys that must be in a scenario are not asked for. */
static void read_spec(struct rh_loader *loader, const struct rh_tree *spec)
{
	struct rh_tree *whole = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
	struct rh_tree *nothing = RH_ARENA_NEW(&loader->scratch, struct rh_tree);

	nothing->kind = RH_TREE_MAP;
	*whole = *spec;
	whole->pairs =
		RH_ARENA_ARRAY(&loader->scratch, (size_t)spec->count + 1, struct rh_tree_pair);
	if (spec->count != 0)
		memcpy(whole->pairs, spec->pairs, spec->count * sizeof(*whole->pairs));
	whole->pairs[whole->count++] =
		(struct rh_tree_pair){.key = "topology", .place = spec->place, .value = nothing};
	if (!rh_load_section(loader, &loader->spec, whole, "spec", "spec"))
		return;
	for (uint32_t i = 0; loader->spec.phases != NULL && i < loader->spec.phases->count; i++)
		read_phase(loader, loader->spec.phases->items[i],
			   rh_load_path_at(loader, "phases", i));
	read_maps(loader, loader->spec.criteria, "assert", "successCriteria");
	read_maps(loader, loader->spec.expectations, "assert", "expectations");
	read_maps(loader, loader->spec.workloads, "workload", "workloads");
}

static void read_fragment(struct rh_loader *loader, struct rh_tree *root)
{
	struct rh_in_file file = {0};
	struct rh_in_metadata metadata = {0};

	loader->has_any_units = true;
	loader->has_stand_ins = true;
	if (!rh_loader_ready(loader, &root) || !rh_load_section(loader, &file, root, "file", "") ||
	    file.spec == NULL)
		return;
	rh_load_section(loader, &metadata, file.metadata, "metadata", "metadata");
	loader->slots = RH_LOAD_ANY_UNITS;
	read_spec(loader, file.spec);
}

bool rh_check_fragment(const char *name, const char *text, size_t len,
		       const struct rh_load_options *options, struct rh_diagnostics *diagnostics,
		       bool *is_fragment)
{
	struct rh_loader loader = rh_loader_new(options, diagnostics);
	struct rh_tree *root = rh_loader_begin(&loader, name, text, len);
	const struct rh_tree *kind = root != NULL ? rh_tree_child(root, "kind") : NULL;

	*is_fragment = kind != NULL && kind->kind == RH_TREE_SCALAR &&
		       strcmp(kind->text, "Template") == 0 && rh_load_is_fragment(root);
	if (*is_fragment)
		read_fragment(&loader, root);
	rh_plan_free(loader.plan);
	rh_loader_end(&loader);
	return diagnostics->error_count == 0;
}
