/*
 * mempool.c - rows of nonces, a heap of prices, and the order of arrival, over one array of cells.
 *
 * Links between cells are numbers from 1, so that zero is "none" and fresh memory is right.
 */
#include "models/chain/mempool.h"

#include "core/base/units.h"

struct entry {
	struct rh_tx tx;
	uint64_t since_ns; /* the node's clock */
	uint32_t place;	   /* in the heap */
	uint32_t before;   /* in its row: cell + 1 */
	uint32_t after;
	uint32_t older; /* in the order of arrival */
	uint32_t newer;
	uint32_t next_free;
};

struct row {
	uint32_t first; /* cell + 1 */
	uint32_t last;
	uint32_t count;
	uint32_t spare;
	uint64_t spend; /* amounts and fees together */
};

static struct entry *entry_at(const struct rh_env *env, const struct rh_mempool *pool,
			      uint32_t link)
{
	return rh_vec_at(env->space, &pool->entries, sizeof(struct entry), link - 1);
}

static uint32_t *heap_at(const struct rh_env *env, const struct rh_mempool *pool, uint32_t place)
{
	return rh_vec_at(env->space, &pool->heap, sizeof(uint32_t), place);
}

static struct row *row_of(const struct rh_env *env, struct rh_mempool *pool, uint32_t sender)
{
	while (pool->rows.count <= sender)
		rh_vec_push(env->space, &pool->rows, sizeof(struct row));
	return rh_vec_at(env->space, &pool->rows, sizeof(struct row), sender);
}

static uint64_t cost(const struct rh_tx *tx)
{
	return tx->amount + tx->fee;
}

static uint64_t mark_of(uint64_t id)
{
	return rh_mix64(id ^ RH_RNG_G);
}

/* < 0 when a pays less for a byte than b.  A fee fits 40 bits by its message, and 64 bits of a
 * hostile one were refused for the balance; sizes fit 17 bits. */
static int compare_price(const struct rh_tx *a, const struct rh_tx *b)
{
	uint64_t left = a->fee / a->size_bytes;
	uint64_t right = b->fee / b->size_bytes;

	if (left == right) {
		left = a->fee % a->size_bytes * b->size_bytes;
		right = b->fee % b->size_bytes * a->size_bytes;
	}
	return left < right ? -1 : left > right;
}

/* Who leaves first: the cheaper, then the later, then by id. */
static bool leaves_before(const struct entry *a, const struct entry *b)
{
	int price = compare_price(&a->tx, &b->tx);

	if (price != 0)
		return price < 0;
	if (a->since_ns != b->since_ns)
		return a->since_ns > b->since_ns;
	return a->tx.id > b->tx.id;
}

/* ---- the heap -------------------------------------------------------------------------------- */

static void heap_put(const struct rh_env *env, const struct rh_mempool *pool, uint32_t place,
		     uint32_t link)
{
	*heap_at(env, pool, place) = link;
	entry_at(env, pool, link)->place = place;
}

static void heap_rise(const struct rh_env *env, const struct rh_mempool *pool, uint32_t place,
		      uint32_t link)
{
	const struct entry *entry = entry_at(env, pool, link);

	while (place > 0) {
		uint32_t above = *heap_at(env, pool, (place - 1) / 2);

		if (!leaves_before(entry, entry_at(env, pool, above)))
			break;
		heap_put(env, pool, place, above);
		place = (place - 1) / 2;
	}
	heap_put(env, pool, place, link);
}

static void heap_sink(const struct rh_env *env, const struct rh_mempool *pool, uint32_t place,
		      uint32_t link)
{
	const struct entry *entry = entry_at(env, pool, link);

	for (;;) {
		uint32_t child = 2 * place + 1;
		uint32_t below;

		if (child >= pool->heap.count)
			break;
		if (child + 1 < pool->heap.count &&
		    leaves_before(entry_at(env, pool, *heap_at(env, pool, child + 1)),
				  entry_at(env, pool, *heap_at(env, pool, child))))
			child++;
		below = *heap_at(env, pool, child);
		if (!leaves_before(entry_at(env, pool, below), entry))
			break;
		heap_put(env, pool, place, below);
		place = child;
	}
	heap_put(env, pool, place, link);
}

static void heap_add(const struct rh_env *env, struct rh_mempool *pool, uint32_t link)
{
	rh_vec_push(env->space, &pool->heap, sizeof(uint32_t));
	heap_rise(env, pool, pool->heap.count - 1, link);
}

