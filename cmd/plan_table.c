/*
 * plan_table.c - a plan as a table of 80 columns.
 *
 *	01:40:00  phase cut, 20 m
 *	01:40:00    partition    cut-1           east, until 02:00:00, 1,920 links
 *	01:46:00    mine         west-finds-two  west-0, count 2
 *	            check        the cut is felt: heads >= 2, eventually within 20m
 *
 * Nodes are told by their group where all of a group are meant, and by few names otherwise.
 */
#include "cmd/plan_table.h"

#include <inttypes.h>
#include <string.h>

#include "core/report/words.h"
#include "core/scenario/services.h"
#include "core/scenario/value.h"

#define NAMES_SHOWN 4
#define INDENT	    25 /* of what a step does */

void cmd_put_wrapped(struct rh_buf *out, const char *text, size_t indent, size_t columns)
{
	size_t room = columns > indent + 20 ? columns - indent : 20;
	size_t used = 0;

	while (*text != 0) {
		size_t len = strcspn(text, " \n");
		char word[420];
		size_t width;

		len = len < sizeof(word) ? len : sizeof(word) - 1;
		memcpy(word, text, len);
		word[len] = 0;
		width = rh_words_columns(word);
		if (used > 0 && used + 1 + width > room) {
			rh_buf_printf(out, "\n%*s", (int)indent, "");
			used = 0;
		}
		if (used > 0) {
			rh_buf_text(out, " ");
			used++;
		}
		rh_buf_put(out, word, len);
		used += width;
		text += len;
		text += strspn(text, " \n");
	}
	rh_buf_text(out, "\n");
}

/* ---- words ----------------------------------------------------------------------------------- */

static void put_params(struct rh_buf *out, const struct rh_key *keys, const void *params)
{
	for (; keys != NULL && keys->name != NULL && params != NULL; keys++) {
		struct rh_value value = rh_value_load(keys, params);

		if (keys->type == RH_KEY_TEXT && (value.text == NULL || value.text[0] == 0))
			continue;
		rh_buf_printf(out, ", %s ", keys->name);
		rh_value_print(&value, keys, out);
	}
}

/* What was chosen; the rest is as `explain` tells it. */
static void put_chosen(struct rh_buf *out, const struct rh_plan *plan)
{
	struct rh_slots slots = {.slot_ns = plan->slot_ns,
				 .slots_per_epoch = plan->slots_per_epoch};

	rh_buf_text(out, plan->model->name);
	for (const struct rh_key *key = plan->model->keys;
	     key != NULL && key->name != NULL && plan->params != NULL; key++) {
		struct rh_value value = rh_value_load(key, plan->params);
		struct rh_buf ours = {0};
		struct rh_buf usual = {0};

		rh_value_print(&value, key, &ours);
		if (key->default_text != NULL) {
			value = rh_value_default(key, slots);
			rh_value_print(&value, key, &usual);
		}
		if (strcmp(rh_buf_str(&ours), rh_buf_str(&usual)) != 0)
			rh_buf_printf(out, ", %s %s", key->name, rh_buf_str(&ours));
		rh_buf_release(&ours);
		rh_buf_release(&usual);
	}
}

/* Groups that are meant as a whole by their name, others node by node. */
static void put_nodes(struct rh_buf *out, const struct rh_plan *plan, const uint32_t *nodes,
		      uint32_t count)
{
	uint32_t shown = 0;
	uint32_t told = 0;

	if (count == plan->node_count && !rh_plan_is_without_network(plan)) {
		rh_buf_text(out, "all nodes");
		return;
	}
	for (uint32_t i = 0; i < count && shown < NAMES_SHOWN; shown++) {
		const struct rh_plan_node *node = &plan->nodes[nodes[i]];
		const struct rh_plan_group *group = &plan->groups[node->group];
		uint32_t end = i + group->node_count;

		rh_buf_text(out, shown == 0 ? "" : " ");
		if (nodes[i] == group->first_node && group->node_count > 1 && end <= count &&
		    nodes[end - 1] == group->first_node + group->node_count - 1) {
			rh_buf_text(out, group->name);
			i = end;
		} else {
			rh_buf_text(out, node->name);
			i++;
		}
		told = i;
	}
	if (told < count)
		rh_buf_printf(out, " and %" PRIu32 " more", count - told);
}

