/*
 * play.c - one run of a plan from start to a complete run directory.
 *
 * While the loop runs, records go to the trace (and the judge) only.  Everything else is made
 * afterwards from the trace, so that a report can be made again and the loop stays fast.
 */
#include "cmd/play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "cmd/host.h"
#include "core/scenario/load.h"
#include "core/store/events.h"
#include "core/store/outfile.h"
#include "core/store/trace.h"
#include "core/version.h"

struct loop_ctx {
	struct cmd_progress progress;
};

static bool is_cancelled(void *ctx)
{
	(void)ctx;
	return cmd_is_interrupted(NULL);
}

static void on_progress(void *ctx, uint64_t now_ns, uint64_t end_ns)
{
	struct loop_ctx *loop = ctx;

	cmd_progress_draw(&loop->progress, now_ns, end_ns);
}

/* The loop itself, into trace.rht. */
static int run_loop(struct cmd_play *play, const struct rh_plan *plan,
		    const struct cmd_play_options *options, struct rh_err *err)
{
	struct loop_ctx loop = {.progress = {.is_on = options->has_progress}};
	struct rh_run_options run = {
		.world = {.engine = options->engine, .threads = options->threads},
		.sink_count = 1,
		.has_until = options->has_until,
		.until_ns = options->until_ns,
		.wall_limit_ns = options->wall_limit_ns,
		.is_cancelled = is_cancelled,
		.progress = options->has_progress ? on_progress : NULL,
		.cpu_clock_ns = cmd_cpu_ns,
		.wall_clock_ns = cmd_wall_ns,
		.ctx = &loop,
		.no_judge = options->no_judge,
	};
	struct rh_trace_writer *trace;
	char path[4200];
	int rc;

	run.world.record_mask = rh_record_mask(plan->trace_level);
	rh_rundir_file(path, &play->rundir, "trace.rht");
	rc = rh_trace_create(&trace, path, plan, plan->trace_level, err);
	if (rc != 0)
		return rc;
	run.sinks[0] = rh_trace_sink(trace);
	rc = rh_run(&play->result, plan, options->world, &run, err);
	cmd_progress_clear(&loop.progress);
	if (rc != 0) {
		rh_trace_abandon(trace);
		return rc;
	}
	return rh_trace_close(trace, play->result.stats.checkpoints,
			      play->result.stats.checkpoint_count, err);
}

/* Reads the trace once and gives each record to the report and to events.jsonl. */
static int tell_again(struct cmd_play *play, const struct rh_plan *plan, struct rh_err *err)
{
	const struct rh_sink *report = rh_report_sink(play->report);
	struct rh_events_writer *events;
	struct rh_trace_reader *reader;
	struct rh_record record;
	char path[4200];
	int rc;

	rc = rh_trace_open(&reader, rh_rundir_file(path, &play->rundir, "trace.rht"), err);
	if (rc != 0)
		return rc;
	rc = rh_events_create(&events, rh_rundir_file(path, &play->rundir, "events.jsonl"), plan,
			      err);
	if (rc != 0) {
		rh_trace_reader_close(reader);
		return rc;
	}
	while ((rc = rh_trace_next(reader, &record, err)) == 1) {
		report->take(report->ctx, &record, 1);
		rh_events_sink(events)->take(rh_events_sink(events)->ctx, &record, 1);
	}
	rh_trace_reader_close(reader);
	if (rc == 0)
		return rh_events_close(events, err);
	rh_events_abandon(events);
	return rc;
}

/* Everything of this run that is of this machine and this moment. */
static void print_host(struct rh_buf *out, const struct cmd_play *play)
{
	struct utsname machine;

	memset(&machine, 0, sizeof(machine));
	uname(&machine);
	rh_buf_printf(
		out,
		"{\"schemaVersion\":1,\"version\":\"%s\",\"system\":\"%s %s\",\"machine\":\"%s\","
		"\"wallNs\":%llu,\"cpuNs\":%llu,\"loopCpuNs\":%llu,\"memoryBytes\":%llu}\n",
		RH_VERSION, machine.sysname, machine.release, machine.machine,
		(unsigned long long)play->facts.wall_ns, (unsigned long long)play->facts.cpu_ns,
		(unsigned long long)play->result.loop_cpu_ns,
		(unsigned long long)play->result.stats.memory_bytes);
}

