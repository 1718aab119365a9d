/*
 * clock.c - local time from true time and back.
 *
 * With q = 10^9 + drift, local(t) = floor(t * q / 10^9) + offset, so the first t that shows c is
 * ceil((c - offset) * 10^9 / q).  128-bit products keep both exact over the whole range of times.
 */
#include "sim/clock.h"

#include "core/base/units.h"

#define PPB INT64_C(1000000000)

uint64_t sim_clock_shows(const struct sim_clock *clock, uint64_t true_ns)
{
	uint64_t elapsed = true_ns;
	__extension__ __int128 local;

	RH_ASSERT(clock->drift_ppb > -PPB && clock->drift_ppb < PPB);
	if (clock->drift_ppb != 0)
		elapsed = rh_mul_div(true_ns, (uint64_t)(PPB + clock->drift_ppb), (uint64_t)PPB);
	local = (__int128)elapsed + clock->offset_ns;
	if (local < 0)
		return 0;
	return local > (__int128)UINT64_MAX ? UINT64_MAX : (uint64_t)local;
}

uint64_t sim_clock_true(const struct sim_clock *clock, uint64_t local_ns)
{
	__extension__ __int128 elapsed = (__int128)local_ns - clock->offset_ns;
	uint64_t rate = (uint64_t)(PPB + clock->drift_ppb);

	RH_ASSERT(clock->drift_ppb > -PPB && clock->drift_ppb < PPB);
	/* local() is cut off at 0, so a clock that is behind shows 0 from the start */
	if (local_ns == 0 || elapsed <= 0)
		return 0;
	if (clock->drift_ppb != 0)
		elapsed = (elapsed * PPB + (__int128)rate - 1) / (__int128)rate;
	return elapsed >= (__int128)RH_TIME_NEVER ? RH_TIME_NEVER : (uint64_t)elapsed;
}

int64_t sim_clock_error(const struct sim_clock *clock, uint64_t true_ns)
{
	uint64_t elapsed = true_ns;

	if (clock->drift_ppb != 0)
		elapsed = rh_mul_div(true_ns, (uint64_t)(PPB + clock->drift_ppb), (uint64_t)PPB);
	return (int64_t)(elapsed - true_ns) + clock->offset_ns;
}
