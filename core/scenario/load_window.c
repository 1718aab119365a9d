/*
 * load_window.c - when a check looks, how many nodes must agree, and what follows from it.
 *
 * Windows.  A deadline is the assertion's own and counts from the start of its phase; it may
 * outlive the phase.  Without one, `always` and `never` look at the phase (criteria: the run), and
 * `atEnd` at its end.  `after` moves the beginning, to a later time or to a step that the run
 * begins.
 */
#include <string.h>

#include "core/scenario/reading.h"

/* ---- windows --------------------------------------------------------------------------------- */

bool reading_step(const struct reading *reading, uint32_t *step, const char *key, const char *name)
{
	const struct rh_plan *plan = reading->loader->plan;
	const char *names[64];
	uint32_t count = plan->step_count < 64 ? plan->step_count : 64;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (strcmp(plan->steps[i].name, name) == 0) {
			*step = i;
			if (plan->steps[i].is_disabled)
				rh_load_complain(reading->loader, "W014",
						 reading_place(reading, key), reading->path, NULL,
						 "step \"%.80s\" is disabled: the check waits for "
						 "it in vain",
						 name);
			return true;
		}
	}
	for (uint32_t i = 0; i < count; i++)
		names[i] = plan->steps[i].name;
	rh_load_complain(reading->loader, "E102", reading_place(reading, key), reading->path,
			 rh_load_hint(reading->loader, name, names, count,
				      "steps are named by `name:` (or `id:`)"),
			 "no step is called \"%.80s\"", name);
	return false;
}

static bool read_span(const struct reading *reading, uint64_t *span_ns, const char *text)
{
	static const struct rh_key key = {
		.name = "after", .type = RH_KEY_DURATION, .max = INT64_MAX / 2};
	struct rh_value_fault fault;
	struct rh_value value;

	if (!rh_value_read(&value, &fault, &key, text, true, reading->loader->slots))
		return false;
	*span_ns = value.number;
	return true;
}

static enum rh_assert_mode default_mode(const struct reading *reading, bool has_within)
{
	const struct rh_assertion_type *type = reading->assertion->type;

	if (reading_is_given(reading->in.during))
		return RH_MODE_ALWAYS;
	if (type->mode != 0)
		return (enum rh_assert_mode)(type->mode - 1);
	if (reading->scope.role == RH_ROLE_EXPECTATION)
		return RH_MODE_AT_END;
	return !has_within && reading->scope.role == RH_ROLE_CRITERION ? RH_MODE_ALWAYS
								       : RH_MODE_EVENTUALLY;
}

static void warn_of_end(const struct reading *reading)
{
	const struct rh_plan_assertion *assertion = reading->assertion;
	struct rh_loader *loader = reading->loader;
	const struct rh_tree *within = rh_load_key(loader, reading->tree, "assert", "within");
	bool is_criterion = reading->scope.phase == RH_NONE;

	if (within == NULL || assertion->mode == RH_MODE_FINAL)
		return;
	if (assertion->mode == RH_MODE_AT_END || assertion->mode == RH_MODE_EDGE)
		rh_load_complain(loader, "E052", within->place, reading->path, "remove `within`",
				 "%s looks at the end of the %s",
				 rh_assert_mode_name(assertion->mode),
				 is_criterion ? "run" : "phase");
	else if (assertion->after == RH_NONE && assertion->until_ns > loader->plan->duration_ns)
		rh_load_complain(loader, "W003", within->place, reading->path, NULL,
				 "the deadline of \"%.80s\" lies after the end of the run",
				 assertion->name);
}

/* `until:` is a time from the start of the phase, or the end of the run. */
static void set_until(const struct reading *reading, bool has_within)
{
	struct rh_plan_assertion *assertion = reading->assertion;
	uint64_t span_ns = 0;

	if (has_within)
		rh_load_complain(reading->loader, "E051", reading_place(reading, "until"),
				 reading->path, NULL, "`within` and `until` exclude each other");
	if (strcmp(reading->in.until, "end") == 0)
		assertion->until_ns = reading->loader->plan->duration_ns;
	else if (read_span(reading, &span_ns, reading->in.until))
		assertion->until_ns = reading->scope.start_ns + span_ns;
	else
		rh_load_complain(reading->loader, "E030", reading_place(reading, "until"),
				 reading->path,
				 "a duration from the start of the phase, or `end` (of the run)",
				 "\"%.60s\" is no time to look until", reading->in.until);
}

/* A window that a step opens: both times count from there. */
static void set_after_step(const struct reading *reading, bool has_within)
{
	struct rh_plan_assertion *assertion = reading->assertion;
	bool has_deadline = has_within || assertion->mode == RH_MODE_EVENTUALLY;

	if (!reading_step(reading, &assertion->after, "after", reading->in.after))
		return;
	assertion->from_ns = 0;
	assertion->until_ns = RH_TIME_NEVER;
	if (has_deadline)
		assertion->until_ns = has_within ? reading->in.within_ns
						 : rh_load_default_within_ns(reading->loader);
}

