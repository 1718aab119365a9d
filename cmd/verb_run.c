/*
 * verb_run.c - `rehearse run FILE`: plays a scenario, prints the summary, leaves a run directory.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/host.h"
#include "cmd/play.h"
#include "cmd/retain.h"
#include "cmd/times.h"
#include "cmd/worlds.h"
#include "sim/world.h"

/* --engine; its words were checked by the table. */
static enum rh_engine engine_of(const struct cmd_args *args)
{
	const char *text = cmd_option_value(args, "engine");

	if (text == NULL || strcmp(text, "auto") == 0)
		return RH_ENGINE_AUTO;
	if (strcmp(text, "general") == 0)
		return RH_ENGINE_GENERAL;
	return strcmp(text, "heap") == 0 ? RH_ENGINE_HEAP : RH_ENGINE_WINDOWED;
}

static bool read_threads(const struct cmd_args *args, struct cmd_play_options *options)
{
	const char *text = cmd_option_value(args, "threads");
	uint64_t count = 1;

	if (text != NULL && !cmd_number("threads", text, SIM_THREADS_MAX, &count))
		return false;
	options->threads = (uint32_t)count;
	if (count == 0)
		cmd_usage("--threads wants at least 1");
	else if (count > 1 &&
		 (options->engine == RH_ENGINE_GENERAL || options->engine == RH_ENGINE_HEAP))
		cmd_usage("--threads is for the windowed engine; --engine %s has one",
			  cmd_option_value(args, "engine"));
	else
		return true;
	return false;
}

static int read_options(const struct cmd_args *args, struct cmd_play_options *options)
{
	const char *parent = cmd_option_value(args, "out-dir");

	memset(options, 0, sizeof(*options));
	options->world = cmd_world(args);
	if (options->world == NULL)
		return 2;
	if (!(options->world->capabilities(NULL, NULL) & RH_CAN_REPEAT) &&
	    (cmd_option_given(args, "threads") || cmd_option_given(args, "engine")))
		return cmd_usage("--engine and --threads are for the simulator, not for --mode %s",
				 options->world->name);
	options->out_dir = cmd_option_value(args, "out");
	options->out_parent = parent == NULL ? "runs" : parent;
	options->is_forced = cmd_option_given(args, "force");
	options->junit_path = cmd_option_value(args, "junit");
	options->no_judge = cmd_option_given(args, "no-judge");
	if (!cmd_time_option(args, "until", &options->has_until, &options->until_ns))
		return 2;
	if (!cmd_time_option(args, "wall-limit", NULL, &options->wall_limit_ns))
		return 2;
	options->has_progress = !cmd_option_given(args, "no-progress") &&
				!cmd_option_given(args, "quiet") &&
				cmd_log_level(args) >= CMD_LOG_INFO && isatty(STDERR_FILENO) == 1;
	options->engine = engine_of(args);
	return read_threads(args, options) ? 0 : 2;
}

static void print_result(const struct cmd_args *args, const struct cmd_play *play)
{
	struct cmd_terminal terminal = cmd_terminal(STDOUT_FILENO, cmd_option_value(args, "color"));
	struct rh_summary_style style = {
		.has_colour = terminal.has_colour,
		.is_ascii = terminal.is_ascii,
		.columns = terminal.columns,
	};
	struct rh_buf text = {0};

	if (cmd_option_given(args, "json"))
		rh_report_json(play->report, &play->facts, play->result.loop_cpu_ns, &text);
	else if (!cmd_option_given(args, "quiet"))
		rh_report_summary(play->report, &play->facts, style, &text);
	fputs(rh_buf_str(&text), stdout);
	rh_buf_release(&text);
}

static int play_plan(const struct cmd_args *args, const struct rh_plan *plan, const char *path,
		     const struct cmd_play_options *options)
{
	struct rh_err err = {0};
	struct cmd_play play;
	int retained;
	int code;

	if (rh_run_check(plan, options->world, &err) != 0)
		return cmd_fail(&err);
	cmd_signals_catch();
	if (cmd_play(&play, args, plan, path, options, &err) != 0) {
		code = cmd_fail(&err);
		if (play.rundir.path[0] != 0 && !play.is_whole)
			fprintf(stderr, "rehearse: the run directory %s is not complete\n",
				play.rundir.path);
	} else {
		print_result(args, &play);
		code = cmd_play_exit_code(&play);
		retained = cmd_retain(args, play.rundir.path);
		code = code == 0 ? retained : code;
	}
	cmd_play_release(&play);
	return code;
}

static int run(const struct cmd_args *args)
{
	struct cmd_play_options options;
	struct rh_registry registry;
	struct rh_plan *plan;
	int code;

	code = read_options(args, &options);
	if (code == 0)
		code = cmd_registry(&registry, args);
	if (code != 0)
		return code;
	plan = cmd_load(args, &registry, args->operands[0], &code);
	if (plan == NULL)
		return code;
	code = cmd_option_given(args, "dry-run") ? cmd_plan_tell(args, plan, options.world)
						 : play_plan(args, plan, plan->path, &options);
	rh_plan_free(plan);
	return code;
}

static const struct cmd_option options[] = {
	CMD_LOAD_OPTIONS,
	CMD_MODE_OPTION,
	{"dry-run", 'n', NULL, "print what would happen (as `plan`) and run nothing"},
	{"engine", 0, "auto|windowed|general|heap", "all give the same trace hash (auto)"},
	{"threads", 0, "N", "threads of the windowed engine (1): the trace hash is the same"},
	{"until", 'u', "TIME", "stop when everything up to this time has happened: 90s, 1h30m"},
	{"wall-limit", 0, "TIME", "stop with an error after this much real time"},
	{"trace", 0, "verdict|node|full", "what to store (verdict)"},
	{"out", 'o', "DIR", "the run directory (default: the next NAME-N of --out-dir)"},
	{"out-dir", 0, "DIR", "where run directories are made (runs)"},
	{"keep-runs", 0, "N", "so many runs of this name stay, older ones are removed"},
	{"retention-days", 0, "N", "older runs of this name are removed"},
	{"force", 0, NULL, "use --out even if it already holds a run"},
	{"junit", 0, "FILE", "write JUnit XML too"},
	{"json", 0, NULL, "print one JSON object instead of the summary"},
	{"quiet", 'q', NULL, "print nothing but errors"},
	{"no-progress", 0, NULL, "no progress line (none is drawn in a pipe anyway)"},
	{"no-judge", 0, NULL, "do not judge (to measure what judging costs)"},
	{"color", 0, "auto|always|never", "NO_COLOR counts for auto"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {
	"run scenarios/quickstart.yaml --seed 7", "run scenarios/live/quickstart.yaml --mode live",
	"run scenarios/quickstart.yaml --set model.with.blockInterval=60s --json", NULL};

const struct cmd_verb cmd_verb_run = {
	.name = "run",
	.summary = "play a scenario, judge it, leave a run directory",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = run,
};
