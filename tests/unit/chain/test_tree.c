/*
 * test_tree.c - the block tree: most work and longest chain, the first of two equal ones, depth and
 * ancestor of a reorganisation, lookups, locators, limit; and on random trees in random orders of arrival
 * everything agrees with a naive oracle that walks the whole tree.
 */
#include "models/chain/tree.h"
#include "tests/unit/chain/frame.h"

static const struct rh_chain_block root = {
	.id = 1000, .parent = RH_CHAIN_NONE, .work = {{1, 0, 0, 0}}};

static struct rh_chain_move add(struct frame *frame, struct rh_chain *chain, uint64_t id,
				uint64_t parent_id, uint64_t work)
{
	struct rh_chain_move move;
	struct rh_chain_block block = {
		.id = id,
		.work = rh_u256_from(work),
		.ref = {(uint32_t)id % FRAME_OBJECTS, 1},
		.parent = rh_chain_find(&frame->env, chain, parent_id),
	};

	ck_assert_uint_ne(block.parent, RH_CHAIN_NONE);
	rh_chain_add(&frame->env, chain, &block, &move);
	return move;
}

static uint64_t id_at(const struct frame *frame, const struct rh_chain *chain, uint32_t position)
{
	return rh_chain_at(&frame->env, chain, position)->id;
}

static uint64_t head_id(const struct frame *frame, const struct rh_chain *chain)
{
	return id_at(frame, chain, rh_chain_head(&frame->env, chain));
}

START_TEST(most_work_wins_over_more_blocks)
{
	struct frame *frame = frame_new();
	struct rh_chain chain = {0};
	struct rh_chain_move move;

	rh_chain_init(&frame->env, &chain, RH_CHAIN_MOST_WORK, 100, &root);
	add(frame, &chain, 1, 1000, 1);
	add(frame, &chain, 2, 1, 1);
	move = add(frame, &chain, 3, 1000, 5);
	ck_assert(move.is_moved);
	ck_assert_uint_eq(move.depth, 2);
	ck_assert_uint_eq(id_at(frame, &chain, move.ancestor), 1000);
	ck_assert_uint_eq(id_at(frame, &chain, move.old_head), 2);
	ck_assert_uint_eq(head_id(frame, &chain), 3);
	ck_assert_uint_eq(rh_chain_stale_count(&chain), 2);
	ck_assert_uint_eq(chain.reorg_count, 1);
	ck_assert(rh_chain_is_consistent(&frame->env, &chain));
	rh_chain_release(&frame->env, &chain);
	frame_free(frame);
}
END_TEST

START_TEST(longest_counts_blocks)
{
	struct frame *frame = frame_new();
	struct rh_chain chain = {0};

	rh_chain_init(&frame->env, &chain, RH_CHAIN_LONGEST, 100, &root);
	add(frame, &chain, 1, 1000, 1);
	add(frame, &chain, 2, 1, 1);
	ck_assert(!add(frame, &chain, 3, 1000, 5).is_moved);
	ck_assert_uint_eq(head_id(frame, &chain), 2);
	rh_chain_release(&frame->env, &chain);
	frame_free(frame);
}
END_TEST

START_TEST(the_first_of_equals_stays)
{
	struct frame *frame = frame_new();
	struct rh_chain chain = {0};
	struct rh_chain_move move;

	rh_chain_init(&frame->env, &chain, RH_CHAIN_MOST_WORK, 100, &root);
	move = add(frame, &chain, 7, 1000, 3);
	ck_assert(move.is_moved && move.depth == 0);
	ck_assert(!add(frame, &chain, 5, 1000, 3).is_moved);
	ck_assert_uint_eq(head_id(frame, &chain), 7);
	rh_chain_release(&frame->env, &chain);
	frame_free(frame);
}
END_TEST