static void heap_remove(const struct rh_env *env, struct rh_mempool *pool, uint32_t place)
{
	uint32_t last = *heap_at(env, pool, pool->heap.count - 1);

	rh_vec_remove(env->space, &pool->heap, sizeof(uint32_t), pool->heap.count - 1);
	if (place == pool->heap.count)
		return;
	heap_sink(env, pool, place, last);
	heap_rise(env, pool, entry_at(env, pool, last)->place, last);
}

/* ---- in and out ------------------------------------------------------------------------------ */

/* The last one of the row with a nonce below this one, or 0. */
static uint32_t find_before(const struct rh_env *env, const struct rh_mempool *pool,
			    const struct row *row, uint32_t nonce)
{
	uint32_t link = row->last;

	while (link != 0 && rh_tx_nonce(entry_at(env, pool, link)->tx.id) >= nonce)
		link = entry_at(env, pool, link)->before;
	return link;
}

static uint32_t take_cell(const struct rh_env *env, struct rh_mempool *pool)
{
	uint32_t link = pool->free_head;

	if (link == 0) {
		rh_vec_push(env->space, &pool->entries, sizeof(struct entry));
		return pool->entries.count;
	}
	pool->free_head = entry_at(env, pool, link)->next_free;
	return link;
}

static void insert(const struct rh_env *env, struct rh_mempool *pool, const struct rh_tx *tx,
		   uint32_t before)
{
	uint32_t link = take_cell(env, pool);
	struct entry *entry = entry_at(env, pool, link);
	struct row *row = row_of(env, pool, rh_tx_sender(tx->id));

	*entry = (struct entry){
		.tx = *tx, .since_ns = env->clock_ns, .before = before, .older = pool->newest};
	entry->after = before != 0 ? entry_at(env, pool, before)->after : row->first;
	*(before != 0 ? &entry_at(env, pool, before)->after : &row->first) = link;
	*(entry->after != 0 ? &entry_at(env, pool, entry->after)->before : &row->last) = link;
	row->count++;
	row->spend += cost(tx);
	*(pool->newest != 0 ? &entry_at(env, pool, pool->newest)->newer : &pool->oldest) = link;
	pool->newest = link;
	rh_idmap_put(env->space, &pool->by_id, tx->id, link);
	heap_add(env, pool, link);
	pool->count++;
	pool->bytes += tx->size_bytes;
	pool->mark += mark_of(tx->id);
}

static void erase(const struct rh_env *env, struct rh_mempool *pool, uint32_t link)
{
	struct entry *entry = entry_at(env, pool, link);
	struct row *row = row_of(env, pool, rh_tx_sender(entry->tx.id));

	*(entry->before != 0 ? &entry_at(env, pool, entry->before)->after : &row->first) =
		entry->after;
	*(entry->after != 0 ? &entry_at(env, pool, entry->after)->before : &row->last) =
		entry->before;
	RH_ASSERT(row->count > 0 && row->spend >= cost(&entry->tx));
	row->count--;
	row->spend -= cost(&entry->tx);
	*(entry->older != 0 ? &entry_at(env, pool, entry->older)->newer : &pool->oldest) =
		entry->newer;
	*(entry->newer != 0 ? &entry_at(env, pool, entry->newer)->older : &pool->newest) =
		entry->older;
	rh_idmap_remove(env->space, &pool->by_id, entry->tx.id);
	heap_remove(env, pool, entry->place);
	pool->count--;
	pool->bytes -= entry->tx.size_bytes;
	pool->mark -= mark_of(entry->tx.id);
	*entry = (struct entry){.next_free = pool->free_head};
	pool->free_head = link;
}

/* Out, and told: the transaction is copied first, since the cell is wiped. */
static void dismiss(const struct rh_env *env, struct rh_mempool *pool, uint32_t link,
		    const char *why, const struct rh_mempool_gone *gone)
{
	struct rh_tx tx = entry_at(env, pool, link)->tx;

	erase(env, pool, link);
	gone->tell(gone->ctx, &tx, why);
}

