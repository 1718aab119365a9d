/*
 * test_actions.c - crashes, restarts, cuts, clock steps, inputs: what they do at their instant, what
 * they leave, and in which order the records tell of it.
 */
#include "tests/unit/sim/probe.h"

#define MS RH_NS_PER_MS

static const enum rh_engine engines[] = {RH_ENGINE_GENERAL, RH_ENGINE_HEAP, RH_ENGINE_WINDOWED};

/* ---- crash and restart ----------------------------------------------------------------------- */

/* Every 10 ms each node publishes; notes tell what arrived from whom. */
static void step_chat(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	const struct probe_state *state = env->state;
	struct rh_handle none = {0, 0};

	if (event->class == RH_CLASS_MESSAGE) {
		probe_note(fx, event->from, event->key);
		return;
	}
	if (event->class == RH_CLASS_TIMER)
		rh_fx_publish(fx, 1, state->count, none, NULL);
	rh_fx_timer(fx, 0, env->clock_ns + 10 * MS);
}

/* What node `at` heard of node `from` within [begin, end). */
static uint32_t heard(const struct probe *probe, uint32_t at, uint32_t from, uint64_t begin_ns,
		      uint64_t end_ns)
{
	uint32_t found = 0;
	uint32_t i;

	for (i = 0; i < probe->count; i++) {
		const struct rh_record *r = &probe->records[i];

		found += r->kind == RH_RECORD_NOTE && r->node == at && r->a == from &&
			 r->time_ns >= begin_ns && r->time_ns < end_ns;
	}
	return found;
}

START_TEST(a_crash_empties_the_wire)
{
	const struct rh_record *record = NULL;
	struct rh_world_stats stats;
	struct probe probe;
	uint32_t nodes[1] = {1};
	struct rh_expectation expected = {.nodes = nodes, .node_count = 1};

	probe_init(&probe, 3, step_chat);
	hand_plan_full(probe.plan, 15 * MS);
	probe_open(&probe, engines[_i]);
	/* at 52 ms the copies of 40 and 50 ms are on the wire; those of 40 would come at 55 */
	probe_go(&probe, 52 * MS);
	probe_nodes(&probe, RH_NODE_OP_CRASH, 1, 5);
	ck_assert_int_eq(sim_world_ops.verify(probe.world, &expected, 6, &probe.err), 0);
	expected.nodes_are_up = true;
	ck_assert_int_eq(sim_world_ops.verify(probe.world, &expected, 7, &probe.err), 0);
	probe_go(&probe, 102 * MS);
	/* both directions: 8 copies and the timer of node 1 */
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_ACTION, RH_ACTION_DONE, NULL), 2);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_ACTION, RH_ACTION_FAILED, &record), 1);
	ck_assert_uint_eq(record->index, 7);
	ck_assert_uint_eq(heard(&probe, 1, 0, 52 * MS, RH_TIME_NEVER), 0);
	ck_assert_uint_eq(heard(&probe, 0, 1, 52 * MS, RH_TIME_NEVER), 0);
	/* the others go on: 55, 65, 75, 85, 95 */
	ck_assert_uint_eq(heard(&probe, 0, 2, 52 * MS, RH_TIME_NEVER), 5);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NODE, RH_NODE_DOWN, &record), 1);
	ck_assert_uint_eq(record->time_ns, 52 * MS);
	ck_assert_uint_eq(record->node, 1);
	/* a second crash is none */
	probe_nodes(&probe, RH_NODE_OP_CRASH, 1, 8);
	probe_nodes(&probe, RH_NODE_OP_RESTART, 1, 9);
	probe_go(&probe, 202 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NODE, RH_NODE_DOWN, NULL), 1);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NODE, RH_NODE_UP, &record), 4);
	ck_assert_uint_eq(record->time_ns, 102 * MS);
	/* nothing was sent to it while it was down: the first is that of 110 ms */
	ck_assert_uint_eq(heard(&probe, 1, 0, 102 * MS, 125 * MS), 0);
	ck_assert_uint_eq(heard(&probe, 1, 0, 125 * MS, 126 * MS), 1);
	sim_world_ops.stats(probe.world, &stats);
	ck_assert_uint_gt(stats.messages_in_flight_max, 6);
	probe_close(&probe);
}
END_TEST

