/*
 * Expressions: what each operator and function gives, what is refused with which words and where, that
 * logic knows three values, that arithmetic is exact to the last bit and never wraps, and that what is
 * printed for a tree reads back as the same tree.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/scenario/expr.h"

static const struct rh_slots slots = {6 * RH_NS_PER_SEC, 8, 0};

/* Names of the test: a few values, one that is unknown, and a function that doubles. */
static enum rh_expr_answer name_of(void *ctx, struct rh_expr_value *out,
				   struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	static const struct rh_expr_value items[] = {{.type = RH_EXPR_NUMBER, .number = {3, 1}},
						     {.type = RH_EXPR_NUMBER, .number = {1, 2}}};
	static const struct {
		const char *name;
		struct rh_expr_value value;
	} known[] = {
		{"vars.split", {.type = RH_EXPR_DURATION, .number = {12000000000, 1}}},
		{"params.n", {.type = RH_EXPR_NUMBER, .number = {7, 1}}},
		{"eu-0", {.type = RH_EXPR_TEXT, .text = "eu-0"}},
		{"list", {.type = RH_EXPR_LIST, .items = items, .count = 2}},
		{"head", {.type = RH_EXPR_ID, .number = {31, 1}}},
		{"big", {.type = RH_EXPR_NUMBER, .number = {INT64_MAX, 1}}},
		{"yes", {.type = RH_EXPR_BOOL, .number = {1, 1}}},
	};

	(void)ctx;
	(void)fault;
	if (strcmp(expr->name, "later") == 0)
		return RH_EXPR_UNKNOWN;
	for (size_t i = 0; i < RH_ARRAY_LEN(known); i++) {
		if (strcmp(known[i].name, expr->name) == 0) {
			*out = known[i].value;
			return RH_EXPR_OK;
		}
	}
	return RH_EXPR_NOT_MINE;
}

static enum rh_expr_answer call_of(void *ctx, struct rh_expr_value *out,
				   struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	(void)ctx;
	if (strcmp(expr->name, "phase") != 0)
		return RH_EXPR_NOT_MINE;
	if (expr->arg_count != 2 || expr->arg_names[0] != NULL || expr->arg_names[1] == NULL)
		return rh_expr_fail(fault, "E063", expr,
				    "phase takes one argument and one by name");
	*out = (struct rh_expr_value){.type = RH_EXPR_TEXT, .text = expr->arg_names[1]};
	return RH_EXPR_OK;
}

/* What comes of a text: the value with its type, "unknown", or "E064@4+7: words; hint". */
static void result_of(char result[600], struct rh_arena *arena, const char *text,
		      struct rh_slots clock)
{
	static const char *const words[] = {"vars.split", "params.n", "later"};
	struct rh_expr_scope scope = {.arena = arena,
				      .slots = clock,
				      .name = name_of,
				      .call = call_of,
				      .words = words,
				      .word_count = RH_ARRAY_LEN(words)};
	struct rh_expr_fault fault;
	struct rh_expr_value value;
	struct rh_buf out = {0};
	const struct rh_expr *expr = rh_expr_parse(arena, &fault, text, strlen(text), clock);
	enum rh_expr_answer answer = RH_EXPR_FAULT;

	if (expr != NULL)
		answer = rh_expr_eval(&value, &fault, expr, &scope);
	if (answer == RH_EXPR_OK) {
		rh_expr_value_print(&value, &out);
		snprintf(result, 600, "%s: %s", rh_expr_type_text(value.type), rh_buf_str(&out));
	} else if (answer == RH_EXPR_UNKNOWN) {
		snprintf(result, 600, "unknown");
	} else {
		ck_assert_uint_le(fault.offset + fault.len, strlen(text));
		snprintf(result, 600, "%s@%u+%u: %s%s%s", fault.code, fault.offset, fault.len,
			 fault.text, fault.hint[0] != 0 ? "; " : "", fault.hint);
	}
	rh_buf_release(&out);
}

static const struct {
	const char *text;
	const char *result;
} cases[] = {
#include "tests/unit/scenario/expr_cases.def"
};

