/* How a run ends: duration, waiting for open windows, timeout, --until, cancelling, the wall clock, a
 * world that breaks down; and that stopping here and there changes nothing. */
#include "tests/unit/run/played.h"

static const uint32_t edges[] = {0, 1, UINT32_MAX};

/* Waits for one head, at most 20 s; the plan lasts 10 s, its timeout is 15 s. */
static struct rh_plan *waiting_plan(void)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));

	plan->timeout_ns = SECONDS(15);
	plan_add_check(plan, "one head", RH_MODE_EVENTUALLY, SECONDS(1), SECONDS(20),
		       (struct rh_that){RH_AGG_EACH, RH_GAUGE_HEADS, RH_OP_EQ, 1});
	return plan;
}

static void check_end(struct played *played, enum rh_run_status status, enum rh_verdict verdict,
		      uint64_t simulated_ns)
{
	ck_assert_int_eq(played->rc, 0);
	ck_assert_str_eq(rh_run_status_name(played->result.status), rh_run_status_name(status));
	ck_assert_str_eq(rh_verdict_name(played->result.verdict), rh_verdict_name(verdict));
	ck_assert_uint_eq(played->result.simulated_ns, simulated_ns);
	ck_assert_uint_eq(played->result.stats.checkpoint_count, 1);
}

START_TEST(decided_in_time_it_ends_with_its_duration)
{
	struct played played = {.plan = waiting_plan()};

	plan_fake(played.plan)->script = "2s n-0 head moved 7\n3s n-1 head moved 7\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_PASSED, SECONDS(10));
	played_release(&played);
}
END_TEST

START_TEST(it_waits_and_stops_on_the_reaction_grid)
{
	struct played played = {.plan = waiting_plan()};

	/* 12 s is 2861 grids of 2^22 ns and something: the run ends at 2862 of them. */
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n12s n-1 head moved 7\n"
					 "12s n-1 gauge value #4 1\n"
					 "13s n-1 gauge value #4 2\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_PASSED, UINT64_C(2862) << 22);
	played_release(&played);
}
END_TEST

START_TEST(it_waits_until_the_window_ends)
{
	struct played played = {.plan = waiting_plan()};

	played.plan->assertions[0].until_ns = SECONDS(12);
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_FAILED, SECONDS(12));
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "2s n-0 head moved 7\n"
			     "12s world assertion failed #0 2 "
			     "\"expected heads == 1 within 11s, still 2\"\n"
			     "12s world run end 0 12000000000\n");
	played_release(&played);
}
END_TEST

START_TEST(time_runs_out)
{
	struct played played = {.plan = waiting_plan()};

	plan_fake(played.plan)->script = "2s n-0 head moved 7\n";
	play(&played);
	check_end(&played, RH_STATUS_TIMEOUT, RH_VERDICT_FAILED, SECONDS(15));
	ck_assert_str_eq(rh_judge_result(played.result.judge, 0)->reason,
			 "expected heads == 1, but time ran out at 00:00:15");
	played_release(&played);
}
END_TEST

START_TEST(a_check_of_the_whole_run_is_not_waited_for)
{
	struct played played = {.plan = waiting_plan()};

	played.plan->assertions[0].until_ns = RH_TIME_NEVER;
	played.plan->assertions[0].mode = RH_MODE_AT_END;
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n3s n-1 head moved 7\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_PASSED, SECONDS(10));
	played_release(&played);
}
END_TEST

START_TEST(without_a_timeout_only_windows_are_waited_for)
{
	struct played played = {.plan = waiting_plan()};

	played.plan->timeout_ns = 0;
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_FAILED, SECONDS(20));
	played_release(&played);
	played = (struct played){.plan = waiting_plan()};
	played.plan->timeout_ns = 0;
	played.plan->assertions[0].until_ns = RH_TIME_NEVER;
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_FAILED, SECONDS(10));
	played_release(&played);
}
END_TEST

