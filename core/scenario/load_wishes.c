/*
 * load_wishes.c - what a scenario asks of those around it: for which worlds it is, which programs its
 * nodes are, what its report should have.
 *
 * A simulated run needs none of it; all of it is in the plan, so that whoever does it reads it there.
 */
#include <string.h>

#include "core/scenario/loader.h"

/* Position of a word among "a|b|c", or -1 after complaining. */
static int word_of(struct rh_loader *loader, const struct rh_tree *tree, const char *words,
		   const char *path)
{
	struct rh_key key = {.name = "value", .type = RH_KEY_ENUM, .values = words};
	struct rh_value value;

	return rh_load_scalar(loader, &value, &key, tree, path) ? (int)value.number : -1;
}

void rh_load_modes(struct rh_loader *loader)
{
	const struct rh_tree *modes = loader->spec.modes;

	if (modes == NULL)
		return;
	loader->plan->modes_place = (struct rh_plan_place){modes->place.line, modes->place.column};
	if (modes->count == 0)
		rh_load_complain(loader, "E022", modes->place, "modes",
				 "write [sim], [live] or both",
				 "a scenario is for at least one world");
	for (uint32_t i = 0; i < modes->count; i++) {
		int mode = word_of(loader, modes->items[i], "sim|live", "modes");

		if (mode >= 0)
			loader->plan->modes |= (uint32_t)1 << mode;
	}
}

/* ---- reports --------------------------------------------------------------------------------- */

static void load_plots(struct rh_loader *loader, const struct rh_tree *plots)
{
	struct rh_plan *plan = loader->plan;
	uint32_t end = RH_GAUGE_MODEL + plan->model->gauge_count;
	bool *marks = RH_ARENA_ARRAY(&loader->scratch, (size_t)end + 1, bool);

	for (uint32_t i = 0; i < plots->count; i++) {
		const char *name = rh_load_word(loader, plots->items[i], "reporting.plots");
		int32_t gauge = name != NULL ? rh_plan_gauge_find(plan, name) : -1;

		if (gauge >= 0)
			marks[gauge] = true;
		else if (name != NULL)
			rh_load_complain(loader, "E040", plots->items[i]->place, "reporting.plots",
					 "`rehearse list gauges` shows them",
					 "no gauge is called \"%.60s\"", name);
	}
	plan->report.plots = RH_ARENA_ARRAY(&plan->arena, (size_t)end + 1, uint32_t);
	for (uint32_t i = 0; i < end; i++) {
		if (marks[i])
			plan->report.plots[plan->report.plot_count++] = i;
	}
}

void rh_load_reporting(struct rh_loader *loader)
{
	const struct rh_tree *tree = loader->spec.reporting;
	struct rh_plan_report *report = &loader->plan->report;
	struct rh_in_reporting in = {0};

	if (tree == NULL || !rh_load_section(loader, &in, tree, "spec.reporting", "reporting"))
		return;
	for (uint32_t i = 0; in.formats != NULL && i < in.formats->count; i++) {
		int format = word_of(loader, in.formats->items[i], RH_REPORT_FORMATS,
				     "reporting.formats");

		if (format >= 0)
			report->formats |= (uint32_t)1 << format;
	}
	report->wishes = (in.has_timeline ? RH_REPORT_TIMELINE : 0u) |
			 (in.has_impact ? RH_REPORT_IMPACT : 0u) |
			 (in.has_audit_logs ? RH_REPORT_AUDIT_LOGS : 0u);
	if (in.plots != NULL && loader->plan->model != NULL)
		load_plots(loader, in.plots);
}

/* ---- clients --------------------------------------------------------------------------------- */

static void read_client(struct rh_loader *loader, struct rh_plan_group *group,
			const struct rh_tree *tree, const char *path)
{
	struct rh_in_client client = {0};
	struct rh_in_client_sim sim = {0};
	struct rh_in_client_live live = {0};

	if (tree == NULL || !rh_load_section(loader, &client, tree, "client", path))
		return;
	if (client.sim != NULL && rh_load_section(loader, &sim, client.sim, "client-sim",
						  rh_load_path(loader, path, "sim")))
		group->client_model = rh_load_keep(loader, sim.model);
	if (client.live == NULL || !rh_load_section(loader, &live, client.live, "client-live",
						    rh_load_path(loader, path, "live")))
		return;
	if (live.execution[0] != 0)
		group->execution = rh_load_keep(loader, live.execution);
	if (live.consensus[0] != 0)
		group->consensus = rh_load_keep(loader, live.consensus);
}

/* A simulated node is one of the plan's model: the key may only name that. */
static void check_client(struct rh_loader *loader, const struct rh_plan_group *group,
			 struct rh_place place)
{
	const struct rh_model *model = loader->plan->model;

	if (group->client_model[0] == 0 || model == NULL ||
	    rh_model_is_called(model, group->client_model))
		return;
	rh_load_complain(loader, "E040", place, "client.sim.model",
			 rh_arena_printf(&loader->scratch, "write model: %s", model->name),
			 "\"%.60s\" is no node of model %s, which the network speaks",
			 group->client_model, model->name);
}

void rh_load_clients(struct rh_loader *loader)
{
	struct rh_plan *plan = loader->plan;
	const struct rh_tree *defaults =
		rh_load_key(loader, loader->spec.topology, "spec.topology", "defaults");
	const struct rh_tree *shared = rh_load_key(loader, defaults, "topology-defaults", "client");
	struct rh_plan_group standard = {.client_model = "", .execution = "", .consensus = ""};

	read_client(loader, &standard, shared, "topology.defaults.client");
	if (shared != NULL)
		check_client(loader, &standard, shared->place);
	for (uint32_t i = 0; i < plan->group_count; i++) {
		struct rh_plan_group *group = &plan->groups[i];
		const struct rh_tree *own =
			rh_load_key(loader, loader->group_trees[i], "group", "client");

		group->client_model = standard.client_model;
		group->execution = standard.execution;
		group->consensus = standard.consensus;
		read_client(loader, group, own, "topology.groups.client");
		if (own != NULL)
			check_client(loader, group, own->place);
	}
}
