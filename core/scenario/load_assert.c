/*
 * load_assert.c - what is judged: checks of phases, success criteria, expectations, alerts, and the
 * conditions of steps.
 *
 * Windows.  A deadline is the assertion's own and counts from the start of its phase; it may
 * outlive the phase.  Without one, `always` and `never` look at the phase (criteria: the run), and
 * `atEnd` at its end.  `after` moves the beginning, to a later time or to a step that the run
 * begins.
 *
 * An expression is bound to the plan when all assertions are there, since it may name an alert that
 * stands further down.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/formula.h"
#include "core/scenario/load_assert.h"
#include "core/scenario/that.h"
#include "core/scenario/wording.h"

/* Where an assertion stands. */
struct scope {
	enum rh_assert_role role;
	uint32_t phase; /* RH_NONE: of the whole run */
	uint64_t start_ns;
	uint64_t end_ns;
};

/* One that is being read. */
struct reading {
	struct rh_loader *loader;
	struct rh_plan_assertion *assertion;
	struct rh_in_assertion in;
	const struct rh_tree *tree;
	const char *path;
	struct scope scope;
	const char *expect; /* a word for the type, "fail" or "pass" taken out */
};

static bool is_given(const char *text)
{
	return text != NULL && text[0] != 0;
}

static struct rh_place place_of(const struct reading *reading, const char *key)
{
	if (reading->tree->kind != RH_TREE_MAP)
		return reading->tree->place;
	return rh_load_place(reading->loader, reading->tree, "assert", key);
}

static bool has_key(const struct reading *reading, const char *key)
{
	return rh_load_key(reading->loader, reading->tree, "assert", key) != NULL;
}

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

/* ---- sentences ------------------------------------------------------------------------------- */

/* Points into a text where it stands as written: quotes and folded lines move it. */
static struct rh_place place_in(const struct rh_tree *tree, size_t offset, size_t len)
{
	struct rh_place place = tree->place;
	uint32_t quote = tree->is_plain ? 0 : 1;

	if (tree->kind == RH_TREE_SCALAR && place.end_column != 0 &&
	    place.end_column - place.column == strlen(tree->text) + 2 * quote) {
		place.column += quote + (uint32_t)offset;
		place.end_column = place.column + (len > 0 ? (uint32_t)len : 1);
	}
	return place;
}

static bool set_expression(const struct reading *reading, const char *text)
{
	struct rh_loader *loader = reading->loader;
	struct rh_plan_assertion *assertion = reading->assertion;

	assertion->type = rh_registry_assertion(loader->registry, "expression");
	if (assertion->type == NULL || assertion->type->params_size != sizeof(const char *)) {
		rh_load_complain(loader, "E040", reading->tree->place, reading->path, NULL,
				 "this build has no assertion type \"expression\"");
		return false;
	}
	assertion->params = RH_ARENA_NEW(&loader->plan->arena, const char *);
	*(const char **)assertion->params = rh_load_keep(loader, text);
	return true;
}

/* What is compared with what was: "x" becomes "x - base(x) >= by". */
static bool put_change(const struct reading *reading, const struct rh_expr *expr,
		       struct rh_buf *out)
{
	struct rh_arena *scratch = &reading->loader->scratch;
	bool is_equality = expr->op == RH_EXPR_EQ;

	if (is_given(reading->in.increased_by)) {
		rh_buf_text(out, "(");
		rh_expr_print(expr, out);
		rh_buf_text(out, ") - (");
		rh_formula_print_base(scratch, reading->loader->plan, expr, out);
		rh_buf_printf(out, ") >= (%s)", reading->in.increased_by);
		return true;
	}
	rh_buf_text(out, "abs((");
	rh_expr_print(is_equality ? expr->args[0] : expr, out);
	rh_buf_text(out, ") - (");
	if (is_equality)
		rh_expr_print(expr->args[1], out);
	else
		rh_formula_print_base(scratch, reading->loader->plan, expr, out);
	rh_buf_printf(out, ")) <= (%s)", reading->in.tolerance);
	return true;
}