START_TEST(until_includes_its_instant)
{
	struct played played = {.plan = waiting_plan()};

	played.options.has_until = true;
	played.options.until_ns = SECONDS(3);
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n3s n-1 head moved 7\n"
					 "4s n-1 head moved 8\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_PASSED, SECONDS(3));
	ck_assert_ptr_null(strstr(rh_buf_str(&played.said.text), "4s"));
	played_release(&played);
}
END_TEST

START_TEST(until_before_a_window_ends_is_an_error)
{
	struct played played = {.plan = waiting_plan()};

	played.options.has_until = true;
	played.options.until_ns = SECONDS(2);
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n3s n-1 head moved 7\n";
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_ERROR, SECONDS(2));
	played_release(&played);
}
END_TEST

/* A fault that begins at the very last instant is still verified and cleared. */
START_TEST(until_the_instant_of_a_fault)
{
	struct played played = {.plan = plan_make(2, SECONDS(10))};

	plan_add_link(played.plan, 0, 1);
	plan_add_step(played.plan, "cut-1", &made_link_fault, SECONDS(3), SECONDS(5), edges);
	plan_add_step(played.plan, "crash-1", &made_crash, SECONDS(3), SECONDS(5), edges);
	played.options.has_until = true;
	played.options.until_ns = SECONDS(3);
	play(&played);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_PASSED, SECONDS(3));
	played_release(&played);
}
END_TEST

struct patience {
	uint32_t asked;
	uint32_t limit;
	uint32_t shown;
	uint64_t wall_ns;
};

static bool is_cancelled(void *ctx)
{
	struct patience *patience = ctx;

	return patience->asked++ >= patience->limit;
}

static void progress(void *ctx, uint64_t now_ns, uint64_t end_ns)
{
	struct patience *patience = ctx;

	ck_assert_uint_le(now_ns, end_ns);
	patience->shown++;
}

static uint64_t wall_clock(void *ctx)
{
	struct patience *patience = ctx;

	return patience->wall_ns += SECONDS(1);
}

START_TEST(cancelled_rolls_back)
{
	struct played played = {.plan = waiting_plan()};
	struct patience patience = {.limit = 30};

	plan_add_link(played.plan, 0, 1);
	plan_add_step(played.plan, "cut-1", &made_link_fault, SECONDS(3), SECONDS(9), edges);
	played.options.is_cancelled = is_cancelled;
	played.options.ctx = &patience;
	plan_fake(played.plan)->script = "2s n-0 head moved 7\nticket 2 done +0s 4\n";
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	ck_assert_int_eq(played.result.status, RH_STATUS_CANCELLED);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	ck_assert_uint_gt(played.result.simulated_ns, SECONDS(3));
	ck_assert_uint_lt(played.result.simulated_ns, SECONDS(9));
	ck_assert_ptr_nonnull(
		strstr(rh_buf_str(&played.said.text), "world fault cleared #0 0 4\n"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.said.text), "world run end 2 "));
	played_release(&played);
}
END_TEST

START_TEST(the_wall_clock_is_the_harness)
{
	struct played played = {.plan = plan_make(1, SECONDS(10))};
	struct patience patience = {.limit = 0};

	played.options.wall_clock_ns = wall_clock;
	played.options.wall_limit_ns = SECONDS(8);
	played.options.ctx = &patience;
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	ck_assert_int_eq(played.result.status, RH_STATUS_FAILED);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	ck_assert_uint_lt(played.result.simulated_ns, SECONDS(10));
	played_release(&played);
}
END_TEST

START_TEST(a_world_that_breaks_down)
{
	struct played played = {.plan = waiting_plan()};

	plan_fake(played.plan)->script = "2s n-0 head moved 7\nfails 5s\n";
	play(&played);
	ck_assert_int_eq(played.rc, RH_E_WORLD);
	ck_assert_str_eq(played.err.text, "the script breaks the world down");
	ck_assert_int_eq(played.result.status, RH_STATUS_FAILED);
	ck_assert_ptr_null(played.result.judge);
	played_release(&played);
}
END_TEST

