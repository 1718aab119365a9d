/*
 * made_run.h - a run made by hand for the tests of reports: 100 nodes in six regions, four hours, a
 * cut of 60 to 40 for 20 minutes, and results of checks that no judge was asked for.
 *
 * The functions of the judge that reports call are defined here, so that a report is tested alone.
 */
#ifndef TESTS_UNIT_REPORT_MADE_RUN_H
#define TESTS_UNIT_REPORT_MADE_RUN_H

#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/report/report.h"
#include "core/scenario/that.h"

#define MADE_NODES  100
#define MADE_CUT    40 /* the first nodes */
#define MADE_CHECKS 4
#define MIN_NS	    (RH_NS_PER_MIN)

struct rh_judge {
	struct rh_result results[8];
	uint32_t count;
	const char *error;
};

const struct rh_result *rh_judge_result(const struct rh_judge *judge, uint32_t assertion)
{
	RH_ASSERT(assertion < judge->count);
	return &judge->results[assertion];
}

uint32_t rh_judge_result_count(const struct rh_judge *judge)
{
	return judge->count;
}

struct rh_scores rh_judge_scores(const struct rh_judge *judge)
{
	struct rh_scores scores = {.total = judge->count};

	for (uint32_t i = 0; i < judge->count; i++) {
		scores.passed += judge->results[i].state == RH_RESULT_PASSED;
		scores.failed += judge->results[i].state == RH_RESULT_FAILED;
	}
	scores.pass_ppm =
		scores.total == 0 ? 1000000 : (uint64_t)scores.passed * 1000000 / scores.total;
	return scores;
}

const char *rh_judge_error_text(const struct rh_judge *judge)
{
	return judge->error;
}

const char *rh_verdict_name(enum rh_verdict verdict)
{
	static const char *const names[] = {"passed", "failed", "error"};

	return names[verdict];
}

const char *rh_result_state_name(enum rh_result_state state)
{
	static const char *const names[] = {"open", "passed", "failed", "error"};

	return names[state];
}

const char *rh_run_status_name(enum rh_run_status status)
{
	static const char *const names[] = {"completed", "failed", "timeout", "cancelled"};

	return names[status];
}

struct made_params {
	uint64_t interval_ns;
};

struct made_run {
	struct rh_plan plan;
	struct rh_judge judge;
	struct rh_report *report;
	struct rh_report_facts facts;
	char names[MADE_NODES][16];
	struct rh_plan_step steps[4];
	uint32_t edges[1600];
	uint32_t one_node[1];
	struct made_params params;
	uint64_t heads[MADE_NODES];
	uint64_t heights[MADE_NODES];
	uint64_t records;
};

static void made_cut(const void *params, struct rh_link_state *state)
{
	(void)params;
	state->is_cut = true;
}

static const struct rh_key made_no_keys[] = {RH_KEY_END};

static const struct rh_action_type made_cut_type = {
	.name = "partition",
	.is_fault = true,
	.effect = RH_EFFECT_ON_LINKS,
	.keys = made_no_keys,
	.link = made_cut,
};

static const struct rh_action_type made_crash_type = {
	.name = "crash",
	.is_fault = true,
	.effect = RH_EFFECT_ON_NODES,
	.keys = made_no_keys,
};

static const struct rh_key made_keys[] = {
	{.name = "blockInterval", .type = RH_KEY_DURATION, .offset = 0, .doc = "", .since = "0.1"},
	RH_KEY_END,
};

static const struct rh_assertion_type made_assertion_type = {
	.name = "gauge",
	.keys = made_no_keys,
};

static const struct rh_model made_model = {
	.name = "made",
	.doc = "a model for tests",
	.abi = RH_MODEL_ABI,
	.params_size = sizeof(struct made_params),
	.keys = made_keys,
	.node_keys = made_no_keys,
};

static const char *made_regions[] = {"na", "eu", "sa", "ap", "jp", "au"};

