/*
 * ledger.c - balances and nonces, forth and back.
 */
#include "models/chain/ledger.h"

struct finder {
	uint64_t name64;
	uint64_t earned;
};

void rh_ledger_init(struct rh_ledger *ledger, uint32_t wallet_count, uint64_t birth_balance)
{
	*ledger = (struct rh_ledger){.wallet_count = wallet_count, .birth_balance = birth_balance};
	RH_ASSERT(wallet_count == 0 || birth_balance <= (uint64_t)INT64_MAX / wallet_count);
}

void rh_ledger_release(const struct rh_env *env, struct rh_ledger *ledger)
{
	rh_vec_release(env->space, &ledger->wallets, sizeof(struct rh_wallet));
	rh_vec_release(env->space, &ledger->finders, sizeof(struct finder));
	rh_idmap_release(env->space, &ledger->finder_at);
}

struct rh_wallet rh_ledger_wallet(const struct rh_env *env, const struct rh_ledger *ledger,
				  uint32_t wallet)
{
	if (wallet < ledger->wallets.count)
		return *(const struct rh_wallet *)rh_vec_at(env->space, &ledger->wallets,
							    sizeof(struct rh_wallet), wallet);
	return (struct rh_wallet){
		.balance = wallet < ledger->wallet_count ? ledger->birth_balance : 0,
		.next = RH_TX_NONCE_FIRST,
	};
}

/* To be written to. */
static struct rh_wallet *touch(const struct rh_env *env, struct rh_ledger *ledger, uint32_t wallet)
{
	RH_ASSERT(wallet < ledger->wallet_count);
	while (ledger->wallets.count <= wallet) {
		struct rh_wallet *born =
			rh_vec_push(env->space, &ledger->wallets, sizeof(struct rh_wallet));

		born->balance = ledger->birth_balance;
		born->next = RH_TX_NONCE_FIRST;
	}
	return rh_vec_at(env->space, &ledger->wallets, sizeof(struct rh_wallet), wallet);
}

static struct finder *find(const struct rh_env *env, struct rh_ledger *ledger, uint64_t name64)
{
	struct finder *finder;
	uint64_t place;

	if (rh_idmap_get(env->space, &ledger->finder_at, name64, &place))
		return rh_vec_at(env->space, &ledger->finders, sizeof(*finder), (uint32_t)place);
	rh_idmap_put(env->space, &ledger->finder_at, name64, ledger->finders.count);
	finder = rh_vec_push(env->space, &ledger->finders, sizeof(*finder));
	finder->name64 = name64;
	return finder;
}

static const char *broken_rule(const struct rh_env *env, const struct rh_ledger *ledger,
			       const struct rh_tx *tx)
{
	struct rh_wallet from = rh_ledger_wallet(env, ledger, rh_tx_sender(tx->id));

	if (rh_tx_sender(tx->id) >= ledger->wallet_count || tx->recipient >= ledger->wallet_count)
		return "a transaction names a wallet that is not there";
	if (rh_tx_nonce(tx->id) != from.next)
		return "a transaction's nonce is not its sender's next";
	if (tx->amount > from.balance || tx->fee > from.balance - tx->amount)
		return "a transaction spends more than its sender has";
	return NULL;
}

static void move(const struct rh_env *env, struct rh_ledger *ledger, const struct rh_tx *tx)
{
	struct rh_wallet *from = touch(env, ledger, rh_tx_sender(tx->id));

	from->balance -= tx->amount + tx->fee;
	from->next++;
	touch(env, ledger, tx->recipient)->balance += tx->amount;
	ledger->tx_count++;
}

static void move_back(const struct rh_env *env, struct rh_ledger *ledger, const struct rh_tx *tx)
{
	struct rh_wallet *to = touch(env, ledger, tx->recipient);
	struct rh_wallet *from;

	RH_ASSERT(to->balance >= tx->amount && ledger->tx_count > 0);
	to->balance -= tx->amount;
	from = touch(env, ledger, rh_tx_sender(tx->id));
	from->balance += tx->amount + tx->fee;
	from->next--;
	RH_ASSERT(from->next == rh_tx_nonce(tx->id));
	ledger->tx_count--;
}

const char *rh_ledger_apply(const struct rh_env *env, struct rh_ledger *ledger,
			    const struct rh_ledger_block *block)
{
	uint64_t fees = 0;

	for (uint32_t i = 0; i < block->count; i++) {
		const char *why = broken_rule(env, ledger, &block->txs[i]);

		if (why != NULL) {
			while (i-- > 0)
				move_back(env, ledger, &block->txs[i]);
			return why;
		}
		move(env, ledger, &block->txs[i]);
		fees += block->txs[i].fee;
	}
	find(env, ledger, block->finder64)->earned += fees + block->subsidy;
	ledger->minted += block->subsidy;
	return NULL;
}

void rh_ledger_undo(const struct rh_env *env, struct rh_ledger *ledger,
		    const struct rh_ledger_block *block)
{
	struct finder *finder = find(env, ledger, block->finder64);
	uint64_t fees = 0;

	for (uint32_t i = block->count; i-- > 0;) {
		move_back(env, ledger, &block->txs[i]);
		fees += block->txs[i].fee;
	}
	RH_ASSERT(finder->earned >= fees + block->subsidy && ledger->minted >= block->subsidy);
	finder->earned -= fees + block->subsidy;
	ledger->minted -= block->subsidy;
}

uint64_t rh_ledger_supply(const struct rh_ledger *ledger)
{
	return ledger->wallet_count * ledger->birth_balance + ledger->minted;
}

uint64_t rh_ledger_sum(const struct rh_env *env, const struct rh_ledger *ledger, uint64_t *root)
{
	uint64_t untouched = ledger->wallet_count - ledger->wallets.count;
	uint64_t sum = untouched * ledger->birth_balance;

	/* Sums of digests: what does not differ from birth adds nothing, whoever touched it. */
	*root = 0;
	for (uint32_t i = 0; i < ledger->wallets.count; i++) {
		const struct rh_wallet *wallet =
			rh_vec_at(env->space, &ledger->wallets, sizeof(*wallet), i);

		sum += wallet->balance;
		if (wallet->balance != ledger->birth_balance || wallet->next != RH_TX_NONCE_FIRST)
			*root += rh_absorb(rh_absorb(i, wallet->balance), wallet->next);
	}
	for (uint32_t i = 0; i < ledger->finders.count; i++) {
		const struct finder *finder =
			rh_vec_at(env->space, &ledger->finders, sizeof(*finder), i);

		sum += finder->earned;
		if (finder->earned != 0)
			*root += rh_absorb(finder->name64, finder->earned);
	}
	return sum;
}
