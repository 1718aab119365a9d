/*
 * Scenarios that load, and what the plan then says: names, times, windows, targets, links, regions,
 * overrides; that a node without links moves nothing; and that a hundred nodes load within 10 ms.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "core/scenario/lookahead.h"
#include "core/scenario/that.h"
#include "core/world.h"
#include "tests/lib/test_model.h"

#define HEAD \
	"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t, description: " \
	"words}\nspec:\n"
#define MODEL "  model: {name: test}\n"

static struct rh_plan *load_with(const char *text, const char *const *sets, size_t set_count)
{
	struct rh_registry *registry = calloc(1, sizeof(*registry)); /* outlives the plan */
	struct rh_load_options options = {
		.registry = registry, .sets = sets, .set_count = set_count};
	struct rh_diagnostics diagnostics;
	struct rh_buf said = {0};
	struct rh_plan *plan;

	test_registry_fill(registry);
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("t.yaml", text, strlen(text), &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, &said);
	ck_assert_msg(plan != NULL, "%s", rh_buf_str(&said));
	ck_assert_msg(diagnostics.warning_count == 0, "%s", rh_buf_str(&said));
	rh_buf_release(&said);
	rh_diagnostics_release(&diagnostics);
	free(registry); /* the plan points at the constant tables themselves */
	return plan;
}

static struct rh_plan *load(const char *text)
{
	return load_with(text, NULL, 0);
}

START_TEST(defaults)
{
	struct rh_plan *plan = load(HEAD MODEL "  topology: {groups: [{name: n, count: 3}]}\n"
					       "  duration: 1h30m\n");

	ck_assert_str_eq(plan->name, "t");
	ck_assert_str_eq(plan->description, "words");
	ck_assert_str_eq(plan->hypothesis, "");
	ck_assert_uint_eq(plan->seed, 1);
	ck_assert_uint_eq(plan->duration_ns, 90 * RH_NS_PER_MIN);
	ck_assert_uint_eq(plan->timeout_ns, 95 * RH_NS_PER_MIN);
	ck_assert_uint_eq(plan->genesis_unix_s, 1767225600);
	ck_assert_uint_eq(plan->node_count, 3);
	ck_assert_str_eq(plan->nodes[2].name, "n-2");
	ck_assert_uint_eq(plan->nodes[2].name64, rh_name64("n-2"));
	ck_assert_uint_eq(plan->weight_total, 3);
	ck_assert_uint_eq(plan->nodes[0].region, RH_NONE);
	/* random-regular with degree 8 gives way in a network of three */
	ck_assert_uint_eq(plan->link_count, 3);
	ck_assert_uint_eq(plan->links[0].delay_ns[0], 20 * RH_NS_PER_MS);
	ck_assert_uint_eq(plan->lookahead_ns, 20 * RH_NS_PER_MS);
	ck_assert_uint_eq(plan->reaction_ns, 4194304);
	ck_assert_uint_eq(plan->limit_memory, UINT64_C(8000000000));
	ck_assert_int_eq(plan->jitter, RH_JITTER_NONE);
	rh_plan_free(plan);
}
END_TEST

/* Each value of the test model is read by its type, under either spelling. */
START_TEST(parameters)
{
	struct rh_plan *plan = load(
		HEAD "  duration: 1m\n"
		     "  topology:\n    groups:\n      - {name: a, count: 2, with: {hashrate: 5}}\n"
		     "      - {name: b}\n"
		     "  model:\n    name: test\n"
		     "    with: {block_interval: 250ms, blockSize: 64KiB, relay: inventory,\n"
		     "           limit: -0, share: 0.25, loud: true, rate: 10MB/s, label: 'on'}\n");
	const struct test_params *params = plan->params;

	ck_assert_uint_eq(params->interval_ns, 250 * RH_NS_PER_MS);
	ck_assert_uint_eq(params->size_bytes, 65536);
	ck_assert_uint_eq(params->policy, 1);
	ck_assert_int_eq(params->limit, 0);
	ck_assert_uint_eq(params->share.num, 1);
	ck_assert_uint_eq(params->share.den, 4);
	ck_assert_uint_eq(params->is_loud, 1);
	ck_assert_uint_eq(params->rate_bps, 80000000);
	ck_assert_str_eq(params->label, "on");
	ck_assert_uint_eq(plan->weight_total, 11);
	ck_assert_uint_eq(plan->nodes[1].weight, 5);
	ck_assert_uint_eq(plan->nodes[2].weight, 1);
	rh_plan_free(plan);
}
END_TEST

