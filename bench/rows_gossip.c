/*
 * rows_gossip.c - the flood of bench/models/gossip.h against ns-3, this machine, our own heap, more
 * threads and a second process; and what it takes of memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/models/gossip.h"

#define NODES	      10000
#define MESSAGES      100
#define PER_SECOND    170
#define HASH	      "8afb8c0949f23eaf" /* of 100 messages, by the peer's driver */
#define MANY	      500
#define FEW	      20
#define HASH_FEW      "a2bbd1d087a51ed3"
#define FAST_MILLIONS 10.0 /* copies a second */
#define SLOWLY	      2	   /* posts a second: hardly two floods at a time */
#define DEGREE_50     25   /* cycles */

enum {
	FIGURE_RATE,
	FIGURE_WALL_RATE,
	FIGURE_MEMORY,
	FIGURE_RSS,
	FIGURE_IN_FLIGHT,
	FIGURE_DELIVERIES
};

struct game {
	struct bench_gossip gossip;
	struct rh_world_options options;
	const char *hash; /* NULL: only the number of first deliveries is known */
};

static void check_told(const struct game *game, const struct bench_gossip_told *told,
		       struct bench_turn *turn)
{
	uint64_t expected = (uint64_t)game->gossip.nodes * game->gossip.messages;
	char hash[20];

	snprintf(hash, sizeof(hash), "%016" PRIx64, told->hash);
	if (told->heard != expected)
		bench_wrong(turn, "%" PRIu64 " first deliveries, not %" PRIu64, told->heard,
			    expected);
	else if (game->hash != NULL && strcmp(hash, game->hash) != 0)
		bench_wrong(turn, "the nodes' hash is %s, not %s", hash, game->hash);
}

static void play_gossip(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct game *game = ctx;
	struct rh_plan *plan = bench_gossip_plan(&game->gossip);
	struct bench_gossip_told told = {0};
	struct rh_sink sink = {.take = bench_gossip_take, .ctx = &told, .calm_mask = UINT64_MAX};
	struct bench_run run = {
		.options = game->options, .end_ns = bench_gossip_end_ns(plan), .sink = &sink};
	struct bench_ran ran;

	(void)bench;
	run.options.record_mask = UINT64_C(1) << RH_RECORD_GAUGE;
	if (game->gossip.is_full)
		run.options.record_mask |= UINT64_C(1) << RH_RECORD_HEAD;
	if (bench_run(plan, &run, &ran, turn)) {
		turn->figures[FIGURE_RATE] = (double)ran.deliveries * 1e-6 / ran.cpu_s;
		turn->figures[FIGURE_WALL_RATE] = (double)ran.deliveries * 1e-6 / ran.wall_s;
		turn->figures[FIGURE_MEMORY] = (double)ran.stats.memory_bytes;
		turn->figures[FIGURE_RSS] = ran.rss_mb * 1024 * 1024;
		turn->figures[FIGURE_IN_FLIGHT] = (double)ran.stats.messages_in_flight_max;
		turn->figures[FIGURE_DELIVERIES] = (double)ran.deliveries;
		check_told(game, &told, turn);
	}
	rh_plan_free(plan);
}

#define FLOOD \
	{ \
		.nodes = NODES, .messages = MESSAGES, .per_second = PER_SECOND, .seed = 1 \
	}

static const struct game ours = {.gossip = FLOOD, .hash = HASH};
static const struct game ours_few = {
	.gossip = {.nodes = NODES, .messages = FEW, .per_second = PER_SECOND, .seed = 1},
	.hash = HASH_FEW};
static const struct game ours_full = {.gossip = {.nodes = NODES,
						 .messages = MESSAGES,
						 .per_second = PER_SECOND,
						 .seed = 1,
						 .is_full = true}};
static const struct game windowed = {
	.gossip = FLOOD, .hash = HASH, .options = {.engine = RH_ENGINE_WINDOWED}};
static const struct game heap = {
	.gossip = FLOOD, .hash = HASH, .options = {.engine = RH_ENGINE_HEAP}};

/* ---- against others -------------------------------------------------------------------------- */

#define NS3_GOSSIP(scheduler) \
	{ \
		.driver = "ns3_gossip", .package = "libns3-dev", \
		.args = scheduler " 100 170 10000", .hash = HASH \
	}

static const struct bench_peer ns3_queue = NS3_GOSSIP("PriorityQueue");
static const struct bench_peer ns3_map = NS3_GOSSIP("Map");

