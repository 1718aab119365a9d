/*
 * frame.h - what the Check programs of this folder have in common: one suite with one case, and an
 * env whose objects are only counted.
 */
#ifndef TESTS_UNIT_CHAIN_FRAME_H
#define TESTS_UNIT_CHAIN_FRAME_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/model.h"

#define FRAME_OBJECTS 4096

struct frame {
	struct rh_space space;
	struct rh_env env;
	uint32_t refs[FRAME_OBJECTS];
};

static inline void *frame_object_new(void *world, uint32_t size_bytes, struct rh_handle *ref)
{
	(void)world;
	(void)size_bytes;
	(void)ref;
	abort();
}

static inline const void *frame_object_at(void *world, struct rh_handle ref)
{
	return &((struct frame *)world)->refs[ref.index];
}

static inline void frame_keep(void *world, struct rh_handle ref)
{
	((struct frame *)world)->refs[ref.index]++;
}

static inline void frame_drop(void *world, struct rh_handle ref)
{
	struct frame *frame = world;

	ck_assert_uint_gt(frame->refs[ref.index], 0);
	frame->refs[ref.index]--;
}

static const struct rh_host frame_host = {
	.object_new = frame_object_new,
	.object_at = frame_object_at,
	.object_keep = frame_keep,
	.object_drop = frame_drop,
};

static inline struct frame *frame_new(void)
{
	struct frame *frame = calloc(1, sizeof(*frame));

	ck_assert_ptr_nonnull(frame);
	rh_space_open(&frame->space, UINT64_C(1) << 30, 0);
	frame->env.host = &frame_host;
	frame->env.world = frame;
	frame->env.space = &frame->space;
	return frame;
}

static inline void frame_free(struct frame *frame)
{
	for (uint32_t i = 0; i < FRAME_OBJECTS; i++)
		ck_assert_uint_eq(frame->refs[i], 0);
	rh_space_close(&frame->space);
	free(frame);
}

static inline int run_tests(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
