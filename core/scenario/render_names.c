/*
 * render_names.c - the scope of the renderer: a name is a path through a tree of the file.
 *
 * A scalar on the path that is itself an expression is rendered on the way; one that is being rendered
 * already closes a circle.  Draws are keyed by their names, so taking one away moves no other.
 */
#include "core/scenario/render_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/scenario/diag.h"

#define WORDS_MAX 200
#define ITEMS_MAX 10000

/* ---- the value of a tree --------------------------------------------------------------------- */

static bool is_one_of(const char *text, const char *a, const char *b, const char *c)
{
	return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

/* A scalar as a number with its unit, a truth value, or a text. */
static void scalar_value(struct rh_expr_value *value, const struct rh_tree *tree,
			 struct rh_slots slots)
{
	const char *text = tree->text;
	bool has_sign = text[0] == '-' || text[0] == '+';
	struct rh_value_fault why;
	size_t len;

	*value = (struct rh_expr_value){.type = RH_EXPR_TEXT, .number = {0, 1}, .text = text};
	if (tree->is_word)
		return;
	if (tree->is_plain && (is_one_of(text, "true", "True", "TRUE") ||
			       is_one_of(text, "false", "False", "FALSE"))) {
		*value = (struct rh_expr_value){.type = RH_EXPR_BOOL,
						.number = {text[0] == 't' || text[0] == 'T', 1},
						.text = text};
		return;
	}
	if (!rh_expr_quantity(value, &len, &why, text + has_sign, slots) ||
	    text[has_sign + len] != 0 || (!tree->is_plain && value->type == RH_EXPR_NUMBER)) {
		*value = (struct rh_expr_value){
			.type = RH_EXPR_TEXT, .number = {0, 1}, .text = text};
		return;
	}
	if (text[0] == '-')
		value->number.num = -value->number.num;
	value->text = text;
}

static bool fail(struct rh_expr_fault *fault, const char *code, const char *text)
{
	*fault = (struct rh_expr_fault){.code = code};
	snprintf(fault->text, sizeof(fault->text), "%s", text);
	return false;
}

bool rh_render_value(struct rh_expr_value *value, struct rh_expr_fault *fault,
		     const struct rh_render *render, const struct rh_tree *tree)
{
	struct rh_arena *arena = &render->loader->scratch;
	struct rh_expr_value *items;

	*value = (struct rh_expr_value){.number = {0, 1}};
	if (tree->kind == RH_TREE_MAP)
		return fail(fault, "E064", "a map has no value; name one of its keys");
	if (rh_tree_is_null(tree))
		return fail(fault, "E064", "there is nothing behind this name");
	if (tree->kind == RH_TREE_SCALAR) {
		scalar_value(value, tree, render->slots);
		return true;
	}
	if (tree->count > ITEMS_MAX)
		return fail(fault, "E065", "a list of more than 10000 items in an expression");
	items = RH_ARENA_ARRAY(arena, tree->count + 1, struct rh_expr_value);
	for (uint32_t i = 0; i < tree->count; i++) {
		if (!rh_render_value(&items[i], fault, render, tree->items[i]))
			return false;
	}
	value->type = RH_EXPR_LIST;
	value->items = items;
	value->count = tree->count;
	return true;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* The tree in which a name is looked for; NULL with *is_mine when the file has no such section. */
static struct rh_tree *root_of(const struct rh_render *render, const char *name, bool *is_mine)
{
	*is_mine = true;
	if (has_prefix(name, "vars."))
		return render->vars;
	if (has_prefix(name, "params."))
		return render->params;
	if (has_prefix(name, "matrix."))
		return render->matrix;
	*is_mine = false;
	return NULL;
}

static enum rh_expr_answer fail_missing(struct rh_render *render, struct rh_expr_fault *fault,
					const struct rh_expr *expr, const struct rh_tree *map,
					const char *word, size_t len)
{
	const char *words[WORDS_MAX];
	const char *text = rh_arena_text(&render->loader->scratch, word, len);
	const char *near;
	size_t count = 0;

	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++) {
		if (count < WORDS_MAX)
			words[count++] = map->pairs[i].key;
	}
	rh_expr_fail(fault, "E062", expr, "\"%.60s\": nothing is called \"%.60s\"", expr->name,
		     text);
	near = rh_suggest(text, words, count);
	if (near != NULL)
		snprintf(fault->hint, sizeof(fault->hint), "did you mean \"%.60s\"?", near);
	else if (strchr(expr->name, '-') != NULL)
		snprintf(fault->hint, sizeof(fault->hint),
			 "a minus between names needs a space: a - b");
	else if (count == 0)
		snprintf(fault->hint, sizeof(fault->hint), "the file has no such section");
	return RH_EXPR_FAULT;
}

/* "vars.a needs vars.b, that needs vars.a" */
static enum rh_expr_answer fail_circle(struct rh_render *render, struct rh_expr_fault *fault,
				       const struct rh_expr *expr, const struct rh_tree *tree)
{
	struct rh_buf text = {0};
	uint32_t from = 0;

	while (from < render->chain_len && render->chain[from] != tree)
		from++;
	for (uint32_t i = from; i < render->chain_len && text.len < 160; i++)
		rh_buf_printf(&text, "%.40s needs ", render->chain_names[i]);
	rh_expr_fail(fault, "E067", expr, "%s%s%.40s",
		     from == render->chain_len ? "this value needs itself: " : "",
		     rh_buf_str(&text), expr->name);
	rh_buf_release(&text);
	return RH_EXPR_FAULT;
}

/* Renders what a name leads to: the tree and all below it. */
static enum rh_expr_answer render_named(struct rh_render *render, struct rh_expr_fault *fault,
					const struct rh_expr *expr, struct rh_tree *tree)
{
	bool was_deferred = render->is_deferred;
	bool is_good;

	if (tree->state == RH_TREE_OPEN)
		return fail_circle(render, fault, expr, tree);
	if (tree->state == RH_TREE_DONE && tree->kind == RH_TREE_SCALAR)
		return RH_EXPR_OK;
	if (render->chain_len == RH_RENDER_CHAIN_MAX)
		return rh_expr_fail(fault, "E067", expr,
				    "a chain of more than %d variables that need each other",
				    RH_RENDER_CHAIN_MAX);
	render->chain[render->chain_len] = tree;
	render->chain_names[render->chain_len++] = expr->name;
	render->is_deferred = false;
	is_good = rh_render_tree(render, tree, NULL);
	render->is_deferred = was_deferred;
	render->chain_len--;
	if (!is_good)
		fault->code = NULL; /* told at its place */
	return is_good ? RH_EXPR_OK : RH_EXPR_FAULT;
}

static struct rh_tree *item_of(const struct rh_tree *list, const char *word, size_t len)
{
	if (len == 0 || len > 8 || strspn(word, "0123456789") != len ||
	    strtoul(word, NULL, 10) >= list->count)
		return NULL;
	return list->items[strtoul(word, NULL, 10)];
}

/* A key of the matrix in a run that is no variant of it: its first value. */
static struct rh_tree *first_of(struct rh_tree *tree)
{
	struct rh_tree *from = rh_tree_child(tree, "from");

	if (tree->kind == RH_TREE_LIST && tree->count != 0)
		return tree->items[0];
	return from != NULL ? from : tree;
}

/* Any scalar below that is being rendered right now? Then the value would not be whole. */
static const struct rh_tree *find_open(const struct rh_tree *tree)
{
	const struct rh_tree *found = NULL;

	if (tree->state == RH_TREE_OPEN)
		return tree;
	if (tree->kind == RH_TREE_SCALAR)
		return NULL;
	for (uint32_t i = 0; i < tree->count && found == NULL; i++)
		found = find_open(tree->kind == RH_TREE_LIST ? tree->items[i]
							     : tree->pairs[i].value);
	return found;
}

static enum rh_expr_answer resolve(struct rh_render *render, struct rh_tree **out,
				   struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	const char *at = strchr(expr->name, '.') + 1;
	bool is_mine;
	struct rh_tree *tree = root_of(render, expr->name, &is_mine);
	const struct rh_tree *open;
	enum rh_expr_answer answer;

	RH_ASSERT(is_mine);
	for (;;) {
		size_t len = strcspn(at, ".");
		const struct rh_tree *map = tree;
		struct rh_tree *child = NULL;

		if (tree != NULL && tree->kind == RH_TREE_MAP)
			child = rh_tree_child(tree,
					      rh_arena_text(&render->loader->scratch, at, len));
		else if (tree != NULL && tree->kind == RH_TREE_LIST)
			child = item_of(tree, at, len);
		if (child == NULL)
			return fail_missing(render, fault, expr, map, at, len);
		if (map == render->matrix)
			child = first_of(child);
		child->is_used = true;
		tree = child;
		at += len;
		if (*at == 0)
			break;
		at++;
		if (tree->kind == RH_TREE_SCALAR) {
			answer = render_named(render, fault, expr, tree);
			if (answer != RH_EXPR_OK)
				return answer;
		}
	}
	for (uint32_t i = 0; tree->kind != RH_TREE_SCALAR && i < render->chain_len; i++) {
		if (render->chain[i] == tree)
			return fail_circle(render, fault, expr, tree);
	}
	open = tree->kind != RH_TREE_SCALAR ? find_open(tree) : NULL;
	if (open != NULL)
		return fail_circle(render, fault, expr, open);
	*out = tree;
	return render_named(render, fault, expr, tree);
}

/* Is it a name that only a run knows? */
static bool is_later(const struct rh_render *render, const char *name)
{
	return render->is_deferred || has_prefix(name, "steps.") || has_prefix(name, "run.") ||
	       has_prefix(name, "base.");
}

static enum rh_expr_answer eval_name(void *ctx, struct rh_expr_value *out,
				     struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	struct rh_render *render = ctx;
	enum rh_expr_answer answer;
	struct rh_tree *tree;
	bool is_mine;

	if (strcmp(expr->name, "seed") == 0 && !render->is_deferred) {
		if (!render->has_seed)
			return rh_expr_fail(fault, "E067", expr, "the seed needs itself");
		*out = (struct rh_expr_value){.type = RH_EXPR_NUMBER,
					      .number = {(int64_t)render->rng.seed, 1}};
		return RH_EXPR_OK;
	}
	root_of(render, expr->name, &is_mine);
	if (!is_mine)
		return is_later(render, expr->name) ? RH_EXPR_UNKNOWN : RH_EXPR_NOT_MINE;
	answer = resolve(render, &tree, fault, expr);
	if (answer != RH_EXPR_OK)
		return answer;
	if (rh_render_value(out, fault, render, tree))
		return RH_EXPR_OK;
	fault->offset = expr->offset;
	fault->len = expr->len;
	return RH_EXPR_FAULT;
}

/* ---- functions ------------------------------------------------------------------------------- */

static enum rh_expr_answer eval(struct rh_render *render, struct rh_expr_value *value,
				struct rh_expr_fault *fault, const struct rh_expr *expr);

/* The name of a draw or an environment variable: a bare word, or a text. */
static enum rh_expr_answer word_of(struct rh_render *render, const char **word,
				   struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	struct rh_expr_value value;
	enum rh_expr_answer answer;
	bool is_mine = false;

	if (expr->op == RH_EXPR_NAME)
		root_of(render, expr->name, &is_mine);
	if (expr->op == RH_EXPR_NAME && !is_mine) {
		*word = expr->name;
		return RH_EXPR_OK;
	}
	answer = eval(render, &value, fault, expr);
	if (answer != RH_EXPR_OK)
		return answer;
	if (value.text == NULL)
		return rh_expr_fail(fault, "E063", expr, "a name was expected here, not %s",
				    rh_expr_type_text(value.type));
	*word = value.text;
	return RH_EXPR_OK;
}

static enum rh_expr_answer call_env(struct rh_render *render, struct rh_expr_value *out,
				    struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	const struct rh_load_options *options = render->loader->options;
	struct rh_tree tree = {.kind = RH_TREE_SCALAR, .is_plain = true};
	enum rh_expr_answer answer;
	const char *text = NULL;
	const char *name;

	if (expr->arg_count < 1 || expr->arg_count > 2)
		return rh_expr_fail(fault, "E063", expr, "env takes a name, and perhaps a value");
	answer = word_of(render, &name, fault, expr->args[0]);
	if (answer != RH_EXPR_OK)
		return answer;
	if (options->env != NULL)
		text = options->env(options->env_ctx, name);
	if (text == NULL && expr->arg_count == 2)
		return eval(render, out, fault, expr->args[1]);
	if (text == NULL) {
		rh_expr_fail(fault, "E068", expr, "the environment has no \"%.80s\"", name);
		snprintf(fault->hint, sizeof(fault->hint), "give a value for then: env(%.60s, 'x')",
			 name);
		return RH_EXPR_FAULT;
	}
	tree.text = rh_arena_text(&render->loader->scratch, text, strlen(text));
	rh_load_input(render->loader, "env", name, text);
	scalar_value(out, &tree, render->slots);
	return RH_EXPR_OK;
}

static uint64_t draw_of(const struct rh_render *render, const char *kind, const char *name)
{
	const char *whole =
		rh_arena_printf(&render->loader->scratch, "%s%s %s",
				render->prefix != NULL ? render->prefix : "", kind, name);

	return rh_draw2(render->rng, RH_PURPOSE_SCENARIO, rh_name64(whole), 0);
}

/* The share of `count` that a draw is: 0 .. count - 1. */
static uint64_t below(uint64_t draw, uint64_t count)
{
	return (uint64_t)(((unsigned __int128)draw * count) >> 64);
}

/* rand(name): 0 <= x < 1 with nine digits; rand(name, low, high): whole units, both ends included. */
static enum rh_expr_answer call_rand(struct rh_render *render, struct rh_expr_value *out,
				     struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	struct rh_expr_value ends[2];
	enum rh_expr_answer answer;
	struct rh_rational width;
	const char *name;
	uint64_t draw;
	bool is_whole;

	if (expr->arg_count != 1 && expr->arg_count != 3)
		return rh_expr_fail(fault, "E063", expr,
				    "rand takes a name, or a name and two limits");
	answer = word_of(render, &name, fault, expr->args[0]);
	for (uint32_t i = 0; i < 2 && expr->arg_count == 3 && answer == RH_EXPR_OK; i++)
		answer = eval(render, &ends[i], fault, expr->args[1 + i]);
	if (answer != RH_EXPR_OK)
		return answer;
	if (!render->has_seed)
		return rh_expr_fail(fault, "E067", expr, "the seed cannot be drawn from itself");
	draw = draw_of(render, "rand", name);
	*out = (struct rh_expr_value){.type = RH_EXPR_NUMBER};
	if (expr->arg_count == 1) {
		rh_rational_make(&out->number, (__int128)below(draw, 1000000000), 1000000000);
		return RH_EXPR_OK;
	}
	if (ends[0].type != ends[1].type || ends[0].type == RH_EXPR_TEXT ||
	    ends[0].type == RH_EXPR_LIST || ends[0].type == RH_EXPR_BOOL ||
	    !rh_rational_sub(&width, ends[1].number, ends[0].number) || width.num < 0)
		return rh_expr_fail(fault, "E063", expr,
				    "rand needs two limits of one unit, the lower one first");
	is_whole = ends[0].number.den == 1 && width.den == 1;
	out->type = ends[0].type;
	if (is_whole)
		width = (struct rh_rational){(int64_t)below(draw, (uint64_t)width.num + 1), 1};
	else if (!rh_rational_mul(&width, width,
				  (struct rh_rational){(int64_t)below(draw, 1000001), 1000000}))
		return rh_expr_fail(fault, "E065", expr, "the limits are too fine");
	if (!rh_rational_add(&out->number, ends[0].number, width))
		return rh_expr_fail(fault, "E065", expr, "the limits are too large");
	return RH_EXPR_OK;
}

/* pick(list), pick(list, name=x), pick(a, b, c): one of them. */
static enum rh_expr_answer call_pick(struct rh_render *render, struct rh_expr_value *out,
				     struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	const char *name = NULL;
	struct rh_expr_value *values =
		RH_ARENA_ARRAY(&render->loader->scratch, expr->arg_count + 1, struct rh_expr_value);
	enum rh_expr_answer answer = RH_EXPR_OK;
	struct rh_buf text = {0};
	const struct rh_expr_value *items = values;
	uint32_t count = 0;

	for (uint32_t i = 0; i < expr->arg_count && answer == RH_EXPR_OK; i++) {
		if (expr->arg_names[i] != NULL && strcmp(expr->arg_names[i], "name") == 0)
			answer = word_of(render, &name, fault, expr->args[i]);
		else
			answer = eval(render, &values[count++], fault, expr->args[i]);
	}
	if (answer != RH_EXPR_OK)
		return answer;
	if (!render->has_seed)
		return rh_expr_fail(fault, "E067", expr, "the seed cannot be drawn from itself");
	if (count == 1 && values[0].type == RH_EXPR_LIST) {
		items = values[0].items;
		count = values[0].count;
	}
	if (count == 0)
		return rh_expr_fail(fault, "E063", expr, "pick has nothing to pick from");
	if (name == NULL) {
		rh_expr_print(expr, &text);
		name = rh_arena_text(&render->loader->scratch, rh_buf_str(&text), text.len);
	}
	*out = items[below(draw_of(render, "pick", name), count)];
	rh_buf_release(&text);
	return RH_EXPR_OK;
}

static bool is_own_call(const char *name)
{
	return strcmp(name, "env") == 0 || strcmp(name, "rand") == 0 || strcmp(name, "pick") == 0;
}

static enum rh_expr_answer eval_call(void *ctx, struct rh_expr_value *out,
				     struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	struct rh_render *render = ctx;

	if (strcmp(expr->name, "env") == 0)
		return call_env(render, out, fault, expr);
	if (strcmp(expr->name, "rand") == 0)
		return call_rand(render, out, fault, expr);
	if (strcmp(expr->name, "pick") == 0)
		return call_pick(render, out, fault, expr);
	/* In a check, avg and min are the judge's. */
	if (render->is_deferred && strcmp(expr->name, "slots") != 0 &&
	    strcmp(expr->name, "epochs") != 0 && strcmp(expr->name, "duration") != 0)
		return RH_EXPR_UNKNOWN;
	return RH_EXPR_NOT_MINE;
}

static enum rh_expr_answer eval(struct rh_render *render, struct rh_expr_value *value,
				struct rh_expr_fault *fault, const struct rh_expr *expr)
{
	static const char *const words[] = {"vars.", "params.", "matrix.", "seed",
					    "env",   "rand",	"pick"};
	struct rh_expr_scope scope = {.arena = &render->loader->scratch,
				      .slots = render->slots,
				      .name = eval_name,
				      .call = eval_call,
				      .words = words,
				      .word_count = RH_ARRAY_LEN(words),
				      .ctx = render};

	return rh_expr_eval(value, fault, expr, &scope);
}

/* ---- the doors ------------------------------------------------------------------------------- */

enum rh_expr_answer rh_render_eval(struct rh_render *render, struct rh_expr_value *value,
				   struct rh_tree **tree, struct rh_expr_fault *fault,
				   const struct rh_expr *expr)
{
	bool is_mine = false;

	*tree = NULL;
	if (expr->op == RH_EXPR_NAME)
		root_of(render, expr->name, &is_mine);
	return is_mine ? resolve(render, tree, fault, expr) : eval(render, value, fault, expr);
}

/* Is there anything in it that the file decides? */
static bool has_own(const struct rh_render *render, const struct rh_expr *expr)
{
	bool is_own = false;

	if (expr->op == RH_EXPR_NAME) {
		root_of(render, expr->name, &is_own);
		if (!is_own && render->renames != NULL)
			is_own = rh_map_find(render->renames, expr->name, strlen(expr->name)) !=
				 NULL;
	}
	if (expr->op == RH_EXPR_CALL)
		is_own = is_own_call(expr->name);
	for (uint32_t i = 0; i < expr->arg_count && !is_own; i++)
		is_own = has_own(render, expr->args[i]);
	return is_own;
}

const struct rh_expr *rh_render_fold(struct rh_render *render, struct rh_expr_fault *fault,
				     bool *is_changed, const struct rh_expr *expr)
{
	struct rh_arena *arena = &render->loader->scratch;
	struct rh_expr_value value;
	enum rh_expr_answer answer;
	struct rh_map_entry *renamed;
	struct rh_expr *copy;

	if (!has_own(render, expr))
		return expr;
	*is_changed = true;
	copy = RH_ARENA_NEW(arena, struct rh_expr);
	*copy = *expr;
	renamed = expr->op == RH_EXPR_NAME && render->renames != NULL
			  ? rh_map_find(render->renames, expr->name, strlen(expr->name))
			  : NULL;
	if (renamed != NULL) {
		copy->name = renamed->ptr;
		return copy;
	}
	answer = eval(render, &value, fault, expr);
	if (answer == RH_EXPR_OK) {
		copy->op = RH_EXPR_LITERAL;
		copy->value = value;
		copy->arg_count = 0;
		return copy;
	}
	if (answer != RH_EXPR_UNKNOWN)
		return NULL;
	copy->args = RH_ARENA_ARRAY(arena, expr->arg_count + 1, const struct rh_expr *);
	for (uint32_t i = 0; i < expr->arg_count; i++) {
		copy->args[i] = rh_render_fold(render, fault, is_changed, expr->args[i]);
		if (copy->args[i] == NULL)
			return NULL;
	}
	return copy;
}
