/*
 * load_model.c - which protocol, with which parameters, for the network and for each group.
 *
 * A file names the model in one of two places: `model: {name, with}`, or `topology.chain: {preset, ...}`
 * with the parameters beside the preset.  Some parameters may also be said where an operator looks
 * for them (`topology.wallets`, `network.gossip`, `validatorsPerNode`): they join the others under the
 * model's own key, and a model without that key refuses them.
 */
#include <string.h>

#include "core/scenario/loader.h"
#include "core/scenario/services.h"
#include "core/scenario/steps.h"

bool rh_model_is_called(const struct rh_model *model, const char *name)
{
	const char *at = model->also;
	size_t len = strlen(name);

	if (strcmp(model->name, name) == 0)
		return true;
	for (; at != NULL; at = strchr(at, '|')) {
		at += *at == '|';
		if (strcspn(at, "|") == len && memcmp(at, name, len) == 0)
			return true;
	}
	return false;
}

static const struct rh_model *find_model(struct rh_loader *loader, const char *name,
					 struct rh_place place, const char *path)
{
	const struct rh_registry *registry = loader->registry;
	const struct rh_model *model = rh_registry_model(registry, name);
	const char *names[RH_REGISTRY_MAX];

	if (model != NULL)
		return model;
	for (uint32_t i = 0; i < registry->model_count; i++) {
		if (rh_model_is_called(registry->models[i], name))
			return registry->models[i];
		names[i] = registry->models[i]->name;
	}
	rh_load_complain(loader, "E040", place, path,
			 rh_load_hint(loader, name, names, registry->model_count,
				      "`rehearse list models` shows them"),
			 "no model is called \"%.60s\"", name);
	return NULL;
}

/* ---- parameters from other places ------------------------------------------------------------ */

/* A map with the pairs of `tree` (or none) and room for some more. */
static struct rh_tree *copy_map(struct rh_loader *loader, const struct rh_tree *tree,
				struct rh_place place, uint32_t more)
{
	struct rh_tree *copy = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
	uint32_t count = tree != NULL ? tree->count : 0;

	*copy = tree != NULL ? *tree : (struct rh_tree){.kind = RH_TREE_MAP, .place = place};
	copy->pairs =
		RH_ARENA_ARRAY(&loader->scratch, (size_t)count + more + 1, struct rh_tree_pair);
	if (count != 0)
		memcpy(copy->pairs, tree->pairs, count * sizeof(*copy->pairs));
	return copy;
}

static bool has_key(const struct rh_key *keys, const char *name)
{
	for (; keys != NULL && keys->name != NULL; keys++) {
		if (strcmp(keys->name, name) == 0)
			return true;
	}
	return false;
}

/* Adds what stands at `path` to the parameters, as the model's key `key`. */
static void join(struct rh_loader *loader, struct rh_tree *with, const struct rh_key *keys,
		 const char *key, struct rh_tree *value, const char *path)
{
	if (value == NULL)
		return;
	if (!has_key(keys, key)) {
		rh_load_complain(loader, "E052", value->place, path, "remove it",
				 "model %s has no parameter \"%s\", which %s would set",
				 loader->plan->model->name, key, path);
		return;
	}
	with->pairs[with->count++] =
		(struct rh_tree_pair){.key = key, .place = value->place, .value = value};
}

/* The tree behind a key that this file may place elsewhere. */
static struct rh_tree *value_at(struct rh_loader *loader, const struct rh_tree *tree,
				const char *section, const char *key)
{
	const struct rh_tree *found = rh_load_key(loader, tree, section, key);

	return (struct rh_tree *)(uintptr_t)found;
}

static struct rh_tree *whole_with(struct rh_loader *loader, const struct rh_tree *with,
				  struct rh_place place)
{
	const struct rh_key *keys = loader->plan->model->keys;
	struct rh_tree *all = copy_map(loader, with, place, 4);
	const struct rh_tree *wallets =
		rh_load_key(loader, loader->spec.topology, "spec.topology", "wallets");
	const struct rh_tree *gossip =
		rh_load_key(loader, loader->spec.network, "spec.network", "gossip");
	struct rh_in_wallets in_wallets = {0};
	struct rh_in_gossip in_gossip = {0};

	if (wallets != NULL &&
	    rh_load_section(loader, &in_wallets, wallets, "wallets", "topology.wallets")) {
		join(loader, all, keys, "wallets", value_at(loader, wallets, "wallets", "count"),
		     "topology.wallets.count");
		join(loader, all, keys, "balance", value_at(loader, wallets, "wallets", "balance"),
		     "topology.wallets.balance");
	}
	if (gossip != NULL &&
	    rh_load_section(loader, &in_gossip, gossip, "gossip", "network.gossip")) {
		join(loader, all, keys, "gossipMesh", value_at(loader, gossip, "gossip", "mesh"),
		     "network.gossip.mesh");
		join(loader, all, keys, "gossipHeartbeat",
		     value_at(loader, gossip, "gossip", "heartbeat"), "network.gossip.heartbeat");
	}
	return all;
}

