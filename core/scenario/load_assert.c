/*
 * load_assert.c - what is judged: checks of phases, success criteria, expectations, alerts, and the
 * conditions of steps.  What one asks: load_that.c; when: load_window.c.
 *
 * An expression is bound to the plan when all assertions are there, since it may name an alert that
 * stands further down.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/formula.h"
#include "core/scenario/reading.h"
#include "core/scenario/services.h"
#include "core/scenario/wording.h"

#define PASS_EVERY_NS (5 * RH_NS_PER_SEC)

/* ---- room ------------------------------------------------------------------------------------ */

/* The next assertion of the plan, not yet counted; where it was written is kept beside it. */
static struct rh_plan_assertion *next_assertion(struct rh_loader *loader)
{
	struct rh_plan *plan = loader->plan;

	if (plan->assertion_count + 1 >= loader->written_cap) {
		uint32_t cap = loader->written_cap == 0 ? 16 : loader->written_cap * 2;
		struct rh_plan_assertion *more =
			RH_ARENA_ARRAY(&plan->arena, cap, struct rh_plan_assertion);
		struct rh_written *written =
			RH_ARENA_ARRAY(&loader->scratch, cap, struct rh_written);

		if (plan->assertion_count > 0) {
			memcpy(more, plan->assertions, plan->assertion_count * sizeof(*more));
			memcpy(written, loader->written, plan->assertion_count * sizeof(*written));
		}
		plan->assertions = more;
		loader->written = written;
		loader->written_cap = cap;
	}
	plan->assertions[plan->assertion_count] =
		(struct rh_plan_assertion){RH_PLAN_ASSERTION_INIT};
	loader->written[plan->assertion_count] = (struct rh_written){0};
	return &plan->assertions[plan->assertion_count];
}

/* ---- the form -------------------------------------------------------------------------------- */

/* `expect: fail` is about the outcome; every other word about the type. */
static void take_expect(struct reading *reading)
{
	reading->expect = reading->in.expect != NULL ? reading->in.expect : "";
	reading->assertion->expects_failure = strcmp(reading->expect, "fail") == 0;
	if (reading->assertion->expects_failure || strcmp(reading->expect, "pass") == 0)
		reading->expect = "";
}

static bool check_form(const struct reading *reading)
{
	bool has_that = reading_is_given(reading->in.that);
	bool has_type = reading_is_given(reading->in.type);
	const char *change = reading_is_given(reading->in.increased_by) ? "increasedBy"
			     : reading_is_given(reading->in.tolerance)	? "tolerance"
									: NULL;

	if (has_that == has_type) {
		rh_load_complain(reading->loader, "E051", reading->tree->place, reading->path, NULL,
				 has_that ? "`that` and `type` exclude each other"
					  : "a check needs `that` or `type`");
		return false;
	}
	if (has_that && reading->in.with != NULL) {
		rh_load_complain(reading->loader, "E052", reading->in.with->place, reading->path,
				 NULL, "`with` belongs to `type`, not to a sentence");
		return false;
	}
	if (has_that && reading_is_given(reading->expect)) {
		rh_load_complain(reading->loader, "E052", reading_place(reading, "expect"),
				 reading->path, "expect: fail | pass",
				 "\"%.60s\" is nothing that a sentence can expect",
				 reading->expect);
		return false;
	}
	if (has_type && change != NULL) {
		rh_load_complain(reading->loader, "E052", reading_place(reading, change),
				 reading->path, "types have it under `with`",
				 "`%s` belongs to a sentence", change);
		return false;
	}
	return true;
}

/* The services that a recovery requires are whom it looks at; that each is well `N` times, as
 * often as a coordinator asks that looks every five seconds, is how long it must hold. */
