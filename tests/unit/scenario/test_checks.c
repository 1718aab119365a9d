/* What the keys of a check become in the plan: windows, quorums, outcomes, expressions in one form,
 * lines of words, alerts; and aliases of the source systems. */
#include <check.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "core/scenario/that.h"
#include "tests/lib/frame.h"
#include "tests/lib/test_model.h"

#define SECOND RH_NS_PER_SEC
#define MINUTE RH_NS_PER_MIN
#define NEVER  RH_TIME_NEVER
#define BEGINS \
	"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: small}\nspec:\n" \
	"  topology: {groups: [{name: n, count: 4}], shape: full}\n  model: {name: test}\n"
#define PHASES \
	"  phases:\n    - {name: one, duration: 10m}\n    - name: two\n      duration: 20m\n" \
	"      actions: [{name: cut, fault: partition, target: n-0, for: 5m}]\n      assert:\n"

static struct rh_plan *load(const char *body, const char *check)
{
	struct rh_registry registry;
	struct rh_load_options options = {.registry = &registry};
	struct rh_diagnostics diagnostics;
	struct rh_buf text = {0};
	struct rh_plan *plan;

	test_registry_fill(&registry);
	rh_diagnostics_init(&diagnostics);
	rh_buf_printf(&text, BEGINS "%s%s\n", body, check);
	plan = rh_load_text("a.yaml", rh_buf_str(&text), text.len, &options, &diagnostics);
	rh_buf_reset(&text);
	rh_diagnostics_print(&diagnostics, &text);
	ck_assert_msg(plan != NULL, "%s:\n%s", check, rh_buf_str(&text));
	rh_buf_release(&text);
	rh_diagnostics_release(&diagnostics);
	return plan;
}

/* ---- windows --------------------------------------------------------------------------------- */

/* Phase two is from 10 to 30 minutes; step 0 is the cut. */
static const struct window {
	const char *check;
	enum rh_assert_mode mode;
	uint64_t from_ns;
	uint64_t until_ns;
	uint32_t after;
	uint32_t during;
	uint64_t hold_ns;
} windows[] = {
	{"{that: heads == 1}", RH_MODE_EVENTUALLY, 10 * MINUTE, 15 * MINUTE, RH_NONE, RH_NONE, 0},
	{"{that: heads == 1, within: 2m, for: 30s}", RH_MODE_EVENTUALLY, 10 * MINUTE, 12 * MINUTE,
	 RH_NONE, RH_NONE, 30 * SECOND},
	{"{that: heads == 1, after: 3m, within: 2m}", RH_MODE_EVENTUALLY, 13 * MINUTE, 15 * MINUTE,
	 RH_NONE, RH_NONE, 0},
	{"{that: heads == 1, after: 3m, mode: always}", RH_MODE_ALWAYS, 13 * MINUTE, 30 * MINUTE,
	 RH_NONE, RH_NONE, 0},
	{"{that: heads == 1, mode: always, until: 4m}", RH_MODE_ALWAYS, 10 * MINUTE, 14 * MINUTE,
	 RH_NONE, RH_NONE, 0},
	{"{that: heads == 1, mode: never, until: end}", RH_MODE_NEVER, 10 * MINUTE, 30 * MINUTE,
	 RH_NONE, RH_NONE, 0},
	{"{that: heads == 1, after: cut, within: 2m}", RH_MODE_EVENTUALLY, 0, 2 * MINUTE, 0,
	 RH_NONE, 0},
	{"{that: heads == 1, after: cut}", RH_MODE_EVENTUALLY, 0, 5 * MINUTE, 0, RH_NONE, 0},
	{"{that: heads == 1, after: cut, mode: always}", RH_MODE_ALWAYS, 0, NEVER, 0, RH_NONE, 0},
	{"{that: heads == 1, during: cut}", RH_MODE_ALWAYS, 0, NEVER, RH_NONE, 0, 0},
	{"{that: heads == 1, during: cut, mode: never}", RH_MODE_NEVER, 0, NEVER, RH_NONE, 0, 0},
	{"{that: heads == 1, mode: atStart}", RH_MODE_AT_START, 10 * MINUTE, 30 * MINUTE, RH_NONE,
	 RH_NONE, 0},
	{"{that: heads == 1, mode: edge}", RH_MODE_EDGE, 10 * MINUTE, 30 * MINUTE, RH_NONE, RH_NONE,
	 0},
	{"{that: heads == 1, mode: sometimes}", RH_MODE_SOMETIMES, 10 * MINUTE, 30 * MINUTE,
	 RH_NONE, RH_NONE, 0},
	{"{that: heads == 1, mode: final, within: 1m}", RH_MODE_FINAL, 10 * MINUTE, 31 * MINUTE,
	 RH_NONE, RH_NONE, 0},
};

START_TEST(every_window)
{
	const struct window *window = &windows[_i];
	struct rh_buf check = {0};
	const struct rh_plan_assertion *made;
	struct rh_plan *plan;

	rh_buf_printf(&check, "        - %s", window->check);
	plan = load(PHASES, rh_buf_str(&check));
	ck_assert_uint_eq(plan->assertion_count, 1);
	made = &plan->assertions[0];
	ck_assert_msg(made->mode == window->mode, "%s: mode %s", window->check,
		      rh_assert_mode_name(made->mode));
	ck_assert_msg(made->from_ns == window->from_ns && made->until_ns == window->until_ns,
		      "%s: %llu to %llu", window->check, (unsigned long long)made->from_ns,
		      (unsigned long long)made->until_ns);
	ck_assert_uint_eq(made->after, window->after);
	ck_assert_uint_eq(made->during, window->during);
	ck_assert_uint_eq(made->hold_ns, window->hold_ns);
	rh_plan_free(plan);
	rh_buf_release(&check);
}
END_TEST

