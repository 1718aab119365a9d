/*
 * edges.c - which directed edges a step on links acts on: by its target and direction, or by the
 * shape of a partition.
 *
 * A shape gives each node of the target a side, and a link is cut where two sides meet.  Which node
 * gets which side is a keyed draw of its own (PARTITION: the step's name, the node's), so that one
 * node more or less moves as few others as can be.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/sort.h"
#include "core/scenario/faults.h"
#include "core/scenario/steps.h"

struct seat {
	uint64_t draw;
	uint32_t node;
};

/* Who is on which side. */
struct sides {
	const struct rh_plan *plan;
	enum rh_shape shape;
	uint32_t *side; /* of each node: of the ring its position; RH_NONE: takes no part */
	uint32_t count; /* of those who take part */
	uint32_t bridge;
	bool is_one_way;
};

static int compare_seats(const void *a, const void *b, const void *ctx)
{
	const struct seat *x = a;
	const struct seat *y = b;

	(void)ctx;
	if (x->draw != y->draw)
		return x->draw < y->draw ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

/* ---- by target and direction ----------------------------------------------------------------- */

/* `in` and `out` by their many names: the words of the step's table. */
static enum rh_direction direction_of(const struct rh_written *written)
{
	static const enum rh_direction directions[] = {
		RH_DIRECTION_BOTH, RH_DIRECTION_IN,  RH_DIRECTION_OUT, RH_DIRECTION_IN,
		RH_DIRECTION_OUT,  RH_DIRECTION_IN,  RH_DIRECTION_OUT, RH_DIRECTION_IN,
		RH_DIRECTION_OUT,  RH_DIRECTION_OUT, RH_DIRECTION_IN,
	};

	RH_ASSERT(written->in.direction < RH_ARRAY_LEN(directions));
	return directions[written->in.direction];
}

/* Does the directed edge a -> b belong to a fault on the marked nodes? */
static bool is_edge_wanted(const struct rh_action_type *type, enum rh_direction direction,
			   bool a_is_marked, bool b_is_marked)
{
	if (type->edges == RH_EDGES_BETWEEN && a_is_marked == b_is_marked)
		return false;
	switch (direction) {
	case RH_DIRECTION_BOTH:
		return a_is_marked || b_is_marked;
	case RH_DIRECTION_IN:
		return b_is_marked;
	case RH_DIRECTION_OUT:
		return a_is_marked;
	}
	return false;
}

/* ---- shapes ---------------------------------------------------------------------------------- */

/* The nodes of the step in drawn order; the caller's: free(). */
static struct seat *draw_order(const struct rh_loader *loader, const struct rh_plan_step *step)
{
	struct seat *seats = rh_alloc((size_t)step->node_count + 1, sizeof(*seats));

	for (uint32_t i = 0; i < step->node_count; i++) {
		uint64_t name64 = loader->plan->nodes[step->nodes[i]].name64;

		seats[i].node = step->nodes[i];
		seats[i].draw = rh_draw2(loader->rng, RH_PURPOSE_PARTITION, step->name64, name64);
	}
	rh_sort(seats, step->node_count, sizeof(*seats), compare_seats, NULL);
	return seats;
}

static void seat_drawn(struct sides *sides, const struct rh_loader *loader,
		       const struct rh_plan_step *step, uint32_t parts)
{
	struct seat *seats = draw_order(loader, step);
	uint32_t count = step->node_count;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t *side = &sides->side[seats[i].node];

		switch (sides->shape) {
		case RH_SHAPE_HALVES:
			*side = (uint32_t)((uint64_t)i * parts / count);
			break;
		case RH_SHAPE_MINORITY:
			*side = i < (count - 1) / 2 ? 0 : 1;
			break;
		case RH_SHAPE_BRIDGE:
			*side = i <= count / 2 ? 0 : 1;
			if (i == count / 2)
				sides->bridge = seats[i].node;
			break;
		case RH_SHAPE_RANDOM:
			*side = (uint32_t)(seats[i].draw % parts);
			break;
		case RH_SHAPE_RING:
		case RH_SHAPE_ISOLATE:
		case RH_SHAPE_SPLIT:
		case RH_SHAPE_GROUPS:
			*side = i;
			break;
		}
	}
	free(seats);
}

/* `groups: [[a, b], [c]]`: no node on two sides; whoever is on none keeps its links. */
static bool seat_groups(struct rh_steps *steps, struct sides *sides, struct rh_plan_step *step,
			const struct rh_tree *groups, const char *path)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_plan *plan = loader->plan;
	bool *marks = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);
	uint32_t outsider = RH_NONE;
	uint32_t count = 0;

	if (!rh_load_is_list(loader, groups, path))
		return false;
	if (groups->count < 2) {
		rh_load_complain(loader, "E083", groups->place, path,
				 "write groups: [[n-0, n-1], [n-2, n-3]]",
				 "a partition needs at least two groups");
		return false;
	}
	for (uint32_t g = 0; g < groups->count; g++) {
		memset(marks, 0, plan->node_count * sizeof(bool));
		if (!rh_load_names(loader, marks, groups->items[g], path))
			return false;
		for (uint32_t i = 0; i < plan->node_count; i++) {
			if (!marks[i])
				continue;
			if (sides->side[i] != RH_NONE) {
				rh_load_complain(loader, "E083", groups->items[g]->place, path,
						 NULL, "%s is in group %u and in group %u",
						 plan->nodes[i].name, sides->side[i] + 1, g + 1);
				return false;
			}
			sides->side[i] = g;
			count++;
		}
	}
	step->nodes = RH_ARENA_ARRAY(&loader->plan->arena, (size_t)count + 1, uint32_t);
	step->node_count = 0;
	for (uint32_t i = 0; i < plan->node_count; i++) {
		if (sides->side[i] != RH_NONE)
			step->nodes[step->node_count++] = i;
		else if (outsider == RH_NONE)
			outsider = i;
	}
	if (outsider != RH_NONE)
		rh_load_complain(loader, "W011", groups->place, path, "put it into a group",
				 "%s is in no group: it keeps its links to all of them%s",
				 plan->nodes[outsider].name,
				 plan->node_count - count > 1 ? ", and others too" : "");
	return true;
}

