/*
 * load_checks.c - what is judged and what load is put on: assertions of phases, success criteria,
 * workloads; and until when the run waits for them.
 *
 * Windows.  A deadline is the assertion's own and counts from the start of its phase; it may
 * outlive the phase.  Without one, `always` and `never` look at the phase (criteria: the run), and
 * `atEnd` at its end.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/loader.h"
#include "core/scenario/that.h"

#define DEFAULT_WITHIN_NS (5 * RH_NS_PER_MIN)

static uint64_t default_within_ns(const struct rh_loader *loader)
{
	uint64_t asked_ns = loader->options->assertion_timeout_ns;

	return asked_ns != 0 ? asked_ns : DEFAULT_WITHIN_NS;
}

/* Where an assertion stands. */
struct scope {
	uint32_t phase; /* RH_NONE: a criterion */
	uint64_t start_ns;
	uint64_t end_ns;
};

static void set_window(struct rh_loader *loader, struct rh_plan_assertion *assertion,
		       const struct rh_in_assertion *in, const struct rh_tree *tree,
		       const struct scope *scope, const char *path)
{
	const struct rh_tree *within = rh_load_key(loader, tree, "assert", "within");
	bool has_mode = rh_load_key(loader, tree, "assert", "mode") != NULL;
	bool is_criterion = scope->phase == RH_NONE;

	assertion->mode = (enum rh_assert_mode)in->mode;
	if (!has_mode)
		assertion->mode =
			within == NULL && is_criterion ? RH_MODE_ALWAYS : RH_MODE_EVENTUALLY;
	assertion->from_ns = scope->start_ns;
	assertion->until_ns = scope->end_ns;
	if (within != NULL)
		assertion->until_ns = scope->start_ns + in->within_ns;
	else if (!has_mode && !is_criterion)
		assertion->until_ns = scope->start_ns + default_within_ns(loader);
	if (within != NULL && assertion->mode == RH_MODE_AT_END)
		rh_load_complain(loader, "E052", within->place, path, "remove `within`",
				 "atEnd looks at the end of the %s",
				 is_criterion ? "run" : "phase");
	else if (within != NULL && assertion->until_ns > loader->plan->duration_ns)
		rh_load_complain(loader, "W003", within->place, path, NULL,
				 "the deadline of \"%.80s\" lies after the end of the run",
				 assertion->name);
}

/* The sentence of `that:` into the parameters of the type "gauge". */
static bool load_sentence(struct rh_loader *loader, struct rh_plan_assertion *assertion,
			  const struct rh_tree *tree, const char *path)
{
	const struct rh_tree *that = rh_load_key(loader, tree, "assert", "that");
	struct rh_that *params = RH_ARENA_NEW(&loader->plan->arena, struct rh_that);
	struct rh_place place = that->place;
	struct rh_err err = {0};
	size_t offset = 0;
	size_t len = 0;

	assertion->type = rh_registry_assertion(loader->registry, "gauge");
	if (assertion->type == NULL) {
		rh_load_complain(loader, "E040", place, path, NULL,
				 "sentences need the assertion type \"gauge\", which this build "
				 "does not have");
		return false;
	}
	RH_ASSERT(assertion->type->params_size == sizeof(*params));
	assertion->params = params;
	if (loader->plan->model == NULL)
		return false; /* its gauges are not known; told elsewhere */
	if (rh_that_parse(params, &offset, &len, loader->plan, that->text, &err) == 0)
		return true;
	/* Quotes and folded lines move the text: point into it only where it stands as written. */
	if (place.end_column != 0) {
		uint32_t quote = that->is_plain ? 0 : 1;

		if (place.end_column - place.column == strlen(that->text) + 2 * quote) {
			place.column += quote + (uint32_t)offset;
			place.end_column = place.column + (len > 0 ? (uint32_t)len : 1);
		}
	}
	{
		char *colon = strstr(err.text, "; ");

		if (colon != NULL)
			*colon = 0;
		rh_load_complain(loader, "E050", place, path, colon != NULL ? colon + 2 : NULL,
				 "%s", err.text);
	}
	return false;
}

static bool load_type(struct rh_loader *loader, struct rh_plan_assertion *assertion,
		      const struct rh_in_assertion *in, const struct rh_tree *tree,
		      const char *path)
{
	const struct rh_registry *registry = loader->registry;
	struct rh_place place = rh_load_place(loader, tree, "assert", "type");
	const char *names[RH_REGISTRY_MAX];

	assertion->type = rh_registry_assertion(registry, in->type);
	if (assertion->type != NULL) {
		assertion->params = rh_load_params(
			loader, in->with, in->with != NULL ? in->with->place : tree->place,
			rh_load_path(loader, path, "with"), assertion->type->keys,
			assertion->type->params_size);
		return assertion->params != NULL;
	}
	for (uint32_t i = 0; i < registry->assertion_count; i++)
		names[i] = registry->assertions[i]->name;
	rh_load_complain(loader, "E040", place, path,
			 rh_load_hint(loader, in->type, names, registry->assertion_count,
				      "`rehearse list checks` shows them"),
			 "no assertion type is called \"%.60s\"", in->type);
	return false;
}

