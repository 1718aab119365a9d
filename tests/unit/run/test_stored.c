/*
 * Shows that the store takes what a world that is not the simulator gives it: a trace of a run on the scripted world,
 * with records that come two seconds late and a node that vanishes, reads back record for record, and judged
 * again from there the verdict has the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/store/trace.h"
#include "tests/unit/run/played.h"

static struct rh_plan *late_plan(void)
{
	struct rh_plan *plan = plan_make(2, SECONDS(10));

	plan_add_check(plan, "one head", RH_MODE_EVENTUALLY, SECONDS(1), SECONDS(9),
		       (struct rh_that){RH_AGG_EACH, RH_GAUGE_HEADS, RH_OP_EQ, 1});
	plan_add_check(plan, "shallow", RH_MODE_ALWAYS, 0, SECONDS(9),
		       (struct rh_that){RH_AGG_MAX, RH_GAUGE_REORG_DEPTH, RH_OP_LE, 6});
	plan_fake(plan)->script = "1s n-0 head moved 7\n"
				  "4s n-1 node vanished\n"
				  "5s n-0 head moved 8\n"
				  "3s@5s n-0 reorg done 8 1 7\n"
				  "6s n-0 gauge value #0 9\n";
	return plan;
}

/* The trace as a transcript; each record also goes to a judge of its own. */
static void read_back(const char *path, const struct rh_plan *plan, struct rh_judge *judge,
		      struct rh_buf *text)
{
	struct rh_trace_reader *reader;
	struct rh_record record;
	struct rh_err err = {0};

	ck_assert_int_eq(rh_trace_open(&reader, path, &err), 0);
	ck_assert(rh_trace_info(reader)->is_complete);
	while (rh_trace_next(reader, &record, &err) == 1) {
		rh_judge_take(judge, &record, 1);
		if (record.kind != RH_RECORD_PHASE)
			transcript_print(text, plan, &record);
	}
	ck_assert_msg(err.code == 0, "%s", err.text);
	rh_trace_reader_close(reader);
}

START_TEST(a_trace_of_another_world)
{
	struct played played = {.plan = late_plan()};
	struct rh_trace_writer *writer;
	struct rh_judge *again;
	struct rh_buf text = {0}, first = {0}, second = {0};
	struct rh_err err = {0};
	char path[] = "/tmp/rehearse-stored-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(rh_trace_create(&writer, path, played.plan, RH_TRACE_FULL, &err), 0);
	played.options.sinks[1] = rh_trace_sink(writer);
	plan_fake(played.plan)->log = &played.asked;
	played.said.hidden = UINT64_C(1) << RH_RECORD_PHASE;
	played.options.sinks[0] = transcript_open(&played.said, played.plan);
	played.options.sink_count = 2;
	ck_assert_int_eq(
		rh_run(&played.result, played.plan, &fake_world_ops, &played.options, &played.err),
		0);
	ck_assert_int_eq(rh_trace_close(writer, NULL, 0, &err), 0);

	again = rh_judge_open(played.plan);
	read_back(path, played.plan, again, &text);
	ck_assert_str_eq(rh_buf_str(&text), rh_buf_str(&played.said.text));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&text), "3s n-0 reorg done 8 1 7\n"));
	rh_judge_finish(again, played.result.simulated_ns, RH_END_COMPLETED);
	rh_verdict_print(played.result.judge, played.plan, &first);
	rh_verdict_print(again, played.plan, &second);
	ck_assert_str_eq(rh_buf_str(&first), rh_buf_str(&second));

	unlink(path);
	rh_judge_close(again);
	rh_buf_release(&text);
	rh_buf_release(&first);
	rh_buf_release(&second);
	played_release(&played);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("run: stored");

	tcase_add_test(frame.tests, a_trace_of_another_world);
	return frame_run(frame);
}
