/*
 * load_topology.c - groups into nodes: names, regions, clocks.
 *
 * Where a node stands is a draw of its own name, so a group can grow without moving anybody.
 */
#include <string.h>

#include "core/base/dist.h"
#include "core/scenario/clock_faults.h"
#include "core/scenario/loader.h"
#include "core/scenario/topology.h"

#define SHARE_UNIT 1000000000 /* weights of regions are parts of so many */

/* Where the nodes of a group stand: one region, or weights over several. */
struct standing {
	uint32_t regions[RH_PLAN_REGIONS_MAX];
	uint64_t weights[RH_PLAN_REGIONS_MAX];
	uint32_t count; /* 0: nowhere */
};

/* The index of a region, made when new; RH_NONE after complaining about a 65th. */
static uint32_t add_region(struct rh_loader *loader, const char *name, struct rh_place place)
{
	struct rh_plan *plan = loader->plan;

	for (uint32_t i = 0; i < plan->region_count; i++) {
		if (strcmp(plan->regions[i], name) == 0)
			return i;
	}
	if (!rh_load_check_name(loader, name, place, "region"))
		return RH_NONE;
	if (plan->region_count == RH_PLAN_REGIONS_MAX) {
		rh_load_complain(loader, "E022", place, "region", NULL, "more than %d regions",
				 RH_PLAN_REGIONS_MAX);
		return RH_NONE;
	}
	plan->regions[plan->region_count] = rh_load_keep(loader, name);
	return plan->region_count++;
}

/* The regions of the network's tables come first, in their order. */
static void add_network_regions(struct rh_loader *loader)
{
	const struct rh_tree *latency =
		rh_load_key(loader, loader->spec.network, "spec.network", "latency");
	const struct rh_tree *regions = rh_load_key(loader, latency, "latency", "regions");
	const struct rh_region_set *set = NULL;

	if (latency != NULL && latency->kind == RH_TREE_SCALAR)
		set = rh_region_set(latency->text);
	for (uint32_t i = 0; set != NULL && i < set->count; i++)
		add_region(loader, set->regions[i], latency->place);
	for (uint32_t i = 0; regions != NULL && regions->kind == RH_TREE_LIST && i < regions->count;
	     i++) {
		if (regions->items[i]->kind == RH_TREE_SCALAR)
			add_region(loader, regions->items[i]->text, regions->items[i]->place);
	}
}

static void stand_by_distribution(struct rh_loader *loader, struct standing *standing,
				  const struct rh_tree *tree, const char *path)
{
	const struct rh_distribution *distribution = rh_distribution(tree->text);
	const struct rh_region_set *set = rh_region_set_at(0);
	const char *names[16];
	size_t count = 0;

	if (distribution != NULL) {
		for (uint32_t i = 0; i < set->count; i++) {
			standing->regions[i] = add_region(loader, set->regions[i], tree->place);
			standing->weights[i] = distribution->weights[i];
		}
		standing->count = set->count;
		return;
	}
	for (uint32_t i = 0; rh_distribution_at(i) != NULL && count < RH_ARRAY_LEN(names); i++)
		names[count++] = rh_distribution_at(i)->name;
	rh_load_complain(loader, "E040", tree->place, path,
			 rh_load_hint(loader, tree->text, names, count,
				      "a distribution, or shares such as {eu: 60%, na: 40%}"),
			 "no distribution of regions is called \"%.60s\"", tree->text);
}

static void stand_by_shares(struct rh_loader *loader, struct standing *standing,
			    const struct rh_tree *tree, const char *path)
{
	static const struct rh_key key = {.name = "share", .type = RH_KEY_RATIO};
	uint64_t sum = 0;

	for (uint32_t i = 0; i < tree->count; i++) {
		const struct rh_tree_pair *pair = &tree->pairs[i];
		struct rh_value value;

		if (!rh_load_scalar(loader, &value, &key, pair->value,
				    rh_load_path(loader, path, pair->key)))
			continue;
		if (standing->count == RH_PLAN_REGIONS_MAX)
			break;
		standing->regions[standing->count] = add_region(loader, pair->key, pair->place);
		standing->weights[standing->count] =
			rh_mul_div(value.ratio.num, SHARE_UNIT, value.ratio.den);
		sum += standing->weights[standing->count++];
	}
	if (sum == 0) {
		standing->count = 0;
		rh_load_complain(loader, "E022", tree->place, path, "write {eu: 60%, na: 40%}",
				 "the shares of the regions add up to nothing");
	}
}

static void load_standing(struct rh_loader *loader, struct standing *standing,
			  const struct rh_tree *tree, const struct rh_in_group *in,
			  const char *path)
{
	bool has_region = in->region != NULL && in->region[0] != 0;

	standing->count = 0;
	if (has_region && in->regions != NULL) {
		rh_load_complain(loader, "E051", in->regions->place, path, "remove one of the two",
				 "`region` and `regions` exclude each other");
		return;
	}
	if (has_region) {
		standing->regions[0] = add_region(loader, in->region,
						  rh_load_place(loader, tree, "group", "region"));
		standing->weights[0] = 1;
		standing->count = 1;
		return;
	}
	if (in->regions == NULL)
		return;
	path = rh_load_path(loader, path, "regions");
	if (in->regions->kind == RH_TREE_SCALAR)
		stand_by_distribution(loader, standing, in->regions, path);
	else if (in->regions->kind == RH_TREE_MAP)
		stand_by_shares(loader, standing, in->regions, path);
	else
		rh_load_complain(
			loader, "E014", in->regions->place, path, NULL,
			"%s takes the name of a distribution or a map of shares, not a list", path);
}

