/*
 * err.c - filling errors and giving them context.  See err.h for the rules.
 *
 * The text has a fixed size: a message too long loses its tail, never its head, because the context
 * that says where it happened stands in front.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/err.h"

static const struct {
	const char *name;
	const char *text;
	int exit_code;
} errors[] = {{"OK", "no error", 0},
#define X(name, text, exit_code) {#name, text, exit_code},
	      RH_ERRORS(X)
#undef X
};

static bool is_known(int code)
{
	return code <= 0 && code > -(int)RH_E_END;
}

static void fill(struct rh_err *err, int code, int sys_errno, const char *fmt, va_list args)
{
	err->code = code;
	err->sys_errno = sys_errno;
	err->can_retry = false;
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	if (err->text[0] == 0)
		snprintf(err->text, sizeof(err->text), "%s", errors[-code].text);
}

int rh_err_set(struct rh_err *err, int code, const char *fmt, ...)
{
	va_list args;

	RH_ASSERT(code < 0 && is_known(code));
	if (err != NULL) {
		va_start(args, fmt);
		fill(err, code, 0, fmt, args);
		va_end(args);
	}
	return code;
}

int rh_err_sys(struct rh_err *err, int code, int sys_errno, const char *fmt, ...)
{
	va_list args;
	size_t len;

	RH_ASSERT(code < 0 && is_known(code));
	if (err != NULL) {
		va_start(args, fmt);
		fill(err, code, sys_errno, fmt, args);
		va_end(args);
		len = strlen(err->text);
		snprintf(err->text + len, sizeof(err->text) - len, ": %s", strerror(sys_errno));
	}
	return code;
}

int rh_err_wrap(struct rh_err *err, const char *fmt, ...)
{
	char inner[sizeof(err->text)];
	va_list args;
	size_t len;

	if (err == NULL)
		return RH_E_WORLD;
	RH_ASSERT(err->code < 0 && is_known(err->code));
	memcpy(inner, err->text, sizeof(inner));
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", inner);
	return err->code;
}

const char *rh_err_name(int code)
{
	RH_ASSERT(is_known(code));
	return errors[-code].name;
}

int rh_err_exit_code(int code)
{
	RH_ASSERT(is_known(code));
	return errors[-code].exit_code;
}
