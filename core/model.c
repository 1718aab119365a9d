/*
 * model.c - the growing arrays behind a step's effects.
 *
 * A world keeps one struct rh_effects for each thread and resets it before each step, so that after
 * the first steps nothing is allocated any more.
 */
#include "core/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"

void rh_effects_grow(struct rh_effects *fx)
{
	fx->cap = fx->cap == 0 ? 64 : fx->cap * 2;
	fx->items = rh_realloc(fx->items, fx->cap * sizeof(*fx->items));
}

void rh_effects_grow_records(struct rh_effects *fx)
{
	fx->record_cap = fx->record_cap == 0 ? 64 : fx->record_cap * 2;
	fx->records = rh_realloc(fx->records, fx->record_cap * sizeof(*fx->records));
}

void rh_effects_reset(struct rh_effects *fx)
{
	fx->count = 0;
	fx->record_count = 0;
}

void rh_effects_release(struct rh_effects *fx)
{
	free(fx->items);
	free(fx->records);
	memset(fx, 0, sizeof(*fx));
}
