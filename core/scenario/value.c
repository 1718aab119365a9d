/*
 * value.c - reads scalars, in integers only.
 *
 * A number is mantissa / 10^scale with at most nineteen digits, so that every product with a unit
 * fits 128 bits; a unit is a factor.  The same reader serves all quantities: they differ in their
 * table of units and in what is said when the unit is missing.
 */
#include "core/scenario/value.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/diag.h"

__extension__ typedef unsigned __int128 u128;

#define DIGITS_MAX 19

struct unit {
	const char *text;
	uint64_t factor;
};

/* Longer spellings stand before their beginnings. */
static const struct unit duration_units[] = {
	{"ns", 1},
	{"us", RH_NS_PER_US},
	{"ms", RH_NS_PER_MS},
	{"s", RH_NS_PER_SEC},
	{"m", RH_NS_PER_MIN},
	{"min", RH_NS_PER_MIN},
	{"h", RH_NS_PER_HOUR},
	{"d", 24 * RH_NS_PER_HOUR},
};

static const struct unit size_units[] = {
	{"B", 1},
	{"KB", 1000},
	{"kB", 1000},
	{"MB", 1000000},
	{"GB", 1000000000},
	{"TB", UINT64_C(1000000000000)},
	{"KiB", 1024},
	{"MiB", 1024 * 1024},
	{"GiB", 1024 * 1024 * 1024},
	{"TiB", UINT64_C(1024) * 1024 * 1024 * 1024},
};

static const struct unit rate_units[] = {
	{"bit", 1},
	{"kbit", 1000},
	{"mbit", 1000000},
	{"gbit", 1000000000},
	{"bit/s", 1},
	{"kbit/s", 1000},
	{"mbit/s", 1000000},
	{"gbit/s", 1000000000},
	{"Kbit", 1000},
	{"Mbit", 1000000},
	{"Gbit", 1000000000},
	{"Mbit/s", 1000000},
	{"Gbit/s", 1000000000},
	{"B/s", 8},
	{"KB/s", 8000},
	{"kB/s", 8000},
	{"MB/s", 8000000},
	{"GB/s", UINT64_C(8000000000)},
	{"KiB/s", 8 * 1024},
	{"MiB/s", 8 * 1024 * 1024},
	{"GiB/s", UINT64_C(8) * 1024 * 1024 * 1024},
};

static bool refuse(struct rh_value_fault *fault, const char *code, const char *hint,
		   const char *fmt, ...) RH_PRINTF(4, 5);

static bool refuse(struct rh_value_fault *fault, const char *code, const char *hint,
		   const char *fmt, ...)
{
	va_list args;

	fault->code = code;
	snprintf(fault->hint, sizeof(fault->hint), "%s", hint);
	va_start(args, fmt);
	vsnprintf(fault->text, sizeof(fault->text), fmt, args);
	va_end(args);
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "12", "12.5" at the start of *at: how many characters, 0 when there is no number. */
struct decimal {
	uint64_t mantissa;
	uint32_t scale;
};

static size_t read_decimal(struct decimal *decimal, const char *at)
{
	uint32_t digits = 0;
	size_t len = 0;
	bool is_fraction = false;

	*decimal = (struct decimal){0};
	for (; is_digit(at[len]) || (at[len] == '.' && !is_fraction && len > 0); len++) {
		if (at[len] == '.') {
			if (!is_digit(at[len + 1]))
				return 0;
			is_fraction = true;
			continue;
		}
		/* Zeros in front take no room. */
		if ((decimal->mantissa != 0 || at[len] != '0') && ++digits > DIGITS_MAX)
			return 0;
		if (is_fraction && ++decimal->scale > DIGITS_MAX)
			return 0;
		decimal->mantissa = decimal->mantissa * 10 + (uint64_t)(at[len] - '0');
	}
	return len;
}

static uint64_t power_of_ten(uint32_t exponent)
{
	uint64_t power = 1;

	RH_ASSERT(exponent <= DIGITS_MAX);
	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* decimal * factor; false when it is not whole or does not fit 63 bits. */
static bool scale_decimal(uint64_t *result, struct decimal decimal, uint64_t factor)
{
	u128 product = (u128)decimal.mantissa * factor;
	uint64_t divisor = power_of_ten(decimal.scale);

	if (product % divisor != 0 || product / divisor > INT64_MAX)
		return false;
	*result = (uint64_t)(product / divisor);
	return true;
}

static const struct unit *find_unit(const struct unit *units, size_t count, const char *text,
				    size_t len)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(units[i].text) == len && memcmp(units[i].text, text, len) == 0)
			return &units[i];
	}
	return NULL;
}

