/*
 * Rendering is no second opinion: a random scenario, rendered, loads to the same plan; and the same
 * scenario with its durations moved into variables loads to that plan too.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "tests/fuzz/fuzz_registry.h"

#define SCENARIOS 120

static void make_scenario(struct rh_buf *text, uint32_t seed)
{
	const char *build = getenv("BUILD");
	char command[300];
	FILE *pipe;
	size_t got;

	snprintf(command, sizeof(command), "%s/tests/prop/random_scenario %u",
		 build != NULL ? build : "build", seed);
	pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	do {
		got = fread(rh_buf_extend(text, 4096), 1, 4096, pipe);
		text->len -= 4096 - got;
	} while (got > 0);
	ck_assert_int_eq(pclose(pipe), 0);
	rh_buf_u8(text, 0);
	text->len--;
}

static void plan_bytes(struct rh_buf *bytes, const char *text, const struct rh_registry *registry)
{
	struct rh_load_options options = {.registry = registry};
	struct rh_diagnostics diagnostics;
	struct rh_buf said = {0};
	struct rh_plan *plan;

	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("random.yaml", text, strlen(text), &options, &diagnostics);
	rh_diagnostics_print(&diagnostics, &said);
	ck_assert_msg(plan != NULL, "%.800s\n%.3000s", rh_buf_str(&said), text);
	rh_plan_encode(plan, bytes);
	rh_plan_free(plan);
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&said);
}

static void check_equal(const struct rh_buf *expected, const char *text,
			const struct rh_registry *registry)
{
	struct rh_buf bytes = {0};

	plan_bytes(&bytes, text, registry);
	ck_assert_msg(bytes.len == expected->len &&
			      memcmp(bytes.data, expected->data, bytes.len) == 0,
		      "another plan:\n%s", text);
	rh_buf_release(&bytes);
}

/* The body of a spec with more variables: beside those that it has, or as its first key. */
static void put_with_vars(struct rh_buf *out, const char *body, const char *vars)
{
	static const char word[] = "  vars: {";
	const char *own = strstr(body, word);

	if (vars[0] != 0 && own == NULL)
		rh_buf_printf(out, "  vars: {%s}\n", vars);
	if (vars[0] != 0 && own != NULL) {
		rh_buf_put(out, body, (size_t)(own - body));
		rh_buf_printf(out, "%s%s, ", word, vars);
		body = own + strlen(word);
	}
	rh_buf_text(out, body);
}

/* Every `duration: 5m` becomes `duration: "${vars.vN + 0s}"`; how many. */
static uint32_t move_to_vars(struct rh_buf *out, const char *text)
{
	static const char word[] = "duration: ";
	struct rh_buf vars = {0};
	struct rh_buf body = {0};
	const char *spec = strstr(text, "\nspec:\n");
	const char *at = spec + 7;
	uint32_t count = 0;

	ck_assert_ptr_nonnull(spec);
	for (const char *next; (next = strstr(at, word)) != NULL;) {
		size_t len;

		next += strlen(word);
		rh_buf_put(&body, at, (size_t)(next - at));
		at = next;
		if (*next == '"') /* an expression already */
			continue;
		len = strcspn(next, ",}\n");
		rh_buf_printf(&vars, "%sv%u: %.*s", count != 0 ? ", " : "", count, (int)len, next);
		rh_buf_printf(&body, "\"${vars.v%u + 0s}\"", count++);
		at = next + len;
	}
	rh_buf_text(&body, at);
	rh_buf_put(out, text, (size_t)(spec + 7 - text));
	put_with_vars(out, rh_buf_str(&body), rh_buf_str(&vars));
	rh_buf_release(&vars);
	rh_buf_release(&body);
	return count;
}

START_TEST(same_plan)
{
	struct rh_registry registry;
	uint32_t moved = 0;

	fuzz_registry_fill(&registry);
	for (uint32_t seed = 1; seed <= SCENARIOS; seed++) {
		struct rh_load_options options = {.registry = &registry};
		struct rh_diagnostics diagnostics;
		struct rh_buf text = {0};
		struct rh_buf changed = {0};
		struct rh_buf rendered = {0};
		struct rh_buf expected = {0};

		make_scenario(&text, seed);
		plan_bytes(&expected, rh_buf_str(&text), &registry);
		moved += move_to_vars(&changed, rh_buf_str(&text));
		check_equal(&expected, rh_buf_str(&changed), &registry);
		rh_diagnostics_init(&diagnostics);
		ck_assert(rh_render_text(&rendered, "random.yaml", rh_buf_str(&changed),
					 changed.len, &options, &diagnostics));
		rh_diagnostics_release(&diagnostics);
		check_equal(&expected, rh_buf_str(&rendered), &registry);
		rh_buf_release(&text);
		rh_buf_release(&changed);
		rh_buf_release(&rendered);
		rh_buf_release(&expected);
	}
	ck_assert_uint_gt(moved, SCENARIOS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("render");
	TCase *tests = tcase_create("render");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, same_plan);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
