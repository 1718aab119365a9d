/*
 * story_pow.c - proof-of-work nodes on a few bad days, told as text: tests/story/pow/NAME.txt.
 *
 * Each shows one rule at work: the heavier side wins after a cut; the first of two equal blocks
 * stays; a block from the future waits; difficulty follows time; a crash loses nothing that was
 * synced.
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

START_TEST(story_comes_out_as_told)
{
	ck_assert_msg(host_story(&rh_pow_model, stories[_i]), "%s", stories[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("story_pow");
	TCase *tests = tcase_create("story_pow");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, story_comes_out_as_told, 0, (int)RH_ARRAY_LEN(stories));
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
