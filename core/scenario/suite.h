/*
 * suite.h - many runs from one file: a Suite names scenarios, a matrix makes variants of one.
 *
 *	apiVersion: rehearse/v1
 *	kind: Suite
 *	metadata: {name: nightly}
 *	spec:
 *	  defaults: {timeout: 20m, set: {network.jitter: 20%}}
 *	  scenarios:
 *	    - {file: split.yaml, needs: [smoke]}
 *	    - {name: smoke, file: smoke/four.yaml, seed: 7}
 *	    - {template: region-outage, params: {region: us}, matrix: {params.length: [3m, 5m]}}
 *	  matrix: {seed: {from: 1, count: 5}}
 *
 * What comes out is a list of runs, each with the options one would type, in an order in which every
 * run stands behind those that it needs; otherwise the order of the file.  Whoever runs them reads no
 * YAML.  A matrix multiplies: each of its keys has a list of values.  `seed` is the seed, params.X a
 * parameter, a name with a point in it (vars.x, network.latency) a key of the scenario, and any other
 * name what expressions call matrix.NAME.
 */
#ifndef CORE_SCENARIO_SUITE_H
#define CORE_SCENARIO_SUITE_H

#include "core/base/arena.h"
#include "core/scenario/load.h"

#define RH_SUITE_ENTRIES_MAX 10000

struct rh_suite_entry {
	const char *name;	   /* unique; letters, digits, '-', '_', '.' */
	const char *path;	   /* of a file, from where the program stands; or NULL: */
	const char *template_name; /* by this name in the library; or NULL */
	bool has_seed;
	uint64_t seed;
	const char *mode;	 /* "sim", "live" or "" */
	const char *const *sets; /* as behind --set, in order */
	uint32_t set_count;
	const char *const *params; /* as behind -p */
	uint32_t param_count;
	const char *const *tags;
	uint32_t tag_count;
	const uint32_t *needs; /* entries before this one */
	uint32_t need_count;
};

struct rh_suite {
	struct rh_arena arena; /* all of it */
	const char *name;
	const char *description;
	struct rh_suite_entry *entries;
	uint32_t entry_count;
};

/* What a file is; RH_KIND_NONE: not to be read, not YAML, or without a kind that is known. */
enum rh_kind {
	RH_KIND_NONE,
	RH_KIND_SCENARIO,
	RH_KIND_TEMPLATE,
	RH_KIND_SUITE,
	RH_KIND_TOPOLOGY,
	RH_KIND_NETWORK_MODEL,
	RH_KIND_CONFIG
};

enum rh_kind rh_kind_of_text(const char *text, size_t len);
enum rh_kind rh_kind_of_file(const char *path);

/* NULL with at least one error in the diagnostics.  The caller's to free. */
struct rh_suite *rh_load_suite(const char *path, const struct rh_load_options *options,
			       struct rh_diagnostics *diagnostics);
struct rh_suite *rh_load_suite_text(const char *name, const char *text, size_t len,
				    const struct rh_load_options *options,
				    struct rh_diagnostics *diagnostics);
/* The variants of a scenario or template by its own spec.matrix; a single one when it has none. */
struct rh_suite *rh_load_matrix(const char *path, const struct rh_load_options *options,
				struct rh_diagnostics *diagnostics);
struct rh_suite *rh_load_matrix_text(const char *name, const char *text, size_t len,
				     const struct rh_load_options *options,
				     struct rh_diagnostics *diagnostics);
void rh_suite_free(struct rh_suite *suite);

#endif
