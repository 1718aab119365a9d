/*
 * expr_eval.c - what an expression is worth.
 *
 * A walk over the tree, whose height the parser has bounded.  Both sides of an operator are looked at
 * before "unknown" is answered, so a fault is told even where a value is still missing; only `&&`,
 * `||` and `? :` leave out what can no longer matter.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/expr.h"

#define WORDS_MAX 512

enum rh_expr_answer rh_expr_fail(struct rh_expr_fault *fault, const char *code,
				 const struct rh_expr *expr, const char *fmt, ...)
{
	va_list args;

	fault->code = code;
	fault->offset = expr->offset;
	fault->len = expr->len;
	fault->hint[0] = 0;
	va_start(args, fmt);
	vsnprintf(fault->text, sizeof(fault->text), fmt, args);
	va_end(args);
	return RH_EXPR_FAULT;
}

static enum rh_expr_answer fail_hint(struct rh_expr_fault *fault, const char *code,
				     const struct rh_expr *expr, const char *hint, const char *text)
{
	rh_expr_fail(fault, code, expr, "%s", text);
	snprintf(fault->hint, sizeof(fault->hint), "%s", hint);
	return RH_EXPR_FAULT;
}

static void set_bool(struct rh_expr_value *out, bool is_true)
{
	*out = (struct rh_expr_value){.type = RH_EXPR_BOOL, .number = {is_true, 1}};
}

/* What has a unit and can be added and ordered. */
static bool is_quantity(enum rh_expr_type type)
{
	switch (type) {
	case RH_EXPR_NUMBER:
	case RH_EXPR_DURATION:
	case RH_EXPR_SIZE:
	case RH_EXPR_RATE:
	case RH_EXPR_PACE:
		return true;
	case RH_EXPR_BOOL:
	case RH_EXPR_ID:
	case RH_EXPR_TEXT:
	case RH_EXPR_LIST:
		return false;
	}
	return false;
}

static bool is_zero(const struct rh_expr *expr)
{
	return expr->op == RH_EXPR_LITERAL && expr->value.type == RH_EXPR_NUMBER &&
	       expr->value.number.num == 0;
}

/* A bare 0 has the unit of what it meets. */
static void adopt_zero(struct rh_expr_value values[2], const struct rh_expr *expr)
{
	for (uint32_t i = 0; i < 2; i++) {
		if (is_zero(expr->args[i]) && is_quantity(values[1 - i].type))
			values[i].type = values[1 - i].type;
	}
}

static const char *op_text(enum rh_expr_op op)
{
	static const char *const texts[] = {
		[RH_EXPR_NOT] = "!", [RH_EXPR_NEGATE] = "-", [RH_EXPR_MUL] = "*",
		[RH_EXPR_DIV] = "/", [RH_EXPR_MOD] = "%",    [RH_EXPR_ADD] = "+",
		[RH_EXPR_SUB] = "-", [RH_EXPR_EQ] = "==",    [RH_EXPR_NE] = "!=",
		[RH_EXPR_LT] = "<",  [RH_EXPR_LE] = "<=",    [RH_EXPR_GT] = ">",
		[RH_EXPR_GE] = ">=", [RH_EXPR_AND] = "&&",   [RH_EXPR_OR] = "||",
	};

	return op < RH_ARRAY_LEN(texts) && texts[op] != NULL ? texts[op] : "?";
}

static enum rh_expr_answer fail_pair(struct rh_expr_fault *fault, const struct rh_expr *expr,
				     const struct rh_expr_value values[2])
{
	enum rh_expr_type a = values[0].type;
	enum rh_expr_type b = values[1].type;
	const char *hint = "";

	if (expr->op != RH_EXPR_DIV && ((a == RH_EXPR_DURATION && b == RH_EXPR_NUMBER) ||
					(a == RH_EXPR_NUMBER && b == RH_EXPR_DURATION)))
		hint = "give the number a unit: 10s, 5m, 3 slots";
	else if (expr->op == RH_EXPR_ADD && (a == RH_EXPR_TEXT || b == RH_EXPR_TEXT))
		hint = "texts are put together as \"${a}${b}\"";
	rh_expr_fail(fault, "E064", expr, "%s and %s do not go together with %s",
		     rh_expr_type_text(a), rh_expr_type_text(b), op_text(expr->op));
	snprintf(fault->hint, sizeof(fault->hint), "%s", hint);
	return RH_EXPR_FAULT;
}

