/*
 * transactions.c - the load types `transactions` and `gossip-flood`.
 *
 * Submission n is copy n % copies of transaction n / copies.  Of the transactions a fixed share is
 * spoiled, spread evenly: those before number m are floor(m * share), so the good ones can be
 * counted without looking at them.  The good ones go round the users: in each round every user
 * sends one, in an order of the round's own, and so its nonce is the number of the round.  A spoiled
 * one takes no nonce, or every later one of its sender would wait for ever.
 *
 * The flood is the same load given to a node that passes it on unseen (RH_TX_PUSH), with forged
 * signatures unless the scenario says otherwise.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/dist.h"
#include "core/transaction.h"
#include "core/workload/arrivals.h"
#include "core/workload/order.h"

#define PARTS	UINT64_C(1000000000) /* of a share */
#define DAY_NS	INT64_C(86400000000000)
#define FAR_GAP 1000000 /* nonces ahead of what the sender has used */

/* Keyed draws of a workload, apart from those by number of transaction. */
#define ROUND_INDEX (UINT64_C(1) << 62)

enum spoil {
	SPOIL_NONE,
	SPOIL_SIGNATURE,
	SPOIL_NONCE_LOW,
	SPOIL_NONCE_GAP,
	SPOIL_BALANCE,
	SPOIL_FEE,
	SPOIL_SIZE,
	SPOIL_COUNT
};

enum fee_law { FEE_FIXED, FEE_UNIFORM, FEE_TIERS };
enum entry { ENTRY_RANDOM, ENTRY_TURN, ENTRY_USER };

/* Which further draw of a transaction decides what. */
enum draw { DRAW_SALT, DRAW_FEE, DRAW_SIZE, DRAW_ENTRY, DRAW_USER, DRAW_SPOIL, DRAW_COPY };

struct load {
	struct rh_pace rate;
	struct rh_pace ramp_to;
	uint64_t arrivals; /* 0 even, 1 poisson */
	int64_t burst;
	int64_t count;
	int64_t users;
	int64_t first_user;
	uint64_t entry; /* enum entry */
	int64_t copies;
	uint64_t spread_ns;
	uint64_t fee_law; /* enum fee_law */
	int64_t fee;
	int64_t fee_mid;
	int64_t fee_high;
	struct rh_ratio mid_share;
	struct rh_ratio high_share;
	int64_t amount;
	uint64_t size_bytes;
	uint64_t size_max_bytes;
	struct rh_ratio spoiled[SPOIL_COUNT]; /* by kind; none: unused */
	struct rh_ratio blobs;
};

#define AT(member) offsetof(struct load, member)
#define SPOILED(kind, text, what, share) \
	{ \
		.name = text, .type = RH_KEY_RATIO, .offset = AT(spoiled[kind]), \
		.default_text = share, .doc = "Share of transactions that are spoiled: " what, \
		.since = "0.2" \
	}

