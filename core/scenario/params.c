/*
 * params.c - typed parameters of templates: declared, given, checked.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/files.h"
#include "core/scenario/pattern.h"
#include "core/scenario/template.h"

#define PARAMS_MAX 200

enum kind {
	KIND_STRING,
	KIND_INT,
	KIND_FLOAT,
	KIND_BOOL,
	KIND_DURATION,
	KIND_PERCENT,
	KIND_SIZE,
	KIND_RATE,
	KIND_ENUM,
	KIND_TARGET,
	KIND_COUNT
};

static const char *const kind_names[KIND_COUNT] = {"string",  "int",  "float", "bool", "duration",
						   "percent", "size", "rate",  "enum", "target"};

struct param {
	struct rh_in_parameter in;
	const struct rh_tree *tree; /* of the declaration */
	const char *path;
	enum kind kind; /* of the value, or of the items */
	bool is_list;
	struct rh_key key; /* for values that value.c reads */
	struct rh_expr_value limits[2];
	bool has_limit[2];
	const struct rh_pattern *pattern;
};

struct rh_tree *rh_params_declared(const struct rh_tree *root)
{
	struct rh_tree *list = rh_tree_child(root, "parameters");

	return list != NULL ? list : rh_tree_child(rh_tree_child(root, "spec"), "parameters");
}

/* ---- declarations ---------------------------------------------------------------------------- */

static bool refuse(struct rh_loader *loader, const struct param *param, const char *key,
		   const char *hint, const char *text)
{
	rh_load_complain(loader, "E070", rh_load_place(loader, param->tree, "parameter", key),
			 rh_load_path(loader, param->path, key), hint, "parameter \"%.60s\": %s",
			 param->in.name, text);
	return false;
}

static bool read_type(struct rh_loader *loader, struct param *param)
{
	const char *type = param->in.type;
	size_t len = strlen(type);
	const char *near;

	if (strcmp(type, "list") == 0) {
		param->is_list = true;
		return true;
	}
	if (strncmp(type, "list<", 5) == 0 && type[len - 1] == '>') {
		param->is_list = true;
		type += 5;
		len -= 6;
	}
	for (uint32_t i = 0; i < KIND_COUNT; i++) {
		if (strlen(kind_names[i]) == len && memcmp(kind_names[i], type, len) == 0) {
			param->kind = (enum kind)i;
			return true;
		}
	}
	near = rh_load_hint(loader, type, kind_names, KIND_COUNT,
			    "one of string int float bool duration percent size rate enum target "
			    "list<...>");
	return refuse(loader, param, "type", near, "this type is not known");
}

static enum rh_key_type key_type_of(enum kind kind)
{
	switch (kind) {
	case KIND_INT:
		return RH_KEY_INT;
	case KIND_BOOL:
		return RH_KEY_BOOL;
	case KIND_DURATION:
		return RH_KEY_DURATION;
	case KIND_PERCENT:
		return RH_KEY_RATIO;
	case KIND_SIZE:
		return RH_KEY_SIZE;
	case KIND_RATE:
		return RH_KEY_RATE;
	case KIND_STRING:
	case KIND_FLOAT:
	case KIND_ENUM:
	case KIND_TARGET:
	case KIND_COUNT:
		return RH_KEY_TEXT;
	}
	return RH_KEY_TEXT;
}

/* A value of the parameter's kind as an expression's value; false with a fault. */
static bool quantity_of(const struct param *param, struct rh_expr_value *value,
			struct rh_value_fault *fault, const char *text, struct rh_slots slots)
{
	struct rh_key key = {.name = "value", .type = key_type_of(param->kind)};
	struct rh_value read;
	size_t len;
	bool has_sign = text[0] == '-' || text[0] == '+';

	*value = (struct rh_expr_value){.type = RH_EXPR_NUMBER, .number = {0, 1}};
	if (param->kind == KIND_FLOAT) {
		if (rh_expr_quantity(value, &len, fault, text + has_sign, slots) &&
		    value->type == RH_EXPR_NUMBER && text[has_sign + len] == 0) {
			if (text[0] == '-')
				value->number.num = -value->number.num;
			return true;
		}
		*fault = (struct rh_value_fault){.code = "E071", .hint = "write for example 0.5"};
		snprintf(fault->text, sizeof(fault->text), "\"%.60s\" is not a number", text);
		return false;
	}
	/* Durations may be negative where limits say so; the limits are compared here. */
	key.min = param->kind == KIND_DURATION ? INT64_MIN : 0;
	key.max = param->kind == KIND_DURATION ? INT64_MAX : 0;
	if (!rh_value_read(&read, fault, &key, text, true, slots))
		return false;
	if (param->kind == KIND_PERCENT)
		return rh_rational_make(&value->number, (__int128)read.ratio.num,
					(__int128)read.ratio.den);
	value->number.num = (int64_t)read.number;
	return true;
}

