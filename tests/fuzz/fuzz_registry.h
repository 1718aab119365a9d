/*
 * fuzz_registry.h - what the fuzz targets of the scenario loader know: all that is built in.
 */
#ifndef TESTS_FUZZ_FUZZ_REGISTRY_H
#define TESTS_FUZZ_FUZZ_REGISTRY_H

#include <stdlib.h>
#include <string.h>

#include "core/plugin.h"
#include "models/registry.h"

static inline void fuzz_registry_fill(struct rh_registry *registry)
{
	memset(registry, 0, sizeof(*registry));
	if (rh_registry_add(registry, &rh_builtin_faults, NULL) != 0 ||
	    rh_registry_add(registry, &rh_builtin_assertions, NULL) != 0 ||
	    rh_registry_add(registry, &rh_builtin_workloads, NULL) != 0 ||
	    rh_registry_add(registry, &rh_builtin_models, NULL) != 0)
		abort();
}

#endif
