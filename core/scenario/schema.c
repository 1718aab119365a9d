/*
 * schema.c - the key tables as JSON Schema (draft-07), for editors.
 *
 * Each section is a definition, and so is each table of `with:`.  A key stands in its section under
 * its canonical spelling, and as a reference to it under every other that the loader takes; editors
 * propose only the first (`doNotSuggest`).  Which table a `with:` follows is told by the name beside
 * it, through if/then, so that an editor blames the right branch.  Where a single value may stand, an
 * expression may stand too: what it comes to is for `rehearse validate` to say.
 *
 * Four words are not of draft-07 but of editors, and are ignored by others: doNotSuggest,
 * patternErrorMessage, errorMessage, enumDescriptions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/jsontext.h"
#include "core/scenario/keys.h"
#include "core/scenario/load.h"

#define SPELLINGS_MAX 16

/* All that a key may be called: the canonical name first. */
struct spellings {
	char names[SPELLINGS_MAX][80];
	uint32_t count;
};

static void add_spelling(struct spellings *all, const char *name, size_t len)
{
	RH_ASSERT(all->count < SPELLINGS_MAX && len < sizeof(all->names[0]));
	memcpy(all->names[all->count], name, len);
	all->names[all->count][len] = 0;
	for (uint32_t i = 0; i < all->count; i++) {
		if (strcmp(all->names[i], all->names[all->count]) == 0)
			return;
	}
	all->count++;
}

/* name, and block_interval besides blockInterval. */
static void add_both(struct spellings *all, const char *name, size_t len)
{
	char snake[80];
	size_t out = 0;

	add_spelling(all, name, len);
	for (size_t i = 0; i < len; i++) {
		RH_ASSERT(out + 2 < sizeof(snake));
		if (name[i] >= 'A' && name[i] <= 'Z') {
			snake[out++] = '_';
			snake[out++] = (char)(name[i] - 'A' + 'a');
		} else {
			snake[out++] = name[i];
		}
	}
	add_spelling(all, snake, out);
}

static void spell(struct spellings *all, const struct rh_field *field)
{
	const char *alias = field->alias;

	all->count = 0;
	add_both(all, field->key.name, strlen(field->key.name));
	while (alias != NULL && *alias != 0) {
		size_t len = strcspn(alias, "|");

		add_both(all, alias, len);
		alias += len + (alias[len] == '|');
	}
}

/* What a template or an expression leaves for later: it may stand wherever a scalar may. */
#define LATER "\\\\$\\\\{|\\\\{\\\\{"

#define LATER_SCHEMA "{\"type\":\"string\",\"pattern\":\"" LATER "\"}"

static void put_words(struct rh_buf *out, const char *values)
{
	rh_buf_text(out, "\"enum\":[");
	while (*values != 0) {
		size_t len = strcspn(values, "|");

		rh_buf_printf(out, "\"%.*s\"", (int)len, values);
		values += len;
		if (*values == '|') {
			rh_buf_u8(out, ',');
			values++;
		}
	}
	rh_buf_u8(out, ']');
}

/* A text of this form; `says` is what an editor shows when it is not. */
static void put_form(struct rh_buf *out, const char *form, const char *says)
{
	rh_buf_printf(out, "\"pattern\":\"%s%s" LATER "\",\"patternErrorMessage\":\"%s\"", form,
		      form[0] != 0 ? "|" : "", says);
}

/* The same, where a bare 0 is the only number. */
static void put_amount(struct rh_buf *out, const char *form, const char *says)
{
	rh_buf_printf(out,
		      "\"if\":{\"const\":0},\"else\":{\"type\":\"string\",\"errorMessage\":\"%s\",",
		      says);
	put_form(out, form, says);
	rh_buf_u8(out, '}');
}

