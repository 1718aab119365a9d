/*
 * assert.h - assertions that are always on, and the one fatal exit.
 *
 * A failed assertion is a programmer's error: it prints the place, the condition and the one line
 * that reproduces the run, then aborts.  The line is registered by the program when a run begins;
 * it is the only process-wide state of core/base, and it takes no part in any decision.
 */
#ifndef CORE_BASE_ASSERT_H
#define CORE_BASE_ASSERT_H

#include <stdbool.h>
#include <stdint.h>

#define RH_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define RH_MUST_USE	      __attribute__((warn_unused_result))

/* Says how to repeat what runs now.  Keeps `line` until it is replaced; NULL forgets it. */
void rh_reproduce_line_set(const char *line);

__attribute__((noreturn)) void rh_assert_failed(const char *file, int line, const char *function,
						const char *condition);

/* The end for what no caller can handle (out of memory, an impossible state): prints and aborts. */
__attribute__((noreturn)) void rh_fatal(const char *fmt, ...) RH_PRINTF(1, 2);

#define RH_ASSERT(condition) \
	((condition) ? (void)0 : rh_assert_failed(__FILE__, __LINE__, __func__, #condition))

/* a implies b */
#define RH_IMPLIES(a, b) (!(a) || (b))

/* Costly checks: on in debug and sanitizer builds (-DRH_EXPENSIVE). */
#ifdef RH_EXPENSIVE
#define RH_CHECK(condition) RH_ASSERT(condition)
#else
#define RH_CHECK(condition) ((void)sizeof(condition))
#endif

#define RH_ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
