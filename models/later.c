/*
 * later.c - protocols that can be written, checked and planned, and not yet be run.
 *
 * Each row has the name, the keys and the gauges that the model is going to have, so that a scenario
 * for it loads, prints and names its gauges today; `missing` finishes the sentence "model NAME needs
 * ..., which this version does not have".  A row leaves this file when the model comes, and keeps its
 * keys.  None has a step: the run layer refuses the plan before a world sees it.
 */
#include "models/later.h"

#include "core/transaction.h"

#define MONEY_MAX INT64_C(1000000000000000)

/* What every chain of accounts has. */
struct chain_params {
	int64_t chain_id;
	int64_t gas_limit;
	int64_t wallets;
	int64_t balance;
	uint64_t block_ns;
	int64_t gossip_mesh;
	uint64_t gossip_heartbeat_ns;
};

struct stake_node_params {
	int64_t validators;
};

#define ROW(owner, text, kind, member, standard, least, most, sentence) \
	{ \
		.name = text, .type = RH_KEY_##kind, .offset = offsetof(struct owner, member), \
		.default_text = standard, .min = least, .max = most, .doc = sentence, \
		.since = "0.2" \
	}

/* clang-format off */
#define ACCOUNTS \
	ROW(chain_params, "chainId", INT, chain_id, "1337", 1, INT64_C(1) << 53, \
	    "Number of the chain, as transactions name it."), \
	ROW(chain_params, "gasLimit", INT, gas_limit, "30000000", 5000, INT64_C(1) << 53, \
	    "Gas that a block may use."), \
	ROW(chain_params, "wallets", INT, wallets, "0", 0, 1 << 20, \
	    "Wallets that exist from the first block."), \
	ROW(chain_params, "balance", INT, balance, "1000", 0, MONEY_MAX, \
	    "What each wallet begins with, in coins.")
#define GOSSIP \
	ROW(chain_params, "gossipMesh", INT, gossip_mesh, "8", 1, 1000, \
	    "Peers in the mesh of a gossip topic."), \
	ROW(chain_params, "gossipHeartbeat", DURATION, gossip_heartbeat_ns, "700ms", 1000000, \
	    INT64_C(3600000000000), "How often a node mends its mesh.")
#define BLOCK_TIME(standard) \
	ROW(chain_params, "blockInterval", DURATION, block_ns, standard, 1000000, \
	    INT64_C(3600000000000), "Time between blocks.")
/* clang-format on */

static const struct rh_key stake_keys[] = {ACCOUNTS, GOSSIP, RH_KEY_END};
static const struct rh_key bft_keys[] = {ACCOUNTS, GOSSIP, BLOCK_TIME("1s"), RH_KEY_END};
static const struct rh_key sequencer_keys[] = {ACCOUNTS, BLOCK_TIME("2s"), RH_KEY_END};

static const struct rh_key stake_node_keys[] = {
	ROW(stake_node_params, "validators", INT, validators, "1", 0, 1000000,
	    "Validators on the node, each with the same stake; 0: it only follows."),
	RH_KEY_END,
};

static uint64_t stake_weight(const void *node_params)
{
	const struct stake_node_params *params = node_params;

	return (uint64_t)params->validators;
}

static uint64_t block_ns(const void *params)
{
	return ((const struct chain_params *)params)->block_ns;
}

static const struct rh_model_gauge stake_gauges[] = {
	{"finalized_epoch_lag", RH_UNIT_COUNT, "epochs since the finalized one"},
	{"slashed_validators", RH_UNIT_COUNT, "validators that were slashed"},
	{"active_validators", RH_UNIT_COUNT, "validators with a vote"},
	{"missed_slots", RH_UNIT_COUNT, "slots without a block"},
	{"missed_attestations", RH_UNIT_COUNT, "votes that did not come"},
};

static const struct rh_model_gauge bft_gauges[] = {
	{"rounds", RH_UNIT_COUNT, "rounds that the last height took"},
	{"slashed_validators", RH_UNIT_COUNT, "validators that were slashed"},
};

static const struct rh_model_gauge sequencer_gauges[] = {
	{"batches", RH_UNIT_COUNT, "batches that were posted"},
	{"pending_batches", RH_UNIT_COUNT, "batches that wait to be posted"},
	{"failovers", RH_UNIT_COUNT, "how often another sequencer took over"},
};

#define LATER(id, text, others, sentence, needs, table, gauge_table, ...) \
	const struct rh_model id = {.name = text, \
				    .also = others, \
				    .doc = sentence, \
				    .missing = needs, \
				    .abi = RH_MODEL_ABI, \
				    .params_size = sizeof(struct chain_params), \
				    .keys = table, \
				    .gauges = gauge_table, \
				    .gauge_count = RH_ARRAY_LEN(gauge_table), \
				    .input_count = RH_TX_INPUT_COUNT, \
				    __VA_ARGS__}

#define STAKED \
	.node_params_size = sizeof(struct stake_node_params), .node_keys = stake_node_keys, \
	.weight = stake_weight

LATER(rh_later_ethereum_pos, "ethereum-pos", "pos-node|beacon|gasper",
      "Proof of stake as Ethereum has it: slots, votes, finalized epochs (not in this version).",
      "a proof-of-stake node with slots, attestations and finality", stake_keys, stake_gauges,
      STAKED);
LATER(rh_later_pos, "pos", "proof-of-stake",
      "Proof of stake: validators take turns and vote (not in this version).",
      "a proof-of-stake node", stake_keys, stake_gauges, STAKED);
LATER(rh_later_bft, "bft", "tendermint|pbft",
      "Votes in rounds until two thirds agree on a block (not in this version).",
      "a node that votes in rounds", bft_keys, bft_gauges, STAKED, .block_ns = block_ns);
LATER(rh_later_sequencer, "sequencer", "rollup",
      "A rollup: one node orders transactions, others follow and can take over (not in this "
      "version).",
      "a rollup node and the chain that it posts to", sequencer_keys, sequencer_gauges,
      .block_ns = block_ns);
