/*
 * test_world.c - the world's contract: floods count right, time stops where it should, limits are
 * errors, timers, work, journals and objects do what the model was promised.
 */
#include "tests/unit/sim/probe.h"

#define MS RH_NS_PER_MS

static const enum rh_engine engines[] = {RH_ENGINE_GENERAL, RH_ENGINE_HEAP, RH_ENGINE_WINDOWED};

static uint64_t flood_count(enum rh_engine engine, bool is_full, uint64_t *duplicates)
{
	struct rh_plan *plan = hand_plan_new(&flood_model, 10, 1);
	struct way way = {.engine = engine, .record_mask = UINT64_MAX};
	struct outcome outcome;

	if (is_full)
		hand_plan_full(plan, 5 * MS);
	else
		hand_plan_ring(plan, 5 * MS);
	hand_plan_end(plan);
	outcome = play(plan, RH_NS_PER_SEC, &way);
	/* each of the nine others says once that its height is now 1 */
	ck_assert_uint_eq(outcome.kinds[RH_RECORD_GAUGE], 9);
	*duplicates = outcome.stats.deliveries - 9;
	hand_plan_free(plan);
	return outcome.stats.deliveries;
}

START_TEST(floods_count)
{
	uint64_t duplicates;

	ck_assert_uint_eq(flood_count(engines[_i], false, &duplicates), 11);
	ck_assert_uint_eq(duplicates, 2);
	ck_assert_uint_eq(flood_count(engines[_i], true, &duplicates), 81);
	ck_assert_uint_eq(duplicates, 72);
}
END_TEST

/* ---- timers and work ------------------------------------------------------------------------- */

/* Puts one timer off again and again: only the last setting fires, and the queue holds one event. */
#define PUT_OFF 50000

static void step_put_off(const struct rh_env *env, const struct rh_event *event,
			 struct rh_effects *fx)
{
	uint64_t i;

	if (event->class == RH_CLASS_ACTION) {
		for (i = 0; i < PUT_OFF; i++)
			rh_fx_timer(fx, 0, env->clock_ns + 10 * MS + i);
		rh_fx_timer(fx, 1, env->clock_ns + 20 * MS);
		rh_fx_timer_stop(fx, 1);
	} else {
		probe_note(fx, event->kind, env->clock_ns);
	}
}

static void go_and_find_one(struct probe *probe, uint64_t time_ns, uint64_t events)
{
	const struct rh_record *note = NULL;
	struct rh_world_stats stats;

	probe_go(probe, RH_NS_PER_SEC);
	ck_assert_uint_eq(probe_find(probe, RH_RECORD_NOTE, 0, &note), 1);
	ck_assert_uint_eq(note->time_ns, time_ns);
	sim_world_ops.stats(probe->world, &stats);
	ck_assert_uint_eq(stats.events, events);
	ck_assert_uint_lt(stats.memory_bytes, 2000000); /* an event takes 80 bytes */
}

START_TEST(timers_are_put_off)
{
	struct probe probe;

	probe_init(&probe, 1, step_put_off);
	probe_open(&probe, engines[_i]);
	go_and_find_one(&probe, 10 * MS + PUT_OFF - 1, 1);
	probe_close(&probe);
}
END_TEST

/* Sets one timer for earlier and earlier, fifty times each 10 us: all but the last are left
 * behind, and the queue is swept. */
#define EARLIER_TICKS 2000
#define EARLIER_BY    50
#define TICK_NS	      (10 * RH_NS_PER_US)

static void step_earlier(const struct rh_env *env, const struct rh_event *event,
			 struct rh_effects *fx)
{
	uint64_t tick = env->clock_ns / TICK_NS;
	uint64_t i;

	if (event->class == RH_CLASS_TIMER && event->kind == 1) {
		probe_note(fx, event->kind, env->clock_ns);
		return;
	}
	for (i = 0; i < EARLIER_BY; i++)
		rh_fx_timer(fx, 1, 500 * MS - EARLIER_BY * tick - i);
	if (tick < EARLIER_TICKS)
		rh_fx_timer(fx, 0, env->clock_ns + TICK_NS);
}

START_TEST(stale_timers_vanish)
{
	struct probe probe;

	probe_init(&probe, 1, step_earlier);
	probe_open(&probe, engines[_i]);
	go_and_find_one(&probe, 500 * MS - EARLIER_BY * (EARLIER_TICKS + 1) + 1, EARLIER_TICKS + 1);
	probe_close(&probe);
}
END_TEST

/* Put off, stopped, set again, for earlier, for the same time, in the past: the timer keeps no more than
 * one event, and what fires is always the last setting. */
