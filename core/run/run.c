/*
 * run.c - the loop: where the world is to stop next, what happens there, and when it is over.
 *
 *   at `now`, every record before it is given:
 *     judge what came; over?  phases, steps and submissions of this time; verifications
 *     next stop = the nearest of: plan, submissions, end of a window, end of the run, stretch
 *     the world runs to it (or is woken before)
 *
 * Stopping changes nothing in the world, so stretches (for progress, cancelling and the wall clock)
 * may lie anywhere; they are a fixed share of the plan's duration, at most a minute of it, so that
 * no clock decides.
 */
#include "core/run/run.h"

#include <stdlib.h>
#include <string.h>

#include "core/run/state.h"

#define STRETCHES_TO_CANCEL 64
#define STRETCHES_TO_SHOW   512
#define STRETCH_MAX_NS	    RH_NS_PER_MIN

/* Why the loop ended. */
enum over { OVER_NOT, OVER_COMPLETED, OVER_UNTIL, OVER_TIMEOUT, OVER_CANCELLED, OVER_WALL };

const char *rh_run_status_name(enum rh_run_status status)
{
	switch (status) {
	case RH_STATUS_COMPLETED:
		return "completed";
	case RH_STATUS_FAILED:
		return "failed";
	case RH_STATUS_TIMEOUT:
		return "timeout";
	case RH_STATUS_CANCELLED:
		return "cancelled";
	}
	return "?";
}

/* ---- what happens at a stop ------------------------------------------------------------------ */

static void emit_run(struct run *run, uint16_t stage, uint64_t a, uint64_t b)
{
	struct rh_record record = {.time_ns = run->now_ns,
				   .node = RH_NODE_WORLD,
				   .kind = RH_RECORD_RUN,
				   .stage = stage,
				   .a = a,
				   .b = b};

	run_emit(run, &record);
}

static void emit_phase(struct run *run, uint32_t phase, uint16_t stage)
{
	struct rh_record record = {.time_ns = run->now_ns,
				   .node = RH_NODE_WORLD,
				   .kind = RH_RECORD_PHASE,
				   .stage = stage,
				   .index = phase};

	if (run->is_in_phase[phase] == (stage == RH_PHASE_BEGIN))
		return;
	run->is_in_phase[phase] = stage == RH_PHASE_BEGIN;
	run_emit(run, &record);
}

static void play_mark(struct run *run, const struct mark *mark)
{
	switch (mark->kind) {
	case MARK_PHASE_END:
		emit_phase(run, mark->index, RH_PHASE_END);
		break;
	case MARK_STEP_END:
		run_step_end(run, mark->index, false);
		break;
	case MARK_WAIT_END:
		run_wait_look(run, mark->index);
		break;
	case MARK_WAIT_TIMEOUT:
		run_wait_timeout(run, mark->index);
		break;
	case MARK_PART_TIMEOUT:
		run_part_timeout(run, (enum rh_part)mark->index);
		break;
	case MARK_WORKLOAD_END:
		run_workload_end(run, mark->index);
		break;
	case MARK_PHASE_BEGIN:
		emit_phase(run, mark->index, RH_PHASE_BEGIN);
		break;
	case MARK_STEP_BEGIN:
		run_step_begin(run, mark->index);
		break;
	case MARK_WORKLOAD_BEGIN:
		run_workload_begin(run, mark->index);
		break;
	}
}

void run_play_marks(struct run *run)
{
	run_verify_due(run);
	while (run->mark_next < run->mark_count &&
	       run->marks[run->mark_next].time_ns <= run->now_ns) {
		struct mark mark = run->marks[run->mark_next++]; /* others may move in */

		play_mark(run, &mark);
	}
}

static int play_stop(struct run *run)
{
	run_rollback_if_due(run);
	run_look(run);
	run_play_marks(run);
	return run_submit_due(run);
}

/* ---- when to stop ---------------------------------------------------------------------------- */

