/*
 * load_own.c - what the steps of the run itself name: gauges, a workload, faults to clear.
 */
#include <string.h>

#include "core/scenario/steps.h"

static bool set_gauges(struct rh_steps *steps, struct rh_plan_step *step,
		       const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *list = written->in.form[RH_FORM_CAPTURE];
	uint32_t count = list->kind == RH_TREE_LIST ? list->count : 1;
	const char *path = rh_load_path(loader, written->path, "capture");

	if (list->kind == RH_TREE_MAP || loader->plan->model == NULL)
		return loader->plan->model != NULL && rh_load_is_list(loader, list, path);
	step->gauges = RH_ARENA_ARRAY(&loader->plan->arena, (size_t)count + 1, uint32_t);
	for (uint32_t i = 0; i < count; i++) {
		const struct rh_tree *item = list->kind == RH_TREE_LIST ? list->items[i] : list;
		const char *name = rh_load_word(loader, item, path);
		int32_t gauge = name != NULL ? rh_plan_gauge_find(loader->plan, name) : -1;
		uint32_t at = step->gauge_count;

		if (name == NULL)
			return false;
		if (gauge < 0) {
			rh_load_complain(loader, "E040", item->place, path,
					 "`rehearse list gauges` shows them",
					 "no gauge is called \"%.60s\"", name);
			return false;
		}
		/* Ascending, each once. */
		while (at > 0 && step->gauges[at - 1] > (uint32_t)gauge)
			at--;
		if (at > 0 && step->gauges[at - 1] == (uint32_t)gauge)
			continue;
		memmove(step->gauges + at + 1, step->gauges + at,
			(step->gauge_count++ - at) * sizeof(uint32_t));
		step->gauges[at] = (uint32_t)gauge;
	}
	return true;
}

static bool set_workload(struct rh_steps *steps, struct rh_plan_step *step,
			 const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *tree = written->in.form[RH_FORM_WORKLOAD];
	const struct rh_tree *all = loader->spec.workloads;
	const char *name = rh_load_word(loader, tree, written->path);
	const char *names[RH_REGISTRY_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; name != NULL && all != NULL && i < all->count; i++) {
		const struct rh_tree *own = rh_tree_get(all->items[i], "name");

		if (own == NULL || own->kind != RH_TREE_SCALAR)
			continue;
		if (strcmp(own->text, name) == 0) {
			step->workload = i;
			return true;
		}
		if (count < RH_REGISTRY_MAX)
			names[count++] = own->text;
	}
	if (name != NULL)
		rh_load_complain(loader, "E040", tree->place, written->path,
				 rh_load_hint(loader, name, names, count, NULL),
				 "no workload is called \"%.60s\"", name);
	return false;
}

bool rh_set_own(struct rh_steps *steps, struct rh_draft *draft, const struct rh_written *written)
{
	if (draft->step.type->effect != RH_EFFECT_ON_RUN)
		return true;
	switch (draft->step.type->run_op) {
	case RH_RUN_OP_CLEAR:
		draft->clears = written->in.form[RH_FORM_CLEAR];
		draft->clears_all = draft->clears->kind == RH_TREE_SCALAR &&
				    strcmp(draft->clears->text, "all") == 0;
		return true;
	case RH_RUN_OP_CAPTURE:
		return set_gauges(steps, &draft->step, written);
	case RH_RUN_OP_WORKLOAD:
		return set_workload(steps, &draft->step, written);
	case RH_RUN_OP_WAIT:
	case RH_RUN_OP_ANNOTATE:
		break;
	}
	return true;
}
