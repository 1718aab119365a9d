/*
 * pattern.h - a small language of patterns for parameters: does a text look as it should?
 *
 *	pattern  = branch { "|" branch }
 *	branch   = { atom [ "*" | "+" | "?" ] }
 *	atom     = "(" pattern ")" | "[" [ "^" ] { c | c "-" c } "]" | "." | "\" c | c
 *
 * A pattern always covers the whole text; a leading ^ and a final $ are read and mean nothing more.
 * Bytes are compared, so a letter outside ASCII is several.  Time is length of the text times length
 * of the pattern, whatever the two are: all states are followed at once, none twice.
 */
#ifndef CORE_SCENARIO_PATTERN_H
#define CORE_SCENARIO_PATTERN_H

#include "core/base/arena.h"

#define RH_PATTERN_MAX 256 /* bytes of a pattern */

struct rh_pattern;

/* NULL with a reason and where it is when the text is no pattern.  Lives in the arena. */
const struct rh_pattern *rh_pattern_parse(struct rh_arena *arena, const char *text,
					  const char **reason, size_t *offset);
bool rh_pattern_matches(const struct rh_pattern *pattern, const char *text);

#endif