static enum rh_expr_answer fail_range(struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	return fail_hint(fault, "E065", expr, "",
			 "the result does not fit: a fraction of two 64-bit numbers");
}

/* ---- operators ------------------------------------------------------------------------------- */

static int64_t floor_quotient(struct rh_rational number)
{
	int64_t quotient = number.num / number.den;

	return quotient - (number.num % number.den < 0);
}

static enum rh_expr_answer eval_product(struct rh_expr_value *out, struct rh_expr_fault *fault,
					const struct rh_expr *expr, struct rh_expr_value values[2])
{
	bool is_same = values[0].type == values[1].type;
	struct rh_rational quotient;
	struct rh_rational whole;

	if (!is_quantity(values[0].type) || !is_quantity(values[1].type))
		return fail_pair(fault, expr, values);
	if (expr->op != RH_EXPR_MUL && values[1].number.num == 0)
		return fail_hint(fault, "E065", expr->args[1], "", "this divides by zero");
	if (expr->op == RH_EXPR_MUL) {
		if (values[0].type != RH_EXPR_NUMBER && values[1].type != RH_EXPR_NUMBER)
			return fail_pair(fault, expr, values);
		out->type = values[0].type != RH_EXPR_NUMBER ? values[0].type : values[1].type;
		return rh_rational_mul(&out->number, values[0].number, values[1].number)
			       ? RH_EXPR_OK
			       : fail_range(fault, expr);
	}
	if (!is_same && (expr->op == RH_EXPR_MOD || values[1].type != RH_EXPR_NUMBER))
		return fail_pair(fault, expr, values);
	if (!rh_rational_div(&quotient, values[0].number, values[1].number))
		return fail_range(fault, expr);
	if (expr->op == RH_EXPR_DIV) {
		out->type = is_same ? RH_EXPR_NUMBER : values[0].type;
		out->number = quotient;
		return RH_EXPR_OK;
	}
	/* a - b * floor(a / b): the rest has the sign of the divisor. */
	out->type = values[0].type;
	whole = (struct rh_rational){floor_quotient(quotient), 1};
	if (!rh_rational_mul(&whole, whole, values[1].number) ||
	    !rh_rational_sub(&out->number, values[0].number, whole))
		return fail_range(fault, expr);
	return RH_EXPR_OK;
}

static enum rh_expr_answer eval_sum(struct rh_expr_value *out, struct rh_expr_fault *fault,
				    const struct rh_expr *expr, struct rh_expr_value values[2])
{
	bool is_good;

	adopt_zero(values, expr);
	if (values[0].type != values[1].type || !is_quantity(values[0].type))
		return fail_pair(fault, expr, values);
	out->type = values[0].type;
	is_good = expr->op == RH_EXPR_ADD
			  ? rh_rational_add(&out->number, values[0].number, values[1].number)
			  : rh_rational_sub(&out->number, values[0].number, values[1].number);
	return is_good ? RH_EXPR_OK : fail_range(fault, expr);
}

bool rh_expr_value_equal(const struct rh_expr_value *a, const struct rh_expr_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case RH_EXPR_TEXT:
		return strcmp(a->text, b->text) == 0;
	case RH_EXPR_LIST:
		if (a->count != b->count)
			return false;
		/* Lists hold no lists that the parser did not bound (compose.h's levels). */
		for (uint32_t i = 0; i < a->count; i++) {
			if (!rh_expr_value_equal(&a->items[i], &b->items[i]))
				return false;
		}
		return true;
	case RH_EXPR_NUMBER:
	case RH_EXPR_BOOL:
	case RH_EXPR_DURATION:
	case RH_EXPR_SIZE:
	case RH_EXPR_RATE:
	case RH_EXPR_PACE:
	case RH_EXPR_ID:
		return a->number.num == b->number.num && a->number.den == b->number.den;
	}
	return false;
}

