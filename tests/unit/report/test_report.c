/*
 * test_report.c - golden texts of the summary, JUnit and JSON of a run made by hand, and what a
 * report must be whatever the run was: escaped, bounded, one file without script.
 */
#include "core/report/collect.h"
#include "tests/unit/report/made_run.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

static struct made_run *open_run(void)
{
	struct made_run *run = calloc(1, sizeof(*run));

	ck_assert_ptr_nonnull(run);
	made_open(run);
	return run;
}

static void close_run(struct made_run *run)
{
	made_close(run);
	free(run);
}

static void check_summary(const struct made_run *run, struct rh_summary_style style,
			  const char *expected)
{
	struct rh_buf out = {0};

	rh_report_summary(run->report, &run->facts, style, &out);
	ck_assert_str_eq(rh_buf_str(&out), expected);
	rh_buf_release(&out);
}

static const struct rh_summary_style plain = {.columns = 80};

#define HEAD \
	"rehearse 0.1.0  quickstart: a proof-of-work network is cut in two for 20 minutes\n" \
	"                and healed\n\n" \
	"  network   100 nodes in 6 regions, 8 peers each, made blockInterval 10m, seed 1\n" \
	"  simulated 4 h 00 m in 0.21 s (68,000 x real time), 3.1 M events\n\n"
#define BAR \
	"  00:00 ────────────────────┬─ cut 60|40 ─┬─────────────────────────────── 04:00\n" \
	"        one chain           │ two chains  │ healed: 40 nodes reorg 2 blocks deep\n" \
	"                            01:40         02:00\n\n"

START_TEST(summary_of_a_pass)
{
	struct made_run *run = open_run();

	run->facts.identical_to = "runs/quickstart-1";
	check_summary(
		run, plain,
		HEAD BAR
		"  ✓ blocks spread    every block reached 90 % of nodes within 4.1 s (limit 30 s)\n"
		"  ✓ the cut is felt  heads differed from 01:41:12 until the heal\n"
		"  ✓ converges        one head again 3.4 s after the heal (limit 10 min)\n"
		"  ✓ nothing deep     deepest reorg 2 (limit 6)\n\n"
		"  passed  4 of 4      trace 5c1e9f0b7a2d44e8913b60cf2f7d8a11\n"
		"  report  runs/quickstart-1/report.html\n"
		"  again   rehearse run scenarios/quickstart.yaml --seed 1\n"
		"  identical to the last run of this file and seed\n");
	close_run(run);
}
END_TEST

START_TEST(summary_of_a_failure)
{
	struct made_run *run = open_run();

	made_fail(run);
	run->facts.look = "rehearse trace cat runs/quickstart-1 --from 2h10m --until 2h11m";
	check_summary(
		run, plain,
		HEAD BAR
		"  ✓ blocks spread    every block reached 90 % of nodes within 4.1 s (limit 30 s)\n"
		"  ✓ the cut is felt  heads differed from 01:41:12 until the heal\n"
		"  ✗ converges        heads still differ 10 m 00 s after the heal: 2 heads\n"
		"                     (expected 1)\n"
		"    01:44:00.204  n-17    its head is now block 11 (b5c1e9f0b)\n"
		"    01:53:00.204  n-17    its head is now block 12 (b5c1e9f0b)\n"
		"    02:02:00.204  n-17    its head is now block 13 (b5c1e9f0b)\n"
		"    02:10:00.000  judged  seen 2, wanted 1, with cut-1 in effect (cut 60|40)\n"
		"  ✓ nothing deep     deepest reorg 2 (limit 6)\n\n"
		"  failed  1 of 4      trace 5c1e9f0b7a2d44e8913b60cf2f7d8a11\n"
		"  report  runs/quickstart-1/report.html\n"
		"  records rehearse trace cat runs/quickstart-1 --from 2h10m --until 2h11m\n"
		"  again   rehearse run scenarios/quickstart.yaml --seed 1\n");
	close_run(run);
}
END_TEST

/* Without box characters and colour every byte is ASCII, but for what the scenario says itself. */
START_TEST(summary_in_ascii)
{
	struct made_run *run = open_run();
	struct rh_buf out = {0};

	made_fail(run);
	rh_report_summary(run->report, &run->facts,
			  (struct rh_summary_style){.is_ascii = true, .columns = 80}, &out);
	for (size_t i = 0; i < out.len; i++)
		ck_assert_uint_lt(out.data[i], 0x80);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "\n  FAIL converges "));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "\n  ok   nothing deep "));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "+- cut 60|40 -+"));
	rh_buf_release(&out);
	close_run(run);
}
END_TEST

