/*
 * model.c - the table of the proof-of-work model, and what each event does.
 */
#include "models/pow/model.h"

#include "core/base/dist.h"
#include "models/pow/node.h"

#define GENESIS_DOMAIN UINT64_C(0x67656e65736973) /* "genesis" */

/* ---- shared by the files of this folder ------------------------------------------------------ */

uint64_t rh_pow_now_s(const struct rh_env *env)
{
	return env->genesis_unix_s + env->clock_ns / RH_NS_PER_SEC;
}

uint64_t rh_pow_genesis_id(void)
{
	return rh_absorb(0, GENESIS_DOMAIN);
}

uint64_t rh_pow_median_past(const struct rh_env *env, const struct rh_chain *chain,
			    uint32_t position)
{
	uint64_t times[RH_POW_MTP_BLOCKS];
	uint32_t from = RH_POW_MTP_BLOCKS;

	/* Oldest first: so they are nearly sorted. */
	while (position != RH_CHAIN_NONE && from > 0) {
		const struct rh_chain_entry *entry = rh_chain_at(env, chain, position);

		times[--from] = entry->time_s;
		position = entry->parent;
	}
	return rh_pow_median_time(times + from, RH_POW_MTP_BLOCKS - from);
}

bool rh_pow_is_after_median(const struct rh_env *env, const struct rh_chain *chain,
			    uint32_t position, uint64_t time_s)
{
	const struct rh_chain_entry *entry = rh_chain_at(env, chain, position);
	uint32_t count = entry->height < RH_POW_MTP_BLOCKS ? entry->height + 1 : RH_POW_MTP_BLOCKS;
	uint32_t below = 0;

	/* Above the upper one of the middle: more than half of them are below. */
	for (uint32_t i = 1; i <= count; i++) {
		below += entry->time_s < time_s;
		if (below > count / 2)
			return true;
		if (i < count)
			entry = rh_chain_at(env, chain, entry->parent);
	}
	return false;
}

uint32_t rh_pow_required_bits(const struct rh_env *env, const struct rh_chain *chain,
			      const struct rh_pow_rules *rules, uint32_t position)
{
	const struct rh_chain_entry *last = rh_chain_at(env, chain, position);
	uint32_t height = last->height + 1;
	uint32_t first;

	if (rules->window == 0 || height % rules->window != 0)
		return last->bits;
	first = rh_chain_ancestor(env, chain, position, height - rules->window);
	return rh_pow_retarget(rules, last->bits, rh_chain_at(env, chain, first)->time_s,
			       last->time_s);
}

void rh_pow_relay_cfg(struct rh_relay_cfg *cfg, const struct rh_pow_params *params)
{
	*cfg = (struct rh_relay_cfg)RH_RELAY_BLOCK_CFG;
	cfg->policy = (enum rh_relay_policy)params->relay;
	cfg->first_kind = 0;
	cfg->first_topic = RH_POW_FIRST_TOPIC;
	cfg->timer = RH_POW_TIMER_RELAY;
	cfg->request_timeout_ns = params->request_timeout_ns;
	cfg->compact_failure =
		rh_threshold(params->compact_failure.num, params->compact_failure.den);
}

/*
 * After a cut real connections are dead and made again, and each new one begins with an exchange of
 * heads.  Here the links are the same before and after, so a node whose head rests tells it again.
 */
static void refresh_head(struct rh_pow *pow)
{
	const struct rh_env *env = pow->env;
	const struct rh_pow_state *state = pow->state;
	uint64_t rest_ns = pow->params->head_refresh_ns;
	const struct rh_chain_entry *head;
	uint64_t since_ns = state->head_since_ns < env->clock_ns ? state->head_since_ns : 0;

	if (rest_ns == 0)
		return;
	if (env->clock_ns - since_ns < rest_ns) {
		rh_fx_timer(pow->fx, RH_POW_TIMER_REFRESH, since_ns + rest_ns);
		return;
	}
	head = rh_chain_at(env, &state->chain, rh_chain_head(env, &state->chain));
	for (uint32_t i = 0; i < env->peer_count && head->height > 0; i++)
		rh_fx_send(pow->fx, env->peers[i],
			   (uint16_t)(state->relay_cfg.first_kind + RH_RELAY_KIND_INV), head->id,
			   (struct rh_handle){0, 0});
	rh_fx_timer(pow->fx, RH_POW_TIMER_REFRESH, env->clock_ns + rest_ns);
}