static bool complain_expr(const struct reading *reading, const struct rh_tree *tree,
			  const struct rh_expr_fault *fault)
{
	rh_load_complain(reading->loader, fault->code, place_in(tree, fault->offset, fault->len),
			 reading->path, fault->hint[0] != 0 ? fault->hint : NULL, "%s",
			 fault->text);
	return false;
}

/* In one fixed form, so that equal sentences are equal plans. */
static bool load_expression(const struct reading *reading, const struct rh_tree *that)
{
	struct rh_loader *loader = reading->loader;
	struct rh_expr_fault fault;
	struct rh_buf text = {0};
	bool is_good = true;
	const struct rh_expr *expr = rh_expr_parse(&loader->scratch, &fault, that->text,
						   strlen(that->text), loader->slots);

	if (expr == NULL)
		return complain_expr(reading, that, &fault);
	if (is_given(reading->in.increased_by) || is_given(reading->in.tolerance)) {
		put_change(reading, expr, &text);
		expr = rh_expr_parse(&loader->scratch, &fault, rh_buf_str(&text), text.len,
				     loader->slots);
		if (expr == NULL)
			is_good = complain_expr(reading, reading->tree, &fault);
	}
	if (is_good) {
		rh_buf_reset(&text);
		rh_expr_print(expr, &text);
		is_good = set_expression(reading, rh_buf_str(&text));
	}
	rh_buf_release(&text);
	return is_good;
}

/* One that a plain sentence does not have. */
static bool is_function_of_expressions(const char *name, size_t len)
{
	static const char *const plain[] = {"each", "any",    "min",	 "max",
					    "sum",  "spread", "distinct"};

	for (size_t i = 0; i < RH_ARRAY_LEN(plain); i++) {
		if (strlen(plain[i]) == len && memcmp(plain[i], name, len) == 0)
			return false;
	}
	return rh_formula_is_function(name, len);
}

/* More than one gauge and a number: brackets in brackets, arithmetic, logic, functions. */
static bool looks_like_expression(const char *text)
{
	static const char *const signs[] = {"&&", "||", "+", "*", "/", " - ", "!(", "? ", "),"};
	const char *bracket = strchr(text, '(');

	for (size_t i = 0; i < RH_ARRAY_LEN(signs); i++) {
		if (strstr(text, signs[i]) != NULL)
			return true;
	}
	/* One that is never closed is told in the simple words. */
	return bracket != NULL && strchr(bracket, ')') != NULL &&
	       (is_function_of_expressions(text, (size_t)(bracket - text)) ||
		strchr(bracket + 1, '(') != NULL || strchr(bracket, ',') != NULL ||
		(strcspn(bracket, ")") > strcspn(bracket, "<>=!")));
}

static bool complain_sentence(const struct reading *reading, const struct rh_tree *that,
			      struct rh_err *err, size_t offset, size_t len)
{
	char *colon = strstr(err->text, "; ");

	if (colon != NULL)
		*colon = 0;
	rh_load_complain(reading->loader, "E050", place_in(that, offset, len), reading->path,
			 colon != NULL ? colon + 2 : NULL, "%s", err->text);
	return false;
}

/*
 * `that:` as one gauge and a number where it is that, else as an expression.  A mistake is told in the
 * words of the form that it looks like.
 */
static bool load_sentence(const struct reading *reading, const struct rh_tree *that)
{
	struct rh_loader *loader = reading->loader;
	struct rh_plan_assertion *assertion = reading->assertion;
	struct rh_that *params = RH_ARENA_NEW(&loader->plan->arena, struct rh_that);
	bool is_plain = !is_given(reading->in.increased_by) && !is_given(reading->in.tolerance);
	struct rh_err err = {0};
	size_t offset = 0, len = 0;

	assertion->type = rh_registry_assertion(loader->registry, "gauge");
	if (assertion->type == NULL) {
		rh_load_complain(loader, "E040", that->place, reading->path, NULL,
				 "sentences need the assertion type \"gauge\", which this build "
				 "does not have");
		return false;
	}
	if (loader->plan->model == NULL)
		return false; /* its gauges are not known; told elsewhere */
	RH_ASSERT(assertion->type->params_size == sizeof(*params));
	assertion->params = params;
	if (is_plain && rh_that_parse(params, &offset, &len, loader->plan, that->text, &err) == 0)
		return assertion->quorum == RH_QUORUM_ALL || load_expression(reading, that);
	if (is_plain && !looks_like_expression(that->text))
		return complain_sentence(reading, that, &err, offset, len);
	return load_expression(reading, that);
}

