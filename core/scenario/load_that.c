/*
 * load_that.c - what a check asks: its sentence as one gauge and a number or as an expression, or a
 * named type with its parameters, in the spellings of the source systems too.
 */
#include <string.h>

#include "core/scenario/formula.h"
#include "core/scenario/reading.h"
#include "core/scenario/services.h"
#include "core/scenario/that.h"

/* ---- sentences ------------------------------------------------------------------------------- */

struct rh_place reading_place_in(const struct rh_tree *tree, size_t offset, size_t len)
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

	if (reading_is_given(reading->in.increased_by)) {
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
	rh_load_complain(reading->loader, fault->code,
			 reading_place_in(tree, fault->offset, fault->len), reading->path,
			 fault->hint[0] != 0 ? fault->hint : NULL, "%s", fault->text);
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
	if (reading_is_given(reading->in.increased_by) || reading_is_given(reading->in.tolerance)) {
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
	rh_load_complain(reading->loader, "E050", reading_place_in(that, offset, len),
			 reading->path, colon != NULL ? colon + 2 : NULL, "%s", err->text);
	return false;
}

/*
 * `that:` as one gauge and a number where it is that, else as an expression.  A mistake is told in the
 * words of the form that it looks like.
 */
bool reading_sentence(const struct reading *reading, const struct rh_tree *that)
{
	struct rh_loader *loader = reading->loader;
	struct rh_plan_assertion *assertion = reading->assertion;
	struct rh_that *params = RH_ARENA_NEW(&loader->plan->arena, struct rh_that);
	bool is_plain = !reading_is_given(reading->in.increased_by) &&
			!reading_is_given(reading->in.tolerance);
	struct rh_err err = {0};
	size_t offset = 0, len = 0;

	assertion->type = rh_registry_assertion(loader->registry, "gauge");
	if (assertion->type == NULL) {
		rh_load_complain(loader, "E040", that->place, reading->path, NULL,
				 "sentences need the assertion type \"gauge\", which this build "
				 "does not have");
		return false;
	}
	if (rh_load_is_without_network(loader)) {
		rh_load_missing_network(loader, "a sentence speaks of nodes");
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

/* What other systems call a type. */
static const struct {
	const char *type;
	const char *expect; /* NULL: whatever is expected */
	const char *is;
} other_types[] = {
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

const char *rh_check_other_name(uint32_t index, const char **is)
{
	if (index >= RH_ARRAY_LEN(other_types))
		return NULL;
	*is = other_types[index].is;
	return other_types[index].type;
}

static const char *canonical_type(const char *written, const char *expect)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(other_types); i++) {
		if (strcmp(other_types[i].type, written) == 0 &&
		    (other_types[i].expect == NULL || strcmp(other_types[i].expect, expect) == 0))
			return other_types[i].is;
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

	if (!reading_is_given(reading->expect) || is_said_by_type(reading->expect))
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

bool reading_type(const struct reading *reading, const char *written)
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
	else if (reading_is_given(reading->expect) &&
		 canonical_type(written, reading->expect) != written)
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
	rh_load_complain(loader, "E040", reading_place(reading, "type"), reading->path,
			 rh_load_hint(loader, written, names, registry->assertion_count,
				      "`rehearse list checks` shows them"),
			 "no assertion type is called \"%.60s\"", written);
	return false;
}
