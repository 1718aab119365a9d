/* Evidence, the classes of verdicts, types of a plugin, late records, and verdict.json: the same
 * records give the same bytes. */
#include "core/judge/view.h"
#include "tests/unit/judge/judged.h"

static struct rh_plan *shallow_plan(void)
{
	struct rh_plan *plan = plan_make(3, SECONDS(10));
	static const uint32_t edges[] = {0, 1, UINT32_MAX};

	plan_add_link(plan, 0, 1);
	plan_link_of(plan_add_step(plan, "cut-1", &made_link_fault, SECONDS(2), SECONDS(4), edges))
		->is_cut = true;
	plan_add_check(plan, "shallow", RH_MODE_ALWAYS, 0, SECONDS(9),
		       THAT(MAX, REORG_DEPTH, LE, 6));
	return plan;
}

START_TEST(evidence_is_the_record_and_five_before_it_there)
{
	struct rh_plan *plan = shallow_plan();
	struct rh_judge *judge = judged(plan,
					"1s n-0 head moved 1\n"
					"1s n-0 head moved 2\n"
					"2s n-1 head moved 2\n"
					"2s n-0 head moved 3\n"
					"3s n-0 peer lost 1\n" /* not in every trace */
					"3s n-0 head moved 4\n"
					"3s n-0 head moved 5\n"
					"4s n-0 head moved 6\n"
					"5s n-0 reorg done 9 1 8\n"
					"5s n-0 head moved 9\n"
					"6s n-0 head moved 10\n",
					SECONDS(10), RH_END_COMPLETED);
	const struct rh_result *result = rh_judge_result(judge, 0);
	static const uint64_t blocks[] = {2, 3, 4, 5, 6, 9};

	ck_assert_str_eq(result->reason, "expected max(reorg_depth) <= 6, saw 8 at n-0");
	ck_assert_uint_eq(result->node, 0);
	ck_assert_uint_eq(result->evidence_count, 6);
	for (size_t i = 0; i < 6; i++)
		ck_assert_uint_eq(result->evidence[i].a, blocks[i]);
	ck_assert_int_eq(result->evidence[5].kind, RH_RECORD_REORG);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* Others may say very much meanwhile: what a quiet node said last is kept. */
START_TEST(evidence_of_a_quiet_node_is_not_lost)
{
	struct rh_plan *plan = shallow_plan();
	struct rh_judge *judge = rh_judge_open(plan);
	struct rh_record record = {.kind = RH_RECORD_GAUGE, .index = RH_GAUGE_REORG_DEPTH};
	const struct rh_result *result;

	for (uint32_t i = 0; i < 30000; i++) {
		record.time_ns = i;
		record.node = i % 9000 == 1 ? 0 : 1 + i % 2;
		record.a = i % 5;
		rh_judge_take(judge, &record, 1);
	}
	record.node = 0;
	record.a = 7;
	rh_judge_take(judge, &record, 1);
	rh_judge_finish(judge, SECONDS(10), RH_END_COMPLETED);
	result = rh_judge_result(judge, 0);
	ck_assert_uint_eq(result->state, RH_RESULT_FAILED);
	ck_assert_uint_eq(result->evidence_count, 5);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(result->evidence[i].time_ns, 9000 * i + 1);
	ck_assert_uint_eq(result->evidence[4].a, 7);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

START_TEST(the_fault_in_effect_is_named)
{
	struct rh_plan *plan = shallow_plan();
	struct rh_judge *judge = judged(plan,
					"2s world fault requested #0\n"
					"2s world fault verified #0\n"
					"3s n-2 gauge value #4 7\n"
					"4s world fault cleared #0 0 5\n",
					SECONDS(10), RH_END_COMPLETED);

	ck_assert_uint_eq(rh_judge_result(judge, 0)->fault_step, 0);
	rh_judge_close(judge);
	judge = judged(plan,
		       "2s world fault requested #0\n"
		       "4s world fault cleared #0 0 5\n"
		       "5s n-2 gauge value #4 7\n",
		       SECONDS(10), RH_END_COMPLETED);
	ck_assert_uint_eq(rh_judge_result(judge, 0)->fault_step, RH_NONE);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* ---- classes --------------------------------------------------------------------------------- */

static void check_class(const char *script, uint64_t end_s, enum rh_verdict verdict,
			const char *error, const char *invariant)
{
	struct rh_plan *plan = shallow_plan();
	struct rh_judge *judge = judged(plan, script, SECONDS(end_s), RH_END_COMPLETED);

	ck_assert_str_eq(rh_verdict_name(rh_judge_verdict(judge)), rh_verdict_name(verdict));
	ck_assert_str_eq(rh_judge_error_text(judge), error);
	ck_assert_str_eq(rh_judge_invariant_text(judge), invariant);
	rh_judge_close(judge);
	rh_plan_free(plan);
}

START_TEST(classes_of_verdicts)
{
	check_class("1s n-0 gauge value #4 2\n", 10, RH_VERDICT_PASSED, "", "");
	check_class("1s n-0 gauge value #4 8\n", 10, RH_VERDICT_FAILED, "", "");
	/* The harness comes first: what was seen without the fault proves nothing. */
	check_class("1s n-0 gauge value #4 8\n2s world fault unverified #0\n", 10, RH_VERDICT_ERROR,
		    "fault cut-1 could not be verified", "");
	check_class("1s n-0 gauge value #4 2\n2s world fault unverified #0\n", 10, RH_VERDICT_ERROR,
		    "fault cut-1 could not be verified", "");
	check_class("1s n-0 gauge value #4 2\n2s world action failed #1 0\n", 10, RH_VERDICT_ERROR,
		    "action cut-1 failed", "");
	check_class("1s n-0 gauge value #4 2\n2s world action refused #1 0\n", 10, RH_VERDICT_ERROR,
		    "action cut-1 failed", "");
	/* A window that the run did not reach: an error, unless something failed. */
	check_class("1s n-0 gauge value #4 2\n", 5, RH_VERDICT_ERROR,
		    "the run ended before \"shallow\" could be judged", "");
	check_class("1s n-0 gauge value #4 8\n", 5, RH_VERDICT_FAILED, "", "");
	check_class("1s n-0 gauge value #4 2\n3s n-1 invariant violated #0 1 2\n", 10,
		    RH_VERDICT_FAILED, "", "invariant sound was violated at 00:00:03 at n-1");
}
END_TEST

START_TEST(verify_none_is_named_and_does_not_count)
{
	struct rh_plan *plan = shallow_plan();
	struct rh_buf text = {0};
	struct rh_judge *judge;

	plan->steps[0].verify = RH_VERIFY_NONE;
	judge = judged(plan, "1s n-0 gauge value #4 2\n2s world fault unverified #0\n", SECONDS(10),
		       RH_END_COMPLETED);
	ck_assert_int_eq(rh_judge_verdict(judge), RH_VERDICT_PASSED);
	rh_verdict_print(judge, plan, &text);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&text), "\"notVerified\": [\"cut-1\"]"));
	rh_buf_release(&text);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* ---- types of a plugin ----------------------------------------------------------------------- */

struct counter {
	uint64_t lost;
};

static void count_lost(void *state, const void *params, const struct rh_record *record)
{
	struct counter *counter = state;

	(void)params;
	counter->lost += record->stage == RH_PEER_LOST;
}

static enum rh_truth few_lost(void *state, const void *params, const struct rh_view *view,
			      int64_t *value)
{
	const struct counter *counter = state;

	(void)params;
	*value = (int64_t)counter->lost;
	if (counter->lost >= 2)
		rh_view_blame(view, rh_view_node(view, rh_view_node_count(view) - 1));
	return counter->lost < 2 && rh_view_is_up(view, 0) ? RH_TRUTH_TRUE : RH_TRUTH_FALSE;
}

static const struct rh_assertion_type own_type = {
	.name = "few-lost",
	.state_size = sizeof(struct counter),
	.record_mask = UINT64_C(1) << RH_RECORD_PEER | UINT64_C(1) << RH_RECORD_NODE,
	.take = count_lost,
	.truth = few_lost,
};

START_TEST(a_type_of_a_plugin)
{
	struct rh_plan *plan = plan_make(3, SECONDS(10));
	const struct rh_result *result;
	struct rh_judge *judge;

	plan_add_own_check(plan, "at most one peer is lost", RH_MODE_ALWAYS, 0, SECONDS(9),
			   &own_type);
	ck_assert(rh_judge_mask(plan) >> RH_RECORD_PEER & 1);
	judge = judged(plan, "1s n-0 peer lost 1\n2s n-1 peer connected 1\n3s n-0 peer lost 2\n",
		       SECONDS(10), RH_END_COMPLETED);
	result = rh_judge_result(judge, 0);
	ck_assert_str_eq(result->reason, "expected at most one peer is lost, saw 2 at n-2");
	ck_assert_uint_eq(result->decided_ns, SECONDS(3));
	rh_judge_close(judge);
	judge = judged(plan, "1s n-0 peer lost 1\n2s n-0 node down\n", SECONDS(10),
		       RH_END_COMPLETED);
	ck_assert_uint_eq(rh_judge_result(judge, 0)->decided_ns, SECONDS(2));
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* ---- late records ---------------------------------------------------------------------------- */

START_TEST(a_late_record_counts_when_it_comes)
{
	struct rh_plan *plan = shallow_plan();
	struct rh_judge *judge = judged(plan,
					"1s n-0 gauge value #4 2\n"
					"5s n-0 head moved 4\n"
					"3s@5s n-1 gauge value #4 7\n",
					SECONDS(10), RH_END_COMPLETED);
	const struct rh_result *result = rh_judge_result(judge, 0);

	ck_assert_int_eq(result->state, RH_RESULT_FAILED);
	ck_assert_uint_eq(result->decided_ns, SECONDS(5));
	ck_assert_uint_eq(result->evidence[0].time_ns, SECONDS(3));
	rh_judge_close(judge);
	/* The window is closed by then. */
	judge = judged(plan,
		       "1s n-0 gauge value #4 2\n"
		       "9s n-0 head moved 4\n"
		       "8s@9s n-1 gauge value #4 7\n",
		       SECONDS(10), RH_END_COMPLETED);
	ck_assert_int_eq(rh_judge_result(judge, 0)->state, RH_RESULT_PASSED);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* ---- verdict.json ---------------------------------------------------------------------------- */

static const char busy[] = "0s world run begin 7 10000000000\n"
			   "1s n-0 block produced 7 0 1\n"
			   "1s n-0 head moved 7 0 1\n"
			   "2s world fault requested #0\n"
			   "2s n-1 head moved 7 0 1\n"
			   "2s n-1 block accepted 7 0 1\n"
			   "3s n-2 head moved 7 0 1\n"
			   "3s n-2 block accepted 7 0 1\n"
			   "4s world fault cleared #0\n"
			   "5s n-2 reorg done 8 7 9\n"
			   "9s n-2 gauge value #64 5\n"
			   "10s world run end 0 10000000000\n";

static struct rh_plan *busy_plan(void)
{
	struct rh_plan *plan = shallow_plan();

	plan_add_phase(plan, "all \"of\" it", 0, SECONDS(10));
	plan_add_check(plan, "one head", RH_MODE_EVENTUALLY, 0, SECONDS(9),
		       THAT(EACH, HEADS, EQ, 1))
		->phase = 0;
	plan_add_check(plan, "spreads", RH_MODE_ALWAYS, 0, RH_TIME_NEVER,
		       THAT(EACH, PROPAGATION_P95, LE, 1999999999))
		->role = RH_ROLE_CRITERION;
	plan_add_check(plan, "own", RH_MODE_AT_END, 0, SECONDS(10),
		       (struct rh_that){RH_AGG_SUM, RH_GAUGE_MODEL, RH_OP_GE, 5});
	return plan;
}

START_TEST(verdict_json_as_reviewed)
{
	struct rh_plan *plan = busy_plan();
	struct rh_judge *judge = judged(plan, busy, SECONDS(10), RH_END_COMPLETED);
	struct rh_buf text = {0};
	static const char begin[] =
		"{\n  \"schemaVersion\": 1,\n  \"scenario\": \"made\",\n  \"seed\": 7,\n"
		"  \"verdict\": \"failed\",\n  \"status\": \"completed\",\n"
		"  \"endNs\": 10000000000,\n  \"error\": \"\",\n"
		"  \"scores\": {\"passed\": 2, \"failed\": 2, \"error\": 0, \"total\": 4, "
		"\"warnings\": 0, \"passScorePpm\": 500000, \"recoveryScorePpm\": 1000000},\n"
		"  \"assertions\": [\n"
		"    {\"name\": \"shallow\", \"state\": \"failed\", "
		"\"that\": \"max(reorg_depth) <= 6\", \"type\": \"gauge\", \"mode\": \"always\", "
		"\"phase\": null, \"isCriterion\": false, \"fromNs\": 0, \"untilNs\": 9000000000, "
		"\"decidedNs\": 5000000000,\n"
		"     \"reason\": \"expected max(reorg_depth) <= 6, saw 9 at n-2\", \"value\": 9, "
		"\"valueText\": \"9\", \"node\": \"n-2\", \"fault\": null, \"evidence\": [\n"
		"      {\"timeNs\": 3000000000, \"node\": \"n-2\", \"kind\": \"head\", "
		"\"stage\": \"moved\", \"block\": \"0000000000000007\", "
		"\"previous\": \"0000000000000000\", \"height\": 1},\n";
	static const char end[] = "  \"faults\": {\"unverified\": [], \"untouched\": [\"cut-1\"], "
				  "\"notVerified\": [], \"failedActions\": [], "
				  "\"recoveryNs\": {\"cut-1\": 0}},\n"
				  "  \"invariants\": {\"violations\": 0, \"reason\": \"\"}\n}\n";

	rh_verdict_print(judge, plan, &text);
	ck_assert_msg(strncmp(rh_buf_str(&text), begin, strlen(begin)) == 0, "%s",
		      rh_buf_str(&text));
	ck_assert_str_eq(rh_buf_str(&text) + text.len - strlen(end), end);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&text), "\"phase\": \"all \\\"of\\\" it\""));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&text), "\"untilNs\": null"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&text),
				     "expected propagation_p95 <= 1s999ms999us999ns, saw 2 s"));
	rh_buf_release(&text);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

