/*
 * relay.h - how blocks or transactions travel from node to node: announce, ask, deliver.
 *
 * Every node runs the same small protocol for its items.  An item has an id, perhaps a parent (the
 * id of the item it builds on, 0 for none), and a body.  Four policies say how a node that holds
 * something new tells its peers:
 *
 *   FLOOD          INVENTORY            HEADERS                COMPACT (BIP 152, high bandwidth)
 *
 *   A       B      A             B      A               B      A                 B
 *   |-item->|      |----inv----->|      |---headers---->|      |---cmpctblock--->|
 *                  |<--getdata---|      |<---getdata----|      |                 | most of it is
 *                  |----item---->|      |-----item----->|      |                 | in B's mempool;
 *                                                              |<--getblocktxn---| only if not
 *                                                              |----blocktxn---->|
 *
 * A node tells only peers that have not told it first, and asks one peer at a time for an item.
 *
 * Messages get lost (faults, cuts, crashes), so whatever was asked for has a deadline, and all
 * deadlines share one timer: an item that did not come is asked of the next peer that announced it,
 * round and round, until `attempts_max`.  An item whose parent is not there shows that something
 * was missed: the model calls rh_relay_request_missing(), and the peer is asked for the way there:
 *
 *   A                                       B
 *   |<--getheaders (what B has: locator)----|      locator: B's head, its parent, ... then ever
 *   |----headers (from the fork on)-------->|      larger steps, back to the first item
 *   |<--getdata ... getdata (a window)------|
 *   |----item ... item--------------------->|      oldest first
 *
 * This is how a node catches up after a cut, and after a restart, when rh_relay_greet() asks all
 * peers at once: the greeting tells them its head, too, so the one who lags behind is served,
 * whichever it is.  A healed cut is no event for a node: the first new block from the other side
 * shows what is missing.
 *
 * Using it.  struct rh_relay is part of the model's state (zero is empty; no pointer inside).  The
 * model builds a struct rh_relay_cfg from its parameters for each step, puts the rows of
 * RH_RELAY_MESSAGE_ROWS and RH_RELAY_TOPIC_ROWS into its tables, and then
 *
 *   START           rh_relay_hold() its first item and what its journal holds, rh_relay_head_set(),
 *                   and after a restart or a late join rh_relay_greet()
 *   MESSAGE         if rh_relay_is_mine(): rh_relay_on_message(); on RH_RELAY_RECEIVED validate
 *   TIMER           if it is cfg->timer: rh_relay_on_timer()
 *   item is good    rh_relay_announce(): holds it, tells the peers  (own new items: the same)
 *   item is bad     rh_relay_refuse();  item thrown away: rh_relay_forget()
 *   new head        rh_relay_head_set()
 *   release         rh_relay_release()
 *
 * Items come in any order; the model keeps orphans.  That a body is what its id says is the model's
 * to check, and where it is not, it forgets the id; and that held items are a tree (no item among its
 * own ancestors) is its promise.  A model with two sorts of items (blocks and
 * transactions) has two relays with two sets of kinds.
 *
 * References: rh_relay_hold() and rh_relay_announce() keep the object until the item is forgotten,
 * refused or released.  All input of peers is untrusted: it is ignored where it makes no sense, and
 * what it can make the node remember is bounded by `pending_max`.
 *
 * LIMIT: every peer gets compact blocks pushed (BIP 152 allows three such peers), and a node that
 * lacks transactions names one of them whatever their number.
 */
#ifndef MODELS_RELAY_RELAY_H
#define MODELS_RELAY_RELAY_H

#include "core/base/units.h"
#include "core/model.h"

enum rh_relay_policy { RH_RELAY_FLOOD, RH_RELAY_INVENTORY, RH_RELAY_HEADERS, RH_RELAY_COMPACT };

/* Kinds of messages, counted from cfg->first_kind.  `key` is the item's id in all of them. */
enum rh_relay_kind {
	RH_RELAY_KIND_ITEM, /* object: the item; the model's own row */
	RH_RELAY_KIND_INV,
	RH_RELAY_KIND_GETDATA,
	RH_RELAY_KIND_HEADERS,	  /* object: struct rh_relay_headers */
	RH_RELAY_KIND_GETHEADERS, /* key: the last one wanted, 0: your head; object: struct
				     rh_relay_locator */
	RH_RELAY_KIND_COMPACT,	  /* object: the item (it stands for what it can be built from); the
				     model's own row */
	RH_RELAY_KIND_GETMISSING, /* getblocktxn */
	RH_RELAY_KIND_MISSING,	  /* blocktxn; object: the item; the model's own row */
	RH_RELAY_KIND_COUNT
};

/* Topics, counted from cfg->first_topic: one for each kind that is told to all peers. */
enum rh_relay_topic {
	RH_RELAY_TOPIC_ITEM,
	RH_RELAY_TOPIC_INV,
	RH_RELAY_TOPIC_HEADERS,
	RH_RELAY_TOPIC_COMPACT,
	RH_RELAY_TOPIC_COUNT
};

