/* Expressions: on random streams they say what a slow recomputation over all nodes says after each
 * instant; and what each function of a check means, with what is said when it has no value. */
#include <stdlib.h>

#include "core/judge/view.h"
#include "tests/unit/judge/judged.h"

#define NODES 7
#define STEPS 400

/* ---- a naive oracle -------------------------------------------------------------------------- */

struct naive {
	bool is_known[2][NODES]; /* head_height, reorg_depth */
	int64_t value[2][NODES];
};

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The known values of a gauge, sorted. */
static uint32_t known(const struct naive *naive, int gauge, int64_t values[NODES])
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < NODES; i++) {
		if (naive->is_known[gauge][i])
			values[count++] = naive->value[gauge][i];
	}
	qsort(values, count, sizeof(*values), compare);
	return count;
}

static enum rh_truth truth(bool is_true)
{
	return is_true ? RH_TRUTH_TRUE : RH_TRUTH_FALSE;
}

static enum rh_truth naive_spread(const struct naive *naive)
{
	int64_t h[NODES], d[NODES];
	uint32_t count = known(naive, 0, h), depths = known(naive, 1, d);

	if (count > 0 && h[count - 1] - h[0] > 40)
		return RH_TRUTH_FALSE;
	if (count == 0 || depths == 0)
		return depths > 0 && d[0] + d[depths - 1] > 60 ? RH_TRUTH_FALSE : RH_TRUTH_UNKNOWN;
	return truth(d[0] + d[depths - 1] <= 60);
}

static enum rh_truth naive_average(const struct naive *naive)
{
	int64_t h[NODES], sum = 0;
	uint32_t count = known(naive, 0, h);

	for (uint32_t i = 0; i < count; i++)
		sum += h[i];
	return count == 0 ? RH_TRUTH_UNKNOWN : truth(2 * sum >= 45 * (int64_t)count);
}

static enum rh_truth naive_count(const struct naive *naive)
{
	uint32_t count = 0, high = 0;

	for (uint32_t i = 0; i < NODES; i++) {
		count += naive->is_known[0][i];
		high += naive->is_known[0][i] && naive->value[0][i] > 20;
	}
	return count == 0 ? RH_TRUTH_UNKNOWN : truth(high >= 3);
}

static enum rh_truth naive_percentile(const struct naive *naive)
{
	int64_t h[NODES];
	uint32_t count = known(naive, 0, h);

	return count == 0 ? RH_TRUTH_UNKNOWN : truth(h[(count * 90 + 99) / 100 - 1] < 42);
}

/* Each node that has both; a majority of all. */
static enum rh_truth naive_majority(const struct naive *naive)
{
	uint32_t count = 0, agree = 0;

	for (uint32_t i = 0; i < NODES; i++) {
		if (!naive->is_known[0][i] || !naive->is_known[1][i])
			continue;
		count++;
		agree += naive->value[0][i] >= 2 * naive->value[1][i] - 10;
	}
	return count == 0 ? RH_TRUTH_UNKNOWN : truth(2 * agree > NODES);
}

/* A node against the whole network: the highest. */
static enum rh_truth naive_mixed(const struct naive *naive)
{
	int64_t h[NODES];
	uint32_t count = known(naive, 0, h);

	if (count == 0)
		return RH_TRUTH_UNKNOWN;
	return truth(h[0] >= h[count - 1] - 35);
}

/* Division by a gauge that may be 0: no value there. */
static enum rh_truth naive_quotient(const struct naive *naive)
{
	uint32_t count = 0;
	bool has_high = false;

	for (uint32_t i = 0; i < NODES; i++) {
		if (!naive->is_known[0][i] || !naive->is_known[1][i] || naive->value[1][i] == 0)
			continue;
		count++;
		has_high |= naive->value[0][i] * 2 > naive->value[1][i] * 9;
	}
	return count == 0 ? RH_TRUTH_UNKNOWN : truth(has_high);
}

static const struct {
	const char *text;
	enum rh_quorum_kind quorum;
	enum rh_truth (*naive)(const struct naive *naive);
} cases[] = {
	{"spread(head_height) <= 40 && min(reorg_depth) + max(reorg_depth) <= 60", RH_QUORUM_ALL,
	 naive_spread},
	{"avg(head_height) >= 22.5", RH_QUORUM_ALL, naive_average},
	{"count(head_height > 20) >= 3", RH_QUORUM_ALL, naive_count},
	{"p90(head_height) < 42", RH_QUORUM_ALL, naive_percentile},
	{"head_height >= 2 * reorg_depth - 10", RH_QUORUM_MAJORITY, naive_majority},
	{"head_height >= max(head_height) - 35", RH_QUORUM_ALL, naive_mixed},
	{"any(head_height / reorg_depth > 4.5)", RH_QUORUM_ALL, naive_quotient},
};

