/*
 * fuzz_judge.c - any bytes as records: the judge takes whatever order, index, node or kind comes,
 * ends with a decision for every assertion, and says the same when it reads the same again.
 */
#include <stdlib.h>
#include <string.h>

#include "core/judge/judge.h"
#include "core/scenario/that.h"

#define NODES	   5
#define ASSERTIONS 18
#define PLAIN	   12 /* of them sentences, the others expressions */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct rh_plan_node nodes[NODES] = {{.name = "n-0"},
					   {.name = "n-1"},
					   {.name = "n-2"},
					   {.name = "n-3"},
					   {.name = "n-4", .start_ns = 9}};
static uint32_t all[NODES] = {0, 1, 2, 3, 4};
static uint32_t some[2] = {1, 3};

static void no_link(const void *params, struct rh_link_state *state)
{
	(void)params;
	*state = (struct rh_link_state){.is_cut = true};
}

static const struct rh_action_type cut = {
	.name = "cut", .is_fault = true, .effect = RH_EFFECT_ON_LINKS, .link = no_link};
static uint32_t edges[2] = {0, 1};
static struct rh_plan_link links[1] = {{0, 1, {1, 1}}};
static struct rh_plan_step steps[2] = {
	{RH_PLAN_STEP_INIT, .name = "cut", .type = &cut, .edges = edges, .edge_count = 2},
	{RH_PLAN_STEP_INIT, .name = "mark", .type = &cut},
};
static struct rh_plan_phase phases[2] = {{.name = "one", .duration_ns = 90},
					 {.name = "two", .start_ns = 90, .duration_ns = 90}};

static const char *const texts[ASSERTIONS - PLAIN] = {
	"max(head_height) - min(head_height) <= 9 || count(up == 1) == 2",
	"head_height / reorg_depth >= max(reorg_depth) - 2",
	"head_height - captured(mark, head_height) > 3 && p90(reorg_depth) < 40",
	"p95(head_height, phase=one) <= 20 && avg(reorg_depth, phase=two) > 3",
	"reachable(n-0, n-1) || recovery_time(cut) <= 20ns",
	"alert(check) ? finality_conflicts == 0 : tx_included * 2 > base(tx_submitted)",
};

static void make_plain(struct rh_plan_assertion *check, struct rh_that *that, uint32_t i,
		       uint8_t shape, int8_t value)
{
	static const uint32_t gauges[] = {RH_GAUGE_HEADS,	    RH_GAUGE_PROPAGATION_P90,
					  RH_GAUGE_HEAD_HEIGHT,	    RH_GAUGE_REORG_DEPTH,
					  RH_GAUGE_PROPAGATION_P50, RH_GAUGE_HEAD};

	*that = (struct rh_that){.aggregate = i % 7,
				 .gauge = gauges[i % RH_ARRAY_LEN(gauges)],
				 .op = shape % 6,
				 .value = value};
	check->type = rh_builtin_assertions.assertions[0];
	check->params = that;
}

/* An alert is what the last expression looks at; it stands first. */
static void make_checks(struct rh_plan_assertion *checks, struct rh_that *thats,
			const char **params, struct rh_reader *reader)
{
	for (uint32_t i = 0; i < ASSERTIONS; i++) {
		uint8_t shape = rh_read_u8(reader);
		uint8_t more = rh_read_u8(reader);

		checks[i] = (struct rh_plan_assertion){
			RH_PLAN_ASSERTION_INIT,
			.name = "check",
			.mode = (enum rh_assert_mode)(more % 8),
			.role = i == 0 ? RH_ROLE_ALERT : RH_ROLE_CHECK,
			.phase = RH_NONE,
			.from_ns = shape / 32,
			.until_ns = shape / 32 + rh_read_u8(reader),
			.hold_ns = more / 64 * 5,
			.quorum = (enum rh_quorum_kind)(more / 8 % 3),
			.expects_failure = (more & 32) != 0,
			.nodes = shape & 1 ? all : some,
			.node_count = shape & 1 ? NODES : 2,
			.text = "check",
		};
		if (shape % 16 == 5)
			checks[i].after = 1;
		else if (shape % 16 == 6)
			checks[i].during = 0;
		if (i < PLAIN) {
			make_plain(&checks[i], &thats[i], i, shape, (int8_t)rh_read_u8(reader));
			continue;
		}
		params[i] = texts[i - PLAIN];
		checks[i].type = rh_builtin_assertions.assertions[1];
		checks[i].params = (void *)&params[i];
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

		if (i == 0)
			continue; /* the alert */
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
	const char *params[ASSERTIONS];
	struct rh_plan plan = {.name = "fuzz",
			       .nodes = nodes,
			       .node_count = NODES,
			       .links = links,
			       .link_count = 1,
			       .steps = steps,
			       .step_count = 2,
			       .phases = phases,
			       .phase_count = 2,
			       .assertions = checks,
			       .assertion_count = ASSERTIONS};
	struct rh_buf first = {0}, again = {0};
	struct rh_reader reader;

	rh_reader_init(&reader, data, size);
	make_checks(checks, thats, params, &reader);
	judge_all(&plan, reader, &first);
	judge_all(&plan, reader, &again);
	RH_ASSERT(first.len == again.len && memcmp(first.data, again.data, first.len) == 0);
	rh_buf_release(&first);
	rh_buf_release(&again);
	return 0;
}
