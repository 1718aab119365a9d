/*
 * bench.h - how the figures are taken: contests, turns, rows.
 *
 * A *contest* lets its contenders do the same work turn by turn, so that a busy or a slow minute of
 * the machine meets all of them:
 *
 *	round 1:  ours  peer A  peer B        a row is made of one contender's figures,
 *	round 2:  ours  peer A  peer B        or of the ratio of two, taken round by round;
 *	...                                   its median, least and largest are printed
 *
 * A *turn* is one run of one contender.  Heavy ones are played in a process of their own, so that
 * none finds the memory of another one warm.  A contender that cannot play (a peer that is not
 * installed, an engine that the world does not have) says why, and its rows are named as skipped.
 * A contender that plays wrongly (another hash than the reference) fails the benchmark.
 *
 * Nothing in bench/ queues an event or delivers a message: models are tables as a plugin brings them,
 * and everything runs through the program, core/run, or a world's own table.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "core/base/buf.h"
#include "core/plan.h"
#include "core/world.h"

#define BENCH_ROUNDS_MAX 1000
#define BENCH_CONTENDERS 8
#define BENCH_FIGURES	 6
#define BENCH_ALONE	 UINT32_MAX

struct bench_results;

struct bench {
	const char *program; /* the built rehearse */
	const char *peers;   /* folder of the peers' drivers */
	const char *scratch; /* folder for files that are measured */
	const char *wanted;  /* text that a row's name must contain */
	uint32_t rounds;     /* 0: each contest's own */
	uint32_t failed;     /* contenders that played wrongly */
	uint32_t missed;     /* rows that miss their goal */
	bool is_strict;	     /* a missed goal fails */
	struct bench_results *results;
};

enum bench_outcome { BENCH_PLAYED, BENCH_SKIPPED, BENCH_WRONG };

struct bench_turn {
	enum bench_outcome outcome;
	char why[240];		       /* skipped or wrong: a sentence */
	double figures[BENCH_FIGURES]; /* figure 0 of a contender is a rate: more is better */
	struct rh_hash128 trace_hash;  /* of our worlds; zero elsewhere */
};

struct bench_contender {
	const char *name; /* in messages */
	void (*play)(const struct bench *bench, const void *ctx, struct bench_turn *turn);
	const void *ctx;
	bool is_here; /* in this process; else in one of its own */
};

enum bench_goal { BENCH_NO_GOAL, BENCH_AT_LEAST, BENCH_AT_MOST };

struct bench_row {
	const char *name;
	const char *unit;
	uint32_t of;	  /* contender */
	uint32_t against; /* BENCH_ALONE, or the contender by whose figure it is divided */
	uint32_t figure;
	bool is_wall; /* by the clock on the wall: marked when others were at work */
	enum bench_goal goal_is;
	double goal;
};

struct bench_contest {
	const struct bench_contender *contenders;
	uint32_t contender_count;
	const struct bench_row *rows;
	uint32_t row_count;
	uint32_t rounds;   /* when none are asked for */
	double patience_s; /* no further round is begun after so long */
	bool hashes_agree; /* every trace hash of the contest must be the same one */
};

bool bench_wants(const struct bench *bench, const char *name);
void bench_compete(struct bench *bench, const struct bench_contest *contest);

/* Ends the turn: what it was to play cannot be, or was played wrongly. */
void bench_skip(struct bench_turn *turn, const char *fmt, ...) RH_PRINTF(2, 3);
void bench_wrong(struct bench_turn *turn, const char *fmt, ...) RH_PRINTF(2, 3);
/* The harness itself cannot go on. */
__attribute__((noreturn)) void bench_die(const char *fmt, ...) RH_PRINTF(1, 2);

/* ---- measure.c: clocks, processes, neighbours ------------------------------------------------ */

uint64_t bench_cpu_ns(void *ctx);  /* of this process, all threads */
uint64_t bench_wall_ns(void *ctx); /* any beginning */

