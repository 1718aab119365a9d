/*
 * guard.h - what parent and guardian say to each other, one packet each, and the guardian's own
 * life.  For the files of this folder only.
 */
#ifndef LIVE_PROCESS_GUARD_H
#define LIVE_PROCESS_GUARD_H

#include "live/process/guardian.h"

enum live_order_kind { LIVE_ORDER_SPAWN, LIVE_ORDER_KILL, LIVE_ORDER_KILL_AND_WIPE };

struct live_order {
	enum live_order_kind kind;
	uint32_t index;
	uint32_t argument;
};

struct live_report { /* with the socket of a process that was started */
	enum live_notice_kind kind;
	uint32_t index;
	pid_t pid;
	int status;
};

/* In the new process, with all signals blocked; takes `fd`. */
__attribute__((noreturn)) void live_guard_run(const struct live_trade *trade,
					      struct live_folder *folder, int fd);

#endif