/* ---- durations ------------------------------------------------------------------------------- */

/* "write 300s, 5m or 25 slots" for a bare 300. */
static void duration_hint(char *hint, size_t size, const char *text, struct rh_slots slots)
{
	struct decimal decimal;
	uint64_t ns = 0;
	char minutes[40] = "";
	char chain[60] = "";

	if (text[read_decimal(&decimal, text)] != 0 ||
	    !scale_decimal(&ns, decimal, RH_NS_PER_SEC)) {
		snprintf(hint, size, "write for example 250ms, 30s or 5m");
		return;
	}
	if (ns % RH_NS_PER_MIN == 0 && ns != 0)
		snprintf(minutes, sizeof(minutes), "%" PRIu64 "m", ns / RH_NS_PER_MIN);
	else
		snprintf(minutes, sizeof(minutes), "%.20sms", text);
	if (slots.slot_ns != 0 && ns % slots.slot_ns == 0 && ns != 0)
		snprintf(chain, sizeof(chain), "%" PRIu64 " slots", ns / slots.slot_ns);
	if (chain[0] != 0)
		snprintf(hint, size, "write %.20ss, %s or %s", text, minutes, chain);
	else
		snprintf(hint, size, "write %.20ss or %s", text, minutes);
}

static bool read_duration_unit(uint64_t *factor, struct rh_value_fault *fault, const char *text,
			       const char *unit, size_t len, struct rh_slots slots)
{
	const struct unit *known =
		find_unit(duration_units, RH_ARRAY_LEN(duration_units), unit, len);
	bool is_slot = (len == 4 && memcmp(unit, "slot", 4) == 0) ||
		       (len == 5 && memcmp(unit, "slots", 5) == 0);
	bool is_epoch = (len == 5 && memcmp(unit, "epoch", 5) == 0) ||
			(len == 6 && memcmp(unit, "epochs", 6) == 0);

	bool is_block = (len == 5 && memcmp(unit, "block", 5) == 0) ||
			(len == 6 && memcmp(unit, "blocks", 6) == 0);

	if (known != NULL) {
		*factor = known->factor;
		return true;
	}
	if (is_block && slots.block_ns == 0)
		return refuse(fault, "E035", "give spec.clock.block, or write a time such as 30s",
			      "\"%.40s\" needs to know how much time there is between blocks",
			      text);
	if (is_block) {
		*factor = slots.block_ns;
		return true;
	}
	if ((is_slot || is_epoch) && slots.slot_ns == 0)
		return refuse(fault, "E035", "give spec.clock.slot, or write a time such as 30s",
			      "\"%.40s\" needs to know how long a slot is", text);
	if (is_epoch && slots.slots_per_epoch == 0)
		return refuse(fault, "E035", "give spec.clock.slotsPerEpoch",
			      "\"%.40s\" needs to know how many slots an epoch has", text);
	if (is_slot || is_epoch) {
		*factor = slots.slot_ns * (is_epoch ? slots.slots_per_epoch : 1);
		return true;
	}
	return refuse(fault, "E030", "units: ns us ms s m h d, slots, epochs and blocks",
		      "unknown unit \"%.*s\" in a duration", len > 20 ? 20 : (int)len, unit);
}

static bool read_duration(struct rh_value *value, struct rh_value_fault *fault,
			  const struct rh_key *key, const char *text, struct rh_slots slots)
{
	const char *at = text;
	bool is_negative = *at == '-';
	uint64_t sum = 0;
	char hint[160];

	at += *at == '-' || *at == '+';
	if (strcmp(at, "0") == 0) {
		value->number = 0;
		return true;
	}
	duration_hint(hint, sizeof(hint), at, slots);
	do {
		struct decimal decimal;
		size_t len = read_decimal(&decimal, at);
		uint64_t factor = 0;
		uint64_t part;

		if (len == 0)
			return refuse(fault, "E030", "write for example 250ms, 30s or 5m",
				      "\"%.60s\" is not a duration", text);
		at += len;
		while (*at == ' ')
			at++;
		if (*at == 0)
			return refuse(fault, "E031", hint, "a duration needs a unit");
		len = strcspn(at, " 0123456789.");
		if (!read_duration_unit(&factor, fault, text, at, len, slots))
			return false;
		at += len;
		while (*at == ' ')
			at++;
		if (!scale_decimal(&part, decimal, factor) || part > INT64_MAX - sum)
			return refuse(fault, "E022", "at most 292 years, in whole nanoseconds",
				      "duration \"%.60s\" is out of range", text);
		sum += part;
	} while (*at != 0);
	if (is_negative && key->min >= 0 && sum != 0)
		return refuse(fault, "E022", "", "this duration cannot be negative");
	value->number = is_negative ? 0 - sum : sum;
	return true;
}

