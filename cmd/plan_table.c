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
#include <stdio.h>
#include <string.h>

#include "core/report/words.h"
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

/* Whether a value is the one that is taken when nothing is written. */
static bool is_usual(const struct rh_key *key, const struct rh_value *value, struct rh_slots slots)
{
	struct rh_buf ours = {0};
	struct rh_buf usual = {0};
	struct rh_value other;
	bool is_equal;

	if (key->type == RH_KEY_TEXT)
		return value->text == NULL || value->text[0] == 0;
	if (key->default_text == NULL)
		return false;
	other = rh_value_default(key, slots);
	rh_value_print(value, key, &ours);
	rh_value_print(&other, key, &usual);
	is_equal = strcmp(rh_buf_str(&ours), rh_buf_str(&usual)) == 0;
	rh_buf_release(&ours);
	rh_buf_release(&usual);
	return is_equal;
}

/* What was chosen; the rest is as `explain` tells it. */
static void put_chosen(struct rh_buf *out, const struct rh_plan *plan, const struct rh_key *keys,
		       const void *params)
{
	struct rh_slots slots = {.slot_ns = plan->slot_ns,
				 .slots_per_epoch = plan->slots_per_epoch};

	for (; keys != NULL && keys->name != NULL && params != NULL; keys++) {
		struct rh_value value = rh_value_load(keys, params);

		if (is_usual(keys, &value, slots))
			continue;
		rh_buf_printf(out, ", %s ", keys->name);
		rh_value_print(&value, keys, out);
	}
}

