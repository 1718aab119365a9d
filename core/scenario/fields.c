/*
 * fields.c - reads a map by a table of keys: known keys into a structure, unknown ones into
 * complaints with a suggestion, missing ones from their defaults.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/loader.h"

#define KEYS_MAX 64 /* of one section; a table with more is a programmer's error */

void rh_load_complain(struct rh_loader *loader, const char *code, struct rh_place place,
		      const char *path, const char *hint, const char *fmt, ...)
{
	struct rh_complaint complaint = {.code = code, .place = place, .path = path, .hint = hint};
	char text[500];
	va_list args;

	/* What follows from an error is noise: warnings are for files that load. */
	if (code[0] == 'W' && loader->diagnostics->error_count != 0)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	rh_complain(loader->diagnostics, &complaint, "%s", text);
}

const char *rh_load_path(struct rh_loader *loader, const char *path, const char *key)
{
	if (path[0] == 0 || strcmp(path, "spec") == 0)
		return key;
	return rh_arena_printf(&loader->scratch, "%s.%.80s", path, key);
}

const char *rh_load_path_at(struct rh_loader *loader, const char *path, uint32_t index)
{
	return rh_arena_printf(&loader->scratch, "%s[%u]", path, index);
}

const char *rh_load_keep(struct rh_loader *loader, const char *text)
{
	return rh_arena_text(&loader->plan->arena, text, strlen(text));
}

bool rh_load_scalar(struct rh_loader *loader, struct rh_value *value, const struct rh_key *key,
		    const struct rh_tree *tree, const char *path)
{
	struct rh_value_fault fault;

	if (tree->kind != RH_TREE_SCALAR) {
		rh_load_complain(loader, "E014", tree->place, path, NULL,
				 "%s takes a single value (%s), not %s", path,
				 rh_key_type_text(key->type), rh_tree_kind_text(tree));
		return false;
	}
	if (rh_value_read(value, &fault, key, tree->text, tree->is_plain, loader->slots))
		return true;
	rh_load_complain(loader, fault.code, tree->place, path, fault.hint, "%s", fault.text);
	return false;
}

const char *rh_load_word(struct rh_loader *loader, const struct rh_tree *tree, const char *path)
{
	if (tree->kind != RH_TREE_SCALAR || rh_tree_is_null(tree)) {
		rh_load_complain(loader, "E014", tree->place, path, NULL,
				 "%s: a name was expected, not %s", path, rh_tree_kind_text(tree));
		return NULL;
	}
	return tree->text;
}

bool rh_load_is_list(struct rh_loader *loader, const struct rh_tree *tree, const char *path)
{
	if (tree->kind == RH_TREE_LIST)
		return true;
	rh_load_complain(loader, "E014", tree->place, path, "begin each item with \"- \"",
			 "%s takes a list, not %s", path, rh_tree_kind_text(tree));
	return false;
}

const char *rh_load_hint(struct rh_loader *loader, const char *word, const char *const *words,
			 size_t count, const char *otherwise)
{
	const char *near = rh_suggest(word, words, count);

	if (near == NULL)
		return otherwise;
	return rh_arena_printf(&loader->scratch, "did you mean \"%.60s\"?", near);
}

bool rh_load_check_name(struct rh_loader *loader, const char *name, struct rh_place place,
			const char *path)
{
	size_t len = strlen(name);
	size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-_.");

	if (len > 0 && len <= 64 && good == len && name[0] != '-' && name[0] != '_' &&
	    name[0] != '.')
		return true;
	rh_load_complain(loader, "E024", place, path,
			 "letters, digits, '-', '_' and '.', at most 64",
			 "\"%.80s\" cannot be a name here", name);
	return false;
}

/* ---- sections -------------------------------------------------------------------------------- */

static const struct rh_field *find_field(const struct rh_field *fields, const char *written)
{
	for (; fields->key.name != NULL; fields++) {
		if (rh_field_is(fields, written))
			return fields;
	}
	return NULL;
}

/* The one section of the language that has such a key; NULL when none has, or several have. */
static const char *home_of(const struct rh_loader *loader, const char *key)
{
	const struct rh_keyset *keys = loader->keys != NULL ? loader->keys : &rh_keyset_default;
	const char *home = NULL;

	for (uint32_t i = 0; i < keys->section_count; i++) {
		if (find_field(keys->sections[i].fields, key) == NULL)
			continue;
		if (home != NULL)
			return NULL;
		home = keys->sections[i].name;
	}
	return home;
}

