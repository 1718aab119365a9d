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

struct rh_effect *rh_effects_push(struct rh_effects *fx, enum rh_effect_kind kind)
{
	struct rh_effect *effect;

	if (fx->count == fx->cap) {
		fx->cap = fx->cap == 0 ? 64 : fx->cap * 2;
		fx->items = rh_realloc(fx->items, fx->cap * sizeof(*fx->items));
	}
	effect = &fx->items[fx->count++];
	memset(effect, 0, sizeof(*effect));
	effect->kind = kind;
	return effect;
}

struct rh_record *rh_effects_record(struct rh_effects *fx)
{
	struct rh_record *record;

	if (fx->record_count == fx->record_cap) {
		fx->record_cap = fx->record_cap == 0 ? 64 : fx->record_cap * 2;
		fx->records = rh_realloc(fx->records, fx->record_cap * sizeof(*fx->records));
	}
	record = &fx->records[fx->record_count++];
	memset(record, 0, sizeof(*record));
	return record;
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
