/* Each mode with each outcome: what is decided, when, and the sentence that says why. */
#include "tests/unit/judge/judged.h"

#define PASSED RH_RESULT_PASSED
#define FAILED RH_RESULT_FAILED
#define ERROR  RH_RESULT_ERROR

struct story {
	const char *title;
	enum rh_assert_mode mode;
	uint64_t from_s; /* window; until 0: never */
	uint64_t until_s;
	struct rh_that that;
	uint64_t end_s;
	enum rh_run_end end;
	const char *script;
	enum rh_result_state state;
	uint64_t decided_ms;
	const char *reason;
};

/* reorg_depth is gauge #4, head_height #0, propagation_p90 the judge's own. */
static const struct story stories[] = {
	{"the first true instant", RH_MODE_EVENTUALLY, 1, 9, THAT(EACH, HEADS, EQ, 1), 10, 0,
	 "1s n-0 head moved 7\n3s n-1 head moved 7\n", PASSED, 3000,
	 "heads == 1 after 2 s (limit 8s)"},
	{"true before the window and still", RH_MODE_EVENTUALLY, 5, 9,
	 THAT(MAX, REORG_DEPTH, GE, 2), 10, 0, "1s n-0 gauge value #4 2\n", PASSED, 5000,
	 "max(reorg_depth) >= 2 at once (limit 4s)"},
	{"true before the window only", RH_MODE_EVENTUALLY, 5, 9, THAT(MAX, REORG_DEPTH, GE, 2), 10,
	 0, "1s n-0 gauge value #4 2\n2s n-0 gauge value #4 1\n", FAILED, 9000,
	 "expected max(reorg_depth) >= 2 within 4s, still 1 at n-0"},
	{"never true", RH_MODE_EVENTUALLY, 0, 9, THAT(EACH, HEADS, EQ, 1), 10, 0,
	 "1s n-0 head moved 7\n", FAILED, 9000, "expected heads == 1 within 9s, still 2"},
	{"true at the very end of the window, which is not in it", RH_MODE_EVENTUALLY, 0, 3,
	 THAT(EACH, HEADS, EQ, 1), 10, 0, "1s n-0 head moved 7\n3s n-1 head moved 7\n", FAILED,
	 3000, "expected heads == 1 within 3s, still 2"},
	{"nothing seen", RH_MODE_EVENTUALLY, 0, 9, THAT(MIN, HEAD_HEIGHT, GE, 1), 10, 0, "", FAILED,
	 9000, "expected min(head_height) >= 1, but no node said head_height"},
	{"no head seen", RH_MODE_ALWAYS, 0, 9, THAT(EACH, HEADS, EQ, 1), 10, 0, "", FAILED, 9000,
	 "expected heads == 1, but no node said its head"},
	{"at every moment", RH_MODE_ALWAYS, 0, 9, THAT(MAX, REORG_DEPTH, LE, 6), 10, 0,
	 "1s n-0 gauge value #4 2\n2s n-1 gauge value #4 5\n3s n-1 gauge value #4 1\n", PASSED,
	 9000, "max(reorg_depth) <= 6 throughout, at worst 5"},
	{"not at one moment", RH_MODE_ALWAYS, 0, 9, THAT(MAX, REORG_DEPTH, LE, 6), 10, 0,
	 "1s n-0 gauge value #4 2\n2s n-1 gauge value #4 9\n3s n-1 gauge value #4 1\n", FAILED,
	 2000, "expected max(reorg_depth) <= 6, saw 9 at n-1"},
	{"broken before the window", RH_MODE_ALWAYS, 2, 9, THAT(MAX, REORG_DEPTH, LE, 6), 10, 0,
	 "1s n-1 gauge value #4 9\n", FAILED, 2000, "expected max(reorg_depth) <= 6, saw 9 at n-1"},
	{"mended before the window", RH_MODE_ALWAYS, 2, 9, THAT(MAX, REORG_DEPTH, LE, 6), 10, 0,
	 "1s n-1 gauge value #4 9\n2s n-1 gauge value #4 3\n", PASSED, 9000,
	 "max(reorg_depth) <= 6 throughout, at worst 3"},
	{"broken within one instant only", RH_MODE_ALWAYS, 0, 9, THAT(MAX, REORG_DEPTH, LE, 6), 10,
	 0, "1s n-1 gauge value #4 9\n1s n-1 gauge value #4 3\n", PASSED, 9000,
	 "max(reorg_depth) <= 6 throughout, at worst 3"},
	{"at no moment", RH_MODE_NEVER, 0, 9, THAT(ANY, HEAD_HEIGHT, GE, 9), 10, 0,
	 "1s n-0 gauge value #0 4\n2s n-0 gauge value #0 3\n", PASSED, 9000,
	 "any(head_height) >= 9 at no time, nearest 4"},
	{"at one moment after all", RH_MODE_NEVER, 0, 9, THAT(ANY, HEAD_HEIGHT, GE, 9), 10, 0,
	 "1s n-0 gauge value #0 4\n2s n-1 gauge value #0 11\n", FAILED, 2000,
	 "expected any(head_height) >= 9 at no time, saw 11 at n-1"},
	{"at the end", RH_MODE_AT_END, 0, 9, THAT(SPREAD, HEAD_HEIGHT, LE, 2), 10, 0,
	 "1s n-0 gauge value #0 9\n2s n-1 gauge value #0 3\n8s n-1 gauge value #0 8\n", PASSED,
	 9000, "spread(head_height) <= 2 at the end: 1"},
	{"not at the end", RH_MODE_AT_END, 0, 9, THAT(SPREAD, HEAD_HEIGHT, LE, 2), 10, 0,
	 "1s n-0 gauge value #0 9\n2s n-1 gauge value #0 3\n9s n-1 gauge value #0 8\n", FAILED,
	 9000, "expected spread(head_height) <= 2 at the end, saw 6 at n-1"},
	{"a sum", RH_MODE_AT_END, 0, 9, THAT(SUM, HEAD_HEIGHT, EQ, 12), 10, 0,
	 "1s n-0 gauge value #0 9\n2s n-1 gauge value #0 3\n", PASSED, 9000,
	 "sum(head_height) == 12 at the end: 12"},
	{"how many values", RH_MODE_AT_END, 0, 9, THAT(DISTINCT, HEAD_HEIGHT, EQ, 1), 10, 0,
	 "1s n-0 gauge value #0 9\n2s n-1 gauge value #0 3\n", FAILED, 9000,
	 "expected distinct(head_height) == 1 at the end, saw 2"},
	{"each", RH_MODE_ALWAYS, 0, 9, THAT(EACH, HEAD_HEIGHT, GE, 3), 10, 0,
	 "1s n-0 gauge value #0 9\n2s n-1 gauge value #0 2\n", FAILED, 2000,
	 "expected head_height >= 3, saw 2 at n-1"},
	{"a span", RH_MODE_ALWAYS, 0, 9, THAT(EACH, PROPAGATION_P90, LE, 2000000000), 10, 0,
	 "1s n-0 block produced 7\n4s n-1 block accepted 7\n", FAILED, 4000,
	 "expected propagation_p90 <= 2s, saw 3 s"},
	{"no block in the window", RH_MODE_ALWAYS, 5, 9,
	 THAT(EACH, PROPAGATION_P90, LE, 2000000000), 10, 0,
	 "1s n-0 block produced 7\n4s n-1 block accepted 7\n", FAILED, 9000,
	 "expected propagation_p90 <= 2s, but no block spread that far in the window"},
	{"a block that does not get there", RH_MODE_ALWAYS, 0, 9,
	 THAT(EACH, PROPAGATION_P90, LE, 2000000000), 10, 0, "1s n-0 block produced 7\n", FAILED,
	 9000, "expected propagation_p90 <= 2s, but a block of n-0 had not spread after 8 s"},
	{"the run ends early", RH_MODE_ALWAYS, 0, 9, THAT(MAX, REORG_DEPTH, LE, 6), 5, 0,
	 "1s n-0 gauge value #4 2\n", ERROR, 5000,
	 "expected max(reorg_depth) <= 6, but the run ended at 00:00:05 and its window at "
	 "00:00:09"},
	{"the run is cancelled", RH_MODE_EVENTUALLY, 0, 9, THAT(MAX, REORG_DEPTH, GT, 6), 5,
	 RH_END_CANCELLED, "1s n-0 gauge value #4 2\n", ERROR, 5000,
	 "expected max(reorg_depth) > 6, but the run ended at 00:00:05 and its window at 00:00:09"},
	{"time runs out", RH_MODE_EVENTUALLY, 0, 9, THAT(MAX, REORG_DEPTH, GT, 6), 5,
	 RH_END_TIMEOUT, "1s n-0 gauge value #4 2\n", FAILED, 5000,
	 "expected max(reorg_depth) > 6, but time ran out at 00:00:05"},
	{"as long as the run", RH_MODE_ALWAYS, 0, 0, THAT(MAX, REORG_DEPTH, LE, 6), 5, 0,
	 "1s n-0 gauge value #4 2\n", PASSED, 5000, "max(reorg_depth) <= 6 throughout, at worst 2"},
	{"as long as a run that was cut short", RH_MODE_ALWAYS, 0, 0, THAT(MAX, REORG_DEPTH, LE, 6),
	 5, RH_END_CANCELLED, "1s n-0 gauge value #4 2\n", ERROR, 5000,
	 "expected max(reorg_depth) <= 6, but the run was cut short at 00:00:05"},
	{"a window without a moment", RH_MODE_AT_END, 4, 4, THAT(MAX, REORG_DEPTH, LE, 6), 10, 0,
	 "1s n-0 gauge value #4 2\n", FAILED, 4000,
	 "expected max(reorg_depth) <= 6, but its window is empty"},
};

