/*
 * money.c - transactions at a proof-of-work node: what enters the pool, what a block may hold, and
 * what a new head does to both.
 *
 *	input, txs ──► admit ──► pool ──► spread (peers)
 *	                          │ ▲
 *	             fill: a block│ │ undone blocks give back what the new chain does not hold
 *	                          ▼ │
 *	                   ledger at the head
 *
 * The ledger stands at the head between steps.  A block is checked where it will stand, on whatever
 * branch that is: the ledger goes there, tries it, and comes back.  Two blocks that meet make that
 * way two blocks long; a long branch that arrives block by block is walked again for each of them.
 */
#include <string.h>

#include "models/pow/node.h"

#define TPS_BLOCKS 10

static struct rh_pow_money *money_of(const struct rh_pow *pow)
{
	return rh_at(pow->env->space, pow->state->money);
}

/* ---- ids that are remembered ------------------------------------------------------------------ */

static bool ring_has(const struct rh_pow *pow, const struct rh_pow_ring *ring, uint64_t id)
{
	uint64_t unused;

	return ring->ids.count > 0 && rh_idmap_get(pow->env->space, &ring->has, id, &unused);
}

/* A flood costs bounded memory: the oldest one is forgotten. */
static void ring_add(struct rh_pow *pow, struct rh_pow_ring *ring, uint64_t id)
{
	struct rh_space *space = pow->env->space;
	uint64_t *place;

	if (!rh_idmap_put(space, &ring->has, id, 1))
		return;
	if (ring->ids.count < RH_POW_RING_MAX) {
		place = rh_vec_push(space, &ring->ids, sizeof(id));
	} else {
		place = rh_vec_at(space, &ring->ids, sizeof(id), ring->next);
		rh_idmap_remove(space, &ring->has, *place);
		ring->next = (ring->next + 1) % RH_POW_RING_MAX;
	}
	*place = id;
}

static void ring_clear(const struct rh_env *env, struct rh_pow_ring *ring)
{
	rh_vec_release(env->space, &ring->ids, sizeof(uint64_t));
	rh_idmap_release(env->space, &ring->has);
	ring->next = 0;
}

/* ---- records --------------------------------------------------------------------------------- */

static void record_tx(struct rh_pow *pow, uint16_t stage, const struct rh_tx *tx, const char *why)
{
	struct rh_record *record = rh_fx_record(pow->fx, RH_RECORD_TX, stage);

	if (record == NULL)
		return;
	record->a = tx->id;
	record->d = tx->fee;
	if (why != NULL) {
		record->text = why;
		record->text_len = (uint32_t)strlen(why);
	}
}

static bool tells_all(const struct rh_pow *pow)
{
	return pow->params->tx_records == RH_POW_TX_RECORDS_ALL;
}

static void record_included(struct rh_pow *pow, const struct rh_pow_block *block)
{
	if (!tells_all(pow) && block->producer_name64 != pow->env->name64)
		return;
	for (uint32_t i = 0; i < block->body_count; i++) {
		const struct rh_tx *tx = &rh_pow_block_txs(block)[i];
		struct rh_record *record = rh_fx_record(pow->fx, RH_RECORD_TX, RH_TX_INCLUDED);

		if (record == NULL)
			return;
		record->a = tx->id;
		record->b = block->id;
		record->c = block->height;
		record->d = tx->fee;
	}
}

/* A transaction left the pool without a block. */
static void gone(void *ctx, const struct rh_tx *tx, const char *why)
{
	struct rh_pow *pow = ctx;
	struct rh_pow_money *money = money_of(pow);

	if (strcmp(why, RH_TX_WHY_EVICTED) == 0)
		money->evicted_count++;
	else if (strcmp(why, RH_TX_WHY_REPLACED) == 0)
		money->replaced_count++;
	if (strcmp(why, RH_TX_WHY_EXPIRED) == 0) {
		money->expired_count++;
		ring_add(pow, &money->expired, tx->id);
	}
	if (tells_all(pow))
		record_tx(pow, RH_TX_DROPPED, tx, why);
}

