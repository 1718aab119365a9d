/*
 * mine.c - the race for the next block.
 */
#include "core/base/dist.h"
#include "models/pow/node.h"

void rh_pow_memo(struct rh_pow *pow, uint32_t bits)
{
	struct rh_pow_state *state = pow->state;

	if (state->memo_bits == bits)
		return;
	state->memo_bits = bits;
	state->memo_work = rh_pow_work(bits);
	state->memo_difficulty = rh_pow_difficulty(bits);
	state->memo_mean_ns = pow->env->weight > 0
				      ? rh_pow_mean_ns(&pow->state->rules, bits, pow->env->weight)
				      : 0;
}

void rh_pow_mine_start(struct rh_pow *pow)
{
	const struct rh_env *env = pow->env;
	struct rh_pow_state *state = pow->state;
	struct rh_chain_entry *head;
	uint64_t visit;
	uint64_t wait_ns;

	if (env->weight == 0)
		return;
	rh_pow_memo(pow, rh_pow_required_bits(env, &state->chain, &pow->state->rules,
					      rh_chain_head(env, &state->chain)));
	head = rh_chain_at(env, &state->chain, rh_chain_head(env, &state->chain));
	/* Each coming to a tip is a draw of its own, also after a crash that lost the count. */
	visit = rh_absorb(rh_absorb(head->id, state->starts), head->visits++);
	wait_ns = rh_exponential(rh_env_draw(env, RH_PURPOSE_MINE, visit), state->memo_mean_ns);
	rh_fx_timer(pow->fx, RH_POW_TIMER_MINE, rh_time_add(env->clock_ns, wait_ns + 1));
}

static uint32_t draw_size(const struct rh_pow *pow, uint64_t parent)
{
	const struct rh_pow_params *params = pow->params;
	uint64_t mean = params->block_bytes;
	uint64_t spread = rh_mul_div(mean, params->size_spread.num, params->size_spread.den);
	uint64_t draw = rh_env_draw(pow->env, RH_PURPOSE_BLOCK_SIZE, parent);
	uint64_t size = mean;

	switch ((enum rh_pow_size_law)params->size_law) {
	case RH_POW_SIZE_CONSTANT:
		break;
	case RH_POW_SIZE_UNIFORM:
		size = rh_uniform_range(draw, mean - spread, mean + spread);
		break;
	case RH_POW_SIZE_NORMAL:
		size = rh_normal(draw, mean, spread);
		break;
	case RH_POW_SIZE_EXPONENTIAL:
		size = rh_exponential(draw, mean);
		break;
	}
	if (size < RH_POW_BLOCK_MIN)
		size = RH_POW_BLOCK_MIN;
	return (uint32_t)(size < RH_POW_BLOCK_MAX ? size : RH_POW_BLOCK_MAX);
}

/* A body without content: so large, so many, such fees. */
static void make_up_body(const struct rh_pow *pow, struct rh_pow_block *block)
{
	block->size_bytes = draw_size(pow, block->parent);
	block->tx_count = 1 + block->size_bytes / (uint32_t)pow->params->transaction_bytes;
	/* In a block that has room for more than a compact block can name, they are larger. */
	if (block->tx_count > RH_POW_TX_COUNT_MAX)
		block->tx_count = RH_POW_TX_COUNT_MAX;
	block->fees = (uint64_t)block->size_bytes * (uint64_t)pow->params->fees;
}

/* The transactions go behind the block, and the list of them is let go. */
static void put_body(const struct rh_pow *pow, struct rh_pow_block *block, struct rh_vec *txs)
{
	struct rh_space *space = pow->env->space;
	struct rh_tx *body = (struct rh_tx *)(void *)(block + 1);

	block->size_bytes = RH_POW_BLOCK_MIN;
	block->tx_count = 1 + txs->count;
	block->body_count = txs->count;
	for (uint32_t i = 0; i < txs->count; i++) {
		body[i] = *(const struct rh_tx *)rh_vec_at(space, txs, sizeof(*body), i);
		block->size_bytes += body[i].size_bytes;
		block->fees += body[i].fee;
	}
	block->root = rh_tx_root(body, txs->count);
	rh_vec_release(space, txs, sizeof(struct rh_tx));
}

void rh_pow_mine_block(struct rh_pow *pow)
{
	const struct rh_env *env = pow->env;
	struct rh_chain *chain = &pow->state->chain;
	uint32_t head = rh_chain_head(env, chain);
	uint64_t now_s = rh_pow_now_s(env);
	uint64_t least_s = now_s;
	struct rh_handle ref;
	struct rh_pow_block *block;
	struct rh_record *record;
	struct rh_vec txs = {0}; /* struct rh_tx */

	if (!rh_pow_is_after_median(env, chain, head, now_s))
		least_s = rh_pow_median_past(env, chain, head) + 1;
	if (least_s > now_s + pow->params->future_limit_ns / RH_NS_PER_SEC) {
		/* The chain is so far ahead of this clock that its own block would be too early. */
		rh_pow_mine_start(pow);
		return;
	}
	if (pow->state->money != 0)
		rh_pow_money_fill(pow, &txs);
	block = rh_env_object_new(
		env, (uint32_t)(sizeof(*block) + txs.count * sizeof(struct rh_tx)), &ref);
	block->parent = rh_chain_at(env, chain, head)->id;
	block->height = rh_chain_at(env, chain, head)->height + 1;
	block->time_s = least_s;
	block->bits = rh_pow_required_bits(env, chain, &pow->state->rules, head);
	block->producer = env->node;
	block->producer_name64 = env->name64;
	if (pow->state->money != 0)
		put_body(pow, block, &txs);
	else
		make_up_body(pow, block);
	block->nonce = (uint32_t)rh_env_draw(env, RH_PURPOSE_BLOCK_NONCE, block->parent);
	rh_pow_block_seal(block);
	record = rh_fx_record(pow->fx, RH_RECORD_BLOCK, RH_BLOCK_PRODUCED);
	if (record != NULL) {
		record->a = block->id;
		record->b = block->parent;
		record->c = block->height;
		record->d = block->producer;
	}
	rh_pow_accept(pow, ref, block);
}
