/* Random streams: what the judge keeps up to date record by record is what a slow and simple
 * recomputation over all nodes says after each instant; and an oracle that is wrong is noticed. */
#include "core/judge/view.h"
#include "tests/unit/judge/judged.h"

#define NODES  13
#define BLOCKS 40

/* A type that writes down what the view says at the end of each instant. */
struct seen {
	int64_t value[4]; /* heads, p50, p90, p95 */
	bool is_known[4];
	uint64_t count; /* looks */
};

static struct seen seen; /* of the one judge of a test */

static enum rh_truth note_view(void *state, const void *params, const struct rh_view *view,
			       int64_t *value)
{
	static const uint32_t gauges[] = {RH_GAUGE_HEADS, RH_GAUGE_PROPAGATION_P50,
					  RH_GAUGE_PROPAGATION_P90, RH_GAUGE_PROPAGATION_P95};

	(void)state;
	(void)params;
	for (size_t i = 0; i < 4; i++)
		seen.is_known[i] = rh_view_gauge(view, 0, gauges[i], &seen.value[i]);
	seen.count++;
	*value = 0;
	return RH_TRUTH_TRUE;
}

static const struct rh_assertion_type noting = {
	.name = "noting", .record_mask = UINT64_MAX, .truth = note_view};

/* The naive state: everything, recounted each time. */
struct naive {
	bool is_up[NODES];
	uint64_t head[NODES];
	bool has_head;
	uint64_t produced_ns[BLOCKS];
	bool has[BLOCKS][NODES];
	bool is_reported[BLOCKS][3];
	bool is_gone[BLOCKS];
	bool is_wrong; /* counts nodes that are down: must be caught */
	int64_t last[3];
	bool is_known[3];
};

static int64_t naive_heads(const struct naive *naive)
{
	int64_t heads = 0;

	for (int i = 0; i < NODES; i++) {
		bool is_first = naive->is_up[i] || naive->is_wrong;

		for (int j = 0; j < i && is_first; j++)
			is_first = (!naive->is_up[j] && !naive->is_wrong) ||
				   naive->head[j] != naive->head[i];
		heads += is_first;
	}
	return heads;
}

static void naive_blocks(struct naive *naive, uint64_t now_ns)
{
	static const uint64_t percents[] = {50, 90, 95};
	uint64_t up = 0;

	for (int i = 0; i < NODES; i++)
		up += naive->is_up[i];
	for (int block = 0; block < BLOCKS; block++) {
		uint64_t count = 0;

		if (naive->produced_ns[block] == 0 || naive->is_gone[block] || up == 0)
			continue;
		for (int i = 0; i < NODES; i++)
			count += naive->has[block][i] && naive->is_up[i];
		for (int p = 0; p < 3; p++) {
			if (naive->is_reported[block][p] || count * 100 < up * percents[p])
				continue;
			naive->is_reported[block][p] = true;
			naive->is_known[p] = true;
			naive->last[p] = (int64_t)(now_ns - naive->produced_ns[block]);
		}
		naive->is_gone[block] = count == up;
	}
}

/* One thing that happens, to both. */
static void happen(struct naive *naive, struct rh_record *record, uint64_t *any_state,
		   uint64_t *next_block)
{
	uint32_t node = (uint32_t)any(any_state, NODES);
	uint64_t what = any(any_state, 10);

	record->node = node;
	if (what == 0) {
		naive->is_up[node] = !naive->is_up[node];
		record->kind = RH_RECORD_NODE;
		record->stage = naive->is_up[node] ? RH_NODE_UP : RH_NODE_VANISHED;
	} else if (what < 4) {
		record->kind = RH_RECORD_HEAD;
		record->a = any(any_state, 4);
		naive->head[node] = record->a;
		naive->has_head = true;
	} else if (what == 4 && *next_block < BLOCKS) {
		record->kind = RH_RECORD_BLOCK;
		record->stage = RH_BLOCK_PRODUCED;
		record->a = *next_block;
		naive->produced_ns[*next_block] = record->time_ns;
		naive->has[*next_block][node] = true;
		(*next_block)++;
	} else {
		record->kind = RH_RECORD_BLOCK;
		record->stage = RH_BLOCK_ACCEPTED;
		record->a = any(any_state, BLOCKS);
		if (naive->produced_ns[record->a] != 0)
			naive->has[record->a][node] = true;
	}
	naive_blocks(naive, record->time_ns);
}

