/*
 * Files of the source systems: words of faults in every spelling and their parameters; verbs of
 * services; checks that name services; a scenario of services alone, which has no network, and what
 * makes it one that needs a network after all.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "core/scenario/services.h"
#include "core/scenario/value.h"
#include "tests/lib/test_model.h"

#define TOP "apiVersion: chaos.trading/v1\nkind: Scenario\nmetadata: {name: t}\nspec:\n"
#define HEAD \
	TOP "  model: {name: test}\n" \
	    "  topology: {shape: full, groups: [{name: a, count: 4}, {name: desk}]}\n"
#define PHASE	"  phases:\n    - name: p\n      duration: 10m\n"
#define ACTIONS HEAD PHASE "      actions:\n"
#define ALONE	TOP PHASE "      actions:\n"

static struct rh_registry registry;

/* Stand for the named types of the judge, which is not part of this test. */
static const struct rh_key expect_keys[] = {{"expect", .type = RH_KEY_TEXT, .offset = 0, "",
					     .doc = "What is expected.", .since = "0.2"},
					    RH_KEY_END};

static const struct rh_assertion_type health = {
	.name = "clients_healthy", .doc = "x", .params_size = 16, .keys = expect_keys};
static const struct rh_assertion_type alert = {
	.name = "alert", .doc = "x", .params_size = 16, .keys = expect_keys};
static const struct rh_assertion_type strategy = {.name = "strategy_active",
						  .doc = "x",
						  .params_size = 16,
						  .keys = expect_keys,
						  .missing = "a model with strategies"};
static const struct rh_assertion_type *const types[] = {&health, &alert, &strategy, NULL};
static const struct rh_plugin checks = {.abi = RH_PLUGIN_ABI,
					.struct_size = sizeof(struct rh_plugin),
					.name = "checks",
					.assertions = types};

/* The plan, or NULL and what was said. */
static struct rh_plan *try_load(const char *text, bool is_strict, struct rh_buf *said)
{
	struct rh_load_options options = {.registry = &registry, .is_strict = is_strict};
	struct rh_diagnostics diagnostics;
	struct rh_plan *plan;

	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("t.yaml", text, strlen(text), &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, said);
	rh_diagnostics_release(&diagnostics);
	return plan;
}

static struct rh_plan *load(const char *text)
{
	struct rh_buf said = {0};
	struct rh_plan *plan = try_load(text, false, &said);

	ck_assert_msg(plan != NULL, "%s", rh_buf_str(&said));
	rh_buf_release(&said);
	return plan;
}

static void refused(const char *text, const char *with)
{
	struct rh_buf said = {0};
	struct rh_plan *plan = try_load(text, false, &said);

	ck_assert_msg(plan == NULL, "it loads");
	ck_assert_msg(strstr(rh_buf_str(&said), with) != NULL, "no \"%s\" in %s", with,
		      rh_buf_str(&said));
	rh_buf_release(&said);
}

/* The step is of that type, and its parameters print so. */
static void is(const struct rh_plan_step *step, const char *type, const char *params)
{
	struct rh_buf text = {0};

	ck_assert_str_eq(step->type->name, type);
	for (const struct rh_key *key = step->type->keys; key->name != NULL; key++) {
		struct rh_value value = rh_value_load(key, step->params);

		rh_buf_printf(&text, "%s%s=", text.len > 0 ? " " : "", key->name);
		rh_value_print(&value, key, &text);
	}
	ck_assert_str_eq(rh_buf_str(&text), params);
	rh_buf_release(&text);
}

START_TEST(one_fault_in_every_spelling)
{
	struct rh_plan *plan =
		load(ACTIONS
		     "        - {fault: NetworkLatencyInjection, parameters: {target_peers: [a-0], "
		     "latency: 200ms, jitter: 50ms, duration: 30s}}\n"
		     "        - {fault: network_latency_injection, target: a-0, with: {latency: "
		     "200ms, jitter: 50ms}, for: 30s}\n"
		     "        - {fault: latency, target: a-0, config: {latency_ms: 200, jitter_ms: "
		     "50}, duration: 30s}\n"
		     "        - {service: a-0, action: inject_latency, parameters: {delay_ms: 200, "
		     "jitter_ms: 50}, for: 30s}\n");

	ck_assert_uint_eq(plan->step_count, 4);
	for (uint32_t i = 0; i < 4; i++) {
		is(&plan->steps[i], "latency", "delay=200ms jitter=50ms correlation=0%");
		ck_assert_uint_eq(plan->steps[i].until_ns, 30 * RH_NS_PER_SEC);
		ck_assert_uint_eq(plan->steps[i].node_count, 1);
		ck_assert_uint_eq(plan->steps[i].nodes[0], 0);
	}
	rh_plan_free(plan);
}
END_TEST

