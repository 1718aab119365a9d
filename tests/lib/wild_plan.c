/*
 * wild_plan.c - the plans and scripts of wild_model.h, and what a woken reader does.
 */
#include "tests/lib/wild_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/dist.h"
#include "core/base/sort.h"
#include "core/base/units.h"
#include "core/jitter.h"
#include "tests/lib/wild_model.h"

#define ACTS	     40
#define COPIES_ABOUT 9000  /* that a game sends, roughly */
#define COPIES_DENSE 40000 /* and one that gives threads something to share */
#define CHECKPOINT   (UINT64_C(1) << 30)

/* Numbers of one seed, one after the other. */
struct dice {
	uint64_t seed;
	uint64_t at;
};

static uint64_t roll(struct dice *dice, uint64_t bound)
{
	return rh_absorb(rh_absorb(2718, dice->seed), dice->at++) % bound;
}

/* ---- the plan -------------------------------------------------------------------------------- */

enum lengths {
	LENGTHS_SHORT,
	LENGTHS_ALIKE,
	LENGTHS_ODD,
	LENGTHS_MIXED,
	LENGTHS_LONG,
	LENGTHS_SECOND,
	LENGTHS
};

static uint64_t length_ns(struct dice *dice, enum lengths lengths)
{
	switch (lengths) {
	case LENGTHS_SHORT:
		return (1 + roll(dice, 12)) * RH_NS_PER_MS;
	case LENGTHS_ALIKE:
		return 5 * RH_NS_PER_MS;
	case LENGTHS_ODD:
		return RH_NS_PER_MS + 1 + 2 * roll(dice, 3000000);
	case LENGTHS_MIXED:
		return roll(dice, 4) == 0 ? (1 + roll(dice, 3000)) * RH_NS_PER_MS
					  : (1 + roll(dice, 40)) * RH_NS_PER_MS;
	case LENGTHS_SECOND:
		return RH_NS_PER_SEC;
	case LENGTHS_LONG:
	case LENGTHS:
		break;
	}
	return (4 + roll(dice, 12)) * 250 * RH_NS_PER_MS;
}

/* A line or a ring, and chords; about `degree` links a node. */
static void draw_links(struct dice *dice, struct rh_plan *plan, enum lengths lengths)
{
	uint64_t nodes = plan->node_count;
	uint64_t degree = nodes > 9 ? 6 : nodes;
	uint64_t a;
	uint64_t b;

	for (a = 0; a < nodes; a++) {
		for (b = a + 1; b < nodes; b++) {
			struct rh_plan_link *link;

			if (b != a + 1 && roll(dice, nodes) >= degree)
				continue;
			hand_plan_link(plan, (uint32_t)a, (uint32_t)b, length_ns(dice, lengths));
			link = &plan->links[plan->link_count - 1];
			if (roll(dice, 4) == 0)
				link->delay_ns[1] = length_ns(dice, lengths);
		}
	}
	hand_plan_end(plan);
}

static void draw_nodes(struct dice *dice, struct rh_plan *plan, uint64_t tick_ns, bool is_calm)
{
	bool is_narrow = roll(dice, 3) == 0;
	bool is_late = !is_calm && roll(dice, 2) == 0;
	uint32_t i;

	for (i = 0; i < plan->node_count; i++) {
		struct rh_plan_node *node = &plan->nodes[i];

		if (is_late && i > 0 && roll(dice, 5) == 0)
			node->start_ns =
				roll(dice, 8) == 0 ? RH_TIME_NEVER : roll(dice, 9000) * tick_ns;
		if (is_narrow && roll(dice, 2) == 0)
			node->up_bps = 300000 + roll(dice, 1000000);
		if (is_narrow && !is_calm && roll(dice, 2) == 0)
			node->down_bps = 300000 + roll(dice, 1000000);
		if (roll(dice, 6) == 0)
			node->clock_offset_ns = (int64_t)roll(dice, 20000000) - 10000000;
		if (roll(dice, 6) == 0)
			node->clock_drift_ppb = (int64_t)roll(dice, 200000) - 100000;
	}
}

static void draw_lookahead(struct dice *dice, struct rh_plan *plan, bool is_dense)
{
	uint64_t least_ns = 3 * RH_NS_PER_SEC; /* without links nothing bounds it */
	uint64_t chosen_ns;
	uint32_t i;

	for (i = 0; i < 2 * plan->link_count; i++) {
		uint64_t min_ns = rh_link_min_ns(plan, i);

		least_ns = min_ns < least_ns ? min_ns : least_ns;
	}
	switch (is_dense ? 7 : roll(dice, 8)) {
	case 0:
		chosen_ns = 1;
		break;
	case 1:
		chosen_ns = 65000;
		break;
	case 2:
		chosen_ns = UINT64_C(1) << 16;
		break;
	case 3:
		chosen_ns = (least_ns - 1) | 1;
		break;
	case 4:
		chosen_ns = (least_ns / 2) | 1;
		break;
	default:
		chosen_ns = least_ns;
		break;
	}
	plan->lookahead_ns = chosen_ns < least_ns ? chosen_ns : least_ns;
}

