/*
 * test_engine.c - both engines against a plain sorted array: random pushes, pops below random
 * limits, late inserts, sweeps, times on each edge of the wheels, and densities that change their
 * width.
 */
#include "tests/unit/sim/play.h"

#include "core/base/sort.h"

#define NODES 5
#define SPACE (UINT64_C(1) << 28)

struct bench {
	struct rh_space space;
	uint64_t names64[NODES];
	struct sim_order order;
	struct sim_engine engine;
	struct sim_event *model; /* sorted: the first comes out next */
	size_t count;
	size_t cap;
	uint64_t serial;
	uint64_t now_ns;
};

static void bench_open(struct bench *bench, const struct sim_engine_ops *ops, uint32_t width)
{
	uint32_t i;

	memset(bench, 0, sizeof(*bench));
	rh_space_open(&bench->space, SPACE, 0);
	for (i = 0; i < NODES; i++)
		bench->names64[i] = rh_absorb(1, i);
	bench->order = (struct sim_order){.names64 = bench->names64, .node_count = NODES};
	bench->engine =
		(struct sim_engine){.ops = ops, .space = &bench->space, .order = &bench->order};
	if (ops == &sim_general_engine)
		bench->engine.state = sim_general_engine_init(&bench->space, width, 6, 6);
	else
		bench->engine.state = ops->init(&bench->space);
}

static void bench_close(struct bench *bench)
{
	rh_space_close(&bench->space);
	free(bench->model);
}

static void bench_push(struct bench *bench, uint64_t time_ns, uint64_t r)
{
	struct sim_event event = {
		.time_ns = time_ns,
		.node = (uint32_t)(r % NODES),
		.class = (uint8_t)(r >> 8) % 5,
		.kind = (uint32_t)(r >> 16) % 3,
		.source = (uint32_t)(r >> 24) % NODES,
		.id = bench->serial++,
		.size_bytes = (uint32_t)(r >> 32),
	};
	size_t at = bench->count;

	bench->engine.ops->push(&bench->engine, &event);
	if (bench->count == bench->cap) {
		bench->cap = bench->cap * 2 + 64;
		bench->model = rh_realloc(bench->model, bench->cap * sizeof(event));
	}
	while (at > 0 && sim_order_compare(&bench->order, &event, &bench->model[at - 1]) < 0) {
		bench->model[at] = bench->model[at - 1];
		at--;
	}
	bench->model[at] = event;
	bench->count++;
}

/* Takes one below the limit from both; false when both have none. */
static bool bench_pop(struct bench *bench, uint64_t limit_ns)
{
	struct sim_event event;
	bool has_one = bench->count > 0 && bench->model[0].time_ns < limit_ns;

	ck_assert_int_eq(bench->engine.ops->pop(&bench->engine, &event, limit_ns), has_one);
	if (!has_one)
		return false;
	ck_assert_int_eq(sim_order_compare(&bench->order, &event, &bench->model[0]), 0);
	ck_assert_uint_eq(event.size_bytes, bench->model[0].size_bytes);
	bench->now_ns = event.time_ns;
	bench->count--;
	memmove(bench->model, bench->model + 1, bench->count * sizeof(event));
	return true;
}

static bool is_doomed(void *ctx, const struct sim_event *event)
{
	return event->size_bytes % 7 == *(const uint32_t *)ctx;
}

static void bench_sweep(struct bench *bench, uint32_t rest)
{
	size_t kept = 0;
	size_t i;
	uint64_t gone = bench->engine.ops->sweep(&bench->engine, is_doomed, &rest);

	for (i = 0; i < bench->count; i++) {
		if (bench->model[i].size_bytes % 7 != rest)
			bench->model[kept++] = bench->model[i];
	}
	ck_assert_uint_eq(gone, bench->count - kept);
	bench->count = kept;
	ck_assert_uint_eq(bench->engine.ops->count(&bench->engine), kept);
}

/* Distances of every size, often right at an edge: a power of two, one less, one more. */
static uint64_t distance(uint64_t r, uint32_t width)
{
	static const uint8_t above[] = {0, 1, 3, 6, 7, 11, 12, 13, 18, 19};
	uint64_t edge = UINT64_C(1) << (width + above[r % RH_ARRAY_LEN(above)]);

	switch ((r >> 8) % 5) {
	case 0:
		return edge - 1;
	case 1:
		return edge;
	case 2:
		return edge + 1;
	case 3:
		return (r >> 16) % edge;
	default:
		return 1;
	}
}

