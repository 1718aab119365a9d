/*
 * accept.c - the way of a block from its arrival into the tree, and what a new head brings.
 *
 * One block can set off others: its orphans, and theirs.  They wait in a small list of this step
 * instead of calls inside calls, since a long gap that closes at once can be a hundred blocks deep.
 */
#include <string.h>

#include "core/base/dist.h"
#include "models/pow/node.h"

/* ---- records and gauges ---------------------------------------------------------------------- */

static void record_block(struct rh_pow *pow, uint16_t stage, const struct rh_pow_block *block,
			 const char *why)
{
	struct rh_record *record = rh_fx_record(pow->fx, RH_RECORD_BLOCK, stage);

	if (record == NULL)
		return;
	record->a = block->id;
	record->b = block->parent;
	record->c = block->height;
	record->d = block->producer;
	if (why != NULL) {
		record->text = why;
		record->text_len = (uint32_t)strlen(why);
	}
}

/* Only those that may have changed: the rest would be looked up for nothing. */
void rh_pow_gauges(struct rh_pow *pow)
{
	const struct rh_env *env = pow->env;
	struct rh_pow_state *state = pow->state;
	struct rh_effects *fx = pow->fx;
	const struct rh_chain_entry *head =
		rh_chain_at(env, &state->chain, rh_chain_head(env, &state->chain));

	rh_fx_gauge(fx, RH_GAUGE_STALE_BLOCKS, rh_chain_stale_count(&state->chain));
	if (state->moved_in_step != 0) {
		rh_fx_gauge(fx, RH_GAUGE_HEAD, (int64_t)head->id);
		rh_fx_gauge(fx, RH_GAUGE_HEAD_HEIGHT, head->height);
		if (state->money == 0)
			rh_fx_gauge(fx, RH_GAUGE_TOTAL_SUPPLY, (int64_t)state->minted);
	}
	if (state->own_in_step != 0) {
		rh_fx_gauge(fx, RH_GAUGE_MODEL + RH_POW_GAUGE_REVENUE, (int64_t)state->revenue);
		rh_fx_gauge(fx, RH_GAUGE_MODEL + RH_POW_GAUGE_OWN_BLOCKS, state->own_blocks);
		rh_fx_gauge(fx, RH_GAUGE_MODEL + RH_POW_GAUGE_OWN_STALE,
			    (int64_t)state->own_blocks - state->own_main);
	}
	rh_pow_memo(pow, head->bits);
	if (state->told_difficulty != state->memo_difficulty) {
		state->told_difficulty = state->memo_difficulty;
		rh_fx_gauge(fx, RH_GAUGE_MODEL + RH_POW_GAUGE_DIFFICULTY, state->memo_difficulty);
	}
}

void rh_pow_gauge_pools(struct rh_pow *pow)
{
	rh_fx_gauge(pow->fx, RH_GAUGE_MODEL + RH_POW_GAUGE_ORPHANS,
		    pow->state->orphans.items.count);
	rh_fx_gauge(pow->fx, RH_GAUGE_MODEL + RH_POW_GAUGE_EARLY, pow->state->early.items.count);
}

/* ---- refusing and waiting -------------------------------------------------------------------- */

static void record_refused(struct rh_pow *pow, const struct rh_pow_block *block, const char *why)
{
	pow->state->refused++;
	record_block(pow, RH_BLOCK_REFUSED, block, why);
	rh_fx_gauge(pow->fx, RH_GAUGE_MODEL + RH_POW_GAUGE_REFUSED, (int64_t)pow->state->refused);
}

static void refuse(struct rh_pow *pow, const struct rh_pow_block *block, const char *why)
{
	record_refused(pow, block, why);
	rh_relay_refuse(&pow->state->relay, pow->env, block->id);
}

static uint64_t id_at(const struct rh_pow *pow, const struct rh_vec *ids, uint32_t index)
{
	return *(const uint64_t *)rh_vec_at(pow->env->space, ids, sizeof(uint64_t), index);
}

static void push_id(const struct rh_pow *pow, struct rh_vec *ids, uint64_t id)
{
	*(uint64_t *)rh_vec_push(pow->env->space, ids, sizeof(id)) = id;
}

