/* Windows that the run opens and closes, what must last, what is seen at the ends only, outcomes that are
 * turned round: each with a record of the run that passes and one that fails for the stated reason. */
#include "tests/unit/judge/judged.h"

#define PASSED RH_RESULT_PASSED
#define FAILED RH_RESULT_FAILED
#define ERROR  RH_RESULT_ERROR
#define NOBODY RH_NONE

struct story {
	const char *title;
	enum rh_assert_mode mode;
	uint64_t from_s;
	uint64_t until_s; /* 0: never */
	uint64_t hold_s;
	uint32_t after;
	uint32_t during;
	bool expects_failure;
	struct rh_that that;
	const char *script;
	enum rh_result_state state;
	uint64_t decided_ms;
	const char *reason;
};

#define DEEP	THAT(MAX, REORG_DEPTH, GE, 2)
#define SHALLOW THAT(MAX, REORG_DEPTH, LE, 2)

/* Step 0 is a cut from 2 s to 6 s, step 1 something done once. */
static const struct story stories[] = {
	{"it lasts", RH_MODE_EVENTUALLY, 0, 9, 3, NOBODY, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 2\n2s n-0 gauge value #4 1\n4s n-0 gauge value #4 3\n", PASSED,
	 7000, "max(reorg_depth) >= 2 for 3s after 4 s (limit 9s)"},
	{"it lasts beyond the deadline", RH_MODE_EVENTUALLY, 0, 5, 3, NOBODY, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 1\n4s n-0 gauge value #4 3\n", PASSED, 7000,
	 "max(reorg_depth) >= 2 for 3s after 4 s (limit 5s)"},
	{"it does not last beyond the deadline", RH_MODE_EVENTUALLY, 0, 5, 3, NOBODY, NOBODY, false,
	 DEEP, "1s n-0 gauge value #4 1\n4s n-0 gauge value #4 3\n6s n-0 gauge value #4 1\n",
	 FAILED, 6000, "expected max(reorg_depth) >= 2 for 3s within 5s, but it did not last"},
	{"it is interrupted each time", RH_MODE_EVENTUALLY, 0, 9, 3, NOBODY, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 2\n3s n-0 gauge value #4 1\n4s n-0 gauge value #4 2\n"
	 "6s n-0 gauge value #4 1\n",
	 FAILED, 9000, "expected max(reorg_depth) >= 2 for 3s within 9s, still 1 at n-0"},
	{"at the start", RH_MODE_AT_START, 2, 9, 0, NOBODY, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 2\n3s n-0 gauge value #4 9\n", PASSED, 2000,
	 "max(reorg_depth) <= 2 at the start: 2"},
	{"not at the start", RH_MODE_AT_START, 2, 9, 0, NOBODY, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 9\n3s n-0 gauge value #4 1\n", FAILED, 2000,
	 "expected max(reorg_depth) <= 2 at the start, saw 9 at n-0"},
	{"the first that is known is the start", RH_MODE_AT_START, 0, 9, 0, NOBODY, NOBODY, false,
	 SHALLOW, "3s n-0 gauge value #4 9\n", FAILED, 3000,
	 "expected max(reorg_depth) <= 2 at the start, saw 9 at n-0"},
	{"at both ends", RH_MODE_EDGE, 2, 9, 0, NOBODY, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 2\n3s n-0 gauge value #4 9\n8s n-0 gauge value #4 1\n", PASSED,
	 9000, "max(reorg_depth) <= 2 at both ends, in the end 1"},
	{"at the start only", RH_MODE_EDGE, 2, 9, 0, NOBODY, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 2\n3s n-0 gauge value #4 9\n", FAILED, 9000,
	 "expected max(reorg_depth) <= 2 at the end, saw 9 at n-0"},
	{"at the end only", RH_MODE_EDGE, 2, 9, 0, NOBODY, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 9\n3s n-0 gauge value #4 1\n", FAILED, 2000,
	 "expected max(reorg_depth) <= 2 at the start, saw 9 at n-0"},
	{"once in the run", RH_MODE_SOMETIMES, 0, 10, 0, NOBODY, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 1\n7s n-0 gauge value #4 2\n8s n-0 gauge value #4 1\n", PASSED,
	 7000, "max(reorg_depth) >= 2 after 7 s (limit the run)"},
	{"not once", RH_MODE_SOMETIMES, 0, 10, 0, NOBODY, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 1\n", FAILED, 10000,
	 "expected max(reorg_depth) >= 2 within the run, still 1 at n-0"},
	{"in the end", RH_MODE_FINAL, 0, 10, 0, NOBODY, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 9\n9s n-0 gauge value #4 2\n", PASSED, 10000,
	 "max(reorg_depth) <= 2 at the end: 2"},
	{"not in the end", RH_MODE_FINAL, 0, 10, 0, NOBODY, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 1\n9s n-0 gauge value #4 7\n", FAILED, 10000,
	 "expected max(reorg_depth) <= 2 at the end, saw 7 at n-0"},
	{"after a step", RH_MODE_EVENTUALLY, 0, 3, 0, 1, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 1\n4s world action requested #0 1\n6s n-0 gauge value #4 2\n",
	 PASSED, 6000, "max(reorg_depth) >= 2 after 2 s (limit 3s)"},
	{"too late after a step", RH_MODE_EVENTUALLY, 0, 3, 0, 1, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 1\n4s world action requested #0 1\n8s n-0 gauge value #4 2\n",
	 FAILED, 7000, "expected max(reorg_depth) >= 2 within 3s, still 1 at n-0"},
	{"a while after a step", RH_MODE_ALWAYS, 2, 4, 0, 1, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 1\n4s world action requested #0 1\n5s n-0 gauge value #4 9\n"
	 "6s n-0 gauge value #4 1\n8s n-0 gauge value #4 9\n",
	 PASSED, 8000, "max(reorg_depth) <= 2 throughout, at worst 1"},
	{"what stood when it was begun", RH_MODE_ALWAYS, 0, 4, 0, 1, NOBODY, false, SHALLOW,
	 "1s n-0 gauge value #4 9\n4s world action requested #0 1\n5s n-0 gauge value #4 1\n",
	 FAILED, 4000, "expected max(reorg_depth) <= 2, saw 9 at n-0"},
	{"a step that never came", RH_MODE_EVENTUALLY, 0, 3, 0, 1, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 2\n", FAILED, 10000,
	 "expected max(reorg_depth) >= 2, but step poke-1 was never begun"},
	{"the second time does not count", RH_MODE_EVENTUALLY, 0, 3, 0, 1, NOBODY, false, DEEP,
	 "1s n-0 gauge value #4 1\n2s world action requested #0 1\n4s world action requested #1 1\n"
	 "6s n-0 gauge value #4 2\n",
	 FAILED, 5000, "expected max(reorg_depth) >= 2 within 3s, still 1 at n-0"},
	{"while a fault is in effect", RH_MODE_ALWAYS, 0, 0, 0, NOBODY, 0, false, SHALLOW,
	 "1s n-0 gauge value #4 9\n2s world fault requested #0\n2s n-0 gauge value #4 1\n"
	 "2s world fault verified #0\n6s world fault cleared #0 0 5\n7s n-0 gauge value #4 9\n",
	 PASSED, 6000, "max(reorg_depth) <= 2 throughout, at worst 1"},
	{"broken while a fault is in effect", RH_MODE_ALWAYS, 0, 0, 0, NOBODY, 0, false, SHALLOW,
	 "1s n-0 gauge value #4 1\n2s world fault requested #0\n2s world fault verified #0\n"
	 "3s n-0 gauge value #4 9\n4s n-0 gauge value #4 1\n6s world fault cleared #0 0 5\n",
	 FAILED, 3000, "expected max(reorg_depth) <= 2, saw 9 at n-0"},
	{"broken at the instant that ends it, which is not in it", RH_MODE_ALWAYS, 0, 0, 0, NOBODY,
	 0, false, SHALLOW,
	 "1s n-0 gauge value #4 1\n2s world fault verified #0\n6s n-0 gauge value #4 9\n"
	 "6s world fault cleared #0 0 5\n",
	 PASSED, 6000, "max(reorg_depth) <= 2 throughout, at worst 1"},
	{"a fault that never held", RH_MODE_ALWAYS, 0, 0, 0, NOBODY, 0, false, SHALLOW,
	 "1s n-0 gauge value #4 1\n2s world fault requested #0\n", FAILED, 10000,
	 "expected max(reorg_depth) <= 2, but fault cut-1 was never in effect"},
	{"a fault that was over at once", RH_MODE_ALWAYS, 0, 0, 0, NOBODY, 0, false, SHALLOW,
	 "1s n-0 gauge value #4 1\n2s world fault verified #0\n2s world fault cleared #0 0 5\n",
	 FAILED, 2000, "expected max(reorg_depth) <= 2, but its window is empty"},
	{"a failure that is hoped for", RH_MODE_ALWAYS, 0, 9, 0, NOBODY, NOBODY, true, SHALLOW,
	 "1s n-0 gauge value #4 9\n", PASSED, 1000,
	 "failed as it should: expected max(reorg_depth) <= 2, saw 9 at n-0"},
	{"a failure that does not come", RH_MODE_ALWAYS, 0, 9, 0, NOBODY, NOBODY, true, SHALLOW,
	 "1s n-0 gauge value #4 1\n", FAILED, 9000,
	 "should have failed: max(reorg_depth) <= 2 throughout, at worst 1"},
	{"what was not seen did not fail", RH_MODE_ALWAYS, 0, 9, 0, NOBODY, NOBODY, true, SHALLOW,
	 "", FAILED, 9000, "expected max(reorg_depth) <= 2, but no node said reorg_depth"},
};