static void take_services(struct reading *reading)
{
	struct rh_loader *loader = reading->loader;
	const struct rh_tree *with = reading->in.with;
	const struct rh_tree *services = rh_tree_get(with, "requiredServices");
	const struct rh_tree *passes = rh_tree_get(with, "healthCheckPasses");
	static const struct rh_key number = {
		.name = "healthCheckPasses", .type = RH_KEY_INT, .min = 1, .max = 1000};
	struct rh_tree *copy;
	struct rh_value value;

	if ((services == NULL && passes == NULL) || !reading_is_given(reading->in.type))
		return;
	copy = rh_tree_copy(loader, with, with->place, 0);
	copy->count = 0;
	for (uint32_t i = 0; i < with->count; i++) {
		if (with->pairs[i].value != services && with->pairs[i].value != passes)
			copy->pairs[copy->count++] = with->pairs[i];
	}
	reading->in.with = copy;
	if (services != NULL && reading->in.target == NULL)
		reading->in.target = services;
	if (passes == NULL || (passes->kind == RH_TREE_SCALAR && strcmp(passes->text, "true") == 0))
		return;
	if (rh_load_scalar(loader, &value, &number, passes, reading->path) &&
	    reading->in.for_ns == 0)
		reading->in.for_ns = (value.number - 1) * PASS_EVERY_NS;
}

/* ---- one assertion --------------------------------------------------------------------------- */

/* What a report calls it when it has no name. */
static const char *text_of(const struct reading *reading)
{
	if (reading_is_given(reading->in.increased_by))
		return rh_arena_printf(&reading->loader->plan->arena, "%s increased by %s",
				       reading->in.that, reading->in.increased_by);
	if (reading_is_given(reading->in.tolerance))
		return rh_arena_printf(&reading->loader->plan->arena, "%s, tolerance %s",
				       reading->in.that, reading->in.tolerance);
	if (reading_is_given(reading->in.that))
		return rh_load_keep(reading->loader, reading->in.that);
	if (reading_is_given(reading->expect))
		return rh_arena_printf(&reading->loader->plan->arena, "%s %s", reading->in.type,
				       reading->expect);
	return rh_load_keep(reading->loader, reading->in.type);
}

static void finish(const struct reading *reading, const struct rh_tree *that)
{
	struct rh_loader *loader = reading->loader;
	struct rh_plan_assertion *assertion = reading->assertion;

	if (!rh_load_target(loader, &assertion->nodes, &assertion->node_count, reading->in.target,
			    rh_load_path(loader, reading->path, "target"),
			    rh_name64(assertion->name), false))
		return;
	reading_quorum(reading);
	if (that != NULL ? !reading_sentence(reading, that)
			 : !reading_type(reading, reading->in.type))
		return;
	reading_window(reading);
	reading_hold(reading);
	reading_severity(reading);
	if (reading_is_given(reading->in.since) &&
	    !reading_step(reading, &assertion->since, "since", reading->in.since))
		return;
	loader->written[loader->plan->assertion_count] =
		(struct rh_written){that != NULL ? that : reading->tree, reading->path};
	loader->plan->assertion_count++;
}

static void load_map(struct rh_loader *loader, const struct rh_tree *tree,
		     const struct scope *scope, const char *path)
{
	struct reading reading = {.loader = loader, .tree = tree, .path = path, .scope = *scope};
	struct rh_plan_assertion *assertion = next_assertion(loader);

	reading.assertion = assertion;
	if (!rh_load_section(loader, &reading.in, tree, "assert", path))
		return;
	take_expect(&reading);
	take_services(&reading);
	if (!check_form(&reading))
		return;
	assertion->role = scope->role;
	assertion->phase = scope->phase;
	assertion->weight = (uint32_t)reading.in.weight;
	assertion->text = text_of(&reading);
	assertion->name = reading_is_given(reading.in.name) ? rh_load_keep(loader, reading.in.name)
							    : assertion->text;
	finish(&reading, rh_load_key(loader, tree, "assert", "that"));
}

/* A criterion by its type alone, or a sentence in words: "alice: is up within 10s". */
static void load_words(struct rh_loader *loader, const struct rh_tree *tree,
		       const struct scope *scope, const char *path)
{
	struct rh_wording wording;
	struct rh_tree *map;
	const char *hint = "";

	if (!rh_wording_read(&wording, &hint, &loader->scratch, loader->plan, tree->text)) {
		rh_load_complain(loader, "E106", tree->place, path, hint,
				 "\"%.100s\" is not a check", tree->text);
		return;
	}
	map = rh_wording_tree(&wording, &loader->scratch, tree);
	load_map(loader, map, scope, path);
}

