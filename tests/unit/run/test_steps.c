/* Steps that the run takes itself, on a scripted world: waits and what stands behind them, conditions,
 * clear, workloads, what a failure means, rollback and cleanup, and what is refused before it starts. */
#include "core/scenario/faults.h"
#include "core/scenario/node_steps.h"
#include "tests/unit/run/played.h"

static const uint32_t none[] = {UINT32_MAX};
static const uint32_t edges[] = {0, 1, UINT32_MAX};
static const uint32_t first_node[] = {0, UINT32_MAX};

#define HEADS_ARE(n) ((struct rh_that){RH_AGG_EACH, RH_GAUGE_HEADS, RH_OP_EQ, n})

/* Three nodes in a line, ten seconds. */
static struct rh_plan *line(void)
{
	struct rh_plan *plan = plan_make(3, SECONDS(10));

	plan_add_link(plan, 0, 1);
	plan_add_link(plan, 1, 2);
	return plan;
}

static uint32_t add_condition(struct rh_plan *plan, struct rh_that that)
{
	plan_add_check(plan, "condition", RH_MODE_EVENTUALLY, 0, plan->duration_ns, that)->role =
		RH_ROLE_CONDITION;
	return plan->assertion_count - 1;
}

static uint32_t add_wait(struct rh_plan *plan, const char *name, uint64_t at_ns, uint64_t until_ns)
{
	plan_add_step(plan, name, &rh_step_wait, at_ns, until_ns, none)->phase = 0;
	return plan->step_count - 1;
}

static struct rh_plan_step *add_note(struct rh_plan *plan, const char *text, uint32_t after,
				     uint64_t at_ns)
{
	struct rh_plan_step *step =
		plan_add_step(plan, text, &rh_step_annotate, at_ns, RH_TIME_NEVER, none);

	((struct rh_annotate *)step->params)->text = text;
	step->after = after;
	return step;
}

static bool said(struct played *played, const char *line_of)
{
	return strstr(rh_buf_str(&played->said.text), line_of) != NULL;
}

START_TEST(a_wait_and_its_follower)
{
	struct played played = {.plan = line()};
	uint32_t wait = add_wait(played.plan, "w", SECONDS(1), SECONDS(3));

	add_note(played.plan, "behind", wait, SECONDS(2));
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "1s world action requested #0\n"
			     "3s world action done #0\n"
			     "5s world action requested #1 1\n"
			     "5s world note text \"behind\"\n"
			     "5s world action done #1 1\n"
			     "10s world run end 0 10000000000\n");
	played_release(&played);
}
END_TEST

/* One head at 4 s: 4 s is 953 grids of 2^22 ns and something, so the wait is over at 954 of them. */
static struct rh_plan *waiting(void)
{
	struct rh_plan *plan = line();
	uint32_t wait = add_wait(plan, "w", SECONDS(1), SECONDS(1));

	plan->steps[wait].condition = add_condition(plan, HEADS_ARE(1));
	add_note(plan, "one head", wait, SECONDS(1));
	plan_fake(plan)->script = "1s n-0 head moved 7\n2s n-1 head moved 8\n3s n-2 head moved 8\n"
				  "4s n-0 head moved 8\n6s n-1 head moved 9\n";
	return plan;
}

START_TEST(a_wait_for_a_sentence)
{
	struct played played = {.plan = waiting()};

	play(&played);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	ck_assert_msg(said(&played, "4s1ms366us16ns world action done #0\n"), "%s",
		      rh_buf_str(&played.said.text));
	ck_assert(said(&played, "5s1ms366us16ns world note text \"one head\"\n"));
	played_release(&played);
}
END_TEST

static void nothing_to_show(void *ctx, uint64_t now_ns, uint64_t end_ns)
{
	(void)ctx;
	(void)now_ns;
	(void)end_ns;
}

/* Whoever watches, and wherever the run stops for it: the same stream. */
START_TEST(observers_change_nothing)
{
	struct played plain = {.plan = waiting()};
	struct played watched = {.plan = waiting()};

	watched.options.progress = nothing_to_show;
	play(&plain);
	play(&watched);
	ck_assert_str_eq(rh_buf_str(&plain.said.text), rh_buf_str(&watched.said.text));
	played_release(&plain);
	played_release(&watched);
}
END_TEST

