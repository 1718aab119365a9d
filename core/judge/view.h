/*
 * view.h - what the judge knows at one instant: the latest gauges, who is up, which faults are in
 * effect. Assertion types read it through these functions.
 */
#ifndef CORE_JUDGE_VIEW_H
#define CORE_JUDGE_VIEW_H

#include "core/plan.h"

/* false when the node never said the gauge (or, for a derived gauge, nothing is known yet) */
bool rh_view_gauge(const struct rh_view *view, uint32_t node, uint32_t gauge, int64_t *value);
bool rh_view_is_up(const struct rh_view *view, uint32_t node);
uint64_t rh_view_time(const struct rh_view *view);
/* the assertion's own nodes */
uint32_t rh_view_node_count(const struct rh_view *view);
uint32_t rh_view_node(const struct rh_view *view, uint32_t position);
/* reports whom a false truth is about (evidence); RH_NODE_WORLD for nobody */
void rh_view_blame(const struct rh_view *view, uint32_t node);
const struct rh_plan *rh_view_plan(const struct rh_view *view);

#endif