START_TEST(phases_and_steps)
{
	struct rh_plan *plan =
		load(HEAD MODEL
		     "  topology: {groups: [{name: n, count: 4}], shape: ring}\n"
		     "  clock: {slot: 12s, slotsPerEpoch: 32}\n"
		     "  phases:\n"
		     "    - {name: a, duration: 1 epoch}\n"
		     "    - name: b\n      duration: 10m\n      actions:\n"
		     "        - {id: late, fault: restart, target: n-3, at: 2 slots, with: "
		     "{downtime: 5s, amnesia: true}}\n"
		     "        - {fault: partition, target: [n-0, n-1], at: 0}\n"
		     "        - {fault: latency, with: {delay: 5ms}, for: 1m, verify: none}\n"
		     "        - {fault: loss, target: n-0, direction: in, with: {loss: 10%},\n"
		     "           disabled: true, for: 1m}\n"
		     "    - {name: c, duration: 1m, heal: all}\n");
	struct rh_link_state state = {0};
	const struct rh_plan_step *step;

	ck_assert_uint_eq(plan->phases[1].start_ns, 384 * RH_NS_PER_SEC);
	ck_assert_uint_eq(plan->duration_ns, 384 * RH_NS_PER_SEC + 11 * RH_NS_PER_MIN);
	ck_assert_uint_eq(plan->step_count, 4);
	step = &plan->steps[0];
	ck_assert_str_eq(step->name, "partition-1");
	ck_assert_uint_eq(step->edge_count, 4); /* n-1 n-2 and n-3 n-0, both ways */
	ck_assert_uint_eq(step->until_ns, plan->phases[2].start_ns); /* healed */
	step->type->link(step->params, &state);
	ck_assert(state.is_cut && !state.drops_in_flight);
	step = &plan->steps[1];
	ck_assert_str_eq(step->name, "latency-1");
	ck_assert_uint_eq(step->edge_count, 8);
	ck_assert_int_eq(step->verify, RH_VERIFY_NONE);
	ck_assert_uint_eq(step->until_ns, step->at_ns + RH_NS_PER_MIN);
	step = &plan->steps[2];
	ck_assert_str_eq(step->name, "loss-1");
	ck_assert(step->is_disabled);
	ck_assert_uint_eq(step->edge_count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct rh_plan_link *link = &plan->links[step->edges[i] / 2];

		ck_assert_uint_eq(step->edges[i] % 2 == 0 ? link->b : link->a, 0);
	}
	step = &plan->steps[3];
	ck_assert_str_eq(step->name, "late");
	ck_assert_uint_eq(step->at_ns, plan->phases[1].start_ns + 24 * RH_NS_PER_SEC);
	ck_assert_uint_eq(step->until_ns, step->at_ns + 5 * RH_NS_PER_SEC);
	ck_assert_int_eq(step->type->begin_op(step->params), RH_NODE_OP_CRASH_AMNESIA);
	ck_assert_int_eq(step->type->end_op(step->params), RH_NODE_OP_RESTART);
	ck_assert_uint_eq(step->node_count, 1);
	ck_assert_uint_eq(step->nodes[0], 3);
	rh_plan_free(plan);
}
END_TEST

