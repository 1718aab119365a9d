/*
 * What the loader makes of steps: times along a sequence, waits and what stands behind them, blocks,
 * series, signals, severities, shapes of partitions, targets, clear, rollback and cleanup; and that a
 * plan with all of it survives its own bytes.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/host.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "core/scenario/value.h"
#include "tests/lib/test_model.h"

/* Ten nodes in three groups, everybody linked to everybody; weights 1 to 4. */
#define HEAD \
	"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t}\nspec:\n" \
	"  model: {name: test}\n  clock: {slot: 10s, slotsPerEpoch: 6, block: 2s}\n" \
	"  topology:\n    shape: full\n    groups:\n" \
	"      - {name: a, count: 4, role: validator, region: eu, labels: {client: fast}}\n" \
	"      - {name: b, count: 4, role: validator, region: us, labels: {client: slow, os: x}, " \
	"with: {hashrate: 2}}\n" \
	"      - {name: boot, count: 2, role: bootnode, region: us, with: {hashrate: 4}}\n" \
	"  network: {latency: 20ms}\n"
#define PHASE	"  phases:\n    - {name: calm, duration: 1m}\n    - name: p\n      duration: 10m\n"
#define ACTIONS HEAD PHASE "      actions:\n"

static struct rh_registry registry;

static struct rh_plan *load(const char *text)
{
	struct rh_load_options options = {.registry = &registry};
	struct rh_diagnostics diagnostics;
	struct rh_buf said = {0};
	struct rh_plan *plan;

	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("t.yaml", text, strlen(text), &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, &said);
	ck_assert_msg(plan != NULL, "%s", rh_buf_str(&said));
	rh_buf_release(&said);
	rh_diagnostics_release(&diagnostics);
	return plan;
}

static const struct rh_plan_step *step_of(const struct rh_plan *plan, const char *name)
{
	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (strcmp(plan->steps[i].name, name) == 0)
			return &plan->steps[i];
	}
	ck_abort_msg("no step %s", name);
	return NULL;
}

/* "3m10s" of the run, or "w+5s" behind another step. */
static void when(const struct rh_plan *plan, const char *name, const char *expected)
{
	const struct rh_plan_step *step = step_of(plan, name);
	char span[RH_TIME_TEXT];
	char text[120];

	snprintf(text, sizeof(text), "%s%s%s",
		 step->after == RH_NONE ? "" : plan->steps[step->after].name,
		 step->after == RH_NONE ? "" : "+", rh_span_exact(span, step->at_ns));
	ck_assert_msg(strcmp(text, expected) == 0, "%s: %s, not %s", name, text, expected);
}

START_TEST(a_sequence_of_times)
{
	struct rh_plan *plan = load(
		ACTIONS "        - {id: first, fault: isolate, target: a-0, for: 30s}\n"
			"        - {id: second, node: stop, target: a-1, delay: 5s}\n"
			"        - {wait: 20s}\n"
			"        - {id: third, fault: crash, target: a-2, for: 10 blocks}\n"
			"        - {id: placed, fault: crash, target: a-3, at: 2m, for: 2 slots}\n"
			"        - {id: behind, fault: crash, target: b-0, delay: 1s, for: 1s}\n"
			"        - {wait: {slot: 30}}\n"
			"        - {id: slot30, fault: crash, target: b-1, for: 1s}\n"
			"        - {id: epoch8, annotate: hi, at: epoch 8}\n"
			"        - {id: last, annotate: bye, at: end}\n"
			"      parallelActions:\n"
			"        - {id: beside, fault: crash, target: b-2, delay: 7s, for: 1s}\n"
			"        - {id: too, fault: crash, target: b-3, for: 1s}\n");

	when(plan, "first", "1m");
	when(plan, "second", "1m5s");
	when(plan, "third", "1m25s");
	when(plan, "placed", "3m");
	when(plan, "behind", "3m1s");
	when(plan, "slot30", "5m");
	when(plan, "epoch8", "8m");
	when(plan, "last", "10m59s999ms999us999ns");
	when(plan, "beside", "1m7s");
	when(plan, "too", "1m");
	ck_assert_uint_eq(step_of(plan, "third")->until_ns - step_of(plan, "third")->at_ns,
			  20 * RH_NS_PER_SEC);
	rh_plan_free(plan);
}
END_TEST