/* Transactions a second over the last blocks of the chain, by their own times. */
static int64_t tps_of(const struct rh_pow *pow)
{
	const struct rh_chain *chain = &pow->state->chain;
	const struct rh_chain_entry *head =
		rh_chain_at(pow->env, chain, rh_chain_head(pow->env, chain));
	const struct rh_chain_entry *entry = head;
	uint64_t count = 0;

	for (uint32_t i = 0; i < TPS_BLOCKS && entry->parent != RH_CHAIN_NONE; i++) {
		const struct rh_pow_block *block = rh_env_object(pow->env, entry->ref);

		count += block->body_count;
		entry = rh_chain_at(pow->env, chain, entry->parent);
	}
	return head->time_s > entry->time_s ? (int64_t)(count / (head->time_s - entry->time_s)) : 0;
}

static void gauge_head(struct rh_pow *pow)
{
	const struct rh_pow_money *money = money_of(pow);
	uint64_t root;
	uint64_t sum = rh_ledger_sum(pow->env, &money->ledger, &root);

	rh_fx_gauge(pow->fx, RH_GAUGE_TOTAL_SUPPLY, (int64_t)sum);
	rh_fx_gauge(pow->fx, RH_GAUGE_MODEL + RH_POW_GAUGE_BALANCES, (int64_t)root);
	rh_fx_gauge(pow->fx, RH_GAUGE_MODEL + RH_POW_GAUGE_TRANSACTIONS,
		    (int64_t)money->ledger.tx_count);
	rh_fx_gauge(pow->fx, RH_GAUGE_TPS, tps_of(pow));
}

void rh_pow_money_gauges(struct rh_pow *pow)
{
	const struct rh_pow_money *money = money_of(pow);
	struct rh_effects *fx = pow->fx;
	uint32_t own = RH_GAUGE_MODEL;

	/* Also after a restart, when what the journal held is read. */
	if (pow->state->moved_in_step != 0)
		gauge_head(pow);
	if (money->touched_in_step == 0)
		return;
	money_of(pow)->touched_in_step = 0;
	rh_fx_gauge(fx, RH_GAUGE_MEMPOOL_SIZE, money->pool.count);
	rh_fx_gauge(fx, own + RH_POW_GAUGE_MEMPOOL_BYTES, (int64_t)money->pool.bytes);
	rh_fx_gauge(fx, own + RH_POW_GAUGE_MEMPOOL, (int64_t)money->pool.mark);
	rh_fx_gauge(fx, own + RH_POW_GAUGE_TX_REFUSED, (int64_t)money->refused_count);
	rh_fx_gauge(fx, own + RH_POW_GAUGE_TX_EVICTED, (int64_t)money->evicted_count);
	rh_fx_gauge(fx, own + RH_POW_GAUGE_TX_REPLACED, (int64_t)money->replaced_count);
	rh_fx_gauge(fx, own + RH_POW_GAUGE_TX_EXPIRED, (int64_t)money->expired_count);
	rh_fx_gauge(fx, own + RH_POW_GAUGE_TX_RETURNED, (int64_t)money->returned_count);
}

/* ---- life ------------------------------------------------------------------------------------ */

static void set_pool_timer(struct rh_pow *pow)
{
	struct rh_pow_money *money = money_of(pow);
	uint64_t oldest_ns = rh_mempool_oldest_ns(pow->env, &money->pool);
	uint64_t at_ns;

	if (oldest_ns == RH_TIME_NEVER)
		return;
	at_ns = rh_time_add(oldest_ns, money->pool_cfg.expiry_ns);
	if (money->reannounce_ns != 0 && money->reannounce_ns < at_ns)
		at_ns = money->reannounce_ns;
	if (money->pool_timer_ns != 0 && money->pool_timer_ns <= at_ns)
		return;
	money->pool_timer_ns = at_ns;
	rh_fx_timer(pow->fx, RH_POW_TIMER_POOL, at_ns);
}

