/*
 * scenarios.h - what is measured as a scenario: loaded from text or a file, played by the loop.
 */
#ifndef BENCH_SCENARIOS_H
#define BENCH_SCENARIOS_H

#include "bench/bench.h"
#include "core/run/run.h"

/* The plan of a file, or of a text when `file` is NULL; the harness ends when there is none.  The
 * built-in models are known, and bench-judged. */
struct rh_plan *bench_load(const char *file, const char *text);

struct bench_loop {
	enum rh_engine engine;
	bool has_judge;
};

/* Plays the plan by the run loop, without a store: CPU seconds of the loop.  A run that does not end
 * well is a wrong turn. */
double bench_loop_s(const struct rh_plan *plan, const struct bench_loop *loop,
		    struct bench_turn *turn);

/* `rehearse run FILE` in a process of its own, the run directory not kept. */
struct bench_program_run {
	double loop_s;
	double cpu_s;
	double events;
	double rss_mb;
};
bool bench_program_run(const struct bench *bench, const char *file, struct bench_program_run *ran,
		       struct bench_turn *turn);

#endif