/* What a crash at 52 ms touches, by both engines: 2 peers x 2 directions x 2 sendings + a timer. */
START_TEST(a_crash_counts_what_it_deletes)
{
	const struct rh_record *record = NULL;
	struct probe probe;

	probe_init(&probe, 3, step_chat);
	hand_plan_full(probe.plan, 15 * MS);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 52 * MS);
	probe_nodes(&probe, RH_NODE_OP_CRASH, 1, 5);
	probe_go(&probe, 53 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_ACTION, RH_ACTION_DONE, &record), 1);
	ck_assert_uint_eq(record->b, 9);
	probe_close(&probe);
}
END_TEST

/* ---- the journal ----------------------------------------------------------------------------- */

/* Stores a fresh object every 10 ms, syncs every third; tells at its start what it found. */
static void step_journal(const struct rh_env *env, const struct rh_event *event,
			 struct rh_effects *fx)
{
	const struct probe_state *state = env->state;
	uint32_t count = rh_env_journal_count(env);
	struct rh_handle ref;
	uint64_t key;

	if (event->class == RH_CLASS_ACTION) {
		ck_assert_uint_eq(state->count, 1); /* a fresh state */
		key = 0;
		if (count > 0) {
			rh_env_journal(env, count - 1, &key, &ref);
			ck_assert_uint_eq(*(const uint64_t *)rh_env_object(env, ref), key * 3);
		}
		probe_note(fx, count, event->key);
	} else {
		*(uint64_t *)rh_env_object_new(env, 8, &ref) = state->count * 3;
		rh_fx_store(fx, state->count, ref);
		if (state->count % 3 == 0)
			rh_fx_sync(fx);
	}
	rh_fx_timer(fx, 0, env->clock_ns + 10 * MS);
}

START_TEST(a_journal_survives_what_was_synced)
{
	const struct rh_record *note = NULL;
	struct probe probe;

	probe_init(&probe, 1, step_journal);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 85 * MS); /* 8 entries, counts 2..9: synced at 3, 6, 9 */
	probe_nodes(&probe, RH_NODE_OP_CRASH, 0, 0);
	probe_nodes(&probe, RH_NODE_OP_RESTART, 0, 1);
	probe_go(&probe, 100 * MS);
	probe_find(&probe, RH_RECORD_NOTE, 0, &note);
	ck_assert_uint_eq(note->a, 8);
	ck_assert_uint_eq(note->b, 1); /* it had started once before */
	probe_go(&probe, 150 * MS);    /* 6 more, counts 2..7, synced at 3 and 6 */
	probe_nodes(&probe, RH_NODE_OP_CRASH, 0, 3);
	probe_go(&probe, 160 * MS);
	probe_nodes(&probe, RH_NODE_OP_RESTART, 0, 3);
	probe_go(&probe, 161 * MS);
	probe_find(&probe, RH_RECORD_NOTE, 0, &note);
	ck_assert_uint_eq(note->a, 13);
	probe_nodes(&probe, RH_NODE_OP_CRASH_AMNESIA, 0, 4);
	probe_nodes(&probe, RH_NODE_OP_RESTART, 0, 5);
	probe_go(&probe, 162 * MS);
	probe_find(&probe, RH_RECORD_NOTE, 0, &note);
	ck_assert_uint_eq(note->a, 0);
	ck_assert_uint_eq(note->b, 3);
	probe_close(&probe);
}
END_TEST

/* ---- links ----------------------------------------------------------------------------------- */