static bool has_order(enum kind kind)
{
	return kind == KIND_INT || kind == KIND_FLOAT || kind == KIND_DURATION ||
	       kind == KIND_PERCENT || kind == KIND_SIZE || kind == KIND_RATE;
}

static bool read_limits(struct rh_loader *loader, struct param *param, struct rh_slots slots)
{
	const char *texts[2] = {param->in.min, param->in.max};
	static const char *const keys[2] = {"min", "max"};

	for (uint32_t i = 0; i < 2; i++) {
		struct rh_value_fault fault;

		if (texts[i] == NULL || texts[i][0] == 0)
			continue;
		if (!has_order(param->kind))
			return refuse(loader, param, keys[i], "remove it",
				      "only numbers have limits");
		if (!quantity_of(param, &param->limits[i], &fault, texts[i], slots))
			return refuse(loader, param, keys[i], fault.hint, fault.text);
		param->has_limit[i] = true;
	}
	if (param->has_limit[0] && param->has_limit[1] &&
	    rh_rational_compare(param->limits[0].number, param->limits[1].number) > 0)
		return refuse(loader, param, "min", "", "the least value is above the largest");
	return true;
}

static bool read_declaration(struct rh_render *render, struct param *param)
{
	struct rh_loader *loader = render->loader;
	const char *reason;
	size_t offset;

	if (!rh_load_section(loader, &param->in, param->tree, "parameter", param->path) ||
	    !rh_load_check_name(loader, param->in.name,
				rh_load_place(loader, param->tree, "parameter", "name"),
				param->path) ||
	    !read_type(loader, param) || !read_limits(loader, param, render->slots))
		return false;
	if (param->kind == KIND_ENUM && (param->in.values == NULL || param->in.values->count == 0))
		return refuse(loader, param, "values", "write values: [a, b]",
			      "an enum needs its words");
	if (param->kind != KIND_ENUM && param->in.values != NULL)
		return refuse(loader, param, "values", "write type: enum",
			      "only an enum has words");
	if (param->in.pattern == NULL || param->in.pattern[0] == 0)
		return true;
	if (param->kind != KIND_STRING)
		return refuse(loader, param, "pattern", "remove it", "only a string has a pattern");
	param->pattern = rh_pattern_parse(&loader->scratch, param->in.pattern, &reason, &offset);
	if (param->pattern != NULL)
		return true;
	rh_load_complain(loader, "E077",
			 rh_place_within(loader->diagnostics,
					 rh_load_place(loader, param->tree, "parameter", "pattern"),
					 param->in.pattern, offset, 1),
			 rh_load_path(loader, param->path, "pattern"), NULL,
			 "parameter \"%.60s\": %s", param->in.name, reason);
	return false;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool refuse_value(struct rh_loader *loader, const struct param *param,
			 const struct rh_tree *tree, const char *hint, const char *text)
{
	rh_load_complain(loader, "E071", tree->place, param->in.name, hint,
			 "parameter \"%.60s\": %s", param->in.name, text);
	return false;
}

static bool check_enum(struct rh_loader *loader, const struct param *param,
		       const struct rh_tree *tree)
{
	const char *words[100];
	size_t count = 0;
	char text[120];
	char hint[160] = "one of";

	for (uint32_t i = 0; i < param->in.values->count && count < RH_ARRAY_LEN(words); i++) {
		const char *word = rh_load_word(loader, param->in.values->items[i], "values");

		if (word == NULL)
			return false;
		if (strcmp(word, tree->text) == 0)
			return true;
		words[count++] = word;
		snprintf(hint + strlen(hint), sizeof(hint) - strlen(hint), " %.40s", word);
	}
	snprintf(text, sizeof(text), "\"%.60s\" is not one of its words", tree->text);
	return refuse_value(loader, param, tree,
			    rh_load_hint(loader, tree->text, words, count, hint), text);
}

static bool check_limits(struct rh_loader *loader, const struct param *param,
			 const struct rh_tree *tree, const struct rh_expr_value *value)
{
	for (uint32_t i = 0; i < 2; i++) {
		int order = param->has_limit[i]
				    ? rh_rational_compare(value->number, param->limits[i].number)
				    : 0;
		char hint[100];

		if (i == 0 ? order >= 0 : order <= 0)
			continue;
		snprintf(hint, sizeof(hint), "at %s %.60s", i == 0 ? "least" : "most",
			 i == 0 ? param->in.min : param->in.max);
		return refuse_value(loader, param, tree, hint, "out of range");
	}
	return true;
}

static bool check_scalar(struct rh_render *render, const struct param *param, struct rh_tree *tree)
{
	struct rh_loader *loader = render->loader;
	struct rh_value_fault fault;
	struct rh_expr_value value;
	struct rh_value truth;
	static const struct rh_key boolean = {.name = "value", .type = RH_KEY_BOOL};

	if (param->kind == KIND_TARGET)
		return true;
	if (tree->kind != RH_TREE_SCALAR)
		return refuse_value(loader, param, tree, "", "a single value was expected");
	switch (param->kind) {
	case KIND_STRING:
		tree->is_word = true;
		if (param->pattern != NULL && !rh_pattern_matches(param->pattern, tree->text))
			return refuse_value(loader, param, tree,
					    rh_arena_printf(&loader->scratch,
							    "it should match %.100s",
							    param->in.pattern),
					    "the value does not match its pattern");
		return true;
	case KIND_ENUM:
		tree->is_word = true;
		return check_enum(loader, param, tree);
	case KIND_BOOL:
		if (!rh_value_read(&truth, &fault, &boolean, tree->text, true, render->slots))
			return refuse_value(loader, param, tree, fault.hint, fault.text);
		tree->is_plain = true;
		return true;
	case KIND_INT:
	case KIND_FLOAT:
	case KIND_DURATION:
	case KIND_PERCENT:
	case KIND_SIZE:
	case KIND_RATE:
		if (!quantity_of(param, &value, &fault, tree->text, render->slots))
			return refuse_value(loader, param, tree, fault.hint, fault.text);
		tree->is_plain = true;
		return check_limits(loader, param, tree, &value);
	case KIND_TARGET:
	case KIND_COUNT:
		break;
	}
	return true;
}

static struct rh_tree *copy_scalar(struct rh_arena *arena, const struct rh_tree *tree,
				   const char *text, size_t len)
{
	struct rh_tree *copy = RH_ARENA_NEW(arena, struct rh_tree);

	*copy = *tree;
	copy->text = rh_arena_text(arena, text, len);
	return copy;
}

/* "a, b" from an option is a list too. */
static struct rh_tree *split_list(struct rh_loader *loader, const struct rh_tree *tree)
{
	struct rh_arena *arena = &loader->scratch;
	struct rh_tree *list = RH_ARENA_NEW(arena, struct rh_tree);
	const char *at = tree->text;

	*list = (struct rh_tree){
		.kind = RH_TREE_LIST, .place = tree->place, .height = 2, .weight = 1};
	list->items = RH_ARENA_ARRAY(arena, strlen(at) + 1, struct rh_tree *);
	for (;;) {
		size_t len = strcspn(at, ",");
		const char *from = at + strspn(at, " ");
		size_t trimmed =
			len - (size_t)(from - at < (ptrdiff_t)len ? from - at : (ptrdiff_t)len);

		while (trimmed > 0 && from[trimmed - 1] == ' ')
			trimmed--;
		list->items[list->count++] = copy_scalar(arena, tree, from, trimmed);
		list->weight++;
		if (at[len] == 0)
			return list;
		at += len + 1;
	}
}

/* The value, rendered and checked; NULL after complaining. */
static struct rh_tree *check_value(struct rh_render *render, const struct param *param,
				   const struct rh_tree *given)
{
	struct rh_loader *loader = render->loader;
	struct rh_tree *tree = RH_ARENA_NEW(&loader->scratch, struct rh_tree);

	*tree = *given;
	if (!rh_render_tree(render, tree, NULL))
		return NULL;
	tree->is_used = false;
	if (!param->is_list)
		return check_scalar(render, param, tree) ? tree : NULL;
	if (tree->kind == RH_TREE_SCALAR)
		tree = split_list(loader, tree);
	if (tree->kind != RH_TREE_LIST) {
		refuse_value(loader, param, tree, "write [a, b]", "a list was expected");
		return NULL;
	}
	for (uint32_t i = 0; i < tree->count && strcmp(param->in.type, "list") != 0; i++) {
		struct rh_tree *item = RH_ARENA_NEW(&loader->scratch, struct rh_tree);

		*item = *tree->items[i];
		tree->items[i] = item;
		if (!check_scalar(render, param, item))
			return NULL;
	}
	return tree;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void complain_unknown(struct rh_loader *loader, const struct rh_tree *given,
			     const struct param *params, uint32_t count)
{
	const char *words[PARAMS_MAX];

	for (uint32_t i = 0; i < count; i++)
		words[i] = params[i].in.name != NULL ? params[i].in.name : "";
	for (uint32_t i = 0; given != NULL && i < given->count; i++) {
		const struct rh_tree_pair *pair = &given->pairs[i];
		bool is_known = false;

		for (uint32_t k = 0; k < count && !is_known; k++)
			is_known = rh_key_is(words[k], pair->key);
		if (!is_known)
			rh_load_complain(loader, "E071", pair->place, pair->key,
					 rh_load_hint(loader, pair->key, words, count,
						      count == 0 ? "the file declares none" : NULL),
					 "no parameter is called \"%.60s\"", pair->key);
	}
}

/* Some value of its type: the least one where there is one. */
static const struct rh_tree *stand_in(struct rh_loader *loader, const struct param *param)
{
	static const char *const texts[KIND_COUNT] = {"x",  "1",  "1",	  "true", "1s",
						      "1%", "1B", "1bit", "",	  "all"};
	struct rh_tree *tree = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
	const char *text = texts[param->kind];

	if (param->kind == KIND_ENUM && param->in.values->items[0]->kind == RH_TREE_SCALAR)
		text = param->in.values->items[0]->text;
	else if (param->has_limit[0])
		text = param->in.min;
	else if (param->has_limit[1])
		text = param->in.max;
	*tree = (struct rh_tree){.text = text,
				 .place = param->tree->place,
				 .is_plain = true,
				 .height = 1,
				 .weight = 1};
	return tree;
}

/* One parameter into the map; false after complaining. */
static bool bind_one(struct rh_render *render, struct rh_tree *map, struct param *param,
		     const struct rh_tree *given, struct rh_place place, bool is_use)
{
	struct rh_loader *loader = render->loader;
	const struct rh_tree *value;
	struct rh_tree *checked;

	if (!read_declaration(render, param))
		return false;
	if (rh_tree_child(map, param->in.name) != NULL)
		return refuse(loader, param, "name", "choose another name",
			      "a parameter of this name is there already");
	value = rh_tree_child(given, param->in.name);
	if (value == NULL)
		value = param->in.fallback;
	if (value == NULL && param->in.is_required == 0 && param->kind == KIND_STRING &&
	    !param->is_list) {
		static const struct rh_tree empty = {
			.text = "", .is_word = true, .height = 1, .weight = 1};

		value = &empty;
	}
	if (value == NULL && loader->has_stand_ins && !is_use)
		value = stand_in(loader, param);
	if (value == NULL) {
		rh_load_complain(loader, "E071", place, param->in.name,
				 is_use ? rh_arena_printf(&loader->scratch, "with: {%.60s: ...}",
							  param->in.name)
					: rh_arena_printf(&loader->scratch, "give -p %.60s=...",
							  param->in.name),
				 "parameter \"%.60s\" has no value", param->in.name);
		return false;
	}
	checked = check_value(render, param, value);
	if (checked == NULL)
		return false;
	map->pairs[map->count++] = (struct rh_tree_pair){
		.key = param->in.name, .place = param->tree->place, .value = checked};
	return true;
}

struct rh_tree *rh_params_bind(struct rh_render *render, const struct rh_tree *declared,
			       const struct rh_tree *given, struct rh_place place, bool is_use)
{
	struct rh_loader *loader = render->loader;
	struct rh_tree *map = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
	uint32_t count = declared != NULL ? declared->count : 0;
	struct param *params;
	bool is_good = true;

	*map = (struct rh_tree){.kind = RH_TREE_MAP, .place = place, .height = 2, .weight = 1};
	if (declared != NULL && !rh_load_is_list(loader, declared, "parameters"))
		return NULL;
	if (count > PARAMS_MAX) {
		rh_load_complain(loader, "E070", declared->place, "parameters", NULL,
				 "more than 200 parameters");
		return NULL;
	}
	params = RH_ARENA_ARRAY(&loader->scratch, count + 1, struct param);
	map->pairs = RH_ARENA_ARRAY(&loader->scratch, count + 1, struct rh_tree_pair);
	render->params = map; /* a default may name the parameters before it */
	for (uint32_t i = 0; i < count; i++) {
		params[i].tree = declared->items[i];
		params[i].path = rh_load_path_at(loader, "parameters", i);
		is_good &= bind_one(render, map, &params[i], given, place, is_use);
	}
	complain_unknown(loader, given, params, count);
	return is_good ? map : NULL;
}

/* ---- what a person gives --------------------------------------------------------------------- */

static struct rh_tree_pair *pair_of(struct rh_tree *map, const char *name)
{
	for (uint32_t i = 0; i < map->count; i++) {
		if (rh_key_is(map->pairs[i].key, name) || rh_key_is(name, map->pairs[i].key))
			return &map->pairs[i];
	}
	return NULL;
}

static bool is_declared(const struct rh_tree *declared, const char *name, size_t len)
{
	for (uint32_t i = 0;
	     declared != NULL && declared->kind == RH_TREE_LIST && i < declared->count; i++) {
		const struct rh_tree *own = rh_tree_child(declared->items[i], "name");

		if (own != NULL && own->kind == RH_TREE_SCALAR && strlen(own->text) == len &&
		    memcmp(own->text, name, len) == 0)
			return true;
	}
	return false;
}

/* Where the value ends: at a comma behind which another declared name and = stand, or at the end. */
static size_t value_len(const struct rh_tree *declared, const char *value)
{
	for (size_t at = 0; value[at] != 0; at++) {
		size_t len = value[at] == ',' ? strcspn(value + at + 1, "=,") : 0;

		if (len != 0 && value[at + 1 + len] == '=' &&
		    is_declared(declared, value + at + 1, len))
			return at;
	}
	return strlen(value);
}

static void add_given(struct rh_loader *loader, struct rh_tree *map, const struct rh_tree *declared,
		      const char *option)
{
	struct rh_arena *arena = &loader->scratch;
	const char *at = option;

	for (;;) {
		const char *equals = strchr(at, '=');
		struct rh_origin origin = {.option = option, .flag = "-p"};
		struct rh_place place = {.option = option, .flag = "-p"};
		struct rh_tree_pair *pair;
		const char *name;
		size_t len;

		place.column = (uint32_t)(at - option) + 1;
		if (equals == NULL || equals == at) {
			rh_load_complain(loader, "E071", place, NULL, "write name=value",
					 "there is no name, or no =");
			return;
		}
		place.end_column = (uint32_t)(equals - option) + 1;
		name = rh_arena_text(arena, at, (size_t)(equals - at));
		len = value_len(declared, equals + 1);
		origin.column = (uint32_t)(equals - option) + 2;
		pair = pair_of(map, name);
		if (pair == NULL)
			pair = &map->pairs[map->count++];
		*pair = (struct rh_tree_pair){.key = name, .place = place};
		pair->value = rh_compose_from(arena, rh_arena_text(arena, equals + 1, len), len,
					      &origin, loader->diagnostics);
		if (pair->value == NULL) {
			map->count--;
			return;
		}
		rh_load_input(loader, "param", name, rh_arena_text(arena, equals + 1, len));
		if (equals[1 + len] == 0)
			return;
		at = equals + 1 + len + 1;
	}
}

struct rh_tree *rh_params_given(struct rh_loader *loader, const struct rh_tree *declared)
{
	const struct rh_load_options *options = loader->options;
	struct rh_arena *arena = &loader->scratch;
	struct rh_tree *map = RH_ARENA_NEW(arena, struct rh_tree);
	struct rh_tree *file = NULL;
	uint32_t room = 1;

	*map = (struct rh_tree){.kind = RH_TREE_MAP, .height = 2, .weight = 1};
	if (options->params_file != NULL)
		file = rh_part_read(loader, options->params_file, (struct rh_place){0});
	if (file != NULL && file->kind != RH_TREE_MAP) {
		rh_load_complain(loader, "E014", file->place, NULL, "write name: value",
				 "a file of parameters is a map, not %s", rh_tree_kind_text(file));
		file = NULL;
	}
	for (size_t i = 0; i < options->param_count; i++) {
		room++;
		for (const char *at = options->params[i]; *at != 0; at++)
			room += *at == ',';
	}
	room += file != NULL ? file->count : 0;
	map->pairs = RH_ARENA_ARRAY(arena, room, struct rh_tree_pair);
	for (uint32_t i = 0; file != NULL && i < file->count; i++)
		map->pairs[map->count++] = file->pairs[i];
	for (size_t i = 0; i < options->param_count; i++)
		add_given(loader, map, declared, options->params[i]);
	return map;
}