static enum rh_expr_answer eval_compare(struct rh_expr_value *out, struct rh_expr_fault *fault,
					const struct rh_expr *expr, struct rh_expr_value values[2])
{
	bool is_equality = expr->op == RH_EXPR_EQ || expr->op == RH_EXPR_NE;
	int order;

	adopt_zero(values, expr);
	/* An id may be written as a number: 0x1f. */
	for (uint32_t i = 0; i < 2; i++) {
		if (values[i].type == RH_EXPR_NUMBER && values[1 - i].type == RH_EXPR_ID &&
		    values[i].number.den == 1)
			values[i].type = RH_EXPR_ID;
	}
	if (values[0].type != values[1].type || (!is_equality && !is_quantity(values[0].type)))
		return fail_pair(fault, expr, values);
	if (is_equality) {
		set_bool(out,
			 rh_expr_value_equal(&values[0], &values[1]) == (expr->op == RH_EXPR_EQ));
		return RH_EXPR_OK;
	}
	order = rh_rational_compare(values[0].number, values[1].number);
	set_bool(out, expr->op == RH_EXPR_LT   ? order < 0
		      : expr->op == RH_EXPR_LE ? order <= 0
		      : expr->op == RH_EXPR_GT ? order > 0
					       : order >= 0);
	return RH_EXPR_OK;
}

/* Evaluates an operand of the logic: OK means that it is true or false. */
static enum rh_expr_answer eval_truth(struct rh_expr_value *out, struct rh_expr_fault *fault,
				      const struct rh_expr *expr, const struct rh_expr_scope *scope)
{
	enum rh_expr_answer answer = rh_expr_eval(out, fault, expr, scope);

	if (answer == RH_EXPR_OK && out->type != RH_EXPR_BOOL) {
		rh_expr_fail(fault, "E064", expr, "true or false was expected here, not %s",
			     rh_expr_type_text(out->type));
		snprintf(fault->hint, sizeof(fault->hint), "write a comparison, for example x > 0");
		return RH_EXPR_FAULT;
	}
	return answer;
}

/* Three values: what decides alone decides even beside an unknown. */
static enum rh_expr_answer eval_logic(struct rh_expr_value *out, struct rh_expr_fault *fault,
				      const struct rh_expr *expr, const struct rh_expr_scope *scope)
{
	bool decides = expr->op == RH_EXPR_OR; /* true decides ||, false decides && */
	enum rh_expr_answer left = eval_truth(out, fault, expr->args[0], scope);
	enum rh_expr_answer right;

	if (left == RH_EXPR_FAULT || (left == RH_EXPR_OK && (out->number.num != 0) == decides))
		return left;
	right = eval_truth(out, fault, expr->args[1], scope);
	if (right == RH_EXPR_OK && (out->number.num != 0) != decides && left == RH_EXPR_UNKNOWN)
		return RH_EXPR_UNKNOWN;
	return right;
}

static enum rh_expr_answer eval_choice(struct rh_expr_value *out, struct rh_expr_fault *fault,
				       const struct rh_expr *expr,
				       const struct rh_expr_scope *scope)
{
	enum rh_expr_answer answer = eval_truth(out, fault, expr->args[0], scope);

	if (answer != RH_EXPR_OK)
		return answer;
	return rh_expr_eval(out, fault, expr->args[out->number.num != 0 ? 1 : 2], scope);
}

static enum rh_expr_answer eval_pair(struct rh_expr_value *out, struct rh_expr_fault *fault,
				     const struct rh_expr *expr, const struct rh_expr_scope *scope)
{
	struct rh_expr_value values[2];
	enum rh_expr_answer answers[2];

	for (uint32_t i = 0; i < 2; i++) {
		answers[i] = rh_expr_eval(&values[i], fault, expr->args[i], scope);
		if (answers[i] == RH_EXPR_FAULT)
			return RH_EXPR_FAULT;
	}
	if (answers[0] == RH_EXPR_UNKNOWN || answers[1] == RH_EXPR_UNKNOWN)
		return RH_EXPR_UNKNOWN;
	if (expr->op == RH_EXPR_MUL || expr->op == RH_EXPR_DIV || expr->op == RH_EXPR_MOD)
		return eval_product(out, fault, expr, values);
	if (expr->op == RH_EXPR_ADD || expr->op == RH_EXPR_SUB)
		return eval_sum(out, fault, expr, values);
	return eval_compare(out, fault, expr, values);
}

