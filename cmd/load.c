/*
 * load.c - the registry with its plugins, and plans from files.
 */
#include "cmd/load.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/times.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "models/registry.h"

#define SEED_MAX ((UINT64_C(1) << 53) - 1)

/* dlopen searches the library path for a bare name; we mean the file. */
static int load_plugin(struct rh_registry *registry, const char *path, struct rh_err *err)
{
	typedef const struct rh_plugin *plugin_entry(void);
	char file[4096];
	void *object;
	plugin_entry *entry;
	const struct rh_plugin *plugin;

	snprintf(file, sizeof(file), "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
	object = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL)
		return rh_err_set(err, RH_E_INPUT, "plugin %s: %s", path, dlerror());
	*(void **)&entry = dlsym(object, "rh_plugin_v1");
	if (entry == NULL)
		return rh_err_set(err, RH_E_INPUT,
				  "plugin %s: it does not export rh_plugin_v1 (see core/plugin.h)",
				  path);
	plugin = entry();
	if (plugin == NULL)
		return rh_err_set(err, RH_E_INPUT, "plugin %s: rh_plugin_v1 gave nothing", path);
	if (rh_registry_add(registry, plugin, err) != 0)
		return rh_err_wrap(err, "plugin %s", path);
	return 0;
}

int cmd_registry(struct rh_registry *registry, const struct cmd_args *args)
{
	struct rh_err err = {0};
	const char *const *plugins = cmd_option_values(args, "plugin");
	uint32_t count = cmd_option_count(args, "plugin");

	memset(registry, 0, sizeof(*registry));
	if (rh_registry_add(registry, &rh_builtin_faults, &err) != 0 ||
	    rh_registry_add(registry, &rh_builtin_assertions, &err) != 0 ||
	    rh_registry_add(registry, &rh_builtin_workloads, &err) != 0 ||
	    rh_registry_add(registry, &rh_builtin_models, &err) != 0)
		return cmd_fail(&err);
	for (uint32_t i = 0; i < count; i++) {
		if (load_plugin(registry, plugins[i], &err) != 0)
			return cmd_fail(&err);
	}
	return 0;
}

static void print_diagnostics(const struct cmd_args *args, const struct rh_diagnostics *diagnostics,
			      const char *what_then)
{
	struct rh_buf text = {0};

	if (cmd_option_is(args, "json") &&
	    (diagnostics->error_count > 0 || args->verb == &cmd_verb_validate)) {
		rh_diagnostics_json(diagnostics, &text);
		fprintf(stdout, "%s\n", rh_buf_str(&text));
		rh_buf_reset(&text);
	}
	if (diagnostics->error_count > 0 ||
	    (!cmd_option_is(args, "quiet") && cmd_log_level(args) >= CMD_LOG_WARN))
		rh_diagnostics_print(diagnostics, &text);
	fputs(rh_buf_str(&text), stderr);
	if (diagnostics->error_count > 0)
		fprintf(stderr, "%" PRIu32 " %s, %s (exit 2)\n", diagnostics->error_count,
			diagnostics->error_count == 1 ? "error" : "errors", what_then);
	rh_buf_release(&text);
}

/* ---- options of the loader ------------------------------------------------------------------ */

/* What the loader borrows while it works. */
struct request {
	struct rh_load_options options;
	struct rh_arena arena;
	const char *sets[CMD_REPEATS_MAX + 2];
	const char *params[CMD_REPEATS_MAX + 1];
};

/* --duration and --timeout are short for --set, behind what was set by hand. */
static bool add_set(struct request *request, const struct cmd_args *args, const char *name)
{
	uint64_t ignored_ns;

	if (!cmd_time_option(args, name, NULL, &ignored_ns))
		return false;
	if (cmd_option_given(args, name))
		request->sets[request->options.set_count++] = rh_arena_printf(
			&request->arena, "%s=%s", name, cmd_option_value(args, name));
	return true;
}

/* --env before the environment itself. */
static const char *environment(void *ctx, const char *name)
{
	const struct cmd_args *args = ctx;
	const char *const *given = cmd_option_values(args, "env");

	for (uint32_t i = cmd_option_count(args, "env"); i > 0; i--) {
		size_t len = strcspn(given[i - 1], "=");

		if (strlen(name) == len && strncmp(given[i - 1], name, len) == 0)
			return given[i - 1] + len + (given[i - 1][len] == '=');
	}
	return getenv(name);
}

