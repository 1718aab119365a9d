/*
 * verdict.c - the verdict of a run, and verdict.json.
 *
 * A harness that did not do what the plan says proves nothing, so an unverified fault or a failed
 * action is an `error` whatever the assertions say; a window that the run did not reach is one only
 * where nothing failed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/jsontext.h"
#include "core/judge/state.h"

static const uint64_t *steps(const struct rh_judge *judge, enum step_set set)
{
	return rh_at(&judge->space, judge->core->step_bits[set]);
}

enum rh_verdict rh_judge_verdict(const struct rh_judge *judge)
{
	const struct core *core = judge->core;

	if (core->has_error)
		return RH_VERDICT_ERROR;
	if (core->has_failed || core->invariant_count > 0)
		return RH_VERDICT_FAILED;
	return core->has_unreached ? RH_VERDICT_ERROR : RH_VERDICT_PASSED;
}

const char *rh_verdict_name(enum rh_verdict verdict)
{
	switch (verdict) {
	case RH_VERDICT_PASSED:
		return "passed";
	case RH_VERDICT_FAILED:
		return "failed";
	case RH_VERDICT_ERROR:
		return "error";
	}
	return "?";
}

static const char *end_name(enum rh_run_end end)
{
	switch (end) {
	case RH_END_COMPLETED:
		return "completed";
	case RH_END_TIMEOUT:
		return "timeout";
	case RH_END_CANCELLED:
		return "cancelled";
	}
	return "?";
}

const char *rh_result_state_name(enum rh_result_state state)
{
	switch (state) {
	case RH_RESULT_OPEN:
		return "open";
	case RH_RESULT_PASSED:
		return "passed";
	case RH_RESULT_FAILED:
		return "failed";
	case RH_RESULT_ERROR:
		return "error";
	}
	return "?";
}

/* Of a wait, what did not come. */
static void put_failed_step(char *text, size_t size, const struct rh_plan *plan,
			    const struct rh_plan_step *step)
{
	bool is_wait =
		step->type->effect == RH_EFFECT_ON_RUN && step->type->run_op == RH_RUN_OP_WAIT;

	if (is_wait && step->condition < plan->assertion_count &&
	    plan->assertions[step->condition].text != NULL)
		snprintf(text, size, "%.80s waited in vain until %.120s", step->name,
			 plan->assertions[step->condition].text);
	else if (is_wait)
		snprintf(text, size, "%.80s waited in vain", step->name);
	else
		snprintf(text, size, "action %.80s failed", step->name);
}

static void find_error(const struct rh_judge *judge, char *text, size_t size)
{
	const struct rh_plan *plan = judge->plan;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_plan_step *step = &plan->steps[i];

		if (rh_bit_get(steps(judge, STEPS_UNVERIFIED), i) &&
		    step->verify == RH_VERIFY_REQUIRED) {
			snprintf(text, size, "fault %.80s could not be verified", step->name);
			return;
		}
	}
	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (rh_bit_get(steps(judge, STEPS_FAILED), i)) {
			put_failed_step(text, size, plan, &plan->steps[i]);
			return;
		}
	}
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (judge->seats[i].state == RH_RESULT_ERROR) {
			snprintf(text, size, "the run ended before \"%.80s\" could be judged",
				 plan->assertions[i].name);
			return;
		}
	}
}

const char *rh_judge_error_text(const struct rh_judge *judge)
{
	char *text = judge->scratch->text;

	text[0] = 0;
	if (rh_judge_verdict(judge) == RH_VERDICT_ERROR)
		find_error(judge, text, sizeof(judge->scratch->text));
	return text;
}

const char *rh_judge_invariant_text(const struct rh_judge *judge)
{
	const struct kept *first = &judge->core->invariant;
	const struct rh_model *model = judge->plan->model;
	char *text = judge->scratch->text;
	char when[RH_TIME_TEXT], number[24];
	const char *name = number;

	text[0] = 0;
	if (judge->core->invariant_count == 0)
		return text;
	if (model != NULL && first->index < model->invariant_count)
		name = model->invariants[first->index].name;
	else
		snprintf(number, sizeof(number), "%" PRIu32, first->index);
	snprintf(text, sizeof(judge->scratch->text), "invariant %.80s was violated at %s at %.80s",
		 name, rh_clock_text(when, first->time_ns), judge_node_name(judge, first->node));
	return text;
}