static void churn(const struct sim_engine_ops *ops, uint32_t width, uint64_t seed)
{
	uint64_t state = seed * 1000000;
	struct bench bench;
	uint32_t i;

	bench_open(&bench, ops, width);
	for (i = 0; i < 6000; i++) {
		uint64_t r = rh_absorb(9, state);

		switch (any(&state, 8)) {
		case 0:
		case 1:
		case 2:
		case 3:
			bench_push(&bench, bench.now_ns + distance(r, width), r);
			break;
		case 4:
			bench_pop(&bench, RH_TIME_NEVER);
			break;
		case 5:
			/* The world stops at a limit; later pushes lie before what was in sight. */
			while (bench_pop(&bench, bench.now_ns + 1 + distance(r, width) / 4))
				continue;
			break;
		case 6:
			/* A whole crowd at one instant. */
			if (r % 16 == 0) {
				uint64_t n;

				for (n = 0; n < 100; n++)
					bench_push(&bench, bench.now_ns + 5, rh_absorb(r, n));
			}
			break;
		default:
			if (r % 64 == 0)
				bench_sweep(&bench, (uint32_t)(r >> 8) % 7);
			break;
		}
	}
	while (bench_pop(&bench, RH_TIME_NEVER))
		continue;
	ck_assert_uint_eq(bench.engine.ops->count(&bench.engine), 0);
	bench_close(&bench);
}

START_TEST(heap_is_a_sorted_array)
{
	churn(&sim_heap_engine, 4, (uint64_t)_i);
}
END_TEST

START_TEST(general_is_a_sorted_array)
{
	static const uint32_t widths[] = {0, 1, 4, 10, 18};

	churn(&sim_general_engine, widths[_i % 5], (uint64_t)_i);
}
END_TEST

/*
 * A network that gets a hundred thousand times denser and quiet again: the wheels are laid out anew on
 * the way, with events in both of them, far out and late, and now and then a crowd at one instant.
 */
static void swell(const struct sim_engine_ops *ops, uint32_t width, uint64_t seed)
{
	static const uint64_t means_ns[] = {1000000000, 10000, 100, 3, 40000, 2000000000};
	uint64_t state = seed * 1000000;
	struct bench bench;
	uint32_t phase;
	uint32_t i;

	bench_open(&bench, ops, width);
	for (i = 0; i < 300; i++)
		bench_push(&bench, any(&state, means_ns[0]), rh_absorb(7, state));
	for (phase = 0; phase < RH_ARRAY_LEN(means_ns); phase++) {
		for (i = 0; i < 4000; i++) {
			uint64_t r = rh_absorb(7, state);
			uint64_t far = i % 50 == 0 ? 1000 * means_ns[phase] : 0;

			if (!bench_pop(&bench, RH_TIME_NEVER))
				break;
			bench_push(&bench, bench.now_ns + 1 + far + any(&state, means_ns[phase]),
				   r);
			/* A limit leaves the cursor before buckets that later pushes come into. */
			if (i % 700 == 0) {
				uint64_t limit_ns = bench.now_ns + means_ns[phase] / 8;
				uint64_t taken = 0;

				while (bench_pop(&bench, limit_ns))
					taken++;
				for (; taken > 0; taken--)
					bench_push(&bench, bench.now_ns + 1 + taken,
						   rh_absorb(r, taken));
			}
			if (i % 1000 == 0)
				for (uint64_t n = 0; n < 150; n++)
					bench_push(&bench, bench.now_ns + 5, rh_absorb(r, n));
		}
		bench_sweep(&bench, phase);
	}
	while (bench_pop(&bench, RH_TIME_NEVER))
		continue;
	ck_assert_uint_eq(bench.engine.ops->count(&bench.engine), 0);
	bench_close(&bench);
}

START_TEST(width_follows_density)
{
	static const uint32_t widths[] = {18, 12, 30, 3};

	swell(&sim_general_engine, widths[_i % 4], (uint64_t)_i);
}
END_TEST

/* A crowd that comes when its bucket is out already: more than a sorted list takes in. */
START_TEST(late_crowd)
{
	struct bench bench;
	uint64_t i;

	bench_open(&bench, &sim_general_engine, 18);
	for (i = 0; i < 3; i++)
		bench_push(&bench, 1 + i, rh_absorb(3, i));
	bench_pop(&bench, RH_TIME_NEVER);
	for (i = 0; i < 500; i++)
		bench_push(&bench, bench.now_ns + 1 + rh_absorb(4, i) % 1000, rh_absorb(3, i));
	for (i = 0; i < 450; i++)
		bench_pop(&bench, RH_TIME_NEVER);
	for (i = 0; i < 100; i++)
		bench_push(&bench, bench.now_ns + 1 + rh_absorb(5, i) % 300, rh_absorb(3, i));
	bench_sweep(&bench, 3);
	while (bench_pop(&bench, RH_TIME_NEVER))
		continue;
	bench_close(&bench);
}
END_TEST

#define MANY 20000

static void note_soon(void *ctx, uint32_t node)
{
	uint8_t *told = ctx;

	ck_assert_uint_lt(node, MANY);
	ck_assert_uint_eq(told[node], 0);
	told[node] = 1;
}

/* Where so many wait that they have left the cache, who wants to know which nodes come next is told of
 * most of them, of none twice, and of none after its event. */