/* Behind a wait that only the run can end, times count from its end; so does a block's end. */
START_TEST(waits_and_blocks)
{
	struct rh_plan *plan =
		load(ACTIONS "        - {id: w, wait: {until: \"heads == 1\"}, timeout: 2m}\n"
			     "        - {id: x, annotate: x, delay: 3s}\n"
			     "        - {wait: 4s}\n"
			     "        - {id: y, fault: crash, target: a-0, for: 9s}\n"
			     "        - {id: z, annotate: z, at: 5m}\n"
			     "        - {id: h, at: block 100, annotate: h}\n"
			     "        - id: both\n          at: 6m\n          parallel:\n"
			     "            - {wait: 30s}\n            - {wait: 10s}\n"
			     "        - {id: static, annotate: s}\n"
			     "        - id: join\n          parallel:\n"
			     "            - {id: v, wait: {block: 7}}\n"
			     "            - sequence: [{id: u, wait: {block: 9}}, {wait: 5s}]\n"
			     "            - {wait: 40s}\n"
			     "        - {id: joined, annotate: j}\n");
	const struct rh_plan_step *step = step_of(plan, "join");

	when(plan, "w", "1m");
	when(plan, "x", "w+3s");
	when(plan, "y", "w+7s");
	ck_assert_uint_eq(step_of(plan, "y")->until_ns, 16 * RH_NS_PER_SEC);
	ck_assert_uint_eq(step_of(plan, "w")->timeout_ns, 2 * RH_NS_PER_MIN);
	ck_assert_uint_eq(plan->assertions[step_of(plan, "w")->condition].role, RH_ROLE_CONDITION);
	when(plan, "z", "6m");
	when(plan, "h", "h.at+0s");
	when(plan, "h.at", "1m");
	when(plan, "static", "7m30s");
	/* The join waits for v, for 5 s behind u, and for 40 s. */
	when(plan, "joined", "join+0s");
	ck_assert_uint_eq(step->step_count, 2);
	ck_assert_uint_eq(step->until_ns, (8 * 60 + 10) * RH_NS_PER_SEC);
	when(plan, "join.2", "u+0s");
	ck_assert_uint_eq(step_of(plan, "join.2")->until_ns, 5 * RH_NS_PER_SEC);
	rh_plan_free(plan);
}
END_TEST

START_TEST(series_and_rounds)
{
	struct rh_plan *plan =
		load(ACTIONS
		     "        - {id: e, fault: crash, target: {mode: one}, every: 4m, for: 1s}\n"
		     "        - {id: t, fault: crash, target: {mode: one}, every: 1m, times: 2, "
		     "for: 1s}\n"
		     "        - {id: f, fault: flaky, target: a-0, with: {up: 3s, down: 2s}, for: "
		     "11s}\n"
		     "        - repeat: {count: 2, actions: [{id: r, node: start, target: a-0}, "
		     "{wait: 10s}]}\n"
		     "        - {id: after, annotate: x}\n"
		     "        - {clear: [f, t]}\n"
		     "        - {id: all, clear: all, target: a}\n");
	const struct rh_plan_step *step;

	when(plan, "e", "1m");
	when(plan, "e.2", "5m");
	when(plan, "e.3", "9m");
	ck_assert_uint_eq(step_of(plan, "e.3")->series,
			  (uint32_t)(step_of(plan, "e") - plan->steps));
	when(plan, "t.2", "2m");
	when(plan, "f.3", "1m10s");
	ck_assert_uint_eq(step_of(plan, "f")->until_ns, 62 * RH_NS_PER_SEC);
	ck_assert_uint_eq(step_of(plan, "f.3")->until_ns, 71 * RH_NS_PER_SEC); /* cut off */
	when(plan, "r.2", "1m10s");
	when(plan, "after", "1m20s");
	step = step_of(plan, "clear-1");
	ck_assert_uint_eq(step->step_count, 5);
	for (uint32_t i = 0; i < step->step_count; i++)
		ck_assert(strchr("ft", plan->steps[step->steps[i]].name[0]) != NULL);
	ck_assert_uint_eq(step_of(plan, "all")->step_count, 0);
	ck_assert_uint_eq(step_of(plan, "all")->node_count, 4);
	rh_plan_free(plan);
}
END_TEST

