/*
 * test_hash.c - the trace hash against a second computation by hand, and against broken kernels:
 * an engine that loses, doubles, delays or swaps events must not go unnoticed.
 */
#include "tests/unit/sim/play.h"

#include "sim/kernel/trace_hash.h"

#define G	UINT64_C(0x9E3779B97F4A7C15)
#define DELAY	(5 * RH_NS_PER_MS)
#define PUBLISH (10 * RH_NS_PER_MS)
#define GRID	(UINT64_C(1) << 30)

static const struct way plain = {.engine = RH_ENGINE_GENERAL};

/* Written again from the definition, on purpose. */
static uint64_t fold(uint64_t h, uint64_t x)
{
	h = (h ^ x) * G;
	return h ^ (h >> 32);
}

static uint64_t fold_event(uint64_t h, uint64_t time, uint64_t class_kind, uint64_t source,
			   uint64_t id)
{
	return fold(fold(fold(fold(fold(h, time), class_kind), source), id), 0);
}

struct words {
	uint64_t name, a, s, n, d;
};

static struct rh_hash128 checkpoint_of(uint64_t c, struct rh_hash128 before, uint64_t world,
				       const struct words *nodes, uint32_t count)
{
	struct rh_buf bytes = {0};
	struct rh_hash128 hash;
	uint32_t i;

	rh_buf_u64(&bytes, c);
	rh_buf_u64(&bytes, before.low);
	rh_buf_u64(&bytes, before.high);
	rh_buf_u64(&bytes, world);
	for (i = 0; i < count; i++) {
		rh_buf_u64(&bytes, nodes[i].name);
		rh_buf_u64(&bytes, nodes[i].a);
		rh_buf_u64(&bytes, nodes[i].s);
		rh_buf_u64(&bytes, nodes[i].n);
		rh_buf_u64(&bytes, nodes[i].d);
	}
	hash = rh_hash128(bytes.data, bytes.len);
	rh_buf_release(&bytes);
	return hash;
}

static struct rh_plan *pair_plan(void)
{
	struct rh_plan *plan = hand_plan_new(&flood_model, 2, 1);

	hand_plan_link(plan, 0, 1, DELAY);
	hand_plan_end(plan);
	return plan;
}

static uint64_t message_id(uint64_t name)
{
	/* origin, topic in the high half, first publication */
	return rh_absorb(rh_absorb(rh_absorb(0, name), UINT64_C(1) << 16), 1);
}

/* Two nodes, one message: everything that is folded, by hand. */
START_TEST(known_answer)
{
	struct rh_plan *plan = pair_plan();
	struct words nodes[2] = {{.name = rh_name64("n0")}, {.name = rh_name64("n1")}};
	uint64_t start = (uint64_t)RH_CLASS_ACTION << 56 | RH_EVENT_START;
	uint64_t timer = (uint64_t)RH_CLASS_TIMER << 56;
	uint64_t message = (uint64_t)RH_CLASS_MESSAGE << 56 | 1 << 16;
	struct rh_hash128 hash = {0, 0};
	struct outcome outcome;
	uint64_t id = message_id(nodes[0].name);

	nodes[0].a = fold_event(0, 0, start, 0, 0);
	nodes[0].a = fold_event(nodes[0].a, PUBLISH, timer, nodes[0].name, 1);
	nodes[0].a = fold(nodes[0].a, (DELAY + 1) * (nodes[1].name | 1));
	nodes[0].n = 2;
	nodes[1].a = fold_event(0, 0, start, 0, 0);
	nodes[1].a = fold_event(nodes[1].a, PUBLISH + DELAY, message, nodes[0].name, id);
	nodes[1].a = fold(nodes[1].a, 0); /* passed on to nobody */
	nodes[1].n = 2;
	nodes[1].s = ((PUBLISH + DELAY) * G) ^ nodes[0].name;
	hash = checkpoint_of(GRID, hash, 0, nodes, 2);
	hash = checkpoint_of(2 * GRID, hash, 0, nodes, 2);
	hash = checkpoint_of(2 * GRID + 7, hash, 0, nodes, 2);
	outcome = play(plan, 2 * GRID + 7, &plain);
	ck_assert_uint_eq(outcome.stats.checkpoint_count, 3);
	ck_assert(rh_hash128_eq(outcome.trace_hash, hash));
	ck_assert_uint_eq(outcome.stats.deliveries, 1);
	ck_assert_uint_eq(outcome.stats.events, 2);
	hand_plan_free(plan);
}
END_TEST

