/*
 * stored.h - a run that was made earlier: its plan and records from trace.rht, judged again.
 */
#ifndef CMD_STORED_H
#define CMD_STORED_H

#include "cmd/load.h"
#include "core/report/report.h"
#include "core/store/trace.h"

struct cmd_stored {
	char dir[4096];
	struct rh_plan *plan;
	struct rh_judge *judge;
	struct rh_report *report;
	char trace_hash[RH_HASH_TEXT];
	uint64_t end_ns; /* time of the record that ends the run, or of the last one */
	enum rh_run_end end;
	bool was_cut_short; /* no record says that the run ended */
	bool is_finished;   /* the judge was, before rollback and cleanup */
};

/* Whether an operand means a stored run rather than a scenario: a directory, or a trace.rht. */
bool cmd_is_run(const char *operand);
/* The trace of a run directory, or the operand itself.  0, or the exit code after a message. */
int cmd_trace_path(char path[4200], const char *operand);

/* `operand` is a run directory or its trace, which must be whole.  0, or the exit code after a
 * message. */
int cmd_stored_open(struct cmd_stored *stored, const struct rh_registry *registry,
		    const char *operand);
void cmd_stored_close(struct cmd_stored *stored);

#endif
