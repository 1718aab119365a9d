/*
 * prop_money.c - networks that hold money keep it, whatever happens to them.
 *
 * Random networks of the proof-of-work model with wallets live through random transactions (some
 * spoiled), cuts, crashes, lost journals and mining, partly with every message going through its
 * bytes.  The host asks the invariants after every step, so all balances add up on every node after
 * every block and every reorganisation.  In the end all cuts are healed, and then:
 *
 *   - all nodes have equal balances, and their pools are empty;
 *   - the chain holds no spoiled transaction, and every good one once, each sender's in order.
 *
 * A model that steals a satoshi in one of its steps is caught in the simulator by a record, and one
 * scenario with transactions hashes alike in all engines.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run/run.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "models/pow/model.h"
#include "models/pow/node.h"
#include "models/registry.h"
#include "sim/world.h"
#include "tests/lib/model_host.h"

#define NODES	5
#define WALLETS 7
#define TXS_MAX 4096

struct told {
	uint64_t ids[TXS_MAX];
	bool is_spoiled[TXS_MAX];
	struct rh_tx_order orders[TXS_MAX];
	uint32_t count;
	uint32_t good;
	int64_t gauges[NODES][128];
	uint64_t returned;
	uint64_t dropped;
};

static void watch(void *ctx, const struct rh_record *record)
{
	struct told *told = ctx;

	if (record->kind == RH_RECORD_GAUGE)
		told->gauges[record->node][record->index] = (int64_t)record->a;
	if (record->kind == RH_RECORD_TX && record->stage == RH_TX_SEEN && record->text_len > 0)
		told->returned++;
	if (record->kind == RH_RECORD_TX && record->stage == RH_TX_DROPPED)
		told->dropped++;
}

static uint64_t roll(uint64_t *dice, uint64_t bound)
{
	return rh_absorb(5, (*dice)++) % bound;
}

static const struct rh_pow_state *state_of(const struct model_host *host, uint32_t node)
{
	return host->nodes[node].env.state;
}

static const struct rh_pow_money *money_of(const struct model_host *host, uint32_t node)
{
	return rh_at(&host->space, state_of(host, node)->money);
}

static uint64_t submit(struct model_host *host, uint32_t node, const struct rh_tx_order *order)
{
	struct rh_event event = {.class = RH_CLASS_INPUT,
				 .kind = RH_TX_SUBMIT,
				 .from = node,
				 .key = rh_tx_key(order),
				 .arg = rh_tx_arg(order)};

	event.id = event.key;
	host_step(host, node, &event);
	return event.key;
}

/* A sender's next transaction at up to three nodes; or a spoiled one. */
static void pay(struct model_host *host, struct told *told, uint32_t *nonces, uint64_t *dice)
{
	uint32_t sender = (uint32_t)roll(dice, WALLETS);
	struct rh_tx_order order = {.sender = sender,
				    .nonce = nonces[sender],
				    .salt = (uint32_t)*dice,
				    .price = 1 + (uint32_t)roll(dice, 50),
				    .amount = (uint32_t)roll(dice, 3000),
				    .size_bytes = 100 + (uint32_t)roll(dice, 300)};
	bool is_spoiled = roll(dice, 6) == 0;
	uint32_t copies = 1 + (uint32_t)roll(dice, 3);

	if (is_spoiled) {
		static const uint32_t flags[] = {RH_TX_FORGED, RH_TX_HUGE};

		order.nonce += (uint32_t)roll(dice, 3);
		order.flags = flags[roll(dice, 2)];
	} else {
		nonces[sender]++;
		told->good++;
	}
	RH_ASSERT(told->count < TXS_MAX);
	told->is_spoiled[told->count] = is_spoiled;
	told->orders[told->count] = order;
	told->ids[told->count++] = rh_tx_key(&order);
	while (copies-- > 0)
		submit(host, (uint32_t)roll(dice, NODES), &order);
}