static enum rh_expr_answer eval_sign(struct rh_expr_value *out, struct rh_expr_fault *fault,
				     const struct rh_expr *expr, const struct rh_expr_scope *scope)
{
	enum rh_expr_answer answer;

	if (expr->op == RH_EXPR_NOT) {
		answer = eval_truth(out, fault, expr->args[0], scope);
		if (answer == RH_EXPR_OK)
			set_bool(out, out->number.num == 0);
		return answer;
	}
	answer = rh_expr_eval(out, fault, expr->args[0], scope);
	if (answer != RH_EXPR_OK)
		return answer;
	if (!is_quantity(out->type))
		return rh_expr_fail(fault, "E064", expr, "%s has no sign",
				    rh_expr_type_text(out->type));
	RH_ASSERT(out->number.num != INT64_MIN);
	out->number.num = -out->number.num;
	return RH_EXPR_OK;
}

/* ---- functions ------------------------------------------------------------------------------- */

/* A call with its arguments evaluated. */
struct call {
	const struct rh_expr *expr;
	const struct rh_expr_scope *scope;
	struct rh_expr_fault *fault;
	struct rh_expr_value *args;
	struct rh_expr_value few[4]; /* where they stand when there are no more */
};

/* The numbers of min, max, avg: the arguments, or the items of the one list. */
static enum rh_expr_answer items_of(const struct call *call, const struct rh_expr_value **items,
				    uint32_t *count)
{
	*items = call->args;
	*count = call->expr->arg_count;
	if (*count == 1 && call->args[0].type == RH_EXPR_LIST) {
		*items = call->args[0].items;
		*count = call->args[0].count;
	}
	if (*count == 0)
		return rh_expr_fail(call->fault, "E063", call->expr, "%s of nothing has no value",
				    call->expr->name);
	for (uint32_t i = 0; i < *count; i++) {
		if (!is_quantity((*items)[i].type))
			return rh_expr_fail(call->fault, "E064", call->expr,
					    "%s takes numbers, not %s", call->expr->name,
					    rh_expr_type_text((*items)[i].type));
		if ((*items)[i].type != (*items)[0].type)
			return rh_expr_fail(call->fault, "E064", call->expr,
					    "%s and %s do not go together in %s",
					    rh_expr_type_text((*items)[0].type),
					    rh_expr_type_text((*items)[i].type), call->expr->name);
	}
	return RH_EXPR_OK;
}

static enum rh_expr_answer call_least(struct rh_expr_value *out, const struct call *call)
{
	bool is_max = strcmp(call->expr->name, "max") == 0;
	const struct rh_expr_value *items;
	uint32_t count;
	enum rh_expr_answer answer = items_of(call, &items, &count);

	if (answer != RH_EXPR_OK)
		return answer;
	*out = items[0];
	for (uint32_t i = 1; i < count; i++) {
		int order = rh_rational_compare(items[i].number, out->number);

		if (is_max ? order > 0 : order < 0)
			*out = items[i];
	}
	return RH_EXPR_OK;
}

static enum rh_expr_answer call_avg(struct rh_expr_value *out, const struct call *call)
{
	const struct rh_expr_value *items;
	uint32_t count;
	enum rh_expr_answer answer = items_of(call, &items, &count);
	bool is_good = true;

	if (answer != RH_EXPR_OK)
		return answer;
	*out = items[0];
	for (uint32_t i = 1; i < count && is_good; i++)
		is_good = rh_rational_add(&out->number, out->number, items[i].number);
	is_good = is_good &&
		  rh_rational_div(&out->number, out->number, (struct rh_rational){count, 1});
	return is_good ? RH_EXPR_OK : fail_range(call->fault, call->expr);
}

