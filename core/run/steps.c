/*
 * steps.c - beginning, verifying and ending what the plan does to the world.
 *
 * Faults are desired state.  When a fault on links begins or ends, the state of each of its edges
 * is merged again from all that are in effect, and the world gets those edges.  Operations on nodes
 * are held: a node that two crashes hold down starts again when the second one lets go.
 *
 *   requested ──► action started ──► answered ──► verification ──► answered: verified
 *   ended     ──► action started ──► answered: cleared, with the messages it met
 *
 * What the world counts for an edge belongs to the faults that were in effect on it.  Edges with
 * different sets of faults are therefore set by actions of their own, and each answer is booked for
 * exactly the faults it is about.
 */
#include "core/run/state.h"

#include <stdlib.h>
#include <string.h>

/* ---- records --------------------------------------------------------------------------------- */

static void emit_fault(struct run *run, uint64_t time_ns, uint32_t step, uint16_t stage)
{
	const struct step_run *state = &run->steps[step];
	uint64_t since_ns = stage == RH_FAULT_CLEARED ? state->ended_ns : state->requested_ns;
	struct rh_record record = {
		.time_ns = time_ns,
		.node = RH_NODE_WORLD,
		.kind = RH_RECORD_FAULT,
		.stage = stage,
		.index = step,
		.a = time_ns > since_ns ? time_ns - since_ns : 0,
		.b = state->touched,
	};

	run_emit(run, &record);
}

static void emit_action(struct run *run, uint32_t ticket, uint32_t step, uint16_t stage,
			uint64_t touched, const char *text)
{
	struct rh_record record = {
		.time_ns = run->now_ns,
		.node = RH_NODE_WORLD,
		.kind = RH_RECORD_ACTION,
		.stage = stage,
		.index = ticket,
		.a = step,
		.b = touched,
		.text = text,
		.text_len = text == NULL ? 0 : (uint32_t)strlen(text),
	};

	run_emit(run, &record);
}

uint32_t run_own_ticket(struct run *run, uint32_t step)
{
	uint32_t ticket = run_action_begin(run, TICKET_OWN, step);

	run->tickets[ticket].is_answered = true;
	return ticket;
}

uint32_t run_own_begin(struct run *run, uint32_t step)
{
	uint32_t ticket = run_own_ticket(run, step);

	emit_action(run, ticket, step, RH_ACTION_REQUESTED, 0, NULL);
	return ticket;
}

void run_own_done(struct run *run, uint32_t step, uint32_t ticket, uint64_t touched)
{
	emit_action(run, ticket, step, RH_ACTION_DONE, touched, NULL);
}

/* What `onFailure` makes of a step that could not be done. */
static void has_failed(struct run *run, uint32_t step, uint64_t time_ns)
{
	switch (run->plan->steps[step].on_failure) {
	case RH_ON_FAILURE_FAIL:
		run_has_failed(run, time_ns);
		break;
	case RH_ON_FAILURE_WARN:
		run_emit_note(run, time_ns, "%s failed, and the run goes on",
			      run->plan->steps[step].name);
		break;
	case RH_ON_FAILURE_IGNORE:
		break;
	}
}

void run_own_failed(struct run *run, uint32_t step, uint32_t ticket, const char *text)
{
	emit_action(run, ticket, step, RH_ACTION_FAILED, 0, text);
	has_failed(run, step, run->now_ns);
}

static void say_unverified(struct run *run, uint64_t time_ns, uint32_t step)
{
	struct step_run *state = &run->steps[step];

	if (state->is_settled || run->plan->steps[step].verify == RH_VERIFY_NONE)
		return;
	state->is_settled = true;
	state->wants_verify = false;
	run->result->faults_unverified++;
	emit_fault(run, time_ns, step, RH_FAULT_UNVERIFIED);
}

static void say_cleared(struct run *run, uint64_t time_ns, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct step_run *state = &run->steps[step];

	state->is_ending = false;
	if (plan->type->effect == RH_EFFECT_ON_NODES || plan->type->effect == RH_EFFECT_ON_CLOCKS)
		state->touched = plan->node_count;
	emit_fault(run, time_ns, step, RH_FAULT_CLEARED);
	run_copy_over(run, step, time_ns);
	if (state->touched != 0 || plan->type->effect != RH_EFFECT_ON_LINKS)
		return;
	run->result->faults_untouched++;
	run_emit_note(run, time_ns,
		      plan->edge_count == 0 ? "%s had no link to act on"
					    : "%s was in effect and met no traffic",
		      plan->name);
}

