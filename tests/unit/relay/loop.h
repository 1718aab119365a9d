/*
 * loop.h - a network in a test: nodes that do nothing but relay, a list of messages, no kernel.
 *
 * Each node runs the smallest model that uses models/relay as relay.h says: it holds a first item,
 * keeps orphans, asks for missing parents, has the highest item as its head, and accepts everything
 * at once.  Messages take a keyed time (1 .. 50 ms, or 10 ms sharp in stories), may be lost, and
 * cross no cut.  Every message of the relay's own kinds is encoded and decoded on its way, so what
 * arrives is what the bytes say.  Objects are counted: loop_close() checks that none leaks.
 */
#ifndef TESTS_UNIT_RELAY_LOOP_H
#define TESTS_UNIT_RELAY_LOOP_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/bits.h"
#include "core/base/dist.h"
#include "core/base/hash.h"
#include "core/base/sort.h"
#include "models/relay/items.h"
#include "models/relay/relay.h"

#define LOOP_NODES   64
#define LOOP_FIRST   1u /* id of the item that everybody has */
#define FIRST_KIND   3u
#define FIRST_TOPIC  1u
#define RELAY_TIMER  0u
#define ITEM_BYTES   1000u
#define COMPACT_TXS  10u
#define MISSING_PART 100u

struct item_object {
	uint64_t id;
	uint64_t parent;
	uint64_t height;
};

struct orphan {
	struct rh_handle ref;
	uint64_t id;
	uint64_t parent;
	uint64_t height;
	uint32_t from;
	uint32_t unused;
};

struct node_state {
	struct rh_relay relay;
	struct rh_idmap heights; /* of accepted items */
	struct rh_vec orphans;
	uint64_t head_height;
};

struct loop_object {
	void *content;
	uint32_t size;
	uint32_t refs;
	uint32_t generation;
};

struct loop_event {
	uint64_t at_ns;
	uint64_t number;
	uint32_t to;
	bool is_timer;
	struct rh_event event;
};

struct loop_node {
	struct rh_env env;
	uint32_t peers[LOOP_NODES];
	uint64_t timer_at_ns;
	bool is_up;
	uint32_t side; /* messages cross no border between sides */
	uint32_t starts;
};

struct loop {
	struct rh_space space;
	struct rh_relay_cfg cfg;
	struct rh_effects fx;
	struct loop_node nodes[LOOP_NODES];
	uint64_t names64[LOOP_NODES];
	uint32_t node_count;
	uint32_t edge_count; /* undirected */
	uint64_t seed;
	uint64_t now_ns;
	uint64_t sent_count;
	uint64_t loss;	      /* threshold */
	bool is_sharp;	      /* every message takes 10 ms */
	bool has_no_timers;   /* broken on purpose */
	bool asks_no_parents; /* broken on purpose */
	struct loop_object *objects;
	uint32_t object_count;
	uint32_t object_cap;
	struct rh_handle fresh[4096]; /* objects of the step */
	uint32_t fresh_count;
	struct loop_event *events; /* binary heap by (time, number) */
	uint32_t event_count;
	uint32_t event_cap;
	uint64_t sent_by_kind[RH_RELAY_KIND_COUNT];
	uint64_t bytes;
	struct rh_buf *story; /* where each message and event is told, or NULL */
};

static const char *const kind_names[] = {"item",       "inv",	     "getdata",	    "headers",
					 "getheaders", "cmpctblock", "getblocktxn", "blocktxn"};

/* ---- objects --------------------------------------------------------------------------------- */

static inline struct loop_object *loop_object(struct loop *loop, struct rh_handle ref)
{
	struct loop_object *object;

	RH_ASSERT(ref.index != 0 && ref.index <= loop->object_count);
	object = &loop->objects[ref.index - 1];
	RH_ASSERT(object->generation == ref.generation);
	RH_ASSERT(object->refs > 0);
	return object;
}

static inline void *host_object_new(void *world, uint32_t size_bytes, struct rh_handle *ref)
{
	struct loop *loop = world;
	struct loop_object *object;
	uint32_t index;

	for (index = loop->object_count; index > 0 && loop->object_count > 100000; index--)
		if (loop->objects[index - 1].refs == 0)
			break;
	if (loop->object_count <= 100000 || index == 0) {
		if (loop->object_count == loop->object_cap) {
			loop->object_cap = loop->object_cap * 2 + 64;
			loop->objects = rh_realloc(loop->objects,
						   loop->object_cap * sizeof(*loop->objects));
		}
		index = ++loop->object_count;
		loop->objects[index - 1] = (struct loop_object){0};
	}
	object = &loop->objects[index - 1];
	object->content = rh_alloc(1, size_bytes != 0 ? size_bytes : 1);
	object->size = size_bytes;
	object->refs = 1;
	object->generation++;
	*ref = (struct rh_handle){index, object->generation};
	RH_ASSERT(loop->fresh_count < RH_ARRAY_LEN(loop->fresh));
	loop->fresh[loop->fresh_count++] = *ref;
	return object->content;
}

