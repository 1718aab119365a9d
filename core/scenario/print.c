/*
 * print.c - a plan as YAML for people: every default filled in, every target and link by name.
 *
 * It is what the run was, not a scenario: links, targets and times are those that were drawn and
 * computed.  Links stand four in a line as [a, b, delay] or [a, b, there, back].
 */
#include <inttypes.h>
#include <string.h>

#include "core/base/jsontext.h"
#include "core/scenario/load.h"
#include "core/scenario/value.h"

/* A string of JSON is one of YAML too. */
static void put_quoted(struct rh_buf *out, const char *text)
{
	rh_json_text(out, text);
}

static void put_span(struct rh_buf *out, uint64_t span_ns)
{
	char text[RH_TIME_TEXT];

	rh_buf_text(out, span_ns == RH_TIME_NEVER ? "never" : rh_span_exact(text, span_ns));
}

static void put_signed_span(struct rh_buf *out, int64_t span_ns)
{
	if (span_ns < 0)
		rh_buf_u8(out, '-');
	put_span(out, span_ns < 0 ? 0 - (uint64_t)span_ns : (uint64_t)span_ns);
}

static void put_value(struct rh_buf *out, const struct rh_key *key, const void *params)
{
	struct rh_value value = rh_value_load(key, params);
	bool is_sign = key->type == RH_KEY_ENUM && strpbrk(key->values, "<>=!") != NULL;

	if (key->type == RH_KEY_TEXT)
		put_quoted(out, value.text != NULL ? value.text : "");
	else if (is_sign) { /* YAML has plans of its own for >= */
		rh_buf_u8(out, '"');
		rh_value_print(&value, key, out);
		rh_buf_u8(out, '"');
	} else
		rh_value_print(&value, key, out);
}

/* {a: 1, b: 2} */
static void put_params(struct rh_buf *out, const struct rh_key *keys, const void *params)
{
	const char *comma = "";

	rh_buf_u8(out, '{');
	for (; keys != NULL && keys->name != NULL; keys++) {
		rh_buf_printf(out, "%s%s: ", comma, keys->name);
		put_value(out, keys, params);
		comma = ", ";
	}
	rh_buf_u8(out, '}');
}

static void put_rate(struct rh_buf *out, uint64_t rate_bps)
{
	static const struct rh_key key = {.name = "rate", .type = RH_KEY_RATE};
	struct rh_value value = {.number = rate_bps};

	rh_value_print(&value, &key, out);
}

/* "all", or the names. */
static void put_nodes(struct rh_buf *out, const struct rh_plan *plan, const uint32_t *nodes,
		      uint32_t count)
{
	if (count == plan->node_count) {
		rh_buf_text(out, "all");
		return;
	}
	rh_buf_u8(out, '[');
	for (uint32_t i = 0; i < count; i++)
		rh_buf_printf(out, "%s%s", i != 0 ? ", " : "", plan->nodes[nodes[i]].name);
	rh_buf_u8(out, ']');
}

/* A threshold as percent with six digits, rounded down. */
static void put_loss(struct rh_buf *out, uint64_t threshold)
{
	uint64_t ppm_hundredth =
		threshold == UINT64_MAX ? 100000000 : rh_mul_div(threshold, 100000000, UINT64_MAX);

	rh_buf_printf(out, "%" PRIu64 ".%06" PRIu64 "%%", ppm_hundredth / 1000000,
		      ppm_hundredth % 1000000);
}

