/*
 * test_mempool.c - the pool against a naive one: a plain list in order of arrival, in which everything
 * is found by looking at everything.
 *
 * Random transactions (prices, nonces with gaps and repeats, flaws), blocks, expiry and full pools;
 * after each step both hold the same, refuse for the same reason, let the same ones go for the same
 * reasons, and fill the same block.  Single rules follow, each by itself.
 */
#include "core/base/units.h"
#include "models/chain/mempool.h"
#include "tests/unit/chain/frame.h"

#define WALLETS 5
#define MANY	200

/* ---- the naive pool -------------------------------------------------------------------------- */

struct naive {
	struct rh_tx txs[MANY];
	uint64_t since[MANY];
	uint32_t count;
};

struct log {
	uint64_t ids[MANY];
	const char *why[MANY];
	uint32_t count;
};

static int price_order(const struct rh_tx *a, const struct rh_tx *b)
{
	unsigned __int128 left = (unsigned __int128)a->fee * b->size_bytes;
	unsigned __int128 right = (unsigned __int128)b->fee * a->size_bytes;

	return left < right ? -1 : left > right;
}

static bool naive_leaves_before(const struct naive *pool, uint32_t a, uint32_t b)
{
	int price = price_order(&pool->txs[a], &pool->txs[b]);

	if (price != 0)
		return price < 0;
	if (pool->since[a] != pool->since[b])
		return pool->since[a] > pool->since[b];
	return pool->txs[a].id > pool->txs[b].id;
}

static void naive_remove(struct naive *pool, uint32_t at, const char *why, struct log *log)
{
	if (why != NULL) {
		log->ids[log->count] = pool->txs[at].id;
		log->why[log->count++] = why;
	}
	for (pool->count--; at < pool->count; at++) {
		pool->txs[at] = pool->txs[at + 1];
		pool->since[at] = pool->since[at + 1];
	}
}

static uint64_t naive_bytes(const struct naive *pool)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < pool->count; i++)
		bytes += pool->txs[i].size_bytes;
	return bytes;
}

static const char *naive_evict(struct naive *pool, const struct rh_mempool_cfg *cfg, uint64_t id,
			       struct log *log)
{
	while (pool->count > cfg->count_max || naive_bytes(pool) > cfg->bytes_max) {
		uint32_t worst = 0;
		uint32_t last;

		for (uint32_t i = 1; i < pool->count; i++)
			if (naive_leaves_before(pool, i, worst))
				worst = i;
		last = worst;
		for (uint32_t i = 0; i < pool->count; i++)
			if (rh_tx_sender(pool->txs[i].id) == rh_tx_sender(pool->txs[worst].id) &&
			    rh_tx_nonce(pool->txs[i].id) > rh_tx_nonce(pool->txs[last].id))
				last = i;
		if (pool->txs[last].id == id) {
			naive_remove(pool, last, NULL, log);
			return RH_TX_WHY_FULL;
		}
		naive_remove(pool, last, RH_TX_WHY_EVICTED, log);
	}
	return NULL;
}

static const char *naive_add(struct naive *pool, const struct rh_mempool_cfg *cfg,
			     const struct rh_tx *tx, struct rh_wallet wallet, uint64_t now,
			     struct log *log)
{
	uint32_t sender = rh_tx_sender(tx->id);
	uint32_t nonce = rh_tx_nonce(tx->id);
	uint32_t same = MANY;
	uint32_t of_sender = 0;
	unsigned __int128 spend = (unsigned __int128)tx->amount + tx->fee;

	if (tx->size_bytes > cfg->size_max || tx->size_bytes < RH_TX_BYTES_MIN)
		return RH_TX_WHY_SIZE;
	if (tx->signature != rh_tx_signature(tx))
		return RH_TX_WHY_SIGNED;
	if (sender >= WALLETS || tx->recipient >= WALLETS)
		return RH_TX_WHY_WALLET;
	if (tx->fee < cfg->price_min * tx->size_bytes)
		return RH_TX_WHY_FEE;
	if (nonce < wallet.next)
		return RH_TX_WHY_OLD;
	if (nonce > wallet.next + cfg->gap_max)
		return RH_TX_WHY_GAP;
	if (spend > wallet.balance)
		return RH_TX_WHY_BALANCE;
	for (uint32_t i = 0; i < pool->count; i++) {
		if (rh_tx_sender(pool->txs[i].id) != sender)
			continue;
		of_sender++;
		if (rh_tx_nonce(pool->txs[i].id) == nonce)
			same = i;
		else
			spend += pool->txs[i].amount + pool->txs[i].fee;
	}
	if (same != MANY) {
		const struct rh_tx *old = &pool->txs[same];

		if (tx->fee <= old->fee ||
		    tx->fee < old->fee + old->fee * cfg->bump_ppm / 1000000 ||
		    price_order(tx, old) <= 0)
			return RH_TX_WHY_BUMP;
	} else if (of_sender >= cfg->sender_max) {
		return RH_TX_WHY_SENDER;
	}
	if (spend > wallet.balance)
		return RH_TX_WHY_BALANCE;
	if (same != MANY)
		naive_remove(pool, same, RH_TX_WHY_REPLACED, log);
	pool->txs[pool->count] = *tx;
	pool->since[pool->count++] = now;
	return naive_evict(pool, cfg, tx->id, log);
}