static void take_and_advance(void *judge, const struct rh_record *record)
{
	rh_judge_take(judge, record, 1);
	rh_judge_advance(judge, record->time_ns);
}

START_TEST(the_same_records_give_the_same_bytes)
{
	struct rh_plan *plan = busy_plan();
	struct rh_judge *once = judged(plan, busy, SECONDS(10), RH_END_COMPLETED);
	struct rh_judge *again = rh_judge_open(plan);
	struct rh_buf a = {0}, b = {0};

	/* And results that were looked at in between change nothing. */
	fake_script_each(plan, take_and_advance, again);
	rh_judge_result(again, 1);
	rh_judge_finish(again, SECONDS(10), RH_END_COMPLETED);
	rh_verdict_print(once, plan, &a);
	rh_verdict_print(again, plan, &b);
	ck_assert(strcmp(rh_buf_str(&a), rh_buf_str(&b)) == 0);
	rh_buf_reset(&b);
	rh_verdict_print(again, plan, &b);
	ck_assert(strcmp(rh_buf_str(&a), rh_buf_str(&b)) == 0);
	rh_judge_close(again);
	/* One record less is another verdict: the comparison can fail. */
	again = judged(plan, strchr(strchr(busy, '\n') + 1, '\n') + 1, SECONDS(10),
		       RH_END_COMPLETED);
	rh_buf_reset(&b);
	rh_verdict_print(again, plan, &b);
	ck_assert(strcmp(rh_buf_str(&a), rh_buf_str(&b)) != 0);
	rh_judge_close(again);
	rh_judge_close(once);
	rh_buf_release(&a);
	rh_buf_release(&b);
	rh_plan_free(plan);
}
END_TEST

START_TEST(nothing_to_judge_is_passed)
{
	struct rh_plan *plan = plan_make(1, SECONDS(10));
	struct rh_judge *judge = judged(plan, "1s n-0 head moved 7\n", SECONDS(10), 0);

	ck_assert(rh_judge_is_done(judge));
	ck_assert_int_eq(rh_judge_verdict(judge), RH_VERDICT_PASSED);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("judge: verdict");

	tcase_add_test(frame.tests, evidence_is_the_record_and_five_before_it_there);
	tcase_add_test(frame.tests, evidence_of_a_quiet_node_is_not_lost);
	tcase_add_test(frame.tests, the_fault_in_effect_is_named);
	tcase_add_test(frame.tests, classes_of_verdicts);
	tcase_add_test(frame.tests, verify_none_is_named_and_does_not_count);
	tcase_add_test(frame.tests, a_type_of_a_plugin);
	tcase_add_test(frame.tests, a_late_record_counts_when_it_comes);
	tcase_add_test(frame.tests, verdict_json_as_reviewed);
	tcase_add_test(frame.tests, the_same_records_give_the_same_bytes);
	tcase_add_test(frame.tests, nothing_to_judge_is_passed);
	return frame_run(frame);
}