/* ---- groups ---------------------------------------------------------------------------------- */

static struct rh_tree *whole_node_with(struct rh_loader *loader, const struct rh_tree *with,
				       const struct rh_tree *group, bool *is_told)
{
	const struct rh_key *keys = loader->plan->model->node_keys;
	struct rh_tree *all = copy_map(loader, with, group->place, 1);
	struct rh_tree *own = value_at(loader, group, "group", "validatorsPerNode");
	const struct rh_tree *defaults =
		rh_load_key(loader, loader->spec.topology, "spec.topology", "defaults");
	struct rh_tree *shared =
		value_at(loader, defaults, "topology-defaults", "validatorsPerNode");

	if (own != NULL) {
		join(loader, all, keys, "validators", own, "topology.groups.validatorsPerNode");
	} else if (rh_tree_get(with, "validators") == NULL && !*is_told) {
		*is_told = shared != NULL && !has_key(keys, "validators");
		join(loader, all, keys, "validators", shared,
		     "topology.defaults.validatorsPerNode");
	}
	return all;
}

/* The nodes of a group share one block of parameters: the plan never changes. */
static void load_groups(struct rh_loader *loader, const struct rh_model *model)
{
	struct rh_plan *plan = loader->plan;
	bool is_told = false;

	for (uint32_t g = 0; g < plan->group_count; g++) {
		const struct rh_plan_group *group = &plan->groups[g];
		const struct rh_tree *tree = loader->group_trees[g];
		const struct rh_tree *with = rh_load_key(loader, tree, "group", "with");
		void *params;
		uint64_t weight;

		if (with != NULL && with->kind != RH_TREE_MAP)
			continue; /* told when the groups were read */
		with = whole_node_with(loader, with, tree, &is_told);
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

/* ---- the model ------------------------------------------------------------------------------- */

/* `topology.chain` as a name and the rest as parameters; false after complaining. */
static bool take_chain(struct rh_loader *loader, struct rh_in_model *in, struct rh_place *place,
		       const struct rh_tree *chain)
{
	struct rh_tree *with = copy_map(loader, chain, chain->place, 0);

	with->count = 0;
	for (uint32_t i = 0; i < chain->count; i++) {
		if (!rh_key_is("preset", chain->pairs[i].key)) {
			with->pairs[with->count++] = chain->pairs[i];
			continue;
		}
		in->name = rh_load_word(loader, chain->pairs[i].value, "topology.chain.preset");
		*place = chain->pairs[i].value->place;
		if (in->name == NULL)
			return false;
	}
	in->with = with;
	if (in->name != NULL)
		return true;
	rh_load_complain(loader, "E013", chain->place, "topology.chain",
			 "write chain: {preset: NAME}",
			 "key \"preset\" is missing under topology.chain");
	return false;
}

static bool name_model(struct rh_loader *loader, struct rh_in_model *in, struct rh_place *place)
{
	const struct rh_tree *tree = loader->spec.model;
	const struct rh_tree *chain =
		rh_load_key(loader, loader->spec.topology, "spec.topology", "chain");

	if (chain != NULL && chain->kind != RH_TREE_MAP)
		return false; /* told when the topology was read */
	if (tree != NULL && chain != NULL) {
		rh_load_complain(loader, "E051", tree->place, "model", "remove one of the two",
				 "`model` and `topology.chain` both name the model");
		return false;
	}
	if (tree == NULL && chain == NULL) {
		if (loader->spec_tree != NULL)
			rh_load_complain(loader, "E013", loader->spec_tree->place, "spec", NULL,
					 "key \"model\" is missing under spec");
		return false;
	}
	if (chain != NULL)
		return take_chain(loader, in, place, chain);
	*place = rh_load_place(loader, tree, "spec.model", "name");
	return rh_load_section(loader, in, tree, "spec.model", "model");
}

void rh_load_model(struct rh_loader *loader)
{
	struct rh_plan *plan = loader->plan;
	struct rh_in_model in = {0};
	struct rh_place place = {0};
	char why[300] = "";
	const char *path = loader->spec.model != NULL ? "model" : "topology.chain";

	if (loader->is_network_told || rh_load_is_without_network(loader) ||
	    !name_model(loader, &in, &place))
		return;
	plan->model =
		find_model(loader, in.name, place,
			   loader->spec.model != NULL ? "model.name" : "topology.chain.preset");
	if (plan->model == NULL)
		return;
	plan->model_place = (struct rh_plan_place){place.line, place.column};
	if (loader->spec.model != NULL)
		place = in.with != NULL ? in.with->place : loader->spec.model->place;
	plan->params = rh_load_params(loader, whole_with(loader, in.with, place), place,
				      loader->spec.model != NULL ? "model.with" : path,
				      plan->model->keys, plan->model->params_size);
	if (plan->params != NULL && plan->model->check != NULL &&
	    plan->model->check(plan->params, why, sizeof(why)) != 0)
		rh_load_complain(loader, "E045", place, "model.with", NULL, "model %s: %s",
				 plan->model->name, why);
	load_groups(loader, plan->model);
}
