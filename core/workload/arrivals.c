/*
 * arrivals.c - the integral of a pace, and its inverse.
 *
 * A stretch of constant pace num/den inverts in one division.  A ramp is searched: N is monotone
 * since it is computed exactly and then rounded, always the same way.
 */
#include "core/workload/arrivals.h"

#include "core/base/dist.h"
#include "core/base/sort.h"

__extension__ typedef unsigned __int128 u128;

#define STRETCH	   64				 /* arrivals by chance between two fixed counts */
#define PLACE_BITS 16				 /* binary digits behind the point of a place */
#define NANOHERTZ  UINT64_C(1000000000000000000) /* 10^9 nanoseconds times 10^9 */
#define FAST_MAX   (UINT64_C(1) << 53)		 /* nine million a second */

/* Further draws of the workload's purpose, apart from those by number of submission. */
#define STRETCH_INDEX (UINT64_C(1) << 63)

/* ---- places ---------------------------------------------------------------------------------- */

/* Where on the axis of N the arrival stands. */
static uint64_t place_of(const struct rh_arrivals *arrivals, const struct rh_workload_view *view,
			 uint64_t number)
{
	uint64_t group = number / arrivals->burst;
	uint64_t places[STRETCH];
	uint64_t base;

	if (!arrivals->is_random)
		return group * arrivals->burst << PLACE_BITS;
	base = rh_draw2(view->rng, RH_PURPOSE_WORKLOAD, view->name64,
			STRETCH_INDEX | group / STRETCH);
	/* log2(64) more digits: a place in the whole stretch. */
	for (uint64_t i = 0; i < STRETCH; i++)
		places[i] = rh_rng_absorb(view->rng, base, i) >> (64 - PLACE_BITS - 6);
	rh_sort_u64(places, STRETCH);
	return (group / STRETCH * STRETCH * arrivals->burst << PLACE_BITS) +
	       places[group % STRETCH] * arrivals->burst;
}

/* ---- constant pace --------------------------------------------------------------------------- */

/* The same pace by time; 0/1 where it stands still. */
static struct rh_ratio by_time(struct rh_pace pace, uint64_t block_ns)
{
	struct rh_ratio none = {0, 1};
	u128 den = pace.events.den;

	if (pace.unit == RH_PACE_NONE || pace.events.num == 0)
		return none;
	if (pace.unit == RH_PACE_BLOCK)
		den *= block_ns;
	if (den == 0 || den > INT64_MAX)
		return none;
	return (struct rh_ratio){pace.events.num, (uint64_t)den};
}

static uint64_t saturate(u128 value)
{
	return value > UINT64_MAX ? UINT64_MAX : (uint64_t)value;
}

/* How far N grows in `span_ns`. */
static uint64_t growth(struct rh_ratio pace, uint64_t span_ns)
{
	u128 events = (u128)span_ns * pace.num;

	/* In two parts, so that the shift loses nothing. */
	return saturate((events / pace.den << PLACE_BITS) +
			(events % pace.den << PLACE_BITS) / pace.den);
}

/* The first time at which N has grown so far. */
static uint64_t time_of(struct rh_ratio pace, uint64_t place)
{
	u128 den = (u128)pace.num << PLACE_BITS;

	return saturate(((u128)place * pace.den + den - 1) / den);
}

/* ---- a ramp ---------------------------------------------------------------------------------- */

struct ramp {
	uint64_t from; /* in nanohertz */
	uint64_t to;
	uint64_t length_ns;
};

static uint64_t nanohertz(struct rh_ratio pace)
{
	u128 rate = (u128)pace.num * NANOHERTZ / pace.den;

	return rate > FAST_MAX ? FAST_MAX : (uint64_t)rate;
}

/* from t + (to - from) t^2 / (2 length), without losing a digit on the way. */
static uint64_t ramp_growth(const struct ramp *ramp, uint64_t span_ns)
{
	bool is_rising = ramp->to >= ramp->from;
	uint64_t slope = is_rising ? ramp->to - ramp->from : ramp->from - ramp->to;
	u128 twice = (u128)ramp->length_ns * 2;
	u128 product = (u128)slope * span_ns;
	u128 bend = product / twice * span_ns + product % twice * span_ns / twice;
	u128 sum = (u128)ramp->from * span_ns;

	sum = is_rising ? sum + bend : sum - bend;
	return saturate((sum / NANOHERTZ << PLACE_BITS) +
			(sum % NANOHERTZ << PLACE_BITS) / NANOHERTZ);
}

static uint64_t ramp_time(const struct ramp *ramp, uint64_t place)
{
	uint64_t low = 0;
	uint64_t high = ramp->length_ns;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (ramp_growth(ramp, middle) >= place)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* ---- the whole line -------------------------------------------------------------------------- */

/* The pace that the plan gives, up to the first change.  True when the place lies in it; else it is
 * taken off. */
static bool find_in_plan(const struct rh_arrivals *arrivals, const struct rh_workload_view *view,
			 uint64_t end_ns, uint64_t *place, uint64_t *after_ns)
{
	struct rh_ratio pace = by_time(arrivals->rate, view->block_ns);
	struct ramp ramp = {.length_ns = view->until_ns - view->start_ns};
	bool is_ramp = arrivals->ramp_to.unit != RH_PACE_NONE;
	uint64_t span_ns = end_ns - view->start_ns;
	uint64_t grown;

	ramp.from = nanohertz(pace);
	ramp.to = nanohertz(by_time(arrivals->ramp_to, view->block_ns));
	grown = is_ramp ? ramp_growth(&ramp, span_ns) : growth(pace, span_ns);
	if (*place >= grown) {
		*place -= grown;
		return false;
	}
	*after_ns = is_ramp ? ramp_time(&ramp, *place) : time_of(pace, *place);
	return true;
}

bool rh_arrival(const struct rh_arrivals *arrivals, const struct rh_workload_view *view,
		uint64_t number, uint64_t *at_ns)
{
	uint64_t place;
	uint64_t end_ns = view->change_count > 0 ? view->changes[0].from_ns : view->until_ns;
	uint64_t after_ns = 0;

	RH_ASSERT(arrivals->burst > 0 && view->until_ns >= view->start_ns);
	if (number >= UINT64_C(1) << 40)
		return false;
	place = place_of(arrivals, view, number);
	if (end_ns > view->until_ns)
		end_ns = view->until_ns;
	RH_ASSERT(end_ns >= view->start_ns);
	if (find_in_plan(arrivals, view, end_ns, &place, &after_ns)) {
		*at_ns = view->start_ns + after_ns;
		return *at_ns < view->until_ns;
	}
	for (uint32_t i = 0; i < view->change_count; i++) {
		const struct rh_pace_change *change = &view->changes[i];
		struct rh_ratio pace = by_time(change->pace, view->block_ns);
		uint64_t grown;

		end_ns = i + 1 < view->change_count ? change[1].from_ns : view->until_ns;
		if (change->from_ns >= end_ns)
			continue;
		grown = growth(pace, end_ns - change->from_ns);
		if (place < grown) {
			*at_ns = change->from_ns + time_of(pace, place);
			return *at_ns < view->until_ns;
		}
		place -= grown;
	}
	return false;
}
