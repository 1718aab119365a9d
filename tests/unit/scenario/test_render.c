/*
 * What rendering makes of a file: each case is a text, options and the rendered text; what is rendered
 * loads to the same plan; draws depend on their names and nothing else; files come from a table, not
 * from disk.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "tests/lib/test_model.h"

#define HEAD "apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t}\n"
#define BASE "  topology: {groups: [{name: n, count: 4}], shape: full}\n  model: {name: test}\n"

struct part {
	const char *path;
	const char *text;
};

static const struct part parts[] = {
	{"dir/templates/outage.template.yaml",
	 "apiVersion: rehearse/v1\nkind: Template\nmetadata: {name: outage}\n"
	 "parameters:\n"
	 "  - {name: who, type: target, required: true}\n"
	 "  - {name: length, type: duration, default: 3m}\n"
	 "spec:\n"
	 "  phases:\n"
	 "    - name: dark\n"
	 "      duration: ${params.length}\n"
	 "      actions:\n"
	 "        - {name: cut, fault: loss, target: \"${params.who}\", with: {loss: 100%}, "
	 "for: \"${round(params.length * rand(part), 1s)}\"}\n"
	 "    - {name: light, duration: 2m, heal: all}\n"},
	{"dir/templates/twice.template.yaml",
	 "kind: Template\nmetadata: {name: twice}\nspec:\n  phases:\n"
	 "    - {use: outage, with: {who: n-0}}\n    - {use: outage, with: {who: n-1}}\n"},
	{"dir/templates/refs.template.yaml",
	 "kind: Template\nmetadata: {name: refs}\nspec:\n  phases:\n    - name: one\n"
	 "      duration: 2m\n      actions: [{id: cut, name: The cut, fault: loss}, {clear: cut}, "
	 "{clear: other}]\n"
	 "      assert: [{that: \"recovery_time(cut) <= 4m && f(cute)\", during: cut, after: [cut, "
	 "cuts]}]\n"},
	{"dir/parts/net.yaml", "kind: NetworkModel\nspec: {latency: 30ms, jitter: 10%}\n"},
	{"dir/parts/more.yaml",
	 "include: [deep/groups.yaml]\nspec:\n  network: {latency: 50ms}\n  vars: {length: 4m}\n"},
	{"dir/parts/deep/groups.yaml",
	 "spec: {topology: {groups: [{name: m, count: 2, join: 1s}, {name: n, join: 2s}]}}\n"},
};

static int read_part(void *ctx, struct rh_buf *content, const char *path, struct rh_err *err)
{
	(void)ctx;
	for (size_t i = 0; i < RH_ARRAY_LEN(parts); i++) {
		if (strcmp(parts[i].path, path) == 0) {
			rh_buf_text(content, parts[i].text);
			return 0;
		}
	}
	return rh_err_set(err, RH_E_NOT_FOUND, "%s is not there", path);
}

static const char *environment(void *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "LENGTH") == 0 ? "7m" : NULL;
}

static struct rh_load_options options_with(const struct rh_registry *registry)
{
	return (struct rh_load_options){
		.registry = registry, .read = read_part, .env = environment};
}

static void render(struct rh_buf *out, const char *text, const struct rh_load_options *options)
{
	struct rh_diagnostics diagnostics;
	bool is_good;

	rh_diagnostics_init(&diagnostics);
	rh_buf_reset(out);
	is_good = rh_render_text(out, "dir/t.yaml", text, strlen(text), options, &diagnostics);
	if (!is_good)
		rh_diagnostics_print(&diagnostics, out);
	ck_assert_int_eq(is_good, diagnostics.error_count == 0);
	rh_diagnostics_release(&diagnostics);
}

/* What stands behind `hypothesis:` once `vars` are there. */
static void check_value(const char *vars, const char *value, const char *expected)
{
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf text = {0};
	struct rh_buf out = {0};
	const char *found;

	test_registry_fill(&registry);
	rh_buf_printf(&text,
		      HEAD "spec:\n  vars: %s\n  clock: {slot: 6s, slotsPerEpoch: 8}\n"
			   "  matrix: {client: [geth, reth], n: {from: 3, count: 2}}\n"
			   "  hypothesis: %s\n",
		      vars, value);
	render(&out, rh_buf_str(&text), &options);
	found = strstr(rh_buf_str(&out), "hypothesis:");
	ck_assert_msg(found != NULL, "%s: %s", value, rh_buf_str(&out));
	ck_assert_msg(strncmp(found + 12, expected, strlen(expected)) == 0 &&
			      found[12 + strlen(expected)] == '\n',
		      "%s is %s", value, found);
	rh_buf_release(&text);
	rh_buf_release(&out);
}