static struct rh_record random_record(struct naive *naive, uint64_t *state, uint64_t step)
{
	uint32_t node = (uint32_t)(next_random(state) % NODES);
	int gauge = (int)(next_random(state) % 2);
	int64_t value = (int64_t)(next_random(state) % 50);

	naive->is_known[gauge][node] = true;
	naive->value[gauge][node] = value;
	return (struct rh_record){.time_ns = step,
				  .node = node,
				  .kind = RH_RECORD_GAUGE,
				  .index = gauge == 0 ? RH_GAUGE_HEAD_HEIGHT : RH_GAUGE_REORG_DEPTH,
				  .a = (uint64_t)value};
}

/* How often the judge and the oracle disagree; `is_wrong`: the oracle is told lies. */
static uint32_t disagree(uint64_t seed, bool is_wrong)
{
	struct rh_plan *plan = plan_make(NODES, SECONDS(10));
	struct naive naive = {0};
	struct rh_judge *judge;
	uint64_t state = seed;
	uint32_t count = 0;

	for (size_t i = 0; i < RH_ARRAY_LEN(cases); i++) {
		struct rh_plan_assertion *check = plan_add_expression(
			plan, "case", RH_MODE_ALWAYS, 0, RH_TIME_NEVER, cases[i].text);

		check->role = RH_ROLE_CONDITION;
		check->quorum = cases[i].quorum;
	}
	judge = rh_judge_open(plan);
	for (uint64_t step = 1; step <= STEPS; step++) {
		struct rh_record record = random_record(&naive, &state, step);

		if (is_wrong && step % 16 == 0)
			naive.value[0][0] = 49;
		rh_judge_take(judge, &record, 1);
		rh_judge_advance(judge, step + 1);
		for (uint32_t i = 0; i < RH_ARRAY_LEN(cases); i++)
			count += rh_judge_truth(judge, i) != cases[i].naive(&naive);
	}
	rh_judge_finish(judge, SECONDS(10), RH_END_COMPLETED);
	rh_judge_close(judge);
	rh_plan_free(plan);
	return count;
}

START_TEST(agrees_with_a_slow_recomputation)
{
	for (uint64_t seed = 1; seed <= 20; seed++)
		ck_assert_uint_eq(disagree(seed, false), 0);
	ck_assert_uint_gt(disagree(1, true), 0);
}
END_TEST

/* ---- what the functions mean ----------------------------------------------------------------- */

struct story {
	const char *title;
	enum rh_assert_mode mode;
	uint64_t until_s;
	const char *text;
	const char *script;
	enum rh_result_state state;
	const char *reason;
};

#define PASSED RH_RESULT_PASSED
#define FAILED RH_RESULT_FAILED

/* Two nodes; step 0 is a cut between them, step 1 a capture; phases "one" 0-4 s and "two" 4-10 s; alert
 * Deep: reorg_depth >= 5. Gauges: #0 head_height, #4 reorg_depth, #9 tps, #16 clock_offset. */
