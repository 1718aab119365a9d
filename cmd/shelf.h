/*
 * shelf.h - the scenarios of a library as `list` shows them: their headers, read without loading them.
 */
#ifndef CMD_SHELF_H
#define CMD_SHELF_H

#include "cmd/library.h"

/* `list scenarios` and `list templates` under --category, --tag and --json; the exit code. */
int cmd_shelf_list(const struct cmd_args *args, bool templates_only);

#endif