static void step_wavering(const struct rh_env *env, const struct rh_event *event,
			  struct rh_effects *fx)
{
	if (event->class == RH_CLASS_ACTION) {
		rh_fx_timer(fx, 0, 10 * MS);
		rh_fx_timer(fx, 0, 30 * MS); /* the event of 10 ms looks */
		rh_fx_timer(fx, 1, 12 * MS);
		return;
	}
	probe_note(fx, event->kind, env->clock_ns);
	if (event->kind == 1 && env->clock_ns == 12 * MS) {
		rh_fx_timer_stop(fx, 0);     /* 30 ms is queued by now, and stale */
		rh_fx_timer(fx, 0, 40 * MS); /* and looks again */
		rh_fx_timer(fx, 0, 20 * MS); /* one for 20 ms, 30 ms is left behind */
		rh_fx_timer(fx, 0, 20 * MS); /* the same time, another setting */
		rh_fx_timer(fx, 1, 20 * MS);
	} else if (event->kind == 0 && env->clock_ns == 20 * MS) {
		rh_fx_timer(fx, 1, 0); /* its event of this instant is left behind */
		rh_fx_timer(fx, 0, 25 * MS);
		rh_fx_timer_stop(fx, 0);
	}
}

START_TEST(timers_waver)
{
	static const uint64_t times[] = {12 * MS, 20 * MS, 20 * MS + 1};
	static const uint64_t kinds[] = {1, 0, 1};
	struct probe probe;
	uint32_t seen = 0;

	probe_init(&probe, 1, step_wavering);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, RH_NS_PER_SEC);
	for (uint32_t i = 0; i < probe.count; i++) {
		if (probe.records[i].kind != RH_RECORD_NOTE)
			continue;
		ck_assert_uint_lt(seen, 3);
		ck_assert_uint_eq(probe.records[i].time_ns, times[seen]);
		ck_assert_uint_eq(probe.records[i].a, kinds[seen]);
		seen++;
	}
	ck_assert_uint_eq(seen, 3);
	probe_close(&probe);
}
END_TEST

/* A single worker: pieces wait for each other, and end in order. */
static void step_work(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	struct rh_handle none = {0, 0};

	if (event->class == RH_CLASS_ACTION) {
		rh_fx_work(fx, 7, 1, none, 3 * MS);
		rh_fx_work(fx, 7, 2, none, 2 * MS);
		rh_fx_work(fx, 7, 3, none, 0);
		rh_fx_timer(fx, 0, 0); /* in the past: at once, 1 ns later */
		return;
	}
	probe_note(fx, event->key, env->clock_ns);
	if (event->class == RH_CLASS_TIMER)
		ck_assert_uint_eq(env->clock_ns, 1);
}

START_TEST(work_waits_its_turn)
{
	static const uint64_t ends[] = {1, 3 * MS, 5 * MS, 5 * MS};
	static const uint64_t keys[] = {0, 1, 2, 3};
	struct probe probe;
	uint32_t i;
	uint32_t seen = 0;

	probe_init(&probe, 1, step_work);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, RH_NS_PER_SEC);
	for (i = 0; i < probe.count; i++) {
		if (probe.records[i].kind != RH_RECORD_NOTE)
			continue;
		ck_assert_uint_eq(probe.records[i].time_ns, ends[seen]);
		ck_assert_uint_eq(probe.records[i].a, keys[seen]);
		seen++;
	}
	ck_assert_uint_eq(seen, 4);
	probe_close(&probe);
}
END_TEST

/* ---- stopping -------------------------------------------------------------------------------- */

static void step_tick(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	const struct probe_state *state = env->state;

	if (event->class == RH_CLASS_TIMER)
		probe_note(fx, state->count, env->clock_ns);
	rh_fx_timer(fx, 0, env->clock_ns + 1 * MS);
}

START_TEST(wakes_at_the_next_reaction_point)
{
	const uint64_t grid = UINT64_C(1) << 22;
	struct probe probe;
	uint64_t now_ns;
	uint32_t i;

	probe_init(&probe, 1, step_tick);
	probe_open(&probe, engines[_i]);
	probe.wake_at_note = 8; /* at 7 ms */
	ck_assert_int_eq(probe_until(&probe, RH_NS_PER_SEC, &now_ns), 0);
	ck_assert_uint_eq(probe.woken_for_ns, 7 * MS);
	ck_assert_uint_eq(now_ns, (7 * MS / grid + 1) * grid);
	/* everything before that point was told, and nothing after it */
	for (i = 0; i < probe.count; i++)
		ck_assert_uint_lt(probe.records[i].time_ns, now_ns);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, NULL), (uint32_t)(now_ns / MS));
	/* it goes on from there */
	probe_go(&probe, 100 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, NULL), 99);
	probe_close(&probe);
}
END_TEST