static inline const void *host_object_at(void *world, struct rh_handle ref)
{
	return loop_object(world, ref)->content;
}

static inline void host_object_keep(void *world, struct rh_handle ref)
{
	loop_object(world, ref)->refs++;
}

static inline void host_object_drop(void *world, struct rh_handle ref)
{
	struct loop_object *object = loop_object(world, ref);

	if (--object->refs == 0) {
		free(object->content);
		object->content = NULL;
	}
}

static inline uint32_t host_journal_count(void *world, uint32_t node)
{
	(void)world;
	(void)node;
	return 0;
}

static const struct rh_host loop_host = {
	.object_new = host_object_new,
	.object_at = host_object_at,
	.object_keep = host_object_keep,
	.object_drop = host_object_drop,
	.journal_count = host_journal_count,
};

/* ---- events ---------------------------------------------------------------------------------- */

static inline bool loop_before(const struct loop_event *a, const struct loop_event *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->number < b->number;
}

static inline void loop_event_add(struct loop *loop, const struct loop_event *event)
{
	uint32_t at = loop->event_count++;

	if (loop->event_count > loop->event_cap) {
		loop->event_cap = loop->event_cap * 2 + 64;
		loop->events = rh_realloc(loop->events, loop->event_cap * sizeof(*loop->events));
	}
	while (at > 0 && loop_before(event, &loop->events[(at - 1) / 2])) {
		loop->events[at] = loop->events[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	loop->events[at] = *event;
}

static inline struct loop_event loop_event_take(struct loop *loop)
{
	struct loop_event first = loop->events[0];
	struct loop_event last = loop->events[--loop->event_count];
	uint32_t at = 0;

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= loop->event_count)
			break;
		if (child + 1 < loop->event_count &&
		    loop_before(&loop->events[child + 1], &loop->events[child]))
			child++;
		if (!loop_before(&loop->events[child], &last))
			break;
		loop->events[at] = loop->events[child];
		at = child;
	}
	loop->events[at] = last;
	return first;
}

/* What the bytes of a relay message say must be what was sent. */
static inline void loop_wire(struct loop *loop, const struct rh_env *env, enum rh_relay_kind kind,
			     uint64_t *key, struct rh_handle *ref)
{
	static const struct rh_message_kind rows[] = {RH_RELAY_MESSAGE_ROWS({0}, {0}, {0})};
	const struct rh_message_kind *row = &rows[kind];
	const void *object = ref->index != 0 ? host_object_at(loop, *ref) : NULL;
	uint64_t said = *key;
	struct rh_buf bytes = {0};

	if (row->size == NULL) { /* the model's own rows */
		loop->bytes += kind == RH_RELAY_KIND_ITEM ? ITEM_BYTES
			       : kind == RH_RELAY_KIND_COMPACT
				       ? rh_relay_compact_bytes(COMPACT_TXS, 200)
				       : rh_relay_missing_bytes(MISSING_PART);
		return;
	}
	row->encode(NULL, *key, object, &bytes);
	RH_ASSERT(bytes.len == row->size(NULL, *key, object));
	RH_ASSERT(row->decode(env, bytes.data, bytes.len, key, ref) == 0);
	RH_ASSERT(*key == said);
	loop->bytes += bytes.len;
	rh_buf_release(&bytes);
}

