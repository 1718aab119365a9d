/*
 * What the judge says of a plan that no loader made: the text of a check in it is read before anything is opened.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/judge/judge.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "tests/lib/test_model.h"

#define HEAD \
	"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t}\nspec:\n" \
	"  model: {name: test}\n  clock: {slot: 10s, slotsPerEpoch: 6, block: 2s}\n" \
	"  topology: {groups: [{name: n, count: 4}], shape: full}\n"

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

static struct rh_plan *accepts(const char *text)
{
	struct rh_buf said = {0};
	struct rh_plan *plan = load(&said, text);

	ck_assert_msg(plan != NULL, "%s", rh_buf_str(&said));
	rh_buf_release(&said);
	return plan;
}

/* A stored plan whose check was changed behind the loader's back is bad input, no reason to abort. */
START_TEST(a_check_nobody_can_read)
{
	struct rh_plan *plan = accepts(
		HEAD "  duration: 1m\n"
		     "  successCriteria: [{name: odd, that: \"heads * 2 <= reorg_depth\"}]\n");
	struct rh_buf bytes = {0};
	struct rh_err err = {0};
	struct rh_plan *copy;

	ck_assert_int_eq(rh_judge_check(plan, &err), 0);
	rh_plan_encode(plan, &bytes);
	for (size_t i = 0; i + 7 < bytes.len; i++) {
		if (memcmp(bytes.data + i, "heads *", 7) == 0)
			bytes.data[i + 3] = 'p';
	}
	ck_assert_int_eq(rh_plan_decode(&copy, bytes.data, bytes.len, &registry, &err), 0);
	ck_assert_int_lt(rh_judge_check(copy, &err), 0);
	ck_assert_msg(strstr(err.text, "odd") != NULL, "%s", err.text);
	rh_plan_free(plan);
	rh_plan_free(copy);
	rh_buf_release(&bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stored");
	TCase *tests = tcase_create("stored");
	SRunner *runner;
	int failed;

	test_registry_fill(&registry);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_check_nobody_can_read);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
