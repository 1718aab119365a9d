/*
 * story_pow.c - proof-of-work nodes on a few bad days, told as text: tests/story/pow/NAME.txt, and
 * with transactions: tests/story/money/NAME.txt.
 *
 * Each shows one rule at work: the heavier side wins after a cut; the first of two equal blocks
 * stays; a block from the future waits; difficulty follows time; a crash loses nothing that was
 * synced; a payment travels, waits and is included; a reorganisation gives it back; what is wrong is
 * refused; a full pool keeps the better ones; who pays more replaces; a cut splits the pools.
 */
#include <check.h>
#include <stdlib.h>

#include "models/pow/model.h"
#include "tests/lib/host_story.h"

static const char *const stories[] = {
	"tests/story/pow/partition.txt",    "tests/story/pow/tie.txt",
	"tests/story/pow/future_block.txt", "tests/story/pow/retarget.txt",
	"tests/story/pow/restart.txt",
};

static const char *const money_stories[] = {
	"tests/story/money/payment.txt",     "tests/story/money/reorg.txt",
	"tests/story/money/refused.txt",     "tests/story/money/full_pool.txt",
	"tests/story/money/replacement.txt", "tests/story/money/cut.txt",
	"tests/story/money/expiry.txt",
};

START_TEST(story_comes_out_as_told)
{
	ck_assert_msg(host_story(&rh_pow_model, stories[_i]), "%s", stories[_i]);
}
END_TEST

START_TEST(money_comes_out_as_told)
{
	ck_assert_msg(host_story(&rh_pow_model, money_stories[_i]), "%s", money_stories[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("story_pow");
	TCase *tests = tcase_create("story_pow");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, story_comes_out_as_told, 0, (int)RH_ARRAY_LEN(stories));
	tcase_add_loop_test(tests, money_comes_out_as_told, 0, (int)RH_ARRAY_LEN(money_stories));
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
