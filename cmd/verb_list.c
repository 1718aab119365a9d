/*
 * verb_list.c - `rehearse list [WHAT]`: scenarios on disk, what the registry knows (models, faults,
 * checks, gauges), and the tables of regions.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/load.h"
#include "cmd/rows.h"
#include "cmd/shelf.h"
#include "core/scenario/diag.h"
#include "core/scenario/topology.h"

static const char *const kinds[] = {"scenarios", "templates", "models",	   "faults", "actions",
				    "checks",	 "gauges",    "workloads", "regions"};

/* The tables that `network.latency`, `network.bandwidth` and a group's `regions` may name. */
static void list_regions(struct cmd_rows *rows)
{
	const struct rh_region_set *set;
	const struct rh_distribution *distribution;

	for (uint32_t i = 0; (set = rh_region_set_at(i)) != NULL; i++) {
		struct rh_buf doc = {0};

		rh_buf_printf(&doc, "%s:", set->doc);
		for (uint32_t k = 0; k < set->count; k++)
			rh_buf_printf(&doc, " %s", set->regions[k]);
		cmd_rows_put(rows, set->name, rh_buf_str(&doc), NULL);
		rh_buf_release(&doc);
	}
	for (uint32_t i = 0; (distribution = rh_distribution_at(i)) != NULL; i++) {
		struct rh_buf doc = {0};

		rh_buf_printf(&doc, "where nodes stand: %s", distribution->doc);
		cmd_rows_put(rows, distribution->name, rh_buf_str(&doc), NULL);
		rh_buf_release(&doc);
	}
}

static void put_gauge(struct cmd_rows *rows, const char *name, enum rh_unit unit, const char *doc)
{
	const char *pairs[] = {"unit", rh_unit_name(unit), NULL};
	char text[300];

	snprintf(text, sizeof(text), "%-6s %s", pairs[1], doc);
	cmd_rows_put(rows, name, rows->is_json ? doc : text, pairs);
}

static void list_gauges(struct cmd_rows *rows, const struct rh_registry *registry)
{
	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT; i++)
		put_gauge(rows, rh_gauge_info(i)->name, rh_gauge_info(i)->unit,
			  rh_gauge_info(i)->doc);
	for (uint32_t m = 0; m < registry->model_count; m++) {
		const struct rh_model *model = registry->models[m];

		for (uint32_t i = 0; i < model->gauge_count; i++) {
			char name[64];

			snprintf(name, sizeof(name), "%s.%s", model->name, model->gauges[i].name);
			put_gauge(rows, name, model->gauges[i].unit, model->gauges[i].doc);
		}
	}
}

static void list_actions(struct cmd_rows *rows, const struct rh_registry *registry, bool is_fault,
			 bool is_later)
{
	for (uint32_t i = 0; i < registry->action_count; i++) {
		const struct rh_action_type *type = registry->actions[i];
		char doc[300];

		if (type->is_fault != is_fault || (type->effect == RH_EFFECT_LATER) != is_later)
			continue;
		snprintf(doc, sizeof(doc), "%.250s%s", type->doc,
			 is_later ? " (not in this version)" : "");
		cmd_rows_put(rows, type->name, doc, NULL);
	}
}

/* Those that a run can judge come first. */
static void list_checks(struct cmd_rows *rows, const struct rh_registry *registry, bool is_later)
{
	for (uint32_t i = 0; i < registry->assertion_count; i++) {
		const struct rh_assertion_type *type = registry->assertions[i];
		char doc[300];

		if ((type->missing != NULL) != is_later)
			continue;
		snprintf(doc, sizeof(doc), "%.250s%s", type->doc,
			 is_later ? " (not in this version)" : "");
		cmd_rows_put(rows, type->name, doc, NULL);
	}
}

#define NAME_COLUMNS_LEAST 14
#define NAME_COLUMNS_MOST  22

/* Of the names of checks or steps; a few long ones may stand out. */
static int width_of(const struct rh_registry *registry, const char *what)
{
	size_t width = NAME_COLUMNS_LEAST;

	if (strcmp(what, "gauges") == 0)
		return NAME_COLUMNS_MOST;
	for (uint32_t i = 0; strcmp(what, "checks") == 0 && i < registry->assertion_count; i++) {
		size_t len = strlen(registry->assertions[i]->name);

		width = len > width && len <= NAME_COLUMNS_MOST ? len : width;
	}
	for (uint32_t i = 0; i < registry->action_count; i++) {
		size_t len = strlen(registry->actions[i]->name);

		if (strcmp(what, registry->actions[i]->is_fault ? "faults" : "actions") == 0)
			width = len > width && len <= NAME_COLUMNS_MOST ? len : width;
	}
	return (int)width;
}

static int list_registry(const struct cmd_args *args, const struct rh_registry *registry,
			 const char *what)
{
	struct cmd_rows rows;

	cmd_rows_begin(&rows, what, cmd_option_given(args, "json"), width_of(registry, what));
	for (uint32_t i = 0; strcmp(what, "models") == 0 && i < registry->model_count; i++)
		cmd_rows_put(&rows, registry->models[i]->name, registry->models[i]->doc, NULL);
	if (strcmp(what, "faults") == 0 || strcmp(what, "actions") == 0) {
		list_actions(&rows, registry, what[0] == 'f', false);
		list_actions(&rows, registry, what[0] == 'f', true);
	}
	if (strcmp(what, "checks") == 0) {
		list_checks(&rows, registry, false);
		list_checks(&rows, registry, true);
	}
	for (uint32_t i = 0; strcmp(what, "workloads") == 0 && i < registry->workload_count; i++)
		cmd_rows_put(&rows, registry->workloads[i]->name, registry->workloads[i]->doc,
			     NULL);
	if (strcmp(what, "gauges") == 0)
		list_gauges(&rows, registry);
	if (strcmp(what, "regions") == 0)
		list_regions(&rows);
	cmd_rows_end(&rows);
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
		if (i < 2)
			return cmd_shelf_list(args, i == 1);
		if (cmd_option_is(args, "category") || cmd_option_is(args, "tag"))
			return cmd_usage("--category and --tag choose scenarios, not %s", what);
		code = cmd_registry(&registry, args);
		return code != 0 ? code : list_registry(args, &registry, what);
	}
	near = rh_suggest(what, kinds, RH_ARRAY_LEN(kinds));
	if (near != NULL)
		return cmd_usage("list knows no \"%s\": did you mean \"%s\"?", what, near);
	return cmd_usage(
		"list knows scenarios, templates, models, faults, actions, checks, gauges, "
		"workloads and regions, not \"%s\"",
		what);
}

static const struct cmd_option options[] = {
	{"category", 'c', "NAME", "scenarios of this metadata.category only"},
	{"tag", 't', "NAME", "scenarios with this tag only; all of them when repeated"},
	{"json", 0, NULL, "one JSON object"},
	CMD_LIBRARY_OPTION,
	{"plugin", 0, "FILE", "load a shared object first"},
	{NULL, 0, NULL, NULL},
};

static const char *const examples[] = {"list", "list --tag partition", "list faults --json", NULL};

const struct cmd_verb cmd_verb_list = {
	.name = "list",
	.summary = "scenarios, templates, models, faults, checks, gauges, regions",
	.operands = "[WHAT]",
	.operands_max = 1,
	.words = "scenarios|templates|models|faults|actions|checks|gauges|workloads|regions",
	.options = options,
	.examples = examples,
	.run = list,
};