static enum rh_expr_answer call_abs(struct rh_expr_value *out, const struct call *call)
{
	*out = call->args[0];
	if (!is_quantity(out->type))
		return rh_expr_fail(call->fault, "E064", call->expr, "abs takes a number, not %s",
				    rh_expr_type_text(out->type));
	if (out->number.num < 0)
		out->number.num = -out->number.num;
	return RH_EXPR_OK;
}

/* round, floor and ceil: to a whole number (of ns, bytes, ...), or to a multiple of the second. */
static enum rh_expr_answer call_round(struct rh_expr_value *out, const struct call *call)
{
	const char *name = call->expr->name;
	struct rh_rational unit = {1, 1};
	struct rh_rational half = {1, 2};
	struct rh_rational number;

	*out = call->args[0];
	if (!is_quantity(out->type))
		return rh_expr_fail(call->fault, "E064", call->expr, "%s takes a number, not %s",
				    name, rh_expr_type_text(out->type));
	if (call->expr->arg_count == 2) {
		if (call->args[1].type != out->type || call->args[1].number.num <= 0)
			return rh_expr_fail(call->fault, "E064", call->expr->args[1],
					    "%s needs a step above zero with the unit of the value",
					    name);
		unit = call->args[1].number;
	}
	if (!rh_rational_div(&number, out->number, unit))
		return fail_range(call->fault, call->expr);
	if (strcmp(name, "ceil") == 0) {
		number.num = -number.num;
		number = (struct rh_rational){-floor_quotient(number), 1};
	} else if (strcmp(name, "floor") == 0) {
		number = (struct rh_rational){floor_quotient(number), 1};
	} else {
		/* half away from zero */
		bool is_negative = number.num < 0;

		if (is_negative)
			number.num = -number.num;
		if (!rh_rational_add(&number, number, half))
			return fail_range(call->fault, call->expr);
		number = (struct rh_rational){floor_quotient(number), 1};
		if (is_negative)
			number.num = -number.num;
	}
	if (!rh_rational_mul(&out->number, number, unit))
		return fail_range(call->fault, call->expr);
	return RH_EXPR_OK;
}

static enum rh_expr_answer call_len(struct rh_expr_value *out, const struct call *call)
{
	const struct rh_expr_value *value = &call->args[0];
	int64_t count = 0;

	if (value->type == RH_EXPR_LIST)
		count = value->count;
	else if (value->type == RH_EXPR_TEXT)
		for (const char *at = value->text; *at != 0; at++)
			count += ((uint8_t)*at & 0xC0) != 0x80;
	else
		return rh_expr_fail(call->fault, "E064", call->expr,
				    "len takes a list or a text, not %s",
				    rh_expr_type_text(value->type));
	*out = (struct rh_expr_value){.type = RH_EXPR_NUMBER, .number = {count, 1}};
	return RH_EXPR_OK;
}

/* How many slots or epochs a duration is. */
static enum rh_expr_answer call_slots(struct rh_expr_value *out, const struct call *call)
{
	bool is_epochs = strcmp(call->expr->name, "epochs") == 0;
	struct rh_slots slots = call->scope->slots;
	struct rh_rational unit = {(int64_t)slots.slot_ns, 1};

	if (call->args[0].type != RH_EXPR_DURATION)
		return rh_expr_fail(call->fault, "E064", call->expr->args[0],
				    "%s takes a duration, not %s", call->expr->name,
				    rh_expr_type_text(call->args[0].type));
	if (slots.slot_ns == 0 || (is_epochs && slots.slots_per_epoch == 0)) {
		rh_expr_fail(call->fault, "E035", call->expr,
			     "%s(...) needs to know how long %s is", call->expr->name,
			     is_epochs ? "an epoch" : "a slot");
		snprintf(call->fault->hint, sizeof(call->fault->hint), "give spec.clock.%s",
			 slots.slot_ns == 0 ? "slot" : "slotsPerEpoch");
		return RH_EXPR_FAULT;
	}
	out->type = RH_EXPR_NUMBER;
	if (is_epochs &&
	    !rh_rational_mul(&unit, unit, (struct rh_rational){(int64_t)slots.slots_per_epoch, 1}))
		return fail_range(call->fault, call->expr);
	if (!rh_rational_div(&out->number, call->args[0].number, unit))
		return fail_range(call->fault, call->expr);
	return RH_EXPR_OK;
}