static void load_assertion(struct rh_loader *loader, const struct rh_tree *tree,
			   const struct scope *scope, const char *path)
{
	struct rh_plan *plan = loader->plan;
	struct rh_plan_assertion *assertion = &plan->assertions[plan->assertion_count];
	struct rh_in_assertion in = {0};
	bool has_that;
	bool has_type;

	*assertion = (struct rh_plan_assertion){RH_PLAN_ASSERTION_INIT};
	if (!rh_load_section(loader, &in, tree, "assert", path))
		return;
	has_that = in.that != NULL && in.that[0] != 0;
	has_type = in.type != NULL && in.type[0] != 0;
	if (has_that == has_type) {
		rh_load_complain(loader, "E051", tree->place, path, NULL,
				 has_that ? "`that` and `type` exclude each other"
					  : "a check needs `that` or `type`");
		return;
	}
	if (has_that && in.with != NULL) {
		rh_load_complain(loader, "E052", in.with->place, path, NULL,
				 "`with` belongs to `type`, not to a sentence");
		return;
	}
	assertion->text = rh_load_keep(loader, has_that ? in.that : in.type);
	assertion->name = in.name != NULL && in.name[0] != 0 ? rh_load_keep(loader, in.name)
							     : assertion->text;
	assertion->phase = scope->phase;
	assertion->role = scope->phase == RH_NONE ? RH_ROLE_CRITERION : RH_ROLE_CHECK;
	if (has_that ? !load_sentence(loader, assertion, tree, path)
		     : !load_type(loader, assertion, &in, tree, path))
		return;
	set_window(loader, assertion, &in, tree, scope, path);
	if (rh_load_target(loader, &assertion->nodes, &assertion->node_count, in.target,
			   rh_load_path(loader, path, "target"), rh_name64(assertion->name), false))
		plan->assertion_count++;
}

/* ---- conditions ------------------------------------------------------------------------------ */

/* A sentence of a step, or a map as of a check; its place among the assertions, or RH_NONE. */
static uint32_t load_condition(struct rh_loader *loader, const struct rh_load_condition *condition)
{
	struct rh_plan *plan = loader->plan;
	struct scope scope = {.phase = condition->phase, .end_ns = plan->duration_ns};
	struct rh_tree_pair pair = {.key = "that", .place = condition->tree->place};
	struct rh_tree map = {.kind = RH_TREE_MAP, .place = condition->tree->place, .count = 1};
	const struct rh_tree *tree = condition->tree;
	uint32_t place = plan->assertion_count;

	if (tree->kind != RH_TREE_MAP) {
		pair.value = (struct rh_tree *)(uintptr_t)tree;
		map.pairs = &pair;
		tree = &map;
	}
	load_assertion(loader, tree, &scope, condition->path);
	if (plan->assertion_count == place)
		return RH_NONE;
	plan->assertions[place].role = RH_ROLE_CONDITION;
	plan->assertions[place].name = rh_load_keep(loader, condition->name);
	plan->assertions[place].from_ns = 0;
	plan->assertions[place].until_ns = plan->duration_ns;
	return place;
}

/* Behind all others; the steps get their places. */
static void load_conditions(struct rh_loader *loader)
{
	uint32_t count = loader->condition_count;
	uint32_t *places = RH_ARENA_ARRAY(&loader->scratch, (size_t)count + 1, uint32_t);

	for (uint32_t i = 0; i < count; i++)
		places[i] = load_condition(loader, &loader->conditions[i]);
	for (uint32_t i = 0; i < loader->plan->step_count; i++) {
		struct rh_plan_step *step = &loader->plan->steps[i];

		if (step->condition != RH_NONE)
			step->condition = places[step->condition];
		if (step->unless != RH_NONE)
			step->unless = places[step->unless];
	}
}

/* ---- workloads ------------------------------------------------------------------------------- */

/* Its parameters together, and with the model. */
static bool is_workload_sound(struct rh_loader *loader, const struct rh_plan_workload *workload,
			      const struct rh_tree *tree, const char *path)
{
	struct rh_workload_view view = rh_plan_workload_view(loader->plan, workload);
	const struct rh_model *model = loader->plan->model;
	char why[300] = "";

	if (model != NULL && model->input_count == 0) {
		rh_load_complain(loader, "E045", tree->place, path, NULL,
				 "model %s takes no input from workloads", model->name);
		return false;
	}
	if (workload->type->check == NULL || workload->type->check(&view, why, sizeof(why)) == 0)
		return true;
	rh_load_complain(loader, "E045", tree->place, rh_load_path(loader, path, "with"), NULL,
			 "workload %s: %s", workload->type->name, why);
	return false;
}

static void load_workload(struct rh_loader *loader, const struct rh_tree *tree,
			  struct rh_map *names, const char *path)
{
	struct rh_plan *plan = loader->plan;
	struct rh_plan_workload *workload = &plan->workloads[plan->workload_count];
	const struct rh_registry *registry = loader->registry;
	const char *types[RH_REGISTRY_MAX];
	struct rh_in_workload in = {0};
	bool is_new;