static inline void loop_send(struct loop *loop, uint32_t from, uint32_t to, uint16_t kind,
			     uint16_t topic, uint64_t key, struct rh_handle ref)
{
	struct loop_event event = {0};
	uint64_t mid = rh_absorb(rh_absorb(from, to), ++loop->sent_count);
	struct rh_rng rng = {RH_RNG_SPLITMIX, loop->seed};
	uint64_t draw = rh_draw3(rng, RH_PURPOSE_TEST, from, mid, to);
	enum rh_relay_kind relay_kind = (enum rh_relay_kind)(kind - FIRST_KIND);
	bool is_lost = rh_happens(rh_absorb(draw, 1), loop->loss) ||
		       loop->nodes[from].side != loop->nodes[to].side;

	RH_ASSERT(relay_kind < RH_RELAY_KIND_COUNT);
	loop->sent_by_kind[relay_kind]++;
	loop_wire(loop, &loop->nodes[from].env, relay_kind, &key, &ref);
	if (loop->story != NULL)
		rh_buf_printf(loop->story, "%5" PRIu64 " ms  %c -> %c  %s %" PRIu64 "%s\n",
			      loop->now_ns / 1000000, (char)('a' + from), (char)('a' + to),
			      kind_names[relay_kind], key, is_lost ? "  (lost)" : "");
	if (is_lost)
		return;
	event.at_ns = loop->now_ns +
		      (loop->is_sharp ? 10000000 : rh_uniform_range(draw, 1000000, 50000000));
	event.number = loop->sent_count;
	event.to = to;
	event.event = (struct rh_event){.class = RH_CLASS_MESSAGE,
					.kind = kind,
					.topic = topic,
					.from = from,
					.id = mid,
					.key = key,
					.ref = ref};
	if (ref.index != 0)
		host_object_keep(loop, ref);
	loop_event_add(loop, &event);
}

static inline void loop_publish(struct loop *loop, uint32_t from, const struct rh_effect *effect)
{
	static const uint16_t kinds[] = {RH_RELAY_KIND_ITEM, RH_RELAY_KIND_INV,
					 RH_RELAY_KIND_HEADERS, RH_RELAY_KIND_COMPACT};
	const struct rh_env *env = &loop->nodes[from].env;
	uint32_t i;

	RH_ASSERT(effect->number - FIRST_TOPIC < RH_ARRAY_LEN(kinds));
	for (i = 0; i < env->peer_count; i++)
		if (effect->skip == NULL || !rh_bit_get(effect->skip, i))
			loop_send(loop, from, env->peers[i],
				  (uint16_t)(FIRST_KIND + kinds[effect->number - FIRST_TOPIC]),
				  effect->number, effect->key, effect->ref);
}

/* After a step: effects become events, and the step's own objects are let go. */
static inline void loop_effects(struct loop *loop, uint32_t node)
{
	uint32_t i;

	for (i = 0; i < loop->fx.count; i++) {
		const struct rh_effect *effect = &loop->fx.items[i];

		if (effect->kind == RH_EFFECT_SEND) {
			loop_send(loop, node, effect->to, effect->number, 0, effect->key,
				  effect->ref);
		} else if (effect->kind == RH_EFFECT_PUBLISH) {
			loop_publish(loop, node, effect);
		} else {
			struct loop_event event = {.at_ns = effect->amount_ns,
						   .number = ++loop->sent_count,
						   .to = node,
						   .is_timer = true};

			RH_ASSERT(effect->kind == RH_EFFECT_TIMER);
			RH_ASSERT(effect->number == RELAY_TIMER);
			RH_ASSERT(effect->amount_ns > loop->now_ns);
			loop->nodes[node].timer_at_ns = effect->amount_ns;
			loop_event_add(loop, &event);
		}
	}
	rh_effects_reset(&loop->fx);
	for (i = 0; i < loop->fresh_count; i++)
		host_object_drop(loop, loop->fresh[i]);
	loop->fresh_count = 0;
}

/* ---- the smallest model ---------------------------------------------------------------------- */

static inline bool model_height(const struct rh_env *env, uint64_t id, uint64_t *height)
{
	struct node_state *state = env->state;

	return rh_idmap_get(env->space, &state->heights, id, height);
}

static inline void model_accept(struct loop *loop, const struct rh_env *env, uint64_t id,
				uint64_t parent, uint64_t height, struct rh_handle ref)
{
	struct node_state *state = env->state;
	uint32_t i = 0;

	RH_ASSERT(rh_idmap_put(env->space, &state->heights, id, height));
	rh_relay_announce(&state->relay, &loop->cfg, env, &loop->fx, id, parent, ref);
	if (height > state->head_height) {
		state->head_height = height;
		rh_relay_head_set(&state->relay, id);
	}
	while (i < state->orphans.count) {
		struct orphan orphan =
			*(struct orphan *)rh_vec_at(env->space, &state->orphans, sizeof(orphan), i);

		if (orphan.parent != id) {
			i++;
			continue;
		}
		rh_vec_remove(env->space, &state->orphans, sizeof(orphan), i);
		model_accept(loop, env, orphan.id, orphan.parent, orphan.height, orphan.ref);
		host_object_drop(loop, orphan.ref);
		i = 0;
	}
}

