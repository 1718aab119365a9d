/*
 * load_services.c - a scenario without a network: steps and checks of a trading system, whose
 * services are no nodes of a chain.
 *
 * Such a file has no `topology` and no `model`, and names its targets by `service`.  It is loaded all
 * the same, so that it can be checked and planned: each service that it names becomes a group of one
 * node without links, under a model that says that it cannot be run.  A step or check that looks at
 * nodes makes it what it would be otherwise, a scenario whose topology is missing.
 */
#include <string.h>

#include "core/scenario/services.h"

#define DEPTH_MAX (RH_COMPOSE_DEPTH_MAX + 1)

static const struct rh_key no_keys[] = {RH_KEY_END};

const struct rh_model rh_model_services = {
	.name = "services",
	.doc = "Services that are no nodes: for scenarios without a network.",
	.abi = RH_MODEL_ABI,
	.keys = no_keys,
	.node_keys = no_keys,
	.missing = "a network of nodes",
};

bool rh_plan_is_without_network(const struct rh_plan *plan)
{
	return plan->model == &rh_model_services;
}

bool rh_load_is_without_network(const struct rh_loader *loader)
{
	return rh_plan_is_without_network(loader->plan);
}

void rh_load_missing_network(struct rh_loader *loader, const char *hint)
{
	static const char *const keys[] = {"topology", "model"};

	if (loader->is_network_told)
		return;
	loader->is_network_told = true;
	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++) {
		if (rh_load_key(loader, loader->spec_tree, "spec", keys[i]) == NULL)
			rh_load_complain(loader, "E013", loader->spec_tree->place, "spec", hint,
					 "key \"%s\" is missing under spec", keys[i]);
	}
}

/* ---- names ----------------------------------------------------------------------------------- */

static void add_service(struct rh_loader *loader, const struct rh_tree *name)
{
	struct rh_plan *plan = loader->plan;
	uint32_t number = plan->node_count;
	struct rh_plan_node *node = &plan->nodes[number];
	bool is_new;

	if (name->kind != RH_TREE_SCALAR || name->text[0] == 0 || rh_tree_is_null(name))
		return;
	if (number == RH_SERVICES_MAX ||
	    rh_map_find(&loader->node_names, name->text, strlen(name->text)) != NULL)
		return;
	node->name = rh_load_keep(loader, name->text);
	node->name64 = rh_name64(node->name);
	node->group = number;
	node->region = RH_NONE;
	rh_map_add(&loader->node_names, node->name, strlen(node->name), &is_new)->number = number;
	rh_map_add(&loader->group_names, node->name, strlen(node->name), &is_new)->number = number;
	plan->groups[number] =
		(struct rh_plan_group){.name = node->name, .first_node = number, .node_count = 1};
	plan->node_count++;
	plan->group_count++;
}

/* `service: NAME` and `required_services: [NAME, ...]`. */
static void look_at(struct rh_loader *loader, const struct rh_tree_pair *pair)
{
	const struct rh_tree *value = pair->value;

	if (rh_key_is("service", pair->key))
		add_service(loader, value);
	if (!rh_key_is("requiredServices", pair->key) || value->kind != RH_TREE_LIST)
		return;
	for (uint32_t i = 0; i < value->count; i++)
		add_service(loader, value->items[i]);
}

/* Everything below the tree; its depth is bounded by the composer. */
static void walk(struct rh_loader *loader, const struct rh_tree *root)
{
	struct {
		const struct rh_tree *tree;
		uint32_t next;
	} stack[DEPTH_MAX];
	uint32_t depth = 1;

	if (root == NULL)
		return;
	stack[0].tree = root;
	stack[0].next = 0;
	while (depth > 0) {
		const struct rh_tree *tree = stack[depth - 1].tree;
		uint32_t next = stack[depth - 1].next++;

		if (tree->kind == RH_TREE_SCALAR || next >= tree->count) {
			depth--;
			continue;
		}
		if (tree->kind == RH_TREE_MAP)
			look_at(loader, &tree->pairs[next]);
		RH_ASSERT(depth < DEPTH_MAX);
		stack[depth].tree =
			tree->kind == RH_TREE_MAP ? tree->pairs[next].value : tree->items[next];
		stack[depth++].next = 0;
	}
}

void rh_load_services(struct rh_loader *loader)
{
	const struct rh_in_spec *spec = &loader->spec;
	struct rh_plan *plan = loader->plan;

	if (spec->topology != NULL &&
	    (spec->model != NULL ||
	     rh_load_key(loader, spec->topology, "spec.topology", "chain") != NULL))
		return;
	if (spec->topology != NULL || spec->model != NULL || spec->network != NULL ||
	    spec->workloads != NULL || spec->monitors != NULL) {
		rh_load_missing_network(loader, NULL);
		return;
	}
	plan->nodes = RH_ARENA_ARRAY(&plan->arena, RH_SERVICES_MAX + 1, struct rh_plan_node);
	plan->groups = RH_ARENA_ARRAY(&plan->arena, RH_SERVICES_MAX + 1, struct rh_plan_group);
	loader->group_trees =
		RH_ARENA_ARRAY(&loader->scratch, RH_SERVICES_MAX, const struct rh_tree *);
	walk(loader, spec->phases);
	walk(loader, spec->rollback);
	walk(loader, spec->cleanup);
	walk(loader, spec->criteria);
	walk(loader, spec->expectations);
	if (plan->node_count == 0) {
		plan->nodes = NULL;
		plan->groups = NULL;
		rh_load_missing_network(loader, NULL);
		return;
	}
	plan->model = &rh_model_services;
	loader->has_nodes = loader->has_links = true;
}