/* ---- events ---------------------------------------------------------------------------------- */

static void on_start(struct rh_pow *pow, const struct rh_event *event)
{
	const struct rh_env *env = pow->env;
	struct rh_pow_state *state = pow->state;
	struct rh_chain_block genesis = {.id = rh_pow_genesis_id(), .parent = RH_CHAIN_NONE};
	struct rh_record *record;
	const struct rh_chain_entry *head;

	rh_pow_rules_init(&state->rules, pow->params);
	rh_pow_relay_cfg(&state->relay_cfg, pow->params);
	state->starts = event->key;
	state->last_move_is_sound = 1;
	state->minted = rh_pow_subsidy(0, pow->state->rules.halving);
	state->head_since_ns = env->clock_ns;
	genesis.bits = rh_pow_initial_bits(&state->rules, env->weight_total);
	genesis.time_s = env->genesis_unix_s;
	rh_pow_memo(pow, genesis.bits);
	genesis.work = state->memo_work;
	rh_chain_init(env, &state->chain, RH_CHAIN_MOST_WORK, (uint32_t)pow->params->blocks_max,
		      &genesis);
	rh_relay_hold(&state->relay, env, genesis.id, 0, (struct rh_handle){0, 0});
	rh_pow_money_start(pow, event->key);
	for (uint32_t i = 0; i < rh_env_journal_count(env); i++) {
		struct rh_handle ref;
		uint64_t id;

		rh_env_journal(env, i, &id, &ref);
		rh_pow_reload(pow, ref, rh_env_object(env, ref));
	}
	head = rh_chain_at(env, &state->chain, rh_chain_head(env, &state->chain));
	rh_relay_head_set(&state->relay, head->id);
	record = rh_fx_record(pow->fx, RH_RECORD_HEAD, 0);
	if (record != NULL) {
		record->a = head->id;
		record->c = head->height;
	}
	/* What did not happen yet is 0, not unknown. */
	rh_fx_gauge(pow->fx, RH_GAUGE_PEERS, env->peer_count);
	rh_fx_gauge(pow->fx, RH_GAUGE_REORG_DEPTH, 0);
	rh_fx_gauge(pow->fx, RH_GAUGE_REORG_COUNT, state->chain.reorg_count);
	rh_fx_gauge(pow->fx, RH_GAUGE_FINALIZED_HEIGHT, state->final_height);
	rh_fx_gauge(pow->fx, RH_GAUGE_MODEL + RH_POW_GAUGE_REFUSED, 0);
	rh_pow_gauge_pools(pow);
	if (event->key > 0 || env->clock_ns > 0)
		rh_relay_greet(&state->relay, &pow->state->relay_cfg, env, pow->fx);
	if (pow->params->head_refresh_ns != 0)
		rh_fx_timer(pow->fx, RH_POW_TIMER_REFRESH,
			    env->clock_ns + pow->params->head_refresh_ns);
	state->told_difficulty = -1;
	state->added_in_step = 1;
	state->moved_in_step = 1;
	state->own_in_step = 1;
}

static void on_action(struct rh_pow *pow, const struct rh_event *event)
{
	if (event->kind == RH_EVENT_START) {
		on_start(pow, event);
	} else if (event->kind == RH_EVENT_CLOCK) {
		/* Hashing knows no clock, but the timer does: a jump would move the next block.  A
		 * new draw has the same law. */
		rh_pow_mine_start(pow);
		rh_pow_retry_early(pow);
	} else if (event->kind == RH_EVENT_MODEL + RH_POW_ACTION_MINE) {
		for (uint64_t i = 0; i < event->key; i++)
			rh_pow_mine_block(pow);
	}
}

