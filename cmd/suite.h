/*
 * suite.h - many runs as one: a Suite file, a scenario with a matrix, or several files on the command line.
 *
 *   runs/<suite>-<n>/
 *     suite.json  junit.xml            what became of each run
 *     <name>/                          the run directory of a run
 *     <name>.log                       what it would have printed on a terminal
 *
 * Each run is a process of its own, so one that crashes, hangs in a plugin or reaches a limit ends alone.  Everything is
 * loaded and checked before the first one begins.  One Ctrl-C ends all runs in order and keeps what is complete.
 *
 * suite.c makes the jobs, pool.c plays them, suite_report.c tells what came of it.
 */
#ifndef CMD_SUITE_H
#define CMD_SUITE_H

#include <sys/types.h>

#include "cmd/load.h"

#define CMD_JOBS_MAX 10000

enum cmd_job_state {
	CMD_JOB_WAITING,
	CMD_JOB_RUNNING,
	CMD_JOB_PASSED,
	CMD_JOB_FAILED,
	CMD_JOB_ERROR, /* of the harness: exit 2 or 3, or ended by a signal */
	CMD_JOB_TIMEOUT,
	CMD_JOB_CANCELLED,
	CMD_JOB_SKIPPED /* never begun; `reason` says why */
};

/* One option more than the suite's own: {"set", "network.latency=30ms"}. */
struct cmd_extra {
	const char *option;
	const char *value;
};

struct cmd_job {
	struct cmd_suite *suite;
	const char *name; /* unique, and fit for a file name */
	const char *path; /* of the scenario */
	const struct cmd_extra *extras;
	uint32_t extra_count;
	const uint32_t *needs; /* jobs that must have passed, all before this one */
	uint32_t need_count;
	enum cmd_job_state state;
	pid_t pid;
	int exit_code; /* of the process; -1 before its end */
	int signal;    /* that ended it, or 0 */
	const char *dir;
	const char *log;
	/* from run.json and the log, once it has ended */
	const char *reason; /* why it did not pass, or was not begun; "" */
	const char *reproduce;
	const char *trace_hash;
	uint32_t check_count;
	uint32_t passed_count;
	uint64_t wall_ns;
};

struct cmd_suite {
	struct rh_arena arena;
	const struct cmd_args *args;
	struct rh_registry *registry;
	const char *name;
	const char *description;
	struct cmd_job *jobs;
	uint32_t job_count;
	uint32_t parallel;
	bool is_fail_fast;
	char dir[4096];
	uint64_t started_wall_ns;
	uint64_t wall_ns;
	uint32_t told; /* rows that were printed: pool.c goes on from here */
	bool is_interrupted;
};

/* What the operands mean. */
enum cmd_meant { CMD_MEANT_ONE, CMD_MEANT_SUITE, CMD_MEANT_NOTHING };

/* Makes the jobs of all operands; NOTHING after a message.  `suite` is to be released in any case. */
enum cmd_meant cmd_suite_open(struct cmd_suite *suite, const struct cmd_args *args);
void cmd_suite_release(struct cmd_suite *suite);
/* Loads every scenario of it: the exit code. */
int cmd_suite_check(struct cmd_suite *suite);
/* Checks and plays them; the exit code. */
int cmd_suite_run(struct cmd_suite *suite);

/* Plays all jobs; `begin` runs in the child and gives its exit code. */
void cmd_pool_play(struct cmd_suite *suite, int (*begin)(const struct cmd_job *job),
		   void (*ended)(struct cmd_suite *suite, struct cmd_job *job));

/* What is printed and written (suite_report.c). */
void cmd_suite_head(const struct cmd_suite *suite);
/* Reads what a job left, when it has ended. */
void cmd_suite_collect(struct cmd_suite *suite, struct cmd_job *job);
/* Rows in the order of the suite, as far as jobs have ended. */
void cmd_suite_rows(struct cmd_suite *suite);
void cmd_suite_end(const struct cmd_suite *suite);
void cmd_suite_json(const struct cmd_suite *suite, struct rh_buf *out);
void cmd_suite_junit(const struct cmd_suite *suite, struct rh_buf *out);
/* The worst of all. */
int cmd_suite_code(const struct cmd_suite *suite);
uint32_t cmd_suite_count(const struct cmd_suite *suite, enum cmd_job_state state);
const char *cmd_job_word(enum cmd_job_state state);

#endif
