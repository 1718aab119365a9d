/*
 * probe.h - a model that tells every event it is given, hosted by the live world; and what a test
 * needs to drive it: a plan made by hand, run_until, actions, the records.
 *
 * Each event is a NOTE: a = class << 32 | kind, b = key, c = the node's clock, d = what its object
 * holds; of a timer its id.  The model's action says by its key what the node is to do.
 */
#ifndef TESTS_LIVE_PROBE_H
#define TESTS_LIVE_PROBE_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/units.h"
#include "live/world.h"
#include "tests/lib/frame.h"

enum probe_deed {
	PROBE_SAY = 1,	 /* floods one message with an object */
	PROBE_NEAR_SKIP, /* to the neighbours but the first */
	PROBE_WORK,	 /* 30, 20 and 10 ms, in this order */
	PROBE_TIMERS,	 /* 0 in 40 ms, set again to 80 ms; 1 in 60 ms, stopped */
	PROBE_STORE,	 /* two entries, a sync, and one more */
	PROBE_ABORT,	 /* a failed assertion */
	PROBE_SEND,	 /* three messages to the first neighbour */
	PROBE_LIE	 /* one whose content is not that of its head */
};

enum { PROBE_WORD, PROBE_LETTER };	    /* kinds of message */
enum { PROBE_FLOOD = 1, PROBE_NEIGHBOURS }; /* topics */

#define PROBE_LIED 666 /* a key that is encoded as another one */

struct probe_state {
	uint64_t skip; /* effects borrow it */
	uint64_t count;
};

static inline struct rh_handle probe_object(const struct rh_env *env, uint64_t value)
{
	struct rh_handle ref;

	*(uint64_t *)rh_env_object_new(env, sizeof(value), &ref) = value;
	return ref;
}

static inline void probe_note(struct rh_effects *fx, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct rh_record *record = rh_fx_record(fx, RH_RECORD_NOTE, 0);

	record->a = a;
	record->b = b;
	record->c = c;
	record->d = d;
}

static inline void probe_do(const struct rh_env *env, uint64_t deed, struct rh_effects *fx)
{
	struct probe_state *state = env->state;
	const struct rh_handle none = {0, 0};

	switch ((enum probe_deed)deed) {
	case PROBE_SAY:
		rh_fx_publish(fx, PROBE_FLOOD, 100 + env->node, probe_object(env, 7), NULL);
		break;
	case PROBE_NEAR_SKIP:
		state->skip = 1;
		rh_fx_publish(fx, PROBE_NEIGHBOURS, 200, probe_object(env, 8), &state->skip);
		break;
	case PROBE_WORK:
		rh_fx_work(fx, 1, 31, probe_object(env, 30), 30 * RH_NS_PER_MS);
		rh_fx_work(fx, 1, 32, probe_object(env, 20), 20 * RH_NS_PER_MS);
		rh_fx_work(fx, 2, 33, none, 10 * RH_NS_PER_MS);
		break;
	case PROBE_TIMERS:
		rh_fx_timer(fx, 0, env->clock_ns + 40 * RH_NS_PER_MS);
		rh_fx_timer(fx, 0, env->clock_ns + 80 * RH_NS_PER_MS);
		rh_fx_timer(fx, 1, env->clock_ns + 60 * RH_NS_PER_MS);
		rh_fx_timer_stop(fx, 1);
		break;
	case PROBE_STORE:
		rh_fx_store(fx, 1, probe_object(env, 11));
		rh_fx_store(fx, 2, none);
		rh_fx_sync(fx);
		rh_fx_store(fx, 3, probe_object(env, 13));
		break;
	case PROBE_ABORT:
		RH_ASSERT(env->node == UINT32_MAX);
		break;
	case PROBE_SEND:
		for (uint64_t i = 0; i < 3; i++)
			rh_fx_send(fx, env->peers[0], PROBE_LETTER, 300 + i, none);
		break;
	case PROBE_LIE:
		rh_fx_send(fx, env->peers[0], PROBE_LETTER, PROBE_LIED, none);
		break;
	}
}

/* What a node remembers: its entries as decimal digits, first one first. */
static inline uint64_t probe_memory(const struct rh_env *env)
{
	uint64_t memory = 0;

	for (uint32_t i = 0; i < rh_env_journal_count(env); i++) {
		struct rh_handle ref;
		const uint64_t *object;
		uint64_t key;

		rh_env_journal(env, i, &key, &ref);
		object = rh_env_object(env, ref);
		memory = memory * 1000 + key * 100 + (object == NULL ? 0 : *object);
	}
	return memory;
}

static inline void probe_step(const struct rh_env *env, const struct rh_event *event,
			      struct rh_effects *fx)
{
	const uint64_t *object = event->object;
	bool is_start = event->class == RH_CLASS_ACTION && event->kind == RH_EVENT_START;
	uint64_t what = (uint64_t)event->class << 32 | event->kind;