static const char *plural(uint64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static void describe_step(struct rh_buf *out, const struct rh_plan *plan,
			  const struct rh_plan_step *step)
{
	char text[RH_TIME_TEXT];

	if (step->node_count > 0)
		put_nodes(out, plan, step->nodes, step->node_count);
	if (step->edge_count > 0)
		rh_buf_printf(
			out, "%s%" PRIu32 " %s", step->node_count > 0 ? ", " : "", step->edge_count,
			plural(step->edge_count, "direction of a link", "directions of links"));
	if (step->node_count == 0 && step->edge_count == 0)
		rh_buf_text(out, "the run");
	if (step->until_ns != RH_TIME_NEVER && step->after == RH_NONE)
		rh_buf_printf(out, ", until %s", rh_clock_text(text, step->until_ns));
	else if (step->until_ns != RH_TIME_NEVER)
		rh_buf_printf(out, ", for %s", rh_span_text(text, step->until_ns - step->at_ns));
	else if (step->type->is_fault)
		rh_buf_text(out, ", to the end");
	if (step->timeout_ns != RH_TIME_NEVER)
		rh_buf_printf(out, ", at most %s", rh_span_text(text, step->timeout_ns));
	put_params(out, step->type->keys, step->params);
	if (step->condition != RH_NONE)
		rh_buf_printf(out, ", if %s", plan->assertions[step->condition].text);
	if (step->on_failure != RH_ON_FAILURE_FAIL)
		rh_buf_printf(out, ", a failure %s",
			      step->on_failure == RH_ON_FAILURE_WARN ? "is a warning"
								     : "is ignored");
	if (step->verify == RH_VERIFY_NONE)
		rh_buf_text(out, ", not verified");
	if (step->is_disabled)
		rh_buf_text(out, ", disabled: never begun");
	if (step->type->effect == RH_EFFECT_LATER)
		rh_buf_printf(out, " - cannot be played yet: needs %s", step->type->missing);
}

/* When it begins: a time of the run, or so long after another step. */
static void put_when(struct rh_buf *out, const struct rh_plan *plan,
		     const struct rh_plan_step *step)
{
	char text[RH_TIME_TEXT];

	if (step->after == RH_NONE) {
		rh_buf_printf(out, "  %-10s", rh_clock_text(text, step->at_ns));
		return;
	}
	rh_buf_printf(out, "  %-10s", "");
	rh_buf_printf(out, "  %s%safter %s:\n  %-10s",
		      step->at_ns == 0 ? "" : rh_span_text(text, step->at_ns),
		      step->at_ns == 0 ? "" : " ", plan->steps[step->after].name, "");
}

static void put_step(struct rh_buf *out, const struct rh_plan *plan,
		     const struct rh_plan_step *step, size_t columns)
{
	struct rh_buf what = {0};

	put_when(out, plan, step);
	rh_buf_printf(out, "  %-11s", step->type->name);
	if (strlen(step->type->name) > 10)
		rh_buf_text(out, " ");
	rh_buf_printf(&what, "%s: ", step->name);
	describe_step(&what, plan, step);
	cmd_put_wrapped(out, rh_buf_str(&what), INDENT, columns);
	rh_buf_release(&what);
}

static void put_steps(struct rh_buf *out, const struct rh_plan *plan, enum rh_part part,
		      uint32_t phase, size_t columns)
{
	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i].part == part && plan->steps[i].phase == phase)
			put_step(out, plan, &plan->steps[i], columns);
	}
}

/* ---- checks ---------------------------------------------------------------------------------- */

static void put_window(struct rh_buf *out, const struct rh_plan *plan,
		       const struct rh_plan_assertion *assertion)
{
	char from[RH_TIME_TEXT];
	char until[RH_TIME_TEXT];

	rh_buf_printf(out, ", %s", rh_assert_mode_name(assertion->mode));
	if (assertion->after != RH_NONE)
		rh_buf_printf(out, " after %s", plan->steps[assertion->after].name);
	if (assertion->during != RH_NONE)
		rh_buf_printf(out, " during %s", plan->steps[assertion->during].name);
	if (assertion->since != RH_NONE)
		rh_buf_printf(out, " since %s", plan->steps[assertion->since].name);
	if (assertion->after == RH_NONE && assertion->until_ns != RH_TIME_NEVER)
		rh_buf_printf(out, " %s to %s", rh_clock_text(from, assertion->from_ns),
			      rh_clock_text(until, assertion->until_ns));
	else if (assertion->until_ns != RH_TIME_NEVER)
		rh_buf_printf(out, " within %s",
			      rh_span_text(until, assertion->until_ns - assertion->from_ns));
	if (assertion->hold_ns != 0)
		rh_buf_printf(out, ", for %s", rh_span_text(until, assertion->hold_ns));
	if (assertion->node_count != plan->node_count) {
		rh_buf_text(out, ", on ");
		put_nodes(out, plan, assertion->nodes, assertion->node_count);
	}
	if (assertion->is_warning)
		rh_buf_text(out, ", only warns");
	if (assertion->expects_failure)
		rh_buf_text(out, ", must fail");
}

static const char *role_word(enum rh_assert_role role)
{
	switch (role) {
	case RH_ROLE_CHECK:
		return "check";
	case RH_ROLE_CRITERION:
		return "criterion";
	case RH_ROLE_EXPECTATION:
		return "expect";
	case RH_ROLE_ALERT:
		return "alert";
	case RH_ROLE_CONDITION:
		return "condition";
	}
	return "?";
}

static void put_checks(struct rh_buf *out, const struct rh_plan *plan, uint32_t phase,
		       size_t columns)
{
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		const struct rh_plan_assertion *assertion = &plan->assertions[i];
		struct rh_buf what = {0};

		if (assertion->phase != phase || assertion->role == RH_ROLE_CONDITION)
			continue;
		rh_buf_printf(out, "  %-10s  %-11s", "", role_word(assertion->role));
		rh_buf_printf(&what, "%s: %s", assertion->name, assertion->text);
		put_window(&what, plan, assertion);
		cmd_put_wrapped(out, rh_buf_str(&what), INDENT, columns);
		rh_buf_release(&what);
	}
}

