/*
 * shelf.c - reads the header of every file of a library: kind, name, description, category, tags.
 */
#include "cmd/shelf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/rows.h"
#include "core/scenario/compose.h"
#include "core/scenario/diag.h"
#include "core/scenario/keys.h"
#include "core/store/rundir.h"

#define TAGS_MAX  64
#define WORDS_MAX 512

struct header {
	struct rh_arena arena;
	bool is_yaml;
	const char *kind;
	const char *name;
	const char *description; /* on one line */
	const char *category;
	const char *tags[TAGS_MAX];
	uint32_t tag_count;
};

static const struct rh_tree *child_of(const struct rh_tree *map, const char *key)
{
	for (uint32_t i = 0; map != NULL && map->kind == RH_TREE_MAP && i < map->count; i++) {
		if (rh_key_is(key, map->pairs[i].key))
			return map->pairs[i].value;
	}
	return NULL;
}

/* The text of a scalar on one line, in the header's arena. */
static const char *text_of(struct header *header, const struct rh_tree *tree)
{
	char *text;

	if (tree == NULL || tree->kind != RH_TREE_SCALAR)
		return "";
	text = rh_arena_text(&header->arena, tree->text, strlen(tree->text));
	for (size_t i = 0; text[i] != 0; i++)
		text[i] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
	for (size_t len = strlen(text); len > 0 && text[len - 1] == ' '; len--)
		text[len - 1] = 0;
	return text;
}

static void read_header(struct header *header, const char *path)
{
	struct rh_diagnostics diagnostics;
	const struct rh_tree *metadata;
	const struct rh_tree *root;
	const struct rh_tree *tags;
	struct rh_buf content = {0};

	memset(header, 0, sizeof(*header));
	rh_arena_init(&header->arena);
	rh_diagnostics_init(&diagnostics);
	if (rh_file_read(&content, path, RH_COMPOSE_BYTES_MAX, NULL) != 0)
		rh_buf_reset(&content);
	root = rh_compose(&header->arena, rh_buf_str(&content), content.len, NULL, 1, &diagnostics);
	header->is_yaml = root != NULL && diagnostics.error_count == 0;
	metadata = header->is_yaml ? child_of(root, "metadata") : NULL;
	header->kind = text_of(header, header->is_yaml ? child_of(root, "kind") : NULL);
	header->name = text_of(header, child_of(metadata, "name"));
	header->description = text_of(header, child_of(metadata, "description"));
	header->category = text_of(header, child_of(metadata, "category"));
	tags = child_of(metadata, "tags");
	for (uint32_t i = 0; tags != NULL && tags->kind == RH_TREE_LIST && i < tags->count; i++) {
		if (header->tag_count < TAGS_MAX)
			header->tags[header->tag_count++] = text_of(header, tags->items[i]);
	}
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&content);
}

static bool has_tag(const struct header *header, const char *tag)
{
	for (uint32_t i = 0; i < header->tag_count; i++) {
		if (strcmp(header->tags[i], tag) == 0)
			return true;
	}
	return false;
}

/* Every --tag must be there. */
static bool is_wanted(const struct cmd_args *args, const struct header *header, bool templates_only)
{
	const char *category = cmd_option_value(args, "category");

	if (templates_only && strcmp(header->kind, "Template") != 0)
		return false;
	if (category != NULL && strcmp(header->category, category) != 0)
		return false;
	for (uint32_t i = 0; i < cmd_option_count(args, "tag"); i++) {
		if (!has_tag(header, cmd_option_values(args, "tag")[i]))
			return false;
	}
	return true;
}

static void put_row(struct cmd_rows *rows, const struct header *header, const char *path)
{
	struct rh_buf doc = {0};
	struct rh_buf tags = {0};
	const char *pairs[9] = {"path",		  path,	   "kind", header->kind, "category",
				header->category, "tags[]"};

	for (uint32_t i = 0; i < header->tag_count; i++)
		rh_buf_printf(&tags, "%s%s", i == 0 ? "" : " ", header->tags[i]);
	pairs[7] = rh_buf_str(&tags);
	if (!header->is_yaml)
		rh_buf_text(&doc, "(no YAML: `rehearse validate` says where)");
	else if (!rows->is_json && header->kind[0] != 0 && strcmp(header->kind, "Scenario") != 0)
		rh_buf_printf(&doc, "%s: ", header->kind);
	rh_buf_text(&doc, header->description);
	cmd_rows_put(rows, rows->is_json ? header->name : path, rh_buf_str(&doc), pairs);
	rh_buf_release(&doc);
	rh_buf_release(&tags);
}

/* Words that the library has, for a word that it has not. */
struct words {
	struct rh_arena arena;
	const char *items[WORDS_MAX];
	size_t count;
};

static void add_word(struct words *words, const char *text)
{
	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(words->items[i], text) == 0)
			return;
	}
	if (text[0] != 0 && words->count < WORDS_MAX)
		words->items[words->count++] = rh_arena_text(&words->arena, text, strlen(text));
}

/* Nothing matched: the exit code says so, and the words that would. */
static int nothing_found(const struct cmd_args *args, const struct words *words)
{
	const char *asked = cmd_option_is(args, "category") ? cmd_option_value(args, "category")
							    : cmd_option_value(args, "tag");
	const char *near = rh_suggest(asked, words->items, words->count);

	if (near != NULL)
		return cmd_usage("no scenario is of \"%s\": did you mean \"%s\"?", asked, near);
	if (words->count == 0)
		return cmd_usage("no scenario of the library has a %s",
				 cmd_option_is(args, "category") ? "category" : "tag");
	fprintf(stderr, "rehearse: no scenario is of \"%s\"; there is:", asked);
	for (size_t i = 0; i < words->count; i++)
		fprintf(stderr, " %s", words->items[i]);
	fprintf(stderr, "\n");
	return 2;
}

static void read_shelf(const struct cmd_args *args, const struct cmd_library *library,
		       struct cmd_rows *rows, struct words *words, bool templates_only)
{
	for (size_t i = 0; i < library->count; i++) {
		struct header header;

		read_header(&header, library->paths[i]);
		if (is_wanted(args, &header, templates_only))
			put_row(rows, &header, library->paths[i]);
		if (cmd_option_is(args, "category"))
			add_word(words, header.category);
		for (uint32_t k = 0; k < header.tag_count && !cmd_option_is(args, "category"); k++)
			add_word(words, header.tags[k]);
		rh_arena_release(&header.arena);
	}
}

int cmd_shelf_list(const struct cmd_args *args, bool templates_only)
{
	struct cmd_library *library = rh_alloc(1, sizeof(*library));
	bool is_json = cmd_option_given(args, "json");
	struct words *words = rh_alloc(1, sizeof(*words));
	struct cmd_rows rows;
	int code = 0;

	rh_arena_init(&words->arena);
	cmd_library_open(library, args, "library", "scenarios");
	cmd_rows_begin(&rows, templates_only ? "templates" : "scenarios", is_json, 36);
	read_shelf(args, library, &rows, words, templates_only);
	cmd_rows_end(&rows);
	if (library->left_out > 0)
		fprintf(stderr, "rehearse: %zu more files are not shown\n", library->left_out);
	if (rows.count == 0 && (cmd_option_is(args, "category") || cmd_option_is(args, "tag")))
		code = nothing_found(args, words);
	else if (rows.count == 0 && !is_json)
		printf("no %s here: --library DIR says where they are, or give `rehearse run` the "
		       "path of a file\n",
		       rows.what);
	rh_arena_release(&words->arena);
	free(words);
	cmd_library_close(library);
	free(library);
	return code;
}
