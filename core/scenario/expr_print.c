/*
 * expr_print.c - expressions and their values as text: brackets where they are needed and nowhere else,
 * units as one would write them.  What is printed for a tree reads back as the same tree.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/expr.h"

#define DECIMALS_MAX 18
#define PACE_NS_MAX  (24 * RH_NS_PER_HOUR) /* the longest unit of paces: any other divides it */

const char *rh_expr_type_text(enum rh_expr_type type)
{
	switch (type) {
	case RH_EXPR_NUMBER:
		return "a number";
	case RH_EXPR_BOOL:
		return "a truth value";
	case RH_EXPR_DURATION:
		return "a duration";
	case RH_EXPR_SIZE:
		return "a size";
	case RH_EXPR_RATE:
		return "a rate";
	case RH_EXPR_PACE:
		return "a number a second";
	case RH_EXPR_ID:
		return "an id";
	case RH_EXPR_TEXT:
		return "a text";
	case RH_EXPR_LIST:
		return "a list";
	}
	return "?";
}

/* The decimal form: how many digits stand behind the point, or -1 when it has none. */
static int decimals_of(struct rh_rational number)
{
	int64_t den = number.den;
	int twos = 0;
	int fives = 0;

	for (; den % 2 == 0; den /= 2)
		twos++;
	for (; den % 5 == 0; den /= 5)
		fives++;
	if (den != 1)
		return -1;
	return twos > fives ? twos : fives;
}

static void print_number(struct rh_rational number, struct rh_buf *out)
{
	int decimals = decimals_of(number);
	uint64_t magnitude = number.num < 0 ? 0 - (uint64_t)number.num : (uint64_t)number.num;
	uint64_t den = (uint64_t)number.den;
	uint64_t rest = magnitude % den;

	if (decimals < 0 || decimals > DECIMALS_MAX) {
		rh_buf_printf(out, "%" PRId64 "/%" PRId64, number.num, number.den);
		return;
	}
	rh_buf_printf(out, "%s%" PRIu64, number.num < 0 ? "-" : "", magnitude / den);
	if (decimals > 0)
		rh_buf_u8(out, '.');
	for (; decimals > 0; decimals--) {
		unsigned __int128 ten = (unsigned __int128)rest * 10;

		rh_buf_u8(out, (uint8_t)('0' + (uint8_t)(ten / den)));
		rest = (uint64_t)(ten % den);
	}
}

bool rh_rational_is_decimal(struct rh_rational number)
{
	int decimals = decimals_of(number);

	return decimals >= 0 && decimals <= DECIMALS_MAX;
}

/* A whole number with the unit of a key type; parts of a unit as a fraction of the smallest. */
static void print_whole(struct rh_rational number, enum rh_key_type type, const char *smallest,
			struct rh_buf *out)
{
	struct rh_key key = {.name = "value", .type = type};
	struct rh_value value = {.number = (uint64_t)number.num};

	if (number.den != 1) {
		rh_buf_printf(out, "%" PRId64 "/%" PRId64 " %s", number.num, number.den, smallest);
		return;
	}
	if (number.num < 0 && type != RH_KEY_DURATION) {
		rh_buf_u8(out, '-');
		value.number = 0 - value.number;
	}
	if (type == RH_KEY_RATE && number.num == 0)
		rh_buf_text(out, "0bit");
	else
		rh_value_print(&value, &key, out);
}

/* Per second when that is a decimal, else per minute, hour or day, else as a fraction. */
static void print_pace(struct rh_rational number, struct rh_buf *out)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} units[] = {{"s", RH_NS_PER_SEC},
		     {"m", RH_NS_PER_MIN},
		     {"h", RH_NS_PER_HOUR},
		     {"d", PACE_NS_MAX},
		     {"ns", 1}};
	struct rh_rational scaled;

	for (size_t i = 0; i < RH_ARRAY_LEN(units); i++) {
		struct rh_rational ns = {(int64_t)units[i].ns, 1};

		if (!rh_rational_mul(&scaled, number, ns) || !rh_rational_is_decimal(scaled))
			continue;
		print_number(scaled, out);
		rh_buf_printf(out, "/%s", units[i].text);
		return;
	}
	print_number(number, out);
	rh_buf_text(out, "/ns");
}