/* What a parameter says about the step goes to the step: how bad, how many, which share. */
START_TEST(parameters_of_the_step)
{
	struct rh_plan *plan = load(
		ACTIONS
		"        - {fault: NetworkCongestion, parameters: {congestion_level: 0.7}}\n"
		"        - {fault: NetworkCongestion, parameters: {congestion_level: 0.25}}\n"
		"        - {fault: MaliciousActorInjection, target: a, parameters: "
		"{actor_count: 2, attack_patterns: [double_signing]}}\n"
		"        - {fault: ConsensusAttack, parameters: {byzantine_ratio: 0.4, "
		"attack_type: equivocation}}\n"
		"        - {fault: packet_loss, target: a, config: {percentage: 20}}\n"
		"        - {fault: MemoryPressure, target: a, parameters: "
		"{target_usage_percent: 90}}\n"
		"        - {fault: MessageCorruption, target: a, parameters: {corruption_rate: "
		"0.01, target_message_types: [block]}}\n");

	is(&plan->steps[0], "congestion", "delay=400ms jitter=200ms rate=500kbit loss=5%");
	is(&plan->steps[1], "congestion", "delay=20ms jitter=10ms rate=10mbit loss=0.1%");
	ck_assert_str_eq(plan->steps[2].type->name, "byzantine");
	ck_assert_uint_eq(plan->steps[2].node_count, 2);
	ck_assert_uint_lt(plan->steps[2].nodes[1], 4);
	ck_assert_uint_eq(plan->steps[3].node_count, 2);
	is(&plan->steps[4], "loss", "loss=20%");
	is(&plan->steps[5], "memory", "size=0B share=90%");
	is(&plan->steps[6], "message-corrupt", "kinds=[block] share=1%");
	rh_plan_free(plan);
	refused(ACTIONS "        - {fault: NetworkPartitions, target: a}\n", "NetworkPartitions");
	refused(ACTIONS "        - {fault: CpuStress, target: a, parameters: {usage: 3}}\n",
		"usage");
}
END_TEST

START_TEST(strict_tells_our_word)
{
	struct rh_buf said = {0};
	struct rh_plan *plan = try_load(
		ACTIONS
		"        - {fault: PeerDisconnection, target: a, with: {reconnectDelay: 1s}}\n",
		true, &said);

	ck_assert_msg(strstr(rh_buf_str(&said), "\"PeerDisconnection\" is written disconnect") !=
			      NULL,
		      "%s", rh_buf_str(&said));
	rh_buf_release(&said);
	if (plan != NULL)
		rh_plan_free(plan);
}
END_TEST

/* Services that a recovery needs are its target; so many passes are a time that it holds. */
START_TEST(services_of_a_check)
{
	struct rh_plan *plan =
		load(HEAD PHASE "      assertions:\n"
				"        - {type: system_recovery, expect: normal_operations, "
				"within: 3m, parameters: "
				"{required_services: [a-1, desk], health_check_passes: 3}}\n"
				"        - {type: system_recovery, expect: normal_operations, "
				"within: 3m, parameters: "
				"{required_services: [desk], health_check_passes: true}}\n");

	ck_assert_uint_eq(plan->assertions[0].node_count, 2);
	ck_assert_uint_eq(plan->assertions[0].nodes[1], 4);
	ck_assert_uint_eq(plan->assertions[0].hold_ns, 10 * RH_NS_PER_SEC);
	ck_assert_uint_eq(plan->assertions[1].node_count, 1);
	ck_assert_uint_eq(plan->assertions[1].hold_ns, 0);
	rh_plan_free(plan);
}
END_TEST

START_TEST(services_alone)
{
	struct rh_plan *plan = load(
		ALONE
		"        - {service: market, action: stablecoin_depeg, parameters: {symbol: X, "
		"target_deviation: -0.05}}\n"
		"        - {service: exchange, action: simulate_downtime, for: 1m}\n"
		"        - {service: exchange, action: clear_chaos}\n"
		"      assertions:\n"
		"        - {type: risk_alert, expect: any_name, within: 1m}\n"
		"        - {type: strategy_active, expect: on, service: desk}\n");

	ck_assert(rh_plan_is_without_network(plan));
	ck_assert_uint_eq(plan->node_count, 3);
	ck_assert_uint_eq(plan->link_count, 0);
	ck_assert_str_eq(plan->nodes[1].name, "exchange");
	ck_assert_str_eq(plan->steps[1].type->name, "crash");
	ck_assert_uint_eq(plan->steps[1].nodes[0], 1);
	ck_assert_str_eq(plan->nodes[plan->assertions[1].nodes[0]].name, "desk");
	rh_plan_free(plan);
}
END_TEST

/* A step on nodes, a sentence, a load or half of a network: then the rest is missing. */
START_TEST(no_network_by_mistake)
{
	static const char needs[] = "error[E013]: key \"topology\" is missing under spec";

	refused(ALONE "        - {service: s, action: restart}\n"
		      "        - {fault: crash, target: s}\n",
		needs);
	refused(ALONE "        - {service: s, action: clear_chaos}\n"
		      "      assert: [{that: \"heads == 1\"}]\n",
		needs);
	refused(TOP "  workloads: [{name: w, type: transactions}]\n" PHASE
		    "      actions: [{service: s, action: clear_chaos}]\n",
		needs);
	refused(TOP "  model: {name: test}\n" PHASE
		    "      actions: [{service: s, action: clear_chaos}]\n",
		needs);
	refused(TOP PHASE, needs);
	refused(ALONE "        - {service: s, action: clear_chaos}\n"
		      "        - {clear: all, target: t}\n",
		"no group or node is called \"t\"");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("foreign");
	TCase *tests = tcase_create("foreign");
	SRunner *runner;
	int failed;

	struct rh_err err = {0};

	test_registry_fill(&registry);
	if (rh_registry_add(&registry, &checks, &err) != 0)
		return EXIT_FAILURE;
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, one_fault_in_every_spelling);
	tcase_add_test(tests, parameters_of_the_step);
	tcase_add_test(tests, strict_tells_our_word);
	tcase_add_test(tests, services_of_a_check);
	tcase_add_test(tests, services_alone);
	tcase_add_test(tests, no_network_by_mistake);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
