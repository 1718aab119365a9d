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

/* ---- many limits on few statistics, against a slow recomputation ----------------------------- */

#define CROWD	    40
#define CROWD_NODES 5
#define CROWD_STEPS 300
#define FAR_AWAY    5000

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

struct crowd {
	int64_t values[CROWD_NODES];
	bool is_known[CROWD_NODES];
};

static bool crowd_value(const struct crowd *crowd, enum rh_aggregate aggregate, int64_t *value)
{
	int64_t low = INT64_MAX, high = INT64_MIN, sum = 0;

	for (int i = 0; i < CROWD_NODES; i++) {
		if (!crowd->is_known[i])
			continue;
		low = crowd->values[i] < low ? crowd->values[i] : low;
		high = crowd->values[i] > high ? crowd->values[i] : high;
		sum += crowd->values[i];
	}
	*value = aggregate == RH_AGG_MIN      ? low
		 : aggregate == RH_AGG_MAX    ? high
		 : aggregate == RH_AGG_SPREAD ? high - low
					      : sum;
	return low != INT64_MAX;
}

static bool lies_further(const struct rh_that *that, enum rh_assert_mode mode, int64_t value,
			 int64_t worst)
{
	bool is_upper = that->op == RH_OP_LT || that->op == RH_OP_LE;

	return is_upper != (mode == RH_MODE_NEVER) ? value > worst : value < worst;
}

/* The whole life of one assertion, value by value. */
struct simple {
	bool is_failed;
	bool has_value;
	uint64_t decided_ns;
	int64_t value;
};

static void simple_look(struct simple *simple, const struct rh_plan_assertion *plan,
			const struct crowd *crowd, uint64_t now_ns)
{
	const struct rh_that *that = plan->params;
	int64_t value;
	bool is_true;

	if (simple->is_failed || now_ns < plan->from_ns || now_ns >= plan->until_ns ||
	    !crowd_value(crowd, (enum rh_aggregate)that->aggregate, &value))
		return;
	is_true = rh_that_compare(value, (enum rh_operator)that->op, that->value);
	if (is_true == (plan->mode == RH_MODE_NEVER)) {
		simple->is_failed = true;
		simple->decided_ns = now_ns;
		simple->value = value;
	} else if (!simple->has_value || lies_further(that, plan->mode, value, simple->value)) {
		simple->value = value;
	}
	simple->has_value = true;
}

static struct rh_plan *crowd_plan(uint64_t *state)
{
	static const enum rh_aggregate aggregates[] = {RH_AGG_MIN, RH_AGG_MAX, RH_AGG_SUM,
						       RH_AGG_SPREAD};
	static const enum rh_operator ops[] = {RH_OP_LT, RH_OP_LE, RH_OP_GT, RH_OP_GE};
	struct rh_plan *plan = plan_make(CROWD_NODES, SECONDS(10));

	for (uint32_t i = 0; i < CROWD; i++) {
		uint64_t from = next_random(state) % 3 == 0 ? next_random(state) % 200 : 0;
		struct rh_that that = {aggregates[next_random(state) % 4], RH_GAUGE_REORG_DEPTH,
				       ops[next_random(state) % 4], 0};

		that.value = (int64_t)(next_random(state) % 300) - 20;
		plan_add_check(plan, "crowd",
			       next_random(state) % 2 ? RH_MODE_ALWAYS : RH_MODE_NEVER, from,
			       from + 1 + next_random(state) % 300, that);
	}
	return plan;
}

START_TEST(a_crowd_of_limits)
{
	uint64_t state = (uint64_t)_i + 1;
	struct rh_plan *plan = crowd_plan(&state);
	struct simple simples[CROWD] = {{0}};
	struct rh_judge *judge = rh_judge_open(plan);
	struct crowd crowd = {{0}, {0}};
	uint32_t passed = 0;

	for (uint64_t now = 1; now <= CROWD_STEPS; now++) {
		for (uint64_t k = next_random(&state) % 3; k > 0; k--) {
			uint32_t node = (uint32_t)(next_random(&state) % CROWD_NODES);
			int64_t drift = (int64_t)(next_random(&state) % 21) - 10;
			struct rh_record record = {.time_ns = now,
						   .node = node,
						   .kind = RH_RECORD_GAUGE,
						   .index = RH_GAUGE_REORG_DEPTH};

			crowd.is_known[node] = true;
			crowd.values[node] += drift;
			/* In some runs one is far away from all others for a while. */
			if (_i % 2 != 0 && node == 3)
				crowd.values[node] = now > 100 && now < 150 ? FAR_AWAY : drift;
			record.a = (uint64_t)crowd.values[node];
			rh_judge_take(judge, &record, 1);
		}
		for (uint32_t i = 0; i < CROWD; i++)
			simple_look(&simples[i], &plan->assertions[i], &crowd, now);
	}
	rh_judge_finish(judge, SECONDS(10), RH_END_COMPLETED);
	for (uint32_t i = 0; i < CROWD; i++) {
		const struct rh_result *result = rh_judge_result(judge, i);

		ck_assert_msg((result->state == FAILED) ==
				      (simples[i].is_failed || !simples[i].has_value),
			      "seed %d, check %u: %s", _i + 1, i, result->reason);
		if (!simples[i].has_value)
			continue;
		ck_assert_msg(result->value == simples[i].value, "seed %d, check %u: %s, not %lld",
			      _i + 1, i, result->reason, (long long)simples[i].value);
		if (simples[i].is_failed)
			ck_assert_uint_eq(result->decided_ns, simples[i].decided_ns);
		passed += result->state == PASSED;
	}
	ck_assert_uint_gt(passed, 0);
	ck_assert_uint_lt(passed, CROWD);
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
	tcase_add_loop_test(frame.tests, a_crowd_of_limits, 0, 40);
	return frame_run(frame);
}
