/*
 * load_assert.h - what load_assert.c offers to the other parts of the loader.
 */
#ifndef CORE_SCENARIO_LOAD_ASSERT_H
#define CORE_SCENARIO_LOAD_ASSERT_H

#include "core/scenario/loader.h"

/* Where an assertion of the plan was written. */
struct rh_written {
	const struct rh_tree *tree; /* its sentence, or all of it */
	const char *path;
};

/* Checks of phases, criteria, expectations, alerts, conditions; then binds every expression. */
void rh_load_assertions(struct rh_loader *loader);
/* How long `eventually` waits when nothing is said. */
uint64_t rh_load_default_within_ns(const struct rh_loader *loader);

#endif
