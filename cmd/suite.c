/*
 * suite.c - makes jobs of operands, checks them all, plays them, and leaves the directory of the suite.
 */
#include "cmd/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/host.h"
#include "cmd/single.h"
#include "cmd/worlds.h"
#include "core/scenario/diag.h"
#include "core/store/rundir.h"

static bool is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static bool is_taken(const struct cmd_suite *suite, const char *name)
{
	for (uint32_t i = 0; i < suite->job_count; i++) {
		if (strcmp(suite->jobs[i].name, name) == 0)
			return true;
	}
	return false;
}

/* "name" of "folder/name.yaml" without the ending. */
static const char *base_name(struct cmd_suite *suite, const char *path)
{
	char *base = rh_arena_text(&suite->arena, path, strlen(path));
	size_t len = strlen(base);
	const char *slash;

	while (len > 1 && base[len - 1] == '/')
		base[--len] = 0;
	if (len > 5 && strcmp(base + len - 5, ".yaml") == 0)
		base[len - 5] = 0;
	slash = strrchr(base, '/');
	return slash == NULL || slash[1] == 0 ? base : slash + 1;
}

/* Fit for a file name, and "-2" behind the second of a name. */
static const char *job_name(struct cmd_suite *suite, const char *text)
{
	char stem[160];
	const char *name;

	snprintf(stem, sizeof(stem), "%s", text);
	for (size_t i = 0; stem[i] != 0; i++) {
		if (strchr(" /\t\n'\"\\$&|;<>*?()", stem[i]) != NULL || (i == 0 && stem[0] == '.'))
			stem[i] = '-';
	}
	name = rh_arena_text(&suite->arena, stem, strlen(stem));
	for (unsigned again = 2; is_taken(suite, name); again++)
		name = rh_arena_printf(&suite->arena, "%s-%u", stem, again);
	return name;
}

static struct cmd_job *add_job(struct cmd_suite *suite, const char *path, const char *name)
{
	struct cmd_job *job = &suite->jobs[suite->job_count];

	if (suite->job_count == CMD_JOBS_MAX) {
		cmd_usage("more than %d runs at once", CMD_JOBS_MAX);
		return NULL;
	}
	*job = (struct cmd_job){
		.suite = suite, .exit_code = -1, .reason = "", .reproduce = "", .trace_hash = ""};
	job->path = rh_arena_text(&suite->arena, path, strlen(path));
	job->name = job_name(suite, name);
	suite->job_count++;
	return job;
}

static const char *keep(struct cmd_suite *suite, const char *text)
{
	return rh_arena_text(&suite->arena, text, strlen(text));
}

/* What an entry says, as options. */
static void add_extras(struct cmd_suite *suite, struct cmd_job *job,
		       const struct rh_suite_entry *entry, bool has_matrix)
{
	struct cmd_extra *extras = RH_ARENA_ARRAY(
		&suite->arena, entry->set_count + entry->param_count + 3, struct cmd_extra);
	uint32_t count = 0;

	if (entry->has_seed)
		extras[count++] = (struct cmd_extra){
			"seed",
			rh_arena_printf(&suite->arena, "%llu", (unsigned long long)entry->seed)};
	if (entry->mode[0] != 0)
		extras[count++] = (struct cmd_extra){"mode", keep(suite, entry->mode)};
	if (has_matrix)
		extras[count++] = (struct cmd_extra){"no-matrix", ""};
	for (uint32_t i = 0; i < entry->set_count; i++)
		extras[count++] = (struct cmd_extra){"set", keep(suite, entry->sets[i])};
	for (uint32_t i = 0; i < entry->param_count; i++)
		extras[count++] = (struct cmd_extra){"param", keep(suite, entry->params[i])};
	job->extras = extras;
	job->extra_count = count;
}

