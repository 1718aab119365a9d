/*
 * explain.c - what a key, a fault, a model, a gauge or a code means, from the tables.
 *
 * A path is followed through the sections as in a file: "spec.network.jitter.amount".  "spec." may
 * be left out, and a section may be named directly ("step.target").
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/keys.h"
#include "core/scenario/load.h"

#define PATH_MAX_LEN 200
#define WORDS_MAX    400

static void put_type(struct rh_buf *out, const struct rh_field *field)
{
	switch (field->shape) {
	case RH_FIELD_VALUE:
		rh_buf_text(out, rh_key_type_text(field->key.type));
		break;
	case RH_FIELD_SECTION:
		rh_buf_text(out, "map");
		break;
	case RH_FIELD_EITHER:
		rh_buf_text(out, "value or map");
		break;
	case RH_FIELD_LIST:
		rh_buf_text(out, "list of maps");
		break;
	case RH_FIELD_CHECKS:
		rh_buf_text(out, "list of checks");
		break;
	case RH_FIELD_WORDS:
		rh_buf_text(out, "list of words");
		break;
	case RH_FIELD_TARGET:
		rh_buf_text(out, "names or map");
		break;
	case RH_FIELD_LINKS:
		rh_buf_text(out, "list of links");
		break;
	case RH_FIELD_SHARES:
		rh_buf_text(out, "name or shares");
		break;
	case RH_FIELD_MATRIX:
		rh_buf_text(out, "list of rows");
		break;
	case RH_FIELD_ANY:
		rh_buf_text(out, "any value");
		break;
	case RH_FIELD_MAP:
		rh_buf_text(out, "map of names");
		break;
	case RH_FIELD_WITH:
		rh_buf_text(out, "parameters");
		break;
	}
}

static void put_default(struct rh_buf *out, const struct rh_key *key)
{
	if (key->default_text == NULL)
		rh_buf_text(out, "required");
	else if (key->default_text[0] != 0)
		rh_buf_text(out, key->default_text);
	else
		rh_buf_text(out, "-");
}

/* Words or limits. */
static void put_range(struct rh_buf *out, const struct rh_field *field)
{
	if (field->shape != RH_FIELD_VALUE)
		return;
	if (field->key.type == RH_KEY_ENUM) {
		for (const char *at = field->key.values; *at != 0; at++)
			rh_buf_u8(out, *at == '|' ? ' ' : (uint8_t)*at);
		return;
	}
	rh_key_limits_print(&field->key, out);
}

static void put_row(struct rh_buf *out, const struct rh_field *field)
{
	struct rh_buf cell = {0};

	rh_buf_printf(out, "  %-18s ", field->key.name);
	put_type(&cell, field);
	rh_buf_printf(out, "%-15s ", rh_buf_str(&cell));
	rh_buf_reset(&cell);
	put_default(&cell, &field->key);
	rh_buf_printf(out, "%-12s %s\n", rh_buf_str(&cell), field->key.doc);
	rh_buf_release(&cell);
}

static void put_rows(struct rh_buf *out, const struct rh_field *fields)
{
	if (fields->key.name != NULL)
		rh_buf_printf(out, "\n  %-18s %-15s %-12s %s\n", "key", "type", "default",
			      "meaning");
	for (; fields->key.name != NULL; fields++)
		put_row(out, fields);
}

static void put_key_rows(struct rh_buf *out, const struct rh_key *keys)
{
	if (keys == NULL || keys->name == NULL) {
		rh_buf_text(out, "\n  It has no parameters.\n");
		return;
	}
	rh_buf_printf(out, "\n  %-18s %-15s %-12s %s\n", "key", "type", "default", "meaning");
	for (; keys->name != NULL; keys++) {
		struct rh_field field = {.key = *keys, .alias = keys->alias};

		put_row(out, &field);
	}
}

