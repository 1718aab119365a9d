/*
 * model_host.c - a small world: queue, objects, journals, timers, worker.
 */
#include "tests/lib/model_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/units.h"

struct item {
	uint64_t time_ns;
	uint32_t node;
	uint64_t life; /* of the destination */
	uint64_t generation;
	struct rh_event event;
};

static int compare_items(const void *a, const void *b, const void *ctx)
{
	const struct item *x = a;
	const struct item *y = b;
	uint64_t left[] = {x->time_ns,	  x->node,	 x->event.class,
			   x->event.kind, x->event.from, x->event.id};
	uint64_t right[] = {y->time_ns,	   y->node,	  y->event.class,
			    y->event.kind, y->event.from, y->event.id};

	(void)ctx;
	for (size_t i = 0; i < RH_ARRAY_LEN(left); i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

/* ---- objects --------------------------------------------------------------------------------- */

static struct host_object *object_of(struct model_host *host, struct rh_handle ref)
{
	RH_ASSERT(ref.index > 0 && ref.index <= host->object_count);
	RH_ASSERT(host->objects[ref.index - 1].generation == ref.generation);
	RH_ASSERT(host->objects[ref.index - 1].refs > 0);
	return &host->objects[ref.index - 1];
}

void *host_object(struct model_host *host, uint32_t size_bytes, struct rh_handle *ref)
{
	uint32_t index = host->object_count;

	for (uint32_t i = 0; i < host->object_count && i < 64; i++) {
		if (host->objects[i].refs == 0)
			index = i;
	}
	if (index == host->object_count) {
		if (host->object_count == host->object_cap) {
			host->object_cap = host->object_cap == 0 ? 256 : host->object_cap * 2;
			host->objects = rh_realloc(host->objects,
						   host->object_cap * sizeof(*host->objects));
		}
		memset(&host->objects[host->object_count++], 0, sizeof(*host->objects));
	}
	host->objects[index].bytes = calloc(1, size_bytes);
	RH_ASSERT(host->objects[index].bytes != NULL);
	host->objects[index].generation++;
	host->objects[index].refs = 1;
	*ref = (struct rh_handle){index + 1, host->objects[index].generation};
	return host->objects[index].bytes;
}

static void *object_new(void *world, uint32_t size_bytes, struct rh_handle *ref)
{
	struct model_host *host = world;
	void *bytes = host_object(host, size_bytes, ref);

	RH_ASSERT(host->fresh_count < RH_ARRAY_LEN(host->fresh));
	host->fresh[host->fresh_count++] = *ref;
	return bytes;
}

static const void *object_at(void *world, struct rh_handle ref)
{
	return object_of(world, ref)->bytes;
}

static void object_keep(void *world, struct rh_handle ref)
{
	object_of(world, ref)->refs++;
}

static void object_drop(void *world, struct rh_handle ref)
{
	struct host_object *object = object_of(world, ref);

	if (--object->refs == 0) {
		free(object->bytes);
		object->bytes = NULL;
	}
}

void host_object_drop(struct model_host *host, struct rh_handle ref)
{
	object_drop(host, ref);
}

uint32_t host_object_count(const struct model_host *host)
{
	uint32_t alive = 0;

	for (uint32_t i = 0; i < host->object_count; i++)
		alive += host->objects[i].refs > 0;
	return alive;
}

static void keep_some(struct model_host *host, struct rh_handle ref)
{
	if (ref.index != 0)
		object_keep(host, ref);
}

static void drop_some(struct model_host *host, struct rh_handle ref)
{
	if (ref.index != 0)
		object_drop(host, ref);
}

static uint32_t journal_count(void *world, uint32_t node)
{
	return ((struct model_host *)world)->nodes[node].journal_count;
}

static void journal_at(void *world, uint32_t node, uint32_t index, uint64_t *key,
		       struct rh_handle *ref)
{
	const struct host_node *entry = &((struct model_host *)world)->nodes[node];

	RH_ASSERT(index < entry->journal_count);
	*key = entry->journal[index].key;
	*ref = entry->journal[index].ref;
}

static const struct rh_host callbacks = {
	.object_new = object_new,
	.object_at = object_at,
	.object_keep = object_keep,
	.object_drop = object_drop,
	.journal_count = journal_count,
	.journal_at = journal_at,
};

/* ---- parameters ------------------------------------------------------------------------------ */

static const struct unit {
	const char *text;
	uint64_t factor;
} units[] = {{"ns", 1},
	     {"us", 1000},
	     {"ms", 1000000},
	     {"s", 1000000000},
	     {"m", 60 * RH_NS_PER_SEC},
	     {"h", 3600 * RH_NS_PER_SEC},
	     {"d", 24 * 3600 * RH_NS_PER_SEC},
	     {"B", 1},
	     {"KB", 1000},
	     {"MB", 1000000},
	     {"", 1}};

static uint64_t parse_quantity(const char *text)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	for (size_t i = 0; i < RH_ARRAY_LEN(units); i++) {
		if (strcmp(end, units[i].text) == 0)
			return value * units[i].factor;
	}
	rh_fatal("no quantity: %s", text);
}

static uint64_t parse_enum(const char *values, const char *text)
{
	size_t len = strlen(text);

	for (uint64_t at = 0; values != NULL; at++) {
		if (strncmp(values, text, len) == 0 && (values[len] == '|' || values[len] == 0))
			return at;
		values = strchr(values, '|');
		values = values != NULL ? values + 1 : NULL;
	}
	rh_fatal("no such word: %s", text);
}

static void set_key(const struct rh_key *key, uint8_t *params, const char *text)
{
	struct rh_ratio ratio = {0, 100};
	uint64_t value = 0;

	switch (key->type) {
	case RH_KEY_RATIO:
		ratio.num = strtoull(text, NULL, 10);
		memcpy(params + key->offset, &ratio, sizeof(ratio));
		return;
	case RH_KEY_ENUM:
		value = parse_enum(key->values, text);
		break;
	case RH_KEY_BOOL:
		value = strcmp(text, "true") == 0;
		break;
	case RH_KEY_INT:
	case RH_KEY_DURATION:
	case RH_KEY_SIZE:
	case RH_KEY_RATE:
		value = parse_quantity(text);
		break;
	case RH_KEY_PACE:
	case RH_KEY_TEXT:
		rh_fatal("text keys are not for this host");
	}
	memcpy(params + key->offset, &value, sizeof(value));
}

static void set_defaults(const struct rh_key *keys, uint8_t *params)
{
	for (; keys->name != NULL; keys++) {
		if (keys->default_text != NULL)
			set_key(keys, params, keys->default_text);
	}
}

static void weigh(struct model_host *host)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < host->node_count; i++) {
		struct host_node *node = &host->nodes[i];

		node->weight =
			host->model->weight != NULL ? host->model->weight(node->node_params) : 1;
		total += node->weight;
	}
	for (uint32_t i = 0; i < host->node_count; i++) {
		host->nodes[i].env.weight_total = total;
		host->nodes[i].env.weight = host->is_mining ? host->nodes[i].weight : 0;
	}
}

