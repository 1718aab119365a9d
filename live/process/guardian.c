/*
 * guardian.c - the parent's side: forking the guardian, asking it, hearing from it.
 */
#define _GNU_SOURCE
#include "live/process/guardian.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "live/process/guard.h"

#define PATIENCE_MS 10000

char *live_guardian_stderr_name(char *name, size_t size, uint32_t index)
{
	snprintf(name, size, "node-%u.stderr", (unsigned)index);
	return name;
}

int live_guardian_open(struct live_guardian *guardian, const struct live_trade *trade,
		       struct rh_err *err)
{
	int ends[2];
	sigset_t all, before;

	*guardian = (struct live_guardian){.fd = -1, .folder.fd = -1};
	live_folder_sweep();
	if (live_folder_make(&guardian->folder, err) != 0)
		return err != NULL ? err->code : RH_E_WORLD;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		live_folder_remove(&guardian->folder);
		return rh_err_sys(err, RH_E_WORLD, errno, "no socket for the guardian");
	}
	/* No handler of the parent's may run in the guardian. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	fflush(NULL);
	guardian->pid = fork();
	if (guardian->pid == 0)
		live_guard_run(trade, &guardian->folder, ends[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	guardian->fd = ends[0];
	if (guardian->pid > 0)
		return 0;
	guardian->pid = 0;
	close(guardian->fd);
	guardian->fd = -1;
	live_folder_remove(&guardian->folder);
	return rh_err_sys(err, RH_E_WORLD, errno, "the guardian cannot be started");
}

static int ask(struct live_guardian *guardian, const struct live_order *order, struct rh_err *err)
{
	while (send(guardian->fd, order, sizeof(*order), MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return rh_err_sys(err, RH_E_WORLD, errno, "the guardian has gone");
	}
	return 0;
}

int live_guardian_spawn(struct live_guardian *guardian, uint32_t index, uint32_t argument,
			struct rh_err *err)
{
	struct live_order order = {.kind = LIVE_ORDER_SPAWN, .index = index, .argument = argument};

	return ask(guardian, &order, err);
}

int live_guardian_kill(struct live_guardian *guardian, uint32_t index, bool is_wipe,
		       struct rh_err *err)
{
	struct live_order order = {.kind = is_wipe ? LIVE_ORDER_KILL_AND_WIPE : LIVE_ORDER_KILL,
				   .index = index};

	return ask(guardian, &order, err);
}

static int fd_of(struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);
	int fd = -1;

	if (control != NULL && control->cmsg_level == SOL_SOCKET &&
	    control->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(control), sizeof(fd));
	return fd;
}

int live_guardian_next(struct live_guardian *guardian, struct live_notice *notice,
		       struct rh_err *err)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct live_report report;
	struct iovec part = {&report, sizeof(report)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t got = recvmsg(guardian->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 0;
	if (got != (ssize_t)sizeof(report))
		return rh_err_set(err, RH_E_WORLD,
				  "the guardian of the processes (pid %ld) was killed; they are "
				  "gone with it",
				  (long)guardian->pid);
	*notice = (struct live_notice){.kind = report.kind,
				       .index = report.index,
				       .pid = report.pid,
				       .status = report.status,
				       .control_fd = fd_of(&message)};
	return 1;
}

/* False when it is still there after a long while. */
static bool has_ended(pid_t pid)
{
	const struct timespec nap = {0, 2000000};

	for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += 2) {
		pid_t got = waitpid(pid, NULL, WNOHANG);

		if (got == pid || (got < 0 && errno == ECHILD))
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

void live_guardian_close(struct live_guardian *guardian)
{
	if (guardian->fd >= 0)
		close(guardian->fd);
	guardian->fd = -1;
	if (guardian->pid > 0 && !has_ended(guardian->pid)) {
		/* It hangs: its processes go with it, by the kernel. */
		kill(guardian->pid, SIGKILL);
		waitpid(guardian->pid, NULL, 0);
	}
	guardian->pid = 0;
	live_folder_remove(&guardian->folder);
}
