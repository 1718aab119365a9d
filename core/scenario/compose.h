/*
 * compose.h - from YAML text to a tree in which every node knows its place.
 *
 * libyaml gives events; this makes a tree of them, with what a hostile or careless file needs:
 * equal keys in one map are errors that name both lines, aliases share their node (the tree is a
 * graph without cycles) and are paid for out of a budget as if they were written out, `<<` merges
 * maps, and scalars keep their text: what a value means is decided by who reads it (value.h).
 */
#ifndef CORE_SCENARIO_COMPOSE_H
#define CORE_SCENARIO_COMPOSE_H

#include "core/base/arena.h"
#include "core/scenario/diag.h"

#define RH_COMPOSE_BYTES_MAX (16 * 1000 * 1000)
#define RH_COMPOSE_NODES_MAX 1000000 /* in the file, and again with aliases written out */
#define RH_COMPOSE_DEPTH_MAX 64

enum rh_tree_kind { RH_TREE_SCALAR, RH_TREE_LIST, RH_TREE_MAP };

enum rh_tree_state { RH_TREE_RAW, RH_TREE_OPEN, RH_TREE_DONE, RH_TREE_BAD };

struct rh_tree {
	enum rh_tree_kind kind;
	struct rh_place place;
	const char *text; /* SCALAR, with a final 0; no zero byte inside */
	bool is_plain;	  /* SCALAR without quotes: may be null, true or a number */
	uint32_t count;	  /* of items or pairs */
	union {
		struct rh_tree **items;	    /* LIST */
		struct rh_tree_pair *pairs; /* MAP */
	};
	uint8_t state;	 /* enum rh_tree_state: how far expressions in it are replaced (render.c) */
	bool is_word;	 /* SCALAR that stays a text, whatever it looks like */
	bool is_used;	 /* an expression named it */
	uint32_t height; /* levels below, at least 1 */
	uint64_t weight; /* nodes when aliases are written out, itself included */
};

struct rh_tree_pair {
	const char *key;
	struct rh_place place; /* of the key */
	bool is_merged;	       /* came through `<<`: a key written here wins over it */
	struct rh_tree *value;
};

/* Where a text comes from: a file by its number, or a part of an option. */
struct rh_origin {
	uint32_t source;
	const char *option; /* the whole text of an option in which the text begins at `column` */
	const char *flag;   /* "-p"; NULL: --set */
	uint32_t column;    /* from 1 */
};

/*
 * The tree of one document in the arena, or NULL when the diagnostics got an error.  `option` is
 * NULL for a file, or the whole text of a --set option in which `text` begins at `column`.
 */
struct rh_tree *rh_compose(struct rh_arena *arena, const char *text, size_t len, const char *option,
			   uint32_t column, struct rh_diagnostics *diagnostics);

struct rh_tree *rh_compose_from(struct rh_arena *arena, const char *text, size_t len,
				const struct rh_origin *origin, struct rh_diagnostics *diagnostics);

/* `null`, `~` or nothing at all. */
bool rh_tree_is_null(const struct rh_tree *tree);
/* "a map", "a list", "text", ... for messages. */
const char *rh_tree_kind_text(const struct rh_tree *tree);

#endif
