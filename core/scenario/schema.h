/*
 * schema.h - what the files that write the JSON Schema share: schema.c (values, sections, the whole)
 * and schema_with.c (what a name decides about the keys beside it).
 */
#ifndef CORE_SCENARIO_SCHEMA_H
#define CORE_SCENARIO_SCHEMA_H

#include "core/scenario/keys.h"

/* What a template or an expression leaves for later: it may stand wherever a scalar may. */
#define RH_LATER	"\\\\$\\\\{|\\\\{\\\\{"
#define RH_LATER_SCHEMA "{\"type\":\"string\",\"pattern\":\"" RH_LATER "\"}"

#define SPELLINGS_MAX 16

/* All that a key may be called: the canonical name first. */
struct spellings {
	char names[SPELLINGS_MAX][80];
	uint32_t count;
};

/* The parts of an "allOf", opened by the first of them. */
struct parts {
	struct rh_buf *out;
	bool is_open;
};

enum rh_schema_value {
	RH_IS_PLAIN,
	RH_MAY_FOLLOW /* a parameter of a step: numbers may follow a signal */
};

void rh_schema_spell(struct spellings *all, const struct rh_field *field);
/* A key of a definition, and behind it its other spellings, which refer to it. */
void rh_schema_put_property(struct rh_buf *out, const char *definition,
			    const struct rh_field *field, enum rh_schema_value value,
			    bool *is_first);
/* The head of the next part. */
void rh_schema_next_part(struct parts *parts);

/* What a name says about a section, as parts of its "allOf". */
void rh_schema_put_choices(struct parts *parts, const struct rh_section *section,
			   const struct rh_registry *registry);
/* A definition for each table of parameters, each behind a comma. */
void rh_schema_put_tables(struct rh_buf *out, const struct rh_registry *registry);

#endif