/* What a scalar may be, without braces. */
static void put_scalar(struct rh_buf *out, const struct rh_key *key)
{
	switch (key->type) {
	case RH_KEY_BOOL:
		rh_buf_text(out, "\"type\":[\"boolean\",\"string\"],");
		put_form(out, "", "true or false");
		break;
	case RH_KEY_INT:
		rh_buf_text(
			out,
			"\"type\":[\"integer\",\"string\"],\"errorMessage\":\"a whole number\",");
		put_form(out, "^[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+)$", "a whole number");
		if (key->min != 0 || key->max != 0)
			rh_buf_printf(out, ",\"minimum\":%" PRId64 ",\"maximum\":%" PRId64,
				      key->min, key->max);
		break;
	case RH_KEY_DURATION:
		put_amount(out, "^[-+]?(0|([0-9.]+ *(ns|us|ms|s|m|min|h|d|slots?|epochs?) *)+)$",
			   "a duration with its unit: 250ms, 10m, 1h30m, 3 slots");
		break;
	case RH_KEY_SIZE:
		put_amount(out, "^[0-9.]+ *([kKMGT]?B|[KMGT]iB)$|^0$",
			   "a size with its unit: 80B, 64KiB, 1MB");
		break;
	case RH_KEY_RATE:
		put_amount(out,
			   "^unlimited$|^0$|^[0-9.]+ *([kmgKMG]?bit(/s)?|[kKMG]?B/s|[KMG]iB/s)$",
			   "a rate with its unit (50mbit, 10MB/s) or unlimited");
		break;
	case RH_KEY_RATIO:
		rh_buf_text(out, "\"type\":[\"string\",\"number\"],");
		put_form(out, "^[0-9.]+%?$", "a share: 30% or 0.3");
		break;
	case RH_KEY_PACE:
		rh_buf_text(out, "\"type\":\"string\",\"errorMessage\":\"a pace: 20/s, 30/min, "
				 "5/block or none\",");
		put_form(out, "^none$|^[0-9.]+/[0-9]*[a-z]+$",
			 "a pace: 20/s, 30/min, 5/block or none");
		break;
	case RH_KEY_ENUM:
		rh_buf_text(out, "\"anyOf\":[{");
		put_words(out, key->values);
		rh_buf_text(out, "}," LATER_SCHEMA "]");
		break;
	case RH_KEY_TEXT:
		rh_buf_text(out, "\"type\":[\"string\",\"number\",\"boolean\"]");
		break;
	}
}

static void put_reference(struct rh_buf *out, const char *section)
{
	rh_buf_printf(out, "{\"$ref\":\"#/definitions/%s\"}", section);
}

#define WORDS_SCHEMA "{\"type\":\"array\",\"items\":{\"type\":[\"string\",\"number\"]}}"

static void put_shape(struct rh_buf *out, const struct rh_field *field)
{
	switch (field->shape) {
	case RH_FIELD_VALUE:
		put_scalar(out, &field->key);
		break;
	case RH_FIELD_SECTION:
		rh_buf_text(out, "\"anyOf\":[");
		put_reference(out, field->section);
		rh_buf_text(out, ",{\"type\":\"null\"}]");
		break;
	case RH_FIELD_EITHER:
		rh_buf_text(out, "\"if\":{\"type\":\"object\"},\"then\":");
		put_reference(out, field->section);
		rh_buf_text(out, ",\"else\":{\"type\":[\"string\",\"number\"]}");
		break;
	case RH_FIELD_LIST:
		rh_buf_text(out, "\"type\":[\"array\",\"null\"],\"items\":");
		put_reference(out, field->section);
		break;
	case RH_FIELD_CHECKS:
		rh_buf_text(out, "\"type\":[\"array\",\"null\"],\"items\":{\"if\":{\"type\":"
				 "\"string\"},\"else\":");
		put_reference(out, field->section);
		rh_buf_text(out, "}");
		break;
	case RH_FIELD_WORDS:
		rh_buf_text(out, "\"type\":\"array\",\"items\":{\"type\":[\"string\",\"number\"]}");
		break;
	case RH_FIELD_TARGET:
		rh_buf_text(out, "\"if\":{\"type\":\"object\"},\"then\":");
		if (field->section != NULL)
			put_reference(out, field->section);
		else
			rh_buf_text(out, "false");
		rh_buf_text(out, ",\"else\":{\"anyOf\":[{\"type\":\"string\"}," WORDS_SCHEMA "]}");
		break;
	case RH_FIELD_LINKS:
		rh_buf_text(out,
			    "\"type\":\"array\",\"items\":{\"if\":{\"type\":\"object\"},\"then\":");
		put_reference(out, field->section);
		rh_buf_text(out, ",\"else\":" WORDS_SCHEMA "}");
		break;
	case RH_FIELD_SHARES:
		rh_buf_text(out, "\"type\":[\"string\",\"object\"]");
		break;
	case RH_FIELD_MATRIX:
		rh_buf_text(out, "\"type\":\"array\",\"items\":" WORDS_SCHEMA);
		break;
	case RH_FIELD_WITH:
		if (field->section != NULL && strcmp(field->section, "model.node") == 0)
			rh_buf_text(out, "\"if\":{\"type\":\"null\"},\"else\":"
					 "{\"$ref\":\"#/definitions/with.model.node\"}");
		else
			rh_buf_text(out, "\"type\":[\"object\",\"null\"]");
		break;
	}
}

