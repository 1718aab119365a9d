/*
 * clock_faults.h - the faults of clock_faults.c, and what a drift is.
 */
#ifndef CORE_SCENARIO_CLOCK_FAULTS_H
#define CORE_SCENARIO_CLOCK_FAULTS_H

#include "core/plugin.h"

/* What a drift may be at most. */
#define RH_FAULT_DRIFT_MAX_PPM 100000

struct rh_clock_drift {
	const char *text; /* as written */
};

extern const struct rh_action_type rh_fault_clock_skew;
extern const struct rh_action_type rh_fault_clock_drift;

/* "20ppm", "-150ppb" in parts per billion; false when it is no drift, or more than that. */
bool rh_drift_read(int64_t *ppb, const char *text, uint64_t most_ppm);

#endif