/* Whether the scenario of an entry of a suite has variants of its own: those are not meant there. */
static bool has_own_matrix(const struct cmd_suite *suite, const char *path)
{
	struct rh_load_options options = {.registry = suite->registry};
	struct rh_diagnostics diagnostics;
	struct rh_suite *variants;
	bool has_more;

	rh_diagnostics_init(&diagnostics);
	variants = rh_load_matrix(path, &options, &diagnostics);
	has_more = variants != NULL && variants->entry_count > 1;
	if (variants != NULL)
		rh_suite_free(variants);
	rh_diagnostics_release(&diagnostics);
	return has_more;
}

static const char *path_of(struct cmd_suite *suite, const struct rh_suite_entry *entry)
{
	char hint[600];
	const char *path = entry->path;

	if (path != NULL)
		return path;
	path = cmd_template_path(suite->args, &suite->arena, entry->template_name, hint);
	if (path == NULL)
		cmd_usage("%s: there is no template \"%s\"%s%s", entry->name, entry->template_name,
			  hint[0] == 0 ? "" : ": ", hint);
	return path;
}

/* A value that was typed would win over those of the matrix, and its variants would be one run many times. */
static bool is_overruled(const struct cmd_suite *suite, const struct rh_suite_entry *entry)
{
	const char *const *typed = cmd_option_values(suite->args, "set");

	for (uint32_t i = 0; i < entry->set_count; i++) {
		size_t len = strcspn(entry->sets[i], "=") + 1;

		for (uint32_t k = 0; k < cmd_option_count(suite->args, "set"); k++) {
			if (strncmp(typed[k], entry->sets[i], len) != 0 ||
			    strcmp(typed[k], entry->sets[i]) == 0)
				continue;
			cmd_usage("--set %s: the matrix has other values for it; with --no-matrix "
				  "it is one run",
				  typed[k]);
			return true;
		}
	}
	return false;
}

static bool add_entry(struct cmd_suite *suite, const struct rh_suite_entry *entry, uint32_t first,
		      bool is_variant)
{
	const char *path = path_of(suite, entry);
	struct cmd_job *job = path == NULL ? NULL : add_job(suite, path, entry->name);
	uint32_t *needs;

	if (job == NULL)
		return false;
	if (entry->has_seed && cmd_option_given(suite->args, "seed") &&
	    !cmd_option_is_setting(suite->args, "seed")) {
		cmd_usage("--seed is one for all, and %s has a seed of its own: leave one out",
			  job->name);
		return false;
	}
	if (is_variant && is_overruled(suite, entry))
		return false;
	add_extras(suite, job, entry, is_variant || has_own_matrix(suite, path));
	needs = RH_ARENA_ARRAY(&suite->arena, entry->need_count + 1, uint32_t);
	for (uint32_t i = 0; i < entry->need_count; i++)
		needs[i] = first + entry->needs[i];
	job->needs = needs;
	job->need_count = entry->need_count;
	return true;
}

/* A file: a suite, or a scenario with as many variants as its matrix has. */
static bool add_file(struct cmd_suite *suite, const char *operand, bool *is_suite)
{
	struct rh_suite *runs = cmd_load_runs(suite->args, suite->registry, operand);
	uint32_t first = suite->job_count;
	bool is_good = true;
	bool is_file_of_runs;
	bool is_matrix;

	if (runs == NULL)
		return false;
	is_file_of_runs = cmd_is_suite(suite->args, operand);
	is_matrix = !is_file_of_runs && runs->entry_count > 1 &&
		    !cmd_option_is(suite->args, "no-matrix");
	if (is_file_of_runs || is_matrix) {
		*is_suite = true;
		suite->name = keep(suite, runs->name);
		suite->description = keep(suite, runs->description);
		for (uint32_t i = 0; i < runs->entry_count && is_good; i++)
			is_good = add_entry(suite, &runs->entries[i], first, is_matrix);
	} else {
		is_good = add_job(suite, runs->entries[0].path,
				  base_name(suite, runs->entries[0].path)) != NULL;
	}
	rh_suite_free(runs);
	return is_good;
}