/* A cut at time 0: the copy counts with arrival 0, and the world chain has the action. */
START_TEST(known_answer_of_a_cut)
{
	struct rh_plan *plan = pair_plan();
	struct rh_link_set set = {.edge = 0, .state = {.is_cut = true}};
	struct random_act act = {.action = {.kind = RH_ACTION_LINKS,
					    .step = 3,
					    .name64 = 99,
					    .links = &set,
					    .link_count = 1}};
	struct words nodes[2] = {{.name = rh_name64("n0")}, {.name = rh_name64("n1")}};
	struct rh_hash128 hash = {0, 0};
	struct outcome outcome;
	uint64_t world = 0;

	nodes[0].a = fold_event(0, 0, 0, 0, 0);
	nodes[0].a =
		fold_event(nodes[0].a, PUBLISH, (uint64_t)RH_CLASS_TIMER << 56, nodes[0].name, 1);
	nodes[0].a = fold(nodes[0].a, (0 - PUBLISH + 1) * (nodes[1].name | 1));
	nodes[0].n = 2;
	nodes[1].a = fold_event(0, 0, 0, 0, 0);
	nodes[1].n = 1;
	world = fold(fold(fold(world, 0), 0), 99);
	world = fold(fold(world, nodes[0].name), nodes[1].name);
	world = fold(fold(fold(fold(world, 0), 0), 0), 0);
	world = fold(world, 1);
	hash = checkpoint_of(GRID / 2, hash, world, nodes, 2);
	outcome = play_script(plan, &act, 1, GRID / 2, &plain);
	ck_assert(rh_hash128_eq(outcome.trace_hash, hash));
	ck_assert_uint_eq(outcome.stats.deliveries, 1); /* lost, but sent */
	ck_assert_uint_eq(outcome.stats.events, 3);
	hand_plan_free(plan);
}
END_TEST

/* ---- broken kernels -------------------------------------------------------------------------- */

/* A heap whose pops go wrong at the twentieth message. */
struct broken {
	uint64_t popped;
	struct sim_event held;
	bool holds;
};

/* The tests run one at a time, each in its own process or after its own reset. */
static struct broken broken;

static bool pop_message_20(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	if (!sim_heap_engine.pop(engine, event, limit_ns))
		return false;
	return event->class == RH_CLASS_MESSAGE && ++broken.popped == 20;
}

static bool pop_losing(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	uint64_t before = sim_heap_engine.count(engine);

	if (pop_message_20(engine, event, limit_ns))
		return sim_heap_engine.pop(engine, event, limit_ns);
	return sim_heap_engine.count(engine) != before;
}

static bool pop_late(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	uint64_t before = sim_heap_engine.count(engine);

	if (pop_message_20(engine, event, limit_ns)) {
		event->time_ns += 1;
		sim_heap_engine.push(engine, event);
		return sim_heap_engine.pop(engine, event, limit_ns);
	}
	return sim_heap_engine.count(engine) != before;
}

static bool pop_doubling(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	uint64_t before = sim_heap_engine.count(engine);

	if (pop_message_20(engine, event, limit_ns)) {
		sim_heap_engine.push(engine, event);
		return true;
	}
	return sim_heap_engine.count(engine) != before;
}

/* Two copies that arrive at one node at one instant, in the wrong order. */
static bool pop_swapping(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	struct sim_event next;

	if (broken.holds) {
		*event = broken.held;
		broken.holds = false;
		return true;
	}
	if (!sim_heap_engine.pop(engine, event, limit_ns))
		return false;
	if (event->class != RH_CLASS_MESSAGE || !sim_heap_engine.pop(engine, &next, limit_ns))
		return true;
	if (next.time_ns != event->time_ns || next.node != event->node) {
		sim_heap_engine.push(engine, &next);
		return true;
	}
	broken.held = *event;
	broken.holds = true;
	*event = next;
	return true;
}