static bool is_cut(const struct sides *sides, uint32_t a, uint32_t b)
{
	uint32_t x = sides->side[a];
	uint32_t y = sides->side[b];
	uint32_t distance;

	if (x == RH_NONE || y == RH_NONE)
		return sides->shape == RH_SHAPE_ISOLATE && (x != RH_NONE || y != RH_NONE);
	if (sides->shape == RH_SHAPE_BRIDGE && (a == sides->bridge || b == sides->bridge))
		return false;
	if (sides->shape != RH_SHAPE_RING)
		return x != y && (!sides->is_one_way || x == 0);
	/* So many neighbours each way that everybody sees a majority, himself included. */
	distance = x < y ? y - x : x - y;
	if (distance > sides->count - distance)
		distance = sides->count - distance;
	return distance > (sides->count / 2 + 1) / 2;
}

static bool seat_all(struct rh_steps *steps, struct sides *sides, struct rh_plan_step *step,
		     const struct rh_partition *params, const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	const struct rh_tree *groups = rh_tree_get(written->in.with, "groups");
	const struct rh_tree *direction = rh_load_key(loader, written->tree, "step", "direction");
	const char *path = rh_load_path(loader, written->path, "with.groups");

	if (direction != NULL) {
		rh_load_complain(loader, "E052", direction->place, written->path,
				 "write with: {oneWay: true}",
				 "`direction` is for a partition of the target and the rest");
		return false;
	}
	if (sides->shape == RH_SHAPE_GROUPS) {
		if (groups != NULL)
			return seat_groups(steps, sides, step, groups, path);
		rh_load_complain(loader, "E013", written->tree->place, written->path,
				 "write groups: [[n-0, n-1], [n-2, n-3]]",
				 "shape groups needs key \"groups\"");
		return false;
	}
	if (step->node_count < 2 && sides->shape != RH_SHAPE_ISOLATE) {
		rh_load_complain(loader, "E083", written->tree->place, written->path, NULL,
				 "one node cannot be parted");
		return false;
	}
	sides->count = step->node_count;
	seat_drawn(sides, loader, step, (uint32_t)params->parts);
	return true;
}

bool rh_partition_has_shape(const struct rh_action_type *type, const void *params)
{
	const struct rh_partition *partition = params;

	return type == &rh_fault_partition &&
	       (partition->shape != RH_SHAPE_SPLIT || partition->groups[0] != 0);
}

/* ---- all ------------------------------------------------------------------------------------- */

bool rh_choose_edges(struct rh_steps *steps, struct rh_plan_step *step,
		     const struct rh_written *written)
{
	struct rh_loader *loader = steps->loader;
	struct rh_plan *plan = loader->plan;
	bool has_shape = rh_partition_has_shape(step->type, step->params);
	bool *marks = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, bool);
	struct sides sides = {.plan = plan, .bridge = RH_NONE};
	uint32_t count = 0;

	if (has_shape) {
		const struct rh_partition *params = step->params;

		sides.shape =
			params->groups[0] != 0 ? RH_SHAPE_GROUPS : (enum rh_shape)params->shape;
		sides.is_one_way = params->is_one_way != 0 || params->is_symmetric == 0;
		sides.side = RH_ARENA_ARRAY(&loader->scratch, plan->node_count + 1, uint32_t);
		memset(sides.side, 0xff, plan->node_count * sizeof(uint32_t));
		if (!seat_all(steps, &sides, step, params, written))
			return false;
	}
	for (uint32_t i = 0; i < step->node_count; i++)
		marks[step->nodes[i]] = true;
	/* Twice: count, then keep. */
	for (uint32_t pass = 0; pass < 2; pass++) {
		if (pass == 1)
			step->edges = RH_ARENA_ARRAY(&plan->arena, count + 1, uint32_t);
		count = 0;
		for (uint32_t edge = 0; edge < 2 * plan->link_count; edge++) {
			const struct rh_plan_link *link = &plan->links[edge / 2];
			uint32_t from = edge % 2 == 0 ? link->a : link->b;
			uint32_t to = edge % 2 == 0 ? link->b : link->a;

			if (has_shape ? !is_cut(&sides, from, to)
				      : !is_edge_wanted(step->type, direction_of(written),
							marks[from], marks[to]))
				continue;
			if (pass == 1)
				step->edges[count] = edge;
			count++;
		}
	}
	step->edge_count = count;
	return true;
}
