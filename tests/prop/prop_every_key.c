/*
 * prop_every_key.c - every key of the language reaches something.
 *
 * For each key of each section, and for each parameter of each model, fault, action, check and
 * workload of this build, two values must give two plans that differ, or the second must be refused:
 * a key that is read and forgotten fails here.  Keys that by design reach only reports are listed with
 * the reason, and must not change the plan.  Each other spelling of a key must give the same plan as the
 * key itself.
 *
 * Most values follow from the type of the key.  Where a key needs something beside it, or a value
 * that its type does not tell, key_values.h has a row; a new key that works without one needs none, and
 * a new section needs a line in `places`.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/keys.h"
#include "core/scenario/load.h"
#include "core/scenario/suite.h"
#include "models/registry.h"
#include "tests/prop/key_values.h"

static struct rh_model taker; /* the test model, which here takes what workloads submit */

static void fill(struct rh_registry *registry)
{
	static const struct rh_model *const models[] = {&taker, NULL};
	const struct rh_plugin plugin = {.abi = RH_PLUGIN_ABI,
					 .struct_size = sizeof(struct rh_plugin),
					 .name = "taker",
					 .models = models};
	struct rh_err err = {0};

	memset(registry, 0, sizeof(*registry));
	taker = test_model;
	taker.name = "taker";
	taker.input_count = 1;
	ck_assert_int_eq(rh_registry_add(registry, &plugin, &err), 0);
	for (size_t i = 0; i < RH_ARRAY_LEN(key_plugins); i++)
		ck_assert_int_eq(rh_registry_add(registry, key_plugins[i], &err), 0);
}

/* ---- one file, one plan -------------------------------------------------------------------------- */

/* Files that a text may name are those of key_parts. */
static int read_part(void *ctx, struct rh_buf *content, const char *path, struct rh_err *err)
{
	(void)ctx;
	(void)err;
	for (size_t i = 0; i < RH_ARRAY_LEN(key_parts); i++) {
		const char *slash = strrchr(path, '/');

		if (strcmp(slash != NULL ? slash + 1 : path, key_parts[i].name) == 0) {
			rh_buf_text(content, key_parts[i].text);
			return 0;
		}
	}
	return RH_E_NOT_FOUND;
}

static void put_texts(struct rh_buf *bytes, const char *const *texts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		rh_buf_printf(bytes, "%s\n", texts[i]);
}

/* What a suite or a matrix comes to: its runs. */
static void put_runs(struct rh_buf *bytes, struct rh_suite *suite)
{
	for (uint32_t i = 0; suite != NULL && i < suite->entry_count; i++) {
		const struct rh_suite_entry *entry = &suite->entries[i];

		rh_buf_printf(bytes, "%s %s %s %d %llu %s\n", entry->name,
			      entry->path != NULL ? entry->path : "-",
			      entry->template_name != NULL ? entry->template_name : "-",
			      entry->has_seed, (unsigned long long)entry->seed, entry->mode);
		put_texts(bytes, entry->sets, entry->set_count);
		put_texts(bytes, entry->params, entry->param_count);
		put_texts(bytes, entry->tags, entry->tag_count);
		for (uint32_t k = 0; k < entry->need_count; k++)
			rh_buf_printf(bytes, "needs %u\n", entry->needs[k]);
	}
	rh_suite_free(suite);
}

/*
 * The canonical bytes of what a text means, and the runs of its matrix or suite; empty when it is
 * refused, and then `said` has why.
 */
static void plan_bytes(struct rh_buf *bytes, struct rh_buf *said, const char *text,
		       const struct rh_registry *registry)
{
	struct rh_load_options options = {.registry = registry, .read = read_part};
	struct rh_diagnostics diagnostics;
	struct rh_plan *plan = NULL;
	size_t len = strlen(text);

	rh_buf_reset(bytes);
	rh_buf_reset(said);
	rh_diagnostics_init(&diagnostics);
	if (rh_kind_of_text(text, len) == RH_KIND_SUITE)
		put_runs(bytes, rh_load_suite_text("t", text, len, &options, &diagnostics));
	else
		plan = rh_load_text("t", text, len, &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, said);
	rh_diagnostics_release(&diagnostics);
	if (plan != NULL) {
		rh_plan_encode(plan, bytes);
		rh_diagnostics_init(&diagnostics);
		put_runs(bytes, rh_load_matrix_text("t", text, len, &options, &diagnostics));
		rh_diagnostics_release(&diagnostics);
	}
	rh_plan_free(plan);
}

