/*
 * rows_smoke.c - what a person waits for: the small runs, a day without events, one draw.
 */
#include "bench/bench.h"
#include "bench/scenarios.h"

#define FOUR	   "scenarios/smoke/four.yaml"
#define QUICKSTART "scenarios/quickstart.yaml"
#define DRAWS	   10000000
#define ROUNDS	   15

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

/* ---- as a person gets it --------------------------------------------------------------------- */

enum { FIGURE_LOOP, FIGURE_WHOLE, FIGURE_RATE };

static void play_program(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	struct bench_program_run ran;

	if (!bench_program_run(bench, ctx, &ran, turn))
		return;
	turn->figures[FIGURE_LOOP] = ran.loop_s * 1e3;
	turn->figures[FIGURE_WHOLE] = ran.cpu_s * 1e3;
	turn->figures[FIGURE_RATE] = ran.events * 1e-6 / ran.loop_s;
}

/* ---- the parts ------------------------------------------------------------------------------- */

struct part {
	const char *file;
	const char *text;
	struct bench_loop loop;
	uint32_t
		times; /* a turn is the last of so many runs: one in a cold process tells of pages */
};

/* The loop alone: no trace, no report, and a judge or none. */
static void play_part(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct part *part = ctx;
	struct rh_plan *plan = bench_load(part->file, part->text);

	(void)bench;
	for (uint32_t i = 0; i < part->times; i++)
		turn->figures[0] = bench_loop_s(plan, &part->loop, turn) * 1e3;
	rh_plan_free(plan);
}

static void play_draws(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	struct rh_rng rng = {RH_RNG_SPLITMIX, 1};
	uint64_t begin_ns = bench_cpu_ns(NULL);
	volatile uint64_t sink;
	uint64_t sum = 0;

	(void)bench;
	(void)ctx;
	for (uint64_t at = 0; at < DRAWS; at++)
		sum += rh_draw3(rng, RH_PURPOSE_LINK_DELAY, at & 1023, at, at >> 10);
	sink = sum;
	(void)sink;
	turn->figures[0] = (double)(bench_cpu_ns(NULL) - begin_ns) / DRAWS;
}

static const struct part four_judged = {.file = FOUR, .loop = {RH_ENGINE_AUTO, true}, .times = 3};
static const struct part four_bare = {.file = FOUR, .loop = {RH_ENGINE_AUTO, false}, .times = 3};
static const struct part heap = {.file = QUICKSTART, .loop = {RH_ENGINE_HEAP, false}, .times = 3};
static const struct part general = {
	.file = QUICKSTART, .loop = {RH_ENGINE_GENERAL, false}, .times = 3};
static const struct part idle = {.text = idle_text, .loop = {RH_ENGINE_AUTO, true}, .times = 1};

enum { PLAY_FOUR, PLAY_FOUR_JUDGED, PLAY_FOUR_BARE, PLAY_QUICKSTART, PLAY_HEAP, PLAY_GENERAL };

static void programs(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		[PLAY_FOUR] = {.name = "four", .play = play_program, .ctx = FOUR, .is_here = true},
		[PLAY_FOUR_JUDGED] = {.name = "judged", .play = play_part, .ctx = &four_judged},
		[PLAY_FOUR_BARE] = {.name = "bare", .play = play_part, .ctx = &four_bare},
		[PLAY_QUICKSTART] = {.name = "quickstart",
				     .play = play_program,
				     .ctx = QUICKSTART,
				     .is_here = true},
		[PLAY_HEAP] = {.name = "the heap", .play = play_part, .ctx = &heap},
		[PLAY_GENERAL] = {.name = "the general engine", .play = play_part, .ctx = &general},
	};
#define ROW(text, measure, contender, at) \
	{ \
		.name = text, .unit = measure, .of = contender, .against = BENCH_ALONE, \
		.figure = at \
	}
	static const struct bench_row rows[] = {
		{.name = "four/loop-cpu",
		 .unit = "ms",
		 .of = PLAY_FOUR,
		 .against = BENCH_ALONE,
		 .figure = FIGURE_LOOP,
		 .goal_is = BENCH_AT_MOST,
		 .goal = 2},
		ROW("four/cpu", "ms", PLAY_FOUR, FIGURE_WHOLE),
		ROW("four/events-per-cpu-s", "M/s", PLAY_FOUR, FIGURE_RATE),
		ROW("four/no-trace", "ms", PLAY_FOUR_JUDGED, 0),
		ROW("four/no-judge", "ms", PLAY_FOUR_BARE, 0),
		ROW("quickstart/loop-cpu", "ms", PLAY_QUICKSTART, FIGURE_LOOP),
		{.name = "quickstart/cpu",
		 .unit = "ms",
		 .of = PLAY_QUICKSTART,
		 .against = BENCH_ALONE,
		 .figure = FIGURE_WHOLE,
		 .goal_is = BENCH_AT_MOST,
		 .goal = 1000},
		ROW("quickstart/events-per-cpu-s", "M/s", PLAY_QUICKSTART, FIGURE_RATE),
		{.name = "heap-vs-general", .unit = "x", .of = PLAY_HEAP, .against = PLAY_GENERAL},
	};
#undef ROW

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = RH_ARRAY_LEN(contenders),
						     .rows = rows,
						     .row_count = RH_ARRAY_LEN(rows),
						     .rounds = ROUNDS,
						     .patience_s = 40});
}

void bench_rows_smoke(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		{.name = "an idle day", .play = play_part, .ctx = &idle},
		{.name = "draws", .play = play_draws},
	};
	static const struct bench_row rows[] = {
		{.name = "idle100/day", .unit = "ms", .of = 0, .against = BENCH_ALONE},
		{.name = "draw", .unit = "ns", .of = 1, .against = BENCH_ALONE},
	};

	programs(bench);
	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = rows,
						     .row_count = 2,
						     .rounds = 5,
						     .patience_s = 20});
}