void rh_pow_money_start(struct rh_pow *pow, uint64_t starts)
{
	const struct rh_pow_params *params = pow->params;
	struct rh_pow_money *money;
	const char *why;
	/* Nobody's, as Bitcoin's first reward is. */
	struct rh_ledger_block genesis = {.subsidy = rh_pow_subsidy(0, pow->state->rules.halving)};

	if (params->wallets == 0)
		return;
	pow->state->money = rh_space_alloc(pow->env->space, sizeof(*money));
	money = money_of(pow);
	money->pool_cfg = (struct rh_mempool_cfg){
		.count_max = (uint32_t)params->mempool_count,
		.bytes_max = params->mempool_bytes,
		.price_min = (uint64_t)params->price_min,
		.bump_ppm = rh_mul_div(params->replace_bump.num, 1000000, params->replace_bump.den),
		.size_max = (uint32_t)params->transaction_max_bytes,
		.gap_max = (uint32_t)params->nonce_gap,
		.sender_max = (uint32_t)params->sender_limit,
		.expiry_ns = params->mempool_expiry_ns,
	};
	money->spread_cfg = (struct rh_spread_cfg){
		.ask_kind = RH_POW_KIND_TXGET,
		.topic = RH_POW_TOPIC_TXINV,
		.timer = RH_POW_TIMER_SPREAD,
		.interval_ns = params->spread_interval_ns,
		.timeout_ns = params->spread_timeout_ns,
		.asked_max = 100000,
	};
	rh_spread_init(&money->spread, starts);
	rh_ledger_init(&money->ledger, (uint32_t)params->wallets, (uint64_t)params->balance);
	why = rh_ledger_apply(pow->env, &money->ledger, &genesis);
	RH_ASSERT(why == NULL);
	money->touched_in_step = 1;
	if (params->reannounce_ns != 0)
		money->reannounce_ns = pow->env->clock_ns + params->reannounce_ns;
}

void rh_pow_money_release(const struct rh_env *env, struct rh_pow_state *state)
{
	struct rh_pow_money *money;

	if (state->money == 0)
		return;
	money = rh_at(env->space, state->money);
	rh_ledger_release(env, &money->ledger);
	rh_mempool_release(env, &money->pool);
	rh_spread_release(env, &money->spread);
	ring_clear(env, &money->refused);
	ring_clear(env, &money->expired);
	rh_space_free(env->space, state->money, sizeof(*money));
	state->money = 0;
}

void rh_pow_money_digest(const struct rh_env *env, const struct rh_pow_state *state,
			 struct rh_digest *digest)
{
	const struct rh_pow_money *money = rh_at(env->space, state->money);
	uint64_t root;

	rh_digest_u64(digest, rh_ledger_sum(env, &money->ledger, &root));
	rh_digest_u64(digest, root);
	rh_digest_u64(digest, money->ledger.tx_count);
	rh_digest_u64(digest, money->pool.mark);
	rh_digest_u64(digest, money->pool.bytes);
	rh_digest_u64(digest, money->spread.told);
	rh_digest_u32(digest, money->spread.asked_at.count);
	rh_digest_u32(digest, money->refused.ids.count);
	rh_digest_u32(digest, money->expired.ids.count);
}

bool rh_pow_money_is_conserved(const struct rh_env *env, const struct rh_pow_state *state)
{
	const struct rh_pow_money *money = rh_at(env->space, state->money);
	uint64_t root;

	return money->ledger.minted == state->minted &&
	       rh_ledger_sum(env, &money->ledger, &root) == rh_ledger_supply(&money->ledger);
}

/* ---- the ledger along the tree --------------------------------------------------------------- */

static struct rh_ledger_block ledger_block(const struct rh_pow *pow,
					   const struct rh_pow_block *block)
{
	return (struct rh_ledger_block){
		.txs = rh_pow_block_txs(block),
		.count = block->body_count,
		.finder64 = block->producer_name64,
		.subsidy = rh_pow_subsidy(block->height, pow->state->rules.halving),
	};
}

static const struct rh_pow_block *block_at(const struct rh_pow *pow, uint32_t position)
{
	return rh_env_object(pow->env, rh_chain_at(pow->env, &pow->state->chain, position)->ref);
}

/* Down to the common ancestor, then up. */
static void go_to(struct rh_pow *pow, uint32_t position)
{
	struct rh_pow_money *money = money_of(pow);
	const struct rh_env *env = pow->env;
	const struct rh_chain *chain = &pow->state->chain;
	uint32_t common;
	uint32_t height;

	if (money->position == position)
		return;
	common = rh_chain_common(env, chain, money->position, position);
	while (money->position != common) {
		struct rh_ledger_block block = ledger_block(pow, block_at(pow, money->position));

		rh_ledger_undo(env, &money->ledger, &block);
		money->position = rh_chain_at(env, chain, money->position)->parent;
	}
	height = rh_chain_at(env, chain, common)->height;
	while (money->position != position) {
		uint32_t next = rh_chain_ancestor(env, chain, position, ++height);
		struct rh_ledger_block block = ledger_block(pow, block_at(pow, next));
		const char *why = rh_ledger_apply(env, &money->ledger, &block);

		RH_ASSERT(why == NULL); /* it was tried before it went into the tree */
		money->position = next;
	}
}