static void tell(const struct story *story)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	const struct rh_result *result;
	struct rh_judge *judge;

	plan_add_check(plan, story->title, story->mode, SECONDS(story->from_s),
		       story->until_s == 0 ? RH_TIME_NEVER : SECONDS(story->until_s), story->that);
	judge = judged(plan, story->script, SECONDS(story->end_s), story->end);
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

START_TEST(every_mode_and_outcome)
{
	tell(&stories[_i]);
}
END_TEST

/* The same values are the same verdict whichever way they are asked for. */
START_TEST(never_mirrors_always)
{
	static const enum rh_operator ops[] = {RH_OP_EQ, RH_OP_NE, RH_OP_LT,
					       RH_OP_LE, RH_OP_GT, RH_OP_GE};
	static const enum rh_operator mirrors[] = {RH_OP_NE, RH_OP_EQ, RH_OP_GE,
						   RH_OP_GT, RH_OP_LE, RH_OP_LT};

	for (size_t i = 0; i < RH_ARRAY_LEN(ops); i++) {
		for (int64_t limit = 0; limit < 5; limit++) {
			struct rh_plan *plan = plan_make(2, SECONDS(10));
			struct rh_judge *judge;

			plan_add_check(plan, "a", RH_MODE_ALWAYS, 0, SECONDS(9),
				       (struct rh_that){RH_AGG_MAX, 4, ops[i], limit});
			plan_add_check(plan, "b", RH_MODE_NEVER, 0, SECONDS(9),
				       (struct rh_that){RH_AGG_MAX, 4, mirrors[i], limit});
			judge = judged(plan, "1s n-0 gauge value #4 2\n2s n-1 gauge value #4 3\n",
				       SECONDS(10), RH_END_COMPLETED);
			ck_assert_int_eq(rh_judge_result(judge, 0)->state,
					 rh_judge_result(judge, 1)->state);
			ck_assert_int_eq(rh_judge_result(judge, 0)->value,
					 rh_judge_result(judge, 1)->value);
			rh_judge_close(judge);
			rh_plan_free(plan);
		}
	}
}
END_TEST

