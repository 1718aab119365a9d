/*
 * rows_store.c - writing a trace: records as a network of ten thousand nodes makes them.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/scenarios.h"
#include "core/store/trace.h"

#define RECORDS	 2000000
#define BATCH	 250
#define STEP_NS	 20000
#define PER_HEAD 10000 /* records that name one block */

enum { FIGURE_MB, FIGURE_NS, FIGURE_BYTES };

/* Heads that move: times close together, nodes without order, blocks that many share. */
static void fill(struct rh_record *records, uint32_t first, uint32_t nodes)
{
	for (uint32_t i = 0; i < BATCH; i++) {
		uint64_t number = first + i;
		uint64_t block = number / PER_HEAD;
		uint64_t draw = rh_mix64(number);

		records[i] = (struct rh_record){
			.time_ns = number * STEP_NS + draw % STEP_NS,
			.node = (uint32_t)(draw >> 32) % nodes,
			.kind = RH_RECORD_HEAD,
			.a = rh_mix64(block + 1),
			.b = rh_mix64(block),
			.c = block,
		};
	}
}

static void write_all(struct rh_trace_writer *writer, uint32_t nodes, struct bench_turn *turn)
{
	const struct rh_sink *sink = rh_trace_sink(writer);
	static struct rh_record records[BATCH];
	uint64_t spent_ns = 0;
	struct rh_err err = {0};

	for (uint32_t i = 0; i < RECORDS; i += BATCH) {
		uint64_t begin_ns;

		fill(records, i, nodes);
		begin_ns = bench_cpu_ns(NULL);
		sink->take(sink->ctx, records, BATCH);
		spent_ns += bench_cpu_ns(NULL) - begin_ns;
	}
	spent_ns -= bench_cpu_ns(NULL);
	if (rh_trace_close(writer, NULL, 0, &err) != 0)
		bench_wrong(turn, "%s", err.text);
	spent_ns += bench_cpu_ns(NULL);
	turn->figures[FIGURE_NS] = (double)spent_ns / RECORDS;
}

static void play_store(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	struct rh_plan *plan = bench_load("scenarios/quickstart.yaml", NULL);
	struct rh_trace_writer *writer;
	struct rh_err err = {0};
	struct stat file;
	char path[1024];

	(void)ctx;
	snprintf(path, sizeof(path), "%s/trace.rht", bench->scratch);
	if (rh_trace_create(&writer, path, plan, RH_TRACE_FULL, &err) != 0) {
		bench_wrong(turn, "%s", err.text);
		return;
	}
	write_all(writer, plan->node_count, turn);
	if (stat(path, &file) == 0) {
		double seconds = turn->figures[FIGURE_NS] * 1e-9 * RECORDS;

		turn->figures[FIGURE_MB] = (double)file.st_size * 1e-6 / seconds;
		turn->figures[FIGURE_BYTES] = (double)file.st_size / RECORDS;
	}
	unlink(path);
	rh_plan_free(plan);
}

void bench_rows_store(struct bench *bench)
{
	static const struct bench_contender contenders[] = {{.name = "store", .play = play_store}};
	static const struct bench_row rows[] = {
		{.name = "store/write",
		 .unit = "MB/s",
		 .against = BENCH_ALONE,
		 .figure = FIGURE_MB},
		{.name = "store/record", .unit = "ns", .against = BENCH_ALONE, .figure = FIGURE_NS},
		{.name = "store/bytes-per-record",
		 .unit = "B",
		 .against = BENCH_ALONE,
		 .figure = FIGURE_BYTES},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 1,
						     .rows = rows,
						     .row_count = 3,
						     .rounds = 5,
						     .patience_s = 20});
}
