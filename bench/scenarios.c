/*
 * scenarios.c - loads scenarios and plays them, in this process or as a person does.
 */
#include "bench/scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/models/sparse.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "models/registry.h"
#include "sim/world.h"

static const struct rh_model *const own_models[] = {&bench_judged_model, NULL};

static const struct rh_plugin own_plugin = {
	.abi = RH_PLUGIN_ABI,
	.struct_size = sizeof(struct rh_plugin),
	.name = "bench",
	.models = own_models,
};

static struct rh_registry *new_registry(void)
{
	const struct rh_plugin *const plugins[] = {&rh_builtin_models, &rh_builtin_faults,
						   &rh_builtin_assertions, &rh_builtin_workloads,
						   &own_plugin};
	struct rh_registry *registry = rh_alloc(1, sizeof(*registry));
	struct rh_err err = {0};

	for (size_t i = 0; i < RH_ARRAY_LEN(plugins); i++) {
		if (rh_registry_add(registry, plugins[i], &err) != 0)
			bench_die("%s", err.text);
	}
	return registry;
}

/* The registry stays for as long as the process: the plan's step types may stand in it. */
struct rh_plan *bench_load(const char *file, const char *text)
{
	struct rh_load_options options = {.registry = new_registry()};
	struct rh_diagnostics diagnostics;
	struct rh_plan *plan;
	struct rh_buf said = {0};

	rh_diagnostics_init(&diagnostics);
	plan = file != NULL ? rh_load_file(file, &options, &diagnostics)
			    : rh_load_text("bench", text, strlen(text), &options, &diagnostics);
	if (plan == NULL) {
		rh_diagnostics_print(&diagnostics, &said);
		bench_die("%s", rh_buf_str(&said));
	}
	rh_diagnostics_release(&diagnostics);
	return plan;
}

double bench_loop_s(const struct rh_plan *plan, const struct bench_loop *loop,
		    struct bench_turn *turn)
{
	struct rh_run_options options = {.world = {.engine = loop->engine},
					 .cpu_clock_ns = bench_cpu_ns,
					 .no_judge = !loop->has_judge};
	struct rh_run_result result;
	struct rh_err err = {0};

	if (rh_run(&result, plan, &sim_world_ops, &options, &err) != 0) {
		bench_wrong(turn, "%s", err.text);
		return 1;
	}
	if (result.verdict != RH_VERDICT_PASSED)
		bench_wrong(turn, "the verdict is %s", rh_verdict_name(result.verdict));
	turn->trace_hash = result.stats.trace_hash;
	rh_judge_close(result.judge);
	free((void *)(uintptr_t)result.stats.checkpoints);
	return (double)result.loop_cpu_ns * 1e-9;
}

bool bench_program_run(const struct bench *bench, const char *file, struct bench_program_run *ran,
		       struct bench_turn *turn)
{
	struct rh_buf json = {0};
	char command[2048];
	bool is_played;

	/* The run directory is not kept: it lies where the shell's scratch folder is. */
	snprintf(command, sizeof(command),
		 "d=$(mktemp -d) && '%s' run '%s' --out \"$d/run\" --json --no-progress; rc=$?; "
		 "rm -rf \"$d\"; exit $rc",
		 bench->program, file);
	is_played = bench_command(command, &json, &ran->rss_mb) &&
		    bench_number(rh_buf_str(&json), "loopCpuNs", &ran->loop_s) &&
		    bench_number(rh_buf_str(&json), "cpuNs", &ran->cpu_s) &&
		    bench_number(rh_buf_str(&json), "events", &ran->events);
	rh_buf_release(&json);
	if (!is_played) {
		bench_wrong(turn, "%s run %s failed", bench->program, file);
		return false;
	}
	ran->loop_s *= 1e-9;
	ran->cpu_s *= 1e-9;
	return true;
}