/* `pairs` ("a: 1; b: 2") without `key`, then `key` as `spelling` with `value`, as one line of YAML. */
static void put_pairs(struct rh_buf *out, const char *pairs, const char *key, const char *spelling,
		      const char *value)
{
	const char *separator = "";

	while (*pairs != 0) {
		size_t len = strcspn(pairs, ";");
		size_t name = strcspn(pairs, ":");

		if (strlen(key) != name || memcmp(pairs, key, name) != 0) {
			rh_buf_printf(out, "%s%.*s", separator, (int)len, pairs);
			separator = ", ";
		}
		pairs += len;
		pairs += strspn(pairs, "; ");
	}
	rh_buf_printf(out, "%s%s: %s", separator, spelling, value);
}

/* The document of a place with the pairs in place of its '@'. */
static void put_document(struct rh_buf *out, const char *document, const char *pairs)
{
	const char *at = strchr(document, '@');

	ck_assert_ptr_nonnull(at);
	rh_buf_reset(out);
	rh_buf_printf(out, "%.*s%s%s\n", (int)(at - document), document, pairs, at + 1);
}

/* ---- values -------------------------------------------------------------------------------------- */

static const struct key_value *row_of(const char *place, const char *key)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(key_values); i++) {
		if (strcmp(key_values[i].place, place) == 0 && strcmp(key_values[i].key, key) == 0)
			return &key_values[i];
	}
	return NULL;
}

/* Two values of a type; false when it has but one. */
static bool values_of(char a[80], char b[80], const struct rh_key *key)
{
	const char *bar;

	switch (key->type) {
	case RH_KEY_BOOL:
		strcpy(a, "false");
		strcpy(b, "true");
		return true;
	case RH_KEY_INT:
	case RH_KEY_DURATION:
	case RH_KEY_SIZE:
	case RH_KEY_RATE: {
		static const char *const units[] = {
			[RH_KEY_DURATION] = "ns", [RH_KEY_SIZE] = "B", [RH_KEY_RATE] = "bit"};
		const char *unit = key->type == RH_KEY_INT ? "" : units[key->type];
		int64_t least = key->type == RH_KEY_INT ? 1 : 1000000000;

		if (least < key->min)
			least = key->min;
		if (key->max != 0 && least + 1 > key->max)
			least = key->max - 1;
		snprintf(a, 80, "%lld%s", (long long)least, unit);
		snprintf(b, 80, "%lld%s", (long long)least + 1, unit);
		return true;
	}
	case RH_KEY_RATIO:
		strcpy(a, "11%");
		strcpy(b, "12%");
		return true;
	case RH_KEY_PACE:
		strcpy(a, "20/s");
		strcpy(b, "30/s");
		return true;
	case RH_KEY_ENUM:
		bar = strchr(key->values, '|');
		if (bar == NULL)
			return false;
		snprintf(a, 80, "%.*s", (int)(bar - key->values), key->values);
		snprintf(b, 80, "%.*s", (int)strcspn(bar + 1, "|"), bar + 1);
		return true;
	case RH_KEY_TEXT:
		strcpy(a, "a");
		strcpy(b, "b");
		return true;
	}
	return false;
}

/* ---- the property -------------------------------------------------------------------------------- */

struct trial {
	const struct rh_registry *registry;
	struct rh_buf pairs;
	struct rh_buf text;
	struct rh_buf said;
	struct rh_buf bytes;
	struct rh_buf other;
	uint32_t tried;
	uint32_t failed;
};

static void try_value(struct trial *trial, struct rh_buf *bytes, const char *document,
		      const char *base, const char *key, const char *spelling, const char *value)
{
	rh_buf_reset(&trial->pairs);
	put_pairs(&trial->pairs, base, key, spelling, value);
	put_document(&trial->text, document, rh_buf_str(&trial->pairs));
	plan_bytes(bytes, &trial->said, rh_buf_str(&trial->text), trial->registry);
}