static void cut_or_heal(struct model_host *host, uint64_t *dice)
{
	uint32_t side = (uint32_t)roll(dice, 1 << NODES);
	bool is_cut = roll(dice, 3) != 0;

	for (uint32_t a = 0; a < NODES; a++)
		for (uint32_t b = 0; b < NODES; b++)
			host->is_cut[a][b] = is_cut && ((side >> a) & 1) != ((side >> b) & 1);
}

static void trouble(struct model_host *host, uint64_t *dice)
{
	uint32_t node = (uint32_t)roll(dice, NODES);

	if (roll(dice, 8) == 0)
		cut_or_heal(host, dice);
	if (roll(dice, 25) == 0 && host->nodes[node].is_up)
		host_crash(host, node, roll(dice, 3) == 0);
	node = (uint32_t)roll(dice, NODES);
	if (roll(dice, 6) == 0 && !host->nodes[node].is_up)
		host_restart(host, node);
}

static void heal_all(struct model_host *host)
{
	memset(host->is_cut, 0, sizeof(host->is_cut));
	for (uint32_t i = 0; i < NODES; i++) {
		if (!host->nodes[i].is_up)
			host_restart(host, i);
	}
}

static int told_at(const struct told *told, uint64_t id)
{
	for (uint32_t i = 0; i < told->count; i++) {
		if (told->ids[i] == id)
			return (int)i;
	}
	return -1;
}

/* Reads the chain itself, block by block. */
static uint32_t check_chain(const struct model_host *host, const struct told *told)
{
	const struct rh_env *env = &host->nodes[0].env;
	const struct rh_chain *chain = &state_of(host, 0)->chain;
	uint32_t next[WALLETS];
	uint32_t count = 0;

	for (uint32_t i = 0; i < WALLETS; i++)
		next[i] = RH_TX_NONCE_FIRST;
	for (uint32_t height = 1; height < chain->main.count; height++) {
		const struct rh_chain_entry *entry =
			rh_chain_at(env, chain, rh_chain_main(env, chain, height));
		const struct rh_pow_block *block = rh_env_object(env, entry->ref);

		for (uint32_t i = 0; i < block->body_count; i++) {
			uint64_t id = rh_pow_block_txs(block)[i].id;
			int at = told_at(told, id);

			ck_assert_int_ge(at, 0);
			ck_assert(!told->is_spoiled[at]);
			ck_assert_uint_eq(rh_tx_nonce(id), next[rh_tx_sender(id)]++);
			count++;
		}
	}
	ck_assert_uint_eq(count, money_of(host, 0)->ledger.tx_count);
	return count;
}

static void live(uint64_t seed, struct told *told, uint64_t *on_chain, uint64_t *reorgs)
{
	struct model_host *host = host_new(&rh_pow_model, NODES, seed);
	uint32_t nonces[WALLETS];
	uint64_t dice = seed * 1000003;

	memset(told, 0, sizeof(*told));
	for (uint32_t i = 0; i < WALLETS; i++)
		nonces[i] = RH_TX_NONCE_FIRST;
	host->on_record = watch;
	host->ctx = told;
	host->uses_bytes = seed % 3 == 0;
	host_set(host, -1, "blockInterval", "4s");
	host_set(host, -1, "retargetBlocks", "0");
	host_set(host, -1, "blockSize", "3KB");
	host_set(host, -1, "relay", seed % 2 == 0 ? "inventory" : "headers");
	host_set(host, -1, "wallets", "7");
	host_set(host, -1, "balance", "100000000");
	host_set(host, -1, "headRefresh", "10s");
	host_set(host, -1, "reannounce", "5s");
	host_start(host);
	for (uint32_t i = 0; i < 250; i++) {
		host_run(host, host->now_ns + roll(&dice, 1500) * RH_NS_PER_MS);
		pay(host, told, nonces, &dice);
		trouble(host, &dice);
	}
	heal_all(host);
	/* What a crash took from the only node that had it is sent again, as wallets do. */
	for (uint32_t i = 0; i < told->count; i++) {
		if (!told->is_spoiled[i])
			submit(host, i % NODES, &told->orders[i]);
	}
	/* Mining goes on, so that what waits is taken in; then it rests, so that the last block is
	 * everywhere. */
	host_run(host, host->now_ns + 600 * RH_NS_PER_SEC);
	for (uint32_t i = 0; i < NODES; i++)
		host->nodes[i].env.weight = 0;
	host_run(host, host->now_ns + 60 * RH_NS_PER_SEC);
	ck_assert_uint_eq(check_chain(host, told), told->good);
	*on_chain += told->good;
	for (uint32_t i = 0; i < NODES; i++) {
		const struct rh_pow_money *money = money_of(host, i);

		ck_assert(rh_mempool_is_consistent(&host->nodes[i].env, &money->pool));
		ck_assert_int_eq(told->gauges[i][RH_GAUGE_HEAD], told->gauges[0][RH_GAUGE_HEAD]);
		ck_assert_int_eq(told->gauges[i][RH_GAUGE_MODEL + RH_POW_GAUGE_BALANCES],
				 told->gauges[0][RH_GAUGE_MODEL + RH_POW_GAUGE_BALANCES]);
		ck_assert_uint_eq(money->pool.count, 0);
		*reorgs += state_of(host, i)->chain.reorg_count;
	}
	host_free(host);
}