START_TEST(a_smaller_tie_wins)
{
	struct frame *frame = frame_new();
	struct rh_chain chain = {0};
	struct rh_chain_move move;
	struct rh_chain_block block = {.id = 1, .work = {{3, 0, 0, 0}}, .tie = 10};

	rh_chain_init(&frame->env, &chain, RH_CHAIN_MOST_WORK, 100, &root);
	rh_chain_add(&frame->env, &chain, &block, &move);
	block.id = 2;
	block.tie = 11;
	rh_chain_add(&frame->env, &chain, &block, &move);
	ck_assert(!move.is_moved);
	block.id = 3;
	block.tie = 9;
	rh_chain_add(&frame->env, &chain, &block, &move);
	ck_assert(move.is_moved && move.depth == 1);
	rh_chain_release(&frame->env, &chain);
	frame_free(frame);
}
END_TEST

START_TEST(the_limit_refuses)
{
	struct frame *frame = frame_new();
	struct rh_chain chain = {0};

	rh_chain_init(&frame->env, &chain, RH_CHAIN_MOST_WORK, 3, &root);
	add(frame, &chain, 1, 1000, 1);
	add(frame, &chain, 2, 1, 1);
	ck_assert(!add(frame, &chain, 3, 2, 1).is_moved);
	ck_assert_uint_eq(rh_chain_find(&frame->env, &chain, 3), RH_CHAIN_NONE);
	ck_assert_uint_eq(chain.entries.count, 3);
	rh_chain_release(&frame->env, &chain);
	frame_free(frame);
}
END_TEST

START_TEST(locators_find_the_fork)
{
	struct frame *frame = frame_new();
	struct rh_chain ours = {0};
	struct rh_chain theirs = {0};
	uint64_t ids[RH_CHAIN_LOCATOR_MAX];
	uint32_t count;

	rh_chain_init(&frame->env, &ours, RH_CHAIN_MOST_WORK, 4000, &root);
	rh_chain_init(&frame->env, &theirs, RH_CHAIN_MOST_WORK, 4000, &root);
	for (uint64_t id = 1; id <= 300; id++) {
		add(frame, &ours, id, id == 1 ? 1000 : id - 1, 1);
		if (id <= 290)
			add(frame, &theirs, id, id == 1 ? 1000 : id - 1, 1);
	}
	add(frame, &theirs, 2000, 290, 1);
	count = rh_chain_locator(&frame->env, &ours, ids);
	ck_assert_uint_eq(ids[0], 300);
	ck_assert_uint_eq(ids[count - 1], 1000);
	ck_assert_uint_lt(count, 20);
	/* 300 .. 291 one by one, then 289, which both have. */
	ck_assert_uint_eq(id_at(frame, &theirs, rh_chain_locate(&frame->env, &theirs, ids, count)),
			  289);
	ck_assert_uint_eq(rh_chain_locate(&frame->env, &theirs, ids, 1), 0);
	rh_chain_release(&frame->env, &ours);
	rh_chain_release(&frame->env, &theirs);
	frame_free(frame);
}
END_TEST

/* ---- against an oracle ----------------------------------------------------------------------- */

#define BLOCKS 60

struct oracle_block {
	uint64_t id;
	uint32_t parent; /* index, or BLOCKS for the root */
	uint64_t work;
	uint64_t total;
	uint32_t height;
};

static void random_tree(struct oracle_block *blocks, uint64_t seed)
{
	for (uint32_t i = 0; i < BLOCKS; i++) {
		uint64_t draw = rh_absorb(seed, i);
		/* Mostly on one of the last blocks, now and then anywhere. */
		uint32_t back = (uint32_t)(draw % (draw >> 60 == 0 ? i + 1 : 4));

		blocks[i].id = i + 1;
		blocks[i].parent = back < i ? i - 1 - back : BLOCKS;
		blocks[i].work = 1 + (draw >> 32) % 3;
		blocks[i].total = blocks[i].work;
		blocks[i].height = 1;
		if (blocks[i].parent != BLOCKS) {
			blocks[i].total += blocks[blocks[i].parent].total;
			blocks[i].height += blocks[blocks[i].parent].height;
		}
	}
}

/* Depth of moving from a to b by marking all ancestors of a. */
static uint32_t oracle_depth(const struct oracle_block *blocks, uint32_t a, uint32_t b)
{
	bool is_above_a[BLOCKS + 1] = {false};
	uint32_t depth = 0;

	is_above_a[BLOCKS] = true;
	for (uint32_t i = a; i != BLOCKS; i = blocks[i].parent)
		is_above_a[i] = true;
	while (!is_above_a[b])
		b = blocks[b].parent;
	for (uint32_t i = a; i != b; i = blocks[i].parent)
		depth++;
	return depth;
}

