/*
 * render.c - walks a tree and replaces what stands in `${...}`; render_names.c says what names mean.
 *
 * A node is rendered once, however many aliases lead to it, and says so in its state; that is also how
 * a variable that needs itself is found.  The walk is as deep as the composer lets a file be.
 */
#include "core/scenario/render.h"

#include <stdio.h>
#include <string.h>

#include "core/scenario/render_names.h"

/* Where the walk is: from the scalar upwards. */
struct at {
	const struct at *up;
	const char *key; /* NULL: the item `index` of a list */
	uint32_t index;
};

bool rh_render_is_own_key(const char *key)
{
	static const char *const own[] = {"vars", "variables", "parameters", "matrix", "include"};

	for (size_t i = 0; i < RH_ARRAY_LEN(own); i++) {
		if (rh_key_is(own[i], key))
			return true;
	}
	return false;
}

struct rh_tree *rh_tree_child(const struct rh_tree *map, const char *key)
{
	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++) {
		if ((rh_key_is(key, map->pairs[i].key) || rh_key_is(map->pairs[i].key, key)) &&
		    !rh_tree_is_null(map->pairs[i].value))
			return map->pairs[i].value;
	}
	return NULL;
}

/* "phases[1].actions[0].with.loss", as the other parts of the loader write it. */
static const char *path_of(struct rh_render *render, const struct at *at)
{
	const struct at *chain[RH_COMPOSE_DEPTH_MAX + 1];
	struct rh_buf path = {0};
	const char *kept;
	uint32_t count = 0;

	for (; at != NULL && count < RH_ARRAY_LEN(chain); at = at->up)
		chain[count++] = at;
	while (count-- > 0) {
		if (chain[count]->key == NULL)
			rh_buf_printf(&path, "[%u]", chain[count]->index);
		else if (strcmp(chain[count]->key, "spec") != 0 || count == 0)
			rh_buf_printf(&path, "%s%.80s", path.len != 0 ? "." : "",
				      chain[count]->key);
	}
	kept = rh_arena_text(&render->loader->scratch, rh_buf_str(&path), path.len);
	rh_buf_release(&path);
	return kept;
}

/* A piece of a scalar's text that is an expression. */
struct piece {
	size_t from; /* of the opening */
	size_t to;   /* behind the closing */
	size_t inner;
	size_t inner_len;
	bool is_old; /* {{ }} */
};

static bool is_deferred_key(const char *key)
{
	static const char *const keys[] = {"that", "if", "until", "unless"};

	for (size_t i = 0; key != NULL && i < RH_ARRAY_LEN(keys); i++) {
		if (strcmp(keys[i], key) == 0)
			return true;
	}
	return false;
}

/* What the scalar at hand is, for complaints. */
struct scalar {
	struct rh_render *render;
	struct rh_tree *tree;
	const char *text;
	const struct at *at;
	const char *key;
};

static bool complain(const struct scalar *scalar, const struct rh_expr_fault *fault, size_t inner)
{
	struct rh_loader *loader = scalar->render->loader;
	struct rh_place place;

	if (fault->code == NULL) /* told where it is */
		return false;
	place = rh_place_within(loader->diagnostics, scalar->tree->place, scalar->text,
				inner + fault->offset, fault->len != 0 ? fault->len : 1);
	rh_load_complain(loader, fault->code, place, path_of(scalar->render, scalar->at),
			 fault->hint, "%s", fault->text);
	return false;
}

/*
 * The next piece from `at`; 0: there is none, -1: it is not closed.  `$${` is no piece.  Braces within
 * quotes do not close.
 */
static int next_piece(struct piece *piece, const char *text, size_t at)
{
	for (; text[at] != 0; at++) {
		if (text[at] == '$' && text[at + 1] == '$' && text[at + 2] == '{') {
			at += 2;
			continue;
		}
		if ((text[at] == '$' && text[at + 1] == '{') ||
		    (text[at] == '{' && text[at + 1] == '{'))
			break;
	}
	if (text[at] == 0)
		return 0;
	piece->from = at;
	piece->is_old = text[at] == '{';
	piece->inner = at + 2;
	for (at += 2; text[at] != 0; at++) {
		if (text[at] == '\'' || text[at] == '"') {
			const char *end = strchr(text + at + 1, text[at]);

			if (end == NULL)
				return -1;
			at = (size_t)(end - text);
		} else if (text[at] == '}' && (!piece->is_old || text[at + 1] == '}')) {
			piece->inner_len = at - piece->inner;
			piece->to = at + 1 + piece->is_old;
			return 1;
		}
	}
	return -1;
}