void host_set(struct model_host *host, int node, const char *name, const char *text)
{
	const struct rh_key *key = node < 0 ? host->model->keys : host->model->node_keys;

	while (key->name != NULL && strcmp(key->name, name) != 0)
		key++;
	if (key->name == NULL)
		rh_fatal("no such key: %s", name);
	set_key(key, node < 0 ? host->params : host->nodes[node].node_params, text);
	weigh(host);
}

/* ---- life ------------------------------------------------------------------------------------ */

struct model_host *host_new(const struct rh_model *model, uint32_t node_count, uint64_t seed)
{
	struct model_host *host = calloc(1, sizeof(*host));

	RH_ASSERT(host != NULL && node_count <= HOST_NODES_MAX);
	RH_ASSERT(model->timer_count <= HOST_TIMERS_MAX);
	host->model = model;
	host->node_count = node_count;
	host->delay_ns = 100 * RH_NS_PER_MS;
	host->fx.record_mask = UINT64_MAX;
	host->is_mining = true;
	rh_space_open(&host->space, UINT64_C(1) << 34, 0);
	rh_heap_init(&host->queue, sizeof(struct item), compare_items, NULL);
	host->params = calloc(1, model->params_size + 1);
	set_defaults(model->keys, host->params);
	for (uint32_t i = 0; i < node_count; i++) {
		struct host_node *node = &host->nodes[i];

		snprintf(node->name, sizeof(node->name), "%c",
			 (int)(i < 26 ? 'a' + i : 'A' + i - 26));
		host->names64[i] = rh_name64(node->name);
		node->node_params = calloc(1, model->node_params_size + 1);
		set_defaults(model->node_keys, node->node_params);
		node->env = (struct rh_env){
			.host = &callbacks,
			.world = host,
			.space = &host->space,
			.state = calloc(1, model->state_size),
			.params = host->params,
			.node_params = node->node_params,
			.genesis_unix_s = 1600000000,
			.name64 = host->names64[i],
			.node = i,
			.peers = node->peers,
			.names64 = host->names64,
			.record_mask = UINT64_MAX,
			.rng = {RH_RNG_SPLITMIX, seed},
		};
	}
	for (uint32_t a = 0; a < node_count; a++) {
		for (uint32_t b = a + 1; b < node_count; b++)
			host_link(host, a, b);
	}
	weigh(host);
	return host;
}

