/*
 * test_ledger.c - balances against a naive oracle that adds everything up again from the first block.
 *
 * Random trees of blocks with random transactions, good and bad; the ledger walks from block to
 * block of the tree, up and down, as reorganisations make it, and at each the oracle makes all
 * balances anew from the path alone.  What the ledger refuses the oracle refuses too, and then
 * nothing has changed.
 */
#include "models/chain/ledger.h"
#include "tests/unit/chain/frame.h"

#define WALLETS 6
#define BLOCKS	60
#define TXS	8
#define BIRTH	1000
#define SUBSIDY 50

struct block {
	uint32_t parent; /* position; 0 is the root */
	uint32_t depth;
	uint32_t count;
	uint64_t finder;
	struct rh_tx txs[TXS];
};

struct tree {
	struct block blocks[BLOCKS];
	uint32_t count;
};

struct naive {
	uint64_t balance[WALLETS];
	uint32_t next[WALLETS];
	uint64_t earned[3];
};

static struct rh_tx make_tx(uint32_t sender, uint32_t nonce, uint32_t salt, uint64_t amount,
			    uint64_t fee, uint32_t recipient)
{
	struct rh_tx_order order = {.sender = sender, .nonce = nonce, .salt = salt};

	return (struct rh_tx){.id = rh_tx_key(&order),
			      .amount = amount,
			      .fee = fee,
			      .recipient = recipient,
			      .size_bytes = 200};
}

static struct rh_ledger_block as_block(const struct block *block)
{
	return (struct rh_ledger_block){block->txs, block->count, block->finder, SUBSIDY};
}

/* One block more; false, and then `naive` means nothing, when it is not valid. */
static bool naive_apply(struct naive *naive, const struct block *block)
{
	for (uint32_t i = 0; i < block->count; i++) {
		const struct rh_tx *tx = &block->txs[i];
		uint32_t sender = rh_tx_sender(tx->id);

		if (sender >= WALLETS || tx->recipient >= WALLETS ||
		    rh_tx_nonce(tx->id) != naive->next[sender] ||
		    tx->amount > naive->balance[sender] ||
		    tx->fee > naive->balance[sender] - tx->amount)
			return false;
		naive->balance[sender] -= tx->amount;
		naive->balance[sender] -= tx->fee;
		naive->balance[tx->recipient] += tx->amount;
		naive->earned[block->finder] += tx->fee;
		naive->next[sender]++;
	}
	naive->earned[block->finder] += SUBSIDY;
	return true;
}

/* Everything again, from the root to `position`. */
static struct naive from_scratch(const struct tree *tree, uint32_t position)
{
	struct naive naive = {0};
	uint32_t path[BLOCKS];
	uint32_t count = 0;

	for (uint32_t i = 0; i < WALLETS; i++) {
		naive.balance[i] = BIRTH;
		naive.next[i] = RH_TX_NONCE_FIRST;
	}
	for (; position != 0; position = tree->blocks[position].parent)
		path[count++] = position;
	while (count > 0)
		ck_assert(naive_apply(&naive, &tree->blocks[path[--count]]));
	return naive;
}

static void compare(const struct frame *frame, const struct rh_ledger *ledger,
		    const struct naive *naive, uint32_t depth)
{
	uint64_t sum = 0;
	uint64_t root;

	for (uint32_t i = 0; i < WALLETS; i++) {
		struct rh_wallet wallet = rh_ledger_wallet(&frame->env, ledger, i);

		ck_assert_uint_eq(wallet.balance, naive->balance[i]);
		ck_assert_uint_eq(wallet.next, naive->next[i]);
		sum += naive->balance[i];
	}
	for (uint32_t i = 0; i < 3; i++)
		sum += naive->earned[i];
	ck_assert_uint_eq(sum, WALLETS * BIRTH + (uint64_t)depth * SUBSIDY);
	ck_assert_uint_eq(rh_ledger_sum(&frame->env, ledger, &root), sum);
	ck_assert_uint_eq(rh_ledger_supply(ledger), sum);
}