static void on_timer(struct rh_pow *pow, const struct rh_event *event)
{
	if (event->kind == RH_POW_TIMER_MINE)
		rh_pow_mine_block(pow);
	else if (event->kind == RH_POW_TIMER_EARLY)
		rh_pow_retry_early(pow);
	else if (event->kind == RH_POW_TIMER_REFRESH)
		refresh_head(pow);
	else if (event->kind == RH_POW_TIMER_RELAY)
		rh_relay_on_timer(&pow->state->relay, &pow->state->relay_cfg, pow->env, pow->fx);
	else if (pow->state->money != 0)
		rh_pow_money_timer(pow, event);
}

static void on_message(struct rh_pow *pow, const struct rh_event *event)
{
	struct rh_relay_got got;

	if (!rh_relay_is_mine(&pow->state->relay_cfg, event)) {
		if (pow->state->money != 0)
			rh_pow_money_message(pow, event);
		return;
	}
	got = rh_relay_on_message(&pow->state->relay, &pow->state->relay_cfg, pow->env, pow->fx,
				  event);
	if (got.verdict == RH_RELAY_RECEIVED)
		rh_pow_receive(pow, got.id, got.ref, got.object, got.from);
}

static void step(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	struct rh_pow pow = {.env = env, .fx = fx, .state = env->state, .params = env->params};

	pow.state->moved_in_step = 0;
	pow.state->added_in_step = 0;
	pow.state->own_in_step = 0;
	/* Nothing makes sense before the genesis block. */
	if (pow.state->chain.entries.count == 0 &&
	    !(event->class == RH_CLASS_ACTION && event->kind == RH_EVENT_START))
		return;
	switch (event->class) {
	case RH_CLASS_ACTION:
		on_action(&pow, event);
		break;
	case RH_CLASS_INPUT:
		rh_pow_money_input(&pow, event);
		break;
	case RH_CLASS_TIMER:
		on_timer(&pow, event);
		break;
	case RH_CLASS_WORK:
		if (event->kind == RH_POW_WORK_VALIDATE)
			rh_pow_validated(&pow, event->key, event->ref, event->object);
		break;
	case RH_CLASS_MESSAGE:
		on_message(&pow, event);
		break;
	}
	rh_pow_settle(&pow);
}

static void release(const struct rh_env *env)
{
	struct rh_pow_state *state = env->state;

	rh_relay_release(&state->relay, env);
	rh_orphans_release(env, &state->orphans);
	rh_orphans_release(env, &state->early);
	rh_orphans_release(env, &state->validating);
	rh_chain_release(env, &state->chain);
	rh_pow_money_release(env, state);
}

static void digest(const struct rh_env *env, struct rh_digest *digest)
{
	const struct rh_pow_state *state = env->state;

	rh_digest_u32(digest, state->chain.entries.count);
	for (uint32_t i = 0; i < state->chain.main.count; i++)
		rh_digest_u64(
			digest,
			rh_chain_at(env, &state->chain, rh_chain_main(env, &state->chain, i))->id);
	rh_digest_u32(digest, state->orphans.items.count);
	rh_digest_u32(digest, state->early.items.count);
	rh_digest_u32(digest, state->validating.items.count);
	rh_digest_u64(digest, state->revenue);
	rh_digest_u64(digest, state->minted);
	rh_digest_u32(digest, state->final_height);
	rh_relay_digest(&state->relay, env, digest);
	if (state->money != 0)
		rh_pow_money_digest(env, state, digest);
}

static uint64_t weight(const void *node_params)
{
	const struct rh_pow_node_params *own = node_params;

	return (uint64_t)own->hashrate;
}

static uint64_t block_ns(const void *params)
{
	const struct rh_pow_params *own = params;

	return own->block_interval_ns;
}

static uint64_t final_depth(const void *params)
{
	const struct rh_pow_params *own = params;

	return (uint64_t)own->confirmations;
}

/* ---- invariants ------------------------------------------------------------------------------ */