/* ---- named types ----------------------------------------------------------------------------- */

static const char *canonical_type(const char *written, const char *expect)
{
	static const struct {
		const char *type;
		const char *expect; /* NULL: whatever is expected */
		const char *is;
	} others[] = {
		{"finality", "stalled", "finality_stalled"},
		{"consensus_liveness", NULL, "liveness"},
		{"system_health", NULL, "clients_healthy"},
		{"exchange_health", NULL, "clients_healthy"},
		{"system_recovery", NULL, "clients_healthy"},
		{"system_stabilization", NULL, "clients_healthy"},
		{"node_health", NULL, "clients_healthy"},
		{"risk_alert", NULL, "alert"},
		{"emergency_procedures", NULL, "alert"},
		{"position_limits", NULL, "alert"},
		{"alert_resolution", NULL, "alert_cleared"},
		{"system_recovered_within_sla", NULL, "recovery"},
		{"risk_system_correctly_identified_all_breaches", NULL, "breaches_identified"},
		{"supply", NULL, "supply_conserved"},
		{"average_tps", NULL, "throughput"},
		{"reachable", NULL, "reachability"},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(others); i++) {
		if (strcmp(others[i].type, written) == 0 &&
		    (others[i].expect == NULL || strcmp(others[i].expect, expect) == 0))
			return others[i].is;
	}
	return written;
}

static const struct rh_key *expect_key(const struct rh_assertion_type *type)
{
	for (const struct rh_key *key = type->keys; key != NULL && key->name != NULL; key++) {
		if (strcmp(key->name, "expect") == 0)
			return key;
	}
	return NULL;
}

/* Words of the source systems that say no more than the type does. */
static bool is_said_by_type(const char *expect)
{
	static const char *const words[] = {"alert_generated", "alerts_cleared", "raised",
					    "cleared",	       "conserved",	 "within_sla"};

	for (size_t i = 0; i < RH_ARRAY_LEN(words); i++) {
		if (strcmp(words[i], expect) == 0)
			return true;
	}
	return false;
}

static bool set_expect(const struct reading *reading)
{
	struct rh_loader *loader = reading->loader;
	const struct rh_assertion_type *type = reading->assertion->type;
	const struct rh_key *key = expect_key(type);
	const struct rh_tree *tree = rh_load_key(loader, reading->tree, "assert", "expect");
	struct rh_value value;

	if (!is_given(reading->expect) || is_said_by_type(reading->expect))
		return true;
	if (key == NULL) {
		rh_load_complain(loader, "E052", tree->place, reading->path, "expect: fail | pass",
				 "%s has nothing to expect", type->name);
		return false;
	}
	if (!rh_load_scalar(loader, &value, key, tree,
			    rh_load_path(loader, reading->path, "expect")))
		return false;
	if (key->type == RH_KEY_TEXT)
		value.text = rh_load_keep(loader, value.text);
	rh_value_store(&value, key, reading->assertion->params);
	return true;
}

static bool load_type(const struct reading *reading, const char *written)
{
	struct rh_loader *loader = reading->loader;
	const struct rh_registry *registry = loader->registry;
	struct rh_plan_assertion *assertion = reading->assertion;
	const struct rh_tree *with = reading->in.with;
	const char *names[RH_REGISTRY_MAX];

	assertion->type = rh_registry_assertion(registry, written);
	if (assertion->type == NULL)
		assertion->type =
			rh_registry_assertion(registry, canonical_type(written, reading->expect));
	else if (is_given(reading->expect) && canonical_type(written, reading->expect) != written)
		assertion->type =
			rh_registry_assertion(registry, canonical_type(written, reading->expect));
	if (assertion->type != NULL) {
		assertion->params = rh_load_params(
			loader, with, with != NULL ? with->place : reading->tree->place,
			rh_load_path(loader, reading->path, "with"), assertion->type->keys,
			assertion->type->params_size);
		return assertion->params != NULL && set_expect(reading);
	}
	for (uint32_t i = 0; i < registry->assertion_count; i++)
		names[i] = registry->assertions[i]->name;
	rh_load_complain(loader, "E040", place_of(reading, "type"), reading->path,
			 rh_load_hint(loader, written, names, registry->assertion_count,
				      "`rehearse list checks` shows them"),
			 "no assertion type is called \"%.60s\"", written);
	return false;
}