static bool is_same(const struct rh_buf *a, const struct rh_buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void complain(struct trial *trial, const char *place, const char *key, const char *why)
{
	trial->failed++;
	fprintf(stderr, "%s.%s: %s\n  %s  %s\n", place, key, why, rh_buf_str(&trial->text),
		rh_buf_str(&trial->said));
}

/* block_interval, and each alias, in place of the key. */
static void try_spellings(struct trial *trial, const char *place, const char *document,
			  const char *base, const struct rh_field *field, const char *value)
{
	char names[2][200] = {"", ""};
	const char *from = field->key.name;
	size_t len = 0;

	for (; *from != 0; from++) {
		if (*from >= 'A' && *from <= 'Z') {
			names[0][len++] = '_';
			names[0][len++] = (char)(*from - 'A' + 'a');
		} else {
			names[0][len++] = *from;
		}
	}
	if (field->alias != NULL)
		snprintf(names[1], sizeof(names[1]), "%s", field->alias);
	for (int i = 0; i < 2; i++) {
		for (char *name = strtok(names[i], "|"); name != NULL; name = strtok(NULL, "|")) {
			try_value(trial, &trial->other, document, base, field->key.name, name,
				  value);
			if (!is_same(&trial->bytes, &trial->other))
				complain(trial, place, name, "another spelling means another plan");
		}
	}
}

static const struct key_place *place_of(const char *section)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(key_places); i++) {
		if (strcmp(key_places[i].section, section) == 0)
			return &key_places[i];
	}
	return NULL;
}

static void try_key(struct trial *trial, const char *place, const char *document, const char *base,
		    const struct rh_field *field)
{
	const char *key = field->key.name;
	const struct key_value *row = row_of(place, key);
	char a[80];
	char b[80];
	const char *values[2] = {a, b};
	enum key_outcome outcome = row != NULL ? row->outcome : KEY_CHANGES;

	trial->tried++;
	rh_buf_reset(&trial->said);
	rh_buf_reset(&trial->text);
	if (row != NULL && row->base != NULL)
		base = row->base;
	if (row != NULL && row->a != NULL) {
		values[0] = row->a;
		values[1] = row->b;
	} else if (field->shape != RH_FIELD_VALUE || !values_of(a, b, &field->key) ||
		   (field->key.type == RH_KEY_TEXT && place_of(place) != NULL)) {
		complain(trial, place, key, "has no row in key_values.h");
		return;
	}
	try_value(trial, &trial->bytes, document, base, key, key, values[0]);
	if (trial->bytes.len == 0) {
		complain(trial, place, key, "the first value is refused");
		return;
	}
	try_spellings(trial, place, document, base, field, values[0]);
	try_value(trial, &trial->other, document, base, key, key, values[1]);
	if (outcome == KEY_REFUSED && trial->other.len != 0)
		complain(trial, place, key, "the second value is not refused");
	if (outcome != KEY_REFUSED && trial->other.len == 0)
		complain(trial, place, key, "the second value is refused");
	if (outcome == KEY_REPORTS && !is_same(&trial->bytes, &trial->other))
		complain(trial, place, key, "changes the plan: take it from the list");
	if (outcome == KEY_CHANGES && is_same(&trial->bytes, &trial->other))
		complain(trial, place, key, "reaches nothing");
}

static void start(struct trial *trial, struct rh_registry *registry)
{
	memset(trial, 0, sizeof(*trial));
	fill(registry);
	trial->registry = registry;
}

static void finish(struct trial *trial, uint32_t least)
{
	rh_buf_release(&trial->pairs);
	rh_buf_release(&trial->text);
	rh_buf_release(&trial->said);
	rh_buf_release(&trial->bytes);
	rh_buf_release(&trial->other);
	ck_assert_uint_ge(trial->tried, least);
	ck_assert_uint_eq(trial->failed, 0);
}