void rh_mempool_release(const struct rh_env *env, struct rh_mempool *pool)
{
	rh_vec_release(env->space, &pool->entries, sizeof(struct entry));
	rh_vec_release(env->space, &pool->heap, sizeof(uint32_t));
	rh_vec_release(env->space, &pool->rows, sizeof(struct row));
	rh_idmap_release(env->space, &pool->by_id);
	*pool = (struct rh_mempool){0};
}

/* ---- entering -------------------------------------------------------------------------------- */

/* What is wrong with it whatever the pool holds. */
static const char *broken_rule(const struct rh_mempool_cfg *cfg, const struct rh_tx *tx,
			       const struct rh_wallet *wallet, uint32_t wallet_count)
{
	if (tx->size_bytes > cfg->size_max || tx->size_bytes < RH_TX_BYTES_MIN)
		return RH_TX_WHY_SIZE;
	if (tx->signature != rh_tx_signature(tx))
		return RH_TX_WHY_SIGNED;
	if (rh_tx_sender(tx->id) >= wallet_count || tx->recipient >= wallet_count)
		return RH_TX_WHY_WALLET;
	if (tx->fee / tx->size_bytes < cfg->price_min)
		return RH_TX_WHY_FEE;
	if (rh_tx_nonce(tx->id) < wallet->next)
		return RH_TX_WHY_OLD;
	if (rh_tx_nonce(tx->id) - wallet->next > cfg->gap_max)
		return RH_TX_WHY_GAP;
	if (tx->amount > wallet->balance || tx->fee > wallet->balance - tx->amount)
		return RH_TX_WHY_BALANCE;
	return NULL;
}

static bool pays_bump(const struct rh_mempool_cfg *cfg, const struct rh_tx *old,
		      const struct rh_tx *tx)
{
	uint64_t least = old->fee + rh_mul_div(old->fee, cfg->bump_ppm, 1000000);

	return tx->fee > old->fee && tx->fee >= least && compare_price(tx, old) > 0;
}

/* Makes room; false when it was this one that had to leave. */
static bool evict(const struct rh_env *env, struct rh_mempool *pool,
		  const struct rh_mempool_cfg *cfg, uint64_t id, const struct rh_mempool_gone *gone)
{
	while (pool->count > cfg->count_max || pool->bytes > cfg->bytes_max) {
		const struct entry *worst = entry_at(env, pool, *heap_at(env, pool, 0));
		uint32_t link = row_of(env, pool, rh_tx_sender(worst->tx.id))->last;

		if (entry_at(env, pool, link)->tx.id == id) {
			erase(env, pool, link);
			return false;
		}
		dismiss(env, pool, link, RH_TX_WHY_EVICTED, gone);
	}
	return true;
}

const char *rh_mempool_add(const struct rh_env *env, struct rh_mempool *pool,
			   const struct rh_mempool_cfg *cfg, const struct rh_tx *tx,
			   struct rh_wallet wallet, uint32_t wallet_count,
			   const struct rh_mempool_gone *gone)
{
	const char *why = broken_rule(cfg, tx, &wallet, wallet_count);
	struct row *row;
	uint32_t before;
	uint32_t same;
	uint64_t spend;

	RH_ASSERT(!rh_mempool_has(env, pool, tx->id));
	if (why != NULL)
		return why;
	row = row_of(env, pool, rh_tx_sender(tx->id));
	before = find_before(env, pool, row, rh_tx_nonce(tx->id));
	same = before != 0 ? entry_at(env, pool, before)->after : row->first;
	spend = row->spend;
	if (same != 0 && rh_tx_nonce(entry_at(env, pool, same)->tx.id) == rh_tx_nonce(tx->id)) {
		const struct rh_tx *old = &entry_at(env, pool, same)->tx;

		if (!pays_bump(cfg, old, tx))
			return RH_TX_WHY_BUMP;
		spend -= cost(old);
	} else {
		same = 0;
		if (row->count >= cfg->sender_max)
			return RH_TX_WHY_SENDER;
	}
	/* All that waits of this sender must be paid for, not only this one. */
	if (spend + cost(tx) > wallet.balance)
		return RH_TX_WHY_BALANCE;
	if (same != 0)
		dismiss(env, pool, same, RH_TX_WHY_REPLACED, gone);
	insert(env, pool, tx, before);
	return evict(env, pool, cfg, tx->id, gone) ? NULL : RH_TX_WHY_FULL;
}

/* ---- looking and leaving --------------------------------------------------------------------- */

