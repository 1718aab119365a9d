/*
 * expr.h - expressions: `${vars.split + 1 epochs}` in a scenario, `avg(tps, phase=baseline) >= 15` in
 * a check.  One parser and one evaluator, exact, without floating point.
 *
 *	expr     = choice
 *	choice   = or [ "?" expr ":" expr ]
 *	or       = and { "||" and }
 *	and      = not { "&&" not }
 *	not      = "!" not | compare
 *	compare  = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]
 *	sum      = product { ("+" | "-") product }         a minus that is an operator has a space
 *	product  = unary { ("*" | "/" | "%") unary }       on one side: `eu-0` is a name
 *	unary    = "-" unary | primary
 *	primary  = literal | name | call | "(" expr ")"
 *	call     = name "(" [ argument { "," argument } ] ")"
 *	argument = [ word "=" ] expr
 *	literal  = number [ unit ] | text in '' or "" | true | false     10m, 3 slots, 25%, 64KiB, 20/s
 *	name     = word { "." word }                       a word may hold inner dashes
 *
 * A value has a type, and a number its unit: durations are added to durations, and multiplied with
 * numbers only.  25% is the number 1/4.  What overflows, divides by zero or mixes units is a fault
 * with a place, never a wrapped number.
 *
 * Names and functions of a scope come from its callbacks, so the loader (vars, params), the run
 * (steps, run) and the judge (gauges, aggregates) share parser and evaluator.  A callback may answer
 * "unknown" (no value yet); the logic is then that of three values: false && unknown is false.
 */
#ifndef CORE_SCENARIO_EXPR_H
#define CORE_SCENARIO_EXPR_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/scenario/value.h"

#define RH_EXPR_DEPTH_MAX 64
#define RH_EXPR_TEXT_MAX  4096

/* In lowest terms, den > 0. */
struct rh_rational {
	int64_t num;
	int64_t den;
};

enum rh_expr_type {
	RH_EXPR_NUMBER,	  /* whole numbers, decimals, percentages */
	RH_EXPR_BOOL,	  /* number is 0 or 1 */
	RH_EXPR_DURATION, /* number: nanoseconds */
	RH_EXPR_SIZE,	  /* bytes */
	RH_EXPR_RATE,	  /* bits a second */
	RH_EXPR_PACE,	  /* events a nanosecond: 20/s */
	RH_EXPR_ID,	  /* a block or such, number.num as bits: only equal or not */
	RH_EXPR_TEXT,
	RH_EXPR_LIST
};

struct rh_expr_value {
	enum rh_expr_type type;
	struct rh_rational number;
	const char *text;		   /* TEXT; borrowed from arena or scope */
	const struct rh_expr_value *items; /* LIST */
	uint32_t count;
};

enum rh_expr_op {
	RH_EXPR_LITERAL,
	RH_EXPR_NAME,
	RH_EXPR_CALL,
	RH_EXPR_NOT,
	RH_EXPR_NEGATE,
	RH_EXPR_MUL,
	RH_EXPR_DIV,
	RH_EXPR_MOD,
	RH_EXPR_ADD,
	RH_EXPR_SUB,
	RH_EXPR_EQ,
	RH_EXPR_NE,
	RH_EXPR_LT,
	RH_EXPR_LE,
	RH_EXPR_GT,
	RH_EXPR_GE,
	RH_EXPR_AND,
	RH_EXPR_OR,
	RH_EXPR_CHOICE /* three arguments */
};

struct rh_expr {
	enum rh_expr_op op;
	uint32_t offset; /* in the text, for messages */
	uint32_t len;
	struct rh_expr_value value; /* LITERAL */
	const char *name;	    /* NAME: "vars.split"; CALL: the function */
	const struct rh_expr **args;
	const char **arg_names; /* CALL: NULL for an argument by position */
	uint32_t arg_count;
};

/* Why a text is no expression, or an expression no value. */
struct rh_expr_fault {
	const char *code;
	uint32_t offset;
	uint32_t len;
	char text[240];
	char hint[160]; /* or "" */
};

/* The whole text as one expression, or NULL with a fault.  `slots` for units; texts in the arena. */
const struct rh_expr *rh_expr_parse(struct rh_arena *arena, struct rh_expr_fault *fault,
				    const char *text, size_t len, struct rh_slots slots);

/*
 * The number with its unit with which a text begins, and how many bytes it takes; false with a fault,
 * whose code is NULL when there is no number.
 */
bool rh_expr_quantity(struct rh_expr_value *value, size_t *len, struct rh_value_fault *fault,
		      const char *text, struct rh_slots slots);

enum rh_expr_answer { RH_EXPR_OK, RH_EXPR_UNKNOWN, RH_EXPR_FAULT, RH_EXPR_NOT_MINE };

/*
 * What an expression may see.  Both callbacks get the expression itself, for its place and (call) its
 * arguments, which are not yet evaluated.  NOT_MINE: the evaluator tries its own functions (min max
 * avg abs round floor ceil len slots epochs duration), then complains about the name.  Either may be NULL.
 */
struct rh_expr_scope {
	struct rh_arena *arena;
	struct rh_slots slots;
	enum rh_expr_answer (*name)(void *ctx, struct rh_expr_value *out,
				    struct rh_expr_fault *fault, const struct rh_expr *expr);
	enum rh_expr_answer (*call)(void *ctx, struct rh_expr_value *out,
				    struct rh_expr_fault *fault, const struct rh_expr *expr);
	/* every name and function of the scope, for "did you mean"; may be NULL */
	const char *const *words;
	size_t word_count;
	void *ctx;
};

enum rh_expr_answer rh_expr_eval(struct rh_expr_value *out, struct rh_expr_fault *fault,
				 const struct rh_expr *expr, const struct rh_expr_scope *scope);

/* Fills the fault and returns FAULT. */
enum rh_expr_answer rh_expr_fail(struct rh_expr_fault *fault, const char *code,
				 const struct rh_expr *expr, const char *fmt, ...) RH_PRINTF(4, 5);

/* Exact arithmetic; false when it overflows (or divides by zero). */
bool rh_rational_make(struct rh_rational *out, __int128 num, __int128 den);
bool rh_rational_add(struct rh_rational *out, struct rh_rational a, struct rh_rational b);
bool rh_rational_sub(struct rh_rational *out, struct rh_rational a, struct rh_rational b);
bool rh_rational_mul(struct rh_rational *out, struct rh_rational a, struct rh_rational b);
bool rh_rational_div(struct rh_rational *out, struct rh_rational a, struct rh_rational b);
int rh_rational_compare(struct rh_rational a, struct rh_rational b);

/* Has the number a decimal form of at most 18 digits behind the point? */
bool rh_rational_is_decimal(struct rh_rational number);

/* As one would write it in a scenario: "40m", "25%" is "0.25", "1/3" when it has no decimal form. */
void rh_expr_value_print(const struct rh_expr_value *value, struct rh_buf *out);
/* "a duration", "a number", for messages. */
const char *rh_expr_type_text(enum rh_expr_type type);
/* Can the value be written so that a scenario reads it back?  Not 1/3 of a nanosecond or of a byte. */
bool rh_expr_value_is_exact(const struct rh_expr_value *value);
/* The same type, unit and value; lists item by item. */
bool rh_expr_value_equal(const struct rh_expr_value *a, const struct rh_expr_value *b);
/* The expression as text in one fixed form: equal trees give equal texts. */
void rh_expr_print(const struct rh_expr *expr, struct rh_buf *out);

#endif
