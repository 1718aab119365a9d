/* Faults on clocks, on a scripted world: what overlapping ones add up to, that an end takes back exactly
 * what its begin gave, and that what the world refused is not taken back. */
#include <stdio.h>

#include "core/scenario/clock_faults.h"
#include "tests/unit/run/played.h"

static const uint32_t first_node[] = {0, UINT32_MAX};
static const uint32_t two_nodes[] = {0, 1, UINT32_MAX};

static void add_skew(struct rh_plan *plan, const char *name, uint64_t at_ns, uint64_t until_ns,
		     int64_t offset_ns, const uint32_t *nodes)
{
	struct rh_plan_step *step =
		plan_add_step(plan, name, &rh_fault_clock_skew, at_ns, until_ns, nodes);

	memcpy(step->params, &offset_ns, sizeof(offset_ns));
}

static void add_drift(struct rh_plan *plan, const char *name, uint64_t at_ns, uint64_t until_ns,
		      const char *text, const uint32_t *nodes)
{
	struct rh_plan_step *step =
		plan_add_step(plan, name, &rh_fault_clock_drift, at_ns, until_ns, nodes);

	((struct rh_clock_drift *)step->params)->text = text;
}

START_TEST(what_is_in_effect_adds_up)
{
	struct played played = {.plan = plan_make(3, SECONDS(10))};

	played.plan->nodes[0].clock_offset_ns = 7;
	played.plan->nodes[1].clock_drift_ppb = 20;
	add_skew(played.plan, "ahead", SECONDS(1), SECONDS(4), 500, two_nodes);
	add_skew(played.plan, "back", SECONDS(2), SECONDS(3), -200, first_node);
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	played_asked(&played, "1s start 0 ahead by 500ns 0ppb n-0 n-1\n"
			      "1s1ns verify 1 ahead n-0 n-1 507ns 0ppb 500ns 20ppb\n"
			      "2s start 2 back by -200ns 0ppb n-0\n"
			      "2s1ns verify 3 back n-0 307ns 0ppb\n"
			      "3s start 4 back by 200ns 0ppb n-0\n"
			      "4s start 5 ahead by -500ns 0ppb n-0 n-1\n"
			      "finish\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	played_release(&played);
}
END_TEST

/* A clock goes on from where it stands: at 2 s, 1000 ppm from time 0 would have been 2 ms. */
START_TEST(a_drift_begins_where_the_clock_stands)
{
	struct played played = {.plan = plan_make(3, SECONDS(10))};

	add_drift(played.plan, "slow", SECONDS(2), SECONDS(6), "-1000ppm", first_node);
	play(&played);
	played_asked(&played, "2s start 0 slow by 2000000ns -1000000ppb n-0\n"
			      "2s1ns verify 1 slow n-0 2000000ns -1000000ppb\n"
			      "6s start 2 slow by -2000000ns 1000000ppb n-0\n"
			      "finish\n");
	played_release(&played);
}
END_TEST

START_TEST(what_was_refused_is_not_taken_back)
{
	struct played played = {.plan = plan_make(3, SECONDS(10))};

	add_skew(played.plan, "ahead", SECONDS(1), SECONDS(4), 500, first_node);
	plan_fake(played.plan)->script = "ticket 0 refused\n";
	play(&played);
	played_asked(&played, "1s start 0 ahead by 500ns 0ppb n-0\n"
			      "4s start 1 ahead by 0ns 0ppb n-0\n"
			      "finish\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	played_release(&played);
}
END_TEST

START_TEST(a_world_without_such_clocks)
{
	struct played played = {.plan = plan_make(3, SECONDS(10))};

	add_skew(played.plan, "ahead", SECONDS(1), SECONDS(4), 500, first_node);
	plan_fake(played.plan)->cannot = RH_CAN_FAULT_CLOCK;
	play(&played);
	ck_assert_int_eq(played.rc, RH_E_UNSUPPORTED);
	ck_assert_str_eq(played.err.text,
			 "step ahead: clock-skew needs clocks that a step can change, which the "
			 "fake world cannot do");
	played_release(&played);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clocks");
	TCase *tests = tcase_create("clocks");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, what_is_in_effect_adds_up);
	tcase_add_test(tests, a_drift_begins_where_the_clock_stands);
	tcase_add_test(tests, what_was_refused_is_not_taken_back);
	tcase_add_test(tests, a_world_without_such_clocks);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