static void set_during(const struct reading *reading)
{
	struct rh_plan_assertion *assertion = reading->assertion;
	const struct rh_plan *plan = reading->loader->plan;

	if (!reading_step(reading, &assertion->during, "during", reading->in.during))
		return;
	if (!plan->steps[assertion->during].type->is_fault)
		rh_load_complain(reading->loader, "E102", reading_place(reading, "during"),
				 reading->path, NULL, "step \"%.80s\" is not a fault",
				 plan->steps[assertion->during].name);
	if (reading_has(reading, "within") || reading_has(reading, "until"))
		rh_load_complain(
			reading->loader, "E051", reading_place(reading, "during"), reading->path,
			NULL, "`during` is a window of its own: `within` and `until` exclude it");
	assertion->from_ns = 0;
	assertion->until_ns = RH_TIME_NEVER;
}

void reading_window(const struct reading *reading)
{
	struct rh_plan_assertion *assertion = reading->assertion;
	const struct rh_in_assertion *in = &reading->in;
	bool has_within = reading_has(reading, "within");
	bool is_check = reading->scope.role == RH_ROLE_CHECK;
	uint64_t shift_ns = 0;

	assertion->mode = reading_has(reading, "mode") ? (enum rh_assert_mode)in->mode
						       : default_mode(reading, has_within);
	if (reading_is_given(in->after) && !read_span(reading, &shift_ns, in->after)) {
		set_after_step(reading, has_within);
		return;
	}
	if (reading_is_given(in->during)) {
		set_during(reading);
		return;
	}
	assertion->from_ns = reading->scope.start_ns + shift_ns;
	assertion->until_ns = reading->scope.end_ns;
	if (assertion->mode == RH_MODE_SOMETIMES || assertion->mode == RH_MODE_FINAL)
		assertion->until_ns = reading->loader->plan->duration_ns;
	if (reading_is_given(in->until))
		set_until(reading, has_within);
	else if (has_within && assertion->mode == RH_MODE_FINAL)
		assertion->until_ns += in->within_ns;
	else if (has_within)
		assertion->until_ns = assertion->from_ns + in->within_ns;
	else if (!reading_has(reading, "mode") && assertion->mode == RH_MODE_EVENTUALLY && is_check)
		assertion->until_ns =
			assertion->from_ns + rh_load_default_within_ns(reading->loader);
	/* What a run must reach is known when it is over. */
	if (strcmp(assertion->type->name, "all_phases_completed") == 0)
		assertion->until_ns = RH_TIME_NEVER;
	if (assertion->until_ns < assertion->from_ns)
		assertion->until_ns = assertion->from_ns;
	warn_of_end(reading);
}

/* ---- what else it says ----------------------------------------------------------------------- */

void reading_quorum(const struct reading *reading)
{
	static const struct rh_key count = {
		.name = "quorum", .type = RH_KEY_INT, .min = 1, .max = RH_PLAN_NODES_MAX};
	static const struct rh_key share = {
		.name = "quorum", .type = RH_KEY_RATIO, .min = 0, .max = 1000000};
	struct rh_plan_assertion *assertion = reading->assertion;
	const char *text = reading->in.quorum;
	struct rh_value_fault fault;
	struct rh_value value;
	uint32_t nodes = assertion->node_count;

	if (!reading_is_given(text) || strcmp(text, "all") == 0)
		return;
	assertion->quorum = RH_QUORUM_COUNT;
	if (strcmp(text, "any") == 0)
		assertion->quorum = RH_QUORUM_ANY;
	else if (strcmp(text, "majority") == 0)
		assertion->quorum = RH_QUORUM_MAJORITY;
	else if (rh_value_read(&value, &fault, &count, text, true, reading->loader->slots))
		assertion->quorum_count = (uint32_t)value.number;
	else if (rh_value_read(&value, &fault, &share, text, true, reading->loader->slots))
		assertion->quorum_count =
			(uint32_t)((nodes * value.ratio.num + value.ratio.den - 1) /
				   value.ratio.den);
	else
		rh_load_complain(reading->loader, "E105", reading_place(reading, "quorum"),
				 reading->path, "all, any, majority, a number of nodes, or a share",
				 "\"%.60s\" is no quorum", text);
	if (assertion->quorum == RH_QUORUM_COUNT &&
	    (assertion->quorum_count > nodes || assertion->quorum_count == 0))
		rh_load_complain(reading->loader, "E105", reading_place(reading, "quorum"),
				 reading->path, NULL, "a quorum of %u among %u nodes",
				 assertion->quorum_count, nodes);
}

void reading_severity(const struct reading *reading)
{
	/* critical|warn|low|medium|high|extreme|chaos */
	static const enum rh_severity severities[] = {
		RH_SEVERITY_LOW,  RH_SEVERITY_LOW,     RH_SEVERITY_LOW,	    RH_SEVERITY_MEDIUM,
		RH_SEVERITY_HIGH, RH_SEVERITY_EXTREME, RH_SEVERITY_EXTREME,
	};

	if (!reading_has(reading, "severity"))
		return;
	reading->assertion->is_warning = reading->in.severity == 1;
	reading->assertion->severity = severities[reading->in.severity];
}

void reading_hold(const struct reading *reading)
{
	enum rh_assert_mode mode = reading->assertion->mode;

	reading->assertion->hold_ns = reading->in.for_ns;
	if (reading->in.for_ns != 0 && mode != RH_MODE_EVENTUALLY && mode != RH_MODE_SOMETIMES)
		rh_load_complain(reading->loader, "E052", reading_place(reading, "for"),
				 reading->path, "always holds through its window",
				 "`for` belongs to eventually");
}
