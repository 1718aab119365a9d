/*
 * What a scalar means, value by value; that printing and reading are inverse; and the sentence of a
 * check with the place of its error.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/scenario/that.h"
#include "core/scenario/value.h"
#include "tests/lib/test_model.h"

static const struct rh_slots slots = {12000000000, 32, 0};

/* Reads without limits; false stands for "refused with this code". */
static bool reads(enum rh_key_type type, const char *text, struct rh_value *value,
		  const char **code)
{
	struct rh_key key = {.name = "k", .type = type};
	struct rh_value_fault fault = {0};
	bool is_good;

	if (type == RH_KEY_ENUM)
		key.values = "none|eu|us";
	is_good = rh_value_read(value, &fault, &key, text, true, slots);
	*code = fault.code;
	return is_good;
}

START_TEST(numbers)
{
	static const struct {
		enum rh_key_type type;
		const char *text;
		int64_t number;
	} good[] = {
		{RH_KEY_DURATION, "250ms", 250000000},
		{RH_KEY_DURATION, "1.5s", 1500000000},
		{RH_KEY_DURATION, "0.000000001s", 1},
		{RH_KEY_DURATION, "1h30m", INT64_C(5400000000000)},
		{RH_KEY_DURATION, "1h 30m", INT64_C(5400000000000)},
		{RH_KEY_DURATION, "36h", INT64_C(129600000000000)},
		{RH_KEY_DURATION, "2d", INT64_C(172800000000000)},
		{RH_KEY_DURATION, "3 slots", INT64_C(36000000000)},
		{RH_KEY_DURATION, "1 slot", INT64_C(12000000000)},
		{RH_KEY_DURATION, "0.5 slots", INT64_C(6000000000)},
		{RH_KEY_DURATION, "2 epochs", INT64_C(768000000000)},
		{RH_KEY_DURATION, "+4us", 4000},
		{RH_KEY_DURATION, "0", 0},
		{RH_KEY_SIZE, "64KiB", 65536},
		{RH_KEY_SIZE, "1MB", 1000000},
		{RH_KEY_SIZE, "10KB", 10000},
		{RH_KEY_SIZE, "1.5 kB", 1500},
		{RH_KEY_SIZE, "80B", 80},
		{RH_KEY_SIZE, "8GB", INT64_C(8000000000)},
		{RH_KEY_RATE, "50mbit", 50000000},
		{RH_KEY_RATE, "10MB/s", 80000000},
		{RH_KEY_RATE, "1KiB/s", 8192},
		{RH_KEY_RATE, "unlimited", 0},
		{RH_KEY_INT, "012", 12},
		{RH_KEY_INT, "0x1F", 31},
		{RH_KEY_INT, "0o17", 15},
		{RH_KEY_INT, "-9223372036854775808", INT64_MIN},
		{RH_KEY_INT, "9223372036854775807", INT64_MAX},
		{RH_KEY_INT, "+5", 5},
		{RH_KEY_BOOL, "true", 1},
		{RH_KEY_BOOL, "false", 0},
		{RH_KEY_ENUM, "us", 2},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(good); i++) {
		struct rh_value value;
		const char *code;

		ck_assert_msg(reads(good[i].type, good[i].text, &value, &code), "%s: %s",
			      good[i].text, code);
		ck_assert_msg((int64_t)value.number == good[i].number, "%s: %lld", good[i].text,
			      (long long)value.number);
	}
}
END_TEST

