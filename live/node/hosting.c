/*
 * hosting.c - objects, journal and surroundings, as a step of this one node sees them.
 */
#include <stdlib.h>

#include "live/node/node.h"
#include "live/node/state.h"

#define DEFAULT_MEMORY (UINT64_C(1) << 32) /* for one node */

static void *host_object_new(void *ctx, uint32_t size_bytes, struct rh_handle *ref)
{
	struct live_node *node = ctx;
	void *bytes = live_object_new(&node->objects, size_bytes, ref);

	if (node->fresh_count == node->fresh_cap) {
		node->fresh_cap = node->fresh_cap == 0 ? 16 : node->fresh_cap * 2;
		node->fresh = rh_realloc(node->fresh, node->fresh_cap * sizeof(*node->fresh));
	}
	node->fresh[node->fresh_count++] = *ref;
	return bytes;
}

static const void *host_object_at(void *ctx, struct rh_handle ref)
{
	const struct live_node *node = ctx;

	return live_object_at(&node->objects, ref);
}

static void host_object_keep(void *ctx, struct rh_handle ref)
{
	struct live_node *node = ctx;

	live_object_keep(&node->objects, ref);
}

static void host_object_drop(void *ctx, struct rh_handle ref)
{
	struct live_node *node = ctx;

	live_object_drop(&node->objects, ref);
}

static uint32_t host_journal_count(void *ctx, uint32_t index)
{
	const struct live_node *node = ctx;

	RH_ASSERT(index == node->index);
	return node->journal.count;
}

static void host_journal_at(void *ctx, uint32_t index, uint32_t entry, uint64_t *key,
			    struct rh_handle *ref)
{
	const struct live_node *node = ctx;

	RH_ASSERT(index == node->index && entry < node->journal.count);
	*key = node->journal.entries[entry].key;
	*ref = node->journal.entries[entry].ref;
}

const struct rh_host live_host = {
	.object_new = host_object_new,
	.object_at = host_object_at,
	.object_keep = host_object_keep,
	.object_drop = host_object_drop,
	.journal_count = host_journal_count,
	.journal_at = host_journal_at,
};

void live_drop_fresh(struct live_node *node)
{
	for (uint32_t i = 0; i < node->fresh_count; i++)
		live_object_drop(&node->objects, node->fresh[i]);
	node->fresh_count = 0;
}

void live_hosting_open(struct live_node *node)
{
	const struct rh_plan *plan = node->plan;
	const struct rh_plan_node *self = &plan->nodes[node->index];
	rh_off state = 0;

	rh_space_open(&node->space, plan->limit_memory != 0 ? plan->limit_memory : DEFAULT_MEMORY,
		      0);
	if (node->model->state_size != 0)
		state = rh_space_alloc(&node->space, node->model->state_size);
	node->names64 = rh_alloc(plan->node_count + 1U, sizeof(*node->names64));
	for (uint32_t i = 0; i < plan->node_count; i++)
		node->names64[i] = plan->nodes[i].name64;
	node->timers = rh_alloc(node->model->timer_count + 1U, sizeof(*node->timers));
	node->clock = (struct rh_clock){self->clock_offset_ns, self->clock_drift_ppb};
	node->fx.record_mask = node->record_mask;
	node->digest = rh_digest_new();
	node->env = (struct rh_env){
		.host = &live_host,
		.world = node,
		.space = &node->space,
		.state = state != 0 ? rh_at(&node->space, state) : NULL,
		.params = plan->params,
		.node_params = self->params,
		.genesis_unix_s = plan->genesis_unix_s,
		.name64 = self->name64,
		.node = node->index,
		.peer_count = node->links.count,
		.peers = node->links.peers,
		.names64 = node->names64,
		.weight = self->weight,
		.weight_total = plan->weight_total,
		.record_mask = node->record_mask,
		.rng = {.kind = plan->rng, .seed = plan->seed},
	};
}

void live_hosting_close(struct live_node *node)
{
	live_journal_close(&node->journal);
	live_objects_release(&node->objects);
	rh_effects_release(&node->fx);
	rh_space_close(&node->space);
	rh_digest_free(node->digest);
	rh_buf_release(&node->records);
	rh_buf_release(&node->frame);
	free(node->names64);
	free(node->timers);
	free(node->works);
	free(node->gauges);
	free(node->fresh);
}