static void put_name(struct rh_buf *out, const char *name, bool *is_first)
{
	rh_buf_text(out, *is_first ? "\n      " : ",\n      ");
	*is_first = false;
	rh_json_text(out, name);
	rh_buf_u8(out, ':');
}

/* A key, and behind it its other spellings, which refer to it. */
static void put_property(struct rh_buf *out, const char *definition, const struct rh_field *field,
			 bool *is_first)
{
	struct spellings all;

	spell(&all, field);
	put_name(out, all.names[0], is_first);
	rh_buf_text(out, "{\"description\":");
	rh_json_text(out, field->key.doc);
	rh_buf_u8(out, ',');
	put_shape(out, field);
	rh_buf_u8(out, '}');
	for (uint32_t i = 1; i < all.count; i++) {
		put_name(out, all.names[i], is_first);
		rh_buf_printf(out,
			      "{\"doNotSuggest\":true,\"$ref\":\"#/definitions/%s/properties/%s\"}",
			      definition, all.names[0]);
	}
}

/* {"required":["a"]}, or one of several spellings. */
static void put_need(struct rh_buf *out, const struct rh_field *field)
{
	struct spellings all;

	spell(&all, field);
	rh_buf_text(out, all.count > 1 ? "{\"anyOf\":[" : "");
	for (uint32_t i = 0; i < all.count; i++)
		rh_buf_printf(out, "%s{\"required\":[\"%s\"]}", i != 0 ? "," : "", all.names[i]);
	rh_buf_text(out, all.count > 1 ? "]}" : "");
}

/* The parts of an "allOf", opened by the first of them. */
struct parts {
	struct rh_buf *out;
	bool is_open;
};

static void next_part(struct parts *parts)
{
	rh_buf_text(parts->out, parts->is_open ? ",\n      " : ",\n    \"allOf\":[\n      ");
	parts->is_open = true;
}

static void put_needs(struct parts *parts, const struct rh_field *fields)
{
	for (; fields->key.name != NULL; fields++) {
		if (fields->key.default_text != NULL)
			continue;
		next_part(parts);
		put_need(parts->out, fields);
	}
}

/* ---- what stands under `with:` ----------------------------------------------------------------- */

#define NAME_KEY_MAX 32

/* One of several registered names, and which key says it: `node: restart` is "node.restart". */
struct choice {
	char name_keys[RH_REGISTRY_MAX][NAME_KEY_MAX];
	const char *names[RH_REGISTRY_MAX];
	const char *docs[RH_REGISTRY_MAX];
	const struct rh_key *keys[RH_REGISTRY_MAX];
	const char *definitions[RH_REGISTRY_MAX]; /* the registered name */
	uint32_t count;
};

static const struct rh_field *field_of(const struct rh_section *section, const char *name,
				       size_t len)
{
	for (const struct rh_field *field = section->fields; field->key.name != NULL; field++) {
		if (strlen(field->key.name) == len && memcmp(field->key.name, name, len) == 0)
			return field;
	}
	return NULL;
}

static void add_choice(struct choice *choice, const struct rh_section *section,
		       const char *name_key, const char *name, const char *doc,
		       const struct rh_key *keys)
{
	size_t len = strcspn(name, ".");
	uint32_t i = choice->count++;

	RH_ASSERT(i < RH_REGISTRY_MAX);
	choice->definitions[i] = name;
	choice->docs[i] = doc;
	choice->keys[i] = keys;
	if (len < NAME_KEY_MAX && name[len] == '.' && field_of(section, name, len) != NULL) {
		snprintf(choice->name_keys[i], NAME_KEY_MAX, "%.*s", (int)len, name);
		choice->names[i] = name + len + 1;
	} else {
		snprintf(choice->name_keys[i], NAME_KEY_MAX, "%s", name_key);
		choice->names[i] = name;
	}
}

