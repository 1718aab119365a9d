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
#include "core/scenario/load.h"
#include "core/scenario/schema.h"

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

void rh_schema_spell(struct spellings *all, const struct rh_field *field)
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
	rh_buf_printf(out, "\"pattern\":\"%s%s" RH_LATER "\",\"patternErrorMessage\":\"%s\"", form,
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
		put_amount(out,
			   "^[-+]?(0|([0-9.]+ *(ns|us|ms|s|m|min|h|d|slots?|epochs?|blocks?) *)+)$",
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
		rh_buf_text(out, "}," RH_LATER_SCHEMA "]");
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

/* Where a phase or a step may stand, a template may be used. */
static void put_item(struct rh_buf *out, const char *section)
{
	/* a scenario of a suite is a file, or a map that says more */
	if (strcmp(section, "suite-entry") == 0) {
		rh_buf_text(out, "{\"if\":{\"type\":\"string\"},\"else\":");
		put_reference(out, section);
		rh_buf_u8(out, '}');
		return;
	}
	if (strcmp(section, "phase") != 0 && strcmp(section, "step") != 0) {
		put_reference(out, section);
		return;
	}
	rh_buf_text(out, "{\"type\":\"object\",\"if\":{\"required\":[\"use\"]},\"then\":{\"$ref\":"
			 "\"#/definitions/use\"},"
			 "\"else\":");
	put_reference(out, section);
	rh_buf_u8(out, '}');
}

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
		put_item(out, field->section);
		break;
	case RH_FIELD_CHECKS:
		rh_buf_text(out, "\"type\":[\"array\",\"null\"],\"items\":{\"if\":{\"type\":"
				 "\"string\"},\"else\":");
		put_reference(out, field->section);
		rh_buf_u8(out, '}');
		break;
	case RH_FIELD_WORDS:
		rh_buf_text(out, "\"type\":\"array\",\"items\":{\"type\":[\"string\",\"number\"]}");
		break;
	case RH_FIELD_TARGET:
		if (field->section == NULL) {
			rh_buf_text(out, "\"type\":[\"string\",\"number\",\"boolean\",\"array\"]");
			break;
		}
		rh_buf_text(out, "\"if\":{\"type\":\"object\"},\"then\":");
		put_reference(out, field->section);
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
	case RH_FIELD_ANY:
		rh_buf_text(out, "\"type\":[\"string\",\"number\",\"boolean\",\"array\",\"object\","
				 "\"null\"]");
		break;
	case RH_FIELD_MAP:
	case RH_FIELD_WITH:
		if (field->section != NULL && strcmp(field->section, "model.node") == 0)
			rh_buf_text(out, "\"if\":{\"type\":\"null\"},\"else\":"
					 "{\"$ref\":\"#/definitions/with.model.node\"}");
		else
			rh_buf_text(out, "\"type\":[\"object\",\"null\"]");
		break;
	}
}

/*
 * A parameter of a step: a number may follow a signal, and a text may be a list or a map, which is
 * kept as one line.
 */
