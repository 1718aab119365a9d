/*
 * target.c - from the words of a target to nodes.
 *
 * Which nodes of several are taken is decided by a keyed draw for each candidate (entity: the
 * step's name, index: the node's): the lowest draws win, so a candidate more or less moves only
 * itself and, at most, the one it displaces.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/dist.h"
#include "core/base/sort.h"
#include "core/scenario/loader.h"

struct candidate {
	uint64_t draw;
	uint32_t node;
};

static int compare_draws(const void *a, const void *b, const void *ctx)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	(void)ctx;
	if (x->draw != y->draw)
		return x->draw < y->draw ? -1 : 1;
	return x->node < y->node ? -1 : 1;
}

/* A name near a wrong one: groups first, then regions or the first nodes of each group. */
static const char *suggest_name(struct rh_loader *loader, const char *name, bool is_region)
{
	const struct rh_plan *plan = loader->plan;
	size_t count = is_region ? plan->region_count : (size_t)plan->group_count * 2;
	const char **words = RH_ARENA_ARRAY(&loader->scratch, count + 1, const char *);
	const char *hint;

	for (uint32_t i = 0; is_region && i < plan->region_count; i++)
		words[i] = plan->regions[i];
	for (uint32_t i = 0; !is_region && i < plan->group_count; i++) {
		words[2 * i] = plan->groups[i].name;
		words[2 * i + 1] = plan->nodes[plan->groups[i].first_node].name;
	}
	hint = rh_load_hint(loader, name, words, count, NULL);
	if (hint != NULL)
		return hint;
	if (!is_region && plan->group_count != 0)
		return rh_arena_printf(&loader->scratch,
				       "groups begin with \"%s\"; nodes are \"%s\" ...", words[0],
				       words[1]);
	return NULL;
}

static bool mark_region(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
			const char *name, const char *path)
{
	const struct rh_plan *plan = loader->plan;

	for (uint32_t r = 0; r < plan->region_count; r++) {
		if (strcmp(plan->regions[r], name) != 0)
			continue;
		for (uint32_t i = 0; i < plan->node_count; i++)
			marks[i] |= plan->nodes[i].region == r;
		return true;
	}
	if (loader->has_nodes)
		rh_load_complain(loader, "E040", tree->place, path,
				 suggest_name(loader, name, true), "no region is called \"%.60s\"",
				 name);
	return false;
}

static bool has_word(const struct rh_tree *tree, const char *word)
{
	return tree != NULL && tree->kind == RH_TREE_SCALAR && strcmp(tree->text, word) == 0;
}

static void mark_group(const struct rh_loader *loader, bool *marks, uint32_t group)
{
	const struct rh_plan_group *plan = &loader->plan->groups[group];

	memset(marks + plan->first_node, true, plan->node_count * sizeof(bool));
}

/* Groups with this role; false when there is none. */
static bool mark_role(struct rh_loader *loader, bool *marks, const char *role)
{
	bool is_there = false;

	for (uint32_t i = 0; i < loader->plan->group_count; i++) {
		if (!has_word(rh_load_key(loader, loader->group_trees[i], "group", "role"), role))
			continue;
		mark_group(loader, marks, i);
		is_there = true;
	}
	return is_there;
}

static bool is_region_name(const struct rh_plan *plan, const char *name)
{
	for (uint32_t i = 0; i < plan->region_count; i++) {
		if (strcmp(plan->regions[i], name) == 0)
			return true;
	}
	return false;
}

/* Marks the nodes of one name: all, a group, a node, a region, a role; or only of a region. */
static bool mark_name(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
		      const char *path, bool is_region)
{
	const struct rh_plan *plan = loader->plan;
	const char *name = rh_load_word(loader, tree, path);
	const struct rh_map_entry *entry;

	if (name == NULL)
		return false;
	if (is_region)
		return mark_region(loader, marks, tree, name, path);
	if (strcmp(name, "all") == 0) {
		memset(marks, true, plan->node_count);
		return true;
	}
	entry = rh_map_find(&loader->group_names, name, strlen(name));
	if (entry != NULL && entry->number < plan->group_count) {
		mark_group(loader, marks, (uint32_t)entry->number);
		return true;
	}
	entry = rh_map_find(&loader->node_names, name, strlen(name));
	if (entry != NULL) {
		marks[entry->number] = true;
		return true;
	}
	if (is_region_name(plan, name))
		return mark_region(loader, marks, tree, name, path);
	if (mark_role(loader, marks, name))
		return true;
	if (loader->has_nodes)
		rh_load_complain(loader, "E040", tree->place, path,
				 suggest_name(loader, name, false),
				 "no group or node is called \"%.60s\"", name);
	return false;
}

