/*
 * later.c - the tables of later.def.
 *
 * Nothing reads the parameters of these steps yet, so they share one plain layout: a slot of 16
 * bytes for each key.
 */
#include "core/scenario/faults.h"

#define SLOT_BYTES 16
#define SLOTS	   8

#define K(slot, text, kind, standard, sentence) \
	{.name = text, \
	 .type = RH_KEY_##kind, \
	 .offset = (slot)*SLOT_BYTES, \
	 .default_text = standard, \
	 .doc = sentence, \
	 .since = "0.1"},
#define SHARE(slot, text, standard, sentence) \
	{.name = text, \
	 .type = RH_KEY_RATIO, \
	 .offset = (slot)*SLOT_BYTES, \
	 .default_text = standard, \
	 .min = 0, \
	 .max = 1000000, \
	 .doc = sentence, \
	 .since = "0.1"},
#define WORDS(slot, text, words, standard, sentence) \
	{.name = text, \
	 .type = RH_KEY_ENUM, \
	 .offset = (slot)*SLOT_BYTES, \
	 .default_text = standard, \
	 .values = words, \
	 .doc = sentence, \
	 .since = "0.1"},
#define LATER(id, text, fault, sentence, needs, ...) \
	static const struct rh_key keys_##id[] = {__VA_ARGS__ RH_KEY_END}; \
	const struct rh_action_type rh_later_##id = { \
		.name = text, \
		.doc = sentence, \
		.is_fault = fault, \
		.effect = RH_EFFECT_LATER, \
		.params_size = SLOTS * SLOT_BYTES, \
		.keys = keys_##id, \
		.missing = needs, \
	};

/* clang-format off */
#include "core/scenario/later.def"
/* clang-format on */