START_TEST(values)
{
	static const char *const cases[][3] = {
		{"{a: 5m}", "${vars.a}", "5m"},
		{"{a: 300s}", "${vars.a}", "300s"},
		{"{a: 300s}", "${vars.a + 0s}", "5m"},
		{"{a: 1.50}", "v${vars.a}", "v1.50"},
		{"{a: 1.50}", "v${vars.a * 1}", "v1.5"},
		{"{a: '5m'}", "${vars.a + 1m}", "6m"},
		{"{a: '5'}", "${vars.a == '5'}", "true"},
		{"{a: 5}", "${vars.a == 5}", "true"},
		{"{a: -5ms}", "${abs(vars.a)}", "5ms"},
		{"{a: true}", "\"${vars.a ? 1 : 2}\"", "1"},
		{"{a: {b: {c: x}}}", "${vars.a.b.c}", "x"},
		{"{a: [1, [2, 3]]}", "${vars.a.1.0}", "2"},
		{"{a: [1, 5, 3]}", "${max(vars.a) + len(vars.a)}", "8"},
		{"{a: '${vars.b + 1m}', b: '${vars.c * 2}', c: 1m}", "${vars.a}", "3m"},
		{"{a: 50%}", "\"${vars.a * 100}%\"", "\"50%\""},
		{"{split-time: 5m}", "${vars.split-time * 2}", "10m"},
		{"{splitTime: 5m}", "${vars.split_time}", "5m"},
		{"{a: 5m}", "\"{{ .Variables.a + 10m }}\"", "15m"},
		{"{a: 5m}", "\"a {{ .Variables.a }} b\"", "\"a 5m b\""},
		{"{a: 5m}", "$${vars.a} $ {", "$${vars.a} $ {"},
		{"{a: 5m}", "\"${'{{'} $${\"", "\"${'{{'} $${\""},
		{"{a: 5m}", "${2 epochs + 1 slots}", "1m42s"},
		{"{a: 5m}", "${slots(1m)}", "10"},
		{"{a: 5m}", "${seed}", "1"},
		{"{a: 5m}", "${matrix.client}-${matrix.n}", "geth-3"},
		{"{a: 5m}", "${env(LENGTH) * 2}", "14m"},
		{"{a: 5m}", "${env(NONE, 'x')}", "\"x\""},
		{"{a: 5m}", "${run.failed} ${steps.a.b + vars.a}",
		 "$${run.failed} $${steps.a.b + 5m}"},
		{"{a: 5/block}", "${vars.a}", "5/block"},
		{"{a: 20/s}", "${vars.a * 3}", "60/s"},
	};

	for (size_t i = 0; i < RH_ARRAY_LEN(cases); i++)
		check_value(cases[i][0], cases[i][1], cases[i][2]);
}
END_TEST

/* Draws: of the name, the seed and the generator; limits are reached and kept. */
START_TEST(draws)
{
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf one = {0};
	struct rh_buf two = {0};
	bool has_low = false;
	bool has_high = false;

	test_registry_fill(&registry);
	options.has_seed = true;
	for (options.seed = 0; options.seed < 60; options.seed++) {
		render(&one,
		       HEAD
		       "spec:\n  hypothesis: ${rand(a)} ${rand('b', 3, 5)} ${pick('x', 'y')}\n",
		       &options);
		/* another draw beside them changes none */
		render(&two,
		       HEAD "spec:\n  timeout: ${rand(c, 1s, 9s)}\n  hypothesis: ${rand(a)} "
			    "${rand('b', 3, 5)} ${pick('x', 'y')}\n",
		       &options);
		ck_assert_ptr_nonnull(strstr(rh_buf_str(&one), "hypothesis: 0."));
		ck_assert_ptr_nonnull(strstr(rh_buf_str(&two), "hypothesis: 0."));
		ck_assert_str_eq(strstr(rh_buf_str(&one), "hypothesis:"),
				 strstr(rh_buf_str(&two), "hypothesis:"));
		has_low |= strstr(rh_buf_str(&one), " 3 ") != NULL;
		has_high |= strstr(rh_buf_str(&one), " 5 ") != NULL;
		ck_assert_ptr_null(strstr(rh_buf_str(&one), " 6 "));
	}
	ck_assert(has_low && has_high);
	rh_buf_release(&one);
	rh_buf_release(&two);
}
END_TEST