START_TEST(refused)
{
	static const struct {
		enum rh_key_type type;
		const char *text;
		const char *code;
	} bad[] = {
		{RH_KEY_DURATION, "300", "E031"},
		{RH_KEY_DURATION, "1.5", "E031"},
		{RH_KEY_DURATION, "", "E030"},
		{RH_KEY_DURATION, "s", "E030"},
		{RH_KEY_DURATION, "1..5s", "E030"},
		{RH_KEY_DURATION, ".5s", "E030"},
		{RH_KEY_DURATION, "5 s s", "E030"},
		{RH_KEY_DURATION, "5S", "E030"},
		{RH_KEY_DURATION, "-5s", "E022"},
		{RH_KEY_DURATION, "0.5ns", "E022"},
		{RH_KEY_DURATION, "300000d", "E022"},
		{RH_KEY_DURATION, "1e3s", "E030"},
		{RH_KEY_DURATION, "1h30", "E031"},
		{RH_KEY_DURATION, "20 blocks", "E035"},
		{RH_KEY_DURATION, "99999999999999999999s", "E030"},
		{RH_KEY_SIZE, "100", "E032"},
		{RH_KEY_SIZE, "1mb", "E032"},
		{RH_KEY_SIZE, "0.5B", "E032"},
		{RH_KEY_SIZE, "-1KB", "E032"},
		{RH_KEY_RATE, "100", "E033"},
		{RH_KEY_RATE, "1MB", "E033"},
		{RH_KEY_RATIO, "2", "E034"},
		{RH_KEY_RATIO, "30", "E034"},
		{RH_KEY_RATIO, "1/3", "E034"},
		{RH_KEY_RATIO, "-5%", "E034"},
		{RH_KEY_RATIO, "130%", "E022"},
		{RH_KEY_RATIO, "5 %", "E034"},
		{RH_KEY_INT, "1.0", "E021"},
		{RH_KEY_INT, "1e3", "E021"},
		{RH_KEY_INT, "", "E021"},
		{RH_KEY_INT, "0x", "E021"},
		{RH_KEY_INT, "0o8", "E021"},
		{RH_KEY_INT, "9223372036854775808", "E022"},
		{RH_KEY_INT, "1_000", "E021"},
		{RH_KEY_BOOL, "yes", "E023"},
		{RH_KEY_BOOL, "on", "E023"},
		{RH_KEY_BOOL, "1", "E023"},
		{RH_KEY_ENUM, "EU", "E020"},
		{RH_KEY_ENUM, "none|eu", "E020"},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(bad); i++) {
		struct rh_value value;
		const char *code;

		ck_assert_msg(!reads(bad[i].type, bad[i].text, &value, &code), "%s was taken",
			      bad[i].text);
		ck_assert_msg(strcmp(code, bad[i].code) == 0, "%s: %s", bad[i].text, code);
	}
}
END_TEST

START_TEST(shares)
{
	static const struct {
		const char *text;
		uint64_t num;
		uint64_t den;
		const char *printed;
	} good[] = {
		{"30%", 3, 10, "30%"},	  {"0.25", 1, 4, "25%"},
		{"12.5%", 1, 8, "12.5%"}, {"0", 0, 1, "0%"},
		{"1", 1, 1, "100%"},	  {"100%", 1, 1, "100%"},
		{"1.0", 1, 1, "100%"},	  {"0.0001%", 1, 1000000, "0.0001%"},
	};
	const struct rh_key key = {.name = "k", .type = RH_KEY_RATIO};

	for (size_t i = 0; i < RH_ARRAY_LEN(good); i++) {
		struct rh_buf out = {0};
		struct rh_value value;
		const char *code;

		ck_assert_msg(reads(RH_KEY_RATIO, good[i].text, &value, &code), "%s", good[i].text);
		ck_assert_uint_eq(value.ratio.num, good[i].num);
		ck_assert_uint_eq(value.ratio.den, good[i].den);
		rh_value_print(&value, &key, &out);
		ck_assert_str_eq(rh_buf_str(&out), good[i].printed);
		rh_buf_release(&out);
	}
}
END_TEST