static void release(struct rh_record *record, const struct kept *kept)
{
	*record = (struct rh_record){.time_ns = kept->time_ns,
				     .node = kept->node,
				     .kind = kept->kind,
				     .stage = kept->stage,
				     .index = kept->index,
				     .a = kept->a,
				     .b = kept->b,
				     .c = kept->c,
				     .d = kept->d};
}

const struct rh_result *rh_judge_result(const struct rh_judge *judge, uint32_t assertion)
{
	const struct seat *seat = &judge->seats[assertion];
	struct rh_result *result;

	RH_ASSERT(assertion < judge->plan->assertion_count);
	result = &judge->scratch->results[assertion];
	*result = (struct rh_result){.state = (enum rh_result_state)seat->state,
				     .decided_ns = seat->decided_ns,
				     .has_value = seat->has_value,
				     .value = seat->value,
				     .node = seat->node,
				     .evidence_count = seat->evidence_count,
				     .fault_step = seat->fault_step};
	for (uint32_t i = 0; i < seat->evidence_count; i++)
		release(&result->evidence[i], &seat->evidence[i]);
	judge_reason(judge, assertion, result->reason, sizeof(result->reason));
	return result;
}

/* ---- verdict.json ---------------------------------------------------------------------------- */

static void put_key_text(struct rh_buf *out, const char *key, const char *text)
{
	rh_buf_printf(out, "\"%s\": ", key);
	if (text == NULL)
		rh_buf_text(out, "null");
	else
		rh_json_text(out, text);
}

/* One field of a record as the record table describes it: "name:type". */
static void put_field(struct rh_buf *out, const struct rh_plan *plan, const char *field,
		      uint64_t value)
{
	const char *type = strchr(field, ':');
	char gauge[64];

	if (type == NULL)
		return;
	rh_buf_printf(out, ", \"%.*s\": ", (int)(type - field), field);
	type++;
	if (strcmp(type, "id") == 0)
		rh_buf_printf(out, "\"%016" PRIx64 "\"", value);
	else if (strcmp(type, "node") == 0 && value < plan->node_count)
		rh_json_text(out, plan->nodes[value].name);
	else if (strcmp(type, "gauge") == 0)
		rh_json_text(out, rh_plan_gauge_name(gauge, plan, (uint32_t)value));
	else if (strcmp(type, "step") == 0 && value < plan->step_count)
		rh_json_text(out, plan->steps[value].name);
	else if (strcmp(type, "phase") == 0 && value < plan->phase_count)
		rh_json_text(out, plan->phases[value].name);
	else if (strcmp(type, "int") == 0)
		rh_buf_printf(out, "%" PRId64, (int64_t)value);
	else
		rh_buf_printf(out, "%" PRIu64, value);
}

static void put_record(struct rh_buf *out, const struct rh_judge *judge,
		       const struct rh_record *record)
{
	const struct rh_record_info *info = rh_record_info(record->kind);
	char stage[24];

	RH_ASSERT(info != NULL);
	rh_buf_printf(out, "{\"timeNs\": %" PRIu64 ", ", record->time_ns);
	put_key_text(out, "node", judge_node_name(judge, record->node));
	rh_buf_printf(out, ", \"kind\": \"%s\", \"stage\": \"%s\"", info->text,
		      rh_record_stage_text(stage, record->kind, record->stage));
	put_field(out, judge->plan, info->fields[0], record->index);
	put_field(out, judge->plan, info->fields[1], record->a);
	put_field(out, judge->plan, info->fields[2], record->b);
	put_field(out, judge->plan, info->fields[3], record->c);
	put_field(out, judge->plan, info->fields[4], record->d);
	rh_buf_u8(out, '}');
}

/* What is not the usual. */
static void put_terms(struct rh_buf *out, const struct rh_plan *plan,
		      const struct rh_plan_assertion *said)
{
	if (said->role == RH_ROLE_EXPECTATION)
		rh_buf_text(out, ", \"isExpectation\": true");
	if (said->is_warning)
		rh_buf_text(out, ", \"isWarning\": true");
	if (said->expects_failure)
		rh_buf_text(out, ", \"expect\": \"fail\"");
	if (said->weight != 1)
		rh_buf_printf(out, ", \"weight\": %" PRIu32, said->weight);
	if (said->hold_ns != 0)
		rh_buf_printf(out, ", \"forNs\": %" PRIu64, said->hold_ns);
	if (said->after < plan->step_count) {
		rh_buf_text(out, ", ");
		put_key_text(out, "after", plan->steps[said->after].name);
	}
	if (said->during < plan->step_count) {
		rh_buf_text(out, ", ");
		put_key_text(out, "during", plan->steps[said->during].name);
	}
}