/* A stop of the plan itself, half a millisecond behind the record: nobody looks there. */
START_TEST(a_stop_between_two_points)
{
	struct played played = {.plan = waiting()};

	add_note(played.plan, "stop", RH_NONE, SECONDS(4) + 500000);
	play(&played);
	ck_assert(said(&played, "4s500us world note text \"stop\"\n"));
	ck_assert(said(&played, "4s1ms366us16ns world action done #0\n"));
	played_release(&played);
}
END_TEST

/* Also without a judge of the run's own: what is waited for only a judge can tell. */
START_TEST(conditions_need_a_judge)
{
	struct played played = {.plan = waiting()};

	played.options.no_judge = true;
	play(&played);
	ck_assert(said(&played, "world note text \"one head\"\n"));
	played_release(&played);
}
END_TEST

static void time_out(enum rh_on_failure on_failure, enum rh_verdict verdict, bool goes_on)
{
	struct played played = {.plan = line()};
	uint32_t wait = add_wait(played.plan, "w", SECONDS(1), SECONDS(1));

	played.plan->steps[wait].condition = add_condition(played.plan, HEADS_ARE(5));
	played.plan->steps[wait].timeout_ns = SECONDS(2);
	played.plan->steps[wait].on_failure = on_failure;
	add_note(played.plan, "behind", wait, SECONDS(1));
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	ck_assert_int_eq(played.result.verdict, verdict);
	ck_assert(said(&played,
		       "3s world action failed #0 0 0 \"what it waited for did not come in "
		       "time\"\n") ||
		  said(&played, "3s world action failed #0 \"what it waited for did not come in "
				"time\"\n"));
	ck_assert_int_eq(said(&played, "4s world note text \"behind\"\n"), goes_on);
	ck_assert_int_eq(said(&played, "note text \"w failed, and the run goes on\"\n"),
			 on_failure == RH_ON_FAILURE_WARN);
	played_release(&played);
}

START_TEST(a_wait_that_takes_too_long)
{
	time_out(RH_ON_FAILURE_FAIL, RH_VERDICT_ERROR, false);
	time_out(RH_ON_FAILURE_WARN, RH_VERDICT_PASSED, true);
	time_out(RH_ON_FAILURE_IGNORE, RH_VERDICT_PASSED, true);
}
END_TEST

START_TEST(a_wait_that_outlasts_the_run)
{
	struct played played = {.plan = line()};
	uint32_t wait = add_wait(played.plan, "w", SECONDS(1), SECONDS(1));

	played.plan->steps[wait].condition = add_condition(played.plan, HEADS_ARE(5));
	play(&played);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	ck_assert(said(&played, "\"the run ended first\"\n"));
	ck_assert_str_eq(rh_judge_error_text(played.result.judge),
			 "w waited in vain until condition");
	played_release(&played);
}
END_TEST

/* The join is over when both waits are; what it names may come in any order. */
START_TEST(a_join)
{
	struct played played = {.plan = line()};
	uint32_t waits[3];

	waits[2] = add_wait(played.plan, "join", 0, SECONDS(1));
	waits[0] = add_wait(played.plan, "long", SECONDS(1), SECONDS(6));
	waits[1] = add_wait(played.plan, "short", SECONDS(1), SECONDS(2));
	played.plan->steps[waits[2]].steps = waits;
	played.plan->steps[waits[2]].step_count = 2;
	add_note(played.plan, "both", waits[2], 0);
	play(&played);
	ck_assert(said(&played, "2s world action done #2 2\n"));
	ck_assert(said(&played, "6s world action done #1 1\n6s world action done #0\n"));
	ck_assert(said(&played, "6s world note text \"both\"\n"));
	played_release(&played);
}
END_TEST

START_TEST(steps_with_conditions)
{
	struct played played = {.plan = line()};

	add_note(played.plan, "two", RH_NONE, SECONDS(5))->condition =
		add_condition(played.plan, HEADS_ARE(2));
	add_note(played.plan, "one", RH_NONE, SECONDS(6))->condition =
		add_condition(played.plan, HEADS_ARE(1));
	add_note(played.plan, "unless", RH_NONE, SECONDS(7))->unless = 0;
	add_note(played.plan, "failed", RH_NONE, SECONDS(8))->only_if = RH_ONLY_FAILED;
	add_note(played.plan, "passed", RH_NONE, SECONDS(8))->only_if = RH_ONLY_PASSED;
	plan_fake(played.plan)->script = "1s n-0 head moved 7\n2s n-1 head moved 8\n"
					 "3s n-2 head moved 8\n";
	play(&played);
	ck_assert(said(&played, "5s world note text \"two\"\n"));
	ck_assert(said(&played, "6s world note text \"one was left out: its condition is not "
				"true\"\n"));
	ck_assert(
		said(&played, "7s world note text \"unless was left out: its `until` is true\"\n"));
	ck_assert(
		said(&played, "8s world note text \"failed was left out: nothing has failed\"\n"));
	ck_assert(said(&played, "8s world note text \"passed\"\n"));
	played_release(&played);
}
END_TEST

