/*
 * expr_parse.c - reads an expression: one function a level of the grammar in expr.h.
 *
 * The depth of brackets, signs and choices is counted on the way down, the height of what was made on
 * the way up (a long chain of `+` leans to the left), and both end at RH_EXPR_DEPTH_MAX; so whoever
 * walks a tree later may do it by plain recursion.  Units are read by value.c alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/scenario/expr.h"

#define ARGS_MAX 64

struct parser {
	struct rh_arena *arena;
	struct rh_expr_fault *fault;
	const char *text; /* with a final 0 */
	size_t at;
	uint32_t depth;
	struct rh_slots slots;
};

/* What is made, with the height of its tree; a node without an expression stands for a fault. */
struct made {
	struct rh_expr *expr;
	uint32_t height;
};

static struct made parse_choice(struct parser *parser);

static void refuse_at(struct parser *parser, size_t from, size_t to, const char *hint,
		      const char *text)
{
	struct rh_expr_fault *fault = parser->fault;

	fault->code = "E061";
	fault->offset = (uint32_t)from;
	fault->len = (uint32_t)(to > from ? to - from : 0);
	snprintf(fault->text, sizeof(fault->text), "%s", text);
	snprintf(fault->hint, sizeof(fault->hint), "%s", hint);
}

static struct made refuse(struct parser *parser, size_t from, size_t to, const char *hint,
			  const char *text)
{
	refuse_at(parser, from, to, hint, text);
	return (struct made){0};
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word_char(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

static void skip_space(struct parser *parser)
{
	parser->at += strspn(parser->text + parser->at, " \t\r\n");
}

/* How long the word at `at` is: dashes between its characters belong to it. */
static size_t word_len(const char *text)
{
	size_t len = 0;

	while (is_word_char(text[len]) ||
	       (text[len] == '-' && len > 0 && is_word_char(text[len + 1])))
		len++;
	return len;
}

static bool takes(struct parser *parser, const char *sign)
{
	size_t len = strlen(sign);

	skip_space(parser);
	if (strncmp(parser->text + parser->at, sign, len) != 0)
		return false;
	parser->at += len;
	return true;
}

/* What stands at the place of an error, in words. */
static struct made refuse_here(struct parser *parser, const char *wanted)
{
	const char *at = parser->text + parser->at;
	size_t len = word_len(at);
	char text[200];

	if (at[0] == 0) {
		snprintf(text, sizeof(text), "the expression ends where %s was expected", wanted);
		return refuse(parser, parser->at, parser->at, "", text);
	}
	if (len == 0) {
		len = 1;
		while (((uint8_t)at[len] & 0xC0) == 0x80)
			len++;
	}
	snprintf(text, sizeof(text), "%s was expected, not \"%.*s\"", wanted,
		 (int)(len < 60 ? len : 60), at);
	return refuse(parser, parser->at, parser->at + len, "", text);
}

static struct made make(struct parser *parser, enum rh_expr_op op, size_t from)
{
	struct rh_expr *expr = RH_ARENA_NEW(parser->arena, struct rh_expr);

	expr->op = op;
	expr->offset = (uint32_t)from;
	expr->len = (uint32_t)(parser->at - from);
	return (struct made){expr, 1};
}

/* A node over `count` others. */
static struct made make_over(struct parser *parser, enum rh_expr_op op, size_t from,
			     const struct made *args, uint32_t count)
{
	struct made made = make(parser, op, from);

	made.expr->args = RH_ARENA_ARRAY(parser->arena, count + 1, const struct rh_expr *);
	made.expr->arg_count = count;
	for (uint32_t i = 0; i < count; i++) {
		made.expr->args[i] = args[i].expr;
		if (made.height <= args[i].height)
			made.height = args[i].height + 1;
	}
	if (made.height > RH_EXPR_DEPTH_MAX)
		return refuse(parser, from, parser->at, "give parts of it a name under spec.vars",
			      "the expression has more than 64 levels");
	return made;
}

/* ---- literals and names ---------------------------------------------------------------------- */

static bool number_value(struct rh_expr_value *value, const struct rh_quantity *quantity)
{
	static const enum rh_expr_type types[] = {
		[RH_QUANTITY_NUMBER] = RH_EXPR_NUMBER, [RH_QUANTITY_DURATION] = RH_EXPR_DURATION,
		[RH_QUANTITY_SIZE] = RH_EXPR_SIZE,     [RH_QUANTITY_RATE] = RH_EXPR_RATE,
		[RH_QUANTITY_PACE] = RH_EXPR_PACE,
	};

	value->type = types[quantity->kind];
	if (quantity->kind == RH_QUANTITY_NUMBER || quantity->kind == RH_QUANTITY_PACE)
		return rh_rational_make(&value->number, (__int128)quantity->ratio.num,
					(__int128)quantity->ratio.den);
	value->number = (struct rh_rational){(int64_t)quantity->number, 1};
	return true;
}

bool rh_expr_quantity(struct rh_expr_value *value, size_t *len, struct rh_value_fault *fault,
		      const char *text, struct rh_slots slots)
{
	struct rh_quantity quantity;

	*value = (struct rh_expr_value){.number = {0, 1}};
	*len = rh_value_quantity(&quantity, fault, text, slots);
	return *len != 0 && number_value(value, &quantity);
}

static struct made parse_number(struct parser *parser)
{
	size_t from = parser->at;
	struct rh_value_fault why = {0};
	struct made made;
	struct rh_expr_value value;
	char text[120];
	size_t len;

	if (!rh_expr_quantity(&value, &len, &why, parser->text + from, parser->slots)) {
		len = strcspn(parser->text + from, " ,()+*");
		made = refuse(parser, from, from + len, why.hint,
			      why.code != NULL ? why.text : "this is not a number");
		if (why.code != NULL)
			parser->fault->code = why.code;
		return made;
	}
	parser->at += len;
	made = make(parser, RH_EXPR_LITERAL, from);
	made.expr->value = value;
	skip_space(parser);
	len = word_len(parser->text + parser->at);
	if (len != 0 && is_letter(parser->text[parser->at])) {
		snprintf(text, sizeof(text), "unknown unit \"%.*s\"", (int)(len < 60 ? len : 60),
			 parser->text + parser->at);
		return refuse(parser, parser->at, parser->at + len,
			      "units: ns us ms s m h d, slots, epochs, %, B..TiB, kbit.. and /s",
			      text);
	}
	return made;
}

static struct made parse_text(struct parser *parser)
{
	size_t from = parser->at;
	char quote = parser->text[from];
	const char *end = strchr(parser->text + from + 1, quote);
	struct made made;

	if (end == NULL)
		return refuse(parser, from, from + 1, "", "the closing quote is missing");
	parser->at = (size_t)(end - parser->text) + 1;
	made = make(parser, RH_EXPR_LITERAL, from);
	made.expr->value.type = RH_EXPR_TEXT;
	made.expr->value.text =
		rh_arena_text(parser->arena, parser->text + from + 1, parser->at - from - 2);
	return made;
}

/* `.Variables.x` and `.Parameters.x` of the source systems are vars.x and params.x. */
static const char *name_text(struct parser *parser, size_t from, size_t len)
{
	static const char *const old[] = {".Variables.", ".Parameters."};
	static const char *const now[] = {"vars.", "params."};
	const char *at = parser->text + from;

	for (size_t i = 0; i < RH_ARRAY_LEN(old); i++) {
		size_t skip = strlen(old[i]);

		if (len > skip && strncmp(at, old[i], skip) == 0)
			return rh_arena_printf(parser->arena, "%s%.*s", now[i], (int)(len - skip),
					       at + skip);
	}
	return rh_arena_text(parser->arena, at, len);
}

/* word { "." word }, from `parser->at`; 0 after a fault. */
static size_t take_name(struct parser *parser)
{
	size_t at = parser->at + (parser->text[parser->at] == '.');

	for (;;) {
		size_t len = word_len(parser->text + at);

		if (len == 0) {
			parser->at = at;
			refuse_here(parser, "a name");
			return 0;
		}
		at += len;
		if (parser->text[at] != '.')
			break;
		at++;
	}
	return at - parser->at;
}

/* An argument: its name when it has one. */
static struct made parse_argument(struct parser *parser, const char **name)
{
	size_t from;
	size_t len;

	skip_space(parser);
	from = parser->at;
	len = word_len(parser->text + from);
	*name = NULL;
	if (len != 0 && is_letter(parser->text[from])) {
		parser->at += len;
		skip_space(parser);
		if (parser->text[parser->at] == '=' && parser->text[parser->at + 1] != '=') {
			parser->at++;
			*name = rh_arena_text(parser->arena, parser->text + from, len);
			return parse_choice(parser);
		}
	}
	parser->at = from;
	return parse_choice(parser);
}

static struct made parse_call(struct parser *parser, size_t from, const char *name)
{
	struct made args[ARGS_MAX];
	const char *names[ARGS_MAX];
	uint32_t count = 0;
	struct made made;

	if (!takes(parser, ")")) {
		do {
			if (count == ARGS_MAX)
				return refuse(parser, parser->at, parser->at, "",
					      "a function takes at most 64 arguments");
			args[count] = parse_argument(parser, &names[count]);
			if (args[count++].expr == NULL)
				return (struct made){0};
		} while (takes(parser, ","));
		if (!takes(parser, ")"))
			return refuse_here(parser, "a comma or a closing bracket");
	}
	made = make_over(parser, RH_EXPR_CALL, from, args, count);
	if (made.expr == NULL)
		return made;
	made.expr->name = name;
	made.expr->arg_names = RH_ARENA_ARRAY(parser->arena, count + 1, const char *);
	for (uint32_t i = 0; i < count; i++)
		made.expr->arg_names[i] = names[i];
	return made;
}

static struct made parse_name(struct parser *parser)
{
	size_t from = parser->at;
	size_t len = take_name(parser);
	struct made made;
	const char *name;

	if (len == 0)
		return (struct made){0};
	parser->at += len;
	name = name_text(parser, from, len);
	if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0) {
		made = make(parser, RH_EXPR_LITERAL, from);
		made.expr->value =
			(struct rh_expr_value){.type = RH_EXPR_BOOL, .number = {name[0] == 't', 1}};
		return made;
	}
	made = make(parser, RH_EXPR_NAME, from);
	made.expr->name = name;
	if (takes(parser, "("))
		return parse_call(parser, from, name);
	parser->at = from + len;
	return made;
}

/* ---- levels ---------------------------------------------------------------------------------- */

static struct made parse_primary(struct parser *parser)
{
	size_t from;
	struct made made;
	char c;

	skip_space(parser);
	from = parser->at;
	c = parser->text[from];
	if (c >= '0' && c <= '9')
		return parse_number(parser);
	if (c == '\'' || c == '"')
		return parse_text(parser);
	if (is_letter(c) || (c == '.' && is_letter(parser->text[from + 1])))
		return parse_name(parser);
	if (!takes(parser, "("))
		return refuse_here(parser, "a value");
	made = parse_choice(parser);
	if (made.expr != NULL && !takes(parser, ")"))
		return refuse_here(parser, "a closing bracket");
	return made;
}

static bool go_down(struct parser *parser)
{
	if (++parser->depth <= RH_EXPR_DEPTH_MAX)
		return true;
	/* The text may end right here. */
	refuse_at(parser, parser->at, parser->at + (parser->text[parser->at] != 0),
		  "give parts of it a name under spec.vars",
		  "the expression has more than 64 levels");
	return false;
}

/* A sign in front of what `below` reads, any number of times. */
static struct made parse_sign(struct parser *parser, char sign, enum rh_expr_op op,
			      struct made (*below)(struct parser *))
{
	struct made made;
	size_t from;

	skip_space(parser);
	from = parser->at;
	if (parser->text[from] != sign || parser->text[from + 1] == '=')
		return below(parser);
	if (!go_down(parser))
		return (struct made){0};
	parser->at++;
	made = parse_sign(parser, sign, op, below);
	parser->depth--;
	return made.expr != NULL ? make_over(parser, op, from, &made, 1) : made;
}

static struct made parse_unary(struct parser *parser)
{
	return parse_sign(parser, '-', RH_EXPR_NEGATE, parse_primary);
}

struct sign {
	const char *text;
	enum rh_expr_op op;
};

/* level = below { sign below }, or below [ sign below ] when it is not `is_chain`. */
static struct made parse_level(struct parser *parser, const struct sign *signs, size_t count,
			       bool is_chain, struct made (*below)(struct parser *))
{
	struct made left;
	size_t from;

	skip_space(parser);
	from = parser->at;
	left = below(parser);
	while (left.expr != NULL) {
		struct made both[2] = {left};
		size_t i = 0;

		while (i < count && !takes(parser, signs[i].text))
			i++;
		if (i == count)
			break;
		both[1] = below(parser);
		left = both[1].expr != NULL ? make_over(parser, signs[i].op, from, both, 2)
					    : both[1];
		if (left.expr == NULL || is_chain)
			continue;
		for (i = 0; i < count; i++) {
			if (takes(parser, signs[i].text))
				return refuse(parser, parser->at - strlen(signs[i].text),
					      parser->at, "write a < b && b < c",
					      "one comparison follows another");
		}
		break;
	}
	return left;
}

static struct made parse_product(struct parser *parser)
{
	static const struct sign signs[] = {
		{"*", RH_EXPR_MUL}, {"/", RH_EXPR_DIV}, {"%", RH_EXPR_MOD}};

	return parse_level(parser, signs, RH_ARRAY_LEN(signs), true, parse_unary);
}

static struct made parse_sum(struct parser *parser)
{
	static const struct sign signs[] = {{"+", RH_EXPR_ADD}, {"-", RH_EXPR_SUB}};

	return parse_level(parser, signs, RH_ARRAY_LEN(signs), true, parse_product);
}

static struct made parse_compare(struct parser *parser)
{
	static const struct sign signs[] = {{"==", RH_EXPR_EQ}, {"!=", RH_EXPR_NE},
					    {"<=", RH_EXPR_LE}, {">=", RH_EXPR_GE},
					    {"<", RH_EXPR_LT},	{">", RH_EXPR_GT}};
	struct made made = parse_level(parser, signs, RH_ARRAY_LEN(signs), false, parse_sum);

	if (made.expr != NULL && takes(parser, "="))
		return refuse(parser, parser->at - 1, parser->at,
			      "write ==", "one = compares nothing");
	return made;
}

static struct made parse_not(struct parser *parser)
{
	return parse_sign(parser, '!', RH_EXPR_NOT, parse_compare);
}

static struct made parse_and(struct parser *parser)
{
	static const struct sign signs[] = {{"&&", RH_EXPR_AND}};

	return parse_level(parser, signs, RH_ARRAY_LEN(signs), true, parse_not);
}

static struct made parse_or(struct parser *parser)
{
	static const struct sign signs[] = {{"||", RH_EXPR_OR}};

	return parse_level(parser, signs, RH_ARRAY_LEN(signs), true, parse_and);
}

static struct made parse_choice(struct parser *parser)
{
	struct made parts[3] = {0};
	size_t from;

	if (!go_down(parser))
		return (struct made){0};
	skip_space(parser);
	from = parser->at;
	parts[0] = parse_or(parser);
	if (parts[0].expr != NULL && takes(parser, "?")) {
		parts[1] = parse_choice(parser);
		if (parts[1].expr == NULL)
			return parts[1];
		if (!takes(parser, ":"))
			return refuse_here(parser, "a colon and what holds otherwise");
		parts[2] = parse_choice(parser);
		if (parts[2].expr == NULL)
			return parts[2];
		parts[0] = make_over(parser, RH_EXPR_CHOICE, from, parts, 3);
	}
	parser->depth--;
	return parts[0];
}

const struct rh_expr *rh_expr_parse(struct rh_arena *arena, struct rh_expr_fault *fault,
				    const char *text, size_t len, struct rh_slots slots)
{
	struct parser parser = {.arena = arena, .fault = fault, .slots = slots};
	struct made made;

	*fault = (struct rh_expr_fault){0};
	if (len > RH_EXPR_TEXT_MAX || memchr(text, 0, len) != NULL) {
		refuse_at(&parser, 0, 1, "give parts of it a name under spec.vars",
			  len > RH_EXPR_TEXT_MAX ? "the expression has more than 4096 bytes"
						 : "a zero byte in an expression");
		return NULL;
	}
	parser.text = rh_arena_text(arena, text, len);
	skip_space(&parser);
	if (parser.text[parser.at] == 0) {
		refuse_at(&parser, 0, len, "write for example vars.length + 10m",
			  "the expression is empty");
		return NULL;
	}
	made = parse_choice(&parser);
	skip_space(&parser);
	if (made.expr != NULL && parser.text[parser.at] != 0)
		made = refuse_here(&parser, "an operator or the end");
	RH_ASSERT((made.expr == NULL) == (fault->code != NULL));
	return made.expr;
}