static bool refuse_open(const struct scalar *scalar, const struct piece *piece)
{
	struct rh_expr_fault fault = {.code = "E061", .len = 2};

	snprintf(fault.text, sizeof(fault.text), "the closing %s is missing",
		 piece->is_old ? "}}" : "}");
	snprintf(fault.hint, sizeof(fault.hint), "%s",
		 piece->is_old ? "" : "a text ${ is written $${");
	return complain(scalar, &fault, piece->from);
}

static void warn_old(const struct scalar *scalar, const struct piece *piece)
{
	struct rh_loader *loader = scalar->render->loader;

	if (piece->is_old && loader->options->is_strict)
		rh_load_complain(loader, "W006",
				 rh_place_within(loader->diagnostics, scalar->tree->place,
						 scalar->text, piece->from,
						 piece->to - piece->from),
				 path_of(scalar->render, scalar->at), "write ${...}",
				 "{{ }} is a spelling of a source system");
}

/* What became of a piece. */
enum outcome { VALUE, TREE, LATER, WRONG };

/* Parses and evaluates a piece.  LATER: names of the run are in it; *expr is what is left. */
static enum outcome eval_piece(const struct scalar *scalar, const struct piece *piece,
			       struct rh_expr_value *value, struct rh_tree **tree,
			       const struct rh_expr **expr)
{
	struct rh_render *render = scalar->render;
	struct rh_expr_fault fault = {0};
	enum rh_expr_answer answer;
	bool is_changed = false;

	warn_old(scalar, piece);
	*tree = NULL;
	*expr = rh_expr_parse(&render->loader->scratch, &fault, scalar->text + piece->inner,
			      piece->inner_len, render->slots);
	if (*expr == NULL) {
		complain(scalar, &fault, piece->inner);
		return WRONG;
	}
	answer = rh_render_eval(render, value, tree, &fault, *expr);
	if (answer == RH_EXPR_OK)
		return *tree != NULL ? TREE : VALUE;
	if (answer == RH_EXPR_UNKNOWN)
		*expr = rh_render_fold(render, &fault, &is_changed, *expr);
	if (answer == RH_EXPR_UNKNOWN && *expr != NULL)
		return LATER;
	complain(scalar, &fault, piece->inner);
	return WRONG;
}

/* The value as text at the end of `out`; false when it has none here. */
static bool put_value(const struct scalar *scalar, const struct piece *piece, struct rh_buf *out,
		      const struct rh_expr_value *value, const struct rh_tree *tree)
{
	struct rh_expr_fault fault = {.code = "E066", .len = (uint32_t)piece->inner_len};

	if (tree != NULL && tree->kind == RH_TREE_SCALAR) {
		rh_buf_text(out, tree->text);
		return true;
	}
	if (tree != NULL || value->type == RH_EXPR_LIST) {
		snprintf(fault.text, sizeof(fault.text), "%s cannot stand within a text",
			 tree == NULL ? "a list" : rh_tree_kind_text(tree));
		return complain(scalar, &fault, piece->inner);
	}
	if (!rh_expr_value_is_exact(value)) {
		struct rh_buf text = {0};

		rh_expr_value_print(value, &text);
		snprintf(fault.text, sizeof(fault.text),
			 "the result is %.80s, which has no exact form", rh_buf_str(&text));
		snprintf(fault.hint, sizeof(fault.hint),
			 value->type == RH_EXPR_DURATION ? "write round(..., 1ms)"
							 : "write round(...)");
		rh_buf_release(&text);
		return complain(scalar, &fault, piece->inner);
	}
	rh_expr_value_print(value, out);
	return true;
}

