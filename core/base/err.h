/*
 * err.h - errors of input and of the world: a code that must be used, and a text that gathers
 * context on its way up ("scenario x.yaml: link a-b: delay is negative").
 *
 * A function that can fail returns 0 or a negative RH_E_* and, on failure, has filled `err`.
 * Whoever prints the error prints it once; nobody logs and returns the same error.
 */
#ifndef CORE_BASE_ERR_H
#define CORE_BASE_ERR_H

#include "core/base/assert.h"

/* name, text, exit code of the program when nobody handles it */
#define RH_ERRORS(X) \
	X(INPUT, "invalid input", 2) \
	X(USAGE, "wrong use", 2) \
	X(UNSUPPORTED, "not supported by this world", 2) \
	X(NOT_FOUND, "not found", 2) \
	X(EXISTS, "already exists", 2) \
	X(LIMIT, "a limit was reached", 3) \
	X(IO, "input or output failed", 3) \
	X(CORRUPT, "damaged data", 3) \
	X(WORLD, "the world failed", 3) \
	X(CANCELLED, "interrupted", 130)

enum rh_error {
	RH_OK = 0,
#define X(name, text, exit_code) RH_E_##name##_INDEX,
	RH_ERRORS(X)
#undef X
		RH_E_END,
#define X(name, text, exit_code) RH_E_##name = -RH_E_##name##_INDEX,
	RH_ERRORS(X)
#undef X
};

struct rh_err {
	int code;	 /* negative RH_E_*, or 0 */
	int sys_errno;	 /* errno where the system refused, else 0 */
	bool can_retry;	 /* live worlds: trying again may help */
	char text[1000]; /* one sentence, without a full stop or a newline */
};

/* Fills `err` (which may be NULL) and returns `code`, so that `return rh_err_set(...)` reads well.
 */
int rh_err_set(struct rh_err *err, int code, const char *fmt, ...) RH_PRINTF(3, 4);
/* The same with errno and its text behind the message. */
int rh_err_sys(struct rh_err *err, int code, int sys_errno, const char *fmt, ...) RH_PRINTF(4, 5);
/* Puts context and ": " in front of the text; returns err->code (RH_E_WORLD when err is NULL). */
int rh_err_wrap(struct rh_err *err, const char *fmt, ...) RH_PRINTF(2, 3);

const char *rh_err_name(int code); /* "INPUT" */
int rh_err_exit_code(int code);	   /* 0 for RH_OK */

#endif