/* How often something happens, exactly; and as it is printed. */
START_TEST(paces)
{
	static const struct {
		const char *text;
		uint64_t num;
		uint64_t den;
		uint64_t unit;
		const char *printed;
	} good[] = {
		{"20/s", 1, 50000000, RH_PACE_NS, "20/s"},
		{"0.5/s", 1, 2000000000, RH_PACE_NS, "30/min"},
		{"30/min", 1, 2000000000, RH_PACE_NS, "30/min"},
		{"2.5/block", 5, 2, RH_PACE_BLOCK, "2.5/block"},
		{"5/block", 5, 1, RH_PACE_BLOCK, "5/block"},
		{"1/slot", 1, 12000000000, RH_PACE_NS, "5/min"},
		{"3/7s", 3, 7000000000, RH_PACE_NS, "3/7000000000ns"},
		{"0/s", 0, 1, RH_PACE_NS, "0/s"},
		{"none", 0, 1, RH_PACE_NONE, "none"},
	};
	static const char *const bad[] = {"20",	  "20/",    "/s",     "20/week",
					  "-1/s", "20 bit", "1/0.5s", "1/0s"};
	struct rh_key key = {.name = "k", .type = RH_KEY_PACE};
	struct rh_value value;
	const char *code;

	for (size_t i = 0; i < RH_ARRAY_LEN(good); i++) {
		struct rh_pace stored;
		struct rh_buf out = {0};

		ck_assert_msg(reads(RH_KEY_PACE, good[i].text, &value, &code), "%s", good[i].text);
		rh_value_store(&value, &key, &stored);
		ck_assert_uint_eq(stored.events.num, good[i].num);
		ck_assert_uint_eq(stored.events.den, good[i].den);
		ck_assert_uint_eq(stored.unit, good[i].unit);
		value = rh_value_load(&key, &stored);
		rh_value_print(&value, &key, &out);
		ck_assert_str_eq(rh_buf_str(&out), good[i].printed);
		ck_assert(reads(RH_KEY_PACE, rh_buf_str(&out), &value, &code));
		ck_assert_uint_eq(value.ratio.den, good[i].den);
		rh_buf_release(&out);
	}
	for (size_t i = 0; i < RH_ARRAY_LEN(bad); i++)
		ck_assert_msg(!reads(RH_KEY_PACE, bad[i], &value, &code), "%s", bad[i]);
}
END_TEST

/* What is printed is read back as the same value. */
START_TEST(print_and_read)
{
	static const enum rh_key_type types[] = {RH_KEY_INT, RH_KEY_DURATION, RH_KEY_SIZE,
						 RH_KEY_RATE, RH_KEY_RATIO};

	for (uint64_t i = 0; i < 20000; i++) {
		struct rh_key key = {.name = "k", .type = types[i % RH_ARRAY_LEN(types)]};
		struct rh_value value = {.ratio = {1, 1}};
		struct rh_value_fault fault;
		struct rh_buf out = {0};
		struct rh_value again;

		value.number = rh_absorb(7, i) >> (1 + rh_absorb(8, i) % 60);
		if (i % 3 == 0)
			value.number -= value.number % 1000000;
		value.ratio.num = rh_absorb(9, i) % 1000001;
		value.ratio.den = 1000000;
		rh_value_print(&value, &key, &out);
		ck_assert_msg(rh_value_read(&again, &fault, &key, rh_buf_str(&out), true, slots),
			      "%s: %s", rh_buf_str(&out), fault.text);
		if (key.type == RH_KEY_RATIO)
			ck_assert_uint_eq(again.ratio.num * (1000000 / again.ratio.den),
					  value.ratio.num);
		else
			ck_assert_uint_eq(again.number, value.number);
		rh_buf_release(&out);
	}
}
END_TEST

