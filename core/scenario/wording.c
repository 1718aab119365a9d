/*
 * wording.c - reads a check in words (wording.h).
 */
#include "core/scenario/wording.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX 1000

struct line {
	struct rh_arena *arena;
	const struct rh_plan *plan;
	char *rest;
};

static char *trimmed(char *text)
{
	size_t len;

	while (*text == ' ' || *text == '\t' || *text == '\n')
		text++;
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t' || text[len - 1] == '\n'))
		text[--len] = 0;
	return text;
}

/* Takes words off the front; false when they are not there. */
static bool takes(struct line *line, const char *words)
{
	size_t len = strlen(words);

	if (strncmp(line->rest, words, len) != 0 ||
	    (line->rest[len] != 0 && line->rest[len] != ' '))
		return false;
	line->rest = trimmed(line->rest + len);
	return true;
}

/* ---- times ----------------------------------------------------------------------------------- */

/* "20 seconds" is 20s. */
static const char *time_text(struct rh_arena *arena, const char *text)
{
	static const char *const units[][2] = {
		{"milliseconds", "ms"}, {"seconds", "s"}, {"second", "s"},
		{"secs", "s"},		{"minutes", "m"}, {"minute", "m"},
		{"mins", "m"},		{"hours", "h"},	  {"hour", "h"},
	};
	size_t digits = strspn(text, "0123456789.");

	for (size_t i = 0; digits > 0 && i < RH_ARRAY_LEN(units); i++) {
		const char *unit = text + digits + strspn(text + digits, " ");

		if (strcmp(unit, units[i][0]) == 0)
			return rh_arena_printf(arena, "%.*s%s", (int)digits, text, units[i][1]);
	}
	return text;
}

/* The last " within " splits the line. */
static const char *take_within(struct line *line)
{
	char *found = NULL;

	for (char *at = strstr(line->rest, "within "); at != NULL; at = strstr(at + 1, "within ")) {
		if (at > line->rest && at[-1] == ' ')
			found = at;
	}
	if (found == NULL)
		return NULL;
	found[-1] = 0;
	line->rest = trimmed(line->rest);
	return time_text(line->arena, trimmed(found + strlen("within ")));
}

/* ---- gauges ---------------------------------------------------------------------------------- */

static const char *gauge_by_words(const struct line *line, const char *words, size_t len)
{
	static const char *const others[][2] = {
		{"block_height", "head_height"},
		{"best_block", "head_height"},
		{"height", "head_height"},
		{"head", "head_height"},
		{"peers_count", "peers"},
		{"peer_count", "peers"},
		{"finalised_height", "finalized_height"},
	};
	char name[80];

	while (len > 0 && words[len - 1] == ' ')
		len--;
	if (len == 0 || len >= sizeof(name))
		return NULL;
	for (size_t i = 0; i <= len; i++)
		name[i] = i == len ? 0 : words[i] == ' ' ? '_' : words[i];
	for (size_t i = 0; i < RH_ARRAY_LEN(others); i++) {
		if (strcmp(others[i][0], name) == 0)
			return others[i][1];
	}
	return rh_plan_gauge_find(line->plan, name) >= 0 ? rh_arena_text(line->arena, name, len)
							 : NULL;
}

/* Where an operator in words stands, the first of them, and its sign. */
static const char *find_operator(const char *text, const char **sign, size_t *len)
{
	static const char *const words[][2] = {
		{"is at least", ">="},
		{"is at most", "<="},
		{"is greater than", ">"},
		{"is more than", ">"},
		{"is less than", "<"},
		{"is lower than", "<"},
		{"is equal to", "=="},
		{"is exactly", "=="},
		{"are at least", ">="},
		{"are at most", "<="},
		{"at least", ">="},
		{"at most", "<="},
		{"greater than", ">"},
		{"more than", ">"},
		{"less than", "<"},
		{"lower than", "<"},
		{"equals", "=="},
		{"equal to", "=="},
		{"exactly", "=="},
		{">=", ">="},
		{"<=", "<="},
		{"==", "=="},
		{"!=", "!="},
		{">", ">"},
		{"<", "<"},
		{"is", "=="},
	};
	const char *first = NULL;

	for (size_t i = 0; i < RH_ARRAY_LEN(words); i++) {
		char spaced[40];
		const char *at;

		snprintf(spaced, sizeof(spaced), " %s ", words[i][0]);
		at = strstr(text, spaced);
		/* Of those that begin together the longest, which stands first in the list. */
		if (at == NULL || (first != NULL && at >= first))
			continue;
		first = at;
		*sign = words[i][1];
		*len = strlen(spaced);
	}
	return first;
}

