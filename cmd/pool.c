/*
 * pool.c - plays jobs as processes, so many at one time.
 *
 * A child leads a process group of its own: Ctrl-C reaches the parent alone, which passes it on once.  When the parent
 * dies its children are told to end by the kernel.  The parent sleeps until a child ends or a fifth of a second is
 * over, for the line of progress.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/host.h"
#include "cmd/suite.h"

#define TICK_NS 200000000L

struct pool {
	struct cmd_suite *suite;
	int (*begin)(const struct cmd_job *job);
	void (*ended)(struct cmd_suite *suite, struct cmd_job *job);
	uint32_t running;
	bool is_stopping; /* interrupted: children were told */
	bool is_refusing; /* no more are begun */
	bool has_progress;
};

/* In the child: what it says goes to its log, then it is a run like any other. */
static _Noreturn void be_child(const struct pool *pool, const struct cmd_job *job, pid_t parent,
			       const sigset_t *mask)
{
	int fd = open(job->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int code;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(143);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(3);
	code = pool->begin(job);
	if (fflush(stdout) != 0 && code == 0)
		code = 3;
	_exit(code);
}

static void begin(struct pool *pool, struct cmd_job *job, const sigset_t *mask)
{
	pid_t parent = getpid();
	pid_t pid;

	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (pid == 0)
		be_child(pool, job, parent, mask);
	if (pid < 0) {
		job->state = CMD_JOB_ERROR;
		job->reason = rh_arena_printf(&pool->suite->arena, "no process for it: %s",
					      strerror(errno));
		return;
	}
	setpgid(pid, pid); /* both do it, so that nobody is too late */
	job->pid = pid;
	job->state = CMD_JOB_RUNNING;
	pool->running++;
}

/* ---- which one next -------------------------------------------------------------------------- */

static bool is_over(const struct cmd_job *job)
{
	return job->state != CMD_JOB_WAITING && job->state != CMD_JOB_RUNNING;
}

static void skip(struct pool *pool, struct cmd_job *job, const char *why)
{
	job->state = CMD_JOB_SKIPPED;
	job->reason = rh_arena_text(&pool->suite->arena, why, strlen(why));
}

/* Whether all that it needs has passed; a job that never will be begun is skipped. */
static bool is_ready(struct pool *pool, struct cmd_job *job)
{
	char why[300];

	for (uint32_t i = 0; i < job->need_count; i++) {
		const struct cmd_job *needed = &pool->suite->jobs[job->needs[i]];

		if (is_over(needed) && needed->state != CMD_JOB_PASSED) {
			snprintf(why, sizeof(why), "needs %.200s, which %s", needed->name,
				 needed->state == CMD_JOB_SKIPPED ? "was skipped" : "did not pass");
			skip(pool, job, why);
			return false;
		}
		if (needed->state != CMD_JOB_PASSED)
			return false;
	}
	return true;
}

/* Begins what may begin; true while there is something to wait for. */
static bool fill(struct pool *pool, const sigset_t *mask)
{
	struct cmd_suite *suite = pool->suite;

	for (uint32_t i = 0; i < suite->job_count; i++) {
		struct cmd_job *job = &suite->jobs[i];

		if (job->state != CMD_JOB_WAITING)
			continue;
		if (pool->is_stopping || pool->is_refusing)
			skip(pool, job,
			     pool->is_stopping ? "interrupted before it began"
					       : "an earlier one did not pass");
		else if (is_ready(pool, job) && pool->running < suite->parallel)
			begin(pool, job, mask);
	}
	return pool->running > 0;
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void set_state(struct cmd_job *job, int status)
{
	job->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	job->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + job->signal;
	if (job->signal != 0)
		job->state = CMD_JOB_ERROR;
	else if (job->exit_code == 0)
		job->state = CMD_JOB_PASSED;
	else if (job->exit_code == 1)
		job->state = CMD_JOB_FAILED;
	else if (job->exit_code == 4)
		job->state = CMD_JOB_TIMEOUT;
	else if (job->exit_code == 130 || job->exit_code == 143)
		job->state = CMD_JOB_CANCELLED;
	else
		job->state = CMD_JOB_ERROR;
}

static void reap(struct pool *pool)
{
	struct cmd_suite *suite = pool->suite;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (uint32_t i = 0; i < suite->job_count; i++) {
			struct cmd_job *job = &suite->jobs[i];

			if (job->state != CMD_JOB_RUNNING || job->pid != pid)
				continue;
			set_state(job, status);
			pool->running--;
			pool->ended(suite, job);
			if (suite->is_fail_fast && job->state != CMD_JOB_PASSED)
				pool->is_refusing = true;
		}
	}
}

static void pass_on(struct pool *pool)
{
	struct cmd_suite *suite = pool->suite;

	if (pool->is_stopping || !cmd_is_interrupted(NULL))
		return;
	pool->is_stopping = true;
	suite->is_interrupted = true;
	for (uint32_t i = 0; i < suite->job_count; i++) {
		if (suite->jobs[i].state == CMD_JOB_RUNNING)
			kill(suite->jobs[i].pid, cmd_interrupt_signal());
	}
}

/* ---- progress -------------------------------------------------------------------------------- */

static void draw(const struct pool *pool)
{
	const struct cmd_suite *suite = pool->suite;
	uint32_t over = 0;
	uint32_t shown = 0;

	if (!pool->has_progress)
		return;
	for (uint32_t i = 0; i < suite->job_count; i++)
		over += is_over(&suite->jobs[i]);
	fprintf(stderr, "\r\033[K  %u of %u", over, suite->job_count);
	for (uint32_t i = 0; i < suite->job_count && shown < 3; i++) {
		if (suite->jobs[i].state == CMD_JOB_RUNNING)
			fprintf(stderr, "%s %.18s", shown++ == 0 ? ", now" : ",",
				suite->jobs[i].name);
	}
	fflush(stderr);
}

static void wipe(const struct pool *pool)
{
	if (pool->has_progress)
		fputs("\r\033[K", stderr);
}

void cmd_pool_play(struct cmd_suite *suite, int (*begin_job)(const struct cmd_job *job),
		   void (*ended)(struct cmd_suite *suite, struct cmd_job *job))
{
	struct pool pool = {.suite = suite, .begin = begin_job, .ended = ended};
	const struct timespec tick = {0, TICK_NS};
	sigset_t child;
	sigset_t before;

	pool.has_progress = isatty(STDERR_FILENO) == 1 && !cmd_option_is(suite->args, "quiet") &&
			    !cmd_option_is(suite->args, "no-progress") &&
			    cmd_log_level(suite->args) >= CMD_LOG_INFO;
	cmd_signals_catch();
	/* Blocked, the signal waits for sigtimedwait: an end between the two is not missed. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	while (fill(&pool, &before)) {
		draw(&pool);
		sigtimedwait(&child, NULL, &tick);
		pass_on(&pool);
		wipe(&pool);
		reap(&pool);
		cmd_suite_rows(suite);
	}
	/* What was skipped for want of another is told too. */
	cmd_suite_rows(suite);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
