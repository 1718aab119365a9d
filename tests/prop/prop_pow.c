/*
 * prop_pow.c - proof-of-work networks under random trouble keep their promises.
 *
 * Random networks (size, links, relay policy, block interval, seed) live through random cuts, crashes,
 * lost journals and clock steps.  After every step the invariants of the model are asked; from the
 * records alone a naive oracle keeps each node's blocks, and says which head, which reorganisation depth
 * and which supply must come out.  In the end all cuts are healed, and all nodes must be on one chain,
 * whose subsidies are the sum of all revenues.
 *
 * A second property delivers one random set of blocks to a node in many orders, parents after children
 * too: the head has the most work every time, whatever the order.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/pow/model.h"
#include "models/pow/node.h"
#include "tests/lib/model_host.h"

#define NODES  8
#define BLOCKS 4096

/* ---- the oracle: what each node has, from its records ---------------------------------------- */

struct oracle_block {
	uint64_t id;
	uint64_t parent;
	uint64_t height;
};

struct oracle {
	struct oracle_block blocks[BLOCKS];
	uint32_t block_count;
	bool has[NODES][BLOCKS];
	uint64_t head[NODES];
	uint64_t pending_depth[NODES]; /* of a head record: the reorg record must agree */
	int64_t gauges[NODES][128];
	uint32_t reorgs;
};

static uint32_t block_index(struct oracle *oracle, uint64_t id)
{
	for (uint32_t i = 0; i < oracle->block_count; i++) {
		if (oracle->blocks[i].id == id)
			return i;
	}
	return BLOCKS;
}

static bool is_ancestor(struct oracle *oracle, uint64_t ancestor, uint64_t id)
{
	while (id != ancestor) {
		uint32_t index = block_index(oracle, id);

		if (index == BLOCKS)
			return false;
		id = oracle->blocks[index].parent;
	}
	return true;
}

static uint64_t naive_depth(struct oracle *oracle, uint64_t old, uint64_t new)
{
	uint64_t depth = 0;

	while (!is_ancestor(oracle, old, new)) {
		old = oracle->blocks[block_index(oracle, old)].parent;
		depth++;
	}
	return depth;
}

static void on_block(struct oracle *oracle, const struct rh_record *record)
{
	uint32_t index = block_index(oracle, record->a);

	ck_assert_uint_ne(record->stage, RH_BLOCK_REFUSED);
	if (index == BLOCKS) {
		ck_assert_uint_eq(record->stage, RH_BLOCK_PRODUCED);
		ck_assert_uint_lt(oracle->block_count, BLOCKS);
		index = oracle->block_count++;
		oracle->blocks[index] = (struct oracle_block){record->a, record->b, record->c};
	}
	if (record->stage == RH_BLOCK_ACCEPTED) {
		ck_assert(!oracle->has[record->node][index]);
		oracle->has[record->node][index] = true;
	}
}

static void on_record(void *ctx, const struct rh_record *record)
{
	struct oracle *oracle = ctx;
	uint32_t node = record->node;

	if (record->kind == RH_RECORD_BLOCK) {
		on_block(oracle, record);
	} else if (record->kind == RH_RECORD_HEAD) {
		if (record->b != 0) {
			ck_assert_uint_eq(record->b, oracle->head[node]);
			oracle->pending_depth[node] = naive_depth(oracle, record->b, record->a);
		}
		oracle->head[node] = record->a;
	} else if (record->kind == RH_RECORD_REORG) {
		ck_assert_uint_eq(record->c, oracle->pending_depth[node]);
		ck_assert_uint_gt(record->c, 0);
		oracle->pending_depth[node] = 0;
		oracle->reorgs++;
	} else if (record->kind == RH_RECORD_GAUGE) {
		oracle->gauges[node][record->index] = (int64_t)record->a;
	}
}

/* No retargeting here: most work is the greatest height among what the node has. */
static void check_node(struct oracle *oracle, struct model_host *host, uint32_t node)
{
	const struct rh_pow_state *state = host->nodes[node].env.state;
	uint64_t best = 0;
	uint64_t count = 0;
	uint32_t head = block_index(oracle, oracle->head[node]);

	for (uint32_t i = 0; i < oracle->block_count; i++) {
		if (!oracle->has[node][i])
			continue;
		count++;
		if (oracle->blocks[i].height > best)
			best = oracle->blocks[i].height;
	}
	ck_assert_uint_eq(best, head == BLOCKS ? 0 : oracle->blocks[head].height);
	ck_assert_int_eq(oracle->gauges[node][RH_GAUGE_HEAD_HEIGHT], (int64_t)best);
	ck_assert_int_eq(oracle->gauges[node][RH_GAUGE_STALE_BLOCKS], (int64_t)(count - best));
	ck_assert_int_eq(oracle->gauges[node][RH_GAUGE_TOTAL_SUPPLY],
			 (int64_t)(best + 1) * 5000000000);
	ck_assert_uint_eq(oracle->pending_depth[node], 0);
	ck_assert(rh_chain_is_consistent(&host->nodes[node].env, &state->chain));
}

