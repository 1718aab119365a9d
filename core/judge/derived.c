/*
 * derived.c - gauges of the whole network, made from records of single nodes.
 *
 * heads: how many different heads the nodes that are up have.  Kept as a count for each head.
 * Nothing is known before the first head record; then a node that never said its head counts as
 * being at the genesis block.
 *
 * propagation_pNN: for each block the time from `produced` to the instant at which NN % of the
 * nodes that are up have accepted it, the producer included.  The gauge takes the value at that
 * instant, once a block.  Two blocks that arrive at one instant are two states, and every
 * assertion sees both.  A block is forgotten when all nodes that are up have it; of those that
 * never get there the oldest are given up beyond BLOCKS_MAX (fewer with very many nodes, so that
 * the bits fit in BLOCK_BYTES_MAX).
 */
#include "core/judge/state.h"

#define BLOCKS_MAX	4096
#define BLOCKS_MIN	64
#define BLOCK_BYTES_MAX (UINT64_C(64) << 20)

static const uint32_t percents[] = {[DERIVED_P50] = 50, [DERIVED_P90] = 90, [DERIVED_P95] = 95};

enum derived judge_derived(uint32_t gauge)
{
	switch (gauge) {
	case RH_GAUGE_PROPAGATION_P50:
		return DERIVED_P50;
	case RH_GAUGE_PROPAGATION_P90:
		return DERIVED_P90;
	case RH_GAUGE_PROPAGATION_P95:
		return DERIVED_P95;
	case RH_GAUGE_HEADS:
		return DERIVED_HEADS;
	default:
		return DERIVED_NONE;
	}
}

static uint32_t gauge_of(enum derived derived)
{
	static const uint32_t gauges[] = {
		[DERIVED_P50] = RH_GAUGE_PROPAGATION_P50,
		[DERIVED_P90] = RH_GAUGE_PROPAGATION_P90,
		[DERIVED_P95] = RH_GAUGE_PROPAGATION_P95,
		[DERIVED_HEADS] = RH_GAUGE_HEADS,
	};

	RH_ASSERT(derived < DERIVED_COUNT);
	return gauges[derived];
}

static void set(struct rh_judge *judge, enum derived derived, int64_t value,
		const struct kept *cause)
{
	struct core *core = judge->core;
	uint32_t gauge = gauge_of(derived);

	/* A second block at this instant: the first value is judged before it is gone. */
	if (derived <= DERIVED_P95 && (core->derived_fresh >> derived) & 1)
		judge_look_at_dirty(judge);
	core->derived[derived] = value;
	core->derived_known |= 1u << derived;
	core->derived_fresh |= 1u << derived;
	for (uint32_t i = judge->readers_at[gauge]; i < judge->readers_at[gauge + 1]; i++)
		judge_mark(judge, judge->readers[i].assertion, cause);
}

void judge_derived_open(struct rh_judge *judge)
{
	const struct rh_plan *plan = judge->plan;
	uint64_t bytes = RH_BITS_WORDS(plan->node_count) * sizeof(uint64_t);

	for (uint32_t node = 0; node < plan->node_count; node++) {
		if (plan->nodes[node].start_ns != 0)
			continue;
		judge->places[node].is_up = true;
		judge->core->up_count++;
	}
	if (judge->core->up_count > 0)
		rh_idmap_put(&judge->space, &judge->core->heads, 0, judge->core->up_count);
	judge->block_limit = BLOCKS_MAX;
	while (judge->block_limit > BLOCKS_MIN && judge->block_limit * bytes > BLOCK_BYTES_MAX)
		judge->block_limit /= 2;
}

/* ---- heads ----------------------------------------------------------------------------------- */

static void count_head(struct rh_judge *judge, uint64_t head, bool is_more)
{
	struct rh_idmap *heads = &judge->core->heads;
	uint64_t count = 0;

	rh_idmap_get(&judge->space, heads, head, &count);
	RH_ASSERT(is_more || count > 0);
	count = is_more ? count + 1 : count - 1;
	if (count == 0)
		rh_idmap_remove(&judge->space, heads, head);
	else
		rh_idmap_put(&judge->space, heads, head, count);
}

static void tell_heads(struct rh_judge *judge, const struct kept *cause)
{
	struct core *core = judge->core;
	bool is_known = (core->derived_known >> DERIVED_HEADS) & 1;

	if (!core->has_head || (is_known && core->derived[DERIVED_HEADS] == core->heads.count))
		return;
	set(judge, DERIVED_HEADS, core->heads.count, cause);
}

void judge_head_is(struct rh_judge *judge, uint32_t node, uint64_t head, const struct kept *cause)
{
	struct place *place = &judge->places[node];

	if (!judge->needs_heads)
		return;
	judge->core->has_head = true;
	if (place->is_up && place->head != head) {
		count_head(judge, head, true);
		count_head(judge, place->head, false);
	}
	place->head = head;
	tell_heads(judge, cause);
}

/* ---- propagation ----------------------------------------------------------------------------- */

static struct block *block_at(const struct rh_judge *judge, uint32_t slot)
{
	return rh_vec_at(&judge->space, &judge->core->slots, sizeof(struct block), slot - 1);
}

static uint64_t bits_bytes(const struct rh_judge *judge)
{
	return RH_BITS_WORDS(judge->plan->node_count) * sizeof(uint64_t);
}