/* A block that will never be in the tree takes those on top of it along. */
static void refuse_with_children(struct rh_pow *pow, const struct rh_pow_block *block,
				 const char *why)
{
	struct rh_vec gone = {0}; /* uint64_t ids whose children are to be looked for */
	struct rh_orphan child;

	refuse(pow, block, why);
	push_id(pow, &gone, block->id);
	for (uint32_t i = 0; i < gone.count; i++) {
		while (rh_orphans_take_child(pow->env, &pow->state->orphans, id_at(pow, &gone, i),
					     &child)) {
			push_id(pow, &gone, child.id);
			refuse(pow, rh_env_object(pow->env, child.ref), "its parent was refused");
			rh_env_object_drop(pow->env, child.ref);
		}
	}
	rh_vec_release(pow->env->space, &gone, sizeof(uint64_t));
	rh_pow_gauge_pools(pow);
}

static void keep_orphan(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block,
			uint32_t from)
{
	struct rh_pow_state *state = pow->state;
	struct rh_orphan orphan = {
		.id = block->id, .parent = block->parent, .ref = ref, .from = from};
	uint64_t evicted = rh_orphans_add(pow->env, &state->orphans,
					  (uint32_t)pow->params->orphans_max, &orphan);
	uint64_t missing = rh_orphans_missing(pow->env, &state->orphans, block->parent);

	if (evicted != 0)
		rh_relay_forget(&state->relay, pow->env, evicted);
	rh_pow_gauge_pools(pow);
	if (rh_orphans_has(pow->env, &state->validating, missing) ||
	    rh_orphans_has(pow->env, &state->early, missing) ||
	    rh_chain_find(pow->env, &state->chain, missing) != RH_CHAIN_NONE)
		return;
	rh_relay_request_missing(&state->relay, &pow->state->relay_cfg, pow->env, pow->fx, missing,
				 from);
}

/* One timer for all early blocks: the next one that is due. */
static void set_early_timer(struct rh_pow *pow)
{
	uint64_t due_ns = rh_orphans_next_due(pow->env, &pow->state->early);

	if (due_ns == RH_TIME_NEVER)
		rh_fx_timer_stop(pow->fx, RH_POW_TIMER_EARLY);
	else
		rh_fx_timer(pow->fx, RH_POW_TIMER_EARLY, due_ns);
}

static void keep_early(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block,
		       uint32_t from)
{
	struct rh_pow_state *state = pow->state;
	uint64_t limit_s = pow->params->future_limit_ns / RH_NS_PER_SEC;
	/* When the clock shows time_s - limit; both are after genesis, or the block is not early. */
	uint64_t wait_s = block->time_s - limit_s - pow->env->genesis_unix_s;
	struct rh_orphan orphan = {
		.id = block->id, .parent = block->parent, .ref = ref, .from = from};
	uint64_t evicted;

	orphan.due_ns =
		wait_s < RH_TIME_NEVER / RH_NS_PER_SEC ? wait_s * RH_NS_PER_SEC : RH_TIME_NEVER - 1;
	evicted = rh_orphans_add(pow->env, &state->early, (uint32_t)pow->params->orphans_max,
				 &orphan);
	if (evicted != 0)
		rh_relay_forget(&state->relay, pow->env, evicted);
	rh_pow_gauge_pools(pow);
	set_early_timer(pow);
}

/* ---- rules ----------------------------------------------------------------------------------- */

/* NULL when the block is a good child of `parent`, else why not. */
static const char *broken_rule(struct rh_pow *pow, const struct rh_pow_block *block,
			       uint32_t parent)
{
	const struct rh_chain *chain = &pow->state->chain;

	if (block->height != rh_chain_at(pow->env, chain, parent)->height + 1)
		return "its height is not its parent's plus one";
	if (block->bits != rh_pow_required_bits(pow->env, chain, &pow->state->rules, parent))
		return "its bits are not those that the rule gives";
	if (!rh_pow_is_after_median(pow->env, chain, parent, block->time_s))
		return "its time is not above the median of the blocks before it";
	if (pow->state->money != 0)
		return rh_pow_money_broken_rule(pow, block, parent);
	if (block->root != 0)
		return "it holds transactions, and this chain has no wallets";
	if (block->fees > block->size_bytes * (uint64_t)pow->params->fees)
		return "its fees are more than its transactions can pay";
	return NULL;
}

