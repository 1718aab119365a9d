/*
 * compose.c - the YAML composer: libyaml's events on an explicit stack, within budgets.
 *
 * What could be hostile is refused before libyaml sees it (size, bytes that are not text) or as the
 * events come (depth, number of nodes, weight of aliases), so memory and time stay bounded.  An
 * alias costs one pointer; its weight counts as if it were written out, since later readers walk
 * it as often as it is named.
 */
#include "core/scenario/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/base/jsontext.h"
#include "core/base/map.h"

#define MAP_FROM 16 /* pairs from which equal keys are looked for with a hash map */

/* A list or map that is still open. */
struct frame {
	struct rh_tree *tree;
	const char *anchor;
	uint32_t cap;
	/* MAP: */
	const char *key; /* waiting for its value, or NULL */
	struct rh_place key_place;
	struct rh_map keys;
};

struct composer {
	struct rh_arena *arena;
	struct rh_diagnostics *diagnostics;
	struct rh_origin origin;
	const char *text;
	size_t len;
	struct rh_map anchors;
	struct frame stack[RH_COMPOSE_DEPTH_MAX];
	uint32_t depth;
	uint32_t node_count;
	struct rh_place place; /* of the event at hand */
	struct rh_tree *root;
	bool is_document_over;
};

bool rh_tree_is_null(const struct rh_tree *tree)
{
	const char *text = tree->text;

	return tree->kind == RH_TREE_SCALAR && tree->is_plain &&
	       (text[0] == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 ||
		strcmp(text, "Null") == 0 || strcmp(text, "NULL") == 0);
}

const char *rh_tree_kind_text(const struct rh_tree *tree)
{
	switch (tree->kind) {
	case RH_TREE_LIST:
		return "a list";
	case RH_TREE_MAP:
		return "a map";
	case RH_TREE_SCALAR:
		return rh_tree_is_null(tree) ? "nothing" : "a single value";
	}
	return "?";
}

/* The beginning of a line of the text; 0: the text as a whole. */
static struct rh_place place_at(const struct composer *composer, uint32_t line)
{
	return (struct rh_place){.line = line,
				 .column = line != 0,
				 .option = composer->origin.option,
				 .flag = composer->origin.flag,
				 .source = composer->origin.source};
}

static struct rh_place place_of(const struct composer *composer, yaml_mark_t start, yaml_mark_t end)
{
	struct rh_place place = place_at(composer, 0);
	uint32_t shift = composer->origin.option != NULL ? composer->origin.column - 1 : 0;

	place.line = composer->origin.option != NULL ? 0 : (uint32_t)start.line + 1;
	place.column = (uint32_t)start.column + 1 + shift;
	if (start.line == end.line && end.column > start.column)
		place.end_column = (uint32_t)end.column + 1 + shift;
	return place;
}

