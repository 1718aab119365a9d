/*
 * load_links.c - links in the words of operators: `network.links` (what they are like by the regions
 * of their ends) and `topology.peering` (shape and degree).
 *
 * A row of `regions` names two regions; what it leaves out is as in `default`.  The delay becomes the
 * link's own; jitter, loss and bandwidth become a base state that the run gives the world before
 * anything else happens, and that faults are merged with.
 */
#include <string.h>

#include "core/base/dist.h"
#include "core/scenario/links.h"
#include "core/scenario/topology.h"

/* ---- peering --------------------------------------------------------------------------------- */

bool rh_load_peering(struct rh_loader *loader, struct rh_in_topology *in)
{
	const struct rh_tree *shape =
		rh_load_key(loader, loader->spec.topology, "spec.topology", "shape");
	const struct rh_tree *degree =
		rh_load_key(loader, loader->spec.topology, "spec.topology", "degree");
	struct rh_in_peering peering = {0};

	if (in->peering == NULL)
		return true;
	if (shape != NULL || degree != NULL) {
		rh_load_complain(loader, "E051", in->peering->place, "topology.peering",
				 "remove one of them",
				 "`peering` says `shape` and `degree` in other words");
		return false;
	}
	if (!rh_load_section(loader, &peering, in->peering, "peering", "topology.peering"))
		return false;
	in->shape = peering.kind;
	in->degree = peering.degree;
	return true;
}

bool rh_load_has_degree(struct rh_loader *loader, const struct rh_in_topology *in)
{
	return rh_load_key(loader, loader->spec.topology, "spec.topology", "degree") != NULL ||
	       rh_load_key(loader, in->peering, "peering", "degree") != NULL;
}

void rh_load_bootstrap(struct rh_loader *loader, const struct rh_in_topology *in)
{
	struct rh_plan *plan = loader->plan;
	const struct rh_tree *list = rh_load_key(loader, in->peering, "peering", "bootstrap");
	bool *marks;

	if (list == NULL || list->kind != RH_TREE_LIST)
		return;
	marks = RH_ARENA_ARRAY(&loader->scratch, (size_t)plan->node_count + 1, bool);
	if (list->count == 0 || !rh_load_names(loader, marks, list, "topology.peering.bootstrap"))
		return;
	plan->bootstrap = RH_ARENA_ARRAY(&plan->arena, (size_t)plan->node_count + 1, uint32_t);
	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (marks[i])
			plan->bootstrap[plan->bootstrap_count++] = i;
	}
}

/* ---- kinds of links -------------------------------------------------------------------------- */

static uint32_t find_region(struct rh_loader *loader, const struct rh_tree *tree, const char *path)
{
	const struct rh_plan *plan = loader->plan;
	const char *name = rh_load_word(loader, tree, path);

	for (uint32_t i = 0; name != NULL && i < plan->region_count; i++) {
		if (strcmp(plan->regions[i], name) == 0)
			return i;
	}
	if (name != NULL && loader->has_nodes)
		rh_load_complain(loader, "E040", tree->place, path,
				 rh_load_hint(loader, name, plan->regions, plan->region_count,
					      "groups say their `region:`"),
				 "no group stands in region \"%.60s\"", name);
	return RH_NONE;
}

/* The number of an equal base state in the plan, counted from 1, made when new; 0 for a plain one. */
static uint32_t add_base(struct rh_loader *loader, const struct rh_in_link_kind *in)
{
	struct rh_plan *plan = loader->plan;
	struct rh_link_state state = {
		.jitter_ns = in->jitter_ns,
		.loss_threshold = in->loss.num != 0 ? rh_threshold(in->loss.num, in->loss.den) : 0,
		.rate_bps = in->rate_bps,
	};

	if ((state.jitter_ns | state.loss_threshold | state.rate_bps) == 0)
		return 0;
	for (uint32_t i = 0; i < plan->base_count; i++) {
		if (plan->bases[i].jitter_ns == state.jitter_ns &&
		    plan->bases[i].loss_threshold == state.loss_threshold &&
		    plan->bases[i].rate_bps == state.rate_bps)
			return i + 1;
	}
	plan->bases[plan->base_count++] = state;
	return plan->base_count;
}