static int write_buf(const struct cmd_play *play, const char *name, struct rh_buf *text,
		     struct rh_err *err)
{
	int rc = rh_rundir_write(&play->rundir, name, text->data, text->len, err);

	rh_buf_reset(text);
	return rc;
}

static int refuse_junit(const char *path, struct rh_err *err)
{
	return rh_err_set(err, RH_E_IO, "%s: %s: give --junit a path that can be written", path,
			  strerror(errno));
}

/* Leaves what is there as it is. */
static int try_to_write(const char *path, struct rh_err *err)
{
	FILE *file = fopen(path, "a");

	if (file == NULL)
		return refuse_junit(path, err);
	fclose(file);
	return 0;
}

/* Into a pipe or a terminal as it stands; a file appears whole or not at all. */
static int write_junit(const struct cmd_play *play, const char *path, struct rh_err *err)
{
	struct rh_outfile file;
	struct stat info;
	bool is_stream = stat(path, &info) == 0 && !S_ISREG(info.st_mode);
	FILE *stream;
	bool is_written;
	struct rh_buf text = {0};
	int rc;

	rh_report_junit(play->report, &play->facts, &text);
	if (!is_stream) {
		rc = rh_outfile_open(&file, path, err);
		if (rc == 0) {
			rh_buf_put(&file.pending, text.data, text.len);
			rc = rh_outfile_close(&file, err);
		}
	} else {
		stream = fopen(path, "w");
		is_written = stream != NULL && fwrite(text.data, 1, text.len, stream) == text.len;
		is_written = stream != NULL && fclose(stream) == 0 && is_written;
		rc = is_written ? 0 : rh_err_sys(err, RH_E_IO, errno, "cannot write %.900s", path);
	}
	rh_buf_release(&text);
	return rc == 0 ? 0 : rh_err_wrap(err, "--junit");
}

static int write_documents(struct cmd_play *play, const struct rh_plan *plan, struct rh_err *err)
{
	struct rh_buf text = {0};
	int rc = 0;

	if (play->result.judge != NULL) {
		rh_verdict_print(play->result.judge, plan, &text);
		rc = write_buf(play, "verdict.json", &text, err);
	}
	if (rc == 0) {
		rh_report_html(play->report, &play->facts, &text);
		rc = write_buf(play, "report.html", &text, err);
	}
	play->facts.wall_ns = cmd_wall_ns(NULL) - play->started_wall_ns;
	play->facts.cpu_ns = cmd_cpu_ns(NULL) - play->started_cpu_ns;
	if (rc == 0) {
		rh_report_json(play->report, &play->facts, play->result.loop_cpu_ns, &text);
		rc = write_buf(play, "run.json", &text, err);
	}
	if (rc == 0) {
		print_host(&text, play);
		rc = write_buf(play, "host.json", &text, err);
	}
	rh_buf_release(&text);
	return rc;
}

/* When the run failed, repeating it up to the second of the first failure is enough. */
static uint64_t until_of(const struct cmd_play *play, const struct cmd_play_options *options)
{
	uint64_t failed_ns = cmd_first_failure(play->result.judge);

	if (play->result.status == RH_STATUS_CANCELLED)
		return play->result.simulated_ns;
	if (options->has_until)
		return options->until_ns;
	if (failed_ns == RH_TIME_NEVER)
		return failed_ns;
	return (failed_ns / RH_NS_PER_SEC + 1) * RH_NS_PER_SEC;
}