/* The other spelling of the version, all of the metadata, and a fault that goes one way. */
START_TEST(header)
{
	struct rh_plan *plan = load("apiVersion: chaos.trading/v1\nkind: Scenario\n"
				    "metadata: {name: h, description: d, version: 1.2, author: me,"
				    " tags: [a, b]}\nspec:\n" MODEL
				    "  topology: {groups: [{name: n, count: 4}], shape: ring}\n"
				    "  phases:\n    - name: a\n      duration: 1m\n      actions:\n"
				    "        - {fault: partition, target: n-0, direction: out}\n");
	const struct rh_plan_step *step = &plan->steps[0];

	ck_assert_str_eq(plan->name, "h");
	ck_assert_str_eq(plan->description, "d");
	ck_assert_uint_eq(step->edge_count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct rh_plan_link *link = &plan->links[step->edges[i] / 2];

		ck_assert_uint_eq(step->edges[i] % 2 == 0 ? link->a : link->b, 0);
	}
	rh_plan_free(plan);
}
END_TEST

START_TEST(windows)
{
	struct rh_plan *plan = load(
		HEAD MODEL "  topology: {groups: [{name: n, count: 4}]}\n"
			   "  phases:\n"
			   "    - {name: a, duration: 10m}\n"
			   "    - name: b\n      duration: 10m\n      assert:\n"
			   "        - {that: heads == 1}\n"
			   "        - {that: heads == 1, within: 7m}\n"
			   "        - {that: heads == 1, mode: always}\n"
			   "        - {that: heads == 1, mode: never, within: 2m, target: n-2}\n"
			   "        - {that: heads == 1, mode: atEnd}\n"
			   "        - {type: expectation, with: {least: 3}, name: an expectation}\n"
			   "  successCriteria:\n"
			   "    - {that: max(reorg_depth) <= 6}\n"
			   "    - {that: test.lag < 1s, within: 3m}\n"
			   "    - {that: each(orphans) != 2, mode: atEnd}\n");
	static const struct {
		enum rh_assert_mode mode;
		uint64_t from_min;
		uint64_t until_min;
	} expected[] = {
		{RH_MODE_EVENTUALLY, 10, 15}, {RH_MODE_EVENTUALLY, 10, 17},
		{RH_MODE_ALWAYS, 10, 20},     {RH_MODE_NEVER, 10, 12},
		{RH_MODE_AT_END, 10, 20},     {RH_MODE_EVENTUALLY, 10, 15},
		{RH_MODE_ALWAYS, 0, 20},      {RH_MODE_EVENTUALLY, 0, 3},
		{RH_MODE_AT_END, 0, 20},
	};
	const struct rh_that *that;

	ck_assert_uint_eq(plan->assertion_count, RH_ARRAY_LEN(expected));
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_plan_assertion *assertion = &plan->assertions[i];

		ck_assert_int_eq(assertion->mode, expected[i].mode);
		ck_assert_uint_eq(assertion->from_ns, expected[i].from_min * RH_NS_PER_MIN);
		ck_assert_uint_eq(assertion->until_ns, expected[i].until_min * RH_NS_PER_MIN);
		ck_assert_int_eq(assertion->role, i >= 6 ? RH_ROLE_CRITERION : RH_ROLE_CHECK);
		ck_assert_uint_eq(assertion->phase, i >= 6 ? RH_NONE : 1);
		ck_assert_uint_eq(assertion->node_count, i == 3 ? 1 : 4);
	}
	ck_assert_str_eq(plan->assertions[0].name, "heads == 1");
	ck_assert_str_eq(plan->assertions[5].name, "an expectation");
	that = plan->assertions[7].params;
	ck_assert_int_eq(that->gauge, RH_GAUGE_MODEL + 1);
	ck_assert_int_eq(that->value, 1000000000);
	ck_assert_uint_eq(that->op, RH_OP_LT);
	that = plan->assertions[6].params;
	ck_assert_uint_eq(that->aggregate, RH_AGG_MAX);
	ck_assert_int_eq(that->gauge, RH_GAUGE_REORG_DEPTH);
	ck_assert_uint_eq(plan->timeout_ns, 25 * RH_NS_PER_MIN);
	rh_plan_free(plan);
}
END_TEST

