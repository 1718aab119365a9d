/*
 * pattern.c - patterns as machines with a set of states (Thompson, CACM 11(6), 1968).
 *
 * The pattern is turned into postfix form with a stack of operators (no recursion), the postfix form
 * into states: each one either takes a byte of a set and goes on, or is free and goes two ways.
 * Matching moves a bitset of states along the text.
 */
#include "core/scenario/pattern.h"

#include <string.h>

#define STATES_MAX (4 * RH_PATTERN_MAX + 8) /* two a token */
#define NOWHERE	   UINT16_MAX
#define TOKENS_MAX (2 * RH_PATTERN_MAX + 4)

enum op { TAKE, EMPTY, JOIN, EITHER, ANY, MANY, MAYBE, OPEN };

struct token {
	uint8_t op; /* enum op */
	uint64_t set[4];
};

/* Takes a byte of `set` when `is_taking`, else splits. */
struct state {
	bool is_taking;
	uint16_t next[2];
	uint64_t set[4];
};

struct rh_pattern {
	struct state states[STATES_MAX];
	uint32_t count;
	uint16_t start;
	uint16_t end;
};

struct reader {
	const char *text;
	size_t at;
	size_t len;
	struct token out[TOKENS_MAX];
	uint32_t out_count;
	uint8_t stack[TOKENS_MAX];
	uint32_t depth;
	const char *reason;
	size_t offset;
};

static void set_add(uint64_t set[4], uint8_t byte)
{
	set[byte / 64] |= UINT64_C(1) << (byte % 64);
}

static bool refuse(struct reader *reader, size_t offset, const char *reason)
{
	reader->reason = reason;
	reader->offset = offset;
	return false;
}

static struct token *put(struct reader *reader, enum op op)
{
	struct token *token = &reader->out[reader->out_count++];

	RH_ASSERT(reader->out_count <= TOKENS_MAX);
	*token = (struct token){.op = (uint8_t)op};
	return token;
}

/* Operators that bind at least as tightly leave the stack first: JOIN before EITHER. */
static void push(struct reader *reader, enum op op)
{
	while (reader->depth > 0 && reader->stack[reader->depth - 1] != OPEN &&
	       (op == EITHER || reader->stack[reader->depth - 1] == JOIN))
		put(reader, (enum op)reader->stack[--reader->depth]);
	reader->stack[reader->depth++] = (uint8_t)op;
}

/* One byte of a class, behind a backslash or as it is. */
static bool class_byte(struct reader *reader, uint8_t *byte)
{
	if (reader->at < reader->len && reader->text[reader->at] == '\\')
		reader->at++;
	if (reader->at >= reader->len)
		return refuse(reader, reader->len, "the closing ] is missing");
	*byte = (uint8_t)reader->text[reader->at++];
	return true;
}

static bool read_class(struct reader *reader)
{
	size_t from = reader->at++;
	bool is_not = reader->at < reader->len && reader->text[reader->at] == '^';
	struct token *token;
	bool is_first = true;

	reader->at += is_not;
	token = put(reader, TAKE);
	for (; is_first || reader->at >= reader->len || reader->text[reader->at] != ']';
	     is_first = false) {
		uint8_t low;
		uint8_t high;

		if (!class_byte(reader, &low))
			return false;
		high = low;
		if (reader->at + 1 < reader->len && reader->text[reader->at] == '-' &&
		    reader->text[reader->at + 1] != ']') {
			reader->at++;
			if (!class_byte(reader, &high))
				return false;
		}
		if (high < low)
			return refuse(reader, from, "a range that goes backwards");
		for (uint32_t byte = low; byte <= high; byte++)
			set_add(token->set, (uint8_t)byte);
	}
	reader->at++;
	for (uint32_t i = 0; i < 4 && is_not; i++)
		token->set[i] = ~token->set[i];
	return true;
}

/* A class, a dot, a byte. */
static bool read_atom(struct reader *reader)
{
	char c = reader->text[reader->at];
	struct token *token;

	if (c == '[')
		return read_class(reader);
	token = put(reader, TAKE);
	if (c == '.') {
		memset(token->set, 0xFF, sizeof(token->set));
	} else {
		if (c == '\\' && ++reader->at >= reader->len)
			return refuse(reader, reader->len - 1,
				      "a backslash needs a sign behind it");
		set_add(token->set, (uint8_t)reader->text[reader->at]);
	}
	reader->at++;
	return true;
}

/* Whether something to which a sign could apply stands before; a branch may be empty. */
static bool read_tokens(struct reader *reader)
{
	bool has_atom = false;

	while (reader->at < reader->len) {
		char c = reader->text[reader->at];

		if (c == '*' || c == '+' || c == '?') {
			if (!has_atom)
				return refuse(reader, reader->at, "there is nothing to repeat");
			put(reader, c == '*' ? ANY : c == '+' ? MANY : MAYBE);
			reader->at++;
			continue;
		}
		if (c == '|' || c == ')') {
			if (!has_atom)
				put(reader, EMPTY);
			if (c == '|') {
				push(reader, EITHER);
				has_atom = false;
			} else {
				while (reader->depth > 0 &&
				       reader->stack[reader->depth - 1] != OPEN)
					put(reader, (enum op)reader->stack[--reader->depth]);
				if (reader->depth == 0)
					return refuse(reader, reader->at, "a ) without its (");
				reader->depth--;
				has_atom = true;
			}
			reader->at++;
			continue;
		}
		if (has_atom)
			push(reader, JOIN);
		has_atom = c != '(';
		if (c == '(') {
			reader->stack[reader->depth++] = OPEN;
			reader->at++;
		} else if (!read_atom(reader)) {
			return false;
		}
	}
	if (!has_atom)
		put(reader, EMPTY);
	while (reader->depth > 0) {
		if (reader->stack[reader->depth - 1] == OPEN)
			return refuse(reader, reader->len, "a ( without its )");
		put(reader, (enum op)reader->stack[--reader->depth]);
	}
	return true;
}