void host_unlink(struct model_host *host)
{
	memset(host->is_link, 0, sizeof(host->is_link));
	for (uint32_t i = 0; i < host->node_count; i++)
		host->nodes[i].env.peer_count = 0;
}

/* Neighbours stand in plan order, as in a world. */
static void add_peer(struct host_node *node, uint32_t peer)
{
	uint32_t at = node->env.peer_count++;

	for (; at > 0 && node->peers[at - 1] > peer; at--)
		node->peers[at] = node->peers[at - 1];
	node->peers[at] = peer;
}

void host_link(struct model_host *host, uint32_t a, uint32_t b)
{
	if (a == b || host->is_link[a][b])
		return;
	host->is_link[a][b] = host->is_link[b][a] = true;
	add_peer(&host->nodes[a], b);
	add_peer(&host->nodes[b], a);
}

void host_free(struct model_host *host)
{
	struct item item;

	for (uint32_t i = 0; i < host->node_count; i++) {
		struct host_node *node = &host->nodes[i];

		if (node->is_up && host->model->release != NULL)
			host->model->release(&node->env);
		for (uint32_t j = 0; j < node->journal_count; j++)
			drop_some(host, node->journal[j].ref);
		free(node->journal);
		free(node->env.state);
		free(node->node_params);
	}
	while (rh_heap_pop(&host->queue, &item))
		drop_some(host, item.event.ref);
	RH_ASSERT(host_object_count(host) == 0);
	rh_heap_release(&host->queue);
	rh_effects_release(&host->fx);
	rh_space_close(&host->space);
	free(host->objects);
	free(host->params);
	free(host);
}

/* ---- effects --------------------------------------------------------------------------------- */

static void push(struct model_host *host, uint32_t node, uint64_t time_ns,
		 const struct rh_event *event, uint64_t generation)
{
	struct item item = {time_ns, node, host->nodes[node].life, generation, *event};

	keep_some(host, event->ref);
	rh_heap_push(&host->queue, &item);
}

/* Through the bytes of the message: what arrives is what was decoded. */
static struct rh_handle through_bytes(struct model_host *host, uint32_t to, uint16_t kind,
				      uint64_t *key, struct rh_handle ref)
{
	const struct rh_message_kind *row = &host->model->messages[kind];
	const void *object = ref.index != 0 ? object_at(host, ref) : NULL;
	struct rh_handle decoded = {0, 0};
	struct rh_buf bytes = {0};
	uint64_t decoded_key = 0;
	int code;

	row->encode(host->params, *key, object, &bytes);
	RH_ASSERT(bytes.len == row->size(host->params, *key, object));
	code = row->decode(&host->nodes[to].env, bytes.data, bytes.len, &decoded_key, &decoded);
	RH_ASSERT(code == 0 && decoded_key == *key);
	rh_buf_release(&bytes);
	return decoded;
}

