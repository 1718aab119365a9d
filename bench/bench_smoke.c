/*
 * bench_smoke.c - the figures that every change is measured by.
 *
 * usage: bench_smoke PROGRAM [TEXT [ROUNDS]]       (make bench; from the root of the tree)
 *
 * Prints a row for each benchmark whose name contains TEXT:  NAME MEDIAN UNIT MIN MAX ROUNDS.  What
 * a person waits for is measured as a person gets it, in a process of its own (PROGRAM, the built
 * rehearse); the parts are measured in here.  CPU time only: the machine may be busy.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/arena.h"
#include "core/base/rng.h"
#include "core/run/run.h"
#include "core/scenario/diag.h"
#include "core/scenario/load.h"
#include "models/registry.h"
#include "sim/world.h"

#define FOUR	   "scenarios/smoke/four.yaml"
#define QUICKSTART "scenarios/quickstart.yaml"
#define MS	   1e-6 /* of a nanosecond */
#define ROUNDS_MAX 1000
#define DRAWS	   10000000

static const char idle_text[] =
	"apiVersion: rehearse/v1\n"
	"kind: Scenario\n"
	"metadata: {name: idle}\n"
	"spec:\n"
	"  seed: 1\n"
	"  duration: 24h\n"
	"  topology:\n"
	"    groups: [{name: n, count: 100, peers: 8}]\n"
	"    shape: random-regular\n"
	"  network: {latency: 50ms}\n"
	"  model: {name: pow, with: {blockInterval: 8760h}}\n"
	"  successCriteria:\n"
	"    - {name: nothing happens, that: \"max(head_height) <= 1\", mode: always}\n";

struct bench {
	const char *program;
	const char *wanted;
	uint32_t rounds;
	struct rh_registry registry;
};

struct row {
	double values[ROUNDS_MAX];
	uint32_t count;
};

static void die(const char *what)
{
	fprintf(stderr, "error: bench: %s\n", what);
	exit(1);
}

static bool is_wanted(const struct bench *bench, const char *name)
{
	return strstr(name, bench->wanted) != NULL;
}

static void add(struct row *row, double value)
{
	uint32_t at = row->count++;

	for (; at > 0 && row->values[at - 1] > value; at--)
		row->values[at] = row->values[at - 1];
	row->values[at] = value;
}

static void print_row(const struct bench *bench, const char *name, const char *unit,
		      const struct row *row)
{
	const double *values = row->values;
	uint32_t count = row->count;

	if (!is_wanted(bench, name) || count == 0)
		return;
	printf("%-22s %12.3f %-9s %12.3f %12.3f %4" PRIu32 "\n", name,
	       (values[(count - 1) / 2] + values[count / 2]) / 2, unit, values[0],
	       values[count - 1], count);
	fflush(stdout);
}