	((struct probe_state *)env->state)->count++;
	probe_note(fx, what, event->key, env->clock_ns,
		   is_start			    ? probe_memory(env)
		   : event->class == RH_CLASS_TIMER ? event->id
		   : object != NULL		    ? *object
						    : 0);
	rh_fx_gauge(fx, RH_GAUGE_PEERS, env->peer_count);
	if (event->class == RH_CLASS_ACTION && event->kind >= RH_EVENT_MODEL)
		probe_do(env, event->key, fx);
	if (event->class == RH_CLASS_MESSAGE && event->topic == PROBE_FLOOD)
		rh_fx_forward(fx, event, NULL);
}

static inline uint32_t probe_size(const void *params, uint64_t key, const void *object)
{
	(void)params;
	(void)key;
	(void)object;
	return 16;
}

static inline void probe_encode(const void *params, uint64_t key, const void *object,
				struct rh_buf *out)
{
	(void)params;
	rh_buf_u64(out, key == PROBE_LIED ? key + 1 : key);
	rh_buf_u64(out, object == NULL ? 0 : *(const uint64_t *)object);
}

static inline int probe_decode(const struct rh_env *env, const uint8_t *bytes, size_t len,
			       uint64_t *key, struct rh_handle *ref)
{
	struct rh_reader reader;
	uint64_t value;

	rh_reader_init(&reader, bytes, len);
	*key = rh_read_u64(&reader);
	value = rh_read_u64(&reader);
	*ref = value != 0 ? probe_object(env, value) : (struct rh_handle){0, 0};
	return reader.is_bad ? RH_E_CORRUPT : 0;
}

static inline bool probe_holds(const struct rh_env *env)
{
	return ((const struct probe_state *)env->state)->count < 1000;
}

static const struct rh_topic probe_topics[] = {{"words", PROBE_WORD, RH_TOPIC_FLOOD},
					       {"near", PROBE_WORD, RH_TOPIC_NEIGHBOURS}};
static const struct rh_message_kind probe_messages[] = {
	[PROBE_WORD] = {"word", probe_size, probe_encode, probe_decode},
	[PROBE_LETTER] = {"letter", probe_size, probe_encode, probe_decode},
};
static const char *const probe_timers[] = {"one", "two"};
static const struct rh_model_action probe_actions[] = {{"do", "a deed", NULL}};
static const struct rh_invariant probe_invariants[] = {{"holds", probe_holds}};

static const struct rh_model probe_model = {
	.name = "test-probe",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct probe_state),
	.topics = probe_topics,
	.topic_count = 2,
	.messages = probe_messages,
	.message_count = 2,
	.timers = probe_timers,
	.timer_count = 2,
	.actions = probe_actions,
	.action_count = 1,
	.invariants = probe_invariants,
	.invariant_count = 1,
	.input_count = 1,
	.step = probe_step,
};

/* ---- the plan -------------------------------------------------------------------------------- */

#define PROBE_NODES	 3
#define PROBE_RECORDS	 512
#define PROBE_LINK_DELAY (5 * RH_NS_PER_MS)

struct probe {
	struct rh_plan plan;
	struct rh_plan_node nodes[PROBE_NODES];
	struct rh_plan_link links[PROBE_NODES];
	struct rh_world *world;
	struct rh_sink sink;
	struct rh_record records[PROBE_RECORDS];
	char texts[PROBE_RECORDS][200];
	uint32_t count;
	uint64_t now_ns;
	bool wakes; /* at the next NOTE */
	uint64_t woken_for_ns;
	struct rh_err err;
};

static inline void probe_take(void *ctx, const struct rh_record *records, size_t count)
{
	struct probe *probe = ctx;

	for (size_t i = 0; i < count; i++) {
		uint64_t before_ns =
			probe->count > 0 ? probe->records[probe->count - 1].time_ns : 0;

		ck_assert_uint_lt(probe->count, PROBE_RECORDS);
		ck_assert_uint_ge(records[i].time_ns, before_ns);
		ck_assert_uint_ge(records[i].time_ns, probe->now_ns);
		snprintf(probe->texts[probe->count], sizeof(probe->texts[0]), "%.*s",
			 (int)records[i].text_len, records[i].text == NULL ? "" : records[i].text);
		probe->records[probe->count++] = records[i];
		if (probe->wakes && records[i].kind == RH_RECORD_NOTE) {
			probe->wakes = false;
			probe->woken_for_ns = records[i].time_ns;
			live_world_ops.wake(probe->world, records[i].time_ns);
		}
	}
}