static void put_assertion(struct rh_buf *out, const struct rh_judge *judge, uint32_t assertion)
{
	const struct rh_plan *plan = judge->plan;
	const struct rh_plan_assertion *said = &plan->assertions[assertion];
	const struct rh_result *result = rh_judge_result(judge, assertion);
	const struct seat *seat = &judge->seats[assertion];
	char sentence[200], value[40];

	judge_sentence(judge, assertion, sentence, sizeof(sentence));
	rh_buf_text(out, "    {");
	put_key_text(out, "name", said->name);
	rh_buf_printf(out, ", \"state\": \"%s\", ", rh_result_state_name(result->state));
	put_key_text(out, "that", sentence);
	rh_buf_printf(out, ", \"type\": \"%s\", \"mode\": \"%s\", ", said->type->name,
		      rh_assert_mode_name(said->mode));
	put_key_text(out, "phase",
		     said->phase < plan->phase_count ? plan->phases[said->phase].name : NULL);
	rh_buf_printf(out, ", \"isCriterion\": %s, \"fromNs\": %" PRIu64 ", \"untilNs\": ",
		      said->role == RH_ROLE_CRITERION ? "true" : "false", seat->from_ns);
	if (seat->until_ns == RH_TIME_NEVER)
		rh_buf_text(out, "null");
	else
		rh_buf_printf(out, "%" PRIu64, seat->until_ns);
	rh_buf_printf(out, ", \"decidedNs\": %" PRIu64, result->decided_ns);
	put_terms(out, judge->plan, said);
	rh_buf_text(out, ",\n     ");
	put_key_text(out, "reason", result->reason);
	rh_buf_text(out, ", \"value\": ");
	if (result->has_value)
		rh_buf_printf(out, "%" PRId64 ", ", result->value);
	else
		rh_buf_text(out, "null, ");
	put_key_text(out, "valueText",
		     result->has_value ? judge_value_text(judge, assertion, value, result->value)
				       : NULL);
	rh_buf_text(out, ", ");
	put_key_text(out, "node",
		     result->node < plan->node_count ? plan->nodes[result->node].name : NULL);
	rh_buf_text(out, ", ");
	put_key_text(out, "fault",
		     result->fault_step < plan->step_count ? plan->steps[result->fault_step].name
							   : NULL);
	rh_buf_text(out, ", \"evidence\": [");
	for (uint32_t i = 0; i < result->evidence_count; i++) {
		rh_buf_text(out, i == 0 ? "\n      " : ",\n      ");
		put_record(out, judge, &result->evidence[i]);
	}
	rh_buf_text(out, "]}");
}

static void put_steps(struct rh_buf *out, const struct rh_judge *judge, const char *key,
		      const uint64_t *bits)
{
	const char *comma = "";

	rh_buf_printf(out, "\"%s\": [", key);
	for (uint32_t i = 0; i < judge->plan->step_count; i++) {
		const struct rh_plan_step *step = &judge->plan->steps[i];
		bool is_skipped = step->type->is_fault && step->verify == RH_VERIFY_NONE &&
				  !step->is_disabled;

		if (bits == NULL ? !is_skipped : !rh_bit_get(bits, i))
			continue;
		rh_buf_text(out, comma);
		rh_json_text(out, step->name);
		comma = ", ";
	}
	rh_buf_u8(out, ']');
}

struct rh_scores rh_judge_scores(const struct rh_judge *judge)
{
	struct rh_scores scores = {0};
	uint64_t weights = 0, passed = 0;

	for (uint32_t i = 0; i < judge->plan->assertion_count; i++) {
		const struct rh_plan_assertion *plan = &judge->plan->assertions[i];
		bool has_passed = judge->seats[i].state == RH_RESULT_PASSED;

		if (!rh_assertion_is_judged(plan))
			continue;
		scores.total++;
		scores.passed += has_passed;
		scores.failed += judge->seats[i].state == RH_RESULT_FAILED;
		scores.error += judge->seats[i].state == RH_RESULT_ERROR;
		scores.warnings += plan->is_warning && judge->seats[i].state == RH_RESULT_FAILED;
		weights += plan->weight;
		passed += has_passed ? plan->weight : 0;
	}
	scores.pass_ppm = weights == 0 ? 1000000 : rh_mul_div(passed, 1000000, weights);
	scores.has_recovery = judge_recovery_score(judge, &scores.recovery_ppm);
	return scores;
}

