/*
 * What the workload of transactions submits: the good ones of each user have nonces without a hole,
 * whatever is spoiled between them; shares, copies, targets and fees are those of the parameters; any
 * submission is the same when asked for alone; another plan seed is another load; and parameters that
 * do not go together are refused.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan.h"
#include "core/transaction.h"
#include "tests/lib/frame.h"

#define MANY 20000

/* Parameters by name, since the structure is the workload's own. */
static void set(void *params, const struct rh_key *keys, const char *name, uint64_t number,
		struct rh_ratio ratio)
{
	struct rh_pace pace = {ratio, RH_PACE_NS};

	while (keys->name != NULL && strcmp(keys->name, name) != 0)
		keys++;
	ck_assert_ptr_nonnull(keys->name);
	if (keys->type == RH_KEY_PACE)
		memcpy((char *)params + keys->offset, &pace, sizeof(pace));
	else if (keys->type == RH_KEY_RATIO)
		memcpy((char *)params + keys->offset, &ratio, sizeof(ratio));
	else
		memcpy((char *)params + keys->offset, &number, sizeof(number));
}

static const struct rh_workload_type *type_of(const char *name)
{
	for (uint32_t i = 0; rh_builtin_workloads.workloads[i] != NULL; i++) {
		if (strcmp(rh_builtin_workloads.workloads[i]->name, name) == 0)
			return rh_builtin_workloads.workloads[i];
	}
	ck_abort_msg("%s", name);
}

struct load {
	const struct rh_workload_type *type;
	void *params;
	struct rh_workload_view view;
};

static void number(struct load *load, const char *name, uint64_t value)
{
	set(load->params, load->type->keys, name, value, (struct rh_ratio){0, 1});
}

static void percent(struct load *load, const char *name, uint64_t value)
{
	set(load->params, load->type->keys, name, 0, (struct rh_ratio){value, 100});
}

static struct load load_new(const char *name)
{
	static const char *const ratios[] = {"midShare",    "highShare", "badSignature",
					     "nonceTooLow", "nonceGap",	 "balanceTooLow",
					     "feeTooLow",   "oversize"};
	struct load load = {.type = type_of(name)};
	struct rh_pace none = {{0, 1}, RH_PACE_NONE};
	const struct rh_key *key = load.type->keys;

	load.params = calloc(1, load.type->params_size);
	load.view = (struct rh_workload_view){.params = load.params,
					      .rng = {RH_RNG_SPLITMIX, 3},
					      .name64 = 77,
					      .start_ns = 0,
					      .until_ns = 10000 * RH_NS_PER_SEC,
					      .target_count = 6};
	for (size_t i = 0; i < RH_ARRAY_LEN(ratios); i++)
		percent(&load, ratios[i], 0);
	while (strcmp(key->name, "rampTo") != 0)
		key++;
	memcpy((char *)load.params + key->offset, &none, sizeof(none));
	set(load.params, load.type->keys, "rate", 0, (struct rh_ratio){10, RH_NS_PER_SEC});
	number(&load, "burst", 1);
	number(&load, "users", 7);
	number(&load, "copies", 1);
	number(&load, "fee", 10);
	number(&load, "feeMid", 30);
	number(&load, "feeHigh", 90);
	number(&load, "amount", 1000);
	number(&load, "size", 250);
	return load;
}

static struct rh_submission ask(const struct load *load, uint64_t number)
{
	struct rh_submission submission;

	ck_assert(load->type->next(&load->view, number, &submission));
	ck_assert_uint_lt(submission.target, load->view.target_count);
	ck_assert_uint_ge(submission.at_ns, submission.late_ns);
	return submission;
}

static bool is_spoiled(const struct rh_tx_order *order)
{
	return order->flags != 0 || order->nonce == 0 || order->nonce > 100000 ||
	       order->price == 0 || order->size_bytes == RH_TX_SIZE_MAX;
}

