/*
 * Suites and matrices: which runs come out of a file, in which order and with which options; that the
 * kind of a file is told without loading it.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/suite.h"
#include "tests/lib/test_model.h"

#define HEAD "apiVersion: rehearse/v1\nkind: Suite\nmetadata: {name: night}\nspec:\n"

/* One line a run: name path|template seed mode sets | params | tags <- needs. */
static void describe(struct rh_buf *out, const struct rh_suite *suite)
{
	for (uint32_t i = 0; i < suite->entry_count; i++) {
		const struct rh_suite_entry *entry = &suite->entries[i];

		rh_buf_printf(out, "%s %s", entry->name,
			      entry->path != NULL ? entry->path : entry->template_name);
		if (entry->has_seed)
			rh_buf_printf(out, " seed=%llu", (unsigned long long)entry->seed);
		rh_buf_printf(out, "%s%s", entry->mode[0] != 0 ? " " : "", entry->mode);
		for (uint32_t k = 0; k < entry->set_count; k++)
			rh_buf_printf(out, " --set %s", entry->sets[k]);
		for (uint32_t k = 0; k < entry->param_count; k++)
			rh_buf_printf(out, " -p %s", entry->params[k]);
		for (uint32_t k = 0; k < entry->tag_count; k++)
			rh_buf_printf(out, " #%s", entry->tags[k]);
		for (uint32_t k = 0; k < entry->need_count; k++) {
			ck_assert_uint_lt(entry->needs[k], i);
			rh_buf_printf(out, " <%s", suite->entries[entry->needs[k]].name);
		}
		rh_buf_u8(out, '\n');
	}
}

static void check_text(const char *text, bool is_scenario, const char *expected)
{
	struct rh_registry registry;
	struct rh_load_options options = {.registry = &registry};
	struct rh_diagnostics diagnostics;
	struct rh_suite *suite;
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	rh_diagnostics_init(&diagnostics);
	if (is_scenario)
		suite = rh_load_matrix_text("dir/s.yaml", text, strlen(text), &options,
					    &diagnostics);
	else
		suite = rh_load_suite_text("dir/night.yaml", text, strlen(text), &options,
					   &diagnostics);
	rh_diagnostics_print(&diagnostics, &out);
	ck_assert_msg(suite != NULL, "%s", rh_buf_str(&out));
	describe(&out, suite);
	ck_assert_str_eq(rh_buf_str(&out), expected);
	rh_suite_free(suite);
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&out);
}

START_TEST(order_and_options)
{
	check_text(
		HEAD "  defaults: {seed: 4, mode: sim, timeout: 9m, set: {network.jitter: 20%}, "
		     "tags: [n]}\n"
		     "  scenarios:\n"
		     "    - {file: split.yaml, needs: [smoke, late], mode: live, timeout: 1h}\n"
		     "    - {name: smoke, file: ../smoke/four.yaml, seed: 7, tags: [quick]}\n"
		     "    - {name: late, template: outage, params: {who: [a, b], text: 'x: y'}, "
		     "set: {a.b: {c: 1}}}\n"
		     "    - plain.yaml\n",
		false,
		"smoke smoke/four.yaml seed=7 sim --set timeout=9m --set network.jitter=20% #n "
		"#quick\n"
		"late outage seed=4 sim --set timeout=9m --set network.jitter=20% --set a.b={c: 1} "
		"-p who=[a, b] -p text=\"x: y\" #n\n"
		"split dir/split.yaml seed=4 live --set timeout=1h --set network.jitter=20% #n "
		"<smoke <late\n"
		"plain dir/plain.yaml seed=4 sim --set timeout=9m --set network.jitter=20% #n\n");
}
END_TEST