/* ---- trouble --------------------------------------------------------------------------------- */

static void random_links(struct model_host *host, uint64_t seed)
{
	host_unlink(host);
	for (uint32_t i = 1; i < host->node_count; i++)
		host_link(host, i, (uint32_t)(rh_absorb(seed, i) % i));
	for (uint32_t i = 0; i < host->node_count; i++)
		host_link(host, i, (uint32_t)(rh_absorb(seed, 100 + i) % host->node_count));
}

static void amnesia(struct oracle *oracle, struct model_host *host, uint32_t node)
{
	host_crash(host, node, true);
	memset(oracle->has[node], 0, sizeof(oracle->has[node]));
}

static void trouble(struct oracle *oracle, struct model_host *host, uint64_t draw)
{
	uint32_t node = (uint32_t)(draw >> 8) % host->node_count;
	uint64_t side = draw >> 16;

	switch (draw % 8) {
	case 0:
	case 1:
		for (uint32_t a = 0; a < host->node_count; a++) {
			for (uint32_t b = 0; b < host->node_count; b++)
				host->is_cut[a][b] = (side >> a & 1) != (side >> b & 1);
		}
		break;
	case 2:
	case 3:
		memset(host->is_cut, 0, sizeof(host->is_cut));
		break;
	case 4:
		if (host->nodes[node].is_up)
			host_crash(host, node, false);
		break;
	case 5:
		if (host->nodes[node].is_up)
			amnesia(oracle, host, node);
		break;
	case 6:
		if (!host->nodes[node].is_up)
			host_restart(host, node);
		break;
	case 7:
		host_clock(host, node, (int64_t)(draw >> 24 & 0xffffffff) - (1 << 30));
		break;
	}
}

static const char *const policies[] = {"flood", "inventory", "headers", "compact"};
static const char *const validations[] = {"0", "50ms", "400ms"};

START_TEST(networks_under_trouble)
{
	uint64_t seed = (uint64_t)_i;
	uint32_t node_count = 3 + (uint32_t)(rh_absorb(seed, 1) % (NODES - 2));
	struct model_host *host = host_new(&rh_pow_model, node_count, seed);
	struct oracle *oracle = calloc(1, sizeof(*oracle));
	int64_t revenue = 0;

	ck_assert_ptr_nonnull(oracle);
	host->on_record = on_record;
	host->ctx = oracle;
	host->uses_bytes = seed % 3 == 0;
	host->delay_ns = 1 + rh_absorb(seed, 2) % (500 * RH_NS_PER_MS);
	random_links(host, rh_absorb(seed, 3));
	host_set(host, -1, "relay", policies[seed % 4]);
	host_set(host, -1, "blockSize", "2KB");
	host_set(host, -1, "blockInterval", seed % 2 == 0 ? "3s" : "20s");
	host_set(host, -1, "validationTime", validations[rh_absorb(seed, 4) % 3]);
	host_set(host, -1, "tieRule", rh_absorb(seed, 5) % 4 == 0 ? "random" : "first");
	host_set(host, 0, "hashrate", "5");
	host_start(host);
	for (uint64_t i = 0; i < 40; i++) {
		uint64_t draw = rh_absorb(rh_absorb(seed, 6), i);

		host_run(host, host->now_ns + draw % (20 * RH_NS_PER_SEC));
		for (uint32_t node = 0; node < node_count; node++) {
			if (host->nodes[node].is_up)
				check_node(oracle, host, node);
		}
		trouble(oracle, host, rh_mix64(draw));
	}
	memset(host->is_cut, 0, sizeof(host->is_cut));
	for (uint32_t node = 0; node < node_count; node++) {
		if (!host->nodes[node].is_up)
			host_restart(host, node);
		host->nodes[node].env.weight = 0;
	}
	/* The race ends, blocks from fast clocks come of age, and heads that rest are told again. */
	host->is_mining = false;
	for (uint32_t node = 0; node < node_count; node++)
		host->nodes[node].timers[RH_POW_TIMER_MINE].is_set = false;
	host_run(host, host->now_ns + 30 * RH_NS_PER_MIN);
	for (uint32_t node = 0; node < node_count; node++) {
		check_node(oracle, host, node);
		ck_assert_int_eq(oracle->gauges[node][RH_GAUGE_HEAD_HEIGHT],
				 oracle->gauges[0][RH_GAUGE_HEAD_HEIGHT]);
		if (oracle->head[node] == oracle->head[0])
			revenue += oracle->gauges[node][RH_GAUGE_MODEL + RH_POW_GAUGE_REVENUE];
		else
			revenue = -1;
		if (revenue < 0)
			break;
	}
	/* Two equal chains may live on side by side; when there is one, its miners share it. */
	if (revenue >= 0)
		ck_assert_int_eq(revenue, oracle->gauges[0][RH_GAUGE_TOTAL_SUPPLY] - 5000000000);
	host_free(host);
	free(oracle);
}
END_TEST

