/*
 * load_network.c - links and what they are like: shape and explicit links into one sorted list, a
 * base delay for each direction, access rates, jitter and loss.
 */
#include <string.h>

#include "core/base/dist.h"
#include "core/base/sort.h"
#include "core/scenario/links.h"
#include "core/scenario/loader.h"
#include "core/scenario/topology.h"

#define LINKS_MAX	 20000000
#define DEFAULT_DELAY_NS (20 * RH_NS_PER_MS)
#define DELAY_MAX_NS	 RH_NS_PER_HOUR

/* How base delays are found; `ns` is a matrix over the plan's regions. */
struct delay_law {
	struct rh_in_latency in;
	uint64_t *ns;
	uint32_t region_count;
	bool is_round_trip;
	const struct rh_link_kinds *kinds; /* in place of all of it; or NULL */
};

struct explicit_link {
	struct rh_pair pair;
	uint64_t delay_ns; /* 0: by the law */
	struct rh_place place;
};

/* ---- delays ---------------------------------------------------------------------------------- */

static void law_from_set(struct rh_loader *loader, struct delay_law *law,
			 const struct rh_region_set *set)
{
	law->in.law = RH_LATENCY_MATRIX;
	law->region_count = set->count;
	law->ns = RH_ARENA_ARRAY(&loader->scratch, (size_t)set->count * set->count, uint64_t);
	for (uint32_t a = 0; a < set->count; a++) {
		for (uint32_t b = 0; b < set->count; b++)
			law->ns[a * set->count + b] = set->latency_ms[a][b] * RH_NS_PER_MS;
	}
}

/* A cell is a number of milliseconds. */
static bool read_cell(struct rh_loader *loader, uint64_t *ns, const struct rh_tree *cell)
{
	static const struct rh_key key = {
		.name = "ms", .type = RH_KEY_DURATION, .max = (int64_t)DELAY_MAX_NS};
	struct rh_value_fault fault;
	struct rh_value value;
	const char *text = cell->kind == RH_TREE_SCALAR ? cell->text : "";

	text = rh_arena_printf(&loader->scratch, "%.30sms", text);
	if (cell->kind == RH_TREE_SCALAR &&
	    rh_value_read(&value, &fault, &key, text, true, loader->slots)) {
		*ns = value.number;
		return true;
	}
	rh_load_complain(loader, "E021", cell->place, "network.latency.ms", NULL,
			 "a number of milliseconds was expected, at most an hour");
	return false;
}

static void read_matrix(struct rh_loader *loader, struct delay_law *law, const struct rh_tree *tree)
{
	const struct rh_tree *regions = law->in.regions;
	const struct rh_tree *ms = law->in.ms;
	uint32_t count = regions != NULL ? regions->count : 0;

	if (count == 0 || count > RH_PLAN_REGIONS_MAX || ms == NULL || ms->count != count) {
		rh_load_complain(loader, "E013", ms != NULL ? ms->place : tree->place,
				 "network.latency", NULL,
				 "a matrix needs `regions` (1 to 64) and as many rows in `ms`");
		return;
	}
	law->region_count = count;
	law->ns = RH_ARENA_ARRAY(&loader->scratch, (size_t)count * count, uint64_t);
	for (uint32_t a = 0; a < count; a++) {
		const struct rh_tree *row = ms->items[a];

		if (row->kind != RH_TREE_LIST || row->count != count) {
			rh_load_complain(loader, "E014", row->place, "network.latency.ms", NULL,
					 "row %u of the matrix needs %u numbers", a + 1, count);
			continue;
		}
		for (uint32_t b = 0; b < count; b++)
			read_cell(loader, &law->ns[a * count + b], row->items[b]);
	}
}

