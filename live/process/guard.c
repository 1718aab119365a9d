/*
 * guard.c - the guardian's life: it starts, kills and reaps what the parent asks for, and when the
 * parent has gone it ends everything.
 *
 * It is forked from the parent and never execs, so that processes of a model from a plugin have the
 * plugin's code; for the same reason its processes are forks of it.  It runs nothing of the
 * parent's: its signals come through a file descriptor, and it leaves by _exit.
 */
#define _GNU_SOURCE /* close_range, signalfd, accept4 */
#include "live/process/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/arena.h"

/* Where the files that stay are put. */
enum { PARENT_FD = 3, FOLDER_FD = 4, SIGNAL_FD = 5, FIRST_OTHER_FD = 6 };
enum { CONTROL_FD = 3, LISTEN_FD = 4, FIRST_FOREIGN_FD = 5 };

#define BACKLOG 1024

struct ward {
	pid_t pid; /* 0: does not run */
	uint32_t lives;
	bool is_wipe; /* when it is reaped */
};

struct guard {
	const struct live_trade *trade;
	struct live_folder folder;
	struct ward *wards;
	bool *runs;
	pid_t own_pid;
	bool is_over;
};

/* ---- files ----------------------------------------------------------------------------------- */

static void close_from(int first)
{
	long most;

	if (close_range((unsigned)first, ~0U, 0) == 0)
		return;
	/* A kernel before 5.9. */
	most = sysconf(_SC_OPEN_MAX);
	for (int fd = first; fd < (most > 0 ? most : 65536); fd++)
		close(fd);
}

/* Moves files to their places; a place may be taken by another of them, so they go up first. */
static void place(int *fds, int count, int first)
{
	for (int i = 0; i < count; i++) {
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, first + count);
		if (fds[i] < 0)
			_exit(125);
	}
	for (int i = 0; i < count; i++)
		dup2(fds[i], first + i);
}

static void silence(int from, int to)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = from; null >= 0 && fd <= to; fd++)
		dup2(null, fd);
}

/* ---- starting -------------------------------------------------------------------------------- */

static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(name) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, name, strlen(name));
	unlink(name);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	close(fd);
	return -1;
}

/* In the new process. */
__attribute__((noreturn)) static void be_born(struct guard *guard, const struct live_order *order,
					      int control_fd, int listen_fd)
{
	const struct live_trade *trade = guard->trade;
	struct live_birth birth = {.index = order->index,
				   .life = guard->wards[order->index].lives - 1,
				   .argument = order->argument,
				   .control_fd = CONTROL_FD,
				   .listen_fd = LISTEN_FD,
				   .runs = guard->runs};
	int fds[] = {control_fd, listen_fd};
	const struct rlimit no_core = {0, 0}; /* it would be removed with the folder */
	char name[64];
	int errors;
	sigset_t none;

	/* The kernel kills it with the guardian, unless that died before it was asked to. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != guard->own_pid)
		_exit(124);
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_NAME, trade->title(trade->ctx, order->index));
	prctl(PR_SET_TIMERSLACK, 1000UL);
	place(fds, 2, CONTROL_FD);
	close_from(FIRST_FOREIGN_FD);
	live_guardian_stderr_name(name, sizeof(name), order->index);
	errors = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (errors >= 0) {
		dup2(errors, STDERR_FILENO);
		close(errors);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	_exit(trade->run(trade->ctx, &birth));
}

static void report(const struct live_report *what, int fd_to_send)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = {(void *)(uintptr_t)what, sizeof(*what)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd_to_send >= 0) {
		struct cmsghdr *head;

		memset(&control, 0, sizeof(control));
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &fd_to_send, sizeof(int));
	}
	while (sendmsg(PARENT_FD, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static void spawn(struct guard *guard, const struct live_order *order)
{
	struct ward *ward = &guard->wards[order->index];
	struct live_report answer = {.kind = LIVE_NOTICE_TROUBLE, .index = order->index};
	char name[64];
	int ends[2] = {-1, -1};
	int listen_fd = -1;

	if (ward->pid == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0)
		listen_fd = listen_at(guard->trade->socket_name(name, sizeof(name), order->index));
	if (listen_fd >= 0) {
		ward->lives++;
		ward->is_wipe = false;
		ward->pid = fork();
		if (ward->pid == 0)
			be_born(guard, order, ends[1], listen_fd);
	}
	answer.status = errno;
	if (listen_fd >= 0 && ward->pid > 0) {
		guard->runs[order->index] = true;
		answer.kind = LIVE_NOTICE_SPAWNED;
		answer.pid = ward->pid;
		answer.status = 0;
	} else if (ward->pid < 0) {
		ward->pid = 0;
	}
	report(&answer, answer.kind == LIVE_NOTICE_SPAWNED ? ends[0] : -1);
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
	}
	if (listen_fd >= 0)
		close(listen_fd);
}

/* ---- ending ---------------------------------------------------------------------------------- */

static void wipe(const struct guard *guard, uint32_t index)
{
	char name[64];

	unlink(guard->trade->durable_name(name, sizeof(name), index));
}

static void reap(struct guard *guard)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (uint32_t i = 0; i < guard->trade->count; i++) {
			struct live_report gone = {LIVE_NOTICE_GONE, i, pid, status};

			if (guard->wards[i].pid != pid)
				continue;
			guard->wards[i].pid = 0;
			guard->runs[i] = false;
			if (guard->wards[i].is_wipe)
				wipe(guard, i);
			report(&gone, -1);
		}
	}
}