/* A kind for which nobody wakes the world may come late, but all of it before the world stands. */
START_TEST(calm_records_may_wait)
{
	const uint64_t grid = UINT64_C(1) << 22;
	struct probe probe;
	uint64_t now_ns;
	uint32_t i;

	probe_init(&probe, 1, step_tick);
	probe.sink.calm_mask = UINT64_C(1) << RH_RECORD_NOTE;
	probe_open(&probe, engines[_i]);
	probe.wake_at_note = 8;
	probe_go(&probe, 100 * MS); /* woken too late to stop */
	ck_assert_uint_eq(probe.woken_for_ns, 7 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, NULL), 99);
	for (i = 1; i < probe.count; i++)
		ck_assert_uint_ge(probe.records[i].time_ns, probe.records[i - 1].time_ns);
	/* the same kind, when it may not wait */
	probe_go(&probe, 100 * MS);
	probe.sink.calm_mask = 0;
	probe.wake_at_note = 108;
	ck_assert_int_eq(probe_until(&probe, RH_NS_PER_SEC, &now_ns), 0);
	ck_assert_uint_eq(probe.woken_for_ns, 107 * MS);
	ck_assert_uint_eq(now_ns, (107 * MS / grid + 1) * grid);
	probe_close(&probe);
}
END_TEST

/* An event at exactly the stop belongs to the next stretch. */
START_TEST(stops_before_its_time)
{
	struct probe probe;

	probe_init(&probe, 1, step_tick);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 3 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, NULL), 2);
	probe_go(&probe, 3 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, NULL), 2);
	probe_go(&probe, 3 * MS + 1);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_NOTE, 0, NULL), 3);
	probe_close(&probe);
}
END_TEST

START_TEST(an_interrupt_stops_soon)
{
	struct probe probe;
	uint64_t now_ns;

	probe_init(&probe, 1, step_tick);
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 10 * MS);
	sim_world_ops.wake(probe.world, 0);
	ck_assert_int_eq(probe_until(&probe, RH_NS_PER_HOUR, &now_ns), 0);
	ck_assert_uint_eq(now_ns, (10 * MS / (UINT64_C(1) << 22) + 1) << 22);
	probe_close(&probe);
}
END_TEST

/* ---- limits ---------------------------------------------------------------------------------- */

static void step_loop(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	(void)event;
	rh_fx_timer(fx, 0, env->clock_ns + 1);
}

static void step_flood(const struct rh_env *env, const struct rh_event *event,
		       struct rh_effects *fx)
{
	const struct probe_state *state = env->state;
	struct rh_handle none = {0, 0};

	if (event->class == RH_CLASS_MESSAGE)
		return;
	rh_fx_publish(fx, 1, state->count, none, NULL);
	rh_fx_timer(fx, 0, env->clock_ns + 1000);
}

static void step_hoard(const struct rh_env *env, const struct rh_event *event,
		       struct rh_effects *fx)
{
	struct rh_handle ref;

	(void)event;
	rh_env_object_new(env, 10000, &ref);
	rh_fx_store(fx, 1, ref);
	rh_fx_timer(fx, 0, env->clock_ns + 1 * MS);
}

static void expect_limit(struct probe *probe, const char *key)
{
	uint64_t now_ns;

	ck_assert_int_eq(probe_until(probe, RH_NS_PER_HOUR, &now_ns), RH_E_LIMIT);
	ck_assert_msg(strstr(probe->err.text, key) != NULL, "%s", probe->err.text);
	/* and again: the run is over */
	ck_assert_int_eq(probe_until(probe, RH_NS_PER_HOUR, &now_ns), RH_E_LIMIT);
	probe_close(probe);
}

START_TEST(limits_are_errors)
{
	struct probe probe;

	probe_init(&probe, 1, step_loop);
	probe.plan->limit_self_events = 1000;
	probe_open(&probe, engines[_i]);
	expect_limit(&probe, "limits.selfEvents");

	probe_init(&probe, 4, step_flood);
	hand_plan_full(probe.plan, 100 * MS);
	probe.plan->limit_messages = 500;
	probe_open(&probe, engines[_i]);
	expect_limit(&probe, "limits.messagesInFlight");

	probe_init(&probe, 1, step_hoard);
	probe.plan->limit_memory = 1 << 20;
	probe_open(&probe, engines[_i]);
	expect_limit(&probe, "limits.memory");
}
END_TEST

/* ---- objects --------------------------------------------------------------------------------- */