/* A text such as "10m", from the environment for example, as a duration. */
static enum rh_expr_answer call_duration(struct rh_expr_value *out, const struct call *call)
{
	static const struct rh_key key = {.name = "duration", .type = RH_KEY_DURATION};
	struct rh_value_fault why;
	struct rh_value value;

	*out = call->args[0];
	if (out->type == RH_EXPR_DURATION)
		return RH_EXPR_OK;
	if (out->type != RH_EXPR_TEXT) {
		rh_expr_fail(call->fault, "E064", call->expr->args[0],
			     "duration takes a text such as '10m', not %s",
			     rh_expr_type_text(out->type));
		snprintf(call->fault->hint, sizeof(call->fault->hint),
			 "a number becomes one by its unit: x * 1s");
		return RH_EXPR_FAULT;
	}
	if (!rh_value_read(&value, &why, &key, out->text, true, call->scope->slots)) {
		rh_expr_fail(call->fault, why.code, call->expr->args[0], "%s", why.text);
		snprintf(call->fault->hint, sizeof(call->fault->hint), "%s", why.hint);
		return RH_EXPR_FAULT;
	}
	*out = (struct rh_expr_value){.type = RH_EXPR_DURATION,
				      .number = {(int64_t)value.number, 1}};
	return RH_EXPR_OK;
}

static const struct function {
	const char *name;
	uint32_t args_min;
	uint32_t args_max;
	enum rh_expr_answer (*call)(struct rh_expr_value *out, const struct call *call);
} functions[] = {
	{"min", 1, 64, call_least},	   {"max", 1, 64, call_least},
	{"avg", 1, 64, call_avg},	   {"abs", 1, 1, call_abs},
	{"round", 1, 2, call_round},	   {"floor", 1, 2, call_round},
	{"ceil", 1, 2, call_round},	   {"len", 1, 1, call_len},
	{"slots", 1, 1, call_slots},	   {"epochs", 1, 1, call_slots},
	{"duration", 1, 1, call_duration},
};

/* ---- names ----------------------------------------------------------------------------------- */

/* "params.n-1" where params.n is a name: a minus without a space. */
static bool is_difference(const char *name, const char *const *words, size_t count)
{
	const char *dash = strrchr(name, '-');
	size_t len = dash != NULL ? (size_t)(dash - name) : 0;

	for (size_t i = 0; i < count && len != 0; i++) {
		if (strncmp(words[i], name, len) == 0 && words[i][len] == 0)
			return true;
	}
	return false;
}

static enum rh_expr_answer fail_name(struct rh_expr_fault *fault, const struct rh_expr *expr,
				     const struct rh_expr_scope *scope)
{
	const char *words[WORDS_MAX];
	bool is_call = expr->op == RH_EXPR_CALL;
	size_t count = 0;
	const char *near;

	for (; count < scope->word_count && count < WORDS_MAX - RH_ARRAY_LEN(functions); count++)
		words[count] = scope->words[count];
	for (size_t i = 0; is_call && i < RH_ARRAY_LEN(functions); i++)
		words[count++] = functions[i].name;
	rh_expr_fail(fault, is_call ? "E063" : "E062", expr, "no %s is called \"%.80s\" here",
		     is_call ? "function" : "name", expr->name);
	if (is_call)
		fault->len = (uint32_t)strlen(expr->name);
	near = rh_suggest(expr->name, words, count);
	if (near != NULL && !is_difference(expr->name, words, count))
		snprintf(fault->hint, sizeof(fault->hint), "did you mean \"%.60s\"?", near);
	else if (strchr(expr->name, '-') != NULL)
		snprintf(fault->hint, sizeof(fault->hint),
			 "a minus between names needs a space: a - b");
	return RH_EXPR_FAULT;
}