static bool is_asked_for_often(const struct rh_run_options *options)
{
	return options->is_cancelled != NULL || options->wall_limit_ns != 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t stretch_end(const struct run *run)
{
	uint64_t stretches, width;

	if (run->options->progress != NULL)
		stretches = STRETCHES_TO_SHOW;
	else if (is_asked_for_often(run->options))
		stretches = STRETCHES_TO_CANCEL;
	else
		return RH_TIME_NEVER;
	width = run->plan->duration_ns / stretches;
	/* Weeks are not to be waited for before a run can be cancelled; whole milliseconds read
	 * better in the line that repeats it. */
	width = least(width / RH_NS_PER_MS * RH_NS_PER_MS + RH_NS_PER_MS, STRETCH_MAX_NS);
	return (run->now_ns / width + 1) * width;
}

/* Something is done as soon as the judge sees that it is to be done: a rollback, the end of a wait. */
static bool is_followed(const struct run *run)
{
	return run->judge != NULL && (run->is_overtime || run->waiting_count > 0 ||
				      (run->rollback == ROLLBACK_NONE &&
				       (run->plan->rollback_when & RH_ROLLBACK_ON_FAILURE)));
}

/*
 * A world looks up behind its own records.  What the run itself says, and what time alone changes (a
 * window opens, an alert has held), is known at the point of the reaction grid behind it as well: else
 * the next record, whenever it comes, would tell, and that is not the same in every engine.
 */
static uint64_t next_insight(const struct run *run)
{
	uint64_t next_ns = RH_TIME_NEVER;
	uint64_t timer_ns = rh_judge_next_timer(run->judge);

	if (run->said_ns >= run->now_ns)
		next_ns = run_grid_after(run, run->said_ns);
	if (timer_ns != RH_TIME_NEVER && timer_ns >= run->now_ns)
		next_ns = least(next_ns, run_grid_after(run, timer_ns));
	return next_ns;
}

static uint64_t next_stop(const struct run *run)
{
	const struct rh_plan *plan = run->plan;
	uint64_t next_ns = RH_TIME_NEVER;

	if (run->wants_to_settle)
		return run->now_ns + 1;
	if (run->mark_next < run->mark_count)
		next_ns = run->marks[run->mark_next].time_ns;
	next_ns = least(next_ns, run_next_submission_ns(run));
	next_ns = least(next_ns, run->look_ns);
	if (run->rollback == ROLLBACK_DUE)
		next_ns = least(next_ns, run->rollback_ns);
	next_ns = least(next_ns, stretch_end(run));
	if (run->options->has_until && run->options->until_ns != RH_TIME_NEVER)
		next_ns = least(next_ns, run->options->until_ns + 1);
	if (run->now_ns < plan->duration_ns)
		next_ns = least(next_ns, plan->duration_ns);
	else if (run->judge != NULL)
		next_ns = least(next_ns, rh_judge_next_end(run->judge));
	/* A window that ends may be what a rollback answers. */
	if (run->judge != NULL && run->rollback == ROLLBACK_NONE &&
	    (plan->rollback_when & RH_ROLLBACK_ON_FAILURE))
		next_ns = least(next_ns, rh_judge_next_end(run->judge));
	if (is_followed(run))
		next_ns = least(next_ns, next_insight(run));
	if (plan->timeout_ns > run->now_ns)
		next_ns = least(next_ns, plan->timeout_ns);
	RH_ASSERT(next_ns > run->now_ns);
	return next_ns;
}

static bool is_judge_waiting(const struct run *run)
{
	return run->judge != NULL && !rh_judge_is_done(run->judge);
}

static enum over find_over(const struct run *run)
{
	const struct rh_run_options *options = run->options;
	const struct rh_plan *plan = run->plan;

	if (run->now_ns >= plan->duration_ns && !is_judge_waiting(run))
		return OVER_COMPLETED;
	if (plan->timeout_ns != 0 && run->now_ns >= plan->timeout_ns)
		return OVER_TIMEOUT;
	if (options->has_until && run->now_ns > options->until_ns)
		return OVER_UNTIL;
	/* Without a timeout there is nothing to wait for but windows that end. */
	if (run->now_ns >= plan->duration_ns && plan->timeout_ns == 0 &&
	    rh_judge_next_end(run->judge) == RH_TIME_NEVER)
		return OVER_COMPLETED;
	if (options->is_cancelled != NULL && options->is_cancelled(options->ctx))
		return OVER_CANCELLED;
	return OVER_NOT;
}

/* Answers are followed up, and past its duration a run stops at the last decision. */
static uint64_t calm_mask(const struct run *run)
{
	if (run->is_overtime || is_followed(run))
		return 0;
	return ~(UINT64_C(1) << RH_RECORD_ACTION);
}

static enum over loop(struct run *run, int *rc)
{
	const struct rh_run_options *options = run->options;
	uint64_t wall_start_ns = 0;
	bool has_wall = options->wall_limit_ns != 0 && options->wall_clock_ns != NULL;

	*rc = 0;
	if (has_wall)
		wall_start_ns = options->wall_clock_ns(options->ctx);
	for (;;) {
		enum over over;
		uint64_t target_ns, before_ns = run->now_ns;

		run_advance(run, run->now_ns);
		over = find_over(run);
		if (over != OVER_NOT)
			return over;
		if (has_wall &&
		    options->wall_clock_ns(options->ctx) - wall_start_ns >= options->wall_limit_ns)
			return OVER_WALL;
		run->is_overtime = run->now_ns >= run->plan->duration_ns;
		*rc = play_stop(run);
		if (*rc != 0)
			return OVER_NOT;
		target_ns = next_stop(run);
		run->is_settling = run->wants_to_settle;
		run->wants_to_settle = false;
		run->sink.calm_mask = calm_mask(run);
		*rc = run->ops->run_until(run->world, target_ns, &run->sink, &run->now_ns,
					  run->err);
		run->is_settling = false;
		if (*rc != 0)
			return OVER_NOT;
		RH_ASSERT(run->now_ns >= before_ns && run->now_ns <= target_ns);
		if (options->progress != NULL)
			options->progress(options->ctx, run->now_ns, run->plan->duration_ns);
	}
}

/* ---- the end --------------------------------------------------------------------------------- */

static enum rh_run_end end_of(enum over over)
{
	switch (over) {
	case OVER_NOT:
	case OVER_COMPLETED:
	case OVER_UNTIL:
		return RH_END_COMPLETED;
	case OVER_TIMEOUT:
		return RH_END_TIMEOUT;
	case OVER_CANCELLED:
	case OVER_WALL:
		return RH_END_CANCELLED;
	}
	return RH_END_COMPLETED;
}

static enum rh_run_status status_of(enum over over)
{
	switch (over) {
	case OVER_COMPLETED:
	case OVER_UNTIL:
		return RH_STATUS_COMPLETED;
	case OVER_TIMEOUT:
		return RH_STATUS_TIMEOUT;
	case OVER_CANCELLED:
		return RH_STATUS_CANCELLED;
	case OVER_NOT:
	case OVER_WALL:
		return RH_STATUS_FAILED;
	}
	return RH_STATUS_FAILED;
}

/* Which rollback the end asks for beside that of a failure. */
static uint32_t rollback_bit_of(enum over over)
{
	switch (over) {
	case OVER_TIMEOUT:
		return RH_ROLLBACK_ON_TIMEOUT;
	case OVER_CANCELLED:
	case OVER_WALL:
		return RH_ROLLBACK_ON_CANCEL;
	case OVER_NOT:
	case OVER_COMPLETED:
	case OVER_UNTIL:
		break;
	}
	return 0;
}

/* The judge's part of the end comes first where something is still to be done: rollback and cleanup are
 * no part of what was tested. */
static int play_end_parts(struct run *run, enum over over)
{
	uint32_t bit = rollback_bit_of(over);

	if (!run_has_end_parts(run) || over == OVER_UNTIL)
		return 0;
	emit_run(run, RH_RUN_CLOSING, end_of(over), run->now_ns);
	if (run->judge != NULL) {
		rh_judge_finish(run->judge, run->now_ns, end_of(over));
		run_tell_decisions(run);
	}
	run->is_closing = true;
	run->has_failed |= bit != 0;
	return run_play_end_parts(run, bit);
}

/* The world's part of the end: phases closed, faults cleared, last records. */
static int close_world(struct run *run, enum over over)
{
	int rc;

	run->is_overtime = false;
	for (uint32_t i = 0; i < run->plan->phase_count; i++)
		emit_phase(run, i, RH_PHASE_END);
	for (uint32_t i = 0; i < run->plan->workload_count; i++)
		run_workload_end(run, i);
	run_waits_close(run, over == OVER_COMPLETED || over == OVER_TIMEOUT);
	rc = play_end_parts(run, over);
	if (rc != 0)
		return rc;
	run_rollback(run);
	rc = run->ops->finish(run->world, &run->sink, run->err);
	if (rc == 0)
		run_steps_close(run);
	return rc;
}

static void take_stats(struct run *run)
{
	struct rh_world_stats *stats = &run->result->stats;
	struct rh_checkpoint *copy;

	run->ops->stats(run->world, stats);
	copy = rh_alloc(stats->checkpoint_count + 1, sizeof(*copy));
	if (stats->checkpoint_count > 0)
		memcpy(copy, stats->checkpoints, stats->checkpoint_count * sizeof(*copy));
	stats->checkpoints = copy;
}

static void conclude(struct run *run, enum over over)
{
	struct rh_run_result *result = run->result;
	enum rh_run_end end = end_of(over);
	struct rh_record last = {.time_ns = run->now_ns,
				 .node = RH_NODE_WORLD,
				 .kind = RH_RECORD_RUN,
				 .stage = RH_RUN_END,
				 .a = end,
				 .b = run->now_ns};

	result->status = status_of(over);
	result->simulated_ns = over == OVER_UNTIL ? run->options->until_ns : run->now_ns;
	result->verdict = result->faults_unverified > 0 ? RH_VERDICT_ERROR : RH_VERDICT_PASSED;
	if (run->judge != NULL) {
		if (!run->is_closing) {
			rh_judge_take(run->judge, &last, 1);
			run_tell_decisions(run);
			rh_judge_finish(run->judge, run->now_ns, end);
			run_tell_decisions(run);
		}
		result->verdict = rh_judge_verdict(run->judge);
	}
	for (uint32_t i = 0; i < run->options->sink_count; i++)
		run->options->sinks[i]->take(run->options->sinks[i]->ctx, &last, 1);
	/* The clock on the wall is the harness's, whatever was seen until then. */
	if (over == OVER_WALL)
		result->verdict = RH_VERDICT_ERROR;
	else if (over == OVER_TIMEOUT && result->verdict == RH_VERDICT_PASSED)
		result->verdict = RH_VERDICT_FAILED;
}

/* What steps wait for only the judge can tell. */
static bool has_conditions(const struct rh_plan *plan)
{
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (plan->assertions[i].role == RH_ROLE_CONDITION)
			return true;
	}
	return false;
}