static void draw_activity(struct dice *dice, struct rh_plan *plan, uint64_t end_ns, bool is_dense)
{
	struct wild_params *params = plan->params;
	uint64_t wanted = is_dense ? COPIES_DENSE : COPIES_ABOUT;
	uint64_t bursts = is_dense ? 2 : 3 + roll(dice, 6);
	uint64_t copies = 2 * (uint64_t)plan->link_count + 1; /* of one publication */
	uint64_t beats;

	params->beats_a_burst = plan->node_count > 100 ? 1 + roll(dice, 2) : 2 + roll(dice, 9);
	params->period_ns = end_ns / bursts / params->tick_ns * params->tick_ns;
	params->rearms = roll(dice, 4) == 0 ? 1 + roll(dice, 3) : 0;
	beats = bursts * params->beats_a_burst * plan->node_count;
	params->publish_one_of = 1 + 2 * beats * copies / wanted;
}

static uint64_t draw_end(struct dice *dice, const struct rh_plan *plan, enum lengths lengths)
{
	static const uint16_t seconds[] = {8, 30, 120, 700};
	uint64_t end_ns = seconds[roll(dice, 4)] * RH_NS_PER_SEC;

	if (plan->node_count > 17 && end_ns > 120 * RH_NS_PER_SEC)
		end_ns = 120 * RH_NS_PER_SEC;
	if ((lengths == LENGTHS_LONG || lengths == LENGTHS_SECOND) && end_ns < 120 * RH_NS_PER_SEC)
		end_ns = 120 * RH_NS_PER_SEC;
	/* Long enough for the farthest timers. */
	if (plan->node_count <= 9 && roll(dice, 3) == 0)
		end_ns = (UINT64_C(1) << 44) + 900 * RH_NS_PER_SEC + roll(dice, 1000);
	return end_ns;
}

static struct rh_plan *draw_plan(struct dice *dice, bool is_calm, uint64_t *end_ns)
{
	static const uint32_t sizes[] = {17, 2, 64, 3, 300, 5, 1, 9};
	static const uint64_t reactions[] = {
		UINT64_C(1) << 22,   1000003,	    7 * RH_NS_PER_MS,  1000003,
		UINT64_C(123456789), RH_NS_PER_SEC, UINT64_C(1) << 20, 2999999999};
	uint32_t nodes = sizes[dice->seed % RH_ARRAY_LEN(sizes)];
	bool is_wired = roll(dice, 4) == 0;
	struct rh_plan *plan =
		hand_plan_new(is_wired ? &wild_wired_model : &wild_model, nodes, dice->seed);
	struct wild_params *params = plan->params;
	enum lengths lengths = (enum lengths)roll(dice, LENGTHS);
	bool is_dense = nodes >= 64 && roll(dice, 3) != 0;

	if (is_dense)
		lengths = roll(dice, 2) == 0 ? LENGTHS_SECOND : LENGTHS_ALIKE;
	params->tick_ns = lengths == LENGTHS_ODD ? 999983 : RH_NS_PER_MS;
	plan->reaction_ns = reactions[roll(dice, RH_ARRAY_LEN(reactions))];
	plan->ties = roll(dice, 5) == 0 ? RH_TIES_RANDOM : RH_TIES_FIXED;
	if (!is_wired && roll(dice, 2) == 0) {
		plan->jitter = (enum rh_jitter_law)(1 + roll(dice, RH_JITTER_PARETO));
		plan->jitter_ppm = 50000 + roll(dice, 300000);
	}
	if (!is_calm && roll(dice, 2) == 0)
		plan->loss_threshold = rh_threshold(1, 5 + roll(dice, 30));
	draw_links(dice, plan, lengths);
	draw_nodes(dice, plan, params->tick_ns, is_calm);
	draw_lookahead(dice, plan, is_dense);
	*end_ns = draw_end(dice, plan, lengths);
	draw_activity(dice, plan, *end_ns, is_dense);
	return plan;
}

/* ---- the script ------------------------------------------------------------------------------ */

/* One node, some or many. */
static uint32_t *draw_targets(struct dice *dice, struct rh_plan *plan, size_t *count)
{
	uint32_t *nodes = RH_ARENA_ARRAY(&plan->arena, plan->node_count, uint32_t);
	uint64_t one_of = 1 + roll(dice, 1 + plan->node_count);
	uint32_t i;

	*count = 0;
	for (i = 0; i < plan->node_count; i++) {
		if (roll(dice, one_of) == 0)
			nodes[(*count)++] = i;
	}
	if (*count == 0)
		nodes[(*count)++] = (uint32_t)roll(dice, plan->node_count);
	return nodes;
}

