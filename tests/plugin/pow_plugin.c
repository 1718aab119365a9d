/*
 * pow_plugin.c - the built-in proof-of-work model, brought as a plugin: it must give the same trace hash.
 */
#include "core/plugin.h"
#include "models/pow/model.h"

static const struct rh_model *const models[] = {&rh_pow_model, NULL};

static const struct rh_plugin plugin = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "pow-as-plugin",
	.models = models,
};

const struct rh_plugin *rh_plugin_v1(void);

const struct rh_plugin *rh_plugin_v1(void)
{
	return &plugin;
}
