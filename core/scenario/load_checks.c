/*
 * load_checks.c - what is judged (load_assert.c) and what load is put on: workloads; and until when
 * the run waits for them.
 */
#include <stdio.h>
#include <string.h>

#include "core/scenario/load_assert.h"

#define DEFAULT_WITHIN_NS (5 * RH_NS_PER_MIN)

uint64_t rh_load_default_within_ns(const struct rh_loader *loader)
{
	uint64_t asked_ns = loader->options->assertion_timeout_ns;

	return asked_ns != 0 ? asked_ns : DEFAULT_WITHIN_NS;
}

/* ---- workloads ------------------------------------------------------------------------------- */

/* Its parameters together, and with the model. */
static bool is_workload_sound(struct rh_loader *loader, const struct rh_plan_workload *workload,
			      const struct rh_tree *tree, const char *path)
{
	struct rh_workload_view view = rh_plan_workload_view(loader->plan, workload);
	const struct rh_model *model = loader->plan->model;
	char why[300] = "";

	if (model != NULL && model->input_count == 0) {
		rh_load_complain(loader, "E045", tree->place, path, NULL,
				 "model %s takes no input from workloads", model->name);
		return false;
	}
	if (workload->type->check == NULL || workload->type->check(&view, why, sizeof(why)) == 0)
		return true;
	rh_load_complain(loader, "E045", tree->place, rh_load_path(loader, path, "with"), NULL,
			 "workload %s: %s", workload->type->name, why);
	return false;
}

static bool takes(const struct rh_workload_type *type, const char *name)
{
	const struct rh_key *key = type->keys;

	while (key != NULL && key->name != NULL && strcmp(key->name, name) != 0)
		key++;
	return key != NULL && key->name != NULL;
}

/* `mix` as the shares it stands for: two pairs in place of one. */
static void put_mix(struct rh_loader *loader, struct rh_tree *with, const struct rh_tree *mix,
		    const char *path)
{
	static const char *const parts[2][2] = {{"blob", "blobs"}, {"invalid", "badSignature"}};
	struct rh_in_mix in = {.blob = {0, 1}, .invalid = {0, 1}};

	if (!rh_load_section(loader, &in, mix, "mix", path))
		return;
	if (in.transfer.den != 0) {
		uint64_t sum = rh_mul_div(in.transfer.num, 1000000000, in.transfer.den) +
			       rh_mul_div(in.blob.num, 1000000000, in.blob.den) +
			       rh_mul_div(in.invalid.num, 1000000000, in.invalid.den);

		if (sum < 1000000000 - 2 || sum > 1000000000)
			rh_load_complain(loader, "E022", mix->place, path,
					 "leave `transfer` out: it is the rest",
					 "the shares of the mix are not 100%% together");
	}
	for (uint32_t i = 0; i < 2; i++) {
		const struct rh_tree *value = rh_load_key(loader, mix, "mix", parts[i][0]);

		if (value != NULL)
			with->pairs[with->count++] =
				(struct rh_tree_pair){.key = parts[i][1],
						      .place = value->place,
						      .value = (struct rh_tree *)(uintptr_t)value};
	}
}

/* The parameters with `to` and `mix`, which are other words for `target` and shares, taken out. */
static const struct rh_tree *plain_with(struct rh_loader *loader, struct rh_in_workload *in,
					const struct rh_workload_type *type, const char *path)
{
	struct rh_tree *with;

	if (in->with == NULL || !takes(type, "badSignature"))
		return in->with;
	with = RH_ARENA_NEW(&loader->scratch, struct rh_tree);
	*with = *in->with;
	with->pairs = RH_ARENA_ARRAY(&loader->scratch, 2 * (size_t)in->with->count + 1,
				     struct rh_tree_pair);
	with->count = 0;
	for (uint32_t i = 0; i < in->with->count; i++) {
		const struct rh_tree_pair *pair = &in->with->pairs[i];

		if (strcmp(pair->key, "mix") == 0) {
			put_mix(loader, with, pair->value, rh_load_path(loader, path, "with.mix"));
		} else if (strcmp(pair->key, "to") != 0) {
			with->pairs[with->count++] = *pair;
		} else if (in->target != NULL) {
			rh_load_complain(loader, "E051", pair->place, path, "remove one of the two",
					 "`to` is `target` in another place");
		} else {
			in->target = pair->value;
		}
	}
	return with;
}

