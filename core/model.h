/*
 * model.h - a protocol node: one event in, effects out.
 *
 * A model is a constant table (struct rh_model) with a pure function in its middle:
 *
 *	event ──►  step(env, event, fx)  ──►  effects: send, publish, forward, timer, work,
 *	             │                                 store, sync, records and gauges
 *	             └── env->state, this node's own memory
 *
 * Everything a node may know comes in through `env` and `event`; everything it wants goes out
 * through `fx`.  A step reads no clock but env->clock_ns (the node's own, which may be wrong), draws
 * no randomness but rh_env_draw(), keeps nothing outside its state, and may therefore be replayed,
 * fuzzed, rolled back, or hosted as a real process.  No effect acts at the present instant: what a
 * node sends itself comes at least 1 ns later.
 *
 * What the author of a model needs to know about memory:
 *
 * State.  `state_size` zeroed bytes for each node, in the world's space.  Variable data are rh_vec
 * and rh_idmap in the state, with their items in env->space (core/base/space.h).  Nothing in the
 * state may be a pointer.  A crash throws the state away: the world calls `release` (free your
 * vectors, drop your references), zeroes the state, and later calls step with a START event.
 *
 * Journal.  What must survive a crash goes through rh_fx_store() and rh_fx_sync(): an append-only
 * list of (key, object) for each node.  A crash loses the entries that were not synced.  After a
 * restart the model reads them with rh_env_journal() and rebuilds its state.  A crash with amnesia
 * loses all of them.
 *
 * Objects.  Immutable things that travel (blocks, transactions, lists of headers) live once in the
 * world's object table.  rh_env_object_new() gives memory to fill in *during this step*; after the
 * step it never changes.  References are counted.  The step *borrows* the object of its event; a
 * new object belongs to the step until it returns; effects *keep* theirs until they are delivered;
 * a node that stores a handle in its state calls rh_env_object_keep() then, and
 * rh_env_object_drop() when it forgets it.  An object must not hold references to others.
 *
 * Effects.  The world reads them after the step has returned, so what their arguments point to
 * (`skip`) must not stand on the step's stack: keep it in the state or in the space.
 *
 * Records.  rh_fx_record() and rh_fx_gauge() are observations: they never influence a run, and are
 * dropped when nobody reads the kind (env->record_mask).
 *
 * Plugins: a shared object that exports `const struct rh_plugin *rh_plugin_v1(void)` (see
 * core/plugin.h) with such tables.  Built-in models use nothing that a plugin cannot.
 */
#ifndef CORE_MODEL_H
#define CORE_MODEL_H

#include "core/base/buf.h"
#include "core/base/hash.h"
#include "core/base/pool.h"
#include "core/base/rng.h"
#include "core/key.h"
#include "core/record.h"

#define RH_MODEL_ABI 1

/* ---- events ---------------------------------------------------------------------------------- */

/* At one instant a node's events come in this order. */
enum rh_class {
	RH_CLASS_ACTION, /* from the world: start, clock step, a model's own action */
	RH_CLASS_INPUT,	 /* a transaction from the workload */
	RH_CLASS_TIMER,
	RH_CLASS_WORK, /* a piece of the node's own work is done (rh_fx_work) */
	RH_CLASS_MESSAGE
};

/* kinds of class ACTION */
enum { RH_EVENT_START, RH_EVENT_CLOCK, RH_EVENT_MODEL /* + number of the model's action */ };

struct rh_event {
	enum rh_class class;
	uint16_t kind;	/* ACTION: above; INPUT: model's input kind; TIMER: timer; WORK: kind given;
			   MESSAGE: message kind */
	uint16_t topic; /* MESSAGE: topic number from 1, or 0 for a point-to-point message */
	uint32_t from;	/* sending node, or the node itself */
	uint64_t id;	/* identity of the event (message id) */
	uint64_t key; /* what the sender gave: an id, a count; START: how often it started before */
	uint64_t arg; /* ACTION, INPUT: second argument */
	struct rh_handle ref; /* the object that came along, or none */
	const void *object;   /* its content, or NULL; borrowed */
};

/* ---- what a node sees ------------------------------------------------------------------------ */

struct rh_env;

/* Functions of the world behind the rh_env_* calls; models do not call them directly. */
struct rh_host {
	void *(*object_new)(void *world, uint32_t size_bytes, struct rh_handle *ref);
	const void *(*object_at)(void *world, struct rh_handle ref);
	void (*object_keep)(void *world, struct rh_handle ref);
	void (*object_drop)(void *world, struct rh_handle ref);
	uint32_t (*journal_count)(void *world, uint32_t node);
	void (*journal_at)(void *world, uint32_t node, uint32_t index, uint64_t *key,
			   struct rh_handle *ref);
};

