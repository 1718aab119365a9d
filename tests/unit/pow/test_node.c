/*
 * test_node.c - one node at a time: bad blocks are refused with a reason, limits hold, a restart gives the
 * same node, parameters are checked together, and each invariant trips on a state that breaks it.
 */
#include <stdio.h>
#include <string.h>

#include "models/pow/model.h"
#include "models/pow/node.h"
#include "tests/lib/model_host.h"
#include "tests/unit/pow/frame.h"

struct seen {
	uint32_t accepted;
	uint32_t refused;
	char why[128];
	int64_t gauges[128];
};

static void watch(void *ctx, const struct rh_record *record)
{
	struct seen *seen = ctx;

	if (record->kind == RH_RECORD_GAUGE)
		seen->gauges[record->index] = (int64_t)record->a;
	if (record->kind != RH_RECORD_BLOCK)
		return;
	seen->accepted += record->stage == RH_BLOCK_ACCEPTED;
	if (record->stage == RH_BLOCK_REFUSED) {
		seen->refused++;
		snprintf(seen->why, sizeof(seen->why), "%.*s", (int)record->text_len, record->text);
	}
}

static struct model_host *node_with(struct seen *seen, const char *wallets)
{
	struct model_host *host = host_new(&rh_pow_model, 2, 1);

	memset(seen, 0, sizeof(*seen));
	host->is_mining = false;
	host->on_record = watch;
	host->ctx = seen;
	host_set(host, -1, "relay", "flood");
	host_set(host, -1, "validationTime", "0");
	host_set(host, -1, "wallets", wallets);
	host_start(host);
	host_run(host, RH_NS_PER_SEC);
	return host;
}

static struct model_host *one_node(struct seen *seen)
{
	return node_with(seen, "0");
}

static struct rh_pow_state *state_of(struct model_host *host, uint32_t node)
{
	return host->nodes[node].env.state;
}

/* A good block on `parent` (NULL: the first one). */
static struct rh_pow_block child_of(struct model_host *host, const struct rh_pow_block *parent)
{
	struct rh_pow_block block = {
		.parent = parent != NULL ? parent->id : rh_pow_genesis_id(),
		.time_s = 1600000000 + 100,
		.producer_name64 = 77,
		.producer = 1,
		.height = parent != NULL ? parent->height + 1 : 1,
		.bits = rh_chain_at(&host->nodes[0].env, &state_of(host, 0)->chain, 0)->bits,
		.size_bytes = 1000,
		.tx_count = 1,
	};

	if (parent != NULL)
		block.time_s = parent->time_s + 1;
	rh_pow_block_seal(&block);
	return block;
}

static void deliver(struct model_host *host, uint32_t node, const struct rh_pow_block *block)
{
	struct rh_event event = {.class = RH_CLASS_MESSAGE,
				 .kind = RH_RELAY_KIND_ITEM,
				 .topic = RH_POW_FIRST_TOPIC,
				 .from = 1 - node,
				 .id = block->id,
				 .key = block->id};

	*(struct rh_pow_block *)host_object(host, sizeof(*block), &event.ref) = *block;
	host_step(host, node, &event);
	host_object_drop(host, event.ref);
}

START_TEST(a_good_block_is_taken)
{
	struct seen seen;
	struct model_host *host = one_node(&seen);
	struct rh_pow_block block = child_of(host, NULL);

	deliver(host, 0, &block);
	ck_assert_uint_eq(seen.accepted, 1);
	ck_assert_int_eq(seen.gauges[RH_GAUGE_HEAD_HEIGHT], 1);
	deliver(host, 0, &block);
	ck_assert_uint_eq(seen.accepted, 1);
	host_free(host);
}
END_TEST

