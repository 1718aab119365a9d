/*
 * load_steps.c - phases and what is done in them: times, targets, edges.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/sort.h"
#include "core/scenario/loader.h"

#define TIME_MAX (UINT64_C(100) * 366 * 24 * 3600 * RH_NS_PER_SEC) /* a century; sums stay below */

/* ---- phases ---------------------------------------------------------------------------------- */

static void load_phase(struct rh_loader *loader, const struct rh_tree *tree, uint64_t *start_ns,
		       struct rh_map *names, const char *path)
{
	struct rh_plan *plan = loader->plan;
	struct rh_plan_phase *phase = &plan->phases[plan->phase_count];
	struct rh_in_phase in = {0};
	bool is_new;

	/* A phase with a mistake keeps its place, so that indices stay those of the file. */
	phase->name = "";
	phase->start_ns = *start_ns;
	phase->duration_ns = 1;
	plan->phase_count++;
	if (!rh_load_section(loader, &in, tree, "phase", path))
		return;
	phase->name = rh_load_keep(loader, in.name);
	phase->duration_ns = in.duration_ns;
	if (in.name[0] == 0 || strlen(in.name) > 200) {
		rh_load_complain(loader, "E024", rh_load_place(loader, tree, "phase", "name"), path,
				 NULL, "a phase needs a name of 1 to 200 characters");
		return;
	}
	rh_map_add(names, phase->name, strlen(phase->name), &is_new);
	if (!is_new)
		rh_load_complain(loader, "E041", rh_load_place(loader, tree, "phase", "name"), path,
				 NULL, "two phases are called \"%.80s\"", phase->name);
	*start_ns += in.duration_ns;
	if (*start_ns > TIME_MAX) {
		rh_load_complain(loader, "E022", tree->place, path, NULL,
				 "the phases last longer than a century");
		*start_ns = 0;
	}
}

void rh_load_phases(struct rh_loader *loader)
{
	const struct rh_tree *tree = loader->spec.phases;
	struct rh_plan *plan = loader->plan;
	const struct rh_tree *duration = rh_load_key(loader, loader->spec_tree, "spec", "duration");
	char sum_text[RH_TIME_TEXT];
	char duration_text[RH_TIME_TEXT];
	struct rh_map names = {0};
	uint64_t sum_ns = 0;

	plan->phases = RH_ARENA_ARRAY(&plan->arena, (tree != NULL ? tree->count : 0) + 1,
				      struct rh_plan_phase);
	for (uint32_t i = 0; tree != NULL && i < tree->count; i++)
		load_phase(loader, tree->items[i], &sum_ns, &names,
			   rh_load_path_at(loader, "phases", i));
	rh_map_release(&names);
	plan->duration_ns = duration != NULL ? loader->spec.duration_ns : sum_ns;
	if (duration == NULL && plan->phase_count == 0) {
		rh_load_complain(loader, "E013", loader->spec_tree->place, "duration",
				 "write duration: 10m, or phases",
				 "key \"duration\" is missing under spec, and there are no phases "
				 "to add up");
		plan->duration_ns = 1;
	}
	if (duration != NULL && plan->phase_count != 0 && sum_ns != plan->duration_ns &&
	    loader->diagnostics->error_count == 0)
		rh_load_complain(loader, "W002", duration->place, "duration", NULL,
				 "the phases last %s, the run %s", rh_span_exact(sum_text, sum_ns),
				 rh_span_exact(duration_text, plan->duration_ns));
}

/* ---- steps ----------------------------------------------------------------------------------- */

static const struct rh_action_type *complain_type(struct rh_loader *loader, const char *key,
						  const char *name, struct rh_place place,
						  const char *path)
{
	const struct rh_registry *registry = loader->registry;
	const char *names[RH_REGISTRY_MAX];
	uint32_t count = 0;

	for (uint32_t i = 0; i < registry->action_count; i++) {
		if (registry->actions[i]->is_fault == (strcmp(key, "fault") == 0))
			names[count++] = registry->actions[i]->name;
	}
	rh_load_complain(loader, "E040", place, path,
			 rh_load_hint(loader, name, names, count,
				      rh_arena_printf(&loader->scratch,
						      "`rehearse list %ss` shows them", key)),
			 "no %s is called \"%.60s\"", key, name);
	return NULL;
}

/* A step is one of two things, and each key takes only its own. */
static const struct rh_action_type *find_type(struct rh_loader *loader, const struct rh_in_step *in,
					      const struct rh_tree *tree, const char *path)
{
	bool is_fault = in->fault[0] != 0;
	const char *key = is_fault ? "fault" : "action";
	const char *name = is_fault ? in->fault : in->action;
	struct rh_place place = rh_load_place(loader, tree, "step", key);
	const struct rh_action_type *type = rh_registry_action(loader->registry, name);

	if (is_fault == (in->action[0] != 0)) {
		rh_load_complain(loader, "E013", tree->place, path,
				 "write fault: partition, or action: mine",
				 is_fault ? "a step has `fault` or `action`, not both"
					  : "a step needs `fault` or `action`");
		return NULL;
	}
	if (type == NULL)
		return complain_type(loader, key, name, place, path);
	if (type->is_fault != is_fault) {
		const char *other = is_fault ? "action" : "fault";

		rh_load_complain(loader, "E040", place, path,
				 rh_arena_printf(&loader->scratch, "write %s: %s", other, name),
				 "\"%s\" is %s", name, is_fault ? "an action" : "a fault");
		return NULL;
	}
	return type;
}