static void forget(struct rh_judge *judge, uint32_t slot)
{
	struct core *core = judge->core;
	struct block *block = block_at(judge, slot);

	rh_idmap_remove(&judge->space, &core->blocks, block->id);
	rh_space_free(&judge->space, block->nodes, bits_bytes(judge));
	if (block->older != 0)
		block_at(judge, block->older)->newer = block->newer;
	else
		core->oldest = block->newer;
	if (block->newer != 0)
		block_at(judge, block->newer)->older = block->older;
	else
		core->newest = block->older;
	*block = (struct block){.older = core->free_slot};
	core->free_slot = slot;
	RH_ASSERT(core->live_blocks > 0);
	core->live_blocks--;
}

static uint32_t remember(struct rh_judge *judge, const struct kept *cause)
{
	struct core *core = judge->core;
	struct block *block;
	uint32_t slot = core->free_slot;

	if (slot != 0) {
		core->free_slot = block_at(judge, slot)->older;
	} else {
		rh_vec_push(&judge->space, &core->slots, sizeof(struct block));
		slot = core->slots.count;
	}
	block = block_at(judge, slot);
	*block = (struct block){.id = cause->a,
				.produced_ns = core->clock_ns,
				.producer = cause->node,
				.older = core->newest,
				.nodes = rh_space_alloc(&judge->space, bits_bytes(judge))};
	if (core->newest != 0)
		block_at(judge, core->newest)->newer = slot;
	else
		core->oldest = slot;
	core->newest = slot;
	core->live_blocks++;
	rh_idmap_put(&judge->space, &core->blocks, block->id, slot);
	return slot;
}

/* Says which shares were reached now; forgets the block when all have it. */
static void tell_block(struct rh_judge *judge, uint32_t slot, const struct kept *cause)
{
	struct core *core = judge->core;
	struct block *block = block_at(judge, slot);
	int64_t age_ns = (int64_t)(core->clock_ns - block->produced_ns);

	if (core->up_count == 0)
		return;
	for (enum derived i = DERIVED_P50; i <= DERIVED_P95; i++) {
		if (((block->reported >> i) & 1) ||
		    (uint64_t)block->count * 100 < (uint64_t)core->up_count * percents[i])
			continue;
		block->reported |= 1u << i;
		set(judge, i, age_ns, cause);
	}
	RH_ASSERT(block->count <= core->up_count);
	if (block->count == core->up_count)
		forget(judge, slot);
}

static void node_has(struct rh_judge *judge, uint32_t slot, uint32_t node, const struct kept *cause)
{
	struct block *block = block_at(judge, slot);
	uint64_t *nodes = rh_at(&judge->space, block->nodes);

	if (rh_bit_get(nodes, node))
		return;
	rh_bit_set(nodes, node);
	if (!judge->places[node].is_up)
		return;
	block->count++;
	tell_block(judge, slot, cause);
}

void judge_block_produced(struct rh_judge *judge, uint32_t node, const struct kept *cause)
{
	uint64_t slot;

	if (!judge->needs_blocks ||
	    rh_idmap_get(&judge->space, &judge->core->blocks, cause->a, &slot))
		return;
	if (judge->core->live_blocks == judge->block_limit)
		forget(judge, judge->core->oldest);
	node_has(judge, remember(judge, cause), node, cause);
}

void judge_block_accepted(struct rh_judge *judge, uint32_t node, const struct kept *cause)
{
	uint64_t slot;

	if (judge->needs_blocks &&
	    rh_idmap_get(&judge->space, &judge->core->blocks, cause->a, &slot))
		node_has(judge, (uint32_t)slot, node, cause);
}

bool judge_overdue(const struct rh_judge *judge, const struct rh_plan_assertion *assertion,
		   int64_t *age_ns, uint32_t *producer)
{
	const struct rh_that *that = judge_that(assertion);
	enum derived derived = judge_derived((uint32_t)that->gauge);

	RH_ASSERT(derived <= DERIVED_P95);
	/* Only an upper limit is broken by a block that is still on its way. */
	if (that->op != RH_OP_LT && that->op != RH_OP_LE)
		return false;
	for (uint32_t slot = judge->core->oldest; slot != 0; slot = block_at(judge, slot)->newer) {
		const struct block *block = block_at(judge, slot);
		int64_t age = (int64_t)(judge->core->clock_ns - block->produced_ns);

		if (block->produced_ns < assertion->from_ns || ((block->reported >> derived) & 1) ||
		    rh_that_compare(age, (enum rh_operator)that->op, that->value))
			continue;
		*age_ns = age;
		*producer = block->producer;
		return true;
	}
	return false;
}

/* ---- who is up ------------------------------------------------------------------------------- */

static void recount_blocks(struct rh_judge *judge, uint32_t node, bool is_up,
			   const struct kept *cause)
{
	uint32_t slot = judge->core->oldest;

	while (slot != 0) {
		struct block *block = block_at(judge, slot);
		uint32_t newer = block->newer;

		if (rh_bit_get(rh_at(&judge->space, block->nodes), node))
			block->count = is_up ? block->count + 1 : block->count - 1;
		tell_block(judge, slot, cause);
		slot = newer;
	}
}

void judge_node_is(struct rh_judge *judge, uint32_t node, bool is_up, const struct kept *cause)
{
	struct core *core = judge->core;
	struct place *place = &judge->places[node];

	if (place->is_up == is_up)
		return;
	place->is_up = is_up;
	RH_ASSERT(is_up || core->up_count > 0);
	core->up_count = is_up ? core->up_count + 1 : core->up_count - 1;
	if (judge->needs_heads) {
		count_head(judge, place->head, is_up);
		tell_heads(judge, cause);
	}
	if (judge->needs_blocks)
		recount_blocks(judge, node, is_up, cause);
}
