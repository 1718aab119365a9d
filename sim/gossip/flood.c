/*
 * flood.c - the table of flooded messages, its blocks of bits, and the way from an id to a place.
 */
#include "sim/gossip/flood.h"

#include <string.h>

#include "core/plan.h"

#define MESSAGE ((uint32_t)sizeof(struct sim_flood_message))

void sim_flood_init(struct sim_flood *flood, uint32_t node_count)
{
	memset(flood, 0, sizeof(*flood));
	flood->node_count = node_count;
}

static void add_block(struct rh_space *space, struct sim_flood *flood)
{
	uint32_t block = rh_tiers_add(space, &flood->blocks, sizeof(rh_off));
	rh_off *off = rh_tiers_at(space, &flood->blocks, sizeof(rh_off), block);
	rh_off bytes =
		rh_space_alloc(space, (flood->node_count + UINT64_C(1)) * SIM_FLOOD_LINE_BYTES);

	*off = (bytes + SIM_FLOOD_LINE_BYTES - 1) / SIM_FLOOD_LINE_BYTES * SIM_FLOOD_LINE_BYTES;
}

static uint32_t add_message(struct rh_space *space, struct sim_flood *flood,
			    struct sim_objects *objects, const struct sim_flood_message *message)
{
	uint32_t place = rh_tiers_add(space, &flood->messages, MESSAGE);

	if (place >> SIM_FLOOD_BLOCK_LOG2 == flood->blocks.count)
		add_block(space, flood);
	*(struct sim_flood_message *)rh_tiers_at(space, &flood->messages, MESSAGE, place) =
		*message;
	sim_object_keep(space, objects, message->ref);
	rh_idmap_put(space, &flood->places, message->mid, place);
	return place;
}

uint32_t sim_flood_publish(struct rh_space *space, struct sim_flood *flood,
			   struct sim_objects *objects, const struct sim_flood_message *message)
{
	uint64_t place;

	rh_space_lock(space, &flood->is_locked);
	if (!rh_idmap_get(space, &flood->places, message->mid, &place))
		place = add_message(space, flood, objects, message);
	rh_space_unlock(space, &flood->is_locked);
	return (uint32_t)place;
}

uint32_t sim_flood_find(const struct rh_space *space, struct sim_flood *flood, uint64_t mid)
{
	uint64_t place;
	bool is_there;

	rh_space_lock(space, &flood->is_locked);
	is_there = rh_idmap_get(space, &flood->places, mid, &place);
	rh_space_unlock(space, &flood->is_locked);
	return is_there ? (uint32_t)place : RH_NONE;
}

void sim_flood_forget(const struct rh_space *space, const struct sim_flood *flood, uint32_t node)
{
	for (uint32_t i = 0; i < flood->blocks.count; i++)
		memset(sim_flood_line(sim_flood_block(space, flood, i), node), 0,
		       SIM_FLOOD_LINE_BYTES);
}
