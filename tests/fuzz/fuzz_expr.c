/*
 * fuzz_expr.c - any text as an expression: a tree that prints, reads back and prints the same, and a value,
 * "unknown" or a fault within the text; and any text as a pattern, on any text.
 */
#include <stdlib.h>
#include <string.h>

#include "core/scenario/expr.h"
#include "core/scenario/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name is what its first letter says. */
static enum rh_expr_answer name_of(void *ctx, struct rh_expr_value *out,
				   struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	static const struct rh_expr_value items[] = {{.type = RH_EXPR_NUMBER, .number = {3, 7}},
						     {.type = RH_EXPR_NUMBER, .number = {-5, 1}}};

	(void)ctx;
	switch (expr->name[0]) {
	case 'a':
		*out = (struct rh_expr_value){.type = RH_EXPR_NUMBER, .number = {INT64_MAX, 3}};
		return RH_EXPR_OK;
	case 'd':
		*out = (struct rh_expr_value){.type = RH_EXPR_DURATION, .number = {-1, 1}};
		return RH_EXPR_OK;
	case 'i':
		*out = (struct rh_expr_value){.type = RH_EXPR_ID, .number = {-1, 1}};
		return RH_EXPR_OK;
	case 'l':
		*out = (struct rh_expr_value){.type = RH_EXPR_LIST, .items = items, .count = 2};
		return RH_EXPR_OK;
	case 't':
		*out = (struct rh_expr_value){.type = RH_EXPR_TEXT, .text = expr->name};
		return RH_EXPR_OK;
	case 'u':
		return RH_EXPR_UNKNOWN;
	case 'f':
		return rh_expr_fail(fault, "E062", expr, "a fault");
	default:
		return RH_EXPR_NOT_MINE;
	}
}

static void check_fault(const struct rh_expr_fault *fault, size_t size)
{
	if (fault->code == NULL || fault->text[0] == 0 || fault->offset + fault->len > size)
		abort();
}

static void check_expr(struct rh_arena *arena, const char *text, size_t size)
{
	struct rh_slots slots = {12000000000, 32, 0};
	struct rh_expr_scope scope = {.arena = arena, .slots = slots, .name = name_of};
	struct rh_expr_fault fault;
	struct rh_expr_value value;
	struct rh_buf once = {0};
	struct rh_buf twice = {0};
	const struct rh_expr *expr = rh_expr_parse(arena, &fault, text, size, slots);

	if (expr == NULL) {
		check_fault(&fault, size);
		return;
	}
	switch (rh_expr_eval(&value, &fault, expr, &scope)) {
	case RH_EXPR_OK:
		rh_expr_value_print(&value, &once);
		break;
	case RH_EXPR_FAULT:
		check_fault(&fault, size);
		break;
	case RH_EXPR_UNKNOWN:
		break;
	case RH_EXPR_NOT_MINE:
		abort();
	}
	rh_buf_reset(&once);
	rh_expr_print(expr, &once);
	expr = once.len <= RH_EXPR_TEXT_MAX
		       ? rh_expr_parse(arena, &fault, rh_buf_str(&once), once.len, slots)
		       : NULL;
	if (expr != NULL) {
		rh_expr_print(expr, &twice);
		if (strcmp(rh_buf_str(&once), rh_buf_str(&twice)) != 0)
			abort();
	} else if (once.len <= RH_EXPR_TEXT_MAX && strstr(fault.text, "64 levels") == NULL) {
		abort();
	}
	rh_buf_release(&once);
	rh_buf_release(&twice);
}

/* The first line is the pattern. */
static void check_pattern(struct rh_arena *arena, const char *text, size_t size)
{
	const char *end = memchr(text, '\n', size);
	const char *reason = NULL;
	const char *pattern_text =
		rh_arena_text(arena, text, end != NULL ? (size_t)(end - text) : size);
	const struct rh_pattern *pattern;
	size_t offset = 0;

	pattern = rh_pattern_parse(arena, pattern_text, &reason, &offset);
	if (pattern == NULL && (reason == NULL || offset > strlen(pattern_text)))
		abort();
	if (pattern != NULL)
		rh_pattern_matches(pattern, end != NULL
						    ? rh_arena_text(arena, end + 1,
								    size - (size_t)(end + 1 - text))
						    : pattern_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rh_arena arena;

	if (size > 8192)
		return 0;
	rh_arena_init(&arena);
	check_expr(&arena, (const char *)data, size);
	check_pattern(&arena, (const char *)data, size);
	rh_arena_release(&arena);
	return 0;
}
