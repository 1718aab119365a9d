/*
 * diag.c - keeps the complaints about a scenario in the order of their places and shows each with
 * its line, a caret and a way out.
 *
 * Lines end where the YAML reader ends them (LF, CR, CR LF, NEL, LS, PS), so that the line shown is
 * the line counted.  Columns count characters; a long line is shown as a window around the caret.
 */
#include "core/scenario/diag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/jsontext.h"

#define WINDOW	    100 /* characters of a source line that are shown */
#define WINDOW_LEFT 40	/* of them before the caret, when the line is cut */

struct code {
	const char *code;
	const char *title;
	const char *doc;
};

static const struct code codes[] = {
#define CODE(code, title, doc) {code, title, doc},
#include "core/scenario/codes.def"
#undef CODE
};

const char *rh_diagnostic_code_at(uint32_t index, const char **title, const char **doc)
{
	if (index >= RH_ARRAY_LEN(codes))
		return NULL;
	*title = codes[index].title;
	*doc = codes[index].doc;
	return codes[index].code;
}

const char *rh_diagnostic_doc(const char *code)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(codes); i++) {
		if (strcmp(codes[i].code, code) == 0)
			return codes[i].doc;
	}
	return NULL;
}

void rh_diagnostics_init(struct rh_diagnostics *diagnostics)
{
	memset(diagnostics, 0, sizeof(*diagnostics));
	rh_arena_init(&diagnostics->arena);
}

void rh_diagnostics_release(struct rh_diagnostics *diagnostics)
{
	rh_arena_release(&diagnostics->arena);
	memset(diagnostics, 0, sizeof(*diagnostics));
}

uint32_t rh_diagnostics_add_source(struct rh_diagnostics *diagnostics, const char *file,
				   const char *text, size_t len)
{
	struct rh_arena *arena = &diagnostics->arena;
	uint32_t count = diagnostics->source_count;
	struct rh_source *sources = RH_ARENA_ARRAY(arena, count + 1, struct rh_source);

	if (count != 0)
		memcpy(sources, diagnostics->sources, count * sizeof(*sources));
	sources[count].file = rh_arena_text(arena, file, strlen(file));
	sources[count].text = rh_arena_text(arena, text, len);
	sources[count].len = len;
	diagnostics->sources = sources;
	return diagnostics->source_count++;
}

void rh_diagnostics_source(struct rh_diagnostics *diagnostics, const char *file, const char *text,
			   size_t len)
{
	RH_ASSERT(diagnostics->error_count == 0 && diagnostics->warning_count == 0);
	diagnostics->source_count = 0;
	rh_diagnostics_add_source(diagnostics, file, text, len);
}

/* The file of a place; one without a name when none was read. */
static const struct rh_source *source_of(const struct rh_diagnostics *diagnostics,
					 const struct rh_place *place)
{
	static const struct rh_source none = {"", "", 0};

	return place->source < diagnostics->source_count ? &diagnostics->sources[place->source]
							 : &none;
}

/* Length in bytes of the line break at `at`, or 0. */
static size_t break_len(const char *text, size_t len, size_t at)
{
	const uint8_t *byte = (const uint8_t *)text + at;
	size_t rest = len - at;

	if (byte[0] == '\r')
		return rest > 1 && byte[1] == '\n' ? 2 : 1;
	if (byte[0] == '\n')
		return 1;
	if (rest > 1 && byte[0] == 0xC2 && byte[1] == 0x85)
		return 2;
	if (rest > 2 && byte[0] == 0xE2 && byte[1] == 0x80 && (byte[2] == 0xA8 || byte[2] == 0xA9))
		return 3;
	return 0;
}

static bool is_continuation(char byte)
{
	return ((uint8_t)byte & 0xC0) == 0x80;
}

/* The bytes of a line, without its break: an empty one past the end. */
static void find_line(const char *text, size_t len, uint32_t line, size_t *start, size_t *end)
{
	uint32_t at_line = 1;
	size_t at = 0;

	while (at < len && at_line < line) {
		size_t skip = break_len(text, len, at);

		at_line += skip != 0;
		at += skip != 0 ? skip : 1;
	}
	*start = at;
	while (at < len && break_len(text, len, at) == 0)
		at++;
	*end = at;
}

/* Moves over `count` characters, not past `end`. */
static size_t skip_characters(const char *text, size_t at, size_t end, uint32_t count)
{
	for (; count > 0 && at < end; count--) {
		at++;
		while (at < end && is_continuation(text[at]))
			at++;
	}
	return at;
}

