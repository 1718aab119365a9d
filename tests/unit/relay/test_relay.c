/*
 * Relaying over random graphs, in any order, with losses: every policy brings every item to every
 * node, at the cost that theory says where theory says one; and tests that must fail on a broken
 * network do.
 */
#include "models/relay/path.h"
#include "tests/lib/frame.h"
#include "tests/unit/relay/loop.h"

static uint32_t make_links(uint32_t links[][2], uint32_t node_count, uint32_t extra, uint64_t seed)
{
	uint32_t count = 0;
	uint32_t i;
	uint32_t k;

	/* A random tree, then random links more. */
	for (i = 1; i < node_count; i++) {
		links[count][0] = (uint32_t)rh_uniform(rh_absorb(seed, i), i);
		links[count++][1] = i;
	}
	for (i = 0; i < extra; i++) {
		uint32_t a = (uint32_t)rh_uniform(rh_absorb(seed, 1000 + 2 * i), node_count);
		uint32_t b = (uint32_t)rh_uniform(rh_absorb(seed, 1001 + 2 * i), node_count);
		bool is_there = a == b;

		for (k = 0; k < count; k++)
			is_there |= (links[k][0] == a && links[k][1] == b) ||
				    (links[k][0] == b && links[k][1] == a);
		if (is_there)
			continue;
		links[count][0] = a;
		links[count++][1] = b;
	}
	return count;
}

static uint32_t full_links(uint32_t links[][2], uint32_t node_count)
{
	uint32_t count = 0;
	uint32_t i;
	uint32_t k;

	for (i = 0; i < node_count; i++)
		for (k = i + 1; k < node_count; k++) {
			links[count][0] = i;
			links[count++][1] = k;
		}
	return count;
}

static uint32_t ring_links(uint32_t links[][2], uint32_t node_count)
{
	uint32_t i;

	for (i = 0; i < node_count; i++) {
		links[i][0] = i;
		links[i][1] = (i + 1) % node_count;
	}
	return node_count;
}

static struct loop *open_random(enum rh_relay_policy policy, uint64_t seed)
{
	uint32_t links[400][2];
	uint32_t nodes = 2 + (uint32_t)rh_uniform(rh_absorb(seed, 7), 38);
	uint32_t count =
		make_links(links, nodes, (uint32_t)rh_uniform(rh_absorb(seed, 8), 100), seed);

	return loop_open(policy, nodes, (const uint32_t(*)[2])links, count, seed);
}

/* 2E - (n - 1): the origin tells all its neighbours, every other node all but one. */
START_TEST(flood_counts)
{
	uint32_t links[400][2];
	struct loop *loop;
	uint64_t seed;

	loop = loop_open(RH_RELAY_FLOOD, 10, (const uint32_t(*)[2])links, ring_links(links, 10), 1);
	loop_make(loop, 3, 2);
	loop_run(loop);
	ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_ITEM], 11);
	loop_close(loop);
	loop = loop_open(RH_RELAY_FLOOD, 10, (const uint32_t(*)[2])links, full_links(links, 10), 1);
	loop_make(loop, 3, 2);
	loop_run(loop);
	ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_ITEM], 81);
	loop_close(loop);
	for (seed = 1; seed <= 100; seed++) {
		loop = open_random(RH_RELAY_FLOOD, seed);
		loop_make(loop, (uint32_t)rh_uniform(seed * RH_RNG_G, loop->node_count), 2);
		loop_run(loop);
		ck_assert_uint_eq(loop_holders(loop, 2), loop->node_count);
		ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_ITEM],
				  2 * loop->edge_count - (loop->node_count - 1));
		ck_assert_uint_eq(loop->sent_count, loop->sent_by_kind[RH_RELAY_KIND_ITEM]);
		loop_close(loop);
	}
}
END_TEST

/* Without losses each node gets each body once, and asks for it once. */
START_TEST(bodies_once)
{
	static const enum rh_relay_policy policies[] = {RH_RELAY_INVENTORY, RH_RELAY_HEADERS};
	uint64_t seed;
	uint32_t i;

	for (seed = 1; seed <= 100; seed++) {
		struct loop *loop = open_random(policies[seed % 2], seed);

		for (i = 0; i < 5; i++) {
			loop_make(loop, (uint32_t)rh_uniform(rh_absorb(seed, i), loop->node_count),
				  2 + i);
			loop_run_until(loop, loop->now_ns + 5 * RH_NS_PER_SEC);
		}
		loop_run(loop);
		for (i = 0; i < 5; i++)
			ck_assert_uint_eq(loop_holders(loop, 2 + i), loop->node_count);
		for (i = 0; i < loop->node_count; i++) {
			ck_assert_uint_eq(loop_state(loop, i)->relay.duplicates, 0);
			ck_assert_uint_eq(loop_state(loop, i)->relay.timeouts, 0);
		}
		ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_ITEM],
				  5 * (loop->node_count - 1));
		ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_GETDATA],
				  5 * (loop->node_count - 1));
		ck_assert(loop_is_calm(loop));
		loop_close(loop);
	}
}
END_TEST