static int open_run(struct run *run)
{
	struct rh_world_options options = run->options->world;
	int rc = rh_run_check(run->plan, run->ops, run->err);

	if (rc != 0)
		return rc;
	/* What a verdict stands on is always asked for. */
	options.record_mask |= rh_record_mask(RH_TRACE_VERDICT);
	if (!run->options->no_judge || has_conditions(run->plan))
		options.record_mask |= rh_judge_mask(run->plan);
	rc = run->ops->open(&run->world, run->plan, &options, run->err);
	if (rc != 0)
		return rc;
	if (!run->options->no_judge || has_conditions(run->plan))
		run->judge = rh_judge_open(run->plan);
	run->sink = (struct rh_sink){.take = run_take, .advance = run_advance, .ctx = run};
	run->look_ns = RH_TIME_NEVER;
	run->is_in_phase = rh_alloc((size_t)run->plan->phase_count + 1, sizeof(bool));
	rh_arena_init(&run->scratch);
	run_timeline_open(run);
	run_steps_open(run);
	run_workloads_open(run);
	return run_links_open(run);
}

static void close_run(struct run *run)
{
	if (run->world != NULL)
		run->ops->close(run->world);
	rh_arena_release(&run->scratch);
	free(run->marks);
	free(run->steps);
	free(run->is_in_phase);
	free(run->tickets);
	free(run->owners);
	run_workloads_close(run);
}