static void against_others(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		{.name = "ours", .play = play_gossip, .ctx = &ours},
		{.name = "append", .play = bench_play_append},
		{.name = "ns-3's PriorityQueueScheduler",
		 .play = bench_play_peer,
		 .ctx = &ns3_queue,
		 .is_here = true},
		{.name = "ns-3's MapScheduler",
		 .play = bench_play_peer,
		 .ctx = &ns3_map,
		 .is_here = true},
		{.name = "ours, 20 messages", .play = play_gossip, .ctx = &ours_few},
		{.name = "append, fresh memory",
		 .play = bench_play_append,
		 .ctx = &bench_fresh_memory},
	};
	static const struct bench_row rows[] = {
		{.name = "gossip/ours", .unit = "M/s", .of = 0, .against = BENCH_ALONE},
		{.name = "gossip/few", .unit = "M/s", .of = 4, .against = BENCH_ALONE},
		{.name = "gossip/ours/append256",
		 .unit = "x",
		 .of = 0,
		 .against = 1,
		 .goal_is = BENCH_AT_LEAST,
		 .goal = 0.25},
		{.name = "gossip/ours/append256-fresh", .unit = "x", .of = 0, .against = 5},
		{.name = "gossip/ns3-priorityqueue",
		 .unit = "M/s",
		 .of = 2,
		 .against = BENCH_ALONE},
		{.name = "gossip/ours/ns3-priorityqueue",
		 .unit = "x",
		 .of = 0,
		 .against = 2,
		 .goal_is = BENCH_AT_LEAST,
		 .goal = 30},
		{.name = "gossip/ns3-map", .unit = "M/s", .of = 3, .against = BENCH_ALONE},
		{.name = "gossip/ours/ns3-map",
		 .unit = "x",
		 .of = 0,
		 .against = 3,
		 .goal_is = BENCH_AT_LEAST,
		 .goal = 100},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = RH_ARRAY_LEN(contenders),
						     .rows = rows,
						     .row_count = RH_ARRAY_LEN(rows),
						     .rounds = 5,
						     .patience_s = 90});
}

static void full(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		{.name = "ours", .play = play_gossip, .ctx = &ours_full},
		{.name = "append", .play = bench_play_append},
	};
	static const struct bench_row rows[] = {
		{.name = "gossip-full/ours", .unit = "M/s", .of = 0, .against = BENCH_ALONE},
		{.name = "gossip-full/ours/append256",
		 .unit = "x",
		 .of = 0,
		 .against = 1,
		 .goal_is = BENCH_AT_LEAST,
		 .goal = 0.2},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = rows,
						     .row_count = 2,
						     .rounds = 5,
						     .patience_s = 20});
}

/* ---- against ourselves ----------------------------------------------------------------------- */

static void engines(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		{.name = "the windowed engine", .play = play_gossip, .ctx = &windowed},
		{.name = "the heap", .play = play_gossip, .ctx = &heap},
	};
	static const struct bench_row rows[] = {
		{.name = "gossip/windowed", .unit = "M/s", .of = 0, .against = BENCH_ALONE},
		{.name = "gossip/heap", .unit = "M/s", .of = 1, .against = BENCH_ALONE},
		{.name = "gossip/windowed/heap",
		 .unit = "x",
		 .of = 0,
		 .against = 1,
		 .goal_is = BENCH_AT_LEAST,
		 .goal = 10},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = rows,
						     .row_count = 3,
						     .rounds = 5,
						     .patience_s = 25,
						     .hashes_agree = true});
}

/*
 * By the wall a run should last: five hundred messages where twenty are over in no time, else a
 * hundred.  Asked once a contest, so that all of its contenders do the same.
 */
static struct game long_game(const struct bench *bench)
{
	const struct bench_contender probe = {"a probe", play_gossip, &ours_few, false};
	struct game game = ours;
	struct bench_turn turn;

	bench_play_apart(bench, &probe, &turn);
	if (turn.outcome == BENCH_PLAYED && turn.figures[FIGURE_WALL_RATE] > FAST_MILLIONS) {
		game.gossip.messages = MANY;
		game.hash = NULL;
	}
	return game;
}

static void threads(struct bench *bench)
{
	static const struct bench_row row = {
		.name = "gossip/threads2/threads1",
		.unit = "x",
		.of = 1,
		.against = 0,
		.figure = FIGURE_WALL_RATE,
		.is_wall = true,
		.goal_is = BENCH_AT_LEAST,
		.goal = 1.3,
	};
	struct game games[2];
	const struct bench_contender contenders[] = {
		{.name = "one thread", .play = play_gossip, .ctx = &games[0]},
		{.name = "two threads", .play = play_gossip, .ctx = &games[1]},
	};

	if (!bench_wants(bench, row.name))
		return;
	games[0] = games[1] = long_game(bench);
	games[0].options.threads = 1;
	games[1].options.threads = 2;
	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = &row,
						     .row_count = 1,
						     .rounds = 7,
						     .patience_s = 25,
						     .hashes_agree = true});
}

