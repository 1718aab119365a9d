/*
 * schema.c - the key tables as JSON Schema (draft-07), for editors.
 *
 * Each section is a definition; a key stands in it under both spellings.  What a `with:` holds
 * follows from the name beside it, by if/then, so that an editor blames the right branch.
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/jsontext.h"
#include "core/scenario/keys.h"
#include "core/scenario/load.h"

/* blockInterval as block_interval; false when that is the same. */
static bool snake_case(char *snake, size_t size, const char *name)
{
	size_t len = 0;
	bool is_other = false;

	for (; *name != 0 && len + 3 < size; name++) {
		if (*name >= 'A' && *name <= 'Z') {
			snake[len++] = '_';
			snake[len++] = (char)(*name - 'A' + 'a');
			is_other = true;
		} else {
			snake[len++] = *name;
		}
	}
	snake[len] = 0;
	return is_other;
}

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

/* The type of a scalar, without braces. */
static void put_scalar(struct rh_buf *out, const struct rh_key *key)
{
	switch (key->type) {
	case RH_KEY_BOOL:
		rh_buf_text(out, "\"type\":\"boolean\"");
		break;
	case RH_KEY_INT:
		rh_buf_text(out, "\"type\":\"integer\"");
		if (key->min != 0 || key->max != 0)
			rh_buf_printf(out, ",\"minimum\":%" PRId64 ",\"maximum\":%" PRId64,
				      key->min, key->max);
		break;
	case RH_KEY_DURATION:
		rh_buf_text(out, "\"type\":[\"string\",\"integer\"],\"pattern\":\"^[-+]?(0|([0-9.]+"
				 " *(ns|us|ms|s|m|min|h|d|slots?|epochs?) *)+)$\",\"maximum\":0,"
				 "\"minimum\":0");
		break;
	case RH_KEY_SIZE:
		rh_buf_text(out, "\"type\":[\"string\",\"integer\"],\"pattern\":\"^[0-9.]+ "
				 "*([kKMGT]?B|[KMGT]iB)$|^0$\",\"maximum\":0,\"minimum\":0");
		break;
	case RH_KEY_RATE:
		rh_buf_text(out, "\"type\":[\"string\",\"integer\"],\"pattern\":\"^unlimited$|^0$|"
				 "^[0-9.]+ *([kmgKMG]?bit(/s)?|[kKMG]?B/s|[KMG]iB/s)$\","
				 "\"maximum\":0,\"minimum\":0");
		break;
	case RH_KEY_RATIO:
		rh_buf_text(out, "\"type\":[\"string\",\"number\"],\"pattern\":\"^[0-9.]+%?$\"");
		break;
	case RH_KEY_ENUM:
		put_words(out, key->values);
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
		rh_buf_text(out, "\"type\":[\"object\",\"null\"]");
		break;
	}
}

static void put_property(struct rh_buf *out, const char *name, const struct rh_field *field,
			 bool *is_first)
{
	rh_buf_text(out, *is_first ? "\n      " : ",\n      ");
	*is_first = false;
	rh_json_text(out, name);
	rh_buf_text(out, ":{\"description\":");
	rh_json_text(out, field->key.doc);
	rh_buf_u8(out, ',');
	put_shape(out, field);
	rh_buf_u8(out, '}');
}

static void put_aliases(struct rh_buf *out, const struct rh_field *field, bool *is_first)
{
	char alias[RH_ALIAS_MAX];
	char snake[80];

	for (uint32_t i = 0; rh_field_alias(alias, field, i) != NULL; i++) {
		put_property(out, alias, field, is_first);
		if (snake_case(snake, sizeof(snake), alias))
			put_property(out, snake, field, is_first);
	}
}

static void put_properties(struct rh_buf *out, const struct rh_field *fields)
{
	bool is_first = true;
	char snake[80];

	rh_buf_text(out, "\"properties\":{");
	for (; fields->key.name != NULL; fields++) {
		put_property(out, fields->key.name, fields, &is_first);
		if (snake_case(snake, sizeof(snake), fields->key.name))
			put_property(out, snake, fields, &is_first);
		put_aliases(out, fields, &is_first);
	}
	rh_buf_text(out, "}");
}

/* Required keys that have but one spelling. */
static void put_required(struct rh_buf *out, const struct rh_field *fields)
{
	bool is_first = true;
	char snake[80];

	for (; fields->key.name != NULL; fields++) {
		if (fields->key.default_text != NULL || fields->alias != NULL ||
		    snake_case(snake, sizeof(snake), fields->key.name))
			continue;
		rh_buf_printf(out, "%s\"%s\"", is_first ? ",\n    \"required\":[" : ",",
			      fields->key.name);
		is_first = false;
	}
	if (!is_first)
		rh_buf_u8(out, ']');
}

static void put_keys(struct rh_buf *out, const struct rh_key *keys)
{
	bool is_first = true;
	char snake[80];

	rh_buf_text(out, "{\"type\":[\"object\",\"null\"],\"additionalProperties\":false,"
			 "\"properties\":{");
	for (; keys != NULL && keys->name != NULL; keys++) {
		struct rh_field field = {.key = *keys};

		put_property(out, keys->name, &field, &is_first);
		if (snake_case(snake, sizeof(snake), keys->name))
			put_property(out, snake, &field, &is_first);
	}
	rh_buf_text(out, "}}");
}

