/*
 * rows_machine.c - what this machine can do: the measure for rows that must hold on any machine.
 */
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

#define MEMORY_BYTES (UINT64_C(256) << 20)
#define STREAMS	     256
/* Streams are chosen at random: each has room for more than its share. */
#define STREAM_SLACK 8192
#define READS	     20000000

const bool bench_fresh_memory = true;

static void *touched(size_t bytes)
{
	void *memory = rh_alloc(bytes, 1);

	memset(memory, 1, bytes);
	return memory;
}

static double since_s(uint64_t begin_ns)
{
	return (double)(bench_cpu_ns(NULL) - begin_ns) * 1e-9;
}

void bench_play_append(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	size_t records = MEMORY_BYTES / sizeof(uint64_t);
	size_t room = records / STREAMS + STREAM_SLACK;
	size_t bytes = room * STREAMS * sizeof(uint64_t);
	uint64_t *memory = ctx == &bench_fresh_memory ? rh_alloc(bytes, 1) : touched(bytes);
	uint64_t *heads[STREAMS];
	uint64_t x = 1;
	uint64_t begin_ns;

	(void)bench;
	for (size_t i = 0; i < STREAMS; i++)
		heads[i] = memory + i * room;
	begin_ns = bench_cpu_ns(NULL);
	for (size_t i = 0; i < records; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		*heads[x >> 56]++ = x;
	}
	turn->figures[0] = (double)records * 1e-6 / since_s(begin_ns);
	for (size_t i = 0; i < STREAMS; i++) {
		if (heads[i] > memory + (i + 1) * room)
			bench_wrong(turn, "stream %zu has no room", i);
	}
	free(memory);
}

static void play_copy(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	uint8_t *from = touched(MEMORY_BYTES / 2);
	uint8_t *to = touched(MEMORY_BYTES / 2);
	uint64_t begin_ns = bench_cpu_ns(NULL);

	(void)bench;
	(void)ctx;
	for (uint8_t i = 0; i < 4; i++) {
		from[i] = i; /* the copies differ, so that none is left out */
		memcpy(to, from, MEMORY_BYTES / 2);
	}
	turn->figures[0] = 4 * (double)(MEMORY_BYTES / 2) * 1e-9 / since_s(begin_ns);
	if (to[3] != 3)
		bench_wrong(turn, "nothing was copied");
	free(from);
	free(to);
}

static void play_random_read(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	size_t count = MEMORY_BYTES / sizeof(uint64_t);
	uint64_t *memory = touched(MEMORY_BYTES);
	uint64_t begin_ns = bench_cpu_ns(NULL);
	uint64_t x = 1, sum = 0;

	(void)bench;
	(void)ctx;
	for (uint32_t i = 0; i < READS; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		sum += memory[(x >> 32) % count];
	}
	turn->figures[0] = READS * 1e-6 / since_s(begin_ns);
	if (sum != READS * memory[0])
		bench_wrong(turn, "what was read is not what was written");
	free(memory);
}

void bench_rows_machine(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		{.name = "append", .play = bench_play_append},
		{.name = "append, fresh memory",
		 .play = bench_play_append,
		 .ctx = &bench_fresh_memory},
		{.name = "copy", .play = play_copy},
		{.name = "random reads", .play = play_random_read},
	};
	static const struct bench_row rows[] = {
		{.name = "machine/append256", .unit = "M/s", .of = 0, .against = BENCH_ALONE},
		{.name = "machine/append256-fresh", .unit = "M/s", .of = 1, .against = BENCH_ALONE},
		{.name = "machine/copy", .unit = "GB/s", .of = 2, .against = BENCH_ALONE},
		{.name = "machine/random-read", .unit = "M/s", .of = 3, .against = BENCH_ALONE},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = RH_ARRAY_LEN(contenders),
						     .rows = rows,
						     .row_count = RH_ARRAY_LEN(rows),
						     .rounds = 5,
						     .patience_s = 20});
}