/* Which keys a law takes: the others are refused, and each it needs must be there. */
static void check_law_keys(struct rh_loader *loader, const struct delay_law *law,
			   const struct rh_tree *tree)
{
	static const struct {
		const char *name;
		const char *needs;
		const char *may;
	} laws[] = {
		{"constant", " delay ", " "},
		{"uniform", " min max ", " "},
		{"normal", " mean deviation ", " min "},
		{"lognormal", " median sigma ", " min "},
		{"exponential", " mean ", " min "},
		{"matrix", " regions ms ", " "},
	};
	static const char *const keys[] = {"delay",  "min",   "max",	 "mean", "deviation",
					   "median", "sigma", "regions", "ms"};

	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++) {
		const struct rh_tree *value = rh_load_key(loader, tree, "latency", keys[i]);
		const char *word = rh_arena_printf(&loader->scratch, " %s ", keys[i]);
		bool is_needed = strstr(laws[law->in.law].needs, word) != NULL;

		if (value == NULL && is_needed)
			rh_load_complain(loader, "E013", tree->place, "network.latency", NULL,
					 "the law %s needs key \"%s\"", laws[law->in.law].name,
					 keys[i]);
		else if (value != NULL && !is_needed && strstr(laws[law->in.law].may, word) == NULL)
			rh_load_complain(loader, "E052", value->place, "network.latency", NULL,
					 "the law %s has no key \"%s\"", laws[law->in.law].name,
					 keys[i]);
	}
	if (law->in.law == RH_LATENCY_UNIFORM && law->in.min_ns > law->in.max_ns)
		rh_load_complain(loader, "E022", tree->place, "network.latency", NULL,
				 "min is above max");
}

static void complain_latency_name(struct rh_loader *loader, const struct rh_tree *tree,
				  const char *path)
{
	const char *names[16];
	size_t count = 0;

	for (uint32_t i = 0; rh_region_set_at(i) != NULL && count < RH_ARRAY_LEN(names); i++)
		names[count++] = rh_region_set_at(i)->name;
	rh_load_complain(loader, "E040", tree->place, path,
			 rh_load_hint(loader, tree->text, names, count,
				      "`rehearse list regions` shows the tables"),
			 "no table of regions is called \"%.60s\"", tree->text);
}

static void load_delay_law(struct rh_loader *loader, struct delay_law *law,
			   const struct rh_tree *tree)
{
	static const struct rh_key key = {
		.name = "latency", .type = RH_KEY_DURATION, .min = 1, .max = (int64_t)DELAY_MAX_NS};
	struct rh_value value;

	law->in.delay_ns = DEFAULT_DELAY_NS;
	if (tree == NULL)
		return;
	if (tree->kind == RH_TREE_MAP) {
		if (!rh_load_section(loader, &law->in, tree, "latency", "network.latency"))
			return;
		check_law_keys(loader, law, tree);
		if (law->in.law == RH_LATENCY_MATRIX)
			read_matrix(loader, law, tree);
		return;
	}
	if (tree->kind == RH_TREE_SCALAR && rh_region_set(tree->text) != NULL) {
		law_from_set(loader, law, rh_region_set(tree->text));
		return;
	}
	if (tree->kind == RH_TREE_SCALAR && ((tree->text[0] >= 'a' && tree->text[0] <= 'z') ||
					     (tree->text[0] >= 'A' && tree->text[0] <= 'Z'))) {
		complain_latency_name(loader, tree, "network.latency");
		return;
	}
	if (rh_load_scalar(loader, &value, &key, tree, "network.latency"))
		law->in.delay_ns = value.number;
}

/* One draw for a link, both ways: by the names of its ends, whichever comes first in the plan. */
static uint64_t draw_delay(const struct rh_loader *loader, const struct delay_law *law,
			   uint64_t name_a, uint64_t name_b)
{
	const struct rh_in_latency *in = &law->in;
	uint64_t low = name_a < name_b ? name_a : name_b;
	uint64_t draw = rh_draw3(loader->rng, RH_PURPOSE_LINK_BASE, low, 0, name_a ^ name_b ^ low);
	uint64_t delay = in->delay_ns;

	switch ((enum rh_latency_law)in->law) {
	case RH_LATENCY_CONSTANT:
	case RH_LATENCY_MATRIX:
		break;
	case RH_LATENCY_UNIFORM:
		return rh_uniform_range(draw, in->min_ns, in->max_ns);
	case RH_LATENCY_NORMAL:
		delay = rh_normal(draw, in->mean_ns, in->deviation_ns);
		break;
	case RH_LATENCY_LOGNORMAL:
		delay = rh_lognormal(draw, in->median_ns,
				     rh_mul_div(in->sigma.num, 1000000, in->sigma.den));
		break;
	case RH_LATENCY_EXPONENTIAL:
		delay = rh_exponential(draw, in->mean_ns);
		break;
	}
	return delay < in->min_ns ? in->min_ns : delay;
}