/* One of several registered names, and which key says it. */
struct choice {
	const char *name_keys[RH_REGISTRY_MAX];
	const char *names[RH_REGISTRY_MAX];
	const struct rh_key *keys[RH_REGISTRY_MAX];
	uint32_t count;
};

static void add_choice(struct choice *choice, const char *name_key, const char *name,
		       const struct rh_key *keys)
{
	RH_ASSERT(choice->count < RH_REGISTRY_MAX);
	choice->name_keys[choice->count] = name_key;
	choice->names[choice->count] = name;
	choice->keys[choice->count++] = keys;
}

/* if <name_key> is NAME then <with> is its table. */
static void put_choice(struct rh_buf *out, const struct choice *choice, uint32_t i)
{
	rh_buf_printf(out,
		      ",\n      {\"if\":{\"properties\":{\"%s\":{\"const\":\"%s\"}},\"required\":"
		      "[\"%s\"]},\"then\":{\"properties\":{\"with\":",
		      choice->name_keys[i], choice->names[i], choice->name_keys[i]);
	put_keys(out, choice->keys[i]);
	rh_buf_text(out, "}}}");
}

static const struct rh_field *with_field(const struct rh_section *section)
{
	const struct rh_field *field = section->fields;

	while (field->key.name != NULL && field->shape != RH_FIELD_WITH)
		field++;
	return field->key.name != NULL ? field : NULL;
}

static void find_choices(struct choice *choice, const char *what,
			 const struct rh_registry *registry)
{
	if (strcmp(what, "model") == 0) {
		for (uint32_t i = 0; i < registry->model_count; i++)
			add_choice(choice, "name", registry->models[i]->name,
				   registry->models[i]->keys);
	} else if (strcmp(what, "fault") == 0) {
		for (uint32_t i = 0; i < registry->action_count; i++)
			add_choice(choice, registry->actions[i]->is_fault ? "fault" : "action",
				   registry->actions[i]->name, registry->actions[i]->keys);
	} else if (strcmp(what, "assertion") == 0) {
		for (uint32_t i = 0; i < registry->assertion_count; i++)
			add_choice(choice, "type", registry->assertions[i]->name,
				   registry->assertions[i]->keys);
	} else if (strcmp(what, "workload") == 0) {
		for (uint32_t i = 0; i < registry->workload_count; i++)
			add_choice(choice, "type", registry->workloads[i]->name,
				   registry->workloads[i]->keys);
	}
}

/* {"properties":{<name_key>:{"enum":[...]}}} for the names that this key says; nothing when it says none. */
static void put_enum(struct rh_buf *out, const struct choice *choice, const char *name_key,
		     bool *is_first_enum)
{
	bool is_first = true;

	for (uint32_t i = 0; i < choice->count; i++) {
		if (strcmp(choice->name_keys[i], name_key) != 0)
			continue;
		if (is_first)
			rh_buf_printf(out, "%s{\"properties\":{\"%s\":{\"enum\":[",
				      *is_first_enum ? "" : ",", name_key);
		rh_buf_printf(out, "%s\"%s\"", is_first ? "" : ",", choice->names[i]);
		is_first = false;
	}
	if (!is_first) {
		rh_buf_text(out, "]}}}");
		*is_first_enum = false;
	}
}

static void put_choices(struct rh_buf *out, const struct rh_section *section,
			const struct rh_registry *registry)
{
	static const char *const name_keys[] = {"name", "type", "fault", "action"};
	const struct rh_field *with = with_field(section);
	struct choice choice = {.count = 0};
	bool is_first = true;

	if (with == NULL || with->section == NULL)
		return;
	find_choices(&choice, with->section, registry);
	if (choice.count == 0)
		return;
	rh_buf_text(out, ",\n    \"allOf\":[");
	for (size_t i = 0; i < RH_ARRAY_LEN(name_keys); i++)
		put_enum(out, &choice, name_keys[i], &is_first);
	for (uint32_t i = 0; i < choice.count; i++)
		put_choice(out, &choice, i);
	rh_buf_u8(out, ']');
}

void rh_schema_print_keys(const struct rh_keyset *keys, const struct rh_registry *registry,
			  struct rh_buf *out)
{
	rh_buf_text(out, "{\n  \"$schema\":\"http://json-schema.org/draft-07/schema#\",\n"
			 "  \"title\":\"Rehearse scenario v1\",\n"
			 "  \"$ref\":\"#/definitions/file\",\n  \"definitions\":{");
	for (uint32_t i = 0; i < keys->section_count; i++) {
		const struct rh_section *section = &keys->sections[i];

		rh_buf_printf(out, "%s\n  \"%s\":{\"description\":", i != 0 ? "," : "",
			      section->name);
		rh_json_text(out, section->doc);
		rh_buf_text(out, ",\"type\":\"object\",\"additionalProperties\":false,\n    ");
		put_properties(out, section->fields);
		put_required(out, section->fields);
		put_choices(out, section, registry);
		rh_buf_u8(out, '}');
	}
	rh_buf_text(out, "\n  }\n}\n");
}

void rh_schema_print(const struct rh_registry *registry, struct rh_buf *out)
{
	rh_schema_print_keys(&rh_keyset_default, registry, out);
}