/* How often the two differed. */
static uint64_t compare(uint64_t seed, bool is_wrong)
{
	struct rh_plan *plan = plan_make(NODES, SECONDS(100000));
	struct naive naive = {.is_wrong = is_wrong};
	uint64_t any_state = seed << 32, next_block = 0, differences = 0;
	struct rh_judge *judge;

	memset(naive.is_up, true, sizeof(naive.is_up));
	memset(&seen, 0, sizeof(seen));
	plan_add_own_check(plan, "note", RH_MODE_ALWAYS, 0, SECONDS(100000), &noting);
	judge = rh_judge_open(plan);
	for (uint64_t step = 1; step <= 2000; step++) {
		struct rh_record record = {.time_ns = SECONDS(step)};

		happen(&naive, &record, &any_state, &next_block);
		rh_judge_take(judge, &record, 1);
		rh_judge_advance(judge, SECONDS(step) + 1);
		if (naive.has_head)
			differences += !seen.is_known[0] || seen.value[0] != naive_heads(&naive);
		for (int p = 0; p < 3; p++)
			differences += seen.is_known[p + 1] != naive.is_known[p] ||
				       (naive.is_known[p] && seen.value[p + 1] != naive.last[p]);
	}
	ck_assert_uint_ge(seen.count, 2000);
	rh_judge_close(judge);
	rh_plan_free(plan);
	return differences;
}

START_TEST(heads_and_propagation_as_recomputed)
{
	for (uint64_t seed = 1; seed <= 30; seed++)
		ck_assert_msg(compare(seed, false) == 0, "seed %llu", (unsigned long long)seed);
}
END_TEST

START_TEST(a_wrong_oracle_is_noticed)
{
	ck_assert_uint_gt(compare(1, true), 0);
}
END_TEST

/* ---- aggregates over nodes ------------------------------------------------------------------- */

static bool naive_value(int64_t *value, const struct rh_that *that, const int64_t *values,
			const bool *known, uint32_t first, uint32_t step)
{
	int64_t low = INT64_MAX, high = INT64_MIN, sum = 0, distinct = 0;
	bool all = true, one = false, is_any = false;

	for (uint32_t i = first; i < NODES; i += step) {
		bool is_new = true;

		if (!known[i])
			continue;
		is_any = true;
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
		sum += values[i];
		for (uint32_t j = first; j < i; j += step)
			is_new = is_new && (!known[j] || values[j] != values[i]);
		distinct += is_new;
		all = all && rh_that_compare(values[i], (enum rh_operator)that->op, that->value);
		one = one || rh_that_compare(values[i], (enum rh_operator)that->op, that->value);
	}
	switch ((enum rh_aggregate)that->aggregate) {
	case RH_AGG_EACH:
	case RH_AGG_ANY:
		/* Only the truth is compared: as a value that has it. */
		*value = (that->aggregate == RH_AGG_EACH ? all : one);
		break;
	case RH_AGG_MIN:
		*value = low;
		break;
	case RH_AGG_MAX:
		*value = high;
		break;
	case RH_AGG_SUM:
		*value = sum;
		break;
	case RH_AGG_SPREAD:
		*value = is_any ? high - low : 0;
		break;
	case RH_AGG_DISTINCT:
		*value = distinct;
		break;
	}
	return is_any;
}

/*
 * One check `always` in a window of its own: the judge's decision is that of the naive values.
 * Every aggregate and operator, over all nodes or each third one.
 */
static void compare_aggregate(struct rh_that that, uint32_t step, uint64_t seed)
{
	struct rh_plan *plan = plan_make(NODES, SECONDS(1000));
	struct rh_plan_assertion *check =
		plan_add_check(plan, "c", RH_MODE_ALWAYS, SECONDS(3), SECONDS(400), that);
	struct rh_judge *judge = NULL;
	int64_t values[NODES] = {0}, value = 0;
	bool known[NODES] = {false};
	uint64_t any_state = seed << 32, broken_ns = 0;

	if (step > 1) {
		check->node_count = 0;
		for (uint32_t i = 0; i < NODES; i += step)
			check->nodes[check->node_count++] = i;
	}
	judge = rh_judge_open(plan);
	for (uint64_t at = 1; at <= 60; at++) {
		uint32_t node = (uint32_t)any(&any_state, NODES);
		struct rh_record record = {.time_ns = SECONDS(at),
					   .node = node,
					   .kind = RH_RECORD_GAUGE,
					   .index = RH_GAUGE_MODEL,
					   .a = any(&any_state, 7) - 3};
		bool is_known;

		values[node] = (int64_t)record.a;
		known[node] = true;
		rh_judge_take(judge, &record, 1);
		rh_judge_advance(judge, SECONDS(at) + 1);
		is_known = naive_value(&value, &that, values, known, 0, step);
		if (at < 3 || !is_known || broken_ns != 0)
			continue;
		if (that.aggregate == RH_AGG_EACH || that.aggregate == RH_AGG_ANY
			    ? value == 0
			    : !rh_that_compare(value, (enum rh_operator)that.op, that.value))
			broken_ns = SECONDS(at);
		ck_assert_int_eq(rh_judge_result(judge, 0)->state,
				 broken_ns == 0 ? RH_RESULT_OPEN : RH_RESULT_FAILED);
		if (broken_ns == 0)
			continue;
		ck_assert_uint_eq(rh_judge_result(judge, 0)->decided_ns, broken_ns);
		if (that.aggregate >= RH_AGG_MIN)
			ck_assert_int_eq(rh_judge_result(judge, 0)->value, value);
	}
	rh_judge_close(judge);
	rh_plan_free(plan);
}

