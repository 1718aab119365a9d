/*
 * units.c - arithmetic on quantities that must not wrap, and their texts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/units.h"

__extension__ typedef unsigned __int128 u128;

uint64_t rh_time_add(uint64_t time_ns, uint64_t span_ns)
{
	RH_ASSERT(span_ns <= UINT64_MAX - time_ns);
	return time_ns + span_ns;
}

uint64_t rh_mul_div(uint64_t value, uint64_t num, uint64_t den)
{
	u128 result;

	RH_ASSERT(den != 0);
	result = (u128)value * num / den;
	RH_ASSERT(result <= UINT64_MAX);
	return (uint64_t)result;
}

uint64_t rh_transfer_ns(uint64_t size_bytes, struct rh_rate rate)
{
	u128 result;

	if (rate.bits_per_sec == 0)
		return 0;
	result = (u128)size_bytes * (8 * RH_NS_PER_SEC);
	result = (result + rate.bits_per_sec - 1) / rate.bits_per_sec;
	RH_ASSERT(result <= UINT64_MAX);
	return (uint64_t)result;
}

/* Writes ".204" for 204 of 1000: `fraction` in units of 1/10^digits, without zeros at the end; ""
 * for 0. */
static void fraction_text(char text[16], uint64_t fraction, int digits)
{
	size_t len;

	text[0] = 0;
	if (fraction == 0)
		return;
	snprintf(text, 16, ".%0*" PRIu64, digits, fraction);
	for (len = strlen(text); text[len - 1] == '0'; len--)
		text[len - 1] = 0;
}

/* Three digits that count, cut off rather than rounded: nothing reads longer than it was. */
static char *short_text(char text[RH_TIME_TEXT], uint64_t span_ns, uint64_t unit_ns,
			const char *unit)
{
	uint64_t whole = span_ns / unit_ns;
	uint64_t thousandths = span_ns % unit_ns / (unit_ns / 1000);

	if (whole >= 100 || thousandths == 0)
		snprintf(text, RH_TIME_TEXT, "%" PRIu64 " %s", whole, unit);
	else if (whole >= 10)
		snprintf(text, RH_TIME_TEXT, "%" PRIu64 ".%" PRIu64 " %s", whole, thousandths / 100,
			 unit);
	else
		snprintf(text, RH_TIME_TEXT, "%" PRIu64 ".%02" PRIu64 " %s", whole,
			 thousandths / 10, unit);
	return text;
}

char *rh_span_text(char text[RH_TIME_TEXT], uint64_t span_ns)
{
	uint64_t secs = span_ns / RH_NS_PER_SEC;

	/* From a minute up, people want whole units: hours and minutes, or minutes and seconds. */
	if (span_ns >= RH_NS_PER_HOUR) {
		snprintf(text, RH_TIME_TEXT, "%" PRIu64 " h %02u m", secs / 3600,
			 (unsigned)(secs / 60 % 60));
		return text;
	}
	if (span_ns >= RH_NS_PER_MIN) {
		snprintf(text, RH_TIME_TEXT, "%u m %02u s", (unsigned)(secs / 60),
			 (unsigned)(secs % 60));
		return text;
	}
	if (span_ns >= RH_NS_PER_SEC)
		return short_text(text, span_ns, RH_NS_PER_SEC, "s");
	if (span_ns >= RH_NS_PER_MS)
		return short_text(text, span_ns, RH_NS_PER_MS, "ms");
	if (span_ns >= RH_NS_PER_US)
		return short_text(text, span_ns, RH_NS_PER_US, "us");
	if (span_ns > 0)
		snprintf(text, RH_TIME_TEXT, "%" PRIu64 " ns", span_ns);
	else
		snprintf(text, RH_TIME_TEXT, "0 s");
	return text;
}

char *rh_clock_text(char text[RH_TIME_TEXT], uint64_t time_ns)
{
	uint64_t secs = time_ns / RH_NS_PER_SEC;
	uint64_t fraction = time_ns % RH_NS_PER_SEC;
	char tail[16] = "";

	if (fraction % RH_NS_PER_MS == 0 && fraction != 0)
		snprintf(tail, sizeof(tail), ".%03u", (unsigned)(fraction / RH_NS_PER_MS));
	else
		fraction_text(tail, fraction, 9);
	snprintf(text, RH_TIME_TEXT, "%02" PRIu64 ":%02u:%02u%s", secs / 3600,
		 (unsigned)(secs / 60 % 60), (unsigned)(secs % 60), tail);
	return text;
}

char *rh_span_exact(char text[RH_TIME_TEXT], uint64_t span_ns)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{"h", RH_NS_PER_HOUR}, {"m", RH_NS_PER_MIN}, {"s", RH_NS_PER_SEC},
		{"ms", RH_NS_PER_MS},  {"us", RH_NS_PER_US}, {"ns", 1},
	};
	uint64_t rest = span_ns;
	size_t len = 0;
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(units); i++) {
		if (rest < units[i].ns)
			continue;
		len += (size_t)snprintf(text + len, RH_TIME_TEXT - len, "%" PRIu64 "%s",
					rest / units[i].ns, units[i].unit);
		rest %= units[i].ns;
	}
	RH_ASSERT(rest == 0 && len < RH_TIME_TEXT);
	if (len == 0)
		snprintf(text, RH_TIME_TEXT, "0s");
	return text;
}
