/*
 * model.h - a proof-of-work chain in the manner of Bitcoin.
 *
 * Every node keeps all blocks it has seen in a tree and follows the chain with the most work.
 * Miners search for a block on top of their head; whoever finds one announces it, and everybody who
 * receives it moves on.  Two blocks found while one is still on its way split the network until the
 * next block decides:
 *
 *	time ──►           A finds a1                         A, who mines on a1, finds a2
 *	 node A  ── g ─────── a1 ──────────────────────────────── a2 ─────────────►
 *	                        ╲  on its way                       ╲
 *	 node B  ── g ───────────╲── b1 ──── a1 arrives: a tie, ─────╲── a2: more work,
 *	                   B finds b1        the first one stays         undo b1, apply a1 and a2
 *
 *	 b1 is *stale*: its miner loses the reward.  The share of stale blocks is about
 *	 1 - exp(-d / T) for a propagation delay d and an interval T.
 *
 * What a node does, by event:
 *
 *	START      genesis, or the tree from the journal; asks its peers for what it missed
 *	TIMER mine     a block on the head; its time is the node's clock, above the median of 11
 *	TIMER early    blocks from the future whose time has come are tried again
 *	MESSAGE    models/relay announces, asks and delivers; a delivered block goes to receive()
 *	WORK       the validation of one block is over: into the tree
 *
 *	receive ──► seal ──► parent known? ──► height, bits, median time ──► future rule ──► validate
 *	  refused ◄──┘          │ no                  └──► refused               │ too early    │
 *	                        ▼                                                ▼              ▼
 *	                     orphans, ask for the way there                    early         accept:
 *	                                        store and sync, tree, announce, head, orphans on top
 *
 * Mining is a race of exponential clocks.  The time to a miner's next block is exponential with
 * mean (work of the block) / (its hash rate), drawn from (the tip, how often it came to this tip):
 * as the law has no memory, a new draw for each new tip is the same as going on.  Nobody hashes
 * (block.h).
 *
 * Transactions.  A chain may be born with wallets (`wallets` of its parameters); then blocks hold real
 * transactions, each node has a pool of those that wait and knows all balances: models/chain has the
 * parts, money.c connects them.
 *
 * LIMIT: without wallets transactions have no content: a block has a size, a number of transactions
 * and a sum of fees.  With them, checking a transaction takes no time of its own, and the pool is
 * lost in a crash.  Blocks off the main chain are validated as fully as those on it.  A share of hash rate
 * whose mean is above 4.5 years mines as if it were 4.5 years.
 */
#ifndef MODELS_POW_MODEL_H
#define MODELS_POW_MODEL_H

#include "core/model.h"

extern const struct rh_model rh_pow_model;

#endif
