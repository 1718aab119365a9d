/*
 * prop_stale_rate.c - the share of stale blocks agrees with its closed form.
 *
 * Fifty equal miners hang on one hub that does not mine; links take half of d, the hub forwards at once,
 * so every block reaches every other miner after exactly d.  With x = (1 - h) * d / T (a finder does
 * not compete with itself: h is its share) a new height takes x T on average to spread plus T to be
 * overtaken, so the stale share is x / (1 + x); to first order this is the usual 1 - exp(-x), which
 * for d = 10 s and T = 600 s is 0.0165 less the finder's share.
 *
 * STALE_BLOCKS in the environment sets how many blocks are found for each interval (20,000; the long form
 * is 200,000).
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/pow/model.h"
#include "models/pow/node.h"
#include "tests/lib/model_host.h"

#define MINERS 50

struct counts {
	uint64_t found;
	uint64_t best; /* greatest height */
};

static void count(void *ctx, const struct rh_record *record)
{
	struct counts *counts = ctx;

	if (record->kind != RH_RECORD_BLOCK || record->stage != RH_BLOCK_PRODUCED)
		return;
	counts->found++;
	if (record->c > counts->best)
		counts->best = record->c;
}

static struct counts play(const char *interval, uint64_t delay_ns, uint64_t block_count,
			  uint64_t seed)
{
	struct model_host *host = host_new(&rh_pow_model, MINERS + 1, seed);
	struct counts counts = {0};

	host->on_record = count;
	host->ctx = &counts;
	host->delay_ns = delay_ns / 2;
	host_unlink(host);
	for (uint32_t i = 0; i < MINERS; i++)
		host_link(host, i, MINERS);
	host_set(host, MINERS, "hashrate", "0");
	host_set(host, -1, "relay", "flood");
	host_set(host, -1, "validationTime", "0");
	host_set(host, -1, "headRefresh", "0");
	host_set(host, -1, "retargetBlocks", "0");
	host_set(host, -1, "blockInterval", interval);
	host_start(host);
	while (counts.found < block_count)
		host_run(host, host->now_ns + 1000 * RH_NS_PER_SEC);
	host_free(host);
	return counts;
}

static void compare(const char *interval, double interval_s)
{
	const char *asked = getenv("STALE_BLOCKS");
	uint64_t block_count = asked != NULL ? strtoull(asked, NULL, 10) : 20000;
	const uint64_t seeds = 10;
	const double delay_s = 10;
	double x = (1 - 1.0 / MINERS) * delay_s / interval_s;
	double want = x / (1 + x);
	double first_order = 1 - exp(-x);
	double got;
	double sigma;
	uint64_t found = 0;
	uint64_t stale = 0;

	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct counts counts =
			play(interval, 10 * RH_NS_PER_SEC, block_count / seeds, seed);

		found += counts.found;
		stale += counts.found - counts.best;
	}
	got = (double)stale / (double)found;
	sigma = sqrt(want * (1 - want) / (double)found);
	printf("T = %s: %llu of %llu blocks stale, %.5f; renewal %.5f, first order %.5f, %.1f "
	       "sigma\n",
	       interval, (unsigned long long)stale, (unsigned long long)found, got, want,
	       first_order, (got - want) / sigma);
	ck_assert_double_le(fabs(got - want), 4 * sigma);
	if (found >= 200000)
		ck_assert_double_le(fabs(got - first_order), 0.1 * first_order);
}

START_TEST(stale_share_at_ten_minutes)
{
	compare("10m", 600);
}
END_TEST

START_TEST(stale_share_at_one_minute)
{
	compare("60s", 60);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prop_stale_rate");
	TCase *tests = tcase_create("prop_stale_rate");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, stale_share_at_ten_minutes);
	tcase_add_test(tests, stale_share_at_one_minute);
	tcase_set_timeout(tests, 600);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