static void put_scores(struct rh_buf *out, const struct rh_judge *judge)
{
	struct rh_scores scores = rh_judge_scores(judge);

	rh_buf_printf(out,
		      "  \"scores\": {\"passed\": %" PRIu32 ", \"failed\": %" PRIu32
		      ", \"error\": %" PRIu32 ", \"total\": %" PRIu32 ", \"warnings\": %" PRIu32
		      ", \"passScorePpm\": %" PRIu64 ", \"recoveryScorePpm\": ",
		      scores.passed, scores.failed, scores.error, scores.total, scores.warnings,
		      scores.pass_ppm);
	if (scores.has_recovery)
		rh_buf_printf(out, "%" PRIu64 "},\n", scores.recovery_ppm);
	else
		rh_buf_text(out, "null},\n");
}

/* Faults that are over, and how long the network took to be well again. */
static void put_recoveries(struct rh_buf *out, const struct rh_judge *judge)
{
	const char *comma = "";

	rh_buf_text(out, ", \"recoveryNs\": {");
	for (uint32_t i = 0; i < judge->plan->step_count; i++) {
		const struct recovery *recovery = &judge->recoveries[i];

		if (recovery->state != RECOVERY_AHEAD && recovery->state != RECOVERY_DONE)
			continue;
		rh_buf_text(out, comma);
		rh_json_text(out, judge->plan->steps[i].name);
		if (recovery->state == RECOVERY_DONE)
			rh_buf_printf(out, ": %" PRIu64,
				      recovery->recovered_ns - recovery->cleared_ns);
		else
			rh_buf_text(out, ": null");
		comma = ", ";
	}
	rh_buf_text(out, "}");
}

/* Alerts, and when they were raised and cleared. */
static void put_alerts(struct rh_buf *out, const struct rh_judge *judge)
{
	rh_buf_text(out, "  \"alerts\": [");
	for (uint32_t i = 0; i < rh_judge_alert_count(judge); i++) {
		struct rh_alert alert = rh_judge_alert(judge, i);
		const char *name = judge->plan->assertions[alert.assertion].name;

		rh_buf_printf(out, "%s{\"timeNs\": %" PRIu64 ", ", i == 0 ? "" : ", ",
			      alert.time_ns);
		put_key_text(out, "name", name);
		rh_buf_printf(out, ", \"stage\": \"%s\"}", alert.is_raised ? "raised" : "cleared");
	}
	rh_buf_text(out, "],\n");
}

void rh_verdict_print(const struct rh_judge *judge, const struct rh_plan *plan, struct rh_buf *out)
{
	const struct core *core = judge->core;

	RH_ASSERT(plan == judge->plan);
	rh_buf_text(out, "{\n  \"schemaVersion\": 1,\n  ");
	put_key_text(out, "scenario", plan->name);
	rh_buf_printf(out, ",\n  \"seed\": %" PRIu64 ",\n  \"verdict\": \"%s\",\n", plan->seed,
		      rh_verdict_name(rh_judge_verdict(judge)));
	rh_buf_printf(out, "  \"status\": \"%s\",\n  \"endNs\": %" PRIu64 ",\n  ",
		      core->is_finished ? end_name((enum rh_run_end)core->end) : "running",
		      core->end_ns);
	put_key_text(out, "error", rh_judge_error_text(judge));
	rh_buf_text(out, ",\n");
	put_scores(out, judge);
	rh_buf_text(out, "  \"assertions\": [");
	for (uint32_t i = 0, done = 0; i < plan->assertion_count; i++) {
		if (!rh_assertion_is_judged(&plan->assertions[i]))
			continue;
		rh_buf_text(out, done++ == 0 ? "\n" : ",\n");
		put_assertion(out, judge, i);
	}
	rh_buf_text(out, "],\n  \"faults\": {");
	put_steps(out, judge, "unverified", steps(judge, STEPS_UNVERIFIED));
	rh_buf_text(out, ", ");
	put_steps(out, judge, "untouched", steps(judge, STEPS_UNTOUCHED));
	rh_buf_text(out, ", ");
	put_steps(out, judge, "notVerified", NULL);
	rh_buf_text(out, ", ");
	put_steps(out, judge, "failedActions", steps(judge, STEPS_FAILED));
	put_recoveries(out, judge);
	rh_buf_text(out, "},\n");
	if (rh_judge_alert_count(judge) > 0)
		put_alerts(out, judge);
	rh_buf_printf(out, "  \"invariants\": {\"violations\": %" PRIu32 ", ",
		      core->invariant_count);
	put_key_text(out, "reason", rh_judge_invariant_text(judge));
	rh_buf_text(out, "}\n}\n");
}