static bool is_early(const struct rh_pow *pow, const struct rh_pow_block *block)
{
	return block->time_s >
	       rh_pow_now_s(pow->env) + pow->params->future_limit_ns / RH_NS_PER_SEC;
}

/* ---- the tree -------------------------------------------------------------------------------- */

/* One block's share in the sums over the main chain, added or taken away. */
static void count_main(struct rh_pow *pow, uint32_t position, bool is_added)
{
	struct rh_pow_state *state = pow->state;
	const struct rh_chain_entry *entry = rh_chain_at(pow->env, &state->chain, position);
	const struct rh_pow_block *block = rh_env_object(pow->env, entry->ref);
	uint64_t subsidy = rh_pow_subsidy(entry->height, pow->state->rules.halving);
	bool is_own = block->producer_name64 == pow->env->name64;

	state->own_in_step |= is_own;
	if (is_added) {
		state->minted += subsidy;
		state->revenue += is_own ? subsidy + block->fees : 0;
		state->own_main += is_own;
	} else {
		RH_ASSERT(state->minted >= subsidy && state->own_main >= is_own);
		state->minted -= subsidy;
		state->revenue -= is_own ? subsidy + block->fees : 0;
		state->own_main -= is_own;
	}
}

static void count_move(struct rh_pow *pow, const struct rh_chain_move *move)
{
	const struct rh_chain *chain = &pow->state->chain;

	for (uint32_t i = move->old_head; i != move->ancestor;
	     i = rh_chain_at(pow->env, chain, i)->parent)
		count_main(pow, i, false);
	for (uint32_t i = move->new_head; i != move->ancestor;
	     i = rh_chain_at(pow->env, chain, i)->parent)
		count_main(pow, i, true);
}

/* Blocks that are now so deep that the model calls them final.  After a reorganisation deeper than
 * that the heights it replaced are told again: whoever reads the records sees the contradiction. */
static void finalize(struct rh_pow *pow, uint32_t ancestor_height, bool is_told)
{
	struct rh_pow_state *state = pow->state;
	const struct rh_chain *chain = &state->chain;
	uint64_t depth = (uint64_t)pow->params->confirmations;
	uint32_t head_height = chain->main.count - 1;
	uint32_t from =
		state->final_height < ancestor_height ? state->final_height : ancestor_height;

	if (depth == 0 || head_height < depth)
		return;
	for (uint32_t height = from + 1; height <= head_height - depth && is_told; height++) {
		struct rh_record *record = rh_fx_record(pow->fx, RH_RECORD_FINALIZED, 0);

		if (record == NULL)
			break;
		record->a =
			rh_chain_at(pow->env, chain, rh_chain_main(pow->env, chain, height))->id;
		record->c = height;
	}
	if (state->final_height >= head_height - depth)
		return;
	state->final_height = (uint32_t)(head_height - depth);
	if (is_told)
		rh_fx_gauge(pow->fx, RH_GAUGE_FINALIZED_HEIGHT, state->final_height);
}

static void head_moved(struct rh_pow *pow, const struct rh_chain_move *move)
{
	struct rh_pow_state *state = pow->state;
	const struct rh_env *env = pow->env;
	const struct rh_chain_entry *head = rh_chain_at(env, &state->chain, move->new_head);
	const struct rh_chain_entry *old = rh_chain_at(env, &state->chain, move->old_head);
	const struct rh_chain_entry *ancestor = rh_chain_at(env, &state->chain, move->ancestor);
	struct rh_record *record;

	record = rh_fx_record(pow->fx, RH_RECORD_HEAD, 0);
	if (record != NULL) {
		record->a = head->id;
		record->b = old->id;
		record->c = head->height;
	}
	if (move->depth > 0) {
		record = rh_fx_record(pow->fx, RH_RECORD_REORG, 0);
		if (record != NULL) {
			record->a = head->id;
			record->b = ancestor->id;
			record->c = move->depth;
			record->d = old->id;
		}
		rh_fx_gauge(pow->fx, RH_GAUGE_REORG_DEPTH, move->depth);
		rh_fx_gauge(pow->fx, RH_GAUGE_REORG_COUNT, state->chain.reorg_count);
	}
	/* A clock that was set back makes no negative interval. */
	if (env->clock_ns >= state->head_since_ns)
		rh_fx_gauge(pow->fx, RH_GAUGE_BLOCK_INTERVAL,
			    (int64_t)(env->clock_ns - state->head_since_ns));
	state->head_since_ns = env->clock_ns;
	finalize(pow, ancestor->height, true);
	if (state->money != 0)
		rh_pow_money_follow(pow, move, true);
	rh_relay_head_set(&state->relay, head->id);
}