/* All of them speak about the head. */
static bool is_unchanged(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;

	return state->moved_in_step == 0;
}

/* NULL before there is one. */
static const struct rh_chain_entry *head_to_check(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;

	if (state->chain.entries.count == 0)
		return NULL;
	return rh_chain_at(env, &state->chain, rh_chain_head(env, &state->chain));
}

static bool head_moves_to_better(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;

	return head_to_check(env) == NULL || state->last_move_is_sound != 0;
}

static bool heights_are_consistent(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;
	const struct rh_chain_entry *head = head_to_check(env);

	if (head == NULL)
		return true;
	if (head->height + 1 != state->chain.main.count)
		return false;
	return head->parent == RH_CHAIN_NONE ||
	       rh_chain_at(env, &state->chain, head->parent)->height + 1 == head->height;
}

static bool head_time_is_after_median(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;
	const struct rh_chain_entry *head = head_to_check(env);

	return head == NULL || head->parent == RH_CHAIN_NONE ||
	       head->time_s > rh_pow_median_past(env, &state->chain, head->parent);
}

static bool head_bits_are_required(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;
	const struct rh_chain_entry *head = head_to_check(env);

	if (head == NULL || head->parent == RH_CHAIN_NONE)
		return true;
	return head->bits == rh_pow_required_bits(env, &state->chain, &state->rules, head->parent);
}

static bool supply_is_conserved(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;
	const struct rh_chain_entry *head = head_to_check(env);

	return head == NULL || state->minted == rh_pow_supply(head->height, state->rules.halving);
}

static bool money_is_conserved(const struct rh_env *env)
{
	const struct rh_pow_state *state = env->state;

	return state->money == 0 || rh_pow_money_is_conserved(env, state);
}

/* ---- the table ------------------------------------------------------------------------------- */

#define BLOCK_ROW \
	{ \
		"block", rh_pow_block_size, rh_pow_block_encode, rh_pow_block_decode \
	}
#define COMPACT_ROW \
	{ \
		"cmpctblock", rh_pow_compact_size, rh_pow_compact_encode, rh_pow_compact_decode \
	}
#define MISSING_ROW \
	{ \
		"blocktxn", rh_pow_missing_size, rh_pow_missing_encode, rh_pow_missing_decode \
	}

static const struct rh_message_kind messages[] = {
	RH_RELAY_MESSAGE_ROWS(BLOCK_ROW, COMPACT_ROW, MISSING_ROW),
	{"txinv", rh_tx_ids_size, rh_tx_inv_encode, rh_tx_inv_decode},
	{"txget", rh_tx_ids_size, rh_tx_ask_encode, rh_tx_ask_decode},
	{"txs", rh_tx_list_size, rh_tx_list_encode, rh_tx_list_decode},
};

static const struct rh_topic topics[] = {
	RH_RELAY_TOPIC_ROWS(0),
	{"txinv", RH_POW_KIND_TXINV, RH_TOPIC_NEIGHBOURS},
};

static const char *const timers[] = {
	[RH_POW_TIMER_MINE] = "mine",	  [RH_POW_TIMER_EARLY] = "early",
	[RH_POW_TIMER_RELAY] = "relay",	  [RH_POW_TIMER_REFRESH] = "refresh",
	[RH_POW_TIMER_SPREAD] = "spread", [RH_POW_TIMER_POOL] = "pool",
};