/* -p, and --params, which is a file or like -p. */
static void add_params(struct request *request, const struct cmd_args *args)
{
	struct rh_load_options *options = &request->options;
	const char *const *given = cmd_option_values(args, "param");
	const char *file = cmd_option_value(args, "params");

	if (file != NULL && strchr(file, '=') != NULL && access(file, F_OK) != 0)
		request->params[options->param_count++] = file;
	else
		options->params_file = file;
	for (uint32_t i = 0; i < cmd_option_count(args, "param"); i++)
		request->params[options->param_count++] = given[i];
	options->params = request->params;
	options->template_dirs = cmd_option_values(args, "template-dir");
	options->template_dir_count = cmd_option_count(args, "template-dir");
	options->allows_outside = cmd_option_given(args, "allow-outside");
	options->env = environment;
	options->env_ctx = (void *)(uintptr_t)args;
}

static bool read_request(struct request *request, const struct cmd_args *args)
{
	struct rh_load_options *options = &request->options;
	const char *seed = cmd_option_value(args, "seed");
	const char *const *sets = cmd_option_values(args, "set");

	options->has_seed = seed != NULL;
	if (seed != NULL && !cmd_number("seed", seed, SEED_MAX, &options->seed))
		return false;
	for (; options->set_count < cmd_option_count(args, "set"); options->set_count++)
		request->sets[options->set_count] = sets[options->set_count];
	options->sets = request->sets;
	add_params(request, args);
	if (cmd_option_is(args, "trace"))
		options->trace = cmd_option_value(args, "trace");
	options->is_strict = cmd_option_given(args, "strict");
	return add_set(request, args, "duration") && add_set(request, args, "timeout") &&
	       cmd_time_option(args, "default-timeout", NULL, &options->default_timeout_ns) &&
	       cmd_time_option(args, "assertion-timeout", NULL, &options->assertion_timeout_ns);
}

/* ---- plans ----------------------------------------------------------------------------------- */

/* Warnings that the options turn into errors. */
static uint32_t count_refused(const struct cmd_args *args, const struct rh_diagnostics *diagnostics)
{
	static const char *const of_times[] = {"W001", "W002", "W003", "W005"};
	uint32_t count = 0;

	if (cmd_option_given(args, "strict"))
		return diagnostics->warning_count;
	for (uint32_t i = 0; cmd_option_given(args, "check-timing") && i < diagnostics->count;
	     i++) {
		for (size_t k = 0; k < RH_ARRAY_LEN(of_times); k++)
			count += strcmp(diagnostics->items[i].code, of_times[k]) == 0;
	}
	return count;
}

static void refuse_warnings(const struct cmd_args *args, uint32_t count)
{
	fprintf(stderr, "%" PRIu32 " %s, and --%s takes %s for %s: nothing was run (exit 2)\n",
		count, count == 1 ? "warning" : "warnings",
		cmd_option_given(args, "strict") ? "strict" : "check-timing",
		count == 1 ? "it" : "them", count == 1 ? "an error" : "errors");
}

/* As the loader would say it, with what was near. */
static void complain_missing(struct rh_diagnostics *diagnostics, const char *operand,
			     const char *hint)
{
	struct rh_complaint complaint = {.code = "E001", .hint = hint[0] == 0 ? NULL : hint};

	rh_diagnostics_source(diagnostics, operand, "", 0);
	rh_complain(diagnostics, &complaint, "%s",
		    strchr(operand, '/') == NULL && strchr(operand, '.') == NULL
			    ? "there is no such file, and no scenario of this name in the library"
			    : "there is no such file");
}

/* The path that the operand means, with the options read; NULL after a message. */
static const char *prepare(struct request *request, const struct cmd_args *args,
			   const struct rh_registry *registry, const char *operand,
			   struct rh_diagnostics *diagnostics)
{
	const char *path;
	char hint[600];