/* Items made while messages get lost, then one that is not: all that lead to it are everywhere. */
static bool heals(enum rh_relay_policy policy, uint64_t seed, bool has_no_timers,
		  bool asks_no_parents)
{
	struct loop *loop = open_random(policy, seed);
	uint64_t last;
	uint32_t i;
	bool is_healed = true;

	loop->loss = rh_threshold(30, 100);
	loop->cfg.compact_failure = rh_threshold(50, 100);
	loop->has_no_timers = has_no_timers;
	loop->asks_no_parents = asks_no_parents;
	for (i = 0; i < 12; i++) {
		loop_make(loop, (uint32_t)rh_uniform(rh_absorb(seed, i), loop->node_count), 10 + i);
		loop_run_until(loop, loop->now_ns + RH_NS_PER_SEC / 4);
	}
	loop_run_until(loop, loop->now_ns + 3 * RH_NS_PER_SEC);
	loop->loss = rh_threshold(10, 100); /* the cure is lossy, too */
	loop_run_until(loop, loop->now_ns + 20 * RH_NS_PER_SEC);
	loop->loss = 0;
	last = loop_make(loop, (uint32_t)rh_uniform(seed, loop->node_count), 99);
	loop_run(loop);
	for (i = 0; i < loop->node_count; i++) {
		const struct node_state *state = loop_state(loop, i);

		/* The new item may lose against a longer branch of before: then that one is the
		 * head.  Everybody must at least have the new one with all that leads to it. */
		is_healed &= rh_relay_has(&state->relay, &loop->nodes[i].env, last);
	}
	is_healed &= loop_holders(loop, last) == loop->node_count && loop_is_calm(loop);
	loop_close(loop);
	return is_healed;
}

START_TEST(losses_heal)
{
	uint64_t seed;

	for (seed = 1; seed <= 60; seed++) {
		ck_assert_msg(heals(RH_RELAY_FLOOD, seed, false, false), "seed %d", (int)seed);
		ck_assert_msg(heals(RH_RELAY_INVENTORY, seed, false, false), "seed %d", (int)seed);
		ck_assert_msg(heals(RH_RELAY_HEADERS, seed, false, false), "seed %d", (int)seed);
		ck_assert_msg(heals(RH_RELAY_COMPACT, seed, false, false), "seed %d", (int)seed);
	}
}
END_TEST

/* The property above notices a relay that never asks again, and a model that drops orphans. */
START_TEST(broken_ones_do_not_heal)
{
	uint32_t healed_without_timers = 0;
	uint32_t healed_without_parents = 0;
	uint64_t seed;

	for (seed = 1; seed <= 20; seed++) {
		healed_without_timers += heals(RH_RELAY_INVENTORY, seed, true, false);
		healed_without_parents += heals(RH_RELAY_INVENTORY, seed, false, true);
	}
	ck_assert_uint_lt(healed_without_timers, 5);
	ck_assert_uint_lt(healed_without_parents, 5);
}
END_TEST

/* Two halves go on alone, the border falls, one new item: everybody is on the longer branch. */
START_TEST(cut_heals)
{
	static const enum rh_relay_policy policies[] = {RH_RELAY_FLOOD, RH_RELAY_INVENTORY,
							RH_RELAY_HEADERS, RH_RELAY_COMPACT};
	uint64_t seed;
	uint32_t i;

	for (seed = 1; seed <= 80; seed++) {
		struct loop *loop = open_random(policies[seed % 4], seed);
		uint64_t last;

		loop_make(loop, 0, 10);
		loop_run(loop);
		for (i = 0; i < loop->node_count / 2; i++)
			loop->nodes[i].side = 1;
		for (i = 0; i < 30; i++) {
			loop_make(loop, 0, 100 + i);
			if (i % 2 == 0)
				loop_make(loop, loop->node_count - 1, 200 + i);
			loop_run_until(loop, loop->now_ns + RH_NS_PER_SEC);
		}
		loop_run(loop);
		for (i = 0; i < loop->node_count; i++)
			loop->nodes[i].side = 0;
		last = loop_make(loop, 0, 300);
		loop_run(loop);
		ck_assert_uint_eq(loop_holders(loop, last), loop->node_count);
		for (i = 0; i < loop->node_count; i++)
			ck_assert_uint_eq(loop_state(loop, i)->relay.head, last);
		ck_assert(loop_is_calm(loop));
		loop_close(loop);
	}
}
END_TEST