	memset(workload, 0, sizeof(*workload));
	if (!rh_load_section(loader, &in, tree, "workload", path))
		return;
	workload->name = rh_load_keep(loader, in.name);
	workload->name64 = rh_name64(in.name);
	if (in.name[0] == 0 || strlen(in.name) > 200)
		rh_load_complain(loader, "E024", rh_load_place(loader, tree, "workload", "name"),
				 path, NULL, "a workload needs a name of 1 to 200 characters");
	rh_map_add(names, workload->name, strlen(workload->name), &is_new);
	if (!is_new)
		rh_load_complain(loader, "E041", rh_load_place(loader, tree, "workload", "name"),
				 path, NULL, "two workloads are called \"%.80s\"", in.name);
	workload->type = rh_registry_workload(registry, in.type);
	if (workload->type == NULL) {
		for (uint32_t i = 0; i < registry->workload_count; i++)
			types[i] = registry->workloads[i]->name;
		rh_load_complain(
			loader, "E040", rh_load_place(loader, tree, "workload", "type"), path,
			rh_load_hint(loader, in.type, types, registry->workload_count, NULL),
			"no kind of workload is called \"%.60s\"", in.type);
		return;
	}
	workload->params =
		rh_load_params(loader, in.with, in.with != NULL ? in.with->place : tree->place,
			       rh_load_path(loader, path, "with"), workload->type->keys,
			       workload->type->params_size);
	workload->start_ns = in.start_ns;
	workload->until_ns = in.for_ns != 0 ? in.start_ns + in.for_ns : plan->duration_ns;
	if (workload->params != NULL &&
	    rh_load_target(loader, &workload->nodes, &workload->node_count, in.target,
			   rh_load_path(loader, path, "target"), workload->name64, false) &&
	    is_workload_sound(loader, workload, tree, path))
		plan->workload_count++;
}

static void load_workloads(struct rh_loader *loader)
{
	const struct rh_tree *tree = loader->spec.workloads;
	struct rh_plan *plan = loader->plan;
	struct rh_map names = {0};

	plan->workloads = RH_ARENA_ARRAY(&plan->arena, (tree != NULL ? tree->count : 0) + 1,
					 struct rh_plan_workload);
	for (uint32_t i = 0; tree != NULL && i < tree->count; i++)
		load_workload(loader, tree->items[i], &names,
			      rh_load_path_at(loader, "workloads", i));
	rh_map_release(&names);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void set_timeout(struct rh_loader *loader)
{
	struct rh_plan *plan = loader->plan;
	uint64_t last_ns = plan->duration_ns + default_within_ns(loader);

	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (plan->assertions[i].until_ns > last_ns)
			last_ns = plan->assertions[i].until_ns;
	}
	plan->timeout_ns = last_ns;
	if (loader->options->default_timeout_ns != 0)
		plan->timeout_ns = loader->options->default_timeout_ns > plan->duration_ns
					   ? loader->options->default_timeout_ns
					   : plan->duration_ns;
	if (loader->spec.timeout_ns == 0)
		return;
	plan->timeout_ns = loader->spec.timeout_ns;
	if (plan->timeout_ns < plan->duration_ns)
		rh_load_complain(loader, "E022",
				 rh_load_place(loader, loader->spec_tree, "spec", "timeout"),
				 "timeout", NULL,
				 "the timeout lies before the end of the run: it counts from the "
				 "start");
}

static uint32_t list_count(const struct rh_tree *tree)
{
	return tree != NULL && tree->kind == RH_TREE_LIST ? tree->count : 0;
}

void rh_load_checks(struct rh_loader *loader)
{
	const struct rh_tree *phases = loader->spec.phases;
	const struct rh_tree *criteria = loader->spec.criteria;
	struct rh_plan *plan = loader->plan;
	struct scope run = {.phase = RH_NONE, .end_ns = plan->duration_ns};
	size_t count = list_count(criteria);

	for (uint32_t i = 0; i < list_count(phases); i++)
		count += list_count(rh_load_key(loader, phases->items[i], "phase", "assert"));
	count += loader->condition_count;
	plan->assertions = RH_ARENA_ARRAY(&plan->arena, count + 1, struct rh_plan_assertion);
	if (plan->nodes == NULL)
		return;
	for (uint32_t i = 0; i < list_count(phases); i++) {
		const struct rh_tree *list =
			rh_load_key(loader, phases->items[i], "phase", "assert");
		const struct rh_plan_phase *phase = &plan->phases[i];
		struct scope scope = {i, phase->start_ns, phase->start_ns + phase->duration_ns};

		for (uint32_t k = 0; k < list_count(list); k++)
			load_assertion(
				loader, list->items[k], &scope,
				rh_arena_printf(&loader->scratch, "phases[%u].assert[%u]", i, k));
	}
	for (uint32_t i = 0; i < list_count(criteria); i++)
		load_assertion(loader, criteria->items[i], &run,
			       rh_load_path_at(loader, "successCriteria", i));
	load_conditions(loader);
	load_workloads(loader);
	set_timeout(loader);
}