/* Changes one thing of a good block and expects the refusal to name it. */
static void refused(void (*change)(struct rh_pow_block *block), bool is_sealed, const char *why)
{
	struct seen seen;
	struct model_host *host = one_node(&seen);
	struct rh_pow_block block = child_of(host, NULL);
	struct rh_pow_block child;

	change(&block);
	if (is_sealed)
		rh_pow_block_seal(&block);
	child = child_of(host, &block);
	deliver(host, 0, &child); /* an orphan, which must go with its parent */
	deliver(host, 0, &block);
	ck_assert_uint_eq(seen.accepted, 0);
	ck_assert_int_eq(state_of(host, 0)->chain.entries.count, 1);
	if (is_sealed) {
		ck_assert_uint_eq(seen.refused, 2);
		ck_assert_str_eq(seen.why, "its parent was refused");
		ck_assert_uint_eq(state_of(host, 0)->orphans.items.count, 0);
	}
	ck_assert_uint_ge(state_of(host, 0)->refused, 1);
	host_free(host);

	/* Without the orphan the reason is the last word. */
	host = one_node(&seen);
	deliver(host, 0, &block);
	ck_assert_str_eq(seen.why, why);
	host_free(host);
}

static void change_height(struct rh_pow_block *block)
{
	block->height = 5;
}

static void change_bits(struct rh_pow_block *block)
{
	block->bits--;
}

static void change_time(struct rh_pow_block *block)
{
	block->time_s = 1600000000;
}

static void change_fees(struct rh_pow_block *block)
{
	block->fees = 1;
}

static void change_seal(struct rh_pow_block *block)
{
	block->seal ^= 1;
}

START_TEST(bad_blocks_are_refused_with_a_reason)
{
	refused(change_height, true, "its height is not its parent's plus one");
	refused(change_bits, true, "its bits are not those that the rule gives");
	refused(change_time, true, "its time is not above the median of the blocks before it");
	refused(change_fees, true, "its fees are more than its transactions can pay");
	refused(change_seal, false, "its seal is wrong");
}
END_TEST

START_TEST(a_forgery_does_not_bar_the_real_block)
{
	struct seen seen;
	struct model_host *host = one_node(&seen);
	struct rh_pow_block block = child_of(host, NULL);
	struct rh_pow_block forged = block;

	forged.fees = 7;
	deliver(host, 0, &forged);
	ck_assert_uint_eq(seen.refused, 1);
	deliver(host, 0, &block);
	ck_assert_uint_eq(seen.accepted, 1);
	host_free(host);
}
END_TEST

START_TEST(the_time_just_above_the_median_is_good)
{
	struct seen seen;
	struct model_host *host = one_node(&seen);
	struct rh_pow_block block = child_of(host, NULL);

	block.time_s = 1600000001;
	rh_pow_block_seal(&block);
	deliver(host, 0, &block);
	ck_assert_uint_eq(seen.accepted, 1);
	host_free(host);
}
END_TEST

START_TEST(two_hours_ahead_is_good_and_a_second_more_waits)
{
	struct seen seen;
	struct model_host *host = one_node(&seen);
	struct rh_pow_block block = child_of(host, NULL);

	block.time_s = 1600000001 + 7200;
	rh_pow_block_seal(&block);
	deliver(host, 0, &block);
	ck_assert_uint_eq(seen.accepted, 1);
	block.time_s++;
	rh_pow_block_seal(&block);
	deliver(host, 0, &block);
	ck_assert_uint_eq(seen.accepted, 1);
	ck_assert_uint_eq(seen.refused, 0);
	ck_assert_int_eq(seen.gauges[RH_GAUGE_MODEL + RH_POW_GAUGE_EARLY], 1);
	host_run(host, 2 * RH_NS_PER_SEC);
	ck_assert_int_eq(seen.gauges[RH_GAUGE_MODEL + RH_POW_GAUGE_EARLY], 0);
	host_free(host);
}
END_TEST