/* ---- tickets --------------------------------------------------------------------------------- */

uint32_t run_action_begin(struct run *run, enum ticket_kind kind, uint32_t step)
{
	if (run->ticket_count == run->ticket_cap) {
		run->ticket_cap = run->ticket_cap == 0 ? 16 : run->ticket_cap * 2;
		run->tickets = rh_realloc(run->tickets, run->ticket_cap * sizeof(*run->tickets));
	}
	RH_ASSERT(run->ticket_count < TICKET_SUBMISSION);
	run->tickets[run->ticket_count] =
		(struct ticket){.kind = kind, .step = step, .first_owner = run->owner_count};
	if (kind == TICKET_BEGIN)
		run->steps[step].begins_open++;
	else if (kind == TICKET_END)
		run->steps[step].ends_open++;
	return run->ticket_count++;
}

static void add_owner(struct run *run, uint32_t ticket, uint32_t step)
{
	if (run->owner_count == run->owner_cap) {
		run->owner_cap = run->owner_cap == 0 ? 16 : run->owner_cap * 2;
		run->owners = rh_realloc(run->owners, run->owner_cap * sizeof(*run->owners));
	}
	run->owners[run->owner_count++] = step;
	run->tickets[ticket].owner_count++;
}

static void settle_begin(struct run *run, uint32_t step, uint64_t time_ns, bool is_done)
{
	struct step_run *state = &run->steps[step];

	RH_ASSERT(state->begins_open > 0);
	state->begins_open--;
	if (!run->plan->steps[step].type->is_fault) {
		if (is_done && state->begins_open == 0 && state->touched == 0 &&
		    run->plan->steps[step].type->effect == RH_EFFECT_ON_MODEL)
			run_emit_note(run, time_ns, "%s reached no node: all of them were down",
				      run->plan->steps[step].name);
		return;
	}
	if (!is_done) {
		say_unverified(run, time_ns, step);
		return;
	}
	if (state->begins_open > 0 || state->is_settled || !state->is_active ||
	    run->plan->steps[step].verify == RH_VERIFY_NONE)
		return;
	state->wants_verify = true;
	/* An answer that comes late is followed up at the next point of the reaction grid. */
	if (!run->is_settling)
		run->ops->wake(run->world, time_ns);
}

static void settle(struct run *run, uint32_t number, uint64_t time_ns, bool is_done)
{
	struct ticket ticket = run->tickets[number];
	struct step_run *state = &run->steps[ticket.step];

	switch (ticket.kind) {
	case TICKET_BEGIN:
		settle_begin(run, ticket.step, time_ns, is_done);
		break;
	case TICKET_VERIFY:
		if (!is_done) {
			say_unverified(run, time_ns, ticket.step);
		} else if (!state->is_settled) {
			state->is_settled = true;
			emit_fault(run, time_ns, ticket.step, RH_FAULT_VERIFIED);
		}
		break;
	case TICKET_END:
		RH_ASSERT(state->ends_open > 0);
		state->ends_open--;
		state->is_stuck |= !is_done;
		if (state->ends_open == 0 && !state->is_stuck)
			say_cleared(run, time_ns, ticket.step);
		break;
	case TICKET_OWN: /* answered when it was asked */
		break;
	}
	if (!is_done && ticket.kind != TICKET_VERIFY)
		has_failed(run, ticket.step, time_ns);
}

void run_answer(struct run *run, const struct rh_record *record)
{
	struct ticket *ticket;

	if (record->index >= run->ticket_count || record->stage == RH_ACTION_REQUESTED)
		return;
	ticket = &run->tickets[record->index];
	if (ticket->is_answered)
		return;
	ticket->is_answered = true;
	for (uint32_t i = 0; i < ticket->owner_count; i++)
		run->steps[run->owners[ticket->first_owner + i]].touched += record->b;
	settle(run, record->index, record->time_ns, record->stage == RH_ACTION_DONE);
}

bool run_action_start(struct run *run, struct rh_action *action, uint32_t ticket, bool is_rollback)
{
	uint32_t step = run->tickets[ticket].step;
	struct rh_err err = {0};

	action->step = is_rollback ? RH_NONE : step;
	action->name64 = is_rollback ? 0 : run->plan->steps[step].name64;
	emit_action(run, ticket, step, RH_ACTION_REQUESTED, 0, NULL);
	if (run->ops->start(run->world, action, ticket, &err) == 0)
		return true;
	run->tickets[ticket].is_answered = true;
	emit_action(run, ticket, step, RH_ACTION_REFUSED, 0, err.text);
	settle(run, ticket, run->now_ns, false);
	return false;
}

