/*
 * rows_phold.c - PHOLD (bench/models/phold.h) in four forms, each against ns-3, SimGrid and SimPy.
 */
#include <inttypes.h>
#include <stdio.h>

#include "bench/bench.h"
#include "bench/models/phold.h"

#define EVENTS	    1000000
#define EVENTS_TEXT "1000000"
#define MESH_CYCLES 16 /* 32 neighbours where a full mesh would be too large */

static void play_phold(const struct bench *bench, const void *ctx, struct bench_turn *turn)
{
	const struct bench_phold *phold = ctx;
	struct rh_plan *plan = bench_phold_plan(phold);
	/* Every node has sent its first message before the clock begins, as in the peers. */
	struct bench_run run = {.begin_ns = 1, .end_ns = bench_phold_end_ns(phold)};
	struct bench_ran ran;

	(void)bench;
	if (bench_run(plan, &run, &ran, turn)) {
		turn->figures[0] = (double)ran.deliveries * 1e-6 / ran.cpu_s;
		/* Delays with another mean would show here. */
		if (ran.deliveries < phold->events / 10 * 9 ||
		    ran.deliveries > phold->events / 10 * 11)
			bench_wrong(turn, "%" PRIu64 " events, not about %" PRIu64, ran.deliveries,
				    phold->events);
	}
	rh_plan_free(plan);
}

enum { OURS, NS3_BEST, NS3_MAP, SIMGRID, SIMPY, PLAYERS };

struct form {
	const char *name;
	struct bench_phold phold;
	const char *args; /* of each driver: nodes, events, lookahead in means; NULL: ours alone */
	double goals[PLAYERS];
};

static const struct form forms[] = {
	{"phold1k",
	 {.nodes = 1024, .events = EVENTS},
	 "1024 " EVENTS_TEXT " 0",
	 {[NS3_BEST] = 3, [NS3_MAP] = 5, [SIMGRID] = 10, [SIMPY] = 25}},
	{"phold100k",
	 {.nodes = 100000, .cycles = MESH_CYCLES, .events = EVENTS},
	 "100000 " EVENTS_TEXT " 0",
	 {[NS3_BEST] = 3, [NS3_MAP] = 10}},
	{"phold1k-lookahead",
	 {.nodes = 1024, .has_lookahead = true, .events = EVENTS},
	 "1024 " EVENTS_TEXT " 1",
	 {[NS3_MAP] = 10}},
	{"phold100k-lookahead",
	 {.nodes = 100000, .cycles = MESH_CYCLES, .has_lookahead = true, .events = EVENTS},
	 "100000 " EVENTS_TEXT " 1",
	 {[NS3_MAP] = 10}},
	/* What the million links of the mesh cost by themselves. */
	{"phold1k-32peers", {.nodes = 1024, .cycles = MESH_CYCLES, .events = EVENTS}, NULL, {0}},
	{"phold1k-32peers-lookahead",
	 {.nodes = 1024, .cycles = MESH_CYCLES, .has_lookahead = true, .events = EVENTS},
	 NULL,
	 {0}},
};

struct player {
	const char *name;
	const char *driver;
	const char *package;
	const char *first_args;
};

static const struct player players[PLAYERS] = {
	[OURS] = {"ours", NULL, NULL, NULL},
	[NS3_BEST] = {"ns3-best", "ns3_phold", "libns3-dev", "PriorityQueue"},
	[NS3_MAP] = {"ns3-map", "ns3_phold", "libns3-dev", "Map"},
	[SIMGRID] = {"simgrid", "simgrid_phold", "libsimgrid-dev", ""},
	[SIMPY] = {"simpy", "simpy_phold.py", "python3-simpy3", ""},
};

static void play_form(struct bench *bench, const struct form *form)
{
	struct bench_contender contenders[PLAYERS];
	struct bench_peer peers[PLAYERS];
	struct bench_row rows[2 * PLAYERS];
	char names[2 * PLAYERS][64];
	char args[PLAYERS][64];
	uint32_t player_count = form->args != NULL ? PLAYERS : 1;
	uint32_t count = 0;

	for (uint32_t i = 0; i < player_count; i++) {
		const struct player *player = &players[i];
		bool is_ours = i == OURS;

		snprintf(args[i], sizeof(args[i]), "%s %s", is_ours ? "" : player->first_args,
			 form->args != NULL ? form->args : "");
		peers[i] = (struct bench_peer){player->driver, player->package, args[i], NULL};
		contenders[i] = (struct bench_contender){
			.name = player->name,
			.play = is_ours ? play_phold : bench_play_peer,
			.ctx = is_ours ? (const void *)&form->phold : (const void *)&peers[i],
			.is_here = !is_ours,
		};
		snprintf(names[count], sizeof(names[count]), "%s/%s", form->name, player->name);
		rows[count] = (struct bench_row){
			.name = names[count], .unit = "M/s", .of = i, .against = BENCH_ALONE};
		count++;
		if (is_ours)
			continue;
		snprintf(names[count], sizeof(names[count]), "%s/ours/%s", form->name,
			 player->name);
		rows[count] = (struct bench_row){.name = names[count],
						 .unit = "x",
						 .of = OURS,
						 .against = i,
						 .goal_is = form->goals[i] > 0 ? BENCH_AT_LEAST
									       : BENCH_NO_GOAL,
						 .goal = form->goals[i]};
		count++;
	}
	bench_compete(bench, &(struct bench_contest){.contenders = contenders,
						     .contender_count = player_count,
						     .rows = rows,
						     .row_count = count,
						     .rounds = 5,
						     .patience_s = 45});
}

void bench_rows_phold(struct bench *bench)
{
	for (size_t i = 0; i < RH_ARRAY_LEN(forms); i++)
		play_form(bench, &forms[i]);
}