static const char *broken_body(const struct rh_pow *pow, const struct rh_pow_block *block)
{
	const struct rh_tx *txs = rh_pow_block_txs(block);
	uint64_t limit = (uint64_t)pow->params->block_transactions;
	uint64_t size = RH_POW_BLOCK_MIN;
	uint64_t fees = 0;

	if (block->tx_count != block->body_count + 1)
		return "its transactions are missing";
	if (limit != 0 && block->body_count > limit)
		return "it holds too many transactions";
	for (uint32_t i = 0; i < block->body_count; i++) {
		if (txs[i].signature != rh_tx_signature(&txs[i]))
			return "it holds a transaction with a wrong signature";
		size += txs[i].size_bytes;
		fees += txs[i].fee;
	}
	if (size != block->size_bytes || fees != block->fees)
		return "its size or its fees are not those of its transactions";
	if (size > pow->params->block_bytes)
		return "it is too large";
	if (block->root != rh_tx_root(txs, block->body_count))
		return "its transactions are not those it commits to";
	return NULL;
}

const char *rh_pow_money_broken_rule(struct rh_pow *pow, const struct rh_pow_block *block,
				     uint32_t parent)
{
	struct rh_pow_money *money = money_of(pow);
	uint32_t home = money->position;
	struct rh_ledger_block body = ledger_block(pow, block);
	const char *why = broken_body(pow, block);

	if (why != NULL)
		return why;
	go_to(pow, parent);
	why = rh_ledger_apply(pow->env, &money->ledger, &body);
	if (why == NULL)
		rh_ledger_undo(pow->env, &money->ledger, &body);
	go_to(pow, home);
	return why;
}

void rh_pow_money_fill(struct rh_pow *pow, struct rh_vec *txs)
{
	const struct rh_pow_money *money = money_of(pow);
	uint64_t room = pow->params->block_bytes;
	uint32_t limit = (uint32_t)pow->params->block_transactions;

	room = room > RH_POW_BLOCK_MIN ? room - RH_POW_BLOCK_MIN : 0;
	if (limit == 0)
		limit = RH_POW_TX_COUNT_MAX - 1;
	rh_mempool_select(pow->env, &money->pool, &money->ledger, limit, room, txs);
}

/* ---- the pool -------------------------------------------------------------------------------- */

static const char *try_add(struct rh_pow *pow, const struct rh_tx *tx)
{
	struct rh_pow_money *money = money_of(pow);
	struct rh_mempool_gone tell = {gone, pow};

	return rh_mempool_add(pow->env, &money->pool, &money->pool_cfg, tx,
			      rh_ledger_wallet(pow->env, &money->ledger, rh_tx_sender(tx->id)),
			      money->ledger.wallet_count, &tell);
}

/* One that came from a workload or a peer. */
static void admit(struct rh_pow *pow, const struct rh_tx *tx, bool is_own)
{
	struct rh_pow_money *money = money_of(pow);
	const char *why;

	if (rh_mempool_has(pow->env, &money->pool, tx->id))
		return;
	why = ring_has(pow, &money->expired, tx->id) ? RH_TX_WHY_EXPIRED : try_add(pow, tx);
	money->touched_in_step = 1;
	if (why != NULL) {
		/* What a block took meanwhile is nobody's fault. */
		if (!is_own && strcmp(why, RH_TX_WHY_OLD) == 0)
			return;
		money->refused_count++;
		/* A wrong signature says nothing about the transaction whose id it bears. */
		if (strcmp(why, RH_TX_WHY_SIGNED) != 0)
			ring_add(pow, &money->refused, tx->id);
		if (is_own || tells_all(pow))
			record_tx(pow, RH_TX_DROPPED, tx, why);
		return;
	}
	if (is_own || tells_all(pow))
		record_tx(pow, RH_TX_SEEN, tx, NULL);
	rh_spread_tell(&money->spread, &money->spread_cfg, pow->env, pow->fx, tx->id);
	set_pool_timer(pow);
}