static void complain_unknown(struct rh_loader *loader, const struct rh_tree_pair *pair,
			     const struct rh_field *fields, const char *path)
{
	const char *words[KEYS_MAX];
	size_t count = 0;
	const char *near;
	char hint[160] = "";

	for (; fields->key.name != NULL && count < KEYS_MAX; fields++)
		words[count++] = fields->key.name;
	near = rh_suggest(pair->key, words, count);
	if (near != NULL)
		snprintf(hint, sizeof(hint), "did you mean \"%.60s\"?", near);
	else if (count == 0)
		snprintf(hint, sizeof(hint), "there are no keys here");
	else if (home_of(loader, pair->key) != NULL)
		snprintf(hint, sizeof(hint), "it is a key of %.60s: rehearse explain %.60s",
			 home_of(loader, pair->key), home_of(loader, pair->key));
	rh_load_complain(loader, "E012", pair->place, rh_load_path(loader, path, pair->key), hint,
			 "unknown key \"%.60s\" %s%s", pair->key, path[0] != 0 ? "under " : "",
			 path[0] != 0 ? path : "at the top of the file");
}

/*
 * {description: One thing, then another}: between braces the comma ends the text, and what follows is a
 * key with spaces and no value.  It is read as it was meant, with a warning.
 */
static bool is_rest_of_text(struct rh_loader *loader, void *out, const struct rh_tree *tree,
			    uint32_t at, const struct rh_field *fields, const char *path)
{
	const struct rh_tree_pair *rest = &tree->pairs[at];
	const struct rh_field *field = at > 0 ? find_field(fields, tree->pairs[at - 1].key) : NULL;
	const struct rh_tree *text = at > 0 ? tree->pairs[at - 1].value : NULL;
	struct rh_value value;

	if (field == NULL || field->shape != RH_FIELD_VALUE || field->key.type != RH_KEY_TEXT ||
	    text->kind != RH_TREE_SCALAR || rest->value->kind != RH_TREE_SCALAR ||
	    rest->value->text[0] != 0 || strchr(rest->key, ' ') == NULL)
		return false;
	rh_load_complain(loader, "W019", rest->place, path, "put the whole text in quotes",
			 "the comma before it ends the text of \"%s\": it is read as a part of it",
			 field->key.name);
	value = (struct rh_value){
		.text = rh_arena_printf(&loader->scratch, "%s, %s", text->text, rest->key)};
	rh_value_store(&value, &field->key, out);
	return true;
}

static bool store_field(struct rh_loader *loader, void *out, const struct rh_field *field,
			const struct rh_tree *tree, const char *path)
{
	struct rh_value value;

	switch (field->shape) {
	case RH_FIELD_VALUE:
		if (!rh_load_scalar(loader, &value, &field->key, tree, path))
			return false;
		rh_value_store(&value, &field->key, out);
		return true;
	case RH_FIELD_SECTION:
	case RH_FIELD_SHARES:
	case RH_FIELD_WITH:
	case RH_FIELD_MAP:
		/* Shares may also be the name of a distribution: the reader looks. */
		if (field->shape != RH_FIELD_SHARES && tree->kind != RH_TREE_MAP) {
			rh_load_complain(loader, "E014", tree->place, path, NULL,
					 "%s takes a map of keys, not %s", path,
					 rh_tree_kind_text(tree));
			return false;
		}
		break;
	case RH_FIELD_LIST:
	case RH_FIELD_CHECKS:
	case RH_FIELD_WORDS:
	case RH_FIELD_LINKS:
	case RH_FIELD_MATRIX:
		if (!rh_load_is_list(loader, tree, path))
			return false;
		break;
	case RH_FIELD_EITHER:
	case RH_FIELD_TARGET:
	case RH_FIELD_ANY:
		break;
	}
	memcpy((char *)out + field->key.offset, &tree, sizeof(tree));
	return true;
}

static bool read_fields(struct rh_loader *loader, void *out, const struct rh_tree *tree,
			struct rh_place place, const struct rh_field *fields, const char *path)
{
	const struct rh_tree_pair *seen[KEYS_MAX] = {0};
	bool is_good = true;

