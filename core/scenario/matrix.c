/*
 * matrix.c - multiplies lists of values; takes variants away (exclude) and adds some (include).
 */
#include "core/scenario/matrix.h"

#include <string.h>

#include "core/base/jsontext.h"
#include "core/scenario/render.h"
#include "core/scenario/suite.h"

/* May it be typed as it is, wherever a value stands? */
static bool is_word(const char *text)
{
	return text[0] != 0 && text[strcspn(text, "\"'{}[],&*!|>%@`#\n\t\\")] == 0 &&
	       strstr(text, ": ") == NULL && text[0] != ' ' && text[0] != '?' && text[0] != ':' &&
	       text[strlen(text) - 1] != ' ' && text[strlen(text) - 1] != ':';
}

static bool is_percent(const char *text)
{
	size_t len = strspn(text, "0123456789.");

	return len != 0 && strcmp(text + len, "%") == 0;
}

/* The depth is that of the file. */
static void put_flow(const struct rh_tree *tree, struct rh_buf *out)
{
	bool is_list = tree->kind == RH_TREE_LIST;

	if (tree->kind == RH_TREE_SCALAR) {
		if (tree->is_plain && (is_word(tree->text) || is_percent(tree->text)))
			rh_buf_text(out, tree->text);
		else
			rh_json_text(out, tree->text);
		return;
	}
	rh_buf_u8(out, is_list ? '[' : '{');
	for (uint32_t i = 0; i < tree->count; i++) {
		rh_buf_text(out, i != 0 ? ", " : "");
		if (!is_list) {
			if (is_word(tree->pairs[i].key))
				rh_buf_text(out, tree->pairs[i].key);
			else
				rh_json_text(out, tree->pairs[i].key);
			rh_buf_text(out, ": ");
		}
		put_flow(is_list ? tree->items[i] : tree->pairs[i].value, out);
	}
	rh_buf_u8(out, is_list ? ']' : '}');
}

const char *rh_tree_flow(struct rh_arena *arena, const struct rh_tree *tree)
{
	struct rh_buf out = {0};
	const char *text;

	if (tree->kind == RH_TREE_SCALAR && rh_tree_is_null(tree))
		return "null";
	put_flow(tree, &out);
	text = rh_arena_text(arena, rh_buf_str(&out), out.len);
	rh_buf_release(&out);
	return text;
}

static bool refuse(struct rh_loader *loader, struct rh_place place, const char *hint,
		   const char *text)
{
	rh_load_complain(loader, "E076", place, "matrix", hint, "%s", text);
	return false;
}

/* ---- the values of a key --------------------------------------------------------------------- */

struct values {
	const char *key;
	const char **texts;
	uint32_t count;
};

static bool read_count(uint64_t *number, const struct rh_tree *tree)
{
	static const struct rh_key key = {.name = "count", .type = RH_KEY_INT};
	struct rh_value_fault fault;
	struct rh_value value;

	if (tree == NULL || tree->kind != RH_TREE_SCALAR ||
	    !rh_value_read(&value, &fault, &key, tree->text, true, (struct rh_slots){0}) ||
	    (int64_t)value.number < 0)
		return false;
	*number = value.number;
	return true;
}

/* {from: 1, count: 20} */
static bool read_range(struct rh_loader *loader, struct values *values, const struct rh_tree *tree)
{
	uint64_t from = 1;
	uint64_t count = 0;
	bool has_from = rh_tree_child(tree, "from") == NULL ||
			read_count(&from, rh_tree_child(tree, "from"));

	for (uint32_t i = 0; i < tree->count; i++) {
		if (strcmp(tree->pairs[i].key, "from") != 0 &&
		    strcmp(tree->pairs[i].key, "count") != 0)
			return refuse(loader, tree->pairs[i].place, "write {from: 1, count: 20}",
				      "a range has from and count and no other key");
	}
	if (!has_from || !read_count(&count, rh_tree_child(tree, "count")) || count == 0 ||
	    count > RH_SUITE_ENTRIES_MAX || from > INT64_MAX - count)
		return refuse(loader, tree->place, "write [1, 2, 3] or {from: 1, count: 20}",
			      "a key of a matrix has a list of values, or a range");
	values->texts = RH_ARENA_ARRAY(&loader->scratch, count, const char *);
	for (; values->count < count; values->count++)
		values->texts[values->count] = rh_arena_printf(
			&loader->scratch, "%llu", (unsigned long long)(from + values->count));
	return true;
}

static bool read_values(struct rh_loader *loader, struct values *values,
			const struct rh_tree_pair *pair)
{
	const struct rh_tree *tree = pair->value;

	*values = (struct values){.key = pair->key};
	if (tree->kind == RH_TREE_MAP)
		return read_range(loader, values, tree);
	if (tree->kind == RH_TREE_LIST && tree->count == 0)
		return refuse(loader, tree->place, NULL, "a list without values leaves no variant");
	values->texts = RH_ARENA_ARRAY(&loader->scratch, tree->count + 1, const char *);
	for (uint32_t i = 0; tree->kind == RH_TREE_LIST && i < tree->count; i++)
		values->texts[values->count++] = rh_tree_flow(&loader->scratch, tree->items[i]);
	if (tree->kind == RH_TREE_SCALAR) /* chosen already, by --set */
		values->texts[values->count++] = rh_tree_flow(&loader->scratch, tree);
	return true;
}

/* ---- variants -------------------------------------------------------------------------------- */

