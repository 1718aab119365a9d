/*
 * load_steps.c - all steps of a scenario: of the phases, of rollback, of cleanup; brought into plan
 * order when they are there.
 *
 * load_step.c makes drafts, in the order of the file.  Here they are sorted, what names another is
 * given its new number, and `heal: all` and `clear: all` find out whom they end.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/sort.h"
#include "core/scenario/steps.h"

/* ---- parts ----------------------------------------------------------------------------------- */

static void load_phase_steps(struct rh_steps *steps, uint32_t phase)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *tree = loader->spec.phases->items[phase];
	const struct rh_plan_phase *plan = &loader->plan->phases[phase];
	const char *path = rh_load_path_at(loader, "phases", phase);
	struct rh_cursor cursor = {RH_NONE, plan->start_ns};

	steps->stretch = (struct rh_stretch){.part = RH_PART_ACTIONS,
					     .phase = phase,
					     .start_ns = plan->start_ns,
					     .end_ns = plan->start_ns + plan->duration_ns,
					     .rounds = "",
					     .suffix = "",
					     .unless = RH_NONE};
	rh_load_sequence(steps, &cursor, rh_load_key(loader, tree, "phase", "actions"),
			 rh_load_path(loader, path, "actions"));
	cursor = (struct rh_cursor){RH_NONE, plan->start_ns};
	rh_load_parallel(steps, &cursor, rh_load_key(loader, tree, "phase", "parallelActions"),
			 rh_load_path(loader, path, "parallelActions"));
}

static void load_part(struct rh_steps *steps, enum rh_part part, const struct rh_tree *list,
		      const char *path)
{
	struct rh_cursor cursor = {RH_NONE, 0};

	steps->stretch = (struct rh_stretch){
		.part = part, .phase = RH_NONE, .rounds = "", .suffix = "", .unless = RH_NONE};
	rh_load_sequence(steps, &cursor, list, path);
}

static void read_when(struct rh_loader *loader, const struct rh_tree *list)
{
	static const struct {
		const char *word;
		uint32_t bit;
	} words[] = {{"failure", RH_ROLLBACK_ON_FAILURE},
		     {"timeout", RH_ROLLBACK_ON_TIMEOUT},
		     {"cancel", RH_ROLLBACK_ON_CANCEL}};

	for (uint32_t i = 0; i < list->count; i++) {
		const char *word = rh_load_word(loader, list->items[i], "rollback.when");
		uint32_t bit = 0;

		for (size_t k = 0; word != NULL && k < RH_ARRAY_LEN(words); k++)
			bit |= strcmp(word, words[k].word) == 0 ? words[k].bit : 0;
		if (word != NULL && bit == 0)
			rh_load_complain(loader, "E020", list->items[i]->place, "rollback.when",
					 "failure, timeout, cancel",
					 "\"%.60s\" is no reason for a rollback", word);
		loader->plan->rollback_when |= bit;
	}
}

static void load_rollback(struct rh_steps *steps)
{
	struct rh_loader *loader = steps->loader;
	struct rh_in_rollback in = {0};

	loader->plan->rollback_timeout_ns = 10 * RH_NS_PER_MIN;
	if (loader->spec.rollback != NULL &&
	    rh_load_section(loader, &in, loader->spec.rollback, "rollback", "rollback")) {
		loader->plan->rollback_timeout_ns = in.timeout_ns;
		if (in.when != NULL)
			read_when(loader, in.when);
		else
			loader->plan->rollback_when = RH_ROLLBACK_ON_TIMEOUT |
						      RH_ROLLBACK_ON_CANCEL |
						      (in.on_failure ? RH_ROLLBACK_ON_FAILURE : 0);
		load_part(steps, RH_PART_ROLLBACK, in.actions, "rollback.actions");
	}
	load_part(steps, RH_PART_CLEANUP, loader->spec.cleanup, "cleanup");
}

/* ---- order ----------------------------------------------------------------------------------- */