static void go_to(const struct frame *frame, struct rh_ledger *ledger, const struct tree *tree,
		  uint32_t *at, uint32_t to)
{
	uint32_t path[BLOCKS];
	uint32_t count = 0;

	for (uint32_t i = to; i != *at;) {
		const struct block *blocks = tree->blocks;
		struct rh_ledger_block block;

		if (blocks[i].depth > blocks[*at].depth) {
			path[count++] = i;
			i = blocks[i].parent;
			continue;
		}
		block = as_block(&blocks[*at]);
		rh_ledger_undo(&frame->env, ledger, &block);
		if (blocks[i].depth == blocks[*at].depth) {
			path[count++] = i;
			i = blocks[i].parent;
		}
		*at = blocks[*at].parent;
	}
	while (count > 0) {
		struct rh_ledger_block block = as_block(&tree->blocks[path[--count]]);

		ck_assert_ptr_null(rh_ledger_apply(&frame->env, ledger, &block));
	}
	*at = to;
}

/* On `parent`: mostly what its balances allow, now and then not. */
static struct block random_block(const struct tree *tree, uint32_t parent, uint64_t *dice)
{
	struct naive naive = from_scratch(tree, parent);
	struct block block = {.parent = parent,
			      .depth = tree->blocks[parent].depth + 1,
			      .count = (uint32_t)(rh_absorb(1, (*dice)++) % (TXS + 1)),
			      .finder = rh_absorb(2, (*dice)++) % 3};

	for (uint32_t i = 0; i < block.count; i++) {
		uint32_t sender = (uint32_t)(rh_absorb(3, (*dice)++) % WALLETS);
		uint64_t amount = rh_absorb(4, (*dice)++) % 300;
		uint64_t fee = rh_absorb(5, (*dice)++) % 20;
		uint32_t recipient = (uint32_t)(rh_absorb(6, (*dice)++) % WALLETS);
		uint32_t nonce = naive.next[sender];

		switch (rh_absorb(7, (*dice)++) % 60) {
		case 0:
			nonce++;
			break;
		case 1:
			nonce--;
			break;
		case 2:
			/* amount + fee wraps */
			*((*dice & 1) != 0 ? &amount : &fee) = UINT64_MAX - 5;
			break;
		case 3:
			recipient = WALLETS;
			break;
		case 4:
			sender = WALLETS;
			break;
		default:
			naive.next[sender]++;
			break;
		}
		block.txs[i] = make_tx(sender, nonce, (uint32_t)*dice, amount, fee, recipient);
	}
	return block;
}

START_TEST(walks_through_random_trees)
{
	uint32_t good = 0;
	uint32_t bad = 0;

	for (uint64_t round = 0; round < 40; round++) {
		struct frame *frame = frame_new();
		struct tree *tree = calloc(1, sizeof(*tree));
		struct rh_ledger ledger;
		uint64_t dice = round * 100000;
		uint32_t at = 0;

		rh_ledger_init(&ledger, WALLETS, BIRTH);
		tree->count = 1;
		for (uint32_t tries = 0; tries < 100 && tree->count < BLOCKS; tries++) {
			uint32_t back = (uint32_t)(rh_absorb(8, dice++) % 4);
			uint32_t parent = tree->count - 1 - (back < tree->count ? back : 0);
			struct block block = random_block(tree, parent, &dice);
			struct rh_ledger_block body = as_block(&block);
			struct naive naive;
			bool is_good;

			go_to(frame, &ledger, tree, &at, parent);
			naive = from_scratch(tree, parent);
			compare(frame, &ledger, &naive, tree->blocks[parent].depth);
			is_good = naive_apply(&naive, &block);
			ck_assert_int_eq(rh_ledger_apply(&frame->env, &ledger, &body) == NULL,
					 is_good);
			good += is_good;
			bad += !is_good;
			if (!is_good) {
				naive = from_scratch(tree, parent);
				compare(frame, &ledger, &naive, tree->blocks[parent].depth);
				continue;
			}
			compare(frame, &ledger, &naive, block.depth);
			tree->blocks[tree->count] = block;
			at = tree->count++;
		}
		/* All the way back: as it was born. */
		go_to(frame, &ledger, tree, &at, 0);
		{
			struct naive naive = from_scratch(tree, 0);
			uint64_t root;

			compare(frame, &ledger, &naive, 0);
			rh_ledger_sum(&frame->env, &ledger, &root);
			ck_assert_uint_eq(root, 0);
			ck_assert_uint_eq(ledger.tx_count, 0);
		}
		rh_ledger_release(&frame->env, &ledger);
		free(tree);
		frame_free(frame);
	}
	ck_assert_uint_gt(good, 500);
	ck_assert_uint_gt(bad, 100);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {walks_through_random_trees};

	return run_tests("ledger", tests, RH_ARRAY_LEN(tests));
}