/* A tree of its own for a list that was computed; items have the scalar's place. */
static bool put_list(const struct scalar *scalar, const struct piece *piece, struct rh_tree *tree,
		     const struct rh_expr_value *value)
{
	struct rh_arena *arena = &scalar->render->loader->scratch;

	tree->kind = RH_TREE_LIST;
	tree->count = 0;
	tree->items = RH_ARENA_ARRAY(arena, value->count + 1, struct rh_tree *);
	for (uint32_t i = 0; i < value->count; i++) {
		struct rh_tree *item = RH_ARENA_NEW(arena, struct rh_tree);
		struct rh_buf text = {0};
		bool is_good = put_value(scalar, piece, &text, &value->items[i], NULL);

		*item = (struct rh_tree){.place = tree->place,
					 .text = rh_arena_text(arena, rh_buf_str(&text), text.len),
					 .is_plain = value->items[i].type != RH_EXPR_TEXT,
					 .state = RH_TREE_DONE,
					 .height = 1,
					 .weight = 1};
		rh_buf_release(&text);
		tree->items[tree->count++] = item;
		if (!is_good)
			return false;
	}
	return true;
}

/* The whole scalar becomes the value. */
static bool replace(const struct scalar *scalar, const struct piece *piece,
		    const struct rh_expr_value *value, const struct rh_tree *from)
{
	struct rh_tree *tree = scalar->tree;
	struct rh_place place = tree->place;
	struct rh_buf text = {0};
	bool is_good;

	if (from != NULL) {
		*tree = *from;
		tree->place = place;
		tree->state = RH_TREE_DONE;
		return true;
	}
	if (value->type == RH_EXPR_LIST)
		return put_list(scalar, piece, tree, value);
	is_good = put_value(scalar, piece, &text, value, NULL);
	tree->text = rh_arena_text(&scalar->render->loader->scratch, rh_buf_str(&text), text.len);
	tree->is_plain = value->type != RH_EXPR_TEXT;
	tree->is_word = value->type == RH_EXPR_TEXT;
	rh_buf_release(&text);
	return is_good;
}

/* An expression that only the run can finish stays one, without the names of the file. */
static void put_later(const struct piece *piece, struct rh_buf *out, const struct rh_expr *expr)
{
	(void)piece;
	rh_buf_text(out, "${");
	rh_expr_print(expr, out);
	rh_buf_text(out, "}");
}

/* Copies text and replaces `$${` by `${`. */
static void put_text(struct rh_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '$' && i + 2 < len && text[i + 1] == '$' && text[i + 2] == '{')
			i++;
		rh_buf_u8(out, (uint8_t)text[i]);
	}
}

static bool render_text(const struct scalar *scalar)
{
	struct rh_tree *tree = scalar->tree;
	struct rh_expr_value value = {0};
	const struct rh_expr *expr;
	struct rh_tree *from;
	struct rh_buf out = {0};
	struct piece piece;
	bool is_good = true;
	size_t at = 0;
	int found;

	while ((found = next_piece(&piece, scalar->text, at)) > 0 && is_good) {
		enum outcome outcome = eval_piece(scalar, &piece, &value, &from, &expr);

		if (piece.from == 0 && scalar->text[piece.to] == 0 &&
		    (outcome == VALUE || outcome == TREE)) {
			rh_buf_release(&out);
			return replace(scalar, &piece, &value, from);
		}
		put_text(&out, scalar->text + at, piece.from - at);
		if (outcome == LATER)
			put_later(&piece, &out, expr);
		else
			is_good = outcome != WRONG && put_value(scalar, &piece, &out, &value, from);
		at = piece.to;
	}
	if (found < 0)
		is_good = refuse_open(scalar, &piece);
	put_text(&out, scalar->text + at, strlen(scalar->text + at));
	tree->text = rh_arena_text(&scalar->render->loader->scratch, rh_buf_str(&out), out.len);
	rh_buf_release(&out);
	return is_good;
}

/* that, if, until: an expression by itself, with or without ${} around it. */
static bool render_deferred(struct scalar *scalar)
{
	struct rh_render *render = scalar->render;
	struct piece piece = {.inner_len = strlen(scalar->text)};
	struct rh_expr_fault fault = {0};
	bool is_whole = false;
	bool is_changed = false;
	const struct rh_expr *expr;
	struct rh_buf out = {0};
	int found = next_piece(&piece, scalar->text, 0);

	if (found < 0)
		return refuse_open(scalar, &piece);
	if (found > 0) {
		warn_old(scalar, &piece);
		is_whole = piece.from == 0 && scalar->text[piece.to] == 0;
		if (!is_whole)
			return render_text(scalar);
	}
	expr = rh_expr_parse(&render->loader->scratch, &fault, scalar->text + piece.inner,
			     piece.inner_len, render->slots);
	/* Sentences of other forms are for their own reader. */
	if (expr == NULL)
		return is_whole ? complain(scalar, &fault, piece.inner) : true;
	expr = rh_render_fold(render, &fault, &is_changed, expr);
	if (expr == NULL)
		return complain(scalar, &fault, piece.inner);
	if (is_changed)
		rh_expr_print(expr, &out);
	else if (is_whole)
		rh_buf_put(&out, scalar->text + piece.inner, piece.inner_len);
	if (is_changed || is_whole)
		scalar->tree->text =
			rh_arena_text(&render->loader->scratch, rh_buf_str(&out), out.len);
	rh_buf_release(&out);
	return true;
}

