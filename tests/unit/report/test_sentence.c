/*
 * test_sentence.c - every kind of record makes a line of words, whatever its fields are; those of a
 * chain make the sentences that a failed check is told with.
 */
#include "tests/unit/report/made_run.h"

#include <check.h>
#include <stdlib.h>

#include "core/report/sentence.h"

static struct made_run *run;
static struct rh_arena arena;
static struct rh_names names;

static void set_up(void)
{
	run = calloc(1, sizeof(*run));
	ck_assert_ptr_nonnull(run);
	made_open(run);
	rh_arena_init(&arena);
	rh_plan_names(&names, &arena, &run->plan);
}

static void tear_down(void)
{
	rh_arena_release(&arena);
	made_close(run);
	free(run);
}

static void check_sentence(struct rh_record record, const char *expected)
{
	struct rh_buf out = {0};

	rh_sentence_record(&out, &record, &names);
	ck_assert_str_eq(rh_buf_str(&out), expected);
	rh_buf_release(&out);
}

START_TEST(sentences)
{
	struct rh_record block = {
		.kind = RH_RECORD_BLOCK, .node = 3, .a = 0x111833ef66ff73b7, .c = 13, .d = 2};

	block.stage = RH_BLOCK_PRODUCED;
	check_sentence(block, "produces block 13 (b111833ef)");
	block.stage = RH_BLOCK_ACCEPTED;
	check_sentence(block, "accepts block 13 (b111833ef) of n-2");
	block.stage = RH_BLOCK_REFUSED;
	check_sentence(block, "refuses block 13 (b111833ef) of n-2");
	block.kind = RH_RECORD_HEAD;
	block.stage = 0;
	check_sentence(block, "its head is now block 13 (b111833ef)");
	block.kind = RH_RECORD_FINALIZED;
	check_sentence(block, "its last final block is now block 13 (b111833ef)");
	block.kind = RH_RECORD_REORG;
	block.c = 1;
	check_sentence(block, "undoes 1 block to follow b111833ef");
	check_sentence((struct rh_record){.kind = RH_RECORD_GAUGE,
					  .index = RH_GAUGE_PROPAGATION_P90,
					  .a = 5060000000},
		       "propagation_p90 is now 5.06 s");
	check_sentence((struct rh_record){.kind = RH_RECORD_FAULT, .stage = RH_FAULT_CLEARED},
		       "cut-1 is cleared");
	check_sentence((struct rh_record){.kind = RH_RECORD_ACTION, .stage = RH_ACTION_REFUSED},
		       "cut-1 is refused");
	check_sentence((struct rh_record){.kind = RH_RECORD_PHASE, .stage = 0, .index = 1},
		       "cut begins");
	check_sentence((struct rh_record){.kind = RH_RECORD_NODE, .stage = RH_NODE_DOWN},
		       "goes down");
}
END_TEST

/* A newer trace may hold anything in its fields. */
START_TEST(any_field)
{
	for (uint16_t kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		for (uint16_t stage = 0; stage < 40; stage += 3) {
			struct rh_record record = {.kind = kind,
						   .stage = stage,
						   .node = 999999,
						   .index = UINT32_MAX,
						   .a = UINT64_MAX,
						   .b = UINT64_MAX,
						   .c = UINT64_MAX,
						   .d = UINT64_MAX};
			struct rh_buf out = {0};

			rh_sentence_record(&out, &record, &names);
			ck_assert_uint_gt(out.len, 0);
			ck_assert_ptr_null(strchr(rh_buf_str(&out), '\n'));
			rh_buf_release(&out);
		}
	}
}
END_TEST

/* What a producer and a moving head say twice is told once. */
START_TEST(news)
{
	struct rh_result result = {
		.evidence = {{.kind = RH_RECORD_BLOCK, .stage = RH_BLOCK_PRODUCED, .a = 7, .c = 3},
			     {.kind = RH_RECORD_BLOCK, .stage = RH_BLOCK_ACCEPTED, .a = 7, .c = 3},
			     {.kind = RH_RECORD_HEAD, .a = 7, .c = 3},
			     {.kind = RH_RECORD_GAUGE, .index = RH_GAUGE_HEAD_HEIGHT, .a = 3},
			     {.kind = RH_RECORD_GAUGE, .index = RH_GAUGE_HEAD_HEIGHT, .a = 4}},
		.evidence_count = 5,
	};

	ck_assert(rh_sentence_is_news(&result, 0));
	ck_assert(!rh_sentence_is_news(&result, 1));
	ck_assert(rh_sentence_is_news(&result, 2));
	ck_assert(!rh_sentence_is_news(&result, 3));
	ck_assert(rh_sentence_is_news(&result, 4));
}
END_TEST

START_TEST(moments)
{
	char text[RH_TIME_TEXT];

	ck_assert_str_eq(rh_sentence_moment(text, 0), "00:00:00.000");
	ck_assert_str_eq(rh_sentence_moment(text, 90 * RH_NS_PER_SEC + 20999999), "00:01:30.020");
	ck_assert_str_eq(rh_sentence_who(&run->plan, 17), "n-17");
	ck_assert_str_eq(rh_sentence_who(&run->plan, RH_NODE_WORLD), "network");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sentence");
	TCase *tests = tcase_create("sentence");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, sentences);
	tcase_add_test(tests, any_field);
	tcase_add_test(tests, news);
	tcase_add_test(tests, moments);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
