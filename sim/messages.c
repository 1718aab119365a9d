/*
 * messages.c - the cells, their counts and their free list.
 */
#include "sim/messages.h"

#include <string.h>

#define CELL ((uint32_t)sizeof(struct sim_message))

struct sim_message *sim_message_at(const struct rh_space *space,
				   const struct sim_messages *messages, uint32_t index)
{
	RH_ASSERT(index != 0);
	return rh_vec_at(space, &messages->cells, CELL, index - 1);
}

uint32_t sim_message_new(struct rh_space *space, struct sim_messages *messages)
{
	uint32_t index = messages->free_head;
	struct sim_message *cell;

	messages->live_count++;
	if (index == 0) {
		rh_vec_push(space, &messages->cells, CELL);
		return messages->cells.count;
	}
	cell = sim_message_at(space, messages, index);
	RH_ASSERT(cell->count == 0);
	messages->free_head = (uint32_t)cell->key;
	memset(cell, 0, sizeof(*cell));
	return index;
}

void sim_message_drop(struct rh_space *space, struct sim_messages *messages,
		      struct sim_objects *objects, uint32_t index)
{
	struct sim_message *cell = sim_message_at(space, messages, index);

	if (cell->count > 1) {
		cell->count--;
		return;
	}
	sim_object_drop(space, objects, cell->ref);
	memset(cell, 0, sizeof(*cell));
	cell->key = messages->free_head;
	messages->free_head = index;
	RH_ASSERT(messages->live_count > 0);
	messages->live_count--;
}
