/*
 * echo.c - a plugin with one of everything: a model, an action, a workload, an assertion type and an expectation.
 *
 * The model floods numbers: whatever a node is told (by the workload or by the action `shout`) it
 * publishes, and every node counts what it heard.  Built by tests/plugin/test_plugin.sh in an empty folder
 * against an installed copy of the headers, as a user would.
 */
#include <stddef.h>
#include <string.h>

#include "core/model.h"
#include "core/plan.h"
#include "core/plugin.h"

/* Only view.h's functions are needed from the judge; they are part of the installed headers. */
#include "core/judge/view.h"

/* ---- the model ------------------------------------------------------------------------------- */

struct echo_params {
	uint64_t size;
};

struct echo_node {
	uint64_t heard_count;
	uint64_t said_count;
};

enum { TOPIC_WORDS = 1 };
enum { GAUGE_HEARD = RH_GAUGE_MODEL };

static const struct rh_key echo_keys[] = {
	{"wordSize", RH_KEY_SIZE, offsetof(struct echo_params, size), "100B", 1, 1000000, NULL,
	 "bytes of one word on the wire", "0.1", NULL},
	RH_KEY_END,
};
static const struct rh_key echo_node_keys[] = {RH_KEY_END};

static uint32_t word_size(const void *params, uint64_t key, const void *object)
{
	(void)key;
	(void)object;
	return (uint32_t)((const struct echo_params *)params)->size;
}

static void word_encode(const void *params, uint64_t key, const void *object, struct rh_buf *out)
{
	uint32_t size = word_size(params, key, object);

	for (uint32_t i = 0; i < size; i++)
		rh_buf_u8(out, i < 8 ? (uint8_t)(key >> (8 * i)) : 0);
}

static int word_decode(const struct rh_env *env, const uint8_t *bytes, size_t len, uint64_t *key,
		       struct rh_handle *ref)
{
	(void)env;
	*key = 0;
	memset(ref, 0, sizeof(*ref));
	if (len < 8)
		return RH_E_CORRUPT;
	for (uint32_t i = 0; i < 8; i++)
		*key |= (uint64_t)bytes[i] << (8 * i);
	return 0;
}

static void say(const struct rh_env *env, struct echo_node *node, struct rh_effects *fx,
		uint64_t word)
{
	struct rh_handle none = {0, 0};

	(void)env;
	node->said_count++;
	node->heard_count++;
	rh_fx_publish(fx, TOPIC_WORDS, word, none, NULL);
}

static void echo_step(const struct rh_env *env, const struct rh_event *event, struct rh_effects *fx)
{
	struct echo_node *node = env->state;

	switch (event->class) {
	case RH_CLASS_ACTION:
		if (event->kind >= RH_EVENT_MODEL)
			say(env, node, fx, event->key);
		break;
	case RH_CLASS_INPUT:
		say(env, node, fx, event->key);
		break;
	case RH_CLASS_MESSAGE:
		node->heard_count++;
		rh_fx_forward(fx, event, NULL);
		break;
	case RH_CLASS_TIMER:
	case RH_CLASS_WORK:
		break;
	}
	rh_fx_gauge(fx, GAUGE_HEARD, (int64_t)node->heard_count);
}

static void echo_release(const struct rh_env *env)
{
	(void)env;
}

static void echo_digest(const struct rh_env *env, struct rh_digest *digest)
{
	const struct echo_node *node = env->state;

	rh_digest_u64(digest, node->heard_count);
	rh_digest_u64(digest, node->said_count);
}

static bool said_is_heard(const struct rh_env *env)
{
	const struct echo_node *node = env->state;

	return node->said_count <= node->heard_count;
}

static const struct rh_message_kind messages[] = {{"word", word_size, word_encode, word_decode}};
static const struct rh_topic topics[] = {{"words", 0, RH_TOPIC_FLOOD}};
static const struct rh_model_gauge gauges[] = {{"heard", RH_UNIT_COUNT, "words the node knows"}};
static const struct rh_invariant invariants[] = {{"what was said was heard", said_is_heard}};
static const struct rh_key shout_keys[] = {RH_KEY_END};
static const struct rh_model_action actions[] = {{"shout", "say a word", shout_keys}};

static const struct rh_model echo_model = {
	.name = "echo",
	.doc = "nodes that repeat what they hear once",
	.abi = RH_MODEL_ABI,
	.state_size = sizeof(struct echo_node),
	.params_size = sizeof(struct echo_params),
	.keys = echo_keys,
	.node_keys = echo_node_keys,
	.topics = topics,
	.topic_count = 1,
	.messages = messages,
	.message_count = 1,
	.gauges = gauges,
	.gauge_count = 1,
	.actions = actions,
	.action_count = 1,
	.invariants = invariants,
	.invariant_count = 1,
	.input_count = 1,
	.step = echo_step,
	.release = echo_release,
	.digest = echo_digest,
};

