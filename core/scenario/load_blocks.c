/*
 * load_blocks.c - steps of steps: sequence, parallel, repeat.
 *
 * Blocks do not reach the plan.  Their steps do, with times that follow from the block; where a
 * block's end is only known while the run goes on, a wait stands for it ("parallel-1.end").
 */
#include <string.h>

#include "core/scenario/steps.h"

void rh_load_sequence(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_tree *list,
		      const char *path)
{
	for (uint32_t i = 0; list != NULL && list->kind == RH_TREE_LIST && i < list->count; i++)
		rh_load_step(steps, cursor, list->items[i],
			     rh_arena_printf(&steps->loader->scratch, "%s[%u]", path, i));
}

/* Each from where the cursor stands; it moves to where the last of them is done. */
static void load_branches(struct rh_steps *steps, struct rh_cursor *cursor,
			  const struct rh_tree *list, const char *name, const char *path)
{
	struct rh_cursor *ends =
		RH_ARENA_ARRAY(&steps->loader->scratch, (size_t)list->count + 1, struct rh_cursor);
	bool is_static = true;
	uint32_t after = cursor->after;

	for (uint32_t i = 0; i < list->count; i++) {
		ends[i] = *cursor;
		rh_load_step(steps, &ends[i], list->items[i],
			     rh_arena_printf(&steps->loader->scratch, "%s[%u]", path, i));
		is_static &= ends[i].after == after;
	}
	if (!is_static) {
		rh_join(steps, cursor, ends, list->count, name, list->place, path);
		return;
	}
	for (uint32_t i = 0; i < list->count; i++) {
		if (ends[i].at_ns > cursor->at_ns)
			cursor->at_ns = ends[i].at_ns;
	}
}

void rh_load_parallel(struct rh_steps *steps, struct rh_cursor *cursor, const struct rh_tree *list,
		      const char *path)
{
	for (uint32_t i = 0; list != NULL && list->kind == RH_TREE_LIST && i < list->count; i++) {
		struct rh_cursor end = *cursor;

		rh_load_step(steps, &end, list->items[i],
			     rh_arena_printf(&steps->loader->scratch, "%s[%u]", path, i));
	}
}

/* Rounds with their own distance, or each behind the one before it. */
static void load_rounds(struct rh_steps *steps, struct rh_cursor *cursor,
			const struct rh_in_repeat *in, const struct rh_tree *tree, const char *name,
			const char *path)
{
	struct rh_stretch before = steps->stretch;
	const struct rh_cursor begin = *cursor;
	struct rh_loader *loader = steps->loader;
	uint64_t count = (uint64_t)in->count;

	if (in->every_ns != 0 && count == 0 && begin.after == RH_NONE &&
	    before.part == RH_PART_ACTIONS && begin.at_ns < before.end_ns)
		count = (before.end_ns - begin.at_ns - 1) / in->every_ns + 1;
	if (count == 0 || count > RH_COPIES_MAX) {
		rh_load_complain(loader, "E082", tree->place, path, "write count: 3",
				 count == 0 ? "how often these steps are taken is not known"
					    : "that would be more than 10,000 rounds");
		return;
	}
	if (!rh_step_is_near(steps, begin.at_ns, count, in->every_ns, tree, path))
		return;
	steps->round_count += (uint32_t)count;
	if (steps->round_count > RH_STEPS_MAX) {
		rh_load_complain(loader, "E082", tree->place, path, NULL,
				 "the file comes to more than 100,000 rounds");
		return;
	}
	if (in->until != NULL)
		steps->stretch.unless =
			rh_new_condition(steps, in->until,
					 rh_arena_printf(&loader->scratch, "%s.until", name), path);
	for (uint64_t i = 0; i < count; i++) {
		steps->stretch.rounds = rh_arena_printf(&loader->scratch, "%s.%llu", before.rounds,
							(unsigned long long)i + 1);
		if (i > 0 || before.suffix[0] != 0)
			steps->stretch.suffix = steps->stretch.rounds;
		if (in->every_ns != 0)
			*cursor = (struct rh_cursor){begin.after, begin.at_ns + i * in->every_ns};
		rh_load_sequence(steps, cursor, in->actions, rh_load_path(loader, path, "actions"));
	}
	steps->stretch = before;
}

/* Keys that say something about one step say nothing about a block. */
static bool has_foreign_key(struct rh_steps *steps, const struct rh_written *written)
{
	static const char *const foreign[] = {"if",	  "until",   "target", "direction",
					      "severity", "with",    "for",    "every",
					      "times",	  "timeout", "verify", "onFailure"};

	for (size_t i = 0; i < RH_ARRAY_LEN(foreign); i++) {
		const struct rh_tree *key =
			rh_load_key(steps->loader, written->tree, "step", foreign[i]);

		if (key == NULL)
			continue;
		rh_load_complain(steps->loader, "E052", key->place, written->path,
				 "write it at the steps in it", "`%s` does not belong to `%s`",
				 foreign[i], rh_step_form_key(written->form));
		return true;
	}
	return false;
}

void rh_load_block(struct rh_steps *steps, struct rh_cursor *cursor,
		   const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *block = written->in.form[written->form];
	const char *key = rh_step_form_key(written->form);
	const char *path = rh_load_path(loader, written->path, key);
	const char *name = rh_arena_printf(&loader->scratch, "%s-%u", key,
					   ++steps->block_counts[written->form]);
	struct rh_in_repeat repeat = {0};
	struct rh_cursor begin;

	if (has_foreign_key(steps, written) || written->in.is_disabled)
		return;
	if (written->in.id[0] != 0 || written->in.name[0] != 0)
		name = rh_arena_printf(&loader->scratch, "%.180s%s",
				       written->in.id[0] != 0 ? written->in.id : written->in.name,
				       steps->stretch.suffix);
	if (!rh_step_begin(steps, &begin, cursor, written, name))
		return;
	*cursor = begin;
	if (written->form == RH_FORM_REPEAT) {
		if (rh_load_section(loader, &repeat, block, "repeat", path))
			load_rounds(steps, cursor, &repeat, block, name, path);
	} else if (written->form == RH_FORM_PARALLEL) {
		load_branches(steps, cursor, block, name, path);
	} else {
		rh_load_sequence(steps, cursor, block, path);
	}
}
