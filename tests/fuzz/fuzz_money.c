/*
 * fuzz_money.c - whatever peers and workloads throw at a node with wallets, it neither asserts nor
 * crashes, its balances add up after every step, its pool stays what it says, and every object is let
 * go in the end.
 *
 * The input is a list of operations for one node of two: payloads under a right checksum for the
 * decoders (what they take must encode to the same bytes), lists of transactions with wild fields,
 * announced and asked ids, sealed blocks with wild bodies, inputs, time, mining, crashes.
 */
#include <stdlib.h>
#include <string.h>

#include "models/pow/model.h"
#include "models/pow/node.h"

/* The fuzz programs are linked with the product alone, so the small host comes along as text. */
#include "tests/lib/model_host.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WALLETS 4
#define TXS_MAX 6

struct play {
	struct model_host *host;
	struct rh_reader in;
	uint64_t head; /* of the blocks that were made up */
	uint32_t height;
	uint64_t sent;
};

static const struct rh_pow_state *state_of(const struct play *play)
{
	return play->host->nodes[0].env.state;
}

static struct rh_event message(struct play *play, uint16_t kind, uint64_t key)
{
	/* Node 7 does not exist: nobody's peer. */
	uint32_t from = (rh_read_u8(&play->in) & 15) == 0 ? 7 : 1;

	return (struct rh_event){.class = RH_CLASS_MESSAGE,
				 .kind = kind,
				 .from = from,
				 .id = ++play->sent,
				 .key = key};
}

static void give(struct play *play, struct rh_event *event)
{
	host_step(play->host, 0, event);
	if (event->ref.index != 0)
		host_object_drop(play->host, event->ref);
}

static struct rh_tx wild_tx(struct play *play)
{
	struct rh_reader *in = &play->in;
	uint8_t how = rh_read_u8(in);
	struct rh_tx_order order = {.sender = rh_read_u8(in) % (WALLETS + 1),
				    .nonce = rh_read_u8(in) % 16,
				    .salt = how % 4};
	struct rh_tx tx = {.id = rh_tx_key(&order),
			   .amount = rh_read_u16(in),
			   .fee = rh_read_u16(in),
			   .recipient = rh_read_u8(in) % (WALLETS + 1),
			   .size_bytes = 100 + rh_read_u8(in)};

	if ((how & 0xe0) == 0xe0) {
		tx.amount = rh_read_u64(in);
		tx.fee = rh_read_u64(in);
		tx.size_bytes = rh_read_u32(in);
	}
	tx.signature = rh_tx_signature(&tx) + ((how & 0x1c) == 0x1c);
	return tx;
}

static void op_bytes(struct play *play)
{
	static const struct {
		uint16_t kind;
		const char *command;
	} kinds[] = {{RH_POW_KIND_TXINV, "txinv"},
		     {RH_POW_KIND_TXGET, "txget"},
		     {RH_POW_KIND_TXS, "txs"},
		     {RH_RELAY_KIND_ITEM, "block"}};
	struct model_host *host = play->host;
	uint32_t which = rh_read_u8(&play->in) % RH_ARRAY_LEN(kinds);
	const struct rh_message_kind *row = &rh_pow_model.messages[kinds[which].kind];
	size_t len = rh_read_u16(&play->in) % 700;
	const uint8_t *payload = rh_read_raw(&play->in, len);
	struct rh_event event = message(play, kinds[which].kind, 0);
	struct rh_buf bytes = {0};
	struct rh_buf again = {0};
	size_t start;

	if (payload == NULL)
		return;
	start = rh_relay_envelope_begin(&bytes, kinds[which].command);
	rh_buf_put(&bytes, payload, len);
	rh_relay_envelope_end(&bytes, start, (uint32_t)bytes.len);
	if (row->decode(&host->nodes[0].env, bytes.data, bytes.len, &event.key, &event.ref) == 0) {
		const void *object = object_at(host, event.ref);

		RH_ASSERT(row->size(host->params, event.key, object) == bytes.len);
		row->encode(host->params, event.key, object, &again);
		RH_ASSERT(again.len == bytes.len);
		/* The step gives it its own reference. */
		host->fresh_count = 0;
		give(play, &event);
	}
	while (host->fresh_count > 0)
		object_drop(host, host->fresh[--host->fresh_count]);
	rh_buf_release(&again);
	rh_buf_release(&bytes);
}

static void op_txs(struct play *play)
{
	uint32_t count = rh_read_u8(&play->in) % (TXS_MAX + 1);
	struct rh_event event = message(play, RH_POW_KIND_TXS, 1);
	struct rh_tx_list *list = host_object(
		play->host, (uint32_t)(sizeof(*list) + count * sizeof(struct rh_tx)), &event.ref);

	for (uint32_t i = 0; i < count; i++)
		list->txs[i] = wild_tx(play);
	list->count = count;
	give(play, &event);
}

