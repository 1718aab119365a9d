/*
 * extremes.c - the least and the greatest value over nodes, while values come and go.
 *
 * Mostly the values of a gauge lie close together: heights, depths, numbers of peers.  As long as
 * the greatest is less than TALLY above the least, how many nodes hold each value is counted in a
 * ring, where a value stands at its remainder, and a bit says which counts are not 0.  When the last
 * one leaves an extreme the next is a few bits away, however many nodes there are.
 *
 * When they lie further apart the extremes of every 64 nodes are kept.  When the last one who held
 * an extreme of a block leaves it the block is read again, and perhaps the list of the blocks.  Once
 * as many values have changed as there are nodes, and the ring would hold them easily, they are
 * counted again; so going to and fro costs no more than the changes between.
 */
#include <string.h>

#include "core/judge/state.h"

#define TALLY 1024 /* a power of two */
#define WORDS (TALLY / 64)
#define BLOCK 64 /* nodes */

struct tally {
	uint64_t held[WORDS]; /* bits: the count is not 0 */
	uint32_t counts[TALLY];
};

/* Extremes, and how many hold them. */
struct block_extremes {
	int64_t low;
	int64_t high;
	uint32_t low_count;
	uint32_t high_count;
};

/* ---- the ring -------------------------------------------------------------------------------- */

static uint32_t place_of(int64_t value)
{
	return (uint32_t)((uint64_t)value & (TALLY - 1));
}

/* How far above a place the next one stands that somebody holds; there is one. */
static uint32_t steps_up(const struct tally *tally, uint32_t place)
{
	uint32_t at = place / 64;
	uint64_t word = tally->held[at] & (UINT64_MAX << (place % 64));

	while (word == 0) {
		at = (at + 1) % WORDS;
		word = tally->held[at];
	}
	return (at * 64 + rh_low_bit(word) - place) & (TALLY - 1);
}

static uint32_t steps_down(const struct tally *tally, uint32_t place)
{
	uint32_t at = place / 64;
	uint64_t word = tally->held[at] & (UINT64_MAX >> (63 - place % 64));

	while (word == 0) {
		at = (at + WORDS - 1) % WORDS;
		word = tally->held[at];
	}
	return (place - at * 64 - rh_high_bit(word)) & (TALLY - 1);
}

static void forget(struct aggregate *aggregate)
{
	aggregate->low = INT64_MAX;
	aggregate->high = INT64_MIN;
}

static void tally_remove(struct tally *tally, struct aggregate *aggregate, int64_t value)
{
	uint32_t place = place_of(value);

	RH_ASSERT(tally->counts[place] > 0);
	if (--tally->counts[place] > 0)
		return;
	rh_bit_clear(tally->held, place);
	if (aggregate->low == aggregate->high)
		forget(aggregate);
	else if (value == aggregate->low)
		aggregate->low += steps_up(tally, place);
	else if (value == aggregate->high)
		aggregate->high -= steps_down(tally, place);
}

static void widen(struct aggregate *aggregate, int64_t value)
{
	if (value < aggregate->low)
		aggregate->low = value;
	if (value > aggregate->high)
		aggregate->high = value;
}

/* Whether values from the least to the greatest stand at different places of a ring so wide. */
static bool fits(const struct aggregate *aggregate, uint64_t width)
{
	return aggregate->low > aggregate->high ||
	       (uint64_t)aggregate->high - (uint64_t)aggregate->low < width;
}