START_TEST(summary_in_colour)
{
	struct made_run *run = open_run();
	struct rh_buf out = {0};

	rh_report_summary(run->report, &run->facts,
			  (struct rh_summary_style){.has_colour = true, .columns = 80}, &out);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "\033[32m✓\033[0m blocks"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "\033[32mpassed\033[0m  4 of 4"));
	rh_buf_release(&out);
	close_run(run);
}
END_TEST

/* More faults than words fit: the bar marks them, a list names them, nothing is wider than it may
 * be. */
START_TEST(summary_of_many_faults)
{
	struct made_run *run = open_run();
	struct rh_plan_step steps[20];
	struct rh_report_facts facts = run->facts;
	struct rh_plan plan = run->plan;
	struct rh_report *report;
	struct rh_buf out = {0};
	uint32_t node = 3;
	size_t width = 0;

	for (uint32_t i = 0; i < 20; i++)
		steps[i] = (struct rh_plan_step){
			RH_PLAN_STEP_INIT,
			.name = "crash",
			.type = &made_crash_type,
			.nodes = &node,
			.node_count = 1,
			.at_ns = (10 + 10 * i) * MIN_NS,
			.until_ns = (15 + 10 * i) * MIN_NS,
		};
	plan.steps = steps;
	plan.step_count = 20;
	report = rh_report_open(&plan);
	facts.plan = &plan;
	rh_report_summary(report, &facts, plain, &out);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "        00:10 to 00:15  crash n-3\n"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "        and 8 more\n"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "━━"));
	for (size_t i = 0; i < out.len; i++) {
		width = out.data[i] == '\n' ? 0 : width + ((out.data[i] & 0xC0) != 0x80);
		if (strstr(rh_buf_str(&out), "\n") != NULL && i > 100)
			ck_assert_uint_le(width, 80);
	}
	rh_buf_release(&out);
	rh_report_close(report);
	close_run(run);
}
END_TEST

/* What a run may lack: phases, faults, checks, a judge, nodes with heads, even time. */
START_TEST(summary_of_little)
{
	struct made_run *run = open_run();
	struct rh_report_facts facts = run->facts;
	struct rh_plan plan = run->plan;
	struct rh_report *report;
	struct rh_buf out = {0};

	plan.step_count = 0;
	plan.phase_count = 0;
	plan.link_count = 0;
	plan.node_count = 1;
	facts.plan = &plan;
	facts.judge = NULL;
	facts.simulated_ns = 0;
	facts.wall_ns = 0;
	facts.events = 0;
	facts.trace_hash = "";
	facts.run_directory = NULL;
	facts.reproduce = NULL;
	facts.status = RH_STATUS_CANCELLED;
	report = rh_report_open(&plan);
	rh_report_summary(report, &facts, plain, &out);
	ck_assert_str_eq(rh_buf_str(&out),
			 "rehearse 0.1.0  quickstart: a proof-of-work network is cut in two for 20 "
			 "minutes\n                and healed\n\n"
			 "  network   1 node in 1 region, made blockInterval 10m, seed 1\n"
			 "  simulated 0 s, 0 events\n\n\n"
			 "  not judged\n"
			 "  status  cancelled at 00:00:00\n");
	rh_buf_reset(&out);
	rh_report_html(report, &facts, &out);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "not judged"));
	rh_buf_reset(&out);
	rh_report_junit(report, &facts, &out);
	rh_report_json(report, &facts, 0, &out);
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "\"verdict\":null"));
	rh_buf_release(&out);
	rh_report_close(report);
	close_run(run);
}
END_TEST

static json_t *json_of(const struct made_run *run)
{
	struct rh_buf out = {0};
	json_error_t error;
	json_t *object;

	rh_report_json(run->report, &run->facts, 77, &out);
	ck_assert_uint_gt(out.len, 0);
	ck_assert_uint_eq(out.data[out.len - 1], '\n');
	ck_assert_ptr_eq(memchr(out.data, '\n', out.len), out.data + out.len - 1);
	object = json_loadb((const char *)out.data, out.len, JSON_REJECT_DUPLICATES, &error);
	ck_assert_msg(object != NULL, "%s: %s", error.text, rh_buf_str(&out));
	rh_buf_release(&out);
	return object;
}