struct rh_relay_cfg {
	enum rh_relay_policy policy;
	uint16_t first_kind;   /* model's number of RH_RELAY_KIND_ITEM */
	uint16_t first_topic;  /* model's number of RH_RELAY_TOPIC_ITEM, from 1 */
	uint16_t timer;	       /* model's timer that is the relay's alone */
	uint16_t attempts_max; /* askings for one item before it is given up */
	uint32_t window;       /* items asked for at one time */
	uint32_t pending_max;  /* items wanted at one time; further announcements are ignored */
	uint64_t request_timeout_ns; /* on the node's clock */
	uint64_t compact_failure; /* threshold (rh_threshold): a compact block cannot be rebuilt */
};

/* Usual values for blocks; the model sets policy, numbers and failure. */
#define RH_RELAY_BLOCK_CFG \
	{ \
		.policy = RH_RELAY_INVENTORY, .attempts_max = 16, .window = 16, \
		.pending_max = 10000, .request_timeout_ns = 60 * RH_NS_PER_SEC, \
	}

/* A node's relay state.  Only the counters are for reading from outside. */
struct rh_relay {
	struct rh_vec items;   /* struct item of relay.c */
	struct rh_idmap slots; /* id -> place in `items` */
	struct rh_vec pending; /* uint32_t: places of items that are wanted, in order */
	uint32_t free_head;    /* place + 1 of a forgotten item, or 0 */
	uint32_t asked_count;  /* wanted items whose body was asked for */
	uint64_t head;	       /* id of the model's head, or 0 */
	uint64_t timer_at_ns;  /* node's clock; 0: not set */
	/* counters since START */
	uint64_t received;	   /* bodies that were new */
	uint64_t duplicates;	   /* bodies that were not */
	uint64_t asked;		   /* getdata and getblocktxn sent */
	uint64_t timeouts;	   /* requests that met their deadline */
	uint64_t given_up;	   /* items no longer wanted after attempts_max */
	uint64_t compact_received; /* compact blocks that were new */
	uint64_t compact_failures; /* those of them that needed more */
};

enum rh_relay_verdict {
	RH_RELAY_NOTHING, /* dealt with */
	RH_RELAY_RECEIVED /* a new item: validate it, then announce, refuse or forget it */
};

struct rh_relay_got {
	enum rh_relay_verdict verdict;
	uint64_t id;
	uint32_t from;	      /* the peer that delivered it */
	struct rh_handle ref; /* borrowed: the object of the event */
	const void *object;   /* borrowed */
};

bool rh_relay_is_mine(const struct rh_relay_cfg *cfg, const struct rh_event *event);
struct rh_relay_got rh_relay_on_message(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
					const struct rh_env *env, struct rh_effects *fx,
					const struct rh_event *event);
void rh_relay_on_timer(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
		       const struct rh_env *env, struct rh_effects *fx);

/* Holds an item and tells all peers that did not tell us.  Once for each item: announcing an item
 * that is held already does nothing. */
void rh_relay_announce(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
		       const struct rh_env *env, struct rh_effects *fx, uint64_t id,
		       uint64_t parent, struct rh_handle ref);
/*
 * From now on the node has this item and serves it; nobody is told.  `ref` may be none for an item
 * that everybody has (the first one): it is never delivered, but paths may begin there.
 */
void rh_relay_hold(struct rh_relay *relay, const struct rh_env *env, uint64_t id, uint64_t parent,
		   struct rh_handle ref);
/* Never wanted again, never served. */
void rh_relay_refuse(struct rh_relay *relay, const struct rh_env *env, uint64_t id);
/* As if it had never been heard of: may be announced, asked for and received again. */
void rh_relay_forget(struct rh_relay *relay, const struct rh_env *env, uint64_t id);

/* The model's head: where locators begin and what "your head" means to peers. */
static inline void rh_relay_head_set(struct rh_relay *relay, uint64_t id)
{
	relay->head = id;
}

/*
 * `id` is needed (the parent of an orphan) and `from` should have it: asks for the way there.  Of a
 * chain of orphans name the oldest missing parent, the one that is neither held nor an orphan
 * itself.  Does nothing when it is held or wanted already.
 */
void rh_relay_request_missing(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
			      const struct rh_env *env, struct rh_effects *fx, uint64_t id,
			      uint32_t from);
/* Asks all peers for what they have beyond our head, and tells them our head. */
void rh_relay_greet(struct rh_relay *relay, const struct rh_relay_cfg *cfg,
		    const struct rh_env *env, struct rh_effects *fx);

bool rh_relay_has(const struct rh_relay *relay, const struct rh_env *env, uint64_t id); /* held */
/* wanted: announced to us, not yet here */
bool rh_relay_wants(const struct rh_relay *relay, const struct rh_env *env, uint64_t id);
void rh_relay_release(struct rh_relay *relay, const struct rh_env *env); /* drops all references */
void rh_relay_digest(const struct rh_relay *relay, const struct rh_env *env,
		     struct rh_digest *digest);