static bool render_scalar(struct rh_render *render, struct rh_tree *tree, const char *key,
			  const struct at *at)
{
	struct scalar scalar = {render, tree, tree->text, at, key};
	bool was_deferred = render->is_deferred;
	bool is_good;

	render->is_deferred = is_deferred_key(key);
	if (!render->is_deferred && strstr(tree->text, "${") == NULL &&
	    strstr(tree->text, "{{") == NULL) {
		render->is_deferred = was_deferred;
		tree->state = RH_TREE_DONE;
		return true;
	}
	tree->state = RH_TREE_OPEN;
	is_good = render->is_deferred ? render_deferred(&scalar) : render_text(&scalar);
	render->is_deferred = was_deferred;
	tree->state = is_good ? RH_TREE_DONE : RH_TREE_BAD;
	return is_good;
}

/* What was put in counts like what was written: levels, and values with aliases written out. */
static bool account(struct rh_render *render, struct rh_tree *tree, const struct at *at)
{
	tree->weight = 1;
	tree->height = 1;
	for (uint32_t i = 0; i < tree->count; i++) {
		const struct rh_tree *child =
			tree->kind == RH_TREE_LIST ? tree->items[i] : tree->pairs[i].value;

		tree->weight += child->weight;
		if (tree->height <= child->height)
			tree->height = child->height + 1;
	}
	if (tree->weight <= RH_COMPOSE_NODES_MAX && tree->height <= RH_COMPOSE_DEPTH_MAX)
		return true;
	rh_load_complain(render->loader, "E006", tree->place, path_of(render, at), NULL,
			 tree->height > RH_COMPOSE_DEPTH_MAX
				 ? "more than 64 levels once the variables are written out"
				 : "more than 1,000,000 values once the variables are written out");
	tree->count = 0;
	tree->state = RH_TREE_BAD;
	return false;
}

static bool render_at(struct rh_render *render, struct rh_tree *tree, const char *key,
		      const struct at *at)
{
	bool is_good = true;

	if (tree->state != RH_TREE_RAW)
		return tree->state != RH_TREE_BAD;
	if (tree->kind == RH_TREE_SCALAR)
		return render_scalar(render, tree, key, at);
	tree->state = RH_TREE_DONE; /* an open scalar below is what tells of circles */
	if (tree->kind == RH_TREE_LIST) {
		for (uint32_t i = 0; i < tree->count; i++) {
			struct at item = {at, NULL, i};

			is_good &= render_at(render, tree->items[i], key, &item);
		}
		return account(render, tree, at) && is_good;
	}
	for (uint32_t i = 0; i < tree->count; i++) {
		struct at pair = {at, tree->pairs[i].key, 0};
		bool is_own = (tree == render->root || tree == render->spec) &&
			      rh_render_is_own_key(pair.key);

		if (!is_own)
			is_good &= render_at(render, tree->pairs[i].value, pair.key, &pair);
	}
	return account(render, tree, at) && is_good;
}

bool rh_render_tree(struct rh_render *render, struct rh_tree *tree, const char *key)
{
	struct at at = {NULL, key, 0};

	return render_at(render, tree, key, key != NULL ? &at : NULL);
}

void rh_render_unused(struct rh_loader *loader, const struct rh_tree *map, const char *code,
		      const char *what)
{
	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++) {
		const struct rh_tree_pair *pair = &map->pairs[i];

		/* A part that is included may serve several scenarios. */
		if (pair->value->is_used || pair->place.source != 0)
			continue;
		rh_load_complain(loader, code, pair->place, rh_load_path(loader, "vars", pair->key),
				 NULL, "%s \"%.80s\" is not used", what, pair->key);
	}
}
