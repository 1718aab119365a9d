/*
 * stream.c - the one stream of a run: records of the world as they come, with what the run layer
 * says put in its place.
 *
 * A record of the run itself comes behind the one that caused it, and a decision of the judge
 * behind the instant that decided.  Records of the world are handed on in the batches in which they
 * came, cut only where something stands between them; none is copied.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/run/state.h"

static void hand_on(const struct run *run, const struct rh_record *records, size_t count)
{
	if (count == 0)
		return;
	for (uint32_t i = 0; i < run->options->sink_count; i++) {
		const struct rh_sink *sink = run->options->sinks[i];

		sink->take(sink->ctx, records, count);
	}
}

static uint16_t stage_of(enum rh_result_state state)
{
	switch (state) {
	case RH_RESULT_PASSED:
		return RH_ASSERTION_PASSED;
	case RH_RESULT_FAILED:
		return RH_ASSERTION_FAILED;
	case RH_RESULT_ERROR:
		return RH_ASSERTION_ERROR;
	case RH_RESULT_OPEN:
		break;
	}
	RH_ASSERT(false); /* it was decided */
	return 0;
}

/* A check of the run failed: what only warns, and conditions, do not count. */
static bool is_failure(const struct run *run, uint32_t assertion)
{
	const struct rh_plan_assertion *plan = &run->plan->assertions[assertion];

	return rh_judge_result(run->judge, assertion)->state == RH_RESULT_FAILED &&
	       !plan->is_warning && plan->role != RH_ROLE_ALERT && plan->role != RH_ROLE_CONDITION;
}

static void tell_decision(struct run *run, uint32_t assertion)
{
	const struct rh_result *result = rh_judge_result(run->judge, assertion);
	struct rh_record record = {
		.time_ns = result->decided_ns,
		.node = RH_NODE_WORLD,
		.kind = RH_RECORD_ASSERTION,
		.stage = stage_of(result->state),
		.index = assertion,
		.a = (uint64_t)result->value,
		.text = result->reason,
		.text_len = (uint32_t)strlen(result->reason),
	};

	hand_on(run, &record, 1);
	if (is_failure(run, assertion))
		run_has_failed(run, result->decided_ns);
}

static void tell_alert(struct run *run, const struct rh_alert *alert)
{
	const char *name = run->plan->assertions[alert->assertion].name;
	struct rh_record record = {
		.time_ns = alert->time_ns,
		.node = RH_NODE_WORLD,
		.kind = RH_RECORD_ALERT,
		.stage = alert->is_raised ? RH_ALERT_RAISED : RH_ALERT_CLEARED,
		.index = alert->assertion,
		.a = (uint64_t)alert->value,
		.text = name,
		.text_len = (uint32_t)strlen(name),
	};

	hand_on(run, &record, 1);
}

/* The one that comes next, by its time; at one time alerts come first, since checks may look at them. */
static bool tell_next(struct run *run)
{
	bool has_decision = run->decision_count < rh_judge_decision_count(run->judge);
	bool has_alert = run->alert_count < rh_judge_alert_count(run->judge);
	uint32_t assertion = 0;

	if (has_decision)
		assertion = rh_judge_decision(run->judge, run->decision_count);
	if (has_alert) {
		struct rh_alert alert = rh_judge_alert(run->judge, run->alert_count);

		if (!has_decision ||
		    alert.time_ns <= rh_judge_result(run->judge, assertion)->decided_ns) {
			run->alert_count++;
			tell_alert(run, &alert);
			return true;
		}
	}
	if (!has_decision)
		return false;
	run->decision_count++;
	tell_decision(run, assertion);
	return true;
}

void run_tell_decisions(struct run *run)
{
	if (run->judge == NULL)
		return;
	while (tell_next(run))
		;
	/* Nobody waits any more: the world stops at the next point of the reaction grid. */
	if (run->is_overtime && run->decision_count > 0 && rh_judge_is_done(run->judge)) {
		uint32_t last = rh_judge_decision(run->judge, run->decision_count - 1);

		run->ops->wake(run->world, rh_judge_result(run->judge, last)->decided_ns);
	}
}

static bool judge_has_decided(const struct run *run)
{
	return run->judge != NULL && (rh_judge_decision_count(run->judge) != run->decision_count ||
				      rh_judge_alert_count(run->judge) != run->alert_count);
}

void run_emit(struct run *run, const struct rh_record *record)
{
	run->said_ns = record->time_ns;
	if (run->judge != NULL && !run->is_closing)
		rh_judge_take(run->judge, record, 1);
	if (judge_has_decided(run))
		run_tell_decisions(run);
	hand_on(run, record, 1);
}

void run_emit_note(struct run *run, uint64_t time_ns, const char *fmt, ...)
{
	struct rh_record record = {
		.time_ns = time_ns, .node = RH_NODE_WORLD, .kind = RH_RECORD_NOTE};
	char text[300];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	record.text = text;
	record.text_len = (uint32_t)strlen(text);
	run_emit(run, &record);
}

/* Somebody waits for a sentence: what was true is asked while the instant is over and the next has
 * not begun. */
static void watch_before(struct run *run, uint64_t time_ns)
{
	if (run->waiting_count == 0 || time_ns <= run->last_ns)
		return;
	rh_judge_advance(run->judge, time_ns);
	run_watch(run);
}

void run_take(void *ctx, const struct rh_record *records, size_t count)
{
	struct run *run = ctx;
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		if (run->judge != NULL && !run->is_closing) {
			watch_before(run, records[i].time_ns);
			rh_judge_expect(run->judge, records, count, i);
			rh_judge_take(run->judge, &records[i], 1);
			if (judge_has_decided(run)) {
				hand_on(run, records + done, i - done);
				run_tell_decisions(run);
				done = i;
			}
		}
		run->last_ns = records[i].time_ns;
		if (records[i].kind == RH_RECORD_ACTION) {
			hand_on(run, records + done, i + 1 - done);
			done = i + 1;
			run_answer(run, &records[i]);
		}
	}
	hand_on(run, records + done, count - done);
}

void run_advance(void *ctx, uint64_t time_ns)
{
	struct run *run = ctx;

	if (run->judge != NULL && !run->is_closing) {
		rh_judge_advance(run->judge, time_ns);
		if (judge_has_decided(run))
			run_tell_decisions(run);
		run_watch(run);
	}
	for (uint32_t i = 0; i < run->options->sink_count; i++) {
		const struct rh_sink *sink = run->options->sinks[i];

		if (sink->advance != NULL)
			sink->advance(sink->ctx, time_ns);
	}
}