/* A name or a list of names. */
static bool mark_names(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
		       const char *path, bool is_region)
{
	bool is_good = true;

	if (tree->kind == RH_TREE_SCALAR)
		return mark_name(loader, marks, tree, path, is_region);
	if (!rh_load_is_list(loader, tree, path))
		return false;
	for (uint32_t i = 0; i < tree->count; i++)
		is_good &= mark_name(loader, marks, tree->items[i], path, is_region);
	return is_good;
}

bool rh_load_names(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
		   const char *path)
{
	return mark_names(loader, marks, tree, path, false);
}

uint32_t rh_load_node(struct rh_loader *loader, const struct rh_tree *tree, const char *path)
{
	const char *name = rh_load_word(loader, tree, path);
	const struct rh_map_entry *entry;

	if (name == NULL)
		return RH_NONE;
	entry = rh_map_find(&loader->node_names, name, strlen(name));
	if (entry != NULL)
		return (uint32_t)entry->number;
	rh_load_complain(loader, "E040", tree->place, path, suggest_name(loader, name, false),
			 "no node is called \"%.60s\"", name);
	return RH_NONE;
}

/* Keeps the marked nodes that are also among the others. */
static void keep_common(const struct rh_plan *plan, bool *marks, const bool *others)
{
	for (uint32_t i = 0; i < plan->node_count; i++)
		marks[i] = marks[i] && others[i];
}

/* Groups with one of the roles. */
static bool mark_roles(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
		       const char *path)
{
	uint32_t count = tree->kind == RH_TREE_LIST ? tree->count : 1;

	for (uint32_t i = 0; i < count; i++) {
		const struct rh_tree *item = tree->kind == RH_TREE_LIST ? tree->items[i] : tree;
		const char *role = rh_load_word(loader, item, path);

		if (role == NULL)
			return false;
		if (mark_role(loader, marks, role))
			continue;
		if (loader->has_nodes)
			rh_load_complain(loader, "E040", item->place, path,
					 "write role: validator at a group",
					 "no group has the role \"%.60s\"", role);
		return false;
	}
	return true;
}

/* Groups with all of the labels. */
static bool mark_labels(struct rh_loader *loader, bool *marks, const struct rh_tree *labels,
			const char *path)
{
	if (labels->kind != RH_TREE_MAP) {
		rh_load_complain(loader, "E014", labels->place, path, "write {client: fast}",
				 "labels are a map, not %s", rh_tree_kind_text(labels));
		return false;
	}
	for (uint32_t i = 0; i < loader->plan->group_count; i++) {
		const struct rh_tree *own =
			rh_load_key(loader, loader->group_trees[i], "group", "labels");
		bool is_so = own != NULL && own->kind == RH_TREE_MAP;

		for (uint32_t k = 0; is_so && k < labels->count; k++) {
			const struct rh_tree *wanted = labels->pairs[k].value;

			is_so = false;
			for (uint32_t n = 0; n < own->count; n++)
				is_so |= strcmp(own->pairs[n].key, labels->pairs[k].key) == 0 &&
					 wanted->kind == RH_TREE_SCALAR &&
					 has_word(own->pairs[n].value, wanted->text);
		}
		if (is_so)
			mark_group(loader, marks, i);
	}
	return true;
}

/* `node` and `group` add up; region, role and labels each take away. */
static bool mark_selection(struct rh_loader *loader, bool *marks, const struct rh_tree *select,
			   const char *path)
{
	const struct rh_plan *plan = loader->plan;
	struct rh_in_select in = {0};
	bool *others[3] = {0};

	memset(marks, true, plan->node_count * sizeof(bool));
	if (select == NULL)
		return true;
	path = rh_load_path(loader, path, "select");
	if (!rh_load_section(loader, &in, select, "select", path))
		return false;
	if (in.group != NULL || in.node != NULL)
		memset(marks, false, plan->node_count * sizeof(bool));
	if (in.group != NULL &&
	    !mark_names(loader, marks, in.group, rh_load_path(loader, path, "group"), false))
		return false;
	if (in.node != NULL &&
	    !mark_names(loader, marks, in.node, rh_load_path(loader, path, "node"), false))
		return false;
	for (size_t i = 0; i < RH_ARRAY_LEN(others); i++)
		others[i] = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);
	if (in.region != NULL) {
		if (!mark_names(loader, others[0], in.region, rh_load_path(loader, path, "region"),
				true))
			return false;
		keep_common(plan, marks, others[0]);
	}
	if (in.role != NULL) {
		if (!mark_roles(loader, others[1], in.role, rh_load_path(loader, path, "role")))
			return false;
		keep_common(plan, marks, others[1]);
	}
	if (in.labels != NULL) {
		if (!mark_labels(loader, others[2], in.labels,
				 rh_load_path(loader, path, "labels")))
			return false;
		keep_common(plan, marks, others[2]);
	}
	return true;
}

