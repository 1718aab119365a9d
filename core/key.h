/*
 * key.h - one row describes one key of the scenario language: of a scenario, a model's parameters,
 * a fault's `with:`.
 *
 * The loader, `explain`, `schema` and the plan's text and bytes all work from these rows; nothing
 * else knows a key.  A value is stored at `offset` in the structure that the table describes, in
 * the C type of its key type:
 *
 *	BOOL      uint64_t, 0 or 1             RATE   uint64_t, bits a second
 *	INT       int64_t                      RATIO  struct rh_ratio
 *	DURATION  uint64_t, nanoseconds        ENUM   uint64_t, position in `values`
 *	SIZE      uint64_t, bytes              TEXT   const char *, kept by the plan
 *	PACE      struct rh_pace
 */
#ifndef CORE_KEY_H
#define CORE_KEY_H

#include <stddef.h>

#include "core/base/units.h"

enum rh_key_type {
	RH_KEY_BOOL,
	RH_KEY_INT,
	RH_KEY_DURATION,
	RH_KEY_SIZE,
	RH_KEY_RATE,
	RH_KEY_RATIO,
	RH_KEY_ENUM,
	RH_KEY_TEXT,
	RH_KEY_PACE,
};

/* How often something happens, exactly: 20/s is 1 in 50,000,000 ns, 2.5/block is 5 in 2 blocks. */
enum rh_pace_unit { RH_PACE_NS, RH_PACE_BLOCK, RH_PACE_NONE /* the key was left out: "none" */ };

#define RH_PACE_NUM_MAX UINT64_C(1000000000000)
#define RH_PACE_DEN_MAX UINT64_C(1000000000000000000)

struct rh_pace {
	struct rh_ratio events; /* num events in den nanoseconds or blocks; 0/1: never */
	uint64_t unit;		/* enum rh_pace_unit */
};

struct rh_key {
	const char *name; /* camelCase; the snake_case spelling is accepted too */
	enum rh_key_type type;
	uint32_t offset;
	const char *default_text; /* as one would write it; NULL: the key is required */
	int64_t min; /* INT, DURATION (ns), SIZE, RATE; RATIO in ppm; both 0: no limits */
	int64_t max;
	const char *values; /* ENUM: "a|b|c" */
	const char *doc;    /* one sentence */
	const char *since;  /* version that brought it: "0.1" */
	const char *alias;  /* other spellings, with '|' between them; NULL: none but snake_case */
};

/* A table ends with a row without a name. */
#define RH_KEY_END \
	{ \
		.name = NULL \
	}

#endif