/* ---- states ---------------------------------------------------------------------------------- */

/* A piece of the machine: where it begins, and the free state in which it ends. */
struct piece {
	uint16_t start;
	uint16_t end;
};

static uint16_t add_state(struct rh_pattern *pattern)
{
	struct state *state = &pattern->states[pattern->count];

	RH_ASSERT(pattern->count < STATES_MAX);
	state->next[0] = NOWHERE;
	state->next[1] = NOWHERE;
	return (uint16_t)pattern->count++;
}

/* Two states for each token but JOIN, which needs none. */
static struct piece add_piece(struct rh_pattern *pattern, const struct token *token,
			      struct piece left, struct piece right)
{
	struct state *states = pattern->states;
	struct piece piece;

	if (token->op == JOIN) {
		states[left.end].next[0] = right.start;
		return (struct piece){left.start, right.end};
	}
	piece.start = add_state(pattern);
	piece.end = add_state(pattern);
	switch ((enum op)token->op) {
	case TAKE:
		states[piece.start].is_taking = true;
		memcpy(states[piece.start].set, token->set, sizeof(token->set));
		states[piece.start].next[0] = piece.end;
		break;
	case EMPTY:
		states[piece.start].next[0] = piece.end;
		break;
	case EITHER:
		states[piece.start].next[0] = left.start;
		states[piece.start].next[1] = right.start;
		states[left.end].next[0] = piece.end;
		states[right.end].next[0] = piece.end;
		break;
	case ANY:
	case MANY:
	case MAYBE:
		states[piece.start].next[0] = right.start;
		states[right.end].next[0] = piece.end;
		if (token->op != MANY)
			states[piece.start].next[1] = piece.end;
		if (token->op != MAYBE)
			states[right.end].next[1] = right.start;
		break;
	case JOIN:
	case OPEN:
		break;
	}
	return piece;
}

const struct rh_pattern *rh_pattern_parse(struct rh_arena *arena, const char *text,
					  const char **reason, size_t *offset)
{
	struct reader *reader = RH_ARENA_NEW(arena, struct reader);
	struct rh_pattern *pattern = RH_ARENA_NEW(arena, struct rh_pattern);
	struct piece stack[TOKENS_MAX];
	struct piece none = {0, 0};
	uint32_t depth = 0;
	size_t len = strlen(text);

	*offset = 0;
	*reason = "a pattern has at most 256 bytes";
	if (len > RH_PATTERN_MAX)
		return NULL;
	reader->text = text;
	reader->len = len;
	if (len > 0 && text[0] == '^')
		reader->at = 1;
	if (len > reader->at && text[len - 1] == '$' && (len < 2 || text[len - 2] != '\\'))
		reader->len--;
	if (!read_tokens(reader)) {
		*reason = reader->reason;
		*offset = reader->offset;
		return NULL;
	}
	for (uint32_t i = 0; i < reader->out_count; i++) {
		const struct token *token = &reader->out[i];
		uint32_t takes = token->op == JOIN || token->op == EITHER  ? 2
				 : token->op == TAKE || token->op == EMPTY ? 0
									   : 1;

		RH_ASSERT(depth >= takes);
		depth -= takes;
		stack[depth] = add_piece(pattern, token, takes == 2 ? stack[depth] : none,
					 takes == 2   ? stack[depth + 1]
					 : takes == 1 ? stack[depth]
						      : none);
		depth++;
	}
	RH_ASSERT(depth == 1);
	pattern->start = stack[0].start;
	pattern->end = stack[0].end;
	return pattern;
}

/* ---- matching -------------------------------------------------------------------------------- */

struct states {
	uint64_t bits[(STATES_MAX + 63) / 64];
};

/* Adds a state and all that are free to reach from it. */
static void add_reachable(const struct rh_pattern *pattern, struct states *set, uint16_t from)
{
	uint16_t stack[STATES_MAX];
	uint32_t depth = 0;

	stack[depth++] = from;
	set->bits[from / 64] |= UINT64_C(1) << (from % 64);
	while (depth > 0) {
		const struct state *state = &pattern->states[stack[--depth]];

		for (uint32_t i = 0; i < 2 && !state->is_taking; i++) {
			uint16_t next = state->next[i];

			if (next == NOWHERE || (set->bits[next / 64] >> (next % 64) & 1) != 0)
				continue;
			set->bits[next / 64] |= UINT64_C(1) << (next % 64);
			stack[depth++] = next;
		}
	}
}

bool rh_pattern_matches(const struct rh_pattern *pattern, const char *text)
{
	struct states now = {0};

	add_reachable(pattern, &now, pattern->start);
	for (; *text != 0; text++) {
		uint8_t byte = (uint8_t)*text;
		struct states then = {0};

		for (uint32_t i = 0; i < pattern->count; i++) {
			const struct state *state = &pattern->states[i];

			if (state->is_taking && (now.bits[i / 64] >> (i % 64) & 1) != 0 &&
			    (state->set[byte / 64] >> (byte % 64) & 1) != 0)
				add_reachable(pattern, &then, state->next[0]);
		}
		now = then;
	}
	return (now.bits[pattern->end / 64] >> (pattern->end % 64) & 1) != 0;
}
