/*
 * load.c - the registry with its plugins, and plans from files.
 */
#include "cmd/load.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

static bool has_option(const struct cmd_args *args, const char *name)
{
	for (const struct cmd_option *option = args->verb->options; option->name != NULL;
	     option++) {
		if (strcmp(option->name, name) == 0)
			return true;
	}
	return false;
}

static void print_diagnostics(const struct cmd_args *args, const struct rh_diagnostics *diagnostics,
			      const char *what_then)
{
	struct rh_buf text = {0};

	if (has_option(args, "json") && cmd_option_given(args, "json") &&
	    (diagnostics->error_count > 0 || args->verb == &cmd_verb_validate)) {
		rh_diagnostics_json(diagnostics, &text);
		fprintf(stdout, "%s\n", rh_buf_str(&text));
		rh_buf_reset(&text);
	}
	if (diagnostics->error_count > 0 || !has_option(args, "quiet") ||
	    !cmd_option_given(args, "quiet"))
		rh_diagnostics_print(diagnostics, &text);
	fputs(rh_buf_str(&text), stderr);
	if (diagnostics->error_count > 0)
		fprintf(stderr, "%" PRIu32 " %s, %s (exit 2)\n", diagnostics->error_count,
			diagnostics->error_count == 1 ? "error" : "errors", what_then);
	rh_buf_release(&text);
}

struct rh_plan *cmd_load(const struct cmd_args *args, const struct rh_registry *registry,
			 const char *path, int *exit_code)
{
	struct rh_load_options options = {.registry = registry};
	struct rh_diagnostics diagnostics;
	const char *seed = cmd_option_value(args, "seed");
	struct rh_plan *plan;

	*exit_code = 2;
	if (strcmp(path, "-") == 0) {
		cmd_usage("a scenario is a file, so that its run can be repeated: save it, or "
			  "write ./- for a file of that name");
		return NULL;
	}
	if (seed != NULL) {
		options.has_seed = true;
		if (!cmd_number("seed", seed, SEED_MAX, &options.seed))
			return NULL;
	}
	options.sets = cmd_option_values(args, "set");
	options.set_count = cmd_option_count(args, "set");
	if (has_option(args, "trace"))
		options.trace = cmd_option_value(args, "trace");
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_file(path, &options, &diagnostics);
	print_diagnostics(args, &diagnostics, "nothing was run");
	rh_diagnostics_release(&diagnostics);
	*exit_code = plan == NULL ? 2 : 0;
	return plan;
}

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
	const char *const *values = cmd_option_values(args, name);

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

char *cmd_reproduce_line(struct rh_arena *arena, const struct cmd_args *args, const char *path,
			 uint64_t seed, uint64_t until_ns)
{
	struct rh_buf line = {0};
	char span[RH_TIME_TEXT];
	char *text;

	put_word(&line, args->program);
	rh_buf_text(&line, " run ");
	put_word(&line, path);
	rh_buf_printf(&line, " --seed %" PRIu64, seed);
	if (has_option(args, "mode"))
		put_repeated(&line, args, "mode");
	put_repeated(&line, args, "set");
	put_repeated(&line, args, "plugin");
	if (until_ns != RH_TIME_NEVER)
		rh_buf_printf(&line, " --until %s", rh_span_exact(span, until_ns));
	text = rh_arena_text(arena, rh_buf_str(&line), line.len);
	rh_buf_release(&line);
	return text;
}
