/* Sums and products that must not wrap, and the texts of times. */
#include "core/base/units.h"
#include "tests/lib/frame.h"

START_TEST(sums)
{
	ck_assert_uint_eq(rh_time_add(1, 2), 3);
	ck_assert_uint_eq(rh_time_add(UINT64_MAX - 5, 5), UINT64_MAX);
	ck_assert_uint_eq(rh_time_add(UINT64_MAX, 0), UINT64_MAX);
}
END_TEST

START_TEST(sum_wraps)
{
	rh_time_add(UINT64_MAX - 4, 5);
}
END_TEST

START_TEST(products)
{
	uint64_t state = 0;
	int i;

	ck_assert_uint_eq(rh_mul_div(10, 1, 3), 3);
	ck_assert_uint_eq(rh_mul_div(UINT64_MAX, 7, 7), UINT64_MAX);
	ck_assert_uint_eq(rh_mul_div(UINT64_MAX, 1000, 1000000), UINT64_MAX / 1000);
	for (i = 0; i < 1000; i++) {
		uint64_t value = any(&state, UINT32_MAX);
		uint64_t num = any(&state, UINT32_MAX);
		uint64_t den = 1 + any(&state, 1000);

		ck_assert_uint_eq(rh_mul_div(value, num, den), value * num / den);
	}
}
END_TEST

START_TEST(product_overflows)
{
	rh_mul_div(UINT64_MAX, 2, 1);
}
END_TEST

START_TEST(division_by_zero)
{
	rh_mul_div(1, 1, 0);
}
END_TEST

START_TEST(transfers)
{
	ck_assert_uint_eq(rh_transfer_ns(1000, (struct rh_rate){0}), 0);
	ck_assert_uint_eq(rh_transfer_ns(0, (struct rh_rate){1}), 0);
	ck_assert_uint_eq(rh_transfer_ns(1, (struct rh_rate){8}), RH_NS_PER_SEC);
	ck_assert_uint_eq(rh_transfer_ns(1, (struct rh_rate){3}), UINT64_C(2666666667));
	ck_assert_uint_eq(rh_transfer_ns(2000000, (struct rh_rate){25000000}), 640 * RH_NS_PER_MS);
}
END_TEST

static const struct {
	uint64_t ns;
	const char *span;
	const char *clock;
	const char *exact;
} texts[] = {
	{0, "0 s", "00:00:00", "0s"},
	{1, "1 ns", "00:00:00.000000001", "1ns"},
	{1500, "1.50 us", "00:00:00.0000015", "1us500ns"},
	{250 * RH_NS_PER_MS, "250 ms", "00:00:00.250", "250ms"},
	{12345678, "12.3 ms", "00:00:00.012345678", "12ms345us678ns"},
	{90 * RH_NS_PER_SEC, "1 m 30 s", "00:01:30", "1m30s"},
	{4 * RH_NS_PER_HOUR, "4 h 00 m", "04:00:00", "4h"},
	{UINT64_C(1867204000000), "31 m 07 s", "00:31:07.204", "31m7s204ms"},
	{100 * RH_NS_PER_HOUR + 1, "100 h 00 m", "100:00:00.000000001", "100h1ns"},
	{UINT64_MAX, "5124095 h 34 m", "5124095:34:33.709551615", "5124095h34m33s709ms551us615ns"},
};

START_TEST(times_as_text)
{
	char text[RH_TIME_TEXT];
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(texts); i++) {
		ck_assert_str_eq(rh_span_text(text, texts[i].ns), texts[i].span);
		ck_assert_str_eq(rh_clock_text(text, texts[i].ns), texts[i].clock);
		ck_assert_str_eq(rh_span_exact(text, texts[i].ns), texts[i].exact);
	}
}
END_TEST

/* What is called exact must hold every nanosecond: read it back in the simplest way. */
static uint64_t read_back(const char *text)
{
	uint64_t sum = 0;

	while (*text != 0) {
		char *unit;
		uint64_t value = strtoull(text, &unit, 10);
		size_t len = strcspn(unit, "0123456789");

		if (strncmp(unit, "h", len) == 0)
			value *= RH_NS_PER_HOUR;
		else if (len == 1 && *unit == 'm')
			value *= RH_NS_PER_MIN;
		else if (len == 1 && *unit == 's')
			value *= RH_NS_PER_SEC;
		else if (strncmp(unit, "ms", len) == 0)
			value *= RH_NS_PER_MS;
		else if (strncmp(unit, "us", len) == 0)
			value *= RH_NS_PER_US;
		sum += value;
		text = unit + len;
	}
	return sum;
}

START_TEST(exact_text_loses_nothing)
{
	char text[RH_TIME_TEXT];
	uint64_t state = 0;
	int i;

	for (i = 0; i < 10000; i++) {
		uint64_t ns = any(&state, UINT64_MAX) >> any(&state, 64);

		ck_assert_uint_eq(read_back(rh_span_exact(text, ns)), ns);
	}
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("units");

	tcase_add_test(frame.tests, sums);
	tcase_add_test(frame.tests, products);
	tcase_add_test(frame.tests, transfers);
	tcase_add_test(frame.tests, times_as_text);
	tcase_add_test(frame.tests, exact_text_loses_nothing);
	frame_add_abort(frame, sum_wraps);
	frame_add_abort(frame, product_overflows);
	frame_add_abort(frame, division_by_zero);
	return frame_run(frame);
}