static struct rh_link_state draw_fault(struct dice *dice)
{
	struct rh_link_state state = {0};
	uint64_t kinds = roll(dice, 32);

	if ((kinds & 3) == 0)
		state.is_cut = true;
	state.drops_in_flight = state.is_cut && (kinds & 4) != 0;
	/* Not of whole ticks: the end of a delay must not bring two copies of one message from one
	 * sender together, which no model of a real wire would do. */
	if ((kinds & 3) == 1)
		state.delay_ns = roll(dice, 9) * (RH_NS_PER_MS + 13);
	if ((kinds & 3) == 1 && (kinds & 8) != 0)
		state.jitter_ns = roll(dice, 3) * RH_NS_PER_MS;
	if ((kinds & 3) == 2)
		state.loss_threshold = rh_threshold(1, 2 + roll(dice, 4));
	if ((kinds & 3) == 2 && (kinds & 16) != 0)
		state.rate_bps = 100000 + roll(dice, 400000);
	return state; /* the rest: as if nothing had been */
}

static void draw_link_sets(struct dice *dice, struct rh_plan *plan, struct rh_action *action)
{
	struct rh_link_set *links =
		RH_ARENA_ARRAY(&plan->arena, 2 * (size_t)plan->link_count + 1, struct rh_link_set);
	struct rh_link_state state = draw_fault(dice);
	uint64_t one_of = 1 + roll(dice, 4);
	bool is_uniform = roll(dice, 3) != 0;
	uint32_t i;

	for (i = 0; i < 2 * plan->link_count; i++) {
		if (roll(dice, one_of) != 0)
			continue;
		if (!is_uniform)
			state = draw_fault(dice);
		links[action->link_count++] = (struct rh_link_set){i, state};
	}
	action->kind = RH_ACTION_LINKS;
	action->links = links;
}

static void draw_node_op(struct dice *dice, struct rh_plan *plan, struct rh_action *action)
{
	static const enum rh_node_op ops[] = {RH_NODE_OP_CRASH, RH_NODE_OP_CRASH_AMNESIA,
					      RH_NODE_OP_RESTART, RH_NODE_OP_RESTART,
					      RH_NODE_OP_RESTART};

	action->kind = RH_ACTION_NODES;
	action->node_op = ops[roll(dice, RH_ARRAY_LEN(ops))];
	action->nodes = draw_targets(dice, plan, &action->node_count);
}

static void draw_act(struct dice *dice, struct rh_plan *plan, struct random_act *act)
{
	struct rh_action *action = &act->action;

	action->step = (uint32_t)roll(dice, 4);
	action->name64 = rh_absorb(77, action->step);
	switch (roll(dice, 12)) {
	case 0:
	case 1:
	case 2:
	case 3:
		draw_node_op(dice, plan, action);
		break;
	case 4:
	case 5:
	case 6:
		draw_link_sets(dice, plan, action);
		break;
	case 7:
		action->kind = RH_ACTION_CLOCK;
		action->nodes = draw_targets(dice, plan, &action->node_count);
		action->clock_step_ns = (int64_t)roll(dice, 4000000) - 2000000;
		break;
	case 8:
	case 9:
		action->kind = RH_ACTION_MODEL;
		action->nodes = draw_targets(dice, plan, &action->node_count);
		action->model_action = (uint16_t)roll(dice, 2);
		action->key = roll(dice, 3);
		action->arg = roll(dice, 3);
		break;
	default:
		act->is_submission = true;
		act->node = (uint32_t)roll(dice, plan->node_count);
		act->submission.at_ns = act->at_ns;
		act->submission.kind = (uint16_t)roll(dice, 2);
		act->submission.key = roll(dice, 3);
		act->submission.arg = roll(dice, 3);
		break;
	}
}

/* Where something else is likely to happen too. */
static uint64_t draw_time(struct dice *dice, const struct rh_plan *plan, uint64_t end_ns)
{
	const struct wild_params *params = plan->params;
	uint64_t burst_ns = roll(dice, end_ns / params->period_ns + 1) * params->period_ns +
			    roll(dice, 2 * params->beats_a_burst + 4) * params->tick_ns;
	uint64_t beside = roll(dice, 4) == 0 ? roll(dice, 3) : 1; /* 1 ns before or behind */
	uint64_t time_ns = burst_ns;

	switch (roll(dice, 8)) {
	case 0:
		time_ns = roll(dice, end_ns);
		break;
	case 1:
		time_ns = roll(dice, end_ns / CHECKPOINT + 1) * CHECKPOINT;
		break;
	case 2:
		time_ns = (burst_ns / plan->reaction_ns + 1) * plan->reaction_ns;
		break;
	case 3:
	case 4:
		if (plan->link_count > 0)
			time_ns += plan->links[roll(dice, plan->link_count)].delay_ns[0];
		break;
	case 5:
		time_ns = burst_ns / params->period_ns * params->period_ns;
		break;
	default:
		break;
	}
	return time_ns + beside > 0 ? time_ns + beside - 1 : 0;
}

