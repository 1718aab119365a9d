/*
 * measure.c - clocks, processes, and what the neighbours do.
 *
 * A turn in a process of its own begins with the small memory of this one and gives all of its own
 * back; its struct bench_turn comes through a pipe.  Two turns at once wait for each other at
 * bench_ready(): each says that it is there and goes on when a byte comes back.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t bench_cpu_ns(void *ctx)
{
	(void)ctx;
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t bench_wall_ns(void *ctx)
{
	(void)ctx;
	return clock_ns(CLOCK_MONOTONIC);
}

/* ---- turns in processes of their own --------------------------------------------------------- */

/* The descriptors by which a turn in a pair tells that it is ready and is let go.  They are fixed
 * numbers, since bench_ready() is called from deep within a turn; one that is alone has none open. */
enum { TOLD_FD = 60, GO_FD = 61 };

void bench_ready(void)
{
	char byte = 0;

	if (write(TOLD_FD, &byte, 1) == 1 && read(GO_FD, &byte, 1) != 1)
		bench_die("lost the other half of a pair");
}

static void read_all(int fd, void *bytes, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t got = read(fd, (char *)bytes + done, len - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	if (done < len)
		memset(bytes, 0, len);
}

struct apart {
	pid_t pid;
	int turn_fd; /* from the child */
	int told_fd; /* from the child: ready; -1: alone */
	int go_fd;   /* to the child */
};

static void play_and_exit(const struct bench *bench, const struct bench_contender *contender,
			  int turn_fd)
{
	struct bench_turn turn = {.outcome = BENCH_PLAYED};

	contender->play(bench, contender->ctx, &turn);
	if (write(turn_fd, &turn, sizeof(turn)) != (ssize_t)sizeof(turn))
		_exit(1);
	_exit(0);
}

static struct apart begin_apart(const struct bench *bench, const struct bench_contender *contender,
				bool is_pair)
{
	int turn[2], told[2] = {-1, -1}, go[2] = {-1, -1};
	struct apart apart;

	if (pipe(turn) != 0 || (is_pair && (pipe(told) != 0 || pipe(go) != 0)))
		bench_die("no pipe: %s", strerror(errno));
	fflush(stdout);
	apart.pid = fork();
	if (apart.pid < 0)
		bench_die("no process: %s", strerror(errno));
	if (apart.pid == 0) {
		close(TOLD_FD);
		close(GO_FD);
		if (is_pair && (dup2(told[1], TOLD_FD) < 0 || dup2(go[0], GO_FD) < 0))
			_exit(1);
		play_and_exit(bench, contender, turn[1]);
	}
	close(turn[1]);
	if (is_pair) {
		close(told[1]);
		close(go[0]);
	}
	apart.turn_fd = turn[0];
	apart.told_fd = told[0];
	apart.go_fd = go[1];
	return apart;
}

static void end_apart(struct apart *apart, const struct bench_contender *contender,
		      struct bench_turn *turn)
{
	int status;

	read_all(apart->turn_fd, turn, sizeof(*turn));
	close(apart->turn_fd);
	while (waitpid(apart->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		bench_wrong(turn, "%s died (status %d)", contender->name, status);
}

void bench_play_apart(const struct bench *bench, const struct bench_contender *contender,
		      struct bench_turn *turn)
{
	struct apart apart = begin_apart(bench, contender, false);

	end_apart(&apart, contender, turn);
}

/* One that ended early is not there to be let go: its turn tells why. */
static void let_go(const struct apart *apart)
{
	if (write(apart->go_fd, "", 1) != 1 && errno != EPIPE)
		bench_die("cannot let a process go: %s", strerror(errno));
}

bool bench_play_both(const struct bench *bench, const struct bench_contender pair[2],
		     double *wall_s, struct bench_turn *turn)
{
	struct apart apart[2];
	struct bench_turn turns[2];
	uint64_t begin_ns;
	char byte;

	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 2; i++)
		apart[i] = begin_apart(bench, &pair[i], true);
	for (int i = 0; i < 2; i++)
		read_all(apart[i].told_fd, &byte, 1);
	begin_ns = bench_wall_ns(NULL);
	for (int i = 0; i < 2; i++)
		let_go(&apart[i]);
	/* Each tells a second time when its measured part is over, and may then end. */
	for (int i = 0; i < 2; i++)
		read_all(apart[i].told_fd, &byte, 1);
	*wall_s = (double)(bench_wall_ns(NULL) - begin_ns) * 1e-9;
	for (int i = 0; i < 2; i++) {
		let_go(&apart[i]);
		close(apart[i].go_fd);
		close(apart[i].told_fd);
		end_apart(&apart[i], &pair[i], &turns[i]);
	}
	*turn = turns[0].outcome != BENCH_PLAYED ? turns[0] : turns[1];
	return turn->outcome == BENCH_PLAYED;
}

/* ---- other programs -------------------------------------------------------------------------- */

bool bench_command(const char *command, struct rh_buf *out, double *rss_mb)
{
	struct rusage usage;
	int fds[2];
	int status;
	pid_t pid;
	char bytes[4096];
	ssize_t got;

	if (pipe(fds) != 0)
		bench_die("no pipe: %s", strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bench_die("no process: %s", strerror(errno));
	if (pid == 0) {
		if (dup2(fds[1], STDOUT_FILENO) < 0)
			_exit(127);
		close(fds[0]);
		close(fds[1]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	while ((got = read(fds[0], bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR)) {
		if (got > 0)
			rh_buf_put(out, bytes, (size_t)got);
	}
	close(fds[0]);
	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		continue;
	if (rss_mb != NULL)
		*rss_mb = (double)usage.ru_maxrss / 1024;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool bench_number(const char *text, const char *key, double *value)
{
	size_t len = strlen(key);

	for (const char *at = text; (at = strstr(at, key)) != NULL; at += len) {
		if (at[len] == '=')
			*value = strtod(at + len + 1, NULL);
		else if (at > text && at[-1] == '"' && at[len] == '"' && at[len + 1] == ':')
			*value = strtod(at + len + 2, NULL);
		else
			continue;
		return true;
	}
	return false;
}

/* ---- neighbours ------------------------------------------------------------------------------ */

static double used_s(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* Processor seconds of the whole machine: all of /proc/stat's first line but idle and waiting, what
 * a hypervisor took away included.  0 where there is no such file: then nobody is ever busy. */
static double machine_s(void)
{
	unsigned long long user, nice, sys, idle, wait, irq, soft, steal;
	FILE *file = fopen("/proc/stat", "r");
	int count;

	if (file == NULL)
		return 0;
	count = fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &sys,
		       &idle, &wait, &irq, &soft, &steal);
	fclose(file);
	if (count != 8)
		return 0;
	return (double)(user + nice + sys + irq + soft + steal) / (double)sysconf(_SC_CLK_TCK);
}

struct bench_look bench_look(void)
{
	return (struct bench_look){
		.wall_s = (double)bench_wall_ns(NULL) * 1e-9,
		.own_s = used_s(RUSAGE_SELF) + used_s(RUSAGE_CHILDREN),
		.all_s = machine_s(),
	};
}

double bench_others(const struct bench_look *before, const struct bench_look *after)
{
	double wall_s = after->wall_s - before->wall_s;
	double others_s = (after->all_s - before->all_s) - (after->own_s - before->own_s);

	return wall_s > 0 ? others_s / wall_s : 0;
}