static void load_one(struct rh_loader *loader, const struct rh_tree *tree,
		     const struct scope *scope, const char *path)
{
	if (tree->kind == RH_TREE_SCALAR && !rh_tree_is_null(tree))
		load_words(loader, tree, scope, path);
	else
		load_map(loader, tree, scope, path);
}

/* ---- alerts and conditions ------------------------------------------------------------------- */

static void load_alert(struct rh_loader *loader, const struct rh_tree *tree, const char *path)
{
	struct reading reading = {.loader = loader, .tree = tree, .path = path};
	struct rh_plan_assertion *assertion = next_assertion(loader);
	struct rh_in_alert in = {0};

	if (!rh_load_section(loader, &in, tree, "alert", path))
		return;
	assertion->role = RH_ROLE_ALERT;
	assertion->phase = RH_NONE;
	assertion->mode = RH_MODE_ALWAYS;
	assertion->name = rh_load_keep(loader, in.name);
	assertion->text = rh_load_keep(loader, in.that);
	assertion->until_ns = RH_TIME_NEVER;
	assertion->hold_ns = in.for_ns;
	assertion->severity = in.severity >= RH_SEVERITY_EXTREME ? RH_SEVERITY_EXTREME
								 : (enum rh_severity)in.severity;
	reading.assertion = assertion;
	reading.in = (struct rh_in_assertion){.that = in.that, .quorum = in.quorum};
	for (uint32_t i = 0; i < loader->plan->assertion_count; i++) {
		if (loader->plan->assertions[i].role == RH_ROLE_ALERT &&
		    strcmp(loader->plan->assertions[i].name, in.name) == 0)
			rh_load_complain(loader, "E041",
					 rh_load_place(loader, tree, "alert", "name"), path, NULL,
					 "two alerts are called \"%.80s\"", in.name);
	}
	if (!rh_load_target(loader, &assertion->nodes, &assertion->node_count, in.target,
			    rh_load_path(loader, path, "target"), rh_name64(assertion->name),
			    false))
		return;
	reading_quorum(&reading);
	if (!reading_sentence(&reading, rh_load_key(loader, tree, "alert", "that")))
		return;
	loader->written[loader->plan->assertion_count] =
		(struct rh_written){rh_load_key(loader, tree, "alert", "that"), path};
	loader->plan->assertion_count++;
}

/* A sentence by itself; it takes no words of its own. */
static void load_condition_sentence(struct rh_loader *loader,
				    const struct rh_load_condition *condition)
{
	struct reading reading = {
		.loader = loader, .tree = condition->tree, .path = condition->path};
	struct rh_plan_assertion *assertion = next_assertion(loader);

	if (condition->tree->kind != RH_TREE_SCALAR) {
		rh_load_complain(loader, "E014", condition->tree->place, condition->path, NULL,
				 "%s takes an expression, not %s", condition->path,
				 rh_tree_kind_text(condition->tree));
		return;
	}
	assertion->text = rh_load_keep(loader, condition->tree->text);
	reading.assertion = assertion;
	if (!rh_load_target(loader, &assertion->nodes, &assertion->node_count, NULL,
			    condition->path, rh_name64(condition->name), false) ||
	    !reading_sentence(&reading, condition->tree))
		return;
	loader->written[loader->plan->assertion_count] =
		(struct rh_written){condition->tree, condition->path};
	loader->plan->assertion_count++;
}