/* A block left the chain: what it held waits again, unless the new chain holds it. */
static void give_back(struct rh_pow *pow, const struct rh_pow_block *block)
{
	struct rh_pow_money *money = money_of(pow);

	for (uint32_t i = 0; i < block->body_count; i++) {
		const struct rh_tx *tx = &rh_pow_block_txs(block)[i];
		struct rh_wallet wallet =
			rh_ledger_wallet(pow->env, &money->ledger, rh_tx_sender(tx->id));

		if (rh_tx_nonce(tx->id) < wallet.next ||
		    rh_mempool_has(pow->env, &money->pool, tx->id) || try_add(pow, tx) != NULL)
			continue;
		money->returned_count++;
		if (tells_all(pow))
			record_tx(pow, RH_TX_SEEN, tx, "a reorganisation took its block away");
	}
}

/* What a block holds waits no longer, nor does anything that it makes impossible. */
static void take_block(struct rh_pow *pow, const struct rh_pow_block *block, uint64_t *delay_ns,
		       uint32_t *known)
{
	struct rh_pow_money *money = money_of(pow);
	struct rh_mempool_gone tell = {gone, pow};

	for (uint32_t i = 0; i < block->body_count; i++) {
		const struct rh_tx *tx = &rh_pow_block_txs(block)[i];
		uint64_t since_ns;

		if (rh_mempool_take(pow->env, &money->pool, tx->id, &since_ns)) {
			*delay_ns +=
				pow->env->clock_ns > since_ns ? pow->env->clock_ns - since_ns : 0;
			(*known)++;
		}
		rh_spread_came(&money->spread, pow->env, tx->id);
		rh_mempool_settle(pow->env, &money->pool, rh_tx_sender(tx->id),
				  rh_tx_nonce(tx->id) + 1, &tell);
	}
}

void rh_pow_money_follow(struct rh_pow *pow, const struct rh_chain_move *move, bool is_told)
{
	struct rh_pow_money *money = money_of(pow);
	const struct rh_chain *chain = &pow->state->chain;
	uint32_t height = rh_chain_at(pow->env, chain, move->ancestor)->height;
	uint32_t top = rh_chain_at(pow->env, chain, move->new_head)->height;
	uint64_t delay_ns = 0;
	uint32_t known = 0;

	go_to(pow, move->new_head);
	if (!is_told)
		return;
	/* First what the new chain holds, so that the undone blocks find their room. */
	while (height < top) {
		const struct rh_pow_block *block =
			block_at(pow, rh_chain_main(pow->env, chain, ++height));

		take_block(pow, block, &delay_ns, &known);
		record_included(pow, block);
	}
	for (uint32_t i = move->old_head; i != move->ancestor;
	     i = rh_chain_at(pow->env, chain, i)->parent)
		give_back(pow, block_at(pow, i));
	/* The next block may have changed any of it, as Bitcoin's nodes think too. */
	ring_clear(pow->env, &money->refused);
	money->touched_in_step = 1;
	if (known > 0)
		rh_fx_gauge(pow->fx, RH_GAUGE_INCLUSION_DELAY, (int64_t)(delay_ns / known));
	set_pool_timer(pow);
	RH_CHECK(rh_mempool_is_consistent(pow->env, &money->pool));
}

/* ---- events ---------------------------------------------------------------------------------- */

/* A hostile node sends its peers what it did not look at. */
static void push(struct rh_pow *pow, const struct rh_tx *tx)
{
	const struct rh_env *env = pow->env;
	struct rh_handle ref;
	struct rh_tx_list *list = rh_env_object_new(env, sizeof(*list) + sizeof(*tx), &ref);

	list->count = 1;
	list->txs[0] = *tx;
	for (uint32_t i = 0; i < env->peer_count; i++)
		rh_fx_send(pow->fx, env->peers[i], RH_POW_KIND_TXS, tx->id, ref);
}

void rh_pow_money_input(struct rh_pow *pow, const struct rh_event *event)
{
	struct rh_tx tx = {.id = event->key};

	if (pow->state->money == 0) {
		record_tx(pow, RH_TX_DROPPED, &tx,
			  "this chain has no wallets: set model.with.wallets");
		return;
	}
	rh_tx_make(&tx, event->key, event->arg, money_of(pow)->ledger.wallet_count);
	if (event->kind == RH_TX_PUSH)
		push(pow, &tx);
	else if (event->kind == RH_TX_SUBMIT)
		admit(pow, &tx, true);
}

