/*
 * units.h - quantities as types, where two of the same integer type would stand side by side.
 *
 * Virtual time is unsigned 64-bit nanoseconds from genesis (about 584 years).  Struct fields carry
 * the unit in their name (`at_ns`); the wrapped forms are for arguments that could be swapped.
 */
#ifndef CORE_BASE_UNITS_H
#define CORE_BASE_UNITS_H

#include <stddef.h>

#include "core/base/assert.h"

#define RH_NS_PER_US   UINT64_C(1000)
#define RH_NS_PER_MS   UINT64_C(1000000)
#define RH_NS_PER_SEC  UINT64_C(1000000000)
#define RH_NS_PER_MIN  (60 * RH_NS_PER_SEC)
#define RH_NS_PER_HOUR (60 * RH_NS_PER_MIN)
#define RH_TIME_NEVER  UINT64_MAX

/* a point of virtual time; a length of time; a rate */
struct rh_time {
	uint64_t ns;
};
struct rh_span {
	uint64_t ns;
};
struct rh_rate {
	uint64_t bits_per_sec; /* 0 = unlimited */
};
/* a share between 0 and 1 as an exact ratio: 30 % is 3/10 */
struct rh_ratio {
	uint64_t num;
	uint64_t den;
};

/* A sum that must not wrap: a wrapped time is a programmer's error. */
uint64_t rh_time_add(uint64_t time_ns, uint64_t span_ns);
/* value * num / den, rounded down, without overflow in between; the result must fit. */
uint64_t rh_mul_div(uint64_t value, uint64_t num, uint64_t den);
/* Time to push `size_bytes` through `rate`, rounded up; 0 when the rate is unlimited. */
uint64_t rh_transfer_ns(uint64_t size_bytes, struct rh_rate rate);

/* Text of a span or a time, for people: "250ms", "4 h 00 m", "00:31:07.204".  Both return `text`.
 */
#define RH_TIME_TEXT 40
char *rh_span_text(char text[RH_TIME_TEXT], uint64_t span_ns);
char *rh_clock_text(char text[RH_TIME_TEXT], uint64_t time_ns); /* hh:mm:ss, fraction when not 0 */
/* The shortest exact form that the scenario loader reads back: "90s" is "1m30s", 4h is "4h". */
char *rh_span_exact(char text[RH_TIME_TEXT], uint64_t span_ns);

#endif