/* Loads both; equal bytes. */
static void check_same_plan(const char *text, const struct rh_load_options *options)
{
	struct rh_buf rendered = {0};
	struct rh_buf bytes[2] = {{0}, {0}};

	render(&rendered, text, options);
	for (uint32_t i = 0; i < 2; i++) {
		struct rh_load_options plain = *options;
		struct rh_diagnostics diagnostics;
		struct rh_buf said = {0};
		const char *from = i == 0 ? text : rh_buf_str(&rendered);
		struct rh_plan *plan;

		if (i == 1) {
			plain.param_count = 0;
			plain.set_count = 0;
			plain.has_seed = false;
		}
		rh_diagnostics_init(&diagnostics);
		plan = rh_load_text("dir/t.yaml", from, strlen(from), &plain, &diagnostics);
		rh_diagnostics_print(&diagnostics, &said);
		ck_assert_msg(plan != NULL, "%s\n%s", rh_buf_str(&said), from);
		rh_plan_encode(plan, &bytes[i]);
		rh_plan_free(plan);
		rh_diagnostics_release(&diagnostics);
		rh_buf_release(&said);
	}
	ck_assert_msg(bytes[0].len == bytes[1].len &&
			      memcmp(bytes[0].data, bytes[1].data, bytes[0].len) == 0,
		      "%s", rh_buf_str(&rendered));
	rh_buf_release(&rendered);
	rh_buf_release(&bytes[0]);
	rh_buf_release(&bytes[1]);
}

static void contains(const struct rh_buf *out, const char *text)
{
	ck_assert_msg(strstr((const char *)out->data, text) != NULL, "no %s in\n%s", text,
		      (const char *)out->data);
}

START_TEST(templates)
{
	static const char text[] = HEAD
		"spec:\n" BASE "  phases:\n"
		"    - {use: outage, with: {who: n-0, length: 5m}}\n"
		"    - {use: outage, name: again, with: {who: [n-1, n-2]}}\n"
		"    - {use: twice}\n"
		"    - name: mine\n      duration: 20m\n      actions:\n"
		"        - {use: outage@templates/outage.template.yaml, at: 1m, with: {who: n-3}}\n"
		"        - {name: last, fault: crash, target: n-0, at: 9m}\n";
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	render(&out, text, &options);
	contains(&out, "- name: outage-dark\n      duration: 5m\n");
	contains(&out, "- name: outage-cut\n          fault: loss\n          target: n-0\n");
	contains(&out, "- name: outage-light\n      duration: 2m\n      heal: all\n");
	contains(&out, "- name: again-dark\n      duration: 3m\n");
	contains(&out, "target:\n            - n-1\n            - n-2\n");
	contains(&out, "- name: outage-2-cut");
	contains(&out, "- name: outage-3-cut");
	contains(&out, "- name: outage-4-cut");
	contains(&out, "- id: outage-4\n          parallel:\n            - sequence:\n"
		       "                - name: outage-4-cut\n");
	contains(&out,
		 "            - sequence:\n                - id: outage-4-wait-1\n"
		 "                  wait: 3m\n                - clear: all\n          at: 1m\n");
	contains(&out, "- name: last");
	ck_assert_ptr_null(strstr(rh_buf_str(&out), "use:"));
	rh_buf_release(&out);
}
END_TEST

/* Names of a template's own steps follow them, wherever they stand; other names stay. */
START_TEST(references)
{
	static const char text[] = HEAD "spec:\n  phases: [{use: refs, name: r}]\n";
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	render(&out, text, &options);
	contains(&out, "- id: r-cut\n          name: The cut\n");
	contains(&out, "- clear: r-cut\n        - clear: other\n");
	contains(&out, "that: \"recovery_time(r-cut) <= 4m && f(cute)\"\n");
	contains(&out, "during: r-cut\n");
	contains(&out, "- r-cut\n            - cuts\n");
	rh_buf_release(&out);
}
END_TEST

START_TEST(includes)
{
	static const char text[] =
		HEAD "include: [parts/more.yaml]\nspec:\n  topology: {shape: full, groups: [{name: "
		     "n, count: 4}]}\n"
		     "  network: {use: parts/net.yaml, jitter: 20%}\n  model: {name: test}\n"
		     "  duration: ${vars.length}\n";
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	const char *sets[] = {"vars.length=9m"};
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	render(&out, text, &options);
	contains(&out, "duration: 4m\n");
	/* the parts below, joined by name, and what is written here above them */
	contains(&out, "- name: m\n        count: 2\n        join: 1s\n      - name: n\n"
		       "        count: 4\n        join: 2s\n");
	contains(&out, "latency: 30ms\n");
	contains(&out, "jitter: 20%\n");
	options.sets = sets;
	options.set_count = 1;
	render(&out, text, &options);
	contains(&out, "duration: 9m\n");
	check_same_plan(text, &options);
	rh_buf_release(&out);
}
END_TEST