START_TEST(a_submission_that_is_refused_ends_the_run)
{
	struct played played = {.plan = waiting_plan()};

	plan_add_workload(played.plan, "w", SECONDS(1), SECONDS(2));
	plan_fake(played.plan)->script = "ticket 2147483650 refused\n";
	play(&played);
	ck_assert_int_eq(played.rc, RH_E_WORLD);
	ck_assert_str_eq(played.err.text, "workload w: the submission is refused");
	played_release(&played);
}
END_TEST

/* The same run with no stretches, with those of cancelling and with those of progress. */
START_TEST(stretches_change_nothing)
{
	struct rh_buf before = {0};

	for (int way = 0; way < 3; way++) {
		struct played played = {.plan = waiting_plan()};
		struct patience patience = {.limit = UINT32_MAX};
		struct rh_buf verdict = {0};

		plan_add_link(played.plan, 0, 1);
		plan_add_step(played.plan, "cut-1", &made_link_fault, SECONDS(3), SECONDS(9),
			      edges);
		played.options.ctx = &patience;
		if (way >= 1)
			played.options.is_cancelled = is_cancelled;
		if (way >= 2)
			played.options.progress = progress;
		plan_fake(played.plan)->script = "2s n-0 head moved 7\n12s n-1 head moved 7\n"
						 "ticket 0 done +1s\n";
		played.plan->timeout_ns = SECONDS(10);
		play(&played);
		rh_verdict_print(played.result.judge, played.plan, &verdict);
		rh_buf_put(&verdict, played.said.text.data, played.said.text.len);
		ck_assert(way == 0 || strcmp(rh_buf_str(&verdict), rh_buf_str(&before)) == 0);
		ck_assert_uint_le(patience.asked, way == 1 ? 75 : 600);
		ck_assert_uint_ge(patience.shown, way == 2 ? 500 : 0);
		rh_buf_release(&before);
		before = verdict;
		played_release(&played);
	}
	rh_buf_release(&before);
}
END_TEST

START_TEST(not_judged)
{
	struct played played = {.plan = waiting_plan()};

	played.options.no_judge = true;
	plan_fake(played.plan)->script = "2s n-0 head moved 7\n";
	play(&played);
	ck_assert_ptr_null(played.result.judge);
	check_end(&played, RH_STATUS_COMPLETED, RH_VERDICT_PASSED, SECONDS(10));
	played_release(&played);
}
END_TEST

/* What was judged while it ran is judged again from the stream: the same bytes. */
static void judge_again(void *ctx, const struct rh_record *records, size_t count)
{
	rh_judge_take(ctx, records, count);
}

START_TEST(judged_again_from_the_stream)
{
	static const char *const scripts[] = {
		"2s n-0 head moved 7\n12s n-1 head moved 7\n",
		"2s n-0 head moved 7\n",
		"2s n-0 head moved 7\n4s@6s n-1 head moved 7\nticket 1 failed +0s\n",
		"2s n-0 head moved 7\nticket 0 silent\n14s n-1 head moved 7\n",
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(scripts); i++) {
		struct played played = {.plan = waiting_plan()};
		struct rh_buf first = {0}, again = {0};
		struct rh_judge *judge = rh_judge_open(played.plan);
		struct rh_sink sink = {.take = judge_again, .ctx = judge};

		plan_add_link(played.plan, 0, 1);
		plan_add_step(played.plan, "cut-1", &made_link_fault, SECONDS(3), SECONDS(9),
			      edges);
		rh_judge_close(judge);
		judge = rh_judge_open(played.plan);
		sink.ctx = judge;
		plan_fake(played.plan)->script = scripts[i];
		played.options.sinks[0] = &sink;
		played.options.sink_count = 1;
		played.rc = rh_run(&played.result, played.plan, &fake_world_ops, &played.options,
				   &played.err);
		ck_assert_int_eq(played.rc, 0);
		rh_judge_finish(judge, played.result.simulated_ns,
				played.result.status == RH_STATUS_TIMEOUT ? RH_END_TIMEOUT
									  : RH_END_COMPLETED);
		rh_verdict_print(played.result.judge, played.plan, &first);
		rh_verdict_print(judge, played.plan, &again);
		ck_assert(strcmp(rh_buf_str(&first), rh_buf_str(&again)) == 0);
		rh_buf_release(&first);
		rh_buf_release(&again);
		rh_judge_close(judge);
		played_release(&played);
	}
}
END_TEST