/* ---- windows --------------------------------------------------------------------------------- */

static bool find_step(const struct reading *reading, uint32_t *step, const char *key,
		      const char *name)
{
	const struct rh_plan *plan = reading->loader->plan;
	const char *names[64];
	uint32_t count = plan->step_count < 64 ? plan->step_count : 64;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (strcmp(plan->steps[i].name, name) == 0) {
			*step = i;
			return true;
		}
	}
	for (uint32_t i = 0; i < count; i++)
		names[i] = plan->steps[i].name;
	rh_load_complain(reading->loader, "E102", place_of(reading, key), reading->path,
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

	if (is_given(reading->in.during))
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
		rh_load_complain(reading->loader, "E051", place_of(reading, "until"), reading->path,
				 NULL, "`within` and `until` exclude each other");
	if (strcmp(reading->in.until, "end") == 0)
		assertion->until_ns = reading->loader->plan->duration_ns;
	else if (read_span(reading, &span_ns, reading->in.until))
		assertion->until_ns = reading->scope.start_ns + span_ns;
	else
		rh_load_complain(reading->loader, "E030", place_of(reading, "until"), reading->path,
				 "a duration from the start of the phase, or `end` (of the run)",
				 "\"%.60s\" is no time to look until", reading->in.until);
}

/* A window that a step opens: both times count from there. */
static void set_after_step(const struct reading *reading, bool has_within)
{
	struct rh_plan_assertion *assertion = reading->assertion;
	bool has_deadline = has_within || assertion->mode == RH_MODE_EVENTUALLY;

	if (!find_step(reading, &assertion->after, "after", reading->in.after))
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

	if (!find_step(reading, &assertion->during, "during", reading->in.during))
		return;
	if (!plan->steps[assertion->during].type->is_fault)
		rh_load_complain(reading->loader, "E102", place_of(reading, "during"),
				 reading->path, NULL, "step \"%.80s\" is not a fault",
				 plan->steps[assertion->during].name);
	if (has_key(reading, "within") || has_key(reading, "until"))
		rh_load_complain(
			reading->loader, "E051", place_of(reading, "during"), reading->path, NULL,
			"`during` is a window of its own: `within` and `until` exclude it");
	assertion->from_ns = 0;
	assertion->until_ns = RH_TIME_NEVER;
}

static void set_window(const struct reading *reading)
{
	struct rh_plan_assertion *assertion = reading->assertion;
	const struct rh_in_assertion *in = &reading->in;
	bool has_within = has_key(reading, "within");
	bool is_check = reading->scope.role == RH_ROLE_CHECK;
	uint64_t shift_ns = 0;

	assertion->mode = has_key(reading, "mode") ? (enum rh_assert_mode)in->mode
						   : default_mode(reading, has_within);
	if (is_given(in->after) && !read_span(reading, &shift_ns, in->after)) {
		set_after_step(reading, has_within);
		return;
	}
	if (is_given(in->during)) {
		set_during(reading);
		return;
	}
	assertion->from_ns = reading->scope.start_ns + shift_ns;
	assertion->until_ns = reading->scope.end_ns;
	if (assertion->mode == RH_MODE_SOMETIMES || assertion->mode == RH_MODE_FINAL)
		assertion->until_ns = reading->loader->plan->duration_ns;
	if (is_given(in->until))
		set_until(reading, has_within);
	else if (has_within && assertion->mode == RH_MODE_FINAL)
		assertion->until_ns += in->within_ns;
	else if (has_within)
		assertion->until_ns = assertion->from_ns + in->within_ns;
	else if (!has_key(reading, "mode") && assertion->mode == RH_MODE_EVENTUALLY && is_check)
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

static void set_quorum(const struct reading *reading)
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

	if (!is_given(text) || strcmp(text, "all") == 0)
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
		rh_load_complain(reading->loader, "E105", place_of(reading, "quorum"),
				 reading->path, "all, any, majority, a number of nodes, or a share",
				 "\"%.60s\" is no quorum", text);
	if (assertion->quorum == RH_QUORUM_COUNT &&
	    (assertion->quorum_count > nodes || assertion->quorum_count == 0))
		rh_load_complain(reading->loader, "E105", place_of(reading, "quorum"),
				 reading->path, NULL, "a quorum of %u among %u nodes",
				 assertion->quorum_count, nodes);
}