#define LOAD_KEYS(rate_text, forged_share) \
	{.name = "rate", \
	 .type = RH_KEY_PACE, \
	 .offset = AT(rate), \
	 .default_text = rate_text, \
	 .doc = "How many come: 20/s, 30/min, 5/block, 1000/10s.", \
	 .since = "0.2"}, \
		{.name = "rampTo", \
		 .type = RH_KEY_PACE, \
		 .offset = AT(ramp_to), \
		 .default_text = "none", \
		 .doc = "The rate goes from `rate` to this one in a straight line over the " \
			"workload.", \
		 .since = "0.2"}, \
		{.name = "arrivals", \
		 .type = RH_KEY_ENUM, \
		 .offset = AT(arrivals), \
		 .default_text = "even", \
		 .values = "even|poisson", \
		 .doc = "At equal distances, or by chance.", \
		 .since = "0.2"}, \
		{.name = "burst", \
		 .type = RH_KEY_INT, \
		 .offset = AT(burst), \
		 .default_text = "1", \
		 .min = 1, \
		 .max = 1000000, \
		 .doc = "So many at one moment; the rate stays, so the moments are farther " \
			"apart.", \
		 .since = "0.2"}, \
		{.name = "count", \
		 .type = RH_KEY_INT, \
		 .offset = AT(count), \
		 .default_text = "0", \
		 .min = 0, \
		 .max = INT64_C(1000000000), \
		 .doc = "Transactions in all; 0: no limit.", \
		 .since = "0.2"}, \
		{.name = "users", \
		 .type = RH_KEY_INT, \
		 .offset = AT(users), \
		 .default_text = "20", \
		 .min = 1, \
		 .max = RH_TX_SENDER_MAX, \
		 .doc = "Wallets that send.", \
		 .since = "0.2"}, \
		{.name = "firstUser", \
		 .type = RH_KEY_INT, \
		 .offset = AT(first_user), \
		 .default_text = "0", \
		 .min = 0, \
		 .max = RH_TX_SENDER_MAX, \
		 .doc = "Number of the first of them; two workloads must not share a wallet.", \
		 .since = "0.2"}, \
		{.name = "entry", \
		 .type = RH_KEY_ENUM, \
		 .offset = AT(entry), \
		 .default_text = "user", \
		 .values = "random|turn|user", \
		 .doc = "The node that gets a transaction: any, each in its turn, or always the " \
			"same one for a user.", \
		 .since = "0.2"}, \
		{.name = "copies", \
		 .type = RH_KEY_INT, \
		 .offset = AT(copies), \
		 .default_text = "1", \
		 .min = 1, \
		 .max = 10000, \
		 .doc = "Each transaction is given to so many different nodes.", \
		 .since = "0.2"}, \
		{.name = "spread", \
		 .type = RH_KEY_DURATION, \
		 .offset = AT(spread_ns), \
		 .default_text = "0s", \
		 .min = 0, \
		 .max = DAY_NS, \
		 .doc = "Each copy comes up to so much later, by chance.", \
		 .since = "0.2"}, \
		{.name = "feeLaw", \
		 .type = RH_KEY_ENUM, \
		 .offset = AT(fee_law), \
		 .default_text = "fixed", \
		 .values = "fixed|uniform|tiers", \
		 .doc = "All pay `fee`; from `fee` to `feeHigh`; or `fee`, `feeMid` or " \
			"`feeHigh`.", \
		 .since = "0.2"}, \
		{.name = "fee", \
		 .type = RH_KEY_INT, \
		 .offset = AT(fee), \
		 .default_text = "10", \
		 .min = 0, \
		 .max = RH_TX_PRICE_MAX, \
		 .doc = "Price a byte, in the model's smallest coin.", \
		 .since = "0.2"}, \
		{.name = "feeMid", \
		 .type = RH_KEY_INT, \
		 .offset = AT(fee_mid), \
		 .default_text = "30", \
		 .min = 0, \
		 .max = RH_TX_PRICE_MAX, \
		 .doc = "Price of the middle tier.", \
		 .since = "0.2"}, \
		{.name = "feeHigh", \
		 .type = RH_KEY_INT, \
		 .offset = AT(fee_high), \
		 .default_text = "100", \
		 .min = 0, \
		 .max = RH_TX_PRICE_MAX, \
		 .doc = "Highest price.", \
		 .since = "0.2"}, \
		{.name = "midShare", \
		 .type = RH_KEY_RATIO, \
		 .offset = AT(mid_share), \
		 .default_text = "30%", \
		 .doc = "tiers: share that pays `feeMid`.", \
		 .since = "0.2"}, \
		{.name = "highShare", \
		 .type = RH_KEY_RATIO, \
		 .offset = AT(high_share), \
		 .default_text = "10%", \
		 .doc = "tiers: share that pays `feeHigh`.", \
		 .since = "0.2"}, \
		{.name = "amount", \
		 .type = RH_KEY_INT, \
		 .offset = AT(amount), \
		 .default_text = "1000", \
		 .min = 0, \
		 .max = RH_TX_AMOUNT_MAX, \
		 .doc = "What each pays to another wallet.", \
		 .since = "0.2"}, \
		{.name = "size", \
		 .type = RH_KEY_SIZE, \
		 .offset = AT(size_bytes), \
		 .default_text = "250B", \
		 .min = 100, \
		 .max = RH_TX_SIZE_MAX, \
		 .doc = "Bytes of a transaction.", \
		 .since = "0.2"}, \
		{.name = "sizeMax", \
		 .type = RH_KEY_SIZE, \
		 .offset = AT(size_max_bytes), \
		 .default_text = "0", \
		 .min = 0, \
		 .max = RH_TX_SIZE_MAX, \
		 .doc = "Sizes vary from `size` to this; 0: they do not.", \
		 .since = "0.2"}, \
		SPOILED(SPOIL_SIGNATURE, "badSignature", "the signature is forged.", \
			forged_share), \
		SPOILED(SPOIL_NONCE_LOW, "nonceTooLow", "a nonce below the first.", "0%"), \
		SPOILED(SPOIL_NONCE_GAP, "nonceGap", "a nonce a million ahead.", "0%"), \
		SPOILED(SPOIL_BALANCE, "balanceTooLow", "it pays more than anybody has.", "0%"), \
		SPOILED(SPOIL_FEE, "feeTooLow", "it pays no fee.", "0%"), \
		SPOILED(SPOIL_SIZE, "oversize", "65535 bytes, whatever `size` says.", "0%"), \
		{.name = "blobs", \
		 .type = RH_KEY_RATIO, \
		 .offset = AT(blobs), \
		 .default_text = "0%", \
		 .doc = "Share of transactions that carry a blob; more than 0% needs a model " \
			"with " \
			"blobs.", \
		 .since = "0.2"}, \
		RH_KEY_END