/* Does the directed edge a -> b belong to a fault on the marked nodes? */
static bool is_edge_wanted(const struct rh_action_type *type, enum rh_direction direction,
			   bool a_is_marked, bool b_is_marked)
{
	if (type->edges == RH_EDGES_BETWEEN && a_is_marked == b_is_marked)
		return false;
	switch (direction) {
	case RH_DIRECTION_BOTH:
		return a_is_marked || b_is_marked;
	case RH_DIRECTION_IN:
		return b_is_marked;
	case RH_DIRECTION_OUT:
		return a_is_marked;
	}
	return false;
}

static void choose_edges(struct rh_loader *loader, struct rh_plan_step *step,
			 enum rh_direction direction)
{
	struct rh_plan *plan = loader->plan;
	bool *marks = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);
	uint32_t count = 0;

	for (uint32_t i = 0; i < step->node_count; i++)
		marks[step->nodes[i]] = true;
	/* Twice: count, then keep. */
	for (uint32_t pass = 0; pass < 2; pass++) {
		if (pass == 1)
			step->edges = RH_ARENA_ARRAY(&plan->arena, count + 1, uint32_t);
		count = 0;
		for (uint32_t edge = 0; edge < 2 * plan->link_count; edge++) {
			const struct rh_plan_link *link = &plan->links[edge / 2];
			bool from = marks[edge % 2 == 0 ? link->a : link->b];
			bool to = marks[edge % 2 == 0 ? link->b : link->a];

			if (!is_edge_wanted(step->type, direction, from, to))
				continue;
			if (pass == 1)
				step->edges[count] = edge;
			count++;
		}
	}
	step->edge_count = count;
}

/* A fault whose parameters say how long it is down lasts so long. */
static bool find_downtime(uint64_t *downtime_ns, const struct rh_plan_step *step)
{
	const struct rh_key *key = step->type->keys;

	for (; key != NULL && key->name != NULL; key++) {
		if (key->type == RH_KEY_DURATION && strcmp(key->name, "downtime") == 0) {
			*downtime_ns = rh_value_load(key, step->params).number;
			return true;
		}
	}
	return false;
}

static void set_times(struct rh_loader *loader, struct rh_plan_step *step,
		      const struct rh_in_step *in, const struct rh_tree *tree, const char *path)
{
	const struct rh_plan_phase *phase = &loader->plan->phases[step->phase];
	const struct rh_tree *length = rh_load_key(loader, tree, "step", "for");
	const struct rh_tree *at = rh_load_key(loader, tree, "step", "at");
	uint64_t phase_end_ns = phase->start_ns + phase->duration_ns;
	uint64_t lasts_ns = in->for_ns;
	char over[RH_TIME_TEXT];

	step->at_ns = phase->start_ns + in->at_ns;
	step->until_ns = RH_TIME_NEVER;
	if (find_downtime(&lasts_ns, step)) {
		if (length != NULL)
			rh_load_complain(loader, "E052", length->place, path, "remove `for`",
					 "%s says in `downtime` how long it lasts",
					 step->type->name);
	} else if (length == NULL) {
		lasts_ns = 0;
	} else if (!step->type->is_fault) {
		rh_load_complain(loader, "E052", length->place, path, "remove `for`",
				 "%s happens once and does not last", step->type->name);
	}
	if (lasts_ns != 0)
		step->until_ns = step->at_ns + lasts_ns;
	if (step->at_ns >= phase_end_ns && at != NULL)
		rh_load_complain(loader, "W005", at->place, path, NULL,
				 "step \"%.80s\" begins after its phase has ended", step->name);
	else if (length != NULL && step->until_ns > phase_end_ns)
		rh_load_complain(loader, "W001", length->place, path, NULL,
				 "fault \"%.80s\" outlasts its phase by %s", step->name,
				 rh_span_exact(over, step->until_ns - phase_end_ns));
}

static void set_targets(struct rh_loader *loader, struct rh_plan_step *step,
			const struct rh_in_step *in, const struct rh_tree *tree, const char *path)
{
	bool is_on_links = step->type->effect == RH_EFFECT_ON_LINKS;
	const struct rh_tree *direction = rh_load_key(loader, tree, "step", "direction");

	if (in->target == NULL && !(is_on_links && step->type->edges == RH_EDGES_AT)) {
		rh_load_complain(loader, "E013", tree->place, path,
				 "write for example target: n-0, or target: {mode: percent, value: "
				 "40%}",
				 "%s needs a target", step->type->name);
		return;
	}
	if (!is_on_links && direction != NULL)
		rh_load_complain(loader, "E052", direction->place, path, "remove it",
				 "`direction` is for faults on links; %s acts on nodes",
				 step->type->name);
	if (!rh_load_target(loader, &step->nodes, &step->node_count, in->target,
			    rh_load_path(loader, path, "target"), step->name64, is_on_links))
		return;
	if (!is_on_links)
		return;
	choose_edges(loader, step, (enum rh_direction)in->direction);
	if (step->edge_count == 0)
		rh_load_complain(loader, "W004",
				 in->target != NULL ? in->target->place : tree->place, path, NULL,
				 "step \"%.80s\" touches no link", step->name);
}

