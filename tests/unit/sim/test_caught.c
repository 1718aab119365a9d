/*
 * test_caught.c - the comparison of prop_engines.c can fail: queues that are broken in one way each
 * are caught on wild games, by another outcome or by an assertion of the kernel.
 *
 * Each broken game runs in a process of its own, which says what came out and whether the fault
 * came up at all (no two events of one instant: nothing to swap).
 */
#include "tests/unit/sim/play.h"

#include <sys/wait.h>
#include <unistd.h>

#define NTH 50 /* message */

/* ---- the faults ------------------------------------------------------------------------------ */

/* What a broken queue remembers.  Each process plays one game. */
struct memory {
	uint64_t messages;
	uint64_t serial;
	bool has_happened;
	bool holds;
	struct sim_event held;
};

static struct memory memory;

static bool pop_heap(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	return sim_heap_engine.pop(engine, event, limit_ns);
}

/* One message, once; not one that waits at a downlink, where lateness may mean nothing. */
static bool is_nth(const struct sim_event *event)
{
	if (event->class != RH_CLASS_MESSAGE || event->stage != SIM_STAGE_DUE ||
	    ++memory.messages != NTH)
		return false;
	memory.has_happened = true;
	return true;
}

static bool pop_losing(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	while (pop_heap(engine, event, limit_ns)) {
		if (!is_nth(event))
			return true;
	}
	return false;
}

static bool pop_doubling(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	if (!pop_heap(engine, event, limit_ns))
		return false;
	if (is_nth(event))
		sim_heap_engine.push(engine, event);
	return true;
}

static bool pop_late(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	while (pop_heap(engine, event, limit_ns)) {
		if (!is_nth(event))
			return true;
		event->time_ns += RH_NS_PER_MS;
		sim_heap_engine.push(engine, event);
	}
	return false;
}

/* Two events of one instant at one node, in the wrong order. */
static bool pop_swapping(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	if (memory.holds) {
		*event = memory.held;
		memory.holds = false;
		return true;
	}
	if (!pop_heap(engine, event, limit_ns))
		return false;
	if (memory.has_happened || !pop_heap(engine, &memory.held, limit_ns))
		return true;
	if (memory.held.time_ns != event->time_ns || memory.held.node != event->node) {
		sim_heap_engine.push(engine, &memory.held);
	} else {
		struct sim_event first = *event;

		*event = memory.held;
		memory.held = first;
		memory.holds = true;
		memory.has_happened = true;
	}
	return true;
}

/* Events of the limit's own instant come before what is done there. */
static bool pop_too_far(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	if (limit_ns == RH_TIME_NEVER || !pop_heap(engine, event, limit_ns + 1))
		return false;
	memory.has_happened = memory.has_happened || event->time_ns == limit_ns;
	return true;
}

struct sparing {
	sim_engine_doom *is_doomed;
	void *ctx;
};

static bool spare_one(void *ctx, const struct sim_event *event)
{
	struct sparing *sparing = ctx;

	if (!sparing->is_doomed(sparing->ctx, event))
		return false;
	if (memory.has_happened || event->class != RH_CLASS_MESSAGE)
		return true;
	memory.has_happened = true;
	return false;
}

static uint64_t sweep_sparing(struct sim_engine *engine, sim_engine_doom *is_doomed, void *ctx)
{
	struct sparing sparing = {is_doomed, ctx};

	return sim_heap_engine.sweep(engine, spare_one, &sparing);
}

/* ---- a queue that knows when events came instead of what they are ---------------------------- */

struct numbered {
	struct sim_event event;
	uint64_t serial;
};

static struct rh_vec *list_of(const struct sim_engine *engine)
{
	return rh_at(engine->space, engine->state);
}

static struct numbered *numbered_at(const struct sim_engine *engine, uint32_t i)
{
	return rh_vec_at(engine->space, list_of(engine), sizeof(struct numbered), i);
}

static rh_off list_init(struct rh_space *space)
{
	return rh_space_alloc(space, sizeof(struct rh_vec));
}

static void list_push(struct sim_engine *engine, const struct sim_event *event)
{
	struct numbered *item =
		rh_vec_push(engine->space, list_of(engine), sizeof(struct numbered));

	item->event = *event;
	item->serial = memory.serial++;
}

static bool comes_before(const struct numbered *a, const struct numbered *b)
{
	if (a->event.time_ns != b->event.time_ns)
		return a->event.time_ns < b->event.time_ns;
	if (a->event.node != b->event.node)
		return a->event.node < b->event.node;
	return a->serial < b->serial;
}

static void list_take(const struct sim_engine *engine, uint32_t i)
{
	struct rh_vec *list = list_of(engine);

	*numbered_at(engine, i) = *numbered_at(engine, list->count - 1);
	list->count--;
}

static bool list_pop(struct sim_engine *engine, struct sim_event *event, uint64_t limit_ns)
{
	uint32_t count = list_of(engine)->count;
	uint32_t best = 0;
	uint32_t right = 0;
	uint32_t i;

	for (i = 1; i < count; i++) {
		const struct numbered *item = numbered_at(engine, i);

		if (comes_before(item, numbered_at(engine, best)))
			best = i;
		if (sim_order_compare(engine->order, &item->event,
				      &numbered_at(engine, right)->event) < 0)
			right = i;
	}
	if (count == 0 || numbered_at(engine, best)->event.time_ns >= limit_ns)
		return false;
	memory.has_happened = memory.has_happened || best != right;
	*event = numbered_at(engine, best)->event;
	list_take(engine, best);
	return true;
}