/* How many of `available` nodes the mode wants; false after complaining. */
static bool read_wanted(struct rh_loader *loader, uint32_t *wanted, const struct rh_in_target *in,
			const struct rh_tree *tree, uint32_t available, const char *path)
{
	static const struct rh_key fixed = {
		.name = "value", .type = RH_KEY_INT, .min = 1, .max = 1000000};
	static const struct rh_key percent = {.name = "value", .type = RH_KEY_RATIO};
	const struct rh_tree *text = rh_load_key(loader, tree, "target", "value");
	bool needs_value = in->mode == RH_TARGET_FIXED || in->mode == RH_TARGET_PERCENT ||
			   in->mode == RH_TARGET_RANDOM_MAX_PERCENT;
	struct rh_value value;

	*wanted = in->mode == RH_TARGET_ONE ? 1 : available;
	if (needs_value && text == NULL) {
		rh_load_complain(loader, "E013", tree->place, path, NULL,
				 "mode %s needs key \"value\"",
				 in->mode == RH_TARGET_FIXED	 ? "fixed"
				 : in->mode == RH_TARGET_PERCENT ? "percent"
								 : "random-max-percent");
		return false;
	}
	if (!needs_value && text != NULL) {
		rh_load_complain(loader, "E052", text->place, path,
				 "write mode: fixed or mode: percent",
				 "\"value\" needs a mode that uses it");
		return false;
	}
	if (!needs_value)
		return true;
	if (!rh_load_scalar(loader, &value, in->mode == RH_TARGET_FIXED ? &fixed : &percent, text,
			    path))
		return false;
	if (in->mode != RH_TARGET_FIXED) {
		/* To the nearest: (2 * n * num + den) / (2 * den), in halves. */
		uint64_t twice =
			rh_mul_div(value.ratio.num, 2 * (uint64_t)available, value.ratio.den);

		*wanted = (uint32_t)((twice + 1) / 2);
		return true;
	}
	if (value.number > available) {
		if (loader->has_links)
			rh_load_complain(loader, "E022", text->place, path, NULL,
					 "%u nodes are wanted, %u are there to choose from",
					 (uint32_t)value.number, available);
		return false;
	}
	*wanted = (uint32_t)value.number;
	return true;
}

/* The marked nodes in drawn order; the caller's: free(). */
static struct candidate *draw_order(const struct rh_loader *loader, const bool *marks,
				    uint32_t marked, uint64_t entity)
{
	const struct rh_plan *plan = loader->plan;
	struct candidate *list = rh_alloc((size_t)marked + 1, sizeof(*list));
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (!marks[i])
			continue;
		list[count].node = i;
		list[count++].draw =
			rh_draw2(loader->rng, RH_PURPOSE_TARGET, entity, plan->nodes[i].name64);
	}
	RH_ASSERT(count == marked);
	rh_sort(list, count, sizeof(*list), compare_draws, NULL);
	return list;
}

/* Keeps the `wanted` marked nodes with the lowest draws. */
static void keep_lowest(const struct rh_loader *loader, bool *marks, uint32_t marked,
			uint32_t wanted, uint64_t entity)
{
	struct candidate *list = draw_order(loader, marks, marked, entity);

	RH_ASSERT(wanted <= marked);
	for (uint32_t i = wanted; i < marked; i++)
		marks[list[i].node] = false;
	free(list);
}

static uint32_t count_marks(const bool *marks, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += marks[i];
	return sum;
}