/* The other spellings, when there are any. */
static void put_aliases(struct rh_buf *out, const struct rh_field *field, const char *before,
			const char *between, const char *after)
{
	char alias[RH_ALIAS_MAX];
	uint32_t i = 0;

	for (; rh_field_alias(alias, field, i) != NULL; i++)
		rh_buf_printf(out, "%s%s", i == 0 ? before : between, alias);
	if (i != 0)
		rh_buf_text(out, after);
}

static void put_field(struct rh_buf *out, const struct rh_keyset *keys, const char *path,
		      const struct rh_field *field)
{
	struct rh_buf cell = {0};
	const struct rh_section *section =
		field->section != NULL ? rh_keyset_section(keys, field->section) : NULL;

	rh_buf_printf(out, "%s\n  %s\n\n  type     ", path, field->key.doc);
	put_type(out, field);
	rh_buf_text(out, "\n  default  ");
	put_default(out, &field->key);
	put_range(&cell, field);
	if (cell.len != 0)
		rh_buf_printf(out, "\n  %s  %s",
			      field->key.type == RH_KEY_ENUM ? "words  " : "limits ",
			      rh_buf_str(&cell));
	put_aliases(out, field, "\n  also     ", ", ", "");
	rh_buf_printf(out, "\n  since    %s\n", field->key.since != NULL ? field->key.since : "");
	if (section != NULL)
		put_rows(out, section->fields);
	rh_buf_release(&cell);
}

/* ---- finding --------------------------------------------------------------------------------- */

/* What stands behind the first point, or NULL; `head` gets what stands before it. */
static const char *split(char head[PATH_MAX_LEN], const char *path)
{
	size_t len = strcspn(path, ".");

	snprintf(head, PATH_MAX_LEN, "%.*s", (int)(len < PATH_MAX_LEN ? len : PATH_MAX_LEN - 1),
		 path);
	return path[len] == '.' ? path + len + 1 : NULL;
}

static const struct rh_field *find_field(const struct rh_section *section, const char *name)
{
	for (const struct rh_field *field = section->fields; field->key.name != NULL; field++) {
		if (rh_field_is(field, name))
			return field;
	}
	return NULL;
}

/* Follows a path from a section; false when it leads nowhere. */
static bool explain_path(const struct rh_keyset *keys, const struct rh_section *section,
			 const char *path, const char *shown, struct rh_buf *out)
{
	char head[PATH_MAX_LEN];

	while (section != NULL && path != NULL) {
		const char *rest = split(head, path);
		const struct rh_field *field = find_field(section, head);

		if (field == NULL)
			return false;
		if (rest == NULL) {
			put_field(out, keys, shown, field);
			return true;
		}
		section = field->section != NULL ? rh_keyset_section(keys, field->section) : NULL;
		path = rest;
	}
	return false;
}

/* A section by its name ("spec.network", "step"), with what follows as a path in it. */
static bool explain_section(const struct rh_keyset *keys, const char *what, struct rh_buf *out)
{
	for (uint32_t i = 0; i < keys->section_count; i++) {
		const struct rh_section *section = &keys->sections[i];
		size_t len = strlen(section->name);

		if (strcmp(section->name, what) == 0) {
			rh_buf_printf(out, "%s\n  %s\n", section->name, section->doc);
			put_rows(out, section->fields);
			return true;
		}
		if (strncmp(section->name, what, len) == 0 && what[len] == '.' &&
		    explain_path(keys, section, what + len + 1, what, out))
			return true;
	}
	return false;
}

static bool explain_keys(const struct rh_key *keys, const char *name, const char *shown,
			 struct rh_buf *out)
{
	static const struct rh_keyset none;

	for (; keys != NULL && keys->name != NULL; keys++) {
		struct rh_field field = {.key = *keys, .alias = keys->alias};

		if (!rh_field_is(&field, name))
			continue;
		put_field(out, &none, shown, &field);
		return true;
	}
	return false;
}