START_TEST(orphans_connect_in_any_number)
{
	struct seen seen;
	struct model_host *host = one_node(&seen);
	struct rh_pow_block blocks[90];

	for (size_t i = 0; i < RH_ARRAY_LEN(blocks); i++)
		blocks[i] = child_of(host, i > 0 ? &blocks[i - 1] : NULL);
	for (size_t i = RH_ARRAY_LEN(blocks); i-- > 0;)
		deliver(host, 0, &blocks[i]);
	ck_assert_uint_eq(seen.accepted, 90);
	ck_assert_int_eq(seen.gauges[RH_GAUGE_HEAD_HEIGHT], 90);
	ck_assert_int_eq(seen.gauges[RH_GAUGE_MODEL + RH_POW_GAUGE_ORPHANS], 0);
	ck_assert_int_eq(seen.gauges[RH_GAUGE_TOTAL_SUPPLY], INT64_C(91) * 5000000000);
	host_free(host);
}
END_TEST

START_TEST(the_orphan_pool_has_a_limit)
{
	struct seen seen;
	struct model_host *host = one_node(&seen);
	struct rh_pow_block parent = child_of(host, NULL);

	for (uint32_t i = 0; i < 150; i++) {
		struct rh_pow_block orphan = child_of(host, &parent);

		orphan.nonce = i;
		rh_pow_block_seal(&orphan);
		deliver(host, 0, &orphan);
	}
	ck_assert_uint_eq(state_of(host, 0)->orphans.items.count, 100);
	deliver(host, 0, &parent);
	ck_assert_uint_eq(seen.accepted, 101);
	host_free(host);
}
END_TEST

START_TEST(a_full_tree_refuses)
{
	struct seen seen;
	struct model_host *host = host_new(&rh_pow_model, 2, 1);

	memset(&seen, 0, sizeof(seen));
	host->is_mining = false;
	host->on_record = watch;
	host->ctx = &seen;
	host_set(host, -1, "maxBlocks", "5");
	host_start(host);
	host_run(host, RH_NS_PER_SEC);
	host_action(host, 0, RH_POW_ACTION_MINE, 10);
	host_run(host, 60 * RH_NS_PER_SEC);
	ck_assert_uint_eq(state_of(host, 0)->chain.entries.count, 5);
	ck_assert_uint_eq(state_of(host, 1)->chain.entries.count, 5);
	ck_assert_str_eq(seen.why, "the tree is full: raise maxBlocks");
	host_free(host);
}
END_TEST

static struct rh_hash128 digest_of(struct model_host *host, uint32_t node)
{
	struct rh_digest *digest = rh_digest_new();
	struct rh_hash128 value;
	const struct rh_chain *chain = &state_of(host, node)->chain;

	for (uint32_t i = 0; i < chain->entries.count; i++)
		rh_digest_u64(digest, rh_chain_at(&host->nodes[node].env, chain, i)->id);
	rh_digest_u64(digest, rh_chain_head(&host->nodes[node].env, chain));
	rh_digest_u64(digest, state_of(host, node)->minted);
	rh_digest_u64(digest, state_of(host, node)->revenue);
	rh_digest_u64(digest, state_of(host, node)->own_blocks);
	rh_digest_u64(digest, state_of(host, node)->own_main);
	rh_digest_u64(digest, state_of(host, node)->final_height);
	value = rh_digest_value(digest);
	rh_digest_free(digest);
	return value;
}

START_TEST(a_restart_gives_the_same_node)
{
	struct model_host *host = host_new(&rh_pow_model, 4, 3);
	struct rh_hash128 before;

	host_set(host, -1, "blockInterval", "2s");
	host_start(host);
	host_run(host, 600 * RH_NS_PER_SEC);
	before = digest_of(host, 1);
	ck_assert_uint_gt(state_of(host, 1)->chain.entries.count, 200);
	ck_assert_uint_gt(rh_chain_stale_count(&state_of(host, 1)->chain), 0);
	host_crash(host, 1, false);
	host_restart(host, 1);
	ck_assert(rh_hash128_eq(before, digest_of(host, 1)));
	ck_assert_uint_eq(state_of(host, 1)->starts, 1);
	host_free(host);
}
END_TEST