static bool refuse(const struct composer *composer, const char *code, struct rh_place place,
		   const char *hint, const char *text)
{
	struct rh_complaint complaint = {.code = code, .place = place, .hint = hint};

	rh_complain(composer->diagnostics, &complaint, "%s", text);
	return false;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* Text, and not only white space and comments. */
static bool check_text(const struct composer *composer, const char *text, size_t len)
{
	struct rh_place place = place_at(composer, 1);
	bool is_comment = false;
	bool is_empty = true;
	char what[80];

	for (size_t at = 0; at < len;) {
		const uint8_t *byte = (const uint8_t *)text + at;
		size_t step = rh_utf8_len(text + at, len - at);

		if (step == 0) {
			snprintf(what, sizeof(what), "byte 0x%02X is not UTF-8 text", byte[0]);
			place.end_column = place.column + 1;
			return refuse(composer, "E003", place, NULL, what);
		}
		if ((byte[0] < 0x20 && byte[0] != '\t' && byte[0] != '\n' && byte[0] != '\r') ||
		    byte[0] == 0x7F) {
			snprintf(what, sizeof(what), "control character 0x%02X in the text",
				 byte[0]);
			place.end_column = place.column + 1;
			return refuse(composer, "E003", place, "is this a binary file?", what);
		}
		if (byte[0] == '#')
			is_comment = true;
		if (!is_comment && byte[0] > ' ' && !(at == 0 && step == 3 && byte[0] == 0xEF))
			is_empty = false;
		place.column++;
		if (byte[0] == '\n' || (byte[0] == '\r' && (len - at < 2 || byte[1] != '\n'))) {
			place.line++;
			place.column = 1;
			is_comment = false;
		}
		at += step;
	}
	place = place_at(composer, 0);
	if (is_empty && composer->origin.option == NULL)
		return refuse(composer, "E004", place, "start from scenarios/quickstart.yaml",
			      "the file is empty");
	return true;
}

/* ---- the tree -------------------------------------------------------------------------------- */

static const char *keep_text(const struct composer *composer, const yaml_char_t *text, size_t len)
{
	return rh_arena_text(composer->arena, (const char *)text, len);
}

static void *grow(struct rh_arena *arena, void *items, uint32_t count, uint32_t *cap, size_t size)
{
	void *more;

	if (count < *cap)
		return items;
	*cap = *cap == 0 ? 4 : *cap * 2;
	more = rh_arena_alloc(arena, *cap, size);
	if (count != 0)
		memcpy(more, items, count * size);
	return more;
}

static struct rh_tree_pair *find_pair(struct frame *frame, const char *key)
{
	struct rh_tree *tree = frame->tree;
	struct rh_map_entry *entry;

	if (tree->count < MAP_FROM) {
		for (uint32_t i = 0; i < tree->count; i++) {
			if (strcmp(tree->pairs[i].key, key) == 0)
				return &tree->pairs[i];
		}
		return NULL;
	}
	for (uint32_t i = frame->keys.entry_count; i < tree->count; i++) {
		bool is_new;

		entry = rh_map_add(&frame->keys, tree->pairs[i].key, strlen(tree->pairs[i].key),
				   &is_new);
		RH_ASSERT(is_new);
		entry->number = i;
	}
	entry = rh_map_find(&frame->keys, key, strlen(key));
	return entry != NULL ? &tree->pairs[entry->number] : NULL;
}

static void append_pair(struct composer *composer, struct frame *frame,
			const struct rh_tree_pair *pair)
{
	struct rh_tree *tree = frame->tree;

	tree->pairs =
		grow(composer->arena, tree->pairs, tree->count, &frame->cap, sizeof(*tree->pairs));
	tree->pairs[tree->count++] = *pair;
}

static void account(struct rh_tree *tree, const struct rh_tree *child)
{
	tree->weight += child->weight;
	if (tree->height < child->height + 1)
		tree->height = child->height + 1;
}

/* The pairs of one merged map; what is there already wins. */
static bool merge_map(struct composer *composer, struct frame *frame, const struct rh_tree *from)
{
	if (from->kind != RH_TREE_MAP)
		return refuse(composer, "E007", frame->key_place, NULL,
			      "the merge key << takes a map or a list of maps");
	composer->node_count += from->count;
	if (composer->node_count > RH_COMPOSE_NODES_MAX)
		return refuse(composer, "E006", frame->key_place, NULL,
			      "more than 1,000,000 values once the merge keys are written out");
	for (uint32_t i = 0; i < from->count; i++) {
		struct rh_tree_pair pair = from->pairs[i];

		if (find_pair(frame, pair.key) != NULL)
			continue;
		pair.is_merged = true;
		append_pair(composer, frame, &pair);
		account(frame->tree, pair.value);
	}
	return true;
}

static bool merge(struct composer *composer, struct frame *frame, const struct rh_tree *from)
{
	if (from->kind != RH_TREE_LIST)
		return merge_map(composer, frame, from);
	for (uint32_t i = 0; i < from->count; i++) {
		if (!merge_map(composer, frame, from->items[i]))
			return false;
	}
	return true;
}

static bool add_pair(struct composer *composer, struct frame *frame, struct rh_tree *value)
{
	struct rh_tree_pair pair = {.key = frame->key, .place = frame->key_place, .value = value};
	struct rh_tree_pair *earlier = find_pair(frame, pair.key);
	char what[200];

	frame->key = NULL;
	if (strcmp(pair.key, "<<") == 0)
		return merge(composer, frame, value);
	account(frame->tree, value);
	if (earlier == NULL) {
		append_pair(composer, frame, &pair);
		return true;
	}
	if (earlier->is_merged) {
		*earlier = pair;
		return true;
	}
	snprintf(what, sizeof(what),
		 "key \"%.60s\" is there twice: first in line %u, again in line %u", pair.key,
		 earlier->place.line, pair.place.line);
	refuse(composer, "E011", pair.place, "remove one of the two", what);
	return true; /* more may be wrong: go on */
}

/* Two opening braces in a row, of which the place is the second? */
static bool is_braces(const struct composer *composer, struct rh_place place)
{
	const char *at = composer->text;
	const char *end = at + composer->len;

	for (uint32_t line = 1; line < place.line && at != NULL; line++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at != NULL ? at + 1 : NULL;
	}
	for (uint32_t column = 2; at != NULL && at < end && column < place.column; column++) {
		do
			at++;
		while (at < end && ((uint8_t)*at & 0xC0) == 0x80);
	}
	return at != NULL && end - at >= 2 && at[0] == '{' && at[1] == '{';
}

/* Puts a finished node where it belongs: the root, a list, a map as key or value. */
static bool attach(struct composer *composer, struct rh_tree *node)
{
	struct frame *frame;

	if (composer->depth == 0) {
		composer->root = node;
		return true;
	}
	frame = &composer->stack[composer->depth - 1];
	if (frame->tree->kind == RH_TREE_MAP && frame->key == NULL) {
		if (node->kind == RH_TREE_MAP && is_braces(composer, node->place))
			return refuse(
				composer, "E069", node->place,
				"put it in quotes: \"{{ .Variables.x }}\", or write ${vars.x}",
				"to YAML, {{ without quotes is a map in a map");
		if (node->kind != RH_TREE_SCALAR)
			return refuse(composer, "E008", node->place, NULL,
				      "a key must be a single word, not a list or a map");
		frame->key = node->text;
		frame->key_place = node->place;
		return true;
	}
	if (composer->depth + node->height > RH_COMPOSE_DEPTH_MAX)
		return refuse(composer, "E006", composer->place, NULL,
			      "more than 64 levels of nesting");
	if (frame->tree->weight + node->weight > RH_COMPOSE_NODES_MAX)
		return refuse(composer, "E006", composer->place, NULL,
			      "more than 1,000,000 values once the aliases are written out");
	if (frame->tree->kind == RH_TREE_MAP)
		return add_pair(composer, frame, node);
	frame->tree->items = grow(composer->arena, frame->tree->items, frame->tree->count,
				  &frame->cap, sizeof(*frame->tree->items));
	frame->tree->items[frame->tree->count++] = node;
	account(frame->tree, node);
	return true;
}

static void set_anchor(struct composer *composer, const char *anchor, struct rh_tree *tree)
{
	bool is_new;

	if (anchor != NULL)
		rh_map_add(&composer->anchors, anchor, strlen(anchor), &is_new)->ptr = tree;
}

static struct rh_tree *new_node(struct composer *composer, enum rh_tree_kind kind,
				const yaml_event_t *event, const yaml_char_t *tag)
{
	struct rh_tree *node;
	struct rh_place place = place_of(composer, event->start_mark, event->end_mark);

	if (tag != NULL && strcmp((const char *)tag, "!") != 0) {
		refuse(composer, "E008", place, NULL, "tags (!name) are not used in a scenario");
		return NULL;
	}
	if (++composer->node_count > RH_COMPOSE_NODES_MAX) {
		refuse(composer, "E006", place, NULL, "more than 1,000,000 values");
		return NULL;
	}
	node = RH_ARENA_NEW(composer->arena, struct rh_tree);
	node->kind = kind;
	node->place = place;
	node->weight = 1;
	node->height = 1;
	return node;
}

static bool take_scalar(struct composer *composer, const yaml_event_t *event)
{
	const yaml_char_t *value = event->data.scalar.value;
	struct rh_tree *node = new_node(composer, RH_TREE_SCALAR, event, event->data.scalar.tag);

	if (node == NULL)
		return false;
	if (memchr(value, 0, event->data.scalar.length) != NULL)
		return refuse(composer, "E003", node->place, NULL, "a zero byte in a text");
	node->text = keep_text(composer, value, event->data.scalar.length);
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (event->data.scalar.anchor != NULL) {
		const char *anchor = (const char *)event->data.scalar.anchor;

		set_anchor(composer, rh_arena_text(composer->arena, anchor, strlen(anchor)), node);
	}
	return attach(composer, node);
}

static bool take_start(struct composer *composer, const yaml_event_t *event)
{
	bool is_list = event->type == YAML_SEQUENCE_START_EVENT;
	const yaml_char_t *anchor =
		is_list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
	struct rh_tree *node =
		new_node(composer, is_list ? RH_TREE_LIST : RH_TREE_MAP, event,
			 is_list ? event->data.sequence_start.tag : event->data.mapping_start.tag);
	struct frame *frame;

	if (node == NULL)
		return false;
	/* The event of a block map ends where it starts, that of a flow map behind its bracket. */
	if (composer->depth == RH_COMPOSE_DEPTH_MAX)
		return refuse(composer, "E006", node->place, NULL,
			      "more than 64 levels of nesting");
	frame = &composer->stack[composer->depth++];
	memset(frame, 0, sizeof(*frame));
	frame->tree = node;
	if (anchor != NULL) {
		frame->anchor = rh_arena_text(composer->arena, (const char *)anchor,
					      strlen((const char *)anchor));
		set_anchor(composer, frame->anchor, NULL); /* not complete yet */
	}
	return true;
}

static bool take_end(struct composer *composer)
{
	struct frame *frame = &composer->stack[composer->depth - 1];
	struct rh_tree *node = frame->tree;

	RH_ASSERT(composer->depth > 0);
	rh_map_release(&frame->keys);
	set_anchor(composer, frame->anchor, node);
	composer->depth--;
	return attach(composer, node);
}

static bool take_alias(struct composer *composer, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct rh_map_entry *entry = rh_map_find(&composer->anchors, name, strlen(name));
	struct rh_place place = place_of(composer, event->start_mark, event->end_mark);
	char what[120];

	if (entry == NULL || entry->ptr == NULL) {
		snprintf(what, sizeof(what),
			 entry == NULL ? "no anchor &%.60s stands before this alias"
				       : "alias *%.60s lies within its own anchor",
			 name);
		return refuse(composer, "E007", place, NULL, what);
	}
	return attach(composer, entry->ptr);
}

static bool take(struct composer *composer, const yaml_event_t *event)
{
	struct rh_place place = place_of(composer, event->start_mark, event->end_mark);

	composer->place = place;
	switch (event->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
		return true;
	case YAML_DOCUMENT_START_EVENT:
		if (composer->is_document_over)
			return refuse(composer, "E008", place, NULL,
				      "a second document begins: a file holds one scenario");
		return true;
	case YAML_DOCUMENT_END_EVENT:
		composer->is_document_over = true;
		return true;
	case YAML_ALIAS_EVENT:
		return take_alias(composer, event);
	case YAML_SCALAR_EVENT:
		return take_scalar(composer, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return take_start(composer, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return take_end(composer);
	}
	return false;
}

/* Does the place hold a tab? The commonest mistake deserves words of its own. */
static bool is_tab(const struct composer *composer, yaml_mark_t mark)
{
	const char *at = composer->text;
	const char *end = at + composer->len;

	for (size_t line = 0; line < mark.line && at != NULL; line++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at != NULL ? at + 1 : NULL;
	}
	return at != NULL && mark.column < (size_t)(end - at) && at[mark.column] == '\t';
}

static void refuse_syntax(const struct composer *composer, const yaml_parser_t *parser)
{
	struct rh_place place = place_of(composer, parser->problem_mark, parser->problem_mark);
	const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
	char what[300];

	if (parser->error == YAML_MEMORY_ERROR)
		rh_fatal("out of memory while reading a scenario");
	if (parser->error == YAML_READER_ERROR)
		place = place_at(composer, 0);
	if (parser->context != NULL && parser->context_mark.line != parser->problem_mark.line)
		snprintf(what, sizeof(what),
			 "this is not YAML: %.100s (%.100s that began in line %zu)", problem,
			 parser->context, parser->context_mark.line + 1);
	else if (parser->context != NULL)
		snprintf(what, sizeof(what), "this is not YAML: %.100s (%.100s)", problem,
			 parser->context);
	else
		snprintf(what, sizeof(what), "this is not YAML: %.100s", problem);
	refuse(composer, parser->error == YAML_READER_ERROR ? "E003" : "E005", place,
	       is_tab(composer, parser->problem_mark) ? "indent with spaces, not with tabs" : NULL,
	       what);
}

struct rh_tree *rh_compose(struct rh_arena *arena, const char *text, size_t len, const char *option,
			   uint32_t column, struct rh_diagnostics *diagnostics)
{
	struct rh_origin origin = {.option = option, .column = column};

	return rh_compose_from(arena, text, len, &origin, diagnostics);
}

struct rh_tree *rh_compose_from(struct rh_arena *arena, const char *text, size_t len,
				const struct rh_origin *origin, struct rh_diagnostics *diagnostics)
{
	struct composer *composer;
	uint32_t errors = diagnostics->error_count;
	yaml_parser_t parser;
	struct rh_tree *root = NULL;
	bool is_good = true;

	composer = rh_alloc(1, sizeof(*composer));
	*composer = (struct composer){.arena = arena,
				      .diagnostics = diagnostics,
				      .origin = *origin,
				      .text = text,
				      .len = len};
	if (!yaml_parser_initialize(&parser))
		rh_fatal("out of memory while reading a scenario");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	is_good = check_text(composer, text, len);
	while (is_good) {
		yaml_event_t event;
		bool is_end;

		if (!yaml_parser_parse(&parser, &event)) {
			refuse_syntax(composer, &parser);
			break;
		}
		is_end = event.type == YAML_STREAM_END_EVENT;
		is_good = take(composer, &event);
		yaml_event_delete(&event);
		if (is_end)
			break;
	}
	while (composer->depth > 0)
		rh_map_release(&composer->stack[--composer->depth].keys);
	if (diagnostics->error_count == errors) {
		root = composer->root;
		if (root == NULL && origin->option != NULL) { /* --set key= : nothing */
			root = RH_ARENA_NEW(arena, struct rh_tree);
			*root = (struct rh_tree){.text = "", .is_plain = true, .weight = 1};
			root->place = place_at(composer, 0);
			root->place.column = origin->column;
			root->height = 1;
		} else if (root == NULL)
			refuse(composer, "E004", (struct rh_place){0}, NULL, "the file is empty");
	}
	rh_map_release(&composer->anchors);
	yaml_parser_delete(&parser);
	free(composer);
	return root;
}