bool rh_expr_value_is_exact(const struct rh_expr_value *value)
{
	struct rh_rational scaled;

	switch (value->type) {
	case RH_EXPR_NUMBER:
		return rh_rational_is_decimal(value->number);
	case RH_EXPR_DURATION:
	case RH_EXPR_SIZE:
	case RH_EXPR_RATE:
		return value->number.den == 1;
	case RH_EXPR_PACE:
		return rh_rational_mul(&scaled, value->number,
				       (struct rh_rational){(int64_t)PACE_NS_MAX, 1}) &&
		       rh_rational_is_decimal(scaled);
	case RH_EXPR_LIST:
		for (uint32_t i = 0; i < value->count; i++) {
			if (!rh_expr_value_is_exact(&value->items[i]))
				return false;
		}
		return true;
	case RH_EXPR_BOOL:
	case RH_EXPR_ID:
	case RH_EXPR_TEXT:
		return true;
	}
	return true;
}

void rh_expr_value_print(const struct rh_expr_value *value, struct rh_buf *out)
{
	switch (value->type) {
	case RH_EXPR_NUMBER:
		print_number(value->number, out);
		break;
	case RH_EXPR_BOOL:
		rh_buf_text(out, value->number.num != 0 ? "true" : "false");
		break;
	case RH_EXPR_DURATION:
		print_whole(value->number, RH_KEY_DURATION, "ns", out);
		break;
	case RH_EXPR_SIZE:
		print_whole(value->number, RH_KEY_SIZE, "B", out);
		break;
	case RH_EXPR_RATE:
		print_whole(value->number, RH_KEY_RATE, "bit", out);
		break;
	case RH_EXPR_PACE:
		print_pace(value->number, out);
		break;
	case RH_EXPR_ID:
		rh_buf_printf(out, "0x%" PRIx64, (uint64_t)value->number.num);
		break;
	case RH_EXPR_TEXT:
		rh_buf_text(out, value->text);
		break;
	case RH_EXPR_LIST:
		rh_buf_u8(out, '[');
		for (uint32_t i = 0; i < value->count; i++) {
			rh_buf_text(out, i != 0 ? ", " : "");
			rh_expr_value_print(&value->items[i], out);
		}
		rh_buf_u8(out, ']');
		break;
	}
}

/* ---- expressions ----------------------------------------------------------------------------- */

/* Higher binds tighter; the levels of the grammar in expr.h. */
static int level_of(enum rh_expr_op op)
{
	switch (op) {
	case RH_EXPR_CHOICE:
		return 0;
	case RH_EXPR_OR:
		return 1;
	case RH_EXPR_AND:
		return 2;
	case RH_EXPR_NOT:
		return 3;
	case RH_EXPR_EQ:
	case RH_EXPR_NE:
	case RH_EXPR_LT:
	case RH_EXPR_LE:
	case RH_EXPR_GT:
	case RH_EXPR_GE:
		return 4;
	case RH_EXPR_ADD:
	case RH_EXPR_SUB:
		return 5;
	case RH_EXPR_MUL:
	case RH_EXPR_DIV:
	case RH_EXPR_MOD:
		return 6;
	case RH_EXPR_NEGATE:
		return 7;
	case RH_EXPR_LITERAL:
	case RH_EXPR_NAME:
	case RH_EXPR_CALL:
		return 8;
	}
	return 8;
}

/* What a literal looks like binds like an operator when it has a sign or a fraction bar. */
static int literal_level(const struct rh_expr_value *value)
{
	bool is_number = value->type != RH_EXPR_TEXT && value->type != RH_EXPR_LIST &&
			 value->type != RH_EXPR_BOOL && value->type != RH_EXPR_ID;

	if (is_number && !rh_expr_value_is_exact(value))
		return 6;
	if (is_number && value->number.num < 0)
		return 7;
	return 8;
}