/* All of them: there are few. */
static void put_services(struct rh_buf *out, const struct rh_plan *plan)
{
	rh_buf_text(out, "none, only services:");
	for (uint32_t i = 0; i < plan->node_count; i++)
		rh_buf_printf(out, "%s %s", i == 0 ? "" : ",", plan->nodes[i].name);
}

/* ---- head and body --------------------------------------------------------------------------- */

static void put_head(struct rh_buf *out, const struct rh_plan *plan, size_t columns)
{
	char span[RH_TIME_TEXT];
	struct rh_buf line = {0};

	rh_buf_printf(&line, "%s%s%s", plan->name, plan->description[0] == 0 ? "" : ": ",
		      plan->description);
	cmd_put_wrapped(out, rh_buf_str(&line), 0, columns);
	if (plan->hypothesis[0] != 0) {
		rh_buf_text(out, "\n  ");
		cmd_put_wrapped(out, plan->hypothesis, 2, columns);
	}
	rh_buf_reset(&line);
	if (rh_plan_is_without_network(plan))
		put_services(&line, plan);
	else
		rh_words_network(&line, plan);
	rh_buf_printf(&line, ", seed %" PRIu64, plan->seed);
	rh_buf_text(out, "\n  network   ");
	cmd_put_wrapped(out, rh_buf_str(&line), 12, columns);
	if (!rh_plan_is_without_network(plan)) {
		rh_buf_reset(&line);
		put_chosen(&line, plan);
		rh_buf_text(out, "  model     ");
		cmd_put_wrapped(out, rh_buf_str(&line), 12, columns);
	}
	rh_buf_printf(out, "  length    %s", rh_span_text(span, plan->duration_ns));
	if (plan->timeout_ns > plan->duration_ns)
		rh_buf_printf(out, "; open checks are waited for until %s",
			      rh_clock_text(span, plan->timeout_ns));
	rh_buf_text(out, "\n");
	rh_buf_release(&line);
}

static void put_workloads(struct rh_buf *out, const struct rh_plan *plan, size_t columns)
{
	for (uint32_t i = 0; i < plan->workload_count; i++) {
		const struct rh_plan_workload *load = &plan->workloads[i];
		struct rh_buf what = {0};
		char at[RH_TIME_TEXT];

		rh_buf_printf(out, "  %-10s  %-11s", rh_clock_text(at, load->start_ns), "load");
		rh_buf_printf(&what, "%s: %s on ", load->name, load->type->name);
		put_nodes(&what, plan, load->nodes, load->node_count);
		if (load->until_ns != RH_TIME_NEVER)
			rh_buf_printf(&what, ", until %s", rh_clock_text(at, load->until_ns));
		put_params(&what, load->type->keys, load->params);
		cmd_put_wrapped(out, rh_buf_str(&what), INDENT, columns);
		rh_buf_release(&what);
	}
}

static bool has_part(const struct rh_plan *plan, enum rh_part part, uint32_t phase)
{
	for (uint32_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i].part == part &&
		    (phase == RH_NONE || plan->steps[i].phase == phase))
			return true;
	}
	return false;
}

static bool has_check(const struct rh_plan *plan, uint32_t phase)
{
	for (uint32_t i = 0; i < plan->assertion_count; i++) {
		if (plan->assertions[i].phase == phase &&
		    plan->assertions[i].role != RH_ROLE_CONDITION)
			return true;
	}
	return false;
}

void cmd_plan_table(struct rh_buf *out, const struct rh_plan *plan, uint32_t columns)
{
	char at[RH_TIME_TEXT];
	char span[RH_TIME_TEXT];

	put_head(out, plan, columns);
	if (plan->workload_count > 0)
		rh_buf_text(out, "\n");
	put_workloads(out, plan, columns);
	for (uint32_t i = 0; i < plan->phase_count; i++) {
		rh_buf_printf(out, "\n  %-10s%s, %s\n", rh_clock_text(at, plan->phases[i].start_ns),
			      plan->phases[i].name,
			      rh_span_text(span, plan->phases[i].duration_ns));
		put_steps(out, plan, RH_PART_ACTIONS, i, columns);
		put_checks(out, plan, i, columns);
	}
	if (has_check(plan, RH_NONE)) {
		rh_buf_text(out, "\n  the whole run\n");
		put_checks(out, plan, RH_NONE, columns);
	}
	if (has_part(plan, RH_PART_ROLLBACK, RH_NONE)) {
		rh_buf_text(out, "\n  rollback, when the run goes wrong\n");
		put_steps(out, plan, RH_PART_ROLLBACK, RH_NONE, columns);
	}
	if (has_part(plan, RH_PART_CLEANUP, RH_NONE)) {
		rh_buf_text(out, "\n  cleanup, at every end\n");
		put_steps(out, plan, RH_PART_CLEANUP, RH_NONE, columns);
	}
}