static void make_nodes(struct rh_loader *loader, const struct rh_in_group *in,
		       const struct standing *standing, int64_t drift_ppb)
{
	struct rh_plan *plan = loader->plan;
	uint32_t group = plan->group_count++;

	plan->groups[group].name = rh_load_keep(loader, in->name);
	plan->groups[group].first_node = plan->node_count;
	plan->groups[group].node_count = (uint32_t)in->count;
	for (uint32_t i = 0; i < (uint32_t)in->count; i++) {
		struct rh_plan_node *node = &plan->nodes[plan->node_count];
		bool is_new;

		node->name = rh_arena_printf(&plan->arena, "%s-%u", in->name, i);
		node->name64 = rh_name64(node->name);
		node->group = group;
		node->region = RH_NONE;
		node->start_ns = in->join_ns;
		node->clock_offset_ns = (int64_t)in->clock_offset_ns;
		node->clock_drift_ppb = drift_ppb;
		if (standing->count != 0) {
			uint64_t draw =
				rh_draw2(loader->rng, RH_PURPOSE_TOPOLOGY_REGION, node->name64, 0);

			node->region = standing->regions[rh_discrete(draw, standing->weights,
								     standing->count)];
		}
		rh_map_add(&loader->node_names, node->name, strlen(node->name), &is_new)->number =
			plan->node_count++;
		RH_ASSERT(is_new);
	}
}

/* What the first reading learnt of a group; nodes are made when the sum is known. */
struct group_draft {
	struct rh_in_group in;
	struct standing standing;
	int64_t drift_ppb;
};

static bool read_group(struct rh_loader *loader, struct group_draft *draft,
		       const struct rh_tree *tree, const char *path)
{
	struct rh_in_group *in = &draft->in;
	struct rh_place place = rh_load_place(loader, tree, "group", "name");
	bool is_new;

	in->peers = -1;
	if (!rh_load_section(loader, in, tree, "group", path) ||
	    !rh_load_check_name(loader, in->name, place, path))
		return false;
	rh_map_add(&loader->group_names, in->name, strlen(in->name), &is_new);
	if (!is_new) {
		rh_load_complain(loader, "E041", place, path, NULL, "two groups are called \"%s\"",
				 in->name);
		return false;
	}
	if (!rh_drift_read(&draft->drift_ppb, in->clock_drift, 1000)) {
		rh_load_complain(loader, "E037", rh_load_place(loader, tree, "group", "clockDrift"),
				 path, "write for example 20ppm; at most 1000ppm",
				 "this is not a drift");
		return false;
	}
	load_standing(loader, &draft->standing, tree, in, path);
	return true;
}

/* A group called like a node of another group would make targets ambiguous. */
static void check_group_names(struct rh_loader *loader)
{
	for (uint32_t i = 0; i < loader->plan->group_count; i++) {
		const char *name = loader->plan->groups[i].name;

		rh_map_find(&loader->group_names, name, strlen(name))->number = i;
		if (rh_map_find(&loader->node_names, name, strlen(name)) != NULL)
			rh_load_complain(
				loader, "E041",
				rh_load_place(loader, loader->group_trees[i], "group", "name"),
				"topology.groups", "choose another name",
				"group \"%s\" is called like a node of another group", name);
	}
}

void rh_load_topology(struct rh_loader *loader)
{
	struct rh_in_topology in = {0};
	struct rh_plan *plan = loader->plan;
	struct group_draft *drafts;
	uint64_t total = 0;
	uint32_t count = 0;

	loader->errors_before = loader->diagnostics->error_count;
	plan->regions = RH_ARENA_ARRAY(&plan->arena, RH_PLAN_REGIONS_MAX, const char *);
	if (loader->spec.topology == NULL)
		return;
	rh_load_section(loader, &in, loader->spec.topology, "spec.topology", "topology");
	if (in.groups == NULL)
		return;
	add_network_regions(loader);
	plan->groups = RH_ARENA_ARRAY(&plan->arena, in.groups->count + 1, struct rh_plan_group);
	loader->group_trees =
		RH_ARENA_ARRAY(&loader->scratch, in.groups->count + 1, const struct rh_tree *);
	loader->group_peers = RH_ARENA_ARRAY(&loader->scratch, in.groups->count + 1, int64_t);
	drafts = RH_ARENA_ARRAY(&loader->scratch, in.groups->count + 1, struct group_draft);
	for (uint32_t i = 0; i < in.groups->count; i++) {
		if (!read_group(loader, &drafts[count], in.groups->items[i],
				rh_load_path_at(loader, "topology.groups", i))) {
			memset(&drafts[count], 0, sizeof(drafts[count]));
			continue;
		}
		loader->group_trees[count] = in.groups->items[i];
		loader->group_peers[count] = drafts[count].in.peers;
		total += (uint64_t)drafts[count++].in.count;
	}
	if (in.groups->count == 0)
		rh_load_complain(loader, "E042", in.groups->place, "topology.groups", NULL,
				 "there is no group: a network needs nodes");
	if (total > RH_PLAN_NODES_MAX) {
		rh_load_complain(loader, "E022", in.groups->place, "topology.groups", NULL,
				 "%llu nodes are more than 1,000,000", (unsigned long long)total);
		return;
	}
	plan->nodes = RH_ARENA_ARRAY(&plan->arena, total + 1, struct rh_plan_node);
	for (uint32_t i = 0; i < count; i++)
		make_nodes(loader, &drafts[i].in, &drafts[i].standing, drafts[i].drift_ppb);
	check_group_names(loader);
	loader->has_nodes = loader->diagnostics->error_count == loader->errors_before;
}