static void tally_add(struct tally *tally, int64_t value)
{
	uint32_t place = place_of(value);

	if (tally->counts[place]++ == 0)
		rh_bit_set(tally->held, place);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static void block_add(struct block_extremes *block, int64_t value)
{
	if (value < block->low) {
		block->low = value;
		block->low_count = 0;
	}
	if (value > block->high) {
		block->high = value;
		block->high_count = 0;
	}
	block->low_count += value == block->low;
	block->high_count += value == block->high;
}

static struct block_extremes read_block(const struct rh_judge *judge,
					const struct aggregate *aggregate, uint32_t number)
{
	const struct rh_plan_assertion *assertion = &judge->plan->assertions[aggregate->assertion];
	const struct column *column = &judge->columns[aggregate->column];
	const int64_t *values = rh_at(&judge->space, column->values);
	const uint64_t *known = rh_at(&judge->space, column->known);
	struct block_extremes read = {.low = INT64_MAX, .high = INT64_MIN};
	uint32_t end = (number + 1) * BLOCK;

	if (end > assertion->node_count)
		end = assertion->node_count;
	for (uint32_t i = number * BLOCK; i < end; i++) {
		if (rh_bit_get(known, assertion->nodes[i]))
			block_add(&read, values[assertion->nodes[i]]);
	}
	return read;
}

static uint32_t block_count(const struct rh_judge *judge, const struct aggregate *aggregate)
{
	return judge->plan->assertions[aggregate->assertion].node_count / BLOCK + 1;
}

static void find_extremes(const struct rh_judge *judge, struct aggregate *aggregate)
{
	const struct block_extremes *blocks = rh_at(&judge->space, aggregate->blocks);
	uint32_t count = block_count(judge, aggregate);

	forget(aggregate);
	for (uint32_t i = 0; i < count; i++) {
		if (blocks[i].low < aggregate->low)
			aggregate->low = blocks[i].low;
		if (blocks[i].high > aggregate->high)
			aggregate->high = blocks[i].high;
	}
}

static void move_in_blocks(const struct rh_judge *judge, struct aggregate *aggregate,
			   uint32_t position, const int64_t *before, const int64_t *value)
{
	struct block_extremes *block =
		(struct block_extremes *)rh_at(&judge->space, aggregate->blocks) + position / BLOCK;
	struct block_extremes old = *block;
	bool is_gone = false;

	if (before != NULL) {
		is_gone |= *before == block->low && --block->low_count == 0;
		is_gone |= *before == block->high && --block->high_count == 0;
	}
	if (is_gone)
		*block = read_block(judge, aggregate, position / BLOCK);
	else if (value != NULL)
		block_add(block, *value);
	if ((block->low > old.low && old.low == aggregate->low) ||
	    (block->high < old.high && old.high == aggregate->high)) {
		find_extremes(judge, aggregate);
		return;
	}
	if (block->low < aggregate->low)
		aggregate->low = block->low;
	if (block->high > aggregate->high)
		aggregate->high = block->high;
}

/* ---- from one to the other ------------------------------------------------------------------- */

static void go_to_blocks(struct rh_judge *judge, struct aggregate *aggregate)
{
	uint32_t count = block_count(judge, aggregate);
	struct block_extremes *blocks;

	if (aggregate->blocks == 0)
		aggregate->blocks =
			rh_space_alloc(&judge->space, (uint64_t)count * sizeof(*blocks));
	blocks = rh_at(&judge->space, aggregate->blocks);
	for (uint32_t i = 0; i < count; i++)
		blocks[i] = read_block(judge, aggregate, i);
	find_extremes(judge, aggregate);
	aggregate->is_far_apart = true;
	aggregate->moves = 0;
}

static void go_to_tally(const struct rh_judge *judge, struct aggregate *aggregate)
{
	const struct rh_plan_assertion *assertion = &judge->plan->assertions[aggregate->assertion];
	const struct column *column = &judge->columns[aggregate->column];
	const int64_t *values = rh_at(&judge->space, column->values);
	const uint64_t *known = rh_at(&judge->space, column->known);
	struct tally *tally = rh_at(&judge->space, aggregate->tally);

	memset(tally, 0, sizeof(*tally));
	for (uint32_t i = 0; i < assertion->node_count; i++) {
		if (rh_bit_get(known, assertion->nodes[i]))
			tally_add(tally, values[assertion->nodes[i]]);
	}
	aggregate->is_far_apart = false;
}

void judge_extremes_open(struct rh_judge *judge, struct aggregate *aggregate)
{
	forget(aggregate);
	aggregate->tally = rh_space_alloc(&judge->space, sizeof(struct tally));
}

uint32_t judge_extremes_move(struct rh_judge *judge, struct aggregate *aggregate, uint32_t position,
			     const int64_t *before, const int64_t *value)
{
	int64_t low_before = aggregate->low, high_before = aggregate->high;
	struct tally *tally = rh_at(&judge->space, aggregate->tally);

	if (aggregate->is_far_apart) {
		uint32_t nodes = judge->plan->assertions[aggregate->assertion].node_count;

		move_in_blocks(judge, aggregate, position, before, value);
		if (++aggregate->moves >= nodes && fits(aggregate, TALLY / 2))
			go_to_tally(judge, aggregate);
	} else {
		if (before != NULL)
			tally_remove(tally, aggregate, *before);
		if (value != NULL) {
			widen(aggregate, *value);
			if (fits(aggregate, TALLY))
				tally_add(tally, *value);
			else
				go_to_blocks(judge, aggregate);
		}
	}
	return (aggregate->low != low_before ? ASPECT_LOW : 0u) |
	       (aggregate->high != high_before ? ASPECT_HIGH : 0u);
}