static int compare_places(const struct rh_place *a, const struct rh_place *b)
{
	if ((a->option != NULL) != (b->option != NULL))
		return a->option != NULL ? 1 : -1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return 0;
}

static bool is_known(const struct rh_diagnostics *diagnostics, const struct rh_complaint *complaint,
		     const char *text)
{
	for (uint32_t i = 0; i < diagnostics->count; i++) {
		const struct rh_diagnostic *item = &diagnostics->items[i];

		if (compare_places(&item->place, &complaint->place) == 0 &&
		    strcmp(item->code, complaint->code) == 0 && strcmp(item->text, text) == 0)
			return true;
	}
	return false;
}

static void insert(struct rh_diagnostics *diagnostics, const struct rh_diagnostic *item)
{
	uint32_t at = diagnostics->count;

	while (at > 0 && compare_places(&diagnostics->items[at - 1].place, &item->place) > 0)
		at--;
	if (at == RH_DIAGNOSTICS_MAX)
		return;
	if (diagnostics->count < RH_DIAGNOSTICS_MAX)
		diagnostics->count++;
	memmove(&diagnostics->items[at + 1], &diagnostics->items[at],
		(diagnostics->count - 1 - at) * sizeof(*item));
	diagnostics->items[at] = *item;
}

void rh_complain(struct rh_diagnostics *diagnostics, const struct rh_complaint *complaint,
		 const char *fmt, ...)
{
	struct rh_arena *arena = &diagnostics->arena;
	struct rh_diagnostic item = {.place = complaint->place, .path = ""};
	char text[600];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	RH_ASSERT(rh_diagnostic_doc(complaint->code) != NULL);
	if (is_known(diagnostics, complaint, text))
		return;
	item.is_warning = complaint->code[0] == 'W';
	if (item.is_warning)
		diagnostics->warning_count++;
	else
		diagnostics->error_count++;
	/* A flood of errors is counted, not kept: memory stays bounded. */
	if (diagnostics->error_count + diagnostics->warning_count > 1000)
		return;
	item.code = complaint->code;
	item.text = rh_arena_text(arena, text, strlen(text));
	if (complaint->hint != NULL && complaint->hint[0] != 0)
		item.hint = rh_arena_text(arena, complaint->hint, strlen(complaint->hint));
	if (complaint->path != NULL)
		item.path = rh_arena_text(arena, complaint->path, strlen(complaint->path));
	if (item.place.flag != NULL)
		item.place.flag = rh_arena_text(arena, item.place.flag, strlen(item.place.flag));
	if (item.place.option != NULL)
		item.place.option =
			rh_arena_text(arena, item.place.option, strlen(item.place.option));
	else if (item.place.line != 0) {
		const struct rh_source *source = source_of(diagnostics, &item.place);
		size_t start;
		size_t end;

		find_line(source->text, source->len, item.place.line, &start, &end);
		item.place.offset =
			skip_characters(source->text, start, end, item.place.column - 1);
	}
	insert(diagnostics, &item);
}

/* ---- places within a value ------------------------------------------------------------------- */

/* A walk along a value and the source that it was read from, side by side. */
struct walk {
	const char *source;
	size_t at;
	size_t end;
	char quote; /* or 0 */
	const char *value;
	size_t value_at;
};

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* One step; false when the two can no longer be matched. */
static bool walk_on(struct walk *walk)
{
	char is = walk->at < walk->end ? walk->source[walk->at] : 0;
	char wanted = walk->value[walk->value_at];

	if (is == 0 || wanted == 0)
		return false;
	if (walk->quote == '"' && is == '\\') {
		walk->at += 2;
		walk->value_at++;
	} else if (walk->quote == '\'' && is == '\'' && wanted == '\'') {
		walk->at += 2;
		walk->value_at++;
	} else if (is == wanted) {
		walk->at++;
		walk->value_at++;
	} else if (is_blank(is)) {
		walk->at++;
	} else if (is_blank(wanted)) {
		walk->value_at++;
	} else {
		return false;
	}
	return true;
}

