/*
 * verb_list.c - `rehearse list [WHAT]`: scenarios on disk, what the registry knows (models, faults,
 * checks, gauges), and the tables of regions.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/load.h"
#include "core/base/sort.h"
#include "core/scenario/compose.h"
#include "core/scenario/topology.h"
#include "core/store/rundir.h"

static const char *const kinds[] = {"scenarios", "models", "faults",	"actions",
				    "checks",	 "gauges", "workloads", "regions"};

static const struct rh_tree *child_of(const struct rh_tree *map, const char *key)
{
	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++) {
		if (strcmp(map->pairs[i].key, key) == 0)
			return map->pairs[i].value;
	}
	return NULL;
}

/* A file's metadata.description on one line, or why there is none. */
static void describe(struct rh_buf *text, const char *path)
{
	struct rh_diagnostics diagnostics;
	const struct rh_tree *description = NULL;
	struct rh_buf content = {0};
	struct rh_arena arena;

	rh_arena_init(&arena);
	rh_diagnostics_init(&diagnostics);
	if (rh_file_read(&content, path, RH_COMPOSE_BYTES_MAX, NULL) == 0)
		description = child_of(child_of(rh_compose(&arena, rh_buf_str(&content),
							   content.len, NULL, 1, &diagnostics),
						"metadata"),
				       "description");
	rh_buf_reset(text);
	if (diagnostics.error_count > 0)
		rh_buf_text(text, "(no YAML: `rehearse validate` says where)");
	else if (description != NULL && description->kind == RH_TREE_SCALAR)
		rh_buf_text(text, description->text);
	for (size_t i = 0; i < text->len; i++)
		text->data[i] = text->data[i] < ' ' ? ' ' : text->data[i];
	rh_diagnostics_release(&diagnostics);
	rh_arena_release(&arena);
	rh_buf_release(&content);
}

static int compare_names(const void *a, const void *b, const void *ctx)
{
	(void)ctx;
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	struct rh_arena arena;
	char *items[1024];
	size_t count;
	size_t left_out;
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
		    strcmp(entry->d_name + len - 5, ".yaml") == 0) {
			if (names->count < RH_ARRAY_LEN(names->items))
				names->items[names->count++] =
					rh_arena_text(&names->arena, path, strlen(path));
			else
				names->left_out++;
		}
	}
	if (dir != NULL)
		closedir(dir);
}

static int list_scenarios(void)
{
	struct names names = {.count = 0};
	struct rh_buf description = {0};

	rh_arena_init(&names.arena);
	collect(&names, "scenarios", 2);
	rh_sort(names.items, names.count, sizeof(names.items[0]), compare_names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		describe(&description, names.items[i]);
		printf("%-36s %s\n", names.items[i], rh_buf_str(&description));
	}
	if (names.left_out > 0)
		printf("and %zu more\n", names.left_out);
	if (names.count == 0)
		printf("no scenarios/ here: give `rehearse run` the path of a file\n");
	rh_buf_release(&description);
	rh_arena_release(&names.arena);
	return 0;
}

/* The tables that `network.latency`, `network.bandwidth` and a group's `regions` may name. */
static void list_regions(void)
{
	const struct rh_region_set *set;
	const struct rh_distribution *distribution;

	for (uint32_t i = 0; (set = rh_region_set_at(i)) != NULL; i++) {
		printf("%-14s %s:", set->name, set->doc);
		for (uint32_t k = 0; k < set->count; k++)
			printf(" %s", set->regions[k]);
		printf("\n");
	}
	for (uint32_t i = 0; (distribution = rh_distribution_at(i)) != NULL; i++)
		printf("%-14s where nodes stand: %s\n", distribution->name, distribution->doc);
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
	} else {
		list_regions();
	}
	return 0;
}

static int list(const struct cmd_args *args)
{
	const char *what = args->operand_count > 0 ? args->operands[0] : "scenarios";
	const char *near;
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
	near = rh_suggest(what, kinds, RH_ARRAY_LEN(kinds));
	if (near != NULL)
		return cmd_usage("list knows no \"%s\": did you mean \"%s\"?", what, near);
	return cmd_usage("list knows scenarios, models, faults, actions, checks, gauges, "
			 "workloads and regions, not \"%s\"",
			 what);
}

static const struct cmd_option options[] = {
	{"plugin", 0, "FILE", "load a shared object first"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"list", "list faults", NULL};

const struct cmd_verb cmd_verb_list = {
	.name = "list",
	.summary = "scenarios, models, faults, actions, checks, gauges, workloads or regions",
	.operands = "[WHAT]",
	.operands_max = 1,
	.words = "scenarios|models|faults|actions|checks|gauges|workloads|regions",
	.options = options,
	.examples = examples,
	.run = list,
};