static const struct story stories[] = {
	{"grown since a capture", RH_MODE_EVENTUALLY, 9,
	 "head_height - captured(mark, head_height) >= 2",
	 "1s n-0 gauge value #0 5\n1s n-1 gauge value #0 6\n2s world action done #0 1\n"
	 "3s n-0 gauge value #0 7\n4s n-1 gauge value #0 8\n",
	 PASSED, "head_height - captured(mark, head_height) >= 2 after 4 s (limit 9s)"},
	{"not grown since a capture", RH_MODE_EVENTUALLY, 9,
	 "head_height - captured(mark, head_height) >= 2",
	 "1s n-0 gauge value #0 5\n1s n-1 gauge value #0 6\n2s world action done #0 1\n"
	 "3s n-0 gauge value #0 7\n4s n-1 gauge value #0 7\n",
	 FAILED,
	 "expected head_height - captured(mark, head_height) >= 2 within 9s, still 1 at n-1"},
	{"nothing captured", RH_MODE_EVENTUALLY, 9,
	 "head_height - captured(mark, head_height) >= 2", "1s n-0 gauge value #0 5\n", FAILED,
	 "expected head_height - captured(mark, head_height) >= 2, but nothing was captured of "
	 "head_height"},
	{"the base is what was first said", RH_MODE_AT_END, 9,
	 "head_height - base.head_height == 3",
	 "1s n-0 gauge value #0 5\n2s n-1 gauge value #0 1\n3s n-0 gauge value #0 8\n"
	 "3s n-1 gauge value #0 4\n",
	 PASSED, "head_height - base.head_height == 3 at the end: 2 of 2 nodes"},
	{"an average over a phase", RH_MODE_AT_END, 9, "avg(tps, phase=one) == 3.5",
	 "0s world phase begin #0\n1s n-0 gauge value #9 2\n2s n-0 gauge value #9 4\n"
	 "3s n-1 gauge value #9 4\n4s world phase end #0\n5s n-0 gauge value #9 90\n",
	 FAILED, "expected avg(tps, phase=one) == 3.5 at the end, saw 3.333"},
	{"percentiles over a phase", RH_MODE_AT_END, 9,
	 "p50(tps, phase=one) == 3 && p99(tps, phase=one) == 9 && count(tps, phase=one) == 4",
	 "0s world phase begin #0\n1s n-0 gauge value #9 1\n1s n-1 gauge value #9 3\n"
	 "2s n-0 gauge value #9 9\n3s n-0 gauge value #9 4\n4s world phase end #0\n"
	 "5s n-0 gauge value #9 90\n",
	 PASSED,
	 "p50(tps, phase=one) == 3 && p99(tps, phase=one) == 9 && count(tps, phase=one) == 4 at "
	 "the "
	 "end"},
	{"who says nothing in a phase still has a value", RH_MODE_AT_END, 9,
	 "avg(tps, phase=two) == 3.5",
	 "1s n-0 gauge value #9 2\n4s world phase begin #1\n5s n-1 gauge value #9 5\n"
	 "8s world phase end #1\n",
	 PASSED, "avg(tps, phase=two) == 3.5 at the end: 3.500"},
	{"a phase without a value", RH_MODE_AT_END, 9, "avg(tps, phase=one) >= 1",
	 "0s world phase begin #0\n4s world phase end #0\n5s n-0 gauge value #9 1\n", FAILED,
	 "expected avg(tps, phase=one) >= 1, but no node said tps in phase one"},
	{"reachable", RH_MODE_ALWAYS, 9, "reachable(n-0, n-1)", "", PASSED,
	 "reachable(n-0, n-1) throughout"},
	{"cut off", RH_MODE_ALWAYS, 9, "reachable(n-0, n-1)", "2s world fault requested #0\n",
	 FAILED, "expected reachable(n-0, n-1), and that was broken"},
	{"reachable again", RH_MODE_AT_END, 9, "reachable(n-0, n-1)",
	 "2s world fault requested #0\n5s world fault cleared #0\n", PASSED,
	 "reachable(n-0, n-1) at the end"},
	{"nobody is behind a node that is down", RH_MODE_ALWAYS, 9, "reachable(n-0, n-1)",
	 "3s n-1 node down\n", FAILED, "expected reachable(n-0, n-1), and that was broken"},
	{"recovered", RH_MODE_ALWAYS, 9, "recovery_time(cut-1) <= 3s",
	 "1s n-0 head moved 1\n1s n-1 head moved 1\n2s world fault requested #0\n"
	 "3s n-0 head moved 2\n4s world fault cleared #0\n6s n-1 head moved 2\n",
	 PASSED, "recovery_time(cut-1) <= 3s throughout, at worst 2 s"},
	{"recovered late", RH_MODE_ALWAYS, 9, "recovery_time(cut-1) <= 1s",
	 "1s n-0 head moved 1\n1s n-1 head moved 1\n2s world fault requested #0\n"
	 "3s n-0 head moved 2\n4s world fault cleared #0\n6s n-1 head moved 2\n",
	 FAILED, "expected recovery_time(cut-1) <= 1s, saw 2 s"},
	{"never recovered", RH_MODE_ALWAYS, 9, "recovery_time(cut-1) <= 3s",
	 "1s n-0 head moved 1\n1s n-1 head moved 1\n2s world fault requested #0\n"
	 "3s n-0 head moved 2\n4s world fault cleared #0\n",
	 FAILED, "expected recovery_time(cut-1) <= 3s, saw 5 s"},
	{"a fault that went on", RH_MODE_ALWAYS, 9, "recovery_time(cut-1) <= 3s",
	 "2s world fault requested #0\n", FAILED,
	 "expected recovery_time(cut-1) <= 3s, but the fault was never cleared"},
	{"an alert", RH_MODE_EVENTUALLY, 9, "alert(Deep)", "3s n-0 gauge value #4 5\n", PASSED,
	 "alert(Deep) after 3 s (limit 9s)"},
	{"no alert", RH_MODE_EVENTUALLY, 9, "alert(Deep)", "3s n-0 gauge value #4 4\n", FAILED,
	 "expected alert(Deep) within 9s, it is not so"},
	{"an alert that is over", RH_MODE_EVENTUALLY, 9, "was_raised(Deep) && !alert(Deep)",
	 "3s n-0 gauge value #4 5\n5s n-0 gauge value #4 1\n", PASSED,
	 "was_raised(Deep) && !alert(Deep) after 5 s (limit 9s)"},
	{"an alert that never was", RH_MODE_EVENTUALLY, 9, "was_raised(Deep) && !alert(Deep)",
	 "3s n-0 gauge value #4 1\n", FAILED,
	 "expected was_raised(Deep) && !alert(Deep), but alert Deep was never raised"},
	{"a fault that raised an alert", RH_MODE_AT_END, 9, "unnoticed_faults() == 0",
	 "2s world fault requested #0\n3s n-0 gauge value #4 5\n", PASSED,
	 "unnoticed_faults() == 0 at the end: 0"},
	{"a fault that nobody noticed", RH_MODE_AT_END, 9, "unnoticed_faults() == 0",
	 "1s n-0 gauge value #4 5\n1s n-0 gauge value #4 1\n2s world fault requested #0\n", FAILED,
	 "expected unnoticed_faults() == 0 at the end, saw 1"},
	{"units", RH_MODE_ALWAYS, 9, "abs(clock_offset) <= 1s + 500ms",
	 "1s n-0 gauge value #16 -1200000000\n2s n-1 gauge value #16 -1600000000\n", FAILED,
	 "expected abs(clock_offset) <= 1s + 500ms, saw 1.60 s at n-1"},
	{"nodes that are up", RH_MODE_ALWAYS, 9, "count(up == 1) == 2 && nodes_up == 2",
	 "3s n-0 node down\n", FAILED,
	 "expected count(up == 1) == 2 && nodes_up == 2, and that was broken"},
	{"final blocks that agree", RH_MODE_ALWAYS, 9, "finality_conflicts == 0",
	 "1s n-0 finalized moved 7 0 3\n2s n-1 finalized moved 7 0 3\n3s n-1 finalized moved 8 0 "
	 "4\n",
	 PASSED, "finality_conflicts == 0 throughout, at worst 0"},
	{"final blocks that do not", RH_MODE_ALWAYS, 9, "finality_conflicts == 0",
	 "1s n-0 finalized moved 7 0 3\n2s n-1 finalized moved 9 0 3\n", FAILED,
	 "expected finality_conflicts == 0, saw 1"},
	{"transactions", RH_MODE_AT_END, 9,
	 "tx_included == 1 && tx_submitted == 2 && inclusion_ratio == 50%",
	 "1s n-0 tx submitted #0 7\n1s n-1 tx submitted #1 7\n2s n-0 tx submitted #2 8\n"
	 "3s n-0 tx included #0 7\n4s n-1 tx included #0 7\n",
	 PASSED, "tx_included == 1 && tx_submitted == 2 && inclusion_ratio == 50% at the end"},
};