static struct rh_plan *plan_with_steps(void)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	static const uint32_t edges[] = {0, 1, UINT32_MAX};
	static const uint32_t nodes[] = {0, UINT32_MAX};

	plan_add_link(plan, 0, 1);
	plan_link_of(plan_add_step(plan, "cut-1", &made_link_fault, SECONDS(2), SECONDS(6), edges))
		->is_cut = true;
	plan_add_step(plan, "poke-1", &made_model_poke, SECONDS(4), RH_TIME_NEVER, nodes);
	return plan;
}

START_TEST(every_window)
{
	const struct story *story = &stories[_i];
	struct rh_plan *plan = plan_with_steps();
	struct rh_plan_assertion *check;
	const struct rh_result *result;
	struct rh_judge *judge;

	check = plan_add_check(plan, story->title, story->mode, SECONDS(story->from_s),
			       story->until_s == 0 ? RH_TIME_NEVER : SECONDS(story->until_s),
			       story->that);
	check->hold_ns = SECONDS(story->hold_s);
	check->after = story->after;
	check->during = story->during;
	check->expects_failure = story->expects_failure;
	judge = judged(plan, story->script, SECONDS(10), RH_END_COMPLETED);
	result = rh_judge_result(judge, 0);
	ck_assert_msg(strcmp(result->reason, story->reason) == 0, "%s:\n  said   %s\n  wanted %s",
		      story->title, result->reason, story->reason);
	ck_assert_msg(result->state == story->state, "%s: state %d", story->title,
		      (int)result->state);
	ck_assert_msg(result->decided_ns == MILLIS(story->decided_ms), "%s: at %llu", story->title,
		      (unsigned long long)result->decided_ns);
	ck_assert(rh_judge_is_done(judge));
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* A run waits for a window that a step opened, not for one that may never open; and it is told when
 * something that holds will have held long enough. */
START_TEST(what_a_run_waits_for)
{
	struct rh_plan *plan = plan_with_steps();
	struct rh_judge *judge;
	struct rh_record begun = {
		.time_ns = SECONDS(4), .node = RH_NODE_WORLD, .kind = RH_RECORD_ACTION, .a = 1};
	struct rh_record deep = {.time_ns = SECONDS(5),
				 .node = 0,
				 .kind = RH_RECORD_GAUGE,
				 .index = RH_GAUGE_REORG_DEPTH,
				 .a = 3};

	plan_add_check(plan, "later", RH_MODE_EVENTUALLY, 0, SECONDS(8), DEEP)->after = 1;
	plan->assertions[0].hold_ns = SECONDS(2);
	judge = rh_judge_open(plan);
	ck_assert(rh_judge_is_done(judge));
	ck_assert_uint_eq(rh_judge_next_end(judge), RH_TIME_NEVER);
	rh_judge_take(judge, &begun, 1);
	ck_assert(!rh_judge_is_done(judge));
	ck_assert_uint_eq(rh_judge_next_end(judge), SECONDS(12));
	rh_judge_take(judge, &deep, 1);
	rh_judge_advance(judge, SECONDS(6));
	ck_assert_uint_eq(rh_judge_next_end(judge), SECONDS(7));
	rh_judge_advance(judge, SECONDS(7));
	ck_assert(rh_judge_is_done(judge));
	ck_assert_int_eq(rh_judge_result(judge, 0)->state, PASSED);
	rh_judge_finish(judge, SECONDS(10), RH_END_COMPLETED);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* A warning is told, and fails nothing; weights make the score. */
START_TEST(warnings_and_weights)
{
	struct rh_plan *plan = plan_with_steps();
	struct rh_judge *judge;
	struct rh_scores scores;

	plan_add_check(plan, "a", RH_MODE_ALWAYS, 0, SECONDS(9), SHALLOW)->is_warning = true;
	plan_add_check(plan, "b", RH_MODE_ALWAYS, 0, SECONDS(9), THAT(MAX, REORG_DEPTH, LE, 20));
	plan->assertions[1].weight = 3;
	judge = judged(plan, "1s n-0 gauge value #4 9\n", SECONDS(10), RH_END_COMPLETED);
	scores = rh_judge_scores(judge);
	ck_assert_int_eq(rh_judge_verdict(judge), RH_VERDICT_PASSED);
	ck_assert_uint_eq(scores.failed, 1);
	ck_assert_uint_eq(scores.warnings, 1);
	ck_assert_uint_eq(scores.pass_ppm, 750000);
	ck_assert(!scores.has_recovery);
	rh_judge_close(judge);
	plan->assertions[0].is_warning = false;
	judge = judged(plan, "1s n-0 gauge value #4 9\n", SECONDS(10), RH_END_COMPLETED);
	ck_assert_int_eq(rh_judge_verdict(judge), RH_VERDICT_FAILED);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* An alert is raised when its rule has been true long enough, cleared when it is not, and raised again;
 * it is no part of the verdict. */
START_TEST(alerts_come_and_go)
{
	struct rh_plan *plan = plan_with_steps();
	static const uint64_t times[] = {5, 6, 9};
	struct rh_judge *judge;

	plan_add_check(plan, "Deep", RH_MODE_ALWAYS, 0, RH_TIME_NEVER, DEEP)->role = RH_ROLE_ALERT;
	plan->assertions[0].hold_ns = SECONDS(2);
	judge = judged(plan,
		       "1s n-0 gauge value #4 2\n2s n-0 gauge value #4 1\n3s n-0 gauge value #4 2\n"
		       "6s n-0 gauge value #4 1\n7s n-0 gauge value #4 4\n",
		       SECONDS(10), RH_END_COMPLETED);
	ck_assert_uint_eq(rh_judge_alert_count(judge), 3);
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(rh_judge_alert(judge, i).time_ns, SECONDS(times[i]));
		ck_assert_uint_eq(rh_judge_alert(judge, i).is_raised, i % 2 == 0);
	}
	ck_assert_int_eq(rh_judge_verdict(judge), RH_VERDICT_PASSED);
	ck_assert_uint_eq(rh_judge_decision_count(judge), 0);
	ck_assert(rh_judge_is_done(judge));
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* A condition says what is true of the records so far, at any time, and is never decided. */
START_TEST(conditions_are_asked)
{
	struct rh_plan *plan = plan_with_steps();
	struct rh_judge *judge;
	struct rh_record record = {.time_ns = SECONDS(1),
				   .node = 0,
				   .kind = RH_RECORD_GAUGE,
				   .index = RH_GAUGE_REORG_DEPTH};

	plan_add_check(plan, "if", RH_MODE_ALWAYS, 0, RH_TIME_NEVER, DEEP)->role =
		RH_ROLE_CONDITION;
	judge = rh_judge_open(plan);
	ck_assert_int_eq(rh_judge_truth(judge, 0), RH_TRUTH_UNKNOWN);
	rh_judge_take(judge, &record, 1);
	ck_assert_int_eq(rh_judge_truth(judge, 0), RH_TRUTH_FALSE);
	record.a = 5;
	rh_judge_take(judge, &record, 1);
	ck_assert_int_eq(rh_judge_truth(judge, 0), RH_TRUTH_TRUE);
	ck_assert_uint_eq(rh_judge_condition_changes(judge), 0);
	rh_judge_advance(judge, SECONDS(2));
	ck_assert_uint_eq(rh_judge_condition_changes(judge), 1);
	rh_judge_finish(judge, SECONDS(10), RH_END_COMPLETED);
	ck_assert_int_eq(rh_judge_result(judge, 0)->state, RH_RESULT_OPEN);
	ck_assert_int_eq(rh_judge_verdict(judge), RH_VERDICT_PASSED);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("judge: windows");

	tcase_add_loop_test(frame.tests, every_window, 0, RH_ARRAY_LEN(stories));
	tcase_add_test(frame.tests, what_a_run_waits_for);
	tcase_add_test(frame.tests, warnings_and_weights);
	tcase_add_test(frame.tests, alerts_come_and_go);
	tcase_add_test(frame.tests, conditions_are_asked);
	return frame_run(frame);
}
