/*
 * params.c - the keys of the proof-of-work model.
 */
#include "models/pow/params.h"

#include <stdio.h>

#include "core/base/err.h"

#include "models/pow/block.h"

#define AT(member)	offsetof(struct rh_pow_params, member)
#define NODE_AT(member) offsetof(struct rh_pow_node_params, member)

const struct rh_key rh_pow_keys[] = {
	{.name = "blockInterval",
	 .type = RH_KEY_DURATION,
	 .offset = AT(block_interval_ns),
	 .default_text = "10m",
	 .min = 100000000,
	 .max = 31536000000000000,
	 .doc = "Mean time between blocks; the first difficulty is chosen so that all hash rate "
		"together meets it, and retargeting keeps it.",
	 .since = "0.1"},
	{.name = "blockSize",
	 .type = RH_KEY_SIZE,
	 .offset = AT(block_bytes),
	 .default_text = "1MB",
	 .min = RH_POW_BLOCK_MIN,
	 .max = RH_POW_BLOCK_MAX / 4,
	 .doc = "Mean size of a block.",
	 .since = "0.1"},
	{.name = "blockSizeLaw",
	 .type = RH_KEY_ENUM,
	 .offset = AT(size_law),
	 .default_text = "constant",
	 .values = "constant|uniform|normal|exponential",
	 .doc = "How sizes vary from block to block.",
	 .since = "0.1"},
	{.name = "blockSizeSpread",
	 .type = RH_KEY_RATIO,
	 .offset = AT(size_spread),
	 .default_text = "50%",
	 .min = 0,
	 .max = 1000000,
	 .doc = "uniform: the largest deviation as a share of blockSize; normal: the standard one.",
	 .since = "0.1"},
	{.name = "transactionSize",
	 .type = RH_KEY_SIZE,
	 .offset = AT(transaction_bytes),
	 .default_text = "500B",
	 .min = RH_POW_TX_MIN,
	 .max = 1000000,
	 .doc = "Mean size of a transaction: how many a block holds, and so how large its compact "
		"form is.",
	 .since = "0.1"},
	{.name = "fees",
	 .type = RH_KEY_INT,
	 .offset = AT(fees),
	 .default_text = "0",
	 .min = 0,
	 .max = 10000,
	 .doc = "Fees that transactions pay, in satoshi a byte.",
	 .since = "0.1"},
	{.name = "retargetBlocks",
	 .type = RH_KEY_INT,
	 .offset = AT(retarget_blocks),
	 .default_text = "2016",
	 .min = 0,
	 .max = 1000000,
	 .doc = "Blocks between changes of the difficulty; 0: it never changes.",
	 .since = "0.1"},
	{.name = "targetLimit",
	 .type = RH_KEY_ENUM,
	 .offset = AT(target_limit),
	 .default_text = "main",
	 .values = "main|regtest",
	 .doc = "The easiest target: 0x1d00ffff or 0x207fffff.",
	 .since = "0.1"},
	{.name = "hashUnit",
	 .type = RH_KEY_INT,
	 .offset = AT(hash_unit),
	 .default_text = "1000000000000",
	 .min = 1,
	 .max = 1000000000000000000,
	 .doc = "Hashes a second that one unit of `hashrate` stands for; it makes the difficulty "
		"realistic and changes no block's time.",
	 .since = "0.1"},
	{.name = "relay",
	 .type = RH_KEY_ENUM,
	 .offset = AT(relay),
	 .default_text = "inventory",
	 .values = "flood|inventory|headers|compact",
	 .doc = "How a node tells its peers about a block.",
	 .since = "0.1"},
	{.name = "compactFailure",
	 .type = RH_KEY_RATIO,
	 .offset = AT(compact_failure),
	 .default_text = "13%",
	 .min = 0,
	 .max = 1000000,
	 .doc = "Share of compact blocks for which the receiver lacks a transaction.",
	 .since = "0.1"},
	{.name = "requestTimeout",
	 .type = RH_KEY_DURATION,
	 .offset = AT(request_timeout_ns),
	 .default_text = "60s",
	 .min = 1000000,
	 .max = 86400000000000,
	 .doc = "How long a node waits for a block it asked for before it asks another peer.",
	 .since = "0.1"},
	{.name = "headRefresh",
	 .type = RH_KEY_DURATION,
	 .offset = AT(head_refresh_ns),
	 .default_text = "2m",
	 .min = 0,
	 .max = 86400000000000,
	 .doc = "A node whose head did not move for so long tells its peers about it again, as new "
		"connections after a cut would; 0: never.",
	 .since = "0.1"},
	{.name = "validationTime",
	 .type = RH_KEY_DURATION,
	 .offset = AT(validation_ns),
	 .default_text = "100ms",
	 .min = 0,
	 .max = 3600000000000,
	 .doc = "Median time to validate a block (log-normal); 0: none.",
	 .since = "0.1"},
	{.name = "validationSigma",
	 .type = RH_KEY_RATIO,
	 .offset = AT(validation_sigma),
	 .default_text = "50%",
	 .min = 0,
	 .max = 1000000,
	 .doc = "Sigma of the logarithm of the validation time.",
	 .since = "0.1"},
	{.name = "maxOrphans",
	 .type = RH_KEY_INT,
	 .offset = AT(orphans_max),
	 .default_text = "100",
	 .min = 20,
	 .max = 100000,
	 .doc = "Blocks that a node keeps without their parent, and as many that came too early; "
		"the oldest one leaves.",
	 .since = "0.1"},
	{.name = "maxBlocks",
	 .type = RH_KEY_INT,
	 .offset = AT(blocks_max),
	 .default_text = "4000000",
	 .min = 2,
	 .max = 4000000000,
	 .doc = "Blocks that a node's tree holds; more are refused.",
	 .since = "0.1"},
	{.name = "subsidyHalving",
	 .type = RH_KEY_INT,
	 .offset = AT(halving_blocks),
	 .default_text = "210000",
	 .min = 1,
	 .max = 100000000,
	 .doc = "Blocks between halvings of the subsidy, which begins with 50 coins.",
	 .since = "0.1"},
	{.name = "confirmations",
	 .type = RH_KEY_INT,
	 .offset = AT(confirmations),
	 .default_text = "6",
	 .min = 0,
	 .max = 1000000,
	 .doc = "Depth below the head from which a node calls a block final; 0: never.",
	 .since = "0.1"},
	{.name = "futureLimit",
	 .type = RH_KEY_DURATION,
	 .offset = AT(future_limit_ns),
	 .default_text = "2h",
	 .min = 0,
	 .max = 31536000000000000,
	 .doc = "How far a block's time may be ahead of a node's own clock; one beyond it waits.",
	 .since = "0.1"},
	{.name = "tieRule",
	 .type = RH_KEY_ENUM,
	 .offset = AT(tie_rule),
	 .default_text = "first",
	 .values = "first|random",
	 .doc = "Which of two equally good chains a node follows: the one it saw first, or by lot.",
	 .since = "0.1"},
	RH_KEY_END};

