/*
 * plugin.c - the registry: tables by name, built in or brought by a plugin.
 *
 * Registration happens before anything runs and in a fixed order (built-in tables, then plugins as
 * named on the command line), so a list printed from the registry is always the same.
 */
#include "core/plugin.h"

#include <string.h>

/*
 * The four lists hold pointers to tables whose first member is the name.  C gives a pointer to a
 * structure and to its first member the same address, which is what `name_of` reads.
 */
static const char *name_of(const void *table)
{
	return *(const char *const *)table;
}

static int add(const void **list, uint32_t *count, const void *table, const char *what,
	       struct rh_err *err)
{
	for (uint32_t i = 0; i < *count; i++) {
		if (strcmp(name_of(list[i]), name_of(table)) == 0) {
			list[i] = table;
			return 0;
		}
	}
	if (*count == RH_REGISTRY_MAX)
		return rh_err_set(err, RH_E_LIMIT, "more than %d %s are registered",
				  RH_REGISTRY_MAX, what);
	list[(*count)++] = table;
	return 0;
}

static const void *find(const void *const *list, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++) {
		if (strcmp(name_of(list[i]), name) == 0)
			return list[i];
	}
	return NULL;
}

/* A model's action has its two values where its keys put them: the event's key and its argument. */
static void plain_args(const void *params, uint64_t *key, uint64_t *arg)
{
	const uint64_t *values = params;

	*key = values[0];
	*arg = values[1];
}

/* Every action of a model is a step that a scenario can take. */
static int add_model_actions(struct rh_registry *registry, const struct rh_model *model,
			     struct rh_err *err)
{
	for (uint32_t i = 0; i < model->action_count; i++) {
		struct rh_action_type *type;

		if (registry->model_action_count == RH_REGISTRY_MAX)
			return rh_err_set(err, RH_E_LIMIT, "more than %d actions of models",
					  RH_REGISTRY_MAX);
		type = &registry->model_actions[registry->model_action_count++];
		*type = (struct rh_action_type){
			.name = model->actions[i].name,
			.doc = model->actions[i].doc,
			.effect = RH_EFFECT_ON_MODEL,
			.params_size = 2 * sizeof(uint64_t),
			.keys = model->actions[i].keys,
			.model_action = model->actions[i].name,
			.model_args = plain_args,
		};
		if (add((const void **)registry->actions, &registry->action_count, type, "actions",
			err) != 0)
			return err->code;
	}
	return 0;
}

static int add_all(struct rh_registry *registry, const struct rh_plugin *plugin, struct rh_err *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && plugin->models != NULL && plugin->models[i] != NULL; i++) {
		if (plugin->models[i]->abi != RH_MODEL_ABI)
			return rh_err_set(
				err, RH_E_UNSUPPORTED,
				"model \"%s\" was built for interface %u, this program has %d",
				plugin->models[i]->name, plugin->models[i]->abi, RH_MODEL_ABI);
		rc = add((const void **)registry->models, &registry->model_count, plugin->models[i],
			 "models", err);
		if (rc == 0)
			rc = add_model_actions(registry, plugin->models[i], err);
	}
	for (uint32_t i = 0; rc == 0 && plugin->actions != NULL && plugin->actions[i] != NULL; i++)
		rc = add((const void **)registry->actions, &registry->action_count,
			 plugin->actions[i], "actions", err);
	for (uint32_t i = 0; rc == 0 && plugin->assertions != NULL && plugin->assertions[i] != NULL;
	     i++)
		rc = add((const void **)registry->assertions, &registry->assertion_count,
			 plugin->assertions[i], "assertion types", err);
	for (uint32_t i = 0; rc == 0 && plugin->workloads != NULL && plugin->workloads[i] != NULL;
	     i++)
		rc = add((const void **)registry->workloads, &registry->workload_count,
			 plugin->workloads[i], "workloads", err);
	return rc;
}

int rh_registry_add(struct rh_registry *registry, const struct rh_plugin *plugin,
		    struct rh_err *err)
{
	if (plugin->abi != RH_PLUGIN_ABI || plugin->struct_size != sizeof(struct rh_plugin))
		return rh_err_set(err, RH_E_UNSUPPORTED,
				  "plugin interface %u of %u bytes, this program has %d of %zu: "
				  "build the plugin against its headers",
				  plugin->abi, plugin->struct_size, RH_PLUGIN_ABI,
				  sizeof(struct rh_plugin));
	return add_all(registry, plugin, err);
}

const struct rh_model *rh_registry_model(const struct rh_registry *registry, const char *name)
{
	return find((const void *const *)registry->models, registry->model_count, name);
}

const struct rh_action_type *rh_registry_action(const struct rh_registry *registry,
						const char *name)
{
	return find((const void *const *)registry->actions, registry->action_count, name);
}

const struct rh_assertion_type *rh_registry_assertion(const struct rh_registry *registry,
						      const char *name)
{
	return find((const void *const *)registry->assertions, registry->assertion_count, name);
}

const struct rh_workload_type *rh_registry_workload(const struct rh_registry *registry,
						    const char *name)
{
	return find((const void *const *)registry->workloads, registry->workload_count, name);
}

/* Steps whose key is the whole name: there is no word to choose. */
static bool is_step_key(const char *name)
{
	static const char *const keys[] = {"wait",     "clear", "capture", "annotate",
					   "workload", "set",	"restore", "run"};

	for (size_t i = 0; i < RH_ARRAY_LEN(keys); i++) {
		if (strcmp(keys[i], name) == 0)
			return true;
	}
	return false;
}

const char *rh_action_key(char key[32], const char **word, const struct rh_action_type *type)
{
	static const char *const families[] = {"node",	   "validator", "fork",	    "time",
					       "snapshot", "peer",	"topology", "chaos"};
	const char *dot = strchr(type->name, '.');

	*word = type->name;
	if (is_step_key(type->name)) {
		*word = NULL;
		return type->name;
	}
	for (size_t i = 0; dot != NULL && i < RH_ARRAY_LEN(families); i++) {
		size_t len = strlen(families[i]);

		if (len != (size_t)(dot - type->name) || strncmp(families[i], type->name, len) != 0)
			continue;
		*word = dot + 1;
		memcpy(key, families[i], len + 1);
		return key;
	}
	return type->is_fault ? "fault" : "action";
}