static void set_links(struct probe *probe, struct rh_link_state state, uint32_t ticket)
{
	struct rh_link_set sets[2] = {{0, state}, {1, state}};
	struct rh_action action = {
		.kind = RH_ACTION_LINKS, .step = 2, .links = sets, .link_count = 2};
	struct rh_expectation expected = {.links = sets, .link_count = 2};

	ck_assert_int_eq(sim_world_ops.start(probe->world, &action, ticket, &probe->err), 0);
	ck_assert_int_eq(sim_world_ops.verify(probe->world, &expected, ticket + 1, &probe->err), 0);
	sets[1].state.delay_ns++;
	ck_assert_int_eq(sim_world_ops.verify(probe->world, &expected, ticket + 2, &probe->err), 0);
}

static const struct rh_record *action_of(const struct probe *probe, uint32_t ticket)
{
	uint32_t i;

	for (i = 0; i < probe->count; i++) {
		if (probe->records[i].kind == RH_RECORD_ACTION && probe->records[i].index == ticket)
			return &probe->records[i];
	}
	ck_abort_msg("no record of ticket %u", ticket);
	return NULL;
}

START_TEST(a_cut_leaves_the_wire_alone)
{
	struct probe probe;

	probe_init(&probe, 2, step_chat);
	hand_plan_full(probe.plan, 15 * MS);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 52 * MS);
	set_links(&probe, (struct rh_link_state){.is_cut = true}, 10);
	probe_go(&probe, 152 * MS);
	/* copies of 40 and 50 ms arrive, later ones do not */
	ck_assert_uint_eq(heard(&probe, 0, 1, 52 * MS, RH_TIME_NEVER), 2);
	set_links(&probe, (struct rh_link_state){.is_cut = false}, 20);
	probe_go(&probe, 180 * MS);
	ck_assert_uint_eq(heard(&probe, 0, 1, 152 * MS, RH_TIME_NEVER), 1);
	ck_assert_uint_eq(action_of(&probe, 10)->stage, RH_ACTION_DONE);
	ck_assert_uint_eq(action_of(&probe, 10)->a, 2);
	ck_assert_uint_eq(action_of(&probe, 11)->stage, RH_ACTION_DONE);
	ck_assert_uint_eq(action_of(&probe, 12)->stage, RH_ACTION_FAILED);
	/* ten sendings each way met the cut: told when the links are set anew */
	ck_assert_uint_eq(action_of(&probe, 20)->b, 20);
	probe_close(&probe);
}
END_TEST

START_TEST(a_dropping_cut_does_not)
{
	struct probe probe;

	probe_init(&probe, 3, step_chat);
	hand_plan_full(probe.plan, 15 * MS);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 52 * MS);
	set_links(&probe, (struct rh_link_state){.is_cut = true, .drops_in_flight = true}, 10);
	probe_go(&probe, 100 * MS);
	ck_assert_uint_eq(heard(&probe, 0, 1, 52 * MS, RH_TIME_NEVER), 0);
	ck_assert_uint_eq(heard(&probe, 1, 0, 52 * MS, RH_TIME_NEVER), 0);
	/* another link is not meant */
	ck_assert_uint_eq(heard(&probe, 2, 0, 52 * MS, RH_TIME_NEVER), 5);
	ck_assert_uint_eq(action_of(&probe, 10)->b, 4);
	probe_close(&probe);
}
END_TEST

/* ---- clocks ---------------------------------------------------------------------------------- */

static void step_alarm(const struct rh_env *env, const struct rh_event *event,
		       struct rh_effects *fx)
{
	if (event->class == RH_CLASS_ACTION && event->kind == RH_EVENT_START) {
		rh_fx_timer(fx, 0, 100 * MS);
		rh_fx_timer(fx, 1, 40 * MS);
		return;
	}
	probe_note(fx, (uint64_t)event->class << 8 | event->kind, env->clock_ns);
}

