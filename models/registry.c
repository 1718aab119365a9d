/*
 * registry.c - the list of built-in models.
 */
#include "models/registry.h"

#include "models/later.h"
#include "models/pow/model.h"

static const struct rh_model *const models[] = {
	&rh_pow_model, &rh_later_ethereum_pos, &rh_later_pos,
	&rh_later_bft, &rh_later_sequencer,    NULL,
};

const struct rh_plugin rh_builtin_models = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "models",
	.models = models,
};