static uint64_t clamp_delay(uint64_t delay_ns)
{
	if (delay_ns > DELAY_MAX_NS)
		return DELAY_MAX_NS;
	return delay_ns == 0 ? 1 : delay_ns;
}

static void set_delays(struct rh_loader *loader, const struct delay_law *law,
		       struct rh_plan_link *link)
{
	const struct rh_plan_node *a = &loader->plan->nodes[link->a];
	const struct rh_plan_node *b = &loader->plan->nodes[link->b];
	uint32_t half = law->is_round_trip ? 2 : 1;

	if (law->kinds != NULL) {
		const struct rh_link_row *row =
			rh_link_row(loader->plan, law->kinds, link->a, link->b);

		link->delay_ns[0] = row->in.latency_ns;
		link->delay_ns[1] = row->in.latency_ns;
		loader->plan->link_bases[link - loader->plan->links] = row->base;
	} else if (law->ns != NULL) {
		if (a->region >= law->region_count || b->region >= law->region_count)
			return; /* told for the group */
		link->delay_ns[0] = law->ns[a->region * law->region_count + b->region];
		link->delay_ns[1] = law->ns[b->region * law->region_count + a->region];
	} else {
		link->delay_ns[0] = draw_delay(loader, law, a->name64, b->name64);
		link->delay_ns[1] = link->delay_ns[0];
	}
	link->delay_ns[0] = clamp_delay(link->delay_ns[0] / half);
	link->delay_ns[1] = clamp_delay(link->delay_ns[1] / half);
}

static void complain_region(struct rh_loader *loader, uint32_t group, const char *key)
{
	if (!loader->has_nodes)
		return;
	rh_load_complain(loader, "E044", loader->group_trees[group]->place, "topology.groups",
			 "give the group `region:` or `regions:` of that table",
			 "group \"%s\" has no region in the table that network.%s names",
			 loader->plan->groups[group].name, key);
}

/* Every group must stand in the regions of the table; they are the plan's first. */
static void check_regions(struct rh_loader *loader, uint32_t region_count)
{
	struct rh_plan *plan = loader->plan;

	for (uint32_t i = 0; i < plan->group_count; i++) {
		const struct rh_plan_group *group = &plan->groups[i];
		uint32_t first = group->first_node;

		for (uint32_t n = first; n < first + group->node_count; n++) {
			if (plan->nodes[n].region < region_count)
				continue;
			complain_region(loader, i, "latency");
			break;
		}
	}
}

/* ---- links ----------------------------------------------------------------------------------- */