static void gather_facts(struct cmd_play *play, const struct cmd_args *args,
			 const struct rh_plan *plan, const struct cmd_play_options *options)
{
	char plan_hash[RH_HASH_TEXT];
	char found[RH_HASH_TEXT] = "";

	/* A world that cannot repeat has no hash to show. */
	if (options->world->capabilities(NULL, plan) & RH_CAN_REPEAT)
		rh_hash128_text(play->trace_hash, play->result.stats.trace_hash);
	rh_hash128_text(plan_hash, rh_plan_hash(plan));
	if (play->trace_hash[0] != 0 && play->result.status == RH_STATUS_COMPLETED &&
	    !options->has_until &&
	    rh_rundir_find_last(found, play->identical_to, &play->rundir, plan_hash) &&
	    strcmp(found, play->trace_hash) == 0)
		play->facts.identical_to = play->identical_to;
	play->facts.plan = plan;
	play->facts.judge = play->result.judge;
	play->facts.status = play->result.status;
	play->facts.verdict = play->result.verdict;
	play->facts.simulated_ns = play->result.simulated_ns;
	play->facts.events = play->result.stats.events;
	play->facts.trace_hash = play->trace_hash;
	play->facts.run_directory = play->rundir.path;
	play->facts.version = RH_VERSION;
	play->facts.mode = options->world->name;
	play->facts.wall_ns = cmd_wall_ns(NULL) - play->started_wall_ns;
	play->facts.cpu_ns = cmd_cpu_ns(NULL) - play->started_cpu_ns;
	play->facts.look =
		cmd_records_line(&play->arena, args, play->result.judge, play->rundir.path);
	play->facts.reproduce =
		cmd_reproduce_line(&play->arena, args, plan, until_of(play, options));
}

static int open_directory(struct cmd_play *play, const struct rh_plan *plan,
			  const struct cmd_play_options *options, struct rh_err *err)
{
	if (options->out_dir != NULL)
		return rh_rundir_open(&play->rundir, options->out_dir, plan->name,
				      options->is_forced, err);
	return rh_rundir_open_in(&play->rundir, options->out_parent, plan->name, err);
}

int cmd_play(struct cmd_play *play, const struct cmd_args *args, const struct rh_plan *plan,
	     const struct cmd_play_options *options, struct rh_err *err)
{
	struct rh_buf text = {0};
	int rc;

	memset(play, 0, sizeof(*play));
	rh_arena_init(&play->arena);
	play->started_wall_ns = cmd_wall_ns(NULL);
	play->started_cpu_ns = cmd_cpu_ns(NULL);
	rh_reproduce_line_set(cmd_reproduce_line(&play->arena, args, plan, RH_TIME_NEVER));
	/* What could only fail at the end is tried before the run. */
	rc = options->junit_path == NULL ? 0 : try_to_write(options->junit_path, err);
	if (rc == 0)
		rc = open_directory(play, plan, options, err);
	if (rc != 0) {
		play->rundir.path[0] = 0; /* no directory of ours */
		return rc;
	}
	rc = rh_rundir_copy(&play->rundir, "scenario.yaml", plan->path, err);
	if (rc == 0) {
		rh_plan_print(plan, &text);
		rc = write_buf(play, "plan.yaml", &text, err);
	}
	rh_buf_release(&text);
	if (rc == 0)
		rc = run_loop(play, plan, options, err);
	if (rc != 0)
		return rc;
	play->report = rh_report_open(plan);
	gather_facts(play, args, plan, options);
	rc = tell_again(play, plan, err);
	if (rc == 0)
		rc = write_documents(play, plan, err);
	if (rc == 0)
		rc = rh_rundir_close(&play->rundir, err);
	play->is_whole = rc == 0;
	/* What goes elsewhere comes last: its error leaves a whole run. */
	if (rc == 0 && options->junit_path != NULL)
		rc = write_junit(play, options->junit_path, err);
	return rc;
}

void cmd_play_release(struct cmd_play *play)
{
	rh_reproduce_line_set(NULL);
	if (play->report != NULL)
		rh_report_close(play->report);
	if (play->result.judge != NULL)
		rh_judge_close(play->result.judge);
	free((void *)play->result.stats.checkpoints);
	rh_arena_release(&play->arena);
	memset(play, 0, sizeof(*play));
}

int cmd_verdict_code(enum rh_verdict verdict)
{
	switch (verdict) {
	case RH_VERDICT_PASSED:
		return 0;
	case RH_VERDICT_FAILED:
		return 1;
	case RH_VERDICT_ERROR:
		return 3;
	}
	return 3;
}

int cmd_play_exit_code(const struct cmd_play *play)
{
	switch (play->result.status) {
	case RH_STATUS_CANCELLED:
		return 128 + (cmd_interrupt_signal() == 0 ? 2 : cmd_interrupt_signal());
	case RH_STATUS_TIMEOUT:
		return 4;
	case RH_STATUS_FAILED:
		return 3;
	case RH_STATUS_COMPLETED:
		break;
	}
	return cmd_verdict_code(play->result.verdict);
}
