/*
 * rng.h - keyed randomness: a draw is a function of names, and has no state.
 *
 *	absorb(h, x) = mix64(h + G * (x + 1))     G = 0x9E3779B97F4A7C15, mix64: splitmix64's
 *	key  = absorb(absorb(0, seed), purpose)             once a run and purpose
 *	row  = absorb(absorb(key, entity), index)           once a fan-out
 *	draw = absorb(row, destination)                     one for each destination
 *
 * absorb is a bijection in x, so no two destinations of one row collide.  Two-level purposes use
 * the row itself as the draw; further draws of the same purpose are absorb(draw, i).  So the delay
 * of message m from a to b depends on (seed, purpose, a, m, b) and on nothing else: taking a fault
 * away or adding a silent node moves no other draw.
 *
 * `rng: philox` in a plan replaces absorb's mixing by Philox4x32-10 (Salmon et al., SC 2011),
 * slower and well studied: conclusions of a study must survive it.  Trace hashes differ between the
 * two, of course.
 */
#ifndef CORE_BASE_RNG_H
#define CORE_BASE_RNG_H

#include "core/base/assert.h"

enum rh_purpose {
#define PURPOSE(name, number, levels, entity, index, destination) RH_PURPOSE_##name = number,
#include "core/base/purposes.def"
#undef PURPOSE
	RH_PURPOSE_PLUGIN = 4096,
};

enum rh_rng_kind { RH_RNG_SPLITMIX, RH_RNG_PHILOX };

struct rh_rng {
	enum rh_rng_kind kind;
	uint64_t seed;
};

#define RH_RNG_G UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t rh_mix64(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* The identity function of names and ids too: message ids are chains of it, whatever the plan's
 * rng. */
static inline uint64_t rh_absorb(uint64_t h, uint64_t x)
{
	return rh_mix64(h + RH_RNG_G * (x + 1));
}

uint64_t rh_philox_absorb(uint64_t h, uint64_t x);
/* The block function itself, for the published vectors. */
void rh_philox4x32_10(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

/* One step of a draw under the plan's generator. */
static inline uint64_t rh_rng_absorb(struct rh_rng rng, uint64_t h, uint64_t x)
{
	return rng.kind == RH_RNG_SPLITMIX ? rh_absorb(h, x) : rh_philox_absorb(h, x);
}

/* The same for every draw of a run and purpose: who draws often keeps it. */
static inline uint64_t rh_rng_key(struct rh_rng rng, uint32_t purpose)
{
	return rh_rng_absorb(rng, rh_rng_absorb(rng, 0, rng.seed), purpose);
}

static inline uint64_t rh_rng_row(struct rh_rng rng, uint32_t purpose, uint64_t entity,
				  uint64_t index)
{
	return rh_rng_absorb(rng, rh_rng_absorb(rng, rh_rng_key(rng, purpose), entity), index);
}

/* Two-level draw. */
static inline uint64_t rh_draw2(struct rh_rng rng, uint32_t purpose, uint64_t entity,
				uint64_t index)
{
	return rh_rng_row(rng, purpose, entity, index);
}

/* Three-level draw. */
static inline uint64_t rh_draw3(struct rh_rng rng, uint32_t purpose, uint64_t entity,
				uint64_t index, uint64_t destination)
{
	return rh_rng_absorb(rng, rh_rng_row(rng, purpose, entity, index), destination);
}

/* name and documented arity of a purpose; NULL for an unknown number */
struct rh_purpose_info {
	const char *name;
	uint32_t number;
	uint32_t levels;
	const char *entity;
	const char *index;
	const char *destination;
};
const struct rh_purpose_info *rh_purpose_info(uint32_t number);
uint32_t rh_purpose_count(void);
const struct rh_purpose_info *rh_purpose_at(uint32_t index);

#endif