/* Every node has eight peers: the four next ones on a ring, and so the four before it. */
static inline void made_links(struct made_run *run)
{
	struct rh_plan *plan = &run->plan;

	plan->links = RH_ARENA_ARRAY(&plan->arena, MADE_NODES * 4, struct rh_plan_link);
	for (uint32_t a = 0; a < MADE_NODES; a++) {
		for (uint32_t step = 1; step <= 4; step++) {
			uint32_t b = (a + step) % MADE_NODES;

			plan->links[plan->link_count++] = (struct rh_plan_link){
				.a = a < b ? a : b,
				.b = a < b ? b : a,
				.delay_ns = {1, 1},
			};
		}
	}
	for (uint32_t i = 0; i < plan->link_count; i++) {
		bool is_in_a = plan->links[i].a < MADE_CUT;
		bool is_in_b = plan->links[i].b < MADE_CUT;

		if (is_in_a == is_in_b)
			continue;
		run->edges[run->steps[0].edge_count++] = 2 * i;
		run->edges[run->steps[0].edge_count++] = 2 * i + 1;
	}
	run->steps[0].edges = run->edges;
}

static inline void made_plan(struct made_run *run)
{
	static struct rh_plan_phase phases[] = {
		{"before", 0, 100 * MIN_NS},
		{"cut", 100 * MIN_NS, 20 * MIN_NS},
		{"healed", 120 * MIN_NS, 120 * MIN_NS},
	};
	static struct rh_plan_assertion assertions[MADE_CHECKS] = {
		{RH_PLAN_ASSERTION_INIT, .name = "blocks spread", .mode = RH_MODE_ALWAYS,
		 .phase = 0, .text = "propagation_p90 <= 30s"},
		{RH_PLAN_ASSERTION_INIT, .name = "the cut is felt", .mode = RH_MODE_EVENTUALLY,
		 .phase = 1, .text = "heads >= 2"},
		{RH_PLAN_ASSERTION_INIT, .name = "converges", .mode = RH_MODE_EVENTUALLY,
		 .phase = 2, .text = "heads == 1"},
		{RH_PLAN_ASSERTION_INIT, .name = "nothing deep", .mode = RH_MODE_ALWAYS,
		 .phase = RH_NONE, .text = "max(reorg_depth) <= 6", .role = RH_ROLE_CRITERION},
	};
	struct rh_plan *plan = &run->plan;

	plan->name = "quickstart";
	plan->description = "a proof-of-work network is cut in two for 20 minutes and healed";
	plan->hypothesis =
		"A cut of 60 to 40 splits the chain; after healing every node is on one "
		"chain again within ten minutes, and no node undoes more than six blocks.";
	plan->path = "scenarios/quickstart.yaml";
	plan->seed = 1;
	plan->duration_ns = 240 * MIN_NS;
	plan->timeout_ns = 300 * MIN_NS;
	plan->genesis_unix_s = 1767225600;
	plan->model = &made_model;
	run->params.interval_ns = 10 * MIN_NS;
	plan->params = &run->params;
	plan->node_count = MADE_NODES;
	plan->nodes = RH_ARENA_ARRAY(&plan->arena, MADE_NODES, struct rh_plan_node);
	for (uint32_t i = 0; i < MADE_NODES; i++) {
		snprintf(run->names[i], sizeof(run->names[i]), "n-%u", (unsigned)i);
		plan->nodes[i].name = run->names[i];
		plan->nodes[i].region = i % 6;
	}
	plan->regions = made_regions;
	plan->region_count = 6;
	plan->phases = phases;
	plan->phase_count = 3;
	for (uint32_t i = 0; i < MADE_CHECKS; i++)
		assertions[i].type = &made_assertion_type;
	plan->assertions = assertions;
	plan->assertion_count = MADE_CHECKS;
	run->steps[0] = (struct rh_plan_step){
		RH_PLAN_STEP_INIT, .name = "cut-1",	  .type = &made_cut_type,
		.phase = 1,	   .at_ns = 100 * MIN_NS, .until_ns = 120 * MIN_NS,
	};
	plan->steps = run->steps;
	plan->step_count = 1;
	made_links(run);
}