START_TEST(forms_of_a_step)
{
	struct rh_plan *plan = load(
		ACTIONS
		"        - {id: stop, node: stop, target: a-0}\n"
		"        - {id: down, node: stop, target: a-0, for: 5s}\n"
		"        - {id: held, node: pause, target: a-0, for: 5s}\n"
		"        - {id: slower, service: a, action: inject_latency, parameters: {delay_ms: "
		"500}}\n"
		"        - {id: rpc, service: a, action: inject_latency, parameters: {delay_ms: 5, "
		"operations: [x, y]}}\n"
		"        - {id: off, service: b, action: simulate_downtime, for: 1m}\n"
		"        - {id: quiet, service: b, action: clear_chaos}\n"
		"        - {id: depeg, service: b, action: stablecoin_depeg, parameters: {symbol: "
		"U, target_deviation: -0.05, duration_hours: 24}}\n"
		"        - {id: cap, capture: [reorg_count, head_height, head_height]}\n"
		"        - {id: gone, validator: rotate, with: {to: a-1}, target: a-0}\n"
		"        - {id: shown, name: Two words, annotate: text}\n");
	struct rh_link_state state = {0};

	ck_assert_str_eq(step_of(plan, "stop")->type->name, "node.stop");
	ck_assert_str_eq(step_of(plan, "down")->type->name, "crash");
	ck_assert_str_eq(step_of(plan, "held")->type->name, "pause");
	step_of(plan, "slower")->type->link(step_of(plan, "slower")->params, &state);
	ck_assert_uint_eq(state.delay_ns, 500 * RH_NS_PER_MS);
	ck_assert_uint_eq(step_of(plan, "slower")->node_count, 4);
	ck_assert_str_eq(step_of(plan, "rpc")->type->name, "rpc-latency");
	ck_assert_str_eq(step_of(plan, "off")->type->name, "crash");
	ck_assert_str_eq(step_of(plan, "quiet")->type->name, "clear");
	ck_assert_uint_eq(step_of(plan, "quiet")->node_count, 4);
	ck_assert_int_eq(step_of(plan, "depeg")->type->effect, RH_EFFECT_LATER);
	ck_assert_int_eq(step_of(plan, "gone")->type->effect, RH_EFFECT_LATER);
	ck_assert_uint_eq(step_of(plan, "cap")->gauge_count, 2);
	ck_assert_uint_eq(step_of(plan, "cap")->gauges[0], RH_GAUGE_HEAD_HEIGHT);
	ck_assert_str_eq(step_of(plan, "shown")->label, "Two words");
	rh_plan_free(plan);
}
END_TEST

START_TEST(faults_on_clocks)
{
	struct rh_plan *plan = load(
		ACTIONS
		"        - {id: ahead, fault: clock-skew, target: a-0, with: {offset: -2s}, "
		"for: 1m}\n"
		"        - {id: fast, fault: clock-drift, target: b, with: {drift: -30 ppm}}\n");
	struct rh_clock change = {0};

	ck_assert_uint_eq(step_of(plan, "fast")->node_count, 4);
	step_of(plan, "ahead")->type->clock(step_of(plan, "ahead")->params, &change);
	step_of(plan, "fast")->type->clock(step_of(plan, "fast")->params, &change);
	ck_assert_int_eq(change.offset_ns, -2 * (int64_t)RH_NS_PER_SEC);
	ck_assert_int_eq(change.drift_ppb, -30000);
	rh_plan_free(plan);
}
END_TEST

