/*
 * test_world.c - shows that the live world keeps the semantics that a step expects of its host, with
 * real processes: starts, inputs, timers and how they are set again, one worker, fan-outs that leave
 * somebody out, floods that are heard once, a journal of which a crash keeps what was synced, clocks;
 * and that it answers every ticket and tells of a process that went by itself.
 */
#include "live/node/node.h"
#include "tests/live/probe.h"

#define MS RH_NS_PER_MS

/* By the nodes' own clocks: a record that came late has a later time than its event. */
static void check_span(uint64_t from_ns, uint64_t to_ns, uint64_t least_ns)
{
	ck_assert_uint_ge(to_ns, from_ns + least_ns);
}

START_TEST(test_starts)
{
	struct probe *probe = probe_new();

	probe->nodes[1].start_ns = 150 * MS;
	probe->nodes[2].clock_offset_ns = (int64_t)(700 * MS);
	probe_open(probe);
	probe_for(probe, 100 * MS);
	ck_assert_ptr_nonnull(probe_find(probe, RH_RECORD_NODE, RH_NODE_UP, 0, 0));
	ck_assert_ptr_null(probe_find(probe, RH_RECORD_NODE, RH_NODE_UP, 1, 0));
	probe_for(probe, 400 * MS);
	ck_assert_ptr_nonnull(probe_find(probe, RH_RECORD_NODE, RH_NODE_UP, 1, 0));
	check_span(0, probe_find(probe, RH_RECORD_NODE, RH_NODE_UP, 1, 0)->time_ns, 150 * MS);
	/* Its first start; its clock; a wrong clock is told. */
	ck_assert_uint_eq(probe_event(probe, 1, RH_CLASS_ACTION, RH_EVENT_START, 0)->b, 0);
	check_span(700 * MS, probe_event(probe, 2, RH_CLASS_ACTION, RH_EVENT_START, 0)->c, 0);
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_GAUGE, 0, 2, 0)->index,
			  RH_GAUGE_CLOCK_OFFSET);
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_GAUGE, 0, 2, 0)->a, 700 * MS);
	/* A gauge is told when it changes: once. */
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_GAUGE, 0, 0, 0)->index, RH_GAUGE_PEERS);
	probe_deed(probe, PROBE_SAY, 0, 1);
	probe_await(probe, 1);
	ck_assert_ptr_null(probe_find(probe, RH_RECORD_GAUGE, 0, 0, 1));
	probe_free(probe);
}
END_TEST

START_TEST(test_messages)
{
	struct probe *probe = probe_new();
	const struct rh_record *said;

	probe_open(probe);
	probe_for(probe, 10 * MS);
	probe_deed(probe, PROBE_SAY, 0, 1);
	probe_deed(probe, PROBE_NEAR_SKIP, 2, 2);
	probe_deed(probe, PROBE_SEND, 1, 3);
	probe_await(probe, 3);
	probe_for(probe, 200 * MS);
	/* A flood: each of the others hears it once, though it comes from two sides. */
	said = probe_event(probe, 0, RH_CLASS_ACTION, RH_EVENT_MODEL, 0);
	for (uint32_t node = 1; node <= 2; node++) {
		const struct rh_record *heard =
			probe_event(probe, node, RH_CLASS_MESSAGE, PROBE_WORD, 0);

		ck_assert_uint_eq(probe_count(probe, node, RH_CLASS_MESSAGE, PROBE_WORD, 100), 1);
		ck_assert_uint_eq(heard->d, heard->b == 100 ? 7 : 8);
		check_span(said->c, heard->c, PROBE_LINK_DELAY);
	}
	ck_assert_ptr_null(probe_event(probe, 0, RH_CLASS_MESSAGE, PROBE_WORD, 0));
	/* To the neighbours of node 2 but the first, which is node 0. */
	ck_assert_uint_eq(probe_count(probe, 1, RH_CLASS_MESSAGE, PROBE_WORD, 200), 1);
	ck_assert_uint_eq(probe_count(probe, 0, RH_CLASS_MESSAGE, PROBE_WORD, 200), 0);
	/* Three letters to the first neighbour of node 1, in order. */
	for (uint32_t i = 0; i < 3; i++)
		ck_assert_uint_eq(probe_event(probe, 0, RH_CLASS_MESSAGE, PROBE_LETTER, i)->b,
				  300 + i);
	ck_assert_ptr_null(probe_event(probe, 2, RH_CLASS_MESSAGE, PROBE_LETTER, 0));
	/* What its content does not bear out is dropped, and told. */
	probe_deed(probe, PROBE_LIE, 1, 4);
	for (int i = 0; i < 1000 && probe_find(probe, RH_RECORD_LOG, 0, 0, 0) == NULL; i++)
		probe_for(probe, 10 * MS);
	ck_assert_str_eq(probe_text(probe, probe_find(probe, RH_RECORD_LOG, 0, 0, 0)),
			 "dropped a letter from n-1: its content has another key than its head");
	ck_assert_ptr_null(probe_event(probe, 0, RH_CLASS_MESSAGE, PROBE_LETTER, 3));
	probe_free(probe);
}
END_TEST

