/*
 * seam.c - events and effects as canonical bytes.
 */
#include "live/node/seam.h"

#include "core/base/bits.h"

static void put_content(struct rh_buf *out, const struct rh_model *model, const void *params,
			uint16_t kind, uint64_t key, const void *object)
{
	struct rh_buf content = {0};

	RH_ASSERT(kind < model->message_count);
	model->messages[kind].encode(params, key, object, &content);
	rh_buf_bytes(out, content.data, content.len);
	rh_buf_release(&content);
}

void live_given_put(struct rh_buf *out, const struct rh_model *model, const void *params,
		    uint64_t now_ns, uint64_t clock_ns, const struct rh_event *event)
{
	rh_buf_varint(out, now_ns);
	rh_buf_varint(out, clock_ns);
	rh_buf_u8(out, (uint8_t)event->class);
	rh_buf_varint(out, event->kind);
	rh_buf_varint(out, event->topic);
	rh_buf_varint(out, event->from);
	rh_buf_varint(out, event->id);
	rh_buf_varint(out, event->key);
	rh_buf_varint(out, event->arg);
	if (event->class == RH_CLASS_MESSAGE)
		put_content(out, model, params, event->kind, event->key, event->object);
}

bool live_given_get(struct live_given *given, const uint8_t *bytes, size_t len)
{
	struct rh_event *event = &given->event;
	struct rh_reader reader;
	uint8_t class;

	*given = (struct live_given){0};
	rh_reader_init(&reader, bytes, len);
	given->now_ns = rh_read_varint(&reader);
	given->clock_ns = rh_read_varint(&reader);
	class = rh_read_u8(&reader);
	if (class > RH_CLASS_MESSAGE)
		return false;
	event->class = (enum rh_class) class;
	event->kind = (uint16_t)rh_read_varint(&reader);
	event->topic = (uint16_t)rh_read_varint(&reader);
	event->from = (uint32_t)rh_read_varint(&reader);
	event->id = rh_read_varint(&reader);
	event->key = rh_read_varint(&reader);
	event->arg = rh_read_varint(&reader);
	if (event->class == RH_CLASS_MESSAGE)
		given->bytes = rh_read_bytes(&reader, &given->len);
	return !reader.is_bad && reader.pos == len;
}

static void put_skip(struct rh_buf *out, const struct rh_env *env, const uint64_t *skip)
{
	rh_buf_u8(out, skip != NULL);
	if (skip == NULL)
		return;
	/* Bits behind the last neighbour mean nothing. */
	for (uint32_t i = 0; i < env->peer_count; i++) {
		if (rh_bit_get(skip, i))
			rh_buf_varint(out, env->peers[i]);
	}
	rh_buf_varint(out, UINT32_MAX);
}

static void put_effect(struct rh_buf *out, const struct rh_model *model, const struct rh_env *env,
		       const struct rh_effect *effect)
{
	rh_buf_u8(out, (uint8_t)effect->kind);
	rh_buf_varint(out, effect->number);
	rh_buf_varint(out, effect->to);
	rh_buf_varint(out, effect->key);
	rh_buf_varint(out, effect->amount_ns);
	rh_buf_varint(out, effect->id);
	put_skip(out, env, effect->skip);
	rh_buf_u8(out, effect->ref.index != 0);
	switch (effect->kind) {
	case RH_EFFECT_SEND:
		put_content(out, model, env->params, effect->number, effect->key,
			    rh_env_object(env, effect->ref));
		break;
	case RH_EFFECT_PUBLISH:
	case RH_EFFECT_FORWARD:
		RH_ASSERT(effect->number >= 1 && effect->number <= model->topic_count);
		put_content(out, model, env->params, model->topics[effect->number - 1].message_kind,
			    effect->key, rh_env_object(env, effect->ref));
		break;
	case RH_EFFECT_TIMER:
	case RH_EFFECT_TIMER_STOP:
	case RH_EFFECT_WORK:
	case RH_EFFECT_STORE:
	case RH_EFFECT_SYNC:
		break;
	}
}

static void put_record(struct rh_buf *out, const struct rh_record *record)
{
	rh_buf_varint(out, record->kind);
	rh_buf_varint(out, record->stage);
	rh_buf_varint(out, record->index);
	rh_buf_varint(out, record->a);
	rh_buf_varint(out, record->b);
	rh_buf_varint(out, record->c);
	rh_buf_varint(out, record->d);
	rh_buf_u8(out, record->text != NULL);
	rh_buf_bytes(out, record->text, record->text != NULL ? record->text_len : 0);
}

void live_answer_put(struct rh_buf *out, const struct rh_model *model, const struct rh_env *env,
		     const struct rh_effects *fx, struct rh_digest *digest)
{
	struct rh_hash128 state;

	rh_buf_varint(out, fx->count);
	for (uint32_t i = 0; i < fx->count; i++)
		put_effect(out, model, env, &fx->items[i]);
	rh_buf_varint(out, fx->record_count);
	for (uint32_t i = 0; i < fx->record_count; i++)
		put_record(out, &fx->records[i]);
	rh_digest_reset(digest);
	if (model->digest != NULL)
		model->digest(env, digest);
	state = rh_digest_value(digest);
	rh_buf_u64(out, state.low);
	rh_buf_u64(out, state.high);
}