static uint64_t cpu_ns(const struct rh_run_options *options)
{
	return options->cpu_clock_ns == NULL ? 0 : options->cpu_clock_ns(options->ctx);
}

int rh_run(struct rh_run_result *result, const struct rh_plan *plan,
	   const struct rh_world_ops *world, const struct rh_run_options *options,
	   struct rh_err *err)
{
	struct run run = {
		.plan = plan, .ops = world, .options = options, .result = result, .err = err};
	uint64_t start_ns;
	enum over over;
	int rc;

	*result = (struct rh_run_result){.status = RH_STATUS_FAILED, .verdict = RH_VERDICT_ERROR};
	RH_ASSERT(options->sink_count <= RH_ARRAY_LEN(options->sinks));
	start_ns = cpu_ns(options);
	rc = open_run(&run);
	if (rc != 0)
		goto out;
	emit_run(&run, RH_RUN_BEGIN, plan->seed, plan->duration_ns);
	over = loop(&run, &rc);
	/* A world that failed is closed at once: that is its own rollback. */
	if (rc == 0)
		rc = close_world(&run, over);
	result->simulated_ns = run.now_ns;
	if (rc == 0) {
		conclude(&run, over);
		take_stats(&run);
		result->loop_cpu_ns = cpu_ns(options) - start_ns;
		result->judge = run.judge;
		run.judge = NULL;
	}
out:
	rh_judge_close(run.judge);
	close_run(&run);
	return rc;
}