/* What is left out moves nobody, whichever key says where it would have been. */
START_TEST(a_disabled_step_moves_nothing)
{
	struct rh_plan *plan =
		load(ACTIONS
		     "        - {id: first, annotate: a, delay: 10s}\n"
		     "        - {id: off, fault: crash, target: a-0, delay: 1m, disabled: true}\n"
		     "        - {id: second, annotate: b, delay: 5s}\n"
		     "        - {id: never, annotate: c, at: 4m, if: false}\n"
		     "        - {id: third, annotate: d, delay: 5s}\n"
		     "        - {id: nap, wait: 30s, delay: 3s, disabled: true}\n"
		     "        - {id: fourth, annotate: e}\n"
		     "        - {id: high, annotate: f, at: block 9, disabled: true}\n"
		     "        - {id: fifth, annotate: g, delay: 1s}\n"
		     "        - {id: until, wait: {until: \"heads == 1\"}, disabled: true}\n"
		     "        - {id: sixth, annotate: h}\n");

	when(plan, "second", "1m15s");
	when(plan, "third", "1m20s");
	when(plan, "fourth", "1m20s");
	when(plan, "fifth", "1m21s");
	when(plan, "sixth", "1m21s");
	ck_assert(step_of(plan, "high.at")->is_disabled && step_of(plan, "until")->is_disabled);
	rh_plan_free(plan);
}
END_TEST

START_TEST(conditions_of_steps)
{
	struct rh_plan *plan = load(
		ACTIONS "        - {id: yes, annotate: a, if: true}\n"
			"        - {id: no, annotate: a, if: false}\n"
			"        - {id: late, annotate: a, if: \"${run.failed}\"}\n"
			"        - {id: maybe, annotate: a, if: \"heads == 1\", onFailure: warn}\n"
			"        - {id: some, annotate: a, every: 1m, until: \"heads >= 2\"}\n"
			"  rollback: {on_failure: true, timeout: 2m, actions: [{id: r, clear: all, "
			"delay: 1s}]}\n"
			"  cleanup: [{id: c, annotate: bye, if: run.passed}]\n");

	ck_assert_uint_eq(step_of(plan, "yes")->condition, RH_NONE);
	ck_assert(!step_of(plan, "yes")->is_disabled && step_of(plan, "no")->is_disabled);
	ck_assert_int_eq(step_of(plan, "late")->only_if, RH_ONLY_FAILED);
	ck_assert_str_eq(plan->assertions[step_of(plan, "maybe")->condition].text, "heads == 1");
	ck_assert_int_eq(step_of(plan, "maybe")->on_failure, RH_ON_FAILURE_WARN);
	ck_assert_str_eq(plan->assertions[step_of(plan, "some.4")->unless].text, "heads >= 2");
	ck_assert_uint_eq(plan->rollback_when, 7);
	ck_assert_uint_eq(plan->rollback_timeout_ns, 2 * RH_NS_PER_MIN);
	ck_assert_int_eq(step_of(plan, "r")->part, RH_PART_ROLLBACK);
	when(plan, "r", "1s");
	ck_assert_uint_eq(step_of(plan, "r")->phase, RH_NONE);
	ck_assert_int_eq(step_of(plan, "c")->part, RH_PART_CLEANUP);
	ck_assert_int_eq(step_of(plan, "c")->only_if, RH_ONLY_PASSED);
	/* The last steps of the plan, in this order. */
	ck_assert_str_eq(plan->steps[plan->step_count - 1].name, "c");
	ck_assert_str_eq(plan->steps[plan->step_count - 2].name, "r");
	rh_plan_free(plan);
}
END_TEST

static uint64_t number_of(const struct rh_plan_step *step, const char *key)
{
	for (const struct rh_key *row = step->type->keys; row->name != NULL; row++) {
		struct rh_value value = rh_value_load(row, step->params);

		if (strcmp(row->name, key) == 0)
			return row->type == RH_KEY_RATIO
				       ? rh_mul_div(1000000, value.ratio.num, value.ratio.den)
				       : value.number;
	}
	ck_abort_msg("no key %s", key);
	return 0;
}