static void find_choices(struct choice *choice, const struct rh_section *section, const char *what,
			 const struct rh_registry *registry)
{
	choice->count = 0;
	if (strcmp(what, "model") == 0) {
		for (uint32_t i = 0; i < registry->model_count; i++)
			add_choice(choice, section, "name", registry->models[i]->name,
				   registry->models[i]->doc, registry->models[i]->keys);
	} else if (strcmp(what, "fault") == 0) {
		for (uint32_t i = 0; i < registry->action_count; i++)
			add_choice(choice, section,
				   registry->actions[i]->is_fault ? "fault" : "action",
				   registry->actions[i]->name, registry->actions[i]->doc,
				   registry->actions[i]->keys);
	} else if (strcmp(what, "assertion") == 0) {
		for (uint32_t i = 0; i < registry->assertion_count; i++)
			add_choice(choice, section, "type", registry->assertions[i]->name,
				   registry->assertions[i]->doc, registry->assertions[i]->keys);
	} else if (strcmp(what, "workload") == 0) {
		for (uint32_t i = 0; i < registry->workload_count; i++)
			add_choice(choice, section, "type", registry->workloads[i]->name,
				   registry->workloads[i]->doc, registry->workloads[i]->keys);
	}
}

static const struct rh_field *with_field(const struct rh_section *section)
{
	const struct rh_field *field = section->fields;

	while (field->key.name != NULL && field->shape != RH_FIELD_WITH)
		field++;
	return field->key.name != NULL ? field : NULL;
}

/* The words that a key may say: those whose choice it names. */
static void put_word_list(struct rh_buf *out, const struct choice *choice, const char *name_key,
			  const char *const *texts)
{
	bool is_first = true;

	rh_buf_u8(out, '[');
	for (uint32_t i = 0; i < choice->count; i++) {
		if (strcmp(choice->name_keys[i], name_key) != 0)
			continue;
		if (!is_first)
			rh_buf_u8(out, ',');
		rh_json_text(out, texts[i]);
		is_first = false;
	}
	rh_buf_u8(out, ']');
}

static bool is_first_of_key(const struct choice *choice, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++) {
		if (strcmp(choice->name_keys[k], choice->name_keys[i]) == 0)
			return false;
	}
	return true;
}

/* {"properties":{"type":{"enum":[...]}}} for each key that names a choice. */
static void put_names(struct parts *parts, const struct choice *choice)
{
	for (uint32_t i = 0; i < choice->count; i++) {
		if (!is_first_of_key(choice, i))
			continue;
		next_part(parts);
		rh_buf_printf(parts->out, "{\"properties\":{\"%s\":{\"anyOf\":[{\"enum\":",
			      choice->name_keys[i]);
		put_word_list(parts->out, choice, choice->name_keys[i], choice->names);
		rh_buf_text(parts->out, ",\"enumDescriptions\":");
		put_word_list(parts->out, choice, choice->name_keys[i], choice->docs);
		rh_buf_text(parts->out, "}," LATER_SCHEMA "]}}}");
	}
}

/* if <name key> is NAME then <with>, however it is spelt, is its table. */
static void put_tables(struct parts *parts, const struct choice *choice, const char *what,
		       const struct rh_field *with)
{
	struct spellings all;

	spell(&all, with);
	for (uint32_t i = 0; i < choice->count; i++) {
		next_part(parts);
		rh_buf_printf(parts->out,
			      "{\"if\":{\"properties\":{\"%s\":{\"const\":\"%s\"}},\"required\":["
			      "\"%s\"]},"
			      "\"then\":{\"properties\":{",
			      choice->name_keys[i], choice->names[i], choice->name_keys[i]);
		for (uint32_t k = 0; k < all.count; k++)
			rh_buf_printf(parts->out,
				      "%s\"%s\":{\"if\":{\"type\":\"null\"},\"else\":{\"$ref\":\"#/"
				      "definitions/with.%s.%s\"}}",
				      k != 0 ? "," : "", all.names[k], what,
				      choice->definitions[i]);
		rh_buf_text(parts->out, "}}}");
	}
}

/* Exactly one of the keys that say what a section is, when there are several. */
static void put_one_of(struct parts *parts, const struct choice *choice)
{
	uint32_t keys = 0;

	for (uint32_t i = 0; i < choice->count; i++)
		keys += is_first_of_key(choice, i);
	if (keys < 2)
		return;
	next_part(parts);
	rh_buf_text(parts->out, "{\"oneOf\":[");
	keys = 0;
	for (uint32_t i = 0; i < choice->count; i++) {
		if (is_first_of_key(choice, i))
			rh_buf_printf(parts->out, "%s{\"required\":[\"%s\"]}",
				      keys++ != 0 ? "," : "", choice->name_keys[i]);
	}
	rh_buf_text(parts->out, "]}");
}