static void read_row(struct rh_loader *loader, struct rh_link_kinds *kinds, uint32_t number,
		     const struct rh_tree *tree, const char *path)
{
	struct rh_in_link_region in = {.kind = kinds->rows[0].in};
	uint32_t region_count = loader->plan->region_count;
	uint32_t a;
	uint32_t b;

	kinds->rows[number] = kinds->rows[0];
	if (!rh_load_section(loader, &in, tree, "link-region", path))
		return;
	if (in.between->count != 2) {
		rh_load_complain(loader, "E014", in.between->place, path,
				 "write between: [eu, us], or [eu, eu] for links within eu",
				 "`between` takes two regions");
		return;
	}
	a = find_region(loader, in.between->items[0], path);
	b = find_region(loader, in.between->items[1], path);
	if (a == RH_NONE || b == RH_NONE)
		return;
	if (kinds->row_of[a * region_count + b] != 0) {
		rh_load_complain(loader, "E041", in.between->place, path, "remove one of the two",
				 "the links between %s and %s are there twice",
				 loader->plan->regions[a], loader->plan->regions[b]);
		return;
	}
	kinds->row_of[a * region_count + b] = number;
	kinds->row_of[b * region_count + a] = number;
	kinds->rows[number].in = in.kind;
	kinds->rows[number].base = add_base(loader, &in.kind);
}

/* The network's own keys for the same things. */
static bool is_alone(struct rh_loader *loader, const struct rh_tree *links)
{
	static const char *const others[] = {"latency", "jitter", "bandwidth", "loss"};

	for (size_t i = 0; i < RH_ARRAY_LEN(others); i++) {
		const struct rh_tree *other =
			rh_load_key(loader, loader->spec.network, "spec.network", others[i]);

		if (other == NULL)
			continue;
		rh_load_complain(loader, "E051", other->place, "network", "remove one of the two",
				 "`links` says what `%s` says: they exclude each other", others[i]);
		return false;
	}
	return links->kind == RH_TREE_MAP;
}

bool rh_load_link_kinds(struct rh_loader *loader, struct rh_link_kinds *kinds,
			const struct rh_tree *tree)
{
	static const struct rh_tree nothing = {.kind = RH_TREE_MAP};
	struct rh_plan *plan = loader->plan;
	struct rh_in_links in = {0};
	uint32_t count;

	if (!is_alone(loader, tree) ||
	    !rh_load_section(loader, &in, tree, "network-links", "network.links"))
		return false;
	count = in.regions != NULL ? in.regions->count : 0;
	kinds->rows = RH_ARENA_ARRAY(&loader->scratch, (size_t)count + 1, struct rh_link_row);
	kinds->row_of = RH_ARENA_ARRAY(
		&loader->scratch, (size_t)plan->region_count * plan->region_count + 1, uint32_t);
	plan->bases = RH_ARENA_ARRAY(&plan->arena, (size_t)count + 1, struct rh_link_state);
	kinds->rows[0].in.loss = (struct rh_ratio){0, 1};
	if (!rh_load_section(loader, &kinds->rows[0].in,
			     in.standard != NULL ? in.standard : &nothing, "link-kind",
			     "network.links.default"))
		return false;
	kinds->rows[0].base = add_base(loader, &kinds->rows[0].in);
	for (uint32_t i = 0; i < count; i++)
		read_row(loader, kinds, i + 1, in.regions->items[i],
			 rh_load_path_at(loader, "network.links.regions", i));
	return true;
}

const struct rh_link_row *rh_link_row(const struct rh_plan *plan, const struct rh_link_kinds *kinds,
				      uint32_t a, uint32_t b)
{
	uint32_t x = plan->nodes[a].region;
	uint32_t y = plan->nodes[b].region;
	bool has_row = x != RH_NONE && y != RH_NONE;

	return &kinds->rows[has_row ? kinds->row_of[x * plan->region_count + y] : 0];
}