	memset(request, 0, sizeof(*request));
	request->options.registry = registry;
	rh_arena_init(&request->arena);
	if (strcmp(operand, "-") == 0) {
		cmd_usage("a scenario is a file, so that its run can be repeated: save it, or "
			  "write ./- for a file of that name");
		return NULL;
	}
	if (!read_request(request, args))
		return NULL;
	path = args->is_template ? cmd_template_path(args, &request->arena, operand, hint)
				 : cmd_scenario_path(args, &request->arena, operand, hint);
	if (path == NULL) {
		complain_missing(diagnostics, operand, hint);
		print_diagnostics(args, diagnostics, "nothing was run");
	}
	return path;
}

struct rh_plan *cmd_load(const struct cmd_args *args, const struct rh_registry *registry,
			 const char *operand, int *exit_code)
{
	struct rh_diagnostics diagnostics;
	struct rh_plan *plan = NULL;
	struct request request;
	const char *path;

	rh_diagnostics_init(&diagnostics);
	path = prepare(&request, args, registry, operand, &diagnostics);
	if (path != NULL) {
		uint32_t refused;

		plan = rh_load_file(path, &request.options, &diagnostics);
		print_diagnostics(args, &diagnostics, "nothing was run");
		refused = plan == NULL ? 0 : count_refused(args, &diagnostics);
		if (refused > 0) {
			refuse_warnings(args, refused);
			rh_plan_free(plan);
			plan = NULL;
		}
	}
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&request.arena);
	*exit_code = plan == NULL ? 2 : 0;
	return plan;
}

int cmd_render(const struct cmd_args *args, const struct rh_registry *registry, const char *operand,
	       struct rh_buf *out)
{
	struct rh_diagnostics diagnostics;
	struct request request;
	const char *path;
	int code = 2;

	rh_diagnostics_init(&diagnostics);
	path = prepare(&request, args, registry, operand, &diagnostics);
	if (path != NULL) {
		if (rh_render_file(out, path, &request.options, &diagnostics))
			code = 0;
		print_diagnostics(args, &diagnostics, "nothing was rendered");
	}
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&request.arena);
	return code;
}

bool cmd_check_fragment(const struct cmd_args *args, const struct rh_registry *registry,
			const char *operand, int *exit_code)
{
	struct rh_diagnostics diagnostics;
	struct rh_arena arena = {0};
	struct request request;
	char hint[600];
	const char *path = args->is_template ? cmd_template_path(args, &arena, operand, hint)
					     : cmd_scenario_path(args, &arena, operand, hint);
	bool is_fragment = path != NULL && rh_kind_of_file(path) == RH_KIND_TEMPLATE;

	rh_arena_release(&arena);
	if (!is_fragment)
		return false;
	rh_diagnostics_init(&diagnostics);
	path = prepare(&request, args, registry, operand, &diagnostics);
	if (path != NULL)
		rh_check_fragment_file(path, &request.options, &diagnostics, &is_fragment);
	is_fragment = is_fragment && path != NULL;
	if (is_fragment)
		print_diagnostics(args, &diagnostics, "nothing was run");
	*exit_code = diagnostics.error_count != 0 ? 2 : 0;
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&request.arena);
	return is_fragment;
}

bool cmd_is_suite(const struct cmd_args *args, const char *operand)
{
	struct rh_arena arena = {0};
	char hint[600];
	const char *path =
		args->is_template ? NULL : cmd_scenario_path(args, &arena, operand, hint);
	bool is_suite = path != NULL && rh_kind_of_file(path) == RH_KIND_SUITE;

	rh_arena_release(&arena);
	return is_suite;
}

struct rh_suite *cmd_load_runs(const struct cmd_args *args, const struct rh_registry *registry,
			       const char *operand)
{
	struct rh_diagnostics diagnostics;
	struct rh_suite *suite = NULL;
	struct request request;
	const char *path;

	rh_diagnostics_init(&diagnostics);
	path = prepare(&request, args, registry, operand, &diagnostics);
	if (path != NULL) {
		suite = rh_kind_of_file(path) == RH_KIND_SUITE
				? rh_load_suite(path, &request.options, &diagnostics)
				: rh_load_matrix(path, &request.options, &diagnostics);
		/* Warnings are told when a scenario itself is loaded. */
		if (diagnostics.error_count > 0)
			print_diagnostics(args, &diagnostics, "nothing was run");
	}
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&request.arena);
	return suite;
}