/* What one instant decides is decided in the order in which it was touched, also where the first touch
 * moved nothing: the greatest value stayed what it was.  Two assertions on one aggregate go by their
 * numbers. */
START_TEST(touched_first_is_decided_first)
{
	static const char *const scripts[] = {
		"1s n-0 gauge value #4 3\n1s n-1 gauge value #4 5\n2s n-0 gauge value #4 4\n"
		"2s n-0 gauge value #0 9\n2s n-1 gauge value #4 9\n",
		"1s n-0 gauge value #4 3\n1s n-1 gauge value #4 5\n2s n-0 gauge value #0 9\n"
		"2s n-1 gauge value #4 9\n",
	};
	static const uint32_t orders[][3] = {{1, 2, 0}, {0, 1, 2}};
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	struct rh_judge *judge;

	plan_add_check(plan, "a", RH_MODE_ALWAYS, 0, SECONDS(9), THAT(MAX, HEAD_HEIGHT, LE, 6));
	plan_add_check(plan, "b", RH_MODE_ALWAYS, 0, SECONDS(9), THAT(MAX, REORG_DEPTH, LE, 6));
	plan_add_check(plan, "c", RH_MODE_NEVER, 0, SECONDS(9), THAT(SPREAD, REORG_DEPTH, GE, 5));
	judge = judged(plan, scripts[_i], SECONDS(10), RH_END_COMPLETED);
	ck_assert_uint_eq(rh_judge_decision_count(judge), 3);
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(rh_judge_decision(judge, i), orders[_i][i]);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* Assertions share what they look at, but not the number that they compare with, and one that is decided
 * does not stop the others. */
START_TEST(sharing_is_not_seen)
{
	static const struct {
		struct rh_that that;
		enum rh_result_state state;
		uint64_t decided_s;
	} checks[] = {
		{THAT(EACH, REORG_DEPTH, NE, 3), FAILED, 2},
		{THAT(ANY, REORG_DEPTH, EQ, 7), FAILED, 1},
		{THAT(EACH, REORG_DEPTH, NE, 4), FAILED, 3},
		{THAT(EACH, REORG_DEPTH, NE, 5), PASSED, 9},
		{THAT(MAX, REORG_DEPTH, LE, 3), FAILED, 3},
		{THAT(MAX, REORG_DEPTH, LE, 4), PASSED, 9},
		{THAT(SUM, REORG_DEPTH, LE, 6), FAILED, 3},
		{THAT(DISTINCT, REORG_DEPTH, LE, 2), PASSED, 9},
	};
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	struct rh_judge *judge;

	for (size_t i = 0; i < RH_ARRAY_LEN(checks); i++)
		plan_add_check(plan, "a", RH_MODE_ALWAYS, 0, SECONDS(9), checks[i].that);
	judge = judged(plan,
		       "1s n-0 gauge value #4 2\n2s n-0 gauge value #4 3\n2s n-1 gauge value #4 3\n"
		       "3s n-1 gauge value #4 4\n",
		       SECONDS(10), RH_END_COMPLETED);
	for (uint32_t i = 0; i < RH_ARRAY_LEN(checks); i++) {
		const struct rh_result *result = rh_judge_result(judge, i);

		ck_assert_msg(result->state == checks[i].state &&
				      result->decided_ns == SECONDS(checks[i].decided_s),
			      "check %u: %s", i, result->reason);
	}
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("judge: modes");

	tcase_add_loop_test(frame.tests, every_mode_and_outcome, 0, RH_ARRAY_LEN(stories));
	tcase_add_test(frame.tests, never_mirrors_always);
	tcase_add_loop_test(frame.tests, touched_first_is_decided_first, 0, 2);
	tcase_add_test(frame.tests, sharing_is_not_seen);
	return frame_run(frame);
}