START_TEST(test_timers_and_work)
{
	struct probe *probe = probe_new();
	const struct rh_record *begin, *end;

	probe_open(probe);
	probe_for(probe, 10 * MS);
	probe_deed(probe, PROBE_TIMERS, 0, 1);
	probe_deed(probe, PROBE_WORK, 1, 2);
	probe_await(probe, 2);
	probe_for(probe, 300 * MS);
	/* Set twice, it fires once, when it was set to last; stopped, it never does. */
	begin = probe_event(probe, 0, RH_CLASS_ACTION, RH_EVENT_MODEL, 0);
	end = probe_event(probe, 0, RH_CLASS_TIMER, 0, 0);
	check_span(begin->c, end->c, 80 * MS);
	ck_assert_ptr_null(probe_event(probe, 0, RH_CLASS_TIMER, 0, 1));
	ck_assert_ptr_null(probe_event(probe, 0, RH_CLASS_TIMER, 1, 0));
	/* One worker: one after the other, in the order in which they were given. */
	begin = probe_event(probe, 1, RH_CLASS_ACTION, RH_EVENT_MODEL, 0);
	for (uint32_t i = 0; i < 2; i++) {
		end = probe_event(probe, 1, RH_CLASS_WORK, 1, i);
		ck_assert_uint_eq(end->b, 31 + i);
		ck_assert_uint_eq(end->d, i == 0 ? 30 : 20);
		check_span(begin->c, end->c, i == 0 ? 30 * MS : 50 * MS);
	}
	end = probe_event(probe, 1, RH_CLASS_WORK, 2, 0);
	ck_assert_uint_eq(end->d, 0);
	check_span(begin->c, end->c, 60 * MS);
	probe_free(probe);
}
END_TEST

START_TEST(test_crash_and_journal)
{
	struct probe *probe = probe_new();
	const struct rh_record *start;

	probe_open(probe);
	probe_for(probe, 10 * MS);
	probe_deed(probe, PROBE_STORE, 1, 1);
	probe_await(probe, 1);
	probe_nodes(probe, RH_NODE_OP_CRASH, 1, 2);
	ck_assert_uint_eq(probe_await(probe, 2)->stage, RH_ACTION_DONE);
	ck_assert_ptr_nonnull(probe_find(probe, RH_RECORD_NODE, RH_NODE_DOWN, 1, 0));
	/* An action for a node that is down reaches nobody. */
	probe_deed(probe, PROBE_SAY, 1, 3);
	ck_assert_uint_eq(probe_await(probe, 3)->b, 0);
	probe_nodes(probe, RH_NODE_OP_RESTART, 1, 4);
	ck_assert_uint_eq(probe_await(probe, 4)->stage, RH_ACTION_DONE);
	/* It started once before, and has what was synced: entry 1 with 11, entry 2 with nothing. */
	start = probe_event(probe, 1, RH_CLASS_ACTION, RH_EVENT_START, 1);
	ck_assert_uint_eq(start->b, 1);
	ck_assert_uint_eq(start->d, 111 * 1000 + 200);
	/* It is connected again, both ways. */
	probe_deed(probe, PROBE_SAY, 1, 5);
	ck_assert_uint_eq(probe_await(probe, 5)->b, 1);
	probe_deed(probe, PROBE_SAY, 0, 6);
	probe_await(probe, 6);
	probe_for(probe, 100 * MS);
	ck_assert_ptr_nonnull(probe_event(probe, 0, RH_CLASS_MESSAGE, PROBE_WORD, 0));
	ck_assert_ptr_nonnull(probe_event(probe, 1, RH_CLASS_MESSAGE, PROBE_WORD, 0));
	/* Amnesia, and a restart in the same instant. */
	probe_nodes(probe, RH_NODE_OP_CRASH_AMNESIA, 1, 7);
	probe_nodes(probe, RH_NODE_OP_RESTART, 1, 8);
	ck_assert_uint_eq(probe_await(probe, 8)->stage, RH_ACTION_DONE);
	start = probe_event(probe, 1, RH_CLASS_ACTION, RH_EVENT_START, 2);
	ck_assert_uint_eq(start->b, 2);
	ck_assert_uint_eq(start->d, 0);
	probe_free(probe);
}
END_TEST