static bool contains(const uint32_t *ascending, uint32_t count, uint32_t value)
{
	uint32_t low = 0;
	uint32_t high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (ascending[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && ascending[low] == value;
}

/* ---- links ----------------------------------------------------------------------------------- */

static bool acts_on_links(const struct run *run, uint32_t step)
{
	return run->plan->steps[step].type->effect == RH_EFFECT_ON_LINKS;
}

/* Positions in a's edges of those that b has too; both are ascending. */
static bool next_common(const struct rh_plan_step *a, const struct rh_plan_step *b, uint32_t *at_a,
			uint32_t *at_b)
{
	while (*at_a < a->edge_count && *at_b < b->edge_count) {
		if (a->edges[*at_a] == b->edges[*at_b])
			return true;
		if (a->edges[*at_a] < b->edges[*at_b])
			(*at_a)++;
		else
			(*at_b)++;
	}
	return false;
}

/* Without any fault. */
static struct rh_link_state base_of(const struct rh_plan *plan, uint32_t edge)
{
	uint32_t base = plan->base_count != 0 ? plan->link_bases[edge / 2] : 0;

	return base != 0 ? plan->bases[base - 1] : (struct rh_link_state){0};
}

int run_links_open(struct run *run)
{
	const struct rh_plan *plan = run->plan;
	struct rh_action action = {.kind = RH_ACTION_LINKS, .step = RH_NONE};
	struct rh_link_set *links;
	int rc;

	if (plan->base_count == 0)
		return 0;
	links = RH_ARENA_ARRAY(&run->scratch, 2 * (size_t)plan->link_count + 1, struct rh_link_set);
	for (uint32_t edge = 0; edge < 2 * plan->link_count; edge++) {
		if (plan->link_bases[edge / 2] != 0)
			links[action.link_count++] =
				(struct rh_link_set){edge, base_of(plan, edge)};
	}
	action.links = links;
	rc = action.link_count == 0 ? 0
				    : run->ops->start(run->world, &action, TICKET_BASE, run->err);
	rh_arena_reset(&run->scratch);
	return rc;
}

/* What should hold now on each edge of the step: all that is in effect, in plan order. */
static struct rh_link_set *merged_links(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct rh_link_set *links =
		RH_ARENA_ARRAY(&run->scratch, (size_t)plan->edge_count + 1, struct rh_link_set);

	for (uint32_t i = 0; i < plan->edge_count; i++) {
		links[i].edge = plan->edges[i];
		links[i].state = base_of(run->plan, plan->edges[i]);
	}
	for (uint32_t other = 0; other < run->plan->step_count; other++) {
		uint32_t at = 0, other_at = 0;

		if (!run->steps[other].is_active || !acts_on_links(run, other))
			continue;
		while (next_common(plan, &run->plan->steps[other], &at, &other_at)) {
			links[at].state = rh_link_merge(&links[at].state, &run->steps[other].link);
			at++;
		}
	}
	return links;
}

/* A number for the set of faults in effect on each edge of the step; 0: none. */
static uint64_t *owner_keys(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	uint64_t *keys = RH_ARENA_ARRAY(&run->scratch, (size_t)plan->edge_count + 1, uint64_t);

	for (uint32_t other = 0; other < run->plan->step_count; other++) {
		uint32_t at = 0, other_at = 0;

		if (!run->steps[other].is_active || !acts_on_links(run, other))
			continue;
		while (next_common(plan, &run->plan->steps[other], &at, &other_at)) {
			keys[at] = rh_absorb(keys[at], other);
			at++;
		}
	}
	return keys;
}

/* Sets the step's edges, in one action for each set of faults that was in effect on them. */
static void set_links(struct run *run, uint32_t step, enum ticket_kind kind, const uint64_t *keys,
		      const bool *was_active, bool is_rollback)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct rh_link_set *all = merged_links(run, step);
	struct rh_link_set *some =
		RH_ARENA_ARRAY(&run->scratch, (size_t)plan->edge_count + 1, struct rh_link_set);
	bool *is_set = RH_ARENA_ARRAY(&run->scratch, (size_t)plan->edge_count + 1, bool);

	for (uint32_t first = 0; first < plan->edge_count; first++) {
		struct rh_action action = {.kind = RH_ACTION_LINKS, .links = some};
		uint32_t ticket;

		if (is_set[first])
			continue;
		for (uint32_t i = first; i < plan->edge_count; i++) {
			if (is_set[i] || keys[i] != keys[first])
				continue;
			is_set[i] = true;
			some[action.link_count++] = all[i];
		}
		ticket = run_action_begin(run, kind, step);
		for (uint32_t other = 0; other < run->plan->step_count; other++) {
			if (was_active[other] && acts_on_links(run, other) &&
			    contains(run->plan->steps[other].edges,
				     run->plan->steps[other].edge_count, plan->edges[first]))
				add_owner(run, ticket, other);
		}
		run_action_start(run, &action, ticket, is_rollback);
	}
}

static void change_links(struct run *run, uint32_t step, bool is_begin, bool is_rollback)
{
	bool *was_active = RH_ARENA_ARRAY(&run->scratch, (size_t)run->plan->step_count + 1, bool);
	uint64_t *keys = owner_keys(run, step);

	for (uint32_t i = 0; i < run->plan->step_count; i++)
		was_active[i] = run->steps[i].is_active;
	run->steps[step].is_active = is_begin;
	set_links(run, step, is_begin ? TICKET_BEGIN : TICKET_END, keys, was_active, is_rollback);
	/* Without a link nothing is asked of the world, which could then answer nothing. */
	if (!is_begin && run->plan->steps[step].edge_count == 0)
		say_cleared(run, run->now_ns, step);
	rh_arena_reset(&run->scratch);
}

/* ---- nodes and models ------------------------------------------------------------------------ */

static bool is_held_by_another(const struct run *run, uint32_t step, uint32_t node)
{
	for (uint32_t other = 0; other < run->plan->step_count; other++) {
		const struct rh_plan_step *plan = &run->plan->steps[other];

		if (other == step || !run->steps[other].is_active ||
		    plan->type->effect != RH_EFFECT_ON_NODES || !plan->type->is_fault ||
		    plan->type->end_op(plan->params) !=
			    run->plan->steps[step].type->end_op(run->plan->steps[step].params))
			continue;
		if (contains(plan->nodes, plan->node_count, node))
			return true;
	}
	return false;
}

/* The step's nodes that no other step holds in the same way. */
static uint32_t *free_nodes(struct run *run, uint32_t step, size_t *count)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	uint32_t *nodes = RH_ARENA_ARRAY(&run->scratch, (size_t)plan->node_count + 1, uint32_t);

	*count = 0;
	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (!plan->type->is_fault || !is_held_by_another(run, step, plan->nodes[i]))
			nodes[(*count)++] = plan->nodes[i];
	}
	return nodes;
}