static void put_choices(struct parts *parts, const struct rh_section *section,
			const struct rh_registry *registry)
{
	const struct rh_field *with = with_field(section);
	struct choice choice;

	if (with == NULL || with->section == NULL)
		return;
	find_choices(&choice, section, with->section, registry);
	put_names(parts, &choice);
	put_one_of(parts, &choice);
	put_tables(parts, &choice, with->section, with);
}

/* The properties of one table of parameters. */
static void put_parameters(struct rh_buf *out, const char *definition, const struct rh_key *keys,
			   bool *is_first)
{
	for (; keys != NULL && keys->name != NULL; keys++) {
		struct rh_field field = {.key = *keys};

		put_property(out, definition, &field, is_first);
	}
}

/* A definition "with.WHAT.NAME" for each table of the registry. */
static void put_with_definitions(struct rh_buf *out, const struct rh_registry *registry)
{
	static const char *const whats[] = {"model", "fault", "assertion", "workload"};
	static const struct rh_field no_fields[] = {{.key = {.name = NULL}}};
	static const struct rh_section none = {"", "", no_fields};
	struct choice choice;
	char name[160];

	for (size_t w = 0; w < RH_ARRAY_LEN(whats); w++) {
		find_choices(&choice, &none, whats[w], registry);
		for (uint32_t i = 0; i < choice.count; i++) {
			bool is_first = true;

			snprintf(name, sizeof(name), "with.%s.%s", whats[w], choice.definitions[i]);
			rh_buf_printf(out, ",\n  \"%s\":{\"description\":", name);
			rh_json_text(out, choice.docs[i]);
			rh_buf_text(out, ",\"type\":\"object\",\"additionalProperties\":false,"
					 "\"properties\":{");
			put_parameters(out, name, choice.keys[i], &is_first);
			rh_buf_text(out, "}}");
		}
	}
}

static bool is_known_before(const struct rh_registry *registry, uint32_t model, const char *name)
{
	for (uint32_t i = 0; i < model; i++) {
		for (const struct rh_key *key = registry->models[i]->node_keys;
		     key != NULL && key->name != NULL; key++) {
			if (strcmp(key->name, name) == 0)
				return true;
		}
	}
	return false;
}

/* What a group may say of its nodes is what any model takes: which model it is stands elsewhere. */
static void put_node_definition(struct rh_buf *out, const struct rh_registry *registry)
{
	bool is_first = true;

	rh_buf_text(out, ",\n  \"with.model.node\":{\"type\":\"object\","
			 "\"additionalProperties\":false,\"properties\":{");
	for (uint32_t i = 0; i < registry->model_count; i++) {
		for (const struct rh_key *key = registry->models[i]->node_keys;
		     key != NULL && key->name != NULL; key++) {
			struct rh_field field = {.key = *key};

			if (!is_known_before(registry, i, key->name))
				put_property(out, "with.model.node", &field, &is_first);
		}
	}
	rh_buf_text(out, "}}");
}

/* ---- the whole --------------------------------------------------------------------------------- */

static void put_section(struct rh_buf *out, const struct rh_section *section,
			const struct rh_registry *registry)
{
	struct parts parts = {.out = out};
	bool is_first = true;

	rh_buf_printf(out, "\n  \"%s\":{\"description\":", section->name);
	rh_json_text(out, section->doc);
	rh_buf_text(out, ",\"type\":\"object\",\"additionalProperties\":false,\n    "
			 "\"properties\":{");
	for (const struct rh_field *field = section->fields; field->key.name != NULL; field++)
		put_property(out, section->name, field, &is_first);
	rh_buf_u8(out, '}');
	put_needs(&parts, section->fields);
	put_choices(&parts, section, registry);
	rh_buf_text(out, parts.is_open ? "]}" : "}");
}

void rh_schema_print_keys(const struct rh_keyset *keys, const struct rh_registry *registry,
			  struct rh_buf *out)
{
	rh_buf_text(out, "{\n  \"$schema\":\"http://json-schema.org/draft-07/schema#\",\n"
			 "  \"title\":\"Rehearse scenario v1\",\n"
			 "  \"$ref\":\"#/definitions/file\",\n  \"definitions\":{");
	for (uint32_t i = 0; i < keys->section_count; i++) {
		if (i != 0)
			rh_buf_u8(out, ',');
		put_section(out, &keys->sections[i], registry);
	}
	put_with_definitions(out, registry);
	put_node_definition(out, registry);
	rh_buf_text(out, "\n  }\n}\n");
}

void rh_schema_print(const struct rh_registry *registry, struct rh_buf *out)
{
	rh_schema_print_keys(&rh_keyset_default, registry, out);
}
