/*
 * schema_with.c - the part of the JSON Schema in which a name decides about the keys beside it: which
 * words there are, and which parameters `with:` then takes.
 *
 * A step is named by one of several keys (`fault: loss`, `node: restart`, `wait: 30s`), the others by
 * one (`name` of a model, `type` of a check or workload).  Each table of parameters is a definition
 * "with.KIND.NAME".
 */
#include <stdio.h>
#include <string.h>

#include "core/base/jsontext.h"
#include "core/scenario/schema.h"
#include "core/scenario/steps.h"

/* One of several registered names, and which key says it: `node: restart` is "node.restart". */
struct choice {
	char keys_text[RH_REGISTRY_MAX][32];
	const char *name_keys[RH_REGISTRY_MAX];
	const char *names[RH_REGISTRY_MAX]; /* NULL: the key alone says it (`wait`) */
	const char *docs[RH_REGISTRY_MAX];
	const struct rh_key *keys[RH_REGISTRY_MAX];
	const char *definitions[RH_REGISTRY_MAX]; /* the registered name */
	uint32_t count;
};

static void add_choice(struct choice *choice, const char *name_key, const char *name,
		       const char *doc, const struct rh_key *keys)
{
	uint32_t i = choice->count++;

	RH_ASSERT(i < RH_REGISTRY_MAX);
	choice->name_keys[i] = name_key;
	choice->names[i] = name;
	choice->definitions[i] = name;
	choice->docs[i] = doc;
	choice->keys[i] = keys;
}

static void add_step(struct choice *choice, const struct rh_action_type *type)
{
	uint32_t i = choice->count;
	const char *word;
	const char *key;

	RH_ASSERT(i < RH_REGISTRY_MAX);
	key = rh_action_key(choice->keys_text[i], &word, type);
	add_choice(choice, key, word, type->doc, type->keys);
	choice->definitions[i] = type->name;
}

/* A check goes by the names of other systems too, some of which are types of their own elsewhere. */
static void add_other_names(struct choice *choice, const struct rh_registry *registry)
{
	const char *is = NULL;
	const char *name;

	for (uint32_t i = 0; (name = rh_check_other_name(i, &is)) != NULL; i++) {
		const struct rh_assertion_type *type = rh_registry_assertion(registry, is);

		if (type == NULL || rh_registry_assertion(registry, name) != NULL)
			continue;
		add_choice(choice, "type", name, type->doc, type->keys);
		choice->definitions[choice->count - 1] = type->name;
	}
}