/* ---- an action ------------------------------------------------------------------------------- */

struct shout_params {
	int64_t word;
};

static const struct rh_key shout_with[] = {
	{"word", RH_KEY_INT, offsetof(struct shout_params, word), NULL, 1, 1000000, NULL,
	 "the word to say", "0.1", NULL},
	RH_KEY_END,
};

static void shout_args(const void *params, uint64_t *key, uint64_t *arg)
{
	*key = (uint64_t)((const struct shout_params *)params)->word;
	*arg = 0;
}

static const struct rh_action_type shout_action = {
	.name = "shout",
	.doc = "makes a node say a word",
	.effect = RH_EFFECT_ON_MODEL,
	.params_size = sizeof(struct shout_params),
	.keys = shout_with,
	.model_action = "shout",
	.model_args = shout_args,
};

/* ---- a workload ------------------------------------------------------------------------------ */

struct beats_params {
	uint64_t every_ns;
	int64_t count;
};

static const struct rh_key beats_keys[] = {
	{"every", RH_KEY_DURATION, offsetof(struct beats_params, every_ns), "1s", 1, INT64_MAX,
	 NULL, "time between two words", "0.1", NULL},
	{"count", RH_KEY_INT, offsetof(struct beats_params, count), "10", 0, 1000000, NULL,
	 "how many words", "0.1", NULL},
	RH_KEY_END,
};

static bool beats_next(const struct rh_workload_view *view, uint64_t number,
		       struct rh_submission *submission)
{
	const struct beats_params *beats = view->params;

	if (number >= (uint64_t)beats->count)
		return false;
	memset(submission, 0, sizeof(*submission));
	submission->at_ns = view->start_ns + number * beats->every_ns;
	submission->target =
		(uint32_t)(rh_draw2(view->rng, RH_PURPOSE_WORKLOAD, view->name64, number) %
			   view->target_count);
	submission->key = 1000000 + number;
	return true;
}

static const struct rh_workload_type beats_workload = {
	.name = "beats",
	.doc = "a word at regular times, each to a random node",
	.params_size = sizeof(struct beats_params),
	.keys = beats_keys,
	.next = beats_next,
};

/* ---- an assertion type and an expectation ------------------------------------------------------ */

struct heard_params {
	int64_t count;
};

static const struct rh_key heard_keys[] = {
	{"count", RH_KEY_INT, offsetof(struct heard_params, count), NULL, 0, 1000000, NULL,
	 "words that each node must have heard", "0.1", NULL},
	RH_KEY_END,
};

static enum rh_truth heard_truth(void *state, const void *params, const struct rh_view *view,
				 int64_t *value)
{
	int64_t least = INT64_MAX;

	(void)state;
	for (uint32_t i = 0; i < rh_view_node_count(view); i++) {
		int64_t heard = 0;

		if (!rh_view_gauge(view, rh_view_node(view, i), GAUGE_HEARD, &heard))
			heard = 0;
		least = heard < least ? heard : least;
	}
	*value = least;
	return least >= ((const struct heard_params *)params)->count ? RH_TRUTH_TRUE
								     : RH_TRUTH_FALSE;
}

static const struct rh_assertion_type heard_assertion = {
	.name = "everybody_heard",
	.doc = "every node heard so many words",
	.params_size = sizeof(struct heard_params),
	.keys = heard_keys,
	.record_mask = UINT64_C(1) << RH_RECORD_GAUGE,
	.truth = heard_truth,
};

static const struct rh_assertion_type heard_expectation = {
	.name = "all_words_arrived",
	.doc = "at the end every node heard so many words",
	.is_expectation = true,
	.params_size = sizeof(struct heard_params),
	.keys = heard_keys,
	.record_mask = UINT64_C(1) << RH_RECORD_GAUGE,
	.truth = heard_truth,
};

static const struct rh_model *const models[] = {&echo_model, NULL};
static const struct rh_action_type *const action_types[] = {&shout_action, NULL};
static const struct rh_workload_type *const workload_types[] = {&beats_workload, NULL};
static const struct rh_assertion_type *const assertion_types[] = {&heard_assertion,
								  &heard_expectation, NULL};

static const struct rh_plugin plugin = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "echo",
	.models = models,
	.actions = action_types,
	.assertions = assertion_types,
	.workloads = workload_types,
};

const struct rh_plugin *rh_plugin_v1(void);

const struct rh_plugin *rh_plugin_v1(void)
{
	return &plugin;
}