START_TEST(test_vanished)
{
	struct probe *probe = probe_new();
	const struct rh_record *gone;
	const uint32_t node = 2;
	struct rh_expectation expected = {.nodes = &node, .node_count = 1, .nodes_are_up = true};

	probe_open(probe);
	probe_for(probe, 10 * MS);
	ck_assert_int_eq(live_world_ops.verify(probe->world, &expected, 1, &probe->err), 0);
	ck_assert_uint_eq(probe_await(probe, 1)->stage, RH_ACTION_DONE);
	probe_deed(probe, PROBE_ABORT, 2, 2);
	probe_await(probe, 2);
	gone = probe_find(probe, RH_RECORD_NODE, RH_NODE_VANISHED, 2, 0);
	ck_assert_ptr_nonnull(gone);
	ck_assert_msg(strstr(probe_text(probe, gone), "signal 6") != NULL &&
			      strstr(probe_text(probe, gone), "assertion failed") != NULL,
		      "%s", probe_text(probe, gone));
	/* Asked again, it is not there; the run goes on, and it can be restarted. */
	ck_assert_int_eq(live_world_ops.verify(probe->world, &expected, 3, &probe->err), 0);
	ck_assert_uint_eq(probe_await(probe, 3)->stage, RH_ACTION_FAILED);
	ck_assert_str_eq(probe_text(probe, probe_answer(probe, 3)), "node n-2 is down");
	expected.nodes_are_up = false;
	ck_assert_int_eq(live_world_ops.verify(probe->world, &expected, 4, &probe->err), 0);
	ck_assert_uint_eq(probe_await(probe, 4)->stage, RH_ACTION_DONE);
	probe_nodes(probe, RH_NODE_OP_RESTART, 2, 5);
	ck_assert_uint_eq(probe_await(probe, 5)->stage, RH_ACTION_DONE);
	probe_free(probe);
}
END_TEST

START_TEST(test_inputs_and_clocks)
{
	struct probe *probe = probe_new();
	const uint32_t both[] = {0, 1};
	struct rh_action action = {.kind = RH_ACTION_CLOCK,
				   .nodes = both,
				   .node_count = 2,
				   .clock_step_ns = (int64_t)(5 * RH_NS_PER_SEC)};
	struct rh_submission submission = {.kind = 0, .key = 77, .arg = 78};
	struct rh_action links = {.kind = RH_ACTION_LINKS};

	probe_open(probe);
	/* Before the world begins, too: it comes behind the start. */
	probe_deed(probe, PROBE_TIMERS, 0, 1);
	probe_nodes(probe, RH_NODE_OP_CRASH, 1, 2);
	probe_await(probe, 1);
	ck_assert_int_eq(live_world_ops.submit(probe->world, 0, &submission, 900, &probe->err), 0);
	ck_assert_int_eq(live_world_ops.submit(probe->world, 1, &submission, 901, &probe->err), 0);
	ck_assert_int_eq(live_world_ops.start(probe->world, &action, 3, &probe->err), 0);
	probe_await(probe, 3);
	ck_assert_uint_eq(probe_event(probe, 0, RH_CLASS_INPUT, 0, 0)->b, 77);
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_TX, RH_TX_SUBMITTED, 0, 0)->index, 900);
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_TX, RH_TX_DROPPED, 1, 0)->index, 901);
	/* The timer of 80 ms is due at once by the new clock. */
	ck_assert_uint_eq(probe_event(probe, 0, RH_CLASS_ACTION, RH_EVENT_CLOCK, 0)->b,
			  5 * RH_NS_PER_SEC);
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_CLOCK, 0, 0, 0)->a, 5 * RH_NS_PER_SEC);
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_CLOCK, 0, 1, 0)->a, 5 * RH_NS_PER_SEC);
	probe_nodes(probe, RH_NODE_OP_RESTART, 1, 4);
	probe_await(probe, 4);
	check_span(5 * RH_NS_PER_SEC, probe_event(probe, 1, RH_CLASS_ACTION, RH_EVENT_START, 0)->c,
		   0);
	/* Set twice, and once more by the clock. */
	ck_assert_uint_eq(probe_event(probe, 0, RH_CLASS_TIMER, 0, 0)->d, 3);
	ck_assert_int_eq(live_world_ops.start(probe->world, &links, 5, &probe->err),
			 RH_E_UNSUPPORTED);
	probe_free(probe);
}
END_TEST