START_TEST(values_and_faults)
{
	uint32_t wrong = 0;

	for (size_t i = 0; i < RH_ARRAY_LEN(cases); i++) {
		struct rh_arena arena;
		char result[600];

		rh_arena_init(&arena);
		result_of(result, &arena, cases[i].text, slots);
		if (strcmp(result, cases[i].result) != 0) {
			printf("\t{\"%s\", \"%s\"},\n", cases[i].text, result);
			wrong++;
		}
		rh_arena_release(&arena);
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(slots_need_a_clock)
{
	struct rh_arena arena;
	char result[600];

	rh_arena_init(&arena);
	result_of(result, &arena, "3 slots", (struct rh_slots){0});
	ck_assert_str_eq(result, "E035@0+1: \"3 slots\" needs to know how long a slot is; give "
				 "spec.clock.slot, or write a time such as 30s");
	result_of(result, &arena, "slots(12s)", (struct rh_slots){0});
	ck_assert_str_eq(result, "E035@0+10: slots(...) needs to know how long a slot is; give "
				 "spec.clock.slot");
	rh_arena_release(&arena);
}
END_TEST

/* 64 levels are read, one more is refused; so are 4097 bytes. */
START_TEST(bounds)
{
	char text[RH_EXPR_TEXT_MAX + 8];
	struct rh_arena arena;
	struct rh_expr_fault fault;

	rh_arena_init(&arena);
	for (uint32_t depth = 1; depth < 200; depth++) {
		const struct rh_expr *expr;

		memset(text, '(', depth);
		text[depth] = '1';
		memset(text + depth + 1, ')', depth);
		expr = rh_expr_parse(&arena, &fault, text, 2 * depth + 1, slots);
		ck_assert_int_eq(expr != NULL, depth < RH_EXPR_DEPTH_MAX);
		memset(text, '-', depth);
		text[depth] = '1';
		expr = rh_expr_parse(&arena, &fault, text, depth + 1, slots);
		ck_assert_int_eq(expr != NULL, depth < RH_EXPR_DEPTH_MAX);
		for (uint32_t i = 0; i < depth; i++)
			memcpy(text + 2 * i, "1+", 2);
		text[2 * depth] = '1';
		expr = rh_expr_parse(&arena, &fault, text, 2 * depth + 1, slots);
		ck_assert_int_eq(expr != NULL, depth < RH_EXPR_DEPTH_MAX);
		if (expr == NULL)
			ck_assert_str_eq(fault.text, "the expression has more than 64 levels");
	}
	memset(text, ' ', sizeof(text));
	text[0] = '1';
	ck_assert_ptr_nonnull(rh_expr_parse(&arena, &fault, text, RH_EXPR_TEXT_MAX, slots));
	ck_assert_ptr_null(rh_expr_parse(&arena, &fault, text, RH_EXPR_TEXT_MAX + 1, slots));
	rh_arena_release(&arena);
}
END_TEST

/* Three values: 0 false, 1 true, 2 unknown; the table of Kleene's logic, written out. */
START_TEST(three_values)
{
	static const char *const texts[] = {"false", "true", "later"};
	static const char *const results[] = {"a truth value: false", "a truth value: true",
					      "unknown"};
	static const int both[3][3] = {{0, 0, 0}, {0, 1, 2}, {0, 2, 2}};
	static const int either[3][3] = {{0, 1, 2}, {1, 1, 1}, {2, 1, 2}};
	struct rh_arena arena;
	char result[600];
	char text[60];

	rh_arena_init(&arena);
	for (int a = 0; a < 3; a++) {
		for (int b = 0; b < 3; b++) {
			snprintf(text, sizeof(text), "%s && %s", texts[a], texts[b]);
			result_of(result, &arena, text, slots);
			ck_assert_msg(strcmp(result, results[both[a][b]]) == 0, "%s", text);
			snprintf(text, sizeof(text), "%s || %s", texts[a], texts[b]);
			result_of(result, &arena, text, slots);
			ck_assert_msg(strcmp(result, results[either[a][b]]) == 0, "%s", text);
		}
	}
	rh_arena_release(&arena);
}
END_TEST

/* Fractions against 128-bit arithmetic done the long way; what does not fit is told. */
START_TEST(exact)
{
	uint32_t refused = 0;

	for (uint64_t i = 0; i < 20000; i++) {
		struct rh_rational a;
		struct rh_rational b;
		struct rh_rational sum;
		struct rh_rational back;
		uint64_t shift = 1 + rh_absorb(5, i) % 62;

		ck_assert(rh_rational_make(
			&a, (int64_t)(rh_absorb(1, i) >> shift) * (i % 2 == 0 ? 1 : -1),
			1 + (int64_t)(rh_absorb(2, i) >> 40)));
		ck_assert(rh_rational_make(&b, 1 + (int64_t)(rh_absorb(3, i) >> shift),
					   1 + (int64_t)(rh_absorb(4, i) >> 44)));
		if (!rh_rational_add(&sum, a, b)) {
			refused++;
			continue;
		}
		ck_assert_int_gt(sum.den, 0);
		ck_assert(rh_rational_sub(&back, sum, b));
		ck_assert(back.num == a.num && back.den == a.den);
		ck_assert_int_gt(rh_rational_compare(sum, a), 0);
		if (rh_rational_mul(&sum, a, b)) {
			ck_assert(rh_rational_div(&back, sum, b));
			ck_assert(back.num == a.num && back.den == a.den);
		}
	}
	ck_assert_uint_gt(refused, 10);
	ck_assert_uint_lt(refused, 15000);
}
END_TEST

/* Trees drawn at random: printed, read and printed again they look the same. */
static void random_text(struct rh_buf *out, uint64_t *state, uint32_t depth)
{
	static const char *const leaves[] = {"1",    "2.5", "25%",  "10m",   "3 slots", "vars.x",
					     "eu-0", "'t'", "true", "64KiB", "20/s",	"5mbit"};
	static const char *const signs[] = {
		"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"};
	uint64_t draw = rh_mix64(*state += RH_RNG_G);

	if (depth == 0 || draw % 4 == 0) {
		rh_buf_text(out, leaves[(draw >> 8) % RH_ARRAY_LEN(leaves)]);
		return;
	}
	rh_buf_u8(out, '(');
	if (draw % 4 == 1) {
		rh_buf_text(out, (draw >> 9) % 3 == 0 ? "!" : (draw >> 9) % 3 == 1 ? "-" : "f(x=");
		random_text(out, state, depth - 1);
		rh_buf_text(out, (draw >> 9) % 3 == 2 ? ", 1)" : "");
	} else if (draw % 16 == 2) {
		random_text(out, state, depth - 1);
		rh_buf_text(out, " ? ");
		random_text(out, state, depth - 1);
		rh_buf_text(out, " : ");
		random_text(out, state, depth - 1);
	} else {
		random_text(out, state, depth - 1);
		rh_buf_printf(out, " %s ", signs[(draw >> 8) % RH_ARRAY_LEN(signs)]);
		random_text(out, state, depth - 1);
	}
	rh_buf_u8(out, ')');
}

START_TEST(print_and_read)
{
	struct rh_buf text = {0};
	struct rh_buf once = {0};
	struct rh_buf twice = {0};
	uint64_t state = 3;

	for (uint32_t i = 0; i < 5000; i++) {
		const struct rh_expr *expr;
		struct rh_expr_fault fault;
		struct rh_arena arena;

		rh_arena_init(&arena);
		rh_buf_reset(&text);
		rh_buf_reset(&once);
		rh_buf_reset(&twice);
		random_text(&text, &state, 4);
		expr = rh_expr_parse(&arena, &fault, rh_buf_str(&text), text.len, slots);
		ck_assert_msg(expr != NULL, "%s: %s", rh_buf_str(&text), fault.text);
		rh_expr_print(expr, &once);
		expr = rh_expr_parse(&arena, &fault, rh_buf_str(&once), once.len, slots);
		ck_assert_msg(expr != NULL, "%s: %s", rh_buf_str(&once), fault.text);
		rh_expr_print(expr, &twice);
		ck_assert_str_eq(rh_buf_str(&once), rh_buf_str(&twice));
		ck_assert_uint_le(once.len, text.len + 4 * text.len);
		rh_arena_release(&arena);
	}
	rh_buf_release(&text);
	rh_buf_release(&once);
	rh_buf_release(&twice);
}
END_TEST

/* Brackets where they are needed, one blank around operators, old names as ours. */
START_TEST(prints)
{
	static const char *const texts[][2] = {
		{"((1+2))*3", "(1 + 2) * 3"},
		{"1+(2*3)", "1 + 2 * 3"},
		{"a -(b - c)", "a - (b - c)"},
		{"(a - b) - c", "a - b - c"},
		{"!(a&&b)||c", "!(a && b) || c"},
		{"avg(tps,phase = baseline)>=15", "avg(tps, phase=baseline) >= 15"},
		{".Parameters.duration + 10m", "params.duration + 10m"},
		{".Variables.x", "vars.x"},
		{"a?b:c?d:e", "a ? b : c ? d : e"},
		{"(a?b:c)?d:e", "(a ? b : c) ? d : e"},
		{"30% == \"it's\"", "0.3 == \"it's\""},
		{"90s + 1h30m", "1m30s + 1h30m"},
	};
	struct rh_buf out = {0};

	for (size_t i = 0; i < RH_ARRAY_LEN(texts); i++) {
		struct rh_expr_fault fault;
		struct rh_arena arena;
		const struct rh_expr *expr;

		rh_arena_init(&arena);
		rh_buf_reset(&out);
		expr = rh_expr_parse(&arena, &fault, texts[i][0], strlen(texts[i][0]), slots);
		ck_assert_msg(expr != NULL, "%s: %s", texts[i][0], fault.text);
		rh_expr_print(expr, &out);
		ck_assert_str_eq(rh_buf_str(&out), texts[i][1]);
		rh_arena_release(&arena);
	}
	rh_buf_release(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("expr");
	TCase *tests = tcase_create("expr");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, values_and_faults);
	tcase_add_test(tests, slots_need_a_clock);
	tcase_add_test(tests, bounds);
	tcase_add_test(tests, three_values);
	tcase_add_test(tests, exact);
	tcase_add_test(tests, print_and_read);
	tcase_add_test(tests, prints);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