/* The oldest missing item under an orphan. */
static inline uint64_t model_missing(const struct rh_env *env, uint64_t id)
{
	struct node_state *state = env->state;
	uint32_t i = 0;

	while (i < state->orphans.count) {
		const struct orphan *orphan =
			rh_vec_at(env->space, &state->orphans, sizeof(*orphan), i);

		i++;
		if (orphan->id == id) {
			id = orphan->parent;
			i = 0;
		}
	}
	return id;
}

static inline void model_message(struct loop *loop, const struct rh_env *env,
				 const struct rh_event *event)
{
	struct node_state *state = env->state;
	struct rh_relay_got got =
		rh_relay_on_message(&state->relay, &loop->cfg, env, &loop->fx, event);
	const struct item_object *object = got.object;
	uint64_t height;

	if (got.verdict == RH_RELAY_NOTHING)
		return;
	RH_ASSERT(object->id == got.id);
	if (model_height(env, object->parent, &height)) {
		model_accept(loop, env, got.id, object->parent, object->height, got.ref);
	} else {
		struct orphan *orphan = rh_vec_push(env->space, &state->orphans, sizeof(*orphan));

		*orphan = (struct orphan){got.ref,	  got.id,   object->parent,
					  object->height, got.from, 0};
		host_object_keep(loop, got.ref);
		if (!loop->asks_no_parents)
			rh_relay_request_missing(&state->relay, &loop->cfg, env, &loop->fx,
						 model_missing(env, object->parent), got.from);
	}
}

static inline void model_start(struct loop *loop, uint32_t node)
{
	const struct rh_env *env = &loop->nodes[node].env;
	struct node_state *state = env->state;

	rh_idmap_put(env->space, &state->heights, LOOP_FIRST, 0);
	rh_relay_hold(&state->relay, env, LOOP_FIRST, 0, (struct rh_handle){0, 0});
	rh_relay_head_set(&state->relay, LOOP_FIRST);
	if (loop->nodes[node].starts++ > 0)
		rh_relay_greet(&state->relay, &loop->cfg, env, &loop->fx);
	loop->nodes[node].is_up = true;
	loop_effects(loop, node);
}

static inline void model_release(const struct rh_env *env)
{
	struct node_state *state = env->state;
	uint32_t i;

	for (i = 0; i < state->orphans.count; i++) {
		const struct orphan *orphan =
			rh_vec_at(env->space, &state->orphans, sizeof(*orphan), i);

		rh_env_object_drop(env, orphan->ref);
	}
	rh_vec_release(env->space, &state->orphans, sizeof(struct orphan));
	rh_idmap_release(env->space, &state->heights);
	rh_relay_release(&state->relay, env);
	memset(state, 0, sizeof(*state));
}

/* ---- running --------------------------------------------------------------------------------- */

static inline struct node_state *loop_state(struct loop *loop, uint32_t node)
{
	return loop->nodes[node].env.state;
}

/* `links` are pairs of nodes, each once. */
static inline struct loop *loop_open(enum rh_relay_policy policy, uint32_t node_count,
				     const uint32_t (*links)[2], uint32_t link_count, uint64_t seed)
{
	struct loop *loop = rh_alloc(1, sizeof(*loop));
	uint32_t i;
	uint32_t k;

	rh_space_open(&loop->space, UINT64_C(1) << 30, 0);
	loop->cfg = (struct rh_relay_cfg)RH_RELAY_BLOCK_CFG;
	loop->cfg.policy = policy;
	loop->cfg.first_kind = FIRST_KIND;
	loop->cfg.first_topic = FIRST_TOPIC;
	loop->cfg.timer = RELAY_TIMER;
	loop->cfg.request_timeout_ns = 2 * RH_NS_PER_SEC;
	loop->node_count = node_count;
	loop->edge_count = link_count;
	loop->seed = seed;
	RH_ASSERT(node_count <= LOOP_NODES);
	for (i = 0; i < node_count; i++) {
		struct loop_node *node = &loop->nodes[i];
		char name[16];

		snprintf(name, sizeof(name), "n-%" PRIu32, i);
		loop->names64[i] = rh_name64(name);
		node->env = (struct rh_env){.host = &loop_host,
					    .world = loop,
					    .space = &loop->space,
					    .name64 = loop->names64[i],
					    .names64 = loop->names64,
					    .node = i,
					    .peers = node->peers,
					    .rng = {RH_RNG_SPLITMIX, seed}};
		node->env.state = rh_at(&loop->space,
					rh_space_alloc(&loop->space, sizeof(struct node_state)));
		for (k = 0; k < node_count; k++) {
			uint32_t l;

			for (l = 0; l < link_count; l++)
				if ((links[l][0] == i && links[l][1] == k) ||
				    (links[l][0] == k && links[l][1] == i))
					node->peers[node->env.peer_count++] = k;
		}
	}
	for (i = 0; i < node_count; i++)
		model_start(loop, i);
	return loop;
}

