/*
 * matrix.h - the variants of a matrix, one after the other; between suite.c and matrix.c only.
 */
#ifndef CORE_SCENARIO_MATRIX_H
#define CORE_SCENARIO_MATRIX_H

#include "core/scenario/loader.h"

#define RH_MATRIX_KEYS_MAX 32

/* One variant: keys with the value that each has in it. */
struct rh_variant {
	const char *keys[RH_MATRIX_KEYS_MAX];
	const char *values[RH_MATRIX_KEYS_MAX]; /* as one would type them */
	uint32_t count;
};

/*
 * All variants of the matrices (`matrices` may hold NULL), the first one outermost, in the scratch
 * arena; one without keys when there are none.  NULL after complaining.
 */
struct rh_variant *rh_matrix_variants(struct rh_loader *loader, uint32_t *count,
				      const struct rh_tree *const *matrices, uint32_t matrix_count);
/* A value as one would type it on the command line: YAML in one line. */
const char *rh_tree_flow(struct rh_arena *arena, const struct rh_tree *tree);

#endif
