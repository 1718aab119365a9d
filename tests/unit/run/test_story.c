/* Stories of the runner on a scripted world: what the world is asked, and what the stream says.
 * Tickets that are late, refused, failed or never answered; faults that overlap. */
#include "tests/unit/run/played.h"

static const uint32_t edges[] = {0, 1, UINT32_MAX};
static const uint32_t other_edges[] = {1, 2, UINT32_MAX};
static const uint32_t second_node[] = {1, UINT32_MAX};
static const uint32_t two_nodes[] = {1, 2, UINT32_MAX};

static struct rh_plan *cut_plan(void)
{
	struct rh_plan *plan = plan_make(3, SECONDS(10));

	plan_add_link(plan, 0, 1);
	plan_add_link(plan, 1, 2);
	plan_link_of(plan_add_step(plan, "cut-1", &made_link_fault, SECONDS(2), SECONDS(4), edges))
		->is_cut = true;
	return plan;
}

START_TEST(a_cut_and_its_end)
{
	struct played played = {.plan = cut_plan()};

	plan_add_phase(played.plan, "all", 0, SECONDS(10));
	plan_fake(played.plan)->script = "1s n-0 head moved 7\n2s n-1 head moved 7\n"
					 "ticket 2 done +0s 14\n";
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	played_asked(&played, "2s start 0 cut-1 0:cut 1:cut\n"
			      "2s1ns verify 1 cut-1 0:cut 1:cut\n"
			      "4s start 2 cut-1 0: 1:\n"
			      "finish\n");
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "1s n-0 head moved 7\n"
			     "2s world fault requested #0\n"
			     "2s world action requested #0\n"
			     "2s n-1 head moved 7\n"
			     "2s world action done #0\n"
			     "2s1ns world action requested #1 \"verify\"\n"
			     "2s1ns world action done #1\n"
			     "2s1ns world fault verified #0 1\n"
			     "4s world action requested #2\n"
			     "4s world action done #2 0 14\n"
			     "4s world fault cleared #0 0 14\n"
			     "10s world run end 0 10000000000\n");
	ck_assert_int_eq(played.result.status, RH_STATUS_COMPLETED);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	ck_assert_uint_eq(played.result.faults_untouched, 0);
	played_release(&played);
}
END_TEST

/* The action takes 1.5 s: it is verified at the next reaction point after its answer. */
START_TEST(a_late_ticket)
{
	struct played played = {.plan = cut_plan()};

	plan_fake(played.plan)->script = "ticket 0 done +1500ms\nticket 1 done +100ms\n"
					 "ticket 2 done +3s 1\n";
	play(&played);
	played_asked(&played, "2s start 0 cut-1 0:cut 1:cut\n"
			      "3s502ms243us840ns verify 1 cut-1 0:cut 1:cut\n"
			      "4s start 2 cut-1 0: 1:\n"
			      "finish\n");
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "2s world fault requested #0\n"
			     "2s world action requested #0\n"
			     "3s500ms world action done #0\n"
			     "3s502ms243us840ns world action requested #1 \"verify\"\n"
			     "3s602ms243us840ns world action done #1\n"
			     "3s602ms243us840ns world fault verified #0 1602243840\n"
			     "4s world action requested #2\n"
			     "7s world action done #2 0 1\n"
			     "7s world fault cleared #0 3000000000 1\n"
			     "10s world run end 0 10000000000\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	played_release(&played);
}
END_TEST

/* So late that the fault is over before anybody could ask for it. */
START_TEST(too_late_to_be_verified)
{
	struct played played = {.plan = cut_plan()};

	plan_fake(played.plan)->script = "ticket 0 done +3s\nticket 1 done +0s 1\n";
	play(&played);
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "2s world fault requested #0\n"
			     "2s world action requested #0\n"
			     "4s world fault unverified #0 2000000000\n"
			     "4s world action requested #1\n"
			     "4s world action done #1 0 1\n"
			     "4s world fault cleared #0 0 1\n"
			     "5s world action done #0\n"
			     "10s world run end 0 10000000000\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	ck_assert_uint_eq(played.result.faults_unverified, 1);
	ck_assert_str_eq(rh_judge_error_text(played.result.judge),
			 "fault cut-1 could not be verified");
	played_release(&played);
}
END_TEST