static uint32_t find(const struct rh_env *env, const struct rh_mempool *pool, uint64_t id)
{
	uint64_t link;

	return rh_idmap_get(env->space, &pool->by_id, id, &link) ? (uint32_t)link : 0;
}

bool rh_mempool_has(const struct rh_env *env, const struct rh_mempool *pool, uint64_t id)
{
	return find(env, pool, id) != 0;
}

const struct rh_tx *rh_mempool_get(const struct rh_env *env, const struct rh_mempool *pool,
				   uint64_t id)
{
	uint32_t link = find(env, pool, id);

	return link != 0 ? &entry_at(env, pool, link)->tx : NULL;
}

bool rh_mempool_take(const struct rh_env *env, struct rh_mempool *pool, uint64_t id,
		     uint64_t *since_ns)
{
	uint32_t link = find(env, pool, id);

	if (link == 0)
		return false;
	*since_ns = entry_at(env, pool, link)->since_ns;
	erase(env, pool, link);
	return true;
}

void rh_mempool_settle(const struct rh_env *env, struct rh_mempool *pool, uint32_t sender,
		       uint32_t next, const struct rh_mempool_gone *gone)
{
	while (sender < pool->rows.count) {
		uint32_t link = row_of(env, pool, sender)->first;

		if (link == 0 || rh_tx_nonce(entry_at(env, pool, link)->tx.id) >= next)
			return;
		dismiss(env, pool, link, RH_TX_WHY_STALE, gone);
	}
}

void rh_mempool_expire(const struct rh_env *env, struct rh_mempool *pool,
		       const struct rh_mempool_cfg *cfg, const struct rh_mempool_gone *gone)
{
	while (pool->oldest != 0 && rh_time_add(entry_at(env, pool, pool->oldest)->since_ns,
						cfg->expiry_ns) <= env->clock_ns)
		dismiss(env, pool, pool->oldest, RH_TX_WHY_EXPIRED, gone);
}

uint64_t rh_mempool_oldest_ns(const struct rh_env *env, const struct rh_mempool *pool)
{
	return pool->oldest != 0 ? entry_at(env, pool, pool->oldest)->since_ns : RH_TIME_NEVER;
}

void rh_mempool_list(const struct rh_env *env, const struct rh_mempool *pool, uint64_t until_ns,
		     struct rh_vec *ids)
{
	for (uint32_t link = pool->oldest; link != 0; link = entry_at(env, pool, link)->newer) {
		const struct entry *entry = entry_at(env, pool, link);

		if (entry->since_ns <= until_ns)
			*(uint64_t *)rh_vec_push(env->space, ids, sizeof(uint64_t)) = entry->tx.id;
	}
}

/* ---- filling a block ------------------------------------------------------------------------- */

/* The first of a row that is not in the block yet. */
struct turn {
	uint32_t link;
	uint32_t nonce; /* that it must have */
	uint64_t left;	/* what its sender has left */
};

static struct turn *turn_at(const struct rh_env *env, const struct rh_vec *turns, uint32_t place)
{
	return rh_vec_at(env->space, turns, sizeof(struct turn), place);
}

static bool is_better(const struct rh_env *env, const struct rh_mempool *pool, const struct turn *a,
		      const struct turn *b)
{
	return leaves_before(entry_at(env, pool, b->link), entry_at(env, pool, a->link));
}

static void turns_sink(const struct rh_env *env, const struct rh_mempool *pool,
		       const struct rh_vec *turns, uint32_t place)
{
	struct turn moved = *turn_at(env, turns, place);

	for (;;) {
		uint32_t child = 2 * place + 1;

		if (child >= turns->count)
			break;
		if (child + 1 < turns->count && is_better(env, pool, turn_at(env, turns, child + 1),
							  turn_at(env, turns, child)))
			child++;
		if (!is_better(env, pool, turn_at(env, turns, child), &moved))
			break;
		*turn_at(env, turns, place) = *turn_at(env, turns, child);
		place = child;
	}
	*turn_at(env, turns, place) = moved;
}

/* A row whose first one cannot be in a block now takes no part. */
static bool is_ready(const struct rh_env *env, const struct rh_mempool *pool,
		     const struct turn *turn)
{
	const struct rh_tx *tx;

	if (turn->link == 0)
		return false;
	tx = &entry_at(env, pool, turn->link)->tx;
	return rh_tx_nonce(tx->id) == turn->nonce && cost(tx) <= turn->left;
}

