/*
 * derived.c - gauges of the whole network, made from records of single nodes.
 *
 * nodes_up: from the node records; a node that starts with the run is up from the first instant.
 *
 * finality_conflicts: heights at which two nodes called different blocks final, by their finalized
 * records.  tx_*: transactions by their id, whichever nodes they were given to.
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
#include <string.h>

#include "core/judge/state.h"

#define BLOCKS_MAX	4096
#define BLOCKS_MIN	64
#define BLOCK_BYTES_MAX (UINT64_C(64) << 20)

static const uint32_t percents[] = {[DERIVED_P50] = 50, [DERIVED_P90] = 90, [DERIVED_P95] = 95};

static const uint32_t gauges[] = {
	[DERIVED_P50] = RH_GAUGE_PROPAGATION_P50,
	[DERIVED_P90] = RH_GAUGE_PROPAGATION_P90,
	[DERIVED_P95] = RH_GAUGE_PROPAGATION_P95,
	[DERIVED_HEADS] = RH_GAUGE_HEADS,
	[DERIVED_NODES_UP] = RH_GAUGE_NODES_UP,
	[DERIVED_CONFLICTS] = RH_GAUGE_FINALITY_CONFLICTS,
	[DERIVED_TX_SUBMITTED] = RH_GAUGE_TX_SUBMITTED,
	[DERIVED_TX_INCLUDED] = RH_GAUGE_TX_INCLUDED,
	[DERIVED_TX_DROPPED] = RH_GAUGE_TX_DROPPED,
	[DERIVED_TX_REFUSED_INCLUDED] = RH_GAUGE_TX_REFUSED_INCLUDED,
	[DERIVED_INCLUSION_RATIO] = RH_GAUGE_INCLUSION_RATIO,
};

enum derived judge_derived(uint32_t gauge)
{
	for (enum derived i = DERIVED_P50; i < DERIVED_COUNT; i++) {
		if (gauges[i] == gauge)
			return i;
	}
	return DERIVED_NONE;
}

static void set(struct rh_judge *judge, enum derived derived, int64_t value,
		const struct kept *cause)
{
	struct core *core = judge->core;
	uint32_t gauge = gauges[derived];

	if (judge->stretch_count > 0)
		judge_stretch_sample(judge, RH_NODE_WORLD, gauge, value);
	if (judge->capture_count > 0)
		judge_capture_late(judge, RH_NODE_WORLD, gauge, value);
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
	judge->core->derived[DERIVED_NODES_UP] = judge->core->up_count;
	judge->core->derived_known |= 1u << DERIVED_NODES_UP;
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

/* ---- finality -------------------------------------------------------------------------------- */

void judge_block_final(struct rh_judge *judge, uint64_t height, uint64_t block,
		       const struct kept *cause)
{
	struct core *core = judge->core;
	bool is_known = (core->derived_known >> DERIVED_CONFLICTS) & 1;
	uint64_t first;

	if (!judge->needs_finals)
		return;
	if (!rh_idmap_get(&judge->space, &core->finals, height, &first))
		rh_idmap_put(&judge->space, &core->finals, height, block);
	else if (first != block)
		rh_idmap_put(&judge->space, &core->conflicts, height, 1);
	if (!is_known || core->derived[DERIVED_CONFLICTS] != core->conflicts.count)
		set(judge, DERIVED_CONFLICTS, core->conflicts.count, cause);
}

/* ---- transactions ---------------------------------------------------------------------------- */

enum fate { FATE_SUBMITTED = 1, FATE_INCLUDED = 2, FATE_DROPPED = 4, FATE_REFUSED = 8 };

static void count_fate(int64_t counts[4], uint64_t fate, int64_t by)
{
	bool is_included = (fate & FATE_INCLUDED) != 0;

	counts[0] += (fate & FATE_SUBMITTED) != 0 ? by : 0;
	counts[1] += (fate & FATE_SUBMITTED) != 0 && is_included ? by : 0;
	counts[2] += (fate & FATE_DROPPED) != 0 && !is_included ? by : 0;
	counts[3] += (fate & FATE_REFUSED) != 0 && is_included ? by : 0;
}

static uint64_t fate_of(const struct rh_record *record)
{
	static const char invalid[] = "invalid";

	switch (record->stage) {
	case RH_TX_SUBMITTED:
		return FATE_SUBMITTED;
	case RH_TX_INCLUDED:
		return FATE_INCLUDED;
	case RH_TX_DROPPED:
		return record->text_len >= sizeof(invalid) - 1 &&
				       memcmp(record->text, invalid, sizeof(invalid) - 1) == 0
			       ? FATE_DROPPED | FATE_REFUSED
			       : FATE_DROPPED;
	default:
		return 0;
	}
}

void judge_transaction(struct rh_judge *judge, const struct rh_record *record,
		       const struct kept *cause)
{
	struct core *core = judge->core;
	int64_t *counts = core->transaction_counts;
	uint64_t fate = 0, before;

	if (!judge->needs_transactions || fate_of(record) == 0)
		return;
	rh_idmap_get(&judge->space, &core->transactions, record->a, &fate);
	before = fate;
	fate |= fate_of(record);
	if (fate == before)
		return;
	rh_idmap_put(&judge->space, &core->transactions, record->a, fate);
	count_fate(counts, before, -1);
	count_fate(counts, fate, 1);
	for (enum derived i = DERIVED_TX_SUBMITTED; i <= DERIVED_TX_REFUSED_INCLUDED; i++) {
		int64_t count = counts[i - DERIVED_TX_SUBMITTED];

		if (!((core->derived_known >> i) & 1) || core->derived[i] != count)
			set(judge, i, count, cause);
	}
	if (counts[0] > 0)
		set(judge, DERIVED_INCLUSION_RATIO, counts[1] * 1000000 / counts[0], cause);
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

bool judge_overdue(const struct rh_judge *judge, uint32_t assertion, int64_t *age_ns,
		   uint32_t *producer)
{
	const struct rh_that *that = judge_that(judge, assertion);
	enum derived derived = judge_derived((uint32_t)that->gauge);

	RH_ASSERT(derived <= DERIVED_P95);
	/* Only an upper limit is broken by a block that is still on its way. */
	if (that->op != RH_OP_LT && that->op != RH_OP_LE)
		return false;
	for (uint32_t slot = judge->core->oldest; slot != 0; slot = block_at(judge, slot)->newer) {
		const struct block *block = block_at(judge, slot);
		int64_t age = (int64_t)(judge->core->clock_ns - block->produced_ns);

		if (block->produced_ns < judge->seats[assertion].from_ns ||
		    ((block->reported >> derived) & 1) ||
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
	set(judge, DERIVED_NODES_UP, core->up_count, cause);
	judge_gauge_set(judge, node, RH_GAUGE_UP, is_up, cause);
	judge_mark_leaves(judge, RH_LEAF_REACHABLE, cause);
	if (judge->needs_heads) {
		count_head(judge, place->head, is_up);
		tell_heads(judge, cause);
	}
	if (judge->needs_blocks)
		recount_blocks(judge, node, is_up, cause);
}