static void change_nodes(struct run *run, uint32_t step, bool is_begin)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct rh_action action = {.kind = RH_ACTION_NODES};

	action.node_op =
		is_begin ? plan->type->begin_op(plan->params) : plan->type->end_op(plan->params);
	action.nodes = free_nodes(run, step, &action.node_count);
	run->steps[step].is_active = is_begin && plan->type->is_fault;
	if (action.node_op != RH_NODE_OP_NONE && action.node_count > 0)
		run_action_start(run, &action,
				 run_action_begin(run, is_begin ? TICKET_BEGIN : TICKET_END, step),
				 false);
	else if (!is_begin)
		say_cleared(run, run->now_ns, step);
	else
		run->steps[step].wants_verify =
			plan->type->is_fault && plan->verify == RH_VERIFY_REQUIRED;
	rh_arena_reset(&run->scratch);
}

static void act_on_model(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	const struct rh_model *model = run->plan->model;
	struct rh_action action = {
		.kind = RH_ACTION_MODEL, .nodes = plan->nodes, .node_count = plan->node_count};
	uint32_t ticket = run_action_begin(run, TICKET_BEGIN, step);

	while (action.model_action < model->action_count &&
	       strcmp(model->actions[action.model_action].name, plan->type->model_action) != 0)
		action.model_action++;
	RH_ASSERT(action.model_action < model->action_count); /* rh_run_check */
	if (plan->type->model_args != NULL)
		plan->type->model_args(plan->params, &action.key, &action.arg);
	add_owner(run, ticket, step);
	run_action_start(run, &action, ticket, false);
}

/* ---- steps ----------------------------------------------------------------------------------- */

void run_steps_open(struct run *run)
{
	run->steps = rh_alloc((size_t)run->plan->step_count + 1, sizeof(*run->steps));
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		const struct rh_plan_step *plan = &run->plan->steps[i];

		if (plan->type->effect == RH_EFFECT_ON_LINKS)
			plan->type->link(plan->params, &run->steps[i].link);
		run->has_followers |= plan->after != RH_NONE || plan->step_count > 0;
	}
	run_series_open(run);
}

