/*
 * override.c - `--set key=value`: changes the tree before it is read.
 *
 * A path names keys below spec (or metadata); an item of a list is named by its `name` or its
 * position.  Nodes on the way are copied, since an alias may share them.  What is put in carries
 * the option as its place, so a complaint about it shows the option.
 */
#include <stdlib.h>
#include <string.h>

#include "core/scenario/loader.h"

/* A path segment within the option's text. */
struct segment {
	const char *text;
	struct rh_place place;
};

static struct rh_tree *copy_node(struct rh_arena *arena, const struct rh_tree *node)
{
	struct rh_tree *copy = RH_ARENA_NEW(arena, struct rh_tree);

	*copy = *node;
	if (node->kind == RH_TREE_LIST) {
		copy->items = RH_ARENA_ARRAY(arena, node->count + 1, struct rh_tree *);
		for (uint32_t i = 0; i < node->count; i++)
			copy->items[i] = node->items[i];
	} else if (node->kind == RH_TREE_MAP) {
		/* Room for one more: the key that may be added. */
		copy->pairs = RH_ARENA_ARRAY(arena, node->count + 1, struct rh_tree_pair);
		for (uint32_t i = 0; i < node->count; i++)
			copy->pairs[i] = node->pairs[i];
	}
	return copy;
}

/* Two spellings of one key, of whichever of the sections that have aliases. */
static bool is_same_key(const char *a, const char *b)
{
	static const struct rh_field *const tables[] = {rh_spec_fields, rh_phase_fields,
							rh_step_fields, rh_assert_fields};

	if (rh_key_is(a, b) || rh_key_is(b, a))
		return true;
	for (size_t i = 0; i < RH_ARRAY_LEN(tables); i++) {
		for (const struct rh_field *field = tables[i]; field->key.name != NULL; field++) {
			if (field->alias != NULL && rh_field_is(field, a) && rh_field_is(field, b))
				return true;
		}
	}
	return false;
}

/* The place of the child in a map (made when missing; the map has room for one). */
static struct rh_tree **map_child(struct rh_loader *loader, struct rh_tree *map,
				  const struct segment *segment)
{
	struct rh_tree_pair *pair;
	struct rh_tree *none;

	for (uint32_t i = 0; i < map->count; i++) {
		if (is_same_key(map->pairs[i].key, segment->text))
			return &map->pairs[i].value;
	}
	none = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
	none->kind = RH_TREE_MAP;
	none->place = segment->place;
	pair = &map->pairs[map->count++];
	*pair = (struct rh_tree_pair){.key = segment->text, .place = segment->place, .value = none};
	return &pair->value;
}

/* By name or id, or by position from 0. */
static struct rh_tree **list_child(struct rh_tree *list, const struct segment *segment)
{
	size_t digits = strspn(segment->text, "0123456789");

	for (uint32_t i = 0; i < list->count; i++) {
		const struct rh_tree *item = list->items[i];

		for (uint32_t k = 0; item->kind == RH_TREE_MAP && k < item->count; k++) {
			const struct rh_tree_pair *pair = &item->pairs[k];

			if ((strcmp(pair->key, "name") == 0 || strcmp(pair->key, "id") == 0) &&
			    pair->value->kind == RH_TREE_SCALAR &&
			    strcmp(pair->value->text, segment->text) == 0)
				return &list->items[i];
		}
	}
	if (digits == 0 || digits > 8 || segment->text[digits] != 0 ||
	    strtoul(segment->text, NULL, 10) >= list->count)
		return NULL;
	return &list->items[strtoul(segment->text, NULL, 10)];
}

/* Walks one step down, copying; NULL after complaining. */
static struct rh_tree **step_down(struct rh_loader *loader, struct rh_tree **at,
				  const struct segment *segment)
{
	struct rh_tree **child;

	if ((*at)->kind == RH_TREE_SCALAR) {
		if (!rh_tree_is_null(*at)) {
			rh_load_complain(loader, "E060", segment->place, NULL, NULL,
					 "there is a single value, not a map: it has no key "
					 "\"%.60s\"",
					 segment->text);
			return NULL;
		}
		*at = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
		(*at)->kind = RH_TREE_MAP;
		(*at)->place = segment->place;
	}
	*at = copy_node(&loader->scratch, *at);
	if ((*at)->kind == RH_TREE_MAP)
		return map_child(loader, *at, segment);
	child = list_child(*at, segment);
	if (child == NULL)
		rh_load_complain(loader, "E060", segment->place, NULL,
				 "name an item, or its position from 0",
				 "the list has no item \"%.60s\"", segment->text);
	return child;
}

static uint32_t characters(const char *from, const char *to)
{
	uint32_t count = 0;

	for (; from < to; from++)
		count += ((uint8_t)*from & 0xC0) != 0x80;
	return count;
}

/* The next segment of the path that ends at `end`. */
static struct segment next_segment(struct rh_loader *loader, const char *option, const char **at,
				   const char *end)
{
	const char *start = *at;
	const char *stop = start;
	struct segment segment;

	while (stop < end && *stop != '.')
		stop++;
	segment.text = rh_arena_text(&loader->scratch, start, (size_t)(stop - start));
	segment.place = (struct rh_place){.option = option};
	segment.place.column = characters(option, start) + 1;
	segment.place.end_column = characters(option, stop) + 1;
	*at = stop < end ? stop + 1 : stop;
	return segment;
}

static void apply(struct rh_loader *loader, struct rh_tree **root, const char *option)
{
	const char *equals = strchr(option, '=');
	struct rh_place place = {.column = 1, .option = option};
	struct rh_tree **at = root;
	struct rh_tree *value;
	const char *path = option;
	bool is_first = true;

	if (equals == NULL || equals == option) {
		rh_load_complain(loader, "E060", place, NULL, "write key=value",
				 "there is no key, or no =");
		return;
	}
	value = rh_compose(&loader->scratch, equals + 1, strlen(equals + 1), option,
			   characters(option, equals) + 2, loader->diagnostics);
	if (value == NULL)
		return;
	while (path < equals && at != NULL) {
		struct segment segment = next_segment(loader, option, &path, equals);
		struct segment spec = {.text = "spec", .place = segment.place};

		if (segment.text[0] == 0) {
			rh_load_complain(loader, "E060", segment.place, NULL, NULL,
					 "a word is missing in the path");
			return;
		}
		if (is_first && strcmp(segment.text, "spec") != 0 &&
		    strcmp(segment.text, "metadata") != 0)
			at = step_down(loader, at, &spec);
		is_first = false;
		if (at != NULL)
			at = step_down(loader, at, &segment);
	}
	if (at != NULL)
		*at = value;
}

void rh_load_overrides(struct rh_loader *loader, struct rh_tree **root)
{
	for (size_t i = 0; i < loader->options->set_count; i++)
		apply(loader, root, loader->options->sets[i]);
}