static bool explain_model(const struct rh_registry *registry, const char *name, const char *rest,
			  const char *shown, struct rh_buf *out)
{
	const struct rh_model *model = rh_registry_model(registry, name);

	if (model == NULL)
		return false;
	if (rest != NULL)
		return explain_keys(model->keys, rest, shown, out) ||
		       explain_keys(model->node_keys, rest, shown, out);
	rh_buf_printf(out, "model %s\n  %s\n", model->name, model->doc != NULL ? model->doc : "");
	put_key_rows(out, model->keys);
	rh_buf_text(out, "\n  of a group or node (topology.groups: with)\n");
	put_key_rows(out, model->node_keys);
	if (model->gauge_count != 0)
		rh_buf_text(out, "\n  gauges\n");
	for (uint32_t i = 0; i < model->gauge_count; i++)
		rh_buf_printf(out, "  %s.%-*s %-6s %s\n", model->name,
			      (int)(strlen(model->name) < 17 ? 17 - strlen(model->name) : 1),
			      model->gauges[i].name, rh_unit_name(model->gauges[i].unit),
			      model->gauges[i].doc);
	return true;
}

static bool explain_type(const char *kind, const char *name, const char *doc,
			 const struct rh_key *keys, const char *rest, const char *shown,
			 struct rh_buf *out)
{
	if (rest != NULL)
		return explain_keys(keys, rest, shown, out);
	rh_buf_printf(out, "%s%s%s\n  %s\n", kind, name[0] != 0 ? " " : "", name,
		      doc != NULL ? doc : "");
	put_key_rows(out, keys);
	return true;
}

static bool explain_gauge(const struct rh_registry *registry, const char *name, struct rh_buf *out)
{
	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT; i++) {
		const struct rh_gauge_info *gauge = rh_gauge_info(i);

		if (strcmp(gauge->name, name) == 0) {
			rh_buf_printf(out, "gauge %s (%s%s)\n  %s\n", gauge->name,
				      rh_unit_name(gauge->unit),
				      gauge->is_derived ? ", of the whole network" : "",
				      gauge->doc);
			return true;
		}
	}
	for (uint32_t m = 0; m < registry->model_count; m++) {
		const struct rh_model *model = registry->models[m];

		for (uint32_t i = 0; i < model->gauge_count; i++) {
			char full[130];

			snprintf(full, sizeof(full), "%.60s.%.60s", model->name,
				 model->gauges[i].name);
			if (strcmp(name, full) != 0 && strcmp(name, model->gauges[i].name) != 0)
				continue;
			rh_buf_printf(out, "gauge %s (%s, of model %s)\n  %s\n", full,
				      rh_unit_name(model->gauges[i].unit), model->name,
				      model->gauges[i].doc);
			return true;
		}
	}
	return false;
}

/* "partition", "loss.loss", "node.restart", "node.restart.downtime": the longest name that there is. */
static bool explain_step(const struct rh_registry *registry, const char *rest, const char *what,
			 struct rh_buf *out)
{
	for (uint32_t i = 0; i < registry->action_count; i++) {
		const struct rh_action_type *type = registry->actions[i];
		size_t len = strlen(type->name);
		char key[32];
		const char *word;
		const char *form = rh_action_key(key, &word, type);

		if (strncmp(rest, type->name, len) != 0 || (rest[len] != 0 && rest[len] != '.'))
			continue;
		if (!explain_type(form, word != NULL ? word : "", type->doc, type->keys,
				  rest[len] == 0 ? NULL : rest + len + 1, what, out))
			continue;
		if (type->effect == RH_EFFECT_LATER)
			rh_buf_printf(out, "\nNot in this version: it needs %s.\n", type->missing);
		return true;
	}
	return false;
}

/* "fault.partition", "model.pow.blockInterval", "gauge.heads", ... */
static bool explain_registered(const struct rh_registry *registry, const char *what,
			       struct rh_buf *out)
{
	char kind[PATH_MAX_LEN];
	char name[PATH_MAX_LEN];
	const char *rest = split(kind, what);
	const char *after;

