/*
 * play.h - one run of a plan from start to a complete run directory: used by `run` and `verify`.
 *
 *   rundir ◄── trace ◄── the loop (core/run)          while it runs: trace and judge only
 *     ▲
 *     └── events.jsonl, report.html, verdict.json, run.json, host.json     afterwards, from the trace
 */
#ifndef CMD_PLAY_H
#define CMD_PLAY_H

#include "cmd/load.h"
#include "core/report/report.h"
#include "core/store/rundir.h"

struct cmd_play_options {
	const struct rh_world_ops *world;
	const char *out_dir;	/* NULL: the next <name>-<n> of out_parent */
	const char *out_parent; /* "runs" */
	bool is_forced;
	enum rh_engine engine;
	uint32_t threads;
	bool has_until;
	uint64_t until_ns;
	uint64_t wall_limit_ns;
	bool has_progress;
	bool no_judge;
	const char *junit_path; /* or NULL */
};

struct cmd_play {
	struct rh_arena arena;
	struct rh_rundir rundir;
	struct rh_run_result result;
	struct rh_report *report;
	struct rh_report_facts facts;
	bool is_whole; /* the run directory */
	char trace_hash[RH_HASH_TEXT];
	char identical_to[4096];
	uint64_t started_wall_ns;
	uint64_t started_cpu_ns;
};

/* 0 when the run came to an end of its own, its directory is whole, and --junit was written.
 * cmd_play_release in any case. */
int cmd_play(struct cmd_play *play, const struct cmd_args *args, const struct rh_plan *plan,
	     const struct cmd_play_options *options, struct rh_err *err);
void cmd_play_release(struct cmd_play *play);
/* Exit code of a verdict alone, and of a run that ended: by status and verdict. */
int cmd_verdict_code(enum rh_verdict verdict);
int cmd_play_exit_code(const struct cmd_play *play);

#endif