/* ---- the other types ------------------------------------------------------------------------- */

static bool read_quantity(struct rh_value *value, const struct unit *units, size_t count,
			  const char *text)
{
	struct decimal decimal;
	size_t len = read_decimal(&decimal, text);
	const struct unit *unit;

	if (strcmp(text, "0") == 0) {
		value->number = 0;
		return true;
	}
	if (len == 0)
		return false;
	while (text[len] == ' ')
		len++;
	unit = find_unit(units, count, text + len, strlen(text + len));
	return unit != NULL && scale_decimal(&value->number, decimal, unit->factor);
}

static bool read_size(struct rh_value *value, struct rh_value_fault *fault, const char *text)
{
	if (read_quantity(value, size_units, RH_ARRAY_LEN(size_units), text))
		return true;
	if (text[0] != 0 && text[strspn(text, "0123456789")] == 0)
		return refuse(fault, "E032", "write for example 80B, 10KB, 64KiB or 1MB",
			      "a size needs a unit");
	return refuse(fault, "E032", "write for example 80B, 10KB, 64KiB or 1MB",
		      "\"%.60s\" is not a size", text);
}

static bool read_rate(struct rh_value *value, struct rh_value_fault *fault, const char *text)
{
	if (strcmp(text, "unlimited") == 0) {
		value->number = 0;
		return true;
	}
	if (read_quantity(value, rate_units, RH_ARRAY_LEN(rate_units), text))
		return true;
	if (text[0] != 0 && text[strspn(text, "0123456789")] == 0)
		return refuse(fault, "E033", "write for example 50mbit, 10MB/s or unlimited",
			      "a rate needs a unit");
	return refuse(fault, "E033", "write for example 50mbit, 10MB/s or unlimited",
		      "\"%.60s\" is not a rate", text);
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static bool read_ratio(struct rh_value *value, struct rh_value_fault *fault,
		       const struct rh_key *key, const char *text)
{
	struct decimal decimal;
	size_t len = read_decimal(&decimal, text);
	bool is_percent = strcmp(text + len, "%") == 0;
	uint64_t divisor;
	char hint[40];

	if (len == 0 || (!is_percent && text[len] != 0) || decimal.scale > 16)
		return refuse(fault, "E034", "write for example 30% or 0.3",
			      "\"%.60s\" is not a share", text);
	if (!is_percent && decimal.scale == 0 && decimal.mantissa > 1) {
		snprintf(hint, sizeof(hint), "write %.20s%%", text);
		return refuse(fault, "E034", hint, "a share needs %% or a fraction");
	}
	value->ratio.num = decimal.mantissa;
	value->ratio.den = power_of_ten(decimal.scale + (is_percent ? 2 : 0));
	divisor = common_divisor(value->ratio.num, value->ratio.den);
	value->ratio.num /= divisor;
	value->ratio.den /= divisor;
	/* Without limits of its own a share is a probability. */
	if (key->min == 0 && key->max == 0 && value->ratio.num > value->ratio.den)
		return refuse(fault, "E022", "", "a share is at most 100%%");
	return true;
}

static const struct unit pace_units[] = {
	{"ns", 1},
	{"us", RH_NS_PER_US},
	{"ms", RH_NS_PER_MS},
	{"s", RH_NS_PER_SEC},
	{"second", RH_NS_PER_SEC},
	{"m", RH_NS_PER_MIN},
	{"min", RH_NS_PER_MIN},
	{"minute", RH_NS_PER_MIN},
	{"h", RH_NS_PER_HOUR},
	{"hour", RH_NS_PER_HOUR},
	{"d", 24 * RH_NS_PER_HOUR},
	{"day", 24 * RH_NS_PER_HOUR},
};

/* What stands behind the slash: nanoseconds or blocks; 0 when it is no such thing. */
static uint64_t pace_unit(uint64_t *pace_kind, const char *text, struct rh_slots slots)
{
	const struct unit *unit =
		find_unit(pace_units, RH_ARRAY_LEN(pace_units), text, strlen(text));

	*pace_kind = strcmp(text, "block") == 0 ? RH_PACE_BLOCK : RH_PACE_NS;
	if (*pace_kind == RH_PACE_BLOCK)
		return 1;
	if (strcmp(text, "slot") == 0)
		return slots.slot_ns;
	if (strcmp(text, "epoch") == 0)
		return slots.slot_ns * slots.slots_per_epoch;
	return unit != NULL ? unit->factor : 0;
}

/* "20/s", "30/min", "5/block", "1/12s", "none". */
static bool read_pace(struct rh_value *value, struct rh_value_fault *fault, const char *text,
		      struct rh_slots slots)
{
	const char *hint = "write for example 20/s, 30/min or 5/block";
	struct decimal count;
	struct decimal times = {1, 0};
	size_t len = read_decimal(&count, text);
	uint64_t unit;
	u128 den;
	uint64_t divisor;

	value->number = RH_PACE_NONE;
	if (strcmp(text, "none") == 0)
		return true;
	if (len == 0 || count.scale > 9 || text[len] != '/')
		return refuse(fault, "E033", hint, "\"%.60s\" is not a pace", text);
	len++;
	if (is_digit(text[len]))
		len += read_decimal(&times, text + len);
	unit = pace_unit(&value->number, text + len, slots);
	if (unit == 0 || times.scale != 0)
		return refuse(fault, "E033", hint, "\"%.60s\" is not a pace", text);
	den = (u128)unit * times.mantissa * power_of_ten(count.scale);
	if (count.mantissa > RH_PACE_NUM_MAX || den == 0 || den > RH_PACE_DEN_MAX)
		return refuse(fault, "E022", hint, "pace \"%.60s\" is out of range", text);
	divisor = common_divisor(count.mantissa, (uint64_t)den);
	value->ratio.num = count.mantissa / divisor;
	value->ratio.den = (uint64_t)den / divisor;
	return true;
}

static bool read_int(struct rh_value *value, struct rh_value_fault *fault, const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	uint32_t base = 10;
	uint64_t limit = *text == '-' ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	uint64_t sum = 0;
	bool is_whole = true;

	if (at[0] == '0' && (at[1] == 'x' || at[1] == 'o') && at == text) {
		base = at[1] == 'x' ? 16 : 8;
		at += 2;
	}
	if (*at == 0)
		is_whole = false;
	for (; *at != 0 && is_whole; at++) {
		uint32_t digit = is_digit(*at)		    ? (uint32_t)(*at - '0')
				 : *at >= 'a' && *at <= 'f' ? (uint32_t)(*at - 'a') + 10
				 : *at >= 'A' && *at <= 'F' ? (uint32_t)(*at - 'A') + 10
							    : 99;

		if (digit >= base)
			is_whole = false;
		else if (sum > (limit - digit) / base)
			return refuse(fault, "E022", "", "%.60s does not fit 64 bits", text);
		else
			sum = sum * base + digit;
	}
	if (!is_whole)
		return refuse(fault, "E021", "", "\"%.60s\" is not a whole number", text);
	value->number = *text == '-' ? 0 - sum : sum;
	return true;
}

static bool read_bool(struct rh_value *value, struct rh_value_fault *fault, const char *text,
		      bool is_plain)
{
	bool is_true =
		strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "TRUE") == 0;
	bool is_false = strcmp(text, "false") == 0 || strcmp(text, "False") == 0 ||
			strcmp(text, "FALSE") == 0;

	if (!is_plain || !(is_true || is_false))
		return refuse(fault, "E023", "write true or false",
			      "\"%.60s\" is not a truth value", text);
	value->number = is_true;
	return true;
}

