/*
 * judge.h - from the stream of records to a verdict.
 *
 * The judge keeps the latest value of each gauge of each node (struct rh_view), derives those that
 * belong to the whole network (heads, propagation), and asks every open assertion after the last
 * record of each instant.  It reads records and the plan, never a world, so that the same records
 * give the same verdict whenever they are judged.
 *
 * Windows.  `eventually` passes at the first true instant in its window (and when it stays true for
 * `hold_ns` from there, which may outlast the window) and fails at the window's end.  `always` fails
 * at the first false instant and passes at the window's end; `never` is its mirror.  `atEnd` and
 * `final` are decided by the state at the window's end, `atStart` by the first that is known, `edge`
 * by both; `sometimes` is an `eventually` of the whole run.  Unknown (no node has the gauge yet) is
 * neither true nor false; a window that was unknown all along fails with that reason, and so does one
 * that no step opened.  A window that the run did not reach is an error of class `error` unless the
 * run was cut short by its timeout, in which case it fails.  `expect: fail` turns round what was
 * seen, not what was not.
 *
 * All mutable state stands in one space (core/base/space.h), so that a snapshot can carry it.
 */
#ifndef CORE_JUDGE_JUDGE_H
#define CORE_JUDGE_JUDGE_H

#include "core/base/space.h"
#include "core/plan.h"

struct rh_judge;

enum rh_verdict { RH_VERDICT_PASSED, RH_VERDICT_FAILED, RH_VERDICT_ERROR };

enum rh_result_state { RH_RESULT_OPEN, RH_RESULT_PASSED, RH_RESULT_FAILED, RH_RESULT_ERROR };

#define RH_EVIDENCE_RECORDS 5

/* What became of one assertion.  Text is in the judge's memory until it is closed. */
struct rh_result {
	enum rh_result_state state;
	uint64_t decided_ns; /* when it was decided */
	bool has_value;
	int64_t value;	  /* at the decision, or the worst seen for always/never */
	uint32_t node;	  /* the first violator, or RH_NODE_WORLD */
	char reason[400]; /* one sentence: expected, seen, limit */
	/* the record that decided, and those before it on that node, oldest first */
	struct rh_record evidence[RH_EVIDENCE_RECORDS + 1];
	uint32_t evidence_count;
	uint32_t fault_step; /* a fault in effect at that time, or RH_NONE */
};

struct rh_judge *rh_judge_open(const struct rh_plan *plan);
void rh_judge_close(struct rh_judge *judge);

/* Records in stream order; then advance() to say that all records before `time_ns` were given. */
void rh_judge_take(struct rh_judge *judge, const struct rh_record *records, size_t count);
void rh_judge_advance(struct rh_judge *judge, uint64_t time_ns);
/*
 * The records are `ahead` of the next to be taken: what the judge keeps of their nodes is asked for
 * early, since nodes come in no order that a cache could foresee.  Changes nothing.
 */
void rh_judge_expect(const struct rh_judge *judge, const struct rh_record *records, size_t count,
		     size_t next);
/* Closes every window: the run ended at `time_ns` (for the reason given). */
enum rh_run_end { RH_END_COMPLETED, RH_END_TIMEOUT, RH_END_CANCELLED };
void rh_judge_finish(struct rh_judge *judge, uint64_t time_ns, enum rh_run_end end);

/* Nothing is open but checks that last as long as the run itself. */
bool rh_judge_is_done(const struct rh_judge *judge);
/* When the next window of an undecided assertion ends; RH_TIME_NEVER when none does. */
uint64_t rh_judge_next_end(const struct rh_judge *judge);
/*
 * When something happens without a record: a window opens or ends, something has held long enough.
 * RH_TIME_NEVER: nothing.  What comes of it is known when that instant is over.
 */
uint64_t rh_judge_next_timer(const struct rh_judge *judge);
/* The kinds of records (bits) that the verdict of this plan stands on. */
uint64_t rh_judge_mask(const struct rh_plan *plan);
uint32_t rh_judge_result_count(const struct rh_judge *judge); /* == plan->assertion_count */
const struct rh_result *rh_judge_result(const struct rh_judge *judge, uint32_t assertion);
/* The decisions so far, in their order: how many, and which assertion was the n-th. */
uint32_t rh_judge_decision_count(const struct rh_judge *judge);
uint32_t rh_judge_decision(const struct rh_judge *judge, uint32_t number);
/*
 * Alerts are raised and cleared as long as the run lasts; they are told in their order of time,
 * like decisions.
 */
struct rh_alert {
	uint64_t time_ns;
	uint32_t assertion;
	uint32_t is_raised; /* or cleared */
	int64_t value;	    /* of what its rule looks at */
};

/*
 * Scores: the weights of what passed as a share of all, and how well faults were got over: the mean
 * of lasted / (lasted + recovery), where there was a fault that ended (core/judge/recovery.c).
 */
struct rh_scores {
	uint32_t passed;
	uint32_t failed;
	uint32_t error;
	uint32_t total;
	uint32_t warnings; /* of those that failed */
	bool has_recovery;
	uint64_t pass_ppm;
	uint64_t recovery_ppm;
};

struct rh_scores rh_judge_scores(const struct rh_judge *judge);

uint32_t rh_judge_alert_count(const struct rh_judge *judge);
struct rh_alert rh_judge_alert(const struct rh_judge *judge, uint32_t number);
/*
 * What an assertion says of the records taken so far, whatever its window; for conditions.  The
 * count grows when an instant is over in which a condition's truth was not what it had been.
 */
enum rh_truth rh_judge_truth(const struct rh_judge *judge, uint32_t assertion);
uint64_t rh_judge_condition_changes(const struct rh_judge *judge);
/* The instant of the last of these changes: nobody's stops decide it. */
uint64_t rh_judge_condition_changed_ns(const struct rh_judge *judge);
/*
 * `error` when a fault could not be verified or an action failed, whatever the assertions say;
 * `failed` when one of them or an invariant of the model failed; `error` when the run ended before
 * a window did; else `passed`.
 */
enum rh_verdict rh_judge_verdict(const struct rh_judge *judge);
const char *rh_verdict_name(enum rh_verdict verdict);
const char *rh_result_state_name(enum rh_result_state state);
/* Why the verdict is `error`, one sentence; "" otherwise. */
const char *rh_judge_error_text(const struct rh_judge *judge);
/* The first violated invariant, one sentence; "" when there is none.  Both texts are borrowed until
 * the next call of either. */
const char *rh_judge_invariant_text(const struct rh_judge *judge);

/* verdict.json: the same records give the same bytes. */
void rh_verdict_print(const struct rh_judge *judge, const struct rh_plan *plan, struct rh_buf *out);

#endif