struct rh_place rh_place_within(const struct rh_diagnostics *diagnostics, struct rh_place place,
				const char *text, size_t offset, size_t len)
{
	const struct rh_source *source = source_of(diagnostics, &place);
	struct walk walk = {.source = source->text, .end = source->len, .value = text};
	struct rh_place within = place;
	size_t start = 0;
	size_t line_end = walk.end;
	size_t from;

	if (place.option != NULL) {
		walk.source = place.option;
		walk.end = strlen(place.option);
		line_end = walk.end;
	} else if (place.line == 0) {
		return place;
	} else {
		find_line(source->text, source->len, place.line, &start, &line_end);
	}
	walk.at = skip_characters(walk.source, start, line_end, place.column - 1);
	start = walk.at;
	if (walk.at < walk.end && (walk.source[walk.at] == '"' || walk.source[walk.at] == '\''))
		walk.quote = walk.source[walk.at++];
	/* A block of text begins on the line below its sign. */
	if (place.option == NULL && walk.at < walk.end &&
	    (walk.source[walk.at] == '>' || walk.source[walk.at] == '|'))
		walk.at = line_end;
	while (walk.value_at < offset) {
		if (!walk_on(&walk))
			return place;
	}
	while (walk.at < walk.end && is_blank(walk.source[walk.at]) && !is_blank(text[offset]))
		walk.at++;
	from = walk.at;
	for (size_t at = start; at < from;) {
		size_t skip = place.option != NULL ? 0 : break_len(walk.source, walk.end, at);

		within.column += skip == 0 && !is_continuation(walk.source[at]);
		if (skip != 0) {
			within.line++;
			within.column = 1;
		}
		at += skip != 0 ? skip : 1;
	}
	while (walk.value_at < offset + len && walk_on(&walk))
		;
	within.end_column = within.column;
	for (size_t at = from; at < walk.at; at++) {
		if (place.option == NULL && break_len(walk.source, walk.end, at) != 0)
			break;
		within.end_column += !is_continuation(walk.source[at]);
	}
	if (within.end_column == within.column)
		within.end_column++;
	return within;
}

/* ---- text ------------------------------------------------------------------------------------ */

static bool is_word(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.' ||
	       byte == '%' || ((uint8_t)byte & 0x80) != 0;
}

static uint32_t count_characters(const char *text, size_t start, size_t end)
{
	uint32_t count = 0;

	for (size_t i = start; i < end; i++)
		count += !is_continuation(text[i]);
	return count;
}

/* How many characters the caret and its tail cover; at least one. */
static uint32_t caret_width(const struct rh_place *place, const char *text, size_t at, size_t end)
{
	size_t word = at;

	if (place->end_column > place->column)
		return place->end_column - place->column;
	while (word < end && is_word(text[word]))
		word++;
	return word > at ? count_characters(text, at, word) : 1;
}

/* A stretch of the source for a terminal: what is not text becomes '?', a byte each. */
static void put_source(struct rh_buf *out, const char *text, size_t from, size_t to)
{
	while (from < to) {
		uint8_t byte = (uint8_t)text[from];
		size_t len = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
		size_t good = 1;

		while (good < len && from + good < to && is_continuation(text[from + good]))
			good++;
		if ((byte >= 0x20 && byte < 0x7F) || byte == '\t' ||
		    (byte >= 0xC2 && byte < 0xF5 && good == len))
			rh_buf_put(out, text + from, good);
		else
			rh_buf_text(out, "?");
		from += good;
	}
}

/* The source line and the line with the caret; `label` stands left of the bar. */
static void print_excerpt(struct rh_buf *out, const char *label, const char *text, size_t start,
			  size_t end, const struct rh_diagnostic *item)
{
	uint32_t column = item->place.column == 0 ? 1 : item->place.column;
	size_t at = skip_characters(text, start, end, column - 1);
	uint32_t width = caret_width(&item->place, text, at, end);
	size_t from = start;
	size_t to;
	bool is_cut_left = false;
	bool is_cut_right;

	if (column > WINDOW - 20) {
		from = skip_characters(text, start, end, column - 1 - WINDOW_LEFT);
		is_cut_left = true;
	}
	to = skip_characters(text, from, end, WINDOW);
	is_cut_right = to < end;
	rh_buf_printf(out, "%s | %s", label, is_cut_left ? "..." : "");
	put_source(out, text, from, to);
	rh_buf_printf(out, "%s\n%*s | %s", is_cut_right ? "..." : "", (int)strlen(label), "",
		      is_cut_left ? "   " : "");
	for (size_t i = from; i < at; i++) {
		if (!is_continuation(text[i]))
			rh_buf_u8(out, text[i] == '\t' ? '\t' : ' ');
	}
	rh_buf_u8(out, '^');
	if (width > count_characters(text, at, to) && at < to)
		width = count_characters(text, at, to);
	for (uint32_t i = 1; i < width && i < WINDOW; i++)
		rh_buf_u8(out, '~');
	if (item->hint != NULL)
		rh_buf_printf(out, " %s", item->hint);
	rh_buf_u8(out, '\n');
}

