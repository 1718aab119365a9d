/*
 * runner.c - runs a plan from its canonical bytes and prints its trace hash and event count.
 *
 * usage: runner PLAN [heap|general [BASE]]
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

static int run(const struct rh_plan *plan, const char *engine, uint64_t base)
{
	struct rh_err err = {0};
	struct rh_run_result result = {0};
	struct rh_run_options options = {0};
	char text[RH_HASH_TEXT];

	options.world.engine = strcmp(engine, "heap") == 0 ? RH_ENGINE_HEAP : RH_ENGINE_GENERAL;
	options.world.base_hint = base;
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
	struct rh_plan *plan;
	int status;

	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: runner PLAN [heap|general [BASE]]\n");
		return 2;
	}
	if (rh_registry_add(&registry, &rh_builtin_models, &err) != 0 ||
	    rh_registry_add(&registry, &rh_builtin_faults, &err) != 0 ||
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
	status = run(plan, argc > 2 ? argv[2] : "general",
		     argc > 3 ? strtoull(argv[3], NULL, 0) : 0);
	rh_plan_free(plan);
	rh_buf_release(&bytes);
	return status;
}
