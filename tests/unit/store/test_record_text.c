/*
 * test_record_text.c - golden lines of records for people and as JSON, and that the JSON is JSON
 * whatever stands in a record.
 */
#include <jansson.h>
#include <time.h>

#include "core/base/jsontext.h"
#include "tests/unit/store/made_plan.h"

struct fixture {
	struct made_plan made;
	struct rh_arena arena;
	struct rh_names names;
	struct rh_buf out;
	uint64_t seq;
};

static void set_up(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	rh_plan_names(&fixture->names, &fixture->arena, made_plan(&fixture->made));
	fixture->names.seq = &fixture->seq;
}

static void tear_down(struct fixture *fixture)
{
	rh_buf_release(&fixture->out);
	rh_arena_release(&fixture->arena);
}

static void check_line(struct fixture *fixture, struct rh_record record, const char *expected)
{
	rh_buf_reset(&fixture->out);
	rh_record_print(&fixture->out, &record, &fixture->names);
	ck_assert_str_eq(rh_buf_str(&fixture->out), expected);
}

static void check_json(struct fixture *fixture, struct rh_record record, const char *expected)
{
	rh_buf_reset(&fixture->out);
	rh_record_json(&fixture->out, &record, &fixture->names);
	ck_assert_str_eq(rh_buf_str(&fixture->out), expected);
}

#define AT UINT64_C(101204000000) /* 00:01:41.204 */

START_TEST(lines)
{
	struct fixture f;

	set_up(&f);
	check_line(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = 17,
				      .kind = RH_RECORD_HEAD,
				      .a = 0xb331,
				      .b = 0xb330,
				      .c = 12},
		   "00:01:41.204        n-17     head      bb331 height 12 was bb330");
	check_line(&f,
		   (struct rh_record){.time_ns = AT + 1,
				      .node = 3,
				      .kind = RH_RECORD_BLOCK,
				      .stage = RH_BLOCK_PRODUCED,
				      .a = 2,
				      .b = 1,
				      .c = 12,
				      .d = 3},
		   "00:01:41.204000001  n-3      block     produced b2 on b1 height 12 by n-3");
	check_line(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = 3,
				      .kind = RH_RECORD_REORG,
				      .a = 4,
				      .b = 1,
				      .c = 2,
				      .d = 3},
		   "00:01:41.204        n-3      reorg     depth 2 b4 back to b1 was b3");
	check_line(&f,
		   (struct rh_record){.time_ns = 0,
				      .node = RH_NODE_WORLD,
				      .kind = RH_RECORD_RUN,
				      .a = 7,
				      .b = 4 * RH_NS_PER_HOUR},
		   "00:00:00            world    run       begin seed 7 duration 4 h 00 m");
	tear_down(&f);
}
END_TEST

START_TEST(lines_with_names_and_texts)
{
	struct fixture f;

	set_up(&f);
	check_line(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = RH_NODE_WORLD,
				      .kind = RH_RECORD_FAULT,
				      .stage = RH_FAULT_CLEARED,
				      .a = 0,
				      .b = 214},
		   "00:01:41.204        world    fault     cleared cut-1 touched 214");
	check_line(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = 1,
				      .kind = RH_RECORD_GAUGE,
				      .index = RH_GAUGE_BLOCK_INTERVAL,
				      .a = 4100000000},
		   "00:01:41.204        n-1      gauge     block_interval 4.10 s");
	check_line(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = 1,
				      .kind = RH_RECORD_GAUGE,
				      .index = RH_GAUGE_MODEL,
				      .a = 4},
		   "00:01:41.204        n-1      gauge     made.orphans 4");
	check_line(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = RH_NODE_WORLD,
				      .kind = RH_RECORD_NOTE,
				      .text = "two\nlines \x80",
				      .text_len = 11},
		   "00:01:41.204        world    note      two lines ?");
	check_line(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = 99,
				      .kind = RH_RECORD_ACTION,
				      .stage = RH_ACTION_REFUSED,
				      .index = 3,
				      .a = 1,
				      .text = "no such node",
				      .text_len = 12},
		   "00:01:41.204        #99      action    refused ticket 3 cut-2: no such "
		   "node");
	tear_down(&f);
}
END_TEST

