/*
 * clock_faults.c - faults on the clocks of nodes, and what a drift is.
 *
 * A fault on clocks says how far it puts a clock forward and how much faster the clock runs from then
 * on; the run layer (core/run/clocks.c) turns that into steps of the clock.
 */
#include "core/scenario/clock_faults.h"

#include <string.h>

#include "core/host.h"

#define DAY_NS INT64_C(86400000000000)

bool rh_drift_read(int64_t *ppb, const char *text, uint64_t most_ppm)
{
	bool is_negative = *text == '-';
	uint64_t number = 0;
	uint32_t digits = 0;

	text += *text == '-' || *text == '+';
	for (; *text >= '0' && *text <= '9' && digits < 8; text++, digits++)
		number = number * 10 + (uint64_t)(*text - '0');
	if (digits == 0)
		return false;
	text += *text == ' ';
	if (strcmp(text, "ppm") == 0)
		number *= 1000;
	else if (strcmp(text, "ppb") != 0)
		return false;
	*ppb = is_negative ? -(int64_t)number : (int64_t)number;
	return number <= most_ppm * 1000;
}

struct clock_skew {
	int64_t offset_ns;
	uint64_t jitter_ns;
};

static const struct rh_key skew_keys[] = {
	{.name = "offset",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct clock_skew, offset_ns),
	 .min = -DAY_NS,
	 .max = DAY_NS,
	 .doc = "How far; negative: back.",
	 .since = "0.1"},
	{.name = "jitter",
	 .type = RH_KEY_DURATION,
	 .offset = offsetof(struct clock_skew, jitter_ns),
	 .default_text = "0",
	 .min = 0,
	 .max = DAY_NS,
	 .doc = "Up to so much more, drawn for each node; more than 0 cannot be played yet.",
	 .since = "0.1"},
	RH_KEY_END,
};

static void skew_clock(const void *params, struct rh_clock *change)
{
	const struct clock_skew *skew = params;

	change->offset_ns = skew->offset_ns;
}

static const char *skew_lacks(const void *params)
{
	const struct clock_skew *skew = params;

	return skew->jitter_ns != 0 ? "an offset of its own for each node (jitter)" : NULL;
}

const struct rh_action_type rh_fault_clock_skew = {
	.name = "clock-skew",
	.doc = "Puts the target's clocks forward or back.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_CLOCKS,
	.params_size = sizeof(struct clock_skew),
	.keys = skew_keys,
	.clock = skew_clock,
	.lacks = skew_lacks,
};

static const struct rh_key drift_keys[] = {
	{.name = "drift",
	 .type = RH_KEY_TEXT,
	 .offset = offsetof(struct rh_clock_drift, text),
	 .doc = "How much faster: 50ppm, -20ppm, 300ppb; at most 100000ppm.",
	 .since = "0.1"},
	RH_KEY_END,
};

static void drift_clock(const void *params, struct rh_clock *change)
{
	const struct rh_clock_drift *drift = params;
	int64_t drift_ppb = 0;

	/* The loader has read it before. */
	if (rh_drift_read(&drift_ppb, drift->text, RH_FAULT_DRIFT_MAX_PPM))
		change->drift_ppb = drift_ppb;
}

const struct rh_action_type rh_fault_clock_drift = {
	.name = "clock-drift",
	.doc = "Lets the target's clocks run too fast or too slow; what they gained is taken back "
	       "at "
	       "its end.",
	.is_fault = true,
	.effect = RH_EFFECT_ON_CLOCKS,
	.params_size = sizeof(struct rh_clock_drift),
	.keys = drift_keys,
	.clock = drift_clock,
};
