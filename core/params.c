/*
 * params.c - parameters to bytes and back.  What is read is checked as a scenario's text would be:
 * a word must exist, a number lie within its limits, a share have a denominator.
 */
#include "core/params.h"

#include <string.h>

#include "core/base/hash.h"
#include "core/base/rng.h"

__extension__ typedef unsigned __int128 u128;

uint64_t rh_params_fingerprint(const struct rh_key *keys)
{
	uint64_t sum = 0;

	for (; keys != NULL && keys->name != NULL; keys++) {
		sum = rh_absorb(sum, rh_name64(keys->name));
		sum = rh_absorb(sum, (uint64_t)keys->type);
		if (keys->type == RH_KEY_ENUM)
			sum = rh_absorb(sum, rh_name64(keys->values));
	}
	return sum;
}

void rh_params_encode(const void *params, const struct rh_key *keys, struct rh_buf *out)
{
	rh_buf_u64(out, rh_params_fingerprint(keys));
	for (; keys != NULL && keys->name != NULL; keys++) {
		const char *at = (const char *)params + keys->offset;
		struct rh_ratio ratio;
		struct rh_pace pace;
		uint64_t number;
		const char *text;

		switch (keys->type) {
		case RH_KEY_INT:
		case RH_KEY_DURATION:
			memcpy(&number, at, sizeof(number));
			rh_buf_svarint(out, (int64_t)number);
			break;
		case RH_KEY_BOOL:
		case RH_KEY_SIZE:
		case RH_KEY_RATE:
		case RH_KEY_ENUM:
			memcpy(&number, at, sizeof(number));
			rh_buf_varint(out, number);
			break;
		case RH_KEY_RATIO:
			memcpy(&ratio, at, sizeof(ratio));
			rh_buf_varint(out, ratio.num);
			rh_buf_varint(out, ratio.den);
			break;
		case RH_KEY_TEXT:
			memcpy(&text, at, sizeof(text));
			text = text != NULL ? text : "";
			rh_buf_bytes(out, text, strlen(text));
			break;
		case RH_KEY_PACE:
			memcpy(&pace, at, sizeof(pace));
			rh_buf_varint(out, pace.unit);
			rh_buf_varint(out, pace.events.num);
			rh_buf_varint(out, pace.events.den);
			break;
		}
	}
}

static uint64_t word_count(const char *values)
{
	uint64_t count = 1;

	for (; *values != 0; values++)
		count += *values == '|';
	return count;
}

static bool is_ratio_good(const struct rh_key *key, struct rh_ratio ratio)
{
	u128 scaled = (u128)ratio.num * 1000000;

	/* Denominators as the loader makes them: at most 10^18. */
	if (ratio.den == 0 || ratio.den > UINT64_C(1000000000000000000))
		return false;
	if (key->min == 0 && key->max == 0)
		return ratio.num <= ratio.den;
	return scaled >= (u128)(uint64_t)key->min * ratio.den &&
	       scaled <= (u128)(uint64_t)key->max * ratio.den;
}

/* A number that a scenario could not hold is damage. An optional key may still be 0. */
static bool is_number_good(const struct rh_key *key, uint64_t number)
{
	int64_t value = (int64_t)number;

	if (key->type == RH_KEY_BOOL)
		return number <= 1;
	if (key->type == RH_KEY_ENUM)
		return number < word_count(key->values);
	if (key->min == 0 && key->max == 0)
		return key->type == RH_KEY_INT || value >= 0;
	return (value >= key->min && value <= key->max) ||
	       (value == 0 && key->default_text != NULL);
}

static bool read_pace(struct rh_pace *pace, struct rh_reader *reader)
{
	pace->unit = rh_read_varint(reader);
	pace->events.num = rh_read_varint(reader);
	pace->events.den = rh_read_varint(reader);
	return pace->unit <= RH_PACE_NONE && pace->events.den != 0 &&
	       pace->events.num <= RH_PACE_NUM_MAX && pace->events.den <= RH_PACE_DEN_MAX;
}

void *rh_params_decode(struct rh_arena *arena, struct rh_reader *reader, const struct rh_key *keys,
		       uint32_t size)
{
	char *params = rh_arena_alloc(arena, 1, size > 0 ? size : 1);
	bool is_good = rh_read_u64(reader) == rh_params_fingerprint(keys);

	for (; is_good && keys != NULL && keys->name != NULL; keys++) {
		struct rh_ratio ratio;
		struct rh_pace pace;
		const uint8_t *bytes;
		const char *text;
		uint64_t number;
		size_t len;

		switch (keys->type) {
		case RH_KEY_BOOL:
		case RH_KEY_INT:
		case RH_KEY_DURATION:
		case RH_KEY_SIZE:
		case RH_KEY_RATE:
		case RH_KEY_ENUM:
			number = keys->type == RH_KEY_INT || keys->type == RH_KEY_DURATION
					 ? (uint64_t)rh_read_svarint(reader)
					 : rh_read_varint(reader);
			is_good = is_number_good(keys, number);
			memcpy(params + keys->offset, &number, sizeof(number));
			break;
		case RH_KEY_RATIO:
			ratio.num = rh_read_varint(reader);
			ratio.den = rh_read_varint(reader);
			is_good = is_ratio_good(keys, ratio);
			memcpy(params + keys->offset, &ratio, sizeof(ratio));
			break;
		case RH_KEY_TEXT:
			bytes = rh_read_bytes(reader, &len);
			is_good = bytes != NULL || len == 0;
			is_good = is_good && (len == 0 || memchr(bytes, 0, len) == NULL);
			text = is_good ? rh_arena_text(arena, (const char *)bytes, len) : "";
			memcpy(params + keys->offset, &text, sizeof(text));
			break;
		case RH_KEY_PACE:
			is_good = read_pace(&pace, reader);
			memcpy(params + keys->offset, &pace, sizeof(pace));
			break;
		}
		is_good = is_good && !reader->is_bad;
	}
	return is_good ? params : NULL;
}