static void play_order(struct frame *frame, const struct oracle_block *blocks, uint64_t order_seed)
{
	struct rh_chain chain = {0};
	bool is_in[BLOCKS] = {false};
	uint32_t head = BLOCKS;
	uint64_t head_total = 0;
	uint32_t reorgs = 0;

	rh_chain_init(&frame->env, &chain, RH_CHAIN_MOST_WORK, 1000, &root);
	for (uint32_t n = 0; n < BLOCKS; n++) {
		uint32_t next = (uint32_t)(rh_absorb(order_seed, n) % BLOCKS);
		struct rh_chain_move move;

		/* The next one that can be added. */
		while (is_in[next] ||
		       (blocks[next].parent != BLOCKS && !is_in[blocks[next].parent]))
			next = (next + 1) % BLOCKS;
		is_in[next] = true;
		move = add(frame, &chain, blocks[next].id,
			   blocks[next].parent == BLOCKS ? root.id : blocks[blocks[next].parent].id,
			   blocks[next].work);
		ck_assert_int_eq(move.is_moved, blocks[next].total > head_total);
		if (move.is_moved) {
			uint32_t depth = oracle_depth(blocks, head, next);

			ck_assert_uint_eq(move.depth, depth);
			reorgs += depth > 0;
			head = next;
			head_total = blocks[next].total;
		}
		ck_assert(rh_chain_is_consistent(&frame->env, &chain));
	}
	ck_assert_uint_eq(head_id(frame, &chain), blocks[head].id);
	ck_assert_uint_eq(chain.reorg_count, reorgs);
	ck_assert_uint_eq(rh_chain_stale_count(&chain), BLOCKS - blocks[head].height);
	for (uint32_t i = head; i != BLOCKS; i = blocks[i].parent)
		ck_assert_uint_eq(
			id_at(frame, &chain, rh_chain_main(&frame->env, &chain, blocks[i].height)),
			blocks[i].id);
	rh_chain_release(&frame->env, &chain);
}

START_TEST(random_trees_agree_with_the_oracle)
{
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct frame *frame = frame_new();
		struct oracle_block blocks[BLOCKS];

		random_tree(blocks, seed);
		for (uint64_t order = 0; order < 6; order++)
			play_order(frame, blocks, rh_absorb(seed, 1000 + order));
		frame_free(frame);
	}
}
END_TEST

START_TEST(common_ancestors_agree_with_the_oracle)
{
	struct frame *frame = frame_new();
	struct oracle_block blocks[BLOCKS];
	struct rh_chain chain = {0};

	random_tree(blocks, 99);
	rh_chain_init(&frame->env, &chain, RH_CHAIN_MOST_WORK, 1000, &root);
	for (uint32_t i = 0; i < BLOCKS; i++)
		add(frame, &chain, blocks[i].id,
		    blocks[i].parent == BLOCKS ? root.id : blocks[blocks[i].parent].id,
		    blocks[i].work);
	for (uint32_t a = 0; a < BLOCKS; a++) {
		for (uint32_t b = 0; b < BLOCKS; b++) {
			/* Positions are one behind the root. */
			uint32_t common = rh_chain_common(&frame->env, &chain, a + 1, b + 1);
			uint32_t height = rh_chain_at(&frame->env, &chain, common)->height;

			ck_assert_uint_eq(blocks[a].height - height, oracle_depth(blocks, a, b));
			ck_assert_uint_eq(rh_chain_ancestor(&frame->env, &chain, a + 1, height),
					  common);
		}
	}
	rh_chain_release(&frame->env, &chain);
	frame_free(frame);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		most_work_wins_over_more_blocks,
		longest_counts_blocks,
		the_first_of_equals_stays,
		a_smaller_tie_wins,
		the_limit_refuses,
		locators_find_the_fork,
		random_trees_agree_with_the_oracle,
		common_ancestors_agree_with_the_oracle,
	};

	return run_tests("tree", tests, RH_ARRAY_LEN(tests));
}
