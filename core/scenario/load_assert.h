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

/* Checks of phases, criteria, expectations and alerts; then binds every expression. */
void rh_load_assertions(struct rh_loader *loader);
/*
 * A step's `if` or `wait until`: an assertion with role CONDITION, or RH_NONE after complaining.  May
 * be called before rh_load_assertions(), which binds it.
 */
uint32_t rh_load_condition(struct rh_loader *loader, const struct rh_tree *tree, const char *path);

#endif