	if (rest == NULL)
		return false;
	if (explain_step(registry, what, what, out))
		return true;
	after = split(name, rest);
	if (strcmp(kind, "model") == 0)
		return explain_model(registry, name, after, what, out);
	if (strcmp(kind, "gauge") == 0)
		return explain_gauge(registry, rest, out);
	if (strcmp(kind, "fault") == 0 || strcmp(kind, "action") == 0)
		return explain_step(registry, rest, what, out);
	if (strcmp(kind, "assertion") == 0) {
		const struct rh_assertion_type *type = rh_registry_assertion(registry, name);

		return type != NULL && explain_type("assertion", type->name, type->doc, type->keys,
						    after, what, out);
	}
	if (strcmp(kind, "workload") == 0) {
		const struct rh_workload_type *type = rh_registry_workload(registry, name);

		return type != NULL && explain_type("workload", type->name, type->doc, type->keys,
						    after, what, out);
	}
	return false;
}

static bool explain_code(const char *what, struct rh_buf *out)
{
	const char *title;
	const char *doc;
	const char *code;

	for (uint32_t i = 0; (code = rh_diagnostic_code_at(i, &title, &doc)) != NULL; i++) {
		if (strcmp(code, what) == 0) {
			rh_buf_printf(out, "%s: %s\n  %s\n", code, title, doc);
			return true;
		}
	}
	return false;
}

/* ---- all of it, as Markdown ------------------------------------------------------------------ */

static void put_markdown_rows(struct rh_buf *out, const struct rh_field *fields)
{
	struct rh_buf cell = {0};

	rh_buf_text(out, "\n| key | type | default | limits | meaning |\n|---|---|---|---|---|\n");
	for (; fields->key.name != NULL; fields++) {
		rh_buf_printf(out, "| `%s`", fields->key.name);
		put_aliases(out, fields, " (`", "`, `", "`)");
		rh_buf_text(out, " | ");
		put_type(out, fields);
		rh_buf_text(out, " | ");
		put_default(out, &fields->key);
		rh_buf_reset(&cell);
		put_range(&cell, fields);
		rh_buf_printf(out, " | %s | %s |\n", rh_buf_str(&cell), fields->key.doc);
	}
	rh_buf_release(&cell);
}

static void put_markdown_keys(struct rh_buf *out, const char *kind, const char *name,
			      const char *doc, const struct rh_key *keys)
{
	struct rh_field fields[65];
	uint32_t count = 0;

	memset(fields, 0, sizeof(fields));
	for (; keys != NULL && keys[count].name != NULL && count < 64; count++)
		fields[count].key = keys[count];
	rh_buf_printf(out, "\n### %s%s%s\n\n%s\n", kind, name[0] != 0 ? " " : "", name,
		      doc != NULL ? doc : "");
	if (count != 0)
		put_markdown_rows(out, fields);
}

/* The reference part of docs/SCENARIO.md. */
static void put_markdown_step(struct rh_buf *out, const struct rh_action_type *type)
{
	char key[32];
	const char *word;
	const char *form = rh_action_key(key, &word, type);

	put_markdown_keys(out, form, word != NULL ? word : "", type->doc, type->keys);
}

/* One line each: what they need is worth more than their keys. */
static void put_markdown_later(struct rh_buf *out, const struct rh_registry *registry)
{
	rh_buf_text(out,
		    "\n### steps not in this version\n\nThey can be written, checked and planned; "
		    "a run refuses them.\n\n| step | meaning | needs |\n|---|---|---|\n");
	for (uint32_t i = 0; i < registry->action_count; i++) {
		const struct rh_action_type *type = registry->actions[i];
		char key[32];
		const char *word;
		const char *form = rh_action_key(key, &word, type);

		if (type->effect == RH_EFFECT_LATER)
			rh_buf_printf(out, "| `%s%s%s` | %s | %s |\n", form,
				      word != NULL ? ": " : "", word != NULL ? word : "", type->doc,
				      type->missing);
	}
}

static void put_markdown(const struct rh_keyset *keys, const struct rh_registry *registry,
			 struct rh_buf *out)
{
	const char *title;
	const char *doc;
	const char *code;