static void set_severity(const struct reading *reading)
{
	/* critical|warn|low|medium|high|extreme|chaos */
	static const enum rh_severity severities[] = {
		RH_SEVERITY_LOW,  RH_SEVERITY_LOW,     RH_SEVERITY_LOW,	    RH_SEVERITY_MEDIUM,
		RH_SEVERITY_HIGH, RH_SEVERITY_EXTREME, RH_SEVERITY_EXTREME,
	};

	if (!has_key(reading, "severity"))
		return;
	reading->assertion->is_warning = reading->in.severity == 1;
	reading->assertion->severity = severities[reading->in.severity];
}

static void set_hold(const struct reading *reading)
{
	enum rh_assert_mode mode = reading->assertion->mode;

	reading->assertion->hold_ns = reading->in.for_ns;
	if (reading->in.for_ns != 0 && mode != RH_MODE_EVENTUALLY && mode != RH_MODE_SOMETIMES)
		rh_load_complain(reading->loader, "E052", place_of(reading, "for"), reading->path,
				 "always holds through its window", "`for` belongs to eventually");
}

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
	bool has_that = is_given(reading->in.that);
	bool has_type = is_given(reading->in.type);
	const char *change = is_given(reading->in.increased_by) ? "increasedBy"
			     : is_given(reading->in.tolerance)	? "tolerance"
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
	if (has_that && is_given(reading->expect)) {
		rh_load_complain(reading->loader, "E052", place_of(reading, "expect"),
				 reading->path, "expect: fail | pass",
				 "\"%.60s\" is nothing that a sentence can expect",
				 reading->expect);
		return false;
	}
	if (has_type && change != NULL) {
		rh_load_complain(reading->loader, "E052", place_of(reading, change), reading->path,
				 "types have it under `with`", "`%s` belongs to a sentence",
				 change);
		return false;
	}
	return true;
}

/* ---- one assertion --------------------------------------------------------------------------- */

/* What a report calls it when it has no name. */
static const char *text_of(const struct reading *reading)
{
	if (is_given(reading->in.increased_by))
		return rh_arena_printf(&reading->loader->plan->arena, "%s increased by %s",
				       reading->in.that, reading->in.increased_by);
	if (is_given(reading->in.tolerance))
		return rh_arena_printf(&reading->loader->plan->arena, "%s, tolerance %s",
				       reading->in.that, reading->in.tolerance);
	if (is_given(reading->in.that))
		return rh_load_keep(reading->loader, reading->in.that);
	if (is_given(reading->expect))
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
	set_quorum(reading);
	if (that != NULL ? !load_sentence(reading, that) : !load_type(reading, reading->in.type))
		return;
	set_window(reading);
	set_hold(reading);
	set_severity(reading);
	if (is_given(reading->in.since) &&
	    !find_step(reading, &assertion->since, "since", reading->in.since))
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
	if (!check_form(&reading))
		return;
	assertion->role = scope->role;
	assertion->phase = scope->phase;
	assertion->weight = (uint32_t)reading.in.weight;
	assertion->text = text_of(&reading);
	assertion->name =
		is_given(reading.in.name) ? rh_load_keep(loader, reading.in.name) : assertion->text;
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
	set_quorum(&reading);
	if (!load_sentence(&reading, rh_load_key(loader, tree, "alert", "that")))
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
	    !load_sentence(&reading, condition->tree))
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
			place = place_in(written->tree, fault.offset, fault.len);
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
		for (uint32_t i = 0; i < list_count(monitors.alerts); i++)
			load_alert(loader, monitors.alerts->items[i],
				   rh_load_path_at(loader, "monitors.alerts", i));
	}
	load_conditions(loader);
	for (uint32_t i = 0; plan->model != NULL && i < plan->assertion_count; i++)
		bind_one(loader, i);
}