struct rh_env {
	const struct rh_host *host;
	void *world;
	struct rh_space *space;	 /* where the vectors and maps of the state live */
	void *state;		 /* this node's state_size bytes */
	const void *params;	 /* the model's parameters, as its `keys` describe them */
	const void *node_params; /* this node's, as `node_keys` describe them */
	uint64_t clock_ns;	 /* the node's own clock, from genesis */
	uint64_t genesis_unix_s; /* what genesis is on a calendar */
	uint64_t name64;	 /* identity of this node */
	uint32_t node;		 /* index of this node */
	uint32_t peer_count;
	const uint32_t *peers;	 /* neighbours by index, in plan order */
	const uint64_t *names64; /* identity of every node, by index */
	uint64_t weight;	 /* this node's weight (hash rate, stake, votes) */
	uint64_t weight_total;	 /* of all nodes of the plan */
	uint64_t record_mask;	 /* bit (1 << kind) when somebody reads the kind */
	struct rh_rng rng;
};

/* A draw of this node: purpose from purposes.def (two levels), or RH_PURPOSE_PLUGIN + n. */
static inline uint64_t rh_env_draw(const struct rh_env *env, uint32_t purpose, uint64_t index)
{
	return rh_draw2(env->rng, purpose, env->name64, index);
}

/* A new object of `size_bytes` zeroed bytes, to be filled before the step returns. */
static inline void *rh_env_object_new(const struct rh_env *env, uint32_t size_bytes,
				      struct rh_handle *ref)
{
	return env->host->object_new(env->world, size_bytes, ref);
}

static inline const void *rh_env_object(const struct rh_env *env, struct rh_handle ref)
{
	return env->host->object_at(env->world, ref);
}

static inline void rh_env_object_keep(const struct rh_env *env, struct rh_handle ref)
{
	env->host->object_keep(env->world, ref);
}

static inline void rh_env_object_drop(const struct rh_env *env, struct rh_handle ref)
{
	env->host->object_drop(env->world, ref);
}

static inline uint32_t rh_env_journal_count(const struct rh_env *env)
{
	return env->host->journal_count(env->world, env->node);
}

/* Entry `index` in the order of storing; the reference is borrowed (keep it to hold it). */
static inline void rh_env_journal(const struct rh_env *env, uint32_t index, uint64_t *key,
				  struct rh_handle *ref)
{
	env->host->journal_at(env->world, env->node, index, key, ref);
}

/* ---- effects --------------------------------------------------------------------------------- */

enum rh_effect_kind {
	RH_EFFECT_SEND,
	RH_EFFECT_PUBLISH,
	RH_EFFECT_FORWARD,
	RH_EFFECT_TIMER,
	RH_EFFECT_TIMER_STOP,
	RH_EFFECT_WORK,
	RH_EFFECT_STORE,
	RH_EFFECT_SYNC
};

struct rh_effect {
	enum rh_effect_kind kind;
	uint16_t number; /* message kind, topic, timer or kind of work */
	uint32_t to;	 /* SEND: the peer; FORWARD: whom to leave out */
	uint64_t key;
	uint64_t amount_ns; /* TIMER: when, on the node's clock; WORK: how long it takes */
	uint64_t
		id; /* FORWARD: message id; SEND: 1 + position of the peer in env->peers, 0: not said */
	struct rh_handle ref;
	const uint64_t
		*skip; /* PUBLISH, FORWARD: bits of positions in env->peers to leave out, or NULL */
};

/* Filled by the functions below, read and emptied by the world after the step, in order. */
struct rh_effects {
	struct rh_effect *items;
	uint32_t count;
	uint32_t cap;
	struct rh_record *records;
	uint32_t record_count;
	uint32_t record_cap;
	uint64_t record_mask;
};

/* Room for more; in core/model.c. */
void rh_effects_grow(struct rh_effects *fx);
void rh_effects_grow_records(struct rh_effects *fx);
void rh_effects_reset(struct rh_effects *fx);
void rh_effects_release(struct rh_effects *fx);

static inline struct rh_effect *rh_effects_push(struct rh_effects *fx, enum rh_effect_kind kind)
{
	struct rh_effect *effect;

	if (fx->count == fx->cap)
		rh_effects_grow(fx);
	effect = &fx->items[fx->count++];
	*effect = (struct rh_effect){.kind = kind};
	return effect;
}

