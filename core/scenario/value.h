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
	uint64_t number; /* INT: two's complement */
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

/* "a duration", "a whole number", for messages and tables. */
const char *rh_key_type_text(enum rh_key_type type);
/* "1..100", "at least 1s" or "" when there are no limits. */
void rh_key_limits_print(const struct rh_key *key, struct rh_buf *out);

#endif