static inline void made_give(struct made_run *run, struct rh_record record)
{
	const struct rh_sink *sink = rh_report_sink(run->report);

	sink->take(sink->ctx, &record, 1);
	run->records++;
}

/* What one node does with a block: it takes it, and its head moves. */
static inline void made_arrival(struct made_run *run, uint32_t node, uint64_t time_ns, uint64_t id,
				uint64_t height, uint32_t producer)
{
	made_give(run, (struct rh_record){.time_ns = time_ns,
					  .node = node,
					  .kind = RH_RECORD_BLOCK,
					  .stage = node == producer ? RH_BLOCK_PRODUCED
								    : RH_BLOCK_ACCEPTED,
					  .a = id,
					  .c = height,
					  .d = producer});
	made_give(run, (struct rh_record){.time_ns = time_ns,
					  .node = node,
					  .kind = RH_RECORD_HEAD,
					  .a = id,
					  .b = run->heads[node],
					  .c = height});
	run->heads[node] = id;
	run->heights[node] = height;
}

/* A block spreads over the nodes from `first` to before `end`, 40 ms a node. */
static inline void made_block(struct made_run *run, uint64_t time_ns, uint32_t first, uint32_t end,
			      uint64_t id, uint64_t height)
{
	uint32_t producer = first + (uint32_t)(id * 7 % (end - first));

	for (uint32_t i = 0; i < end - first; i++)
		made_arrival(run, first + (producer - first + i) % (end - first),
			     time_ns + i * 40 * RH_NS_PER_MS, id, height, producer);
}

static inline void made_world(struct made_run *run, uint64_t time_ns, uint16_t kind, uint16_t stage,
			      uint32_t index, uint64_t a, uint64_t b)
{
	made_give(run, (struct rh_record){.time_ns = time_ns,
					  .node = RH_NODE_WORLD,
					  .kind = kind,
					  .stage = stage,
					  .index = index,
					  .a = a,
					  .b = b});
}

static inline void made_records(struct made_run *run)
{
	static const uint64_t before_min[] = {7, 12, 30, 41, 44, 58, 66, 71, 90, 95};
	static const uint64_t after_min[] = {126, 139, 150, 153, 168, 175, 190, 199, 214, 222, 236};
	uint64_t id = 0x5c1e9f0b7a2d0000;
	uint64_t height = 0;

	for (size_t i = 0; i < 10; i++)
		made_block(run, before_min[i] * MIN_NS, 0, MADE_NODES, ++id, ++height);
	made_world(run, 100 * MIN_NS, RH_RECORD_FAULT, RH_FAULT_REQUESTED, 0, 0, 0);
	made_world(run, 100 * MIN_NS + 300000, RH_RECORD_FAULT, RH_FAULT_VERIFIED, 0, 300000, 0);
	made_block(run, 101 * MIN_NS, MADE_CUT, MADE_NODES, ++id, 11);
	made_block(run, 104 * MIN_NS, 0, MADE_CUT, ++id, 11);
	made_block(run, 109 * MIN_NS, MADE_CUT, MADE_NODES, ++id, 12);
	made_block(run, 113 * MIN_NS, 0, MADE_CUT, ++id, 12);
	made_block(run, 118 * MIN_NS, MADE_CUT, MADE_NODES, ++id, 13);
	made_world(run, 120 * MIN_NS, RH_RECORD_FAULT, RH_FAULT_CLEARED, 0, 0, 214);
	for (uint32_t node = 0; node < MADE_CUT; node++) {
		uint64_t time_ns = 120 * MIN_NS + (node + 10) * 70 * RH_NS_PER_MS;

		made_give(run, (struct rh_record){.time_ns = time_ns,
						  .node = node,
						  .kind = RH_RECORD_REORG,
						  .a = id,
						  .b = id - 5,
						  .c = 2,
						  .d = id - 1});
		made_arrival(run, node, time_ns, id, 13, 70);
	}
	height = 13;
	for (size_t i = 0; i < 11; i++)
		made_block(run, after_min[i] * MIN_NS, 0, MADE_NODES, ++id, ++height);
	made_world(run, 240 * MIN_NS, RH_RECORD_RUN, RH_RUN_END, 0, 1, 240 * MIN_NS);
}

