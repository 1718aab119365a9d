/*
 * guardian.h - one small process that starts the others, outlives the run and leaves nothing behind.
 *
 *   parent ───── socket ─────► guardian ── fork ──► process 0, 1, 2, ...
 *     │                            │                    │
 *     └──── a socket to each process, handed over by the guardian ────┘
 *
 * Who ends                what happens
 *   a process             the guardian reaps it and tells the parent how it ended
 *   the parent, however   the guardian reads the end of its socket: it kills and reaps every process,
 *                         removes the folder and ends
 *   the guardian          the kernel kills every process (PR_SET_PDEATHSIG); the parent reads the end
 *                         of its socket and removes the folder
 *   parent and guardian   the kernel kills every process; the next live run sweeps the folder
 *
 * The guardian leaves the parent's session (a Ctrl-C goes to the parent alone), keeps none of its
 * files but the two sockets' ends and the folder, and each process keeps two sockets and a file for
 * its stderr.  Nothing here knows what the processes do.
 */
#ifndef LIVE_PROCESS_GUARDIAN_H
#define LIVE_PROCESS_GUARDIAN_H

#include <sys/types.h>

#include "live/process/folder.h"

/* What a process is told when it begins; its working folder is the private one. */
struct live_birth {
	uint32_t index;
	uint32_t life;	   /* processes of this index before */
	uint32_t argument; /* as given to live_guardian_spawn() */
	int control_fd;
	int listen_fd;
	const bool *runs; /* by index: which processes run */
};

struct live_trade { /* what the processes are */
	uint32_t count;
	/* Runs in the new process; its result is the exit status. */
	int (*run)(void *ctx, const struct live_birth *birth);
	/* The file by which others connect, the file that a wipe removes, and the name for `ps`. */
	char *(*socket_name)(char *name, size_t size, uint32_t index);
	char *(*durable_name)(char *name, size_t size, uint32_t index);
	const char *(*title)(void *ctx, uint32_t index);
	void *ctx;
};

enum live_notice_kind { LIVE_NOTICE_SPAWNED, LIVE_NOTICE_GONE, LIVE_NOTICE_TROUBLE };

struct live_notice {
	enum live_notice_kind kind;
	uint32_t index;
	pid_t pid;
	int status;	/* GONE: as from waitpid; TROUBLE: errno */
	int control_fd; /* SPAWNED: the caller's */
};

struct live_guardian {
	pid_t pid; /* 0: none */
	int fd;
	struct live_folder folder;
};

/* Forks the guardian; borrows `trade` until close.  To be called by a process with one thread. */
int live_guardian_open(struct live_guardian *guardian, const struct live_trade *trade,
		       struct rh_err *err) RH_MUST_USE;
/* Both are answered by a notice.  A wipe removes what the process kept for its next life. */
int live_guardian_spawn(struct live_guardian *guardian, uint32_t index, uint32_t argument,
			struct rh_err *err) RH_MUST_USE;
int live_guardian_kill(struct live_guardian *guardian, uint32_t index, bool is_wipe,
		       struct rh_err *err) RH_MUST_USE;
/* 1: a notice; 0: none now; RH_E_WORLD: the guardian has gone. */
int live_guardian_next(struct live_guardian *guardian, struct live_notice *notice,
		       struct rh_err *err) RH_MUST_USE;
/* Ends everything, and returns when nothing is left. */
void live_guardian_close(struct live_guardian *guardian);

/* The file with what a process said on stderr. */
char *live_guardian_stderr_name(char *name, size_t size, uint32_t index);

#endif
