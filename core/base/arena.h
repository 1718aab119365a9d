/*
 * arena.h - memory with one lifetime: a run, a step, a test.  Everything in it is freed at once.
 *
 * Blocks are aligned to 16 bytes and zeroed.  Pointers stay valid until reset or release.  For
 * memory that must survive a snapshot see space.h.
 */
#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "core/base/assert.h"

struct rh_arena_chunk;

struct rh_arena {
	struct rh_arena_chunk *head; /* chunk in use; older ones behind it */
	size_t used_bytes;	     /* sum over all blocks given out */
};

void rh_arena_init(struct rh_arena *arena);
void rh_arena_release(struct rh_arena *arena);
void rh_arena_reset(struct rh_arena *arena); /* keeps the largest chunk */

/* Never returns NULL: out of memory is fatal.  `count * size` must not overflow. */
void *rh_arena_alloc(struct rh_arena *arena, size_t count, size_t size);
#define RH_ARENA_NEW(arena, type)      ((type *)rh_arena_alloc((arena), 1, sizeof(type)))
#define RH_ARENA_ARRAY(arena, n, type) ((type *)rh_arena_alloc((arena), (n), sizeof(type)))
char *rh_arena_text(struct rh_arena *arena, const char *text,
		    size_t len); /* a copy, with a final 0 */
char *rh_arena_printf(struct rh_arena *arena, const char *fmt, ...) RH_PRINTF(2, 3);

/* Plain heap memory, zeroed, fatal when there is none. */
void *rh_alloc(size_t count, size_t size);
void *rh_realloc(void *block, size_t size);

#endif