static void print_header(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_text(out, "# The plan of a run: every default filled in, every choice made.\n");
	rh_buf_text(out, "name: ");
	put_quoted(out, plan->name);
	rh_buf_text(out, "\ndescription: ");
	put_quoted(out, plan->description);
	rh_buf_text(out, "\nhypothesis: ");
	put_quoted(out, plan->hypothesis);
	for (uint32_t i = 0; i < plan->input_count; i++) {
		rh_buf_text(out, i == 0 ? "\ninputs: [" : ", ");
		put_quoted(out, plan->inputs[i]);
	}
	rh_buf_text(out, plan->input_count != 0 ? "]" : "");
	rh_buf_printf(out, "\nseed: %" PRIu64 "\nrng: %s\nties: %s\nduration: ", plan->seed,
		      plan->rng == RH_RNG_PHILOX ? "philox" : "splitmix",
		      plan->ties == RH_TIES_RANDOM ? "random" : "fixed");
	put_span(out, plan->duration_ns);
	rh_buf_text(out, "\ntimeout: ");
	put_span(out, plan->timeout_ns);
	rh_buf_printf(out,
		      "\nclock: {genesisUnixSeconds: %" PRIu64 ", slot: ", plan->genesis_unix_s);
	put_span(out, plan->slot_ns);
	rh_buf_printf(out, ", slotsPerEpoch: %" PRIu64 ", block: ", plan->slots_per_epoch);
	put_span(out, plan->block_ns);
	rh_buf_text(out, ", genesisDelay: ");
	put_span(out, plan->genesis_delay_ns);
	rh_buf_text(out, "}\n");
	if (plan->modes != 0)
		rh_buf_printf(out, "modes: [%s]\n",
			      plan->modes == RH_PLAN_MODE_SIM	 ? "sim"
			      : plan->modes == RH_PLAN_MODE_LIVE ? "live"
								 : "sim, live");
	if (plan->sample_every_ns != 0) {
		rh_buf_text(out, "sampleEvery: ");
		put_span(out, plan->sample_every_ns);
		rh_buf_u8(out, '\n');
	}
	rh_buf_printf(out, "trace: %s\nreaction: ",
		      plan->trace_level == RH_TRACE_FULL   ? "full"
		      : plan->trace_level == RH_TRACE_NODE ? "node"
							   : "verdict");
	put_span(out, plan->reaction_ns);
	rh_buf_printf(out,
		      "\nlimits: {memory: %" PRIu64 "B, selfEvents: %" PRIu64
		      ", messagesInFlight: %" PRIu64 "}\n",
		      plan->limit_memory, plan->limit_self_events, plan->limit_messages);
	rh_buf_printf(out, "model:\n  name: %s\n  with: ", plan->model->name);
	put_params(out, plan->model->keys, plan->params);
	rh_buf_u8(out, '\n');
}

/* What the file asks of its report. */
static void print_report(struct rh_buf *out, const struct rh_plan *plan)
{
	static const struct rh_key formats = {
		.name = "formats", .type = RH_KEY_ENUM, .values = RH_REPORT_FORMATS};
	const struct rh_plan_report *report = &plan->report;
	const char *comma = "";
	char gauge[64];

	if (report->formats == 0 && report->wishes == 0 && report->plot_count == 0)
		return;
	rh_buf_text(out, "reporting:\n  formats: [");
	for (uint32_t i = 0; report->formats >> i != 0; i++) {
		struct rh_value value = {.number = i};

		if (((report->formats >> i) & 1) == 0)
			continue;
		rh_buf_text(out, comma);
		rh_value_print(&value, &formats, out);
		comma = ", ";
	}
	rh_buf_printf(out,
		      "]\n  generateTimeline: %s\n  includePerformanceImpact: %s\n"
		      "  correlateWithAuditLogs: %s\n  plots: [",
		      report->wishes & RH_REPORT_TIMELINE ? "true" : "false",
		      report->wishes & RH_REPORT_IMPACT ? "true" : "false",
		      report->wishes & RH_REPORT_AUDIT_LOGS ? "true" : "false");
	for (uint32_t i = 0; i < report->plot_count; i++)
		rh_buf_printf(out, "%s%s", i != 0 ? ", " : "",
			      rh_plan_gauge_name(gauge, plan, report->plots[i]));
	rh_buf_text(out, "]\n");
}