static uint64_t list_sweep(struct sim_engine *engine, sim_engine_doom *is_doomed, void *ctx)
{
	uint64_t before = list_of(engine)->count;
	uint32_t i = 0;

	while (i < list_of(engine)->count) {
		if (is_doomed(ctx, &numbered_at(engine, i)->event))
			list_take(engine, i);
		else
			i++;
	}
	return before - list_of(engine)->count;
}

static uint64_t list_count(const struct sim_engine *engine)
{
	return list_of(engine)->count;
}

/* ---- catching -------------------------------------------------------------------------------- */

/* Small games with everything in them. */
static const uint64_t seeds[] = {0, 5, 7, 8, 13, 15, 16, 21, 23, 24};

struct result {
	struct outcome outcome;
	bool has_happened;
};

/* In a process of its own; false when it was ended by an assertion. */
static bool play_apart(const struct game *game, const struct way *way, struct result *result)
{
	int ends[2];
	int status;
	pid_t child;
	bool is_told;

	ck_assert_int_eq(pipe(ends), 0);
	fflush(stdout);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct result own = {0};

		close(ends[0]);
		/* What it dies of is expected. */
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(3);
		own.outcome = play_game(game, way);
		own.has_happened = memory.has_happened;
		_exit(write(ends[1], &own, sizeof(own)) == sizeof(own) ? 0 : 3);
	}
	close(ends[1]);
	is_told = read(ends[0], result, sizeof(*result)) == sizeof(*result);
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(is_told ? WIFEXITED(status) && WEXITSTATUS(status) == 0
			  : WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	return is_told;
}

struct catches {
	uint32_t happened;
	uint32_t aborted;
	uint32_t differed;
};

/* Plays all seeds with this queue. */
static struct catches catch_all(const char *name, const struct sim_engine_ops *ops)
{
	struct way way = {.engine = RH_ENGINE_HEAP, .record_mask = UINT64_MAX};
	struct catches caught = {0};
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(seeds); i++) {
		struct wild wild = wild_new(seeds[i]);
		struct game game = game_of(&wild);
		struct outcome right;
		struct result wrong = {0};

		way.ops = NULL;
		right = play_game(&game, &way);
		way.ops = ops;
		if (!play_apart(&game, &way, &wrong))
			caught.aborted++;
		else if (!is_same_telling(&right, &wrong.outcome))
			caught.differed++;
		else if (!wrong.has_happened)
			caught.happened--;
		caught.happened++;
		wild_free(&wild);
	}
	printf("%s: came up in %u of %zu games, %u ended by an assertion, %u with another "
	       "outcome\n",
	       name, caught.happened, RH_ARRAY_LEN(seeds), caught.aborted, caught.differed);
	return caught;
}

static void must_catch(const char *name, const struct sim_engine_ops *ops)
{
	struct catches caught = catch_all(name, ops);

	ck_assert_uint_ge(caught.happened, RH_ARRAY_LEN(seeds) / 2);
	ck_assert_uint_eq(caught.aborted + caught.differed, caught.happened);
}

static struct sim_engine_ops heap_with_pop(bool (*pop)(struct sim_engine *engine,
						       struct sim_event *event, uint64_t limit_ns))
{
	struct sim_engine_ops ops = sim_heap_engine;

	ops.pop = pop;
	return ops;
}

/* The harness itself: a right queue is never caught. */
START_TEST(right_queues_pass)
{
	struct sim_engine_ops heap = heap_with_pop(pop_heap);
	struct catches caught = catch_all("nothing", &heap);

	ck_assert_uint_eq(caught.aborted + caught.differed, 0);
}
END_TEST

START_TEST(losing_is_caught)
{
	struct sim_engine_ops ops = heap_with_pop(pop_losing);

	must_catch("an event lost", &ops);
}
END_TEST

START_TEST(doubling_is_caught)
{
	struct sim_engine_ops ops = heap_with_pop(pop_doubling);

	must_catch("an event handed out twice", &ops);
}
END_TEST

START_TEST(lateness_is_caught)
{
	struct sim_engine_ops ops = heap_with_pop(pop_late);

	must_catch("an event 1 ms late", &ops);
}
END_TEST

START_TEST(swapping_is_caught)
{
	struct sim_engine_ops ops = heap_with_pop(pop_swapping);

	must_catch("two events of one instant at one node swapped", &ops);
}
END_TEST

START_TEST(insertion_order_is_caught)
{
	struct sim_engine_ops ops = {
		.name = "list",
		.init = list_init,
		.push = list_push,
		.pop = list_pop,
		.sweep = list_sweep,
		.count = list_count,
	};

	must_catch("order of insertion", &ops);
}
END_TEST

START_TEST(a_swept_event_is_caught)
{
	struct sim_engine_ops ops = sim_heap_engine;

	ops.sweep = sweep_sparing;
	must_catch("a swept event delivered", &ops);
}
END_TEST

/* Past a limit at which nothing is done this may be harmless: not all, but most are caught. */
START_TEST(passing_a_limit_is_caught)
{
	struct sim_engine_ops ops = heap_with_pop(pop_too_far);
	struct catches caught = catch_all("an event of the limit's instant", &ops);

	ck_assert_uint_ge(caught.aborted + caught.differed, RH_ARRAY_LEN(seeds) / 2);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("caught");

	tcase_add_test(frame.tests, right_queues_pass);
	tcase_add_test(frame.tests, losing_is_caught);
	tcase_add_test(frame.tests, doubling_is_caught);
	tcase_add_test(frame.tests, lateness_is_caught);
	tcase_add_test(frame.tests, swapping_is_caught);
	tcase_add_test(frame.tests, insertion_order_is_caught);
	tcase_add_test(frame.tests, a_swept_event_is_caught);
	tcase_add_test(frame.tests, passing_a_limit_is_caught);
	return frame_run(frame);
}