/* Plays in a process of its own; a process that dies is a wrong turn. */
void bench_play_apart(const struct bench *bench, const struct bench_contender *contender,
		      struct bench_turn *turn);
/* Two at once, begun together; false when one of them did not play.  Wall seconds for both. */
bool bench_play_both(const struct bench *bench, const struct bench_contender pair[2],
		     double *wall_s, struct bench_turn *turn);
/* Called in a turn right before its measured part: waits until the other one is there too. */
void bench_ready(void);

/* What `command` (for sh) prints, and the largest resident set of it and its children.  False when
 * it ends with another code than 0. */
bool bench_command(const char *command, struct rh_buf *out, double *rss_mb);
/* The number behind "key": of JSON, or key= of a peer's line; false when there is none. */
bool bench_number(const char *text, const char *key, double *value);

/* Processors that others kept busy between two looks. */
struct bench_look {
	double wall_s;
	double own_s;
	double all_s;
};
struct bench_look bench_look(void);
double bench_others(const struct bench_look *before, const struct bench_look *after);

/* ---- results.c: the file of results ---------------------------------------------------------- */

struct bench_results *bench_results_open(const char *path, const char *commit);
void bench_results_add(struct bench_results *results, const char *name, const char *unit,
		       double median, double low, double high, uint32_t rounds);
/* Prints what moved since each row was last measured; writes the file, the last ten runs in it. */
void bench_results_close(struct bench_results *results);

/* ---- plans.c: plans made by hand, and their playing ------------------------------------------ */

/* Nodes n0, n1, ... without links, with zeroed parameters; in memory until rh_plan_free(). */
struct rh_plan *bench_plan_new(const struct rh_model *model, uint32_t node_count);
/* Each node gets two neighbours in each of so many cycles through all nodes, drawn at random; links
 * that are drawn twice are there once. */
void bench_plan_cycles(struct rh_plan *plan, uint32_t cycles, uint64_t delay_ns);
void bench_plan_full(struct rh_plan *plan, uint64_t delay_ns);
/* To be called when all links have their delays. */
void bench_plan_end(struct rh_plan *plan);

struct bench_run {
	struct rh_world_options options;
	uint64_t begin_ns; /* until there nothing is measured */
	uint64_t end_ns;
	const struct rh_sink *sink; /* NULL: nobody reads */
};

struct bench_ran {
	double cpu_s;
	double wall_s;
	uint64_t deliveries; /* copies sent in the measured part */
	uint64_t events;
	double rss_mb; /* the largest resident set of this process so far */
	struct rh_world_stats stats;
};

/* Plays a plan on the simulated world; false when it will not, and then the turn is ended. */
bool bench_run(const struct rh_plan *plan, const struct bench_run *run, struct bench_ran *ran,
	       struct bench_turn *turn);

/* ---- the rows -------------------------------------------------------------------------------- */

/* A peer's driver: prints one line of key=value.  Its rate in millions of events a CPU second is
 * figure 0; a hash that is told is compared with `hash` unless that is NULL. */
struct bench_peer {
	const char *driver;
	const char *package; /* Debian's */
	const char *args;
	const char *hash;
};
void bench_play_peer(const struct bench *bench, const void *ctx, struct bench_turn *turn);
/*
 * 8-byte records appended to 256 streams: what this machine itself can do.  ctx: NULL, or
 * &bench_fresh_memory: into pages that the system has yet to hand out, which is twice as slow.
 */
extern const bool bench_fresh_memory;
void bench_play_append(const struct bench *bench, const void *ctx, struct bench_turn *turn);

void bench_rows_machine(struct bench *bench);
void bench_rows_smoke(struct bench *bench);
void bench_rows_gossip(struct bench *bench);
void bench_rows_phold(struct bench *bench);
void bench_rows_sparse(struct bench *bench);
void bench_rows_blocks(struct bench *bench);
void bench_rows_judge(struct bench *bench);
void bench_rows_store(struct bench *bench);
void bench_rows_load(struct bench *bench);

#endif
