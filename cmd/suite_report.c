/*
 * suite_report.c - what came of the runs of a suite: rows, the last lines, suite.json, junit.xml.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/host.h"
#include "cmd/plan_table.h"
#include "cmd/suite.h"
#include "core/base/jsontext.h"
#include "core/report/words.h"
#include "core/store/rundir.h"

#define FILE_BYTES_MAX	   ((size_t)16 << 20)
#define NAME_COLUMNS_LEAST 24
#define NAME_COLUMNS_MOST  40

const char *cmd_job_word(enum cmd_job_state state)
{
	switch (state) {
	case CMD_JOB_WAITING:
		return "waiting";
	case CMD_JOB_RUNNING:
		return "running";
	case CMD_JOB_PASSED:
		return "passed";
	case CMD_JOB_FAILED:
		return "failed";
	case CMD_JOB_ERROR:
		return "error";
	case CMD_JOB_TIMEOUT:
		return "timeout";
	case CMD_JOB_CANCELLED:
		return "cancelled";
	case CMD_JOB_SKIPPED:
		return "skipped";
	}
	return "?";
}

uint32_t cmd_suite_count(const struct cmd_suite *suite, enum cmd_job_state state)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < suite->job_count; i++)
		count += suite->jobs[i].state == state;
	return count;
}

int cmd_suite_code(const struct cmd_suite *suite)
{
	if (suite->is_interrupted)
		return 128 + cmd_interrupt_signal();
	if (cmd_suite_count(suite, CMD_JOB_ERROR) > 0)
		return 3;
	if (cmd_suite_count(suite, CMD_JOB_TIMEOUT) > 0)
		return 4;
	return cmd_suite_count(suite, CMD_JOB_FAILED) > 0 ? 1 : 0;
}

/* ---- what a job left ------------------------------------------------------------------------- */

static const char *keep(struct cmd_suite *suite, const char *text)
{
	return text == NULL ? "" : rh_arena_text(&suite->arena, text, strlen(text));
}

static void collect_checks(struct cmd_suite *suite, struct cmd_job *job, const json_t *checks)
{
	size_t index;
	const json_t *check;

	json_array_foreach(checks, index, check)
	{
		const char *state = json_string_value(json_object_get(check, "state"));

		job->check_count++;
		if (state != NULL && strcmp(state, "passed") == 0)
			job->passed_count++;
		else if (job->reason[0] == 0)
			job->reason = rh_arena_printf(
				&suite->arena, "%s: %s",
				keep(suite, json_string_value(json_object_get(check, "name"))),
				keep(suite, json_string_value(json_object_get(check, "reason"))));
	}
}

/* The last line that its log says, which is its error. */
static const char *last_line(struct cmd_suite *suite, const struct cmd_job *job)
{
	struct rh_buf log = {0};
	const char *text = "";
	const char *error;

	if (rh_file_read(&log, job->log, FILE_BYTES_MAX, NULL) == 0) {
		char *end = (char *)log.data + log.len;

		rh_buf_str(&log);
		while (log.len > 0 && end > (char *)log.data && end[-1] == '\n')
			*--end = 0;
		error = log.len == 0 ? "" : strrchr((char *)log.data, '\n');
		error = error == NULL ? (char *)log.data : error + (*error == '\n');
		text = keep(suite, error);
	}
	rh_buf_release(&log);
	return text;
}