START_TEST(aggregates_as_recomputed)
{
	for (uint64_t aggregate = RH_AGG_EACH; aggregate <= RH_AGG_DISTINCT; aggregate++) {
		for (uint64_t op = RH_OP_EQ; op <= RH_OP_GE; op++) {
			for (int64_t limit = -3; limit <= 5; limit++) {
				struct rh_that that = {aggregate, RH_GAUGE_MODEL, op, limit};

				compare_aggregate(that, 1, (uint64_t)(limit + 10));
				compare_aggregate(that, 3, (uint64_t)(limit + 30));
			}
		}
	}
}
END_TEST

/* ---- single rules ---------------------------------------------------------------------------- */

static void check_reason(const char *script, struct rh_that that, enum rh_assert_mode mode,
			 const char *reason)
{
	struct rh_plan *plan = plan_make(4, SECONDS(100));
	struct rh_judge *judge;

	plan_add_check(plan, "c", mode, 0, SECONDS(50), that);
	judge = judged(plan, script, SECONDS(100), RH_END_COMPLETED);
	ck_assert_str_eq(rh_judge_result(judge, 0)->reason, reason);
	rh_judge_close(judge);
	rh_plan_free(plan);
}

START_TEST(two_blocks_at_one_instant_are_two_values)
{
	/* The slow one comes first and would be covered by the fast one. */
	check_reason("1s n-0 block produced 7\n30s n-0 block produced 8\n"
		     "31s n-1 block accepted 7\n31s n-1 block accepted 8\n"
		     "31s n-2 block accepted 7\n31s n-2 block accepted 8\n"
		     "31s n-3 block accepted 7\n31s n-3 block accepted 8\n",
		     THAT(EACH, PROPAGATION_P90, LE, 5000000000), RH_MODE_ALWAYS,
		     "expected propagation_p90 <= 5s, saw 30 s");
}
END_TEST

START_TEST(who_is_down_does_not_count)
{
	check_reason("1s n-3 node down\n1s n-0 head moved 7\n1s n-1 head moved 7\n"
		     "2s n-2 head moved 7\n",
		     THAT(EACH, HEADS, EQ, 1), RH_MODE_EVENTUALLY,
		     "heads == 1 after 2 s (limit 50s)");
	/* The last of four goes: the other three have the block, and that is all of them. */
	check_reason("1s n-0 block produced 7\n2s n-1 block accepted 7\n3s n-2 block accepted 7\n"
		     "9s n-3 node vanished\n",
		     THAT(EACH, PROPAGATION_P90, LE, 3000000000), RH_MODE_ALWAYS,
		     "expected propagation_p90 <= 3s, saw 8 s");
}
END_TEST

START_TEST(the_producer_counts_once)
{
	check_reason("1s n-0 block produced 7\n1s n-0 block accepted 7\n3s n-1 block accepted 7\n",
		     THAT(EACH, PROPAGATION_P50, LE, 1000000000), RH_MODE_ALWAYS,
		     "expected propagation_p50 <= 1s, saw 2 s");
}
END_TEST

/* Blocks that never spread are given up from the oldest, and memory stays. */
START_TEST(blocks_that_never_spread)
{
	struct rh_plan *plan = plan_make(4, SECONDS(100000));
	struct rh_record record = {
		.kind = RH_RECORD_BLOCK, .stage = RH_BLOCK_PRODUCED, .time_ns = 1};
	struct rh_judge *judge;

	plan_add_check(plan, "c", RH_MODE_NEVER, 0, SECONDS(90000),
		       THAT(EACH, PROPAGATION_P90, GT, 5));
	judge = rh_judge_open(plan);
	for (uint64_t i = 1; i < 20000; i++) {
		record.time_ns = i * 1000;
		record.a = i;
		rh_judge_take(judge, &record, 1);
	}
	/* The first is forgotten; the last is not. */
	record.stage = RH_BLOCK_ACCEPTED;
	for (uint32_t node = 0; node < 4; node++) {
		record.node = node;
		record.a = 1;
		rh_judge_take(judge, &record, 1);
	}
	rh_judge_advance(judge, SECONDS(1));
	ck_assert_int_eq(rh_judge_result(judge, 0)->state, RH_RESULT_OPEN);
	record.time_ns = SECONDS(2);
	for (uint32_t node = 0; node < 4; node++) {
		record.node = node;
		record.a = 19999;
		rh_judge_take(judge, &record, 1);
	}
	rh_judge_advance(judge, SECONDS(3));
	ck_assert_int_eq(rh_judge_result(judge, 0)->state, RH_RESULT_FAILED);
	rh_judge_close(judge);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("judge: derived gauges and aggregates");

	tcase_add_test(frame.tests, heads_and_propagation_as_recomputed);
	tcase_add_test(frame.tests, a_wrong_oracle_is_noticed);
	tcase_add_test(frame.tests, aggregates_as_recomputed);
	tcase_add_test(frame.tests, two_blocks_at_one_instant_are_two_values);
	tcase_add_test(frame.tests, who_is_down_does_not_count);
	tcase_add_test(frame.tests, the_producer_counts_once);
	tcase_add_test(frame.tests, blocks_that_never_spread);
	return frame_run(frame);
}