/* The fault and how many of its kind came before: "partition-2". */
static const char *default_name(struct rh_loader *loader, const struct rh_action_type *type)
{
	uint32_t number = 1;

	for (uint32_t i = 0; i < loader->plan->step_count; i++)
		number += loader->plan->steps[i].type == type;
	return rh_arena_printf(&loader->plan->arena, "%s-%u", type->name, number);
}

static void load_step(struct rh_loader *loader, const struct rh_tree *tree, uint32_t phase,
		      struct rh_map *names, const char *path)
{
	struct rh_plan *plan = loader->plan;
	struct rh_plan_step *step = &plan->steps[plan->step_count];
	const struct rh_tree *with;
	struct rh_in_step in = {0};
	bool is_new;

	*step = (struct rh_plan_step){RH_PLAN_STEP_INIT};
	if (!rh_load_section(loader, &in, tree, "step", path))
		return;
	step->type = find_type(loader, &in, tree, path);
	if (step->type == NULL)
		return;
	step->name = in.name != NULL && in.name[0] != 0 ? rh_load_keep(loader, in.name)
							: default_name(loader, step->type);
	step->name64 = rh_name64(step->name);
	if (strlen(step->name) > 200)
		rh_load_complain(loader, "E024", rh_load_place(loader, tree, "step", "name"), path,
				 NULL, "a name may have 200 characters");
	rh_map_add(names, step->name, strlen(step->name), &is_new);
	if (!is_new)
		rh_load_complain(loader, "E041", rh_load_place(loader, tree, "step", "name"), path,
				 "choose another name", "two steps are called \"%.80s\"",
				 step->name);
	step->phase = phase;
	step->verify = (enum rh_verify)in.verify;
	step->is_disabled = in.is_disabled != 0;
	with = in.with;
	step->params = rh_load_params(loader, with, with != NULL ? with->place : tree->place,
				      rh_load_path(loader, path, "with"), step->type->keys,
				      step->type->params_size);
	plan->step_count++;
	if (step->params == NULL)
		return;
	set_times(loader, step, &in, tree, path);
	set_targets(loader, step, &in, tree, path);
}

static int compare_steps(const void *a, const void *b, const void *ctx)
{
	const struct rh_plan_step *x = a;
	const struct rh_plan_step *y = b;

	(void)ctx;
	return x->at_ns < y->at_ns ? -1 : x->at_ns > y->at_ns;
}

/* `heal: all` ends what is still in effect when the phase begins. */
static void heal(struct rh_plan *plan, uint64_t at_ns)
{
	for (uint32_t i = 0; i < plan->step_count; i++) {
		struct rh_plan_step *step = &plan->steps[i];

		if (step->type->is_fault && step->at_ns < at_ns && step->until_ns > at_ns)
			step->until_ns = at_ns;
	}
}

void rh_load_steps(struct rh_loader *loader)
{
	const struct rh_tree *phases = loader->spec.phases;
	struct rh_plan *plan = loader->plan;
	struct rh_map names = {0};
	size_t count = 0;

	if (phases == NULL || plan->nodes == NULL)
		return;
	for (uint32_t i = 0; i < phases->count; i++) {
		const struct rh_tree *actions =
			rh_load_key(loader, phases->items[i], "phase", "actions");

		count += actions != NULL && actions->kind == RH_TREE_LIST ? actions->count : 0;
	}
	plan->steps = RH_ARENA_ARRAY(&plan->arena, count + 1, struct rh_plan_step);
	for (uint32_t i = 0; i < phases->count; i++) {
		const struct rh_tree *actions =
			rh_load_key(loader, phases->items[i], "phase", "actions");

		for (uint32_t k = 0;
		     actions != NULL && actions->kind == RH_TREE_LIST && k < actions->count; k++)
			load_step(
				loader, actions->items[k], i, &names,
				rh_arena_printf(&loader->scratch, "phases[%u].actions[%u]", i, k));
	}
	for (uint32_t i = 0; i < phases->count; i++) {
		const struct rh_tree *word = rh_load_key(loader, phases->items[i], "phase", "heal");

		if (word != NULL && word->kind == RH_TREE_SCALAR && strcmp(word->text, "all") == 0)
			heal(plan, plan->phases[i].start_ns);
	}
	rh_sort(plan->steps, plan->step_count, sizeof(*plan->steps), compare_steps, NULL);
	rh_map_release(&names);
}