START_TEST(test_wake_and_finish)
{
	struct probe *probe = probe_new();
	struct rh_world_stats stats;
	uint64_t now_ns;

	probe_open(probe);
	probe_for(probe, 20 * MS);
	live_world_ops.wake(probe->world, 21 * MS);
	ck_assert_int_eq(live_world_ops.run_until(probe->world, 10 * RH_NS_PER_SEC, &probe->sink,
						  &now_ns, &probe->err),
			 0);
	/* The next point of the reaction grid. */
	ck_assert_uint_eq(now_ns, 6 * probe->plan.reaction_ns);
	probe->now_ns = now_ns;
	/* From within the sink, by a record: the stop lies behind it, and not far. */
	probe->wakes = true;
	probe_deed(probe, PROBE_STORE, 0, 9);
	ck_assert_int_eq(live_world_ops.run_until(probe->world, 10 * RH_NS_PER_SEC, &probe->sink,
						  &now_ns, &probe->err),
			 0);
	ck_assert_uint_gt(probe->woken_for_ns, 0);
	ck_assert_uint_le(now_ns, (probe->woken_for_ns / probe->plan.reaction_ns + 1) *
					  probe->plan.reaction_ns);
	probe->now_ns = now_ns;
	/* What was asked at the end is still answered, at the time of the end. */
	probe_deed(probe, PROBE_SAY, 0, 1);
	ck_assert_int_eq(live_world_ops.finish(probe->world, &probe->sink, &probe->err), 0);
	ck_assert_ptr_nonnull(probe_answer(probe, 1));
	ck_assert_uint_eq(probe_answer(probe, 1)->time_ns, now_ns);
	live_world_ops.stats(probe->world, &stats);
	ck_assert_uint_ge(stats.events, 4);
	ck_assert_uint_eq(stats.trace_hash.low | stats.trace_hash.high, 0);
	ck_assert_uint_eq(live_world_ops.capabilities(probe->world, &probe->plan) & RH_CAN_REPEAT,
			  0);
	probe_free(probe);
}
END_TEST

START_TEST(test_refused)
{
	static const struct rh_message_kind mute[] = {{"word", probe_size, probe_encode, NULL}};
	struct probe *probe = probe_new();
	struct rh_world_options options = {0};
	struct rh_model model = probe_model;

	model.messages = mute;
	model.message_count = 1;
	probe->plan.model = &model;
	ck_assert_int_eq(live_world_ops.check(&probe->plan, &probe->err), RH_E_UNSUPPORTED);
	ck_assert_int_eq(live_world_ops.open(&probe->world, &probe->plan, &options, &probe->err),
			 RH_E_UNSUPPORTED);
	ck_assert_msg(strstr(probe->err.text, "kind word have no decode") != NULL, "%s",
		      probe->err.text);
	ck_assert_ptr_null(probe->world);
	probe_free(probe);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("live world");

	tcase_add_test(frame.tests, test_starts);
	tcase_add_test(frame.tests, test_messages);
	tcase_add_test(frame.tests, test_timers_and_work);
	tcase_add_test(frame.tests, test_crash_and_journal);
	tcase_add_test(frame.tests, test_vanished);
	tcase_add_test(frame.tests, test_inputs_and_clocks);
	tcase_add_test(frame.tests, test_wake_and_finish);
	tcase_add_test(frame.tests, test_refused);
	return frame_run(frame);
}