START_TEST(severities)
{
	struct rh_plan *plan = load(
		ACTIONS "        - {id: l, fault: loss, severity: high}\n"
			"        - {id: c, fault: congestion, severity: chaos, with: {loss: 7%}}\n"
			"        - {id: e, fault: latency, severity: extreme, with: {delay: 1ms}}\n"
			"        - {id: m, fault: latency, severity: medium}\n");

	ck_assert_uint_eq(number_of(step_of(plan, "l"), "loss"), 200000);
	ck_assert_uint_eq(number_of(step_of(plan, "c"), "loss"), 70000); /* as written */
	ck_assert_uint_eq(number_of(step_of(plan, "c"), "delay"), 2 * RH_NS_PER_SEC);
	ck_assert_uint_eq(number_of(step_of(plan, "e"), "delay"), RH_NS_PER_MS);
	ck_assert_uint_eq(number_of(step_of(plan, "e"), "jitter"), RH_NS_PER_SEC);
	ck_assert_uint_eq(number_of(step_of(plan, "m"), "delay"), 200 * RH_NS_PER_MS);
	rh_plan_free(plan);
}
END_TEST

/* ---- targets --------------------------------------------------------------------------------- */

static uint64_t weight_of(const struct rh_plan *plan, const char *name)
{
	const struct rh_plan_step *step = step_of(plan, name);
	uint64_t sum = 0;

	for (uint32_t i = 0; i < step->node_count; i++)
		sum += plan->nodes[step->nodes[i]].weight;
	return sum;
}

/* 4 x 1 + 4 x 2 + 2 x 4 = 20: a third is 6.67, a half 10, two thirds 13.3. */
START_TEST(targets)
{
	struct rh_plan *plan = load(
		ACTIONS
		"        - {id: role, node: stop, target: {select: {role: validator}}}\n"
		"        - {id: word, node: stop, target: bootnode}\n"
		"        - {id: region, node: stop, target: us}\n"
		"        - {id: label, node: stop, target: {select: {labels: {client: slow, os: "
		"x}}}}\n"
		"        - {id: meet, node: stop, target: {select: {role: validator, region: "
		"us}}}\n"
		"        - {id: add, node: stop, target: {select: {group: boot, node: [a-0, "
		"b-1]}}}\n"
		"        - {id: not, node: stop, target: {not: {select: {region: us}}}}\n"
		"        - {id: few, node: stop, target: {mode: random-max-percent, value: 30%}}\n"
		"        - {id: minor, node: stop, target: {mode: stake, value: minority}}\n"
		"        - {id: superminor, node: stop, target: {mode: weight, value: "
		"superminority}}\n"
		"        - {id: major, node: stop, target: {mode: hashrate, value: majority}}\n"
		"        - {id: supermajor, node: stop, target: {mode: stake, value: "
		"supermajority}}\n"
		"        - {id: exact, node: stop, target: {mode: stake, value: 40%}}\n");

	ck_assert_uint_eq(plan->weight_total, 20);
	ck_assert_uint_eq(step_of(plan, "role")->node_count, 8);
	ck_assert_uint_eq(step_of(plan, "word")->node_count, 2);
	ck_assert_uint_eq(step_of(plan, "region")->node_count, 6);
	ck_assert_uint_eq(step_of(plan, "label")->node_count, 4);
	ck_assert_uint_eq(step_of(plan, "label")->nodes[0], 4);
	ck_assert_uint_eq(step_of(plan, "meet")->node_count, 4);
	ck_assert_uint_eq(step_of(plan, "add")->node_count, 4);
	ck_assert_uint_eq(step_of(plan, "not")->node_count, 4);
	ck_assert_uint_ge(step_of(plan, "few")->node_count, 1);
	ck_assert_uint_le(step_of(plan, "few")->node_count, 3);
	ck_assert_uint_le(weight_of(plan, "minor"), 6);
	ck_assert_uint_ge(weight_of(plan, "minor"), 3); /* no node of weight 1 was passed over */
	ck_assert_uint_ge(weight_of(plan, "superminor"), 7);
	ck_assert_uint_le(weight_of(plan, "superminor"), 10);
	ck_assert_uint_gt(weight_of(plan, "major"), 10);
	ck_assert_uint_le(weight_of(plan, "major"), 14);
	ck_assert_uint_gt(weight_of(plan, "supermajor"), 13);
	ck_assert_uint_eq(weight_of(plan, "exact"), 8);
	rh_plan_free(plan);
}
END_TEST