static void put_following(struct rh_buf *out, const struct rh_key *key)
{
	switch (key->type) {
	case RH_KEY_INT:
	case RH_KEY_DURATION:
	case RH_KEY_SIZE:
	case RH_KEY_RATE:
	case RH_KEY_RATIO:
	case RH_KEY_PACE:
		rh_buf_text(out, "\"if\":{\"type\":\"object\"},\"then\":{\"$ref\":\"#/definitions/"
				 "follows\"},\"else\":{");
		put_scalar(out, key);
		rh_buf_u8(out, '}');
		break;
	case RH_KEY_BOOL:
	case RH_KEY_ENUM:
		put_scalar(out, key);
		break;
	case RH_KEY_TEXT:
		rh_buf_text(out,
			    "\"type\":[\"string\",\"number\",\"boolean\",\"array\",\"object\"]");
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
void rh_schema_put_property(struct rh_buf *out, const char *definition,
			    const struct rh_field *field, enum rh_schema_value value,
			    bool *is_first)
{
	struct spellings all;

	rh_schema_spell(&all, field);
	put_name(out, all.names[0], is_first);
	rh_buf_text(out, "{\"description\":");
	rh_json_text(out, field->key.doc);
	rh_buf_u8(out, ',');
	if (value == RH_MAY_FOLLOW)
		put_following(out, &field->key);
	else
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

	rh_schema_spell(&all, field);
	rh_buf_text(out, all.count > 1 ? "{\"anyOf\":[" : "");
	for (uint32_t i = 0; i < all.count; i++)
		rh_buf_printf(out, "%s{\"required\":[\"%s\"]}", i != 0 ? "," : "", all.names[i]);
	rh_buf_text(out, all.count > 1 ? "]}" : "");
}

void rh_schema_next_part(struct parts *parts)
{
	rh_buf_text(parts->out, parts->is_open ? ",\n      " : ",\n    \"allOf\":[\n      ");
	parts->is_open = true;
}

static void put_needs(struct parts *parts, const struct rh_field *fields)
{
	for (; fields->key.name != NULL; fields++) {
		if (fields->key.default_text != NULL)
			continue;
		rh_schema_next_part(parts);
		put_need(parts->out, fields);
	}
}

/* ---- the whole --------------------------------------------------------------------------------- */

/* `spec` and what stands in it may be left to an include, a template or a part: see put_whole(). */
static bool is_part_of_spec(const struct rh_section *section)
{
	return strncmp(section->name, "spec", 4) == 0;
}

static void put_section(struct rh_buf *out, const struct rh_section *section,
			const struct rh_registry *registry)
{
	struct parts parts = {.out = out};
	bool is_first = true;

	rh_buf_printf(out, "\n  \"%s\":{\"description\":", section->name);
	rh_json_text(out, section->doc);
	rh_buf_text(out, ",\"type\":\"object\",\"additionalProperties\":false,\n    "
			 "\"properties\":{");
	for (const struct rh_field *field = section->fields; field->key.name != NULL; field++) {
		struct rh_field own = *field;

		/* Which section `spec` is, the kind of the file says. */
		if (own.section != NULL && strcmp(own.section, "spec") == 0)
			own.shape = RH_FIELD_MAP;
		rh_schema_put_property(out, section->name, &own, RH_IS_PLAIN, &is_first);
	}
	rh_buf_u8(out, '}');
	if (!is_part_of_spec(section))
		put_needs(&parts, section->fields);
	rh_schema_put_choices(&parts, section, registry);
	rh_buf_text(out, parts.is_open ? "]}" : "}");
}

/* What a scenario needs that includes nothing: the required keys of spec and its sections. */
static void put_whole(struct rh_buf *out, const struct rh_keyset *keys)
{
	const struct rh_section *spec = rh_keyset_section(keys, "spec");
	struct parts parts = {.out = out};
	bool is_first = true;

	rh_buf_text(
		out,
		",\n  \"whole\":{\"type\":\"object\",\"properties\":{\"spec\":{\"type\":\"object\","
		"\"properties\":{");
	for (const struct rh_field *field = spec->fields; field->key.name != NULL; field++) {
		const struct rh_section *own = field->shape == RH_FIELD_SECTION
						       ? rh_keyset_section(keys, field->section)
						       : NULL;
		struct parts needs = {.out = out};

		if (own == NULL || !is_part_of_spec(own))
			continue;
		put_name(out, field->key.name, &is_first);
		rh_buf_text(
			out,
			"{\"type\":[\"object\",\"null\"],\"if\":{\"required\":[\"use\"]},\"else\":{"
			"\"type\":[\"object\",\"null\"]");
		put_needs(&needs, own->fields);
		rh_buf_text(out, needs.is_open ? "]}}" : "}}");
	}
	rh_buf_u8(out, '}');
	put_needs(&parts, spec->fields);
	rh_buf_text(out, parts.is_open ? "]}}}" : "}}}");
}

/* Each kind of file has its own `spec`; NULL: read by the program, and no part of these tables. */
static const struct {
	const char *kind;
	const char *section;
} kinds[] = {
	{"Scenario", "spec"},
	{"Template", "spec"},
	{"Topology", "spec.topology"},
	{"NetworkModel", "spec.network"},
	{"Suite", "suite"},
	{"Config", NULL},
};

static void put_if_kind(struct rh_buf *out, const char *kind, const char *also)
{
	rh_buf_printf(out,
		      ",\n    "
		      "{\"if\":{\"properties\":{\"kind\":{\"const\":\"%s\",\"doNotSuggest\":true}},"
		      "\"required\":[\"kind\"]%s},\"then\":",
		      kind, also);
}

static void put_kinds(struct rh_buf *out)
{
	rh_buf_text(out,
		    "\"type\":\"object\",\"allOf\":[\n    {\"$ref\":\"#/definitions/file\"},\n    "
		    "{\"properties\":{\"kind\":{\"enum\":[");
	for (size_t i = 0; i < RH_ARRAY_LEN(kinds); i++)
		rh_buf_printf(out, "%s\"%s\"", i != 0 ? "," : "", kinds[i].kind);
	rh_buf_text(out, "]}}}");
	for (size_t i = 0; i < RH_ARRAY_LEN(kinds); i++) {
		if (kinds[i].section == NULL)
			continue;
		put_if_kind(out, kinds[i].kind, "");
		rh_buf_printf(out, "{\"properties\":{\"spec\":{\"$ref\":\"#/definitions/%s\"}}}}",
			      kinds[i].section);
	}
	put_if_kind(out, "Scenario", ",\"not\":{\"required\":[\"include\"]}");
	rh_buf_text(out, "{\"$ref\":\"#/definitions/whole\"}}],\n");
}

/* The entry that stands for the phases or steps of a template (template.c). */
static void put_use(struct rh_buf *out)
{
	static const char *const keys[][2] = {
		{"use", "Name of the template, NAME@FILE, or a file."},
		{"name", "Stands in front of the names inside."},
		{"id", "The same as name."},
		{"description", "What it is for."},
		{"at", "When it begins, as of a step."},
		{"delay", "As of a step."},
	};

	rh_buf_text(out,
		    ",\n  \"use\":{\"description\":\"A template in place of a phase or step.\","
		    "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++)
		rh_buf_printf(out, "\"%s\":{\"description\":\"%s\",\"type\":\"string\"},",
			      keys[i][0], keys[i][1]);
	rh_buf_text(
		out,
		"\"with\":{\"description\":\"Its parameters.\",\"type\":[\"object\",\"null\"]}}}");
}

void rh_schema_print_keys(const struct rh_keyset *keys, const struct rh_registry *registry,
			  struct rh_buf *out)
{
	rh_buf_text(out, "{\n  \"$schema\":\"http://json-schema.org/draft-07/schema#\",\n"
			 "  \"title\":\"Rehearse scenario v1\",\n  ");
	put_kinds(out);
	rh_buf_text(out, "  \"definitions\":{");
	for (uint32_t i = 0; i < keys->section_count; i++) {
		if (i != 0)
			rh_buf_u8(out, ',');
		put_section(out, &keys->sections[i], registry);
	}
	put_whole(out, keys);
	put_use(out);
	rh_schema_put_tables(out, registry);
	rh_buf_text(out, "\n  }\n}\n");
}

void rh_schema_print(const struct rh_registry *registry, struct rh_buf *out)
{
	rh_schema_print_keys(&rh_keyset_default, registry, out);
}