/* Every scenario below a folder; other kinds of files are not meant. */
static bool add_folder(struct cmd_suite *suite, const char *folder)
{
	struct cmd_library *library = rh_alloc(1, sizeof(*library));
	uint32_t before = suite->job_count;
	bool is_good = true;
	bool ignored;

	cmd_library_open_folder(library, folder);
	for (size_t i = 0; i < library->count && is_good; i++) {
		if (rh_kind_of_file(library->paths[i]) == RH_KIND_SCENARIO)
			is_good = add_file(suite, library->paths[i], &ignored);
	}
	cmd_library_close(library);
	free(library);
	if (is_good && suite->job_count == before) {
		cmd_usage("%s: there is no scenario in this directory", folder);
		is_good = false;
	}
	return is_good;
}

/* Needs by their new places; one of another shard is not waited for. */
static void renumber(struct cmd_suite *suite, struct cmd_job *job, const uint32_t *places)
{
	uint32_t *needs = RH_ARENA_ARRAY(&suite->arena, job->need_count + 1, uint32_t);
	uint32_t count = 0;

	for (uint32_t i = 0; i < job->need_count; i++) {
		if (places[job->needs[i]] != UINT32_MAX)
			needs[count++] = places[job->needs[i]];
	}
	job->needs = needs;
	job->need_count = count;
}

/* --shard 2/8: every eighth, from the second on. */
static bool take_shard(struct cmd_suite *suite)
{
	const char *text =
		cmd_option_is(suite->args, "shard") ? cmd_option_value(suite->args, "shard") : NULL;
	uint32_t *places;
	unsigned part = 0;
	unsigned parts = 0;
	char rest = 0;
	uint32_t kept = 0;

	if (text == NULL)
		return true;
	if (sscanf(text, "%4u/%4u%c", &part, &parts, &rest) != 2 || part < 1 || part > parts) {
		cmd_usage("--shard wants I/N with I from 1 to N, not \"%s\"", text);
		return false;
	}
	places = RH_ARENA_ARRAY(&suite->arena, suite->job_count + 1, uint32_t);
	for (uint32_t i = 0; i < suite->job_count; i++) {
		places[i] = i % parts == part - 1 ? kept : UINT32_MAX;
		if (places[i] != UINT32_MAX)
			suite->jobs[kept++] = suite->jobs[i];
	}
	suite->job_count = kept;
	for (uint32_t i = 0; i < kept; i++)
		renumber(suite, &suite->jobs[i], places);
	return true;
}

enum cmd_meant cmd_suite_open(struct cmd_suite *suite, const struct cmd_args *args)
{
	bool is_suite = args->operand_count > 1 || is_folder(args->operands[0]);
	bool is_good = true;

	memset(suite, 0, sizeof(*suite));
	rh_arena_init(&suite->arena);
	suite->args = args;
	suite->description = "";
	suite->jobs = rh_alloc(CMD_JOBS_MAX, sizeof(*suite->jobs));
	suite->registry = rh_alloc(1, sizeof(*suite->registry));
	if (cmd_registry(suite->registry, args) != 0)
		return CMD_MEANT_NOTHING;
	for (int i = 0; i < args->operand_count && is_good; i++) {
		bool is_one_suite = false;

		is_good = is_folder(args->operands[i])
				  ? add_folder(suite, args->operands[i])
				  : add_file(suite, args->operands[i], &is_one_suite);
		is_suite = is_suite || is_one_suite;
	}
	if (args->operand_count > 1)
		suite->name = "suite";
	else if (is_good && is_folder(args->operands[0]))
		suite->name = base_name(suite, args->operands[0]);
	if (suite->name == NULL || suite->name[0] == '.' || suite->name[0] == '/')
		suite->name = "suite";
	if (!is_good)
		return CMD_MEANT_NOTHING;
	if (!is_suite)
		return CMD_MEANT_ONE;
	return take_shard(suite) ? CMD_MEANT_SUITE : CMD_MEANT_NOTHING;
}