/* Again and again the best one that can be next. */
static uint32_t naive_select(const struct naive *pool, const struct rh_wallet *wallets,
			     uint32_t count_max, uint64_t bytes_max, uint64_t *ids)
{
	struct rh_wallet left[WALLETS];
	bool is_out[WALLETS] = {false};
	uint64_t bytes = 0;
	uint32_t count = 0;

	memcpy(left, wallets, sizeof(left));
	while (count < count_max) {
		uint32_t best = MANY;
		uint32_t sender;

		for (uint32_t i = 0; i < pool->count; i++) {
			const struct rh_tx *tx = &pool->txs[i];

			sender = rh_tx_sender(tx->id);
			if (is_out[sender] || rh_tx_nonce(tx->id) != left[sender].next ||
			    tx->amount + tx->fee > left[sender].balance)
				continue;
			if (best == MANY || naive_leaves_before(pool, best, i))
				best = i;
		}
		if (best == MANY)
			break;
		sender = rh_tx_sender(pool->txs[best].id);
		if (bytes + pool->txs[best].size_bytes > bytes_max) {
			is_out[sender] = true;
			continue;
		}
		bytes += pool->txs[best].size_bytes;
		left[sender].next++;
		left[sender].balance -= pool->txs[best].amount + pool->txs[best].fee;
		ids[count++] = pool->txs[best].id;
	}
	return count;
}

/* ---- both ------------------------------------------------------------------------------------ */

struct both {
	struct frame *frame;
	struct rh_mempool pool;
	struct rh_mempool_cfg cfg;
	struct naive naive;
	struct rh_ledger ledger;
	struct log pool_log;
	struct log naive_log;
	uint64_t dice;
};

static void on_gone(void *ctx, const struct rh_tx *tx, const char *why)
{
	struct both *both = ctx;

	both->pool_log.ids[both->pool_log.count] = tx->id;
	both->pool_log.why[both->pool_log.count++] = why;
}

static uint64_t roll(struct both *both, uint64_t bound)
{
	return rh_absorb(77, both->dice++) % bound;
}

static struct both *both_new(uint64_t seed)
{
	struct both *both = calloc(1, sizeof(*both));

	both->frame = frame_new();
	both->dice = seed * 1000000;
	both->cfg = (struct rh_mempool_cfg){.count_max = 12,
					    .bytes_max = 3000,
					    .price_min = 2,
					    .bump_ppm = 100000,
					    .size_max = 600,
					    .gap_max = 6,
					    .sender_max = 6,
					    .expiry_ns = 400};
	rh_ledger_init(&both->ledger, WALLETS, 20000);
	return both;
}

static void both_free(struct both *both)
{
	rh_mempool_release(&both->frame->env, &both->pool);
	rh_ledger_release(&both->frame->env, &both->ledger);
	frame_free(both->frame);
	free(both);
}

static struct rh_tx make(uint32_t sender, uint32_t nonce, uint32_t salt, uint64_t fee,
			 uint32_t size_bytes)
{
	struct rh_tx_order order = {.sender = sender, .nonce = nonce, .salt = salt};
	struct rh_tx tx = {
		.id = rh_tx_key(&order), .amount = 100, .fee = fee, .size_bytes = size_bytes};

	tx.signature = rh_tx_signature(&tx);
	return tx;
}

static struct rh_wallet wallet_of(const struct both *both, uint32_t sender)
{
	return rh_ledger_wallet(&both->frame->env, &both->ledger, sender);
}

static const char *add(struct both *both, const struct rh_tx *tx)
{
	struct rh_mempool_gone gone = {on_gone, both};
	struct rh_wallet wallet = wallet_of(both, rh_tx_sender(tx->id));
	const char *why = rh_mempool_add(&both->frame->env, &both->pool, &both->cfg, tx, wallet,
					 WALLETS, &gone);
	const char *naive = naive_add(&both->naive, &both->cfg, tx, wallet,
				      both->frame->env.clock_ns, &both->naive_log);

	ck_assert_msg(why == naive || (why != NULL && naive != NULL && strcmp(why, naive) == 0),
		      "%s, not %s", why != NULL ? why : "taken", naive != NULL ? naive : "taken");
	return why;
}

