/*
 * json.c - run.json, which is also what `--json` prints: one object on one line.
 */
#include "core/report/report.h"
#include "core/base/jsontext.h"

static void put_text(struct rh_buf *out, const char *key, const char *text)
{
	rh_buf_printf(out, ",\"%s\":", key);
	rh_json_text(out, text == NULL ? "" : text);
}

static void put_number(struct rh_buf *out, const char *key, uint64_t value)
{
	rh_buf_printf(out, ",\"%s\":", key);
	rh_json_u64(out, value);
}

static void put_assertion(struct rh_buf *out, const struct rh_report_facts *facts, uint32_t index,
			  bool is_first)
{
	const struct rh_plan_assertion *assertion = &facts->plan->assertions[index];
	const struct rh_result *result = rh_judge_result(facts->judge, index);
	bool has_node = result->node < facts->plan->node_count;

	rh_buf_text(out, is_first ? "{\"name\":" : ",{\"name\":");
	rh_json_text(out, assertion->name);
	put_text(out, "state", rh_result_state_name(result->state));
	put_text(out, "mode", rh_assert_mode_name(assertion->mode));
	put_text(out, "reason", result->reason);
	rh_buf_text(out, ",\"value\":");
	if (result->has_value)
		rh_json_i64(out, result->value);
	else
		rh_buf_text(out, "null");
	rh_buf_text(out, ",\"decidedNs\":");
	if (result->state != RH_RESULT_OPEN)
		rh_json_u64(out, result->decided_ns);
	else
		rh_buf_text(out, "null");
	rh_buf_text(out, ",\"node\":");
	if (has_node)
		rh_json_text(out, facts->plan->nodes[result->node].name);
	else
		rh_buf_text(out, "null");
	rh_buf_text(out, "}");
}

static void put_scores(struct rh_buf *out, struct rh_scores scores)
{
	put_number(out, "passScorePpm", scores.pass_ppm);
	if (scores.has_recovery)
		put_number(out, "recoveryScorePpm", scores.recovery_ppm);
	else
		rh_buf_text(out, ",\"recoveryScorePpm\":null");
}

void rh_report_json(const struct rh_report *report, const struct rh_report_facts *facts,
		    uint64_t loop_cpu_ns, struct rh_buf *out)
{
	uint32_t count = facts->judge == NULL ? 0 : facts->plan->assertion_count;
	char plan_hash[RH_HASH_TEXT];

	(void)report;
	rh_buf_text(out, "{\"schemaVersion\":1");
	put_text(out, "scenario", facts->plan->name);
	put_number(out, "seed", facts->plan->seed);
	put_text(out, "mode", facts->mode);
	put_text(out, "status", rh_run_status_name(facts->status));
	if (facts->judge == NULL)
		rh_buf_text(out, ",\"verdict\":null");
	else
		put_text(out, "verdict", rh_verdict_name(facts->verdict));
	if (facts->judge != NULL && rh_judge_error_text(facts->judge)[0] != 0)
		put_text(out, "error", rh_judge_error_text(facts->judge));
	put_text(out, "traceHash", facts->trace_hash);
	put_text(out, "planHash", rh_hash128_text(plan_hash, rh_plan_hash(facts->plan)));
	put_number(out, "events", facts->events);
	put_number(out, "simulatedNs", facts->simulated_ns);
	put_number(out, "wallNs", facts->wall_ns);
	put_number(out, "cpuNs", facts->cpu_ns);
	put_number(out, "loopCpuNs", loop_cpu_ns);
	if (facts->judge != NULL)
		put_scores(out, rh_judge_scores(facts->judge));
	rh_buf_text(out, ",\"assertions\":[");
	for (uint32_t i = 0, done = 0; i < count; i++) {
		if (rh_assertion_is_judged(&facts->plan->assertions[i]))
			put_assertion(out, facts, i, done++ == 0);
	}
	rh_buf_text(out, "]");
	put_text(out, "runDirectory", facts->run_directory);
	put_text(out, "reproduce", facts->reproduce);
	rh_buf_text(out, "}\n");
}