static void print_item(const struct rh_diagnostics *diagnostics, const struct rh_diagnostic *item,
		       struct rh_buf *out)
{
	const char *severity = item->is_warning ? "warning" : "error";
	const struct rh_place *place = &item->place;
	const struct rh_source *source = source_of(diagnostics, place);
	size_t start;
	size_t end;
	char label[16];

	if (place->option != NULL) {
		rh_buf_printf(out, "%s %s: %s[%s]: %s\n",
			      place->flag != NULL ? place->flag : "--set", place->option, severity,
			      item->code, item->text);
		print_excerpt(out, "     ", place->option, 0, strlen(place->option), item);
		return;
	}
	if (place->line == 0) {
		rh_buf_printf(out, "%s: %s[%s]: %s\n", source->file, severity, item->code,
			      item->text);
		if (item->hint != NULL)
			rh_buf_printf(out, "      %s\n", item->hint);
		return;
	}
	rh_buf_printf(out, "%s:%u:%u: %s[%s]: %s\n", source->file, place->line, place->column,
		      severity, item->code, item->text);
	find_line(source->text, source->len, place->line, &start, &end);
	snprintf(label, sizeof(label), "%5u", place->line);
	print_excerpt(out, label, source->text, start, end, item);
}

void rh_diagnostics_print(const struct rh_diagnostics *diagnostics, struct rh_buf *out)
{
	uint32_t all = diagnostics->error_count + diagnostics->warning_count;

	for (uint32_t i = 0; i < diagnostics->count; i++)
		print_item(diagnostics, &diagnostics->items[i], out);
	if (all > diagnostics->count)
		rh_buf_printf(out, "... and %u more\n", all - diagnostics->count);
}

void rh_diagnostics_json(const struct rh_diagnostics *diagnostics, struct rh_buf *out)
{
	rh_buf_text(out, "[");
	for (uint32_t i = 0; i < diagnostics->count; i++) {
		const struct rh_diagnostic *item = &diagnostics->items[i];

		rh_buf_printf(out, "%s{\"severity\":\"%s\",\"code\":\"%s\",\"file\":", i ? "," : "",
			      item->is_warning ? "warning" : "error", item->code);
		rh_json_text(out, source_of(diagnostics, &item->place)->file);
		if (item->place.option != NULL) {
			rh_buf_text(out, ",\"option\":");
			rh_json_text(out, item->place.option);
		}
		rh_buf_printf(out, ",\"line\":%u,\"column\":%u,\"endColumn\":%u,\"offset\":%zu",
			      item->place.line, item->place.column, item->place.end_column,
			      item->place.offset);
		rh_buf_text(out, ",\"path\":");
		rh_json_text(out, item->path);
		rh_buf_text(out, ",\"message\":");
		rh_json_text(out, item->text);
		if (item->hint != NULL) {
			rh_buf_text(out, ",\"hint\":");
			rh_json_text(out, item->hint);
		}
		rh_buf_text(out, "}");
	}
	rh_buf_text(out, "]");
}

/* ---- suggestions ----------------------------------------------------------------------------- */

#define WORD_MAX 48

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/*
 * Edit distance with transpositions of neighbours (Damerau's, in its restricted form), without
 * regard to case; three rows are enough.
 */
static uint32_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	uint32_t rows[3][WORD_MAX + 1];

	RH_ASSERT(a_len <= WORD_MAX && b_len <= WORD_MAX);
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (uint32_t)j;
	for (size_t i = 1; i <= a_len; i++) {
		uint32_t *row = rows[i % 3];
		const uint32_t *above = rows[(i + 2) % 3];
		const uint32_t *before = rows[(i + 1) % 3];

		row[0] = (uint32_t)i;
		for (size_t j = 1; j <= b_len; j++) {
			bool is_same = lower(a[i - 1]) == lower(b[j - 1]);
			uint32_t best = above[j - 1] + !is_same;

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[a_len % 3][b_len];
}

const char *rh_suggest(const char *word, const char *const *words, size_t count)
{
	size_t len = strlen(word);
	const char *nearest = NULL;
	uint32_t nearest_distance = (uint32_t)(len / 3 + 1);

	if (len == 0 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t other = strlen(words[i]);
		uint32_t d;

		if (other > WORD_MAX || other == 0)
			continue;
		d = distance(word, len, words[i], other);
		if (d >= other || d >= len)
			continue;
		if (d < nearest_distance || (d == nearest_distance && nearest == NULL)) {
			nearest = words[i];
			nearest_distance = d;
		}
	}
	return nearest;
}
