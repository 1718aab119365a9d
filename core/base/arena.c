/*
 * arena.c - blocks cut one behind the other from chunks of plain memory.
 *
 * Chunks double up to CHUNK_MAX, so that small arenas stay small and large ones make few calls; a
 * block larger than the next chunk gets a chunk of its own size.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"

#define CHUNK_MIN 4096
#define CHUNK_MAX (1u << 20)
#define ALIGNMENT 16

struct rh_arena_chunk {
	struct rh_arena_chunk *next; /* older */
	size_t size;		     /* of data */
	size_t used;
	_Alignas(ALIGNMENT) unsigned char data[];
};

void *rh_alloc(size_t count, size_t size)
{
	void *block = calloc(count != 0 ? count : 1, size != 0 ? size : 1);

	if (block == NULL)
		rh_fatal("out of memory (%zu blocks of %zu bytes)", count, size);
	return block;
}

void *rh_realloc(void *block, size_t size)
{
	void *moved = realloc(block, size != 0 ? size : 1);

	if (moved == NULL)
		rh_fatal("out of memory (%zu bytes)", size);
	return moved;
}

void rh_arena_init(struct rh_arena *arena)
{
	arena->head = NULL;
	arena->used_bytes = 0;
}

void rh_arena_release(struct rh_arena *arena)
{
	struct rh_arena_chunk *chunk = arena->head;

	while (chunk != NULL) {
		struct rh_arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
	rh_arena_init(arena);
}

void rh_arena_reset(struct rh_arena *arena)
{
	struct rh_arena_chunk *chunk = arena->head;
	struct rh_arena_chunk *largest = chunk;

	for (; chunk != NULL; chunk = chunk->next) {
		if (chunk->size > largest->size)
			largest = chunk;
	}
	chunk = arena->head;
	while (chunk != NULL) {
		struct rh_arena_chunk *next = chunk->next;

		if (chunk != largest)
			free(chunk);
		chunk = next;
	}
	arena->head = largest;
	arena->used_bytes = 0;
	if (largest != NULL) {
		largest->next = NULL;
		largest->used = 0;
	}
}

static void add_chunk(struct rh_arena *arena, size_t need)
{
	size_t size = arena->head != NULL ? arena->head->size * 2 : CHUNK_MIN;
	struct rh_arena_chunk *chunk;

	if (size > CHUNK_MAX)
		size = CHUNK_MAX;
	if (size < need)
		size = need;
	RH_ASSERT(size <= SIZE_MAX - sizeof(*chunk));
	chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		rh_fatal("out of memory (arena chunk of %zu bytes)", size);
	chunk->size = size;
	chunk->used = 0;
	chunk->next = arena->head;
	arena->head = chunk;
}

void *rh_arena_alloc(struct rh_arena *arena, size_t count, size_t size)
{
	struct rh_arena_chunk *chunk;
	size_t bytes;
	void *block;

	RH_ASSERT(size == 0 || count <= (SIZE_MAX / 2) / size);
	bytes = (count * size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (bytes == 0)
		bytes = ALIGNMENT; /* distinct blocks have distinct addresses */
	if (arena->head == NULL || arena->head->size - arena->head->used < bytes)
		add_chunk(arena, bytes);
	chunk = arena->head;
	block = chunk->data + chunk->used;
	chunk->used += bytes;
	arena->used_bytes += bytes;
	return memset(block, 0, bytes);
}

char *rh_arena_text(struct rh_arena *arena, const char *text, size_t len)
{
	char *copy;

	RH_ASSERT(len < SIZE_MAX);
	copy = rh_arena_alloc(arena, len + 1, 1);
	if (len != 0)
		memcpy(copy, text, len);
	return copy;
}

char *rh_arena_printf(struct rh_arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	RH_ASSERT(len >= 0);
	text = rh_arena_alloc(arena, (size_t)len + 1, 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}