/* ---- shapes ---------------------------------------------------------------------------------- */

/* Which nodes hear which: 10 x 10, cut edges taken away. */
static void hears(bool heard[10][10], const struct rh_plan *plan, const char *name)
{
	const struct rh_plan_step *step = step_of(plan, name);

	memset(heard, true, 10 * 10 * sizeof(bool));
	for (uint32_t i = 0; i < step->edge_count; i++) {
		const struct rh_plan_link *link = &plan->links[step->edges[i] / 2];
		bool is_back = step->edges[i] % 2 == 1;

		heard[is_back ? link->a : link->b][is_back ? link->b : link->a] = false;
	}
}

static uint32_t reach(bool heard[10][10], uint32_t node)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < 10; i++)
		count += heard[node][i];
	return count;
}

START_TEST(shapes_of_partitions)
{
	struct rh_plan *plan = load(
		ACTIONS
		"        - {id: halves, fault: partition, with: {shape: halves}}\n"
		"        - {id: thirds, fault: partition, target: a, with: {shape: halves, parts: "
		"4}}\n"
		"        - {id: minority, fault: partition, with: {shape: minority}}\n"
		"        - {id: isolate, fault: partition, target: a-0, with: {shape: isolate}}\n"
		"        - {id: ring, fault: partition, with: {shape: ring}}\n"
		"        - {id: bridge, fault: partition, with: {shape: bridge}}\n"
		"        - {id: groups, fault: partition, with: {groups: [[a, boot-0], [b, "
		"boot-1]]}}\n"
		"        - {id: oneway, fault: partition, with: {groups: [a, [b, boot]], oneWay: "
		"true}}\n");
	bool heard[10][10];
	uint32_t fives = 0, fours = 0, alls = 0;

	hears(heard, plan, "halves");
	for (uint32_t i = 0; i < 10; i++)
		ck_assert_uint_eq(reach(heard, i), 5);
	hears(heard, plan, "thirds");
	ck_assert(!heard[0][1] && !heard[1][2] && !heard[3][0] && heard[0][4]);
	hears(heard, plan, "minority");
	for (uint32_t i = 0; i < 10; i++) {
		fours += reach(heard, i) == 4;
		ck_assert(reach(heard, i) == 4 || reach(heard, i) == 6);
	}
	ck_assert_uint_eq(fours, 4);
	hears(heard, plan, "isolate");
	ck_assert_uint_eq(reach(heard, 0), 1);
	ck_assert_uint_eq(reach(heard, 1), 9);
	hears(heard, plan, "ring");
	for (uint32_t i = 0; i < 10; i++)
		ck_assert_uint_ge(reach(heard, i), 6);
	for (uint32_t i = 0; i < 10; i++) {
		for (uint32_t k = 0; k < i; k++)
			ck_assert(memcmp(heard[i], heard[k], sizeof(heard[i])) != 0);
	}
	hears(heard, plan, "bridge");
	for (uint32_t i = 0; i < 10; i++) {
		alls += reach(heard, i) == 10;
		fives += reach(heard, i) == 5 || reach(heard, i) == 6;
	}
	ck_assert(alls == 1 && fives == 9);
	hears(heard, plan, "groups");
	ck_assert(heard[0][8] && !heard[0][9] && !heard[4][0] && heard[4][9]);
	hears(heard, plan, "oneway");
	ck_assert(!heard[4][0] && heard[0][4]); /* b does not hear a; a hears b */
	rh_plan_free(plan);
}
END_TEST

/* ---- signals --------------------------------------------------------------------------------- */

