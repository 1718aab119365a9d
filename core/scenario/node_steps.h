/*
 * node_steps.h - the tables of node_steps.c, and parameters that the run layer reads.
 */
#ifndef CORE_SCENARIO_NODE_STEPS_H
#define CORE_SCENARIO_NODE_STEPS_H

#include "core/plugin.h"

extern const struct rh_action_type rh_fault_kill;
extern const struct rh_action_type rh_fault_pause;
extern const struct rh_action_type rh_node_start;
extern const struct rh_action_type rh_node_stop;
extern const struct rh_action_type rh_node_kill;
extern const struct rh_action_type rh_node_restart;
extern const struct rh_action_type rh_node_pause;
extern const struct rh_action_type rh_node_resume;
extern const struct rh_action_type rh_step_wait;
extern const struct rh_action_type rh_step_clear;
extern const struct rh_action_type rh_step_capture;
extern const struct rh_action_type rh_step_annotate;
extern const struct rh_action_type rh_step_workload;

struct rh_annotate {
	const char *text;
};

enum rh_workload_state { RH_WORKLOAD_AS_IS, RH_WORKLOAD_RUNNING, RH_WORKLOAD_STOPPED };

struct rh_workload_step {
	uint64_t state; /* enum rh_workload_state */
	struct rh_pace rate;
};

#endif