static void print_clients(struct rh_buf *out, const struct rh_plan *plan)
{
	bool has_begun = false;

	for (uint32_t i = 0; i < plan->group_count; i++) {
		const struct rh_plan_group *group = &plan->groups[i];

		if (group->client_model[0] == 0 && group->execution[0] == 0 &&
		    group->consensus[0] == 0)
			continue;
		rh_buf_printf(out, "%s  %s: {model: ", has_begun ? "" : "clients:\n", group->name);
		put_quoted(out, group->client_model);
		rh_buf_text(out, ", execution: ");
		put_quoted(out, group->execution);
		rh_buf_text(out, ", consensus: ");
		put_quoted(out, group->consensus);
		rh_buf_text(out, "}\n");
		has_begun = true;
	}
}

static void print_nodes(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_printf(out, "nodes: # %u, weight %" PRIu64 "\n", plan->node_count,
		      plan->weight_total);
	for (uint32_t i = 0; i < plan->node_count; i++) {
		const struct rh_plan_node *node = &plan->nodes[i];

		rh_buf_printf(out, "  - {name: %s, group: %s, region: %s, up: ", node->name,
			      plan->groups[node->group].name,
			      node->region == RH_NONE ? "none" : plan->regions[node->region]);
		put_rate(out, node->up_bps);
		rh_buf_text(out, ", down: ");
		put_rate(out, node->down_bps);
		rh_buf_text(out, ", join: ");
		put_span(out, node->start_ns);
		rh_buf_text(out, ", clockOffset: ");
		put_signed_span(out, node->clock_offset_ns);
		rh_buf_printf(out, ", clockDrift: %" PRId64 "ppb, weight: %" PRIu64 ", with: ",
			      node->clock_drift_ppb, node->weight);
		put_params(out, plan->model->node_keys, node->params);
		rh_buf_text(out, "}\n");
	}
}

/* Kinds of links, as the links name them, and whom a node knows first. */
static void print_bases(struct rh_buf *out, const struct rh_plan *plan)
{
	for (uint32_t i = 0; i < plan->base_count; i++) {
		const struct rh_link_state *base = &plan->bases[i];

		rh_buf_printf(out, "%s\n  %u: {jitter: ", i == 0 ? "\nkinds:" : "", i + 1);
		put_span(out, base->jitter_ns);
		rh_buf_text(out, ", loss: ");
		put_loss(out, base->loss_threshold);
		rh_buf_text(out, ", rate: ");
		put_rate(out, base->rate_bps);
		rh_buf_u8(out, '}');
	}
	if (plan->bootstrap_count == 0)
		return;
	rh_buf_text(out, "\nbootstrap: ");
	put_nodes(out, plan, plan->bootstrap, plan->bootstrap_count);
}

static void print_links(struct rh_buf *out, const struct rh_plan *plan)
{
	static const char *const laws[] = {"none",	"uniform",     "normal",
					   "lognormal", "exponential", "pareto"};

	rh_buf_printf(out, "jitter: {law: %s, amountPpm: %" PRIu64 "}\nloss: ", laws[plan->jitter],
		      plan->jitter_ppm);
	put_loss(out, plan->loss_threshold);
	rh_buf_text(out, "\nlookahead: ");
	put_span(out, plan->lookahead_ns);
	print_bases(out, plan);
	rh_buf_printf(out, "\nlinks: [ # %u", plan->link_count);
	for (uint32_t i = 0; i < plan->link_count; i++) {
		const struct rh_plan_link *link = &plan->links[i];

		rh_buf_printf(out, "%s[%s, %s, ", i % 4 == 0 ? "\n  " : " ",
			      plan->nodes[link->a].name, plan->nodes[link->b].name);
		put_span(out, link->delay_ns[0]);
		if (link->delay_ns[1] != link->delay_ns[0]) {
			rh_buf_text(out, ", ");
			put_span(out, link->delay_ns[1]);
		}
		if (plan->base_count != 0 && plan->link_bases[i] != 0)
			rh_buf_printf(out, ", {kind: %u}", plan->link_bases[i]);
		rh_buf_text(out, "],");
	}
	rh_buf_text(out, "\n]\n");
}

static void put_step_names(struct rh_buf *out, const struct rh_plan *plan,
			   const struct rh_plan_step *step)
{
	rh_buf_text(out, "\n    steps: [");
	for (uint32_t i = 0; i < step->step_count; i++) {
		rh_buf_text(out, i > 0 ? ", " : "");
		put_quoted(out, plan->steps[step->steps[i]].name);
	}
	rh_buf_u8(out, ']');
}