static void compare(struct both *both)
{
	const struct rh_env *env = &both->frame->env;
	struct rh_vec ids = {0};

	ck_assert(rh_mempool_is_consistent(env, &both->pool));
	ck_assert_uint_eq(both->pool.count, both->naive.count);
	rh_mempool_list(env, &both->pool, UINT64_MAX, &ids);
	for (uint32_t i = 0; i < both->naive.count; i++)
		ck_assert_uint_eq(*(uint64_t *)rh_vec_at(env->space, &ids, 8, i),
				  both->naive.txs[i].id);
	rh_vec_release(env->space, &ids, 8);
	ck_assert_uint_eq(both->pool_log.count, both->naive_log.count);
	for (uint32_t i = 0; i < both->pool_log.count; i++) {
		ck_assert_uint_eq(both->pool_log.ids[i], both->naive_log.ids[i]);
		ck_assert_str_eq(both->pool_log.why[i], both->naive_log.why[i]);
	}
	both->pool_log.count = 0;
	both->naive_log.count = 0;
}

/* The best ones of both; then a part of them, and perhaps a stranger, is a block. */
static void make_block(struct both *both)
{
	const struct rh_env *env = &both->frame->env;
	struct rh_wallet wallets[WALLETS];
	struct rh_mempool_gone gone = {on_gone, both};
	uint32_t count_max = 1 + (uint32_t)roll(both, 8);
	uint64_t bytes_max = 300 + roll(both, 2000);
	struct rh_vec txs = {0};
	uint64_t ids[MANY];
	uint32_t count;
	struct rh_ledger_block block = {.finder64 = 9, .subsidy = 5};

	for (uint32_t i = 0; i < WALLETS; i++)
		wallets[i] = wallet_of(both, i);
	rh_mempool_select(env, &both->pool, &both->ledger, count_max, bytes_max, &txs);
	count = naive_select(&both->naive, wallets, count_max, bytes_max, ids);
	ck_assert_uint_eq(txs.count, count);
	for (uint32_t i = 0; i < count; i++)
		ck_assert_uint_eq(
			((struct rh_tx *)rh_vec_at(env->space, &txs, sizeof(struct rh_tx), i))->id,
			ids[i]);
	if (roll(both, 3) == 0 && count == 0 && wallets[0].balance >= 1100) {
		struct rh_tx stranger = make(0, wallets[0].next, 77, 1000, 100);

		*(struct rh_tx *)rh_vec_push(env->space, &txs, sizeof(stranger)) = stranger;
	}
	block.count = txs.count;
	block.txs = txs.count > 0 ? rh_vec_at(env->space, &txs, sizeof(struct rh_tx), 0) : NULL;
	ck_assert_ptr_null(rh_ledger_apply(env, &both->ledger, &block));
	for (uint32_t i = 0; i < block.count; i++) {
		uint32_t sender = rh_tx_sender(block.txs[i].id);
		uint32_t next = rh_tx_nonce(block.txs[i].id) + 1;
		uint64_t since;

		rh_mempool_take(env, &both->pool, block.txs[i].id, &since);
		rh_mempool_settle(env, &both->pool, sender, next, &gone);
		for (uint32_t k = 0; k < both->naive.count; k++) {
			const struct rh_tx *tx = &both->naive.txs[k];

			if (rh_tx_sender(tx->id) != sender || rh_tx_nonce(tx->id) >= next)
				continue;
			naive_remove(&both->naive, k,
				     tx->id == block.txs[i].id ? NULL : RH_TX_WHY_STALE,
				     &both->naive_log);
			k--;
		}
	}
	rh_vec_release(env->space, &txs, sizeof(struct rh_tx));
}

static void expire(struct both *both)
{
	struct rh_mempool_gone gone = {on_gone, both};

	rh_mempool_expire(&both->frame->env, &both->pool, &both->cfg, &gone);
	while (both->naive.count > 0 &&
	       both->naive.since[0] + both->cfg.expiry_ns <= both->frame->env.clock_ns)
		naive_remove(&both->naive, 0, RH_TX_WHY_EXPIRED, &both->naive_log);
}

static struct rh_tx random_tx(struct both *both)
{
	uint32_t sender = (uint32_t)roll(both, WALLETS);
	uint32_t nonce = wallet_of(both, sender).next + (uint32_t)roll(both, 4);
	uint32_t size = 100 + (uint32_t)roll(both, 5) * 100;
	struct rh_tx tx = make(sender, nonce, (uint32_t)roll(both, 1000),
			       size * (2 + roll(both, 6)) + roll(both, 3) * 50, size);