START_TEST(good_ones_have_no_holes)
{
	static const char *const flaws[] = {"badSignature",  "nonceTooLow", "nonceGap",
					    "balanceTooLow", "feeTooLow",   "oversize"};
	struct load load = load_new("transactions");
	uint32_t next[7];
	uint32_t spoiled = 0;
	uint32_t kinds[6] = {0};

	for (size_t i = 0; i < RH_ARRAY_LEN(flaws); i++)
		percent(&load, flaws[i], 5);
	number(&load, "firstUser", 100);
	for (uint32_t i = 0; i < 7; i++)
		next[i] = RH_TX_NONCE_FIRST;
	for (uint64_t i = 0; i < MANY; i++) {
		struct rh_submission submission = ask(&load, i);
		struct rh_tx_order order = rh_tx_order_of(submission.key, submission.arg);

		ck_assert_uint_ge(order.sender, 100);
		ck_assert_uint_lt(order.sender, 107);
		kinds[0] += (order.flags & RH_TX_FORGED) != 0;
		kinds[1] += order.nonce == 0;
		kinds[2] += order.nonce > 100000;
		kinds[3] += (order.flags & RH_TX_HUGE) != 0;
		kinds[4] += order.price == 0;
		kinds[5] += order.size_bytes == RH_TX_SIZE_MAX;
		spoiled += is_spoiled(&order);
		if (!is_spoiled(&order))
			ck_assert_uint_eq(order.nonce, next[order.sender - 100]++);
	}
	ck_assert_uint_eq(spoiled, MANY * 30 / 100); /* exactly the share */
	for (size_t i = 0; i < RH_ARRAY_LEN(kinds); i++) {
		ck_assert_uint_gt(kinds[i], MANY * 4 / 100);
		ck_assert_uint_lt(kinds[i], MANY * 6 / 100);
	}
	free(load.params);
}
END_TEST

START_TEST(alone_as_in_the_row)
{
	struct load load = load_new("transactions");
	struct rh_submission row[500];
	uint32_t others = 0;

	number(&load, "copies", 3);
	number(&load, "spread", RH_NS_PER_SEC);
	percent(&load, "badSignature", 20);
	for (uint64_t i = 0; i < 500; i++)
		row[i] = ask(&load, i);
	for (uint64_t i = 500; i-- > 0;) {
		struct rh_submission again = ask(&load, i);

		ck_assert_mem_eq(&again, &row[i], sizeof(again));
	}
	load.view.rng.seed = 4;
	for (uint64_t i = 0; i < 500; i++)
		others += ask(&load, i).key != row[i].key;
	ck_assert_uint_gt(others, 450);
	free(load.params);
}
END_TEST

/* Three different nodes, the same transaction, within the spread. */
START_TEST(copies_go_to_different_nodes)
{
	static const uint64_t entries[] = {0, 1, 2};
	uint64_t offsets = 0;

	for (size_t e = 0; e < RH_ARRAY_LEN(entries); e++) {
		struct load load = load_new("transactions");
		uint32_t hits[6] = {0};

		number(&load, "entry", entries[e]);
		number(&load, "copies", 3);
		number(&load, "spread", 2 * RH_NS_PER_SEC);
		for (uint64_t i = 0; i < 600; i++) {
			struct rh_submission first = ask(&load, i * 3);
			uint32_t seen = 0;

			for (uint64_t copy = 0; copy < 3; copy++) {
				struct rh_submission one = ask(&load, i * 3 + copy);

				ck_assert_uint_eq(one.key, first.key);
				ck_assert_uint_eq(one.arg, first.arg);
				ck_assert_uint_eq(one.at_ns - one.late_ns,
						  first.at_ns - first.late_ns);
				ck_assert_uint_lt(one.late_ns, 2 * RH_NS_PER_SEC);
				ck_assert_uint_eq(seen >> one.target & 1, 0);
				seen |= UINT32_C(1) << one.target;
				hits[one.target]++;
				offsets += one.late_ns;
			}
		}
		for (uint32_t i = 0; i < 6; i++) /* 300 each on average */
			ck_assert(hits[i] > 150 && hits[i] < 450);
		free(load.params);
	}
	/* Half of the spread on average: three times 1800 copies. */
	ck_assert_uint_gt(offsets / 5400, 900 * RH_NS_PER_MS);
	ck_assert_uint_lt(offsets / 5400, 1100 * RH_NS_PER_MS);
}
END_TEST