static void open_turns(const struct rh_env *env, const struct rh_mempool *pool,
		       const struct rh_ledger *ledger, struct rh_vec *turns)
{
	for (uint32_t sender = 0; sender < pool->rows.count; sender++) {
		const struct row *row = rh_vec_at(env->space, &pool->rows, sizeof(*row), sender);
		struct rh_wallet wallet;
		struct turn turn;

		if (row->first == 0)
			continue;
		wallet = rh_ledger_wallet(env, ledger, sender);
		turn = (struct turn){row->first, wallet.next, wallet.balance};
		if (is_ready(env, pool, &turn))
			*(struct turn *)rh_vec_push(env->space, turns, sizeof(turn)) = turn;
	}
	for (uint32_t i = turns->count / 2; i-- > 0;)
		turns_sink(env, pool, turns, i);
}

void rh_mempool_select(const struct rh_env *env, const struct rh_mempool *pool,
		       const struct rh_ledger *ledger, uint32_t count_max, uint64_t bytes_max,
		       struct rh_vec *txs)
{
	struct rh_vec turns = {0};
	uint64_t bytes = 0;

	open_turns(env, pool, ledger, &turns);
	while (turns.count > 0 && txs->count < count_max) {
		struct turn *best = turn_at(env, &turns, 0);
		const struct entry *entry = entry_at(env, pool, best->link);
		bool fits = bytes + entry->tx.size_bytes <= bytes_max;

		if (fits) {
			*(struct rh_tx *)rh_vec_push(env->space, txs, sizeof(struct rh_tx)) =
				entry->tx;
			bytes += entry->tx.size_bytes;
			best = turn_at(env, &turns, 0);
			best->left -= cost(&entry->tx);
			best->link = entry->after;
			best->nonce++;
		}
		if (!fits || !is_ready(env, pool, best)) {
			*best = *turn_at(env, &turns, turns.count - 1);
			rh_vec_remove(env->space, &turns, sizeof(struct turn), turns.count - 1);
		}
		if (turns.count > 0)
			turns_sink(env, pool, &turns, 0);
	}
	rh_vec_release(env->space, &turns, sizeof(struct turn));
}

/* ---- recounting ------------------------------------------------------------------------------ */

static bool is_row_consistent(const struct rh_env *env, const struct rh_mempool *pool,
			      uint32_t sender, uint32_t *count)
{
	const struct row *row = rh_vec_at(env->space, &pool->rows, sizeof(*row), sender);
	uint32_t in_row = 0;
	uint64_t spend = 0;
	uint32_t before = 0;

	for (uint32_t link = row->first; link != 0; link = entry_at(env, pool, link)->after) {
		const struct entry *entry = entry_at(env, pool, link);

		if (rh_tx_sender(entry->tx.id) != sender || entry->before != before)
			return false;
		if (before != 0 &&
		    rh_tx_nonce(entry_at(env, pool, before)->tx.id) >= rh_tx_nonce(entry->tx.id))
			return false;
		spend += cost(&entry->tx);
		in_row++;
		before = link;
	}
	*count += in_row;
	return row->last == before && row->count == in_row && row->spend == spend;
}

bool rh_mempool_is_consistent(const struct rh_env *env, const struct rh_mempool *pool)
{
	uint64_t bytes = 0;
	uint64_t mark = 0;
	uint32_t arrived = 0;
	uint32_t in_rows = 0;

	for (uint32_t link = pool->oldest; link != 0; link = entry_at(env, pool, link)->newer) {
		const struct entry *entry = entry_at(env, pool, link);

		if (*heap_at(env, pool, entry->place) != link ||
		    find(env, pool, entry->tx.id) != link)
			return false;
		if (entry->place > 0 &&
		    leaves_before(entry,
				  entry_at(env, pool, *heap_at(env, pool, (entry->place - 1) / 2))))
			return false;
		bytes += entry->tx.size_bytes;
		mark += mark_of(entry->tx.id);
		arrived++;
	}
	for (uint32_t i = 0; i < pool->rows.count; i++) {
		if (!is_row_consistent(env, pool, i, &in_rows))
			return false;
	}
	return arrived == pool->count && in_rows == pool->count &&
	       pool->heap.count == pool->count && pool->by_id.count == pool->count &&
	       bytes == pool->bytes && mark == pool->mark;
}