/* ---- clear ----------------------------------------------------------------------------------- */

static struct rh_plan_step *add_cut(struct rh_plan *plan, const char *name, uint64_t at_ns,
				    uint64_t until_ns)
{
	struct rh_plan_step *step =
		plan_add_step(plan, name, &made_link_fault, at_ns, until_ns, edges);

	plan_link_of(step)->is_cut = true;
	step->verify = RH_VERIFY_NONE;
	return step;
}

/* Ends the one that is in effect, calls off the copy that was to come, leaves the other alone. */
START_TEST(clear_ends_a_series)
{
	struct played played = {.plan = line()};
	uint32_t series[] = {0, 3};

	add_cut(played.plan, "x", SECONDS(1), SECONDS(9));
	add_cut(played.plan, "other", SECONDS(1), SECONDS(9));
	plan_add_step(played.plan, "clear", &rh_step_clear, SECONDS(4), RH_TIME_NEVER, none);
	played.plan->steps[2].steps = series;
	played.plan->steps[2].step_count = 2;
	add_cut(played.plan, "x.2", SECONDS(5), SECONDS(6))->series = 0;
	play(&played);
	ck_assert(said(&played, "4s world fault cleared #0"));
	ck_assert(!said(&played, "fault requested #3"));
	ck_assert(said(&played, "9s world fault cleared #1"));
	ck_assert(said(&played, "4s world action done #2 2 1\n")); /* one was ended */
	played_release(&played);
}
END_TEST

/* Everything, or only what lies within the target. */
START_TEST(clear_all_and_some)
{
	struct played played = {.plan = line()};
	static const uint32_t others[] = {1, 2, UINT32_MAX};

	plan_add_step(played.plan, "near", &made_crash, SECONDS(1), RH_TIME_NEVER, first_node)
		->verify = RH_VERIFY_NONE;
	plan_add_step(played.plan, "far", &made_crash, SECONDS(1), RH_TIME_NEVER, others)->verify =
		RH_VERIFY_NONE;
	plan_add_step(played.plan, "some", &rh_step_clear, SECONDS(3), RH_TIME_NEVER, first_node);
	plan_add_step(played.plan, "all", &rh_step_clear, SECONDS(5), RH_TIME_NEVER, none);
	play(&played);
	ck_assert(said(&played, "3s world fault cleared #0"));
	ck_assert(said(&played, "5s world fault cleared #1"));
	played_release(&played);
}
END_TEST

/* ---- workloads ------------------------------------------------------------------------------- */

struct paced {
	struct rh_pace rate;
};

static const struct rh_key paced_keys[] = {
	{.name = "rate", .type = RH_KEY_PACE, .offset = 0, .default_text = "none"}, RH_KEY_END};

/* So many a second as its last change says, from its beginning. */
static bool paced_next(const struct rh_workload_view *view, uint64_t number,
		       struct rh_submission *submission)
{
	const struct paced *params = view->params;
	struct rh_pace pace = params->rate;
	uint64_t from_ns = view->start_ns;

	if (view->change_count > 0) {
		pace = view->changes[view->change_count - 1].pace;
		from_ns = view->changes[view->change_count - 1].from_ns;
	}
	if (pace.events.num == 0)
		return false;
	*submission = (struct rh_submission){
		.at_ns = from_ns + (number % 100 + 1) * pace.events.den / pace.events.num};
	return true;
}

static const struct rh_workload_type paced_type = {.name = "paced",
						   .params_size = sizeof(struct paced),
						   .keys = paced_keys,
						   .next = paced_next};

START_TEST(a_workload_changes_and_goes_back)
{
	struct played played = {.plan = line()};
	struct paced params = {{{1, SECONDS(20)}, RH_PACE_NS}};
	struct rh_workload_step *change;

	plan_add_workload(played.plan, "load", 0, SECONDS(10));
	played.plan->workloads[0].type = &paced_type;
	played.plan->workloads[0].params = &params;
	plan_add_step(played.plan, "more", &rh_step_workload, SECONDS(2), SECONDS(5), none)
		->workload = 0;
	change = played.plan->steps[0].params;
	change->rate = (struct rh_pace){{1, SECONDS(1)}, RH_PACE_NS};
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	/* None in 20 s by itself; at 3 s and 4 s, and what was due at 5 s no more. */
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.asked), "3s submit"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.asked), "4s submit"));
	ck_assert_ptr_null(strstr(rh_buf_str(&played.asked), "6s submit"));
	played_release(&played);
}
END_TEST