static const struct rh_key transactions_keys[] = {LOAD_KEYS("10/s", "0%")};
static const struct rh_key flood_keys[] = {LOAD_KEYS("100/s", "100%")};

/* ---- one transaction ------------------------------------------------------------------------- */

static uint64_t parts_of(struct rh_ratio share)
{
	return rh_mul_div(PARTS, share.num, share.den);
}

static uint64_t spoiled_parts(const struct load *load)
{
	uint64_t sum = 0;

	for (uint32_t i = SPOIL_SIGNATURE; i < SPOIL_COUNT; i++)
		sum += parts_of(load->spoiled[i]);
	return sum < PARTS ? sum : PARTS;
}

static enum spoil pick_spoil(const struct load *load, uint64_t draw)
{
	uint64_t weights[SPOIL_COUNT] = {0};

	for (uint32_t i = SPOIL_SIGNATURE; i < SPOIL_COUNT; i++)
		weights[i] = parts_of(load->spoiled[i]);
	return (enum spoil)rh_discrete(draw, weights, SPOIL_COUNT);
}

static uint32_t draw_price(const struct load *load, uint64_t draw)
{
	uint64_t part;

	switch ((enum fee_law)load->fee_law) {
	case FEE_FIXED:
		break;
	case FEE_UNIFORM:
		return (uint32_t)rh_uniform_range(draw, (uint64_t)load->fee,
						  (uint64_t)load->fee_high);
	case FEE_TIERS:
		part = rh_uniform(draw, PARTS);
		if (part < parts_of(load->high_share))
			return (uint32_t)load->fee_high;
		if (part < parts_of(load->high_share) + parts_of(load->mid_share))
			return (uint32_t)load->fee_mid;
		break;
	}
	return (uint32_t)load->fee;
}

static uint32_t draw_size(const struct load *load, uint64_t draw)
{
	if (load->size_max_bytes <= load->size_bytes)
		return (uint32_t)load->size_bytes;
	return (uint32_t)rh_uniform_range(draw, load->size_bytes, load->size_max_bytes);
}

static void spoil(struct rh_tx_order *order, enum spoil kind)
{
	switch (kind) {
	case SPOIL_NONE:
	case SPOIL_COUNT:
		break;
	case SPOIL_SIGNATURE:
		order->flags |= RH_TX_FORGED;
		break;
	case SPOIL_NONCE_LOW:
		order->nonce = 0;
		break;
	case SPOIL_NONCE_GAP:
		order->nonce += FAR_GAP;
		break;
	case SPOIL_BALANCE:
		order->flags |= RH_TX_HUGE;
		break;
	case SPOIL_FEE:
		order->price = 0;
		break;
	case SPOIL_SIZE:
		order->size_bytes = RH_TX_SIZE_MAX;
		break;
	}
}

/* Transaction number `number`; false beyond the last nonce.  `user` counts from 0. */
static bool make_order(const struct load *load, const struct rh_workload_view *view,
		       uint64_t number, uint64_t draw, struct rh_tx_order *order, uint32_t *user)
{
	uint64_t parts = spoiled_parts(load);
	uint64_t spoiled = rh_mul_div(number, parts, PARTS);
	bool is_spoiled = rh_mul_div(number + 1, parts, PARTS) > spoiled;
	uint64_t good = number - spoiled; /* before it */
	uint64_t round = good / (uint64_t)load->users;
	uint64_t key = rh_draw2(view->rng, RH_PURPOSE_WORKLOAD, view->name64, ROUND_INDEX | round);

	if (round + 2 > RH_TX_NONCE_MAX - FAR_GAP)
		return false;
	*user = rh_order_at(key, (uint32_t)load->users, (uint32_t)(good % (uint64_t)load->users));
	if (is_spoiled)
		*user = (uint32_t)rh_uniform(rh_rng_absorb(view->rng, draw, DRAW_USER),
					     (uint64_t)load->users);
	*order = (struct rh_tx_order){
		.sender = (uint32_t)load->first_user + *user,
		/* A spoiled one must not be taken for an old one: one more than may be used. */
		.nonce = (uint32_t)round + RH_TX_NONCE_FIRST + is_spoiled,
		.salt = (uint32_t)rh_rng_absorb(view->rng, draw, DRAW_SALT),
		.price = draw_price(load, rh_rng_absorb(view->rng, draw, DRAW_FEE)),
		.amount = (uint32_t)load->amount,
		.size_bytes = draw_size(load, rh_rng_absorb(view->rng, draw, DRAW_SIZE)),
	};
	if (is_spoiled)
		spoil(order, pick_spoil(load, rh_rng_absorb(view->rng, draw, DRAW_SPOIL)));
	return true;
}

/* ---- the generator --------------------------------------------------------------------------- */