/* What a step says beside its times, where it is not the usual. */
static void print_terms_of_step(struct rh_buf *out, const struct rh_plan *plan,
				const struct rh_plan_step *step)
{
	char gauge[64];
	uint64_t weight = 0;

	if (step->label[0] != 0) {
		rh_buf_text(out, "\n    label: ");
		put_quoted(out, step->label);
	}
	if (step->unless != RH_NONE)
		rh_buf_printf(out, "\n    unless: %u", step->unless);
	if (step->only_if != RH_ONLY_ALWAYS)
		rh_buf_printf(out, "\n    if: run.%s",
			      step->only_if == RH_ONLY_FAILED ? "failed" : "passed");
	if (step->series != RH_NONE) {
		rh_buf_text(out, "\n    series: ");
		put_quoted(out, plan->steps[step->series].name);
	}
	if (step->workload != RH_NONE)
		rh_buf_printf(out, "\n    workload: %s", plan->workloads[step->workload].name);
	if (step->step_count != 0)
		put_step_names(out, plan, step);
	for (uint32_t i = 0; i < step->gauge_count; i++)
		rh_buf_printf(out, "%s%s%s", i == 0 ? "\n    gauges: [" : ", ",
			      rh_plan_gauge_name(gauge, plan, step->gauges[i]),
			      i + 1 == step->gauge_count ? "]" : "");
	for (uint32_t i = 0; i < step->node_count; i++)
		weight += plan->nodes[step->nodes[i]].weight;
	if (weight != 0 && weight != plan->weight_total)
		rh_buf_printf(out, "\n    weight: %" PRIu64 " # of %" PRIu64, weight,
			      plan->weight_total);
}

static void print_steps(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_text(out, "phases:\n");
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		rh_buf_text(out, "  - {name: ");
		put_quoted(out, plan->phases[i].name);
		rh_buf_text(out, ", start: ");
		put_span(out, plan->phases[i].start_ns);
		rh_buf_text(out, ", duration: ");
		put_span(out, plan->phases[i].duration_ns);
		rh_buf_text(out, "}\n");
	}
	rh_buf_text(out, "steps:\n");
	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_plan_step *step = &plan->steps[i];

		rh_buf_text(out, "  - name: ");
		put_quoted(out, step->name);
		rh_buf_printf(out, "\n    type: %s\n    with: ", step->type->name);
		put_params(out, step->type->keys, step->params);
		if (step->part != RH_PART_ACTIONS)
			rh_buf_printf(out, "\n    part: %s",
				      step->part == RH_PART_ROLLBACK ? "rollback" : "cleanup");
		if (step->after != RH_NONE)
			rh_buf_printf(out, "\n    after: %u", step->after);
		if (step->condition != RH_NONE)
			rh_buf_printf(out, "\n    condition: %u", step->condition);
		print_terms_of_step(out, plan, step);
		if (step->timeout_ns != RH_TIME_NEVER) {
			rh_buf_text(out, "\n    timeout: ");
			put_span(out, step->timeout_ns);
		}
		if (step->on_failure != RH_ON_FAILURE_FAIL)
			rh_buf_printf(out, "\n    onFailure: %s",
				      step->on_failure == RH_ON_FAILURE_WARN ? "warn" : "ignore");
		rh_buf_text(out, "\n    at: ");
		put_span(out, step->at_ns);
		rh_buf_text(out, "\n    until: ");
		put_span(out, step->until_ns);
		rh_buf_printf(out, "\n    verify: %s\n    disabled: %s\n    edges: %u\n    nodes: ",
			      step->verify == RH_VERIFY_NONE ? "none" : "required",
			      step->is_disabled ? "true" : "false", step->edge_count);
		put_nodes(out, plan, step->nodes, step->node_count);
		rh_buf_u8(out, '\n');
	}
	if (plan->rollback_when == 0)
		return;
	rh_buf_printf(out, "rollback: {when: [%s%s%s], timeout: ",
		      plan->rollback_when & RH_ROLLBACK_ON_FAILURE ? "failure " : "",
		      plan->rollback_when & RH_ROLLBACK_ON_TIMEOUT ? "timeout " : "",
		      plan->rollback_when & RH_ROLLBACK_ON_CANCEL ? "cancel" : "");
	put_span(out, plan->rollback_timeout_ns);
	rh_buf_text(out, "}\n");
}

