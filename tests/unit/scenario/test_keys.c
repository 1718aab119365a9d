/*
 * The one table of keys: a row that is taken out of a copy is gone for the loader, for `explain` and
 * for the schema alike; and every row of the real one can be explained, stands in the schema, and
 * has a default that can be read.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/keys.h"
#include "core/scenario/load.h"
#include "tests/lib/test_model.h"

#define SMALL \
	"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t}\nspec:\n  duration: 1m\n" \
	"  topology: {groups: [{name: n, count: 3}]}\n  model: {name: test}\n" \
	"  network: {loss: 1%}\n"

/* A copy of the table without one key of one section. */
struct copy {
	struct rh_section sections[64];
	struct rh_field fields[64];
	struct rh_keyset keys;
};

static void copy_without(struct copy *copy, const char *section, const char *key)
{
	uint32_t kept = 0;

	memset(copy, 0, sizeof(*copy));
	ck_assert_uint_le(rh_keyset_default.section_count, 64);
	for (uint32_t i = 0; i < rh_keyset_default.section_count; i++) {
		const struct rh_field *field = rh_keyset_default.sections[i].fields;

		copy->sections[i] = rh_keyset_default.sections[i];
		if (strcmp(copy->sections[i].name, section) != 0)
			continue;
		for (; field->key.name != NULL; field++) {
			if (strcmp(field->key.name, key) != 0)
				copy->fields[kept++] = *field;
		}
		copy->sections[i].fields = copy->fields;
	}
	ck_assert_uint_gt(kept, 0);
	copy->keys.sections = copy->sections;
	copy->keys.section_count = rh_keyset_default.section_count;
}

static bool loads(const struct rh_keyset *keys, struct rh_buf *said)
{
	struct rh_registry registry;
	struct rh_load_options options = {.registry = &registry, .keys = keys};
	struct rh_diagnostics diagnostics;
	struct rh_plan *plan;

	test_registry_fill(&registry);
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("t", SMALL, strlen(SMALL), &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, said);
	rh_diagnostics_release(&diagnostics);
	rh_plan_free(plan);
	return plan != NULL;
}

START_TEST(a_removed_row_is_gone_everywhere)
{
	struct copy *copy = calloc(1, sizeof(*copy));
	struct rh_registry registry;
	struct rh_buf out = {0};
	struct rh_err err = {0};

	test_registry_fill(&registry);
	ck_assert(loads(NULL, &out));
	ck_assert_int_eq(rh_explain(&registry, "spec.network.loss", &out, &err), 0);
	rh_schema_print(&registry, &out);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "Share of messages lost on every link."));

	copy_without(copy, "spec.network", "loss");
	rh_buf_reset(&out);
	ck_assert(!loads(&copy->keys, &out));
	ck_assert_ptr_nonnull(
		strstr(rh_buf_str(&out), "error[E012]: unknown key \"loss\" under network"));
	rh_buf_reset(&out);
	ck_assert_int_eq(rh_explain_keys(&copy->keys, &registry, "spec.network.loss", &out, &err),
			 RH_E_NOT_FOUND);
	rh_buf_reset(&out);
	rh_schema_print_keys(&copy->keys, &registry, &out);
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "Share of messages lost on every link."));
	rh_buf_release(&out);
	free(copy);
}
END_TEST

START_TEST(every_row_is_whole)
{
	struct rh_slots slots = {12 * RH_NS_PER_SEC, 32, 0};
	struct rh_registry registry;
	struct rh_buf schema = {0};
	struct rh_buf out = {0};
	uint32_t rows = 0;

	test_registry_fill(&registry);
	rh_schema_print(&registry, &schema);
	for (uint32_t i = 0; i < rh_keyset_default.section_count; i++) {
		const struct rh_section *section = &rh_keyset_default.sections[i];

		for (const struct rh_field *field = section->fields; field->key.name != NULL;
		     field++, rows++) {
			const struct rh_key *key = &field->key;
			struct rh_err err = {0};
			char path[120];

			snprintf(path, sizeof(path), "%s.%s", section->name, key->name);
			ck_assert_msg(key->doc != NULL && key->since != NULL, "%s", path);
			ck_assert_msg(strlen(key->doc) > 5, "%s", path);
			ck_assert_int_eq(rh_explain(&registry, path, &out, &err), 0);
			ck_assert_msg(strstr(rh_buf_str(&schema), key->doc) != NULL ||
					      strchr(key->doc, '"') != NULL,
				      "%s", path);
			ck_assert(field->section == NULL || field->shape == RH_FIELD_WITH ||
				  rh_keyset_section(&rh_keyset_default, field->section) != NULL);
			if (field->shape == RH_FIELD_VALUE && key->default_text != NULL &&
			    (key->default_text[0] != 0 || key->type == RH_KEY_TEXT))
				rh_value_default(key, slots);
		}
	}
	ck_assert_uint_gt(rows, 80);
	rh_buf_release(&schema);
	rh_buf_release(&out);
}
END_TEST