/* ---- what goes over the wire (wire.c) -------------------------------------------------------- */

#define RH_RELAY_HEADERS_MAX 2000 /* in one message */
#define RH_RELAY_LOCATOR_MAX 101

struct rh_relay_header {
	uint64_t id;
	uint64_t parent;
};

struct rh_relay_headers { /* oldest first */
	uint32_t count;
	uint32_t unused;
	struct rh_relay_header headers[];
};

struct rh_relay_locator { /* newest first */
	uint32_t count;
	uint32_t unused;
	uint64_t ids[];
};

/*
 * Sizes and bytes are those of Bitcoin's protocol: 24 bytes of envelope (magic, command, length,
 * checksum), then the payload.  Ids stand in the first 8 bytes of 32-byte hashes; the checksum is
 * XXH3 instead of a double SHA-256.  `params` is not used.
 */
#define RH_RELAY_ENVELOPE_BYTES 24
#define RH_RELAY_HEADER_BYTES	80

uint32_t rh_relay_id_size(const void *params, uint64_t key, const void *object); /* 61 */
uint32_t rh_relay_headers_size(const void *params, uint64_t key, const void *object);
uint32_t rh_relay_getheaders_size(const void *params, uint64_t key, const void *object);
uint32_t rh_relay_getmissing_size(const void *params, uint64_t key, const void *object);
void rh_relay_inv_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out);
void rh_relay_getdata_encode(const void *params, uint64_t key, const void *object,
			     struct rh_buf *out);
void rh_relay_headers_encode(const void *params, uint64_t key, const void *object,
			     struct rh_buf *out);
void rh_relay_getheaders_encode(const void *params, uint64_t key, const void *object,
				struct rh_buf *out);
void rh_relay_getmissing_encode(const void *params, uint64_t key, const void *object,
				struct rh_buf *out);
int rh_relay_inv_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
			struct rh_handle *ref);
int rh_relay_getdata_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			    uint64_t *key, struct rh_handle *ref);
int rh_relay_headers_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			    uint64_t *key, struct rh_handle *ref);
int rh_relay_getheaders_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			       uint64_t *key, struct rh_handle *ref);
int rh_relay_getmissing_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			       uint64_t *key, struct rh_handle *ref);

/* For the model's own rows: sizes of a compact block (one transaction, the coinbase, comes whole)
 * and of the message that carries a missing part. */
uint32_t rh_relay_compact_bytes(uint32_t tx_count, uint32_t coinbase_bytes);
uint32_t rh_relay_missing_bytes(uint32_t part_bytes);
/*
 * Envelope around a payload: begin returns where it starts; end fills the payload with zeros up to
 * `size_bytes` in all, then writes length and checksum.  open checks them; the reader stands at the
 * payload then.
 */
size_t rh_relay_envelope_begin(struct rh_buf *out, const char *command);
void rh_relay_envelope_end(struct rh_buf *out, size_t start, uint32_t size_bytes);
int rh_relay_envelope_open(struct rh_reader *reader, const char *command, const uint8_t *bytes,
			   size_t len) RH_MUST_USE;
/* An id as a 32-byte hash. */
void rh_relay_put_hash(struct rh_buf *out, uint64_t id);
uint64_t rh_relay_read_hash(struct rh_reader *reader);

/*
 * Rows for the model's table of message kinds: the first is the number cfg->first_kind.  Those of
 * the items are the model's own, as names of macros that expand to one row in braces.
 */
#define RH_RELAY_MESSAGE_ROWS(item, compact, missing) \
	item, {"inv", rh_relay_id_size, rh_relay_inv_encode, rh_relay_inv_decode}, \
		{"getdata", rh_relay_id_size, rh_relay_getdata_encode, rh_relay_getdata_decode}, \
		{"headers", rh_relay_headers_size, rh_relay_headers_encode, \
		 rh_relay_headers_decode}, \
		{"getheaders", rh_relay_getheaders_size, rh_relay_getheaders_encode, \
		 rh_relay_getheaders_decode}, \
		compact, \
		{"getblocktxn", rh_relay_getmissing_size, rh_relay_getmissing_encode, \
		 rh_relay_getmissing_decode}, \
		missing

/* Rows for the model's table of topics: the first is the number cfg->first_topic. */
#define RH_RELAY_TOPIC_ROWS(first_kind) \
	{"item", (first_kind) + RH_RELAY_KIND_ITEM, RH_TOPIC_NEIGHBOURS}, \
		{"inv", (first_kind) + RH_RELAY_KIND_INV, RH_TOPIC_NEIGHBOURS}, \
		{"headers", (first_kind) + RH_RELAY_KIND_HEADERS, RH_TOPIC_NEIGHBOURS}, \
	{ \
		"compact", (first_kind) + RH_RELAY_KIND_COMPACT, RH_TOPIC_NEIGHBOURS \
	}

#endif