START_TEST(matrices_multiply)
{
	check_text(
		HEAD "  scenarios:\n"
		     "    - {file: a.yaml, matrix: {params.length: [3 m, 5m]}}\n"
		     "    - {file: b.yaml, needs: [a]}\n"
		     "  matrix: {seed: {from: 8, count: 2}, client: [geth], exclude: [{seed: 9, "
		     "params.length: 5m}], "
		     "include: [{vars.x: 1}]}\n",
		false,
		"a.seed-8.client-geth.length-3m dir/a.yaml seed=8 --set matrix.client=geth -p "
		"length=3 m\n"
		"a.seed-8.client-geth.length-5m dir/a.yaml seed=8 --set matrix.client=geth -p "
		"length=5m\n"
		"a.seed-9.client-geth.length-3m dir/a.yaml seed=9 --set matrix.client=geth -p "
		"length=3 m\n"
		"a.seed-9.client-geth.length-5m dir/a.yaml seed=9 --set matrix.client=geth -p "
		"length=5m\n"
		"a.x-1.length-3m dir/a.yaml --set vars.x=1 -p length=3 m\n"
		"a.x-1.length-5m dir/a.yaml --set vars.x=1 -p length=5m\n"
		"b.seed-8.client-geth dir/b.yaml seed=8 --set matrix.client=geth "
		"<a.seed-8.client-geth.length-3m "
		"<a.seed-8.client-geth.length-5m <a.seed-9.client-geth.length-3m "
		"<a.seed-9.client-geth.length-5m "
		"<a.x-1.length-3m <a.x-1.length-5m\n"
		"b.seed-9.client-geth dir/b.yaml seed=9 --set matrix.client=geth "
		"<a.seed-8.client-geth.length-3m "
		"<a.seed-8.client-geth.length-5m <a.seed-9.client-geth.length-3m "
		"<a.seed-9.client-geth.length-5m "
		"<a.x-1.length-3m <a.x-1.length-5m\n"
		"b.x-1 dir/b.yaml --set vars.x=1 <a.seed-8.client-geth.length-3m "
		"<a.seed-8.client-geth.length-5m "
		"<a.seed-9.client-geth.length-3m <a.seed-9.client-geth.length-5m <a.x-1.length-3m "
		"<a.x-1.length-5m\n");
}
END_TEST

/* exclude sees the keys of its own matrix. */
START_TEST(exclude)
{
	check_text(HEAD "  scenarios: [a.yaml]\n"
			"  matrix: {seed: [1, 2], vars.x: [a, b], exclude: [{seed: 2, vars.x: b}, "
			"{seed: 3}]}\n",
		   false,
		   "a.seed-1.x-a dir/a.yaml seed=1 --set vars.x=a\n"
		   "a.seed-1.x-b dir/a.yaml seed=1 --set vars.x=b\n"
		   "a.seed-2.x-a dir/a.yaml seed=2 --set vars.x=a\n");
}
END_TEST

START_TEST(variants_of_a_scenario)
{
	check_text(
		"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n"
		"  matrix: {seed: [3], vars.splitLength: [3 epochs, 4 epochs]}\n",
		true,
		"s.seed-3.splitLength-3epochs dir/s.yaml seed=3 --set vars.splitLength=3 epochs\n"
		"s.seed-3.splitLength-4epochs dir/s.yaml seed=3 --set vars.splitLength=4 epochs\n");
	check_text("apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: s}\nspec: {}\n", true,
		   "s dir/s.yaml\n");
}
END_TEST

START_TEST(kinds)
{
	static const struct {
		const char *text;
		enum rh_kind kind;
	} cases[] = {
		{"kind: Scenario\n", RH_KIND_SCENARIO},
		{"kind: Template\nx: [", RH_KIND_NONE},
		{"a: 1\nkind: Suite\n", RH_KIND_SUITE},
		{"kind: Topology\n", RH_KIND_TOPOLOGY},
		{"kind: Config\n", RH_KIND_CONFIG},
		{"kind: NetworkModel\n", RH_KIND_NETWORK_MODEL},
		{"kind: Template\n", RH_KIND_TEMPLATE},
		{"kind: [Suite]\n", RH_KIND_NONE},
		{"", RH_KIND_NONE},
		{"- kind: Suite\n", RH_KIND_NONE},
		{"kind: Thing\n", RH_KIND_NONE},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(cases); i++)
		ck_assert_int_eq(rh_kind_of_text(cases[i].text, strlen(cases[i].text)),
				 cases[i].kind);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("suite");
	TCase *tests = tcase_create("suite");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, order_and_options);
	tcase_add_test(tests, matrices_multiply);
	tcase_add_test(tests, exclude);
	tcase_add_test(tests, variants_of_a_scenario);
	tcase_add_test(tests, kinds);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