START_TEST(signals)
{
	struct rh_plan *plan = load(
		HEAD
		"  signals:\n"
		"    - {name: sine, shape: sine, from: 10ms, to: 210ms, period: 40s, every: 5s}\n"
		"    - {name: step, shape: step, from: 0%, to: 50%, start: 20s, every: 5s}\n"
		"    - {name: line, shape: linear, from: 10mbit, to: 2mbit, for: 40s, every: 10s}\n"
		"    - {name: drop, shape: drop, from: 1s, to: 5s, start: 10s, for: 10s, recover: "
		"20s, every: 10s}\n"
		"    - {name: walk, shape: random-walk, from: 50ms, to: 100ms, change: 9ms, every: "
		"1s}\n" PHASE "      actions:\n"
		"        - {id: s, fault: latency, with: {delay: {signal: sine}}, for: 40s}\n"
		"        - {id: p, fault: loss, with: {loss: {signal: step}}, for: 1m}\n"
		"        - {id: l, fault: bandwidth, with: {rate: {signal: line}}, for: 1m}\n"
		"        - {id: d, fault: slow, with: {delay: {signal: drop}}, for: 1m}\n"
		"        - {id: w, fault: slow, with: {delay: {signal: walk}}, for: 1m}\n"
		"        - {id: v, fault: jitter, with: {jitter: {signal: walk}}, for: 1m}\n");
	uint32_t moved = 0;

	ck_assert_uint_eq(number_of(step_of(plan, "s"), "delay"), 10 * RH_NS_PER_MS);
	ck_assert_uint_eq(number_of(step_of(plan, "s.3"), "delay"), 110 * RH_NS_PER_MS); /* 10 s */
	ck_assert_uint_eq(number_of(step_of(plan, "s.5"), "delay"), 210 * RH_NS_PER_MS); /* 20 s */
	ck_assert_uint_eq(number_of(step_of(plan, "s.4"), "delay"),
			  number_of(step_of(plan, "s.6"), "delay"));
	/* A quarter turn less: (1 - sin 45) / 2 of the swing, 39.289 ms. */
	ck_assert_uint_eq(number_of(step_of(plan, "s.2"), "delay") / 1000, 39289);
	/* What stands still is one long step. */
	when(plan, "p", "1m");
	ck_assert_uint_eq(step_of(plan, "p")->until_ns, 80 * RH_NS_PER_SEC);
	when(plan, "p.5", "1m20s");
	ck_assert_uint_eq(step_of(plan, "p.5")->until_ns, 120 * RH_NS_PER_SEC);
	ck_assert_uint_eq(number_of(step_of(plan, "p.5"), "loss"), 500000);
	ck_assert_uint_eq(number_of(step_of(plan, "l.3"), "rate"), 6000000);
	ck_assert_uint_eq(number_of(step_of(plan, "l.5"), "rate"), 2000000);
	ck_assert_uint_eq(number_of(step_of(plan, "d.2"), "delay"), 5 * RH_NS_PER_SEC);
	ck_assert_uint_eq(number_of(step_of(plan, "d.4"), "delay"), 3 * RH_NS_PER_SEC);
	ck_assert_uint_eq(number_of(step_of(plan, "d.5"), "delay"), RH_NS_PER_SEC);
	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_plan_step *step = &plan->steps[i];
		char twin[20];
		uint64_t delay_ns;

		if (step->name[0] != 'w')
			continue;
		delay_ns = number_of(step, "delay");
		ck_assert(delay_ns >= 50 * RH_NS_PER_MS && delay_ns <= 100 * RH_NS_PER_MS);
		/* Everybody who follows it sees the same walk. */
		snprintf(twin, sizeof(twin), "v%.10s", step->name + 1);
		ck_assert_uint_eq(delay_ns, number_of(step_of(plan, twin), "jitter"));
		moved++;
	}
	ck_assert_uint_gt(moved, 30);
	rh_plan_free(plan);
}
END_TEST

/* A rate follows as a fault does; what the step acts on is that of the first of the series. */
START_TEST(signals_of_loads)
{
	struct rh_plan *plan = load(
		HEAD
		"  signals: [{name: rush, shape: linear, from: 1/s, to: 20/s, for: 20s, every: "
		"10s}]\n"
		"  workloads: [{name: w, type: drip, with: {every: 2s}}]\n" PHASE
		"      actions: [{id: r, workload: w, with: {rate: {signal: rush}}, for: 30s}]\n");
	const struct rh_plan_step *step = step_of(plan, "r.2");
	struct rh_value value = {0};

	for (const struct rh_key *key = step->type->keys; key->name != NULL; key++) {
		if (key->type == RH_KEY_PACE)
			value = rh_value_load(key, step->params);
	}
	ck_assert_uint_eq(value.number, RH_PACE_NS);
	ck_assert_uint_eq(rh_mul_div(20 * RH_NS_PER_SEC, value.ratio.num, value.ratio.den), 210);
	ck_assert_uint_eq(step->workload, 0);
	ck_assert_uint_eq(step_of(plan, "r.3")->workload, 0);
	rh_plan_free(plan);
}
END_TEST