static uint32_t pick_target(const struct load *load, const struct rh_workload_view *view,
			    uint64_t number, uint32_t copy, uint32_t user, uint64_t draw)
{
	uint64_t key = rh_rng_absorb(view->rng, draw, DRAW_ENTRY);
	uint64_t first = 0;

	switch ((enum entry)load->entry) {
	case ENTRY_RANDOM:
		return rh_order_at(key, view->target_count, copy % view->target_count);
	case ENTRY_TURN:
		first = number * (uint64_t)load->copies;
		break;
	case ENTRY_USER:
		first = user;
		break;
	}
	return (uint32_t)((first + copy) % view->target_count);
}

static bool load_next(const struct rh_workload_view *view, uint64_t number, uint16_t kind,
		      struct rh_submission *submission)
{
	const struct load *load = view->params;
	struct rh_arrivals arrivals = {load->rate, load->ramp_to, (uint64_t)load->burst,
				       load->arrivals != 0};
	uint64_t tx = number / (uint64_t)load->copies;
	uint32_t copy = (uint32_t)(number % (uint64_t)load->copies);
	struct rh_tx_order order;
	uint64_t draw;
	uint32_t user;

	memset(submission, 0, sizeof(*submission));
	if ((load->count > 0 && tx >= (uint64_t)load->count) ||
	    !rh_arrival(&arrivals, view, tx, &submission->at_ns))
		return false;
	draw = rh_draw2(view->rng, RH_PURPOSE_WORKLOAD, view->name64, tx);
	if (!make_order(load, view, tx, draw, &order, &user))
		return false;
	if (load->spread_ns > 0)
		submission->late_ns =
			rh_uniform(rh_rng_absorb(view->rng, draw, DRAW_COPY + (uint64_t)copy),
				   load->spread_ns);
	submission->at_ns += submission->late_ns;
	submission->target = pick_target(load, view, tx, copy, user, draw);
	submission->kind = kind;
	submission->key = rh_tx_key(&order);
	submission->arg = rh_tx_arg(&order);
	return true;
}

static bool transactions_next(const struct rh_workload_view *view, uint64_t number,
			      struct rh_submission *submission)
{
	return load_next(view, number, RH_TX_SUBMIT, submission);
}

static bool flood_next(const struct rh_workload_view *view, uint64_t number,
		       struct rh_submission *submission)
{
	return load_next(view, number, RH_TX_PUSH, submission);
}

static int load_check(const struct rh_workload_view *view, char *why, size_t why_size)
{
	const struct load *load = view->params;
	const char *text = NULL;
	uint64_t sum = 0;

	for (uint32_t i = SPOIL_SIGNATURE; i < SPOIL_COUNT; i++)
		sum += parts_of(load->spoiled[i]);
	if (sum > PARTS)
		text = "the shares of spoiled transactions are more than 100% together";
	else if (load->rate.unit == RH_PACE_NONE)
		text = "`rate` says how many come, none is no answer: write 0/s";
	else if ((load->rate.unit == RH_PACE_BLOCK || load->ramp_to.unit == RH_PACE_BLOCK) &&
		 view->block_ns == 0)
		text = "this model has no mean time between blocks: write a rate by time";
	else if (load->fee_law == FEE_UNIFORM && load->fee > load->fee_high)
		text = "`fee` is above `feeHigh`";
	else if (parts_of(load->mid_share) + parts_of(load->high_share) > PARTS)
		text = "midShare and highShare are more than 100% together";
	else if (load->first_user + load->users - 1 > RH_TX_SENDER_MAX)
		text = "wallets have numbers below 1048576";
	else if (load->copies > view->target_count && view->target_count > 0)
		text = "there are fewer nodes than `copies`";
	if (text == NULL)
		return RH_OK;
	snprintf(why, why_size, "%s", text);
	return RH_E_INPUT;
}

static const char *load_lacks(const void *params)
{
	const struct load *load = params;

	return load->blobs.num != 0 ? "a model with transactions that carry blobs" : NULL;
}

static const struct rh_workload_type transactions = {
	.name = "transactions",
	.doc = "Users send each other money: by rate, in bursts, with fees, some of it spoiled.",
	.params_size = sizeof(struct load),
	.keys = transactions_keys,
	.next = transactions_next,
	.check = load_check,
	.lacks = load_lacks,
};

static const struct rh_workload_type gossip_flood = {
	.name = "gossip-flood",
	.doc = "The target is hostile and sends its peers transactions that it did not look at.",
	.params_size = sizeof(struct load),
	.keys = flood_keys,
	.next = flood_next,
	.check = load_check,
	.lacks = load_lacks,
};

static const struct rh_workload_type *const types[] = {&transactions, &gossip_flood, NULL};

const struct rh_plugin rh_builtin_workloads = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "workloads",
	.workloads = types,
};