/* Known times first, by time; then those that wait for a step, in the order of the file. */
static int compare_drafts(const void *a, const void *b, const void *ctx)
{
	const struct rh_draft *drafts = ctx;
	const struct rh_plan_step *x = &drafts[*(const uint32_t *)a].step;
	const struct rh_plan_step *y = &drafts[*(const uint32_t *)b].step;
	bool x_waits = x->after != RH_NONE;
	bool y_waits = y->after != RH_NONE;

	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	if (x_waits != y_waits)
		return x_waits ? 1 : -1;
	if (x_waits)
		return 0;
	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return (int)drafts[*(const uint32_t *)b].heals - (int)drafts[*(const uint32_t *)a].heals;
}

static int compare_numbers(const void *a, const void *b, const void *ctx)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	(void)ctx;
	return x < y ? -1 : x > y;
}

/* The numbers of drafts become those of steps, ascending and each once. */
static void renumber(struct rh_loader *loader, struct rh_plan_step *step, const uint32_t *places)
{
	uint32_t *old = step->steps;
	uint32_t count = 0;

	if (step->after != RH_NONE)
		step->after = places[step->after];
	if (step->series != RH_NONE)
		step->series = places[step->series];
	step->steps = RH_ARENA_ARRAY(&loader->plan->arena, (size_t)step->step_count + 1, uint32_t);
	for (uint32_t i = 0; i < step->step_count; i++)
		step->steps[i] = places[old[i]];
	rh_sort(step->steps, step->step_count, sizeof(uint32_t), compare_numbers, NULL);
	for (uint32_t i = 0; i < step->step_count; i++) {
		if (i == 0 || step->steps[i] != step->steps[count - 1])
			step->steps[count++] = step->steps[i];
	}
	step->step_count = count;
}

static void put_into_plan(struct rh_steps *steps)
{
	struct rh_loader *loader = steps->loader;
	struct rh_plan *plan = loader->plan;
	uint32_t *order = rh_alloc((size_t)steps->count + 1, sizeof(*order));
	uint32_t *places = rh_alloc((size_t)steps->count + 1, sizeof(*places));

	for (uint32_t i = 0; i < steps->count; i++)
		order[i] = i;
	rh_sort(order, steps->count, sizeof(*order), compare_drafts, steps->drafts);
	for (uint32_t i = 0; i < steps->count; i++)
		places[order[i]] = i;
	plan->steps = RH_ARENA_ARRAY(&plan->arena, (size_t)steps->count + 1, struct rh_plan_step);
	plan->step_count = steps->count;
	for (uint32_t i = 0; i < steps->count; i++) {
		plan->steps[i] = steps->drafts[order[i]].step;
		renumber(loader, &plan->steps[i], places);
	}
	free(order);
	free(places);
}

/* ---- clear ----------------------------------------------------------------------------------- */

static uint32_t head_of(const struct rh_steps *steps, uint32_t draft)
{
	uint32_t series = steps->drafts[draft].step.series;

	return series == RH_NONE ? draft : series;
}

/* A name, with every copy of its series. */
static void clear_name(struct rh_steps *steps, struct rh_draft *draft, const struct rh_tree *tree,
		       bool *is_found)
{
	struct rh_loader *loader = steps->loader;
	const char *name = rh_load_word(loader, tree, draft->path);
	const struct rh_map_entry *entry;
	uint32_t number;

	if (name == NULL)
		return;
	entry = rh_map_find(&steps->names, name, strlen(name));
	if (entry == NULL) {
		const char **words =
			RH_ARENA_ARRAY(&loader->scratch, (size_t)steps->count + 1, const char *);

		for (uint32_t i = 0; i < steps->count; i++)
			words[i] = steps->drafts[i].step.name;
		rh_load_complain(loader, "E040", tree->place, draft->path,
				 rh_load_hint(loader, name, words, steps->count,
					      "clear takes ids of steps, or all"),
				 "no step is called \"%.60s\"", name);
		return;
	}
	number = (uint32_t)entry->number;
	if (!steps->drafts[number].step.type->is_fault) {
		rh_load_complain(loader, "E085", tree->place, draft->path, NULL,
				 "\"%.60s\" is no fault: there is nothing to clear", name);
		return;
	}
	if (draft->step.part == RH_PART_ACTIONS && draft->step.after == RH_NONE &&
	    steps->drafts[number].step.after == RH_NONE &&
	    steps->drafts[number].step.at_ns >= draft->step.at_ns &&
	    (steps->drafts[number].step.at_ns > draft->step.at_ns ||
	     &steps->drafts[number] > draft))
		rh_load_complain(loader, "W013", tree->place, draft->path, NULL,
				 "\"%.60s\" begins only after it was cleared here", name);
	for (uint32_t i = 0; i < steps->count; i++) {
		if (i == number || head_of(steps, i) == number)
			is_found[i] = true;
	}
}

