/*
 * fuzz_composer.c - any bytes: a tree within its budgets, or complaints that can be printed.
 */
#include <stdlib.h>

#include "core/scenario/compose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rh_diagnostics diagnostics;
	struct rh_buf out = {0};
	struct rh_arena arena;
	struct rh_tree *tree;

	if (size > 65536)
		return 0;
	rh_arena_init(&arena);
	rh_diagnostics_init(&diagnostics);
	rh_diagnostics_source(&diagnostics, "f", (const char *)data, size);
	tree = rh_compose(&arena, (const char *)data, size, NULL, 1, &diagnostics);
	if ((tree == NULL) != (diagnostics.error_count != 0))
		abort();
	if (tree != NULL &&
	    (tree->height > RH_COMPOSE_DEPTH_MAX || tree->weight > RH_COMPOSE_NODES_MAX + 1))
		abort();
	rh_diagnostics_print(&diagnostics, &out);
	rh_diagnostics_json(&diagnostics, &out);
	rh_buf_release(&out);
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&arena);
	return 0;
}
