/*
 * A plan's canonical bytes: there and back without a difference, for plans that use everything; and
 * damaged bytes (each bit flipped, each length cut, bytes of another model) are refused or give a
 * plan that encodes again, never a crash.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "tests/lib/test_model.h"

static const char text[] =
	"apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t, description: words}\nspec:\n"
	"  hypothesis: all is well\n  seed: 9007199254740991\n  rng: philox\n  ties: random\n"
	"  clock: {slot: 12s, slotsPerEpoch: 32}\n"
	"  topology:\n    groups:\n"
	"      - {name: a, count: 5, region: eu, clockOffset: -5ms, with: {hashrate: 4}}\n"
	"      - {name: b, count: 3, region: jp, join: 5s, bandwidth: 5mbit}\n"
	"  network: {latency: internet2015, jitter: 5%, loss: 1%}\n"
	"  model: {name: test, with: {label: hello, limit: -7, share: 33%}}\n"
	"  phases:\n    - name: p\n      duration: 1h\n      actions:\n"
	"        - {fault: partition, target: a, for: 1m}\n"
	"        - {fault: loss, target: [b-1], with: {loss: 30%}, at: 5m}\n"
	"        - {fault: restart, target: {mode: fixed, value: 2}, at: 7m, disabled: true}\n"
	"      assert:\n        - {that: spread(head_height) <= 3, target: a}\n"
	"        - {type: expectation, with: {least: 4}}\n"
	"  successCriteria: [{that: test.orphans < 5}]\n"
	"  workloads: [{name: w, type: drip, with: {every: 2s}, target: b}]\n";

static struct rh_registry registry;

static struct rh_plan *load(void)
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

START_TEST(there_and_back)
{
	struct rh_plan *plan = load();
	struct rh_plan *again;
	struct rh_buf bytes = {0};
	struct rh_buf same = {0};
	struct rh_buf yaml = {0};
	struct rh_buf same_yaml = {0};
	struct rh_err err = {0};

	rh_plan_encode(plan, &bytes);
	ck_assert_int_eq(rh_plan_decode(&again, bytes.data, bytes.len, &registry, &err), 0);
	rh_plan_encode(again, &same);
	ck_assert_uint_eq(bytes.len, same.len);
	ck_assert_mem_eq(bytes.data, same.data, bytes.len);
	ck_assert(rh_hash128_eq(rh_plan_hash(plan), rh_plan_hash(again)));
	ck_assert_uint_eq(again->weight_total, plan->weight_total);
	ck_assert_uint_eq(again->nodes[6].name64, plan->nodes[6].name64);
	ck_assert_uint_eq(again->nodes[6].group, 1);
	/* What people read is equal too, so no field was forgotten that is printed. */
	rh_plan_print(plan, &yaml);
	rh_plan_print(again, &same_yaml);
	ck_assert_str_eq(rh_buf_str(&yaml), rh_buf_str(&same_yaml));
	rh_buf_release(&bytes);
	rh_buf_release(&same);
	rh_buf_release(&yaml);
	rh_buf_release(&same_yaml);
	rh_plan_free(plan);
	rh_plan_free(again);
}
END_TEST

/* Refused with RH_E_CORRUPT or RH_E_NOT_FOUND, or a plan that has bytes of its own. */
static void try_decode(const uint8_t *bytes, size_t len, uint32_t *refused, uint32_t *taken)
{
	struct rh_err err = {0};
	struct rh_plan *plan;
	struct rh_buf again = {0};
	int rc = rh_plan_decode(&plan, bytes, len, &registry, &err);

	if (rc != 0) {
		ck_assert(rc == RH_E_CORRUPT || rc == RH_E_NOT_FOUND);
		ck_assert_ptr_null(plan);
		ck_assert_uint_gt(strlen(err.text), 10);
		(*refused)++;
		return;
	}
	rh_plan_encode(plan, &again);
	rh_buf_release(&again);
	rh_plan_free(plan);
	(*taken)++;
}

START_TEST(bit_flips)
{
	struct rh_plan *plan = load();
	struct rh_buf bytes = {0};
	uint32_t refused = 0;
	uint32_t taken = 0;

	rh_plan_encode(plan, &bytes);
	for (size_t i = 0; i < bytes.len * 8; i++) {
		bytes.data[i / 8] ^= (uint8_t)(1u << (i % 8));
		try_decode(bytes.data, bytes.len, &refused, &taken);
		bytes.data[i / 8] ^= (uint8_t)(1u << (i % 8));
	}
	printf("%zu bytes: of all bit flips %u refused, %u give another plan\n", bytes.len, refused,
	       taken);
	ck_assert_uint_gt(refused, taken / 4);
	rh_buf_release(&bytes);
	rh_plan_free(plan);
}
END_TEST

START_TEST(cut_and_padded)
{
	struct rh_plan *plan = load();
	struct rh_buf bytes = {0};
	uint32_t refused = 0;
	uint32_t taken = 0;

	rh_plan_encode(plan, &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		/* a copy of exact size, so that a sanitizer sees a byte too far */
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, bytes.data, len);
		try_decode(copy, len, &refused, &taken);
		free(copy);
	}
	ck_assert_uint_eq(taken, 0);
	rh_buf_u8(&bytes, 0);
	try_decode(bytes.data, bytes.len, &refused, &taken);
	ck_assert_uint_eq(taken, 0);
	rh_buf_release(&bytes);
	rh_plan_free(plan);
}
END_TEST

START_TEST(unknown_model)
{
	struct rh_plan *plan = load();
	struct rh_registry other = {0};
	struct rh_buf bytes = {0};
	struct rh_err err = {0};
	struct rh_plan *again;

	rh_plan_encode(plan, &bytes);
	ck_assert_int_eq(rh_plan_decode(&again, bytes.data, bytes.len, &other, &err),
			 RH_E_NOT_FOUND);
	ck_assert_str_eq(err.text, "plan bytes: this program has no model \"test\"");
	rh_buf_release(&bytes);
	rh_plan_free(plan);
}
END_TEST

START_TEST(gauge_names)
{
	struct rh_plan *plan = load();
	char name[64];

	ck_assert_str_eq(rh_plan_gauge_name(name, plan, RH_GAUGE_HEADS), "heads");
	ck_assert_str_eq(rh_plan_gauge_name(name, plan, RH_GAUGE_MODEL + 1), "test.lag");
	ck_assert_str_eq(rh_plan_gauge_name(name, plan, RH_GAUGE_MODEL + 2), "?");
	ck_assert_int_eq(rh_plan_gauge_find(plan, "test.lag"), RH_GAUGE_MODEL + 1);
	ck_assert_int_eq(rh_plan_gauge_find(plan, "lag"), RH_GAUGE_MODEL + 1);
	ck_assert_int_eq(rh_plan_gauge_find(plan, "heads"), RH_GAUGE_HEADS);
	ck_assert_int_eq(rh_plan_gauge_find(plan, "pow.lag"), -1);
	ck_assert_int_eq(rh_plan_gauge_unit(plan, RH_GAUGE_MODEL + 1), RH_UNIT_NS);
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tests = tcase_create("plan");
	SRunner *runner;
	int failed;

	test_registry_fill(&registry);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, there_and_back);
	tcase_add_test(tests, bit_flips);
	tcase_add_test(tests, cut_and_padded);
	tcase_add_test(tests, unknown_model);
	tcase_add_test(tests, gauge_names);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