START_TEST(spellings)
{
	const struct rh_field field = {.key = {.name = "forTime"}, .alias = "at|startDelay|wait"};
	char alias[RH_ALIAS_MAX];

	ck_assert(rh_key_is("blockInterval", "blockInterval"));
	ck_assert(rh_key_is("blockInterval", "block_interval"));
	ck_assert(!rh_key_is("blockInterval", "block_Interval"));
	ck_assert(!rh_key_is("blockInterval", "blockinterval"));
	ck_assert(!rh_key_is("blockInterval", "block_interva"));
	ck_assert(!rh_key_is("block", "block_"));
	ck_assert(!rh_key_is("block", ""));
	ck_assert(rh_field_is(&field, "forTime"));
	ck_assert(rh_field_is(&field, "at"));
	ck_assert(rh_field_is(&field, "start_delay"));
	ck_assert(rh_field_is(&field, "wait"));
	ck_assert(!rh_field_is(&field, "at|startDelay"));
	ck_assert(!rh_field_is(&field, ""));
	ck_assert_str_eq(rh_field_alias(alias, &field, 1), "startDelay");
	ck_assert_ptr_null(rh_field_alias(alias, &field, 3));
}
END_TEST

START_TEST(explains)
{
	static const char *const known[] = {"spec",
					    "spec.network",
					    "network.jitter.amount",
					    "step",
					    "step.target.mode",
					    "metadata.name",
					    "phases.actions.fault",
					    "success_criteria",
					    "fault.partition",
					    "fault.latency.delay",
					    "model.test",
					    "model.test.block_interval",
					    "model.test.hashrate",
					    "assertion.gauge",
					    "workload.drip.every",
					    "gauge.heads",
					    "gauge.test.lag",
					    "E012",
					    "W001",
					    "all"};
	struct rh_registry registry;
	struct rh_buf out = {0};
	struct rh_err err = {0};

	test_registry_fill(&registry);
	for (size_t i = 0; i < RH_ARRAY_LEN(known); i++) {
		rh_buf_reset(&out);
		ck_assert_msg(rh_explain(&registry, known[i], &out, &err) == 0, "%s: %s", known[i],
			      err.text);
		ck_assert_uint_gt(out.len, 20);
	}
	ck_assert_int_eq(rh_explain(&registry, "fault.partitoin", &out, &err), RH_E_NOT_FOUND);
	ck_assert_str_eq(err.text, "nothing is called \"fault.partitoin\": did you mean "
				   "\"fault.partition\"?");
	ck_assert_int_eq(rh_explain(&registry, "", &out, &err), RH_E_NOT_FOUND);
	ck_assert_int_eq(rh_explain(&registry, "E999", &out, &err), RH_E_NOT_FOUND);
	ck_assert_int_eq(rh_explain(&registry, "spec..seed", &out, &err), RH_E_NOT_FOUND);
	rh_buf_release(&out);
}
END_TEST

/* docs/SCENARIO.md holds the tables as they are: paste what `rehearse explain all` prints. */
START_TEST(documentation_is_current)
{
	FILE *file = fopen("docs/SCENARIO.md", "rb");
	struct rh_registry registry = {0};
	struct rh_buf page = {0};
	struct rh_buf tables = {0};
	struct rh_err err = {0};
	size_t got;

	ck_assert_msg(file != NULL, "run from the top of the tree");
	do {
		got = fread(rh_buf_extend(&page, 4096), 1, 4096, file);
		page.len -= 4096 - got;
	} while (got > 0);
	fclose(file);
	rh_buf_u8(&page, 0);
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_faults, &err), 0);
	ck_assert_int_eq(rh_explain(&registry, "all", &tables, &err), 0);
	ck_assert_msg(strstr(rh_buf_str(&page), rh_buf_str(&tables)) != NULL,
		      "docs/SCENARIO.md differs from `rehearse explain all`");
	rh_buf_release(&page);
	rh_buf_release(&tables);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keys");
	TCase *tests = tcase_create("keys");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_removed_row_is_gone_everywhere);
	tcase_add_test(tests, every_row_is_whole);
	tcase_add_test(tests, spellings);
	tcase_add_test(tests, explains);
	tcase_add_test(tests, documentation_is_current);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