START_TEST(json)
{
	static const char *const keys[] = {
		"schemaVersion", "scenario",	 "seed",      "mode",	      "status",
		"verdict",	 "traceHash",	 "planHash",  "events",	      "simulatedNs",
		"wallNs",	 "cpuNs",	 "loopCpuNs", "passScorePpm", "recoveryScorePpm",
		"assertions",	 "runDirectory", "reproduce"};
	struct made_run *run = open_run();
	json_t *object;
	json_t *assertion;
	const char *key;
	json_t *value;
	size_t i = 0;

	made_fail(run);
	object = json_of(run);
	json_object_foreach(object, key, value)
	{
		ck_assert_uint_lt(i, RH_ARRAY_LEN(keys));
		ck_assert_str_eq(key, keys[i++]);
	}
	ck_assert_uint_eq(i, RH_ARRAY_LEN(keys));
	ck_assert_int_eq(json_integer_value(json_object_get(object, "events")), 3123456);
	ck_assert_int_eq(json_integer_value(json_object_get(object, "loopCpuNs")), 77);
	ck_assert_str_eq(json_string_value(json_object_get(object, "verdict")), "failed");
	ck_assert_uint_eq(json_string_length(json_object_get(object, "planHash")), 32);
	ck_assert_uint_eq(json_array_size(json_object_get(object, "assertions")), 4);
	assertion = json_array_get(json_object_get(object, "assertions"), 2);
	ck_assert_str_eq(json_string_value(json_object_get(assertion, "name")), "converges");
	ck_assert_str_eq(json_string_value(json_object_get(assertion, "state")), "failed");
	ck_assert_str_eq(json_string_value(json_object_get(assertion, "mode")), "eventually");
	ck_assert_str_eq(json_string_value(json_object_get(assertion, "node")), "n-17");
	ck_assert_int_eq(json_integer_value(json_object_get(assertion, "value")), 2);
	assertion = json_array_get(json_object_get(object, "assertions"), 3);
	ck_assert(json_is_null(json_object_get(assertion, "node")));
	json_decref(object);
	close_run(run);
}
END_TEST

START_TEST(junit)
{
	struct made_run *run = open_run();
	struct rh_buf out = {0};

	made_fail(run);
	run->judge.results[1].state = RH_RESULT_OPEN;
	run->judge.error = "cut-1 could not be verified";
	rh_report_junit(run->report, &run->facts, &out);
	ck_assert_str_eq(
		rh_buf_str(&out),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"quickstart\" tests=\"5\" failures=\"1\" errors=\"1\" "
		"skipped=\"1\" time=\"0.211\">\n"
		"\t<testsuite name=\"quickstart\" tests=\"5\" failures=\"1\" errors=\"1\" "
		"skipped=\"1\" time=\"0.211\">\n"
		"\t\t<properties>\n"
		"\t\t\t<property name=\"seed\" value=\"1\"/>\n"
		"\t\t\t<property name=\"mode\" value=\"sim\"/>\n"
		"\t\t\t<property name=\"traceHash\" value=\"5c1e9f0b7a2d44e8913b60cf2f7d8a11\"/>\n"
		"\t\t\t<property name=\"status\" value=\"completed\"/>\n"
		"\t\t\t<property name=\"version\" value=\"0.1.0\"/>\n"
		"\t\t\t<property name=\"simulatedNs\" value=\"14400000000000\"/>\n"
		"\t\t</properties>\n"
		"\t\t<testcase classname=\"quickstart.before\" name=\"blocks spread\" "
		"time=\"0\"/>\n"
		"\t\t<testcase classname=\"quickstart.cut\" name=\"the cut is felt\" time=\"0\">\n"
		"\t\t\t<skipped message=\"not decided\"/>\n"
		"\t\t</testcase>\n"
		"\t\t<testcase classname=\"quickstart.healed\" name=\"converges\" time=\"0\">\n"
		"\t\t\t<failure type=\"assertion\" message=\"heads still differ 10 m 00 s after "
		"the heal: 2 heads (expected 1)\">heads still differ 10 m 00 s after the heal: 2 "
		"heads (expected 1)\n"
		"01:44:00.204        n-17     head      b5c1e9f0b7a2d000b height 11 was "
		"b5c1e9f0b7a2d000a\n"
		"01:53:00.204        n-17     head      b5c1e9f0b7a2d000c height 12 was "
		"b5c1e9f0b7a2d000b\n"
		"02:02:00.204        n-17     head      b5c1e9f0b7a2d000d height 13 was "
		"b5c1e9f0b7a2d000c\n"
		"</failure>\n"
		"\t\t</testcase>\n"
		"\t\t<testcase classname=\"quickstart.run\" name=\"nothing deep\" time=\"0\"/>\n"
		"\t\t<testcase classname=\"quickstart.run\" name=\"the run itself\" time=\"0\">\n"
		"\t\t\t<error type=\"harness\" message=\"cut-1 could not be verified\"/>\n"
		"\t\t</testcase>\n"
		"\t\t<system-out>rehearse run scenarios/quickstart.yaml --seed 1\n"
		"</system-out>\n"
		"\t</testsuite>\n"
		"</testsuites>\n");
	rh_buf_release(&out);
	close_run(run);
}
END_TEST

static bool has_program(const char *name)
{
	char command[100];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", name);
	return system(command) == 0;
}