static inline void loop_step(struct loop *loop)
{
	struct loop_event next = loop_event_take(loop);
	struct loop_node *node = &loop->nodes[next.to];

	RH_ASSERT(next.at_ns >= loop->now_ns);
	loop->now_ns = next.at_ns;
	node->env.clock_ns = loop->now_ns;
	if (next.is_timer && node->is_up && node->timer_at_ns == next.at_ns) {
		node->timer_at_ns = 0;
		if (!loop->has_no_timers)
			rh_relay_on_timer(&loop_state(loop, next.to)->relay, &loop->cfg, &node->env,
					  &loop->fx);
	} else if (!next.is_timer && node->is_up) {
		if (next.event.ref.index != 0)
			next.event.object = host_object_at(loop, next.event.ref);
		RH_ASSERT(rh_relay_is_mine(&loop->cfg, &next.event));
		model_message(loop, &node->env, &next.event);
	}
	loop_effects(loop, next.to);
	if (next.event.ref.index != 0)
		host_object_drop(loop, next.event.ref);
}

static inline void loop_run_until(struct loop *loop, uint64_t until_ns)
{
	while (loop->event_count > 0 && loop->events[0].at_ns <= until_ns)
		loop_step(loop);
	if (loop->now_ns < until_ns)
		loop->now_ns = until_ns;
}

static inline void loop_run(struct loop *loop)
{
	while (loop->event_count > 0)
		loop_step(loop);
}

/* A new item of `node` on its head, with an id that is its own. */
static inline uint64_t loop_make(struct loop *loop, uint32_t node, uint64_t id)
{
	struct rh_env *env = &loop->nodes[node].env;
	struct node_state *state = env->state;
	struct rh_handle ref;
	struct item_object *object = host_object_new(loop, sizeof(*object), &ref);

	env->clock_ns = loop->now_ns;
	*object = (struct item_object){id, state->relay.head, state->head_height + 1};
	if (loop->story != NULL)
		rh_buf_printf(loop->story, "%5" PRIu64 " ms  %c makes %" PRIu64 "\n",
			      loop->now_ns / 1000000, (char)('a' + node), id);
	model_accept(loop, env, id, object->parent, object->height, ref);
	loop_effects(loop, node);
	return id;
}

static inline void loop_crash(struct loop *loop, uint32_t node)
{
	loop->nodes[node].is_up = false;
	loop->nodes[node].timer_at_ns = 0;
	model_release(&loop->nodes[node].env);
}

/* How many nodes hold it. */
static inline uint32_t loop_holders(struct loop *loop, uint64_t id)
{
	uint32_t holders = 0;
	uint32_t i;

	for (i = 0; i < loop->node_count; i++)
		holders += rh_relay_has(&loop_state(loop, i)->relay, &loop->nodes[i].env, id);
	return holders;
}

/* No node is an orphanage, waits for anything, or counts wrongly. */
static inline bool loop_is_calm(struct loop *loop)
{
	uint32_t i;

	for (i = 0; i < loop->node_count; i++) {
		const struct node_state *state = loop_state(loop, i);

		if (state->orphans.count != 0 || state->relay.pending.count != 0 ||
		    state->relay.asked_count != 0)
			return false;
	}
	return true;
}

static inline void loop_close(struct loop *loop)
{
	uint32_t i;

	while (loop->event_count > 0) {
		struct loop_event event = loop_event_take(loop);

		if (event.event.ref.index != 0)
			host_object_drop(loop, event.event.ref);
	}
	for (i = 0; i < loop->node_count; i++)
		model_release(&loop->nodes[i].env);
	for (i = 0; i < loop->object_count; i++)
		RH_ASSERT(loop->objects[i].refs == 0);
	free(loop->objects);
	free(loop->events);
	rh_effects_release(&loop->fx);
	rh_space_close(&loop->space);
	free(loop);
}

#endif