START_TEST(keys_of_sections)
{
	struct rh_registry registry;
	struct trial trial;

	start(&trial, &registry);
	for (uint32_t i = 0; i < rh_keyset_default.section_count; i++) {
		const struct rh_section *section = &rh_keyset_default.sections[i];
		const struct key_place *place = place_of(section->name);

		ck_assert_msg(place != NULL, "section %s has no place in key_values.h",
			      section->name);
		for (const struct rh_field *field = section->fields; field->key.name != NULL;
		     field++)
			try_key(&trial, section->name, place->document, place->base, field);
	}
	finish(&trial, 80);
}
END_TEST

/* What a table needs in any case: its required keys. */
static void required_pairs(struct rh_buf *out, const char *place, const struct rh_key *keys)
{
	const char *separator = "";
	char a[80];
	char b[80];

	rh_buf_reset(out);
	for (; keys != NULL && keys->name != NULL; keys++) {
		const struct key_value *row = row_of(place, keys->name);

		if (keys->default_text != NULL)
			continue;
		if (row != NULL && row->a != NULL)
			snprintf(a, sizeof(a), "%s", row->a);
		else
			ck_assert_msg(values_of(a, b, keys), "%s.%s has no row", place, keys->name);
		rh_buf_printf(out, "%s%s: %s", separator, keys->name, a);
		separator = "; ";
	}
}

static void try_table(struct trial *trial, const char *place, const char *document,
		      const struct rh_key *keys)
{
	struct rh_buf base = {0};

	required_pairs(&base, place, keys);
	for (; keys != NULL && keys->name != NULL; keys++) {
		struct rh_field field = {.key = *keys, .shape = RH_FIELD_VALUE};

		try_key(trial, place, document, rh_buf_str(&base), &field);
	}
	rh_buf_release(&base);
}

START_TEST(parameters_of_types)
{
	struct rh_registry registry;
	struct trial trial;
	char place[160];
	char document[1000];

	start(&trial, &registry);
	for (uint32_t i = 0; i < registry.model_count; i++) {
		const struct rh_model *model = registry.models[i];

		snprintf(place, sizeof(place), "model.%s", model->name);
		snprintf(document, sizeof(document), MODEL_DOCUMENT, model->name);
		try_table(&trial, place, document, model->keys);
		snprintf(place, sizeof(place), "node.%s", model->name);
		snprintf(document, sizeof(document), NODE_DOCUMENT, model->name);
		try_table(&trial, place, document, model->node_keys);
	}
	for (uint32_t i = 0; i < registry.action_count; i++) {
		const struct rh_action_type *type = registry.actions[i];

		snprintf(place, sizeof(place), "fault.%s", type->name);
		key_step_document(document, sizeof(document), type);
		try_table(&trial, place, document, type->keys);
	}
	for (uint32_t i = 0; i < registry.workload_count; i++) {
		snprintf(place, sizeof(place), "workload.%s", registry.workloads[i]->name);
		snprintf(document, sizeof(document), WORKLOAD_DOCUMENT,
			 registry.workloads[i]->name);
		try_table(&trial, place, document, registry.workloads[i]->keys);
	}
	for (uint32_t i = 0; i < registry.assertion_count; i++) {
		if (strcmp(registry.assertions[i]->name, "gauge") == 0)
			continue; /* its parameters are what a sentence says: see assert.that */
		snprintf(place, sizeof(place), "assertion.%s", registry.assertions[i]->name);
		snprintf(document, sizeof(document), ASSERTION_DOCUMENT,
			 registry.assertions[i]->name);
		try_table(&trial, place, document, registry.assertions[i]->keys);
	}
	finish(&trial, 20);
}
END_TEST

/* A row that names no key, or a key that is gone, is a lie. */
START_TEST(rows_are_of_keys)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(key_values); i++) {
		const struct rh_section *section =
			rh_keyset_section(&rh_keyset_default, key_values[i].place);
		const struct rh_field *field;

		if (section == NULL)
			continue;
		for (field = section->fields; field->key.name != NULL; field++) {
			if (strcmp(field->key.name, key_values[i].key) == 0)
				break;
		}
		ck_assert_msg(field->key.name != NULL, "%s has no key %s", key_values[i].place,
			      key_values[i].key);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("every_key");
	TCase *tcase = tcase_create("every_key");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, keys_of_sections);
	tcase_add_test(tcase, parameters_of_types);
	tcase_add_test(tcase, rows_are_of_keys);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