START_TEST(a_clock_step_moves_timers)
{
	const struct rh_record *record = NULL;
	uint32_t node = 0;
	struct rh_action action = {.kind = RH_ACTION_CLOCK,
				   .nodes = &node,
				   .node_count = 1,
				   .clock_step_ns = 70 * (int64_t)MS};
	struct probe probe;

	probe_init(&probe, 1, step_alarm);
	probe.plan->nodes[0].clock_offset_ns = -5 * (int64_t)MS;
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 20 * MS);
	ck_assert_int_eq(sim_world_ops.start(probe.world, &action, 0, &probe.err), 0);
	probe_go(&probe, 500 * MS);
	/* local 85 ms at 20 ms: timer 1 is overdue, timer 0 comes at 35 ms */
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_CLOCK, 0, &record), 1);
	ck_assert_uint_eq(record->a, 65 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, &record), 3);
	ck_assert_uint_eq(record->time_ns, 35 * MS);
	ck_assert_uint_eq(record->a, (uint64_t)RH_CLASS_TIMER << 8);
	ck_assert_uint_eq(record->b, 100 * MS);
	/* the offset is a gauge: at the start and after the step */
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_GAUGE, 0, &record), 2);
	ck_assert_uint_eq(record->index, RH_GAUGE_CLOCK_OFFSET);
	ck_assert_uint_eq(record->a, 65 * MS);
	probe_close(&probe);
}
END_TEST

/* At 20 ms a clock that is right begins to run twice as slow: what it shows as 40 ms is true 60 ms. */
START_TEST(a_drift_moves_timers)
{
	const struct rh_record *record = NULL;
	uint32_t node = 0;
	struct rh_clock slow = {10 * (int64_t)MS, -500000000};
	struct rh_expectation expected = {.nodes = &node, .node_count = 1, .clocks = &slow};
	struct rh_action action = {.kind = RH_ACTION_CLOCK,
				   .nodes = &node,
				   .node_count = 1,
				   .clock_step_ns = 10 * (int64_t)MS,
				   .clock_drift_ppb = -500000000};
	struct probe probe;

	probe_init(&probe, 1, step_alarm);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 20 * MS);
	ck_assert_int_eq(sim_world_ops.start(probe.world, &action, 0, &probe.err), 0);
	ck_assert_int_eq(sim_world_ops.verify(probe.world, &expected, 1, &probe.err), 0);
	slow.offset_ns++;
	ck_assert_int_eq(sim_world_ops.verify(probe.world, &expected, 2, &probe.err), 0);
	/* No clock runs backwards. */
	ck_assert_int_eq(sim_world_ops.start(probe.world, &action, 3, &probe.err), RH_E_LIMIT);
	probe_go(&probe, 500 * MS);
	ck_assert_uint_eq(action_of(&probe, 1)->stage, RH_ACTION_DONE);
	ck_assert_uint_eq(action_of(&probe, 2)->stage, RH_ACTION_FAILED);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_CLOCK, 0, &record), 1);
	ck_assert_uint_eq(record->a, 0);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, &record), 3);
	ck_assert_uint_eq(record->time_ns, 180 * MS);
	ck_assert_uint_eq(record->b, 100 * MS);
	probe_close(&probe);
}
END_TEST

/* ---- inputs, model actions, joins ------------------------------------------------------------ */

START_TEST(inputs_and_pokes_arrive)
{
	struct rh_submission submission = {.key = 55, .arg = 6};
	uint32_t node = 1;
	struct rh_action poke = {
		.kind = RH_ACTION_MODEL, .nodes = &node, .node_count = 1, .key = 3};
	const struct rh_record *record = NULL;
	struct rh_world_stats stats;
	struct probe probe;

	probe_init(&probe, 2, step_alarm);
	probe.plan->nodes[1].start_ns = 50 * MS;
	probe_open(&probe, engines[_i]);
	/* twice the same at one instant is two inputs */
	ck_assert_int_eq(sim_world_ops.submit(probe.world, 0, &submission, 77, &probe.err), 0);
	ck_assert_int_eq(sim_world_ops.submit(probe.world, 0, &submission, 78, &probe.err), 0);
	ck_assert_int_eq(sim_world_ops.submit(probe.world, 1, &submission, 79, &probe.err), 0);
	probe_go(&probe, 1);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_TX, RH_TX_SUBMITTED, &record), 2);
	ck_assert_uint_eq(record->index, 78);
	ck_assert_uint_eq(record->a, 55);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_TX, RH_TX_DROPPED, &record), 1);
	ck_assert_uint_eq(record->index, 79);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NODE, RH_NODE_UP, NULL), 1);
	ck_assert_int_eq(sim_world_ops.start(probe.world, &poke, 80, &probe.err), 0);
	probe_go(&probe, 60 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NODE, RH_NODE_UP, &record), 2);
	ck_assert_uint_eq(record->time_ns, 50 * MS);
	ck_assert_int_eq(sim_world_ops.start(probe.world, &poke, 81, &probe.err), 0);
	probe.count = 0;
	probe_go(&probe, 61 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, &record), 1);
	ck_assert_uint_eq(record->a, RH_EVENT_MODEL);
	sim_world_ops.stats(probe.world, &stats);
	/* 3 inputs, 2 pokes, the timer of 40 ms at node 0, and at node 1 when it starts */
	ck_assert_uint_eq(stats.events, 7);
	probe_close(&probe);
}
END_TEST

