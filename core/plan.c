/*
 * plan.c - the life of a plan, its hash, and names for what stands in it.  Its bytes: plan_encode.c
 * and plan_decode.c.
 */
#include "core/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rh_plan_free(struct rh_plan *plan)
{
	struct rh_arena arena;

	if (plan == NULL)
		return;
	arena = plan->arena;
	rh_arena_release(&arena);
	free(plan);
}

struct rh_hash128 rh_plan_hash(const struct rh_plan *plan)
{
	struct rh_buf bytes = {0};
	struct rh_hash128 hash;

	rh_plan_encode(plan, &bytes);
	hash = rh_hash128(bytes.data, bytes.len);
	rh_buf_release(&bytes);
	return hash;
}

uint32_t rh_plan_judged_count(const struct rh_plan *plan)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->assertion_count; i++)
		count += rh_assertion_is_judged(&plan->assertions[i]);
	return count;
}

const char *rh_assert_mode_name(enum rh_assert_mode mode)
{
	switch (mode) {
	case RH_MODE_EVENTUALLY:
		return "eventually";
	case RH_MODE_ALWAYS:
		return "always";
	case RH_MODE_NEVER:
		return "never";
	case RH_MODE_AT_END:
		return "atEnd";
	case RH_MODE_AT_START:
		return "atStart";
	case RH_MODE_EDGE:
		return "edge";
	case RH_MODE_SOMETIMES:
		return "sometimes";
	case RH_MODE_FINAL:
		return "final";
	}
	return "?";
}

/* The model's own gauge behind a number, or NULL. */
static const struct rh_model_gauge *own_gauge(const struct rh_plan *plan, uint32_t gauge)
{
	if (plan->model == NULL || gauge < RH_GAUGE_MODEL ||
	    gauge - RH_GAUGE_MODEL >= plan->model->gauge_count)
		return NULL;
	return &plan->model->gauges[gauge - RH_GAUGE_MODEL];
}

char *rh_plan_gauge_name(char name[64], const struct rh_plan *plan, uint32_t gauge)
{
	const struct rh_gauge_info *shared = rh_gauge_info(gauge);
	const struct rh_model_gauge *own = own_gauge(plan, gauge);

	if (shared != NULL)
		snprintf(name, 64, "%s", shared->name);
	else if (own != NULL)
		snprintf(name, 64, "%.30s.%.30s", plan->model->name, own->name);
	else
		snprintf(name, 64, "?");
	return name;
}

enum rh_unit rh_plan_gauge_unit(const struct rh_plan *plan, uint32_t gauge)
{
	const struct rh_gauge_info *shared = rh_gauge_info(gauge);
	const struct rh_model_gauge *own = own_gauge(plan, gauge);

	if (shared != NULL)
		return shared->unit;
	return own != NULL ? own->unit : RH_UNIT_COUNT;
}

int32_t rh_plan_gauge_find(const struct rh_plan *plan, const char *name)
{
	const struct rh_model *model = plan->model;
	size_t prefix = model != NULL ? strlen(model->name) : 0;
	const char *own = name;

	for (uint32_t i = 0; i < RH_GAUGE_SHARED_COUNT; i++) {
		if (strcmp(rh_gauge_info(i)->name, name) == 0)
			return (int32_t)i;
	}
	if (model != NULL && strncmp(name, model->name, prefix) == 0 && name[prefix] == '.')
		own = name + prefix + 1;
	for (uint32_t i = 0; model != NULL && i < model->gauge_count; i++) {
		if (strcmp(model->gauges[i].name, own) == 0)
			return (int32_t)(RH_GAUGE_MODEL + i);
	}
	return -1;
}

struct rh_workload_view rh_plan_workload_view(const struct rh_plan *plan,
					      const struct rh_plan_workload *workload)
{
	const struct rh_model *model = plan->model;
	bool has_blocks = model != NULL && model->block_ns != NULL && plan->params != NULL;

	return (struct rh_workload_view){
		.params = workload->params,
		.rng = {plan->rng, plan->seed},
		.name64 = workload->name64,
		.start_ns = workload->start_ns,
		.until_ns = workload->until_ns,
		.block_ns = has_blocks ? model->block_ns(plan->params) : 0,
		.target_count = workload->node_count,
	};
}
