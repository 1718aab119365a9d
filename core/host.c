/*
 * host.c - local time from true time and back.
 *
 * With q = 10^9 + drift, local(t) = floor(t * q / 10^9) + offset, so the first t that shows c is
 * ceil((c - offset) * 10^9 / q).  128-bit products keep both exact over the whole range of times.
 */
#include "core/host.h"

#include "core/base/units.h"

#define PPB INT64_C(1000000000)

__extension__ typedef __int128 i128;

static uint64_t elapsed_ns(const struct rh_clock *clock, uint64_t true_ns)
{
	RH_ASSERT(clock->drift_ppb > -PPB && clock->drift_ppb < PPB);
	if (clock->drift_ppb == 0)
		return true_ns;
	return rh_mul_div(true_ns, (uint64_t)(PPB + clock->drift_ppb), (uint64_t)PPB);
}

uint64_t rh_clock_shows(const struct rh_clock *clock, uint64_t true_ns)
{
	i128 local = (i128)elapsed_ns(clock, true_ns) + clock->offset_ns;

	if (local < 0)
		return 0;
	return local > (i128)UINT64_MAX ? UINT64_MAX : (uint64_t)local;
}

uint64_t rh_clock_true(const struct rh_clock *clock, uint64_t local_ns)
{
	i128 elapsed = (i128)local_ns - clock->offset_ns;
	i128 rate = (i128)PPB + clock->drift_ppb;

	RH_ASSERT(clock->drift_ppb > -PPB && clock->drift_ppb < PPB);
	/* local() is cut off at 0, so a clock that is behind shows 0 from the start */
	if (local_ns == 0 || elapsed <= 0)
		return 0;
	if (clock->drift_ppb != 0)
		elapsed = (elapsed * PPB + rate - 1) / rate;
	return elapsed >= (i128)RH_TIME_NEVER ? RH_TIME_NEVER : (uint64_t)elapsed;
}

int64_t rh_clock_error(const struct rh_clock *clock, uint64_t true_ns)
{
	return (int64_t)(elapsed_ns(clock, true_ns) - true_ns) + clock->offset_ns;
}
