/*
 * fuzz_pow_step.c - whatever peers and the world throw at a proof-of-work node, it neither asserts nor
 * crashes, keeps its invariants, and lets every object go in the end.
 *
 * The input is a list of operations for two nodes: raw bytes for the decoders, sealed blocks with
 * wild fields (only those get past the seal), unsealed ones, ids, lists of headers and locators, time,
 * timers, crashes, clock steps.
 */
#include <stdlib.h>
#include <string.h>

#include "models/pow/model.h"
#include "models/pow/node.h"

/* The fuzz programs are linked with the product alone, so the small host comes along as text. */
#include "tests/lib/model_host.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define IDS 16

struct play {
	struct model_host *host;
	struct rh_reader in;
	uint64_t ids[IDS]; /* known blocks, and some that are not */
	uint32_t heights[IDS];
	uint32_t next;
	uint64_t sent;
};

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
	struct model_host *host = play->host;

	host_step(host, 0, event);
	if (event->ref.index != 0)
		host_object_drop(host, event->ref);
}

static void remember(struct play *play, uint64_t id, uint32_t height)
{
	play->ids[play->next % IDS] = id;
	play->heights[play->next++ % IDS] = height;
}

static void op_bytes(struct play *play)
{
	struct model_host *host = play->host;
	uint16_t kind = rh_read_u8(&play->in) % rh_pow_model.message_count;
	size_t len = rh_read_u8(&play->in) * 4u;
	const uint8_t *bytes = rh_read_raw(&play->in, len);
	struct rh_event event = message(play, kind, 0);

	if (bytes == NULL || rh_pow_model.messages[kind].decode(&host->nodes[0].env, bytes, len,
								&event.key, &event.ref) != 0)
		return;
	/* The step gives it its own reference. */
	host->fresh_count = 0;
	give(play, &event);
}

static void op_block(struct play *play, bool is_sealed)
{
	static const uint16_t kinds[] = {RH_RELAY_KIND_ITEM, RH_RELAY_KIND_COMPACT,
					 RH_RELAY_KIND_MISSING};
	struct model_host *host = play->host;
	const struct rh_env *env = &host->nodes[0].env;
	const struct rh_pow_state *state = env->state;
	uint32_t at = rh_read_u8(&play->in) % IDS;
	uint8_t how = rh_read_u8(&play->in);
	struct rh_pow_block block = {
		.parent = play->ids[at],
		.time_s = env->genesis_unix_s + (int8_t)rh_read_u8(&play->in) * 60,
		.producer_name64 = (how & 1) != 0 ? env->name64 : 5,
		.producer = how,
		.height = play->heights[at] + 1,
		.bits = state->chain.entries.count > 0 ? rh_chain_at(env, &state->chain, 0)->bits
						       : 1,
		.size_bytes = 1000,
		.tx_count = 1,
		.nonce = rh_read_u8(&play->in),
	};
	struct rh_event event;

	if ((how & 0xf0) == 0xf0) {
		block.time_s = rh_read_u64(&play->in);
		block.bits = rh_read_u32(&play->in);
		block.height = rh_read_u32(&play->in);
		block.fees = rh_read_u64(&play->in);
	}
	if (is_sealed)
		rh_pow_block_seal(&block);
	else
		block.id = rh_read_u64(&play->in);
	event = message(play, kinds[how % 3], block.id);
	*(struct rh_pow_block *)host_object(host, sizeof(block), &event.ref) = block;
	remember(play, block.id, block.height);
	give(play, &event);
}

static void op_id(struct play *play)
{
	static const uint16_t kinds[] = {RH_RELAY_KIND_INV, RH_RELAY_KIND_GETDATA,
					 RH_RELAY_KIND_GETMISSING};
	uint8_t at = rh_read_u8(&play->in);
	uint64_t id = at < 200 ? play->ids[at % IDS] : rh_read_u16(&play->in);
	struct rh_event event = message(play, kinds[at % 3], id);

	remember(play, id, at);
	give(play, &event);
}

static void op_headers(struct play *play)
{
	uint32_t count = rh_read_u8(&play->in) % 20;
	struct rh_event event = message(play, RH_RELAY_KIND_HEADERS, rh_read_u8(&play->in));
	struct rh_relay_headers *list = host_object(
		play->host, (uint32_t)(sizeof(*list) + count * sizeof(struct rh_relay_header)),
		&event.ref);

	list->count = count;
	for (uint32_t i = 0; i < count; i++) {
		list->headers[i].id = play->ids[rh_read_u8(&play->in) % IDS];
		list->headers[i].parent = play->ids[rh_read_u8(&play->in) % IDS];
	}
	give(play, &event);
}