/* A node that no link reaches cannot be told from one that is not there. */
static void unmark_unlinked(const struct rh_loader *loader, bool *marks)
{
	const struct rh_plan *plan = loader->plan;
	bool *linked = rh_alloc(plan->node_count + 1, sizeof(*linked));

	for (uint32_t i = 0; i < plan->link_count; i++) {
		linked[plan->links[i].a] = true;
		linked[plan->links[i].b] = true;
	}
	for (uint32_t i = 0; i < plan->node_count; i++)
		marks[i] = marks[i] && linked[i];
	free(linked);
}

/* ---- shares of the weight -------------------------------------------------------------------- */

/* What a share means: `goal` of `total`, to be met from below, to be passed, or as near as can be. */
struct share {
	uint64_t num;
	uint64_t den;
	enum { SHARE_BELOW, SHARE_ABOVE, SHARE_NEAREST } way;
};

static bool read_share(struct rh_loader *loader, struct share *share, const struct rh_tree *tree,
		       const char *path)
{
	static const struct {
		const char *word;
		struct share share;
	} words[] = {
		{"minority", {1, 3, SHARE_BELOW}},
		{"superminority", {1, 3, SHARE_ABOVE}},
		{"majority", {1, 2, SHARE_ABOVE}},
		{"supermajority", {2, 3, SHARE_ABOVE}},
	};
	static const struct rh_key key = {
		.name = "value", .type = RH_KEY_RATIO, .min = 0, .max = 1000000};
	const struct rh_tree *text = rh_load_key(loader, tree, "target", "value");
	struct rh_value value;

	if (text == NULL) {
		rh_load_complain(loader, "E013", tree->place, path,
				 "write value: minority, or value: 34%",
				 "a share of the weight needs key \"value\"");
		return false;
	}
	for (size_t i = 0; i < RH_ARRAY_LEN(words); i++) {
		if (has_word(text, words[i].word)) {
			*share = words[i].share;
			return true;
		}
	}
	if (!rh_load_scalar(loader, &value, &key, text, path))
		return false;
	*share = (struct share){value.ratio.num, value.ratio.den, SHARE_NEAREST};
	return true;
}

/* Is `weight` of `total` less than, equal to or more than the share? */
static int compare_share(uint64_t weight, uint64_t total, const struct share *share)
{
	__extension__ typedef unsigned __int128 wide;
	wide left = (wide)weight * share->den;
	wide right = (wide)total * share->num;

	return left < right ? -1 : left > right;
}

/* Would the set be nearer to the share with this node than without it? */
static bool is_nearer(uint64_t weight, uint64_t more, uint64_t total, const struct share *share)
{
	__extension__ typedef unsigned __int128 wide;
	wide goal = (wide)total * share->num;
	wide without = (wide)weight * share->den;
	wide with = (wide)(weight + more) * share->den;

	if (with <= goal)
		return true;
	return without < goal && with - goal < goal - without;
}

/* In drawn order; a node that would lead too far is passed over. */
static bool keep_share(struct rh_loader *loader, bool *marks, uint32_t marked,
		       const struct rh_tree *tree, const char *path, uint64_t entity)
{
	const struct rh_plan *plan = loader->plan;
	struct candidate *list;
	struct share share;
	uint64_t weight = 0;

	if (!read_share(loader, &share, tree, path))
		return false;
	if (plan->weight_total == 0) {
		rh_load_complain(loader, "E086", tree->place, path, "use mode: percent",
				 "the nodes of this model have no weight");
		return false;
	}
	list = draw_order(loader, marks, marked, entity);
	for (uint32_t i = 0; i < marked; i++) {
		uint64_t more = plan->nodes[list[i].node].weight;
		bool is_wanted;

		if (share.way == SHARE_BELOW)
			is_wanted = compare_share(weight + more, plan->weight_total, &share) < 0;
		else if (share.way == SHARE_ABOVE)
			is_wanted = compare_share(weight, plan->weight_total, &share) <= 0;
		else
			is_wanted = is_nearer(weight, more, plan->weight_total, &share);
		marks[list[i].node] = is_wanted && more > 0;
		weight += is_wanted ? more : 0;
	}
	free(list);
	if (share.way == SHARE_ABOVE && compare_share(weight, plan->weight_total, &share) <= 0) {
		rh_load_complain(loader, "E086", tree->place, path, NULL,
				 "all of the selection has only %llu of %llu of the weight",
				 (unsigned long long)weight,
				 (unsigned long long)plan->weight_total);
		return false;
	}
	if (share.way == SHARE_NEAREST && compare_share(weight, plan->weight_total, &share) != 0) {
		uint64_t permille = rh_mul_div(weight, 1000, plan->weight_total);

		rh_load_complain(loader, "W012", tree->place, path, NULL,
				 "that share cannot be met exactly: the nearest is %llu.%llu %%",
				 (unsigned long long)permille / 10,
				 (unsigned long long)permille % 10);
	}
	return true;
}