START_TEST(soon_is_told)
{
	uint8_t *told = rh_alloc(MANY, 1);
	struct sim_event event;
	struct bench bench;
	uint32_t in_time = 0;
	uint32_t i;

	bench_open(&bench, &sim_general_engine, 10);
	bench.engine.soon = note_soon;
	bench.engine.soon_ctx = told;
	for (i = 0; i < MANY; i++) {
		event = (struct sim_event){.time_ns = rh_absorb(4, i) % 5000000, .node = i};
		bench.engine.ops->push(&bench.engine, &event);
	}
	for (i = 0; i < MANY; i++) {
		ck_assert(bench.engine.ops->pop(&bench.engine, &event, RH_TIME_NEVER));
		in_time += told[event.node];
		told[event.node] = 1;
	}
	ck_assert_uint_ge(in_time, MANY / 4 * 3);
	bench_close(&bench);
	free(told);
}
END_TEST

/* Random ties reorder what one instant at one node holds, the same in both engines. */
START_TEST(random_ties)
{
	struct bench heap;
	struct bench general;
	uint32_t moved = 0;
	uint64_t i;

	bench_open(&heap, &sim_heap_engine, 0);
	bench_open(&general, &sim_general_engine, 3);
	heap.order.is_random = true;
	heap.order.rng.seed = 5;
	general.order = heap.order;
	general.order.names64 = general.names64;
	for (i = 0; i < 500; i++) {
		bench_push(&heap, 10 + i % 3, rh_absorb(8, i));
		bench_push(&general, 10 + i % 3, rh_absorb(8, i));
	}
	heap.order.is_random = false;
	for (i = 1; i < heap.count; i++)
		moved += sim_order_compare(&heap.order, &heap.model[i - 1], &heap.model[i]) > 0;
	heap.order.is_random = true;
	ck_assert_uint_gt(moved, 50);
	for (i = 0; i < 500; i++) {
		ck_assert_int_eq(sim_order_compare(&heap.order, &heap.model[0], &general.model[0]),
				 0);
		/* actions stay first at their node and instant */
		if (i > 0 && heap.model[0].class == RH_CLASS_ACTION && heap.count > 1)
			ck_assert(heap.model[1].time_ns > heap.model[0].time_ns ||
				  heap.model[1].node != heap.model[0].node ||
				  heap.model[1].class >= RH_CLASS_ACTION);
		bench_pop(&heap, RH_TIME_NEVER);
		bench_pop(&general, RH_TIME_NEVER);
	}
	bench_close(&heap);
	bench_close(&general);
}
END_TEST

/* The order of the key's parts, each against the next. */
START_TEST(parts_of_the_key)
{
	struct sim_order order = {0};
	struct sim_event low = {0};
	struct sim_event high = {0};

	ck_assert_int_eq(sim_order_compare(&order, &low, &high), 0);
	high.copy = 1;
	ck_assert_int_lt(sim_order_compare(&order, &low, &high), 0);
	low.copy = 9;
	high.id = UINT64_C(1) << 63;
	ck_assert_int_lt(sim_order_compare(&order, &low, &high), 0);
	low.id = UINT64_MAX;
	high.source = 1;
	ck_assert_int_lt(sim_order_compare(&order, &low, &high), 0);
	low.source = UINT32_MAX;
	high.kind = 1 << 16;
	ck_assert_int_lt(sim_order_compare(&order, &low, &high), 0);
	low.kind = UINT32_MAX;
	high.class = 1;
	ck_assert_int_lt(sim_order_compare(&order, &low, &high), 0);
	low.class = 4;
	high.node = 1;
	ck_assert_int_lt(sim_order_compare(&order, &low, &high), 0);
	low.node = UINT32_MAX;
	high.time_ns = 1;
	ck_assert_int_lt(sim_order_compare(&order, &low, &high), 0);
	ck_assert_int_gt(sim_order_compare(&order, &high, &low), 0);
}
END_TEST

START_TEST(equal_keys_abort)
{
	struct sim_order order = {0};
	struct sim_event a = {.time_ns = 5, .id = 7, .size_bytes = 1};
	struct sim_event b = {.time_ns = 5, .id = 7, .size_bytes = 2};

	sim_order_check(&order, &a, &b);
}
END_TEST

START_TEST(falling_keys_abort)
{
	struct sim_order order = {0};
	struct sim_event a = {.time_ns = 5, .id = 8};
	struct sim_event b = {.time_ns = 5, .id = 7};

	sim_order_check(&order, &a, &b);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("engine");

	tcase_add_loop_test(frame.tests, heap_is_a_sorted_array, 0, 6);
	tcase_add_loop_test(frame.tests, general_is_a_sorted_array, 0, 20);
	tcase_add_loop_test(frame.tests, width_follows_density, 0, 8);
	tcase_add_test(frame.tests, late_crowd);
	tcase_add_test(frame.tests, soon_is_told);
	tcase_add_test(frame.tests, random_ties);
	tcase_add_test(frame.tests, parts_of_the_key);
	frame_add_abort(frame, equal_keys_abort);
	frame_add_abort(frame, falling_keys_abort);
	return frame_run(frame);
}