/* Groups that are meant as a whole by their name, others node by node. */
static void put_nodes(struct rh_buf *out, const struct rh_plan *plan, const uint32_t *nodes,
		      uint32_t count)
{
	uint32_t shown = 0;
	uint32_t told = 0;

	if (count == plan->node_count) {
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

/* Links whose two directions are both meant count as one. */
static void put_links(struct rh_buf *out, const struct rh_plan_step *step)
{
	uint32_t pairs = 0;

	for (uint32_t i = 1; i < step->edge_count; i++)
		pairs += step->edges[i] % 2 == 1 && step->edges[i - 1] == step->edges[i] - 1;
	if (pairs * 2 == step->edge_count)
		rh_buf_printf(out, "%" PRIu32 " %s", pairs, plural(pairs, "link", "links"));
	else if (pairs == 0)
		rh_buf_printf(out, "%" PRIu32 " %s, one way", step->edge_count,
			      plural(step->edge_count, "link", "links"));
	else
		rh_buf_printf(out, "%" PRIu32 " directions of links", step->edge_count);
}

/* What a step of the run itself does: it has no target. */
static void put_own(struct rh_buf *out, const struct rh_plan *plan, const struct rh_plan_step *step)
{
	rh_words_own(out, plan, step);
	if (step->type->run_op == RH_RUN_OP_CLEAR && step->step_count == 0) {
		if (step->node_count == 0)
			rh_buf_text(out, "what is in effect");
		else
			put_nodes(out, plan, step->nodes, step->node_count);
	}
	if (step->type->run_op == RH_RUN_OP_WORKLOAD)
		put_chosen(out, plan, step->type->keys, step->params);
}

static void put_target(struct rh_buf *out, const struct rh_plan *plan,
		       const struct rh_plan_step *step)
{
	if (step->node_count > 0)
		put_nodes(out, plan, step->nodes, step->node_count);
	if (step->edge_count > 0) {
		rh_buf_text(out, step->node_count > 0 ? ", " : "");
		put_links(out, step);
	}
	if (step->node_count == 0 && step->edge_count == 0)
		rh_buf_text(out, "the run");
	put_chosen(out, plan, step->type->keys, step->params);
}

/* Whether its times are those of the run, and not counted from something that only the run tells. */
static bool has_clock(const struct rh_plan_step *step)
{
	return step->after == RH_NONE && step->part == RH_PART_ACTIONS;
}

static void put_end(struct rh_buf *out, const struct rh_plan_step *step)
{
	char text[RH_TIME_TEXT];

	if (step->until_ns != RH_TIME_NEVER && has_clock(step))
		rh_buf_printf(out, ", until %s", rh_clock_text(text, step->until_ns));
	else if (step->until_ns != RH_TIME_NEVER)
		rh_buf_printf(out, ", for %s", rh_span_exact(text, step->until_ns - step->at_ns));
	else if (step->type->is_fault)
		rh_buf_text(out, ", to the end");
}

static void describe_step(struct rh_buf *out, const struct rh_plan *plan,
			  const struct rh_plan_step *step)
{
	bool is_wait =
		step->type->effect == RH_EFFECT_ON_RUN && step->type->run_op == RH_RUN_OP_WAIT;
	char text[RH_TIME_TEXT];

	if (step->type->effect == RH_EFFECT_ON_RUN)
		put_own(out, plan, step);
	else
		put_target(out, plan, step);
	if (!is_wait) /* whose end is what it waits for */
		put_end(out, step);
	if (step->timeout_ns != RH_TIME_NEVER)
		rh_buf_printf(out, ", at most %s", rh_span_exact(text, step->timeout_ns));
	if (step->condition != RH_NONE && !is_wait)
		rh_buf_printf(out, ", if %s", plan->assertions[step->condition].text);
	if (step->unless != RH_NONE)
		rh_buf_printf(out, ", unless %s", plan->assertions[step->unless].text);
	if (step->only_if != RH_ONLY_ALWAYS)
		rh_buf_printf(out, ", if the run %s",
			      step->only_if == RH_ONLY_FAILED ? "failed" : "passed");
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

/* When it begins: a time of the run, or so long behind what the line above names. */
static void put_when(struct rh_buf *out, const struct rh_plan_step *step)
{
	char span[RH_TIME_TEXT];
	char text[RH_TIME_TEXT + 4] = "";

	if (has_clock(step))
		rh_clock_text(text, step->at_ns);
	else if (step->at_ns > 0)
		snprintf(text, sizeof(text), "+%s", rh_span_exact(span, step->at_ns));
	rh_buf_printf(out, "  %-10s", text);
}

static void put_step(struct rh_buf *out, const struct rh_plan *plan,
		     const struct rh_plan_step *step, size_t columns)
{
	struct rh_buf what = {0};

	put_when(out, step);
	rh_buf_printf(out, "  %-11s", step->type->name);
	if (strlen(step->type->name) > 10)
		rh_buf_text(out, " ");
	rh_buf_printf(&what, "%s: ", step->name);
	if (step->label[0] != 0 && strcmp(step->label, step->name) != 0)
		rh_buf_printf(&what, "\"%s\", ", step->label);
	describe_step(&what, plan, step);
	cmd_put_wrapped(out, rh_buf_str(&what), INDENT, columns);
	rh_buf_release(&what);
}

/* Steps that wait for the same one stand under its name. */
static void put_steps(struct rh_buf *out, const struct rh_plan *plan, enum rh_part part,
		      uint32_t phase, size_t columns)
{
	uint32_t after = RH_NONE;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct rh_plan_step *step = &plan->steps[i];

		if (step->part != part || step->phase != phase)
			continue;
		if (step->after != after && step->after != RH_NONE)
			rh_buf_printf(out, "  %-10s  when %s is over:\n", "",
				      plan->steps[step->after].name);
		after = step->after;
		put_step(out, plan, step, columns);
	}
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* Its window is the phase or the run under whose name it stands. */
static bool is_its_whole_part(const struct rh_plan *plan, const struct rh_plan_assertion *assertion)
{
	uint64_t start_ns = 0;
	uint64_t duration_ns = plan->duration_ns;

	if (assertion->phase < plan->phase_count) {
		start_ns = plan->phases[assertion->phase].start_ns;
		duration_ns = plan->phases[assertion->phase].duration_ns;
	}
	return assertion->after == RH_NONE && assertion->from_ns == start_ns &&
	       assertion->until_ns == start_ns + duration_ns;
}

/* What it asks, told once: many have no name but their sentence.  A type is told with the sentence
 * that it stands for. */
static void put_asked(struct rh_buf *out, const struct rh_plan *plan,
		      const struct rh_plan_assertion *assertion)
{
	struct rh_buf sentence = {0};
	char round[RH_TIME_TEXT];

	rh_buf_text(out, assertion->name);
	if (strcmp(assertion->name, assertion->text) != 0)
		rh_buf_printf(out, ": %s", assertion->text);
	if (strcmp(assertion->type->name, assertion->text) == 0 && assertion->type->formula != NULL)
		assertion->type->formula(assertion->params, plan, assertion, &sentence);
	if (sentence.len > 0 && assertion->mode == RH_MODE_ALWAYS &&
	    assertion->type->round_ns != NULL && assertion->type->round_ns(assertion->params) > 0)
		rh_buf_printf(&sentence, " in every %s",
			      rh_span_exact(round, assertion->type->round_ns(assertion->params)));
	if (sentence.len > 0)
		rh_buf_printf(out, " (%s)", rh_buf_str(&sentence));
	rh_buf_release(&sentence);
}

static void put_window(struct rh_buf *out, const struct rh_plan *plan,
		       const struct rh_plan_assertion *assertion)
{
	char from[RH_TIME_TEXT];
	char until[RH_TIME_TEXT];

	if (assertion->role != RH_ROLE_ALERT)
		rh_buf_printf(out, ", %s", rh_assert_mode_name(assertion->mode));
	if (assertion->after != RH_NONE)
		rh_buf_printf(out, " after %s", plan->steps[assertion->after].name);
	if (assertion->during != RH_NONE)
		rh_buf_printf(out, " during %s", plan->steps[assertion->during].name);
	if (assertion->since != RH_NONE)
		rh_buf_printf(out, " since %s", plan->steps[assertion->since].name);
	if (!is_its_whole_part(plan, assertion) && assertion->until_ns != RH_TIME_NEVER) {
		if (assertion->after == RH_NONE && assertion->during == RH_NONE)
			rh_buf_printf(out, ", %s to %s", rh_clock_text(from, assertion->from_ns),
				      rh_clock_text(until, assertion->until_ns));
		else
			rh_buf_printf(
				out, " within %s",
				rh_span_exact(until, assertion->until_ns - assertion->from_ns));
	}
	if (assertion->hold_ns != 0)
		rh_buf_printf(out, ", for %s", rh_span_exact(until, assertion->hold_ns));
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
		put_asked(&what, plan, assertion);
		put_window(&what, plan, assertion);
		cmd_put_wrapped(out, rh_buf_str(&what), INDENT, columns);
		rh_buf_release(&what);
	}
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
	rh_words_network(&line, plan);
	rh_buf_printf(&line, ", seed %" PRIu64, plan->seed);
	rh_buf_text(out, "\n  network   ");
	cmd_put_wrapped(out, rh_buf_str(&line), 12, columns);
	rh_buf_reset(&line);
	rh_buf_text(&line, plan->model->name);
	put_chosen(&line, plan, plan->model->keys, plan->params);
	rh_buf_text(out, "  model     ");
	cmd_put_wrapped(out, rh_buf_str(&line), 12, columns);
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
		put_chosen(&what, plan, load->type->keys, load->params);
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
