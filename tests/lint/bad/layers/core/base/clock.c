/* clock.c - planted: the base includes a clock and something above it. */
#include <time.h>

#include "core/plan.h"
