/*
 * value.h - what a scalar means: durations, shares, sizes, rates, whole numbers, words.
 *
 * Everything is exact: decimal fractions are kept as integers with a power of ten, and a value
 * that does not come out as a whole number of nanoseconds, bytes or bits a second is refused
 * rather than rounded.
 */
#ifndef CORE_SCENARIO_VALUE_H
#define CORE_SCENARIO_VALUE_H

#include "core/base/buf.h"
#include "core/key.h"

/* What slots, epochs and blocks are; 0: the plan has none. */
struct rh_slots {
	uint64_t slot_ns;
	uint64_t slots_per_epoch;
	uint64_t block_ns; /* expected */
};

/* One value of any key type; which member counts is the key's business (core/key.h). */
struct rh_value {
	uint64_t number; /* INT: two's complement; PACE: unit */
	struct rh_ratio ratio;
	const char *text; /* borrowed */
};

/* Why a text is not a value. */
struct rh_value_fault {
	const char *code;
	char text[240];
	char hint[160];
};

/* `is_plain`: without quotes.  True when it could be read and lies within the key's limits. */
bool rh_value_read(struct rh_value *value, struct rh_value_fault *fault, const struct rh_key *key,
		   const char *text, bool is_plain, struct rh_slots slots);
/* The same with the key's default text, which must be right. */
struct rh_value rh_value_default(const struct rh_key *key, struct rh_slots slots);
/* Stores the value where the key says, and takes it from there. */
void rh_value_store(const struct rh_value *value, const struct rh_key *key, void *structure);
struct rh_value rh_value_load(const struct rh_key *key, const void *structure);
/* As one would write it, with a unit; exact. */
void rh_value_print(const struct rh_value *value, const struct rh_key *key, struct rh_buf *out);

/* What the unit behind a number makes of it. */
enum rh_quantity_kind {
	RH_QUANTITY_NUMBER,   /* 12, 1.5, 0x1f, 25% */
	RH_QUANTITY_DURATION, /* `number` is ns */
	RH_QUANTITY_SIZE,     /* bytes */
	RH_QUANTITY_RATE,     /* bits a second */
	RH_QUANTITY_PACE      /* 20/s: `ratio` is events a nanosecond */
};

struct rh_quantity {
	enum rh_quantity_kind kind;
	uint64_t number;
	struct rh_ratio ratio; /* NUMBER and PACE, in lowest terms */
};

/*
 * The number with its unit, if it has one, with which a text begins: how many bytes it takes, or 0
 * with a fault (`code` NULL when there is no number at all).  "1h 30m" is one quantity; a word that
 * is no unit is left where it is.
 */
size_t rh_value_quantity(struct rh_quantity *quantity, struct rh_value_fault *fault,
			 const char *text, struct rh_slots slots);

/* "a duration", "a whole number", for messages and tables. */
const char *rh_key_type_text(enum rh_key_type type);
/* "1..100", "at least 1s" or "" when there are no limits. */
void rh_key_limits_print(const struct rh_key *key, struct rh_buf *out);

#endif