/* A sentence of a step, or a map as of a check; its place among the assertions, or RH_NONE. */
static uint32_t load_condition(struct rh_loader *loader, const struct rh_load_condition *condition)
{
	struct scope scope = {.role = RH_ROLE_CHECK,
			      .phase = condition->phase,
			      .end_ns = loader->plan->duration_ns};
	uint32_t place = loader->plan->assertion_count;
	struct rh_plan_assertion *assertion;

	if (condition->tree->kind == RH_TREE_MAP)
		load_map(loader, condition->tree, &scope, condition->path);
	else
		load_condition_sentence(loader, condition);
	if (loader->plan->assertion_count == place)
		return RH_NONE;
	assertion = &loader->plan->assertions[place];
	assertion->role = RH_ROLE_CONDITION;
	assertion->name = rh_load_keep(loader, condition->name);
	assertion->phase = condition->phase;
	assertion->mode = RH_MODE_ALWAYS;
	assertion->from_ns = 0;
	assertion->until_ns = RH_TIME_NEVER;
	assertion->after = RH_NONE;
	assertion->during = RH_NONE;
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

/* ---- all ------------------------------------------------------------------------------------- */

static void bind_one(struct rh_loader *loader, uint32_t number)
{
	const struct rh_plan_assertion *assertion = &loader->plan->assertions[number];
	const struct rh_written *written = &loader->written[number];
	struct rh_formula formula;
	struct rh_expr_fault fault;
	struct rh_buf text = {0};
	struct rh_place place = written->tree->place;

	if (assertion->type->formula == NULL)
		return;
	assertion->type->formula(assertion->params, loader->plan, assertion, &text);
	if (!rh_formula_bind(&formula, &fault, &loader->scratch, loader->plan, assertion,
			     rh_buf_str(&text))) {
		/* The canonical form is often what was written. */
		if (written->tree->kind == RH_TREE_SCALAR &&
		    strcmp(written->tree->text, rh_buf_str(&text)) == 0)
			place = reading_place_in(written->tree, fault.offset, fault.len);
		rh_load_complain(loader, fault.code, place, written->path,
				 fault.hint[0] != 0 ? fault.hint : NULL, "%s", fault.text);
	} else if (formula.type.type != RH_EXPR_BOOL) {
		rh_load_complain(
			loader, "E107", place, written->path, "compare it with something: x >= 1",
			"a check is true or false, not %s", rh_expr_type_text(formula.type.type));
	}
	rh_buf_release(&text);
}

static uint32_t list_count(const struct rh_tree *tree)
{
	return tree != NULL && tree->kind == RH_TREE_LIST ? tree->count : 0;
}

static void load_list(struct rh_loader *loader, const struct rh_tree *list,
		      const struct scope *scope, const char *path)
{
	for (uint32_t i = 0; i < list_count(list); i++)
		load_one(loader, list->items[i], scope, rh_load_path_at(loader, path, i));
}

void rh_load_assertions(struct rh_loader *loader)
{
	struct rh_plan *plan = loader->plan;
	const struct rh_tree *phases = loader->spec.phases;
	struct scope criteria = {RH_ROLE_CRITERION, RH_NONE, 0, plan->duration_ns};
	struct scope expectations = {RH_ROLE_EXPECTATION, RH_NONE, 0, plan->duration_ns};
	struct rh_in_monitors monitors = {0};

	if (plan->assertions == NULL)
		plan->assertions = RH_ARENA_ARRAY(&plan->arena, 1, struct rh_plan_assertion);
	if (plan->nodes == NULL)
		return;
	for (uint32_t i = 0; i < list_count(phases); i++) {
		const struct rh_plan_phase *phase = &plan->phases[i];
		struct scope scope = {RH_ROLE_CHECK, i, phase->start_ns,
				      phase->start_ns + phase->duration_ns};

		load_list(loader, rh_load_key(loader, phases->items[i], "phase", "assert"), &scope,
			  rh_arena_printf(&loader->scratch, "phases[%u].assert", i));
	}
	load_list(loader, loader->spec.criteria, &criteria, "successCriteria");
	load_list(loader, loader->spec.expectations, &expectations, "expectations");
	if (loader->spec.monitors != NULL &&
	    rh_load_section(loader, &monitors, loader->spec.monitors, "spec.monitors",
			    "monitors")) {
		plan->sample_every_ns = monitors.sample_every_ns;
		for (uint32_t i = 0; i < list_count(monitors.alerts); i++)
			load_alert(loader, monitors.alerts->items[i],
				   rh_load_path_at(loader, "monitors.alerts", i));
	}
	load_conditions(loader);
	/* Without nodes there is nothing that a sentence could be bound to. */
	if (rh_load_is_without_network(loader))
		return;
	for (uint32_t i = 0; plan->model != NULL && i < plan->assertion_count; i++)
		bind_one(loader, i);
}