#define WORDS_MAX 32

static bool read_enum(struct rh_value *value, struct rh_value_fault *fault,
		      const struct rh_key *key, const char *text)
{
	const char *words[WORDS_MAX];
	char copy[400];
	uint32_t count = 0;
	const char *near;
	char hint[160];

	RH_ASSERT(strlen(key->values) < sizeof(copy));
	strcpy(copy, key->values);
	for (char *at = copy; at != NULL;) {
		char *bar = strchr(at, '|');

		if (bar != NULL)
			*bar = 0;
		RH_ASSERT(count < WORDS_MAX);
		words[count++] = at;
		at = bar != NULL ? bar + 1 : NULL;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(words[i], text) == 0) {
			value->number = i;
			return true;
		}
	}
	near = rh_suggest(text, words, count);
	if (near != NULL)
		snprintf(hint, sizeof(hint), "did you mean \"%.60s\"?", near);
	else {
		size_t len = (size_t)snprintf(hint, sizeof(hint), "one of");

		for (uint32_t i = 0; i < count && len < sizeof(hint); i++)
			len += (size_t)snprintf(hint + len, sizeof(hint) - len, " %s", words[i]);
	}
	return refuse(fault, "E020", hint, "\"%.60s\" is not known here", text);
}

/* ---- any quantity ---------------------------------------------------------------------------- */

