/*
 * stream.c - writes a stream of keyed draws to standard output, for batteries that read raw bits:
 *
 *     rng-stream mixed | dieharder -a -g 200
 *
 * Usage: rng-stream PATTERN [SEED [DRAWS [splitmix|philox]]]
 *
 * A generator without state is only as good as the keys it is fed, so the keys here are those of
 * the product and its worst neighbours: counters that start at 0, adjacent in every field, and
 * single flipped bits.  Draws are 8 bytes, little-endian.  Patterns:
 *
 *   counters  small entity, index and destination in nested loops, purposes interleaved
 *   names     the same with hashed names as entity and destination
 *   flips     each bit of each of the five fields flipped around a slowly counting key
 *   seeds     everything small and fixed but the seed, which counts
 *   mixed     64 draws of each of the above in turn
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/rng.h"

#define NODES	64
#define FAN_OUT 8
#define BURST	64

struct key {
	uint64_t seed;
	uint64_t purpose;
	uint64_t entity;
	uint64_t index;
	uint64_t destination;
};

struct stream {
	enum rh_rng_kind kind;
	uint64_t seed;
	uint64_t names[NODES];
	uint64_t counters[4]; /* draws so far of each pattern */
};

/*
 * The row and the destination.  For purposes of two levels, whose draw is the row itself, this is
 * the chain of further draws of the same purpose, which absorb 1, 2, ... the same way.
 */
static uint64_t draw_key(enum rh_rng_kind kind, const struct key *key)
{
	struct rh_rng rng = {kind, key->seed};

	return rh_draw3(rng, (uint32_t)key->purpose, key->entity, key->index, key->destination);
}

static uint64_t purpose_at(uint64_t n)
{
	return rh_purpose_at((uint32_t)(n % rh_purpose_count()))->number;
}

/* destination fastest, then purpose, then entity, then index */
static struct key counting_key(const struct stream *stream, uint64_t n)
{
	struct key key = {.seed = stream->seed, .destination = n % FAN_OUT};

	n /= FAN_OUT;
	key.purpose = purpose_at(n);
	n /= rh_purpose_count();
	key.entity = n % NODES;
	key.index = n / NODES;
	return key;
}

/*
 * The base key holds the count in four fields, so that two bases differ in four bits at least and
 * no two flips of the stream give the same key.  The purpose has 32 bits; its other 32 turns flip
 * it together with the destination.
 */
static struct key flipped_key(const struct stream *stream, uint64_t n)
{
	uint64_t bit = n % 64;
	uint64_t field = n / 64 % 5;
	uint64_t base = n / 320;
	struct key key = {
		.seed = stream->seed ^ base,
		.purpose = RH_PURPOSE_PLUGIN,
		.entity = base,
		.index = base,
		.destination = base,
	};
	uint64_t *fields[5] = {&key.seed, &key.purpose, &key.entity, &key.index, &key.destination};

	if (field == 1 && bit >= 32)
		key.destination ^= UINT64_C(1) << bit;
	*fields[field] ^= UINT64_C(1) << (field == 1 ? bit % 32 : bit);
	return key;
}

static uint64_t next_draw(struct stream *stream, int pattern)
{
	uint64_t n = stream->counters[pattern]++;
	struct key key;

	switch (pattern) {
	case 0:
		key = counting_key(stream, n);
		break;
	case 1:
		key = counting_key(stream, n);
		key.entity = stream->names[key.entity];
		key.destination = stream->names[key.destination];
		break;
	case 2:
		key = flipped_key(stream, n);
		break;
	default:
		key = (struct key){.seed = stream->seed + n / 4, .destination = n % 4};
		key.purpose = RH_PURPOSE_PLUGIN + 3; /* no flip away from the others */
		break;
	}
	return draw_key(stream->kind, &key);
}

static int usage(void)
{
	fprintf(stderr, "usage: rng-stream counters|names|flips|seeds|mixed "
			"[SEED [DRAWS [splitmix|philox]]]\n");
	return 2;
}

static int pattern_of(const char *name)
{
	static const char *const names[] = {"counters", "names", "flips", "seeds", "mixed"};
	int i;

	for (i = 0; i < 5; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	return -1;
}

static void fill(struct stream *stream, int pattern, uint64_t start, uint8_t *bytes, size_t draws)
{
	size_t i;
	int b;

	for (i = 0; i < draws; i++) {
		int which = pattern < 4 ? pattern : (int)((start + i) / BURST % 4);
		uint64_t draw = next_draw(stream, which);

		for (b = 0; b < 8; b++)
			bytes[8 * i + (size_t)b] = (uint8_t)(draw >> (8 * b));
	}
}

int main(int argc, char **argv)
{
	static uint8_t bytes[1 << 16];
	struct stream stream = {.kind = RH_RNG_SPLITMIX};
	uint64_t draws = UINT64_MAX;
	uint64_t done = 0;
	char name[32];
	int pattern;
	int i;

	if (argc < 2 || argc > 5 || (pattern = pattern_of(argv[1])) < 0)
		return usage();
	if (argc > 2)
		stream.seed = strtoull(argv[2], NULL, 0);
	if (argc > 3 && strcmp(argv[3], "all") != 0)
		draws = strtoull(argv[3], NULL, 0);
	if (argc > 4)
		stream.kind = strcmp(argv[4], "philox") == 0 ? RH_RNG_PHILOX : RH_RNG_SPLITMIX;
	for (i = 0; i < NODES; i++) {
		snprintf(name, sizeof(name), "node-%d", i);
		stream.names[i] = rh_name64(name);
	}
	while (done < draws) {
		size_t now = draws - done < sizeof(bytes) / 8 ? (size_t)(draws - done)
							      : sizeof(bytes) / 8;

		fill(&stream, pattern, done, bytes, now);
		if (fwrite(bytes, 8, now, stdout) != now)
			break; /* the reader has enough */
		done += now;
	}
	return 0;
}