static void send(struct model_host *host, uint32_t from, uint32_t to, uint16_t kind, uint16_t topic,
		 uint64_t id, uint64_t key, struct rh_handle ref)
{
	struct rh_event event = {.class = RH_CLASS_MESSAGE,
				 .kind = kind,
				 .topic = topic,
				 .from = from,
				 .id = id,
				 .key = key,
				 .ref = ref};

	RH_ASSERT(host->is_link[from][to]);
	host->messages++;
	if (host->is_cut[from][to] || !host->nodes[to].is_up)
		return;
	if (host->uses_bytes)
		event.ref = through_bytes(host, to, kind, &event.key, ref);
	push(host, to, host->now_ns + host->delay_ns, &event, 0);
}

static void fan_out(struct model_host *host, struct host_node *node, const struct rh_effect *effect)
{
	uint32_t from = node->env.node;
	uint64_t id = rh_absorb(rh_absorb(node->env.name64, effect->number), effect->key);

	RH_ASSERT(effect->number >= 1 && effect->number <= host->model->topic_count);
	for (uint32_t i = 0; i < node->env.peer_count; i++) {
		if (effect->skip != NULL && (effect->skip[i / 64] >> (i % 64) & 1) != 0)
			continue;
		send(host, from, node->peers[i],
		     host->model->topics[effect->number - 1].message_kind, effect->number, id,
		     effect->key, effect->ref);
	}
}

static uint64_t clock_of(const struct model_host *host, const struct host_node *node)
{
	int64_t clock = (int64_t)host->now_ns + node->clock_offset_ns;

	return clock > 0 ? (uint64_t)clock : 0;
}

static void arm(struct model_host *host, struct host_node *node, uint16_t number)
{
	struct host_timer *timer = &node->timers[number];
	struct rh_event event = {.class = RH_CLASS_TIMER, .kind = number, .from = node->env.node};
	int64_t at = (int64_t)timer->at_clock_ns - node->clock_offset_ns;

	timer->is_set = true;
	timer->generation++;
	event.id = (uint64_t)number << 32 | timer->generation;
	push(host, node->env.node, at > (int64_t)host->now_ns ? (uint64_t)at : host->now_ns + 1,
	     &event, timer->generation);
}

static void work(struct model_host *host, struct host_node *node, const struct rh_effect *effect)
{
	struct rh_event event = {.class = RH_CLASS_WORK,
				 .kind = effect->number,
				 .from = node->env.node,
				 .id = effect->key,
				 .key = effect->key,
				 .ref = effect->ref};
	uint64_t begin_ns =
		node->worker_free_ns > host->now_ns ? node->worker_free_ns : host->now_ns;

	node->worker_free_ns = begin_ns + (effect->amount_ns > 0 ? effect->amount_ns : 1);
	push(host, node->env.node, node->worker_free_ns, &event, 0);
}

static void store(struct model_host *host, struct host_node *node, const struct rh_effect *effect)
{
	if (node->journal_count == node->journal_cap) {
		node->journal_cap = node->journal_cap == 0 ? 64 : node->journal_cap * 2;
		node->journal =
			rh_realloc(node->journal, node->journal_cap * sizeof(*node->journal));
	}
	keep_some(host, effect->ref);
	node->journal[node->journal_count++] =
		(struct host_journal_entry){effect->key, effect->ref};
}

static void apply(struct model_host *host, struct host_node *node, const struct rh_effect *effect)
{
	uint64_t id;

	switch (effect->kind) {
	case RH_EFFECT_SEND:
		id = rh_absorb(rh_absorb(node->env.name64, effect->number),
			       node->sent[effect->to]++);
		send(host, node->env.node, effect->to, effect->number, 0, id, effect->key,
		     effect->ref);
		break;
	case RH_EFFECT_PUBLISH:
		fan_out(host, node, effect);
		break;
	case RH_EFFECT_FORWARD:
		rh_fatal("this host does not forward");
	case RH_EFFECT_TIMER:
		node->timers[effect->number].at_clock_ns = effect->amount_ns;
		arm(host, node, effect->number);
		break;
	case RH_EFFECT_TIMER_STOP:
		node->timers[effect->number].is_set = false;
		node->timers[effect->number].generation++;
		break;
	case RH_EFFECT_WORK:
		work(host, node, effect);
		break;
	case RH_EFFECT_STORE:
		store(host, node, effect);
		break;
	case RH_EFFECT_SYNC:
		node->synced_count = node->journal_count;
		break;
	}
}