/* ---- lines to paste -------------------------------------------------------------------------- */

/* Quotes what a shell would not take as one plain word. */
static void put_word(struct rh_buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_-./=:,+@%";

	if (word[0] != 0 && strspn(word, plain) == strlen(word)) {
		rh_buf_text(out, word);
		return;
	}
	rh_buf_text(out, "'");
	for (; *word != 0; word++) {
		if (*word == '\'')
			rh_buf_text(out, "'\\''");
		else
			rh_buf_put(out, word, 1);
	}
	rh_buf_text(out, "'");
}

static void put_repeated(struct rh_buf *out, const struct cmd_args *args, const char *name)
{
	const char *const *values;

	if (!cmd_option_is(args, name))
		return;
	values = cmd_option_values(args, name);
	for (uint32_t i = 0; i < cmd_option_count(args, name); i++) {
		rh_buf_printf(out, " --%s ", name);
		put_word(out, values[i]);
	}
}

uint64_t cmd_first_failure(const struct rh_judge *judge)
{
	uint64_t first_ns = RH_TIME_NEVER;

	for (uint32_t i = 0; judge != NULL && i < rh_judge_result_count(judge); i++) {
		const struct rh_result *one = rh_judge_result(judge, i);

		if (one->state == RH_RESULT_FAILED && one->decided_ns < first_ns)
			first_ns = one->decided_ns;
	}
	return first_ns;
}

/* The minute of the failure, or in the first minutes of a run the seconds before it. */
char *cmd_records_line(struct rh_arena *arena, const struct cmd_args *args,
		       const struct rh_judge *judge, const char *run_dir)
{
	uint64_t failed_ns = cmd_first_failure(judge);
	uint64_t grain_ns = failed_ns >= 10 * RH_NS_PER_MIN ? RH_NS_PER_MIN : 10 * RH_NS_PER_SEC;
	struct rh_buf line = {0};
	char from[RH_TIME_TEXT];
	char until[RH_TIME_TEXT];
	char *text;

	if (failed_ns == RH_TIME_NEVER)
		return NULL;
	put_word(&line, args->program);
	rh_buf_text(&line, " trace cat ");
	put_word(&line, run_dir);
	rh_buf_printf(&line, " --from %s --until %s",
		      rh_span_exact(from, failed_ns / grain_ns * grain_ns),
		      rh_span_exact(until, (failed_ns / grain_ns + 1) * grain_ns));
	text = rh_arena_text(arena, rh_buf_str(&line), line.len);
	rh_buf_release(&line);
	return text;
}

/* What the scenario asked the environment for. */
static void put_environment(struct rh_buf *out, const struct rh_plan *plan)
{
	for (uint32_t i = 0; i < plan->input_count; i++) {
		if (strncmp(plan->inputs[i], "env ", 4) != 0)
			continue;
		rh_buf_text(out, " --env ");
		put_word(out, plan->inputs[i] + 4);
	}
}

char *cmd_reproduce_line(struct rh_arena *arena, const struct cmd_args *args,
			 const struct rh_plan *plan, uint64_t until_ns)
{
	/* What changes the plan or the world; wherever it came from. */
	static const char *const repeated[] = {
		"mode",		"set",	   "param",	      "params",
		"duration",	"timeout", "default-timeout", "assertion-timeout",
		"template-dir", "plugin"};
	struct rh_buf line = {0};
	char span[RH_TIME_TEXT];
	char *text;

	put_word(&line, args->program);
	rh_buf_text(&line, " run ");
	put_word(&line, plan->path);
	rh_buf_printf(&line, " --seed %" PRIu64, plan->seed);
	for (size_t i = 0; i < RH_ARRAY_LEN(repeated); i++)
		put_repeated(&line, args, repeated[i]);
	if (cmd_option_is(args, "allow-outside"))
		rh_buf_text(&line, " --allow-outside");
	if (cmd_option_is(args, "no-matrix"))
		rh_buf_text(&line, " --no-matrix");
	put_environment(&line, plan);
	if (until_ns != RH_TIME_NEVER)
		rh_buf_printf(&line, " --until %s", rh_span_exact(span, until_ns));
	text = rh_arena_text(arena, rh_buf_str(&line), line.len);
	rh_buf_release(&line);
	return text;
}
