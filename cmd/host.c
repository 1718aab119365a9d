/*
 * host.c - clocks, signals and the terminal.
 */
#include "cmd/host.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "core/base/units.h"

static uint64_t clock_ns(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) != 0)
		return 0;
	return (uint64_t)now.tv_sec * RH_NS_PER_SEC + (uint64_t)now.tv_nsec;
}

uint64_t cmd_wall_ns(void *ctx)
{
	(void)ctx;
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t cmd_cpu_ns(void *ctx)
{
	(void)ctx;
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* Signals have no argument: what came is process-wide by nature. */
static volatile sig_atomic_t first_signal;

static void on_signal(int number)
{
	if (first_signal != 0)
		_exit(128 + number);
	first_signal = number;
}

void cmd_signals_catch(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool cmd_is_interrupted(void *ctx)
{
	(void)ctx;
	return first_signal != 0;
}

int cmd_interrupt_signal(void)
{
	return first_signal;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != 0;
}

static bool locale_is_utf8(void)
{
	const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < RH_ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || value[0] == 0)
			continue;
		return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
		       strstr(value, "utf-8") != NULL || strstr(value, "UTF8") != NULL;
	}
	return true; /* nothing is said: the text is UTF-8 wherever it goes */
}

struct cmd_terminal cmd_terminal(int fd, const char *colour)
{
	struct cmd_terminal terminal = {.columns = 80};
	const char *term = getenv("TERM");
	struct winsize size;

	terminal.is_terminal = isatty(fd) == 1;
	if (terminal.is_terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		terminal.columns = size.ws_col > 100 ? 100 : size.ws_col;
	terminal.has_colour = terminal.is_terminal && !is_set("NO_COLOR") && term != NULL &&
			      strcmp(term, "dumb") != 0;
	if (colour != NULL && strcmp(colour, "always") == 0)
		terminal.has_colour = true;
	if (colour != NULL && strcmp(colour, "never") == 0)
		terminal.has_colour = false;
	terminal.is_ascii = !locale_is_utf8();
	return terminal;
}

void cmd_progress_draw(struct cmd_progress *progress, uint64_t now_ns, uint64_t end_ns)
{
	uint64_t wall_ns;
	char now[RH_TIME_TEXT];
	char end[RH_TIME_TEXT];

	if (!progress->is_on || end_ns == 0)
		return;
	wall_ns = cmd_wall_ns(NULL);
	if (progress->last_wall_ns == 0)
		progress->last_wall_ns = wall_ns; /* short runs stay silent */
	if (wall_ns - progress->last_wall_ns < 100 * RH_NS_PER_MS)
		return;
	progress->last_wall_ns = wall_ns;
	progress->was_drawn = true;
	now_ns = now_ns / RH_NS_PER_SEC * RH_NS_PER_SEC;
	end_ns = end_ns / RH_NS_PER_SEC * RH_NS_PER_SEC;
	fprintf(stderr, "\r  %s of %s  %3u %%", rh_clock_text(now, now_ns),
		rh_clock_text(end, end_ns),
		end_ns == 0 ? 100 : (unsigned)rh_mul_div(now_ns, 100, end_ns));
	fflush(stderr);
}

void cmd_progress_clear(struct cmd_progress *progress)
{
	if (progress->was_drawn)
		fputs("\r\033[K", stderr);
	progress->was_drawn = false;
}
