/*
 * test_same.c - one run, many ways: 30 random models give the same trace hash, events and record
 * bytes with each engine, with threads, with other wheel sizes, in many stretches, at another base,
 * with records off, and when half of the run is played in a copy of the memory.
 *
 * Each test turns one screw of a small network; tests/prop/prop_engines.c turns all at once, and
 * harder.
 */
#include "tests/unit/sim/play.h"

#include <sys/wait.h>
#include <unistd.h>

#define SEEDS 30

static const struct way plain = {.engine = RH_ENGINE_GENERAL, .record_mask = UINT64_MAX};

/* The general engine with small wheels: every edge is crossed all the time. */
static rh_off init_small(struct rh_space *space)
{
	return sim_general_engine_init(space, 10, 6, 6);
}

static rh_off init_tiny(struct rh_space *space)
{
	return sim_general_engine_init(space, 0, 6, 7);
}

static struct sim_engine_ops with_init(rh_off (*init)(struct rh_space *space))
{
	struct sim_engine_ops ops = sim_general_engine;

	ops.init = init;
	return ops;
}

START_TEST(engines_agree)
{
	uint64_t seed = (uint64_t)_i;
	struct outcome general = play_random(seed, &plain);
	struct way way = plain;
	struct outcome other;

	way.engine = RH_ENGINE_HEAP;
	other = play_random(seed, &way);
	ck_assert(is_same_telling(&general, &other));
	ck_assert_uint_eq(general.stats.messages_in_flight_max, other.stats.messages_in_flight_max);
	way.engine = RH_ENGINE_WINDOWED;
	for (way.threads = 1; way.threads <= 3; way.threads++) {
		other = play_random(seed, &way);
		ck_assert(is_same_telling(&general, &other));
	}
	/* something of every kind has happened */
	ck_assert_uint_gt(general.stats.deliveries, 1000);
	ck_assert_uint_gt(general.kinds[RH_RECORD_GAUGE], 100);
}
END_TEST

START_TEST(wheel_sizes_agree)
{
	uint64_t seed = (uint64_t)_i;
	struct sim_engine_ops small = with_init(init_small);
	struct sim_engine_ops tiny = with_init(init_tiny);
	struct outcome general = play_random(seed, &plain);
	struct way way = plain;
	struct outcome other;

	way.ops = &small;
	other = play_random(seed, &way);
	ck_assert(is_same_telling(&general, &other));
	way.ops = &tiny;
	other = play_random(seed, &way);
	ck_assert(is_same_telling(&general, &other));
}
END_TEST

START_TEST(stretches_agree)
{
	uint64_t seed = (uint64_t)_i;
	struct outcome whole = play_random(seed, &plain);
	struct way way = plain;
	struct outcome other;

	way.cuts = 97;
	other = play_random(seed, &way);
	ck_assert(is_same_telling(&whole, &other));
	way.engine = RH_ENGINE_WINDOWED;
	other = play_random(seed, &way);
	ck_assert(is_same_telling(&whole, &other));
}
END_TEST

START_TEST(records_do_not_matter)
{
	uint64_t seed = (uint64_t)_i;
	struct outcome all = play_random(seed, &plain);
	struct way way = plain;
	struct outcome other;

	way.record_mask = 0;
	other = play_random(seed, &way);
	ck_assert(is_same_run(&all, &other));
	ck_assert_uint_eq(other.record_count, 0);
	way.record_mask = UINT64_C(1) << RH_RECORD_HEAD;
	other = play_random(seed, &way);
	ck_assert(is_same_run(&all, &other));
	ck_assert_uint_eq(other.record_count, all.kinds[RH_RECORD_HEAD]);
}
END_TEST

START_TEST(base_does_not_matter)
{
	uint64_t seed = (uint64_t)_i;
	struct outcome usual = play_random(seed, &plain);
	struct way way = plain;
	struct outcome other;

	way.base_hint = UINT64_C(0x567000000000);
	other = play_random(seed, &way);
	ck_assert(is_same_telling(&usual, &other));
}
END_TEST