static inline void made_result(struct made_run *run, uint32_t index, uint64_t decided_ns,
			       int64_t value, const char *reason)
{
	struct rh_result *result = &run->judge.results[index];

	result->state = RH_RESULT_PASSED;
	result->decided_ns = decided_ns;
	result->has_value = true;
	result->value = value;
	result->node = RH_NODE_WORLD;
	result->fault_step = RH_NONE;
	snprintf(result->reason, sizeof(result->reason), "%s", reason);
}

/* heads == 1, as the loader would have read it */
static struct rh_that made_that = {RH_AGG_EACH, RH_GAUGE_HEADS, RH_OP_EQ, 1};

static inline void made_fail(struct made_run *run)
{
	struct rh_result *result = &run->judge.results[2];

	result->state = RH_RESULT_FAILED;
	result->decided_ns = 130 * MIN_NS;
	result->value = 2;
	result->node = 17;
	result->fault_step = 0;
	run->plan.assertions[2].params = &made_that;
	snprintf(result->reason, sizeof(result->reason),
		 "heads still differ 10 m 00 s after the heal: 2 heads (expected 1)");
	for (uint32_t i = 0; i < 3; i++)
		result->evidence[result->evidence_count++] = (struct rh_record){
			.time_ns = (104 + 9 * i) * MIN_NS + 204 * RH_NS_PER_MS,
			.node = 17,
			.kind = RH_RECORD_HEAD,
			.a = 0x5c1e9f0b7a2d000b + i,
			.b = 0x5c1e9f0b7a2d000a + i,
			.c = 11 + i,
		};
	run->facts.verdict = RH_VERDICT_FAILED;
}

static inline void made_open(struct made_run *run)
{
	memset(run, 0, sizeof(*run));
	made_plan(run);
	run->report = rh_report_open(&run->plan);
	made_records(run);
	run->judge.count = MADE_CHECKS;
	run->judge.error = "";
	made_result(run, 0, 100 * MIN_NS, 4100000000,
		    "every block reached 90 % of nodes within 4.1 s (limit 30 s)");
	made_result(run, 1, 101 * MIN_NS, 2, "heads differed from 01:41:12 until the heal");
	made_result(run, 2, 120 * MIN_NS + 3400 * RH_NS_PER_MS, 1,
		    "one head again 3.4 s after the heal (limit 10 min)");
	made_result(run, 3, 240 * MIN_NS, 2, "deepest reorg 2 (limit 6)");
	run->facts = (struct rh_report_facts){
		.plan = &run->plan,
		.judge = &run->judge,
		.status = RH_STATUS_COMPLETED,
		.verdict = RH_VERDICT_PASSED,
		.simulated_ns = 240 * MIN_NS,
		.wall_ns = 211 * RH_NS_PER_MS,
		.cpu_ns = 209 * RH_NS_PER_MS,
		.events = 3123456,
		.trace_hash = "5c1e9f0b7a2d44e8913b60cf2f7d8a11",
		.reproduce = "rehearse run scenarios/quickstart.yaml --seed 1",
		.run_directory = "runs/quickstart-1",
		.version = "0.1.0",
		.mode = "sim",
	};
}

static inline void made_close(struct made_run *run)
{
	rh_report_close(run->report);
	rh_arena_release(&run->plan.arena);
}

#endif