START_TEST(fees_follow_their_law)
{
	struct load load = load_new("transactions");
	uint32_t tiers[3] = {0};

	number(&load, "feeLaw", 2);
	percent(&load, "midShare", 30);
	percent(&load, "highShare", 10);
	for (uint64_t i = 0; i < MANY; i++) {
		struct rh_submission one = ask(&load, i);
		struct rh_tx_order order = rh_tx_order_of(one.key, one.arg);

		ck_assert(order.price == 10 || order.price == 30 || order.price == 90);
		tiers[order.price == 10 ? 0 : order.price == 30 ? 1 : 2]++;
	}
	ck_assert(tiers[0] > MANY * 58 / 100 && tiers[0] < MANY * 62 / 100);
	ck_assert(tiers[2] > MANY * 9 / 100 && tiers[2] < MANY * 11 / 100);
	number(&load, "feeLaw", 1);
	number(&load, "sizeMax", 400);
	for (uint64_t i = 0; i < 2000; i++) {
		struct rh_submission one = ask(&load, i);
		struct rh_tx_order order = rh_tx_order_of(one.key, one.arg);

		ck_assert(order.price >= 10 && order.price <= 90);
		ck_assert(order.size_bytes >= 250 && order.size_bytes <= 400);
	}
	free(load.params);
}
END_TEST

START_TEST(it_ends)
{
	struct load load = load_new("gossip-flood");
	struct rh_submission submission;

	number(&load, "count", 5);
	number(&load, "copies", 2);
	ck_assert_uint_eq(ask(&load, 9).kind, RH_TX_PUSH);
	ck_assert(!load.type->next(&load.view, 10, &submission));
	number(&load, "count", 0);
	load.view.until_ns = RH_NS_PER_SEC;
	ck_assert(load.type->next(&load.view, 19, &submission));
	ck_assert(!load.type->next(&load.view, 20, &submission));
	free(load.params);
}
END_TEST

static bool is_refused(const struct load *load)
{
	char why[200] = "";
	bool is_bad = load->type->check(&load->view, why, sizeof(why)) != 0;

	ck_assert_int_eq(is_bad, why[0] != 0);
	return is_bad;
}

START_TEST(parameters_are_checked_together)
{
	struct load load = load_new("transactions");

	ck_assert(!is_refused(&load));
	percent(&load, "badSignature", 60);
	ck_assert(!is_refused(&load));
	percent(&load, "oversize", 41);
	ck_assert(is_refused(&load));
	percent(&load, "oversize", 40);
	ck_assert(!is_refused(&load));
	number(&load, "copies", 7);
	ck_assert(is_refused(&load));
	number(&load, "copies", 6);
	number(&load, "firstUser", RH_TX_SENDER_MAX - 5);
	ck_assert(is_refused(&load));
	number(&load, "firstUser", 0);
	number(&load, "feeLaw", 1);
	number(&load, "fee", 91);
	ck_assert(is_refused(&load));
	free(load.params);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("transactions as a load");

	tcase_add_test(frame.tests, good_ones_have_no_holes);
	tcase_add_test(frame.tests, alone_as_in_the_row);
	tcase_add_test(frame.tests, copies_go_to_different_nodes);
	tcase_add_test(frame.tests, fees_follow_their_law);
	tcase_add_test(frame.tests, it_ends);
	tcase_add_test(frame.tests, parameters_are_checked_together);
	return frame_run(frame);
}