static void op_ids(struct play *play)
{
	uint8_t how = rh_read_u8(&play->in);
	uint32_t count = how % 16;
	uint16_t kind = (how & 0x80) != 0 ? RH_POW_KIND_TXINV : RH_POW_KIND_TXGET;
	struct rh_event event = message(play, kind, 1);
	struct rh_tx_ids *list = host_object(
		play->host, (uint32_t)(sizeof(*list) + count * sizeof(uint64_t)), &event.ref);

	for (uint32_t i = 0; i < count; i++)
		list->ids[i] = wild_tx(play).id;
	list->count = count;
	give(play, &event);
}

/* On the head, or on the last one that was made up; its body is as wild as its transactions. */
static void op_block(struct play *play)
{
	struct model_host *host = play->host;
	const struct rh_env *env = &host->nodes[0].env;
	const struct rh_chain *chain = &state_of(play)->chain;
	uint8_t how = rh_read_u8(&play->in);
	uint32_t count = (how >> 2) % (TXS_MAX + 1);
	struct rh_event event = {0};
	struct rh_pow_block *block;
	struct rh_tx *txs;

	if (chain->entries.count == 0)
		return;
	event = message(play, RH_RELAY_KIND_ITEM, 0);
	block = host_object(host, (uint32_t)(sizeof(*block) + count * sizeof(*txs)), &event.ref);
	txs = (struct rh_tx *)(void *)(block + 1);
	if ((how & 1) != 0 || play->height == 0) {
		const struct rh_chain_entry *head =
			rh_chain_at(env, chain, rh_chain_head(env, chain));

		play->head = head->id;
		play->height = head->height;
	}
	*block = (struct rh_pow_block){
		.parent = play->head,
		.height = play->height + 1,
		.time_s = env->genesis_unix_s + play->height + 1,
		.bits = rh_chain_at(env, chain, 0)->bits,
		.producer_name64 = 5,
		.tx_count = 1 + count,
		.body_count = count,
		.size_bytes = RH_POW_BLOCK_MIN,
		.nonce = rh_read_u8(&play->in),
	};
	for (uint32_t i = 0; i < count; i++) {
		txs[i] = wild_tx(play);
		block->size_bytes += txs[i].size_bytes;
		block->fees += txs[i].fee;
	}
	block->fees += (how & 0xc0) == 0xc0;
	block->root = rh_tx_root(txs, count) + (count > 0 && (how & 0xe0) == 0x80);
	rh_pow_block_seal(block);
	event.key = block->id;
	play->head = block->id;
	play->height++;
	give(play, &event);
}

static void op_input(struct play *play)
{
	struct rh_event event = {.class = RH_CLASS_INPUT};
	struct rh_tx_order order = {.sender = rh_read_u8(&play->in) % (WALLETS + 1),
				    .nonce = rh_read_u8(&play->in) % 16};

	event.kind = rh_read_u8(&play->in) % RH_TX_INPUT_COUNT;
	event.key = rh_tx_key(&order);
	event.arg = rh_read_u64(&play->in);
	give(play, &event);
}

static void op_life(struct play *play)
{
	struct model_host *host = play->host;
	uint8_t how = rh_read_u8(&play->in);

	if ((how & 7) == 0 && host->nodes[0].is_up)
		host_crash(host, 0, (how & 8) != 0);
	else if (!host->nodes[0].is_up)
		host_restart(host, 0);
	else if ((how & 7) < 4)
		host_action(host, how & 1, RH_POW_ACTION_MINE, 1 + (how >> 6));
	else
		host_run(host, host->now_ns + (uint64_t)how * how * RH_NS_PER_MS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play play = {.host = host_new(&rh_pow_model, 2, 1)};
	static void (*const ops[])(struct play * play) = {op_bytes, op_txs,   op_ids,
							  op_block, op_input, op_life};

	rh_reader_init(&play.in, data, size);
	host_set(play.host, -1, "wallets", "4");
	host_set(play.host, -1, "balance", "100000");
	host_set(play.host, -1, "validationTime", "0");
	host_set(play.host, -1, "mempoolCount", "12");
	host_set(play.host, -1, "mempoolExpiry", "60s");
	host_set(play.host, -1, "minFee", "0");
	play.host->is_mining = false;
	host_start(play.host);
	while (!play.in.is_bad && play.in.pos < play.in.len && play.sent < 400)
		ops[rh_read_u8(&play.in) % RH_ARRAY_LEN(ops)](&play);
	if (play.host->nodes[0].is_up) {
		const struct rh_pow_money *money = rh_at(&play.host->space, state_of(&play)->money);

		RH_ASSERT(rh_mempool_is_consistent(&play.host->nodes[0].env, &money->pool));
	}
	host_free(play.host);
	return 0;
}
