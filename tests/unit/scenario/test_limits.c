/*
 * Where a file asks for too much it is told so at once, and what its steps are called does not depend on
 * how the file is set out.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "tests/lib/test_model.h"

#define HEAD \
	"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t}\nspec:\n" \
	"  model: {name: test}\n  clock: {slot: 10s, slotsPerEpoch: 6, block: 2s}\n" \
	"  topology: {groups: [{name: n, count: 4}], shape: full}\n"
#define ACTIONS HEAD "  phases:\n    - name: p\n      duration: 10m\n      actions:\n"

static struct rh_registry registry;

/* The plan, or NULL with what was said in `said`. */
static struct rh_plan *load(struct rh_buf *said, const char *text)
{
	struct rh_load_options options = {.registry = &registry};
	struct rh_diagnostics diagnostics;
	struct rh_plan *plan;

	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("t.yaml", text, strlen(text), &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, said);
	rh_diagnostics_release(&diagnostics);
	return plan;
}

static void refuses(const char *text, const char *code, const char *words)
{
	struct rh_buf said = {0};
	struct rh_plan *plan = load(&said, text);

	ck_assert_msg(plan == NULL, "nothing was said, not %s", code);
	ck_assert_msg(strstr(rh_buf_str(&said), code) != NULL, "%s", rh_buf_str(&said));
	ck_assert_msg(strstr(rh_buf_str(&said), words) != NULL, "%s", rh_buf_str(&said));
	rh_buf_release(&said);
}

static struct rh_plan *accepts(const char *text)
{
	struct rh_buf said = {0};
	struct rh_plan *plan = load(&said, text);

	ck_assert_msg(plan != NULL, "%s", rh_buf_str(&said));
	rh_buf_release(&said);
	return plan;
}

/* Rounds of waits leave no steps: they are counted all the same, or the loader counts for hours. */
START_TEST(rounds_of_rounds)
{
	refuses(ACTIONS "        - repeat:\n            count: 10000\n            actions:\n"
			"              - repeat: {count: 10000, actions: [{wait: 1us}]}\n",
		"E082", "more than 100,000 rounds");
	rh_plan_free(accepts(ACTIONS "        - repeat: {count: 10000, actions: [{wait: 1us}]}\n"));
}
END_TEST

/* Times are sums: none of them may come round again at zero, and the plan's bytes hold a century. */
START_TEST(far_away)
{
	static const char *const far[] = {
		"        - repeat: {count: 10000, actions: [{wait: 3650d}]}\n",
		"        - repeat: {count: 10000, actions: [{annotate: x, delay: 3650d}]}\n",
		"        - repeat: {count: 10000, every: 3650d, actions: [{annotate: x}]}\n",
		"        - {fault: crash, target: n-0, for: 1s, every: 3650d, times: 10000}\n",
		"        - {wait: {until: \"heads == 1\"}}\n"
		"        - repeat: {count: 10000, actions: [{wait: 3650d}]}\n",
	};
	struct rh_buf text = {0};
	struct rh_buf bytes = {0};
	struct rh_plan *plan;
	struct rh_plan *copy;

	for (size_t i = 0; i < RH_ARRAY_LEN(far); i++) {
		rh_buf_reset(&text);
		rh_buf_printf(&text, "%s%s", ACTIONS, far[i]);
		refuses(rh_buf_str(&text), "E022", "more than a century");
	}
	plan = accepts(
		ACTIONS
		"        - repeat: {count: 9, actions: [{wait: 3650d}]}\n"
		"        - {fault: crash, target: n-0, for: 3650d, every: 1825d, times: 2}\n");
	rh_plan_encode(plan, &bytes);
	ck_assert_int_eq(rh_plan_decode(&copy, bytes.data, bytes.len, &registry, NULL), 0);
	rh_plan_free(plan);
	rh_plan_free(copy);
	rh_buf_release(&text);
	rh_buf_release(&bytes);
}
END_TEST

START_TEST(names_that_nobody_gave)
{
	const char *block = "        - {parallel: [{wait: {block: 2}}, {wait: {block: 3}}]}\n";
	struct rh_buf text = {0};
	struct rh_plan *plans[2];

	for (int i = 0; i < 2; i++) {
		rh_buf_reset(&text);
		rh_buf_printf(&text, "%s%s%s%s        - {annotate: x}\n", i == 0 ? "" : "# why\n\n",
			      ACTIONS, block, block);
		plans[i] = accepts(rh_buf_str(&text));
	}
	ck_assert_uint_eq(rh_plan_hash(plans[0]).low, rh_plan_hash(plans[1]).low);
	rh_plan_free(plans[0]);
	rh_plan_free(plans[1]);
	rh_buf_release(&text);
}
END_TEST

/* Rounds and copies are both numbers behind an id: no two of them come out alike. */
START_TEST(rounds_and_copies)
{
	static const char *const names[] = {"f",     "f.1.2", "f.2", "f.2.2", "f.3",
					    "f.3.2", "g.1.2", "g",   "g.2.1", "g.2.2"};
	struct rh_plan *plan = accepts(
		ACTIONS "        - repeat:\n            count: 3\n            actions:\n"
			"              - {id: f, fault: flaky, target: n-0, with: {up: 3s, down: "
			"2s}, for: 10s}\n"
			"        - repeat:\n            count: 2\n            actions:\n"
			"              - repeat: {count: 2, actions: [{id: g, annotate: x}]}\n");

	ck_assert_uint_eq(plan->step_count, RH_ARRAY_LEN(names));
	for (size_t i = 0; i < RH_ARRAY_LEN(names); i++) {
		uint32_t found = 0;

		for (uint32_t k = 0; k < plan->step_count; k++)
			found += strcmp(plan->steps[k].name, names[i]) == 0;
		ck_assert_msg(found == 1, "%s", names[i]);
	}
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("limits");
	TCase *tests = tcase_create("limits");
	SRunner *runner;
	int failed;

	test_registry_fill(&registry);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, rounds_of_rounds);
	tcase_add_test(tests, far_away);
	tcase_add_test(tests, rounds_and_copies);
	tcase_add_test(tests, names_that_nobody_gave);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