static enum rh_expr_answer eval_name(struct rh_expr_value *out, struct rh_expr_fault *fault,
				     const struct rh_expr *expr, const struct rh_expr_scope *scope)
{
	enum rh_expr_answer answer = RH_EXPR_NOT_MINE;

	if (scope->name != NULL)
		answer = scope->name(scope->ctx, out, fault, expr);
	return answer == RH_EXPR_NOT_MINE ? fail_name(fault, expr, scope) : answer;
}

/* A function of our own: its arguments first, whatever it is. */
static enum rh_expr_answer call_own(struct rh_expr_value *out, struct rh_expr_fault *fault,
				    const struct rh_expr *expr, const struct rh_expr_scope *scope,
				    const struct function *function)
{
	struct call call = {.expr = expr, .scope = scope, .fault = fault};
	bool is_unknown = false;

	if (expr->arg_count < function->args_min || expr->arg_count > function->args_max)
		return rh_expr_fail(fault, "E063", expr, "%s takes %s", function->name,
				    function->args_max == 1   ? "one argument"
				    : function->args_max == 2 ? "one or two arguments"
							      : "at least one argument");
	call.args = expr->arg_count <= RH_ARRAY_LEN(call.few)
			    ? call.few
			    : RH_ARENA_ARRAY(scope->arena, expr->arg_count, struct rh_expr_value);
	for (uint32_t i = 0; i < expr->arg_count; i++) {
		enum rh_expr_answer answer;

		if (expr->arg_names[i] != NULL)
			return rh_expr_fail(fault, "E063", expr,
					    "%s takes no argument by name (\"%.60s\")",
					    function->name, expr->arg_names[i]);
		answer = rh_expr_eval(&call.args[i], fault, expr->args[i], scope);
		if (answer == RH_EXPR_FAULT)
			return answer;
		is_unknown |= answer == RH_EXPR_UNKNOWN;
	}
	return is_unknown ? RH_EXPR_UNKNOWN : function->call(out, &call);
}

static enum rh_expr_answer eval_call(struct rh_expr_value *out, struct rh_expr_fault *fault,
				     const struct rh_expr *expr, const struct rh_expr_scope *scope)
{
	enum rh_expr_answer answer = RH_EXPR_NOT_MINE;

	if (scope->call != NULL)
		answer = scope->call(scope->ctx, out, fault, expr);
	if (answer != RH_EXPR_NOT_MINE)
		return answer;
	for (size_t i = 0; i < RH_ARRAY_LEN(functions); i++) {
		if (strcmp(functions[i].name, expr->name) == 0)
			return call_own(out, fault, expr, scope, &functions[i]);
	}
	return fail_name(fault, expr, scope);
}

enum rh_expr_answer rh_expr_eval(struct rh_expr_value *out, struct rh_expr_fault *fault,
				 const struct rh_expr *expr, const struct rh_expr_scope *scope)
{
	*out = (struct rh_expr_value){.number = {0, 1}};
	switch (expr->op) {
	case RH_EXPR_LITERAL:
		*out = expr->value;
		return RH_EXPR_OK;
	case RH_EXPR_NAME:
		return eval_name(out, fault, expr, scope);
	case RH_EXPR_CALL:
		return eval_call(out, fault, expr, scope);
	case RH_EXPR_NOT:
	case RH_EXPR_NEGATE:
		return eval_sign(out, fault, expr, scope);
	case RH_EXPR_MUL:
	case RH_EXPR_DIV:
	case RH_EXPR_MOD:
	case RH_EXPR_ADD:
	case RH_EXPR_SUB:
	case RH_EXPR_EQ:
	case RH_EXPR_NE:
	case RH_EXPR_LT:
	case RH_EXPR_LE:
	case RH_EXPR_GT:
	case RH_EXPR_GE:
		return eval_pair(out, fault, expr, scope);
	case RH_EXPR_AND:
	case RH_EXPR_OR:
		return eval_logic(out, fault, expr, scope);
	case RH_EXPR_CHOICE:
		return eval_choice(out, fault, expr, scope);
	}
	return RH_EXPR_FAULT;
}
