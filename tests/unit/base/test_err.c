/* Errors gather context in front, keep their code, and never overflow their text; assertions say
 * how to repeat the run. */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/err.h"
#include "tests/lib/frame.h"

START_TEST(context_goes_in_front)
{
	struct rh_err err;

	ck_assert_int_eq(rh_err_set(&err, RH_E_INPUT, "delay %d is negative", -3), RH_E_INPUT);
	ck_assert_int_eq(rh_err_wrap(&err, "link %s", "a-b"), RH_E_INPUT);
	ck_assert_int_eq(rh_err_wrap(&err, "scenario x.yaml"), RH_E_INPUT);
	ck_assert_str_eq(err.text, "scenario x.yaml: link a-b: delay -3 is negative");
	ck_assert_int_eq(err.code, RH_E_INPUT);
	ck_assert_int_eq(err.sys_errno, 0);
	ck_assert(!err.can_retry);
}
END_TEST

START_TEST(system_errors_have_their_text)
{
	struct rh_err err;
	char expected[200];

	ck_assert_int_eq(rh_err_sys(&err, RH_E_IO, ENOENT, "cannot open %s", "f"), RH_E_IO);
	snprintf(expected, sizeof(expected), "cannot open f: %s", strerror(ENOENT));
	ck_assert_str_eq(err.text, expected);
	ck_assert_int_eq(err.sys_errno, ENOENT);
}
END_TEST

START_TEST(nobody_has_to_listen)
{
	ck_assert_int_eq(rh_err_set(NULL, RH_E_LIMIT, "x"), RH_E_LIMIT);
	ck_assert_int_eq(rh_err_sys(NULL, RH_E_IO, EIO, "x"), RH_E_IO);
	ck_assert_int_eq(rh_err_wrap(NULL, "x"), RH_E_WORLD);
}
END_TEST

START_TEST(long_text_loses_its_tail)
{
	struct rh_err err;
	int i;

	rh_err_set(&err, RH_E_INPUT, "the end");
	for (i = 0; i < 300; i++)
		rh_err_wrap(&err, "level %d", i);
	ck_assert_int_eq(strncmp(err.text, "level 299: level 298: ", 22), 0);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	rh_err_sys(&err, RH_E_IO, EIO, "%02000d", 1);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(names_and_exit_codes)
{
	ck_assert_str_eq(rh_err_name(RH_OK), "OK");
	ck_assert_str_eq(rh_err_name(RH_E_INPUT), "INPUT");
	ck_assert_str_eq(rh_err_name(RH_E_CANCELLED), "CANCELLED");
	ck_assert_int_eq(rh_err_exit_code(RH_OK), 0);
	ck_assert_int_eq(rh_err_exit_code(RH_E_USAGE), 2);
	ck_assert_int_eq(rh_err_exit_code(RH_E_CORRUPT), 3);
	ck_assert_int_eq(rh_err_exit_code(RH_E_CANCELLED), 130);
	ck_assert_int_lt(RH_E_INPUT, 0);
}
END_TEST

START_TEST(zero_is_no_error)
{
	struct rh_err err;

	rh_err_set(&err, RH_OK, "x");
}
END_TEST

START_TEST(unknown_code)
{
	rh_err_name(-1000);
}
END_TEST

/* What a dying child writes to standard error, and that it died of SIGABRT. */
static void last_words(char *text, size_t size, void (*die)(void))
{
	int ends[2];
	int status;
	size_t len = 0;
	ssize_t got;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		die();
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], text + len, size - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = 0;
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void fail_assertion(void)
{
	int two = 2;

	rh_reproduce_line_set("rehearse run x.yaml --seed 7");
	RH_ASSERT(two + two == 5);
}

static void fail_without_line(void)
{
	rh_reproduce_line_set("rehearse run x.yaml --seed 7");
	rh_reproduce_line_set(NULL);
	rh_fatal("no %s left", "room");
}

START_TEST(last_words_of_the_program)
{
	char text[4096];

	last_words(text, sizeof(text), fail_assertion);
	ck_assert_ptr_nonnull(strstr(text, "test_err.c:"));
	ck_assert_ptr_nonnull(strstr(text, "two + two == 5"));
	ck_assert_ptr_nonnull(strstr(text, "reproduce: rehearse run x.yaml --seed 7\n"));
	last_words(text, sizeof(text), fail_without_line);
	ck_assert_ptr_nonnull(strstr(text, "fatal: no room left\n"));
	ck_assert_ptr_null(strstr(text, "reproduce"));
}
END_TEST

int main(void)
{
	struct frame frame = frame_open("err");

	tcase_add_test(frame.tests, context_goes_in_front);
	tcase_add_test(frame.tests, system_errors_have_their_text);
	tcase_add_test(frame.tests, nobody_has_to_listen);
	tcase_add_test(frame.tests, long_text_loses_its_tail);
	tcase_add_test(frame.tests, names_and_exit_codes);
	tcase_add_test(frame.tests, last_words_of_the_program);
	frame_add_abort(frame, zero_is_no_error);
	frame_add_abort(frame, unknown_code);
	return frame_run(frame);
}