static void load_workload(struct rh_loader *loader, const struct rh_tree *tree,
			  struct rh_map *names, const char *path)
{
	struct rh_plan *plan = loader->plan;
	struct rh_plan_workload *workload = &plan->workloads[plan->workload_count];
	const struct rh_registry *registry = loader->registry;
	const char *types[RH_REGISTRY_MAX];
	struct rh_in_workload in = {0};
	bool is_new;

	memset(workload, 0, sizeof(*workload));
	if (!rh_load_section(loader, &in, tree, "workload", path))
		return;
	workload->name = rh_load_keep(loader, in.name);
	workload->name64 = rh_name64(in.name);
	if (in.name[0] == 0 || strlen(in.name) > 200)
		rh_load_complain(loader, "E024", rh_load_place(loader, tree, "workload", "name"),
				 path, NULL, "a workload needs a name of 1 to 200 characters");
	rh_map_add(names, workload->name, strlen(workload->name), &is_new);
	if (!is_new)
		rh_load_complain(loader, "E041", rh_load_place(loader, tree, "workload", "name"),
				 path, NULL, "two workloads are called \"%.80s\"", in.name);
	workload->type = rh_registry_workload(registry, in.type);
	if (workload->type == NULL) {
		for (uint32_t i = 0; i < registry->workload_count; i++)
			types[i] = registry->workloads[i]->name;
		rh_load_complain(loader, "E040", rh_load_place(loader, tree, "workload", "type"),
				 path,
				 rh_load_hint(loader, in.type, types, registry->workload_count,
					      "`rehearse list workloads` shows them"),
				 "no kind of workload is called \"%.60s\"", in.type);
		return;
	}
	workload->params = rh_load_params(loader, plain_with(loader, &in, workload->type, path),
					  in.with != NULL ? in.with->place : tree->place,
					  rh_load_path(loader, path, "with"), workload->type->keys,
					  workload->type->params_size);
	workload->start_ns = in.start_ns;
	workload->until_ns = in.for_ns != 0 ? in.start_ns + in.for_ns : plan->duration_ns;
	if (workload->params != NULL &&
	    rh_load_target(loader, &workload->nodes, &workload->node_count, in.target,
			   rh_load_path(loader, path, "target"), workload->name64, false) &&
	    is_workload_sound(loader, workload, tree, path))
		plan->workload_count++;
}

static void load_workloads(struct rh_loader *loader)
{
	const struct rh_tree *tree = loader->spec.workloads;
	struct rh_plan *plan = loader->plan;
	struct rh_map names = {0};

	plan->workloads = RH_ARENA_ARRAY(&plan->arena, (tree != NULL ? tree->count : 0) + 1,
					 struct rh_plan_workload);
	for (uint32_t i = 0; tree != NULL && i < tree->count; i++)
		load_workload(loader, tree->items[i], &names,
			      rh_load_path_at(loader, "workloads", i));
	rh_map_release(&names);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void set_timeout(struct rh_loader *loader)
{
	struct rh_plan *plan = loader->plan;
	uint64_t last_ns = plan->duration_ns + rh_load_default_within_ns(loader);

	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_plan_assertion *one = &plan->assertions[i];
		uint64_t until_ns = one->until_ns;

		if (until_ns == RH_TIME_NEVER || !rh_assertion_is_judged(one))
			continue;
		/* The latest moment at which a step of the plan can begin. */
		if (one->after != RH_NONE)
			until_ns += plan->duration_ns;
		until_ns += one->hold_ns;
		if (until_ns > last_ns)
			last_ns = until_ns;
	}
	plan->timeout_ns = last_ns;
	if (loader->options->default_timeout_ns != 0)
		plan->timeout_ns = loader->options->default_timeout_ns > plan->duration_ns
					   ? loader->options->default_timeout_ns
					   : plan->duration_ns;
	if (loader->spec.timeout_ns == 0)
		return;
	plan->timeout_ns = loader->spec.timeout_ns;
	if (plan->timeout_ns < plan->duration_ns)
		rh_load_complain(loader, "E022",
				 rh_load_place(loader, loader->spec_tree, "spec", "timeout"),
				 "timeout", NULL,
				 "the timeout lies before the end of the run: it counts from the "
				 "start");
}

void rh_load_checks(struct rh_loader *loader)
{
	rh_load_assertions(loader);
	if (loader->plan->nodes == NULL)
		return;
	load_workloads(loader);
	set_timeout(loader);
}
