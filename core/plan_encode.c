/*
 * plan_encode.c - a plan's canonical bytes: equal plans give equal bytes on every machine.
 */
#include <string.h>

#include "core/params.h"
#include "core/plan.h"
#include "core/plan_bytes.h"

static void put_text(struct rh_buf *out, const char *text)
{
	rh_buf_bytes(out, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

/* Ascending numbers as their distances. */
static void put_ascending(struct rh_buf *out, const uint32_t *numbers, uint32_t count)
{
	uint32_t last = 0;

	rh_buf_varint(out, count);
	for (uint32_t i = 0; i < count; i++) {
		RH_ASSERT(i == 0 || numbers[i] > last);
		rh_buf_varint(out, numbers[i] - last);
		last = numbers[i];
	}
}

static void put_header(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_put(out, RH_PLAN_MAGIC, RH_PLAN_MAGIC_LEN);
	rh_buf_u16(out, RH_PLAN_VERSION);
	put_text(out, plan->name);
	put_text(out, plan->description);
	put_text(out, plan->hypothesis);
	rh_buf_u64(out, plan->seed);
	rh_buf_u8(out, (uint8_t)plan->rng);
	rh_buf_u8(out, (uint8_t)plan->ties);
	rh_buf_varint(out, plan->duration_ns);
	rh_buf_varint(out, plan->timeout_ns);
	rh_buf_varint(out, plan->genesis_unix_s);
	rh_buf_varint(out, plan->slot_ns);
	rh_buf_varint(out, plan->slots_per_epoch);
	rh_buf_varint(out, plan->genesis_delay_ns);
	rh_buf_varint(out, plan->block_ns);
	rh_buf_u8(out, (uint8_t)plan->rollback_when);
	rh_buf_varint(out, plan->rollback_timeout_ns);
	rh_buf_u8(out, (uint8_t)plan->modes);
	rh_buf_varint(out, plan->sample_every_ns);
	put_text(out, plan->model->name);
	rh_params_encode(plan->params, plan->model->keys, out);
}

static void put_nodes(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_varint(out, plan->region_count);
	for (uint32_t i = 0; i < plan->region_count; i++)
		put_text(out, plan->regions[i]);
	rh_buf_varint(out, plan->group_count);
	for (uint32_t i = 0; i < plan->group_count; i++) {
		put_text(out, plan->groups[i].name);
		rh_buf_varint(out, plan->groups[i].node_count);
		put_text(out, plan->groups[i].client_model);
		put_text(out, plan->groups[i].execution);
		put_text(out, plan->groups[i].consensus);
	}
	rh_buf_varint(out, plan->node_count);
	for (uint32_t i = 0; i < plan->node_count; i++) {
		const struct rh_plan_node *node = &plan->nodes[i];

		put_text(out, node->name);
		rh_buf_varint(out, node->region == RH_NONE ? 0 : (uint64_t)node->region + 1);
		rh_buf_varint(out, node->up_bps);
		rh_buf_varint(out, node->down_bps);
		rh_buf_varint(out, node->start_ns);
		rh_buf_svarint(out, node->clock_offset_ns);
		rh_buf_svarint(out, node->clock_drift_ppb);
		rh_params_encode(node->params, plan->model->node_keys, out);
	}
}

/* A base is no fault: it never cuts, and its delay is the link's own. */
static void put_bases(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_varint(out, plan->base_count);
	for (uint32_t i = 0; i < plan->base_count; i++) {
		rh_buf_varint(out, plan->bases[i].jitter_ns);
		rh_buf_u64(out, plan->bases[i].loss_threshold);
		rh_buf_varint(out, plan->bases[i].rate_bps);
	}
	put_ascending(out, plan->bootstrap, plan->bootstrap_count);
}

static void put_report(struct rh_buf *out, const struct rh_plan_report *report)
{
	rh_buf_varint(out, report->formats);
	rh_buf_varint(out, report->wishes);
	put_ascending(out, report->plots, report->plot_count);
}

static void put_links(struct rh_buf *out, const struct rh_plan *plan)
{
	put_bases(out, plan);
	rh_buf_varint(out, plan->link_count);
	for (uint32_t i = 0; i < plan->link_count; i++) {
		const struct rh_plan_link *link = &plan->links[i];

		rh_buf_varint(out, link->a);
		rh_buf_varint(out, link->b - link->a);
		rh_buf_varint(out, link->delay_ns[0]);
		rh_buf_varint(out, link->delay_ns[1]);
		if (plan->base_count != 0)
			rh_buf_varint(out, plan->link_bases[i]);
	}
	rh_buf_u8(out, (uint8_t)plan->jitter);
	rh_buf_varint(out, plan->jitter_ppm);
	rh_buf_u64(out, plan->loss_threshold);
	rh_buf_varint(out, plan->lookahead_ns);
}

static void put_step(struct rh_buf *out, const struct rh_plan_step *step)
{
	put_text(out, step->name);
	put_text(out, step->label);
	put_text(out, step->type->name);
	rh_params_encode(step->params, step->type->keys, out);
	rh_buf_u32(out, step->phase);
	rh_buf_u8(out, (uint8_t)step->part);
	rh_buf_u32(out, step->after);
	rh_buf_varint(out, step->at_ns);
	rh_buf_u64(out, step->until_ns);
	rh_buf_u64(out, step->timeout_ns);
	rh_buf_u32(out, step->condition);
	rh_buf_u32(out, step->unless);
	rh_buf_u8(out, (uint8_t)step->only_if);
	rh_buf_u32(out, step->series);
	rh_buf_u32(out, step->workload);
	rh_buf_u8(out, (uint8_t)step->on_failure);
	rh_buf_u8(out, (uint8_t)step->verify);
	rh_buf_u8(out, step->is_disabled);
	put_ascending(out, step->edges, step->edge_count);
	put_ascending(out, step->nodes, step->node_count);
	put_ascending(out, step->steps, step->step_count);
	put_ascending(out, step->gauges, step->gauge_count);
}

static void put_assertion(struct rh_buf *out, const struct rh_plan_assertion *assertion)
{
	put_text(out, assertion->name);
	put_text(out, assertion->text);
	put_text(out, assertion->type->name);
	rh_params_encode(assertion->params, assertion->type->keys, out);
	rh_buf_u8(out, (uint8_t)assertion->mode);
	rh_buf_u8(out, (uint8_t)assertion->role);
	rh_buf_u32(out, assertion->phase);
	rh_buf_u32(out, assertion->after);
	rh_buf_u32(out, assertion->during);
	rh_buf_u32(out, assertion->since);
	rh_buf_varint(out, assertion->from_ns);
	rh_buf_u64(out, assertion->until_ns);
	rh_buf_varint(out, assertion->hold_ns);
	rh_buf_u8(out, (uint8_t)assertion->quorum);
	rh_buf_varint(out, assertion->quorum_count);
	rh_buf_varint(out, assertion->weight);
	rh_buf_u8(out, (uint8_t)assertion->severity);
	rh_buf_u8(out, assertion->is_warning);
	rh_buf_u8(out, assertion->expects_failure);
	put_ascending(out, assertion->nodes, assertion->node_count);
}

static void put_workload(struct rh_buf *out, const struct rh_plan_workload *workload)
{
	put_text(out, workload->name);
	put_text(out, workload->type->name);
	rh_params_encode(workload->params, workload->type->keys, out);
	rh_buf_varint(out, workload->start_ns);
	rh_buf_varint(out, workload->until_ns);
	put_ascending(out, workload->nodes, workload->node_count);
}

void rh_plan_encode(const struct rh_plan *plan, struct rh_buf *out)
{
	RH_ASSERT(plan->model != NULL);
	put_header(out, plan);
	put_nodes(out, plan);
	put_links(out, plan);
	rh_buf_varint(out, plan->phase_count);
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		put_text(out, plan->phases[i].name);
		rh_buf_varint(out, plan->phases[i].start_ns);
		rh_buf_varint(out, plan->phases[i].duration_ns);
	}
	rh_buf_varint(out, plan->step_count);
	for (uint32_t i = 0; i < plan->step_count; i++)
		put_step(out, &plan->steps[i]);
	rh_buf_varint(out, plan->assertion_count);
	for (uint32_t i = 0; i < plan->assertion_count; i++)
		put_assertion(out, &plan->assertions[i]);
	rh_buf_varint(out, plan->workload_count);
	for (uint32_t i = 0; i < plan->workload_count; i++)
		put_workload(out, &plan->workloads[i]);
	rh_buf_u8(out, (uint8_t)plan->trace_level);
	rh_buf_varint(out, plan->reaction_ns);
	rh_buf_varint(out, plan->limit_memory);
	rh_buf_varint(out, plan->limit_self_events);
	rh_buf_varint(out, plan->limit_messages);
	put_report(out, &plan->report);
}