START_TEST(money_is_kept)
{
	struct told *told = calloc(1, sizeof(*told));
	uint64_t on_chain = 0;
	uint64_t reorgs = 0;
	uint64_t returned = 0;
	uint64_t dropped = 0;

	for (uint64_t seed = 1; seed <= 12; seed++) {
		live(seed, told, &on_chain, &reorgs);
		returned += told->returned;
		dropped += told->dropped;
	}
	/* The trouble was real. */
	ck_assert_uint_gt(on_chain, 1500);
	ck_assert_uint_gt(reorgs, 50);
	ck_assert_uint_gt(returned, 30);
	ck_assert_uint_gt(dropped, 200);
	free(told);
}
END_TEST

/* ---- in the simulator ------------------------------------------------------------------------ */

static const char scenario[] =
	"apiVersion: rehearse/v1\n"
	"kind: Scenario\n"
	"metadata: {name: money}\n"
	"spec:\n"
	"  duration: 3m\n"
	"  topology: {groups: [{name: n, count: 6}], shape: full}\n"
	"  network: {latency: 40ms, jitter: {law: uniform, amount: 30%}}\n"
	"  model:\n"
	"    name: pow\n"
	"    with: {blockInterval: 5s, blockSize: 20KB, retargetBlocks: 0, wallets: 40}\n"
	"  phases:\n"
	"    - name: p\n"
	"      duration: 3m\n"
	"      actions:\n"
	"        - {fault: partition, target: [n-0, n-1], at: 30s, for: 40s}\n"
	"        - {fault: restart, target: n-3, at: 80s, with: {downtime: 15s}}\n"
	"  workloads:\n"
	"    - {name: a, type: transactions, with: {rate: 5/s, rampTo: 30/s, arrivals: poisson,\n"
	"       users: 20, feeLaw: tiers, copies: 2, spread: 3s, badSignature: 5%, feeTooLow: "
	"5%}}\n"
	"    - {name: b, type: transactions, with: {rate: 100/20s, burst: 100, users: 10,\n"
	"       firstUser: 20, entry: random}}\n"
	"    - {name: c, type: gossip-flood, with: {rate: 2/s}, target: n-5}\n";

static struct rh_registry registry;

static struct rh_plan *load(uint64_t seed)
{
	struct rh_load_options options = {.registry = &registry, .seed = seed, .has_seed = true};
	struct rh_diagnostics diagnostics;
	struct rh_err err;
	struct rh_plan *plan;