	for (uint32_t i = 0; tree != NULL && i < tree->count; i++) {
		const struct rh_tree_pair *pair = &tree->pairs[i];
		const struct rh_field *field = find_field(fields, pair->key);

		if (field == NULL && is_rest_of_text(loader, out, tree, i, fields, path))
			continue;
		if (field == NULL) {
			complain_unknown(loader, pair, fields, path);
			is_good = false;
			continue;
		}
		RH_ASSERT(field - fields < KEYS_MAX);
		if (seen[field - fields] != NULL) {
			rh_load_complain(
				loader, "E011", pair->place, path, "remove one of the two",
				"key \"%s\" is there twice: in line %u as \"%.60s\", again "
				"in line %u",
				field->key.name, seen[field - fields]->place.line,
				seen[field - fields]->key, pair->place.line);
			is_good = false;
			continue;
		}
		if (loader->options->is_strict && strcmp(pair->key, field->key.name) != 0)
			rh_load_complain(loader, "W006", pair->place, path, NULL,
					 "\"%.60s\" is written %s in this version", pair->key,
					 field->key.name);
		/* A key without a value counts as not given. */
		if (rh_tree_is_null(pair->value))
			continue;
		seen[field - fields] = pair;
		is_good &= store_field(loader, out, field, pair->value,
				       rh_load_path(loader, path, field->key.name));
	}
	for (const struct rh_field *field = fields; field->key.name != NULL; field++) {
		const char *text = field->key.default_text;
		struct rh_value value;

		if (seen[field - fields] != NULL)
			continue;
		if (text == NULL) {
			rh_load_complain(loader, "E013", place, path, NULL,
					 "key \"%s\" is missing %s%s", field->key.name,
					 path[0] != 0 ? "under " : "",
					 path[0] != 0 ? path : "at the top of the file");
			is_good = false;
		} else if (field->shape == RH_FIELD_VALUE &&
			   (text[0] != 0 || field->key.type == RH_KEY_TEXT)) {
			value = rh_value_default(&field->key, loader->slots);
			rh_value_store(&value, &field->key, out);
		}
	}
	return is_good;
}

bool rh_load_section(struct rh_loader *loader, void *out, const struct rh_tree *tree,
		     const char *section, const char *path)
{
	const struct rh_section *table = rh_keyset_section(loader->keys, section);

	RH_ASSERT(table != NULL);
	if (tree->kind != RH_TREE_MAP) {
		rh_load_complain(loader, "E014", tree->place, path, NULL,
				 "%s takes a map of keys, not %s", path[0] != 0 ? path : "the file",
				 rh_tree_kind_text(tree));
		return false;
	}
	return read_fields(loader, out, tree, tree->place, table->fields, path);
}

const struct rh_tree *rh_load_key(struct rh_loader *loader, const struct rh_tree *tree,
				  const char *section, const char *key)
{
	const struct rh_section *table = rh_keyset_section(loader->keys, section);
	const struct rh_field *field;

	RH_ASSERT(table != NULL);
	field = find_field(table->fields, key);
	if (tree == NULL || tree->kind != RH_TREE_MAP || field == NULL)
		return NULL;
	for (uint32_t i = 0; i < tree->count; i++) {
		if (rh_field_is(field, tree->pairs[i].key) &&
		    !rh_tree_is_null(tree->pairs[i].value))
			return tree->pairs[i].value;
	}
	return NULL;
}

struct rh_place rh_load_place(struct rh_loader *loader, const struct rh_tree *tree,
			      const char *section, const char *key)
{
	const struct rh_tree *found = rh_load_key(loader, tree, section, key);

	return found != NULL ? found->place : tree->place;
}

void *rh_load_params(struct rh_loader *loader, const struct rh_tree *with, struct rh_place place,
		     const char *path, const struct rh_key *keys, uint32_t size)
{
	void *params = rh_arena_alloc(&loader->plan->arena, 1, size > 0 ? size : 1);
	struct rh_field fields[KEYS_MAX + 1];
	uint32_t count = 0;

	memset(fields, 0, sizeof(fields));
	for (; keys != NULL && keys[count].name != NULL; count++) {
		RH_ASSERT(count < KEYS_MAX);
		fields[count].key = keys[count];
		fields[count].alias = keys[count].alias;
	}
	if (!read_fields(loader, params, with, place, fields, path))
		return NULL;
	for (uint32_t i = 0; i < count; i++) {
		struct rh_value value = rh_value_load(&fields[i].key, params);

		if ((fields[i].key.type == RH_KEY_RATIO || fields[i].key.type == RH_KEY_PACE) &&
		    value.ratio.den == 0)
			value.ratio.den = 1;
		if (fields[i].key.type == RH_KEY_TEXT)
			value.text = rh_load_keep(loader, value.text != NULL ? value.text : "");
		rh_value_store(&value, &fields[i].key, params);
	}
	return params;
}