static int compare_pairs(const void *a, const void *b, const void *ctx)
{
	const struct rh_pair *x = &((const struct explicit_link *)a)->pair;
	const struct rh_pair *y = &((const struct explicit_link *)b)->pair;

	(void)ctx;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

static bool read_link(struct rh_loader *loader, struct explicit_link *link,
		      const struct rh_tree *tree, const char *path)
{
	struct rh_in_link in = {0};
	const struct rh_tree *ends = tree;
	uint32_t a;
	uint32_t b;

	if (tree->kind == RH_TREE_MAP) {
		if (!rh_load_section(loader, &in, tree, "link", path))
			return false;
		ends = in.between;
	}
	if (ends->kind != RH_TREE_LIST || ends->count != 2) {
		rh_load_complain(loader, "E014", ends->place, path, NULL,
				 "a link joins two nodes: [a, b]");
		return false;
	}
	a = rh_load_node(loader, ends->items[0], path);
	b = rh_load_node(loader, ends->items[1], path);
	if (a == RH_NONE || b == RH_NONE)
		return false;
	if (a == b) {
		rh_load_complain(loader, "E043", ends->place, path, NULL,
				 "a link joins two different nodes");
		return false;
	}
	link->pair = (struct rh_pair){a < b ? a : b, a < b ? b : a};
	link->delay_ns = in.latency_ns;
	link->place = tree->place;
	return true;
}

/* How many links each node wants of the shape. */
static struct rh_shape_node *wanted_degrees(struct rh_loader *loader,
					    const struct rh_in_topology *in)
{
	struct rh_plan *plan = loader->plan;
	struct rh_shape_node *nodes =
		RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, struct rh_shape_node);
	uint32_t others = plan->node_count; /* that want links, without oneself */
	bool has_degree = rh_load_has_degree(loader, in);

	for (uint32_t i = 0; i < plan->node_count; i++) {
		const struct rh_plan_node *node = &plan->nodes[i];
		int64_t peers = loader->group_peers[node->group];

		nodes[i].name64 = node->name64;
		nodes[i].degree = (uint32_t)in->degree;
		if (in->shape == RH_SHAPE_RANDOM_DEGREE)
			nodes[i].degree = rh_topology_degree(
				rh_draw2(loader->rng, RH_PURPOSE_TOPOLOGY_DEGREE, node->name64, 0));
		else if (in->shape != RH_SHAPE_RANDOM_REGULAR)
			nodes[i].degree = 1;
		if (peers >= 0)
			nodes[i].degree = (uint32_t)peers;
		if (nodes[i].degree == 0)
			others--;
	}
	others = others > 0 ? others - 1 : 0;
	/* A degree that nobody asked for gives way in a small network. */
	for (uint32_t i = 0; i < plan->node_count; i++) {
		bool is_default = in->shape == RH_SHAPE_RANDOM_DEGREE || !has_degree;

		nodes[i].gives_way = loader->group_peers[plan->nodes[i].group] < 0 && is_default;
		if (nodes[i].gives_way && nodes[i].degree > others)
			nodes[i].degree = others;
	}
	return nodes;
}

static void shape_links(struct rh_loader *loader, struct rh_pair **pairs, uint32_t *count,
			const struct rh_in_topology *in, const struct rh_tree *tree)
{
	struct rh_plan *plan = loader->plan;
	struct rh_place place = rh_load_place(loader, tree, "spec.topology", "shape");
	uint64_t n = plan->node_count;
	struct rh_err err = {0};

	*count = 0;
	*pairs = NULL;
	if (in->shape == RH_SHAPE_EXPLICIT)
		return;
	if (in->shape == RH_SHAPE_FULL && n * (n - 1) / 2 > LINKS_MAX) {
		rh_load_complain(loader, "E043", place, "topology.shape",
				 "choose random-regular with a degree",
				 "a full mesh of %u nodes has more than 20,000,000 links",
				 plan->node_count);
		return;
	}
	if (rh_topology_links(pairs, count, &loader->scratch, (enum rh_shape)in->shape, loader->rng,
			      wanted_degrees(loader, in), plan->node_count, &err) != 0) {
		*count = 0;
		rh_load_complain(loader, "E043", place, "topology", NULL,
				 "the topology cannot be made: %.200s", err.text);
	}
}

