/*
 * frame.h - what Check programs have in common: one suite, one case, and tests
 * that must abort.
 */
#ifndef TESTS_LIB_FRAME_H
#define TESTS_LIB_FRAME_H

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"

struct frame {
	Suite *suite;
	TCase *tests;
	bool can_abort; /* a test that aborts needs a process of its own */
};

static inline struct frame frame_open(const char *name)
{
	const char *fork_mode = getenv("CK_FORK");
	struct frame frame = {suite_create(name), tcase_create(name), true};

	frame.can_abort = fork_mode == NULL || strcmp(fork_mode, "no") != 0;
	tcase_set_timeout(frame.tests, 60);
	suite_add_tcase(frame.suite, frame.tests);
	return frame;
}

/* The test passes when it ends in an assertion or a fatal error. */
#define frame_add_abort(frame, test) \
	do { \
		if ((frame).can_abort) \
			tcase_add_test_raise_signal((frame).tests, test, SIGABRT); \
	} while (0)

static inline int frame_run(struct frame frame)
{
	SRunner *runner = srunner_create(frame.suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

/* The n-th number of a test's own sequence, below `bound`. */
static inline uint64_t any(uint64_t *state, uint64_t bound)
{
	return rh_absorb(99, (*state)++) % bound;
}

#endif