static uint64_t cpu_ns(void *ctx)
{
	struct timespec now;

	(void)ctx;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* ---- as a person gets it --------------------------------------------------------------------- */

static double json_number(const char *json, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(json, quoted);
	if (at == NULL)
		die("the program did not print what it should");
	return strtod(at + strlen(quoted), NULL);
}

static void run_program(const struct bench *bench, const char *file, struct row *loop,
			struct row *whole, struct row *rate)
{
	static char json[65536];
	char command[1024];
	FILE *pipe;
	size_t len;

	/* The run directory is not kept: it lies where the shell's scratch folder is. */
	snprintf(command, sizeof(command),
		 "d=$(mktemp -d) && '%s' run '%s' --out \"$d/run\" --json --no-progress; "
		 "rm -rf \"$d\"",
		 bench->program, file);
	pipe = popen(command, "r");
	if (pipe == NULL)
		die("cannot start the program");
	len = fread(json, 1, sizeof(json) - 1, pipe);
	json[len] = 0;
	if (pclose(pipe) != 0)
		die("the program failed");
	add(loop, json_number(json, "loopCpuNs") * MS);
	add(whole, json_number(json, "cpuNs") * MS);
	add(rate, json_number(json, "events") / json_number(json, "loopCpuNs") * 1e3);
}

static void bench_program(const struct bench *bench, const char *name, const char *file,
			  uint32_t rounds)
{
	struct row loop = {.count = 0};
	struct row whole = {.count = 0};
	struct row rate = {.count = 0};
	char names[3][64];

	snprintf(names[0], sizeof(names[0]), "%s/loop-cpu", name);
	snprintf(names[1], sizeof(names[1]), "%s/cpu", name);
	snprintf(names[2], sizeof(names[2]), "%s/events-per-cpu-s", name);
	if (!is_wanted(bench, names[0]) && !is_wanted(bench, names[1]) &&
	    !is_wanted(bench, names[2]))
		return;
	for (uint32_t i = 0; i < rounds; i++)
		run_program(bench, file, &loop, &whole, &rate);
	print_row(bench, names[0], "ms", &loop);
	print_row(bench, names[1], "ms", &whole);
	print_row(bench, names[2], "M/s", &rate);
}

/* ---- the parts ------------------------------------------------------------------------------- */

static struct rh_plan *load(const struct bench *bench, const char *file, const char *text)
{
	struct rh_load_options options = {.registry = &bench->registry};
	struct rh_diagnostics diagnostics;
	struct rh_plan *plan;
	struct rh_buf said = {0};

	rh_diagnostics_init(&diagnostics);
	plan = file != NULL ? rh_load_file(file, &options, &diagnostics)
			    : rh_load_text("bench", text, strlen(text), &options, &diagnostics);
	if (plan == NULL) {
		rh_diagnostics_print(&diagnostics, &said);
		die(rh_buf_str(&said));
	}
	rh_diagnostics_release(&diagnostics);
	rh_buf_release(&said);
	return plan;
}

/* The loop alone: no trace, no report, and a judge or none. */
static double run_plan(const struct rh_plan *plan, enum rh_engine engine, bool has_judge)
{
	struct rh_run_options options = {
		.world = {.engine = engine}, .cpu_clock_ns = cpu_ns, .no_judge = !has_judge};
	struct rh_run_result result;
	struct rh_err err = {0};

	if (rh_run(&result, plan, &sim_world_ops, &options, &err) != 0)
		die(err.text);
	rh_judge_close(result.judge);
	free((void *)(uintptr_t)result.stats.checkpoints);
	return (double)result.loop_cpu_ns * MS;
}

static void bench_plan(const struct bench *bench, const char *name, const char *file,
		       const char *text, bool has_judge, uint32_t rounds)
{
	struct row row = {.count = 0};
	struct rh_plan *plan;

	if (!is_wanted(bench, name))
		return;
	plan = load(bench, file, text);
	for (uint32_t i = 0; i < rounds; i++)
		add(&row, run_plan(plan, RH_ENGINE_GENERAL, has_judge));
	print_row(bench, name, "ms", &row);
	rh_plan_free(plan);
}

/* How much longer the plain heap takes: turn by turn, so that a busy machine slows both. */
static void bench_engines(const struct bench *bench)
{
	const char *name = "heap-vs-general";
	struct row row = {.count = 0};
	struct rh_plan *plan;

	if (!is_wanted(bench, name))
		return;
	plan = load(bench, QUICKSTART, NULL);
	for (uint32_t i = 0; i < bench->rounds; i++) {
		double heap = run_plan(plan, RH_ENGINE_HEAP, false);

		add(&row, heap / run_plan(plan, RH_ENGINE_GENERAL, false));
	}
	print_row(bench, name, "x", &row);
	rh_plan_free(plan);
}

static void bench_draw(const struct bench *bench)
{
	struct rh_rng rng = {RH_RNG_SPLITMIX, 1};
	struct row row = {.count = 0};
	volatile uint64_t sink;

	if (!is_wanted(bench, "draw"))
		return;
	for (uint32_t i = 0; i < bench->rounds; i++) {
		uint64_t start_ns = cpu_ns(NULL);
		uint64_t sum = 0;

		for (uint64_t at = 0; at < DRAWS; at++)
			sum += rh_draw3(rng, RH_PURPOSE_LINK_DELAY, at & 1023, at, at >> 10);
		sink = sum;
		add(&row, (double)(cpu_ns(NULL) - start_ns) / DRAWS);
	}
	(void)sink;
	print_row(bench, "draw", "ns", &row);
}

int main(int argc, char **argv)
{
	struct bench bench = {.wanted = "", .rounds = 15};
	struct rh_err err = {0};

	if (argc < 2)
		die("usage: bench_smoke PROGRAM [TEXT [ROUNDS]]");
	bench.program = argv[1];
	if (argc > 2)
		bench.wanted = argv[2];
	if (argc > 3 && argv[3][0] != 0)
		bench.rounds = (uint32_t)strtoul(argv[3], NULL, 10);
	if (bench.rounds < 1 || bench.rounds > ROUNDS_MAX)
		die("ROUNDS is 1 to 1000");
	if (rh_registry_add(&bench.registry, &rh_builtin_models, &err) != 0 ||
	    rh_registry_add(&bench.registry, &rh_builtin_faults, &err) != 0 ||
	    rh_registry_add(&bench.registry, &rh_builtin_assertions, &err) != 0)
		die(err.text);
	bench_program(&bench, "four", FOUR, bench.rounds);
	bench_plan(&bench, "four/no-trace", FOUR, NULL, true, bench.rounds);
	bench_plan(&bench, "four/no-judge", FOUR, NULL, false, bench.rounds);
	bench_program(&bench, "quickstart", QUICKSTART, bench.rounds);
	bench_engines(&bench);
	bench_plan(&bench, "idle100/day", NULL, idle_text, true, bench.rounds);
	bench_draw(&bench);
	return 0;
}