START_TEST(an_action_is_refused)
{
	struct played played = {.plan = cut_plan()};

	plan_fake(played.plan)->script = "ticket 0 refused\nticket 1 done +0s 3\n";
	play(&played);
	ck_assert_int_eq(played.rc, 0);
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "2s world fault requested #0\n"
			     "2s world action requested #0\n"
			     "2s world action refused #0 \"ticket 0 is refused\"\n"
			     "2s world fault unverified #0\n"
			     "4s world action requested #1\n"
			     "4s world action done #1 0 3\n"
			     "4s world fault cleared #0 0 3\n"
			     "10s world run end 0 10000000000\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	played_release(&played);
}
END_TEST

START_TEST(a_verification_fails)
{
	struct played played = {.plan = cut_plan()};

	plan_fake(played.plan)->script = "ticket 1 failed +0s\nticket 2 done +0s 3\n";
	play(&played);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.said.text),
				     "2s1ns world action failed #1\n"
				     "2s1ns world fault unverified #0 1\n"));
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	played_release(&played);
}
END_TEST

START_TEST(a_verification_is_never_answered)
{
	struct played played = {.plan = cut_plan()};

	plan_fake(played.plan)->script = "ticket 1 silent\nticket 2 done +0s 3\n";
	play(&played);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.said.text),
				     "10s world fault unverified #0 8000000000 3\n"));
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	played_release(&played);
}
END_TEST

START_TEST(verify_none_is_not_asked)
{
	struct played played = {.plan = cut_plan()};

	played.plan->steps[0].verify = RH_VERIFY_NONE;
	plan_fake(played.plan)->script = "ticket 0 silent\nticket 1 done +0s 3\n";
	play(&played);
	played_asked(&played, "2s start 0 cut-1 0:cut 1:cut\n"
			      "4s start 1 cut-1 0: 1:\n"
			      "finish\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	played_release(&played);
}
END_TEST

START_TEST(untouched_is_told)
{
	struct played played = {.plan = cut_plan()};

	play(&played);
	ck_assert_ptr_nonnull(
		strstr(rh_buf_str(&played.said.text),
		       "4s world fault cleared #0\n"
		       "4s world note text \"cut-1 was in effect and met no traffic\"\n"));
	ck_assert_uint_eq(played.result.faults_untouched, 1);
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	played_release(&played);
}
END_TEST

/* The world has nothing to say about it: neither that it was in effect nor that it is not. */
START_TEST(a_fault_without_links)
{
	static const uint32_t none[] = {UINT32_MAX};
	struct played played = {.plan = plan_make(3, SECONDS(10))};

	plan_add_link(played.plan, 0, 1);
	plan_add_step(played.plan, "cut-1", &made_link_fault, SECONDS(2), SECONDS(4), none);
	play(&played);
	played_asked(&played, "finish\n");
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "2s world fault requested #0\n"
			     "4s world fault cleared #0\n"
			     "4s world note text \"cut-1 had no link to act on\"\n"
			     "10s world run end 0 10000000000\n");
	ck_assert_uint_eq(played.result.faults_untouched, 1);
	played_release(&played);
}
END_TEST

/* Two faults share edge 1.  The world's count for it is booked for both, that of edge 0 and 2 for
 * the one fault that was there; what one leaves behind is exactly the other. */