START_TEST(sentences)
{
	static const struct {
		const char *text;
		enum rh_aggregate aggregate;
		int64_t gauge;
		enum rh_operator op;
		int64_t value;
	} good[] = {
		{"heads == 1", RH_AGG_EACH, RH_GAUGE_HEADS, RH_OP_EQ, 1},
		{" max( reorg_depth )<=6 ", RH_AGG_MAX, RH_GAUGE_REORG_DEPTH, RH_OP_LE, 6},
		{"any(clock_offset) < -5ms", RH_AGG_ANY, RH_GAUGE_CLOCK_OFFSET, RH_OP_LT, -5000000},
		{"participation_ratio >= 95.5%", RH_AGG_EACH, RH_GAUGE_PARTICIPATION_RATIO,
		 RH_OP_GE, 955000},
		{"sum(bytes_in) > 1MB", RH_AGG_SUM, RH_GAUGE_BYTES_IN, RH_OP_GT, 1000000},
		{"distinct(head) != 0x10", RH_AGG_DISTINCT, RH_GAUGE_HEAD, RH_OP_NE, 16},
		{"propagation_p90 <= 1h 5m", RH_AGG_EACH, RH_GAUGE_PROPAGATION_P90, RH_OP_LE,
		 INT64_C(3900000000000)},
		{"spread(test.lag) < 2 slots", RH_AGG_SPREAD, RH_GAUGE_MODEL + 1, RH_OP_LT,
		 INT64_C(24000000000)},
	};
	struct rh_plan plan = {.model = &test_model, .slot_ns = 12000000000};

	for (size_t i = 0; i < RH_ARRAY_LEN(good); i++) {
		struct rh_err err = {0};
		struct rh_that that;
		size_t offset;
		size_t len;

		ck_assert_msg(rh_that_parse(&that, &offset, &len, &plan, good[i].text, &err) == 0,
			      "%s: %s", good[i].text, err.text);
		ck_assert_uint_eq(that.aggregate, good[i].aggregate);
		ck_assert_int_eq(that.gauge, good[i].gauge);
		ck_assert_uint_eq(that.op, good[i].op);
		ck_assert_int_eq(that.value, good[i].value);
	}
}
END_TEST

START_TEST(bad_sentences)
{
	static const struct {
		const char *text;
		size_t offset;
	} bad[] = {
		{"", 0},
		{"== 1", 0},
		{"haeds == 1", 0},
		{"max(haeds) == 1", 4},
		{"mox(heads) == 1", 0},
		{"max(heads == 1", 10},
		{"heads", 5},
		{"heads =< 1", 6},
		{"heads == one", 9},
		{"heads == 1 2", 9},
		{"heads == 5s", 9},
		{"max() == 1", 4},
		{"max(max(heads)) == 1", 4},
	};
	struct rh_plan plan = {.model = &test_model};

	for (size_t i = 0; i < RH_ARRAY_LEN(bad); i++) {
		struct rh_err err = {0};
		struct rh_that that;
		size_t offset;
		size_t len;

		ck_assert_msg(rh_that_parse(&that, &offset, &len, &plan, bad[i].text, &err) ==
				      RH_E_INPUT,
			      "%s", bad[i].text);
		ck_assert_msg(offset == bad[i].offset, "%s: %zu", bad[i].text, offset);
		ck_assert_uint_le(offset + len, strlen(bad[i].text));
		ck_assert_uint_gt(strlen(err.text), 10);
	}
}
END_TEST

START_TEST(comparisons)
{
	for (int left = -1; left <= 1; left++) {
		ck_assert_int_eq(rh_that_compare(left, RH_OP_EQ, 0), left == 0);
		ck_assert_int_eq(rh_that_compare(left, RH_OP_NE, 0), left != 0);
		ck_assert_int_eq(rh_that_compare(left, RH_OP_LT, 0), left < 0);
		ck_assert_int_eq(rh_that_compare(left, RH_OP_LE, 0), left <= 0);
		ck_assert_int_eq(rh_that_compare(left, RH_OP_GT, 0), left > 0);
		ck_assert_int_eq(rh_that_compare(left, RH_OP_GE, 0), left >= 0);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("value");
	TCase *tests = tcase_create("value");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, numbers);
	tcase_add_test(tests, refused);
	tcase_add_test(tests, shares);
	tcase_add_test(tests, paces);
	tcase_add_test(tests, print_and_read);
	tcase_add_test(tests, sentences);
	tcase_add_test(tests, bad_sentences);
	tcase_add_test(tests, comparisons);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
