/*
 * verb_list.c - `rehearse list [WHAT]`: scenarios on disk, and what the registry knows: models, faults, checks, gauges.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/load.h"
#include "core/base/sort.h"

static const char *const kinds[] = {"scenarios", "models", "faults",   "actions",
				    "checks",	 "gauges", "workloads"};

/* The value of `key:` on the first line that has it before the spec, without quotes; a cheap look, not a parse. */
static void peek(const char *path, const char *key, char *value, size_t value_size)
{
	char line[400];
	FILE *file = fopen(path, "r");

	value[0] = 0;
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *at = line + strspn(line, " ");

		if (strncmp(at, key, strlen(key)) != 0 || at[strlen(key)] != ':')
			continue;
		at += strlen(key) + 1;
		at += strspn(at, " \"'");
		at[strcspn(at, "\n")] = 0;
		snprintf(value, value_size, "%s", at);
		break;
	}
	if (file != NULL)
		fclose(file);
}

static int compare_names(const void *a, const void *b, const void *ctx)
{
	(void)ctx;
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	struct rh_arena arena;
	char *items[512];
	size_t count;
};

/* Two levels below the folder are enough for scenarios/KIND/NAME.yaml. */
static void collect(struct names *names, const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[1024];
		struct stat info;
		size_t len = strlen(entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%.500s/%.500s", folder, entry->d_name);
		if (stat(path, &info) != 0)
			continue;
		if (S_ISDIR(info.st_mode) && depth > 0)
			collect(names, path, depth - 1);
		if (S_ISREG(info.st_mode) && len > 5 &&
		    strcmp(entry->d_name + len - 5, ".yaml") == 0 &&
		    names->count < RH_ARRAY_LEN(names->items))
			names->items[names->count++] =
				rh_arena_text(&names->arena, path, strlen(path));
	}
	if (dir != NULL)
		closedir(dir);
}

static int list_scenarios(void)
{
	struct names names = {.count = 0};
	char description[200];

	rh_arena_init(&names.arena);
	collect(&names, "scenarios", 2);
	rh_sort(names.items, names.count, sizeof(names.items[0]), compare_names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		peek(names.items[i], "description", description, sizeof(description));
		printf("%-36s %s\n", names.items[i], description);
	}
	if (names.count == 0)
		printf("no scenarios/ here: give `rehearse run` the path of a file\n");
	rh_arena_release(&names.arena);
	return 0;
}

static void list_gauges(const struct rh_registry *registry)
{
	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT; i++) {
		const struct rh_gauge_info *info = rh_gauge_info(i);

		printf("%-22s %-6s %s\n", info->name, rh_unit_name(info->unit), info->doc);
	}
	for (uint32_t m = 0; m < registry->model_count; m++) {
		const struct rh_model *model = registry->models[m];

		for (uint32_t i = 0; i < model->gauge_count; i++) {
			char name[64];

			snprintf(name, sizeof(name), "%s.%s", model->name, model->gauges[i].name);
			printf("%-22s %-6s %s\n", name, rh_unit_name(model->gauges[i].unit),
			       model->gauges[i].doc);
		}
	}
}

static int list_registry(const struct rh_registry *registry, const char *what)
{
	if (strcmp(what, "models") == 0) {
		for (uint32_t i = 0; i < registry->model_count; i++)
			printf("%-14s %s\n", registry->models[i]->name, registry->models[i]->doc);
	} else if (strcmp(what, "faults") == 0 || strcmp(what, "actions") == 0) {
		for (uint32_t i = 0; i < registry->action_count; i++) {
			if (registry->actions[i]->is_fault == (what[0] == 'f'))
				printf("%-14s %s\n", registry->actions[i]->name,
				       registry->actions[i]->doc);
		}
	} else if (strcmp(what, "checks") == 0) {
		for (uint32_t i = 0; i < registry->assertion_count; i++)
			printf("%-14s %s\n", registry->assertions[i]->name,
			       registry->assertions[i]->doc);
	} else if (strcmp(what, "workloads") == 0) {
		for (uint32_t i = 0; i < registry->workload_count; i++)
			printf("%-14s %s\n", registry->workloads[i]->name,
			       registry->workloads[i]->doc);
	} else if (strcmp(what, "gauges") == 0) {
		list_gauges(registry);
	}
	return 0;
}

static int list(const struct cmd_args *args)
{
	const char *what = args->operand_count > 0 ? args->operands[0] : "scenarios";
	struct rh_registry registry;
	int code;

	for (size_t i = 0; i < RH_ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i], what) != 0)
			continue;
		if (i == 0)
			return list_scenarios();
		code = cmd_registry(&registry, args);
		return code != 0 ? code : list_registry(&registry, what);
	}
	return cmd_usage("list knows scenarios, models, faults, actions, checks, gauges and "
			 "workloads, "
			 "not \"%s\"",
			 what);
}

static const struct cmd_option options[] = {
	{"plugin", 0, "FILE", "load a shared object first"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"list", "list faults", NULL};

const struct cmd_verb cmd_verb_list = {
	.name = "list",
	.summary = "scenarios, models, faults, actions, checks, gauges or workloads",
	.operands = "[WHAT]",
	.operands_max = 1,
	.options = options,
	.examples = examples,
	.run = list,
};