/* Makes an object in each step and keeps the last received; nothing may leak. */
static void step_objects(const struct rh_env *env, const struct rh_event *event,
			 struct rh_effects *fx)
{
	struct probe_state *state = env->state;
	struct rh_handle ref;
	uint64_t *content = rh_env_object_new(env, 4096, &ref);

	*content = state->count;
	if (event->class == RH_CLASS_MESSAGE) {
		ck_assert_uint_eq(*(const uint64_t *)event->object, event->key);
		rh_env_object_keep(env, event->ref);
		rh_env_object_drop(env, state->kept);
		state->kept = event->ref;
		return;
	}
	rh_fx_publish(fx, 1, state->count, ref, NULL);
	rh_fx_work(fx, 0, state->count, ref, 10000);
	if (event->class != RH_CLASS_WORK)
		rh_fx_timer(fx, 0, env->clock_ns + 10 * MS);
}

START_TEST(objects_are_freed)
{
	struct rh_world_stats stats;
	struct probe probe;

	probe_init(&probe, 3, step_objects);
	hand_plan_full(probe.plan, 3 * MS);
	/* work makes work: 4 KB kept of each would be too much long before the end */
	probe.plan->limit_memory = 64 << 20;
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 200 * MS);
	sim_world_ops.stats(probe.world, &stats);
	ck_assert_uint_gt(stats.deliveries, 10000);
	probe_nodes(&probe, RH_NODE_OP_CRASH, 0, 0);
	probe_nodes(&probe, RH_NODE_OP_CRASH, 1, 1);
	probe_nodes(&probe, RH_NODE_OP_CRASH, 2, 2);
	probe_go(&probe, RH_NS_PER_HOUR);
	probe_close(&probe);
}
END_TEST

/* ---- invariants ------------------------------------------------------------------------------ */

static bool holds_until_five(const struct rh_env *env)
{
	return ((const struct probe_state *)env->state)->count < 5;
}

START_TEST(invariants_are_told_once)
{
	const struct rh_record *record = NULL;
	struct probe probe;

	probe_init(&probe, 1, step_tick);
	((struct probe_params *)probe.plan->params)->holds = holds_until_five;
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 50 * MS);
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_INVARIANT, 0, &record), 1);
	ck_assert_uint_eq(record->time_ns, 4 * MS);
	probe_close(&probe);
}
END_TEST

static void step_once(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	(void)event;
	if (((const struct probe_state *)env->state)->count < 8)
		rh_fx_timer(fx, 0, env->clock_ns + 1);
}

/* A large plan is looked at when there is a checkpoint; the records stay in order. */
START_TEST(large_plans_are_checked_on_the_grid)
{
	const struct rh_record *record = NULL;
	struct probe probe;

	probe_init(&probe, 300, step_once);
	((struct probe_params *)probe.plan->params)->holds = holds_until_five;
	probe_open(&probe, engines[_i]);
	probe.count = 0;
	probe_go(&probe, 1000 * MS);
	probe.count = 0;
	probe_go(&probe, 1100 * MS);
#ifndef RH_EXPENSIVE
	ck_assert_uint_eq(probe_find(&probe, RH_RECORD_INVARIANT, 0, &record), 300);
	ck_assert_uint_eq(record->time_ns, UINT64_C(1) << 30);
	ck_assert_uint_eq(record->node, 299);
#else
	(void)record;
#endif
	probe_close(&probe);
}
END_TEST

/* Who did nothing since the last checkpoint is not asked again; who did, is, also after a crash. */
START_TEST(only_who_changed_is_asked)
{
	uint32_t asked = 0;
	struct probe probe;

	probe_init(&probe, 300, step_once);
	((struct probe_params *)probe.plan->params)->asked = &asked;
	probe_open(&probe, engines[_i]);
	probe_go(&probe, 1000 * MS);
	probe.count = 0;
#ifndef RH_EXPENSIVE
	ck_assert_uint_eq(asked, 0);
	probe_go(&probe, 1100 * MS);
	ck_assert_uint_eq(asked, 300);
	probe_go(&probe, 5000 * MS);
	ck_assert_uint_eq(asked, 300);
	probe_nodes(&probe, RH_NODE_OP_CRASH, 7, 0);
	probe_go(&probe, 10000 * MS);
	ck_assert_uint_eq(asked, 300);
	probe_nodes(&probe, RH_NODE_OP_RESTART, 7, 1);
	probe_go(&probe, 20000 * MS);
	ck_assert_uint_eq(asked, 301);
#endif
	probe_close(&probe);
}
END_TEST

/* ---- the engine that is chosen --------------------------------------------------------------- */

