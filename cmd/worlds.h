/*
 * worlds.h - the worlds of this program by name: `--mode sim|live`.
 */
#ifndef CMD_WORLDS_H
#define CMD_WORLDS_H

#include "cmd/verb.h"
#include "core/world.h"

/* Row of an option table. */
#define CMD_MODE_OPTION \
	{ \
		"mode", 'm', "sim|live", "sim (default): repeatable; live: real processes" \
	}

/* The world of --mode, sim without it; NULL after a message when there is none of that name. */
const struct rh_world_ops *cmd_world(const struct cmd_args *args);

#endif
