/*
 * target.c - from the words of a target to nodes.
 *
 * Which nodes of several are taken is decided by a keyed draw for each candidate (entity: the
 * step's name, index: the node's): the lowest draws win, so a candidate more or less moves only
 * itself and, at most, the one it displaces.
 */
#include <stdlib.h>
#include <string.h>

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

/* Marks the nodes of one name: all, a group, a node; or a region. */
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
		const struct rh_plan_group *group = &plan->groups[entry->number];

		memset(marks + group->first_node, true, group->node_count);
		return true;
	}
	entry = rh_map_find(&loader->node_names, name, strlen(name));
	if (entry != NULL) {
		marks[entry->number] = true;
		return true;
	}
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

static bool mark_selection(struct rh_loader *loader, bool *marks, const struct rh_tree *select,
			   const char *path)
{
	const struct rh_plan *plan = loader->plan;
	struct rh_in_select in = {0};
	bool *regions;

	memset(marks, true, plan->node_count);
	if (select == NULL)
		return true;
	path = rh_load_path(loader, path, "select");
	if (!rh_load_section(loader, &in, select, "select", path))
		return false;
	if (in.group != NULL) {
		memset(marks, false, plan->node_count);
		if (!mark_names(loader, marks, in.group, rh_load_path(loader, path, "group"),
				false))
			return false;
	}
	if (in.region == NULL)
		return true;
	regions = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);
	if (!mark_names(loader, regions, in.region, rh_load_path(loader, path, "region"), true))
		return false;
	for (uint32_t i = 0; i < plan->node_count; i++)
		marks[i] = marks[i] && regions[i];
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
	bool needs_value = in->mode == RH_TARGET_FIXED || in->mode == RH_TARGET_PERCENT;
	struct rh_value value;

	*wanted = in->mode == RH_TARGET_ONE ? 1 : available;
	if (needs_value && text == NULL) {
		rh_load_complain(loader, "E013", tree->place, path, NULL,
				 "mode %s needs key \"value\"",
				 in->mode == RH_TARGET_FIXED ? "fixed" : "percent");
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
	if (in->mode == RH_TARGET_PERCENT) {
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

/* Keeps the `wanted` marked nodes with the lowest draws. */
static void keep_lowest(const struct rh_loader *loader, bool *marks, uint32_t marked,
			uint32_t wanted, uint64_t entity)
{
	const struct rh_plan *plan = loader->plan;
	struct candidate *list = rh_alloc(marked + 1, sizeof(*list));
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (!marks[i])
			continue;
		list[count].node = i;
		list[count++].draw =
			rh_draw2(loader->rng, RH_PURPOSE_TARGET, entity, plan->nodes[i].name64);
	}
	RH_ASSERT(count == marked && wanted <= count);
	rh_sort(list, count, sizeof(*list), compare_draws, NULL);
	for (uint32_t i = wanted; i < count; i++)
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

static bool mark_target_map(struct rh_loader *loader, bool *marks, const struct rh_tree *tree,
			    const char *path, uint64_t entity, bool linked_only)
{
	struct rh_in_target in = {0};
	const struct rh_plan *plan = loader->plan;
	uint32_t marked;
	uint32_t wanted;

	if (!rh_load_section(loader, &in, tree, "target", path) ||
	    !mark_selection(loader, marks, in.select, path))
		return false;
	if (in.not_these != NULL) {
		bool *out = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);

		if (!mark_names(loader, out, in.not_these, rh_load_path(loader, path, "not"),
				false))
			return false;
		for (uint32_t i = 0; i < plan->node_count; i++)
			marks[i] = marks[i] && !out[i];
	}
	if (linked_only && loader->has_links && in.mode != RH_TARGET_ALL)
		unmark_unlinked(loader, marks);
	marked = count_marks(marks, plan->node_count);
	if (!read_wanted(loader, &wanted, &in, tree, marked, path))
		return false;
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