START_TEST(objects)
{
	struct fixture f;

	set_up(&f);
	check_json(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = 17,
				      .kind = RH_RECORD_HEAD,
				      .a = 0xb331,
				      .b = UINT64_MAX,
				      .c = 12},
		   "{\"ts\":\"2026-01-01T00:01:41.204000000Z\",\"tNs\":101204000000,\"seq\":0,"
		   "\"kind\":\"head\",\"stage\":\"moved\",\"node\":\"n-17\","
		   "\"block\":\"000000000000b331\",\"previous\":\"ffffffffffffffff\","
		   "\"height\":12}");
	f.seq = 5;
	check_json(&f,
		   (struct rh_record){.time_ns = AT,
				      .node = RH_NODE_WORLD,
				      .kind = RH_RECORD_PHASE,
				      .stage = RH_PHASE_END,
				      .index = 1},
		   "{\"ts\":\"2026-01-01T00:01:41.204000000Z\",\"tNs\":101204000000,\"seq\":5,"
		   "\"kind\":\"phase\",\"stage\":\"end\",\"node\":\"world\",\"phase\":\"after\"}");
	f.names.seq = NULL;
	/* A field called like a key of each line takes its kind's name before its own. */
	check_json(&f,
		   (struct rh_record){.time_ns = 1,
				      .node = 2,
				      .kind = RH_RECORD_MESSAGE,
				      .stage = RH_MESSAGE_LOST,
				      .index = 4,
				      .a = 1,
				      .b = 3,
				      .c = 1000},
		   "{\"ts\":\"2026-01-01T00:00:00.000000001Z\",\"tNs\":1,\"kind\":\"message\","
		   "\"stage\":\"lost\",\"node\":\"n-2\",\"messageKind\":4,"
		   "\"message\":\"0000000000000001\",\"peer\":\"n-3\",\"size\":1000}");
	/* Beyond 2^53 a number is a text; a gauge of unit id is an id. */
	check_json(&f,
		   (struct rh_record){.time_ns = (UINT64_C(1) << 53) + 1,
				      .node = 2,
				      .kind = RH_RECORD_GAUGE,
				      .index = RH_GAUGE_TOTAL_SUPPLY,
				      .a = UINT64_MAX - (UINT64_C(1) << 53)},
		   "{\"ts\":\"2026-04-15T05:59:59.254740993Z\",\"tNs\":\"9007199254740993\","
		   "\"kind\":\"gauge\",\"stage\":\"value\",\"node\":\"n-2\","
		   "\"gauge\":\"total_supply\",\"value\":\"-9007199254740993\"}");
	check_json(&f,
		   (struct rh_record){
			   .node = 2, .kind = RH_RECORD_GAUGE, .index = RH_GAUGE_HEAD, .a = 0xb331},
		   "{\"ts\":\"2026-01-01T00:00:00.000000000Z\",\"tNs\":0,\"kind\":\"gauge\","
		   "\"stage\":\"value\",\"node\":\"n-2\",\"gauge\":\"head\","
		   "\"value\":\"000000000000b331\"}");
	tear_down(&f);
}
END_TEST

/* The calendar against the C library's, over leap years and centuries. */
START_TEST(calendar)
{
	struct fixture f;
	uint64_t draws = 1;

	set_up(&f);
	for (int i = 0; i < 2000; i++) {
		struct rh_record record = {.node = 0, .kind = RH_RECORD_NOTE};
		time_t when = (time_t)(made_draw(&draws) % UINT64_C(250000000000));
		char expected[40];
		struct tm parts;

		f.names.genesis_unix_s = (uint64_t)when;
		rh_buf_reset(&f.out);
		rh_record_json(&f.out, &record, &f.names);
		gmtime_r(&when, &parts);
		strftime(expected, sizeof(expected), "\"%Y-%m-%dT%H:%M:%S.", &parts);
		ck_assert_msg(strncmp(rh_buf_str(&f.out) + 6, expected, strlen(expected)) == 0,
			      "%s %s", rh_buf_str(&f.out), expected);
	}
	tear_down(&f);
}
END_TEST

/* Any record gives one line that a JSON parser takes, with the keys in their order. */
START_TEST(any_record_is_json)
{
	struct fixture f;
	uint64_t state = 8;
	uint64_t time_ns = 0;
	char text[300];

	set_up(&f);
	for (int i = 0; i < 20000; i++) {
		struct rh_record record = made_record(&state, &time_ns, text);
		json_error_t error;
		json_t *object;

		rh_buf_reset(&f.out);
		rh_record_json(&f.out, &record, &f.names);
		ck_assert_ptr_null(memchr(f.out.data, '\n', f.out.len));
		object = json_loadb((const char *)f.out.data, f.out.len,
				    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
		ck_assert_msg(object != NULL, "%s: %s", error.text, rh_buf_str(&f.out));
		ck_assert_str_eq(json_string_value(json_object_get(object, "kind")),
				 rh_record_info(record.kind)->text);
		json_decref(object);
		rh_buf_reset(&f.out);
		rh_record_print(&f.out, &record, &f.names);
		ck_assert_ptr_null(memchr(f.out.data, '\n', f.out.len));
	}
	tear_down(&f);
}
END_TEST

START_TEST(json_strings)
{
	static const struct {
		const char *text;
		const char *expected;
	} cases[] = {
		{"", "\"\""},
		{"a\"b\\c/", "\"a\\\"b\\\\c/\""},
		{"\x01\n\r\t\x7f", "\"\\u0001\\n\\r\\t\\u007f\""},
		{"é✓😀", "\"é✓😀\""},
		/* broken, overlong, surrogate, beyond the last plane, cut short */
		{"\x80", "\"\xEF\xBF\xBD\""},
		{"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{"x\xE2\x9C", "\"x\xEF\xBF\xBD\xEF\xBF\xBD\""},
	};
	struct rh_buf out = {0};

	for (size_t i = 0; i < RH_ARRAY_LEN(cases); i++) {
		rh_buf_reset(&out);
		rh_json_text(&out, cases[i].text);
		ck_assert_str_eq(rh_buf_str(&out), cases[i].expected);
	}
	rh_buf_release(&out);
}
END_TEST

static void add(TCase *tests)
{
	tcase_add_test(tests, lines);
	tcase_add_test(tests, lines_with_names_and_texts);
	tcase_add_test(tests, objects);
	tcase_add_test(tests, calendar);
	tcase_add_test(tests, any_record_is_json);
	tcase_add_test(tests, json_strings);
}

int main(void)
{
	return run_suite("record_text", add);
}
