/*
 * sort.h - the only sort: stable (merge), so that equal keys keep their order on every machine.
 */
#ifndef CORE_BASE_SORT_H
#define CORE_BASE_SORT_H

#include <stddef.h>

#include "core/base/assert.h"

/* < 0, 0, > 0 */
typedef int rh_compare(const void *a, const void *b, const void *ctx);

void rh_sort(void *items, size_t count, size_t item_size, rh_compare *compare, const void *ctx);
void rh_sort_u64(uint64_t *items, size_t count);

#endif
