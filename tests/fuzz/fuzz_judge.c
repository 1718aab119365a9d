/*
 * fuzz_judge.c - any bytes as records: the judge takes whatever order, index, node or kind comes,
 * ends with a decision for every assertion, and says the same when it reads the same again.
 */
#include <stdlib.h>
#include <string.h>

#include "core/judge/judge.h"
#include "core/scenario/that.h"

#define NODES	   5
#define ASSERTIONS 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rh_plan_node nodes[NODES] = {{.name = "n-0"},
					   {.name = "n-1"},
					   {.name = "n-2"},
					   {.name = "n-3"},
					   {.name = "n-4", .start_ns = 9}};
static uint32_t all[NODES] = {0, 1, 2, 3, 4};
static uint32_t some[2] = {1, 3};

static void make_checks(struct rh_plan_assertion *checks, struct rh_that *thats,
			struct rh_reader *reader)
{
	static const uint32_t gauges[] = {RH_GAUGE_HEADS,	    RH_GAUGE_PROPAGATION_P90,
					  RH_GAUGE_HEAD_HEIGHT,	    RH_GAUGE_REORG_DEPTH,
					  RH_GAUGE_PROPAGATION_P50, RH_GAUGE_HEAD};

	for (uint32_t i = 0; i < ASSERTIONS; i++) {
		uint8_t shape = rh_read_u8(reader);

		thats[i] = (struct rh_that){.aggregate = i % 7,
					    .gauge = gauges[i % RH_ARRAY_LEN(gauges)],
					    .op = shape % 6,
					    .value = (int8_t)rh_read_u8(reader)};
		checks[i] = (struct rh_plan_assertion){
			RH_PLAN_ASSERTION_INIT,
			.name = "check",
			.type = rh_builtin_assertions.assertions[0],
			.params = &thats[i],
			.mode = (enum rh_assert_mode)(shape / 6 % 4),
			.phase = RH_NONE,
			.from_ns = shape / 32,
			.until_ns = shape / 32 + rh_read_u8(reader),
			.nodes = shape & 1 ? all : some,
			.node_count = shape & 1 ? NODES : 2,
			.text = "check",
		};
	}
}

static void judge_all(const struct rh_plan *plan, struct rh_reader reader, struct rh_buf *verdict)
{
	struct rh_judge *judge = rh_judge_open(plan);
	uint64_t time_ns = 0, end_ns;

	while (reader.pos < reader.len) {
		uint8_t what = rh_read_u8(&reader);
		struct rh_record record = {.time_ns = time_ns + (what >> 6),
					   .kind = what % (RH_RECORD_KIND_COUNT + 1),
					   .node = rh_read_u8(&reader) % (NODES + 2),
					   .stage = rh_read_u8(&reader) % 5,
					   .index = rh_read_u8(&reader) % 30,
					   .a = rh_read_u8(&reader),
					   .c = rh_read_u8(&reader)};

		if (record.node == NODES)
			record.node = RH_NODE_WORLD;
		time_ns = record.time_ns;
		rh_judge_take(judge, &record, 1);
	}
	end_ns = time_ns + 1;
	rh_judge_finish(judge, end_ns, (enum rh_run_end)(end_ns % 3));
	for (uint32_t i = 0; i < ASSERTIONS; i++) {
		const struct rh_result *result = rh_judge_result(judge, i);

		RH_ASSERT(result->state != RH_RESULT_OPEN && result->decided_ns <= end_ns);
		RH_ASSERT(result->evidence_count <= RH_EVIDENCE_RECORDS + 1);
		RH_ASSERT(result->reason[0] != 0);
	}
	RH_ASSERT(rh_judge_is_done(judge));
	rh_verdict_print(judge, plan, verdict);
	rh_judge_close(judge);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rh_plan_assertion checks[ASSERTIONS];
	struct rh_that thats[ASSERTIONS];
	struct rh_plan plan = {.name = "fuzz",
			       .nodes = nodes,
			       .node_count = NODES,
			       .assertions = checks,
			       .assertion_count = ASSERTIONS};
	struct rh_buf first = {0}, again = {0};
	struct rh_reader reader;

	rh_reader_init(&reader, data, size);
	make_checks(checks, thats, &reader);
	judge_all(&plan, reader, &first);
	judge_all(&plan, reader, &again);
	RH_ASSERT(first.len == again.len && memcmp(first.data, again.data, first.len) == 0);
	rh_buf_release(&first);
	rh_buf_release(&again);
	return 0;
}
