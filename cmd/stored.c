/*
 * stored.c - opens a stored run: decodes the plan that its trace carries and judges its records again.
 */
#include "cmd/stored.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool cmd_is_run(const char *operand)
{
	const char *slash = strrchr(operand, '/');
	struct stat info;

	return (stat(operand, &info) == 0 && S_ISDIR(info.st_mode)) ||
	       strcmp(slash == NULL ? operand : slash + 1, "trace.rht") == 0;
}

int cmd_trace_path(char path[4200], const char *operand)
{
	struct stat info;

	snprintf(path, 4200, "%.4000s", operand);
	if (stat(operand, &info) != 0 || !S_ISDIR(info.st_mode))
		return 0;
	snprintf(path, 4200, "%.4000s/trace.rht", operand);
	if (stat(path, &info) == 0)
		return 0;
	snprintf(path, 4200, "%.4000s/RUNNING", operand);
	if (stat(path, &info) == 0)
		return cmd_usage("%s: its run is still going on, or was cut short before it left "
				 "a trace",
				 operand);
	return cmd_usage("%s is a directory without a run in it (no trace.rht): name one that "
			 "`rehearse run` has left, such as runs/quickstart-1",
			 operand);
}

static void find_directory(struct cmd_stored *stored, const char *operand)
{
	struct stat info;

	snprintf(stored->dir, sizeof(stored->dir), "%.4000s", operand);
	if (stat(operand, &info) != 0 || !S_ISDIR(info.st_mode)) {
		char *slash = strrchr(stored->dir, '/');

		snprintf(slash == NULL ? stored->dir : slash, 2, "%s", slash == NULL ? "." : "");
	}
}

/* Feeds records up to the end of the run; the record that says so carries the status. */
static int replay(struct cmd_stored *stored, struct rh_trace_reader *reader, struct rh_err *err)
{
	const struct rh_sink *report = rh_report_sink(stored->report);
	struct rh_record record;
	bool is_closing = false;
	int rc;

	stored->was_cut_short = true;
	while ((rc = rh_trace_next(reader, &record, err)) == 1) {
		if (!is_closing)
			rh_judge_take(stored->judge, &record, 1);
		else
			rh_judge_take_late(stored->judge, &record);
		report->take(report->ctx, &record, 1);
		if (record.time_ns > stored->end_ns)
			stored->end_ns = record.time_ns;
		if (record.kind == RH_RECORD_RUN && record.stage == RH_RUN_END) {
			stored->was_cut_short = false;
			stored->end = record.a <= RH_END_CANCELLED ? (enum rh_run_end)record.a
								   : RH_END_CANCELLED;
		}
		/* What follows was done when the verdict was made. */
		if (record.kind == RH_RECORD_RUN && record.stage == RH_RUN_CLOSING) {
			is_closing = true;
			rh_judge_finish(stored->judge, record.time_ns,
					record.a <= RH_END_CANCELLED ? (enum rh_run_end)record.a
								     : RH_END_CANCELLED);
		}
	}
	stored->is_finished = is_closing;
	return rc;
}

int cmd_stored_open(struct cmd_stored *stored, const struct rh_registry *registry,
		    const char *operand)
{
	const struct rh_trace_info *info;
	struct rh_trace_reader *reader;
	struct rh_err err = {0};
	char path[4200];
	int rc;

	memset(stored, 0, sizeof(*stored));
	find_directory(stored, operand);
	rc = cmd_trace_path(path, operand);
	if (rc != 0)
		return rc;
	rc = rh_trace_open(&reader, path, &err);
	if (rc != 0)
		return cmd_fail(&err);
	info = rh_trace_info(reader);
	rc = rh_plan_decode(&stored->plan, info->plan_bytes, info->plan_len, registry, &err);
	if (rc == 0)
		rc = rh_judge_check(stored->plan, &err);
	if (rc == 0) {
		stored->judge = rh_judge_open(stored->plan);
		stored->report = rh_report_open(stored->plan);
		rc = replay(stored, reader, &err);
		if (!stored->is_finished)
			rh_judge_finish(stored->judge, stored->end_ns,
					stored->was_cut_short ? RH_END_CANCELLED : stored->end);
		info = rh_trace_info(reader);
		if (info->checkpoint_count > 0)
			rh_hash128_text(stored->trace_hash,
					info->checkpoints[info->checkpoint_count - 1].hash);
	}
	rh_trace_reader_close(reader);
	if (rc != 0) {
		rh_err_wrap(&err, "%s", path);
		cmd_stored_close(stored);
		return cmd_fail(&err);
	}
	return 0;
}

void cmd_stored_close(struct cmd_stored *stored)
{
	if (stored->report != NULL)
		rh_report_close(stored->report);
	if (stored->judge != NULL)
		rh_judge_close(stored->judge);
	if (stored->plan != NULL)
		rh_plan_free(stored->plan);
	memset(stored, 0, sizeof(*stored));
}