/* A message to one peer.  `key` and the object (or none) are what the receiver's event carries. */
static inline void rh_fx_send(struct rh_effects *fx, uint32_t to, uint16_t message_kind,
			      uint64_t key, struct rh_handle ref)
{
	struct rh_effect *effect = rh_effects_push(fx, RH_EFFECT_SEND);

	effect->number = message_kind;
	effect->to = to;
	effect->key = key;
	effect->ref = ref;
}

/* The same, to the neighbour at this position in env->peers: the world need not look for it. */
static inline void rh_fx_send_at(struct rh_effects *fx, const struct rh_env *env, uint32_t position,
				 uint16_t message_kind, uint64_t key, struct rh_handle ref)
{
	rh_fx_send(fx, env->peers[position], message_kind, key, ref);
	fx->items[fx->count - 1].id = (uint64_t)position + 1;
}

/*
 * A message of this node to all its peers in a topic (numbers from 1), apart from those whose
 * position is set in `skip` (RH_BITS_WORDS(peer_count) words, or NULL).  Its identity is (node,
 * topic, key): a node publishes a key once in a topic.
 */
static inline void rh_fx_publish(struct rh_effects *fx, uint16_t topic, uint64_t key,
				 struct rh_handle ref, const uint64_t *skip)
{
	struct rh_effect *effect = rh_effects_push(fx, RH_EFFECT_PUBLISH);

	effect->number = topic;
	effect->key = key;
	effect->ref = ref;
	effect->skip = skip;
}

/* Passes the message of `event` on to all peers but the one it came from. */
static inline void rh_fx_forward(struct rh_effects *fx, const struct rh_event *event,
				 const uint64_t *skip)
{
	struct rh_effect *effect = rh_effects_push(fx, RH_EFFECT_FORWARD);

	RH_ASSERT(event->topic != 0);
	effect->number = event->topic;
	effect->to = event->from;
	effect->key = event->key;
	effect->id = event->id;
	effect->ref = event->ref;
	effect->skip = skip;
}

/* Timer `number` fires when the node's clock shows `at_clock_ns` (at once, 1 ns later, if past);
 * replaces an earlier setting. */
static inline void rh_fx_timer(struct rh_effects *fx, uint16_t number, uint64_t at_clock_ns)
{
	struct rh_effect *effect = rh_effects_push(fx, RH_EFFECT_TIMER);

	effect->number = number;
	effect->amount_ns = at_clock_ns;
}

static inline void rh_fx_timer_stop(struct rh_effects *fx, uint16_t number)
{
	rh_effects_push(fx, RH_EFFECT_TIMER_STOP)->number = number;
}

/*
 * Work of the node's single worker (validation): begins when the worker is free, takes `cost_ns`,
 * and ends in an event of class WORK with this kind, key and object.  Two pieces that end at one
 * instant must differ in kind or key.
 */
static inline void rh_fx_work(struct rh_effects *fx, uint16_t kind, uint64_t key,
			      struct rh_handle ref, uint64_t cost_ns)
{
	struct rh_effect *effect = rh_effects_push(fx, RH_EFFECT_WORK);

	effect->number = kind;
	effect->key = key;
	effect->ref = ref;
	effect->amount_ns = cost_ns;
}

/* Appends to the node's journal; lost in a crash unless synced. */
static inline void rh_fx_store(struct rh_effects *fx, uint64_t key, struct rh_handle ref)
{
	struct rh_effect *effect = rh_effects_push(fx, RH_EFFECT_STORE);

	effect->key = key;
	effect->ref = ref;
}

static inline void rh_fx_sync(struct rh_effects *fx)
{
	rh_effects_push(fx, RH_EFFECT_SYNC);
}

/* An observation; the world fills in time and node.  Returns NULL when nobody reads the kind. */
static inline struct rh_record *rh_fx_record(struct rh_effects *fx, enum rh_record_kind kind,
					     uint16_t stage)
{
	struct rh_record *record;

	if (!((fx->record_mask >> kind) & 1))
		return NULL;
	if (fx->record_count == fx->record_cap)
		rh_effects_grow_records(fx);
	record = &fx->records[fx->record_count++];
	*record = (struct rh_record){.kind = (uint16_t)kind, .stage = stage};
	return record;
}

/* The value of a gauge: the world passes it on when it changed. */
static inline void rh_fx_gauge(struct rh_effects *fx, uint32_t gauge, int64_t value)
{
	struct rh_record *record = rh_fx_record(fx, RH_RECORD_GAUGE, 0);

	if (record == NULL)
		return;
	record->index = gauge;
	record->a = (uint64_t)value;
}

/* ---- the table ------------------------------------------------------------------------------- */