/* ---- targets --------------------------------------------------------------------------------- */

static bool mark_not(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
		     const char *path)
{
	struct rh_in_target in = {0};

	if (tree->kind != RH_TREE_MAP)
		return mark_names(loader, marks, tree, path, false);
	if (!rh_load_section(loader, &in, tree, "target", path))
		return false;
	if (in.not_these != NULL || in.mode != RH_TARGET_ALL) {
		rh_load_complain(loader, "E052", tree->place, path, "write not: {select: ...}",
				 "`not` leaves out all that it selects: it takes no `mode` and no "
				 "`not`");
		return false;
	}
	return mark_selection(loader, marks, in.select, path);
}

/* What this version cannot choose; false after saying so. */
static bool check_mode(struct rh_loader *loader, const struct rh_in_target *in,
		       const struct rh_tree *tree, const char *path)
{
	if (in->mode == RH_TARGET_LEADER) {
		rh_load_complain(loader, "E086", tree->place, path, "name the nodes",
				 "who leads is only known while the run goes on; this version "
				 "chooses before it");
		return false;
	}
	if (in->layer == 0)
		return true;
	rh_load_complain(loader, "E086", rh_load_place(loader, tree, "target", "layer"), path,
			 "leave `layer` out",
			 "the nodes of this model have one layer: there is nothing to choose");
	return false;
}

static bool mark_target_map(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
			    const char *path, uint64_t entity, bool linked_only)
{
	struct rh_in_target in = {0};
	const struct rh_plan *plan = loader->plan;
	uint32_t marked;
	uint32_t wanted;

	if (!rh_load_section(loader, &in, tree, "target", path) ||
	    !check_mode(loader, &in, tree, path) || !mark_selection(loader, marks, in.select, path))
		return false;
	if (in.not_these != NULL) {
		bool *out = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);

		if (!mark_not(loader, out, in.not_these, rh_load_path(loader, path, "not")))
			return false;
		for (uint32_t i = 0; i < plan->node_count; i++)
			marks[i] = marks[i] && !out[i];
	}
	if (linked_only && loader->has_links && in.mode != RH_TARGET_ALL)
		unmark_unlinked(loader, marks);
	marked = count_marks(marks, plan->node_count);
	if (in.mode == RH_TARGET_WEIGHT || in.mode == RH_TARGET_STAKE ||
	    in.mode == RH_TARGET_HASHRATE)
		return keep_share(loader, marks, marked, tree, path, entity);
	if (!read_wanted(loader, &wanted, &in, tree, marked, path))
		return false;
	if (in.mode == RH_TARGET_RANDOM_MAX_PERCENT && wanted > 0)
		wanted = 1 + (uint32_t)rh_uniform(
				     rh_draw2(loader->rng, RH_PURPOSE_TARGET, entity, 0), wanted);
	if (wanted < marked)
		keep_lowest(loader, marks, marked, wanted, entity);
	return true;
}

bool rh_load_target(struct rh_loader *loader, uint32_t **nodes, uint32_t *count,
		    const struct rh_tree *tree, const char *path, uint64_t entity, bool linked_only)
{
	const struct rh_plan *plan = loader->plan;
	bool *marks = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);
	bool is_good;
	uint32_t n = 0;

	if (tree == NULL) {
		memset(marks, true, plan->node_count);
		is_good = true;
	} else if (tree->kind == RH_TREE_MAP) {
		is_good = mark_target_map(loader, marks, tree, path, entity, linked_only);
	} else {
		is_good = mark_names(loader, marks, tree, path, false);
	}
	if (!is_good)
		return false;
	*count = count_marks(marks, plan->node_count);
	if (*count == 0 && tree != NULL) {
		if (loader->has_links)
			rh_load_complain(loader, "E042", tree->place, path, NULL,
					 "no node is left in this target");
		return false;
	}
	*nodes = RH_ARENA_ARRAY(&loader->plan->arena, *count + 1, uint32_t);
	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (marks[i])
			(*nodes)[n++] = i;
	}
	return true;
}