static void check_xml(const struct rh_buf *xml, const char *flags)
{
	char path[] = "/tmp/rehearse-xml-XXXXXX";
	char command[200];
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, xml->data, xml->len), (ssize_t)xml->len);
	close(fd);
	snprintf(command, sizeof(command), "xmllint --noout %s %s", flags, path);
	ck_assert_int_eq(system(command), 0);
	unlink(path);
}

/* Names and reasons full of markup and of bytes that no document may hold stay text. */
START_TEST(hostile_texts)
{
	static const char hostile[] = "</script><b>&\"'\x01\x1b[31m\x80\xEF\xBF\xBF\n]]>";
	struct made_run *run = open_run();
	struct rh_buf out = {0};
	json_t *object;

	made_fail(run);
	run->plan.name = hostile;
	run->plan.description = hostile;
	run->plan.hypothesis = hostile;
	run->plan.assertions[2].name = hostile;
	run->plan.assertions[2].text = hostile;
	run->plan.steps[0].name = hostile;
	run->plan.nodes[17].name = hostile;
	run->facts.reproduce = hostile;
	snprintf(run->judge.results[2].reason, sizeof(run->judge.results[2].reason), "%s", hostile);
	rh_report_html(run->report, &run->facts, &out);
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "<b>"));
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "<script"));
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "</script"));
	ck_assert_ptr_null(memchr(out.data, 0x1b, out.len));
	rh_buf_reset(&out);
	rh_report_junit(run->report, &run->facts, &out);
	if (has_program("xmllint"))
		check_xml(&out, "");
	rh_buf_release(&out);
	object = json_of(run);
	json_decref(object);
	/* The tables of the plan are shared by all tests. */
	run->plan.assertions[2].name = "converges";
	run->plan.assertions[2].text = "heads == 1";
	close_run(run);
}
END_TEST

/* One file, nothing to fetch, no script, small, and well-formed. */
START_TEST(html)
{
	struct made_run *run = open_run();
	struct rh_buf out = {0};

	made_fail(run);
	rh_report_html(run->report, &run->facts, &out);
	ck_assert_uint_lt(out.len, 1000000);
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "<script"));
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "http://"));
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "https://"));
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "src="));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "aria-label=\"Head height of 100 nodes"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "60 nodes<"));
	ck_assert_ptr_nonnull(
		strstr(rh_buf_str(&out), "40 nodes that had to undo 2 blocks at once"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "prefers-color-scheme:dark"));
	ck_assert_ptr_nonnull(strstr(rh_buf_str(&out), "after 300 us"));
	ck_assert_ptr_nonnull(
		strstr(rh_buf_str(&out), "<pre>rehearse run scenarios/quickstart.yaml --seed 1"));
	if (has_program("xmllint"))
		check_xml(&out, "--html 2>/dev/null");
	rh_buf_release(&out);
	close_run(run);
}
END_TEST

/* A day of blocks at 100 nodes: the report stays below a megabyte, and what it keeps does not grow
 * with the number of heads. */
START_TEST(long_runs_stay_small)
{
	struct made_run *run = open_run();
	struct rh_report *report = rh_report_open(&run->plan);
	size_t used_bytes = report->arena.used_bytes;
	const struct rh_sink *sink = rh_report_sink(report);
	struct rh_buf out = {0};

	for (uint64_t block = 1; block <= 10000; block++) {
		for (uint32_t node = 0; node < MADE_NODES; node++) {
			struct rh_record record = {
				.time_ns = block * 9 * RH_NS_PER_SEC + node * node * 1000000,
				.node = node,
				.kind = RH_RECORD_HEAD,
				.a = block,
				.c = block,
			};

			sink->take(sink->ctx, &record, 1);
			record.kind = RH_RECORD_REORG;
			record.c = 1;
			if (block % 10 == 0)
				sink->take(sink->ctx, &record, 1);
		}
	}
	ck_assert_uint_eq(report->arena.used_bytes, used_bytes);
	ck_assert_uint_lt(report->head_nodes.entry_cap, 1000);
	run->facts.simulated_ns = 90100 * RH_NS_PER_SEC;
	rh_report_html(report, &run->facts, &out);
	ck_assert_uint_lt(out.len, 1000000);
	rh_buf_release(&out);
	rh_report_close(report);
	close_run(run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *tests = tcase_create("report");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, summary_of_a_pass);
	tcase_add_test(tests, summary_of_a_failure);
	tcase_add_test(tests, summary_in_ascii);
	tcase_add_test(tests, summary_in_colour);
	tcase_add_test(tests, summary_of_many_faults);
	tcase_add_test(tests, summary_of_little);
	tcase_add_test(tests, json);
	tcase_add_test(tests, junit);
	tcase_add_test(tests, hostile_texts);
	tcase_add_test(tests, html);
	tcase_add_test(tests, long_runs_stay_small);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