void cmd_suite_release(struct cmd_suite *suite)
{
	free(suite->jobs);
	free(suite->registry);
	rh_arena_release(&suite->arena);
}

/* ---- one job --------------------------------------------------------------------------------- */

/* An option of the job in front of what was typed, so that what was typed wins; what was only set does not. */
static void put_extra(struct cmd_args *args, const struct cmd_extra *extra, uint32_t *own)
{
	int at = cmd_option_find(args->verb, extra->option);
	uint32_t count;

	if (at < 0) /* a verb that has no use for it */
		return;
	if (args->options[at].is_setting) {
		args->options[at].is_setting = false;
		args->options[at].count = 0;
	}
	count = args->options[at].count;
	if (count == CMD_REPEATS_MAX)
		return;
	memmove((void *)&args->options[at].values[own[at] + 1],
		(const void *)&args->options[at].values[own[at]],
		(count - own[at]) * sizeof(args->options[at].values[0]));
	args->options[at].values[own[at]++] = extra->value;
	args->options[at].count++;
}

/* The suite's options and those of the job. */
static struct cmd_args *args_of(const struct cmd_job *job)
{
	struct cmd_args *args = rh_alloc(1, sizeof(*args));
	uint32_t own[CMD_OPTIONS_MAX] = {0};

	*args = *job->suite->args;
	args->is_template = false; /* its path is known */
	for (uint32_t i = 0; i < job->extra_count; i++)
		put_extra(args, &job->extras[i], own);
	return args;
}

/* In a process of its own. */
static int begin(const struct cmd_job *job)
{
	struct cmd_args *args = args_of(job);
	struct cmd_play_options options;
	int code = cmd_single_options(args, &options);

	options.out_dir = job->dir;
	options.has_progress = false;
	options.is_forced = false;
	options.junit_path =
		rh_arena_printf(&job->suite->arena, "%s/%s.xml", job->suite->dir, job->name);
	if (code == 0)
		code = cmd_single_run(args, job->path, &options);
	free(args);
	return code;
}

int cmd_suite_check(struct cmd_suite *suite)
{
	int worst = 0;

	for (uint32_t i = 0; i < suite->job_count; i++) {
		struct cmd_args *args = args_of(&suite->jobs[i]);
		const struct rh_world_ops *world = cmd_world(args);
		struct rh_plan *plan = NULL;
		int code = 2;

		if (world != NULL)
			plan = cmd_load(args, suite->registry, suite->jobs[i].path, &code);
		if (plan != NULL)
			code = cmd_plan_check(args, plan, world);
		if (plan != NULL)
			rh_plan_free(plan);
		free(args);
		worst = code > worst ? code : worst;
	}
	return worst;
}