/* Both sorted lists into the plan's; an explicit link says its delay. */
static void merge_links(struct rh_loader *loader, const struct delay_law *law,
			const struct rh_pair *pairs, uint32_t pair_count,
			const struct explicit_link *extra, uint32_t extra_count)
{
	struct rh_plan *plan = loader->plan;
	uint32_t p = 0;
	uint32_t e = 0;

	plan->links = RH_ARENA_ARRAY(&plan->arena, (size_t)pair_count + extra_count + 1,
				     struct rh_plan_link);
	if (law->kinds != NULL)
		plan->link_bases = RH_ARENA_ARRAY(&plan->arena,
						  (size_t)pair_count + extra_count + 1, uint32_t);
	while (p < pair_count || e < extra_count) {
		struct rh_plan_link *link = &plan->links[plan->link_count++];
		struct explicit_link shape = {
			.pair = p < pair_count ? pairs[p] : (struct rh_pair){RH_NONE, RH_NONE}};
		int order = e < extra_count ? compare_pairs(&shape, &extra[e], NULL) : -1;
		uint64_t delay_ns = 0;

		link->a = order <= 0 ? shape.pair.a : extra[e].pair.a;
		link->b = order <= 0 ? shape.pair.b : extra[e].pair.b;
		if (order <= 0)
			p++;
		if (order >= 0)
			delay_ns = extra[e++].delay_ns;
		if (delay_ns == 0 || law->kinds != NULL)
			set_delays(loader, law, link);
		if (delay_ns == 0)
			continue;
		link->delay_ns[0] = clamp_delay(delay_ns);
		link->delay_ns[1] = link->delay_ns[0];
	}
}

static void load_links(struct rh_loader *loader, const struct delay_law *law)
{
	const struct rh_tree *tree = loader->spec.topology;
	struct rh_in_topology in = {0};
	struct explicit_link *extra;
	uint32_t extra_count = 0;
	uint32_t unique = 0;
	struct rh_pair *pairs;
	uint32_t pair_count;

	/* What is wrong in this section was told when the groups were read.  An error elsewhere keeps
	 * no link from being looked at. */
	if (!rh_load_section(loader, &in, tree, "spec.topology", "topology") ||
	    loader->diagnostics->error_count != loader->errors_before ||
	    !rh_load_peering(loader, &in))
		return;
	rh_load_bootstrap(loader, &in);
	shape_links(loader, &pairs, &pair_count, &in, tree);
	extra = RH_ARENA_ARRAY(&loader->scratch, (in.links != NULL ? in.links->count : 0) + 1,
			       struct explicit_link);
	for (uint32_t i = 0; in.links != NULL && i < in.links->count; i++)
		extra_count += read_link(loader, &extra[extra_count], in.links->items[i],
					 rh_load_path_at(loader, "topology.links", i));
	rh_sort(extra, extra_count, sizeof(*extra), compare_pairs, NULL);
	for (uint32_t i = 0; i < extra_count; i++) {
		if (unique > 0 && compare_pairs(&extra[unique - 1], &extra[i], NULL) == 0)
			rh_load_complain(loader, "E041", extra[i].place, "topology.links", NULL,
					 "the link between %s and %s is there twice",
					 loader->plan->nodes[extra[i].pair.a].name,
					 loader->plan->nodes[extra[i].pair.b].name);
		else
			extra[unique++] = extra[i];
	}
	merge_links(loader, law, pairs, pair_count, extra, unique);
	loader->has_links = loader->diagnostics->error_count == loader->errors_before;
}

/* ---- bandwidth, jitter, loss ----------------------------------------------------------------- */

/* One rate for both ways, a map, or (for the network) a table of regions. */
static bool load_bandwidth(struct rh_loader *loader, struct rh_in_bandwidth *in,
			   const struct rh_tree *tree, const char *path)
{
	static const struct rh_key key = {.name = "bandwidth", .type = RH_KEY_RATE};
	struct rh_value value;

	if (tree->kind == RH_TREE_MAP)
		return rh_load_section(loader, in, tree, "bandwidth", path);
	if (!rh_load_scalar(loader, &value, &key, tree, path))
		return false;
	in->up_bps = value.number;
	in->down_bps = value.number;
	return true;
}

static void bandwidth_by_region(struct rh_loader *loader, const struct rh_region_set *set)
{
	struct rh_plan *plan = loader->plan;
	uint32_t position[RH_PLAN_REGIONS_MAX]; /* in the set, of each region of the plan */

	for (uint32_t i = 0; i < plan->region_count; i++) {
		position[i] = RH_NONE;
		for (uint32_t r = 0; r < set->count; r++) {
			if (strcmp(set->regions[r], plan->regions[i]) == 0)
				position[i] = r;
		}
	}
	for (uint32_t i = 0; i < plan->node_count; i++) {
		struct rh_plan_node *node = &plan->nodes[i];
		uint32_t r = node->region != RH_NONE ? position[node->region] : RH_NONE;

		if (r == RH_NONE) {
			complain_region(loader, node->group, "bandwidth");
			i = plan->groups[node->group].first_node +
			    plan->groups[node->group].node_count - 1;
			continue;
		}
		node->up_bps = set->up_bps[r];
		node->down_bps = set->down_bps[r];
	}
}