static bool add_to_tree(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block,
			struct rh_chain_move *move)
{
	struct rh_pow_state *state = pow->state;
	struct rh_chain_block entry = {
		.id = block->id,
		.ref = ref,
		.time_s = block->time_s,
		.bits = block->bits,
		.parent = rh_chain_find(pow->env, &state->chain, block->parent),
	};
	const struct rh_chain_entry *head;
	const struct rh_chain_entry *old;

	rh_pow_memo(pow, block->bits);
	entry.work = state->memo_work;
	/* A second draw of the block's validation at this node decides its ties. */
	if (pow->params->tie_rule == RH_POW_TIE_RANDOM)
		entry.tie = rh_rng_absorb(
			pow->env->rng, rh_env_draw(pow->env, RH_PURPOSE_VALIDATION_TIME, block->id),
			1);
	if (rh_chain_add(pow->env, &state->chain, &entry, move) == RH_CHAIN_NONE)
		return false;
	if (block->producer_name64 == pow->env->name64) {
		state->own_blocks++;
		state->own_in_step = 1;
	}
	if (!move->is_moved)
		return true;
	count_move(pow, move);
	head = rh_chain_at(pow->env, &state->chain, move->new_head);
	old = rh_chain_at(pow->env, &state->chain, move->old_head);
	state->last_move_is_sound =
		rh_u256_cmp(head->work, old->work) > 0 ||
		(rh_u256_cmp(head->work, old->work) == 0 && head->tie < old->tie);
	state->moved_in_step = 1;
	return true;
}

void rh_pow_reload(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block)
{
	struct rh_chain_move move;
	bool is_added;

	RH_ASSERT(rh_chain_find(pow->env, &pow->state->chain, block->parent) != RH_CHAIN_NONE);
	is_added = add_to_tree(pow, ref, block, &move);
	RH_ASSERT(is_added);
	rh_relay_hold(&pow->state->relay, pow->env, block->id, block->parent, ref);
	if (move.is_moved)
		finalize(pow, 0, false);
	if (move.is_moved && pow->state->money != 0)
		rh_pow_money_follow(pow, &move, false);
}

/* Into the tree, the journal, the records and to the peers; false at the limit.  Gauges and mining
 * follow at the end of the step (rh_pow_settle). */
static bool admit(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block)
{
	struct rh_pow_state *state = pow->state;
	struct rh_chain_move move;

	if (!add_to_tree(pow, ref, block, &move)) {
		refuse_with_children(pow, block, "the tree is full: raise maxBlocks");
		return false;
	}
	state->added_in_step = 1;
	rh_fx_store(pow->fx, block->id, ref);
	rh_fx_sync(pow->fx);
	record_block(pow, RH_BLOCK_ACCEPTED, block, NULL);
	if (move.is_moved)
		head_moved(pow, &move);
	rh_relay_announce(&state->relay, &pow->state->relay_cfg, pow->env, pow->fx, block->id,
			  block->parent, ref);
	RH_CHECK(state->chain.entries.count > 500 ||
		 rh_chain_is_consistent(pow->env, &state->chain));
	return true;
}

/* A node that lost its blocks and finds the first of them again within the second makes the block
 * that its peers still have: it may enter the tree while their copy of it waits. */
static bool is_known(const struct rh_pow *pow, uint64_t id)
{
	return rh_chain_find(pow->env, &pow->state->chain, id) != RH_CHAIN_NONE;
}