/* Two processes that begin together, of two seeds; their rate is that of both. */
static void play_two_seeds(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct game *game = ctx;
	struct game other = *game;
	const struct bench_contender pair[2] = {
		{.name = "the first seed", .play = play_gossip, .ctx = game},
		{.name = "the second seed", .play = play_gossip, .ctx = &other},
	};
	double wall_s;

	other.gossip.seed++;
	if (bench_play_both(bench, pair, &wall_s, turn))
		turn->figures[FIGURE_WALL_RATE] =
			2 * turn->figures[FIGURE_DELIVERIES] * 1e-6 / wall_s;
}

static void two_seeds(struct bench *bench)
{
	static const struct bench_row row = {
		.name = "gossip/two-seeds",
		.unit = "x",
		.of = 1,
		.against = 0,
		.figure = FIGURE_WALL_RATE,
		.is_wall = true,
		.goal_is = BENCH_AT_LEAST,
		.goal = 1.8,
	};
	struct game game;
	const struct bench_contender contenders[] = {
		{.name = "one process", .play = play_gossip, .ctx = &game},
		{.name = "two processes", .play = play_two_seeds, .ctx = &game, .is_here = true},
	};

	if (!bench_wants(bench, row.name))
		return;
	game = long_game(bench);
	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = &row,
						     .row_count = 1,
						     .rounds = 7,
						     .patience_s = 25});
}

/* ---- memory ---------------------------------------------------------------------------------- */

static const struct game slowly = {
	.gossip = {.nodes = NODES, .messages = MESSAGES, .per_second = SLOWLY, .seed = 1}};

/*
 * The same messages, posted fast and slowly: the nodes remember the same, so what is different is
 * what the copies on their way take.
 */
static void play_per_copy(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct bench_contender fast = {"fast", play_gossip, &ours, false};
	const struct bench_contender slow = {"slow", play_gossip, &slowly, false};
	struct bench_turn turns[2];
	double copies;

	(void)ctx;
	bench_play_apart(bench, &fast, &turns[0]);
	bench_play_apart(bench, &slow, &turns[1]);
	*turn = turns[0].outcome != BENCH_PLAYED ? turns[0] : turns[1];
	copies = turns[0].figures[FIGURE_IN_FLIGHT] - turns[1].figures[FIGURE_IN_FLIGHT];
	if (turn->outcome == BENCH_PLAYED && copies <= 0)
		bench_wrong(turn, "no more copies were on their way when all was faster");
	for (uint32_t i = FIGURE_MEMORY; i <= FIGURE_RSS; i++)
		turn->figures[i] = (turns[0].figures[i] - turns[1].figures[i]) / copies;
}

static void play_per_node(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct bench_gossip gossip = {.nodes = NODES, .messages = 1, .per_second = 1};
	struct rh_plan *plan = bench_gossip_plan(&gossip);
	struct bench_run run = {.end_ns = RH_NS_PER_MS};
	struct bench_ran ran;

	(void)bench;
	(void)ctx;
	bench_plan_cycles(plan, DEGREE_50, 50 * RH_NS_PER_MS);
	bench_plan_end(plan);
	if (bench_run(plan, &run, &ran, turn))
		turn->figures[FIGURE_MEMORY] = (double)ran.stats.memory_bytes / NODES;
	rh_plan_free(plan);
}

static void memory(struct bench *bench)
{
	static const struct bench_contender contenders[] = {
		{.name = "copies", .play = play_per_copy, .is_here = true},
		{.name = "nodes", .play = play_per_node},
	};
	static const struct bench_row rows[] = {
		{.name = "gossip/bytes-per-copy",
		 .unit = "B",
		 .of = 0,
		 .against = BENCH_ALONE,
		 .figure = FIGURE_MEMORY,
		 .goal_is = BENCH_AT_MOST,
		 .goal = 16},
		{.name = "gossip/rss-per-copy",
		 .unit = "B",
		 .of = 0,
		 .against = BENCH_ALONE,
		 .figure = FIGURE_RSS},
		{.name = "gossip/bytes-per-node",
		 .unit = "B",
		 .of = 1,
		 .against = BENCH_ALONE,
		 .figure = FIGURE_MEMORY,
		 .goal_is = BENCH_AT_MOST,
		 .goal = 2048},
	};

	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = 2,
						     .rows = rows,
						     .row_count = 3,
						     .rounds = 1,
						     .patience_s = 0});
}

void bench_rows_gossip(struct bench *bench)
{
	against_others(bench);
	full(bench);
	engines(bench);
	threads(bench);
	two_seeds(bench);
	memory(bench);
}
