/*
 * worlds.c - which world a run is played on.
 */
#include "cmd/worlds.h"

#include <string.h>

#include "live/world.h"
#include "sim/world.h"

static const struct rh_world_ops *const worlds[] = {&sim_world_ops, &live_world_ops};

const struct rh_world_ops *cmd_world(const struct cmd_args *args)
{
	const char *mode = cmd_option_value(args, "mode");

	if (mode == NULL)
		return worlds[0];
	for (size_t i = 0; i < RH_ARRAY_LEN(worlds); i++) {
		if (strcmp(mode, worlds[i]->name) == 0)
			return worlds[i];
	}
	cmd_usage("--mode is sim or live, not \"%s\"", mode);
	return NULL;
}