/* ---- orders of arrival ----------------------------------------------------------------------- */

#define SET 24

static void make_set(struct rh_pow_block *blocks, uint64_t seed, uint32_t bits)
{
	for (uint32_t i = 0; i < SET; i++) {
		uint32_t back = (uint32_t)(rh_absorb(seed, i) % 4);
		const struct rh_pow_block *parent = back < i ? &blocks[i - 1 - back] : NULL;

		blocks[i] = (struct rh_pow_block){
			.parent = parent != NULL ? parent->id : rh_pow_genesis_id(),
			.time_s = parent != NULL ? parent->time_s + 1 : 1600000001,
			.producer_name64 = 1 + i,
			.height = parent != NULL ? parent->height + 1 : 1,
			.bits = bits,
			.size_bytes = 1000,
			.tx_count = 1,
			.nonce = (uint32_t)rh_absorb(seed, 500 + i),
		};
		rh_pow_block_seal(&blocks[i]);
	}
}

static void deliver(struct model_host *host, const struct rh_pow_block *block)
{
	struct rh_event event = {.class = RH_CLASS_MESSAGE,
				 .kind = RH_RELAY_KIND_ITEM,
				 .topic = RH_POW_FIRST_TOPIC,
				 .from = 1,
				 .id = block->id,
				 .key = block->id};

	*(struct rh_pow_block *)host_object(host, sizeof(*block), &event.ref) = *block;
	host_step(host, 0, &event);
	host_object_drop(host, event.ref);
}

START_TEST(any_order_gives_the_most_work)
{
	uint64_t seed = (uint64_t)_i;
	uint32_t most = 0;

	for (uint64_t order = 0; order < 8; order++) {
		struct model_host *host = host_new(&rh_pow_model, 2, 1);
		struct rh_pow_state *state = host->nodes[0].env.state;
		struct rh_pow_block blocks[SET];
		uint64_t draws[SET];

		host->is_mining = false;
		host_set(host, -1, "relay", "flood");
		host_set(host, -1, "validationTime", seed % 2 == 0 ? "0" : "10ms");
		host_start(host);
		make_set(blocks, seed, rh_chain_at(&host->nodes[0].env, &state->chain, 0)->bits);
		for (uint32_t i = 0; i < SET; i++) {
			draws[i] = rh_absorb(rh_absorb(seed, 900 + order), i);
			if (blocks[i].height > most)
				most = blocks[i].height;
		}
		for (uint32_t n = 0; n < SET; n++) {
			uint32_t next = 0;

			for (uint32_t i = 1; i < SET; i++) {
				if (draws[i] < draws[next])
					next = i;
			}
			draws[next] = UINT64_MAX;
			deliver(host, &blocks[next]);
			host_run(host, host->now_ns + 1000);
		}
		host_run(host, host->now_ns + 60 * RH_NS_PER_SEC);
		ck_assert_uint_eq(state->chain.entries.count, SET + 1);
		ck_assert_uint_eq(state->chain.main.count, most + 1);
		ck_assert_uint_eq(state->orphans.items.count, 0);
		host_free(host);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prop_pow");
	TCase *tests = tcase_create("prop_pow");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, networks_under_trouble, 0, 60);
	tcase_add_loop_test(tests, any_order_gives_the_most_work, 0, 30);
	tcase_set_timeout(tests, 300);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