static struct rh_plan *plan_of_stories(void)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	static const uint32_t edges[] = {0, 1, UINT32_MAX};
	static const uint32_t nodes[] = {0, UINT32_MAX};

	plan_add_link(plan, 0, 1);
	plan_link_of(plan_add_step(plan, "cut-1", &made_link_fault, SECONDS(2), SECONDS(6), edges))
		->is_cut = true;
	plan_add_step(plan, "mark", &made_model_poke, SECONDS(4), RH_TIME_NEVER, nodes);
	plan_add_phase(plan, "one", 0, SECONDS(4));
	plan_add_phase(plan, "two", SECONDS(4), SECONDS(6));
	plan_add_check(plan, "Deep", RH_MODE_ALWAYS, 0, RH_TIME_NEVER,
		       THAT(MAX, REORG_DEPTH, GE, 5))
		->role = RH_ROLE_ALERT;
	return plan;
}

START_TEST(every_function)
{
	const struct story *story = &stories[_i];
	struct rh_plan *plan = plan_of_stories();
	const struct rh_result *result;
	struct rh_judge *judge;

	plan_add_expression(plan, story->text, story->mode, 0, SECONDS(story->until_s),
			    story->text);
	judge = judged(plan, story->script, SECONDS(10), RH_END_COMPLETED);
	result = rh_judge_result(judge, 1);
	ck_assert_msg(story->reason[0] == 0 || strcmp(result->reason, story->reason) == 0,
		      "%s:\n  said   %s\n  wanted %s", story->title, result->reason, story->reason);
	ck_assert_msg(result->state == story->state, "%s: state %d: %s", story->title,
		      (int)result->state, result->reason);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

/* How a fault was got over: 1 at once, 1/2 when it took as long as it lasted, 0 never. */
START_TEST(recovery_scores)
{
	static const struct {
		const char *script;
		uint64_t ppm;
	} runs[] = {
		{"2s world fault requested #0\n4s world fault cleared #0\n", 1000000},
		{"1s n-0 head moved 1\n1s n-1 head moved 1\n2s world fault requested #0\n"
		 "3s n-0 head moved 2\n4s world fault cleared #0\n6s n-1 head moved 2\n",
		 500000},
		{"1s n-0 head moved 1\n1s n-1 head moved 1\n2s world fault requested #0\n"
		 "3s n-0 head moved 2\n4s world fault cleared #0\n",
		 0},
		{"2s world fault requested #0\n3s n-1 node down\n4s world fault cleared #0\n"
		 "5s n-1 node up\n",
		 666666},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(runs); i++) {
		struct rh_plan *plan = plan_of_stories();
		struct rh_judge *judge =
			judged(plan, runs[i].script, SECONDS(10), RH_END_COMPLETED);
		struct rh_scores scores = rh_judge_scores(judge);

		ck_assert(scores.has_recovery);
		ck_assert_uint_eq(scores.recovery_ppm, runs[i].ppm);
		rh_judge_close(judge);
		rh_plan_free(plan);
	}
}
END_TEST

/* What a damaged plan may say is refused with the check's name, before a judge is opened. */
START_TEST(what_means_nothing_is_refused)
{
	static const char *const texts[] = {"max(head_height) - ", "max(no_such_gauge) - 1 <= 2",
					    "max(head_height, phase=nowhere) <= 2",
					    "recovery_time(no-such-fault) <= 3s", ""};
	struct rh_err err = {0};

	for (size_t i = 0; i < RH_ARRAY_LEN(texts); i++) {
		struct rh_plan *plan = plan_of_stories();

		ck_assert_int_eq(rh_judge_check(plan, &err), 0);
		plan_add_expression(plan, "odd", RH_MODE_ALWAYS, 0, SECONDS(9), texts[i]);
		ck_assert_int_eq(rh_judge_check(plan, &err), RH_E_CORRUPT);
		ck_assert_msg(strstr(err.text, "check odd") != NULL, "%s", err.text);
		rh_plan_free(plan);
	}
}
END_TEST

START_TEST(sentences_out_of_range_are_refused)
{
	static const struct rh_that thats[] = {{RH_AGG_DISTINCT + 1, RH_GAUGE_HEADS, RH_OP_EQ, 1},
					       {RH_AGG_MAX, RH_GAUGE_HEADS, RH_OP_GE + 1, 1},
					       {RH_AGG_MAX, RH_GAUGE_MODEL + 500, RH_OP_EQ, 1},
					       {RH_AGG_MAX, -1, RH_OP_EQ, 1}};
	struct rh_err err = {0};

	for (size_t i = 0; i < RH_ARRAY_LEN(thats); i++) {
		struct rh_plan *plan = plan_of_stories();

		plan_add_check(plan, "odd", RH_MODE_ALWAYS, 0, SECONDS(9), thats[i]);
		ck_assert_int_eq(rh_judge_check(plan, &err), RH_E_CORRUPT);
		rh_plan_free(plan);
	}
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("judge: formulas");

	tcase_add_test(frame.tests, agrees_with_a_slow_recomputation);
	tcase_add_loop_test(frame.tests, every_function, 0, RH_ARRAY_LEN(stories));
	tcase_add_test(frame.tests, recovery_scores);
	tcase_add_test(frame.tests, what_means_nothing_is_refused);
	tcase_add_test(frame.tests, sentences_out_of_range_are_refused);
	return frame_run(frame);
}
