/*
 * host.h - what the program asks of the machine it runs on: clocks, signals, the terminal.
 * Nothing here reaches a simulated run; it is what host.json, progress and Ctrl-C are made of.
 */
#ifndef CMD_HOST_H
#define CMD_HOST_H

#include "core/base/buf.h"

uint64_t cmd_wall_ns(void *ctx); /* monotonic */
uint64_t cmd_cpu_ns(void *ctx);	 /* of this process */

/* After this, SIGINT and SIGTERM are counted: the first asks for an orderly end, the second ends at once. */
void cmd_signals_catch(void);
bool cmd_is_interrupted(void *ctx);
int cmd_interrupt_signal(void); /* which came first, or 0 */

/* What the terminal behind a file descriptor can do. */
struct cmd_terminal {
	bool is_terminal;
	bool has_colour;
	bool is_ascii; /* the locale is not UTF-8 */
	uint32_t columns;
};
/* `colour`: "auto", "always" or "never"; NO_COLOR and TERM=dumb count for auto */
struct cmd_terminal cmd_terminal(int fd, const char *colour);

/* A line on stderr that is drawn over: "  01:12:30 of 04:00:00  30 %". */
struct cmd_progress {
	bool is_on;
	uint64_t last_wall_ns;
	bool was_drawn;
};
void cmd_progress_draw(struct cmd_progress *progress, uint64_t now_ns, uint64_t end_ns);
void cmd_progress_clear(struct cmd_progress *progress);

#endif
