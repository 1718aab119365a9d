/*
 * flood.h - flooded messages: each once in a table, and a bit for each node that has seen it.
 *
 * A topic of relay FLOOD hands a node only the first copy of a message; the world drops the others.
 * A copy on its way is then no more than the place of its message in this table, and "seen" is one
 * bit:
 *
 *   seen block b      node 0        node 1        node 2
 *   (512 messages)  | 512 bits    | 512 bits    | 512 bits    | ...     64 bytes a node: one line
 *
 * Bit b of a line is bit b % 64 of its word b / 64.
 *
 * New messages stand next to each other, so what is on the wire at one time touches one line or two of a
 * node.  A publication made again (after a crash) finds its place by its id.
 *
 * In a shared space several threads may publish at once, one at a time; each marks its own nodes.
 *
 * LIMIT: messages and their bits stay until the end of the run (a bit a node and message, and the
 * object of each), since a node may forward late what it received long ago.
 */
#ifndef SIM_GOSSIP_FLOOD_H
#define SIM_GOSSIP_FLOOD_H

#include "sim/kernel/objects.h"
#include "sim/kernel/order.h"

#define SIM_FLOOD_BLOCK_LOG2 9
#define SIM_FLOOD_LINE_LOG2  6
#define SIM_FLOOD_LINE_BYTES 64

struct sim_flood_message {
	uint64_t mid;
	uint64_t key;
	struct rh_handle ref; /* kept */
	uint32_t kind;	      /* topic << 16 | message kind */
	uint32_t size_bytes;
};

/* Stands in the space. */
struct sim_flood {
	struct rh_tiers messages; /* struct sim_flood_message */
	struct rh_tiers blocks;	  /* rh_off of a block, its lines aligned to 64 */
	struct rh_idmap places;	  /* mid -> place */
	uint32_t node_count;
	bool is_locked;
};

void sim_flood_init(struct sim_flood *flood, uint32_t node_count);
/* The place of the message with this id, made when it is new; keeps the object then. */
uint32_t sim_flood_publish(struct rh_space *space, struct sim_flood *flood,
			   struct sim_objects *objects, const struct sim_flood_message *message);
/* RH_NONE: nobody has published it. */
uint32_t sim_flood_find(const struct rh_space *space, struct sim_flood *flood, uint64_t mid);
/* A node forgets all that it has seen. */
void sim_flood_forget(const struct rh_space *space, const struct sim_flood *flood, uint32_t node);

static inline const struct sim_flood_message *
sim_flood_at(const struct rh_space *space, const struct sim_flood *flood, uint32_t place)
{
	return rh_tiers_at(space, &flood->messages, sizeof(struct sim_flood_message), place);
}

/* A copy that `source` sends, but for time and node. */
static inline struct sim_event sim_flood_event(const struct sim_flood_message *message,
					       uint32_t place, uint32_t source)
{
	return (struct sim_event){
		.id = message->mid,
		.source = source,
		.kind = message->kind,
		.class = RH_CLASS_MESSAGE,
		.is_flooded = 1,
		.size_bytes = message->size_bytes,
		.key = message->key,
		.tag = place,
		.ref = message->ref,
	};
}

/* The lines of the block that holds the bits of a message. */
static inline uint8_t *sim_flood_block(const struct rh_space *space, const struct sim_flood *flood,
				       uint32_t block)
{
	return rh_at(space,
		     *(const rh_off *)rh_tiers_at(space, &flood->blocks, sizeof(rh_off), block));
}

static inline uint64_t *sim_flood_line(uint8_t *block, uint32_t node)
{
	return (uint64_t *)(void *)(block + (size_t)node * SIM_FLOOD_LINE_BYTES);
}

/* The same for who has the block at hand. */
static inline bool sim_flood_see_in(uint8_t *block, uint32_t node, uint32_t place)
{
	uint64_t *word = &sim_flood_line(block, node)[place >> 6 & (SIM_FLOOD_LINE_BYTES / 8 - 1)];
	uint64_t bit = UINT64_C(1) << (place & 63);
	bool was_seen = (*word & bit) != 0;

	*word |= bit;
	return was_seen;
}

/* Marks the message as seen by the node; true when it was before. */
static inline bool sim_flood_see(const struct rh_space *space, const struct sim_flood *flood,
				 uint32_t node, uint32_t place)
{
	return sim_flood_see_in(sim_flood_block(space, flood, place >> SIM_FLOOD_BLOCK_LOG2), node,
				place);
}

#endif