void run_step_begin(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];

	if (!run_step_is_wanted(run, step))
		return;
	run->steps[step].requested_ns = run->now_ns;
	/* When it ends was not known before. */
	if (run_step_lasts(plan) && (plan->after != RH_NONE || plan->part != RH_PART_ACTIONS))
		run_mark_add(run, rh_time_add(run->now_ns, plan->until_ns - plan->at_ns),
			     MARK_STEP_END, step);
	if (plan->type->is_fault) {
		emit_fault(run, run->now_ns, step, RH_FAULT_REQUESTED);
		run->wants_to_settle |= plan->verify == RH_VERIFY_REQUIRED;
	}
	switch (plan->type->effect) {
	case RH_EFFECT_ON_LINKS:
		change_links(run, step, true, false);
		break;
	case RH_EFFECT_ON_NODES:
		change_nodes(run, step, true);
		break;
	case RH_EFFECT_ON_MODEL:
		act_on_model(run, step);
		break;
	case RH_EFFECT_ON_CLOCKS:
		run_change_clocks(run, step, true);
		break;
	case RH_EFFECT_ON_RUN:
		run_own_step(run, step);
		return;
	case RH_EFFECT_LATER: /* rh_run_check has refused it */
		break;
	}
	run_step_done(run, step);
}

void run_step_end(struct run *run, uint32_t step, bool is_rollback)
{
	struct step_run *state = &run->steps[step];

	if (run->plan->steps[step].type->effect == RH_EFFECT_ON_RUN)
		run_own_step_end(run, step);
	if (!state->is_active)
		return;
	state->ended_ns = run->now_ns;
	state->is_ending = true;
	/* It ends before anybody could ask whether it was there. */
	if (state->begins_open > 0 || state->wants_verify)
		say_unverified(run, run->now_ns, step);
	if (acts_on_links(run, step))
		change_links(run, step, false, is_rollback);
	else if (run->plan->steps[step].type->effect == RH_EFFECT_ON_CLOCKS)
		run_change_clocks(run, step, false);
	else
		change_nodes(run, step, false);
}

static void verify(struct run *run, uint32_t step)
{
	const struct rh_plan_step *plan = &run->plan->steps[step];
	struct rh_expectation expected = {.step = step};
	uint32_t ticket = run_action_begin(run, TICKET_VERIFY, step);
	struct rh_err err = {0};

	run->steps[step].wants_verify = false;
	if (acts_on_links(run, step)) {
		expected.links = merged_links(run, step);
		expected.link_count = plan->edge_count;
	} else if (plan->type->effect == RH_EFFECT_ON_CLOCKS) {
		expected.nodes = plan->nodes;
		expected.node_count = plan->node_count;
		expected.clocks = run_expected_clocks(run, step);
	} else {
		enum rh_node_op op = plan->type->begin_op(plan->params);

		expected.nodes = plan->nodes;
		expected.node_count = plan->node_count;
		expected.nodes_are_up = op == RH_NODE_OP_RESTART || op == RH_NODE_OP_RESUME;
	}
	emit_action(run, ticket, step, RH_ACTION_REQUESTED, 0, "verify");
	if (run->ops->verify(run->world, &expected, ticket, &err) != 0) {
		run->tickets[ticket].is_answered = true;
		emit_action(run, ticket, step, RH_ACTION_REFUSED, 0, err.text);
		settle(run, ticket, run->now_ns, false);
	}
	rh_arena_reset(&run->scratch);
}

void run_verify_due(struct run *run)
{
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		if (run->steps[i].wants_verify && run->steps[i].is_active)
			verify(run, i);
	}
}

void run_rollback(struct run *run)
{
	/* What began just now is still asked about. */
	run_verify_due(run);
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		if (acts_on_links(run, i))
			run_step_end(run, i, true);
	}
}

void run_steps_close(struct run *run)
{
	for (uint32_t i = 0; i < run->plan->step_count; i++) {
		struct step_run *state = &run->steps[i];

		if ((state->begins_open > 0 || state->wants_verify) &&
		    run->plan->steps[i].type->is_fault)
			say_unverified(run, run->now_ns, i);
		if (state->is_ending)
			run_emit_note(run, run->now_ns, "the world did not say that %s is cleared",
				      run->plan->steps[i].name);
	}
	for (uint32_t i = 0; i < run->ticket_count; i++) {
		if (run->tickets[i].kind == TICKET_VERIFY && !run->tickets[i].is_answered)
			say_unverified(run, run->now_ns, run->tickets[i].step);
	}
}
