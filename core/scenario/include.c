/*
 * include.c - parts of a scenario in files of their own: `include` at the top of a file, and `use` in
 * topology and network.
 *
 * What is included lies below what is written: a map is merged key by key and the file that includes
 * wins; lists of things with names are joined by name; any other value replaces.  Of several files a
 * later one wins over an earlier one.
 */
#include <string.h>

#include "core/scenario/files.h"
#include "core/scenario/render.h"

static struct rh_tree *new_map(struct rh_loader *loader, struct rh_place place, uint32_t room)
{
	struct rh_tree *map = RH_ARENA_NEW(&loader->scratch, struct rh_tree);

	*map = (struct rh_tree){.kind = RH_TREE_MAP, .place = place, .height = 1, .weight = 1};
	map->pairs = RH_ARENA_ARRAY(&loader->scratch, room + 1, struct rh_tree_pair);
	return map;
}

/* The name of an item of a list, or NULL. */
static const char *name_of(const struct rh_tree *item)
{
	const struct rh_tree *name = rh_tree_child(item, "id");

	if (name == NULL)
		name = rh_tree_child(item, "name");
	return name != NULL && name->kind == RH_TREE_SCALAR ? name->text : NULL;
}

/* A list of maps that have names? */
static bool has_names(const struct rh_tree *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->items[i]->kind != RH_TREE_MAP)
			return false;
	}
	return true;
}

static struct rh_tree *merge(struct rh_loader *loader, struct rh_tree *low, struct rh_tree *high);

/* The low items with what the high ones say about those of the same name, then the other high ones. */
static struct rh_tree *merge_lists(struct rh_loader *loader, struct rh_tree *low,
				   struct rh_tree *high)
{
	struct rh_arena *arena = &loader->scratch;
	struct rh_tree *list = RH_ARENA_NEW(arena, struct rh_tree);
	struct rh_map names = {0};

	*list = *high;
	list->items = RH_ARENA_ARRAY(arena, (size_t)low->count + high->count + 1, struct rh_tree *);
	list->count = 0;
	for (uint32_t i = 0; i < low->count; i++) {
		const char *name = name_of(low->items[i]);
		bool is_new;

		if (name != NULL)
			rh_map_add(&names, name, strlen(name), &is_new)->number = list->count;
		list->items[list->count++] = low->items[i];
	}
	for (uint32_t i = 0; i < high->count; i++) {
		const char *name = name_of(high->items[i]);
		struct rh_map_entry *entry =
			name != NULL ? rh_map_find(&names, name, strlen(name)) : NULL;

		if (entry != NULL)
			list->items[entry->number] =
				merge(loader, list->items[entry->number], high->items[i]);
		else
			list->items[list->count++] = high->items[i];
	}
	rh_map_release(&names);
	return list;
}

/* A new tree; both given ones stay as they are. */
static struct rh_tree *merge(struct rh_loader *loader, struct rh_tree *low, struct rh_tree *high)
{
	struct rh_tree *map;

	if (low->kind == RH_TREE_LIST && high->kind == RH_TREE_LIST && has_names(low) &&
	    has_names(high))
		return merge_lists(loader, low, high);
	if (low->kind != RH_TREE_MAP || high->kind != RH_TREE_MAP)
		return high;
	map = new_map(loader, high->place, low->count + high->count);
	for (uint32_t i = 0; i < high->count; i++)
		map->pairs[map->count++] = high->pairs[i];
	for (uint32_t i = 0; i < low->count; i++) {
		uint32_t at = 0;

		while (at < high->count && !rh_key_is(low->pairs[i].key, high->pairs[at].key) &&
		       !rh_key_is(high->pairs[at].key, low->pairs[i].key))
			at++;
		if (at == high->count)
			map->pairs[map->count++] = low->pairs[i];
		else if (rh_tree_is_null(map->pairs[at].value))
			map->pairs[at].value = low->pairs[i].value;
		else
			map->pairs[at].value =
				merge(loader, low->pairs[i].value, map->pairs[at].value);
	}
	return map;
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* The map without one key. */
static struct rh_tree *without(struct rh_loader *loader, const struct rh_tree *from,
			       const char *key)
{
	struct rh_tree *map = new_map(loader, from->place, from->count);

	for (uint32_t i = 0; i < from->count; i++) {
		if (!rh_key_is(key, from->pairs[i].key))
			map->pairs[map->count++] = from->pairs[i];
	}
	return map;
}

static void set_child(struct rh_tree *map, const char *key, struct rh_place place,
		      struct rh_tree *value)
{
	for (uint32_t i = 0; i < map->count; i++) {
		if (rh_key_is(key, map->pairs[i].key)) {
			map->pairs[i].value = value;
			return;
		}
	}
	map->pairs[map->count++] =
		(struct rh_tree_pair){.key = key, .place = place, .value = value};
}

/* A part as a scenario that has nothing else: its section under spec. */
static struct rh_tree *as_scenario(struct rh_loader *loader, struct rh_tree *part,
				   const char *section)
{
	struct rh_tree *spec = rh_tree_child(part, "spec");
	struct rh_tree *wrapped;
	struct rh_tree *root;

	if (section != NULL && spec != NULL) {
		wrapped = new_map(loader, spec->place, 1);
		set_child(wrapped, section, spec->place, spec);
		spec = wrapped;
	}
	root = without(loader, part, "apiVersion");
	root = without(loader, root, "kind");
	root = without(loader, root, "metadata");
	if (spec != NULL)
		set_child(root, "spec", spec->place, spec);
	return root;
}

/* The section that a kind of part is, NULL for one that has the shape of a scenario. */
static bool section_of(struct rh_loader *loader, const char **section, const struct rh_tree *part,
		       struct rh_place place, const char *wanted)
{
	const struct rh_tree *kind = rh_tree_child(part, "kind");
	const char *text = kind != NULL && kind->kind == RH_TREE_SCALAR ? kind->text : "Scenario";