static void op_getheaders(struct play *play)
{
	uint32_t count = rh_read_u8(&play->in) % 20;
	struct rh_event event = message(play, RH_RELAY_KIND_GETHEADERS, 0);
	struct rh_relay_locator *list = host_object(
		play->host, (uint32_t)(sizeof(*list) + count * sizeof(uint64_t)), &event.ref);

	if ((rh_read_u8(&play->in) & 1) != 0)
		event.key = play->ids[rh_read_u8(&play->in) % IDS];
	list->count = count;
	for (uint32_t i = 0; i < count; i++)
		list->ids[i] = play->ids[rh_read_u8(&play->in) % IDS];
	give(play, &event);
}

static void op_life(struct play *play)
{
	struct model_host *host = play->host;
	uint8_t how = rh_read_u8(&play->in);
	uint32_t node = how >> 7;

	if (host->nodes[node].is_up && (how & 1) != 0)
		host_crash(host, node, (how & 2) != 0);
	else if (!host->nodes[node].is_up)
		host_restart(host, node);
	else
		host_clock(host, node, (int8_t)rh_read_u8(&play->in) * (int64_t)RH_NS_PER_MIN);
}

static void op_event(struct play *play)
{
	uint8_t how = rh_read_u8(&play->in);
	struct rh_event event = {.class = (how & 1) != 0 ? RH_CLASS_TIMER : RH_CLASS_WORK,
				 .kind = (uint16_t)(how >> 1) % 5,
				 .id = ++play->sent,
				 .key = play->ids[how % IDS]};

	if (event.class == RH_CLASS_WORK)
		host_object(play->host, sizeof(struct rh_pow_block), &event.ref);
	/* The world gives the object of the work that was asked for, and no other. */
	if (event.class == RH_CLASS_WORK &&
	    rh_orphans_has(&play->host->nodes[0].env,
			   &((struct rh_pow_state *)play->host->nodes[0].env.state)->validating,
			   event.key))
		host_object_drop(play->host, event.ref);
	else
		give(play, &event);
}

static void op(struct play *play)
{
	struct model_host *host = play->host;

	switch (rh_read_u8(&play->in) % 12) {
	case 0:
		op_bytes(play);
		break;
	case 1:
	case 2:
	case 3:
		op_block(play, true);
		break;
	case 4:
		op_block(play, false);
		break;
	case 5:
		op_id(play);
		break;
	case 6:
		op_headers(play);
		break;
	case 7:
		op_getheaders(play);
		break;
	case 8:
		host_run(host, host->now_ns + rh_read_u8(&play->in) * RH_NS_PER_SEC);
		break;
	case 9:
		host_action(host, rh_read_u8(&play->in) & 1, RH_POW_ACTION_MINE,
			    rh_read_u8(&play->in) % 8);
		break;
	case 10:
		op_life(play);
		break;
	case 11:
		op_event(play);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const relays[] = {"flood", "inventory", "headers", "compact"};
	struct play play = {.host = host_new(&rh_pow_model, 2, 1)};
	uint8_t setting;

	rh_reader_init(&play.in, data, size);
	setting = rh_read_u8(&play.in);
	play.host->is_mining = (setting & 4) != 0;
	play.host->uses_bytes = (setting & 8) != 0;
	host_set(play.host, -1, "relay", relays[setting & 3]);
	host_set(play.host, -1, "blockSize", "1KB");
	host_set(play.host, -1, "maxOrphans", "20");
	host_set(play.host, -1, "maxBlocks", "60");
	host_set(play.host, -1, "retargetBlocks", (setting & 16) != 0 ? "4" : "2016");
	if ((setting & 32) != 0)
		host_set(play.host, -1, "validationTime", "0");
	for (uint32_t i = 0; i < IDS; i++)
		remember(&play, i == 0 ? rh_pow_genesis_id() : rh_absorb(9, i), i);
	remember(&play, rh_pow_genesis_id(), 0);
	host_start(play.host);
	host_run(play.host, RH_NS_PER_SEC);
	for (int i = 0; i < 200 && !play.in.is_bad && play.in.pos < play.in.len; i++)
		op(&play);
	host_free(play.host);
	return 0;
}