static const struct rh_model_gauge gauges[] = {
	[RH_POW_GAUGE_ORPHANS] = {"orphans", RH_UNIT_COUNT, "blocks that wait for their parent"},
	[RH_POW_GAUGE_EARLY] = {"early", RH_UNIT_COUNT, "blocks whose time is too far ahead"},
	[RH_POW_GAUGE_REVENUE] = {"revenue", RH_UNIT_COUNT,
				  "satoshi that the node earned on the chain it follows"},
	[RH_POW_GAUGE_OWN_BLOCKS] = {"own_blocks", RH_UNIT_COUNT, "blocks the node found"},
	[RH_POW_GAUGE_OWN_STALE] = {"own_stale", RH_UNIT_COUNT,
				    "blocks the node found that are not on its chain"},
	[RH_POW_GAUGE_DIFFICULTY] = {"difficulty", RH_UNIT_COUNT,
				     "of the head, against target 0x1d00ffff, rounded down"},
	[RH_POW_GAUGE_REFUSED] = {"refused", RH_UNIT_COUNT, "blocks the node refused"},
	[RH_POW_GAUGE_TRANSACTIONS] = {"transactions", RH_UNIT_COUNT,
				       "transactions on the node's chain"},
	[RH_POW_GAUGE_MEMPOOL_BYTES] = {"mempool_bytes", RH_UNIT_BYTES,
					"bytes of transactions waiting at the node"},
	[RH_POW_GAUGE_MEMPOOL] = {"mempool", RH_UNIT_ID, "equal where the same transactions wait"},
	[RH_POW_GAUGE_BALANCES] = {"balances", RH_UNIT_ID,
				   "equal where all balances and nonces are"},
	[RH_POW_GAUGE_TX_REFUSED] = {"tx_refused", RH_UNIT_COUNT,
				     "transactions the node did not take into its pool"},
	[RH_POW_GAUGE_TX_EVICTED] = {"tx_evicted", RH_UNIT_COUNT,
				     "transactions that left a full pool"},
	[RH_POW_GAUGE_TX_REPLACED] = {"tx_replaced", RH_UNIT_COUNT,
				      "transactions replaced by better paid ones"},
	[RH_POW_GAUGE_TX_EXPIRED] = {"tx_expired", RH_UNIT_COUNT,
				     "transactions that waited too long"},
	[RH_POW_GAUGE_TX_RETURNED] = {"tx_returned", RH_UNIT_COUNT,
				      "transactions that a reorganisation took out of the chain "
				      "and the node waits for again"},
};

static const struct rh_key mine_keys[] = {{.name = "count",
					   .type = RH_KEY_INT,
					   .offset = 0,
					   .default_text = "1",
					   .min = 1,
					   .max = 1000,
					   .doc = "How many, one on top of the other.",
					   .since = "0.1"},
					  RH_KEY_END};

static const struct rh_model_action actions[] = {
	[RH_POW_ACTION_MINE] = {"mine", "The node finds a block on its head now.", mine_keys},
};

static const struct rh_invariant invariants[] = {
	{"a head moves only to a better chain", head_moves_to_better},
	{"heights are those of the chain", heights_are_consistent},
	{"the head's time is above the median past", head_time_is_after_median},
	{"the head's bits are those that the rule gives", head_bits_are_required},
	{"subsidies on the chain add up to the supply", supply_is_conserved},
	{"all balances add up to the supply", money_is_conserved},
};

const struct rh_model rh_pow_model = {
	.name = "pow",
	.doc = "A Bitcoin-like chain: proof of work, most work wins, difficulty follows the hash "
	       "rate.",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct rh_pow_state),
	.params_size = sizeof(struct rh_pow_params),
	.node_params_size = sizeof(struct rh_pow_node_params),
	.keys = rh_pow_keys,
	.node_keys = rh_pow_node_keys,
	.topics = topics,
	.messages = messages,
	.timers = timers,
	.gauges = gauges,
	.actions = actions,
	.invariants = invariants,
	.topic_count = RH_ARRAY_LEN(topics),
	.message_count = RH_ARRAY_LEN(messages),
	.timer_count = RH_ARRAY_LEN(timers),
	.gauge_count = RH_ARRAY_LEN(gauges),
	.action_count = RH_ARRAY_LEN(actions),
	.invariant_count = RH_ARRAY_LEN(invariants),
	.is_unchanged = is_unchanged,
	.check = rh_pow_check,
	.step = step,
	.release = release,
	.digest = digest,
	.weight = weight,
	.final_depth = final_depth,
	.block_ns = block_ns,
	.input_count = RH_TX_INPUT_COUNT,
};
