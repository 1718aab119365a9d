/*
 * record.c - the tables of records and gauges, and words for what stands in them.
 */
#include "core/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/units.h"

#define V RH_TRACE_VERDICT
#define N RH_TRACE_NODE
#define F RH_TRACE_FULL

static const struct rh_record_info records[RH_RECORD_KIND_COUNT] = {
#define RECORD(name, text, level, stages, index, a, b, c, d) \
	[RH_RECORD_##name] = {text, level, stages, {index, a, b, c, d}},
	RH_RECORDS(RECORD)
#undef RECORD
};

#undef V
#undef N
#undef F

static const struct rh_gauge_info gauges[RH_GAUGE_SHARED_COUNT] = {
#define NODE  false
#define JUDGE true
#define GAUGE(name, text, unit, source, doc) \
	[RH_GAUGE_##name] = {text, RH_UNIT_##unit, source, doc},
	RH_GAUGES(GAUGE)
#undef GAUGE
#undef NODE
#undef JUDGE
};

const struct rh_record_info *rh_record_info(uint32_t kind)
{
	return kind < RH_RECORD_KIND_COUNT ? &records[kind] : NULL;
}

char *rh_record_stage_text(char word[24], uint32_t kind, uint32_t stage)
{
	const char *at = kind < RH_RECORD_KIND_COUNT ? records[kind].stages : "";
	size_t len;

	for (uint32_t i = 0; i < stage && at != NULL; i++) {
		at = strchr(at, '|');
		at = at == NULL ? NULL : at + 1;
	}
	if (at == NULL || *at == 0)
		return strcpy(word, "?");
	len = strcspn(at, "|");
	RH_ASSERT(len < 24);
	memcpy(word, at, len);
	word[len] = 0;
	return word;
}

int rh_record_kind_by_name(const char *text)
{
	for (int kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		if (strcmp(records[kind].text, text) == 0)
			return kind;
	}
	return -1;
}

uint64_t rh_record_mask(enum rh_trace_level level)
{
	uint64_t mask = 0;

	_Static_assert(RH_RECORD_KIND_COUNT <= 64, "a mask has a bit for each kind");
	for (uint32_t kind = 0; kind < RH_RECORD_KIND_COUNT; kind++) {
		if (records[kind].level <= level)
			mask |= UINT64_C(1) << kind;
	}
	return mask;
}

const struct rh_gauge_info *rh_gauge_info(uint32_t gauge)
{
	_Static_assert((int)RH_GAUGE_SHARED_COUNT <= (int)RH_GAUGE_MODEL, "own gauges follow");
	return gauge < RH_GAUGE_SHARED_COUNT ? &gauges[gauge] : NULL;
}

const char *rh_unit_name(enum rh_unit unit)
{
	switch (unit) {
	case RH_UNIT_COUNT:
		return "count";
	case RH_UNIT_NS:
		return "ns";
	case RH_UNIT_PPM:
		return "ppm";
	case RH_UNIT_BYTES:
		return "bytes";
	case RH_UNIT_ID:
		return "id";
	}
	return "?";
}

char *rh_gauge_text(char text[40], enum rh_unit unit, int64_t value)
{
	char span[RH_TIME_TEXT];
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	const char *sign = value < 0 ? "-" : "";

	switch (unit) {
	case RH_UNIT_COUNT:
		snprintf(text, 40, "%" PRId64, value);
		break;
	case RH_UNIT_NS:
		snprintf(text, 40, "%s%.30s", sign, rh_span_text(span, size));
		break;
	case RH_UNIT_PPM:
		snprintf(text, 40, "%s%" PRIu64 ".%" PRIu64 " %%", sign, size / 10000,
			 size / 1000 % 10);
		break;
	case RH_UNIT_BYTES:
		if (size < 10000)
			snprintf(text, 40, "%s%" PRIu64 " B", sign, size);
		else if (size < 10000000)
			snprintf(text, 40, "%s%" PRIu64 " kB", sign, size / 1000);
		else
			snprintf(text, 40, "%s%" PRIu64 " MB", sign, size / 1000000);
		break;
	case RH_UNIT_ID:
		snprintf(text, 40, "%016" PRIx64, (uint64_t)value);
		break;
	}
	return text;
}