const struct rh_key rh_pow_node_keys[] = {{.name = "hashrate",
					   .type = RH_KEY_INT,
					   .offset = NODE_AT(hashrate),
					   .default_text = "1",
					   .min = 0,
					   .max = 1000000000000,
					   .doc = "Units of hash rate; 0: the node does not mine.",
					   .since = "0.1"},
					  RH_KEY_END};

void rh_pow_rules_init(struct rh_pow_rules *rules, const struct rh_pow_params *params)
{
	*rules = (struct rh_pow_rules){
		.limit_bits = params->target_limit == 0 ? RH_POW_BITS_MAIN : RH_POW_BITS_REGTEST,
		.window = (uint32_t)params->retarget_blocks,
		.halving = (uint64_t)params->halving_blocks,
		.spacing_ns = params->block_interval_ns,
		.hashes_per_s = (uint64_t)params->hash_unit,
	};
	rules->timespan_s = rh_mul_div(rules->spacing_ns, rules->window, RH_NS_PER_SEC);
}

int rh_pow_check(const void *params, char *why, size_t why_size)
{
	const struct rh_pow_params *own = params;
	struct rh_pow_rules rules;

	rh_pow_rules_init(&rules, own);
	if (rules.window == 1 || (rules.window != 0 && rules.timespan_s < 4)) {
		snprintf(why, why_size,
			 "retargetBlocks must be 0, or at least 2 and span four seconds of blocks");
		return RH_E_INPUT;
	}
	if (own->transaction_bytes > own->block_bytes) {
		snprintf(why, why_size, "transactionSize is larger than blockSize");
		return RH_E_INPUT;
	}
	return RH_OK;
}
