/*
 * plan_bytes.c - a scenario as the canonical bytes of its plan, on standard output.
 *
 * usage: plan_bytes FILE SEED > PLAN
 *
 * full.sh makes plans here and gives them to runner.c on other machines, which has no YAML.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "models/registry.h"

int main(int argc, char **argv)
{
	static struct rh_registry registry;
	struct rh_err err = {0};
	struct rh_diagnostics diagnostics;
	struct rh_load_options options = {.registry = &registry, .has_seed = true};
	struct rh_buf bytes = {0};
	struct rh_buf text = {0};
	struct rh_plan *plan;
	int status = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: plan_bytes FILE SEED > PLAN\n");
		return 2;
	}

	if (rh_registry_add(&registry, &rh_builtin_models, &err) != 0 ||
	    rh_registry_add(&registry, &rh_builtin_faults, &err) != 0 ||
	    rh_registry_add(&registry, &rh_builtin_workloads, &err) != 0 ||
	    rh_registry_add(&registry, &rh_builtin_assertions, &err) != 0) {
		fprintf(stderr, "error: %s\n", err.text);
		return 2;
	}
	options.seed = strtoull(argv[2], NULL, 0);
	rh_diagnostics_init(&diagnostics);
	plan = rh_load_file(argv[1], &options, &diagnostics);
	if (plan == NULL) {
		rh_diagnostics_print(&diagnostics, &text);
		fputs(rh_buf_str(&text), stderr);
		status = 2;
	} else {
		rh_plan_encode(plan, &bytes);
		if (fwrite(bytes.data, 1, bytes.len, stdout) != bytes.len || fflush(stdout) != 0)
			status = 3;
		rh_plan_free(plan);
	}
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&bytes);
	rh_buf_release(&text);
	return status;
}