static void find_choices(struct choice *choice, const char *what,
			 const struct rh_registry *registry)
{
	choice->count = 0;
	if (strcmp(what, "model") == 0) {
		for (uint32_t i = 0; i < registry->model_count; i++)
			add_choice(choice, "name", registry->models[i]->name,
				   registry->models[i]->doc, registry->models[i]->keys);
	} else if (strcmp(what, "fault") == 0) {
		for (uint32_t i = 0; i < registry->action_count; i++)
			add_step(choice, registry->actions[i]);
	} else if (strcmp(what, "assertion") == 0) {
		for (uint32_t i = 0; i < registry->assertion_count; i++)
			add_choice(choice, "type", registry->assertions[i]->name,
				   registry->assertions[i]->doc, registry->assertions[i]->keys);
		add_other_names(choice, registry);
	} else if (strcmp(what, "workload") == 0) {
		for (uint32_t i = 0; i < registry->workload_count; i++)
			add_choice(choice, "type", registry->workloads[i]->name,
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

/* ---- names ----------------------------------------------------------------------------------- */

/* The words that a key may say: those whose choice it names. */
static void put_word_list(struct rh_buf *out, const struct choice *choice, const char *name_key,
			  const char *const *texts)
{
	bool is_first = true;

	rh_buf_u8(out, '[');
	for (uint32_t i = 0; i < choice->count; i++) {
		if (choice->names[i] == NULL || strcmp(choice->name_keys[i], name_key) != 0)
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

/*
 * {"properties":{"type":{"enum":[...]}}} for each key that names a choice.  The verbs of a `service`
 * are those of another language: beside it, `action` may be any word.
 */
static void put_names(struct parts *parts, const struct choice *choice)
{
	struct rh_buf *out = parts->out;

	for (uint32_t i = 0; i < choice->count; i++) {
		bool is_action = strcmp(choice->name_keys[i], "action") == 0;

		if (choice->names[i] == NULL || !is_first_of_key(choice, i))
			continue;
		rh_schema_next_part(parts);
		if (is_action)
			rh_buf_text(out, "{\"if\":{\"required\":[\"service\"]},\"else\":");
		rh_buf_printf(out, "{\"properties\":{\"%s\":{\"anyOf\":[{\"enum\":",
			      choice->name_keys[i]);
		put_word_list(out, choice, choice->name_keys[i], choice->names);
		rh_buf_text(out, ",\"enumDescriptions\":");
		put_word_list(out, choice, choice->name_keys[i], choice->docs);
		rh_buf_text(out, "}," RH_LATER_SCHEMA "]}}}");
		rh_buf_text(out, is_action ? "}" : "");
	}
}

/* A step is one thing: exactly one of the keys that say which, or `service` with `action`. */
static void put_one_of(struct parts *parts, const struct rh_section *section)
{
	struct rh_buf *out = parts->out;
	const char *separator = "";

	if (strcmp(section->name, "step") != 0)
		return;
	rh_schema_next_part(parts);
	rh_buf_text(out, "{\"oneOf\":[");
	for (int form = 0; form < RH_FORM_COUNT; form++) {
		const char *key = rh_step_form_key((enum rh_step_form)form);

		if (form == RH_FORM_SERVICE)
			rh_buf_printf(out, "%s{\"required\":[\"service\",\"action\"]}", separator);
		else if (form == RH_FORM_ACTION)
			rh_buf_printf(out,
				      "%s{\"required\":[\"action\"],\"not\":{\"required\":["
				      "\"service\"]}}",
				      separator);
		else
			rh_buf_printf(out, "%s{\"required\":[\"%s\"]}", separator, key);
		separator = ",";
	}
	rh_buf_text(out, "]}");
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* {"with":{...},"parameters":{...}}: however it is spelt, it follows this table. */
static void put_with(struct rh_buf *out, const struct rh_field *with, const char *what,
		     const char *definition)
{
	struct spellings all;

	rh_schema_spell(&all, with);
	for (uint32_t i = 0; i < all.count; i++)
		rh_buf_printf(out,
			      "%s\"%s\":{\"if\":{\"type\":\"null\"},\"else\":{\"$ref\":\"#/"
			      "definitions/with.%s.%s\"}}",
			      i != 0 ? "," : "{", all.names[i], what, definition);
	rh_buf_u8(out, '}');
}

/* if <name key> is NAME (or is there) then <with> is its table. */
static void put_conditions(struct parts *parts, const struct choice *choice, const char *what,
			   const struct rh_field *with)
{
	struct rh_buf *out = parts->out;

	for (uint32_t i = 0; i < choice->count; i++) {
		rh_schema_next_part(parts);
		rh_buf_text(out, "{\"if\":{");
		if (choice->names[i] != NULL)
			rh_buf_printf(
				out,
				"\"properties\":{\"%s\":{\"const\":\"%s\",\"doNotSuggest\":true}},",
				choice->name_keys[i], choice->names[i]);
		if (strcmp(choice->name_keys[i], "action") == 0)
			rh_buf_text(out, "\"not\":{\"required\":[\"service\"]},");
		rh_buf_printf(out, "\"required\":[\"%s\"]},\"then\":{\"properties\":",
			      choice->name_keys[i]);
		put_with(out, with, what, choice->definitions[i]);
		rh_buf_text(out, "}}");
	}
}

void rh_schema_put_choices(struct parts *parts, const struct rh_section *section,
			   const struct rh_registry *registry)
{
	const struct rh_field *with = with_field(section);
	struct choice choice;

	if (with == NULL || with->section == NULL)
		return;
	find_choices(&choice, with->section, registry);
	put_names(parts, &choice);
	put_one_of(parts, section);
	put_conditions(parts, &choice, with->section, with);
}

/* Keys that the loader turns into others: of waits those of the map `wait`, of transactions `to` and `mix`. */
static void put_other_words(struct rh_buf *out, const struct rh_key *keys, const char *type,
			    const char *definition, bool *is_first)
{
	static const struct rh_field others[] = {
		{.key = {.name = "to", .doc = "Nodes that get it; the same as `target`."},
		 .shape = RH_FIELD_TARGET,
		 .section = "target"},
		{.key = {.name = "mix", .doc = "Kinds of transactions, 100% together."},
		 .shape = RH_FIELD_SECTION,
		 .section = "mix"},
	};
	bool has_mix = false;

	for (; keys != NULL && keys->name != NULL; keys++)
		has_mix |= strcmp(keys->name, "badSignature") == 0;
	for (size_t i = 0; has_mix && i < RH_ARRAY_LEN(others); i++)
		rh_schema_put_property(out, definition, &others[i], RH_IS_PLAIN, is_first);
	for (const struct rh_field *field = rh_wait_fields;
	     strcmp(type, "wait") == 0 && field->key.name != NULL; field++)
		rh_schema_put_property(out, definition, field, RH_IS_PLAIN, is_first);
}

static void put_definition(struct rh_buf *out, const char *what, const struct choice *choice,
			   uint32_t i)
{
	bool is_step = strcmp(what, "fault") == 0;
	const struct rh_key *key = choice->keys[i];
	bool is_first = true;
	char name[160];

	snprintf(name, sizeof(name), "with.%s.%s", what, choice->definitions[i]);
	rh_buf_printf(out, ",\n  \"%s\":{\"description\":", name);
	rh_json_text(out, choice->docs[i]);
	rh_buf_text(out, ",\"type\":\"object\",\"additionalProperties\":false,"
			 "\"properties\":{");
	for (; key != NULL && key->name != NULL; key++) {
		struct rh_field field = {.key = *key, .alias = key->alias};

		rh_schema_put_property(out, name, &field, is_step ? RH_MAY_FOLLOW : RH_IS_PLAIN,
				       &is_first);
	}
	put_other_words(out, choice->keys[i], choice->definitions[i], name, &is_first);
	rh_buf_text(out, "}}");
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
				rh_schema_put_property(out, "with.model.node", &field, RH_IS_PLAIN,
						       &is_first);
		}
	}
	rh_buf_text(out, "}}");
}

void rh_schema_put_tables(struct rh_buf *out, const struct rh_registry *registry)
{
	static const char *const whats[] = {"model", "fault", "assertion", "workload"};
	struct choice choice;

	for (size_t w = 0; w < RH_ARRAY_LEN(whats); w++) {
		find_choices(&choice, whats[w], registry);
		for (uint32_t i = 0; i < choice.count; i++) {
			const char *name = choice.names[i];

			/* other names share the table of the name that is registered */
			if (strcmp(whats[w], "assertion") != 0 ||
			    strcmp(name, choice.definitions[i]) == 0)
				put_definition(out, whats[w], &choice, i);
		}
	}
	put_node_definition(out, registry);
	rh_buf_text(out,
		    ",\n  \"follows\":{\"description\":\"The value of a signal, as it changes.\","
		    "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
		    "\"signal\":{\"description\":\"Name of the signal (spec.signals).\","
		    "\"type\":\"string\"}},\"required\":[\"signal\"]}");
}
