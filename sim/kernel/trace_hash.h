/*
 * trace_hash.h - the hash of everything that happened, node by node.
 *
 * Each node has a chain A over what it handled and what it sent, a sum S over what arrived, and the
 * counts n (events) and d (duplicates dropped before the model); the world has a chain over its
 * actions.  With  fold(h, x):  h = (h ^ x) * G;  h ^= h >> 32  (G of rng.h):
 *
 *   event handled     A: time, class << 56 | kind, name64 of the source, id, copy;  n + 1
 *   message to a peer A: arrival time (0 when lost or cut), name64 of the peer, id, copy
 *   fan-out           A: the wrapping sum over its copies of
 *                        (arrival - now + 1) * (name64 of the peer | 1), arrival 0 when lost
 *   copy arrived      S + ((time * G) ^ name64 of the sender), wrapping;  d + 1 for a duplicate
 *   action            world chain: time, kind, name64 of the step, the targets
 *   crash             A of the node: time, CRASH, name64 of the step
 *
 * Sums do not depend on order, so neither the order of edges nor that of equal copies matters; the
 * chains do.  Copies deleted in flight and stale timers are not hashed: the action that deleted
 * them is.
 *
 * A checkpoint at c (multiples of 2^30 ns, and the end) is XXH3-128 over little-endian c, the
 * checkpoint before (low word, high word), the world chain, and for each node name64, A, S, n, d.
 * It covers exactly the events with time < c.  These words stand in the space in just this order,
 * so on a little-endian machine a checkpoint is one hash of memory in place.
 *
 * Names, not indices: a node more elsewhere changes no other node's words.
 *
 * Ahead of time.  S and d do not depend on order, so a copy that will arrive for certain may be
 * counted when it is sent, where all that goes into the sum is at hand: into the words *ahead* of the
 * stretch between two checkpoints in which it arrives, this one or the next.  A checkpoint takes in the
 * words of its stretch; a copy that is deleted in flight is taken out again.  Each thread has words of
 * its own.  d then counts all arrivals, and each one that the model gets takes one off.
 */
#ifndef SIM_KERNEL_TRACE_HASH_H
#define SIM_KERNEL_TRACE_HASH_H

#include "core/base/hash.h"
#include "core/base/rng.h"
#include "core/base/space.h"

#define SIM_CHECKPOINT_LOG2 30

/* Stands in the space. */
struct sim_trace {
	rh_off words; /* u64: c, previous low, previous high, world, then the nodes */
	rh_off ahead; /* struct sim_trace_ahead [thread][stretch % 2][node]; 0: none */
	uint32_t node_count;
	uint32_t thread_count;
	struct rh_vec checkpoints; /* struct sim_checkpoint */
	uint64_t next_ns;	   /* time of the next one on the grid */
};

/* The same layout as struct rh_checkpoint of core/world.h. */
struct sim_checkpoint {
	uint64_t time_ns;
	struct rh_hash128 hash;
};

struct sim_trace_node {
	uint64_t name64;
	uint64_t chain;	     /* A */
	uint64_t sum;	     /* S */
	uint64_t events;     /* n */
	uint64_t duplicates; /* d */
};

struct sim_trace_ahead {
	uint64_t sum;
	uint64_t count;
};

#define SIM_TRACE_HEAD_WORDS 4

static inline uint64_t sim_fold(uint64_t h, uint64_t x)
{
	h = (h ^ x) * RH_RNG_G;
	return h ^ (h >> 32);
}

void sim_trace_init(struct sim_trace *trace, struct rh_space *space, const uint64_t *names64,
		    uint32_t node_count);

/* Words to count ahead in, for so many threads. */
void sim_trace_ahead_init(struct sim_trace *trace, struct rh_space *space, uint32_t thread_count);

/* Arrivals before this time can be counted ahead: in this stretch, or the next. */
static inline uint64_t sim_trace_near_ns(const struct sim_trace *trace)
{
	return trace->next_ns + (UINT64_C(1) << SIM_CHECKPOINT_LOG2);
}

/* A thread's words: of the even stretches by node, then of the odd ones. */
static inline struct sim_trace_ahead *
sim_trace_ahead(const struct rh_space *space, const struct sim_trace *trace, uint32_t thread)
{
	return (struct sim_trace_ahead *)rh_at(space, trace->ahead) +
	       (size_t)thread * 2 * trace->node_count;
}

static inline uint64_t sim_trace_arrival_word(uint64_t time_ns, uint64_t source_name64)
{
	return (time_ns * RH_RNG_G) ^ source_name64;
}

/* A copy that was counted ahead will not arrive. */
void sim_trace_recall(const struct rh_space *space, const struct sim_trace *trace, uint32_t node,
		      uint64_t time_ns, uint64_t source_name64);
/* Takes in what was counted ahead of the stretch that ends with the next checkpoint. */
void sim_trace_take_in(const struct rh_space *space, const struct sim_trace *trace);

static inline struct sim_trace_node *sim_trace_node(const struct rh_space *space,
						    const struct sim_trace *trace, uint32_t node)
{
	uint64_t *words = rh_at(space, trace->words);

	RH_ASSERT(node < trace->node_count);
	return (struct sim_trace_node *)(void *)(words + SIM_TRACE_HEAD_WORDS) + node;
}

static inline uint64_t *sim_trace_world(const struct rh_space *space, const struct sim_trace *trace)
{
	return (uint64_t *)rh_at(space, trace->words) + 3;
}

/* An event that the model will handle. */
static inline void sim_trace_event(struct sim_trace_node *node, uint64_t time_ns,
				   uint64_t class_and_kind, uint64_t source_name64, uint64_t id,
				   uint32_t copy)
{
	uint64_t h = sim_fold(node->chain, time_ns);

	h = sim_fold(h, class_and_kind);
	h = sim_fold(h, source_name64);
	h = sim_fold(h, id);
	node->chain = sim_fold(h, copy);
	node->events++;
}

/* A copy that reached its node, duplicate or not. */
static inline void sim_trace_arrival(struct sim_trace_node *node, uint64_t time_ns,
				     uint64_t source_name64)
{
	node->sum += sim_trace_arrival_word(time_ns, source_name64);
}

static inline void sim_trace_send(struct sim_trace_node *node, uint64_t arrival_ns,
				  uint64_t to_name64, uint64_t id, uint32_t copy)
{
	uint64_t h = sim_fold(node->chain, arrival_ns);

	h = sim_fold(h, to_name64);
	h = sim_fold(h, id);
	node->chain = sim_fold(h, copy);
}

/* One copy's part of a fan-out's sum, which is then folded into the chain. */
static inline uint64_t sim_trace_copy(uint64_t now_ns, uint64_t arrival_ns, uint64_t to_name64)
{
	return (arrival_ns - now_ns + 1) * (to_name64 | 1);
}

/* Writes the checkpoint of time `c_ns`; on the grid, the next one moves on. */
void sim_trace_checkpoint(struct rh_space *space, struct sim_trace *trace, uint64_t c_ns);

#endif