/* How many bytes at `text` a unit could be: letters, and "/s" behind them. */
static size_t unit_len(const char *text)
{
	size_t len = 0;

	while ((text[len] >= 'a' && text[len] <= 'z') || (text[len] >= 'A' && text[len] <= 'Z'))
		len++;
	return len;
}

static bool is_word_end(char c)
{
	return !(c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

/* Reduces; false when a part does not fit. */
static bool make_ratio(struct rh_ratio *ratio, u128 num, u128 den)
{
	u128 x = num;
	u128 y = den;

	while (y != 0) {
		u128 rest = x % y;

		x = y;
		y = rest;
	}
	if (num / x > INT64_MAX || den / x > INT64_MAX)
		return false;
	*ratio = (struct rh_ratio){(uint64_t)(num / x), (uint64_t)(den / x)};
	return true;
}

static size_t refuse_large(struct rh_value_fault *fault, const char *text, size_t len)
{
	refuse(fault, "E022", "", "%.*s is out of range", (int)(len < 60 ? len : 60), text);
	return 0;
}

/* "/s", "/min", "/slot" behind a number; 0 when it is a division. */
static size_t read_per(struct rh_quantity *quantity, struct rh_value_fault *fault, const char *text,
		       size_t at, struct decimal decimal, struct rh_slots slots)
{
	size_t len = unit_len(text + at + 1);
	const struct unit *unit;
	uint64_t factor = 0;

	if (len == 0 || !is_word_end(text[at + 1 + len]) || text[at + 1 + len] == '.' ||
	    text[at + 1 + len] == '(')
		return 0;
	unit = find_unit(pace_units, RH_ARRAY_LEN(pace_units), text + at + 1, len);
	if (unit != NULL)
		factor = unit->factor;
	else if (memcmp(text + at + 1, "block", len < 5 ? len : 5) == 0)
		return 0; /* no number a second: such a pace stays as it is written */
	else if (!read_duration_unit(&factor, fault, text, text + at + 1, len, slots)) {
		if (strcmp(fault->code, "E035") != 0)
			fault->code = NULL;
		return 0;
	}
	quantity->kind = RH_QUANTITY_PACE;
	if (!make_ratio(&quantity->ratio, decimal.mantissa,
			(u128)power_of_ten(decimal.scale) * factor))
		return refuse_large(fault, text, at + 1 + len);
	return at + 1 + len;
}

static size_t read_hex(struct rh_quantity *quantity, struct rh_value_fault *fault, const char *text)
{
	size_t len = 2 + strspn(text + 2, "0123456789abcdefABCDEF");
	struct rh_value value = {0};
	char copy[24];

	if (len == 2 || len >= sizeof(copy))
		return refuse_large(fault, text, len);
	memcpy(copy, text, len);
	copy[len] = 0;
	if (!read_int(&value, fault, copy))
		return 0;
	quantity->ratio = (struct rh_ratio){value.number, 1};
	return len;
}

/* Further parts of a duration, "30m" in "1h 30m", behind `at`. */
static size_t read_parts(struct rh_quantity *quantity, struct rh_value_fault *fault,
			 const char *text, size_t at)
{
	for (;;) {
		size_t next = at + strspn(text + at, " ");
		struct decimal decimal;
		size_t digits = read_decimal(&decimal, text + next);
		size_t len = unit_len(text + next + digits);
		const struct unit *unit = find_unit(duration_units, RH_ARRAY_LEN(duration_units),
						    text + next + digits, len);
		uint64_t part;

		if (digits == 0 || unit == NULL)
			return at;
		if (!scale_decimal(&part, decimal, unit->factor) ||
		    part > INT64_MAX - quantity->number)
			return refuse_large(fault, text, next + digits + len);
		quantity->number += part;
		at = next + digits + len;
	}
}

/* The unit at `at`, sizes and rates: its end, or `from` when it is none of these. */
static size_t read_unit(struct rh_quantity *quantity, struct rh_value_fault *fault,
			const char *text, size_t from, size_t at, struct decimal decimal)
{
	size_t len = unit_len(text + at);
	const struct unit *unit = NULL;

	if (text[at + len] == '/' && text[at + len + 1] == 's' && is_word_end(text[at + len + 2])) {
		unit = find_unit(rate_units, RH_ARRAY_LEN(rate_units), text + at, len + 2);
		len += unit != NULL ? 2 : 0;
	}
	quantity->kind = RH_QUANTITY_RATE;
	if (unit == NULL)
		unit = find_unit(rate_units, RH_ARRAY_LEN(rate_units), text + at, len);
	if (unit == NULL) {
		quantity->kind = RH_QUANTITY_SIZE;
		unit = find_unit(size_units, RH_ARRAY_LEN(size_units), text + at, len);
	}
	if (unit == NULL || !is_word_end(text[at + len])) {
		quantity->kind = RH_QUANTITY_NUMBER;
		return from;
	}
	if (!scale_decimal(&quantity->number, decimal, unit->factor))
		return refuse_large(fault, text, at + len);
	return at + len;
}

size_t rh_value_quantity(struct rh_quantity *quantity, struct rh_value_fault *fault,
			 const char *text, struct rh_slots slots)
{
	struct rh_value_fault other;
	struct decimal decimal;
	size_t end = read_decimal(&decimal, text);
	size_t at = end + strspn(text + end, " ");
	size_t len = unit_len(text + at);
	uint64_t factor = 0;
	bool is_percent;

	*quantity = (struct rh_quantity){.ratio = {0, 1}};
	fault->code = NULL;
	if (end == 0)
		return is_digit(text[0]) ? refuse_large(fault, text, strspn(text, "0123456789."))
					 : 0;
	if (text[0] == '0' && text[1] == 'x')
		return read_hex(quantity, fault, text);
	if (text[end] == '/' && unit_len(text + end + 1) != 0) {
		at = read_per(quantity, fault, text, end, decimal, slots);
		if (at != 0 || fault->code != NULL)
			return at;
		at = end;
	} else if (len != 0 && (is_word_end(text[at + len]) || is_digit(text[at + len]))) {
		if (read_duration_unit(&factor, &other, text, text + at, len, slots)) {
			quantity->kind = RH_QUANTITY_DURATION;
			if (!scale_decimal(&quantity->number, decimal, factor))
				return refuse_large(fault, text, at + len);
			return read_parts(quantity, fault, text, at + len);
		}
		if (strcmp(other.code, "E035") == 0) {
			*fault = other;
			return 0;
		}
		at = read_unit(quantity, fault, text, end, at, decimal);
		if (at != end)
			return at;
	}
	/* A percent sign right behind the number; but 7%3 and 7%x are rests of divisions. */
	is_percent = text[end] == '%' && is_word_end(text[end + 1]) && text[end + 1] != '(';
	if (!make_ratio(&quantity->ratio, decimal.mantissa,
			(u128)power_of_ten(decimal.scale) * (is_percent ? 100 : 1)))
		return refuse_large(fault, text, end);
	return end + is_percent;
}

/* ---- limits ---------------------------------------------------------------------------------- */

static bool check_limits(const struct rh_value *value, struct rh_value_fault *fault,
			 const struct rh_key *key)
{
	int64_t number = (int64_t)value->number;
	struct rh_buf limits = {0};
	bool is_inside = true;

	if (key->min == 0 && key->max == 0)
		return true;
	switch (key->type) {
	case RH_KEY_BOOL:
	case RH_KEY_ENUM:
	case RH_KEY_TEXT:
	case RH_KEY_PACE:
		return true;
	case RH_KEY_RATIO:
		is_inside = (u128)value->ratio.num * 1000000 >=
				    (u128)(uint64_t)key->min * value->ratio.den &&
			    (u128)value->ratio.num * 1000000 <=
				    (u128)(uint64_t)key->max * value->ratio.den;
		break;
	case RH_KEY_INT:
	case RH_KEY_DURATION:
	case RH_KEY_SIZE:
	case RH_KEY_RATE:
		is_inside = number >= key->min && number <= key->max;
		break;
	}
	if (is_inside)
		return true;
	rh_key_limits_print(key, &limits);
	refuse(fault, "E022", rh_buf_str(&limits), "out of range");
	rh_buf_release(&limits);
	return false;
}

/* ---- the doors ------------------------------------------------------------------------------- */

bool rh_value_read(struct rh_value *value, struct rh_value_fault *fault, const struct rh_key *key,
		   const char *text, bool is_plain, struct rh_slots slots)
{
	bool is_good = false;

	memset(value, 0, sizeof(*value));
	value->ratio.den = 1;
	switch (key->type) {
	case RH_KEY_BOOL:
		is_good = read_bool(value, fault, text, is_plain);
		break;
	case RH_KEY_INT:
		is_good = read_int(value, fault, text);
		break;
	case RH_KEY_DURATION:
		is_good = read_duration(value, fault, key, text, slots);
		break;
	case RH_KEY_SIZE:
		is_good = read_size(value, fault, text);
		break;
	case RH_KEY_RATE:
		is_good = read_rate(value, fault, text);
		break;
	case RH_KEY_RATIO:
		is_good = read_ratio(value, fault, key, text);
		break;
	case RH_KEY_ENUM:
		is_good = read_enum(value, fault, key, text);
		break;
	case RH_KEY_TEXT:
		value->text = text;
		is_good = true;
		break;
	case RH_KEY_PACE:
		is_good = read_pace(value, fault, text, slots);
		break;
	}
	return is_good && check_limits(value, fault, key);
}

struct rh_value rh_value_default(const struct rh_key *key, struct rh_slots slots)
{
	struct rh_value_fault fault;
	struct rh_value value;

	RH_ASSERT(key->default_text != NULL);
	if (!rh_value_read(&value, &fault, key, key->default_text, true, slots))
		rh_fatal("the default \"%s\" of key \"%s\" cannot be read: %s", key->default_text,
			 key->name, fault.text);
	return value;
}

void rh_value_store(const struct rh_value *value, const struct rh_key *key, void *structure)
{
	void *at = (char *)structure + key->offset;

	switch (key->type) {
	case RH_KEY_RATIO:
		memcpy(at, &value->ratio, sizeof(value->ratio));
		break;
	case RH_KEY_PACE:
		memcpy(at, &(struct rh_pace){value->ratio, value->number}, sizeof(struct rh_pace));
		break;
	case RH_KEY_TEXT:
		memcpy(at, &value->text, sizeof(value->text));
		break;
	case RH_KEY_BOOL:
	case RH_KEY_INT:
	case RH_KEY_DURATION:
	case RH_KEY_SIZE:
	case RH_KEY_RATE:
	case RH_KEY_ENUM:
		memcpy(at, &value->number, sizeof(value->number));
		break;
	}
}

struct rh_value rh_value_load(const struct rh_key *key, const void *structure)
{
	const void *at = (const char *)structure + key->offset;
	struct rh_value value = {.ratio = {0, 1}, .text = ""};
	struct rh_pace pace;

	switch (key->type) {
	case RH_KEY_PACE:
		memcpy(&pace, at, sizeof(pace));
		value.ratio = pace.events;
		value.number = pace.unit;
		break;
	case RH_KEY_RATIO:
		memcpy(&value.ratio, at, sizeof(value.ratio));
		break;
	case RH_KEY_TEXT:
		memcpy(&value.text, at, sizeof(value.text));
		break;
	case RH_KEY_BOOL:
	case RH_KEY_INT:
	case RH_KEY_DURATION:
	case RH_KEY_SIZE:
	case RH_KEY_RATE:
	case RH_KEY_ENUM:
		memcpy(&value.number, at, sizeof(value.number));
		break;
	}
	return value;
}