	*section = NULL;
	if (strcmp(text, "Topology") == 0)
		*section = "topology";
	else if (strcmp(text, "NetworkModel") == 0)
		*section = "network";
	else if (strcmp(text, "Scenario") != 0 && strcmp(text, "Template") != 0) {
		rh_load_complain(loader, "E075", place, NULL, NULL, "kind %.40s cannot be included",
				 text);
		return false;
	}
	if (wanted == NULL || (*section != NULL && strcmp(*section, wanted) == 0))
		return true;
	rh_load_complain(loader, "E075", place, NULL, NULL, "kind %.40s is no part for `%s`", text,
			 wanted);
	return false;
}

/* One file that is named, with what it includes itself, as a scenario; NULL after complaining. */
static struct rh_tree *read_part(struct rh_loader *loader, const struct rh_tree *name,
				 const char *wanted)
{
	struct rh_tree *part;
	const char *section;
	const char *path;

	if (rh_load_word(loader, name, "include") == NULL)
		return NULL;
	part = rh_part_open(loader, &path, name->text, name->place);
	if (part == NULL)
		return NULL;
	if (part->kind != RH_TREE_MAP) {
		rh_load_complain(loader, "E014", part->place, NULL, NULL,
				 "a part of a scenario is a map of keys, not %s",
				 rh_tree_kind_text(part));
		part = NULL;
	} else if (section_of(loader, &section, part, name->place, wanted)) {
		part = rh_load_includes(loader, as_scenario(loader, part, section));
	} else {
		part = NULL;
	}
	rh_part_close(loader);
	return part;
}

/* topology: {use: file, ...} */
static struct rh_tree *use_part(struct rh_loader *loader, struct rh_tree *root, const char *section)
{
	struct rh_tree *spec = rh_tree_child(root, "spec");
	struct rh_tree *map = rh_tree_child(spec, section);
	struct rh_tree *use = rh_tree_child(map, "use");
	struct rh_tree *part;
	struct rh_tree *own;

	if (use == NULL)
		return root;
	part = read_part(loader, use, section);
	own = without(loader, spec, section);
	set_child(own, section, map->place, without(loader, map, "use"));
	root = without(loader, root, "spec");
	set_child(root, "spec", spec->place, own);
	return part != NULL ? merge(loader, part, root) : root;
}

struct rh_tree *rh_load_includes(struct rh_loader *loader, struct rh_tree *root)
{
	struct rh_tree *include = rh_tree_child(root, "include");
	struct rh_tree *below = NULL;

	if (root->kind != RH_TREE_MAP)
		return root;
	if (include != NULL && rh_load_is_list(loader, include, "include")) {
		for (uint32_t i = 0; i < include->count; i++) {
			struct rh_tree *part = read_part(loader, include->items[i], NULL);

			if (part != NULL)
				below = below != NULL ? merge(loader, below, part) : part;
		}
		root = without(loader, root, "include");
	}
	root = use_part(loader, root, "topology");
	root = use_part(loader, root, "network");
	return below != NULL ? merge(loader, below, root) : root;
}