START_TEST(a_load_without_a_rate)
{
	struct played played = {.plan = line()};

	plan_add_workload(played.plan, "ten", 0, SECONDS(1));
	plan_add_step(played.plan, "more", &rh_step_workload, SECONDS(2), RH_TIME_NEVER, none)
		->workload = 0;
	play(&played);
	ck_assert(said(&played, "this kind of load has no rate"));
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	played_release(&played);
}
END_TEST

/* ---- rollback and cleanup -------------------------------------------------------------------- */

/* One head always, broken at 4 s; a note of each part, and a step of a phase at 6 s. */
static struct rh_plan *parts(uint32_t when)
{
	struct rh_plan *plan = line();

	plan->rollback_when = when;
	plan->rollback_timeout_ns = SECONDS(60);
	add_cut(plan, "cut", SECONDS(1), RH_TIME_NEVER);
	add_note(plan, "action", RH_NONE, SECONDS(6));
	add_note(plan, "rollback", RH_NONE, SECONDS(1))->part = RH_PART_ROLLBACK;
	add_note(plan, "cleanup", RH_NONE, 0)->part = RH_PART_CLEANUP;
	add_note(plan, "sad", RH_NONE, SECONDS(2))->part = RH_PART_CLEANUP;
	plan->steps[4].only_if = RH_ONLY_FAILED;
	plan_add_check(plan, "one head", RH_MODE_ALWAYS, SECONDS(2), SECONDS(9), HEADS_ARE(1));
	plan_add_check(plan, "and then", RH_MODE_EVENTUALLY, SECONDS(7), SECONDS(9), HEADS_ARE(2));
	return plan;
}

#define TOGETHER "1s n-0 head moved 7\n1s n-1 head moved 7\n1s n-2 head moved 7\n"
#define BREAKS	 TOGETHER "4s n-1 head moved 8\n"

START_TEST(a_failure_is_rolled_back)
{
	struct played played = {.plan = parts(RH_ROLLBACK_ON_FAILURE)};

	plan_fake(played.plan)->script = BREAKS;
	/* Known at this stop already, and answered at the grid all the same. */
	add_note(played.plan, "between", RH_NONE, SECONDS(4) + 500000);
	play(&played);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_FAILED);
	ck_assert(said(&played,
		       "4s1ms366us16ns world note text \"something failed: rollback begins, "
		       "no other step will\"\n"));
	ck_assert(said(&played, "4s500us world note text \"between\"\n"));
	ck_assert(said(&played, "5s1ms366us16ns world note text \"rollback\"\n"));
	ck_assert(!said(&played, "note text \"action\"\n"));
	/* All that is judged is decided, then comes the end. */
	ck_assert(said(&played, "world assertion passed #1"));
	ck_assert(said(&played, "10s world run closing 0 10000000000\n"));
	ck_assert(said(&played, "10s world note text \"cleanup\"\n"));
	ck_assert(said(&played, "12s world note text \"sad\"\n"));
	ck_assert(said(&played, "12s world run end 0 12000000000\n"));
	played_release(&played);
}
END_TEST

/* No rollback is asked for: everything goes on, cleanup comes all the same. */
START_TEST(without_rollback_everything_goes_on)
{
	struct played played = {.plan = parts(RH_ROLLBACK_ON_TIMEOUT)};

	plan_fake(played.plan)->script = BREAKS;
	play(&played);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_FAILED);
	ck_assert(said(&played, "6s world note text \"action\"\n"));
	ck_assert(!said(&played, "note text \"rollback\"\n"));
	ck_assert(said(&played, "10s world note text \"cleanup\"\n"));
	played_release(&played);
}
END_TEST

START_TEST(a_timeout_is_rolled_back)
{
	struct played played = {.plan = parts(RH_ROLLBACK_ON_TIMEOUT)};

	played.plan->timeout_ns = SECONDS(12);
	played.plan->assertions[1].until_ns = SECONDS(30);
	plan_fake(played.plan)->script = TOGETHER;
	play(&played);
	ck_assert_int_eq(played.result.status, RH_STATUS_TIMEOUT);
	ck_assert(said(&played, "12s world run closing 1 12000000000\n"));
	ck_assert(said(&played, "13s world note text \"rollback\"\n"));
	ck_assert(said(&played, "13s world note text \"cleanup\"\n"));
	ck_assert(said(&played, "15s world note text \"sad\"\n"));
	played_release(&played);
}
END_TEST

