/*
 * Patterns: what they match and what is none, against a backtracking matcher of a few lines for random
 * patterns; and that a pattern made to blow up does not.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/scenario/pattern.h"

/* 1 matches, 0 does not, -1 is no pattern. */
static int match(const char *text, const char *value)
{
	struct rh_arena arena;
	const struct rh_pattern *pattern;
	const char *reason;
	size_t offset;
	int result = -1;

	rh_arena_init(&arena);
	pattern = rh_pattern_parse(&arena, text, &reason, &offset);
	if (pattern != NULL)
		result = rh_pattern_matches(pattern, value);
	else
		ck_assert_uint_le(offset, strlen(text));
	rh_arena_release(&arena);
	return result;
}

START_TEST(known)
{
	static const struct {
		const char *pattern;
		const char *value;
		int result;
	} cases[] = {
		{"", "", 1},
		{"", "a", 0},
		{"a", "a", 1},
		{"a", "aa", 0},
		{"^a$", "a", 1},
		{"a\\$", "a$", 1},
		{"[a-z]+-[0-9]+", "eu-12", 1},
		{"[a-z]+-[0-9]+", "eu-", 0},
		{"[^a-c]", "d", 1},
		{"[^a-c]", "b", 0},
		{"[]a]", "]", 1},
		{"[a-]", "-", 1},
		{"[\\]]", "]", 1},
		{"a|bc|", "bc", 1},
		{"a|bc|", "", 1},
		{"a|bc|", "ac", 0},
		{"(ab)*", "ababab", 1},
		{"(ab)*", "aba", 0},
		{"(a|b)+c?", "abbac", 1},
		{"()", "", 1},
		{".*", "anything", 1},
		{"a.c", "abc", 1},
		{"a\\.c", "abc", 0},
		{"a**", "aaa", 1},
		{"(", "", -1},
		{")", "", -1},
		{"*", "", -1},
		{"a|*", "", -1},
		{"[a", "", -1},
		{"[z-a]", "", -1},
		{"a\\", "", -1},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(cases); i++)
		ck_assert_msg(match(cases[i].pattern, cases[i].value) == cases[i].result,
			      "%s on %s", cases[i].pattern, cases[i].value);
}
END_TEST

/* The time would double with each letter if choices were tried one after the other. */
START_TEST(no_explosion)
{
	char pattern[RH_PATTERN_MAX + 2] = "";
	char value[200];

	for (int i = 0; i < 60; i++)
		strcat(pattern, "a?");
	for (int i = 0; i < 60; i++)
		strcat(pattern, "a");
	memset(value, 'a', sizeof(value));
	value[60] = 0;
	ck_assert_int_eq(match(pattern, value), 1);
	value[59] = 0;
	ck_assert_int_eq(match(pattern, value), 0);
	ck_assert_int_eq(match("((a*)*)*b", value), 0);
	memset(pattern, '|', RH_PATTERN_MAX);
	pattern[RH_PATTERN_MAX] = 0;
	ck_assert_int_eq(match(pattern, ""), 1);
	memset(pattern, '.', RH_PATTERN_MAX + 1);
	ck_assert_int_eq(match(pattern, ""), -1);
}
END_TEST

/* Patterns of letters, `.`, and atoms with a sign, matched by recursion. */
static bool naive(const char *pattern, const char *value)
{
	bool is_first = value[0] != 0 && (pattern[0] == '.' || pattern[0] == value[0]);

	if (pattern[0] == 0)
		return value[0] == 0;
	if (pattern[1] == '*')
		return naive(pattern + 2, value) || (is_first && naive(pattern, value + 1));
	if (pattern[1] == '?')
		return naive(pattern + 2, value) || (is_first && naive(pattern + 2, value + 1));
	return is_first && naive(pattern + 1, value + 1);
}

START_TEST(random_ones)
{
	uint64_t state = 5;
	uint32_t matches = 0;

	for (uint32_t i = 0; i < 20000; i++) {
		char pattern[40] = "";
		char value[12] = "";
		uint32_t atoms = (uint32_t)(rh_mix64(state += RH_RNG_G) % 6);
		uint32_t letters = (uint32_t)(rh_mix64(state += RH_RNG_G) % 8);
		int result;

		for (uint32_t k = 0; k < atoms; k++) {
			uint64_t draw = rh_mix64(state += RH_RNG_G);

			strncat(pattern, &"ab."[draw % 3], 1);
			if (draw / 3 % 3 != 0)
				strcat(pattern, draw / 3 % 3 == 1 ? "*" : "?");
		}
		for (uint32_t k = 0; k < letters; k++)
			strncat(value, &"ab"[rh_mix64(state += RH_RNG_G) % 2], 1);
		result = match(pattern, value);
		ck_assert_msg(result == naive(pattern, value), "%s on %s", pattern, value);
		matches += (uint32_t)result;
	}
	ck_assert_uint_gt(matches, 1000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pattern");
	TCase *tests = tcase_create("pattern");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, known);
	tcase_add_test(tests, no_explosion);
	tcase_add_test(tests, random_ones);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
