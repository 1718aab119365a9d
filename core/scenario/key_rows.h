/*
 * key_rows.h - how a row of the language's tables is written; for the files keys_*.c only.
 */
#ifndef CORE_SCENARIO_KEY_ROWS_H
#define CORE_SCENARIO_KEY_ROWS_H

#include "core/scenario/keys.h"

#define NS_MAX	  (INT64_C(3650) * 24 * 3600 * 1000000000) /* ten years */
#define AT(t, m)  .offset = (uint32_t)offsetof(struct rh_in_##t, m)
#define SINCE	  .since = "0.1"
#define TEXTS	  .type = RH_KEY_TEXT
#define LENGTH	  .type = RH_KEY_DURATION, .max = NS_MAX
#define WORD(...) .type = RH_KEY_ENUM, .values = __VA_ARGS__
#define VALUE	  .shape = RH_FIELD_VALUE
#define END \
	{ \
		.key = {.name = NULL } \
	}

#endif
