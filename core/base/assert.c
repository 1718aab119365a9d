/*
 * assert.c - how the program ends when it finds itself in a state that must not exist.
 *
 * Everything goes to standard error in one write each, so that lines of two threads do not mix, and
 * then abort() leaves a core for the debugger.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/assert.h"

/* Kept, not copied: it is set when a run begins, while one thread runs, and only read in the two
 * functions below. */
static const char *reproduce_line;

void rh_reproduce_line_set(const char *line)
{
	reproduce_line = line;
}

__attribute__((noreturn)) static void end(const char *text)
{
	if (reproduce_line != NULL)
		fprintf(stderr, "%s\nreproduce: %s\n", text, reproduce_line);
	else
		fprintf(stderr, "%s\n", text);
	fflush(stderr);
	abort();
}

void rh_assert_failed(const char *file, int line, const char *function, const char *condition)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s:%d: %s: assertion failed: %s", file, line, function,
		 condition);
	end(text);
}

void rh_fatal(const char *fmt, ...)
{
	char text[2048] = "fatal: ";
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + 7, sizeof(text) - 7, fmt, args);
	va_end(args);
	end(text);
}