static bool wants(void *ctx, uint64_t id)
{
	struct rh_pow *pow = ctx;
	const struct rh_pow_money *money = money_of(pow);

	return rh_tx_sender(id) < money->ledger.wallet_count &&
	       rh_tx_nonce(id) >=
		       rh_ledger_wallet(pow->env, &money->ledger, rh_tx_sender(id)).next &&
	       !rh_mempool_has(pow->env, &money->pool, id) && !ring_has(pow, &money->refused, id) &&
	       !ring_has(pow, &money->expired, id);
}

/* The transactions of a list that are still here. */
static void answer(struct rh_pow *pow, uint32_t to, const struct rh_tx_ids *ids)
{
	const struct rh_pow_money *money = money_of(pow);
	struct rh_tx_list *list = NULL;
	struct rh_handle ref;

	for (uint32_t i = 0; i < ids->count && i < RH_TX_LIST_MAX; i++) {
		const struct rh_tx *tx = rh_mempool_get(pow->env, &money->pool, ids->ids[i]);

		if (tx == NULL)
			continue;
		if (list == NULL)
			list = rh_env_object_new(
				pow->env,
				(uint32_t)(sizeof(*list) + (ids->count - i) * sizeof(*tx)), &ref);
		list->txs[list->count++] = *tx;
	}
	if (list != NULL)
		rh_fx_send(pow->fx, to, RH_POW_KIND_TXS, list->txs[0].id, ref);
}

static bool is_peer(const struct rh_env *env, uint32_t node)
{
	uint32_t low = 0;
	uint32_t high = env->peer_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (env->peers[middle] < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low < env->peer_count && env->peers[low] == node;
}

static void take_list(struct rh_pow *pow, const struct rh_tx_list *list)
{
	struct rh_pow_money *money = money_of(pow);

	for (uint32_t i = 0; i < list->count && i < RH_TX_LIST_MAX; i++) {
		rh_spread_came(&money->spread, pow->env, list->txs[i].id);
		admit(pow, &list->txs[i], false);
	}
}

void rh_pow_money_message(struct rh_pow *pow, const struct rh_event *event)
{
	struct rh_pow_money *money = money_of(pow);

	if (event->object == NULL || !is_peer(pow->env, event->from))
		return;
	if (event->kind == RH_POW_KIND_TXINV)
		rh_spread_heard(&money->spread, &money->spread_cfg, pow->env, pow->fx, event->from,
				event->object, wants, pow);
	else if (event->kind == RH_POW_KIND_TXGET)
		answer(pow, event->from, event->object);
	else if (event->kind == RH_POW_KIND_TXS)
		take_list(pow, event->object);
}

/* What has waited for a whole interval is told again: a cut, a restart or a full pool may have kept
 * it from somebody, whom nobody else would tell. */
static void reannounce(struct rh_pow *pow)
{
	struct rh_pow_money *money = money_of(pow);
	const struct rh_env *env = pow->env;
	uint64_t interval_ns = pow->params->reannounce_ns;
	struct rh_vec ids = {0};

	if (money->reannounce_ns == 0 || money->reannounce_ns > env->clock_ns)
		return;
	if (env->clock_ns >= interval_ns)
		rh_mempool_list(env, &money->pool, env->clock_ns - interval_ns, &ids);
	for (uint32_t i = 0; i < ids.count; i++)
		rh_spread_tell(&money->spread, &money->spread_cfg, env, pow->fx,
			       *(uint64_t *)rh_vec_at(env->space, &ids, sizeof(uint64_t), i));
	rh_vec_release(env->space, &ids, sizeof(uint64_t));
	money->reannounce_ns = env->clock_ns + interval_ns;
}

void rh_pow_money_timer(struct rh_pow *pow, const struct rh_event *event)
{
	struct rh_pow_money *money = money_of(pow);
	struct rh_mempool_gone tell = {gone, pow};

	if (event->kind == RH_POW_TIMER_SPREAD)
		rh_spread_on_timer(&money->spread, &money->spread_cfg, pow->env, pow->fx);
	if (event->kind != RH_POW_TIMER_POOL)
		return;
	money->pool_timer_ns = 0;
	money->touched_in_step = 1;
	rh_mempool_expire(pow->env, &money->pool, &money->pool_cfg, &tell);
	reannounce(pow);
	set_pool_timer(pow);
}