static bool set_value(struct rh_variant *variant, const char *key, const char *value)
{
	for (uint32_t i = 0; i < variant->count; i++) {
		if (strcmp(variant->keys[i], key) == 0) {
			variant->values[i] = value;
			return true;
		}
	}
	if (variant->count == RH_MATRIX_KEYS_MAX)
		return false;
	variant->keys[variant->count] = key;
	variant->values[variant->count++] = value;
	return true;
}

/* Every variant so far with every value of a key. */
static bool multiply(struct rh_loader *loader, struct rh_variant **variants, uint32_t *count,
		     const struct rh_tree_pair *pair)
{
	struct rh_variant *all;
	struct values values;
	uint32_t made = 0;

	if (!read_values(loader, &values, pair))
		return false;
	if ((uint64_t)*count * values.count > RH_SUITE_ENTRIES_MAX)
		return refuse(loader, pair->place, NULL, "a matrix of more than 10000 variants");
	all = RH_ARENA_ARRAY(&loader->scratch, (size_t)*count * values.count, struct rh_variant);
	for (uint32_t i = 0; i < *count; i++) {
		for (uint32_t k = 0; k < values.count; k++) {
			all[made] = (*variants)[i];
			if (!set_value(&all[made++], values.key, values.texts[k]))
				return refuse(loader, pair->place, NULL,
					      "a matrix of more than 32 keys");
		}
	}
	*variants = all;
	*count = made;
	return true;
}

/* Has the variant every value that the map names? */
static bool is_meant(struct rh_loader *loader, const struct rh_variant *variant,
		     const struct rh_tree *map)
{
	for (uint32_t i = 0; i < map->count; i++) {
		const char *wanted = rh_tree_flow(&loader->scratch, map->pairs[i].value);
		uint32_t k = 0;

		while (k < variant->count && strcmp(variant->keys[k], map->pairs[i].key) != 0)
			k++;
		if (k == variant->count || strcmp(variant->values[k], wanted) != 0)
			return false;
	}
	return true;
}

static bool check_maps(struct rh_loader *loader, const struct rh_tree *list, const char *path)
{
	if (!rh_load_is_list(loader, list, path))
		return false;
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->items[i]->kind != RH_TREE_MAP)
			return refuse(loader, list->items[i]->place, "write {seed: 3, vars.x: 5m}",
				      "include and exclude have a list of maps");
	}
	return true;
}

static bool exclude(struct rh_loader *loader, struct rh_variant *variants, uint32_t *count,
		    const struct rh_tree *list)
{
	uint32_t kept = 0;

	if (!check_maps(loader, list, "matrix.exclude"))
		return false;
	for (uint32_t i = 0; i < *count; i++) {
		bool is_out = false;

		for (uint32_t k = 0; k < list->count && !is_out; k++)
			is_out = is_meant(loader, &variants[i], list->items[k]);
		if (!is_out)
			variants[kept++] = variants[i];
	}
	*count = kept;
	return kept != 0 || refuse(loader, list->place, NULL, "nothing is left of the matrix");
}

static bool include(struct rh_loader *loader, struct rh_variant **variants, uint32_t *count,
		    const struct rh_tree *list)
{
	struct rh_variant *all;

	if (!check_maps(loader, list, "matrix.include"))
		return false;
	if (*count + list->count > RH_SUITE_ENTRIES_MAX)
		return refuse(loader, list->place, NULL, "a matrix of more than 10000 variants");
	all = RH_ARENA_ARRAY(&loader->scratch, *count + list->count, struct rh_variant);
	memcpy(all, *variants, *count * sizeof(*all));
	for (uint32_t i = 0; i < list->count; i++) {
		const struct rh_tree *map = list->items[i];

		for (uint32_t k = 0; k < map->count; k++) {
			if (!set_value(&all[*count], map->pairs[k].key,
				       rh_tree_flow(&loader->scratch, map->pairs[k].value)))
				return refuse(loader, map->place, NULL,
					      "a matrix of more than 32 keys");
		}
		(*count)++;
	}
	*variants = all;
	return true;
}

static bool apply(struct rh_loader *loader, struct rh_variant **variants, uint32_t *count,
		  const struct rh_tree *matrix)
{
	const struct rh_tree *out = rh_tree_child(matrix, "exclude");
	const struct rh_tree *in = rh_tree_child(matrix, "include");

	if (matrix->kind != RH_TREE_MAP)
		return refuse(loader, matrix->place, "write matrix: {seed: {from: 1, count: 20}}",
			      "a matrix is a map of keys to lists of values");
	for (uint32_t i = 0; i < matrix->count; i++) {
		const struct rh_tree_pair *pair = &matrix->pairs[i];

		if (strcmp(pair->key, "include") == 0 || strcmp(pair->key, "exclude") == 0 ||
		    rh_tree_is_null(pair->value))
			continue;
		if (!multiply(loader, variants, count, pair))
			return false;
	}
	return (out == NULL || exclude(loader, *variants, count, out)) &&
	       (in == NULL || include(loader, variants, count, in));
}

struct rh_variant *rh_matrix_variants(struct rh_loader *loader, uint32_t *count,
				      const struct rh_tree *const *matrices, uint32_t matrix_count)
{
	struct rh_variant *variants = RH_ARENA_NEW(&loader->scratch, struct rh_variant);

	*count = 1;
	for (uint32_t i = 0; i < matrix_count; i++) {
		if (matrices[i] != NULL && !apply(loader, &variants, count, matrices[i]))
			return NULL;
	}
	return variants;
}
