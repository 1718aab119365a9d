/*
 * view.c - what an assertion type may ask of the judge (view.h).
 */
#include "core/judge/state.h"

bool rh_view_gauge(const struct rh_view *view, uint32_t node, uint32_t gauge, int64_t *value)
{
	const struct rh_judge *judge = view->judge;
	enum derived derived = judge_derived(gauge);

	if (derived != DERIVED_NONE) {
		if (!((judge->core->derived_known >> derived) & 1))
			return false;
		*value = judge->core->derived[derived];
		return true;
	}
	RH_ASSERT(node < judge->plan->node_count);
	return gauge < judge->gauge_count && judge_column_get(judge, node, gauge, value);
}

bool rh_view_is_up(const struct rh_view *view, uint32_t node)
{
	RH_ASSERT(node < view->judge->plan->node_count);
	return view->judge->places[node].is_up;
}

uint64_t rh_view_time(const struct rh_view *view)
{
	return view->judge->core->clock_ns;
}

uint32_t rh_view_node_count(const struct rh_view *view)
{
	return view->judge->plan->assertions[view->assertion].node_count;
}

uint32_t rh_view_node(const struct rh_view *view, uint32_t position)
{
	RH_ASSERT(position < rh_view_node_count(view));
	return view->judge->plan->assertions[view->assertion].nodes[position];
}

void rh_view_blame(const struct rh_view *view, uint32_t node)
{
	RH_ASSERT(node == RH_NODE_WORLD || node < view->judge->plan->node_count);
	*view->blamed = node;
}

const struct rh_plan *rh_view_plan(const struct rh_view *view)
{
	return view->judge->plan;
}