void cmd_suite_collect(struct cmd_suite *suite, struct cmd_job *job)
{
	char path[4200];
	json_t *run;

	snprintf(path, sizeof(path), "%.4000s/run.json", job->dir);
	run = json_load_file(path, 0, NULL);
	if (run != NULL) {
		job->wall_ns = (uint64_t)json_integer_value(json_object_get(run, "wallNs"));
		job->trace_hash = keep(suite, json_string_value(json_object_get(run, "traceHash")));
		job->reproduce = keep(suite, json_string_value(json_object_get(run, "reproduce")));
		if (job->state == CMD_JOB_FAILED || job->state == CMD_JOB_TIMEOUT)
			collect_checks(suite, job, json_object_get(run, "assertions"));
		else
			job->check_count = job->passed_count =
				(uint32_t)json_array_size(json_object_get(run, "assertions"));
		if (job->reason[0] == 0 && json_is_string(json_object_get(run, "error")))
			job->reason = keep(suite, json_string_value(json_object_get(run, "error")));
		json_decref(run);
	}
	if (job->signal != 0)
		job->reason = rh_arena_printf(&suite->arena, "ended by signal %d (%s)", job->signal,
					      strsignal(job->signal));
	else if (job->state == CMD_JOB_ERROR && job->reason[0] == 0)
		job->reason = last_line(suite, job);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool is_silent(const struct cmd_suite *suite)
{
	return cmd_option_given(suite->args, "json") || cmd_option_given(suite->args, "quiet");
}

static struct cmd_terminal terminal_of(const struct cmd_suite *suite)
{
	return cmd_terminal(STDOUT_FILENO, cmd_option_value(suite->args, "color"));
}

void cmd_suite_head(const struct cmd_suite *suite)
{
	struct rh_buf line = {0};

	if (is_silent(suite))
		return;
	rh_buf_printf(&line, "%s%s%s", suite->name, suite->description[0] == 0 ? "" : ": ",
		      suite->description);
	rh_buf_printf(&line, " (%" PRIu32 " %s, %" PRIu32 " at a time)\n\n", suite->job_count,
		      suite->job_count == 1 ? "run" : "runs",
		      suite->parallel < suite->job_count ? suite->parallel : suite->job_count);
	fputs(rh_buf_str(&line), stdout);
	fflush(stdout);
	rh_buf_release(&line);
}

static void put_mark(struct rh_buf *out, const struct cmd_job *job, struct cmd_terminal terminal)
{
	bool is_good = job->state == CMD_JOB_PASSED;
	bool is_bad = !is_good && job->state != CMD_JOB_SKIPPED && job->state != CMD_JOB_CANCELLED;
	const char *mark = is_good  ? (terminal.is_ascii ? "+" : "✓")
			   : is_bad ? (terminal.is_ascii ? "x" : "✗")
				    : "-";

	if (terminal.has_colour && (is_good || is_bad))
		rh_buf_printf(out, "  \033[%dm%s\033[0m ", is_good ? 32 : 31, mark);
	else
		rh_buf_printf(out, "  %s ", mark);
}

static int name_columns(const struct cmd_suite *suite)
{
	size_t columns = NAME_COLUMNS_LEAST;

	for (uint32_t i = 0; i < suite->job_count; i++) {
		size_t len = strlen(suite->jobs[i].name);

		columns = len > columns ? len : columns;
	}
	return (int)(columns < NAME_COLUMNS_MOST ? columns : NAME_COLUMNS_MOST);
}

static void put_row(struct rh_buf *out, const struct cmd_suite *suite, const struct cmd_job *job)
{
	struct cmd_terminal terminal = terminal_of(suite);
	char wall[40];

	put_mark(out, job, terminal);
	rh_buf_printf(out, "%-*s  %-9s", name_columns(suite), job->name, cmd_job_word(job->state));
	if (job->check_count > 0)
		rh_buf_printf(out, " %" PRIu32 " of %" PRIu32, job->passed_count, job->check_count);
	if (job->wall_ns > 0)
		rh_buf_printf(out, "  %s", rh_words_wall(wall, job->wall_ns));
	rh_buf_text(out, "\n");
	if (job->reason[0] != 0) {
		rh_buf_text(out, "      ");
		cmd_put_wrapped(out, job->reason, 6, terminal.columns);
	}
	if (job->state != CMD_JOB_PASSED && job->reproduce[0] != 0)
		rh_buf_printf(out, "      again  %s\n", job->reproduce);
}

void cmd_suite_rows(struct cmd_suite *suite)
{
	struct rh_buf out = {0};

	for (; suite->told < suite->job_count; suite->told++) {
		const struct cmd_job *job = &suite->jobs[suite->told];

		if (job->state == CMD_JOB_WAITING || job->state == CMD_JOB_RUNNING)
			break;
		if (!is_silent(suite))
			put_row(&out, suite, job);
	}
	fputs(rh_buf_str(&out), stdout);
	fflush(stdout);
	rh_buf_release(&out);
}

void cmd_suite_end(const struct cmd_suite *suite)
{
	static const enum cmd_job_state told[] = {CMD_JOB_PASSED,  CMD_JOB_FAILED,
						  CMD_JOB_TIMEOUT, CMD_JOB_ERROR,
						  CMD_JOB_SKIPPED, CMD_JOB_CANCELLED};
	char wall[40];

	if (is_silent(suite))
		return;
	printf("\n ");
	for (size_t i = 0; i < RH_ARRAY_LEN(told); i++) {
		uint32_t count = cmd_suite_count(suite, told[i]);

		if (count > 0 || i == 0)
			printf(" %" PRIu32 " %s ", count, cmd_job_word(told[i]));
	}
	printf("  %s\n  results %s/suite.json\n", rh_words_wall(wall, suite->wall_ns), suite->dir);
}

/* ---- documents ------------------------------------------------------------------------------- */

static void put_text(struct rh_buf *out, const char *key, const char *text)
{
	rh_buf_printf(out, ",\"%s\":", key);
	rh_json_text(out, text);
}

static void put_number(struct rh_buf *out, const char *key, uint64_t value)
{
	rh_buf_printf(out, ",\"%s\":", key);
	rh_json_u64(out, value);
}

static void put_job(struct rh_buf *out, const struct cmd_job *job)
{
	rh_buf_text(out, "{\"name\":");
	rh_json_text(out, job->name);
	put_text(out, "path", job->path);
	put_text(out, "state", cmd_job_word(job->state));
	if (job->exit_code < 0)
		rh_buf_text(out, ",\"exitCode\":null");
	else
		put_number(out, "exitCode", (uint64_t)job->exit_code);
	put_text(out, "reason", job->reason);
	put_number(out, "checks", job->check_count);
	put_number(out, "checksPassed", job->passed_count);
	put_text(out, "traceHash", job->trace_hash);
	put_number(out, "wallNs", job->wall_ns);
	put_text(out, "runDirectory", job->dir);
	put_text(out, "reproduce", job->reproduce);
	rh_buf_text(out, "}");
}

void cmd_suite_json(const struct cmd_suite *suite, struct rh_buf *out)
{
	rh_buf_text(out, "{\"schemaVersion\":1,\"suite\":");
	rh_json_text(out, suite->name);
	put_text(out, "directory", suite->dir);
	put_number(out, "exitCode", (uint64_t)cmd_suite_code(suite));
	put_number(out, "passed", cmd_suite_count(suite, CMD_JOB_PASSED));
	put_number(out, "failed", cmd_suite_count(suite, CMD_JOB_FAILED));
	put_number(out, "timeouts", cmd_suite_count(suite, CMD_JOB_TIMEOUT));
	put_number(out, "errors", cmd_suite_count(suite, CMD_JOB_ERROR));
	put_number(out, "skipped", cmd_suite_count(suite, CMD_JOB_SKIPPED));
	put_number(out, "cancelled", cmd_suite_count(suite, CMD_JOB_CANCELLED));
	put_number(out, "wallNs", suite->wall_ns);
	rh_buf_text(out, ",\"runs\":[");
	for (uint32_t i = 0; i < suite->job_count; i++) {
		rh_buf_text(out, i == 0 ? "" : ",");
		put_job(out, &suite->jobs[i]);
	}
	rh_buf_text(out, "]}\n");
}