START_TEST(small_worlds_without_floods_take_a_queue)
{
	struct rh_world_options options = {.engine = RH_ENGINE_AUTO};
	struct rh_plan *few = hand_plan_new(&probe_model, 4, 1);
	struct rh_plan *many = hand_plan_new(&probe_model, 300, 1);
	struct rh_plan *flood = hand_plan_new(&flood_model, 4, 1);

	few->lookahead_ns = many->lookahead_ns = flood->lookahead_ns = 5 * MS;
	ck_assert_int_eq(sim_world_engine(few, &options), RH_ENGINE_GENERAL);
	ck_assert_int_eq(sim_world_engine(many, &options), RH_ENGINE_WINDOWED);
	ck_assert_int_eq(sim_world_engine(flood, &options), RH_ENGINE_WINDOWED);
	options.threads = 2;
	ck_assert_int_eq(sim_world_engine(few, &options), RH_ENGINE_WINDOWED);
	many->lookahead_ns = 1000;
	ck_assert_int_eq(sim_world_engine(many, &options), RH_ENGINE_GENERAL);
	options.engine = RH_ENGINE_HEAP;
	ck_assert_int_eq(sim_world_engine(few, &options), RH_ENGINE_HEAP);
	hand_plan_free(few);
	hand_plan_free(many);
	hand_plan_free(flood);
}
END_TEST

/* ---- what it cannot do ----------------------------------------------------------------------- */

START_TEST(refuses_what_it_cannot)
{
	struct rh_world_options options = {.engine = engines[_i]};
	struct rh_action pause = {.kind = RH_ACTION_NODES, .node_op = RH_NODE_OP_PAUSE};
	struct rh_action astray = {.kind = RH_ACTION_NODES, .node_op = RH_NODE_OP_CRASH};
	struct rh_submission submission = {.kind = 1};
	uint32_t nobody = 17;
	struct rh_world *world;
	struct rh_buf bytes = {0};
	struct probe probe;

	probe_init(&probe, 2, step_tick);
	probe_open(&probe, engines[_i]);
	ck_assert_int_eq(sim_world_ops.start(probe.world, &pause, 0, &probe.err), RH_E_UNSUPPORTED);
	astray.nodes = &nobody;
	astray.node_count = 1;
	ck_assert_int_eq(sim_world_ops.start(probe.world, &astray, 0, &probe.err), RH_E_INPUT);
	ck_assert_int_eq(sim_world_ops.submit(probe.world, 0, &submission, 0, &probe.err),
			 RH_E_INPUT);
	ck_assert_int_eq(sim_world_ops.snapshot(probe.world, &bytes, &probe.err), RH_E_UNSUPPORTED);
	ck_assert_uint_eq(sim_world_ops.capabilities(probe.world, probe.plan) &
				  (RH_CAN_PAUSE | RH_CAN_SNAPSHOT),
			  0);
	/* garbage is no world */
	rh_buf_text(&bytes, "RHSPACE1 but not really");
	ck_assert_int_eq(
		sim_world_adopt(&world, probe.plan, &options, bytes.data, bytes.len, &probe.err),
		RH_E_CORRUPT);
	rh_buf_release(&bytes);
	probe_close(&probe);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("world");

	tcase_add_loop_test(frame.tests, floods_count, 0, 3);
	tcase_add_loop_test(frame.tests, timers_are_put_off, 0, 3);
	tcase_add_loop_test(frame.tests, stale_timers_vanish, 0, 3);
	tcase_add_loop_test(frame.tests, timers_waver, 0, 3);
	tcase_add_loop_test(frame.tests, work_waits_its_turn, 0, 3);
	tcase_add_loop_test(frame.tests, wakes_at_the_next_reaction_point, 0, 3);
	tcase_add_loop_test(frame.tests, calm_records_may_wait, 0, 3);
	tcase_add_loop_test(frame.tests, stops_before_its_time, 0, 3);
	tcase_add_loop_test(frame.tests, an_interrupt_stops_soon, 0, 3);
	tcase_add_loop_test(frame.tests, limits_are_errors, 0, 3);
	tcase_add_loop_test(frame.tests, objects_are_freed, 0, 3);
	tcase_add_loop_test(frame.tests, invariants_are_told_once, 0, 3);
	tcase_add_loop_test(frame.tests, large_plans_are_checked_on_the_grid, 0, 3);
	tcase_add_loop_test(frame.tests, only_who_changed_is_asked, 0, 3);
	tcase_add_test(frame.tests, small_worlds_without_floods_take_a_queue);
	tcase_add_loop_test(frame.tests, refuses_what_it_cannot, 0, 3);
	return frame_run(frame);
}