/* One that is to join later may be started earlier, once. */
START_TEST(a_restart_takes_the_place_of_a_join)
{
	const struct rh_record *record = NULL;
	struct probe probe;

	probe_init(&probe, 2, step_chat);
	hand_plan_full(probe.plan, 15 * MS);
	probe.plan->nodes[1].start_ns = 50 * MS;
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 20 * MS);
	probe_nodes(&probe, RH_NODE_OP_RESTART, 1, 0);
	probe_go(&probe, 100 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NODE, RH_NODE_UP, &record), 2);
	ck_assert_uint_eq(record->time_ns, 20 * MS);
	probe_close(&probe);
}
END_TEST

/* All that happens at one instant: the world first, then nodes by index, the crash before the start. */
START_TEST(records_of_one_instant_are_in_order)
{
	struct probe probe;
	uint32_t i;
	uint32_t first = 0;

	probe_init(&probe, 4, step_chat);
	hand_plan_full(probe.plan, 10 * MS);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 50 * MS);
	first = probe.count;
	probe_nodes(&probe, RH_NODE_OP_CRASH, 2, 0);
	probe_nodes(&probe, RH_NODE_OP_CRASH, 1, 1);
	probe_nodes(&probe, RH_NODE_OP_RESTART, 2, 2);
	probe_go(&probe, 50 * MS + 1);
	ck_assert_uint_ge(probe.count, first + 6);
	for (i = first; i < first + 3; i++) {
		ck_assert_uint_eq(probe.records[i].node, RH_NODE_WORLD);
		ck_assert_uint_eq(probe.records[i].index, i - first);
	}
	for (i++; i < probe.count; i++)
		ck_assert_uint_le(probe.records[i - 1].node, probe.records[i].node);
	for (i = first; i < probe.count && probe.records[i].node != 2; i++)
		continue;
	ck_assert_uint_eq(probe.records[i].stage, RH_NODE_DOWN);
	ck_assert_uint_eq(probe.records[i + 1].stage, RH_NODE_UP);
	probe_close(&probe);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("actions");

	tcase_add_loop_test(frame.tests, a_crash_empties_the_wire, 0, 3);
	tcase_add_loop_test(frame.tests, a_crash_counts_what_it_deletes, 0, 3);
	tcase_add_loop_test(frame.tests, a_journal_survives_what_was_synced, 0, 3);
	tcase_add_loop_test(frame.tests, a_cut_leaves_the_wire_alone, 0, 3);
	tcase_add_loop_test(frame.tests, a_dropping_cut_does_not, 0, 3);
	tcase_add_loop_test(frame.tests, a_clock_step_moves_timers, 0, 3);
	tcase_add_loop_test(frame.tests, a_drift_moves_timers, 0, 3);
	tcase_add_loop_test(frame.tests, inputs_and_pokes_arrive, 0, 3);
	tcase_add_loop_test(frame.tests, a_restart_takes_the_place_of_a_join, 0, 3);
	tcase_add_loop_test(frame.tests, records_of_one_instant_are_in_order, 0, 3);
	return frame_run(frame);
}