START_TEST(overlapping_faults)
{
	struct played played = {.plan = cut_plan()};
	struct rh_link_state *slow = plan_link_of(plan_add_step(
		played.plan, "slow-1", &made_link_fault, SECONDS(3), SECONDS(6), other_edges));

	slow->delay_ns = MILLIS(50);
	slow->loss_threshold = UINT64_C(1) << 63;
	plan_fake(played.plan)->script = "ticket 2 done +0s 5\n"    /* edge 1 until 3 s: cut-1 */
					 "ticket 5 done +0s 20\n"   /* edge 0 until 4 s: cut-1 */
					 "ticket 6 done +0s 100\n"  /* edge 1: both */
					 "ticket 8 done +0s 700\n"; /* edge 2: slow-1 */
	play(&played);
	played_asked(&played, "2s start 0 cut-1 0:cut 1:cut\n"
			      "2s1ns verify 1 cut-1 0:cut 1:cut\n"
			      "3s start 2 slow-1 1:cut+50msloss50%\n"
			      "3s start 3 slow-1 2:+50msloss50%\n"
			      "3s1ns verify 4 slow-1 1:cut+50msloss50% 2:+50msloss50%\n"
			      "4s start 5 cut-1 0:\n"
			      "4s start 6 cut-1 1:+50msloss50%\n"
			      "6s start 7 slow-1 1: 2:\n"
			      "finish\n");
	ck_assert_ptr_nonnull(
		strstr(rh_buf_str(&played.said.text), "4s world fault cleared #0 0 125\n"));
	ck_assert_ptr_nonnull(
		strstr(rh_buf_str(&played.said.text), "6s world fault cleared #1 0 100\n"));
	played_release(&played);
}
END_TEST

/* A node that two crashes hold down starts again with the end of the second one. */
/* cut-1 ends in two actions, for the edge it shares and the one it has alone.  The first fails. */
START_TEST(half_an_end_is_none)
{
	struct played played = {.plan = cut_plan()};

	plan_link_of(plan_add_step(played.plan, "slow-1", &made_link_fault, SECONDS(3), SECONDS(8),
				   other_edges))
		->delay_ns = MILLIS(5);
	plan_fake(played.plan)->script = "ticket 5 failed +0s\n";
	play(&played);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.said.text), "4s world action failed #5"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.said.text), "4s world action done #6"));
	ck_assert_ptr_null(strstr(rh_buf_str(&played.said.text), "fault cleared #0"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.said.text),
				     "\"the world did not say that cut-1 is cleared\""));
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_ERROR);
	played_release(&played);
}
END_TEST

START_TEST(overlapping_crashes)
{
	struct played played = {.plan = plan_make(3, SECONDS(10))};

	plan_add_step(played.plan, "crash-1", &made_crash, SECONDS(1), SECONDS(5), two_nodes);
	plan_add_step(played.plan, "crash-2", &made_crash, SECONDS(2), SECONDS(7), second_node);
	plan_add_step(played.plan, "pause-1", &made_pause, SECONDS(8), SECONDS(9), second_node);
	play(&played);
	played_asked(&played, "1s start 0 crash-1 crash n-1 n-2\n"
			      "1s1ns verify 1 crash-1 n-1 n-2 down\n"
			      "2s1ns verify 2 crash-2 n-1 down\n"
			      "5s start 3 crash-1 restart n-2\n"
			      "7s start 4 crash-2 restart n-1\n"
			      "8s start 5 pause-1 pause n-1\n"
			      "8s1ns verify 6 pause-1 n-1 down\n"
			      "9s start 7 pause-1 resume n-1\n"
			      "finish\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_PASSED);
	played_release(&played);
}
END_TEST

/* One instant: ends before begins, each in plan order. */
START_TEST(one_instant)
{
	struct played played = {.plan = cut_plan()};

	plan_link_of(plan_add_step(played.plan, "cut-2", &made_link_fault, SECONDS(4), SECONDS(6),
				   edges))
		->is_cut = true;
	plan_add_step(played.plan, "poke-1", &made_model_poke, SECONDS(4), SECONDS(4), two_nodes);
	plan_add_step(played.plan, "off", &made_crash, SECONDS(4), SECONDS(6), two_nodes)
		->is_disabled = true;
	play(&played);
	played_asked(&played, "2s start 0 cut-1 0:cut 1:cut\n"
			      "2s1ns verify 1 cut-1 0:cut 1:cut\n"
			      "4s start 2 cut-1 0: 1:\n"
			      "4s start 3 cut-2 0:cut 1:cut\n"
			      "4s start 4 poke-1 model-0 n-1 n-2\n"
			      "4s1ns verify 5 cut-2 0:cut 1:cut\n"
			      "6s start 6 cut-2 0: 1:\n"
			      "finish\n");
	played_release(&played);
}
END_TEST

START_TEST(rollback_clears_what_is_left)
{
	struct played played = {.plan = cut_plan()};

	played.plan->steps[0].until_ns = RH_TIME_NEVER;
	plan_add_step(played.plan, "crash-1", &made_crash, SECONDS(3), RH_TIME_NEVER, second_node);
	plan_fake(played.plan)->script = "ticket 4 done +0s 9\n";
	play(&played);
	played_asked(&played, "2s start 0 cut-1 0:cut 1:cut\n"
			      "2s1ns verify 1 cut-1 0:cut 1:cut\n"
			      "3s start 2 crash-1 crash n-1\n"
			      "3s1ns verify 3 crash-1 n-1 down\n"
			      "10s start 4 - 0: 1:\n"
			      "finish\n");
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&played.said.text),
				     "10s world fault cleared #0 0 9\n"
				     "10s world run end 0 10000000000\n"));
	played_release(&played);
}
END_TEST

