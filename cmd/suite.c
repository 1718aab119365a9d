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
#include "cmd/shelf.h"
#include "cmd/single.h"
#include "cmd/worlds.h"
#include "core/store/rundir.h"

static bool is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool cmd_suite_is_meant(const struct cmd_args *args)
{
	return args->operand_count > 1 || is_folder(args->operands[0]);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

/* "name" of "folder/name.yaml", with what leads elsewhere taken out, and "-2" for the second of a name. */
static const char *job_name(struct cmd_suite *suite, const char *path)
{
	const char *slash = strrchr(path, '/');
	char stem[80];
	const char *name;
	size_t len;

	snprintf(stem, sizeof(stem), "%s", slash == NULL ? path : slash + 1);
	len = strlen(stem);
	if (len > 5 && strcmp(stem + len - 5, ".yaml") == 0)
		stem[len - 5] = 0;
	for (size_t i = 0; stem[i] != 0; i++) {
		if (strchr(" /\t\n'\"\\$&|;<>*?()", stem[i]) != NULL)
			stem[i] = '-';
	}
	if (stem[0] == 0 || stem[0] == '.')
		stem[0] = '-';
	name = rh_arena_text(&suite->arena, stem, strlen(stem));
	for (uint32_t i = 0, again = 2; i < suite->job_count; i++) {
		if (strcmp(suite->jobs[i].name, name) != 0)
			continue;
		name = rh_arena_printf(&suite->arena, "%s-%u", stem, again++);
		i = UINT32_MAX; /* from the start */
	}
	return name;
}

static bool add_job(struct cmd_suite *suite, const char *path)
{
	struct cmd_job *job = &suite->jobs[suite->job_count];

	if (suite->job_count == CMD_JOBS_MAX) {
		cmd_usage("a suite has at most %d runs", CMD_JOBS_MAX);
		return false;
	}
	*job = (struct cmd_job){
		.suite = suite, .exit_code = -1, .reason = "", .reproduce = "", .trace_hash = ""};
	job->path = rh_arena_text(&suite->arena, path, strlen(path));
	job->name = job_name(suite, path);
	suite->job_count++;
	return true;
}

/* Every scenario below a folder; other kinds of files are not meant. */
static bool add_folder(struct cmd_suite *suite, const char *folder)
{
	struct cmd_library *library = rh_alloc(1, sizeof(*library));
	uint32_t before = suite->job_count;
	bool is_good = true;

	cmd_library_open_folder(library, folder);
	for (size_t i = 0; i < library->count && is_good; i++) {
		if (strcmp(cmd_shelf_kind(&library->arena, library->paths[i]), "Scenario") == 0)
			is_good = add_job(suite, library->paths[i]);
	}
	cmd_library_close(library);
	free(library);
	if (is_good && suite->job_count == before) {
		cmd_usage("%s: there is no scenario in this directory", folder);
		is_good = false;
	}
	return is_good;
}

/* --shard 2/8: every eighth, from the second on. */
static bool take_shard(struct cmd_suite *suite)
{
	const char *text = cmd_option_value(suite->args, "shard");
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
	for (uint32_t i = 0; i < suite->job_count; i++) {
		if (i % parts == part - 1)
			suite->jobs[kept++] = suite->jobs[i];
	}
	suite->job_count = kept;
	return true;
}

static const char *suite_name(struct cmd_suite *suite, const char *operand)
{
	char *path = rh_arena_text(&suite->arena, operand, strlen(operand));
	const char *slash;
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		path[--len] = 0;
	slash = strrchr(path, '/');
	path = slash == NULL || slash[1] == 0 ? path : path + (slash + 1 - path);
	return path[0] == '.' || path[0] == '/' ? "suite" : path;
}

static bool make_jobs(struct cmd_suite *suite)
{
	const struct cmd_args *args = suite->args;
	bool is_good = true;

	suite->name = "suite";
	suite->description = "";
	for (int i = 0; i < args->operand_count && is_good; i++)
		is_good = is_folder(args->operands[i]) ? add_folder(suite, args->operands[i])
						       : add_job(suite, args->operands[i]);
	if (is_good && args->operand_count == 1)
		suite->name = suite_name(suite, args->operands[0]);
	return is_good && take_shard(suite);
}

/* ---- one job --------------------------------------------------------------------------------- */

/* The suite's options and those of the job. */
static struct cmd_args *args_of(const struct cmd_job *job)
{
	struct cmd_args *args = rh_alloc(1, sizeof(*args));

	*args = *job->suite->args;
	for (uint32_t i = 0; i < job->extra_count; i++) {
		int at = cmd_option_find(args->verb, job->extras[i].option);

		RH_ASSERT(at >= 0);
		if (args->options[at].count < CMD_REPEATS_MAX)
			args->options[at].values[args->options[at].count++] = job->extras[i].value;
	}
	return args;
}

/* In a process of its own. */
static int begin(const struct cmd_job *job)
{
	const struct cmd_args *args = args_of(job);
	struct cmd_play_options options;
	int code = cmd_single_options(args, &options);

	options.out_dir = job->dir;
	options.has_progress = false;
	options.is_forced = false;
	options.junit_path =
		rh_arena_printf(&job->suite->arena, "%s/%s.xml", job->suite->dir, job->name);
	return code != 0 ? code : cmd_single_run(args, job->path, &options);
}

/* Everything that can be said before the first run begins. */
static int check_jobs(struct cmd_suite *suite)
{
	const struct rh_world_ops *world = cmd_world(suite->args);
	struct rh_registry registry;
	int worst = world == NULL ? 2 : cmd_registry(&registry, suite->args);

	for (uint32_t i = 0; i < suite->job_count && (worst == 0 || worst == 2); i++) {
		struct cmd_args *args = args_of(&suite->jobs[i]);
		struct rh_err err = {0};
		struct rh_plan *plan;
		int code = 0;

		plan = cmd_load(args, &registry, suite->jobs[i].path, &code);
		if (plan != NULL && rh_run_check(plan, world, &err) != 0)
			code = cmd_fail(&err);
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

int cmd_suite_run(const struct cmd_args *args)
{
	struct cmd_suite *suite = rh_alloc(1, sizeof(*suite));
	int code = 2;

	rh_arena_init(&suite->arena);
	suite->args = args;
	suite->is_fail_fast = cmd_option_given(args, "fail-fast");
	suite->jobs = rh_alloc(CMD_JOBS_MAX, sizeof(*suite->jobs));
	if (read_parallel(suite) && make_jobs(suite))
		code = check_jobs(suite);
	if (code == 0 && suite->job_count == 0)
		code = nothing_to_run();
	else if (code == 0 && !cmd_option_given(args, "dry-run"))
		code = play(suite);
	else if (code == 0)
		for (uint32_t i = 0; i < suite->job_count; i++)
			printf("%-24s %s\n", suite->jobs[i].name, suite->jobs[i].path);
	free(suite->jobs);
	rh_arena_release(&suite->arena);
	free(suite);
	return code;
}
