/*
 * load.h - from the text of a scenario to a plan.
 *
 *   bytes ──► composer (libyaml events, a span for every node) ──► tree ──► key tables ──► plan
 *
 * Errors are collected, up to twenty, each with a code, a place and a way out, and printed as
 *
 *   my.yaml:14:7: error[E012]: unknown key "latancy" under network
 *      14 |       latancy: 40ms
 *         |       ^~~~~~~ did you mean "latency"?
 */
#ifndef CORE_SCENARIO_LOAD_H
#define CORE_SCENARIO_LOAD_H

#include "core/plan.h"

struct rh_diagnostics; /* see diag.h */
struct rh_keyset;      /* see keys.h */

struct rh_load_options {
	const struct rh_registry *registry;
	bool has_seed; /* --seed */
	uint64_t seed;
	const char *const *sets; /* --set key=value: "network.jitter=20%", in order */
	size_t set_count;
	const char *const *params; /* -p name=value: parameters of a template, in order */
	size_t param_count;
	const char
		*params_file; /* --params FILE: a map of names to values, below `params`; or NULL */
	const char *const *template_dirs; /* where else templates are looked for, in order */
	size_t template_dir_count;
	bool allows_outside; /* files that are included may lie outside the scenario's folder */
	/*
	 * How files are read that the scenario names: NULL is from disk in rh_load_file, not at all
	 * in rh_load_text.  The environment for env(NAME); NULL: nothing is set.
	 */
	int (*read)(void *ctx, struct rh_buf *content, const char *path, struct rh_err *err);
	const char *(*env)(void *ctx, const char *name);
	void *read_ctx;
	void *env_ctx;
	const char *trace;	       /* --trace, or NULL */
	bool is_strict;		       /* --strict: aliases of the source systems are warned of */
	uint64_t assertion_timeout_ns; /* of checks without mode and within; 0: 5m */
	uint64_t
		default_timeout_ns; /* where `timeout` is not given, but not less than the run; 0 */
	const struct rh_keyset *keys; /* NULL: the language of this version */
};

/*
 * NULL when the file has errors or could not be read: `diagnostics` then holds at least one.
 * Warnings may be there in any case.  Takes nothing; the plan is the caller's (rh_plan_free).
 */
struct rh_plan *rh_load_file(const char *path, const struct rh_load_options *options,
			     struct rh_diagnostics *diagnostics);
struct rh_plan *rh_load_text(const char *name, const char *text, size_t len,
			     const struct rh_load_options *options,
			     struct rh_diagnostics *diagnostics);

/*
 * The scenario as text after templates, includes, variables and expressions: `rehearse render`.  False
 * when there were errors.
 */
bool rh_render_file(struct rh_buf *out, const char *path, const struct rh_load_options *options,
		    struct rh_diagnostics *diagnostics);

bool rh_render_text(struct rh_buf *out, const char *name, const char *text, size_t len,
		    const struct rh_load_options *options, struct rh_diagnostics *diagnostics);

/*
 * A template without a topology, as far as it can be checked by itself (fragment.c); other files are left
 * alone, with *is_fragment false.  False when there were errors.
 */
bool rh_check_fragment(const char *name, const char *text, size_t len,
		       const struct rh_load_options *options, struct rh_diagnostics *diagnostics,
		       bool *is_fragment);
bool rh_check_fragment_file(const char *path, const struct rh_load_options *options,
			    struct rh_diagnostics *diagnostics, bool *is_fragment);

/* The plan as YAML text with every default filled in (plan.yaml). */
void rh_plan_print(const struct rh_plan *plan, struct rh_buf *out);

/* `rehearse schema`: JSON Schema draft-07 of the language, from the same tables. */
void rh_schema_print(const struct rh_registry *registry, struct rh_buf *out);
/* `rehearse explain spec.network.jitter | fault.partition | E012`: 0, or RH_E_NOT_FOUND with a
 * suggestion in err */
int rh_explain(const struct rh_registry *registry, const char *what, struct rh_buf *out,
	       struct rh_err *err);

#endif