static void end_all(struct guard *guard)
{
	for (uint32_t i = 0; i < guard->trade->count; i++) {
		if (guard->wards[i].pid > 0)
			kill(guard->wards[i].pid, SIGKILL);
	}
	for (uint32_t i = 0; i < guard->trade->count; i++) {
		if (guard->wards[i].pid > 0)
			waitpid(guard->wards[i].pid, NULL, 0);
	}
	live_folder_remove(&guard->folder);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void obey(struct guard *guard)
{
	struct live_order order;
	ssize_t got = recv(PARENT_FD, &order, sizeof(order), MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return;
	if (got != (ssize_t)sizeof(order) || order.index >= guard->trade->count) {
		guard->is_over = true;
		return;
	}
	switch (order.kind) {
	case LIVE_ORDER_SPAWN:
		spawn(guard, &order);
		break;
	case LIVE_ORDER_KILL:
	case LIVE_ORDER_KILL_AND_WIPE:
		guard->wards[order.index].is_wipe |= order.kind == LIVE_ORDER_KILL_AND_WIPE;
		if (guard->wards[order.index].pid > 0)
			kill(guard->wards[order.index].pid, SIGKILL);
		else if (order.kind == LIVE_ORDER_KILL_AND_WIPE)
			wipe(guard, order.index);
		break;
	}
}

static void hear_signals(struct guard *guard)
{
	struct signalfd_siginfo info;

	while (read(SIGNAL_FD, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(guard);
		else
			guard->is_over = true;
	}
}

static void settle_down(struct guard *guard, struct live_folder *folder, int fd)
{
	int fds[] = {fd, folder->fd, -1};
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	setsid();
	prctl(PR_SET_NAME, "guardian");
	fds[2] = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fds[2] < 0)
		_exit(125);
	place(fds, 3, PARENT_FD);
	silence(STDIN_FILENO, STDERR_FILENO);
	close_from(FIRST_OTHER_FD);
	guard->folder = *folder;
	guard->folder.fd = FOLDER_FD;
	if (fchdir(FOLDER_FD) != 0)
		_exit(125);
}

void live_guard_run(const struct live_trade *trade, struct live_folder *folder, int fd)
{
	struct guard guard = {.trade = trade, .own_pid = getpid()};

	guard.wards = rh_alloc(trade->count + 1U, sizeof(*guard.wards));
	guard.runs = rh_alloc(trade->count + 1U, sizeof(*guard.runs));
	settle_down(&guard, folder, fd);
	while (!guard.is_over) {
		struct pollfd entries[] = {{.fd = PARENT_FD, .events = POLLIN},
					   {.fd = SIGNAL_FD, .events = POLLIN}};

		if (poll(entries, 2, -1) < 0 && errno != EINTR)
			break;
		hear_signals(&guard);
		obey(&guard);
	}
	end_all(&guard);
	_exit(0);
}