/* ---- what a world cannot do ------------------------------------------------------------------ */

static void check_unsupported(uint32_t cannot, const struct rh_action_type *type,
			      const char *wanted)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	struct rh_plan_step *step;
	struct rh_err err = {0};

	plan_add_link(plan, 0, 1);
	step = plan_add_step(plan, "step-1", type, SECONDS(1), SECONDS(2), edges);
	if (type == &made_link_fault)
		*plan_link_of(step) = (struct rh_link_state){.delay_ns = 5, .rate_bps = 7};
	ck_assert_int_eq(rh_run_check(plan, &fake_world_ops, &err), 0);
	plan_fake(plan)->cannot = cannot;
	ck_assert_int_eq(rh_run_check(plan, &fake_world_ops, &err), RH_E_UNSUPPORTED);
	ck_assert_str_eq(err.text, wanted);
	step->is_disabled = true;
	ck_assert_int_eq(rh_run_check(plan, &fake_world_ops, &err), 0);
	rh_plan_free(plan);
}

START_TEST(what_a_world_cannot_do_is_refused)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));
	struct rh_err err = {0};

	check_unsupported(RH_CAN_DELAY, &made_link_fault,
			  "step step-1: link-fault needs a delay, which the fake world cannot do");
	check_unsupported(
		RH_CAN_LIMIT_RATE, &made_link_fault,
		"step step-1: link-fault needs a limited rate, which the fake world cannot do");
	check_unsupported(
		RH_CAN_CRASH, &made_crash,
		"step step-1: crash needs crash and restart, which the fake world cannot do");
	check_unsupported(RH_CAN_PAUSE, &made_pause,
			  "step step-1: pause needs a paused node, which the fake world cannot do");
	check_unsupported(
		RH_CAN_MODEL_ACTION, &made_model_poke,
		"step step-1: poke needs an action of the model, which the fake world cannot do");
	plan_add_workload(plan, "w", SECONDS(1), SECONDS(2));
	plan_fake(plan)->cannot = RH_CAN_SUBMIT;
	ck_assert_int_eq(rh_run_check(plan, &fake_world_ops, &err), RH_E_UNSUPPORTED);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("run: how it ends");

	tcase_add_test(frame.tests, decided_in_time_it_ends_with_its_duration);
	tcase_add_test(frame.tests, it_waits_and_stops_on_the_reaction_grid);
	tcase_add_test(frame.tests, it_waits_until_the_window_ends);
	tcase_add_test(frame.tests, time_runs_out);
	tcase_add_test(frame.tests, a_check_of_the_whole_run_is_not_waited_for);
	tcase_add_test(frame.tests, without_a_timeout_only_windows_are_waited_for);
	tcase_add_test(frame.tests, until_includes_its_instant);
	tcase_add_test(frame.tests, until_before_a_window_ends_is_an_error);
	tcase_add_test(frame.tests, until_the_instant_of_a_fault);
	tcase_add_test(frame.tests, cancelled_rolls_back);
	tcase_add_test(frame.tests, the_wall_clock_is_the_harness);
	tcase_add_test(frame.tests, a_world_that_breaks_down);
	tcase_add_test(frame.tests, a_submission_that_is_refused_ends_the_run);
	tcase_add_test(frame.tests, stretches_change_nothing);
	tcase_add_test(frame.tests, not_judged);
	tcase_add_test(frame.tests, judged_again_from_the_stream);
	tcase_add_test(frame.tests, what_a_world_cannot_do_is_refused);
	return frame_run(frame);
}