/* ---- sentences ------------------------------------------------------------------------------- */

static const struct form {
	const char *check;
	const char *type;
	const char *text; /* of an expression; NULL: not compared */
	uint64_t within_ns;
	uint32_t node_count;
} forms[] = {
	{"{that: \"max(reorg_depth)<=6\"}", "gauge", NULL, 0, 4},
	{"{that: \"max(reorg_depth)<=2*3\"}", "expression", "max(reorg_depth) <= 2 * 3", 0, 4},
	{"{that: \"head_height >= 3\", quorum: 2}", "expression", "head_height >= 3", 0, 4},
	{"{that: head_height, increasedBy: 3}", "expression",
	 "head_height - base(head_height) >= 3", 0, 4},
	{"{that: max(head_height), tolerance: 2}", "expression",
	 "abs(max(head_height) - max(base(head_height))) <= 2", 0, 4},
	{"{that: heads == 2, tolerance: 1}", "expression", "abs(heads - 2) <= 1", 0, 4},
	{"{type: convergence, expect: same_state}", "convergence", NULL, 0, 4},
	{"convergence", "convergence", NULL, 0, 4},
	{"\"n-1: reports block height is greater than 100 within 4m\"", "gauge", NULL, 4 * MINUTE,
	 1},
	{"\"n: peers count is at least 2 within 20 seconds\"", "gauge", NULL, 20 * SECOND, 4},
	{"\"all: head height is at most 7\"", "gauge", NULL, 0, 4},
	{"\"heads == 1\"", "gauge", NULL, 0, 4},
	{"\"n-2: is up within 10s\"", "gauge", NULL, 10 * SECOND, 1},
};

START_TEST(every_form)
{
	const struct form *form = &forms[_i];
	struct rh_buf check = {0};
	const struct rh_plan_assertion *made;
	struct rh_plan *plan;

	rh_buf_printf(&check, "        - %s", form->check);
	plan = load(PHASES, rh_buf_str(&check));
	made = &plan->assertions[0];
	ck_assert_msg(strcmp(made->type->name, form->type) == 0, "%s: %s", form->check,
		      made->type->name);
	if (form->text != NULL)
		ck_assert_str_eq(*(const char *const *)made->params, form->text);
	if (form->within_ns != 0)
		ck_assert_uint_eq(made->until_ns - made->from_ns, form->within_ns);
	ck_assert_uint_eq(made->node_count, form->node_count);
	rh_plan_free(plan);
	rh_buf_release(&check);
}
END_TEST

START_TEST(words_mean_what_they_say)
{
	struct rh_plan *plan = load(PHASES, "        - \"n-1: block height is less than 7\"\n"
					    "        - \"n-1: is down\"");
	const struct rh_that *height = plan->assertions[0].params;
	const struct rh_that *up = plan->assertions[1].params;

	ck_assert_int_eq(height->gauge, RH_GAUGE_HEAD_HEIGHT);
	ck_assert_uint_eq(height->op, RH_OP_LT);
	ck_assert_int_eq(height->value, 7);
	ck_assert_uint_eq(plan->assertions[0].nodes[0], 1);
	ck_assert_int_eq(up->gauge, RH_GAUGE_UP);
	ck_assert_int_eq(up->value, 0);
	rh_plan_free(plan);
}
END_TEST

/* ---- the rest -------------------------------------------------------------------------------- */

START_TEST(what_else_it_says)
{
	struct rh_plan *plan = load(
		PHASES,
		"        - {id: a, that: heads == 1, expect: fail, weight: 4, severity: warn}\n"
		"        - {that: \"head_height >= 1\", quorum: 51%}\n"
		"        - {that: \"head_height >= 1\", quorum: majority, service: n-1}\n"
		"        - {type: expectation, parameters: {least: 3}}\n"
		"        - {that: \"alert(Split) && heads == 1\"}\n"
		"  successCriteria: [{that: heads == 1}]\n"
		"  expectations: [{that: heads == 1}]\n"
		"  monitors: {alerts: [{name: Split, that: heads >= 2, for: 10s, severity: "
		"high}]}");
	const struct rh_plan_assertion *made = plan->assertions;

	ck_assert_uint_eq(plan->assertion_count, 8);
	ck_assert_uint_eq(rh_plan_judged_count(plan), 7);
	ck_assert_str_eq(made[0].name, "a");
	ck_assert(made[0].expects_failure && made[0].is_warning && made[0].weight == 4);
	ck_assert(made[1].quorum == RH_QUORUM_COUNT && made[1].quorum_count == 3);
	ck_assert(made[2].quorum == RH_QUORUM_MAJORITY && made[2].node_count == 1);
	ck_assert_int_eq(made[5].role, RH_ROLE_CRITERION);
	ck_assert_int_eq(made[5].mode, RH_MODE_ALWAYS);
	ck_assert_int_eq(made[6].role, RH_ROLE_EXPECTATION);
	ck_assert_int_eq(made[6].mode, RH_MODE_AT_END);
	ck_assert_int_eq(made[7].role, RH_ROLE_ALERT);
	ck_assert_uint_eq(made[7].hold_ns, 10 * SECOND);
	ck_assert_int_eq(made[7].severity, RH_SEVERITY_HIGH);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("scenario: checks");

	tcase_add_loop_test(frame.tests, every_window, 0, RH_ARRAY_LEN(windows));
	tcase_add_loop_test(frame.tests, every_form, 0, RH_ARRAY_LEN(forms));
	tcase_add_test(frame.tests, words_mean_what_they_say);
	tcase_add_test(frame.tests, what_else_it_says);
	return frame_run(frame);
}
