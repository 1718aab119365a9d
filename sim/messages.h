/*
 * messages.h - what events carry beside their key: one cell for all copies of one sending.
 *
 * An event names its cell by index; the cell counts the events that do.  A cell keeps one reference
 * to its object.
 */
#ifndef SIM_MESSAGES_H
#define SIM_MESSAGES_H

#include "sim/objects.h"

struct sim_message {
	uint64_t key;
	uint64_t arg;
	uint64_t name64;     /* ACTION: of the step that asked */
	uint64_t sent_in_ns; /* time on the sender's uplink: the receiver's queue needs it */
	struct rh_handle ref;
	uint32_t size_bytes; /* INPUT: the ticket */
	uint32_t count; /* events that name the cell; 0: free, then `key` is the next free one */
};

/* Stands in the space. */
struct sim_messages {
	struct rh_vec cells;
	uint32_t free_head;
	uint32_t live_count;
};

/* A zeroed cell, named by nobody yet.  The pointer is borrowed until the next new. */
uint32_t sim_message_new(struct rh_space *space, struct sim_messages *messages);
struct sim_message *sim_message_at(const struct rh_space *space,
				   const struct sim_messages *messages, uint32_t index);
/* One event less names the cell (or none ever did: a cell without events is freed as well). */
void sim_message_drop(struct rh_space *space, struct sim_messages *messages,
		      struct sim_objects *objects, uint32_t index);

#endif