static void ended(struct cmd_suite *suite, struct cmd_job *job)
{
	cmd_suite_collect(suite, job);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool read_parallel(struct cmd_suite *suite)
{
	const char *text = cmd_option_value(suite->args, "jobs");
	const char *mode = cmd_option_value(suite->args, "mode");
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t count;

	/* Live runs share the machine's ports and clocks: one at a time unless asked for more. */
	suite->parallel = mode != NULL && strcmp(mode, "live") == 0 ? 1
			  : processors < 1			    ? 1
								    : (uint32_t)processors;
	if (text == NULL)
		return true;
	if (!cmd_number("jobs", text, 1024, &count))
		return false;
	if (count == 0)
		cmd_usage("--jobs wants at least 1");
	suite->parallel = (uint32_t)count;
	return count > 0;
}

static int open_directory(struct cmd_suite *suite, struct rh_rundir *rundir)
{
	const char *out = cmd_option_value(suite->args, "out");
	const char *parent = cmd_option_value(suite->args, "out-dir");
	struct rh_err err = {0};
	char path[4200];
	int rc;

	snprintf(path, sizeof(path), "%.4000s/suite.json", out == NULL ? "" : out);
	if (out != NULL && access(path, F_OK) == 0)
		return cmd_usage("%s: already holds a suite: choose another directory", out);
	/* A suite is never put over an earlier one: runs of two days would stand side by side. */
	rc = out != NULL ? rh_rundir_open(rundir, out, suite->name, false, &err)
			 : rh_rundir_open_in(rundir, parent == NULL ? "runs" : parent, suite->name,
					     &err);
	if (rc != 0)
		return cmd_fail(&err);
	snprintf(suite->dir, sizeof(suite->dir), "%s", rundir->path);
	for (uint32_t i = 0; i < suite->job_count; i++) {
		struct cmd_job *job = &suite->jobs[i];

		job->dir = rh_arena_printf(&suite->arena, "%s/%s", suite->dir, job->name);
		job->log = rh_arena_printf(&suite->arena, "%s/%s.log", suite->dir, job->name);
	}
	return 0;
}

/* --junit is a copy of the suite's own junit.xml. */
static int write_results(const struct cmd_suite *suite, const struct rh_rundir *rundir)
{
	const char *copy = cmd_option_value(suite->args, "junit");
	struct rh_err err = {0};
	struct rh_buf text = {0};
	bool is_written = true;
	int rc;

	cmd_suite_junit(suite, &text);
	rc = rh_rundir_write(rundir, "junit.xml", text.data, text.len, &err);
	if (rc == 0 && copy != NULL) {
		FILE *file = fopen(copy, "w");

		is_written = file != NULL && fwrite(text.data, 1, text.len, file) == text.len;
		is_written = file != NULL && fclose(file) == 0 && is_written;
	}
	rh_buf_reset(&text);
	cmd_suite_json(suite, &text);
	if (rc == 0)
		rc = rh_rundir_write(rundir, "suite.json", text.data, text.len, &err);
	if (rc == 0)
		rc = rh_rundir_close(rundir, &err);
	if (cmd_option_given(suite->args, "json"))
		fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
	if (rc != 0)
		return cmd_fail(&err);
	if (!is_written) {
		fprintf(stderr, "rehearse: error: --junit: cannot write %s\n", copy);
		return 3;
	}
	return 0;
}

static int play(struct cmd_suite *suite)
{
	struct rh_rundir rundir;
	int code = open_directory(suite, &rundir);
	int written;

	if (code != 0)
		return code;
	suite->started_wall_ns = cmd_wall_ns(NULL);
	cmd_suite_head(suite);
	cmd_pool_play(suite, begin, ended);
	suite->wall_ns = cmd_wall_ns(NULL) - suite->started_wall_ns;
	written = write_results(suite, &rundir);
	cmd_suite_end(suite);
	code = cmd_suite_code(suite);
	return code == 0 ? written : code;
}

static int nothing_to_run(void)
{
	cmd_usage("nothing is left to run in this shard");
	return 5;
}

static void tell_jobs(const struct cmd_suite *suite)
{
	for (uint32_t i = 0; i < suite->job_count; i++) {
		const struct cmd_job *job = &suite->jobs[i];

		printf("%-32s %s", job->name, job->path);
		for (uint32_t k = 0; k < job->extra_count; k++) {
			if (job->extras[k].value[0] != 0)
				printf(" --%s %s", job->extras[k].option, job->extras[k].value);
		}
		for (uint32_t k = 0; k < job->need_count; k++)
			printf("%s%s", k == 0 ? ", after " : " and ",
			       suite->jobs[job->needs[k]].name);
		printf("\n");
	}
}

int cmd_suite_run(struct cmd_suite *suite)
{
	int code = read_parallel(suite) ? cmd_suite_check(suite) : 2;

	suite->is_fail_fast = cmd_option_given(suite->args, "fail-fast");
	if (code != 0)
		return code;
	if (suite->job_count == 0)
		return nothing_to_run();
	if (!cmd_option_given(suite->args, "dry-run"))
		return play(suite);
	tell_jobs(suite);
	return 0;
}