/* Tables of regions, matrices, distributions, access rates, explicit links. */
START_TEST(network)
{
	struct rh_plan *plan =
		load(HEAD MODEL
		     "  duration: 1m\n"
		     "  topology:\n    groups:\n"
		     "      - {name: a, count: 2, region: eu}\n"
		     "      - {name: b, region: jp, bandwidth: {up: 1mbit, down: unlimited},\n"
		     "         clockOffset: -250ms, clockDrift: 20ppm, join: 5s}\n"
		     "    shape: line\n"
		     "    links: [[b-0, a-0], {between: [a-0, a-1], latency: 7ms}]\n"
		     "  network: {latency: internet2019, bandwidth: internet2019, loss: 50%,\n"
		     "            jitter: {law: normal, amount: 5%}}\n");
	const struct rh_plan_node *b = &plan->nodes[2];

	ck_assert_uint_eq(plan->region_count, 6);
	ck_assert_str_eq(plan->regions[plan->nodes[0].region], "eu");
	ck_assert_uint_eq(plan->link_count, 3);
	ck_assert_uint_eq(plan->links[0].delay_ns[0], 7 * RH_NS_PER_MS);
	ck_assert_uint_eq(plan->links[1].a, 0);
	ck_assert_uint_eq(plan->links[1].b, 2);
	ck_assert_uint_gt(plan->links[1].delay_ns[0], 50 * RH_NS_PER_MS);
	ck_assert_uint_gt(plan->nodes[0].up_bps, 0);
	ck_assert_uint_eq(b->up_bps, 1000000);
	ck_assert_uint_eq(b->down_bps, 0);
	ck_assert_int_eq(b->clock_offset_ns, -250000000);
	ck_assert_int_eq(b->clock_drift_ppb, 20000);
	ck_assert_uint_eq(b->start_ns, 5 * RH_NS_PER_SEC);
	ck_assert_uint_eq(plan->loss_threshold, UINT64_C(1) << 63);
	ck_assert_uint_eq(plan->jitter_ppm, 50000);
	ck_assert_uint_eq(plan->lookahead_ns, rh_lookahead_ns(plan));
	ck_assert_uint_eq(plan->lookahead_ns, 7 * RH_NS_PER_MS / 2);
	rh_plan_free(plan);
}
END_TEST

START_TEST(matrix_and_laws)
{
	struct rh_plan *plan =
		load(HEAD MODEL
		     "  duration: 1m\n"
		     "  topology: {groups: [{name: a, region: x}, {name: b, region: y}]}\n"
		     "  network:\n    latencyIsRoundTrip: true\n"
		     "    latency: {law: matrix, regions: [x, y], ms: [[1, 20.5], [30, 2]]}\n");

	ck_assert_uint_eq(plan->links[0].delay_ns[0], 10250000);
	ck_assert_uint_eq(plan->links[0].delay_ns[1], 15000000);
	rh_plan_free(plan);
	plan = load(HEAD MODEL "  duration: 1m\n"
			       "  topology: {groups: [{name: a, count: 40}], shape: full}\n"
			       "  network: {latency: {law: uniform, min: 10ms, max: 20ms}}\n");
	for (uint32_t i = 0; i < plan->link_count; i++) {
		ck_assert_uint_ge(plan->links[i].delay_ns[0], 10 * RH_NS_PER_MS);
		ck_assert_uint_le(plan->links[i].delay_ns[0], 20 * RH_NS_PER_MS);
		ck_assert_uint_eq(plan->links[i].delay_ns[0], plan->links[i].delay_ns[1]);
	}
	ck_assert_uint_ne(plan->links[0].delay_ns[0], plan->links[1].delay_ns[0]);
	rh_plan_free(plan);
	plan = load(HEAD MODEL
		    "  duration: 1m\n"
		    "  topology: {groups: [{name: a, count: 40}], shape: full}\n"
		    "  network: {latency: {law: normal, mean: 5ms, deviation: 5ms, min: 4ms}}"
		    "\n");
	for (uint32_t i = 0; i < plan->link_count; i++)
		ck_assert_uint_ge(plan->links[i].delay_ns[0], 4 * RH_NS_PER_MS);
	rh_plan_free(plan);
}
END_TEST