START_TEST(parameters)
{
	static const char text[] =
		"apiVersion: rehearse/v1\nkind: Template\nmetadata: {name: t}\n"
		"parameters:\n"
		"  - {name: length, type: duration, default: \"${params.base * 2}\"}\n"
		"spec:\n" BASE "  duration: ${params.length}\n  hypothesis: ${params.names}\n";
	static const char good[] =
		"apiVersion: rehearse/v1\nkind: Template\nmetadata: {name: t}\n"
		"parameters:\n"
		"  - {name: base, type: duration, default: 2m, min: 1m}\n"
		"  - {name: length, type: duration, default: \"${params.base * 2}\"}\n"
		"  - {name: count, type: list<int>, default: [1, 2]}\n"
		"  - {name: word, type: string, default: 5m, pattern: \"[0-9]m\"}\n"
		"  - {name: share, type: percent, default: 30%, max: 50%}\n"
		"spec:\n" BASE "  duration: ${params.length}\n"
		"  hypothesis: ${len(params.count)} ${params.word == '5m'} ${params.share * 2}\n";
	const char *given[] = {"base=3m,count=4,5,6", "share=0.1"};
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	render(&out, text, &options);
	contains(&out, "\"params.base\": nothing is called \"base\"");
	render(&out, good, &options);
	contains(&out, "kind: Scenario\n");
	contains(&out, "duration: 4m\n");
	contains(&out, "hypothesis: 2 true 0.6\n");
	options.params = given;
	options.param_count = 2;
	render(&out, good, &options);
	contains(&out, "# param base=3m\n# param count=4,5,6\n# param share=0.1\n");
	contains(&out, "duration: 6m\n");
	contains(&out, "hypothesis: 3 true 0.2\n");
	check_same_plan(good, &options);
	rh_buf_release(&out);
}
END_TEST

/* --set finds a key by any of its spellings, and an item by its id. */
START_TEST(overrides)
{
	static const char text[] = HEAD
		"spec:\n  variables: {length: 4m}\n  duration: ${vars.length}\n"
		"  phases: [{name: p, duration: 1m, assertions: [{id: a, that: heads == 1}]}]\n";
	const char *sets[] = {"vars.length=9m", "phases.p.assert.a.that=heads == 2"};
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	options.sets = sets;
	options.set_count = 2;
	render(&out, text, &options);
	contains(&out, "duration: 9m\n");
	contains(&out, "assertions:\n        - id: a\n          that: heads == 2\n");
	rh_buf_release(&out);
}
END_TEST

/* Sentences keep what only the run knows. */
START_TEST(deferred)
{
	static const char text[] =
		HEAD "spec:\n  vars: {low: 3, f: eu-0}\n  successCriteria:\n"
		     "    - {that: \"avg(tps, phase=baseline) >= vars.low * 2 && x(vars.f)\"}\n"
		     "    - {that: \"max(reorg_depth) <= slots(12s)\"}\n"
		     "    - {that: \"heads   ==  1\"}\n"
		     "    - {that: \"${vars.low + 1 > 2}\"}\n"
		     "    - {that: \"heads == ${vars.low}\"}\n"
		     "  clock: {slot: 6s}\n";
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	render(&out, text, &options);
	contains(&out, "that: \"avg(tps, phase=baseline) >= 6 && x('eu-0')\"");
	contains(&out, "that: \"max(reorg_depth) <= slots(12s)\"");
	contains(&out, "that: \"heads   ==  1\"");
	contains(&out, "that: \"true\"");
	contains(&out, "that: \"heads == 3\"");
	rh_buf_release(&out);
}
END_TEST

/* Aliases share their node: it is rendered once, wherever it is met. */
START_TEST(aliases)
{
	static const char text[] =
		HEAD "spec:\n  vars: {a: &a {x: '$${b}', y: \"${vars.c}\"}, c: 4}\n"
		     "  hypothesis: ${vars.a.x}\n  limits: *a\n";
	struct rh_registry registry;
	struct rh_load_options options = options_with(&registry);
	struct rh_buf out = {0};

	test_registry_fill(&registry);
	render(&out, text, &options);
	contains(&out, "hypothesis: \"$${b}\"");
	contains(&out, "limits:\n    x: \"$${b}\"\n    y: 4\n");
	rh_buf_release(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("render");
	TCase *tests = tcase_create("render");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, values);
	tcase_add_test(tests, draws);
	tcase_add_test(tests, templates);
	tcase_add_test(tests, references);
	tcase_add_test(tests, includes);
	tcase_add_test(tests, parameters);
	tcase_add_test(tests, overrides);
	tcase_add_test(tests, deferred);
	tcase_add_test(tests, aliases);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