	switch (roll(both, 40)) {
	case 0:
		tx.signature++;
		return tx;
	case 1:
		tx.fee = size;
		break;
	case 2:
		tx.size_bytes = 99;
		break;
	case 3:
		tx.size_bytes = 601;
		break;
	case 4:
		tx.amount = UINT64_MAX;
		break;
	case 5:
		tx.recipient = WALLETS;
		break;
	case 6:
		return make(sender, nonce + 7, 1, tx.fee, size);
	case 7:
		return make(sender, 0, 1, tx.fee, size);
	case 8:
		return make(WALLETS, nonce, 1, tx.fee, size);
	default:
		break;
	}
	tx.signature = rh_tx_signature(&tx);
	return tx;
}

START_TEST(like_the_naive_one)
{
	uint32_t reasons = 0;

	for (uint64_t seed = 0; seed < 60; seed++) {
		struct both *both = both_new(seed);

		for (uint32_t i = 0; i < 400; i++) {
			struct rh_tx tx = random_tx(both);

			both->frame->env.clock_ns += roll(both, 30);
			if (!rh_mempool_has(&both->frame->env, &both->pool, tx.id))
				reasons += add(both, &tx) != NULL;
			compare(both);
			if (roll(both, 12) == 0)
				make_block(both);
			if (roll(both, 5) == 0)
				expire(both);
			compare(both);
		}
		both_free(both);
	}
	ck_assert_uint_gt(reasons, 1000);
}
END_TEST

/* ---- single rules ---------------------------------------------------------------------------- */

START_TEST(the_last_of_the_cheapest_sender_leaves)
{
	struct both *both = both_new(1);
	struct rh_tx cheap = make(0, 1, 0, 300, 100);
	struct rh_tx after = make(0, 2, 0, 2000, 100);
	struct rh_tx dear = make(1, 1, 0, 1000, 100);
	struct rh_tx cheaper = make(2, 1, 0, 250, 100);

	both->cfg.count_max = 2;
	ck_assert_ptr_null(add(both, &cheap));
	ck_assert_ptr_null(add(both, &after));
	/* The cheapest is nonce 1, but nonce 2 goes: it could not be in a block without it. */
	ck_assert_ptr_null(add(both, &dear));
	ck_assert(!rh_mempool_has(&both->frame->env, &both->pool, after.id));
	ck_assert(rh_mempool_has(&both->frame->env, &both->pool, cheap.id));
	ck_assert_str_eq(add(both, &cheaper), RH_TX_WHY_FULL);
	compare(both);
	both_free(both);
}
END_TEST

START_TEST(a_replacement_pays_ten_percent_more)
{
	struct both *both = both_new(1);
	struct rh_tx first = make(0, 1, 0, 1000, 100);
	struct rh_tx less = make(0, 1, 1, 1099, 100);
	struct rh_tx enough = make(0, 1, 2, 1100, 100);
	struct rh_tx larger = make(0, 1, 3, 2000, 200);

	ck_assert_ptr_null(add(both, &first));
	ck_assert_str_eq(add(both, &less), RH_TX_WHY_BUMP);
	ck_assert_ptr_null(add(both, &enough));
	/* More money for less a byte is no improvement. */
	ck_assert_str_eq(add(both, &larger), RH_TX_WHY_BUMP);
	ck_assert_uint_eq(both->pool.count, 1);
	compare(both);
	both_free(both);
}
END_TEST

START_TEST(a_gap_waits_and_closes)
{
	struct both *both = both_new(1);
	const struct rh_env *env = &both->frame->env;
	struct rh_tx third = make(0, 3, 0, 5000, 100);
	struct rh_tx first = make(0, 1, 0, 300, 100);
	struct rh_tx second = make(0, 2, 0, 400, 100);
	struct rh_vec txs = {0};

	ck_assert_ptr_null(add(both, &third));
	ck_assert_ptr_null(add(both, &first));
	rh_mempool_select(env, &both->pool, &both->ledger, 10, 10000, &txs);
	ck_assert_uint_eq(txs.count, 1);
	txs.count = 0;
	ck_assert_ptr_null(add(both, &second));
	rh_mempool_select(env, &both->pool, &both->ledger, 10, 10000, &txs);
	ck_assert_uint_eq(txs.count, 3);
	rh_vec_release(env->space, &txs, sizeof(struct rh_tx));
	both_free(both);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		like_the_naive_one,
		the_last_of_the_cheapest_sender_leaves,
		a_replacement_pays_ten_percent_more,
		a_gap_waits_and_closes,
	};

	return run_tests("mempool", tests, RH_ARRAY_LEN(tests));
}