/* Decides about a block; true when it went into the tree at once. */
static bool judge(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block,
		  uint32_t from)
{
	const struct rh_pow_params *params = pow->params;
	struct rh_pow_state *state = pow->state;
	uint32_t parent = rh_chain_find(pow->env, &state->chain, block->parent);
	struct rh_orphan pending = {
		.id = block->id, .parent = block->parent, .ref = ref, .from = from};
	const char *why;
	uint64_t draw;
	uint64_t sigma_ppm;

	if (is_known(pow, block->id))
		return false;
	if (parent == RH_CHAIN_NONE) {
		keep_orphan(pow, ref, block, from);
		return false;
	}
	why = broken_rule(pow, block, parent);
	if (why != NULL) {
		refuse_with_children(pow, block, why);
		return false;
	}
	if (is_early(pow, block)) {
		keep_early(pow, ref, block, from);
		return false;
	}
	if (params->validation_ns == 0)
		return admit(pow, ref, block);
	draw = rh_env_draw(pow->env, RH_PURPOSE_VALIDATION_TIME, block->id);
	sigma_ppm = rh_mul_div(params->validation_sigma.num, 1000000, params->validation_sigma.den);
	/* Held until then: what a step lets go may be gone before its effects are carried out. */
	rh_orphans_add(pow->env, &state->validating, UINT32_MAX, &pending);
	rh_fx_work(pow->fx, RH_POW_WORK_VALIDATE, block->id, ref,
		   rh_lognormal(draw, params->validation_ns, sigma_ppm));
	return false;
}

/* `id` is in the tree: its orphans are tried, and theirs, oldest first. */
static void adopt_orphans(struct rh_pow *pow, uint64_t id)
{
	struct rh_vec parents = {0};
	struct rh_orphan child;

	if (pow->state->orphans.items.count == 0)
		return;
	push_id(pow, &parents, id);
	for (uint32_t i = 0; i < parents.count; i++) {
		id = id_at(pow, &parents, i);
		while (rh_orphans_take_child(pow->env, &pow->state->orphans, id, &child)) {
			if (judge(pow, child.ref, rh_env_object(pow->env, child.ref), child.from))
				push_id(pow, &parents, child.id);
			rh_env_object_drop(pow->env, child.ref);
		}
	}
	rh_vec_release(pow->env->space, &parents, sizeof(uint64_t));
	rh_pow_gauge_pools(pow);
}

void rh_pow_accept(struct rh_pow *pow, struct rh_handle ref, const struct rh_pow_block *block)
{
	if (admit(pow, ref, block))
		adopt_orphans(pow, block->id);
}

void rh_pow_receive(struct rh_pow *pow, uint64_t id, struct rh_handle ref,
		    const struct rh_pow_block *block, uint32_t from)
{
	struct rh_pow_state *state = pow->state;

	if (block->id != id || !rh_pow_block_is_sealed(block)) {
		/* Says nothing about the block whose id it bears: that one may still come. */
		record_refused(pow, block, "its seal is wrong");
		rh_relay_forget(&state->relay, pow->env, id);
		return;
	}
	/* The relay gives each block once, unless it was told to forget it. */
	if (is_known(pow, block->id) || rh_orphans_has(pow->env, &state->orphans, block->id) ||
	    rh_orphans_has(pow->env, &state->early, block->id) ||
	    rh_orphans_has(pow->env, &state->validating, block->id))
		return;
	if (judge(pow, ref, block, from))
		adopt_orphans(pow, block->id);
}

void rh_pow_validated(struct rh_pow *pow, uint64_t id, struct rh_handle ref,
		      const struct rh_pow_block *block)
{
	struct rh_orphan pending;

	if (!rh_orphans_take(pow->env, &pow->state->validating, id, &pending))
		return;
	if (!is_known(pow, id))
		rh_pow_accept(pow, ref, block);
	rh_env_object_drop(pow->env, pending.ref);
}

void rh_pow_retry_early(struct rh_pow *pow)
{
	struct rh_orphan early;

	/* One that is still early (the clock was set back) returns with a later time. */
	while (rh_orphans_take_due(pow->env, &pow->state->early, pow->env->clock_ns, &early)) {
		const struct rh_pow_block *block = rh_env_object(pow->env, early.ref);

		if (judge(pow, early.ref, block, early.from))
			adopt_orphans(pow, block->id);
		rh_env_object_drop(pow->env, early.ref);
	}
	rh_pow_gauge_pools(pow);
	set_early_timer(pow);
}

void rh_pow_settle(struct rh_pow *pow)
{
	if (pow->state->added_in_step != 0)
		rh_pow_gauges(pow);
	if (pow->state->moved_in_step != 0)
		rh_pow_mine_start(pow);
	if (pow->state->money != 0)
		rh_pow_money_gauges(pow);
}
