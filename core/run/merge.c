/*
 * merge.c - see merge.h.
 */
#include "core/run/merge.h"

#include "core/base/dist.h"

typedef unsigned __int128 u128;

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

uint64_t rh_loss_merge(uint64_t a, uint64_t b)
{
	u128 survival;
	uint64_t loss;

	if (a == RH_ALWAYS || b == RH_ALWAYS)
		return RH_ALWAYS;
	/* As they are, or rounding would add a trace of loss. */
	if (a == 0 || b == 0)
		return a + b;
	survival = ((((u128)1 << 64) - a) * (((u128)1 << 64) - b)) >> 64;
	RH_ASSERT(survival >> 64 == 0);
	loss = 0 - (uint64_t)survival;
	/* Two losses that are not certain are together not certain either. */
	if (survival == 0 || loss == RH_ALWAYS)
		loss = RH_ALWAYS - 1;
	RH_ASSERT(loss >= a && loss >= b);
	return loss;
}

struct rh_link_state rh_link_merge(const struct rh_link_state *a, const struct rh_link_state *b)
{
	struct rh_link_state both = {
		.delay_ns = add(a->delay_ns, b->delay_ns),
		.jitter_ns = add(a->jitter_ns, b->jitter_ns),
		.loss_threshold = rh_loss_merge(a->loss_threshold, b->loss_threshold),
		.rate_bps = a->rate_bps,
		.is_cut = a->is_cut || b->is_cut,
		.drops_in_flight = a->drops_in_flight || b->drops_in_flight,
	};

	if (a->rate_bps == 0 || (b->rate_bps != 0 && b->rate_bps < a->rate_bps))
		both.rate_bps = b->rate_bps;
	return both;
}

bool rh_link_state_is_equal(const struct rh_link_state *a, const struct rh_link_state *b)
{
	return a->delay_ns == b->delay_ns && a->jitter_ns == b->jitter_ns &&
	       a->loss_threshold == b->loss_threshold && a->rate_bps == b->rate_bps &&
	       a->is_cut == b->is_cut && a->drops_in_flight == b->drops_in_flight;
}