static int by_time(const void *a, const void *b, const void *ctx)
{
	const struct random_act *x = a;
	const struct random_act *y = b;

	(void)ctx;
	return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

/* In a calm game whatever was done is undone a little later: all links are well, all nodes up. */
static void draw_cure(struct rh_plan *plan, struct random_act *act, bool is_of_links)
{
	struct rh_action *action = &act->action;
	struct rh_link_set *links =
		RH_ARENA_ARRAY(&plan->arena, 2 * (size_t)plan->link_count + 1, struct rh_link_set);
	uint32_t *nodes = RH_ARENA_ARRAY(&plan->arena, plan->node_count, uint32_t);
	uint32_t i;

	for (i = 0; i < 2 * plan->link_count; i++)
		links[i].edge = i;
	for (i = 0; i < plan->node_count; i++)
		nodes[i] = i;
	action->kind = is_of_links ? RH_ACTION_LINKS : RH_ACTION_NODES;
	action->node_op = is_of_links ? RH_NODE_OP_NONE : RH_NODE_OP_RESTART;
	action->links = is_of_links ? links : NULL;
	action->link_count = is_of_links ? 2 * plan->link_count : 0;
	action->nodes = is_of_links ? NULL : nodes;
	action->node_count = is_of_links ? 0 : plan->node_count;
}

static struct random_act *draw_script(struct dice *dice, struct rh_plan *plan, bool is_calm,
				      uint64_t end_ns, uint32_t *count)
{
	const struct wild_params *params = plan->params;
	struct random_act *acts = RH_ARENA_ARRAY(&plan->arena, ACTS, struct random_act);
	uint32_t i;

	for (i = 0; i < ACTS; i++) {
		if (is_calm && i % 3 != 0)
			acts[i].at_ns = acts[i - i % 3].at_ns + roll(dice, 6) * params->tick_ns;
		else if (i > 0 && roll(dice, 4) == 0)
			acts[i].at_ns = acts[i - 1].at_ns;
		else
			acts[i].at_ns = draw_time(dice, plan, end_ns);
		if (is_calm && i % 3 != 0)
			draw_cure(plan, &acts[i], i % 3 == 1);
		else
			draw_act(dice, plan, &acts[i]);
	}
	/* Stable: what has one time stays as it was drawn. */
	rh_sort(acts, ACTS, sizeof(*acts), by_time, NULL);
	*count = ACTS;
	return acts;
}

/* ---- the game -------------------------------------------------------------------------------- */

struct wild wild_new(uint64_t seed)
{
	struct dice dice = {.seed = seed};
	struct wild wild = {0};

	wild.is_calm = roll(&dice, 5) < 2;
	wild.plan = draw_plan(&dice, wild.is_calm, &wild.end_ns);
	wild.acts = draw_script(&dice, wild.plan, wild.is_calm, wild.end_ns, &wild.act_count);
	if (roll(&dice, 3) != 0) {
		wild.wake_one_of = 1 + (uint32_t)roll(&dice, 60);
		wild.reacts = !wild.is_calm && roll(&dice, 2) == 0;
	}
	return wild;
}

void wild_free(struct wild *wild)
{
	hand_plan_free(wild->plan);
}

void wild_react(const struct wild *wild, uint64_t at_ns, struct random_act *act)
{
	struct dice dice = {.seed = rh_absorb(wild->plan->seed, at_ns)};

	*act = (struct random_act){.at_ns = at_ns};
	draw_act(&dice, wild->plan, act);
}

void wild_tell(const struct wild *wild, char *text, size_t size)
{
	const struct rh_plan *plan = wild->plan;

	snprintf(text, size,
		 "%s%" PRIu32 " nodes, %" PRIu32 " links, lookahead %" PRIu64
		 " ns, jitter law %d%s%s"
		 "%s, reactions each %" PRIu64 " ns%s%s, end %" PRIu64 " ns",
		 wild->is_calm ? "calm, " : "", plan->node_count, plan->link_count,
		 plan->lookahead_ns, (int)plan->jitter,
		 plan->model->wire != NULL ? ", own wire" : "",
		 plan->loss_threshold != 0 ? ", loss" : "",
		 plan->ties == RH_TIES_RANDOM ? ", random ties" : "", plan->reaction_ns,
		 wild->wake_one_of != 0 ? ", woken" : "", wild->reacts ? " and acted on" : "",
		 wild->end_ns);
}