	for (uint32_t i = 0; i < keys->section_count; i++) {
		rh_buf_printf(out, "%s### %s\n\n%s\n", i != 0 ? "\n" : "", keys->sections[i].name,
			      keys->sections[i].doc);
		put_markdown_rows(out, keys->sections[i].fields);
	}
	/* Actions belong to models and plugins, each with a page of its own. */
	for (uint32_t i = 0; i < registry->action_count; i++) {
		const struct rh_action_type *type = registry->actions[i];

		/* Actions of models stand with their models. */
		if (type->effect != RH_EFFECT_LATER && type->effect != RH_EFFECT_ON_MODEL)
			put_markdown_step(out, type);
	}
	put_markdown_later(out, registry);
	rh_buf_text(out, "\n### Codes\n\n| code | what | more |\n|---|---|---|\n");
	for (uint32_t i = 0; (code = rh_diagnostic_code_at(i, &title, &doc)) != NULL; i++) {
		rh_buf_printf(out, "| %s | %s | ", code, title);
		for (; *doc != 0; doc++)
			rh_buf_printf(out, *doc == '|' ? "\\%c" : "%c", *doc);
		rh_buf_text(out, " |\n");
	}
}

/* ---- the doors ------------------------------------------------------------------------------- */

/* What could have been meant: every key with its path, every registered name, every code. */
static int refuse(const struct rh_keyset *keys, const struct rh_registry *registry,
		  const char *what, struct rh_err *err)
{
	struct rh_arena arena;
	const char **words;
	size_t count = 0;
	const char *near;
	int rc;

	rh_arena_init(&arena);
	words = RH_ARENA_ARRAY(&arena, WORDS_MAX, const char *);
	for (uint32_t i = 0; i < keys->section_count; i++) {
		const struct rh_section *section = &keys->sections[i];

		for (const struct rh_field *field = section->fields;
		     field->key.name != NULL && count < WORDS_MAX - 1; field++)
			words[count++] =
				rh_arena_printf(&arena, "%s.%s", section->name, field->key.name);
		if (count < WORDS_MAX)
			words[count++] = section->name;
	}
	for (uint32_t i = 0; i < registry->action_count && count < WORDS_MAX; i++)
		words[count++] = rh_arena_printf(&arena, "fault.%s", registry->actions[i]->name);
	for (uint32_t i = 0; i < registry->model_count && count < WORDS_MAX; i++)
		words[count++] = rh_arena_printf(&arena, "model.%s", registry->models[i]->name);
	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT && count < WORDS_MAX; i++)
		words[count++] = rh_arena_printf(&arena, "gauge.%s", rh_gauge_info(i)->name);
	near = rh_suggest(what, words, count);
	rc = near != NULL
		     ? rh_err_set(err, RH_E_NOT_FOUND,
				  "nothing is called \"%.80s\": did you mean \"%s\"?", what, near)
		     : rh_err_set(err, RH_E_NOT_FOUND,
				  "nothing is called \"%.80s\": try spec, spec.network, "
				  "fault.partition, model.NAME, gauge.heads or E012",
				  what);
	rh_arena_release(&arena);
	return rc;
}

int rh_explain_keys(const struct rh_keyset *keys, const struct rh_registry *registry,
		    const char *what, struct rh_buf *out, struct rh_err *err)
{
	const struct rh_section *spec = rh_keyset_section(keys, "spec");
	const struct rh_section *file = rh_keyset_section(keys, "file");

	if (strlen(what) >= PATH_MAX_LEN)
		return refuse(keys, registry, "...", err);
	if (strcmp(what, "all") == 0) {
		put_markdown(keys, registry, out);
		return 0;
	}
	if (explain_code(what, out) || explain_registered(registry, what, out) ||
	    explain_section(keys, what, out) ||
	    (file != NULL && explain_path(keys, file, what, what, out)) ||
	    (spec != NULL && explain_path(keys, spec, what, what, out)))
		return 0;
	return refuse(keys, registry, what, err);
}

int rh_explain(const struct rh_registry *registry, const char *what, struct rh_buf *out,
	       struct rh_err *err)
{
	return rh_explain_keys(&rh_keyset_default, registry, what, out, err);
}