/*
 * A kind of message.  `size` is what it weighs on a wire, and `encode` writes exactly so many
 * bytes; `decode` is its inverse (through the host: it makes the object).  Both are used by hosted
 * processes and by faults that flip bits.
 */
struct rh_message_kind {
	const char *name;
	uint32_t (*size)(const void *params, uint64_t key, const void *object);
	void (*encode)(const void *params, uint64_t key, const void *object, struct rh_buf *out);
	int (*decode)(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		      struct rh_handle *ref); /* 0 or RH_E_CORRUPT */
};

enum rh_topic_relay {
	RH_TOPIC_NEIGHBOURS, /* publish reaches the neighbours only; every copy is an event */
	RH_TOPIC_FLOOD	     /* the world drops what a node has seen before; the model forwards */
};

struct rh_topic {
	const char *name;
	uint16_t message_kind;
	enum rh_topic_relay relay;
};

struct rh_model_gauge {
	const char *name; /* without the model's prefix */
	enum rh_unit unit;
	const char *doc;
};

struct rh_model_action {
	const char *name;
	const char *doc;
	const struct rh_key *keys; /* two INT or DURATION values at most, at offsets 0 and 8: event
				      key and arg */
};

/* Looks at one node after a step; false is a violation.  Never changes anything. */
struct rh_invariant {
	const char *name;
	bool (*holds)(const struct rh_env *env);
};

/*
 * A wire of the model's own, in place of the plan's jitter law: how long copies take.  For models
 * of a measured network, or of another simulator's.  Pure, as a step is.
 */
struct rh_fan { /* the copies of one message that leave a node at one instant; one copy for a send */
	uint32_t from;
	uint32_t count;
	uint64_t key;		 /* what the sender gave */
	const uint32_t *to;	 /* by copy: the peer */
	const uint64_t *base_ns; /* by copy: the delay of its link */
};

struct rh_wire {
	/* Least delay that any copy over a link of this base can have, at least 1: the plan's
	 * lookahead rests on it. */
	uint64_t (*least_ns)(const void *params, uint64_t base_ns);
	void (*delays)(const void *params, const struct rh_fan *fan, uint64_t *delay_ns);
};

struct rh_model {
	const char *name;
	const char *doc; /* one sentence */
	uint32_t abi;	 /* RH_MODEL_ABI */
	uint32_t state_size;
	uint32_t params_size;
	uint32_t node_params_size;
	const struct rh_key *keys;	/* parameters of the model; ends with RH_KEY_END */
	const struct rh_key *node_keys; /* parameters of a group or node */
	const struct rh_topic *topics;	/* number 1 is topics[0] */
	const struct rh_message_kind *messages;
	const char *const *timers; /* names, by number */
	const struct rh_model_gauge *gauges;
	const struct rh_model_action *actions;
	const struct rh_invariant *invariants;
	uint16_t topic_count;
	uint16_t message_count;
	uint16_t timer_count;
	uint16_t gauge_count;
	uint16_t action_count;
	uint16_t invariant_count;
	uint16_t input_count; /* kinds of input it takes from a workload; 0: none */

	/* After a step: true when it changed nothing that an invariant speaks of; then they are not
	 * asked.  They must hold at any other time too.  NULL: they are asked after every step. */
	bool (*is_unchanged)(const struct rh_env *env);
	/* Checks parameters together, after the loader checked each alone; fills `err`.  May be
	 * NULL. */
	int (*check)(const void *params, char *why, size_t why_size);
	void (*step)(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx);
	void (*release)(const struct rh_env *env); /* the state is about to be thrown away */
	/* Absorbs what matters of the state, for comparing two runs node by node. */
	void (*digest)(const struct rh_env *env, struct rh_digest *digest);
	/* Weight of a node from its parameters (hash rate, stake, votes). */
	uint64_t (*weight)(const void *node_params);
	/* The node that leads at this time, or RH_NODE_WORLD when the protocol has none.  May be
	 * NULL. */
	uint32_t (*leader)(const struct rh_env *env, uint64_t time_ns);
	/* Depth below the head from which the model calls a block final; 0: it says so by records.
	 */
	uint64_t (*final_depth)(const void *params);
	/* NULL: delays follow the plan's jitter law. */
	const struct rh_wire *wire;
	/* Mean time between blocks, for a load that is given by the block.  May be NULL. */
	uint64_t (*block_ns)(const void *params);
	/* Other names under which a scenario may ask for it, with '|' between them; or NULL. */
	const char *also;
	/* What this version lacks to run it ("a node that ..."): such a scenario loads and can be
	 * planned, and a run is refused.  Such a model has no step.  NULL: nothing. */
	const char *missing;
};

#endif