START_TEST(copies_go_on)
{
	static const enum rh_engine engines[] = {RH_ENGINE_GENERAL, RH_ENGINE_HEAP,
						 RH_ENGINE_WINDOWED};
	uint64_t seed = (uint64_t)_i;
	struct outcome whole = play_random(seed, &plain);
	struct way way = plain;
	struct outcome other;
	uint32_t i;

	for (i = 1; i <= 3; i++) {
		way.image_at_ns = i * 170 * RH_NS_PER_SEC + 12345678;
		way.image_base = UINT64_C(0x567800000000);
		way.engine = engines[i - 1];
		other = play_random(seed, &way);
		ck_assert(is_same_telling(&whole, &other));
	}
}
END_TEST

/* The second half in another process, which knows the image only from a pipe. */
START_TEST(another_process_goes_on)
{
	struct rh_plan *plan = hand_plan_new(&flood_model, 10, 5);
	struct rh_world_options options = {.base_hint = UINT64_C(0x567C00000000)};
	struct way way = {.engine = RH_ENGINE_GENERAL};
	struct outcome whole;
	struct rh_world *world;
	struct rh_err err = {0};
	struct rh_hash128 hash;
	struct rh_buf image = {0};
	uint64_t now_ns;
	int there[2];
	int back[2];
	int status;
	pid_t child;

	((struct flood_params *)plan->params)->every_ns = 3 * RH_NS_PER_MS;
	hand_plan_ring(plan, 7 * RH_NS_PER_MS);
	hand_plan_end(plan);
	whole = play(plan, 60 * RH_NS_PER_SEC, &way);
	ck_assert_int_eq(pipe(there), 0);
	ck_assert_int_eq(pipe(back), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct rh_world_stats stats;
		uint8_t block[4096];
		ssize_t got;

		close(there[1]);
		while ((got = read(there[0], block, sizeof(block))) > 0)
			rh_buf_put(&image, block, (size_t)got);
		if (sim_world_adopt(&world, plan, &options, image.data, image.len, &err) != 0 ||
		    sim_world_ops.run_until(world, 60 * RH_NS_PER_SEC, NULL, &now_ns, &err) != 0 ||
		    sim_world_ops.finish(world, NULL, &err) != 0)
			_exit(1);
		sim_world_ops.stats(world, &stats);
		_exit(write(back[1], &stats.trace_hash, sizeof(hash)) == sizeof(hash) ? 0 : 2);
	}
	options.base_hint = 0;
	ck_assert_int_eq(sim_world_ops.open(&world, plan, &options, &err), 0);
	ck_assert_int_eq(
		sim_world_ops.run_until(world, 20 * RH_NS_PER_SEC + 1, NULL, &now_ns, &err), 0);
	ck_assert_int_eq(sim_world_image(world, &image, &err), 0);
	ck_assert_int_eq(write(there[1], image.data, image.len), (ssize_t)image.len);
	close(there[0]);
	close(there[1]);
	ck_assert_int_eq(read(back[0], &hash, sizeof(hash)), sizeof(hash));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert(rh_hash128_eq(hash, whole.trace_hash));
	sim_world_ops.close(world);
	rh_buf_release(&image);
	hand_plan_free(plan);
}
END_TEST

START_TEST(seeds_differ)
{
	struct outcome a = play_random(1, &plain);
	struct outcome b = play_random(2, &plain);

	ck_assert(!rh_hash128_eq(a.trace_hash, b.trace_hash));
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("same");

	tcase_add_loop_test(frame.tests, engines_agree, 0, SEEDS);
	tcase_add_loop_test(frame.tests, wheel_sizes_agree, 0, SEEDS);
	tcase_add_loop_test(frame.tests, stretches_agree, 0, SEEDS);
	tcase_add_loop_test(frame.tests, records_do_not_matter, 0, 10);
	tcase_add_loop_test(frame.tests, base_does_not_matter, 0, 10);
	tcase_add_loop_test(frame.tests, copies_go_on, 0, SEEDS);
	tcase_add_test(frame.tests, another_process_goes_on);
	tcase_add_test(frame.tests, seeds_differ);
	return frame_run(frame);
}
