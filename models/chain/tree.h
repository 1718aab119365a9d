/*
 * tree.h - the block tree of one node, and the choice of the chain it follows.
 *
 * A block names its parent, so the blocks that a node has seen form a tree that grows from one
 * root, the genesis block.  Each block ends one chain: the path from the root to it.  The node
 * follows the best of them, the *main chain*; its last block is the *head*.
 *
 *	height   0        1        2        3        4
 *
 *	         G ────── a ────── b ────── c ────── d     main chain, head d
 *	                  │        └─────── x              stale: lost the race against c
 *	                  └─────── y ────── z              stale branch, fork point a
 *
 * Which chain is best is a rule of the protocol: most work (each block adds the work that its
 * target stands for) or longest (each block adds 1).  Equal chains: the one whose last block came
 * first stays, unless the caller gives blocks a `tie` value, of which the smaller wins.
 *
 * When a block makes another branch the best, the node *reorganises*: it undoes its own blocks down
 * to the common ancestor (their number is the depth) and applies the branch.  Above, a block on z
 * and one more would undo b, c and d: depth 3, ancestor a.  Growth of the main chain itself is the
 * same thing with depth 0.
 *
 * Memory: entries are numbered in the order of arrival and never move or leave; a number is a
 * position in `entries`.  The main chain is an array of positions by height, so that "is this block
 * on the main chain" and "which block has height h" are one look, and a reorganisation costs its
 * own length.  Counts of stale blocks need no walk: all blocks less those on the main chain.  All
 * of it lies in the node's space; the tree keeps a reference to each block's object.
 *
 * Limit: `blocks_max` entries; a block beyond it is refused (the model says why in a record).
 */
#ifndef MODELS_CHAIN_TREE_H
#define MODELS_CHAIN_TREE_H

#include "core/model.h"
#include "models/chain/uint256.h"

#define RH_CHAIN_NONE UINT32_MAX

enum rh_chain_rule { RH_CHAIN_MOST_WORK, RH_CHAIN_LONGEST };

struct rh_chain_entry {
	uint64_t id;
	struct rh_u256 work;  /* of the chain that ends here; for LONGEST the number of blocks */
	struct rh_handle ref; /* the block; none for the root */
	uint64_t tie;	      /* among equal chains the smaller wins; equal: first received */
	uint64_t time_s;      /* the block's own timestamp */
	uint32_t bits;	      /* the protocol's word for its difficulty */
	uint32_t parent;      /* position, or RH_CHAIN_NONE for the root */
	uint32_t height;
	uint32_t visits; /* the owner's: how often it began to mine here */
};

struct rh_chain {
	struct rh_vec entries;
	struct rh_idmap by_id; /* id -> position */
	struct rh_vec main;    /* uint32_t position of the main chain's block, by height */
	uint32_t rule;	       /* enum rh_chain_rule */
	uint32_t blocks_max;
	uint32_t reorg_count;
	uint32_t reorg_depth_max;
};

/* A block to be added; its parent is in the tree. */
struct rh_chain_block {
	uint64_t id;
	struct rh_u256 work; /* of this block alone; ignored for LONGEST */
	struct rh_handle ref;
	uint64_t tie;
	uint64_t time_s;
	uint32_t bits;
	uint32_t parent;
};

/* What adding a block did to the main chain. */
struct rh_chain_move {
	bool is_moved;	   /* the head is another one now */
	uint32_t old_head; /* position */
	uint32_t new_head;
	uint32_t ancestor; /* the last block that both chains share */
	uint32_t depth;	   /* blocks of the old chain above it: 0 is plain growth */
};

/* The root has height 0 and no object; its work counts. */
void rh_chain_init(const struct rh_env *env, struct rh_chain *chain, enum rh_chain_rule rule,
		   uint32_t blocks_max, const struct rh_chain_block *root);
void rh_chain_release(const struct rh_env *env, struct rh_chain *chain); /* drops every object */

/* Keeps block->ref.  The position, or RH_CHAIN_NONE at the limit.  The id must be new. */
uint32_t rh_chain_add(const struct rh_env *env, struct rh_chain *chain,
		      const struct rh_chain_block *block, struct rh_chain_move *move);

/* Position of a block, or RH_CHAIN_NONE. */
uint32_t rh_chain_find(const struct rh_env *env, const struct rh_chain *chain, uint64_t id);
/* Borrowed until the next add. */
struct rh_chain_entry *rh_chain_at(const struct rh_env *env, const struct rh_chain *chain,
				   uint32_t position);
uint32_t rh_chain_head(const struct rh_env *env, const struct rh_chain *chain);
/* The main chain's block of that height, or RH_CHAIN_NONE above the head. */
uint32_t rh_chain_main(const struct rh_env *env, const struct rh_chain *chain, uint64_t height);
bool rh_chain_is_main(const struct rh_env *env, const struct rh_chain *chain, uint32_t position);
/* The ancestor of that height on the block's own chain; height <= the block's. */
uint32_t rh_chain_ancestor(const struct rh_env *env, const struct rh_chain *chain,
			   uint32_t position, uint32_t height);
/* The last block that the chains of a and b share. */
uint32_t rh_chain_common(const struct rh_env *env, const struct rh_chain *chain, uint32_t a,
			 uint32_t b);
/* Blocks in the tree that are not on the main chain. */
uint32_t rh_chain_stale_count(const struct rh_chain *chain);

/*
 * A locator: ids of the main chain from the head downwards, the first ten one by one and then ever
 * farther apart, the root last.  Whoever gets it finds the fork point of two chains in one
 * exchange. Returns their number, at most RH_CHAIN_LOCATOR_MAX.
 */
#define RH_CHAIN_LOCATOR_MAX 48
uint32_t rh_chain_locator(const struct rh_env *env, const struct rh_chain *chain,
			  uint64_t ids[RH_CHAIN_LOCATOR_MAX]);
/* The first id of a locator that is on our main chain; the root when none is. */
uint32_t rh_chain_locate(const struct rh_env *env, const struct rh_chain *chain,
			 const uint64_t *ids, uint32_t count);

/* Recounts everything that is kept incrementally; costs a walk over the tree. */
bool rh_chain_is_consistent(const struct rh_env *env, const struct rh_chain *chain);

#endif