static struct outcome play_broken(bool (*pop)(struct sim_engine *engine, struct sim_event *event,
					      uint64_t limit_ns))
{
	struct rh_plan *plan = hand_plan_new(&flood_model, 10, 1);
	struct sim_engine_ops ops = sim_heap_engine;
	struct way way = {.ops = &ops};
	struct outcome outcome;

	memset(&broken, 0, sizeof(broken));
	ops.pop = pop;
	hand_plan_full(plan, DELAY);
	hand_plan_end(plan);
	outcome = play(plan, GRID, &way);
	hand_plan_free(plan);
	return outcome;
}

START_TEST(loss_shows)
{
	struct outcome right = play_broken(sim_heap_engine.pop);
	struct outcome wrong = play_broken(pop_losing);

	ck_assert(!rh_hash128_eq(right.trace_hash, wrong.trace_hash));
}
END_TEST

START_TEST(lateness_shows)
{
	struct outcome right = play_broken(sim_heap_engine.pop);
	struct outcome wrong = play_broken(pop_late);

	ck_assert(!rh_hash128_eq(right.trace_hash, wrong.trace_hash));
}
END_TEST

START_TEST(doubling_aborts)
{
	play_broken(pop_doubling);
}
END_TEST

START_TEST(swapping_aborts)
{
	play_broken(pop_swapping);
}
END_TEST

/* Beneath the check of order: a chain sees the order of two events, the sum a copy more or less. */
START_TEST(chain_and_sum)
{
	struct sim_trace_node a = {0};
	struct sim_trace_node b = {0};

	sim_trace_event(&a, 5, 1, 10, 100, 0);
	sim_trace_event(&a, 5, 1, 11, 100, 0);
	sim_trace_event(&b, 5, 1, 11, 100, 0);
	sim_trace_event(&b, 5, 1, 10, 100, 0);
	ck_assert_uint_ne(a.chain, b.chain);
	sim_trace_arrival(&a, 5, 10);
	sim_trace_arrival(&a, 6, 11);
	sim_trace_arrival(&b, 6, 11);
	sim_trace_arrival(&b, 5, 10);
	ck_assert_uint_eq(a.sum, b.sum);
	sim_trace_arrival(&b, 5, 10);
	ck_assert_uint_ne(a.sum, b.sum);
}
END_TEST

/* One node more, without links, changes no word of the others: their checkpoints by hand. */
START_TEST(a_silent_node_changes_nothing)
{
	struct rh_plan *plan = random_plan(6);
	uint32_t count;
	struct random_act *acts = random_script(plan, &count);
	struct way way = {.engine = RH_ENGINE_GENERAL, .record_mask = UINT64_MAX};
	struct outcome before = play_script(plan, acts, count, 60 * RH_NS_PER_SEC, &way);
	struct rh_plan_node *nodes =
		RH_ARENA_ARRAY(&plan->arena, plan->node_count + 1, struct rh_plan_node);
	struct outcome after;

	memcpy(nodes, plan->nodes, plan->node_count * sizeof(*nodes));
	nodes[plan->node_count] = nodes[0];
	nodes[plan->node_count].name = "silent";
	nodes[plan->node_count].name64 = rh_name64("silent");
	nodes[plan->node_count].start_ns = RH_TIME_NEVER;
	plan->nodes = nodes;
	plan->node_count++;
	after = play_script(plan, acts, count, 60 * RH_NS_PER_SEC, &way);
	ck_assert(rh_hash128_eq(before.records, after.records));
	ck_assert_uint_eq(before.stats.events, after.stats.events);
	hand_plan_free(plan);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("hash");

	tcase_add_test(frame.tests, known_answer);
	tcase_add_test(frame.tests, known_answer_of_a_cut);
	tcase_add_test(frame.tests, loss_shows);
	tcase_add_test(frame.tests, lateness_shows);
	frame_add_abort(frame, doubling_aborts);
	frame_add_abort(frame, swapping_aborts);
	tcase_add_test(frame.tests, chain_and_sum);
	tcase_add_test(frame.tests, a_silent_node_changes_nothing);
	return frame_run(frame);
}