/* `heal: all` and a fault whose beginning is not known: a step of its own, before all of its time. */
START_TEST(heal_of_what_is_not_known)
{
	struct rh_plan *plan =
		load(ACTIONS "        - {wait: {block: 3}}\n"
			     "        - {id: x, fault: isolate, target: a-0}\n"
			     "    - name: q\n      duration: 1m\n      heal: all\n"
			     "      actions: [{id: y, fault: isolate, target: a-1, for: 1s}]\n");
	const struct rh_plan_step *heal = step_of(plan, "heal-3");

	ck_assert_uint_eq(heal->at_ns, 11 * RH_NS_PER_MIN);
	ck_assert_str_eq(heal->type->name, "clear");
	ck_assert(heal < step_of(plan, "y"));
	rh_plan_free(plan);
}
END_TEST

START_TEST(there_and_back)
{
	struct rh_plan *plan = load(
		HEAD
		"  signals: [{name: s, shape: sine, from: 1ms, to: 9ms, period: 9s, every: "
		"1s}]\n" PHASE "      actions:\n"
		"        - {id: i, name: One, fault: slow, with: {delay: {signal: s}}, for: 5s}\n"
		"        - {wait: {until: \"heads == 1\"}, timeout: 1m, onFailure: ignore}\n"
		"        - {capture: [head_height]}\n"
		"        - {clear: i, if: \"heads == 2\"}\n"
		"        - {parallel: [{wait: {block: 2}}, {wait: {block: 3}}]}\n"
		"        - {fault: byzantine, target: a, with: {behaviour: withhold, kinds: [x, "
		"y]}}\n"
		"  rollback: {when: [cancel], actions: [{clear: all}]}\n"
		"  cleanup: [{annotate: bye, if: run.failed}]\n");
	struct rh_plan *again;
	struct rh_buf bytes = {0}, same = {0}, yaml = {0}, same_yaml = {0};
	struct rh_err err = {0};

	rh_plan_encode(plan, &bytes);
	ck_assert_int_eq(rh_plan_decode(&again, bytes.data, bytes.len, &registry, &err), 0);
	rh_plan_encode(again, &same);
	ck_assert_uint_eq(bytes.len, same.len);
	ck_assert_mem_eq(bytes.data, same.data, bytes.len);
	rh_plan_print(plan, &yaml);
	rh_plan_print(again, &same_yaml);
	ck_assert_str_eq(rh_buf_str(&yaml), rh_buf_str(&same_yaml));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&yaml), "rollback: {when: [cancel]"));
	rh_buf_release(&bytes);
	rh_buf_release(&same);
	rh_buf_release(&yaml);
	rh_buf_release(&same_yaml);
	rh_plan_free(plan);
	rh_plan_free(again);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("steps");
	TCase *tests = tcase_create("steps");
	SRunner *runner;
	int failed;

	test_registry_fill(&registry);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_sequence_of_times);
	tcase_add_test(tests, waits_and_blocks);
	tcase_add_test(tests, series_and_rounds);
	tcase_add_test(tests, forms_of_a_step);
	tcase_add_test(tests, faults_on_clocks);
	tcase_add_test(tests, a_disabled_step_moves_nothing);
	tcase_add_test(tests, conditions_of_steps);
	tcase_add_test(tests, severities);
	tcase_add_test(tests, targets);
	tcase_add_test(tests, shapes_of_partitions);
	tcase_add_test(tests, signals);
	tcase_add_test(tests, signals_of_loads);
	tcase_add_test(tests, heal_of_what_is_not_known);
	tcase_add_test(tests, there_and_back);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