/* A record that comes two seconds late, and a node that vanishes. */
START_TEST(late_records_and_a_lost_node)
{
	struct played played = {.plan = plan_make(2, SECONDS(10))};

	plan_add_check(played.plan, "one head", RH_MODE_EVENTUALLY, SECONDS(1), SECONDS(9),
		       (struct rh_that){RH_AGG_EACH, RH_GAUGE_HEADS, RH_OP_EQ, 1});
	plan_add_check(played.plan, "shallow", RH_MODE_ALWAYS, 0, SECONDS(9),
		       (struct rh_that){RH_AGG_MAX, RH_GAUGE_REORG_DEPTH, RH_OP_LE, 6});
	plan_fake(played.plan)->script = "1s n-0 head moved 7\n"
					 "4s n-1 node vanished\n"
					 "5s n-0 head moved 8\n"
					 "3s@5s n-0 reorg done 8 1 7\n";
	play(&played);
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "1s n-0 head moved 7\n"
			     "4s n-1 node vanished\n"
			     "4s world assertion passed #0 1 \"heads == 1 after 3 s (limit 8s)\"\n"
			     "5s n-0 head moved 8\n"
			     "3s n-0 reorg done 8 1 7\n"
			     "5s world assertion failed #1 7 "
			     "\"expected max(reorg_depth) <= 6, saw 7 at n-0\"\n"
			     "10s world run end 0 10000000000\n");
	ck_assert_int_eq(played.result.verdict, RH_VERDICT_FAILED);
	played_release(&played);
}
END_TEST

START_TEST(submissions_in_order)
{
	struct played played = {.plan = plan_make(2, SECONDS(10))};

	plan_add_workload(played.plan, "w", SECONDS(1), MILLIS(1300));
	play(&played);
	played_asked(&played, "1s submit n-0 0\n"
			      "1s100ms submit n-1 1\n"
			      "1s200ms submit n-0 2\n"
			      "finish\n");
	played_said(&played, "0s world run begin 7 10000000000\n"
			     "1s world workload begin #0\n"
			     "1s300ms world workload end #0 3\n"
			     "10s world run end 0 10000000000\n");
	played_release(&played);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("run: stories");

	tcase_add_test(frame.tests, a_cut_and_its_end);
	tcase_add_test(frame.tests, a_late_ticket);
	tcase_add_test(frame.tests, too_late_to_be_verified);
	tcase_add_test(frame.tests, an_action_is_refused);
	tcase_add_test(frame.tests, a_verification_fails);
	tcase_add_test(frame.tests, a_verification_is_never_answered);
	tcase_add_test(frame.tests, verify_none_is_not_asked);
	tcase_add_test(frame.tests, untouched_is_told);
	tcase_add_test(frame.tests, a_fault_without_links);
	tcase_add_test(frame.tests, overlapping_faults);
	tcase_add_test(frame.tests, half_an_end_is_none);
	tcase_add_test(frame.tests, overlapping_crashes);
	tcase_add_test(frame.tests, one_instant);
	tcase_add_test(frame.tests, rollback_clears_what_is_left);
	tcase_add_test(frame.tests, late_records_and_a_lost_node);
	tcase_add_test(frame.tests, submissions_in_order);
	return frame_run(frame);
}