/* Three nodes, each linked with both others. */
static inline struct probe *probe_new(void)
{
	static const char *const names[PROBE_NODES] = {"n-0", "n-1", "n-2"};
	static const uint32_t ends[PROBE_NODES][2] = {{0, 1}, {0, 2}, {1, 2}};
	struct probe *probe = rh_alloc(1, sizeof(*probe));

	for (uint32_t i = 0; i < PROBE_NODES; i++) {
		probe->nodes[i] = (struct rh_plan_node){
			.name = names[i], .name64 = rh_name64(names[i]), .region = RH_NONE};
		probe->links[i] = (struct rh_plan_link){
			ends[i][0], ends[i][1], {PROBE_LINK_DELAY, PROBE_LINK_DELAY}};
	}
	probe->plan = (struct rh_plan){
		.name = "probe",
		.seed = 1,
		.duration_ns = 60 * RH_NS_PER_SEC,
		.model = &probe_model,
		.node_count = PROBE_NODES,
		.link_count = PROBE_NODES,
		.nodes = probe->nodes,
		.links = probe->links,
		.reaction_ns = UINT64_C(1) << 22,
		.limit_memory = UINT64_C(1) << 26, /* a leak checker looks through all of it */
	};
	probe->sink = (struct rh_sink){.take = probe_take, .ctx = probe};
	return probe;
}

static inline void probe_open(struct probe *probe)
{
	struct rh_world_options options = {.record_mask = rh_record_mask(RH_TRACE_NODE)};

	ck_assert_msg(live_world_ops.open(&probe->world, &probe->plan, &options, &probe->err) == 0,
		      "%s", probe->err.text);
}

static inline int probe_until(struct probe *probe, uint64_t time_ns)
{
	while (probe->now_ns < time_ns) {
		uint64_t now_ns;
		int rc = live_world_ops.run_until(probe->world, time_ns, &probe->sink, &now_ns,
						  &probe->err);

		ck_assert(now_ns >= probe->now_ns && now_ns <= time_ns);
		probe->now_ns = now_ns;
		if (rc != 0)
			return rc;
	}
	return 0;
}

static inline void probe_for(struct probe *probe, uint64_t span_ns)
{
	ck_assert_msg(probe_until(probe, probe->now_ns + span_ns) == 0, "%s", probe->err.text);
}

static inline void probe_nodes(struct probe *probe, enum rh_node_op op, uint32_t node,
			       uint32_t ticket)
{
	struct rh_action action = {
		.kind = RH_ACTION_NODES, .nodes = &node, .node_count = 1, .node_op = op};

	ck_assert_int_eq(live_world_ops.start(probe->world, &action, ticket, &probe->err), 0);
}

static inline void probe_deed(struct probe *probe, enum probe_deed deed, uint32_t node,
			      uint32_t ticket)
{
	struct rh_action action = {
		.kind = RH_ACTION_MODEL, .nodes = &node, .node_count = 1, .key = deed};

	ck_assert_int_eq(live_world_ops.start(probe->world, &action, ticket, &probe->err), 0);
}

/* The number-th record of this kind, stage and node (from 0), or NULL. */
static inline const struct rh_record *probe_find(const struct probe *probe, uint32_t kind,
						 uint32_t stage, uint32_t node, uint32_t number)
{
	for (uint32_t i = 0; i < probe->count; i++) {
		const struct rh_record *record = &probe->records[i];

		if (record->kind == kind && record->stage == stage && record->node == node &&
		    number-- == 0)
			return record;
	}
	return NULL;
}

static inline const char *probe_text(const struct probe *probe, const struct rh_record *record)
{
	return probe->texts[record - probe->records];
}

/* The number-th event of this class and kind that the node told, or NULL. */
static inline const struct rh_record *probe_event(const struct probe *probe, uint32_t node,
						  enum rh_class class, uint32_t kind,
						  uint32_t number)
{
	uint64_t what = (uint64_t) class << 32 | kind;

	for (uint32_t i = 0; i < probe->count; i++) {
		const struct rh_record *record = &probe->records[i];

		if (record->kind == RH_RECORD_NOTE && record->node == node && record->a == what &&
		    number-- == 0)
			return record;
	}
	return NULL;
}

/* How often the node told an event of this class, kind and key. */
static inline uint32_t probe_count(const struct probe *probe, uint32_t node, enum rh_class class,
				   uint32_t kind, uint64_t key)
{
	uint32_t count = 0;
	const struct rh_record *record;

	for (uint32_t i = 0; (record = probe_event(probe, node, class, kind, i)) != NULL; i++)
		count += record->b == key;
	return count;
}

/* The ACTION record that ended a ticket, or NULL. */
static inline const struct rh_record *probe_answer(const struct probe *probe, uint32_t ticket)
{
	for (uint32_t i = 0; i < probe->count; i++) {
		const struct rh_record *record = &probe->records[i];

		if (record->kind == RH_RECORD_ACTION && record->index == ticket)
			return record;
	}
	return NULL;
}

/* Lets time pass until the ticket has its answer, which must come within ten seconds. */
static inline const struct rh_record *probe_await(struct probe *probe, uint32_t ticket)
{
	for (int i = 0; i < 1000 && probe_answer(probe, ticket) == NULL; i++)
		probe_for(probe, 10 * RH_NS_PER_MS);
	ck_assert_msg(probe_answer(probe, ticket) != NULL, "ticket %u has no answer", ticket);
	return probe_answer(probe, ticket);
}

static inline void probe_free(struct probe *probe)
{
	live_world_ops.close(probe->world);
	free(probe);
}

#endif