START_TEST(parameters_are_checked_together)
{
	struct model_host *host = host_new(&rh_pow_model, 2, 1);
	char why[128];

	ck_assert_int_eq(rh_pow_model.check(host->params, why, sizeof(why)), 0);
	host_set(host, -1, "retargetBlocks", "1");
	ck_assert_int_ne(rh_pow_model.check(host->params, why, sizeof(why)), 0);
	host_set(host, -1, "retargetBlocks", "0");
	ck_assert_int_eq(rh_pow_model.check(host->params, why, sizeof(why)), 0);
	host_set(host, -1, "transactionSize", "1000B");
	host_set(host, -1, "blockSize", "500B");
	ck_assert_int_ne(rh_pow_model.check(host->params, why, sizeof(why)), 0);
	host_free(host);
}
END_TEST

/* ---- each invariant trips -------------------------------------------------------------------- */

static void break_move(const struct rh_env *env, struct rh_pow_state *state,
		       struct rh_chain_entry *head)
{
	(void)env;
	(void)head;
	state->last_move_is_sound = 0;
}

static void break_height(const struct rh_env *env, struct rh_pow_state *state,
			 struct rh_chain_entry *head)
{
	(void)env;
	(void)state;
	head->height++;
}

static void break_time(const struct rh_env *env, struct rh_pow_state *state,
		       struct rh_chain_entry *head)
{
	(void)env;
	(void)state;
	head->time_s = 0;
}

static void break_bits(const struct rh_env *env, struct rh_pow_state *state,
		       struct rh_chain_entry *head)
{
	(void)env;
	(void)state;
	head->bits++;
}

static void break_supply(const struct rh_env *env, struct rh_pow_state *state,
			 struct rh_chain_entry *head)
{
	(void)env;
	(void)head;
	state->minted++;
}

/* A satoshi of the finder's reward is gone. */
static void break_balances(const struct rh_env *env, struct rh_pow_state *state,
			   struct rh_chain_entry *head)
{
	struct rh_pow_money *money = rh_at(env->space, state->money);
	uint64_t *finder = rh_vec_at(env->space, &money->ledger.finders, 16, 0);

	(void)head;
	finder[1]--;
}

static void (*const breaks[])(const struct rh_env *env, struct rh_pow_state *state,
			      struct rh_chain_entry *head) = {
	break_move, break_height, break_time, break_bits, break_supply, break_balances};

START_TEST(each_invariant_trips_on_its_own)
{
	ck_assert_uint_eq(RH_ARRAY_LEN(breaks), rh_pow_model.invariant_count);
	for (size_t i = 0; i < RH_ARRAY_LEN(breaks); i++) {
		struct seen seen;
		struct model_host *host = node_with(&seen, "5");
		struct rh_env *env = &host->nodes[0].env;
		struct rh_pow_state *state = env->state;

		host_action(host, 0, RH_POW_ACTION_MINE, 3);
		for (size_t j = 0; j < RH_ARRAY_LEN(breaks); j++)
			ck_assert(rh_pow_model.invariants[j].holds(env));
		breaks[i](env, state,
			  rh_chain_at(env, &state->chain, rh_chain_head(env, &state->chain)));
		ck_assert_msg(!rh_pow_model.invariants[i].holds(env), "%s",
			      rh_pow_model.invariants[i].name);
		host_free(host);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_good_block_is_taken,
		bad_blocks_are_refused_with_a_reason,
		a_forgery_does_not_bar_the_real_block,
		the_time_just_above_the_median_is_good,
		two_hours_ahead_is_good_and_a_second_more_waits,
		orphans_connect_in_any_number,
		the_orphan_pool_has_a_limit,
		a_full_tree_refuses,
		a_restart_gives_the_same_node,
		parameters_are_checked_together,
		each_invariant_trips_on_its_own,
	};

	return run_tests("node", tests, RH_ARRAY_LEN(tests));
}
