/*
 * value_print.c - prints scalars as one would write them, exactly, and what a key allows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/value.h"

__extension__ typedef unsigned __int128 u128;

struct unit {
	const char *text;
	uint64_t factor;
};

/* From large to small. */
static const struct unit size_units[] = {
	{"TB", UINT64_C(1000000000000)},
	{"GB", 1000000000},
	{"GiB", 1024 * 1024 * 1024},
	{"MB", 1000000},
	{"MiB", 1024 * 1024},
	{"KB", 1000},
	{"KiB", 1024},
	{"B", 1},
};

static const struct unit rate_units[] = {
	{"gbit", 1000000000},
	{"mbit", 1000000},
	{"kbit", 1000},
	{"bit", 1},
};

const char *rh_key_type_text(enum rh_key_type type)
{
	switch (type) {
	case RH_KEY_BOOL:
		return "true or false";
	case RH_KEY_INT:
		return "whole number";
	case RH_KEY_DURATION:
		return "duration";
	case RH_KEY_SIZE:
		return "size";
	case RH_KEY_RATE:
		return "rate";
	case RH_KEY_RATIO:
		return "share";
	case RH_KEY_ENUM:
		return "word";
	case RH_KEY_TEXT:
		return "text";
	case RH_KEY_PACE:
		return "pace";
	}
	return "?";
}

/* Percent when it comes out even with few digits, else the fraction itself. */
static void print_ratio(struct rh_ratio ratio, struct rh_buf *out)
{
	u128 scaled = (u128)ratio.num * 100 * 1000000000;
	uint64_t whole;
	uint64_t rest;
	char fraction[16];
	size_t len;

	if (ratio.den == 0 || scaled % ratio.den != 0 || scaled / ratio.den > INT64_MAX) {
		rh_buf_printf(out, "%" PRIu64 "/%" PRIu64, ratio.num, ratio.den);
		return;
	}
	whole = (uint64_t)(scaled / ratio.den) / 1000000000;
	rest = (uint64_t)(scaled / ratio.den) % 1000000000;
	snprintf(fraction, sizeof(fraction), ".%09" PRIu64, rest);
	for (len = strlen(fraction); len > 0 && (fraction[len - 1] == '0' || len == 1); len--)
		fraction[len - 1] = 0;
	rh_buf_printf(out, "%" PRIu64 "%s%%", whole, fraction);
}

/* The largest unit in which the number is whole; the last one is 1. */
static void print_quantity(uint64_t number, const struct unit *units, size_t count,
			   struct rh_buf *out)
{
	size_t i = 0;

	while (i + 1 < count && (number == 0 || number % units[i].factor != 0))
		i++;
	rh_buf_printf(out, "%" PRIu64 "%s", number / units[i].factor, units[i].text);
}

/* The unit in which it has the fewest digits: what was read from a decimal comes out even in one. */
static void print_pace(const struct rh_value *value, struct rh_buf *out)
{
	static const struct unit units[] = {{"s", RH_NS_PER_SEC},  {"min", RH_NS_PER_MIN},
					    {"h", RH_NS_PER_HOUR}, {"d", 24 * RH_NS_PER_HOUR},
					    {"ms", RH_NS_PER_MS},  {"us", RH_NS_PER_US}};
	static const struct unit blocks[] = {{"block", 1}};
	const struct unit *at = value->number == RH_PACE_BLOCK ? blocks : units;
	size_t count = value->number == RH_PACE_BLOCK ? 1 : RH_ARRAY_LEN(units);
	uint64_t power = 1;

	if (value->number == RH_PACE_NONE || value->ratio.den == 0) {
		rh_buf_text(out, "none");
		return;
	}
	for (uint32_t digits = 0; digits <= 9; digits++, power *= 10) {
		for (size_t i = 0; i < count; i++) {
			u128 scaled = (u128)value->ratio.num * at[i].factor * power;

			if (scaled % value->ratio.den != 0 || scaled / value->ratio.den > INT64_MAX)
				continue;
			scaled /= value->ratio.den;
			rh_buf_printf(out, "%" PRIu64, (uint64_t)(scaled / power));
			if (digits > 0)
				rh_buf_printf(out, ".%0*" PRIu64, (int)digits,
					      (uint64_t)(scaled % power));
			rh_buf_printf(out, "/%s", at[i].text);
			return;
		}
	}
	rh_buf_printf(out, "%" PRIu64 "/%" PRIu64 "%s", value->ratio.num, value->ratio.den,
		      value->number == RH_PACE_BLOCK ? "block" : "ns");
}

static void print_word(const char *values, uint64_t index, struct rh_buf *out)
{
	while (index > 0 && *values != 0)
		index -= *values++ == '|';
	rh_buf_put(out, values, strcspn(values, "|"));
}

void rh_value_print(const struct rh_value *value, const struct rh_key *key, struct rh_buf *out)
{
	int64_t number = (int64_t)value->number;
	char text[RH_TIME_TEXT];

	switch (key->type) {
	case RH_KEY_BOOL:
		rh_buf_text(out, number ? "true" : "false");
		break;
	case RH_KEY_INT:
		rh_buf_printf(out, "%" PRId64, number);
		break;
	case RH_KEY_DURATION:
		rh_buf_printf(out, "%s%s", number < 0 ? "-" : "",
			      rh_span_exact(text, number < 0 ? 0 - value->number : value->number));
		break;
	case RH_KEY_SIZE:
		print_quantity(value->number, size_units, RH_ARRAY_LEN(size_units), out);
		break;
	case RH_KEY_RATE:
		if (number == 0)
			rh_buf_text(out, "unlimited");
		else
			print_quantity(value->number, rate_units, RH_ARRAY_LEN(rate_units), out);
		break;
	case RH_KEY_RATIO:
		print_ratio(value->ratio, out);
		break;
	case RH_KEY_ENUM:
		print_word(key->values, value->number, out);
		break;
	case RH_KEY_PACE:
		print_pace(value, out);
		break;
	case RH_KEY_TEXT:
		rh_buf_text(out, value->text != NULL ? value->text : "");
		break;
	}
}

static void limit_value(struct rh_value *value, const struct rh_key *key, int64_t limit)
{
	*value = (struct rh_value){.number = (uint64_t)limit};
	if (key->type == RH_KEY_RATIO)
		value->ratio = (struct rh_ratio){(uint64_t)(limit < 0 ? 0 : limit), 1000000};
}

void rh_key_limits_print(const struct rh_key *key, struct rh_buf *out)
{
	struct rh_value low;
	struct rh_value high;

	if (key->min == 0 && key->max == 0)
		return;
	limit_value(&low, key, key->min);
	limit_value(&high, key, key->max);
	if (key->max == INT64_MAX) {
		rh_buf_text(out, "at least ");
		rh_value_print(&low, key, out);
		return;
	}
	rh_value_print(&low, key, out);
	rh_buf_text(out, " to ");
	rh_value_print(&high, key, out);
}
