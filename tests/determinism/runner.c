/*
 * runner.c - runs a plan from its canonical bytes and prints its trace hash and event count.
 *
 * usage: runner PLAN [auto|windowed|general|heap [BASE [THREADS]]]
 *
 * Only the parts that decide are in it (base, contracts, judge, run, sim, models): no YAML, JSON or
 * compression, so that full.sh can link it statically for machines that have nothing but a libc.
 * BASE is the address at which simulation memory is asked for; no address may matter.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/run/run.h"
#include "models/registry.h"
#include "sim/world.h"

static int fail(const struct rh_err *err)
{
	fprintf(stderr, "error: %s\n", err->text);
	return 3;
}

static bool read_file(struct rh_buf *bytes, const char *path)
{
	FILE *file = fopen(path, "rb");
	char block[65536];
	size_t len;

	if (file == NULL)
		return false;
	while ((len = fread(block, 1, sizeof(block), file)) > 0)
		rh_buf_put(bytes, block, len);
	bool is_read = !ferror(file);
	fclose(file);
	return is_read;
}

/* The same plan gives the same bytes on every machine. */
static bool encodes_alike(const struct rh_plan *plan, const struct rh_buf *bytes)
{
	struct rh_buf again = {0};

	rh_plan_encode(plan, &again);
	bool is_alike = again.len == bytes->len && memcmp(again.data, bytes->data, again.len) == 0;
	rh_buf_release(&again);
	return is_alike;
}

static bool read_engine(enum rh_engine *engine, const char *name)
{
	static const char *const names[] = {
		[RH_ENGINE_AUTO] = "auto",
		[RH_ENGINE_GENERAL] = "general",
		[RH_ENGINE_HEAP] = "heap",
		[RH_ENGINE_WINDOWED] = "windowed",
	};
	size_t i;

	for (i = 0; i < RH_ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		*engine = (enum rh_engine)i;
		return true;
	}
	return false;
}

static int run(const struct rh_plan *plan, const struct rh_world_options *world)
{
	struct rh_err err = {0};
	struct rh_run_result result = {0};
	struct rh_run_options options = {0};
	char text[RH_HASH_TEXT];

	options.world = *world;
	if (rh_run(&result, plan, &sim_world_ops, &options, &err) != 0)
		return fail(&err);
	printf("%s %" PRIu64 "\n", rh_hash128_text(text, result.stats.trace_hash),
	       result.stats.events);
	rh_judge_close(result.judge);
	return 0;
}

int main(int argc, char **argv)
{
	static struct rh_registry registry;
	struct rh_err err = {0};
	struct rh_buf bytes = {0};
	struct rh_world_options world = {.threads = 1};
	struct rh_plan *plan;
	int status;

	if (argc < 2 || argc > 5 || !read_engine(&world.engine, argc > 2 ? argv[2] : "auto")) {
		fprintf(stderr,
			"usage: runner PLAN [auto|windowed|general|heap [BASE [THREADS]]]\n");
		return 2;
	}
	if (rh_registry_add(&registry, &rh_builtin_models, &err) != 0 ||
	    rh_registry_add(&registry, &rh_builtin_faults, &err) != 0 ||
	    rh_registry_add(&registry, &rh_builtin_workloads, &err) != 0 ||
	    rh_registry_add(&registry, &rh_builtin_assertions, &err) != 0)
		return fail(&err);
	if (!read_file(&bytes, argv[1])) {
		perror(argv[1]);
		return 2;
	}
	if (rh_plan_decode(&plan, bytes.data, bytes.len, &registry, &err) != 0)
		return fail(&err);
	if (!encodes_alike(plan, &bytes)) {
		fprintf(stderr, "error: the plan's bytes differ after decoding and encoding\n");
		return 3;
	}
	if (argc > 3)
		world.base_hint = strtoull(argv[3], NULL, 0);
	if (argc > 4)
		world.threads = (uint32_t)strtoul(argv[4], NULL, 10);
	status = run(plan, &world);
	rh_plan_free(plan);
	rh_buf_release(&bytes);
	return status;
}