static void find_cleared(struct rh_steps *steps, struct rh_draft *draft)
{
	const struct rh_tree *names = draft->clears;
	bool *is_found;
	uint32_t count = 0;

	if (names == NULL || draft->clears_all)
		return;
	is_found = rh_alloc((size_t)steps->count + 1, sizeof(*is_found));
	if (names->kind != RH_TREE_LIST)
		clear_name(steps, draft, names, is_found);
	for (uint32_t i = 0; names->kind == RH_TREE_LIST && i < names->count; i++)
		clear_name(steps, draft, names->items[i], is_found);
	for (uint32_t i = 0; i < steps->count; i++)
		count += is_found[i];
	draft->step.steps = RH_ARENA_ARRAY(&steps->loader->scratch, (size_t)count + 1, uint32_t);
	for (uint32_t i = 0; i < steps->count; i++) {
		if (is_found[i])
			draft->step.steps[draft->step.step_count++] = i;
	}
	free(is_found);
}

/* ---- heal ------------------------------------------------------------------------------------ */

/* `heal: all` ends what is still in effect when the phase begins: where that is known, the step's own
 * end moves there; else a step of its own does it. */
static void heal(struct rh_steps *steps, uint32_t phase)
{
	struct rh_loader *loader = steps->loader;
	uint64_t at_ns = loader->plan->phases[phase].start_ns;
	const struct rh_action_type *clear = rh_registry_action(loader->registry, "clear");
	bool needs_step = false;
	struct rh_draft *draft;

	for (uint32_t i = 0; i < steps->count; i++) {
		struct rh_plan_step *step = &steps->drafts[i].step;

		if (!step->type->is_fault || step->part != RH_PART_ACTIONS)
			continue;
		if (step->after != RH_NONE)
			needs_step |= step->phase < phase;
		else if (step->at_ns < at_ns && step->until_ns > at_ns)
			step->until_ns = at_ns;
	}
	if (!needs_step || clear == NULL)
		return;
	steps->stretch.part = RH_PART_ACTIONS;
	steps->stretch.phase = phase;
	draft = rh_new_draft(steps, clear, rh_arena_printf(&loader->scratch, "heal-%u", phase + 1),
			     loader->spec.phases->items[phase]->place, "heal");
	if (draft == NULL)
		return;
	draft->heals = true;
	draft->step.at_ns = at_ns;
	draft->step.params = rh_arena_alloc(&loader->plan->arena, 1, 1);
}

static bool heals(struct rh_loader *loader, uint32_t phase)
{
	const struct rh_tree *word =
		rh_load_key(loader, loader->spec.phases->items[phase], "phase", "heal");

	return word != NULL && word->kind == RH_TREE_SCALAR && strcmp(word->text, "all") == 0;
}

void rh_load_steps(struct rh_loader *loader)
{
	const struct rh_tree *phases = loader->spec.phases;
	struct rh_steps steps = {.loader = loader};
	uint32_t phase_count = phases != NULL ? phases->count : 0;

	if (loader->plan->nodes == NULL)
		return;
	for (uint32_t i = 0; i < phase_count; i++)
		load_phase_steps(&steps, i);
	load_rollback(&steps);
	steps.stretch.unless = RH_NONE;
	for (uint32_t i = 0; i < phase_count; i++) {
		if (heals(loader, i))
			heal(&steps, i);
	}
	for (uint32_t i = 0; i < steps.count; i++)
		find_cleared(&steps, &steps.drafts[i]);
	put_into_plan(&steps);
	rh_map_release(&steps.names);
	free(steps.drafts);
}
