/*
 * plan_json.c - what `plan --json` prints: the plan as one object, times in nanoseconds of the run.
 */
#include <inttypes.h>

#include "cmd/plan_table.h"
#include "core/base/jsontext.h"
#include "core/scenario/value.h"

static void put_text(struct rh_buf *out, const char *key, const char *text)
{
	rh_buf_printf(out, "\"%s\":", key);
	rh_json_text(out, text);
}

static void put_number(struct rh_buf *out, const char *key, uint64_t value)
{
	rh_buf_printf(out, ",\"%s\":", key);
	if (value == RH_TIME_NEVER)
		rh_buf_text(out, "null");
	else
		rh_json_u64(out, value);
}

/* The name of what an index means, or null. */
static void put_name(struct rh_buf *out, const char *key, const char *name)
{
	rh_buf_printf(out, ",\"%s\":", key);
	if (name == NULL)
		rh_buf_text(out, "null");
	else
		rh_json_text(out, name);
}

static void put_params(struct rh_buf *out, const struct rh_key *keys, const void *params)
{
	const char *comma = "";

	rh_buf_text(out, ",\"with\":{");
	for (; keys != NULL && keys->name != NULL && params != NULL; keys++) {
		struct rh_value value = rh_value_load(keys, params);
		struct rh_buf text = {0};

		rh_value_print(&value, keys, &text);
		rh_buf_printf(out, "%s\"%s\":", comma, keys->name);
		if (keys->type == RH_KEY_INT || keys->type == RH_KEY_BOOL)
			rh_buf_text(out, rh_buf_str(&text));
		else
			rh_json_text(out, rh_buf_str(&text));
		rh_buf_release(&text);
		comma = ",";
	}
	rh_buf_text(out, "}");
}

static void put_nodes(struct rh_buf *out, const struct rh_plan *plan, const uint32_t *nodes,
		      uint32_t count)
{
	rh_buf_text(out, ",\"nodes\":[");
	for (uint32_t i = 0; i < count; i++) {
		rh_buf_text(out, i == 0 ? "" : ",");
		rh_json_text(out, plan->nodes[nodes[i]].name);
	}
	rh_buf_text(out, "]");
}

static const char *phase_name(const struct rh_plan *plan, uint32_t phase)
{
	return phase < plan->phase_count ? plan->phases[phase].name : NULL;
}

static const char *step_name(const struct rh_plan *plan, uint32_t step)
{
	return step < plan->step_count ? plan->steps[step].name : NULL;
}

static void put_step(struct rh_buf *out, const struct rh_plan *plan,
		     const struct rh_plan_step *step)
{
	static const char *const parts[] = {"actions", "rollback", "cleanup"};

	rh_buf_text(out, "{");
	put_text(out, "name", step->name);
	put_name(out, "type", step->type->name);
	put_name(out, "part", parts[step->part]);
	put_name(out, "phase", phase_name(plan, step->phase));
	put_name(out, "after", step_name(plan, step->after));
	put_name(out, "if",
		 step->condition < plan->assertion_count ? plan->assertions[step->condition].text
							 : NULL);
	put_number(out, "atNs", step->at_ns);
	put_number(out, "untilNs", step->until_ns);
	put_params(out, step->type->keys, step->params);
	put_nodes(out, plan, step->nodes, step->node_count);
	put_number(out, "edges", step->edge_count);
	put_name(out, "needs", step->type->effect == RH_EFFECT_LATER ? step->type->missing : NULL);
	rh_buf_printf(out, ",\"isDisabled\":%s}", step->is_disabled ? "true" : "false");
}

static void put_check(struct rh_buf *out, const struct rh_plan *plan,
		      const struct rh_plan_assertion *assertion)
{
	static const char *const roles[] = {"check", "criterion", "expectation", "alert",
					    "condition"};

	rh_buf_text(out, "{");
	put_text(out, "name", assertion->name);
	put_name(out, "text", assertion->text);
	put_name(out, "type", assertion->type->name);
	put_name(out, "role", roles[assertion->role]);
	put_name(out, "mode", rh_assert_mode_name(assertion->mode));
	put_name(out, "phase", phase_name(plan, assertion->phase));
	put_name(out, "after", step_name(plan, assertion->after));
	put_name(out, "during", step_name(plan, assertion->during));
	put_number(out, "fromNs", assertion->from_ns);
	put_number(out, "untilNs", assertion->until_ns);
	rh_buf_text(out, "}");
}

static void put_workload(struct rh_buf *out, const struct rh_plan *plan,
			 const struct rh_plan_workload *load)
{
	rh_buf_text(out, "{");
	put_text(out, "name", load->name);
	put_name(out, "type", load->type->name);
	put_number(out, "startNs", load->start_ns);
	put_number(out, "untilNs", load->until_ns);
	put_params(out, load->type->keys, load->params);
	put_nodes(out, plan, load->nodes, load->node_count);
	rh_buf_text(out, "}");
}

static void put_lists(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_text(out, ",\"groups\":[");
	for (uint32_t i = 0; i < plan->group_count; i++) {
		rh_buf_text(out, i == 0 ? "{" : ",{");
		put_text(out, "name", plan->groups[i].name);
		put_number(out, "nodes", plan->groups[i].node_count);
		rh_buf_text(out, "}");
	}
	rh_buf_text(out, "],\"phases\":[");
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		rh_buf_text(out, i == 0 ? "{" : ",{");
		put_text(out, "name", plan->phases[i].name);
		put_number(out, "startNs", plan->phases[i].start_ns);
		put_number(out, "durationNs", plan->phases[i].duration_ns);
		rh_buf_text(out, "}");
	}
	rh_buf_text(out, "],\"workloads\":[");
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		rh_buf_text(out, i == 0 ? "" : ",");
		put_workload(out, plan, &plan->workloads[i]);
	}
	rh_buf_text(out, "],\"steps\":[");
	for (uint32_t i = 0; i < plan->step_count; i++) {
		rh_buf_text(out, i == 0 ? "" : ",");
		put_step(out, plan, &plan->steps[i]);
	}
	rh_buf_text(out, "],\"assertions\":[");
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		rh_buf_text(out, i == 0 ? "" : ",");
		put_check(out, plan, &plan->assertions[i]);
	}
	rh_buf_text(out, "]");
}

void cmd_plan_json(struct rh_buf *out, const struct rh_plan *plan)
{
	char hash[RH_HASH_TEXT];

	rh_buf_text(out, "{\"schemaVersion\":1,");
	put_text(out, "scenario", plan->name);
	put_name(out, "description", plan->description);
	put_name(out, "path", plan->path);
	put_name(out, "planHash", rh_hash128_text(hash, rh_plan_hash(plan)));
	put_number(out, "seed", plan->seed);
	put_number(out, "durationNs", plan->duration_ns);
	put_number(out, "timeoutNs", plan->timeout_ns);
	put_name(out, "model", plan->model->name);
	put_params(out, plan->model->keys, plan->params);
	put_number(out, "nodes", plan->node_count);
	put_number(out, "links", plan->link_count);
	put_lists(out, plan);
	rh_buf_text(out, "}\n");
}