/* A node that lost everything greets and has all again, also more than one list can name. */
START_TEST(restart_catches_up)
{
	static const uint32_t lengths[] = {1, 10, 11, 12, 200, 1999, 2000, 2001, 4500};
	uint32_t links[10][2];
	uint32_t i;
	uint32_t k;

	for (i = 0; i < RH_ARRAY_LEN(lengths); i++) {
		struct loop *loop = loop_open(RH_RELAY_INVENTORY, 3, (const uint32_t(*)[2])links,
					      full_links(links, 3), 5);

		for (k = 0; k < lengths[i]; k++) {
			loop_make(loop, 0, 10 + k);
			loop_run_until(loop, loop->now_ns + RH_NS_PER_SEC / 2);
		}
		loop_run(loop);
		ck_assert_uint_eq(loop_state(loop, 2)->head_height, lengths[i]);
		loop_crash(loop, 2);
		loop_run(loop);
		model_start(loop, 2);
		/* A full window goes on as bodies come in, long before any deadline. */
		loop_run_until(loop, loop->now_ns + 19 * RH_NS_PER_SEC / 10);
		ck_assert(lengths[i] > 200 || loop_state(loop, 2)->head_height == lengths[i]);
		loop_run(loop);
		ck_assert_uint_eq(loop_state(loop, 2)->head_height, lengths[i]);
		ck_assert_uint_eq(loop_state(loop, 2)->relay.duplicates, 0);
		ck_assert(loop_is_calm(loop));
		loop_close(loop);
	}
}
END_TEST

/* Head and ten single steps, then ever larger ones, and the first item. */
START_TEST(locator_steps)
{
	static const uint64_t expected[] = {100, 99, 98, 97, 96, 95, 94, 93, 92,
					    91,	 90, 88, 84, 76, 60, 28, 1};
	static const uint32_t links[1][2] = {{0, 1}};
	struct loop *loop = loop_open(RH_RELAY_HEADERS, 2, links, 1, 1);
	struct rh_relay *relay = &loop_state(loop, 0)->relay;
	const struct rh_relay_locator *locator;
	uint64_t id;
	uint32_t i;

	for (id = 2; id <= 100; id++)
		rh_relay_hold(relay, &loop->nodes[0].env, id, id - 1, (struct rh_handle){0, 0});
	rh_relay_head_set(relay, 100);
	locator = host_object_at(loop, rh_relay_locator_new(relay, &loop->nodes[0].env));
	ck_assert_uint_eq(locator->count, RH_ARRAY_LEN(expected));
	for (i = 0; i < locator->count; i++)
		ck_assert_uint_eq(locator->ids[i], expected[i]);
	loop_effects(loop, 0);
	loop_close(loop);
}
END_TEST

/* A node that was alone comes back with the better branch: its greeting brings it to the others. */
START_TEST(greeting_tells_news)
{
	uint32_t links[10][2];
	struct loop *loop = loop_open(RH_RELAY_INVENTORY, 4, (const uint32_t(*)[2])links,
				      full_links(links, 4), 5);
	uint32_t k;

	loop->nodes[3].side = 1;
	for (k = 0; k < 5; k++)
		loop_make(loop, 3, 10 + k);
	loop_make(loop, 0, 50);
	loop_run(loop);
	loop->nodes[3].side = 0;
	rh_relay_greet(&loop_state(loop, 3)->relay, &loop->cfg, &loop->nodes[3].env, &loop->fx);
	loop_effects(loop, 3);
	loop_run(loop);
	for (k = 0; k < 4; k++)
		ck_assert_uint_eq(loop_state(loop, k)->head_height, 5);
	ck_assert_uint_eq(loop_holders(loop, 50), 4);
	loop_close(loop);
}
END_TEST

/* Compact blocks: a node whose draw says so asks for the rest, the others get no body at all. */
START_TEST(compact_failures)
{
	uint32_t links[400][2];
	uint64_t seed;

	for (seed = 1; seed <= 40; seed++) {
		struct loop *loop = loop_open(RH_RELAY_COMPACT, 20, (const uint32_t(*)[2])links,
					      make_links(links, 20, 40, seed), seed);
		uint64_t failures = 0;
		uint32_t i;

		loop->cfg.compact_failure = rh_threshold(13, 100);
		loop_make(loop, 0, 10);
		loop_run(loop);
		ck_assert_uint_eq(loop_holders(loop, 10), 20);
		for (i = 1; i < 20; i++) {
			const struct rh_relay *relay = &loop_state(loop, i)->relay;
			bool fails = rh_happens(
				rh_env_draw(&loop->nodes[i].env, RH_PURPOSE_COMPACT_FAILURE, 10),
				loop->cfg.compact_failure);

			ck_assert_uint_eq(relay->compact_received, 1);
			ck_assert_uint_eq(relay->compact_failures, fails);
			failures += fails;
		}
		ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_GETMISSING], failures);
		ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_MISSING], failures);
		ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_ITEM], 0);
		loop_close(loop);
	}
}
END_TEST

