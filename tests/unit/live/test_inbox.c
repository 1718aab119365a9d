/*
 * test_inbox.c - shows that records of many processes come out in the order of time, those of one
 * process in theirs, that what comes too late is lifted to where the run stands, and what the end of
 * a run does with the rest.
 */
#include <stdio.h>

#include "live/inbox.h"
#include "tests/lib/frame.h"

struct taken {
	struct rh_record records[64];
	char texts[64][16];
	uint32_t count;
};

static void take(void *ctx, const struct rh_record *records, size_t count)
{
	struct taken *taken = ctx;

	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_lt(taken->count, 64);
		snprintf(taken->texts[taken->count], 16, "%.*s", (int)records[i].text_len,
			 records[i].text == NULL ? "" : records[i].text);
		taken->records[taken->count++] = records[i];
	}
}

static void add(struct live_inbox *inbox, uint64_t time_ns, uint32_t node, uint64_t a,
		const char *text)
{
	char copy[16];
	struct rh_record record = {.time_ns = time_ns,
				   .node = node,
				   .kind = RH_RECORD_NOTE,
				   .a = a,
				   .text = text != NULL ? copy : NULL,
				   .text_len = text != NULL ? (uint32_t)strlen(text) : 0};

	snprintf(copy, sizeof(copy), "%s", text != NULL ? text : "");
	live_inbox_add(inbox, &record);
	memset(copy, 'x', sizeof(copy));
}

START_TEST(test_order)
{
	struct taken taken = {0};
	struct rh_sink sink = {.take = take, .ctx = &taken};
	struct live_inbox inbox;

	live_inbox_init(&inbox);
	add(&inbox, 30, 1, 4, "last");
	add(&inbox, 10, 2, 1, NULL);
	add(&inbox, 20, 1, 2, NULL);
	add(&inbox, 20, 1, 3, "third");
	add(&inbox, 20, RH_NODE_WORLD, 9, NULL);
	ck_assert_uint_eq(live_inbox_first(&inbox), 10);
	live_inbox_give(&inbox, 30, &sink);
	ck_assert_uint_eq(taken.count, 4);
	ck_assert(taken.records[0].a == 1 && taken.records[1].a == 9 && taken.records[2].a == 2 &&
		  taken.records[3].a == 3);
	ck_assert_str_eq(taken.texts[3], "third");
	/* Behind what was given, but not yet behind where the run stands: it keeps its time. */
	add(&inbox, 25, 0, 5, NULL);
	live_inbox_give(&inbox, 30, &sink);
	ck_assert_uint_eq(taken.records[4].time_ns, 25);
	live_inbox_pass(&inbox, 30);
	add(&inbox, 12, 0, 6, NULL);
	live_inbox_give(&inbox, 31, &sink);
	ck_assert_uint_eq(taken.records[5].a, 6);
	ck_assert_uint_eq(taken.records[5].time_ns, 30);
	ck_assert_uint_eq(taken.records[6].time_ns, 30);
	ck_assert_str_eq(taken.texts[6], "last");
	ck_assert_uint_eq(inbox.late, 1);
	ck_assert_uint_eq(live_inbox_first(&inbox), UINT64_MAX);
	live_inbox_release(&inbox);
}
END_TEST

START_TEST(test_end)
{
	struct taken taken = {0};
	struct rh_sink sink = {.take = take, .ctx = &taken};
	struct live_inbox inbox;

	live_inbox_init(&inbox);
	add(&inbox, 90, 1, 1, NULL);
	add(&inbox, 110, 1, 2, NULL);
	add(&inbox, 120, RH_NODE_WORLD, 3, "done");
	live_inbox_end(&inbox, 100, &sink);
	ck_assert_uint_eq(taken.count, 2);
	ck_assert(taken.records[0].a == 1 && taken.records[1].a == 3);
	ck_assert_uint_eq(taken.records[1].time_ns, 100);
	ck_assert_str_eq(taken.texts[1], "done");
	live_inbox_release(&inbox);
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("inbox");

	tcase_add_test(frame.tests, test_order);
	tcase_add_test(frame.tests, test_end);
	return frame_run(frame);
}
