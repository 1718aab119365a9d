/*
 * Submissions reach the world in the order of time, whatever order their generator gives them in, and
 * none after the end; and a change of pace in mid-run moves what is still to come and nothing else.
 */
#include "core/run/state.h"
#include "tests/unit/run/played.h"

/* Three copies of each, 0 to 250 ms late, backwards: the third comes first. */
static bool backwards(const struct rh_workload_view *view, uint64_t number,
		      struct rh_submission *submission)
{
	uint64_t late_ns = (2 - number % 3) * MILLIS(125);

	*submission =
		(struct rh_submission){.at_ns = view->start_ns + number / 3 * MILLIS(100) + late_ns,
				       .late_ns = late_ns,
				       .key = number};
	return number < 30;
}

static const struct rh_workload_type backwards_type = {.name = "backwards", .next = backwards};

START_TEST(copies_are_put_in_order)
{
	struct played played = {.plan = plan_make(1, SECONDS(10))};

	plan_add_workload(played.plan, "w", SECONDS(1), MILLIS(1300));
	played.plan->workloads[0].type = &backwards_type;
	play(&played);
	/* Numbers 0, 3, 6 are the latest of their three, and what comes at 1.3 s or later is not
	 * submitted. */
	played_asked(&played, "1s submit n-0 2\n"
			      "1s100ms submit n-0 5\n"
			      "1s125ms submit n-0 1\n"
			      "1s200ms submit n-0 8\n"
			      "1s225ms submit n-0 4\n"
			      "1s250ms submit n-0 0\n"
			      "finish\n");
	played_release(&played);
}
END_TEST

/* One every `den` nanoseconds since the last change, counted from it. */
static bool paced(const struct rh_workload_view *view, uint64_t number,
		  struct rh_submission *submission)
{
	uint64_t at_ns = view->start_ns;
	uint64_t step_ns = SECONDS(1);
	uint32_t change = 0;

	for (uint64_t i = 0;; i++) {
		while (change < view->change_count && view->changes[change].from_ns <= at_ns)
			step_ns = view->changes[change++].pace.events.den;
		if (change < view->change_count && i > 0 &&
		    at_ns + step_ns > view->changes[change].from_ns)
			step_ns = view->changes[change].from_ns - at_ns;
		if (i == number)
			break;
		at_ns += step_ns;
	}
	*submission = (struct rh_submission){.at_ns = at_ns, .key = number};
	return true;
}

static const struct rh_workload_type paced_type = {.name = "paced", .next = paced};

struct asked {
	uint64_t at_ns[64];
	uint64_t keys[64];
	uint32_t count;
};

static struct asked asked;

static int note(struct rh_world *world, uint32_t node, const struct rh_submission *submission,
		uint32_t ticket, struct rh_err *err)
{
	(void)world;
	(void)node;
	(void)ticket;
	(void)err;
	asked.at_ns[asked.count] = submission->at_ns;
	asked.keys[asked.count++] = submission->key;
	return 0;
}

/* Stands where the next submission is due, until `until_ns`. */
static void pass(struct run *run, uint64_t until_ns)
{
	while (run_next_submission_ns(run) < until_ns) {
		run->now_ns = run_next_submission_ns(run);
		ck_assert_int_eq(run_submit_due(run), 0);
	}
	run->now_ns = until_ns;
}

START_TEST(another_pace_moves_only_what_is_to_come)
{
	static const struct rh_world_ops ops = {.submit = note};
	static const struct rh_run_options options;
	struct rh_plan *plan = plan_make(1, SECONDS(30));
	struct rh_err err;
	struct run run = {.plan = plan, .ops = &ops, .options = &options, .err = &err};
	struct rh_pace often = {{1, MILLIS(250)}, RH_PACE_NS};
	struct rh_pace seldom = {{1, SECONDS(5)}, RH_PACE_NS};

	memset(&asked, 0, sizeof(asked));
	plan_add_workload(plan, "w", SECONDS(2), SECONDS(20));
	plan->workloads[0].type = &paced_type;
	run_workloads_open(&run);
	ck_assert_uint_eq(run_next_submission_ns(&run), RH_TIME_NEVER); /* not begun */
	run.now_ns = SECONDS(2);
	run_workload_begin(&run, 0);
	pass(&run, MILLIS(5500));
	ck_assert_uint_eq(asked.count, 4); /* 2, 3, 4, 5 s */
	run_workload_pace(&run, 0, often);
	pass(&run, MILLIS(6600));
	/* 5.5, 5.75, 6, 6.25, 6.5 s: what stood at 6 s by the old pace was not submitted twice */
	ck_assert_uint_eq(asked.count, 9);
	ck_assert_uint_eq(asked.at_ns[4], MILLIS(5500));
	ck_assert_uint_eq(asked.at_ns[8], MILLIS(6500));
	run_workload_pace(&run, 0, seldom);
	pass(&run, SECONDS(30));
	/* 6.6, 11.6, 16.6 s, and the end */
	ck_assert_uint_eq(asked.count, 12);
	ck_assert_uint_eq(asked.at_ns[11], MILLIS(16600));
	for (uint32_t i = 0; i < asked.count; i++)
		ck_assert_uint_eq(asked.keys[i], i);
	run_workload_end(&run, 0);
	ck_assert_uint_eq(run_next_submission_ns(&run), RH_TIME_NEVER);
	run_workloads_close(&run);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("run: workloads");

	tcase_add_test(frame.tests, copies_are_put_in_order);
	tcase_add_test(frame.tests, another_pace_moves_only_what_is_to_come);
	return frame_run(frame);
}
