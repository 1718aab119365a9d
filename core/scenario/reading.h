/*
 * reading.h - one assertion while it is read, for the files load_assert.c, load_that.c and
 * load_window.c only.
 */
#ifndef CORE_SCENARIO_READING_H
#define CORE_SCENARIO_READING_H

#include <string.h>

#include "core/scenario/load_assert.h"

/* Where an assertion stands. */
struct scope {
	enum rh_assert_role role;
	uint32_t phase; /* RH_NONE: of the whole run */
	uint64_t start_ns;
	uint64_t end_ns;
};

/* One that is being read. */
struct reading {
	struct rh_loader *loader;
	struct rh_plan_assertion *assertion;
	struct rh_in_assertion in;
	const struct rh_tree *tree;
	const char *path;
	struct scope scope;
	const char *expect; /* a word for the type, "fail" or "pass" taken out */
};

static inline bool reading_is_given(const char *text)
{
	return text != NULL && text[0] != 0;
}

static inline struct rh_place reading_place(const struct reading *reading, const char *key)
{
	if (reading->tree->kind != RH_TREE_MAP)
		return reading->tree->place;
	return rh_load_place(reading->loader, reading->tree, "assert", key);
}

static inline bool reading_has(const struct reading *reading, const char *key)
{
	return rh_load_key(reading->loader, reading->tree, "assert", key) != NULL;
}

/* load_that.c: what is asked.  False after complaining. */
bool reading_sentence(const struct reading *reading, const struct rh_tree *that);
bool reading_type(const struct reading *reading, const char *written);
/* Points into a text where it stands as written: quotes and folded lines move it. */
struct rh_place reading_place_in(const struct rh_tree *tree, size_t offset, size_t len);

/* load_window.c: when, by how many, and what follows */
bool reading_step(const struct reading *reading, uint32_t *step, const char *key, const char *name);
void reading_window(const struct reading *reading);
void reading_quorum(const struct reading *reading);
void reading_severity(const struct reading *reading);
void reading_hold(const struct reading *reading);

#endif
