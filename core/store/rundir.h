/*
 * rundir.h - the run directory: everything of one run, readable without the program.
 *
 *   scenario.yaml  plan.yaml  verdict.json  run.json  host.json  events.jsonl  trace.rht
 *   report.html  nodes/  snapshots/  artifacts/
 *
 * A directory is made if missing, used if it exists, refused if it already holds a run (run.json or
 * RUNNING), unless forced: then what the earlier run left is removed first.  While a run is going
 * on the file RUNNING stands in it; a directory that still has it was cut short.  Every file is
 * written under NAME.part and renamed when whole.
 */
#ifndef CORE_STORE_RUNDIR_H
#define CORE_STORE_RUNDIR_H

#include "core/base/buf.h"
#include "core/base/err.h"

struct rh_rundir {
	char path[4096];
};

/* DIR, or runs/<scenario>-<n> with the first free n when `dir` is NULL. */
int rh_rundir_open(struct rh_rundir *rundir, const char *dir, const char *scenario_name,
		   bool is_forced, struct rh_err *err) RH_MUST_USE;
/* <parent>/<scenario>-<n> with the first free n; the parent is made when it is missing. */
int rh_rundir_open_in(struct rh_rundir *rundir, const char *parent, const char *scenario_name,
		      struct rh_err *err) RH_MUST_USE;
/* path of a file in it; `path` is filled and returned */
char *rh_rundir_file(char path[4200], const struct rh_rundir *rundir, const char *name);
int rh_rundir_write(const struct rh_rundir *rundir, const char *name, const void *bytes, size_t len,
		    struct rh_err *err) RH_MUST_USE;
int rh_rundir_copy(const struct rh_rundir *rundir, const char *name, const char *from_path,
		   struct rh_err *err) RH_MUST_USE;
/* Takes RUNNING away: the directory is whole. */
int rh_rundir_close(const struct rh_rundir *rundir, struct rh_err *err) RH_MUST_USE;
/* The latest whole run in the same parent directory with this plan hash (32 hex digits in its
 * run.json) that was not cancelled: its trace hash text, or false. */
bool rh_rundir_find_last(char trace_hash[33], char found_path[4096], const struct rh_rundir *rundir,
			 const char *plan_hash_text);
/* Appends a whole file; RH_E_NOT_FOUND, RH_E_INPUT (a directory), RH_E_LIMIT (longer than the
 * limit), RH_E_IO. */
int rh_file_read(struct rh_buf *out, const char *path, size_t limit_bytes,
		 struct rh_err *err) RH_MUST_USE;

#endif