static void print_literal(const struct rh_expr_value *value, struct rh_buf *out)
{
	char quote = '\'';

	if (value->type == RH_EXPR_TEXT) {
		if (strchr(value->text, '\'') != NULL)
			quote = '"';
		rh_buf_u8(out, (uint8_t)quote);
		rh_buf_text(out, value->text);
		rh_buf_u8(out, (uint8_t)quote);
		return;
	}
	/* Parts of the smallest unit: a product that reads back. */
	if (value->number.den != 1 && value->type != RH_EXPR_NUMBER &&
	    value->type != RH_EXPR_LIST && value->type != RH_EXPR_PACE) {
		rh_buf_printf(out, "%" PRId64 "%s / %" PRId64, value->number.num,
			      value->type == RH_EXPR_DURATION ? "ns"
			      : value->type == RH_EXPR_SIZE   ? "B"
							      : "bit",
			      value->number.den);
		return;
	}
	/* So many a nanosecond, divided: the fraction alone would read as a division by a pace. */
	if (value->type == RH_EXPR_PACE && !rh_expr_value_is_exact(value)) {
		print_pace((struct rh_rational){value->number.num, 1}, out);
		rh_buf_printf(out, " / %" PRId64, value->number.den);
		return;
	}
	rh_expr_value_print(value, out);
}

static void print_at(const struct rh_expr *expr, int level, struct rh_buf *out);

static void print_call(const struct rh_expr *expr, struct rh_buf *out)
{
	rh_buf_printf(out, "%s(", expr->name);
	for (uint32_t i = 0; i < expr->arg_count; i++) {
		rh_buf_text(out, i != 0 ? ", " : "");
		if (expr->arg_names[i] != NULL)
			rh_buf_printf(out, "%s=", expr->arg_names[i]);
		print_at(expr->args[i], 0, out);
	}
	rh_buf_u8(out, ')');
}

static void print_pair(const struct rh_expr *expr, int level, struct rh_buf *out)
{
	static const char *const signs[] = {
		[RH_EXPR_MUL] = "*", [RH_EXPR_DIV] = "/", [RH_EXPR_MOD] = "%", [RH_EXPR_ADD] = "+",
		[RH_EXPR_SUB] = "-", [RH_EXPR_EQ] = "==", [RH_EXPR_NE] = "!=", [RH_EXPR_LT] = "<",
		[RH_EXPR_LE] = "<=", [RH_EXPR_GT] = ">",  [RH_EXPR_GE] = ">=", [RH_EXPR_AND] = "&&",
		[RH_EXPR_OR] = "||",
	};
	bool is_compare = level == 4;

	print_at(expr->args[0], level + is_compare, out);
	rh_buf_printf(out, " %s ", signs[expr->op]);
	print_at(expr->args[1], level + 1, out);
}

static void print_at(const struct rh_expr *expr, int level, struct rh_buf *out)
{
	int own = expr->op == RH_EXPR_LITERAL ? literal_level(&expr->value) : level_of(expr->op);
	bool has_brackets = own < level;

	if (has_brackets)
		rh_buf_u8(out, '(');
	switch (expr->op) {
	case RH_EXPR_LITERAL:
		print_literal(&expr->value, out);
		break;
	case RH_EXPR_NAME:
		rh_buf_text(out, expr->name);
		break;
	case RH_EXPR_CALL:
		print_call(expr, out);
		break;
	case RH_EXPR_NOT:
	case RH_EXPR_NEGATE:
		rh_buf_u8(out, expr->op == RH_EXPR_NOT ? '!' : '-');
		print_at(expr->args[0], own, out);
		break;
	case RH_EXPR_CHOICE:
		print_at(expr->args[0], 1, out);
		rh_buf_text(out, " ? ");
		print_at(expr->args[1], 0, out);
		rh_buf_text(out, " : ");
		print_at(expr->args[2], 0, out);
		break;
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
	case RH_EXPR_AND:
	case RH_EXPR_OR:
		print_pair(expr, own, out);
		break;
	}
	if (has_brackets)
		rh_buf_u8(out, ')');
}

void rh_expr_print(const struct rh_expr *expr, struct rh_buf *out)
{
	print_at(expr, 0, out);
}
