/*
 * load_model.c - which protocol, with which parameters, for the network and for each group.
 */
#include <string.h>

#include "core/scenario/loader.h"

static const struct rh_model *find_model(struct rh_loader *loader, const char *name,
					 struct rh_place place)
{
	const struct rh_registry *registry = loader->registry;
	const struct rh_model *model = rh_registry_model(registry, name);
	const char *names[RH_REGISTRY_MAX];

	if (model != NULL)
		return model;
	for (uint32_t i = 0; i < registry->model_count; i++)
		names[i] = registry->models[i]->name;
	rh_load_complain(loader, "E040", place, "model.name",
			 rh_load_hint(loader, name, names, registry->model_count,
				      "`rehearse list models` shows them"),
			 "no model is called \"%.60s\"", name);
	return NULL;
}

/* The nodes of a group share one block of parameters: the plan never changes. */
static void load_groups(struct rh_loader *loader, const struct rh_model *model)
{
	struct rh_plan *plan = loader->plan;

	for (uint32_t g = 0; g < plan->group_count; g++) {
		const struct rh_plan_group *group = &plan->groups[g];
		const struct rh_tree *tree = loader->group_trees[g];
		const struct rh_tree *with = rh_load_key(loader, tree, "group", "with");
		void *params;
		uint64_t weight;

		if (with != NULL && with->kind != RH_TREE_MAP)
			continue; /* told when the groups were read */
		params = rh_load_params(loader, with, tree->place, "topology.groups.with",
					model->node_keys, model->node_params_size);
		if (params == NULL)
			continue;
		weight = model->weight != NULL ? model->weight(params) : 0;
		if (weight != 0 && group->node_count > (UINT64_MAX - plan->weight_total) / weight) {
			rh_load_complain(loader, "E022", tree->place, "topology.groups.with", NULL,
					 "the weights of all nodes do not fit 64 bits");
			continue;
		}
		for (uint32_t i = 0; i < group->node_count; i++) {
			plan->nodes[group->first_node + i].params = params;
			plan->nodes[group->first_node + i].weight = weight;
		}
		plan->weight_total += weight * group->node_count;
	}
}

void rh_load_model(struct rh_loader *loader)
{
	struct rh_plan *plan = loader->plan;
	const struct rh_tree *tree = loader->spec.model;
	struct rh_in_model in = {0};
	struct rh_place place;
	char why[300] = "";

	if (tree == NULL || !rh_load_section(loader, &in, tree, "spec.model", "model"))
		return;
	plan->model =
		find_model(loader, in.name, rh_load_place(loader, tree, "spec.model", "name"));
	if (plan->model == NULL)
		return;
	place = in.with != NULL ? in.with->place : tree->place;
	plan->params = rh_load_params(loader, in.with, place, "model.with", plan->model->keys,
				      plan->model->params_size);
	if (plan->params != NULL && plan->model->check != NULL &&
	    plan->model->check(plan->params, why, sizeof(why)) != 0)
		rh_load_complain(loader, "E045", place, "model.with", NULL, "model %s: %s",
				 plan->model->name, why);
	load_groups(loader, plan->model);
}
