/*
 * load_phases.c - phases: their names and lengths, and how long the run is.
 */
#include <string.h>

#include "core/scenario/steps.h"

static void load_phase(struct rh_loader *loader, const struct rh_tree *tree, uint64_t *start_ns,
		       struct rh_map *names, const char *path)
{
	struct rh_plan *plan = loader->plan;
	struct rh_plan_phase *phase = &plan->phases[plan->phase_count];
	struct rh_in_phase in = {0};
	bool is_new;

	/* A phase with a mistake keeps its place, so that indices stay those of the file. */
	phase->name = "";
	phase->start_ns = *start_ns;
	phase->duration_ns = 1;
	plan->phase_count++;
	if (!rh_load_section(loader, &in, tree, "phase", path))
		return;
	phase->name = rh_load_keep(loader, in.name);
	phase->duration_ns = in.duration_ns;
	if (in.name[0] == 0 || strlen(in.name) > 200) {
		rh_load_complain(loader, "E024", rh_load_place(loader, tree, "phase", "name"), path,
				 NULL, "a phase needs a name of 1 to 200 characters");
		return;
	}
	rh_map_add(names, phase->name, strlen(phase->name), &is_new);
	if (!is_new)
		rh_load_complain(loader, "E041", rh_load_place(loader, tree, "phase", "name"), path,
				 NULL, "two phases are called \"%.80s\"", phase->name);
	*start_ns += in.duration_ns;
	if (*start_ns > RH_LOAD_TIME_MAX) {
		rh_load_complain(loader, "E022", tree->place, path, NULL,
				 "the phases last longer than a century");
		*start_ns = 0;
	}
}

void rh_load_phases(struct rh_loader *loader)
{
	const struct rh_tree *tree = loader->spec.phases;
	struct rh_plan *plan = loader->plan;
	const struct rh_tree *duration = rh_load_key(loader, loader->spec_tree, "spec", "duration");
	char sum_text[RH_TIME_TEXT];
	char duration_text[RH_TIME_TEXT];
	struct rh_map names = {0};
	uint64_t sum_ns = 0;

	plan->phases = RH_ARENA_ARRAY(&plan->arena, (tree != NULL ? tree->count : 0) + 1,
				      struct rh_plan_phase);
	for (uint32_t i = 0; tree != NULL && i < tree->count; i++)
		load_phase(loader, tree->items[i], &sum_ns, &names,
			   rh_load_path_at(loader, "phases", i));
	rh_map_release(&names);
	plan->duration_ns = duration != NULL ? loader->spec.duration_ns : sum_ns;
	if (duration == NULL && plan->phase_count == 0) {
		rh_load_complain(loader, "E013", loader->spec_tree->place, "duration",
				 "write duration: 10m, or phases",
				 "key \"duration\" is missing under spec, and there are no phases "
				 "to add up");
		plan->duration_ns = 1;
	}
	if (duration != NULL && plan->phase_count != 0 && sum_ns != plan->duration_ns &&
	    loader->diagnostics->error_count == 0)
		rh_load_complain(loader, "W002", duration->place, "duration", NULL,
				 "the phases last %s, the run %s", rh_span_exact(sum_text, sum_ns),
				 rh_span_exact(duration_text, plan->duration_ns));
}