void host_step(struct model_host *host, uint32_t index, const struct rh_event *event)
{
	struct host_node *node = &host->nodes[index];
	struct rh_event own = *event;

	if (!node->is_up)
		return;
	own.object = own.ref.index != 0 ? object_at(host, own.ref) : NULL;
	node->env.clock_ns = clock_of(host, node);
	rh_effects_reset(&host->fx);
	host->model->step(&node->env, &own, &host->fx);
	host->steps++;
	for (uint32_t i = 0; i < host->fx.record_count; i++) {
		host->fx.records[i].time_ns = host->now_ns;
		host->fx.records[i].node = index;
		if (host->on_record != NULL)
			host->on_record(host->ctx, &host->fx.records[i]);
	}
	for (uint32_t i = 0; i < host->fx.count; i++)
		apply(host, node, &host->fx.items[i]);
	while (host->fresh_count > 0)
		object_drop(host, host->fresh[--host->fresh_count]);
	for (uint32_t i = 0; i < host->model->invariant_count; i++) {
		if (!host->model->invariants[i].holds(&node->env))
			rh_fatal("invariant at %s: %s", node->name,
				 host->model->invariants[i].name);
	}
}

/* ---- running --------------------------------------------------------------------------------- */

void host_restart(struct model_host *host, uint32_t index)
{
	struct host_node *node = &host->nodes[index];
	struct rh_event event = {.class = RH_CLASS_ACTION, .kind = RH_EVENT_START, .from = index};

	RH_ASSERT(!node->is_up);
	node->is_up = true;
	node->worker_free_ns = 0;
	event.key = node->starts++;
	host_step(host, index, &event);
}

void host_start(struct model_host *host)
{
	host->is_started = true;
	weigh(host);
	for (uint32_t i = 0; i < host->node_count; i++)
		host_restart(host, i);
}

void host_run(struct model_host *host, uint64_t until_ns)
{
	const struct item *top;
	struct item item;

	while ((top = rh_heap_top(&host->queue)) != NULL && top->time_ns <= until_ns) {
		struct host_node *node;
		struct host_timer *timer;

		rh_heap_pop(&host->queue, &item);
		RH_ASSERT(item.time_ns >= host->now_ns);
		host->now_ns = item.time_ns;
		node = &host->nodes[item.node];
		timer = &node->timers[item.event.kind % HOST_TIMERS_MAX];
		if (item.life != node->life || !node->is_up) {
			drop_some(host, item.event.ref);
			continue;
		}
		if (item.event.class == RH_CLASS_TIMER) {
			if (!timer->is_set || timer->generation != item.generation)
				continue;
			timer->is_set = false;
		}
		host_step(host, item.node, &item.event);
		drop_some(host, item.event.ref);
	}
	host->now_ns = until_ns;
}

void host_action(struct model_host *host, uint32_t node, uint16_t action, uint64_t key)
{
	struct rh_event event = {.class = RH_CLASS_ACTION,
				 .kind = (uint16_t)(RH_EVENT_MODEL + action),
				 .from = node,
				 .key = key};

	host_step(host, node, &event);
}

void host_crash(struct model_host *host, uint32_t index, bool is_amnesia)
{
	struct host_node *node = &host->nodes[index];
	uint32_t kept = is_amnesia ? 0 : node->synced_count;

	RH_ASSERT(node->is_up);
	host->model->release(&node->env);
	memset(node->env.state, 0, host->model->state_size);
	memset(node->timers, 0, sizeof(node->timers));
	node->is_up = false;
	node->life++;
	while (node->journal_count > kept)
		drop_some(host, node->journal[--node->journal_count].ref);
	node->synced_count = kept;
}

void host_clock(struct model_host *host, uint32_t index, int64_t step_ns)
{
	struct host_node *node = &host->nodes[index];
	struct rh_event event = {.class = RH_CLASS_ACTION,
				 .kind = RH_EVENT_CLOCK,
				 .from = index,
				 .key = (uint64_t)step_ns};

	node->clock_offset_ns += step_ns;
	for (uint16_t i = 0; i < HOST_TIMERS_MAX; i++) {
		if (node->timers[i].is_set)
			arm(host, node, i);
	}
	host_step(host, index, &event);
}