/* Merge keys, anchors, YAML 1.2: `no` and `on` are text, 012 is twelve. */
START_TEST(yaml)
{
	struct rh_plan *plan = load(HEAD "  hypothesis: no\n  duration: &d 10m\n  timeout: *d\n"
					 "  model: {name: test, with: {label: on}}\n"
					 "  topology:\n    shape: explicit\n    groups:\n"
					 "      - &g {name: a, count: 2, join: 1s}\n"
					 "      - {<<: *g, name: b, count: 0x03}\n"
					 "      - <<: [*g, {peers: 0}]\n        name: c\n");

	ck_assert_str_eq(plan->hypothesis, "no");
	ck_assert_str_eq(((const struct test_params *)plan->params)->label, "on");
	ck_assert_uint_eq(plan->timeout_ns, plan->duration_ns);
	ck_assert_uint_eq(plan->node_count, 7);
	ck_assert_uint_eq(plan->groups[1].node_count, 3);
	ck_assert_uint_eq(plan->nodes[6].start_ns, RH_NS_PER_SEC);
	rh_plan_free(plan);
	plan = load(HEAD MODEL "  duration: 1m\n  topology: {groups: [{name: n, count: 012}]}\n");
	ck_assert_uint_eq(plan->node_count, 12);
	rh_plan_free(plan);
}
END_TEST

START_TEST(overrides)
{
	static const char *const sets[] = {
		"duration=2h",
		"network.jitter.amount=20%",
		"model.with.block_interval=5s",
		"topology.groups.n.count=6",
		"topology.groups.0.with={hashrate: 7}",
		"spec.network.latency={law: constant, delay: 3ms}",
		"metadata.name=other",
	};
	struct rh_plan *plan =
		load_with(HEAD "  duration: 1h\n  topology: {groups: [{name: n, count: 4}]}\n"
			       "  model: {name: test, with: {blockInterval: 1s}}\n",
			  sets, RH_ARRAY_LEN(sets));

	ck_assert_str_eq(plan->name, "other");
	ck_assert_uint_eq(plan->duration_ns, 2 * RH_NS_PER_HOUR);
	ck_assert_uint_eq(plan->jitter_ppm, 200000);
	ck_assert_int_eq(plan->jitter, RH_JITTER_UNIFORM);
	ck_assert_uint_eq(((const struct test_params *)plan->params)->interval_ns,
			  5 * RH_NS_PER_SEC);
	ck_assert_uint_eq(plan->node_count, 6);
	ck_assert_uint_eq(plan->nodes[5].weight, 7);
	ck_assert_uint_eq(plan->links[0].delay_ns[1], 3 * RH_NS_PER_MS);
	rh_plan_free(plan);
}
END_TEST

#define MOST \
	"  duration: 1h\n  topology:\n    groups:\n      - {name: n, count: 50, regions: " \
	"bitcoin2019}\n"
#define REST \
	"    shape: random-regular\n  network: {latency: {law: exponential, mean: 50ms}}\n" \
	"  phases:\n    - name: a\n      duration: 1h\n      actions:\n" \
	"        - {name: cut, fault: partition, target: {mode: percent, value: 40%}, for: 1m}\n" \
	"        - {name: one, fault: latency, target: {mode: one}, with: {delay: 1s}, for: 1m}\n"

