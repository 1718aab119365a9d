/*
 * retain.h - which earlier runs of a scenario stay: --keep-runs and --retention-days.
 */
#ifndef CMD_RETAIN_H
#define CMD_RETAIN_H

#include "cmd/verb.h"

/* Whether the two options are numbers; before a run. */
bool cmd_retain_options(const struct cmd_args *args);
/*
 * Removes run directories beside `run_dir` that are called like it (NAME-N) and hold a whole run, oldest first, until
 * both options are met; `run_dir` itself always stays.  0, or the exit code after a message.
 */
int cmd_retain(const struct cmd_args *args, const char *run_dir);

#endif
