/*
 * single.c - one run from its options to its exit code.
 */
#include "cmd/single.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/host.h"
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

int cmd_single_options(const struct cmd_args *args, struct cmd_play_options *options)
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
	return read_threads(args, options) && cmd_retain_options(args) ? 0 : 2;
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

int cmd_single_play(const struct cmd_args *args, const struct rh_plan *plan,
		    const struct cmd_play_options *options)
{
	struct rh_err err = {0};
	struct cmd_play play;
	int retained;
	int code;

	if (rh_run_check(plan, options->world, &err) != 0)
		return cmd_fail(&err);
	cmd_signals_catch();
	if (cmd_play(&play, args, plan, options, &err) != 0) {
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

int cmd_single_run(const struct cmd_args *args, const char *operand,
		   const struct cmd_play_options *options)
{
	struct rh_registry registry;
	struct rh_plan *plan;
	int code = cmd_registry(&registry, args);

	if (code != 0)
		return code;
	plan = cmd_load(args, &registry, operand, &code);
	if (plan == NULL)
		return code;
	code = cmd_option_given(args, "dry-run") ? cmd_plan_tell(args, plan, options->world)
						 : cmd_single_play(args, plan, options);
	rh_plan_free(plan);
	return code;
}