/* What a check says beside its sentence, where it is not the usual. */
static void print_terms(struct rh_buf *out, const struct rh_plan_assertion *assertion)
{
	static const char *const roles[] = {"check", "criterion", "expectation", "alert",
					    "condition"};
	static const char *const quorums[] = {"all", "any", "majority", "count"};
	static const char *const severities[] = {"low", "medium", "high", "extreme"};

	rh_buf_printf(out, "\n    role: %s", roles[assertion->role]);
	if (assertion->after != RH_NONE)
		rh_buf_printf(out, "\n    after: %u", assertion->after);
	if (assertion->during != RH_NONE)
		rh_buf_printf(out, "\n    during: %u", assertion->during);
	if (assertion->since != RH_NONE)
		rh_buf_printf(out, "\n    since: %u", assertion->since);
	if (assertion->hold_ns != 0) {
		rh_buf_text(out, "\n    for: ");
		put_span(out, assertion->hold_ns);
	}
	if (assertion->quorum == RH_QUORUM_COUNT)
		rh_buf_printf(out, "\n    quorum: %u", assertion->quorum_count);
	else if (assertion->quorum != RH_QUORUM_ALL)
		rh_buf_printf(out, "\n    quorum: %s", quorums[assertion->quorum]);
	if (assertion->weight != 1)
		rh_buf_printf(out, "\n    weight: %u", assertion->weight);
	if (assertion->severity != RH_SEVERITY_LOW)
		rh_buf_printf(out, "\n    severity: %s", severities[assertion->severity]);
	if (assertion->is_warning)
		rh_buf_text(out, "\n    isWarning: true");
	if (assertion->expects_failure)
		rh_buf_text(out, "\n    expect: fail");
}

static void print_checks(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_text(out, "assertions:\n");
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_plan_assertion *assertion = &plan->assertions[i];

		rh_buf_text(out, "  - name: ");
		put_quoted(out, assertion->name);
		rh_buf_text(out, "\n    text: ");
		put_quoted(out, assertion->text);
		rh_buf_printf(out, "\n    type: %s\n    with: ", assertion->type->name);
		put_params(out, assertion->type->keys, assertion->params);
		rh_buf_printf(out,
			      "\n    mode: %s\n    from: ", rh_assert_mode_name(assertion->mode));
		put_span(out, assertion->from_ns);
		rh_buf_text(out, "\n    until: ");
		put_span(out, assertion->until_ns);
		print_terms(out, assertion);
		rh_buf_text(out, "\n    nodes: ");
		put_nodes(out, plan, assertion->nodes, assertion->node_count);
		rh_buf_u8(out, '\n');
	}
	rh_buf_text(out, "workloads:\n");
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		const struct rh_plan_workload *workload = &plan->workloads[i];

		rh_buf_text(out, "  - name: ");
		put_quoted(out, workload->name);
		rh_buf_printf(out, "\n    type: %s\n    with: ", workload->type->name);
		put_params(out, workload->type->keys, workload->params);
		rh_buf_text(out, "\n    start: ");
		put_span(out, workload->start_ns);
		rh_buf_text(out, "\n    until: ");
		put_span(out, workload->until_ns);
		rh_buf_text(out, "\n    nodes: ");
		put_nodes(out, plan, workload->nodes, workload->node_count);
		rh_buf_u8(out, '\n');
	}
}

void rh_plan_print(const struct rh_plan *plan, struct rh_buf *out)
{
	RH_ASSERT(plan->model != NULL);
	print_header(out, plan);
	print_report(out, plan);
	print_clients(out, plan);
	print_nodes(out, plan);
	print_links(out, plan);
	print_steps(out, plan);
	print_checks(out, plan);
}