static void say(struct loop *loop, uint32_t to, uint32_t from, enum rh_relay_kind kind, uint64_t id)
{
	struct rh_event event = {.class = RH_CLASS_MESSAGE,
				 .kind = (uint16_t)(FIRST_KIND + kind),
				 .from = from,
				 .key = id};

	loop->nodes[to].env.clock_ns = loop->now_ns;
	model_message(loop, &loop->nodes[to].env, &event);
	loop_effects(loop, to);
}

/* A peer that announces what does not exist: bounded, asked `attempts_max` times, forgotten. */
START_TEST(lies_are_bounded)
{
	uint32_t links[10][2];
	struct loop *loop = loop_open(RH_RELAY_INVENTORY, 3, (const uint32_t(*)[2])links,
				      full_links(links, 3), 5);
	struct rh_relay *relay = &loop_state(loop, 0)->relay;
	uint64_t id;

	loop->cfg.pending_max = 100;
	for (id = 1000; id < 2000; id++)
		say(loop, 0, 1, RH_RELAY_KIND_INV, id);
	ck_assert_uint_eq(relay->pending.count, 100);
	ck_assert_uint_eq(relay->asked_count, loop->cfg.window);
	loop_run(loop);
	ck_assert_uint_eq(relay->given_up, 100);
	ck_assert_uint_eq(relay->asked, 100 * loop->cfg.attempts_max);
	ck_assert_uint_eq(relay->pending.count, 0);
	ck_assert_uint_eq(relay->slots.count, 1);
	/* Forgotten, not refused: the truth may still come. */
	loop_make(loop, 2, 1500);
	loop_run(loop);
	ck_assert_uint_eq(loop_holders(loop, 1500), 3);
	loop_close(loop);
}
END_TEST

/* Strangers, ids of nothing, missing objects: no effect at all. */
START_TEST(nonsense_is_ignored)
{
	uint32_t links[1][2] = {{0, 1}};
	struct loop *loop = loop_open(RH_RELAY_INVENTORY, 3, (const uint32_t(*)[2])links, 1, 5);
	uint32_t kind;

	for (kind = 0; kind < RH_RELAY_KIND_COUNT; kind++) {
		say(loop, 0, 2, (enum rh_relay_kind)kind, 5);
		say(loop, 0, 99, (enum rh_relay_kind)kind, 5);
		if (kind != RH_RELAY_KIND_INV && kind != RH_RELAY_KIND_GETDATA)
			say(loop, 0, 1, (enum rh_relay_kind)kind, 5);
		say(loop, 0, 1, (enum rh_relay_kind)kind, 0);
	}
	ck_assert_uint_eq(loop->sent_count, 0);
	ck_assert_uint_eq(loop_state(loop, 0)->relay.slots.count, 1);
	loop_close(loop);
}
END_TEST

START_TEST(refused_stays_refused)
{
	uint32_t links[10][2];
	struct loop *loop;
	struct rh_env *env;
	struct rh_relay *relay;

	links[0][0] = 0;
	links[0][1] = 1;
	loop = loop_open(RH_RELAY_INVENTORY, 2, (const uint32_t(*)[2])links, 1, 5);
	env = &loop->nodes[1].env;
	relay = &loop_state(loop, 1)->relay;
	rh_relay_refuse(relay, env, 77);
	say(loop, 1, 0, RH_RELAY_KIND_INV, 77);
	ck_assert_uint_eq(loop->sent_count, 0);
	ck_assert(!rh_relay_wants(relay, env, 77));
	rh_relay_forget(relay, env, 77);
	say(loop, 1, 0, RH_RELAY_KIND_INV, 77);
	ck_assert_uint_eq(loop->sent_by_kind[RH_RELAY_KIND_GETDATA], 1);
	ck_assert(rh_relay_wants(relay, env, 77));
	rh_relay_refuse(relay, env, 77);
	ck_assert_uint_eq(relay->pending.count, 0);
	ck_assert_uint_eq(relay->asked_count, 0);
	loop_close(loop);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("relay");

	tcase_add_test(frame.tests, flood_counts);
	tcase_add_test(frame.tests, bodies_once);
	tcase_add_test(frame.tests, losses_heal);
	tcase_add_test(frame.tests, broken_ones_do_not_heal);
	tcase_add_test(frame.tests, cut_heals);
	tcase_add_test(frame.tests, restart_catches_up);
	tcase_add_test(frame.tests, locator_steps);
	tcase_add_test(frame.tests, greeting_tells_news);
	tcase_add_test(frame.tests, compact_failures);
	tcase_add_test(frame.tests, lies_are_bounded);
	tcase_add_test(frame.tests, nonsense_is_ignored);
	tcase_add_test(frame.tests, refused_stays_refused);
	return frame_run(frame);
}