static bool at_once(void *ctx)
{
	(void)ctx;
	return true;
}

START_TEST(cancelling_is_rolled_back)
{
	struct played played = {.plan = parts(RH_ROLLBACK_ON_CANCEL)};

	played.options.is_cancelled = at_once;
	play(&played);
	ck_assert_int_eq(played.result.status, RH_STATUS_CANCELLED);
	ck_assert(said(&played, "1s world note text \"rollback\"\n"));
	ck_assert(!said(&played, "note text \"action\"\n"));
	played_release(&played);
}
END_TEST

/* What happens then is no part of the verdict, and the judge of the stored records agrees. */
START_TEST(the_end_is_not_judged)
{
	struct played played = {.plan = parts(0)};

	plan_fake(played.plan)->script = TOGETHER "11s n-1 head moved 8\n";
	played.plan->assertion_count = 1;
	played.plan->assertions[0].until_ns = RH_TIME_NEVER;
	played.plan->steps[4].only_if = RH_ONLY_ALWAYS;
	play(&played);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	ck_assert(said(&played, "11s n-1 head moved 8\n")); /* it was there to be seen */
	ck_assert(said(&played, "12s world run end"));
	played_release(&played);
}
END_TEST

/* A fault of cleanup lasts as long as it says; a wait too long is given up. */
START_TEST(faults_and_waits_of_cleanup)
{
	struct played played = {.plan = line()};
	struct rh_plan_step *step = add_cut(played.plan, "late", SECONDS(1), SECONDS(3));
	uint32_t wait;

	step->part = RH_PART_CLEANUP;
	wait = add_wait(played.plan, "w", SECONDS(1), SECONDS(300));
	played.plan->steps[wait].part = RH_PART_CLEANUP;
	played.plan->rollback_timeout_ns = SECONDS(20);
	play(&played);
	ck_assert(said(&played, "11s world fault requested #0"));
	ck_assert(said(&played, "13s world fault cleared #0"));
	ck_assert(said(&played, "30s world action failed"));
	ck_assert(said(&played, "\"its part of the run took too long\"\n"));
	played_release(&played);
}
END_TEST

/* ---- refused --------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_done_yet)
{
	struct played played = {.plan = line()};
	struct rh_plan_step *step = plan_add_step(played.plan, "b", &rh_later_byzantine, SECONDS(1),
						  RH_TIME_NEVER, first_node);

	step->line = 12;
	step->column = 9;
	play(&played);
	ck_assert_int_eq(played.rc, RH_E_UNSUPPORTED);
	ck_assert_str_eq(
		played.err.text,
		"made.yaml:12:9: step b: byzantine needs the wrapper around a model's effects "
		"that makes a node dishonest, which the fake world does not have yet");
	played_release(&played);
	played.plan = line();
	plan_add_step(played.plan, "b", &rh_later_byzantine, SECONDS(1), RH_TIME_NEVER, first_node)
		->is_disabled = true;
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	played_release(&played);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("steps");
	TCase *tests = tcase_create("steps");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, a_wait_and_its_follower);
	tcase_add_test(tests, a_wait_for_a_sentence);
	tcase_add_test(tests, observers_change_nothing);
	tcase_add_test(tests, a_stop_between_two_points);
	tcase_add_test(tests, conditions_need_a_judge);
	tcase_add_test(tests, a_wait_that_takes_too_long);
	tcase_add_test(tests, a_wait_that_outlasts_the_run);
	tcase_add_test(tests, a_join);
	tcase_add_test(tests, steps_with_conditions);
	tcase_add_test(tests, clear_ends_a_series);
	tcase_add_test(tests, clear_all_and_some);
	tcase_add_test(tests, a_workload_changes_and_goes_back);
	tcase_add_test(tests, a_load_without_a_rate);
	tcase_add_test(tests, a_failure_is_rolled_back);
	tcase_add_test(tests, without_rollback_everything_goes_on);
	tcase_add_test(tests, a_timeout_is_rolled_back);
	tcase_add_test(tests, cancelling_is_rolled_back);
	tcase_add_test(tests, the_end_is_not_judged);
	tcase_add_test(tests, faults_and_waits_of_cleanup);
	tcase_add_test(tests, what_cannot_be_done_yet);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