/* A node without links, wherever it stands in the file, moves no link, delay, region or target. */
START_TEST(silent_node_moves_nothing)
{
	struct rh_plan *plan = load(HEAD MODEL MOST REST);
	struct rh_plan *more =
		load(HEAD MODEL "  duration: 1h\n  topology:\n    groups:\n"
				"      - {name: silent, peers: 0, regions: bitcoin2019}\n"
				"      - {name: n, count: 50, regions: bitcoin2019}\n" REST);

	ck_assert_uint_eq(more->node_count, plan->node_count + 1);
	ck_assert_uint_eq(more->link_count, plan->link_count);
	for (uint32_t i = 0; i < plan->link_count; i++) {
		ck_assert_uint_eq(more->links[i].a, plan->links[i].a + 1);
		ck_assert_uint_eq(more->links[i].b, plan->links[i].b + 1);
		ck_assert_uint_eq(more->links[i].delay_ns[0], plan->links[i].delay_ns[0]);
	}
	for (uint32_t i = 0; i < plan->node_count; i++)
		ck_assert_uint_eq(more->nodes[i + 1].region, plan->nodes[i].region);
	for (uint32_t s = 0; s < plan->step_count; s++) {
		ck_assert_uint_eq(plan->steps[s].node_count, s == 0 ? 20 : 1);
		ck_assert_uint_eq(more->steps[s].node_count, plan->steps[s].node_count);
		ck_assert_uint_eq(more->steps[s].edge_count, plan->steps[s].edge_count);
		for (uint32_t i = 0; i < plan->steps[s].edge_count; i++)
			ck_assert_uint_eq(more->steps[s].edges[i], plan->steps[s].edges[i]);
		for (uint32_t i = 0; i < plan->steps[s].node_count; i++)
			ck_assert_uint_eq(more->steps[s].nodes[i], plan->steps[s].nodes[i] + 1);
	}
	rh_plan_free(plan);
	rh_plan_free(more);
}
END_TEST

/* A partition's edges are those with exactly one end in its target. */
START_TEST(cut_edges)
{
	struct rh_plan *plan = load(HEAD MODEL MOST REST);
	const struct rh_plan_step *step = &plan->steps[0];
	bool inside[50] = {false};
	uint32_t expected = 0;

	for (uint32_t i = 0; i < step->node_count; i++)
		inside[step->nodes[i]] = true;
	for (uint32_t i = 0; i < 2 * plan->link_count; i++) {
		const struct rh_plan_link *link = &plan->links[i / 2];

		if (inside[link->a] == inside[link->b])
			continue;
		ck_assert_uint_lt(expected, step->edge_count);
		ck_assert_uint_eq(step->edges[expected++], i);
	}
	ck_assert_uint_eq(step->edge_count, expected);
	rh_plan_free(plan);
}
END_TEST

START_TEST(hundred_nodes_within_10_ms)
{
	uint64_t best_ns = UINT64_MAX;

	for (uint32_t i = 0; i < 5; i++) {
		struct timespec start;
		struct timespec end;
		struct rh_plan *plan;
		uint64_t took_ns;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
		plan = load(HEAD MODEL
			    "  duration: 1h\n  topology: {groups: [{name: n, count: 100, "
			    "regions: bitcoin2019}]}\n  network: {latency: "
			    "internet2019}\n");
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
		took_ns = (uint64_t)(end.tv_sec - start.tv_sec) * RH_NS_PER_SEC +
			  (uint64_t)end.tv_nsec - (uint64_t)start.tv_nsec;
		best_ns = took_ns < best_ns ? took_ns : best_ns;
		ck_assert_uint_eq(plan->link_count, 400);
		rh_plan_free(plan);
	}
	printf("100 nodes load in %.2f ms\n", (double)best_ns / 1e6);
	/* Sanitizers and valgrind are slower by a known kind of factor. */
	ck_assert_uint_lt(best_ns, getenv("CK_TIMEOUT_MULTIPLIER") != NULL ? 1000 * RH_NS_PER_MS
									   : 10 * RH_NS_PER_MS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("load");
	TCase *tests = tcase_create("load");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, defaults);
	tcase_add_test(tests, parameters);
	tcase_add_test(tests, phases_and_steps);
	tcase_add_test(tests, header);
	tcase_add_test(tests, windows);
	tcase_add_test(tests, network);
	tcase_add_test(tests, matrix_and_laws);
	tcase_add_test(tests, yaml);
	tcase_add_test(tests, overrides);
	tcase_add_test(tests, silent_node_moves_nothing);
	tcase_add_test(tests, cut_edges);
	tcase_add_test(tests, hundred_nodes_within_10_ms);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