	memset(&registry, 0, sizeof(registry));
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_faults, &err), 0);
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_assertions, &err), 0);
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_workloads, &err), 0);
	ck_assert_int_eq(rh_registry_add(&registry, &rh_builtin_models, &err), 0);
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_text("money.yaml", scenario, strlen(scenario), &options, &diagnostics);
	ck_assert_ptr_nonnull(plan);
	rh_diagnostics_release(&diagnostics);
	return plan;
}

struct tally {
	uint64_t violations;
	uint64_t tx[4]; /* by stage */
	char invariant[80];
};

static void take(void *ctx, const struct rh_record *records, size_t count)
{
	struct tally *tally = ctx;

	for (size_t i = 0; i < count; i++) {
		if (records[i].kind == RH_RECORD_TX)
			tally->tx[records[i].stage]++;
		if (records[i].kind != RH_RECORD_INVARIANT)
			continue;
		tally->violations++;
		snprintf(tally->invariant, sizeof(tally->invariant), "%.*s",
			 (int)records[i].text_len, records[i].text);
	}
}

static struct rh_hash128 play(const struct rh_plan *plan, enum rh_engine engine, uint32_t threads,
			      struct tally *tally)
{
	struct rh_sink sink = {.take = take, .ctx = tally};
	struct rh_run_options options = {
		.world = {.engine = engine,
			  .threads = threads,
			  .record_mask = rh_record_mask(RH_TRACE_VERDICT)},
		.sinks = {&sink},
		.sink_count = 1,
	};
	struct rh_run_result result;
	struct rh_err err;

	memset(tally, 0, sizeof(*tally));
	ck_assert_msg(rh_run(&result, plan, &sim_world_ops, &options, &err) == 0, "%s", err.text);
	rh_judge_close(result.judge);
	free((void *)result.stats.checkpoints);
	return result.stats.trace_hash;
}

START_TEST(engines_agree)
{
	static const struct {
		enum rh_engine engine;
		uint32_t threads;
	} ways[] = {{RH_ENGINE_HEAP, 1},
		    {RH_ENGINE_GENERAL, 1},
		    {RH_ENGINE_WINDOWED, 1},
		    {RH_ENGINE_WINDOWED, 2}};

	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct rh_plan *plan = load(seed);
		struct tally first;
		struct rh_hash128 hash = play(plan, ways[0].engine, ways[0].threads, &first);

		ck_assert_uint_eq(first.violations, 0);
		for (size_t stage = 0; stage < RH_ARRAY_LEN(first.tx); stage++)
			ck_assert_uint_gt(first.tx[stage], 100);
		for (size_t i = 1; i < RH_ARRAY_LEN(ways); i++) {
			struct tally tally;

			ck_assert(rh_hash128_eq(
				hash, play(plan, ways[i].engine, ways[i].threads, &tally)));
			ck_assert_mem_eq(&tally, &first, sizeof(tally));
		}
		rh_plan_free(plan);
	}
}
END_TEST

/* The thief takes a satoshi when its head moves for the tenth time. */
static void steal(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	struct rh_pow_state *state = env->state;

	rh_pow_model.step(env, event, fx);
	if (env->node == 2 && state->moved_in_step != 0 && state->chain.main.count == 10) {
		struct rh_pow_money *money = rh_at(env->space, state->money);
		struct rh_wallet *wallet =
			rh_vec_at(env->space, &money->ledger.wallets, sizeof(*wallet), 0);

		wallet->balance--;
	}
}

START_TEST(a_thief_is_caught)
{
	struct rh_plan *plan = load(1);
	struct rh_model thief = rh_pow_model;
	struct tally tally;

	thief.step = steal;
	plan->model = &thief;
	play(plan, RH_ENGINE_AUTO, 1, &tally);
	ck_assert_uint_eq(tally.violations, 1);
	ck_assert_str_eq(tally.invariant, "all balances add up to the supply");
	rh_plan_free(plan);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prop_money");
	TCase *tests = tcase_create("prop_money");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, money_is_kept);
	tcase_add_test(tests, engines_agree);
	tcase_add_test(tests, a_thief_is_caught);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