static bool read_words(struct rh_wording *wording, struct line *line)
{
	const char *operator_at, *sign = "", *gauge;
	size_t len = 0;

	takes(line, "reports");
	operator_at = find_operator(line->rest, &sign, &len);
	if (operator_at == NULL)
		return false;
	gauge = gauge_by_words(line, line->rest, (size_t)(operator_at - line->rest));
	if (gauge == NULL || operator_at[len] == 0)
		return false;
	wording->that = rh_arena_printf(line->arena, "%s %s %s", gauge, sign,
					time_text(line->arena, operator_at + len));
	return true;
}

static bool is_word(const char *text)
{
	return text[0] != 0 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

/* The end of "who:", or NULL: an expression may hold a colon, but not behind one word. */
static char *colon_of(char *text)
{
	size_t len = strcspn(text, ": ");

	return text[len] == ':' && text[len + 1] == ' ' ? text + len : NULL;
}

bool rh_wording_read(struct rh_wording *wording, const char **hint, struct rh_arena *arena,
		     const struct rh_plan *plan, const char *text)
{
	struct line line = {arena, plan, NULL};
	char *copy, *colon;

	*wording = (struct rh_wording){0};
	*hint = "for example \"alice: is up within 10s\" or \"all: finalized epoch is at least 4 "
		"within 6 "
		"epochs\"";
	if (strlen(text) > LINE_MAX)
		return false;
	copy = trimmed(rh_arena_text(arena, text, strlen(text)));
	colon = colon_of(copy);
	if (colon == NULL && is_word(copy)) {
		wording->type = copy;
		return true;
	}
	line.rest = copy;
	if (colon != NULL) {
		*colon = 0;
		line.rest = trimmed(colon + 1);
		if (strcmp(copy, "all") != 0)
			wording->target = copy;
	}
	wording->within = take_within(&line);
	if (strcmp(line.rest, "is up") == 0 || strcmp(line.rest, "is down") == 0) {
		wording->that = strcmp(line.rest, "is up") == 0 ? "up == 1" : "up == 0";
		return true;
	}
	if (read_words(wording, &line))
		return true;
	/* A sentence of `that:` by itself. */
	wording->that = line.rest;
	return strpbrk(line.rest, "<>=(") != NULL;
}

/* ---- as a map -------------------------------------------------------------------------------- */

static void add_pair(struct rh_tree *map, struct rh_arena *arena, const struct rh_tree *line,
		     const char *key, const char *text)
{
	struct rh_tree *value;

	if (text == NULL)
		return;
	value = RH_ARENA_NEW(arena, struct rh_tree);
	*value = (struct rh_tree){.kind = RH_TREE_SCALAR,
				  .place = line->place,
				  .text = text,
				  .is_plain = true,
				  .height = 1,
				  .weight = 1};
	map->pairs[map->count++] =
		(struct rh_tree_pair){.key = key, .place = line->place, .value = value};
}

struct rh_tree *rh_wording_tree(const struct rh_wording *wording, struct rh_arena *arena,
				const struct rh_tree *line)
{
	struct rh_tree *map = RH_ARENA_NEW(arena, struct rh_tree);

	*map = (struct rh_tree){
		.kind = RH_TREE_MAP, .place = line->place, .height = 2, .weight = 6};
	map->pairs = RH_ARENA_ARRAY(arena, 5, struct rh_tree_pair);
	add_pair(map, arena, line, "name", line->text);
	add_pair(map, arena, line, "type", wording->type);
	add_pair(map, arena, line, "that", wording->that);
	add_pair(map, arena, line, "target", wording->target);
	add_pair(map, arena, line, "within", wording->within);
	return map;
}