static void load_bandwidths(struct rh_loader *loader, const struct rh_tree *tree)
{
	struct rh_plan *plan = loader->plan;
	const struct rh_region_set *set =
		tree != NULL && tree->kind == RH_TREE_SCALAR ? rh_region_set(tree->text) : NULL;
	struct rh_in_bandwidth all = {0};

	if (set != NULL) {
		bandwidth_by_region(loader, set);
	} else if (tree != NULL && load_bandwidth(loader, &all, tree, "network.bandwidth")) {
		for (uint32_t i = 0; i < plan->node_count; i++) {
			plan->nodes[i].up_bps = all.up_bps;
			plan->nodes[i].down_bps = all.down_bps;
		}
	}
	for (uint32_t g = 0; g < plan->group_count; g++) {
		const struct rh_plan_group *group = &plan->groups[g];
		const struct rh_tree *own =
			rh_load_key(loader, loader->group_trees[g], "group", "bandwidth");

		if (own == NULL || !load_bandwidth(loader, &all, own, "topology.groups.bandwidth"))
			continue;
		for (uint32_t i = 0; i < group->node_count; i++) {
			plan->nodes[group->first_node + i].up_bps = all.up_bps;
			plan->nodes[group->first_node + i].down_bps = all.down_bps;
		}
	}
}

static void load_jitter(struct rh_loader *loader, const struct rh_tree *tree)
{
	static const struct rh_key key = {.name = "jitter", .type = RH_KEY_RATIO, .max = 10000000};
	struct rh_in_jitter in = {.amount = {0, 1}};
	struct rh_plan *plan = loader->plan;
	struct rh_value value;

	if (tree == NULL)
		return;
	if (tree->kind == RH_TREE_MAP) {
		if (!rh_load_section(loader, &in, tree, "jitter", "network.jitter"))
			return;
	} else if (rh_load_scalar(loader, &value, &key, tree, "network.jitter")) {
		in.law = RH_JITTER_UNIFORM;
		in.amount = value.ratio;
	} else {
		return;
	}
	plan->jitter = (enum rh_jitter_law)in.law;
	plan->jitter_ppm = rh_mul_div(in.amount.num, 1000000, in.amount.den);
	if (plan->jitter_ppm == 0 && plan->jitter != RH_JITTER_PARETO)
		plan->jitter = RH_JITTER_NONE;
	if (plan->jitter == RH_JITTER_NONE)
		plan->jitter_ppm = 0;
}

void rh_load_network(struct rh_loader *loader)
{
	struct rh_in_network in = {.loss = {0, 1}};
	struct delay_law law = {0};
	struct rh_link_kinds kinds = {0};
	struct rh_tree none = {.kind = RH_TREE_MAP};
	const struct rh_tree *tree = loader->spec.network != NULL ? loader->spec.network : &none;

	if (loader->plan->groups == NULL || loader->spec.topology == NULL)
		return;
	rh_load_section(loader, &in, tree, "spec.network", "network");
	if (in.links != NULL && rh_load_link_kinds(loader, &kinds, in.links))
		law.kinds = &kinds;
	load_delay_law(loader, &law, in.latency);
	law.is_round_trip = in.is_round_trip != 0;
	if (law.ns != NULL)
		check_regions(loader, law.region_count);
	load_bandwidths(loader, in.bandwidth);
	load_jitter(loader, in.jitter);
	loader->plan->loss_threshold =
		in.loss.den != 0 ? rh_threshold(in.loss.num, in.loss.den) : 0;
	load_links(loader, &law);
}
