/*
 * single.h - what `run` does with one plan; a suite does the same for each of its own.
 */
#ifndef CMD_SINGLE_H
#define CMD_SINGLE_H

#include "cmd/play.h"

/* The options of `run`; 0, or 2 after a message. */
int cmd_single_options(const struct cmd_args *args, struct cmd_play_options *options);
/* Plays, prints the summary, leaves the directory; the exit code. */
int cmd_single_play(const struct cmd_args *args, const struct rh_plan *plan,
		    const struct cmd_play_options *options);
/* The same for an operand from its file on. */
int cmd_single_run(const struct cmd_args *args, const char *operand,
		   const struct cmd_play_options *options);

#endif
